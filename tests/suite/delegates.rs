//! Delegates: a senior colleague says for the headteacher, for a time, who appraises whom. They read the heads of appraisals and nothing of what is in
//! them, and no way leads through them to one's own appraiser.

use crate::{
    appraisals::{YEAR, cycle},
    reports::{self, SAID, issued, step},
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{employment::StaffCategory, relationship::RelationshipKind, role::RoleName};

const SUMMER: &str = "2027-08-31";

fn later(w: &World, trust: &Trust, who: &Someone) -> Someone {
    Someone { token: w.token(trust.id, who), ..who.clone() }
}
/// A school's headteacher, its deputy, and somebody of the trust's HR.
struct Leaders {
    trust: Trust,
    hr: Someone,
    head: Someone,
    deputy: Someone,
}
async fn leaders(w: &World) -> Leaders {
    let trust = w.trust("beacon").await;
    let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
    let head = trust.someone(w).at(trust.school).employed_as(StaffCategory::Headteacher).with(RoleName::Headteacher, trust.school).made().await;
    let deputy = trust.someone(w).at(trust.school).employed_as(StaffCategory::Leader).appraised_by(&head).made().await;
    Leaders { trust, hr, head, deputy }
}
fn delegation(to: &Someone, at: impl ToString, ends_on: Value) -> Value {
    json!({"person_id": to.person.to_string(), "role": "appraisal_delegate", "organisation_id": at.to_string(), "starts_on": "2026-10-05", "ends_on": ends_on})
}
async fn give(w: &World, by: &Someone, role: Value) -> Reply {
    w.post("/v1/roles").by(by).json(role).send().await
}
/// The headteacher delegates to the deputy until summer.
async fn delegated(w: &World, l: &Leaders) -> String {
    give(w, &l.head, delegation(&l.deputy, l.trust.school, json!(SUMMER))).await.expect(201).id()
}
async fn appraisal(w: &World, who: &Someone) -> String {
    let found = w.get(format!("/v1/appraisals?person_id={}", who.person)).by(who).send().await.expect(200);
    format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap())
}
async fn assign(w: &World, at: &str, people: &[&Someone], by: &Someone) -> Reply {
    let ids: Vec<String> = people.iter().map(|p| p.person.to_string()).collect();
    step(w, at, "assign-appraisers", by, Some(json!({"appraiser_ids": ids}))).await
}
async fn asked(w: &World, who: &Someone) -> Vec<String> {
    let found = w.get("/v1/me/tasks?limit=200").by(who).send().await.expect(200);
    let to_assign = found.items().iter().filter(|t| t["kind"] == "assign_appraisers");
    to_assign.map(|t| t["person_id"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn it_is_the_headteachers_to_delegate_for_a_time_and_to_staff_of_the_school(w: World) {
        let l = leaders(w).await;
        let Leaders { trust, hr, head, deputy } = &l;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let clerk = trust.someone(w).at(trust.school).with(RoleName::SchoolAdmin, trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let there = trust.someone(w).at(trust.other_school).made().await;
        let until_summer = |to: &Someone| delegation(to, trust.school, json!(SUMMER));
        for by in [&teacher, &clerk, deputy] {
            give(w, by, until_summer(&there)).await.problem(403, "role_required");
        }
        give(w, head, until_summer(head)).await.problem(403, "not_for_yourself");
        give(w, head, delegation(deputy, trust.other_school, json!(SUMMER))).await.problem(403, "not_permitted");
        give(w, head, until_summer(&there)).await.problem(422, "unknown_reference");
        let mut governor = until_summer(deputy);
        governor["role"] = json!("governor");
        for by in [head, hr] {
            give(w, by, governor.clone()).await.problem(403, "not_permitted");
        }
        for (wrong, code, pointers) in [
            (delegation(deputy, trust.school, Value::Null), "contradictory_members", vec!["/ends_on"]),
            (delegation(deputy, trust.school, json!("2027-10-06")), "contradictory_members", vec!["/ends_on"]),
            (delegation(deputy, trust.root, json!(SUMMER)), "contradictory_members", vec!["/organisation_id", "/organisation_id"]),
            (until_summer(&there), "outside_employment", vec!["/organisation_id"]),
            (delegation(&there, trust.root, Value::Null), "contradictory_members", vec!["/organisation_id", "/ends_on", "/organisation_id"]),
        ] {
            assert_eq!(give(w, hr, wrong).await.problem(422, code).pointers(), pointers);
        }
        let given = give(w, head, until_summer(deputy)).await.expect(201);
        assert!(given.can("end"));
        give(w, head, until_summer(deputy)).await.problem(409, "overlapping_role");
        for (by, to) in [(hr, &teacher), (&admin, &clerk)] {
            give(w, by, until_summer(to)).await.expect(201);
        }
        // it is told like every role, once, and whoever holds it neither passes it on nor ends it
        let at = format!("/v1/roles/{}", given.id());
        let history = w.get(format!("{at}/history")).by(hr).send().await.expect(200);
        assert_eq!((history.items().len(), &history.items()[0]["type"]), (1, &json!("role.granted")));
        let feed = w.get("/v1/changes?types=role").by(&admin).send().await.expect(200);
        assert_eq!(feed.items().iter().filter(|c| c["id"] == given.id()).count(), 1);
        assert_eq!(w.get(&at).by(deputy).send().await.expect(200).body["can"]["end"]["allowed"], false);
        give(w, deputy, until_summer(&there)).await.problem(403, "role_required");
        let end = async |at: &str, by: &Someone| w.post(format!("{at}/end")).by(by).json(json!({"ends_on": "2026-10-30"})).send().await;
        end(&at, deputy).await.problem(403, "role_required");
        let head_there = trust.someone(w).at(trust.other_school).with(RoleName::Headteacher, trust.other_school).made().await;
        end(&at, &head_there).await.problem(404, "not_found");
        // what an administrator gave, a headteacher does not take away
        let lead = json!({"person_id": teacher.person.to_string(), "role": "learning_lead", "organisation_id": trust.school.to_string(), "starts_on": "2026-09-01"});
        let lead = format!("/v1/roles/{}", give(w, &admin, lead).await.expect(201).id());
        assert_eq!(w.get(&lead).by(head).send().await.expect(200).body["can"]["end"]["code"], "not_permitted");
        end(&lead, head).await.problem(403, "not_permitted");
        let ended = end(&at, head).await.expect(200);
        assert_eq!(ended.body["ends_on"], "2026-10-30");
        let history = w.get(format!("{at}/history")).by(hr).send().await.expect(200);
        assert_eq!((history.items().len(), &history.items()[0]["type"]), (2, &json!("role.ended")));
    }

    async fn a_delegate_assigns_for_colleagues_and_never_for_themself_or_those_above(w: World) {
        let l = leaders(w).await;
        let Leaders { trust, hr, head, deputy } = &l;
        let (first, second) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await);
        let teacher = trust.someone(w).at(trust.school).appraised_by(&first).made().await;
        w.appoint(trust, RelationshipKind::LineManager, teacher.person, second.person).await;
        let there = trust.someone(w).at(trust.other_school).made().await;
        let other_delegate = trust.someone(w).at(trust.school).with(RoleName::AppraisalDelegate, trust.school).made().await;
        let of_hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.other_school).made().await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let path = cycle(w, trust, hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, hr).await;
        let (at, own, of_head) = (appraisal(w, &teacher).await, appraisal(w, deputy).await, appraisal(w, head).await);
        w.get(&at).by(deputy).send().await.problem(404, "not_found");
        assign(w, &at, &[&second], deputy).await.problem(403, "role_required");
        delegated(w, &l).await;
        let moved = json!({"kind": "review", "due_on": "2027-07-01", "reason": "Back in June"});
        step(w, &at, "move-deadline", head, Some(moved)).await.expect(200);
        // the head of the appraisal, and what of it the caller may do
        let seen = w.get(&at).by(deputy).send().await.expect(200);
        assert_eq!((&seen.body["redacted"], &seen.body["deadlines"][1]["redacted"]), (&json!(["commented_on", "appealed_on", "appeal_decided_on", "last_reason"]), &json!(["reason"])));
        assert!(!seen.text.contains("Back in June") && seen.body.get("last_reason").is_none() && seen.body.get("commented_on").is_none());
        assert_eq!((&seen.body["state"], &seen.body["deadlines"][1]["due_on"]), (&json!("created"), &json!("2027-07-01")));
        assert_eq!(seen.body["appraisers"][0]["person_id"], first.person.to_string());
        let allowed: Vec<&String> = seen.body["can"].as_object().unwrap().iter().filter(|(_, can)| can["allowed"] == true).map(|(name, _)| name).collect();
        assert_eq!(allowed, ["assign_appraisers"]);
        assert!(w.get(&at).by(head).send().await.expect(200).text.contains("Back in June"));
        // nor does a version that they did not see tell what changed since, and by whom
        let colleague = json!({"appraiser_ids": [second.person.to_string()]});
        let stale = async |by: &Someone| w.post(format!("{at}/assign-appraisers")).by(by).if_match("\"1\"").json(colleague.clone()).send().await.problem(412, "stale").body;
        assert_eq!(stale(deputy).await["changed"], json!([]));
        assert!(stale(deputy).await["changed_by"].is_null() && !stale(head).await["changed_by"].is_null());
        for (name, body) in [
            ("suspend", Some(json!({"reason": "capability"}))),
            ("transfer", Some(json!({"reason": "Elsewhere"}))),
            ("abandon", Some(json!({"reason": "Enough"}))),
            ("move-deadline", Some(json!({"kind": "review", "due_on": "2027-07-02", "reason": "Later"}))),
            ("issue-report", Some(json!({"draft_version": 1}))),
            ("comment", Some(json!({"comment": "Fine"}))),
            ("start-planning", None),
            ("inform-standards", None),
            ("complete", None),
        ] {
            step(w, &at, name, deputy, body).await.problem(403, "not_permitted");
        }
        w.post(format!("{path}/create-appraisals")).by(deputy).send().await.problem(403, "role_required");
        // who could appraise is no more than it was
        assign(w, &at, &[&of_hr], deputy).await.problem(422, "no_authority");
        assign(w, &at, &[&teacher], deputy).await.problem(422, "self_appraisal");
        let after = assign(w, &at, &[&second], deputy).await.expect(200);
        assert_eq!((&after.body["redacted"], &after.body["appraisers"][1]["person_id"]), (&seen.body["redacted"], &json!(second.person.to_string())));
        assert!(!after.text.contains("Back in June"));
        let history = w.get(format!("{at}/history")).by(hr).send().await.expect(200);
        assert_eq!((&history.items()[0]["type"], &history.items()[0]["actor"]["id"]), (&json!("appraisal.appraisers_assigned"), &json!(deputy.person.to_string())));
        assert_eq!(history.items().iter().filter(|e| e["type"] == "appraisal.appraisers_assigned").count(), 1);
        assert_eq!(assign(w, &at, &[&second], deputy).await.expect(200).etag(), after.etag(), "again changes nothing");
        // their own, the headteacher's, and those of whoever says themself who appraises
        let full = w.get(&own).by(deputy).send().await.expect(200);
        assert_eq!((&full.body["redacted"], &full.body["can"]["assign_appraisers"]["code"]), (&json!([]), &json!("not_for_yourself")));
        assign(w, &own, &[head], deputy).await.problem(403, "not_for_yourself");
        assign(w, &own, &[deputy], deputy).await.problem(403, "not_for_yourself");
        for whose in [&of_head, &appraisal(w, &other_delegate).await, &appraisal(w, &of_hr).await, &appraisal(w, &admin).await] {
            assert_eq!(w.get(whose).by(deputy).send().await.expect(200).body["can"]["assign_appraisers"]["code"], "not_permitted");
            assign(w, whose, &[&second], deputy).await.problem(403, "not_permitted");
            let question = json!({"operation_id": "assign_appraisers", "record_id": whose.rsplit('/').next().unwrap()});
            assert_eq!(w.post("/v1/me/permissions/explain").by(deputy).json(question).send().await.expect(200).body["code"], "not_permitted");
        }
        // and they do not make themself an appraiser; whoever may, does, and then they read it all
        w.appoint(trust, RelationshipKind::LineManager, teacher.person, deputy.person).await;
        assign(w, &at, &[deputy], deputy).await.problem(403, "not_for_yourself");
        assign(w, &at, &[&second, deputy], deputy).await.problem(403, "not_for_yourself");
        assign(w, &at, &[deputy], head).await.expect(200);
        assert!(w.get(&at).by(deputy).send().await.expect(200).text.contains("Back in June"));
        assert_eq!(assign(w, &at, &[&second], deputy).await.expect(200).body["redacted"], json!(["commented_on", "appealed_on", "appeal_decided_on", "last_reason"]));
        // another school's are nobody's
        let elsewhere = appraisal(w, &there).await;
        w.get(&elsewhere).by(deputy).send().await.problem(404, "not_found");
        assign(w, &elsewhere, &[&second], deputy).await.problem(404, "not_found");
        let listed = w.get("/v1/appraisals?limit=200").by(deputy).send().await.expect(200);
        let of = |id: &str| listed.items().iter().find(|a| id.ends_with(a["id"].as_str().unwrap())).cloned();
        assert_eq!((of(&elsewhere), &of(&own).unwrap()["redacted"], &of(&at).unwrap()["redacted"]), (None, &json!([]), &json!(["commented_on", "appealed_on", "appeal_decided_on", "last_reason"])));
        assert!(!listed.text.contains("Back in June"));
    }

    async fn nothing_that_an_appraisal_says_is_read_through_a_delegation(w: World) {
        let o = reports::office(w, "england_academy_policy").await;
        let school = o.trust.school;
        let delegate = o.trust.someone(w).at(school).with(RoleName::AppraisalDelegate, school).made().await;
        let follower = o.trust.someone(w).at(school).with(RoleName::AppraisalDelegate, school).with(RoleName::TrustAdmin, o.trust.root).made().await;
        let report = issued(w, &o).await;
        step(w, &o.at, "comment", &o.teacher, Some(json!({"comment": format!("{SAID}, I say")}))).await.expect(200);
        let employment = o.teacher.employment.unwrap().to_string();
        let talk = json!({"employment_id": employment, "partner_id": o.appraiser.person.to_string(), "kind": "check_in", "starts_at": "2026-10-06T15:00:00Z"});
        let talk = w.post("/v1/conversations").by(&o.appraiser).json(talk).send().await.expect(201).id();
        assert_eq!(w.get(&o.at).by(&delegate).send().await.expect(200).body["state"], "report_issued");
        let (at, cycle, id) = (&o.at, o.cycle.rsplit('/').next().unwrap(), o.at.rsplit('/').next().unwrap());
        for hidden in [
            format!("{at}/history"),
            format!("{at}/report-draft"),
            format!("{at}/statement"),
            format!("/v1/appraisal-reports/{report}"),
            format!("/v1/appraisal-reports/{report}/history"),
            format!("/v1/objectives/{}", o.objective),
            format!("/v1/objectives/{}/history", o.objective),
            format!("/v1/conversations/{talk}"),
            format!("/v1/conversations/{talk}/agenda"),
        ] {
            for who in [&delegate, &follower] {
                let reply = w.get(&hidden).by(who).send().await;
                assert_eq!((reply.status, &reply.body["code"]), (404, &json!("not_found")), "{hidden}");
            }
        }
        for refused in ["/v1/appraisal-holds", "/v1/development-needs/summary"] {
            w.get(refused).by(&delegate).send().await.problem(403, "role_required");
        }
        w.get(format!("/v1/appraisal-overview?cycle_id={cycle}")).by(&delegate).send().await.problem(403, "role_required");
        for list in [
            format!("/v1/appraisals?limit=200&expand=people&cycle_id={cycle}"),
            format!("/v1/appraisal-progress?cycle_id={cycle}"),
            format!("/v1/appraisal-reports?appraisal_id={id}"),
            format!("/v1/objectives?limit=200&employment_id={employment}"),
            format!("/v1/development-needs?limit=200&person_id={}", o.teacher.person),
            "/v1/conversations?limit=200".into(),
            format!("/v1/learning-records?limit=200&person_id={}", o.teacher.person),
            "/v1/me/tasks?limit=200".into(),
            "/v1/me/disclosures".into(),
        ] {
            for who in [&delegate, &follower] {
                let found = w.get(&list).by(who).send().await.expect(200);
                let told = [SAID, o.objective.as_str(), talk.as_str(), "Visit Curlew", report.as_str()].iter().any(|said| found.text.contains(said));
                assert!(!told, "{list}: {}", found.text);
                let theirs = ["/v1/appraisals?", "/v1/me/tasks"].iter().any(|list_of| list.starts_with(list_of));
                assert!(theirs || found.items().is_empty(), "{list}: {}", found.text);
            }
        }
        // who follows the feed hears of no appraisal because they say who appraises
        let feed = w.get("/v1/changes?include=record&limit=1000").by(&follower).send().await.expect(200);
        assert!(!feed.text.contains(id) && !feed.text.contains(SAID), "{}", feed.text);
    }

    async fn after_its_last_day_and_with_the_employment_it_is_over(w: World) {
        let l = leaders(w).await;
        let Leaders { trust, hr, head, deputy } = &l;
        let teacher = trust.someone(w).at(trust.school).appraised_by(head).made().await;
        let path = cycle(w, trust, hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, hr).await;
        let at = appraisal(w, &teacher).await;
        let role = give(w, head, delegation(deputy, trust.school, json!("2026-10-06"))).await.expect(201).id();
        let held = async |who: &Someone| w.get("/v1/me").by(who).send().await.expect(200).body["roles"].as_array().unwrap().len();
        for (days, status, roles) in [(0, 200, 1), (1, 200, 1), (1, 404, 0)] {
            w.later(TimeDelta::days(days));
            let deputy = later(w, trust, deputy);
            w.get(&at).by(&deputy).send().await.expect(status);
            assert_eq!((held(&deputy).await, w.get(format!("/v1/roles/{role}")).by(&deputy).send().await.status), (roles, 200));
        }
        let (head, hr, deputy) = (later(w, trust, head), later(w, trust, hr), later(w, trust, deputy));
        assign(w, &at, &[&head], &deputy).await.problem(403, "role_required");
        // whoever works there no more says nothing more either, though nobody ended the role
        let mut again = delegation(&deputy, trust.school, json!(SUMMER));
        again["starts_on"] = json!("2026-10-07");
        give(w, &head, again).await.expect(201);
        assign(w, &at, &[&head], &deputy).await.expect(200);
        let post = format!("/v1/employments/{}", deputy.employment.unwrap());
        w.patch(&post).by(&hr).json(json!({"ends_on": "2026-10-07"})).send().await.expect(200);
        assert_eq!(held(&deputy).await, 1, "their last day");
        w.later(TimeDelta::days(1));
        let deputy = later(w, trust, &deputy);
        assert_eq!(held(&deputy).await, 0);
        w.get(&at).by(&deputy).send().await.problem(404, "not_found");
        assign(w, &at, &[&head], &deputy).await.problem(403, "role_required");
    }

    async fn a_delegate_is_asked_for_whom_they_can_assign(w: World) {
        let l = leaders(w).await;
        let Leaders { trust, hr, head, deputy } = &l;
        let manager = trust.someone(w).at(trust.school).appraised_by(head).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        w.appoint(trust, RelationshipKind::LineManager, teacher.person, manager.person).await;
        trust.someone(w).at(trust.school).with(RoleName::AppraisalDelegate, trust.school).made().await;
        trust.someone(w).at(trust.other_school).made().await;
        let path = cycle(w, trust, hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, hr).await;
        assert!(asked(w, deputy).await.is_empty());
        delegated(w, &l).await;
        assert_eq!(asked(w, deputy).await, [teacher.person.to_string()], "not for the headteacher, nor for another delegate, nor elsewhere");
        assert_eq!(asked(w, head).await.len(), 2);
        assign(w, &appraisal(w, &teacher).await, &[&manager], deputy).await.expect(200);
        assert!(asked(w, deputy).await.is_empty());
    }

    async fn what_was_answered_in_full_is_not_answered_again_to_a_delegate(w: World) {
        let l = leaders(w).await;
        let Leaders { trust, hr, head, .. } = &l;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let once_hr = trust.someone(w).at(trust.school).employed_as(StaffCategory::Leader).made().await;
        let hr_here = json!({"person_id": once_hr.person.to_string(), "role": "hr", "organisation_id": trust.school.to_string(), "starts_on": "2026-09-01"});
        let hr_here = format!("/v1/roles/{}", give(w, &admin, hr_here).await.expect(201).id());
        let teacher = trust.someone(w).at(trust.school).made().await;
        let path = cycle(w, trust, hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, hr).await;
        let at = appraisal(w, &teacher).await;
        let moved = json!({"kind": "review", "due_on": "2027-07-01", "reason": "Back in June"});
        let send = async || w.post(format!("{at}/move-deadline")).by(&once_hr).if_match("\"1\"").header("idempotency-key", "once").json(moved.clone()).send().await;
        send().await.expect(200);
        assert!(send().await.expect(200).text.contains("Back in June"));
        w.post(format!("{hr_here}/end")).by(&admin).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        send().await.problem(404, "not_found");
        give(w, head, delegation(&once_hr, trust.school, json!(SUMMER))).await.expect(201);
        assert_eq!(w.get(&at).by(&once_hr).send().await.expect(200).body["redacted"], json!(["commented_on", "appealed_on", "appeal_decided_on", "last_reason"]));
        send().await.problem(404, "not_found");
    }

    async fn by_no_path_does_anybody_come_to_appraise_themself_nor_a_delegate_to_appraise(w: World) {
        let l = leaders(w).await;
        let Leaders { trust, hr, head, .. } = &l;
        let delegate = trust.someone(w).at(trust.school).with(RoleName::AppraisalDelegate, trust.school).with(RoleName::SchoolAdmin, trust.school).made().await;
        let (leaver, colleague) = (trust.someone(w).at(trust.school).made().await, trust.someone(w).at(trust.school).made().await);
        let teacher = trust.someone(w).at(trust.school).appraised_by(&leaver).made().await;
        let (chair, second) = (trust.someone(w).with(RoleName::Governor, trust.school).made().await, trust.someone(w).with(RoleName::Governor, trust.root).made().await);
        let path = cycle(w, trust, hr, "england_maintained_2012", YEAR).await;
        w.create_appraisals(&path, hr).await;
        let (at, of_head) = (appraisal(w, &teacher).await, appraisal(w, head).await);
        let id = |who: &Someone| who.person.to_string();
        let panel = json!({"appraiser_ids": [id(&chair), id(&second)], "external_adviser": "Dr Ilse Brandt, Northmoor Advisers"});
        step(w, &of_head, "assign-appraisers", hr, Some(panel)).await.expect(200);
        let tags = async || (w.get(&at).by(hr).send().await.expect(200).etag(), w.get(&of_head).by(hr).send().await.expect(200).etag());
        let before = tags().await;
        // a relationship, alone and in a file
        let own = json!({"kind": "appraiser", "person_id": id(&teacher), "holder_id": id(&teacher), "starts_on": "2026-09-01"});
        w.post("/v1/relationships").by(hr).json(own).send().await.problem(422, "self_relationship");
        let file = format!("kind,person,holder,starts_on\nappraiser,{0},{0},2026-09-01\nappraiser,{1},{2},2026-09-01\n", id(&leaver), id(&colleague), id(&delegate));
        let taken = w.post("/v1/relationships/import").by(&delegate).raw("text/csv", file.as_bytes()).send().await.expect(207);
        let codes = |reply: &Reply, list: &str| -> Vec<String> {
            reply.body[list].as_array().unwrap().iter().map(|r| r["problem"]["code"].as_str().unwrap_or("-").to_owned()).collect()
        };
        assert_eq!(codes(&taken, "results"), ["self_relationship", "not_for_yourself"], "{}", taken.text);
        // a handover: to the appraisee, to the delegate who asks for it, and of a panel to whom it appraises
        let over = async |from: &Someone, by: &Someone, to: Value| {
            let mut body = json!({"on": "2026-10-05", "kinds": ["appraiser"]});
            to.as_object().unwrap().iter().for_each(|(name, value)| body[name] = value.clone());
            let done = w.post(format!("/v1/people/{}/hand-over", from.person)).by(by).json(body).send().await.expect(207);
            (codes(&done, "results"), codes(&done, "appraisals"))
        };
        let refused = |tie: &str, appraisal: &str| (vec![tie.to_owned()], vec![appraisal.to_owned()]);
        let each = json!({"to_each": [{"person_id": id(&teacher), "to": id(&teacher)}]});
        for by in [hr, &delegate] {
            assert_eq!(over(&leaver, by, each.clone()).await, refused("self_relationship", "self_appraisal"));
        }
        assert_eq!(over(&leaver, &delegate, json!({"to": id(&delegate)})).await, refused("not_for_yourself", "not_for_yourself"));
        assert_eq!(over(&chair, hr, json!({"to": id(head)})).await, (vec![], vec!["self_appraisal".to_owned()]));
        // and by name
        assign(w, &at, &[&teacher], &delegate).await.problem(422, "self_appraisal");
        assign(w, &at, &[&delegate], &delegate).await.problem(403, "not_for_yourself");
        assign(w, &appraisal(w, &delegate).await, &[&delegate], &delegate).await.problem(403, "not_for_yourself");
        assert_eq!(tags().await, before, "nothing was changed by any of it");
    }
}
