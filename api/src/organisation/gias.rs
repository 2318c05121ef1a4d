//! What GIAS, the register of schools, publishes: links of schools, and its files taken in.

use crate::{
    bulk::{
        Asking,
        rows::Order,
        spool::{Form, Upload},
        view::counts,
    },
    error::{ApiError, RowProblem},
    extract::{Id, NoParams, Params},
    job::JobView,
    page::List,
    permitted::Permitted,
    problem::Problem,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use trellis_domain::{
    bulk::{Outcome, RowAction},
    id::OrganisationId,
    job::JobKind,
};
use trellis_persistence::{
    job::Job,
    organisation::{ImportAction, ImportResult, ListLinks, OpenImport, OrganisationLink},
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
    /// The job as which it was done; `/v1/jobs/{id}` shows it again.
    pub job_id: word::JobId,
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
    #[schema(minimum = 0)]
    pub index: i64,
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

/// How many rows of an import met which end.
pub fn counts_of(results: &[ImportResult]) -> ImportCounts {
    let mut counts = ImportCounts::default();
    results.iter().for_each(|result| drop(counted(&mut counts, result.action.clone())));
    counts
}

impl ImportReport {
    /// Of a job that is done.
    pub fn of(job: &Job, results: Vec<Outcome>) -> Self {
        let row = |outcome: Outcome| {
            let Outcome { index, line, external_ref, id, action, changed, problem, .. } = outcome;
            let urn = external_ref.map_or_else(String::new, |r| r.id.as_str().to_owned());
            let id = id.map(|id| Word(OrganisationId(id)));
            RowResult { index, line: line.unwrap_or_default(), urn, id, action: Word(action), changed, problem: problem.map(Into::into) }
        };
        Self { job_id: Word(job.id), validate_only: job.validate_only, counts: counts(job), results: results.into_iter().map(row).collect() }
    }
}

/// Import schools from GIAS
///
/// Takes the CSV that the DfE's register of schools publishes, exactly as published (Windows-1252 or UTF-8), or as a spreadsheet saved it again. Rows that break a rule fail
/// alone, with their reason; the same file again changes nothing, leaves no event and keeps every ETag. Up to 5,000 rows are done before the answer; more, or
/// `Prefer: respond-async`, answer 202 with a job, whose results name a row by its URN (`external_ref` of the source `gias`). At most 16 MiB; whole registers go through
/// `trellis import gias` at the command line.
#[utoipa::path(tag = "Organisations", params(ImportParams), request_body(content = String, content_type = "text/csv", description = "A file as GIAS publishes it: establishments, or links"), responses((status = 207, description = "One result a row, in the file's order", content((ImportReport = "application/json"), (String = "text/csv"))), (status = 202, description = "It is a job now", body = JobView)), security(("bearer" = ["organisations:write"])))]
#[post("/v1/organisations/import")]
pub async fn import_organisations(asking: Asking<WriteOrganisations>, params: Params<ImportParams>, upload: Upload) -> Result<HttpResponse, ApiError> {
    if upload.form == Form::Json {
        return Err(ApiError::new(Problem::UnsupportedMediaType, "this operation takes text/csv"));
    }
    let ImportParams { file, parent_id, validate_only } = params.0;
    let (file, parent_id) = (file.map_or(GiasFile::Establishments, |w| w.0), parent_id.map(|p| p.0));
    let order = Order { kind: JobKind::OrganisationsImport, source: None, school: None, replace: false, register: Some((file, parent_id)) };
    asking.as_ordered(OpenImport { parent_id, validate_only: validate_only.unwrap_or_default() }, order, false, upload).await
}
