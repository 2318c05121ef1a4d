//! Matching: two records that may be one person. A match is suggested, never made: people decide.

use crate::{
    id::{MatchSuggestionId, MergeId, OrganisationId, PersonId},
    person::Person,
    rule::{Code, RuleError},
    text::{Email, Name},
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// Why two records may be one person.
    MatchReason {
        /// They have the same e-mail.
        SameEmail = "same_email",
        /// They have the same name, and were employed at the same school.
        SameNameAndSchool = "same_name_and_school",
    }
    /// What was decided about a suggestion.
    MatchState {
        /// Nothing yet.
        Open = "open",
        /// Not now.
        Later = "later",
        /// They are one, and were merged.
        Accepted = "accepted",
        /// They are two: this pair is never suggested again.
        Rejected = "rejected",
    }
    /// How two records compare in one field.
    Agreement {
        /// Both say the same.
        Agrees = "agrees",
        /// They say different things.
        Differs = "differs",
        /// Only one of them says anything.
        OneOnly = "one_only",
        /// Neither says anything.
        Neither = "neither",
    }
    /// What two records are compared in.
    MatchField {
        /// Given name, or what they like to be called.
        GivenName = "given_name",
        /// Family name.
        FamilyName = "family_name",
        /// Work e-mail.
        Email = "email",
        /// Teacher reference number.
        Trn = "trn",
        /// Schools at which they are or were employed; one in common is enough.
        Schools = "schools",
    }
}

/// A suggestion: the newer record may be the person of the older.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MatchSuggestion {
    /// Its id.
    pub id: MatchSuggestionId,
    /// The newer record.
    pub person_id: PersonId,
    /// The older record, which stays if they are merged.
    pub candidate_id: PersonId,
    /// Why.
    pub because: Vec<MatchReason>,
    /// What was decided.
    pub state: MatchState,
    /// If put off: until which day.
    pub later_until: Option<NaiveDate>,
    /// The merge that came of it.
    pub merge_id: Option<MergeId>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl MatchSuggestion {
    /// Can it still be decided?
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn undecided(&self) -> Result<(), RuleError> {
        match self.state {
            MatchState::Open | MatchState::Later => Ok(()),
            MatchState::Accepted => Err(RuleError::new(Code::WrongState, "the two were merged already")),
            MatchState::Rejected => Err(RuleError::new(Code::WrongState, "it was decided already that they are two people")),
        }
    }
    /// They are two people.
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn rejected(&self) -> Result<Self, RuleError> {
        self.undecided()?;
        Ok(Self { state: MatchState::Rejected, later_until: None, ..self.clone() })
    }
    /// Not now: it leaves the list until a day, or until somebody asks for what was put off.
    ///
    /// # Errors
    /// `wrong_state`; `invalid_value` for a day that is not to come.
    pub fn later(&self, until: Option<NaiveDate>, today: NaiveDate) -> Result<Self, RuleError> {
        self.undecided()?;
        if until.is_some_and(|day| day <= today) {
            return Err(RuleError::at(Code::InvalidValue, "/until", "a day that is still to come is expected"));
        }
        Ok(Self { state: MatchState::Later, later_until: until, ..self.clone() })
    }
}

/// The newer and the older of two records: ids grow with time.
pub fn newer_and_older(a: PersonId, b: PersonId) -> (PersonId, PersonId) {
    (a.max(b), a.min(b))
}

/// An e-mail as it is compared: lower case, without what stands after a plus sign, which reaches the same mailbox (RFC 5233).
pub fn email_key(email: &Email) -> String {
    let lower = email.as_str().to_ascii_lowercase();
    match lower.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", local.split('+').next().filter(|l| !l.is_empty()).unwrap_or(local)),
        None => lower,
    }
}

/// A name as it is compared: letters and digits in lower case.
fn name_key(name: &Name) -> String {
    name.as_str().chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Are these the names of one person? Family names agree, and a given name of the one is a given or preferred name of the other.
pub fn same_name(a: &Person, b: &Person) -> bool {
    name_key(&a.family_name) == name_key(&b.family_name) && same_given(a, b)
}
fn same_given(a: &Person, b: &Person) -> bool {
    let given = |p: &Person| -> Vec<String> { [Some(&p.given_name), p.preferred_name.as_ref()].into_iter().flatten().map(name_key).collect() };
    let (a, b) = (given(a), given(b));
    a.iter().any(|name| b.contains(name))
}

/// What agrees and what differs, field by field, in the order of [`MatchField`].
pub fn compare(a: &Person, b: &Person, schools: (&[OrganisationId], &[OrganisationId])) -> Vec<(MatchField, Agreement)> {
    let both = |same: bool| if same { Agreement::Agrees } else { Agreement::Differs };
    let either = |a: bool, b: bool, same: bool| match (a, b) {
        (true, true) => both(same),
        (false, false) => Agreement::Neither,
        _ => Agreement::OneOnly,
    };
    vec![
        (MatchField::GivenName, both(same_given(a, b))),
        (MatchField::FamilyName, both(name_key(&a.family_name) == name_key(&b.family_name))),
        (MatchField::Email, either(a.email.is_some(), b.email.is_some(), a.email.as_ref().map(email_key) == b.email.as_ref().map(email_key))),
        (MatchField::Trn, either(a.trn.is_some(), b.trn.is_some(), a.trn == b.trn)),
        (MatchField::Schools, either(!schools.0.is_empty(), !schools.1.is_empty(), schools.0.iter().any(|s| schools.1.contains(s)))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn human(given: &str, preferred: Option<&str>, family: &str, email: Option<&str>) -> Person {
        let name = |t: &str| Name::try_from(t.to_owned()).unwrap_or_else(|e| unreachable!("{e}"));
        Person {
            id: PersonId(Uuid::nil()),
            given_name: name(given),
            family_name: name(family),
            preferred_name: preferred.map(name),
            email: email.map(|e| Email::try_from(e.to_owned()).unwrap_or_else(|e| unreachable!("{e}"))),
            trn: None,
            external_refs: Vec::new(),
            provenance: crate::provenance::Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_email_is_compared_as_its_mailbox() {
        let key = |text: &str| Email::try_from(text.to_owned()).map(|e| email_key(&e));
        for (a, b, same) in [
            ("a.okoro@school.example", "A.Okoro@School.example", true),
            ("a.okoro+mis@school.example", "a.okoro@school.example", true),
            ("a.okoro@school.example", "aokoro@school.example", false),
            ("a.okoro@school.example", "a.okoro@other.example", false),
            ("+mis@school.example", "+hr@school.example", false),
        ] {
            assert_eq!(key(a) == key(b), same, "{a} {b}");
        }
    }

    #[test]
    fn names_are_compared_as_people_say_them() {
        let ada = human("Adaeze", Some("Ada"), "O'Rourke", None);
        for (other, same) in [
            (human("Ada", None, "ORourke", None), true),
            (human("adaeze", None, "O’Rourke", None), true),
            (human("Adaeze", None, "Okoro", None), false),
            (human("Ben", None, "O'Rourke", None), false),
        ] {
            assert_eq!(same_name(&ada, &other), same, "{other:?}");
        }
    }

    #[test]
    fn a_comparison_says_what_agrees_and_what_only_one_says() {
        let (a, b) = (human("Ada", None, "Okoro", Some("ada@a.example")), human("Ada", None, "Okoro-Lane", None));
        let school = OrganisationId(Uuid::nil());
        let found: Vec<Agreement> = compare(&a, &b, (&[school], &[school])).into_iter().map(|(_, agreement)| agreement).collect();
        assert_eq!(found, [Agreement::Agrees, Agreement::Differs, Agreement::OneOnly, Agreement::Neither, Agreement::Agrees]);
    }

    #[test]
    fn what_was_decided_is_not_decided_again() {
        let today: NaiveDate = "2026-10-05".parse().unwrap_or_default();
        let in_state = |state| MatchSuggestion {
            id: MatchSuggestionId(Uuid::nil()),
            person_id: PersonId(Uuid::from_u128(2)),
            candidate_id: PersonId(Uuid::from_u128(1)),
            because: vec![MatchReason::SameEmail],
            state,
            later_until: None,
            merge_id: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        for state in MatchState::ALL {
            let open = matches!(state, MatchState::Open | MatchState::Later);
            assert_eq!(in_state(*state).rejected().is_ok(), open);
            assert_eq!(in_state(*state).later(None, today).is_ok(), open);
        }
        assert!(in_state(MatchState::Open).later(Some(today), today).is_err());
        assert!(in_state(MatchState::Open).later(today.succ_opt(), today).is_ok());
    }
}
