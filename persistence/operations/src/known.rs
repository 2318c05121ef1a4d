//! Callers whose facts were loaded a moment ago.
//!
//! Every write that could change what somebody may do leaves an event, so while the last such event of the tenant's log is the same, on the same
//! day, the facts are what they were. Whether the session or key has expired is asked every time.

use crate::principal::Principal;
use chrono::{DateTime, NaiveDate, Utc};
use lru::LruCache;
use std::{cell::RefCell, num::NonZeroUsize};
use trellis_domain::{access::Caller, id::TenantId};

/// How many callers a worker remembers.
const CALLERS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(511);

/// By which event the tenant's roles and relationships stood, and on which day, when the facts were loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf {
    /// The last event that could change what somebody may do.
    pub authority: Vec<u8>,
    /// The day.
    pub day: NaiveDate,
}

struct Facts {
    as_of: AsOf,
    expires_at: DateTime<Utc>,
    caller: Caller,
}

/// The callers that a worker remembers.
pub struct Known(RefCell<LruCache<(TenantId, Principal), Facts>>);

impl Default for Known {
    fn default() -> Self {
        Self(RefCell::new(LruCache::new(CALLERS)))
    }
}

impl Known {
    /// The caller, if nothing can have changed since and their credential is still good.
    pub fn recall(&self, tenant: TenantId, principal: &Principal, as_of: &AsOf, wall: DateTime<Utc>) -> Option<Caller> {
        let mut known = self.0.try_borrow_mut().ok()?;
        let facts = known.get(&(tenant, principal.clone()))?;
        (facts.as_of == *as_of && wall < facts.expires_at).then(|| {
            principal.found_good(facts.expires_at);
            facts.caller.clone()
        })
    }
    /// Remembers a caller until their credential expires.
    pub fn remember(&self, tenant: TenantId, principal: Principal, as_of: AsOf, expires_at: DateTime<Utc>, caller: Caller) {
        if let Ok(mut known) = self.0.try_borrow_mut() {
            known.put((tenant, principal), Facts { as_of, expires_at, caller });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::principal::GoodUntil;
    use trellis_domain::id::{KeyId, ServiceAccountId};
    use uuid::Uuid;

    #[test]
    fn a_caller_is_recalled_only_while_nothing_can_have_changed() {
        let at = |second: i64| DateTime::from_timestamp(second, 0).unwrap_or_default();
        let tenant = TenantId(Uuid::from_u128(1));
        let key = |digest: u8| Principal::Key { key: KeyId(Uuid::from_u128(2)), digest: vec![digest], of: None, until: GoodUntil::default() };
        let as_of = AsOf { authority: vec![7], day: at(0).date_naive() };
        let caller = Caller::Service { id: ServiceAccountId(Uuid::from_u128(3)), scopes: Vec::new(), withheld: Vec::new(), organisations: None };
        let known = Known::default();
        known.remember(tenant, key(1), as_of.clone(), at(100), caller.clone());
        for (case, tenant, principal, as_of, now, expected) in [
            ("the same", tenant, key(1), as_of.clone(), at(99), true),
            ("expired", tenant, key(1), as_of.clone(), at(100), false),
            ("another secret", tenant, key(2), as_of.clone(), at(99), false),
            ("another tenant", TenantId(Uuid::from_u128(9)), key(1), as_of.clone(), at(99), false),
            ("something happened", tenant, key(1), AsOf { authority: vec![8], ..as_of.clone() }, at(99), false),
            ("another day", tenant, key(1), AsOf { day: at(90_000).date_naive(), ..as_of.clone() }, at(99), false),
        ] {
            assert_eq!(known.recall(tenant, &principal, &as_of, now), expected.then(|| caller.clone()), "{case}");
            let Principal::Key { until, .. } = principal else { unreachable!() };
            assert_eq!(until.get(), expected.then(|| at(100)), "{case}");
        }
    }
}
