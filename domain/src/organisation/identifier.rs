//! Identifiers by which schools and trusts are known outside, each with its own form.

use crate::{
    rule::{Code, RuleError},
    words,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

words! {
    /// Which register an identifier is of.
    Scheme {
        /// Unique reference number of an establishment in GIAS: 5 or 6 digits.
        Urn = "urn",
        /// DfE number: local-authority code, 3 digits, and establishment number, 4 digits.
        Laestab = "laestab",
        /// UK provider reference number: 8 digits.
        Ukprn = "ukprn",
        /// GIAS's number of a group of schools: digits.
        GroupUid = "group_uid",
        /// Companies House number: 8 characters, the first two may be letters.
        CompaniesHouse = "companies_house",
    }
}

impl Scheme {
    /// Is a value of this scheme one organisation's alone? A LAESTAB and a UKPRN can pass from a school to the academy that follows it.
    pub const fn unique(self) -> bool {
        matches!(self, Self::Urn | Self::GroupUid | Self::CompaniesHouse)
    }
}

/// An identifier of an organisation, dated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Identifier {
    /// Of which register.
    pub scheme: Scheme,
    /// In its normal form: a LAESTAB as `123/4567`.
    pub value: String,
    /// First day, if known.
    pub starts_on: Option<NaiveDate>,
    /// Last day, if it ended.
    pub ends_on: Option<NaiveDate>,
}

impl Identifier {
    /// Reads an identifier into its normal form.
    ///
    /// # Errors
    /// `invalid_value`, with the form that is accepted.
    pub fn parse(scheme: Scheme, value: &str) -> Result<Self, RuleError> {
        let value = value.trim();
        let digits = |range: std::ops::RangeInclusive<usize>| range.contains(&value.len()) && value.bytes().all(|b| b.is_ascii_digit());
        let normal = match scheme {
            Scheme::Urn => digits(5..=6).then(|| value.to_owned()),
            Scheme::Ukprn => digits(8..=8).then(|| value.to_owned()),
            Scheme::GroupUid => digits(1..=10).then(|| value.to_owned()),
            Scheme::CompaniesHouse => companies_house(value),
            Scheme::Laestab => laestab(value),
        };
        let form = match scheme {
            Scheme::Urn => "a URN has 5 or 6 digits",
            Scheme::Ukprn => "a UKPRN has 8 digits",
            Scheme::GroupUid => "a group UID has 1 to 10 digits",
            Scheme::CompaniesHouse => "a Companies House number has 8 characters, the first two may be letters",
            Scheme::Laestab => "a LAESTAB is 123/4567 or 1234567",
        };
        let value = normal.ok_or_else(|| RuleError::new(Code::InvalidValue, form))?;
        Ok(Self { scheme, value, starts_on: None, ends_on: None })
    }
}

fn companies_house(value: &str) -> Option<String> {
    let value = value.to_ascii_uppercase();
    let form = value.len() == 8 && value.bytes().enumerate().all(|(i, b)| b.is_ascii_digit() || (i < 2 && b.is_ascii_uppercase()));
    form.then_some(value)
}

fn laestab(value: &str) -> Option<String> {
    let digits: String = match value.split_once('/') {
        Some((la, number)) if la.len() == 3 && (1..=4).contains(&number.len()) => format!("{la}{number:0>4}"),
        Some(_) => return None,
        None => value.to_owned(),
    };
    let form = digits.len() == 7 && digits.bytes().all(|b| b.is_ascii_digit());
    form.then(|| format!("{}/{}", &digits[..3], &digits[3..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_register_has_its_form() {
        for (scheme, value, normal) in [
            (Scheme::Urn, "100000", Some("100000")),
            (Scheme::Urn, "20000", Some("20000")),
            (Scheme::Urn, " 100000 ", Some("100000")),
            (Scheme::Urn, "1000", None),
            (Scheme::Urn, "1000000", None),
            (Scheme::Urn, "10000O", None),
            (Scheme::Laestab, "201/3614", Some("201/3614")),
            (Scheme::Laestab, "2013614", Some("201/3614")),
            (Scheme::Laestab, "201/45", Some("201/0045")),
            (Scheme::Laestab, "20/13614", None),
            (Scheme::Laestab, "201/", None),
            (Scheme::Laestab, "201é614", None),
            (Scheme::Ukprn, "10079319", Some("10079319")),
            (Scheme::Ukprn, "1007931", None),
            (Scheme::GroupUid, "3104", Some("3104")),
            (Scheme::GroupUid, "", None),
            (Scheme::CompaniesHouse, "07654321", Some("07654321")),
            (Scheme::CompaniesHouse, "sc123456", Some("SC123456")),
            (Scheme::CompaniesHouse, "1SCDEFGH", None),
            (Scheme::CompaniesHouse, "123", None),
        ] {
            assert_eq!(Identifier::parse(scheme, value).ok().map(|i| i.value).as_deref(), normal, "{scheme} {value:?}");
        }
    }
}
