//! Organisations.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    id::OrganisationId,
    organisation::{GroupType, Identifier, LinkKind, Organisation, OrganisationKind, OrganisationPatch, OrganisationStatus, Phase, Scheme, gias},
    rule::RuleError,
    text::{ExternalRef, Title},
};

/// A new organisation beneath another.
#[derive(Debug, Clone)]
pub struct CreateOrganisation {
    /// What it lies beneath.
    pub parent_id: OrganisationId,
    /// What kind of node.
    pub kind: OrganisationKind,
    /// Its name.
    pub name: Title,
    /// Phase of education.
    pub phase: Option<Phase>,
    /// Type of establishment, by GIAS's code.
    pub establishment_type: Option<i32>,
    /// Type of a group of schools.
    pub group_type: Option<GroupType>,
    /// Open, closed or proposed.
    pub status: OrganisationStatus,
    /// When it opened.
    pub opened_on: Option<chrono::NaiveDate>,
    /// When it closed.
    pub closed_on: Option<chrono::NaiveDate>,
    /// URN and the like.
    pub identifiers: Vec<Identifier>,
    /// What other systems call it.
    pub external_refs: Vec<ExternalRef>,
}
impl CreateOrganisation {
    /// An open organisation of which no more is known yet.
    pub const fn named(parent_id: OrganisationId, kind: OrganisationKind, name: Title) -> Self {
        Self {
            parent_id,
            kind,
            name,
            phase: None,
            establishment_type: None,
            group_type: None,
            status: OrganisationStatus::Open,
            opened_on: None,
            closed_on: None,
            identifiers: Vec::new(),
            external_refs: Vec::new(),
        }
    }
}
/// One organisation.
#[derive(Debug)]
pub struct GetOrganisation {
    /// Which.
    pub id: OrganisationId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// What organisations are called of which the caller was told: those that a record names which they may read.
#[derive(Debug)]
pub struct NameOrganisations {
    /// Which organisations.
    pub ids: Vec<OrganisationId>,
}
/// Organisations, by these filters.
#[derive(Debug)]
pub struct ListOrganisations {
    /// Of this kind.
    pub kind: Option<OrganisationKind>,
    /// Directly beneath this one.
    pub parent_id: Option<OrganisationId>,
    /// Known by this identifier.
    pub identifier: Option<(Scheme, String)>,
    /// Called so by another system.
    pub external_ref: Option<ExternalRef>,
    /// With a local override, or without one.
    pub overridden: Option<bool>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes an organisation.
#[derive(Debug)]
pub struct UpdateOrganisation {
    /// Which.
    pub id: OrganisationId,
    /// What.
    pub patch: OrganisationPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// A school's published predecessors and successors.
#[derive(Debug)]
pub struct ListLinks {
    /// Of which organisation.
    pub id: OrganisationId,
}
/// A published link of a school to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganisationLink {
    /// What it says.
    pub kind: LinkKind,
    /// In the words of the register.
    pub published_type: String,
    /// The other school's URN.
    pub linked_urn: String,
    /// The other school's name.
    pub linked_name: String,
    /// The other school, if it is in the tenant.
    pub linked_organisation_id: Option<OrganisationId>,
    /// Since when.
    pub established_on: Option<chrono::NaiveDate>,
}

/// Brings a file of GIAS in: the schools, then their links. The same file again changes nothing.
#[derive(Debug)]
pub struct ImportGias {
    /// Rows of the register.
    pub establishments: Vec<gias::Row<gias::Establishment>>,
    /// Rows of the list of links.
    pub links: Vec<gias::Row<gias::Link>>,
    /// Beneath which organisation new schools go; the root if none is named.
    pub parent_id: Option<OrganisationId>,
    /// Only say what would happen.
    pub validate_only: bool,
}
/// Opens the job that brings a file of GIAS in, to which its rows are then added.
#[derive(Debug)]
pub struct OpenImport {
    /// Beneath which organisation new schools go; the root if none is named.
    pub parent_id: Option<OrganisationId>,
    /// Only say what would happen.
    pub validate_only: bool,
}
/// What an import did with one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportAction {
    /// Added.
    Created,
    /// Changed.
    Updated,
    /// As it was.
    Unchanged,
    /// Not taken, and why.
    Failed(RuleError),
}
/// One row's result, in the file's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportResult {
    /// Which file's row: schools or links.
    pub links_file: bool,
    /// Line of the file.
    pub line: u64,
    /// The row's URN, as it stands in the file.
    pub urn: String,
    /// What was done.
    pub action: ImportAction,
    /// The organisation.
    pub id: Option<OrganisationId>,
    /// Fields that changed.
    pub changed: Vec<String>,
}

/// The events of one record.
#[derive(Debug)]
pub struct OrganisationHistory {
    /// Which organisation.
    pub id: OrganisationId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetOrganisation: ReadOrganisations => Fetched<Seen<Organisation>>;
    ListOrganisations: ReadOrganisations => Page<Organisation>;
    NameOrganisations: ReadOrganisations => Vec<(OrganisationId, String)>;
    ListLinks: ReadOrganisations => Vec<OrganisationLink>;
    OrganisationHistory: ReadOrganisations => crate::event::History;
}
commands! {
    CreateOrganisation: WriteOrganisations => Seen<Organisation>;
    UpdateOrganisation: WriteOrganisations => Seen<Organisation>;
    ImportGias: WriteOrganisations => Vec<ImportResult>;
    OpenImport: WriteOrganisations => crate::job::Job;
}
