//! What leaders see: figures counted by hand, nobody's name, and no figure under five, by subtraction either.

use crate::{support::*, tasks::cycle};
use serde_json::{Value, json};
use trellis_domain::{employment::StaffCategory, id::OrganisationId, role::RoleName};

/// Teachers of a school, appraised by one colleague.
pub async fn staff(w: &World, trust: &Trust, at: OrganisationId, n: usize) -> (Someone, Vec<Someone>) {
    let appraiser = trust.someone(w).at(at).employed_as(StaffCategory::Leader).made().await;
    let mut out = Vec::new();
    for _ in 0..n {
        out.push(trust.someone(w).at(at).appraised_by(&appraiser).made().await);
    }
    (appraiser, out)
}
/// An objective that was agreed: by the appraiser, if the owner wrote it, and the other way round.
pub async fn agreed(w: &World, owner: &Someone, by: &Someone, with: &Someone, mut words: Value) -> String {
    words["employment_id"] = json!(owner.employment.unwrap().to_string());
    words["title"] = json!("Words");
    words["kind"] = words.get("kind").cloned().unwrap_or(json!("practice"));
    let id = w.post("/v1/objectives").by(by).json(words).send().await.expect(201).id();
    w.post(format!("/v1/objectives/{id}/propose")).by(by).if_match("*").send().await.expect(200);
    w.post(format!("/v1/objectives/{id}/agree")).by(with).if_match("*").send().await.expect(200);
    id
}
pub async fn learned(w: &World, who: &Someone, with: Value) -> String {
    let mut new = json!({"title": "Reading", "kind": "reading", "started_on": "2026-10-01", "minutes": 30});
    new.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    w.post("/v1/learning-records").by(who).json(new).send().await.expect(201).id()
}
/// The figures of an organisation.
pub fn row(reply: &Reply, at: OrganisationId) -> &Value {
    let rows = reply.body["rows"].as_array().unwrap();
    &rows.iter().find(|r| r["organisation"]["id"] == at.to_string()).unwrap_or_else(|| panic!("no row of {at} in {}", reply.text))["figures"]
}
fn of_state<'a>(figures: &'a Value, state: &str) -> &'a Value {
    &figures["states"].as_array().unwrap().iter().find(|s| s["state"] == state).unwrap()["count"]
}
fn lacking<'a>(figures: &'a Value, what: &str) -> &'a Value {
    &figures["outstanding"].as_array().unwrap().iter().find(|s| s["outstanding"] == what).unwrap()["count"]
}
/// By who appraises, for whoever reads the names; and whom nobody has met since planning opened.
async fn by_appraiser(w: &World, trust: &Trust, cycle: &str, by: (&Someone, &Someone, &Someone), (appraiser, here): (&Someone, &[Someone])) {
    let (hr, head, leader) = by;
    let path = format!("/v1/appraiser-overview?cycle_id={cycle}");
    let meet = json!({"employment_id": here[0].employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": "check_in", "starts_at": "2026-10-05T15:30:00Z",
        "appraisal_id": w.get(format!("/v1/appraisals?person_id={}", here[0].person)).by(&here[0]).send().await.items()[0]["id"]});
    let made = format!("/v1/conversations/{}", w.post("/v1/conversations").by(&here[0]).json(meet).send().await.expect(201).id());
    let seen = async |who: &Someone, path: &str| w.get(path).by(who).send().await.expect(200);
    let rows = async |who: &Someone, path: &str| seen(who, path).await.body["rows"].as_array().unwrap().clone();
    let own = async || rows(head, &path).await.into_iter().find(|r| r["appraiser"]["person_id"] == appraiser.person.to_string()).unwrap();
    assert_eq!(lacking(&own().await["figures"], "meeting"), &json!(12), "booked is not held");
    w.post(format!("{made}/hold")).by(&here[0]).if_match("*").send().await.expect(200);
    let row = own().await;
    let figures = &row["figures"];
    assert_eq!((&figures["appraisals"], lacking(figures, "meeting"), lacking(figures, "objectives")), (&json!(12), &json!(11), &json!(11)));
    assert!(row["appraiser"]["name"].is_string() && row["organisation"]["id"] == trust.school.to_string());
    assert_eq!((rows(head, &path).await.len(), rows(hr, &path).await.len(), rows(leader, &path).await.len()), (1, 2, 0));
    assert_eq!(rows(hr, &format!("{path}&organisation_id={}", trust.school)).await.len(), 1);
    assert_eq!(rows(appraiser, &path).await.len(), 0, "who appraises sees no figures of the school");
    let table = w.get(&path).by(hr).header("accept", "text/csv").send().await.expect(200).text;
    assert!(table.starts_with("organisation_id,organisation,appraiser_id,appraiser,appraisals,created,") && table.lines().count() == 3, "{table}");
    let met = seen(head, &format!("/v1/appraisal-progress?cycle_id={cycle}&limit=200")).await;
    assert_eq!(met.items().iter().filter(|a| a["outstanding"].as_array().unwrap().contains(&json!("meeting"))).count(), 11);
    // the next stage asks for the next meeting
    w.later(chrono::TimeDelta::seconds(1));
    w.post(format!("/v1/cycles/{cycle}/start-monitoring")).by(hr).send().await.expect(200);
    assert_eq!(lacking(&own().await["figures"], "meeting"), &json!(12));
}
pub async fn holding(w: &World, trust: &Trust, role: RoleName, at: OrganisationId) -> Someone {
    trust.someone(w).with(role, at).made().await
}

on_both! {
    async fn progress_is_names_for_those_who_may_read_them_and_figures_for_the_others(w: World) {
        let trust = w.trust("beacon").await;
        let hr = holding(w, &trust, RoleName::Hr, trust.root).await;
        let head = holding(w, &trust, RoleName::Headteacher, trust.school).await;
        let (leader, governor) = (holding(w, &trust, RoleName::TrustLeader, trust.root).await, holding(w, &trust, RoleName::Governor, trust.root).await);
        // 12 here: 2 begin to plan, of whom 1 has an objective; 6 elsewhere, of whom none does
        let (appraiser, here) = staff(w, &trust, trust.school, 12).await;
        let (_, _there) = staff(w, &trust, trust.other_school, 6).await;
        let cycle = cycle(w, &trust, &hr).await;
        for who in &here[..2] {
            let id = w.get(format!("/v1/appraisals?person_id={}", who.person)).by(who).send().await.items()[0]["id"].as_str().unwrap().to_owned();
            w.post(format!("/v1/appraisals/{id}/start-planning")).by(&appraiser).if_match("*").send().await.expect(200);
        }
        agreed(w, &here[0], &here[0], &appraiser, json!({"cycle_id": cycle})).await;
        let path = format!("/v1/appraisal-overview?cycle_id={cycle}");
        let exact = w.get(&path).by(&hr).send().await.expect(200);
        let (a, b) = (row(&exact, trust.school), row(&exact, trust.other_school));
        assert_eq!((&a["appraisals"], of_state(a, "created"), of_state(a, "planning"), lacking(a, "objectives"), lacking(a, "planning")), (&json!(12), &json!(10), &json!(2), &json!(11), &json!(10)));
        assert_eq!((&b["appraisals"], of_state(b, "created"), lacking(b, "objectives"), lacking(b, "overdue")), (&json!(6), &json!(6), &json!(6), &json!(0)));
        assert_eq!((&exact.body["all"]["appraisals"], lacking(&exact.body["all"], "objectives")), (&json!(18), &json!(17)));
        // a leader and a governor see the same figures: none under five, and none that tells of one
        let seen = w.get(&path).by(&leader).send().await.expect(200);
        assert_eq!(w.get(&path).by(&governor).send().await.expect(200).body, seen.body);
        let (a, b, all) = (row(&seen, trust.school), row(&seen, trust.other_school), &seen.body["all"]);
        assert_eq!((&a["appraisals"], &b["appraisals"], &all["appraisals"]), (&json!(12), &json!(6), &json!(18)));
        assert_eq!((of_state(a, "planning"), of_state(a, "created")), (&Value::Null, &Value::Null), "twelve less ten would be two");
        for figures in [a, b, all] {
            let shown = |list: &str| figures[list].as_array().unwrap().iter().filter_map(|c| c["count"].as_u64()).collect::<Vec<_>>();
            for n in shown("states").into_iter().chain(shown("outstanding")) {
                assert!(n == 0 || n >= 5, "{figures}");
            }
            let hidden = figures["states"].as_array().unwrap().iter().filter(|c| c["count"].is_null()).count();
            assert!(hidden != 1, "one that is missing follows from the others: {figures}");
        }
        // one lacks nothing here: so no figure tells how many lack objectives, here or in all
        assert_eq!((lacking(a, "objectives"), lacking(b, "objectives"), lacking(all, "objectives")), (&Value::Null, &json!(6), &Value::Null));
        // asking for a part tells no more than asking for all
        for at in [trust.school, trust.other_school] {
            let part = w.get(format!("{path}&organisation_id={at}")).by(&governor).send().await.expect(200);
            assert_eq!((row(&part, at), &part.body["all"], part.body["rows"].as_array().unwrap().len()), (row(&seen, at), &Value::Null, 1));
        }
        let table = w.get(&path).by(&leader).header("accept", "text/csv").send().await.expect(200).text;
        assert_eq!(table.lines().count(), 3);
        assert!(table.starts_with("organisation_id,organisation,appraisals,created,planning,") && table.contains("beacon school,12,,,"), "{table}");
        // names: for the headteacher at their school, for HR everywhere; no name and no id of a person for those who see figures
        let names = format!("/v1/appraisal-progress?cycle_id={cycle}&limit=200");
        let listed = w.get(&names).by(&head).send().await.expect(200);
        assert_eq!(listed.items().len(), 12);
        let first = listed.items().iter().find(|a| a["person_id"] == here[0].person.to_string()).unwrap();
        assert_eq!((&first["state"], &first["outstanding"], &first["appraisers"][0]["person_id"]), (&json!("planning"), &json!(["meeting"]), &json!(appraiser.person.to_string())));
        let second = listed.items().iter().find(|a| a["person_id"] == here[2].person.to_string()).unwrap();
        assert_eq!(second["outstanding"], json!(["planning", "objectives", "meeting"]));
        assert_eq!(w.get(&names).by(&hr).send().await.expect(200).items().len(), 18);
        assert_eq!(w.get(&names).by(&here[3]).send().await.expect(200).items().len(), 1, "one's own");
        let table = w.get(&names).by(&head).header("accept", "text/csv").send().await.expect(200).text;
        assert_eq!(table.lines().count(), 13);
        for who in [&leader, &governor] {
            assert_eq!(w.get(&names).by(who).send().await.expect(200).items().len(), 0);
            let text = w.get(&path).by(who).send().await.expect(200).text;
            assert!(here.iter().all(|p| !text.contains(&p.person.to_string())) && !text.contains("Person"), "{text}");
        }
        // a headteacher sees their own school as it is, and no other
        let own = w.get(&path).by(&head).send().await.expect(200);
        assert_eq!((of_state(row(&own, trust.school), "planning"), own.body["rows"].as_array().unwrap().len()), (&json!(2), 1));
        by_appraiser(w, &trust, &cycle, (&hr, &head, &leader), (&appraiser, &here)).await;
        w.get(&path).by(&here[0]).send().await.problem(403, "role_required");
        let lead = holding(w, &trust, RoleName::LearningLead, trust.root).await;
        w.get(&path).by(&lead).send().await.problem(403, "role_required");
    }

    async fn who_works_at_two_schools_is_one_person_in_what_is_withheld_of_both(w: World) {
        let trust = w.trust("beacon").await;
        let (hr, leader) = (holding(w, &trust, RoleName::Hr, trust.root).await, holding(w, &trust, RoleName::TrustLeader, trust.root).await);
        let also_there = async |who: &Someone| {
            let new = json!({"person_id": who.person.to_string(), "organisation_id": trust.other_school.to_string(), "job_title": "Teacher", "staff_category": "teacher", "starts_on": "2020-09-01"});
            w.post("/v1/employments").by(&hr).json(new).send().await.expect(201);
        };
        let (_, here) = staff(w, &trust, trust.school, 4).await;
        for who in &here {
            also_there(who).await;
        }
        let path = format!("/v1/appraisal-overview?cycle_id={}", cycle(w, &trust, &hr).await);
        let appraisals = async |by: &Someone| {
            let seen = w.get(&path).by(by).send().await.expect(200);
            [&row(&seen, trust.school)["appraisals"], &row(&seen, trust.other_school)["appraisals"], &seen.body["all"]["appraisals"]].map(Value::clone)
        };
        assert_eq!(appraisals(&hr).await, [4, 4, 8].map(|n| json!(n)), "by name");
        assert_eq!(appraisals(&leader).await, [Value::Null, Value::Null, Value::Null], "eight appraisals of the same four");
        // learning of those four for a priority, here and there
        let new = json!({"organisation_id": trust.root.to_string(), "title": "A plan", "first_year": 2026});
        let plan = w.post("/v1/improvement-plans").by(&leader).json(new).send().await.expect(201).id();
        let priority = w.post("/v1/priorities").by(&leader).json(json!({"plan_id": plan, "title": "Words"})).send().await.expect(201).id();
        w.post(format!("/v1/improvement-plans/{plan}/publish")).by(&leader).send().await.expect(200);
        let learns = async |who: &Someone| {
            let posts = w.get(format!("/v1/employments?person_id={}", who.person)).by(&hr).send().await.expect(200);
            for post in posts.items() {
                learned(w, who, json!({"priority_ids": [priority], "employment_id": post["id"]})).await;
            }
        };
        for who in &here {
            learns(who).await;
        }
        let records = async || {
            let seen = w.get(format!("/v1/priorities/{priority}/line-of-sight")).by(&leader).send().await.expect(200);
            [&row(&seen, trust.school)["learning_records"], &row(&seen, trust.other_school)["learning_records"], &seen.body["all"]["learning_records"]].map(Value::clone)
        };
        assert_eq!(records().await, [Value::Null, Value::Null, Value::Null], "eight records of the same four");
        // one more, who is at the other school only: nine of five
        learns(&trust.someone(w).at(trust.other_school).made().await).await;
        assert_eq!(records().await, [Value::Null, Value::Null, json!(9)]);
    }

    async fn the_learning_share_is_what_one_counts_by_hand(w: World) {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        let (appraiser, here) = staff(w, &trust, trust.school, 16).await;
        let (boss, there) = staff(w, &trust, trust.other_school, 3).await;
        // a thread: 3 inquiries and 4 needs of the owners' own; 5 records on what the appraiser wrote, of which one was reworded by its owner
        for who in &here[..3] {
            agreed(w, who, who, &appraiser, json!({"kind": "growth_inquiry", "inquiry": {"question": "Why?"}})).await;
        }
        for who in &here[3..7] {
            agreed(w, who, who, &appraiser, json!({"learning_needed": "A visit"})).await;
        }
        for who in &here[7..11] {
            let id = agreed(w, who, &appraiser, who, json!({})).await;
            learned(w, who, json!({"objective_ids": [id]})).await;
        }
        let mine = &here[11];
        let new = json!({"employment_id": mine.employment.unwrap().to_string(), "kind": "practice", "title": "Theirs", "learning_needed": "Reading"});
        let id = w.post("/v1/objectives").by(&appraiser).json(new).send().await.expect(201).id();
        w.post(format!("/v1/objectives/{id}/propose")).by(&appraiser).if_match("*").send().await.expect(200);
        w.patch(format!("/v1/objectives/{id}")).by(mine).if_match("*").json(json!({"title": "Mine"})).send().await.expect(200);
        w.post(format!("/v1/objectives/{id}/agree")).by(&appraiser).if_match("*").send().await.expect(200);
        let path = "/v1/learning-share?academic_year=2026";
        let few = w.get(path).by(&leader).send().await.expect(200);
        assert_eq!(row(&few, trust.school)["learning_thread"], json!({"yes": 12, "no": 0}));
        // without one: 4, and a fifth that is set in spite of dissent, which was not agreed
        for who in &here[12..16] {
            agreed(w, who, &appraiser, who, json!({})).await;
        }
        assert_eq!(row(&w.get(path).by(&leader).send().await, trust.school)["learning_thread"]["yes"], Value::Null, "sixteen less twelve would be four");
        agreed(w, &here[0], &appraiser, &here[0], json!({})).await;
        let seen = w.get(path).by(&leader).send().await.expect(200);
        let figures = row(&seen, trust.school);
        assert_eq!((&figures["agreed"], &figures["learning_thread"], &figures["learning_share_percent"]), (&json!(17), &json!({"yes": 12, "no": 5}), &json!(71)));
        let head = holding(w, &trust, RoleName::Headteacher, trust.school).await;
        assert_eq!(row(&w.get(path).by(&head).send().await.expect(200), trust.school), figures, "whoever leads the school sees the same of it");
        assert_eq!(figures["own"], json!({"yes": null, "no": null}), "eight are their own, four are not");
        let last = agreed(w, &here[12], &appraiser, &here[12], json!({"learning_needed": "Reading"})).await;
        let seen = w.get(path).by(&leader).send().await.expect(200);
        let figures = row(&seen, trust.school).clone();
        assert_eq!((&figures["own"], &figures["autonomy_percent"]), (&json!({"yes": 8, "no": 5}), &json!(62)));
        // what its owner revises becomes theirs, once it is agreed again
        w.post(format!("/v1/objectives/{last}/revise")).by(&here[12]).if_match("*").json(json!({"reason": "Mine", "changes": {"title": "Mine"}})).send().await.expect(200);
        assert_eq!(row(&w.get(path).by(&leader).send().await, trust.school)["agreed"], 17, "what waits to be agreed again is not agreed");
        w.post(format!("/v1/objectives/{last}/agree")).by(&appraiser).if_match("*").send().await.expect(200);
        let seen = w.get(path).by(&leader).send().await.expect(200);
        assert_eq!((&row(&seen, trust.school)["agreed"], &row(&seen, trust.school)["own"]), (&json!(18), &json!({"yes": null, "no": null})), "nine and four");
        // three people with two objectives each elsewhere are three people: withheld, and the other school with them
        for who in &there {
            for _ in 0..2 {
                agreed(w, who, who, &boss, json!({"learning_needed": "A visit"})).await;
            }
        }
        let seen = w.get(path).by(&leader).send().await.expect(200);
        assert_eq!((&row(&seen, trust.other_school)["agreed"], &row(&seen, trust.school)["agreed"], &seen.body["all"]["agreed"]), (&Value::Null, &Value::Null, &json!(24)));
        let part = w.get(format!("{path}&organisation_id={}", trust.school)).by(&leader).send().await.expect(200);
        assert_eq!((&row(&part, trust.school)["agreed"], &part.body["all"]), (&Value::Null, &Value::Null), "asking for a part tells no more");
        let before = w.get("/v1/learning-share?academic_year=2025").by(&leader).send().await.expect(200);
        assert_eq!(row(&before, trust.school)["agreed"], 0);
        assert!(w.get(path).by(&leader).header("accept", "text/csv").send().await.expect(200).text.contains("beacon school,,,,,"));
        w.get("/v1/learning-share?academic_year=1066").by(&leader).send().await.problem(400, "invalid_parameter");
        w.get(path).by(&here[0]).send().await.problem(403, "role_required");
    }

    async fn fair_access_shows_groups_of_five_and_more(w: World) {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        let lead = holding(w, &trust, RoleName::LearningLead, trust.school).await;
        let (_, here) = staff(w, &trust, trust.school, 6).await; // and one leader
        let mut support = Vec::new();
        for _ in 0..5 {
            support.push(trust.someone(w).at(trust.school).employed_as(StaffCategory::Support).made().await);
        }
        for who in &here[..5] {
            learned(w, who, json!({"minutes": 90})).await;
        }
        learned(w, &support[0], json!({"minutes": 600})).await;
        let new = json!({"organisation_id": trust.school.to_string(), "title": "Retrieval", "kind": "course", "minutes": 60});
        let activity = w.post("/v1/learning-activities").by(&lead).json(new).send().await.expect(201).id();
        let new = json!({"activity_id": activity, "starts_at": "2026-10-12T15:00:00Z", "ends_at": "2026-10-12T16:00:00Z", "places": 6});
        let session = w.post("/v1/learning-sessions").by(&lead).json(new).send().await.expect(201).id();
        for who in here.iter().chain(&support) {
            w.post("/v1/enrolments").by(who).json(json!({"session_id": session})).send().await.expect(201);
        }
        let path = "/v1/fair-access?academic_year=2026";
        let seen = w.get(path).by(&leader).send().await.expect(200);
        let group = |by: &str, name: &str| seen.body[by].as_array().unwrap().iter().find(|r| r["group"] == name).unwrap()["figures"].clone();
        // 12 people: 6 teachers, 5 support, 1 leader. The leader is withheld, and with them the five, or twelve less the others would tell.
        let all = &seen.body["all"];
        assert_eq!((&all["people"], &all["learners"], &all["minutes"], &all["minutes_each"], &all["placed"], &all["waiting"]), (&json!(12), &json!(6), &json!(1050), &json!(87), &json!(6), &json!(5)));
        assert_eq!((&all["spent_pence"], &all["requests_decided"], &all["approval_percent"]), (&json!(0), &json!(0), &Value::Null));
        assert_eq!(group("by_working_time", "full_time"), seen.body["all"]);
        let head = holding(w, &trust, RoleName::Headteacher, trust.school).await;
        assert_eq!(w.get(path).by(&head).send().await.expect(200).body["all"], seen.body["all"], "all of it is at that school");
        assert_eq!((&group("by_staff_category", "teacher")["people"], &group("by_staff_category", "support")["people"], &group("by_staff_category", "leader")["people"]), (&json!(6), &Value::Null, &Value::Null));
        assert_eq!(group("by_staff_category", "support")["minutes"], Value::Null, "ten hours of one person are one person's");
        for figures in seen.body["by_staff_category"].as_array().unwrap() {
            for (name, n) in figures["figures"].as_object().unwrap() {
                assert!(n.as_u64().is_none_or(|n| n == 0 || n >= 5), "{name}: {figures}");
            }
        }
        assert_eq!(w.get("/v1/fair-access?academic_year=2020").by(&leader).send().await.expect(200).body["all"]["learners"], 0);
        assert_eq!(w.get(path).by(&lead).send().await.expect(200).body["all"]["people"], 12);
        let elsewhere = holding(w, &trust, RoleName::LearningLead, trust.other_school).await;
        assert_eq!(w.get(path).by(&elsewhere).send().await.expect(200).body["all"]["people"], 0);
        assert!(w.get(path).by(&leader).header("accept", "text/csv").send().await.expect(200).text.contains("all,,12,6,1050,87,6,5,0,0,0,0,,"));
    }
}

on_both! {
    async fn money_and_requests_are_told_of_five_people_or_not_at_all(w: World) {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        let approver = holding(w, &trust, RoleName::LearningApprover, trust.root).await;
        let (appraiser, here) = staff(w, &trust, trust.school, 12).await;
        let (boss, there) = staff(w, &trust, trust.other_school, 8).await;
        let line = json!({"organisation_id": trust.root.to_string(), "academic_year": 2026, "title": "Courses", "allocated_pence": 10_000_000});
        let line = w.post("/v1/budget-lines").by(&leader).json(line).send().await.expect(201).id();
        let new = json!({"organisation_id": trust.root.to_string(), "title": "A plan", "first_year": 2026});
        let plan = w.post("/v1/improvement-plans").by(&leader).json(new).send().await.expect(201).id();
        let priority = w.post("/v1/priorities").by(&leader).json(json!({"plan_id": plan, "title": "Words"})).send().await.expect(201).id();
        w.post(format!("/v1/improvement-plans/{plan}/publish")).by(&leader).send().await.expect(200);
        let ask = async |who: &Someone, manager: &Someone, priorities: Value, verdict: &str| {
            let new = json!({"employment_id": who.employment.unwrap().to_string(), "title": "A course", "starts_on": "2026-11-05", "cost_pence": 10_000, "priority_ids": priorities});
            let at = format!("/v1/learning-requests/{}", w.post("/v1/learning-requests").by(who).json(new).send().await.expect(201).id());
            w.post(format!("{at}/submit")).by(who).if_match("*").send().await.expect(200);
            w.post(format!("{at}/manager-agree")).by(manager).if_match("*").json(json!({})).send().await.expect(200);
            match verdict {
                "decline" => w.post(format!("{at}/decline")).by(&approver).if_match("*").json(json!({"reason": "Not this year"})).send().await.expect(200),
                _ => {
                    w.post(format!("{at}/approve")).by(&approver).if_match("*").json(json!({"budget_line_id": line})).send().await.expect(200);
                    w.post(format!("{at}/book")).by(who).if_match("*").json(json!({})).send().await.expect(200)
                }
            };
        };
        // six with a priority; two without, whose money is nobody's business
        for who in &here[..6] {
            ask(who, &appraiser, json!([priority]), "approve").await;
        }
        for who in &here[6..8] {
            ask(who, &appraiser, json!([]), "approve").await;
        }
        let spending = "/v1/learning-spending?academic_year=2026";
        let seen = w.get(spending).by(&leader).send().await.expect(200);
        assert_eq!((&row(&seen, trust.school)["spent_pence"], &row(&seen, trust.school)["with_priority"]), (&json!(80_000), &json!({"yes": null, "no": null})), "{}", seen.text);
        assert_eq!(row(&seen, trust.other_school)["spent_pence"], 0);
        let head = holding(w, &trust, RoleName::Headteacher, trust.school).await;
        assert_eq!(row(&w.get(spending).by(&head).send().await.expect(200), trust.school), row(&seen, trust.school));
        let sight = w.get(format!("/v1/priorities/{priority}/line-of-sight")).by(&leader).send().await.expect(200);
        let figures = row(&sight, trust.school);
        assert_eq!((&figures["learning_requests"], &figures["spent_pence"], &figures["requests_with_impact"]), (&json!(6), &json!(60_000), &json!({"yes": 0, "no": 0})));
        for who in &here[8..11] {
            ask(who, &appraiser, json!([]), "approve").await;
        }
        let seen = w.get(spending).by(&leader).send().await.expect(200);
        assert_eq!(row(&seen, trust.school)["with_priority"], json!({"yes": 60_000, "no": 50_000}), "{}", seen.text);
        assert_eq!(row(&seen, trust.school)["followed_up"], json!({"yes": 0, "no": 110_000}));
        // two elsewhere: theirs is withheld, here and there, and a part tells no more than the whole
        for who in &there[..2] {
            ask(who, &boss, json!([priority]), "approve").await;
        }
        let seen = w.get(spending).by(&leader).send().await.expect(200);
        assert_eq!((&row(&seen, trust.school)["spent_pence"], &row(&seen, trust.other_school)["spent_pence"], &seen.body["all"]["spent_pence"]), (&Value::Null, &Value::Null, &json!(130_000)));
        let part = w.get(format!("{spending}&organisation_id={}", trust.school)).by(&leader).send().await.expect(200);
        assert_eq!((&row(&part, trust.school)["spent_pence"], &part.body["all"]), (&Value::Null, &Value::Null));
        let sight = w.get(format!("/v1/priorities/{priority}/line-of-sight")).by(&leader).send().await.expect(200);
        assert_eq!((&row(&sight, trust.other_school)["spent_pence"], &row(&sight, trust.school)["spent_pence"]), (&Value::Null, &Value::Null));
        // fair access: thirteen approved, five declined
        for who in &there[2..7] {
            ask(who, &boss, json!([]), "decline").await;
        }
        let fair = w.get("/v1/fair-access?academic_year=2026").by(&leader).send().await.expect(200);
        let all = &fair.body["all"];
        assert_eq!((&all["requests_decided"], &all["requests_approved"], &all["approval_percent"]), (&json!(18), &json!({"yes": 13, "no": 5}), &json!(72)), "{}", fair.text);
        assert_eq!((&all["spent_pence"], &all["days_waited_each"]), (&json!(130_000), &json!(0)));
        // a phase is its schools: where the money of one of those is withheld, it is not told by phase
        let phases = fair.body["by_phase"].as_array().unwrap();
        assert!(!phases.is_empty() && phases.iter().all(|of| of["figures"]["spent_pence"].is_null()), "{}", fair.text);
        assert!(w.get(spending).by(&leader).header("accept", "text/csv").send().await.expect(200).text.starts_with("organisation_id,organisation,spent_pence,with_priority"));
        w.get(spending).by(&here[0]).send().await.problem(403, "role_required");
    }
}

on_both! {
    async fn mechanisms_are_told_of_five_people_or_not_at_all(w: World) {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        let governor = holding(w, &trust, RoleName::Governor, trust.school).await;
        let (_, here) = staff(w, &trust, trust.school, 8).await;
        let (_, there) = staff(w, &trust, trust.other_school, 2).await;
        let key = "effective-professional-development-mechanisms";
        let version = w.get(format!("/v1/framework-versions?key={key}")).by(&leader).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let standards = w.get(format!("/v1/framework-versions/{version}")).by(&leader).send().await.expect(200).body["standards"].clone();
        let standard = |code: &str| standards.as_array().unwrap().iter().find(|s| s["code"] == code).unwrap()["id"].clone();
        let (model, rehearse, plan) = (standard("M8"), standard("M10"), standard("M12"));
        for (i, who) in here.iter().enumerate() {
            let of = if i < 6 { json!([model, plan]) } else { json!([plan]) };
            learned(w, who, json!({"minutes": 60, "standard_ids": of})).await;
            learned(w, who, json!({"minutes": 500})).await;
        }
        learned(w, &here[0], json!({"minutes": 90, "standard_ids": [rehearse]})).await;
        learned(w, &here[1], json!({"minutes": 90, "standard_ids": [model], "started_on": "2026-08-31", "ended_on": "2026-09-01"})).await;
        let path = "/v1/learning-mechanisms?academic_year=2026";
        let of = |rows: &Value, code: &str| rows.as_array().unwrap().iter().find(|m| m["code"] == code).unwrap().clone();
        let seen = w.get(format!("{path}&organisation_id={}", trust.school)).by(&governor).send().await.expect(200);
        let rows = seen.body["rows"][0]["mechanisms"].clone();
        assert_eq!((rows.as_array().unwrap().len(), &seen.body["all"]), (18, &Value::Null), "the four purposes stand with them");
        assert_eq!(of(&rows, "M12"), json!({"code": "M12", "title": "Action planning", "people": 8, "minutes": 480}));
        assert_eq!((&of(&rows, "M8")["minutes"], &of(&rows, "M10")["minutes"], &of(&rows, "M1")["minutes"]), (&Value::Null, &Value::Null, &json!(0)), "eight less six are two people; one is one; none is none");
        for who in &here[..6] {
            learned(w, who, json!({"minutes": 30, "standard_ids": [model]})).await;
        }
        let seen = w.get(path).by(&leader).send().await.expect(200);
        let school = seen.body["rows"].as_array().unwrap().iter().find(|r| r["organisation"]["id"] == trust.school.to_string()).unwrap()["mechanisms"].clone();
        assert_eq!((&of(&school, "M8")["people"], &of(&school, "M8")["minutes"], &of(&school, "M12")["minutes"]), (&json!(6), &json!(540), &json!(480)), "{}", seen.text);
        assert_eq!((&of(&seen.body["all"], "M8"), &of(&seen.body["all"], "M12")["minutes"]), (&of(&school, "M8"), &json!(480)));
        // two people of another school are withheld there, and with them what all less the others would tell
        for who in &there {
            learned(w, who, json!({"minutes": 60, "standard_ids": [model]})).await;
        }
        let seen = w.get(path).by(&leader).send().await.expect(200);
        let rows = seen.body["rows"].as_array().unwrap().iter().map(|r| of(&r["mechanisms"], "M8")["minutes"].clone()).collect::<Vec<_>>();
        assert!(rows.iter().all(|minutes| minutes.is_null() || *minutes == json!(0)), "{rows:?}");
        assert_eq!(of(&seen.body["all"], "M8")["minutes"], json!(660));
        let table = w.get(path).by(&leader).header("accept", "text/csv").send().await.expect(200).text;
        assert!(table.starts_with("organisation_id,organisation,code,mechanism,people,minutes") && table.contains("beacon school,M12,Action planning,8,480"), "{table}");
        let chart = w.get(format!("{path}&organisation_id={}", trust.school)).by(&governor).header("accept", "image/svg+xml").send().await.expect(200).text;
        assert!(chart.contains("<title id=\"title\">Mechanisms at work in learning, 2026/27</title>") && chart.contains("Action planning 8 h") && chart.contains("Rehearse withheld"), "{chart}");
        w.get(path).by(&here[0]).send().await.problem(403, "role_required");
    }
}
