//! What HTTP itself asks of every address: HEAD, and preflights of browsers.

use crate::{
    permissions::{CALLS, Scene, everybody, filled},
    support::*,
};
use actix_web::http::Method;
use std::collections::BTreeSet;
use trellis_domain::role::RoleName;

on_both! {
    async fn head_answers_like_get_without_the_body(w: World) {
        let trust = w.trust("beacon").await;
        let scene = Scene::new(w, &trust, trust.school, "practice").await;
        let callers = everybody(w, &scene).await;
        let mut asked = BTreeSet::new();
        for call in CALLS.iter().flat_map(|(_, calls)| calls.iter()) {
            let (method, path, _) = of_contract(call.operation);
            if method != Method::GET {
                continue;
            }
            let names = scene.names(w, call.record).await;
            let uri = format!("{}?{}", filled(path, &names), filled(call.query, &names));
            for who in [call.by, "anonymous", "staff"] {
                let (_, credential) = callers.iter().find(|(name, _)| name == who).unwrap();
                let ask = |method: Method| {
                    let asking = w.ask(method, uri.trim_end_matches('?'));
                    match credential { Some(credential) => asking.bearer(credential), None => asking }.send()
                };
                let (get, head) = (ask(Method::GET).await, ask(Method::HEAD).await);
                assert!(!get.text.is_empty() && head.text.is_empty(), "{uri} by {who}");
                let bare = |reply: &Reply| {
                    let mut headers = reply.headers.clone();
                    headers.remove("request-id");
                    (reply.status, headers)
                };
                assert_eq!(bare(&get), bare(&head), "{uri} by {who}");
            }
            asked.insert(call.operation);
        }
        assert!(asked.len() > 40, "{}", asked.len());
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let person = format!("/v1/people/{}", admin.person);
        let etag = w.ask(Method::HEAD, &person).by(&admin).send().await.expect(200).etag();
        w.ask(Method::HEAD, &person).by(&admin).header("if-none-match", &etag).send().await.expect(304);
        let other = w.ask(Method::HEAD, "/v1/sessions").send().await.expect(405);
        assert_eq!((other.headers["allow"].as_str(), other.text.as_str()), ("OPTIONS, POST", ""));
        w.ask(Method::HEAD, "/v1/nothing").send().await.expect(404);
        w.ask(Method::HEAD, "/openapi.json").send().await.expect(200);
    }

    async fn a_preflight_is_answered_with_yes_or_with_why_not(w: World) {
        let ask = |origin: &str, method: &str, headers: &str| {
            let asking = w.ask(Method::OPTIONS, "/v1/people").header("origin", origin).header("access-control-request-method", method);
            if headers.is_empty() { asking } else { asking.header("access-control-request-headers", headers) }.send()
        };
        let ours = "https://staff.school.example";
        let yes = ask(ours, "PATCH", "authorization, if-match").await.expect(200);
        assert_eq!(yes.headers["access-control-allow-origin"], ours);
        for (origin, method, headers) in [("https://evil.example", "GET", ""), (ours, "PUT", ""), (ours, "GET", "x-evil"), ("https://staff.school.example.evil", "POST", "")] {
            let no = ask(origin, method, headers).await.problem(403, "origin_not_allowed");
            assert!(!no.headers.keys().any(|name| name.starts_with("access-control-")), "{:?}", no.headers);
        }
        w.ask(Method::OPTIONS, "/v1/people").header("access-control-request-method", "GET").send().await.problem(400, "invalid_header");
        // a call that a browser makes without asking is answered, but the page cannot read it
        let simple = w.get("/health").header("origin", "https://evil.example").send().await.expect(200);
        assert!(!simple.headers.contains_key("access-control-allow-origin"), "{:?}", simple.headers);
    }
}
