//! The demo's appraisals: created for the year's populations, and taken as far as their people have come.

use super::{
    cycles::Rounds,
    people::Crew,
    scene::{ALL, Scene, Span, say},
};
use std::collections::BTreeSet;
use trellis_domain::{
    appraisal::{Appraisal, AppraisalAction as A, AppraisalState},
    id::{AppraisalId, CycleId, PersonId},
    pay::{PayOutcome, PayVerdict},
    profile::HoldReason,
    report::{Assessment, NeedAction, NeedNamed, ObjectiveAssessed, WrittenPatch},
    time::Period,
};
use trellis_persistence::{
    Fetched, Principal, StoreError,
    appraisal::{AddPopulation, AssignAppraisers, CreateAppraisals, GetAppraisal, LeaveAppraisal, ListAppraisals, StepAppraisal, SuspendAppraisal},
    hold::CreateHold,
    job::{ClaimJob, Part, RunPart, SubmitJob},
    pay::{DecidePayRecommendation, RecommendPay, WithdrawPayRecommendation},
    report::{AppealAgainstReport, CommentOnReport, Drafted, GetReportDraft, IssueReport, UpdateReportDraft},
    transaction::needs::{Under, WriteCycles},
};

/// The appraisee looks back.
pub(super) const SELF: A = A::StartSelfReview;
/// The appraiser writes.
pub(super) const ASSESSMENT: A = A::StartAssessment;
const NOW: Span = Span::Present;
/// Early career teachers: induction has its own assessment.
const IN_INDUCTION: [&str; 3] = ["s-eng-5", "s-hum-4", "c-y1"];
const HR: &str = "t-hr";

/// Notes who is in induction, and creates the appraisals of these cycles.
pub(super) async fn create(scene: &Scene<'_>, crew: &Crew, rounds: &Rounds, keys: &[&str], part: f64) -> Result<(), StoreError> {
    let period = Period { starts_on: scene.calendar.september(0), ends_on: None };
    let mut holds = Vec::new();
    for key in IN_INDUCTION {
        let hold = CreateHold { employment_id: crew.employment(key)?, reason: HoldReason::Induction, period };
        holds.push((crew.principal(HR)?, hold));
    }
    scene.over(NOW, (part, part), holds).await?;
    for key in keys {
        let (who, at) = (crew.principal(rounds.runner(key)?)?, scene.calendar.moment(NOW, part));
        let act = || scene.act(who.clone(), at);
        let id = scene.db.write(act(), CreateAppraisals { cycle_id: rounds.get(key)?, validate_only: false, expected: None }).await?.id;
        let mut noted = scene.db.write(act(), AddPopulation { id }).await?;
        while !noted.whole {
            noted = scene.db.write(act(), AddPopulation { id }).await?;
        }
        scene.db.write(act(), SubmitJob { id, total: noted.total, headings: Vec::new() }).await?;
        let by = scene.stage.ids.make(at);
        scene.db.write(scene.operator(at), ClaimJob { id, by }).await?;
        let part = || RunPart::<WriteCycles> { id, by, rows: noted.total.max(1), give_up: false, need: Under::new() };
        while scene.db.write(act(), part()).await? == Part::More {}
    }
    Ok(())
}

async fn all(scene: &Scene<'_>, cycle: CycleId, state: AppraisalState, part: f64) -> Result<Vec<Appraisal>, StoreError> {
    let list = ListAppraisals {
        person_id: None,
        employment_id: None,
        organisation_id: None,
        cycle_id: Some(cycle),
        appraiser_id: None,
        state: Some(state),
        window: ALL,
    };
    let found = scene.db.read(scene.operator(scene.calendar.moment(NOW, part)), list).await?.items;
    Ok(found.into_iter().map(|a| a.appraisal).collect())
}

/// Who takes a step: the appraisee or who appraises, if they log in during the story.
fn actor(crew: &Crew, appraisal: &Appraisal, action: A) -> Option<Principal> {
    let who = match action {
        A::StartSelfReview => appraisal.person_id,
        _ => appraisal.appraisers.iter().rev().find(|a| a.until.is_none())?.person_id,
    };
    crew.principal_of(who)
}

/// Everybody of these appraisals who can take this step takes it: the same `can` that a person sees says who.
async fn step(scene: &Scene<'_>, crew: &Crew, appraisals: &[Appraisal], action: A, part: f64) -> Result<(), StoreError> {
    let mut steps = Vec::new();
    for appraisal in appraisals {
        let Some(by) = actor(crew, appraisal, action) else { continue };
        let act = scene.act(by.clone(), scene.calendar.moment(NOW, part));
        let Fetched::Found(seen) = scene.db.read(act, GetAppraisal { id: appraisal.id, unless: None }).await? else { continue };
        if seen.can.iter().any(|(name, refusal)| *name == action.as_str() && refusal.is_none()) {
            steps.push((by, StepAppraisal { id: appraisal.id, action, expected: None }));
        }
    }
    scene.over(NOW, (part, part), steps).await?;
    Ok(())
}

/// Planning: of those whom the story follows, standards are made known and the year's work begins where objectives are settled.
pub(super) async fn plan(scene: &Scene<'_>, crew: &Crew, rounds: &Rounds, keys: &[&str], followed: &[&str], part: f64) -> Result<(), StoreError> {
    let people: BTreeSet<PersonId> = followed.iter().filter_map(|key| crew.get(key).ok()).map(|m| m.person).collect();
    for key in keys {
        let mut appraisals = all(scene, rounds.get(key)?, AppraisalState::Created, part).await?;
        appraisals.retain(|a| people.contains(&a.person_id));
        for action in [A::StartPlanning, A::InformStandards, A::Start] {
            step(scene, crew, &appraisals, action, part).await?;
        }
    }
    Ok(())
}

/// Looking back: self-reviews begin, and in the cycle that is being wound up the assessments too.
pub(super) async fn look_back(scene: &Scene<'_>, crew: &Crew, rounds: &Rounds, key: &str, actions: &[A], part: f64) -> Result<(), StoreError> {
    let appraisals = all(scene, rounds.get(key)?, AppraisalState::InProgress, part).await?;
    for action in actions {
        step(scene, crew, &appraisals, *action, part).await?;
    }
    Ok(())
}

/// What an appraiser of the demo writes: learning first, each objective in words, and one need with an action.
fn written(drafted: &Drafted) -> Result<WrittenPatch, StoreError> {
    let said = |o: &ObjectiveAssessed| {
        let words = say("It shows in the room: children now begin without waiting to be told, and say why.")?;
        Ok::<_, StoreError>(Assessment { objective_id: o.objective_id, assessment: Some(words), not_assessed_because: None })
    };
    let need = NeedNamed {
        need: say("To lead a small group of colleagues through what was learned this year")?,
        standard_id: drafted.composed.standards.first().map(|s| s.standard_id),
        actions: vec![NeedAction { action: say("Two sessions with the learning lead, and a group of three from next term")?, due_on: None }],
    };
    Ok(WrittenPatch {
        standards_assessed: Some(true),
        objectives: Some(drafted.composed.objectives.iter().map(said).collect::<Result<_, _>>()?),
        learning: Some(Some(say("What was learned on the course was tried the week after, and shared with the team at the next meeting.")?)),
        development_needs: Some(vec![need]),
        pay_relevant: Some(Some(true)),
        ..WrittenPatch::default()
    })
}

/// What is recommended on pay beside the reports, where the trust's own rules have it: the first is accepted, the second waits, after one that was taken back.
async fn pay(scene: &Scene<'_>, crew: &Crew, (id, by): (AppraisalId, &Principal), first: bool, part: f64) -> Result<(), StoreError> {
    let recommend = |outcome, reasons: &str| Ok::<_, StoreError>(vec![(by.clone(), RecommendPay { id, outcome, reasons: say(reasons)?, expected: None })]);
    let earned = "The year's work, and what colleagues learned from it, are what the pay policy asks for.";
    if first {
        for made in scene.over(NOW, (part, part), recommend(PayOutcome::Progress, earned)?).await? {
            let words = say("As recommended, from the first of next month.")?;
            let decision = DecidePayRecommendation { id: made.record.id, verdict: PayVerdict::Accepted, words, expected: None };
            scene.over(NOW, (part, part), vec![(crew.principal(HR)?, decision)]).await?;
        }
        return Ok(());
    }
    for made in scene.over(NOW, (part, part), recommend(PayOutcome::Other, "Written before the new hours were agreed.")?).await? {
        scene.over(NOW, (part, part), vec![(by.clone(), WithdrawPayRecommendation { id: made.record.id, expected: None })]).await?;
    }
    scene.over(NOW, (part, part), recommend(PayOutcome::Progress, earned)?).await?;
    Ok(())
}

/// Reports: of those whose assessment is being written, the first is complete, the second is appealed against and waits for a comment, and the rest are still
/// written.
pub(super) async fn report(scene: &Scene<'_>, crew: &Crew, rounds: &Rounds, key: &str, part: f64) -> Result<(), StoreError> {
    let mut far = 0;
    for appraisal in all(scene, rounds.get(key)?, AppraisalState::AssessmentDraft, part).await? {
        let id = appraisal.id;
        let Some(by) = actor(crew, &appraisal, A::IssueReport) else { continue };
        let act = scene.act(by.clone(), scene.calendar.moment(NOW, part));
        let drafted = scene.db.read(act, GetReportDraft { id }).await?;
        scene.over(NOW, (part, part), vec![(by.clone(), UpdateReportDraft { id, patch: written(&drafted)?, expected: None })]).await?;
        far += 1;
        if far > 2 {
            continue;
        }
        scene.over(NOW, (part, part), vec![(by.clone(), IssueReport { id, draft_version: 1, expected: None })]).await?;
        pay(scene, crew, (id, &by), far == 1, part).await?;
        let Some(own) = crew.principal_of(appraisal.person_id) else { continue };
        if far == 2 {
            let grounds = say("The two terms in which I covered the nursery alone are not in it.")?;
            scene.over(NOW, (part, part), vec![(own, AppealAgainstReport { id, grounds, expected: None })]).await?;
            continue;
        }
        let comment = say("Thank you. I would like the group to be of people from both phases.")?;
        scene.over(NOW, (part, part), vec![(own, CommentOnReport { id, comment, expected: None })]).await?;
        scene.over(NOW, (part, part), vec![(crew.principal(HR)?, StepAppraisal { id, action: A::Complete, expected: None })]).await?;
    }
    Ok(())
}

/// What HR does: the panel of a headteacher, one appraisal that rests, one that goes on elsewhere, one that was given up.
pub(super) async fn by_hr(scene: &Scene<'_>, crew: &Crew, rounds: &Rounds, part: f64) -> Result<(), StoreError> {
    let (main, heads) = (rounds.get("main")?, rounds.get("heads")?);
    let hr = || crew.principal(HR);
    let of = |all: &[Appraisal], key: &str| Ok::<_, StoreError>(all.iter().find(|a| crew.get(key).is_ok_and(|m| m.person == a.person_id)).map(|a| a.id));
    let waiting = all(scene, heads, AppraisalState::Created, part).await?;
    if let Some(id) = of(&waiting, "s-head")? {
        let people = vec![crew.get("g-chair")?.person, crew.get("g-sal")?.person];
        let panel = AssignAppraisers { id, people, external_adviser: Some(say("Dr Ilse Brandt, Northmoor Advisers")?), expected: None };
        scene.over(NOW, (part, part), vec![(hr()?, panel)]).await?;
    }
    let waiting = all(scene, main, AppraisalState::Created, part).await?;
    if let Some(id) = of(&waiting, "t-ops")? {
        let rest = SuspendAppraisal { id, reason: HoldReason::FamilyLeave, expected: None };
        scene.over(NOW, (part, part), vec![(hr()?, rest)]).await?;
    }
    let gone = [
        ("s-sci-6", A::Transfer, "Moves to Curlew after half-term; a new appraisal begins there."),
        ("e-y5b", A::Abandon, "Created in error: an agency colleague."),
    ];
    let mut leaving = Vec::new();
    for (key, action, reason) in gone {
        let Some(id) = of(&waiting, key)? else { continue };
        leaving.push((hr()?, LeaveAppraisal { id, action, reason: say(reason)?, expected: None }));
    }
    scene.over(NOW, (part, part), leaving).await?;
    Ok(())
}
