//! Trusts, schools and groups.

mod gias;

pub use gias::{GiasFile, ImportCounts, ImportReport, counted, counts_of};

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    page::{Listing, PageParams, SnapshotParams, SyncedList},
    permitted::Permitted,
    provenance::{ManagedFieldView, managed_fields},
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::OrganisationId,
    organisation::{Identifier, Organisation, OrganisationPatch, OrganisationStatus, Scheme},
    rule::{Code, Faults, RuleError},
    text::{ExternalRef, Reference, Wire},
};
use trellis_persistence::{
    Seen,
    organisation::{CreateOrganisation, GetOrganisation, ListOrganisations, OrganisationHistory, UpdateOrganisation},
    transaction::needs::{ReadOrganisations, WriteOrganisations},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with an organisation.
    OrganisationActions, OrganisationCan = "OrganisationCan", &["update", "add_beneath", "release_fields"];
}

/// What a record is called in another system.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "ExternalRef")]
pub struct ExternalRefView {
    /// Which system.
    #[schema(value_type = word::Reference, example = "bromcom")]
    pub source: word::Reference,
    /// The record's id there; unique within the tenant and the kind of record.
    #[schema(value_type = word::Reference, example = "10023")]
    pub id: word::Reference,
}
impl From<ExternalRef> for ExternalRefView {
    fn from(ExternalRef { source, id }: ExternalRef) -> Self {
        Self { source: Word(source), id: Word(id) }
    }
}
/// As the domain knows them.
pub fn references(views: Vec<ExternalRefView>) -> Vec<ExternalRef> {
    views.into_iter().map(|v| ExternalRef { source: v.source.0, id: v.id.0 }).collect()
}
/// A filter's external reference: system and id, with a colon between.
pub fn reference_filter(text: Option<&str>) -> Option<ExternalRef> {
    let (source, id) = text?.split_once(':')?;
    Some(ExternalRef { source: Reference::parse(source).ok()?, id: Reference::parse(id).ok()? })
}

/// An identifier by which an organisation is known outside, dated.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Identifier")]
pub struct IdentifierView {
    /// Of which register.
    pub scheme: word::Scheme,
    /// In its normal form; a LAESTAB as `123/4567` (`1234567` is accepted).
    #[schema(min_length = 1, max_length = 20, example = "100000")]
    pub value: String,
    /// First day, if known.
    #[serde(default)]
    pub starts_on: Option<NaiveDate>,
    /// Last day, if it ended: academy conversion gives a school a new URN, not a new id.
    #[serde(default)]
    pub ends_on: Option<NaiveDate>,
}
impl From<Identifier> for IdentifierView {
    fn from(Identifier { scheme, value, starts_on, ends_on }: Identifier) -> Self {
        Self { scheme: Word(scheme), value, starts_on, ends_on }
    }
}
fn identifiers(views: Vec<IdentifierView>) -> Result<Vec<Identifier>, RuleError> {
    let mut faults = Faults::default();
    let parsed = views
        .into_iter()
        .enumerate()
        .filter_map(|(i, v)| {
            let identifier =
                Identifier::parse(v.scheme.0, &v.value).map_err(|e| RuleError::at(Code::InvalidIdentifier, &format!("/identifiers/{i}/value"), e.message));
            faults.check(identifier).map(|id| Identifier { starts_on: v.starts_on, ends_on: v.ends_on, ..id })
        })
        .collect();
    faults.settle().map(|()| parsed)
}

/// A trust, a school or a group.
#[derive(Serialize, ToSchema)]
#[schema(title = "OrganisationRecord")]
pub struct OrganisationView {
    /// Its id; a URN is not a school's identity.
    pub id: word::OrganisationId,
    /// What kind of node of the tenant's tree it is.
    pub kind: word::OrganisationKind,
    /// What it lies beneath; null for the tenant's root.
    pub parent_id: Option<word::OrganisationId>,
    /// Its name.
    pub name: word::Title,
    /// Phase of education.
    pub phase: Option<word::Phase>,
    /// Type of establishment, by GIAS's public code.
    pub establishment_type: Option<i32>,
    /// Type of a group of schools.
    pub group_type: Option<word::GroupType>,
    /// Open, closed or proposed.
    pub status: word::OrganisationStatus,
    /// When it opened.
    pub opened_on: Option<NaiveDate>,
    /// When it closed.
    pub closed_on: Option<NaiveDate>,
    /// URN, LAESTAB, UKPRN and the like, dated.
    pub identifiers: Vec<IdentifierView>,
    /// What other systems call it.
    pub external_refs: Vec<ExternalRefView>,
    /// Which fields other systems manage.
    pub provenance: Vec<ManagedFieldView>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Organisation> for OrganisationView {
    fn from(organisation: Organisation) -> Self {
        let Organisation {
            id,
            kind,
            parent_id,
            name,
            phase,
            establishment_type,
            group_type,
            status,
            opened_on,
            closed_on,
            identifiers,
            external_refs,
            provenance,
            version,
            created_at,
            updated_at,
        } = organisation;
        Self {
            id: Word(id),
            kind: Word(kind),
            parent_id: parent_id.map(Word),
            name: Word(name),
            phase: phase.map(Word),
            establishment_type,
            group_type: group_type.map(Word),
            status: Word(status),
            opened_on,
            closed_on,
            identifiers: identifiers.into_iter().map(Into::into).collect(),
            external_refs: external_refs.into_iter().map(Into::into).collect(),
            provenance: managed_fields(&provenance),
            version,
            created_at,
            updated_at,
        }
    }
}
/// An organisation, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Organisation")]
pub struct OrganisationDetail {
    #[serde(flatten)]
    record: OrganisationView,
    /// What can be done with it.
    can: OrganisationCan,
}
impl From<Seen<Organisation>> for OrganisationDetail {
    fn from(Seen { record, can }: Seen<Organisation>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A new organisation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    /// What it lies beneath: a school beneath the trust or a group of schools; a group beneath anything.
    parent_id: word::OrganisationId,
    /// What kind of node.
    kind: word::OrganisationKind,
    /// Its name.
    name: word::Title,
    /// Phase of education.
    #[serde(default)]
    phase: Option<word::Phase>,
    /// Type of establishment, by GIAS's public code.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 99)]
    establishment_type: Option<i32>,
    /// Type of a group of schools.
    #[serde(default)]
    group_type: Option<word::GroupType>,
    /// Open, if nothing is said.
    #[serde(default)]
    status: Option<word::OrganisationStatus>,
    /// When it opened.
    #[serde(default)]
    opened_on: Option<NaiveDate>,
    /// When it closed.
    #[serde(default)]
    closed_on: Option<NaiveDate>,
    /// URN, LAESTAB, UKPRN and the like.
    #[serde(default)]
    #[schema(max_items = 20)]
    identifiers: Vec<IdentifierView>,
    /// What other systems call it.
    #[serde(default)]
    #[schema(max_items = 20)]
    external_refs: Vec<ExternalRefView>,
}

/// Changes to an organisation: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationChanges {
    /// Its name.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    name: Option<word::Title>,
    /// Phase of education.
    #[serde(default)]
    #[schema(value_type = Option<word::Phase>)]
    phase: Patch<word::Phase>,
    /// Type of establishment.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 99)]
    establishment_type: Patch<i32>,
    /// Type of a group of schools.
    #[serde(default)]
    #[schema(value_type = Option<word::GroupType>)]
    group_type: Patch<word::GroupType>,
    /// Open, closed or proposed.
    #[serde(default)]
    #[schema(value_type = word::OrganisationStatus)]
    status: Option<word::OrganisationStatus>,
    /// When it opened.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    opened_on: Patch<NaiveDate>,
    /// When it closed.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    closed_on: Patch<NaiveDate>,
    /// All of its identifiers.
    #[serde(default)]
    #[schema(value_type = Vec<IdentifierView>, max_items = 20)]
    identifiers: Option<Vec<IdentifierView>>,
    /// All of its external references.
    #[serde(default)]
    #[schema(value_type = Vec<ExternalRefView>, max_items = 20)]
    external_refs: Option<Vec<ExternalRefView>>,
}

/// Filters of the list of organisations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OrganisationFilters {
    /// Only this kind.
    kind: Option<word::OrganisationKind>,
    /// Only those directly beneath this one.
    parent_id: Option<word::OrganisationId>,
    /// Only the school with this URN, now or once.
    #[param(max_length = 6, pattern = "^[0-9]{5,6}$")]
    urn: Option<String>,
    /// Only the one that another system calls so: the system, a colon, the id there.
    #[param(max_length = 201, pattern = r"^[^:\u0000-\u001f\u007f]{1,100}:[^\u0000-\u001f\u007f]{1,100}$", example = "bromcom:10023")]
    external_ref: Option<String>,
    /// Only those with a field that was changed here by hand though another system manages it (`true`), or only the others.
    overridden: Option<bool>,
}

/// List organisations
///
/// Every trust, school and group of the tenant. A service account that is limited to schools sees those, with everything beneath.
#[utoipa::path(tag = "Organisations", params(PageParams, SnapshotParams, OrganisationFilters), responses((status = 200, description = "A page of organisations", body = SyncedList<OrganisationView>)), security(("bearer" = ["organisations:read"])))]
#[get("/v1/organisations")]
pub async fn list_organisations(permitted: Permitted<ReadOrganisations>, listing: Listing<OrganisationFilters>) -> Result<HttpResponse, ApiError> {
    let OrganisationFilters { kind, parent_id, urn, external_ref, overridden } = &listing.filters;
    let began = listing.began(&permitted).await?;
    let page = permitted
        .read(ListOrganisations {
            kind: kind.as_ref().map(|k| k.0),
            parent_id: parent_id.as_ref().map(|p| p.0),
            identifier: urn.clone().map(|urn| (Scheme::Urn, urn)),
            external_ref: reference_filter(external_ref.as_deref()),
            overridden: *overridden,
            window: listing.window,
        })
        .await?;
    Ok(listing.answer_synced(page, began, OrganisationView::from))
}

/// Add an organisation
///
/// A school or group beneath another organisation. For administrators of the organisation above, or of the trust.
#[utoipa::path(tag = "Organisations", request_body = NewOrganisation, responses((status = 201, description = "Added", body = OrganisationDetail)), security(("bearer" = ["organisations:write"])))]
#[post("/v1/organisations")]
pub async fn create_organisation(
    permitted: Permitted<WriteOrganisations>,
    _none: Params<NoParams>,
    body: Body<NewOrganisation>,
) -> Result<HttpResponse, ApiError> {
    let NewOrganisation { parent_id, kind, name, phase, establishment_type, group_type, status, opened_on, closed_on, identifiers: ids, external_refs } =
        body.0;
    let operation = CreateOrganisation {
        parent_id: parent_id.0,
        kind: kind.0,
        name: name.0,
        phase: phase.map(|p| p.0),
        establishment_type,
        group_type: group_type.map(|g| g.0),
        status: status.map_or(OrganisationStatus::Open, |s| s.0),
        opened_on,
        closed_on,
        identifiers: identifiers(ids)?,
        external_refs: references(external_refs),
    };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/organisations/{}", seen.record.id), &OrganisationDetail::from(seen.clone()))
        })
        .await
}

/// Read an organisation
///
/// With what can be done with it.
#[utoipa::path(tag = "Organisations", responses((status = 200, description = "The organisation", body = OrganisationDetail)), security(("bearer" = ["organisations:read"])))]
#[get("/v1/organisations/{id}")]
pub async fn get_organisation(
    permitted: Permitted<ReadOrganisations>,
    _none: Params<NoParams>,
    id: Id<OrganisationId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetOrganisation { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, OrganisationDetail::from))
}

/// Change an organisation
///
/// A merge-patch (RFC 7396): what is absent stays, null empties. A change that changes nothing keeps the ETag and leaves no event.
#[utoipa::path(tag = "Organisations", request_body = OrganisationChanges, responses((status = 200, description = "As it is now", body = OrganisationDetail)), security(("bearer" = ["organisations:write"])))]
#[patch("/v1/organisations/{id}")]
pub async fn update_organisation(
    permitted: Permitted<WriteOrganisations>,
    _none: Params<NoParams>,
    id: Id<OrganisationId>,
    expected: IfMatch,
    body: Body<OrganisationChanges>,
) -> Result<HttpResponse, ApiError> {
    let OrganisationChanges { name, phase, establishment_type, group_type, status, opened_on, closed_on, identifiers: ids, external_refs } = body.0;
    let patch = OrganisationPatch {
        name: name.map(|n| n.0),
        phase: phase.value(),
        establishment_type: establishment_type.into_option(),
        group_type: group_type.value(),
        status: status.map(|s| s.0),
        opened_on: opened_on.into_option(),
        closed_on: closed_on.into_option(),
        identifiers: ids.map(identifiers).transpose()?,
        external_refs: external_refs.map(references),
    };
    permitted
        .write(UpdateOrganisation { id: id.0, patch, expected: expected.0 }, |seen| {
            respond::saved(seen.record.version, &OrganisationDetail::from(seen.clone()))
        })
        .await
}

crate::event::history_of!(
    organisation_history,
    ReadOrganisations,
    OrganisationHistory,
    OrganisationId,
    "Organisations",
    "/v1/organisations/{id}/history",
    "organisations:read"
);

/// Registers the operations of this folder.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_organisations)
        .service(create_organisation)
        .service(gias::import_organisations)
        .service(get_organisation)
        .service(update_organisation)
        .service(gias::list_organisation_links)
        .service(organisation_history);
}
