//! What somebody learned.

use super::{Cast, Telling};
use crate::support::*;
use actix_web::http::Method;
use serde_json::json;

pub async fn record(s: &mut Telling<'_>, cast: &Cast, objective: &str, standard: &str, priority: &str) -> String {
    let Cast { trust, appraiser, teacher, .. } = cast;
    let new = json!({"title": "Visit to Ms Grant's Year 9 lesson", "kind": "learning_visit", "started_on": "2026-10-01", "minutes": 60, "objective_ids": [objective], "standard_ids": [standard], "priority_ids": [priority]});
    let record = s.post("/v1/learning-records", teacher, new).await.id();
    let at = format!("/v1/learning-records/{record}");
    s.patch(&at, teacher, json!({"minutes": 75})).await;
    s.get("/v1/reflection-prompts?kind=learning_visit", teacher).await;
    s.post(&format!("{at}/reflect"), teacher, json!({"reflection": "Her questions waited for an answer. Mine do not yet.", "prompt": "what-i-saw"})).await;
    s.act(&format!("{at}/share"), teacher).await;
    let colleague = trust.someone(s.w).named("Tomos", "Rees").at(trust.school).made().await;
    s.post(&format!("{at}/share-with"), teacher, json!({"audiences": ["appraiser", "leaders"], "person_ids": [colleague.person.to_string()]})).await;
    s.get(&at, appraiser).await;
    s.get(&format!("/v1/learning-records?objective_id={objective}"), appraiser).await;
    Box::pin(evidence(s, cast, &at)).await;
    s.act(&format!("{at}/unshare"), teacher).await;
    s.get(&format!("{at}/history"), teacher).await;
    record
}

/// What a team learned together, and by which mechanisms: figures are told of five people or not at all.
pub async fn of_many(s: &mut Telling<'_>, colleagues: &[Someone]) {
    let w = s.w;
    let first = &colleagues[0];
    let versions = w.get("/v1/framework-versions?key=effective-professional-development-mechanisms").by(first).send().await.expect(200);
    let version = versions.items()[0]["id"].as_str().unwrap();
    let version = w.get(format!("/v1/framework-versions/{version}")).by(first).send().await.expect(200);
    let mechanism = |code: &str| version.body["standards"].as_array().unwrap().iter().find(|m| m["code"] == code).unwrap()["id"].clone();
    let (model, rehearse, plan) = (mechanism("M8"), mechanism("M10"), mechanism("M12"));
    for who in colleagues {
        for new in [
            json!({"title": "Modelled writing, seen and planned", "kind": "learning_visit", "started_on": "2026-10-01", "minutes": 60, "standard_ids": [model, plan]}),
            json!({"title": "Modelled writing, tried on one another", "kind": "course", "started_on": "2026-10-02", "minutes": 45, "standard_ids": [rehearse]}),
        ] {
            w.post("/v1/learning-records").by(who).json(new).send().await.expect(201);
        }
    }
}

/// What shows that somebody learned something, while their record is shared.
async fn evidence(s: &mut Telling<'_>, cast: &Cast, at: &str) {
    let Cast { appraiser, teacher, .. } = cast;
    let page = json!({"title": "The bank of hinge questions", "url": "https://drive.beacon.example/hinge-questions"});
    let page = s.post(&format!("{at}/evidence"), teacher, page).await.id();
    let file = format!("{at}/evidence-files?title=Before%20and%20after&file_name=9B.csv");
    let table = "question,before,after\r\n1,17,4\r\n2,12,9\r\n";
    let reply = s.w.post(&file).by(teacher).raw("text/csv", table.as_bytes()).send().await.expect(201);
    s.note(&Method::POST, &file, Some(json!(table)), &reply);
    let evidence = format!("/v1/evidence/{}", reply.id());
    s.get(&evidence, appraiser).await;
    let link = s.get(&format!("{evidence}/link"), appraiser).await;
    s.tell(Method::GET, link.body["url"].as_str().unwrap().trim_start_matches("https://trellis.example"), None, None).await;
    s.get(&format!("{at}/evidence"), appraiser).await;
    s.act(&format!("/v1/evidence/{page}/remove"), teacher).await;
}
