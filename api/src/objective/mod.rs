//! Objectives. Two people write them, so every write says which version it saw.

mod sent;
mod view;

use crate::{
    cycle::WithReason,
    error::ApiError,
    extract::{Body, Id, IfNoneMatch, MustMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::word,
};
use actix_web::{HttpResponse, get, patch, post};
use sent::{Dissent, NewObjective, NewRevision, ObjectiveChanges};
use serde::Deserialize;
use trellis_domain::{
    id::ObjectiveId,
    objective::{Objective, ObjectiveAction},
    text::Reason,
};
use trellis_persistence::{
    Seen,
    objective::{
        CreateObjective, GetObjective, ListObjectives, ListRevisions, ObjectiveHistory, ReviseObjective, SetObjectiveWithDissent, StepObjective,
        UpdateObjective,
    },
    transaction::needs::{ReadObjectives, WriteObjectives},
};
use utoipa::IntoParams;
use view::RevisionView;
pub use view::{CriterionView, InquiryView, ObjectiveDetail, ObjectiveView};

fn saved(seen: &Seen<Objective>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &ObjectiveDetail::from(seen.clone()))
}

/// Filters of the list of objectives.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ObjectiveFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those on this employment.
    employment_id: Option<word::EmploymentId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those of this cycle.
    cycle_id: Option<word::CycleId>,
    /// Only those that serve this priority.
    priority_id: Option<word::PriorityId>,
    /// Only those that stand here.
    state: Option<word::ObjectiveState>,
    /// Only this kind.
    kind: Option<word::ObjectiveKind>,
}

/// List objectives
///
/// One's own, those of whom one appraises, and for headteachers and HR those of their schools; for external advisers those in the appraisals of the headteachers they advise. Drafts are their author's alone.
#[utoipa::path(tag = "Objectives", params(PageParams, ObjectiveFilters), responses((status = 200, description = "A page of objectives", body = List<ObjectiveView>)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives")]
pub async fn list_objectives(permitted: Permitted<ReadObjectives>, listing: Listing<ObjectiveFilters>) -> Result<HttpResponse, ApiError> {
    let ObjectiveFilters { person_id, employment_id, organisation_id, cycle_id, priority_id, state, kind } = &listing.filters;
    let page = permitted
        .read(ListObjectives {
            person_id: person_id.as_ref().map(|p| p.0),
            employment_id: employment_id.as_ref().map(|e| e.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            cycle_id: cycle_id.as_ref().map(|c| c.0),
            priority_id: priority_id.as_ref().map(|p| p.0),
            state: state.as_ref().map(|s| s.0),
            kind: kind.as_ref().map(|k| k.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, ObjectiveView::from))
}

/// Draft an objective
///
/// The draft is its author's alone until it is proposed.
#[utoipa::path(tag = "Objectives", request_body = NewObjective, responses((status = 201, description = "Drafted", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives")]
pub async fn create_objective(permitted: Permitted<WriteObjectives>, _none: Params<NoParams>, body: Body<NewObjective>) -> Result<HttpResponse, ApiError> {
    let operation = CreateObjective::from(body.0);
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/objectives/{}", seen.record.id), &ObjectiveDetail::from(seen.clone())))
        .await
}

/// Read an objective
///
/// With what can be done with it: the same objective answers teacher and appraiser differently.
#[utoipa::path(tag = "Objectives", responses((status = 200, description = "The objective", body = ObjectiveDetail)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives/{id}")]
pub async fn get_objective(
    permitted: Permitted<ReadObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetObjective { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, ObjectiveDetail::from))
}

/// Change the words of an objective
///
/// A merge-patch (RFC 7396) of a draft or a proposal. Whoever changes a proposal makes it theirs: the other party is asked. What is agreed is revised instead.
#[utoipa::path(tag = "Objectives", request_body = ObjectiveChanges, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[patch("/v1/objectives/{id}")]
pub async fn update_objective(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<ObjectiveChanges>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(UpdateObjective { id: id.0, patch: body.0.into(), expected: expected.0 }, saved).await
}

/// The steps of an objective that need nothing but the step itself.
macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $name:ident, $path:literal, $action:ident;)*) => {
        $(
            $(#[doc = $doc])+
            #[utoipa::path(tag = "Objectives", responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
            #[post($path)]
            pub async fn $name(permitted: Permitted<WriteObjectives>, _none: Params<NoParams>, id: Id<ObjectiveId>, expected: MustMatch, _body: NoBody) -> Result<HttpResponse, ApiError> {
                step(&permitted, id.0, ObjectiveAction::$action, None, expected).await
            }
        )*
        fn steps(config: &mut Routes<'_>) {
            $(config.service($name);)*
        }
    };
}
async fn step(
    permitted: &Permitted<WriteObjectives>,
    id: ObjectiveId,
    action: ObjectiveAction,
    reason: Option<Reason>,
    expected: MustMatch,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepObjective { id, action, reason, expected: expected.0 }, saved).await
}
steps! {
    /// Propose an objective
    ///
    /// Puts one's draft to the other party.
    propose_objective, "/v1/objectives/{id}/propose", Propose;
    /// Agree an objective
    ///
    /// To what the other party proposed; nobody agrees their own proposal.
    agree_objective, "/v1/objectives/{id}/agree", Agree;
    /// Start work on an objective
    ///
    /// Once it is agreed, or set.
    start_objective, "/v1/objectives/{id}/start", Start;
    /// Resume an objective
    ///
    /// Goes on after a pause.
    resume_objective, "/v1/objectives/{id}/resume", Resume;
    /// Review an objective
    ///
    /// The appraiser records that it was talked through.
    review_objective, "/v1/objectives/{id}/review", Review;
    /// Close an objective
    ///
    /// After its review.
    close_objective, "/v1/objectives/{id}/close", Close;
}

/// Pause an objective
///
/// With a reason; part-time work and absence move due dates, never an assessment.
#[utoipa::path(tag = "Objectives", request_body = WithReason, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/pause")]
pub async fn pause_objective(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    step(&permitted, id.0, ObjectiveAction::Pause, Some(body.0.reason.0), expected).await
}

/// Withdraw an objective
///
/// With a reason. A proposal by who proposed it; once agreed, by the appraiser.
#[utoipa::path(tag = "Objectives", request_body = WithReason, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/withdraw")]
pub async fn withdraw_objective(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    step(&permitted, id.0, ObjectiveAction::Withdraw, Some(body.0.reason.0), expected).await
}

/// Set an objective with dissent
///
/// The appraiser sets what could not be agreed; the appraisee's dissent is kept in their words.
#[utoipa::path(tag = "Objectives", request_body = Dissent, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/set-with-dissent")]
pub async fn set_objective_with_dissent(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<Dissent>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(SetObjectiveWithDissent { id: id.0, dissent: body.0.dissent.0, expected: expected.0 }, saved).await
}

/// Revise an objective
///
/// Changes what was agreed, with a reason. The old words are kept, and agreement is asked for again.
#[utoipa::path(tag = "Objectives", request_body = NewRevision, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/revise")]
pub async fn revise_objective(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<NewRevision>,
) -> Result<HttpResponse, ApiError> {
    let NewRevision { reason, changes } = body.0;
    permitted.write(ReviseObjective { id: id.0, patch: changes.into(), reason: reason.0, expected: expected.0 }, saved).await
}

/// List an objective's revisions
///
/// What it said before, the appraisee's dissent if that was set in spite of it, and why it changed.
#[utoipa::path(tag = "Objectives", responses((status = 200, description = "All of them, oldest first", body = List<RevisionView>)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives/{id}/revisions")]
pub async fn list_objective_revisions(permitted: Permitted<ReadObjectives>, _none: Params<NoParams>, id: Id<ObjectiveId>) -> Result<HttpResponse, ApiError> {
    let revisions = permitted.read(ListRevisions { id: id.0 }).await?;
    Ok(HttpResponse::Ok().json(List::whole(revisions.into_iter().map(RevisionView::from).collect())))
}

crate::event::history_of!(objective_history, ReadObjectives, ObjectiveHistory, ObjectiveId, "Objectives", "/v1/objectives/{id}/history", "objectives:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_objectives).service(create_objective).service(get_objective).service(update_objective);
    steps(config);
    config
        .service(pause_objective)
        .service(withdraw_objective)
        .service(set_objective_with_dissent)
        .service(revise_objective)
        .service(list_objective_revisions)
        .service(objective_history);
}
