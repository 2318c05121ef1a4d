//! What leads from the `can` of a record to the operations that it speaks of: the contract names them, so that nobody has to guess.

use crate::{explain::action, openapi::reference};
use actix_web::http::Method;
use serde_json::{Value, json};

/// What is done with one record, and makes another or writes one that is read apart: by the record's address and the word of its `can`.
const ELSEWHERE: [(&str, &str, &str); 6] = [
    ("/v1/coaching-partnerships/{id}", "take_step", "create_action_step"),
    ("/v1/conversations/{id}", "write_notes", "update_my_notes"),
    ("/v1/improvement-plans/{id}", "add_priority", "create_priority"),
    ("/v1/learning-activities/{id}", "schedule", "create_learning_session"),
    ("/v1/objectives/{id}", "invite", "invite_collaborator"),
    ("/v1/organisations/{id}", "add_beneath", "create_organisation"),
];

/// Says beside every word of a `can` which operation it is about, to people in its description and to programs in `x-operation`.
pub fn describe(document: &mut Value) {
    for Affordance { can, word, operation, call } in affordances(document) {
        let Some(property) = document.pointer_mut(&format!("/components/schemas/{can}/properties/{word}")) else { continue };
        property["description"] = json!(format!("Whether `{operation}` would let this caller through now: `{call}`."));
        property["x-operation"] = json!(operation);
    }
}

/// A word of a `can`, and the operation that it is about.
struct Affordance {
    can: String,
    word: String,
    operation: String,
    call: String,
}

fn affordances(document: &Value) -> Vec<Affordance> {
    let Some(paths) = document["paths"].as_object() else { return Vec::new() };
    let mut out = Vec::new();
    for (record, item) in paths {
        let Some(can) = can_of(document, item) else { continue };
        for (path, item) in paths {
            for (name, method) in [("post", Method::POST), ("patch", Method::PATCH)] {
                let Some(operation) = item.get(name).and_then(|operation| operation["operationId"].as_str()) else { continue };
                let otherwise = ELSEWHERE.iter().find(|(address, _, id)| address == record && *id == operation).map(|(_, word, _)| (*word).to_owned());
                let rest = path.strip_prefix(record.as_str()).filter(|rest| rest.is_empty() || (rest.starts_with('/') && method == Method::POST));
                if let Some(word) = otherwise.or_else(|| rest.map(|rest| action(&method, rest.trim_start_matches('/')))) {
                    out.push(Affordance { can: can.clone(), word, operation: operation.to_owned(), call: format!("{method} {path}") });
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
