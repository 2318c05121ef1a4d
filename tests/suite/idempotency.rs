//! A write that is sent again (T7).

use crate::{
    concurrency::{Shot, all_at_once},
    support::*,
};
use serde_json::json;
use trellis_domain::{access::Permission, role::RoleName};

fn ada() -> serde_json::Value {
    json!({"given_name": "Ada", "family_name": "Once", "trn": "0012345"})
}
async fn people_called(w: &World, by: &Someone, name: &str) -> usize {
    w.get(format!("/v1/people?q={name}")).by(by).send().await.expect(200).items().len()
}

on_both! {
    async fn the_same_request_again_gets_the_same_answer_and_does_nothing(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let post = || w.post("/v1/people").by(&hr).header("idempotency-key", "k-1").json(ada());
        let first = post().send().await.expect(201);
        assert!(!first.headers.contains_key("idempotency-replayed"));
        w.later(chrono::TimeDelta::minutes(5));
        let again = post().bearer(&w.token(trust.id, &hr)).send().await.expect(201);
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!((again.status, &again.text), (first.status, &first.text));
        for header in ["etag", "location", "content-type"] {
            assert_eq!(first.headers.get(header), again.headers.get(header), "{header}");
        }
        assert_eq!(people_called(w, &hr, "once").await, 1);
        let other = json!({"given_name": "Ada", "family_name": "Once"});
        w.post("/v1/people").by(&hr).header("idempotency-key", "k-1").json(other).send().await.problem(422, "idempotency_key_reused");
    }

    async fn a_step_sent_again_is_answered_from_what_is_kept_though_the_etag_moved_on(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let new = json!({"title": "A book", "kind": "reading", "started_on": "2026-10-01", "minutes": 60});
        let record = w.post("/v1/learning-records").by(&teacher).json(new).send().await.expect(201);
        let share = || w.post(format!("/v1/learning-records/{}/share", record.id())).by(&teacher).if_match(&record.etag()).header("idempotency-key", "s");
        let first = share().send().await.expect(200);
        let again = share().send().await.expect(200);
        assert_eq!((first.text, first.headers["etag"].as_str()), (again.text, again.headers["etag"].as_str()));
        for malformed in ["", "3.0", "W/3", "\"1\", \"2\"", "\"1"] {
            let asking = w.post(format!("/v1/learning-records/{}/share", record.id())).by(&teacher).header("idempotency-key", "s");
            asking.if_match(malformed).send().await.problem(400, "invalid_header");
        }
        for stale in ["7", "\"7\"", "W/\"1\"", "\"somebody-else's\""] {
            w.post(format!("/v1/learning-records/{}/share", record.id())).by(&teacher).if_match(stale).send().await.problem(412, "stale");
        }
    }

    async fn what_was_kept_is_sent_again_only_to_somebody_who_may_still_have_it(w: World) {
        let trust = w.trust("beacon").await;
        let colleague = trust.someone(w).at(trust.school).made().await;
        let hr = trust.someone(w).at(trust.other_school).with(RoleName::Hr, trust.school).with(RoleName::Hr, trust.other_school).made().await;
        let admin = trust.someone(w).at(trust.other_school).with(RoleName::TrustAdmin, trust.root).made().await;
        let path = format!("/v1/people/{}", colleague.person);
        let change = || w.patch(&path).by(&hr).header("idempotency-key", "k").json(json!({"preferred_name": "Addy"}));
        let first = change().send().await.expect(200);

        // who gained something has lost nothing
        let more = json!({"person_id": hr.person, "role": "learning_viewer", "organisation_id": trust.other_school, "starts_on": "2026-09-01"});
        w.post("/v1/roles").by(&admin).json(more).send().await.expect(201);
        let again = change().send().await.expect(200);
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert_eq!(first.text, again.text);

        let roles = w.get(format!("/v1/roles?person_id={}", hr.person)).by(&admin).send().await.expect(200);
        let here = roles.items().iter().find(|role| role["organisation_id"] == trust.school.to_string()).unwrap()["id"].as_str().unwrap().to_owned();
        w.post(format!("/v1/roles/{here}/end")).by(&admin).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        let gone = change().send().await.problem(404, "not_found");
        let never = w.patch(format!("/v1/people/{}", uuid::Uuid::max())).by(&hr).json(json!({"preferred_name": "Addy"})).send().await;
        alike(&gone, &never.problem(404, "not_found"));
    }

    async fn what_was_done_for_somebody_whom_one_no_longer_appraises_is_not_told_again(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).with(RoleName::Hr, trust.root).made().await;
        let new = json!({"employment_id": teacher.employment.unwrap(), "kind": "practice", "title": "Questions that everybody answers"});
        let create = || w.post("/v1/objectives").by(&appraiser).header("idempotency-key", "k").json(new.clone());
        create().send().await.expect(201);
        assert_eq!(create().send().await.expect(201).headers["idempotency-replayed"], "true");
        let ties = w.get(format!("/v1/relationships?person_id={}", teacher.person)).by(&admin).send().await.expect(200);
        let tie = ties.items()[0]["id"].as_str().unwrap().to_owned();
        w.post(format!("/v1/relationships/{tie}/end")).by(&admin).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        create().send().await.problem(422, "unknown_reference");
    }

    async fn another_callers_same_key_is_a_key_of_its_own(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let colleague = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let (_, _, key) = w.key(&trust, &[Permission::ReadPeople, Permission::WritePeople], None).await;
        let body = || json!({"given_name": "Ada", "family_name": "Thrice"});
        let tokens = [hr.token.clone(), colleague.token.clone(), key];
        for token in &tokens {
            let reply = w.post("/v1/people").bearer(token).header("idempotency-key", "same").json(body()).send().await.expect(201);
            assert!(!reply.headers.contains_key("idempotency-replayed"));
        }
        assert_eq!(people_called(w, &hr, "thrice").await, 3);
        let elsewhere = w.trust("other").await;
        let theirs = elsewhere.someone(w).at(elsewhere.school).with(RoleName::Hr, elsewhere.root).made().await;
        let reply = w.post("/v1/people").by(&theirs).header("idempotency-key", "same").json(body()).send().await.expect(201);
        assert!(!reply.headers.contains_key("idempotency-replayed"));
    }

    async fn a_hundred_at_once_with_one_key_have_one_effect(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let shot = Shot::post("/v1/people", &hr.token).with("idempotency-key", "all").json(json!({"given_name": "Ada", "family_name": "Hundred"}));
        let answers = all_at_once(w, vec![shot; 100]);
        let made: std::collections::BTreeSet<_> = answers.iter().filter(|(s, _)| *s == 201).map(|(_, body)| body["id"].to_string()).collect();
        assert_eq!(made.len(), 1, "{made:?}");
        for (status, body) in &answers {
            assert!(*status == 201 || (*status, body["code"].as_str()) == (409, Some("idempotency_key_in_use")), "{status} {body}");
        }
        assert_eq!(people_called(w, &hr, "hundred").await, 1);
        let again = w.post("/v1/people").by(&hr).header("idempotency-key", "all").json(json!({"given_name": "Ada", "family_name": "Hundred"})).send().await;
        assert_eq!(again.expect(201).headers["idempotency-replayed"], "true");
    }

    async fn a_request_that_fails_does_not_use_up_its_key(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let first = w.post("/v1/people").by(&hr).json(ada()).send().await.expect(201);
        let post = || w.post("/v1/people").by(&hr).header("idempotency-key", "k").json(ada());
        post().send().await.problem(409, "duplicate");
        w.patch(format!("/v1/people/{}", first.id())).by(&hr).json(json!({"trn": null})).send().await.expect(200);
        let made = post().send().await.expect(201);
        assert!(!made.headers.contains_key("idempotency-replayed"));
        w.post("/v1/people").by(&hr).header("idempotency-key", "k2").json(json!({"given_name": "Ada"})).send().await.problem(422, "validation_failed");
        w.post("/v1/people").by(&hr).header("idempotency-key", "k2").json(json!({"given_name": "Ada", "family_name": "Fit"})).send().await.expect(201);
    }

    async fn a_keys_secret_is_shown_once_even_if_the_request_is_sent_again(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let (account, ..) = w.key(&trust, &[Permission::ReadOrganisations], None).await;
        let post = || w.post(format!("/v1/service-accounts/{account}/keys")).by(&admin).header("idempotency-key", "k").json(json!({"days": 30}));
        let first = post().send().await.expect(201);
        let again = post().send().await.expect(201);
        assert!(first.body["key"].is_string() && again.body["key"].is_null());
        assert_eq!(first.body["id"], again.body["id"]);
    }
}
