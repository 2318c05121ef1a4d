//! What became of a row.

use super::{Intake, key_text};
use crate::{
    appraisal::Considered,
    id::EmploymentId,
    line_management::{Imported, tie_key},
    rule::Fault,
    text::ExternalRef,
    words,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

words! {
    /// What was done with a row.
    RowAction {
        /// Added.
        Created = "created",
        /// Changed.
        Updated = "updated",
        /// As it was: no event, the same ETag.
        Unchanged = "unchanged",
        /// Left out by a rule; the row says which.
        LeftOut = "left_out",
        /// Not taken; `problem` says why.
        Failed = "failed",
    }
}

/// A field that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which: `preferred_name`, `employments/0/job_title`.
    pub field: String,
    /// As it is.
    pub before: Value,
    /// As it would be.
    pub after: Value,
}

/// Why a row was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The first rule's stable code.
    pub code: String,
    /// What is wrong.
    pub detail: String,
    /// Every fault of the row.
    pub errors: Vec<Fault>,
}

impl Problem {
    /// Of these faults.
    pub fn of(errors: Vec<Fault>) -> Self {
        Self {
            code: errors.first().map_or_else(String::new, |f| f.code.clone()),
            detail: errors.iter().map(|f| f.message.as_str()).collect::<Vec<_>>().join("; "),
            errors,
        }
    }
}

/// What became of a row, as it is kept and shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Its place among the rows, from 0.
    pub index: i64,
    /// The line of the file where it starts, if it came in a file.
    pub line: Option<u64>,
    /// The row's key.
    pub external_ref: Option<ExternalRef>,
    /// The record, once it exists.
    pub id: Option<Uuid>,
    /// What was done.
    pub action: RowAction,
    /// Names of what changed.
    pub changed: Vec<String>,
    /// Fields that are kept here, though the row says otherwise.
    pub overridden: Vec<String>,
    /// Fields that are kept as another source manages them, though the row says otherwise.
    #[serde(default)]
    pub managed_by_other: Vec<String>,
    /// What changes, where it was only asked.
    pub differences: Vec<Difference>,
    /// Why it was not taken.
    pub problem: Option<Problem>,
    /// Of a job that creates appraisals: the employment, and what was found of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub considered: Option<Considered>,
    /// What it was about, for the rows after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// Of a row of a file of relationships: between whom it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relationship: Option<Imported>,
    /// Of a row of a file that was not taken: its cells as they were sent, so that they can be mended and sent again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<String>,
}

/// What a row was about: also the record that a trial would add, and the employments that stay as they are. Nobody is shown it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// The record.
    pub id: Uuid,
    /// Of a person: the employments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub employments: Vec<EmploymentId>,
}

impl Outcome {
    /// A row that met this end, of which nothing more is said.
    pub const fn of(index: i64, line: Option<u64>, action: RowAction) -> Self {
        Self {
            index,
            line,
            external_ref: None,
            id: None,
            action,
            changed: Vec::new(),
            overridden: Vec::new(),
            managed_by_other: Vec::new(),
            differences: Vec::new(),
            problem: None,
            considered: None,
            subject: None,
            relationship: None,
            sent: Vec::new(),
        }
    }
    /// A row that was not taken. Its faults point into the request: `/rows/17/employments/0/ends_on`; in a file, to the heading.
    pub fn failed<R>(index: i64, key: Option<&ExternalRef>, intake: &Intake<R>, faults: Vec<Fault>, heading: impl Fn(&str) -> String) -> Self {
        let pointer = |at: &str| if intake.line.is_some() { format!("/{}", heading(at)) } else { format!("/rows/{index}{at}") };
        let errors: Vec<Fault> = faults.into_iter().map(|f| Fault { pointer: pointer(&f.pointer), ..f }).collect();
        let problem = Problem::of(errors);
        Self { external_ref: key.cloned(), problem: Some(problem), sent: intake.sent.clone(), ..Self::of(index, intake.line, RowAction::Failed) }
    }
    /// What became of an employment of a cycle's population.
    pub fn considered(index: i64, action: RowAction, appraisal: Option<Uuid>, considered: Considered) -> Self {
        Self { id: appraisal, considered: Some(considered), ..Self::of(index, None, action) }
    }
    /// The record that it was about, as it is found among the results.
    pub fn about(&self) -> Option<Uuid> {
        self.subject.as_ref().map(|subject| subject.id).or(self.id)
    }
    /// What it is found by among the results: the key that its row was sent with, the employment's id, or whose relationship of which kind it is.
    pub fn key(&self) -> Option<String> {
        let by_what = || self.considered.as_ref().map(|c| c.employment_id.to_string());
        self.external_ref.as_ref().map(key_text).or_else(by_what).or_else(|| self.relationship.as_ref().map(|r| tie_key(r.person_id, r.kind)))
    }
}
