//! A row about a school or a group.

use super::{Field, Intake, OrganisationKey, reading::Reading};
use crate::{
    organisation::{GroupType, Identifier, Organisation, OrganisationKind, OrganisationPatch, OrganisationStatus, Phase, Scheme},
    provenance::{Kept, OrganisationField as Of, Writer},
    rule::{Code, RuleError},
    text::{ExternalRef, Title},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a row says of an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct OrganisationRow {
    /// The row's key: what the other system calls it.
    pub external_ref: Option<ExternalRef>,
    /// What kind of node; needed for a new one, and never changed.
    pub kind: Option<OrganisationKind>,
    /// What it lies beneath; the tenant's root for a new one, if nothing is said. Never changed.
    pub parent: Option<OrganisationKey>,
    /// Its name.
    pub name: Option<Title>,
    /// Phase of education.
    pub phase: Field<Phase>,
    /// Type of establishment, by GIAS's public code.
    pub establishment_type: Field<i32>,
    /// Type of a group of schools.
    pub group_type: Field<GroupType>,
    /// Open, closed or proposed.
    pub status: Option<OrganisationStatus>,
    /// When it opened.
    pub opened_on: Field<NaiveDate>,
    /// When it closed.
    pub closed_on: Field<NaiveDate>,
    /// Its URN, by which it is found too.
    pub urn: Option<String>,
    /// Its LAESTAB.
    pub laestab: Option<String>,
    /// Its UKPRN.
    pub ukprn: Option<String>,
    /// More references; those that it has besides stay.
    pub external_refs: Vec<ExternalRef>,
}

const FIELDS: [&str; 14] = [
    "external_ref",
    "kind",
    "parent",
    "name",
    "phase",
    "establishment_type",
    "group_type",
    "status",
    "opened_on",
    "closed_on",
    "urn",
    "laestab",
    "ukprn",
    "external_refs",
];

/// Reads a row.
pub fn read(value: &Value, line: Option<u64>) -> Intake<OrganisationRow> {
    let mut r = Reading::default();
    let Some(of) = r.object(value, "", &FIELDS) else { return Intake { row: OrganisationRow::default(), faults: r.faults, line, sent: Vec::new() } };
    if !of.has("external_ref") {
        r.fault("/external_ref".into(), Code::InvalidValue, "is missing");
    }
    let external_ref = r.reference_of(of, "external_ref");
    let kind = r.text(of, "kind");
    let kind = r.firm(of, "kind", kind);
    let parent = if of.has("parent") { r.organisation(of, "parent") } else { None };
    let name = r.text(of, "name");
    let name = r.firm(of, "name", name);
    let phase = r.text(of, "phase");
    let establishment_type = r.number(of, "establishment_type", 1..=99);
    let group_type = r.text(of, "group_type");
    let status = r.text(of, "status");
    let status = r.firm(of, "status", status);
    let opened_on = r.day(of, "opened_on");
    let closed_on = r.day(of, "closed_on");
    let mut identifier = |name: &str, scheme| {
        let field = r.read(of, name, |value| match value {
            Value::String(text) => Identifier::parse(scheme, text).map_err(|e| RuleError::new(Code::InvalidIdentifier, e.message)),
            _ => Err(RuleError::new(Code::InvalidIdentifier, "text is expected")),
        });
        r.firm(of, name, field).map(|i| i.value)
    };
    let urn = identifier("urn", Scheme::Urn);
    let laestab = identifier("laestab", Scheme::Laestab);
    let ukprn = identifier("ukprn", Scheme::Ukprn);
    let external_refs = r.list(of, "external_refs", |r, value, at| r.reference(value, at));
    let row = OrganisationRow {
        external_ref,
        kind,
        parent,
        name,
        phase,
        establishment_type,
        group_type,
        status,
        opened_on,
        closed_on,
        urn,
        laestab,
        ukprn,
        external_refs,
    };
    Intake { row, faults: r.faults, line, sent: Vec::new() }
}

impl OrganisationRow {
    /// The identifiers that the row names.
    pub fn identifiers(&self) -> impl Iterator<Item = Identifier> {
        let named = [(Scheme::Urn, &self.urn), (Scheme::Laestab, &self.laestab), (Scheme::Ukprn, &self.ukprn)];
        named.into_iter().filter_map(|(scheme, value)| value.clone().map(|value| Identifier { scheme, value, starts_on: None, ends_on: None }))
    }
    /// The organisation as the row describes it: what it does not name stays, and so does what is not its source's to write.
    ///
    /// # Errors
    /// As [`Organisation::check`].
    pub fn described(&self, before: &Organisation, writer: Writer<'_>, kept: &mut Kept) -> Result<Organisation, RuleError> {
        let row = self.clone();
        let mut all = before.identifiers.clone();
        all.extend(self.identifiers().filter(|new| !before.identifiers.iter().any(|old| (old.scheme, &old.value) == (new.scheme, &new.value))));
        all.sort();
        let mut refs = before.external_refs.clone();
        refs.extend(self.external_ref.iter().chain(&self.external_refs).cloned());
        refs.sort();
        refs.dedup();
        let mut provenance = before.provenance.clone();
        let patch = OrganisationPatch {
            name: provenance.admit(Of::Name, &before.name, row.name, writer, "", kept),
            phase: provenance.admit(Of::Phase, &before.phase, row.phase.patch(), writer, "", kept),
            establishment_type: provenance.admit(Of::EstablishmentType, &before.establishment_type, row.establishment_type.patch(), writer, "", kept),
            group_type: provenance.admit(Of::GroupType, &before.group_type, row.group_type.patch(), writer, "", kept),
            status: provenance.admit(Of::Status, &before.status, row.status, writer, "", kept),
            opened_on: provenance.admit(Of::OpenedOn, &before.opened_on, row.opened_on.patch(), writer, "", kept),
            closed_on: provenance.admit(Of::ClosedOn, &before.closed_on, row.closed_on.patch(), writer, "", kept),
            identifiers: Some(all),
            external_refs: Some(refs),
        };
        Ok(Organisation { provenance, ..before.patched(patch)? })
    }
}

/// A row's words in what a rule says of an organisation's fields.
pub fn pointer(at: &str) -> String {
    match at {
        "/parent_id" => "/parent".into(),
        at if at.starts_with("/identifiers/") => "/urn".into(),
        at if at.starts_with("/external_refs/") => "/external_ref".into(),
        other => other.into(),
    }
}
