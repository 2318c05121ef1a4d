//! Check-ins: the two say how often they meet, are told when it is time, and nobody else is; leaders see how many, and never whose.

use crate::support::*;
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{access::Permission, id::OrganisationId, relationship::RelationshipKind, role::RoleName};

fn later(w: &World, trust: &Trust, who: &Someone) -> Someone {
    Someone { token: w.token(trust.id, who), ..who.clone() }
}
/// The address of what somebody is to them.
async fn tie(w: &World, of: &Someone, kind: &str) -> String {
    let found = w.get(format!("/v1/relationships?kind={kind}&person_id={}", of.person)).by(of).send().await.expect(200);
    format!("/v1/relationships/{}", found.items()[0]["id"].as_str().unwrap())
}
async fn every(w: &World, by: &Someone, tie: &str, weeks: Value) -> Reply {
    w.post(format!("{tie}/set-cadence")).by(by).if_match("*").json(json!({"weeks": weeks})).send().await
}
async fn mine(w: &World, who: &Someone) -> Vec<Value> {
    w.get("/v1/me/check-ins").by(who).send().await.expect(200).items().to_vec()
}
async fn asked(w: &World, who: &Someone) -> bool {
    let found = w.get("/v1/me/tasks?limit=200").by(who).send().await.expect(200);
    let task = found.items().iter().find(|t| t["kind"] == "book_check_in");
    assert!(task.is_none_or(|t| t["title"].is_null() && t["href"].as_str().unwrap().starts_with("/v1/relationships/")), "{}", found.text);
    assert!(task.is_none_or(|t| t["organisation_id"].is_null()), "where the other works besides is not told: {}", found.text);
    task.is_some()
}
/// A teacher and who manages them, at a school.
async fn pair(w: &World, trust: &Trust, at: OrganisationId) -> (Someone, Someone) {
    let manager = trust.someone(w).named("Niamh", "Grant").at(at).made().await;
    let teacher = trust.someone(w).named("Amina", "Okoro").at(at).made().await;
    w.appoint(trust, RelationshipKind::LineManager, teacher.person, manager.person).await;
    (teacher, manager)
}

on_both! {
    async fn either_of_the_two_says_how_often_and_nobody_else(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let outsider = trust.someone(w).at(trust.school).made().await;
        let (teacher, manager) = pair(w, &trust, trust.school).await;
        let tie = tie(w, &teacher, "line_manager").await;
        every(w, &hr, &tie, json!(4)).await.problem(403, "not_permitted");
        every(w, &outsider, &tie, json!(4)).await.problem(404, "not_found");
        for wrong in [json!(0), json!(53), json!("four")] {
            every(w, &teacher, &tie, wrong).await.problem(422, "validation_failed");
        }
        w.post(format!("{tie}/set-cadence")).by(&teacher).json(json!({})).send().await.problem(422, "validation_failed");
        let set = every(w, &manager, &tie, json!(4)).await.expect(200);
        assert_eq!((&set.body["cadence"], set.etag()), (&json!({"weeks": 4, "since": "2026-10-05"}), "\"2\"".into()));
        assert_eq!(every(w, &teacher, &tie, json!(4)).await.expect(200).etag(), "\"2\"", "the same again changes nothing");
        w.post(format!("{tie}/set-cadence")).by(&teacher).if_match("\"1\"").json(json!({"weeks": 2})).send().await.problem(412, "stale");
        let seen = w.get(&tie).by(&hr).send().await.expect(200);
        assert_eq!((&seen.body["can"]["set_cadence"]["code"], &seen.body["cadence"]["weeks"]), (&json!("not_permitted"), &json!(4)));
        assert!(w.get(&tie).by(&teacher).send().await.expect(200).can("set_cadence"));
        let history = w.get(format!("{tie}/history")).by(&hr).send().await.expect(200);
        assert_eq!(history.items().iter().filter(|e| e["type"] == "relationship.cadence_set").count(), 1);
        for (who, may) in [(&teacher, true), (&manager, true), (&hr, false), (&outsider, false)] {
            let question = json!({"operation_id": "set_cadence", "record_id": tie.rsplit('/').next().unwrap()});
            assert_eq!(w.post("/v1/me/permissions/explain").by(who).json(question).send().await.expect(200).body["allowed"], may);
        }
        assert_eq!((mine(w, &teacher).await.len(), mine(w, &manager).await.len(), mine(w, &hr).await.len(), mine(w, &outsider).await.len()), (1, 1, 0, 0));
        let (_, _, key) = w.key(&trust, &[Permission::ReadPeople], None).await;
        w.get("/v1/me/check-ins").bearer(&key).send().await.problem(403, "not_permitted");
        assert_eq!(every(w, &teacher, &tie, Value::Null).await.expect(200).body["cadence"], Value::Null);
        assert_eq!(mine(w, &manager).await.len(), 0);
        w.appoint(&trust, RelationshipKind::Mentor, teacher.person, outsider.person).await;
        let mentor = self::tie(w, &teacher, "mentor").await;
        every(w, &teacher, &mentor, json!(4)).await.problem(409, "wrong_state");
        // a successor says it anew
        every(w, &teacher, &tie, json!(3)).await.expect(200);
        let leaves = json!({"to": outsider.person.to_string(), "on": "2026-10-06", "kinds": ["line_manager"]});
        w.post(format!("/v1/people/{}/hand-over", manager.person)).by(&hr).json(leaves).send().await.expect(207);
        w.later(TimeDelta::days(2));
        let (teacher, outsider) = (later(w, &trust, &teacher), later(w, &trust, &outsider));
        assert_eq!((mine(w, &teacher).await.len(), mine(w, &outsider).await.len()), (0, 0));
    }

    async fn the_two_are_told_when_it_is_time_until_they_meet(w: World) {
        let trust = w.trust("beacon").await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let (teacher, manager) = pair(w, &trust, trust.school).await;
        let tie = tie(w, &teacher, "line_manager").await;
        every(w, &teacher, &tie, json!(2)).await.expect(200);
        let found = mine(w, &teacher).await;
        assert_eq!((&found[0]["health"], &found[0]["due_on"], &found[0]["counted"], &found[0]["other_name"]), (&json!("on_track"), &json!("2026-10-19"), &json!("calendar"), &json!("Niamh Grant")));
        assert_eq!((asked(w, &teacher).await, asked(w, &manager).await), (false, false));
        w.later(TimeDelta::days(8));
        let (teacher, manager, head) = (later(w, &trust, &teacher), later(w, &trust, &manager), later(w, &trust, &head));
        let found = mine(w, &manager).await;
        assert_eq!((&found[0]["health"], &found[0]["since"], &found[0]["other_name"]), (&json!("due"), &json!("2026-10-12"), &json!("Amina Okoro")));
        assert_eq!((asked(w, &teacher).await, asked(w, &manager).await, asked(w, &head).await), (true, true, false));
        let new = |kind: &str, on: &str| json!({"employment_id": teacher.employment.unwrap().to_string(), "partner_id": manager.person.to_string(), "kind": kind, "starts_at": format!("{on}T15:00:00Z")});
        w.post("/v1/conversations").by(&manager).json(new("wellbeing", "2026-10-14")).send().await.expect(201);
        assert!(asked(w, &manager).await, "how somebody is is another matter");
        let booked = w.post("/v1/conversations").by(&manager).json(new("check_in", "2026-10-16")).send().await.expect(201).id();
        let found = mine(w, &teacher).await;
        assert_eq!((&found[0]["health"], &found[0]["next_booked_on"]), (&json!("on_track"), &json!("2026-10-16")));
        assert_eq!((asked(w, &teacher).await, asked(w, &manager).await), (false, false));
        w.post(format!("/v1/conversations/{booked}/cancel")).by(&teacher).if_match("*").json(json!({"reason": "Ill"})).send().await.expect(200);
        w.later(TimeDelta::days(7));
        let (teacher, manager) = (later(w, &trust, &teacher), later(w, &trust, &manager));
        let found = mine(w, &teacher).await;
        assert_eq!((&found[0]["health"], &found[0]["since"], &found[0]["last_held_on"]), (&json!("late"), &json!("2026-10-20"), &Value::Null));
        assert!(asked(w, &teacher).await);
        let met = w.post("/v1/conversations").by(&manager).json(new("check_in", "2026-10-20")).send().await.expect(201).id();
        w.post(format!("/v1/conversations/{met}/hold")).by(&manager).if_match("*").send().await.expect(200);
        let found = mine(w, &manager).await;
        assert_eq!((&found[0]["health"], &found[0]["last_held_on"], &found[0]["due_on"]), (&json!("on_track"), &json!("2026-10-20"), &json!("2026-11-03")));
        assert!(!asked(w, &teacher).await);
        // half-term is no week in which to meet
        let head = later(w, &trust, &head);
        let terms = json!([{"starts_on": "2026-09-01", "ends_on": "2026-10-20"}, {"starts_on": "2026-11-02", "ends_on": "2026-12-18"}]);
        let calendar = json!({"organisation_id": trust.school.to_string(), "academic_year": 2026, "bank_holidays": "england_and_wales", "terms": terms, "inset_days": [], "closures": []});
        w.post("/v1/calendars").by(&head).json(calendar).send().await.expect(201);
        let found = mine(w, &teacher).await;
        assert_eq!((&found[0]["due_on"], &found[0]["counted"]), (&json!("2026-11-10"), &json!("school")));
    }

    async fn leaders_see_how_many_and_nothing_of_one_managers_team(w: World) {
        let trust = w.trust("beacon").await;
        let governor = trust.someone(w).with(RoleName::Governor, trust.root).made().await;
        for _ in 0..6 {
            let (teacher, _) = pair(w, &trust, trust.school).await;
            every(w, &teacher, &tie(w, &teacher, "line_manager").await, json!(4)).await.expect(200);
        }
        let seen = w.get("/v1/check-in-health").by(&governor).send().await.expect(200);
        let figures = |reply: &Reply, at: OrganisationId| {
            let rows = reply.body["rows"].as_array().unwrap();
            rows.iter().find(|r| r["organisation"]["id"] == at.to_string()).unwrap()["figures"].clone()
        };
        let counts = |of: &Value| of["health"].as_array().unwrap().iter().map(|c| c["count"].clone()).collect::<Vec<_>>();
        let here = figures(&seen, trust.school);
        assert_eq!((&here["relationships"], counts(&here)), (&json!(6), vec![json!(6), json!(0), json!(0)]));
        // eight of one manager elsewhere are one manager: withheld, and the other school with them
        let (first, manager) = pair(w, &trust, trust.other_school).await;
        every(w, &first, &tie(w, &first, "line_manager").await, json!(4)).await.expect(200);
        for _ in 0..7 {
            let teacher = trust.someone(w).at(trust.other_school).made().await;
            w.appoint(&trust, RelationshipKind::LineManager, teacher.person, manager.person).await;
            every(w, &teacher, &tie(w, &teacher, "line_manager").await, json!(4)).await.expect(200);
        }
        let seen = w.get("/v1/check-in-health").by(&governor).send().await.expect(200);
        let (here, there) = (figures(&seen, trust.school), figures(&seen, trust.other_school));
        assert_eq!((&here["relationships"], &there["relationships"], &seen.body["all"]["relationships"]), (&Value::Null, &Value::Null, &json!(14)));
        let part = w.get(format!("/v1/check-in-health?organisation_id={}", trust.school)).by(&governor).send().await.expect(200);
        assert_eq!((figures(&part, trust.school), &part.body["all"]), (here, &Value::Null), "asking for a part tells no more");
        assert!(!seen.text.contains(&manager.person.to_string()) && !seen.text.contains("Grant"));
        let table = w.get("/v1/check-in-health").by(&governor).header("accept", "text/csv").send().await.expect(200).text;
        assert!(table.starts_with("organisation_id,organisation,relationships,on_track,due,late"), "{table}");
        w.get("/v1/check-in-health").by(&first).send().await.problem(403, "role_required");
        assert_eq!(mine(w, &governor).await.len(), 0);
    }

    async fn learning_runs_through_what_was_agreed_and_held(w: World) {
        let trust = w.trust("beacon").await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let mut teachers = Vec::new();
        for _ in 0..12 {
            teachers.push(trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await);
        }
        let path = "/v1/learning-share?academic_year=2026";
        let figures = async || w.get(path).by(&leader).send().await.expect(200).body["rows"].as_array().unwrap().iter().find(|r| r["organisation"]["id"] == trust.school.to_string()).unwrap()["figures"].clone();
        let talk = async |with: &Someone, objective: Option<&str>| {
            let new = json!({"employment_id": with.employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": "check_in", "starts_at": "2026-10-06T15:00:00Z"});
            let id = w.post("/v1/conversations").by(with).json(new).send().await.expect(201).id();
            let action = json!({"title": "A visit", "owner_id": with.person.to_string(), "objective_id": objective});
            w.post(format!("/v1/conversations/{id}/actions")).by(with).json(action).send().await.expect(201);
            w.post(format!("/v1/conversations/{id}/hold")).by(with).if_match("*").send().await.expect(200);
            id
        };
        for (i, teacher) in teachers.iter().enumerate() {
            let mut new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Words"});
            if i < 6 {
                new["learning_needed"] = json!("A visit");
            }
            let objective = w.post("/v1/objectives").by(teacher).json(new).send().await.expect(201).id();
            if i == 0 {
                let draft = json!({"employment_id": teacher.employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": "check_in", "starts_at": "2026-10-07T15:00:00Z"});
                let talk = w.post("/v1/conversations").by(teacher).json(draft).send().await.expect(201).id();
                let action = json!({"title": "A visit", "owner_id": teacher.person.to_string(), "objective_id": objective});
                let refused = w.post(format!("/v1/conversations/{talk}/actions")).by(teacher).json(action).send().await.problem(422, "unknown_reference");
                assert_eq!(refused.pointers(), ["/objective_id"], "nothing is agreed for a private draft");
                w.post(format!("/v1/conversations/{talk}/cancel")).by(teacher).if_match("*").json(json!({"reason": "Not now"})).send().await.expect(200);
            }
            for (by, name) in [(teacher, "propose"), (&appraiser, "agree")] {
                w.post(format!("/v1/objectives/{objective}/{name}")).by(by).if_match("*").send().await.expect(200);
            }
            talk(teacher, Some(&objective)).await;
        }
        let split = |yes: Value, no: Value| json!({"yes": yes, "no": no});
        let seen = figures().await;
        assert_eq!(seen["agreed_actions"], json!({"all": 12, "learning_thread": split(json!(6), json!(6)), "learning_share_percent": 50}));
        assert_eq!(seen["conversations"], seen["agreed_actions"], "by what was agreed in them");
        // another's objective is no objective of theirs
        let foreign = w.get("/v1/objectives").by(&teachers[1]).send().await.expect(200).items()[0]["id"].clone();
        let action = w.get("/v1/agreed-actions").by(&teachers[2]).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let change = w.patch(format!("/v1/agreed-actions/{action}")).by(&teachers[2]).if_match("*").json(json!({"objective_id": foreign}));
        change.send().await.problem(422, "unknown_reference");
        // what is learned and shared meanwhile runs through the next conversation; what stays private, or between its owner and a third, does not
        w.later(TimeDelta::minutes(1));
        let new = json!({"title": "Reading", "kind": "reading", "started_on": "2026-10-01", "minutes": 30});
        let by_name = |who: &Someone| json!({"person_ids": [who.person.to_string()]});
        for (i, teacher) in teachers.iter().enumerate().skip(6) {
            let record = w.post("/v1/learning-records").by(teacher).json(new.clone()).send().await.expect(201).id();
            let at = format!("/v1/learning-records/{record}");
            // with both, with the appraiser alone, or with the other of the two by name: each can speak of it
            match i % 3 {
                0 => w.post(format!("{at}/share")).by(teacher).send().await.expect(200),
                1 => w.post(format!("{at}/share-with")).by(teacher).json(json!({"audiences": ["appraiser"]})).send().await.expect(200),
                _ => w.post(format!("{at}/share-with")).by(teacher).json(by_name(&appraiser)).send().await.expect(200),
            };
        }
        for (i, teacher) in teachers.iter().enumerate().take(6) {
            let record = w.post("/v1/learning-records").by(teacher).json(new.clone()).send().await.expect(201).id();
            if i % 2 == 0 {
                let with = by_name(&teachers[i + 1]);
                w.post(format!("/v1/learning-records/{record}/share-with")).by(teacher).json(with).send().await.expect(200);
            }
        }
        w.later(TimeDelta::minutes(1));
        for teacher in &teachers {
            talk(teacher, None).await;
        }
        let seen = figures().await;
        assert_eq!(seen["agreed_actions"], json!({"all": 24, "learning_thread": split(json!(6), json!(18)), "learning_share_percent": 25}));
        assert_eq!(seen["conversations"], json!({"all": 24, "learning_thread": split(json!(12), json!(12)), "learning_share_percent": 50}));
        let head = trust.someone(w).with(RoleName::Headteacher, trust.school).made().await;
        let told = w.get(path).by(&head).send().await.expect(200).body["rows"][0].clone();
        assert_eq!((&told["organisation"]["id"], &told["figures"]), (&json!(trust.school.to_string()), &seen), "whoever leads the school sees the same of it");
        // a learning record on the objective makes a thread of it, and of what was agreed for it, but tells of one person
        let objective = w.get("/v1/objectives").by(&teachers[7]).send().await.expect(200).items()[0]["id"].clone();
        let mut linked = new.clone();
        linked["objective_ids"] = json!([objective]);
        w.post("/v1/learning-records").by(&teachers[7]).json(linked).send().await.expect(201);
        assert_eq!(figures().await["agreed_actions"]["learning_thread"], split(json!(7), json!(17)));
        // what is given up is no more
        for teacher in &teachers[..3] {
            for action in w.get("/v1/agreed-actions?state=open").by(teacher).send().await.expect(200).items() {
                let at = format!("/v1/agreed-actions/{}/drop", action["id"].as_str().unwrap());
                w.post(at).by(teacher).if_match("*").json(json!({"reason": "No time"})).send().await.expect(200);
            }
        }
        assert_eq!(figures().await["agreed_actions"]["learning_thread"], split(Value::Null, Value::Null), "four are a few");
        let table = w.get(path).by(&leader).header("accept", "text/csv").send().await.expect(200).text;
        assert_eq!(table.lines().next().unwrap().split(',').count(), 13);
    }
}
