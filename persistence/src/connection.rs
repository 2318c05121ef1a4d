//! Which database is open, and the one way to it.

use trellis_domain::id::TenantId;
use trellis_operations::{
    Act, Result, StoreError,
    bell::Listener,
    idempotency::{Answer, Key, Once, Render},
    transaction::{Answers, Operation, Reads, Running, Writes},
};
#[cfg(feature = "postgres")]
use trellis_postgres as postgres;
use trellis_sqlite as sqlite;

/// How a database is opened.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many writes may wait for SQLite's writer before a caller is told to come back.
    pub write_queue: usize,
    /// How many may be under way or wait for a connection to PostgreSQL, in each worker.
    pub write_wait: usize,
    /// Connections for writing, in each worker, on PostgreSQL.
    pub write_connections: usize,
}
impl Default for Settings {
    fn default() -> Self {
        Self { write_queue: 512, write_wait: 128, write_connections: 2 }
    }
}

/// An open database, shared by all threads; each worker calls [`Source::connect`] for its own [`Database`].
#[derive(Clone)]
pub enum Source {
    /// SQLite.
    Sqlite(sqlite::Source),
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(postgres::Source),
}

const EXPECTED: &str = "expected sqlite:PATH or postgres://USER@HOST/NAME";
#[cfg(not(feature = "postgres"))]
const WITHOUT: &str = "this program was built without PostgreSQL, as the demo is: build it with its default features";

impl Source {
    /// Can a database be named so? Nothing is opened.
    ///
    /// # Errors
    /// What is expected. The address, which may hold a password, is not repeated.
    pub fn fits(url: &str) -> std::result::Result<(), String> {
        if let Some(path) = url.strip_prefix("sqlite:").filter(|path| !path.is_empty()) {
            return if path.contains('\0') { Err(EXPECTED.into()) } else { Ok(()) };
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") { Self::fits_postgres(url) } else { Err(EXPECTED.into()) }
    }
    /// Opens a database that is there. Where there is no such SQLite file, [`Source::open`] makes one.
    ///
    /// # Errors
    /// When it is not there, and as [`Source::open`].
    pub fn open_existing(url: &str, settings: &Settings) -> Result<Self> {
        match url.strip_prefix("sqlite:") {
            Some(path) if !std::path::Path::new(path).is_file() => Err(StoreError::Unavailable("there is no such file".into())),
            _ => Self::open(url, settings),
        }
    }
    /// Opens `sqlite:PATH` or `postgres://…` and brings its tables up to date. Call outside any async runtime.
    ///
    /// # Errors
    /// When the URL is of neither form, the database cannot be reached, or it does not keep the settings that durability needs.
    pub fn open(url: &str, settings: &Settings) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            sqlite::Source::open(path, settings.write_queue).map(Self::Sqlite)
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::postgres(url, settings)
        } else {
            Err(StoreError::Unavailable(EXPECTED.into()))
        }
    }
    #[cfg(feature = "postgres")]
    fn postgres(url: &str, settings: &Settings) -> Result<Self> {
        postgres::Source::open(url, settings.write_connections, settings.write_wait).map(Self::Postgres)
    }
    #[cfg(feature = "postgres")]
    fn fits_postgres(url: &str) -> std::result::Result<(), String> {
        postgres::Source::fits(url).map_err(|e| e.to_string())
    }
    #[cfg(not(feature = "postgres"))]
    fn postgres(_: &str, _: &Settings) -> Result<Self> {
        Err(StoreError::Unavailable(WITHOUT.into()))
    }
    #[cfg(not(feature = "postgres"))]
    fn fits_postgres(_: &str) -> std::result::Result<(), String> {
        Err(WITHOUT.into())
    }
    /// A worker's own way to it.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn connect(&self) -> Result<Database> {
        Ok(match self {
            Self::Sqlite(source) => Database::Sqlite(source.connect()?),
            #[cfg(feature = "postgres")]
            Self::Postgres(source) => Database::Postgres(source.connect()?),
        })
    }
    /// Lets everything that was accepted finish, then closes. Every [`Database`] must have been dropped.
    pub fn close(self) {
        match self {
            Self::Sqlite(source) => source.close(),
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => {}
        }
    }
    /// Which of the two it is.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "SQLite",
            #[cfg(feature = "postgres")]
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// One worker's way to the database.
pub enum Database {
    /// SQLite.
    Sqlite(sqlite::Database),
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(postgres::Database),
}

/// An operation that every database knows which this program is built for.
pub trait Known: Operation + Sized {
    /// Runs it for a caller, who is judged first.
    fn asked(self, database: &Database, act: Act) -> Running<'_, Self::Output>;
}
#[cfg(feature = "postgres")]
impl<O: Operation> Known for O
where
    sqlite::Database: Answers<O>,
    postgres::Database: Answers<O>,
{
    fn asked(self, database: &Database, act: Act) -> Running<'_, O::Output> {
        match database {
            Database::Sqlite(database) => database.answer(act, self),
            Database::Postgres(database) => database.answer(act, self),
        }
    }
}
#[cfg(not(feature = "postgres"))]
impl<O: Operation> Known for O
where
    sqlite::Database: Answers<O>,
{
    fn asked(self, Database::Sqlite(database): &Database, act: Act) -> Running<'_, O::Output> {
        database.answer(act, self)
    }
}

/// A read that every database knows which this program is built for.
pub trait Query: Reads + Known {}
impl<O: Reads + Known> Query for O {}

/// A write that every database knows which this program is built for, alone and under a key.
pub trait Command: Writes + Known {
    /// The same, with its answer kept under a key.
    fn asked_once(self, database: &Database, act: Act, key: Option<Key>, render: Render<Self::Output>) -> Running<'_, Answer>;
}
impl<W: Writes + Known> Command for W
where
    Once<W>: Known + Operation<Output = Answer>,
{
    fn asked_once(self, database: &Database, act: Act, key: Option<Key>, render: Render<W::Output>) -> Running<'_, Answer> {
        Once { operation: self, key, render }.asked(database, act)
    }
}

impl Database {
    /// Runs a read for a caller, who is judged first.
    ///
    /// # Errors
    /// As the operation says, and whatever the caller lacks.
    pub async fn read<R: Query>(&self, act: Act, operation: R) -> Result<R::Output> {
        operation.asked(self, act).await
    }
    /// Do so many writes wait that one more would be refused? To be asked before any work is done for it.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Sqlite(db) => db.is_full(),
            #[cfg(feature = "postgres")]
            Self::Postgres(db) => db.is_full(),
        }
    }
    /// Begins to listen for what is committed in a tenant through this server. What other servers commit is not heard.
    pub fn listen(&self, tenant: TenantId) -> Listener {
        match self {
            Self::Sqlite(db) => db.listen(tenant),
            #[cfg(feature = "postgres")]
            Self::Postgres(db) => db.listen(tenant),
        }
    }
    /// Runs a write for a caller, who is judged first, with its events, in one transaction.
    ///
    /// # Errors
    /// As the operation says, and whatever the caller lacks.
    pub async fn write<W: Command>(&self, act: Act, operation: W) -> Result<W::Output> {
        operation.asked(self, act).await
    }
    /// The same; under a key, if there is one, its answer is kept with its effect and given again.
    ///
    /// # Errors
    /// As [`Database::write`], and when the key was used for another request.
    pub async fn write_once<W: Command>(&self, act: Act, operation: W, key: Option<Key>, render: Render<W::Output>) -> Result<Answer> {
        operation.asked_once(self, act, key, render).await
    }
}
