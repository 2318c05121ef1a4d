//! SQLite: reads inline on the worker's own connection, long ones beside it; writes through one writer thread that commits whatever is queued together.

use diesel::{
    Connection as _,
    connection::SimpleConnection,
    prelude::*,
    query_builder::{AstPass, QueryFragment},
    query_dsl::methods::{ExecuteDsl, LoadQuery},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::{
    cell::{OnceCell, RefCell},
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    task::{Context, Poll, Waker},
    thread::JoinHandle,
};
use tokio::sync::{mpsc as post, oneshot};
use trellis_domain::id::TenantId;
use trellis_operations::{
    bell::{Bell, Listener},
    database::{self, AnswersAll, Opened},
    known::Known,
    transaction::{Act, Backend, Read, Reads, Write},
    *,
};

/// Inserts rows, one by one: the insert of a single row is kept prepared; that of several is parsed anew each time, which costs more than it saves.
macro_rules! insert_all {
    ($tx:expr, $table:expr, $rows:expr) => {
        for row in &$rows {
            diesel::insert_into($table).values(row).done($tx.conn()).await?;
        }
    };
}

#[path = "../../queries/mod.rs"]
mod queries;

/// This database.
#[derive(Debug)]
pub enum Here {}
type Cx<'c> = crate::transaction::Cx<'c, Here>;
type Tx<'c> = crate::transaction::Tx<'c, Here>;
type Dialect = diesel::sqlite::Sqlite;
type Connection<'c> = &'c mut SqliteConnection;

impl Backend for Here {
    type Connection<'c> = Connection<'c>;
    const SNAPSHOT: bool = true;
    const LOCK: &'static str = ""; // there is one writer
}
/// The connection of an operation.
trait Conn {
    fn conn(&mut self) -> Connection<'_>;
}
impl Conn for Cx<'_> {
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

/// Runs an operation between two statements, or undoes it by the third.
fn framed<T>((begin, end, undo): (&dyn Frame, &dyn Frame, &dyn Frame), c: Connection<'_>, run: impl FnOnce(Connection<'_>) -> Result<T>) -> Result<T> {
    begin.set(c)?;
    let out = caught(c, run);
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

/// Runs an operation. One that panics fails alone.
fn caught<T>(c: Connection<'_>, run: impl FnOnce(Connection<'_>) -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(|| run(c))).unwrap_or_else(|_| Err(StoreError::Internal("an operation panicked".into())))
}

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");
/// Most operations that share one commit.
const BATCH: usize = 256;
/// How many batches are done with care after one that had to be done twice.
const CAREFUL: u32 = 16;

/// A write that waits for its turn. It can be done more than once, as long as what was done before was undone.
trait Work: Send {
    /// Does it, in the transaction that is open; alone within a savepoint, so that what it did can be undone without undoing the others.
    fn run(&mut self, c: &mut SqliteConnection, known: &Known, alone: bool) -> Ended;
    /// Tells whoever waits how it ended, once the fate of the batch is known.
    fn settle(self: Box<Self>, committed: &Result<()>);
}
/// What one write left in the transaction of its batch.
#[derive(PartialEq, Eq)]
enum Ended {
    /// What it was to do.
    Whole,
    /// Nothing.
    Failed,
    /// A part: the batch must not be committed.
    Halved,
}
/// A write that waits, and the worker that waits for it.
struct Job {
    work: Box<dyn Work>,
    home: Home,
}
/// What of one batch goes to a worker: those that were done, and the fate of the batch.
type Post = (Vec<Box<dyn Work>>, Result<()>);
/// Where a worker receives them. They come together and are handed out by a task of the worker's own: to wake every waiting request from the writer's
/// thread costs it a system call each, and a runtime that has much to do takes such wakings last, so that writes long committed were answered late.
type Home = post::UnboundedSender<Post>;

/// The way to the writer, and how much waits there.
#[derive(Clone)]
struct Queue {
    jobs: mpsc::Sender<Job>,
    waiting: Arc<AtomicUsize>,
    most: usize,
}
impl Queue {
    fn is_full(&self) -> bool {
        self.waiting.load(Ordering::Relaxed) >= self.most
    }
    fn put(&self, job: Job) -> Result<()> {
        if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.most {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
            return Err(StoreError::Busy);
        }
        self.jobs.send(job).map_err(|_| StoreError::Unavailable("the writer is gone".into()))
    }
}

/// An open file.
#[derive(Clone)]
pub struct Source {
    path: Arc<str>,
    writer: Queue,
    bell: Bell,
    thread: Arc<Mutex<Option<JoinHandle<()>>>>,
}

impl Source {
    /// Opens the file, makes it if it is not there, and brings its tables up to date. So many writes may wait before a caller is told to come back.
    ///
    /// # Errors
    /// When it cannot be opened, or does not keep the settings that durability needs.
    pub fn open(path: &str, write_queue: usize) -> Result<Self> {
        let mut conn = open(path)?;
        let migrated = conn.run_pending_migrations(MIGRATIONS).map_err(|e| StoreError::Unavailable(e.to_string()))?;
        if !migrated.is_empty() {
            conn.batch_execute(include_str!("statistics.sql"))?;
        }
        let (jobs, queued) = mpsc::channel();
        let writer = Queue { jobs, waiting: Arc::default(), most: write_queue };
        let path: Arc<str> = path.into();
        let thread = std::thread::Builder::new().name("sqlite-writer".into()).spawn({
            let (path, waiting) = (path.clone(), writer.waiting.clone());
            move || write_loop(&path, conn, &queued, &waiting)
        });
        let thread = thread.map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(Source { path, writer, bell: Bell::default(), thread: Arc::new(Mutex::new(Some(thread))) })
    }
}

impl Opened for Source {
    fn connect(&self) -> Result<database::Database> {
        Ok(database::Database::of(Database {
            here: RefCell::new(Reader::open(&self.path)?),
            path: self.path.clone(),
            beside: Arc::default(),
            writer: self.writer.clone(),
            home: OnceCell::new(),
            bell: self.bell.clone(),
        }))
    }
    fn another(&self) -> Box<dyn Opened> {
        Box::new(self.clone())
    }
    /// Lets the writer finish what is queued. It ends when the last sender is gone.
    fn close(self: Box<Self>) {
        let thread = self.thread.lock().ok().and_then(|mut t| t.take());
        drop(self.writer);
        if let Some(thread) = thread
            && thread.join().is_err()
        {
            log::error!("the SQLite writer ended with a panic");
        }
    }
    fn kind(&self) -> &'static str {
        "SQLite"
    }
}

/// A connection that keeps what it acknowledged: the settings are read back, and anything else is refused.
fn open(path: &str) -> Result<SqliteConnection> {
    let unavailable = |e: ConnectionError| StoreError::Unavailable(format!("{path}: {e}"));
    let mut c = SqliteConnection::establish(path).map_err(unavailable)?;
    c.batch_execute(
        "PRAGMA busy_timeout=5000; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY",
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
///
/// Most writes that are refused are refused before they have written anything, so there is nothing to undo, and a savepoint around each write would be paid for by
/// all the others: it copies every page that the write touches. Only when one fails half-way is the batch undone and done again, each write in a savepoint
/// of its own; and so are the next few, for who fails once will fail again.
fn write_loop(path: &str, mut conn: SqliteConnection, queued: &mpsc::Receiver<Job>, waiting: &AtomicUsize) {
    let known = Known::default();
    let mut careful = 0;
    while let Ok(first) = queued.recv() {
        let mut batch = vec![first]; // collected before the transaction: draining inside it costs a fifth
        batch.extend(queued.try_iter().take(BATCH - 1));
        waiting.fetch_sub(batch.len(), Ordering::Relaxed);
        let committed = match commit(&mut conn, &known, &mut batch, careful > 0) {
            Fate::Known(committed) => {
                careful = u32::saturating_sub(careful, 1);
                committed
            }
            Fate::Undone => {
                careful = CAREFUL;
                match commit(&mut conn, &known, &mut batch, true) {
                    Fate::Known(committed) => committed,
                    Fate::Undone => Err(StoreError::Internal("a write was not undone with its savepoint".into())),
                }
            }
        };
        let mut homes: Vec<(Home, Vec<Box<dyn Work>>)> = Vec::new();
        for Job { work, home } in batch {
            match homes.iter_mut().find(|(known, _)| known.same_channel(&home)) {
                Some((_, done)) => done.push(work),
                None => homes.push((home, vec![work])),
            }
        }
        for (home, done) in homes {
            drop(home.send((done, committed.clone()))); // a worker that is gone waits for nothing
        }
        if committed.is_err()
            && let Ok(fresh) = open(path)
        {
            conn = fresh; // diesel's idea of the transaction may be wrong now
        }
    }
}

/// What became of a batch.
enum Fate {
    /// It was committed, or failed as a whole.
    Known(Result<()>),
    /// One of its writes failed half-way, so all was undone.
    Undone,
}

fn commit(conn: &mut SqliteConnection, known: &Known, batch: &mut [Job], alone: bool) -> Fate {
    let mut halved = false;
    let committed = conn.immediate_transaction(|c| {
        for job in batch {
            let ended = job.work.run(c, known, alone);
            // on FULL, IOERR or NOMEM SQLite itself ends the transaction; then BEGIN works, and no further job may run
            if ended != Ended::Whole && c.batch_execute("BEGIN").is_ok() {
                return Err(StoreError::Unavailable("SQLite rolled the batch back".into()));
            }
            halved = ended == Ended::Halved;
            if halved {
                return Err(StoreError::Retry);
            }
        }
        Ok(())
    });
    if halved { Fate::Undone } else { Fate::Known(committed) }
}

/// Hands out what came from the writer, on the worker's own thread. Ends when nobody can send any more.
async fn hand_out(mut arriving: post::UnboundedReceiver<Post>) {
    while let Some((done, committed)) = arriving.recv().await {
        for work in done {
            work.settle(&committed);
        }
    }
}

/// A write, whoever waits for it, and how it went.
struct Pending<W: Write<Here>> {
    act: Act,
    operation: W,
    bell: Bell,
    reply: oneshot::Sender<Result<W::Output>>,
    out: Option<Result<W::Output>>,
}
impl<W: Write<Here>> Work for Pending<W> {
    fn run(&mut self, c: &mut SqliteConnection, known: &Known, alone: bool) -> Ended {
        let (act, operation) = (self.act.clone(), &self.operation);
        let work = |c: Connection<'_>| now(queries::transact(Tx::new(c, act).knowing(known), operation));
        let (out, ended) = if alone {
            let out = framed((&Savepoint, &Release, &RollbackTo), c, work);
            let ended = if out.is_ok() { Ended::Whole } else { Ended::Failed };
            (out, ended)
        } else {
            let before = changes(c);
            let out = caught(c, work);
            let ended = match (&out, before, changes(c)) {
                (Ok(_), ..) => Ended::Whole,
                (Err(_), Ok(before), Ok(after)) if before == after => Ended::Failed,
                _ => Ended::Halved,
            };
            (out, ended)
        };
        self.out = Some(out);
        ended
    }
    fn settle(self: Box<Self>, committed: &Result<()>) {
        let Self { act, bell, reply, out, .. } = *self;
        // one that never had its turn shares the fate of the batch
        let out = match (out, committed) {
            (Some(Err(e)), _) => Err(e),
            (_, Err(e)) => Err(e.clone()),
            (Some(Ok(out)), Ok(())) => Ok(out),
            (None, Ok(())) => Err(StoreError::Internal("a write was left out of its batch".into())),
        };
        if out.is_ok() {
            bell.ring(act.tenant);
        }
        drop(reply.send(out));
    }
}

/// How many rows this connection has changed since it was opened.
fn changes(c: Connection<'_>) -> QueryResult<i64> {
    RunQueryDsl::get_result(Changes, c)
}
#[derive(diesel::query_builder::QueryId)]
struct Changes;
impl diesel::query_builder::Query for Changes {
    type SqlType = diesel::sql_types::BigInt;
}
impl<C> RunQueryDsl<C> for Changes {}
impl QueryFragment<Dialect> for Changes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        out.push_sql("SELECT total_changes()");
        Ok(())
    }
}

/// A connection that only reads, and the callers that it knows.
struct Reader {
    conn: SqliteConnection,
    known: Known,
}
impl Reader {
    fn open(path: &str) -> Result<Self> {
        let mut conn = open(path)?;
        // the writer maps nothing: what it changes it copies, and what it mapped would be counted as memory of its own
        conn.batch_execute("PRAGMA query_only=ON; PRAGMA mmap_size=268435456")?;
        Ok(Self { conn, known: Known::default() })
    }
    fn read<R: Read<Here>>(&mut self, act: Act, operation: &R) -> Result<R::Output> {
        let (conn, known) = (&mut self.conn, &self.known);
        framed((&Begin, &Commit, &Rollback), conn, |c| now(queries::look(Cx::new(c, act).knowing(known), operation)))
    }
}

/// A worker's own connections, and the way to the writer.
struct Database {
    /// For what is short: the worker waits while it reads.
    here: RefCell<Reader>,
    path: Arc<str>,
    /// For what is long, one after the other; opened by the first of them.
    beside: Arc<tokio::sync::Mutex<Option<Reader>>>,
    writer: Queue,
    home: OnceCell<Home>,
    bell: Bell,
}

impl Database {
    async fn read<R: Reads + Read<Here>>(&self, act: Act, operation: R) -> Result<R::Output> {
        if R::LONG {
            return self.read_beside(act, operation).await;
        }
        self.here.try_borrow_mut().map_err(|_| StoreError::Busy)?.read(act, &operation)
    }
    /// On a thread for whatever blocks, so that the worker goes on answering others.
    async fn read_beside<R: Read<Here>>(&self, act: Act, operation: R) -> Result<R::Output> {
        let mut beside = self.beside.clone().lock_owned().await;
        let mut reader = match beside.take() {
            Some(reader) => reader,
            None => Reader::open(&self.path)?,
        };
        let reading = tokio::task::spawn_blocking(move || {
            let found = reader.read(act, &operation);
            *beside = Some(reader);
            found
        });
        reading.await.map_err(|e| StoreError::Internal(e.to_string()))?
    }
    fn home(&self) -> &Home {
        self.home.get_or_init(|| {
            let (home, arriving) = post::unbounded_channel();
            tokio::task::spawn_local(hand_out(arriving));
            home
        })
    }
    async fn write<W: Write<Here>>(&self, act: Act, operation: W) -> Result<W::Output> {
        let (reply, answer) = oneshot::channel();
        let work = Box::new(Pending { act, operation, bell: self.bell.clone(), reply, out: None });
        self.writer.put(Job { work, home: self.home().clone() })?;
        match answer.await {
            Ok(Err(StoreError::Retry)) => Err(StoreError::Busy), // cannot happen to a single writer
            Ok(out) => out,
            Err(_) => Err(StoreError::Unavailable("the writer is gone".into())),
        }
    }
}

impl AnswersAll for Database {
    fn is_full(&self) -> bool {
        self.writer.is_full()
    }
    fn listen(&self, tenant: TenantId) -> Listener {
        self.bell.listen(tenant)
    }
    fn commits_together(&self) -> bool {
        true
    }
}
