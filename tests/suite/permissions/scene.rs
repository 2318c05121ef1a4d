//! A school with everything that operations are tried on.

use super::{
    calls::{CALENDAR, ISSUED, PROFILE, TEMPLATE},
    record::Record,
};
use crate::support::*;
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
};
use trellis_domain::{access::Permission, employment::StaffCategory, event::RecordType, role::RoleName, text::Wire};
use uuid::Uuid;

/// The first of some days from that year on which nobody else was given.
fn day_of_its_own(year: i32, days: i64) -> NaiveDate {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap() + TimeDelta::days(days * NUMBER.fetch_add(1, Ordering::Relaxed).cast_signed())
}

/// What `<names>` stand for.
pub type Names = BTreeMap<&'static str, String>;

/// The template with the names filled in. `<n>` is a number, and `<day>` a day, of this request alone.
pub fn filled(template: &str, names: &Names) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let n = NUMBER.fetch_add(1, Ordering::Relaxed);
    let day = NaiveDate::from_ymd_opt(1960, 1, 1).unwrap() + TimeDelta::days((n % 20_000).cast_signed());
    let out = template.replace("<n>", &n.to_string()).replace("<day>", &day.to_string());
    if !out.contains(['<', '{']) {
        return out;
    }
    names.iter().fold(out, |out, (name, value)| out.replace(&format!("<{name}>"), value).replace(&format!("{{{name}}}"), value))
}

/// Names of the same form that stand for nothing.
pub fn of_nothing(names: &Names) -> Names {
    names
        .iter()
        .map(|(name, value)| {
            let nothing = match *name {
                "word" | "code" | "first" => value.clone(),
                "email" => "nobody@school.example".into(),
                "slug" | "key" => "nothing".into(),
                _ => Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | name.bytes().fold(0, |n, b| n << 5 ^ u128::from(b)) & 0xffff_ffff_ffff)
                    .to_string(),
            };
            (*name, nothing)
        })
        .collect()
}

/// A school's records: a teacher whose they are, with an appraiser, and an administrator who makes them.
pub struct Scene {
    pub trust: Trust,
    pub organisation: String,
    pub owner: Someone,
    pub appraiser: Someone,
    pub admin: Someone,
    pub hr: Someone,
    /// Approves learning, and has the money for it.
    pub(super) purse: Someone,
    /// Works on the owner's objectives with them.
    pub colleague: Someone,
    /// Stands in every text.
    pub word: String,
    pub(super) profile: (String, i64),
    pub(super) framework: String,
}

impl Scene {
    pub async fn new(w: &World, trust: &Trust, at: trellis_domain::id::OrganisationId, word: &str) -> Self {
        let admin = trust.someone(w).at(at).with(RoleName::TrustAdmin, trust.root).with(RoleName::LearningLead, trust.root).made().await;
        let appraiser = trust.someone(w).at(at).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let purse = trust.someone(w).with(RoleName::LearningApprover, trust.root).with(RoleName::TrustLeader, trust.root).made().await;
        // the only leader, so that a cycle of leaders is theirs alone
        let owner = trust.someone(w).named(word, word).at(at).employed_as(StaffCategory::Leader).appraised_by(&appraiser).made().await;
        let colleague = trust.someone(w).at(at).made().await;
        let profiles = w.get("/v1/rule-profiles").by(&admin).send().await.expect(200);
        let profile = (profiles.items()[0]["key"].as_str().unwrap().to_owned(), profiles.items()[0]["number"].as_i64().unwrap());
        let organisation = at.to_string();
        let mut scene =
            Self { trust: trust.clone(), organisation, owner, appraiser, admin, hr, purse, colleague, word: word.into(), profile, framework: String::new() };
        let mut names = scene.names(w, Record::Framework(true)).await;
        scene.framework = names.remove("id").unwrap();
        scene
    }
    /// Makes the record anew, and answers what the names stand for.
    pub async fn names(&self, w: &World, record: Record) -> Names {
        let id = |r: trellis_domain::id::PersonId| r.to_string();
        let holder = match record {
            Record::None
            | Record::Relationship
            | Record::Role
            | Record::Delegation
            | Record::Account(_)
            | Record::Newcomer
            | Record::Leaver
            | Record::Mentor
            | Record::Merge
            | Record::Match => self.newcomer(w, &format!("{}.holder<n>@school.example", self.word)).await.0,
            _ => id(self.owner.person),
        };
        let mut names = Names::from([
            ("organisation", self.organisation.clone()),
            ("root", self.trust.root.to_string()),
            ("person", id(self.owner.person)),
            ("employment", self.owner.employment.unwrap().to_string()),
            ("email", self.owner.email.clone()),
            ("word", self.word.clone()),
            ("code", "not_found".into()),
            ("holder", holder.clone()),
            ("appraiser", id(self.appraiser.person)),
            ("colleague", id(self.colleague.person)),
        ]);
        let admin = &self.admin;
        let made = match record {
            Record::None => String::new(),
            Record::Organisation => self.organisation.clone(),
            Record::Person => id(self.owner.person),
            Record::Employment => names["employment"].clone(),
            Record::Overridden(RecordType::Organisation) => {
                let row = json!({"external_ref": {"source": "mis", "id": filled("local<n>", &names)}, "kind": "group", "name": self.word, "parent": {"id": self.organisation}});
                let made = self.upserted(w, "organisations", row).await;
                self.by_hand(w, &format!("/v1/organisations/{made}"), json!({"name": "By hand"})).await;
                made
            }
            Record::Overridden(of) => {
                let post = json!({"organisation": {"id": self.organisation}, "job_title": self.word, "staff_category": "teacher", "starts_on": "2020-09-01"});
                let key = json!({"source": "mis", "id": filled("local<n>", &names)});
                let row = json!({"external_ref": key, "given_name": self.word, "family_name": "Local", "employments": [post]});
                let person = self.upserted(w, "people", row).await;
                if of == RecordType::Person {
                    self.by_hand(w, &format!("/v1/people/{person}"), json!({"family_name": "By hand"})).await;
                    person
                } else {
                    let list = w.get(format!("/v1/employments?person_id={person}")).by(admin).send().await.expect(200);
                    let employment = list.items()[0]["id"].as_str().unwrap().to_owned();
                    self.by_hand(w, &format!("/v1/employments/{employment}"), json!({"job_title": "By hand"})).await;
                    employment
                }
            }
            Record::Missing => {
                let system = filled("lost<n>", &names);
                let known = json!({"external_refs": [{"source": system, "id": "1"}]});
                w.patch(format!("/v1/people/{}", names["person"])).by(admin).if_match("*").json(known).send().await.expect(200);
                let row = json!({"external_ref": {"source": system, "id": "2"}, "given_name": self.word, "family_name": "Found"});
                let snapshot = json!({"organisation": {"id": self.organisation}, "source": system, "taken_at": "2026-10-05T01:00:00Z", "rows": [row]});
                w.post("/v1/syncs").by(admin).json(snapshot).send().await.expect(207);
                names["employment"].clone()
            }
            Record::Relationship => {
                let new = json!({"kind": "line_manager", "person_id": names["person"], "holder_id": holder, "starts_on": "2026-09-01"});
                self.made(w, admin, "/v1/relationships", &new.to_string()).await.id()
            }
            Record::Role => {
                let new = json!({"person_id": holder, "role": "governor", "organisation_id": self.organisation, "starts_on": "2026-09-01"});
                self.made(w, admin, "/v1/roles", &new.to_string()).await.id()
            }
            Record::Delegation => {
                let new = json!({"person_id": holder, "role": "appraisal_delegate", "organisation_id": self.organisation, "starts_on": "2026-09-01", "ends_on": "2026-09-30"});
                self.made(w, admin, "/v1/roles", &new.to_string()).await.id()
            }
            Record::Framework(published) => {
                let new =
                    r#"{"key": "own-<n>", "name": "<word>", "label": "<word>", "attribution": "<word>", "standards": [{"code": "S1", "title": "<word>"}]}"#;
                let draft = self.made(w, admin, "/v1/framework-versions", new).await;
                if published {
                    self.step(w, admin, &format!("/v1/framework-versions/{}", draft.id()), "publish", None).await;
                }
                names.insert("slug", draft.body["key"].as_str().unwrap().into());
                draft.id()
            }
            Record::Profile(published) => {
                let draft = self.made(w, admin, "/v1/rule-profiles", PROFILE).await;
                if published {
                    self.step(w, admin, &format!("/v1/rule-profiles/{}", draft.id()), "publish", None).await;
                }
                names.insert("key", draft.body["key"].as_str().unwrap().into());
                draft.id()
            }
            Record::Planned => {
                self.made(w, admin, "/v1/calendars", &CALENDAR.replace("<organisation>", &self.organisation)).await;
                self.organisation.clone()
            }
            Record::Calendar => {
                let new = CALENDAR.replace("<organisation>", &self.organisation);
                self.made(w, admin, "/v1/calendars", &new).await.id()
            }
            Record::Cycle(state) => {
                let new = json!({
                    "organisation_id": self.organisation, "name": self.word, "starts_on": "2026-09-01", "ends_on": "2027-08-31",
                    "rule_profile": self.profile.0, "rule_profile_version": self.profile.1, "staff_categories": ["teacher"],
                    "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-01", "report_due_on": "2027-07-31", "framework_version_ids": [self.framework],
                });
                let made = self.made(w, admin, "/v1/cycles", &new.to_string()).await.id();
                let path = format!("/v1/cycles/{made}");
                let steps = [
                    ("draft", ""),
                    ("published", "publish"),
                    ("planning_open", "open-planning"),
                    ("monitoring", "start-monitoring"),
                    ("review_open", "open-review"),
                    ("closing", "start-closing"),
                    ("closed", "close"),
                ];
                let reach = steps.iter().position(|(s, _)| *s == state).unwrap();
                for (_, step) in &steps[1..=reach] {
                    self.step(w, admin, &path, step, None).await;
                }
                made
            }
            Record::Hold => {
                let first = day_of_its_own(1970, 3);
                let new = json!({"employment_id": names["employment"], "reason": "secondment", "starts_on": first, "ends_on": first + TimeDelta::days(1)});
                names.insert("first", first.to_string());
                self.made(w, &self.hr, "/v1/appraisal-holds", &new.to_string()).await.id()
            }
            Record::Report | Record::Need(true) => {
                let appraisal = Box::pin(self.names(w, ISSUED)).await["id"].clone();
                let found = w.get(format!("/v1/appraisal-reports?appraisal_id={appraisal}")).by(&self.owner).send().await.expect(200);
                let report = found.items()[0]["id"].as_str().unwrap().to_owned();
                match record {
                    Record::Report => report,
                    // a need does not say which report names it: the newest is of the newest
                    _ => {
                        let needs = w.get(format!("/v1/development-needs?person_id={}&limit=200", names["person"])).by(&self.owner).send().await.expect(200);
                        needs.items().last().unwrap()["id"].as_str().unwrap().to_owned()
                    }
                }
            }
            Record::Pay => {
                let appraisal = Box::pin(self.names(w, Record::Appraisal("on pay"))).await["id"].clone();
                let new = json!({"outcome": "progress", "reasons": self.word});
                w.post(format!("/v1/appraisals/{appraisal}/recommend-pay")).by(&self.appraiser).if_match("*").json(new).send().await.expect(201).id()
            }
            Record::Need(false) => {
                let new = json!({"need": self.word, "actions": [{"action": self.word}]});
                self.made(w, &self.owner, "/v1/development-needs", &new.to_string()).await.id()
            }
            Record::Appraisal(state) => {
                // days that no other appraisal of the owner covers
                let (starts, ends) = (day_of_its_own(2030, 3), "ends_on");
                let (profile, version) = match state {
                    // rules that give an appeal
                    "appealable" | "appealed" => ("wales_2011", 1),
                    _ => (self.profile.0.as_str(), self.profile.1),
                };
                let mut cycle = json!({
                    "organisation_id": self.organisation, "name": self.word, "starts_on": starts, "rule_profile": profile,
                    "rule_profile_version": version, "staff_categories": ["leader"], "framework_version_ids": [self.framework],
                });
                for day in [ends, "objectives_due_on", "review_due_on", "report_due_on"] {
                    cycle[day] = json!(starts + TimeDelta::days(1));
                }
                let cycle = self.made(w, admin, "/v1/cycles", &cycle.to_string()).await.id();
                let path = format!("/v1/cycles/{cycle}");
                self.step(w, admin, &path, "publish", None).await;
                w.create_appraisals(&path, admin).await;
                if matches!(state, "in review" | "written" | "issued" | "commented" | "on pay" | "appealable" | "appealed") {
                    for step in ["open-planning", "start-monitoring", "open-review"] {
                        self.step(w, admin, &path, step, None).await;
                    }
                }
                let found = w.get(format!("/v1/appraisals?cycle_id={cycle}")).by(&self.owner).send().await.expect(200);
                let made = found.items()[0]["id"].as_str().unwrap().to_owned();
                names.insert("cycle", cycle);
                let path = format!("/v1/appraisals/{made}");
                let panel = json!({"appraiser_ids": [names["appraiser"]], "external_adviser": self.word});
                let (hr, appraiser) = (&self.hr, &self.appraiser);
                let steps: &[(&str, &Someone, Option<Value>)] = match state {
                    "created" => &[],
                    "suspended" => &[("suspend", hr, Some(json!({"reason": "family_leave"})))],
                    "planning" => &[("assign-appraisers", hr, Some(panel)), ("start-planning", appraiser, None)],
                    "informed" => &[("start-planning", appraiser, None), ("inform-standards", appraiser, None)],
                    "in review" | "written" | "issued" | "commented" | "on pay" | "appealable" | "appealed" => {
                        &[("start-planning", appraiser, None), ("inform-standards", appraiser, None), ("start", appraiser, None)]
                    }
                    other => panic!("no way to {other}"),
                };
                for (step, who, body) in steps {
                    self.step(w, who, &path, step, body.clone()).await;
                }
                if matches!(state, "written" | "issued" | "commented" | "on pay" | "appealable" | "appealed") {
                    self.step(w, appraiser, &path, "start-assessment", None).await;
                    let whole = json!({
                        "standards_assessed": true, "learning": self.word, "pay_relevant": state == "on pay", "summary": self.word,
                        "development_needs": [{"need": self.word, "actions": [{"action": self.word}]}],
                    });
                    w.patch(format!("{path}/report-draft")).by(appraiser).if_match("*").json(whole).send().await.expect(200);
                }
                if matches!(state, "issued" | "commented" | "on pay" | "appealable" | "appealed") {
                    self.step(w, appraiser, &path, "issue-report", Some(json!({"draft_version": 1}))).await;
                }
                if state == "appealed" {
                    self.step(w, &self.owner, &path, "appeal", Some(json!({"grounds": self.word}))).await;
                }
                if state == "commented" {
                    self.step(w, &self.owner, &path, "comment", Some(json!({"comment": self.word}))).await;
                }
                made
            }
            Record::Template(published) => {
                let new = TEMPLATE.replace("<organisation>", &self.organisation);
                let made = self.made(w, admin, "/v1/conversation-templates", &new).await.id();
                if published {
                    self.step(w, admin, &format!("/v1/conversation-templates/{made}"), "publish", None).await;
                }
                made
            }
            Record::Conversation(state) => self.conversation(w, state).await,
            Record::Agreed(state) => {
                let of = self.conversation(w, if state == "done" { "development" } else { state }).await;
                let new = json!({"title": self.word, "owner_id": names["person"], "due_on": "2026-11-27"});
                let made = self.made(w, &self.owner, &format!("/v1/conversations/{of}/actions"), &new.to_string()).await.id();
                if state == "done" {
                    self.step(w, &self.owner, &format!("/v1/agreed-actions/{made}"), "finish", None).await;
                }
                made
            }
            Record::Objective(state) => {
                let new = json!({"employment_id": names["employment"], "kind": "growth_inquiry", "title": self.word, "inquiry": {"question": self.word}});
                let (owner, appraiser) = (&self.owner, &self.appraiser);
                let author = if state == "proposed by the appraiser" { appraiser } else { owner };
                let made = self.made(w, author, "/v1/objectives", &new.to_string()).await.id();
                let path = format!("/v1/objectives/{made}");
                let steps: &[(&str, &Someone)] = match state {
                    "draft" => &[],
                    "proposed" => &[("propose", owner)],
                    "proposed by the appraiser" => &[("propose", appraiser)],
                    "agreed" | "noted" => &[("propose", owner), ("agree", appraiser)],
                    "active" => &[("propose", owner), ("agree", appraiser), ("start", appraiser)],
                    "paused" => &[("propose", owner), ("agree", appraiser), ("start", appraiser), ("pause", appraiser)],
                    "reviewed" => &[("propose", owner), ("agree", appraiser), ("start", appraiser), ("review", appraiser)],
                    other => panic!("no way to {other}"),
                };
                for (step, who) in steps {
                    let body = (*step == "pause").then(|| json!({"reason": self.word}));
                    self.step(w, who, &path, step, body).await;
                }
                if state == "noted" {
                    self.made(w, owner, &format!("{path}/notes"), r#"{"text": "<word>"}"#).await;
                }
                made
            }
            Record::Note => {
                let objective = self.objective_id(w, "agreed").await;
                self.made(w, &self.owner, &format!("/v1/objectives/{objective}/notes"), r#"{"text": "<word>"}"#).await.id()
            }
            Record::Collaboration(state) => {
                let objective = self.objective_id(w, "noted").await;
                let new = json!({"objective_id": objective, "person_id": names["colleague"]});
                let made = self.made(w, &self.owner, "/v1/collaborations", &new.to_string()).await.id();
                if state != "invited" {
                    self.step(w, &self.colleague, &format!("/v1/collaborations/{made}"), "accept", None).await;
                }
                names.insert("objective", objective.clone());
                if state == "objective" { objective } else { made }
            }
            Record::Learning(shared) => {
                let new = r#"{"title": "<word>", "kind": "reading", "started_on": "2026-09-10", "minutes": 30, "reflection": "<word>", "provider": "<word>"}"#;
                let made = self.made(w, &self.owner, "/v1/learning-records", new).await.id();
                if shared {
                    self.step(w, &self.owner, &format!("/v1/learning-records/{made}"), "share", None).await;
                }
                made
            }
            Record::Evidence(shared) => {
                let record = Box::pin(self.names(w, Record::Learning(shared))).await.remove("id").unwrap();
                let at = format!("/v1/learning-records/{record}/evidence-files?title={}", self.word);
                let made = w.post(at).by(&self.owner).raw("text/csv", format!("{}\n", self.word).as_bytes()).send().await.expect(201).id();
                let link = w.get(format!("/v1/evidence/{made}/link")).by(&self.owner).send().await.expect(200);
                names.insert("token", link.body["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned());
                made
            }
            Record::Provided => {
                let key = json!({"source": "provider", "id": filled("<n>", &names)});
                let row = json!({"external_ref": key, "person": {"id": id(self.owner.person)}, "title": self.word, "kind": "course", "started_on": "2026-09-10", "minutes": 30});
                self.upserted(w, "learning-records", row).await
            }
            Record::Plan(state) => self.plan(w, &self.organisation, state).await.0,
            Record::Priority(state) => {
                let (_, made) = self.plan(w, &self.organisation, "published").await;
                if state == "achieved" {
                    self.step(w, admin, &format!("/v1/priorities/{made}"), "achieve", None).await;
                }
                made
            }
            Record::Adoptable => {
                names.insert("plan", self.plan(w, &self.organisation, "draft").await.0);
                self.plan(w, &self.trust.root.to_string(), "published").await.1
            }
            Record::Activity(offered) => {
                let made = self.activity(w).await;
                if !offered {
                    self.step(w, admin, &format!("/v1/learning-activities/{made}"), "retire", None).await;
                }
                made
            }
            Record::Session => self.session(w, "2026-10-12").await,
            Record::Enrolment(when) => {
                let session = self.session(w, if when == "to come" { "2026-10-12" } else { "2026-10-02" }).await;
                let new = json!({"session_id": session, "person_id": names["person"]});
                names.insert("session", session);
                let made = self.made(w, admin, "/v1/enrolments", &new.to_string()).await.id();
                if when == "attended" {
                    self.step(w, admin, &format!("/v1/enrolments/{made}"), "record-attendance", Some(json!({"attended": true}))).await;
                }
                made
            }
            Record::Requirement(state) => self.requirement(w, state).await,
            Record::Completion => {
                let of = self.requirement(w, "published").await;
                let new = json!({
                    "requirement_id": of, "person_id": names["person"], "completed_on": "2026-09-10", "provider": self.word, "certificate": self.word,
                });
                names.insert("requirement", of);
                self.made(w, admin, "/v1/training-completions", &new.to_string()).await.id()
            }
            Record::Exemption => {
                let of = self.requirement(w, "published").await;
                let new = json!({
                    "requirement_id": of, "person_id": names["person"], "reason": self.word, "starts_on": "2026-09-01", "ends_on": "2026-12-31",
                });
                names.insert("requirement", of);
                self.made(w, &self.hr, "/v1/training-exemptions", &new.to_string()).await.id()
            }
            Record::Request(state) => {
                let (request, line) = self.request(w, state).await;
                names.insert("line", line);
                let impact = w.get(format!("/v1/learning-requests/{request}/impact")).by(&self.owner).send().await.expect(200);
                names.insert("checkpoint_id", impact.body["checkpoints"][0]["id"].as_str().unwrap().to_owned());
                request
            }
            Record::BudgetLine => self.budget_line(w).await,
            Record::Inquiry => self.inquiry(w).await,
            Record::Finding(named) => self.finding(w, named).await,
            Record::Partnership(state) => self.partnership(w, state).await,
            Record::Step => {
                let new = json!({"partnership_id": self.partnership(w, "active").await, "step": self.word, "check_back_on": "2026-10-19"});
                self.made(w, &self.appraiser, "/v1/action-steps", &new.to_string()).await.id()
            }
            Record::Visit => {
                let of = self.partnership(w, "active").await;
                let new =
                    json!({"lane": "development", "partnership_id": of, "visited_on": "2026-10-01", "minutes": 30, "purpose": self.word, "notes": self.word});
                self.made(w, &self.appraiser, "/v1/learning-visits", &new.to_string()).await.id()
            }
            Record::SelfReview => {
                names.insert("framework", self.framework.clone());
                self.self_review(w).await
            }
            Record::SharedReview(live) => {
                let of = self.self_review(w).await;
                let made = self
                    .made(
                        w,
                        &self.owner,
                        &format!("/v1/self-reviews/{of}/share"),
                        r#"{"reader_id": "<appraiser>"}"#.replace("<appraiser>", &names["appraiser"]).as_str(),
                    )
                    .await
                    .id();
                if !live {
                    self.step(w, &self.owner, &format!("/v1/shared-self-reviews/{made}"), "withdraw", None).await;
                }
                made
            }
            Record::Account(enabled) => {
                // no password is hashed: the suite would do nothing else
                let email = trellis_domain::text::Email::parse(&format!("{}@school.example", w.shared.ids.make(w.now()).simple())).unwrap();
                let person_id = trellis_domain::id::PersonId(holder.parse().unwrap());
                let new = trellis_persistence::account::CreateAccount { person_id, email, password_hash: "none".into() };
                let made = w.does(self.trust.id, new).await.record.id.to_string();
                if !enabled {
                    self.step(w, admin, &format!("/v1/accounts/{made}"), "disable", None).await;
                }
                made
            }
            Record::Job => {
                trellis_api::runner::drain(&w.db, &w.shared).await.unwrap(); // nobody has any number of them waiting
                let row = json!({"external_ref": {"source": "mis", "id": filled("<n>", &names)}, "given_name": self.word, "family_name": "Job"});
                let asking = w.post("/v1/people/bulk-upsert").by(admin).header("prefer", "respond-async");
                asking.json(json!({"rows": [row]})).send().await.expect(202).id()
            }
            Record::Sync => {
                let of = filled("organisation_id=<organisation>&source=sent<n>&taken_at=2026-10-05T01:00:00Z&validate_only=true", &names);
                let row = filled("source,external_id,given_name,family_name\nmis,s<n>,Ada,Sent\n", &names);
                let sent = w.post(format!("/v1/syncs?{of}")).by(admin).raw("text/csv", row.as_bytes()).send().await.expect(207);
                sent.body["job_id"].as_str().unwrap().to_owned()
            }
            Record::ServiceAccount => {
                let at = vec![trellis_domain::id::OrganisationId(self.organisation.parse().unwrap())];
                let (machine, key, _) = w.key(&self.trust, &[Permission::ReadPeople], Some(at)).await;
                names.insert("key_id", key.to_string());
                machine.to_string()
            }
            Record::CalendarLink => {
                let id = trellis_domain::id::CalendarLinkId(w.shared.ids.make(w.now()));
                let (token, digest) = trellis_api::auth::secret::new_calendar(self.trust.id, id);
                let new = trellis_persistence::calendar_link::CreateCalendarLink { id, name: title(&self.word), digest };
                let principal = trellis_persistence::Principal::Session { session: self.owner.session, account: self.owner.account };
                w.db.write(trellis_persistence::Act { principal, ..w.operator(self.trust.id) }, new).await.unwrap();
                names.insert("token", token);
                names.insert("link_id", id.to_string());
                id.to_string()
            }
            Record::Newcomer => holder,
            Record::Leaver => {
                let employments = w.get(format!("/v1/employments?person_id={holder}")).by(admin).send().await.expect(200);
                let at = format!("/v1/employments/{}", employments.items()[0]["id"].as_str().unwrap());
                w.patch(at).by(admin).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
                let person = w.get(format!("/v1/people/{holder}")).by(admin).send().await.expect(200);
                names.insert("family", person.body["family_name"].as_str().unwrap().to_owned());
                holder
            }
            Record::Mentor => {
                let new = json!({"kind": "mentor", "person_id": names["person"], "holder_id": holder, "starts_on": "2026-09-01"});
                self.made(w, admin, "/v1/relationships", &new.to_string()).await;
                holder
            }
            Record::Merge => {
                let (survivor, _) = self.newcomer(w, &format!("{}.survivor<n>@school.example", self.word)).await;
                let merge = self.made(w, admin, &format!("/v1/people/{holder}/merge"), &json!({"into": survivor, "reason": self.word}).to_string()).await.id();
                names.insert("survivor", survivor);
                merge
            }
            Record::Match => {
                let email = w.get(format!("/v1/people/{holder}")).by(admin).send().await.expect(200).body["email"].as_str().unwrap().to_owned();
                let (newer, _) = self.newcomer(w, &email).await;
                let open = w.get("/v1/match-suggestions?limit=200").by(admin).send().await.expect(200);
                open.items().iter().find(|s| s["person"]["id"] == newer).unwrap()["id"].as_str().unwrap().to_owned()
            }
        };
        names.insert("id", made);
        names
    }
}
