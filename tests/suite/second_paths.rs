//! Ways round: what is refused at the front door is refused at every other one.

use crate::support::*;
use serde_json::json;
use trellis_domain::{access::Permission, role::RoleName};

/// Somebody who has left a school for another one.
async fn moved(w: &World, trust: &Trust, admin: &Someone) -> Someone {
    let teacher = trust.someone(w).at(trust.other_school).made().await;
    let past = json!({"person_id": teacher.person.to_string(), "organisation_id": trust.school.to_string(), "job_title": "Teacher", "staff_category": "teacher",
        "starts_on": "2020-09-01", "ends_on": "2023-08-31"});
    w.post("/v1/employments").by(admin).json(past).send().await.expect(201);
    teacher
}

on_both! {
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
}
