//! The contract: it is whole, it is checked in, and every bound in it is the bound that is enforced.

use crate::support::*;
use actix_web::http::Method;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use trellis_api::problem::Problem;
use trellis_domain::{access::Permission, role::RoleName};

const AN_ID: &str = "01938a5e-7c00-7000-8000-000000000001";

/// Every operation: method, path, and what the contract says of it.
fn operations() -> Vec<(Method, &'static str, &'static Value)> {
    let mut out = vec![];
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (name, operation) in item.as_object().unwrap() {
            if let "get" | "post" | "patch" | "put" | "delete" = name.as_str() {
                out.push((Method::from_bytes(name.to_uppercase().as_bytes()).unwrap(), path.as_str(), operation));
            }
        }
    }
    assert!(out.len() > 80, "{}", out.len());
    out
}
fn pointed(reference: &str) -> Option<&'static Value> {
    document().pointer(reference.strip_prefix('#')?)
}
fn resolved(schema: &Value) -> Value {
    schema["$ref"].as_str().map_or_else(|| schema.clone(), |r| pointed(r).unwrap().clone())
}
fn all_references(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            out.extend(members.get("$ref").and_then(Value::as_str).map(str::to_owned));
            members.values().for_each(|v| all_references(v, out));
        }
        Value::Array(items) => items.iter().for_each(|v| all_references(v, out)),
        _ => {}
    }
}

#[test]
fn the_contract_that_is_checked_in_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/trellis.v1.json");
    let kept = std::fs::read_to_string(path).unwrap_or_else(|e| panic!("openapi/trellis.v1.json: {e}; run `make contract`"));
    let kept: Value = serde_json::from_str(&kept).unwrap();
    assert!(kept == *document(), "openapi/trellis.v1.json is stale; run `make contract`");
}

#[test]
fn every_reference_resolves() {
    let mut references = BTreeSet::new();
    all_references(document(), &mut references);
    assert!(references.len() > 100);
    let lost: Vec<_> = references.iter().filter(|r| pointed(r).is_none()).collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn every_operation_says_what_it_is_what_it_answers_and_who_may() {
    let (mut ids, mut faults) = (BTreeSet::new(), vec![]);
    for (method, path, operation) in operations() {
        let name = format!("{method} {path}");
        let says = |field: &str| operation[field].as_str().is_some_and(|t| !t.trim().is_empty());
        for field in ["summary", "description", "operationId"] {
            if !says(field) {
                faults.push(format!("{name} has no {field}"));
            }
        }
        if !ids.insert(operation["operationId"].as_str().unwrap_or_default()) {
            faults.push(format!("{name} has another's operationId"));
        }
        if !operation["responses"].as_object().unwrap().keys().any(|s| s.starts_with('2')) {
            faults.push(format!("{name} never succeeds"));
        }
        if operation["security"].as_array().is_none_or(Vec::is_empty) {
            faults.push(format!("{name} does not say who may"));
        }
        if operation["tags"].as_array().is_none_or(Vec::is_empty) {
            faults.push(format!("{name} has no tag"));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

/// Properties that an answer may leave out, each for a reason.
const MAY_BE_ABSENT: [(&str, &str, &str); 18] = [
    ("AppraisalRecord", "commented_on", "named in `redacted` for whoever only says who appraises"),
    ("AppraisalRecord", "appealed_on", "named in `redacted` for whoever only says who appraises"),
    ("AppraisalRecord", "appeal_decided_on", "named in `redacted` for whoever only says who appraises"),
    ("AppraisalRecord", "last_reason", "named in `redacted` for whoever only says who appraises"),
    ("Deadline", "reason", "named in `redacted` for whoever only says who appraises"),
    ("DevelopmentNeedRecord", "source_id", "named in `redacted` but for whose need it is"),
    ("PersonRecord", "trn", "named in `redacted` for a colleague"),
    ("PersonRecord", "external_refs", "named in `redacted` for a colleague"),
    ("PersonRecord", "provenance", "named in `redacted` for a colleague"),
    ("LearningRequestRecord", "why", "named in `redacted` for whoever only keeps costs and cover"),
    ("LearningRequestRecord", "needs", "named in `redacted` for whoever only keeps costs and cover"),
    ("LearningRequestRecord", "objective_ids", "named in `redacted` for whoever only keeps costs and cover"),
    ("RequestDecision", "reason", "named in `redacted` for whoever only keeps costs and cover"),
    ("LearningRequestImpact", "plan", "named in `redacted` for whoever only keeps costs and cover"),
    ("LearningRequestImpact", "evaluation", "named in `redacted` but for those whose agreement stands"),
    ("LearningRequestImpact", "conclusion_note", "named in `redacted` but for those whose agreement stands"),
    ("ImpactCheckpoint", "narrative", "named in `redacted` but for those whose agreement stands"),
    ("ImpactCheckpoint", "evidence", "named in `redacted` but for those whose agreement stands"),
];

/// The objects that a schema describes itself, however deep: those it refers to speak for themselves.
fn objects(schema: &'static Value, out: &mut Vec<&'static Value>) {
    match schema {
        Value::Object(members) => {
            if members.get("properties").is_some_and(Value::is_object) {
                out.push(schema);
            }
            members.values().for_each(|v| objects(v, out));
        }
        Value::Array(all) => all.iter().for_each(|v| objects(v, out)),
        _ => {}
    }
}

#[test]
fn every_property_of_an_answer_is_always_there() {
    let (mut open, mut seen) = (BTreeSet::new(), BTreeSet::new());
    for (.., operation) in operations() {
        for (status, response) in operation["responses"].as_object().unwrap() {
            if status.starts_with('2') {
                all_references(&resolved(response), &mut open);
            }
        }
    }
    let mut faults = vec![];
    while let Some(reference) = open.pop_first() {
        let Some(schema) = pointed(&reference).filter(|_| seen.insert(reference.clone())) else { continue };
        all_references(schema, &mut open);
        let name = reference.rsplit('/').next().unwrap();
        let mut parts = vec![];
        objects(schema, &mut parts);
        for part in parts {
            for property in part["properties"].as_object().into_iter().flatten().map(|(p, _)| p) {
                let required = part["required"].as_array().is_some_and(|r| r.iter().any(|p| p == property));
                // what a caller did not ask for is not there
                let asked_for = property == "expanded";
                if !required && !asked_for && !MAY_BE_ABSENT.iter().any(|(s, p, _)| *s == name && p == property) {
                    faults.push(format!("{name}.{property}"));
                }
            }
        }
    }
    assert!(seen.len() > 40 && faults.is_empty(), "{faults:#?}");
}

/// A value that the schema accepts.
fn sample(schema: &Value) -> Value {
    let schema = resolved(schema);
    if let Some(word) = schema["enum"].as_array() {
        return word[0].clone();
    }
    if let Some(branches) = schema["oneOf"].as_array() {
        return sample(branches.iter().find(|b| b["type"] != "null").unwrap());
    }
    match kind(&schema) {
        "string" => {
            let long = "a".repeat(usize::try_from(schema["minLength"].as_u64().unwrap_or(1)).unwrap());
            let likely = ["a", &long, AN_ID, "2026-09-01", "2026-09-01T01:00:00Z", "0012345", "a@b.example", "correct horse battery"];
            let check = validator(&schema);
            json!(likely.iter().find(|t| check.is_valid(&json!(t))).unwrap_or_else(|| panic!("no sample for {schema}")))
        }
        "integer" => json!(schema["minimum"].as_i64().unwrap_or(1)),
        "boolean" => json!(true),
        "array" => json!((0..schema["minItems"].as_u64().unwrap_or(0)).map(|_| sample(&schema["items"])).collect::<Vec<_>>()),
        "object" => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            Value::Object(required.map(|name| (name.to_owned(), sample(&schema["properties"][name]))).collect::<Map<_, _>>())
        }
        other => panic!("what is {other:?} in {schema}"),
    }
}
fn kind(schema: &Value) -> &str {
    match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|k| *k != "null").unwrap(),
        kind => kind.as_str().unwrap_or_default(),
    }
}

/// Values at a bound, and values one beyond it, of everything in a body: the pointer of the fault, the value, and where it is put.
struct Probe {
    body: Value,
    pointer: String,
    good: bool,
    what: String,
}
fn probes(schema: &Value, pointer: &str, around: &dyn Fn(Value) -> Value, out: &mut Vec<Probe>) {
    let schema = resolved(schema);
    if let Some(branches) = schema["oneOf"].as_array() {
        return branches.iter().filter(|b| b["type"] != "null").for_each(|b| probes(b, pointer, around, out));
    }
    let mut probe = |value: Value, good: bool, what: &str| {
        if !good || validator(&schema).is_valid(&value) {
            out.push(Probe { body: around(value), pointer: pointer.into(), good, what: what.into() });
        }
    };
    let number = |bound: &str| schema[bound].as_i64();
    let text = |n: i64| json!("a".repeat(usize::try_from(n).unwrap()));
    let items = |n: i64| json!((0..n).map(|_| sample(&schema["items"])).collect::<Vec<_>>());
    for (bound, good, beyond) in [
        ("maxLength", number("maxLength").map(text), number("maxLength").map(|n| text(n + 1))),
        ("minLength", number("minLength").map(text), number("minLength").map(|n| text(n - 1))),
        ("maximum", number("maximum").map(|n| json!(n)), number("maximum").map(|n| json!(n + 1))),
        ("minimum", number("minimum").map(|n| json!(n)), number("minimum").map(|n| json!(n - 1))),
        ("maxItems", number("maxItems").map(items), number("maxItems").map(|n| items(n + 1))),
        ("minItems", number("minItems").map(items), number("minItems").filter(|n| *n > 0).map(|n| items(n - 1))),
        ("enum", None, schema["enum"].is_array().then(|| json!("no_such_word"))),
        ("pattern", None, schema["pattern"].is_string().then(|| json!("\u{7f}"))),
        ("format", None, matches!(schema["format"].as_str(), Some("date" | "uuid")).then(|| json!("2026-13-01-0000-0000-0000-000000000000"))),
        ("type", None, Some(if kind(&schema) == "string" { json!(7) } else { json!("seven") })),
    ] {
        good.into_iter().for_each(|v| probe(v, true, bound));
        beyond.into_iter().for_each(|v| probe(v, false, bound));
    }
    if kind(&schema) == "array" {
        probes(&schema["items"], &format!("{pointer}/0"), &|v| around(json!([v])), out);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let beneath = |value: Option<Value>| {
            let mut whole = sample(&schema);
            let members = whole.as_object_mut().unwrap();
            match value {
                Some(value) => members.insert(name.clone(), value),
                None => members.remove(name),
            };
            around(whole)
        };
        if schema["required"].as_array().is_some_and(|r| r.iter().any(|p| p == name.as_str())) {
            out.push(Probe { body: beneath(None), pointer: format!("{pointer}/{name}"), good: false, what: "required".into() });
        }
        probes(property, &format!("{pointer}/{name}"), &|v| beneath(Some(v)), out);
    }
    if schema["additionalProperties"] == false {
        let mut whole = sample(&schema);
        whole["surprise"] = json!(1);
        out.push(Probe { body: around(whole), pointer: format!("{pointer}/surprise"), good: false, what: "additionalProperties".into() });
    }
}

#[test]
fn every_bound_of_a_body_in_the_contract_is_the_bound_that_is_enforced() {
    World::run(Backend::Sqlite, async |w| {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let (mut sent, mut faults) = (0, vec![]);
        for (method, path, operation) in operations() {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if schema.is_null() {
                continue;
            }
            let mut all = vec![];
            probes(schema, "", &|v| v, &mut all);
            for Probe { body, pointer, good, what } in all {
                if good && path.starts_with("/v1/sessions") {
                    continue; // a log-in costs a hash, and is counted
                }
                let name = format!("{method} {path}: {pointer} {what}");
                let at = path.replace("{id}", AN_ID);
                let asking = w.ask(method.clone(), at.clone()).by(&admin);
                let asking = if takes(&method, &at, "if-match") { asking.if_match("\"1\"") } else { asking };
                sent += 1;
                if operation.pointer("/requestBody/content/text~1csv").is_some() {
                    // rows are judged one by one: the row fails, not the request
                    let reply = asking.raw("application/json", body.to_string().as_bytes()).send().await;
                    if !good && reply.status < 400 && reply.body["results"][0]["action"] != "failed" {
                        faults.push(format!("{name} is beyond the bound: {} {:?}", reply.status, reply.text));
                    }
                    continue;
                }
                let reply = asking.json(body).send().await;
                let named = reply.pointers().contains(&pointer.as_str());
                if good && named && reply.body["code"] == "validation_failed" {
                    faults.push(format!("{name} is within the bound, and refused"));
                }
                if !good && (reply.status != 422 || reply.body["code"] != "validation_failed" || !named) {
                    faults.push(format!("{name} is beyond the bound: {} {:?}", reply.status, reply.text));
                }
            }
        }
        assert!(sent > 500, "{sent}");
        assert!(faults.is_empty(), "{} of {sent}: {faults:#?}", faults.len());
    });
}

on_both! {
    async fn every_code_of_the_catalogue_has_its_page(w: World) {
        let list = w.get("/problems.json").send().await.expect(200);
        let codes: Vec<&str> = list.items().iter().filter_map(|i| i["code"].as_str()).collect();
        assert_eq!(codes, Problem::all().map(Problem::code).collect::<Vec<_>>());
        for (code, entry) in codes.iter().zip(list.items()) {
            let page = w.get(format!("/problems/{code}")).send().await.expect(200);
            assert_eq!(page.body, *entry);
            assert!(["title", "meaning", "remedy"].iter().all(|f| !entry[f].as_str().unwrap().is_empty()), "{code}");
        }
        w.get("/problems/no_such_code").send().await.problem(404, "not_found");
        assert_eq!(w.get("/openapi.json").send().await.expect(200).body, *document());
        w.get("/health").send().await.expect(200);
    }

    async fn what_cannot_be_read_is_refused_by_its_own_name(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        for (path, says) in [
            ("/v1/nothing", "/docs has them all"),
            ("/v1/People", "did you mean /v1/people?"),
            ("/v1/people/", "did you mean /v1/people?"),
            ("/api/v1/people", "did you mean /v1/people?"),
            ("/people", "did you mean /v1/people?"),
            ("/v1/organizations", "did you mean /v1/organisations?"),
        ] {
            let told = w.get(path).by(&admin).send().await.problem(404, "unknown_address");
            assert!(told.body["detail"].as_str().unwrap().contains(says), "{path}: {}", told.text);
        }
        assert_eq!(w.get("/").send().await.expect(303).headers["location"], "/docs/");
        w.get("/v1/people/no-id").by(&admin).send().await.problem(404, "not_found");
        let other = w.ask(Method::PUT, "/v1/people").by(&admin).send().await.problem(405, "method_not_allowed");
        assert_eq!(other.headers["allow"], "GET, HEAD, OPTIONS, POST");
        let post = || w.post("/v1/people").by(&admin);
        post().header("content-encoding", "gzip").raw("application/json", b"{}").send().await.problem(415, "unsupported_media_type");
        post().raw("text/plain", b"{}").send().await.problem(415, "unsupported_media_type");
        for body in [&b"{"[..], b"", b"\xff\xfe", b"{} {}", b"{\"given_name\": NaN}"] {
            post().raw("application/json", body).send().await.problem(400, "malformed_body");
        }
        let twice = post().raw("application/json", br#"{"given_name":"A","given_name":"B","family_name":"C"}"#).send().await;
        assert!(twice.problem(400, "malformed_body").text.contains("twice"));
        post().raw("application/json", &vec![b' '; (1 << 20) + 1]).send().await.problem(413, "body_too_large");
        let nothing = w.post(format!("/v1/objectives/{AN_ID}/agree")).by(&admin).if_match("\"1\"").json(json!({"state": "agreed"})).send().await;
        assert_eq!(nothing.problem(422, "validation_failed").pointers(), ["/state"]);
        w.get("/v1/me").send().await.problem(401, "authentication_required");
        w.get("/v1/me").header("authorization", "Basic YTpi").send().await.problem(401, "token_malformed");
        post().header("idempotency-key", "with a space").json(json!({"given_name": "A", "family_name": "B"})).send().await.problem(400, "invalid_header");
    }

    async fn query_parameters_are_known_and_cursors_belong_to_their_filters(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        trust.someone(w).at(trust.school).made().await;
        let wrong = w.get("/v1/people?organization_id=1").by(&admin).send().await.problem(400, "unknown_parameter");
        assert_eq!(wrong.pointers(), ["organization_id"]);
        assert!(wrong.body["errors"][0]["message"].as_str().unwrap().contains("did you mean organisation_id"), "{}", wrong.text);
        for (query, pointer) in [("limit=0", "limit"), ("limit=x", "limit"), ("organisation_id=7", "organisation_id"), ("limit=1&limit=2", "limit")] {
            let wrong = w.get(format!("/v1/people?{query}")).by(&admin).send().await.problem(400, "invalid_parameter");
            assert_eq!(wrong.pointers(), [pointer], "{query}");
        }
        let first = w.get("/v1/people?limit=1").by(&admin).send().await.expect(200);
        let cursor = first.body["next_cursor"].as_str().unwrap();
        assert!(first.headers["link"].contains("rel=\"next\""));
        w.get(format!("/v1/people?q=person&cursor={cursor}")).by(&admin).send().await.problem(400, "cursor_filter_mismatch");
        w.get(format!("/v1/roles?cursor={cursor}")).by(&admin).send().await.problem(400, "cursor_filter_mismatch");
        w.get("/v1/people?cursor=x").by(&admin).send().await.problem(400, "invalid_cursor");
        w.get("/v1/changes?after=x").by(&admin).send().await.problem(400, "invalid_cursor");
        let next = w.get(format!("/v1/people?limit=1&cursor={cursor}")).by(&admin).send().await.expect(200);
        assert_ne!(next.items()[0]["id"], first.items()[0]["id"]);
    }

    async fn what_belongs_to_the_demo_is_refused_outside_it_and_browsers_read_what_they_need(w: World) {
        let trust = w.trust("beacon").await;
        let (_, _, key) = w.key(&trust, &[Permission::ReadOrganisations], None).await;
        w.get("/v1/me").bearer(&key).header("demo-now", "2027-07-10T09:00:00Z").send().await.problem(400, "demo_only");
        let reply = w.get("/v1/organisations").bearer(&key).header("origin", "https://staff.school.example").send().await.expect(200);
        assert_eq!(reply.headers["access-control-allow-origin"], "https://staff.school.example");
        let exposed: BTreeSet<String> = reply.headers["access-control-expose-headers"].split(',').map(|h| h.trim().to_lowercase()).collect();
        for header in ["etag", "link", "location", "retry-after", "request-id", "error-code", "idempotency-replayed"] {
            assert!(exposed.contains(header), "{header} not in {exposed:?}");
        }
        let mine = w.get("/v1/organisations").bearer(&key).header("request-id", "mine-1").send().await.expect(200);
        assert_eq!(mine.headers["request-id"], "mine-1");
        assert_eq!(mine.headers["x-content-type-options"], "nosniff");
    }

    async fn a_field_that_is_nearly_known_is_suggested_and_no_more_of_it_repeated_than_its_beginning(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let told = async |path: &str, body: Value| {
            let reply = w.post(path).by(&admin).raw("application/json", body.to_string().as_bytes()).send().await;
            let errors = match reply.body["results"][0]["problem"]["errors"].as_array() {
                Some(of_row) => of_row.clone(),
                None => reply.problem(422, "validation_failed").body["errors"].as_array().unwrap().clone(),
            };
            errors.iter().map(|e| format!("{}: {}", e["pointer"].as_str().unwrap(), e["message"].as_str().unwrap())).collect::<Vec<_>>().join("\n")
        };
        let person = json!({"given_nmae": "Ada", "given_name": "Ada", "family_name": "B", "external_refs": [{"source": "mis", "id": "1", "sourse": "mis"}], "colour": "green"});
        let reply = told("/v1/people", person).await;
        for expected in ["/given_nmae: is no field of this body; did you mean given_name?", "/colour: is no field of this body", "/external_refs/0/sourse: is no field of this body; did you mean source?"] {
            assert!(reply.contains(expected), "{expected} in {reply}");
        }
        assert!(!reply.contains("green"));
        let place = json!({"parent_id": trust.root.to_string(), "kind": "school", "name": "A", "identifiers": [{"scheme": "urn", "value": "1", "vlaue": "1"}]});
        assert!(told("/v1/organisations", place).await.contains("did you mean value?"));
        let row = json!({"external_ref": {"source": "mis", "id": "1"}, "familyname": "B"});
        assert!(told("/v1/people/bulk-upsert", json!({"rows": [row]})).await.contains("did you mean family_name?"));
        assert!(told("/v1/people/bulk-upsert", json!({"rows": [], "row": []})).await.contains("did you mean rows?"));
        let long = "given_name".repeat(500);
        let reply = told("/v1/people", json!({"given_name": "Ada", "family_name": "B", long: 1})).await;
        assert!(reply.len() < 200, "{reply}");
    }
}
