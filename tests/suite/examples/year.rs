//! A year of appraisal, from its draft to its archive.

use super::{Cast, Telling, cast::Panel, pay, report};
use crate::support::*;
use serde_json::json;

/// A cycle, as far as planning.
pub async fn cycle(s: &mut Telling<'_>, cast: &Cast, version: &str) -> String {
    let Cast { trust, hr, .. } = cast;
    let new = json!({"organisation_id": trust.root.to_string(), "name": "Appraisal and growth 2026/27", "starts_on": "2026-09-01", "ends_on": "2027-08-31", "rule_profile": "beacon_hill", "rule_profile_version": 1, "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-09", "staff_categories": ["teacher", "leader", "headteacher"], "framework_version_ids": [version]});
    let cycle = s.post("/v1/cycles", hr, new).await.id();
    let at = format!("/v1/cycles/{cycle}");
    s.patch(&at, hr, json!({"report_due_on": "2027-10-31"})).await;
    s.get(&at, hr).await;
    s.get("/v1/cycles", hr).await;
    s.act(&format!("{at}/publish"), hr).await;
    s.post(&format!("{at}/move-due-dates"), hr, json!({"objectives_due_on": "2026-11-13", "reason": "Half-term fell early this year"})).await;
    s.act(&format!("{at}/open-planning"), hr).await;
    cycle
}

/// Its appraisals are made, while one employment is held back.
pub async fn made(s: &mut Telling<'_>, cast: &Cast, employment: &str, cycle: &str) {
    let hr = &cast.hr;
    let new = json!({"employment_id": employment, "reason": "induction", "starts_on": "2026-09-01"});
    let hold = s.post("/v1/appraisal-holds", hr, new).await.id();
    let held = format!("/v1/appraisal-holds/{hold}");
    s.get(&held, hr).await;
    s.get(&format!("/v1/appraisal-holds?employment_id={employment}"), hr).await;
    s.act(&format!("/v1/cycles/{cycle}/create-appraisals"), hr).await;
    s.post(&format!("{held}/end"), hr, json!({"ends_on": "2027-07-31"})).await;
    s.get(&format!("{held}/history"), hr).await;
}

/// What can become of an appraisal; the teacher's goes on.
pub async fn appraisals(s: &mut Telling<'_>, cast: &Cast, cycle: &str, panel: &Panel, successor: &Someone) -> String {
    let w = s.w;
    let Cast { hr, appraiser, teacher, .. } = cast;
    let Panel { head, chair, governor } = panel;
    let of = async |person: &Someone| {
        let found = w.get(format!("/v1/appraisals?cycle_id={cycle}&person_id={}", person.person)).by(hr).send().await.expect(200);
        format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap())
    };
    let (own, of_head, of_owen, of_niamh) = (of(teacher).await, of(head).await, of(successor).await, of(appraiser).await);
    s.get("/v1/appraisals", teacher).await;
    s.act(&format!("{own}/start-planning"), appraiser).await;
    s.act(&format!("{own}/inform-standards"), appraiser).await;
    s.get(&own, teacher).await;
    let panel = json!({"appraiser_ids": [chair.person.to_string(), governor.person.to_string()], "external_adviser": "Dr Ilse Brandt, Northmoor Advisers"});
    s.post(&format!("{of_head}/assign-appraisers"), hr, panel).await;
    w.post(format!("{of_head}/start-planning")).by(chair).if_match("*").send().await.expect(200);
    s.act(&format!("{of_head}/consult-adviser"), chair).await;
    let later = json!({"kind": "objectives", "due_on": "2026-11-27", "reason": "Back from jury service in November"});
    s.post(&format!("{own}/move-deadline"), hr, later).await;
    s.post(&format!("{of_owen}/suspend"), hr, json!({"reason": "family_leave"})).await;
    s.post(&format!("{of_owen}/resume"), hr, json!({"ends_on": "2027-12-31"})).await;
    s.post(&format!("{of_owen}/transfer"), hr, json!({"reason": "Moves to our other school after half-term"})).await;
    s.post(&format!("{of_niamh}/abandon"), hr, json!({"reason": "Created in error: she is appraised by the trust"})).await;
    own
}

pub async fn draft_too_many(s: &mut Telling<'_>, cast: &Cast) {
    let Cast { trust, hr, .. } = cast;
    let draft = s.w.post("/v1/cycles").by(hr).json(json!({"organisation_id": trust.school.to_string(), "name": "A draft too many"})).send().await.id();
    s.post(&format!("/v1/cycles/{draft}/cancel"), hr, json!({"reason": "Drafted by mistake"})).await;
}

/// Its objectives are there: the appraisal starts.
pub async fn started(s: &mut Telling<'_>, cast: &Cast, own: &str) {
    s.act(&format!("{own}/start"), &cast.appraiser).await;
}

/// The year ends.
pub async fn ends(s: &mut Telling<'_>, cast: &Cast, cycle: &str, own: &str, objective: &str) {
    let w = s.w;
    let Cast { hr, appraiser, teacher, .. } = cast;
    s.act(&format!("/v1/objectives/{objective}/review"), appraiser).await;
    s.act(&format!("/v1/objectives/{objective}/close"), teacher).await;
    let at = format!("/v1/cycles/{cycle}");
    for step in ["start-monitoring", "open-review", "start-closing", "close", "archive"] {
        if step == "close" {
            s.post(&format!("{at}/roll-over"), hr, json!({"name": "Appraisal and growth 2027/28"})).await;
            // what was not completed is given up: else it blocks the closing
            let left = w.get(format!("/v1/appraisals?cycle_id={cycle}&limit=200")).by(hr).send().await.expect(200);
            for open in left.items().iter().filter(|a| !["completed", "transferred", "abandoned"].contains(&a["state"].as_str().unwrap())) {
                let path = format!("/v1/appraisals/{}/abandon", open["id"].as_str().unwrap());
                w.post(path).by(hr).if_match("*").json(json!({"reason": "The year is over"})).send().await.expect(200);
            }
        }
        s.act(&format!("{at}/{step}"), hr).await;
        if step == "open-review" {
            s.act(&format!("{own}/start-self-review"), teacher).await;
            s.act(&format!("{own}/start-assessment"), appraiser).await;
            s.get(&format!("{own}/history"), teacher).await;
            Box::pin(report::written(s, cast, own)).await;
            Box::pin(pay::recommended(s, cast, own)).await;
            Box::pin(report::development_needs(s, cast)).await;
        }
    }
    s.get(&format!("{at}/history"), hr).await;
}
