//! The chain of the log: each event's hash covers the one before, so that a change of the past is seen.

use super::{About, Actor};
use crate::id::{EventId, TenantId};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A SHA-256 value.
pub type Hash = [u8; 32];

/// The hash before the first event.
pub const FIRST: Hash = [0; 32];

/// Digest of an erasable payload.
pub fn payload_digest(salt: &[u8], payload: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(payload.as_bytes()).finalize().into()
}

/// What of an event is hashed: all of it, with the payload by its digest, each part preceded by its length. The type of its record is not, for it follows from
/// the kind; nor are the places of a move, which its payload says. Both are compared when a log is verified.
#[derive(Debug)]
pub struct Hashed<'a> {
    /// The tenant.
    pub tenant: TenantId,
    /// Its number in the tenant's log.
    pub number: i64,
    /// Its id.
    pub id: EventId,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// In which request.
    pub request_id: &'a str,
    /// What, as its word.
    pub kind: &'a str,
    /// To which record.
    pub subject: Uuid,
    /// The record's version afterwards.
    pub subject_version: i64,
    /// Whom and where it is about.
    pub about: About,
    /// Names of the changed fields, as JSON.
    pub changed: &'a str,
    /// Digest of the payload.
    pub payload_digest: &'a [u8],
}

impl Hashed<'_> {
    /// The event's link of the chain: SHA-256 over the previous link and every part of this event.
    pub fn link(&self, previous: &[u8]) -> Hash {
        let optional = |id: Option<Uuid>| id.map_or(Vec::new(), |id| id.as_bytes().to_vec());
        let parts: [&[u8]; 16] = [
            previous,
            self.tenant.0.as_bytes(),
            &self.number.to_be_bytes(),
            self.id.0.as_bytes(),
            &self.occurred_at.timestamp_micros().to_be_bytes(),
            self.actor.kind().as_bytes(),
            &optional(self.actor.id()),
            self.request_id.as_bytes(),
            self.kind.as_bytes(),
            self.subject.as_bytes(),
            &self.subject_version.to_be_bytes(),
            &optional(self.about.organisation.map(|o| o.0)),
            &optional(self.about.person.map(|p| p.0)),
            &optional(self.about.private_to.map(|p| p.0)),
            self.changed.as_bytes(),
            self.payload_digest,
        ];
        let mut hash = Sha256::new();
        for part in parts {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::PersonId;

    #[test]
    fn a_link_depends_on_every_part() {
        let base = || Hashed {
            tenant: TenantId(Uuid::nil()),
            number: 1,
            id: EventId(Uuid::nil()),
            occurred_at: DateTime::UNIX_EPOCH,
            actor: Actor::System,
            request_id: "r",
            kind: "person.created",
            subject: Uuid::nil(),
            subject_version: 1,
            about: About::default(),
            changed: "[]",
            payload_digest: &[0; 32],
        };
        let one = base().link(&FIRST);
        let mut seen = vec![one, base().link(&one)];
        seen.push(Hashed { number: 2, ..base() }.link(&FIRST));
        seen.push(Hashed { actor: Actor::Person(PersonId(Uuid::nil())), ..base() }.link(&FIRST));
        seen.push(Hashed { request_id: "", kind: "rperson.created", ..base() }.link(&FIRST));
        seen.push(Hashed { about: About { person: Some(PersonId(Uuid::nil())), ..About::default() }, ..base() }.link(&FIRST));
        seen.push(Hashed { about: About { private_to: Some(PersonId(Uuid::nil())), ..About::default() }, ..base() }.link(&FIRST));
        seen.push(Hashed { changed: "[\"a\"]", ..base() }.link(&FIRST));
        seen.push(Hashed { payload_digest: &[1; 32], ..base() }.link(&FIRST));
        let distinct: std::collections::HashSet<_> = seen.iter().collect();
        assert_eq!(distinct.len(), seen.len());
        assert_eq!(base().link(&FIRST), one);
    }
}
