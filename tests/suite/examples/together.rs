//! What two people do together: they talk, one coaches the other, and one shows the other how they see themself.

use super::{Cast, Telling};
use crate::support::*;
use serde_json::{Value, json};

/// What a check-in asks.
pub async fn template(s: &mut Telling<'_>, cast: &Cast, head: &Someone) {
    let Cast { trust, teacher, .. } = cast;
    let document = json!({"key": "check-in", "name": "Check-in", "kind": "check_in", "sections": [
        {"title": "Learning", "questions": [{"key": "learned-since", "text": "What have you learned since we last met, and what did you try?", "help": "A visit, something you read, a change in one lesson.", "answered_by": "appraisee"}]},
        {"title": "The work", "questions": [{"key": "support", "text": "What would help most before we meet again?", "help": null, "answered_by": "both"}]}]});
    let new = json!({"organisation_id": trust.school.to_string(), "document": document});
    let template = s.post("/v1/conversation-templates", head, new).await.id();
    let at = format!("/v1/conversation-templates/{template}");
    s.act(&format!("{at}/publish"), head).await;
    s.get(&at, teacher).await;
    s.get("/v1/conversation-templates?kind=check_in", teacher).await;
    s.get(&format!("{at}/history"), head).await;
}

/// A conversation as it is arranged.
fn arranged(cast: &Cast, own: &str, kind: &str) -> Value {
    let Cast { appraiser, teacher, .. } = cast;
    let appraisal = own.rsplit('/').next().unwrap_or_default();
    json!({"employment_id": teacher.employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": kind, "appraisal_id": appraisal, "starts_at": "2026-10-12T15:30:00Z", "place": "Room 12"})
}

/// A check-in, from its preparation until it is opened again: what was agreed in it.
pub async fn check_in(s: &mut Telling<'_>, cast: &Cast, own: &str, objective: &str) -> String {
    let Cast { appraiser, teacher, .. } = cast;
    let at = format!("/v1/conversations/{}", s.post("/v1/conversations", teacher, arranged(cast, own, "check_in")).await.id());
    s.act(&format!("{at}/prepare"), teacher).await;
    let words = json!({"answers": [{"question": "learned-since", "text": "Her questions waited for an answer. I count to five now."}], "text": "Ask for cover in November?"});
    s.patch(&format!("{at}/my-notes"), teacher, words).await;
    s.get(&format!("{at}/my-notes"), teacher).await;
    s.act(&format!("{at}/share"), teacher).await;
    s.get(&at, appraiser).await;
    s.get(&format!("{at}/agenda"), appraiser).await;
    s.act(&format!("{at}/hold"), appraiser).await;
    s.patch(&at, appraiser, json!({"summary": "Waiting for answers works with Year 9. Next: the same with Year 11, with a visitor who counts."})).await;
    let new_action =
        json!({"title": "Arrange cover for one visit", "owner_id": appraiser.person.to_string(), "objective_id": objective, "due_on": "2026-11-06"});
    let agreed = format!("/v1/agreed-actions/{}", s.post(&format!("{at}/actions"), appraiser, new_action).await.id());
    let words = json!({"answers": [{"question": "support", "text": "One visit, with cover."}]});
    s.w.patch(format!("{at}/my-notes")).by(appraiser).if_match("*").json(words).send().await.expect(200);
    s.act(&format!("{at}/request-response"), appraiser).await;
    s.post(&format!("{at}/respond"), teacher, json!({"response": "I would like the visitor to be somebody from another department."})).await;
    s.post(&format!("{at}/complete"), appraiser, json!({})).await;
    s.get(&format!("{at}/snapshots"), teacher).await;
    s.post(&format!("{at}/reopen"), teacher, json!({"reason": "The day of the visit is missing"})).await;
    s.get(&format!("{at}/history"), appraiser).await;
    s.get("/v1/conversations?kind=check_in", appraiser).await;
    agreed
}

pub async fn agreed_actions(s: &mut Telling<'_>, cast: &Cast, agreed: &str) {
    let Cast { appraiser, teacher, .. } = cast;
    s.get("/v1/agreed-actions?state=open", teacher).await;
    s.patch(agreed, appraiser, json!({"due_on": "2026-11-13"})).await;
    s.get(agreed, teacher).await;
    s.get(&format!("{agreed}/line-of-sight"), teacher).await;
    s.act(&format!("{agreed}/finish"), appraiser).await;
    s.act(&format!("{agreed}/reopen"), teacher).await;
    s.post(&format!("{agreed}/drop"), appraiser, json!({"reason": "The visit was in a free period after all"})).await;
    s.get(&format!("{agreed}/history"), teacher).await;
}

pub async fn brought_forward(s: &mut Telling<'_>, cast: &Cast, own: &str) {
    let teacher = &cast.teacher;
    let at = format!("/v1/conversations/{}", s.w.post("/v1/conversations").by(teacher).json(arranged(cast, own, "mid_cycle")).send().await.expect(201).id());
    s.post(&format!("{at}/cancel"), teacher, json!({"reason": "Brought forward to the check-in"})).await;
}

/// A partnership, a step and a visit.
pub async fn coaching(s: &mut Telling<'_>, cast: &Cast) {
    let Cast { appraiser, teacher, .. } = cast;
    let new = json!({"kind": "coaching", "learner_id": teacher.person.to_string(), "coach_id": appraiser.person.to_string(), "focus": "Questions that wait for an answer", "cadence_weeks": 2});
    let partnership = s.post("/v1/coaching-partnerships", teacher, new).await.id();
    let at = format!("/v1/coaching-partnerships/{partnership}");
    s.act(&format!("{at}/accept"), appraiser).await;
    s.patch(&at, appraiser, json!({"cadence_weeks": 3})).await;
    s.act(&format!("{at}/learn"), teacher).await;
    s.act(&format!("{at}/improve"), appraiser).await;
    s.act(&format!("{at}/identify"), teacher).await;
    s.get("/v1/me/coaching-rhythms", teacher).await;
    s.get(&at, teacher).await;
    s.get("/v1/coaching-partnerships?state=active", teacher).await;
    let new = json!({"partnership_id": partnership, "step": "Count to five after every question in the first ten minutes", "check_back_on": "2026-10-19"});
    let step = s.post("/v1/action-steps", appraiser, new).await.id();
    let of_step = format!("/v1/action-steps/{step}");
    s.get(&of_step, teacher).await;
    s.get("/v1/action-steps?state=open", teacher).await;
    s.post(&format!("{of_step}/settle"), teacher, json!({"outcome": "adapted", "note": "Four seconds do."})).await;
    s.get(&format!("{of_step}/history"), teacher).await;
    let new = json!({"lane": "development", "partnership_id": partnership, "visited_on": "2026-10-02", "minutes": 25, "purpose": "Who answers, and after how long?", "notes": "Four seconds, and she spoke for the first time this term."});
    let visit = s.post("/v1/learning-visits", appraiser, new).await.id();
    let of_visit = format!("/v1/learning-visits/{visit}");
    s.patch(&of_visit, appraiser, json!({"notes": "Four seconds, and two spoke for the first time this term."})).await;
    s.get(&of_visit, teacher).await;
    s.get("/v1/learning-visits?lane=development", teacher).await;
    s.post(&format!("{of_visit}/share"), teacher, json!({})).await;
    s.get(&format!("{of_visit}/line-of-sight"), teacher).await;
    s.get(&format!("{of_visit}/history"), teacher).await;
    s.post(&format!("{at}/end"), teacher, json!({"reason": "We found what we came for"})).await;
    s.get(&format!("{at}/history"), teacher).await;
}

/// How somebody sees themself.
pub async fn self_review(s: &mut Telling<'_>, cast: &Cast) {
    let Cast { appraiser, teacher, .. } = cast;
    let standards = s.w.get("/v1/framework-versions?key=teachers-standards").by(teacher).send().await.expect(200).items()[0].clone();
    let (first, second) = (standards["standards"][0]["id"].clone(), standards["standards"][3]["id"].clone());
    let said = json!([{"standard_id": first, "view": "strength"}, {"standard_id": second, "view": "growing", "words": "My openings are planned. My endings still run into the bell."}]);
    let new = json!({"framework_version_id": standards["id"], "title": "The autumn", "statements": said});
    let review = s.post("/v1/self-reviews", teacher, new).await.id();
    let at = format!("/v1/self-reviews/{review}");
    s.patch(&at, teacher, json!({"title": "The first half-term"})).await;
    s.act(&format!("{at}/keep"), teacher).await;
    s.get(&at, teacher).await;
    s.get("/v1/self-reviews", teacher).await;
    s.get(&format!("{at}/versions"), teacher).await;
    let shown = s.post(&format!("{at}/share"), teacher, json!({"reader_id": appraiser.person.to_string()})).await.id();
    let of_shown = format!("/v1/shared-self-reviews/{shown}");
    s.get("/v1/shared-self-reviews", appraiser).await;
    s.get(&of_shown, appraiser).await;
    s.act(&format!("{of_shown}/withdraw"), teacher).await;
    s.get(&format!("{of_shown}/history"), teacher).await;
    s.get(&format!("{at}/history"), teacher).await;
}
