//! Relationships: line managers, appraisers, coaches, mentors and induction tutors.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    page::{Listing, PageParams, SnapshotParams, SyncedList},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{check_in::Cadence, id::RelationshipId, relationship::Relationship, time::Period};
use trellis_persistence::{
    Seen,
    relationship::{CreateRelationship, EndRelationship, GetRelationship, ListRelationships, RelationshipHistory},
    transaction::needs::{ReadPeople, WritePeople},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a relationship.
    RelationshipActions, RelationshipCan = "RelationshipCan", &["end", "set_cadence"];
}

/// How often two people mean to meet.
#[derive(Serialize, ToSchema)]
#[schema(title = "Cadence")]
pub struct CadenceView {
    /// Weeks between two meetings.
    weeks: i32,
    /// Since when they mean to.
    since: NaiveDate,
}
impl From<Cadence> for CadenceView {
    fn from(Cadence { weeks, since }: Cadence) -> Self {
        Self { weeks, since }
    }
}

/// A relationship: on these days, `holder_id` is the `kind` of `person_id`.
#[derive(Serialize, ToSchema)]
#[schema(title = "RelationshipRecord")]
pub struct RelationshipView {
    /// Its id.
    pub id: word::RelationshipId,
    /// What the holder is.
    pub kind: word::RelationshipKind,
    /// Of whom.
    pub person_id: word::PersonId,
    /// Who is.
    pub holder_id: word::PersonId,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, inclusive; null while it goes on.
    pub ends_on: Option<NaiveDate>,
    /// How often the two mean to meet, if one of them said so.
    pub cadence: Option<CadenceView>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Relationship> for RelationshipView {
    fn from(Relationship { id, kind, person_id, holder_id, period, cadence, version, created_at, updated_at }: Relationship) -> Self {
        Self {
            id: Word(id),
            kind: Word(kind),
            person_id: Word(person_id),
            holder_id: Word(holder_id),
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            cadence: cadence.map(Into::into),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A relationship, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Relationship")]
pub struct RelationshipDetail {
    #[serde(flatten)]
    record: RelationshipView,
    /// What can be done with it.
    can: RelationshipCan,
}
impl From<Seen<Relationship>> for RelationshipDetail {
    fn from(Seen { record, can }: Seen<Relationship>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A new relationship.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRelationship {
    /// What the holder is.
    kind: word::RelationshipKind,
    /// Of whom.
    person_id: word::PersonId,
    /// Who is: never the person, and never whoever makes this call.
    holder_id: word::PersonId,
    /// First day.
    starts_on: NaiveDate,
    /// Last day, inclusive.
    #[serde(default)]
    ends_on: Option<NaiveDate>,
}
/// The last day of something.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LastDay {
    /// Last day, inclusive.
    pub ends_on: NaiveDate,
}

/// Filters of the list of relationships.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RelationshipFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those that this person holds.
    holder_id: Option<word::PersonId>,
    /// Only this kind.
    kind: Option<word::RelationshipKind>,
    /// Only those current on this day.
    current_on: Option<NaiveDate>,
}

/// List relationships
///
/// One's own, on either side, those of whom one appraises, and those of the people whose records one keeps.
#[utoipa::path(tag = "Relationships", params(PageParams, SnapshotParams, RelationshipFilters), responses((status = 200, description = "A page of relationships", body = SyncedList<RelationshipView>)), security(("bearer" = ["people:read"])))]
#[get("/v1/relationships")]
pub async fn list_relationships(permitted: Permitted<ReadPeople>, listing: Listing<RelationshipFilters>) -> Result<HttpResponse, ApiError> {
    let RelationshipFilters { person_id, holder_id, kind, current_on } = &listing.filters;
    let began = listing.began(&permitted).await?;
    let page = permitted
        .read(ListRelationships {
            person_id: person_id.as_ref().map(|p| p.0),
            holder_id: holder_id.as_ref().map(|p| p.0),
            kind: kind.as_ref().map(|k| k.0),
            current_on: *current_on,
            window: listing.window,
        })
        .await?;
    Ok(listing.answer_synced(page, began, RelationshipView::from))
}

/// Appoint somebody
///
/// As line manager, appraiser, coach, mentor or induction tutor of a person. Nobody appoints themself, and line management has no circles on any date.
#[utoipa::path(tag = "Relationships", request_body = NewRelationship, responses((status = 201, description = "Appointed", body = RelationshipDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/relationships")]
pub async fn create_relationship(permitted: Permitted<WritePeople>, _none: Params<NoParams>, body: Body<NewRelationship>) -> Result<HttpResponse, ApiError> {
    let NewRelationship { kind, person_id, holder_id, starts_on, ends_on } = body.0;
    let operation = CreateRelationship { kind: kind.0, person_id: person_id.0, holder_id: holder_id.0, period: Period::new(starts_on, ends_on)? };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/relationships/{}", seen.record.id), &RelationshipDetail::from(seen.clone()))
        })
        .await
}

/// Read a relationship
///
/// With what can be done with it.
#[utoipa::path(tag = "Relationships", responses((status = 200, description = "The relationship", body = RelationshipDetail)), security(("bearer" = ["people:read"])))]
#[get("/v1/relationships/{id}")]
pub async fn get_relationship(
    permitted: Permitted<ReadPeople>,
    _none: Params<NoParams>,
    id: Id<RelationshipId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetRelationship { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, RelationshipDetail::from))
}

/// End a relationship
///
/// Gives it its last day. A handover never restarts a period and never rewrites who did what.
#[utoipa::path(tag = "Relationships", request_body = LastDay, responses((status = 200, description = "As it is now", body = RelationshipDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/relationships/{id}/end")]
pub async fn end_relationship(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<RelationshipId>,
    expected: IfMatch,
    body: Body<LastDay>,
) -> Result<HttpResponse, ApiError> {
    let operation = EndRelationship { id: id.0, ends_on: body.0.ends_on, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &RelationshipDetail::from(seen.clone()))).await
}

crate::event::history_of!(
    relationship_history,
    ReadPeople,
    RelationshipHistory,
    RelationshipId,
    "Relationships",
    "/v1/relationships/{id}/history",
    "people:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_relationships).service(create_relationship).service(get_relationship).service(end_relationship).service(relationship_history);
}
