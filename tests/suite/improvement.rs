//! Improvement plans: who reads and writes them, what a school adopts, and what links to them.

use crate::{
    concurrency::{Shot, all_at_once},
    support::*,
};
use serde_json::{Value, json};
use trellis_domain::{id::OrganisationId, organisation::OrganisationKind, role::RoleName};

async fn plan(w: &World, by: &Someone, at: OrganisationId) -> String {
    let new = json!({"organisation_id": at.to_string(), "title": "A plan", "first_year": 2026});
    w.post("/v1/improvement-plans").by(by).json(new).send().await.expect(201).id()
}
async fn priority(w: &World, by: &Someone, plan: &str, title: &str) -> String {
    w.post("/v1/priorities").by(by).json(json!({"plan_id": plan, "title": title})).send().await.expect(201).id()
}
async fn publish(w: &World, by: &Someone, plan: &str) {
    w.post(format!("/v1/improvement-plans/{plan}/publish")).by(by).send().await.expect(200);
}
async fn head(w: &World, trust: &Trust, at: OrganisationId) -> Someone {
    trust.someone(w).at(at).with(RoleName::Headteacher, at).made().await
}

on_both! {
    async fn a_plan_is_published_with_a_priority_and_nothing_of_it_changes_once_archived(w: World) {
        let trust = w.trust("beacon").await;
        let head = head(w, &trust, trust.school).await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let backwards = json!({"organisation_id": trust.school.to_string(), "title": "A plan", "first_year": 2026, "last_year": 2025});
        w.post("/v1/improvement-plans").by(&head).json(backwards).send().await.problem(422, "period_backwards");
        let made = plan(w, &head, trust.school).await;
        let at = format!("/v1/improvement-plans/{made}");
        w.get(&at).by(&teacher).send().await.problem(404, "not_found");
        assert_eq!(w.post(format!("{at}/publish")).by(&head).send().await.problem(409, "not_ready").pointers(), ["/priorities"]);
        let first = priority(w, &head, &made, "Vocabulary").await;
        w.get(format!("/v1/priorities/{first}")).by(&teacher).send().await.problem(404, "not_found");
        publish(w, &head, &made).await;
        assert_eq!(w.get(&at).by(&teacher).send().await.expect(200).body["years"], "2026/27");
        w.patch(&at).by(&teacher).json(json!({"title": "Mine"})).send().await.problem(403, "role_required");
        let same = w.get(&at).by(&head).send().await.expect(200);
        let again = w.patch(&at).by(&head).json(json!({"title": "A plan"})).send().await.expect(200);
        assert_eq!(again.etag(), same.etag(), "what changes nothing keeps the ETag");
        w.post(format!("{at}/archive")).by(&head).send().await.expect(200);
        for (path, body) in [(format!("/v1/priorities/{first}/achieve"), None), (format!("/v1/priorities/{first}/stop"), Some(json!({"reason": "Over"})))] {
            let asking = w.post(path).by(&head);
            match body { Some(body) => asking.json(body), None => asking }.send().await.problem(409, "wrong_state");
        }
        w.post("/v1/priorities").by(&head).json(json!({"plan_id": made, "title": "Late"})).send().await.problem(409, "wrong_state");
        w.patch(&at).by(&head).json(json!({"title": "Late"})).send().await.problem(409, "wrong_state");
        assert!(w.get(format!("/v1/priorities?plan_id={made}")).by(&teacher).send().await.expect(200).items().len() == 1, "archiving deletes nothing");
    }

    async fn a_plan_is_for_everybody_beneath_and_for_nobody_beside(w: World) {
        let trust = w.trust("beacon").await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let (here, there) = (head(w, &trust, trust.school).await, head(w, &trust, trust.other_school).await);
        let teacher = trust.someone(w).at(trust.school).made().await;
        let (above, own) = (plan(w, &leader, trust.root).await, plan(w, &here, trust.school).await);
        for (by, made) in [(&leader, &above), (&here, &own)] {
            priority(w, by, made, "Vocabulary").await;
            publish(w, by, made).await;
        }
        let sees = async |who: &Someone| {
            let plans = w.get("/v1/improvement-plans").by(who).send().await.expect(200);
            let listed: Vec<String> = plans.items().iter().map(|p| p["id"].as_str().unwrap().to_owned()).collect();
            for one in [&above, &own] {
                let status = w.get(format!("/v1/improvement-plans/{one}")).by(who).send().await.status;
                assert_eq!(status == 200, listed.contains(one), "a list and a record say the same");
            }
            assert_eq!(w.get("/v1/priorities").by(who).send().await.expect(200).items().len(), listed.len());
            listed.len()
        };
        assert_eq!((sees(&teacher).await, sees(&here).await, sees(&there).await, sees(&leader).await), (2, 2, 1, 2));
        // the trust leads what is the trust's; a school's plan is the school's to write
        w.patch(format!("/v1/improvement-plans/{own}")).by(&leader).json(json!({"title": "Ours"})).send().await.problem(403, "not_permitted");
        w.patch(format!("/v1/improvement-plans/{above}")).by(&here).json(json!({"title": "Ours"})).send().await.problem(403, "not_permitted");
        let elsewhere = json!({"organisation_id": trust.other_school.to_string(), "title": "Theirs", "first_year": 2026});
        w.post("/v1/improvement-plans").by(&here).json(elsewhere).send().await.problem(403, "not_permitted");
        assert!(!w.get(format!("/v1/improvement-plans/{own}")).by(&leader).send().await.expect(200).can("update"));
    }

    async fn a_department_and_a_phase_have_plans_of_their_own(w: World) {
        let trust = w.trust("beacon").await;
        let department = w.organisation(trust.id, trust.school, OrganisationKind::Group, "Mathematics").await;
        let phase = w.organisation(trust.id, trust.root, OrganisationKind::Group, "Primary").await;
        let primary = w.organisation(trust.id, phase, OrganisationKind::School, "beacon primary").await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let here = head(w, &trust, trust.school).await;
        let leads = trust.someone(w).at(trust.school).with(RoleName::LearningLead, department).made().await;
        let (teacher, beside, younger) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.other_school).made().await, trust.someone(w).at(primary).made().await);
        let (above, own) = (plan(w, &here, trust.school).await, plan(w, &leads, department).await);
        let theirs = priority(w, &here, &above, "Vocabulary").await;
        publish(w, &here, &above).await;
        // a department adopts what its school set out to do, and adds what is its own
        let adopted = w.post(format!("/v1/priorities/{theirs}/adopt")).by(&leads).json(json!({"plan_id": own})).send().await.expect(201);
        assert_eq!((&adopted.body["adopted_from"], &adopted.body["organisation_id"]), (&json!(theirs), &json!(department.to_string())));
        priority(w, &leads, &own, "Proof").await;
        let at = format!("/v1/improvement-plans/{own}");
        w.get(&at).by(&teacher).send().await.problem(404, "not_found");
        publish(w, &leads, &own).await;
        assert!(w.get(&at).by(&here).send().await.expect(200).can("update"), "whoever leads the school leads its departments");
        assert_eq!(w.get(format!("/v1/priorities?plan_id={own}")).by(&teacher).send().await.expect(200).items().len(), 2);
        w.get(&at).by(&beside).send().await.problem(404, "not_found");
        w.patch(format!("/v1/improvement-plans/{above}")).by(&leads).json(json!({"title": "Ours"})).send().await.problem(403, "not_permitted");
        // a phase of the trust is led by the trust, and its plan is for its schools and for no others
        let of_phase = plan(w, &leader, phase).await;
        priority(w, &leader, &of_phase, "Early words").await;
        publish(w, &leader, &of_phase).await;
        let at = format!("/v1/improvement-plans/{of_phase}");
        w.get(&at).by(&younger).send().await.expect(200);
        for who in [&teacher, &here, &beside] {
            w.get(&at).by(who).send().await.problem(404, "not_found");
        }
        w.get(format!("/v1/improvement-plans/{own}")).by(&younger).send().await.problem(404, "not_found");
    }

    async fn a_school_adopts_a_priority_once_and_makes_it_its_own(w: World) {
        let trust = w.trust("beacon").await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let (here, there) = (head(w, &trust, trust.school).await, head(w, &trust, trust.other_school).await);
        let (above, own, other) = (plan(w, &leader, trust.root).await, plan(w, &here, trust.school).await, plan(w, &there, trust.other_school).await);
        let new = json!({"plan_id": above, "title": "Vocabulary", "why": "Writing stops where words stop.", "success_measures": ["Words in use"]});
        let theirs = w.post("/v1/priorities").by(&leader).json(new).send().await.expect(201).id();
        let adopt = |from: &str, by: &Someone, into: &str| w.post(format!("/v1/priorities/{from}/adopt")).by(by).json(json!({"plan_id": into})).send();
        adopt(&theirs, &here, &own).await.problem(404, "not_found");
        publish(w, &leader, &above).await;
        assert_eq!(adopt(&theirs, &here, &other).await.problem(422, "unknown_reference").pointers(), ["/plan_id"]);
        let adopted = adopt(&theirs, &here, &own).await.expect(201);
        assert_eq!((&adopted.body["adopted_from"], &adopted.body["success_measures"]), (&json!(theirs), &json!(["Words in use"])));
        adopt(&theirs, &here, &own).await.problem(409, "duplicate");
        let at = format!("/v1/priorities/{}", adopted.id());
        w.patch(&at).by(&here).json(json!({"title": "Words for science"})).send().await.expect(200);
        assert_eq!(w.get(format!("/v1/priorities/{theirs}")).by(&here).send().await.expect(200).body["title"], "Vocabulary");
        // not from beside, nor from one's own
        publish(w, &here, &own).await;
        adopt(&adopted.id(), &here, &own).await.problem(409, "not_adoptable");
        w.post(format!("/v1/priorities/{theirs}/stop")).by(&leader).json(json!({"reason": "It did not help"})).send().await.expect(200);
        adopt(&theirs, &there, &other).await.problem(409, "not_adoptable");
        assert_eq!(w.get(&at).by(&here).send().await.expect(200).body["state"], "active", "a school goes on with what the trust stops");
    }

    async fn actions_have_owners_who_work_there_and_are_not_done_tomorrow(w: World) {
        let trust = w.trust("beacon").await;
        let (here, there) = (head(w, &trust, trust.school).await, head(w, &trust, trust.other_school).await);
        let made = plan(w, &here, trust.school).await;
        let action = |title: &str, owner: &Someone, done: &str| json!({"title": title, "owner_id": owner.person.to_string(), "done_on": done});
        let new = json!({"plan_id": made, "title": "Vocabulary", "owner_id": there.person.to_string(), "actions": [action("a", &here, "2026-10-05"), action("b", &there, "2026-10-05")]});
        assert_eq!(w.post("/v1/priorities").by(&here).json(new).send().await.problem(422, "unknown_reference").pointers(), ["/owner_id", "/actions/1/owner_id"]);
        let late = json!({"plan_id": made, "title": "Vocabulary", "actions": [action("a", &here, "2026-10-06")]});
        assert_eq!(w.post("/v1/priorities").by(&here).json(late).send().await.problem(422, "impossible_dates").pointers(), ["/actions/0/done_on"]);
        let id = priority(w, &here, &made, "Vocabulary").await;
        let at = format!("/v1/priorities/{id}");
        let first = w.patch(&at).by(&here).json(json!({"actions": [{"title": "Visit"}, {"title": "Read"}]})).send().await.expect(200);
        let next = w.patch(&at).by(&here).if_match(&first.etag()).json(json!({"actions": [action("Read", &here, "2026-10-02")]})).send().await.expect(200);
        assert_eq!(next.body["actions"][0]["id"], first.body["actions"][1]["id"], "an action keeps its id by its title");
        w.patch(&at).by(&here).if_match(&first.etag()).json(json!({"title": "Old"})).send().await.problem(412, "stale");
    }

    async fn objectives_and_learning_serve_priorities_of_published_plans(w: World) {
        let trust = w.trust("beacon").await;
        let (here, there) = (head(w, &trust, trust.school).await, head(w, &trust, trust.other_school).await);
        let teacher = trust.someone(w).at(trust.school).made().await;
        let (own, other) = (plan(w, &here, trust.school).await, plan(w, &there, trust.other_school).await);
        let (ours, theirs) = (priority(w, &here, &own, "Ours").await, priority(w, &there, &other, "Theirs").await);
        publish(w, &there, &other).await;
        let objective = |ids: Value| json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Words", "priority_ids": ids});
        let refused = w.post("/v1/objectives").by(&teacher).json(objective(json!([ours, theirs]))).send().await.problem(422, "unknown_reference");
        assert_eq!(refused.pointers(), ["/priority_ids/0", "/priority_ids/1"], "neither a draft's nor another school's");
        publish(w, &here, &own).await;
        let made = w.post("/v1/objectives").by(&teacher).json(objective(json!([ours]))).send().await.expect(201);
        let learning = json!({"title": "Reading", "kind": "reading", "started_on": "2026-10-01", "minutes": 30, "priority_ids": [ours]});
        let record = w.post("/v1/learning-records").by(&teacher).json(learning).send().await.expect(201);
        assert_eq!((&made.body["priority_ids"], &record.body["priority_ids"]), (&json!([ours]), &json!([ours])));
        for list in ["objectives", "learning-records"] {
            assert_eq!(w.get(format!("/v1/{list}?priority_id={ours}")).by(&teacher).send().await.expect(200).items().len(), 1, "{list}");
            assert_eq!(w.get(format!("/v1/{list}?priority_id={theirs}")).by(&teacher).send().await.expect(200).items().len(), 0, "{list}");
        }
        // what is linked stays linked when the plan is put away, and can be unlinked
        w.post(format!("/v1/improvement-plans/{own}/archive")).by(&here).send().await.expect(200);
        let at = format!("/v1/learning-records/{}", record.id());
        assert_eq!(w.patch(&at).by(&teacher).json(json!({"title": "A book"})).send().await.expect(200).body["priority_ids"], json!([ours]));
        w.patch(&at).by(&teacher).json(json!({"priority_ids": []})).send().await.expect(200);
        w.patch(&at).by(&teacher).json(json!({"priority_ids": [ours]})).send().await.problem(422, "unknown_reference");
    }

    async fn a_priority_is_adopted_once_even_by_two_at_once(w: World) {
        let trust = w.trust("beacon").await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let here = head(w, &trust, trust.school).await;
        let above = plan(w, &leader, trust.root).await;
        let own = plan(w, &here, trust.school).await;
        for n in 0..8 {
            let theirs = priority(w, &leader, &above, &format!("Priority {n}")).await;
            if n == 0 {
                publish(w, &leader, &above).await;
            }
            let shot = Shot::post(format!("/v1/priorities/{theirs}/adopt"), &here.token).json(json!({"plan_id": own}));
            let answers = all_at_once(w, vec![shot.clone(), shot]);
            let mut statuses: Vec<u16> = answers.iter().map(|a| a.0).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{answers:?}");
        }
    }
}
