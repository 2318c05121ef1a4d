//! Reports as the contract shows them, and what is written into a draft.

use super::content::{ConcernView, ContentView, LearningShownView, NeedNamedView, ObjectiveAssessedView, StandardAssessedView};
use crate::{
    error::FaultView,
    wire::{Can, Patch, Word, actions, all, word},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    report::{Appeal, AppealDecided, Assessment, Composed, Report, ReportDraft, StandardNote, WrittenPatch},
    rule::RuleError,
};
use trellis_persistence::report::{Drafted, Summary};
use utoipa::ToSchema;

actions! {
    /// What can be done with a draft. Issuing it is done with its appraisal.
    ReportDraftActions, ReportDraftCan = "ReportDraftCan", &["update"];
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
    /// What is said of their learning; null until something is.
    learning: Option<word::Narrative>,
    /// Why nothing is said of it; null unless that is said.
    no_learning_because: Option<word::Reason>,
    /// Development needs, with actions.
    development_needs: Vec<NeedNamedView>,
    /// Concerns.
    concerns: Vec<ConcernView>,
    /// Does the report bear on pay? Null until it is said.
    pay_relevant: Option<bool>,
    /// Anything else; null if there is nothing.
    summary: Option<word::Narrative>,
    /// All that it lacks to be issued, each at its place.
    missing: Vec<FaultView>,
    /// What can be done with it.
    can: ReportDraftCan,
    /// Version; the ETag in quotation marks. 0 before anything was written.
    version: i64,
}
/// An appeal against a version of a report.
#[derive(Serialize, ToSchema)]
#[schema(title = "Appeal")]
pub struct AppealView {
    /// Why the appraisee appeals.
    grounds: word::Narrative,
    /// When they did.
    appealed_at: DateTime<Utc>,
    /// What became of it; null until it is decided.
    outcome: Option<word::AppealOutcome>,
    /// Why, and what follows; null until it is decided.
    decision: Option<word::Narrative>,
    /// Who decided; null until it is decided.
    decided_by: Option<word::PersonId>,
    /// When it was decided; null until then.
    decided_at: Option<DateTime<Utc>>,
}
impl From<Appeal> for AppealView {
    fn from(Appeal { grounds, appealed_at, decided }: Appeal) -> Self {
        let bare = Self { grounds: Word(grounds), appealed_at, outcome: None, decision: None, decided_by: None, decided_at: None };
        match decided {
            Some(AppealDecided { outcome, decision, decided_by, decided_at }) => {
                Self { outcome: Some(Word(outcome)), decision: Some(Word(decision)), decided_by: Some(Word(decided_by)), decided_at: Some(decided_at), ..bare }
            }
            None => bare,
        }
    }
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
    /// What the appraisee says of it; null if they have not commented on this version.
    comment: Option<word::Narrative>,
    /// When they said it; null if they have not.
    commented_at: Option<DateTime<Utc>>,
    /// The appraisee's appeal against this version; null if there is none.
    appeal: Option<AppealView>,
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
    /// When the appraisee commented on it; null if they have not.
    pub commented_at: Option<DateTime<Utc>>,
    /// When the appraisee appealed against it; null if they have not.
    pub appealed_at: Option<DateTime<Utc>>,
    /// When the appeal was decided; null until then.
    pub appeal_decided_at: Option<DateTime<Utc>>,
    /// Version of the record; its ETag in quotation marks.
    pub version: i64,
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
    rule.faults.into_iter().map(Into::into).collect()
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
            appeal,
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
            appeal: appeal.map(Into::into),
            version,
        }
    }
}
impl From<Summary> for ReportSummaryView {
    fn from(summary: Summary) -> Self {
        let Summary {
            id,
            appraisal_id,
            person_id,
            organisation_id,
            number,
            content_hash,
            issued_by,
            issued_at,
            commented_at,
            appealed_at,
            appeal_decided_at,
            version,
        } = summary;
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
            appealed_at,
            appeal_decided_at,
            version,
        }
    }
}
