//! Sessions of the catalogue's activities.

use crate::{
    cycle::WithReason,
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
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
    activity::{LearningSession, LearningSessionPatch, SessionAction},
    id::LearningSessionId,
};
use trellis_persistence::{
    Seen,
    activity::{
        CancelLearningSession, CreateLearningSession, GetLearningSession, GetSessionPlaces, LearningSessionHistory, ListLearningSessions, Places,
        UpdateLearningSession,
    },
    transaction::needs::{ReadActivities, WriteActivities},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a session.
    LearningSessionActions, LearningSessionCan = "LearningSessionCan", list::<SessionAction>();
}

/// A time and a place at which an activity is held.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningSessionRecord")]
pub struct LearningSessionView {
    /// Its id.
    pub id: word::LearningSessionId,
    /// Of which activity.
    pub activity_id: word::LearningActivityId,
    /// Who offers that.
    pub organisation_id: word::OrganisationId,
    /// From when.
    pub starts_at: DateTime<Utc>,
    /// To when.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub place: Option<word::Title>,
    /// For how many. How many places are taken: `GET /v1/learning-sessions/{id}/places`.
    pub places: i32,
    /// Where it stands.
    pub state: word::SessionState,
    /// Why it was called off.
    pub last_reason: Option<word::Reason>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was scheduled.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<LearningSession> for LearningSessionView {
    fn from(session: LearningSession) -> Self {
        let LearningSession { id, activity_id, organisation_id, starts_at, ends_at, place, places, state, last_reason, version, created_at, updated_at } =
            session;
        Self {
            id: Word(id),
            activity_id: Word(activity_id),
            organisation_id: Word(organisation_id),
            starts_at,
            ends_at,
            place: place.map(Word),
            places,
            state: Word(state),
            last_reason: last_reason.map(Word),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A session, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningSession")]
pub struct LearningSessionDetail {
    #[serde(flatten)]
    record: LearningSessionView,
    /// What can be done with it.
    can: LearningSessionCan,
}
impl From<Seen<LearningSession>> for LearningSessionDetail {
    fn from(Seen { record, can }: Seen<LearningSession>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<LearningSession>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &LearningSessionDetail::from(seen.clone()))
}

/// A new session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLearningSession {
    /// Of which activity.
    activity_id: word::LearningActivityId,
    /// From when.
    starts_at: DateTime<Utc>,
    /// To when.
    ends_at: DateTime<Utc>,
    /// Where.
    #[serde(default)]
    place: Option<word::Title>,
    /// For how many.
    #[schema(minimum = 0, maximum = 100_000, example = 24)]
    places: i32,
}
/// Changes to a session: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearningSessionChanges {
    /// From when.
    #[serde(default)]
    #[schema(value_type = DateTime<Utc>)]
    starts_at: Option<DateTime<Utc>>,
    /// To when.
    #[serde(default)]
    #[schema(value_type = DateTime<Utc>)]
    ends_at: Option<DateTime<Utc>>,
    /// Where.
    #[serde(default)]
    #[schema(value_type = Option<word::Title>)]
    place: Patch<word::Title>,
    /// For how many.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 100_000)]
    places: Option<i32>,
    /// Move it also to a time at which some of those who have a place, or wait for one, are at another session. Without it, that is refused;
    /// with it, each of them finds among their tasks that there is one to choose.
    #[serde(default)]
    #[schema(value_type = bool)]
    allow_overlaps: Option<bool>,
}
/// How many places of a session are taken.
#[derive(Serialize, ToSchema)]
pub struct SessionPlaces {
    /// How many there are.
    places: i32,
    /// How many people have one.
    taken: i64,
    /// How many wait for one.
    waiting: i64,
    /// How many of both have a place, or wait for one, at another session at that time as well: told to whoever may change the session, and null for everybody else. Which one
    /// is told to nobody but them.
    overlapping: Option<usize>,
}
impl From<Places> for SessionPlaces {
    fn from(Places { places, taken, waiting, overlapping }: Places) -> Self {
        Self { places, taken, waiting, overlapping }
    }
}

/// Filters of the list of sessions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LearningSessionFilters {
    /// Only those of this activity.
    activity_id: Option<word::LearningActivityId>,
    /// Only those of what this organisation offers.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that stand here.
    state: Option<word::SessionState>,
    /// Only those that start then or later.
    from: Option<DateTime<Utc>>,
}

/// List sessions
///
/// Of the activities that one reads.
#[utoipa::path(tag = "Catalogue", params(PageParams, LearningSessionFilters), responses((status = 200, description = "A page of sessions", body = List<LearningSessionView>)), security(("bearer" = ["activities:read"])))]
#[get("/v1/learning-sessions")]
pub async fn list_learning_sessions(permitted: Permitted<ReadActivities>, listing: Listing<LearningSessionFilters>) -> Result<HttpResponse, ApiError> {
    let LearningSessionFilters { activity_id, organisation_id, state, from } = &listing.filters;
    let page = permitted
        .read(ListLearningSessions {
            activity_id: activity_id.as_ref().map(|a| a.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            state: state.as_ref().map(|s| s.0),
            from: *from,
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, LearningSessionView::from))
}

/// Schedule a session
///
/// Of an activity that is offered, by those who lead learning there.
#[utoipa::path(tag = "Catalogue", request_body = NewLearningSession, responses((status = 201, description = "Scheduled", body = LearningSessionDetail)), security(("bearer" = ["activities:write"])))]
#[post("/v1/learning-sessions")]
pub async fn create_learning_session(
    permitted: Permitted<WriteActivities>,
    _none: Params<NoParams>,
    body: Body<NewLearningSession>,
) -> Result<HttpResponse, ApiError> {
    let NewLearningSession { activity_id, starts_at, ends_at, place, places } = body.0;
    let operation = CreateLearningSession { activity_id: activity_id.0, starts_at, ends_at, place: place.map(|p| p.0), places };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/learning-sessions/{}", seen.record.id), &LearningSessionDetail::from(seen.clone()))
        })
        .await
}

/// Read a session
///
/// With what can be done with it.
#[utoipa::path(tag = "Catalogue", responses((status = 200, description = "The session", body = LearningSessionDetail)), security(("bearer" = ["activities:read"])))]
#[get("/v1/learning-sessions/{id}")]
pub async fn get_learning_session(
    permitted: Permitted<ReadActivities>,
    _none: Params<NoParams>,
    id: Id<LearningSessionId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetLearningSession { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, LearningSessionDetail::from))
}

/// Read how many places are taken
///
/// And how many people wait for one. No names.
#[utoipa::path(tag = "Catalogue", responses((status = 200, description = "The places", body = SessionPlaces)), security(("bearer" = ["activities:read"])))]
#[get("/v1/learning-sessions/{id}/places")]
pub async fn get_session_places(permitted: Permitted<ReadActivities>, _none: Params<NoParams>, id: Id<LearningSessionId>) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetSessionPlaces { id: id.0 }).await?;
    Ok(HttpResponse::Ok().json(SessionPlaces::from(found)))
}

/// Change a session
///
/// A merge-patch (RFC 7396). More places go to those who wait, in their order; there are never fewer than are taken. A session is
/// not moved to a time at which some of its people are at another one, unless `allow_overlaps` says so: `overlapping_session` tells neither who they are nor how many.
#[utoipa::path(tag = "Catalogue", request_body = LearningSessionChanges, responses((status = 200, description = "As it is now", body = LearningSessionDetail)), security(("bearer" = ["activities:write"])))]
#[patch("/v1/learning-sessions/{id}")]
pub async fn update_learning_session(
    permitted: Permitted<WriteActivities>,
    _none: Params<NoParams>,
    id: Id<LearningSessionId>,
    expected: IfMatch,
    body: Body<LearningSessionChanges>,
) -> Result<HttpResponse, ApiError> {
    let LearningSessionChanges { starts_at, ends_at, place, places, allow_overlaps } = body.0;
    let micros = trellis_domain::time::micros;
    let patch = LearningSessionPatch { starts_at: starts_at.map(micros), ends_at: ends_at.map(micros), place: place.value(), places };
    permitted.write(UpdateLearningSession { id: id.0, patch, allow_overlaps: allow_overlaps.unwrap_or_default(), expected: expected.0 }, saved).await
}

/// Call a session off
///
/// With the reason. Who was enrolled is kept, and is free for other sessions at that time.
#[utoipa::path(tag = "Catalogue", request_body = WithReason, responses((status = 200, description = "As it is now", body = LearningSessionDetail)), security(("bearer" = ["activities:write"])))]
#[post("/v1/learning-sessions/{id}/cancel")]
pub async fn cancel_learning_session(
    permitted: Permitted<WriteActivities>,
    _none: Params<NoParams>,
    id: Id<LearningSessionId>,
    expected: IfMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(CancelLearningSession { id: id.0, reason: body.0.reason.0, expected: expected.0 }, saved).await
}

crate::event::history_of!(
    learning_session_history,
    ReadActivities,
    LearningSessionHistory,
    LearningSessionId,
    "Catalogue",
    "/v1/learning-sessions/{id}/history",
    "activities:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_learning_sessions)
        .service(create_learning_session)
        .service(get_learning_session)
        .service(get_session_places)
        .service(update_learning_session)
        .service(cancel_learning_session)
        .service(learning_session_history);
}
