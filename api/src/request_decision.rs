//! What is decided on learning requests, and how they go on: each step is an operation of its own.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, NoBody, NoParams, Params},
    learning_request::{LearningRequestDetail, saved},
    permitted::Permitted,
    routes::Routes,
    wire::word,
};
use actix_web::{HttpResponse, post};
use serde::Deserialize;
use trellis_domain::{
    id::LearningRequestId,
    request::{Brought, RequestAction},
    text::Reason,
};
use trellis_persistence::{
    request::{ApproveLearningRequest, StepLearningRequest},
    transaction::needs::{ApproveRequests, WriteRequests},
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
/// Its cost is set aside in the same moment, if that much remains of the line: else `budget_exceeded`. Beyond the strictest threshold of the lines of its school or above, whichever is to pay, it needs an impact plan: else `not_ready`. Nobody approves their own.
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

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
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
        .service(withdraw_learning_request);
}
