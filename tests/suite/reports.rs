//! Reports: written in silence, issued whole, never changed, answered by the appraisee.

use crate::{
    concurrency::{Shot, all_at_once},
    feed::past_the_server,
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{employment::StaffCategory, relationship::RelationshipKind, role::RoleName};

/// A school at the end of its year.
pub struct Office {
    pub trust: Trust,
    pub hr: Someone,
    pub head: Someone,
    pub appraiser: Someone,
    pub teacher: Someone,
    /// Follows the whole trust, and is of HR.
    pub chief: Someone,
    pub cycle: String,
    /// The address of the teacher's appraisal, whose assessment is being written.
    pub at: String,
    pub objective: String,
    /// An objective that the teacher has drafted, and not yet proposed.
    pub late: String,
}

/// In no dictionary: what the report says.
pub const SAID: &str = "Quizzaciously";

pub async fn step(w: &World, at: &str, name: &str, by: &Someone, body: Option<Value>) -> Reply {
    let asking = w.post(format!("{at}/{name}")).by(by).if_match("*");
    match body {
        Some(body) => asking.json(body),
        None => asking,
    }
    .send()
    .await
}
pub async fn done(w: &World, at: &str, steps: &[(&str, &Someone)]) {
    for (name, by) in steps {
        step(w, at, name, by, None).await.expect(200);
    }
}
pub async fn appraisal(w: &World, who: &Someone) -> String {
    let found = w.get(format!("/v1/appraisals?person_id={}", who.person)).by(who).send().await.expect(200);
    format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap())
}
/// A cycle of the whole trust whose planning is open.
async fn cycle(w: &World, trust: &Trust, by: &Someone, profile: &str) -> String {
    let framework = w.get("/v1/framework-versions?key=teachers-standards").by(by).send().await.expect(200);
    let new = json!({
        "organisation_id": trust.root.to_string(), "name": "Appraisal", "starts_on": "2026-09-01", "ends_on": "2027-08-31", "rule_profile": profile,
        "rule_profile_version": 1, "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-09", "report_due_on": "2027-10-31",
        "staff_categories": ["teacher", "leader", "headteacher"], "framework_version_ids": [framework.items()[0]["id"]],
    });
    let path = format!("/v1/cycles/{}", w.post("/v1/cycles").by(by).json(new).send().await.expect(201).id());
    for step in ["publish", "open-planning"] {
        w.post(format!("{path}/{step}")).by(by).send().await.expect(200);
    }
    path
}

pub async fn office(w: &World, profile: &str) -> Office {
    office_in(w, w.trust("beacon").await, profile).await
}
/// The same in a trust that there is, which can have rules of its own.
pub async fn office_in(w: &World, trust: Trust, profile: &str) -> Office {
    let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
    let head = trust.someone(w).at(trust.school).employed_as(StaffCategory::Headteacher).with(RoleName::Headteacher, trust.school).made().await;
    let chief = trust.someone(w).with(RoleName::TrustAdmin, trust.root).with(RoleName::Hr, trust.root).made().await;
    let appraiser = trust.someone(w).named("Niamh", "O'Rourke").at(trust.school).made().await;
    let teacher = trust.someone(w).named("Amina", "Okoro <b>").at(trust.school).appraised_by(&appraiser).made().await;
    let cycle = cycle(w, &trust, &hr, profile).await;
    w.create_appraisals(&cycle, &hr).await;
    let at = appraisal(w, &teacher).await;
    let new =
        json!({"employment_id": teacher.employment.unwrap().to_string(), "cycle_id": cycle.rsplit('/').next().unwrap(), "kind": "practice", "title": "Talk"});
    let objective = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id();
    let aim = format!("/v1/objectives/{objective}");
    step(w, &aim, "propose", &teacher, None).await.expect(200);
    step(w, &aim, "agree", &appraiser, None).await.expect(200);
    done(w, &at, &[("start-planning", &appraiser), ("inform-standards", &appraiser), ("start", &appraiser)]).await;
    let second =
        json!({"employment_id": teacher.employment.unwrap().to_string(), "cycle_id": cycle.rsplit('/').next().unwrap(), "kind": "practice", "title": "Late"});
    let late = format!("/v1/objectives/{}", w.post("/v1/objectives").by(&teacher).json(second).send().await.expect(201).id());
    let learned =
        json!({"employment_id": teacher.employment.unwrap().to_string(), "title": "Shared", "kind": "course", "started_on": "2026-09-10", "minutes": 90});
    let record = w.post("/v1/learning-records").by(&teacher).json(learned.clone()).send().await.expect(201).id();
    step(w, &format!("/v1/learning-records/{record}"), "share", &teacher, None).await.expect(200);
    let mut private = learned;
    private["title"] = json!("Kept");
    w.post("/v1/learning-records").by(&teacher).json(private).send().await.expect(201);
    for name in ["start-monitoring", "open-review"] {
        w.post(format!("{cycle}/{name}")).by(&hr).send().await.expect(200);
    }
    done(w, &at, &[("start-self-review", &teacher), ("start-assessment", &appraiser)]).await;
    Office { trust, hr, head, appraiser, teacher, chief, cycle, at, objective, late }
}

/// All that must be there.
pub fn whole(o: &Office) -> Value {
    json!({
        "standards_assessed": true, "objectives": [{"objective_id": o.objective, "assessment": format!("{SAID} done <script>alert(1)</script>")}],
        "learning": format!("{SAID} learned & shared"), "pay_relevant": false,
        "development_needs": [{"need": "To plan talk", "actions": [{"action": "Visit Curlew", "due_on": "2027-11-26"}]}],
    })
}
pub async fn draft(w: &World, o: &Office, body: Value) -> Reply {
    w.patch(format!("{}/report-draft", o.at)).by(&o.appraiser).if_match("*").json(body).send().await
}
pub async fn issue(w: &World, o: &Office, version: i64) -> Reply {
    step(w, &o.at, "issue-report", &o.appraiser, Some(json!({"draft_version": version}))).await
}
/// The report is issued; its id.
pub async fn issued(w: &World, o: &Office) -> String {
    draft(w, o, whole(o)).await.expect(200);
    issue(w, o, 1).await.expect(200);
    let id = o.at.rsplit('/').next().unwrap();
    let found = w.get(format!("/v1/appraisal-reports?appraisal_id={id}")).by(&o.teacher).send().await.expect(200);
    found.items().last().unwrap()["id"].as_str().unwrap().to_owned()
}
async fn allowed(w: &World, operation: &str, id: &str, by: &Someone) -> bool {
    let question = json!({"operation_id": operation, "record_id": id});
    w.post("/v1/me/permissions/explain").by(by).json(question).send().await.expect(200).body["allowed"] == true
}
/// The same school, once the clock was moved.
fn fresh(w: &World, o: Office) -> Office {
    let token = |who: &Someone| later(w, &o, who);
    let (hr, head, appraiser, teacher, chief) = (token(&o.hr), token(&o.head), token(&o.appraiser), token(&o.teacher), token(&o.chief));
    Office { hr, head, appraiser, teacher, chief, ..o }
}
/// The same person, with a fresh token once the clock was moved.
fn later(w: &World, o: &Office, who: &Someone) -> Someone {
    Someone { token: w.token(o.trust.id, who), ..who.clone() }
}

on_both! {
    async fn a_report_is_written_in_silence_from_what_is_there(w: World) {
        let o = office(w, "england_maintained_2012").await;
        let (id, at) = (o.at.rsplit('/').next().unwrap(), format!("{}/report-draft", o.at));
        let empty = w.get(&at).by(&o.appraiser).send().await.expect(200);
        assert_eq!((empty.etag(), &empty.body["version"]), ("\"0\"".into(), &json!(0)));
        assert_eq!(empty.body["standards"].as_array().unwrap().len(), 9);
        assert_eq!((&empty.body["objectives"][0]["title"], &empty.body["objectives"][0]["state"]), (&json!("Talk"), &json!("agreed")));
        let learned: Vec<&Value> = empty.body["learning_records"].as_array().unwrap().iter().map(|l| &l["title"]).collect();
        assert_eq!(learned, ["Shared"], "what is private stays private");
        let lacks: Vec<&Value> = empty.body["missing"].as_array().unwrap().iter().map(|m| &m["pointer"]).collect();
        assert_eq!(lacks, ["/standards_assessed", "/objectives/0/assessment", "/learning", "/development_needs", "/pay_relevant"]);
        w.patch(&at).by(&o.appraiser).json(json!({"summary": "S"})).send().await.problem(428, "if_match_required");
        let unknown = json!({"objectives": [{"objective_id": o.trust.root.to_string()}], "concerns": [{"concern": "C", "raised_on": "2027-01-01"}]});
        assert_eq!(draft(w, &o, unknown).await.problem(422, "unknown_reference").pointers(), ["/objectives/0/objective_id", "/concerns/0/raised_on"]);
        let appraisal = w.get(&o.at).by(&o.teacher).send().await.expect(200).etag();
        let head = w.get("/v1/changes?after=head").by(&o.chief).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
        let once = w.patch(&at).by(&o.appraiser).if_match("\"0\"").json(json!({"summary": SAID})).send().await.expect(200);
        assert_eq!(once.etag(), "\"1\"");
        assert_eq!(draft(w, &o, json!({"summary": SAID})).await.expect(200).etag(), "\"1\"", "the same again changes nothing");
        let stale = w.patch(&at).by(&o.appraiser).if_match("\"0\"").json(json!({"learning": "L"})).send().await.problem(412, "stale");
        assert!(stale.body["changed"].as_array().unwrap().contains(&json!("summary")), "{}", stale.text);
        assert!(!stale.text.contains(SAID));
        // an objective that is agreed meanwhile joins it
        step(w, &o.late, "propose", &o.teacher, None).await.expect(200);
        assert_eq!(w.get(&at).by(&o.appraiser).send().await.expect(200).body["objectives"].as_array().unwrap().len(), 1);
        step(w, &o.late, "agree", &o.appraiser, None).await.expect(200);
        assert_eq!(w.get(&at).by(&o.appraiser).send().await.expect(200).body["objectives"].as_array().unwrap().len(), 2);
        // to everybody else nothing is being written
        let admin = o.trust.someone(w).with(RoleName::SchoolAdmin, o.trust.root).made().await;
        let lead = o.trust.someone(w).with(RoleName::LearningLead, o.trust.root).made().await;
        for who in [&o.teacher, &o.head, &o.hr, &o.chief, &admin, &lead] {
            let nothing = w.get(format!("/v1/appraisals/{}/report-draft", o.trust.root)).by(who).send().await.problem(404, "not_found");
            alike(&w.get(&at).by(who).send().await, &nothing);
            w.patch(&at).by(who).if_match("*").json(json!({"summary": "S"})).send().await.problem(404, "not_found");
            w.get(format!("{}/statement", o.at)).by(who).send().await.problem(404, "not_found");
            assert_eq!(w.get(format!("/v1/appraisal-reports?appraisal_id={id}")).by(who).send().await.expect(200).items().len(), 0);
            assert!(!allowed(w, "get_report_draft", id, who).await && !allowed(w, "update_report_draft", id, who).await && !allowed(w, "get_statement", id, who).await);
        }
        assert!(allowed(w, "update_report_draft", id, &o.appraiser).await);
        for path in [o.at.clone(), format!("{}/history", o.at)] {
            for who in [&o.teacher, &o.head, &o.hr] {
                let text = w.get(&path).by(who).send().await.expect(200).text;
                assert!(!text.contains(SAID) && !text.contains("report_draft"), "{text}");
            }
        }
        assert_eq!(w.get(&o.at).by(&o.teacher).send().await.expect(200).etag(), appraisal);
        for include in ["", "&include=record"] {
            let feed = w.get(format!("/v1/changes?after={head}{include}")).by(&o.chief).send().await.expect(200);
            assert!(!feed.text.contains(SAID) && !feed.text.contains("report_draft"), "{}", feed.text);
        }
    }

    async fn a_report_is_issued_whole_or_everything_that_is_missing_is_named(w: World) {
        let o = office(w, "england_academy_policy").await;
        draft(w, &o, json!({"concerns": [{"concern": "Late marking", "raised_on": "2026-10-05"}], "development_needs": [{"need": "N", "actions": []}]})).await.expect(200);
        let refused = issue(w, &o, 1).await.problem(409, "not_ready");
        assert_eq!(refused.pointers(), ["/standards_assessed", "/objectives/0/assessment", "/learning", "/development_needs/0/actions",
            "/concerns/0/raised_on", "/concerns/0/said", "/concerns/0/support", "/pay_relevant"]);
        let can = w.get(&o.at).by(&o.appraiser).send().await.expect(200);
        assert_eq!(can.body["can"]["issue_report"]["code"], "not_ready");
        // nobody else is told what it lacks
        for who in [&o.teacher, &o.head, &o.hr] {
            assert_eq!(w.get(&o.at).by(who).send().await.expect(200).body["can"]["issue_report"]["code"], "not_permitted");
            step(w, &o.at, "issue-report", who, Some(json!({"draft_version": 1}))).await.problem(403, "not_permitted");
        }
        // that it was raised is believed only if it is on record that they met, and was so before today
        let appraisal = o.at.rsplit('/').next().unwrap();
        let meet = async |o: &Office, kind: &str, of: Value, day: &str| {
            let new = json!({"employment_id": o.teacher.employment.unwrap().to_string(), "partner_id": o.appraiser.person.to_string(), "kind": kind, "appraisal_id": of, "starts_at": format!("{day}T15:30:00Z")});
            let id = w.post("/v1/conversations").by(&o.appraiser).json(new).send().await.expect(201).id();
            format!("/v1/conversations/{id}")
        };
        let mut complete = whole(&o);
        complete["concerns"] = json!([{"concern": "Late marking", "raised_on": "2026-09-28", "said": "Two sets were three weeks late", "support": "A free period on Fridays"}]);
        let lacks = async |o: &Office, body: Value| {
            let read = draft(w, o, body).await.expect(200);
            read.body["missing"].as_array().unwrap().iter().map(|m| m["pointer"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(lacks(&o, complete.clone()).await, ["/concerns/0/raised_on"]);
        let told = json!({"concerns": [{"concern": "Late marking", "told_on": "2026-10-05"}]});
        assert_eq!(lacks(&o, told.clone()).await, ["/concerns/0/told_on"], "to say that one told them is not enough");
        let (said, coached) = (meet(&o, "check_in", json!(appraisal), "2026-09-28").await, meet(&o, "check_in", Value::Null, "2026-09-28").await);
        step(w, &coached, "hold", &o.teacher, None).await.expect(200);
        assert_eq!(lacks(&o, complete.clone()).await, ["/concerns/0/raised_on"], "what stands in the development lane is nobody's evidence");
        step(w, &said, "hold", &o.teacher, None).await.expect(200);
        assert_eq!(lacks(&o, complete.clone()).await, ["/concerns/0/raised_on"], "it is noted only today");
        assert_eq!(lacks(&o, told).await, [] as [&str; 0], "they met today");
        // somebody's own note tells nobody else; the appraiser's tells them
        w.later(TimeDelta::days(1));
        let o = fresh(w, o);
        let on = |day: &str| json!({"concerns": [{"concern": "Late marking", "told_on": day}]});
        assert_eq!(lacks(&o, on("2026-10-06")).await, ["/concerns/0/told_on"]);
        w.post(format!("/v1/objectives/{}/notes", o.objective)).by(&o.teacher).json(json!({"text": "I know"})).send().await.expect(201);
        assert_eq!(lacks(&o, on("2026-10-06")).await, ["/concerns/0/told_on"]);
        w.post(format!("/v1/objectives/{}/notes", o.objective)).by(&o.appraiser).json(json!({"text": "Two sets were late"})).send().await.expect(201);
        assert_eq!(lacks(&o, on("2026-10-06")).await, [] as [&str; 0]);
        let written = draft(w, &o, complete.clone()).await.expect(200);
        assert_eq!(written.body["missing"], json!([]), "the meeting is on record since yesterday");
        let version = written.body["version"].as_i64().unwrap();
        // what is issued is what was read: somebody may have written meanwhile
        let stale = issue(w, &o, 1).await.problem(412, "stale");
        assert!(stale.body["changed"].as_array().unwrap().contains(&json!("concerns")), "{}", stale.text);
        step(w, &o.at, "comment", &o.teacher, Some(json!({"comment": "Too early"}))).await.problem(409, "wrong_state");
        let given = issue(w, &o, version).await.expect(200);
        assert_eq!((&given.body["state"], &given.body["report_issued_on"], &given.body["comment_due_on"]), (&json!("report_issued"), &json!("2026-10-06"), &json!("2026-10-20")));
        issue(w, &o, version).await.problem(409, "wrong_state");
        let asked = w.get("/v1/me/tasks").by(&o.teacher).send().await.expect(200);
        let comment = asked.items().iter().find(|t| t["kind"] == "comment_on_report").cloned().unwrap_or_default();
        assert_eq!((&comment["due_on"], &comment["rule"]["rule_profile"]), (&json!("2026-10-20"), &json!("england_academy_policy")), "{}", asked.text);
        assert_eq!(comment["rule"]["basis"], "calendar");
        assert!(!asked.text.contains(SAID) && w.get(comment["href"].as_str().unwrap()).by(&o.teacher).send().await.expect(200).can("comment"));
        w.get(format!("{}/report-draft", o.at)).by(&o.appraiser).send().await.problem(404, "not_found");
        let list = w.get("/v1/appraisal-reports").by(&o.teacher).send().await.expect(200);
        let report = w.get(format!("/v1/appraisal-reports/{}", list.items()[0]["id"].as_str().unwrap())).by(&o.teacher).send().await.expect(200);
        let said = &report.body["content"];
        assert_eq!((&said["pay_relevant"], &said["learning_records"][0]["title"]), (&json!(false), &json!("Shared")));
        assert_eq!(said["concerns"][0]["support"], "A free period on Fridays");
        assert_eq!((&report.body["number"], &report.body["reason"], &report.body["comment"]), (&json!(1), &Value::Null, &Value::Null));
        // the log keeps the digest and not a word
        let history = w.get(format!("/v1/appraisal-reports/{}/history", report.id())).by(&o.teacher).send().await.expect(200);
        assert_eq!(history.items()[0]["values"]["content_hash"]["after"], report.body["content_hash"]);
        let feed = w.get("/v1/changes?types=appraisal_report&include=record").by(&o.chief).send().await.expect(200);
        assert_eq!(feed.items()[0]["record"]["value"]["content_hash"], report.body["content_hash"]);
        for text in [&history.text, &feed.text, &list.text] {
            assert!(!text.contains(SAID) && !text.contains("Late marking"), "{text}");
        }
    }

    async fn what_was_issued_never_changes_and_a_correction_is_another_version(w: World) {
        let o = office(w, "england_academy_policy").await;
        let first = issued(w, &o).await;
        let path = format!("/v1/appraisal-reports/{first}");
        let before = w.get(&path).by(&o.teacher).send().await.expect(200);
        w.patch(&path).by(&o.appraiser).if_match("*").json(json!({"content": {}})).send().await.problem(405, "method_not_allowed");
        let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| past_the_server(w, "UPDATE appraisal_reports SET content = '{}'")));
        assert!(refused.is_err(), "the database itself refuses");
        let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| past_the_server(w, "UPDATE appraisal_reports SET reason = 'Another'")));
        assert!(refused.is_err());
        let needs = async || {
            let list = w.get(format!("/v1/development-needs?person_id={}", o.teacher.person)).by(&o.teacher).send().await.expect(200);
            list.items().iter().map(|n| (n["need"].as_str().unwrap().to_owned(), n["state"].as_str().unwrap().to_owned(), n["id"].clone())).collect::<Vec<_>>()
        };
        let kept = needs().await[0].2.clone();
        let amend = async |by: &Someone, reason: &str, changes: Value| step(w, &o.at, "amend-report", by, Some(json!({"reason": reason, "changes": changes}))).await;
        amend(&o.teacher, "Mine", json!({"summary": "S"})).await.problem(403, "not_permitted");
        amend(&o.hr, "Ours", json!({"summary": "S"})).await.problem(403, "not_permitted");
        amend(&o.appraiser, "Nothing", json!({"pay_relevant": false})).await.problem(409, "no_correction");
        assert_eq!(amend(&o.appraiser, "Less", json!({"development_needs": []})).await.problem(409, "not_ready").pointers(), ["/development_needs"]);
        let talk = json!({"need": "To plan talk", "actions": [{"action": "Visit Curlew", "due_on": "2027-11-26"}]});
        let more = json!({"need": "To lead a group", "actions": [{"action": "The trust's course"}]});
        let second = amend(&o.appraiser, "A need was left out", json!({"development_needs": [talk, more]})).await.expect(200);
        assert_eq!(second.body["state"], "report_issued");
        assert_eq!(needs().await.iter().map(|(need, state, _)| (need.as_str(), state.as_str())).collect::<Vec<_>>(), [("To plan talk", "open"), ("To lead a group", "open")]);
        assert_eq!(needs().await[0].2, kept, "what is named again is the same need");
        amend(&o.appraiser, "One is of the other", json!({"development_needs": [more]})).await.expect(200);
        assert_eq!(needs().await.iter().map(|(_, state, _)| state.as_str()).collect::<Vec<_>>(), ["withdrawn", "open"]);
        let again = w.get(&path).by(&o.teacher).send().await.expect(200);
        assert_eq!((&again.body, again.etag()), (&before.body, before.etag()));
        let all = w.get(format!("/v1/appraisal-reports?person_id={}", o.teacher.person)).by(&o.teacher).send().await.expect(200);
        assert_eq!(all.items().iter().map(|r| r["number"].clone()).collect::<Vec<_>>(), [json!(1), json!(2), json!(3)]);
        let last = w.get(format!("/v1/appraisal-reports/{}", all.items()[2]["id"].as_str().unwrap())).by(&o.teacher).send().await.expect(200);
        assert_eq!((&last.body["reason"], &last.body["content"]["learning"]), (&json!("One is of the other"), &before.body["content"]["learning"]));
        // the reason for a correction is the report's, and not for who reads needs
        let lead = o.trust.someone(w).with(RoleName::LearningLead, o.trust.root).made().await;
        let read = w.get(format!("/v1/development-needs?person_id={}", o.teacher.person)).by(&lead).send().await.expect(200);
        assert!(!read.text.contains("One is of the other") && !read.text.contains("report"), "{}", read.text);
    }

    async fn the_appraisee_has_the_last_word_once_and_in_time(w: World) {
        let o = office(w, "england_academy_policy").await;
        let report = issued(w, &o).await;
        step(w, &o.at, "comment", &o.appraiser, Some(json!({"comment": "Mine"}))).await.problem(403, "not_permitted");
        assert_eq!(step(w, &o.at, "complete", &o.head, None).await.problem(409, "not_ready").pointers(), ["/commented_on"]);
        step(w, &o.at, "complete", &o.appraiser, None).await.problem(403, "not_permitted");
        step(w, &o.at, "comment", &o.teacher, Some(json!({"comment": "  "}))).await.problem(422, "contradictory_members");
        w.later(TimeDelta::days(14));
        let (teacher, head) = (later(w, &o, &o.teacher), later(w, &o, &o.head));
        step(w, &o.at, "comment", &teacher, Some(json!({"comment": format!("{SAID}, I think")}))).await.expect(200);
        step(w, &o.at, "comment", &teacher, Some(json!({"comment": "And another"}))).await.problem(409, "already_said");
        let refused = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| past_the_server(w, "UPDATE report_comments SET comment = 'Fine'")));
        assert!(refused.is_err());
        let read = w.get(format!("/v1/appraisal-reports/{report}")).by(&teacher).send().await.expect(200);
        assert_eq!((read.etag(), &read.body["comment"]), ("\"2\"".into(), &json!(format!("{SAID}, I think"))));
        let kinds = async |who: &Someone| {
            let found = w.get("/v1/me/tasks").by(who).send().await.expect(200);
            found.items().iter().filter_map(|t| t["kind"].as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        assert!(kinds(&head).await.contains(&"complete_appraisal".to_owned()) && !kinds(&teacher).await.contains(&"comment_on_report".to_owned()));
        let done = step(w, &o.at, "complete", &head, None).await.expect(200);
        assert!(!kinds(&head).await.contains(&"complete_appraisal".to_owned()));
        assert_eq!((&done.body["state"], &done.body["completed_on"]), (&json!("completed"), &json!("2026-10-19")));
        for refused in ["complete", "issue-report", "comment", "start-assessment", "suspend"] {
            let (body, by) = match refused {
                "issue-report" => (Some(json!({"draft_version": 1})), &o.appraiser),
                "comment" => (Some(json!({"comment": "C"})), &o.teacher),
                "suspend" => (Some(json!({"reason": "secondment"})), &o.hr),
                "complete" => (None, &o.head),
                _ => (None, &o.appraiser),
            };
            step(w, &o.at, refused, &later(w, &o, by), body).await.problem(409, "wrong_state");
        }
    }

    async fn a_window_that_is_over_lets_it_be_completed_without_a_word(w: World) {
        let o = office(w, "england_maintained_2012").await;
        issued(w, &o).await;
        w.later(TimeDelta::days(15));
        let (teacher, hr) = (later(w, &o, &o.teacher), later(w, &o, &o.hr));
        let late = step(w, &o.at, "comment", &teacher, Some(json!({"comment": "Too late"}))).await.problem(409, "window_closed");
        assert!(late.text.contains("2026-10-19"), "{}", late.text);
        step(w, &o.at, "complete", &hr, None).await.expect(200);
    }

    async fn two_who_issue_at_once_are_one(w: World) {
        let o = office(w, "england_academy_policy").await;
        draft(w, &o, whole(&o)).await.expect(200);
        let etag = w.get(&o.at).by(&o.appraiser).send().await.expect(200).etag();
        let shot = |etag: &str| Shot::post(format!("{}/issue-report", o.at), &o.appraiser.token).with("if-match", etag).json(json!({"draft_version": 1}));
        let answers = all_at_once(w, vec![shot(&etag), shot(&etag), shot("*"), shot("*")]);
        let won = answers.iter().filter(|(status, _)| *status == 200).count();
        let lost = answers.iter().filter(|(status, _)| matches!(status, 409 | 412)).count();
        assert_eq!((won, lost), (1, 3), "{answers:?}");
        assert_eq!(w.get("/v1/appraisal-reports").by(&o.teacher).send().await.expect(200).items().len(), 1);
        assert_eq!(w.get("/v1/development-needs").by(&o.teacher).send().await.expect(200).items().len(), 1);
    }

    async fn who_wrote_a_report_does_not_decide_the_appeal_against_it(w: World) {
        let o = office(w, "wales_2011").await;
        w.appoint(&o.trust, RelationshipKind::LineManager, o.teacher.person, o.chief.person).await;
        let appraised_by = async |people: &[&Someone]| {
            let ids: Vec<String> = people.iter().map(|p| p.person.to_string()).collect();
            step(w, &o.at, "assign-appraisers", &o.hr, Some(json!({"appraiser_ids": ids}))).await.expect(200)
        };
        let decision = || Some(json!({"outcome": "dismissed", "decision": "D"}));
        appraised_by(&[&o.head, &o.chief]).await;
        w.patch(format!("{}/report-draft", o.at)).by(&o.head).if_match("*").json(whole(&o)).send().await.expect(200);
        step(w, &o.at, "issue-report", &o.head, Some(json!({"draft_version": 1}))).await.expect(200);
        step(w, &o.at, "appeal", &o.teacher, Some(json!({"grounds": "G"}))).await.expect(200);
        step(w, &o.at, "decide-appeal", &o.head, decision()).await.problem(403, "not_permitted");
        // both hand it over on the same day: who issued it, and who appraised with them
        appraised_by(&[&o.appraiser]).await;
        let asked = async |who: &Someone| {
            let tasks = w.get("/v1/me/tasks?limit=200").by(who).send().await.expect(200);
            tasks.items().iter().any(|t| t["kind"] == "decide_appeal")
        };
        let refused = async |o: &Office| {
            let id = o.at.rsplit('/').next().unwrap();
            for who in [&o.head, &o.chief] {
                step(w, &o.at, "decide-appeal", who, decision()).await.problem(403, "not_for_yourself");
                let seen = w.get(&o.at).by(who).send().await.expect(200);
                assert_eq!(seen.body["can"]["decide_appeal"]["code"], "not_for_yourself", "{}", seen.text);
                assert_eq!((allowed(w, "decide_appeal", id, who).await, asked(who).await), (false, false));
            }
            assert_eq!((allowed(w, "decide_appeal", id, &o.hr).await, asked(&o.hr).await), (true, true));
        };
        refused(&o).await;
        w.later(TimeDelta::days(3));
        let o = fresh(w, o);
        refused(&o).await;
        step(w, &o.at, "decide-appeal", &o.hr, decision()).await.expect(200);
        // a correction by another does not make it another's report
        let amendment = json!({"reason": "A name", "changes": {"summary": "S"}});
        step(w, &o.at, "amend-report", &o.appraiser, Some(amendment)).await.expect(200);
        step(w, &o.at, "appeal", &o.teacher, Some(json!({"grounds": "G"}))).await.expect(200);
        refused(&o).await;
    }

    async fn who_leaves_has_a_closing_report(w: World) {
        let o = office(w, "england_academy_policy").await;
        let leaver = o.trust.someone(w).at(o.trust.other_school).appraised_by(&o.appraiser).made().await;
        w.post(format!("{}/create-appraisals", o.cycle)).by(&o.hr).send().await.problem(409, "wrong_state");
        let year = cycle(w, &o.trust, &o.hr, "england_academy_policy").await;
        w.create_appraisals(&year, &o.hr).await;
        let at = appraisal(w, &leaver).await;
        done(w, &at, &[("start-planning", &o.appraiser), ("inform-standards", &o.appraiser), ("start", &o.appraiser)]).await;
        step(w, &at, "start-assessment", &o.appraiser, None).await.problem(409, "not_ready");
        for (title, on) in [("While there", "2026-09-20"), ("Afterwards", "2026-10-05")] {
            let new = json!({"employment_id": leaver.employment.unwrap().to_string(), "title": title, "kind": "course", "started_on": on, "minutes": 90});
            let record = w.post("/v1/learning-records").by(&leaver).json(new).send().await.expect(201).id();
            step(w, &format!("/v1/learning-records/{record}"), "share", &leaver, None).await.expect(200);
        }
        let job = format!("/v1/employments/{}", leaver.employment.unwrap());
        w.patch(job).by(&o.hr).if_match("*").json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        step(w, &at, "start-assessment", &o.appraiser, None).await.expect(200);
        let words = json!({"standards_assessed": true, "no_learning_because": "She left within the term", "pay_relevant": false,
            "development_needs": [{"need": "N", "actions": [{"action": "A"}]}]});
        w.patch(format!("{at}/report-draft")).by(&o.appraiser).if_match("*").json(words).send().await.expect(200);
        step(w, &at, "issue-report", &o.appraiser, Some(json!({"draft_version": 1}))).await.expect(200);
        let page = w.get(format!("{at}/statement")).by(&leaver).send().await.expect(200);
        assert!(page.text.contains("She left within the term"), "{}", page.text);
        // it is of the days that she worked
        let id = at.rsplit('/').next().unwrap();
        let report = w.get(format!("/v1/appraisal-reports?appraisal_id={id}")).by(&leaver).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let said = w.get(format!("/v1/appraisal-reports/{report}")).by(&leaver).send().await.expect(200).body["content"].clone();
        assert_eq!((&said["starts_on"], &said["ends_on"]), (&json!("2026-09-01"), &json!("2026-10-04")));
        let learned: Vec<&Value> = said["learning_records"].as_array().unwrap().iter().map(|l| &l["title"]).collect();
        assert_eq!(learned, ["While there"]);
    }

    async fn a_report_rests_with_its_appraisal_and_goes_with_its_appraiser(w: World) {
        let o = office(w, "england_academy_policy").await;
        draft(w, &o, whole(&o)).await.expect(200);
        step(w, &o.at, "suspend", &o.hr, Some(json!({"reason": "family_leave"}))).await.expect(200);
        let rests = w.get(format!("{}/report-draft", o.at)).by(&o.appraiser).send().await.expect(200);
        assert_eq!(rests.body["can"]["update"]["code"], "wrong_state");
        draft(w, &o, json!({"summary": "S"})).await.problem(409, "wrong_state");
        step(w, &o.at, "resume", &o.hr, Some(json!({}))).await.expect(200);
        let again = || w.patch(format!("{}/report-draft", o.at)).by(&o.appraiser).if_match("*").header("idempotency-key", "words").json(json!({"summary": SAID})).send();
        assert!(again().await.expect(200).text.contains(SAID));
        let next = o.trust.someone(w).at(o.trust.school).made().await;
        w.appoint(&o.trust, RelationshipKind::Appraiser, o.teacher.person, next.person).await;
        step(w, &o.at, "assign-appraisers", &o.hr, Some(json!({"appraiser_ids": [next.person.to_string()]}))).await.expect(200);
        draft(w, &o, json!({"summary": "S"})).await.problem(404, "not_found");
        again().await.problem(404, "not_found");
        let taken_over = w.get(format!("{}/report-draft", o.at)).by(&next).send().await.expect(200);
        assert!(taken_over.text.contains(SAID), "what was written is not lost");
        step(w, &o.at, "issue-report", &next, Some(json!({"draft_version": 2}))).await.expect(200);
    }

    async fn a_statement_is_a_page_of_its_own_and_runs_nothing(w: World) {
        let o = office(w, "england_maintained_2012").await;
        w.get(format!("{}/statement", o.at)).by(&o.teacher).send().await.problem(404, "not_found");
        issued(w, &o).await;
        let page = w.get(format!("{}/statement", o.at)).by(&o.teacher).header("accept", "text/html").send().await.expect(200);
        assert_eq!(page.headers["content-type"], "text/html; charset=utf-8");
        assert!(page.headers["content-security-policy"].starts_with("default-src 'none'"));
        let text = &page.text;
        assert!(!text.contains("<script") && text.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && text.contains("Okoro &lt;b&gt;"), "{text}");
        assert!(text.contains(r#"<html lang="en-GB">"#) && text.contains("@media print") && !text.contains("http://") && !text.contains("https://"), "{text}");
        // learning comes first
        let place = |title: &str| text.find(title).unwrap_or_else(|| panic!("no {title}: {text}"));
        let order = ["Professional learning</h2>", "Objectives</h2>", "Development needs", "Standards</h2>", "Concerns</h2>", "Pay</h2>", "comment</h2>"].map(place);
        assert!(order.is_sorted(), "{order:?}");
        assert!(text.contains("TS1 ") && text.contains("1 h 30 min") && text.contains("26 November 2027") && text.contains("SI 2012/115"), "{text}");
    }

    async fn a_statement_is_kept_as_a_pdf_that_is_tagged_and_runs_nothing(w: World) {
        let o = office(w, "england_maintained_2012").await;
        issued(w, &o).await;
        let ask = |accept: &'static str| w.get(format!("{}/statement", o.at)).by(&o.teacher).header("accept", accept);
        let html = ask("text/html").send().await.expect(200);
        for accept in ["application/pdf", "text/html;q=0.5, application/pdf", "application/json, application/pdf, */*;q=0.1"] {
            let pdf = ask(accept).send().await.expect(200);
            assert_eq!((pdf.headers["content-type"].as_str(), &pdf.headers["etag"]), ("application/pdf", &html.headers["etag"]));
            assert_eq!((pdf.headers["vary"].as_str(), pdf.headers["cache-control"].as_str()), ("Accept, Authorization, Origin", "no-store"));
            assert!(pdf.headers["content-security-policy"].starts_with("default-src 'none'"));
            // the words stand compressed on its pages; what names it and tags it does not
            assert!(pdf.text.starts_with("%PDF-1.7") && pdf.text.contains("/Lang(en-GB)") && pdf.text.contains("/S/H1"), "{}", pdf.text);
            assert!(pdf.text.contains("/S/Table") && !pdf.text.contains("/JavaScript") && !pdf.text.contains("/URI"));
        }
        for accept in ["*/*", "text/html, application/pdf;q=0.9", "text/*", "application/pdf;q=0.3, text/html"] {
            assert_eq!(ask(accept).send().await.expect(200).headers["content-type"], "text/html; charset=utf-8");
        }
        // a reading is a reading, whatever its form
        ask("application/pdf").send().await.expect(200);
        let head = |accept| w.get(format!("{}/statement", o.at)).by(&o.head).header("accept", accept);
        let seen = async || w.get("/v1/me/disclosures").by(&o.teacher).send().await.expect(200).items().len();
        let before = seen().await;
        head("application/pdf").send().await.expect(200);
        assert_eq!(seen().await, before + 1);
    }
}
