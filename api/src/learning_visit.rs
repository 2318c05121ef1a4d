//! Visits to lessons: ungraded, with a purpose and a lane, for the two people alone.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, list, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::LearningVisitId,
    visit::{LearningVisit, VisitAction, VisitPatch},
};
use trellis_persistence::{
    Seen,
    coaching::{CreateLearningVisit, GetLearningVisit, LearningVisitHistory, ListLearningVisits, ShareLearningVisit, UpdateLearningVisit},
    transaction::needs::{ReadCoaching, WriteCoaching},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a visit.
    VisitActions, VisitCan = "LearningVisitCan", list::<VisitAction>();
}

/// A visit to somebody's lesson.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningVisitRecord")]
pub struct LearningVisitView {
    /// Its id.
    pub id: word::LearningVisitId,
    /// The partnership that it belongs to; null for an appraiser's observation.
    pub partnership_id: Option<word::CoachingPartnershipId>,
    /// Who was visited.
    pub visited_id: word::PersonId,
    /// Who visited, and writes.
    pub visitor_id: word::PersonId,
    /// What it is for; it never changes.
    pub lane: word::VisitLane,
    /// The day.
    pub visited_on: NaiveDate,
    /// How long it took, in minutes.
    pub minutes: i32,
    /// What was looked for.
    pub purpose: word::Title,
    /// What was seen.
    pub notes: Option<word::Narrative>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<LearningVisit> for LearningVisitView {
    fn from(record: LearningVisit) -> Self {
        // the copy is the visited person's: they find it among their learning records
        let LearningVisit {
            id,
            partnership_id,
            visited_id,
            visitor_id,
            lane,
            visited_on,
            minutes,
            purpose,
            notes,
            learning_record_id: _,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            id: Word(id),
            partnership_id: partnership_id.map(Word),
            visited_id: Word(visited_id),
            visitor_id: Word(visitor_id),
            lane: Word(lane),
            visited_on,
            minutes,
            purpose: Word(purpose),
            notes: notes.map(Word),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A visit, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningVisit")]
pub struct LearningVisitDetail {
    #[serde(flatten)]
    record: LearningVisitView,
    /// What can be done with it.
    can: VisitCan,
}
impl From<Seen<LearningVisit>> for LearningVisitDetail {
    fn from(Seen { record, can }: Seen<LearningVisit>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<LearningVisit>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &LearningVisitDetail::from(seen.clone()))
}

/// A visit that one made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLearningVisit {
    /// What it was for. It stays so for ever.
    lane: word::VisitLane,
    /// For development: the active partnership; the other of the two was visited.
    #[serde(default)]
    partnership_id: Option<word::CoachingPartnershipId>,
    /// For appraisal: who was observed, somebody whom one appraises.
    #[serde(default)]
    visited_id: Option<word::PersonId>,
    /// The day.
    visited_on: NaiveDate,
    /// How long it took, in minutes.
    #[schema(minimum = 1, maximum = 600, example = 30)]
    minutes: i32,
    /// What was looked for.
    purpose: word::Title,
    /// What was seen.
    #[serde(default)]
    notes: Option<word::Narrative>,
}
/// Changes to a visit: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearningVisitChanges {
    /// What was looked for.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    purpose: Option<word::Title>,
    /// What was seen.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    notes: Patch<word::Narrative>,
}
/// Where a copy of a visit goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VisitSharing {
    /// In which of one's employments; may be left out while there is just one.
    #[serde(default)]
    employment_id: Option<word::EmploymentId>,
}

/// Filters of the list of visits.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LearningVisitFilters {
    /// Only those of this partnership.
    partnership_id: Option<word::CoachingPartnershipId>,
    /// Only those of this lane.
    lane: Option<word::VisitLane>,
}

/// List visits
///
/// Those that one made, and those in one's own lessons.
#[utoipa::path(tag = "Coaching", params(PageParams, LearningVisitFilters), responses((status = 200, description = "A page of visits", body = List<LearningVisitView>)), security(("bearer" = ["coaching:read"])))]
#[get("/v1/learning-visits")]
pub async fn list_learning_visits(permitted: Permitted<ReadCoaching>, listing: Listing<LearningVisitFilters>) -> Result<HttpResponse, ApiError> {
    let LearningVisitFilters { partnership_id, lane } = &listing.filters;
    let operation = ListLearningVisits { partnership_id: partnership_id.as_ref().map(|p| p.0), lane: lane.as_ref().map(|l| l.0), window: listing.window };
    let page = permitted.read(operation).await?;
    Ok(listing.answer(page, LearningVisitView::from))
}

/// Write a visit down
///
/// By who visited, who says what it was for. For development it is within a partnership, counts for nothing and is the two people's alone. An observation for appraisal is by the appraiser, and is refused beyond the minutes that the rule profile of the appraisal allows in its period. There is no grade.
#[utoipa::path(tag = "Coaching", request_body = NewLearningVisit, responses((status = 201, description = "Written down", body = LearningVisitDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/learning-visits")]
pub async fn create_learning_visit(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    body: Body<NewLearningVisit>,
) -> Result<HttpResponse, ApiError> {
    let NewLearningVisit { lane, partnership_id, visited_id, visited_on, minutes, purpose, notes } = body.0;
    let operation = CreateLearningVisit {
        lane: lane.0,
        partnership_id: partnership_id.map(|p| p.0),
        visited_id: visited_id.map(|v| v.0),
        visited_on,
        minutes,
        purpose: purpose.0,
        notes: notes.map(|n| n.0),
    };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/learning-visits/{}", seen.record.id), &LearningVisitDetail::from(seen.clone()))
        })
        .await
}

/// Read a visit
///
/// With what can be done with it.
#[utoipa::path(tag = "Coaching", responses((status = 200, description = "The visit", body = LearningVisitDetail)), security(("bearer" = ["coaching:read"])))]
#[get("/v1/learning-visits/{id}")]
pub async fn get_learning_visit(
    permitted: Permitted<ReadCoaching>,
    _none: Params<NoParams>,
    id: Id<LearningVisitId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetLearningVisit { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, LearningVisitDetail::from))
}

/// Change what one wrote of a visit
///
/// A merge-patch (RFC 7396) by who visited, until a copy is shared.
#[utoipa::path(tag = "Coaching", request_body = LearningVisitChanges, responses((status = 200, description = "As it is now", body = LearningVisitDetail)), security(("bearer" = ["coaching:write"])))]
#[patch("/v1/learning-visits/{id}")]
pub async fn update_learning_visit(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    id: Id<LearningVisitId>,
    expected: IfMatch,
    body: Body<LearningVisitChanges>,
) -> Result<HttpResponse, ApiError> {
    let LearningVisitChanges { purpose, notes } = body.0;
    let patch = VisitPatch { purpose: purpose.map(|p| p.0), notes: notes.value() };
    permitted.write(UpdateLearningVisit { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Share a visit
///
/// Who was visited puts a copy among their learning records, shared with their appraiser and the headteacher, HR and learning lead of their school. It is theirs: they can make it private again there. The visit itself stays the two people's.
#[utoipa::path(tag = "Coaching", request_body = VisitSharing, responses((status = 200, description = "As it is now", body = LearningVisitDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/learning-visits/{id}/share")]
pub async fn share_learning_visit(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    id: Id<LearningVisitId>,
    expected: IfMatch,
    body: Body<VisitSharing>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(ShareLearningVisit { id: id.0, employment_id: body.0.employment_id.map(|e| e.0), expected: expected.0 }, saved).await
}

crate::event::history_of!(
    learning_visit_history,
    ReadCoaching,
    LearningVisitHistory,
    LearningVisitId,
    "Coaching",
    "/v1/learning-visits/{id}/history",
    "coaching:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_learning_visits)
        .service(create_learning_visit)
        .service(get_learning_visit)
        .service(update_learning_visit)
        .service(share_learning_visit)
        .service(learning_visit_history);
}
