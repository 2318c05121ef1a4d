//! What breaks the contract, as a person reads it.

use jsonschema::{
    JsonType, ValidationError,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use trellis_domain::{
    forbidden,
    nearest::unknown,
    rule::{Code, Fault},
    text::{LINE, PROSE},
};

/// One fault for each field: an empty title need not hear of its pattern too. What says the form says the length besides.
pub(super) fn told_once(all: impl Iterator<Item = (Fault, bool)>) -> Vec<Fault> {
    let mut out: Vec<(Fault, bool)> = Vec::new();
    for (fault, of_form) in all {
        match out.iter_mut().find(|(known, _)| known.pointer == fault.pointer) {
            Some(known) if of_form && !known.1 => *known = (fault, of_form),
            Some(_) => {}
            None => out.push((fault, of_form)),
        }
    }
    out.into_iter().map(|(fault, _)| fault).collect()
}

/// A fault as a person reads it, and whether it says what form is expected. Values are never repeated: they may be anybody's secret.
pub(super) fn faults<'a>(error: &ValidationError<'_>, forms: impl Fn() -> &'a Forms + Copy, schema: &Value) -> Vec<(Fault, bool)> {
    let at = error.instance_path().to_string();
    let fault = |pointer: String, message: String| (Fault { pointer, code: Code::InvalidValue.as_str().into(), message }, false);
    match error.kind() {
        ValidationErrorKind::Required { property } => vec![fault(format!("{at}/{}", escape(property.as_str().unwrap_or_default())), "is missing".into())],
        ValidationErrorKind::AdditionalProperties { unexpected } | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let known = fields_at(schema, error.schema_path().as_str());
            let told = |name: &str| unknown("is no field of this body", name, known.iter().map(String::as_str));
            unexpected.iter().map(|name| fault(forbidden::pointer(&at, name), told(name))).collect()
        }
        // null or a value: what is wrong with the value is what one wants to hear
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            let deeper: Vec<(Fault, bool)> = context
                .iter()
                .filter(|branch| {
                    !branch.iter().any(|e| matches!(e.kind(), ValidationErrorKind::Type { .. }) && e.instance_path().as_str() == error.instance_path().as_str())
                })
                .flatten()
                .flat_map(|e| faults(e, forms, schema))
                .collect();
            let types: BTreeSet<String> = context
                .iter()
                .flatten()
                .filter_map(|e| match e.kind() {
                    ValidationErrorKind::Type { kind: TypeKind::Single(t) } if *t != JsonType::Null => Some(kind_of_value(*t).to_owned()),
                    _ => None,
                })
                .collect();
            match (deeper.is_empty(), types.is_empty()) {
                (false, _) => deeper,
                (true, false) => vec![fault(at, format!("{} is expected", types.into_iter().collect::<Vec<_>>().join(" or ")))],
                (true, true) => vec![fault(at, "is of none of the forms that are accepted".into())],
            }
        }
        ValidationErrorKind::Pattern { pattern } => {
            let says = forms().get(pattern).cloned().unwrap_or_else(|| format!("text of this form is expected: {pattern}"));
            // a line that is too long is not of another form
            vec![(fault(at, says).0, ![LINE, PROSE].contains(&pattern.as_str()))]
        }
        kind @ ValidationErrorKind::Format { .. } => vec![(fault(at, accepted(kind)).0, true)],
        kind => vec![fault(at, accepted(kind))],
    }
}

/// What to type, for each pattern of the document: what its schema means, and an example.
pub(super) type Forms = HashMap<String, String>;
/// Those of a schema, beside those that are known.
pub(super) fn forms(document: &Value, out: &mut Forms) {
    match document {
        Value::Object(members) => {
            if let Some(pattern) = members.get("pattern").and_then(Value::as_str) {
                let example = members.get("example").or_else(|| members.get("examples").and_then(|e| e.get(0))).and_then(Value::as_str);
                let meaning = members.get("description").and_then(Value::as_str).map(|meaning| meaning.trim_end_matches('.'));
                let says = match (meaning, example) {
                    (Some(meaning), Some(example)) => Some(format!("this is expected: {meaning}; for example {example}")),
                    (None, Some(example)) => Some(format!("text such as {example} is expected")),
                    _ => None,
                };
                if let Some(says) = says {
                    out.entry(pattern.into()).or_insert(says);
                }
            }
            members.values().for_each(|v| forms(v, out));
        }
        Value::Array(items) => items.iter().for_each(|v| forms(v, out)),
        _ => {}
    }
}
fn kind_of_value(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Integer => "a whole number",
        JsonType::Number => "a number",
        JsonType::Boolean => "true or false",
        JsonType::String => "text in quotation marks",
        JsonType::Array => "a list",
        JsonType::Object => "an object",
        JsonType::Null => "null",
    }
}
/// The fields of the object whose schema this path leads into; references are followed.
fn fields_at(schema: &Value, path: &str) -> Vec<String> {
    let step = |at: &'_ Value, token: &str| -> Option<Value> {
        let next = at.get(token).or_else(|| at.get(token.parse::<usize>().ok()?))?;
        match next.as_str().and_then(|reference| reference.strip_prefix('#')) {
            Some(pointer) => schema.pointer(pointer).cloned(),
            None => Some(next.clone()),
        }
    };
    let steps: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let object = steps.iter().take(steps.len() - 1).try_fold(schema.clone(), |at, token| step(&at, token));
    let properties = object.and_then(|object| object.get("properties").and_then(Value::as_object).map(|p| p.keys().cloned().collect()));
    properties.unwrap_or_default()
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn accepted(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::Enum { options } => format!(
            "one of these is expected: {}",
            options.as_array().map_or_else(String::new, |o| o.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "))
        ),
        ValidationErrorKind::MaxLength { limit } => format!("at most {limit} characters are accepted"),
        ValidationErrorKind::MinLength { limit } => match limit {
            1 => "at least 1 character is expected".into(),
            _ => format!("at least {limit} characters are expected"),
        },
        ValidationErrorKind::Maximum { limit } => format!("at most {limit} is accepted"),
        ValidationErrorKind::Minimum { limit } => format!("at least {limit} is expected"),
        ValidationErrorKind::MaxItems { limit } => format!("at most {limit} entries are accepted"),
        ValidationErrorKind::MinItems { limit } => format!("at least {limit} entries are expected"),
        ValidationErrorKind::UniqueItems => "entries must differ".into(),
        ValidationErrorKind::Format { format } => match format.as_str() {
            "date" => "a date is expected, such as 2026-09-01".into(),
            "date-time" => "a time is expected, such as 2026-10-05T02:00:00Z; in an address, + is written %2B".into(),
            "uuid" => "an id is expected, such as 01938a5e-7c00-7000-8000-000000000001".into(),
            other => format!("the form {other} is expected"),
        },
        ValidationErrorKind::Type { kind } => match kind {
            TypeKind::Single(t) => format!("{} is expected", kind_of_value(*t)),
            TypeKind::Multiple(types) => format!("{} is expected", types.iter().map(kind_of_value).collect::<Vec<_>>().join(" or ")),
        },
        other => format!("breaks the contract's rule {}", other.keyword()),
    }
}
