//! Two at once: exactly one wins, the other hears why, and nothing is lost (T8).

use crate::support::*;
use actix_web::{http::Method, test as http};
use serde_json::{Value, json};
use std::sync::{Arc, Barrier};
use trellis_api::app;
use trellis_domain::role::RoleName;

/// A request that is sent from a thread of its own kind, through an application of its own.
#[derive(Clone)]
pub struct Shot {
    pub method: Method,
    pub path: String,
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Value>,
}
impl Shot {
    pub fn post(path: impl Into<String>, token: &str) -> Self {
        let headers = if token.is_empty() { vec![] } else { vec![("authorization", format!("Bearer {token}"))] };
        Self { method: Method::POST, path: path.into(), headers, body: None }
    }
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.into()));
        self
    }
    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }
}

/// Sends all of them at once from up to ten threads, each a worker with its own application; answers in the order of the shots.
pub fn all_at_once(w: &World, shots: Vec<Shot>) -> Vec<(u16, Value)> {
    let threads = shots.len().min(10);
    let barrier = Arc::new(Barrier::new(threads));
    let mut shares: Vec<Vec<(usize, Shot)>> = vec![vec![]; threads];
    let count = shots.len();
    shots.into_iter().enumerate().for_each(|(i, shot)| shares[i % threads].push((i, shot)));
    let mut out: Vec<(u16, Value)> = vec![(0, Value::Null); count];
    std::thread::scope(|scope| {
        let running: Vec<_> = shares
            .into_iter()
            .map(|share| {
                let (shared, source, barrier) = (w.shared.clone(), w.source.clone(), barrier.clone());
                scope.spawn(move || {
                    actix_web::rt::System::new().block_on(async move {
                        let service = http::init_service(app::app(shared, source.connect().unwrap())).await;
                        barrier.wait();
                        let calls = share.into_iter().map(|(i, shot)| {
                            let mut request = http::TestRequest::with_uri(&shot.path).method(shot.method);
                            for (name, value) in shot.headers {
                                request = request.insert_header((name, value));
                            }
                            if let Some(body) = shot.body {
                                request = request.set_json(body);
                            }
                            let service = &service;
                            async move {
                                let answer = http::call_service(service, request.to_request()).await;
                                let status = answer.status().as_u16();
                                let body: Value = serde_json::from_slice(&http::read_body(answer).await).unwrap_or_default();
                                if let (400.., Some(code)) = (status, body["code"].as_str()) {
                                    note(code);
                                }
                                (i, status, body)
                            }
                        });
                        futures_util::future::join_all(calls).await
                    })
                })
            })
            .collect();
        for (i, status, body) in running.into_iter().flat_map(|t| t.join().unwrap()) {
            out[i] = (status, body);
        }
    });
    out
}

/// Exactly one succeeded; every other one lost by a conflict or a precondition.
#[track_caller]
fn one_winner(answers: &[(u16, Value)]) {
    let won = answers.iter().filter(|(status, _)| (200..300).contains(status)).count();
    let lost = answers.iter().filter(|(status, _)| matches!(status, 409 | 412)).count();
    assert_eq!((won, lost), (1, answers.len() - 1), "{answers:?}");
}

const TRIES: usize = 8;

async fn proposed(w: &World, trust: &Trust) -> (Someone, Someone, String, String) {
    let appraiser = trust.someone(w).at(trust.school).made().await;
    let teacher = trust.someone(w).at(trust.school).appraised_by(&appraiser).made().await;
    let new = json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "Questioning"});
    let draft = w.post("/v1/objectives").by(&teacher).json(new).send().await.expect(201);
    let path = format!("/v1/objectives/{}", draft.id());
    let proposed = w.post(format!("{path}/propose")).by(&teacher).if_match(&draft.etag()).send().await.expect(200);
    (teacher, appraiser, path, proposed.etag())
}

on_both! {
    async fn agreeing_against_withdrawing_has_one_winner(w: World) {
        let trust = w.trust("beacon").await;
        for _ in 0..TRIES {
            let (teacher, appraiser, path, etag) = proposed(w, &trust).await;
            let agree = Shot::post(format!("{path}/agree"), &appraiser.token).with("if-match", &etag);
            let withdraw = Shot::post(format!("{path}/withdraw"), &teacher.token).with("if-match", &etag).json(json!({"reason": "Another idea"}));
            let answers = all_at_once(w, vec![agree, withdraw]);
            one_winner(&answers);
            let state = w.get(&path).by(&teacher).send().await.expect(200).body["state"].clone();
            assert_eq!(state, if answers[0].0 == 200 { "agreed" } else { "withdrawn" });
        }
    }

    async fn two_agreements_at_once_are_one(w: World) {
        let trust = w.trust("beacon").await;
        for _ in 0..TRIES {
            let (teacher, appraiser, path, etag) = proposed(w, &trust).await;
            let agree = Shot::post(format!("{path}/agree"), &appraiser.token).with("if-match", &etag);
            one_winner(&all_at_once(w, vec![agree.clone(), agree]));
            let history = w.get(format!("{path}/history")).by(&teacher).send().await.expect(200);
            assert_eq!(history.items().iter().filter(|e| e["type"] == "objective.agreed").count(), 1);
        }
    }

    async fn no_update_is_lost(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        let person = trust.someone(w).at(trust.school).made().await;
        let path = format!("/v1/people/{}", person.person);
        for round in 0..TRIES {
            let etag = w.get(&path).by(&hr).send().await.expect(200).etag();
            let shots = (0..8).map(|i| {
                let shot = Shot::post(&path, &hr.token).with("if-match", &etag).json(json!({"preferred_name": format!("Name {round} {i}")}));
                Shot { method: Method::PATCH, ..shot }
            });
            let answers = all_at_once(w, shots.collect());
            one_winner(&answers);
            let winner = answers.iter().find(|(status, _)| *status == 200).unwrap();
            assert_eq!(w.get(&path).by(&hr).send().await.expect(200).body["preferred_name"], winner.1["preferred_name"]);
            assert!(answers.iter().all(|(status, body)| *status == 200 || body["code"] == "stale"), "{answers:?}");
        }
    }

    async fn two_line_managers_at_once_close_no_circle(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        for _ in 0..TRIES {
            let a = trust.someone(w).at(trust.school).made().await;
            let b = trust.someone(w).at(trust.school).made().await;
            let manages = |who: &Someone, whom: &Someone| {
                let body = json!({"kind": "line_manager", "person_id": whom.person.to_string(), "holder_id": who.person.to_string(), "starts_on": "2026-09-01"});
                Shot::post("/v1/relationships", &hr.token).json(body)
            };
            let answers = all_at_once(w, vec![manages(&a, &b), manages(&b, &a)]);
            one_winner(&answers);
            assert!(answers.iter().any(|(_, body)| body["code"] == "line_management_cycle"), "{answers:?}");
        }
    }

    async fn two_employments_at_once_never_overlap(w: World) {
        let trust = w.trust("beacon").await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.root).made().await;
        for _ in 0..TRIES {
            let person = trust.someone(w).made().await;
            let shots = ["2026-09-01", "2027-01-01"].map(|day| {
                let body = json!({"person_id": person.person.to_string(), "organisation_id": trust.school.to_string(), "job_title": "Teacher", "staff_category": "teacher", "starts_on": day});
                Shot::post("/v1/employments", &hr.token).json(body)
            });
            let answers = all_at_once(w, shots.to_vec());
            one_winner(&answers);
            assert!(answers.iter().any(|(_, body)| body["code"] == "overlapping_employment"), "{answers:?}");
        }
    }

    async fn who_fails_half_way_takes_nobody_else_along(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let employment = teacher.employment.unwrap();
        // an unknown standard is found out when the objective is written already
        let shots = (0..60).map(|n| {
            let standards = if n % 4 == 0 { json!([uuid::Uuid::from_u128(n)]) } else { json!([]) };
            let body = json!({"employment_id": employment, "kind": "practice", "title": format!("Aim {n}"), "standard_ids": standards});
            Shot::post("/v1/objectives", &teacher.token).json(body)
        });
        let answers = all_at_once(w, shots.collect());
        for (n, (status, body)) in answers.iter().enumerate() {
            assert_eq!(*status, if n % 4 == 0 { 422 } else { 201 }, "{n}: {body}");
        }
        let kept = w.get(format!("/v1/objectives?person_id={}&limit=200", teacher.person)).by(&teacher).send().await.expect(200);
        let mut titles: Vec<&str> = kept.items().iter().map(|o| o["title"].as_str().unwrap()).collect();
        titles.sort_unstable();
        let mut good: Vec<String> = (0..60).filter(|n| n % 4 != 0).map(|n| format!("Aim {n}")).collect();
        good.sort_unstable();
        assert_eq!(titles, good);
    }
}
