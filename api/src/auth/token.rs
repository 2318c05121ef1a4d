//! Access tokens: JWTs of ten minutes, signed with EdDSA (RFC 8037), typed `at+jwt` (RFC 9068). One algorithm; keys are looked up only among
//! our own; a bounded cache spares the signature check, never the checks of time, key and revocation. There are two kinds, told apart by who
//! issued them and by what they must and must not say: those of people's log-ins, and those that machines get for a key. Links to files are signed with the
//! same keys, and are of another type and for another audience: none is ever taken for an access token, nor the other way.

use crate::problem::Problem;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::{SigningKey, pkcs8::EncodePrivateKey};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use lru::LruCache;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::json;
use std::{
    num::NonZeroUsize,
    sync::{Arc, Mutex, RwLock},
};
use trellis_domain::{
    access::Permission,
    id::{AccountId, EvidenceId, KeyId, PersonId, ServiceAccountId, SessionId, TenantId},
    text::Wire,
};
use trellis_persistence::tenant::SigningKey as KeptKey;
use uuid::Uuid;

/// How long an access token lives, in seconds.
pub const LIFETIME: i64 = 600;
/// Clocks of two servers may differ by so many seconds.
const LEEWAY: i64 = 30;
/// Who issues the tokens of log-ins, and the client that they are issued to. Those of machines are issued by the server under its address.
const ISSUER: &str = "trellis";
const AUDIENCE: &str = "trellis-api";
const TYPE: &str = "at+jwt";
/// How long a link to a file lives, in seconds; for what audience, and of what type.
pub const LINK_LIFETIME: i64 = 300;
const LINK_AUDIENCE: &str = "trellis-files";
const LINK_TYPE: &str = "trellis-file+jwt";
/// How long a new key is published before tokens are signed with it, in hours: servers of one database look for each other's keys every hour, and
/// whoever checks tokens elsewhere may go by the keys that they fetched a while ago.
const PUBLISHED_FIRST: i64 = 2;
/// Longest token that is looked at.
const LONGEST: usize = 4096;
const CACHED: usize = 10_000;

/// What a token says, whichever kind it is.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    tid: TenantId,
    client_id: String,
    jti: Uuid,
    iat: i64,
    exp: i64,
    /// The log-in and the person, in a person's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pid: Option<PersonId>,
    /// The key that it was given for, and the scopes, in a machine's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<KeyId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

/// Whose a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bearer {
    /// A person's log-in.
    Session {
        /// In which tenant.
        tenant: TenantId,
        /// Which log-in.
        session: SessionId,
        /// Whose account.
        account: AccountId,
    },
    /// A machine's.
    Client {
        /// In which tenant.
        tenant: TenantId,
        /// Which service account.
        account: ServiceAccountId,
        /// For which of its keys it was given.
        key: KeyId,
        /// With which scopes.
        scopes: Vec<Permission>,
    },
}

/// What a link to a file says: which evidence, in which tenant, and for whom it was made: a log-in, or a machine's key.
#[derive(Serialize, Deserialize)]
struct LinkClaims {
    iss: String,
    aud: String,
    sub: EvidenceId,
    tid: TenantId,
    exp: i64,
    account: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<KeyId>,
}

impl Claims {
    /// Whose it is, if it says all that its kind says, and nothing of the other's.
    fn bearer(&self, issuer: &str) -> Option<Bearer> {
        let Self { iss, sub, tid, client_id, sid, pid, key, scope, .. } = self;
        match (sid, pid, key, scope) {
            (Some(session), Some(_), None, None) if iss == ISSUER && client_id == ISSUER => {
                Some(Bearer::Session { tenant: *tid, session: *session, account: AccountId(*sub) })
            }
            (None, None, Some(key), Some(scope)) if iss == issuer && *client_id == sub.to_string() => {
                // a scope that is known no longer gives nothing
                let scopes = scope.split(' ').filter_map(|word| Permission::parse(word).ok()).collect();
                Some(Bearer::Client { tenant: *tid, account: ServiceAccountId(*sub), key: *key, scopes })
            }
            _ => None,
        }
    }
}

/// A token that was found good, but for its time.
#[derive(Debug, Clone)]
struct Checked {
    kid: String,
    iat: i64,
    exp: i64,
    bearer: Bearer,
}

struct Key {
    kid: String,
    signs: EncodingKey,
    checks: DecodingKey,
    public: String,
    created_at: DateTime<Utc>,
}

/// The key that signs at an instant, of keys that are sorted newest first: the newest that has been published for long enough. Where none has, as at the
/// first start of all, the oldest.
fn signing(keys: &[Key], wall: DateTime<Utc>) -> Option<&Key> {
    keys.iter().find(|k| k.created_at + TimeDelta::hours(PUBLISHED_FIRST) <= wall).or(keys.last())
}

/// The key pairs of this server and its siblings, and tokens that were found good.
pub struct Keyring {
    issuer: String,
    keys: RwLock<Arc<Vec<Key>>>,
    cache: Mutex<LruCache<String, Checked>>,
}

/// A new private key, as it is kept.
pub fn new_private_key() -> Vec<u8> {
    rand::random::<[u8; 32]>().to_vec()
}

impl Keyring {
    /// An empty ring of the server that machines know by this address.
    pub fn new(issuer: String) -> Self {
        Self { issuer, keys: RwLock::default(), cache: Mutex::new(LruCache::new(NonZeroUsize::new(CACHED).unwrap_or(NonZeroUsize::MIN))) }
    }
    /// Under which address tokens are issued to machines.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }
    /// Takes on the keys as they are kept now, newest first: a key that is gone is accepted no longer.
    pub fn replace(&self, kept: &[KeptKey]) {
        let keys = kept.iter().filter_map(|k| {
            let signing = SigningKey::from_bytes(k.private_key.as_slice().try_into().ok()?);
            let public = BASE64.encode(signing.verifying_key().as_bytes());
            Some(Key {
                kid: k.id.to_string(),
                signs: EncodingKey::from_ed_der(signing.to_pkcs8_der().ok()?.as_bytes()),
                checks: DecodingKey::from_ed_components(&public).ok()?,
                public,
                created_at: k.created_at,
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
        self.encode(Claims { sid: Some(session), pid: Some(person), ..claims(ISSUER, account.0, tenant, ISSUER.into(), wall) }, wall)
    }
    /// Signs a token for a machine (RFC 9068).
    ///
    /// # Errors
    /// When there is no key.
    pub fn sign_client(&self, tenant: TenantId, account: ServiceAccountId, key: KeyId, scopes: &[Permission], wall: DateTime<Utc>) -> Result<String, String> {
        let scope = scopes.iter().map(|s| s.as_str()).collect::<Vec<_>>().join(" ");
        self.encode(Claims { key: Some(key), scope: Some(scope), ..claims(&self.issuer, account.0, tenant, account.to_string(), wall) }, wall)
    }
    /// Signs a link to the file of this evidence, for whoever may read it now.
    ///
    /// # Errors
    /// When there is no key.
    pub fn sign_link(&self, evidence: EvidenceId, bearer: &Bearer, wall: DateTime<Utc>) -> Result<(String, DateTime<Utc>), String> {
        let exp = wall.timestamp() + LINK_LIFETIME;
        let (tid, account, sid, key) = match bearer {
            Bearer::Session { tenant, session, account } => (*tenant, account.0, Some(*session), None),
            Bearer::Client { tenant, account, key, scopes: _ } => (*tenant, account.0, None, Some(*key)),
        };
        let claims = LinkClaims { iss: ISSUER.into(), aud: LINK_AUDIENCE.into(), sub: evidence, tid, exp, account, sid, key };
        let link = self.sign_as(LINK_TYPE, &claims, wall)?;
        Ok((link, DateTime::from_timestamp(exp, 0).unwrap_or(wall)))
    }
    /// Which file a link leads to, and for whom it was made: to read learning, and nothing else.
    pub fn verify_link(&self, link: &str, wall: DateTime<Utc>) -> Option<(EvidenceId, Bearer)> {
        let claims: LinkClaims = signed(&self.keys(), LINK_TYPE, LINK_AUDIENCE, &[ISSUER], link)?.1;
        let LinkClaims { iss: _, aud: _, sub, tid: tenant, exp, account, sid, key } = claims;
        let bearer = match (sid, key) {
            (Some(session), None) => Bearer::Session { tenant, session, account: AccountId(account) },
            (None, Some(key)) => Bearer::Client { tenant, account: ServiceAccountId(account), key, scopes: vec![Permission::ReadLearning] },
            _ => return None,
        };
        (exp > wall.timestamp()).then_some((sub, bearer))
    }
    fn encode(&self, claims: Claims, wall: DateTime<Utc>) -> Result<String, String> {
        self.sign_as(TYPE, &claims, wall)
    }
    fn sign_as(&self, kind: &str, claims: &impl Serialize, wall: DateTime<Utc>) -> Result<String, String> {
        let keys = self.keys();
        let key = signing(&keys, wall).ok_or("there is no key to sign with")?;
        let header = Header { typ: Some(kind.into()), kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
        encode(&header, claims, &key.signs).map_err(|e| e.to_string())
    }
    /// Whose a token is, if it is one of ours and its time is not over.
    ///
    /// # Errors
    /// `token_malformed`, `token_expired`.
    pub fn verify(&self, token: &str, wall: DateTime<Utc>) -> Result<Bearer, Problem> {
        let keys = self.keys();
        let cached = self.cache.lock().ok().and_then(|mut cache| cache.get(token).cloned());
        let checked = match cached {
            Some(checked) if keys.iter().any(|k| k.kid == checked.kid) => checked,
            _ => {
                let checked = check(&keys, &self.issuer, token).ok_or(Problem::TokenMalformed)?;
                if let Ok(mut cache) = self.cache.lock() {
                    cache.put(token.to_owned(), checked.clone());
                }
                checked
            }
        };
        let now = wall.timestamp();
        if checked.exp + LEEWAY <= now {
            return Err(Problem::TokenExpired);
        }
        if checked.iat - LEEWAY > now {
            return Err(Problem::TokenMalformed);
        }
        Ok(checked.bearer)
    }
    /// The public keys (RFC 7517).
    pub fn jwks(&self) -> serde_json::Value {
        let keys: Vec<_> =
            self.keys().iter().map(|k| json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": k.kid, "x": k.public})).collect();
        json!({ "keys": keys })
    }
}

/// What every token says from now on, of either kind.
fn claims(iss: &str, sub: Uuid, tid: TenantId, client_id: String, wall: DateTime<Utc>) -> Claims {
    let iat = wall.timestamp();
    Claims {
        iss: iss.into(),
        aud: AUDIENCE.into(),
        sub,
        tid,
        client_id,
        jti: Uuid::from_bytes(rand::random()),
        iat,
        exp: iat + LIFETIME,
        sid: None,
        pid: None,
        key: None,
        scope: None,
    }
}

/// Signature and claims, by the one rule there is for access tokens. Time is judged by [`Keyring::verify`] against the server's own clock.
fn check(keys: &[Key], issuer: &str, token: &str) -> Option<Checked> {
    let (kid, claims): (String, Claims) = signed(keys, TYPE, AUDIENCE, &[ISSUER, issuer], token)?;
    Some(Checked { kid, iat: claims.iat, exp: claims.exp, bearer: claims.bearer(issuer)? })
}

/// What we signed ourselves, as this type and for this audience, and with which key. Its time is not judged here.
fn signed<C: DeserializeOwned>(keys: &[Key], kind: &str, audience: &str, issuers: &[&str], token: &str) -> Option<(String, C)> {
    if token.len() > LONGEST {
        return None;
    }
    let header = decode_header(token).ok()?;
    if header.alg != Algorithm::EdDSA
        || header.typ.as_deref() != Some(kind)
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
    rule.set_issuer(issuers);
    rule.set_audience(&[audience]);
    rule.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    let claims = decode::<C>(token, &key.checks, &rule).ok()?.claims;
    Some((key.kid.clone(), claims))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_once_it_has_been_published_for_two_hours() {
        let made = |hour: i64| DateTime::UNIX_EPOCH + TimeDelta::hours(hour);
        let kept = |n: u8, hour: i64| KeptKey { id: Uuid::from_u128(n.into()), private_key: vec![n; 32], created_at: made(hour) };
        let (first, second, third) = (kept(1, 0), kept(2, 720), kept(3, 721));
        for (keys, hour, signs) in [
            (vec![], 0, None),
            (vec![&first], 0, Some(&first)), // the only one there is
            (vec![&first], 719, Some(&first)),
            (vec![&second, &first], 720, Some(&first)),
            (vec![&second, &first], 721, Some(&first)),
            (vec![&second, &first], 722, Some(&second)),
            (vec![&third, &second], 721, Some(&second)), // two servers made one each: both sign with the older
            (vec![&third, &second], 722, Some(&second)),
            (vec![&third, &second], 723, Some(&third)),
        ] {
            let ring = Keyring::new("https://trellis.example".into());
            ring.replace(&keys.iter().map(|k| (*k).clone()).collect::<Vec<_>>());
            let token = ring.sign(TenantId(Uuid::nil()), SessionId(Uuid::nil()), AccountId(Uuid::nil()), PersonId(Uuid::nil()), made(hour));
            let kid = token.ok().and_then(|token| decode_header(&token).ok()?.kid);
            assert_eq!(kid, signs.map(|k| k.id.to_string()), "{hour}");
            let published: Vec<_> = ring.jwks()["keys"].as_array().into_iter().flatten().map(|k| k["kid"].clone()).collect();
            assert_eq!(published, keys.iter().map(|k| json!(k.id)).collect::<Vec<_>>(), "all are published at once");
        }
    }
}
