//! What is explained is what happens: an operation is explained as allowed exactly when it does not refuse.

use crate::{
    permissions::{CALLS, Call, Names, Record, Scene, UNKNOWN, everybody, of_nothing, secured, tried},
    support::*,
};
use actix_web::http::Method;
use serde_json::{Value, json};
use trellis_domain::{access::Permission, role::RoleName};

const EXPLAIN: &str = "/v1/me/permissions/explain";

async fn explained(w: &World, operation: &str, record: Option<&str>, credential: &str) -> Value {
    let question = match record {
        Some(id) => json!({"operation_id": operation, "record_id": id}),
        None => json!({"operation_id": operation}),
    };
    w.post(EXPLAIN).bearer(credential).json(question).send().await.expect(200).body
}

/// Was the call refused for want of permission? A wrong password is no such want.
fn refused(reply: &Reply) -> bool {
    matches!(reply.status, 401 | 403 | 404) && reply.body["code"] != "login_failed"
}

/// One call by one caller: what was said beforehand, and what happened. Whether it succeeded.
async fn held_to_its_word(w: &World, call: &Call, names: &Names, who: &str, credential: &str) -> bool {
    let (_, path, _) = of_contract(call.operation);
    let as_such = explained(w, call.operation, None, credential).await;
    let record = path.contains("{id}").then(|| names["id"].as_str());
    let said = match record {
        Some(id) => explained(w, call.operation, Some(id), credential).await,
        None => as_such.clone(),
    };
    let reply = tried(w, call, names, Some(credential)).await;
    let context = format!("{} by {who}: explained {said}, answered {} {}", call.operation, reply.status, reply.text);
    let denied = (reply.status == 401 && refused(&reply))
        || (reply.status == 403 && matches!(reply.body["code"].as_str(), Some("insufficient_scope" | "role_required")));
    match record {
        Some(_) => assert_eq!(said["allowed"] == true, !refused(&reply), "{context}"),
        // what the body names is not asked about: it may be refused beyond what was explained
        None => assert!(if said["allowed"] == true { !denied } else { refused(&reply) }, "{context}"),
    }
    assert_eq!(as_such["allowed"] == false, as_such["code"] != Value::Null, "{context}");
    if said["allowed"] == false {
        assert_eq!((&said["code"], &said["reason"]), (&reply.body["code"], &reply.body["detail"]), "{context}");
        assert!(said["remedy"].as_str().is_some_and(|r| !r.is_empty()), "{context}");
        for member in ["required_scopes", "required_roles", "held_scopes"].iter().filter(|m| denied && reply.body.get(**m).is_some()) {
            assert_eq!(said[member], reply.body[member], "{context}");
        }
    } else if reply.status == 409 && record.is_some() && !call.operation.starts_with("create") {
        assert_eq!(said["code"], reply.body["code"], "{context}");
    }
    reply.status < 300
}

/// Whom to ask: each differs from the others in what it may.
const ASKED: &[&str] = &[
    "owner",
    "appraiser",
    "other_appraiser",
    "line_manager",
    "staff",
    "demoted",
    "hr",
    "headteacher",
    "appraisal_delegate",
    "school_admin",
    "trust_admin",
    "learning_lead",
    "governor",
    "learning_approver",
    "learning_viewer",
    "requests:read",
    "budgets:write",
    "people:read",
    "people:write",
    "roles:write",
    "objectives:read",
    "cycles:write",
    "accounts:read",
    "school_machine",
];

/// Is this caller asked about the call at this place? On SQLite all of them are. What is done is tried by all on both databases (`permissions`), and the question
/// runs the same operations, so on PostgreSQL a third is asked, another one for each call.
fn asks(backend: Backend, place: usize, who: &str) -> bool {
    let known = ASKED.iter().position(|asked| *asked == who);
    known.is_some_and(|nth| matches!(backend, Backend::Sqlite) || (nth + place).is_multiple_of(3))
}

fn held_to_its_word_everywhere(backend: Backend) {
    std::thread::scope(|scope| {
        let running: Vec<_> = CALLS
            .iter()
            .map(|(_, calls)| {
                scope.spawn(move || {
                    World::run(backend, async |w| {
                        let trust = w.trust("beacon").await;
                        let school = Scene::new(w, &trust, trust.school, "practice").await;
                        let other = Scene::new(w, &trust, trust.other_school, "practice").await;
                        let elsewhere = w.trust("harbour").await;
                        let foreign = Scene::new(w, &elsewhere, elsewhere.school, "practice").await;
                        let callers = everybody(w, &school).await;
                        assert!(ASKED.iter().filter(|who| callers.iter().any(|(name, _)| name == *who)).count() >= ASKED.len() - 1);
                        for (place, call) in calls.iter().enumerate().filter(|(_, c)| c.operation != "end_session") {
                            let (method, path, operation) = of_contract(call.operation);
                            if !secured(operation) {
                                continue; // they are open, and what they refuse is in the body
                            }
                            for scene in [&school, &other] {
                                let mut names = scene.names(w, call.record).await;
                                for (who, credential) in callers.iter().filter(|(who, _)| asks(backend, place, who)) {
                                    let credential = credential.as_deref().unwrap();
                                    let changed = held_to_its_word(w, call, &names, who, credential).await;
                                    if changed && method != Method::GET && (call.record != Record::None || call.body.contains("<holder>")) {
                                        names = scene.names(w, call.record).await;
                                    }
                                }
                            }
                            if !path.contains("{id}") {
                                continue;
                            }
                            let there = foreign.names(w, call.record).await;
                            let nowhere = of_nothing(&there);
                            for (who, credential) in callers.iter().filter(|(who, _)| asks(backend, place, who)) {
                                let credential = credential.as_deref().unwrap();
                                let theirs = explained(w, call.operation, Some(&there["id"]), credential).await;
                                let nothing = explained(w, call.operation, Some(&nowhere["id"]), credential).await;
                                assert_eq!(theirs, nothing, "{} by {who}", call.operation);
                                let missing = ["not_found", "insufficient_scope", "role_required"].contains(&nothing["code"].as_str().unwrap_or_default());
                                assert!(nothing["allowed"] == false && missing, "{} by {who}: {nothing}", call.operation);
                            }
                        }
                    });
                })
            })
            .collect();
        running.into_iter().for_each(|r| r.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault)));
    });
}

mod what_is_explained_is_what_happens {
    use super::*;
    #[test]
    fn sqlite() {
        held_to_its_word_everywhere(Backend::Sqlite);
    }
    #[test]
    fn postgres() {
        held_to_its_word_everywhere(Backend::Postgres);
    }
}

on_both! {
    async fn every_operation_of_the_contract_can_be_asked_about(w: World) {
        let trust = w.trust("beacon").await;
        let scene = Scene::new(w, &trust, trust.school, "practice").await;
        let callers = everybody(w, &scene).await;
        let machine = &callers.iter().find(|(who, _)| who == "school_machine").unwrap().1.clone().unwrap();
        for item in document()["paths"].as_object().unwrap() {
            for operation in item.1.as_object().unwrap().values().filter_map(|o| o["operationId"].as_str()) {
                for credential in [&scene.owner.token, machine] {
                    let said = explained(w, operation, None, credential).await;
                    let (_, path, spec) = of_contract(operation);
                    let asked: Vec<&str> = spec.pointer("/security/0/bearer/0").and_then(Value::as_str).into_iter().collect();
                    assert_eq!(said["required_scopes"], json!(asked), "{operation}");
                    // every single record is known to the question
                    if path.contains("{id}") {
                        let of_nothing = explained(w, operation, Some("01900000-0000-7000-8000-000000000009"), credential).await;
                        assert_eq!(of_nothing["allowed"], false, "{operation}");
                    }
                }
            }
        }
        for (who, credential) in callers.iter().filter(|(who, _)| UNKNOWN.contains(&who.as_str())) {
            let asking = w.post(EXPLAIN).json(json!({"operation_id": "get_me"}));
            let reply = match credential { Some(credential) => asking.bearer(credential), None => asking }.send().await;
            assert_eq!(reply.status, 401, "{who}");
        }
    }

    async fn the_answer_says_what_is_missing_and_what_is_held(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let head = trust.someone(w).at(trust.school).with(RoleName::Headteacher, trust.school).made().await;
        let colleague = teacher.person.to_string();
        let said = explained(w, "update_person", None, &head.token).await;
        assert_eq!((&said["allowed"], &said["code"]), (&json!(false), &json!("role_required")));
        assert_eq!(said["required_roles"], json!(["hr", "school_admin", "trust_admin"]));
        assert_eq!(said["held_roles"], json!([{"role": "headteacher", "organisation_id": trust.school.to_string()}]));
        assert!(explained(w, "get_person", Some(&colleague), &head.token).await["allowed"] == true);
        // a colleague's name can be seen, and their history not even known of
        let other = trust.someone(w).at(trust.school).made().await;
        assert!(explained(w, "get_person", Some(&colleague), &other.token).await["allowed"] == true);
        assert_eq!(explained(w, "person_history", Some(&colleague), &other.token).await["code"], "not_found");
        let (_, _, key) = w.key(&trust, &[Permission::ReadPeople], None).await;
        let said = explained(w, "update_person", Some(&colleague), &key).await;
        assert_eq!((&said["code"], &said["held_scopes"], &said["required_roles"]), (&json!("insufficient_scope"), &json!(["people:read"]), &json!([])));
        for operation in ["end_session", "change_password"] {
            assert_eq!(explained(w, operation, None, &key).await["code"], "not_permitted");
            assert!(explained(w, operation, None, &teacher.token).await["allowed"] == true);
        }
        w.delete("/v1/sessions/current").bearer(&key).send().await.problem(403, "not_permitted");
    }

    async fn beside_a_yes_stands_what_else_is_in_the_way(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Questioning"});
        let draft = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201).id();
        let said = explained(w, "start_objective", Some(&draft), &teacher.token).await;
        assert_eq!((&said["allowed"], &said["code"]), (&json!(true), &json!("wrong_state")), "{said}");
        let said = explained(w, "propose_objective", Some(&draft), &teacher.token).await;
        assert_eq!((&said["allowed"], &said["code"], &said["remedy"]), (&json!(true), &Value::Null, &Value::Null), "{said}");
    }

    async fn a_question_that_makes_no_sense_is_refused_by_its_field(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let ask = |body: Value| w.post(EXPLAIN).by(&teacher).json(body).send();
        assert_eq!(ask(json!({"operation_id": "fly"})).await.problem(422, "validation_failed").pointers(), ["/operation_id"]);
        let id = teacher.person.to_string();
        for operation in ["list_people", "get_me", "get_problem", "create_person"] {
            assert_eq!(ask(json!({"operation_id": operation, "record_id": id})).await.problem(422, "unknown_reference").pointers(), ["/record_id"]);
        }
        assert_eq!(ask(json!({"operation_id": "get_person", "record_id": "me"})).await.problem(422, "validation_failed").pointers(), ["/record_id"]);
        assert_eq!(ask(json!({})).await.problem(422, "validation_failed").pointers(), ["/operation_id"]);
    }
}
