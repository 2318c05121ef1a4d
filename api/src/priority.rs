//! Priorities of improvement plans, and the actions that are taken for them.

use crate::{
    cycle::WithReason,
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, values, word, words},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::PriorityId,
    priority::{Priority, PriorityAction, PriorityPatch, PriorityStep, SaidAction},
};
use trellis_persistence::{
    Seen,
    improvement::{AdoptPriority, CreatePriority, GetPriority, ListPriorities, PriorityHistory, StepPriority, UpdatePriority},
    transaction::needs::{ReadPlans, WritePlans},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a priority.
    PriorityActions, PriorityCan = "PriorityCan", &["update", "achieve", "stop", "reopen", "adopt"];
}

/// Something that is done for a priority.
#[derive(Serialize, ToSchema)]
#[schema(title = "PriorityAction")]
pub struct PriorityActionView {
    /// Its id.
    pub id: word::PriorityActionId,
    /// What is done.
    pub title: word::Reason,
    /// Who sees to it.
    pub owner_id: Option<word::PersonId>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
}
impl From<PriorityAction> for PriorityActionView {
    fn from(PriorityAction { id, title, owner_id, due_on, done_on }: PriorityAction) -> Self {
        Self { id: Word(id), title: Word(title), owner_id: owner_id.map(Word), due_on, done_on }
    }
}
/// What an organisation sets out to improve: why, how it will know, and what is done for it.
#[derive(Serialize, ToSchema)]
#[schema(title = "PriorityRecord")]
pub struct PriorityView {
    /// Its id.
    pub id: word::PriorityId,
    /// The plan that it belongs to.
    pub plan_id: word::ImprovementPlanId,
    /// Whose plan that is.
    pub organisation_id: word::OrganisationId,
    /// In one line.
    pub title: word::Title,
    /// Why it is one.
    pub why: Option<word::Narrative>,
    /// How one will know.
    pub success_measures: Vec<word::Reason>,
    /// Who sees to it.
    pub owner_id: Option<word::PersonId>,
    /// The priority of an organisation above that it was adopted from.
    pub adopted_from: Option<word::PriorityId>,
    /// What is done for it.
    pub actions: Vec<PriorityActionView>,
    /// Where it stands.
    pub state: word::PriorityState,
    /// Why it was last stopped or taken up again.
    pub last_reason: Option<word::Reason>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Priority> for PriorityView {
    fn from(priority: Priority) -> Self {
        let Priority {
            id,
            plan_id,
            organisation_id,
            title,
            why,
            success_measures,
            owner_id,
            adopted_from,
            actions,
            state,
            last_reason,
            version,
            created_at,
            updated_at,
        } = priority;
        Self {
            id: Word(id),
            plan_id: Word(plan_id),
            organisation_id: Word(organisation_id),
            title: Word(title),
            why: why.map(Word),
            success_measures: words(success_measures),
            owner_id: owner_id.map(Word),
            adopted_from: adopted_from.map(Word),
            actions: actions.into_iter().map(Into::into).collect(),
            state: Word(state),
            last_reason: last_reason.map(Word),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A priority, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Priority")]
pub struct PriorityDetail {
    #[serde(flatten)]
    record: PriorityView,
    /// What can be done with it.
    can: PriorityCan,
}
impl From<Seen<Priority>> for PriorityDetail {
    fn from(Seen { record, can }: Seen<Priority>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<Priority>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &PriorityDetail::from(seen.clone()))
}
fn created(seen: &Seen<Priority>) -> trellis_persistence::idempotency::Stored {
    respond::created(seen.record.version, format!("/v1/priorities/{}", seen.record.id), &PriorityDetail::from(seen.clone()))
}

/// An action, as it is said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPriorityAction {
    /// What is done. An action whose title was there before keeps its id.
    title: word::Reason,
    /// Who sees to it: somebody who works there.
    #[serde(default)]
    owner_id: Option<word::PersonId>,
    /// By when.
    #[serde(default)]
    due_on: Option<NaiveDate>,
    /// When it was done.
    #[serde(default)]
    done_on: Option<NaiveDate>,
}
fn said(actions: Vec<NewPriorityAction>) -> Vec<SaidAction> {
    let said = |NewPriorityAction { title, owner_id, due_on, done_on }| SaidAction {
        title: title.0,
        owner_id: owner_id.map(|o: word::PersonId| o.0),
        due_on,
        done_on,
    };
    actions.into_iter().map(said).collect()
}
/// A new priority.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPriority {
    /// The plan that it is for.
    plan_id: word::ImprovementPlanId,
    /// In one line.
    title: word::Title,
    /// Why it is one.
    #[serde(default)]
    why: Option<word::Narrative>,
    /// How one will know.
    #[serde(default)]
    #[schema(max_items = 20)]
    success_measures: Vec<word::Reason>,
    /// Who sees to it: somebody who works there.
    #[serde(default)]
    owner_id: Option<word::PersonId>,
    /// What is done for it.
    #[serde(default)]
    #[schema(max_items = 50)]
    actions: Vec<NewPriorityAction>,
}
/// Changes to a priority: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityChanges {
    /// In one line.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// Why it is one.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    why: Patch<word::Narrative>,
    /// How one will know: all of it.
    #[serde(default)]
    #[schema(value_type = Vec<word::Reason>, max_items = 20)]
    success_measures: Option<Vec<word::Reason>>,
    /// Who sees to it.
    #[serde(default)]
    #[schema(value_type = Option<word::PersonId>)]
    owner_id: Patch<word::PersonId>,
    /// All that is done for it.
    #[serde(default)]
    #[schema(value_type = Vec<NewPriorityAction>, max_items = 50)]
    actions: Option<Vec<NewPriorityAction>>,
}
/// Into which plan a priority is adopted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Adoption {
    /// A plan of one's own, beneath the priority's organisation.
    plan_id: word::ImprovementPlanId,
    /// Who sees to it there.
    #[serde(default)]
    owner_id: Option<word::PersonId>,
}

/// Filters of the list of priorities.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PriorityFilters {
    /// Only this plan's.
    plan_id: Option<word::ImprovementPlanId>,
    /// Only those of this organisation's plans.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that this person sees to.
    owner_id: Option<word::PersonId>,
    /// Only those adopted from this one.
    adopted_from: Option<word::PriorityId>,
    /// Only those that stand here.
    state: Option<word::PriorityState>,
}

/// List priorities
///
/// Of the improvement plans that one reads.
#[utoipa::path(tag = "Improvement", params(PageParams, PriorityFilters), responses((status = 200, description = "A page of priorities", body = List<PriorityView>)), security(("bearer" = ["plans:read"])))]
#[get("/v1/priorities")]
pub async fn list_priorities(permitted: Permitted<ReadPlans>, listing: Listing<PriorityFilters>) -> Result<HttpResponse, ApiError> {
    let PriorityFilters { plan_id, organisation_id, owner_id, adopted_from, state } = &listing.filters;
    let page = permitted
        .read(ListPriorities {
            plan_id: plan_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            owner_id: owner_id.as_ref().map(|o| o.0),
            adopted_from: adopted_from.as_ref().map(|p| p.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, PriorityView::from))
}

/// Add a priority
///
/// To a plan that one writes, until the plan is archived.
#[utoipa::path(tag = "Improvement", request_body = NewPriority, responses((status = 201, description = "Added", body = PriorityDetail)), security(("bearer" = ["plans:write"])))]
#[post("/v1/priorities")]
pub async fn create_priority(permitted: Permitted<WritePlans>, _none: Params<NoParams>, body: Body<NewPriority>) -> Result<HttpResponse, ApiError> {
    let NewPriority { plan_id, title, why, success_measures, owner_id, actions } = body.0;
    let details = PriorityPatch {
        title: None,
        why: Some(why.map(|w| w.0)),
        success_measures: Some(values(success_measures)),
        owner_id: Some(owner_id.map(|o| o.0)),
        actions: Some(said(actions)),
    };
    permitted.write(CreatePriority { plan_id: plan_id.0, title: title.0, details }, created).await
}

/// Read a priority
///
/// With its actions, and what can be done with it.
#[utoipa::path(tag = "Improvement", responses((status = 200, description = "The priority", body = PriorityDetail)), security(("bearer" = ["plans:read"])))]
#[get("/v1/priorities/{id}")]
pub async fn get_priority(permitted: Permitted<ReadPlans>, _none: Params<NoParams>, id: Id<PriorityId>, unless: IfNoneMatch) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetPriority { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, PriorityDetail::from))
}

/// Change a priority
///
/// A merge-patch (RFC 7396) of its words and actions, while it is active.
#[utoipa::path(tag = "Improvement", request_body = PriorityChanges, responses((status = 200, description = "As it is now", body = PriorityDetail)), security(("bearer" = ["plans:write"])))]
#[patch("/v1/priorities/{id}")]
pub async fn update_priority(
    permitted: Permitted<WritePlans>,
    _none: Params<NoParams>,
    id: Id<PriorityId>,
    expected: IfMatch,
    body: Body<PriorityChanges>,
) -> Result<HttpResponse, ApiError> {
    let PriorityChanges { title, why, success_measures, owner_id, actions } = body.0;
    let patch = PriorityPatch {
        title: title.map(|t| t.0),
        why: why.value(),
        success_measures: success_measures.map(values),
        owner_id: owner_id.value(),
        actions: actions.map(said),
    };
    permitted.write(UpdatePriority { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Adopt a priority
///
/// Takes a priority of a published plan above into a plan of one's own: its words are copied, to be made one's own, and `adopted_from` keeps the link. A plan adopts a priority once.
#[utoipa::path(tag = "Improvement", request_body = Adoption, responses((status = 201, description = "Adopted: the new priority", body = PriorityDetail)), security(("bearer" = ["plans:write"])))]
#[post("/v1/priorities/{id}/adopt")]
pub async fn adopt_priority(
    permitted: Permitted<WritePlans>,
    _none: Params<NoParams>,
    id: Id<PriorityId>,
    expected: IfMatch,
    body: Body<Adoption>,
) -> Result<HttpResponse, ApiError> {
    let Adoption { plan_id, owner_id } = body.0;
    permitted.write(AdoptPriority { id: id.0, plan_id: plan_id.0, owner_id: owner_id.map(|o| o.0), expected: expected.0 }, created).await
}

/// Say that a priority was achieved
///
/// It can be taken up again: `POST /v1/priorities/{id}/reopen`.
#[utoipa::path(tag = "Improvement", responses((status = 200, description = "As it is now", body = PriorityDetail)), security(("bearer" = ["plans:write"])))]
#[post("/v1/priorities/{id}/achieve")]
pub async fn achieve_priority(
    permitted: Permitted<WritePlans>,
    _none: Params<NoParams>,
    id: Id<PriorityId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepPriority { id: id.0, step: PriorityStep::Achieve, reason: None, expected: expected.0 }, saved).await
}

/// Stop a priority
///
/// With the reason, which everybody it is for can read. To stop what does not work is an honest outcome.
#[utoipa::path(tag = "Improvement", request_body = WithReason, responses((status = 200, description = "As it is now", body = PriorityDetail)), security(("bearer" = ["plans:write"])))]
#[post("/v1/priorities/{id}/stop")]
pub async fn stop_priority(
    permitted: Permitted<WritePlans>,
    _none: Params<NoParams>,
    id: Id<PriorityId>,
    expected: IfMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepPriority { id: id.0, step: PriorityStep::Stop, reason: Some(body.0.reason.0), expected: expected.0 }, saved).await
}

/// Take a priority up again
///
/// After it was achieved or stopped, with the reason.
#[utoipa::path(tag = "Improvement", request_body = WithReason, responses((status = 200, description = "As it is now", body = PriorityDetail)), security(("bearer" = ["plans:write"])))]
#[post("/v1/priorities/{id}/reopen")]
pub async fn reopen_priority(
    permitted: Permitted<WritePlans>,
    _none: Params<NoParams>,
    id: Id<PriorityId>,
    expected: IfMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepPriority { id: id.0, step: PriorityStep::Reopen, reason: Some(body.0.reason.0), expected: expected.0 }, saved).await
}

crate::event::history_of!(priority_history, ReadPlans, PriorityHistory, PriorityId, "Improvement", "/v1/priorities/{id}/history", "plans:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_priorities)
        .service(create_priority)
        .service(get_priority)
        .service(update_priority)
        .service(adopt_priority)
        .service(achieve_priority)
        .service(stop_priority)
        .service(reopen_priority)
        .service(priority_history);
}
