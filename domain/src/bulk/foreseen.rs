//! What a trial's rows would have stored. A trial stores nothing, and its later rows are judged as if it had.

use super::{facts::Known, key_text, plan::Change};
use crate::{
    employment::Employment,
    id::OrganisationId,
    person::{Person, Trn},
    relationship::Relationship,
    role::Role,
    text::{ExternalRef, StaffCode},
};
use serde::{Deserialize, Serialize};

/// Records of a person as a trial's rows would have left them: those that they add or change, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Foreseen {
    /// Would a row add the person?
    pub new: bool,
    /// The person.
    pub person: Option<Person>,
    /// Employments.
    pub employments: Vec<Employment>,
    /// Roles.
    pub roles: Vec<Role>,
    /// Relationships of which they are the subject.
    pub relationships: Vec<Relationship>,
}

/// Puts a record in the place of the one with its id, or beside the others.
fn put<R: Clone, I: PartialEq>(all: &mut Vec<R>, record: &R, id: impl Fn(&R) -> I) {
    match all.iter_mut().find(|r| id(r) == id(record)) {
        Some(before) => before.clone_from(record),
        None => all.push(record.clone()),
    }
}

impl Foreseen {
    /// Takes note of what a row would store.
    pub fn note(&mut self, change: &Change) {
        match change {
            Change::Person(before, after) => {
                self.new |= before.is_none();
                self.person = Some((**after).clone());
            }
            Change::Employment(_, after) => put(&mut self.employments, after, |e| e.id),
            Change::Role(_, after) => put(&mut self.roles, after, |r| r.id),
            Change::Relationship(_, after) => put(&mut self.relationships, after, |r| r.id),
        }
    }
    /// Lays it over what is stored.
    pub fn lay_over(&self, known: &mut Known) {
        if let Some(person) = &self.person {
            known.person = person.clone();
        }
        self.employments.iter().for_each(|e| put(&mut known.employments, e, |e| e.id));
        self.roles.iter().for_each(|r| put(&mut known.roles, r, |r| r.id));
        self.relationships.iter().for_each(|r| put(&mut known.relationships, r, |r| r.id));
    }
    /// The keys by which later rows find the person.
    pub fn keys(&self) -> Vec<String> {
        let person = self.person.iter();
        let mut keys: Vec<String> = person.clone().flat_map(|p| &p.external_refs).map(by_reference).collect();
        keys.extend(person.filter_map(|p| p.trn.as_ref()).map(by_trn));
        keys.extend(self.employments.iter().filter_map(|e| Some(by_code(e.organisation_id, e.staff_code.as_ref()?))));
        keys
    }
}

/// The key of an external reference.
pub fn by_reference(reference: &ExternalRef) -> String {
    format!("ref\u{1f}{}", key_text(reference))
}
/// The key of a teacher reference number.
pub fn by_trn(trn: &Trn) -> String {
    format!("trn\u{1f}{}", trn.as_str())
}
/// The key of a staff code at a school.
pub fn by_code(at: OrganisationId, code: &StaffCode) -> String {
    format!("code\u{1f}{at}\u{1f}{}", code.as_str())
}
