//! Growth inquiries: where one stands, and giving it up with what was learned.

use crate::transaction::{Seen, commands, queries};
use chrono::{DateTime, Utc};
use trellis_domain::{id::ObjectiveId, inquiry::InquiryStage, objective::Objective, text::Narrative};

/// Gives an inquiry up; what was learned by it is kept.
#[derive(Debug)]
pub struct AbandonInquiry {
    /// The objective.
    pub id: ObjectiveId,
    /// What was learned.
    pub learned: Narrative,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Where an inquiry stands.
#[derive(Debug)]
pub struct GetInquiryStage {
    /// The objective.
    pub id: ObjectiveId,
}
/// Where an inquiry stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// The objective.
    pub id: ObjectiveId,
    /// Its stage, as far as the caller may know it; none if it is no inquiry.
    pub stage: Option<InquiryStage>,
    /// What was learned, if it was given up, and when.
    pub learned: Option<(Narrative, DateTime<Utc>)>,
}

queries! {
    GetInquiryStage: ReadObjectives => Standing;
}
commands! {
    AbandonInquiry: WriteObjectives => Seen<Objective>;
}
