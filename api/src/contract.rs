//! The contract as data: which operation a route is, and whether what was sent has the form that the contract describes. The document is
//! made by the code that serves, and judges what is served: a bound in it is the bound that is enforced.

use actix_web::{http::Method, web::Bytes};
use jsonschema::{
    JsonType, ValidationError, Validator,
    error::{TypeKind, ValidationErrorKind},
};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, OnceLock},
};
use trellis_domain::{
    nearest::unknown,
    rule::{Code, Fault},
    text::{LINE, PROSE},
};

/// The document, and every operation of it by route.
pub struct Contract {
    /// The OpenAPI document, as it is served.
    pub text: Bytes,
    operations: HashMap<(Method, String), Operation>,
}

/// One operation.
pub struct Operation {
    /// Its name.
    pub id: String,
    /// The permission that it asks for, as its word; empty if it asks for none.
    pub permission: String,
    /// Its query parameters: name and schema.
    pub query: Vec<(String, Value)>,
    shared: Arc<Common>,
    body: Option<Box<str>>,
    body_check: OnceLock<Option<Form>>,
    answer: Option<Box<str>>,
    answer_schema: OnceLock<Option<Value>>,
    query_check: OnceLock<Option<Validator>>,
}

/// What operations have in common. The schemas are kept as text: as values they would take ten times the memory of a server that is idle.
struct Common {
    forms: Forms,
    schemas: HashMap<String, Box<str>>,
}

/// A schema that stands alone, with its check. Made when it is first needed: most of a server's life goes by before most bodies are sent.
struct Form {
    schema: Value,
    check: Validator,
}

/// From here on an address is like enough to be suggested.
const ALIKE: f64 = 0.8;
const METHODS: [(&str, Method); 5] = [("get", Method::GET), ("post", Method::POST), ("put", Method::PUT), ("patch", Method::PATCH), ("delete", Method::DELETE)];

impl Contract {
    /// From the document.
    pub fn new(document: &Value) -> Self {
        let mut operations = HashMap::new();
        let mut known = HashMap::from([
            (LINE.to_owned(), "one line of text, without control characters, is expected".to_owned()),
            (PROSE.to_owned(), "text without control characters is expected".to_owned()),
        ]);
        forms(document, &mut known);
        let schemas = document["components"]["schemas"].as_object().into_iter().flatten();
        let shared = Arc::new(Common { forms: known, schemas: schemas.map(|(name, schema)| (name.clone(), schema.to_string().into())).collect() });
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (name, method) in METHODS {
                let Some(operation) = item.get(name) else { continue };
                let query = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query");
                let operation = Operation {
                    id: operation["operationId"].as_str().unwrap_or_default().into(),
                    permission: operation.pointer("/security/0/bearer/0").and_then(Value::as_str).unwrap_or_default().into(),
                    query: query.map(|p| (p["name"].as_str().unwrap_or_default().to_owned(), shared.closed(&p["schema"]))).collect(),
                    shared: shared.clone(),
                    body: operation.pointer("/requestBody/content/application~1json/schema").map(|schema| schema.to_string().into()),
                    body_check: OnceLock::new(),
                    answer: operation.pointer("/responses/200/content/application~1json/schema").map(|schema| schema.to_string().into()),
                    answer_schema: OnceLock::new(),
                    query_check: OnceLock::new(),
                };
                operations.insert((method, path.clone()), operation);
            }
        }
        Self { text: document.to_string().into(), operations }
    }
    /// The operation of a route.
    pub fn operation(&self, method: &Method, pattern: &str) -> Option<&Operation> {
        // the map's key is owned; this is one small allocation a request
        self.operations.get(&(method.clone(), pattern.to_owned()))
    }
    /// The operation of a name, with its method and the pattern of its address.
    pub fn named(&self, id: &str) -> Option<(&Method, &str, &Operation)> {
        self.operations.iter().find(|(_, operation)| operation.id == id).map(|((method, pattern), operation)| (method, pattern.as_str(), operation))
    }
    /// The methods that an address takes.
    pub fn methods(&self, path: &str) -> BTreeSet<String> {
        let matches = |pattern: &str| {
            let (mut a, mut b) = (pattern.split('/'), path.split('/'));
            loop {
                match (a.next(), b.next()) {
                    (None, None) => return true,
                    (Some(p), Some(s)) if p == s || (p.starts_with('{') && !s.is_empty()) => {}
                    _ => return false,
                }
            }
        };
        let literal = self.literal(path);
        self.operations.keys().filter(|(_, pattern)| if literal { pattern == path } else { matches(pattern) }).map(|(method, _)| method.to_string()).collect()
    }
    /// Refuses a method that an operation's own address does not take, and says which it takes.
    ///
    /// # Errors
    /// The methods that it takes.
    pub fn addressed(&self, method: &Method, path: &str) -> Result<(), BTreeSet<String>> {
        if !self.literal(path) || self.operations.contains_key(&(method.clone(), path.to_owned())) { Ok(()) } else { Err(self.methods(path)) }
    }
    /// The address of an operation that is much like this one.
    pub fn like(&self, path: &str) -> Option<&str> {
        let plain = path.trim_end_matches('/').to_ascii_lowercase();
        let known = self.operations.keys().map(|(_, pattern)| pattern.as_str());
        let exact =
            known.clone().find(|pattern| *pattern == plain || pattern.strip_prefix("/v1") == Some(&plain) || plain.strip_prefix("/api") == Some(pattern));
        let likeness = |pattern: &&str| strsim::normalized_damerau_levenshtein(pattern, &plain);
        exact.or_else(|| known.max_by(|a, b| likeness(a).total_cmp(&likeness(b)).then_with(|| b.cmp(a))).filter(|pattern| likeness(pattern) >= ALIKE))
    }
    /// Is it the address of operations, word for word? Then it is no record's, though a template would fit.
    pub fn literal(&self, path: &str) -> bool {
        self.operations.keys().any(|(_, pattern)| pattern == path)
    }
}

impl Common {
    /// A schema with all the schemas it refers to, so that it can stand alone.
    fn closed(&self, schema: &Value) -> Value {
        let mut wanted = Vec::new();
        references(schema, &mut wanted);
        let mut found = Map::new();
        while let Some(name) = wanted.pop() {
            if let (false, Some(schema)) = (found.contains_key(&name), self.schemas.get(&name).and_then(|text| serde_json::from_str(text).ok())) {
                references(&schema, &mut wanted);
                found.insert(name, schema);
            }
        }
        match found.is_empty() {
            true => schema.clone(),
            false => json!({"allOf": [schema], "components": {"schemas": found}}),
        }
    }
}

/// Names of the schemas that this refers to.
pub fn references(schema: &Value, out: &mut Vec<String>) {
    match schema {
        Value::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Value::as_str).and_then(|r| r.strip_prefix("#/components/schemas/")) {
                out.push(name.into());
            }
            members.values().for_each(|v| references(v, out));
        }
        Value::Array(items) => items.iter().for_each(|v| references(v, out)),
        _ => {}
    }
}

/// A check of one schema.
pub fn checker(schema: &Value) -> Option<Validator> {
    jsonschema::draft202012::options().should_validate_formats(true).build(schema).map_err(|e| log::error!("a schema of the contract cannot be used: {e}")).ok()
}

impl Operation {
    /// The schema of a good answer, with all the schemas that it refers to.
    pub fn answer(&self) -> Option<&Value> {
        let closed = || self.answer.as_deref().and_then(|text| serde_json::from_str(text).ok()).map(|schema| self.shared.closed(&schema));
        self.answer_schema.get_or_init(closed).as_ref()
    }
    /// Every fault of a body, by the contract.
    pub fn body_faults(&self, body: &Value) -> Vec<Fault> {
        let form = self.body_check.get_or_init(|| {
            let schema = self.shared.closed(&serde_json::from_str(self.body.as_deref()?).ok()?);
            checker(&schema).map(|check| Form { schema, check })
        });
        form.as_ref().map_or_else(Vec::new, |form| told_once(form.check.iter_errors(body).flat_map(|e| faults(&e, &self.shared.forms, &form.schema))))
    }
    /// Every fault of the query, by the contract.
    pub fn query_faults(&self, query: &Value) -> Vec<Fault> {
        let check = self.query_check.get_or_init(|| {
            let mut components = Map::new();
            let mut properties = Map::new();
            for (name, schema) in &self.query {
                let mut schema = schema.clone();
                if let Some(own) = schema.get_mut("components").and_then(|c| c.get_mut("schemas")).and_then(Value::as_object_mut) {
                    components.append(own);
                }
                if let Some(members) = schema.as_object_mut() {
                    members.remove("components");
                }
                properties.insert(name.clone(), schema);
            }
            checker(&json!({"type": "object", "properties": properties, "components": {"schemas": components}}))
        });
        check.as_ref().map_or_else(Vec::new, |check| told_once(check.iter_errors(query).flat_map(|e| faults(&e, &self.shared.forms, &Value::Null))))
    }
}

/// One fault for each field: an empty title need not hear of its pattern too. What says the form says the length besides.
fn told_once(all: impl Iterator<Item = (Fault, bool)>) -> Vec<Fault> {
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
fn faults(error: &ValidationError<'_>, forms: &Forms, schema: &Value) -> Vec<(Fault, bool)> {
    let at = error.instance_path().to_string();
    let fault = |pointer: String, message: String| (Fault { pointer, code: Code::InvalidValue.as_str().into(), message }, false);
    match error.kind() {
        ValidationErrorKind::Required { property } => vec![fault(format!("{at}/{}", escape(property.as_str().unwrap_or_default())), "is missing".into())],
        ValidationErrorKind::AdditionalProperties { unexpected } | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let known = fields_at(schema, error.schema_path().as_str());
            let told = |name: &str| unknown("is no field of this body", name, known.iter().map(String::as_str));
            unexpected.iter().map(|name| fault(format!("{at}/{}", escape(&shortened(name))), told(name))).collect()
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
            let says = forms.get(pattern).cloned().unwrap_or_else(|| format!("text of this form is expected: {pattern}"));
            // a line that is too long is not of another form
            vec![(fault(at, says).0, ![LINE, PROSE].contains(&pattern.as_str()))]
        }
        kind @ ValidationErrorKind::Format { .. } => vec![(fault(at, accepted(kind)).0, true)],
        kind => vec![fault(at, accepted(kind))],
    }
}

/// What to type, for each pattern of the document: what its schema means, and an example.
type Forms = HashMap<String, String>;
fn forms(document: &Value, out: &mut Forms) {
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

fn shortened(name: &str) -> String {
    name.chars().take(64).collect()
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
