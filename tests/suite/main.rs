//! The HTTP suite: the real application, in process, against a real database of its own for every test, on SQLite and on PostgreSQL.

#[macro_use]
mod support;

mod canary;
mod concepts;
mod concurrency;
mod contract;
mod demo;
mod examples;
mod explain;
mod feed;
mod head;
mod idempotency;
mod journey;
mod machines;
mod mass_assignment;
mod migrations;
mod oauth;
mod permissions;
mod slice;
mod tokens;
