//! What all operations share, and what follows for each from its shape.

use super::addresses::{TOKENS, can_be_merged, is_work, keeps_answers, must_match, shows_a_secret, takes_if_match};
use serde_json::{Map, Value, json};
use trellis_domain::bulk::column;

/// What every status of a problem means, whichever operation answers it.
const PROBLEMS: [(u16, &str); 15] = [
    (308, "The record was merged into another one: `Location` is the way there, for good unless the merge is undone"),
    (400, "A parameter, a header or the body cannot be read"),
    (401, "The credential is missing, malformed, expired or revoked"),
    (403, "Known, and refused: the scope, role or relationship is missing"),
    (404, "There is no such thing, or it is not the caller's to know of"),
    (409, "It clashes with how things stand"),
    (410, "It was there, and is not any more: the log does not reach this cursor, or the bytes of a file are lost"),
    (412, "Changed since the caller read it"),
    (413, "The body is too large"),
    (415, "The body's media type or encoding is not taken"),
    (422, "What was sent breaks a rule; every fault is named"),
    (428, "If-Match is required"),
    (429, "Too many attempts"),
    (500, "A fault of this server"),
    (503, "Busy or unavailable; try again"),
];

/// Which problems an operation can answer, by its shape.
fn problems_of(method: &str, path: &str, operation: &Value) -> Vec<u16> {
    let secured = operation["security"].as_array().is_some_and(|s| s.iter().any(|r| r.as_object().is_some_and(|r| !r.is_empty())));
    let scoped = operation["security"].pointer("/0/bearer/0").is_some();
    let writes = matches!(method, "post" | "patch");
    let mut out = vec![415, 500, 503];
    // what an OAuth client may get wrong is answered in the words of RFC 6749, which the operation itself documents
    if path == TOKENS {
        return [vec![413, 429], out].concat();
    }
    out.push(400);
    out.extend(if secured || path.starts_with("/v1/sessions") { vec![401] } else { vec![] });
    out.extend(
        if scoped
            || method == "delete"
            || path.starts_with("/v1/me/calendar-links")
            || matches!(
                path,
                "/v1/me/password" | "/v1/me/tasks" | "/v1/me/check-ins" | "/v1/me/coaching-rhythms" | "/v1/me/disclosures" | "/v1/jobs/{id}/results"
            )
        {
            vec![403]
        } else {
            vec![]
        },
    );
    out.extend(if path.contains('{') { vec![404] } else { vec![] });
    out.extend(if can_be_merged(method, path) { vec![308] } else { vec![] });
    out.extend(if writes { vec![413, 422] } else { vec![] });
    out.extend(if secured && keeps_answers(method, path) { vec![409] } else { vec![] });
    out.extend(if takes_if_match(method, path) { vec![412] } else { vec![] });
    out.extend(if must_match(method, path) { vec![428] } else { vec![] });
    out.extend(if matches!(path, "/v1/sessions" | "/v1/me/password") && method == "post" { vec![429] } else { vec![] });
    out.extend(if path.starts_with("/v1/changes") || path.starts_with("/v1/evidence-files/") { vec![410] } else { vec![] });
    out.extend(
        if path.starts_with("/v1/organisations/import") || path.ends_with("/due-day") || path.ends_with("/programme") || path == "/v1/evidence/{id}/link" {
            vec![409]
        } else {
            vec![]
        },
    );
    out.sort_unstable();
    out.dedup();
    out
}

/// Puts what all operations answer where each can refer to it.
pub(super) fn share_what_all_answer(document: &mut Value) {
    let mut responses = Map::new();
    for (status, description) in PROBLEMS {
        let mut headers = json!({"Request-Id": {"$ref": "#/components/headers/RequestId"}, "Error-Code": {"$ref": "#/components/headers/ErrorCode"}});
        match status {
            401 => {
                headers["WWW-Authenticate"] =
                    json!({"description": "Why the credential is not good (RFC 6750)", "required": true, "schema": {"type": "string"}})
            }
            429 | 503 => {
                headers["Retry-After"] = json!({"description": "Seconds to wait", "required": true, "schema": {"type": "string", "pattern": "^[0-9]+$"}})
            }
            308 => headers["Location"] = json!({"$ref": "#/components/headers/Location"}),
            412 => headers["ETag"] = json!({"$ref": "#/components/headers/ETag"}),
            _ => {}
        }
        if status != 401 {
            headers["Key-Expires-At"] = json!({"$ref": "#/components/headers/KeyExpiresAt"});
        }
        responses.insert(
            format!("Problem{status}"),
            json!({"description": description, "headers": headers, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}),
        );
    }
    document["components"]["responses"] = Value::Object(responses);
    document["components"]["headers"] = json!({
        "RequestId": {"description": "Names the request in logs and in the audit log", "required": true, "schema": {"type": "string", "maxLength": 64}},
        "ErrorCode": {"description": "The problem's stable code", "required": true, "schema": {"type": "string", "maxLength": 64}},
        "ETag": {"description": "The record's version, for If-Match and If-None-Match", "required": true, "schema": {"type": "string", "pattern": "^\"[0-9]+\"$"}},
        "Location": {"description": "Where the record is", "required": true, "schema": {"type": "string", "format": "uri-reference"}},
        "Link": {"description": "The next page (RFC 8288), if there is one", "required": false, "schema": {"type": "string"}},
        "KeyExpiresAt": {"description": "When the key that a machine calls with ends, or the key that its token was given for: from 30 days before on. Issue a second key, change over, revoke this one", "required": false, "schema": {"type": "string", "format": "date-time"}},
        "IdempotencyReplayed": {"description": "`true` if the answer was kept from an earlier request with the same key", "required": false, "schema": {"type": "string", "enum": ["true"]}},
    });
    document["components"]["securitySchemes"] = json!({
        "bearer": {"type": "http", "scheme": "bearer", "description": "An access token of `POST /v1/sessions` or `POST /oauth/token`, or a service account's key. The names beside an operation are the scope that a service account needs, and the permission that a person's roles and relationships must give."}
    });
}

/// A PDF is bytes, not text: a generated client that read it as text would spoil it.
pub(super) fn papers_are_files(document: &mut Value) {
    let operations = document["paths"].as_object_mut().into_iter().flatten().flat_map(|(_, item)| item.as_object_mut().into_iter().flatten());
    let answers = operations.flat_map(|(_, operation)| operation["responses"].as_object_mut().into_iter().flatten());
    for (_, answer) in answers {
        if let Some(paper) = answer.pointer_mut("/content/application~1pdf/schema") {
            *paper = json!({"type": "string", "format": "binary", "contentMediaType": "application/pdf"});
        }
    }
}

/// The columns of the tables that an operation takes.
fn columns_of(path: &str) -> Option<&'static [(&'static str, &'static str)]> {
    Some(match path {
        "/v1/people/bulk-upsert" => column::PEOPLE,
        "/v1/organisations/bulk-upsert" => column::ORGANISATIONS,
        "/v1/learning-records/bulk-upsert" => column::LEARNING,
        "/v1/training-completions/bulk-upsert" => column::COMPLETIONS,
        "/v1/relationships/import" => column::RELATIONSHIPS,
        _ => return None,
    })
}

/// Adds what an operation takes and answers besides what its code says.
pub(super) fn complete_operation(method: &str, path: &str, operation: &mut Value) {
    let mut parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
    for name in path.split('/').filter_map(|s| s.strip_prefix('{').and_then(|s| s.strip_suffix('}'))) {
        if !parameters.iter().any(|p| p["in"] == "path" && p["name"] == name) {
            parameters
                .push(json!({"name": name, "in": "path", "required": true, "description": "The record's id", "schema": {"type": "string", "format": "uuid"}}));
        }
    }
    let reads_one = method == "get" && path.ends_with("/{id}") && path.starts_with("/v1/") && !is_work(path);
    if reads_one {
        parameters.push(json!({"name": "If-None-Match", "in": "header", "required": false, "description": "The ETag that the caller has: answers 304 if it still holds", "schema": {"type": "string"}}));
    }
    if takes_if_match(method, path) {
        let required = must_match(method, path);
        parameters.push(json!({"name": "If-Match", "in": "header", "required": required, "description": "The ETag that the caller saw, or `*`; another version answers 412", "schema": {"type": "string", "pattern": crate::extract::IF_MATCH}}));
    }
    if keeps_answers(method, path) {
        parameters.push(json!({"name": "Idempotency-Key", "in": "header", "required": false, "description": "Makes the request safe to send again for 7 days: the same key and body replay the answer", "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}}));
    }
    if operation.pointer("/responses/202").is_some() {
        parameters.push(json!({"name": "Prefer", "in": "header", "required": false, "description": "`respond-async` answers 202 at once, with the job. Anything else is ignored, however long (RFC 7240, section 2)", "schema": {"type": "string"}}));
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if let Some(columns) = columns_of(path)
        && let Some(table) = operation.pointer_mut("/requestBody/content/text~1csv/schema")
    {
        let names: Vec<String> = columns.iter().map(|(name, _)| format!("`{name}`")).collect();
        table["description"] = json!(format!(
            "A heading row, then a row each. The columns, of which none but those that a row needs has to be there, in any order: {}.",
            names.join(", ")
        ));
    }
    if let Some(body) = operation.get_mut("requestBody").filter(|_| method == "patch") {
        let schema = body["content"]["application/json"].clone();
        body["content"]["application/merge-patch+json"] = schema;
    }
    let problems = problems_of(method, path, operation);
    let secured = operation.pointer("/security/0/bearer").is_some();
    let lists = operation["responses"]["200"]
        .pointer("/content/application~1json/schema/$ref")
        .and_then(Value::as_str)
        .is_some_and(|r| r.contains("List") || r.ends_with("/Feed"));
    let Some(responses) = operation["responses"].as_object_mut() else { return };
    for (status, response) in responses.iter_mut() {
        let mut headers = json!({"Request-Id": {"$ref": "#/components/headers/RequestId"}});
        let record = reads_one
            || path.ends_with("/report-draft")
            || path.ends_with("/statement")
            || (takes_if_match(method, path) && status != "202") // a job is accepted, and the record is as it was
            || (status == "201" && !path.starts_with("/v1/sessions") && !shows_a_secret(path));
        if record {
            headers["ETag"] = json!({"$ref": "#/components/headers/ETag"});
        }
        if status == "202" || (status == "201" && !shows_a_secret(path)) {
            headers["Location"] = json!({"$ref": "#/components/headers/Location"});
        }
        if keeps_answers(method, path) {
            headers["Idempotency-Replayed"] = json!({"$ref": "#/components/headers/IdempotencyReplayed"});
        }
        if (secured || path == TOKENS) && status.starts_with('2') {
            headers["Key-Expires-At"] = json!({"$ref": "#/components/headers/KeyExpiresAt"});
        }
        if path == TOKENS && status == "401" {
            headers["WWW-Authenticate"] = json!({"description": "How a client authenticates", "required": true, "schema": {"type": "string"}});
        }
        if lists {
            headers["Link"] = json!({"$ref": "#/components/headers/Link"});
        }
        response["headers"] = headers;
    }
    if reads_one {
        let headers = json!({"Request-Id": {"$ref": "#/components/headers/RequestId"}, "ETag": {"$ref": "#/components/headers/ETag"}, "Key-Expires-At": {"$ref": "#/components/headers/KeyExpiresAt"}});
        responses.insert("304".into(), json!({"description": "Still as the caller has it", "headers": headers}));
    }
    if path == TOKENS
        && let Some(content) = responses.get_mut("400").and_then(|r| r.get_mut("content"))
    {
        content["application/problem+json"] = json!({"schema": {"$ref": "#/components/schemas/Problem"}});
    }
    for status in problems {
        responses.insert(status.to_string(), json!({"$ref": format!("#/components/responses/Problem{status}")}));
    }
    responses.sort_keys();
}
