//! Tasks: what is somebody's to do now, in order of date, from every machine that waits for somebody. They are derived whenever they are asked for;
//! nothing stores one, so none is left over when what it asks for is done. Where a machine says who may do what, it is asked: a task is what its record
//! lets that person do now.

mod appraisal;
mod request;
mod talk;

pub use appraisal::{ObjectiveSeen, Part, deadline, of_appraisal, of_objective, of_pay, of_report};
pub use request::{of_checkpoint, of_request, of_sessions, of_training};
pub use talk::{of_agreed_action, of_check_in, of_coaching, of_conversation, of_invitation, of_partnership, of_step};

use crate::{
    appraisal::Deadline,
    event::RecordType,
    id::{OrganisationId, PersonId},
    profile::{DayBasis, ProfileKey},
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
        /// Comment on one's report, if one wishes to: the time for it is running.
        CommentOnReport = "comment_on_report",
        /// Decide an appeal against a report.
        DecideAppeal = "decide_appeal",
        /// Decide a recommendation on somebody's pay.
        DecidePay = "decide_pay",
        /// Complete an appraisal whose appraisee commented, or let the time for it pass.
        CompleteAppraisal = "complete_appraisal",
        /// Begin to prepare a conversation.
        PrepareConversation = "prepare_conversation",
        /// Show the other what one prepared.
        SharePreparation = "share_preparation",
        /// Hold a conversation whose hour has come, and say that it was held.
        HoldConversation = "hold_conversation",
        /// Show one's words after a conversation, and ask for a response.
        RequestResponse = "request_response",
        /// Respond to what the other wrote after a conversation.
        RespondToConversation = "respond_to_conversation",
        /// Lock a conversation that was responded to.
        CompleteConversation = "complete_conversation",
        /// Book a check-in: it is time, and none is booked.
        BookCheckIn = "book_check_in",
        /// Do what one took on in a conversation.
        DoAgreedAction = "do_agreed_action",
        /// Say yes or no to working on a colleague's objective.
        AnswerInvitation = "answer_invitation",
        /// Say yes or no to a coaching partnership.
        AnswerPartnership = "answer_partnership",
        /// Say what became of an action step.
        SettleStep = "settle_step",
        /// Change a learning request that was given back.
        ReviseRequest = "revise_request",
        /// Book what was approved.
        BookLearning = "book_learning",
        /// Say that one was there.
        ConfirmAttendance = "confirm_attendance",
        /// Say what one thought of it.
        EvaluateLearning = "evaluate_learning",
        /// Look at what came of it on the day that was set for it.
        RecordCheckpoint = "record_checkpoint",
        /// Say what came of it, and whether to go on with it.
        ReviewImpact = "review_impact",
        /// Answer a learning request as line manager or appraiser.
        AnswerRequest = "answer_request",
        /// Decide on a learning request.
        DecideRequest = "decide_request",
        /// Do a training that is required of one.
        DoTraining = "do_training",
        /// Choose between sessions at the same time: one was moved.
        ChooseSession = "choose_session",
        /// Arrange the next meeting with one's coach, or whom one coaches: it is time.
        ArrangeCoaching = "arrange_coaching",
    }
}

/// How long before its day somebody is told of what is due.
const AHEAD: TimeDelta = TimeDelta::days(28);
/// For how long one is asked to reflect on what one learned.
pub const REFLECT_WITHIN: TimeDelta = TimeDelta::days(60);

/// The last day of which something is told today.
pub fn horizon(today: NaiveDate) -> NaiveDate {
    today.checked_add_signed(AHEAD).unwrap_or(NaiveDate::MAX)
}

/// The rule that set a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayRule {
    /// The rule profile.
    pub profile: ProfileKey,
    /// Which version of it.
    pub version: i32,
    /// Which days were counted; none where somebody named the day, or the rule's own count is not kept with it.
    pub basis: Option<DayBasis>,
}

/// A day by which something is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// The day.
    pub on: NaiveDate,
    /// The rule that set it, if one did.
    pub rule: Option<DayRule>,
}

impl From<NaiveDate> for Day {
    fn from(on: NaiveDate) -> Self {
        Self { on, rule: None }
    }
}
impl From<&Deadline> for Day {
    fn from(deadline: &Deadline) -> Self {
        let Deadline { due_on, rule_profile, rule_profile_version, basis, .. } = deadline;
        Self { on: *due_on, rule: Some(DayRule { profile: rule_profile.clone(), version: *rule_profile_version, basis: *basis }) }
    }
}

/// What there is to do, and by when if a day is set.
pub type Asked = (TaskKind, Option<Day>);

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
    /// At which organisation; none for what is between two people alone.
    pub organisation: Option<OrganisationId>,
    /// By when, if a day was set.
    pub due: Option<Day>,
}

impl Task {
    /// One with a record itself, that is about nobody else.
    pub fn with(asked: Asked, record_type: RecordType, record_id: Uuid, organisation: OrganisationId) -> Self {
        Self { organisation: Some(organisation), ..Self::between(asked, record_type, record_id) }
    }
    /// One that is between two people alone, and at no organisation.
    pub fn between((kind, due): Asked, record_type: RecordType, record_id: Uuid) -> Self {
        Self { kind, record_type, record_id, part_id: record_id, title: None, person: None, organisation: None, due }
    }
    /// With the title of its record.
    #[must_use]
    pub fn called(self, title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), ..self }
    }
    /// About somebody else.
    #[must_use]
    pub fn about(self, person: impl Into<Option<PersonId>>) -> Self {
        Self { person: person.into(), ..self }
    }
    /// Its place among others: by day, those without one last, then by kind and record. As an id, so that a list can go on after it.
    pub fn place(&self) -> Uuid {
        let day = self.due.as_ref().map_or(u32::MAX, |day| day.on.num_days_from_ce().unsigned_abs());
        let part = self.part_id.as_u128() & ((1 << 88) - 1);
        Uuid::from_u128(u128::from(day) << 96 | (self.kind as u128) << 88 | part)
    }
    /// Has its day passed?
    pub fn overdue(&self, today: NaiveDate) -> bool {
        self.due.as_ref().is_some_and(|day| day.on < today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn task(kind: TaskKind, due_on: Option<NaiveDate>, n: u128) -> Task {
        Task::with((kind, due_on.map(Day::from)), RecordType::Objective, Uuid::from_u128(n), OrganisationId(Uuid::nil()))
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
}
