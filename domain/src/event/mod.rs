//! What happened. Every write leaves one event in the tenant's log; audit, history and the change feed are views of it.

mod chain;
mod kind;
mod record;

pub use chain::{FIRST, Hash, Hashed, payload_digest};
pub use kind::EventKind;
pub use record::RecordType;

use crate::id::{EventId, OrganisationId, PersonId, ServiceAccountId};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Who did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id")]
pub enum Actor {
    /// A person, through their account.
    #[serde(rename = "person")]
    Person(PersonId),
    /// A person who did it without their name: nobody is told who, and it is written nowhere in the log.
    #[serde(rename = "unnamed")]
    Unnamed,
    /// A machine.
    #[serde(rename = "service_account")]
    Service(ServiceAccountId),
    /// Trellis itself, or its operator at the command line.
    #[serde(rename = "system")]
    System,
}

impl Actor {
    /// The word for its kind.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Person(_) | Self::Unnamed => "person",
            Self::Service(_) => "service_account",
            Self::System => "system",
        }
    }
    /// Its id, if it has one.
    pub fn id(self) -> Option<Uuid> {
        match self {
            Self::Person(id) => Some(id.0),
            Self::Service(id) => Some(id.0),
            Self::Unnamed | Self::System => None,
        }
    }
    /// Read back from its two columns.
    pub fn from_parts(kind: &str, id: Option<Uuid>) -> Option<Self> {
        match (kind, id) {
            ("person", Some(id)) => Some(Self::Person(PersonId(id))),
            ("person", None) => Some(Self::Unnamed),
            ("service_account", Some(id)) => Some(Self::Service(ServiceAccountId(id))),
            ("system", None) => Some(Self::System),
            _ => None,
        }
    }
}

/// Whom and where an event is about: what decides who may see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct About {
    /// The school, trust or group it belongs to.
    pub organisation: Option<OrganisationId>,
    /// The person it speaks of.
    pub person: Option<PersonId>,
    /// Set while the record is one person's private draft: only they see it.
    pub private_to: Option<PersonId>,
}

/// Names of the fields that changed, and their values before and after.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Changes {
    /// Field names, in the record's order.
    pub fields: Vec<String>,
    /// `{"field": {"before": …, "after": …}}`; kept apart from the event, so that it can be erased.
    pub values: Value,
}

/// Fields that every record has and whose change alone is no change.
const BOOKKEEPING: [&str; 5] = ["id", "tenant_id", "version", "created_at", "updated_at"];
/// Where values come from follows from who changed them. It is told only where nothing else changed.
const PROVENANCE: &str = "provenance";

/// What changed between two states of a record. Nothing, if nothing that matters did: then no event is left.
pub fn changes<R: Serialize>(before: Option<&R>, after: &R) -> Changes {
    let fields = |record: &R| match serde_json::to_value(record) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    let old = before.map(fields);
    let mut out = Changes { fields: Vec::new(), values: Value::Null };
    let mut values = Map::new();
    for (name, new) in fields(after) {
        let was = old.as_ref().and_then(|o| o.get(&name)).unwrap_or(&Value::Null);
        if BOOKKEEPING.contains(&name.as_str()) || *was == new {
            continue;
        }
        values.insert(name.clone(), serde_json::json!({"before": was, "after": new}));
        out.fields.push(name);
    }
    if out.fields.len() > 1 || before.is_none() {
        out.fields.retain(|name| name != PROVENANCE);
        values.remove(PROVENANCE);
    }
    out.values = Value::Object(values);
    out
}

/// An organisation at which a person was live before an event, or is after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub organisation: OrganisationId,
    /// Was the person live there before?
    pub was: bool,
    /// Are they after it?
    pub is: bool,
}

/// Every organisation of a move, once.
pub fn places(before: &BTreeSet<OrganisationId>, after: &BTreeSet<OrganisationId>) -> Vec<Place> {
    before.union(after).map(|o| Place { organisation: *o, was: before.contains(o), is: after.contains(o) }).collect()
}

/// What a move is to somebody who follows a part of the tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crossing {
    /// The person came into their sight.
    Entered,
    /// The person left their sight: no more is said than who.
    Left,
    /// The person moved within it.
    Within,
}

/// What a move is, by whether the person was in sight before it and is in sight after it. To somebody who goes on seeing whoever was once
/// employed (`keeps`), nobody leaves.
pub fn crossing(was: bool, is: bool, keeps: bool) -> Crossing {
    match (was, is) {
        (false, true) => Crossing::Entered,
        (true, false) if !keeps => Crossing::Left,
        _ => Crossing::Within,
    }
}

/// An event before it has its number.
#[derive(Debug, Clone)]
pub struct NewEvent {
    /// Its id.
    pub id: EventId,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// In which request.
    pub request_id: String,
    /// What.
    pub kind: EventKind,
    /// To which record.
    pub subject: Uuid,
    /// The record's version afterwards.
    pub subject_version: i64,
    /// Whom and where it is about.
    pub about: About,
    /// What changed.
    pub changes: Changes,
    /// Makes the payload's digest unguessable once the payload is erased.
    pub salt: [u8; 16],
    /// Where a person was and is live, if that is what the event is about.
    pub places: Vec<Place>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Record {
        title: &'static str,
        hours: Option<i32>,
        version: i64,
    }

    #[test]
    fn a_change_names_its_fields_and_bookkeeping_is_none() {
        let was = Record { title: "a", hours: None, version: 1 };
        assert!(changes(Some(&was), &Record { title: "a", hours: None, version: 2 }).fields.is_empty());
        let now = changes(Some(&was), &Record { title: "a", hours: Some(2), version: 2 });
        assert_eq!(now.fields, ["hours"]);
        assert_eq!(now.values, serde_json::json!({"hours": {"before": null, "after": 2}}));
        assert_eq!(changes(None, &was).fields, ["title"]);
    }

    #[test]
    fn a_move_is_told_by_the_border_that_it_crosses() {
        for (was, is, keeps, expected) in [
            (false, true, false, Crossing::Entered),
            (false, true, true, Crossing::Entered),
            (true, false, false, Crossing::Left),
            (true, false, true, Crossing::Within),
            (true, true, false, Crossing::Within),
        ] {
            assert_eq!(crossing(was, is, keeps), expected, "{was} {is} {keeps}");
        }
        let at = |n: &[u128]| n.iter().map(|n| OrganisationId(Uuid::from_u128(*n))).collect::<BTreeSet<_>>();
        let told: Vec<_> = places(&at(&[1, 2]), &at(&[2, 3])).into_iter().map(|p| (p.organisation.0.as_u128(), p.was, p.is)).collect();
        assert_eq!(told, [(1, true, false), (2, true, true), (3, false, true)]);
    }
}
