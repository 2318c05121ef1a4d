//! How an operation is declared, and asked of a database.

use super::{Act, Operation};
use crate::error::Result;
use std::pin::Pin;

/// An operation that is under way.
pub type Running<'d, T> = Pin<Box<dyn Future<Output = Result<T>> + 'd>>;

/// An operation that reads.
pub trait Reads: Operation {
    /// Does it go through many people's records, so that whoever asks for less would wait behind it? SQLite reads it beside the worker; PostgreSQL, which works
    /// elsewhere anyway, as any other.
    const LONG: bool = false;
}

/// An operation that writes.
pub trait Writes: Operation {}

/// A database that runs an operation for a caller, who is judged first. Each is compiled where the database is: whoever asks meets a function that is ready.
/// Were it left to them, every program and every test that asks would compile all statements anew.
#[diagnostic::on_unimplemented(
    message = "no database answers `{O}`",
    note = "an operation is run by an `impl Read<Here>` or `impl Write<Here>` in `persistence/queries/`, and named in `persistence/queries/answered.rs`"
)]
pub trait Answers<O: Operation> {
    /// Runs it.
    fn answer(&self, act: Act, operation: O) -> Running<'_, O::Output>;
}

/// Declares reads: `GetObjective: ReadObjectives => Seen<Objective>;`, and with `, LONG = true` those that read much.
macro_rules! queries {
    ($($name:ty: $needs:ident => $output:ty $(, LONG = $long:literal)?;)*) => {$(
        impl $crate::transaction::Operation for $name {
            type Output = $output;
            type Needs = $crate::transaction::needs::$needs;
        }
        impl $crate::transaction::Reads for $name {
            $(const LONG: bool = $long;)?
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
        impl $crate::transaction::Writes for $name {}
    )*};
}
pub(crate) use commands;
