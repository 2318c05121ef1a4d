//! The rules of each concept as a caller meets them: what is taken, and what is refused by its own name.

use crate::support::*;
use serde_json::{Value, json};
use trellis_domain::role::RoleName;

const ESTABLISHMENTS: &[u8] = include_bytes!("../data/gias/establishments.csv");
const LINKS: &[u8] = include_bytes!("../data/gias/links.csv");

fn no_id() -> String {
    "01938a5e-7c00-7000-8000-0000000000ff".into()
}

on_both! {
    async fn the_same_file_of_schools_again_changes_nothing(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let import = async |query: &str, file: &[u8]| w.post(format!("/v1/organisations/import{query}")).by(&admin).raw("text/csv", file).send().await.expect(207).body;
        let dry = import("?validate_only=true", ESTABLISHMENTS).await;
        assert_eq!((dry["counts"]["created"].as_u64(), dry["counts"]["failed"].as_u64()), (Some(8), Some(0)));
        assert_eq!(w.get("/v1/organisations?urn=100000").by(&admin).send().await.items().len(), 0);
        let first = import("", ESTABLISHMENTS).await;
        assert_eq!(first["counts"], json!({"created": 8, "updated": 0, "unchanged": 0, "failed": 0}));
        let schools = w.get("/v1/organisations?kind=school").by(&admin).send().await.body;
        let head = w.get("/v1/changes?after=head").by(&admin).send().await.body["next_cursor"].clone();
        let again = import("", ESTABLISHMENTS).await;
        assert_eq!(again["counts"], json!({"created": 0, "updated": 0, "unchanged": 8, "failed": 0}));
        assert_eq!(w.get("/v1/organisations?kind=school").by(&admin).send().await.body, schools);
        assert_eq!(w.get("/v1/changes?after=head").by(&admin).send().await.body["next_cursor"], head);
        let school = w.get("/v1/organisations?urn=100000").by(&admin).send().await;
        assert_eq!(school.items()[0]["identifiers"], json!([
            {"scheme": "urn", "value": "100000", "starts_on": null, "ends_on": null},
            {"scheme": "laestab", "value": "201/3614", "starts_on": null, "ends_on": null},
            {"scheme": "ukprn", "value": "10079319", "starts_on": null, "ends_on": null},
        ]));
        // none of the published links is of these eight schools: each row says so, and nothing is stored
        let links = import("?file=links", LINKS).await;
        assert_eq!(links["counts"]["created"], 0);
        assert!(links["results"].as_array().unwrap().iter().all(|r| r["problem"]["code"].is_string()));
        w.post("/v1/organisations/import").by(&admin).raw("text/csv", b"URN\n100000\n").send().await.problem(422, "unreadable_file");
        let ours = b"\"URN\",\"LinkURN\",\"LinkName\",\"LinkType\",\"LinkEstablishedDate\"\n\"100000\",\"137666\",\"Chudleigh Knighton\",\"Successor\",\"31-08-2021\"\n";
        assert_eq!(import("?file=links", ours).await["counts"]["created"], 1);
        assert_eq!(import("?file=links", ours).await["counts"]["unchanged"], 1);
        let id = school.items()[0]["id"].as_str().unwrap();
        let linked = w.get(format!("/v1/organisations/{id}/links")).by(&admin).send().await.expect(200);
        assert!(linked.items()[0]["linked_organisation_id"].is_string());
    }

    async fn a_long_file_of_schools_is_a_job(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let text = String::from_utf8_lossy(ESTABLISHMENTS).into_owned();
        let (head, row) = (text.lines().next().unwrap(), text.lines().nth(1).unwrap());
        assert!(row.contains("100000"), "{row}");
        // saved again by a spreadsheet: another mark, other days, a byte order mark; and one school twice, in different parts
        let file: String = (0..120).map(|n| format!("{}\r\n", row.replace("100000", &format!("{}", 900_000 + n % 119)).replace("10079319", ""))).collect();
        let file = format!("\u{feff}{head}\r\n{file}");
        let send = |query: &str| {
            let path = format!("/v1/organisations/import{query}");
            w.post(path).by(&admin).header("prefer", "respond-async").raw("text/csv; charset=utf-8", file.as_bytes()).send()
        };
        let mut told = vec![];
        for (query, created, unchanged) in [("?validate_only=true", 119, 0), ("", 119, 0), ("", 0, 119)] {
            let asked = send(query).await.expect(202);
            assert_eq!((&asked.body["kind"], &asked.body["total"]), (&json!("organisations_import"), &json!(120)));
            trellis_api::runner::drain(&w.db, &w.shared).await.unwrap();
            let job = w.get(&asked.headers["location"]).by(&admin).send().await.expect(200);
            assert_eq!(job.body["counts"], json!({"created": created, "updated": 0, "unchanged": unchanged, "left_out": 0, "failed": 1}), "{}", job.text);
            let results = w.get(format!("/v1/jobs/{}/results?limit=200", asked.id())).by(&admin).send().await.expect(200);
            told.push(results.items().to_vec());
        }
        assert_eq!(told[0][0]["external_ref"], json!({"source": "gias", "id": "900000"}));
        let last = &told[1][119];
        assert_eq!((&last["line"], &last["problem"]["code"], &last["problem"]["errors"][0]["pointer"]), (&json!(121), &json!("duplicate"), &json!("/URN")));
        assert_eq!(w.get("/v1/organisations?urn=900118").by(&admin).send().await.items().len(), 1);
        // where schools cannot lie nothing is opened
        let misplaced = send(&format!("?parent_id={}", trust.school)).await.problem(422, "misplaced_organisation");
        assert!(misplaced.body["job_id"].is_null());
        w.post("/v1/organisations/import").by(&admin).json(json!({})).send().await.problem(415, "unsupported_media_type");
    }

    async fn organisations_have_one_place_and_their_own_identifiers(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let new = |parent: &str, kind: &str, identifiers: Value| json!({"parent_id": parent, "kind": kind, "name": "A place", "identifiers": identifiers});
        let post = async |body: Value| w.post("/v1/organisations").by(&admin).json(body).send().await;
        post(new(&trust.school.to_string(), "school", json!([]))).await.problem(422, "misplaced_organisation");
        post(new(&no_id(), "school", json!([]))).await.problem(422, "unknown_reference");
        let bad = post(new(&trust.root.to_string(), "school", json!([{"scheme": "urn", "value": "1"}, {"scheme": "ukprn", "value": "x"}]))).await;
        assert_eq!(bad.problem(422, "invalid_identifier").pointers(), ["/identifiers/0/value", "/identifiers/1/value"]);
        post(new(&trust.root.to_string(), "school", json!([{"scheme": "urn", "value": "100000"}]))).await.expect(201);
        post(new(&trust.root.to_string(), "school", json!([{"scheme": "urn", "value": "100000"}]))).await.problem(409, "duplicate");
        let group = post(new(&trust.school.to_string(), "group", json!([]))).await.expect(201);
        let path = format!("/v1/organisations/{}", group.id());
        w.patch(&path).by(&admin).json(json!({"name": null})).send().await.problem(422, "validation_failed");
        w.patch(&path).by(&admin).json(json!({"opened_on": "2026-01-02", "closed_on": "2026-01-01"})).send().await.problem(422, "period_backwards");
        let new = json!({"person_id": admin.person.to_string(), "organisation_id": group.id(), "job_title": "T", "staff_category": "teacher", "starts_on": "2026-09-01"});
        w.post("/v1/employments").by(&admin).json(new).send().await.problem(422, "not_an_employer");
    }

    async fn people_relationships_and_roles_keep_their_rules(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let one = trust.someone(w).at(trust.school).made().await;
        let two = trust.someone(w).at(trust.school).made().await;
        let (a, b) = (one.person.to_string(), two.person.to_string());
        w.post("/v1/people").by(&hr).json(json!({"given_name": "A", "family_name": "B", "trn": "0012345"})).send().await.expect(201);
        w.post("/v1/people").by(&hr).json(json!({"given_name": "C", "family_name": "D", "trn": "0012345"})).send().await.problem(409, "duplicate");
        let colleague = w.get(format!("/v1/people/{a}")).by(&two).send().await.expect(200);
        assert_eq!(colleague.body["redacted"], json!(["trn", "external_refs", "provenance"]));
        assert!(colleague.body.get("trn").is_none());
        let employ = |starts: &str| json!({"person_id": a, "organisation_id": trust.school.to_string(), "job_title": "T", "staff_category": "teacher", "starts_on": starts});
        w.post("/v1/employments").by(&hr).json(employ("2026-09-01")).send().await.problem(409, "overlapping_employment");
        let relate = |person: &str, holder: &str, kind: &str| json!({"kind": kind, "person_id": person, "holder_id": holder, "starts_on": "2026-09-01"});
        let post = async |body: Value| w.post("/v1/relationships").by(&hr).json(body).send().await;
        post(relate(&a, &a, "coach")).await.problem(422, "self_relationship");
        post(relate(&a, &hr.person.to_string(), "appraiser")).await.problem(403, "not_for_yourself");
        let made = post(relate(&a, &b, "line_manager")).await.expect(201);
        post(relate(&a, &b, "line_manager")).await.problem(409, "overlapping_relationship");
        assert!(post(relate(&b, &a, "line_manager")).await.problem(409, "line_management_cycle").text.contains("is managed by"));
        let end = async |on: &str| w.post(format!("/v1/relationships/{}/end", made.id())).by(&hr).json(json!({"ends_on": on})).send().await;
        end("2026-08-31").await.problem(422, "period_backwards");
        end("2026-10-01").await.expect(200);
        end("2026-12-01").await.problem(409, "already_ended");
        let grant = json!({"person_id": a, "role": "governor", "organisation_id": trust.school.to_string(), "starts_on": "2026-09-01"});
        w.post("/v1/roles").by(&admin).json(grant.clone()).send().await.expect(201);
        w.post("/v1/roles").by(&admin).json(grant).send().await.problem(409, "overlapping_role");
        let mine = json!({"person_id": admin.person.to_string(), "role": "hr", "organisation_id": trust.root.to_string(), "starts_on": "2026-09-01"});
        w.post("/v1/roles").by(&admin).json(mine).send().await.problem(403, "not_for_yourself");
        let machine = json!({"name": "Too much", "scopes": ["people:read", "learning:write"]});
        assert_eq!(w.post("/v1/service-accounts").by(&admin).json(machine).send().await.problem(422, "scope_not_grantable").pointers(), ["/scopes/1"]);
    }

    async fn a_cycle_says_what_blocks_it_and_moves_only_forward(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let seeds = w.get("/v1/framework-versions").by(&admin).send().await.expect(200);
        let keys: Vec<&str> = seeds.items().iter().filter_map(|v| v["key"].as_str()).collect();
        assert_eq!(keys, ["teachers-standards", "headteachers-standards", "standard-for-teachers-professional-development", "effective-professional-development-mechanisms"]);
        let framework = |standards: Value| json!({"key": "ours", "name": "Ours", "label": "1", "standards": standards});
        let twice = framework(json!([{"code": "A", "title": "a"}, {"code": "A", "title": "b"}]));
        w.post("/v1/framework-versions").by(&admin).json(twice).send().await.problem(422, "repeated_code");
        let draft = w.post("/v1/framework-versions").by(&admin).json(framework(json!([{"code": "A", "title": "a"}]))).send().await.expect(201);
        let new = |versions: Value| json!({"organisation_id": trust.root.to_string(), "name": "2026/27", "framework_version_ids": versions});
        w.post("/v1/cycles").by(&admin).json(new(json!([draft.id()]))).send().await.problem(422, "not_published");
        w.post(format!("/v1/framework-versions/{}/publish", draft.id())).by(&admin).send().await.expect(200);
        w.post(format!("/v1/framework-versions/{}/publish", draft.id())).by(&admin).send().await.problem(409, "published");
        let cycle = w.post("/v1/cycles").by(&admin).json(new(json!([]))).send().await.expect(201);
        let at = format!("/v1/cycles/{}", cycle.id());
        assert_eq!(cycle.body["can"]["publish"]["code"], "not_ready");
        assert_eq!(w.post(format!("{at}/publish")).by(&admin).send().await.problem(409, "not_ready").pointers().len(), 8);
        w.patch(&at).by(&admin).json(json!({"rule_profile": "atlantis_2012", "rule_profile_version": 1})).send().await.problem(422, "unknown_profile");
        w.post(format!("{at}/open-review")).by(&admin).send().await.problem(409, "wrong_state");
    }

    async fn objectives_are_agreed_by_the_other_side_and_keep_what_they_said(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let second = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        w.appoint(&trust, trellis_domain::relationship::RelationshipKind::Appraiser, teacher.person, second.person).await;
        let new = |kind: &str| json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": kind, "title": "Questioning"});
        w.post("/v1/objectives").by(&teacher).json(new("growth_inquiry")).send().await.problem(422, "inquiry_needs_question");
        let theirs = w.post("/v1/objectives").by(&appraiser).json(new("practice")).send().await.expect(201);
        let at = format!("/v1/objectives/{}", theirs.id());
        let step = async |name: &str, by: &Someone, body: Option<Value>| {
            let asking = w.post(format!("{at}/{name}")).by(by).if_match("*");
            match body { Some(body) => asking.json(body), None => asking }.send().await
        };
        step("propose", &appraiser, None).await.expect(200);
        // a second appraiser cannot agree in the appraisee's place
        step("agree", &second, None).await.problem(403, "not_for_yourself");
        step("agree", &teacher, None).await.expect(200);
        step("revise", &teacher, Some(json!({"reason": "New timetable", "changes": {"title": "Better questioning"}}))).await.expect(200);
        let revisions = w.get(format!("{at}/revisions")).by(&appraiser).send().await.expect(200);
        assert_eq!((revisions.items()[0]["words"]["title"].as_str(), revisions.items()[0]["reason"].as_str()), (Some("Questioning"), Some("New timetable")));
        step("set-with-dissent", &appraiser, Some(json!({"dissent": "no"}))).await.problem(403, "not_permitted");
        assert_eq!(revisions.items()[0]["dissent"], Value::Null);
        // what was set in spite of a dissent keeps the dissent with the words that it was against
        let set = w.post("/v1/objectives").by(&appraiser).json(new("practice")).send().await.expect(201);
        let set = format!("/v1/objectives/{}", set.id());
        for (name, by, body) in [
            ("propose", &appraiser, Value::Null),
            ("set-with-dissent", &appraiser, json!({"dissent": "I teach no Year 9"})),
            ("revise", &appraiser, json!({"reason": "The timetable", "changes": {"title": "Year 8"}})),
            ("agree", &teacher, Value::Null),
        ] {
            let asking = w.post(format!("{set}/{name}")).by(by).if_match("*");
            if body.is_null() { asking } else { asking.json(body) }.send().await.expect(200);
        }
        assert_eq!(w.get(&set).by(&teacher).send().await.expect(200).body["dissent"], Value::Null, "to the new words she agreed");
        for reader in [&teacher, &appraiser] {
            let kept = w.get(format!("{set}/revisions")).by(reader).send().await.expect(200);
            assert_eq!((&kept.items()[0]["words"]["title"], &kept.items()[0]["dissent"]), (&json!("Questioning"), &json!("I teach no Year 9")), "{}", kept.text);
        }
        // a draft withdrawn before anybody saw it stays its author's alone
        let draft = w.post("/v1/objectives").by(&teacher).json(new("practice")).send().await.expect(201);
        w.post(format!("/v1/objectives/{}/withdraw", draft.id())).by(&teacher).if_match("*").json(json!({"reason": "Second thoughts"})).send().await.expect(200);
        w.get(format!("/v1/objectives/{}", draft.id())).by(&appraiser).send().await.problem(404, "not_found");
        w.later(chrono::TimeDelta::days(-3000));
        w.post("/v1/objectives").by(&Someone { token: w.token(trust.id, &teacher), ..teacher.clone() }).json(new("practice")).send().await.problem(422, "outside_employment");
    }

    async fn learning_is_its_owners_until_shared(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let new = |day: &str| json!({"title": "Reading", "kind": "reading", "started_on": day, "minutes": 90, "reflection": "Mine."});
        w.post("/v1/learning-records").by(&teacher).json(new("2027-01-01")).send().await.problem(422, "impossible_dates");
        let record = w.post("/v1/learning-records").by(&teacher).json(new("2026-10-01")).send().await.expect(201);
        let at = format!("/v1/learning-records/{}", record.id());
        w.get(&at).by(&appraiser).send().await.problem(404, "not_found");
        // a reflection may say which question it answers, and other words answer none
        let prompts = w.get("/v1/reflection-prompts?kind=reading").by(&teacher).send().await.expect(200).body["prompts"].clone();
        let asks = |about: &str| prompts.as_array().unwrap().iter().find(|p| p["about"] == about).unwrap_or_else(|| panic!("nothing about {about}: {prompts}"))["key"].clone();
        let suit = |p: &Value| p["kinds"] == json!([]) || p["kinds"].as_array().unwrap().contains(&json!("reading"));
        assert!(prompts.as_array().unwrap().iter().all(suit), "{prompts}");
        let all = w.get("/v1/reflection-prompts").by(&teacher).send().await.expect(200).body["prompts"].as_array().unwrap().len();
        assert!(all > prompts.as_array().unwrap().len(), "some are for visits, and some for courses");
        let reflect = async |said: Value| w.post(format!("{at}/reflect")).by(&teacher).json(said).send().await;
        let unknown = reflect(json!({"reflection": "Mine.", "prompt": "what-would-please-you"})).await;
        assert_eq!(unknown.problem(422, "unknown_reference").pointers(), ["/prompt"]);
        assert_eq!(record.body["reflection_prompt"], Value::Null);
        let answered = reflect(json!({"reflection": "They talk to one another first.", "prompt": asks("effect")})).await.expect(200);
        assert_eq!(answered.body["reflection_prompt"], asks("effect"));
        assert_eq!(w.patch(&at).by(&teacher).json(json!({"minutes": 95})).send().await.expect(200).body["reflection_prompt"], asks("effect"));
        assert_eq!(w.patch(&at).by(&teacher).json(json!({"reflection": "Mine."})).send().await.expect(200).body["reflection_prompt"], Value::Null);
        w.post(format!("{at}/share")).by(&teacher).send().await.expect(200);
        w.get(&at).by(&appraiser).send().await.expect(200);
        w.patch(&at).by(&appraiser).json(json!({"title": "Theirs"})).send().await.problem(403, "not_permitted");
        let history = w.get(format!("{at}/history")).by(&appraiser).send().await.expect(200);
        assert_eq!(history.items().len(), 1, "what happened before it was shared stays its owner's");
        w.post(format!("{at}/unshare")).by(&teacher).send().await.expect(200);
        w.get(&at).by(&appraiser).send().await.problem(404, "not_found");
    }

    async fn a_cursor_of_another_log_is_told_so(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let cursor = w.get("/v1/changes?limit=3").by(&admin).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        let other = w.trust("crest").await;
        let theirs = other.someone(w).with(RoleName::TrustAdmin, other.root).made().await;
        w.get(format!("/v1/changes?after={cursor}")).by(&theirs).send().await.problem(410, "cursor_expired");
        w.get("/v1/changes?after=nonsense").by(&theirs).send().await.problem(400, "invalid_cursor");
    }
}
