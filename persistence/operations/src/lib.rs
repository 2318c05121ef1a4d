//! What can be asked of Trellis, as values, and the tables that answers come from.
//!
//! An operation says what it gives back and what a caller needs for it ([`transaction`]). How it is run is written once in `queries/`, which `trellis-sqlite` and
//! `trellis-postgres` both mount: this crate is what the two share. Whoever asks a database knows `trellis-persistence` alone, which gives on what asking takes and
//! keeps back what running takes.

pub mod account;
pub mod activity;
pub mod agreed_action;
pub mod appraisal;
pub mod bell;
pub mod budget;
pub mod calendar;
pub mod calendar_link;
pub mod check_in;
pub mod coaching;
pub mod collaboration;
pub mod column;
pub mod conversation;
pub mod conversation_template;
pub mod cycle;
pub mod database;
pub mod disclosure;
pub mod employment;
pub mod erasure;
pub mod error;
pub mod event;
mod every;
pub mod evidence;
pub mod explain;
pub mod finding;
pub mod framework;
pub mod hold;
pub mod idempotency;
pub mod improvement;
pub mod inquiry;
pub mod insight;
pub mod job;
pub mod known;
pub mod learning;
pub mod learning_statement;
pub mod line_management;
pub mod matching;
pub mod me;
pub mod merge;
pub mod need;
pub mod objective;
pub mod organisation;
pub mod pay;
pub mod person;
pub mod principal;
pub mod profile;
pub mod programme;
pub mod provenance;
pub mod relationship;
pub mod report;
pub mod request;
pub mod role;
pub mod schema;
pub mod self_review;
pub mod service_account;
pub mod sync;
pub mod task;
pub mod tenant;
pub mod training;
pub mod transaction;

pub use error::{Result, Stale, StoreError, Unauthenticated};
pub use principal::{GoodUntil, Principal};
pub use transaction::{Act, Fetched, Page, Seen, Window};
