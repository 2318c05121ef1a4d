//! The contract: made by utoipa from the code that serves, then completed by one rule for what all operations share.

use crate::{
    affordance, app,
    contract::references,
    error::{ProblemBody, ProblemMembers},
    expand,
    routes::Described,
    wire::word,
    wording,
};
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use trellis_domain::bulk::column;
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Trellis",
        version = "1",
        description = "The open backend for staff appraisal and professional learning in schools and trusts. Professional learning comes first in every conversation about performance.\n\nEvery answer that is not a good one is a problem (RFC 9457) whose `code` `/problems.json` explains. Clients ignore fields and change types that they do not know: more are added within v1. HEAD answers every read like GET, without the body.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(ProblemBody, ProblemMembers, word::GiasFile, expand::Expanded)),
    tags(
        (name = "Me", description = "Who one is"),
        (name = "Sessions", description = "Logging in and out"),
        (name = "Organisations", description = "Trusts, schools and groups"),
        (name = "People", description = "Who works, worked or will work in the schools"),
        (name = "Employments", description = "Who is employed where, from when to when"),
        (name = "Relationships", description = "Line managers, appraisers, coaches, mentors, induction tutors"),
        (name = "Merging", description = "Two records that are one person"),
        (name = "Roles", description = "What people may do, where"),
        (name = "Frameworks", description = "Professional standards as versioned trees"),
        (name = "Rule profiles", description = "The appraisal rules of a nation and a kind of school, as data with versions"),
        (name = "Calendars", description = "Terms, INSET days and closures, and the counting of days by them"),
        (name = "Insight", description = "Figures of schools and trusts: never names, and never fewer than five people"),
        (name = "Cycles", description = "Rounds of appraisal"),
        (name = "Appraisals", description = "One employment's appraisal in one cycle"),
        (name = "Reports", description = "What an appraisal ends with: written by who appraises, issued in versions that never change"),
        (name = "Needs", description = "What people need to learn or to be helped with, and the actions to meet it"),
        (name = "Holds", description = "Days on which no appraisal begins, or one rests; known to HR and the headteacher alone"),
        (name = "Conversations", description = "Meetings of two people: the questions they ask, their words, and what they agree"),
        (name = "Objectives", description = "What people set out to achieve or to find out"),
        (name = "Learning", description = "What people learned; private until they share it"),
        (name = "Improvement", description = "Improvement plans, their priorities and actions"),
        (name = "Catalogue", description = "What is offered to learn, its sessions, and who comes"),
        (name = "Training", description = "What training is required of whom, who did it, and where people stand on any day"),
        (name = "Requests", description = "What people ask to be let learn, what is decided, and what comes of it"),
        (name = "Budgets", description = "Money for learning, and where it went"),
        (name = "Inquiry commons", description = "What people found out and published, with their name or without it"),
        (name = "Coaching", description = "Partnerships of two, their action steps and visits; nobody else reads them"),
        (name = "Self-reviews", description = "How people see themselves against a framework; theirs alone, and shared as a version that is fixed"),
        (name = "Bulk", description = "Many records at once, as another system has them"),
        (name = "Jobs", description = "Work that takes longer than a request may"),
        (name = "Changes", description = "The one ordered log, to follow for ever"),
        (name = "Accounts", description = "How people log in"),
        (name = "Service accounts", description = "Machines' identities and keys"),
        (name = "Problems", description = "What answers mean"),
        (name = "Health", description = "Whether the server is well"),
        (name = "Demo", description = "Only with `serve --demo`")
    )
)]
struct Base;

/// The document.
pub fn document() -> Value {
    let Described { paths, schemas } = Described::of(app::operations);
    let mut api = Base::openapi();
    api.paths.merge(paths);
    api.components.get_or_insert_default().schemas.extend(schemas);
    let mut document = serde_json::to_value(api).unwrap_or(Value::Null);
    complete(&mut document);
    document
}

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
            || matches!(path, "/v1/me/password" | "/v1/me/tasks" | "/v1/me/check-ins" | "/v1/me/disclosures" | "/v1/jobs/{id}/results")
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
    out.extend(if path.starts_with("/v1/organisations/import") || path.ends_with("/due-day") || path == "/v1/evidence/{id}/link" { vec![409] } else { vec![] });
    out.sort_unstable();
    out.dedup();
    out
}

/// Records that can give way to another when two people are merged: their addresses answer with the way there.
fn can_be_merged(method: &str, path: &str) -> bool {
    let lists = ["people", "employments", "relationships", "roles", "accounts"];
    matches!(method, "get" | "patch") && lists.iter().any(|list| path.starts_with(&format!("/v1/{list}/{{id}}")))
}
/// Work, and what came of it: it is under way or over, and has no versions.
fn is_work(path: &str) -> bool {
    path.starts_with("/v1/jobs/") || path.starts_with("/v1/syncs/")
}
/// A write on one record says which version it saw, if it cares.
fn takes_if_match(method: &str, path: &str) -> bool {
    matches!(method, "post" | "patch")
        && path.contains("{id}")
        && !shows_a_secret(path)
        && !path.contains("/keys")
        && !is_work(path)
        && !path.ends_with("/hand-over")
        && !path.ends_with("/enrol")
        && !path.ends_with("/actions")
        && !path.ends_with("/comments")
        // a note is added beside others, and taken back once: there is no version of it to have seen
        && !path.ends_with("/notes")
        && !path.starts_with("/v1/objective-notes/")
        // so is evidence
        && !path.ends_with("/evidence")
        && !path.ends_with("/evidence-files")
        && !path.starts_with("/v1/evidence/")
}
/// Keys and calendar links have no versions of their own.
fn shows_a_secret(path: &str) -> bool {
    path.contains("/keys") || path.contains("/calendar-links")
}
/// A write on a document that two people write always says so.
fn must_match(method: &str, path: &str) -> bool {
    takes_if_match(method, path)
        && ["/v1/objectives/", "/v1/appraisals/", "/v1/conversations/", "/v1/agreed-actions/"].iter().any(|documents| path.starts_with(documents))
}
fn keeps_answers(method: &str, path: &str) -> bool {
    let keeps_none = ["/v1/sessions", "/v1/demo", "/v1/me/permissions", TOKENS];
    matches!(method, "post" | "patch") && !keeps_none.iter().any(|prefix| path.starts_with(prefix))
}
/// Where machines ask for tokens.
const TOKENS: &str = "/oauth/token";

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

fn complete(document: &mut Value) {
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
    call_by_title(document);
    let schemas = document["components"]["schemas"].as_object_mut();
    for property in schemas.into_iter().flatten().filter_map(|(_, schema)| schema.get_mut("properties").and_then(Value::as_object_mut)).flatten() {
        let (name, schema) = property;
        if SETS.contains(&name.as_str()) && schema.get("maxItems").is_some() {
            schema["uniqueItems"] = json!(true);
        }
    }
    name_the_operations(document);
    crate::evidence::describe_files(document);
    papers_are_files(document);
    requests_and_answers(document);
    describe_what_may_be_null(document);
    affordance::describe(document);
    wording::complete(document);
    expand::offer(document);
    let schemas = document["components"]["schemas"].as_object_mut();
    if let Some((schemas, members)) = schemas.and_then(|s| s.remove("ProblemMembers").map(|members| (s, members)))
        && let (Some(of), Some(more)) = (schemas.get_mut("Problem").and_then(|p| p["properties"].as_object_mut()), members["properties"].as_object())
    {
        of.extend(more.clone());
    }
    let examples = examples();
    let Some(paths) = document["paths"].as_object_mut() else { return };
    for (path, item) in paths.iter_mut() {
        for method in ["get", "post", "patch", "delete"] {
            let Some(operation) = item.get_mut(method) else { continue };
            complete_operation(method, path, operation);
            if let Some(example) = operation["operationId"].as_str().and_then(|id| examples.get(id)) {
                put_example(operation, example);
            }
        }
    }
    if let Some(schemas) = document["components"]["schemas"].as_object_mut() {
        schemas.sort_keys(); // so that a difference is easy to read
    }
}

/// What can be asked about by `explain_permission` are the operations of this document.
fn name_the_operations(document: &mut Value) {
    let items = document["paths"].as_object().into_iter().flatten().filter_map(|(_, item)| item.as_object());
    let ids: BTreeSet<String> = items.flatten().filter_map(|(_, operation)| operation["operationId"].as_str().map(str::to_owned)).collect();
    if let Some(question) = document.pointer_mut("/components/schemas/PermissionQuestion/properties/operation_id") {
        question["enum"] = json!(ids);
    }
}

/// Schemas are called by their titles where they have one: `Objective`, not `ObjectiveDetail`.
fn call_by_title(document: &mut Value) {
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
fn requests_and_answers(document: &mut Value) {
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
fn describe_what_may_be_null(document: &mut Value) {
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
fn require_all(schema: &mut Value) {
    let redacts = schema.pointer("/properties/redacted").is_some();
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let names: Vec<&String> = properties.keys().filter(|name| !(redacts && HIDEABLE.contains(&name.as_str()))).collect();
        schema["required"] = json!(names);
    }
    for part in schema.get_mut("allOf").and_then(Value::as_array_mut).into_iter().flatten() {
        require_all(part);
    }
}

/// A PDF is bytes, not text: a generated client that read it as text would spoil it.
fn papers_are_files(document: &mut Value) {
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
    Some(match path.strip_suffix("/bulk-upsert")? {
        "/v1/people" => column::PEOPLE,
        "/v1/organisations" => column::ORGANISATIONS,
        "/v1/learning-records" => column::LEARNING,
        "/v1/training-completions" => column::COMPLETIONS,
        _ => return None,
    })
}

fn complete_operation(method: &str, path: &str, operation: &mut Value) {
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
        parameters.push(json!({"name": "Prefer", "in": "header", "required": false, "description": "`respond-async` (RFC 7240) answers 202 at once, with the job", "schema": {"type": "string", "maxLength": 200}}));
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

/// Requests and answers as they really were: the suite makes each of them again and compares.
fn examples() -> Map<String, Value> {
    serde_json::from_str(include_str!("../../openapi/examples.json")).unwrap_or_default()
}

/// Is it of this form: JSON, or text?
fn shown_as(media: &str, body: &Value) -> bool {
    if body.is_string() { media.starts_with("text/") } else { media.ends_with("json") }
}

fn put_example(operation: &mut Value, example: &Value) {
    if let Some(path) = example.get("path").and_then(Value::as_object) {
        for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
            if let Some(value) = parameter["name"].as_str().and_then(|name| path.get(name)) {
                parameter["example"] = value.clone();
            }
        }
    }
    if let (Some(body), Some(content)) = (example.get("request"), operation.pointer_mut("/requestBody/content").and_then(Value::as_object_mut)) {
        content.iter_mut().filter(|(media, _)| shown_as(media, body)).for_each(|(_, media)| media["example"] = body.clone());
    }
    let status = example["status"].as_u64().unwrap_or(200).to_string();
    if let (Some(body), Some(media)) = (example.get("response"), operation.pointer_mut(&format!("/responses/{status}/content")).and_then(Value::as_object_mut))
    {
        media.iter_mut().filter(|(media, _)| shown_as(media, body)).for_each(|(_, media)| media["example"] = body.clone());
    }
}
