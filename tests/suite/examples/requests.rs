//! Learning requests.

use super::{Cast, Telling};
use crate::support::*;
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{
    id::LearningRequestId,
    impact::{ImpactLevel, ImpactPlan, Look, OffsetUnit},
    role::RoleName,
    text::{Reason, Wire},
};
use trellis_persistence::{Act, Principal, request::PlanImpact};

/// The line, the request, two decisions, a change of mind, and what came of it.
pub async fn learning_requests(s: &mut Telling<'_>, cast: &Cast, head: &Someone, colleagues: &[Someone], objective: &str) {
    let trust = &cast.trust;
    let approver = &trust.someone(s.w).named("Marged", "Rowlands").at(trust.school).with(RoleName::LearningApprover, trust.school).made().await;
    let line = budget_line(s, cast, head, approver).await;
    let request = change_of_mind(s, cast, (head, approver), &line, objective).await;
    what_came_of_it(s, cast, (head, approver), &line, &request).await;
    for colleague in colleagues {
        they_came_too(s.w, cast, (colleague, approver), &line).await;
    }
    s.get(&format!("/v1/organisations/{}/impact-summary?academic_year=2026", trust.school), head).await;
}

/// A morning at the hub, as it is asked for.
fn morning() -> Value {
    json!({"title": "A morning with the phonics hub", "provider": "Severn Writers", "starts_on": "2026-10-05", "cost_pence": 6_000, "cover_minutes": 180})
}

async fn budget_line(s: &mut Telling<'_>, cast: &Cast, head: &Someone, approver: &Someone) -> String {
    let trust = &cast.trust;
    let new = json!({"organisation_id": trust.school.to_string(), "academic_year": 2026, "title": "Courses and visits", "allocated_pence": 500_000, "plan_above_pence": 20_000});
    let line = s.post("/v1/budget-lines", head, new).await.id();
    let at = format!("/v1/budget-lines/{line}");
    s.patch(&at, head, json!({"allocated_pence": 600_000})).await;
    s.get(&at, head).await;
    s.get("/v1/budget-lines?academic_year=2026", approver).await;
    line
}

/// A request that is agreed, approved, declined after all, and withdrawn.
async fn change_of_mind(s: &mut Telling<'_>, cast: &Cast, (head, approver): (&Someone, &Someone), line: &str, objective: &str) -> String {
    let Cast { appraiser, teacher, .. } = cast;
    let new = json!({"title": "Teaching extended writing", "why": "My Year 9 stop after a paragraph; the vocabulary is there.", "needs": "A seat near the front",
        "provider": "Severn Writers", "starts_on": "2026-11-05", "ends_on": "2026-11-06", "cost_pence": 24_000, "cover_minutes": 600, "objective_ids": [objective]});
    let request = s.post("/v1/learning-requests", teacher, new).await.id();
    let at = format!("/v1/learning-requests/{request}");
    s.patch(&at, teacher, json!({"cover_minutes": 540})).await;
    let plan = json!({"plan": {"reaction": "Worth two days away from my classes", "learning": "I can model a paragraph while they watch",
        "organisational_support": "An hour in the department meeting of November", "use_in_practice": "A modelled paragraph in every second lesson",
        "pupil_outcomes": "Two paragraphs unprompted by March"}, "checkpoints": [{"level": "use_in_practice", "after": 6, "unit": "weeks"}, {"level": "pupil_outcomes", "after": 1, "unit": "terms"}]});
    s.post(&format!("{at}/plan-impact"), teacher, plan).await;
    s.act(&format!("{at}/submit"), teacher).await;
    s.post(&format!("{at}/manager-decline"), appraiser, json!({"reason": "Two days in one week is hard to cover"})).await;
    s.post(&format!("{at}/manager-agree"), appraiser, json!({"reason": "Mr Bevan takes the second day"})).await;
    s.post(&format!("{at}/comments"), approver, json!({"text": "Is there a place for two?"})).await;
    s.get(&format!("{at}/comments"), teacher).await;
    s.post(&format!("{at}/approve"), approver, json!({"budget_line_id": line})).await;
    s.get(&at, appraiser).await;
    s.get(&format!("{at}/line-of-sight"), appraiser).await;
    s.get("/v1/learning-requests?state=approved", approver).await;
    s.get("/v1/budget-balances?academic_year=2026", head).await;
    s.post(&format!("{at}/decline"), approver, json!({"reason": "The day moved into the mock examinations"})).await;
    s.post(&format!("{at}/return"), approver, json!({"reason": "Ask again for the day in January"})).await;
    s.get(&format!("{at}/decisions"), teacher).await;
    s.get(&format!("{at}/impact"), appraiser).await;
    s.post(&format!("{at}/withdraw"), teacher, json!({"reason": "I will go next year"})).await;
    s.get(&format!("{at}/history"), teacher).await;
    request
}

/// A request for a morning that was worth it.
async fn what_came_of_it(s: &mut Telling<'_>, cast: &Cast, (head, approver): (&Someone, &Someone), line: &str, request: &str) {
    let w = s.w;
    let Cast { trust, appraiser, teacher, .. } = cast;
    let today = w.post("/v1/learning-requests").by(teacher).json(morning()).send().await.expect(201).id();
    let at = format!("/v1/learning-requests/{today}");
    let checkpoint = planned_on_friday(w, trust, teacher, &today).await;
    w.post(format!("{at}/submit")).by(teacher).send().await.expect(200);
    w.post(format!("{at}/manager-agree")).by(appraiser).json(json!({})).send().await.expect(200);
    let verdicts = json!({"items": [{"id": today, "decision": "approve", "budget_line_id": line}, {"id": request, "decision": "approve"}]});
    s.post("/v1/learning-requests/decide", approver, verdicts).await;
    s.post(&format!("{at}/book"), teacher, json!({})).await;
    s.post(&format!("{at}/record-cost"), approver, json!({"actual_cost_pence": 5_500})).await;
    s.get(&format!("/v1/budget-lines/{line}/entries"), approver).await;
    s.get(&format!("/v1/budget-lines/{line}/history"), head).await;
    s.act(&format!("{at}/attend"), teacher).await;
    let seen = json!({"outcome": "recorded", "narrative": "Worth it: I heard my own muddle.", "evidence": "Notes in the phonics folder"});
    s.post(&format!("{at}/checkpoints/{checkpoint}/record"), teacher, seen).await;
    s.post(&format!("{at}/evaluate"), teacher, json!({"evaluation": "Short, practical, and we all went home with cards."})).await;
    s.post(&format!("{at}/review-impact"), teacher, json!({"conclusion": "continue", "note": "In Year 2 as well, from January"})).await;
    s.act(&format!("{at}/close"), teacher).await;
}

/// A colleague was there on the same morning, and says as much of it: figures are told of five people or not at all.
async fn they_came_too(w: &World, cast: &Cast, (colleague, approver): (&Someone, &Someone), line: &str) {
    let Cast { trust, appraiser, .. } = cast;
    let id = w.post("/v1/learning-requests").by(colleague).json(morning()).send().await.expect(201).id();
    let checkpoint = planned_on_friday(w, trust, colleague, &id).await;
    let at = format!("/v1/learning-requests/{id}");
    w.post(format!("{at}/submit")).by(colleague).if_match("*").send().await.expect(200);
    let record = format!("checkpoints/{checkpoint}/record");
    for (step, by, body) in [("manager-agree", appraiser, json!({})), ("approve", approver, json!({"budget_line_id": line})), ("book", colleague, json!({}))] {
        w.post(format!("{at}/{step}")).by(by).if_match("*").json(body).send().await.expect(200);
    }
    w.post(format!("{at}/attend")).by(colleague).if_match("*").send().await.expect(200);
    for (step, body) in [
        (record.as_str(), json!({"outcome": "recorded", "narrative": "Worth the morning: the order of sounds is clear to me."})),
        ("evaluate", json!({"evaluation": "We left with cards that we use."})),
        ("review-impact", json!({"conclusion": "continue"})),
    ] {
        w.post(format!("{at}/{step}")).by(colleague).if_match("*").json(body).send().await.expect(200);
    }
}

/// It was planned on Friday how its impact will be looked at: the first checkpoint.
async fn planned_on_friday(w: &World, trust: &Trust, owner: &Someone, request: &str) -> String {
    let text = |t: &str| Reason::parse(t).unwrap();
    let plan = ImpactPlan {
        reaction: text("Worth a morning"),
        learning: text("The order of sounds that the hub uses"),
        organisational_support: text("The same cards in every room"),
        use_in_practice: text("I teach the sounds in that order"),
        pupil_outcomes: text("Fewer pupils guess from the picture"),
    };
    let looks = vec![Look { level: ImpactLevel::Reaction, after: 0, unit: OffsetUnit::Weeks }];
    let principal = Principal::Session { session: owner.session, account: owner.account };
    let act = Act { principal, now: w.now() - TimeDelta::days(3), ..w.operator(trust.id) };
    let id = LearningRequestId(request.parse().unwrap());
    let planned = w.db.write(act, PlanImpact { id, plan, looks, expected: None }).await.unwrap();
    planned.checkpoints[0].id.to_string()
}
