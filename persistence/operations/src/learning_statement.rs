//! The statement of a person's learning in an academic year: everything that its reader may read of it anyway, brought together.

use crate::{training::ComplianceRow, transaction::queries};
use chrono::NaiveDate;
use trellis_domain::{
    finding::Finding,
    id::PersonId,
    impact::{CheckpointOutcome, ImpactLevel},
    learning::LearningRecord,
    text::{Narrative, Title},
};

/// A person's learning in an academic year.
#[derive(Debug)]
pub struct GetLearningStatement {
    /// Whose.
    pub person_id: PersonId,
    /// In which year, by the calendar year in which it starts.
    pub academic_year: i32,
    /// Of one's own learning, only what one shares: to give to somebody.
    pub shared_only: bool,
}
/// A session that somebody came to.
#[derive(Debug, Clone)]
pub struct Attended {
    /// What it was of.
    pub title: Title,
    /// Who provided it.
    pub provider: Option<Title>,
    /// How long they learned there, in minutes.
    pub minutes: i32,
    /// On which day it began.
    pub on: NaiveDate,
}
/// What a checkpoint showed.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// Of which learning.
    pub title: Title,
    /// At which level.
    pub level: ImpactLevel,
    /// What.
    pub outcome: CheckpointOutcome,
    /// In whose owner's words, for those in whom they confide.
    pub narrative: Option<Narrative>,
    /// When it was recorded.
    pub on: NaiveDate,
}
/// A person's learning in an academic year, as far as the reader may read it. What is none is not theirs to read.
#[derive(Debug, Clone)]
pub struct LearningStatement {
    /// What they are called.
    pub name: String,
    /// What they did in the year, and where.
    pub posts: Vec<(Title, Title)>,
    /// Which year.
    pub academic_year: i32,
    /// Is it the reader's own?
    pub own: bool,
    /// What they learned, earliest first.
    pub records: Vec<LearningRecord>,
    /// Are there more than a statement holds?
    pub more: bool,
    /// Sessions that they came to.
    pub sessions: Option<Vec<Attended>>,
    /// Where they stand with what is required of them, and on which day.
    pub training: Option<(NaiveDate, Vec<ComplianceRow>)>,
    /// What checkpoints showed.
    pub checkpoints: Option<Vec<Recorded>>,
    /// What they found out and published with their name.
    pub findings: Option<Vec<Finding>>,
}

queries! {
    GetLearningStatement: ReadLearning => LearningStatement;
}
