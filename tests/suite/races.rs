//! Every transition of every machine, raced (T8): two at once on one document have one winner; the other is told who, when and which fields, and may send
//! their words again. The table is the one of the permissions, held against the contract, so that a new step is raced without anybody thinking of it.

use crate::{
    concurrency::{Shot, all_at_once},
    permissions::{CALLS, Call, Names, Record, Scene, everybody, filled},
    support::*,
};
use actix_web::http::Method;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Addresses of what has a machine, by the groups of calls in which their steps are.
const OF_THE_YEAR: (&[&str], &[&str]) =
    (&["cycles", "appraisals", "reports", "pay"], &["/v1/cycles/{id}", "/v1/appraisals/{id}", "/v1/pay-recommendations/{id}"]);
const OF_TALK: (&[&str], &[&str]) = (
    &["conversations", "objectives", "inquiry commons"],
    &["/v1/conversations/{id}", "/v1/agreed-actions/{id}", "/v1/objectives/{id}", "/v1/collaborations/{id}", "/v1/conversation-templates/{id}"],
);
const OF_LEARNING: (&[&str], &[&str]) =
    (&["catalogue", "learning requests"], &["/v1/learning-requests/{id}", "/v1/learning-sessions/{id}", "/v1/learning-activities/{id}", "/v1/enrolments/{id}"]);

const OF_RULES: (&[&str], &[&str]) = (
    &["frameworks", "needs", "holds", "relationships and roles"],
    &[
        "/v1/rule-profiles/{id}",
        "/v1/framework-versions/{id}",
        "/v1/development-needs/{id}",
        "/v1/appraisal-holds/{id}",
        "/v1/relationships/{id}",
        "/v1/roles/{id}",
    ],
);
const OF_COACHING: (&[&str], &[&str]) = (&["coaching"], &["/v1/coaching-partnerships/{id}", "/v1/action-steps/{id}", "/v1/learning-visits/{id}"]);

/// In the table for its refusal alone: whoever proposed it does not set it.
const REFUSED: (&str, Record) = ("set_objective_with_dissent", Record::Objective("proposed"));

/// They make something else and leave the document that they name as it was: one of two wins all the same.
const BESIDE: [&str; 4] = ["roll_over_cycle", "recommend_pay", "publish_finding", "reuse_finding"];
/// A job, which may run twice and creates what is missing: its races are in `creation.rs`.
const A_JOB: &str = "create_appraisals";

/// Is it a step on one document that says which version of it was seen?
fn takes_a_version(operation: &Value) -> bool {
    operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == "If-Match")
}
/// The address of the document whose version a step names.
fn document_of(path: &str) -> String {
    let own = ["/my-notes", "/report-draft"].into_iter().any(|end| path.ends_with(end));
    let (list, _) = path.split_once("{id}").unwrap();
    if own { path.to_owned() } else { format!("{list}{{id}}") }
}

/// Are they two different steps that would both change the same document?
fn rivals(one: &Call, other: &Call) -> bool {
    let document = |call: &Call| document_of(of_contract(call.operation).1);
    let beside = BESIDE.contains(&one.operation) || BESIDE.contains(&other.operation);
    !beside && one.record == other.record && one.operation != other.operation && document(one) == document(other)
}

/// Two calls on one record that was made for them.
struct Race {
    names: Names,
    document: String,
    reader: String,
    /// The version that it has when one has won.
    version: i64,
    shots: [Shot; 2],
    about: String,
}

async fn race(w: &World, scene: &Scene, tokens: &BTreeMap<String, String>, first: &Call, second: &Call) -> Race {
    let names = scene.names(w, first.record).await;
    let document = filled(&document_of(of_contract(first.operation).1), &names);
    let reader = tokens[first.by].clone();
    let seen = w.get(&document).bearer(&reader).send().await.expect(200);
    let shots = [first, second].map(|call| {
        let (method, path, _) = of_contract(call.operation);
        let mut shot = Shot { method, ..Shot::post(filled(path, &names), &tokens[call.by]).with("if-match", &seen.etag()) };
        shot.body = (!call.body.is_empty()).then(|| serde_json::from_str(&filled(call.body, &names)).unwrap());
        shot
    });
    let about = format!("{} against {} on {:?}", first.operation, second.operation, first.record);
    let version = seen.body["version"].as_i64().unwrap() + i64::from(!BESIDE.contains(&first.operation));
    Race { names, document, reader, version, shots, about }
}

/// Runs them, a few documents at a time, and judges each.
async fn run(w: &World, races: Vec<Race>) {
    for part in races.chunks(10) {
        let answers = all_at_once(w, part.iter().flat_map(|race| race.shots.clone()).collect());
        for (race, pair) in part.iter().zip(answers.chunks(2)) {
            let Race { about, names, .. } = race;
            let won = pair.iter().filter(|(status, _)| (200..300).contains(status)).count();
            // two that say the same word for word may both be told that it is so now: nothing of either is lost
            assert!(won == 1 || won == 2 && pair[0] == pair[1], "{about}: {pair:?} {names:?}");
            for (shot, (status, body)) in race.shots.iter().zip(pair).filter(|(_, (status, _))| *status >= 300) {
                // who declined, left or was left out is told of it no more
                let sees = || w.get(&race.document).header("authorization", &shot.headers[0].1).send();
                assert!(matches!(status, 409 | 412) || (*status == 404 && sees().await.status == 404), "{about}: {body}");
                if *status == 412 {
                    // what was published without a name is changed without one
                    let told = (body["changed_by"]["id"].is_string() || about.ends_with("Finding(false)"))
                        && body["changed_at"].is_string()
                        && body["changed"].as_array().is_some_and(|c| !c.is_empty());
                    // who reads of pay is on record, and so an old version of it tells nothing
                    let silent = body["changed_by"].is_null() && body["changed_at"].is_null() && body["changed"] == json!([]);
                    assert!(if about.ends_with(" on Pay") { silent } else { told }, "{about}: who, when and which fields? {body}");
                }
            }
            // what won is what is there, once
            let now = w.get(&race.document).bearer(&race.reader).send().await;
            if now.status == 200 {
                assert_eq!(now.body["version"].as_i64(), Some(race.version), "{about}: {}", now.text);
            } else {
                now.problem(404, "not_found"); // a draft that was issued is no draft
            }
        }
    }
}

async fn every_transition(w: &World, (groups, addresses): (&[&str], &[&str])) {
    let trust = w.trust("beacon").await;
    let scene = Scene::new(w, &trust, trust.school, "practice").await;
    let tokens: BTreeMap<String, String> = everybody(w, &scene).await.into_iter().filter_map(|(who, token)| Some((who, token?))).collect();
    let steps: Vec<&Call> = CALLS
        .iter()
        .filter(|(group, _)| groups.contains(group))
        .flat_map(|(_, calls)| calls.iter())
        .filter(|call| {
            let (method, path, operation) = of_contract(call.operation);
            method != Method::GET && path.contains("{id}") && takes_a_version(operation) && (call.operation, call.record) != REFUSED && call.operation != A_JOB
        })
        .collect();
    // none is left out that the contract has
    let raced: BTreeSet<&str> = steps.iter().map(|call| call.operation).collect();
    let theirs = |path: &str| addresses.iter().any(|at| path == *at || path.starts_with(&format!("{at}/")));
    for (path, item) in document()["paths"].as_object().unwrap().iter().filter(|(path, _)| theirs(path)) {
        for (_, operation) in item.as_object().unwrap().iter().filter(|(_, operation)| takes_a_version(operation)) {
            let name = operation["operationId"].as_str().unwrap();
            assert!(raced.contains(name) || name == A_JOB, "{name} of {path} is not raced");
        }
    }
    let (mut races, mut ran) = (Vec::new(), 0);
    for (i, call) in steps.iter().copied().enumerate() {
        // against itself, and against the next step that the same record can take
        let rival = steps[i + 1..].iter().chain(&steps[..i]).copied().find(|other| rivals(call, other));
        for other in [Some(call), rival].into_iter().flatten() {
            races.push(race(w, &scene, &tokens, call, other).await);
            ran += 1;
            // two have one partnership at a time: making the next ends it
            if matches!(call.record, Record::Partnership(_) | Record::Step | Record::Visit) {
                run(w, std::mem::take(&mut races)).await;
            }
        }
    }
    assert!(ran > raced.len(), "{ran} races of {} steps", raced.len());
    run(w, races).await;
}

/// A report's draft is written on while it is issued: either the words stand in the draft, and it is not issued, or it is issued as it was read.
async fn a_draft_and_its_issue(w: &World) {
    let trust = w.trust("beacon").await;
    let scene = Scene::new(w, &trust, trust.school, "practice").await;
    let token = &scene.appraiser.token;
    let mut documents = Vec::new();
    for n in 0..6 {
        let at = format!("/v1/appraisals/{}", scene.names(w, Record::Appraisal("written")).await["id"]);
        let (appraisal, draft) =
            (w.get(&at).by(&scene.appraiser).send().await.expect(200), w.get(format!("{at}/report-draft")).by(&scene.appraiser).send().await.expect(200));
        assert_eq!(draft.etag(), "\"1\"");
        let words = format!("Zephyr {n}");
        let write = Shot { method: Method::PATCH, ..Shot::post(format!("{at}/report-draft"), token).with("if-match", &draft.etag()) };
        let write = write.json(json!({"summary": words}));
        let issue = Shot::post(format!("{at}/issue-report"), token).with("if-match", &appraisal.etag()).json(json!({"draft_version": 1}));
        documents.push((at, words, [write, issue]));
    }
    let shots = documents.iter().enumerate().flat_map(|(n, (.., [write, issue]))| match n % 2 {
        0 => [write.clone(), issue.clone()],
        _ => [issue.clone(), write.clone()],
    });
    let answers = all_at_once(w, shots.collect());
    for (n, ((at, words, _), pair)) in documents.iter().zip(answers.chunks(2)).enumerate() {
        let (write, issue) = if n % 2 == 0 { (&pair[0], &pair[1]) } else { (&pair[1], &pair[0]) };
        let state = w.get(at).by(&scene.appraiser).send().await.expect(200).body["state"].clone();
        match (write.0, issue.0) {
            (200, 409 | 412) => {
                assert_eq!(state, "assessment_draft");
                let draft = w.get(format!("{at}/report-draft")).by(&scene.appraiser).send().await.expect(200);
                assert_eq!((&draft.body["summary"], draft.etag()), (&json!(words), "\"2\"".into()));
                // read again, it is issued with every word
                let again = w.post(format!("{at}/issue-report")).by(&scene.appraiser).if_match("*").json(json!({"draft_version": 2})).send().await;
                again.expect(200);
            }
            (404 | 409 | 412, 200) => assert_eq!(state, "report_issued"),
            other => panic!("one of the two wins: {other:?} {pair:?}"),
        }
        let found = w.get(format!("/v1/appraisal-reports?appraisal_id={}", at.rsplit('/').next().unwrap())).by(&scene.owner).send().await.expect(200);
        assert_eq!(found.items().len(), 1, "{}", found.text);
        let report = w.get(format!("/v1/appraisal-reports/{}", found.items()[0]["id"].as_str().unwrap())).by(&scene.owner).send().await.expect(200);
        assert_eq!(report.text.contains(words.as_str()), write.0 == 200, "{}", report.text);
    }
}

on_both! {
    async fn of_two_steps_at_once_in_the_appraisal_year_one_wins(w: World) {
        every_transition(w, OF_THE_YEAR).await;
    }

    async fn of_two_steps_at_once_in_what_two_people_agree_and_say_one_wins(w: World) {
        every_transition(w, OF_TALK).await;
    }

    async fn of_two_steps_at_once_in_what_is_ruled_and_arranged_one_wins(w: World) {
        every_transition(w, OF_RULES).await;
    }

    async fn of_two_steps_at_once_in_coaching_one_wins(w: World) {
        every_transition(w, OF_COACHING).await;
    }

    async fn a_report_is_issued_with_every_word_that_was_acknowledged(w: World) {
        a_draft_and_its_issue(w).await;
    }

    async fn of_two_steps_at_once_in_learning_one_wins(w: World) {
        every_transition(w, OF_LEARNING).await;
    }
}
