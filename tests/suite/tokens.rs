//! Credentials under attack (T5), and log-ins that are refreshed (T6).

use crate::{
    concurrency::{Shot, all_at_once},
    support::*,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::sync::OnceLock;
use trellis_domain::{
    access::Permission,
    id::KeyId,
    person::Trn,
    role::RoleName,
    text::{Email, Name, Wire},
};
use trellis_persistence::{
    account::CreateAccount,
    person::CreatePerson,
    service_account::IssueKey,
    tenant::{SigningKey, SigningKeys},
};

const PASSWORD: &str = "three wet otters";

/// Header, claims and signature of tokens, made outside with PyCA's cryptography for the private key 00 01 02 .. 1f, whose kid ends in aa, at
/// the suite's instant. Only the first is one that this server would have given.
const FORGED: &[(&str, &str, &str, &str)] = &[
    (
        "good but for its log-in, which nobody began",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "CMFG1f9V_Ip8VdtIcmcX8hPVKlAdBIG5k_3Ypz5CuE7QfMB74yZLK-tZGEPETwtAFZIDqa0Dq3wRVeBMV2e3AA",
    ),
    (
        "alg none",
        r#"{"typ":"at+jwt","alg":"none","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "",
    ),
    (
        "alg None in other letters",
        r#"{"typ":"at+jwt","alg":"nOnE","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "",
    ),
    (
        "EdDSA with no signature",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "",
    ),
    (
        "HS256 with the public key as its secret",
        r#"{"typ":"at+jwt","alg":"HS256","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "L-KraWAg9n8zpOQsGw_DT2FrYOZsNmjQeIHL7UvZi0U",
    ),
    (
        "HS256 with the public key as it is published",
        r#"{"typ":"at+jwt","alg":"HS256","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "rze9HQrvdw12Do2IZFGjoeH5Tvsoq00SJuxGpkma_oQ",
    ),
    (
        "HS256 with an empty secret",
        r#"{"typ":"at+jwt","alg":"HS256","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "_sxuBBnGOVe_Xl8tNsqz0ldRllM93bc-MVLKhP614uY",
    ),
    (
        "unknown kid",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000bb"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "bFpZ2pVxlMoK4ywTrwqJaTBib3o2g-ekwm18aNY1p3Dtd7PG1EwcGTSNuqXKMX37KTZ7wbYU8WiLym8Xc41pAw",
    ),
    (
        "kid that is a path",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"../../dev/null"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "9BHiJKB1RdJWPpuNdg0t6Zo-TvX9cMYhgdZnq24MTJbyCUYddm1pjHvOlhPrxIib7W8arsPQ3zYwM6yISom9BQ",
    ),
    (
        "kid that is SQL",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"' OR '1'='1"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "KTRLFMe896egRvaXdcJbUnTjfiqV01O6R3Fi7QvKKTK9jSkebKK8TtLP_B9ftR10xuF96-J4nPC7gcQthinVAw",
    ),
    (
        "no kid",
        r#"{"typ":"at+jwt","alg":"EdDSA"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "UaK-5JAeZ6nUFrnbEu8VBGuKxSnfFbT76BEHXCeRDX2k-Wxazc7lHpvLcF4Ph7qfFrAx5W9Enul0KOdpe2w7Bg",
    ),
    (
        "embedded jwk of the forger",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa","jwk":{"kty":"OKP","crv":"Ed25519","x":"Kay64UG8yvCyLhqU000LxzYeUm0L_hLIl5S8kyKWbdc"}}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "9r77513ZyQcsnWKdbXzGsVaTEQFxBPN9KTcj0LA4pdebFMKhsHLD04-DPruvg-nbrIjH-nmB5ljU5NxMUsN1BQ",
    ),
    (
        "embedded jwk, signed by us",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa","jwk":{"kty":"OKP","crv":"Ed25519","x":"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"}}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "ZSJ8DPxQ41ObnkG_GtT3RJWLA8Hlx8sqiAv25vCRH4t4s5we_rR_1xfqx9VV5qfflFIUG7I5JuQ4NusCT1bfBQ",
    ),
    (
        "jku",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa","jku":"https://evil.example/jwks.json"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "ScI8CskFXS6SZyhHWTj81HR5qUDilQyF69Kuc-bqwLe-95tvjw-yWrZ1OUwJLqkLZW29DvWGab-wkLh2sVQMAQ",
    ),
    (
        "x5u",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa","x5u":"https://evil.example/cert"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "U00jyABKaanZWTjZTtLMnD0McMDiFM0fNc7n26WyKwVb4tcXbENW3FOIXo9yzB2GT8GmDAOYtYK-ZApk93gwBQ",
    ),
    (
        "our kid, another's key",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "QVWI5BE82GX1njZ05w1sybabiQaEtlXe-WT3cDEiNoctN6eVtv2UBlcAUDUQz7e2POsSgdHlAYnHY-KbyhLLCg",
    ),
    (
        "expired",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791189600,"exp":1791190200}"#,
        "c3RWHU3QxLtVW_60tub_UbbQ8a98EOHBojiZVtKBsQB143WC5ow30qJuvusx4XXTAabxQHgwBLEY35DalZOpCA",
    ),
    (
        "from the future",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791194400,"exp":1791195000}"#,
        "6aMpBZqq1ihO2qABBWHgRWVHPm1KPInchBKuB4BpyGSAhmt-SBm6V5E2f_ndw-tPFjuVCbppl_UtlDS8nOX0Aw",
    ),
    (
        "wrong iss",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"someone","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "KcMfZmMhPtfp1LIoGMIWjroDww7RnOTtdR9URvxbpARmwlyqIZfM0tJsa3j8t2wGV1wXh-tM53fcgWXrCmIsBw",
    ),
    (
        "no iss",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "sBnabTc4gHqXEhBDzqYnY4GgF5-U_BRUk5XRWTPXqBvLy2TTIH6S1Svjrq1f-oI5vCT2CsRBdXAnsh_mh2yOCA",
    ),
    (
        "wrong aud",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"another-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "X0iaSfjIQJcBOZcIlHc4cOuAjLwckjNRBqPOYfn_4Lqy0geSurjnZCsEA9F4lEtGGLg4L-U7hmC4at3RZZmzBw",
    ),
    (
        "no aud",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "1_xGaUBKulpe6lZiOsvoy6sWzXZ_MLTh1uNWTr8lgp9aNj15fwydxfiKQTIliDBI8XP_lq67Fnee5cbp-uZCAw",
    ),
    (
        "no exp",
        r#"{"typ":"at+jwt","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800}"#,
        "d7eBif1hcYhbkNVji1E_HenZWabWYDJ1Fi-M8WG-OAd0Y4KtQ1lyWkgqGTaDYMjb964hEvkF7L7p_B9iHyZZCg",
    ),
    (
        "typ of an ID token",
        r#"{"typ":"JWT","alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "kpH3NUW8U7B6sbGzHZPBn5abpepVYQAy3CfI3kfPnT4Ohkrv0DYM-TkH0pklNoOegBSg8m0Bzacy32Q9fX2pAw",
    ),
    (
        "no typ",
        r#"{"alg":"EdDSA","kid":"01938a5e-7c00-7000-8000-0000000000aa"}"#,
        r#"{"iss":"trellis","aud":"trellis-api","sub":"01938a5e-7c00-7000-8000-000000000001","tid":"01938a5e-7c00-7000-8000-000000000002","sid":"01938a5e-7c00-7000-8000-000000000003","pid":"01938a5e-7c00-7000-8000-000000000004","client_id":"trellis","jti":"01938a5e-7c00-7000-8000-000000000005","iat":1791190800,"exp":1791191400}"#,
        "JGzDgoJremo9DWTz6EXPrWZhPlOhW5ikdI_gF4c9XsKaBy3HWsm6vW42-31toVC_qtM45tjSzM8DuRq-WGE5BQ",
    ),
];

/// Base64url without padding (RFC 4648).
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |all, i| all << 8 | usize::from(chunk.get(i).copied().unwrap_or_default()));
        for place in 0..=chunk.len() {
            out.push(char::from(DIGITS[bits >> (18 - 6 * place) & 63]));
        }
    }
    out
}
pub fn the_key(w: &World) -> SigningKey {
    SigningKey { id: "01938a5e-7c00-7000-8000-0000000000aa".parse().unwrap(), private_key: (0..32).collect(), created_at: w.now() }
}
/// The same text with one character changed.
pub fn flipped(text: &str, at: usize) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    String::from_utf8(bytes).unwrap()
}

/// Somebody who can log in with [`PASSWORD`].
async fn with_password(w: &World, trust: &Trust, email: &str) -> trellis_domain::id::AccountId {
    static HASH: OnceLock<String> = OnceLock::new();
    let password_hash = HASH.get_or_init(|| trellis_api::auth::password::hash_now(PASSWORD).unwrap()).clone();
    let name = |n: &str| Name::parse(n).unwrap();
    let new = CreatePerson { given_name: name("Log"), family_name: name("In"), preferred_name: None, email: None, trn: None::<Trn>, external_refs: vec![] };
    let person_id = w.does(trust.id, new).await.record.person.id;
    w.does(trust.id, CreateAccount { person_id, email: Email::parse(email).unwrap(), password_hash }).await.record.id
}
fn login(tenant: &str, email: &str, password: &str) -> Value {
    json!({"tenant": tenant, "email": email, "password": password})
}
async fn refresh(w: &World, token: &Value) -> Reply {
    w.post("/v1/sessions/refresh").json(json!({"refresh_token": token})).send().await
}

on_both! {
    async fn forged_tokens_are_refused(w: World) {
        w.trust("beacon").await;
        w.shared.keyring.replace(&[the_key(w)]);
        for (i, (what, header, claims, signature)) in FORGED.iter().enumerate() {
            let token = format!("{}.{}.{signature}", base64(header.as_bytes()), base64(claims.as_bytes()));
            let reply = w.get("/v1/me").bearer(&token).send().await.expect(401);
            // the first shows that the others fail by what is wrong with them: it gets as far as the log-in
            let expected = if i == 0 { "session_ended" } else if *what == "expired" { "token_expired" } else { "token_malformed" };
            assert_eq!(reply.body["code"], expected, "{what}");
            assert!(reply.headers["www-authenticate"].starts_with("Bearer"), "{what}");
        }
    }

    async fn a_token_that_was_tampered_with_is_refused(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        w.get("/v1/me").by(&teacher).send().await.expect(200);
        let token = &teacher.token;
        let parts: Vec<&str> = token.split('.').collect();
        let mut bad = vec![
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{}.{}.{}.{}", parts[0], parts[1], parts[2], parts[2]),
            format!("{token}{}", "A".repeat(8192)),
            "A".repeat(8192),
            format!("{token}="),
            ".".into(),
            "..".into(),
            "trellis_key_".into(),
            "trellis_refresh_".into(),
        ];
        let signature = token.len() - parts[2].len();
        bad.extend([5, parts[0].len() + 5, signature, signature + 40].map(|at| flipped(token, at)));
        for token in bad {
            w.get("/v1/me").bearer(&token).send().await.problem(401, "token_malformed");
        }
        w.get("/v1/me").by(&teacher).send().await.expect(200);
    }

    async fn a_token_lives_ten_minutes_and_dies_with_its_key(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let ring = &w.shared.keyring;
        let early = ring.sign(trust.id, teacher.session, teacher.account, teacher.person, w.now() + TimeDelta::hours(1)).unwrap();
        w.get("/v1/me").bearer(&early).send().await.problem(401, "token_malformed");
        w.later(TimeDelta::seconds(600));
        w.get("/v1/me").by(&teacher).send().await.expect(200);
        w.later(TimeDelta::seconds(31));
        w.get("/v1/me").by(&teacher).send().await.problem(401, "token_expired");
        let fresh = w.token(trust.id, &teacher);
        w.get("/v1/me").bearer(&fresh).send().await.expect(200);
        ring.replace(&[the_key(w)]);
        w.get("/v1/me").bearer(&fresh).send().await.problem(401, "token_malformed");
        w.get("/v1/me").bearer(&w.token(trust.id, &teacher)).send().await.expect(200);
        let keys = w.get("/.well-known/jwks.json").send().await.expect(200);
        assert_eq!(keys.body["keys"][0]["kid"], the_key(w).id.to_string());
        assert!(!keys.text.contains("\"d\""), "a private key was published");
    }

    async fn a_new_key_is_published_before_it_signs_and_signs_without_a_restart(w: World) {
        let trust = w.trust("beacon").await;
        let teacher = trust.someone(w).at(trust.school).made().await;
        let published = async || w.get("/.well-known/jwks.json").send().await.expect(200).body["keys"].as_array().unwrap().clone();
        let first = published().await;
        w.later(TimeDelta::days(29));
        w.shared.rotate(&w.db).await.unwrap();
        assert_eq!(published().await, first, "it is not a month old");
        w.later(TimeDelta::days(1));
        w.shared.rotate(&w.db).await.unwrap();
        let both = published().await;
        assert_eq!((both.len(), &both[1]), (2, &first[0]), "the new one is published at once");
        // what was signed with which is shown by a server that knows the new key alone
        let kept = w.db.read(w.operator(trust.id), SigningKeys).await.unwrap();
        let by_the_new_key = async || {
            let token = w.token(trust.id, &teacher);
            w.get("/v1/me").bearer(&token).send().await.expect(200);
            w.shared.keyring.replace(&kept[..1]);
            let status = w.get("/v1/me").bearer(&token).send().await.status;
            w.shared.keyring.replace(&kept);
            status == 200
        };
        assert!(!by_the_new_key().await, "others may not know it yet");
        w.later(TimeDelta::minutes(119));
        assert!(!by_the_new_key().await);
        w.later(TimeDelta::minutes(1));
        assert!(by_the_new_key().await);
        w.later(TimeDelta::days(2));
        w.shared.rotate(&w.db).await.unwrap();
        assert_eq!(published().await, both[..1], "what the old one signed has long expired");
        w.get("/v1/me").bearer(&w.token(trust.id, &teacher)).send().await.expect(200);
    }

    async fn whoever_is_disabled_or_logged_out_or_lost_the_role_is_out_by_the_next_request(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let hr = trust.someone(w).at(trust.school).with(RoleName::Hr, trust.school).made().await;
        let new = || json!({"given_name": "Ada", "family_name": "New"});
        let roles = w.get(format!("/v1/roles?person_id={}", hr.person)).by(&admin).send().await.expect(200);
        let role = roles.items()[0]["id"].as_str().unwrap().to_owned();
        w.get("/v1/roles").by(&hr).send().await.expect(200);
        w.post(format!("/v1/roles/{role}/end")).by(&admin).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
        w.post("/v1/people").by(&hr).json(new()).send().await.problem(403, "role_required");
        w.post(format!("/v1/accounts/{}/disable", hr.account)).by(&admin).send().await.expect(200);
        let out = w.get("/v1/me").by(&hr).send().await.expect(401);
        assert!(["account_disabled", "session_ended"].contains(&out.body["code"].as_str().unwrap()), "{}", out.text);
        w.post(format!("/v1/accounts/{}/disable", admin.account)).by(&admin).send().await.expect(403);
        w.ask(actix_web::http::Method::DELETE, "/v1/sessions/current").by(&admin).send().await.expect(204);
        w.get("/v1/me").by(&admin).send().await.problem(401, "session_ended");
    }

    async fn a_forgotten_password_is_reset_by_an_administrator_and_by_nobody_for_themselves(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let email = "log.in@school.example";
        let account = with_password(w, &trust, email).await;
        let before = w.post("/v1/sessions").json(login("beacon", email, PASSWORD)).send().await.expect(201);
        let at = format!("/v1/accounts/{account}/reset-password");
        let weak = w.post(&at).by(&admin).json(json!({"password": "log.in@school.example"})).send().await.problem(422, "weak_password");
        assert_eq!(weak.pointers(), ["/password"]);
        let own = format!("/v1/accounts/{}/reset-password", admin.account);
        w.post(own).by(&admin).json(json!({"password": "a kettle on two bicycles"})).send().await.problem(403, "not_for_yourself");
        w.post(&at).by(&admin).json(json!({"password": "a kettle on two bicycles"})).send().await.expect(200);
        w.get("/v1/me").bearer(before.body["access_token"].as_str().unwrap()).send().await.problem(401, "session_ended");
        w.post("/v1/sessions").json(login("beacon", email, PASSWORD)).send().await.problem(401, "login_failed");
        // pasted from a letter, with a space at its end
        w.post("/v1/sessions").json(login("beacon", &format!("{email} "), "a kettle on two bicycles")).send().await.expect(201);
        let history = w.get(format!("/v1/accounts/{account}/history")).by(&admin).send().await.expect(200);
        assert!(history.text.contains("account.password_reset") && !history.text.contains("kettle") && !history.text.contains("argon2"), "{}", history.text);
    }

    async fn a_credential_in_the_wrong_place_is_told_where_it_belongs(w: World) {
        let trust = w.trust("beacon").await;
        let (_, _, key) = w.key(&trust, &[Permission::ReadOrganisations], None).await;
        for (header, value, code, says) in [
            ("authorization", key.clone(), "token_malformed", "`Authorization: Bearer`"),
            ("authorization", format!("Basic {key}"), "token_malformed", "`Authorization: Bearer`"),
            ("x-api-key", key.clone(), "authentication_required", "a credential in x-api-key is not read"),
        ] {
            let told = w.get("/v1/me").header(header, &value).send().await.problem(401, code);
            assert!(told.body["detail"].as_str().unwrap().contains(says) && !told.text.contains(&key), "{}", told.text);
        }
        let told = w.get(format!("/v1/me?access_token={key}")).send().await.problem(401, "authentication_required");
        assert!(told.body["detail"].as_str().unwrap().contains("access_token") && !told.text.contains(&key), "{}", told.text);
    }

    async fn a_machines_key_is_told_apart_when_mistyped_expired_or_revoked(w: World) {
        let trust = w.trust("beacon").await;
        let admin = trust.someone(w).at(trust.school).with(RoleName::TrustAdmin, trust.root).made().await;
        let (account, id, key) = w.key(&trust, &[Permission::ReadOrganisations], None).await;
        let me = w.get("/v1/me").bearer(&key).send().await.expect(200);
        assert_eq!(me.body["scopes"], json!(["organisations:read"]));
        for at in [12, 40, key.len() - 3] {
            w.get("/v1/me").bearer(&flipped(&key, at)).send().await.problem(401, "token_malformed");
        }
        let (never_kept, _) = trellis_api::auth::secret::new_key(trust.id, KeyId(uuid::Uuid::from_u128(9)));
        w.get("/v1/me").bearer(&never_kept).send().await.problem(401, "key_unknown");
        let (same_id, _) = trellis_api::auth::secret::new_key(trust.id, id);
        w.get("/v1/me").bearer(&same_id).send().await.problem(401, "key_unknown");
        w.post(format!("/v1/service-accounts/{account}/keys/{id}/revoke")).by(&admin).send().await.expect(200);
        w.get("/v1/me").bearer(&key).send().await.problem(401, "key_revoked");
        let short = KeyId(w.shared.ids.make(w.now()));
        let (shown, digest) = trellis_api::auth::secret::new_key(trust.id, short);
        w.does(trust.id, IssueKey { id: account, key: short, digest, expires_at: w.now() + TimeDelta::days(1) }).await;
        w.get("/v1/me").bearer(&shown).send().await.expect(200);
        w.later(TimeDelta::days(1));
        w.get("/v1/me").bearer(&shown).send().await.problem(401, "key_expired");
        let fresh = w.token(trust.id, &admin);
        let (other, _, key) = w.key(&trust, &[Permission::ReadOrganisations], None).await;
        w.post(format!("/v1/service-accounts/{other}/disable")).bearer(&fresh).send().await.expect(200);
        w.get("/v1/me").bearer(&key).send().await.problem(401, "key_revoked");
    }

    async fn a_refresh_token_is_good_once_and_a_thief_gives_himself_away(w: World) {
        let trust = w.trust("beacon").await;
        with_password(w, &trust, "log.in@school.example").await;
        let first = w.post("/v1/sessions").json(login("beacon", "Log.In@school.example", PASSWORD)).send().await.expect(201);
        assert_eq!(first.headers["cache-control"], "no-store");
        let (access, token) = (first.body["access_token"].as_str().unwrap(), &first.body["refresh_token"]);
        w.get("/v1/me").bearer(access).send().await.expect(200);
        w.get("/v1/me").bearer(token.as_str().unwrap()).send().await.problem(401, "token_malformed");
        refresh(w, &json!(access)).await.expect(422); // longer than any refresh token
        refresh(w, &json!("trellis_refresh_x")).await.problem(401, "token_malformed");
        let second = refresh(w, token).await.expect(200);
        assert_ne!(&second.body["refresh_token"], token);
        w.later(TimeDelta::seconds(30));
        assert_eq!(refresh(w, token).await.expect(200).body["refresh_token"], second.body["refresh_token"]);
        w.later(TimeDelta::seconds(1));
        refresh(w, token).await.problem(401, "refresh_reused");
        refresh(w, &second.body["refresh_token"]).await.problem(401, "session_ended");
        w.get("/v1/me").bearer(access).send().await.problem(401, "session_ended");
        let again = w.post("/v1/sessions").json(login("beacon", "log.in@school.example", PASSWORD)).send().await.expect(201);
        w.later(TimeDelta::days(31));
        refresh(w, &again.body["refresh_token"]).await.problem(401, "session_ended");
    }

    async fn fifty_refreshes_at_once_have_one_successor(w: World) {
        let trust = w.trust("beacon").await;
        with_password(w, &trust, "log.in@school.example").await;
        let first = w.post("/v1/sessions").json(login("beacon", "log.in@school.example", PASSWORD)).send().await.expect(201);
        let shot = Shot::post("/v1/sessions/refresh", "").json(json!({"refresh_token": first.body["refresh_token"]}));
        let answers = all_at_once(w, vec![shot; 50]);
        let successors: std::collections::BTreeSet<_> = answers.iter().map(|(status, body)| (*status, body["refresh_token"].to_string())).collect();
        assert_eq!(successors.len(), 1, "{successors:?}");
        assert_eq!(answers[0].0, 200);
        refresh(w, &answers[0].1["refresh_token"]).await.expect(200);
    }

    async fn who_cannot_log_in_does_not_learn_why(w: World) {
        let trust = w.trust("beacon").await;
        with_password(w, &trust, "log.in@school.example").await;
        let try_with = async |tenant: &str, email: &str, password: &str| {
            w.post("/v1/sessions").json(login(tenant, email, password)).send().await.problem(401, "login_failed")
        };
        let wrong = try_with("beacon", "log.in@school.example", "not the password").await;
        alike(&wrong, &try_with("beacon", "nobody@school.example", PASSWORD).await);
        alike(&wrong, &try_with("no-such-trust", "log.in@school.example", PASSWORD).await);
    }

    async fn a_new_password_ends_every_other_login(w: World) {
        let trust = w.trust("beacon").await;
        with_password(w, &trust, "log.in@school.example").await;
        let log_in = async || w.post("/v1/sessions").json(login("beacon", "log.in@school.example", PASSWORD)).send().await.expect(201);
        let (here, elsewhere) = (log_in().await, log_in().await);
        let token = |r: &Reply| r.body["access_token"].as_str().unwrap().to_owned();
        let change = async |current: &str, new: &str| {
            w.post("/v1/me/password").bearer(&token(&here)).json(json!({"current_password": current, "new_password": new})).send().await
        };
        change("not the password", "four dry badgers").await.problem(401, "login_failed");
        change(PASSWORD, "log.in@school.example").await.problem(422, "weak_password");
        change(PASSWORD, "four dry badgers").await.expect(204);
        w.get("/v1/me").bearer(&token(&here)).send().await.expect(200);
        w.get("/v1/me").bearer(&token(&elsewhere)).send().await.problem(401, "session_ended");
        refresh(w, &elsewhere.body["refresh_token"]).await.problem(401, "session_ended");
        w.post("/v1/sessions").json(login("beacon", "log.in@school.example", PASSWORD)).send().await.problem(401, "login_failed");
    }
}

#[test]
fn too_many_attempts_on_one_account_have_to_wait() {
    World::run(Backend::Sqlite, async |w| {
        let mut last = None;
        for _ in 0..60 {
            let reply = w.post("/v1/sessions").json(login("no-such-trust", "a@school.example", PASSWORD)).send().await;
            last = Some(reply.status);
            if reply.status == 429 {
                reply.clone().problem(429, "too_many_requests");
                assert!(reply.headers["retry-after"].parse::<u64>().unwrap() >= 1);
                break;
            }
        }
        assert_eq!(last, Some(429));
        w.post("/v1/sessions").json(login("no-such-trust", "b@school.example", PASSWORD)).send().await.problem(401, "login_failed");
    });
}
