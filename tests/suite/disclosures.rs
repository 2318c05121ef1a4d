//! Who reads about somebody is known to them: before the answer is given, on every way to the words, and to nobody else.

use crate::{
    reports::{Office, SAID, issued, office, step},
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{access::Permission, disclosure::Reading, id::AppraisalId, relationship::RelationshipKind, role::RoleName};
use trellis_persistence::{
    Act, Principal,
    disclosure::RecordReadings,
    event::{After, Changes},
    report::GetStatement,
    transaction::needs::{ReadReports, Under},
};

/// What the appraiser and the teacher talk about in the support lane.
async fn of_support(w: &World, o: &Office, day: &str) -> String {
    let new = json!({"employment_id": o.teacher.employment.unwrap().to_string(), "partner_id": o.appraiser.person.to_string(), "kind": "return_to_work",
        "starts_at": format!("{day}T15:30:00Z")});
    format!("/v1/conversations/{}", w.post("/v1/conversations").by(&o.appraiser).json(new).send().await.expect(201).id())
}
/// What they agreed there for the teacher's objective.
async fn agreed_there(w: &World, o: &Office, talk: &str) -> String {
    let new = json!({"title": "Fewer evenings", "owner_id": o.teacher.person.to_string(), "objective_id": o.objective});
    format!("/v1/agreed-actions/{}", w.post(format!("{talk}/actions")).by(&o.teacher).json(new).send().await.expect(201).id())
}
async fn told(w: &World, who: &Someone) -> Vec<Value> {
    w.get("/v1/me/disclosures").by(who).send().await.expect(200).items().to_vec()
}

on_both! {
    async fn every_reading_by_somebody_else_is_recorded_and_ones_own_is_not(w: World) {
        let o = office(w, "england_academy_policy").await;
        let report = issued(w, &o).await;
        let (path, page) = (format!("/v1/appraisal-reports/{report}"), format!("{}/statement", o.at));
        let head = w.db.read(w.operator(o.trust.id), Changes::after(After::Head, 1)).await.unwrap().next;
        for own in [&path, &page] {
            w.get(own).by(&o.teacher).send().await.expect(200);
        }
        assert_eq!(told(w, &o.teacher).await, [] as [Value; 0], "one's own reading is none");
        let mut expected = Vec::new();
        for (who, capacity) in [(&o.appraiser, "appraiser"), (&o.head, "headteacher"), (&o.hr, "hr")] {
            for way in [&path, &page] {
                let text = w.get(way).by(who).send().await.expect(200).text;
                assert!(text.contains(SAID), "{text}");
                expected.insert(0, (who.person.to_string(), capacity.to_owned()));
                let known = told(w, &o.teacher).await;
                let found: Vec<(String, String)> =
                    known.iter().map(|d| (d["reader_id"].as_str().unwrap().into(), d["capacity"].as_str().unwrap().into())).collect();
                assert_eq!(found, expected, "newest first");
                assert!(known.iter().all(|d| d["record_type"] == "appraisal_report" && d["record_id"] == report.as_str()), "{known:?}");
            }
        }
        assert_eq!(told(w, &o.teacher).await.last().unwrap()["reader_name"], "Niamh O'Rourke");
        // reading changes nothing: no number of the log was taken
        assert_eq!(w.db.read(w.operator(o.trust.id), Changes::after(After::Head, 1)).await.unwrap().next, head);
        // nothing was shown, so nothing is recorded
        let etag = w.get(&path).by(&o.teacher).send().await.expect(200).etag();
        w.get(&path).by(&o.hr).header("if-none-match", &etag).send().await.expect(304);
        for quiet in ["/v1/appraisal-reports".to_owned(), format!("{path}/history"), o.at.clone(), format!("{}/history", o.at)] {
            let text = w.get(quiet).by(&o.hr).send().await.expect(200).text;
            assert!(!text.contains(SAID), "{text}");
        }
        let feed = w.get("/v1/changes?include=record").by(&o.chief).send().await.expect(200);
        assert!(!feed.text.contains(SAID), "{}", feed.text);
        w.get(&path).by(&o.trust.someone(w).with(RoleName::LearningLead, o.trust.root).made().await).send().await.problem(404, "not_found");
        assert_eq!(told(w, &o.teacher).await.len(), 6);
        // whoever read sees nothing of it, and neither does anybody who runs the tenant
        for who in [&o.appraiser, &o.head, &o.hr, &o.chief] {
            assert_eq!(told(w, who).await, [] as [Value; 0]);
        }
        let (_, _, key) = w.key(&o.trust, &Permission::ALL.iter().copied().filter(|p| p.for_service_accounts()).collect::<Vec<_>>(), None).await;
        w.get("/v1/me/disclosures").bearer(&key).send().await.problem(403, "not_permitted");
        w.get(&path).bearer(&key).send().await.problem(403, "insufficient_scope");
    }

    async fn a_seal_without_its_receipt_stays_shut(w: World) {
        let o = office(w, "england_academy_policy").await;
        issued(w, &o).await;
        let id = AppraisalId(o.at.rsplit('/').next().unwrap().parse().unwrap());
        let by = |who: &Someone| Act { principal: Principal::Session { session: who.session, account: who.account }, ..w.operator(o.trust.id) };
        let read = async |who: &Someone| w.db.read(by(who), GetStatement { id }).await.unwrap();
        let record = async |who: &Someone, readings: &[Reading]| {
            w.db.write(by(who), RecordReadings::<ReadReports> { readings: readings.to_vec(), need: Under::new() }).await.unwrap()
        };
        assert!(read(&o.hr).await.open(None).is_err());
        let of_another = record(&o.head, read(&o.head).await.readings()).await;
        assert!(read(&o.hr).await.open(Some(of_another)).is_err());
        let sealed = read(&o.hr).await;
        let of_two = record(&o.hr, &[sealed.readings(), read(&o.head).await.readings()].concat()).await;
        assert!(sealed.open(Some(of_two)).is_err());
        let sealed = read(&o.hr).await;
        let receipt = record(&o.hr, sealed.readings()).await;
        assert!(sealed.open(Some(receipt)).is_ok());
        let own = read(&o.teacher).await;
        assert!(own.readings().is_empty() && own.open(None).is_ok());
    }

    async fn every_way_to_a_hold_is_a_reading_that_its_subject_sees(w: World) {
        let o = office(w, "england_academy_policy").await;
        let new = json!({"employment_id": o.teacher.employment.unwrap().to_string(), "reason": "family_leave", "starts_on": "2026-09-01"});
        let held = w.post("/v1/appraisal-holds").by(&o.hr).json(new).send().await.expect(201);
        let path = format!("/v1/appraisal-holds/{}", held.id());
        assert_eq!(told(w, &o.teacher).await, [] as [Value; 0], "who says it has not read it by that");
        let mut expected = Vec::new();
        for (who, capacity) in [(&o.head, "headteacher"), (&o.hr, "hr")] {
            for way in [path.clone(), "/v1/appraisal-holds".into(), format!("{path}/history")] {
                let text = w.get(way).by(who).send().await.expect(200).text;
                assert!(text.contains("family_leave"), "{text}");
                expected.insert(0, (who.person.to_string(), capacity.to_owned()));
                let known = told(w, &o.teacher).await;
                let found: Vec<(String, String)> =
                    known.iter().map(|d| (d["reader_id"].as_str().unwrap().into(), d["capacity"].as_str().unwrap().into())).collect();
                assert_eq!(found, expected, "newest first");
                assert!(known.iter().all(|d| d["record_type"] == "appraisal_hold" && d["record_id"] == held.id().as_str()), "{known:?}");
            }
        }
        // an end that ends nothing anew still shows the hold
        for _ in 0..2 {
            w.post(format!("{path}/end")).by(&o.head).if_match("*").json(json!({"ends_on": "2026-12-18"})).send().await.expect(200);
            expected.insert(0, (o.head.person.to_string(), "headteacher".to_owned()));
            assert_eq!(told(w, &o.teacher).await.len(), expected.len());
        }
        // the feed names the hold and does not carry it, and nothing shown is nothing recorded
        let feed = w.get("/v1/changes?include=record&types=appraisal_hold").by(&o.chief).send().await.expect(200);
        assert!(!feed.items().is_empty() && !feed.text.contains("family_leave"), "{}", feed.text);
        let etag = w.get(&path).by(&o.hr).send().await.expect(200).etag();
        w.get(&path).by(&o.hr).header("if-none-match", &etag).send().await.expect(304);
        w.get(&path).by(&o.appraiser).send().await.problem(403, "role_required");
        assert_eq!(told(w, &o.teacher).await.len(), expected.len() + 1);
        for who in [&o.head, &o.hr, &o.chief] {
            assert_eq!(told(w, who).await, [] as [Value; 0]);
        }
        // one's own hold is no disclosure
        let own = json!({"employment_id": o.head.employment.unwrap().to_string(), "reason": "secondment", "starts_on": "2026-09-01"});
        let own = w.post("/v1/appraisal-holds").by(&o.hr).json(own).send().await.expect(201).id();
        w.get(format!("/v1/appraisal-holds/{own}")).by(&o.head).send().await.expect(200);
        assert_eq!(told(w, &o.head).await, [] as [Value; 0]);
    }

    async fn every_way_to_what_was_said_in_the_support_lane_is_a_reading_that_its_subject_sees(w: World) {
        const HELP: &str = "Sesquipedalian";
        let o = office(w, "england_academy_policy").await;
        let employment = o.teacher.employment.unwrap().to_string();
        let meet = async |kind: &str| {
            let new = json!({"employment_id": employment, "partner_id": o.appraiser.person.to_string(), "kind": kind, "starts_at": "2026-10-06T15:30:00Z"});
            format!("/v1/conversations/{}", w.post("/v1/conversations").by(&o.teacher).json(new).send().await.expect(201).id())
        };
        let talk = meet("return_to_work").await;
        step(w, &talk, "hold", &o.teacher, None).await.expect(200);
        w.patch(&talk).by(&o.teacher).if_match("*").json(json!({"summary": HELP})).send().await.expect(200);
        let action = json!({"title": format!("{HELP} hours"), "owner_id": o.teacher.person.to_string()});
        let action = format!("/v1/agreed-actions/{}", w.post(format!("{talk}/actions")).by(&o.teacher).json(action).send().await.expect(201).id());
        step(w, &talk, "request-response", &o.appraiser, None).await.expect(200);
        step(w, &talk, "complete", &o.teacher, Some(json!({"reason": "I have nothing to add"}))).await.expect(200);
        let ways = [talk.clone(), format!("{talk}/history"), format!("{talk}/snapshots"), format!("{talk}/agenda"), "/v1/conversations".into(),
            format!("/v1/conversations?person_id={}", o.teacher.person), action.clone(), format!("{action}/history"), "/v1/agreed-actions".into()];
        for way in &ways {
            assert!(w.get(way).by(&o.teacher).send().await.expect(200).text.contains(HELP), "{way}");
        }
        assert_eq!(told(w, &o.teacher).await, [] as [Value; 0], "one's own reading is none, and who writes has not read by that");
        let id = |at: &str| at.rsplit('/').next().unwrap().to_owned();
        for (who, capacity) in [(&o.appraiser, "partner"), (&o.head, "headteacher"), (&o.hr, "hr")] {
            for way in &ways {
                let before = told(w, &o.teacher).await.len();
                assert!(w.get(way).by(who).send().await.expect(200).text.contains(HELP), "{way}");
                let known = told(w, &o.teacher).await;
                let new: Vec<&Value> = known[..known.len() - before].iter().collect();
                assert!(!new.is_empty(), "{way} by the {capacity} is not recorded");
                for d in new {
                    assert_eq!((&d["reader_id"], &d["capacity"]), (&json!(who.person.to_string()), &json!(capacity)), "{way}: {d}");
                    let of = if d["record_type"] == "agreed_action" { id(&action) } else { id(&talk) };
                    assert_eq!(d["record_id"], of.as_str(), "{way}: {d}");
                }
            }
            let quiet = told(w, &o.teacher).await.len();
            let etag = w.get(&talk).by(who).send().await.expect(200).etag();
            w.get(&talk).by(who).header("if-none-match", &etag).send().await.expect(304);
            assert_eq!(told(w, &o.teacher).await.len(), quiet + 1, "nothing was shown the second time");
        }
        let known = told(w, &o.teacher).await.len();
        // the feed names it and does not carry it, to whoever follows; and to whom it is not there nothing is recorded
        let feed = w.get("/v1/changes?include=record&limit=1000").by(&o.chief).send().await.expect(200);
        assert!(feed.text.contains(&id(&talk)) && !feed.text.contains(HELP), "{}", feed.text);
        let stranger = o.trust.someone(w).at(o.trust.school).made().await;
        for way in [&talk, &action] {
            w.get(way).by(&stranger).send().await.problem(404, "not_found");
        }
        // what two people say in another lane is between them, or part of the appraisal's own record
        let check_in = meet("check_in").await;
        w.get(&check_in).by(&o.appraiser).send().await.expect(200);
        assert_eq!(told(w, &o.teacher).await.len(), known);
        for who in [&o.appraiser, &o.head, &o.hr, &o.chief] {
            assert_eq!(told(w, who).await, [] as [Value; 0]);
        }
    }

    async fn the_way_back_from_what_was_agreed_in_the_support_lane_is_a_reading_too(w: World) {
        let o = office(w, "england_academy_policy").await;
        let action = agreed_there(w, &o, &of_support(w, &o, "2026-10-06").await).await;
        let way = format!("{action}/line-of-sight");
        assert!(w.get(&way).by(&o.teacher).send().await.expect(200).text.contains(&o.objective));
        assert_eq!(told(w, &o.teacher).await, [] as [Value; 0], "one's own reading is none");
        for (n, (who, capacity)) in [(&o.appraiser, "partner"), (&o.head, "headteacher"), (&o.hr, "hr")].into_iter().enumerate() {
            assert!(w.get(&way).by(who).send().await.expect(200).text.contains(&o.objective), "{capacity}");
            let known = told(w, &o.teacher).await;
            assert_eq!(known.len(), n + 1, "{known:?}");
            assert_eq!((&known[0]["reader_id"], &known[0]["capacity"]), (&json!(who.person.to_string()), &json!(capacity)));
            assert_eq!((&known[0]["record_type"], &known[0]["record_id"]), (&json!("agreed_action"), &json!(action.rsplit('/').next().unwrap())));
        }
        let stranger = o.trust.someone(w).at(o.trust.school).made().await;
        w.get(&way).by(&stranger).send().await.problem(404, "not_found");
        assert_eq!(told(w, &o.teacher).await.len(), 3);
    }

    async fn whoever_only_reads_the_support_lane_is_not_told_by_an_old_version_who_changed_what(w: World) {
        let o = office(w, "england_academy_policy").await;
        let talk = of_support(w, &o, "2026-10-06").await;
        let action = agreed_there(w, &o, &talk).await;
        let tag = async |at: &str| w.get(at).by(&o.teacher).send().await.expect(200).etag();
        let (of_talk, of_action) = (tag(&talk).await, tag(&action).await);
        w.patch(&talk).by(&o.teacher).if_match(&of_talk).json(json!({"summary": "It was hard"})).send().await.expect(200);
        w.patch(&action).by(&o.teacher).if_match(&of_action).json(json!({"due_on": "2026-11-02"})).send().await.expect(200);
        let write = async |by: &Someone| {
            [
                w.patch(&talk).by(by).if_match(&of_talk).json(json!({"summary": "Otherwise"})).send().await,
                w.post(format!("{talk}/hold")).by(by).if_match(&of_talk).send().await,
                w.patch(&action).by(by).if_match(&of_action).json(json!({"due_on": null})).send().await,
                w.post(format!("{action}/finish")).by(by).if_match(&of_action).send().await,
            ]
        };
        for who in [&o.head, &o.hr] {
            for refused in write(who).await {
                let refused = refused.problem(403, "not_permitted");
                assert!(refused.body["changed"].is_null() && refused.body["changed_by"].is_null(), "{}", refused.text);
                assert!(!refused.text.contains(&o.teacher.person.to_string()), "{}", refused.text);
            }
        }
        // who may write in it is told
        for stale in write(&o.appraiser).await {
            assert_eq!(stale.problem(412, "stale").body["changed_by"]["id"], o.teacher.person.to_string());
        }
        assert_eq!(told(w, &o.teacher).await, [] as [Value; 0]);
    }

    async fn what_a_draft_lacks_tells_an_appraiser_nothing_of_anothers_support_meetings(w: World) {
        let o = office(w, "england_academy_policy").await;
        let second = o.trust.someone(w).at(o.trust.school).made().await;
        w.appoint(&o.trust, RelationshipKind::Appraiser, o.teacher.person, second.person).await;
        let both = json!({"appraiser_ids": [o.appraiser.person.to_string(), second.person.to_string()]});
        step(w, &o.at, "assign-appraisers", &o.hr, Some(both)).await.expect(200);
        step(w, &of_support(w, &o, "2026-10-05").await, "hold", &o.teacher, None).await.expect(200);
        let draft = format!("{}/report-draft", o.at);
        let concern = json!({"concerns": [{"concern": "Late marking", "told_on": "2026-10-05"}]});
        w.patch(&draft).by(&second).if_match("*").json(concern).send().await.expect(200);
        let believed = async |by: &Someone| {
            let read = w.get(&draft).by(by).send().await.expect(200);
            !read.body["missing"].as_array().unwrap().iter().any(|m| m["pointer"] == "/concerns/0/told_on")
        };
        assert!(believed(&o.appraiser).await, "who held it knows of it");
        assert!(!believed(&second).await, "and nobody else is told the day by what is missing");
    }

    async fn a_list_of_readings_goes_on_and_says_when(w: World) {
        let o = office(w, "england_academy_policy").await;
        let path = format!("/v1/appraisal-reports/{}", issued(w, &o).await);
        for _ in 0..3 {
            w.get(&path).by(&o.hr).send().await.expect(200);
            w.later(TimeDelta::minutes(1));
        }
        let first = w.get("/v1/me/disclosures?limit=2").by(&o.teacher).send().await.expect(200);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        let rest = w.get(format!("/v1/me/disclosures?limit=2&cursor={cursor}")).by(&o.teacher).send().await.expect(200);
        let at = |r: &Reply| r.items().iter().map(|d| d["read_at"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!((at(&first), at(&rest)), (vec!["2026-10-05T09:02:00Z".into(), "2026-10-05T09:01:00Z".into()], vec!["2026-10-05T09:00:00Z".into()]));
        assert_eq!(rest.body["next_cursor"], Value::Null);
    }

    async fn readings_go_with_whom_they_are_about(w: World) {
        let o = office(w, "england_academy_policy").await;
        let path = format!("/v1/appraisal-reports/{}", issued(w, &o).await);
        w.get(&path).by(&o.head).send().await.expect(200);
        // another record of the same teacher takes hers over: who read her is known to who she is now
        let twin = o.trust.someone(w).at(o.trust.other_school).made().await;
        let merge = json!({"into": twin.person.to_string(), "reason": "The same person twice"});
        w.post(format!("/v1/people/{}/merge", o.teacher.person)).by(&o.chief).json(merge).send().await.expect(201);
        let twin = Someone { token: w.token(o.trust.id, &twin), ..twin };
        assert_eq!(told(w, &twin).await.len(), 1);
        let text = w.get(&path).by(&twin).send().await.expect(200).text;
        assert!(text.contains(SAID), "the report is hers");
        assert_eq!(told(w, &twin).await.len(), 1, "and her own reading is none");
        step(w, &o.at, "comment", &twin, Some(json!({"comment": "It is me"}))).await.expect(200);
        assert_eq!(w.get("/v1/development-needs").by(&twin).send().await.expect(200).items().len(), 1);
    }

    async fn what_one_shows_to_one_person_by_name_is_no_reading_of_theirs_and_nobody_else_reads_it(w: World) {
        let o = office(w, "england_academy_policy").await;
        let coach = o.trust.someone(w).at(o.trust.school).made().await;
        let post = async |by: &Someone, path: &str, body: Value| w.post(path).by(by).json(body).send().await;
        let framework = w.get("/v1/framework-versions?key=teachers-standards").by(&o.teacher).send().await.expect(200).items()[0].clone();
        let statements = json!([{"standard_id": framework["standards"][0]["id"], "view": "growing", "words": SAID}]);
        let review = json!({"framework_version_id": framework["id"], "title": "My year", "statements": statements});
        let review = post(&o.teacher, "/v1/self-reviews", review).await.expect(201).id();
        let shared = step(w, &format!("/v1/self-reviews/{review}"), "share", &o.teacher, Some(json!({"reader_id": o.appraiser.person.to_string()}))).await;
        let shared = format!("/v1/shared-self-reviews/{}", shared.expect(201).id());
        let ties = json!({"kind": "coaching", "learner_id": o.teacher.person.to_string(), "coach_id": coach.person.to_string(), "focus": "Talk", "cadence_weeks": 2});
        let of = post(&coach, "/v1/coaching-partnerships", ties).await.expect(201).id();
        step(w, &format!("/v1/coaching-partnerships/{of}"), "accept", &o.teacher, None).await.expect(200);
        let visit = json!({"partnership_id": of, "visited_on": "2026-10-01", "minutes": 30, "lane": "development", "purpose": "Talk", "notes": SAID});
        let visit = format!("/v1/learning-visits/{}", post(&coach, "/v1/learning-visits", visit).await.expect(201).id());
        let observed = json!({"visited_id": o.teacher.person.to_string(), "visited_on": "2026-10-02", "minutes": 30, "lane": "appraisal", "purpose": "Talk", "notes": SAID});
        let observed = format!("/v1/learning-visits/{}", post(&o.appraiser, "/v1/learning-visits", observed).await.expect(201).id());
        for (path, reader) in [(&shared, &o.appraiser), (&visit, &coach), (&observed, &o.appraiser)] {
            assert!(w.get(path).by(reader).send().await.expect(200).text.contains(SAID), "{path}");
            // that is why it needs no list: to everybody else, whatever their role, it is not there
            for who in [&o.head, &o.hr, &o.chief] {
                w.get(path).by(who).send().await.problem(404, "not_found");
            }
        }
        assert_eq!(told(w, &o.teacher).await, [] as [Value; 0]);
    }
}
