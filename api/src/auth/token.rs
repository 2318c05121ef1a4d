//! Access tokens: JWTs of ten minutes, signed with EdDSA (RFC 8037), typed `at+jwt` (RFC 9068). One algorithm; keys are looked up only among
//! our own; a bounded cache spares the signature check, never the checks of time, key and revocation.

use crate::problem::Problem;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use lru::LruCache;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, RwLock},
};
use trellis_domain::id::{AccountId, PersonId, SessionId, TenantId};
use trellis_persistence::tenant::SigningKey as KeptKey;
use uuid::Uuid;

/// How long an access token lives, in seconds.
pub const LIFETIME: i64 = 600;
/// Clocks of two servers may differ by so many seconds.
const LEEWAY: i64 = 30;
const ISSUER: &str = "trellis";
const AUDIENCE: &str = "trellis-api";
const TYPE: &str = "at+jwt";
/// Longest token that is looked at.
const LONGEST: usize = 4096;
const CACHED: usize = 10_000;

/// What a token says.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub sub: AccountId,
    /// The tenant.
    pub tid: TenantId,
    /// The log-in.
    pub sid: SessionId,
    /// The person.
    pub pid: PersonId,
    client_id: String,
    jti: Uuid,
    iat: i64,
    exp: i64,
}

struct Key {
    kid: String,
    signs: EncodingKey,
    checks: DecodingKey,
    public: String,
}

/// The key pairs of this server and its siblings, and tokens that were found good.
pub struct Keyring {
    keys: RwLock<Arc<Vec<Key>>>,
    cache: Mutex<LruCache<String, (String, Claims)>>,
}

/// A new private key, as it is kept.
pub fn new_private_key() -> Vec<u8> {
    rand::random::<[u8; 32]>().to_vec()
}

impl Keyring {
    /// A ring of these keys, newest first.
    pub fn new(kept: &[KeptKey]) -> Self {
        let ring = Self { keys: RwLock::default(), cache: Mutex::new(LruCache::new(NonZeroUsize::new(CACHED).unwrap_or(NonZeroUsize::MIN))) };
        ring.replace(kept);
        ring
    }
    /// Takes on the keys as they are kept now: a key that is gone is accepted no longer.
    pub fn replace(&self, kept: &[KeptKey]) {
        let keys = kept.iter().filter_map(|k| {
            let signing = SigningKey::from_bytes(k.private_key.as_slice().try_into().ok()?);
            let public = BASE64.encode(signing.verifying_key().as_bytes());
            Some(Key {
                kid: k.id.to_string(),
                signs: EncodingKey::from_ed_der(signing.to_pkcs8_der().ok()?.as_bytes()),
                checks: DecodingKey::from_ed_components(&public).ok()?,
                public,
            })
        });
        if let Ok(mut ring) = self.keys.write() {
            *ring = Arc::new(keys.collect());
        }
    }
    fn keys(&self) -> Arc<Vec<Key>> {
        self.keys.read().map(|k| k.clone()).unwrap_or_default()
    }
    /// Signs a token for a log-in.
    ///
    /// # Errors
    /// When there is no key.
    pub fn sign(&self, tenant: TenantId, session: SessionId, account: AccountId, person: PersonId, wall: DateTime<Utc>) -> Result<String, String> {
        let keys = self.keys();
        let key = keys.first().ok_or("there is no key to sign with")?;
        let iat = wall.timestamp();
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: account,
            tid: tenant,
            sid: session,
            pid: person,
            client_id: ISSUER.into(),
            jti: Uuid::from_bytes(rand::random()),
            iat,
            exp: iat + LIFETIME,
        };
        let header = Header { typ: Some(TYPE.into()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &key.signs).map_err(|e| e.to_string())
    }
    /// What a token says, if it is one of ours and its time is not over.
    ///
    /// # Errors
    /// `token_malformed`, `token_expired`.
    pub fn verify(&self, token: &str, wall: DateTime<Utc>) -> Result<Claims, Problem> {
        let keys = self.keys();
        let cached = self.cache.lock().ok().and_then(|mut cache| cache.get(token).cloned());
        let claims = match cached {
            Some((kid, claims)) if keys.iter().any(|k| k.kid == kid) => claims,
            _ => {
                let (kid, claims) = check(&keys, token).ok_or(Problem::TokenMalformed)?;
                if let Ok(mut cache) = self.cache.lock() {
                    cache.put(token.to_owned(), (kid, claims.clone()));
                }
                claims
            }
        };
        let now = wall.timestamp();
        if claims.exp + LEEWAY <= now {
            return Err(Problem::TokenExpired);
        }
        if claims.iat - LEEWAY > now {
            return Err(Problem::TokenMalformed);
        }
        Ok(claims)
    }
    /// The public keys (RFC 7517).
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> =
            self.keys().iter().map(|k| json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": k.kid, "x": k.public})).collect();
        json!({ "keys": keys })
    }
}

/// Signature and claims, by the one rule there is for access tokens. Time is judged by [`Keyring::verify`] against the server's own clock.
fn check(keys: &[Key], token: &str) -> Option<(String, Claims)> {
    if token.len() > LONGEST {
        return None;
    }
    let header = decode_header(token).ok()?;
    if header.alg != Algorithm::EdDSA
        || header.typ.as_deref() != Some(TYPE)
        || header.jwk.is_some()
        || header.jku.is_some()
        || header.x5u.is_some()
        || header.x5c.is_some()
        || header.crit.is_some()
    {
        return None;
    }
    let key = keys.iter().find(|k| Some(&k.kid) == header.kid.as_ref())?;
    let mut rule = Validation::new(Algorithm::EdDSA);
    rule.validate_exp = false;
    rule.set_issuer(&[ISSUER]);
    rule.set_audience(&[AUDIENCE]);
    rule.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let claims = decode::<Claims>(token, &key.checks, &rule).ok()?.claims;
    Some((key.kid.clone(), claims))
}
