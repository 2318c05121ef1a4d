//! Training that is required: of whom, by when, and for how long it counts.

mod sent;
mod view;

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::word,
};
use actix_web::{HttpResponse, get, patch, post};
use sent::{NewTrainingEdition, NewTrainingRequirement, RequirementPublication, TrainingRequirementChanges};
use serde::Deserialize;
use trellis_domain::{id::TrainingRequirementId, training::TrainingRequirement};
use trellis_persistence::{
    Seen,
    training::{
        CreateTrainingRequirement, GetTrainingRequirement, ListTrainingRequirements, RequirementStep, StepTrainingRequirement, TrainingRequirementHistory,
    },
    transaction::needs::{ReadRequirements, WriteRequirements},
};
use utoipa::IntoParams;
use view::TrainingRequirementDetail;
pub use view::TrainingRequirementView;

fn saved(seen: &Seen<TrainingRequirement>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &TrainingRequirementDetail::from(seen.clone()))
}

/// Filters of the list of requirements.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrainingRequirementFilters {
    /// Only what this organisation requires.
    organisation_id: Option<word::OrganisationId>,
    /// Only by this authority.
    authority: Option<word::Authority>,
    /// Only those in this state.
    state: Option<word::RequirementState>,
}

/// List training requirements
///
/// What one's own organisations require, those above and those beneath. Drafts are seen by those who write them.
#[utoipa::path(tag = "Training", params(PageParams, TrainingRequirementFilters), responses((status = 200, description = "A page of requirements", body = List<TrainingRequirementView>)), security(("bearer" = ["training_requirements:read"])))]
#[get("/v1/training-requirements")]
pub async fn list_training_requirements(
    permitted: Permitted<ReadRequirements>,
    listing: Listing<TrainingRequirementFilters>,
) -> Result<HttpResponse, ApiError> {
    let TrainingRequirementFilters { organisation_id, authority, state } = &listing.filters;
    let page = permitted
        .read(ListTrainingRequirements {
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            authority: authority.as_ref().map(|a| a.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, TrainingRequirementView::from))
}

/// Draft a training requirement
///
/// For the headteacher, HR and the learning lead of the organisation; for the trust, its trust leader and HR. It asks nothing of anybody until it is published. One
/// that would make itself due for ever is refused: it must count for longer than the first warning comes before its end, and than people have to do it.
#[utoipa::path(tag = "Training", request_body = NewTrainingRequirement, responses((status = 201, description = "Drafted", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[post("/v1/training-requirements")]
pub async fn create_training_requirement(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    body: Body<NewTrainingRequirement>,
) -> Result<HttpResponse, ApiError> {
    let operation = CreateTrainingRequirement::from(body.0);
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/training-requirements/{}", seen.record.id), &TrainingRequirementDetail::from(seen.clone()))
        })
        .await
}

/// Read a training requirement
///
/// With what can be done with it.
#[utoipa::path(tag = "Training", responses((status = 200, description = "The requirement", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:read"])))]
#[get("/v1/training-requirements/{id}")]
pub async fn get_training_requirement(
    permitted: Permitted<ReadRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetTrainingRequirement { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, TrainingRequirementDetail::from))
}

/// Change a training requirement
///
/// A merge-patch (RFC 7396), while it is a draft. What is published is asked of people and does not change; a new edition makes them due again.
#[utoipa::path(tag = "Training", request_body = TrainingRequirementChanges, responses((status = 200, description = "As it is now", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[patch("/v1/training-requirements/{id}")]
pub async fn update_training_requirement(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    expected: IfMatch,
    body: Body<TrainingRequirementChanges>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepTrainingRequirement { id: id.0, step: RequirementStep::Update(Box::new(body.0.into())), expected: expected.0 }, saved).await
}

/// Publish a training requirement
///
/// From then on it is asked of everybody for whom it is. One that is due by editions needs its first edition before.
#[utoipa::path(tag = "Training", request_body = RequirementPublication, responses((status = 200, description = "As it is now", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[post("/v1/training-requirements/{id}/publish")]
pub async fn publish_training_requirement(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    expected: IfMatch,
    body: Body<RequirementPublication>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepTrainingRequirement { id: id.0, step: RequirementStep::Publish(body.0.applies_from), expected: expected.0 }, saved).await
}

/// Issue a new edition of a training
///
/// Whoever did it before that day is due again, within so many days of it. What they did before counts until then.
#[utoipa::path(tag = "Training", request_body = NewTrainingEdition, responses((status = 200, description = "As it is now", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[post("/v1/training-requirements/{id}/issue-edition")]
pub async fn issue_training_edition(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    expected: IfMatch,
    body: Body<NewTrainingEdition>,
) -> Result<HttpResponse, ApiError> {
    let NewTrainingEdition { issued_on, due_within_days, note } = body.0;
    let step = RequirementStep::IssueEdition { issued_on, due_within_days, note: note.map(|n| n.0) };
    permitted.write(StepTrainingRequirement { id: id.0, step, expected: expected.0 }, saved).await
}

/// Retire a training requirement
///
/// From today it is asked of nobody. What was recorded of it is kept, and where people stood before can still be asked.
#[utoipa::path(tag = "Training", responses((status = 200, description = "As it is now", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[post("/v1/training-requirements/{id}/retire")]
pub async fn retire_training_requirement(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepTrainingRequirement { id: id.0, step: RequirementStep::Retire, expected: expected.0 }, saved).await
}

crate::event::history_of!(
    training_requirement_history,
    ReadRequirements,
    TrainingRequirementHistory,
    TrainingRequirementId,
    "Training",
    "/v1/training-requirements/{id}/history",
    "training_requirements:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_training_requirements)
        .service(create_training_requirement)
        .service(get_training_requirement)
        .service(update_training_requirement)
        .service(publish_training_requirement)
        .service(issue_training_edition)
        .service(retire_training_requirement)
        .service(training_requirement_history);
}
