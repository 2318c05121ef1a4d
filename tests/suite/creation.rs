//! Creating a cycle's appraisals: a job whatever its size, done in parts, never twice, and told by what its reader may know.

use crate::{
    appraisals::{YEAR, cycle, hold},
    permissions::last_event,
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_api::runner;
use trellis_domain::{id::JobId, role::RoleName};
use trellis_persistence::{
    job::{ClaimJob, LEASE_SECONDS, Part, RunPart},
    transaction::needs::{Under, WriteCycles},
};
use uuid::Uuid;

const PROFILE: &str = "england_academy_policy";

/// Asks, and waits for nothing.
async fn asked(w: &World, path: &str, by: &Someone) -> String {
    let made = w.post(format!("{path}/create-appraisals")).by(by).header("prefer", "respond-async").send().await.expect(202);
    assert_eq!((made.body["state"].as_str(), made.headers["location"].as_str()), (Some("queued"), format!("/v1/jobs/{}", made.id()).as_str()));
    made.id()
}
async fn job(w: &World, trust: &Trust, by: &Someone, id: &str) -> Value {
    w.get(format!("/v1/jobs/{id}")).bearer(&w.token(trust.id, by)).send().await.expect(200).body
}
async fn appraisals(w: &World, trust: &Trust, by: &Someone) -> usize {
    w.get("/v1/appraisals?limit=200").bearer(&w.token(trust.id, by)).send().await.expect(200).items().len()
}

on_both! {
    async fn a_server_that_dies_between_two_parts_leaves_the_rest_to_another_and_nobody_is_done_twice(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        for _ in 0..5 {
            trust.someone(w).at(trust.school).made().await;
        }
        let path = cycle(w, &trust, &hr, PROFILE, YEAR).await;
        let before = last_event(w, trust.id).await;
        let id = asked(w, &path, &hr).await;
        let (job_id, by) = (JobId(id.parse().unwrap()), Uuid::from_u128(7));
        w.does(trust.id, ClaimJob { id: job_id, by }).await.unwrap();
        let part = w.does(trust.id, RunPart::<WriteCycles> { id: job_id, by, rows: 2, give_up: false, need: Under::new() }).await;
        assert_eq!((part, appraisals(w, &trust, &hr).await), (Part::More, 2), "a part is stored as a whole");
        runner::drain(&w.db, &w.shared).await.unwrap();
        let half = job(w, &trust, &hr, &id).await;
        assert_eq!((&half["state"], &half["done"], &half["total"]), (&json!("running"), &json!(2), &json!(5)));
        w.later(TimeDelta::seconds(LEASE_SECONDS + 1));
        runner::drain(&w.db, &w.shared).await.unwrap();
        let done = job(w, &trust, &hr, &id).await;
        assert_eq!((&done["state"], &done["counts"]["created"], &done["cycle_id"]), (&json!("completed"), &json!(5), &json!(path.rsplit('/').next().unwrap())));
        assert_eq!((appraisals(w, &trust, &hr).await, last_event(w, trust.id).await - before), (5, 5), "one appraisal and one event for each");
        // whoever held the lease is too late
        let late = w.does(trust.id, RunPart::<WriteCycles> { id: job_id, by, rows: 2, give_up: false, need: Under::new() }).await;
        assert_eq!(late, Part::Lost);
    }

    async fn two_who_ask_for_the_same_population_create_it_once(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let admin = trust.someone(w).with(RoleName::SchoolAdmin, trust.root).made().await;
        for _ in 0..3 {
            trust.someone(w).at(trust.school).made().await;
        }
        let path = cycle(w, &trust, &hr, PROFILE, YEAR).await;
        let (first, second) = (asked(w, &path, &hr).await, asked(w, &path, &admin).await);
        runner::drain(&w.db, &w.shared).await.unwrap();
        let counts = async |by: &Someone, id: &str| job(w, &trust, by, id).await["counts"].clone();
        assert_eq!(counts(&hr, &first).await, json!({"created": 3, "updated": 0, "unchanged": 0, "left_out": 0, "failed": 0}));
        assert_eq!(counts(&admin, &second).await, json!({"created": 0, "updated": 0, "unchanged": 3, "left_out": 0, "failed": 0}));
        w.get(format!("/v1/jobs/{first}/results")).by(&admin).send().await.problem(404, "not_found");
    }

    async fn what_was_called_off_or_overtaken_does_no_more(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        trust.someone(w).at(trust.school).made().await;
        let path = cycle(w, &trust, &hr, PROFILE, YEAR).await;
        let id = asked(w, &path, &hr).await;
        w.post(format!("/v1/jobs/{id}/cancel")).by(&hr).send().await.expect(200);
        runner::drain(&w.db, &w.shared).await.unwrap();
        assert_eq!((&job(w, &trust, &hr, &id).await["state"], appraisals(w, &trust, &hr).await), (&json!("cancelled"), 0));
        // reviews are opened before the job's turn comes
        let id = asked(w, &path, &hr).await;
        for name in ["start-monitoring", "open-review"] {
            w.post(format!("{path}/{name}")).by(&hr).send().await.expect(200);
        }
        runner::drain(&w.db, &w.shared).await.unwrap();
        let failed = job(w, &trust, &hr, &id).await;
        assert_eq!((&failed["state"], &failed["problem"]["code"], appraisals(w, &trust, &hr).await), (&json!("failed"), &json!("wrong_state"), 0));
        w.post(format!("{path}/create-appraisals")).by(&hr).send().await.problem(409, "wrong_state");
    }

    async fn all_are_judged_by_the_day_of_the_request_however_late_they_are_done(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let leaver = trust.someone(w).made().await;
        let last_day = json!({"person_id": leaver.person.to_string(), "organisation_id": trust.school.to_string(), "job_title": "Teacher", "staff_category": "teacher",
            "starts_on": "2025-09-01", "ends_on": "2026-10-05"});
        w.post("/v1/employments").by(&hr).json(last_day).send().await.expect(201);
        let path = cycle(w, &trust, &hr, PROFILE, YEAR).await;
        let id = asked(w, &path, &hr).await;
        w.later(TimeDelta::days(2));
        runner::drain(&w.db, &w.shared).await.unwrap();
        let hr = Someone { token: w.token(trust.id, &hr), ..hr };
        let rows = w.get(format!("/v1/jobs/{id}/results")).by(&hr).send().await.expect(200);
        let row = &rows.items()[0];
        assert_eq!((&row["action"], &row["considered"]["starts_on"], &row["considered"]["ends_on"]), (&json!("created"), &json!("2026-09-01"), &json!("2026-10-05")));
        let (_, again) = (w.create_appraisals(&path, &hr).await, w.get("/v1/appraisals").by(&hr).send().await.expect(200));
        assert_eq!(again.items()[0]["id"], row["id"]);
    }

    async fn who_is_on_hold_is_told_to_hr_and_hears_of_it_and_to_nobody_else(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let admin = trust.someone(w).with(RoleName::SchoolAdmin, trust.root).made().await;
        let inducted = trust.someone(w).at(trust.school).made().await;
        let appraised = trust.someone(w).at(trust.school).made().await;
        let held = hold(w, &hr, &inducted, "induction").await.expect(201).id();
        let told = async || w.get("/v1/me/disclosures").by(&inducted).send().await.expect(200).items().to_vec();
        let path = cycle(w, &trust, &hr, PROFILE, YEAR).await;
        let report = async |by: &Someone, accept: &str| {
            let job = w.create_appraisals(&format!("{path}?validate_only=true"), by).await.id();
            w.get(format!("/v1/jobs/{job}/results")).by(by).header("accept", accept).send().await.expect(200).text
        };
        for accept in ["application/json", "text/csv"] {
            let text = report(&admin, accept).await;
            assert!(text.contains("excluded_by_rules") && !text.contains("in_induction") && !text.contains("on_hold") && !text.contains(&held), "{text}");
        }
        assert_eq!(told().await, [] as [Value; 0], "nothing of the hold was told, and setting it read nothing");
        for (accept, readings) in [("application/json", 1), ("text/csv", 2)] {
            let text = report(&hr, accept).await;
            assert!(text.contains("in_induction"), "{text}");
            let known = told().await;
            assert_eq!(known.len(), readings);
            assert_eq!((&known[0]["record_type"], &known[0]["record_id"], &known[0]["capacity"]), (&json!("appraisal_hold"), &json!(held), &json!("hr")));
            assert_eq!(known[0]["reader_id"], hr.person.to_string());
        }
        let job = w.create_appraisals(&path, &hr).await.id();
        let table = w.get(format!("/v1/jobs/{job}/results")).by(&hr).header("accept", "text/csv").send().await.expect(200).text;
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines[0], "index,employment_id,person_id,organisation_id,action,id,reason,starts_on,ends_on,appraiser_ids");
        let of = |who: &Someone| lines.iter().find(|line| line.contains(&who.person.to_string())).unwrap();
        assert!(of(&inducted).contains(",left_out,,in_induction,,,") && of(&appraised).contains(",2026-09-01,2027-08-31,"), "{table}");
        let only = w.get(format!("/v1/jobs/{job}/results?action=left_out")).by(&hr).send().await.expect(200);
        assert_eq!(only.items().iter().map(|r| r["considered"]["person_id"].clone()).collect::<Vec<_>>(), [json!(inducted.person.to_string())]);
    }
}
