//! The catalogue: who is offered what, places that go in order and never beyond what there is, and who came.

use crate::{
    concurrency::{Shot, all_at_once},
    support::*,
};
use actix_web::http::Method;
use serde_json::{Value, json};
use trellis_domain::{employment::StaffCategory, id::OrganisationId, relationship::RelationshipKind, role::RoleName};

async fn lead(w: &World, trust: &Trust, at: OrganisationId) -> Someone {
    trust.someone(w).at(at).with(RoleName::LearningLead, at).made().await
}
async fn activity(w: &World, by: &Someone, at: OrganisationId) -> String {
    let new = json!({"organisation_id": at.to_string(), "title": "Questioning", "kind": "course", "minutes": 90, "provider": "Ourselves"});
    w.post("/v1/learning-activities").by(by).json(new).send().await.expect(201).id()
}
async fn session_at(w: &World, by: &Someone, activity: &str, places: u32, hours: (&str, &str)) -> String {
    let at = |hour: &str| format!("2026-10-12T{hour}:00Z");
    let new = json!({"activity_id": activity, "starts_at": at(hours.0), "ends_at": at(hours.1), "place": "Library", "places": places});
    w.post("/v1/learning-sessions").by(by).json(new).send().await.expect(201).id()
}
async fn session(w: &World, by: &Someone, activity: &str, places: u32) -> String {
    session_at(w, by, activity, places, ("15:00", "16:30")).await
}
async fn enrol(w: &World, by: &Someone, session: &str, whom: Option<&Someone>) -> Reply {
    let new = match whom {
        Some(whom) => json!({"session_id": session, "person_id": whom.person.to_string()}),
        None => json!({"session_id": session}),
    };
    w.post("/v1/enrolments").by(by).json(new).send().await
}
async fn places(w: &World, by: &Someone, session: &str) -> (u64, u64) {
    let found = w.get(format!("/v1/learning-sessions/{session}/places")).by(by).send().await.expect(200).body;
    (found["taken"].as_u64().unwrap(), found["waiting"].as_u64().unwrap())
}
async fn state(w: &World, by: &Someone, enrolment: &str) -> String {
    w.get(format!("/v1/enrolments/{enrolment}")).by(by).send().await.expect(200).body["state"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_years_programme_is_told_by_the_schools_calendar(w: World) {
        let trust = w.trust("beacon").await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let (here, there) = (lead(w, &trust, trust.school).await, lead(w, &trust, trust.other_school).await);
        let (ours, all, theirs) = (activity(w, &here, trust.school).await, activity(w, &leader, trust.root).await, activity(w, &there, trust.other_school).await);
        let held = async |by: &Someone, activity: &str, from: &str, until: &str| {
            let new = json!({"activity_id": activity, "starts_at": from, "ends_at": until, "places": 20});
            w.post("/v1/learning-sessions").by(by).json(new).send().await.expect(201).id()
        };
        let inset = held(&leader, &all, "2026-11-02T08:30:00Z", "2026-11-02T14:30:00Z").await;
        let twilight = held(&here, &ours, "2026-10-12T14:15:00Z", "2026-10-12T15:30:00Z").await; // 15.15 by the clock there
        let off = held(&here, &ours, "2026-10-13T14:15:00Z", "2026-10-13T15:30:00Z").await;
        w.post(format!("/v1/learning-sessions/{off}/cancel")).by(&here).json(json!({"reason": "The hall is let"})).send().await.expect(200);
        held(&there, &theirs, "2026-10-14T14:15:00Z", "2026-10-14T15:30:00Z").await;
        let next = held(&here, &ours, "2027-08-31T23:00:00Z", "2027-08-31T23:30:00Z").await; // midnight of the next year's first day
        let teacher = trust.someone(w).at(trust.school).made().await;
        let at = format!("/v1/organisations/{}/programme?academic_year=2026", trust.school);
        assert!(w.get(&at).by(&teacher).send().await.problem(409, "calendar_missing").text.contains("2026/27"));
        let terms = json!([{"starts_on": "2026-09-02", "ends_on": "2026-10-23"}, {"starts_on": "2026-11-02", "ends_on": "2027-07-21"}]);
        let calendar = json!({"organisation_id": trust.root.to_string(), "academic_year": 2026, "bank_holidays": "england_and_wales", "terms": terms,
            "inset_days": ["2026-09-02", "2026-11-02"]});
        let calendar = w.post("/v1/calendars").by(&admin).json(calendar).send().await.expect(201).id();
        let programme = w.get(&at).by(&teacher).send().await.expect(200).body;
        let named = |programme: &Value| programme["sessions"].as_array().unwrap().iter().map(|s| (s["session"]["id"].clone(), s["time"].clone())).collect::<Vec<_>>();
        assert_eq!(named(&programme), [(json!(twilight), json!("twilight")), (json!(inset), json!("inset"))]);
        assert_eq!(programme["sessions"][1]["activity"]["id"], json!(all));
        assert_eq!((&programme["calendar_id"], &programme["starts_on"], &programme["ends_on"]), (&json!(calendar), &json!("2026-09-01"), &json!("2027-08-31")));
        let of = |time: &str, sessions: u32, minutes: u32| json!({"time": time, "sessions": sessions, "minutes": minutes});
        assert_eq!(programme["by_time"], json!([of("inset", 1, 360), of("twilight", 1, 75), of("school_day", 0, 0), of("other_day", 0, 0)]));
        let on = |day: &str, sessions: u32, minutes: u32| json!({"on": day, "sessions": sessions, "minutes": minutes});
        assert_eq!((&programme["inset_days"], &programme["more"]), (&json!([on("2026-09-02", 0, 0), on("2026-11-02", 1, 360)]), &json!(false)));
        // where lessons go on until half past three, a quarter past is no twilight
        let later = w.get(format!("{at}&lessons_end=15:30")).by(&teacher).send().await.expect(200).body;
        assert_eq!(named(&later)[0].1, "school_day");
        w.get(format!("{at}&lessons_end=25:00")).by(&teacher).send().await.problem(400, "invalid_parameter");
        // what the trust offers is its own programme; another school's is not told
        assert_eq!(named(&w.get(format!("/v1/organisations/{}/programme?academic_year=2026", trust.root)).by(&leader).send().await.expect(200).body).len(), 1);
        w.get(&at).by(&there).send().await.problem(404, "not_found");
        assert_ne!(next, twilight);
    }

    async fn a_school_offers_to_its_own_and_the_trust_to_everybody(w: World) {
        let trust = w.trust("beacon").await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let (here, there) = (lead(w, &trust, trust.school).await, lead(w, &trust, trust.other_school).await);
        let (ours, all) = (activity(w, &here, trust.school).await, activity(w, &leader, trust.root).await);
        for (who, count) in [(&here, 2), (&there, 1), (&leader, 2)] {
            assert_eq!(w.get("/v1/learning-activities").by(who).send().await.expect(200).items().len(), count);
        }
        w.get(format!("/v1/learning-activities/{ours}")).by(&there).send().await.problem(404, "not_found");
        w.patch(format!("/v1/learning-activities/{all}")).by(&here).json(json!({"cost_pence": 1})).send().await.problem(403, "not_permitted");
        let own = session(w, &here, &ours, 5).await;
        w.get(format!("/v1/learning-sessions/{own}")).by(&there).send().await.problem(404, "not_found");
        assert_eq!(enrol(w, &there, &own, None).await.problem(422, "unknown_reference").pointers(), ["/session_id"]);
        let open = session(w, &leader, &all, 5).await;
        enrol(w, &there, &open, None).await.expect(201);
        w.post(format!("/v1/learning-activities/{ours}/retire")).by(&here).send().await.expect(200);
        let late = json!({"activity_id": ours, "starts_at": "2026-10-12T15:00:00Z", "ends_at": "2026-10-12T16:00:00Z", "places": 3});
        w.post("/v1/learning-sessions").by(&here).json(late.clone()).send().await.problem(409, "wrong_state");
        w.post(format!("/v1/learning-activities/{ours}/restore")).by(&here).send().await.expect(200);
        w.post("/v1/learning-sessions").by(&here).json(late).send().await.expect(201);
        let backwards = json!({"activity_id": ours, "starts_at": "2026-10-12T15:00:00Z", "ends_at": "2026-10-12T15:00:00Z", "places": 3});
        w.post("/v1/learning-sessions").by(&here).json(backwards).send().await.problem(422, "period_backwards");
        let paid = w.patch(format!("/v1/learning-activities/{ours}")).by(&here).json(json!({"cost_pence": 4550})).send().await.expect(200);
        assert_eq!(paid.body["cost_pence"], 4550, "money is in whole pence");
        w.patch(format!("/v1/learning-activities/{ours}")).by(&here).json(json!({"cost_pence": 45.5})).send().await.problem(422, "validation_failed");
    }

    async fn places_go_in_order_and_a_withdrawal_promotes_the_next(w: World) {
        let trust = w.trust("beacon").await;
        let here = lead(w, &trust, trust.school).await;
        let of = activity(w, &here, trust.school).await;
        let at = session(w, &here, &of, 1).await;
        let mut all = vec![];
        for _ in 0..3 {
            let who = trust.someone(w).at(trust.school).made().await;
            let made = enrol(w, &who, &at, None).await.expect(201);
            w.later(chrono::TimeDelta::seconds(1));
            all.push((who, made.id(), made.etag()));
        }
        let states = async || {
            let mut out = vec![];
            for (_, id, _) in &all {
                out.push(state(w, &here, id).await);
            }
            out
        };
        assert_eq!(states().await, ["enrolled", "waiting", "waiting"]);
        enrol(w, &all[0].0, &at, None).await.problem(409, "duplicate");
        w.post(format!("/v1/enrolments/{}/withdraw", all[0].1)).by(&all[0].0).if_match(&all[0].2).send().await.expect(200);
        assert_eq!(states().await, ["withdrawn", "enrolled", "waiting"]);
        w.post(format!("/v1/enrolments/{}/withdraw", all[0].1)).by(&all[0].0).send().await.problem(409, "wrong_state");
        // whoever comes back queues at the end, under the enrolment that they had
        assert_eq!(enrol(w, &all[0].0, &at, None).await.expect(201).id(), all[0].1);
        w.patch(format!("/v1/learning-sessions/{at}")).by(&here).json(json!({"places": 2})).send().await.expect(200);
        assert_eq!(states().await, ["waiting", "enrolled", "enrolled"]);
        assert_eq!(places(w, &all[0].0, &at).await, (2, 1));
        let less = w.patch(format!("/v1/learning-sessions/{at}")).by(&here).json(json!({"places": 1})).send().await;
        assert_eq!(less.problem(409, "places_taken").pointers(), ["/places"]);
        let history = w.get(format!("/v1/enrolments/{}/history", all[2].1)).by(&all[2].0).send().await.expect(200);
        assert_eq!(history.items()[0]["type"], "enrolment.promoted");
        w.get(format!("/v1/enrolments/{}", all[2].1)).by(&all[0].0).send().await.problem(404, "not_found");
    }

    async fn a_freed_place_passes_over_who_has_left_or_whom_it_is_no_longer_for(w: World) {
        let trust = w.trust("beacon").await;
        let (here, hr) = (lead(w, &trust, trust.school).await, trust.someone(w).with(RoleName::Hr, trust.root).made().await);
        let of = activity(w, &here, trust.school).await;
        let at = session(w, &here, &of, 1).await;
        let mut all = vec![];
        for category in [StaffCategory::Teacher, StaffCategory::Teacher, StaffCategory::Support, StaffCategory::Teacher, StaffCategory::Teacher] {
            let who = trust.someone(w).at(trust.school).employed_as(category).made().await;
            let made = enrol(w, &who, &at, None).await.expect(201).id();
            w.later(chrono::TimeDelta::seconds(1));
            all.push((who, made));
        }
        let states = async || {
            let mut out = vec![];
            for (_, id) in &all {
                out.push(state(w, &here, id).await);
            }
            out
        };
        // the second leaves the day before the session, and the third is no longer among those for whom it is
        let ends = |on: &str| json!({"ends_on": on});
        let leaver = format!("/v1/employments/{}", all[1].0.employment.unwrap());
        w.patch(&leaver).by(&hr).json(ends("2026-10-11")).send().await.expect(200);
        w.patch(format!("/v1/learning-activities/{of}")).by(&here).json(json!({"audience": ["teacher"]})).send().await.expect(200);
        w.post(format!("/v1/enrolments/{}/withdraw", all[0].1)).by(&all[0].0).send().await.expect(200);
        assert_eq!(states().await, ["withdrawn", "waiting", "waiting", "enrolled", "waiting"]);
        // back again, the leaver is next, before whoever queued later
        w.patch(&leaver).by(&hr).json(ends("2026-12-31")).send().await.expect(200);
        w.patch(format!("/v1/learning-sessions/{at}")).by(&here).json(json!({"places": 2})).send().await.expect(200);
        assert_eq!(states().await, ["withdrawn", "enrolled", "waiting", "enrolled", "waiting"]);
    }

    async fn who_may_enrol_whom(w: World) {
        let trust = w.trust("beacon").await;
        let (here, there) = (lead(w, &trust, trust.school).await, lead(w, &trust, trust.other_school).await);
        let leader = trust.someone(w).with(RoleName::LearningLead, trust.root).made().await;
        let (teacher, manager, colleague) =
            (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await);
        w.appoint(&trust, RelationshipKind::LineManager, teacher.person, manager.person).await;
        let of = activity(w, &leader, trust.root).await;
        let at = session(w, &leader, &of, 9).await;
        for by in [&colleague, &there] {
            assert_eq!(enrol(w, by, &at, Some(&teacher)).await.problem(422, "unknown_reference").pointers(), ["/person_id"]);
        }
        let made = enrol(w, &manager, &at, Some(&teacher)).await.expect(201);
        assert_eq!(made.body["enrolled_by"], json!(manager.person.to_string()));
        let path = format!("/v1/enrolments/{}", made.id());
        for (who, status) in [(&teacher, 200), (&manager, 200), (&here, 200), (&leader, 200), (&colleague, 404), (&there, 404)] {
            w.get(&path).by(who).send().await.expect(status);
            assert_eq!(w.get("/v1/enrolments").by(who).send().await.expect(200).items().len(), usize::from(status == 200));
        }
        w.post(format!("{path}/withdraw")).by(&colleague).send().await.problem(404, "not_found");
        w.post(format!("{path}/withdraw")).by(&manager).send().await.expect(200);
        enrol(w, &here, &at, Some(&teacher)).await.expect(201);
    }

    async fn a_leaver_is_not_enrolled_nor_somebody_at_two_places_nor_outside_the_audience(w: World) {
        let trust = w.trust("beacon").await;
        let here = lead(w, &trust, trust.school).await;
        let admin = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let (teacher, leaver) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await);
        let ends = json!({"ends_on": "2026-10-11"});
        w.patch(format!("/v1/employments/{}", leaver.employment.unwrap())).by(&admin).json(ends).send().await.expect(200);
        let of = activity(w, &here, trust.school).await;
        let at = session(w, &here, &of, 9).await;
        assert_eq!(enrol(w, &here, &at, Some(&leaver)).await.problem(422, "outside_employment").pointers(), ["/person_id"]);
        enrol(w, &teacher, &at, None).await.expect(201);
        let (same, beside) = (session_at(w, &here, &of, 9, ("16:00", "17:00")).await, session_at(w, &here, &of, 9, ("16:30", "17:30")).await);
        enrol(w, &teacher, &same, None).await.problem(409, "overlapping_session");
        enrol(w, &teacher, &beside, None).await.expect(201);
        w.post(format!("/v1/learning-sessions/{at}/cancel")).by(&here).json(json!({"reason": "The trainer is ill"})).send().await.expect(200);
        w.post(format!("/v1/learning-sessions/{at}/cancel")).by(&here).json(json!({"reason": "Again"})).send().await.problem(409, "wrong_state");
        enrol(w, &here, &at, None).await.problem(409, "wrong_state");
        let third = session_at(w, &here, &of, 9, ("15:00", "16:30")).await;
        enrol(w, &teacher, &third, None).await.expect(201);
        w.patch(format!("/v1/learning-activities/{of}")).by(&here).json(json!({"audience": ["support"]})).send().await.expect(200);
        enrol(w, &here, &third, None).await.problem(409, "outside_audience");
    }

    async fn a_session_is_moved_onto_others_of_its_people_only_knowingly_and_they_choose(w: World) {
        let trust = w.trust("beacon").await;
        let here = lead(w, &trust, trust.school).await;
        let (both, one) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await);
        let of = activity(w, &here, trust.school).await;
        let (first, second) = (session_at(w, &here, &of, 1, ("13:00", "14:00")).await, session_at(w, &here, &of, 9, ("15:00", "16:00")).await);
        enrol(w, &one, &first, None).await.expect(201);
        let waits = enrol(w, &both, &first, None).await.expect(201).id();
        let comes = enrol(w, &both, &second, None).await.expect(201).id();
        let at = format!("/v1/learning-sessions/{first}");
        let move_to = async |from: &str, until: &str, knowingly: Option<bool>| {
            let mut body = json!({"starts_at": format!("2026-10-12T{from}:00Z"), "ends_at": format!("2026-10-12T{until}:00Z")});
            if let Some(knowingly) = knowingly {
                body["allow_overlaps"] = json!(knowingly);
            }
            w.patch(&at).by(&here).json(body).send().await
        };
        let choices = async || {
            let found = w.get("/v1/me/tasks").by(&both).send().await.expect(200);
            let asked = found.items().iter().filter(|t| t["kind"] == "choose_session").map(|t| (t["record_id"].as_str().unwrap().to_owned(), t["due_on"].clone()));
            let mut asked: Vec<_> = asked.collect();
            asked.sort_by_key(|t| t.0.clone());
            asked
        };
        let overlapping = async |session: &str| w.get(format!("/v1/learning-sessions/{session}/places")).by(&here).send().await.expect(200).body["overlapping"].clone();
        for knowingly in [None, Some(false)] {
            let refused = move_to("14:30", "15:30", knowingly).await.problem(409, "overlapping_session");
            assert_eq!(refused.pointers(), ["/starts_at"]);
            assert!(refused.body["detail"].as_str().unwrap().starts_with("some of those") && !refused.text.contains(&second), "{}", refused.text);
        }
        assert_eq!((overlapping(&first).await, choices().await.len()), (json!(0), 0), "what was refused changed nothing");
        // beside the other it is nobody's trouble, and places and rooms are nobody's either
        move_to("14:00", "15:00", None).await.expect(200);
        w.patch(&at).by(&here).json(json!({"place": "Hall"})).send().await.expect(200);
        move_to("14:30", "15:30", Some(true)).await.expect(200);
        assert_eq!((overlapping(&first).await, overlapping(&second).await), (json!(1), json!(1)));
        // whoever only reads what is offered is not told who is elsewhere at that time, not as a number either
        let leads_elsewhere = lead(w, &trust, trust.other_school).await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let everywhere = activity(w, &leader, trust.root).await;
        let of_all = session_at(w, &leader, &everywhere, 9, ("19:00", "20:00")).await;
        for (who, at) in [(&both, &first), (&one, &first), (&one, &second), (&here, &of_all), (&leads_elsewhere, &of_all)] {
            let told = w.get(format!("/v1/learning-sessions/{at}/places")).by(who).send().await.expect(200);
            assert!(told.body["overlapping"].is_null() && told.body["taken"].is_u64(), "{}", told.text);
        }
        w.patch(&at).by(&here).json(json!({"place": "Library"})).send().await.expect(200);
        let mut expected = [waits.clone(), comes.clone()].map(|id| (id, json!("2026-10-12")));
        expected.sort_by_key(|t| t.0.clone());
        assert_eq!(choices().await, expected);
        assert_eq!(w.get("/v1/me/tasks").by(&one).send().await.expect(200).items().len(), 0);
        w.post(format!("/v1/enrolments/{waits}/withdraw")).by(&both).send().await.expect(200);
        assert_eq!((overlapping(&first).await, choices().await.len()), (json!(0), 0));
        // whoever enrols elsewhere while it is moved is counted, or finds it moved
        for n in 0..4 {
            let who = trust.someone(w).at(trust.school).made().await;
            let (moved, there) = (session_at(w, &here, &of, 9, ("09:00", "10:00")).await, session_at(w, &here, &of, 9, ("11:00", "12:00")).await);
            enrol(w, &who, &moved, None).await.expect(201);
            let to = json!({"starts_at": "2026-10-12T11:00:00Z", "ends_at": "2026-10-12T12:00:00Z"});
            let shots = vec![
                Shot::post("/v1/enrolments", &who.token).json(json!({"session_id": there})),
                Shot { method: Method::PATCH, ..Shot::post(format!("/v1/learning-sessions/{moved}"), &here.token).json(to) },
            ];
            let mut statuses: Vec<u16> = all_at_once(w, shots).iter().map(|a| a.0).collect();
            statuses.sort_unstable();
            assert!(statuses.contains(&409), "{n}: {statuses:?}");
        }
    }

    async fn nobody_learned_for_longer_than_there_was_time(w: World) {
        let trust = w.trust("beacon").await;
        let here = lead(w, &trust, trust.school).await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let log = async |from: &str, until: &str, minutes: i32| {
            let new = json!({"title": "A course", "kind": "course", "started_on": from, "ended_on": until, "minutes": minutes});
            w.post("/v1/learning-records").by(&teacher).json(new).send().await
        };
        let day = format!("/v1/learning-records/{}", log("2026-10-01", "2026-10-01", 1_440).await.expect(201).id());
        assert_eq!(log("2026-10-01", "2026-10-01", 60_000).await.problem(422, "impossible_hours").pointers(), ["/minutes"]);
        log("2026-10-01", "2026-10-03", 4_320).await.expect(201);
        log("2026-10-01", "2026-10-03", 4_321).await.problem(422, "impossible_hours");
        w.patch(&day).by(&teacher).json(json!({"minutes": 1_441})).send().await.problem(422, "impossible_hours");
        w.patch(&day).by(&teacher).json(json!({"minutes": 1_441, "ended_on": "2026-10-02"})).send().await.expect(200);
        let all = w.patch(&day).by(&teacher).json(json!({"started_on": "2026-10-06", "ended_on": "2026-10-06"})).send().await.problem(422, "impossible_dates");
        assert_eq!(all.pointers(), ["/ended_on", "/minutes"], "every fault at once");
        // nor for less than no time, nor for more than a year of work
        for minutes in [-1, 60_001, i32::MAX] {
            assert_eq!(log("2026-10-01", "2026-10-01", minutes).await.problem(422, "validation_failed").pointers(), ["/minutes"], "{minutes}");
            w.patch(&day).by(&teacher).json(json!({"minutes": minutes})).send().await.problem(422, "validation_failed");
            let new = json!({"organisation_id": trust.school.to_string(), "title": "Backwards", "kind": "course", "minutes": minutes});
            assert_eq!(w.post("/v1/learning-activities").by(&here).json(new).send().await.problem(422, "validation_failed").pointers(), ["/minutes"], "{minutes}");
        }
        // twenty hours in twilights: who came to one of them learned as long as that one took
        let new = json!({"organisation_id": trust.school.to_string(), "title": "Leading a team", "kind": "course", "minutes": 1_200});
        let of = w.post("/v1/learning-activities").by(&here).json(new).send().await.expect(201).id();
        let at = session_at(w, &here, &of, 5, ("15:00", "16:30")).await;
        let enrolment = enrol(w, &teacher, &at, None).await.expect(201).id();
        w.later(chrono::TimeDelta::days(8));
        let (here, teacher) = (Someone { token: w.token(trust.id, &here), ..here }, Someone { token: w.token(trust.id, &teacher), ..teacher });
        w.post(format!("/v1/enrolments/{enrolment}/record-attendance")).by(&here).json(json!({"attended": true})).send().await.expect(200);
        let learned = w.get("/v1/learning-records?limit=200").by(&teacher).send().await.expect(200);
        let found = learned.items().iter().find(|r| r["title"] == "Leading a team").unwrap();
        assert_eq!(found["minutes"], 90);
        let certificate = w.get(format!("/v1/enrolments/{enrolment}/certificate")).by(&teacher).send().await.expect(200).text;
        assert!(certificate.contains("1 h 30") && !certificate.contains("20 h"), "{certificate}");
    }

    async fn many_are_enrolled_at_once_each_judged_for_themself(w: World) {
        let trust = w.trust("beacon").await;
        let here = lead(w, &trust, trust.school).await;
        let elsewhere = trust.someone(w).at(trust.other_school).made().await;
        let mut ids = vec![];
        for _ in 0..3 {
            ids.push(trust.someone(w).at(trust.school).made().await.person.to_string());
        }
        ids.insert(1, elsewhere.person.to_string());
        let of = activity(w, &here, trust.school).await;
        let at = session(w, &here, &of, 2).await;
        let path = format!("/v1/learning-sessions/{at}/enrol");
        let done = w.post(&path).by(&here).json(json!({"person_ids": ids})).send().await.expect(207).body;
        assert_eq!((&done["enrolled"], &done["waiting"], &done["failed"]), (&json!(2), &json!(1), &json!(1)));
        let told: Vec<&Value> = done["results"].as_array().unwrap().iter().map(|r| if r["problem"].is_null() { &r["enrolment"]["state"] } else { &r["problem"]["code"] }).collect();
        assert_eq!(told, ["enrolled", "unknown_reference", "enrolled", "waiting"]);
        let again = w.post(&path).by(&here).json(json!({"person_ids": ids})).send().await.expect(207).body;
        assert_eq!(again["failed"], json!(4));
        assert_eq!(places(w, &here, &at).await, (2, 1));
    }

    async fn who_came_has_it_among_their_own_learning(w: World) {
        let trust = w.trust("beacon").await;
        let here = lead(w, &trust, trust.school).await;
        let (teacher, absent) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await);
        let of = activity(w, &here, trust.school).await;
        let at = session(w, &here, &of, 2).await;
        let (one, other) = (enrol(w, &teacher, &at, None).await.expect(201).id(), enrol(w, &absent, &at, None).await.expect(201).id());
        let came = async |id: &str, by: &Someone, attended: bool| {
            w.post(format!("/v1/enrolments/{id}/record-attendance")).by(by).json(json!({"attended": attended})).send().await
        };
        came(&one, &here, true).await.problem(409, "not_ready");
        w.later(chrono::TimeDelta::days(7) + chrono::TimeDelta::hours(7));
        let (here, teacher, absent) =
            (&Someone { token: w.token(trust.id, &here), ..here }, &Someone { token: w.token(trust.id, &teacher), ..teacher }, &Someone { token: w.token(trust.id, &absent), ..absent });
        came(&one, teacher, true).await.problem(403, "not_permitted");
        came(&one, here, true).await.expect(200);
        came(&one, here, true).await.expect(200);
        came(&other, here, false).await.expect(200);
        let mine = w.get("/v1/learning-records").by(teacher).send().await.expect(200);
        assert_eq!(mine.items().len(), 1, "said twice, it is learned once");
        let record = &mine.items()[0];
        assert_eq!((&record["title"], &record["minutes"], &record["visibility"]), (&json!("Questioning"), &json!(90), &json!("private")));
        let path = format!("/v1/learning-records/{}", record["id"].as_str().unwrap());
        w.get(&path).by(here).send().await.problem(404, "not_found");
        w.post(format!("{path}/reflect")).by(teacher).json(json!({"reflection": "Wait longer."})).send().await.expect(200);
        assert_eq!(w.get("/v1/learning-records").by(absent).send().await.expect(200).items().len(), 0);
        // corrected, the record stays its owner's; what was said of attendance can be read
        came(&one, here, false).await.expect(200);
        assert_eq!((state(w, here, &one).await.as_str(), w.get("/v1/learning-records").by(teacher).send().await.items().len()), ("absent", 1));
        enrol(w, teacher, &at, None).await.problem(409, "duplicate");
        w.later(chrono::TimeDelta::hours(1));
        let latecomer = trust.someone(w).at(trust.school).made().await;
        enrol(w, &latecomer, &at, None).await.problem(409, "wrong_state");
    }

    async fn a_session_is_never_over_full_by_many_at_once(w: World) {
        let trust = w.trust("beacon").await;
        let here = lead(w, &trust, trust.school).await;
        let of = activity(w, &here, trust.school).await;
        let mut people = vec![];
        for _ in 0..8 {
            people.push(trust.someone(w).at(trust.school).made().await);
        }
        for n in 0..3 {
            let at = session_at(w, &here, &of, 3, [("09:00", "10:00"), ("11:00", "12:00"), ("13:00", "14:00")][n]).await;
            let shots = people.iter().map(|p| Shot::post("/v1/enrolments", &p.token).json(json!({"session_id": at}))).collect();
            let answers = all_at_once(w, shots);
            assert!(answers.iter().all(|(status, _)| *status == 201), "{answers:?}");
            assert_eq!(places(w, &here, &at).await, (3, 5));
            // two places become free at once: exactly two who wait get them
            let enrolled: Vec<(usize, &str)> = answers.iter().enumerate().filter(|(_, a)| a.1["state"] == "enrolled").map(|(i, a)| (i, a.1["id"].as_str().unwrap())).collect();
            let shots = enrolled[..2].iter().map(|(i, id)| Shot::post(format!("/v1/enrolments/{id}/withdraw"), &people[*i].token)).collect();
            assert!(all_at_once(w, shots).iter().all(|(status, _)| *status == 200));
            assert_eq!(places(w, &here, &at).await, (3, 3));
        }
    }

    async fn whoever_is_merged_into_another_brings_enrolments_and_priorities(w: World) {
        let trust = w.trust("beacon").await;
        let here = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let (keeper, giver) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await);
        let of = activity(w, &here, trust.school).await;
        let at = session(w, &here, &of, 9).await;
        let enrolment = enrol(w, &giver, &at, None).await.expect(201);
        let new = json!({"organisation_id": trust.school.to_string(), "title": "A plan", "first_year": 2026});
        let plan = w.post("/v1/improvement-plans").by(&here).json(new).send().await.expect(201).id();
        let owner = giver.person.to_string();
        let new = json!({"plan_id": plan, "title": "Vocabulary", "owner_id": owner, "actions": [{"title": "Visit", "owner_id": owner}]});
        let priority = w.post("/v1/priorities").by(&here).json(new).send().await.expect(201);
        let whose = async || {
            let (e, p) = (w.get(format!("/v1/enrolments/{}", enrolment.id())).by(&here).send().await, w.get(format!("/v1/priorities/{}", priority.id())).by(&here).send().await);
            (e.etag() != enrolment.etag(), [e.body["person_id"].clone(), e.body["enrolled_by"].clone(), p.body["owner_id"].clone(), p.body["actions"][0]["owner_id"].clone()])
        };
        let into = json!({"into": keeper.person.to_string()});
        let merge = w.post(format!("/v1/people/{owner}/merge")).by(&admin).json(into).send().await.expect(201).id();
        assert_eq!(whose().await, (true, [0; 4].map(|_| json!(keeper.person.to_string()))));
        let told = w.get(format!("/v1/enrolments/{}/history", enrolment.id())).by(&here).send().await.expect(200);
        assert_eq!(told.items()[0]["type"], "enrolment.updated");
        w.post(format!("/v1/merges/{merge}/undo")).by(&admin).send().await.expect(200);
        assert_eq!(whose().await, (true, [0; 4].map(|_| json!(owner))));
    }

    async fn nobody_is_at_two_sessions_by_two_at_once(w: World) {
        let trust = w.trust("beacon").await;
        let here = lead(w, &trust, trust.school).await;
        let of = activity(w, &here, trust.school).await;
        let (one, other) = (session(w, &here, &of, 9).await, session(w, &here, &of, 9).await);
        for _ in 0..6 {
            let who = trust.someone(w).at(trust.school).made().await;
            let shots = [&one, &other].map(|at| Shot::post("/v1/enrolments", &who.token).json(json!({"session_id": at}))).to_vec();
            let answers = all_at_once(w, shots);
            let mut statuses: Vec<u16> = answers.iter().map(|a| a.0).collect();
            statuses.sort_unstable();
            assert_eq!(statuses, [201, 409], "{answers:?}");
        }
    }
}
