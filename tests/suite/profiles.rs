//! Rule profiles: shipped as data, made one's own by tightening, pinned by cycles.

use crate::{reports::step, support::*};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{employment::StaffCategory, role::RoleName};

fn rules() -> Value {
    json!({
        "minimum_employment_months": 4, "excluded_while": ["induction", "capability"], "period_months": 12, "mid_year_review_required": false,
        "headteacher_panel": {"min": 2, "max": 3, "staff_excluded": true, "external_adviser_required": true}, "keep_years": 6,
    })
}
fn profile(based_on: &str, rules: Value) -> Value {
    json!({"key": "ours", "name": "Ours", "legal_basis": "Our policy of July 2026", "based_on": based_on, "rules": rules})
}

/// In no dictionary: what is said in an appeal, and in the decision on it.
const SAID: &str = "Honorificabilitudinitatibus";

/// What the rules of a profile come to, counted from Monday 5 October 2026.
struct Counted {
    basis: &'static str,
    /// The first day for which a review can be announced, and the day before.
    announced: [&'static str; 2],
    /// The report's day, when the review was held on that first day.
    report: &'static str,
    /// The last days for a comment and an appeal, when the report is given on the day after that.
    comment: &'static str,
    appeal: &'static str,
}

/// A school with a calendar, in a cycle under these rules, whose reviews are being held.
struct School {
    trust: Trust,
    hr: Someone,
    head: Someone,
    chief: Someone,
    appraiser: Someone,
    teacher: Someone,
    calendar: String,
    cycle: String,
    /// The address of the teacher's appraisal, at work.
    at: String,
}
impl School {
    async fn under(w: &World, trust: Trust, key: &str, number: i32) -> Self {
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let head = trust.someone(w).at(trust.school).employed_as(StaffCategory::Headteacher).with(RoleName::Headteacher, trust.school).made().await;
        let chief = trust.someone(w).with(RoleName::TrustAdmin, trust.root).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).employed_as(StaffCategory::Leader).made().await;
        let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
        let terms = json!([{"starts_on": "2026-09-02", "ends_on": "2026-10-23"}, {"starts_on": "2026-11-02", "ends_on": "2026-12-18"}]);
        let calendar = json!({"organisation_id": trust.root.to_string(), "academic_year": 2026, "bank_holidays": "england_and_wales", "terms": terms});
        let calendar = w.post("/v1/calendars").by(&hr).json(calendar).send().await.expect(201).id();
        let framework = w.get("/v1/framework-versions?key=teachers-standards").by(&hr).send().await.expect(200);
        let new = json!({
            "organisation_id": trust.root.to_string(), "name": "2026/27", "starts_on": "2026-09-01", "ends_on": "2027-08-31", "rule_profile": key,
            "rule_profile_version": number, "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-09", "report_due_on": "2027-10-31",
            "staff_categories": ["teacher"], "framework_version_ids": [framework.items()[0]["id"]],
        });
        let cycle = format!("/v1/cycles/{}", w.post("/v1/cycles").by(&hr).json(new).send().await.expect(201).id());
        for name in ["publish", "open-planning"] {
            w.post(format!("{cycle}/{name}")).by(&hr).send().await.expect(200);
        }
        w.create_appraisals(&cycle, &hr).await;
        let found = w.get(format!("/v1/appraisals?person_id={}", teacher.person)).by(&teacher).send().await.expect(200);
        let at = format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap());
        for name in ["start-planning", "inform-standards", "start"] {
            step(w, &at, name, &appraiser, None).await.expect(200);
        }
        for name in ["start-monitoring", "open-review"] {
            w.post(format!("{cycle}/{name}")).by(&hr).send().await.expect(200);
        }
        Self { trust, hr, head, chief, appraiser, teacher, calendar, cycle, at }
    }
    /// Everybody again with a fresh token, so many days later.
    fn later(&mut self, w: &World, days: i64) {
        w.later(TimeDelta::days(days));
        for who in [&mut self.hr, &mut self.head, &mut self.chief, &mut self.appraiser, &mut self.teacher] {
            who.token = w.token(self.trust.id, who);
        }
    }
    fn review(&self, on: &str) -> Value {
        json!({"employment_id": self.teacher.employment.unwrap().to_string(), "partner_id": self.appraiser.person.to_string(), "kind": "annual_review",
            "appraisal_id": self.at.rsplit('/').next().unwrap(), "starts_at": format!("{on}T15:30:00Z")})
    }
    async fn announce(&self, w: &World, on: &str, by: &Someone) -> Reply {
        w.post("/v1/conversations").by(by).json(self.review(on)).send().await
    }
    async fn report_deadline(&self, w: &World) -> Value {
        let seen = w.get(&self.at).by(&self.teacher).send().await.expect(200);
        seen.body["deadlines"].as_array().unwrap().iter().find(|d| d["kind"] == "report").unwrap().clone()
    }
    async fn issued(&self, w: &World) -> Reply {
        let whole =
            json!({"standards_assessed": true, "learning": "L", "pay_relevant": false, "development_needs": [{"need": "N", "actions": [{"action": "A"}]}]});
        w.patch(format!("{}/report-draft", self.at)).by(&self.appraiser).if_match("*").json(whole).send().await.expect(200);
        step(w, &self.at, "issue-report", &self.appraiser, Some(json!({"draft_version": 1}))).await.expect(200)
    }
}
fn days_between(a: &str, b: &str) -> i64 {
    let day = |text: &str| text.parse::<chrono::NaiveDate>().unwrap();
    (day(b) - day(a)).num_days()
}
async fn task(w: &World, who: &Someone, kind: &str) -> Option<Value> {
    w.get("/v1/me/tasks?limit=200").by(who).send().await.expect(200).items().iter().find(|t| t["kind"] == kind).cloned()
}

/// Notice of the review, the report's day from it, the comment and the appeal: all by the numbers of the profile.
async fn follows_its_rules(w: &World, trust: Trust, key: &str, number: i32, c: Counted) {
    let mut s = School::under(w, trust, key, number).await;
    let [first, before] = c.announced;
    let late = s.announce(w, before, &s.appraiser).await.problem(422, "short_notice");
    assert!(late.pointers() == ["/starts_at"] && late.text.contains(first), "{}", late.text);
    // the notice is the appraisee's: they may set a nearer day, and the other may not move it to one
    let own = s.announce(w, "2026-10-06", &s.teacher).await.expect(201);
    let path = format!("/v1/conversations/{}", own.id());
    let to = |on: &str| json!({"starts_at": format!("{on}T09:00:00Z")});
    let moved = async |on: &str, by: &Someone| w.patch(&path).by(by).if_match("*").json(to(on)).send().await;
    moved(before, &s.appraiser).await.problem(422, "short_notice");
    moved("2026-10-06", &s.appraiser).await.expect(200);
    moved("2026-10-07", &s.teacher).await.expect(200);
    step(w, &path, "cancel", &s.teacher, Some(json!({"reason": "On another day"}))).await.expect(200);
    let review = format!("/v1/conversations/{}", s.announce(w, first, &s.appraiser).await.expect(201).id());
    let by_cycle = s.report_deadline(w).await;
    assert_eq!((&by_cycle["due_on"], &by_cycle["set_by"], &by_cycle["basis"]), (&json!("2027-10-31"), &json!("cycle"), &Value::Null));
    s.later(w, days_between("2026-10-05", first));
    step(w, &review, "hold", &s.appraiser, None).await.expect(200);
    let due = s.report_deadline(w).await;
    let calendars = if c.basis == "school" { json!([s.calendar]) } else { json!([]) };
    assert_eq!((&due["due_on"], &due["set_by"], &due["basis"], &due["calendar_ids"]), (&json!(c.report), &json!("rule"), &json!(c.basis), &calendars));
    assert_eq!((&due["rule_profile"], &due["rule_profile_version"], &due["reason"]), (&json!(key), &json!(number), &Value::Null));
    let history = w.get(format!("{}/history", s.at)).by(&s.teacher).send().await.expect(200);
    assert_eq!(history.items()[0]["type"], "appraisal.deadline_set");
    // moving the cycle's day does not move what was counted from the review
    let later = json!({"report_due_on": "2027-11-30", "reason": "A late Easter"});
    w.post(format!("{}/move-due-dates", s.cycle)).by(&s.hr).json(later).send().await.expect(200);
    assert_eq!(s.report_deadline(w).await, due);
    assert_eq!(task(w, &s.appraiser, "start_assessment").await.unwrap()["due_on"], c.report, "the day runs, whoever has looked back");
    step(w, &s.at, "start-assessment", &s.appraiser, None).await.expect(200);
    let write = task(w, &s.appraiser, "write_report").await.unwrap();
    assert_eq!((&write["due_on"], &write["overdue"], &write["rule"]["basis"]), (&json!(c.report), &json!(false), &json!(c.basis)));
    s.later(w, days_between(first, c.report) + 1);
    assert_eq!(task(w, &s.appraiser, "write_report").await.unwrap()["overdue"], true);
    let given = s.issued(w).await;
    assert_eq!((&given.body["comment_due_on"], &given.body["appeal_due_on"]), (&json!(c.comment), &json!(c.appeal)));
    // each says among the deadlines which rule made it, and the appeal's by which calendar
    let of = |kind: &str| given.body["deadlines"].as_array().unwrap().iter().find(|d| d["kind"] == kind).unwrap().clone();
    for (due, on) in [(of("comment"), c.comment), (of("appeal"), c.appeal)] {
        assert_eq!(
            (&due["due_on"], &due["set_by"], &due["rule_profile"], &due["rule_profile_version"]),
            (&json!(on), &json!("rule"), &json!(key), &json!(number))
        );
    }
    assert_eq!((&of("appeal")["basis"], &of("appeal")["calendar_ids"]), (&json!(c.basis), &calendars));
    appealed(w, &s).await;
}

async fn appealed(w: &World, s: &School) {
    let head = w.get("/v1/changes?after=head").by(&s.chief).send().await.expect(200).body["next_cursor"].as_str().unwrap().to_owned();
    let grounds = json!({"grounds": format!("{SAID}: the visit in May is not in it")});
    let refused = json!({"outcome": "dismissed", "decision": "D"});
    step(w, &s.at, "decide-appeal", &s.head, Some(refused.clone())).await.problem(409, "not_ready");
    step(w, &s.at, "appeal", &s.appraiser, Some(grounds.clone())).await.problem(403, "not_permitted");
    step(w, &s.at, "appeal", &s.teacher, Some(json!({"grounds": " "}))).await.problem(422, "contradictory_members");
    assert_eq!(task(w, &s.head, "decide_appeal").await, None);
    let appealed = step(w, &s.at, "appeal", &s.teacher, Some(grounds.clone())).await.expect(200);
    assert_eq!((&appealed.body["state"], &appealed.body["appeal_decided_on"]), (&json!("report_issued"), &Value::Null));
    assert!(appealed.body["appealed_on"].is_string());
    step(w, &s.at, "appeal", &s.teacher, Some(grounds)).await.problem(409, "already_said");
    // until it is decided nothing else is done with the report
    assert_eq!(step(w, &s.at, "complete", &s.head, None).await.problem(409, "not_ready").pointers(), ["/commented_on", "/appeal_decided_on"]);
    let amendment = json!({"reason": "The visit", "changes": {"summary": "With the visit in May"}});
    assert_eq!(step(w, &s.at, "amend-report", &s.appraiser, Some(amendment.clone())).await.problem(409, "not_ready").pointers(), ["/appeal_decided_on"]);
    assert_eq!(task(w, &s.head, "complete_appraisal").await, None);
    assert_eq!(task(w, &s.head, "decide_appeal").await.unwrap()["person_id"], s.teacher.person.to_string());
    assert_eq!(task(w, &s.appraiser, "decide_appeal").await, None);
    // what it says stands with the report, and reading it is recorded
    let id = s.at.rsplit('/').next().unwrap();
    let report = w.get(format!("/v1/appraisal-reports?appraisal_id={id}")).by(&s.teacher).send().await.expect(200).items()[0].clone();
    assert!(report["appealed_at"].is_string() && report["appeal_decided_at"].is_null() && report["version"] == 2);
    let report = format!("/v1/appraisal-reports/{}", report["id"].as_str().unwrap());
    let read = w.get(&report).by(&s.head).send().await.expect(200);
    assert!(read.body["appeal"]["grounds"].as_str().unwrap().starts_with(SAID) && read.body["appeal"]["outcome"].is_null(), "{}", read.text);
    let seen = w.get("/v1/me/disclosures").by(&s.teacher).send().await.expect(200);
    assert!(seen.items().iter().any(|d| d["reader_id"] == s.head.person.to_string()), "{}", seen.text);
    for who in [&s.appraiser, &s.teacher] {
        step(w, &s.at, "decide-appeal", who, Some(refused.clone())).await.problem(403, "not_permitted");
    }
    let decision = json!({"outcome": "upheld", "decision": format!("{SAID}: the visit is to be named")});
    step(w, &s.at, "decide-appeal", &s.head, Some(json!({"outcome": "upheld", "decision": ""}))).await.problem(422, "contradictory_members");
    let decided = step(w, &s.at, "decide-appeal", &s.head, Some(decision.clone())).await.expect(200);
    assert!(decided.body["appeal_decided_on"].is_string());
    step(w, &s.at, "decide-appeal", &s.hr, Some(decision)).await.problem(409, "not_ready");
    let read = w.get(&report).by(&s.teacher).send().await.expect(200);
    let appeal = &read.body["appeal"];
    assert_eq!((&appeal["outcome"], &appeal["decided_by"], &read.body["version"]), (&json!("upheld"), &json!(s.head.person.to_string()), &json!(3)));
    let page = w.get(format!("{}/statement", s.at)).by(&s.teacher).send().await.expect(200).text;
    assert!(page.contains("Appeal") && page.matches(SAID).count() == 2, "{page}");
    // not a word of it is in the log, and nobody changes it in the database either
    for path in [format!("{report}/history"), format!("{}/history", s.at), format!("/v1/changes?after={head}&include=record")] {
        let text = w.get(&path).by(&s.chief).send().await.expect(200).text;
        assert!(!text.contains(SAID) && text.contains("appeal"), "{path} {text}");
    }
    for sql in ["UPDATE report_appeals SET grounds = 'None'", "UPDATE report_appeals SET outcome = 'dismissed'"] {
        let changed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| crate::feed::past_the_server(w, sql)));
        assert!(changed.is_err(), "{sql}");
    }
    // the corrected report can be appealed against anew
    let amended = step(w, &s.at, "amend-report", &s.appraiser, Some(amendment)).await.expect(200);
    assert_eq!((&amended.body["appealed_on"], &amended.body["appeal_decided_on"]), (&Value::Null, &Value::Null));
    step(w, &s.at, "comment", &s.teacher, Some(json!({"comment": "Thank you"}))).await.expect(200);
    step(w, &s.at, "complete", &s.head, None).await.expect(200);
    step(w, &s.at, "appeal", &s.teacher, Some(json!({"grounds": "It was completed too early"}))).await.expect(200);
    assert!(task(w, &s.head, "decide_appeal").await.is_some(), "of what is complete too");
    step(w, &s.at, "decide-appeal", &s.hr, Some(json!({"outcome": "dismissed", "decision": "It was in time"}))).await.expect(200);
}

on_both! {
    async fn the_rules_of_wales_are_followed_by_the_schools_calendar(w: World) {
        let trust = w.trust("cwm").await;
        let c = Counted {
            basis: "school", announced: ["2026-10-19", "2026-10-16"], report: "2026-11-09", comment: "2026-11-24", appeal: "2026-11-24",
        };
        follows_its_rules(w, trust, "wales_2011", 1, c).await;
    }

    async fn a_nation_that_trellis_does_not_ship_is_loaded_and_followed(w: World) {
        let trust = w.trust("glen").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let shipped = w.get("/v1/rule-profiles").by(&admin).send().await.expect(200);
        let of = |key: &str| shipped.items().iter().find(|p| p["key"] == key).unwrap()["id"].as_str().unwrap().to_owned();
        let labels = json!({"appraisal": "Performance review and staff development", "appraiser": "Reviewer", "appraisee": "Reviewee", "objective": "Objective",
            "review": "PRSD meeting", "report": "Review statement", "standards": "Competences"});
        let rules = json!({
            "minimum_employment_months": 0, "excluded_while": ["induction"], "period_months": 12, "mid_year_review_required": false, "keep_years": 6,
            "review_notice": {"days": 5, "basis": "working"}, "report_within": {"days": 15, "basis": "working"},
            "comment_within": {"days": 5, "basis": "calendar"}, "appeal_within": {"days": 20, "basis": "working"},
        });
        let mut ours = json!({"key": "ni_prsd", "name": "PRSD", "legal_basis": "Performance Review and Staff Development, Northern Ireland", "nation": "northern_ireland",
            "based_on": of("wales_2011"), "labels": labels, "rules": rules});
        // the law of Wales is of Wales
        let refused = w.post("/v1/rule-profiles").by(&admin).json(ours.clone()).send().await.problem(422, "legal_minimum");
        assert!(!refused.pointers().is_empty(), "{}", refused.text);
        let kept = shipped.items().iter().find(|p| p["key"] == "wales_2011").unwrap()["rules"].clone();
        let mut as_wales = ours.clone();
        as_wales["rules"] = kept;
        assert_eq!(w.post("/v1/rule-profiles").by(&admin).json(as_wales).send().await.problem(422, "legal_minimum").pointers(), ["/nation"]);
        ours["based_on"] = json!(of("england_academy_policy"));
        let made = w.post("/v1/rule-profiles").by(&admin).json(ours).send().await.expect(201);
        assert_eq!((&made.body["nation"], &made.body["labels"]["report"]), (&json!("northern_ireland"), &json!("Review statement")));
        w.post(format!("/v1/rule-profiles/{}/publish", made.id())).by(&admin).send().await.expect(200);
        let c = Counted {
            basis: "working", announced: ["2026-10-12", "2026-10-09"], report: "2026-11-02", comment: "2026-11-08", appeal: "2026-12-01",
        };
        follows_its_rules(w, trust, "ni_prsd", 1, c).await;
    }

    async fn where_the_rules_give_no_notice_and_no_appeal_nothing_is_counted(w: World) {
        let trust = w.trust("loch").await;
        let mut s = School::under(w, trust, "scotland_prd", 1).await;
        let review = format!("/v1/conversations/{}", s.announce(w, "2026-10-06", &s.appraiser).await.expect(201).id());
        s.later(w, 1);
        step(w, &review, "hold", &s.appraiser, None).await.expect(200);
        let due = s.report_deadline(w).await;
        assert_eq!((&due["due_on"], &due["set_by"]), (&json!("2027-10-31"), &json!("cycle")));
        step(w, &s.at, "start-assessment", &s.appraiser, None).await.expect(200);
        let given = s.issued(w).await;
        assert_eq!(given.body["appeal_due_on"], Value::Null);
        let can = w.get(&s.at).by(&s.teacher).send().await.expect(200);
        assert_eq!(can.body["can"]["appeal"]["code"], "window_closed");
        step(w, &s.at, "appeal", &s.teacher, Some(json!({"grounds": "G"}))).await.problem(409, "window_closed");
    }

    async fn a_second_version_leaves_the_cycles_of_the_first_alone(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let academy = w.get("/v1/rule-profiles?key=england_academy_policy").by(&admin).send().await.expect(200).items()[0]["id"].as_str().unwrap().to_owned();
        let publish = async |notice: Value, within: Value| {
            let mut new = profile(&academy, rules());
            (new["rules"]["review_notice"], new["rules"]["report_within"]) = (notice, within);
            let made = w.post("/v1/rule-profiles").by(&admin).json(new).send().await.expect(201);
            w.post(format!("/v1/rule-profiles/{}/publish", made.id())).by(&admin).send().await.expect(200);
            made.body["number"].as_i64().unwrap()
        };
        assert_eq!(publish(Value::Null, json!({"days": 10, "basis": "working"})).await, 1);
        let mut s = School::under(w, trust, "ours", 1).await;
        let before = (w.get(&s.cycle).by(&s.hr).send().await.expect(200).etag(), w.get(&s.at).by(&s.teacher).send().await.expect(200).etag());
        assert_eq!(publish(json!({"days": 20, "basis": "calendar"}), json!({"days": 3, "basis": "calendar"})).await, 2);
        let after = (w.get(&s.cycle).by(&s.hr).send().await.expect(200).etag(), w.get(&s.at).by(&s.teacher).send().await.expect(200).etag());
        assert_eq!(after, before);
        // the notice and the report's day are those of the first
        let review = format!("/v1/conversations/{}", s.announce(w, "2026-10-06", &s.appraiser).await.expect(201).id());
        s.later(w, 1);
        step(w, &review, "hold", &s.appraiser, None).await.expect(200);
        let due = s.report_deadline(w).await;
        assert_eq!((&due["due_on"], &due["rule_profile_version"]), (&json!("2026-10-20"), &json!(1)));
    }

    async fn every_nation_is_data_and_says_what_it_calls_things(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let all = w.get("/v1/rule-profiles").by(&teacher).send().await.expect(200);
        let keys: Vec<&str> = all.items().iter().filter_map(|p| p["key"].as_str()).collect();
        assert_eq!(keys, ["england_maintained_2012", "england_academy_policy", "support_staff_policy", "wales_2011", "scotland_prd"]);
        let page = w.get("/v1/rule-profiles?limit=2").by(&teacher).send().await.expect(200);
        let next = page.body["next_cursor"].as_str().unwrap();
        let rest = w.get(format!("/v1/rule-profiles?limit=50&cursor={next}")).by(&teacher).send().await.expect(200);
        assert_eq!(rest.items(), &all.items()[2..]);
        let wales = w.get("/v1/rule-profiles?key=wales_2011").by(&teacher).send().await.expect(200);
        let wales = &wales.items()[0];
        assert_eq!(wales["labels"]["report"], "Appraisal statement");
        for rule in ["review_notice", "report_within", "comment_within", "appeal_within"] {
            assert_eq!(wales["rules"][rule], json!({"days": 10, "basis": "school"}), "{rule}");
        }
        let one = w.get(format!("/v1/rule-profiles/{}", wales["id"].as_str().unwrap())).by(&teacher).send().await.expect(200);
        assert_eq!(one.body["rules"], wales["rules"]);
        assert!(!one.can("publish"));
    }

    async fn what_the_law_fixes_is_tightened_and_every_loosening_is_named(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let shipped = w.get("/v1/rule-profiles").by(&admin).send().await.expect(200);
        let maintained = shipped.items()[0]["id"].as_str().unwrap().to_owned();
        let post = async |body: Value| w.post("/v1/rule-profiles").by(&admin).json(body).send().await;
        let mut loose = rules();
        loose["minimum_employment_months"] = json!(12);
        loose["excluded_while"] = json!(["induction"]);
        loose["headteacher_panel"]["max"] = Value::Null;
        let refused = post(profile(&maintained, loose)).await.problem(422, "legal_minimum");
        assert_eq!(refused.pointers(), ["/rules/minimum_employment_months", "/rules/excluded_while", "/rules/headteacher_panel"]);
        let mut crossed = rules();
        crossed["minimum_objectives"] = json!(4);
        crossed["maximum_objectives"] = json!(3);
        crossed["report_due"] = json!({"month": 2, "day": 30});
        assert_eq!(post(profile(&maintained, crossed)).await.problem(422, "contradictory_rules").pointers(), ["/rules/maximum_objectives", "/rules/report_due/day"]);
        let mut taken = profile(&maintained, rules());
        taken["key"] = json!("wales_2011");
        post(taken).await.problem(409, "duplicate");
        w.post("/v1/rule-profiles").by(&hr).json(profile(&maintained, rules())).send().await.problem(403, "role_required");

        let first = post(profile(&maintained, rules())).await.expect(201);
        assert_eq!((&first.body["number"], &first.body["state"], &first.body["nation"]), (&json!(1), &json!("draft"), &json!("england")));
        post(profile(&first.id(), rules())).await.problem(422, "unknown_reference");
        let at = format!("/v1/rule-profiles/{}", first.id());
        w.post(format!("{at}/publish")).by(&admin).send().await.expect(200);
        w.post(format!("{at}/publish")).by(&admin).send().await.problem(409, "published");
        // the law at the beginning of the line holds for whatever is made from it
        let mut later = rules();
        later["excluded_while"] = json!([]);
        assert_eq!(post(profile(&first.id(), later)).await.problem(422, "legal_minimum").pointers(), ["/rules/excluded_while"]);
        let mut tighter = rules();
        tighter["minimum_employment_months"] = json!(1);
        assert_eq!(post(profile(&first.id(), tighter)).await.expect(201).body["number"], 2);
    }

    async fn a_cycle_pins_a_published_version(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let academy = w.get("/v1/rule-profiles?key=england_academy_policy").by(&admin).send().await.expect(200);
        let academy = academy.items()[0]["id"].as_str().unwrap().to_owned();
        let own = w.post("/v1/rule-profiles").by(&admin).json(profile(&academy, rules())).send().await.expect(201);
        let cycle = |key: &str, number: i32| json!({"organisation_id": trust.root.to_string(), "name": "2026/27", "rule_profile": key, "rule_profile_version": number});
        let post = async |body: Value| w.post("/v1/cycles").by(&admin).json(body).send().await;
        assert_eq!(post(cycle("ours", 1)).await.problem(422, "unknown_profile").pointers(), ["/rule_profile"]);
        w.post(format!("/v1/rule-profiles/{}/publish", own.id())).by(&admin).send().await.expect(200);
        post(cycle("ours", 1)).await.expect(201);
        post(cycle("ours", 2)).await.problem(422, "unknown_profile");
        let other = w.trust("harbour").await;
        let theirs = other.someone(w).with(RoleName::TrustAdmin, other.root).made().await;
        let elsewhere = json!({"organisation_id": other.root.to_string(), "name": "2026/27", "rule_profile": "ours", "rule_profile_version": 1});
        w.post("/v1/cycles").by(&theirs).json(elsewhere).send().await.problem(422, "unknown_profile");
        w.get(format!("/v1/rule-profiles/{}", own.id())).by(&theirs).send().await.problem(404, "not_found");
    }
}
