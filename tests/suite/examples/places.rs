//! Organisations, and what another system sends of them and of their people, many at once.

use super::{Cast, Telling};
use actix_web::http::Method;
use serde_json::json;

/// Organisations, one by one and from the register of schools.
pub async fn organisations(s: &mut Telling<'_>, cast: &Cast) -> String {
    let w = s.w;
    let Cast { trust, admin, teacher, .. } = cast;
    let new = json!({"parent_id": trust.root.to_string(), "kind": "school", "name": "Rhyl Community Primary School", "phase": "primary", "establishment_type": 1, "identifiers": [{"scheme": "urn", "value": "100021"}], "external_refs": [{"source": "bromcom", "id": "RCPS"}]});
    let school = s.post("/v1/organisations", admin, new).await.id();
    let at = format!("/v1/organisations/{school}");
    s.patch(&at, admin, json!({"phase": "all_through"})).await;
    s.get(&at, teacher).await;
    s.get("/v1/organisations?kind=school", teacher).await;
    let csv = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/data/gias/establishments.csv")).unwrap();
    let reply = w.post("/v1/organisations/import").by(admin).raw("text/csv", &csv).send().await.expect(207);
    s.note(&Method::POST, "/v1/organisations/import", None, &reply);
    let links = "\"URN\",\"LinkURN\",\"LinkName\",\"LinkType\",\"LinkEstablishedDate\"\n\"100021\",\"100012\",\"Carlton Primary School\",\"Predecessor - merged\",\"31-08-2021\"\n";
    w.post("/v1/organisations/import?file=links").by(admin).raw("text/csv", links.as_bytes()).send().await.expect(207);
    s.get(&format!("{at}/links"), teacher).await;
    s.get(&format!("{at}/history"), teacher).await;
    school
}

/// Many at once.
pub async fn many_at_once(s: &mut Telling<'_>, cast: &Cast, school: &str) {
    let w = s.w;
    let Cast { admin, hr, .. } = cast;
    let rows = json!({"rows": [{"external_ref": {"source": "bromcom", "id": "900"}, "kind": "group", "name": "Year 4 team", "parent": {"id": school}}]});
    s.post("/v1/organisations/bulk-upsert", admin, rows).await;
    let job = |id: &str| json!([{"organisation": {"id": id}, "job_title": "Teacher of Year 4", "staff_category": "teacher", "starts_on": "2026-09-01"}]);
    let rows = json!({"rows": [
        {"external_ref": {"source": "bromcom", "id": "901"}, "given_name": "Megan", "family_name": "Rees", "employments": job(school), "relationships": [{"kind": "line_manager", "holder": {"external_ref": {"source": "bromcom", "id": "902"}}}]},
        {"external_ref": {"source": "bromcom", "id": "902"}, "given_name": "Tomos", "family_name": "Pritchard", "trn": "12345/67", "employments": job(school)},
    ]});
    let done = s.post("/v1/people/bulk-upsert", hr, rows.clone()).await.body["job_id"].as_str().unwrap().to_owned();
    s.get("/v1/jobs", hr).await;
    s.get(&format!("/v1/jobs/{done}"), hr).await;
    s.get(&format!("/v1/jobs/{done}/results"), hr).await;
    let snapshot = json!({"organisation": {"id": school}, "source": "bromcom", "taken_at": "2026-10-05T01:00:00Z", "rows": [
        {"external_ref": {"source": "bromcom", "id": "901"}},
        {"external_ref": {"source": "bromcom", "id": "903"}, "given_name": "Nia", "family_name": "Evans", "employments": [{"job_title": "Teacher of Year 3", "staff_category": "teacher", "starts_on": "2026-09-01"}]},
    ]});
    let sent = s.post("/v1/syncs", hr, snapshot).await.body["job_id"].as_str().unwrap().to_owned();
    s.get("/v1/syncs", hr).await;
    s.get(&format!("/v1/syncs/{sent}"), hr).await;
    let missing = w.get("/v1/employments?missing=true").by(hr).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
    s.act(&format!("/v1/employments/{missing}/keep"), hr).await;
    // what was changed by hand is given back to the system that manages it
    let first = async |path: &str| w.get(path).by(hr).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
    let (group, megan) = (first("/v1/organisations?external_ref=bromcom:900").await, first("/v1/people?external_ref=bromcom:901").await);
    for (at, by, changes, fields) in [
        (format!("/v1/organisations/{group}"), admin, json!({"name": "Year 4"}), json!(["name"])),
        (format!("/v1/people/{megan}"), hr, json!({"family_name": "Rees-Jones"}), json!(["family_name"])),
        (format!("/v1/employments/{missing}"), hr, json!({"job_title": "Teacher of Years 4 and 5"}), json!(["job_title"])),
    ] {
        w.patch(&at).by(by).json(changes).send().await.expect(200);
        s.post(&format!("{at}/release-fields"), by, json!({"fields": fields})).await;
    }
    let later = w.post("/v1/people/bulk-upsert").by(hr).header("prefer", "respond-async").json(rows).send().await.expect(202).id();
    s.act(&format!("/v1/jobs/{later}/cancel"), hr).await;
}
