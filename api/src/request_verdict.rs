//! Decisions on many learning requests at once, each judged as if it were alone.

use crate::{
    error::{ApiError, RowProblem},
    extract::{Body, NoParams, Params},
    learning_request::LearningRequestView,
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::word,
};
use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use trellis_domain::request::MOST_AT_ONCE;
use trellis_persistence::{
    request::{Decide, DecideLearningRequests, Decided},
    transaction::needs::WriteRequests,
};
use utoipa::ToSchema;

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

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(decide_learning_requests);
}
