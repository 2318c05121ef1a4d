//! What can go wrong between a question and its answer.

use chrono::{DateTime, Utc};
use trellis_domain::{access::Denied, rule::RuleError};

/// Why a credential is not good, or no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unauthenticated {
    /// No such account, or another password: the two are not told apart.
    Login,
    /// The log-in ended, was revoked or expired.
    SessionEnded,
    /// The account is disabled.
    AccountDisabled,
    /// No such key.
    KeyUnknown,
    /// The key's time is over.
    KeyExpired,
    /// The key, or its service account, was revoked.
    KeyRevoked,
}

/// A record is not as the caller last saw it: who changed it since, when, and which fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// The version as it stands.
    pub version: i64,
    /// Who changed it last: `person`, `service_account` or `system`, and the id.
    pub changed_by: Option<(String, Option<uuid::Uuid>)>,
    /// When.
    pub changed_at: Option<DateTime<Utc>>,
    /// Fields that changed since the version that the caller saw.
    pub changed: Vec<String>,
}

/// Why an operation gave no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StoreError {
    /// The credential is not good.
    #[error("not authenticated: {0:?}")]
    Unauthenticated(Unauthenticated),
    /// The caller lacks the permission, whatever the record.
    #[error("denied: {0:?}")]
    Denied(Denied),
    /// Absent, or not this caller's to know of.
    #[error("not found")]
    Missing,
    /// A rule of the domain.
    #[error("{0}")]
    Rule(#[from] RuleError),
    /// Changed since the caller read it.
    #[error("changed since it was read")]
    Stale(Box<Stale>),
    /// A snapshot that would end or miss too many to be believed without asking.
    #[error("too many would be ended or missing")]
    Braked(Box<trellis_domain::sync::Forecast>),
    /// A unique key is taken.
    #[error("duplicate: {0}")]
    Duplicate(String),
    /// A foreign key names nothing.
    #[error("refers to something missing: {0}")]
    Reference(String),
    /// An idempotency key was used for another request.
    #[error("idempotency key used for another request")]
    KeyReused,
    /// The log no longer reaches back so far.
    #[error("the cursor is older than the log")]
    CursorExpired,
    /// Too much is waiting.
    #[error("too busy")]
    Busy,
    /// Another transaction was in the way; the same operation can run again.
    #[error("serialisation failure")]
    Retry,
    /// The database cannot be reached, or cannot write.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// What is stored cannot be understood.
    #[error("corrupt: {0}")]
    Corrupt(String),
    /// A fault of ours.
    #[error("{0}")]
    Internal(String),
}

impl From<diesel::result::Error> for StoreError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::{DatabaseErrorKind as K, Error as E};
        match error {
            E::NotFound => Self::Missing,
            E::DatabaseError(K::UniqueViolation, info) => {
                let name = info.constraint_name().unwrap_or(info.message());
                // two requests with one idempotency key at once: the second runs again and finds the first one's answer
                if name.contains("idempotency_keys") { Self::Retry } else { Self::Duplicate(name.into()) }
            }
            E::DatabaseError(K::ForeignKeyViolation, info) => Self::Reference(info.constraint_name().unwrap_or(info.message()).into()),
            E::DatabaseError(K::SerializationFailure, _) => Self::Retry,
            E::DatabaseError(K::Unknown, info) => unknown(info.message()),
            E::DatabaseError(K::ClosedConnection | K::UnableToSendCommand, info) => Self::Unavailable(info.message().into()),
            // SQLite, or the server, had ended the transaction already: why the commit failed is what counts
            E::RollbackErrorOnCommit { commit_error, .. } => (*commit_error).into(),
            E::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            E::DeserializationError(e) => corrupt(e),
            E::DatabaseError(_, info) => Self::Internal(unquoted(info.message())),
            e => Self::Internal(e.to_string()),
        }
    }
}

/// Faults that come without a kind of their own are told by their words; on PostgreSQL `lc_messages=C` keeps them English.
fn unknown(message: &str) -> StoreError {
    const GONE: [&str; 6] =
        ["terminating connection", "the database system is", "connection closed", "disk I/O error", "database or disk is full", "No space left"];
    if message == "deadlock detected" {
        StoreError::Retry
    } else if message.contains("canceling statement") || message.contains("database is locked") {
        StoreError::Busy
    } else if GONE.iter().any(|words| message.contains(words)) {
        StoreError::Unavailable(message.into())
    } else {
        StoreError::Internal(unquoted(message))
    }
}

/// What breaks a rule fails alone, as the one row or record of many that it is; anything else ends the whole.
pub fn alone<T>(result: Result<T>, failed: impl FnOnce(RuleError) -> T) -> Result<T> {
    match result {
        Err(StoreError::Rule(rule)) => Ok(failed(rule)),
        other => other,
    }
}

/// What is stored cannot be understood. It is said what is wrong with it, and nothing that it holds: faults of reading quote what they could not
/// read, which is somebody's data, and this ends in the log.
pub fn corrupt(what: impl std::fmt::Display) -> StoreError {
    const QUOTES: [char; 2] = ['"', '`'];
    let text = what.to_string();
    StoreError::Corrupt(match (text.find(QUOTES), text.rfind(QUOTES)) {
        (Some(from), Some(to)) if from < to => format!("{}…{}", &text[..from], &text[to + 1..]),
        _ => text,
    })
}

/// What a database says is wrong, without the value that it could not take: `invalid input syntax for type uuid: "…"`.
fn unquoted(message: &str) -> String {
    message.split(": \"").next().unwrap_or_default().into()
}

/// What every operation answers with.
pub type Result<T> = std::result::Result<T, StoreError>;

#[cfg(test)]
mod tests {
    use super::*;
    use trellis_domain::event::Actor;

    #[test]
    fn a_fault_of_reading_says_nothing_that_is_stored() {
        fn said<T: serde::de::DeserializeOwned + std::fmt::Debug>(stored: &str) -> String {
            corrupt(serde_json::from_str::<T>(stored).unwrap_err()).to_string()
        }
        let told = [
            said::<Vec<i32>>(r#""Ada \" Field""#),
            said::<Vec<i32>>(r#"{"Ada Field": 1}"#),
            said::<i32>(r#""Ada Field""#),
            said::<std::collections::BTreeMap<uuid::Uuid, i32>>(r#"{"Ada Field": 1}"#),
            said::<chrono::NaiveDate>(r#""Ada Field""#),
            said::<Actor>(r#"{"type": "Ada Field"}"#),
        ];
        for text in told {
            assert!(!text.contains("Ada") && text.len() > 20, "{text}");
        }
        assert_eq!(corrupt("an event without an actor").to_string(), "corrupt: an event without an actor");
    }
    #[test]
    fn a_database_does_not_repeat_a_value() {
        assert_eq!(unquoted("invalid input syntax for type uuid: \"Ada Field\""), "invalid input syntax for type uuid");
        let check = "new row for relation \"people\" violates check constraint \"people_trn_check\"";
        assert_eq!(unquoted(check), check);
    }
}
