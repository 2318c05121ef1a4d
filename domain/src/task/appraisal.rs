//! What appraisals and objectives ask of each of their parties.

use super::{Asked, Day, TaskKind, horizon};
use crate::{
    appraisal::{Appraisal, AppraisalState, Deadline, DeadlineKind, DeadlineSource, Party},
    objective::ObjectiveState,
    pay::{PayAction, PayFacts, PayRecommendation},
};
use chrono::NaiveDate;

/// Somebody's part in an appraisal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Is it theirs?
    pub own: bool,
    /// Do they appraise it?
    pub appraises: bool,
    /// Do they say who appraises, and nobody does?
    pub assigns: bool,
    /// Do they complete it, as headteacher or HR of the school?
    pub completes: bool,
    /// Did they write its report? Known where an appeal against it waits and they complete it.
    pub wrote: bool,
}

/// The day on which this is due, with the rule that set it.
pub fn deadline(deadlines: &[Deadline], kind: DeadlineKind) -> Option<Day> {
    deadlines.iter().find(|d| d.kind == kind).map(Day::from)
}

/// What there is to do in an appraisal that stands so, for somebody with this part in it.
pub fn of_appraisal(state: AppraisalState, deadlines: &[Deadline], part: Part, has_objectives: bool, today: NaiveDate) -> Vec<Asked> {
    use AppraisalState as S;
    let [objectives, review, report] = [DeadlineKind::Objectives, DeadlineKind::Review, DeadlineKind::Report].map(|kind| deadline(deadlines, kind));
    // the review was held, and the rules count the report's day from it
    let counting = deadlines.iter().any(|d| d.kind == DeadlineKind::Report && d.set_by == DeadlineSource::Rule);
    let near = review.as_ref().is_some_and(|day| day.on <= horizon(today));
    let planning = matches!(state, S::Created | S::Planning);
    let at_work = matches!(state, S::InProgress | S::SelfReview | S::AssessmentDraft);
    [
        (part.assigns && (planning || at_work), TaskKind::AssignAppraisers, objectives.clone()),
        (part.own && planning && !has_objectives, TaskKind::SetObjectives, objectives.clone()),
        (part.appraises && state == S::Created, TaskKind::StartPlanning, objectives.clone()),
        (part.appraises && state == S::Planning, TaskKind::StartAppraisal, objectives),
        (part.own && state == S::InProgress && near, TaskKind::StartSelfReview, review),
        (part.appraises && (state == S::SelfReview || (state == S::InProgress && counting)), TaskKind::StartAssessment, report.clone()),
        (part.appraises && state == S::AssessmentDraft, TaskKind::WriteReport, report),
    ]
    .into_iter()
    .filter_map(|(so, kind, day)| so.then_some((kind, day)))
    .collect()
}

/// What there is to do once the report is given: deciding an appeal against it, a comment while there is time for one, and completing it when one was made or the time is over.
pub fn of_report(appraisal: &Appraisal, part: Part, today: NaiveDate) -> Option<Asked> {
    if appraisal.appeal_waits() {
        // nothing else is done with the report until then
        return (part.completes && !part.appraises && !part.wrote).then_some((TaskKind::DecideAppeal, None));
    }
    if appraisal.state != AppraisalState::ReportIssued {
        return None;
    }
    let (said, open) = (appraisal.commented_on.is_some(), appraisal.comment_due_on.filter(|last| today <= *last));
    match open {
        Some(on) if part.own && !said => {
            Some((TaskKind::CommentOnReport, deadline(&appraisal.deadlines, DeadlineKind::Comment).or(Some(Day { on, rule: None }))))
        }
        open if part.completes && (said || open.is_none()) => Some((TaskKind::CompleteAppraisal, deadline(&appraisal.deadlines, DeadlineKind::Report))),
        _ => None,
    }
}

/// What there is to do with a recommendation on pay: to decide it, for whoever can do so now.
pub fn of_pay(of: &PayRecommendation, by: Party, facts: PayFacts) -> Option<Asked> {
    of.can(PayAction::Decide, by, facts).is_ok().then_some((TaskKind::DecidePay, None))
}

/// An objective, seen by its owner or by their appraiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectiveSeen {
    /// Where it stands.
    pub state: ObjectiveState,
    /// Is it one's own?
    pub own: bool,
    /// Did one write its draft?
    pub author: bool,
    /// Did its owner propose the words as they stand?
    pub proposed_by_owner: bool,
    /// By when it is to be reached.
    pub due_on: Option<NaiveDate>,
}

/// What there is to do with an objective. `settled_by` is the day by which objectives are to be agreed.
pub fn of_objective(objective: ObjectiveSeen, settled_by: Option<Day>, today: NaiveDate) -> Option<Asked> {
    use ObjectiveState as S;
    match objective.state {
        S::Draft if objective.author => Some((TaskKind::ProposeObjective, settled_by)),
        // the other side answers: the owner what the appraiser proposed, the appraiser what the owner did
        S::Proposed if objective.own != objective.proposed_by_owner => Some((TaskKind::AgreeObjective, settled_by)),
        S::Active if !objective.own && objective.due_on.is_some_and(|day| day <= horizon(today)) => {
            Some((TaskKind::ReviewObjective, objective.due_on.map(Day::from)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }

    /// Every state, for the owner and for the appraiser.
    #[test]
    fn an_objective_waits_for_the_other_side() {
        use ObjectiveState as S;
        let (today, soon) = (day("2026-10-05"), Some(day("2026-10-20")));
        for state in S::ALL {
            for own in [true, false] {
                for proposed_by_owner in [true, false] {
                    let seen = ObjectiveSeen { state: *state, own, author: own, proposed_by_owner, due_on: soon };
                    let expected = match state {
                        S::Draft => own.then_some(TaskKind::ProposeObjective),
                        S::Proposed => (own != proposed_by_owner).then_some(TaskKind::AgreeObjective),
                        S::Active => (!own).then_some(TaskKind::ReviewObjective),
                        _ => None,
                    };
                    assert_eq!(of_objective(seen, None, today).map(|(kind, _)| kind), expected, "{seen:?}");
                }
            }
        }
        let later = ObjectiveSeen { state: S::Active, own: false, author: false, proposed_by_owner: true, due_on: Some(day("2027-07-01")) };
        assert_eq!(of_objective(later, None, today), None, "not before its day is near");
    }

    /// Every state, for each part.
    #[test]
    fn an_appraisal_asks_each_for_their_part() {
        use AppraisalState as S;
        let (own, appraises, assigns) =
            (Part { own: true, ..Part::default() }, Part { appraises: true, ..Part::default() }, Part { assigns: true, ..Part::default() });
        for (state, owners, appraisers) in [
            (S::Created, Some(TaskKind::SetObjectives), Some(TaskKind::StartPlanning)),
            (S::Planning, Some(TaskKind::SetObjectives), Some(TaskKind::StartAppraisal)),
            (S::InProgress, None, None),
            (S::SelfReview, None, Some(TaskKind::StartAssessment)),
            (S::AssessmentDraft, None, Some(TaskKind::WriteReport)),
            (S::ReportIssued, None, None),
            (S::Completed, None, None),
            (S::Suspended, None, None),
            (S::Transferred, None, None),
            (S::Abandoned, None, None),
        ] {
            let asked = |part, has| of_appraisal(state, &[], part, has, day("2026-10-05")).into_iter().map(|(kind, _)| kind).next();
            assert_eq!((asked(own, false), asked(own, true), asked(appraises, true)), (owners, None, appraisers), "{state}");
            assert_eq!(
                asked(assigns, true).is_some(),
                !matches!(state, S::ReportIssued | S::Completed | S::Suspended | S::Transferred | S::Abandoned),
                "{state}"
            );
        }
    }
}
