//! Accounts, log-ins and machines, and what anybody may read.

use super::{Cast, Telling};
use actix_web::http::Method;
use serde_json::json;

/// Somebody may log in, and does.
pub async fn accounts(s: &mut Telling<'_>, cast: &Cast, person: &str) {
    let admin = &cast.admin;
    let password = "green kettle on a bicycle";
    let new = json!({"person_id": person, "email": "dafydd.hughes@beaconhill.example", "password": password});
    let account = s.post("/v1/accounts", admin, new).await.id();
    let login = json!({"tenant": "beacon-hill", "email": "dafydd.hughes@beaconhill.example", "password": password});
    let tokens = s.tell(Method::POST, "/v1/sessions", None, Some(login)).await.body;
    let refresh = json!({"refresh_token": tokens["refresh_token"]});
    let refreshed = s.tell(Method::POST, "/v1/sessions/refresh", None, Some(refresh)).await.body;
    s.told["refresh_session"]["request"]["refresh_token"] = json!("trellis_refresh_...");
    let own = refreshed["access_token"].as_str().unwrap().to_owned();
    s.tell(Method::GET, "/v1/me", Some(&own), None).await;
    s.tell(Method::POST, "/v1/me/password", Some(&own), Some(json!({"current_password": password, "new_password": "a taller kettle on two bicycles"}))).await;
    s.tell(Method::DELETE, "/v1/sessions/current", Some(&own), None).await;
    let at = format!("/v1/accounts/{account}");
    s.act(&format!("{at}/disable"), admin).await;
    s.act(&format!("{at}/enable"), admin).await;
    s.post(&format!("{at}/reset-password"), admin, json!({"password": "the tallest kettle on a bicycle"})).await;
    s.get(&at, admin).await;
    s.get(&format!("/v1/accounts?person_id={person}"), admin).await;
    s.get(&format!("{at}/history"), admin).await;
}

/// A service account, its key, and what may be done with it.
pub async fn service_accounts(s: &mut Telling<'_>, cast: &Cast, person: &str, school: &str) {
    let admin = &cast.admin;
    let new = json!({"name": "Nightly MIS sync", "scopes": ["people:read", "people:write", "changes:read"], "organisation_ids": [school]});
    let machine = s.post("/v1/service-accounts", admin, new).await.id();
    let at = format!("/v1/service-accounts/{machine}");
    s.patch(&at, admin, json!({"name": "Nightly sync of staff"})).await;
    let issued = s.post(&format!("{at}/keys"), admin, json!({"days": 365})).await;
    let key = issued.body["key"].as_str().unwrap().to_owned();
    s.tell(Method::GET, "/v1/changes?types=person,employment&include=record", Some(&key), None).await;
    s.tell(Method::GET, "/v1/changes/stream?types=person", Some(&key), None).await;
    s.tell(Method::GET, "/.well-known/oauth-authorization-server", None, None).await;
    let form = format!("grant_type=client_credentials&scope=people%3Aread+changes%3Aread&client_id={machine}&client_secret={key}");
    let token = s.w.post("/oauth/token").form(&form).send().await.expect(200);
    let sent = json!({"grant_type": "client_credentials", "scope": "people:read changes:read", "client_id": machine, "client_secret": "trellis_key_..."});
    s.note(&Method::POST, "/oauth/token", Some(sent), &token);
    let question = json!({"operation_id": "update_person", "record_id": person});
    s.tell(Method::POST, "/v1/me/permissions/explain", token.body["access_token"].as_str(), Some(question)).await;
    s.act(&format!("{at}/keys/{}/revoke", issued.id()), admin).await;
    s.get(&at, admin).await;
    s.get("/v1/service-accounts", admin).await;
    s.act(&format!("{at}/disable"), admin).await;
    s.get(&format!("{at}/history"), admin).await;
}

/// What anybody may read.
pub async fn open(s: &mut Telling<'_>) {
    s.tell(Method::GET, "/problems.json", None, None).await;
    s.tell(Method::GET, "/problems/stale", None, None).await;
    s.tell(Method::GET, "/.well-known/jwks.json", None, None).await;
    s.tell(Method::GET, "/health", None, None).await;
}
