//! Relationships handed over, when somebody leaves.

use crate::{organisation::ImportAction, transaction::commands};
use chrono::NaiveDate;
use trellis_domain::{
    id::{AppraisalId, PersonId, RelationshipId},
    relationship::RelationshipKind,
};

/// Hands over what somebody is to others, from a day.
#[derive(Debug)]
pub struct HandOver {
    /// Who hands over.
    pub person_id: PersonId,
    /// To whom, for everybody who is not in the list.
    pub to: Option<PersonId>,
    /// To whom, person by person.
    pub to_each: Vec<(PersonId, PersonId)>,
    /// The successors' first day; of appraisals, today or later.
    pub on: NaiveDate,
    /// What is handed over.
    pub kinds: Vec<RelationshipKind>,
    /// Do the appraisals go along that they appraise from that day on, or still today?
    pub appraisals: bool,
}
impl HandOver {
    /// Who follows for this person.
    pub fn successor(&self, of: PersonId) -> Option<PersonId> {
        self.to_each.iter().find(|(person, _)| *person == of).map(|(_, to)| *to).or(self.to)
    }
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

/// What became of one appraisal.
#[derive(Debug, Clone)]
pub struct AppraisalHandedOver {
    /// Which.
    pub id: AppraisalId,
    /// Whose it is.
    pub person_id: PersonId,
    /// Who appraises it from that day on, in the leaver's place.
    pub to: PersonId,
    /// What was done.
    pub action: ImportAction,
}
/// What a handover did.
#[derive(Debug, Clone)]
pub struct HandedOverAll {
    /// Relationship by relationship.
    pub relationships: Vec<HandedOver>,
    /// Appraisal by appraisal, of those of which the caller may know.
    pub appraisals: Vec<AppraisalHandedOver>,
}

commands! {
    HandOver: WritePeople => HandedOverAll;
}
