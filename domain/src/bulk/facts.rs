//! What is known when rows are planned: loaded by the store in a fixed number of statements, and carried on from row to row.

use super::{
    OrganisationKey, PersonKey,
    foreseen::Foreseen,
    key_text,
    plan::{Change, Plan},
};
use crate::{
    employment::{Employment, count},
    id::{EmploymentId, OrganisationId, PersonId},
    organisation::OrganisationKind,
    person::{Person, Trn},
    relationship::{Relationship, RelationshipKind},
    role::{Role, RoleName},
    text::{ExternalRef, Reference, StaffCode},
};
use chrono::{DateTime, NaiveDate, Utc};
use std::collections::{HashMap, HashSet};

/// A person with all that rows can speak of.
#[derive(Debug, Clone)]
pub struct Known {
    /// The record.
    pub person: Person,
    /// Every employment.
    pub employments: Vec<Employment>,
    /// Every role.
    pub roles: Vec<Role>,
    /// Every relationship of which they are the subject.
    pub relationships: Vec<Relationship>,
    /// May the caller know of them?
    pub reads: bool,
    /// May the caller address them in a row?
    pub writes: bool,
    /// May the caller change what is theirs? A former employer addresses them, and decides nothing any more.
    pub decides: bool,
    /// May the caller read what is held of them? Otherwise a trial does not show it either.
    pub in_full: bool,
}

impl Known {
    /// Somebody whom the caller adds: what is held of them is what the caller says.
    pub fn new(person: Person) -> Self {
        let (employments, roles, relationships) = (Vec::new(), Vec::new(), Vec::new());
        Self { person, employments, roles, relationships, reads: true, writes: true, decides: true, in_full: true }
    }
    /// The organisations at which they are live on this day.
    pub fn live_at(&self, today: NaiveDate) -> impl Iterator<Item = OrganisationId> {
        let last_days: Vec<_> = self.employments.iter().map(|e| e.period.ends_on).collect();
        let counted = count(&last_days, today);
        self.employments.iter().zip(counted).filter(|(_, counted)| counted.live).map(|(e, _)| e.organisation_id)
    }
}

/// An organisation that rows can name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What kind of node.
    pub kind: OrganisationKind,
    /// May the caller know of it?
    pub named: bool,
    /// May the caller write people there?
    pub writes: bool,
    /// Which roles may the caller give there?
    pub grants: Vec<RoleName>,
}

/// An earlier row of the request about somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// Its place.
    pub row: i64,
    /// The employments that it was about.
    pub employments: Vec<EmploymentId>,
}

/// Everything that rows of one part of a request are judged by.
#[derive(Debug, Default)]
pub struct Facts {
    /// The day of the act.
    pub today: NaiveDate,
    /// The time of the act.
    pub now: DateTime<Utc>,
    /// Who acts, if it is a person.
    pub by: Option<PersonId>,
    /// May the caller give roles at all?
    pub grants: bool,
    /// People by what other systems call them.
    pub refs: HashMap<ExternalRef, PersonId>,
    /// People by their TRN.
    pub trns: HashMap<Trn, PersonId>,
    /// People by their staff code at a school.
    pub codes: HashMap<(OrganisationId, StaffCode), PersonId>,
    /// Staff codes that are claimed already.
    pub held_codes: HashSet<(OrganisationId, StaffCode, PersonId)>,
    /// The people.
    pub people: HashMap<PersonId, Known>,
    /// The organisations.
    pub places: HashMap<OrganisationId, Place>,
    /// Organisations by what other systems call them.
    pub place_refs: HashMap<ExternalRef, OrganisationId>,
    /// Schools by their URN.
    pub urns: HashMap<String, OrganisationId>,
    /// Line management on every way upwards from the managers whom rows name.
    pub management: Vec<Relationship>,
    /// What those on these ways are called, whom the caller may see.
    pub names: HashMap<PersonId, String>,
    /// Keys of the request's rows that are still to be done.
    pub coming: HashSet<String>,
    /// Keys of rows, and which row had each first.
    pub keys: HashMap<String, i64>,
    /// People whom earlier rows were about, and which rows.
    pub been: HashMap<PersonId, Vec<Earlier>>,
    /// People whom rows of a trial would add: their ids are nobody's.
    pub adds: HashSet<PersonId>,
    /// What rows of a trial would have stored so far, of the people whom this part is about.
    pub foreseen: HashMap<PersonId, Foreseen>,
    /// The school and the source of the snapshot that the rows are.
    pub snapshot: Option<(OrganisationId, Reference)>,
    /// Is it only asked what would happen?
    pub validate_only: bool,
    /// Do the rows take over what other sources manage?
    pub take_over: bool,
    /// Will no later pass find whom a row waits for?
    pub last: bool,
}

/// Whom a row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// This person.
    Person(PersonId),
    /// Somebody whose own row is still to be done.
    Coming,
    /// Nobody whom the caller may know of.
    Nobody,
}

impl Facts {
    /// What somebody is called to the caller: by their name, if the caller may see them.
    pub fn called(&self, person: PersonId) -> String {
        let known = || self.people.get(&person).filter(|k| k.reads).map(|k| format!("{} {}", k.person.given_name.as_str(), k.person.family_name.as_str()));
        self.names.get(&person).cloned().or_else(known).unwrap_or_else(|| "a colleague elsewhere".into())
    }
    /// The organisation that a key names, if the caller may know of it.
    pub fn place(&self, key: &OrganisationKey) -> Option<(OrganisationId, Place)> {
        let id = match key {
            OrganisationKey::Id(id) => *id,
            OrganisationKey::Ref(reference) => *self.place_refs.get(reference)?,
            OrganisationKey::Urn(urn) => *self.urns.get(urn)?,
        };
        self.places.get(&id).filter(|p| p.named).map(|p| (id, p.clone()))
    }
    /// The person that a key names.
    pub fn holder(&self, key: &PersonKey) -> Named {
        let found = match key {
            PersonKey::Id(id) => Some(*id),
            PersonKey::Ref(reference) => match self.refs.get(reference) {
                None if self.coming.contains(&key_text(reference)) && !self.last => return Named::Coming,
                found => found.copied(),
            },
            PersonKey::Trn(trn) => self.trns.get(trn).copied(),
            PersonKey::StaffCode(code, at) => self.place(at).and_then(|(at, _)| self.codes.get(&(at, code.clone())).copied()),
        };
        found.filter(|id| self.people.get(id).is_some_and(|k| k.reads)).map_or(Named::Nobody, Named::Person)
    }
    /// Somebody in words for whoever sent the rows: by the row that was about them, which a trial and the real run say alike, else by their id.
    pub fn by_row(&self, id: PersonId) -> String {
        match self.been.get(&id).and_then(|rows| rows.first()) {
            Some(Earlier { row, .. }) => format!("the person of row {row}"),
            None => id.to_string(),
        }
    }
    /// Takes note of what a row did, for the rows after it.
    pub fn apply(&mut self, index: i64, key: &ExternalRef, plan: &Plan) {
        self.coming.remove(&key_text(key));
        self.been.entry(plan.id).or_default().push(Earlier { row: index, employments: plan.employments.clone() });
        if self.validate_only {
            let foreseen = self.foreseen.entry(plan.id).or_default();
            plan.changes.iter().for_each(|change| foreseen.note(change));
            if foreseen.new {
                self.adds.insert(plan.id);
            }
        }
        for change in &plan.changes {
            match change {
                Change::Person(before, after) => {
                    after.external_refs.iter().for_each(|r| _ = self.refs.insert(r.clone(), after.id));
                    if let Some(trn) = before.as_ref().and_then(|b| b.trn.as_ref()) {
                        self.trns.remove(trn);
                    }
                    if let Some(trn) = &after.trn {
                        self.trns.insert(trn.clone(), after.id);
                    }
                    let known = Known::new((**after).clone());
                    self.people.entry(after.id).or_insert(known).person = (**after).clone();
                }
                Change::Employment(before, after) => {
                    if let Some((before, code)) = before.as_ref().and_then(|b| b.staff_code.clone().map(|code| (b, code))) {
                        self.codes.remove(&(before.organisation_id, code));
                    }
                    if let Some(code) = &after.staff_code {
                        self.codes.insert((after.organisation_id, code.clone()), after.person_id);
                    }
                    if let Some(known) = self.people.get_mut(&plan.id) {
                        known.employments.retain(|e| e.id != after.id);
                        known.employments.push((**after).clone());
                    }
                }
                Change::Role(_, after) => {
                    if let Some(known) = self.people.get_mut(&plan.id) {
                        known.roles.retain(|r| r.id != after.id);
                        known.roles.push(after.clone());
                    }
                }
                Change::Relationship(_, after) => {
                    if after.kind == RelationshipKind::LineManager {
                        self.management.retain(|r| r.id != after.id);
                        self.management.push(after.clone());
                    }
                    if let Some(known) = self.people.get_mut(&plan.id) {
                        known.relationships.retain(|r| r.id != after.id);
                        known.relationships.push(after.clone());
                    }
                }
            }
        }
    }
    /// A row came to nothing: nobody need wait for it.
    pub fn gone(&mut self, key: &ExternalRef) {
        self.coming.remove(&key_text(key));
    }
}
