//! Appraisal reports: drafted by who appraises, issued whole, commented on, corrected by another version.

use crate::{
    appraisal::{AppraisalDetail, saved},
    error::{ApiError, FaultView},
    extract::{Body, Id, IfNoneMatch, MustMatch, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    wire::{Can, Patch, Word, actions, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::{AppraisalId, ReportId},
    report::{
        Assessment, Composed, Concern, Content, LearningShown, NeedAction, NeedNamed, ObjectiveAssessed, Report, ReportDraft, StandardAssessed, StandardNote,
        WrittenPatch,
    },
    rule::RuleError,
};
use trellis_persistence::{
    Fetched,
    idempotency::Stored,
    report::{AmendReport, CommentOnReport, Drafted, GetReport, GetReportDraft, IssueReport, ListReports, ReportHistory, Summary, UpdateReportDraft},
    transaction::needs::{ReadReports, WriteAppraisals},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

actions! {
    /// What can be done with a draft. Issuing it is done with its appraisal.
    ReportDraftActions, ReportDraftCan = "ReportDraftCan", &["update"];
}

/// A standard that applied, and what is said of it. Without a note or a concern it was met: no standard is graded.
#[derive(Serialize, ToSchema)]
#[schema(title = "StandardAssessed")]
pub struct StandardAssessedView {
    /// Which.
    standard_id: word::StandardId,
    /// Its code.
    code: word::StandardCode,
    /// What it says.
    title: word::Title,
    /// What is said of it, if anything.
    note: Option<word::Narrative>,
}
/// An objective of the year, assessed in words or marked with the reason why not.
#[derive(Serialize, ToSchema)]
#[schema(title = "ObjectiveAssessed")]
pub struct ObjectiveAssessedView {
    /// Which.
    objective_id: word::ObjectiveId,
    /// In one line.
    title: word::Title,
    /// What kind.
    kind: word::ObjectiveKind,
    /// Where it stands, or stood when the report was issued.
    state: word::ObjectiveState,
    /// What is said of it.
    assessment: Option<word::Narrative>,
    /// Why it is not assessed.
    not_assessed_because: Option<word::Reason>,
}
/// Learning of the period that its owner has shared.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningShown")]
pub struct LearningShownView {
    /// Which.
    learning_record_id: word::LearningRecordId,
    /// What it was.
    title: word::Title,
    /// How.
    kind: word::LearningKind,
    /// Its last day.
    ended_on: NaiveDate,
    /// How long it took, in minutes.
    minutes: i32,
}
/// What will be done about a development need.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "NeedAction")]
pub struct NeedActionView {
    /// What.
    action: word::Reason,
    /// By when.
    #[serde(default)]
    due_on: Option<NaiveDate>,
}
/// A development need, with the actions to meet it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "NeedNamed")]
pub struct NeedNamedView {
    /// What is needed.
    need: word::Narrative,
    /// The standard that it speaks to.
    #[serde(default)]
    standard_id: Option<word::StandardId>,
    /// What will be done: at least one action, before the report is issued.
    #[schema(max_items = 10)]
    actions: Vec<NeedActionView>,
}
/// A concern. It surprises nobody: it names an earlier meeting, what was said there and the support that was offered; or both were told before the
/// report was issued.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Concern")]
pub struct ConcernView {
    /// What it is.
    concern: word::Narrative,
    /// The standard that it is about.
    #[serde(default)]
    standard_id: Option<word::StandardId>,
    /// The day of the earlier meeting at which it was raised.
    #[serde(default)]
    raised_on: Option<NaiveDate>,
    /// What was said there.
    #[serde(default)]
    said: Option<word::Narrative>,
    /// The support that was offered.
    #[serde(default)]
    support: Option<word::Narrative>,
    /// The day on which appraisee and appraiser were both told of it, if there was no such meeting.
    #[serde(default)]
    told_on: Option<NaiveDate>,
}
/// What is said of a standard.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "StandardNote")]
pub struct StandardNoteInput {
    /// Which.
    standard_id: word::StandardId,
    /// What is said.
    note: word::Narrative,
}
/// What is said of an objective.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "ObjectiveAssessment")]
pub struct AssessmentInput {
    /// Which.
    objective_id: word::ObjectiveId,
    /// What is said.
    #[serde(default)]
    assessment: Option<word::Narrative>,
    /// Why it is not assessed.
    #[serde(default)]
    not_assessed_because: Option<word::Reason>,
}

/// What is written in a report. What is not sent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportPatch {
    /// Was performance assessed against the standards? All of them are met unless a note or a concern says otherwise.
    #[serde(default)]
    #[schema(value_type = bool)]
    standards_assessed: Option<bool>,
    /// All notes on standards.
    #[serde(default)]
    #[schema(value_type = Vec<StandardNoteInput>, max_items = 100)]
    standard_notes: Option<Vec<StandardNoteInput>>,
    /// All that is said of objectives.
    #[serde(default)]
    #[schema(value_type = Vec<AssessmentInput>, max_items = 100)]
    objectives: Option<Vec<AssessmentInput>>,
    /// What is said of their learning.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    learning: Patch<word::Narrative>,
    /// Why nothing is said of it.
    #[serde(default)]
    #[schema(value_type = Option<word::Reason>)]
    no_learning_because: Patch<word::Reason>,
    /// All development needs.
    #[serde(default)]
    #[schema(value_type = Vec<NeedNamedView>, max_items = 20)]
    development_needs: Option<Vec<NeedNamedView>>,
    /// All concerns.
    #[serde(default)]
    #[schema(value_type = Vec<ConcernView>, max_items = 20)]
    concerns: Option<Vec<ConcernView>>,
    /// Does the report bear on pay? What is recommended stands elsewhere.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    pay_relevant: Patch<bool>,
    /// Anything else.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    summary: Patch<word::Narrative>,
}

/// A report that is being written, as it would be now. Standards, objectives and learning come from the records, each time anew.
#[derive(Serialize, ToSchema)]
#[schema(title = "ReportDraft")]
pub struct ReportDraftView {
    /// Of which appraisal.
    appraisal_id: word::AppraisalId,
    /// Whose appraisal it is.
    person_id: word::PersonId,
    /// Was performance assessed against the standards? All of them are met unless a note or a concern says otherwise.
    standards_assessed: bool,
    /// The standards of the cycle, with what is said of them.
    standards: Vec<StandardAssessedView>,
    /// The objectives that were agreed or set, with what is said of them.
    objectives: Vec<ObjectiveAssessedView>,
    /// Learning of the period that is shared.
    learning_records: Vec<LearningShownView>,
    /// What is said of their learning.
    learning: Option<word::Narrative>,
    /// Why nothing is said of it.
    no_learning_because: Option<word::Reason>,
    /// Development needs, with actions.
    development_needs: Vec<NeedNamedView>,
    /// Concerns.
    concerns: Vec<ConcernView>,
    /// Does the report bear on pay? Null until it is said.
    pay_relevant: Option<bool>,
    /// Anything else.
    summary: Option<word::Narrative>,
    /// All that it lacks to be issued, each at its place.
    missing: Vec<FaultView>,
    /// What can be done with it.
    can: ReportDraftCan,
    /// Version; the ETag in quotation marks. 0 before anything was written.
    version: i64,
}
/// What an issued report says. It never changes.
#[derive(Serialize, ToSchema)]
#[schema(title = "ReportContent")]
pub struct ContentView {
    /// First day of the period.
    starts_on: NaiveDate,
    /// Last day of the period.
    ends_on: NaiveDate,
    /// The standards that applied; each was met unless a note or a concern says otherwise.
    standards: Vec<StandardAssessedView>,
    /// The objectives, each assessed or marked with the reason why not.
    objectives: Vec<ObjectiveAssessedView>,
    /// Learning of the period that was shared.
    learning_records: Vec<LearningShownView>,
    /// What is said of their learning.
    learning: Option<word::Narrative>,
    /// Why nothing is said of it.
    no_learning_because: Option<word::Reason>,
    /// Development needs, with the actions to meet them.
    development_needs: Vec<NeedNamedView>,
    /// Concerns.
    concerns: Vec<ConcernView>,
    /// Does the report bear on pay?
    pay_relevant: bool,
    /// Anything else.
    summary: Option<word::Narrative>,
}
/// An issued version of an appraisal report.
#[derive(Serialize, ToSchema)]
#[schema(title = "AppraisalReport")]
pub struct ReportView {
    /// Its id.
    id: word::ReportId,
    /// Of which appraisal.
    appraisal_id: word::AppraisalId,
    /// Whose appraisal it is.
    person_id: word::PersonId,
    /// The school.
    organisation_id: word::OrganisationId,
    /// Which version, from 1.
    number: i32,
    /// What it says.
    content: ContentView,
    /// SHA-256 of the content as it is kept; the log has the same.
    content_hash: String,
    /// Why it was corrected, if it is not the first.
    reason: Option<word::Reason>,
    /// Who issued it.
    issued_by: word::PersonId,
    /// When.
    issued_at: DateTime<Utc>,
    /// What the appraisee says of it.
    comment: Option<word::Narrative>,
    /// When they said it.
    commented_at: Option<DateTime<Utc>>,
    /// Version of the record; the ETag in quotation marks.
    version: i64,
}
/// An issued version, without a word of what it says.
#[derive(Serialize, ToSchema)]
#[schema(title = "AppraisalReportSummary")]
pub struct ReportSummaryView {
    /// Its id.
    pub id: word::ReportId,
    /// Of which appraisal.
    pub appraisal_id: word::AppraisalId,
    /// Whose appraisal it is.
    pub person_id: word::PersonId,
    /// The school.
    pub organisation_id: word::OrganisationId,
    /// Which version, from 1.
    pub number: i32,
    /// SHA-256 of the content as it is kept.
    pub content_hash: String,
    /// Who issued it.
    pub issued_by: word::PersonId,
    /// When.
    pub issued_at: DateTime<Utc>,
    /// When the appraisee commented on it.
    pub commented_at: Option<DateTime<Utc>>,
    /// Version of the record; its ETag in quotation marks.
    pub version: i64,
}

impl From<StandardAssessed> for StandardAssessedView {
    fn from(StandardAssessed { standard_id, code, title, note }: StandardAssessed) -> Self {
        Self { standard_id: Word(standard_id), code: Word(code), title: Word(title), note: note.map(Word) }
    }
}
impl From<ObjectiveAssessed> for ObjectiveAssessedView {
    fn from(ObjectiveAssessed { objective_id, title, kind, state, assessment, not_assessed_because }: ObjectiveAssessed) -> Self {
        Self {
            objective_id: Word(objective_id),
            title: Word(title),
            kind: Word(kind),
            state: Word(state),
            assessment: assessment.map(Word),
            not_assessed_because: not_assessed_because.map(Word),
        }
    }
}
impl From<LearningShown> for LearningShownView {
    fn from(LearningShown { learning_record_id, title, kind, ended_on, minutes }: LearningShown) -> Self {
        Self { learning_record_id: Word(learning_record_id), title: Word(title), kind: Word(kind), ended_on, minutes }
    }
}
impl From<NeedAction> for NeedActionView {
    fn from(NeedAction { action, due_on }: NeedAction) -> Self {
        Self { action: Word(action), due_on }
    }
}
impl From<NeedActionView> for NeedAction {
    fn from(NeedActionView { action, due_on }: NeedActionView) -> Self {
        Self { action: action.0, due_on }
    }
}
impl From<NeedNamed> for NeedNamedView {
    fn from(NeedNamed { need, standard_id, actions }: NeedNamed) -> Self {
        Self { need: Word(need), standard_id: standard_id.map(Word), actions: all(actions) }
    }
}
impl From<NeedNamedView> for NeedNamed {
    fn from(NeedNamedView { need, standard_id, actions }: NeedNamedView) -> Self {
        Self { need: need.0, standard_id: standard_id.map(|s| s.0), actions: all(actions) }
    }
}
impl From<Concern> for ConcernView {
    fn from(Concern { concern, standard_id, raised_on, said, support, told_on }: Concern) -> Self {
        let (said, support) = (said.map(Word), support.map(Word));
        Self { concern: Word(concern), standard_id: standard_id.map(Word), raised_on, said, support, told_on }
    }
}
impl From<ConcernView> for Concern {
    fn from(ConcernView { concern, standard_id, raised_on, said, support, told_on }: ConcernView) -> Self {
        let (said, support) = (said.map(|s| s.0), support.map(|s| s.0));
        Self { concern: concern.0, standard_id: standard_id.map(|s| s.0), raised_on, said, support, told_on }
    }
}
impl From<StandardNoteInput> for StandardNote {
    fn from(StandardNoteInput { standard_id, note }: StandardNoteInput) -> Self {
        Self { standard_id: standard_id.0, note: note.0 }
    }
}
impl From<AssessmentInput> for Assessment {
    fn from(AssessmentInput { objective_id, assessment, not_assessed_because }: AssessmentInput) -> Self {
        Self { objective_id: objective_id.0, assessment: assessment.map(|a| a.0), not_assessed_because: not_assessed_because.map(|r| r.0) }
    }
}
/// Every one of a list, as the other side knows it.
pub(crate) fn all<A: Into<B>, B>(of: Vec<A>) -> Vec<B> {
    of.into_iter().map(Into::into).collect()
}
impl From<ReportPatch> for WrittenPatch {
    fn from(patch: ReportPatch) -> Self {
        let ReportPatch { standards_assessed, standard_notes, objectives, learning, no_learning_because, development_needs, concerns, pay_relevant, summary } =
            patch;
        Self {
            standards_assessed,
            standard_notes: standard_notes.map(all),
            objectives: objectives.map(all),
            learning: learning.value(),
            no_learning_because: no_learning_because.value(),
            development_needs: development_needs.map(all),
            concerns: concerns.map(all),
            pay_relevant: pay_relevant.into_option(),
            summary: summary.value(),
        }
    }
}
fn fault(rule: RuleError) -> Vec<FaultView> {
    rule.faults.into_iter().map(|f| FaultView { pointer: f.pointer, code: f.code, message: f.message }).collect()
}
impl From<Drafted> for ReportDraftView {
    fn from(Drafted { draft, composed, missing, can }: Drafted) -> Self {
        let ReportDraft { id: _, appraisal_id, person_id, organisation_id: _, written: _, version, created_at: _, updated_at: _ } = draft;
        let Composed {
            standards_assessed,
            standards,
            objectives,
            learning_records,
            learning,
            no_learning_because,
            development_needs,
            concerns,
            pay_relevant,
            summary,
        } = composed;
        Self {
            appraisal_id: Word(appraisal_id),
            person_id: Word(person_id),
            standards_assessed,
            standards: all(standards),
            objectives: all(objectives),
            learning_records: all(learning_records),
            learning: learning.map(Word),
            no_learning_because: no_learning_because.map(Word),
            development_needs: all(development_needs),
            concerns: all(concerns),
            pay_relevant,
            summary: summary.map(Word),
            missing: missing.into_iter().flat_map(fault).collect(),
            can: Can::new(can),
            version,
        }
    }
}
impl From<Content> for ContentView {
    fn from(content: Content) -> Self {
        let Content {
            starts_on,
            ends_on,
            standards,
            objectives,
            learning_records,
            learning,
            no_learning_because,
            development_needs,
            concerns,
            pay_relevant,
            summary,
        } = content;
        Self {
            starts_on,
            ends_on,
            standards: all(standards),
            objectives: all(objectives),
            learning_records: all(learning_records),
            learning: learning.map(Word),
            no_learning_because: no_learning_because.map(Word),
            development_needs: all(development_needs),
            concerns: all(concerns),
            pay_relevant,
            summary: summary.map(Word),
        }
    }
}
impl From<Report> for ReportView {
    fn from(report: Report) -> Self {
        let Report {
            id,
            appraisal_id,
            person_id,
            organisation_id,
            number,
            content,
            content_hash,
            reason,
            issued_by,
            issued_at,
            comment,
            commented_at,
            version,
            updated_at: _,
        } = report;
        Self {
            id: Word(id),
            appraisal_id: Word(appraisal_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            number,
            content: content.into(),
            content_hash,
            reason: reason.map(Word),
            issued_by: Word(issued_by),
            issued_at,
            comment: comment.map(Word),
            commented_at,
            version,
        }
    }
}
impl From<Summary> for ReportSummaryView {
    fn from(summary: Summary) -> Self {
        let Summary { id, appraisal_id, person_id, organisation_id, number, content_hash, issued_by, issued_at, commented_at, version } = summary;
        Self {
            id: Word(id),
            appraisal_id: Word(appraisal_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            number,
            content_hash,
            issued_by: Word(issued_by),
            issued_at,
            commented_at,
            version,
        }
    }
}

/// The draft that is issued.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftToIssue {
    /// Its `version`, as it was read: what is issued is what was read, and not what somebody else of a panel wrote meanwhile.
    #[schema(minimum = 0)]
    draft_version: i64,
}
/// What the appraisee says of their report.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportComment {
    /// In their own words. It stands for good.
    comment: word::Narrative,
}
/// A correction of an issued report.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Amendment {
    /// Why: one line.
    reason: word::Reason,
    /// What is said differently; the rest stays as it was issued.
    changes: ReportPatch,
}

/// Filters of the list of issued reports.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportFilters {
    /// Only those of this appraisal.
    appraisal_id: Option<word::AppraisalId>,
    /// Only this person's.
    person_id: Option<word::PersonId>,
}

/// Read a report that is being written
///
/// While the assessment is written, for those who appraise and for nobody else: to everybody else it is not there. Standards, objectives and shared learning come from the records as they are now; `missing` names all that it lacks.
#[utoipa::path(tag = "Reports", responses((status = 200, description = "The draft", body = ReportDraftView)), security(("bearer" = ["reports:read"])))]
#[get("/v1/appraisals/{id}/report-draft")]
pub async fn get_report_draft(permitted: Permitted<ReadReports>, _none: Params<NoParams>, id: Id<AppraisalId>) -> Result<HttpResponse, ApiError> {
    let drafted = permitted.read(GetReportDraft { id: id.0 }).await?;
    Ok(respond::fetched(Fetched::Found(drafted), |d| d.draft.version, ReportDraftView::from))
}

fn drafted(drafted: &Drafted) -> Stored {
    respond::saved(drafted.draft.version, &ReportDraftView::from(drafted.clone()))
}

/// Go on writing a report
///
/// As often as one likes: nothing has to be complete before it is issued. Nobody else learns that it is being written. `If-Match` is the draft's own ETag, `"0"` the first time. By who appraises.
#[utoipa::path(tag = "Reports", request_body = ReportPatch, responses((status = 200, description = "As it is now", body = ReportDraftView)), security(("bearer" = ["appraisals:write"])))]
#[patch("/v1/appraisals/{id}/report-draft")]
pub async fn update_report_draft(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<ReportPatch>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(UpdateReportDraft { id: id.0, patch: body.0.into(), expected: expected.0 }, drafted).await
}

/// Issue a report
///
/// Once it is complete: the standards assessed, each objective assessed or marked with a reason, their learning spoken of or the reason why not, development needs with actions, whether it bears on pay, and no concern that surprises. Everything that is missing is named at once. What is issued never changes. The development needs join the register. By who appraises; for a headteacher, by a member of a whole panel.
#[utoipa::path(tag = "Reports", request_body = DraftToIssue, responses((status = 200, description = "The appraisal as it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/issue-report")]
pub async fn issue_report(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<DraftToIssue>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(IssueReport { id: id.0, draft_version: body.0.draft_version, expected: expected.0 }, saved).await
}

/// Comment on one's report
///
/// Once for each version, until `comment_due_on`. It stands for good. By the appraisee.
#[utoipa::path(tag = "Reports", request_body = ReportComment, responses((status = 200, description = "The appraisal as it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/comment")]
pub async fn comment_on_report(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<ReportComment>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(CommentOnReport { id: id.0, comment: body.0.comment.0, expected: expected.0 }, saved).await
}

/// Correct an issued report
///
/// By a new version, with a reason; the old one stays readable. The appraisee may comment on the new one, and the appraisal is to be completed again. Needs that the new version no longer names are taken back. By who appraises.
#[utoipa::path(tag = "Reports", request_body = Amendment, responses((status = 200, description = "The appraisal as it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/amend-report")]
pub async fn amend_report(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<Amendment>,
) -> Result<HttpResponse, ApiError> {
    let Amendment { reason, changes } = body.0;
    permitted.write(AmendReport { id: id.0, reason: reason.0, patch: changes.into(), expected: expected.0 }, saved).await
}

/// List issued reports
///
/// That they are there, without a word of what they say: one's own, those of whom one appraises today, and for headteachers and HR those of their schools.
#[utoipa::path(tag = "Reports", params(PageParams, ReportFilters), responses((status = 200, description = "A page of reports", body = List<ReportSummaryView>)), security(("bearer" = ["reports:read"])))]
#[get("/v1/appraisal-reports")]
pub async fn list_appraisal_reports(permitted: Permitted<ReadReports>, listing: Listing<ReportFilters>) -> Result<HttpResponse, ApiError> {
    let ReportFilters { appraisal_id, person_id } = &listing.filters;
    let page = permitted
        .read(ListReports { appraisal_id: appraisal_id.as_ref().map(|a| a.0), person_id: person_id.as_ref().map(|p| p.0), window: listing.window })
        .await?;
    Ok(listing.answer(page, ReportSummaryView::from))
}

/// Read an issued report
///
/// Whoever reads somebody else's is recorded before they are answered, and the appraisee can see it: `GET /v1/me/disclosures`.
#[utoipa::path(tag = "Reports", responses((status = 200, description = "The report", body = ReportView)), security(("bearer" = ["reports:read"])))]
#[get("/v1/appraisal-reports/{id}")]
pub async fn get_appraisal_report(
    permitted: Permitted<ReadReports>,
    _none: Params<NoParams>,
    id: Id<ReportId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = match permitted.read(GetReport { id: id.0, unless: unless.0 }).await? {
        Fetched::Unchanged(version) => Fetched::Unchanged(version),
        Fetched::Found(sealed) => Fetched::Found(permitted.unseal(sealed).await?),
    };
    Ok(respond::fetched(found, |r| r.version, ReportView::from))
}

crate::event::history_of!(appraisal_report_history, ReadReports, ReportHistory, ReportId, "Reports", "/v1/appraisal-reports/{id}/history", "reports:read");

/// Registers the operations of this file.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_report_draft).service(update_report_draft).service(issue_report).service(comment_on_report).service(amend_report);
    config.service(list_appraisal_reports).service(get_appraisal_report).service(appraisal_report_history);
}
