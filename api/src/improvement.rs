//! Improvement plans of trusts, schools and groups.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, list, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::ImprovementPlanId,
    improvement::{ImprovementPlan, ImprovementPlanPatch, PlanAction},
    time::academic_year_label,
};
use trellis_persistence::{
    Seen,
    improvement::{CreateImprovementPlan, GetImprovementPlan, ImprovementPlanHistory, ListImprovementPlans, StepImprovementPlan, UpdateImprovementPlan},
    transaction::needs::{ReadPlans, WritePlans},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with an improvement plan.
    ImprovementPlanActions, ImprovementPlanCan = "ImprovementPlanCan", list::<PlanAction>();
}

/// What a trust, a school or a group sets out to improve.
#[derive(Serialize, ToSchema)]
#[schema(title = "ImprovementPlanRecord")]
pub struct ImprovementPlanView {
    /// Its id.
    pub id: word::ImprovementPlanId,
    /// Whose: the trust's, a school's or a group's. It is for everybody beneath.
    pub organisation_id: word::OrganisationId,
    /// What it is called.
    pub title: word::Title,
    /// What it is about.
    pub summary: Option<word::Narrative>,
    /// The first academic year, by the calendar year in which it starts: 2026 is 2026/27.
    pub first_year: i32,
    /// The last academic year.
    pub last_year: i32,
    /// The same as schools say it.
    #[schema(example = "2026/27 to 2028/29")]
    pub years: String,
    /// Where it stands.
    pub state: word::PlanState,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
fn years(first: i32, last: i32) -> String {
    match first == last {
        true => academic_year_label(first),
        false => format!("{} to {}", academic_year_label(first), academic_year_label(last)),
    }
}
impl From<ImprovementPlan> for ImprovementPlanView {
    fn from(plan: ImprovementPlan) -> Self {
        let ImprovementPlan { id, organisation_id, title, summary, first_year, last_year, state, version, created_at, updated_at } = plan;
        Self {
            id: Word(id),
            organisation_id: Word(organisation_id),
            title: Word(title),
            summary: summary.map(Word),
            first_year,
            last_year,
            years: years(first_year, last_year),
            state: Word(state),
            version,
            created_at,
            updated_at,
        }
    }
}
/// An improvement plan, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ImprovementPlan")]
pub struct ImprovementPlanDetail {
    #[serde(flatten)]
    record: ImprovementPlanView,
    /// What can be done with it.
    can: ImprovementPlanCan,
}
impl From<Seen<ImprovementPlan>> for ImprovementPlanDetail {
    fn from(Seen { record, can }: Seen<ImprovementPlan>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<ImprovementPlan>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &ImprovementPlanDetail::from(seen.clone()))
}

/// A new draft.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImprovementPlan {
    /// Whose: the trust's, a school's or a group's.
    organisation_id: word::OrganisationId,
    /// What it is called.
    title: word::Title,
    /// What it is about.
    #[serde(default)]
    summary: Option<word::Narrative>,
    /// The first academic year, by the calendar year in which it starts.
    #[schema(minimum = 2000, maximum = 2100, example = 2026)]
    first_year: i32,
    /// The last academic year; the first, if nothing is said.
    #[serde(default)]
    #[schema(minimum = 2000, maximum = 2100, example = 2028)]
    last_year: Option<i32>,
}
/// Changes to an improvement plan: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImprovementPlanChanges {
    /// What it is called.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    summary: Patch<word::Narrative>,
    /// The first academic year.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 2000, maximum = 2100)]
    first_year: Option<i32>,
    /// The last academic year.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 2000, maximum = 2100)]
    last_year: Option<i32>,
}

/// Filters of the list of improvement plans.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImprovementPlanFilters {
    /// Only this organisation's.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that stand here.
    state: Option<word::PlanState>,
    /// Only those of which this academic year is one, by the calendar year in which it starts.
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    academic_year: Option<i32>,
}

/// List improvement plans
///
/// Published and archived ones of one's own organisations, of those above and of those beneath; drafts for those who write plans there.
#[utoipa::path(tag = "Improvement", params(PageParams, ImprovementPlanFilters), responses((status = 200, description = "A page of improvement plans", body = List<ImprovementPlanView>)), security(("bearer" = ["plans:read"])))]
#[get("/v1/improvement-plans")]
pub async fn list_improvement_plans(permitted: Permitted<ReadPlans>, listing: Listing<ImprovementPlanFilters>) -> Result<HttpResponse, ApiError> {
    let ImprovementPlanFilters { organisation_id, state, academic_year } = &listing.filters;
    let page = permitted
        .read(ListImprovementPlans {
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            state: state.as_ref().map(|s| s.0),
            year: *academic_year,
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, ImprovementPlanView::from))
}

/// Draft an improvement plan
///
/// For the headteacher and the learning lead of the organisation; for the trust, its trust leader.
#[utoipa::path(tag = "Improvement", request_body = NewImprovementPlan, responses((status = 201, description = "Drafted", body = ImprovementPlanDetail)), security(("bearer" = ["plans:write"])))]
#[post("/v1/improvement-plans")]
pub async fn create_improvement_plan(
    permitted: Permitted<WritePlans>,
    _none: Params<NoParams>,
    body: Body<NewImprovementPlan>,
) -> Result<HttpResponse, ApiError> {
    let NewImprovementPlan { organisation_id, title, summary, first_year, last_year } = body.0;
    let operation = CreateImprovementPlan {
        organisation_id: organisation_id.0,
        title: title.0,
        summary: summary.map(|s| s.0),
        first_year,
        last_year: last_year.unwrap_or(first_year),
    };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/improvement-plans/{}", seen.record.id), &ImprovementPlanDetail::from(seen.clone()))
        })
        .await
}

/// Read an improvement plan
///
/// With what can be done with it. Its priorities: `GET /v1/priorities?plan_id=`.
#[utoipa::path(tag = "Improvement", responses((status = 200, description = "The improvement plan", body = ImprovementPlanDetail)), security(("bearer" = ["plans:read"])))]
#[get("/v1/improvement-plans/{id}")]
pub async fn get_improvement_plan(
    permitted: Permitted<ReadPlans>,
    _none: Params<NoParams>,
    id: Id<ImprovementPlanId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetImprovementPlan { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, ImprovementPlanDetail::from))
}

/// Change an improvement plan
///
/// A merge-patch (RFC 7396), until it is archived.
#[utoipa::path(tag = "Improvement", request_body = ImprovementPlanChanges, responses((status = 200, description = "As it is now", body = ImprovementPlanDetail)), security(("bearer" = ["plans:write"])))]
#[patch("/v1/improvement-plans/{id}")]
pub async fn update_improvement_plan(
    permitted: Permitted<WritePlans>,
    _none: Params<NoParams>,
    id: Id<ImprovementPlanId>,
    expected: IfMatch,
    body: Body<ImprovementPlanChanges>,
) -> Result<HttpResponse, ApiError> {
    let ImprovementPlanChanges { title, summary, first_year, last_year } = body.0;
    let patch = ImprovementPlanPatch { title: title.map(|t| t.0), summary: summary.value(), first_year, last_year };
    permitted.write(UpdateImprovementPlan { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Publish an improvement plan
///
/// Everybody it is for reads it, and objectives and learning can be linked to its priorities. It needs at least one.
#[utoipa::path(tag = "Improvement", responses((status = 200, description = "As it is now", body = ImprovementPlanDetail)), security(("bearer" = ["plans:write"])))]
#[post("/v1/improvement-plans/{id}/publish")]
pub async fn publish_improvement_plan(
    permitted: Permitted<WritePlans>,
    _none: Params<NoParams>,
    id: Id<ImprovementPlanId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepImprovementPlan { id: id.0, action: PlanAction::Publish, expected: expected.0 }, saved).await
}

/// Archive an improvement plan
///
/// Nothing of it is deleted: it is read as before, and what was linked to its priorities stays linked.
#[utoipa::path(tag = "Improvement", responses((status = 200, description = "As it is now", body = ImprovementPlanDetail)), security(("bearer" = ["plans:write"])))]
#[post("/v1/improvement-plans/{id}/archive")]
pub async fn archive_improvement_plan(
    permitted: Permitted<WritePlans>,
    _none: Params<NoParams>,
    id: Id<ImprovementPlanId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepImprovementPlan { id: id.0, action: PlanAction::Archive, expected: expected.0 }, saved).await
}

crate::event::history_of!(
    improvement_plan_history,
    ReadPlans,
    ImprovementPlanHistory,
    ImprovementPlanId,
    "Improvement",
    "/v1/improvement-plans/{id}/history",
    "plans:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_improvement_plans)
        .service(create_improvement_plan)
        .service(get_improvement_plan)
        .service(update_improvement_plan)
        .service(publish_improvement_plan)
        .service(archive_improvement_plan)
        .service(improvement_plan_history);
}
