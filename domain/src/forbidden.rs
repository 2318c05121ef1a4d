//! What Trellis never holds: National Insurance and DBS numbers, ethnicity, disability, religion. A name that asks for it is refused by
//! that name, a value that looks like a National Insurance number wherever a short text could carry it.

use crate::rule::{Code, Fault, RuleError};
use serde_json::Value;

/// What a name asks for, if it is forbidden: the beginning of a sentence that refuses it.
pub fn named(name: &str) -> Option<&'static str> {
    let mut spaced = String::with_capacity(name.len() + 4);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.extend(c.to_lowercase());
        before = c;
    }
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

/// Does it look like a National Insurance number: two letters, six digits, a letter, spaces or none between?
pub fn national_insurance(text: &str) -> bool {
    let mut compact = text.trim().bytes().filter(|b| *b != b' ');
    let first = |b: u8| matches!(b.to_ascii_uppercase(), b'A'..=b'C' | b'E'..=b'H' | b'J'..=b'P' | b'R'..=b'T' | b'W'..=b'Z');
    let form: [fn(u8) -> bool; 9] = [
        |_| true,
        |b| b.is_ascii_alphabetic(),
        |b| b.is_ascii_digit(),
        |b| b.is_ascii_digit(),
        |b| b.is_ascii_digit(),
        |b| b.is_ascii_digit(),
        |b| b.is_ascii_digit(),
        |b| b.is_ascii_digit(),
        |b| matches!(b.to_ascii_uppercase(), b'A'..=b'D'),
    ];
    text.len() <= 20
        && compact.next().is_some_and(|b| first(b) && b.is_ascii_alphabetic())
        && form[1..].iter().all(|fits| compact.next().is_some_and(fits))
        && compact.next().is_none()
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
                let short: String = name.chars().take(64).collect();
                let pointer = format!("{at}/{}", short.replace('~', "~0").replace('/', "~1"));
                match (named(name), value) {
                    (Some(what), _) => out.push(fault(pointer, what)),
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
            ("QQ123456C", false),
            ("DA123456A", false),
            ("AB123456E", false),
            ("AB12345C", false),
            ("AB1234567C", false),
            ("AB1", false),
            ("", false),
            ("Amina", false),
        ] {
            assert_eq!(national_insurance(text), is, "{text}");
        }
    }
}
