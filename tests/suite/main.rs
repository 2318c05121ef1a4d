//! The HTTP suite: the real application, in process, against a real database of its own for every test, on SQLite and on PostgreSQL.

#[macro_use]
mod support;
mod sync;

mod appraisals;
mod bulk;
mod calendars;
mod canary;
mod catalogue;
mod concepts;
mod concurrency;
mod contract;
mod demo;
mod encrypted;
mod disclosures;
mod erasure;
mod examples;
mod explain;
mod feed;
mod following;
mod forbidden;
mod head;
mod idempotency;
mod improvement;
mod jobs;
mod journey;
mod line_management;
mod machines;
mod mass_assignment;
mod matching;
mod merging;
mod migrations;
mod oauth;
mod permissions;
mod profiles;
mod provenance;
mod reports;
mod scope;
mod second_paths;
mod slice;
mod tokens;
