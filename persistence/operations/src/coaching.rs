//! Coaching partnerships, their action steps, and visits to lessons.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use chrono::NaiveDate;
use trellis_domain::{
    check_in::CheckInStanding,
    coaching::{ActionStep, CoachingKind, CoachingPartnership, CoachingStage, PartnershipPatch, PartnershipState, StepOutcome, StepState},
    id::{ActionStepId, CoachingPartnershipId, EmploymentId, LearningVisitId, PersonId},
    text::{Narrative, Reason, Title},
    visit::{LearningVisit, VisitLane, VisitPatch},
};

/// Proposes a partnership to somebody.
#[derive(Debug, Clone)]
pub struct ProposePartnership {
    /// What kind.
    pub kind: CoachingKind,
    /// Whose development it is for.
    pub learner_id: PersonId,
    /// Who coaches, mentors or goes along.
    pub coach_id: PersonId,
    /// What it is about.
    pub focus: Reason,
    /// Weeks between two meetings.
    pub cadence_weeks: Option<i32>,
}
/// One partnership of one's own.
#[derive(Debug)]
pub struct GetPartnership {
    /// Which.
    pub id: CoachingPartnershipId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// One's partnerships.
#[derive(Debug)]
pub struct ListPartnerships {
    /// In this state.
    pub state: Option<PartnershipState>,
    /// Of this kind.
    pub kind: Option<CoachingKind>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes a partnership's focus or rhythm.
#[derive(Debug)]
pub struct UpdatePartnership {
    /// Which.
    pub id: CoachingPartnershipId,
    /// What.
    pub patch: PartnershipPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Says yes to a proposal.
#[derive(Debug)]
pub struct AcceptPartnership {
    /// Which.
    pub id: CoachingPartnershipId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Ends a partnership, takes a proposal back, or says no.
#[derive(Debug)]
pub struct EndPartnership {
    /// Which.
    pub id: CoachingPartnershipId,
    /// Why, if one says so.
    pub reason: Option<Reason>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Goes on to another stage of a round of coaching, or begins another round with its goal.
#[derive(Debug)]
pub struct GoOnCoaching {
    /// Which partnership.
    pub id: CoachingPartnershipId,
    /// To which stage.
    pub to: CoachingStage,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// A partnership with a rhythm, of which the caller is one of the two.
#[derive(Debug, Clone)]
pub struct CoachingRhythm {
    /// The partnership.
    pub partnership: CoachingPartnership,
    /// The other of the two.
    pub other_id: PersonId,
    /// What the other is called.
    pub other_name: Option<String>,
    /// How they keep to it.
    pub standing: CheckInStanding,
    /// How many days they are late.
    pub overdue_days: i64,
}
/// The caller's own.
#[derive(Debug)]
pub struct ListMyCoachingRhythms {
    /// Where the list goes on.
    pub window: Window,
}
/// The events of one partnership.
#[derive(Debug)]
pub struct PartnershipHistory {
    /// Which partnership.
    pub id: CoachingPartnershipId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}
/// Agrees on an action step.
#[derive(Debug, Clone)]
pub struct CreateActionStep {
    /// Of which partnership.
    pub partnership_id: CoachingPartnershipId,
    /// What is tried.
    pub step: Reason,
    /// When the two look back at it.
    pub check_back_on: NaiveDate,
}
/// One action step of one's own partnerships.
#[derive(Debug)]
pub struct GetActionStep {
    /// Which.
    pub id: ActionStepId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Action steps of one's partnerships.
#[derive(Debug)]
pub struct ListActionSteps {
    /// Of this partnership.
    pub partnership_id: Option<CoachingPartnershipId>,
    /// In this state.
    pub state: Option<StepState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Says what became of an action step.
#[derive(Debug)]
pub struct SettleActionStep {
    /// Which.
    pub id: ActionStepId,
    /// What became of it.
    pub outcome: StepOutcome,
    /// What the learner says of it.
    pub note: Option<Narrative>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one action step.
#[derive(Debug)]
pub struct ActionStepHistory {
    /// Which step.
    pub id: ActionStepId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}
/// Writes a visit down.
#[derive(Debug, Clone)]
pub struct CreateLearningVisit {
    /// The partnership, for a visit in the development lane.
    pub partnership_id: Option<CoachingPartnershipId>,
    /// Who was visited, for an observation in the appraisal lane.
    pub visited_id: Option<PersonId>,
    /// What it is for.
    pub lane: VisitLane,
    /// The day.
    pub visited_on: NaiveDate,
    /// How long it took.
    pub minutes: i32,
    /// What was looked for.
    pub purpose: Title,
    /// What was seen.
    pub notes: Option<Narrative>,
}
/// One visit, for the two.
#[derive(Debug)]
pub struct GetLearningVisit {
    /// Which.
    pub id: LearningVisitId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Visits in which the caller was one of the two.
#[derive(Debug)]
pub struct ListLearningVisits {
    /// Of this partnership.
    pub partnership_id: Option<CoachingPartnershipId>,
    /// In this lane.
    pub lane: Option<VisitLane>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes what the visitor wrote.
#[derive(Debug)]
pub struct UpdateLearningVisit {
    /// Which.
    pub id: LearningVisitId,
    /// What.
    pub patch: VisitPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Puts a copy among the learning of the visited, for others to see.
#[derive(Debug)]
pub struct ShareLearningVisit {
    /// Which.
    pub id: LearningVisitId,
    /// In which of their employments.
    pub employment_id: Option<EmploymentId>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one visit.
#[derive(Debug)]
pub struct LearningVisitHistory {
    /// Which visit.
    pub id: LearningVisitId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetPartnership: ReadCoaching => Fetched<Seen<CoachingPartnership>>;
    ListPartnerships: ReadCoaching => Page<CoachingPartnership>;
    ListMyCoachingRhythms: Identified => Page<CoachingRhythm>;
    PartnershipHistory: ReadCoaching => crate::event::History;
    GetActionStep: ReadCoaching => Fetched<Seen<ActionStep>>;
    ListActionSteps: ReadCoaching => Page<ActionStep>;
    ActionStepHistory: ReadCoaching => crate::event::History;
    GetLearningVisit: ReadCoaching => Fetched<Seen<LearningVisit>>;
    ListLearningVisits: ReadCoaching => Page<LearningVisit>;
    LearningVisitHistory: ReadCoaching => crate::event::History;
}
commands! {
    ProposePartnership: WriteCoaching => Seen<CoachingPartnership>;
    UpdatePartnership: WriteCoaching => Seen<CoachingPartnership>;
    AcceptPartnership: WriteCoaching => Seen<CoachingPartnership>;
    GoOnCoaching: WriteCoaching => Seen<CoachingPartnership>;
    EndPartnership: WriteCoaching => Seen<CoachingPartnership>;
    CreateActionStep: WriteCoaching => Seen<ActionStep>;
    SettleActionStep: WriteCoaching => Seen<ActionStep>;
    CreateLearningVisit: WriteCoaching => Seen<LearningVisit>;
    UpdateLearningVisit: WriteCoaching => Seen<LearningVisit>;
    ShareLearningVisit: WriteCoaching => Seen<LearningVisit>;
}
