//! Whose a provider's row is, and in which of their employments. An outside provider knows a person by our id, by what another
//! system calls them, by their TRN, or by their staff code at a school; in this order, as with imports of people.

use super::{OrganisationKey, facts::Facts, facts::Known};
use crate::{
    employment::Employment,
    id::{OrganisationId, PersonId},
    person::Trn,
    rule::{Code, Fault},
    text::{ExternalRef, StaffCode},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// By what a provider's row names a person: by one of these or by several, which then must be one person's.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LearnerKey {
    /// Our id.
    pub id: Option<PersonId>,
    /// Another system's name for them.
    pub external_ref: Option<ExternalRef>,
    /// Their teacher reference number.
    pub trn: Option<Trn>,
    /// Their staff code at the organisation of the row.
    pub staff_code: Option<StaffCode>,
}

/// Whose the row is. Of `facts`, `people` are those whom the caller writes about, with their employments there. Anybody else is told of like nobody.
///
/// # Errors
/// `unknown_reference`; `ambiguous_match`, if the row's names are those of several.
pub fn learner<'f>(facts: &'f Facts, key: &LearnerKey, at: Option<OrganisationId>) -> Result<&'f Known, Fault> {
    let named = [
        ("/person/id", key.id),
        ("/person/external_ref", key.external_ref.as_ref().and_then(|r| facts.refs.get(r)).copied()),
        ("/person/trn", key.trn.as_ref().and_then(|trn| facts.trns.get(trn)).copied()),
        ("/person/staff_code", key.staff_code.clone().zip(at).and_then(|(code, at)| facts.codes.get(&(at, code))).copied()),
    ];
    let mut known = named.into_iter().filter_map(|(pointer, id)| Some((pointer, facts.people.get(&id?).filter(|k| k.decides)?)));
    let Some((_, first)) = known.next() else { return Err(Fault::new("/person", Code::UnknownReference, "no such person")) };
    match known.find(|(_, other)| other.person.id != first.person.id) {
        Some((pointer, _)) => Err(Fault::new(pointer, Code::AmbiguousMatch, "this is another person than the one whom the row names before")),
        None => Ok(first),
    }
}

/// The organisation of a row, if it names one.
///
/// # Errors
/// `unknown_reference`.
pub fn organisation(facts: &Facts, key: Option<&OrganisationKey>) -> Result<Option<OrganisationId>, Fault> {
    let unknown = || Fault::new("/organisation", Code::UnknownReference, "no such organisation");
    key.map(|key| facts.place(key).map(|(id, _)| id).ok_or_else(unknown)).transpose()
}

/// The employment in which somebody learned something on a day: the one of this organisation, or the only one there is.
///
/// # Errors
/// `outside_employment`, `ambiguous_employment`.
pub fn employed(known: &Known, day: NaiveDate, at: Option<OrganisationId>) -> Result<&Employment, Fault> {
    let mut fits = known.employments.iter().filter(|e| e.period.contains(day) && at.is_none_or(|at| at == e.organisation_id));
    match (fits.next(), fits.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(Fault::new("/organisation", Code::AmbiguousEmployment, "they had several employments on that day: name the organisation")),
        (None, _) => Err(Fault::new("/started_on", Code::OutsideEmployment, "they were not employed on that day where you may say so")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        employment::StaffCategory,
        id::EmploymentId,
        person::Person,
        provenance::Provenance,
        text::{Name, Reference, Title, Wire},
        time::Period,
    };
    use chrono::DateTime;
    use uuid::Uuid;

    fn ok<T, E: std::fmt::Debug>(value: Result<T, E>) -> T {
        value.unwrap_or_else(|e| unreachable!("{e:?}"))
    }
    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn school(n: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(n))
    }
    fn known(n: u128, employments: &[(u128, &str, Option<&str>)]) -> Known {
        let name = || ok(Name::parse("Ada"));
        let person = Person {
            id: PersonId(Uuid::from_u128(n)),
            given_name: name(),
            family_name: name(),
            preferred_name: None,
            email: None,
            trn: None,
            external_refs: vec![],
            provenance: Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        let employment = |(i, (at, starts, ends)): (usize, &(u128, &str, Option<&str>))| Employment {
            id: EmploymentId(Uuid::from_u128(i as u128)),
            person_id: person.id,
            organisation_id: school(*at),
            job_title: ok(Title::parse("Teacher")),
            staff_category: StaffCategory::Teacher,
            staff_code: None,
            fte_percent: 100,
            period: Period { starts_on: day(starts), ends_on: ends.map(day) },
            missing_since: None,
            missing_from: None,
            ended_from: None,
            kept: vec![],
            provenance: Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        let employments = employments.iter().enumerate().map(employment).collect();
        Known { employments, ..Known::new(person) }
    }
    fn reference(text: &str) -> ExternalRef {
        let part = |t: &str| ok(Reference::parse(t));
        ExternalRef { source: part("mis"), id: part(text) }
    }

    #[test]
    fn a_person_is_found_by_reference_then_trn_then_staff_code() {
        let trn = || ok(Trn::parse("1234567"));
        let code = || ok(StaffCode::parse("AB1"));
        let mut facts = Facts::default();
        for n in 1..=3 {
            facts.people.insert(PersonId(Uuid::from_u128(n)), known(n, &[]));
        }
        facts.people.entry(PersonId(Uuid::from_u128(3))).and_modify(|k| k.decides = false);
        facts.refs.insert(reference("1"), PersonId(Uuid::from_u128(1)));
        facts.refs.insert(reference("3"), PersonId(Uuid::from_u128(3)));
        facts.trns.insert(trn(), PersonId(Uuid::from_u128(2)));
        facts.codes.insert((school(1), code()), PersonId(Uuid::from_u128(2)));
        let by = |external_ref: Option<&str>, has_trn: bool, has_code: bool| LearnerKey {
            id: None,
            external_ref: external_ref.map(reference),
            trn: has_trn.then(trn),
            staff_code: has_code.then(code),
        };
        for (key, expected) in [
            (by(Some("1"), false, false), Ok(1)),
            (by(Some("not known"), true, false), Ok(2)),
            (by(None, true, true), Ok(2)),
            (by(None, false, true), Ok(2)),
            (by(Some("1"), true, false), Err("ambiguous_match")),
            (by(Some("3"), false, false), Err("unknown_reference")),
            (by(Some("not known"), false, false), Err("unknown_reference")),
        ] {
            let found = learner(&facts, &key, Some(school(1))).map(|k| k.person.id.0.as_u128()).map_err(|f| f.code);
            assert_eq!(found, expected.map_err(str::to_owned), "{key:?}");
        }
    }

    #[test]
    fn learning_belongs_to_the_employment_of_its_day() {
        let who = known(1, &[(1, "2020-09-01", Some("2026-08-31")), (2, "2026-09-01", None), (3, "2026-09-01", None)]);
        for (on, at, expected) in [
            ("2026-03-01", None, Ok(0)),
            ("2026-10-01", Some(2), Ok(1)),
            ("2026-10-01", None, Err("ambiguous_employment")),
            ("2026-03-01", Some(2), Err("outside_employment")),
            ("2019-03-01", None, Err("outside_employment")),
        ] {
            let found = employed(&who, day(on), at.map(school)).map(|e| e.id.0.as_u128()).map_err(|f| f.code);
            assert_eq!(found, expected.map_err(str::to_owned), "{on} {at:?}");
        }
    }
}
