//! How each record of a scene is made, through the API alone where that is possible.

use super::{
    record::Record,
    scene::{Names, Scene, filled},
};
use crate::support::*;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use trellis_domain::text::Wire;

impl Scene {
    pub(super) async fn made(&self, w: &World, who: &Someone, path: &str, body: &str) -> Reply {
        let names = Names::from([("word", self.word.clone())]);
        w.post(path).by(who).json(serde_json::from_str(&filled(body, &names)).unwrap()).send().await.expect(201)
    }
    /// An objective of the owner in this state.
    pub(super) async fn objective_id(&self, w: &World, state: &'static str) -> String {
        Box::pin(self.names(w, Record::Objective(state))).await.remove("id").unwrap()
    }
    /// A record as another system sends it.
    pub(super) async fn upserted(&self, w: &World, list: &str, row: Value) -> String {
        let reply = w.post(format!("/v1/{list}/bulk-upsert")).by(&self.admin).json(json!({"rows": [row]})).send().await.expect(207);
        reply.body["results"][0]["id"].as_str().unwrap_or_else(|| panic!("not taken: {}", reply.text)).to_owned()
    }
    pub(super) async fn by_hand(&self, w: &World, path: &str, changes: Value) {
        w.patch(path).by(&self.admin).if_match("*").json(changes).send().await.expect(200);
    }
    pub(super) async fn step(&self, w: &World, who: &Someone, path: &str, step: &str, body: Option<Value>) {
        let asking = w.post(format!("{path}/{step}")).by(who).if_match("*");
        match body {
            Some(body) => asking.json(body),
            None => asking,
        }
        .send()
        .await
        .expect(200);
    }
    /// Somebody employed at the school, with their e-mail.
    pub(super) async fn newcomer(&self, w: &World, email: &str) -> (String, String) {
        let new = format!(r#"{{"given_name": "{}", "family_name": "Holder<n>", "email": "{email}"}}"#, self.word);
        let made = self.made(w, &self.admin, "/v1/people", &new).await;
        let job = json!({"person_id": made.id(), "organisation_id": self.organisation, "job_title": self.word, "staff_category": "teacher", "starts_on": "2020-09-01"});
        self.made(w, &self.admin, "/v1/employments", &job.to_string()).await;
        (made.id(), made.body["email"].as_str().unwrap().to_owned())
    }
    pub(super) async fn activity(&self, w: &World) -> String {
        let new = json!({"organisation_id": self.organisation, "title": self.word, "description": self.word, "kind": "course", "minutes": 60});
        self.made(w, &self.admin, "/v1/learning-activities", &new.to_string()).await.id()
    }
    /// A session on this day, in a second of its own: nobody is at two of them at once.
    pub(super) async fn session(&self, w: &World, day: &str) -> String {
        static SECOND: AtomicU64 = AtomicU64::new(0);
        let n = SECOND.fetch_add(1, Ordering::Relaxed) % 86_000;
        let at = |n: u64| format!("{day}T{:02}:{:02}:{:02}Z", n / 3600, n / 60 % 60, n % 60);
        let (starts, ends) = (at(n), at(n + 1));
        let new = json!({"activity_id": self.activity(w).await, "starts_at": starts, "ends_at": ends, "place": self.word, "places": 500});
        self.made(w, &self.admin, "/v1/learning-sessions", &new.to_string()).await.id()
    }
    /// An agreed growth inquiry of the owner, with a finding.
    pub(super) async fn inquiry(&self, w: &World) -> String {
        let of = json!({"question": self.word, "finding": self.word});
        let new = json!({"employment_id": self.owner.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": self.word, "inquiry": of});
        let made = self.made(w, &self.owner, "/v1/objectives", &new.to_string()).await.id();
        let path = format!("/v1/objectives/{made}");
        self.step(w, &self.owner, &path, "propose", None).await;
        self.step(w, &self.appraiser, &path, "agree", None).await;
        made
    }
    pub(super) async fn finding(&self, w: &World, named: bool) -> String {
        let path = format!("/v1/objectives/{}/publish-finding", self.inquiry(w).await);
        let to = if named { "school" } else { "trust" };
        let new = json!({"publish_to": to, "named": named, "title": self.word, "question": self.word, "finding": self.word});
        loop {
            let made = w.post(&path).by(&self.owner).if_match("*").json(new.clone()).send().await;
            if made.body["code"] != "too_few_to_be_anonymous" {
                return made.expect(201).id();
            }
            self.newcomer(w, &format!("{}.more<n>@school.example", self.word)).await;
        }
    }
    /// A partnership of the owner with their appraiser, in this state or at this stage of its first round; one that there was is ended first.
    pub(super) async fn partnership(&self, w: &World, state: &str) -> String {
        for live in ["proposed", "active"] {
            let list = w.get(format!("/v1/coaching-partnerships?kind=coaching&state={live}")).by(&self.owner).send().await.expect(200);
            for one in list.items() {
                let path = format!("/v1/coaching-partnerships/{}", one["id"].as_str().unwrap());
                self.step(w, &self.owner, &path, "end", Some(json!({}))).await;
            }
        }
        let (learner, coach) = (self.owner.person.to_string(), self.appraiser.person.to_string());
        let new = json!({"kind": "coaching", "learner_id": learner, "coach_id": coach, "focus": self.word, "cadence_weeks": 2});
        let made = self.made(w, &self.appraiser, "/v1/coaching-partnerships", &new.to_string()).await.id();
        let path = format!("/v1/coaching-partnerships/{made}");
        if state != "proposed" {
            self.step(w, &self.owner, &path, "accept", None).await;
        }
        if state == "learn" {
            self.step(w, &self.owner, &path, "learn", None).await;
        }
        made
    }
    /// A self-review of the owner, of the one statement of the scene's framework.
    pub(super) async fn self_review(&self, w: &World) -> String {
        let framework = w.get(format!("/v1/framework-versions/{}", self.framework)).by(&self.owner).send().await.expect(200);
        let said = json!([{"standard_id": framework.body["standards"][0]["id"], "view": "growing", "words": self.word}]);
        let new = json!({"framework_version_id": self.framework, "title": self.word, "statements": said});
        self.made(w, &self.owner, "/v1/self-reviews", &new.to_string()).await.id()
    }
    /// A training that the school requires.
    pub(super) async fn requirement(&self, w: &World, state: &str) -> String {
        let new = json!({
            "organisation_id": self.organisation, "title": self.word, "description": self.word, "authority": "local", "trigger": "on_start",
            "due_within_days": 30, "validity": "months", "validity_months": 36, "audience": {"exclude": {"job_titles": [self.word]}},
        });
        let made = self.made(w, &self.admin, "/v1/training-requirements", &new.to_string()).await.id();
        if state == "published" {
            self.step(w, &self.admin, &format!("/v1/training-requirements/{made}"), "publish", Some(json!({"applies_from": "2020-09-01"}))).await;
        }
        made
    }
    /// An improvement plan of this organisation, and its priority.
    pub(super) async fn plan(&self, w: &World, at: &str, state: &str) -> (String, String) {
        let new = json!({"organisation_id": at, "title": self.word, "first_year": 2026});
        let plan = self.made(w, &self.admin, "/v1/improvement-plans", &new.to_string()).await.id();
        let new = json!({"plan_id": plan, "title": self.word, "why": self.word, "actions": [{"title": self.word}]});
        let priority = self.made(w, &self.admin, "/v1/priorities", &new.to_string()).await.id();
        if state == "published" {
            self.step(w, &self.admin, &format!("/v1/improvement-plans/{plan}"), "publish", None).await;
        }
        (plan, priority)
    }
    pub(super) async fn budget_line(&self, w: &World) -> String {
        let new = json!({"organisation_id": self.organisation, "academic_year": 2026, "title": self.word, "allocated_pence": 1_000_000});
        self.made(w, &self.purse, "/v1/budget-lines", &new.to_string()).await.id()
    }
    /// A learning request of the owner with an impact plan, and a line that can pay for it.
    pub(super) async fn request(&self, w: &World, state: &str) -> (String, String) {
        use trellis_domain::impact::{ImpactLevel, ImpactPlan, Look, OffsetUnit};
        let line = self.budget_line(w).await;
        let begun = matches!(state, "booked" | "attended" | "evaluated" | "impact_reviewed");
        let new = json!({"employment_id": self.owner.employment.unwrap().to_string(), "title": self.word, "why": self.word, "needs": self.word, "provider": self.word,
            "starts_on": if begun { "2026-10-05" } else { "2026-11-05" }, "cost_pence": 5000, "cover_minutes": 60});
        let made = self.made(w, &self.owner, "/v1/learning-requests", &new.to_string()).await.id();
        // what has begun was planned a week ago
        let word = || trellis_domain::text::Reason::parse(&self.word).unwrap();
        let plan = ImpactPlan { reaction: word(), learning: word(), organisational_support: word(), use_in_practice: word(), pupil_outcomes: word() };
        let looks = vec![Look { level: ImpactLevel::UseInPractice, after: 0, unit: OffsetUnit::Weeks }];
        let id = trellis_domain::id::LearningRequestId(made.parse().unwrap());
        let principal = trellis_persistence::Principal::Session { session: self.owner.session, account: self.owner.account };
        let act = trellis_persistence::Act { principal, now: w.now() - TimeDelta::days(7), ..w.operator(self.trust.id) };
        let planning = trellis_persistence::request::PlanImpact { id, plan, looks, expected: None };
        let planned = w.db.write(act.clone(), planning).await.unwrap();
        let path = format!("/v1/learning-requests/{made}");
        let (owner, appraiser, purse) = (&self.owner, &self.appraiser, &self.purse);
        let steps: [(&str, &str, &Someone, Option<Value>); 7] = [
            ("submitted", "submit", owner, None),
            ("manager_agreed", "manager-agree", appraiser, Some(json!({"reason": self.word}))),
            ("approved", "approve", purse, Some(json!({"budget_line_id": line, "reason": self.word}))),
            ("booked", "book", owner, Some(json!({}))),
            ("attended", "attend", owner, None),
            ("evaluated", "evaluate", owner, Some(json!({"evaluation": self.word}))),
            ("impact_reviewed", "review-impact", owner, Some(json!({"conclusion": "adapt", "note": self.word}))),
        ];
        let reach = if state == "draft" { 0 } else { 1 + steps.iter().position(|(s, ..)| *s == state).unwrap_or_else(|| panic!("no way to {state}")) };
        for (reached, step, who, body) in &steps[..reach] {
            self.step(w, who, &path, step, body.clone()).await;
            if *reached == "submitted" {
                let said = json!({"text": self.word});
                w.post(format!("{path}/comments")).by(owner).json(said).send().await.expect(201);
            }
            if *reached == "attended" && state != "attended" {
                let record = json!({"outcome": "recorded", "narrative": self.word, "evidence": self.word});
                let at = format!("{path}/checkpoints/{}/record", planned.checkpoints[0].id);
                w.post(at).by(owner).if_match("*").json(record).send().await.expect(200);
            }
        }
        (made, line)
    }
    /// A conversation of the owner with the appraiser.
    pub(super) async fn conversation(&self, w: &World, state: &str) -> String {
        let (kind, appraisal) = match state {
            // the look ahead may be held long before the period of such an appraisal
            "appraisal" => ("planning", Some(Box::pin(self.names(w, Record::Appraisal("created"))).await["id"].clone())),
            "support" => ("return_to_work", None),
            _ => ("coaching", None),
        };
        let mut new = json!({"employment_id": self.owner.employment.unwrap().to_string(), "partner_id": self.appraiser.person.to_string(), "kind": kind,
            "starts_at": "2026-10-12T15:30:00Z", "place": self.word});
        if let Some(appraisal) = appraisal {
            new["appraisal_id"] = json!(appraisal);
        }
        let made = self.made(w, &self.owner, "/v1/conversations", &new.to_string()).await.id();
        let (owner, appraiser) = (&self.owner, &self.appraiser);
        let why = || Some(json!({"reason": self.word}));
        let all = [("prepare", owner, None), ("hold", appraiser, None), ("request-response", appraiser, None), ("complete", appraiser, why())];
        let far = ["preparing", "held", "awaiting_response", "completed"].iter().position(|s| *s == state).map_or(0, |n| n + 1);
        for (step, who, body) in all.into_iter().take(far) {
            self.step(w, who, &format!("/v1/conversations/{made}"), step, body).await;
            if step == "prepare" {
                let notes = json!({"text": self.word});
                w.patch(format!("/v1/conversations/{made}/my-notes")).by(owner).if_match("*").json(notes).send().await.expect(200);
            }
        }
        made
    }
}
