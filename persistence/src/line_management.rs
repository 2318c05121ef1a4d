//! Relationships from a file, and handed over.

use crate::{organisation::ImportAction, transaction::operations};
use chrono::NaiveDate;
use trellis_domain::{
    id::{PersonId, RelationshipId},
    line_management::Row,
    relationship::RelationshipKind,
};

/// Brings a file of relationships in. The same file again changes nothing.
#[derive(Debug)]
pub struct ImportRelationships {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Does a new one end the earlier one of its kind, unless the row says otherwise?
    pub replace: bool,
    /// Only say what would happen.
    pub validate_only: bool,
}
/// What was done with one row.
#[derive(Debug, Clone)]
pub struct RowResult {
    /// The line of the file.
    pub line: u64,
    /// The relationship, once it exists.
    pub id: Option<RelationshipId>,
    /// Earlier relationships that it ended.
    pub ended: Vec<RelationshipId>,
    /// What was done.
    pub action: ImportAction,
}

/// Hands over what somebody is to others, from a day.
#[derive(Debug)]
pub struct HandOver {
    /// Who hands over.
    pub person_id: PersonId,
    /// To whom, for everybody who is not in the list.
    pub to: Option<PersonId>,
    /// To whom, person by person.
    pub to_each: Vec<(PersonId, PersonId)>,
    /// The successors' first day.
    pub on: NaiveDate,
    /// What is handed over.
    pub kinds: Vec<RelationshipKind>,
}
/// What became of one relationship.
#[derive(Debug, Clone)]
pub struct HandedOver {
    /// Whose it is.
    pub person_id: PersonId,
    /// What is handed over.
    pub kind: RelationshipKind,
    /// To whom.
    pub to: PersonId,
    /// The relationship that ended.
    pub ended: RelationshipId,
    /// The one that begins.
    pub begun: Option<RelationshipId>,
    /// What was done.
    pub action: ImportAction,
}

operations! {
    ImportRelationships: WritePeople => Vec<RowResult>;
    HandOver: WritePeople => Vec<HandedOver>;
}
