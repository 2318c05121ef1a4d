//! What is decided on learning requests, and how they go on: each step is an operation of its own.

use crate::{
    error::{ApiError, RowProblem},
    extract::{Body, Id, IfMatch, NoBody, NoParams, Params},
    learning_request::{LearningRequestDetail, LearningRequestView, saved},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::LearningRequestId,
    request::{Brought, MOST_AT_ONCE, RequestAction, RequestDecision},
    text::Reason,
};
use trellis_persistence::{
    request::{
        ApproveLearningRequest, CommentOnRequest, Decide, DecideLearningRequests, Decided, ListRequestComments, ListRequestDecisions, RequestComment,
        StepLearningRequest, VisibleDecision,
    },
    transaction::needs::{ApproveRequests, ReadRequests, WriteRequests},
};
use utoipa::ToSchema;

/// Why, if one would say so.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestConsent {
    /// Why.
    #[serde(default)]
    reason: Option<word::Reason>,
}
/// Why. Whoever hears no hears why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestRefusal {
    /// Why.
    reason: word::Reason,
}
/// An approval.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestApproval {
    /// Why, if one would say so.
    #[serde(default)]
    reason: Option<word::Reason>,
    /// The budget line that pays: of the school or above it, for the academic year in which the learning starts. Needed if it costs something and none was named before.
    #[serde(default)]
    budget_line_id: Option<word::BudgetLineId>,
}
/// A booking.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestBooking {
    /// What it cost in the end, in pence; what was approved, if nothing is said. More than that is booked by whoever approves.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000_000, example = 22500)]
    actual_cost_pence: Option<i32>,
}
/// What it cost in the end.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActualCost {
    /// In pence.
    #[schema(minimum = 0, maximum = 100_000_000, example = 21000)]
    actual_cost_pence: i32,
}
/// What one thought of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestEvaluation {
    /// In one's own words: for oneself and those who agreed and approved.
    evaluation: word::Narrative,
}
/// What came of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImpactReview {
    /// Whether one goes on with what one learned.
    conclusion: word::Conclusion,
    /// Why: for oneself and those who agreed and approved.
    #[serde(default)]
    note: Option<word::Narrative>,
}

async fn step(
    permitted: Permitted<WriteRequests>,
    id: LearningRequestId,
    expected: IfMatch,
    action: RequestAction,
    reason: Option<Reason>,
    brought: Brought,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepLearningRequest { id, action, reason, brought, expected: expected.0 }, saved).await
}
async fn approving(
    permitted: Permitted<ApproveRequests>,
    id: LearningRequestId,
    expected: IfMatch,
    action: RequestAction,
    reason: Option<Reason>,
    brought: Brought,
) -> Result<HttpResponse, ApiError> {
    permitted.write(ApproveLearningRequest(StepLearningRequest { id, action, reason, brought, expected: expected.0 }), saved).await
}

/// Submit a learning request
///
/// To one's line manager or appraiser. It is asked for before it begins.
#[utoipa::path(tag = "Requests", responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/submit")]
pub async fn submit_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    step(permitted, id.0, expected, RequestAction::Submit, None, Brought::default()).await
}

/// Agree to a learning request
///
/// As line manager or appraiser of its owner; by whoever approves learning, if they have neither. Nobody agrees to their own.
#[utoipa::path(tag = "Requests", request_body = RequestConsent, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/manager-agree")]
pub async fn manager_agree_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<RequestConsent>,
) -> Result<HttpResponse, ApiError> {
    step(permitted, id.0, expected, RequestAction::ManagerAgree, body.0.reason.map(|r| r.0), Brought::default()).await
}

/// Decline a learning request as manager
///
/// As line manager or appraiser of its owner. It can be agreed to later: both are kept.
#[utoipa::path(tag = "Requests", request_body = RequestRefusal, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/manager-decline")]
pub async fn manager_decline_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<RequestRefusal>,
) -> Result<HttpResponse, ApiError> {
    step(permitted, id.0, expected, RequestAction::ManagerDecline, Some(body.0.reason.0), Brought::default()).await
}

/// Approve a learning request
///
/// Its cost is set aside in the same moment, if that much remains of the line: else `budget_exceeded`. Above the line's threshold it needs an impact plan. Nobody approves their own.
#[utoipa::path(tag = "Requests", request_body = RequestApproval, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:approve"])))]
#[post("/v1/learning-requests/{id}/approve")]
pub async fn approve_learning_request(
    permitted: Permitted<ApproveRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<RequestApproval>,
) -> Result<HttpResponse, ApiError> {
    let RequestApproval { reason, budget_line_id } = body.0;
    approving(
        permitted,
        id.0,
        expected,
        RequestAction::Approve,
        reason.map(|r| r.0),
        Brought { budget_line_id: budget_line_id.map(|l| l.0), ..Brought::default() },
    )
    .await
}

/// Decline a learning request
///
/// Also one that was approved and is not booked: what was set aside is free again.
#[utoipa::path(tag = "Requests", request_body = RequestRefusal, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:approve"])))]
#[post("/v1/learning-requests/{id}/decline")]
pub async fn decline_learning_request(
    permitted: Permitted<ApproveRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<RequestRefusal>,
) -> Result<HttpResponse, ApiError> {
    approving(permitted, id.0, expected, RequestAction::Decline, Some(body.0.reason.0), Brought::default()).await
}

/// Return a learning request
///
/// To its author, to be changed and submitted again; what was set aside is free again.
#[utoipa::path(tag = "Requests", request_body = RequestRefusal, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:approve"])))]
#[post("/v1/learning-requests/{id}/return")]
pub async fn return_learning_request(
    permitted: Permitted<ApproveRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<RequestRefusal>,
) -> Result<HttpResponse, ApiError> {
    approving(permitted, id.0, expected, RequestAction::Return, Some(body.0.reason.0), Brought::default()).await
}

/// Book a learning request
///
/// By its owner, or by whoever approves. What was set aside is spent.
#[utoipa::path(tag = "Requests", request_body = RequestBooking, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/book")]
pub async fn book_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<RequestBooking>,
) -> Result<HttpResponse, ApiError> {
    step(permitted, id.0, expected, RequestAction::Book, None, Brought { actual_cost_pence: body.0.actual_cost_pence, ..Brought::default() }).await
}

/// Record what a learning request cost
///
/// By whoever approves, once it is booked: also what was lost by withdrawing. The ledger gets the difference.
#[utoipa::path(tag = "Requests", request_body = ActualCost, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:approve"])))]
#[post("/v1/learning-requests/{id}/record-cost")]
pub async fn record_learning_request_cost(
    permitted: Permitted<ApproveRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<ActualCost>,
) -> Result<HttpResponse, ApiError> {
    approving(permitted, id.0, expected, RequestAction::RecordCost, None, Brought { actual_cost_pence: Some(body.0.actual_cost_pence), ..Brought::default() })
        .await
}

/// Say that one was there
///
/// By its owner, or by whoever approves, from its first day on.
#[utoipa::path(tag = "Requests", responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/attend")]
pub async fn attend_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    step(permitted, id.0, expected, RequestAction::Attend, None, Brought::default()).await
}

/// Evaluate a learning request
///
/// Its owner says what they thought of it.
#[utoipa::path(tag = "Requests", request_body = RequestEvaluation, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/evaluate")]
pub async fn evaluate_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<RequestEvaluation>,
) -> Result<HttpResponse, ApiError> {
    step(permitted, id.0, expected, RequestAction::Evaluate, None, Brought { evaluation: Some(body.0.evaluation.0), ..Brought::default() }).await
}

/// Review the impact of a learning request
///
/// Its owner says whether they go on with what they learned, once something is recorded of every checkpoint: that there is no evidence yet is something too.
#[utoipa::path(tag = "Requests", request_body = ImpactReview, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/review-impact")]
pub async fn review_learning_request_impact(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<ImpactReview>,
) -> Result<HttpResponse, ApiError> {
    let ImpactReview { conclusion, note } = body.0;
    step(permitted, id.0, expected, RequestAction::ReviewImpact, None, Brought { conclusion: Some((conclusion.0, note.map(|n| n.0))), ..Brought::default() })
        .await
}

/// Close a learning request
///
/// By its owner, or by whoever approves.
#[utoipa::path(tag = "Requests", responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/close")]
pub async fn close_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    step(permitted, id.0, expected, RequestAction::Close, None, Brought::default()).await
}

/// Withdraw a learning request
///
/// By its owner, until they were there. What was set aside is free again; what was spent stays spent until whoever approves says otherwise, `record-cost`.
#[utoipa::path(tag = "Requests", request_body = RequestRefusal, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/withdraw")]
pub async fn withdraw_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<RequestRefusal>,
) -> Result<HttpResponse, ApiError> {
    step(permitted, id.0, expected, RequestAction::Withdraw, Some(body.0.reason.0), Brought::default()).await
}

/// A decision on one of many requests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestVerdict {
    /// On which request.
    id: word::LearningRequestId,
    /// What.
    decision: word::Verdict,
    /// Why; needed for everything but agreeing and approving.
    #[serde(default)]
    reason: Option<word::Reason>,
    /// The budget line that pays, for an approval.
    #[serde(default)]
    budget_line_id: Option<word::BudgetLineId>,
}
/// Decisions on many requests.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestVerdicts {
    /// At most 100, taken in this order.
    #[schema(min_items = 1, max_items = 100)]
    items: Vec<RequestVerdict>,
}
const _: () = assert!(MOST_AT_ONCE == 100, "the contract says so");
/// What became of one of many.
#[derive(Serialize, ToSchema)]
pub struct RequestVerdictResult {
    /// Its place among those that were sent, from 0.
    index: usize,
    /// The request as it is now, if it was decided.
    request: Option<LearningRequestView>,
    /// Why it was not.
    problem: Option<RowProblem>,
}
/// What became of many.
#[derive(Serialize, ToSchema)]
pub struct RequestVerdictReport {
    /// How many were decided.
    decided: usize,
    /// How many were not.
    failed: usize,
    /// One result an item, in the order in which they were sent.
    results: Vec<RequestVerdictResult>,
}

fn report(all: &[Decided]) -> RequestVerdictReport {
    let failed = all.iter().filter(|(_, r)| r.is_err()).count();
    RequestVerdictReport {
        decided: all.len() - failed,
        failed,
        results: all
            .iter()
            .enumerate()
            .map(|(index, (_, result))| RequestVerdictResult {
                index,
                request: result.as_ref().ok().cloned().map(Into::into),
                problem: result.as_ref().err().cloned().map(Into::into),
            })
            .collect(),
    }
}

/// Decide on many learning requests
///
/// At most 100, each judged for itself as if it were decided alone: whoever may not, or what no money is left for, fails alone, and is told why.
#[utoipa::path(tag = "Requests", request_body = RequestVerdicts, responses((status = 207, description = "One result an item, in order", body = RequestVerdictReport)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/decide")]
pub async fn decide_learning_requests(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    body: Body<RequestVerdicts>,
) -> Result<HttpResponse, ApiError> {
    let item = |RequestVerdict { id, decision, reason, budget_line_id }: RequestVerdict| Decide {
        id: id.0,
        verdict: decision.0,
        reason: reason.map(|r| r.0),
        budget_line_id: budget_line_id.map(|l| l.0),
    };
    let items = body.0.items.into_iter().map(item).collect();
    permitted.write(DecideLearningRequests { items }, |all| respond::plain(207, &report(all))).await
}

/// A decision. A change of mind is another one.
#[derive(Serialize, ToSchema)]
pub struct RequestDecisionView {
    /// Its id.
    id: word::RequestDecisionId,
    /// Whose decision it was.
    step: word::DecisionStep,
    /// What the request became.
    decision: word::RequestState,
    /// Why; absent, and named in `redacted`, for whoever only keeps costs and cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Reason>)]
    reason: Option<Option<word::Reason>>,
    /// Who decided.
    decided_by: word::PersonId,
    /// When.
    decided_at: DateTime<Utc>,
    /// Fields that this caller may not see.
    redacted: Vec<&'static str>,
}
impl From<VisibleDecision> for RequestDecisionView {
    fn from(VisibleDecision { decision, in_full }: VisibleDecision) -> Self {
        let RequestDecision { id, step, decision, reason, decided_by, decided_at } = decision;
        Self {
            id: Word(id),
            step: Word(step),
            decision: Word(decision),
            reason: in_full.then(|| reason.map(Word)),
            decided_by: Word(decided_by),
            decided_at,
            redacted: if in_full { Vec::new() } else { vec!["reason"] },
        }
    }
}
/// List the decisions on a learning request
///
/// Who decided what, when and why, oldest first: every change of mind is there.
#[utoipa::path(tag = "Requests", params(PageParams), responses((status = 200, description = "A page of decisions", body = List<RequestDecisionView>)), security(("bearer" = ["requests:read"])))]
#[get("/v1/learning-requests/{id}/decisions")]
pub async fn list_learning_request_decisions(
    permitted: Permitted<ReadRequests>,
    listing: Listing<NoParams>,
    id: Id<LearningRequestId>,
) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListRequestDecisions { id: id.0, window: listing.window }).await?;
    Ok(listing.answer(page, RequestDecisionView::from))
}

/// What somebody said of a request.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningRequestComment")]
pub struct RequestCommentView {
    /// Its id.
    id: word::RequestCommentId,
    /// Of which request.
    learning_request_id: word::LearningRequestId,
    /// Who said it.
    author_id: word::PersonId,
    /// What.
    text: word::Narrative,
    /// When.
    created_at: DateTime<Utc>,
}
impl From<RequestComment> for RequestCommentView {
    fn from(RequestComment { id, learning_request_id, author_id, text, created_at }: RequestComment) -> Self {
        Self { id: Word(id), learning_request_id: Word(learning_request_id), author_id: Word(author_id), text: Word(text), created_at }
    }
}
/// What one says of a request.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRequestComment {
    /// For everybody who reads the request.
    text: word::Narrative,
}

/// List the comments on a learning request
///
/// Oldest first, for everybody who may read the request.
#[utoipa::path(tag = "Requests", params(PageParams), responses((status = 200, description = "A page of comments", body = List<RequestCommentView>)), security(("bearer" = ["requests:read"])))]
#[get("/v1/learning-requests/{id}/comments")]
pub async fn list_learning_request_comments(
    permitted: Permitted<ReadRequests>,
    listing: Listing<NoParams>,
    id: Id<LearningRequestId>,
) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListRequestComments { id: id.0, window: listing.window }).await?;
    Ok(listing.answer(page, RequestCommentView::from))
}

/// Comment on a learning request
///
/// By everybody who may read it, whoever keeps cover and costs included. A comment decides nothing.
#[utoipa::path(tag = "Requests", request_body = NewRequestComment, responses((status = 201, description = "Said", body = RequestCommentView)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/comments")]
pub async fn comment_on_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    body: Body<NewRequestComment>,
) -> Result<HttpResponse, ApiError> {
    let operation = CommentOnRequest { id: id.0, text: body.0.text.0 };
    // what was said never changes, and stands among the rest
    let said = |comment: &RequestComment| {
        let among = format!("/v1/learning-requests/{}/comments", comment.learning_request_id);
        respond::created(1, among, &RequestCommentView::from(comment.clone()))
    };
    permitted.write(operation, said).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(decide_learning_requests)
        .service(submit_learning_request)
        .service(manager_agree_learning_request)
        .service(manager_decline_learning_request)
        .service(approve_learning_request)
        .service(decline_learning_request)
        .service(return_learning_request)
        .service(book_learning_request)
        .service(record_learning_request_cost)
        .service(attend_learning_request)
        .service(evaluate_learning_request)
        .service(review_learning_request_impact)
        .service(close_learning_request)
        .service(withdraw_learning_request)
        .service(list_learning_request_decisions)
        .service(list_learning_request_comments)
        .service(comment_on_learning_request);
}
