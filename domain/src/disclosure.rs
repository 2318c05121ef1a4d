//! Disclosures: that somebody read a record about somebody else. Whom it is about can see who read it, when and in which capacity; nobody else can.

use crate::{
    appraisal::Party,
    event::RecordType,
    id::{DisclosureId, PersonId},
    words,
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

words! {
    /// In which capacity somebody read a record about somebody else.
    Capacity {
        /// They took part in the conversation.
        Partner = "partner",
        /// They appraise the person.
        Appraiser = "appraiser",
        /// As headteacher of the school.
        Headteacher = "headteacher",
        /// As HR of the school or the trust.
        Hr = "hr",
    }
}

/// Who is about to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Whom it is about: reading one's own is no disclosure.
    Subject,
    /// Somebody else, in this capacity.
    Other(Capacity),
    /// Somebody without any: to them it is not there.
    Nobody,
}

/// In which capacity somebody reads what an appraisal has led to. Who appraises does so as appraiser, whatever else they are.
pub fn reader(subject: PersonId, by: Party) -> Reader {
    match by {
        Party { person: Some(person), .. } if person == subject => Reader::Subject,
        Party { appraiser: true, .. } => Reader::Other(Capacity::Appraiser),
        Party { headteacher: true, .. } => Reader::Other(Capacity::Headteacher),
        Party { hr: true, .. } => Reader::Other(Capacity::Hr),
        _ => Reader::Nobody,
    }
}

/// A reading that is about to happen: it is recorded before what was read is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Whom the record is about.
    pub subject: PersonId,
    /// What kind of record.
    pub record_type: RecordType,
    /// Which.
    pub record: Uuid,
    /// Who reads.
    pub reader: PersonId,
    /// In which capacity.
    pub capacity: Capacity,
}

/// The reading that giving this record out to this party would be; none, if it is their own, or if they are nobody who reads it.
pub fn reading(subject: PersonId, record_type: RecordType, record: Uuid, by: Party) -> Option<Reading> {
    match (reader(subject, by), by.person) {
        (Reader::Other(capacity), Some(reader)) => Some(Reading { subject, record_type, record, reader, capacity }),
        _ => None,
    }
}

/// The reading that giving a record of a conversation out would be: to its partner, who took part in it, or to who reads it by a role.
pub fn reading_of_talk((subject, partner): (PersonId, PersonId), record_type: RecordType, record: Uuid, by: Party) -> Option<Reading> {
    match by.person {
        Some(reader) if reader == partner && reader != subject => Some(Reading { subject, record_type, record, reader, capacity: Capacity::Partner }),
        _ => reading(subject, record_type, record, by),
    }
}

/// A reading that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure {
    /// Its id.
    pub id: DisclosureId,
    /// What kind of record was read.
    pub record_type: RecordType,
    /// Which.
    pub record: Uuid,
    /// Who read it.
    pub reader: PersonId,
    /// Their name, if they were not erased since.
    pub reader_name: Option<String>,
    /// In which capacity.
    pub capacity: Capacity,
    /// When.
    pub read_at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_reading_is_none_and_who_has_no_capacity_reads_nothing() {
        let human = |n: u128| PersonId(Uuid::from_u128(n));
        let party = |n: u128, appraiser, headteacher, hr| Party { person: Some(human(n)), appraiser, headteacher, hr, delegate: false };
        for (by, expected) in [
            (party(1, true, true, true), Reader::Subject),
            (party(2, true, true, true), Reader::Other(Capacity::Appraiser)),
            (party(2, false, true, true), Reader::Other(Capacity::Headteacher)),
            (party(2, false, false, true), Reader::Other(Capacity::Hr)),
            (party(2, false, false, false), Reader::Nobody),
            (Party { delegate: true, ..party(2, false, false, false) }, Reader::Nobody),
            (Party { person: None, ..party(2, false, false, false) }, Reader::Nobody),
        ] {
            assert_eq!(reader(human(1), by), expected, "{by:?}");
        }
        // who took part in a conversation reads it as that, whatever else they are
        let talk = |by| reading_of_talk((human(1), human(2)), RecordType::Conversation, Uuid::nil(), by).map(|r| r.capacity);
        for (by, expected) in [
            (party(1, false, true, true), None),
            (party(2, false, false, false), Some(Capacity::Partner)),
            (party(2, false, true, false), Some(Capacity::Partner)),
            (party(3, false, true, false), Some(Capacity::Headteacher)),
            (party(3, false, false, true), Some(Capacity::Hr)),
            (party(3, false, false, false), None),
        ] {
            assert_eq!(talk(by), expected, "{by:?}");
        }
    }
}
