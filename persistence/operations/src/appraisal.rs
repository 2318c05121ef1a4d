//! Appraisals.

use crate::{
    job::Job,
    transaction::{Fetched, Page, Seen, Window, commands, queries},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use trellis_domain::{
    appraisal::{Appraisal, AppraisalAction, AppraisalState, DeadlineKind},
    id::{AppraisalId, CycleId, EmploymentId, JobId, OrganisationId, PersonId},
    profile::HoldReason,
    text::{Reason, Title},
};

/// Opens the job that creates the appraisals of a cycle's population, or says whom it would take. Its rows are added by [`AddPopulation`].
#[derive(Debug)]
pub struct CreateAppraisals {
    /// Of which cycle.
    pub cycle_id: CycleId,
    /// Is it only asked what would happen?
    pub validate_only: bool,
    /// Only if the cycle is still this version.
    pub expected: Option<i64>,
}
/// Adds the next employments of the population to one's own job that does not have all of them yet: every employment at the cycle's schools on some day of its
/// period, school by school.
#[derive(Debug)]
pub struct AddPopulation {
    /// To which job.
    pub id: JobId,
}
/// How much of a population is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noted {
    /// How many employments.
    pub total: i64,
    /// Is that all of them?
    pub whole: bool,
}
/// What is known of an employment before it is judged, as it waits in a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// Which.
    pub employment_id: EmploymentId,
    /// Whose.
    pub person_id: PersonId,
    /// At which school.
    pub organisation_id: OrganisationId,
}
/// An appraisal as far as a caller reads it.
#[derive(Debug, Clone)]
pub struct VisibleAppraisal {
    /// It.
    pub appraisal: Appraisal,
    /// Do they read all of it? Whom the headteacher lets say who appraises reads its head: whose it is, by whom, where it stands and what is due when.
    pub in_full: bool,
}
/// One appraisal.
#[derive(Debug)]
pub struct GetAppraisal {
    /// Which.
    pub id: AppraisalId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Appraisals, by these filters.
#[derive(Debug)]
pub struct ListAppraisals {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// On this employment.
    pub employment_id: Option<EmploymentId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// In this cycle.
    pub cycle_id: Option<CycleId>,
    /// Appraised by this person today.
    pub appraiser_id: Option<PersonId>,
    /// That stand here.
    pub state: Option<AppraisalState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Takes a step that needs nothing but the step itself.
#[derive(Debug)]
pub struct StepAppraisal {
    /// Which.
    pub id: AppraisalId,
    /// Which step.
    pub action: AppraisalAction,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Says who appraises.
#[derive(Debug)]
pub struct AssignAppraisers {
    /// Which.
    pub id: AppraisalId,
    /// All who appraise from today.
    pub people: Vec<PersonId>,
    /// Who advises them.
    pub external_adviser: Option<Title>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Moves a deadline.
#[derive(Debug)]
pub struct MoveDeadline {
    /// Which appraisal.
    pub id: AppraisalId,
    /// Which deadline.
    pub kind: DeadlineKind,
    /// To when.
    pub due_on: NaiveDate,
    /// Why.
    pub reason: Reason,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Lets an appraisal rest.
#[derive(Debug)]
pub struct SuspendAppraisal {
    /// Which.
    pub id: AppraisalId,
    /// Why: kept as a hold, in the support lane.
    pub reason: HoldReason,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Lets it go on.
#[derive(Debug)]
pub struct ResumeAppraisal {
    /// Which.
    pub id: AppraisalId,
    /// The last day of its period, if that is later now.
    pub ends_on: Option<NaiveDate>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Transfers or abandons it.
#[derive(Debug)]
pub struct LeaveAppraisal {
    /// Which.
    pub id: AppraisalId,
    /// Which of the two.
    pub action: AppraisalAction,
    /// Why.
    pub reason: Reason,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one appraisal.
#[derive(Debug)]
pub struct AppraisalHistory {
    /// Which appraisal.
    pub id: AppraisalId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetAppraisal: ReadAppraisals => Fetched<Seen<VisibleAppraisal>>;
    ListAppraisals: ReadAppraisals => Page<VisibleAppraisal>;
    AppraisalHistory: ReadAppraisals => crate::event::History;
}
commands! {
    CreateAppraisals: WriteCycles => Job;
    AddPopulation: WriteCycles => Noted;
    StepAppraisal: WriteAppraisals => Seen<VisibleAppraisal>;
    AssignAppraisers: AssignAppraisals => Seen<VisibleAppraisal>;
    MoveDeadline: WriteAppraisals => Seen<VisibleAppraisal>;
    SuspendAppraisal: WriteAppraisals => Seen<VisibleAppraisal>;
    ResumeAppraisal: WriteAppraisals => Seen<VisibleAppraisal>;
    LeaveAppraisal: WriteAppraisals => Seen<VisibleAppraisal>;
}
