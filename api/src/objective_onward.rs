//! Objectives that go on as others, and whose words they are.

use crate::{
    error::ApiError,
    extract::{Body, Id, MustMatch, NoParams, Params},
    objective::ObjectiveDetail,
    page::List,
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::ObjectiveId,
    objective::authorship::{FieldAuthorship, Hand},
};
use trellis_persistence::{
    objective::{CarryOverObjective, ListAuthorship},
    transaction::needs::{ReadObjectives, WriteObjectives},
};
use utoipa::ToSchema;

/// How an objective goes on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Onward {
    /// In which later cycle of the school; none, if it goes on outside any.
    #[serde(default)]
    cycle_id: Option<word::CycleId>,
    /// By when, now. In a cycle, on one of its days.
    #[serde(default)]
    due_on: Option<NaiveDate>,
    /// Why it goes on: kept with the objective that ends.
    reason: word::Reason,
}

/// Carry an objective over
///
/// By either party, never by itself. The objective ends as `carried_over`, and its words go on as another one, in a later cycle or outside any, proposed to the other party: what was agreed for one year is agreed anew for the next. Each names the other. Colleagues who worked on it are asked again.
#[utoipa::path(tag = "Objectives", request_body = Onward, responses((status = 201, description = "The objective in which it goes on", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/carry-over")]
pub async fn carry_over_objective(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<Onward>,
) -> Result<HttpResponse, ApiError> {
    let Onward { cycle_id, due_on, reason } = body.0;
    let operation = CarryOverObjective { id: id.0, cycle_id: cycle_id.map(|c| c.0), due_on, reason: reason.0, expected: expected.0 };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/objectives/{}", seen.record.id), &ObjectiveDetail::from(seen.clone())))
        .await
}

/// Whose words a field's are, as it stands.
#[derive(Serialize, ToSchema)]
pub struct FieldAuthorshipView {
    /// Which field of the objective.
    field: word::ObjectiveField,
    /// Who wrote it as it stands.
    written_by: word::PersonId,
    /// When. Of a draft that became a proposal, when it was proposed.
    written_at: DateTime<Utc>,
    /// Who put it to the other party.
    proposed_by: Option<word::PersonId>,
    /// When.
    proposed_at: Option<DateTime<Utc>>,
    /// Who accepted it. Nobody, while it waits for an answer, or if it was set with dissent.
    accepted_by: Option<word::PersonId>,
    /// When.
    accepted_at: Option<DateTime<Utc>>,
}
impl From<FieldAuthorship> for FieldAuthorshipView {
    fn from(FieldAuthorship { field, written, proposed, accepted }: FieldAuthorship) -> Self {
        let by = |hand: Option<Hand>| hand.map(|h| Word(h.by));
        let at = |hand: Option<Hand>| hand.map(|h| h.at);
        Self {
            field: Word(field),
            written_by: Word(written.by),
            written_at: written.at,
            proposed_by: by(proposed),
            proposed_at: at(proposed),
            accepted_by: by(accepted),
            accepted_at: at(accepted),
        }
    }
}

/// List whose words an objective's are
///
/// Field by field, as it stands: who wrote it, who put it to the other party, who accepted it. A field that never said anything is left out. What it said before is in the revisions and in the history.
#[utoipa::path(tag = "Objectives", responses((status = 200, description = "All of them, in the order of the objective's fields", body = List<FieldAuthorshipView>)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives/{id}/authorship")]
pub async fn list_objective_authorship(permitted: Permitted<ReadObjectives>, _none: Params<NoParams>, id: Id<ObjectiveId>) -> Result<HttpResponse, ApiError> {
    let all = permitted.read(ListAuthorship { id: id.0 }).await?;
    Ok(HttpResponse::Ok().json(List::whole(all.into_iter().map(FieldAuthorshipView::from).collect())))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(carry_over_objective).service(list_objective_authorship);
}
