//! What GIAS, the register of schools, publishes: links of schools, and its files taken in.

use crate::{
    error::{ApiError, RowProblem},
    extract::{File, Id, NoParams, Params},
    page::List,
    permitted::Permitted,
    respond,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use trellis_domain::{bulk::RowAction, id::OrganisationId, organisation::gias};
use trellis_persistence::{
    organisation::{ImportAction, ImportGias, ImportResult, ListLinks, OrganisationLink},
    transaction::needs::{ReadOrganisations, WriteOrganisations},
};
use utoipa::{IntoParams, ToSchema};

/// A published link of a school to another.
#[derive(Serialize, ToSchema)]
#[schema(title = "OrganisationLink")]
pub struct LinkView {
    /// What it says.
    kind: word::LinkKind,
    /// In the words of the register.
    published_type: String,
    /// The other school's URN.
    linked_urn: String,
    /// The other school's name.
    linked_name: String,
    /// The other school, if it is in the tenant.
    linked_organisation_id: Option<word::OrganisationId>,
    /// Since when.
    established_on: Option<NaiveDate>,
}
impl From<OrganisationLink> for LinkView {
    fn from(OrganisationLink { kind, published_type, linked_urn, linked_name, linked_organisation_id, established_on }: OrganisationLink) -> Self {
        Self { kind: Word(kind), published_type, linked_urn, linked_name, linked_organisation_id: linked_organisation_id.map(Word), established_on }
    }
}

/// List a school's predecessors and successors
///
/// As GIAS publishes them.
#[utoipa::path(tag = "Organisations", responses((status = 200, description = "All of its links", body = List<LinkView>)), security(("bearer" = ["organisations:read"])))]
#[get("/v1/organisations/{id}/links")]
pub async fn list_organisation_links(
    permitted: Permitted<ReadOrganisations>,
    _none: Params<NoParams>,
    id: Id<OrganisationId>,
) -> Result<HttpResponse, ApiError> {
    let links = permitted.read(ListLinks { id: id.0 }).await?;
    Ok(HttpResponse::Ok().json(List::whole(links.into_iter().map(LinkView::from).collect())))
}

/// How a file of GIAS is imported.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportParams {
    /// Which of GIAS's files it is: `establishments` (the default) or `links`.
    file: Option<word::GiasFile>,
    /// Beneath which organisation new schools go; the tenant's root if none is named.
    parent_id: Option<word::OrganisationId>,
    /// Only say what would happen.
    validate_only: Option<bool>,
}
trellis_domain::words! {
    /// GIAS's published files.
    GiasFile {
        /// Schools.
        Establishments = "establishments",
        /// Predecessors and successors.
        Links = "links",
    }
}

/// What an import did, row by row, in the file's order.
#[derive(Serialize, ToSchema)]
pub struct ImportReport {
    /// Was it only a trial?
    pub validate_only: bool,
    /// How many rows were added, changed, left and refused.
    pub counts: ImportCounts,
    /// One result a row.
    pub results: Vec<RowResult>,
}
/// How many rows met which end.
#[derive(Serialize, ToSchema, Default)]
pub struct ImportCounts {
    /// Added.
    pub created: usize,
    /// Changed.
    pub updated: usize,
    /// As they were.
    pub unchanged: usize,
    /// Not taken.
    pub failed: usize,
}
/// One row's result.
#[derive(Serialize, ToSchema)]
pub struct RowResult {
    /// Its place in the file, from 0.
    pub index: usize,
    /// The line of the file on which it starts; the heading is line 1.
    pub line: u64,
    /// The row's URN, as it stands in the file.
    pub urn: String,
    /// The organisation, once it exists.
    pub id: Option<word::OrganisationId>,
    /// What was done.
    pub action: word::RowAction,
    /// Fields that changed.
    pub changed: Vec<String>,
    /// Why it was not taken.
    pub problem: Option<RowProblem>,
}
/// Counts what was done with a row, and says why if it was not taken.
pub fn counted(counts: &mut ImportCounts, action: ImportAction) -> (word::RowAction, Option<RowProblem>) {
    let (count, action, fault) = match action {
        ImportAction::Created => (&mut counts.created, RowAction::Created, None),
        ImportAction::Updated => (&mut counts.updated, RowAction::Updated, None),
        ImportAction::Unchanged => (&mut counts.unchanged, RowAction::Unchanged, None),
        ImportAction::Failed(rule) => (&mut counts.failed, RowAction::Failed, Some(rule)),
    };
    *count += 1;
    (Word(action), fault.map(Into::into))
}

/// The report of an import.
pub fn report(results: Vec<ImportResult>, validate_only: bool) -> ImportReport {
    let mut counts = ImportCounts::default();
    let results = results
        .into_iter()
        .enumerate()
        .map(|(index, ImportResult { links_file: _, line, urn, action, id, changed })| {
            let (action, problem) = counted(&mut counts, action);
            RowResult { index, line, urn, id: id.map(Word), action, changed, problem }
        })
        .collect();
    ImportReport { validate_only, counts, results }
}

/// Import schools from GIAS
///
/// Takes the CSV that the DfE's register of schools publishes, exactly as published (Windows-1252 or UTF-8). Rows that break a rule fail alone, with their reason;
/// the same file again changes nothing, leaves no event and keeps every ETag. Whole registers go through `trellis import gias` at the command line.
#[utoipa::path(tag = "Organisations", params(ImportParams), request_body(content = String, content_type = "text/csv", description = "A file as GIAS publishes it: establishments, or links"), responses((status = 207, description = "One result a row, in the file's order", body = ImportReport)), security(("bearer" = ["organisations:write"])))]
#[post("/v1/organisations/import")]
pub async fn import_organisations(permitted: Permitted<WriteOrganisations>, params: Params<ImportParams>, file: File) -> Result<HttpResponse, ApiError> {
    let ImportParams { file: which, parent_id, validate_only } = params.0;
    let (mut establishments, mut links) = (Vec::new(), Vec::new());
    match which.map_or(GiasFile::Establishments, |w| w.0) {
        GiasFile::Establishments => establishments = gias::read_establishments(&file.0)?,
        GiasFile::Links => links = gias::read_links(&file.0)?,
    }
    let validate_only = validate_only.unwrap_or_default();
    let operation = ImportGias { establishments, links, parent_id: parent_id.map(|p| p.0), validate_only };
    permitted.write(operation, move |results| respond::plain(207, &report(results.clone(), validate_only))).await
}
