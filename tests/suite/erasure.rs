//! Erasing a person: nothing of them is found afterwards, nobody is erased by mistake, and what is other people's stays.

use crate::{feed::Postgres, migrations, support::*};
use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query, sql_types::Text};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use trellis_domain::{access::Permission, role::RoleName};
use trellis_persistence::{erasure::LOOKED_AFTER, event::VerifyLog};

/// Words that stand in nothing but the record of the one who is erased.
const FAMILY: &str = "Quillfeather";
const GIVEN: &str = "Zephyrine";
const NUMBER: &str = "7418529";
const WORDS: [&str; 6] = ["quillfeather", "zephyrine", NUMBER, "zq-mail", "xylophone", "marmalade"];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Where any of the words is found in what the database keeps: in the bytes of the file on SQLite, the log that is written ahead included; in
/// the rows of every table on PostgreSQL.
fn found(w: &World) -> Vec<String> {
    let (place, backend) = (w.place.clone(), w.backend);
    let look = move || match backend {
        Backend::Sqlite => {
            SqliteConnection::establish(&place).unwrap().batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
            let mut out = Vec::new();
            for file in [place.clone(), format!("{place}-wal")] {
                let bytes = std::fs::read(&file).unwrap_or_default().to_ascii_lowercase();
                out.extend(WORDS.iter().filter(|word| bytes.windows(word.len()).any(|part| part == word.as_bytes())).map(|word| format!("{word} in {file}")));
            }
            out
        }
        Backend::Postgres => {
            let mut c = Postgres::establish(&place).unwrap();
            let tables: Vec<Line> =
                sql_query("SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public'").load(&mut c).unwrap();
            let mut out = Vec::new();
            for Line { line: table } in tables {
                let rows: Vec<Line> = sql_query(format!("SELECT t::text AS line FROM {table} t WHERE t::text ~* '{}'", WORDS.join("|"))).load(&mut c).unwrap();
                out.extend(rows.into_iter().map(|row| format!("{table}: {}", row.line)));
            }
            out
        }
    };
    std::thread::spawn(look).join().unwrap()
}

struct Office {
    trust: Trust,
    hr: Someone,
    appraiser: Someone,
}
async fn office(w: &World) -> Office {
    let trust = w.trust("beacon").await;
    let hr = trust.someone(w).at(trust.other_school).with(RoleName::Hr, trust.root).made().await;
    let appraiser = trust.someone(w).at(trust.school).made().await;
    Office { trust, hr, appraiser }
}
impl Office {
    async fn made(&self, w: &World, by: &Someone, path: &str, body: Value) -> String {
        w.post(path).by(by).json(body).send().await.expect(201).id()
    }
    async fn erase(&self, w: &World, by: &Someone, id: &str, family_name: &str) -> Reply {
        w.post(format!("/v1/people/{id}/erase")).by(by).json(json!({"family_name": family_name, "reason": "requested"})).send().await
    }
    /// A leaver with a record of every kind.
    async fn leaver(&self, w: &World) -> (Someone, String) {
        let teacher = self.trust.someone(w).named(GIVEN, FAMILY).at(self.trust.school).appraised_by(&self.appraiser).made().await;
        let (id, employment) = (teacher.person.to_string(), teacher.employment.unwrap().to_string());
        let changes = json!({"trn": NUMBER, "preferred_name": "Zephyrine Z", "external_refs": [{"source": "mis", "id": "4711"}]});
        w.patch(format!("/v1/people/{id}")).by(&self.hr).header("idempotency-key", "k1").json(changes).send().await.expect(200);
        // bulk: a trial that shows differences, a run, and a snapshot that counts them
        let row = json!({"external_ref": {"source": "mis", "id": "4711"}, "email": "zq-mail@school.example", "given_name": GIVEN});
        for query in ["?validate_only=true", ""] {
            let rows = json!({"rows": [row]});
            w.post(format!("/v1/people/bulk-upsert{query}")).by(&self.hr).json(rows).send().await.expect(207);
        }
        let snapshot = json!({"organisation": {"id": self.trust.school.to_string()}, "source": "mis", "taken_at": "2026-10-05T01:00:00Z", "rows": [row]});
        w.post("/v1/syncs").by(&self.hr).json(snapshot).send().await.expect(207);
        // an objective and what was learned; one of them private
        let new = json!({"employment_id": employment, "kind": "practice", "title": "The xylophone in lessons"});
        let objective = w.post("/v1/objectives").by(&teacher).header("idempotency-key", "k2").json(new).send().await.expect(201).id();
        let withdrawn = json!({"reason": "no xylophone after all"});
        w.post(format!("/v1/objectives/{objective}/withdraw")).by(&teacher).if_match("*").json(withdrawn).send().await.expect(200);
        // another, of which both spoke, and on which a colleague works with them
        let new = json!({"employment_id": employment, "kind": "practice", "title": "Another xylophone"});
        let objective = self.made(w, &teacher, "/v1/objectives", new).await;
        w.post(format!("/v1/objectives/{objective}/propose")).by(&teacher).if_match("*").send().await.expect(200);
        let note = self.made(w, &teacher, &format!("/v1/objectives/{objective}/notes"), json!({"text": "The xylophone again"})).await;
        let reply = json!({"text": "No xylophone, please", "reply_to": note});
        let notes = format!("/v1/objectives/{objective}/notes");
        w.post(notes).by(&self.appraiser).header("idempotency-key", "k5").json(reply).send().await.expect(201);
        let colleague = self.trust.someone(w).at(self.trust.school).made().await;
        self.made(w, &teacher, "/v1/collaborations", json!({"objective_id": objective, "person_id": colleague.person.to_string()})).await;
        let onward = json!({"reason": "The xylophone goes on"});
        w.post(format!("/v1/objectives/{objective}/agree")).by(&self.appraiser).if_match("*").send().await.expect(200);
        w.post(format!("/v1/objectives/{objective}/carry-over")).by(&teacher).if_match("*").json(onward).send().await.expect(201);
        let new = json!({"employment_id": employment, "title": "A book", "kind": "reading", "started_on": "2026-09-10", "minutes": 30, "reflection": "All marmalade."});
        self.made(w, &teacher, "/v1/learning-records", new).await;
        // a conversation that was locked, with an action; notes for herself in it, and in one about a colleague
        let soon = "2026-10-06T15:30:00Z";
        let new = json!({"employment_id": employment, "partner_id": self.appraiser.person.to_string(), "kind": "coaching", "starts_at": soon, "place": "The xylophone room"});
        let of = format!("/v1/conversations/{}", self.made(w, &teacher, "/v1/conversations", new).await);
        let act = async |who: &Someone, step: &str, body: Option<Value>| {
            let asking = w.post(format!("{of}/{step}")).by(who).if_match("*");
            match body {
                Some(body) => asking.json(body),
                None => asking,
            }
            .send()
            .await
            .expect(200);
        };
        act(&teacher, "prepare", None).await;
        w.patch(format!("{of}/my-notes"))
            .by(&teacher)
            .if_match("*")
            .header("idempotency-key", "k3")
            .json(json!({"text": "Marmalade again."}))
            .send()
            .await
            .expect(200);
        act(&teacher, "share", None).await;
        self.made(w, &teacher, &format!("{of}/actions"), json!({"title": "Tune the xylophone", "owner_id": id})).await;
        let jot = w.patch(format!("{of}/my-notes")).by(&self.appraiser).if_match("*").header("idempotency-key", "k6");
        jot.json(json!({"text": "Marmalade, mostly."})).send().await.expect(200);
        act(&self.appraiser, "hold", None).await;
        act(&self.appraiser, "request-response", None).await;
        act(&teacher, "respond", Some(json!({"response": "More marmalade."}))).await;
        act(&teacher, "complete", Some(json!({}))).await;
        let colleague = self.trust.someone(w).at(self.trust.school).made().await;
        let period = json!({"kind": "coach", "person_id": colleague.person.to_string(), "holder_id": id, "starts_on": "2026-09-01"});
        let coaches = self.made(w, &self.hr, "/v1/relationships", period).await;
        let new =
            json!({"employment_id": colleague.employment.unwrap().to_string(), "partner_id": id, "kind": "coaching", "starts_at": "2026-10-05T08:00:00Z"});
        let of = format!("/v1/conversations/{}", self.made(w, &teacher, "/v1/conversations", new).await);
        w.patch(format!("{of}/my-notes"))
            .by(&teacher)
            .if_match("*")
            .header("idempotency-key", "k4")
            .json(json!({"text": "He dislikes marmalade."}))
            .send()
            .await
            .expect(200);
        w.post(format!("/v1/relationships/{coaches}/end")).by(&self.hr).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        // what they asked to be let learn, what was said of it, and what they meant to see
        let new =
            json!({"employment_id": employment, "title": "The marmalade course", "why": "Xylophone", "starts_on": "2026-11-05", "objective_ids": [objective]});
        let request = format!("/v1/learning-requests/{}", self.made(w, &teacher, "/v1/learning-requests", new).await);
        let plan = json!({"plan": {"reaction": "Marmalade", "learning": "Xylophone", "organisational_support": "-", "use_in_practice": "-", "pupil_outcomes": "-"},
            "checkpoints": [{"level": "learning", "after": 1, "unit": "terms"}]});
        w.post(format!("{request}/plan-impact")).by(&teacher).json(plan).send().await.expect(200);
        w.post(format!("{request}/submit")).by(&teacher).send().await.expect(200);
        w.post(format!("{request}/comments"))
            .by(&self.appraiser)
            .header("idempotency-key", "k3")
            .json(json!({"text": "Why marmalade?"}))
            .send()
            .await
            .expect(201);
        w.post(format!("{request}/manager-decline"))
            .by(&self.appraiser)
            .header("idempotency-key", "k4")
            .json(json!({"reason": "Too much marmalade"}))
            .send()
            .await
            .expect(200);
        // what they found out, with their name, and how they were coached
        let inquiry = json!({"question": "Does the xylophone help?", "finding": "The xylophone helps."});
        let new = json!({"employment_id": employment, "kind": "growth_inquiry", "title": "Marmalade", "inquiry": inquiry});
        let inquiry = self.made(w, &teacher, "/v1/objectives", new).await;
        let new = json!({"publish_to": "trust", "named": true, "title": "Xylophone", "question": "Does the xylophone help?", "finding": "Marmalade does."});
        w.post(format!("/v1/objectives/{inquiry}/publish-finding")).by(&teacher).if_match("*").json(new).send().await.expect(201);
        let (learner, coach) = (teacher.person.to_string(), self.appraiser.person.to_string());
        let new = json!({"kind": "coaching", "learner_id": learner, "coach_id": coach, "focus": "More marmalade"});
        let partnership = self.made(w, &teacher, "/v1/coaching-partnerships", new).await;
        w.post(format!("/v1/coaching-partnerships/{partnership}/accept")).by(&self.appraiser).send().await.expect(200);
        let new = json!({"partnership_id": partnership, "step": "Xylophone in every lesson", "check_back_on": "2026-10-19"});
        self.made(w, &self.appraiser, "/v1/action-steps", new).await;
        let new = json!({"lane": "development", "partnership_id": partnership, "visited_on": "2026-10-01", "minutes": 30, "purpose": "Xylophone", "notes": "Zephyrine had marmalade."});
        self.made(w, &self.appraiser, "/v1/learning-visits", new).await;
        // and how they see themselves
        let standards = w.get("/v1/framework-versions?key=teachers-standards").by(&teacher).send().await.expect(200).items()[0].clone();
        let said = json!([{"standard_id": standards["standards"][0]["id"], "view": "growing", "words": "Xylophones, and marmalade."}]);
        let new = json!({"employment_id": employment, "framework_version_id": standards["id"], "title": "Xylophone", "statements": said});
        let review = self.made(w, &teacher, "/v1/self-reviews", new).await;
        self.made(w, &teacher, &format!("/v1/self-reviews/{review}/share"), json!({"reader_id": self.appraiser.person.to_string()})).await;
        // and typed in twice, once
        let twin = json!({"given_name": "Zephyrine", "family_name": FAMILY, "email": "zq-mail+2@school.example", "external_refs": [{"source": "payroll", "id": "P9"}]});
        let twin = self.made(w, &self.hr, "/v1/people", twin).await;
        w.post(format!("/v1/people/{twin}/merge")).by(&self.hr).json(json!({"into": id, "reason": "Quillfeather twice"})).send().await.expect(201);
        (teacher, id)
    }
    async fn leaves(&self, w: &World, who: &Someone) {
        let at = format!("/v1/employments/{}", who.employment.unwrap());
        w.patch(at).by(&self.hr).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
    }
}

#[test]
fn every_foreign_key_to_what_is_erased_is_looked_after() {
    let erased = "'people', 'employments', 'appraisals', 'appraisal_reports', 'appraisal_holds', 'conversations', 'agreed_actions', 'objectives', 'learning_records', \
        'enrolments', 'learning_requests', 'self_reviews', 'self_review_versions', 'accounts', 'sessions'";
    let sql = format!(
        "SELECT m.name || '.' || f.\"from\" AS line FROM sqlite_master m, pragma_foreign_key_list(m.name) f \
         WHERE m.type = 'table' AND f.\"table\" IN ({erased}) AND f.\"from\" <> 'tenant_id'"
    );
    let known: BTreeSet<String> = LOOKED_AFTER.iter().map(|(table, column, _)| format!("{table}.{column}")).collect();
    assert_eq!(
        migrations::lines(Backend::Sqlite, &sql),
        known,
        "an erasure must know every column that names what it deletes: persistence/operations/src/erasure.rs"
    );
}

on_both! {
    async fn nothing_of_them_is_found_afterwards_and_the_log_still_holds(w: World) {
        let o = office(w).await;
        let (teacher, id) = o.leaver(w).await;
        o.leaves(w, &teacher).await;
        assert!(!found(w).is_empty(), "the search finds what is there");
        let at = format!("/v1/people/{id}");
        let before = w.get(&at).by(&o.hr).send().await.expect(200);
        assert!(before.can("erase"), "{}", before.text);
        let head = w.get("/v1/changes?after=head").by(&o.trust.someone(w).with(RoleName::TrustAdmin, o.trust.root).made().await).send().await.body["next_cursor"].clone();

        let erased = o.erase(w, &o.hr, &id, "QUILLFEATHER").await.expect(200);
        let kinds: Vec<&str> = erased.body["deleted"].as_array().unwrap().iter().map(|c| c["record_type"].as_str().unwrap()).collect();
        let expected = [
            "employment", "relationship", "conversation", "agreed_action", "objective", "learning_record", "learning_request", "finding",
            "coaching_partnership", "action_step", "learning_visit", "self_review", "shared_self_review", "account",
        ];
        assert_eq!(kinds, expected, "{}", erased.text);
        assert_eq!(found(w), Vec::<String>::new());

        // to everybody it is as if they had never been there, but for the id
        for path in [at.clone(), format!("/v1/employments/{}", teacher.employment.unwrap())] {
            w.get(path).by(&o.hr).send().await.problem(404, "not_found");
        }
        for list in ["/v1/people?limit=200".to_owned(), format!("/v1/employments?person_id={id}"), "/v1/merges".into(), "/v1/match-suggestions".into()] {
            let reply = w.get(&list).by(&o.hr).send().await.expect(200);
            assert!(!reply.text.contains(&id), "{list}: {}", reply.text);
        }
        w.get("/v1/me").bearer(&teacher.token).send().await.problem(401, "session_ended");
        o.erase(w, &o.hr, &id, FAMILY).await.problem(404, "not_found");
        let employ = json!({"person_id": id, "organisation_id": o.trust.school.to_string(), "job_title": "T", "staff_category": "teacher", "starts_on": "2026-09-01"});
        w.post("/v1/employments").by(&o.hr).json(employ).send().await.problem(422, "unknown_reference");
        // a job keeps its numbers
        let jobs = w.get("/v1/jobs").by(&o.hr).send().await.expect(200);
        for job in jobs.items() {
            let results = w.get(format!("/v1/jobs/{}/results", job["id"].as_str().unwrap())).by(&o.hr).send().await.expect(200);
            assert_eq!((results.items().len(), &results.items()[0]["external_ref"]), (1, &Value::Null), "{}", results.text);
        }

        // the feed says who was erased by what others called them, and the chain of the log is whole
        let admin = o.trust.someone(w).with(RoleName::TrustAdmin, o.trust.root).made().await;
        let feed = w.get(format!("/v1/changes?after={}&types=person&include=record", head.as_str().unwrap())).by(&admin).send().await.expect(200);
        let told = feed.items().iter().find(|c| c["type"] == "person.erased").unwrap_or_else(|| panic!("not told: {}", feed.text));
        assert_eq!((told["id"].as_str(), &told["external_refs"][0], &told["record"]), (Some(id.as_str()), &json!({"source": "mis", "id": "4711"}), &Value::Null));
        let log = w.db.read(w.operator(o.trust.id), VerifyLog).await.unwrap();
        assert!(log.as_ref().is_ok_and(|head| head.erased > 5), "{log:?}");
        // who erased them, and that something was there, is still known to whoever erases in the whole trust
        let history = w.get(format!("{at}/history")).by(&o.hr).send().await.expect(200);
        let first = &history.items()[0];
        assert_eq!((&first["type"], &first["actor"]["id"]), (&json!("person.erased"), &json!(o.hr.person.to_string())));
        assert!(history.items()[1..].iter().all(|e| e["values"].is_null()), "{}", history.text);
    }

    async fn the_same_id_can_be_used_for_somebody_else(w: World) {
        let o = office(w).await;
        let (teacher, id) = o.leaver(w).await;
        o.leaves(w, &teacher).await;
        o.erase(w, &o.hr, &id, FAMILY).await.expect(200);
        let again = json!({"given_name": "Ann", "family_name": "Other", "trn": NUMBER, "external_refs": [{"source": "mis", "id": "4711"}]});
        assert_ne!(o.made(w, &o.hr, "/v1/people", again).await, id);
        let replayed = json!({"trn": NUMBER, "preferred_name": "Zephyrine Z", "external_refs": [{"source": "mis", "id": "4711"}]});
        w.patch(format!("/v1/people/{id}")).by(&o.hr).header("idempotency-key", "k1").json(replayed).send().await.problem(404, "not_found");
    }

    async fn rows_about_them_are_emptied_and_of_rows_about_others_only_what_names_them_goes(w: World) {
        let o = office(w).await;
        let admin = o.trust.someone(w).with(RoleName::TrustAdmin, o.trust.root).made().await;
        let teacher = o.trust.someone(w).named(GIVEN, FAMILY).at(o.trust.school).made().await;
        let twin = o.trust.someone(w).named(GIVEN, "Twin").at(o.trust.school).made().await;
        let id = teacher.person.to_string();
        let changes = json!({"preferred_name": "Zed", "external_refs": [{"source": "mis", "id": "12"}]});
        w.patch(format!("/v1/people/{id}")).by(&o.hr).json(changes).send().await.expect(200);
        w.patch(format!("/v1/employments/{}", teacher.employment.unwrap())).by(&o.hr).json(json!({"staff_code": "12"})).send().await.expect(200);
        // twice with an account, of which one gave way: its address stands in no record any more
        w.patch(format!("/v1/people/{}", twin.person)).by(&o.hr).json(json!({"email": null})).send().await.expect(200);
        w.post(format!("/v1/people/{}/merge", twin.person)).by(&admin).json(json!({"into": id})).send().await.expect(201);
        let tail = format!("{},Teacher,teacher,2026-09-01,much", o.trust.school);
        let file = format!(
            "source,external_id,given_name,family_name,email,organisation_id,job_title,staff_category,starts_on,fte_percent,line_manager\n\
             mis,901,Zed,{FAMILY},,{tail},\nmis,902,Ann,Gone,{},{tail},\nmis,903,Bea,Stays,,{tail},12\npayroll,12,Cy,Stays,,{tail},\n",
            twin.email
        );
        let sent = w.post("/v1/people/bulk-upsert").by(&o.hr).raw("text/csv", file.as_bytes()).send().await.expect(207);
        assert_eq!(sent.body["counts"]["failed"], 4, "{}", sent.text);
        let at = format!("/v1/jobs/{}/results", sent.body["job_id"].as_str().unwrap());
        let table = async || w.get(&at).by(&o.hr).header("accept", "text/csv").send().await.expect(200).text;
        let before = table().await;
        assert!(before.contains("Zed,") && before.contains(&twin.email) && before.contains("much,12,failed,"), "{before}");
        o.leaves(w, &teacher).await;
        o.erase(w, &o.hr, &id, FAMILY).await.expect(200);
        let after = table().await;
        for word in ["Zed,", FAMILY, &twin.email, "Ann,", "much,12,failed,"] {
            assert!(!after.contains(word), "{word}: {after}");
        }
        // a colleague who is called 12 elsewhere, and one whom they managed, can still mend their rows
        assert!(after.contains("payroll,12,Cy,Stays,") && after.contains("mis,903,Bea,Stays,") && after.contains("much,,failed,"), "{after}");
        assert_eq!(after.lines().count(), 5, "each row keeps its place: {after}");
    }

    async fn nobody_is_erased_whose_record_is_at_work_and_all_reasons_are_named(w: World) {
        let o = office(w).await;
        let pupil = o.trust.someone(w).at(o.trust.school).appraised_by(&o.appraiser).made().await;
        let head = o.trust.someone(w).named("Ada", "Head").at(o.trust.school).with(RoleName::Headteacher, o.trust.school).appraised_by(&o.appraiser).made().await;
        w.appoint(&o.trust, trellis_domain::relationship::RelationshipKind::Coach, pupil.person, head.person).await;
        let id = head.person.to_string();
        let refused = o.erase(w, &o.hr, &id, "Toe").await.problem(422, "not_confirmed");
        let codes: Vec<&str> = refused.body["errors"].as_array().unwrap().iter().map(|e| e["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["not_confirmed", "still_needed", "still_needed", "still_needed"], "{}", refused.text);
        assert!(!refused.text.contains("Toe"));
        o.leaves(w, &head).await;
        let refused = o.erase(w, &o.hr, &id, "head").await.problem(409, "still_needed");
        assert_eq!(refused.body["errors"].as_array().unwrap().len(), 2, "{}", refused.text);
        assert_eq!(w.get(format!("/v1/people/{id}")).by(&o.hr).send().await.expect(200).body["can"]["erase"]["code"], "still_needed");
        // a row that is still to be done would bring them back
        let (teacher, id) = o.leaver(w).await;
        o.leaves(w, &teacher).await;
        let row = json!({"external_ref": {"source": "mis", "id": "4711"}, "given_name": "Back"});
        let job = w.post("/v1/people/bulk-upsert").by(&o.hr).header("prefer", "respond-async").json(json!({"rows": [row]})).send().await.expect(202).id();
        o.erase(w, &o.hr, &id, FAMILY).await.problem(409, "still_needed");
        w.post(format!("/v1/jobs/{job}/cancel")).by(&o.hr).send().await.expect(200);
        o.erase(w, &o.hr, &id, FAMILY).await.expect(200);
    }

    async fn it_takes_hr_of_every_school_at_which_they_ever_worked(w: World) {
        let o = office(w).await;
        let (teacher, id) = o.leaver(w).await;
        o.leaves(w, &teacher).await;
        let here = o.trust.someone(w).at(o.trust.school).with(RoleName::Hr, o.trust.school).made().await;
        let admin = o.trust.someone(w).at(o.trust.school).with(RoleName::SchoolAdmin, o.trust.school).made().await;
        o.erase(w, &admin, &id, FAMILY).await.problem(403, "role_required");
        o.erase(w, &o.appraiser, &id, FAMILY).await.problem(403, "role_required");
        let (_, _, key) = w.key(&o.trust, &[Permission::WritePeople, Permission::ReadPeople], None).await;
        let body = json!({"family_name": FAMILY, "reason": "requested"});
        w.post(format!("/v1/people/{id}/erase")).bearer(&key).json(body).send().await.problem(403, "insufficient_scope");
        let old = json!({"person_id": id, "organisation_id": o.trust.other_school.to_string(), "job_title": "T", "staff_category": "teacher", "starts_on": "2010-09-01", "ends_on": "2012-08-31"});
        o.made(w, &o.hr, "/v1/employments", old).await;
        o.erase(w, &here, &id, FAMILY).await.problem(403, "not_permitted");
        o.erase(w, &here, &o.hr.person.to_string(), FAMILY).await.problem(404, "not_found");
        let elsewhere = w.trust("crest").await;
        let theirs = elsewhere.someone(w).with(RoleName::TrustAdmin, elsewhere.root).made().await;
        o.erase(w, &theirs, &id, FAMILY).await.problem(404, "not_found");
        let stale = json!({"family_name": FAMILY, "reason": "retention_over"});
        w.post(format!("/v1/people/{id}/erase")).by(&o.hr).if_match("\"1\"").json(stale).send().await.problem(412, "stale");
        o.erase(w, &o.hr, &id, FAMILY).await.expect(200);
    }
}
