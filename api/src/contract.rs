//! The contract as data: which operation a route is, and whether what was sent has the form that the contract describes. The document is
//! made by the code that serves, and judges what is served: a bound in it is the bound that is enforced.

use actix_web::http::Method;
use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeSet, HashMap},
    sync::OnceLock,
};
use trellis_domain::{
    nearest::unknown,
    rule::{Code, Fault},
};

/// The document, and every operation of it by route.
pub struct Contract {
    /// The OpenAPI document.
    pub document: Value,
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
    body: Option<Value>,
    body_check: OnceLock<Option<Validator>>,
    query_check: OnceLock<Option<Validator>>,
}

const METHODS: [(&str, Method); 5] = [("get", Method::GET), ("post", Method::POST), ("put", Method::PUT), ("patch", Method::PATCH), ("delete", Method::DELETE)];

impl Contract {
    /// From the document.
    pub fn new(document: Value) -> Self {
        let mut operations = HashMap::new();
        let schemas = &document["components"]["schemas"];
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (name, method) in METHODS {
                let Some(operation) = item.get(name) else { continue };
                let query = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query");
                let body = operation["requestBody"]["content"].as_object().and_then(|c| c.get("application/json")).map(|c| closed(&c["schema"], schemas));
                let operation = Operation {
                    id: operation["operationId"].as_str().unwrap_or_default().into(),
                    permission: operation.pointer("/security/0/bearer/0").and_then(Value::as_str).unwrap_or_default().into(),
                    query: query.map(|p| (p["name"].as_str().unwrap_or_default().to_owned(), closed(&p["schema"], schemas))).collect(),
                    body,
                    body_check: OnceLock::new(),
                    query_check: OnceLock::new(),
                };
                operations.insert((method, path.clone()), operation);
            }
        }
        Self { document, operations }
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
    /// Is it the address of operations, word for word? Then it is no record's, though a template would fit.
    pub fn literal(&self, path: &str) -> bool {
        self.operations.keys().any(|(_, pattern)| pattern == path)
    }
}

/// A schema with all the schemas it refers to, so that it can stand alone.
fn closed(schema: &Value, schemas: &Value) -> Value {
    let mut wanted = Vec::new();
    references(schema, &mut wanted);
    let mut found = Map::new();
    while let Some(name) = wanted.pop() {
        if let (false, Some(schema)) = (found.contains_key(&name), schemas.get(&name)) {
            references(schema, &mut wanted);
            found.insert(name, schema.clone());
        }
    }
    match found.is_empty() {
        true => schema.clone(),
        false => json!({"allOf": [schema], "components": {"schemas": found}}),
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
    /// Every fault of a body, by the contract.
    pub fn body_faults(&self, body: &Value) -> Vec<Fault> {
        let Some(schema) = &self.body else { return Vec::new() };
        let check = self.body_check.get_or_init(|| checker(schema));
        check.as_ref().map_or_else(Vec::new, |check| told_once(check.iter_errors(body).flat_map(|e| faults(&e, "", schema))))
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
        check.as_ref().map_or_else(Vec::new, |check| told_once(check.iter_errors(query).flat_map(|e| faults(&e, "", &Value::Null))))
    }
}

/// One fault for each field: an empty title need not hear of its pattern too.
fn told_once(all: impl Iterator<Item = Fault>) -> Vec<Fault> {
    let mut out: Vec<Fault> = Vec::new();
    for fault in all {
        if !out.iter().any(|f| f.pointer == fault.pointer) {
            out.push(fault);
        }
    }
    out
}

/// A fault as a person reads it. Values are never repeated: they may be anybody's secret.
fn faults(error: &ValidationError<'_>, beneath: &str, schema: &Value) -> Vec<Fault> {
    let at = format!("{beneath}{}", error.instance_path());
    let fault = |pointer: String, message: String| Fault { pointer, code: Code::InvalidValue.as_str().into(), message };
    match error.kind() {
        ValidationErrorKind::Required { property } => vec![fault(format!("{at}/{}", escape(property.as_str().unwrap_or_default())), "is missing".into())],
        ValidationErrorKind::AdditionalProperties { unexpected } | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let known = fields_at(schema, error.schema_path().as_str());
            let told = |name: &str| unknown("is no field of this body", name, known.iter().map(String::as_str));
            unexpected.iter().map(|name| fault(format!("{at}/{}", escape(&shortened(name))), told(name))).collect()
        }
        // null or a value: what is wrong with the value is what one wants to hear
        ValidationErrorKind::OneOfNotValid { context } | ValidationErrorKind::AnyOf { context } => {
            let deeper: Vec<Fault> = context
                .iter()
                .filter(|branch| {
                    !branch.iter().any(|e| matches!(e.kind(), ValidationErrorKind::Type { .. }) && e.instance_path().as_str() == error.instance_path().as_str())
                })
                .flatten()
                .flat_map(|e| faults(e, beneath, schema))
                .collect();
            if deeper.is_empty() { vec![fault(at, "is of none of the forms that are accepted".into())] } else { deeper }
        }
        kind => vec![fault(at, accepted(kind))],
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
        ValidationErrorKind::Format { format } => format!("the form {format} is expected"),
        ValidationErrorKind::Pattern { pattern } => format!("text of this form is expected: {pattern}"),
        ValidationErrorKind::Type { kind } => match kind {
            jsonschema::error::TypeKind::Single(t) => format!("{t} is expected"),
            jsonschema::error::TypeKind::Multiple(types) => {
                format!("one of these types is expected: {}", types.iter().map(|t| t.to_string()).collect::<Vec<_>>().join(", "))
            }
        },
        other => format!("breaks the contract's rule {}", other.keyword()),
    }
}
