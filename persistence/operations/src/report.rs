//! Appraisal reports.

use crate::{
    appraisal::VisibleAppraisal,
    disclosure::Sealed,
    transaction::{Fetched, Page, Seen, Window, commands, queries},
};
use chrono::{DateTime, Utc};
use trellis_domain::{
    id::{AppraisalId, OrganisationId, PersonId, ReportId},
    profile::Labels,
    report::{AppealOutcome, Composed, Report, ReportDraft, WrittenPatch},
    rule::RuleError,
    text::{Narrative, Reason, Title},
};

/// A report that is being written, for those who write it.
#[derive(Debug)]
pub struct GetReportDraft {
    /// Of which appraisal.
    pub id: AppraisalId,
}
/// Goes on writing.
#[derive(Debug)]
pub struct UpdateReportDraft {
    /// Of which appraisal.
    pub id: AppraisalId,
    /// What changes.
    pub patch: WrittenPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// A report that is being written, as it would be now.
#[derive(Debug, Clone)]
pub struct Drafted {
    /// The draft; of version 0 before anything was written.
    pub draft: ReportDraft,
    /// What was written, laid over the year.
    pub composed: Composed,
    /// What it lacks to be issued.
    pub missing: Vec<RuleError>,
    /// What can be done with it.
    pub can: Vec<(&'static str, Option<RuleError>)>,
}
/// Issues the report.
#[derive(Debug)]
pub struct IssueReport {
    /// Of which appraisal.
    pub id: AppraisalId,
    /// The draft as it was read before it was issued.
    pub draft_version: i64,
    /// Only if the appraisal is still this version.
    pub expected: Option<i64>,
}
/// Says what the appraisee thinks of it.
#[derive(Debug)]
pub struct CommentOnReport {
    /// Of which appraisal.
    pub id: AppraisalId,
    /// What they say.
    pub comment: Narrative,
    /// Only if the appraisal is still this version.
    pub expected: Option<i64>,
}
/// Says what the appraisee has against it.
#[derive(Debug)]
pub struct AppealAgainstReport {
    /// Of which appraisal.
    pub id: AppraisalId,
    /// Why.
    pub grounds: Narrative,
    /// Only if the appraisal is still this version.
    pub expected: Option<i64>,
}
/// Decides an appeal.
#[derive(Debug)]
pub struct DecideAppeal {
    /// Of which appraisal.
    pub id: AppraisalId,
    /// What becomes of it.
    pub outcome: AppealOutcome,
    /// Why, and what follows.
    pub decision: Narrative,
    /// Only if the appraisal is still this version.
    pub expected: Option<i64>,
}
/// Corrects an issued report by a new version.
#[derive(Debug)]
pub struct AmendReport {
    /// Of which appraisal.
    pub id: AppraisalId,
    /// Why.
    pub reason: Reason,
    /// What changes.
    pub patch: WrittenPatch,
    /// Only if the appraisal is still this version.
    pub expected: Option<i64>,
}
/// One issued version.
#[derive(Debug)]
pub struct GetReport {
    /// Which.
    pub id: ReportId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// An issued version, without a word of what it says: a list tells that there is one.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Its id.
    pub id: ReportId,
    /// Of which appraisal.
    pub appraisal_id: AppraisalId,
    /// Whose appraisal it is.
    pub person_id: PersonId,
    /// The school.
    pub organisation_id: OrganisationId,
    /// Which version, from 1.
    pub number: i32,
    /// SHA-256 of its content.
    pub content_hash: String,
    /// Who issued it.
    pub issued_by: PersonId,
    /// When.
    pub issued_at: DateTime<Utc>,
    /// When the appraisee commented on it.
    pub commented_at: Option<DateTime<Utc>>,
    /// When they appealed against it.
    pub appealed_at: Option<DateTime<Utc>>,
    /// When that was decided.
    pub appeal_decided_at: Option<DateTime<Utc>>,
    /// Version of the record.
    pub version: i64,
}
/// Issued versions, by these filters.
#[derive(Debug)]
pub struct ListReports {
    /// Of this appraisal.
    pub appraisal_id: Option<AppraisalId>,
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// Where the list goes on.
    pub window: Window,
}
/// The events of one issued version.
#[derive(Debug)]
pub struct ReportHistory {
    /// Which.
    pub id: ReportId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}
/// The statement of an appraisal: its last issued version, with the names that a page shows.
#[derive(Debug)]
pub struct GetStatement {
    /// Of which appraisal.
    pub id: AppraisalId,
}
/// A statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The report.
    pub report: Report,
    /// Whose it is.
    pub appraisee: String,
    /// What they do.
    pub job_title: Title,
    /// Where.
    pub school: Title,
    /// Who appraised, on the day it was issued.
    pub appraisers: Vec<String>,
    /// Who advised them.
    pub external_adviser: Option<Title>,
    /// What the nation calls things.
    pub labels: Labels,
    /// What the rules rest on.
    pub legal_basis: Title,
}

queries! {
    GetReportDraft: ReadReports => Drafted;
    GetReport: ReadReports => Fetched<Sealed<Report>>;
    ListReports: ReadReports => Page<Summary>;
    ReportHistory: ReadReports => crate::event::History;
    GetStatement: ReadReports => Sealed<Statement>;
}
commands! {
    UpdateReportDraft: WriteAppraisals => Drafted;
    IssueReport: WriteAppraisals => Seen<VisibleAppraisal>;
    CommentOnReport: WriteAppraisals => Seen<VisibleAppraisal>;
    AppealAgainstReport: WriteAppraisals => Seen<VisibleAppraisal>;
    DecideAppeal: WriteAppraisals => Seen<VisibleAppraisal>;
    AmendReport: WriteAppraisals => Seen<VisibleAppraisal>;
}
