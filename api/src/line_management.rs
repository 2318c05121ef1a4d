//! Relationships from a file, and handed over when somebody leaves.

use crate::{
    bulk::{
        Asking,
        rows::Order,
        spool::{Form, Upload},
        view::counts,
    },
    error::{ApiError, RowProblem},
    extract::{Body, Id, NoParams, Params},
    job::JobView,
    organisation::{ImportCounts, counted},
    permitted::Permitted,
    problem::Problem,
    respond,
    routes::Routes,
    wire::{Word, word, words},
};
use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use trellis_domain::{
    bulk::Outcome,
    id::{PersonId, RelationshipId},
    job::JobKind,
    relationship::RelationshipKind,
    rule::{Code, RuleError},
};
use trellis_persistence::{
    job::{CreateJob, Job, Mode},
    line_management::{AppraisalHandedOver, HandOver, HandedOver, HandedOverAll},
    transaction::needs::{Under, WritePeople},
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
    /// The job as which it was done; `/v1/jobs/{id}` shows it again.
    job_id: word::JobId,
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
    #[schema(minimum = 0)]
    index: i64,
    /// The line of the file on which it starts; the heading is line 1.
    line: u64,
    /// What was done.
    action: word::RowAction,
    /// The relationship, once it exists; null where the row was not taken, or a new one was only tried.
    id: Option<word::RelationshipId>,
    /// Earlier relationships that this row ended.
    ended: Vec<word::RelationshipId>,
    /// Why it was not taken; null if it was.
    problem: Option<RowProblem>,
}

impl RelationshipImportReport {
    /// Of a job that is done.
    pub fn of(job: &Job, results: Vec<Outcome>) -> Self {
        let row = |outcome: Outcome| {
            let Outcome { index, line, id, action, problem, relationship, .. } = outcome;
            let ended = relationship.map_or_else(Vec::new, |r| words(r.ended));
            let id = id.map(|id| Word(RelationshipId(id)));
            RelationshipRow { index, line: line.unwrap_or_default(), action: Word(action), id, ended, problem: problem.map(Into::into) }
        };
        Self { job_id: Word(job.id), validate_only: job.validate_only, counts: counts(job), results: results.into_iter().map(row).collect() }
    }
}

/// Import relationships
///
/// Who manages, appraises, coaches, mentors or inducts whom, as CSV with the headings `person`, `holder`, `starts_on`, and where wanted `kind` (`line_manager` if empty),
/// `ends_on`, `school` and `replace`. It is read as rows in bulk are: UTF-8, or Windows-1252 if the header says so (`Content-Type: text/csv; charset=windows-1252`); commas, semicolons or tabs; days as they are written
/// in England. A person is named by id, by an external reference (`bromcom:10023`), by teacher reference number, or by staff code with the school's URN or id under
/// `school`. Rows that break a rule fail alone, with every fault; rows are judged in their order, as if those before were there, so a circle that rows of the file close
/// together is refused at the row that closes it, with its people by name and the lines that say so. For `line_manager`, `appraiser` and `induction_tutor` somebody has
/// one at a time: a row that would add a second is refused unless it replaces. The same file again changes nothing. Up to 5,000 rows are done before the answer; more,
/// or `Prefer: respond-async`, answer 202 with a job. `Accept: text/csv` answers with the rows as they were sent, and what became of each.
#[utoipa::path(tag = "Relationships", params(RelationshipImportParams), request_body(content = String, content_type = "text/csv", description = "A heading row, then one row a relationship"), responses((status = 207, description = "One result a row, in the file's order", content((RelationshipImportReport = "application/json"), (String = "text/csv"))), (status = 202, description = "It is a job now", body = JobView)), security(("bearer" = ["people:write"])))]
#[post("/v1/relationships/import")]
pub async fn import_relationships(asking: Asking<WritePeople>, params: Params<RelationshipImportParams>, upload: Upload) -> Result<HttpResponse, ApiError> {
    if upload.form == Form::Json {
        return Err(ApiError::new(Problem::UnsupportedMediaType, "this operation takes text/csv"));
    }
    let RelationshipImportParams { replace, validate_only } = params.0;
    let order = Order { kind: JobKind::RelationshipsImport, source: None, school: None, replace: replace.unwrap_or_default(), register: None };
    let mode = Mode { validate_only: validate_only.unwrap_or_default(), ..Mode::default() };
    asking.as_ordered(CreateJob { kind: order.kind, mode, need: Under::new() }, order, false, upload).await
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
    /// The successors' first day; of appraisals, today or later.
    on: NaiveDate,
    /// What is handed over; everything if nothing is named.
    #[serde(default)]
    #[schema(max_items = 5)]
    kinds: Vec<word::RelationshipKind>,
    /// Do the appraisals go along in which they appraise, completed ones too? If nothing is said, they do where `appraiser` is handed over.
    #[serde(default)]
    appraisals: Option<bool>,
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
    /// The successor's; null if nothing was handed over.
    successor_relationship_id: Option<word::RelationshipId>,
    /// `updated`, or `failed`.
    action: word::RowAction,
    /// Why it was left as it is; null if it was handed over.
    problem: Option<RowProblem>,
}
/// What became of one appraisal.
#[derive(Serialize, ToSchema)]
pub struct AppraisalHandOverResult {
    /// Which.
    appraisal_id: word::AppraisalId,
    /// Whose it is.
    person_id: word::PersonId,
    /// Who appraises from that day on.
    to: word::PersonId,
    /// `updated`, or `failed`.
    action: word::RowAction,
    /// Why it was left as it is; null if it was handed over.
    problem: Option<RowProblem>,
}
/// What a handover did, relationship by relationship, and appraisal by appraisal.
#[derive(Serialize, ToSchema)]
pub struct HandOverReport {
    /// How many relationships were handed over (`updated`), and how many refused.
    counts: ImportCounts,
    /// One result a relationship.
    results: Vec<HandOverResult>,
    /// How many appraisals were handed over (`updated`), and how many refused.
    appraisal_counts: ImportCounts,
    /// One result an appraisal, of those of which the caller may know, but for completed ones that nobody follows in. Empty if there are none, and if appraisals stay.
    appraisals: Vec<AppraisalHandOverResult>,
}

fn handed(HandedOverAll { relationships, appraisals }: &HandedOverAll) -> HandOverReport {
    let (mut counts, mut appraisal_counts) = (ImportCounts::default(), ImportCounts::default());
    let appraisals = appraisals
        .iter()
        .map(|AppraisalHandedOver { id, person_id, to, action }| {
            let (action, problem) = counted(&mut appraisal_counts, action.clone());
            AppraisalHandOverResult { appraisal_id: Word(*id), person_id: Word(*person_id), to: Word(*to), action, problem }
        })
        .collect();
    let results = relationships
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
    HandOverReport { counts, results, appraisal_counts, appraisals }
}

/// Hand over
///
/// When somebody leaves: what they are to others (line manager, appraiser …) ends on the day before, and goes on with a successor, each for the days that were left.
/// Who did what stays as it was, agreed objectives and drafts too; from their first day the successor sees what goes with the relationship. One result a relationship:
/// where the successor would be their own manager, or line management would go round in a circle, it is left as it is, with the reason. With the relationship
/// `appraiser` the appraisals go along, by the rules and the rights of assigning appraisers, judged on each day on which
/// the successor begins in the leaver's place: the period goes on, terms and authorship are kept, what was arranged for others of a panel stands, and where the successor would appraise themself, or has no authority, the appraisal is left as it is, with the reason.
/// A completed one goes along while its cycle is open, so that somebody corrects its report; in a closed cycle, or where the successor cannot appraise, the leaver's place
/// ends, nobody follows, and it is not in the answer: reports of past years are opened to nobody. An appraisal is left as it is, too,
/// where that day is over (`period_backwards`): an appraisal is handed over from today or a later day. Of appraisals of which the
/// caller may not know nothing is said: whoever keeps people and assigns no appraisers hands over the relationships, and HR or the headteacher sends the same call for the
/// appraisals. The same call again finds only what was left as it is.
#[utoipa::path(tag = "Relationships", request_body = NewHandOver, responses((status = 207, description = "One result a relationship, and one an appraisal", body = HandOverReport)), security(("bearer" = ["people:write"])))]
#[post("/v1/people/{id}/hand-over")]
pub async fn hand_over(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<PersonId>,
    body: Body<NewHandOver>,
) -> Result<HttpResponse, ApiError> {
    let NewHandOver { to, to_each, on, kinds, appraisals } = body.0;
    if to.is_none() && to_each.is_empty() {
        return Err(RuleError::at(Code::NoSuccessor, "/to", "a successor is expected, here or in `to_each`").into());
    }
    let mut kinds: Vec<RelationshipKind> = kinds.into_iter().map(|k| k.0).collect();
    if kinds.is_empty() {
        kinds = RelationshipKind::ALL.to_vec();
    }
    let to_each = to_each.into_iter().map(|s| (s.person_id.0, s.to.0)).collect();
    let appraisals = appraisals.unwrap_or_else(|| kinds.contains(&RelationshipKind::Appraiser));
    let operation = HandOver { person_id: id.0, to: to.map(|t| t.0), to_each, on, kinds, appraisals };
    permitted.write(operation, |results| respond::plain(207, &handed(results))).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(import_relationships).service(hand_over);
}
