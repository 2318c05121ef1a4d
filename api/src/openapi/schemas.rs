//! Schemas as a client would have them: by their names, and told apart where they are sent and answered.

use crate::contract::references;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};

/// Lists that a caller sends in which nothing stands twice.
const SETS: [&str; 14] = [
    "employment_ids",
    "kinds",
    "appraiser_ids",
    "inset_days",
    "excluded_while",
    "standard_ids",
    "person_ids",
    "audience",
    "priority_ids",
    "objective_ids",
    "framework_version_ids",
    "staff_categories",
    "scopes",
    "organisation_ids",
];

/// Says of each of them that its entries differ.
pub(super) fn say_what_is_a_set(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut();
    for property in schemas.into_iter().flatten().filter_map(|(_, schema)| schema.get_mut("properties").and_then(Value::as_object_mut)).flatten() {
        let (name, schema) = property;
        if SETS.contains(&name.as_str()) && schema.get("maxItems").is_some() {
            schema["uniqueItems"] = json!(true);
        }
    }
}

/// Schemas are called by their titles where they have one: `Objective`, not `ObjectiveDetail`.
pub(super) fn call_by_title(document: &mut Value) {
    let taken = document["components"]["schemas"].clone();
    let names: Vec<(String, String)> = document["components"]["schemas"]
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(name, schema)| {
            let title = schema["title"].as_str().filter(|title| *title != name).map(str::to_owned);
            // a list of views is called after what it lists
            let title = title
                .or_else(|| name.strip_prefix("List_").or_else(|| name.strip_prefix("SyncedList_")).map(|of| format!("{}List", of.trim_end_matches("View"))));
            // what the code calls a view is to a client what it shows
            let title = title.or_else(|| name.strip_suffix("View").filter(|plain| taken.get(*plain).is_none()).map(str::to_owned));
            title.map(|title| (name.clone(), title))
        })
        .collect();
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        for (old, new) in &names {
            if let Some(schema) = schemas.remove(old) {
                schemas.insert(new.clone(), schema);
            }
        }
    }
    let names: HashMap<String, String> =
        names.into_iter().map(|(old, new)| (format!("#/components/schemas/{old}"), format!("#/components/schemas/{new}"))).collect();
    rename(document, &names);
}
fn rename(value: &mut Value, names: &HashMap<String, String>) {
    match value {
        Value::Object(members) => {
            if let Some(new) = members.get("$ref").and_then(Value::as_str).and_then(|r| names.get(r)).cloned() {
                members.insert("$ref".into(), Value::String(new));
            }
            members.values_mut().for_each(|v| rename(v, names));
        }
        Value::Array(items) => items.iter_mut().for_each(|v| rename(v, names)),
        _ => {}
    }
}

/// Names of the schemas that these refer to, and those in turn.
pub(crate) fn reached(from: Vec<&Value>, schemas: &Map<String, Value>) -> BTreeSet<String> {
    let (mut names, mut found) = (Vec::new(), BTreeSet::new());
    from.into_iter().for_each(|value| references(value, &mut names));
    while let Some(name) = names.pop() {
        if found.insert(name.clone())
            && let Some(schema) = schemas.get(&name)
        {
            references(schema, &mut names);
        }
    }
    found
}

/// In answers every property is always there, so each is required; what permission can hide is not. A schema that is both sent and answered
/// is told apart: `Inquiry` is answered, `InquiryInput` is sent.
pub(super) fn requests_and_answers(document: &mut Value) {
    list_by_name(document);
    let Some(schemas) = document["components"]["schemas"].as_object().cloned() else { return };
    let operations = || document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object()).flatten().map(|(_, operation)| operation);
    let sent = reached(operations().filter_map(|o| o.get("requestBody")).collect(), &schemas);
    let answered = reached(operations().filter_map(|o| o.get("responses")).chain(document["components"].get("responses")).collect(), &schemas);
    let both = sent.intersection(&answered).filter(|name| schemas[*name].get("properties").is_some());
    let inputs: HashMap<String, String> = both.map(|name| (reference(name), reference(&format!("{name}Input")))).collect();
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    for (name, input) in &inputs {
        let (name, input) = (name.trim_start_matches(SCHEMAS), input.trim_start_matches(SCHEMAS));
        if let Some(mut schema) = schemas.get(name).cloned() {
            if schema.get("title").is_some() {
                schema["title"] = json!(input);
            }
            schemas.insert(input.into(), schema);
            // what is sent has no fields but these; an answer may have more one day
            if let Some(answer) = schemas.get_mut(name).and_then(Value::as_object_mut) {
                answer.remove("additionalProperties");
            }
        }
    }
    for name in sent.iter().chain(inputs.values().map(|i| i.trim_start_matches(SCHEMAS).to_owned()).collect::<Vec<_>>().iter()) {
        let answered_too = inputs.contains_key(&reference(name));
        if let Some(schema) = schemas.get_mut(name).filter(|_| !answered_too) {
            rename(schema, &inputs);
        }
    }
    for name in &answered {
        let Some(schema) = schemas.get_mut(name) else { continue };
        require_all(schema);
    }
    for (_, item) in document["paths"].as_object_mut().into_iter().flatten() {
        for (_, operation) in item.as_object_mut().into_iter().flatten() {
            if let Some(body) = operation.get_mut("requestBody") {
                rename(body, &inputs);
            }
        }
    }
}

/// utoipa describes a property that may be null inside its `oneOf`, beside the reference, where no generator of clients looks.
pub(super) fn describe_what_may_be_null(document: &mut Value) {
    let schemas = document["components"]["schemas"].as_object_mut().into_iter().flatten().map(|(_, schema)| schema);
    for schema in schemas.flat_map(|schema| schema.get_mut("properties").and_then(Value::as_object_mut).into_iter().flatten().map(|(_, p)| p)) {
        let branches = schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten();
        let description = branches.filter(|b| b.get("$ref").is_some()).find_map(|b| b.as_object_mut().and_then(|b| b.remove("description")));
        if let Some(description) = description {
            schema["description"] = description;
        }
    }
}

/// utoipa writes what a list holds into the list; it has a name of its own.
fn list_by_name(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let names: BTreeSet<String> = schemas.keys().cloned().collect();
    for (list, schema) in schemas.iter_mut() {
        let Some(items) = schema.pointer_mut("/properties/items/items").filter(|items| items.get("$ref").is_none()) else { continue };
        let title = items.get("title").and_then(Value::as_str).or_else(|| list.strip_suffix("List")).filter(|title| names.contains(*title));
        if let Some(title) = title {
            *items = json!({"$ref": reference(title)});
        }
    }
}

const SCHEMAS: &str = "#/components/schemas/";
pub(crate) fn reference(name: &str) -> String {
    format!("{SCHEMAS}{name}")
}
/// Fields that permission can hide: `redacted` names those that are.
const HIDEABLE: [&str; 13] = [
    "trn",
    "external_refs",
    "provenance",
    "why",
    "needs",
    "objective_ids",
    "reason",
    "plan",
    "narrative",
    "evidence",
    "evaluation",
    "conclusion_note",
    "source_id",
];
/// The same of one schema alone: elsewhere the field is always there.
const HIDEABLE_OF: [(&str, &[&str]); 1] = [("AppraisalRecord", &["commented_on", "appealed_on", "appeal_decided_on", "last_reason"])];
fn require_all(schema: &mut Value) {
    let redacts = schema.pointer("/properties/redacted").is_some();
    let own = HIDEABLE_OF.iter().find(|(title, _)| schema["title"] == *title).map_or(&[] as &[&str], |(_, fields)| fields);
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let hidden = |name: &str| redacts && (HIDEABLE.contains(&name) || own.contains(&name));
        let names: Vec<&String> = properties.keys().filter(|name| !hidden(name)).collect();
        schema["required"] = json!(names);
    }
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        require_all(part);
    }
}
