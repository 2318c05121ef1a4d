//! What leads from the `can` of a record to the operations that it speaks of: the contract names them, so that nobody has to guess.

use crate::{explain::action, openapi::reference};
use actix_web::http::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is done with one record, and makes another or writes one that is read apart: by the record's address and the word of its `can`.
const ELSEWHERE: [(&str, &str, &str); 6] = [
    ("/v1/coaching-partnerships/{id}", "take_step", "create_action_step"),
    ("/v1/conversations/{id}", "write_notes", "update_my_notes"),
    ("/v1/improvement-plans/{id}", "add_priority", "create_priority"),
    ("/v1/learning-activities/{id}", "schedule", "create_learning_session"),
    ("/v1/objectives/{id}", "invite", "invite_collaborator"),
    ("/v1/organisations/{id}", "add_beneath", "create_organisation"),
];

/// Says beside every word of a `can` which operations it is about, to people in its description and to programs in `x-operations`.
pub fn describe(document: &mut Value) {
    for ((can, word), calls) in affordances(document) {
        let Some(property) = document.pointer_mut(&format!("/components/schemas/{can}/properties/{word}")) else { continue };
        let called: Vec<String> = calls.iter().map(|(operation, call)| format!("`{operation}` (`{call}`)")).collect();
        property["description"] = json!(format!("Whether {} would let this caller through now.", called.join(" or ")));
        property["x-operations"] = calls.into_keys().collect();
    }
}

/// The operations that each word of each `can` is about, with what is called: a record may be shared, or added to, in more than one way.
type Affordances = BTreeMap<(String, String), BTreeMap<String, String>>;

fn affordances(document: &Value) -> Affordances {
    let Some(paths) = document["paths"].as_object() else { return Affordances::new() };
    let mut out = Affordances::new();
    for (record, item) in paths {
        let Some(can) = can_of(document, item) else { continue };
        for (path, item) in paths {
            for (name, method) in [("post", Method::POST), ("patch", Method::PATCH)] {
                let Some(operation) = item.get(name).and_then(|operation| operation["operationId"].as_str()) else { continue };
                let otherwise = ELSEWHERE.iter().find(|(address, _, id)| address == record && *id == operation).map(|(_, word, _)| (*word).to_owned());
                let rest = path.strip_prefix(record.as_str()).filter(|rest| rest.is_empty() || (rest.starts_with('/') && method == Method::POST));
                if let Some(word) = otherwise.or_else(|| rest.map(|rest| action(&method, rest.trim_start_matches('/')))) {
                    out.entry((can.clone(), word)).or_default().insert(operation.to_owned(), format!("{method} {path}"));
                }
            }
        }
    }
    out
}

/// The name of the schema of an answer's `can`, if what is read at this address has one.
fn can_of(document: &Value, item: &Value) -> Option<String> {
    let answered = item.pointer("/get/responses/200/content/application~1json/schema/$ref")?.as_str()?;
    let schema = document.pointer(answered.strip_prefix('#')?)?;
    let parts = std::iter::once(schema).chain(schema["allOf"].as_array().into_iter().flatten());
    let can = parts.filter_map(|part| part.pointer("/properties/can/$ref")).next()?.as_str()?;
    can.strip_prefix(&reference("")).map(str::to_owned)
}
