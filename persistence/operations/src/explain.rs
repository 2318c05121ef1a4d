//! Why the caller may, or may not, do something.

use crate::{error::StoreError, transaction::queries};
use trellis_domain::{
    access::{Caller, Permission},
    event::RecordType,
    rule::RuleError,
};
use uuid::Uuid;

/// What can be done with a record: by action, nothing in the way, or the rule that is.
pub type Can = Vec<(&'static str, Option<RuleError>)>;

/// What one would do with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doing {
    /// Read it, or what hangs on it.
    Read,
    /// Read what happened to it.
    ReadHistory,
    /// An action that its `can` names.
    Act(String),
}
/// What one would do it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A record that the log speaks of.
    Record(RecordType),
    /// The statement of an appraisal.
    Statement,
    /// The statement of a person's learning.
    LearningStatement,
    /// The certificate of who came to a session.
    Certificate,
    /// A merge of two people.
    Merge,
    /// A job.
    Job,
    /// A snapshot that was sent.
    Sync,
    /// A colleague's part in an objective.
    Collaboration,
    /// A note on an objective.
    ObjectiveNote,
    /// A piece of evidence of learning.
    Evidence,
}
/// A record, and what one would do with it.
#[derive(Debug, Clone)]
pub struct On {
    /// Of which kind.
    pub record: Subject,
    /// Which.
    pub id: Uuid,
    /// What one would do.
    pub doing: Doing,
}
/// Asks whether the caller may do something, by the rules that the operation itself follows.
#[derive(Debug)]
pub struct Explain {
    /// The permission that the operation asks for, if it asks for one.
    pub permission: Option<Permission>,
    /// The record, if one was named.
    pub on: Option<On>,
}
/// The answer.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// Who asks, with what they hold today.
    pub caller: Caller,
    /// What the operation would be refused with.
    pub refused: Option<StoreError>,
    /// What else is in the way of somebody who may: the record's state.
    pub in_the_way: Option<RuleError>,
}

queries! {
    Explain: Identified => Explanation;
}
