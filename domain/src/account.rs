//! Accounts: how a person logs in. Disabling one takes effect with the next request.

use crate::{
    id::{AccountId, PersonId},
    rule::{Code, RuleError},
    text::Email,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A person's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whose.
    pub person_id: PersonId,
    /// What they log in with; unique in the tenant.
    pub email: Email,
    /// Since when it is disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Fewest characters of a password.
pub const PASSWORD_MIN: usize = 12;
/// Most characters of a password.
pub const PASSWORD_MAX: usize = 200;

const KNOWN: [&str; 8] = ["password", "qwerty", "letmein", "welcome", "administrator", "teacher", "school", "123456"];

/// Is this password fit to protect personal records? Length before composition (NIST SP 800-63B, section 3.1.1).
///
/// # Errors
/// `weak_password`.
pub fn fit_password(password: &str, email: &Email) -> Result<(), RuleError> {
    let length = password.chars().count();
    let lower = password.to_lowercase();
    let name = email.as_str().split('@').next().unwrap_or_default();
    let mut letters: Vec<char> = lower.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let guessable = letters.len() < 5
        || lower.contains(email.as_str())
        || (name.len() >= 4 && lower.contains(name))
        || KNOWN.iter().any(|k| lower.starts_with(k) && length < 16);
    if !(PASSWORD_MIN..=PASSWORD_MAX).contains(&length) || guessable {
        return Err(RuleError::at(
            Code::WeakPassword,
            "/password",
            "at least 12 characters, not made of your name or e-mail, nor of one word that everybody tries",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn length_counts_more_than_composition() {
        let email = Email::try_from("amina.okoro@beaconhill.example".to_owned()).unwrap_or_else(|e| unreachable!("{e}"));
        for (password, ok) in [
            ("green kettle on a bicycle", true),
            ("Xk3#9fQ!", false),
            ("aaaaaaaaaaaaaaaa", false),
            ("password12345", false),
            ("amina.okoro2026!", false),
            ("ein Löwe lacht leise", true),
        ] {
            assert_eq!(fit_password(password, &email).is_ok(), ok, "{password}");
        }
    }
}
