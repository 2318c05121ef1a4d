//! What is never held reaches no table, no log, no event, no answer.

use crate::support::*;
use diesel::{Connection, QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use serde_json::{Value, json};
use std::sync::{
    Mutex, Once,
    atomic::{AtomicUsize, Ordering},
};
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

/// Whatever the server logs at the level at which it runs, as far as it says what was planted.
struct Overheard;
static SAID: Mutex<Vec<String>> = Mutex::new(Vec::new());
static LINES: AtomicUsize = AtomicUsize::new(0);
impl log::Log for Overheard {
    fn enabled(&self, metadata: &log::Metadata<'_>) -> bool {
        metadata.level() <= log::Level::Info
    }
    fn log(&self, record: &log::Record<'_>) {
        let line = record.args().to_string().to_lowercase();
        LINES.fetch_add(1, Ordering::Relaxed);
        if PLANTED.iter().any(|secret| line.contains(&secret.to_lowercase())) {
            SAID.lock().unwrap().push(line);
        }
    }
    fn flush(&self) {}
}
impl Overheard {
    fn listens() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            log::set_logger(&Overheard).expect("no test listens besides");
            log::set_max_level(log::LevelFilter::Info);
        });
    }
    fn said(secret: &str) -> bool {
        assert!(LINES.load(Ordering::Relaxed) > 0, "the log was listened to");
        SAID.lock().unwrap().iter().any(|line| line.contains(secret))
    }
}

on_both! {
    async fn what_is_never_held_is_refused_by_name_and_leaves_no_trace(w: World) {
        Overheard::listens();
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
        // a file without its headings has the first person's values in their place
        let bare = format!("mis,1,Ada,Row,{},{},{}\nmis,2,Bo,Row,,,\n", PLANTED[0], PLANTED[2], PLANTED[3]);
        let places = "/v1/organisations/bulk-upsert";
        let (learning, training) = ("/v1/learning-records/bulk-upsert", "/v1/training-completions/bulk-upsert");
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).with(RoleName::LearningLead, trust.root).made().await;
        for path in [people, places, learning, training] {
            let reply = w.post(path).by(if path == people { &hr } else { &admin }).raw("text/csv", bare.as_bytes()).send().await.problem(422, "unreadable_file");
            assert!(reply.text.contains("column 5"), "{}", reply.text);
            answers.push(reply);
        }
        let snapshot = format!("/v1/syncs?organisation_id={school}&source=mis&taken_at=2026-10-01T01:00:00Z");
        answers.push(w.post(snapshot).by(&hr).raw("text/csv", bare.as_bytes()).send().await.problem(422, "unreadable_file"));
        let heading = format!("source,external_id,Religion: {}\nmis,1,x\n", PLANTED[2]);
        let reply = w.post(people).by(&hr).raw("text/csv", heading.as_bytes()).send().await.problem(422, "forbidden_data");
        assert_eq!(reply.pointers(), ["/column 3"]);
        answers.push(reply);
        for path in ["/v1/organisations/import", "/v1/relationships/import"] {
            let reply = w.post(path).by(&admin).raw("text/csv", bare.as_bytes()).send().await.problem(422, "unreadable_file");
            answers.push(reply);
        }
        // a value where it does not belong: told by its column, in the answer as a table, and in the job's report of both kinds
        let misplaced = format!(
            "source,external_id,given_name,family_name,preferred_name,trn,organisation_id,job_title,staff_code,staff_category\n\
             mis,1,{0},Row,{1},{0},{school},{0} teacher,{1},{0}\nmis,2,Ada ({0}),Row,,,,,,\n",
            PLANTED[0], PLANTED[1]
        );
        let table = w.post(people).by(&hr).header("accept", "text/csv").raw("text/csv", misplaced.as_bytes()).send().await.expect(207);
        assert!(table.text.contains("mis,1,,Row,") && table.text.matches("forbidden_data").count() == 2, "{}", table.text);
        for column in ["/given_name", "/preferred_name", "/trn", "/job_title", "/staff_code", "/staff_category"] {
            assert!(table.text.contains(column), "{column}: {}", table.text);
        }
        answers.push(table);
        let listed = w.get("/v1/jobs").by(&hr).send().await.expect(200);
        for job in listed.items() {
            let at = format!("/v1/jobs/{}/results", job["id"].as_str().unwrap());
            answers.push(w.get(&at).by(&hr).send().await.expect(200));
            answers.push(w.get(&at).by(&hr).header("accept", "text/csv").send().await.expect(200));
        }
        answers.push(listed);
        // a name of a field, or of a parameter, that is none
        let named = format!("{{\"rows\": [{{\"external_ref\": {{\"source\": \"mis\", \"id\": \"1\"}}, \"{}\": 1}}], \"{}\": 1}}", PLANTED[0], PLANTED[3]);
        answers.push(w.post(people).by(&hr).raw("application/json", named.as_bytes()).send().await.expect(422));
        let named = format!("{{\"rows\": [{{\"external_ref\": {{\"source\": \"mis\", \"id\": \"1\"}}, \"{}\": 1}}]}}", PLANTED[0]);
        answers.push(w.post(people).by(&hr).raw("application/json", named.as_bytes()).send().await.expect(207));
        answers.push(w.post("/v1/people").by(&hr).json(json!({"given_name": "Ada", "family_name": "Row", (PLANTED[0]): 1})).send().await.expect(422));
        answers.push(w.get(format!("/v1/people?{}=1", PLANTED[0])).by(&hr).send().await.problem(400, "unknown_parameter"));
        answers.push(w.get(format!("/v1/people?external_ref=mis:{}", PLANTED[0])).by(&hr).send().await);
        answers.push(w.get(format!("/v1/people/{}", PLANTED[0])).by(&hr).send().await.problem(404, "not_found"));
        answers.push(w.get("/v1/changes").by(&admin).send().await.expect(200));
        let kept = kept(w).to_lowercase();
        assert!(kept.contains("beacon"), "it was looked in the right place");
        for secret in PLANTED.map(str::to_lowercase) {
            assert!(!Overheard::said(&secret), "{secret} was logged");
            for found in [secret.clone(), secret.replace(' ', "")] {
                assert!(!kept.contains(&found), "{found} was kept");
                assert!(answers.iter().all(|a| !a.text.to_lowercase().contains(&found)), "{found} was answered");
            }
        }
    }
}
