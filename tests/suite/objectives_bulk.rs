//! Objectives for many, for a short while, with colleagues; whose words they are, and what is said about them.

use crate::{reports::step, support::*};
use serde_json::{Value, json};
use trellis_domain::{employment::StaffCategory, role::RoleName};

fn for_all(to: Value, title: &str) -> Value {
    let mut body = json!({"kind": "practice", "title": title, "success_criteria": ["Every pupil answers"], "support_needed": "An hour a week"});
    body.as_object_mut().unwrap().extend(to.as_object().unwrap().clone());
    body
}
async fn bulk(w: &World, by: &Someone, body: Value) -> Reply {
    w.post("/v1/objectives/bulk-propose").by(by).json(body).send().await
}
fn employment(who: &Someone) -> String {
    who.employment.unwrap().to_string()
}
/// What became of each: the action, and the code if it was refused.
fn rows(reply: &Reply) -> Vec<(&str, &str)> {
    let rows = reply.body["results"].as_array().unwrap();
    rows.iter().map(|r| (r["action"].as_str().unwrap(), r["problem"]["code"].as_str().unwrap_or_default())).collect()
}
/// An objective of somebody's own, agreed with their appraiser.
async fn agreed(w: &World, owner: &Someone, appraiser: &Someone, title: &str) -> String {
    let new = json!({"employment_id": employment(owner), "kind": "practice", "title": title, "description": "In full", "support_needed": "Two hours", "learning_needed": "A course"});
    let at = format!("/v1/objectives/{}", w.post("/v1/objectives").by(owner).json(new).send().await.expect(201).id());
    step(w, &at, "propose", owner, None).await.expect(200);
    step(w, &at, "agree", appraiser, None).await.expect(200);
    at
}

on_both! {
    async fn one_objective_is_proposed_to_each_of_many_and_again_only_to_who_has_it_not(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let one = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let two = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let stranger = trust.someone(w).at(trust.school).made().await;
        let elsewhere = w.trust("harbour").await;
        let foreign = elsewhere.someone(w).at(elsewhere.school).made().await;
        let everybody = json!({"employment_ids": [employment(&one), employment(&two), employment(&stranger), employment(&foreign), employment(&appraiser), trust.root.to_string()]});
        let done = bulk(w, &appraiser, for_all(everybody.clone(), "Oracy")).await.expect(207);
        assert_eq!(rows(&done), [("created", ""), ("created", ""), ("failed", "unknown_reference"), ("failed", "unknown_reference"), ("failed", "not_for_yourself"), ("failed", "unknown_reference")]);
        assert_eq!((&done.body["created"], &done.body["failed"]), (&json!(2), &json!(4)));
        // somebody who is nobody of theirs, of another trust, and nobody are told of alike
        let results = done.body["results"].as_array().unwrap();
        let bare = |i: usize| { let mut r = results[i].clone(); for f in ["index", "employment_id"] { r[f] = Value::Null; } r };
        assert_eq!((bare(2), bare(3)), (bare(3), bare(5)));
        assert_eq!(results[2]["person_id"], Value::Null);
        // each is its owner's, who agrees for themself
        let mine = w.get("/v1/objectives").by(&one).send().await.expect(200);
        let objective = &mine.items()[0];
        assert_eq!((&objective["origin"], &objective["state"], &objective["proposed_by"]), (&json!("bulk"), &json!("proposed"), &json!(appraiser.person.to_string())));
        let at = format!("/v1/objectives/{}", objective["id"].as_str().unwrap());
        step(w, &at, "agree", &appraiser, None).await.problem(403, "not_for_yourself");
        step(w, &at, "agree", &one, None).await.expect(200);
        let history = w.get(format!("{at}/history")).by(&one).send().await.expect(200);
        let kinds: Vec<&str> = history.items().iter().map(|e| e["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["objective.agreed", "objective.proposed"]);
        let three = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let head = w.get("/v1/changes?after=head").by(&trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await).send().await.body["next_cursor"].clone();
        let again = json!({"employment_ids": [employment(&one), employment(&two), employment(&three)]});
        let again = bulk(w, &appraiser, for_all(again, "Oracy")).await.expect(207);
        assert_eq!(rows(&again), [("unchanged", ""), ("unchanged", ""), ("created", "")]);
        assert_eq!(again.body["results"][0]["objective_id"], objective["id"]);
        let (_, _, key) = w.key(&trust, &[trellis_domain::access::Permission::ReadChanges, trellis_domain::access::Permission::ReadObjectives], None).await;
        let since = w.get(format!("/v1/changes?after={}&types=objective", head.as_str().unwrap())).bearer(&key).send().await.expect(200);
        assert_eq!(since.items().len(), 1, "what is unchanged leaves no event");
        // a repeated request is answered as before
        let keyed = async || w.post("/v1/objectives/bulk-propose").by(&appraiser).header("idempotency-key", "bulk").json(for_all(json!({"employment_ids": [employment(&one)]}), "Reading")).send().await.expect(207);
        let (first, second) = (keyed().await, keyed().await);
        assert_eq!(first.text, second.text);
    }

    async fn a_headteacher_proposes_to_their_school_and_takes_back_what_nobody_answered(w: World) {
        let trust = w.trust("beacon").await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let appraiser = trust.someone(w).at(trust.school).appraised_by(&head).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let supporter = trust.someone(w).at(trust.school).employed_as(StaffCategory::Support).made().await;
        let other = trust.someone(w).at(trust.other_school).made().await;
        let to = json!({"organisation_id": trust.school.to_string(), "staff_categories": ["teacher"]});
        let done = bulk(w, &head, for_all(to, "Oracy")).await.expect(207);
        let people: Vec<&str> = done.body["results"].as_array().unwrap().iter().map(|r| r["person_id"].as_str().unwrap()).collect();
        assert_eq!(people.len(), 2, "{}", done.text);
        assert!(people.contains(&teacher.person.to_string().as_str()) && !people.contains(&supporter.person.to_string().as_str()));
        // of another school nobody is theirs, whatever is named
        assert_eq!(bulk(w, &head, for_all(json!({"organisation_id": trust.other_school.to_string()}), "Oracy")).await.expect(207).body["results"], json!([]));
        assert_eq!(rows(&bulk(w, &head, for_all(json!({"employment_ids": [employment(&other)]}), "Oracy")).await.expect(207)), [("failed", "unknown_reference")]);
        // and whoever appraises a part of the school reaches that part
        let part = bulk(w, &appraiser, for_all(json!({"organisation_id": trust.root.to_string()}), "Phonics")).await.expect(207);
        assert_eq!((part.body["results"].as_array().unwrap().len(), &part.body["results"][0]["person_id"]), (1, &json!(teacher.person.to_string())));
        let of = async |who: &Someone, title: &str| {
            let found = w.get("/v1/objectives").by(who).send().await.expect(200);
            let id = found.items().iter().find(|o| o["title"] == title).unwrap()["id"].as_str().unwrap().to_owned();
            format!("/v1/objectives/{id}")
        };
        let at = of(&teacher, "Oracy").await;
        step(w, &at, "agree", &head, None).await.problem(403, "not_permitted");
        step(w, &at, "withdraw", &head, Some(json!({"reason": "A better one comes"}))).await.expect(200);
        let phonics = of(&teacher, "Phonics").await;
        step(w, &phonics, "withdraw", &head, Some(json!({"reason": "Not mine"}))).await.problem(403, "not_permitted");
        // the appraiser sets what cannot be agreed; the dissent is kept
        let theirs = of(&appraiser, "Oracy").await;
        step(w, &theirs, "set-with-dissent", &head, Some(json!({"dissent": "I would rather not"}))).await.expect(200);
        let fields = w.get(format!("{theirs}/authorship")).by(&appraiser).send().await.expect(200);
        assert!(fields.items().iter().all(|f| f["accepted_by"].is_null() && f["proposed_by"] == head.person.to_string()), "{}", fields.text);
    }

    async fn what_is_wrong_with_a_call_for_many_is_said_before_anybody_has_anything(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let one = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let to = json!({"employment_ids": [employment(&one)]});
        let refused = async |to: Value, status: u16, code: &str| bulk(w, &appraiser, for_all(to, "Oracy")).await.problem(status, code).pointers().join(" ");
        assert_eq!(refused(json!({}), 422, "contradictory_members").await, "/employment_ids");
        assert_eq!(refused(json!({"employment_ids": [employment(&one)], "organisation_id": trust.root.to_string()}), 422, "contradictory_members").await, "/organisation_id");
        assert_eq!(refused(json!({"employment_ids": [employment(&one)], "staff_categories": ["teacher"]}), 422, "contradictory_members").await, "/staff_categories");
        let mut inquiry = for_all(to.clone(), "Oracy");
        inquiry["kind"] = json!("growth_inquiry");
        bulk(w, &appraiser, inquiry).await.problem(422, "inquiry_needs_question");
        let mut cycle = for_all(to.clone(), "Oracy");
        cycle["cycle_id"] = json!(trust.root.to_string());
        bulk(w, &appraiser, cycle).await.problem(422, "unknown_reference");
        let mut priority = for_all(to, "Oracy");
        priority["priority_ids"] = json!([trust.root.to_string()]);
        assert_eq!(rows(&bulk(w, &appraiser, priority).await.expect(207)), [("failed", "unknown_reference")]);
        assert_eq!(w.get("/v1/objectives").by(&one).send().await.expect(200).items().len(), 0);
        let many: Vec<String> = (0..501).map(|_| w.shared.ids.make(w.now()).to_string()).collect();
        bulk(w, &appraiser, for_all(json!({"employment_ids": many}), "Oracy")).await.problem(422, "validation_failed");
    }

    async fn a_goal_outside_any_cycle_lives_like_any_other(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let at = agreed(w, &teacher, &appraiser, "By half-term").await;
        for (name, by) in [("start", &teacher), ("review", &appraiser), ("close", &teacher)] {
            step(w, &at, name, by, None).await.expect(200);
        }
        assert_eq!(w.get(&at).by(&teacher).send().await.expect(200).body["cycle_id"], Value::Null);
    }

    async fn every_field_says_who_wrote_proposed_and_accepted_it(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let colleague = trust.someone(w).at(trust.school).made().await;
        let new = json!({"employment_id": employment(&teacher), "kind": "practice", "title": "Questioning", "success_criteria": ["Waiting"]});
        let at = format!("/v1/objectives/{}", w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id());
        w.get(format!("{at}/authorship")).by(&appraiser).send().await.problem(404, "not_found");
        step(w, &at, "propose", &teacher, None).await.expect(200);
        w.patch(&at).by(&appraiser).if_match("*").json(json!({"support_needed": "A visit"})).send().await.expect(200);
        step(w, &at, "agree", &teacher, None).await.expect(200);
        let said = w.get(format!("{at}/authorship")).by(&hr).send().await.expect(200);
        let of = |field: &str| said.items().iter().find(|f| f["field"] == field).cloned().unwrap_or(Value::Null);
        let (mine, theirs) = (json!(teacher.person.to_string()), json!(appraiser.person.to_string()));
        assert_eq!(said.items().iter().map(|f| f["field"].as_str().unwrap()).collect::<Vec<_>>(), ["kind", "title", "support_needed", "success_criteria"]);
        assert_eq!((&of("title")["written_by"], &of("title")["proposed_by"], &of("title")["accepted_by"]), (&mine, &mine, &mine));
        assert_eq!((&of("support_needed")["written_by"], &of("support_needed")["accepted_by"]), (&theirs, &mine));
        w.later(chrono::TimeDelta::minutes(1));
        step(w, &at, "revise", &appraiser, Some(json!({"reason": "A new class", "changes": {"title": "Better questioning"}}))).await.expect(200);
        let said = w.get(format!("{at}/authorship")).by(&teacher).send().await.expect(200);
        let title = said.items().iter().find(|f| f["field"] == "title").unwrap();
        assert_eq!((&title["written_by"], &title["proposed_by"], &title["accepted_by"]), (&theirs, &theirs, &Value::Null));
        w.get(format!("{at}/authorship")).by(&colleague).send().await.problem(404, "not_found");
    }

    async fn a_colleague_sees_what_both_work_on_while_they_do_and_nothing_else(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let colleague = trust.someone(w).at(trust.school).made().await;
        let at = agreed(w, &teacher, &appraiser, "Talk before writing").await;
        let id = at.rsplit('/').next().unwrap().to_owned();
        let other = agreed(w, &teacher, &appraiser, "Mine alone").await;
        let invite = async |by: &Someone, whom: &Someone| w.post("/v1/collaborations").by(by).json(json!({"objective_id": id, "person_id": whom.person.to_string()})).send().await;
        invite(&appraiser, &colleague).await.problem(403, "not_permitted");
        assert_eq!(invite(&colleague, &colleague).await.problem(422, "unknown_reference").pointers(), ["/objective_id"]);
        let elsewhere = w.trust("harbour").await;
        let foreign = elsewhere.someone(w).at(elsewhere.school).made().await;
        assert_eq!(invite(&teacher, &foreign).await.problem(422, "unknown_reference").pointers(), ["/person_id"]);
        assert_eq!(invite(&teacher, &teacher).await.problem(409, "duplicate").pointers(), ["/person_id"]);
        let invited = invite(&teacher, &colleague).await.expect(201);
        invite(&teacher, &colleague).await.problem(409, "duplicate");
        let part = format!("/v1/collaborations/{}", invited.id());
        // asked, they see a title and who asks
        let asked = w.get(&part).by(&colleague).send().await.expect(200);
        assert_eq!((&asked.body["title"], &asked.body["shared"]), (&json!("Talk before writing"), &Value::Null));
        assert!(asked.can("accept") && asked.can("decline") && !asked.can("end"));
        step(w, &part, "accept", &teacher, None).await.problem(403, "not_permitted");
        let seen = w.post(format!("{part}/accept")).by(&colleague).if_match(&asked.etag()).send().await.expect(200);
        assert_eq!(seen.body["shared"]["description"], "In full");
        w.post(format!("{part}/leave")).by(&colleague).if_match(&asked.etag()).send().await.problem(412, "stale");
        // what the parties agreed about support, and all else, is not shown by any path
        assert!(!seen.text.contains("Two hours") && !seen.text.contains("A course"), "{}", seen.text);
        for path in [at.clone(), format!("{at}/history"), format!("{at}/revisions"), format!("{at}/authorship"), format!("{at}/notes"), other] {
            w.get(path).by(&colleague).send().await.problem(404, "not_found");
        }
        assert_eq!(w.get(format!("/v1/objectives?person_id={}", teacher.person)).by(&colleague).send().await.expect(200).items().len(), 0);
        w.patch(&at).by(&colleague).if_match("*").json(json!({"title": "Ours"})).send().await.problem(404, "not_found");
        // the owner's later words are theirs too; the ETag tells
        step(w, &at, "revise", &teacher, Some(json!({"reason": "Clearer", "changes": {"description": "In other words"}}))).await.expect(200);
        let again = w.get(&part).by(&colleague).header("if-none-match", &seen.etag()).send().await.expect(200);
        assert_eq!(again.body["shared"]["description"], "In other words");
        w.get(&part).by(&colleague).header("if-none-match", &again.etag()).send().await.expect(304);
        // whoever may read the objective knows who takes part
        assert_eq!(w.get(format!("/v1/collaborations?objective_id={id}")).by(&appraiser).send().await.expect(200).items().len(), 1);
        let stranger = trust.someone(w).at(trust.school).made().await;
        w.get(&part).by(&stranger).send().await.problem(404, "not_found");
        assert_eq!(w.get(format!("/v1/collaborations?objective_id={id}")).by(&stranger).send().await.expect(200).items().len(), 0);
        let history = w.get(format!("{at}/history")).by(&teacher).send().await.expect(200);
        let told: Vec<&str> = history.items().iter().map(|e| e["type"].as_str().unwrap()).filter(|t| t.contains("collabora")).collect();
        assert_eq!(told, ["objective.collaboration_accepted", "objective.collaborator_invited"]);
        // they leave at will, and know no more of it: not even its title, which goes on changing
        assert_eq!(step(w, &part, "leave", &colleague, None).await.expect(200).body["shared"], Value::Null);
        w.patch(&at).by(&teacher).if_match("*").json(json!({"title": "Between the two of us"})).send().await.expect(200);
        w.get(&part).by(&colleague).send().await.problem(404, "not_found");
        step(w, &part, "accept", &colleague, None).await.problem(404, "not_found");
        assert_eq!(w.get("/v1/collaborations").by(&colleague).send().await.expect(200).items().len(), 0);
        assert_eq!(w.get(&part).by(&teacher).send().await.expect(200).body["state"], "left");
        let second = invite(&teacher, &colleague).await.expect(201);
        let part = format!("/v1/collaborations/{}", second.id());
        step(w, &part, "decline", &colleague, None).await.expect(200);
        let third = format!("/v1/collaborations/{}", invite(&teacher, &colleague).await.expect(201).id());
        let accept = || w.post(format!("{third}/accept")).by(&colleague).if_match("*").header("idempotency-key", "accept").send();
        assert_eq!(accept().await.expect(200).body["shared"]["description"], "In other words");
        step(w, &third, "end", &teacher, None).await.expect(200);
        w.get(&third).by(&colleague).send().await.problem(404, "not_found");
        accept().await.problem(404, "not_found");
        // nobody joins in what was withdrawn
        let fourth = format!("/v1/collaborations/{}", invite(&teacher, &colleague).await.expect(201).id());
        step(w, &at, "withdraw", &teacher, Some(json!({"reason": "Something else first"}))).await.expect(200);
        assert_eq!(w.get(&fourth).by(&colleague).send().await.expect(200).body["can"]["accept"]["code"], "wrong_state");
        step(w, &fourth, "accept", &colleague, None).await.problem(409, "wrong_state");
    }

    async fn a_note_is_its_authors_words_until_they_take_it_back_unanswered(w: World) {
        let trust = w.trust("beacon").await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let stranger = trust.someone(w).at(trust.school).made().await;
        let at = agreed(w, &teacher, &appraiser, "Questioning").await;
        let note = async |by: &Someone, text: &str, to: Option<&str>| w.post(format!("{at}/notes")).by(by).json(json!({"text": text, "reply_to": to})).send().await;
        let first = note(&teacher, "Shall we move the visit?", None).await.expect(201);
        let answer = note(&appraiser, "To Thursday.", Some(&first.id())).await.expect(201);
        note(&stranger, "Hello", None).await.problem(404, "not_found");
        note(&head, "Hello", None).await.problem(403, "not_permitted");
        let other = agreed(w, &teacher, &appraiser, "Another").await;
        let elsewhere = w.post(format!("{other}/notes")).by(&teacher).json(json!({"text": "Here"})).send().await.expect(201);
        assert_eq!(note(&teacher, "There", Some(&elsewhere.id())).await.problem(422, "unknown_reference").pointers(), ["/reply_to"]);
        assert_eq!(w.get(format!("{at}/notes")).by(&head).send().await.expect(200).items().len(), 2);
        let withdraw = async |by: &Someone, id: &str| w.post(format!("/v1/objective-notes/{id}/withdraw")).by(by).send().await;
        withdraw(&appraiser, &first.id()).await.problem(403, "not_permitted");
        withdraw(&stranger, &first.id()).await.problem(404, "not_found");
        withdraw(&teacher, &first.id()).await.problem(409, "wrong_state");
        withdraw(&appraiser, &answer.id()).await.expect(200);
        withdraw(&appraiser, &answer.id()).await.problem(409, "wrong_state");
        // now nobody answers it any more, and its author can take it back too
        withdraw(&teacher, &first.id()).await.expect(200);
        let left = w.get(format!("{at}/notes")).by(&teacher).send().await.expect(200);
        assert!(left.items().iter().all(|n| n["text"].is_null() && n["withdrawn_at"].is_string()), "{}", left.text);
        // nothing of what was said is anywhere: not in the history either
        let history = w.get(format!("{at}/history")).by(&teacher).send().await.expect(200);
        assert_eq!(history.items().iter().filter(|e| e["type"].as_str().unwrap().starts_with("objective.note_")).count(), 4);
        assert!(!history.text.contains("Thursday") && !history.text.contains("move the visit"), "{}", history.text);
        // a draft has no notes: nobody else knows of it
        let new = json!({"employment_id": employment(&teacher), "kind": "practice", "title": "A draft"});
        let draft = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id();
        w.post(format!("/v1/objectives/{draft}/notes")).by(&teacher).json(json!({"text": "To myself"})).send().await.problem(409, "wrong_state");
        w.get(format!("/v1/objectives/{draft}/notes")).by(&appraiser).send().await.problem(404, "not_found");
    }
}
