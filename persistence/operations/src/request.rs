//! Learning requests, what is decided of them, and what comes of them.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use chrono::{DateTime, NaiveDate, Utc};
use trellis_domain::{
    id::{BudgetLineId, CheckpointId, EmploymentId, LearningActivityId, LearningRequestId, OrganisationId, PersonId, PriorityId, RequestCommentId},
    impact::{Checkpoint, CheckpointOutcome, Conclusion, ImpactPlan, Look, Summary, Topic},
    request::{AskPatch, Brought, LearningRequest, RequestAction, RequestDecision, RequestState, Verdict},
    rule::RuleError,
    text::{Narrative, Reason, Title},
};

/// A learning request as this caller may see it.
#[derive(Debug, Clone)]
pub struct VisibleRequest {
    /// The request.
    pub request: LearningRequest,
    /// Whoever decides reads why it is asked for; whoever keeps costs and cover does not.
    pub in_full: bool,
}
/// A new draft of one's own.
#[derive(Debug, Clone)]
pub struct CreateLearningRequest {
    /// The employment in which one asks; the only one there is, if none is named.
    pub employment_id: Option<EmploymentId>,
    /// What it is.
    pub title: Title,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day; the first, if none is named.
    pub ends_on: Option<NaiveDate>,
    /// The rest of it.
    pub details: AskPatch,
}
/// One learning request.
#[derive(Debug)]
pub struct GetLearningRequest {
    /// Which.
    pub id: LearningRequestId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Learning requests, by these filters.
#[derive(Debug)]
pub struct ListLearningRequests {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// Of this school.
    pub organisation_id: Option<OrganisationId>,
    /// In this state.
    pub state: Option<RequestState>,
    /// For this activity.
    pub activity_id: Option<LearningActivityId>,
    /// Paid by this line.
    pub budget_line_id: Option<BudgetLineId>,
    /// Linked to this priority.
    pub priority_id: Option<PriorityId>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes what is asked for.
#[derive(Debug)]
pub struct UpdateLearningRequest {
    /// Which.
    pub id: LearningRequestId,
    /// What.
    pub patch: AskPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Takes a step that is its owner's, or that of whoever helps them on.
#[derive(Debug, Clone)]
pub struct StepLearningRequest {
    /// Which.
    pub id: LearningRequestId,
    /// Which step.
    pub action: RequestAction,
    /// Why, where it is a decision.
    pub reason: Option<Reason>,
    /// What it brings with it.
    pub brought: Brought,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Takes a step that only whoever approves learning takes.
#[derive(Debug, Clone)]
pub struct ApproveLearningRequest(pub StepLearningRequest);
/// One of many decisions.
#[derive(Debug, Clone)]
pub struct Decide {
    /// On which request.
    pub id: LearningRequestId,
    /// What.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<Reason>,
    /// The line that pays, when it is approved.
    pub budget_line_id: Option<BudgetLineId>,
}
/// Decides on many requests; each is judged for itself.
#[derive(Debug, Clone)]
pub struct DecideLearningRequests {
    /// What is decided.
    pub items: Vec<Decide>,
}
/// What became of one of many.
pub type Decided = (LearningRequestId, Result<VisibleRequest, RuleError>);

/// Everything that was decided on a request, oldest first.
#[derive(Debug)]
pub struct ListRequestDecisions {
    /// On which.
    pub id: LearningRequestId,
    /// Where the list goes on.
    pub window: Window,
}
/// A decision as this caller may see it.
#[derive(Debug, Clone)]
pub struct VisibleDecision {
    /// The decision.
    pub decision: RequestDecision,
    /// May they read why?
    pub in_full: bool,
}
/// What somebody said of a request.
#[derive(Debug, Clone)]
pub struct RequestComment {
    /// Its id.
    pub id: RequestCommentId,
    /// Of which request.
    pub learning_request_id: LearningRequestId,
    /// Who said it.
    pub author_id: PersonId,
    /// What.
    pub text: Narrative,
    /// When.
    pub created_at: DateTime<Utc>,
}
/// What was said of a request, oldest first.
#[derive(Debug)]
pub struct ListRequestComments {
    /// Of which.
    pub id: LearningRequestId,
    /// Where the list goes on.
    pub window: Window,
}
/// Says something of a request.
#[derive(Debug, Clone)]
pub struct CommentOnRequest {
    /// Of which.
    pub id: LearningRequestId,
    /// What.
    pub text: Narrative,
}
/// The events of one learning request.
#[derive(Debug)]
pub struct LearningRequestHistory {
    /// Which request.
    pub id: LearningRequestId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

/// What comes of a request, as this caller may see it.
#[derive(Debug, Clone)]
pub struct RequestImpact {
    /// Of which request, as it is now.
    pub request: LearningRequest,
    /// The plan.
    pub plan: Option<ImpactPlan>,
    /// Its checkpoints, in their order.
    pub checkpoints: Vec<Checkpoint>,
    /// May they read the plan?
    pub in_full: bool,
    /// May they read what the owner wrote afterwards?
    pub confided: bool,
}
/// What comes of a request.
#[derive(Debug)]
pub struct GetRequestImpact {
    /// Of which.
    pub id: LearningRequestId,
}
/// Says how one will know what comes of it, before it begins.
#[derive(Debug, Clone)]
pub struct PlanImpact {
    /// Of which.
    pub id: LearningRequestId,
    /// Level by level.
    pub plan: ImpactPlan,
    /// When one looks, at what.
    pub looks: Vec<Look>,
    /// Only if the request is still this version.
    pub expected: Option<i64>,
}
/// Records what a checkpoint showed.
#[derive(Debug, Clone)]
pub struct RecordCheckpoint {
    /// Of which request.
    pub id: LearningRequestId,
    /// Which.
    pub checkpoint_id: CheckpointId,
    /// What it showed.
    pub outcome: CheckpointOutcome,
    /// In the owner's words.
    pub narrative: Option<Narrative>,
    /// Where evidence is found.
    pub evidence: Option<Reason>,
    /// Only if the request is still this version.
    pub expected: Option<i64>,
}
/// What came of learning at an organisation and beneath it, in an academic year.
#[derive(Debug)]
pub struct SummariseImpact {
    /// Where.
    pub organisation_id: OrganisationId,
    /// In which academic year; this one, if none is named.
    pub academic_year: Option<i32>,
}
/// What came of a topic.
#[derive(Debug, Clone)]
pub struct TopicImpact {
    /// Which.
    pub topic: Topic,
    /// What the activity is called.
    pub title: Option<Title>,
    /// Whether to go on with the activity, as whoever keeps the catalogue concluded.
    pub conclusion: Option<Conclusion>,
    /// What may be said of it.
    pub summary: Summary,
}
/// What came of learning.
#[derive(Debug, Clone)]
pub struct ImpactSummary {
    /// In which academic year.
    pub academic_year: i32,
    /// By topic.
    pub topics: Vec<TopicImpact>,
    /// How many topics are left out, because too few people would be told apart.
    pub left_out: usize,
    /// By provider, of what is in the catalogue and beside it.
    pub providers: Vec<(Option<Title>, Summary)>,
    /// How many providers are left out.
    pub providers_left_out: usize,
}

queries! {
    GetLearningRequest: ReadRequests => Fetched<Seen<VisibleRequest>>;
    ListLearningRequests: ReadRequests => Page<VisibleRequest>;
    ListRequestDecisions: ReadRequests => Page<VisibleDecision>;
    ListRequestComments: ReadRequests => Page<RequestComment>;
    LearningRequestHistory: ReadRequests => crate::event::History;
    GetRequestImpact: ReadRequests => RequestImpact;
    SummariseImpact: ReadImpact => ImpactSummary, LONG = true;
}
commands! {
    CreateLearningRequest: WriteRequests => Seen<VisibleRequest>;
    UpdateLearningRequest: WriteRequests => Seen<VisibleRequest>;
    StepLearningRequest: WriteRequests => Seen<VisibleRequest>;
    ApproveLearningRequest: ApproveRequests => Seen<VisibleRequest>;
    DecideLearningRequests: WriteRequests => Vec<Decided>;
    CommentOnRequest: WriteRequests => RequestComment;
    PlanImpact: WriteRequests => RequestImpact;
    RecordCheckpoint: WriteRequests => RequestImpact;
}
