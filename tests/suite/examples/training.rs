//! Required training.

use super::{Cast, Telling};
use crate::support::*;
use actix_web::http::Method;
use serde_json::json;
use trellis_domain::access::Permission;

/// A requirement, from its first edition until it is retired.
pub async fn required(s: &mut Telling<'_>, cast: &Cast, coordinator: &Someone, activity: &str) {
    let Cast { trust, teacher, .. } = cast;
    let new = json!({
        "organisation_id": trust.school.to_string(), "title": "Safeguarding, with Keeping Children Safe in Education", "description": "An hour together, then the quiz.",
        "authority": "statutory", "audience": {"exclude": {"job_titles": ["Governor"]}}, "trigger": "on_start", "due_within_days": 14, "validity": "months",
        "validity_months": 24, "activity_ids": [activity]
    });
    let requirement = s.post("/v1/training-requirements", coordinator, new).await.id();
    let at = format!("/v1/training-requirements/{requirement}");
    s.patch(&at, coordinator, json!({"warn_at_days": [90, 30]})).await;
    s.post(&format!("{at}/issue-edition"), coordinator, json!({"issued_on": "2026-09-01", "due_within_days": 30, "note": "September 2026"})).await;
    s.post(&format!("{at}/publish"), coordinator, json!({"applies_from": "2025-09-01"})).await;
    s.get(&at, teacher).await;
    s.get("/v1/training-requirements?authority=statutory", teacher).await;
    followed(s, cast, &requirement).await;
    s.act(&format!("{at}/retire"), coordinator).await;
    s.get(&format!("{at}/history"), coordinator).await;
}

/// Who did it, who need not, and who has yet to.
async fn followed(s: &mut Telling<'_>, cast: &Cast, requirement: &str) {
    let Cast { trust, hr, appraiser, teacher, .. } = cast;
    let of = teacher.person.to_string();
    let new = json!({"requirement_id": requirement, "person_id": of, "completed_on": "2026-09-02", "provider": "Beacon Hill", "certificate": "KCSIE-2026-117"});
    let completion = s.post("/v1/training-completions", hr, new).await.id();
    provided(s, cast, requirement).await;
    let done = format!("/v1/training-completions/{completion}");
    s.get(&done, teacher).await;
    s.get(&format!("{done}/line-of-sight"), teacher).await;
    s.get(&format!("/v1/training-completions?person_id={of}"), hr).await;
    let new = json!({"requirement_id": requirement, "person_id": appraiser.person.to_string(), "reason": "Seconded abroad", "starts_on": "2026-09-01", "ends_on": "2026-12-31"});
    let exemption = s.post("/v1/training-exemptions", hr, new).await.id();
    let exempt = format!("/v1/training-exemptions/{exemption}");
    s.get(&exempt, hr).await;
    s.get("/v1/training-exemptions?current_on=2026-10-05", hr).await;
    s.get(&format!("/v1/training-compliance?organisation_id={}&as_of=2026-10-05", trust.school), hr).await;
    s.get("/v1/training-compliance/summary?as_of=2026-10-05", hr).await;
    s.post(&format!("{exempt}/end"), hr, json!({"ends_on": "2026-10-31"})).await;
    s.get(&format!("{exempt}/history"), hr).await;
    s.post(&format!("{done}/void"), hr, json!({"reason": "It was another Amina's certificate"})).await;
    s.get(&format!("{done}/history"), hr).await;
}

/// What a provider of learning sends.
async fn provided(s: &mut Telling<'_>, cast: &Cast, requirement: &str) {
    let Cast { trust, teacher, .. } = cast;
    let of = teacher.person.to_string();
    let (_, _, provider) = s.w.key(trust, &[Permission::ProvideLearning, Permission::WriteTraining], None).await;
    let (sent, whom) = (|id: &str| json!({"source": "national-college", "id": id}), json!({"id": of}));
    let rows = json!({"rows": [
        {"external_ref": sent("course-88123"), "person": whom, "title": "Metacognition in Key Stage 2", "kind": "course", "started_on": "2026-09-22", "minutes": 180, "provider": "National College"},
        {"external_ref": sent("course-88124"), "person": {"trn": "7654321"}, "title": "Metacognition in Key Stage 2", "kind": "course", "started_on": "2026-09-22", "minutes": 180},
    ]});
    let taken = s.tell(Method::POST, "/v1/learning-records/bulk-upsert", Some(&provider), Some(rows)).await;
    let unwanted = taken.body["results"][0]["id"].as_str().unwrap().to_owned();
    s.act(&format!("/v1/learning-records/{unwanted}/delete"), teacher).await;
    let rows = json!({"rows": [{"external_ref": sent("certificate-5512"), "person": {"id": of}, "requirement_id": requirement, "completed_on": "2026-09-29", "provider": "National College", "certificate": "NC-5512"}]});
    s.tell(Method::POST, "/v1/training-completions/bulk-upsert", Some(&provider), Some(rows)).await;
}
