//! Suggestions that two records are one person: made, decided, remembered.

use crate::support::*;
use serde_json::{Value, json};
use trellis_domain::{access::Permission, role::RoleName};

async fn person(w: &World, by: &Someone, given: &str, family: &str, email: Option<&str>) -> String {
    w.post("/v1/people").by(by).json(json!({"given_name": given, "family_name": family, "email": email})).send().await.expect(201).id()
}
async fn employed(w: &World, by: &Someone, person: &str, at: trellis_domain::id::OrganisationId) {
    let new = json!({"person_id": person, "organisation_id": at.to_string(), "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2026-09-01"});
    w.post("/v1/employments").by(by).json(new).send().await.expect(201);
}
async fn open(w: &World, by: &Someone) -> Vec<Value> {
    w.get("/v1/match-suggestions").by(by).send().await.expect(200).items().to_vec()
}

on_both! {
    async fn the_same_mailbox_and_the_same_name_at_a_school_are_suggested(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let old = person(w, &hr, "Amina", "Okoro", Some("amina.okoro@school.example")).await;
        employed(w, &hr, &old, trust.school).await;
        assert_eq!(open(w, &hr).await.len(), 0);
        let new = person(w, &hr, "Ami", "Okoro", Some("Amina.Okoro+mis@School.example")).await;
        let found = open(w, &hr).await;
        assert_eq!(found.len(), 1);
        let one = &found[0];
        assert_eq!((one["person"]["id"].as_str(), one["candidate"]["id"].as_str()), (Some(new.as_str()), Some(old.as_str())));
        assert_eq!((&one["because"], &one["state"]), (&json!(["same_email"]), &json!("open")));
        assert_eq!(one["comparison"], json!({"given_name": "differs", "family_name": "agrees", "email": "agrees", "trn": "neither", "schools": "one_only"}));
        assert_eq!(one["candidate"]["schools"][0]["name"], "beacon school");
        // the same name at another school says nothing, at the same school it does, once
        w.patch(format!("/v1/people/{new}")).by(&hr).json(json!({"preferred_name": "Amina"})).send().await.expect(200);
        employed(w, &hr, &new, trust.other_school).await;
        assert_eq!(open(w, &hr).await[0]["because"], json!(["same_email"]));
        employed(w, &hr, &new, trust.school).await;
        assert_eq!(open(w, &hr).await[0]["because"], json!(["same_email", "same_name_and_school"]));
        assert_eq!(open(w, &hr).await.len(), 1);
        let at = format!("/v1/match-suggestions?organisation_id={}", trust.school);
        assert_eq!(w.get(at).by(&hr).send().await.expect(200).items().len(), 1);
    }

    async fn an_accepted_suggestion_merges_the_newer_into_the_older(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let old = person(w, &hr, "Amina", "Okoro", Some("a@school.example")).await;
        let new = person(w, &hr, "Amina", "Okoro", Some("a@school.example")).await;
        let suggestion = open(w, &hr).await[0]["id"].as_str().unwrap().to_owned();
        let at = format!("/v1/match-suggestions/{suggestion}");
        let seen = w.get(&at).by(&hr).send().await.expect(200);
        assert!(seen.can("accept") && seen.can("reject") && seen.can("later"));
        w.post(format!("{at}/accept")).by(&hr).if_match("\"7\"").send().await.problem(412, "stale");
        let accepted = w.post(format!("{at}/accept")).by(&hr).if_match(&seen.etag()).send().await.expect(200);
        assert_eq!((&accepted.body["state"], &accepted.body["person"], accepted.can("reject")), (&json!("accepted"), &Value::Null, false));
        assert_eq!(accepted.body["candidate"]["id"], old);
        w.get(format!("/v1/people/{new}")).by(&hr).send().await.problem(308, "merged");
        w.post(format!("{at}/reject")).by(&hr).send().await.problem(409, "wrong_state");
        assert_eq!(open(w, &hr).await.len(), 0);
        assert_eq!(w.get("/v1/match-suggestions?state=accepted").by(&hr).send().await.expect(200).items().len(), 1);
        // a merge undone says that they are two: that is remembered
        let merge = accepted.body["merge_id"].as_str().unwrap();
        w.post(format!("/v1/merges/{merge}/undo")).by(&hr).send().await.expect(200);
        assert_eq!(w.get(&at).by(&hr).send().await.expect(200).body["state"], "rejected");
        w.get(format!("/v1/people/{new}")).by(&hr).send().await.expect(200);
    }

    async fn a_rejected_pair_is_never_suggested_again(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let old = person(w, &hr, "Amina", "Okoro", Some("a@school.example")).await;
        let new = person(w, &hr, "Amina", "Okoro", Some("a@school.example")).await;
        let at = format!("/v1/match-suggestions/{}", open(w, &hr).await[0]["id"].as_str().unwrap());
        w.post(format!("{at}/reject")).by(&hr).send().await.expect(200);
        w.post(format!("{at}/later")).by(&hr).json(json!({})).send().await.problem(409, "wrong_state");
        for id in [&old, &new] {
            employed(w, &hr, id, trust.school).await;
        }
        assert_eq!(open(w, &hr).await.len(), 0);
        assert_eq!(w.get(&at).by(&hr).send().await.expect(200).body["because"], json!(["same_email"]));
        // nor under the id of somebody into whom one of them is merged
        let third = person(w, &hr, "Third", "Record", None).await;
        w.post(format!("/v1/people/{new}/merge")).by(&hr).json(json!({"into": third})).send().await.expect(201);
        w.patch(format!("/v1/people/{third}")).by(&hr).json(json!({"given_name": "Amina", "family_name": "Okoro"})).send().await.expect(200);
        employed(w, &hr, &third, trust.other_school).await;
        employed(w, &hr, &old, trust.other_school).await;
        assert_eq!(open(w, &hr).await.len(), 0);
    }

    async fn what_is_put_off_comes_back_on_its_day(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        person(w, &hr, "Amina", "Okoro", Some("a@school.example")).await;
        person(w, &hr, "Amina", "Okoro", Some("a@school.example")).await;
        let at = format!("/v1/match-suggestions/{}", open(w, &hr).await[0]["id"].as_str().unwrap());
        let later = |body: Value| w.post(format!("{at}/later")).bearer(&w.token(trust.id, &hr)).json(body).send();
        assert_eq!(later(json!({"until": "2026-10-05"})).await.problem(422, "invalid_value").pointers(), ["/until"]);
        later(json!({})).await.expect(200);
        assert_eq!(open(w, &hr).await.len(), 0);
        assert_eq!(w.get("/v1/match-suggestions?state=later").by(&hr).send().await.expect(200).items().len(), 1);
        let put_off = later(json!({"until": "2026-10-12"})).await.expect(200);
        let again = later(json!({"until": "2026-10-12"})).await.expect(200);
        assert_eq!(put_off.etag(), again.etag());
        w.later(chrono::TimeDelta::days(7));
        let back = w.get("/v1/match-suggestions").bearer(&w.token(trust.id, &hr)).send().await.expect(200);
        assert_eq!(back.items().len(), 1);
    }

    async fn rows_in_bulk_suggest_as_single_writes_do(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let old = person(w, &hr, "Amina", "Okoro", Some("amina.okoro@school.example")).await;
        employed(w, &hr, &old, trust.school).await;
        let other = person(w, &hr, "Ben", "Ode", None).await;
        employed(w, &hr, &other, trust.other_school).await;
        let row = |id: &str, given: &str, family: &str, at: trellis_domain::id::OrganisationId, email: Option<&str>| {
            json!({"external_ref": {"source": "mis", "id": id}, "given_name": given, "family_name": family, "email": email,
                "employments": [{"organisation": {"id": at.to_string()}, "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2026-09-01"}]})
        };
        let send = async |rows: Vec<Value>| {
            let reply = w.post("/v1/people/bulk-upsert").by(&hr).json(json!({"rows": rows})).send().await.expect(207);
            reply.body["results"].as_array().unwrap().iter().map(|r| (r["action"].as_str().unwrap().to_owned(), r["id"].as_str().unwrap_or_default().to_owned())).collect::<Vec<_>>()
        };
        let rows = vec![
            row("1", "AMINA", "Okoro", trust.school, Some("Amina.Okoro+mis@School.example")),
            // another school, another given name, and a name that only begins like it
            row("2", "Ben", "Ode", trust.school, None),
            row("3", "Ada", "Okoro", trust.school, None),
            row("4", "Amina", "Okoro-Lane", trust.school, None),
            // two of one file
            row("5", "Cy", "Twice", trust.school, Some("cy@school.example")),
            row("6", "Cyril", "Twin", trust.other_school, Some("cy@school.example")),
        ];
        let done = send(rows.clone()).await;
        assert!(done.iter().all(|(action, _)| action == "created"), "an e-mail and a name only suggest: {done:?}");
        let pairs = async || {
            let mut found: Vec<(String, String, Value)> =
                open(w, &hr).await.iter().map(|s| (s["person"]["id"].as_str().unwrap().to_owned(), s["candidate"]["id"].as_str().unwrap().to_owned(), s["because"].clone())).collect();
            found.sort_by(|a, b| a.0.cmp(&b.0));
            found
        };
        let expected = vec![(done[0].1.clone(), old.clone(), json!(["same_email", "same_name_and_school"])), (done[5].1.clone(), done[4].1.clone(), json!(["same_email"]))];
        assert_eq!(pairs().await, expected);
        // the same rows again suggest nothing, and a new post at the school of a namesake does
        send(rows).await;
        assert_eq!(pairs().await, expected);
        send(vec![row("2", "Ben", "Ode", trust.other_school, None)]).await;
        let found = pairs().await;
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(found.contains(&(done[1].1.clone(), other.clone(), json!(["same_name_and_school"]))), "{found:?}");
    }

    async fn only_who_may_write_both_sees_a_suggestion(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let here = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let (old, new) = (person(w, &hr, "Amina", "Okoro", Some("a@school.example")).await, person(w, &hr, "Amina", "Okoro", Some("a@school.example")).await);
        employed(w, &hr, &old, trust.school).await;
        employed(w, &hr, &new, trust.other_school).await;
        let at = format!("/v1/match-suggestions/{}", open(w, &hr).await[0]["id"].as_str().unwrap());
        w.get(&at).by(&here).send().await.problem(404, "not_found");
        w.post(format!("{at}/accept")).by(&here).send().await.problem(404, "not_found");
        assert_eq!(open(w, &here).await.len(), 0);
        w.get(&at).by(&teacher).send().await.problem(403, "role_required");
        let (_, _, reader) = w.key(&trust, &[Permission::ReadPeople], None).await;
        w.get(&at).bearer(&reader).send().await.problem(403, "insufficient_scope");
        let there = w.trust("harbour").await;
        let stranger = there.someone(w).with(RoleName::TrustAdmin, there.root).made().await;
        w.get(&at).by(&stranger).send().await.problem(404, "not_found");
        assert_eq!(open(w, &stranger).await.len(), 0);
        employed(w, &hr, &new, trust.school).await;
        w.get(&at).by(&here).send().await.expect(200);
        assert_eq!(open(w, &here).await.len(), 1);
    }
}
