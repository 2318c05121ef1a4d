//! People: employed, managed, added twice, erased, and given roles.

use super::{Cast, Telling};
use crate::support::*;
use actix_web::http::Method;
use serde_json::json;

/// Somebody new, and their employment.
pub async fn employed(s: &mut Telling<'_>, cast: &Cast, school: &str) -> (String, String) {
    let Cast { hr, teacher, .. } = cast;
    let new = json!({"given_name": "Dafydd", "family_name": "Hughes", "email": "dafydd.hughes@beaconhill.example", "trn": "0012345", "external_refs": [{"source": "bromcom", "id": "10023"}]});
    let person = s.post("/v1/people", hr, new).await.id();
    let at = format!("/v1/people/{person}");
    s.patch(&at, hr, json!({"preferred_name": "Dai"})).await;
    s.get(&at, hr).await;
    s.get("/v1/people?q=ok", teacher).await;
    s.get(&format!("{at}/history"), hr).await;
    let new = json!({"person_id": person, "organisation_id": school, "job_title": "Teacher of Year 4", "staff_category": "teacher", "staff_code": "DHU", "fte_percent": 60, "starts_on": "2026-09-01"});
    let employment = s.post("/v1/employments", hr, new).await.id();
    let at = format!("/v1/employments/{employment}");
    s.patch(&at, hr, json!({"fte_percent": 80})).await;
    s.get(&at, hr).await;
    s.get(&format!("/v1/employments?person_id={person}"), hr).await;
    s.get(&format!("{at}/history"), hr).await;
    (person, employment)
}

/// Who mentors them, who manages them, and who is to do so next.
pub async fn managed(s: &mut Telling<'_>, cast: &Cast, person: &str) -> Someone {
    let w = s.w;
    let Cast { trust, hr, appraiser, .. } = cast;
    let new = json!({"kind": "mentor", "person_id": person, "holder_id": appraiser.person.to_string(), "starts_on": "2026-09-01"});
    let relationship = s.post("/v1/relationships", hr, new).await.id();
    let at = format!("/v1/relationships/{relationship}");
    s.get(&at, hr).await;
    s.get("/v1/relationships?kind=mentor", hr).await;
    s.post(&format!("{at}/end"), hr, json!({"ends_on": "2027-08-31"})).await;
    s.get(&format!("{at}/history"), hr).await;
    // line management from a file
    let file = "kind,person,holder,starts_on,school\nline_manager,bromcom:10023,";
    let file = format!("{file}{},2026-09-01,\nappraiser,DHU,{},2026-09-01,100021\n", appraiser.person, appraiser.person);
    let reply = w.post("/v1/relationships/import").by(hr).raw("text/csv", file.as_bytes()).send().await.expect(207);
    s.note(&Method::POST, "/v1/relationships/import", Some(json!(file)), &reply);
    trust.someone(w).named("Owen", "Pritchard").at(trust.school).made().await
}

/// Who manages and appraises leaves at the end of the term: from then on somebody else does, and the appraisals go along.
pub async fn handed_over(s: &mut Telling<'_>, cast: &Cast, successor: &Someone) {
    let Cast { hr, appraiser, .. } = cast;
    let leaves = json!({"to": successor.person.to_string(), "on": "2027-01-04", "kinds": ["line_manager", "appraiser"]});
    s.post(&format!("/v1/people/{}/hand-over", appraiser.person), hr, leaves).await;
}

/// Somebody was added twice.
pub async fn added_twice(s: &mut Telling<'_>, cast: &Cast, person: &str) {
    let w = s.w;
    let hr = &cast.hr;
    let again = json!({"given_name": "Dai", "family_name": "Hughes", "email": "dafydd.hughes+mis@beaconhill.example", "external_refs": [{"source": "payroll", "id": "P-77"}]});
    let twin = w.post("/v1/people").by(hr).json(again).send().await.expect(201).id();
    let suggestion = s.get("/v1/match-suggestions", hr).await.items()[0]["id"].as_str().unwrap().to_owned();
    let at = format!("/v1/match-suggestions/{suggestion}");
    s.get(&at, hr).await;
    s.post(&format!("{at}/later"), hr, json!({"until": "2026-10-12"})).await;
    s.act(&format!("{at}/accept"), hr).await;
    let merges = s.get(&format!("/v1/merges?person_id={person}"), hr).await;
    let at = format!("/v1/merges/{}", merges.items()[0]["id"].as_str().unwrap());
    s.get(&at, hr).await;
    s.act(&format!("{at}/undo"), hr).await;
    let merge = s.post(&format!("/v1/people/{twin}/merge"), hr, json!({"into": person, "reason": "Added a second time by the payroll import"})).await.id();
    w.post(format!("/v1/merges/{merge}/undo")).by(hr).send().await.expect(200);
    w.post(format!("/v1/people/{twin}/merge")).by(hr).json(json!({"into": person})).send().await.expect(201);
    let other = json!({"given_name": "Delyth", "family_name": "Hughes", "email": "dafydd.hughes@beaconhill.example"});
    w.post("/v1/people").by(hr).json(other).send().await.expect(201);
    let suggestion = w.get("/v1/match-suggestions").by(hr).send().await.items()[0]["id"].as_str().unwrap().to_owned();
    s.act(&format!("/v1/match-suggestions/{suggestion}/reject"), hr).await;
}

/// Somebody was never there.
pub async fn erased(s: &mut Telling<'_>, cast: &Cast) {
    let hr = &cast.hr;
    let gone = json!({"given_name": "Aled", "family_name": "Parry", "external_refs": [{"source": "payroll", "id": "P-78"}]});
    let gone = s.w.post("/v1/people").by(hr).json(gone).send().await.expect(201).id();
    s.post(&format!("/v1/people/{gone}/erase"), hr, json!({"family_name": "Parry", "reason": "recorded_in_error"})).await;
}

pub async fn roles(s: &mut Telling<'_>, cast: &Cast, person: &str, school: &str) {
    let admin = &cast.admin;
    let new = json!({"person_id": person, "role": "learning_lead", "organisation_id": school, "starts_on": "2026-09-01"});
    let role = s.post("/v1/roles", admin, new).await.id();
    let at = format!("/v1/roles/{role}");
    s.get(&at, admin).await;
    s.get("/v1/roles?role=learning_lead", admin).await;
    s.post(&format!("{at}/end"), admin, json!({"ends_on": "2027-08-31"})).await;
    s.get(&format!("{at}/history"), admin).await;
}
