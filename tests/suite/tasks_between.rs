//! Tasks between two people, and with learning: each is there for whom it waits, can be done where it says, and is gone when it is done.

use crate::{
    requests::{self, step},
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{relationship::RelationshipKind, role::RoleName};

/// In no title.
const PRIVATE: &str = "Quokkaesque";

async fn tasks(w: &World, who: &Someone) -> Vec<Value> {
    let found = w.get("/v1/me/tasks?limit=200").by(who).send().await.expect(200);
    assert!(!found.text.contains(PRIVATE), "nobody's private words: {}", found.text);
    found.items().to_vec()
}
fn kinds(tasks: &[Value]) -> Vec<&str> {
    tasks.iter().filter_map(|t| t["kind"].as_str()).collect()
}
/// What each of these has to do.
async fn waiting(w: &World, who: &[&Someone]) -> Vec<Vec<String>> {
    let mut out = Vec::new();
    for one in who {
        out.push(kinds(&tasks(w, one).await).into_iter().map(str::to_owned).collect());
    }
    out
}
/// The task of this kind, which its record lets them do.
async fn task(w: &World, who: &Someone, kind: &str, action: &str) -> Value {
    let found = tasks(w, who).await.into_iter().find(|t| t["kind"] == kind).unwrap_or_else(|| panic!("nothing to {kind}"));
    let record = w.get(found["href"].as_str().unwrap()).by(who).send().await.expect(200);
    assert!(record.can(action), "{kind}: {}", record.text);
    found
}
/// The same person, some time later.
fn later(w: &World, trust: &Trust, who: &Someone) -> Someone {
    Someone { token: w.token(trust.id, who), ..who.clone() }
}

on_both! {
    async fn a_conversation_is_a_task_of_each_side_in_turn(w: World) {
        let trust = w.trust("beacon").await;
        let manager = trust.someone(w).named("Niamh", "Grant").at(trust.school).made().await;
        let teacher = trust.someone(w).named("Amina", "Okoro").at(trust.school).made().await;
        let outsider = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        w.appoint(&trust, RelationshipKind::LineManager, teacher.person, manager.person).await;
        let new = |on: &str| json!({"employment_id": teacher.employment.unwrap().to_string(), "partner_id": manager.person.to_string(), "kind": "check_in", "starts_at": format!("{on}T15:30:00Z"), "place": "Room 12"});
        w.post("/v1/conversations").by(&teacher).json(new("2026-12-20")).send().await.expect(201);
        let at = format!("/v1/conversations/{}", w.post("/v1/conversations").by(&teacher).json(new("2026-10-12")).send().await.expect(201).id());
        let none = Vec::<String>::new();
        assert_eq!(waiting(w, &[&teacher, &manager, &outsider]).await, [vec!["prepare_conversation".to_owned()], none.clone(), none.clone()], "one that is far off asks for nothing");
        let found = task(w, &teacher, "prepare_conversation", "prepare").await;
        assert_eq!((&found["due_on"], &found["person_name"], &found["title"], &found["href"]), (&json!("2026-10-12"), &json!("Niamh Grant"), &Value::Null, &json!(at)));
        let go = async |by: &Someone, name: &str, body: Option<Value>| {
            let asking = w.post(format!("{at}/{name}")).by(by).if_match("*");
            match body { Some(body) => asking.json(body), None => asking }.send().await.expect(200)
        };
        go(&teacher, "prepare", None).await;
        w.patch(format!("{at}/my-notes")).by(&teacher).if_match("*").json(json!({"text": PRIVATE})).send().await.expect(200);
        task(w, &teacher, "share_preparation", "share").await;
        go(&teacher, "share", None).await;
        assert_eq!(waiting(w, &[&teacher, &manager]).await, [none.clone(), none.clone()], "both wait for the day");
        w.later(TimeDelta::days(8));
        let (teacher, manager, outsider) = (later(w, &trust, &teacher), later(w, &trust, &manager), later(w, &trust, &outsider));
        for who in [&teacher, &manager] {
            assert_eq!(task(w, who, "hold_conversation", "hold").await["overdue"], true);
        }
        go(&manager, "hold", None).await;
        let action = json!({"title": format!("{PRIVATE} visit"), "owner_id": manager.person.to_string(), "due_on": "2026-10-20"});
        let agreed = w.post(format!("{at}/actions")).by(&teacher).json(action).send().await.expect(201);
        let far = json!({"title": format!("{PRIVATE} later"), "owner_id": teacher.person.to_string(), "due_on": "2027-03-01"});
        w.post(format!("{at}/actions")).by(&teacher).json(far).send().await.expect(201);
        let found = task(w, &manager, "do_agreed_action", "finish").await;
        assert_eq!((&found["due_on"], &found["person_name"], &found["title"]), (&json!("2026-10-20"), &json!("Amina Okoro"), &Value::Null));
        w.post(format!("/v1/agreed-actions/{}/finish", agreed.id())).by(&manager).if_match("*").send().await.expect(200);
        task(w, &manager, "request_response", "request_response").await;
        assert_eq!(waiting(w, &[&teacher, &outsider]).await, [none.clone(), none.clone()]);
        go(&manager, "request-response", None).await;
        task(w, &teacher, "respond_to_conversation", "respond").await;
        assert_eq!(waiting(w, &[&manager]).await, std::slice::from_ref(&none));
        go(&teacher, "respond", Some(json!({"response": PRIVATE}))).await;
        task(w, &manager, "complete_conversation", "complete").await;
        task(w, &teacher, "complete_conversation", "complete").await;
        go(&manager, "complete", Some(json!({}))).await;
        assert_eq!(waiting(w, &[&teacher, &manager, &outsider]).await, [none.clone(), none.clone(), none]);
        // meetings stand in the calendar of both, with whom and where, and nothing of what they are for
        let link = w.post("/v1/me/calendar-links").by(&manager).json(json!({"name": "Here"})).send().await.expect(201);
        let path = link.body["url"].as_str().unwrap().strip_prefix("https://trellis.example").unwrap().to_owned();
        let feed = w.get(path).send().await.expect(200).text;
        assert_eq!(feed.matches("SUMMARY:Conversation with Amina Okoro\r\n").count(), 2, "{feed}");
        assert!(feed.contains("DTSTART:20261220T153000Z\r\n") && feed.contains("LOCATION:Room 12\r\n") && !feed.contains(PRIVATE) && !feed.contains("heck"), "{feed}");
    }

    async fn invitations_and_coaching_wait_for_an_answer(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let colleague = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).named("Amina", "Okoro").at(trust.school).appraised_by(&appraiser).made().await;
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Wait time"});
        let objective = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id();
        for (by, name) in [(&teacher, "propose"), (&appraiser, "agree")] {
            w.post(format!("/v1/objectives/{objective}/{name}")).by(by).if_match("*").send().await.expect(200);
        }
        let invited = json!({"objective_id": objective, "person_id": colleague.person.to_string()});
        w.post("/v1/collaborations").by(&teacher).json(invited).send().await.expect(201);
        let found = task(w, &colleague, "answer_invitation", "accept").await;
        assert_eq!((&found["title"], &found["person_name"], &found["record_id"]), (&json!("Wait time"), &json!("Amina Okoro"), &json!(objective)));
        w.get(format!("/v1/objectives/{objective}")).by(&colleague).send().await.problem(404, "not_found");
        w.post(format!("{}/decline", found["href"].as_str().unwrap())).by(&colleague).if_match("*").send().await.expect(200);
        let proposal = json!({"kind": "coaching", "learner_id": teacher.person.to_string(), "coach_id": colleague.person.to_string(), "focus": PRIVATE});
        let partnership = w.post("/v1/coaching-partnerships").by(&teacher).json(proposal).send().await.expect(201).id();
        assert_eq!(waiting(w, &[&teacher, &appraiser]).await, [Vec::<String>::new(), Vec::new()]);
        let found = task(w, &colleague, "answer_partnership", "accept").await;
        assert_eq!((&found["organisation_id"], &found["due_on"]), (&Value::Null, &Value::Null));
        w.post(format!("{}/accept", found["href"].as_str().unwrap())).by(&colleague).send().await.expect(200);
        let tried = json!({"partnership_id": partnership, "step": PRIVATE, "check_back_on": "2026-10-19"});
        w.post("/v1/action-steps").by(&colleague).json(tried).send().await.expect(201);
        assert_eq!(waiting(w, &[&colleague]).await, [Vec::<String>::new()]);
        let found = task(w, &teacher, "settle_step", "settle").await;
        assert_eq!(found["due_on"], "2026-10-19");
        w.post(format!("{}/settle", found["href"].as_str().unwrap())).by(&teacher).json(json!({"outcome": "kept"})).send().await.expect(200);
        assert_eq!(waiting(w, &[&teacher, &colleague]).await, [Vec::<String>::new(), Vec::new()]);
    }

    async fn a_learning_request_goes_from_desk_to_desk(w: World) {
        let s = requests::staff(w).await;
        let line = s.line(w, 100_000).await;
        let new = json!({"title": "Teaching writing", "why": PRIVATE, "starts_on": "2026-10-07", "ends_on": "2026-10-08", "cost_pence": 5_000, "cover_minutes": 60});
        let at = format!("/v1/learning-requests/{}", w.post("/v1/learning-requests").by(&s.teacher).json(new).send().await.expect(201).id());
        let everybody = [&s.teacher, &s.manager, &s.approver, &s.viewer, &s.head];
        let only = |n: usize, kind: &str| (0..5).map(|i| if i == n { vec![kind.to_owned()] } else { Vec::new() }).collect::<Vec<_>>();
        assert_eq!(waiting(w, &everybody).await, vec![Vec::<String>::new(); 5], "a draft waits for nobody");
        let looks = json!([{"level": "use_in_practice", "after": 2, "unit": "weeks"}, {"level": "pupil_outcomes", "after": 1, "unit": "terms"}]);
        let words = json!({"reaction": "Useful", "learning": "To plan a page", "organisational_support": "Time", "use_in_practice": "Each week", "pupil_outcomes": "Longer texts"});
        let plan = json!({"plan": words, "checkpoints": looks});
        step(w, &s.teacher, &at, "plan-impact", Some(plan)).await.expect(200);
        step(w, &s.teacher, &at, "submit", None).await.expect(200);
        assert_eq!(waiting(w, &everybody).await, only(1, "answer_request"));
        let found = task(w, &s.manager, "answer_request", "manager_agree").await;
        assert_eq!((&found["title"], &found["due_on"], &found["person_id"]), (&json!("Teaching writing"), &json!("2026-10-07"), &json!(s.teacher.person.to_string())));
        step(w, &s.manager, &at, "manager-agree", Some(json!({}))).await.expect(200);
        assert_eq!(waiting(w, &everybody).await, only(2, "decide_request"));
        task(w, &s.approver, "decide_request", "return").await;
        step(w, &s.approver, &at, "return", Some(json!({"reason": "Which day?"}))).await.expect(200);
        assert_eq!(waiting(w, &everybody).await, only(0, "revise_request"));
        task(w, &s.teacher, "revise_request", "update").await;
        step(w, &s.teacher, &at, "submit", None).await.expect(200);
        step(w, &s.manager, &at, "manager-agree", Some(json!({}))).await.expect(200);
        step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": line}))).await.expect(200);
        assert_eq!(waiting(w, &everybody).await, only(0, "book_learning"));
        task(w, &s.teacher, "book_learning", "book").await;
        step(w, &s.teacher, &at, "book", Some(json!({}))).await.expect(200);
        assert_eq!(waiting(w, &everybody).await, vec![Vec::<String>::new(); 5], "it has not begun");
        w.later(TimeDelta::days(4));
        let teacher = later(w, &s.trust, &s.teacher);
        task(w, &teacher, "confirm_attendance", "attend").await;
        step(w, &teacher, &at, "attend", None).await.expect(200);
        task(w, &teacher, "evaluate_learning", "evaluate").await;
        let found = task(w, &teacher, "record_checkpoint", "record_checkpoint").await;
        assert_eq!(found["due_on"], "2026-10-22");
        assert_eq!(kinds(&tasks(w, &teacher).await), ["record_checkpoint", "evaluate_learning"], "the other checkpoint is far off");
        step(w, &teacher, &at, "evaluate", Some(json!({"evaluation": PRIVATE}))).await.expect(200);
        assert_eq!(kinds(&tasks(w, &teacher).await), ["record_checkpoint"], "nothing is reviewed before its checkpoints");
        for checkpoint in w.get(format!("{at}/impact")).by(&teacher).send().await.expect(200).body["checkpoints"].as_array().unwrap() {
            let path = format!("{at}/checkpoints/{}/record", checkpoint["id"].as_str().unwrap());
            w.post(path).by(&teacher).json(json!({"outcome": "discontinued", "narrative": PRIVATE})).send().await.expect(200);
        }
        assert_eq!(kinds(&tasks(w, &teacher).await), ["review_impact"]);
        task(w, &teacher, "review_impact", "review_impact").await;
        step(w, &teacher, &at, "review-impact", Some(json!({"conclusion": "continue"}))).await.expect(200);
        assert_eq!(tasks(w, &teacher).await.len(), 0);
        // who has neither line manager nor appraiser is answered by who approves, and nobody answers their own
        let approver = later(w, &s.trust, &s.approver);
        let own = w.post("/v1/learning-requests").by(&approver).json(json!({"title": "Mine", "starts_on": "2026-11-07"})).send().await.expect(201).id();
        step(w, &approver, &format!("/v1/learning-requests/{own}"), "submit", None).await.expect(200);
        let manager = later(w, &s.trust, &s.manager);
        let theirs = w.post("/v1/learning-requests").by(&manager).json(json!({"title": "Theirs", "starts_on": "2026-11-07"})).send().await.expect(201).id();
        step(w, &manager, &format!("/v1/learning-requests/{theirs}"), "submit", None).await.expect(200);
        let asked = tasks(w, &approver).await;
        assert_eq!((kinds(&asked), &asked[0]["title"]), (vec!["answer_request"], &json!("Theirs")));
    }

    async fn training_is_a_task_until_it_is_done_and_again_when_it_runs_out(w: World) {
        let trust = w.trust("beacon").await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let elsewhere = trust.someone(w).at(trust.other_school).made().await;
        let new = json!({"organisation_id": trust.school.to_string(), "title": "First aid", "authority": "guidance", "trigger": "on_start", "due_within_days": 14,
            "validity": "months", "validity_months": 12, "warn_at_days": [30]});
        let of = w.post("/v1/training-requirements").by(&head).json(new).send().await.expect(201).id();
        w.post(format!("/v1/training-requirements/{of}/publish")).by(&head).json(json!({"applies_from": "2020-09-01"})).send().await.expect(200);
        let found = tasks(w, &teacher).await;
        assert_eq!((kinds(&found), &found[0]["title"], &found[0]["record_id"]), (vec!["do_training"], &json!("First aid"), &json!(of)));
        w.get(found[0]["href"].as_str().unwrap()).by(&teacher).send().await.expect(200);
        assert_eq!(tasks(w, &elsewhere).await.len(), 0);
        let done = |day: &str| json!({"requirement_id": of, "person_id": teacher.person.to_string(), "completed_on": day});
        w.post("/v1/training-completions").by(&head).json(done("2025-10-20")).send().await.expect(201);
        let found = tasks(w, &teacher).await;
        assert_eq!((kinds(&found), &found[0]["due_on"]), (vec!["do_training"], &json!("2026-10-20")), "it runs out");
        w.post("/v1/training-completions").by(&head).json(done("2026-10-01")).send().await.expect(201);
        assert_eq!(tasks(w, &teacher).await.len(), 0);
    }
}
