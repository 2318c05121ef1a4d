//! The contract: made by utoipa from the code that serves, then completed by one rule for what all operations share.

mod addresses;
mod examples;
mod operation;
mod schemas;

pub(crate) use self::schemas::{reached, reference};

use self::{
    examples::{examples, put_example},
    operation::{complete_operation, papers_are_files},
    schemas::{call_by_title, describe_what_may_be_null, requests_and_answers, say_what_is_a_set},
};
use crate::{
    affordance, app,
    error::{ProblemBody, ProblemMembers},
    expand,
    routes::Described,
    wire::word,
    wording,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;
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
        (name = "Pay", description = "What is recommended on pay at the end of an appraisal, and what was decided; off, but where the rules have it"),
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

/// The document as it is served: what is checked in, which the suite shows to be what the code says. So a server neither makes it when it starts nor
/// keeps what making it takes.
#[cfg(not(debug_assertions))]
pub fn text() -> &'static str {
    include_str!("../../../openapi/trellis.v1.json")
}
/// The document as it is served: as the code has it at this moment, since it is being worked on.
#[cfg(debug_assertions)]
pub fn text() -> &'static str {
    serde_json::to_string_pretty(&document()).unwrap_or_default().leak()
}

fn complete(document: &mut Value) {
    operation::share_what_all_answer(document);
    call_by_title(document);
    say_what_is_a_set(document);
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
