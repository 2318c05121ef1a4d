//! What is one's own to do: derived from every machine, in order of date, and gone when it is done. And the calendar that shows it.

use crate::{
    following::{STATEMENTS, count_statements},
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{access::Permission, employment::StaffCategory, role::RoleName, task::TaskKind};
use trellis_persistence::{Act, Principal, Window, task::ListTasks};

/// A cycle of the school for its teachers, with its appraisals.
pub async fn cycle(w: &World, trust: &Trust, by: &Someone) -> String {
    let framework = w.get("/v1/framework-versions?key=teachers-standards").by(by).send().await.expect(200);
    let new = json!({
        "organisation_id": trust.root.to_string(), "name": "Appraisal", "starts_on": "2026-09-01", "ends_on": "2027-08-31", "rule_profile": "england_academy_policy",
        "rule_profile_version": 1, "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-09", "report_due_on": "2027-10-31",
        "staff_categories": ["teacher"], "framework_version_ids": [framework.items()[0]["id"]],
    });
    let id = w.post("/v1/cycles").by(by).json(new).send().await.expect(201).id();
    for step in ["publish", "open-planning"] {
        w.post(format!("/v1/cycles/{id}/{step}")).by(by).send().await.expect(200);
    }
    w.create_appraisals(&format!("/v1/cycles/{id}"), by).await;
    id
}
async fn tasks(w: &World, who: &Someone) -> Vec<Value> {
    w.get("/v1/me/tasks?limit=200").by(who).send().await.expect(200).items().to_vec()
}
fn kinds(tasks: &[Value]) -> Vec<&str> {
    tasks.iter().filter_map(|t| t["kind"].as_str()).collect()
}
async fn step(w: &World, at: &str, name: &str, by: &Someone) {
    w.post(format!("{at}/{name}")).by(by).if_match("*").send().await.expect(200);
}
/// The path of a calendar's address.
fn path(made: &Reply) -> String {
    made.body["url"].as_str().unwrap().strip_prefix("https://trellis.example").unwrap().to_owned()
}

on_both! {
    async fn tasks_follow_the_machines_from_one_party_to_the_other(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).named("Niamh", "Grant").at(trust.school).employed_as(StaffCategory::Leader).made().await;
        let teacher = trust.someone(w).named("Amina", "Okoro").at(trust.school).appraised_by(&appraiser).made().await;
        let cycle = cycle(w, &trust, &hr).await;
        let (own, theirs) = (tasks(w, &teacher).await, tasks(w, &appraiser).await);
        assert_eq!((kinds(&own), kinds(&theirs)), (vec!["set_objectives"], vec!["start_planning"]));
        assert_eq!((&own[0]["due_on"], &own[0]["overdue"], &own[0]["person_name"]), (&json!("2026-10-31"), &json!(false), &Value::Null));
        assert_eq!((&theirs[0]["person_name"], &theirs[0]["person_id"]), (&json!("Amina Okoro"), &json!(teacher.person.to_string())));
        let at = theirs[0]["href"].as_str().unwrap().to_owned();
        assert!(w.get(&at).by(&appraiser).send().await.expect(200).can("start_planning"), "a task can be done");
        step(w, &at, "start-planning", &appraiser).await;
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "cycle_id": cycle, "kind": "practice", "title": "Wait time", "due_on": "2027-06-01"});
        let objective = format!("/v1/objectives/{}", w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id());
        assert_eq!(kinds(&tasks(w, &teacher).await), ["propose_objective"]);
        assert_eq!(kinds(&tasks(w, &appraiser).await), ["start_appraisal"], "nobody hears of a private draft");
        step(w, &objective, "propose", &teacher).await;
        assert_eq!(kinds(&tasks(w, &teacher).await), Vec::<&str>::new());
        let asked = tasks(w, &appraiser).await;
        assert_eq!(kinds(&asked), ["agree_objective", "start_appraisal"]);
        assert_eq!((&asked[0]["title"], &asked[0]["due_on"], &asked[0]["href"]), (&json!("Wait time"), &json!("2026-10-31"), &json!(objective)));
        // what the appraiser changes is the owner's to agree
        w.patch(&objective).by(&appraiser).if_match("*").json(json!({"title": "Wait time of three seconds"})).send().await.expect(200);
        assert_eq!((kinds(&tasks(w, &teacher).await), kinds(&tasks(w, &appraiser).await)), (vec!["agree_objective"], vec!["start_appraisal"]));
        step(w, &objective, "agree", &teacher).await;
        step(w, &at, "inform-standards", &appraiser).await;
        step(w, &at, "start", &appraiser).await;
        step(w, &objective, "start", &teacher).await;
        assert_eq!((tasks(w, &teacher).await.len(), tasks(w, &appraiser).await.len()), (0, 0));
        w.later(TimeDelta::days(250));
        let (teacher, appraiser) = (Someone { token: w.token(trust.id, &teacher), ..teacher }, Someone { token: w.token(trust.id, &appraiser), ..appraiser });
        assert_eq!(kinds(&tasks(w, &teacher).await), ["start_self_review"], "near the review");
        let late = tasks(w, &appraiser).await;
        assert_eq!((kinds(&late), &late[0]["overdue"]), (vec!["review_objective"], &json!(true)));
        assert_eq!(tasks(w, &Someone { token: w.token(trust.id, &hr), ..hr }).await.len(), 0);
    }

    async fn whoever_keeps_records_is_told_what_to_decide_and_nobody_else(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.school).made().await;
        let elsewhere = trust.someone(w).with(RoleName::Hr, trust.other_school).made().await;
        let lead = trust.someone(w).at(trust.school).with(RoleName::LearningLead, trust.school).made().await;
        let teacher = trust.someone(w).named("Amina", "Okoro").at(trust.school).made().await;
        let post = json!([{"organisation": {"id": trust.school.to_string()}, "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2020-09-01"}]);
        let row = |id: &str, name: &str| json!({"external_ref": {"source": "mis", "id": id}, "given_name": "Ada", "family_name": name, "employments": post});
        w.post("/v1/people/bulk-upsert").by(&hr).json(json!({"rows": [row("1", "One"), row("2", "Two")]})).send().await.expect(207);
        let again = json!({"given_name": "Amina", "family_name": "Again", "email": teacher.email});
        let twin = w.post("/v1/people").by(&hr).json(again).send().await.expect(201).id();
        let rows: Vec<Value> = (2..12).map(|n| row(&n.to_string(), &format!("N{n}"))).collect();
        let snapshot = json!({"organisation": {"id": trust.school.to_string()}, "source": "mis", "taken_at": "2026-10-01T01:00:00Z", "rows": rows});
        w.post("/v1/syncs").by(&hr).json(snapshot).send().await.expect(207);
        let found = tasks(w, &hr).await;
        assert_eq!(kinds(&found), ["review_missing", "decide_match"]);
        assert_eq!((&found[0]["person_name"], &found[0]["overdue"]), (&json!("Ada One"), &json!(true)));
        assert_eq!(found[1]["person_id"], twin);
        for href in found.iter().filter_map(|t| t["href"].as_str()) {
            w.get(href).by(&hr).send().await.expect(200);
        }
        assert_eq!((tasks(w, &elsewhere).await.len(), tasks(w, &teacher).await.len()), (0, 0));
        // sessions that are over, and what was learned at them
        let new = json!({"organisation_id": trust.school.to_string(), "title": "=Retrieval", "kind": "course", "minutes": 60});
        let activity = w.post("/v1/learning-activities").by(&lead).json(new).send().await.expect(201).id();
        let new = json!({"activity_id": activity, "starts_at": "2026-10-05T07:00:00Z", "ends_at": "2026-10-05T08:00:00Z", "places": 5});
        let session = w.post("/v1/learning-sessions").by(&lead).json(new).send().await.expect(201).id();
        let enrolled = w.post(format!("/v1/learning-sessions/{session}/enrol")).by(&lead).json(json!({"person_ids": [teacher.person.to_string()]})).send().await.expect(207);
        assert!(enrolled.text.contains("enrolled"), "{}", enrolled.text);
        let asked = tasks(w, &lead).await;
        assert_eq!((kinds(&asked), &asked[0]["record_id"], &asked[0]["due_on"]), (vec!["record_attendance"], &json!(session), &json!("2026-10-05")));
        let table = w.get("/v1/me/tasks").by(&lead).header("accept", "text/csv").send().await.expect(200).text;
        let lines: Vec<&str> = table.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines[1].starts_with("record_attendance,2026-10-05,false,'=Retrieval,,,"), "no formula: {table}");
        let enrolment = w.get(format!("/v1/enrolments?session_id={session}")).by(&lead).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        w.post(format!("/v1/enrolments/{enrolment}/record-attendance")).by(&lead).json(json!({"attended": true})).send().await.expect(200);
        assert_eq!(tasks(w, &lead).await.len(), 0);
        let mine = tasks(w, &teacher).await;
        assert_eq!((kinds(&mine), &mine[0]["title"], &mine[0]["due_on"]), (vec!["reflect_on_learning"], &json!("=Retrieval"), &Value::Null));
        let at = mine[0]["href"].as_str().unwrap();
        w.post(format!("{at}/reflect")).by(&teacher).json(json!({"reflection": "Less is more."})).send().await.expect(200);
        assert_eq!(tasks(w, &teacher).await.len(), 0);
    }

    async fn a_list_of_tasks_goes_on_where_it_ended_and_machines_have_none(w: World) {
        let trust = w.trust("beacon").await;
        let head = trust.someone(w).at(trust.school).employed_as(StaffCategory::Headteacher).with(RoleName::Headteacher, trust.school).made().await;
        let plan = json!({"organisation_id": trust.school.to_string(), "title": "A plan", "first_year": 2026});
        let plan = w.post("/v1/improvement-plans").by(&head).json(plan).send().await.expect(201).id();
        // two of the same day, with the same record; one without a day
        let action = |title: &str, due: Value| json!({"title": title, "owner_id": head.person.to_string(), "due_on": due});
        let actions = json!([action("c", Value::Null), action("a", json!("2026-10-01")), action("b", json!("2026-10-20")), action("d", json!("2026-10-20"))]);
        w.post("/v1/priorities").by(&head).json(json!({"plan_id": plan, "title": "Words", "actions": actions})).send().await.expect(201);
        assert_eq!(tasks(w, &head).await.len(), 0, "not before the plan is published");
        w.post(format!("/v1/improvement-plans/{plan}/publish")).by(&head).send().await.expect(200);
        let all = tasks(w, &head).await;
        let titles = |of: &[Value]| of.iter().filter_map(|t| t["title"].as_str().map(str::to_owned)).collect::<Vec<_>>();
        assert_eq!(titles(&all), ["a", "b", "d", "c"]);
        assert_eq!(all.iter().filter(|t| t["overdue"] == true).count(), 1);
        let (mut paged, mut at) = (Vec::new(), "/v1/me/tasks?limit=1".to_owned());
        loop {
            let page = w.get(&at).by(&head).send().await.expect(200);
            paged.extend(page.items().to_vec());
            let Some(cursor) = page.body["next_cursor"].as_str() else { break };
            at = format!("/v1/me/tasks?limit=1&cursor={cursor}");
        }
        assert_eq!(paged, all);
        let (_, _, key) = w.key(&trust, &[Permission::ReadPeople], None).await;
        w.get("/v1/me/tasks").bearer(&key).send().await.problem(403, "not_permitted");
        w.get("/v1/me/calendar-links").bearer(&key).send().await.problem(403, "not_permitted");
        w.post("/v1/me/calendar-links").bearer(&key).json(json!({"name": "x"})).send().await.problem(403, "not_permitted");
    }

    async fn a_calendar_is_its_owners_until_the_link_is_revoked_or_the_account_disabled(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let lead = trust.someone(w).at(trust.school).with(RoleName::LearningLead, trust.school).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).named("Amina", "Okoro").at(trust.school).appraised_by(&appraiser).made().await;
        cycle(w, &trust, &hr).await;
        let new = json!({"organisation_id": trust.school.to_string(), "title": "Retrieval, that sticks", "kind": "course", "minutes": 60});
        let activity = w.post("/v1/learning-activities").by(&lead).json(new).send().await.expect(201).id();
        let new = json!({"activity_id": activity, "starts_at": "2026-10-12T15:00:00Z", "ends_at": "2026-10-12T16:00:00Z", "place": "Hall; left", "places": 5});
        let session = w.post("/v1/learning-sessions").by(&lead).json(new).send().await.expect(201).id();
        w.post("/v1/enrolments").by(&teacher).json(json!({"session_id": session})).send().await.expect(201);
        let ask = |who: &Someone, key: &str| w.post("/v1/me/calendar-links").by(who).header("idempotency-key", key).json(json!({"name": "My telephone"})).send();
        let made = ask(&teacher, "one").await.expect(201);
        let again = ask(&teacher, "one").await.expect(201);
        assert_eq!((again.id(), &again.body["url"]), (made.id(), &Value::Null), "the secret is shown once");
        let feed = w.get(path(&made)).send().await.expect(200);
        assert_eq!(feed.headers["cache-control"], "private, no-store");
        let text = feed.text.replace("\r\n ", "");
        for line in ["BEGIN:VCALENDAR", "SUMMARY:Retrieval\\, that sticks", "LOCATION:Hall\\; left", "DTSTART:20261012T150000Z", "SUMMARY:Set objectives", "DTSTART;VALUE=DATE:20261031"] {
            assert!(text.contains(&format!("{line}\r\n")), "{line} is not in {text}");
        }
        assert_eq!(text.matches("BEGIN:VEVENT").count(), 2);
        let others = w.get(path(&ask(&appraiser, "two").await.expect(201))).send().await.expect(200).text;
        assert!(others.contains("SUMMARY:Start planning: Amina Okoro\r\n") && !others.contains("Retrieval"), "{others}");
        // the log says that there is a link, and not what it is
        let history = w.get(format!("/v1/accounts/{}/history", teacher.account)).by(&admin).send().await.expect(200);
        let kinds: Vec<&str> = history.items().iter().filter_map(|e| e["type"].as_str()).collect();
        assert_eq!(kinds.iter().filter(|k| **k == "account.calendar_link_created").count(), 1, "{kinds:?}");
        assert!(!history.text.contains("trellis_calendar_"));
        let wrong = format!("{}A.ics", path(&made).trim_end_matches(".ics"));
        let none = w.get(wrong).send().await.problem(404, "not_found");
        // only its owner lists and revokes it
        let listed = w.get("/v1/me/calendar-links").by(&teacher).send().await.expect(200);
        assert_eq!((listed.items().len(), &listed.items()[0]["id"]), (1, &json!(made.id())));
        assert!(!listed.text.contains("trellis_calendar_"));
        let revoke = format!("/v1/me/calendar-links/{}/revoke", made.id());
        w.post(&revoke).by(&appraiser).send().await.problem(404, "not_found");
        let revoked = w.post(&revoke).by(&teacher).send().await.expect(200);
        assert_eq!(w.post(&revoke).by(&teacher).send().await.expect(200).body, revoked.body, "once is enough");
        alike(&w.get(path(&made)).send().await.problem(404, "not_found"), &none);
        let history = w.get(format!("/v1/accounts/{}/history", teacher.account)).by(&admin).send().await.expect(200);
        assert_eq!(history.text.matches("account.calendar_link_revoked").count(), 1);
        // an account that is disabled has no calendar, at once and for good: whoever has the address is not known
        let live = path(&ask(&teacher, "three").await.expect(201));
        w.get(&live).send().await.expect(200);
        w.post(format!("/v1/accounts/{}/disable", teacher.account)).by(&admin).if_match("*").send().await.expect(200);
        alike(&w.get(&live).send().await.problem(404, "not_found"), &none);
        w.post(format!("/v1/accounts/{}/enable", teacher.account)).by(&admin).if_match("*").send().await.expect(200);
        alike(&w.get(&live).send().await.problem(404, "not_found"), &none);
        // an account that gives way to another takes its calendar with it
        let (once, twice) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await);
        let (left, kept) = (path(&ask(&twice, "twice").await.expect(201)), path(&ask(&once, "once").await.expect(201)));
        w.post(format!("/v1/people/{}/merge", twice.person)).by(&admin).json(json!({"into": once.person.to_string()})).send().await.expect(201);
        alike(&w.get(&left).send().await.problem(404, "not_found"), &none);
        w.get(&kept).send().await.expect(200);
        // and whoever is erased leaves none
        let gone = trust.someone(w).named("Aled", "Parry").made().await;
        let theirs = path(&ask(&gone, "gone").await.expect(201));
        w.post(format!("/v1/people/{}/erase", gone.person)).by(&hr).json(json!({"family_name": "Parry", "reason": "recorded_in_error"})).send().await.expect(200);
        alike(&w.get(&theirs).send().await.problem(404, "not_found"), &none);
        for n in 0..9 {
            ask(&lead, &format!("n{n}")).await.expect(201);
        }
        ask(&lead, "tenth").await.expect(201);
        ask(&lead, "eleventh").await.problem(409, "wrong_state");
    }
}

/// Whoever leads a school of 200 asks for as many statements as whoever leads one of two.
#[test]
fn a_headteacher_of_200_asks_for_no_more_statements_than_anybody() {
    World::run(Backend::Sqlite, async |w| {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let head = async |at| trust.someone(w).at(at).employed_as(StaffCategory::Headteacher).with(RoleName::Headteacher, at).made().await;
        let (small, large) = (head(trust.school).await, head(trust.other_school).await);
        let mut appraised = [Vec::new(), Vec::new()];
        for (i, head, at, each) in [(0, &small, trust.school, 1), (1, &large, trust.other_school, 100)] {
            for _ in 0..each {
                appraised[i].push(trust.someone(w).at(at).appraised_by(head).made().await);
                trust.someone(w).at(at).made().await;
            }
        }
        cycle(w, &trust, &hr).await;
        // of each of those whom they appraise: a rhythm that nobody keeps, a conversation to hold, something agreed in it, and a request
        for (head, teachers) in [(&small, &appraised[0]), (&large, &appraised[1])] {
            for teacher in teachers {
                let ties = w.get(format!("/v1/relationships?person_id={}", teacher.person)).by(teacher).send().await.expect(200);
                let at = format!("/v1/relationships/{}/set-cadence", ties.items()[0]["id"].as_str().unwrap());
                w.post(at).by(teacher).json(json!({"weeks": 1})).send().await.expect(200);
                let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "partner_id": head.person.to_string(), "kind": "check_in", "starts_at": "2026-10-05T10:00:00Z"});
                let talk = w.post("/v1/conversations").by(teacher).json(new).send().await.expect(201).id();
                let new = json!({"title": "Visit", "owner_id": head.person.to_string(), "due_on": "2026-10-20"});
                w.post(format!("/v1/conversations/{talk}/actions")).by(teacher).json(new).send().await.expect(201);
                let asked =
                    w.post("/v1/learning-requests").by(teacher).json(json!({"title": "A visit", "starts_on": "2026-11-02"})).send().await.expect(201).id();
                w.post(format!("/v1/learning-requests/{asked}/submit")).by(teacher).send().await.expect(200);
            }
        }
        w.later(TimeDelta::days(10));
        count_statements();
        let db = w.source.connect().unwrap();
        let cost = async |who: &Someone| {
            let act = Act { principal: Principal::Session { session: who.session, account: who.account }, ..w.operator(trust.id) };
            STATEMENTS.set(0);
            let page = db.read(act, ListTasks { window: Window { after: None, limit: 1000 } }).await.unwrap();
            let count = |kind| page.items.iter().filter(|t| t.task.kind == kind).count();
            let between = [TaskKind::BookCheckIn, TaskKind::HoldConversation, TaskKind::DoAgreedAction, TaskKind::AnswerRequest].map(count);
            assert!(between.iter().all(|n| *n == between[0]), "{between:?}");
            (count(TaskKind::StartPlanning), count(TaskKind::AssignAppraisers), STATEMENTS.get(), between[0])
        };
        let (few, many) = (cost(&small).await, cost(&large).await);
        assert_eq!(((few.0, few.1, few.3), (many.0, many.1, many.3)), ((1, 1, 1), (100, 100, 100)));
        assert!(few.2 > 5, "{few:?}");
        assert_eq!(few.2, many.2);
    });
}
