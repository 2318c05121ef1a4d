//! Snapshots: these are all the current staff of one school.

use crate::{
    concurrency::{Shot, all_at_once},
    permissions::last_event,
    support::*,
};
use serde_json::{Value, json};
use trellis_api::runner;
use trellis_domain::{access::Permission, id::JobId, role::RoleName};
use trellis_persistence::{
    job::{ClaimJob, LEASE_SECONDS, Part, RunPart},
    transaction::needs::{Under, WritePeople},
};

const SYNCS: &str = "/v1/syncs";

/// Somebody of the other system, employed at the snapshot's school.
fn row(n: usize) -> Value {
    json!({
        "external_ref": {"source": "mis", "id": n.to_string()}, "given_name": "Ada", "family_name": format!("Row {n}"),
        "employments": [{"job_title": "Teacher", "staff_category": "teacher", "starts_on": "2025-09-01"}],
    })
}
fn with_job(mut row: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        row["employments"][0][name] = value.clone();
    }
    row
}
fn all(of: impl IntoIterator<Item = usize>) -> Vec<Value> {
    of.into_iter().map(row).collect()
}

struct Office {
    trust: Trust,
    hr: Someone,
}
async fn office(w: &World) -> Office {
    let trust = w.trust("beacon").await;
    let hr = trust.someone(w).at(trust.other_school).with(RoleName::Hr, trust.root).made().await;
    Office { trust, hr }
}
impl Office {
    /// The snapshot of the night before this day of October.
    fn taken(&self, day: u32, rows: Vec<Value>, more: Value) -> Value {
        let mut body =
            json!({"organisation": {"id": self.trust.school.to_string()}, "source": "mis", "taken_at": format!("2026-10-{day:02}T01:00:00Z"), "rows": rows});
        more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
        body
    }
    async fn send(&self, w: &World, body: Value) -> Reply {
        w.post(SYNCS).by(&self.hr).raw("application/json", body.to_string().as_bytes()).send().await
    }
    async fn sync(&self, w: &World, day: u32, rows: Vec<Value>, more: Value) -> Value {
        self.send(w, self.taken(day, rows, more)).await.expect(207).body
    }
    async fn employment(&self, w: &World, n: usize) -> Reply {
        let person = w.get(format!("/v1/people?external_ref=mis:{n}")).by(&self.hr).send().await.expect(200).items()[0]["id"].clone();
        let list = w.get(format!("/v1/employments?person_id={}", person.as_str().unwrap())).by(&self.hr).send().await.expect(200);
        w.get(format!("/v1/employments/{}", list.items()[0]["id"].as_str().unwrap())).by(&self.hr).send().await.expect(200)
    }
    async fn missing(&self, w: &World) -> usize {
        w.get("/v1/employments?missing=true").by(&self.hr).send().await.expect(200).items().len()
    }
}
/// How many joined, changed, left, came back, are unseen, are as they were, were not taken.
fn counts(body: &Value) -> [u64; 7] {
    let sync = &body["sync"];
    let n = |v: &Value| v.as_u64().unwrap_or_else(|| panic!("no number in {body}"));
    let crowd = |name: &str| {
        assert_eq!(sync[name]["people"].as_array().unwrap().len() as u64, n(&sync[name]["count"]));
        n(&sync[name]["count"])
    };
    [crowd("joiners"), n(&sync["changes"]), crowd("leavers"), crowd("returners"), crowd("unseen"), n(&sync["unchanged"]), n(&sync["failed"])]
}

on_both! {
    async fn joiners_changes_leavers_and_returners(w: World) {
        let o = office(w).await;
        let first = o.sync(w, 1, all(0..5), json!({})).await;
        assert_eq!(counts(&first), [5, 0, 0, 0, 0, 0, 0], "{first}");
        let (joined, id) = (&first["sync"]["joiners"]["people"][3], &first["results"][3]["id"]);
        assert_eq!((&joined["id"], &joined["external_ref"]), (id, &json!({"source": "mis", "id": "3"})));
        let mut rows = all(0..6);
        rows[1]["preferred_name"] = json!("Addie");
        rows[2] = with_job(row(2), json!({"ends_on": "2026-12-31"}));
        rows[3] = with_job(row(3), json!({"ends_on": "2026-09-30"}));
        let second = o.sync(w, 2, rows.clone(), json!({"validate_only": true})).await;
        assert_eq!(counts(&second), [1, 1, 2, 0, 0, 2, 0], "{second}");
        // two of five are many
        let refused = o.send(w, o.taken(2, rows.clone(), json!({}))).await.problem(409, "sync_threshold_exceeded");
        let second = o.sync(w, 2, rows.clone(), json!({"confirm": refused.body["confirmation_token"]})).await;
        assert_eq!(counts(&second), [1, 1, 2, 0, 0, 2, 0], "{second}");
        rows[3] = with_job(row(3), json!({"starts_on": "2026-10-03", "ends_on": null}));
        let third = o.sync(w, 3, rows, json!({})).await;
        assert_eq!(counts(&third), [0, 0, 0, 1, 0, 5, 0], "{third}");
        assert_eq!(third["sync"]["returners"]["people"][0]["id"], *id, "the same person");
    }

    async fn who_is_no_longer_named_is_missing_until_they_are_named_again(w: World) {
        let o = office(w).await;
        o.sync(w, 1, all(0..5), json!({})).await;
        let body = o.sync(w, 2, all(0..4), json!({})).await;
        assert_eq!((counts(&body), o.missing(w).await), ([0, 0, 0, 0, 1, 4, 0], 1), "{body}");
        assert_eq!(body["sync"]["unseen"]["people"][0]["external_ref"]["id"], "4");
        let employment = o.employment(w, 4).await;
        assert_eq!((&employment.body["missing_since"], &employment.body["missing_from"], &employment.body["ends_on"]), (&json!("2026-10-02"), &json!("mis"), &Value::Null));
        let history = w.get(format!("/v1/employments/{}/history", employment.id())).by(&o.hr).send().await.expect(200);
        assert!(history.text.contains("employment.missing"), "{}", history.text);
        // the same again, and the next night: nothing new
        let before = last_event(w, o.trust.id).await;
        for day in [2, 3] {
            assert_eq!(counts(&o.sync(w, day, all(0..4), json!({})).await), [0, 0, 0, 0, 1, 4, 0]);
        }
        assert_eq!((last_event(w, o.trust.id).await, o.employment(w, 4).await.etag()), (before, employment.etag()));
        assert_eq!(counts(&o.sync(w, 4, all(0..5), json!({})).await), [0, 0, 0, 0, 0, 5, 0]);
        let found = o.employment(w, 4).await;
        assert_eq!((&found.body["missing_since"], o.missing(w).await), (&Value::Null, 0));
        let history = w.get(format!("/v1/employments/{}/history", found.id())).by(&o.hr).send().await.expect(200);
        assert!(history.text.contains("employment.found"), "{}", history.text);
        // other systems' people, and other schools', are not missing
        let payroll = json!({"external_ref": {"source": "payroll", "id": "1"}, "given_name": "Bo", "family_name": "Pay"});
        let other = o.send(w, o.taken(4, vec![payroll], json!({"source": "payroll"}))).await.expect(207);
        assert_eq!(counts(&other.body), [0, 1, 0, 0, 0, 0, 0]);
    }

    async fn who_is_no_longer_named_can_be_ended(w: World) {
        let o = office(w).await;
        o.sync(w, 1, all(0..5), json!({})).await;
        let body = o.sync(w, 3, all(1..5), json!({"unseen": "end"})).await;
        assert_eq!(counts(&body), [0, 0, 0, 0, 1, 4, 0]);
        assert_eq!((&o.employment(w, 0).await.body["ends_on"], o.missing(w).await), (&json!("2026-10-02"), 0));
        let before = last_event(w, o.trust.id).await;
        o.sync(w, 3, all(1..5), json!({"unseen": "end"})).await;
        assert_eq!(last_event(w, o.trust.id).await, before);
        o.sync(w, 4, all(2..5), json!({"unseen": "end", "ends_on": "2026-09-30"})).await;
        assert_eq!(o.employment(w, 1).await.body["ends_on"], "2026-09-30");
    }

    async fn who_was_ended_for_not_being_named_goes_on_when_they_are_named_again(w: World) {
        let o = office(w).await;
        o.sync(w, 1, all(0..6), json!({})).await;
        let before = o.employment(w, 0).await;
        o.sync(w, 3, all(1..6), json!({"unseen": "end"})).await;
        let ended = o.employment(w, 0).await;
        assert_eq!((&ended.body["ends_on"], &ended.body["ended_from"]), (&json!("2026-10-02"), &json!("mis")));
        // by an upsert it stays as it is: that says nothing of who else is there
        let stands_at = |mut row: Value| {
            row["employments"][0]["organisation"] = json!({"id": o.trust.school.to_string()});
            row
        };
        let upsert = w.post("/v1/people/bulk-upsert").by(&o.hr).json(json!({"rows": [stands_at(row(0))]})).send().await.expect(207);
        assert_eq!(upsert.body["counts"]["unchanged"], 1, "{}", upsert.text);
        // the corrected snapshot of the same night names them: the gap never was
        let trial = o.sync(w, 3, all(0..6), json!({"unseen": "end", "validate_only": true})).await;
        assert_eq!((counts(&trial), &trial["results"][0]["action"]), ([0, 0, 0, 1, 0, 5, 0], &json!("updated")), "{trial}");
        assert_eq!(o.employment(w, 0).await.etag(), ended.etag());
        let corrected = o.sync(w, 3, all(0..6), json!({"unseen": "end"})).await;
        assert_eq!(counts(&corrected), [0, 0, 0, 1, 0, 5, 0], "{corrected}");
        let now = o.employment(w, 0).await;
        assert_eq!(now.id(), before.id(), "the same employment");
        for field in ["starts_on", "ends_on", "missing_since", "ended_from", "job_title", "provenance"] {
            let provenance = field == "provenance"; // whose the last day is, is known since
            assert!(provenance || now.body[field] == before.body[field], "{field}: {}", now.text);
        }
        let tag = (now.etag(), last_event(w, o.trust.id).await);
        o.sync(w, 3, all(0..6), json!({"unseen": "end"})).await;
        assert_eq!((o.employment(w, 0).await.etag(), last_event(w, o.trust.id).await), tag);
        // without a first day, and without a word of the employment
        for (day, bare) in [(4, json!({"external_ref": {"source": "mis", "id": "0"}, "employments": [{"job_title": "Teacher"}]})), (5, json!({"external_ref": {"source": "mis", "id": "0"}}))] {
            o.sync(w, day, all(1..6), json!({"unseen": "end", "ends_on": "2026-10-02"})).await;
            assert_eq!(o.employment(w, 0).await.body["ends_on"], "2026-10-02");
            let mut rows = all(1..6);
            rows.push(bare);
            let body = o.sync(w, day, rows, json!({"unseen": "end"})).await;
            assert_eq!((counts(&body)[3], counts(&body)[6], &o.employment(w, 0).await.body["ends_on"]), (1, 0, &Value::Null), "{body}");
        }
        // whom a row or somebody here gave the last day stays ended
        let mut rows = all(0..6);
        rows[1] = with_job(row(1), json!({"ends_on": "2026-10-03"}));
        o.sync(w, 5, rows, json!({})).await;
        o.sync(w, 5, all(0..6), json!({})).await;
        assert_eq!(o.employment(w, 1).await.body["ends_on"], "2026-10-03");
        let id = o.employment(w, 2).await.id();
        o.sync(w, 5, [row(0), row(3), row(4), row(5)].to_vec(), json!({"unseen": "end"})).await;
        let seen = w.patch(format!("/v1/employments/{id}")).by(&o.hr).if_match("*").json(json!({"ends_on": "2026-10-01"})).send().await.expect(200);
        assert_eq!(seen.body["ended_from"], Value::Null);
        o.sync(w, 5, all(0..6), json!({})).await;
        assert_eq!(o.employment(w, 2).await.body["ends_on"], "2026-10-01");
    }

    async fn somebody_says_that_they_are_still_here(w: World) {
        let o = office(w).await;
        o.sync(w, 1, all(0..5), json!({})).await;
        let here = o.employment(w, 0).await;
        let keep = async |status: u16| w.post(format!("/v1/employments/{}/keep", here.id())).by(&o.hr).if_match("*").send().await.expect(status);
        assert!(!here.can("keep"));
        keep(409).await;
        o.sync(w, 2, all(1..5), json!({})).await;
        assert!(o.employment(w, 0).await.can("keep"));
        let kept = keep(200).await;
        assert_eq!((&kept.body["missing_since"], &kept.body["kept"]), (&Value::Null, &json!(["mis"])));
        o.sync(w, 3, all(1..5), json!({"unseen": "end"})).await;
        assert_eq!(o.employment(w, 0).await.etag(), kept.etag());
        // it has named the person once: now it is believed again
        o.sync(w, 4, all(0..5), json!({})).await;
        o.sync(w, 5, all(1..5), json!({})).await;
        assert_eq!((&o.employment(w, 0).await.body["missing_since"], &o.employment(w, 0).await.body["kept"]), (&json!("2026-10-05"), &json!([])));
        let left = w.patch(format!("/v1/employments/{}", here.id())).by(&o.hr).if_match("*").json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        assert_eq!(left.body["missing_since"], Value::Null);
    }

    async fn so_many_are_not_believed_without_asking(w: World) {
        let o = office(w).await;
        o.sync(w, 1, all(0..20), json!({})).await;
        let before = last_event(w, o.trust.id).await;
        o.sync(w, 2, all(2..20), json!({"validate_only": true})).await;
        let two = o.sync(w, 2, all(2..20), json!({})).await;
        assert_eq!(counts(&two), [0, 0, 0, 0, 2, 18, 0], "two of twenty are one in ten");
        assert!(last_event(w, o.trust.id).await > before);
        let before = last_event(w, o.trust.id).await;
        let mut rows = all(5..20);
        rows[0]["preferred_name"] = json!("Addie");
        let refused = o.send(w, o.taken(3, rows.clone(), json!({}))).await.problem(409, "sync_threshold_exceeded");
        assert_eq!((&refused.body["current"], &refused.body["would_end"], &refused.body["would_be_missing"]), (&json!(20), &json!(0), &json!(3)));
        let token = refused.body["confirmation_token"].clone();
        // no token, another one, and the token of other people
        for (rows, token) in [(rows.clone(), json!("nothing")), (all(6..20), token.clone())] {
            o.send(w, o.taken(3, rows, json!({"confirm": token}))).await.problem(409, "sync_threshold_exceeded");
        }
        o.send(w, o.taken(3, rows.clone(), json!({"confirm": token, "unseen": "end"}))).await.problem(409, "sync_threshold_exceeded");
        assert_eq!(last_event(w, o.trust.id).await, before, "nothing was done");
        // the newest refusal is the one that is confirmed
        let refused = o.send(w, o.taken(3, rows.clone(), json!({}))).await.problem(409, "sync_threshold_exceeded");
        let token = refused.body["confirmation_token"].clone();
        w.later(chrono::TimeDelta::hours(25));
        let late = w.post(SYNCS).bearer(&w.token(o.trust.id, &o.hr)).json(o.taken(3, rows.clone(), json!({"confirm": token}))).send().await;
        let token = late.problem(409, "sync_threshold_exceeded").body["confirmation_token"].clone();
        let done = w.post(SYNCS).bearer(&w.token(o.trust.id, &o.hr)).json(o.taken(3, rows, json!({"confirm": token}))).send().await.expect(207);
        assert_eq!(counts(&done.body), [0, 1, 0, 0, 5, 14, 0], "{}", done.text);
    }

    async fn a_snapshot_that_is_older_than_the_last_is_refused(w: World) {
        let o = office(w).await;
        let first = o.sync(w, 3, all(0..3), json!({})).await;
        let before = last_event(w, o.trust.id).await;
        let refused = o.send(w, o.taken(2, all(0..4), json!({}))).await.problem(409, "sync_out_of_order");
        assert!(refused.body["detail"].as_str().unwrap().contains("2026-10-03T01:00:00Z"), "{}", refused.text);
        let tag = o.employment(w, 0).await.etag();
        let again = o.sync(w, 3, all(0..3), json!({})).await;
        assert_eq!((counts(&again), o.employment(w, 0).await.etag()), ([0, 0, 0, 0, 0, 3, 0], tag));
        assert_eq!((last_event(w, o.trust.id).await, &again["results"][0]["id"]), (before, &first["results"][0]["id"]));
        // a time of the future would have every later one refused
        let future = o.send(w, o.taken(20, all(0..3), json!({}))).await.problem(422, "snapshot_contradicted");
        assert_eq!(future.pointers(), ["/taken_at"]);
        // each source and each school has its own order
        o.send(w, o.taken(1, all(0..3), json!({"source": "payroll"}))).await.expect(207);
        o.send(w, o.taken(1, vec![json!({"external_ref": {"source": "mis", "id": "x"}, "given_name": "Bo", "family_name": "X"})], json!({"organisation": {"id": o.trust.other_school.to_string()}}))).await.expect(207);
    }

    async fn two_at_once_do_no_harm(w: World) {
        let o = office(w).await;
        o.sync(w, 1, all(0..30), json!({})).await;
        let shots: Vec<Shot> = (0..4).map(|n| Shot::post(SYNCS, &o.hr.token).json(o.taken(2, all(1..40), json!({"validate_only": n == 3})))).collect();
        let answers = all_at_once(w, shots);
        let (mut done, mut joined) = (0, 0);
        for (status, body) in &answers[..3] {
            match status {
                207 => {
                    done += 1;
                    joined += counts(body)[0];
                }
                _ => assert_eq!((*status, &body["code"]), (409, &json!("sync_running")), "{body}"),
            }
        }
        assert!(done >= 1 && answers[3].0 == 207, "{answers:?}");
        assert_eq!((joined, o.missing(w).await), (10, 1));
        let people = w.get(format!("/v1/employments?organisation_id={}&limit=200", o.trust.school)).by(&o.hr).send().await.expect(200);
        assert_eq!(people.items().len(), 40);
    }

    async fn another_one_waits_until_the_first_is_done(w: World) {
        let o = office(w).await;
        let later = |body| w.post(SYNCS).by(&o.hr).header("prefer", "respond-async").json(body);
        let id = later(o.taken(1, all(0..60), json!({}))).send().await.expect(202).id();
        o.send(w, o.taken(2, all(0..60), json!({}))).await.problem(409, "sync_running");
        runner::drain(&w.db, &w.shared).await.unwrap();
        let job = w.get(format!("/v1/jobs/{id}")).by(&o.hr).send().await.expect(200).body;
        assert_eq!((&job["state"], counts(&job)), (&json!("completed"), [60, 0, 0, 0, 0, 0, 0]));
        // one that is called off is in nobody's way, and ends nobody
        let id = later(o.taken(2, all(0..59), json!({}))).send().await.expect(202).id();
        w.post(format!("/v1/jobs/{id}/cancel")).by(&o.hr).send().await.expect(200);
        runner::drain(&w.db, &w.shared).await.unwrap();
        assert_eq!(o.missing(w).await, 0);
        o.sync(w, 2, all(0..60), json!({})).await;
    }

    async fn nobody_is_missing_because_their_row_has_a_fault(w: World) {
        let o = office(w).await;
        let mut known = all(0..5);
        known[1]["trn"] = json!("1234567");
        o.sync(w, 1, known, json!({})).await;
        let mut rows = all(0..5);
        rows[0]["given_name"] = json!("");
        rows[1] = json!({"external_ref": {"source": "mis", "id": "new"}, "trn": "1234567", "family_name": ""});
        let body = o.sync(w, 2, rows.clone(), json!({"unseen": "end"})).await;
        assert_eq!((counts(&body), o.missing(w).await), ([0, 0, 0, 0, 0, 3, 2], 0), "{body}");
        note(body["results"][0]["problem"]["code"].as_str().unwrap());
        assert_eq!(o.employment(w, 0).await.body["ends_on"], Value::Null);
        // a row that does not even tell whom it is about: the unseen are only marked
        rows[0]["external_ref"] = json!({"source": "mis"});
        let body = o.sync(w, 3, rows, json!({"unseen": "end"})).await;
        assert_eq!((counts(&body)[4], o.missing(w).await, &o.employment(w, 0).await.body["ends_on"]), (1, 1, &Value::Null), "{body}");
    }

    async fn a_trial_writes_nothing(w: World) {
        let o = office(w).await;
        o.sync(w, 1, all(0..5), json!({})).await;
        let before = last_event(w, o.trust.id).await;
        let mut rows = all(3..7);
        rows[0]["preferred_name"] = json!("Addie");
        for unseen in ["review", "end"] {
            let trial = o.sync(w, 4, rows.clone(), json!({"validate_only": true, "unseen": unseen})).await;
            assert_eq!(counts(&trial), [2, 1, 0, 0, 3, 1, 0], "{trial}");
            assert_eq!((&trial["validate_only"], &trial["sync"]["joiners"]["people"][0]["id"]), (&json!(true), &Value::Null));
        }
        assert_eq!((last_event(w, o.trust.id).await, o.missing(w).await), (before, 0));
        // it was not applied, so an older one still can be
        o.sync(w, 2, all(0..5), json!({})).await;
    }

    async fn a_table_says_the_same(w: World) {
        let o = office(w).await;
        let csv = "external_id,given_name,family_name,job_title,staff_category,starts_on,staff_code,line_manager\n1,Ada,One,Teacher,teacher,2025-09-01,AON,\n2,Bo,Two,Teacher,teacher,2025-09-01,BTW,code:AON\n";
        let send = |query: String, body: &str| w.post(format!("{SYNCS}?{query}")).by(&o.hr).raw("text/csv", body.as_bytes());
        let query = format!("organisation_id={}&source=mis&taken_at=2026-10-01T01:00:00Z", o.trust.school);
        let reply = send(query.clone(), csv).send().await.expect(207);
        assert_eq!(counts(&reply.body), [2, 0, 0, 0, 0, 0, 0], "{}", reply.text);
        let again = send(query, csv).header("accept", "text/csv").send().await.expect(207);
        assert!(again.text.lines().count() == 3 && again.text.contains("unchanged"), "{}", again.text);
        let bad = send("source=mis&unseen=review&ends_on=2026-10-01".into(), csv).send().await.problem(422, "validation_failed");
        let mut pointers = bad.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, ["ends_on", "organisation", "taken_at"]);
    }

    async fn a_body_and_its_parameters_say_one_thing(w: World) {
        let o = office(w).await;
        let send = |query: &str| w.post(format!("{SYNCS}?{query}")).by(&o.hr).json(o.taken(1, all(0..1), json!({})));
        let trial = send("source=mis&validate_only=true").send().await.expect(207);
        assert_eq!((&trial.body["validate_only"], o.missing(w).await), (&json!(true), 0));
        let differ = send("source=payroll&taken_at=2026-10-04T01:00:00Z&unseen=review").send().await.problem(422, "snapshot_contradicted");
        let mut pointers = differ.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/source", "/taken_at"]);
    }

    async fn a_snapshot_is_of_a_school_that_one_may_write(w: World) {
        let o = office(w).await;
        let head = o.trust.someone(w).at(o.trust.other_school).with(RoleName::Hr, o.trust.other_school).made().await;
        let before = last_event(w, o.trust.id).await;
        w.post(SYNCS).by(&head).json(o.taken(1, all(0..1), json!({}))).send().await.problem(403, "not_permitted");
        let teacher = o.trust.someone(w).at(o.trust.school).made().await;
        w.post(SYNCS).by(&teacher).json(o.taken(1, all(0..1), json!({}))).send().await.problem(403, "role_required");
        let (_, _, machine) = w.key(&o.trust, &[Permission::WritePeople], Some(vec![o.trust.other_school])).await;
        let hidden = w.post(SYNCS).bearer(&machine).json(o.taken(1, all(0..1), json!({}))).send().await.problem(422, "unknown_reference");
        for organisation in [json!({"id": "01900000-0000-7000-8000-00000000dead"}), json!({"urn": "999999"}), json!({"external_ref": {"source": "mis", "id": "x"}})] {
            let nothing = o.send(w, o.taken(1, all(0..1), json!({"organisation": organisation}))).await.problem(422, "unknown_reference");
            alike(&hidden, &nothing);
        }
        let group = w.organisation(o.trust.id, o.trust.school, trellis_domain::organisation::OrganisationKind::Group, "Maths").await;
        o.send(w, o.taken(1, all(0..1), json!({"organisation": {"id": group.to_string()}}))).await.problem(422, "not_an_employer");
        assert!(last_event(w, o.trust.id).await >= before);
        assert!(w.get("/v1/people?external_ref=mis:0").by(&o.hr).send().await.expect(200).items().is_empty());
    }

    async fn what_a_snapshot_says_of_itself_is_told_with_every_fault(w: World) {
        let o = office(w).await;
        let body = json!({"organisation": {}, "taken_at": "yesterday", "unseen": "forget", "colour": "green", "rows": all(0..1)});
        let unknown = o.send(w, body.clone()).await.problem(422, "validation_failed");
        assert_eq!(unknown.pointers(), ["/colour"]);
        let mut body = body;
        body.as_object_mut().unwrap().remove("colour");
        let bad = o.send(w, body).await.problem(422, "validation_failed");
        let mut pointers = bad.pointers();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/organisation", "/source", "/taken_at", "/unseen"]);
        assert!(!bad.text.contains("yesterday") && !bad.text.contains("forget"));
        o.send(w, o.taken(1, vec![], json!({}))).await.problem(422, "validation_failed");
        let twice = format!(r#"{{"source": "mis", "source": "mis", "rows": {}}}"#, json!(all(0..1)));
        w.post(SYNCS).by(&o.hr).raw("application/json", twice.as_bytes()).send().await.problem(400, "malformed_body");
    }

    async fn a_snapshot_whose_server_died_half_way_is_ended_by_the_next_and_only_once(w: World) {
        let o = office(w).await;
        o.sync(w, 1, all(0..200), json!({})).await;
        let mut rows = all(0..185);
        rows.extend(all(200..260));
        rows[3]["family_name"] = json!("");
        let body = o.taken(2, rows, json!({})).to_string();
        let asked = w.post(SYNCS).by(&o.hr).header("prefer", "respond-async").raw("application/json", body.as_bytes()).send().await.expect(202);
        let id = JobId(asked.id().parse().unwrap());
        // a server takes the job, does some parts of it, and is heard of no more
        let by = uuid::Uuid::from_u128(7);
        let claimed = w.does(o.trust.id, ClaimJob { id, by }).await.unwrap();
        for _ in 0..3 {
            let act = trellis_persistence::Act { principal: claimed.principal.clone(), ..w.operator(o.trust.id) };
            let part = RunPart::<WritePeople> { id, by, rows: 40, give_up: false, need: Under::new() };
            assert_eq!(w.db.write(act, part).await.unwrap(), Part::More);
        }
        assert_eq!(o.missing(w).await, 0, "nobody is missing before all rows are done");
        w.later(chrono::TimeDelta::seconds(LEASE_SECONDS + 1));
        runner::drain(&w.db, &w.shared).await.unwrap();
        let token = w.token(o.trust.id, &o.hr);
        let job = w.get(format!("/v1/jobs/{}", asked.id())).bearer(&token).send().await.expect(200).body;
        assert_eq!((&job["state"], &job["done"]), (&json!("completed"), &json!(245)), "{job}");
        assert_eq!(counts(&job), [60, 0, 0, 0, 15, 184, 1], "each row once: {job}");
        let missing = w.get("/v1/employments?missing=true&limit=200").bearer(&token).send().await.expect(200);
        assert_eq!(missing.items().len(), 15);
        // the server that was thought dead comes back too late
        let act = trellis_persistence::Act { principal: claimed.principal.clone(), ..w.operator(o.trust.id) };
        let part = RunPart::<WritePeople> { id, by, rows: 40, give_up: false, need: Under::new() };
        assert_eq!(w.db.write(act, part).await.unwrap(), Part::Lost);
    }
}
