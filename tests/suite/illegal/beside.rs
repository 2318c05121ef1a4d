//! The smaller machines: what stands beside appraisals, objectives and conversations.

use super::{Ask, School, id, refuses, refuses_by, state, why};
use crate::{
    reports::{draft, issue, office, step, whole},
    support::*,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use trellis_domain::{
    agreed_action::{AgreedActionState, AgreedActionStep as G},
    inquiry::{InquiryAction as I, InquiryStage},
    objective::{
        ObjectiveState,
        collaboration::{CollaborationAction as L, CollaborationState},
    },
    pay::{PayAction as P, PayState},
    profile::HoldReason,
    text::Wire,
};

/// Of a growth inquiry: at its stage, in the objective's state.
pub async fn inquiry_refuses(w: &World, owner: &Someone, at: &str, met: &mut BTreeSet<InquiryStage>) {
    let now = state::<ObjectiveState>(w, at, owner, &mut BTreeSet::new()).await;
    let standing = w.get(format!("{at}/inquiry")).by(owner).send().await.expect(200);
    let stage = InquiryStage::parse(standing.body["stage"].as_str().unwrap()).unwrap();
    met.insert(stage);
    for action in I::ALL.iter().filter(|a| !a.while_in().contains(&now) || !a.from().contains(&stage)) {
        let (rest, body, code) = match (action, stage) {
            (I::Abandon, _) => ("abandon-inquiry", json!({"learned": "L"}), "wrong_state"),
            (I::PublishFinding, InquiryStage::Shared) => ("publish-finding", finding(), "duplicate"),
            (I::PublishFinding, _) => ("publish-finding", finding(), "not_ready"),
        };
        refuses_by(w, at, owner, &format!("{action} at {stage} in {now}"), Ask(rest, owner, Some(body)), (409, code)).await;
    }
}
fn finding() -> Value {
    json!({"publish_to": "school", "named": true, "title": "T", "question": "Q", "finding": "F"})
}

async fn collaboration_refuses(w: &World, (owner, colleague): (&Someone, &Someone), at: &str, met: &mut BTreeSet<CollaborationState>) {
    let now = state(w, at, owner, met).await;
    for action in L::ALL.iter().filter(|a| !a.from().contains(&now)) {
        let (rest, by) = match action {
            L::Accept => ("accept", colleague),
            L::Decline => ("decline", colleague),
            L::Leave => ("leave", colleague),
            L::End => ("end", owner),
        };
        // whoever takes part no more does not know of it
        let unseen = *action != L::End && !now.live();
        let how = if unseen { (404, "not_found") } else { (409, "wrong_state") };
        refuses_by(w, at, owner, &format!("{action} in {now}"), Ask(rest, by, None), how).await;
    }
}

async fn action_refuses(w: &World, own: &Someone, at: &str, met: &mut BTreeSet<AgreedActionState>) {
    let now = state(w, at, own, met).await;
    for action in G::ALL.iter().filter(|a| !a.from().contains(&now)) {
        let ask = match action {
            G::Update => Ask("", own, Some(json!({"title": "Another"}))),
            G::Finish => Ask("finish", own, None),
            G::Drop => Ask("drop", own, why()),
            G::Reopen => Ask("reopen", own, None),
        };
        refuses(w, at, own, &format!("{action} in {now}"), ask).await;
    }
}

async fn pay_refuses(w: &World, (appraiser, head): (&Someone, &Someone), at: &str, met: &mut BTreeSet<PayState>) {
    let now = state(w, at, appraiser, met).await;
    for action in P::ALL.iter().filter(|a| !a.from().contains(&now)) {
        let ask = match action {
            P::Update => Ask("", appraiser, Some(json!({"outcome": "other"}))),
            P::Withdraw => Ask("withdraw", appraiser, None),
            P::Decide => Ask("decide", head, Some(json!({"verdict": "accepted", "decision": "D"}))),
        };
        refuses(w, at, appraiser, &format!("{action} in {now}"), ask).await;
    }
}

on_both! {
    async fn a_growth_inquiry_takes_no_step_that_its_stage_does_not_allow(w: World) {
        let s = School::made(w, 1).await;
        let (owner, by) = (&s.teachers[0], &s.appraiser);
        let mut met = BTreeSet::new();
        let begun = async || {
            let inquiry = json!({"question": "What if?"});
            let new = json!({"employment_id": owner.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": "Talk", "inquiry": inquiry});
            format!("/v1/objectives/{}", w.post("/v1/objectives").by(owner).json(new).send().await.expect(201).id())
        };
        let agreed = async |at: &str| {
            step(w, at, "propose", owner, None).await.expect(200);
            step(w, at, "agree", by, None).await.expect(200);
        };
        // from the question to the finding, and published
        let at = begun().await;
        inquiry_refuses(w, owner, &at, &mut met).await;
        for stage in ["current_practice", "change_tried", "evidence", "finding"] {
            w.patch(&at).by(owner).if_match("*").json(json!({"inquiry": {stage: "So"}})).send().await.expect(200);
            inquiry_refuses(w, owner, &at, &mut met).await;
        }
        agreed(&at).await;
        inquiry_refuses(w, owner, &at, &mut met).await;
        step(w, &at, "publish-finding", owner, Some(finding())).await.expect(201);
        inquiry_refuses(w, owner, &at, &mut met).await;
        // and given up
        let at = begun().await;
        agreed(&at).await;
        step(w, &at, "abandon-inquiry", owner, Some(json!({"learned": "L"}))).await.expect(200);
        inquiry_refuses(w, owner, &at, &mut met).await;
        assert_eq!(met, InquiryStage::ALL.iter().copied().collect());
    }

    async fn a_collaboration_takes_no_step_that_its_state_does_not_allow(w: World) {
        let s = School::made(w, 1).await;
        let owner = &s.teachers[0];
        let colleague = s.trust.someone(w).at(s.trust.school).made().await;
        let mut met = BTreeSet::new();
        let ways: [&[(&str, &Someone)]; 3] = [&[("accept", &colleague), ("leave", &colleague)], &[("decline", &colleague)], &[("end", owner)]];
        for way in ways {
            let new = json!({"employment_id": owner.employment.unwrap().to_string(), "kind": "practice", "title": "Talk"});
            let objective = format!("/v1/objectives/{}", w.post("/v1/objectives").by(owner).json(new).send().await.expect(201).id());
            step(w, &objective, "propose", owner, None).await.expect(200);
            let invitation = json!({"objective_id": id(&objective), "person_id": colleague.person.to_string()});
            let at = format!("/v1/collaborations/{}", w.post("/v1/collaborations").by(owner).json(invitation).send().await.expect(201).id());
            collaboration_refuses(w, (owner, &colleague), &at, &mut met).await;
            for (name, who) in way {
                step(w, &at, name, who, None).await.expect(200);
                collaboration_refuses(w, (owner, &colleague), &at, &mut met).await;
            }
        }
        assert_eq!(met, CollaborationState::ALL.iter().copied().collect());
    }

    async fn an_agreed_action_takes_no_step_that_its_state_does_not_allow(w: World) {
        let s = School::made(w, 1).await;
        let (own, by) = (&s.teachers[0], &s.appraiser);
        let new = json!({"employment_id": own.employment.unwrap().to_string(), "partner_id": by.person.to_string(), "kind": "check_in", "starts_at": "2026-10-12T15:30:00Z"});
        let talk = format!("/v1/conversations/{}", w.post("/v1/conversations").by(own).json(new).send().await.expect(201).id());
        let action = json!({"title": "Visit", "owner_id": own.person.to_string()});
        let at = format!("/v1/agreed-actions/{}", w.post(format!("{talk}/actions")).by(own).json(action).send().await.expect(201).id());
        let mut met = BTreeSet::new();
        action_refuses(w, own, &at, &mut met).await;
        for (name, body) in [("finish", None), ("reopen", None), ("drop", why()), ("reopen", None)] {
            step(w, &at, name, own, body).await.expect(200);
            action_refuses(w, own, &at, &mut met).await;
        }
        assert_eq!(met, AgreedActionState::ALL.iter().copied().collect());
    }

    async fn a_recommendation_on_pay_takes_no_step_that_its_state_does_not_allow(w: World) {
        let o = office(w, "england_maintained_2012").await;
        let mut words = whole(&o);
        words["pay_relevant"] = json!(true);
        draft(w, &o, words).await.expect(200);
        issue(w, &o, 1).await.expect(200);
        let mut met = BTreeSet::new();
        let decided = Some(json!({"verdict": "accepted", "decision": "D"}));
        for (name, by, body) in [("withdraw", &o.appraiser, None), ("decide", &o.head, decided)] {
            let made = step(w, &o.at, "recommend-pay", &o.appraiser, Some(json!({"outcome": "progress", "reasons": "R"}))).await.expect(201);
            let at = format!("/v1/pay-recommendations/{}", made.id());
            pay_refuses(w, (&o.appraiser, &o.head), &at, &mut met).await;
            step(w, &at, name, by, body).await.expect(200);
            pay_refuses(w, (&o.appraiser, &o.head), &at, &mut met).await;
        }
        assert_eq!(met, PayState::ALL.iter().copied().collect());
    }

    /// Its states are days: it is set once for a reason and its days, and what has ended ends no later.
    async fn a_hold_is_not_set_twice_nor_does_it_end_after_its_end(w: World) {
        let s = School::made(w, 1).await;
        let of = s.teachers[0].employment.unwrap().to_string();
        for reason in HoldReason::ALL {
            let new = |from: &str| json!({"employment_id": of, "reason": reason.as_str(), "starts_on": from});
            let made = w.post("/v1/appraisal-holds").by(&s.hr).json(new("2026-09-14")).send().await.expect(201);
            let at = format!("/v1/appraisal-holds/{}", made.id());
            let twice = Ask("/v1/appraisal-holds", &s.hr, Some(new("2026-10-05")));
            refuses_by(w, &at, &s.hr, &format!("{reason} twice"), twice, (409, "overlapping_hold")).await;
            let end = |on: &str| Some(json!({"ends_on": on}));
            refuses_by(w, &at, &s.hr, &format!("{reason} ends before it began"), Ask("end", &s.hr, end("2026-09-11")), (422, "period_backwards")).await;
            step(w, &at, "end", &s.hr, end("2026-10-02")).await.expect(200);
            refuses_by(w, &at, &s.hr, &format!("{reason} ends again"), Ask("end", &s.hr, end("2026-10-03")), (409, "already_ended")).await;
            w.post("/v1/appraisal-holds").by(&s.hr).json(new("2026-10-03")).send().await.expect(201);
        }
    }
}
