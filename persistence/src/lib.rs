//! What can be asked of Trellis, and a database to ask, whichever it is.
//!
//! An operation is a value (`trellis-operations`); how it runs is written once in `queries/`, which `trellis-sqlite` and `trellis-postgres` both mount. Whoever
//! uses this crate speaks domain types and knows no database: rows, tables and connections are not given on, nor is anything by which an operation could be run
//! without its caller being judged first. `trellis-databases` opens one.

pub use trellis_operations::{
    Act, Fetched, GoodUntil, Page, Principal, Result, Seen, Stale, StoreError, Unauthenticated, Window, account, activity, agreed_action, appraisal, bell,
    budget, calendar, calendar_link, check_in, coaching, collaboration, conversation, conversation_template, cycle, employment, erasure, event, evidence,
    explain, finding, framework, hold, improvement, inquiry, insight, job, learning, learning_statement, line_management, matching, me, merge, need, objective,
    organisation, pay, person, profile, programme, provenance, relationship, report, request, role, self_review, service_account, sync, task, tenant, training,
};

pub use trellis_operations::{
    database::{Database, Source},
    transaction::{Command, Query},
};

/// Disclosures: what was read about somebody by somebody else, recorded before it is given out.
pub mod disclosure {
    pub use trellis_operations::disclosure::{ListDisclosures, Receipt, RecordReadings, Sealed};
}
/// A write that can be sent again: the answer is kept with the effect, in one transaction.
pub mod idempotency {
    pub use trellis_operations::idempotency::{Answer, ForgetAnswers, KEPT_DAYS, Key, Render, Stored};
}
/// Operations as values, and what a caller needs for them.
pub mod transaction {
    pub use trellis_operations::transaction::{Need, Needs, Operation, needs};
}
