//! Releasing local overrides, and how provenance is kept.

use crate::{
    column::Json,
    error::{Result, corrupt},
    person::VisiblePerson,
    transaction::{Seen, commands},
};
use trellis_domain::{
    employment::Employment,
    id::{EmploymentId, OrganisationId, PersonId},
    organisation::Organisation,
    provenance::{EmploymentField, OrganisationField, PersonField, Provenance},
    text::Wire,
};

/// Lets the source of these fields write them again. What is no local override stays as it is.
#[derive(Debug)]
pub struct Release<I, F> {
    /// Of which record.
    pub id: I,
    /// Which fields.
    pub fields: Vec<F>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Releases fields of a person.
pub type ReleasePersonFields = Release<PersonId, PersonField>;
/// Releases fields of an employment.
pub type ReleaseEmploymentFields = Release<EmploymentId, EmploymentField>;
/// Releases fields of an organisation.
pub type ReleaseOrganisationFields = Release<OrganisationId, OrganisationField>;

commands! {
    ReleasePersonFields: WritePeople => Seen<VisiblePerson>;
    ReleaseEmploymentFields: WritePeople => Seen<Employment>;
    ReleaseOrganisationFields: WriteOrganisations => Seen<Organisation>;
}

/// As it is kept; nothing, of a record that no source knows.
pub fn kept<F: Wire + Ord + Copy + serde::Serialize>(provenance: &Provenance<F>) -> Option<Json> {
    (!provenance.is_empty()).then(|| Json(serde_json::json!(provenance).to_string()))
}
/// Read back.
pub fn read<F: serde::de::DeserializeOwned + Ord>(kept: Option<Json>) -> Result<Provenance<F>> {
    kept.map_or_else(|| Ok(Provenance::default()), |kept| serde_json::from_str(&kept.0).map_err(corrupt))
}
