//! What the dice have the people do, step by step.

use super::{
    Copied, EVERYBODY, IN_THE_OPEN, OF_APPRAISAL, OF_DEVELOPMENT, STEPS, Story, Talk,
    Who::{self, Appraiser, Coach, Teacher},
};
use actix_web::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

impl Story<'_> {
    /// One step; the addresses of what it touched.
    pub async fn step(&mut self) -> Vec<(String, Option<&'static str>)> {
        let employment = self.o.teacher.employment.unwrap().to_string();
        match self.dice.roll(21) {
            0 => {
                let ((a, title), (b, text)) = (self.word(None, Teacher), self.word(None, Teacher));
                let new = json!({"employment_id": employment, "kind": "practice", "title": title, "description": text});
                let made = self.post(Teacher, "/v1/objectives", Some(new)).await.unwrap();
                let at = format!("/v1/objectives/{}", made.id());
                self.drafts.push((at.clone(), vec![a, b]));
                vec![(at, None)]
            }
            1 => {
                let Some((at, words)) = self.drafts.pop() else { return Vec::new() };
                self.post(Teacher, &format!("{at}/propose"), None).await.unwrap();
                self.open(&words, &IN_THE_OPEN);
                self.objectives.push(at.clone());
                vec![(at.clone(), None), (format!("{at}/history"), None), (format!("{at}/authorship"), None)]
            }
            2 => {
                let Some(at) = self.dice.pick(&self.objectives) else { return Vec::new() };
                let (word, text) = self.word(None, Appraiser);
                self.post(Appraiser, &format!("{at}/agree"), None).await;
                let revision = json!({"reason": text, "changes": {"support_needed": text}});
                if self.post(Appraiser, &format!("{at}/revise"), Some(revision)).await.is_some() {
                    self.open(&[word], &IN_THE_OPEN);
                }
                vec![(format!("{at}/revisions"), None), (format!("{at}/history"), None)]
            }
            3 => {
                let (Some(at), Some(by)) = (self.dice.pick(&self.objectives), self.dice.pick(&[Teacher, Appraiser])) else { return Vec::new() };
                let (word, text) = self.word(None, by);
                if self.post(by, &format!("{at}/notes"), Some(json!({"text": text}))).await.is_some() {
                    self.open(&[word], &IN_THE_OPEN);
                }
                vec![(format!("{at}/notes"), None)]
            }
            4 | 5 => {
                let (kind, lane, partner) = self
                    .dice
                    .pick(&[("check_in", "appraisal", Appraiser), ("coaching", "development", Coach), ("return_to_work", "support", Appraiser)])
                    .unwrap();
                let with = self.person(partner);
                let (word, text) = self.word(Some(lane), Teacher);
                let mut new = json!({"employment_id": employment, "partner_id": with, "kind": kind, "starts_at": "2026-10-12T15:30:00Z", "place": text});
                if lane == "appraisal" {
                    new["appraisal_id"] = json!(self.o.at.rsplit('/').next().unwrap());
                }
                let made = self.post(Teacher, "/v1/conversations", Some(new)).await.unwrap();
                let talk = Talk { at: format!("/v1/conversations/{}", made.id()), lane, partner, noted: [None; 2] };
                self.open(&[word], talk.readers());
                let at = talk.at.clone();
                self.talks.push(talk);
                vec![(at.clone(), Some(lane)), (format!("{at}/agenda"), Some(lane))]
            }
            6..=14 => self.talk().await,
            15 => {
                let ((a, title), (b, text)) = (self.word(None, Teacher), self.word(None, Teacher));
                let new =
                    json!({"employment_id": employment, "title": title, "kind": "reading", "started_on": "2026-10-01", "minutes": 30, "reflection": text});
                let made = self.post(Teacher, "/v1/learning-records", Some(new)).await.unwrap();
                let at = format!("/v1/learning-records/{}", made.id());
                self.records.push(Copied { at: at.clone(), words: vec![a, b], own: &[Teacher] });
                vec![(at, None)]
            }
            16 => {
                let Some(Copied { at, words, own }) = self.dice.pick(&self.records) else { return Vec::new() };
                if self.shared.remove(&at) {
                    self.post(Teacher, &format!("{at}/unshare"), None).await.unwrap();
                    self.close(&words, own);
                } else {
                    self.open(&words, &IN_THE_OPEN);
                    self.post(Teacher, &format!("{at}/share"), None).await.unwrap();
                    self.shared.insert(at.clone());
                }
                vec![(at.clone(), None), (format!("{at}/history"), None)]
            }
            17 => self.review().await,
            18 => self.coached().await,
            19 => self.finding(&employment).await,
            _ => self.report().await,
        }
    }
    /// Something in one of the conversations.
    async fn talk(&mut self) -> Vec<(String, Option<&'static str>)> {
        if self.talks.is_empty() {
            return Vec::new();
        }
        let n = self.dice.roll(self.talks.len());
        let talk = self.talks[n].clone();
        let (at, lane) = (talk.at.clone(), Some(talk.lane));
        let side = self.dice.roll(2);
        let by = [Teacher, talk.partner][side];
        match self.dice.roll(8) {
            0 | 1 => {
                if by == Teacher {
                    self.post(by, &format!("{at}/prepare"), None).await;
                }
                let (word, text) = self.word(lane, by);
                if self.does(by, Method::PATCH, &format!("{at}/my-notes"), Some(json!({"text": text}))).await.is_some() {
                    self.talks[n].noted[side] = Some(word);
                }
            }
            2 => {
                let step = ["share", "request-response"][side];
                let noted: Vec<usize> = talk.noted[side].into_iter().collect();
                let before: Vec<BTreeSet<Who>> = noted.iter().map(|n| self.planted[*n].readers.clone()).collect();
                self.open(&noted, talk.readers());
                if self.post(by, &format!("{at}/{step}"), None).await.is_none() {
                    noted.iter().zip(before).for_each(|(n, readers)| self.planted[*n].readers = readers);
                }
            }
            3 => {
                let (word, text) = self.word(lane, by);
                if self.does(by, Method::PATCH, &at, Some(json!({"summary": text}))).await.is_some() {
                    self.open(&[word], talk.readers());
                }
            }
            4 => {
                let (word, text) = self.word(lane, by);
                let new = json!({"title": text, "owner_id": self.person(Teacher), "due_on": "2026-10-20"});
                if let Some(made) = self.post(by, &format!("{at}/actions"), Some(new)).await {
                    self.open(&[word], talk.readers());
                    let action = format!("/v1/agreed-actions/{}", made.id());
                    return vec![(action.clone(), lane), (format!("{action}/history"), lane), (format!("{at}/agenda"), lane)];
                }
            }
            5 => drop(self.post(by, &format!("{at}/hold"), None).await),
            6 => {
                let ((a, answer), (b, reason)) = (self.word(lane, Teacher), self.word(lane, by));
                if self.post(Teacher, &format!("{at}/respond"), Some(json!({"response": answer}))).await.is_some() {
                    self.open(&[a], talk.readers());
                }
                if self.post(by, &format!("{at}/complete"), Some(json!({"reason": reason}))).await.is_some() {
                    self.open(&[b], talk.readers());
                }
            }
            _ => {
                let (word, reason) = self.word(lane, by);
                if self.post(by, &format!("{at}/reopen"), Some(json!({"reason": reason}))).await.is_some() {
                    self.open(&[word], talk.readers());
                }
            }
        }
        vec![(at.clone(), lane), (format!("{at}/my-notes"), lane), (format!("{at}/history"), lane), (format!("{at}/snapshots"), lane)]
    }
    /// A self-review: theirs, and a copy for the appraiser until it is withdrawn.
    async fn review(&mut self) -> Vec<(String, Option<&'static str>)> {
        if let Some(Copied { at, words, .. }) = self.reviews.pop() {
            self.post(Teacher, &format!("{at}/withdraw"), None).await.unwrap();
            self.close(&words, &[Teacher]);
            return vec![(at.clone(), None), (format!("{at}/history"), None)];
        }
        let ((a, title), (b, text)) = (self.word(None, Teacher), self.word(None, Teacher));
        let said = json!([{"standard_id": self.standards["standards"][0]["id"], "view": "growing", "words": text}]);
        let new = json!({"framework_version_id": self.standards["id"], "title": title, "statements": said});
        let made = self.post(Teacher, "/v1/self-reviews", Some(new)).await.unwrap();
        let own = format!("/v1/self-reviews/{}", made.id());
        let mut ways = vec![(own.clone(), None), (format!("{own}/versions"), None)];
        if self.dice.roll(3) > 0 {
            self.open(&[a, b], &[Appraiser]);
            let shared = self.post(Teacher, &format!("{own}/share"), Some(json!({"reader_id": self.person(Appraiser)}))).await.unwrap();
            let at = format!("/v1/shared-self-reviews/{}", shared.id());
            ways.push((at.clone(), None));
            self.reviews.push(Copied { at, words: vec![a, b], own: &[Teacher] });
        }
        ways
    }
    /// Coaching: a partnership, steps, visits, and a visit of which a copy is shared.
    async fn coached(&mut self) -> Vec<(String, Option<&'static str>)> {
        let lane = Some("development");
        let Some(of) = self.partnership.clone() else {
            let (word, focus) = self.word(lane, Coach);
            let new = json!({"kind": "coaching", "learner_id": self.person(Teacher), "coach_id": self.person(Coach), "focus": focus, "cadence_weeks": 2});
            self.open(&[word], &OF_DEVELOPMENT);
            let made = self.post(Coach, "/v1/coaching-partnerships", Some(new)).await.unwrap();
            let at = format!("/v1/coaching-partnerships/{}", made.id());
            self.post(Teacher, &format!("{at}/accept"), None).await.unwrap();
            self.partnership = Some(made.id());
            return vec![(at.clone(), lane), (format!("{at}/history"), lane)];
        };
        match (self.dice.roll(3), self.visits.pop()) {
            (0, Some((at, words))) => {
                // a copy among one's own learning, for the appraiser and the leaders: that is the one way across
                self.open(&words, &IN_THE_OPEN);
                words.iter().for_each(|n| self.planted[*n].lane = None);
                let employment = self.o.teacher.employment.unwrap().to_string();
                self.post(Teacher, &format!("{at}/share"), Some(json!({"employment_id": employment}))).await.unwrap();
                let list = self.w.get("/v1/learning-records?limit=200").bearer(self.token(Teacher)).send().await.expect(200);
                let held = |r: &&Value| words.iter().any(|n| r.to_string().contains(&self.planted[*n].word));
                let copy = list.items().iter().find(held).unwrap_or_else(|| panic!("no copy: {}", list.text));
                let copy = format!("/v1/learning-records/{}", copy["id"].as_str().unwrap());
                self.shared.insert(copy.clone());
                self.records.push(Copied { at: copy.clone(), words, own: &OF_DEVELOPMENT });
                vec![(at, None), (copy, None)]
            }
            (1, visit) => {
                self.visits.extend(visit);
                let (word, step) = self.word(lane, Coach);
                let new = json!({"partnership_id": of, "step": step, "check_back_on": "2026-10-19"});
                self.open(&[word], &OF_DEVELOPMENT);
                let made = self.post(Coach, "/v1/action-steps", Some(new)).await.unwrap();
                vec![(format!("/v1/action-steps/{}", made.id()), lane)]
            }
            (_, visit) => {
                self.visits.extend(visit);
                let ((a, purpose), (b, notes)) = (self.word(lane, Coach), self.word(lane, Coach));
                let new = json!({"partnership_id": of, "visited_on": "2026-10-01", "minutes": 30, "lane": "development", "purpose": purpose, "notes": notes});
                self.open(&[a, b], &OF_DEVELOPMENT);
                let made = self.post(Coach, "/v1/learning-visits", Some(new)).await.unwrap();
                let at = format!("/v1/learning-visits/{}", made.id());
                self.visits.push((at.clone(), vec![a, b]));
                vec![(at.clone(), lane), (format!("{at}/history"), lane)]
            }
        }
    }
    /// A finding for everybody, until its owner takes it back.
    async fn finding(&mut self, employment: &str) -> Vec<(String, Option<&'static str>)> {
        if let Some(Copied { at, words, .. }) = self.findings.pop() {
            self.post(Teacher, &format!("{at}/withdraw"), None).await.unwrap();
            self.close(&words, &[Teacher]);
            return vec![(at.clone(), None), (format!("{at}/history"), None)];
        }
        let (inquiry, question) = self.word(None, Teacher);
        let of = json!({"question": question, "finding": question});
        let new = json!({"employment_id": employment, "kind": "growth_inquiry", "title": question, "inquiry": of});
        let at = format!("/v1/objectives/{}", self.post(Teacher, "/v1/objectives", Some(new)).await.unwrap().id());
        self.open(&[inquiry], &IN_THE_OPEN);
        self.post(Teacher, &format!("{at}/propose"), None).await.unwrap();
        self.post(Appraiser, &format!("{at}/agree"), None).await.unwrap();
        let (word, text) = self.word(None, Teacher);
        self.open(&[word], &EVERYBODY);
        let new = json!({"publish_to": "school", "named": true, "title": text, "question": text, "finding": text});
        let made = self.post(Teacher, &format!("{at}/publish-finding"), Some(new)).await.unwrap();
        let finding = format!("/v1/findings/{}", made.id());
        self.findings.push(Copied { at: finding.clone(), words: vec![word], own: &[Teacher] });
        vec![(finding, None), (format!("{at}/inquiry"), None), (format!("{at}/similar-findings"), None)]
    }
    /// The report: its writer's until it is issued; and what was shared when it was issued stays named in it.
    pub async fn report(&mut self) -> Vec<(String, Option<&'static str>)> {
        let lane = Some("appraisal");
        let at = self.o.at.clone();
        if self.issued {
            let (word, comment) = self.word(lane, Teacher);
            if self.post(Teacher, &format!("{at}/comment"), Some(json!({"comment": comment}))).await.is_some() {
                self.open(&[word], &OF_APPRAISAL);
            }
            let mut ways = self.pay().await;
            ways.push((at, lane));
            return ways;
        }
        let (word, text) = self.word(lane, Appraiser);
        let whole = json!({
            "standards_assessed": true, "objectives": [{"objective_id": self.o.objective, "assessment": text}], "learning": text, "summary": text,
            "pay_relevant": true, "development_needs": [{"need": "To plan talk", "actions": [{"action": "Visit Curlew"}]}],
        });
        let written = self.does(Appraiser, Method::PATCH, &format!("{at}/report-draft"), Some(whole)).await.unwrap();
        self.drafted = vec![word];
        // late, so that there is something to be kept
        if self.done > STEPS / 2 {
            let version = written.body["version"].clone();
            let named: Vec<usize> = self.records.iter().filter(|r| self.shared.contains(&r.at)).flat_map(|r| r.words.clone()).collect();
            self.drafted.extend(named);
            let kept = self.drafted.clone();
            self.open(&kept, &OF_APPRAISAL);
            self.post(Appraiser, &format!("{at}/issue-report"), Some(json!({"draft_version": version}))).await.unwrap();
            self.issued = true;
            let of = at.rsplit('/').next().unwrap();
            let found = self.w.get(format!("/v1/appraisal-reports?appraisal_id={of}")).bearer(self.token(Teacher)).send().await.expect(200);
            let report = format!("/v1/appraisal-reports/{}", found.items()[0]["id"].as_str().unwrap());
            self.report = Some(report.clone());
            return vec![(report.clone(), lane), (format!("{report}/history"), lane), (format!("{at}/statement"), lane)];
        }
        vec![(format!("{at}/report-draft"), lane)]
    }
    /// What is recommended on pay: made, then changed by who appraises until it is decided.
    async fn pay(&mut self) -> Vec<(String, Option<&'static str>)> {
        let lane = Some("pay");
        let (word, reasons) = self.word(lane, Appraiser);
        // who reads it is answered with it by the very call
        self.open(&[word], &OF_APPRAISAL);
        let at = match self.pay.clone() {
            None => {
                let asked = format!("{}/recommend-pay", self.o.at);
                let made = self.post(Appraiser, &asked, Some(json!({"outcome": "progress", "reasons": reasons}))).await.unwrap();
                let at = format!("/v1/pay-recommendations/{}", made.id());
                self.pay = Some(at.clone());
                at
            }
            Some(at) => {
                if self.dice.roll(3) == 0 {
                    self.post(Who::Hr, &format!("{at}/decide"), Some(json!({"verdict": "accepted", "decision": reasons}))).await;
                } else {
                    self.does(Appraiser, Method::PATCH, &at, Some(json!({"reasons": reasons}))).await;
                }
                at
            }
        };
        vec![(at.clone(), lane), (format!("{at}/history"), lane), ("/v1/pay-recommendations?limit=200".into(), lane)]
    }
}
