//! What a row about a person means: who it is about, and what changes; or every reason why it cannot be taken.
//!
//! Whom a row is about is told by its reference, then its TRN, then a staff code at the same school. An e-mail only suggests.

use super::{
    Difference, Intake, RowAction,
    facts::{Earlier, Facts, Known},
    key_text,
    person::PersonRow,
    tie, work,
};
use crate::{
    employment::Employment,
    event::changes,
    id::{EmploymentId, PersonId},
    person::Person,
    provenance::{Kept, PersonField as Of, Provenance, Writer},
    relationship::Relationship,
    role::Role,
    rule::{Code, Fault, RuleError},
    text::{ExternalRef, Wire},
};
use serde::Serialize;
use uuid::Uuid;

/// One record that a row adds or changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The person.
    Person(Option<Box<Person>>, Box<Person>),
    /// An employment.
    Employment(Option<Box<Employment>>, Box<Employment>),
    /// A role.
    Role(Option<Role>, Role),
    /// A relationship.
    Relationship(Option<Relationship>, Relationship),
}

/// What a row comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Who it is about.
    pub id: PersonId,
    /// Added, changed or left.
    pub action: RowAction,
    /// Records to add and change, in this order.
    pub changes: Vec<Change>,
    /// Names of what changes.
    pub changed: Vec<String>,
    /// What changes, field by field.
    pub differences: Vec<Difference>,
    /// Fields that stay as they are here, though the row says otherwise.
    pub kept: Kept,
    /// The employments that it is about, changed or not.
    pub employments: Vec<EmploymentId>,
}

/// What becomes of a row now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is taken.
    Take(Box<Plan>),
    /// It names somebody whose own row is still to be done.
    Wait,
    /// It cannot be taken.
    Refuse(Vec<Fault>),
}

/// A row being planned.
pub(super) struct Planning<'a> {
    pub facts: &'a Facts,
    pub ids: &'a mut dyn FnMut() -> Uuid,
    pub faults: Vec<Fault>,
    pub waits: bool,
    pub changes: Vec<Change>,
    pub changed: Vec<String>,
    pub differences: Vec<Difference>,
    pub kept: Kept,
    /// On whose behalf the row writes.
    pub writer: Writer<'a>,
    /// The person as they will be.
    pub known: Known,
    /// Other rows about the person, which were done.
    pub earlier: &'a [Earlier],
    /// Has an earlier row the same key?
    pub again: bool,
    /// The employments that the row is about.
    pub spoken_of: Vec<EmploymentId>,
}

impl Planning<'_> {
    pub fn fault(&mut self, pointer: &str, code: Code, message: impl Into<String>) {
        // what could not be read is not also missing
        if !self.faults.iter().any(|f| f.pointer == pointer || (!pointer.is_empty() && f.pointer.starts_with(&format!("{pointer}/")))) {
            self.faults.push(Fault { pointer: pointer.into(), code: code.as_str().into(), message: message.into() });
        }
    }
    /// The row says again what an earlier one said.
    pub fn repeated(&mut self, earlier: i64) {
        match self.again {
            true => {
                let message = format!("row {earlier} has this external reference already; another row of it is for another employment");
                self.fault("/external_ref", Code::RepeatedRow, message);
            }
            false => self.fault("", Code::RepeatedRow, format!("row {earlier} is about this person already")),
        }
    }
    /// Another row about the person would have to say this too: which of the two comes last must not matter.
    pub fn said_by_one_alone(&mut self, pointer: &str) -> bool {
        let Some(Earlier { row, .. }) = self.earlier.first() else { return false };
        let message = format!("row {row} is about this person too and does not say this: of the person, rows with several employments of one say the same");
        self.fault(pointer, Code::RepeatedRow, message);
        true
    }
    /// May the row change what is the person's own? Their present schools decide it, also one that the row itself takes them to.
    fn decides(&self) -> bool {
        self.known.decides || self.known.live_at(self.facts.today).any(|at| self.facts.places.get(&at).is_some_and(|place| place.writes))
    }
    /// What is the person's own stays as it is: a row that says the same takes nothing over, and one that says otherwise is refused.
    fn leave_alone(&mut self) {
        const PROVENANCE: &str = "provenance";
        if self.changed.iter().any(|name| name == PROVENANCE) {
            self.changes.retain(|c| !matches!(c, Change::Person(..)));
            self.changed.retain(|name| name != PROVENANCE);
            self.differences.retain(|d| d.field != PROVENANCE);
        }
        if self.changes.iter().any(|c| matches!(c, Change::Person(..) | Change::Relationship(..))) {
            self.fault("", Code::NotPermitted, "only HR and administrators of the school at which the person is now may change what is theirs");
        }
    }
    /// Takes note of a rule that was not kept by the entry at this place.
    pub fn check(&mut self, at: &str, rule: Result<(), RuleError>) -> bool {
        let Err(rule) = rule else { return true };
        let pointers: Vec<String> = match rule.faults.is_empty() {
            true => vec![String::new()],
            false => rule.faults.iter().map(|f| f.pointer.replace("_id", "")).collect(),
        };
        pointers.iter().for_each(|p| self.fault(&format!("{at}{p}"), rule.code, rule.message.clone()));
        false
    }
    /// Takes note of what changes in a record at this place of the row.
    pub fn differ<R: Serialize>(&mut self, at: &str, name: &str, before: Option<&R>, after: &R) -> bool {
        let found = changes(before, after);
        for field in &found.fields {
            let value = &found.values[field];
            let own = format!("{at}{field}");
            if before.is_none() && (value["after"].is_null() || value["after"] == serde_json::json!([]) || field == "person_id") {
                continue;
            }
            self.differences.push(Difference { field: own, before: value["before"].clone(), after: value["after"].clone() });
            let named = if name.is_empty() { field.clone() } else { name.to_owned() };
            if !self.changed.contains(&named) {
                self.changed.push(named);
            }
        }
        !found.fields.is_empty()
    }
}

/// What a row comes to, as things stand.
pub fn plan(index: i64, intake: &Intake<PersonRow>, facts: &Facts, ids: &mut dyn FnMut() -> Uuid) -> Verdict {
    let Intake { row, faults, .. } = intake;
    let Some(key) = &row.external_ref else { return Verdict::Refuse(faults.clone()) };
    let mut refused = faults.clone();
    let found = match whom(row, key, facts) {
        Ok(found) => found,
        Err(mut fault) => {
            refused.append(&mut fault);
            None
        }
    };
    if let Some(id) = found {
        match facts.people.get(&id) {
            Some(known) if !known.writes => refused.push(Fault::new("", Code::NotPermitted, "only HR and administrators of the person's school may do this")),
            _ => {}
        }
    }
    let (before, known) = match found.and_then(|id| facts.people.get(&id)) {
        Some(known) => (Some(known.person.clone()), known.clone()),
        None => (None, nobody(row, key, facts, ids)),
    };
    let writer = Writer { source: &key.source, take_over: facts.take_over, unread: false };
    let (changes, changed, differences, kept) = (Vec::new(), Vec::new(), Vec::new(), Kept::default());
    let earlier = found.and_then(|id| facts.been.get(&id)).map_or(&[][..], Vec::as_slice);
    let again = facts.keys.get(&key_text(key)).is_some_and(|first| *first < index);
    let mut p =
        Planning { facts, ids, faults: refused, waits: false, changes, changed, differences, kept, writer, known, earlier, again, spoken_of: Vec::new() };
    // somebody with several employments has as many rows in a table
    if let Some(earlier) = p.earlier.first().filter(|_| row.employments.is_empty()) {
        p.repeated(earlier.row);
    }
    if before.is_none() {
        for (name, field) in [("/given_name", &row.given_name), ("/family_name", &row.family_name)] {
            if field.is_none() {
                p.fault(name, Code::InvalidValue, "is missing: a new person needs it");
            }
        }
    }
    let after = described(&p.known.person, row, key, before.is_none(), facts, &mut p.kept);
    if let Some(before) = before.as_ref().filter(|_| !p.earlier.is_empty() && !row.employments.is_empty()) {
        let own = changes_of(before, &after);
        own.iter().for_each(|field| _ = p.said_by_one_alone(&format!("/{field}")));
    }
    if p.differ("", "", before.as_ref(), &after) {
        p.known.person = after.clone();
        p.changes.push(Change::Person(before.clone().map(Box::new), Box::new(after)));
    }
    work::employments(&mut p, row);
    tie::roles(&mut p, row);
    tie::relationships(&mut p, row, key);
    if !p.decides() {
        p.leave_alone();
    }
    if !p.known.in_full {
        p.differences.iter_mut().for_each(|d| d.before = serde_json::Value::Null);
    }
    if !p.faults.is_empty() {
        return Verdict::Refuse(p.faults);
    }
    if p.waits {
        return Verdict::Wait;
    }
    let action = match (&before, p.changes.is_empty() && p.changed.is_empty()) {
        (None, _) => RowAction::Created,
        (Some(_), true) => RowAction::Unchanged,
        (Some(_), false) => RowAction::Updated,
    };
    let Planning { changes, changed, mut differences, kept, known, spoken_of, .. } = p;
    // who is only to be added has no id that means anything
    let nobody = |value: &serde_json::Value| value.as_str().and_then(|text| PersonId::parse(text).ok()).is_some_and(|id| facts.adds.contains(&id));
    differences.iter_mut().filter(|d| nobody(&d.after)).for_each(|d| d.after = serde_json::Value::Null);
    Verdict::Take(Box::new(Plan { id: known.person.id, action, changes, changed, differences, kept, employments: spoken_of }))
}

/// What a row says otherwise of a person. A further reference, or that a source manages what it manages already, contradicts nothing.
fn changes_of(before: &Person, after: &Person) -> Vec<String> {
    changes(Some(before), after).fields.into_iter().filter(|field| !matches!(field.as_str(), "external_refs" | "provenance")).collect()
}

/// Whom the row is about: by its reference, then its TRN, then a staff code at the same school.
fn whom(row: &PersonRow, key: &ExternalRef, facts: &Facts) -> Result<Option<PersonId>, Vec<Fault>> {
    let mut named: Vec<(String, &str, PersonId)> = Vec::new();
    named.extend(facts.refs.get(key).map(|id| ("/external_ref".into(), "the reference", *id)));
    for (i, reference) in row.external_refs.iter().enumerate() {
        named.extend(facts.refs.get(reference).map(|id| (format!("/external_refs/{i}"), "another reference", *id)));
    }
    named.extend(row.trn.value().and_then(|trn| facts.trns.get(trn)).map(|id| ("/trn".into(), "the TRN", *id)));
    let mut faults = Vec::new();
    // one whom the caller may not know of is told of as the single write tells it: the value is taken
    for (pointer, what, id) in &named {
        if !facts.people.get(id).is_some_and(|k| k.reads) {
            faults.push(Fault::new(pointer, Code::Duplicate, format!("{what} belongs to another person")));
        }
    }
    if let Some((_, first, id)) = named.first().cloned()
        && faults.is_empty()
    {
        for (pointer, what, other) in named.iter().filter(|(_, _, other)| *other != id) {
            let message = format!("{first} belongs to {}, but {what} to {}", facts.by_row(id), facts.by_row(*other));
            faults.push(Fault::new(pointer, Code::AmbiguousMatch, message));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let by_code = || {
        let codes = row.employments.iter().enumerate().find_map(|(i, e)| {
            let (at, _) = facts.place(e.organisation.as_ref()?)?;
            Some((i, facts.codes.get(&(at, e.staff_code.value()?.clone())).copied()?))
        });
        codes.filter(|(_, id)| facts.people.get(id).is_some_and(|k| k.reads)).map(|(i, id)| (format!("/employments/{i}/staff_code"), "the staff code", id))
    };
    let Some((pointer, what, id)) = named.into_iter().next().or_else(by_code) else { return Ok(None) };
    // a number that was typed in twice does not make one person of two
    let by_reference = pointer.starts_with("/external_ref");
    if let Some(known) = facts.people.get(&id).filter(|k| !by_reference && k.person.external_refs.iter().any(|r| r.source == key.source)) {
        let message = format!(
            "{what} belongs to {}, whom this source calls something else; if they are one person, send the other reference too, in `external_refs`; if not, one of \
             the two has a wrong value",
            facts.by_row(known.person.id)
        );
        return Err(vec![Fault::new(&pointer, Code::AmbiguousMatch, message)]);
    }
    Ok(Some(id))
}

/// Somebody new. What is missing of their name is refused before anybody sees the stand-in.
fn nobody(row: &PersonRow, key: &ExternalRef, facts: &Facts, ids: &mut dyn FnMut() -> Uuid) -> Known {
    let stand_in = || crate::text::Name::from(&key.id);
    let person = Person {
        id: PersonId(ids()),
        given_name: row.given_name.clone().unwrap_or_else(stand_in),
        family_name: row.family_name.clone().unwrap_or_else(stand_in),
        preferred_name: None,
        email: None,
        trn: None,
        external_refs: Vec::new(),
        provenance: Provenance::default(),
        version: 1,
        created_at: facts.now,
        updated_at: facts.now,
    };
    Known::new(person)
}

/// The person as the row describes them.
fn described(person: &Person, row: &PersonRow, key: &ExternalRef, new: bool, facts: &Facts, kept: &mut Kept) -> Person {
    let mut external_refs = person.external_refs.clone();
    external_refs.extend(std::iter::once(key).chain(&row.external_refs).cloned());
    external_refs.sort();
    external_refs.dedup();
    let (mut provenance, writer) = (person.provenance.clone(), Writer { source: &key.source, take_over: facts.take_over, unread: false });
    let patch = crate::person::PersonPatch {
        given_name: provenance.admit(Of::GivenName, &person.given_name, row.given_name.clone(), writer, "", kept),
        family_name: provenance.admit(Of::FamilyName, &person.family_name, row.family_name.clone(), writer, "", kept),
        preferred_name: provenance.admit(Of::PreferredName, &person.preferred_name, row.preferred_name.clone().patch(), writer, "", kept),
        email: provenance.admit(Of::Email, &person.email, row.email.clone().patch(), writer, "", kept),
        trn: provenance.admit(Of::Trn, &person.trn, row.trn.clone().patch(), writer, "", kept),
        external_refs: Some(external_refs),
    };
    let after = Person { provenance, ..person.patched(patch) };
    match new || changes(Some(person), &after).fields.is_empty() {
        true => after,
        false => Person { version: person.version + 1, updated_at: facts.now, ..after },
    }
}
