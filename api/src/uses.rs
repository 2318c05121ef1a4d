//! Machines' keys in use: when each was last used, kept in memory until the upkeep notes it, so that no request costs a write.

use chrono::{DateTime, Utc};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};
use trellis_domain::id::{KeyId, TenantId};
use trellis_persistence::GoodUntil;

/// Header that says when the caller's key ends, once that is near.
pub const KEY_EXPIRES_AT: &str = "key-expires-at";

/// A key that a request presented, itself or in a token that was given for it.
#[derive(Clone)]
pub struct Presented {
    /// In which tenant.
    pub tenant: TenantId,
    /// Which.
    pub key: KeyId,
    /// Until when it is good, once it was found good.
    pub until: GoodUntil,
}

/// When which key was last used.
#[derive(Default)]
pub struct Uses(Mutex<HashMap<(TenantId, KeyId), DateTime<Utc>>>);

impl Uses {
    fn kept(&self) -> std::sync::MutexGuard<'_, HashMap<(TenantId, KeyId), DateTime<Utc>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    /// Takes note of one use.
    pub fn note(&self, tenant: TenantId, key: KeyId, at: DateTime<Utc>) {
        let mut kept = self.kept();
        let last = kept.entry((tenant, key)).or_insert(at);
        *last = at.max(*last);
    }
    /// All that was noted since the last time, by tenant.
    pub fn take(&self) -> HashMap<TenantId, Vec<(KeyId, DateTime<Utc>)>> {
        let mut out: HashMap<TenantId, Vec<(KeyId, DateTime<Utc>)>> = HashMap::new();
        for ((tenant, key), at) in std::mem::take(&mut *self.kept()) {
            out.entry(tenant).or_default().push((key, at));
        }
        // in one order, so that two servers that note at once do not wait for each other in a circle
        out.values_mut().for_each(|uses| uses.sort_unstable());
        out
    }
}
