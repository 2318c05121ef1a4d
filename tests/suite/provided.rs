//! What outside providers send in bulk: it becomes people's own, changes nothing twice, and does not come back once it was deleted.

use crate::{permissions::last_event, support::*};
use serde_json::{Value, json};
use trellis_domain::{access::Permission, role::RoleName};

const LEARNING: &str = "/v1/learning-records/bulk-upsert";
const TRAINING: &str = "/v1/training-completions/bulk-upsert";

fn reference(id: &str) -> Value {
    json!({"source": "national-college", "id": id})
}
fn with(mut row: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        row[name] = value.clone();
    }
    row
}
fn learned(id: &str, person: Value) -> Value {
    json!({"external_ref": reference(id), "person": person, "title": "NPQ in leading teaching", "kind": "qualification", "started_on": "2026-09-07", "ended_on": "2026-10-01",
        "minutes": 600, "provider": "National College"})
}
async fn send(w: &World, path: &str, key: &str, rows: Vec<Value>) -> Reply {
    w.post(path).bearer(key).raw("application/json", json!({"rows": rows}).to_string().as_bytes()).send().await.expect(207)
}
fn actions(reply: &Reply) -> Vec<&str> {
    reply.body["results"].as_array().unwrap().iter().map(|r| r["action"].as_str().unwrap()).collect()
}
fn id_of(reply: &Reply, n: usize) -> String {
    reply.body["results"][n]["id"].as_str().unwrap_or_else(|| panic!("no id: {}", reply.text)).to_owned()
}
fn faults(reply: &Reply, n: usize) -> Vec<(String, String)> {
    let errors = reply.body["results"][n]["problem"]["errors"].as_array().unwrap_or_else(|| panic!("taken: {}", reply.text));
    let text = |e: &Value, name: &str| e[name].as_str().unwrap().to_owned();
    errors.iter().for_each(|e| note(e["code"].as_str().unwrap()));
    errors.iter().map(|e| (text(e, "code"), text(e, "pointer"))).collect()
}
fn fault(code: &str, pointer: &str) -> Vec<(String, String)> {
    vec![(code.into(), pointer.into())]
}
fn by_id(who: &Someone) -> Value {
    json!({"id": who.person.to_string()})
}

on_both! {
    async fn what_a_provider_sends_becomes_ones_own_and_private(w: World) {
        let trust = w.trust("beacon").await;
        let (teacher, head) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).with(RoleName::Headteacher, trust.school).made().await);
        let (_, _, key) = w.key(&trust, &[Permission::ProvideLearning, Permission::ReadLearning], Some(vec![trust.school])).await;
        let first = send(w, LEARNING, &key, vec![learned("1", by_id(&teacher))]).await;
        assert_eq!(actions(&first), ["created"], "{}", first.text);
        let at = format!("/v1/learning-records/{}", id_of(&first, 0));
        let record = w.get(&at).by(&teacher).send().await.expect(200);
        assert_eq!((&record.body["visibility"], &record.body["reflection"], &record.body["external_ref"]), (&json!("private"), &Value::Null, &reference("1")));
        assert_eq!((&record.body["person_id"], &record.body["minutes"]), (&json!(teacher.person.to_string()), &json!(600)));
        assert_eq!(record.body["provenance"].as_array().unwrap().len(), 6);
        // private is private, also to whoever sent it
        w.get(&at).by(&head).send().await.problem(404, "not_found");
        w.get(&at).bearer(&key).send().await.problem(404, "not_found");
        // the same again changes nothing and leaves no event
        let before = last_event(w, trust.id).await;
        let again = send(w, LEARNING, &key, vec![learned("1", by_id(&teacher))]).await;
        assert_eq!((actions(&again), last_event(w, trust.id).await), (vec!["unchanged"], before), "{}", again.text);
        assert_eq!(w.get(&at).by(&teacher).send().await.etag(), record.etag());
        // what is theirs stays theirs; what the provider changed is updated
        w.post(format!("{at}/reflect")).by(&teacher).json(json!({"reflection": "Ask more."})).send().await.expect(200);
        w.post(format!("{at}/share")).by(&teacher).send().await.expect(200);
        let changed = send(w, LEARNING, &key, vec![with(learned("1", by_id(&teacher)), json!({"minutes": 660}))]).await;
        assert_eq!((actions(&changed), &changed.body["results"][0]["changed"]), (vec!["updated"], &json!(["minutes"])), "{}", changed.text);
        let now = w.get(&at).by(&teacher).send().await.expect(200);
        assert_eq!((&now.body["minutes"], &now.body["reflection"], &now.body["visibility"]), (&json!(660), &json!("Ask more."), &json!("shared")));
        // what its owner changed stays, and the row is told so
        w.patch(&at).by(&teacher).json(json!({"title": "What I make of it"})).send().await.expect(200);
        let kept = send(w, LEARNING, &key, vec![with(learned("1", by_id(&teacher)), json!({"minutes": 660}))]).await;
        assert_eq!((actions(&kept), &kept.body["results"][0]["overridden"]), (vec!["unchanged"], &json!(["title"])), "{}", kept.text);
        assert_eq!(w.get(&at).by(&teacher).send().await.expect(200).body["title"], "What I make of it");
        // a trial tells nothing of what is there
        let trial = send(w, &format!("{LEARNING}?validate_only=true"), &key, vec![with(learned("1", by_id(&teacher)), json!({"minutes": 30})), learned("2", by_id(&teacher))]).await;
        assert_eq!(actions(&trial), ["updated", "created"], "{}", trial.text);
        assert_eq!((&trial.body["results"][0]["changed"], &trial.body["results"][0]["differences"]), (&json!(["minutes"]), &json!([])));
        // nor does sending what its owner made of it, which does not end the override either
        for (title, path) in [("What I make of it", format!("{LEARNING}?validate_only=true")), ("Guessed", format!("{LEARNING}?validate_only=true")), ("What I make of it", LEARNING.into())] {
            let guess = send(w, &path, &key, vec![with(learned("1", by_id(&teacher)), json!({"minutes": 660, "title": title}))]).await;
            let said = &guess.body["results"][0];
            assert_eq!((&said["action"], &said["changed"], &said["overridden"]), (&json!("unchanged"), &json!([]), &json!(["title"])), "{title}: {}", guess.text);
        }
        send(w, LEARNING, &key, vec![with(learned("1", by_id(&teacher)), json!({"minutes": 660}))]).await;
        assert_eq!(w.get(&at).by(&teacher).send().await.expect(200).body["title"], "What I make of it");
        assert!(!trial.text.contains("What I make of it") && !trial.text.contains("Ask more."));
        assert_eq!(w.get("/v1/learning-records").by(&teacher).send().await.expect(200).items().len(), 1);
    }

    async fn no_row_finds_out_the_day_that_its_owner_set(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let (_, _, key) = w.key(&trust, &[Permission::ProvideLearning], None).await;
        let at = format!("/v1/learning-records/{}", id_of(&send(w, LEARNING, &key, vec![learned("1", by_id(&teacher))]).await, 0));
        w.patch(&at).by(&teacher).json(json!({"started_on": "2026-09-15"})).send().await.expect(200);
        for ended_on in ["2026-09-13", "2026-09-15", "2026-10-02"] {
            let mut row = with(learned("1", by_id(&teacher)), json!({"ended_on": ended_on}));
            row.as_object_mut().unwrap().remove("started_on");
            let trial = send(w, &format!("{LEARNING}?validate_only=true"), &key, vec![row]).await;
            let said = &trial.body["results"][0];
            assert_eq!((&said["action"], &said["changed"], &said["overridden"]), (&json!("unchanged"), &json!([]), &json!(["ended_on", "minutes"])), "{ended_on}: {}", trial.text);
        }
        // nor how many days there are, by saying that it took longer than they have
        for minutes in [600, 1_440, 24_480, 24_481, 60_000] {
            let mut row = with(learned("1", by_id(&teacher)), json!({"minutes": minutes}));
            row.as_object_mut().unwrap().retain(|name, _| name != "started_on" && name != "ended_on");
            let trial = send(w, &format!("{LEARNING}?validate_only=true"), &key, vec![row]).await;
            let said = &trial.body["results"][0];
            assert_eq!((&said["action"], &said["changed"], &said["overridden"]), (&json!("unchanged"), &json!([]), &json!(["minutes"])), "{minutes}: {}", trial.text);
        }
        // what is made of a name is for whoever is told names
        let (_, _, reader) = w.key(&trust, &[Permission::ReadLearning], None).await;
        w.get(format!("/v1/people/{}/learning-statement?academic_year=2026", teacher.person)).bearer(&reader).send().await.problem(403, "not_permitted");
        let (_, _, reader) = w.key(&trust, &[Permission::ReadLearning, Permission::ReadPeople], None).await;
        w.get(format!("/v1/people/{}/learning-statement?academic_year=2026", teacher.person)).bearer(&reader).send().await.expect(200);
    }

    async fn no_row_moves_a_record_to_another_school(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let colleague = trust.someone(w).at(trust.other_school).made().await;
        let second = json!({"person_id": teacher.person.to_string(), "organisation_id": trust.other_school.to_string(), "job_title": "Tutor", "staff_category": "teacher", "starts_on": "2026-09-01"});
        w.post("/v1/employments").by(&hr).json(second).send().await.expect(201);
        let (_, _, key) = w.key(&trust, &[Permission::ProvideLearning], None).await;
        let at_school = |school: trellis_domain::id::OrganisationId| vec![with(learned("1", by_id(&teacher)), json!({"organisation": {"id": school.to_string()}}))];
        let at = format!("/v1/learning-records/{}", id_of(&send(w, LEARNING, &key, at_school(trust.school)).await, 0));
        w.post(format!("{at}/share-with")).by(&teacher).json(json!({"audiences": ["school"], "person_ids": []})).send().await.expect(200);
        let moved = send(w, LEARNING, &key, at_school(trust.other_school)).await;
        assert_eq!(faults(&moved, 0), fault("wrong_state", "/rows/0/organisation"));
        w.get(&at).by(&colleague).send().await.problem(404, "not_found");
        let same = send(w, LEARNING, &key, at_school(trust.school)).await;
        assert_eq!(actions(&same), ["unchanged"], "{}", same.text);
        // where else they work is not told by what the first school reads of their year
        let lead = trust.someone(w).with(RoleName::LearningLead, trust.school).made().await;
        let year = w.get(format!("/v1/people/{}/learning-statement?academic_year=2026", teacher.person)).by(&lead).send().await.expect(200);
        assert!(year.text.contains("Teacher") && !year.text.contains("Tutor") && !year.text.contains("other school"), "{}", year.text);
    }

    async fn what_its_owner_deleted_does_not_come_back(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let colleague = trust.someone(w).at(trust.school).appraised_by(&teacher).made().await;
        let (_, _, key) = w.key(&trust, &[Permission::ProvideLearning], None).await;
        let sent = || vec![learned("1", by_id(&teacher))];
        let at = format!("/v1/learning-records/{}", id_of(&send(w, LEARNING, &key, sent()).await, 0));
        w.post(format!("{at}/delete")).by(&colleague).send().await.problem(404, "not_found");
        w.post(format!("{at}/delete")).by(&teacher).if_match("\"9\"").send().await.problem(412, "stale");
        let gone = w.post(format!("{at}/delete")).by(&teacher).send().await.expect(204);
        assert_eq!(gone.text, "");
        w.get(&at).by(&teacher).send().await.problem(404, "not_found");
        w.get(format!("{at}/history")).by(&teacher).send().await.problem(404, "not_found");
        let before = last_event(w, trust.id).await;
        for rows in [sent(), vec![with(learned("1", by_id(&teacher)), json!({"title": "Sent with another title"}))]] {
            let again = send(w, LEARNING, &key, rows).await;
            assert_eq!((actions(&again), &again.body["results"][0]["id"], last_event(w, trust.id).await), (vec!["unchanged"], &Value::Null, before), "{}", again.text);
        }
        assert!(w.get("/v1/learning-records").by(&teacher).send().await.expect(200).items().is_empty());
        // what is somebody else's by the same reference is theirs, and whoever is not there is nobody
        let others = send(w, LEARNING, &key, vec![learned("1", json!({"trn": "9999999"}))]).await;
        assert_eq!(faults(&others, 0)[0].0, "unknown_reference");
        assert_eq!(actions(&send(w, LEARNING, &key, vec![learned("1", by_id(&colleague))]).await), ["created"]);
        // only what was sent is deleted
        let own = json!({"title": "Reading", "kind": "reading", "started_on": "2026-10-01", "minutes": 30});
        let own = w.post("/v1/learning-records").by(&teacher).json(own).send().await.expect(201);
        assert_eq!(own.body["can"]["delete"]["allowed"], false);
        w.post(format!("/v1/learning-records/{}/delete", own.id())).by(&teacher).send().await.problem(409, "wrong_state");
    }

    async fn whoever_is_not_where_the_key_reaches_is_nobody(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let (here, there) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.other_school).made().await);
        let (_, _, key) = w.key(&trust, &[Permission::ProvideLearning, Permission::WriteTraining], Some(vec![trust.school])).await;
        for (who, trn, id) in [(&here, "1234567", "P1"), (&there, "7654321", "P2")] {
            let names = json!({"trn": trn, "external_refs": [{"source": "mis", "id": id}]});
            w.patch(format!("/v1/people/{}", who.person)).by(&hr).json(names).send().await.expect(200);
        }
        w.patch(format!("/v1/employments/{}", here.employment.unwrap())).by(&hr).json(json!({"staff_code": "AB1"})).send().await.expect(200);
        let school = json!({"organisation": {"id": trust.school.to_string()}});
        let named = send(w, LEARNING, &key, vec![
            learned("1", json!({"external_ref": {"source": "mis", "id": "P1"}})),
            learned("2", json!({"external_ref": {"source": "mis", "id": "never heard of"}, "trn": "123 4567"})),
            with(learned("3", json!({"staff_code": "AB1"})), school.clone()),
        ]).await;
        assert_eq!(actions(&named), ["created", "created", "created"], "{}", named.text);
        assert_eq!(w.get("/v1/learning-records").by(&here).send().await.expect(200).items().len(), 3);
        let refused = send(w, LEARNING, &key, vec![
            learned("4", json!({"external_ref": {"source": "mis", "id": "P2"}})),
            learned("5", json!({"external_ref": {"source": "mis", "id": "nobody"}})),
            learned("6", json!({"id": there.person.to_string()})),
            learned("7", json!({"external_ref": {"source": "mis", "id": "P1"}, "trn": "7654321"})),
            learned("8", json!({"staff_code": "AB1"})),
            with(learned("9", json!({"trn": "1234567"})), json!({"organisation": {"id": trust.other_school.to_string()}})),
            learned("1", json!({"trn": "1234567"})),
            learned("1", json!({"trn": "1234567"})),
        ]).await;
        let nobody = fault("unknown_reference", "/rows/0/person");
        assert_eq!((faults(&refused, 0), refused.body["results"][0]["problem"]["detail"].clone()), (nobody, refused.body["results"][1]["problem"]["detail"].clone()));
        assert_eq!(faults(&refused, 1), fault("unknown_reference", "/rows/1/person"));
        assert_eq!(faults(&refused, 2), fault("unknown_reference", "/rows/2/person"));
        assert_eq!(actions(&refused)[3], "created", "one whom the key does not reach is nobody, and the reference finds the other: {}", refused.text);
        assert_eq!(faults(&refused, 4)[..1], fault("invalid_value", "/rows/4/organisation"));
        assert_eq!(faults(&refused, 5), fault("unknown_reference", "/rows/5/organisation"));
        assert_eq!((actions(&refused)[6], faults(&refused, 7)), ("unchanged", fault("repeated_row", "/rows/7/external_ref")));
        // two names of two people whom the key does reach
        let (_, _, wide) = w.key(&trust, &[Permission::ProvideLearning], None).await;
        let two = send(w, LEARNING, &wide, vec![learned("10", json!({"external_ref": {"source": "mis", "id": "P1"}, "trn": "7654321"}))]).await;
        assert_eq!(faults(&two, 0), fault("ambiguous_match", "/rows/0/person/trn"));
        // a name that is another person's already, whether or not the key reaches them
        let other = send(w, LEARNING, &wide, vec![learned("1", by_id(&there))]).await;
        assert_eq!(faults(&other, 0), fault("duplicate", "/rows/0/external_ref"));
        // without the scope, and by whom it is not for
        let (_, _, none) = w.key(&trust, &[Permission::ReadLearning], None).await;
        w.post(LEARNING).bearer(&none).json(json!({"rows": [learned("1", by_id(&here))]})).send().await.problem(403, "insufficient_scope");
        w.post(LEARNING).by(&here).json(json!({"rows": [learned("1", by_id(&here))]})).send().await.problem(403, "role_required");
    }

    async fn absurd_rows_are_refused_with_every_reason(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let (_, _, key) = w.key(&trust, &[Permission::ProvideLearning], None).await;
        let bad = |changes: Value| with(learned("1", by_id(&teacher)), changes);
        let refused = send(w, LEARNING, &key, vec![
            bad(json!({"external_ref": reference("a"), "minutes": -60})),
            bad(json!({"external_ref": reference("b"), "minutes": 600_000})),
            bad(json!({"external_ref": reference("c"), "ended_on": "2026-10-06"})),
            bad(json!({"external_ref": reference("d"), "ended_on": "2026-09-01"})),
            bad(json!({"external_ref": reference("e"), "reflection": "Not for a provider to say", "visibility": "shared"})),
            json!({"external_ref": reference("f"), "person": {}}),
            bad(json!({"external_ref": reference("g"), "title": "AB123456C"})),
            bad(json!({"external_ref": reference("h"), "ended_on": "2026-09-07", "minutes": 1_441})),
        ]).await;
        assert_eq!(faults(&refused, 0), fault("invalid_value", "/rows/0/minutes"));
        assert_eq!(faults(&refused, 1), fault("invalid_value", "/rows/1/minutes"));
        assert_eq!(faults(&refused, 2), fault("impossible_dates", "/rows/2/ended_on"));
        assert_eq!(faults(&refused, 3), fault("impossible_dates", "/rows/3/ended_on"));
        let pointers: Vec<String> = faults(&refused, 4).into_iter().map(|f| f.1).collect();
        assert_eq!(pointers, ["/rows/4/reflection", "/rows/4/visibility"]);
        assert_eq!(faults(&refused, 5).len(), 5, "{}", refused.text);
        assert_eq!(faults(&refused, 6)[0].0, "forbidden_data");
        assert_eq!(faults(&refused, 7), fault("impossible_hours", "/rows/7/minutes"));
        let forbidden = json!({"rows": [bad(json!({"ni_number": "x", "ethnicity": "x"}))]});
        w.post(LEARNING).bearer(&key).raw("application/json", forbidden.to_string().as_bytes()).send().await.problem(422, "forbidden_data");
        w.post(LEARNING).bearer(&key).raw("text/csv", b"source,external_id,trn,title,NI Number\n").send().await.problem(422, "forbidden_data");
        // a leaver keeps what they learned while they were there, and nothing after
        w.patch(format!("/v1/employments/{}", teacher.employment.unwrap())).by(&hr).json(json!({"ends_on": "2026-09-20"})).send().await.expect(200);
        let left = send(w, LEARNING, &key, vec![learned("1", by_id(&teacher)), bad(json!({"external_ref": reference("2"), "started_on": "2026-09-21"}))]).await;
        assert_eq!((actions(&left), faults(&left, 1)), (vec!["created", "failed"], fault("outside_employment", "/rows/1/started_on")), "{}", left.text);
        // all or none
        let none = send(w, &format!("{LEARNING}?atomic=true"), &key, vec![learned("8", by_id(&teacher)), bad(json!({"external_ref": reference("9"), "minutes": -1}))]).await;
        assert_eq!((actions(&none), faults(&none, 0)), (vec!["failed", "failed"], fault("not_applied", "/rows/0")));
        assert_eq!(w.get("/v1/learning-records").by(&teacher).send().await.expect(200).items().len(), 1);
    }

    async fn a_table_says_the_same(w: World) {
        let trust = w.trust("beacon").await;
        let lead = trust.someone(w).with(RoleName::LearningLead, trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let sent = format!("external_id,person_id,title,kind,started_on,minutes\nA1,{0},Reading together,Reading,1/10/2026,90\nA2,{0},Reading alone,Reading,2/10/2026,much\n", teacher.person);
        let path = format!("{LEARNING}?source=provider");
        let reply = w.post(&path).by(&lead).raw("text/csv", sent.as_bytes()).send().await.expect(207);
        assert_eq!((actions(&reply), faults(&reply, 1)), (vec!["created", "failed"], fault("invalid_value", "/minutes")), "{}", reply.text);
        let own = w.get("/v1/learning-records").by(&teacher).send().await.expect(200);
        assert_eq!((&own.items()[0]["title"], &own.items()[0]["started_on"], &own.items()[0]["kind"]), (&json!("Reading together"), &json!("2026-10-01"), &json!("reading")));
        let again = w.post(&path).by(&lead).raw("text/csv", sent.as_bytes()).header("accept", "text/csv").send().await.expect(207);
        assert!(again.text.contains("unchanged") && again.text.contains("minutes: a whole number"), "{}", again.text);
        let unknown = w.post(&path).by(&lead).raw("text/csv", b"external_id,duration\n").send().await.problem(422, "unreadable_file");
        assert!(unknown.text.contains("did you mean minutes?"), "{}", unknown.text);
    }

    async fn required_training_is_recorded_corrected_and_stays_taken_back(w: World) {
        let trust = w.trust("beacon").await;
        let (hr, head) = (trust.someone(w).with(RoleName::Hr, trust.root).made().await, trust.someone(w).with(RoleName::Headteacher, trust.school).made().await);
        let (teacher, there) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.other_school).made().await);
        let new = json!({"organisation_id": trust.school.to_string(), "title": "First aid", "authority": "guidance", "trigger": "on_start", "due_within_days": 60, "validity": "none"});
        let draft = w.post("/v1/training-requirements").by(&head).json(new.clone()).send().await.expect(201).id();
        let of = w.post("/v1/training-requirements").by(&head).json(new).send().await.expect(201).id();
        w.post(format!("/v1/training-requirements/{of}/publish")).by(&head).json(json!({"applies_from": "2020-09-01"})).send().await.expect(200);
        let (_, _, key) = w.key(&trust, &[Permission::WriteTraining], Some(vec![trust.school])).await;
        let done = |id: &str, changes: Value| {
            let row = json!({"external_ref": reference(id), "person": by_id(&teacher), "requirement_id": of, "completed_on": "2026-09-10", "provider": "St John", "certificate": "C-1"});
            with(row, changes)
        };
        let list = async || w.get(format!("/v1/training-completions?requirement_id={of}")).by(&hr).send().await.expect(200).items().to_vec();
        let first = send(w, TRAINING, &key, vec![done("1", json!({}))]).await;
        assert_eq!(actions(&first), ["created"], "{}", first.text);
        let before = last_event(w, trust.id).await;
        let again = send(w, TRAINING, &key, vec![done("1", json!({}))]).await;
        assert_eq!((actions(&again), id_of(&again, 0), last_event(w, trust.id).await), (vec!["unchanged"], id_of(&first, 0), before));
        // corrected: the earlier one is taken back, with a reason, and one stands
        let corrected = send(w, TRAINING, &key, vec![done("1", json!({"completed_on": "2026-09-11"}))]).await;
        assert_eq!((actions(&corrected), &corrected.body["results"][0]["changed"]), (vec!["updated"], &json!(["completed_on"])), "{}", corrected.text);
        assert_eq!((list().await.len(), last_event(w, trust.id).await), (1, before + 2));
        let old = w.get(format!("/v1/training-completions/{}", id_of(&first, 0))).by(&hr).send().await.expect(200);
        assert!(old.body["void_reason"].as_str().is_some());
        // what the school took back the same row does not bring back; a corrected one does
        let at = format!("/v1/training-completions/{}", id_of(&corrected, 0));
        w.post(format!("{at}/void")).by(&hr).json(json!({"reason": "Another's certificate"})).send().await.expect(200);
        let back = send(w, TRAINING, &key, vec![done("1", json!({"completed_on": "2026-09-11"}))]).await;
        assert_eq!((actions(&back), list().await.len()), (vec!["unchanged"], 0));
        let mut less = done("1", json!({"completed_on": "2026-09-11"}));
        for field in ["provider", "certificate"] {
            less.as_object_mut().unwrap().remove(field);
        }
        assert_eq!((actions(&send(w, TRAINING, &key, vec![less]).await), list().await.len()), (vec!["unchanged"], 0), "one that says less of it does not either");
        let refused = send(w, TRAINING, &key, vec![
            done("2", json!({"completed_on": "2026-10-06"})),
            done("3", json!({"completed_on": "0026-10-06"})),
            done("4", json!({"person": by_id(&there)})),
            done("5", json!({"requirement_id": draft})),
            done("6", json!({"completed_on": "2026-09-20"})),
            done("7", json!({"completed_on": "2026-09-20"})),
            done("8", json!({"certificate": "AB123456C"})),
        ]).await;
        assert_eq!(faults(&refused, 0), fault("impossible_dates", "/rows/0/completed_on"));
        assert_eq!(faults(&refused, 1)[0].0, "impossible_dates");
        assert_eq!(faults(&refused, 2), fault("unknown_reference", "/rows/2/person"));
        assert_eq!(faults(&refused, 3), fault("unknown_reference", "/rows/3/requirement_id"));
        assert_eq!((actions(&refused)[4], faults(&refused, 5)), ("created", fault("duplicate", "/rows/5/completed_on")));
        assert_eq!(faults(&refused, 6), fault("forbidden_data", "/rows/6/certificate"));
        // nobody records their own
        let own = w.post(TRAINING).by(&head).json(json!({"rows": [done("9", json!({"person": by_id(&head)}))]})).send().await.expect(207);
        assert_eq!(faults(&own, 0)[0].0, "unknown_reference", "the headteacher of the scene is not employed there: {}", own.text);
        let admin = trust.someone(w).at(trust.school).with(RoleName::SchoolAdmin, trust.school).made().await;
        let own = w.post(TRAINING).by(&admin).json(json!({"rows": [done("10", json!({"person": by_id(&admin)}))]})).send().await.expect(207);
        assert_eq!(faults(&own, 0)[0].0, "not_for_yourself", "{}", own.text);
        let table = format!("source,external_id,person_id,requirement_id,completed_on,certificate\np,20,{},{of},25/9/2026,C-20\n", teacher.person);
        let table = w.post(TRAINING).bearer(&key).raw("text/csv", table.as_bytes()).send().await.expect(207);
        assert_eq!(actions(&table), ["created"], "{}", table.text);
    }

    async fn the_feed_says_what_the_provider_calls_a_record(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let scopes = [Permission::ProvideLearning, Permission::ReadLearning, Permission::WriteTraining, Permission::ReadTraining, Permission::ReadChanges, Permission::ReadPeople];
        let (_, _, key) = w.key(&trust, &scopes, None).await;
        let new = json!({"organisation_id": trust.school.to_string(), "title": "First aid", "authority": "guidance", "trigger": "on_start", "due_within_days": 60, "validity": "none"});
        let requirement = w.post("/v1/training-requirements").by(&head).json(new).send().await.expect(201).id();
        w.post(format!("/v1/training-requirements/{requirement}/publish")).by(&head).json(json!({"applies_from": "2020-09-01"})).send().await.expect(200);
        let learning = id_of(&send(w, LEARNING, &key, vec![learned("1", by_id(&teacher))]).await, 0);
        let trained = json!({"external_ref": reference("c1"), "person": by_id(&teacher), "requirement_id": requirement, "completed_on": "2026-10-01"});
        let done = send(w, TRAINING, &key, vec![trained]).await;
        assert_eq!(actions(&done), ["created"], "{}", done.text);
        w.post(format!("/v1/learning-records/{learning}/share")).by(&teacher).send().await.expect(200);
        let own = json!({"title": "Ours", "kind": "reading", "started_on": "2026-10-01", "minutes": 60});
        let own = w.post("/v1/learning-records").by(&teacher).json(own).send().await.expect(201).id();
        w.post(format!("/v1/learning-records/{own}/share")).by(&teacher).send().await.expect(200);
        let feed = w.get("/v1/changes?types=learning_record,training_completion").bearer(&key).send().await.expect(200);
        let refs = |id: &str| feed.items().iter().find(|c| c["id"] == *id).unwrap_or_else(|| panic!("{}", feed.text))["external_refs"].clone();
        assert_eq!(refs(&learning), json!([reference("1")]));
        assert_eq!(refs(&id_of(&done, 0)), json!([reference("c1")]));
        assert_eq!(refs(&own), json!([]));
        // what left one's sight has its id alone
        w.post(format!("/v1/learning-records/{learning}/unshare")).by(&teacher).send().await.expect(200);
        let feed = w.get("/v1/changes?types=learning_record").bearer(&key).send().await.expect(200);
        let left = feed.items().last().unwrap();
        assert_eq!((&left["type"], &left["external_refs"]), (&json!("learning_record.left_scope"), &json!([])), "{left}");
    }
}
