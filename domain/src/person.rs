//! People: who works, worked or will work in the tenant's schools. Never held: National Insurance and DBS numbers, ethnicity,
//! disability, religion.

use crate::{
    id::PersonId,
    provenance::{PersonField, Provenance},
    rule::{Code, RuleError},
    text::{Email, ExternalRef, Name, Shape},
    texts,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

texts! {
    /// Teacher reference number: exactly 7 digits, kept as text with its leading zeros.
    Trn = Shape::Code { pattern: "^[0-9]{7}$", max: 7, example: "0012345" }, |t| {
        let ok = t.len() == 7 && t.bytes().all(|b| b.is_ascii_digit());
        if ok { Ok(t.to_owned()) } else { Err(RuleError::new(Code::InvalidValue, "a teacher reference number has exactly 7 digits")) }
    };
}

impl Trn {
    /// From an import, where TRNs come with slashes, spaces and lost leading zeros: strips what is no digit, accepts 5 to 7, pads.
    ///
    /// # Errors
    /// `invalid_value`; `forbidden_data` for a National Insurance number, whose digits would pass.
    pub fn from_import(text: &str) -> Result<Self, RuleError> {
        crate::forbidden::refuse(text)?;
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        match digits.len() {
            5..=7 => Self::try_from(format!("{digits:0>7}")),
            _ => Err(RuleError::new(Code::InvalidValue, "a teacher reference number has 5 to 7 digits")),
        }
    }
}

/// A person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Theirs for good: a returner keeps it.
    pub id: PersonId,
    /// Given name.
    pub given_name: Name,
    /// Family name.
    pub family_name: Name,
    /// What they like to be called.
    pub preferred_name: Option<Name>,
    /// Work e-mail. It suggests a match on import; it never makes one.
    pub email: Option<Email>,
    /// Teacher reference number; support staff have none.
    pub trn: Option<Trn>,
    /// What other systems call them.
    pub external_refs: Vec<ExternalRef>,
    /// Which fields other systems manage.
    #[serde(default)]
    pub provenance: Provenance<PersonField>,
    /// Version, for its ETag.
    pub version: i64,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a person; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PersonPatch {
    /// Given name.
    pub given_name: Option<Name>,
    /// Family name.
    pub family_name: Option<Name>,
    /// What they like to be called.
    pub preferred_name: Option<Option<Name>>,
    /// Work e-mail.
    pub email: Option<Option<Email>>,
    /// Teacher reference number.
    pub trn: Option<Option<Trn>>,
    /// All of the external references.
    pub external_refs: Option<Vec<ExternalRef>>,
}

impl Person {
    /// The person with a patch laid over it.
    pub fn patched(&self, patch: PersonPatch) -> Self {
        let PersonPatch { given_name, family_name, preferred_name, email, trn, external_refs } = patch;
        Self {
            given_name: given_name.unwrap_or_else(|| self.given_name.clone()),
            family_name: family_name.unwrap_or_else(|| self.family_name.clone()),
            preferred_name: preferred_name.unwrap_or_else(|| self.preferred_name.clone()),
            email: email.unwrap_or_else(|| self.email.clone()),
            trn: trn.unwrap_or_else(|| self.trn.clone()),
            external_refs: external_refs.unwrap_or_else(|| self.external_refs.clone()),
            ..self.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trn_keeps_its_leading_zeros() {
        for (text, trn) in [
            ("0012345", Some("0012345")),
            ("12345", Some("0012345")),
            ("RP 12/34567", Some("1234567")),
            ("AB 12 34 56 C", None),
            ("1234", None),
            ("12345678", None),
            ("", None),
        ] {
            assert_eq!(Trn::from_import(text).ok().as_ref().map(Trn::as_str), trn, "{text:?}");
        }
        assert!(Trn::try_from("12345".to_owned()).is_err());
    }
}
