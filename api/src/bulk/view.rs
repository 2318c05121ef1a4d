//! What a bulk request takes and answers.

use crate::{
    error::RowProblem,
    organisation::{ExternalRefView, ImportCounts},
    wire::{Word, word, words},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use trellis_domain::{
    appraisal::Considered,
    bulk::{Difference, Outcome, Problem},
    line_management::Imported,
};
use trellis_persistence::job::Job;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// How rows are taken.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BulkParams {
    /// Only say what would happen, field by field. Nothing is stored.
    pub validate_only: Option<bool>,
    /// All rows or none; at most 1,000 of them.
    pub atomic: Option<bool>,
    /// The rows' source takes over the fields that other sources manage. What was changed here by hand stays. Of no effect on what outside providers send: nobody else manages that.
    pub take_over: Option<bool>,
    /// The system that the rows' ids are of, where a file has no column `source`.
    pub source: Option<word::Reference>,
}

/// What was done with each row, in the order in which they were sent.
#[derive(Serialize, ToSchema)]
pub struct BulkReport {
    /// The job as which it was done; `/v1/jobs/{id}` shows it again.
    pub job_id: word::JobId,
    /// Was it only a trial?
    pub validate_only: bool,
    /// How many rows were added, changed, left and refused.
    pub counts: ImportCounts,
    /// One result a row.
    pub results: Vec<BulkResult>,
}
/// What was done with a row.
#[derive(Serialize, ToSchema)]
pub struct BulkResult {
    /// Its place among the rows, from 0.
    pub index: i64,
    /// The line of the file on which it starts, if it came in a file, else null; the heading row is line 1.
    pub line: Option<u64>,
    /// The row's key, if it could be read.
    pub external_ref: Option<ExternalRefView>,
    /// The record, once it exists and is told: of a learning record that its owner deleted there is none.
    pub id: Option<Uuid>,
    /// What was done.
    pub action: word::RowAction,
    /// Fields that changed.
    pub changed: Vec<String>,
    /// Fields that are kept as they were set here, though the row says otherwise.
    pub overridden: Vec<String>,
    /// Fields that are kept as another source manages them, though the row says otherwise.
    pub managed_by_other: Vec<String>,
    /// With `validate_only`: what would change.
    pub differences: Vec<DifferenceView>,
    /// Why it was not taken; null if it was.
    pub problem: Option<RowProblem>,
    /// Where a cycle's appraisals are created: the employment, and what was found of it. Else null.
    pub considered: Option<ConsideredView>,
    /// Where relationships are imported: between whom it is, once it is known who is meant. Else null.
    pub relationship: Option<ImportedView>,
}
/// A field that would change.
#[derive(Serialize, ToSchema)]
#[schema(title = "Difference")]
pub struct DifferenceView {
    /// Which: `preferred_name`, `employments/0/job_title`.
    pub field: String,
    /// As it is; null where the caller cannot read it.
    #[schema(value_type = Value)]
    pub before: Value,
    /// As it would be.
    #[schema(value_type = Value)]
    pub after: Value,
}

impl From<Problem> for RowProblem {
    fn from(Problem { code, detail, errors }: Problem) -> Self {
        Self { code, detail, errors: errors.into_iter().map(Into::into).collect() }
    }
}
impl From<Outcome> for BulkResult {
    fn from(outcome: Outcome) -> Self {
        let Outcome {
            index,
            line,
            external_ref,
            id,
            action,
            changed,
            overridden,
            managed_by_other,
            differences,
            problem,
            considered,
            subject: _,
            relationship,
            sent: _,
        } = outcome;
        let problem = problem.map(Into::into);
        let differences = differences.into_iter().map(|Difference { field, before, after }| DifferenceView { field, before, after }).collect();
        let (external_ref, action) = (external_ref.map(Into::into), Word(action));
        let (considered, relationship) = (considered.map(Into::into), relationship.map(Into::into));
        Self { index, line, external_ref, id, action, changed, overridden, managed_by_other, differences, problem, considered, relationship }
    }
}

/// How many rows of a job met which end.
#[derive(Serialize, ToSchema)]
pub struct JobCounts {
    /// Added.
    pub created: usize,
    /// Changed.
    pub updated: usize,
    /// As they were.
    pub unchanged: usize,
    /// Left out by a rule: only where a cycle's appraisals are created.
    pub left_out: usize,
    /// Not taken.
    pub failed: usize,
}

/// An employment of a cycle's population, and what was found of it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ConsideredEmployment")]
pub struct ConsideredView {
    /// Which employment.
    pub employment_id: word::EmploymentId,
    /// Whose.
    pub person_id: word::PersonId,
    /// At which school.
    pub organisation_id: word::OrganisationId,
    /// Why it is left out. Whoever may not know of holds is told `excluded_by_rules` for a hold and for a short contract alike.
    pub reason: Option<word::Omission>,
    /// First day of the new appraisal's period.
    pub starts_on: Option<NaiveDate>,
    /// Its last day.
    pub ends_on: Option<NaiveDate>,
    /// Who appraises: the appraisers of the person on the day of the request. None yet for a headteacher, whose panel is named by hand.
    pub appraiser_ids: Vec<word::PersonId>,
}
impl From<Considered> for ConsideredView {
    fn from(Considered { employment_id, person_id, organisation_id, omission, hold_id: _, period, appraisers }: Considered) -> Self {
        Self {
            employment_id: Word(employment_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            reason: omission.map(Word),
            starts_on: period.map(|p| p.starts_on),
            ends_on: period.and_then(|p| p.ends_on),
            appraiser_ids: words(appraisers),
        }
    }
}

/// What a row of a file of relationships says.
#[derive(Serialize, ToSchema)]
#[schema(title = "ImportedRelationship")]
pub struct ImportedView {
    /// What the holder is.
    pub kind: word::RelationshipKind,
    /// Of whom.
    pub person_id: word::PersonId,
    /// Who is.
    pub holder_id: word::PersonId,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, inclusive.
    pub ends_on: Option<NaiveDate>,
    /// Earlier relationships that this row ended.
    pub ended: Vec<word::RelationshipId>,
}
impl From<Imported> for ImportedView {
    fn from(Imported { kind, person_id, holder_id, period, replace: _, ended }: Imported) -> Self {
        let (kind, person_id, holder_id) = (Word(kind), Word(person_id), Word(holder_id));
        Self { kind, person_id, holder_id, starts_on: period.starts_on, ends_on: period.ends_on, ended: words(ended) }
    }
}

/// A job's counts.
pub fn counts(job: &Job) -> ImportCounts {
    let count = |n: i64| usize::try_from(n).unwrap_or_default();
    ImportCounts { created: count(job.created), updated: count(job.updated), unchanged: count(job.unchanged), failed: count(job.failed) }
}

/// The same with those that were left out.
pub fn job_counts(job: &Job) -> JobCounts {
    let ImportCounts { created, updated, unchanged, failed } = counts(job);
    JobCounts { created, updated, unchanged, left_out: usize::try_from(job.left_out).unwrap_or_default(), failed }
}
