//! Appraisals: created for a population, assigned, planned, suspended in silence, and seen by nobody whose they are not.

use crate::{reports::step, support::*};
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use serde_json::{Value, json};
use trellis_domain::{employment::StaffCategory, relationship::RelationshipKind, role::RoleName};

/// A cycle of the whole trust whose planning is open.
pub async fn cycle(w: &World, trust: &Trust, by: &Someone, profile: &str, (from, to): (&str, &str)) -> String {
    let framework = w.get("/v1/framework-versions?key=teachers-standards").by(by).send().await.expect(200);
    let new = json!({
        "organisation_id": trust.root.to_string(), "name": "Appraisal", "starts_on": from, "ends_on": to, "rule_profile": profile, "rule_profile_version": 1,
        "objectives_due_on": from, "review_due_on": to, "report_due_on": to, "staff_categories": ["teacher", "leader", "headteacher"],
        "framework_version_ids": [framework.items()[0]["id"]],
    });
    let path = format!("/v1/cycles/{}", w.post("/v1/cycles").by(by).json(new).send().await.expect(201).id());
    for step in ["publish", "open-planning"] {
        w.post(format!("{path}/{step}")).by(by).send().await.expect(200);
    }
    path
}
pub const YEAR: (&str, &str) = ("2026-09-01", "2027-08-31");

/// What became of somebody's employment.
fn of<'a>(report: &'a Reply, who: &Someone) -> &'a Value {
    &row(report, who)["considered"]
}
fn row<'a>(report: &'a Reply, who: &Someone) -> &'a Value {
    report.items().iter().find(|r| r["considered"]["person_id"] == who.person.to_string()).unwrap()
}
/// Asks for a cycle's appraisals: the job when it is done, and what it says of each employment.
async fn created(w: &World, path: &str, by: &Someone, query: &str) -> (Value, Reply) {
    let job = w.create_appraisals(&format!("{path}?{query}"), by).await;
    let report = w.get(format!("/v1/jobs/{}/results?limit=200", job.id())).by(by).send().await.expect(200);
    (job.body["counts"].clone(), report)
}
fn counts(created: i32, unchanged: i32, left_out: i32) -> Value {
    json!({"created": created, "updated": 0, "unchanged": unchanged, "left_out": left_out, "failed": 0})
}
/// The address of somebody's appraisal.
async fn appraisal(w: &World, who: &Someone) -> String {
    let found = w.get(format!("/v1/appraisals?person_id={}", who.person)).by(who).send().await.expect(200);
    format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap())
}
pub async fn hold(w: &World, by: &Someone, on: &Someone, reason: &str) -> Reply {
    let new = json!({"employment_id": on.employment.unwrap().to_string(), "reason": reason, "starts_on": "2026-09-01"});
    w.post("/v1/appraisal-holds").by(by).json(new).send().await
}

on_both! {
    async fn a_population_is_taken_once_and_whoever_is_left_out_is_named_with_the_reason(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let admin = trust.someone(w).with(RoleName::SchoolAdmin, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let inducted = trust.someone(w).at(trust.school).made().await;
        let struggling = trust.someone(w).at(trust.school).made().await;
        let supporter = trust.someone(w).at(trust.other_school).employed_as(StaffCategory::Support).made().await;
        let brief = trust.someone(w).made().await;
        let short = json!({"person_id": brief.person.to_string(), "organisation_id": trust.school.to_string(), "job_title": "Cover", "staff_category": "teacher",
            "starts_on": "2026-09-01", "ends_on": "2026-11-30"});
        w.post("/v1/employments").by(&hr).json(short).send().await.expect(201);
        let starter = trust.someone(w).made().await;
        let late = json!({"person_id": starter.person.to_string(), "organisation_id": trust.other_school.to_string(), "job_title": "Teacher", "staff_category": "teacher",
            "starts_on": "2027-01-04"});
        w.post("/v1/employments").by(&hr).json(late).send().await.expect(201);
        hold(w, &hr, &inducted, "induction").await.expect(201);
        hold(w, &hr, &struggling, "capability").await.expect(201);
        let path = cycle(w, &trust, &hr, "england_academy_policy", YEAR).await;
        let (told, trial) = created(w, &path, &hr, "validate_only=true").await;
        assert_eq!(told, counts(3, 0, 4));
        assert_eq!(w.get("/v1/appraisals").by(&hr).send().await.items().len(), 0);
        let reasons = [&inducted, &struggling, &brief].map(|who| &of(&trial, who)["reason"]);
        assert_eq!(reasons, ["in_induction", "in_capability", "too_short"].map(|r| json!(r)).each_ref(), "each for its own reason");
        // whoever runs the cycle without being of HR or the headteacher cannot tell a hold from a short contract
        let (_, neutral) = created(w, &path, &admin, "validate_only=true").await;
        assert_eq!((&of(&neutral, &inducted)["reason"], &of(&neutral, &brief)["reason"]), (&json!("excluded_by_rules"), &json!("excluded_by_rules")));
        assert_eq!(of(&neutral, &struggling)["reason"], "excluded_by_rules");
        let same = |r: &Value| { let mut r = r.clone(); for f in ["employment_id", "person_id", "organisation_id"] { r[f] = Value::Null; } r };
        assert_eq!(same(of(&neutral, &inducted)), same(of(&neutral, &brief)));
        let (now, done) = created(w, &path, &admin, "").await;
        assert_eq!(now, told);
        assert_eq!(of(&done, &supporter)["reason"], "not_in_category");
        assert_eq!(of(&done, &teacher)["appraiser_ids"], json!([appraiser.person.to_string()]));
        let started = of(&done, &starter);
        assert_eq!((&started["starts_on"], &started["ends_on"]), (&json!("2027-01-04"), &json!("2027-08-31")));
        let seen = w.get(format!("/v1/appraisals?person_id={}", starter.person)).by(&hr).send().await.expect(200);
        let due = &seen.items()[0]["deadlines"][0];
        assert_eq!((&due["due_on"], &due["basis"], &due["rule_profile"]), (&json!("2027-02-01"), &json!("working"), &json!("england_academy_policy")));
        let head = w.get("/v1/changes?after=head").bearer(&w.key(&trust, &[trellis_domain::access::Permission::ReadChanges, trellis_domain::access::Permission::ReadAppraisals], None).await.2).send().await.body["next_cursor"].clone();
        let (again, _) = created(w, &path, &hr, "").await;
        assert_eq!(again, counts(0, 3, 4));
        let (_, _, key) = w.key(&trust, &[trellis_domain::access::Permission::ReadChanges, trellis_domain::access::Permission::ReadAppraisals], None).await;
        let since = w.get(format!("/v1/changes?after={}&types=appraisal", head.as_str().unwrap())).bearer(&key).send().await.expect(200);
        assert_eq!(since.items().len(), 0, "again leaves no event");
        // another cycle for the same days takes nobody twice
        let second = cycle(w, &trust, &hr, "england_academy_policy", ("2027-08-31", "2028-08-30")).await;
        let (_, clash) = created(w, &second, &hr, "").await;
        assert_eq!(of(&clash, &teacher)["reason"], "overlapping");
    }

    async fn an_appraisal_is_planned_by_who_appraises_and_every_step_says_what_is_missing(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let path = cycle(w, &trust, &hr, "england_maintained_2012", YEAR).await;
        w.create_appraisals(&path, &hr).await;
        let at = appraisal(w, &teacher).await;
        w.post(format!("{at}/start-planning")).by(&appraiser).send().await.problem(428, "if_match_required");
        step(w, &at, "start-planning", &teacher, None).await.problem(403, "not_permitted");
        step(w, &at, "start-planning", &appraiser, None).await.expect(200);
        step(w, &at, "start-planning", &appraiser, None).await.problem(409, "wrong_state");
        let objective = json!({"employment_id": teacher.employment.unwrap().to_string(), "cycle_id": path.rsplit('/').next().unwrap(), "kind": "practice", "title": "Questioning"});
        let draft = w.post("/v1/objectives").by(&teacher).json(objective).send().await.expect(201).id();
        // the appraiser knows nothing of a draft, and it is not in the way
        let before = step(w, &at, "start", &appraiser, None).await.problem(409, "not_ready");
        assert_eq!(before.pointers(), ["/standards_informed_on"]);
        let aim = format!("/v1/objectives/{draft}");
        w.post(format!("{aim}/propose")).by(&teacher).if_match("*").send().await.expect(200);
        let both = step(w, &at, "start", &appraiser, None).await.problem(409, "not_ready");
        assert_eq!(both.pointers(), ["/standards_informed_on", "/objectives"]);
        step(w, &at, "inform-standards", &appraiser, None).await.expect(200);
        let told = w.get(&at).by(&teacher).send().await.expect(200);
        assert_eq!(told.body["standards_informed_on"], "2026-10-05");
        assert_eq!(told.body["can"]["start"]["code"], "not_permitted");
        let etag = told.etag();
        assert_eq!(step(w, &at, "inform-standards", &appraiser, None).await.expect(200).etag(), etag, "again changes nothing");
        w.post(format!("{aim}/agree")).by(&appraiser).if_match("*").send().await.expect(200);
        assert!(w.get(&at).by(&appraiser).send().await.expect(200).can("start"));
        step(w, &at, "start", &appraiser, None).await.expect(200);
        step(w, &at, "start-self-review", &teacher, None).await.problem(409, "not_ready");
        let moved = json!({"kind": "review", "due_on": "2027-07-01", "reason": "Back in June"});
        step(w, &at, "move-deadline", &appraiser, Some(moved.clone())).await.problem(403, "not_permitted");
        let late = step(w, &at, "move-deadline", &head, Some(moved)).await.expect(200);
        assert_eq!(late.body["deadlines"][1]["reason"], "Back in June");
        step(w, &at, "move-deadline", &head, Some(json!({"kind": "review", "due_on": "2026-08-31", "reason": "No"}))).await.problem(422, "period_backwards");
        for name in ["start-monitoring", "open-review"] {
            w.post(format!("{path}/{name}")).by(&hr).send().await.expect(200);
        }
        step(w, &at, "start-self-review", &appraiser, None).await.problem(403, "not_permitted");
        step(w, &at, "start-self-review", &teacher, None).await.expect(200);
        step(w, &at, "start-assessment", &appraiser, None).await.expect(200);
        let history = w.get(format!("{at}/history")).by(&teacher).send().await.expect(200);
        assert_eq!(history.items()[0]["type"], "appraisal.assessment_started");
    }

    async fn deadlines_move_with_the_cycle_with_its_reason_but_not_where_somebody_set_them(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let (one, two) = (trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await, trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await);
        let resting = trust.someone(w).at(trust.other_school).appraised_by(&appraiser).made().await;
        let path = cycle(w, &trust, &hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, &hr).await;
        let (a, b, c) = (appraisal(w, &one).await, appraisal(w, &two).await, appraisal(w, &resting).await);
        step(w, &a, "start-planning", &appraiser, None).await.expect(200);
        step(w, &b, "move-deadline", &hr, Some(json!({"kind": "objectives", "due_on": "2026-12-01", "reason": "Jury service"}))).await.expect(200);
        step(w, &c, "suspend", &hr, Some(json!({"reason": "family_leave"}))).await.expect(200);
        let gone = trust.someone(w).at(trust.school).made().await;
        w.create_appraisals(&path, &hr).await;
        let d = appraisal(w, &gone).await;
        step(w, &d, "abandon", &hr, Some(json!({"reason": "R"}))).await.expect(200);
        let etags = async || {
            let mut out = Vec::new();
            for at in [&a, &b, &c, &d] {
                out.push(w.get(at).by(&hr).send().await.expect(200).etag());
            }
            out
        };
        let before = etags().await;
        let due = async |at: &str| {
            let seen = w.get(at).by(&hr).send().await.expect(200).body["deadlines"].clone();
            seen.as_array().unwrap().iter().map(|d| json!([d["due_on"], d["set_by"], d["reason"]])).collect::<Vec<_>>()
        };
        let move_to = async |body: Value| w.post(format!("{path}/move-due-dates")).by(&hr).json(body).send().await;
        let moved = json!({"objectives_due_on": "2026-11-13", "reason": "Half-term fell early this year"});
        move_to(moved.clone()).await.expect(200);
        let by_cycle = json!(["2026-11-13", "cycle", "Half-term fell early this year"]);
        let review = json!(["2027-08-31", "cycle", null]);
        assert_eq!(due(&a).await, [by_cycle.clone(), review.clone(), review.clone()]);
        assert_eq!(due(&b).await, [json!(["2026-12-01", "person", "Jury service"]), review.clone(), review.clone()]);
        assert_eq!(due(&c).await, [by_cycle, review.clone(), review.clone()], "what rests goes on with the new day");
        let after = etags().await;
        assert_eq!([0, 1, 2, 3].map(|i| before[i] != after[i]), [true, false, true, false]);
        let history = w.get(format!("{a}/history")).by(&one).send().await.expect(200);
        assert_eq!(history.items()[0]["type"], "appraisal.deadline_moved");
        assert_eq!(history.items()[0]["values"]["deadlines"]["after"][0]["reason"], "Half-term fell early this year");
        // the task follows, and the same days again change nothing
        let tasks = w.get("/v1/me/tasks").by(&one).send().await.expect(200);
        assert_eq!(tasks.items().iter().find(|t| t["kind"] == "set_objectives").unwrap()["due_on"], "2026-11-13");
        move_to(moved).await.expect(200);
        assert_eq!(etags().await, after);
    }

    async fn a_handover_keeps_who_appraised_and_takes_their_sight(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let first = trust.someone(w).at(trust.school).made().await;
        let second = trust.someone(w).at(trust.school).made().await;
        let stranger = trust.someone(w).at(trust.school).made().await;
        let leader = trust.someone(w).with(RoleName::TrustLeader, trust.root).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&first).made().await;
        w.appoint(&trust, RelationshipKind::LineManager, teacher.person, second.person).await;
        let path = cycle(w, &trust, &hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, &hr).await;
        let at = appraisal(w, &teacher).await;
        for (who, status) in [(&first, 200), (&teacher, 200), (&hr, 200), (&second, 404), (&stranger, 404), (&leader, 404)] {
            w.get(&at).by(who).send().await.expect(status);
            let listed = w.get(format!("/v1/appraisals?person_id={}", teacher.person)).by(who).send().await.expect(200);
            assert_eq!(listed.items().len(), usize::from(status == 200));
        }
        let assign = async |people: &[&Someone], by: &Someone| {
            let ids: Vec<String> = people.iter().map(|p| p.person.to_string()).collect();
            step(w, &at, "assign-appraisers", by, Some(json!({"appraiser_ids": ids}))).await
        };
        let refused = assign(&[&teacher, &stranger], &hr).await.problem(422, "self_appraisal");
        assert_eq!(refused.pointers(), ["/appraiser_ids/0", "/appraiser_ids/1"]);
        assign(&[&stranger], &hr).await.problem(422, "no_authority");
        assign(&[&second], &first).await.problem(403, "role_required");
        let after = assign(&[&second], &hr).await.expect(200);
        let terms = json!([
            {"person_id": first.person.to_string(), "from": "2026-10-05", "until": "2026-10-05"},
            {"person_id": second.person.to_string(), "from": "2026-10-05", "until": null},
        ]);
        assert_eq!(after.body["appraisers"], terms);
        w.get(&at).by(&first).send().await.problem(404, "not_found");
        w.get(&at).by(&second).send().await.expect(200);
        assert_eq!(w.get(format!("/v1/appraisals?appraiser_id={}", second.person)).by(&second).send().await.items().len(), 1);
        // HR has an appraisal too, and nobody of them arranges it
        let own = appraisal(w, &hr).await;
        let mine = w.get(&own).by(&hr).send().await.expect(200);
        assert_eq!(mine.body["can"]["suspend"]["code"], "not_for_yourself");
        step(w, &own, "suspend", &hr, Some(json!({"reason": "secondment"}))).await.problem(403, "not_for_yourself");
    }

    async fn a_headteacher_is_appraised_by_a_panel_as_the_regulations_have_it(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let deputy = trust.someone(w).at(trust.school).with(RoleName::Governor, trust.school).made().await;
        let chair = trust.someone(w).with(RoleName::Governor, trust.school).made().await;
        let second = trust.someone(w).with(RoleName::Governor, trust.root).made().await;
        let elsewhere = trust.someone(w).with(RoleName::Governor, trust.other_school).made().await;
        let head = trust.someone(w).at(trust.school).employed_as(StaffCategory::Headteacher).with(RoleName::Headteacher, trust.school).appraised_by(&deputy).made().await;
        let path = cycle(w, &trust, &hr, "england_maintained_2012", YEAR).await;
        let (_, report) = created(w, &path, &hr, "").await;
        assert_eq!(of(&report, &head)["appraiser_ids"], json!([]), "a panel is named by hand");
        let at = appraisal(w, &head).await;
        let assign = async |people: &[&Someone], adviser: Option<&str>, by: &Someone| {
            let ids: Vec<String> = people.iter().map(|p| p.person.to_string()).collect();
            step(w, &at, "assign-appraisers", by, Some(json!({"appraiser_ids": ids, "external_adviser": adviser}))).await
        };
        let adviser = Some("Dr Ilse Brandt, Northmoor Advisers");
        assert_eq!(assign(&[&chair], None, &hr).await.problem(422, "panel_rules").pointers(), ["/appraiser_ids", "/external_adviser"]);
        assert_eq!(assign(&[&chair, &deputy], adviser, &hr).await.problem(422, "panel_rules").pointers(), ["/appraiser_ids/1"]);
        assert_eq!(assign(&[&chair, &elsewhere], adviser, &hr).await.problem(422, "no_authority").pointers(), ["/appraiser_ids/1"]);
        assert_eq!(assign(&[&chair, &head], adviser, &hr).await.problem(422, "self_appraisal").pointers(), ["/appraiser_ids/1"]);
        assign(&[&chair, &second], adviser, &head).await.problem(403, "not_for_yourself");
        assign(&[&chair, &second], adviser, &hr).await.expect(200);
        step(w, &at, "start-planning", &second, None).await.expect(200);
        step(w, &at, "inform-standards", &chair, None).await.expect(200);
        assert_eq!(step(w, &at, "start", &chair, None).await.problem(409, "not_ready").pointers(), ["/adviser_consulted_on"]);
        step(w, &at, "consult-adviser", &chair, None).await.expect(200);
        step(w, &at, "start", &chair, None).await.expect(200);
    }

    async fn why_an_appraisal_rests_is_known_to_hr_and_the_headteacher_alone(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let head = trust.someone(w).with(RoleName::Headteacher, trust.school).made().await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let (one, two) = (trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await, trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await);
        let path = cycle(w, &trust, &hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, &hr).await;
        let (a, b) = (appraisal(w, &one).await, appraisal(w, &two).await);
        let next = cycle(w, &trust, &hr, "england_academy_policy", ("2027-09-01", "2028-08-31")).await;
        w.create_appraisals(&next, &hr).await;
        step(w, &a, "suspend", &appraiser, Some(json!({"reason": "capability"}))).await.problem(403, "not_permitted");
        step(w, &a, "suspend", &hr, Some(json!({"reason": "capability"}))).await.expect(200);
        step(w, &b, "suspend", &hr, Some(json!({"reason": "family_leave"}))).await.expect(200);
        // to whoever appraises, and in the log of a trust's administrator, the two look alike
        let alike = async |path: &str| {
            let mut out = Vec::new();
            for at in [&a, &b] {
                let text = w.get(format!("{at}{path}")).by(&appraiser).send().await.expect(200).text;
                assert!(!["capability", "family_leave"].iter().any(|reason| text.contains(reason)), "{text}");
                out.push(text);
            }
            out
        };
        let shown = alike("").await;
        assert!(shown.iter().all(|text| text.contains(r#""state":"suspended""#)));
        alike("/history").await;
        assert!(!w.get("/v1/changes").by(&admin).send().await.expect(200).text.contains("appraisal_hold"));
        for who in [&appraiser, &one, &admin] {
            w.get("/v1/appraisal-holds").by(who).send().await.problem(403, "role_required");
        }
        let known = w.get(format!("/v1/appraisal-holds?employment_id={}", one.employment.unwrap())).by(&head).send().await.expect(200);
        assert_eq!(known.items().iter().map(|h| h["reason"].clone()).collect::<Vec<_>>(), [json!("capability")]);
        hold(w, &hr, &hr, "induction").await.problem(403, "not_for_yourself");
        hold(w, &hr, &two, "induction").await.expect(201);
        hold(w, &hr, &two, "induction").await.problem(409, "overlapping_hold");
        // it goes on where it stood, for longer, and its hold ends; but not into the days of another
        w.later(chrono::TimeDelta::days(30));
        let hr = Someone { token: w.token(trust.id, &hr), ..hr };
        step(w, &a, "resume", &hr, Some(json!({"ends_on": "2027-09-01"}))).await.problem(409, "overlapping_appraisal");
        let on = step(w, &a, "resume", &hr, Some(json!({}))).await.expect(200);
        assert_eq!((&on.body["state"], &on.body["resumes_to"]), (&json!("created"), &Value::Null));
        let lifted = w.get(format!("/v1/appraisal-holds?employment_id={}", one.employment.unwrap())).by(&hr).send().await.expect(200);
        assert_eq!(lifted.items()[0]["ends_on"], "2026-11-03");
        step(w, &a, "abandon", &hr, Some(json!({"reason": "Left for another post"}))).await.expect(200);
        step(w, &a, "resume", &hr, Some(json!({}))).await.problem(409, "wrong_state");
    }

    async fn the_database_itself_keeps_live_appraisals_of_one_employment_apart(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let path = cycle(w, &trust, &hr, "england_academy_policy", YEAR).await;
        w.create_appraisals(&path, &hr).await;
        let at = appraisal(w, &teacher).await;
        let columns = "employment_id, person_id, organisation_id, cycle_id, staff_category, state, starts_on, ends_on, deadlines, version, created_at, updated_at";
        // as it is; and as a live one again, once it was given up
        let live = columns.replace(" state,", " 'created',");
        let again = format!("INSERT INTO appraisals (tenant_id, id, {columns}) SELECT tenant_id, employment_id, {live} FROM appraisals");
        let run = || {
            let (place, backend, sql) = (w.place.clone(), w.backend, again.clone());
            let ran = std::thread::spawn(move || match backend {
                Backend::Sqlite => sql_query(sql).execute(&mut SqliteConnection::establish(&place).unwrap()),
                Backend::Postgres => sql_query(sql).execute(&mut crate::feed::Postgres::establish(&place).unwrap()),
            });
            ran.join().unwrap().map_err(|e| e.to_string())
        };
        assert!(run().unwrap_err().contains("overlap"));
        step(w, &at, "abandon", &hr, Some(json!({"reason": "Once more from the beginning"}))).await.expect(200);
        assert_eq!(run(), Ok(1));
    }
}
