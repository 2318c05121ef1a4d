//! What the demo's people do together: one aim for a whole department, a colleague who works on it too, and an objective that goes on.

use super::{
    cast::Path,
    objectives::Told,
    people::Crew,
    scene::{Scene, Span, say},
};
use trellis_domain::{
    id::ObjectiveId,
    objective::{ObjectiveAction, ObjectiveKind, WordsPatch, collaboration::CollaborationAction},
};
use trellis_persistence::{
    StoreError,
    collaboration::{InviteCollaborator, StepCollaboration},
    objective::{AddNote, CarryOverObjective, Group, Outcome, ProposeObjectives, StepObjective},
};

const NOW: Span = Span::Present;
/// Who proposes one aim to their department, and to whom.
const HEAD_OF_MATHEMATICS: &str = "s-mat";
const DEPARTMENT: [&str; 4] = ["s-mat-1", "s-mat-2", "s-mat-3", "s-mat-4"];
/// Who agrees it first, who works on it with them, and who was only asked.
const FIRST: &str = "s-mat-2";
const BESIDE: &str = "s-mat-1";
const ASKED: &str = "s-mat-4";
/// Who asked colleagues earlier in the year.
const TEACHER: &str = "s-eng-1";
/// Whose objective of the cycle that is being wound up goes on.
const GOES_ON: &str = "c-hlta";

/// One aim for a department until Easter, outside any cycle: each has their own, and two of them work on it together.
async fn number_talk(scene: &Scene<'_>, crew: &Crew, part: f64) -> Result<(), StoreError> {
    let words = WordsPatch {
        description: Some(Some(say("Five minutes at the start of three lessons a week in which pupils explain how they reckon, and nobody writes.")?)),
        support_needed: Some(Some(say("We plan the talks of a fortnight together in department time.")?)),
        success_criteria: Some(vec![say("Every pupil has explained a way of reckoning that is not their own.")?]),
        ..WordsPatch::default()
    };
    let proposal = ProposeObjectives {
        to: Group::Employments(DEPARTMENT.iter().map(|key| crew.employment(key)).collect::<Result<_, _>>()?),
        cycle_id: None,
        kind: ObjectiveKind::Practice,
        title: say("Number talk in every class until Easter")?,
        inquiry: None,
        words,
    };
    let proposed = scene.over(NOW, (part, part), vec![(crew.principal(HEAD_OF_MATHEMATICS)?, proposal)]).await?;
    let first = crew.employment(FIRST)?;
    let of_first = |results: &[trellis_persistence::objective::ProposedTo]| {
        results.iter().find(|r| r.employment_id == first).and_then(|r| match r.outcome {
            Outcome::Proposed(id) => Some(id),
            _ => None,
        })
    };
    let Some(id) = proposed.first().and_then(|results| of_first(results)) else { return Ok(()) };
    let agreed = StepObjective { id, action: ObjectiveAction::Agree, reason: None, expected: None };
    scene.over(NOW, (part, part), vec![(crew.principal(FIRST)?, agreed)]).await?;
    together(scene, crew, id, part).await?;
    let note = AddNote { id, reply_to: None, text: say("Shall we begin with the class that says least? I can come on Thursday.")? };
    let written = scene.over(NOW, (part, part), vec![(crew.principal(HEAD_OF_MATHEMATICS)?, note)]).await?;
    let answer = AddNote { id, reply_to: written.first().map(|n| n.id), text: say("Please do. They talk more when you sit at the back.")? };
    scene.over(NOW, (part, part), vec![(crew.principal(FIRST)?, answer)]).await?;
    Ok(())
}

/// Two colleagues are asked; one of them says yes.
async fn together(scene: &Scene<'_>, crew: &Crew, objective_id: ObjectiveId, part: f64) -> Result<(), StoreError> {
    let mut invitations = Vec::new();
    for key in [BESIDE, ASKED] {
        invitations.push((crew.principal(FIRST)?, InviteCollaborator { objective_id, person_id: crew.get(key)?.person }));
    }
    let invited = scene.over(NOW, (part, part), invitations).await?;
    let Some(of_beside) = invited.first() else { return Ok(()) };
    let yes = StepCollaboration { id: of_beside.record.collaboration.id, action: CollaborationAction::Accept, expected: None };
    scene.over(NOW, (part, part), vec![(crew.principal(BESIDE)?, yes)]).await?;
    Ok(())
}

/// Of the colleagues whom the first teacher asked, one said no, one left again, and with one the work is done.
async fn once_together(scene: &Scene<'_>, crew: &Crew, told: &[Told], part: f64) -> Result<(), StoreError> {
    let Some(own) = told.iter().find(|t| t.part.0 == TEACHER && t.part.4 == Path::Active) else { return Ok(()) };
    let endings = [
        ("s-eng-3", CollaborationAction::Decline, "s-eng-3"),
        ("s-eng-4", CollaborationAction::Leave, "s-eng-4"),
        ("s-hum-1", CollaborationAction::End, TEACHER),
    ];
    for (key, action, by) in endings {
        let invitation = InviteCollaborator { objective_id: own.id, person_id: crew.get(key)?.person };
        let invited = scene.over(NOW, (part, part), vec![(crew.principal(TEACHER)?, invitation)]).await?;
        let Some(id) = invited.first().map(|seen| seen.record.collaboration.id) else { continue };
        let accepts = (action != CollaborationAction::Decline).then_some((CollaborationAction::Accept, key));
        for (action, by) in accepts.into_iter().chain([(action, by)]) {
            scene.over(NOW, (part, part), vec![(crew.principal(by)?, StepCollaboration { id, action, expected: None })]).await?;
        }
    }
    Ok(())
}

/// An objective of the cycle that is being wound up was talked through, is not done, and goes on.
async fn goes_on(scene: &Scene<'_>, crew: &Crew, told: &[Told], part: f64) -> Result<(), StoreError> {
    let Some(one) = told.iter().find(|t| t.part.0 == GOES_ON) else { return Ok(()) };
    let reason = say("The second class joined only after half-term: we go on until summer.")?;
    let onward = CarryOverObjective { id: one.id, cycle_id: None, due_on: Some(scene.calendar.september(-1)), reason, expected: None };
    scene.over(NOW, (part, part), vec![(crew.principal(GOES_ON)?, onward)]).await?;
    Ok(())
}

/// All of it.
pub(super) async fn this_year(scene: &Scene<'_>, crew: &Crew, told: &[Told], part: f64) -> Result<(), StoreError> {
    number_talk(scene, crew, part).await?;
    once_together(scene, crew, told, part).await?;
    goes_on(scene, crew, told, part).await
}
