//! Service accounts and their keys: two live at most, an end that is told in time, and a life without their maker.

use crate::{
    concurrency::{Shot, all_at_once},
    support::*,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use trellis_domain::{access::Permission, id::KeyId, id::ServiceAccountId, role::RoleName};
use trellis_persistence::{event::History, event::HistoryWindow, service_account::IssueKey, service_account::ServiceAccountHistory};

/// A service account's key that lives so long.
pub async fn key_for(w: &World, trust: &Trust, account: ServiceAccountId, days: i64) -> (KeyId, String, DateTime<Utc>) {
    let key = KeyId(w.shared.ids.make(w.now()));
    let (shown, digest) = trellis_api::auth::secret::new_key(trust.id, key);
    let expires_at = w.now() + TimeDelta::days(days);
    w.does(trust.id, IssueKey { id: account, key, digest, expires_at }).await;
    (key, shown, expires_at)
}

/// The events of a service account, oldest first: kind, version, values.
async fn events(w: &World, trust: &Trust, id: ServiceAccountId) -> Vec<(String, i64, Value)> {
    let window = HistoryWindow { before: None, limit: 200 };
    let History { entries, .. } = w.db.read(w.operator(trust.id), ServiceAccountHistory { id, window }).await.unwrap();
    entries.into_iter().rev().map(|e| (e.kind.to_string(), e.subject_version, e.values.unwrap())).collect()
}
async fn warnings(w: &World, trust: &Trust, id: ServiceAccountId) -> Vec<i64> {
    let all = events(w, trust, id).await;
    all.iter().filter(|(kind, ..)| kind == "service_account.key_expiring").map(|(_, _, values)| values["key"]["after"]["days"].as_i64().unwrap()).collect()
}

/// An administrator, a service account and its address.
async fn machine(w: &World, trust: &Trust) -> (Someone, ServiceAccountId, String) {
    let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
    let new = json!({"name": "Nightly sync", "scopes": ["people:read", "changes:read"]});
    let id = w.post("/v1/service-accounts").by(&admin).json(new).send().await.expect(201).id();
    (admin, ServiceAccountId(id.parse().unwrap()), format!("/v1/service-accounts/{id}"))
}

on_both! {
    async fn a_third_live_key_is_refused_until_one_is_revoked_or_over(w: World) {
        let trust = w.trust("beacon").await;
        let (admin, _, at) = machine(w, &trust).await;
        let issue = async |days: i64, by: &Someone| w.post(format!("{at}/keys")).by(by).json(json!({"days": days})).send().await;
        let first = issue(5, &admin).await.expect(201);
        let second = issue(365, &admin).await.expect(201);
        assert_eq!(first.body["client_id"], at.rsplit('/').next().unwrap());
        assert!(!w.get(&at).by(&admin).send().await.can("issue_key"));
        let third = issue(5, &admin).await.problem(409, "too_many_live_keys");
        assert!(third.body["detail"].as_str().unwrap().contains("revoke"), "{}", third.text);
        w.post(format!("{at}/keys/{}/revoke", second.id())).by(&admin).send().await.expect(200);
        issue(365, &admin).await.expect(201);
        issue(5, &admin).await.problem(409, "too_many_live_keys");
        w.later(TimeDelta::days(5));
        let admin = Someone { token: w.token(trust.id, &admin), ..admin.clone() };
        issue(5, &admin).await.expect(201);
        let listed = w.get(&at).by(&admin).send().await.expect(200);
        assert_eq!(listed.body["keys"].as_array().unwrap().len(), 4, "those that are over stay listed");
        w.post(format!("{at}/disable")).by(&admin).send().await.expect(200);
        issue(5, &admin).await.problem(409, "wrong_state");
    }

    async fn while_a_secret_is_changed_for_another_both_are_good(w: World) {
        let trust = w.trust("beacon").await;
        let (admin, account, at) = machine(w, &trust).await;
        let (old, first, _) = key_for(w, &trust, account, 100).await;
        w.later(TimeDelta::days(80));
        let (new, second, _) = key_for(w, &trust, account, 365).await;
        let ends = async |key: &str| w.get("/v1/people").bearer(key).send().await.expect(200).headers.get("key-expires-at").cloned();
        assert!(ends(&first).await.is_some() && ends(&second).await.is_none(), "each says of itself when it ends");
        for secret in [&first, &second] {
            let form = format!("grant_type=client_credentials&client_id={account}&client_secret={secret}");
            w.post("/oauth/token").form(&form).send().await.expect(200);
        }
        w.shared.tidy(&w.db).await.unwrap();
        let admin = w.token(trust.id, &admin);
        let seen = w.get(&at).bearer(&admin).send().await.expect(200);
        let used: Vec<&str> = seen.body["keys"].as_array().unwrap().iter().filter(|k| !k["last_used_at"].is_null()).map(|k| k["id"].as_str().unwrap()).collect();
        assert_eq!(used, [old.to_string(), new.to_string()], "{}", seen.text);
        w.post(format!("{at}/keys/{old}/revoke")).bearer(&admin).send().await.expect(200);
        w.get("/v1/people").bearer(&first).send().await.problem(401, "key_revoked");
        w.get("/v1/people").bearer(&second).send().await.expect(200);
    }

    async fn ten_who_issue_at_once_issue_two(w: World) {
        let trust = w.trust("beacon").await;
        let (admin, _, at) = machine(w, &trust).await;
        let shot = Shot::post(format!("{at}/keys"), &admin.token).json(json!({"days": 5}));
        let answers = all_at_once(w, vec![shot; 10]);
        assert_eq!(answers.iter().filter(|(status, _)| *status == 201).count(), 2, "{answers:?}");
        assert!(answers.iter().all(|(status, body)| *status == 201 || body["code"] == "too_many_live_keys"), "{answers:?}");
    }

    async fn answers_say_when_the_callers_key_ends_from_thirty_days_before_on(w: World) {
        let trust = w.trust("beacon").await;
        let (_, account, _) = machine(w, &trust).await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let (_, key, ends) = key_for(w, &trust, account, 31).await;
        let said = |reply: Reply| reply.headers.get("key-expires-at").cloned();
        let person = format!("/v1/people/{}", teacher.person);
        let read = async || w.get(&person).bearer(&key).send().await.expect(200);
        assert_eq!(said(read().await), None);
        w.later(TimeDelta::days(1) - TimeDelta::seconds(1));
        assert_eq!(said(read().await), None);
        w.later(TimeDelta::seconds(1));
        let ends = Some(ends.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
        assert_eq!(ends.as_deref(), Some("2026-11-05T09:00:00Z"));
        let reply = read().await;
        let etag = reply.etag();
        assert_eq!(said(reply), ends);
        assert_eq!(said(w.get(&person).bearer(&key).header("if-none-match", &etag).send().await.expect(304)), ends);
        assert_eq!(said(w.get("/v1/people/no-id").bearer(&key).send().await.problem(404, "not_found")), None, "nobody looked at the key");
        assert_eq!(said(w.get(format!("/v1/people/{}", trust.root)).bearer(&key).send().await.problem(404, "not_found")), ends);
        assert_eq!(said(w.get("/v1/cycles").bearer(&key).send().await.problem(403, "insufficient_scope")), ends);
        let form = format!("grant_type=client_credentials&client_id={account}&client_secret={key}");
        let token = w.post("/oauth/token").form(&form).send().await.expect(200);
        let bearer = token.body["access_token"].as_str().unwrap().to_owned();
        assert_eq!(said(token), ends);
        assert_eq!(said(w.get("/v1/me").bearer(&bearer).send().await.expect(200)), ends);
        assert_eq!(said(w.get("/v1/me").bearer(&w.token(trust.id, &teacher)).send().await.expect(200)), None, "a person has no key");
        let page = w.get("/v1/me").bearer(&key).header("origin", "https://staff.school.example").send().await.expect(200);
        assert!(page.headers["access-control-expose-headers"].contains("key-expires-at"), "{:?}", page.headers);
        w.later(TimeDelta::days(30));
        assert_eq!(said(w.get("/v1/me").bearer(&key).send().await.problem(401, "key_expired")), None);
    }

    async fn the_feed_tells_of_a_keys_end_at_thirty_seven_and_one_days_once_each(w: World) {
        let trust = w.trust("beacon").await;
        let (admin, account, at) = machine(w, &trust).await;
        let (key, _, ends) = key_for(w, &trust, account, 100).await;
        let other = w.trust("harbour").await;
        let (_, theirs, _) = machine(w, &other).await;
        key_for(w, &other, theirs, 300).await;
        let version = w.get(&at).by(&admin).send().await.expect(200).body["version"].as_i64().unwrap();
        let keep_house = async || w.shared.tidy(&w.db).await.unwrap();
        keep_house().await;
        let mut told = vec![];
        for (days, due) in [(69, None), (1, Some(30)), (0, None), (22, None), (1, Some(7)), (3, None), (3, Some(1)), (0, None)] {
            w.later(TimeDelta::days(days));
            keep_house().await;
            keep_house().await;
            told.extend(due);
            assert_eq!(warnings(w, &trust, account).await, told);
        }
        w.later(TimeDelta::days(1));
        keep_house().await;
        let all = events(w, &trust, account).await;
        let (kind, at_version, values) = all.last().unwrap();
        assert_eq!((kind.as_str(), *at_version), ("service_account.key_expiring", version), "nothing of the record changed");
        assert_eq!(values["key"]["after"], json!({"id": key.to_string(), "expires_at": ends, "days": 1}));
        let admin = Someone { token: w.token(trust.id, &admin), ..admin };
        assert_eq!(w.get(&at).by(&admin).send().await.expect(200).body["version"], version);
        let feed = w.get("/v1/changes?types=service_account").by(&admin).send().await.expect(200);
        let kinds: Vec<&str> = feed.items().iter().filter_map(|c| c["type"].as_str()).filter(|t| t.ends_with("key_expiring")).collect();
        assert_eq!(kinds.len(), 3);
        assert_eq!(feed.items().last().unwrap()["actor"]["type"], "system");
        assert!(warnings(w, &other, theirs).await.is_empty());
    }

    async fn nobody_is_warned_of_a_key_that_is_revoked_or_whose_account_is_disabled(w: World) {
        let trust = w.trust("beacon").await;
        let (admin, revoked, at) = machine(w, &trust).await;
        let (key, ..) = key_for(w, &trust, revoked, 40).await;
        w.post(format!("{at}/keys/{key}/revoke")).by(&admin).send().await.expect(200);
        let (_, disabled, at) = machine(w, &trust).await;
        key_for(w, &trust, disabled, 40).await;
        w.post(format!("{at}/disable")).by(&admin).send().await.expect(200);
        let (_, short, _) = machine(w, &trust).await;
        key_for(w, &trust, short, 5).await;
        let (_, late, _) = machine(w, &trust).await;
        key_for(w, &trust, late, 40).await;
        w.later(TimeDelta::days(4));
        w.shared.tidy(&w.db).await.unwrap();
        assert_eq!(warnings(w, &trust, short).await, [1], "its end was never farther than five days");
        w.later(TimeDelta::days(32));
        w.shared.tidy(&w.db).await.unwrap();
        assert_eq!(warnings(w, &trust, late).await, [7], "nobody kept house for a month: what is true is said, once");
        assert!(warnings(w, &trust, revoked).await.is_empty() && warnings(w, &trust, disabled).await.is_empty());
    }

    async fn when_a_key_was_last_used_is_noted_by_the_upkeep_and_changes_nothing(w: World) {
        let trust = w.trust("beacon").await;
        let (admin, account, at) = machine(w, &trust).await;
        let (_, key, _) = key_for(w, &trust, account, 100).await;
        let (revoked, other, _) = key_for(w, &trust, account, 100).await;
        w.post(format!("{at}/keys/{revoked}/revoke")).by(&admin).send().await.expect(200);
        let shown = async |i: usize| {
            let admin = w.token(trust.id, &admin);
            let reply = w.get(&at).bearer(&admin).send().await.expect(200);
            (reply.body["keys"][i]["last_used_at"].clone(), reply.etag())
        };
        let (before, etag) = shown(0).await;
        assert_eq!(before, Value::Null);
        let left = events(w, &trust, account).await.len();
        let first = w.now();
        w.get("/v1/people").bearer(&key).send().await.expect(200);
        w.get("/v1/people").bearer(&other).send().await.problem(401, "key_revoked");
        assert_eq!(shown(0).await.0, Value::Null, "a request costs no write");
        w.later(TimeDelta::minutes(1));
        w.shared.tidy(&w.db).await.unwrap();
        assert_eq!(shown(0).await, (json!(first), etag.clone()));
        assert_eq!(shown(1).await.0, Value::Null, "a key that is refused is not used");
        w.later(TimeDelta::minutes(58));
        w.get("/v1/people").bearer(&key).send().await.expect(200);
        w.shared.tidy(&w.db).await.unwrap();
        assert_eq!(shown(0).await.0, json!(first), "at most once an hour");
        w.later(TimeDelta::minutes(1));
        // a token that was given for the key is a use of it, and so is asking for one; what is refused for its scope is one too
        let form = format!("grant_type=client_credentials&client_id={account}&client_secret={key}");
        let token = w.post("/oauth/token").form(&form).send().await.expect(200);
        w.later(TimeDelta::minutes(5));
        w.get("/v1/cycles").bearer(token.body["access_token"].as_str().unwrap()).send().await.problem(403, "insufficient_scope");
        let last = w.now();
        w.shared.note_uses(&w.db).await.unwrap();
        assert_eq!(shown(0).await, (json!(last), etag));
        assert_eq!(events(w, &trust, account).await.len(), left);
        let history = w.get(format!("{at}/history")).bearer(&w.token(trust.id, &admin)).send().await.expect(200);
        assert!(!history.text.contains("last_used_at"), "{}", history.text);
    }

    async fn a_service_account_survives_whoever_made_it(w: World) {
        let trust = w.trust("beacon").await;
        let (maker, account, at) = machine(w, &trust).await;
        let issued = w.post(format!("{at}/keys")).by(&maker).json(json!({"days": 30})).send().await.expect(201);
        let key = issued.body["key"].as_str().unwrap();
        let form = format!("grant_type=client_credentials&client_id={account}&client_secret={key}");
        let token = w.post("/oauth/token").form(&form).send().await.expect(200);
        let other = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let roles = w.get(format!("/v1/roles?person_id={}", maker.person)).by(&other).send().await.expect(200);
        let role = roles.items()[0]["id"].as_str().unwrap();
        w.post(format!("/v1/roles/{role}/end")).by(&other).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        w.post(format!("/v1/accounts/{}/disable", maker.account)).by(&other).send().await.expect(200);
        w.get("/v1/me").by(&maker).send().await.expect(401);
        for credential in [key, token.body["access_token"].as_str().unwrap()] {
            let me = w.get("/v1/me").bearer(credential).send().await.expect(200);
            assert_eq!(me.body["scopes"], json!(["people:read", "changes:read"]));
            w.get("/v1/people").bearer(credential).send().await.expect(200);
        }
        w.post("/oauth/token").form(&form).send().await.expect(200);
        w.post(format!("{at}/keys")).by(&other).json(json!({"days": 30})).send().await.expect(201);
    }

    async fn who_is_refused_hears_what_is_missing_and_what_would_help(w: World) {
        let trust = w.trust("beacon").await;
        let (account, _, key) = w.key(&trust, &[Permission::ReadPeople, Permission::ReadCycles], None).await;
        let refused = w.get("/v1/roles").bearer(&key).send().await.problem(403, "insufficient_scope");
        assert_eq!((&refused.body["required_scopes"], &refused.body["held_scopes"]), (&json!(["roles:read"]), &json!(["people:read", "cycles:read"])));
        assert!(refused.body["detail"].as_str().unwrap().contains("can add"), "{}", refused.text);
        assert_eq!(refused.headers["www-authenticate"], r#"Bearer realm="trellis", error="insufficient_scope", scope="roles:read""#);
        let form = format!("grant_type=client_credentials&scope=people:read&client_id={account}&client_secret={key}");
        let token = w.post("/oauth/token").form(&form).send().await.expect(200);
        let narrow = token.body["access_token"].as_str().unwrap();
        let refused = w.get("/v1/cycles").bearer(narrow).send().await.problem(403, "insufficient_scope");
        assert_eq!((&refused.body["required_scopes"], &refused.body["held_scopes"]), (&json!(["cycles:read"]), &json!(["people:read"])));
        assert!(refused.body["detail"].as_str().unwrap().contains("ask for one"), "{}", refused.text);
        let never = w.post("/v1/objectives").bearer(&key).json(json!({"employment_id": trust.root.to_string(), "kind": "practice", "title": "A"})).send().await;
        assert!(never.clone().problem(403, "insufficient_scope").body["detail"].as_str().unwrap().contains("no machine"), "{}", never.text);
        let teacher = trust.someone(w).at(trust.school).made().await;
        let refused = w.post("/v1/people").by(&teacher).json(json!({"given_name": "A", "family_name": "B"})).send().await.problem(403, "role_required");
        assert_eq!(refused.body["required_scopes"], json!(["people:write"]));
        assert_eq!(refused.body["required_roles"], json!(["hr", "school_admin", "trust_admin"]));
        assert!(!refused.headers.contains_key("www-authenticate"));
        w.get(format!("/problems/{}", refused.body["code"].as_str().unwrap())).send().await.expect(200);
    }
}
