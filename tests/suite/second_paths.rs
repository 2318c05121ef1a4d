//! Ways round: what is refused at the front door is refused at every other one.

use crate::support::*;
use serde_json::{Value, json};
use trellis_domain::{
    access::Permission,
    id::{JobId, OrganisationId},
    job::JobKind,
    role::RoleName,
};
use trellis_persistence::{
    Act, Principal, StoreError,
    disclosure::RecordReadings,
    event::FeedHead,
    idempotency::{Key, Stored},
    job::{CreateJob, Mode, RunPart},
    transaction::needs::{ReadAccounts, ReadChanges, ReadObjectives, Under, WritePeople},
};
use uuid::Uuid;

/// Somebody who has left a school for another one.
async fn moved(w: &World, trust: &Trust, admin: &Someone) -> Someone {
    let teacher = trust.someone(w).at(trust.other_school).made().await;
    let past = json!({"person_id": teacher.person.to_string(), "organisation_id": trust.school.to_string(), "job_title": "Teacher", "staff_category": "teacher",
        "starts_on": "2020-09-01", "ends_on": "2023-08-31"});
    w.post("/v1/employments").by(admin).json(past).send().await.expect(201);
    teacher
}

/// The appraisal of somebody in a cycle of their school.
async fn appraisal_of(w: &World, trust: &Trust, hr: &Someone, who: &Someone) -> String {
    let profile = w.get("/v1/rule-profiles").by(hr).send().await.expect(200).items()[0].clone();
    let framework = w.get("/v1/framework-versions?key=teachers-standards").by(hr).send().await.expect(200).items()[0]["id"].clone();
    let cycle = json!({"organisation_id": trust.school.to_string(), "name": "2026/27", "starts_on": "2026-09-01", "ends_on": "2027-08-31",
        "rule_profile": profile["key"], "rule_profile_version": profile["number"], "staff_categories": ["teacher"], "objectives_due_on": "2026-10-31",
        "review_due_on": "2027-07-01", "report_due_on": "2027-10-31", "framework_version_ids": [framework]});
    let cycle = w.post("/v1/cycles").by(hr).json(cycle).send().await.expect(201).id();
    for step in ["publish", "open-planning"] {
        w.post(format!("/v1/cycles/{cycle}/{step}")).by(hr).if_match("*").send().await.expect(200);
    }
    w.create_appraisals(&format!("/v1/cycles/{cycle}"), hr).await;
    let found = w.get(format!("/v1/appraisals?cycle_id={cycle}&person_id={}", who.person)).by(hr).send().await.expect(200);
    found.items()[0]["id"].as_str().unwrap().to_owned()
}

on_both! {
    async fn what_is_asked_under_several_permissions_is_judged_by_the_one_that_was_named(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let act = || Act { principal: Principal::Session { session: teacher.session, account: teacher.account }, ..w.operator(trust.id) };
        let refused = |outcome: Option<StoreError>| assert!(matches!(outcome, Some(StoreError::Denied(_))), "{outcome:?}");
        let job = || CreateJob { kind: JobKind::PeopleBulkUpsert, mode: Mode::default(), need: Under::<WritePeople>::new() };
        let (id, by) = (JobId(Uuid::from_u128(1)), Uuid::from_u128(2));
        refused(w.db.read(act(), FeedHead { need: Under::<ReadChanges>::new() }).await.err());
        refused(w.db.write(act(), job()).await.err());
        let key = Key { key: "again".into(), operation: "bulk_upsert_people".into(), request_digest: Vec::new() };
        let answer = |_: &_| Stored { status: 202, headers: Vec::new(), body: String::new() };
        refused(w.db.write_once(act(), job(), Some(key), Box::new(answer)).await.err());
        refused(w.db.write(act(), RunPart { id, by, rows: 1, give_up: false, need: Under::<WritePeople>::new() }).await.err());
        refused(w.db.write(act(), RunPart::of(JobKind::PeopleBulkUpsert, id, by, 1, false)).await.err());
        refused(w.db.write(act(), RecordReadings { readings: Vec::new(), need: Under::<ReadAccounts>::new() }).await.err());
        // and let in by one that they hold
        assert!(w.db.read(act(), FeedHead { need: Under::<ReadObjectives>::new() }).await.is_ok());
    }

    async fn a_former_employer_decides_nothing_about_who_works_elsewhere_now(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let former = trust.someone(w).at(trust.school).with(RoleName::SchoolAdmin, trust.school).made().await;
        let accomplice = trust.someone(w).at(trust.school).made().await;
        let teacher = moved(w, &trust, &admin).await;
        let appoint = json!({"kind": "appraiser", "person_id": teacher.person.to_string(), "holder_id": accomplice.person.to_string(), "starts_on": "2026-09-01"});
        w.post("/v1/relationships").by(&former).json(appoint.clone()).send().await.problem(403, "not_permitted");
        let person = format!("/v1/people/{}", teacher.person);
        assert!(!w.get(&person).by(&former).send().await.expect(200).can("update"));
        w.patch(&person).by(&former).json(json!({"preferred_name": "Taken"})).send().await.problem(403, "not_permitted");
        w.post("/v1/relationships").by(&admin).json(appoint).send().await.expect(201);
        // of somebody who works nowhere any more, the school at which they did keeps the records
        let leaver = trust.someone(w).at(trust.school).made().await;
        let post = w.get(format!("/v1/employments?person_id={}", leaver.person)).by(&former).send().await.items()[0]["id"].as_str().unwrap().to_owned();
        w.patch(format!("/v1/employments/{post}")).by(&former).json(json!({"ends_on": "2026-09-30"})).send().await.expect(200);
        w.patch(format!("/v1/people/{}", leaver.person)).by(&former).json(json!({"preferred_name": "Kept"})).send().await.expect(200);
    }

    async fn nobody_takes_a_colleague_of_another_school_over_by_employing_them(w: World) {
        let trust = w.trust("beacon").await;
        // employed by the trust itself, so that everybody of it is a colleague
        let taker = trust.someone(w).at(trust.root).with(RoleName::SchoolAdmin, trust.school).made().await;
        let teacher = trust.someone(w).at(trust.other_school).made().await;
        w.get(format!("/v1/people/{}", teacher.person)).by(&taker).send().await.expect(200);
        let short = json!({"person_id": teacher.person.to_string(), "organisation_id": trust.school.to_string(), "job_title": "Visitor", "staff_category": "teacher",
            "starts_on": "2019-09-01", "ends_on": "2019-09-02"});
        w.post("/v1/employments").by(&taker).json(short).send().await.problem(422, "unknown_reference");
        assert!(w.get(format!("/v1/people/{}", teacher.person)).by(&taker).send().await.expect(200).body["redacted"].as_array().is_some_and(|r| !r.is_empty()));
    }

    async fn undoing_a_merge_gives_back_no_authority_that_was_taken_away(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let one = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let two = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let merge = w.post(format!("/v1/people/{}/merge", one.person)).by(&admin).json(json!({"into": two.person.to_string()})).send().await.expect(201);
        let role = w.get(format!("/v1/roles?person_id={}", two.person)).by(&admin).send().await.items()[0]["id"].as_str().unwrap().to_owned();
        w.post(format!("/v1/roles/{role}/end")).by(&admin).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        for by in [&hr, &admin] {
            let told = w.post(format!("/v1/merges/{}/undo", merge.id())).by(by).send().await.problem(409, "merge_stands");
            assert!(told.text.contains("ended since"), "{}", told.text);
        }
    }

    async fn an_account_comes_back_open_only_by_who_opens_accounts(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        for (by, open) in [(&hr, false), (&admin, true)] {
            let one = trust.someone(w).at(trust.school).made().await;
            let two = trust.someone(w).at(trust.school).made().await;
            let merge = w.post(format!("/v1/people/{}/merge", one.person)).by(&admin).json(json!({"into": two.person.to_string()})).send().await.expect(201);
            w.post(format!("/v1/merges/{}/undo", merge.id())).by(by).send().await.expect(200);
            let account = w.get(format!("/v1/accounts/{}", one.account)).by(&admin).send().await.expect(200);
            assert_eq!(account.body["disabled_at"].is_null(), open, "{}", account.text);
        }
    }

    async fn the_feed_tells_a_headteacher_who_administers_the_trust_nothing_of_other_schools_objectives(w: World) {
        let trust = w.trust("beacon").await;
        let both = trust.someone(w).with(RoleName::Headteacher, trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.other_school).made().await;
        let teacher = trust.someone(w).at(trust.other_school).appraised_by(&appraiser).made().await;
        let post = w.get(format!("/v1/employments?person_id={}", teacher.person)).by(&both).send().await.items()[0]["id"].as_str().unwrap().to_owned();
        let new = json!({"employment_id": post, "kind": "practice", "title": "Calmer starts", "success_criteria": ["Two minutes"]});
        let objective = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201);
        w.post(format!("/v1/objectives/{}/propose", objective.id())).by(&teacher).if_match("*").send().await.expect(200);
        w.get(format!("/v1/objectives/{}", objective.id())).by(&both).send().await.problem(404, "not_found");
        let told = w.get("/v1/changes?limit=1000").by(&both).send().await.expect(200);
        assert!(!told.text.contains(&objective.id()), "{}", told.text);
        assert!(told.items().iter().any(|c| c["type"] == "person.created"));
    }

    async fn links_are_imported_only_for_schools_that_one_may_write(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let urn = json!({"identifiers": [{"scheme": "urn", "value": "990002", "starts_on": "2020-09-01"}]});
        w.patch(format!("/v1/organisations/{}", trust.other_school)).by(&admin).json(urn).send().await.expect(200);
        let (_, _, key) = w.key(&trust, &[Permission::ReadOrganisations, Permission::WriteOrganisations], Some(vec![trust.school])).await;
        let row = |urn: &str| format!("URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n{urn},990777,Planted Name,Successor,01-09-2025\n");
        let send = |text: String| {
            let path = format!("/v1/organisations/import?parent_id={}&file=links", trust.school);
            w.post(path).bearer(&key).raw("text/csv", text.as_bytes())
        };
        let (there, nowhere) = (send(row("990002")).send().await, send(row("990003")).send().await);
        assert_eq!(there.status, nowhere.status);
        let blind = |reply: &Reply| reply.text.replace("990002", "URN").replace("990003", "URN").replace(reply.body["request_id"].as_str().unwrap_or("-"), "");
        assert_eq!(blind(&there), blind(&nowhere));
        assert!(!w.get(format!("/v1/organisations/{}/links", trust.other_school)).by(&admin).send().await.expect(200).text.contains("Planted"));
    }

    async fn results_of_a_job_are_read_by_who_may_still_write_such_rows(w: World) {
        let trust = w.trust("beacon").await;
        let (account, _, key) = w.key(&trust, &[Permission::ReadPeople, Permission::WritePeople], None).await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let rows = json!({"rows": [{"external_ref": {"source": "mis", "id": "1"}, "given_name": "Ada", "family_name": "One"}]});
        let done = w.post("/v1/people/bulk-upsert").bearer(&key).json(rows).send().await.expect(207);
        let results = format!("/v1/jobs/{}/results", done.body["job_id"].as_str().unwrap());
        w.get(&results).bearer(&key).send().await.expect(200);
        w.patch(format!("/v1/service-accounts/{account}")).by(&admin).json(json!({"scopes": ["people:read"]})).send().await.expect(200);
        w.get(&results).bearer(&key).send().await.problem(403, "insufficient_scope");
    }

    async fn a_former_employers_rows_change_nothing_of_who_works_elsewhere_now(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let teacher = moved(w, &trust, &admin).await;
        let named = json!({"external_refs": [{"source": "mis", "id": "7"}]});
        let person = w.patch(format!("/v1/people/{}", teacher.person)).by(&admin).json(named).send().await.expect(200);
        let (_, _, key) = w.key(&trust, &[Permission::ReadPeople, Permission::WritePeople], Some(vec![trust.school])).await;
        let send = async |row: Value| {
            let mut row = row;
            row["external_ref"] = json!({"source": "mis", "id": "7"});
            w.post("/v1/people/bulk-upsert").bearer(&key).json(json!({"rows": [row]})).send().await.expect(207).body["results"][0].clone()
        };
        assert_eq!(send(json!({"given_name": person.body["given_name"]})).await["action"], "unchanged");
        let renamed = send(json!({"preferred_name": "Taken"})).await;
        assert_eq!((&renamed["action"], &renamed["problem"]["errors"][0]["code"]), (&json!("failed"), &json!("not_permitted")));
        // who takes them back decides again
        let post = json!([{"organisation": {"id": trust.school.to_string()}, "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2026-10-01"}]);
        assert_eq!(send(json!({"preferred_name": "Back", "employments": post})).await["action"], "updated");
    }

    async fn a_trial_shows_nothing_that_the_caller_cannot_read(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let known = json!({"trn": "1234567", "preferred_name": "Secretly", "external_refs": [{"source": "mis", "id": "7"}]});
        w.patch(format!("/v1/people/{}", teacher.person)).by(&admin).json(known).send().await.expect(200);
        let row = json!({"rows": [{"external_ref": {"source": "mis", "id": "7"}, "preferred_name": "Other", "trn": "7654321"}]});
        for (scopes, shown) in [(vec![Permission::WritePeople], false), (vec![Permission::ReadPeople, Permission::WritePeople], true)] {
            let (_, _, key) = w.key(&trust, &scopes, Some(vec![trust.school])).await;
            let trial = w.post("/v1/people/bulk-upsert?validate_only=true").bearer(&key).json(row.clone()).send().await.expect(207);
            assert_eq!(trial.body["results"][0]["changed"], json!(["preferred_name", "trn"]));
            assert_eq!((trial.text.contains("Secretly"), trial.text.contains("1234567")), (shown, shown), "{}", trial.text);
        }
    }

    async fn two_who_both_log_in_are_merged_by_who_manages_accounts(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let one = trust.someone(w).at(trust.school).made().await;
        let two = trust.someone(w).at(trust.school).made().await;
        let (path, into) = (format!("/v1/people/{}/merge", one.person), json!({"into": two.person.to_string()}));
        let told = w.post(&path).by(&hr).json(into.clone()).send().await.problem(403, "not_permitted");
        assert!(told.text.contains("private"), "{}", told.text);
        w.post(&path).by(&admin).json(into).send().await.expect(201);
    }

    async fn nobody_sends_much_who_was_not_let_in(w: World) {
        let trust = w.trust("beacon").await;
        let (_, _, key) = w.key(&trust, &[Permission::ReadPeople, Permission::WritePeople], None).await;
        let much = vec![b' '; 100 << 10];
        w.post("/v1/sessions").raw("application/json", &much).send().await.problem(413, "body_too_large");
        w.post("/v1/people").bearer(&key).raw("application/json", &much).send().await.problem(400, "malformed_body");
        w.post("/v1/people/bulk-upsert").bearer(&key).raw("application/json", &much).send().await.problem(400, "malformed_body");
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let accounts = w.get("/v1/service-accounts").by(&admin).send().await.expect(200);
        let account = accounts.items()[0]["id"].as_str().unwrap().to_owned();
        w.post(format!("/v1/service-accounts/{account}/disable")).by(&admin).send().await.expect(200);
        for path in ["/v1/people", "/v1/people/bulk-upsert"] {
            w.post(path).bearer(&key).raw("application/json", &much).send().await.problem(401, "key_revoked");
        }
        // and nobody more rows than anybody needs
        let (_, _, key) = w.key(&trust, &[Permission::ReadPeople, Permission::WritePeople], None).await;
        let rows = format!("{{\"rows\": [{}{{}}]}}", "{},".repeat(200_000));
        w.post("/v1/people/bulk-upsert").bearer(&key).raw("application/json", rows.as_bytes()).send().await.problem(422, "too_many_rows");
    }

    async fn where_else_somebody_works_is_not_told_by_any_list(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let both = trust.someone(w).at(trust.school).made().await;
        let second = json!({"person_id": both.person.to_string(), "organisation_id": trust.other_school.to_string(), "job_title": "Teacher",
            "staff_category": "teacher", "starts_on": "2026-09-01", "fte_percent": 20});
        w.patch(format!("/v1/employments/{}", both.employment.unwrap())).by(&admin).json(json!({"fte_percent": 80})).send().await.expect(200);
        w.post("/v1/employments").by(&admin).json(second).send().await.expect(201);
        let colleague = trust.someone(w).at(trust.school).made().await;
        let named = json!({"external_refs": [{"source": "mis", "id": "7"}], "email": "ada@beacon.example"});
        w.patch(format!("/v1/people/{}", both.person)).by(&admin).json(named).send().await.expect(200);
        let scopes = [Permission::ReadPeople, Permission::WritePeople, Permission::ReadChanges];
        let (_, _, here) = w.key(&trust, &scopes, Some(vec![trust.school])).await;
        let (_, _, there) = w.key(&trust, &scopes, Some(vec![trust.other_school])).await;
        let at = |school: OrganisationId| format!("/v1/people?organisation_id={school}");
        assert!(w.get(at(trust.school)).bearer(&here).send().await.expect(200).text.contains(&both.person.to_string()));
        assert!(w.get(at(trust.other_school)).bearer(&here).send().await.expect(200).items().is_empty());
        assert!(w.get(at(trust.other_school)).by(&colleague).send().await.expect(200).items().is_empty());
        // what another system calls a colleague is none of one's business, and so no question either
        assert!(w.get("/v1/people?external_ref=mis:7").by(&colleague).send().await.expect(200).items().is_empty());
        assert_eq!(w.get("/v1/people?external_ref=mis:7").bearer(&here).send().await.expect(200).items().len(), 1);
        // a suggestion is told to who keeps both, and shows the schools that they keep
        let new = json!({"rows": [{"external_ref": {"source": "mis", "id": "8"}, "given_name": "Ada", "family_name": "Twin", "email": "ada@beacon.example",
            "employments": [{"organisation": {"id": trust.other_school.to_string()}, "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2026-09-01"}]}]});
        let before = w.get("/v1/changes?after=head").bearer(&here).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        w.post("/v1/people/bulk-upsert").bearer(&there).json(new).send().await.expect(207);
        assert!(w.get("/v1/match-suggestions").bearer(&here).send().await.expect(200).items().is_empty());
        let told = w.get(format!("/v1/changes?after={before}")).bearer(&here).send().await.expect(200);
        assert!(told.items().is_empty(), "nobody came to this school: {}", told.text);
        let shown = w.get("/v1/match-suggestions").bearer(&there).send().await.expect(200);
        assert_eq!(shown.items().len(), 1);
        assert!(!shown.text.contains(&trust.school.to_string()), "{}", shown.text);
    }

    async fn an_appraisal_of_ones_own_tells_nothing_of_a_strangers_employment(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let stranger = trust.someone(w).at(trust.other_school).made().await;
        let appraisal = appraisal_of(w, &trust, &hr, &teacher).await;
        let talk = |employment: String, at: &str| {
            let new = json!({"employment_id": employment, "partner_id": appraiser.person.to_string(), "kind": "mid_cycle", "appraisal_id": appraisal, "starts_at": at});
            w.post("/v1/conversations").by(&appraiser).json(new).send()
        };
        talk(teacher.employment.unwrap().to_string(), "2026-10-12T15:30:00Z").await.expect(201);
        let nothing = talk(trust.root.to_string(), "2026-10-12T15:30:00Z").await.problem(422, "unknown_reference");
        for day in ["2026-10-12T15:30:00Z", "2036-10-12T15:30:00Z"] {
            alike(&talk(stranger.employment.unwrap().to_string(), day).await.problem(422, "unknown_reference"), &nothing);
        }
    }

    async fn a_password_that_is_reset_and_an_account_that_is_disabled_take_their_calendars_with_them(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        for reset in [true, false] {
            let teacher = trust.someone(w).at(trust.school).made().await;
            let made = w.post("/v1/me/calendar-links").by(&teacher).json(json!({"name": "My telephone"})).send().await.expect(201);
            let feed = format!("/v1/calendar{}", made.body["url"].as_str().unwrap().split_once("/v1/calendar").unwrap().1);
            w.get(&feed).send().await.expect(200);
            let at = format!("/v1/accounts/{}", teacher.account);
            if reset {
                let password = json!({"password": "the tallest kettle on a bicycle"});
                w.post(format!("{at}/reset-password")).by(&admin).json(password).send().await.expect(200);
            } else {
                w.post(format!("{at}/disable")).by(&admin).send().await.expect(200);
                w.post(format!("{at}/enable")).by(&admin).send().await.expect(200);
            }
            w.get(&feed).send().await.problem(404, "not_found");
        }
    }

    async fn a_finding_that_was_withdrawn_is_not_told_again_to_who_repeats_a_request(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let reader = trust.someone(w).at(trust.school).made().await;
        let inquiry = json!({"question": "Does waiting help?", "finding": "It does."});
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": "Waiting", "inquiry": inquiry});
        let objective = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id();
        let new = json!({"publish_to": "school", "named": true, "title": "Waiting", "question": "Does waiting help?", "finding": "Five seconds are enough."});
        let path = format!("/v1/objectives/{objective}/publish-finding");
        let publish = || w.post(&path).by(&teacher).if_match("*").header("idempotency-key", "publish").json(new.clone()).send();
        let finding = publish().await.expect(201).id();
        let own = json!({"title": "A lesson", "kind": "reading", "started_on": "2026-10-01", "minutes": 60});
        let record = w.post("/v1/learning-records").by(&reader).json(own).send().await.expect(201).id();
        let reuse = || {
            let asking = w.post(format!("/v1/findings/{finding}/reuse")).by(&reader).header("idempotency-key", "again");
            asking.json(json!({"learning_record_id": record})).send()
        };
        assert!(reuse().await.expect(200).text.contains("Five seconds"));
        // however many answers are kept before it
        for n in 0..500 {
            let own = json!({"title": "Another lesson", "kind": "reading", "started_on": "2026-10-01", "minutes": 5});
            w.post("/v1/learning-records").by(&reader).header("idempotency-key", &format!("noted-{n}")).json(own).send().await.expect(201);
        }
        w.post(format!("/v1/findings/{finding}/withdraw")).by(&teacher).send().await.expect(200);
        reuse().await.problem(404, "not_found");
        // its owner's own request is not done anew when it is sent again
        assert_eq!(publish().await.expect(201).id(), finding);
        assert_eq!(w.get("/v1/findings").by(&reader).send().await.expect(200).items().len(), 0);
    }

    async fn a_school_has_the_same_numbers_of_training_whoever_else_is_asked_about(w: World) {
        let trust = w.trust("beacon").await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let new = json!({"organisation_id": trust.root.to_string(), "title": "Safeguarding", "authority": "statutory", "trigger": "on_start", "due_within_days": 30, "validity": "none"});
        let of = w.post("/v1/training-requirements").by(&leader).json(new).send().await.expect(201).id();
        w.post(format!("/v1/training-requirements/{of}/publish")).by(&leader).json(json!({"applies_from": "2020-09-01"})).send().await.expect(200);
        for _ in 0..6 {
            trust.someone(w).at(trust.school).made().await;
            trust.someone(w).at(trust.other_school).made().await;
        }
        let both = trust.someone(w).at(trust.school).made().await;
        let second = json!({"person_id": both.person.to_string(), "organisation_id": trust.other_school.to_string(), "job_title": "Teacher",
            "staff_category": "teacher", "starts_on": "2020-09-01"});
        w.post("/v1/employments").by(&hr).json(second).send().await.expect(201);
        let all = w.get("/v1/training-compliance/summary").by(&leader).send().await.expect(200);
        for school in [trust.school, trust.other_school] {
            let one = w.get(format!("/v1/training-compliance/summary?organisation_id={school}")).by(&leader).send().await.expect(200);
            let here: Vec<&Value> = all.items().iter().filter(|row| row["organisation_id"] == school.to_string()).collect();
            assert_eq!(one.items().iter().collect::<Vec<_>>(), here, "{school}");
        }
    }

    async fn a_shared_record_of_learning_does_not_tell_that_there_is_a_draft(w: World) {
        let trust = w.trust("beacon").await;
        let head = trust.someone(w).with(RoleName::Headteacher, trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Not yet said"});
        let draft = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id();
        let new = json!({"title": "A book", "kind": "reading", "started_on": "2026-10-01", "minutes": 60, "objective_ids": [draft]});
        let at = format!("/v1/learning-records/{}", w.post("/v1/learning-records").by(&teacher).json(new).send().await.expect(201).id());
        w.post(format!("{at}/share")).by(&teacher).send().await.expect(200);
        assert_eq!(w.get(&at).by(&teacher).send().await.expect(200).body["objective_ids"], json!([draft]));
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "title": "A course", "starts_on": "2027-01-11", "why": "To learn", "objective_ids": [draft]});
        let request = format!("/v1/learning-requests/{}", w.post("/v1/learning-requests").by(&teacher).json(new).send().await.expect(201).id());
        w.post(format!("{request}/submit")).by(&teacher).if_match("*").send().await.expect(200);
        let lists = [format!("/v1/learning-records?person_id={}", teacher.person), format!("/v1/learning-requests?person_id={}", teacher.person)];
        let of = |at: &str| [at.to_owned(), format!("{at}/history")];
        for path in [of(&at), of(&request), lists].concat().into_iter().chain([format!("{at}/line-of-sight")]) {
            let told = w.get(&path).by(&head).send().await.expect(200);
            assert!(!told.text.contains(&draft) && !told.text.contains("\"other_objectives\":1"), "{path}: {}", told.text);
        }
        // nor is what serves it found by it
        let serves = format!("/v1/learning-records?objective_id={draft}");
        assert_eq!((w.get(&serves).by(&teacher).send().await.items().len(), w.get(&serves).by(&head).send().await.items().len()), (1, 0));
    }

    async fn an_objective_that_one_may_not_read_leads_nowhere(w: World) {
        let trust = w.trust("beacon").await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let head = trust.someone(w).with(RoleName::Headteacher, trust.school).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let colleague = trust.someone(w).at(trust.school).made().await;
        let plan = async |by: &Someone, at: OrganisationId| {
            let new = json!({"organisation_id": at.to_string(), "title": "A plan", "first_year": 2026});
            w.post("/v1/improvement-plans").by(by).json(new).send().await.expect(201).id()
        };
        let (above, here) = (plan(&leader, trust.root).await, plan(&head, trust.school).await);
        let priority = async |title: &str| w.post("/v1/priorities").by(&leader).json(json!({"plan_id": above, "title": title})).send().await.expect(201).id();
        let (named, source) = (priority("Named by the record").await, priority("Zygote").await);
        w.post(format!("/v1/improvement-plans/{above}/publish")).by(&leader).send().await.expect(200);
        let adopted = w.post(format!("/v1/priorities/{source}/adopt")).by(&head).json(json!({"plan_id": here})).send().await.expect(201).id();
        w.post(format!("/v1/improvement-plans/{here}/publish")).by(&head).send().await.expect(200);
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Calmer starts", "priority_ids": [adopted]});
        let objective = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id();
        let aim = format!("/v1/objectives/{objective}");
        w.post(format!("{aim}/propose")).by(&teacher).if_match("*").send().await.expect(200);
        w.post(format!("{aim}/agree")).by(&appraiser).if_match("*").send().await.expect(200);
        let new = json!({"title": "A book", "kind": "reading", "started_on": "2026-10-01", "minutes": 60, "objective_ids": [objective], "priority_ids": [named]});
        let record = format!("/v1/learning-records/{}", w.post("/v1/learning-records").by(&teacher).json(new).send().await.expect(201).id());
        w.post(format!("{record}/share-with")).by(&teacher).json(json!({"audiences": ["school", "appraiser"], "person_ids": []})).send().await.expect(200);
        let served = async |at: &str, by: &Someone| {
            let told = w.get(format!("{at}/line-of-sight")).by(by).send().await.expect(200);
            let ids = told.body["priorities"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap().to_owned());
            let mut ids: Vec<String> = ids.collect();
            ids.sort();
            (ids, told)
        };
        let sorted = |ids: &[&String]| {
            let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
            ids.sort();
            ids
        };
        w.get(&aim).by(&colleague).send().await.problem(404, "not_found");
        let (ids, told) = served(&record, &colleague).await;
        assert_eq!((ids, &told.body["objectives"], &told.body["other_objectives"]), (vec![named.clone()], &json!([]), &json!(1)));
        assert!(!told.text.contains("Zygote") && !told.text.contains(&objective), "{}", told.text);
        for who in [&teacher, &appraiser] {
            assert_eq!(served(&record, who).await.0, sorted(&[&named, &adopted, &source]));
            assert_eq!(served(&aim, who).await.0, sorted(&[&adopted, &source]));
        }
        // what was withdrawn serves nothing any longer, whoever asks
        w.post(format!("{aim}/withdraw")).by(&appraiser).if_match("*").json(json!({"reason": "Another one comes"})).send().await.expect(200);
        for who in [&teacher, &appraiser, &colleague] {
            assert_eq!(served(&record, who).await.0, std::slice::from_ref(&named));
        }
        assert_eq!(served(&aim, &teacher).await.0, [] as [String; 0]);
    }
}
