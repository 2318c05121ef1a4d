//! Trellis on SQLite and PostgreSQL, from one source.
//!
//! An operation is a value ([`transaction`]); how it runs is written once in `queries/`, which `sqlite` and `postgres` both mount.
//! Rows are private: whoever uses this crate speaks domain types.
#![allow(clippy::duplicate_mod)] // `queries/` is mounted twice on purpose

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
mod column;
mod connection;
pub mod conversation;
pub mod conversation_template;
pub mod cycle;
pub mod disclosure;
pub mod employment;
pub mod erasure;
mod error;
pub mod event;
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
mod known;
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
#[cfg(feature = "postgres")]
mod postgres;
mod principal;
pub mod profile;
pub mod programme;
pub mod provenance;
pub mod relationship;
pub mod report;
pub mod request;
pub mod role;
mod schema;
pub mod self_review;
pub mod service_account;
mod sqlite;
pub mod sync;
pub mod task;
pub mod tenant;
pub mod training;
pub mod transaction;
#[cfg(feature = "postgres")]
mod way;

pub use connection::{Database, Settings, Source};
pub use error::{Result, Stale, StoreError, Unauthenticated};
pub use principal::{GoodUntil, Principal};
pub use transaction::{Act, Command, Fetched, Page, Query, Seen, Window};
