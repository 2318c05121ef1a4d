//! What comes of learning: a plan before it begins, honest checkpoints afterwards, words that are between few, and sums that tell nobody apart.

use crate::{
    requests::{Staff, staff, step},
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{relationship::RelationshipKind, role::RoleName};

fn plan() -> Value {
    json!({
        "plan": {"reaction": "Worth the day", "learning": "I can model a paragraph aloud", "organisational_support": "A department meeting in November",
            "use_in_practice": "Every Year 9 lesson has a modelled paragraph", "pupil_outcomes": "Answers of more than one paragraph"},
        "checkpoints": [{"level": "use_in_practice", "after": 6, "unit": "weeks"}, {"level": "pupil_outcomes", "after": 1, "unit": "terms"}],
    })
}
/// The same people, once time has passed.
fn again(w: &World, s: &Staff) -> Staff {
    let fresh = |who: &Someone| Someone { token: w.token(s.trust.id, who), ..who.clone() };
    Staff {
        trust: s.trust.clone(),
        teacher: fresh(&s.teacher),
        manager: fresh(&s.manager),
        approver: fresh(&s.approver),
        viewer: fresh(&s.viewer),
        head: fresh(&s.head),
    }
}
async fn drafted(w: &World, by: &Someone, cost: i32, more: Value) -> String {
    let mut new = json!({"title": "Teaching writing", "provider": "Writers' Guild", "starts_on": "2026-10-12", "cost_pence": cost, "cover_minutes": 360});
    new.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    format!("/v1/learning-requests/{}", w.post("/v1/learning-requests").by(by).json(new).send().await.expect(201).id())
}
async fn impact(w: &World, by: &Someone, at: &str) -> Value {
    w.get(format!("{at}/impact")).by(by).send().await.expect(200).body
}
fn states(impact: &Value) -> Vec<&str> {
    impact["checkpoints"].as_array().unwrap().iter().map(|c| c["state"].as_str().unwrap()).collect()
}
/// The summary as a chart: the figures that are told, level by level, drawn and in words for whoever cannot see them.
async fn as_a_chart(w: &World, path: &str, by: &Someone) {
    let told = w.get(path).by(by).send().await.expect(200).body;
    let chart = w.get(path).by(by).header("accept", "image/svg+xml").send().await.expect(200);
    assert_eq!(chart.headers["content-type"], "image/svg+xml");
    assert!(chart.text.starts_with("<svg role=\"img\" aria-labelledby=\"title description\"") && !chart.text.contains("<script"), "{}", chart.text);
    let title = format!("<title id=\"title\">What came of learning, {}</title>", told["year"].as_str().unwrap());
    assert!(chart.text.contains(&title), "{}", chart.text);
    let said = chart.text.split_once("<desc id=\"description\">").unwrap().1.split_once("</desc>").unwrap().0;
    assert!(said.contains(&format!("topics left out: {}.", told["left_out"])), "{said}");
    let (mut shown, mut withheld) = (0, 0);
    for level in ["reaction", "learning", "organisational_support", "use_in_practice", "pupil_outcomes"] {
        let known: Vec<&Value> =
            told["topics"].as_array().unwrap().iter().flat_map(|t| t["summary"]["known"].as_array().unwrap()).filter(|k| k["level"] == level).collect();
        *(if known.is_empty() { &mut withheld } else { &mut shown }) += 1;
        let sum = |of: &str| if known.is_empty() { "withheld".to_owned() } else { known.iter().map(|k| k[of].as_u64().unwrap()).sum::<u64>().to_string() };
        let expected = format!(
            "{}: Something was seen {}; It cannot be said yet {}; Nobody looks any more {}; Nobody has looked {}.",
            level.replace('_', " "),
            sum("recorded"),
            sum("no_evidence_yet"),
            sum("discontinued"),
            sum("unknown")
        );
        assert!(said.contains(&expected), "{expected} is not in {said}");
    }
    assert!(shown > 0, "nothing is shown: {told}");
    // once in words and once drawn, for each level
    for label in ["Something was seen", "It cannot be said yet", "Nobody looks any more", "Nobody has looked"] {
        assert_eq!(chart.text.matches(label).count(), 2 * (shown + withheld), "{label}");
    }
}

on_both! {
    async fn above_the_threshold_a_plan_comes_before_approval_and_before_the_learning(w: World) {
        let s = staff(w).await;
        let new = json!({"organisation_id": s.trust.school.to_string(), "academic_year": 2026, "title": "Courses", "allocated_pence": 500_000, "plan_above_pence": 20_000, "plan_above_minutes": 600});
        let line = w.post("/v1/budget-lines").by(&s.head).json(new).send().await.expect(201).id();
        let approve = json!({"budget_line_id": line});
        let (dear, cheap, long) = (drafted(w, &s.teacher, 20_001, json!({})).await, drafted(w, &s.teacher, 20_000, json!({})).await, drafted(w, &s.teacher, 0, json!({"cover_minutes": 601})).await);
        for at in [&dear, &cheap, &long] {
            step(w, &s.teacher, at, "submit", None).await.expect(200);
            step(w, &s.manager, at, "manager-agree", Some(json!({}))).await.expect(200);
        }
        assert_eq!(step(w, &s.approver, &dear, "approve", Some(approve.clone())).await.problem(409, "not_ready").pointers(), ["/impact_plan"]);
        step(w, &s.approver, &cheap, "approve", Some(approve.clone())).await.expect(200);
        step(w, &s.approver, &long, "approve", Some(json!({}))).await.problem(409, "not_ready");
        assert_eq!(w.get(&long).by(&s.approver).send().await.body["can"]["approve"]["code"], "not_ready");
        // what needs a plan at the school is not got round by a line that asks for none, or for less
        for more in [json!({}), json!({"plan_above_pence": 900_000, "plan_above_minutes": 9_000})] {
            let mut lax = json!({"organisation_id": s.trust.school.to_string(), "academic_year": 2026, "title": "Else", "allocated_pence": 500_000});
            lax.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let lax = w.post("/v1/budget-lines").by(&s.head).json(lax).send().await.expect(201).id();
            for at in [&dear, &long] {
                step(w, &s.approver, at, "approve", Some(json!({"budget_line_id": lax}))).await.problem(409, "not_ready");
            }
        }
        step(w, &s.manager, &dear, "plan-impact", Some(plan())).await.problem(403, "not_permitted");
        let planned = step(w, &s.teacher, &dear, "plan-impact", Some(plan())).await.expect(200);
        assert_eq!(planned.body["checkpoints"][0]["due_on"], "2026-11-23");
        assert_eq!(step(w, &s.teacher, &dear, "plan-impact", Some(plan())).await.expect(200).etag(), planned.etag(), "the same plan again changes nothing");
        let mut twice = plan();
        twice["checkpoints"][1] = twice["checkpoints"][0].clone();
        assert_eq!(step(w, &s.teacher, &dear, "plan-impact", Some(twice)).await.problem(422, "contradictory_members").pointers(), ["/checkpoints/1"]);
        step(w, &s.approver, &dear, "approve", Some(approve)).await.expect(200);
        w.later(TimeDelta::days(7));
        let s = again(w, &s);
        step(w, &s.teacher, &long, "plan-impact", Some(plan())).await.problem(409, "wrong_state");
    }

    async fn checkpoints_are_due_on_their_day_and_say_what_is_known_to_those_who_agreed(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 500_000).await;
        let at = drafted(w, &s.teacher, 20_000, json!({})).await;
        step(w, &s.teacher, &at, "plan-impact", Some(plan())).await.expect(200);
        step(w, &s.teacher, &at, "submit", None).await.expect(200);
        step(w, &s.manager, &at, "manager-agree", Some(json!({}))).await.expect(200);
        step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": line}))).await.expect(200);
        step(w, &s.teacher, &at, "book", Some(json!({}))).await.expect(200);
        step(w, &s.teacher, &at, "attend", None).await.problem(409, "not_ready");
        let first = format!("{at}/checkpoints/{}/record", impact(w, &s.teacher, &at).await["checkpoints"][0]["id"].as_str().unwrap());
        let second = format!("{at}/checkpoints/{}/record", impact(w, &s.teacher, &at).await["checkpoints"][1]["id"].as_str().unwrap());
        let seen = json!({"outcome": "recorded", "narrative": "Half of them write on unprompted.", "evidence": "Books of 9B, pages from November"});
        w.post(&first).by(&s.teacher).json(seen.clone()).send().await.problem(409, "wrong_state");
        w.later(TimeDelta::days(49));
        let s = again(w, &s);
        assert_eq!(states(&impact(w, &s.head, &at).await), ["due", "planned"]);
        step(w, &s.teacher, &at, "attend", None).await.expect(200);
        step(w, &s.teacher, &at, "evaluate", Some(json!({"evaluation": "Slow, and good."}))).await.expect(200);
        step(w, &s.teacher, &at, "review-impact", Some(json!({"conclusion": "continue"}))).await.problem(409, "not_ready");
        w.post(&first).by(&s.teacher).json(json!({"outcome": "recorded"})).send().await.problem(422, "contradictory_members");
        w.post(&first).by(&s.teacher).json(json!({"outcome": "no_evidence_yet"})).send().await.expect(200);
        assert_eq!(states(&impact(w, &s.viewer, &at).await), ["no_evidence_yet", "planned"], "that nothing is known yet is an honest answer");
        let done = w.post(&first).by(&s.teacher).json(seen.clone()).send().await.expect(200);
        assert_eq!(w.post(&first).by(&s.teacher).json(seen.clone()).send().await.expect(200).etag(), done.etag());
        w.post(&first).by(&s.manager).json(seen.clone()).send().await.problem(403, "not_permitted");
        w.post(format!("{at}/checkpoints/01938a5e-7c00-7000-8000-0000000000ff/record")).by(&s.teacher).json(seen).send().await.problem(404, "not_found");
        // what a checkpoint shows is said from its day on; that nobody will look can be said before
        for outcome in ["recorded", "no_evidence_yet"] {
            let early = w.post(&second).by(&s.teacher).json(json!({"outcome": outcome, "narrative": "Seen"})).send().await;
            assert_eq!(early.problem(409, "not_ready").pointers(), ["/outcome"]);
        }
        w.post(&second).by(&s.teacher).json(json!({"outcome": "discontinued", "narrative": "I no longer teach Year 9."})).send().await.expect(200);
        w.post(&second).by(&s.teacher).json(json!({"outcome": "no_evidence_yet"})).send().await.problem(409, "wrong_state");
        // who agreed and approved read it; who leads the school sees that something is known
        let stranger = s.trust.someone(w).at(s.trust.school).made().await;
        w.get(format!("{at}/impact")).by(&stranger).send().await.problem(404, "not_found");
        for (who, words, plan) in [(&s.teacher, true, true), (&s.manager, true, true), (&s.approver, true, true), (&s.head, false, true), (&s.viewer, false, false)] {
            let told = w.get(format!("{at}/impact")).by(who).send().await.expect(200);
            assert_eq!(states(&told.body), ["recorded", "discontinued"]);
            assert_eq!(["Half of them", "Books of 9B", "Slow, and good"].map(|t| told.text.contains(t)), [words; 3], "{}", told.text);
            assert_eq!(told.text.contains("modelled paragraph"), plan, "{}", told.text);
            for path in [at.clone(), "/v1/learning-requests".into(), format!("{at}/history"), format!("{at}/decisions"), format!("{at}/comments")] {
                let reply = w.get(&path).by(who).send().await.expect(200);
                assert!(!reply.text.contains("Half of them") && !reply.text.contains("Slow, and good"), "{path}: {}", reply.text);
            }
        }
        let reviewed = step(w, &s.teacher, &at, "review-impact", Some(json!({"conclusion": "continue", "note": "With Year 8 too"}))).await.expect(200);
        assert!(!reviewed.text.contains("Year 8 too"));
        assert_eq!(impact(w, &s.manager, &at).await["conclusion_note"], "With Year 8 too");
        // who is their manager no longer reads it no longer
        let admin = s.trust.someone(w).with(RoleName::Hr, s.trust.root).made().await;
        let held = w.get(format!("/v1/relationships?person_id={}", s.teacher.person)).by(&admin).send().await.expect(200);
        let path = format!("/v1/relationships/{}/end", held.items()[0]["id"].as_str().unwrap());
        w.post(path).by(&admin).json(json!({"ends_on": "2026-11-01"})).send().await.expect(200);
        w.get(format!("{at}/impact")).by(&s.manager).send().await.problem(404, "not_found");
    }

    async fn what_is_to_be_looked_at_by_the_day_of_a_meeting_stands_on_its_agenda(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 500_000).await;
        let coach = s.trust.someone(w).at(s.trust.school).made().await;
        w.appoint(&s.trust, RelationshipKind::Coach, s.teacher.person, coach.person).await;
        let at = drafted(w, &s.teacher, 20_000, json!({})).await;
        step(w, &s.teacher, &at, "plan-impact", Some(plan())).await.expect(200);
        step(w, &s.teacher, &at, "submit", None).await.expect(200);
        step(w, &s.manager, &at, "manager-agree", Some(json!({}))).await.expect(200);
        step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": line}))).await.expect(200);
        step(w, &s.teacher, &at, "book", Some(json!({}))).await.expect(200);
        w.later(TimeDelta::days(14));
        let s = again(w, &s);
        let coach = Someone { token: w.token(s.trust.id, &coach), ..coach };
        step(w, &s.teacher, &at, "attend", None).await.expect(200);
        let meet = async |with: &Someone, kind: &str, day: &str| {
            let new = json!({"employment_id": s.teacher.employment.unwrap().to_string(), "partner_id": with.person.to_string(), "kind": kind, "starts_at": format!("{day}T15:30:00Z")});
            format!("/v1/conversations/{}/agenda", w.post("/v1/conversations").by(&s.teacher).json(new).send().await.expect(201).id())
        };
        let due = async |agenda: &str, by: &Someone| {
            let read = w.get(agenda).by(by).send().await.expect(200);
            let found: Vec<Value> = read.body["items"].as_array().unwrap().iter().filter(|i| i["kind"] == "impact_checkpoint").cloned().collect();
            found
        };
        // one is due on 23 November, the other in February
        let (before, on, long_after) = (meet(&s.manager, "check_in", "2026-11-22").await, meet(&s.manager, "check_in", "2026-11-23").await, meet(&s.manager, "check_in", "2027-03-01").await);
        assert_eq!(due(&before, &s.teacher).await, [] as [Value; 0]);
        for by in [&s.teacher, &s.manager] {
            let found = due(&on, by).await;
            assert_eq!(found.len(), 1);
            let item = &found[0];
            assert_eq!((&item["part"], &item["record_type"], &item["title"], &item["state"], &item["due_on"]),
                (&json!("learning"), &json!("learning_request"), &json!("Teaching writing"), &json!("attended"), &json!("2026-11-23")));
            assert_eq!(item["href"], at.as_str());
            w.get(item["href"].as_str().unwrap()).by(by).send().await.expect(200);
        }
        assert_eq!(due(&long_after, &s.manager).await.iter().map(|i| i["due_on"].as_str().unwrap().to_owned()).collect::<Vec<_>>(), ["2026-11-23", "2027-02-12"]);
        // who may not read the request is told of no checkpoint, and of another lane there is none
        let coaching = meet(&coach, "coaching", "2026-11-30").await;
        assert_eq!(due(&coaching, &s.teacher).await.len(), 1);
        assert_eq!(due(&coaching, &coach).await, [] as [Value; 0]);
        let back = meet(&s.manager, "return_to_work", "2026-11-30").await;
        assert_eq!(due(&back, &s.teacher).await, [] as [Value; 0]);
        // what is recorded is no longer due, and what has no evidence yet was looked at
        w.later(TimeDelta::days(40));
        let s = again(w, &s);
        let first = impact(w, &s.teacher, &at).await["checkpoints"][0]["id"].as_str().unwrap().to_owned();
        w.post(format!("{at}/checkpoints/{first}/record")).by(&s.teacher).json(json!({"outcome": "no_evidence_yet"})).send().await.expect(200);
        assert_eq!(due(&on, &s.manager).await, [] as [Value; 0]);
    }

    async fn a_summary_tells_what_is_known_and_nobody_apart(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 10_000_000).await;
        let mut people = vec![];
        for n in 0..6 {
            let who = s.trust.someone(w).at(s.trust.school).made().await;
            let at = drafted(w, &who, 10_000, json!({"provider": if n < 5 { "Guild" } else { "Rare" }})).await;
            if n < 5 {
                step(w, &who, &at, "plan-impact", Some(plan())).await.expect(200);
            }
            step(w, &who, &at, "submit", None).await.expect(200);
            step(w, &s.approver, &at, "manager-agree", Some(json!({}))).await.expect(200);
            step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": line}))).await.expect(200);
            step(w, &who, &at, "book", Some(json!({}))).await.expect(200);
            people.push((who, at));
        }
        let path = format!("/v1/organisations/{}/impact-summary", s.trust.school);
        let before = w.get(&path).by(&s.head).send().await.expect(200).body;
        assert_eq!((before["topics"].as_array().unwrap().len(), &before["left_out"]), (1, &json!(1)), "one person's provider is not even named: {before}");
        let guild = &before["topics"][0];
        assert_eq!((&guild["provider"], &guild["summary"]["people"], &guild["summary"]["spent_pence"], &guild["summary"]["cover_minutes"]), (&json!("Guild"), &json!(5), &json!(50_000), &json!(1800)));
        assert_eq!(guild["summary"]["followed_up"], json!(0));
        assert_eq!((&before["providers"][0]["provider"], &before["providers"][0]["summary"], &before["providers_left_out"]), (&guild["provider"], &guild["summary"], &json!(1)));
        w.later(TimeDelta::days(49));
        let record = async |n: usize, outcome: Value| {
            let (who, at) = &people[n];
            let who = Someone { token: w.token(s.trust.id, who), ..who.clone() };
            step(w, &who, at, "attend", None).await.expect(200);
            let id = impact(w, &who, at).await["checkpoints"][0]["id"].as_str().unwrap().to_owned();
            w.post(format!("{at}/checkpoints/{id}/record")).by(&who).json(outcome).send().await.expect(200);
        };
        for n in 0..4 {
            record(n, json!({"outcome": "recorded", "narrative": "Seen"})).await;
        }
        let head = Someone { token: w.token(s.trust.id, &s.head), ..s.head.clone() };
        let told = w.get(&path).by(&head).send().await.expect(200).body["topics"][0]["summary"].clone();
        assert_eq!(told["followed_up"], Value::Null, "the one who has not been followed up could be told apart: {told}");
        assert!(told["known"].as_array().unwrap().iter().all(|k| k["level"] != "use_in_practice"), "{told}");
        record(4, json!({"outcome": "recorded", "narrative": "Seen"})).await;
        let told = w.get(&path).by(&head).send().await.expect(200).body["topics"][0]["summary"].clone();
        let practice = told["known"].as_array().unwrap().iter().find(|k| k["level"] == "use_in_practice").unwrap();
        assert_eq!((&told["followed_up"], &practice["recorded"], &practice["unknown"]), (&json!(5), &json!(5), &json!(0)));
        as_a_chart(w, &path, &head).await;
        assert_eq!(w.get(format!("{path}?academic_year=2025")).by(&head).send().await.expect(200).body["topics"], json!([]));
        let other = s.trust.someone(w).with(RoleName::Headteacher, s.trust.other_school).made().await;
        w.get(&path).by(&other).send().await.problem(404, "not_found");
        let teacher = Someone { token: w.token(s.trust.id, &s.teacher), ..s.teacher.clone() };
        w.get(&path).by(&teacher).send().await.problem(403, "role_required");
    }

    async fn what_few_cost_is_not_told_and_a_provider_is_all_of_its_activities(w: World) {
        let s = staff(w).await;
        let line = s.line(w, 10_000_000).await;
        let lead = s.trust.someone(w).at(s.trust.school).with(RoleName::LearningLead, s.trust.school).made().await;
        let activity = async |title: &str| {
            let new = json!({"organisation_id": s.trust.school.to_string(), "title": title, "kind": "course", "provider": "Guild", "minutes": 60});
            w.post("/v1/learning-activities").by(&lead).json(new).send().await.expect(201).id()
        };
        let booked = async |cost: i32, more: Value| {
            let who = s.trust.someone(w).at(s.trust.school).made().await;
            let at = drafted(w, &who, cost, more).await;
            step(w, &who, &at, "submit", None).await.expect(200);
            step(w, &s.approver, &at, "manager-agree", Some(json!({}))).await.expect(200);
            step(w, &s.approver, &at, "approve", Some(json!({"budget_line_id": line}))).await.expect(200);
            step(w, &who, &at, "book", Some(json!({}))).await.expect(200);
        };
        let (reading, writing) = (activity("Reading").await, activity("Writing").await);
        // six read, of whom one cost something and needed cover; six write, and each cost something
        for n in 0..6 {
            let cover = if n == 0 { 360 } else { 0 };
            booked(if n == 0 { 7_000 } else { 0 }, json!({"activity_id": reading, "provider": null, "cover_minutes": cover})).await;
            booked(1_000, json!({"activity_id": writing, "provider": null, "cover_minutes": 0})).await;
        }
        let path = format!("/v1/organisations/{}/impact-summary", s.trust.school);
        let told = w.get(&path).by(&s.head).send().await.expect(200).body;
        let of = |told: &Value, title: &str| told["topics"].as_array().unwrap().iter().find(|t| t["title"] == title).unwrap()["summary"].clone();
        let read = of(&told, "Reading");
        assert_eq!((&read["people"], &read["requests"], &read["spent_pence"], &read["cover_minutes"]), (&json!(6), &json!(6), &Value::Null, &Value::Null), "{told}");
        let wrote = of(&told, "Writing");
        assert_eq!((&wrote["spent_pence"], &wrote["cover_minutes"]), (&json!(6_000), &json!(0)), "none is none: {told}");
        // all of the provider's less the second activity would be that one person's
        let by = &told["providers"][0];
        assert_eq!((&by["provider"], &by["summary"]["people"], &by["summary"]["spent_pence"], &by["summary"]["cover_minutes"]), (&json!("Guild"), &json!(12), &Value::Null, &Value::Null), "{told}");
        // once five people cost something it is told, of the activity and of its provider
        for _ in 0..4 {
            booked(500, json!({"activity_id": reading, "provider": null, "cover_minutes": 60})).await;
        }
        let told = w.get(&path).by(&s.head).send().await.expect(200).body;
        assert_eq!((&of(&told, "Reading")["spent_pence"], &told["providers"][0]["summary"]["spent_pence"]), (&json!(9_000), &json!(15_000)), "{told}");
        assert_eq!((&of(&told, "Reading")["cover_minutes"], &told["providers"][0]["summary"]["cover_minutes"]), (&json!(600), &json!(600)), "{told}");
        // what is in no catalogue is its provider's too
        for _ in 0..5 {
            booked(100, json!({"provider": "Guild", "cover_minutes": 0})).await;
        }
        let told = w.get(&path).by(&s.head).send().await.expect(200).body;
        assert_eq!((told["topics"].as_array().unwrap().len(), told["providers"].as_array().unwrap().len()), (3, 1));
        // whether to go on is concluded by whoever keeps the catalogue, and stands beside what is known
        let at = format!("/v1/learning-activities/{reading}");
        let conclude = async |by: &Someone, said: Value| w.patch(&at).by(by).json(said).send().await;
        conclude(&lead, json!({"conclusion_note": "Why?"})).await.problem(422, "contradictory_members");
        conclude(&s.teacher, json!({"conclusion": "stop"})).await.problem(403, "role_required");
        let kept = conclude(&lead, json!({"conclusion": "adapt", "conclusion_note": "In two mornings, and not in May"})).await.expect(200);
        assert_eq!((&kept.body["conclusion"], &kept.body["conclusion_note"]), (&json!("adapt"), &json!("In two mornings, and not in May")));
        let again = w.get(&path).by(&s.head).send().await.expect(200).body;
        let concluded: Vec<&Value> = ["Reading", "Writing"].iter().map(|title| &again["topics"].as_array().unwrap().iter().find(|t| t["title"] == *title).unwrap()["conclusion"]).collect();
        assert_eq!(concluded, [&json!("adapt"), &Value::Null]);
        assert_eq!(conclude(&lead, json!({"conclusion": "continue"})).await.expect(200).body["conclusion_note"], Value::Null, "why it was adapted is not why it goes on");
        assert_eq!((&told["providers"][0]["summary"]["people"], &told["providers"][0]["summary"]["spent_pence"]), (&json!(21), &json!(15_500)), "{told}");
    }
}
