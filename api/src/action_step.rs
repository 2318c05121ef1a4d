//! Action steps: what is tried in a coaching partnership, one at a time.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, list, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    coaching::{ActionStep, StepAction},
    id::ActionStepId,
};
use trellis_persistence::{
    Seen,
    coaching::{ActionStepHistory, CreateActionStep, GetActionStep, ListActionSteps, SettleActionStep},
    transaction::needs::{ReadCoaching, WriteCoaching},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with an action step.
    StepActions, StepCan = "ActionStepCan", list::<StepAction>();
}

/// One thing that a learner tries until the two look back at it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ActionStepRecord")]
pub struct ActionStepView {
    /// Its id.
    pub id: word::ActionStepId,
    /// Of which partnership.
    pub partnership_id: word::CoachingPartnershipId,
    /// Who tries it.
    pub learner_id: word::PersonId,
    /// What is tried.
    pub step: word::Reason,
    /// When the two look back at it.
    pub check_back_on: NaiveDate,
    /// What became of it.
    pub state: word::StepState,
    /// What the learner says of it.
    pub note: Option<word::Narrative>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was agreed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<ActionStep> for ActionStepView {
    fn from(record: ActionStep) -> Self {
        let ActionStep { id, partnership_id, learner_id, step, check_back_on, state, note, version, created_at, updated_at } = record;
        Self {
            id: Word(id),
            partnership_id: Word(partnership_id),
            learner_id: Word(learner_id),
            step: Word(step),
            check_back_on,
            state: Word(state),
            note: note.map(Word),
            version,
            created_at,
            updated_at,
        }
    }
}
/// An action step, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ActionStep")]
pub struct ActionStepDetail {
    #[serde(flatten)]
    record: ActionStepView,
    /// What can be done with it.
    can: StepCan,
}
impl From<Seen<ActionStep>> for ActionStepDetail {
    fn from(Seen { record, can }: Seen<ActionStep>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A step that the two agree on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewActionStep {
    /// Of which partnership.
    partnership_id: word::CoachingPartnershipId,
    /// What is tried.
    step: word::Reason,
    /// When the two look back at it.
    check_back_on: NaiveDate,
}
/// What became of a step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepSettlement {
    /// In one word.
    outcome: word::StepOutcome,
    /// What the learner says of it.
    #[serde(default)]
    note: Option<word::Narrative>,
}

/// Filters of the list of action steps.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActionStepFilters {
    /// Only those of this partnership.
    partnership_id: Option<word::CoachingPartnershipId>,
    /// Only those of which this became.
    state: Option<word::StepState>,
}

/// List action steps
///
/// Of one's own partnerships, on either side.
#[utoipa::path(tag = "Coaching", params(PageParams, ActionStepFilters), responses((status = 200, description = "A page of action steps", body = List<ActionStepView>)), security(("bearer" = ["coaching:read"])))]
#[get("/v1/action-steps")]
pub async fn list_action_steps(permitted: Permitted<ReadCoaching>, listing: Listing<ActionStepFilters>) -> Result<HttpResponse, ApiError> {
    let ActionStepFilters { partnership_id, state } = &listing.filters;
    let operation = ListActionSteps { partnership_id: partnership_id.as_ref().map(|p| p.0), state: state.as_ref().map(|s| s.0), window: listing.window };
    let page = permitted.read(operation).await?;
    Ok(listing.answer(page, ActionStepView::from))
}

/// Agree on an action step
///
/// By either of the two, while their partnership is active. One step at a time: the next begins when it was said what became of the last.
#[utoipa::path(tag = "Coaching", request_body = NewActionStep, responses((status = 201, description = "Agreed", body = ActionStepDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/action-steps")]
pub async fn create_action_step(permitted: Permitted<WriteCoaching>, _none: Params<NoParams>, body: Body<NewActionStep>) -> Result<HttpResponse, ApiError> {
    let NewActionStep { partnership_id, step, check_back_on } = body.0;
    let operation = CreateActionStep { partnership_id: partnership_id.0, step: step.0, check_back_on };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/action-steps/{}", seen.record.id), &ActionStepDetail::from(seen.clone())))
        .await
}

/// Read an action step
///
/// With what can be done with it.
#[utoipa::path(tag = "Coaching", responses((status = 200, description = "The action step", body = ActionStepDetail)), security(("bearer" = ["coaching:read"])))]
#[get("/v1/action-steps/{id}")]
pub async fn get_action_step(
    permitted: Permitted<ReadCoaching>,
    _none: Params<NoParams>,
    id: Id<ActionStepId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetActionStep { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, ActionStepDetail::from))
}

/// Settle an action step
///
/// Whoever tried it says what became of it: kept, adapted or dropped. Each is an honest outcome.
#[utoipa::path(tag = "Coaching", request_body = StepSettlement, responses((status = 200, description = "As it is now", body = ActionStepDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/action-steps/{id}/settle")]
pub async fn settle_action_step(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    id: Id<ActionStepId>,
    expected: IfMatch,
    body: Body<StepSettlement>,
) -> Result<HttpResponse, ApiError> {
    let StepSettlement { outcome, note } = body.0;
    let operation = SettleActionStep { id: id.0, outcome: outcome.0, note: note.map(|n| n.0), expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &ActionStepDetail::from(seen.clone()))).await
}

crate::event::history_of!(action_step_history, ReadCoaching, ActionStepHistory, ActionStepId, "Coaching", "/v1/action-steps/{id}/history", "coaching:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_action_steps).service(create_action_step).service(get_action_step).service(settle_action_step).service(action_step_history);
}
