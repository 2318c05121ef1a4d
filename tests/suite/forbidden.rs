//! What is never held reaches no table, no log, no event, no answer.

use crate::support::*;
use diesel::{Connection, QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use serde_json::{Value, json};
use trellis_domain::role::RoleName;

/// What is planted: nobody else has these.
const PLANTED: [&str; 4] = ["AB654321C", "ce 98 76 54 d", "Zoroastrian-Xylo", "001999888777"];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every byte that the database keeps.
fn kept(w: &World) -> String {
    match w.backend {
        Backend::Sqlite => {
            ["", "-wal"].iter().map(|s| String::from_utf8_lossy(&std::fs::read(format!("{}{s}", w.place)).unwrap_or_default()).into_owned()).collect()
        }
        Backend::Postgres => {
            let place = w.place.clone();
            std::thread::spawn(move || {
                let mut c = crate::feed::Postgres::establish(&place).unwrap();
                let tables: Vec<Line> =
                    sql_query("SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public'").load(&mut c).unwrap();
                let mut all = String::new();
                for table in tables {
                    let rows: Vec<Line> = sql_query(format!("SELECT t::text AS line FROM \"{}\" t", table.line)).load(&mut c).unwrap();
                    rows.iter().for_each(|r| all += &r.line);
                }
                all
            })
            .join()
            .unwrap()
        }
    }
}

on_both! {
    async fn what_is_never_held_is_refused_by_name_and_leaves_no_trace(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let school = trust.school.to_string();
        let mut answers: Vec<Reply> = Vec::new();
        let people = "/v1/people/bulk-upsert";
        let csv = format!("source,external_id,given_name,family_name,NI Number,Ethnicity,Religion or belief,DBS\nmis,1,Ada,Row,{},x,{},{}\n", PLANTED[0], PLANTED[2], PLANTED[3]);
        let reply = w.post(people).by(&hr).raw("text/csv", csv.as_bytes()).send().await.problem(422, "forbidden_data");
        assert_eq!(reply.pointers(), ["/NI Number", "/Ethnicity", "/Religion or belief", "/DBS"]);
        answers.push(reply);
        let row = |more: Value| {
            let mut row = json!({"external_ref": {"source": "mis", "id": "1"}, "given_name": "Ada", "family_name": "Row"});
            more.as_object().unwrap().iter().for_each(|(k, v)| row[k] = v.clone());
            json!({"rows": [row]}).to_string().into_bytes()
        };
        let reply = w.post(people).by(&hr).raw("application/json", &row(json!({"nationalInsuranceNumber": PLANTED[0], "disability": PLANTED[2]}))).send().await;
        let reply = reply.problem(422, "forbidden_data");
        assert_eq!(reply.pointers(), ["/rows/0/nationalInsuranceNumber", "/rows/0/disability"]);
        answers.push(reply);
        for (more, pointer) in [
            (json!({"given_name": PLANTED[0]}), "/rows/0/given_name"),
            (json!({"external_ref": {"source": "mis", "id": PLANTED[1]}}), "/rows/0/external_ref/id"),
            (json!({"employments": [{"organisation": {"id": school}, "job_title": PLANTED[0]}]}), "/rows/0/employments/0/job_title"),
            (json!({"employments": [{"organisation": {"id": school}, "staff_code": PLANTED[1]}]}), "/rows/0/employments/0/staff_code"),
        ] {
            let reply = w.post(people).by(&hr).raw("application/json", &row(more)).send().await.expect(207);
            let errors = reply.body["results"][0]["problem"]["errors"].as_array().unwrap().clone();
            assert!(errors.iter().any(|e| e["code"] == "forbidden_data" && e["pointer"] == pointer), "{pointer}: {}", reply.text);
            answers.push(reply);
        }
        let csv = format!("source,external_id,given_name,family_name\nmis,{},Ada,Row\n", PLANTED[0]);
        answers.push(w.post(people).by(&hr).raw("text/csv", csv.as_bytes()).header("accept", "application/json").send().await.expect(207));
        for (path, body, pointer) in [
            ("/v1/people", json!({"given_name": "Ada", "family_name": "Row", "ni_number": PLANTED[0]}), "/ni_number"),
            ("/v1/people", json!({"given_name": PLANTED[1], "family_name": "Row"}), "/given_name"),
            ("/v1/people", json!({"given_name": "Ada", "family_name": "Row", "external_refs": [{"source": "mis", "id": PLANTED[0]}]}), "/external_refs/0/id"),
            ("/v1/people", json!({"given_name": "Ada", "family_name": "Row", "religion": PLANTED[2]}), "/religion"),
            ("/v1/employments", json!({"person_id": hr.person.to_string(), "organisation_id": school, "job_title": PLANTED[0], "staff_category": "teacher", "starts_on": "2019-09-01", "ends_on": "2019-10-01"}), "/job_title"),
        ] {
            let reply = w.post(path).by(&hr).json(body).send().await.problem(422, "forbidden_data");
            assert_eq!(reply.pointers(), [pointer]);
            answers.push(reply);
        }
        let kept = kept(w).to_lowercase();
        assert!(kept.contains("beacon"), "it was looked in the right place");
        for secret in PLANTED.map(str::to_lowercase) {
            for found in [secret.clone(), secret.replace(' ', "")] {
                assert!(!kept.contains(&found), "{found} was kept");
                assert!(answers.iter().all(|a| !a.text.to_lowercase().contains(&found)), "{found} was answered");
            }
        }
    }
}
