//! The contract as data: which operation a route is, and whether what was sent has the form that the contract describes. The document is
//! made of the code that serves, and judges what is served: a bound in it is the bound that is enforced.

mod faults;
mod read;

use self::{
    faults::{Forms, faults, forms, told_once},
    read::{Described, Document, Parameter, Unread},
};
use crate::routes::fits;
use actix_web::{http::Method, web::Bytes};
use jsonschema::Validator;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, OnceLock},
};
use trellis_domain::{
    rule::Fault,
    text::{LINE, PROSE},
};

/// The document, and every operation of it by route.
pub struct Contract {
    /// The OpenAPI document, as it is served.
    pub text: Bytes,
    addresses: BTreeMap<String, Vec<(Method, Operation)>>,
}

/// One operation.
pub struct Operation {
    /// Its name.
    pub id: &'static str,
    /// The permission that it asks for, as its word; empty if it asks for none.
    pub permission: &'static str,
    shared: Arc<Common>,
    described: Described,
    query: OnceLock<Vec<(&'static str, Value)>>,
    query_check: OnceLock<Option<Validator>>,
    body_check: OnceLock<Option<Form>>,
    answer_schema: OnceLock<Option<Value>>,
}

/// What operations have in common.
struct Common {
    schemas: BTreeMap<String, Unread>,
    parameters: Vec<Unread>,
    forms: OnceLock<Forms>,
}

/// A schema that stands alone, with its check. Made when it is first needed: most of a server's life goes by before most bodies are sent.
struct Form {
    schema: Value,
    check: Validator,
}

/// From here on an address is like enough to be suggested.
const ALIKE: f64 = 0.8;

impl Contract {
    /// From the document, which is read no further than to know where its parts are.
    ///
    /// # Errors
    /// When it is no OpenAPI document.
    pub fn of(text: &'static str) -> serde_json::Result<Self> {
        let Document { paths, components } = serde_json::from_str(text)?;
        let described: Vec<(String, Vec<(Method, Described)>)> = paths.into_iter().map(|(path, address)| (path, address.into_operations().collect())).collect();
        let all = described.iter().flat_map(|(_, operations)| operations);
        let parameters = all.flat_map(|(_, operation)| &operation.parameters).filter_map(|p| p.schema).collect();
        let shared = Arc::new(Common { schemas: components.schemas, parameters, forms: OnceLock::new() });
        let of = |(method, described)| (method, Operation::of(described, shared.clone()));
        let addresses = described.into_iter().map(|(path, operations)| (path, operations.into_iter().map(of).collect())).collect();
        Ok(Self { text: Bytes::from_static(text.as_bytes()), addresses })
    }
    fn operations(&self) -> impl Iterator<Item = (&str, &Method, &Operation)> {
        self.addresses.iter().flat_map(|(path, operations)| operations.iter().map(move |(method, operation)| (path.as_str(), method, operation)))
    }
    /// The operation of a route.
    pub fn operation(&self, method: &Method, pattern: &str) -> Option<&Operation> {
        self.addresses.get(pattern)?.iter().find(|(known, _)| known == method).map(|(_, operation)| operation)
    }
    /// The operation of a name, with its method and the pattern of its address.
    pub fn named(&self, id: &str) -> Option<(&Method, &str, &Operation)> {
        self.operations().find(|(_, _, operation)| operation.id == id).map(|(pattern, method, operation)| (method, pattern, operation))
    }
    /// The methods that an address takes.
    pub fn methods(&self, path: &str) -> BTreeSet<String> {
        let literal = self.literal(path);
        let here = |address: &str| literal.map_or_else(|| fits(address, path), |literal| literal == address);
        self.operations().filter(|(address, ..)| here(address)).map(|(_, method, _)| method.to_string()).collect()
    }
    /// Refuses a method that an operation's own address does not take, and says which it takes.
    ///
    /// # Errors
    /// The methods that it takes.
    pub fn addressed(&self, method: &Method, path: &str) -> Result<(), BTreeSet<String>> {
        if self.literal(path).is_none_or(|address| self.operation(method, address).is_some()) { Ok(()) } else { Err(self.methods(path)) }
    }
    /// The address of an operation that is much like this one.
    pub fn like(&self, path: &str) -> Option<&str> {
        let plain = path.trim_end_matches('/').to_ascii_lowercase();
        let known = self.addresses.keys().map(String::as_str);
        let exact =
            known.clone().find(|pattern| *pattern == plain || pattern.strip_prefix("/v1") == Some(&plain) || plain.strip_prefix("/api") == Some(pattern));
        let likeness = |pattern: &&str| strsim::normalized_damerau_levenshtein(pattern, &plain);
        exact.or_else(|| known.max_by(|a, b| likeness(a).total_cmp(&likeness(b)).then_with(|| b.cmp(a))).filter(|pattern| likeness(pattern) >= ALIKE))
    }
    /// The address of operations that it is word for word, however it is spelled. Then it is no record's, though a template would fit.
    fn literal(&self, path: &str) -> Option<&str> {
        let spelled = match self.addresses.get_key_value(path) {
            None if path.contains('%') => self.addresses.keys().find(|address| !address.contains('{') && fits(address, path)),
            found => found.map(|(address, _)| address),
        };
        spelled.map(String::as_str)
    }
}

impl Common {
    /// A schema with all the schemas it refers to, so that it can stand alone.
    fn closed(&self, schema: Unread) -> Value {
        let (schema, mut wanted) = (read(schema), Vec::new());
        references(&schema, &mut wanted);
        let mut found = Map::new();
        while let Some(name) = wanted.pop() {
            if let (false, Some(schema)) = (found.contains_key(&name), self.schemas.get(&name)) {
                let schema = read(schema);
                references(&schema, &mut wanted);
                found.insert(name, schema);
            }
        }
        match found.is_empty() {
            true => schema,
            false => json!({"allOf": [schema], "components": {"schemas": found}}),
        }
    }
    /// What is expected where a pattern is broken.
    fn forms(&self) -> &Forms {
        self.forms.get_or_init(|| {
            let mut known = HashMap::from([
                (LINE.to_owned(), "one line of text, without control characters, is expected".to_owned()),
                (PROSE.to_owned(), "text without control characters is expected".to_owned()),
            ]);
            self.parameters.iter().chain(self.schemas.values()).for_each(|schema| forms(&read(schema), &mut known));
            known
        })
    }
}

/// A piece of the document, which is JSON as a whole.
fn read(piece: Unread) -> Value {
    serde_json::from_str(piece.get()).unwrap_or_default()
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
    fn of(described: Described, shared: Arc<Common>) -> Self {
        Self {
            id: described.operation_id,
            permission: described.permission(),
            shared,
            described,
            query: OnceLock::new(),
            query_check: OnceLock::new(),
            body_check: OnceLock::new(),
            answer_schema: OnceLock::new(),
        }
    }
    fn in_the_query(&self) -> impl Iterator<Item = &Parameter> {
        self.described.parameters.iter().filter(|p| p.place == Some("query"))
    }
    /// Its query parameters: name and schema.
    pub fn query(&self) -> &[(&'static str, Value)] {
        self.query.get_or_init(|| self.in_the_query().filter_map(|p| Some((p.name?, self.shared.closed(p.schema?)))).collect())
    }
    /// The schema of a good answer, with all the schemas that it refers to.
    pub fn answer(&self) -> Option<&Value> {
        self.answer_schema.get_or_init(|| Some(self.shared.closed(self.described.answer()?))).as_ref()
    }
    /// Every fault of a body, by the contract.
    pub fn body_faults(&self, body: &Value) -> Vec<Fault> {
        let form = self.body_check.get_or_init(|| {
            let schema = self.shared.closed(self.described.body()?);
            checker(&schema).map(|check| Form { schema, check })
        });
        form.as_ref().map_or_else(Vec::new, |form| told_once(form.check.iter_errors(body).flat_map(|e| faults(&e, || self.shared.forms(), &form.schema))))
    }
    /// Every fault of the query, by the contract.
    pub fn query_faults(&self, query: &Value) -> Vec<Fault> {
        let check = self.query_check.get_or_init(|| {
            let mut components = Map::new();
            let mut properties = Map::new();
            for (name, schema) in self.query() {
                let mut schema = schema.clone();
                if let Some(own) = schema.get_mut("components").and_then(|c| c.get_mut("schemas")).and_then(Value::as_object_mut) {
                    components.append(own);
                }
                if let Some(members) = schema.as_object_mut() {
                    members.remove("components");
                }
                properties.insert((*name).to_owned(), schema);
            }
            let required: Vec<&str> = self.in_the_query().filter(|p| p.required).filter_map(|p| p.name).collect();
            checker(&json!({"type": "object", "properties": properties, "required": required, "components": {"schemas": components}}))
        });
        check.as_ref().map_or_else(Vec::new, |check| told_once(check.iter_errors(query).flat_map(|e| faults(&e, || self.shared.forms(), &Value::Null))))
    }
}
