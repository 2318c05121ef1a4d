//! Reading a row of JSON: what has the form that it must have is taken, what has not is named, all of it at once.

use super::{Field, OrganisationKey, PersonKey, learner::LearnerKey};
use crate::{
    forbidden,
    id::{OrganisationId, PersonId},
    nearest::unknown,
    organisation::{Identifier, Scheme},
    person::Trn,
    rule::{Code, Fault, RuleError},
    text::{ExternalRef, Reference, StaffCode, Wire},
};
use chrono::NaiveDate;
use serde_json::{Map, Value};

/// Most entries of a list in a row.
pub const MOST: usize = 20;

/// A row being read.
#[derive(Debug, Default)]
pub struct Reading {
    /// What could not be read.
    pub faults: Vec<Fault>,
}

/// An object of a row, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Object<'v> {
    members: &'v Map<String, Value>,
    at: &'v str,
}

impl Reading {
    /// Notes a fault.
    pub fn fault(&mut self, pointer: String, code: Code, message: impl Into<String>) {
        self.faults.push(Fault { pointer, code: code.as_str().into(), message: message.into() });
    }
    fn invalid(&mut self, pointer: String, message: &str) {
        self.fault(pointer, Code::InvalidValue, message);
    }
    fn broken(&mut self, pointer: String, rule: RuleError) {
        self.fault(pointer, rule.code, rule.message);
    }
    /// An object with these members and no others.
    pub fn object<'v>(&mut self, value: &'v Value, at: &'v str, known: &[&str]) -> Option<Object<'v>> {
        let Value::Object(members) = value else {
            self.invalid(at.into(), "an object is expected");
            return None;
        };
        for name in members.keys().filter(|n| !known.contains(&n.as_str())) {
            self.invalid(forbidden::pointer(at, name), &unknown("is no field of this row", name, known.iter().copied()));
        }
        Some(Object { members, at })
    }
    /// A text of a known shape.
    pub fn text<T: Wire>(&mut self, of: Object<'_>, name: &str) -> Field<T> {
        self.read(of, name, |value| match value {
            Value::String(text) => T::parse(text),
            _ => Err(RuleError::new(Code::InvalidValue, "text is expected")),
        })
    }
    /// A value by a rule of its own.
    pub fn read<T>(&mut self, of: Object<'_>, name: &str, rule: impl FnOnce(&Value) -> Result<T, RuleError>) -> Field<T> {
        match of.members.get(name) {
            None => Field::Absent,
            Some(Value::Null) => Field::Empty,
            Some(value) => match rule(value) {
                Ok(value) => Field::Set(value),
                Err(e) => {
                    self.broken(format!("{}/{name}", of.at), e);
                    Field::Absent
                }
            },
        }
    }
    /// What cannot be emptied.
    pub fn firm<T>(&mut self, of: Object<'_>, name: &str, field: Field<T>) -> Option<T> {
        match field {
            Field::Absent => None,
            Field::Set(value) => Some(value),
            Field::Empty => {
                self.invalid(format!("{}/{name}", of.at), "cannot be null");
                None
            }
        }
    }
    /// What must be there.
    pub fn needed<T>(&mut self, of: Object<'_>, name: &str, field: Field<T>) -> Option<T> {
        if field.is_absent() && !of.members.contains_key(name) {
            self.invalid(format!("{}/{name}", of.at), "is missing");
        }
        self.firm(of, name, field)
    }
    /// A day; how spreadsheets in Britain write one was put right when the table was read.
    pub fn day(&mut self, of: Object<'_>, name: &str) -> Field<NaiveDate> {
        self.read(of, name, |value| {
            let text =
                value.as_str().filter(|t| t.len() == 10 && t.bytes().enumerate().all(|(i, b)| if matches!(i, 4 | 7) { b == b'-' } else { b.is_ascii_digit() }));
            text.and_then(|t| t.parse().ok()).ok_or_else(|| RuleError::new(Code::InvalidValue, "a day is expected: yyyy-mm-dd, in a table dd/mm/yyyy too"))
        })
    }
    /// A whole number within bounds.
    pub fn number(&mut self, of: Object<'_>, name: &str, range: std::ops::RangeInclusive<i32>) -> Field<i32> {
        self.read(of, name, |value| {
            let number = value.as_i64().and_then(|n| i32::try_from(n).ok()).filter(|n| range.contains(n));
            number.ok_or_else(|| RuleError::new(Code::InvalidValue, format!("a whole number from {} to {} is expected", range.start(), range.end())))
        })
    }
    /// The entries of a list.
    pub fn list<T>(&mut self, of: Object<'_>, name: &str, mut entry: impl FnMut(&mut Self, &Value, &str) -> Option<T>) -> Vec<T> {
        match of.members.get(name) {
            None => Vec::new(),
            Some(Value::Array(items)) if items.len() <= MOST => {
                items.iter().enumerate().filter_map(|(i, item)| entry(self, item, &format!("{}/{name}/{i}", of.at))).collect()
            }
            Some(_) => {
                self.invalid(format!("{}/{name}", of.at), &format!("a list of at most {MOST} entries is expected"));
                Vec::new()
            }
        }
    }
    /// An external reference.
    pub fn reference(&mut self, value: &Value, at: &str) -> Option<ExternalRef> {
        let of = self.object(value, at, &["source", "id"])?;
        let source = self.text::<Reference>(of, "source");
        let source = self.needed(of, "source", source);
        let id = self.text::<Reference>(of, "id");
        let id = self.needed(of, "id", id);
        Some(ExternalRef { source: source?, id: id? })
    }
    /// A member that is an external reference.
    pub fn reference_of(&mut self, of: Object<'_>, name: &str) -> Option<ExternalRef> {
        let value = of.members.get(name)?;
        self.reference(value, &format!("{}/{name}", of.at))
    }
    /// An organisation, by one of its names.
    pub fn organisation(&mut self, of: Object<'_>, name: &str) -> Option<OrganisationKey> {
        let at = format!("{}/{name}", of.at);
        let Some(value) = of.members.get(name) else {
            self.invalid(at, "is missing");
            return None;
        };
        let within = self.object(value, &at, &["id", "external_ref", "urn"])?;
        if within.members.len() != 1 {
            self.invalid(at, "one of these is expected: id, external_ref, urn");
            return None;
        }
        let id = self.text::<OrganisationId>(within, "id");
        if let Some(id) = self.firm(within, "id", id) {
            return Some(OrganisationKey::Id(id));
        }
        if let Some(reference) = self.reference_of(within, "external_ref") {
            return Some(OrganisationKey::Ref(reference));
        }
        let urn = self.read(within, "urn", |value| Identifier::parse(Scheme::Urn, value.as_str().unwrap_or_default()));
        self.firm(within, "urn", urn).map(|urn| OrganisationKey::Urn(urn.value))
    }
    /// A person, by one of their names.
    pub fn person(&mut self, of: Object<'_>, name: &str) -> Option<PersonKey> {
        let at = format!("{}/{name}", of.at);
        let Some(value) = of.members.get(name) else {
            self.invalid(at, "is missing");
            return None;
        };
        let within = self.object(value, &at, &["id", "external_ref", "trn", "staff_code", "organisation"])?;
        let named = within.members.keys().filter(|k| *k != "organisation").count();
        if named != 1 || (within.members.contains_key("organisation") && !within.members.contains_key("staff_code")) {
            self.invalid(at, "one of these is expected: id, external_ref, trn, or staff_code with organisation");
            return None;
        }
        let id = self.text::<PersonId>(within, "id");
        if let Some(id) = self.firm(within, "id", id) {
            return Some(PersonKey::Id(id));
        }
        if let Some(reference) = self.reference_of(within, "external_ref") {
            return Some(PersonKey::Ref(reference));
        }
        let trn = self.trn(within);
        if let Some(trn) = self.firm(within, "trn", trn) {
            return Some(PersonKey::Trn(trn));
        }
        let code = self.text::<StaffCode>(within, "staff_code");
        match self.firm(within, "staff_code", code) {
            Some(code) => Some(PersonKey::StaffCode(code, self.organisation(within, "organisation")?)),
            None => None,
        }
    }
    /// Whose a provider's row is: at least one name of them.
    pub fn learner(&mut self, of: Object<'_>) -> LearnerKey {
        let Some(value) = of.members.get("person") else {
            self.invalid("/person".into(), "is missing");
            return LearnerKey::default();
        };
        let Some(within) = self.object(value, "/person", &["id", "external_ref", "trn", "staff_code"]) else { return LearnerKey::default() };
        if within.members.is_empty() {
            self.invalid("/person".into(), "one or more of these are expected: id, external_ref, trn, staff_code");
        }
        let id = self.text::<PersonId>(within, "id");
        let id = self.firm(within, "id", id);
        let external_ref = self.reference_of(within, "external_ref");
        let trn = self.trn(within);
        let trn = self.firm(within, "trn", trn);
        let staff_code = self.text::<StaffCode>(within, "staff_code");
        let staff_code = self.firm(within, "staff_code", staff_code);
        if staff_code.is_some() && !of.members.contains_key("organisation") {
            self.invalid("/organisation".into(), "is missing: a staff code is one of a school");
        }
        LearnerKey { id, external_ref, trn, staff_code }
    }
    /// A teacher reference number, as imports bring it.
    pub fn trn(&mut self, of: Object<'_>) -> Field<Trn> {
        self.read(of, "trn", |value| match value {
            Value::String(text) if text.chars().count() <= 20 => Trn::from_import(text),
            _ => Err(RuleError::new(Code::InvalidValue, "a teacher reference number is text of 5 to 7 digits")),
        })
    }
}

impl<'v> Object<'v> {
    /// Is this member there?
    pub fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }
}
