//! Relationships from a file, and handed over when somebody leaves.

use crate::{
    error::{ApiError, RowProblem},
    extract::{Body, File, Id, NoParams, Params},
    organisation::{ImportCounts, counted},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::PersonId,
    line_management::read,
    relationship::RelationshipKind,
    rule::{Code, RuleError},
};
use trellis_persistence::{
    line_management::{HandOver, HandedOver, ImportRelationships, RowResult},
    transaction::needs::WritePeople,
};
use utoipa::{IntoParams, ToSchema};

/// How a file of relationships is imported.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RelationshipImportParams {
    /// Does a new relationship end the earlier one of its kind on the day before? A row's own `replace` goes before this.
    replace: Option<bool>,
    /// Only say what would happen.
    validate_only: Option<bool>,
}

/// What an import did, row by row, in the file's order.
#[derive(Serialize, ToSchema)]
pub struct RelationshipImportReport {
    /// Was it only a trial?
    validate_only: bool,
    /// How many rows were added, changed, left and refused.
    counts: ImportCounts,
    /// One result a row.
    results: Vec<RelationshipRow>,
}
/// One row's result.
#[derive(Serialize, ToSchema)]
pub struct RelationshipRow {
    /// Its place in the file, from 0.
    index: usize,
    /// The line of the file on which it starts; the heading is line 1.
    line: u64,
    /// What was done.
    action: word::RowAction,
    /// The relationship, once it exists.
    id: Option<word::RelationshipId>,
    /// Earlier relationships that this row ended.
    ended: Vec<word::RelationshipId>,
    /// Why it was not taken.
    problem: Option<RowProblem>,
}

fn report(results: &[RowResult], validate_only: bool) -> RelationshipImportReport {
    let mut counts = ImportCounts::default();
    let results = results
        .iter()
        .enumerate()
        .map(|(index, RowResult { line, id, ended, action })| {
            let (action, problem) = counted(&mut counts, action.clone());
            RelationshipRow { index, line: *line, action, id: id.map(Word), ended: ended.iter().map(|id| Word(*id)).collect(), problem }
        })
        .collect();
    RelationshipImportReport { validate_only, counts, results }
}

/// Import relationships
///
/// Who manages, appraises, coaches, mentors or inducts whom, as CSV (UTF-8 or Windows-1252) with the headings `person`, `holder`, `starts_on`, and where wanted `kind`
/// (`line_manager` if empty), `ends_on`, `school` and `replace`. A person is named by id, by an external reference (`bromcom:10023`), by teacher reference number, or by
/// staff code with the school's URN or id under `school`. Rows that break a rule fail alone, with every fault; rows are judged in their order, as if those before were
/// there, so a circle that rows of the file close together is refused at the row that closes it, with its people by name. For `line_manager`, `appraiser` and
/// `induction_tutor` somebody has one at a time: a row that would add a second is refused unless it replaces. The same file again changes nothing. At most 5,000 rows.
#[utoipa::path(tag = "Relationships", params(RelationshipImportParams), request_body(content = String, content_type = "text/csv", description = "A heading row, then one row a relationship"), responses((status = 207, description = "One result a row, in the file's order", body = RelationshipImportReport)), security(("bearer" = ["people:write"])))]
#[post("/v1/relationships/import")]
pub async fn import_relationships(permitted: Permitted<WritePeople>, params: Params<RelationshipImportParams>, file: File) -> Result<HttpResponse, ApiError> {
    let RelationshipImportParams { replace, validate_only } = params.0;
    let validate_only = validate_only.unwrap_or_default();
    let operation = ImportRelationships { rows: read(&file.0)?, replace: replace.unwrap_or_default(), validate_only };
    permitted.write(operation, move |results| respond::plain(207, &report(results, validate_only))).await
}

/// To whom one person's relationships go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// Whose.
    person_id: word::PersonId,
    /// To whom.
    to: word::PersonId,
}
/// A handover.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewHandOver {
    /// To whom, for everybody whom `to_each` does not name.
    #[serde(default)]
    to: Option<word::PersonId>,
    /// To whom, person by person. Without `to`, only these are handed over.
    #[serde(default)]
    #[schema(max_items = 500)]
    to_each: Vec<Successor>,
    /// The successors' first day.
    on: NaiveDate,
    /// What is handed over; everything if nothing is named.
    #[serde(default)]
    #[schema(max_items = 5)]
    kinds: Vec<word::RelationshipKind>,
}
/// What became of one relationship.
#[derive(Serialize, ToSchema)]
pub struct HandOverResult {
    /// Whose it is.
    person_id: word::PersonId,
    /// What was handed over.
    kind: word::RelationshipKind,
    /// To whom.
    to: word::PersonId,
    /// The relationship of who hands over.
    relationship_id: word::RelationshipId,
    /// The successor's.
    successor_relationship_id: Option<word::RelationshipId>,
    /// `updated`, or `failed`.
    action: word::RowAction,
    /// Why it was left as it is.
    problem: Option<RowProblem>,
}
/// What a handover did, relationship by relationship.
#[derive(Serialize, ToSchema)]
pub struct HandOverReport {
    /// How many were handed over (`updated`), and how many refused.
    counts: ImportCounts,
    /// One result a relationship.
    results: Vec<HandOverResult>,
}

fn handed(results: &[HandedOver]) -> HandOverReport {
    let mut counts = ImportCounts::default();
    let results = results
        .iter()
        .map(|HandedOver { person_id, kind, to, ended, begun, action }| {
            let (action, problem) = counted(&mut counts, action.clone());
            HandOverResult {
                person_id: Word(*person_id),
                kind: Word(*kind),
                to: Word(*to),
                relationship_id: Word(*ended),
                successor_relationship_id: begun.map(Word),
                action,
                problem,
            }
        })
        .collect();
    HandOverReport { counts, results }
}

/// Hand over
///
/// When somebody leaves: what they are to others (line manager, appraiser …) ends on the day before, and goes on with a successor, each for the days that were left.
/// Who did what stays as it was, agreed objectives and drafts too; from their first day the successor sees what goes with the relationship. One result a relationship:
/// where the successor would be their own manager, or line management would go round in a circle, it is left as it is, with the reason. The same call again finds
/// nothing to hand over.
#[utoipa::path(tag = "Relationships", request_body = NewHandOver, responses((status = 207, description = "One result a relationship", body = HandOverReport)), security(("bearer" = ["people:write"])))]
#[post("/v1/people/{id}/hand-over")]
pub async fn hand_over(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<PersonId>,
    body: Body<NewHandOver>,
) -> Result<HttpResponse, ApiError> {
    let NewHandOver { to, to_each, on, kinds } = body.0;
    if to.is_none() && to_each.is_empty() {
        return Err(RuleError::at(Code::NoSuccessor, "/to", "a successor is expected, here or in `to_each`").into());
    }
    let mut kinds: Vec<RelationshipKind> = kinds.into_iter().map(|k| k.0).collect();
    if kinds.is_empty() {
        kinds = RelationshipKind::ALL.to_vec();
    }
    let to_each = to_each.into_iter().map(|s| (s.person_id.0, s.to.0)).collect();
    let operation = HandOver { person_id: id.0, to: to.map(|t| t.0), to_each, on, kinds };
    permitted.write(operation, |results| respond::plain(207, &handed(results))).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(import_relationships).service(hand_over);
}
