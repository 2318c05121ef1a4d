//! Opaque secrets: service accounts' keys, refresh tokens and calendar links. Each names its tenant and record, so that it can be looked up by the tenant's
//! own key; only a digest is kept.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use trellis_domain::id::{CalendarLinkId, KeyId, SessionId, TenantId};
use uuid::Uuid;

/// What every key begins with, for secret scanners and for people.
pub const KEY_PREFIX: &str = "trellis_key_";
/// What every refresh token begins with.
pub const REFRESH_PREFIX: &str = "trellis_refresh_";
/// What the secret of every calendar link begins with.
pub const CALENDAR_PREFIX: &str = "trellis_calendar_";
const RANDOM: usize = 24;
const LENGTH: usize = 16 + 16 + RANDOM + 4;

/// Digest under which a secret is kept. It has 192 random bits, so a plain hash suffices.
fn digest(secret: &[u8]) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}

fn show(prefix: &str, tenant: TenantId, record: Uuid, random: &[u8; RANDOM]) -> (String, Vec<u8>) {
    let mut bytes = Vec::with_capacity(LENGTH);
    bytes.extend_from_slice(tenant.0.as_bytes());
    bytes.extend_from_slice(record.as_bytes());
    bytes.extend_from_slice(random);
    let kept = digest(&bytes);
    let checksum = crc32fast::hash(&bytes);
    bytes.extend_from_slice(&checksum.to_be_bytes());
    (format!("{prefix}{}", BASE64.encode(&bytes)), kept)
}

fn read(prefix: &str, text: &str) -> Option<(TenantId, Uuid, [u8; RANDOM], Vec<u8>)> {
    let bytes = BASE64.decode(text.strip_prefix(prefix)?).ok().filter(|b| b.len() == LENGTH)?;
    let (secret, checksum) = bytes.split_at(LENGTH - 4);
    if crc32fast::hash(secret).to_be_bytes() != *checksum {
        return None; // a slip of the hand: no need to ask the database
    }
    let tenant = Uuid::from_slice(&secret[..16]).ok()?;
    let record = Uuid::from_slice(&secret[16..32]).ok()?;
    Some((TenantId(tenant), record, secret[32..].try_into().ok()?, digest(secret)))
}

/// A service account's key as it is shown, once, and the digest that is kept.
pub fn new_key(tenant: TenantId, key: KeyId) -> (String, Vec<u8>) {
    show(KEY_PREFIX, tenant, key.0, &rand::random())
}
/// A key that somebody sent: whose, which, and its digest.
pub fn read_key(text: &str) -> Option<(TenantId, KeyId, Vec<u8>)> {
    read(KEY_PREFIX, text).map(|(tenant, key, _, digest)| (tenant, KeyId(key), digest))
}

/// The secret of a calendar link as it is shown, once, and the digest that is kept.
pub fn new_calendar(tenant: TenantId, link: CalendarLinkId) -> (String, Vec<u8>) {
    show(CALENDAR_PREFIX, tenant, link.0, &rand::random())
}
/// The secret of a calendar link that somebody sent: whose, which, and its digest.
pub fn read_calendar(text: &str) -> Option<(TenantId, CalendarLinkId, Vec<u8>)> {
    read(CALENDAR_PREFIX, text).map(|(tenant, link, _, digest)| (tenant, CalendarLinkId(link), digest))
}

/// A refresh token that somebody sent.
pub struct Refresh {
    /// Whose tenant.
    pub tenant: TenantId,
    /// Which log-in.
    pub session: SessionId,
    /// Its digest.
    pub digest: Vec<u8>,
    random: [u8; RANDOM],
}
/// What the successors of a log-in's refresh tokens are made with.
pub fn new_refresh_secret() -> Vec<u8> {
    rand::random::<[u8; 32]>().to_vec()
}
/// A log-in's first refresh token, and the digest that is kept.
pub fn new_refresh(tenant: TenantId, session: SessionId) -> (String, Vec<u8>) {
    show(REFRESH_PREFIX, tenant, session.0, &rand::random())
}
/// Reads a refresh token.
pub fn read_refresh(text: &str) -> Option<Refresh> {
    read(REFRESH_PREFIX, text).map(|(tenant, session, random, digest)| Refresh { tenant, session: SessionId(session), digest, random })
}
impl Refresh {
    /// The token that follows this one, always the same: two tabs that refresh at once get one successor. It is made with the log-in's own
    /// secret, which never leaves the server: whoever has a token cannot make the next.
    pub fn successor(&self, secret: &[u8]) -> (String, Vec<u8>) {
        let mut random = [0; RANDOM];
        if let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) {
            mac.update(&self.random);
            random.copy_from_slice(&mac.finalize().into_bytes()[..RANDOM]);
        }
        show(REFRESH_PREFIX, self.tenant, self.session.0, &random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_a_slip_is_seen_without_asking() {
        let (tenant, key) = (TenantId(Uuid::from_u128(1)), KeyId(Uuid::from_u128(2)));
        let (shown, kept) = new_key(tenant, key);
        assert!(shown.starts_with(KEY_PREFIX));
        assert_eq!(read_key(&shown), Some((tenant, key, kept)));
        let mut slip = shown.clone().into_bytes();
        slip[40] = if slip[40] == b'A' { b'B' } else { b'A' };
        assert_eq!(read_key(&String::from_utf8_lossy(&slip)), None);
        assert_eq!(read_key(&shown[..shown.len() - 1]), None);
        assert!(read_refresh(&shown).is_none());
    }

    #[test]
    fn a_refresh_token_has_one_successor() {
        let (first, digest) = new_refresh(TenantId(Uuid::from_u128(1)), SessionId(Uuid::from_u128(2)));
        let read = read_refresh(&first).map(|r| (r.digest.clone(), r.successor(b"secret"), r.successor(b"secret"), r.successor(b"other")));
        assert!(read.is_some_and(|(d, a, b, c)| d == digest && a == b && a.0 != first && c != a));
    }
}
