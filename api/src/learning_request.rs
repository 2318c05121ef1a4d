//! Learning requests: what somebody asks to be let learn, with its cost and cover.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, list, values, word, words},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::LearningRequestId,
    request::{Ask, AskPatch, LearningRequest, RequestAction, WORDS},
};
use trellis_persistence::{
    Seen,
    request::{CreateLearningRequest, GetLearningRequest, LearningRequestHistory, ListLearningRequests, UpdateLearningRequest, VisibleRequest},
    transaction::needs::{ReadRequests, WriteRequests},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a learning request.
    LearningRequestActions, LearningRequestCan = "LearningRequestCan", list::<RequestAction>();
}

/// What somebody asks to be let learn.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningRequestRecord")]
pub struct LearningRequestView {
    /// Its id.
    pub id: word::LearningRequestId,
    /// Whose it is.
    pub person_id: word::PersonId,
    /// The employment in which they ask.
    pub employment_id: word::EmploymentId,
    /// The school of that employment.
    pub organisation_id: word::OrganisationId,
    /// Where it stands.
    pub state: word::RequestState,
    /// What it is.
    pub title: word::Title,
    /// What for; absent, and named in `redacted`, for whoever only keeps costs and cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Narrative>)]
    pub why: Option<Option<word::Narrative>>,
    /// What they need so that they can take part; absent, and named in `redacted`, for whoever only keeps costs and cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Narrative>)]
    pub needs: Option<Option<word::Narrative>>,
    /// The activity of the catalogue; null if it is in none.
    pub activity_id: Option<word::LearningActivityId>,
    /// The session of that activity; null if no session is named, or there is no activity.
    pub session_id: Option<word::LearningSessionId>,
    /// Who provides it.
    pub provider: Option<word::Title>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// What it is to cost, in pence.
    pub cost_pence: i32,
    /// How long colleagues have to stand in, in minutes.
    pub cover_minutes: i32,
    /// The budget line that pays.
    pub budget_line_id: Option<word::BudgetLineId>,
    /// What was spent on it, in pence; null until it is booked.
    pub spent_pence: Option<i32>,
    /// Objectives that it serves; absent, and named in `redacted`, for whoever only keeps costs and cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Vec<word::ObjectiveId>)]
    pub objective_ids: Option<Vec<word::ObjectiveId>>,
    /// Standards that it speaks to.
    pub standard_ids: Vec<word::StandardId>,
    /// Priorities of improvement plans that it serves.
    pub priority_ids: Vec<word::PriorityId>,
    /// When it was last submitted; until then it is its author's alone.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whose agreement, as line manager or appraiser, stands.
    pub agreed_by: Option<word::PersonId>,
    /// Whose approval stands.
    pub approved_by: Option<word::PersonId>,
    /// Whether its owner goes on with what they learned.
    pub conclusion: Option<word::Conclusion>,
    /// Fields that this caller may not see.
    pub redacted: Vec<&'static str>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<VisibleRequest> for LearningRequestView {
    fn from(VisibleRequest { request, in_full }: VisibleRequest) -> Self {
        // what its owner wrote afterwards is read with its impact
        let LearningRequest {
            id,
            person_id,
            employment_id,
            organisation_id,
            state,
            ask,
            budget_line_id,
            spent_pence,
            submitted_at,
            agreed_by,
            approved_by,
            evaluation: _,
            conclusion,
            conclusion_note: _,
            version,
            created_at,
            updated_at,
        } = request;
        let Ask {
            title,
            why,
            needs,
            activity_id,
            session_id,
            provider,
            starts_on,
            ends_on,
            cost_pence,
            cover_minutes,
            objective_ids,
            standard_ids,
            priority_ids,
        } = ask;
        Self {
            id: Word(id),
            person_id: Word(person_id),
            employment_id: Word(employment_id),
            organisation_id: Word(organisation_id),
            state: Word(state),
            title: Word(title),
            why: in_full.then(|| why.map(Word)),
            needs: in_full.then(|| needs.map(Word)),
            activity_id: activity_id.map(Word),
            session_id: session_id.map(Word),
            provider: provider.map(Word),
            starts_on,
            ends_on,
            cost_pence,
            cover_minutes,
            budget_line_id: budget_line_id.map(Word),
            spent_pence,
            objective_ids: in_full.then(|| words(objective_ids)),
            standard_ids: words(standard_ids),
            priority_ids: words(priority_ids),
            submitted_at,
            agreed_by: agreed_by.map(Word),
            approved_by: approved_by.map(Word),
            conclusion: conclusion.map(Word),
            redacted: if in_full { Vec::new() } else { WORDS.to_vec() },
            version,
            created_at,
            updated_at,
        }
    }
}
/// A learning request, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningRequest")]
pub struct LearningRequestDetail {
    #[serde(flatten)]
    record: LearningRequestView,
    /// What can be done with it.
    can: LearningRequestCan,
}
impl From<Seen<VisibleRequest>> for LearningRequestDetail {
    fn from(Seen { record, can }: Seen<VisibleRequest>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
pub(crate) fn saved(seen: &Seen<VisibleRequest>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.request.version, &LearningRequestDetail::from(seen.clone()))
}

/// A new draft of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLearningRequest {
    /// The employment in which one asks; the only one there is, if none is named.
    #[serde(default)]
    employment_id: Option<word::EmploymentId>,
    /// What it is.
    title: word::Title,
    /// What for: one's words to those who decide.
    #[serde(default)]
    why: Option<word::Narrative>,
    /// What one needs so that one can take part.
    #[serde(default)]
    needs: Option<word::Narrative>,
    /// The activity of the catalogue, if it is one.
    #[serde(default)]
    activity_id: Option<word::LearningActivityId>,
    /// The session of that activity; null, or left out, if no session is named.
    #[serde(default)]
    session_id: Option<word::LearningSessionId>,
    /// Who provides it.
    #[serde(default)]
    provider: Option<word::Title>,
    /// First day.
    starts_on: NaiveDate,
    /// Last day; the first, if nothing is said.
    #[serde(default)]
    ends_on: Option<NaiveDate>,
    /// What it is to cost, in pence; nothing, if nothing is said.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000_000, example = 24000)]
    cost_pence: Option<i32>,
    /// How long colleagues have to stand in, in minutes; at most 1,000 hours.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 60_000, example = 360)]
    cover_minutes: Option<i32>,
    /// Objectives of one's own that it serves.
    #[serde(default)]
    #[schema(max_items = 20)]
    objective_ids: Vec<word::ObjectiveId>,
    /// Standards that it speaks to, of published versions.
    #[serde(default)]
    #[schema(max_items = 30)]
    standard_ids: Vec<word::StandardId>,
    /// Priorities that it serves, of published plans of the school or above it.
    #[serde(default)]
    #[schema(max_items = 20)]
    priority_ids: Vec<word::PriorityId>,
}
/// Changes to a draft, or to what was returned: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearningRequestChanges {
    /// What it is.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// What for.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    why: Patch<word::Narrative>,
    /// What one needs.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    needs: Patch<word::Narrative>,
    /// The activity of the catalogue.
    #[serde(default)]
    #[schema(value_type = Option<word::LearningActivityId>)]
    activity_id: Patch<word::LearningActivityId>,
    /// The session of that activity; null takes it out.
    #[serde(default)]
    #[schema(value_type = Option<word::LearningSessionId>)]
    session_id: Patch<word::LearningSessionId>,
    /// Who provides it.
    #[serde(default)]
    #[schema(value_type = Option<word::Title>)]
    provider: Patch<word::Title>,
    /// First day.
    #[serde(default)]
    #[schema(value_type = NaiveDate)]
    starts_on: Option<NaiveDate>,
    /// Last day.
    #[serde(default)]
    #[schema(value_type = NaiveDate)]
    ends_on: Option<NaiveDate>,
    /// What it is to cost, in pence.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 100_000_000)]
    cost_pence: Option<i32>,
    /// Cover, in minutes.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 60_000)]
    cover_minutes: Option<i32>,
    /// All the objectives.
    #[serde(default)]
    #[schema(value_type = Vec<word::ObjectiveId>, max_items = 20)]
    objective_ids: Option<Vec<word::ObjectiveId>>,
    /// All the standards.
    #[serde(default)]
    #[schema(value_type = Vec<word::StandardId>, max_items = 30)]
    standard_ids: Option<Vec<word::StandardId>>,
    /// All the priorities.
    #[serde(default)]
    #[schema(value_type = Vec<word::PriorityId>, max_items = 20)]
    priority_ids: Option<Vec<word::PriorityId>>,
}

/// Filters of the list of learning requests.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LearningRequestFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those of this school.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that stand here.
    state: Option<word::RequestState>,
    /// Only those for this activity.
    activity_id: Option<word::LearningActivityId>,
    /// Only those that this line pays.
    budget_line_id: Option<word::BudgetLineId>,
    /// Only those that serve this priority.
    priority_id: Option<word::PriorityId>,
}

/// List learning requests
///
/// One's own, those of whom one manages or appraises, and for the headteacher, HR, and whoever approves learning or keeps its costs, those of their schools. Drafts are their authors'.
#[utoipa::path(tag = "Requests", params(PageParams, LearningRequestFilters), responses((status = 200, description = "A page of learning requests", body = List<LearningRequestView>)), security(("bearer" = ["requests:read"])))]
#[get("/v1/learning-requests")]
pub async fn list_learning_requests(permitted: Permitted<ReadRequests>, listing: Listing<LearningRequestFilters>) -> Result<HttpResponse, ApiError> {
    let LearningRequestFilters { person_id, organisation_id, state, activity_id, budget_line_id, priority_id } = &listing.filters;
    let page = permitted
        .read(ListLearningRequests {
            person_id: person_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            state: state.as_ref().map(|s| s.0),
            activity_id: activity_id.as_ref().map(|a| a.0),
            budget_line_id: budget_line_id.as_ref().map(|l| l.0),
            priority_id: priority_id.as_ref().map(|p| p.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, LearningRequestView::from))
}

/// Draft a learning request
///
/// For oneself: nobody asks for somebody else. It is one's own until it is submitted.
#[utoipa::path(tag = "Requests", request_body = NewLearningRequest, responses((status = 201, description = "Drafted", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests")]
pub async fn create_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    body: Body<NewLearningRequest>,
) -> Result<HttpResponse, ApiError> {
    let NewLearningRequest {
        employment_id,
        title,
        why,
        needs,
        activity_id,
        session_id,
        provider,
        starts_on,
        ends_on,
        cost_pence,
        cover_minutes,
        objective_ids,
        standard_ids,
        priority_ids,
    } = body.0;
    let details = AskPatch {
        why: Some(why.map(|w| w.0)),
        needs: Some(needs.map(|n| n.0)),
        activity_id: Some(activity_id.map(|a| a.0)),
        session_id: Some(session_id.map(|s| s.0)),
        provider: Some(provider.map(|p| p.0)),
        cost_pence,
        cover_minutes,
        objective_ids: Some(values(objective_ids)),
        standard_ids: Some(values(standard_ids)),
        priority_ids: Some(values(priority_ids)),
        ..AskPatch::default()
    };
    let operation = CreateLearningRequest { employment_id: employment_id.map(|e| e.0), title: title.0, starts_on, ends_on, details };
    permitted
        .write(operation, |seen| {
            let request = &seen.record.request;
            respond::created(request.version, format!("/v1/learning-requests/{}", request.id), &LearningRequestDetail::from(seen.clone()))
        })
        .await
}

/// Read a learning request
///
/// With what can be done with it. Whoever only keeps costs and cover reads neither why it is asked for nor what its author needs: `redacted` says so.
#[utoipa::path(tag = "Requests", responses((status = 200, description = "The learning request", body = LearningRequestDetail)), security(("bearer" = ["requests:read"])))]
#[get("/v1/learning-requests/{id}")]
pub async fn get_learning_request(
    permitted: Permitted<ReadRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetLearningRequest { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.request.version, LearningRequestDetail::from))
}

/// Change a learning request
///
/// While it is a draft, or was returned.
#[utoipa::path(tag = "Requests", request_body = LearningRequestChanges, responses((status = 200, description = "As it is now", body = LearningRequestDetail)), security(("bearer" = ["requests:write"])))]
#[patch("/v1/learning-requests/{id}")]
pub async fn update_learning_request(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<LearningRequestChanges>,
) -> Result<HttpResponse, ApiError> {
    let LearningRequestChanges {
        title,
        why,
        needs,
        activity_id,
        session_id,
        provider,
        starts_on,
        ends_on,
        cost_pence,
        cover_minutes,
        objective_ids,
        standard_ids,
        priority_ids,
    } = body.0;
    let patch = AskPatch {
        title: title.map(|t| t.0),
        why: why.value(),
        needs: needs.value(),
        activity_id: activity_id.value(),
        session_id: session_id.value(),
        provider: provider.value(),
        starts_on,
        ends_on,
        cost_pence,
        cover_minutes,
        objective_ids: objective_ids.map(values),
        standard_ids: standard_ids.map(values),
        priority_ids: priority_ids.map(values),
    };
    permitted.write(UpdateLearningRequest { id: id.0, patch, expected: expected.0 }, saved).await
}

crate::event::history_of!(
    learning_request_history,
    ReadRequests,
    LearningRequestHistory,
    LearningRequestId,
    "Requests",
    "/v1/learning-requests/{id}/history",
    "requests:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_learning_requests)
        .service(create_learning_request)
        .service(get_learning_request)
        .service(update_learning_request)
        .service(learning_request_history);
}
