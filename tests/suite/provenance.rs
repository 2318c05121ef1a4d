//! Whose a field is: sources write what is theirs, what was changed by hand stays until they agree or somebody gives it back.

use crate::{permissions::last_event, support::*};
use serde_json::{Value, json};
use trellis_domain::{access::Permission, role::RoleName};

const PEOPLE: &str = "/v1/people/bulk-upsert";

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
    /// What the other system says of one teacher.
    fn row(&self, family: &str, title: &str) -> Value {
        json!({
            "external_ref": {"source": "mis", "id": "1"}, "given_name": "Ada", "family_name": family,
            "employments": [{"organisation": {"id": self.trust.school.to_string()}, "job_title": title, "staff_category": "teacher", "starts_on": "2025-09-01", "ends_on": null}],
        })
    }
    async fn send(&self, w: &World, query: &str, row: Value) -> Value {
        w.post(format!("{PEOPLE}{query}")).by(&self.hr).json(json!({"rows": [row]})).send().await.expect(207).body["results"][0].clone()
    }
    async fn get(&self, w: &World, path: &str) -> Reply {
        w.get(path).by(&self.hr).send().await.expect(200)
    }
    async fn patch(&self, w: &World, path: &str, body: Value) -> Reply {
        w.patch(path).by(&self.hr).json(body).send().await.expect(200)
    }
    async fn employment(&self, w: &World, person: &str) -> String {
        let list = self.get(w, &format!("/v1/employments?person_id={person}")).await;
        format!("/v1/employments/{}", list.items()[0]["id"].as_str().unwrap())
    }
}
/// What is said of where a field comes from.
fn field<'r>(reply: &'r Reply, name: &str) -> &'r Value {
    reply.body["provenance"].as_array().unwrap().iter().find(|f| f["field"] == name).unwrap_or_else(|| panic!("{name} is nobody's: {}", reply.text))
}
fn told(result: &Value) -> (&str, &Value, &Value, &Value) {
    (result["action"].as_str().unwrap(), &result["changed"], &result["overridden"], &result["managed_by_other"])
}

on_both! {
    async fn what_was_changed_by_hand_stays_until_the_source_says_the_same(w: World) {
        let o = office(w).await;
        let id = o.send(w, "", o.row("Byron", "Teacher")).await["id"].as_str().unwrap().to_owned();
        let at = format!("/v1/people/{id}");
        let person = o.get(w, &at).await;
        assert_eq!(field(&person, "family_name"), &json!({"field": "family_name", "source": "mis", "overridden": null}));
        assert_eq!(person.body["provenance"].as_array().unwrap().len(), 2, "only what the row said: {}", person.text);
        assert!(o.get(w, "/v1/people?overridden=true").await.items().is_empty());

        let changed = o.patch(w, &at, json!({"family_name": "Lovelace"})).await;
        let over = &field(&changed, "family_name")["overridden"];
        assert_eq!(over, &json!({"at": "2026-10-05T09:00:00Z", "by": {"type": "person", "id": o.hr.person.to_string()}}));
        let listed = o.get(w, "/v1/people?overridden=true").await;
        assert_eq!((listed.items().len(), listed.items()[0]["id"].as_str()), (1, Some(id.as_str())));
        assert!(o.get(w, "/v1/people?overridden=false").await.items().iter().all(|p| p["id"] != id.as_str()));

        // the next runs: the name is kept, the rest is taken, and the same again changes nothing
        let run = o.send(w, "", o.row("Byron", "Head of Mathematics")).await;
        assert_eq!(told(&run), ("updated", &json!(["employments"]), &json!(["family_name"]), &json!([])), "{run}");
        let (before, tag) = (last_event(w, o.trust.id).await, o.get(w, &at).await.etag());
        let run = o.send(w, "", o.row("Byron", "Head of Mathematics")).await;
        assert_eq!(told(&run), ("unchanged", &json!([]), &json!(["family_name"]), &json!([])), "{run}");
        assert!(!run.to_string().contains("Lovelace"), "the kept value is read with the record: {run}");
        assert_eq!((last_event(w, o.trust.id).await, o.get(w, &at).await.etag()), (before, tag));

        // they agree: the field is the source's again, and that is an event of its own
        let run = o.send(w, "", o.row("Lovelace", "Head of Mathematics")).await;
        assert_eq!(told(&run), ("updated", &json!(["provenance"]), &json!([]), &json!([])), "{run}");
        assert_eq!(last_event(w, o.trust.id).await, before + 1);
        assert_eq!(field(&o.get(w, &at).await, "family_name")["overridden"], Value::Null);
        let run = o.send(w, "", o.row("King", "Head of Mathematics")).await;
        assert_eq!(told(&run).1, &json!(["family_name"]), "{run}");
    }

    async fn a_field_is_given_back_to_its_source(w: World) {
        let o = office(w).await;
        let id = o.send(w, "", o.row("Byron", "Teacher")).await["id"].as_str().unwrap().to_owned();
        let (person, employment) = (format!("/v1/people/{id}"), o.employment(w, &id).await);
        o.patch(w, &person, json!({"family_name": "Lovelace", "preferred_name": "Addie"})).await;
        o.patch(w, &employment, json!({"job_title": "Countess", "ends_on": "2027-08-31"})).await;
        let run = o.send(w, "", o.row("Byron", "Teacher")).await;
        let kept = json!(["family_name", "employments/0/job_title", "employments/0/ends_on"]);
        assert_eq!(told(&run), ("unchanged", &json!([]), &kept, &json!([])), "{run}");
        assert_eq!(o.get(w, "/v1/employments?overridden=true").await.items().len(), 1);

        let release = async |at: &str, fields: Value| w.post(format!("{at}/release-fields")).by(&o.hr).json(json!({"fields": fields})).send().await;
        let given = release(&person, json!(["family_name"])).await.expect(200);
        assert_eq!((field(&given, "family_name")["overridden"].clone(), &given.body["family_name"]), (Value::Null, &json!("Lovelace")), "until the next run");
        assert!(given.can("release_fields"));
        // what is no local value stays as it is
        let before = last_event(w, o.trust.id).await;
        assert_eq!(release(&person, json!(["family_name", "preferred_name"])).await.expect(200).etag(), given.etag());
        assert_eq!(last_event(w, o.trust.id).await, before);
        release(&employment, json!(["ends_on"])).await.expect(200);
        let run = o.send(w, "", o.row("Byron", "Teacher")).await;
        assert_eq!(told(&run), ("updated", &json!(["family_name", "employments"]), &json!(["employments/0/job_title"]), &json!([])), "{run}");
        assert_eq!(release(&person, json!(["external_refs"])).await.problem(422, "validation_failed").pointers(), ["/fields/0"]);
        w.post(format!("{person}/release-fields")).by(&o.hr).if_match("\"1\"").json(json!({"fields": ["trn"]})).send().await.problem(412, "stale");
    }

    async fn who_came_first_keeps_a_field_unless_another_takes_over(w: World) {
        let o = office(w).await;
        let id = o.send(w, "", o.row("Byron", "Teacher")).await["id"].as_str().unwrap().to_owned();
        let at = format!("/v1/people/{id}");
        let payroll = |family: &str| {
            json!({"external_ref": {"source": "payroll", "id": "P1"}, "external_refs": [{"source": "mis", "id": "1"}], "family_name": family, "email": "ada@school.example"})
        };
        let run = o.send(w, "", payroll("Noel")).await;
        assert_eq!(told(&run), ("updated", &json!(["email", "external_refs"]), &json!([]), &json!(["family_name"])), "{run}");
        let person = o.get(w, &at).await;
        assert_eq!((&field(&person, "family_name")["source"], &field(&person, "email")["source"]), (&json!("mis"), &json!("payroll")));
        assert_eq!(told(&o.send(w, "", payroll("Byron")).await), ("unchanged", &json!([]), &json!([]), &json!([])), "they say the same");
        let run = o.send(w, "?take_over=true", payroll("Noel")).await;
        assert_eq!(told(&run), ("updated", &json!(["family_name"]), &json!([]), &json!([])), "{run}");
        let run = o.send(w, "", o.row("Byron", "Teacher")).await;
        assert_eq!(told(&run), ("unchanged", &json!([]), &json!([]), &json!(["family_name"])), "{run}");
        // a local value stays, whoever takes over
        o.patch(w, &at, json!({"family_name": "Lovelace"})).await;
        let run = o.send(w, "?take_over=true", o.row("Byron", "Teacher")).await;
        assert_eq!(told(&run), ("updated", &json!(["provenance"]), &json!(["family_name"]), &json!([])), "{run}");
        assert_eq!(field(&o.get(w, &at).await, "family_name")["source"], "mis");
    }

    async fn a_last_day_set_here_is_not_a_snapshots_to_take_back(w: World) {
        let o = office(w).await;
        let row = |n: usize| json!({
            "external_ref": {"source": "mis", "id": n.to_string()}, "given_name": "Ada", "family_name": format!("Row {n}"),
            "employments": [{"job_title": "Teacher", "staff_category": "teacher", "starts_on": "2025-09-01"}],
        });
        let sync = async |day: u32, people: std::ops::Range<usize>, more: Value| {
            let mut body = json!({"organisation": {"id": o.trust.school.to_string()}, "source": "mis", "unseen": "end", "taken_at": format!("2026-10-{day:02}T01:00:00Z"), "rows": people.map(row).collect::<Vec<_>>()});
            more.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
            w.post("/v1/syncs").by(&o.hr).json(body).send().await.expect(207).body
        };
        sync(1, 0..5, json!({})).await;
        sync(2, 0..4, json!({})).await;
        let person = o.get(w, "/v1/people?external_ref=mis:4").await.items()[0]["id"].as_str().unwrap().to_owned();
        let at = o.employment(w, &person).await;
        let ended = o.get(w, &at).await;
        assert_eq!((&ended.body["ends_on"], &field(&ended, "ends_on")["source"]), (&json!("2026-10-01"), &json!("mis")));
        o.patch(w, &at, json!({"ends_on": null})).await;
        sync(3, 0..4, json!({})).await;
        let kept = o.get(w, &at).await;
        assert_eq!((&kept.body["ends_on"], &kept.body["missing_since"]), (&Value::Null, &json!("2026-10-03")), "marked, not ended");
    }

    async fn a_trial_of_a_snapshot_says_whether_it_would_be_asked_about(w: World) {
        let o = office(w).await;
        let sync = async |day: u32, n: usize, trial: bool| {
            let row = |n: usize| json!({
                "external_ref": {"source": "mis", "id": n.to_string()}, "given_name": "Ada", "family_name": "Row",
                "employments": [{"job_title": "Teacher", "staff_category": "teacher", "starts_on": "2025-09-01"}],
            });
            let body = json!({"organisation": {"id": o.trust.school.to_string()}, "source": "mis", "taken_at": format!("2026-10-{day:02}T01:00:00Z"), "validate_only": trial, "rows": (0..n).map(row).collect::<Vec<_>>()});
            w.post("/v1/syncs").by(&o.hr).json(body).send().await.expect(207).body["sync"]["threshold"].clone()
        };
        assert_eq!(sync(1, 5, false).await, json!({"current": 0, "ended": 0, "missing": 0, "exceeded": false}));
        assert_eq!(sync(2, 4, true).await, json!({"current": 5, "ended": 0, "missing": 1, "exceeded": false}));
        assert_eq!(sync(2, 3, true).await, json!({"current": 5, "ended": 0, "missing": 2, "exceeded": true}));
    }

    async fn a_school_renamed_by_hand_stays_renamed(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let send = async |name: &str, phase: Value| {
            let row = json!({"external_ref": {"source": "mis", "id": "S1"}, "kind": "school", "name": name, "phase": phase});
            w.post("/v1/organisations/bulk-upsert").by(&admin).json(json!({"rows": [row]})).send().await.expect(207).body["results"][0].clone()
        };
        let id = send("Hill Primary", json!("primary")).await["id"].as_str().unwrap().to_owned();
        let at = format!("/v1/organisations/{id}");
        w.patch(&at).by(&admin).json(json!({"name": "Hill Community Primary"})).send().await.expect(200);
        let run = send("Hill Primary", json!("nursery")).await;
        assert_eq!(told(&run), ("updated", &json!(["phase"]), &json!(["name"]), &json!([])), "{run}");
        assert_eq!(w.get("/v1/organisations?overridden=true").by(&admin).send().await.items().len(), 1);
        w.post(format!("{at}/release-fields")).by(&admin).json(json!({"fields": ["name"]})).send().await.expect(200);
        assert_eq!(told(&send("Hill Primary", json!("nursery")).await).1, &json!(["name"]));
    }

    async fn colleagues_see_names_and_not_where_they_come_from(w: World) {
        let o = office(w).await;
        let id = o.send(w, "", o.row("Byron", "Teacher")).await["id"].as_str().unwrap().to_owned();
        o.patch(w, &format!("/v1/people/{id}"), json!({"family_name": "Lovelace"})).await;
        let colleague = o.trust.someone(w).at(o.trust.school).made().await;
        let seen = w.get(format!("/v1/people/{id}")).by(&colleague).send().await.expect(200);
        assert!(seen.body.get("provenance").is_none() && seen.body["redacted"].to_string().contains("provenance"), "{}", seen.text);
        assert!(w.get("/v1/people?overridden=true").by(&colleague).send().await.expect(200).items().is_empty());
        w.post(format!("/v1/people/{id}/release-fields")).by(&colleague).json(json!({"fields": ["family_name"]})).send().await.problem(403, "role_required");
        let (_, _, key) = w.key(&o.trust, &[Permission::ReadPeople, Permission::WritePeople], Some(vec![o.trust.other_school])).await;
        w.post(format!("/v1/people/{id}/release-fields")).bearer(&key).json(json!({"fields": ["family_name"]})).send().await.problem(404, "not_found");
    }

    async fn one_number_of_two_ids_is_no_match(w: World) {
        let o = office(w).await;
        let known = |id: &str, more: Value| {
            let mut row = json!({"external_ref": {"source": "mis", "id": id}, "given_name": "Ada", "family_name": format!("Row {id}"), "trn": "1234567"});
            more.as_object().unwrap().iter().for_each(|(name, value)| row[name] = value.clone());
            row
        };
        let first = o.send(w, "", known("1", json!({}))).await;
        let other = o.send(w, "", known("2", json!({}))).await;
        let fault = &other["problem"]["errors"][0];
        assert_eq!((&fault["code"], &fault["pointer"]), (&json!("ambiguous_match"), &json!("/rows/0/trn")), "{other}");
        let person = o.get(w, &format!("/v1/people/{}", first["id"].as_str().unwrap())).await;
        assert_eq!((&person.body["family_name"], person.body["external_refs"].as_array().unwrap().len()), (&json!("Row 1"), 1), "nobody was renamed");
        // another system knows the same number, and whoever says that both ids are one person is believed
        let payroll = json!({"external_ref": {"source": "payroll", "id": "9"}, "trn": "1234567"});
        assert_eq!(o.send(w, "", payroll).await["id"], first["id"]);
        let both = o.send(w, "", known("2", json!({"external_refs": [{"source": "mis", "id": "1"}]}))).await;
        assert_eq!((&both["action"], &both["id"]), (&json!("updated"), &first["id"]), "{both}");
    }

    async fn results_are_listed_by_what_became_of_the_rows(w: World) {
        let o = office(w).await;
        let row = |id: &str, family: &str| json!({"external_ref": {"source": "mis", "id": id}, "given_name": "Ada", "family_name": family});
        let rows: Vec<Value> = (0..6).map(|n| row(&n.to_string(), if n % 2 == 0 { "Row" } else { "" })).collect();
        let job = w.post(PEOPLE).by(&o.hr).raw("application/json", json!({"rows": rows}).to_string().as_bytes()).send().await.expect(207).body["job_id"].as_str().unwrap().to_owned();
        let list = async |query: &str| w.get(format!("/v1/jobs/{job}/results?{query}")).by(&o.hr).send().await;
        let indices = |reply: &Reply| reply.items().iter().map(|r| r["index"].as_i64().unwrap()).collect::<Vec<_>>();
        assert_eq!(indices(&list("action=failed").await.expect(200)), [1, 3, 5]);
        assert_eq!(indices(&list("action=failed,created").await.expect(200)), [0, 1, 2, 3, 4, 5]);
        let first = list("action=failed&limit=2").await.expect(200);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        assert_eq!(indices(&list(&format!("action=failed&limit=2&cursor={cursor}")).await.expect(200)), [5]);
        list(&format!("action=created&limit=2&cursor={cursor}")).await.problem(400, "cursor_filter_mismatch");
        list("action=lost").await.problem(400, "invalid_parameter");
        let table = w.get(format!("/v1/jobs/{job}/results?action=failed")).by(&o.hr).header("accept", "text/csv").send().await.expect(200);
        assert_eq!(table.text.lines().count(), 4);
    }
}
