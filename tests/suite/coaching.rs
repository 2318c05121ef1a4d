//! Coaching: both must want it, either ends it, nobody else reads anything of it, and what is shared is a copy.

use crate::{
    concurrency::{Shot, all_at_once},
    support::*,
};
use serde_json::{Value, json};
use trellis_domain::{access::Permission, relationship::RelationshipKind, role::RoleName};

/// In no other record of a test.
const SECRET: &str = "Quetzalcoatlus";

struct Pair {
    trust: Trust,
    learner: Someone,
    coach: Someone,
    appraiser: Someone,
}
async fn pair(w: &World) -> Pair {
    let trust = w.trust("beacon").await;
    let appraiser = trust.someone(w).at(trust.school).made().await;
    let learner = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
    let coach = trust.someone(w).at(trust.school).made().await;
    Pair { trust, learner, coach, appraiser }
}
impl Pair {
    fn proposal(&self) -> Value {
        json!({"kind": "coaching", "learner_id": self.learner.person.to_string(), "coach_id": self.coach.person.to_string(), "focus": format!("{SECRET} focus"), "cadence_weeks": 2})
    }
    async fn proposed(&self, w: &World) -> String {
        w.post("/v1/coaching-partnerships").by(&self.learner).json(self.proposal()).send().await.expect(201).id()
    }
    async fn active(&self, w: &World) -> String {
        let id = self.proposed(w).await;
        w.post(format!("/v1/coaching-partnerships/{id}/accept")).by(&self.coach).send().await.expect(200);
        id
    }
    async fn step(&self, w: &World, by: &Someone, of: &str) -> Reply {
        let new = json!({"partnership_id": of, "step": format!("{SECRET} step"), "check_back_on": "2026-10-19"});
        w.post("/v1/action-steps").by(by).json(new).send().await
    }
    async fn visit(&self, w: &World, by: &Someone, of: &str, purpose: &str) -> Reply {
        let new = json!({"lane": "development", "partnership_id": of, "visited_on": "2026-10-02", "minutes": 25, "purpose": purpose, "notes": format!("{SECRET} {purpose} notes")});
        w.post("/v1/learning-visits").by(by).json(new).send().await
    }
}

on_both! {
    async fn both_must_want_a_partnership_and_either_ends_it(w: World) {
        let p = pair(w).await;
        let elsewhere = p.trust.someone(w).at(p.trust.other_school).made().await;
        let propose = async |by: &Someone, learner: &Someone, coach: &Someone| {
            let new = json!({"kind": "coaching", "learner_id": learner.person.to_string(), "coach_id": coach.person.to_string(), "focus": "Questions"});
            w.post("/v1/coaching-partnerships").by(by).json(new).send().await
        };
        propose(&p.appraiser, &p.learner, &p.coach).await.problem(403, "not_permitted");
        assert_eq!(propose(&p.learner, &p.learner, &p.learner).await.problem(422, "self_relationship").pointers(), ["/coach_id"]);
        assert_eq!(propose(&p.learner, &p.learner, &elsewhere).await.problem(422, "unknown_reference").pointers(), ["/coach_id"]);
        assert_eq!(propose(&p.coach, &elsewhere, &p.coach).await.problem(422, "unknown_reference").pointers(), ["/learner_id"]);
        let id = p.proposed(w).await;
        propose(&p.coach, &p.learner, &p.coach).await.problem(409, "duplicate");
        let at = format!("/v1/coaching-partnerships/{id}");
        let accept = async |by: &Someone| w.post(format!("{at}/accept")).by(by).send().await;
        accept(&p.learner).await.problem(403, "not_for_yourself");
        accept(&p.appraiser).await.problem(404, "not_found");
        // the coach would rather do something else, so it is the coach's proposal now
        w.patch(&at).by(&p.coach).json(json!({"focus": "Waiting", "cadence_weeks": null})).send().await.expect(200);
        accept(&p.coach).await.problem(403, "not_for_yourself");
        let begun = accept(&p.learner).await.expect(200);
        assert_eq!((&begun.body["state"], &begun.body["started_on"], &begun.body["cadence"]), (&json!("active"), &json!("2026-10-05"), &Value::Null));
        accept(&p.learner).await.problem(409, "wrong_state");
        let end = async |by: &Someone| w.post(format!("{at}/end")).by(by).json(json!({"reason": "Done"})).send().await;
        end(&p.coach).await.expect(200);
        end(&p.learner).await.problem(409, "wrong_state");
        assert_eq!(p.step(w, &p.learner, &id).await.problem(409, "wrong_state").body["code"], "wrong_state");
        // and again, the other way round
        let declined = propose(&p.coach, &p.learner, &p.coach).await.expect(201).id();
        w.post(format!("/v1/coaching-partnerships/{declined}/end")).by(&p.learner).json(json!({})).send().await.expect(200);
        let listed = w.get("/v1/coaching-partnerships?state=ended").by(&p.coach).send().await.expect(200);
        assert_eq!(listed.items().len(), 2);
    }

    async fn nobody_but_the_two_reads_a_word_of_it_on_any_path(w: World) {
        let p = pair(w).await;
        let id = p.active(w).await;
        let step = p.step(w, &p.coach, &id).await.expect(201).id();
        let visit = p.visit(w, &p.coach, &id, "Questions").await.expect(201).id();
        let settled = json!({"outcome": "adapted", "note": format!("{SECRET} note")});
        w.post(format!("/v1/action-steps/{step}/settle")).by(&p.learner).json(settled).send().await.expect(200);
        let school = p.trust.school;
        let mut tokens = vec![("appraiser", p.appraiser.token.clone())];
        for role in RoleName::ALL {
            let at = if matches!(role, RoleName::TrustLeader | RoleName::TrustAdmin) { p.trust.root } else { school };
            tokens.push((role.as_str(), p.trust.someone(w).at(school).with(*role, at).made().await.token));
        }
        let scopes: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| p.for_service_accounts()).collect();
        tokens.push(("machine", w.key(&p.trust, &scopes, None).await.2));
        let records = [format!("/v1/coaching-partnerships/{id}"), format!("/v1/action-steps/{step}"), format!("/v1/learning-visits/{visit}")];
        for (name, token) in &tokens {
            for at in &records {
                for path in [at.clone(), format!("{at}/history")] {
                    let reply = w.get(&path).bearer(token).send().await;
                    assert_eq!(reply.status, if *name == "machine" { 403 } else { 404 }, "{path} by {name}");
                }
            }
            for path in ["/v1/coaching-partnerships", "/v1/action-steps", "/v1/learning-visits", "/v1/changes?include=record&limit=1000", "/v1/learning-records?limit=200", "/v1/objectives?limit=200"] {
                let reply = w.get(path).bearer(token).send().await;
                let told = reply.text.contains(SECRET) || reply.text.contains(&id) || reply.text.contains(&visit) || reply.text.contains(&step);
                assert!(!told && (reply.status == 200 || reply.status == 403), "{path} by {name}: {}", reply.text);
            }
        }
        for who in [&p.learner, &p.coach] {
            for at in &records {
                assert!(w.get(at).by(who).send().await.expect(200).text.contains(SECRET));
                assert!(!w.get(format!("{at}/history")).by(who).send().await.expect(200).items().is_empty());
            }
        }
    }

    async fn of_all_who_accept_at_once_one_does(w: World) {
        let p = pair(w).await;
        let id = p.proposed(w).await;
        let shot = Shot::post(format!("/v1/coaching-partnerships/{id}/accept"), &p.coach.token);
        let answers = all_at_once(w, vec![shot; 6]);
        assert_eq!(answers.iter().filter(|(status, _)| *status == 200).count(), 1, "{answers:?}");
        assert!(answers.iter().all(|(status, body)| *status == 200 || body["code"] == "wrong_state"), "{answers:?}");
        let history = w.get(format!("/v1/coaching-partnerships/{id}/history")).by(&p.learner).send().await.expect(200);
        assert_eq!(history.items().iter().filter(|e| e["type"] == "coaching_partnership.accepted").count(), 1);
        // the two agree on different steps in the same moment
        let body = |step: &str| json!({"partnership_id": id, "step": step, "check_back_on": "2026-10-19"});
        let shots = vec![Shot::post("/v1/action-steps", &p.coach.token).json(body("Wait")), Shot::post("/v1/action-steps", &p.learner.token).json(body("Ask"))];
        let answers = all_at_once(w, shots);
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
        assert!(answers.iter().any(|(_, body)| body["code"] == "step_open"), "{answers:?}");
        assert_eq!(w.get("/v1/action-steps?state=open").by(&p.learner).send().await.expect(200).items().len(), 1);
        // two who propose to each other have one proposal
        let q = pair_of(w, &p).await;
        let new = |learner: &Someone, coach: &Someone| json!({"kind": "peer", "learner_id": learner.person.to_string(), "coach_id": coach.person.to_string(), "focus": "Both"});
        let shots = vec![Shot::post("/v1/coaching-partnerships", &q.0.token).json(new(&q.0, &q.1)), Shot::post("/v1/coaching-partnerships", &q.1.token).json(new(&q.0, &q.1))];
        let answers = all_at_once(w, shots);
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 1, "{answers:?}");
    }

    async fn one_action_step_at_a_time_and_its_learner_says_what_became_of_it(w: World) {
        let p = pair(w).await;
        let id = p.active(w).await;
        let past = json!({"partnership_id": id, "step": "Yesterday", "check_back_on": "2026-10-04"});
        assert_eq!(w.post("/v1/action-steps").by(&p.coach).json(past).send().await.problem(422, "period_backwards").pointers(), ["/check_back_on"]);
        assert_eq!(p.step(w, &p.appraiser, &id).await.problem(422, "unknown_reference").pointers(), ["/partnership_id"]);
        let first = p.step(w, &p.coach, &id).await.expect(201).id();
        p.step(w, &p.learner, &id).await.problem(409, "step_open");
        let settle = async |by: &Someone, outcome: &str| w.post(format!("/v1/action-steps/{first}/settle")).by(by).json(json!({"outcome": outcome})).send().await;
        settle(&p.coach, "kept").await.problem(403, "not_permitted");
        assert_eq!(settle(&p.learner, "dropped").await.expect(200).body["state"], "dropped");
        settle(&p.learner, "kept").await.problem(409, "wrong_state");
        p.step(w, &p.learner, &id).await.expect(201);
    }

    async fn what_the_visited_shares_is_a_copy_and_nothing_else_crosses(w: World) {
        let p = pair(w).await;
        let id = p.active(w).await;
        let late = json!({"lane": "development", "partnership_id": id, "visited_on": "2026-10-06", "minutes": 25, "purpose": "Tomorrow"});
        let untold = json!({"partnership_id": id, "visited_on": "2026-10-02", "minutes": 25, "purpose": "For what?"});
        assert_eq!(w.post("/v1/learning-visits").by(&p.coach).json(untold).send().await.problem(422, "validation_failed").pointers(), ["/lane"]);
        assert_eq!(w.post("/v1/learning-visits").by(&p.coach).json(late).send().await.problem(422, "impossible_dates").pointers(), ["/visited_on"]);
        let made = p.visit(w, &p.coach, &id, "Questions").await.expect(201);
        assert_eq!((&made.body["lane"], &made.body["visited_id"]), (&json!("development"), &json!(p.learner.person.to_string())), "development, if nothing is said");
        p.visit(w, &p.coach, &id, "Kept").await.expect(201);
        let at = format!("/v1/learning-visits/{}", made.id());
        w.patch(&at).by(&p.learner).json(json!({"notes": "Rather this"})).send().await.problem(403, "not_permitted");
        w.patch(&at).by(&p.coach).json(json!({"notes": "They waited."})).send().await.expect(200);
        w.post(format!("{at}/share")).by(&p.coach).json(json!({})).send().await.problem(403, "not_permitted");
        let seen = async || w.get(format!("/v1/learning-records?person_id={}", p.learner.person)).by(&p.appraiser).send().await.expect(200);
        assert_eq!(seen().await.items().len(), 0);
        w.post(format!("{at}/share")).by(&p.learner).json(json!({})).send().await.expect(200);
        let copies = seen().await;
        let copy = &copies.items()[0];
        assert_eq!((copies.items().len(), &copy["title"], &copy["reflection"], &copy["kind"]), (1, &json!("Questions"), &json!("They waited."), &json!("learning_visit")));
        assert!(!copies.text.contains(SECRET), "{}", copies.text);
        w.post(format!("{at}/share")).by(&p.learner).json(json!({})).send().await.problem(409, "wrong_state");
        w.patch(&at).by(&p.coach).json(json!({"notes": "Differently"})).send().await.problem(409, "wrong_state");
        w.get(&at).by(&p.appraiser).send().await.problem(404, "not_found");
        // it is taken back where it stands
        w.post(format!("/v1/learning-records/{}/unshare", copy["id"].as_str().unwrap())).by(&p.learner).send().await.expect(200);
        assert_eq!(seen().await.items().len(), 0);
        let theirs = w.get(format!("{at}/history")).by(&p.coach).send().await.expect(200);
        assert!(!theirs.text.contains(copy["id"].as_str().unwrap()), "where the copy stands is its owner's");
    }

    async fn a_visit_has_a_purpose_and_a_lane_and_no_grade(w: World) {
        let p = pair(w).await;
        let id = p.active(w).await;
        let visited = p.learner.person.to_string();
        let development = json!({"lane": "development", "partnership_id": id, "visited_on": "2026-10-02", "minutes": 25, "purpose": "Who answers?"});
        let observation = json!({"lane": "appraisal", "visited_id": visited, "visited_on": "2026-10-02", "minutes": 25, "purpose": "The objective"});
        for (by, whole) in [(&p.coach, &development), (&p.appraiser, &observation)] {
            for names in [vec!["lane", "purpose"], vec!["lane"], vec!["purpose"]] {
                let mut body = whole.clone();
                body.as_object_mut().unwrap().retain(|name, _| !names.contains(&name.as_str()));
                let refused = w.post("/v1/learning-visits").by(by).json(body).send().await.problem(422, "validation_failed");
                let mut at = refused.pointers();
                at.sort_unstable();
                assert_eq!(at, names.iter().map(|name| format!("/{name}")).collect::<Vec<_>>(), "each that is missing is named");
            }
            for grade in ["grade", "rating"] {
                let mut body = whole.clone();
                body[grade] = json!("good");
                assert_eq!(w.post("/v1/learning-visits").by(by).json(body).send().await.problem(422, "validation_failed").pointers(), [format!("/{grade}")]);
            }
            let made = w.post("/v1/learning-visits").by(by).json(whole.clone()).send().await.expect(201);
            let at = format!("/v1/learning-visits/{}", made.id());
            for grade in ["grade", "rating"] {
                assert_eq!(w.patch(&at).by(by).json(json!({grade: "good"})).send().await.problem(422, "validation_failed").pointers(), [format!("/{grade}")]);
            }
            let kept = w.get(&at).by(by).send().await.expect(200);
            assert_eq!((&kept.body["lane"], &kept.body["purpose"], kept.etag()), (&whole["lane"], &whole["purpose"], made.etag()));
            assert!(kept.body.get("grade").is_none() && kept.body.get("rating").is_none(), "{}", kept.text);
        }
    }

    async fn an_observation_for_appraisal_is_the_appraisers_and_ends_at_the_limit(w: World) {
        let p = pair(w).await;
        let admin = p.trust.someone(w).with(RoleName::TrustAdmin, p.trust.root).made().await;
        let hr = p.trust.someone(w).with(RoleName::Hr, p.trust.root).made().await;
        let rules = json!({"minimum_employment_months": 4, "excluded_while": ["induction"], "period_months": 12, "mid_year_review_required": false, "keep_years": 6, "observation_minutes_limit": 90});
        let new = json!({"key": "limited", "name": "Limited", "legal_basis": "Ours", "based_on": "01990000-0000-7000-8000-000000000002", "rules": rules});
        let profile = w.post("/v1/rule-profiles").by(&admin).json(new).send().await.expect(201).id();
        w.post(format!("/v1/rule-profiles/{profile}/publish")).by(&admin).send().await.expect(200);
        let framework = w.get("/v1/framework-versions?key=teachers-standards").by(&hr).send().await.expect(200);
        let new = json!({
            "organisation_id": p.trust.root.to_string(), "name": "2026/27", "starts_on": "2026-09-01", "ends_on": "2027-08-31", "rule_profile": "limited", "rule_profile_version": 1,
            "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-01", "report_due_on": "2027-07-31", "staff_categories": ["teacher"], "framework_version_ids": [framework.items()[0]["id"]],
        });
        let cycle = format!("/v1/cycles/{}", w.post("/v1/cycles").by(&hr).json(new).send().await.expect(201).id());
        w.post(format!("{cycle}/publish")).by(&hr).send().await.expect(200);
        w.create_appraisals(&cycle, &hr).await;
        let observe = async |by: &Someone, on: &str, minutes: u32| {
            let new = json!({"lane": "appraisal", "visited_id": p.learner.person.to_string(), "visited_on": on, "minutes": minutes, "purpose": "The objective"});
            w.post("/v1/learning-visits").by(by).json(new).send().await
        };
        for by in [&p.coach, &p.learner] {
            assert_eq!(observe(by, "2026-10-01", 30).await.problem(422, "unknown_reference").pointers(), ["/visited_id"]);
        }
        let within = json!({"lane": "appraisal", "partnership_id": p.active(w).await, "visited_on": "2026-10-01", "minutes": 30, "purpose": "Mixed"});
        assert_eq!(w.post("/v1/learning-visits").by(&p.coach).json(within).send().await.problem(422, "contradictory_members").pointers(), ["/partnership_id"]);
        let alone = json!({"lane": "development", "visited_on": "2026-10-01", "minutes": 30, "purpose": "Alone"});
        assert_eq!(w.post("/v1/learning-visits").by(&p.coach).json(alone).send().await.problem(422, "contradictory_members").pointers(), ["/partnership_id"]);
        observe(&p.appraiser, "2026-09-10", 60).await.expect(201);
        let id = w.get("/v1/coaching-partnerships").by(&p.coach).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        p.visit(w, &p.coach, &id, "For development").await.expect(201);
        let refused = observe(&p.appraiser, "2026-10-01", 45).await.problem(409, "observation_limit");
        assert!(refused.body["detail"].as_str().unwrap().contains("60 of 90"), "{}", refused.text);
        let last = observe(&p.appraiser, "2026-10-01", 30).await.expect(201);
        observe(&p.appraiser, "2026-10-01", 1).await.problem(409, "observation_limit");
        // outside the period nothing limits it, and a coach reads no observation
        observe(&p.appraiser, "2026-08-20", 60).await.expect(201);
        w.get(format!("/v1/learning-visits/{}", last.id())).by(&p.coach).send().await.problem(404, "not_found");
        w.get(format!("/v1/learning-visits/{}", last.id())).by(&p.learner).send().await.expect(200);
        assert_eq!(w.get("/v1/learning-visits?lane=appraisal").by(&p.learner).send().await.expect(200).items().len(), 3);
    }

    async fn a_round_goes_on_by_either_of_the_two_and_another_goal_begins_another(w: World) {
        let p = pair(w).await;
        let id = p.proposed(w).await;
        let at = format!("/v1/coaching-partnerships/{id}");
        let go = async |by: &Someone, stage: &str| w.post(format!("{at}/{stage}")).by(by).send().await;
        assert_eq!(w.get(&at).by(&p.learner).send().await.expect(200).body["round"], Value::Null);
        go(&p.learner, "learn").await.problem(409, "wrong_state");
        let begun = w.post(format!("{at}/accept")).by(&p.coach).send().await.expect(200);
        assert_eq!(begun.body["round"], json!({"number": 1, "stage": "identify", "since": "2026-10-05"}));
        assert!(begun.can("learn") && !begun.can("improve") && !begun.can("identify"));
        for (by, stage, number) in [(&p.learner, "learn", 1), (&p.coach, "improve", 1), (&p.coach, "learn", 1), (&p.learner, "improve", 1), (&p.coach, "identify", 2), (&p.coach, "learn", 2), (&p.coach, "identify", 3)] {
            let now = go(by, stage).await.expect(200);
            assert_eq!(now.body["round"], json!({"number": number, "stage": stage, "since": "2026-10-05"}));
            go(by, stage).await.problem(409, "wrong_state");
        }
        for (by, status) in [(&p.appraiser, 404), (&p.coach, 409)] {
            go(by, "improve").await.expect(status);
        }
        w.post(format!("{at}/learn")).by(&p.coach).if_match("\"1\"").send().await.problem(412, "stale");
        let history = w.get(format!("{at}/history")).by(&p.learner).send().await.expect(200);
        assert_eq!(history.items().iter().filter(|e| e["type"] == "coaching_partnership.went_on").count(), 7, "{}", history.text);
        let ended = w.post(format!("{at}/end")).by(&p.coach).json(json!({})).send().await.expect(200);
        assert_eq!(ended.body["round"]["number"], 3, "it is kept how far they came");
        go(&p.coach, "learn").await.problem(409, "wrong_state");
    }

    async fn a_rhythm_of_coaching_is_told_to_the_two_alone(w: World) {
        let p = pair(w).await;
        let head = p.trust.someone(w).at(p.trust.school).with(RoleName::Headteacher, p.trust.school).made().await;
        w.appoint(&p.trust, RelationshipKind::Coach, p.learner.person, p.coach.person).await;
        let id = p.active(w).await;
        let again = |who: &Someone| Someone { token: w.token(p.trust.id, who), ..who.clone() };
        let rhythms = async |who: &Someone| w.get("/v1/me/coaching-rhythms").by(&again(who)).send().await.expect(200);
        let asked = async |who: &Someone| {
            let found = w.get("/v1/me/tasks").by(&again(who)).send().await.expect(200);
            assert!(!found.text.contains(SECRET), "{}", found.text);
            found.items().iter().filter(|t| t["kind"] == "arrange_coaching").map(|t| (t["due_on"].clone(), t["person_id"].clone(), t["record_id"].clone())).collect::<Vec<_>>()
        };
        let standing = async || {
            let (one, other) = (rhythms(&p.learner).await, rhythms(&p.coach).await);
            assert!(!one.text.contains(SECRET), "{}", one.text);
            for (found, other) in [(&one, &p.coach), (&other, &p.learner)] {
                assert_eq!((found.items().len(), &found.items()[0]["other_id"], &found.items()[0]["partnership_id"]), (1, &json!(other.person.to_string()), &json!(id)));
            }
            let of = |r: &Reply| ["health", "due_on", "overdue_days", "last_held_on", "next_booked_on"].map(|name| r.items()[0][name].clone());
            assert_eq!(of(&one), of(&other), "both are told the same");
            of(&one)
        };
        assert_eq!(standing().await, [json!("on_track"), json!("2026-10-19"), json!(0), Value::Null, Value::Null]);
        assert!(asked(&p.learner).await.is_empty());
        w.later(chrono::TimeDelta::days(8));
        assert_eq!(standing().await[0], "due");
        w.later(chrono::TimeDelta::days(9));
        assert_eq!(standing().await, [json!("late"), json!("2026-10-19"), json!(3), Value::Null, Value::Null]);
        for (who, other) in [(&p.learner, &p.coach), (&p.coach, &p.learner)] {
            assert_eq!(asked(who).await, [(json!("2026-10-19"), json!(other.person.to_string()), json!(id))]);
        }
        for who in [&p.appraiser, &head] {
            assert_eq!((rhythms(who).await.items().len(), asked(who).await.len()), (0, 0));
        }
        let (_, _, machine) = w.key(&p.trust, &[Permission::ReadPeople], None).await;
        w.get("/v1/me/coaching-rhythms").bearer(&machine).send().await.problem(403, "not_permitted");
        // booked it asks for nothing; called off it does again; and what they agree on was agreed when they met
        let talk = json!({"employment_id": p.learner.employment.unwrap().to_string(), "partner_id": p.coach.person.to_string(), "kind": "coaching", "starts_at": "2026-10-23T15:30:00Z"});
        let booked = w.post("/v1/conversations").by(&again(&p.learner)).json(talk).send().await.expect(201).id();
        assert_eq!((standing().await[4].clone(), asked(&p.coach).await.len()), (json!("2026-10-23"), 0));
        w.post(format!("/v1/conversations/{booked}/cancel")).by(&again(&p.learner)).if_match("*").json(json!({"reason": "Ill"})).send().await.expect(200);
        assert_eq!((standing().await[4].clone(), asked(&p.coach).await.len()), (Value::Null, 1));
        p.visit(w, &again(&p.coach), &id, "Who answers?").await.expect(201);
        assert_eq!((standing().await[3].clone(), standing().await[0].clone()), (json!("2026-10-02"), json!("late")), "a visit before it began is none of the rhythm");
        let new = json!({"partnership_id": id, "step": "Wait", "check_back_on": "2026-11-02"});
        w.post("/v1/action-steps").by(&again(&p.coach)).json(new).send().await.expect(201);
        assert_eq!(standing().await, [json!("on_track"), json!("2026-11-05"), json!(0), json!("2026-10-22"), Value::Null]);
        // by the calendar of the learner's school a week of holidays is none
        let admin = p.trust.someone(w).with(RoleName::TrustAdmin, p.trust.root).made().await;
        let terms = json!([{"starts_on": "2026-09-02", "ends_on": "2026-10-22"}, {"starts_on": "2026-11-02", "ends_on": "2027-07-21"}]);
        let calendar = json!({"organisation_id": p.trust.root.to_string(), "academic_year": 2026, "bank_holidays": "england_and_wales", "terms": terms, "inset_days": []});
        w.post("/v1/calendars").by(&again(&admin)).json(calendar).send().await.expect(201);
        assert_eq!(standing().await[1], "2026-11-12");
        // another rhythm counts from the day on which it was set; without one nothing is told
        let at = format!("/v1/coaching-partnerships/{id}");
        let set = w.patch(&at).by(&again(&p.learner)).json(json!({"cadence_weeks": 1})).send().await.expect(200);
        assert_eq!(set.body["cadence"], json!({"weeks": 1, "since": "2026-10-22"}));
        w.patch(&at).by(&again(&p.learner)).json(json!({"cadence_weeks": null})).send().await.expect(200);
        assert_eq!(rhythms(&p.coach).await.items().len(), 0);
    }

    async fn what_two_had_goes_with_its_learner_and_stays_when_the_coach_is_erased(w: World) {
        let p = pair(w).await;
        let hr = p.trust.someone(w).at(p.trust.other_school).with(RoleName::Hr, p.trust.root).made().await;
        let id = p.active(w).await;
        p.step(w, &p.coach, &id).await.expect(201);
        p.visit(w, &p.coach, &id, "Questions").await.expect(201);
        // typed in twice: everything goes over to the other record, and the two still have it
        let twin = w.post("/v1/people").by(&hr).json(json!({"given_name": "Ada", "family_name": "Twin"})).send().await.expect(201).id();
        w.post(format!("/v1/people/{}/merge", p.coach.person)).by(&hr).json(json!({"into": twin})).send().await.expect(201);
        let at = format!("/v1/coaching-partnerships/{id}");
        assert_eq!(w.get(&at).by(&p.learner).send().await.expect(200).body["coach_id"], json!(twin));
        let merge = w.get("/v1/merges").by(&hr).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        w.post(format!("/v1/merges/{merge}/undo")).by(&hr).send().await.expect(200);
        assert_eq!(w.get(&at).by(&p.learner).send().await.expect(200).body["coach_id"], json!(p.coach.person.to_string()));
        let erase = async |who: &Someone| {
            let employment = format!("/v1/employments/{}", who.employment.unwrap());
            w.patch(employment).by(&hr).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
            let person = w.get(format!("/v1/people/{}", who.person)).by(&hr).send().await.expect(200);
            let body = json!({"family_name": person.body["family_name"], "reason": "requested"});
            w.post(format!("/v1/people/{}/erase", who.person)).by(&hr).json(body).send().await.expect(200)
        };
        erase(&p.coach).await;
        assert_eq!(w.get(&at).by(&p.learner).send().await.expect(200).body["state"], "ended");
        assert_eq!(w.get("/v1/action-steps").by(&p.learner).send().await.expect(200).items().len(), 1);
        assert_eq!(w.get("/v1/learning-visits").by(&p.learner).send().await.expect(200).items().len(), 1);
        let gone = erase(&p.learner).await;
        let kinds: Vec<&str> = gone.body["deleted"].as_array().unwrap().iter().map(|c| c["record_type"].as_str().unwrap()).collect();
        assert!(["coaching_partnership", "action_step", "learning_visit"].iter().all(|k| kinds.contains(k)), "{}", gone.text);
    }
}

/// Two more of the same school.
async fn pair_of(w: &World, p: &Pair) -> (Someone, Someone) {
    (p.trust.someone(w).at(p.trust.school).made().await, p.trust.someone(w).at(p.trust.school).made().await)
}
