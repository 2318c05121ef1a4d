//! Relationships.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    id::{PersonId, RelationshipId},
    relationship::{Relationship, RelationshipKind},
    time::Period,
};

/// A new relationship.
#[derive(Debug, Clone)]
pub struct CreateRelationship {
    /// What the holder is.
    pub kind: RelationshipKind,
    /// Of whom.
    pub person_id: PersonId,
    /// Who is.
    pub holder_id: PersonId,
    /// When.
    pub period: Period,
}
/// One relationship.
#[derive(Debug)]
pub struct GetRelationship {
    /// Which.
    pub id: RelationshipId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Relationships, by these filters.
#[derive(Debug)]
pub struct ListRelationships {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// Held by this person.
    pub holder_id: Option<PersonId>,
    /// Of this kind.
    pub kind: Option<RelationshipKind>,
    /// Current on this day.
    pub current_on: Option<chrono::NaiveDate>,
    /// Where the list goes on.
    pub window: Window,
}
/// Gives a relationship its last day.
#[derive(Debug)]
pub struct EndRelationship {
    /// Which.
    pub id: RelationshipId,
    /// Its last day.
    pub ends_on: chrono::NaiveDate,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one relationship.
#[derive(Debug)]
pub struct RelationshipHistory {
    /// Which relationship.
    pub id: RelationshipId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetRelationship: ReadPeople => Fetched<Seen<Relationship>>;
    ListRelationships: ReadPeople => Page<Relationship>;
    RelationshipHistory: ReadPeople => crate::event::History;
}
commands! {
    CreateRelationship: WritePeople => Seen<Relationship>;
    EndRelationship: WritePeople => Seen<Relationship>;
}
