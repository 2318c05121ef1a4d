//! How an operation is declared, and asked of a database.

use super::{Act, Answerable, Operation};
use crate::{
    database::Whichever,
    error::Result,
    idempotency::{Answer, Key, Once, Render},
};
use std::pin::Pin;

/// An operation that is under way.
pub type Running<'d, T> = Pin<Box<dyn Future<Output = Result<T>> + 'd>>;

/// An operation that reads.
pub trait Reads: Answerable {
    /// Does it go through many people's records, so that whoever asks for less would wait behind it? SQLite reads it beside the worker; PostgreSQL, which works
    /// elsewhere anyway, as any other.
    const LONG: bool = false;
}

/// An operation that writes.
pub trait Writes: Answerable {}

/// A database that runs an operation for a caller, who is judged first. Each is compiled where the database is: whoever asks meets a function that is ready.
#[diagnostic::on_unimplemented(
    message = "no database answers `{O}`",
    note = "an operation is run by an `impl Read<Here>` or `impl Write<Here>` in `persistence/queries/`, and named in `persistence/operations/src/every.rs`"
)]
pub trait Answers<O: Operation> {
    /// Runs it.
    fn answer(&self, act: Act, operation: O) -> Running<'_, O::Output>;
}

/// A read that every database answers.
pub trait Query: Reads {
    /// Runs it for a caller, who is judged first.
    fn ask(self, of: &Whichever, act: Act) -> Running<'_, Self::Output>;
}
impl<R: Reads> Query for R
where
    Whichever: Answers<R::Form>,
{
    fn ask(self, of: &Whichever, act: Act) -> Running<'_, R::Output> {
        of.answer(act, self.form())
    }
}

/// A write that every database answers, alone and under a key.
pub trait Command: Writes {
    /// Runs it for a caller, who is judged first.
    fn ask(self, of: &Whichever, act: Act) -> Running<'_, Self::Output>;
    /// The same, with its answer kept under a key.
    fn ask_once(self, of: &Whichever, act: Act, key: Option<Key>, render: Render<Self::Output>) -> Running<'_, Answer>;
}
impl<W: Writes> Command for W
where
    Whichever: Answers<W::Form> + Answers<Once<W::Form>>,
{
    fn ask(self, of: &Whichever, act: Act) -> Running<'_, W::Output> {
        of.answer(act, self.form())
    }
    fn ask_once(self, of: &Whichever, act: Act, key: Option<Key>, render: Render<W::Output>) -> Running<'_, Answer> {
        of.answer(act, Once { operation: self.form(), key, render })
    }
}

/// An operation that is asked under one permission.
macro_rules! operation {
    ($name:ty: $needs:ident => $output:ty) => {
        impl $crate::transaction::Operation for $name {
            type Output = $output;
            type Needs = $crate::transaction::needs::$needs;
        }
        impl $crate::transaction::Answerable for $name {
            type Form = Self;
            fn need(&self) -> $crate::transaction::Need {
                <$crate::transaction::needs::$needs as $crate::transaction::Needs>::NEED
            }
            fn form(self) -> Self {
                self
            }
        }
    };
}
pub(crate) use operation;

/// Declares reads: `GetObjective: ReadObjectives => Seen<Objective>;`, and with `, LONG = true` those that read much.
macro_rules! queries {
    ($($name:ty: $needs:ident => $output:ty $(, LONG = $long:literal)?;)*) => {$(
        $crate::transaction::operation!($name: $needs => $output);
        impl $crate::transaction::Reads for $name {
            $(const LONG: bool = $long;)?
        }
    )*};
}
pub(crate) use queries;

/// Declares writes: `AgreeObjective: WriteObjectives => Seen<Objective>;`.
macro_rules! commands {
    ($($name:ty: $needs:ident => $output:ty;)*) => {$(
        $crate::transaction::operation!($name: $needs => $output);
        impl $crate::transaction::Writes for $name {}
    )*};
}
pub(crate) use commands;

/// Declares a read or a write that is asked under several permissions: `Writes for CreateJob { kind, mode } => Job`. Its `need` is [`super::needs::Under`] one of them.
macro_rules! under {
    ($does:ident for $name:ident { $($field:ident),* } => $output:ty) => {
        impl<N: $crate::transaction::Needs> $crate::transaction::Operation for $name<N> {
            type Output = $output;
            type Needs = N;
        }
        impl<N: $crate::transaction::Needs> $crate::transaction::Answerable for $name<N> {
            type Form = $name<$crate::transaction::needs::AsValue>;
            fn need(&self) -> $crate::transaction::Need {
                self.need.need()
            }
            fn form(self) -> Self::Form {
                let Self { $($field,)* need } = self;
                $name { $($field,)* need: need.into_value() }
            }
        }
        impl<N: $crate::transaction::Needs> $crate::transaction::$does for $name<N> {}
    };
}
pub(crate) use under;
