//! What Trellis never holds: National Insurance and DBS numbers, ethnicity, disability, religion. A name that asks for it is refused by
//! that name, a value that looks like a National Insurance number wherever a short text could carry it.

use crate::rule::{Code, Fault, RuleError};
use serde_json::Value;

/// A name in lower case, with a space wherever another word begins: `niNumber` is `ni number`.
fn spaced(name: &str) -> String {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.extend(c.to_lowercase());
        before = c;
    }
    spaced
}

/// What a name asks for, if it is forbidden: the beginning of a sentence that refuses it.
pub fn named(name: &str) -> Option<&'static str> {
    let spaced = spaced(name);
    let words: Vec<&str> = spaced.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let run = words.concat();
    let word = |w: &str| words.contains(&w);
    let number = || words.iter().any(|w| matches!(*w, "no" | "num" | "number" | "nr"));
    if run.contains("nationalinsurance") || run.contains("ninumber") || word("nino") || word("ninum") || (word("ni") && (number() || words.len() == 1)) {
        return Some("National Insurance numbers are");
    }
    if word("dbs") || word("crb") || run.contains("dbsnumber") || run.contains("dbscertificate") || run.contains("disclosureandbarring") {
        return Some("DBS numbers are");
    }
    if run.contains("ethnic") || word("race") {
        return Some("ethnicity is");
    }
    if run.contains("disabilit") || (word("disabled") && !word("at")) {
        return Some("disability is");
    }
    if run.contains("religio") || word("faith") || word("belief") {
        return Some("religion is");
    }
    None
}

/// Does a National Insurance number stand in it: two letters, six digits, a letter, with spaces or hyphens between or none, and nothing else
/// joined to them?
pub fn national_insurance(text: &str) -> bool {
    let bytes = text.as_bytes();
    let begins = |i: usize| i == 0 || !bytes[i - 1].is_ascii_alphanumeric();
    (0..bytes.len()).any(|i| begins(i) && number_at(&bytes[i..]))
}
/// Which of its places are digits.
const DIGITS: std::ops::Range<usize> = 2..8;
fn number_at(bytes: &[u8]) -> bool {
    // none begins with Q, but so does the one that everybody writes who tries whether it is refused
    let first = |b: u8| matches!(b, b'A'..=b'C' | b'E'..=b'H' | b'J'..=b'T' | b'W'..=b'Z');
    let mut rest = bytes.iter().map(u8::to_ascii_uppercase).peekable();
    for place in 0..9 {
        if place > 0 {
            rest.next_if(|b| matches!(b, b' ' | b'-'));
        }
        let fits = |b: u8| match place {
            0 => first(b),
            1 => b.is_ascii_uppercase(),
            8 => matches!(b, b'A'..=b'D'),
            _ => DIGITS.contains(&place) && b.is_ascii_digit(),
        };
        if !rest.next().is_some_and(fits) {
            return false;
        }
    }
    !rest.next().is_some_and(|b| b.is_ascii_alphanumeric())
}

/// Most digits in a row that a name has: a year. More are a number of somebody's.
const DIGITS_OF_A_NAME: usize = 4;

/// May this be repeated to whoever sent it as a name: of a field, a column, a parameter? What is rather a value, such as a number or an
/// address, is not: a table that was sent without its headings has the first person's values in their place.
pub fn is_a_name(text: &str) -> bool {
    let digits = text.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    digits <= DIGITS_OF_A_NAME && !text.contains('@') && !national_insurance(text)
}

/// The words of which the names of forbidden columns are made. Such a heading is repeated if it has no others: what else stands in it may be
/// what it is about.
const WORDS: &[&str] = &[
    "national",
    "insurance",
    "number",
    "no",
    "num",
    "nr",
    "ni",
    "nino",
    "ninum",
    "ninumber",
    "nationalinsurance",
    "nationalinsurancenumber",
    "dbs",
    "crb",
    "disclosure",
    "barring",
    "service",
    "certificate",
    "check",
    "date",
    "status",
    "reference",
    "ethnic",
    "ethnicity",
    "origin",
    "group",
    "race",
    "disability",
    "disabilities",
    "disabled",
    "religion",
    "religious",
    "faith",
    "belief",
    "beliefs",
    "or",
    "and",
    "of",
    "code",
    "type",
    "staff",
    "the",
];

/// Is a forbidden name made of nothing but the words by which it is known?
pub fn only_names(name: &str) -> bool {
    spaced(name).split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).all(|w| WORDS.contains(&w))
}

/// Refuses a short text that looks like a National Insurance number.
///
/// # Errors
/// `forbidden_data`.
pub fn refuse(text: &str) -> Result<(), RuleError> {
    match national_insurance(text) {
        true => Err(RuleError::new(Code::ForbiddenData, "this looks like a National Insurance number, which is never held")),
        false => Ok(()),
    }
}

/// The fault of a name that asks for what is never held.
pub fn fault(pointer: String, what: &str) -> Fault {
    Fault { pointer, code: Code::ForbiddenData.as_str().into(), message: format!("{what} never held; leave this out") }
}

/// Where a member stands; what is no name is not repeated, and the pointer ends before it.
pub fn pointer(at: &str, name: &str) -> String {
    match is_a_name(name) && (named(name).is_none() || only_names(name)) {
        true => format!("{at}/{}", name.chars().take(64).collect::<String>().replace('~', "~0").replace('/', "~1")),
        false => at.to_owned(),
    }
}

/// Short texts of bodies that could carry a number.
const CARRIERS: [&str; 10] = ["given_name", "family_name", "preferred_name", "name", "title", "job_title", "staff_code", "source", "id", "code"];

/// Every forbidden name in a body.
pub fn names(body: &Value) -> Vec<Fault> {
    let mut out = Vec::new();
    walk(body, "", false, &mut out);
    out
}

/// Every forbidden name, and every forbidden value of a short text, in a body.
pub fn faults(body: &Value) -> Vec<Fault> {
    let mut out = Vec::new();
    walk(body, "", true, &mut out);
    out
}
fn walk(value: &Value, at: &str, values: bool, out: &mut Vec<Fault>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let pointer = pointer(at, name);
                match (named(name), value) {
                    (Some(what), _) => out.push(fault(pointer, what)),
                    _ if values && national_insurance(name) => out.push(fault(pointer, "National Insurance numbers are")),
                    (None, Value::String(text)) if values && CARRIERS.contains(&name.as_str()) && national_insurance(text) => {
                        out.push(fault(pointer, "National Insurance numbers are"))
                    }
                    (None, value) => walk(value, &pointer, values, out),
                }
            }
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(i, value)| walk(value, &format!("{at}/{i}"), values, out)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_ask_for_what_is_never_held_are_known() {
        for (name, forbidden) in [
            ("NI Number", true),
            ("ni_no", true),
            ("NINO", true),
            ("NationalInsuranceNumber", true),
            ("National Insurance", true),
            ("niNumber", true),
            ("DBS", true),
            ("DBS certificate number", true),
            ("dbsNumber", true),
            ("Ethnicity", true),
            ("ethnic_origin", true),
            ("Disability status", true),
            ("disabled", true),
            ("Religion or belief", true),
            ("given_name", false),
            ("Unique number", false),
            ("nights", false),
            ("disabled_at", false),
            ("trace", false),
            ("staff_code", false),
            ("Organisation", false),
            ("email", false),
        ] {
            assert_eq!(named(name).is_some(), forbidden, "{name}");
        }
    }

    #[test]
    fn a_national_insurance_number_is_known_by_its_form() {
        for (text, is) in [
            ("AB123456C", true),
            ("ab 12 34 56 c", true),
            (" AB 123456 C ", true),
            ("QQ123456C", true),
            ("qq 12 34 56 c", true),
            ("DA123456A", false),
            ("AB123456E", false),
            ("AB12345C", false),
            ("AB1234567C", false),
            ("AB1", false),
            ("", false),
            ("Amina", false),
            ("AB-12-34-56-C", true),
            ("Amina Okoro (AB123456C)", true),
            ("Amina AB 12 34 56 C, teacher", true),
            ("XAB123456C", false),
            ("3f2cab12-ab123456-c1d2", false),
            ("ZoëAB123456C", true),
        ] {
            assert_eq!(national_insurance(text), is, "{text}");
        }
    }

    #[test]
    fn what_is_rather_a_value_is_not_repeated_as_a_name() {
        for (text, name) in [
            ("Given nmae", true),
            ("house_colour", true),
            ("hours 2026", true),
            ("AB123456C", false),
            ("column AB 12 34 56 C", false),
            ("001999888777", false),
            ("ada@school.example", false),
        ] {
            assert_eq!(is_a_name(text), name, "{text}");
        }
        for (text, only) in [
            ("NI Number", true),
            ("nationalInsuranceNumber", true),
            ("Religion or belief", true),
            ("DBS", true),
            ("Ethnicity: Xylo", false),
            ("faith Xylo", false),
        ] {
            assert_eq!(only_names(text), only, "{text}");
        }
        assert_eq!(pointer("/rows/0", "ethnic_origin"), "/rows/0/ethnic_origin");
        assert_eq!(pointer("/rows/0", "ethnicity Xylo"), "/rows/0");
    }
}
