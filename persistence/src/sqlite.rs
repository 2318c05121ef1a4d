//! SQLite: reads inline on the worker's own connection, writes through one writer thread that commits whatever is queued together.

use crate::{
    bell::Bell,
    connection::Settings,
    error::{Result, StoreError},
    known::Known,
    transaction::{Act, Backend, Read, Write},
};
use diesel::{
    Connection as _,
    connection::SimpleConnection,
    prelude::*,
    query_builder::{AstPass, QueryFragment},
    query_dsl::methods::{ExecuteDsl, LoadQuery},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::{
    cell::RefCell,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Arc, Mutex, mpsc},
    task::{Context, Poll, Waker},
    thread::JoinHandle,
};
use tokio::sync::oneshot;

#[path = "queries/mod.rs"]
mod queries;
use crate::transaction::Sqlite as Here;
type Cx<'c> = crate::transaction::Cx<'c, Here>;
type Tx<'c> = crate::transaction::Tx<'c, Here>;
type Dialect = diesel::sqlite::Sqlite;
type Connection<'c> = &'c mut SqliteConnection;

impl Backend for Here {
    type Connection<'c> = Connection<'c>;
    const SNAPSHOT: bool = true;
}
impl Cx<'_> {
    fn conn(&mut self) -> Connection<'_> {
        self.conn
    }
}
/// Runs a statement.
trait Exec: Sized {
    /// All its rows.
    async fn all<'q, U>(self, c: Connection<'_>) -> QueryResult<Vec<U>>
    where
        Self: LoadQuery<'q, SqliteConnection, U>,
    {
        self.internal_load(c)?.collect()
    }
    /// Its first row.
    async fn one<'q, U>(self, c: Connection<'_>) -> QueryResult<U>
    where
        Self: LoadQuery<'q, SqliteConnection, U>,
    {
        self.internal_load(c)?.next().unwrap_or(Err(diesel::NotFound))
    }
    /// How many rows it changed.
    async fn done(self, c: Connection<'_>) -> QueryResult<usize>
    where
        Self: ExecuteDsl<SqliteConnection>,
    {
        Self::execute(self, c)
    }
}
impl<T> Exec for T {}

/// Nothing in an SQLite operation ever waits, so one poll finishes it.
fn now<T>(operation: impl Future<Output = Result<T>>) -> Result<T> {
    match pin!(operation).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(out) => out,
        Poll::Pending => Err(StoreError::Internal("an SQLite operation awaited something else".into())),
    }
}

/// The statements around an operation, which diesel keeps prepared when they have a type: its own it prepares anew each time.
macro_rules! frames {
    ($($name:ident = $sql:literal;)*) => {$(
        #[derive(diesel::query_builder::QueryId)]
        struct $name;
        impl QueryFragment<Dialect> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
                out.push_sql($sql);
                Ok(())
            }
        }
        impl Frame for $name {
            fn set(&self, c: Connection<'_>) -> QueryResult<usize> {
                <Self as ExecuteDsl<SqliteConnection>>::execute(Self, c)
            }
        }
    )*};
}
trait Frame {
    fn set(&self, c: Connection<'_>) -> QueryResult<usize>;
}
frames! {
    Begin = "BEGIN";
    Commit = "COMMIT";
    Rollback = "ROLLBACK";
    Savepoint = "SAVEPOINT operation";
    Release = "RELEASE operation";
    RollbackTo = "ROLLBACK TO operation";
}

/// Runs an operation between two statements, or undoes it by the third. One that panics fails alone.
fn framed<T>((begin, end, undo): (&dyn Frame, &dyn Frame, &dyn Frame), c: Connection<'_>, run: impl FnOnce(Connection<'_>) -> Result<T>) -> Result<T> {
    begin.set(c)?;
    let out = catch_unwind(AssertUnwindSafe(|| run(c))).unwrap_or_else(|_| Err(StoreError::Internal("an operation panicked".into())));
    if out.is_err() {
        // where SQLite has ended the transaction itself there is nothing to undo, and the writer finds out
        undo.set(c).ok();
    }
    // an undone savepoint is released too; an undone transaction has ended
    match (end.set(c), out) {
        (Err(e), Ok(_)) => Err(e.into()),
        (_, out) => out,
    }
}

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations/sqlite");
/// Most operations that share one commit.
const BATCH: usize = 256;
type Reply = Box<dyn FnOnce(&Result<()>)>;
type Job = Box<dyn FnOnce(&mut SqliteConnection, &Known) -> (bool, Reply) + Send>;

/// An open file.
#[derive(Clone)]
pub struct Source {
    path: Arc<str>,
    writer: mpsc::SyncSender<Job>,
    bell: Bell,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Source {
    pub(crate) fn open(path: &str, settings: &Settings) -> Result<Self> {
        let mut conn = open(path)?;
        conn.run_pending_migrations(MIGRATIONS).map_err(|e| StoreError::Unavailable(e.to_string()))?;
        let (writer, jobs) = mpsc::sync_channel(settings.write_queue);
        let path: Arc<str> = path.into();
        let thread = std::thread::Builder::new().name("sqlite-writer".into()).spawn({
            let path = path.clone();
            move || write_loop(&path, conn, &jobs)
        });
        let thread = thread.map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(Source { path, writer, bell: Bell::default(), thread: Arc::new(Mutex::new(Some(thread))) })
    }
    pub(crate) fn connect(&self) -> Result<Database> {
        let mut conn = open(&self.path)?;
        conn.batch_execute("PRAGMA query_only=ON")?;
        Ok(Database { conn: RefCell::new(conn), known: Known::default(), writer: self.writer.clone(), bell: self.bell.clone() })
    }
    /// Lets the writer finish what is queued. It ends when the last sender is gone.
    pub(crate) fn close(self) {
        let thread = self.thread.lock().ok().and_then(|mut t| t.take());
        drop(self.writer);
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            log::error!("the SQLite writer ended with a panic");
        }
    }
}

/// A connection that keeps what it acknowledged: the settings are read back, and anything else is refused.
fn open(path: &str) -> Result<SqliteConnection> {
    let unavailable = |e: ConnectionError| StoreError::Unavailable(format!("{path}: {e}"));
    let mut c = SqliteConnection::establish(path).map_err(unavailable)?;
    c.batch_execute(
        "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY",
    )?;
    use diesel::sql_types::{BigInt, Text};
    let (mode, synchronous, foreign_keys, qpsg): (String, i64, i64, i64) = diesel::dsl::sql::<(Text, BigInt, BigInt, BigInt)>(
        "SELECT (SELECT journal_mode FROM pragma_journal_mode), (SELECT synchronous FROM pragma_synchronous), (SELECT foreign_keys FROM pragma_foreign_keys), \
         (SELECT count(*) FROM pragma_compile_options WHERE compile_options='ENABLE_QPSG')",
    )
    .get_result(&mut c)?;
    match (mode.as_str(), synchronous, foreign_keys, qpsg) {
        ("wal", 2, 1, 1) => Ok(c),
        (_, _, _, 0) => Err(StoreError::Unavailable("SQLite was built without SQLITE_ENABLE_QPSG: build from the folder that holds .cargo/config.toml".into())),
        other => Err(StoreError::Unavailable(format!("SQLite refused the settings that durability needs: {other:?}"))),
    }
}

/// Takes whatever is queued as one transaction: one fsync for all of it. Ends when the last sender is gone.
fn write_loop(path: &str, mut conn: SqliteConnection, jobs: &mpsc::Receiver<Job>) {
    let known = Known::default();
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first]; // collected before the transaction: draining inside it costs a fifth
        batch.extend(jobs.try_iter().take(BATCH - 1));
        let mut replies = Vec::with_capacity(batch.len());
        let committed = conn.immediate_transaction(|c| {
            for job in batch {
                let (ok, reply) = job(c, &known);
                replies.push(reply);
                // on FULL, IOERR or NOMEM SQLite itself ends the transaction; then BEGIN works, and no further job may run
                if !ok && c.batch_execute("BEGIN").is_ok() {
                    return Err(StoreError::Unavailable("SQLite rolled the batch back".into()));
                }
            }
            Ok(())
        });
        for reply in replies {
            reply(&committed);
        }
        if committed.is_err()
            && let Ok(fresh) = open(path)
        {
            conn = fresh; // diesel's idea of the transaction may be wrong now
        }
    }
}

fn job<W: Write<Here>>(act: Act, operation: W, bell: Bell, reply: oneshot::Sender<Result<W::Output>>) -> Job {
    let tenant = act.tenant;
    Box::new(move |c, known| {
        let out = framed((&Savepoint, &Release, &RollbackTo), c, |c| now(queries::transact(Tx::new(c, act).knowing(known), &operation)));
        let ok = out.is_ok();
        let settle = move |committed: &Result<()>| {
            let out = out.and_then(|out| committed.clone().map(|()| out));
            if out.is_ok() {
                bell.ring(tenant);
            }
            drop(reply.send(out));
        };
        (ok, Box::new(settle))
    })
}

/// A worker's own connection, and the way to the writer.
pub struct Database {
    conn: RefCell<SqliteConnection>,
    known: Known,
    writer: mpsc::SyncSender<Job>,
    pub(crate) bell: Bell,
}

impl Database {
    pub(crate) fn read<R: Read<Here>>(&self, act: Act, operation: &R) -> Result<R::Output> {
        let mut conn = self.conn.try_borrow_mut().map_err(|_| StoreError::Busy)?;
        framed((&Begin, &Commit, &Rollback), &mut conn, |c| now(queries::look(Cx::new(c, act).knowing(&self.known), operation)))
    }
    pub(crate) async fn write<W: Write<Here>>(&self, act: Act, operation: W) -> Result<W::Output> {
        let (reply, answer) = oneshot::channel();
        self.writer.try_send(job(act, operation, self.bell.clone(), reply)).map_err(|_| StoreError::Busy)?;
        match answer.await {
            Ok(Err(StoreError::Retry)) => Err(StoreError::Busy), // cannot happen to a single writer
            Ok(out) => out,
            Err(_) => Err(StoreError::Unavailable("the writer is gone".into())),
        }
    }
}
