//! Service accounts: a machine's identity, never a person's key. It has scopes and schools, expiring keys, and survives whoever made it.

use crate::{
    access::Permission,
    id::{KeyId, OrganisationId, ServiceAccountId},
    rule::{Code, Faults, RuleError},
    text::Title,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A machine's identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceAccount {
    /// Its id.
    pub id: ServiceAccountId,
    /// What it is for.
    pub name: Title,
    /// What it may ask for.
    pub scopes: Vec<Permission>,
    /// Where, with everything beneath; everywhere if none is named.
    pub organisation_ids: Option<Vec<OrganisationId>>,
    /// Since when it is disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Its keys, without their secrets.
    pub keys: Vec<Key>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// A key, as it is kept: its secret is hashed, shown once and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Its id, also part of the secret.
    pub id: KeyId,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// How long a key may live, in days.
pub const KEY_DAYS_MAX: i64 = 400;
/// How many keys may be live at once: one in use, one to rotate to.
pub const LIVE_KEYS_MAX: usize = 2;

/// Only scopes that are given to machines.
///
/// # Errors
/// `scope_not_grantable`, for each that is not.
pub fn grantable(scopes: &[Permission]) -> Result<(), RuleError> {
    let mut faults = Faults::default();
    for (i, scope) in scopes.iter().enumerate() {
        if !scope.for_service_accounts() {
            faults.check::<()>(Err(RuleError::at(Code::ScopeNotGrantable, &format!("/scopes/{i}"), format!("{scope} is not given to machines"))));
        }
    }
    faults.settle()
}

impl ServiceAccount {
    /// May another key be issued?
    ///
    /// # Errors
    /// `wrong_state` while two are live, or when the account is disabled.
    pub fn can_issue(&self, now: DateTime<Utc>) -> Result<(), RuleError> {
        if self.disabled_at.is_some() {
            return Err(RuleError::new(Code::WrongState, "the service account is disabled"));
        }
        if self.keys.iter().filter(|k| k.revoked_at.is_none() && k.expires_at > now).count() >= LIVE_KEYS_MAX {
            return Err(RuleError::new(Code::WrongState, "two keys are live already; revoke one first"));
        }
        Ok(())
    }
}
