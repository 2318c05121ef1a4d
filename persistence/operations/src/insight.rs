//! Figures of schools and trusts: how far appraisals are, what comes of priorities, where learning is and who has it.

use crate::{
    disclosure::Sealed,
    transaction::{Page, Window, queries},
};
use trellis_domain::{
    appraisal::AppraisalState,
    id::{
        AgreedActionId, AppraisalId, CycleId, EnrolmentId, FindingId, LearningRecordId, LearningRequestId, LearningSessionId, LearningVisitId, NeedId,
        ObjectiveId, OrganisationId, PersonId, PriorityId, TrainingCompletionId,
    },
    insight::{Access, Outstanding, Practised, Progress, Share, Sight, Spent},
    objective::ObjectiveState,
    organisation::OrganisationKind,
    priority::PriorityState,
};

/// An organisation that figures are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub id: OrganisationId,
    /// What it is.
    pub kind: OrganisationKind,
    /// What it is called.
    pub name: String,
    /// A school's phase.
    pub phase: Option<String>,
}
/// Figures of each organisation that the caller may see figures of, and of all of them together.
#[derive(Debug, Clone)]
pub struct Figures<T> {
    /// By organisation.
    pub rows: Vec<(Place, T)>,
    /// Of all; not when the answer was kept to one organisation.
    pub all: Option<T>,
}

/// How far a cycle's appraisals are.
#[derive(Debug)]
pub struct AppraisalOverview {
    /// Of which cycle.
    pub cycle_id: CycleId,
    /// Only this organisation and those beneath it.
    pub organisation_id: Option<OrganisationId>,
}
/// How far the appraisals of one appraiser at one school are.
#[derive(Debug, Clone)]
pub struct AppraiserProgress {
    /// At which school.
    pub organisation: Place,
    /// Who appraises, with their name; none for the appraisals that nobody appraises.
    pub appraiser: Option<(PersonId, Option<String>)>,
    /// How far they are.
    pub progress: Progress,
}
/// How far a cycle's appraisals are by who appraises today, at the schools whose appraisals the caller reads by name.
#[derive(Debug)]
pub struct AppraisalOverviewByAppraiser {
    /// Of which cycle.
    pub cycle_id: CycleId,
    /// Only this organisation and those beneath it.
    pub organisation_id: Option<OrganisationId>,
}
/// An appraisal with what is outstanding in it.
#[derive(Debug, Clone)]
pub struct OutstandingAppraisal {
    /// Which.
    pub id: AppraisalId,
    /// Whose.
    pub person_id: PersonId,
    /// What they are called.
    pub person_name: Option<String>,
    /// At which school.
    pub organisation_id: OrganisationId,
    /// Where it stands.
    pub state: AppraisalState,
    /// Who appraises today, with their names.
    pub appraisers: Vec<(PersonId, Option<String>)>,
    /// What is outstanding.
    pub outstanding: Vec<Outstanding>,
}
/// A cycle's appraisals that the caller may read by name, each with what is outstanding in it.
#[derive(Debug)]
pub struct ListAppraisalProgress {
    /// Of which cycle.
    pub cycle_id: CycleId,
    /// Only this organisation and those beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// Only those that this person appraises today.
    pub appraiser_id: Option<PersonId>,
    /// Where the list goes on.
    pub window: Window,
}
/// A priority, as somebody sees it who looks along the line.
#[derive(Debug, Clone)]
pub struct PriorityInSight {
    /// Which.
    pub id: PriorityId,
    /// Of which organisation's plan.
    pub organisation_id: OrganisationId,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: PriorityState,
    /// From which it was adopted.
    pub adopted_from: Option<PriorityId>,
}
/// What is seen of a priority.
#[derive(Debug)]
pub struct PrioritySight {
    /// The priority.
    pub priority: PriorityInSight,
    /// Those that were adopted from it, at any remove.
    pub adopted: Vec<PriorityInSight>,
    /// What comes of it.
    pub figures: Figures<Sight>,
}
/// What comes of a priority: objectives, learning and evidence, by organisation.
#[derive(Debug)]
pub struct PriorityLineOfSight {
    /// Which.
    pub id: PriorityId,
}
/// An objective, as somebody sees it who looks along the line.
#[derive(Debug, Clone)]
pub struct ObjectiveInSight {
    /// Which.
    pub id: ObjectiveId,
    /// What it is called.
    pub title: String,
    /// Where it stands.
    pub state: ObjectiveState,
}
/// What a record serves.
#[derive(Debug)]
pub struct WayBack {
    /// Objectives that it is for, or is, and that the caller may read.
    pub objectives: Vec<ObjectiveInSight>,
    /// How many others there are.
    pub other_objectives: i64,
    /// Priorities that it serves, by itself or through one of those objectives that was not withdrawn, and those they were adopted from.
    pub priorities: Vec<PriorityInSight>,
}
/// What a learning record serves, and where it came from.
#[derive(Debug)]
pub struct LearningSight {
    /// What it serves.
    pub way: WayBack,
    /// The session that it came of.
    pub session_id: Option<LearningSessionId>,
    /// Was it reflected upon?
    pub followed_up: bool,
}
/// The way back from a learning record: objectives, priorities, and the priorities these were adopted from.
#[derive(Debug)]
pub struct LearningLineOfSight {
    /// Which.
    pub id: LearningRecordId,
}
/// The way back from an objective.
#[derive(Debug)]
pub struct ObjectiveLineOfSight {
    /// Which.
    pub id: ObjectiveId,
}
/// The way back from a learning request.
#[derive(Debug)]
pub struct RequestLineOfSight {
    /// Which.
    pub id: LearningRequestId,
}
/// The way back from an enrolment: by the learning that came of it, and by the request for it.
#[derive(Debug)]
pub struct EnrolmentLineOfSight {
    /// Which.
    pub id: EnrolmentId,
}
/// The way back from an agreed action, as it is read itself: in the support lane that is recorded.
#[derive(Debug)]
pub struct AgreedActionLineOfSight {
    /// Which.
    pub id: AgreedActionId,
}
/// The way back from a finding: by the inquiry that it came of. Of one without a name it leads its owner alone.
#[derive(Debug)]
pub struct FindingLineOfSight {
    /// Which.
    pub id: FindingId,
}
/// The way back from a development need, by the record that its owner made it of, which is theirs alone to know.
#[derive(Debug)]
pub struct NeedLineOfSight {
    /// Which.
    pub id: NeedId,
}
/// The way back from a learning visit, by the copy that the visited put among their learning, which is theirs alone to know.
#[derive(Debug)]
pub struct LearningVisitLineOfSight {
    /// Which.
    pub id: LearningVisitId,
}
/// The way back from a training completion: by the enrolment that it came of.
#[derive(Debug)]
pub struct TrainingCompletionLineOfSight {
    /// Which.
    pub id: TrainingCompletionId,
}
/// The learning share and the autonomy of each organisation in an academic year.
#[derive(Debug)]
pub struct ReadLearningShare {
    /// Which.
    pub academic_year: i32,
    /// Only this organisation and those beneath it.
    pub organisation_id: Option<OrganisationId>,
}
/// How what is offered was shared out, by groups of people.
#[derive(Debug, Clone)]
pub struct Fairness {
    /// By the phase of the school.
    pub by_phase: Vec<(String, Access)>,
    /// By staff category.
    pub by_staff_category: Vec<(String, Access)>,
    /// By full time and part time.
    pub by_working_time: Vec<(String, Access)>,
    /// Of all.
    pub all: Access,
}
/// How learning and places were shared out in an academic year.
#[derive(Debug)]
pub struct ReadFairAccess {
    /// Which.
    pub academic_year: i32,
}

/// A mechanism of effective professional development.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mechanism {
    /// Its code in its framework.
    pub code: String,
    /// What the newest version of that calls it.
    pub title: String,
}
/// How much learning each mechanism was at work in, by organisation.
#[derive(Debug, Clone)]
pub struct Mechanisms {
    /// The mechanisms, in the order of their framework.
    pub mechanisms: Vec<Mechanism>,
    /// Of each organisation, and of all, so much for each of them.
    pub figures: Figures<Vec<Practised>>,
}
/// How much learning of an academic year each mechanism was at work in.
#[derive(Debug)]
pub struct ReadMechanisms {
    /// Which year.
    pub academic_year: i32,
    /// Only this organisation and those beneath it.
    pub organisation_id: Option<OrganisationId>,
}
/// What was spent on learning in an academic year: with and without a priority, and with and without anything known of what came of it.
#[derive(Debug)]
pub struct ReadSpending {
    /// Which.
    pub academic_year: i32,
    /// Only this organisation and those beneath it.
    pub organisation_id: Option<OrganisationId>,
}

queries! {
    ReadSpending: ReadInsight => Figures<Spent>, LONG = true;
    AppraisalOverview: ReadAppraisalOverview => Figures<Progress>, LONG = true;
    AppraisalOverviewByAppraiser: ReadAppraisals => Vec<AppraiserProgress>, LONG = true;
    ListAppraisalProgress: ReadAppraisals => Page<OutstandingAppraisal>;
    PriorityLineOfSight: ReadInsight => PrioritySight, LONG = true;
    LearningLineOfSight: ReadLearning => LearningSight;
    ObjectiveLineOfSight: ReadObjectives => WayBack;
    RequestLineOfSight: ReadRequests => WayBack;
    EnrolmentLineOfSight: ReadEnrolments => WayBack;
    AgreedActionLineOfSight: ReadConversations => Sealed<WayBack>;
    FindingLineOfSight: ReadFindings => WayBack;
    NeedLineOfSight: ReadNeeds => WayBack;
    LearningVisitLineOfSight: ReadCoaching => WayBack;
    TrainingCompletionLineOfSight: ReadTraining => WayBack;
    ReadMechanisms: ReadInsight => Mechanisms, LONG = true;
    ReadLearningShare: ReadInsight => Figures<Share>, LONG = true;
    ReadFairAccess: ReadInsight => Fairness, LONG = true;
}
