//! The inquiry commons: findings that were published, found and used.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use chrono::{DateTime, Utc};
use trellis_domain::{
    finding::{Finding, FindingAudience, FindingState},
    id::{FindingId, LearningRecordId, ObjectiveId, PersonId},
    text::{Narrative, Title},
};

/// Publishes a finding of one's own inquiry: these words, and nothing else of it.
#[derive(Debug, Clone)]
pub struct PublishFinding {
    /// The inquiry.
    pub objective_id: ObjectiveId,
    /// To whom.
    pub audience: FindingAudience,
    /// With one's name?
    pub named: bool,
    /// In one line.
    pub title: Title,
    /// What was asked.
    pub question: Narrative,
    /// What was changed.
    pub change_tried: Option<Narrative>,
    /// What was seen.
    pub evidence: Option<Narrative>,
    /// What was learned.
    pub finding: Narrative,
    /// Only if the objective is still this version.
    pub expected: Option<i64>,
}
/// One finding.
#[derive(Debug)]
pub struct GetFinding {
    /// Which.
    pub id: FindingId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Findings that were published to the caller, by these filters.
#[derive(Debug)]
pub struct ListFindings {
    /// In which every one of these words begins a word.
    pub q: Option<String>,
    /// With this name.
    pub author_id: Option<PersonId>,
    /// That the caller said they use, or did not.
    pub reused: Option<bool>,
    /// Where the list goes on.
    pub window: Window,
}
/// Takes one's finding back.
#[derive(Debug)]
pub struct WithdrawFinding {
    /// Which.
    pub id: FindingId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Says that one uses a finding, and for what of one's own.
#[derive(Debug)]
pub struct ReuseFinding {
    /// Which.
    pub id: FindingId,
    /// One's objective.
    pub objective_id: Option<ObjectiveId>,
    /// One's learning record.
    pub learning_record_id: Option<LearningRecordId>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The receipts of what one published.
#[derive(Debug)]
pub struct ListOwnFindings {
    /// Where the list goes on.
    pub window: Window,
}
/// What was published, of which inquiry, to whom, when, and how many use it.
#[derive(Debug, Clone)]
pub struct Receipt {
    /// The finding.
    pub finding: Finding,
    /// To whom.
    pub audience: FindingAudience,
    /// How many people use it.
    pub reused_by: i64,
}
impl Receipt {
    /// When it was taken back.
    pub fn withdrawn_at(&self) -> Option<DateTime<Utc>> {
        (self.finding.state == FindingState::Withdrawn).then_some(self.finding.updated_at)
    }
}
/// Published findings whose questions are like that of an inquiry, the likest first.
#[derive(Debug)]
pub struct SimilarFindings {
    /// The inquiry.
    pub id: ObjectiveId,
}
/// The events of one finding.
#[derive(Debug)]
pub struct FindingHistory {
    /// Which finding.
    pub id: FindingId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetFinding: ReadFindings => Fetched<Seen<Finding>>;
    ListFindings: ReadFindings => Page<Finding>;
    ListOwnFindings: ReadFindings => Page<Receipt>;
    SimilarFindings: ReadObjectives => Vec<Finding>;
    FindingHistory: ReadFindings => crate::event::History;
}
commands! {
    PublishFinding: WriteFindings => Seen<Finding>;
    WithdrawFinding: WriteFindings => Seen<Finding>;
    ReuseFinding: WriteFindings => Seen<Finding>;
}
