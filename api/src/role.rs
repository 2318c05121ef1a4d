//! Roles.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    page::{Listing, PageParams, SnapshotParams, SyncedList},
    permitted::Permitted,
    relationship::LastDay,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{id::RoleId, role::Role, time::Period};
use trellis_persistence::{
    Seen,
    role::{EndRole, GetRole, GrantRole, ListRoles, RoleHistory},
    transaction::needs::{ReadRoles, WriteRoles},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a role.
    RoleActions, RoleCan = "RoleCan", &["end"];
}

/// A role that a person holds at an organisation and everything beneath it.
#[derive(Serialize, ToSchema)]
#[schema(title = "RoleRecord")]
pub struct RoleView {
    /// Its id.
    pub id: word::RoleId,
    /// Who holds it.
    pub person_id: word::PersonId,
    /// Which.
    pub role: word::RoleName,
    /// Where.
    pub organisation_id: word::OrganisationId,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, inclusive; null while it goes on.
    pub ends_on: Option<NaiveDate>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Role> for RoleView {
    fn from(Role { id, person_id, role, organisation_id, period, version, created_at, updated_at }: Role) -> Self {
        Self {
            id: Word(id),
            person_id: Word(person_id),
            role: Word(role),
            organisation_id: Word(organisation_id),
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A role, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Role")]
pub struct RoleDetail {
    #[serde(flatten)]
    record: RoleView,
    /// What can be done with it.
    can: RoleCan,
}
impl From<Seen<Role>> for RoleDetail {
    fn from(Seen { record, can }: Seen<Role>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A role to give.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRole {
    /// To whom: never to oneself.
    person_id: word::PersonId,
    /// Which.
    role: word::RoleName,
    /// Where; it counts for everything beneath.
    organisation_id: word::OrganisationId,
    /// First day.
    starts_on: NaiveDate,
    /// Last day, inclusive. `appraisal_delegate` needs one, within a year; `external_adviser` needs one, within two.
    #[serde(default)]
    ends_on: Option<NaiveDate>,
}

/// Filters of the list of roles.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RoleFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those at this organisation.
    organisation_id: Option<word::OrganisationId>,
    /// Only this role.
    role: Option<word::RoleName>,
    /// Only those current on this day.
    current_on: Option<NaiveDate>,
}

/// List roles
///
/// One's own, and those at the organisations where one keeps the records.
#[utoipa::path(tag = "Roles", params(PageParams, SnapshotParams, RoleFilters), responses((status = 200, description = "A page of roles", body = SyncedList<RoleView>)), security(("bearer" = ["roles:read"])))]
#[get("/v1/roles")]
pub async fn list_roles(permitted: Permitted<ReadRoles>, listing: Listing<RoleFilters>) -> Result<HttpResponse, ApiError> {
    let RoleFilters { person_id, organisation_id, role, current_on } = &listing.filters;
    let began = listing.began(&permitted).await?;
    let page = permitted
        .read(ListRoles {
            person_id: person_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            role: role.as_ref().map(|r| r.0),
            current_on: *current_on,
            window: listing.window,
        })
        .await?;
    Ok(listing.answer_synced(page, began, RoleView::from))
}

/// Give a role
///
/// For administrators of the trust. Headteachers and HR give one role, `appraisal_delegate`, at their school: a senior colleague says who appraises whom, for a year at most, while they work there. Nobody gives a role to themself. An `external_adviser` is given by administrators of the trust, for two years at most. It counts from the next request on.
#[utoipa::path(tag = "Roles", request_body = NewRole, responses((status = 201, description = "Given", body = RoleDetail)), security(("bearer" = ["roles:write"])))]
#[post("/v1/roles")]
pub async fn grant_role(permitted: Permitted<WriteRoles>, _none: Params<NoParams>, body: Body<NewRole>) -> Result<HttpResponse, ApiError> {
    let NewRole { person_id, role, organisation_id, starts_on, ends_on } = body.0;
    let operation = GrantRole { person_id: person_id.0, role: role.0, organisation_id: organisation_id.0, period: Period::new(starts_on, ends_on)? };
    permitted.write(operation, |seen| respond::created(seen.record.version, format!("/v1/roles/{}", seen.record.id), &RoleDetail::from(seen.clone()))).await
}

/// Read a role
///
/// With what can be done with it.
#[utoipa::path(tag = "Roles", responses((status = 200, description = "The role", body = RoleDetail)), security(("bearer" = ["roles:read"])))]
#[get("/v1/roles/{id}")]
pub async fn get_role(permitted: Permitted<ReadRoles>, _none: Params<NoParams>, id: Id<RoleId>, unless: IfNoneMatch) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetRole { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, RoleDetail::from))
}

/// End a role
///
/// Gives it its last day; to take it away at once, give it yesterday; one that began today ends with today. By whoever could give it.
#[utoipa::path(tag = "Roles", request_body = LastDay, responses((status = 200, description = "As it is now", body = RoleDetail)), security(("bearer" = ["roles:write"])))]
#[post("/v1/roles/{id}/end")]
pub async fn end_role(
    permitted: Permitted<WriteRoles>,
    _none: Params<NoParams>,
    id: Id<RoleId>,
    expected: IfMatch,
    body: Body<LastDay>,
) -> Result<HttpResponse, ApiError> {
    let operation = EndRole { id: id.0, ends_on: body.0.ends_on, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &RoleDetail::from(seen.clone()))).await
}

crate::event::history_of!(role_history, ReadRoles, RoleHistory, RoleId, "Roles", "/v1/roles/{id}/history", "roles:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_roles).service(grant_role).service(get_role).service(end_role).service(role_history);
}
