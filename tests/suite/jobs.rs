//! Jobs: work that outlives its request.

use crate::{permissions::last_event, support::*};
use serde_json::{Value, json};
use trellis_api::runner;
use trellis_domain::{access::Permission, role::RoleName};
use trellis_persistence::job::{ClaimJob, LEASE_SECONDS, UNFINISHED_AT_ONCE};

const PEOPLE: &str = "/v1/people/bulk-upsert";

fn rows(n: usize, school: &str) -> Value {
    let row = |n| {
        json!({"external_ref": {"source": "mis", "id": format!("{n}")}, "given_name": "Ada", "family_name": format!("Row {n}"),
            "employments": [{"organisation": {"id": school}, "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2026-09-01"}]})
    };
    json!({"rows": (0..n).map(row).collect::<Vec<_>>()})
}
async fn asked(w: &World, token: &str, body: Value) -> Reply {
    w.post(PEOPLE).bearer(token).header("prefer", "respond-async").json(body).send().await.expect(202)
}
async fn job(w: &World, token: &str, id: &str) -> Value {
    w.get(format!("/v1/jobs/{id}")).bearer(token).send().await.expect(200).body
}

on_both! {
    async fn work_that_nobody_waits_for_is_done_and_told_of(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let reply = asked(w, &hr.token, rows(120, &trust.school.to_string())).await;
        let id = reply.id();
        assert_eq!((reply.headers["location"].as_str(), &reply.body["state"]), (format!("/v1/jobs/{id}").as_str(), &json!("queued")));
        assert!(reply.can("cancel"));
        runner::drain(&w.db, &w.shared).await.unwrap();
        let done = job(w, &hr.token, &id).await;
        assert_eq!((&done["state"], &done["done"], &done["total"], &done["counts"]["created"]), (&json!("completed"), &json!(120), &json!(120), &json!(120)), "{done}");
        let first = w.get(format!("/v1/jobs/{id}/results?limit=100")).by(&hr).send().await.expect(200);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        let second = w.get(format!("/v1/jobs/{id}/results?limit=100&cursor={cursor}")).by(&hr).send().await.expect(200);
        let indices: Vec<i64> = first.items().iter().chain(second.items()).map(|r| r["index"].as_i64().unwrap()).collect();
        assert_eq!(indices, (0..120).collect::<Vec<_>>());
        let table = w.get(format!("/v1/jobs/{id}/results")).by(&hr).header("accept", "text/csv").send().await.expect(200);
        assert_eq!(table.text.lines().count(), 121);
        let list = w.get("/v1/jobs?state=completed").by(&hr).send().await.expect(200);
        assert_eq!(list.items().len(), 1);
        w.post(format!("/v1/jobs/{id}/cancel")).by(&hr).send().await.problem(409, "wrong_state");
    }

    async fn a_job_is_ones_own(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let id = asked(w, &hr.token, rows(1, &trust.school.to_string())).await.id();
        for path in [format!("/v1/jobs/{id}"), format!("/v1/jobs/{id}/results")] {
            w.get(path).by(&admin).send().await.problem(404, "not_found");
        }
        w.post(format!("/v1/jobs/{id}/cancel")).by(&admin).send().await.problem(404, "not_found");
        assert!(w.get("/v1/jobs").by(&admin).send().await.expect(200).items().is_empty());
    }

    async fn nobody_lets_others_wait_behind_any_number_of_jobs(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let colleague = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let mut made = Vec::new();
        for _ in 0..UNFINISHED_AT_ONCE {
            made.push(asked(w, &hr.token, rows(1, &trust.school.to_string())).await.id());
        }
        let one_more = || w.post(PEOPLE).by(&hr).header("prefer", "respond-async").json(rows(1, &trust.school.to_string()));
        one_more().send().await.problem(409, "too_many_jobs");
        asked(w, &colleague.token, rows(1, &trust.school.to_string())).await;
        w.post(format!("/v1/jobs/{}/cancel", made[0])).by(&hr).send().await.expect(200);
        one_more().send().await.expect(202);
        one_more().send().await.problem(409, "too_many_jobs");
        runner::drain(&w.db, &w.shared).await.unwrap();
        one_more().send().await.expect(202);
    }

    async fn a_job_that_is_called_off_does_no_more(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let before = last_event(w, trust.id).await;
        let id = asked(w, &hr.token, rows(3, &trust.school.to_string())).await.id();
        let cancelled = w.post(format!("/v1/jobs/{id}/cancel")).by(&hr).send().await.expect(200);
        assert_eq!(cancelled.body["state"], "cancelled");
        w.post(format!("/v1/jobs/{id}/cancel")).by(&hr).send().await.expect(200);
        runner::drain(&w.db, &w.shared).await.unwrap();
        assert_eq!((last_event(w, trust.id).await, &job(w, &hr.token, &id).await["done"]), (before, &json!(0)));
    }

    async fn a_key_that_was_revoked_stops_its_jobs(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let (machine, key, secret) = w.key(&trust, &[Permission::WritePeople, Permission::ReadPeople], None).await;
        let second = w.key(&trust, &[Permission::WritePeople], None).await;
        let id = asked(w, &secret, rows(3, &trust.school.to_string())).await.id();
        w.post(format!("/v1/service-accounts/{machine}/keys/{key}/revoke")).by(&admin).send().await.expect(200);
        let before = last_event(w, trust.id).await;
        runner::drain(&w.db, &w.shared).await.unwrap();
        assert_eq!(last_event(w, trust.id).await, before);
        w.get(format!("/v1/jobs/{id}")).bearer(&second.2).send().await.problem(404, "not_found");
        let issued = w.post(format!("/v1/service-accounts/{machine}/keys")).by(&admin).json(json!({"days": 30})).send().await.expect(201);
        let seen = job(w, issued.body["key"].as_str().unwrap(), &id).await;
        assert_eq!((&seen["state"], &seen["problem"]["code"]), (&json!("failed"), &json!("key_revoked")), "{seen}");
    }

    async fn a_dead_servers_job_goes_on_when_its_lease_is_over(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let id = asked(w, &hr.token, rows(3, &trust.school.to_string())).await.id();
        let job_id = trellis_domain::id::JobId(id.parse().unwrap());
        w.does(trust.id, ClaimJob { id: job_id, by: uuid::Uuid::from_u128(7) }).await.unwrap();
        runner::drain(&w.db, &w.shared).await.unwrap();
        assert_eq!(job(w, &hr.token, &id).await["state"], "running");
        w.later(chrono::TimeDelta::seconds(LEASE_SECONDS + 1));
        runner::drain(&w.db, &w.shared).await.unwrap();
        let done = job(w, &w.token(trust.id, &hr), &id).await;
        assert_eq!((&done["state"], &done["counts"]["created"]), (&json!("completed"), &json!(3)));
    }

    async fn the_same_request_again_is_the_same_job(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let body = rows(3, &trust.school.to_string());
        let send = || w.post(PEOPLE).by(&hr).header("idempotency-key", "k").json(body.clone());
        let first = send().send().await.expect(207);
        let again = send().send().await.expect(207);
        assert_eq!((&first.text, again.headers["idempotency-replayed"].as_str()), (&again.text, "true"));
        assert_eq!(w.get("/v1/jobs").by(&hr).send().await.expect(200).items().len(), 1);
        w.post(PEOPLE).by(&hr).header("idempotency-key", "k").json(rows(2, &trust.school.to_string())).send().await.problem(422, "idempotency_key_reused");
    }

    async fn a_table_of_results_can_be_mended_and_sent_again(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let head = "source,external_id,given_name,family_name,trn,email,organisation_id,job_title,staff_category,starts_on";
        let tail = format!("{},Teacher,teacher,2026-09-01", trust.school);
        let file = format!("{head}\nmis,1,Ada,One,,ada@school.example,{tail}\nmis,2,Bo,Two,no number,-,{tail}\nmis,3,Cy,Three,AB123456C,,{tail}\n");
        let asked = w.post(PEOPLE).by(&hr).header("prefer", "respond-async").raw("text/csv", file.as_bytes()).send().await.expect(202);
        runner::drain(&w.db, &w.shared).await.unwrap();
        let table = async |query: &str| w.get(format!("/v1/jobs/{}/results{query}", asked.id())).by(&hr).header("accept", "text/csv").send().await.expect(200).text;
        let all = table("").await;
        let lines: Vec<&str> = all.lines().collect();
        assert_eq!((lines[0], lines.len()), (format!("index,line,{head},action,id,changed,code,reason").as_str(), 4), "{all}");
        assert!(lines[1].starts_with("0,2,mis,1,,,,,,,,,created,"), "who was taken is told by the key: {all}");
        assert!(lines[2].starts_with(&format!("1,3,mis,2,Bo,Two,no number,'-,{tail},failed,,,")), "{all}");
        assert!(lines[2].contains("/trn: "), "{all}");
        assert!(lines[3].starts_with(&format!("2,4,mis,3,Cy,Three,,,{tail},failed,,,forbidden_data,")) && !all.contains("AB123456C"), "what is never held is not: {all}");
        let failed = table("?action=failed").await;
        assert_eq!(failed.lines().count(), 3, "{failed}");
        let mended = failed.replace("no number,'-", "0012345,");
        let again = w.post(PEOPLE).by(&hr).raw("text/csv", mended.as_bytes()).send().await.expect(207);
        assert_eq!(again.body["counts"]["created"], 2, "{}", again.text);
        // somebody who is erased is in no such table either
        let bad = format!("{head}\nmis,,Bo,Two,,,{tail}\n");
        let kept = w.post(PEOPLE).by(&hr).raw("text/csv", bad.as_bytes()).send().await.expect(207).body["job_id"].as_str().unwrap().to_owned();
        let of = async |id: &str| w.get(format!("/v1/jobs/{id}/results")).by(&hr).header("accept", "text/csv").send().await.expect(200).text;
        assert!(of(&kept).await.contains("Bo,Two"));
        let bo = again.body["results"][0]["id"].as_str().unwrap();
        let post = w.get(format!("/v1/employments?person_id={bo}")).by(&hr).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        w.patch(format!("/v1/employments/{post}")).by(&hr).if_match("*").json(json!({"ends_on": "2026-10-01"})).send().await.expect(200);
        w.post(format!("/v1/people/{bo}/erase")).by(&hr).json(json!({"family_name": "Two", "reason": "requested"})).send().await.expect(200);
        assert!(!of(&kept).await.contains("Bo,Two") && !table("").await.contains("Bo,Two"));
    }

    async fn old_results_are_forgotten(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let id = w.post(PEOPLE).by(&hr).json(rows(3, &trust.school.to_string())).send().await.expect(207).body["job_id"].as_str().unwrap().to_owned();
        w.later(chrono::TimeDelta::days(29));
        w.shared.tidy(&w.db).await.unwrap();
        w.get(format!("/v1/jobs/{id}")).bearer(&w.token(trust.id, &hr)).send().await.expect(200);
        w.later(chrono::TimeDelta::days(2));
        w.shared.tidy(&w.db).await.unwrap();
        w.get(format!("/v1/jobs/{id}")).bearer(&w.token(trust.id, &hr)).send().await.problem(404, "not_found");
    }

    async fn five_thousand_rows_with_seven_bad_ones(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let mut body = rows(5000, &trust.school.to_string());
        for n in 0..7 {
            body["rows"][n * 701]["trn"] = json!("no number");
        }
        let send = async || {
            let id = w.post(PEOPLE).by(&hr).header("prefer", "respond-async").raw("application/json", body.to_string().as_bytes()).send().await.expect(202).id();
            runner::drain(&w.db, &w.shared).await.unwrap();
            job(w, &hr.token, &id).await["counts"].clone()
        };
        assert_eq!(send().await, json!({"created": 4993, "updated": 0, "unchanged": 0, "left_out": 0, "failed": 7}));
        let before = last_event(w, trust.id).await;
        assert_eq!(send().await, json!({"created": 0, "updated": 0, "unchanged": 4993, "left_out": 0, "failed": 7}));
        assert_eq!(last_event(w, trust.id).await, before);
    }
}
