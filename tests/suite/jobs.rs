//! Jobs: work that outlives its request.

use crate::{
    concurrency::{Shot, all_at_once},
    permissions::last_event,
    support::*,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
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

    async fn the_same_request_many_times_at_once_is_one_job(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let body = rows(120, &trust.school.to_string());
        let shot = Shot::post(PEOPLE, &hr.token).with("idempotency-key", "night").json(body.clone());
        let answers = all_at_once(w, vec![shot; 8]);
        let mut jobs = BTreeSet::new();
        for (status, body) in &answers {
            match status {
                // done before it was answered, or still at work: then the answer is the job
                207 => _ = jobs.insert(body["job_id"].as_str().unwrap().to_owned()),
                202 => _ = jobs.insert(body["id"].as_str().unwrap().to_owned()),
                _ => assert_eq!((*status, &body["code"]), (409, &json!("idempotency_key_in_use")), "{body}"),
            }
        }
        assert_eq!(jobs.len(), 1, "{answers:?}");
        runner::drain(&w.db, &w.shared).await.unwrap();
        let listed = w.get("/v1/jobs").by(&hr).send().await.expect(200);
        let [one] = listed.items() else { panic!("{}", listed.text) };
        assert_eq!((&one["state"], &one["total"], &one["done"], &one["counts"]["created"]), (&json!("completed"), &json!(120), &json!(120), &json!(120)), "{one}");
        // what it did is done once: a result for each row, a person for each, and nothing of it is left to do
        let id = one["id"].as_str().unwrap();
        let results = w.get(format!("/v1/jobs/{id}/results?limit=200")).by(&hr).send().await.expect(200);
        assert_eq!(results.items().iter().map(|r| r["index"].as_i64().unwrap()).collect::<Vec<_>>(), (0..120).collect::<Vec<_>>());
        let people = w.get(format!("/v1/employments?organisation_id={}&limit=200", trust.school)).by(&hr).send().await.expect(200);
        assert_eq!(people.items().len(), 121, "and whoever sent them");
        let before = last_event(w, trust.id).await;
        let again = w.post(PEOPLE).by(&hr).header("idempotency-key", "night").json(body).send().await.expect(207);
        assert_eq!((again.body["job_id"].as_str(), again.headers["idempotency-replayed"].as_str(), last_event(w, trust.id).await), (Some(id), "true", before));
    }

    async fn five_thousand_rows_with_seven_bad_ones(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let school = trust.school.to_string();
        // row, what is wrong in it, the column of it, its place in a body of JSON, the code, and what would be accepted
        let bad: [(usize, &str, &str, &str, &str, &str); 7] = [
            (17, "no number", "trn", "/trn", "invalid_value", "5 to 7 digits"),
            (701, "king", "staff_category", "/employments/0/staff_category", "invalid_value", "teacher leader headteacher support"),
            (1402, "2026-02-30", "starts_on", "/employments/0/starts_on", "invalid_value", "yyyy-mm-dd"),
            (2103, "101", "fte_percent", "/employments/0/fte_percent", "invalid_value", "a whole number from 1 to 100"),
            (2804, "nobody at home", "email", "/email", "invalid_value", "an e-mail address is expected"),
            (3505, "2020-08-31", "ends_on", "/employments/0/ends_on", "period_backwards", "before"),
            (4999, "999999", "urn", "/employments/0/organisation", "unknown_reference", "no such organisation"),
        ];
        let of = |n: usize, column: &str, good: &str| bad.iter().find(|b| b.0 == n && b.2 == column).map_or_else(|| good.to_owned(), |b| b.1.to_owned());
        let mut body = rows(5000, &school);
        for (n, value, column, pointer, ..) in bad {
            let row = &mut body["rows"][n];
            match column {
                "fte_percent" => row["employments"][0]["fte_percent"] = json!(101),
                "urn" => row["employments"][0]["organisation"] = json!({"urn": value}),
                "trn" | "email" => row[column] = json!(value),
                _ => row["employments"][0][pointer.rsplit('/').next().unwrap()] = json!(value),
            }
        }
        let mut csv = "source,external_id,given_name,family_name,email,trn,organisation_id,urn,job_title,staff_category,starts_on,ends_on,fte_percent\r\n".to_owned();
        for n in 0..5000 {
            let urn = of(n, "urn", "");
            let at = if urn.is_empty() { school.as_str() } else { "" };
            csv += &format!(
                "mis,{n},Ada,Row {n},{},{},{at},{urn},Teacher,{},{},{},{}\r\n",
                of(n, "email", ""), of(n, "trn", ""), of(n, "staff_category", "teacher"), of(n, "starts_on", "2026-09-01"), of(n, "ends_on", ""), of(n, "fte_percent", "")
            );
        }
        let send = async |media: &str, bytes: &[u8]| -> (String, Value) {
            let id = w.post(PEOPLE).by(&hr).header("prefer", "respond-async").raw(media, bytes).send().await.expect(202).id();
            runner::drain(&w.db, &w.shared).await.unwrap();
            let counts = job(w, &hr.token, &id).await["counts"].clone();
            (id, counts)
        };
        let failed = async |id: &str| w.get(format!("/v1/jobs/{id}/results?action=failed")).by(&hr).send().await.expect(200);
        let tags = async || {
            let (mut out, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = w.get(format!("/v1/people?limit=200{cursor}")).by(&hr).send().await.expect(200);
                out.extend(page.items().iter().map(|p| (p["id"].clone(), p["version"].clone())));
                match page.body["next_cursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => return out,
                }
            }
        };
        let (first, counts) = send("application/json", body.to_string().as_bytes()).await;
        assert_eq!(counts, json!({"created": 4993, "updated": 0, "unchanged": 0, "left_out": 0, "failed": 7}));
        let told = failed(&first).await;
        assert_eq!(told.items().len(), 7);
        for (result, (n, value, _, pointer, code, accepted)) in told.items().iter().zip(bad) {
            let errors = result["problem"]["errors"].as_array().unwrap();
            assert_eq!((&result["index"], &result["line"], errors.len()), (&json!(n), &Value::Null, 1), "{result}");
            assert_eq!((&errors[0]["pointer"], &errors[0]["code"]), (&json!(format!("/rows/{n}{pointer}")), &json!(code)), "{result}");
            assert!(errors[0]["message"].as_str().unwrap().contains(accepted), "{accepted}: {result}");
            assert!(!result["problem"].to_string().contains(value) || value == "2020-08-31", "{result}");
            note(code);
        }
        let (events, before) = (last_event(w, trust.id).await, tags().await);
        assert_eq!(before.len(), 4994);
        // the same people in a table: nothing is done, and the bad are told by their lines and columns
        let (second, counts) = send("text/csv", csv.as_bytes()).await;
        assert_eq!(counts, json!({"created": 0, "updated": 0, "unchanged": 4993, "left_out": 0, "failed": 7}));
        assert_eq!((last_event(w, trust.id).await, tags().await == before), (events, true));
        let told = failed(&second).await;
        for (result, (n, _, column, _, code, accepted)) in told.items().iter().zip(bad) {
            let errors = result["problem"]["errors"].as_array().unwrap();
            assert_eq!((&result["index"], &result["line"], errors.len()), (&json!(n), &json!(n + 2), 1), "{result}");
            assert_eq!((&errors[0]["pointer"], &errors[0]["code"]), (&json!(format!("/{column}")), &json!(code)), "{result}");
            assert!(errors[0]["message"].as_str().unwrap().contains(accepted), "{accepted}: {result}");
        }
        let table = w.get(format!("/v1/jobs/{second}/results?action=failed")).by(&hr).header("accept", "text/csv").send().await.expect(200);
        let lines: Vec<&str> = table.text.lines().collect();
        assert_eq!(lines.len(), 8, "{}", table.text);
        for (line, (n, _, column, _, code, accepted)) in lines[1..].iter().zip(bad) {
            assert!(line.starts_with(&format!("{n},{},mis,{n},Ada,Row {n},", n + 2)) && line.contains(&format!(",failed,,,{code},")), "{line}");
            assert!(line.contains(&format!("/{column}: ")) && line.contains(accepted), "{line}");
        }
    }
}
