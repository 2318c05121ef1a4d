//! Check-ins: how often two people mean to meet, and how they keep to it.

use crate::{
    insight::Figures,
    transaction::{Page, Seen, Window, commands, queries},
};
use trellis_domain::{
    check_in::{CheckInFigures, CheckInStanding},
    id::{OrganisationId, PersonId, RelationshipId},
    relationship::Relationship,
};

/// Says how often the two of a relationship meet.
#[derive(Debug)]
pub struct SetCadence {
    /// Of which relationship.
    pub id: RelationshipId,
    /// Weeks between two check-ins; none, if they meet as it comes.
    pub weeks: Option<i32>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Two people with a rhythm, of whom the caller is one.
#[derive(Debug, Clone)]
pub struct CheckIn {
    /// What they are to one another.
    pub relationship: Relationship,
    /// The organisation at which the one who is managed or appraised works.
    pub organisation_id: Option<OrganisationId>,
    /// The other of the two.
    pub other_id: PersonId,
    /// What the other is called.
    pub other_name: Option<String>,
    /// How they keep to it.
    pub standing: CheckInStanding,
}
/// The caller's own.
#[derive(Debug)]
pub struct ListMyCheckIns {
    /// Where the list goes on.
    pub window: Window,
}
/// How many keep to their rhythm, by organisation.
#[derive(Debug)]
pub struct ReadCheckInHealth {
    /// Only this organisation and those beneath it.
    pub organisation_id: Option<OrganisationId>,
}

queries! {
    ListMyCheckIns: Identified => Page<CheckIn>;
    ReadCheckInHealth: ReadInsight => Figures<CheckInFigures>, LONG = true;
}
commands! {
    SetCadence: WriteConversations => Seen<Relationship>;
}
