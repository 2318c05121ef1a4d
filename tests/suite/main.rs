//! The HTTP suite: the real application, in process, against a real database of its own for every test, on SQLite and on PostgreSQL.

#[macro_use]
mod support;

mod slice;
