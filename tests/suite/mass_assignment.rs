//! Nothing is written that an operation does not describe: each is sent every field of what it answers that is not its own to set, and one
//! that nobody knows. Each is refused by name, and nothing happens.

use crate::{
    permissions::{CALLS, FORM, Record, Scene, everybody, filled, last_event, secured},
    support::*,
};
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// What an attacker would like to set, whatever the operation answers.
const COVETED: &[&str] = &[
    "id",
    "version",
    "created_at",
    "updated_at",
    "state",
    "status",
    "tenant",
    "tenant_id",
    "person_id",
    "author_id",
    "owner_id",
    "agreed_by",
    "agreed_at",
    "proposed_by",
    "visibility",
    "disabled_at",
    "private_to",
    "revision",
    "origin",
    "password_hash",
    "role",
    "roles",
    "scopes",
    "can",
    "organisation_id",
    "employment_id",
    "last_event",
    "nobody_knows_this",
    "__proto__",
];

fn resolved(schema: &'static Value) -> &'static Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(document().pointer(reference.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}
fn properties(schema: &'static Value, out: &mut BTreeMap<String, &'static Value>) {
    let schema = resolved(schema);
    out.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, s)| (name.clone(), s)));
    for part in ["allOf", "oneOf", "anyOf"] {
        schema[part].as_array().into_iter().flatten().for_each(|s| properties(s, out));
    }
    if schema["items"].is_object() {
        properties(&schema["items"], out);
    }
}

/// Every object of a body: where it stands, and which members it may have.
fn objects(body: &Value, schema: Option<&'static Value>, at: &str, out: &mut Vec<(String, BTreeSet<String>)>) {
    let mut own = BTreeMap::new();
    if let Some(schema) = schema {
        properties(schema, &mut own);
    }
    match body {
        Value::Object(members) => {
            out.push((at.into(), own.keys().cloned().collect()));
            members.iter().for_each(|(name, value)| objects(value, own.get(name).copied(), &format!("{at}/{name}"), out));
        }
        Value::Array(items) => items.iter().enumerate().for_each(|(i, value)| objects(value, schema, &format!("{at}/{i}"), out)),
        _ => {}
    }
}

on_both! {
    async fn a_field_that_is_not_ones_own_to_set_is_refused_by_name_and_nothing_happens(w: World) {
        let trust = w.trust("beacon").await;
        let scene = Scene::new(w, &trust, trust.school, "practice").await;
        let callers = everybody(w, &scene).await;
        let mut tried = 0;
        for call in CALLS.iter().flat_map(|(_, calls)| calls.iter()) {
            let (method, path, operation) = of_contract(call.operation);
            if !matches!(method, Method::POST | Method::PATCH) || ["/requestBody/content/text~1csv", FORM].iter().any(|media| operation.pointer(media).is_some()) {
                continue;
            }
            let names = scene.names(w, call.record).await;
            let uri = filled(path, &names);
            let (_, credential) = callers.iter().find(|(who, _)| who == call.by).unwrap_or_else(|| panic!("nobody is {}", call.by));
            let send = |method: Method, media: &'static str, body: &Value| {
                let mut asking = w.ask(method, uri.clone()).raw(media, body.to_string().as_bytes());
                if operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == "If-Match") {
                    asking = asking.if_match("*");
                }
                if let Some(credential) = credential {
                    asking = asking.bearer(credential);
                }
                asking.send()
            };
            let schema = operation.pointer("/requestBody/content/application~1json/schema");
            let valid: Value = if call.body.is_empty() { json!({}) } else { serde_json::from_str(&filled(call.body, &names)).unwrap() };
            let mut answered = BTreeMap::new();
            for response in operation["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2')).map(|(_, r)| resolved(r)) {
                if let Some(schema) = response.pointer("/content/application~1json/schema") {
                    properties(schema, &mut answered);
                }
            }
            let mut places = Vec::new();
            objects(&valid, schema, "", &mut places);
            let before = last_event(w, trust.id).await;
            for (at, own) in places {
                let fields: BTreeSet<&str> = answered.keys().map(String::as_str).chain(COVETED.iter().copied()).filter(|f| !own.contains(*f)).collect();
                for field in fields {
                    let mut body = valid.clone();
                    let value = if field.ends_with("_id") || field == "id" { json!(scene.appraiser.person.to_string()) } else { json!("practice") };
                    body.pointer_mut(&at).and_then(Value::as_object_mut).map(|o: &mut Map<String, Value>| o.insert(field.into(), value)).unwrap();
                    let media: &[&str] = if method == Method::PATCH { &["application/json", "application/merge-patch+json"] } else { &["application/json"] };
                    for media in media {
                        let reply = send(method.clone(), media, &body).await;
                        assert_eq!(reply.status, 422, "{} took {at}/{field}: {}", call.operation, reply.text);
                        assert_eq!(reply.pointers(), [format!("{at}/{field}")], "{}: {}", call.operation, reply.text);
                        tried += 1;
                    }
                }
            }
            assert_eq!(last_event(w, trust.id).await, before, "{} left an event", call.operation);
            // words that the appraisee proposed are agreed, not set
            let own_words = call.operation == "set_objective_with_dissent" && call.record == Record::Objective("proposed");
            // without the field it is taken: it was the field that was refused
            if secured(operation) && schema.is_some() && call.operation != "change_password" && !own_words {
                let taken = send(method.clone(), "application/json", &valid).await;
                assert!(taken.status < 300, "{} is no valid example: {}", call.operation, taken.text);
                let asks = call.operation == "explain_permission";
                assert!(asks || last_event(w, trust.id).await > before, "{} did nothing", call.operation);
            }
        }
        assert!(tried > 1000, "only {tried} fields were tried");
    }
}
