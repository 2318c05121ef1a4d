//! From one year to the next: the cycle is drafted, objectives go on by choice, closing says what it waits for, and history stays where it was.

use crate::{reports::step, support::*};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::role::RoleName;

async fn cycle(w: &World, trust: &Trust, by: &Someone, name: &str, year: i32, open: bool) -> String {
    cycle_under(w, trust, by, name, year, open, "england_maintained_2012").await
}
async fn cycle_under(w: &World, trust: &Trust, by: &Someone, name: &str, year: i32, open: bool, profile: &str) -> String {
    let framework = w.get("/v1/framework-versions?key=teachers-standards").by(by).send().await.expect(200);
    let day = |year: i32, rest: &str| format!("{year}-{rest}");
    let new = json!({
        "organisation_id": trust.root.to_string(), "name": name, "starts_on": day(year, "09-01"), "ends_on": day(year + 1, "08-31"),
        "rule_profile": profile, "rule_profile_version": 1, "objectives_due_on": day(year, "10-31"), "review_due_on": day(year + 1, "07-09"),
        "report_due_on": day(year + 1, "10-31"), "staff_categories": ["teacher"], "framework_version_ids": [framework.items()[0]["id"]],
    });
    let at = format!("/v1/cycles/{}", w.post("/v1/cycles").by(by).json(new).send().await.expect(201).id());
    for name in ["publish", "open-planning"].iter().filter(|_| open) {
        w.post(format!("{at}/{name}")).by(by).send().await.expect(200);
    }
    at
}
fn id(at: &str) -> &str {
    at.rsplit('/').next().unwrap()
}
/// An objective of this cycle that is being worked on.
async fn active(w: &World, cycle: &str, owner: &Someone, appraiser: &Someone) -> String {
    let new = json!({"employment_id": owner.employment.unwrap().to_string(), "cycle_id": id(cycle), "kind": "practice", "title": "Questioning",
        "description": "In full", "success_criteria": ["Waiting", "Naming"], "due_on": "2027-05-28"});
    let at = format!("/v1/objectives/{}", w.post("/v1/objectives").by(owner).json(new).send().await.expect(201).id());
    for (name, by) in [("propose", owner), ("agree", appraiser), ("start", owner)] {
        step(w, &at, name, by, None).await.expect(200);
    }
    at
}

on_both! {
    async fn a_cycle_is_rolled_over_once_as_a_draft_that_names_what_is_newer(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        // a framework of the trust's own, of which there will be a second edition
        let edition = async |label: &str| {
            let new = json!({"key": "ours", "name": "Ours", "label": label, "standards": [{"code": "A", "title": "Cares"}]});
            let made = w.post("/v1/framework-versions").by(&admin).json(new).send().await.expect(201).id();
            w.post(format!("/v1/framework-versions/{made}/publish")).by(&admin).send().await.expect(200);
            made
        };
        let first = edition("1").await;
        let at = cycle(w, &trust, &hr, "2026/27", 2026, false).await;
        let roll = async |by: &Someone, at: &str| w.post(format!("{at}/roll-over")).by(by).json(json!({"name": "2027/28"})).send().await;
        roll(&hr, &at).await.problem(409, "wrong_state");
        w.patch(&at).by(&hr).json(json!({"framework_version_ids": [first]})).send().await.expect(200);
        w.post(format!("{at}/publish")).by(&hr).send().await.expect(200);
        roll(&teacher, &at).await.problem(403, "role_required");
        let version = w.get(&at).by(&hr).send().await.expect(200).body["version"].clone();
        let second = edition("2").await;
        let next = roll(&hr, &at).await.expect(201);
        assert_eq!((&next.body["state"], &next.body["starts_on"], &next.body["ends_on"]), (&json!("draft"), &json!("2027-09-01"), &json!("2028-08-31")));
        assert_eq!((&next.body["objectives_due_on"], &next.body["review_due_on"], &next.body["report_due_on"]), (&json!("2027-10-31"), &json!("2028-07-09"), &json!("2028-10-31")));
        assert_eq!((&next.body["rolled_over_from"], &next.body["year"]), (&json!(id(&at)), &json!("2027/28")));
        // nothing newer is taken up by itself
        assert_eq!(next.body["framework_version_ids"], json!([first]));
        assert_eq!(next.body["choices"], json!({"rule_profile_version": null, "framework_versions": [{"pinned_id": first, "newest_id": second}]}));
        assert_eq!(w.get(&at).by(&hr).send().await.expect(200).body["version"], version, "this year's cycle is as it was");
        // once, unless next year's was called off
        assert_eq!(w.get(&at).by(&hr).send().await.body["can"]["roll_over"]["code"], "wrong_state");
        roll(&hr, &at).await.problem(409, "wrong_state");
        let draft = format!("/v1/cycles/{}", next.id());
        w.get(&draft).by(&teacher).send().await.problem(404, "not_found");
        w.patch(&draft).by(&hr).json(json!({"framework_version_ids": [second]})).send().await.expect(200);
        w.post(format!("{draft}/cancel")).by(&hr).json(json!({"reason": "Too early"})).send().await.expect(200);
        let again = roll(&hr, &at).await.expect(201);
        w.post(format!("/v1/cycles/{}/publish", again.id())).by(&hr).send().await.expect(200);
        let history = w.get(format!("/v1/cycles/{}/history", again.id())).by(&hr).send().await.expect(200);
        assert_eq!(history.items().iter().map(|e| e["type"].as_str().unwrap()).collect::<Vec<_>>(), ["cycle.published", "cycle.created"]);
    }

    async fn an_objective_goes_on_by_choice_of_a_party_and_is_agreed_anew(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let this = cycle(w, &trust, &hr, "2026/27", 2026, true).await;
        let at = active(w, &this, &teacher, &appraiser).await;
        let next = w.post(format!("{this}/roll-over")).by(&hr).json(json!({"name": "2027/28"})).send().await.expect(201).id();
        let onward = |cycle: &str| json!({"cycle_id": cycle, "reason": "Half of it is done"});
        let over = async |by: &Someone, cycle: &str| step(w, &at, "carry-over", by, Some(onward(cycle))).await;
        // a draft is unknown, the same cycle is no later one
        over(&teacher, &next).await.problem(422, "unknown_reference");
        assert_eq!(over(&teacher, id(&this)).await.problem(422, "period_backwards").pointers(), ["/cycle_id"]);
        w.post(format!("/v1/cycles/{next}/publish")).by(&hr).send().await.expect(200);
        over(&hr, &next).await.problem(403, "not_permitted");
        step(w, &at, "carry-over", &teacher, Some(json!({"cycle_id": next}))).await.problem(422, "validation_failed");
        let goes_on = over(&teacher, &next).await.expect(201);
        assert_eq!(goes_on.headers["location"], format!("/v1/objectives/{}", goes_on.id()));
        assert_eq!((&goes_on.body["state"], &goes_on.body["cycle_id"], &goes_on.body["carried_over_from"]), (&json!("proposed"), &json!(next), &json!(id(&at))));
        assert_eq!((&goes_on.body["title"], &goes_on.body["description"], &goes_on.body["due_on"]), (&json!("Questioning"), &json!("In full"), &Value::Null));
        let texts = |r: &Reply| r.body["success_criteria"].as_array().unwrap().iter().map(|c| c["text"].clone()).collect::<Vec<_>>();
        assert_eq!(texts(&goes_on), [json!("Waiting"), json!("Naming")]);
        let ended = w.get(&at).by(&appraiser).send().await.expect(200);
        assert_eq!((&ended.body["state"], &ended.body["carried_over_to"], &ended.body["last_reason"]), (&json!("carried_over"), &json!(goes_on.id()), &json!("Half of it is done")));
        assert_eq!(ended.body["agreed_by"], json!(appraiser.person.to_string()), "what was agreed then stays");
        over(&teacher, &next).await.problem(409, "wrong_state");
        // lists tell it from what was closed
        let list = async |state: &str| w.get(format!("/v1/objectives?state={state}&cycle_id={}", id(&this))).by(&teacher).send().await.expect(200).items().len();
        assert_eq!((list("carried_over").await, list("closed").await), (1, 0));
        // whose words they are goes on too
        let path = format!("/v1/objectives/{}", goes_on.id());
        let said = w.get(format!("{path}/authorship")).by(&appraiser).send().await.expect(200);
        assert!(said.items().iter().all(|f| f["written_by"] == teacher.person.to_string() && f["accepted_by"].is_null()), "{}", said.text);
        step(w, &path, "agree", &teacher, None).await.problem(403, "not_for_yourself");
        step(w, &path, "agree", &appraiser, None).await.expect(200);
        // outside any cycle, and from there into the next
        let outside = step(w, &path, "carry-over", &appraiser, Some(json!({"reason": "As a goal for the term", "due_on": "2027-12-17"}))).await.expect(201);
        assert_eq!((&outside.body["cycle_id"], &outside.body["due_on"]), (&Value::Null, &json!("2027-12-17")));
        let history = w.get(format!("{path}/history")).by(&teacher).send().await.expect(200);
        assert_eq!(history.items().iter().map(|e| e["type"].as_str().unwrap()).collect::<Vec<_>>(), ["objective.carried_over", "objective.agreed", "objective.proposed"]);
        // a list tells of each, with its parts and both its neighbours, what the record itself tells
        let together = w.get(format!("/v1/objectives?person_id={}", teacher.person)).by(&appraiser).send().await.expect(200);
        assert_eq!(together.items().len(), 3);
        for listed in together.items() {
            let alone = w.get(format!("/v1/objectives/{}", listed["id"].as_str().unwrap())).by(&appraiser).send().await.expect(200).body;
            for (field, value) in listed.as_object().unwrap() {
                assert_eq!(&alone[field], value, "{field}");
            }
            assert_eq!(listed["success_criteria"].as_array().unwrap().len(), 2);
        }
        let middle = w.get(&path).by(&appraiser).send().await.expect(200).body;
        assert_eq!((&middle["carried_over_from"], &middle["carried_over_to"]), (&json!(id(&at)), &json!(outside.id())));
    }

    async fn closing_names_everything_that_it_waits_for_and_carrying_over_is_an_answer(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let at = cycle(w, &trust, &hr, "2026/27", 2026, true).await;
        let next = cycle(w, &trust, &hr, "2027/28", 2027, true).await;
        w.create_appraisals(&at, &hr).await;
        let aim = active(w, &at, &teacher, &appraiser).await;
        for name in ["start-monitoring", "open-review", "start-closing"] {
            w.post(format!("{at}/{name}")).by(&hr).send().await.expect(200);
        }
        let blocked = w.post(format!("{at}/close")).by(&hr).send().await.problem(409, "not_ready");
        assert_eq!(blocked.pointers(), ["/objectives", "/appraisals"]);
        assert_eq!(w.get(&at).by(&hr).send().await.expect(200).body["can"]["close"]["code"], "not_ready");
        step(w, &aim, "carry-over", &appraiser, Some(json!({"cycle_id": id(&next), "reason": "The year was short"}))).await.expect(201);
        let blocked = w.post(format!("{at}/close")).by(&hr).send().await.problem(409, "not_ready");
        assert_eq!(blocked.pointers(), ["/appraisals"]);
        let appraisals = w.get(format!("/v1/appraisals?cycle_id={}", id(&at))).by(&hr).send().await.expect(200);
        for appraisal in appraisals.items() {
            let path = format!("/v1/appraisals/{}", appraisal["id"].as_str().unwrap());
            step(w, &path, "abandon", &hr, Some(json!({"reason": "Not held"}))).await.expect(200);
        }
        w.post(format!("{at}/close")).by(&hr).send().await.expect(200);
        // over, it still can be rolled over; and the successor is open in its own cycle
        assert!(w.get(&at).by(&hr).send().await.expect(200).can("roll_over"));
    }

    async fn a_private_draft_is_in_nobodys_way_and_is_told_to_nobody(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let at = cycle(w, &trust, &hr, "2026/27", 2026, true).await;
        let mut drafts = Vec::new();
        for author in [&teacher, &appraiser] {
            let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "cycle_id": id(&at), "kind": "practice", "title": "For myself"});
            drafts.push(format!("/v1/objectives/{}", w.post("/v1/objectives").by(author).json(new).send().await.expect(201).id()));
        }
        let aim = active(w, &at, &teacher, &appraiser).await;
        for name in ["start-monitoring", "open-review", "start-closing"] {
            w.post(format!("{at}/{name}")).by(&hr).send().await.expect(200);
        }
        let blocked = w.post(format!("{at}/close")).by(&hr).send().await.problem(409, "not_ready");
        assert!(blocked.body["errors"][0]["message"].as_str().unwrap().starts_with("1 "), "{}", blocked.text);
        step(w, &aim, "withdraw", &appraiser, Some(json!({"reason": "R"}))).await.expect(200);
        assert!(w.get(&at).by(&hr).send().await.expect(200).can("close"));
        w.post(format!("{at}/close")).by(&hr).send().await.expect(200);
        // it stays its author's; nobody puts it to the other in a year that is over
        for (draft, author) in drafts.iter().zip([&teacher, &appraiser]) {
            let kept = w.get(draft).by(author).send().await.expect(200);
            assert_eq!((kept.body["can"]["propose"]["code"].clone(), kept.can("withdraw")), (json!("wrong_state"), true));
            step(w, draft, "propose", author, None).await.problem(409, "wrong_state");
            step(w, draft, "withdraw", author, Some(json!({"reason": "R"}))).await.expect(200);
        }
    }

    async fn a_new_calendar_moves_nothing_that_was(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let calendar = |from: &str, to: &str| json!({"organisation_id": trust.root.to_string(), "academic_year": 2026, "bank_holidays": "england_and_wales", "terms": [{"starts_on": from, "ends_on": to}]});
        w.post("/v1/calendars").by(&hr).json(calendar("2026-09-02", "2026-10-23")).send().await.expect(201);
        let at = cycle(w, &trust, &hr, "2026/27", 2026, true).await;
        w.create_appraisals(&at, &hr).await;
        let aim = active(w, &at, &teacher, &appraiser).await;
        let own = w.get("/v1/appraisals").by(&teacher).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let paths = [at.clone(), format!("{at}/history"), format!("/v1/appraisals/{own}"), aim.clone(), format!("{aim}/history")];
        let all = async || {
            let mut out = Vec::new();
            for path in &paths {
                out.push(w.get(path).by(&hr).send().await.expect(200).text);
            }
            out
        };
        let before = all().await;
        w.post("/v1/calendars").by(&hr).json(calendar("2026-08-20", "2026-10-09")).send().await.expect(201);
        assert_eq!(all().await, before, "the year, its days and its history are as they were");
        assert_eq!(w.get(&at).by(&hr).send().await.body["academic_year"], 2026);
    }

    async fn a_new_calendar_of_a_school_moves_no_day_that_was_counted_by_the_old_one(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let calendar = async |half_term: &str| {
            let terms = json!([{"starts_on": "2026-09-02", "ends_on": half_term}, {"starts_on": "2026-11-02", "ends_on": "2026-12-18"}]);
            let new = json!({"organisation_id": trust.school.to_string(), "academic_year": 2026, "bank_holidays": "england_and_wales", "terms": terms});
            w.post("/v1/calendars").by(&hr).json(new).send().await.expect(201).id()
        };
        let old = calendar("2026-10-23").await;
        let mut teachers = Vec::new();
        for _ in 0..2 {
            teachers.push(trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await);
        }
        // rules that count school days: the statement within ten of them from the review
        let at = cycle_under(w, &trust, &hr, "2026/27", 2026, true, "wales_2011").await;
        w.create_appraisals(&at, &hr).await;
        let mut own = Vec::new();
        for teacher in &teachers {
            let found = w.get(format!("/v1/appraisals?person_id={}", teacher.person)).by(teacher).send().await.expect(200);
            let path = format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap());
            for name in ["start-planning", "inform-standards", "start"] {
                step(w, &path, name, &appraiser, None).await.expect(200);
            }
            own.push(path);
        }
        for name in ["start-monitoring", "open-review"] {
            w.post(format!("{at}/{name}")).by(&hr).send().await.expect(200);
        }
        let reviewed = async |n: usize| {
            let new = json!({"employment_id": teachers[n].employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": "annual_review",
                "appraisal_id": id(&own[n]), "starts_at": "2026-10-06T15:30:00Z"});
            let talk = format!("/v1/conversations/{}", w.post("/v1/conversations").by(&teachers[n]).json(new).send().await.expect(201).id());
            step(w, &talk, "hold", &appraiser, None).await.expect(200);
            let seen = w.get(&own[n]).by(&hr).send().await.expect(200);
            let due = seen.body["deadlines"].as_array().unwrap().iter().find(|d| d["kind"] == "report").unwrap().clone();
            (due["due_on"].clone(), due["basis"].clone(), due["calendar_ids"].clone())
        };
        assert_eq!(reviewed(0).await, (json!("2026-10-19"), json!("school"), json!([old])));
        let all = async || {
            let mut out = Vec::new();
            for path in [&at, &own[0]] {
                for rest in ["", "/history"] {
                    out.push(w.get(format!("{path}{rest}")).by(&hr).send().await.expect(200).text);
                }
            }
            out
        };
        let before = all().await;
        let new = calendar("2026-10-09").await;
        assert_eq!(all().await, before, "what was counted is as it was, and names the calendar that it was counted by");
        // and what is counted from now on is counted by the new one
        assert_eq!(reviewed(1).await, (json!("2026-11-09"), json!("school"), json!([new])));
    }

    async fn what_was_agreed_this_year_and_is_not_done_comes_up_in_next_years_first_conversation(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let this = cycle(w, &trust, &hr, "2026/27", 2026, true).await;
        w.create_appraisals(&this, &hr).await;
        let appraisal = async |cycle: &str, who: &Someone| {
            let found = w.get(format!("/v1/appraisals?cycle_id={}&person_id={}", id(cycle), who.person)).by(who).send().await.expect(200);
            found.items()[0]["id"].as_str().unwrap().to_owned()
        };
        let talk = async |by: &Someone, kind: &str, of: Value, day: &str| {
            let new = json!({"employment_id": by.employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": kind, "appraisal_id": of,
                "starts_at": format!("{day}T15:30:00Z")});
            format!("/v1/conversations/{}", w.post("/v1/conversations").by(by).json(new).send().await.expect(201).id())
        };
        let agreed = async |of: &str, title: &str| {
            let new = json!({"title": title, "owner_id": teacher.person.to_string()});
            format!("/v1/agreed-actions/{}", w.post(format!("{of}/actions")).by(&teacher).json(new).send().await.expect(201).id())
        };
        let last = talk(&teacher, "mid_cycle", json!(appraisal(&this, &teacher).await), "2026-10-06").await;
        agreed(&last, "Visit Curlew").await;
        let done = agreed(&last, "Read on talk").await;
        step(w, &done, "finish", &teacher, None).await.expect(200);
        let beside = talk(&teacher, "check_in", Value::Null, "2026-10-06").await;
        agreed(&beside, "Between the two").await;
        step(w, &last, "hold", &appraiser, None).await.expect(200);
        let next = format!("/v1/cycles/{}", w.post(format!("{this}/roll-over")).by(&hr).json(json!({"name": "2027/28"})).send().await.expect(201).id());
        for name in ["publish", "open-planning"] {
            w.post(format!("{next}/{name}")).by(&hr).send().await.expect(200);
        }
        w.create_appraisals(&next, &hr).await;
        w.later(TimeDelta::days(336));
        let fresh = |who: &Someone| Someone { token: w.token(trust.id, who), ..who.clone() };
        let (teacher, appraiser) = (fresh(&teacher), fresh(&appraiser));
        let first = talk(&teacher, "planning", json!(appraisal(&next, &teacher).await), "2027-09-13").await;
        for who in [&teacher, &appraiser] {
            let agenda = w.get(format!("{first}/agenda")).by(who).send().await.expect(200);
            let items = agenda.body["items"].as_array().unwrap();
            let threads: Vec<&str> = items.iter().filter(|i| i["kind"] == "agreed_action").map(|i| i["title"].as_str().unwrap()).collect();
            assert_eq!(threads, ["Visit Curlew"], "{}", agenda.text);
        }
    }

    async fn a_handover_of_the_appraiser_restarts_nothing(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let first = trust.someone(w).at(trust.school).made().await;
        let second = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&first).made().await;
        let at = cycle(w, &trust, &hr, "2026/27", 2026, true).await;
        w.create_appraisals(&at, &hr).await;
        let aim = active(w, &at, &teacher, &first).await;
        w.post(format!("{aim}/notes")).by(&first).json(json!({"text": "As we said on Monday"})).send().await.expect(201);
        let own = w.get("/v1/appraisals").by(&teacher).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let own = format!("/v1/appraisals/{own}");
        step(w, &own, "start-planning", &first, None).await.expect(200);
        let before = w.get(&own).by(&teacher).send().await.expect(200);
        w.appoint(&trust, trellis_domain::relationship::RelationshipKind::Appraiser, teacher.person, second.person).await;
        let after = step(w, &own, "assign-appraisers", &hr, Some(json!({"appraiser_ids": [second.person.to_string()]}))).await.expect(200);
        for same in ["state", "starts_on", "ends_on", "deadlines", "id"] {
            assert_eq!(after.body[same], before.body[same], "{same}");
        }
        // who went before stays the author of what they wrote, and reads it no more
        let notes = w.get(format!("{aim}/notes")).by(&second).send().await.expect(200);
        assert_eq!((&notes.items()[0]["author_id"], &notes.items()[0]["text"]), (&json!(first.person.to_string()), &json!("As we said on Monday")));
        w.get(&own).by(&first).send().await.problem(404, "not_found");
        step(w, &own, "inform-standards", &second, None).await.expect(200);
    }
}
