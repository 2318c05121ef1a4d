//! Who may do what: every operation of the served contract, tried by every kind of caller, on records of their own school, of another school
//! of their trust, of another tenant, and on none. The outcome is held against `permissions.txt`, which people read and review.
//!
//! After an intended change: `UPDATE_PERMISSIONS=1 tests/tools/postgres cargo test -p trellis-tests --test suite permissions::`, then read the
//! difference. A record that an allowed write changed is made anew before the next caller, so that each finds the same.

mod callers;
mod calls;
mod made;
mod record;
mod scene;

pub use callers::everybody;
pub use calls::{CALLS, Call};
pub use record::Record;
pub use scene::{Names, Scene, filled, of_nothing};

use crate::support::*;
use actix_web::http::Method;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};
use trellis_domain::id::TenantId;
use trellis_persistence::event::{After, Changes, VerifyLog};

fn needed(operation: &Value) -> Option<&str> {
    operation.pointer("/security/0/bearer/0").and_then(Value::as_str)
}
pub fn secured(operation: &Value) -> bool {
    operation.pointer("/security/0/bearer").is_some()
}

/// Who cannot be told who they are.
pub const UNKNOWN: &[&str] = &["anonymous", "garbage", "expired", "disabled", "logged_out"];

/// Where the contract says that an operation takes a form.
pub const FORM: &str = "/requestBody/content/application~1x-www-form-urlencoded";

/// Sends a call.
pub async fn tried(w: &World, call: &Call, names: &Names, credential: Option<&str>) -> Reply {
    let (method, path, operation) = of_contract(call.operation);
    let mut uri = filled(path, names);
    if !call.query.is_empty() {
        let _ = write!(uri, "?{}", filled(call.query, names));
    }
    let read = method == Method::GET;
    let mut asking = w.ask(method, uri);
    if let Some(credential) = credential {
        asking = asking.bearer(credential);
    }
    if !read && operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == "If-Match") {
        asking = asking.if_match("*");
    }
    if operation.pointer("/requestBody/content/text~1csv").is_some() {
        asking = asking.raw("text/csv", filled(call.body, names).as_bytes());
    } else if operation.pointer(FORM).is_some() {
        asking = asking.form(&filled(call.body, names));
    } else if !call.body.is_empty() {
        asking = asking.json(serde_json::from_str(&filled(call.body, names)).unwrap());
    }
    asking.send().await
}

/// Number of the last event.
pub async fn last_event(w: &World, tenant: TenantId) -> i64 {
    w.db.read(w.operator(tenant), Changes::after(After::Head, 1)).await.unwrap().next
}

/// The same answer, whatever ids were asked with.
fn unnamed(reply: &Reply, names: &Names) -> Reply {
    let mut out = reply.clone();
    for (name, value) in names.iter().filter(|(_, v)| v.len() > 8) {
        let hide = |text: &str| text.replace(value, name);
        out.text = hide(&out.text);
        out.headers = out.headers.iter().map(|(k, v)| (k.clone(), hide(v))).collect();
    }
    out.body = serde_json::from_str(&out.text).unwrap_or(Value::Null);
    out
}

fn outcome(reply: &Reply, call: &Call, names: &Names) -> String {
    let list = reply.status == 200 && reply.body.get("items").is_some() && call.operation.starts_with("list_") && call.record != Record::None;
    let (_, path, _) = of_contract(call.operation);
    match reply.status {
        200 if list && !path.contains('{') => if reply.text.contains(&names["id"]) { "sees" } else { "empty" }.into(),
        207 if call.operation.starts_with("decide_") && reply.body["failed"] == 1 => {
            format!("207 {}", reply.body["results"][0]["problem"]["code"].as_str().unwrap())
        }
        207 if reply.body["results"][0]["action"] == "failed" => format!("207 {}", reply.body["results"][0]["problem"]["code"].as_str().unwrap()),
        200..=299 => "ok".into(),
        401 | 404 => reply.status.to_string(),
        403 => match reply.body["code"].as_str().unwrap() {
            "insufficient_scope" | "role_required" => "403".into(),
            code => format!("403 {code}"),
        },
        status => format!("{status} {}", reply.body["code"].as_str().unwrap_or_default()),
    }
}

/// One line: who, by outcome.
fn line(place: &str, outcomes: &[(String, String)]) -> String {
    let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (who, outcome) in outcomes {
        by.entry(outcome).or_default().push(who);
    }
    let rank = |o: &str| match o {
        "sees" | "ok" => 0,
        _ if !o.starts_with("403") && !o.starts_with("404") && o != "empty" => 1,
        _ => 2,
    };
    let mut groups: Vec<_> = by.into_iter().collect();
    groups.sort_by_key(|(o, _)| (rank(o), *o));
    let most = groups.iter().filter(|(o, _)| rank(o) == 2).max_by_key(|(_, who)| who.len()).map(|(o, _)| *o);
    if groups.len() == 1 {
        return format!("    {place}: everybody {}\n", groups[0].0);
    }
    let mut out = format!("    {place}:\n");
    for (outcome, who) in groups.iter().filter(|(o, _)| Some(*o) != most) {
        let _ = writeln!(out, "        {outcome}: {}", who.join(" "));
    }
    if let Some(most) = most {
        let _ = writeln!(out, "        {most}: all others");
    }
    out
}

/// Tries a group's operations in a world of its own.
async fn matrix(w: &World, title: &str, calls: &[Call]) -> String {
    let trust = w.trust("beacon").await;
    let school = Scene::new(w, &trust, trust.school, "practice").await;
    let other_school = Scene::new(w, &trust, trust.other_school, "practice").await;
    let elsewhere = w.trust("harbour").await;
    let foreign = Scene::new(w, &elsewhere, elsewhere.school, "practice").await;
    let callers = everybody(w, &school).await;
    let mut out = format!("\n# {title}\n");
    for call in calls {
        let (method, path, operation) = of_contract(call.operation);
        let about = match call.record {
            Record::Framework(published) | Record::Profile(published) | Record::Template(published) => if published { ", published" } else { ", draft" }.into(),
            Record::Cycle(state)
            | Record::Objective(state)
            | Record::Appraisal(state)
            | Record::Conversation(state)
            | Record::Agreed(state)
            | Record::Collaboration(state)
            | Record::Partnership(state)
            | Record::Requirement(state)
            | Record::Request(state)
            | Record::Plan(state)
            | Record::Priority(state) => format!(", {state}"),
            Record::Enrolment(when) => format!(", {when}"),
            Record::Finding(named) => if named { ", to the school, named" } else { ", to the trust, unnamed" }.into(),
            Record::Delegation => ", a delegation".into(),
            Record::Activity(offered) => if offered { "" } else { ", retired" }.into(),
            Record::Need(named) => if named { ", named by a report" } else { ", own" }.into(),
            Record::Learning(shared) | Record::Evidence(shared) => if shared { ", shared" } else { ", private" }.into(),
            Record::SharedReview(live) => if live { "" } else { ", withdrawn" }.into(),
            _ => String::new(),
        };
        let _ = writeln!(
            out,
            "\n{}{about}  ({method} {path}, {})",
            call.operation,
            needed(operation).unwrap_or(if secured(operation) { "logged in" } else { "open" })
        );
        let somewhere = path.contains("id}")
            || format!("{}{}", call.query, call.body).contains("<organisation>")
            || [
                "<person>",
                "<holder>",
                "<employment>",
                "<root>",
                "<email>",
                "<slug>",
                "<key>",
                "<cycle>",
                "<id>",
                "<session>",
                "<requirement>",
                "<line>",
                "<objective>",
            ]
            .iter()
            .any(|n| call.query.contains(n) || call.body.contains(n));
        let write = method != Method::GET;
        for (place, scene) in [("own school", &school), ("other school", &other_school)] {
            if !somewhere && place == "other school" && call.record == Record::None {
                continue;
            }
            let place = if somewhere || call.record != Record::None { place } else { "anywhere" };
            let mut names = scene.names(w, call.record).await;
            let mut before = last_event(w, trust.id).await;
            let mut outcomes = Vec::new();
            for (who, credential) in &callers {
                let reply = tried(w, call, &names, credential.as_deref()).await;
                let context = format!("{} in the {place} by {who}: {}", call.operation, reply.text);
                if secured(operation) && UNKNOWN.contains(&who.as_str()) {
                    assert_eq!(reply.status, 401, "{context}");
                }
                if reply.status >= 400 && matches!(reply.body["code"].as_str(), Some("insufficient_scope" | "role_required")) {
                    assert_eq!(reply.body["required_scopes"], json!([needed(operation)]), "{context}");
                }
                let after = last_event(w, trust.id).await;
                if !write || reply.status >= 400 {
                    assert_eq!(before, after, "a refused write, or a read, left an event: {context}");
                }
                if !secured(operation) || !UNKNOWN.contains(&who.as_str()) {
                    outcomes.push((who.clone(), outcome(&reply, call, &names)));
                }
                if write && reply.status < 300 && (call.record != Record::None || call.body.contains("<holder>")) {
                    names = scene.names(w, call.record).await;
                    before = last_event(w, trust.id).await;
                } else {
                    before = after;
                }
            }
            out += &line(place, &outcomes);
        }
        if !somewhere {
            continue;
        }
        let there = foreign.names(w, call.record).await;
        let nowhere = of_nothing(&there);
        let (before, before_there) = (last_event(w, trust.id).await, last_event(w, elsewhere.id).await);
        let mut outcomes = Vec::new();
        for (who, credential) in &callers {
            let theirs = tried(w, call, &there, credential.as_deref()).await;
            let nothing = tried(w, call, &nowhere, credential.as_deref()).await;
            assert_eq!(theirs.status, nothing.status, "{} by {who}: {} but {}", call.operation, theirs.text, nothing.text);
            alike(&unnamed(&theirs, &there), &unnamed(&nothing, &nowhere));
            if !secured(operation) || !UNKNOWN.contains(&who.as_str()) {
                outcomes.push((who.clone(), outcome(&theirs, call, &there)));
            }
            if write {
                let judged = ["import_", "decide_", "explain_permission", "bulk_"];
                let judged_row_by_row = judged.iter().any(|judged| call.operation.starts_with(judged));
                assert!(theirs.status >= 400 || judged_row_by_row, "{} took another tenant's ids from {who}", call.operation);
            }
        }
        assert_eq!((before, before_there), (last_event(w, trust.id).await, last_event(w, elsewhere.id).await), "{} left an event elsewhere", call.operation);
        out += &line("other tenant, and nothing", &outcomes);
    }
    for tenant in [trust.id, elsewhere.id] {
        let head = w.db.read(w.operator(tenant), VerifyLog).await.unwrap().unwrap();
        assert_eq!(head.number, last_event(w, tenant).await);
    }
    out
}

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/suite/permissions.txt");
const HEAD: &str = "Who may do what. Written by the suite (see permissions/), read by people.

Every secured operation answers 401 to the anonymous, to garbage, to an expired token, to a disabled account and to whoever logged out; they
are not listed. Roles are held at the own school, trust_leader and trust_admin at the trust. `demoted` had the role hr until yesterday.
Names with a colon are service accounts' keys with that one scope in the whole trust; school_machine has every scope, at the own school only.
`sees`: the list shows the record; `empty`: it answers, without the record. 409 and 422 got past the permission.
";

fn held_against_the_file(backend: Backend) {
    let parts: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = CALLS
            .iter()
            .map(|(title, calls)| {
                scope.spawn(move || {
                    let mut out = String::new();
                    World::run(backend, async |w| out = matrix(w, title, calls).await);
                    out
                })
            })
            .collect();
        running.into_iter().map(|r| r.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault))).collect()
    });
    let found = format!("{HEAD}{}", parts.concat());
    if std::env::var_os("UPDATE_PERMISSIONS").is_some() && backend == Backend::Sqlite {
        std::fs::write(FILE, &found).unwrap();
    }
    let expected = std::fs::read_to_string(FILE).unwrap_or_default();
    let (mut at, mut differences) = (String::new(), Vec::new());
    for (n, (a, b)) in expected.lines().zip(found.lines()).enumerate() {
        if !a.starts_with(' ') {
            at = a.into();
        }
        if a != b && differences.len() < 20 {
            differences.push(format!("line {}, {at}\n  - {a}\n  + {b}", n + 1));
        }
    }
    assert!(expected == found, "permissions.txt says otherwise:\n{}", differences.join("\n"));
}

mod everybody_may_do_what_the_file_says {
    use super::*;
    #[test]
    fn sqlite() {
        held_against_the_file(Backend::Sqlite);
    }
    #[test]
    fn postgres() {
        held_against_the_file(Backend::Postgres);
    }
}

#[test]
fn every_operation_of_the_contract_has_a_row() {
    let paths = document()["paths"].as_object().unwrap();
    let operations: BTreeSet<&str> = paths.values().flat_map(|item| item.as_object().unwrap().values()).filter_map(|o| o["operationId"].as_str()).collect();
    let rows: BTreeSet<&str> = CALLS.iter().flat_map(|(_, calls)| calls.iter().map(|c| c.operation)).collect();
    assert_eq!(operations, rows);
}
