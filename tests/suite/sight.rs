//! Lines of sight: from a priority of the trust to the learning that serves it, and from every record back to what it serves.

use crate::{
    insight::{agreed, holding, learned, row, staff},
    support::*,
};
use serde_json::{Value, json};
use trellis_domain::{access::Permission, id::OrganisationId, role::RoleName};

on_both! {
    async fn a_line_of_sight_goes_from_the_trust_to_the_learning_and_back(w: World) {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        let governor = holding(w, &trust, RoleName::Governor, trust.school).await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let (appraiser, here) = staff(w, &trust, trust.school, 12).await;
        let plan = async |by: &Someone, at: OrganisationId| {
            let new = json!({"organisation_id": at.to_string(), "title": "A plan", "first_year": 2026});
            w.post("/v1/improvement-plans").by(by).json(new).send().await.expect(201).id()
        };
        let publish = async |by: &Someone, plan: &str| w.post(format!("/v1/improvement-plans/{plan}/publish")).by(by).send().await.expect(200);
        let (above, own) = (plan(&leader, trust.root).await, plan(&head, trust.school).await);
        let priority = w.post("/v1/priorities").by(&leader).json(json!({"plan_id": above, "title": "Words"})).send().await.expect(201).id();
        publish(&leader, &above).await;
        let adopted = w.post(format!("/v1/priorities/{priority}/adopt")).by(&head).json(json!({"plan_id": own})).send().await.expect(201).id();
        let path = format!("/v1/priorities/{priority}/line-of-sight");
        assert_eq!(w.get(&path).by(&leader).send().await.expect(200).body["adopted"], json!([]), "a draft is nobody's yet");
        publish(&head, &own).await;
        // 11 objectives serve it: 6 by what the school adopted, with learning; 5 without. One is a private draft.
        let mut first = String::new();
        for who in &here[..6] {
            let objective = agreed(w, who, who, &appraiser, json!({"priority_ids": [adopted]})).await;
            let record = learned(w, who, json!({"objective_ids": [objective], "minutes": 60})).await;
            if first.is_empty() {
                first = record;
            }
        }
        for who in &here[6..11] {
            agreed(w, who, who, &appraiser, json!({"priority_ids": [priority]})).await;
            let record = learned(w, who, json!({"priority_ids": [adopted]})).await;
            w.post(format!("/v1/learning-records/{record}/reflect")).by(who).json(json!({"reflection": "Ask more."})).send().await.expect(200);
        }
        let draft = json!({"employment_id": here[11].employment.unwrap().to_string(), "title": "Mine", "kind": "practice", "priority_ids": [priority]});
        w.post("/v1/objectives").by(&here[11]).json(draft).send().await.expect(201);
        let seen = w.get(&path).by(&leader).send().await.expect(200);
        assert_eq!((&seen.body["priority"]["id"], &seen.body["adopted"][0]["id"]), (&json!(priority), &json!(adopted)));
        let figures = row(&seen, trust.school);
        assert_eq!((&figures["objectives"], &figures["with_learning"]), (&json!(11), &json!({"yes": 6, "no": 5})));
        assert_eq!((&figures["learning_records"], &figures["followed_up"], &figures["minutes"]), (&json!(11), &json!({"yes": 5, "no": 6}), &json!(510)));
        assert_eq!((&figures["evidence"], &figures["from_sessions"]), (&json!("recorded"), &json!({"yes": 0, "no": 11})));
        assert_eq!(figures["orphans"], json!(["objectives_without_learning", "learning_without_follow_up"]));
        let other = row(&seen, trust.other_school);
        assert_eq!((&other["objectives"], &other["evidence"]), (&json!(0), &json!("not_seen")));
        assert_eq!(other["orphans"], json!(["few_objectives", "few_learning_records", "not_adopted"]));
        for who in &here {
            assert!(!seen.text.contains(&who.person.to_string()));
        }
        assert_eq!(seen.body["all"]["objectives"], 11);
        // one who reflects more makes the level
        w.post(format!("/v1/learning-records/{first}/reflect")).by(&here[0]).json(json!({"reflection": "So it is."})).send().await.expect(200);
        let again = w.get(&path).by(&leader).send().await.expect(200);
        assert_eq!((&row(&again, trust.school)["followed_up"], &row(&again, trust.school)["evidence"]), (&json!({"yes": 6, "no": 5}), &json!("reflected")));
        // a governor of the school sees the figures of the school; a teacher none; another tenant nothing
        let governed = w.get(&path).by(&governor).send().await.expect(200);
        assert_eq!(governed.body["rows"].as_array().unwrap().len(), 1);
        w.get(&path).by(&here[0]).send().await.problem(403, "role_required");
        let crest = w.trust("crest").await;
        let stranger = holding(w, &crest, RoleName::TrustLeader, crest.root).await;
        w.get(&path).by(&stranger).send().await.problem(404, "not_found");
        let (_, _, key) = w.key(&trust, &[Permission::ReadInsight], None).await;
        w.get(&path).bearer(&key).send().await.problem(404, "not_found");
        // and the way back
        let back = format!("/v1/learning-records/{first}/line-of-sight");
        let mine = w.get(&back).by(&here[0]).send().await.expect(200);
        assert_eq!((mine.body["objectives"].as_array().unwrap().len(), &mine.body["other_objectives"], &mine.body["followed_up"]), (1, &json!(0), &json!(true)));
        let ids: Vec<&str> = mine.body["priorities"].as_array().unwrap().iter().filter_map(|p| p["id"].as_str()).collect();
        assert!(ids.len() == 2 && ids.contains(&priority.as_str()) && ids.contains(&adopted.as_str()), "{ids:?}");
        w.get(&back).by(&appraiser).send().await.problem(404, "not_found");
        w.post(format!("/v1/learning-records/{first}/share")).by(&here[0]).send().await.expect(200);
        assert_eq!(w.get(&back).by(&appraiser).send().await.expect(200).body["objectives"].as_array().unwrap().len(), 1);
        let lead = holding(w, &trust, RoleName::LearningLead, trust.school).await;
        let learning_only = w.get(&back).by(&lead).send().await.expect(200);
        assert_eq!((&learning_only.body["objectives"], &learning_only.body["other_objectives"]), (&json!([]), &json!(1)), "who leads learning reads no objectives");
    }

    async fn every_record_leads_back_to_what_it_serves(w: World) {
        let trust = w.trust("beacon").await;
        let leader = holding(w, &trust, RoleName::TrustLeader, trust.root).await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let lead = trust.someone(w).at(trust.school).with(RoleName::LearningLead, trust.school).made().await;
        let viewer = trust.someone(w).at(trust.school).with(RoleName::LearningViewer, trust.school).made().await;
        let (appraiser, here) = staff(w, &trust, trust.school, 2).await;
        let (teacher, colleague) = (&here[0], &here[1]);
        let plan = async |by: &Someone, at: OrganisationId| {
            let new = json!({"organisation_id": at.to_string(), "title": "A plan", "first_year": 2026});
            w.post("/v1/improvement-plans").by(by).json(new).send().await.expect(201).id()
        };
        let (above, own) = (plan(&leader, trust.root).await, plan(&head, trust.school).await);
        let priority = w.post("/v1/priorities").by(&leader).json(json!({"plan_id": above, "title": "Words"})).send().await.expect(201).id();
        w.post(format!("/v1/improvement-plans/{above}/publish")).by(&leader).send().await.expect(200);
        let adopted = w.post(format!("/v1/priorities/{priority}/adopt")).by(&head).json(json!({"plan_id": own})).send().await.expect(201).id();
        let named = w.post("/v1/priorities").by(&head).json(json!({"plan_id": own, "title": "Numbers"})).send().await.expect(201).id();
        w.post(format!("/v1/improvement-plans/{own}/publish")).by(&head).send().await.expect(200);
        let back = async |at: &str, by: &Someone| w.get(format!("{at}/line-of-sight")).by(by).send().await;
        let ids = |told: &Value, of: &str| {
            let mut ids: Vec<String> = told[of].as_array().unwrap().iter().map(|x| x["id"].as_str().unwrap().to_owned()).collect();
            ids.sort();
            ids
        };
        let sorted = |of: &[&String]| {
            let mut ids: Vec<String> = of.iter().map(|id| (*id).clone()).collect();
            ids.sort();
            ids
        };
        // a draft is its author's alone, and leads on for them
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "title": "Mine", "kind": "practice", "priority_ids": [adopted]});
        let draft = w.post("/v1/objectives").by(teacher).json(new).send().await.expect(201).id();
        let of_draft = format!("/v1/objectives/{draft}");
        assert_eq!(ids(&back(&of_draft, teacher).await.expect(200).body, "priorities"), sorted(&[&priority, &adopted]));
        back(&of_draft, &appraiser).await.problem(404, "not_found");
        // an objective, and what was agreed for it
        let objective = agreed(w, teacher, teacher, &appraiser, json!({"priority_ids": [adopted]})).await;
        let of_objective = format!("/v1/objectives/{objective}");
        for who in [teacher, &appraiser, &head] {
            let told = back(&of_objective, who).await.expect(200).body;
            assert_eq!((ids(&told, "objectives"), ids(&told, "priorities"), &told["other_objectives"]), (vec![objective.clone()], sorted(&[&priority, &adopted]), &json!(0)));
        }
        back(&of_objective, colleague).await.problem(404, "not_found");
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "partner_id": appraiser.person.to_string(), "kind": "check_in", "starts_at": "2026-10-06T15:00:00Z"});
        let talk = w.post("/v1/conversations").by(teacher).json(new).send().await.expect(201).id();
        let new = json!({"title": "A visit", "owner_id": teacher.person.to_string(), "objective_id": objective});
        let action = w.post(format!("/v1/conversations/{talk}/actions")).by(teacher).json(new).send().await.expect(201).id();
        let of_action = format!("/v1/agreed-actions/{action}");
        let told = back(&of_action, &appraiser).await.expect(200).body;
        assert_eq!((ids(&told, "objectives"), ids(&told, "priorities")), (vec![objective.clone()], sorted(&[&priority, &adopted])));
        back(&of_action, colleague).await.problem(404, "not_found");
        // what is asked for: whoever keeps costs and cover sees the priorities that it names, and nothing of what it is for
        let new = json!({"organisation_id": trust.school.to_string(), "title": "Writing", "kind": "course", "minutes": 60});
        let activity = w.post("/v1/learning-activities").by(&lead).json(new).send().await.expect(201).id();
        let new = json!({"activity_id": activity, "starts_at": "2026-10-12T15:00:00Z", "ends_at": "2026-10-12T16:00:00Z", "places": 6});
        let session = w.post("/v1/learning-sessions").by(&lead).json(new).send().await.expect(201).id();
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "title": "Writing", "starts_on": "2026-10-12", "activity_id": activity, "session_id": session,
            "objective_ids": [objective, draft], "priority_ids": [named]});
        let of_request = format!("/v1/learning-requests/{}", w.post("/v1/learning-requests").by(teacher).json(new).send().await.expect(201).id());
        back(&of_request, &head).await.problem(404, "not_found");
        w.post(format!("{of_request}/submit")).by(teacher).if_match("*").send().await.expect(200);
        for (who, objectives, priorities) in [
            (teacher, sorted(&[&draft, &objective]), sorted(&[&priority, &adopted, &named])),
            (&head, vec![objective.clone()], sorted(&[&priority, &adopted, &named])),
            (&viewer, Vec::new(), vec![named.clone()]),
        ] {
            let told = back(&of_request, who).await.expect(200);
            assert_eq!((ids(&told.body, "objectives"), ids(&told.body, "priorities"), &told.body["other_objectives"]), (objectives, priorities, &json!(0)));
            assert_eq!(told.text.contains(&draft), who.person == teacher.person, "a draft is its author's alone");
        }
        back(&of_request, colleague).await.problem(404, "not_found");
        // a place at the session leads back by that request
        let of_enrolment = format!("/v1/enrolments/{}", w.post("/v1/enrolments").by(teacher).json(json!({"session_id": session})).send().await.expect(201).id());
        assert_eq!(ids(&back(&of_enrolment, teacher).await.expect(200).body, "priorities"), sorted(&[&priority, &adopted, &named]));
        back(&of_enrolment, colleague).await.problem(404, "not_found");
        // and, for whoever may not read the request in full, no further than that
        let elsewhere = w.trust("crest").await;
        let stranger = holding(w, &elsewhere, RoleName::TrustLeader, elsewhere.root).await;
        for at in [&of_objective, &of_action, &of_request, &of_enrolment] {
            assert!(matches!(back(at, &stranger).await.status, 403 | 404));
        }
    }

    async fn what_came_of_it_leads_back_for_whoever_may_know(w: World) {
        let trust = w.trust("beacon").await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let lead = trust.someone(w).at(trust.school).with(RoleName::LearningLead, trust.school).made().await;
        let (appraiser, here) = staff(w, &trust, trust.school, 3).await;
        let (teacher, colleague) = (&here[0], &here[1]);
        let again = |who: &Someone| Someone { token: w.token(trust.id, who), ..who.clone() };
        let new = json!({"organisation_id": trust.school.to_string(), "title": "A plan", "first_year": 2026});
        let plan = w.post("/v1/improvement-plans").by(&head).json(new).send().await.expect(201).id();
        let priority = w.post("/v1/priorities").by(&head).json(json!({"plan_id": plan, "title": "Words"})).send().await.expect(201).id();
        w.post(format!("/v1/improvement-plans/{plan}/publish")).by(&head).send().await.expect(200);
        let leads = async |at: &str, by: &Someone| {
            let told = w.get(format!("{at}/line-of-sight")).by(&again(by)).send().await.expect(200).body;
            let ids = |of: &str| told[of].as_array().unwrap().iter().map(|x| x["id"].as_str().unwrap().to_owned()).collect::<Vec<String>>();
            (ids("objectives"), told["other_objectives"].clone(), ids("priorities"))
        };
        let nowhere = (Vec::<String>::new(), json!(0), Vec::<String>::new());
        let unknown = async |at: &str, by: &Someone| {
            w.get(format!("{at}/line-of-sight")).by(&again(by)).send().await.problem(404, "not_found");
        };
        // a finding leads to its inquiry; one without a name leads its owner alone
        let inquired = json!({"kind": "growth_inquiry", "inquiry": {"question": "Why?", "finding": "So."}, "priority_ids": [priority]});
        let mut inquiry = String::new();
        for named in [true, false] {
            inquiry = agreed(w, teacher, teacher, &appraiser, inquired.clone()).await;
            let new = json!({"publish_to": "school", "named": named, "title": "So it is", "question": "Why?", "finding": "So."});
            let made = w.post(format!("/v1/objectives/{inquiry}/publish-finding")).by(teacher).if_match("*").json(new).send().await.expect(201).id();
            let finding = format!("/v1/findings/{made}");
            let whole = (vec![inquiry.clone()], json!(0), vec![priority.clone()]);
            assert_eq!(leads(&finding, teacher).await, whole);
            for who in [&appraiser, &head] {
                assert_eq!(leads(&finding, who).await, if named { whole.clone() } else { nowhere.clone() });
            }
            let others = json!(i32::from(named));
            assert_eq!(leads(&finding, colleague).await, (Vec::new(), others, Vec::new()), "an objective that one may not read leads nowhere, and nameless not even to how many");
        }
        // a need leads its owner to what they made it of, and nobody else
        let of_objective = w.post("/v1/development-needs").by(teacher).json(json!({"need": "To wait", "objective_id": inquiry})).send().await.expect(201).id();
        let stated = w.post("/v1/development-needs").by(teacher).json(json!({"need": "To ask"})).send().await.expect(201).id();
        let need = format!("/v1/development-needs/{of_objective}");
        assert_eq!(leads(&need, teacher).await, (vec![inquiry.clone()], json!(0), vec![priority.clone()]));
        assert_eq!(leads(&format!("/v1/development-needs/{stated}"), teacher).await, nowhere);
        for who in [&appraiser, &head, &lead] {
            assert_eq!(leads(&need, who).await, nowhere, "which record it was made of is its owner's alone to know");
        }
        unknown(&need, colleague).await;
        // a visit leads the visited by the copy that they put among their learning, and the visitor nowhere
        let new = json!({"kind": "coaching", "learner_id": teacher.person.to_string(), "coach_id": colleague.person.to_string(), "focus": "Questions"});
        let pair = w.post("/v1/coaching-partnerships").by(teacher).json(new).send().await.expect(201).id();
        w.post(format!("/v1/coaching-partnerships/{pair}/accept")).by(colleague).send().await.expect(200);
        let new = json!({"lane": "development", "partnership_id": pair, "visited_on": "2026-10-02", "minutes": 25, "purpose": "Who answers?", "notes": "They waited."});
        let visit = format!("/v1/learning-visits/{}", w.post("/v1/learning-visits").by(colleague).json(new).send().await.expect(201).id());
        assert_eq!(leads(&visit, teacher).await, nowhere);
        w.post(format!("{visit}/share")).by(teacher).json(json!({})).send().await.expect(200);
        let copy = w.get("/v1/learning-records").by(teacher).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        w.patch(format!("/v1/learning-records/{copy}")).by(teacher).if_match("*").json(json!({"objective_ids": [inquiry]})).send().await.expect(200);
        assert_eq!(leads(&visit, teacher).await, (vec![inquiry.clone()], json!(0), vec![priority.clone()]));
        assert_eq!(leads(&visit, colleague).await, nowhere);
        unknown(&visit, &appraiser).await;
        // a completion leads by the place at a session that it came of, and so by what was asked for to be there
        let new = json!({"organisation_id": trust.school.to_string(), "title": "First aid", "kind": "course", "minutes": 60});
        let activity = w.post("/v1/learning-activities").by(&lead).json(new).send().await.expect(201).id();
        let new = json!({"organisation_id": trust.school.to_string(), "title": "First aid", "authority": "guidance", "trigger": "on_start", "due_within_days": 60,
            "validity": "months", "validity_months": 36, "activity_ids": [activity]});
        let required = w.post("/v1/training-requirements").by(&lead).json(new).send().await.expect(201).id();
        w.post(format!("/v1/training-requirements/{required}/publish")).by(&lead).json(json!({"applies_from": "2020-09-01"})).send().await.expect(200);
        let new = json!({"activity_id": activity, "starts_at": "2026-10-12T15:00:00Z", "ends_at": "2026-10-12T16:00:00Z", "places": 6});
        let session = w.post("/v1/learning-sessions").by(&lead).json(new).send().await.expect(201).id();
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "title": "First aid", "starts_on": "2026-10-12", "activity_id": activity, "session_id": session, "priority_ids": [priority]});
        let request = w.post("/v1/learning-requests").by(teacher).json(new).send().await.expect(201).id();
        w.post(format!("/v1/learning-requests/{request}/submit")).by(teacher).if_match("*").send().await.expect(200);
        let place = w.post("/v1/enrolments").by(teacher).json(json!({"session_id": session})).send().await.expect(201).id();
        w.later(chrono::TimeDelta::days(8));
        w.post(format!("/v1/enrolments/{place}/record-attendance")).by(&again(&lead)).json(json!({"attended": true})).send().await.expect(200);
        let done = w.get(format!("/v1/training-completions?person_id={}", teacher.person)).by(&again(teacher)).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let done = format!("/v1/training-completions/{done}");
        for who in [teacher, &head] {
            assert_eq!(leads(&done, who).await, (Vec::new(), json!(0), vec![priority.clone()]));
        }
        unknown(&done, colleague).await;
    }
}
