//! By what a caller is known.

use chrono::{DateTime, Utc};
use std::sync::{Arc, OnceLock};
use trellis_domain::{
    access::Permission,
    id::{AccountId, KeyId, ServiceAccountId, SessionId},
};

/// By what a caller is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Principal {
    /// A person's log-in, from a verified access token.
    Session {
        /// Which log-in.
        session: SessionId,
        /// Whose account.
        account: AccountId,
    },
    /// A machine's key.
    Key {
        /// Which key.
        key: KeyId,
        /// Digest of the secret that was shown.
        digest: Vec<u8>,
        /// Whose it must be, if it was said whose it is.
        of: Option<ServiceAccountId>,
        /// Until when it is good.
        until: GoodUntil,
    },
    /// A token that a machine was given for its key, from a verified access token. It never carries more than the account holds today.
    Client {
        /// The service account.
        account: ServiceAccountId,
        /// The key that it was given for: the token ends with it.
        key: KeyId,
        /// The scopes that it was asked for with.
        scopes: Vec<Permission>,
        /// Until when the key is good.
        until: GoodUntil,
    },
    /// The operator at the command line.
    Operator,
    /// Nobody yet.
    Nobody,
}

/// Until when a machine's key is good: known once the key was found good, by whoever keeps a copy of this. It is no part of who the principal
/// is, so any two are equal and look alike.
#[derive(Clone, Default)]
pub struct GoodUntil(Arc<OnceLock<DateTime<Utc>>>);
impl GoodUntil {
    /// The end of the key, if the key was found good.
    pub fn get(&self) -> Option<DateTime<Utc>> {
        self.0.get().copied()
    }
}
impl PartialEq for GoodUntil {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for GoodUntil {}
impl std::hash::Hash for GoodUntil {
    fn hash<H: std::hash::Hasher>(&self, _: &mut H) {}
}
impl std::fmt::Debug for GoodUntil {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GoodUntil")
    }
}

impl Principal {
    /// Tells whoever waits for it until when the credential, which was found good, is good.
    pub fn found_good(&self, at: DateTime<Utc>) {
        if let Self::Key { until, .. } | Self::Client { until, .. } = self {
            let _ = until.0.set(at);
        }
    }
}
