//! Reading the log.

use crate::transaction::operations;
use chrono::{DateTime, Utc};
use trellis_domain::{
    event::{About, Actor, EventKind, RecordType},
    id::EventId,
    text::ExternalRef,
};
use uuid::Uuid;

/// One event, as it is read.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number in the tenant's log.
    pub number: i64,
    /// Its id.
    pub id: EventId,
    /// The first bytes of its link.
    pub mark: Mark,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// In which request.
    pub request_id: String,
    /// To which record.
    pub subject: Uuid,
    /// The record's version afterwards.
    pub subject_version: i64,
    /// Whom and where it is about.
    pub about: About,
    /// Fields that changed.
    pub changed: Vec<String>,
    /// Their values before and after; none in the feed, none once erased.
    pub values: Option<serde_json::Value>,
    /// What other systems call the record.
    pub external_refs: Vec<ExternalRef>,
}

/// The change feed: what happened after a number, in order, as far as the caller may follow it.
#[derive(Debug)]
pub struct Changes {
    /// After which change.
    pub after: After,
    /// Only these record types.
    pub types: Option<Vec<RecordType>>,
    /// At most so many.
    pub limit: i64,
}
/// Where a reader of the feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Before the first change.
    Beginning,
    /// At the log's head: only what comes.
    Head,
    /// After the change of this number and with this link: in a log that was restored from a backup and grew anew, another change has it.
    Change(i64, Mark),
}
/// The first bytes of a change's link in the log.
pub type Mark = [u8; 6];
/// A page of the feed.
#[derive(Debug, Clone)]
pub struct Feed {
    /// The events.
    pub entries: Vec<Entry>,
    /// The number to go on from.
    pub next: i64,
    /// The mark of that change.
    pub mark: Mark,
    /// Is there more already?
    pub more: bool,
}

/// Which part of a record's history.
#[derive(Debug, Clone, Copy)]
pub struct HistoryWindow {
    /// Before this number; from the newest if none.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: i64,
}
/// A page of one record's history, newest first.
#[derive(Debug, Clone)]
pub struct History {
    /// The events.
    pub entries: Vec<Entry>,
    /// The number before which older ones stand.
    pub next: Option<i64>,
}

/// Checks every link of the tenant's log.
#[derive(Debug)]
pub struct VerifyLog;
/// The end of a log that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// How many events it has.
    pub number: i64,
    /// The last link.
    pub hash: Vec<u8>,
    /// Events whose values were erased.
    pub erased: i64,
}
/// The first place at which a log does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The number of the event.
    pub number: i64,
    /// What is wrong with it.
    pub why: String,
}

operations! {
    Changes: ReadChanges => Feed;
    VerifyLog: Operator => Result<LogHead, Break>;
}
