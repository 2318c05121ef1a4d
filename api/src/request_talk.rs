//! What was decided on a learning request, and what is said of it.

use crate::{
    error::ApiError,
    extract::{Body, Id, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{id::LearningRequestId, request::RequestDecision};
use trellis_persistence::{
    request::{CommentOnRequest, ListRequestComments, ListRequestDecisions, RequestComment, VisibleDecision},
    transaction::needs::{ReadRequests, WriteRequests},
};
use utoipa::ToSchema;

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
    config.service(list_learning_request_decisions).service(list_learning_request_comments).service(comment_on_learning_request);
}
