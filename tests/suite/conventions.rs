//! What the contract promises of all of its operations alike. A client learns a rule once and relies on it everywhere; a new concept that breaks one fails here.

use crate::support::document;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

fn schemas() -> impl Iterator<Item = (&'static str, &'static Value)> {
    document()["components"]["schemas"].as_object().unwrap().iter().map(|(name, schema)| (name.as_str(), schema))
}
/// Method, path and operation.
fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
    let paths = document()["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| item.as_object().unwrap().iter().map(|(method, operation)| (method.as_str(), path.as_str(), operation)))
}
fn name(reference: &Value) -> Option<&'static str> {
    let pointer = reference["$ref"].as_str()?.to_owned();
    schemas().map(|(name, _)| name).find(|name| pointer == format!("#/components/schemas/{name}"))
}
/// The properties of a schema, those of its parts included.
fn properties(schema: &'static Value) -> impl Iterator<Item = (&'static str, &'static Value)> {
    let parts = std::iter::once(schema).chain(schema["allOf"].as_array().into_iter().flatten());
    parts.filter_map(|part| part["properties"].as_object()).flatten().map(|(name, property)| (name.as_str(), property))
}
fn answered(path: &str) -> Option<&'static Value> {
    document()["paths"][path].pointer("/get/responses/200/content/application~1json/schema")
}
fn references(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            out.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|v| references(v, out));
        }
        Value::Array(items) => items.iter().for_each(|v| references(v, out)),
        _ => {}
    }
}

#[test]
fn every_word_of_a_closed_list_is_explained() {
    let mut faults = vec![];
    let mut seen = 0;
    for (list, schema) in schemas().filter(|(_, schema)| schema["enum"].is_array()) {
        let says = schema["description"].as_str().unwrap_or_default();
        for word in schema["enum"].as_array().unwrap().iter().filter_map(Value::as_str) {
            seen += 1;
            let line = says.lines().find_map(|line| line.strip_prefix(&format!("- `{word}`: ")));
            if line.is_none_or(|meaning| meaning.len() < 3) {
                faults.push(format!("{list}: {word}"));
            }
        }
    }
    assert!(seen > 500 && faults.is_empty(), "{seen}: {faults:#?}");
}

#[test]
fn every_act_on_a_record_stands_in_its_can_and_every_word_of_a_can_leads_to_an_operation() {
    let known: BTreeMap<&str, String> =
        operations().filter_map(|(method, path, o)| Some((o["operationId"].as_str()?, format!("{} {path}", method.to_uppercase())))).collect();
    let (mut faults, mut seen) = (vec![], 0);
    for (_, record, _) in operations().filter(|(method, path, _)| *method == "get" && path.ends_with('}')) {
        let Some(can) =
            answered(record).and_then(name).and_then(|name| properties(&document()["components"]["schemas"][name]).find(|(name, _)| *name == "can"))
        else {
            continue;
        };
        let can = name(can.1).unwrap();
        let mut acts = BTreeSet::new();
        for (word, act) in properties(&document()["components"]["schemas"][can]) {
            seen += 1;
            let operations: Vec<&str> = act["x-operations"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            if operations.is_empty() || operations.iter().any(|id| !known.contains_key(id)) {
                faults.push(format!("{can}.{word} leads nowhere"));
            } else if !act["description"].as_str().is_some_and(|says| operations.iter().all(|id| says.contains(&known[id]))) {
                faults.push(format!("{can}.{word} does not say which call it is"));
            }
            acts.extend(operations);
        }
        // what is read by itself beneath a record has a `can` of its own
        let own = |path: &str| {
            path != record
                && answered(path).is_some_and(|answer| {
                    name(answer).is_some_and(|name| properties(&document()["components"]["schemas"][name]).any(|(name, _)| name == "can"))
                })
        };
        for (method, path, operation) in operations().filter(|(method, path, _)| {
            matches!(*method, "post" | "patch") && path.starts_with(&format!("{record}/")) || (*method == "patch" && *path == record)
        }) {
            let id = operation["operationId"].as_str().unwrap();
            if !own(path) && !acts.contains(id) {
                faults.push(format!("{can} does not say whether one may {method} {path}"));
            }
        }
    }
    assert!(seen > 100 && faults.is_empty(), "{seen}: {faults:#?}");
}

#[test]
fn every_schema_is_used_by_its_name_and_what_lists_hold_has_one() {
    let mut used = BTreeSet::new();
    references(document(), &mut used);
    let mut faults: Vec<String> =
        schemas().filter(|(name, _)| !used.contains(&format!("#/components/schemas/{name}"))).map(|(name, _)| format!("nothing is a {name}")).collect();
    faults.extend(schemas().filter(|(name, _)| name.ends_with("View")).map(|(name, _)| format!("{name} is called after our code")));
    for (list, schema) in schemas() {
        let items = &schema["properties"]["items"]["items"];
        if items["type"] == "object" {
            faults.push(format!("what {list} holds has no name"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Days that are not called `.._on`: each is a bound or an aspect of something, and is called as people say it.
const DAYS: [&str; 9] = ["from", "until", "later_until", "valid_until", "applies_from", "missing_since", "as_of", "on", "since"];
/// Moments that are not called `.._at`.
const MOMENTS: [&str; 2] = ["since", "at"];

#[test]
fn days_and_moments_are_told_apart_by_their_names() {
    let mut faults = vec![];
    for (schema, property, of) in schemas().flat_map(|(name, schema)| properties(schema).map(move |(property, of)| (name, property, of))) {
        let (day, moment) = (of["format"] == "date", of["format"] == "date-time");
        if day && !property.ends_with("_on") && !DAYS.contains(&property) {
            faults.push(format!("{schema}.{property} is a day"));
        }
        if moment && !property.ends_with("_at") && !MOMENTS.contains(&property) {
            faults.push(format!("{schema}.{property} is a moment"));
        }
        if (property.ends_with("_on") && !day && property != "based_on") || (property.ends_with("_at") && !moment) {
            faults.push(format!("{schema}.{property} sounds like a time and is none"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn whoever_is_named_by_name_is_named_by_id_beside_it() {
    // the parts of a person's own name, and a school of another trust that is known by its number
    let own = ["given_name", "family_name", "preferred_name", "linked_name"];
    let mut faults = vec![];
    for (schema, of) in schemas() {
        let all: BTreeSet<&str> = properties(of).map(|(name, _)| name).collect();
        for property in all.iter().filter(|p| !own.contains(*p)) {
            if let Some(who) = property.strip_suffix("_name")
                && !all.contains(format!("{who}_id").as_str())
            {
                faults.push(format!("{schema}.{property}"));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Reads that name people and do not offer to say what they are called, each for a reason.
const NO_NAMES: [(&str, &str); 4] = [
    ("/v1/people", "the record says it"),
    ("/v1/people/{id}", "the record says it"),
    ("/v1/changes", "it is followed by programs, which keep the records"),
    ("/v1/demo", "nobody is logged in"),
];

#[test]
fn every_read_that_names_people_or_organisations_offers_what_they_are_called() {
    let (mut faults, mut offered) = (vec![], 0);
    for (_, path, operation) in operations().filter(|(method, path, _)| *method == "get" && !NO_NAMES.iter().any(|(not, _)| not == path)) {
        let Some(schema) = answered(path) else { continue };
        // what is put beside an answer is not what the answer names
        let (mut open, mut seen) = (BTreeSet::new(), BTreeSet::from(["#/components/schemas/Expanded".to_owned()]));
        references(schema, &mut open);
        while let Some(reference) = open.pop_first() {
            if seen.insert(reference.clone()) {
                references(document().pointer(&reference[1..]).unwrap(), &mut open);
            }
        }
        let names = |kind: &str| seen.contains(&format!("#/components/schemas/{kind}"));
        let parameter = operation["parameters"].as_array().into_iter().flatten().find(|p| p["name"] == "expand");
        let offers = |kind: &str| parameter.is_some_and(|p| p["schema"]["pattern"].as_str().unwrap().contains(kind));
        for (by, kind) in [("PersonId", "people"), ("OrganisationId", "organisations")] {
            match (names(by), offers(kind)) {
                (true, true) => offered += 1,
                (true, false) => faults.push(format!("{path} names {kind}")),
                _ => {}
            }
        }
    }
    assert!(offered > 100 && faults.is_empty(), "{offered}: {faults:#?}");
}

#[test]
fn every_operation_says_which_permission_it_asks_for_and_who_has_it() {
    let (mut faults, mut summaries) = (vec![], BTreeSet::new());
    for (method, path, operation) in operations() {
        let says = operation["description"].as_str().unwrap();
        if let Some(permission) = operation.pointer("/security/0/bearer/0").and_then(Value::as_str)
            && !says.contains(&format!("Asks for `{permission}`, which is had by "))
        {
            faults.push(format!("{method} {path} does not say who may"));
        }
        if !summaries.insert(operation["summary"].as_str().unwrap()) {
            faults.push(format!("{method} {path} is called what another is: {}", operation["summary"]));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
