//! The demo: every login and key works, its clock can be moved, it can be made anew, and it shows every state of every machine.

use crate::support::{Backend, World, document};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn everything_that_the_guide_names_works(w: &World, guide: &Value) -> Vec<String> {
    for login in guide["logins"].as_array().unwrap() {
        let body = json!({"tenant": guide["tenant"], "email": login["email"], "password": login["password"]});
        let session = w.post("/v1/sessions").json(body).send().await.expect(201).body;
        let me = w.get("/v1/me").bearer(session["access_token"].as_str().unwrap()).send().await.expect(200).body;
        assert_eq!(me["id"], login["person_id"], "{login}");
    }
    let keys: Vec<String> = guide["keys"].as_array().unwrap().iter().map(|k| k["key"].as_str().unwrap().to_owned()).collect();
    for key in &keys {
        w.get("/v1/me").bearer(key).send().await.expect(200);
    }
    keys
}

async fn is_as_its_guide_says_and_can_be_made_anew(w: &World) {
    let guide = w.get("/v1/demo").send().await.expect(200).body;
    let keys = everything_that_the_guide_names_works(w, &guide).await;
    let writer = guide["keys"].as_array().unwrap().iter().find(|k| k["scopes"].as_array().unwrap().contains(&json!("people:write"))).unwrap();
    let writer = writer["key"].as_str().unwrap().to_owned();
    let visitor = json!({"given_name": "Passing", "family_name": "Visitor"});
    w.post("/v1/people").bearer(&writer).json(visitor).header("demo-now", "2027-07-10T09:00:00Z").send().await.expect(201);
    let found = w.get("/v1/people?q=visitor").bearer(&writer).send().await.expect(200).body;
    assert_eq!(found["items"][0]["created_at"], "2027-07-10T09:00:00Z");

    let teacher = guide["logins"].as_array().unwrap().iter().find(|l| l["role"] == "teacher").unwrap();
    let body = json!({"tenant": guide["tenant"], "email": teacher["email"], "password": teacher["password"]});
    let session = w.post("/v1/sessions").json(body).send().await.expect(201).body;
    let session = session["access_token"].as_str().unwrap();
    w.get("/v1/me").bearer(session).send().await.expect(200);

    let anew = w.post("/v1/demo/reset").send().await.expect(200).body;
    let credentials = |guide: &Value| -> Vec<String> {
        guide["logins"].as_array().unwrap().iter().map(|l| format!("{} {} {}", l["role"], l["email"], l["password"])).collect()
    };
    assert_eq!(credentials(&anew), credentials(&guide), "logins stay");
    let fresh = everything_that_the_guide_names_works(w, &anew).await;
    for old in &keys {
        assert!(!fresh.contains(old));
        w.get("/v1/me").bearer(old).send().await.problem(401, "key_unknown");
    }
    w.get("/v1/me").bearer(session).send().await.problem(401, "session_ended");
    let broad = anew["keys"].as_array().unwrap().iter().find(|k| k["scopes"].as_array().unwrap().contains(&json!("people:write"))).unwrap();
    let left = w.get("/v1/people?q=visitor").bearer(broad["key"].as_str().unwrap()).send().await.expect(200).body;
    assert_eq!(left["items"], json!([]), "what was done in it is gone");
    assert_eq!(w.get("/v1/demo").send().await.expect(200).body, anew);
}

/// What no story can hold still, and why.
const PASSING: &[(&str, &str, &str)] = &[
    ("/v1/jobs", "queued", "the server takes it up at once"),
    ("/v1/jobs", "running", "it lasts as long as the work"),
    ("/v1/jobs", "failed", "it needs a caller who lost the right to it while it ran"),
    ("/v1/findings", "withdrawn", "it is its owner's alone, who finds it in `/v1/me/findings`"),
    ("/v1/syncs", "", "a snapshot is a job, and the demo is connected by rows in bulk"),
    ("/v1/organisations", "", "what the register of schools says of a school is no machine of Trellis"),
    ("/v1/appraisal-progress", "", "it tells of the appraisals of one cycle, whose machine is that of `/v1/appraisals`"),
];

/// The schema itself, whatever names it.
fn resolved(mut schema: &'static Value) -> &'static Value {
    while let Some(name) = schema["$ref"].as_str() {
        schema = document().pointer(name.trim_start_matches('#')).unwrap();
    }
    schema
}
fn words_of(schema: &'static Value) -> Vec<&'static str> {
    let schema = resolved(schema);
    match schema["enum"].as_array() {
        Some(words) => words.iter().filter_map(Value::as_str).collect(),
        None => ["oneOf", "anyOf", "allOf"].iter().filter_map(|k| schema[*k].as_array()).flatten().map(words_of).find(|w| !w.is_empty()).unwrap_or_default(),
    }
}

/// A list whose records stand somewhere: its path, the field that says where, all that it can say, and whether one can ask for it.
struct Machine {
    path: &'static str,
    field: &'static str,
    states: Vec<&'static str>,
    asked: bool,
}

/// Every machine that the contract knows of: a new one is asked for without a word here.
fn machines() -> Vec<Machine> {
    let mut out = Vec::new();
    for (path, operations) in document()["paths"].as_object().unwrap() {
        let list = &operations["get"];
        let answer = resolved(&list["responses"]["200"]["content"]["application/json"]["schema"]);
        let item = resolved(&resolved(&answer["properties"]["items"])["items"]);
        for field in ["state", "status"] {
            let states = words_of(&item["properties"][field]);
            if path.contains('{') || states.is_empty() || PASSING.iter().any(|(of, state, _)| of == path && state.is_empty()) {
                continue;
            }
            let asked = list["parameters"].as_array().is_some_and(|all| all.iter().any(|p| resolved(p)["name"] == field));
            let told = |state: &&str| !PASSING.iter().any(|(of, passing, _)| of == path && passing == state);
            out.push(Machine { path, field, states: states.into_iter().filter(told).collect(), asked });
        }
    }
    out
}

/// A log-in of the guide.
struct Visitor {
    role: String,
    token: String,
}

async fn visitors(w: &World) -> Vec<Visitor> {
    let guide = w.get("/v1/demo").send().await.expect(200).body;
    let mut out = Vec::new();
    for login in guide["logins"].as_array().unwrap() {
        let body = json!({"tenant": guide["tenant"], "email": login["email"], "password": login["password"]});
        let session = w.post("/v1/sessions").json(body).send().await.expect(201).body;
        out.push(Visitor { role: login["role"].as_str().unwrap().into(), token: session["access_token"].as_str().unwrap().into() });
    }
    out
}

/// All that one visitor finds in a list; nothing, if it is not theirs to read.
async fn all(w: &World, visitor: &Visitor, list: &str) -> Vec<Value> {
    let (mut out, mut at) = (Vec::new(), list.to_owned());
    loop {
        let page = w.get(&at).bearer(&visitor.token).send().await;
        if page.status != 200 {
            assert_eq!(page.status, 403, "{} {list}: {}", visitor.role, page.body);
            return out;
        }
        out.extend(page.items().iter().cloned());
        let Some(next) = page.body["next_cursor"].as_str() else { return out };
        at = format!("{list}{}cursor={next}", if list.contains('?') { '&' } else { '?' });
    }
}

async fn finds(w: &World, machine: &Machine, visitors: &[Visitor]) -> Vec<&'static str> {
    let Machine { path, field, states, asked } = machine;
    let mut missing = states.clone();
    for visitor in visitors {
        if *asked {
            let mut left = Vec::new();
            for state in missing {
                if all(w, visitor, &format!("{path}?{field}={state}&limit=200")).await.is_empty() {
                    left.push(state);
                }
            }
            missing = left;
        } else {
            let found = all(w, visitor, path).await;
            missing.retain(|state| !found.iter().any(|record| record[*field] == **state));
        }
    }
    missing
}

/// What is within a record: the checkpoints of requests, and the stages of inquiries.
async fn within(w: &World, visitors: &[Visitor], list: &str, part: &str, found: fn(&Value) -> Vec<String>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for visitor in visitors {
        for record in all(w, visitor, list).await {
            let at = format!("{}/{}/{part}", list.split('?').next().unwrap(), record["id"].as_str().unwrap());
            let answer = w.get(at).bearer(&visitor.token).send().await;
            if answer.status == 200 {
                out.extend(found(&answer.body));
            }
        }
    }
    out
}

async fn shows_every_state_of_every_machine(w: &World) {
    let (visitors, mut missing) = (visitors(w).await, Vec::new());
    let machines = machines();
    assert!(machines.len() > 20 && machines.iter().any(|m| m.path == "/v1/appraisals" && m.states.len() == 10), "the contract was not understood");
    for machine in &machines {
        missing.extend(finds(w, machine, &visitors).await.into_iter().map(|state| format!("{} {}", machine.path, state)));
    }
    let checkpoints = within(w, &visitors, "/v1/learning-requests", "impact", |impact| {
        impact["checkpoints"].as_array().unwrap().iter().filter_map(|c| c["state"].as_str().map(Into::into)).collect()
    })
    .await;
    let inquiries =
        within(w, &visitors, "/v1/objectives?kind=growth_inquiry", "inquiry", |inquiry| inquiry["stage"].as_str().map(Into::into).into_iter().collect()).await;
    let mut findings = BTreeSet::new();
    for visitor in &visitors {
        let own = all(w, visitor, "/v1/me/findings").await;
        findings.extend(own.iter().filter_map(|f| f["finding"]["state"].as_str().map(str::to_owned)));
    }
    for (schema, found) in [("CheckpointState", checkpoints), ("InquiryStage", inquiries), ("FindingState", findings)] {
        let states = words_of(&document()["components"]["schemas"][schema]);
        missing.extend(states.into_iter().filter(|state| !found.contains(*state)).map(|state| format!("{schema} {state}")));
    }
    assert!(missing.is_empty(), "no log-in of the demo finds: {}", missing.join(", "));
    // and an appeal that waits, which is no state of the appraisal's
    let mut reports = Vec::new();
    for visitor in &visitors {
        reports.extend(all(w, visitor, "/v1/appraisal-reports?limit=200").await);
    }
    assert!(reports.iter().any(|r| r["appealed_at"].is_string() && r["appeal_decided_at"].is_null()), "nobody finds an appeal: {reports:?}");
}

/// One story, followed by its links: from the trust's priority to a finding that is shared, and back.
async fn tells_one_whole_year_from_a_priority_to_a_finding(w: &World) {
    let visitors = visitors(w).await;
    let of_role = |role: &str| visitors.iter().find(|v| v.role == role).unwrap();
    let (leader, head) = (of_role("trust_leader"), of_role("headteacher"));
    let read = async |who: &Visitor, at: String| w.get(at).bearer(&who.token).send().await.expect(200).body;
    let id = |of: &Value| of["id"].as_str().unwrap().to_owned();
    let only = |found: Vec<Value>, what: &str| {
        assert_eq!(found.len(), 1, "{what}: {found:?}");
        found.into_iter().next().unwrap()
    };
    // a priority of the trust, which a school made its own
    let mut priorities = all(w, leader, "/v1/priorities?state=active&limit=200").await;
    priorities.retain(|p| p["adopted_from"].is_null() && p["title"] == "Teachers learn from one another's lessons");
    let above = id(&only(priorities, "the priority"));
    let sight = read(leader, format!("/v1/priorities/{above}/line-of-sight")).await;
    let adopted = id(&only(sight["adopted"].as_array().unwrap().clone(), "who adopted it"));
    // what somebody asked for to serve it: above the threshold, approved, with cover, attended
    let request = only(all(w, head, &format!("/v1/learning-requests?priority_id={adopted}&state=closed&limit=200")).await, "the request");
    let at = format!("/v1/learning-requests/{}", id(&request));
    let line = read(head, format!("/v1/budget-lines/{}", request["budget_line_id"].as_str().unwrap())).await;
    assert!(request["cost_pence"].as_i64() > line["plan_above_pence"].as_i64() && line["plan_above_pence"].is_i64(), "{request} {line}");
    assert!(request["approved_by"].is_string() && request["cover_minutes"].as_i64() > Some(0), "{request}");
    assert!(all(w, head, &format!("{at}/comments")).await.iter().any(|c| c["text"].as_str().unwrap().starts_with("Cover is arranged")));
    let steps: Vec<String> = all(w, head, &format!("{at}/history")).await.iter().map(|e| e["type"].as_str().unwrap().to_owned()).collect();
    for step in ["submitted", "manager_agreed", "approved", "booked", "attended", "evaluated", "impact_reviewed", "closed"] {
        assert!(steps.contains(&format!("learning_request.{step}")), "{step} is not in {steps:?}");
    }
    // three times somebody looked at what came of it
    let impact = read(head, format!("{at}/impact")).await;
    let looks: Vec<&Value> = impact["checkpoints"].as_array().unwrap().iter().map(|c| &c["state"]).collect();
    assert_eq!(looks, ["recorded", "recorded", "no_evidence_yet"]);
    // what was learned, thought about, and for which inquiry
    let mut records = all(w, head, &format!("/v1/learning-records?priority_id={adopted}&limit=200")).await;
    records.retain(|r| r["person_id"] == request["person_id"]);
    let record = only(records, "the learning");
    assert!(record["reflection"].is_string() && record["objective_ids"] == request["objective_ids"], "{record} {request}");
    let objective = request["objective_ids"][0].as_str().unwrap();
    let inquiry = read(head, format!("/v1/objectives/{objective}")).await;
    assert_eq!((&inquiry["kind"], &inquiry["priority_ids"]), (&json!("growth_inquiry"), &json!([adopted])));
    // what was found, for everybody to read, and the way back from it
    let finding = only(all(w, head, &format!("/v1/findings?author_id={}&limit=200", request["person_id"].as_str().unwrap())).await, "the finding");
    let found = finding["finding"].as_str().unwrap();
    assert!(!found.is_empty() && inquiry["inquiry"]["finding"] == found, "{finding} {inquiry}");
    for at in [format!("/v1/findings/{}", id(&finding)), format!("/v1/learning-records/{}", id(&record)), at] {
        let back = read(head, format!("{at}/line-of-sight")).await;
        assert_eq!(back["objectives"].as_array().unwrap().iter().map(id).collect::<Vec<_>>(), [objective], "{at}");
        let served: BTreeSet<String> = back["priorities"].as_array().unwrap().iter().map(id).collect();
        assert_eq!(served, BTreeSet::from([above.clone(), adopted.clone()]), "{at}");
    }
    // and the trust sees, without names, what comes of its priority
    assert_eq!((&sight["all"]["learning_requests"], &sight["all"]["spent_pence"]), (&json!(5), &json!(60_000)), "{sight}");
    assert!(!sight.to_string().contains(request["person_id"].as_str().unwrap()));
}

/// Enough people did the same that a school's chart of mechanisms has figures.
async fn has_figures_in_its_chart_of_mechanisms(w: &World) {
    let visitors = visitors(w).await;
    let head = visitors.iter().find(|v| v.role == "headteacher").unwrap();
    let path = "/v1/learning-mechanisms?academic_year=2026";
    let seen = w.get(path).bearer(&head.token).send().await.expect(200).body;
    let school = seen["rows"].as_array().unwrap()[0]["mechanisms"].as_array().unwrap().clone();
    for code in ["M5", "M6"] {
        let of = school.iter().find(|m| m["code"] == code).unwrap();
        assert_eq!((&of["people"], &of["minutes"]), (&json!(8), &json!(480)), "{of}");
    }
    let chart = w.get(path).bearer(&head.token).header("accept", "image/svg+xml").send().await.expect(200).text;
    assert!(chart.contains("Instruct 8 h") && chart.contains("Affirm and reinforce 8 h") && chart.contains("withheld"), "{chart}");
}

/// All of one demo, which takes longer to make than to look at; what makes it anew comes last.
async fn the_demo(w: &World) {
    shows_every_state_of_every_machine(w).await;
    tells_one_whole_year_from_a_priority_to_a_finding(w).await;
    has_figures_in_its_chart_of_mechanisms(w).await;
    is_as_its_guide_says_and_can_be_made_anew(w).await;
}

#[test]
fn the_demo_keeps_what_its_guide_promises_sqlite() {
    World::run_with(Backend::Sqlite, true, async |w| the_demo(w).await);
}
#[test]
fn the_demo_keeps_what_its_guide_promises_postgres() {
    World::run_with(Backend::Postgres, true, async |w| the_demo(w).await);
}
