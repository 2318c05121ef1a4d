//! A database as whoever asks sees it: something that answers every operation. Which one it is they need not know, and are compiled without it.

use crate::{
    bell::Listener,
    error::Result,
    idempotency::{Answer, Key, Once, Render},
    transaction::{Act, Answers, Command, Query, needs::AsValue},
};
use trellis_domain::id::TenantId;

macro_rules! answers_all {
    (
        read { $($reads:ident: $($read:ident$(<$told:ident>)?),+;)* }
        write { $($writes:ident: $($write:ident$(<$needed:ident>)?),+;)* }
    ) => {
        /// One worker's way to a database, which answers every operation there is.
        pub trait AnswersAll: $($(Answers<crate::$reads::$read$(<$told>)?> +)+)* $($(
            Answers<crate::$writes::$write$(<$needed>)?> + Answers<Once<crate::$writes::$write$(<$needed>)?>> +
        )+)* {
            /// Do so many writes wait that one more would be refused? To be asked before any work is done for it.
            fn is_full(&self) -> bool;
            /// Begins to listen for what is committed in a tenant through this server. What other servers commit is not heard.
            fn listen(&self, tenant: TenantId) -> Listener;
            /// Are writes that wait at the same time committed together? Then many are done sooner if they are sent at once.
            fn commits_together(&self) -> bool;
        }
    };
}
crate::every_operation!(answers_all);

/// A database, whichever it is.
pub type Whichever = dyn AnswersAll;

/// An open database, shared by all threads.
pub trait Opened: Send + Sync {
    /// A worker's own way to it.
    ///
    /// # Errors
    /// When it cannot be reached.
    fn connect(&self) -> Result<Database>;
    /// Another handle on it.
    fn another(&self) -> Box<dyn Opened>;
    /// Lets everything that was accepted finish, then closes.
    fn close(self: Box<Self>);
    /// Its name.
    fn kind(&self) -> &'static str;
}

/// An open database, shared by all threads; each worker calls [`Source::connect`] for its own [`Database`].
pub struct Source(Box<dyn Opened>);
impl Clone for Source {
    fn clone(&self) -> Self {
        Self(self.0.another())
    }
}
impl Source {
    /// The database that was opened.
    pub fn of(opened: impl Opened + 'static) -> Self {
        Self(Box::new(opened))
    }
    /// A worker's own way to it.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn connect(&self) -> Result<Database> {
        self.0.connect()
    }
    /// Lets everything that was accepted finish, then closes. Every [`Database`] must have been dropped.
    pub fn close(self) {
        self.0.close();
    }
    /// Which database it is.
    pub fn kind(&self) -> &'static str {
        self.0.kind()
    }
}

/// One worker's way to the database.
pub struct Database(Box<Whichever>);
impl Database {
    /// The way that a database gave.
    pub fn of(way: impl AnswersAll + 'static) -> Self {
        Self(Box::new(way))
    }
    /// Runs a read for a caller, who is judged first.
    ///
    /// # Errors
    /// As the operation says, and whatever the caller lacks.
    pub async fn read<R: Query>(&self, act: Act, operation: R) -> Result<R::Output> {
        operation.ask(&*self.0, act).await
    }
    /// Runs a write for a caller, who is judged first, with its events, in one transaction.
    ///
    /// # Errors
    /// As the operation says, and whatever the caller lacks.
    pub async fn write<W: Command>(&self, act: Act, operation: W) -> Result<W::Output> {
        operation.ask(&*self.0, act).await
    }
    /// The same; under a key, if there is one, its answer is kept with its effect and given again.
    ///
    /// # Errors
    /// As [`Database::write`], and when the key was used for another request.
    pub async fn write_once<W: Command>(&self, act: Act, operation: W, key: Option<Key>, render: Render<W::Output>) -> Result<Answer> {
        operation.ask_once(&*self.0, act, key, render).await
    }
    /// Do so many writes wait that one more would be refused? To be asked before any work is done for it.
    pub fn is_full(&self) -> bool {
        self.0.is_full()
    }
    /// Begins to listen for what is committed in a tenant through this server. What other servers commit is not heard.
    pub fn listen(&self, tenant: TenantId) -> Listener {
        self.0.listen(tenant)
    }
    /// Are writes that wait at the same time committed together? Then many are done sooner if they are sent at once.
    pub fn commits_together(&self) -> bool {
        self.0.commits_together()
    }
}
