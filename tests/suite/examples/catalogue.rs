//! The catalogue and the programme.

use super::{Cast, Telling};
use crate::support::*;
use actix_web::http::Method;
use serde_json::json;

/// An activity of the catalogue.
pub async fn activity(s: &mut Telling<'_>, cast: &Cast, coordinator: &Someone, standard: &str) -> String {
    let Cast { trust, teacher, .. } = cast;
    let new = json!({"organisation_id": trust.school.to_string(), "title": "Retrieval that sticks", "description": "Three twilights, with something to try in between.", "kind": "course", "provider": "Beacon Hill", "cost_pence": 0, "minutes": 90, "audience": ["teacher", "leader"], "standard_ids": [standard]});
    let activity = s.post("/v1/learning-activities", coordinator, new).await.id();
    let at = format!("/v1/learning-activities/{activity}");
    s.patch(&at, coordinator, json!({"cost_pence": 1250})).await;
    s.get(&at, teacher).await;
    s.get("/v1/learning-activities?kind=course", teacher).await;
    activity
}

/// A session that somebody came to.
pub async fn attended(s: &mut Telling<'_>, cast: &Cast, coordinator: &Someone, activity: &str, objective: &str) {
    let Cast { appraiser, teacher, .. } = cast;
    let new = json!({"activity_id": activity, "starts_at": "2026-10-05T07:30:00Z", "ends_at": "2026-10-05T08:30:00Z", "place": "The library", "places": 1});
    let session = s.post("/v1/learning-sessions", coordinator, new).await.id();
    let many = json!({"person_ids": [teacher.person.to_string(), appraiser.person.to_string()]});
    s.post(&format!("/v1/learning-sessions/{session}/enrol"), coordinator, many).await;
    let enrolled = s.w.get(format!("/v1/enrolments?session_id={session}&person_id={}", teacher.person)).by(teacher).send().await.expect(200);
    let came = format!("/v1/enrolments/{}", enrolled.items()[0]["id"].as_str().unwrap());
    s.post(&format!("{came}/record-attendance"), coordinator, json!({"attended": true})).await;
    s.get(&format!("{came}/certificate"), teacher).await;
    // what came of it is the teacher's own, and they say what it is for
    let learned = s.w.get("/v1/learning-records").by(teacher).send().await.expect(200);
    let learned = learned.items().iter().find(|record| record["title"] == "Retrieval that sticks").unwrap()["id"].as_str().unwrap();
    let serves = json!({"objective_ids": [objective]});
    s.w.patch(format!("/v1/learning-records/{learned}")).by(teacher).if_match("*").json(serves).send().await.expect(200);
    s.get(&format!("{came}/line-of-sight"), teacher).await;
    s.get(&format!("/v1/people/{}/learning-statement?academic_year=2026", teacher.person), teacher).await;
}

/// A session that is called off.
pub async fn programme(s: &mut Telling<'_>, cast: &Cast, coordinator: &Someone, activity: &str) {
    let Cast { trust, teacher, .. } = cast;
    let new = json!({"activity_id": activity, "starts_at": "2026-10-12T15:00:00Z", "ends_at": "2026-10-12T16:30:00Z", "place": "The library", "places": 20});
    let session = s.w.post("/v1/learning-sessions").by(coordinator).json(new).send().await.expect(201).id();
    let at = format!("/v1/learning-sessions/{session}");
    s.patch(&at, coordinator, json!({"places": 24})).await;
    s.get(&at, teacher).await;
    s.get("/v1/learning-sessions?from=2026-10-06T00:00:00Z", teacher).await;
    let enrolment = s.post("/v1/enrolments", teacher, json!({"session_id": session})).await.id();
    s.get(&format!("{at}/places"), teacher).await;
    s.get(&format!("/v1/organisations/{}/programme?academic_year=2026&lessons_end=15:15", trust.school), teacher).await;
    calendar_link(s, teacher).await;
    s.get(&format!("/v1/enrolments/{enrolment}"), teacher).await;
    s.get("/v1/enrolments?state=enrolled", teacher).await;
    s.act(&format!("/v1/enrolments/{enrolment}/withdraw"), teacher).await;
    s.get(&format!("/v1/enrolments/{enrolment}/history"), teacher).await;
    s.post(&format!("{at}/cancel"), coordinator, json!({"reason": "The heating is being mended"})).await;
    s.get(&format!("{at}/history"), teacher).await;
}

/// The programme in somebody's own calendar.
async fn calendar_link(s: &mut Telling<'_>, teacher: &Someone) {
    let link = s.post("/v1/me/calendar-links", teacher, json!({"name": "My telephone"})).await;
    let (id, url) = (link.id(), link.body["url"].as_str().unwrap().trim_start_matches("https://trellis.example").to_owned());
    s.tell(Method::GET, &url, None, None).await;
    s.get("/v1/me/calendar-links", teacher).await;
    s.act(&format!("/v1/me/calendar-links/{id}/revoke"), teacher).await;
}

pub async fn retired(s: &mut Telling<'_>, cast: &Cast, coordinator: &Someone, activity: &str) {
    let at = format!("/v1/learning-activities/{activity}");
    s.act(&format!("{at}/retire"), coordinator).await;
    s.act(&format!("{at}/restore"), coordinator).await;
    s.get(&format!("{at}/history"), &cast.teacher).await;
}
