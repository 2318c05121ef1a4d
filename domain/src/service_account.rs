//! Service accounts: a machine's identity, never a person's key. It has scopes and schools, expiring keys, and survives whoever made it.

use crate::{
    access::Permission,
    id::{KeyId, OrganisationId, ServiceAccountId},
    rule::{Code, Faults, RuleError},
    text::Title,
};
use chrono::{DateTime, TimeDelta, Utc};
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
    /// When it was last used, noted at most once an hour. It is no part of the record's history: using a key changes nothing.
    #[serde(skip)]
    pub last_used_at: Option<DateTime<Utc>>,
}

/// How many days before a key ends it is said so, by an event each. The first is also how long answers carry a warning.
pub const WARN_DAYS: [i64; 3] = [30, 7, 1];

/// Is the end so near that answers to its holder say when it is?
pub fn ends_soon(expires_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    expires_at - now <= TimeDelta::days(WARN_DAYS[0])
}

/// The warning that is due now: the last one whose day has come, unless it was given. A day that came before the key was issued was never
/// to be warned of: who asks for a key of five days knows that it ends within seven.
pub fn due_warning(issued_at: DateTime<Utc>, expires_at: DateTime<Utc>, now: DateTime<Utc>, given: Option<i64>) -> Option<i64> {
    if now >= expires_at {
        return None;
    }
    let come = |days: &i64| {
        let day = expires_at - TimeDelta::days(*days);
        day > issued_at && day <= now
    };
    WARN_DAYS.into_iter().rev().find(come).filter(|days| given.is_none_or(|given| given > *days))
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
    /// `too_many_live_keys` while two are live; `wrong_state` when the account is disabled.
    pub fn can_issue(&self, now: DateTime<Utc>) -> Result<(), RuleError> {
        if self.disabled_at.is_some() {
            return Err(RuleError::new(Code::WrongState, "the service account is disabled"));
        }
        if self.keys.iter().filter(|k| k.revoked_at.is_none() && k.expires_at > now).count() >= LIVE_KEYS_MAX {
            return Err(RuleError::new(Code::TooManyLiveKeys, "two keys are live already; revoke one of them first"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(n)
    }

    #[test]
    fn a_key_warns_of_its_end_at_thirty_seven_and_one_days_once_each() {
        // issued on, ends on, today, warned of: what is due
        for (issued, ends, now, given, expected) in [
            (0, 100, 69, None, None),
            (0, 100, 70, None, Some(30)),
            (0, 100, 70, Some(30), None),
            (0, 100, 92, Some(30), None),
            (0, 100, 93, Some(30), Some(7)),
            (0, 100, 93, Some(7), None),
            (0, 100, 99, Some(7), Some(1)),
            (0, 100, 99, Some(1), None),
            (0, 100, 100, Some(7), None),
            // nobody kept house for a month: what is true now is said, once
            (0, 100, 95, None, Some(7)),
            (0, 100, 99, None, Some(1)),
            // keys that never had so long to live
            (0, 30, 0, None, None),
            (0, 30, 23, None, Some(7)),
            (0, 5, 0, None, None),
            (0, 5, 4, None, Some(1)),
            (0, 1, 0, None, None),
        ] {
            assert_eq!(due_warning(day(issued), day(ends), day(now), given), expected, "{issued} {ends} {now} {given:?}");
        }
    }

    #[test]
    fn an_end_is_near_for_thirty_days() {
        assert!(!ends_soon(day(31), day(0)) && ends_soon(day(30), day(0)) && ends_soon(day(1), day(0)));
    }
}
