//! How an operation is asked of whichever database is open.
//!
//! Each is compiled here, once for each database: whoever asks meets a function that is ready. Were it left to them, every program and every test that
//! asks would compile all statements anew.

use super::{Act, Operation};
use crate::{
    connection::Database,
    error::Result,
    idempotency::{Answer, Key, Render},
};
use std::pin::Pin;

/// An operation that is under way.
pub type Running<'d, T> = Pin<Box<dyn Future<Output = Result<T>> + 'd>>;

/// A read that every database knows which this program is built for.
pub trait Query: Operation + Sized {
    /// Does it go through many people's records, so that whoever asks for less would wait behind it? SQLite reads it beside the worker; PostgreSQL, which works
    /// elsewhere anyway, as any other.
    const LONG: bool = false;
    /// Runs it for a caller, who is judged first: see [`Database::read`].
    fn asked(self, database: &Database, act: Act) -> Running<'_, Self::Output>;
}

/// A write that every database knows which this program is built for.
pub trait Command: Operation + Sized {
    /// Runs it for a caller, who is judged first: see [`Database::write`].
    fn asked(self, database: &Database, act: Act) -> Running<'_, Self::Output>;
    /// Runs it once under a key: see [`Database::write_once`].
    fn asked_once(self, database: &Database, act: Act, key: Option<Key>, render: Render<Self::Output>) -> Running<'_, Answer>;
}

/// How a read or a write is asked of either database: what is in its `impl`.
macro_rules! asked {
    (read) => {
        fn asked(self, database: &$crate::Database, act: $crate::Act) -> $crate::transaction::Running<'_, Self::Output> {
            $crate::transaction::asked!(self, database, read, act)
        }
    };
    (write) => {
        fn asked(self, database: &$crate::Database, act: $crate::Act) -> $crate::transaction::Running<'_, Self::Output> {
            $crate::transaction::asked!(self, database, write, act)
        }
        fn asked_once(
            self,
            database: &$crate::Database,
            act: $crate::Act,
            key: Option<$crate::idempotency::Key>,
            render: $crate::idempotency::Render<Self::Output>,
        ) -> $crate::transaction::Running<'_, $crate::idempotency::Answer> {
            let once = $crate::idempotency::Once { operation: self, key, render };
            $crate::transaction::asked!(once, database, write, act)
        }
    };
    ($operation:expr, $database:expr, $how:ident, $act:expr) => {
        match $database {
            $crate::Database::Sqlite(database) => Box::pin(database.$how($act, $operation)),
            #[cfg(feature = "postgres")]
            $crate::Database::Postgres(database) => Box::pin(database.$how($act, $operation)),
        }
    };
}
pub(crate) use asked;

/// Declares reads: `GetObjective: ReadObjectives => Seen<Objective>;`, and with `, LONG = true` those that read much.
macro_rules! queries {
    ($($name:ty: $needs:ident => $output:ty $(, LONG = $long:literal)?;)*) => {$(
        impl $crate::transaction::Operation for $name {
            type Output = $output;
            type Needs = $crate::transaction::needs::$needs;
        }
        impl $crate::transaction::Query for $name {
            $(const LONG: bool = $long;)?
            $crate::transaction::asked!(read);
        }
    )*};
}
pub(crate) use queries;

/// Declares writes: `AgreeObjective: WriteObjectives => Seen<Objective>;`.
macro_rules! commands {
    ($($name:ty: $needs:ident => $output:ty;)*) => {$(
        impl $crate::transaction::Operation for $name {
            type Output = $output;
            type Needs = $crate::transaction::needs::$needs;
        }
        impl $crate::transaction::Command for $name {
            $crate::transaction::asked!(write);
        }
    )*};
}
pub(crate) use commands;
