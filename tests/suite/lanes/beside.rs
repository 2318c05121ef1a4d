//! What stands beside the story: holds, appeals, observations, requests for learning, and needs.

use super::{
    IN_THE_OPEN, OF_A_VISIT, OF_APPRAISAL, OF_HOLDS, Planted, Story,
    Who::{Appraiser, Hr, Teacher},
};
use actix_web::http::Method;
use serde_json::json;

/// Why somebody is on hold: the only words of a hold, and of the support lane.
const REASONS: [&str; 3] = ["long_term_absence", "family_leave", "secondment"];
/// Kinds of what is told here.
pub const KINDS: usize = 5;

type Ways = Vec<(String, Option<&'static str>)>;

impl Story<'_> {
    /// One of them; the addresses of what it touched.
    pub async fn beside(&mut self) -> Ways {
        let kind = self.others.roll(KINDS);
        self.tell(kind).await
    }
    pub async fn tell(&mut self, kind: usize) -> Ways {
        match kind {
            0 => self.held().await,
            1 => self.appealed().await,
            2 => self.observed().await,
            3 => self.asked().await,
            _ => self.needed().await,
        }
    }
    /// A hold, of which the reason is known to few. No appraisal is suspended by it.
    async fn held(&mut self) -> Ways {
        let Some(reason) = REASONS.get(self.holds) else { return Vec::new() };
        self.holds += 1;
        // who sets it is answered with it by the very call
        self.planted.push(Planted { word: (*reason).to_owned(), lane: Some("support"), readers: OF_HOLDS.into() });
        let new = json!({"employment_id": self.o.teacher.employment.unwrap().to_string(), "reason": reason, "starts_on": "2026-10-01"});
        let made = self.post(Hr, "/v1/appraisal-holds", Some(new)).await.unwrap();
        let at = format!("/v1/appraisal-holds/{}", made.id());
        vec![(at.clone(), Some("support")), (format!("{at}/history"), Some("support")), (self.o.at.clone(), Some("appraisal"))]
    }
    /// An appeal against the report, once it is issued, and what is decided on it.
    async fn appealed(&mut self) -> Ways {
        let Some(report) = self.report.clone() else { return Vec::new() };
        let (lane, at) = (Some("appraisal"), self.o.at.clone());
        let (word, grounds) = self.word(lane, Teacher);
        if self.post(Teacher, &format!("{at}/appeal"), Some(json!({"grounds": grounds}))).await.is_some() {
            self.open(&[word], &OF_APPRAISAL);
        }
        let (word, decision) = self.word(lane, Hr);
        let decided = json!({"outcome": "dismissed", "decision": decision});
        if self.others.roll(2) == 0 && self.post(Hr, &format!("{at}/decide-appeal"), Some(decided)).await.is_some() {
            self.open(&[word], &OF_APPRAISAL);
        }
        vec![(report.clone(), lane), (format!("{report}/history"), lane), (format!("{at}/statement"), lane), (at, lane)]
    }
    /// An observation for the appraisal: of the two, until a report takes it up.
    async fn observed(&mut self) -> Ways {
        let lane = Some("appraisal");
        let ((a, purpose), (b, notes)) = (self.word(lane, Appraiser), self.word(lane, Appraiser));
        let visited = self.person(Teacher);
        let new = json!({"visited_id": visited, "visited_on": "2026-10-01", "minutes": 20, "lane": "appraisal", "purpose": purpose, "notes": notes});
        let made = self.post(Appraiser, "/v1/learning-visits", Some(new)).await.unwrap();
        self.open(&[a, b], &OF_A_VISIT);
        let at = format!("/v1/learning-visits/{}", made.id());
        let (word, notes) = self.word(lane, Appraiser);
        if self.does(Appraiser, Method::PATCH, &at, Some(json!({"notes": notes}))).await.is_some() {
            self.open(&[word], &OF_A_VISIT);
        }
        vec![(at.clone(), lane), (format!("{at}/history"), lane)]
    }
    /// A request for learning: its owner's until it is submitted, then also those people's who decide about it.
    async fn asked(&mut self) -> Ways {
        let Some((at, words)) = self.request.take() else {
            let ((a, title), (b, why)) = (self.word(None, Teacher), self.word(None, Teacher));
            let new = json!({"title": title, "why": why, "starts_on": "2026-11-02"});
            let made = self.post(Teacher, "/v1/learning-requests", Some(new)).await.unwrap();
            let at = format!("/v1/learning-requests/{}", made.id());
            self.request = Some((at.clone(), vec![a, b]));
            return vec![(at.clone(), None), (format!("{at}/history"), None)];
        };
        self.open(&words, &IN_THE_OPEN);
        self.post(Teacher, &format!("{at}/submit"), None).await.unwrap();
        let ((a, text), (b, reason)) = (self.word(None, Appraiser), self.word(None, Appraiser));
        if self.post(Appraiser, &format!("{at}/comments"), Some(json!({"text": text}))).await.is_some() {
            self.open(&[a], &IN_THE_OPEN);
        }
        if self.post(Appraiser, &format!("{at}/manager-agree"), Some(json!({"reason": reason}))).await.is_some() {
            self.open(&[b], &IN_THE_OPEN);
        }
        ["", "/history", "/decisions", "/comments"].into_iter().map(|rest| (format!("{at}{rest}"), None)).collect()
    }
    /// A need in one's own words, which who appraises and those who plan learning read, and no machine.
    async fn needed(&mut self) -> Ways {
        if let Some(at) = self.needs.pop() {
            let (word, reason) = self.word(None, Teacher);
            if self.post(Teacher, &format!("{at}/withdraw"), Some(json!({"reason": reason}))).await.is_some() {
                self.open(&[word], &OF_APPRAISAL);
            }
            return vec![(at.clone(), None), (format!("{at}/history"), None)];
        }
        let ((a, need), (b, action)) = (self.word(None, Teacher), self.word(None, Teacher));
        self.open(&[a, b], &OF_APPRAISAL);
        let new = json!({"need": need, "actions": [{"action": action}]});
        let made = self.post(Teacher, "/v1/development-needs", Some(new)).await.unwrap();
        let at = format!("/v1/development-needs/{}", made.id());
        self.needs.push(at.clone());
        vec![(at.clone(), None), (format!("{at}/history"), None)]
    }
}
