//! Appraisal reports: drafted by who appraises, issued whole, commented on, corrected by another version.

mod content;
mod view;

use crate::{
    appraisal::{AppraisalDetail, saved},
    error::ApiError,
    extract::{Body, Id, IfNoneMatch, MustMatch, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::word,
};
use actix_web::{HttpResponse, get, patch, post};
pub use content::NeedActionView;
use serde::Deserialize;
use trellis_domain::id::{AppraisalId, ReportId};
use trellis_persistence::{
    Fetched,
    idempotency::Stored,
    report::{
        AmendReport, AppealAgainstReport, CommentOnReport, DecideAppeal, Drafted, GetReport, GetReportDraft, IssueReport, ListReports, ReportHistory,
        UpdateReportDraft,
    },
    transaction::needs::{ReadReports, WriteAppraisals},
};
use utoipa::{IntoParams, ToSchema};
pub use view::ReportSummaryView;
use view::{ReportDraftView, ReportPatch, ReportView};

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
/// What the appraisee has against their report.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportAppeal {
    /// Why, in their own words. It stands for good.
    grounds: word::Narrative,
}
/// What is decided on an appeal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealDecision {
    /// What becomes of it.
    outcome: word::AppealOutcome,
    /// Why, and what follows. It stands for good.
    decision: word::Narrative,
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

/// Appeal against one's report
///
/// Where the rule profile gives an appeal: once for each version, until `appeal_due_on`, whether the appraisal is complete or not. It stands for good; until it is decided the appraisal is not completed and the report not corrected. A second one is `already_said`; after that day, or where the rules give none, it is `window_closed`. The grounds stand in the report. By the appraisee.
#[utoipa::path(tag = "Reports", request_body = ReportAppeal, responses((status = 200, description = "The appraisal as it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/appeal")]
pub async fn appeal_against_report(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<ReportAppeal>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(AppealAgainstReport { id: id.0, grounds: body.0.grounds.0, expected: expected.0 }, saved).await
}

/// Decide an appeal
///
/// Upheld or dismissed, in words, once. The report itself is not changed by it: if it is to be corrected, who appraises issues a new version. The grounds are read, and the decision stands, in `appeal` of the report. By the headteacher and HR of the school, if they do not appraise it and did not write the report. Who issued a version of it, or appraised on a day on which one was issued, wrote it, whoever appraises since (`not_for_yourself`).
#[utoipa::path(tag = "Reports", request_body = AppealDecision, responses((status = 200, description = "The appraisal as it is now", body = AppraisalDetail)), security(("bearer" = ["appraisals:write"])))]
#[post("/v1/appraisals/{id}/decide-appeal")]
pub async fn decide_appeal(
    permitted: Permitted<WriteAppraisals>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<AppealDecision>,
) -> Result<HttpResponse, ApiError> {
    let AppealDecision { outcome, decision } = body.0;
    permitted.write(DecideAppeal { id: id.0, outcome: outcome.0, decision: decision.0, expected: expected.0 }, saved).await
}

/// Correct an issued report
///
/// By a new version, with a reason; the old one stays readable. An appeal is decided first: `not_ready` until then. The appraisee may comment on the new one, and the appraisal is to be completed again. Needs that the new version no longer names are taken back. By who appraises; a headteacher's panel is appointed anew first.
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
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_report_draft).service(update_report_draft).service(issue_report).service(comment_on_report).service(amend_report);
    config.service(appeal_against_report).service(decide_appeal);
    config.service(list_appraisal_reports).service(get_appraisal_report).service(appraisal_report_history);
}
