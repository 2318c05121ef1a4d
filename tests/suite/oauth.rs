//! Tokens for machines: the client credentials grant by the letter of its RFCs, and its tokens under attack.

use crate::{
    machines::key_for,
    support::*,
    tokens::{base64, flipped, the_key},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use trellis_domain::{
    access::Permission,
    id::{KeyId, ServiceAccountId},
    role::RoleName,
    text::Wire,
};

/// Header, claims and signature of tokens for machines, made outside with PyCA's cryptography for the private key 00 01 02 .. 1f, whose kid ends
/// in aa, at the suite's instant. Only the first is one that this server would have given.
const FORGED_CLIENTS: &[(&str, &str, &str, &str)] = &[
    (
        "good but for its key, which nobody issued",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "VLPQ3Iuw_JDjwtGMKhhG21Z6sw1Nd6fgbaPdgy5tuq884UgOqVn_jG61j9ASV15x6zcsxkNiV97YtpFRHS1lDw",
    ),
    (
        "expired",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190000,"exp":1791190600,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "cekhPJ11LfNIgMOrrrPn-dXGDtjmlrJvHTpOsLqLODfMuyLv1Gqv-ysBUPaHiNAUd6Elrmw0lZVqBjDRzJBVDw",
    ),
    (
        "not yet good",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791197000,"exp":1791197600,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "zGORHEmboMCaCrhEHGffCrVK_qbCUyoRc6TZnjTdY-nlTHPfPjV0smJZGmvJgjv9w9-PjNl37GKZNjhLOP87Dw",
    ),
    (
        "alg none",
        r#"{"typ":"at+jwt","alg":"none","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "",
    ),
    (
        "HS256 with the public key as its secret",
        r#"{"typ":"at+jwt","alg":"HS256","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "omAJgblizwJmLAqHIedd69RTR3WWvVKZBejxl-jTYzY",
    ),
    (
        "typ of an ID token",
        r#"{"typ":"JWT","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "kQvnw1d-HUsj58eZNqqQgyhog4Vz8I9pn7ep8B704BTYXpsVC0xQTm2sSW3D4h2rXYYTEKUHAboOdgaN90aNCw",
    ),
    (
        "unknown kid",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-000000000009"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "9Dt79QDjtgG2iNu9SHL1S620zpTUorcsNdar6TXexpO0SVrDL7FXcf7mOvbzQC6YbVs90kGkhVYX0y8vuuVwCw",
    ),
    (
        "another server's issuer",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example.evil","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "rkX2h-8unabJW_m3n44CZnwZ3VUW3M92IFbhmQtNg9ihR9HRwMkAEfoBSdI1bDCo5hb2fO6CqCUyTW3KGJq1CA",
    ),
    (
        "the issuer with a slash",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example/","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "IxWROAHBc3DZvb6FDPf8NY_MJUOtM2APaK5_Tl65EM-tyqm0mKIYg2lGPk63aqbgJXTDL6mq-rS5Ao_8MenkDQ",
    ),
    (
        "for somebody else",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"another-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "TEDYrPO9CErkljQosf7G6QFC0PMFr0Odvuqupj_kesVH4Vb2PjojOeg46KUi3g2hJSdnmobi-1yIy_V8bijVDA",
    ),
    (
        "a client of another name than its subject",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000007","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "WxlHGZxZ74EJCuvINS0RwdVPrFRE7JC2mmYP6qhWpcq8hYDK0nYYRdN7N-jdVHyPeSXcwr4eydWNv9f88RUkBg",
    ),
    (
        "a client that calls itself the log-ins'",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "B0S4tnHCSc1wszd7xVyx1N-qVhMu3M1wqK0aVnXfZ7FOzAA0BjYYCE-faMLuwR--Fg2A3qolq-xJKm1_tMupBQ",
    ),
    (
        "without its key",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"scope":"people:read"}"#,
        "NQYnvFCOPLomHga_qtL5Aijw5i778uh6SfoU-x3h5PX6oUw_Irw0DzwFLYpaoBRhgWMoFzbJGN4I6OSqOEjZDg",
    ),
    (
        "without its scope",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006"}"#,
        "wJBNRUsw2t3pAyjC9LasiBeXjuJc2s81pxOI2VtqEEMHnB0uQ7i5Wc9YoIFlQHdk--n8BXkttsP-dJjMkPwDDg",
    ),
    (
        "without a subject",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "yOAaLziox6K2PfWjr4DqNOriN9kBBwNAfnbjFNTfOiZ5OVjteaIOO4Eq1zFXvfkxMacZd3C31FvNrgAakODcCg",
    ),
    (
        "without an end",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "DudWXyqlYUIKSGoAVOY3usioT0GswL5bTGMK-yjelc2jme1B6RGjHINKaudMgUUSUy87Cnp0wFMDEA1Rt2bOAw",
    ),
    (
        "a machine's claims under the log-ins' issuer",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "qvoZ3YhCdHII3e9UJJzg1uqB1LeBmm0b1QfQdjwzLGT2jX8z8Oky5OIwC5yDlSVp78GT84g9msUB4_V8dEU-Dw",
    ),
    (
        "a log-in's claims under the machines' issuer",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004"}"#,
        "y9CKPuCP5Kq9TTzJ4Onfub5ODEJXSfah0MWZBQwjdGCu64L1oHQQXBCDhqyabb-upQ1xpJAZTY5McYNLioXgBw",
    ),
    (
        "a log-in that is a machine as well",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read"}"#,
        "fpq8wGt3_rNtAIPchqltosOzVfR4YYXt7RyiQxLdAGfzhgmelJkDjRpSYZLWjPDeKQilbto2yHj2v-E7cVRtDw",
    ),
    (
        "a machine that is a log-in as well",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004"}"#,
        "PVJrP5M2gXG-QOfS0MS8fmDPUs_Uxkrc4IX64-6B3vKkJehgrNR3vEsf_U1Gg6mwi9k0jVjSp5gtjP058c62AA",
    ),
    (
        "a machine with a log-in's session alone",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"https://trellis.example","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","client_id":"01938a5e-7c00-7000-8000-000000000001","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400,"key":"01938a5e-7c00-7000-8000-000000000006","scope":"people:read","sid":"01938a5e-7c00-7000-8000-000000000003"}"#,
        "iAvXEbGGAIXmbpLpm8P2eTF7aIcAmAPAk0gNG6VDy0qfou34PM_E5h4rA_JWb-Fg_P6hZ787enxB_leXdGU1AA",
    ),
];

/// `Authorization: Basic` of a client (RFC 7617).
fn basic(id: &str, secret: &str) -> String {
    let digits = base64(format!("{id}:{secret}").as_bytes()).replace('-', "+").replace('_', "/");
    format!("Basic {digits}{}", "=".repeat((4 - digits.len() % 4) % 4))
}
/// The claims of a token.
fn claims(token: &str) -> (Value, Value) {
    let decode = |part: &str| {
        let mut bits = 0_u32;
        let mut bytes = vec![];
        for (i, c) in part.bytes().enumerate() {
            let digit = (0..64).find(|d| base64(&[*d << 2]).as_bytes()[0] == c).unwrap();
            bits = bits << 6 | u32::from(digit);
            if i % 4 != 0 {
                bytes.push((bits >> (6 - 2 * (i % 4))) as u8);
            }
        }
        serde_json::from_slice(&bytes).unwrap()
    };
    let mut parts = token.split('.').map(str::to_owned);
    (decode(&parts.next().unwrap()), decode(&parts.next().unwrap()))
}

/// A service account with two scopes, and a key.
struct Client {
    account: ServiceAccountId,
    key: KeyId,
    secret: String,
}
async fn client(w: &World, trust: &Trust) -> Client {
    let (account, key, secret) = w.key(trust, &[Permission::ReadPeople, Permission::ReadChanges], None).await;
    Client { account, key, secret }
}
impl Client {
    fn form(&self, more: &str) -> String {
        format!("grant_type=client_credentials&client_id={}&client_secret={}{more}", self.account, self.secret)
    }
    async fn token(&self, w: &World, more: &str) -> String {
        let reply = w.post("/oauth/token").form(&self.form(more)).send().await.expect(200);
        reply.body["access_token"].as_str().unwrap().to_owned()
    }
}
/// A refusal as RFC 6749, 5.2 wants it.
#[track_caller]
fn refusal(reply: &Reply, error: &str) {
    let status = if error == "invalid_client" { 401 } else { 400 };
    assert_eq!((reply.status, reply.body["error"].as_str()), (status, Some(error)), "{}", reply.text);
    assert_eq!(reply.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!((reply.headers["cache-control"].as_str(), reply.headers["pragma"].as_str()), ("no-store", "no-cache"));
    assert_eq!(reply.headers.get("www-authenticate").is_some_and(|h| h.starts_with("Basic ")), status == 401);
    let description = reply.body["error_description"].as_str().unwrap();
    assert!(!description.is_empty() && description.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)), "{description}");
    assert_eq!(reply.body.as_object().unwrap().len(), 2);
}

on_both! {
    async fn a_client_gets_a_token_either_way_and_it_says_what_the_rfcs_want(w: World) {
        let trust = w.trust("beacon").await;
        let c = client(w, &trust).await;
        let id = c.account.to_string();
        let by_form = w.post("/oauth/token").form(&c.form("")).send().await.expect(200);
        let by_basic = w.post("/oauth/token").header("authorization", &basic(&id, &c.secret)).form("grant_type=client_credentials").send().await.expect(200);
        // both parts may be encoded as in a form (RFC 6749, 2.3.1), and the client may name itself in the form as well
        let encoded = basic(&id.replace('-', "%2D"), &c.secret.replace('_', "%5f"));
        let named = format!("grant_type=client_credentials&client_id={id}&client_secret=");
        let by_both = w.post("/oauth/token").header("authorization", &encoded).form(&named).send().await.expect(200);
        let mut jtis = std::collections::BTreeSet::new();
        for reply in [by_form, by_basic, by_both] {
            assert_eq!((reply.headers["cache-control"].as_str(), reply.headers["pragma"].as_str()), ("no-store", "no-cache"));
            let body = &reply.body;
            assert_eq!((&body["token_type"], &body["expires_in"], &body["scope"]), (&json!("Bearer"), &json!(600), &json!("people:read changes:read")));
            let token = body["access_token"].as_str().unwrap();
            let (head, said) = claims(token);
            assert_eq!((&head["typ"], &head["alg"]), (&json!("at+jwt"), &json!("EdDSA")));
            let now = w.now().timestamp();
            for (claim, value) in [
                ("iss", json!("https://trellis.example")), ("aud", json!("trellis-api")), ("sub", json!(id)), ("client_id", json!(id)),
                ("scope", json!("people:read changes:read")), ("iat", json!(now)), ("exp", json!(now + 600)), ("key", json!(c.key.to_string())),
            ] {
                assert_eq!(said[claim], value, "{claim}");
            }
            assert!(jtis.insert(said["jti"].to_string()));
            let me = w.get("/v1/me").bearer(token).send().await.expect(200);
            assert_eq!((&me.body["kind"], &me.body["id"]), (&json!("service_account"), &json!(id)));
            w.get("/v1/people").bearer(token).send().await.expect(200);
        }
    }

    async fn a_scope_narrows_the_token_and_never_widens_it(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let c = client(w, &trust).await;
        let narrow = w.post("/oauth/token").form(&c.form("&scope=changes%3Aread++changes%3Aread")).send().await.expect(200);
        assert_eq!(narrow.body["scope"], "changes:read");
        let narrow = narrow.body["access_token"].as_str().unwrap();
        w.get("/v1/people").bearer(narrow).send().await.problem(403, "insufficient_scope");
        w.get("/v1/changes").bearer(narrow).send().await.expect(200);
        assert_eq!(w.get("/v1/me").bearer(narrow).send().await.expect(200).body["scopes"], json!(["changes:read"]));
        for scope in ["cycles:read", "people:read+cycles:read", "learning:write", "nonsense", "PEOPLE:READ", "people:read%2Cchanges:read"] {
            refusal(&w.post("/oauth/token").form(&c.form(&format!("&scope={scope}"))).send().await, "invalid_scope");
        }
        let all = w.post("/oauth/token").form(&c.form("&scope=")).send().await.expect(200);
        assert_eq!(all.body["scope"], "people:read changes:read");
        // what the account gains later, the token does not; what it loses, the token loses at once
        let (wide, at) = (all.body["access_token"].as_str().unwrap(), format!("/v1/service-accounts/{}", c.account));
        w.patch(&at).by(&admin).json(json!({"scopes": ["changes:read", "cycles:read"]})).send().await.expect(200);
        assert_eq!(w.get("/v1/me").bearer(wide).send().await.expect(200).body["scopes"], json!(["changes:read"]));
        w.get("/v1/people").bearer(wide).send().await.problem(403, "insufficient_scope");
        w.get("/v1/cycles").bearer(wide).send().await.problem(403, "insufficient_scope");
        // a token that was signed with every scope there is carries no more than the account holds
        let greedy = w.shared.keyring.sign_client(trust.id, c.account, c.key, Permission::ALL, w.now()).unwrap();
        assert_eq!(w.get("/v1/me").bearer(&greedy).send().await.expect(200).body["scopes"], json!(["cycles:read", "changes:read"]));
    }

    async fn a_token_acts_where_its_account_acts(w: World) {
        let trust = w.trust("beacon").await;
        let here = trust.someone(w).at(trust.school).made().await;
        let there = trust.someone(w).at(trust.other_school).made().await;
        let (account, key, secret) = w.key(&trust, &[Permission::ReadPeople], Some(vec![trust.school])).await;
        let token = Client { account, key, secret }.token(w, "").await;
        w.get(format!("/v1/people/{}", here.person)).bearer(&token).send().await.expect(200);
        w.get(format!("/v1/people/{}", there.person)).bearer(&token).send().await.problem(404, "not_found");
    }

    async fn what_is_no_request_for_a_token_is_refused_by_the_letter(w: World) {
        let trust = w.trust("beacon").await;
        let c = client(w, &trust).await;
        let (id, secret) = (c.account.to_string(), c.secret.clone());
        let form = c.form("");
        let good = basic(&id, &secret);
        let post = |body: &str| w.post("/oauth/token").form(body);
        for body in ["", "grant_type=", "scope=people:read", &format!("{form}&grant_type=client_credentials"), &format!("{form}&state=1&state=2"), "grant_type=%ff&grant_type=x"] {
            refusal(&post(body).send().await, "invalid_request");
        }
        for grant in ["password", "authorization_code", "refresh_token", "client_credentials+"] {
            refusal(&post(&form.replace("client_credentials", grant)).send().await, "unsupported_grant_type");
        }
        refusal(&w.post(format!("/oauth/token?client_id={id}")).form(&form).send().await, "invalid_request");
        refusal(&w.post("/oauth/token").json(json!({"grant_type": "client_credentials"})).send().await, "invalid_request");
        refusal(&w.post("/oauth/token").send().await, "invalid_request");
        refusal(&w.post("/oauth/token").raw("application/x-www-form-urlencoded", b"grant_type=\xff").send().await, "invalid_request");
        // the client authenticates once
        refusal(&post(&form).header("authorization", &good).send().await, "invalid_request");
        let another = format!("grant_type=client_credentials&client_id={}", trust.root);
        refusal(&post(&another).header("authorization", &good).send().await, "invalid_request");
        // what is not known is ignored
        post(&format!("{form}&resource=x&audience=y")).send().await.expect(200);
        post("grant_type=client_credentials&client_assertion=z").header("authorization", &good).send().await.expect(200);
        // what is wrong before the request is looked at is told as everywhere
        post(&format!("{form}&padding={}", "a".repeat(8 << 10))).send().await.problem(413, "body_too_large");
        post(&form).header("content-encoding", "gzip").send().await.problem(415, "unsupported_media_type");
        post(&form).header("demo-now", "2027-01-01T00:00:00Z").send().await.problem(400, "demo_only");
        w.get("/oauth/token").send().await.problem(405, "method_not_allowed");
    }

    async fn a_client_that_is_not_who_it_says_is_refused(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let (c, other) = (client(w, &trust).await, client(w, &trust).await);
        let elsewhere = w.trust("harbour").await;
        let theirs = client(w, &elsewhere).await;
        let ask = async |id: &str, secret: &str| {
            let form = w.post("/oauth/token").form(&format!("grant_type=client_credentials&client_id={id}&client_secret={secret}")).send().await;
            let header = w.post("/oauth/token").header("authorization", &basic(id, secret)).form("grant_type=client_credentials").send().await;
            refusal(&form, "invalid_client");
            refusal(&header, "invalid_client");
            assert_eq!(form.body, header.body);
            form
        };
        let id = c.account.to_string();
        let wrong = ask(&id, &other.secret).await;
        alike(&wrong, &ask(&id, &theirs.secret).await);
        alike(&wrong, &ask(&other.account.to_string(), &c.secret).await);
        alike(&wrong, &ask(&id, &flipped(&c.secret, 40)).await);
        alike(&wrong, &ask(&id, "secret").await);
        alike(&wrong, &ask(&id, &admin.token).await);
        alike(&wrong, &ask("nobody", &c.secret).await);
        let (never_kept, _) = trellis_api::auth::secret::new_key(trust.id, KeyId(uuid::Uuid::from_u128(9)));
        ask(&id, &never_kept).await;
        for form in ["grant_type=client_credentials", &format!("grant_type=client_credentials&client_id={id}"), &format!("grant_type=client_credentials&client_secret={}", c.secret)] {
            refusal(&w.post("/oauth/token").form(form).send().await, "invalid_client");
        }
        for header in ["Basic", "Basic !", "Basic YTpi", "Bearer x", &format!("Bearer {}", c.secret), "Digest a=b", "Basic YQ=="] {
            refusal(&w.post("/oauth/token").header("authorization", header).form("grant_type=client_credentials").send().await, "invalid_client");
        }
        w.post(format!("/v1/service-accounts/{id}/keys/{}/revoke", c.key)).by(&admin).send().await.expect(200);
        ask(&id, &c.secret).await;
        let (_, short, _) = key_for(w, &trust, c.account, 1).await;
        w.post("/oauth/token").form(&format!("grant_type=client_credentials&client_id={id}&client_secret={short}")).send().await.expect(200);
        w.later(TimeDelta::days(1));
        ask(&id, &short).await;
    }

    async fn a_token_is_out_when_its_key_or_account_is(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).with(RoleName::TrustAdmin, trust.root).made().await;
        let c = client(w, &trust).await;
        let at = format!("/v1/service-accounts/{}", c.account);
        let (second, secret, _) = key_for(w, &trust, c.account, 1).await;
        let (first_token, second_token) = (c.token(w, "").await, Client { account: c.account, key: second, secret }.token(w, "").await);
        w.post(format!("{at}/keys/{}/revoke", c.key)).by(&admin).send().await.expect(200);
        w.get("/v1/me").bearer(&first_token).send().await.problem(401, "key_revoked");
        w.get("/v1/me").bearer(&second_token).send().await.expect(200);
        w.later(TimeDelta::seconds(600));
        w.get("/v1/me").bearer(&second_token).send().await.expect(200);
        w.later(TimeDelta::seconds(31));
        w.get("/v1/me").bearer(&second_token).send().await.problem(401, "token_expired");
        // a token that would outlive its key does not
        w.later(TimeDelta::days(1) - TimeDelta::seconds(640));
        let last = w.shared.keyring.sign_client(trust.id, c.account, second, &[Permission::ReadPeople], w.now()).unwrap();
        w.get("/v1/me").bearer(&last).send().await.expect(200);
        w.later(TimeDelta::seconds(9));
        w.get("/v1/me").bearer(&last).send().await.problem(401, "key_expired");
        let c = client(w, &trust).await;
        let token = c.token(w, "").await;
        let admin = w.token(trust.id, &admin);
        w.post(format!("/v1/service-accounts/{}/disable", c.account)).bearer(&admin).send().await.expect(200);
        w.get("/v1/me").bearer(&token).send().await.problem(401, "key_revoked");
    }

    async fn forged_tokens_of_machines_are_refused(w: World) {
        w.trust("beacon").await;
        w.shared.keyring.replace(&[the_key(w)]);
        for (i, (what, header, claims, signature)) in FORGED_CLIENTS.iter().enumerate() {
            let token = format!("{}.{}.{signature}", base64(header.as_bytes()), base64(claims.as_bytes()));
            let reply = w.get("/v1/me").bearer(&token).send().await.expect(401);
            // the first shows that the others fail by what is wrong with them: it gets as far as the key
            let expected = if i == 0 { "key_unknown" } else if *what == "expired" { "token_expired" } else { "token_malformed" };
            assert_eq!(reply.body["code"], expected, "{what}");
        }
    }

    async fn a_persons_token_is_no_machines_and_a_machines_no_persons(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let elsewhere = w.trust("harbour").await;
        let (c, other, theirs) = (client(w, &trust).await, client(w, &trust).await, client(w, &elsewhere).await);
        let sign = |tenant: &Trust, account: ServiceAccountId, key: KeyId| w.shared.keyring.sign_client(tenant.id, account, key, &[Permission::ReadPeople], w.now()).unwrap();
        w.get("/v1/me").bearer(&sign(&trust, c.account, c.key)).send().await.expect(200);
        for (account, key) in [(c.account, other.key), (other.account, c.key), (theirs.account, theirs.key), (c.account, theirs.key)] {
            w.get("/v1/me").bearer(&sign(&trust, account, key)).send().await.problem(401, "key_unknown");
        }
        w.get("/v1/me").bearer(&sign(&elsewhere, c.account, c.key)).send().await.problem(401, "key_unknown");
        // ids of a log-in where a machine's belong, and the other way round
        let confused = sign(&trust, ServiceAccountId(teacher.account.0), KeyId(teacher.session.0));
        w.get("/v1/me").bearer(&confused).send().await.problem(401, "key_unknown");
        let confused = w.shared.keyring.sign(trust.id, trellis_domain::id::SessionId(c.key.0), trellis_domain::id::AccountId(c.account.0), teacher.person, w.now());
        w.get("/v1/me").bearer(&confused.unwrap()).send().await.problem(401, "session_ended");
        let token = c.token(w, "").await;
        w.post("/v1/me/password").bearer(&token).json(json!({"current_password": "a", "new_password": "four dry badgers"})).send().await.problem(403, "not_permitted");
        w.delete("/v1/sessions/current").bearer(&token).send().await.problem(403, "not_permitted");
        w.post("/v1/objectives").bearer(&token).json(json!({"employment_id": teacher.employment.unwrap().to_string(), "kind": "practice", "title": "A"})).send().await.problem(403, "insufficient_scope");
        for at in [token.len() - 2, token.len() / 2, 5] {
            w.get("/v1/me").bearer(&flipped(&token, at)).send().await.problem(401, "token_malformed");
        }
    }

    async fn the_metadata_lead_to_the_token_and_its_keys(w: World) {
        let found = w.get("/.well-known/oauth-authorization-server").send().await.expect(200);
        let issuer = found.body["issuer"].as_str().unwrap();
        assert_eq!(issuer, "https://trellis.example");
        let path = |member: &str| found.body[member].as_str().unwrap().strip_prefix(issuer).unwrap().to_owned();
        assert_eq!(path("token_endpoint"), "/oauth/token");
        w.get(path("jwks_uri")).send().await.expect(200);
        let scopes: Vec<Permission> = found.body["scopes_supported"].as_array().unwrap().iter().map(|s| Permission::parse(s.as_str().unwrap()).unwrap()).collect();
        assert!(scopes.iter().all(|s| s.for_service_accounts()) && scopes.len() > 10);
        assert_eq!(found.body["grant_types_supported"], json!(["client_credentials"]));
        assert!(found.body.as_object().unwrap().values().all(|v| v.as_array().is_none_or(|a| !a.is_empty())), "RFC 8414 leaves empty lists out");
    }
}

#[test]
fn too_many_attempts_at_one_clients_secret_have_to_wait() {
    World::run(Backend::Sqlite, async |w| {
        let trust = w.trust("beacon").await;
        let (c, other) = (client(w, &trust).await, client(w, &trust).await);
        let wrong = format!("grant_type=client_credentials&client_id={}&client_secret={}", c.account, other.secret);
        let mut refused = 0;
        let last = loop {
            let reply = w.post("/oauth/token").form(&wrong).send().await;
            refused += 1;
            if reply.status == 429 || refused > 60 {
                break reply;
            }
            refusal(&reply, "invalid_client");
        };
        assert!(last.clone().problem(429, "too_many_requests").headers["retry-after"].parse::<u64>().unwrap() >= 1);
        w.post("/oauth/token").form(&c.form("")).send().await.problem(429, "too_many_requests");
        w.post("/oauth/token").form(&other.form("")).send().await.expect(200);
    });
}
