//! Tasks: what is somebody's to do now, in order of date: with objectives, appraisals, sessions, learning, priorities, suggestions that two records
//! are one person, and people whom a system no longer names. They are derived whenever they are asked for; nothing stores one, so none is left over
//! when what it asks for is done. What is not among them yet stands in ADR 0046.

use crate::{
    appraisal::{AppraisalState, Deadline, DeadlineKind},
    event::RecordType,
    id::{OrganisationId, PersonId},
    objective::ObjectiveState,
    words,
};
use chrono::{Datelike, NaiveDate, TimeDelta};
use uuid::Uuid;

words! {
    /// What there is to do.
    TaskKind {
        /// Answer an objective that the other party proposed.
        AgreeObjective = "agree_objective",
        /// Propose a draft of one's own, or take it back.
        ProposeObjective = "propose_objective",
        /// Talk an objective through whose day has come.
        ReviewObjective = "review_objective",
        /// Write objectives: there are none yet.
        SetObjectives = "set_objectives",
        /// Say who appraises.
        AssignAppraisers = "assign_appraisers",
        /// Begin planning.
        StartPlanning = "start_planning",
        /// Settle the objectives and begin the year's work.
        StartAppraisal = "start_appraisal",
        /// Look back at the year.
        StartSelfReview = "start_self_review",
        /// Begin to write the assessment.
        StartAssessment = "start_assessment",
        /// Finish the assessment.
        WriteReport = "write_report",
        /// Decide whether two records are one person.
        DecideMatch = "decide_match",
        /// Say whether somebody is still employed whom a system no longer names.
        ReviewMissing = "review_missing",
        /// Say who came.
        RecordAttendance = "record_attendance",
        /// Reflect on what one learned.
        ReflectOnLearning = "reflect_on_learning",
        /// Do what one took on for a priority.
        DoPriorityAction = "do_priority_action",
    }
}

/// How long before a review is due its appraisee is reminded, and before an objective's day those who review it.
const AHEAD: TimeDelta = TimeDelta::days(28);
/// For how long one is asked to reflect on what one learned.
pub const REFLECT_WITHIN: TimeDelta = TimeDelta::days(60);

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What.
    pub kind: TaskKind,
    /// With what kind of record.
    pub record_type: RecordType,
    /// Which.
    pub record_id: Uuid,
    /// What sets it apart from others with the same record: the part of it that it is about, or the record itself.
    pub part_id: Uuid,
    /// What the record is called, if it has a title.
    pub title: Option<String>,
    /// Whom it is about, if not the one whose task it is.
    pub person: Option<PersonId>,
    /// At which organisation.
    pub organisation: OrganisationId,
    /// By when, if a day was set.
    pub due_on: Option<NaiveDate>,
}

impl Task {
    /// Its place among others: by day, those without one last, then by kind and record. As an id, so that a list can go on after it.
    pub fn place(&self) -> Uuid {
        let day = self.due_on.map_or(u32::MAX, |day| day.num_days_from_ce().unsigned_abs());
        let part = self.part_id.as_u128() & ((1 << 88) - 1);
        Uuid::from_u128(u128::from(day) << 96 | (self.kind as u128) << 88 | part)
    }
    /// Has its day passed?
    pub fn overdue(&self, today: NaiveDate) -> bool {
        self.due_on.is_some_and(|day| day < today)
    }
}

/// Somebody's part in an appraisal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Part {
    /// Is it theirs?
    pub own: bool,
    /// Do they appraise it?
    pub appraises: bool,
    /// Do they say who appraises, and nobody does?
    pub assigns: bool,
}

/// The day on which this is due.
pub fn due(deadlines: &[Deadline], kind: DeadlineKind) -> Option<NaiveDate> {
    deadlines.iter().find(|d| d.kind == kind).map(|d| d.due_on)
}

/// What there is to do in an appraisal that stands so, for somebody with this part in it.
pub fn of_appraisal(state: AppraisalState, deadlines: &[Deadline], part: Part, has_objectives: bool, today: NaiveDate) -> Vec<(TaskKind, Option<NaiveDate>)> {
    use AppraisalState as S;
    let (objectives, review, report) = (due(deadlines, DeadlineKind::Objectives), due(deadlines, DeadlineKind::Review), due(deadlines, DeadlineKind::Report));
    let near = review.is_some_and(|day| day - AHEAD <= today);
    let planning = matches!(state, S::Created | S::Planning);
    let at_work = matches!(state, S::InProgress | S::SelfReview | S::AssessmentDraft);
    [
        (part.assigns && (planning || at_work), TaskKind::AssignAppraisers, objectives),
        (part.own && planning && !has_objectives, TaskKind::SetObjectives, objectives),
        (part.appraises && state == S::Created, TaskKind::StartPlanning, objectives),
        (part.appraises && state == S::Planning, TaskKind::StartAppraisal, objectives),
        (part.own && state == S::InProgress && near, TaskKind::StartSelfReview, review),
        (part.appraises && state == S::SelfReview, TaskKind::StartAssessment, report),
        (part.appraises && state == S::AssessmentDraft, TaskKind::WriteReport, report),
    ]
    .into_iter()
    .filter_map(|(so, kind, day)| so.then_some((kind, day)))
    .collect()
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
pub fn of_objective(objective: ObjectiveSeen, settled_by: Option<NaiveDate>, today: NaiveDate) -> Option<(TaskKind, Option<NaiveDate>)> {
    use ObjectiveState as S;
    match objective.state {
        S::Draft if objective.author => Some((TaskKind::ProposeObjective, settled_by)),
        // the other side answers: the owner what the appraiser proposed, the appraiser what the owner did
        S::Proposed if objective.own != objective.proposed_by_owner => Some((TaskKind::AgreeObjective, settled_by)),
        S::Active if !objective.own && objective.due_on.is_some_and(|day| day - AHEAD <= today) => Some((TaskKind::ReviewObjective, objective.due_on)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn task(kind: TaskKind, due_on: Option<NaiveDate>, n: u128) -> Task {
        let organisation = OrganisationId(Uuid::nil());
        let id = Uuid::from_u128(n);
        Task { kind, record_type: RecordType::Objective, record_id: id, part_id: id, title: None, person: None, organisation, due_on }
    }

    #[test]
    fn tasks_stand_in_order_of_date_and_those_without_one_last() {
        let all = [
            task(TaskKind::ReviewMissing, Some(day("2026-10-01")), 9),
            task(TaskKind::AgreeObjective, Some(day("2026-10-05")), 2),
            task(TaskKind::ReviewMissing, Some(day("2026-10-05")), 1),
            task(TaskKind::ReviewMissing, Some(day("2026-10-05")), 2),
            task(TaskKind::AgreeObjective, None, 1),
        ];
        let mut shuffled: Vec<Task> = all.iter().rev().cloned().collect();
        shuffled.sort_by_key(Task::place);
        assert_eq!(shuffled, all);
        assert!(all[0].overdue(day("2026-10-02")) && !all[0].overdue(day("2026-10-01")) && !all[4].overdue(day("2099-01-01")));
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
