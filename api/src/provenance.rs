//! Which fields other systems manage, and giving one back that was changed by hand.

use crate::{
    employment::EmploymentDetail,
    error::ApiError,
    event::ActorView,
    extract::{Body, Id, IfMatch, NoParams, Params},
    organisation::OrganisationDetail,
    permitted::Permitted,
    person::PersonDetail,
    respond,
    routes::Routes,
    wire::{Word, values, word},
};
use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::{EmploymentId, OrganisationId, PersonId},
    provenance::{Override, Provenance},
    text::Wire,
};
use trellis_persistence::{
    provenance::{Release, ReleaseEmploymentFields, ReleaseOrganisationFields, ReleasePersonFields},
    transaction::needs::{WriteOrganisations, WritePeople},
};
use utoipa::ToSchema;

/// A field that another system manages: its bulk rows and snapshots write it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ManagedField")]
pub struct ManagedFieldView {
    /// The field's name.
    #[schema(example = "family_name")]
    pub field: String,
    /// The system: the `source` of the row by which it was written.
    pub source: word::Reference,
    /// Set while the value is a local override: it was changed here by hand, and the system's own value is not taken.
    pub overridden: Option<OverrideView>,
}
/// Since when, and by whom, a field has a local value.
#[derive(Serialize, ToSchema)]
#[schema(title = "LocalOverride")]
pub struct OverrideView {
    /// Since when.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: ActorView,
}

/// Each managed field of a record.
pub fn managed_fields<F: Wire + Ord + Copy>(provenance: &Provenance<F>) -> Vec<ManagedFieldView> {
    let over = |Override { at, by }: Override| OverrideView { at, by: by.into() };
    let view = |(field, managed): (F, &trellis_domain::provenance::Managed)| ManagedFieldView {
        field: field.text().into_owned(),
        source: Word(managed.source.clone()),
        overridden: managed.overridden.map(over),
    };
    provenance.fields().map(view).collect()
}

/// Fields of a person whose local values need stand no longer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonFieldsReleased {
    /// Which fields. What is no local override stays as it is.
    #[schema(min_items = 1, max_items = 5)]
    fields: Vec<word::PersonField>,
}
/// Fields of an employment whose local values need stand no longer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmploymentFieldsReleased {
    /// Which fields. What is no local override stays as it is.
    #[schema(min_items = 1, max_items = 6)]
    fields: Vec<word::EmploymentField>,
}
/// Fields of an organisation whose local values need stand no longer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationFieldsReleased {
    /// Which fields. What is no local override stays as it is.
    #[schema(min_items = 1, max_items = 7)]
    fields: Vec<word::OrganisationField>,
}

/// Let a system write a person's fields again
///
/// A field that another system manages and somebody changed here is a local override: the system's value is not taken until the two agree. This ends it. The
/// value stays until the system's next run writes its own.
#[utoipa::path(tag = "People", request_body = PersonFieldsReleased, responses((status = 200, description = "As it is now", body = PersonDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/people/{id}/release-fields")]
pub async fn release_person_fields(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<PersonId>,
    expected: IfMatch,
    body: Body<PersonFieldsReleased>,
) -> Result<HttpResponse, ApiError> {
    let release: ReleasePersonFields = Release { id: id.0, fields: values(body.0.fields), expected: expected.0 };
    permitted.write(release, |seen| respond::saved(seen.record.person.version, &PersonDetail::from(seen.clone()))).await
}

/// Let a system write an employment's fields again
///
/// As with a person: the local values of these fields stand no longer once the system's next run writes its own.
#[utoipa::path(tag = "Employments", request_body = EmploymentFieldsReleased, responses((status = 200, description = "As it is now", body = EmploymentDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/employments/{id}/release-fields")]
pub async fn release_employment_fields(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<EmploymentId>,
    expected: IfMatch,
    body: Body<EmploymentFieldsReleased>,
) -> Result<HttpResponse, ApiError> {
    let release: ReleaseEmploymentFields = Release { id: id.0, fields: values(body.0.fields), expected: expected.0 };
    permitted.write(release, |seen| respond::saved(seen.record.version, &EmploymentDetail::from(seen.clone()))).await
}

/// Let a system write an organisation's fields again
///
/// As with a person: the local values of these fields stand no longer once the system's next run writes its own.
#[utoipa::path(tag = "Organisations", request_body = OrganisationFieldsReleased, responses((status = 200, description = "As it is now", body = OrganisationDetail)), security(("bearer" = ["organisations:write"])))]
#[post("/v1/organisations/{id}/release-fields")]
pub async fn release_organisation_fields(
    permitted: Permitted<WriteOrganisations>,
    _none: Params<NoParams>,
    id: Id<OrganisationId>,
    expected: IfMatch,
    body: Body<OrganisationFieldsReleased>,
) -> Result<HttpResponse, ApiError> {
    let release: ReleaseOrganisationFields = Release { id: id.0, fields: values(body.0.fields), expected: expected.0 };
    permitted.write(release, |seen| respond::saved(seen.record.version, &OrganisationDetail::from(seen.clone()))).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(release_person_fields).service(release_employment_fields).service(release_organisation_fields);
}
