//! Every step that a machine does not allow, in every state, over HTTP. What is illegal comes from the machine itself: `from` of each of its actions. Whoever
//! asks is one whose step it would be, so that it is the state that refuses, and nothing is changed by it.

mod beside;

use crate::{reports::step, support::*};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use trellis_domain::{
    appraisal::{AppraisalAction as A, AppraisalState},
    conversation::{ConversationAction as C, ConversationState},
    cycle::{CycleAction as Y, CycleState},
    objective::{ObjectiveAction as O, ObjectiveState},
    request::{RequestAction as R, RequestState},
    role::RoleName,
    text::Wire,
};

/// How a step is asked for: what comes after the record's address (nothing for a change), by whom, with what.
struct Ask<'a>(&'static str, &'a Someone, Option<Value>);

/// Asks for what the record's state does not allow, and finds it refused and the record as it was.
async fn refuses(w: &World, at: &str, reader: &Someone, action: &str, ask: Ask<'_>) {
    refuses_by(w, at, reader, action, ask, (409, "wrong_state")).await;
}
/// The same, with how it is refused.
async fn refuses_by(w: &World, at: &str, reader: &Someone, action: &str, ask: Ask<'_>, (status, code): (u16, &str)) {
    let before = w.get(at).by(reader).send().await.expect(200).etag();
    let Ask(rest, by, body) = ask;
    let asking = match rest {
        "" => w.patch(at),
        "my-notes" => w.patch(format!("{at}/my-notes")),
        absolute if absolute.starts_with('/') => w.post(absolute),
        rest => w.post(format!("{at}/{rest}")),
    };
    let asking = if rest.starts_with('/') || ["actions", "notes", "comments"].contains(&rest) { asking.by(by) } else { asking.by(by).if_match("*") };
    let reply = match body {
        Some(body) => asking.json(body),
        None => asking,
    }
    .send()
    .await;
    assert_eq!((reply.status, reply.body["code"].as_str()), (status, Some(code)), "{action} of {at}: {}", reply.text);
    assert_eq!(w.get(at).by(reader).send().await.expect(200).etag(), before, "{action} of {at} changed it");
}

/// Where a record stands; each state that was met is noted.
async fn state<S: Wire + Copy + Ord>(w: &World, at: &str, reader: &Someone, met: &mut BTreeSet<S>) -> S {
    let found = S::parse(w.get(at).by(reader).send().await.expect(200).body["state"].as_str().unwrap()).unwrap();
    met.insert(found);
    found
}
fn id(at: &str) -> String {
    at.rsplit('/').next().unwrap().to_owned()
}
fn why() -> Option<Value> {
    Some(json!({"reason": "R"}))
}

/// A school with a cycle of its own.
struct School {
    trust: Trust,
    hr: Someone,
    appraiser: Someone,
    teachers: Vec<Someone>,
    cycle: String,
}
impl School {
    async fn made(w: &World, teachers: usize) -> Self {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let appraiser = trust.someone(w).at(trust.school).made().await;
        let mut all = Vec::new();
        for _ in 0..teachers {
            all.push(trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await);
        }
        let cycle = Self::cycle(w, &trust, &hr).await;
        Self { trust, hr, appraiser, teachers: all, cycle }
    }
    async fn cycle(w: &World, trust: &Trust, by: &Someone) -> String {
        let framework = w.get("/v1/framework-versions?key=teachers-standards").by(by).send().await.expect(200);
        let new = json!({
            "organisation_id": trust.root.to_string(), "name": "2026/27", "starts_on": "2026-09-01", "ends_on": "2027-08-31", "rule_profile": "england_academy_policy",
            "rule_profile_version": 1, "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-09", "report_due_on": "2027-10-31",
            "staff_categories": ["teacher"], "framework_version_ids": [framework.items()[0]["id"]],
        });
        format!("/v1/cycles/{}", w.post("/v1/cycles").by(by).json(new).send().await.expect(201).id())
    }
    async fn goes(&self, w: &World, steps: &[&str]) {
        for name in steps {
            w.post(format!("{}/{name}", self.cycle)).by(&self.hr).send().await.expect(200);
        }
    }
    async fn appraisal(&self, w: &World, of: &Someone) -> String {
        let found = w.get(format!("/v1/appraisals?person_id={}", of.person)).by(of).send().await.expect(200);
        format!("/v1/appraisals/{}", found.items()[0]["id"].as_str().unwrap())
    }
}

fn of_cycle(s: &School, action: Y) -> Ask<'_> {
    match action {
        Y::Update => Ask("", &s.hr, Some(json!({"name": "N"}))),
        Y::MoveDueDates => Ask("move-due-dates", &s.hr, Some(json!({"report_due_on": "2027-11-30", "reason": "R"}))),
        Y::CreateAppraisals => Ask("create-appraisals", &s.hr, None),
        Y::Publish => Ask("publish", &s.hr, None),
        Y::OpenPlanning => Ask("open-planning", &s.hr, None),
        Y::StartMonitoring => Ask("start-monitoring", &s.hr, None),
        Y::OpenReview => Ask("open-review", &s.hr, None),
        Y::StartClosing => Ask("start-closing", &s.hr, None),
        Y::Close => Ask("close", &s.hr, None),
        Y::Archive => Ask("archive", &s.hr, None),
        Y::Cancel => Ask("cancel", &s.hr, why()),
        Y::RollOver => Ask("roll-over", &s.hr, Some(json!({"name": "N"}))),
    }
}
async fn cycle_refuses(w: &World, s: &School, at: &str, met: &mut BTreeSet<CycleState>) {
    let now = state(w, at, &s.hr, met).await;
    for action in Y::ALL.iter().filter(|a| !a.from().contains(&now)) {
        refuses(w, at, &s.hr, &format!("{action} in {now}"), of_cycle(s, *action)).await;
    }
}

fn of_appraisal<'a>(s: &'a School, owner: &'a Someone, action: A) -> Ask<'a> {
    let (hr, by) = (&s.hr, &s.appraiser);
    match action {
        A::AssignAppraisers => Ask("assign-appraisers", hr, Some(json!({"appraiser_ids": [by.person.to_string()]}))),
        A::StartPlanning => Ask("start-planning", by, None),
        A::InformStandards => Ask("inform-standards", by, None),
        A::ConsultAdviser => Ask("consult-adviser", by, None),
        A::Start => Ask("start", by, None),
        A::StartSelfReview => Ask("start-self-review", owner, None),
        A::StartAssessment => Ask("start-assessment", by, None),
        A::IssueReport => Ask("issue-report", by, Some(json!({"draft_version": 1}))),
        A::Comment => Ask("comment", owner, Some(json!({"comment": "C"}))),
        A::Appeal => Ask("appeal", owner, Some(json!({"grounds": "G"}))),
        A::DecideAppeal => Ask("decide-appeal", hr, Some(json!({"outcome": "upheld", "decision": "D"}))),
        A::RecommendPay => Ask("recommend-pay", by, Some(json!({"outcome": "progress", "reasons": "R"}))),
        A::Complete => Ask("complete", hr, None),
        A::AmendReport => Ask("amend-report", by, Some(json!({"reason": "R", "changes": {"summary": "S"}}))),
        A::MoveDeadline => Ask("move-deadline", hr, Some(json!({"kind": "review", "due_on": "2027-07-01", "reason": "R"}))),
        A::Suspend => Ask("suspend", hr, Some(json!({"reason": "secondment"}))),
        A::Resume => Ask("resume", hr, Some(json!({}))),
        A::Transfer => Ask("transfer", hr, why()),
        A::Abandon => Ask("abandon", hr, why()),
    }
}
async fn appraisal_refuses(w: &World, s: &School, owner: &Someone, at: &str, met: &mut BTreeSet<AppraisalState>) {
    let now = state(w, at, owner, met).await;
    for action in A::ALL.iter().filter(|a| !a.from().contains(&now)) {
        refuses(w, at, owner, &format!("{action} in {now}"), of_appraisal(s, owner, *action)).await;
    }
}

/// Asked by the owner, who may do the most; the state is looked at before the side.
fn of_objective<'a>(s: &'a School, owner: &'a Someone, at: &str, action: O) -> Ask<'a> {
    let invitation = json!({"objective_id": id(at), "person_id": s.appraiser.person.to_string()});
    match action {
        O::Update => Ask("", owner, Some(json!({"title": "T"}))),
        O::Propose => Ask("propose", owner, None),
        O::Agree => Ask("agree", owner, None),
        O::SetWithDissent => Ask("set-with-dissent", owner, Some(json!({"dissent": "D"}))),
        O::Start => Ask("start", owner, None),
        O::Revise => Ask("revise", owner, Some(json!({"reason": "R", "changes": {"title": "T"}}))),
        O::Pause => Ask("pause", owner, why()),
        O::Resume => Ask("resume", owner, None),
        O::Review => Ask("review", owner, None),
        O::Close => Ask("close", owner, None),
        O::CarryOver => Ask("carry-over", owner, why()),
        O::Invite => Ask("/v1/collaborations", owner, Some(invitation)),
        O::AddNote => Ask("notes", owner, Some(json!({"text": "T"}))),
        O::Withdraw => Ask("withdraw", owner, why()),
    }
}
async fn objective_refuses(w: &World, s: &School, owner: &Someone, at: &str, met: &mut BTreeSet<ObjectiveState>) {
    let now = state(w, at, owner, met).await;
    for action in O::ALL.iter().filter(|a| !a.from().contains(&now)) {
        refuses(w, at, owner, &format!("{action} in {now}"), of_objective(s, owner, at, *action)).await;
    }
}

fn of_conversation<'a>(s: &'a School, own: &'a Someone, action: C) -> Ask<'a> {
    match action {
        C::Update => Ask("", own, Some(json!({"place": "P"}))),
        C::Prepare => Ask("prepare", own, None),
        C::WriteNotes => Ask("my-notes", own, Some(json!({"text": "T"}))),
        C::Share => Ask("share", own, None),
        C::Hold => Ask("hold", own, None),
        C::AddAction => Ask("actions", own, Some(json!({"title": "T", "owner_id": own.person.to_string()}))),
        C::RequestResponse => Ask("request-response", &s.appraiser, None),
        C::Respond => Ask("respond", own, Some(json!({"response": "R"}))),
        C::Complete => Ask("complete", own, Some(json!({"reason": "R"}))),
        C::Reopen => Ask("reopen", own, why()),
        C::Cancel => Ask("cancel", own, why()),
    }
}
async fn conversation_refuses(w: &World, s: &School, own: &Someone, at: &str, met: &mut BTreeSet<ConversationState>) {
    let now = state(w, at, own, met).await;
    for action in C::ALL.iter().filter(|a| !a.from().contains(&now)) {
        refuses(w, at, own, &format!("{action} in {now}"), of_conversation(s, own, *action)).await;
    }
}

/// Those of a learning request.
struct Desk {
    owner: Someone,
    manager: Someone,
    approver: Someone,
}
fn of_request(d: &Desk, action: R) -> Ask<'_> {
    let (own, manager, approver) = (&d.owner, &d.manager, &d.approver);
    match action {
        R::Update => Ask("", own, Some(json!({"title": "T"}))),
        R::PlanImpact => Ask("plan-impact", own, Some(plan())),
        R::Submit => Ask("submit", own, None),
        R::ManagerAgree => Ask("manager-agree", manager, Some(json!({}))),
        R::ManagerDecline => Ask("manager-decline", manager, why()),
        R::Approve => Ask("approve", approver, Some(json!({}))),
        R::Decline => Ask("decline", approver, why()),
        R::Return => Ask("return", approver, why()),
        R::Book => Ask("book", own, Some(json!({}))),
        R::RecordCost => Ask("record-cost", approver, Some(json!({"actual_cost_pence": 100}))),
        R::Attend => Ask("attend", own, None),
        R::Evaluate => Ask("evaluate", own, Some(json!({"evaluation": "E"}))),
        // it names a checkpoint, and there is one only once there is a plan
        R::RecordCheckpoint => Ask("", own, None),
        R::ReviewImpact => Ask("review-impact", own, Some(json!({"conclusion": "continue"}))),
        R::Close => Ask("close", own, None),
        R::Withdraw => Ask("withdraw", own, why()),
        R::Comment => Ask("comments", own, Some(json!({"text": "T"}))),
    }
}
fn plan() -> Value {
    let levels = json!({"reaction": "R", "learning": "L", "organisational_support": "O", "use_in_practice": "U", "pupil_outcomes": "P"});
    json!({"plan": levels, "checkpoints": [{"level": "use_in_practice", "after": 6, "unit": "weeks"}]})
}
async fn request_refuses(w: &World, d: &Desk, at: &str, met: &mut BTreeSet<RequestState>) {
    let now = state(w, at, &d.owner, met).await;
    for action in R::ALL.iter().filter(|a| !a.from().contains(&now) && **a != R::RecordCheckpoint) {
        let ask = of_request(d, *action);
        // what was never submitted is its owner's alone
        let unseen = w.get(at).by(ask.1).send().await.status == 404;
        assert!(!unseen || matches!(now, RequestState::Draft | RequestState::Withdrawn), "{now}");
        let how = if unseen { (404, "not_found") } else { (409, "wrong_state") };
        refuses_by(w, at, &d.owner, &format!("{action} in {now}"), ask, how).await;
    }
}

on_both! {
    async fn a_cycle_takes_no_step_that_its_state_does_not_allow(w: World) {
        let s = School::made(w, 0).await;
        let mut met = BTreeSet::new();
        cycle_refuses(w, &s, &s.cycle, &mut met).await;
        for name in ["publish", "open-planning", "start-monitoring", "open-review", "start-closing", "close", "archive"] {
            s.goes(w, &[name]).await;
            cycle_refuses(w, &s, &s.cycle, &mut met).await;
        }
        let other = School::cycle(w, &s.trust, &s.hr).await;
        step(w, &other, "cancel", &s.hr, why()).await.expect(200);
        cycle_refuses(w, &s, &other, &mut met).await;
        assert_eq!(met, CycleState::ALL.iter().copied().collect());
    }

    async fn an_appraisal_takes_no_step_that_its_state_does_not_allow(w: World) {
        let s = School::made(w, 3).await;
        s.goes(w, &["publish", "open-planning"]).await;
        w.create_appraisals(&s.cycle, &s.hr).await;
        s.goes(w, &["start-monitoring", "open-review"]).await;
        let mut met = BTreeSet::new();
        let (owner, by) = (&s.teachers[0], &s.appraiser);
        let at = s.appraisal(w, owner).await;
        appraisal_refuses(w, &s, owner, &at, &mut met).await;
        for name in ["start-planning", "inform-standards", "start"] {
            step(w, &at, name, by, None).await.expect(200);
            appraisal_refuses(w, &s, owner, &at, &mut met).await;
        }
        step(w, &at, "start-self-review", owner, None).await.expect(200);
        appraisal_refuses(w, &s, owner, &at, &mut met).await;
        step(w, &at, "start-assessment", by, None).await.expect(200);
        appraisal_refuses(w, &s, owner, &at, &mut met).await;
        let whole = json!({"standards_assessed": true, "learning": "L", "pay_relevant": false, "development_needs": [{"need": "N", "actions": [{"action": "A"}]}]});
        w.patch(format!("{at}/report-draft")).by(by).if_match("*").json(whole).send().await.expect(200);
        step(w, &at, "issue-report", by, Some(json!({"draft_version": 1}))).await.expect(200);
        appraisal_refuses(w, &s, owner, &at, &mut met).await;
        step(w, &at, "comment", owner, Some(json!({"comment": "C"}))).await.expect(200);
        step(w, &at, "complete", &s.hr, None).await.expect(200);
        appraisal_refuses(w, &s, owner, &at, &mut met).await;
        for (teacher, last, body) in [(&s.teachers[1], "transfer", why()), (&s.teachers[2], "abandon", why())] {
            let at = s.appraisal(w, teacher).await;
            step(w, &at, "suspend", &s.hr, Some(json!({"reason": "secondment"}))).await.expect(200);
            appraisal_refuses(w, &s, teacher, &at, &mut met).await;
            step(w, &at, last, &s.hr, body).await.expect(200);
            appraisal_refuses(w, &s, teacher, &at, &mut met).await;
        }
        assert_eq!(met, AppraisalState::ALL.iter().copied().collect());
    }

    async fn an_objective_takes_no_step_that_its_state_does_not_allow(w: World) {
        let s = School::made(w, 1).await;
        let (owner, by) = (&s.teachers[0], &s.appraiser);
        // of the kind that has a machine of its own beside it
        let inquiry = json!({"question": "What if?"});
        let new = json!({"employment_id": owner.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": "Talk", "inquiry": inquiry});
        let (mut met, mut stages) = (BTreeSet::new(), BTreeSet::new());
        // each way through the machine, as far as it goes
        let ways: [&[(&str, &Someone, Option<Value>)]; 4] = [
            &[("propose", owner, None), ("agree", by, None), ("start", owner, None), ("pause", owner, why()), ("resume", owner, None), ("review", by, None), ("close", owner, None)],
            &[("propose", owner, None), ("withdraw", owner, why())],
            &[("propose", owner, None), ("agree", by, None), ("carry-over", owner, why())],
            // the appraiser's own words, set in spite of the owner's dissent
            &[("set-with-dissent", by, Some(json!({"dissent": "D"})))],
        ];
        for (n, way) in ways.into_iter().enumerate() {
            let author = if n == 3 { by } else { owner };
            let at = format!("/v1/objectives/{}", w.post("/v1/objectives").by(author).json(new.clone()).send().await.expect(201).id());
            if n == 3 {
                step(w, &at, "propose", by, None).await.expect(200);
            }
            objective_refuses(w, &s, owner, &at, &mut met).await;
            beside::inquiry_refuses(w, owner, &at, &mut stages).await;
            for (name, who, body) in way {
                let went = step(w, &at, name, who, body.clone()).await;
                assert!(went.status < 300, "{name}: {}", went.text);
                objective_refuses(w, &s, owner, &at, &mut met).await;
                beside::inquiry_refuses(w, owner, &at, &mut stages).await;
            }
        }
        assert_eq!(met, ObjectiveState::ALL.iter().copied().collect());
    }

    async fn a_conversation_takes_no_step_that_its_state_does_not_allow(w: World) {
        let s = School::made(w, 1).await;
        let (own, by) = (&s.teachers[0], &s.appraiser);
        let new = json!({"employment_id": own.employment.unwrap().to_string(), "partner_id": by.person.to_string(), "kind": "check_in", "starts_at": "2026-10-12T15:30:00Z"});
        let mut met = BTreeSet::new();
        let held: &[(&str, &Someone, Option<Value>)] = &[
            ("prepare", own, None), ("share", own, None), ("hold", own, None), ("request-response", by, None), ("complete", own, why()), ("reopen", own, why()),
        ];
        for way in [held, &[("cancel", own, why())]] {
            let at = format!("/v1/conversations/{}", w.post("/v1/conversations").by(own).json(new.clone()).send().await.expect(201).id());
            conversation_refuses(w, &s, own, &at, &mut met).await;
            for (name, who, body) in way {
                step(w, &at, name, who, body.clone()).await.expect(200);
                conversation_refuses(w, &s, own, &at, &mut met).await;
            }
        }
        assert_eq!(met, ConversationState::ALL.iter().copied().collect());
    }

    async fn a_learning_request_takes_no_step_that_its_state_does_not_allow(w: World) {
        let s = crate::requests::staff(w).await;
        let mut d = Desk { owner: s.teacher.clone(), manager: s.manager.clone(), approver: s.approver.clone() };
        let mut met = BTreeSet::new();
        let refused = why();
        let ways: [&[(&str, char, Option<Value>)]; 4] = [
            &[("submit", 'o', None), ("manager-decline", 'm', refused.clone()), ("manager-agree", 'm', Some(json!({}))), ("decline", 'a', refused.clone()), ("return", 'a', refused.clone())],
            &[("withdraw", 'o', refused.clone())],
            &[("submit", 'o', None), ("manager-agree", 'm', Some(json!({}))), ("approve", 'a', Some(json!({}))), ("book", 'o', Some(json!({})))],
            &[("attend", 'o', None), ("evaluate", 'o', Some(json!({"evaluation": "E"}))), ("review-impact", 'o', Some(json!({"conclusion": "continue"}))), ("close", 'o', None)],
        ];
        let mut booked = String::new();
        for (n, way) in ways.into_iter().enumerate() {
            let new = json!({"title": "Writing", "why": "W", "starts_on": "2026-10-06", "ends_on": "2026-10-06"});
            let at = match n {
                3 => {
                    w.later(TimeDelta::days(2));
                    for who in [&mut d.owner, &mut d.manager, &mut d.approver] {
                        who.token = w.token(s.trust.id, who);
                    }
                    booked.clone()
                }
                _ => format!("/v1/learning-requests/{}", w.post("/v1/learning-requests").by(&d.owner).json(new).send().await.expect(201).id()),
            };
            request_refuses(w, &d, &at, &mut met).await;
            for (name, who, body) in way {
                let by = match who { 'o' => &d.owner, 'm' => &d.manager, _ => &d.approver };
                step(w, &at, name, by, body.clone()).await.expect(200);
                request_refuses(w, &d, &at, &mut met).await;
            }
            booked = at;
        }
        assert_eq!(met, RequestState::ALL.iter().copied().collect());
    }
}
