//! Bulk upsert: rows by which another system says how people, schools and groups are there. Each row is read, compared with what is known
//! and becomes changes, or every fault of it at once. Pure: facts in, plans out; the store loads the one and saves the other.

pub mod column;
pub mod completion;
pub mod facts;
pub mod foreseen;
pub mod learner;
pub mod learning;
pub mod naming;
pub mod organisation;
pub mod outcome;
pub mod person;
pub mod plan;
pub mod reading;
mod tie;
mod work;

pub use outcome::{Difference, Outcome, Problem, RowAction, Subject};

use crate::{
    id::{OrganisationId, PersonId},
    rule::Fault,
    text::{ExternalRef, Reference, StaffCode},
};
use serde::{Deserialize, Serialize};

/// Most rows of a request that are stored all or none.
pub const ATOMIC_ROWS: usize = 1000;

/// A field of a row: not sent, sent as null, or sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Field<T> {
    /// Stays as it is.
    #[default]
    Absent,
    /// Is emptied.
    Empty,
    /// Is this.
    Set(T),
}
impl<T> Field<T> {
    /// Was nothing said?
    pub const fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
    /// As patches say it.
    pub fn patch(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Empty => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }
    /// The value, if one was sent.
    pub const fn value(&self) -> Option<&T> {
        match self {
            Self::Set(value) => Some(value),
            _ => None,
        }
    }
}

/// By what a row names an organisation.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum OrganisationKey {
    /// Our id.
    Id(OrganisationId),
    /// Another system's name for it.
    Ref(ExternalRef),
    /// The school's URN.
    Urn(String),
}

/// By what a row names a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PersonKey {
    /// Our id.
    Id(PersonId),
    /// Another system's name for them.
    Ref(ExternalRef),
    /// Their teacher reference number.
    Trn(crate::person::Trn),
    /// Their staff code at a school.
    StaffCode(StaffCode, OrganisationKey),
}

/// A row as it was taken in: what could be read of it, and what could not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intake<R> {
    /// What could be read.
    pub row: R,
    /// What could not, with pointers into the row.
    pub faults: Vec<Fault>,
    /// The line of the file where it starts, if it came in a file.
    pub line: Option<u64>,
    /// Its cells as they were sent, if it came in a file that is told again where it is not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sent: Vec<String>,
}

/// An external reference as one text, for looking up.
pub fn key_text(reference: &ExternalRef) -> String {
    format!("{}\u{1f}{}", reference.source.as_str(), reference.id.as_str())
}
/// Read back from one text.
pub fn key_of(text: &str) -> Option<ExternalRef> {
    let (source, id) = text.split_once('\u{1f}')?;
    Some(ExternalRef { source: Reference::try_from(source.to_owned()).ok()?, id: Reference::try_from(id.to_owned()).ok()? })
}
