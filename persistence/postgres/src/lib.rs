//! PostgreSQL without libpq: reads on one pipelined connection of each worker, writes in a task of their own on a small pool.

mod way;

use deadpool::managed::{PoolError, Timeouts};
use diesel::{
    QueryResult,
    connection::SimpleConnection,
    result::{DatabaseErrorKind, Error},
};
use diesel_async::{
    AnsiTransactionManager as Transaction, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager,
    async_connection_wrapper::AsyncConnectionWrapper,
    methods::{ExecuteDsl, LoadQuery},
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::{cell::Cell, rc::Rc, sync::Arc, time::Duration};
use tokio::sync::Mutex;
use trellis_domain::id::TenantId;
use trellis_operations::{
    bell::{Bell, Listener},
    database::{self, AnswersAll, Opened},
    known::Known,
    transaction::{Act, Backend, Read, Write},
    *,
};
use way::Way;

/// Inserts rows, many at a time: each statement is a way to the database and back. That of a single row is kept prepared.
macro_rules! insert_all {
    ($tx:expr, $table:expr, $rows:expr) => {
        match &$rows[..] {
            [row] => {
                diesel::insert_into($table).values(row).done($tx.conn()).await?;
            }
            rows => {
                for part in rows.chunks(500) {
                    diesel::insert_into($table).values(part).done($tx.conn()).await?;
                }
            }
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
type Dialect = diesel::pg::Pg;
type Connection<'c> = &'c AsyncPgConnection;

impl Backend for Here {
    type Connection<'c> = Connection<'c>;
    const SNAPSHOT: bool = false;
    const LOCK: &'static str = " FOR NO KEY UPDATE";
}
/// The connection of an operation.
trait Conn<'c> {
    fn conn(&mut self) -> Connection<'c>;
}
impl<'c> Conn<'c> for Cx<'c> {
    fn conn(&mut self) -> Connection<'c> {
        self.conn
    }
}
/// Runs a statement.
trait Exec: Sized {
    /// All its rows.
    async fn all<'a, 'q, U: Send>(self, c: Connection<'a>) -> QueryResult<Vec<U>>
    where
        Self: LoadQuery<'q, Connection<'a>, U> + 'q,
    {
        let mut c = c;
        in_time(RunQueryDsl::load(self, &mut c)).await
    }
    /// Its first row.
    async fn one<'a, 'q, U: Send>(self, c: Connection<'a>) -> QueryResult<U>
    where
        Self: LoadQuery<'q, Connection<'a>, U> + 'q,
    {
        let mut c = c;
        in_time(RunQueryDsl::get_result(self, &mut c)).await
    }
    /// How many rows it changed.
    async fn done<'a, 'q>(self, c: Connection<'a>) -> QueryResult<usize>
    where
        Self: ExecuteDsl<Connection<'a>> + 'q,
    {
        let mut c = c;
        in_time(RunQueryDsl::execute(self, &mut c)).await
    }
}
impl<T> Exec for T {}

/// How long an answer to one statement is waited for: longer than the server itself allows it. Only a server that hangs, or a network that swallows what
/// is sent, is later; the connection is not used again.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the server answers, if it does.
async fn in_time<T>(answer: impl Future<Output = QueryResult<T>>) -> QueryResult<T> {
    tokio::time::timeout(PATIENCE, answer)
        .await
        .unwrap_or_else(|_| Err(Error::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(NO_ANSWER.to_owned()))))
}
const NO_ANSWER: &str = "the database did not answer in time";

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/postgres");
/// How often an operation runs before a caller is told to come back.
const ATTEMPTS: u32 = 6;
/// English messages, for faults that come without a code. Only a role that may set it can; for others the server's own language must do.
const ENGLISH: &str = "SET lc_messages = 'C'";
/// Nobody waits for ever. Compiling a query's expressions takes longer than all queries but the largest.
const SESSION: &str = "SET jit = off; SET statement_timeout = '15s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s'";

/// A server to connect to.
#[derive(Clone)]
pub struct Source {
    way: Arc<Way>,
    write_connections: usize,
    write_wait: usize,
    bell: Bell,
}

impl Source {
    /// Can a server be named so? Nothing is opened.
    ///
    /// # Errors
    /// When the address cannot be read. It is not repeated, as it may hold a password.
    pub fn fits(url: &str) -> Result<()> {
        way::read(url).map(drop)
    }
    /// Connects to the server and brings its tables up to date; call outside any async runtime. Each worker writes over so many connections, and so many writes may
    /// wait for one.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub fn open(url: &str, write_connections: usize, write_wait: usize) -> Result<Self> {
        let way = Way::to(url)?;
        // the connection's own task: diesel's migrations block the thread that runs them
        let aside = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(|e| StoreError::Internal(e.to_string()))?;
        let mut c = AsyncConnectionWrapper::<AsyncPgConnection>::from(aside.block_on(way.connect()).map_err(|e| StoreError::Unavailable(e.to_string()))?);
        // several servers may start at once: one migrates, the others wait and find it done
        SimpleConnection::batch_execute(&mut c, "CREATE TABLE IF NOT EXISTS trellis_migrating (one integer PRIMARY KEY)").ok();
        diesel::Connection::transaction(&mut c, |c| {
            SimpleConnection::batch_execute(c, "LOCK TABLE trellis_migrating IN ACCESS EXCLUSIVE MODE")?;
            c.run_pending_migrations(MIGRATIONS).map_err(|e| StoreError::Unavailable(e.to_string())).map(|_| ())
        })?;
        Ok(Source { way: Arc::new(way), write_connections, write_wait, bell: Bell::default() })
    }
}

impl Opened for Source {
    fn connect(&self) -> Result<database::Database> {
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        let way = self.way.clone();
        config.custom_setup = Box::new(move |_| {
            let way = way.clone();
            Box::pin(async move {
                let mut conn = way.connect().await?;
                conn.batch_execute(ENGLISH).await.ok();
                conn.batch_execute(SESSION).await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(conn)
            })
        });
        let manager = AsyncDieselConnectionManager::new_with_config("", config);
        let pool = Pool::builder(manager)
            .max_size(self.write_connections)
            .runtime(deadpool::Runtime::Tokio1)
            .timeouts(Timeouts { wait: Some(Duration::from_secs(5)), create: Some(Duration::from_secs(5)), recycle: None })
            .build()
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        Ok(database::Database::of(Database {
            way: self.way.clone(),
            reader: Mutex::new(None),
            known: Known::default(),
            pool,
            waiting: Rc::default(),
            most: self.write_wait,
            bell: self.bell.clone(),
        }))
    }
    fn another(&self) -> Box<dyn Opened> {
        Box::new(self.clone())
    }
    fn close(self: Box<Self>) {}
    fn kind(&self) -> &'static str {
        "PostgreSQL"
    }
}

/// Belongs to one worker thread: a connection lives on the runtime that opened it.
struct Database {
    way: Arc<Way>,
    reader: Mutex<Option<Rc<AsyncPgConnection>>>,
    known: Known,
    pool: Pool<AsyncPgConnection>,
    waiting: Rc<Cell<usize>>,
    most: usize,
    bell: Bell,
}

/// One of a worker's writes that are under way or wait for a connection; it is counted until this is dropped.
struct Waiting(Rc<Cell<usize>>);
impl Waiting {
    fn one_more(count: &Rc<Cell<usize>>) -> Self {
        count.set(count.get() + 1);
        Self(count.clone())
    }
}
impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Database {
    async fn read<R: Read<Here>>(&self, act: Act, operation: R) -> Result<R::Output> {
        let conn = self.reader(None).await?;
        match queries::look(Cx::new(&conn, act.clone()).knowing(&self.known), &operation).await {
            Err(StoreError::Unavailable(_)) => {
                let conn = self.reader(Some(&conn)).await?;
                queries::look(Cx::new(&conn, act).knowing(&self.known), &operation).await
            }
            out => out,
        }
    }
    /// The shared connection; a new one if there is none yet or it is the `broken` one.
    async fn reader(&self, broken: Option<&Rc<AsyncPgConnection>>) -> Result<Rc<AsyncPgConnection>> {
        let mut slot = self.reader.lock().await;
        if let Some(c) = slot.as_ref().filter(|c| broken.is_none_or(|b| !Rc::ptr_eq(b, c))) {
            return Ok(c.clone());
        }
        let mut fresh = self.way.connect().await.map_err(|e| StoreError::Unavailable(e.to_string()))?;
        fresh.batch_execute(ENGLISH).await.ok();
        fresh.batch_execute(SESSION).await?;
        fresh.batch_execute("SET default_transaction_read_only = on").await?;
        Ok(slot.insert(Rc::new(fresh)).clone())
    }
    /// A task of its own, so that a handler dropped half-way cannot cut a transaction short.
    async fn write<W: Write<Here>>(&self, act: Act, operation: W) -> Result<W::Output> {
        if self.is_full() {
            return Err(StoreError::Busy);
        }
        let (pool, bell, waiting) = (self.pool.clone(), self.bell.clone(), Waiting::one_more(&self.waiting));
        let task = tokio::task::spawn_local(async move {
            let _waiting = waiting;
            let mut attempt = 1;
            loop {
                match transact(&pool, act.clone(), &operation).await {
                    Err(StoreError::Retry) if attempt < ATTEMPTS => tokio::time::sleep(Duration::from_millis(5 << attempt)).await,
                    Err(StoreError::Retry) => return Err(StoreError::Busy),
                    out => {
                        if out.is_ok() {
                            bell.ring(act.tenant);
                        }
                        return out;
                    }
                }
                attempt += 1;
            }
        });
        task.await.unwrap_or_else(|e| Err(StoreError::Internal(e.to_string())))
    }
}

impl AnswersAll for Database {
    fn is_full(&self) -> bool {
        self.waiting.get() >= self.most
    }
    fn listen(&self, tenant: TenantId) -> Listener {
        self.bell.listen(tenant)
    }
    fn commits_together(&self) -> bool {
        false
    }
}

async fn transact<W: Write<Here>>(pool: &Pool<AsyncPgConnection>, act: Act, operation: &W) -> Result<W::Output> {
    let mut conn = pool.get().await.map_err(|e| match e {
        PoolError::Timeout(_) => StoreError::Busy,
        e => StoreError::Unavailable(e.to_string()),
    })?;
    if in_time(Transaction::begin_transaction(&mut *conn)).await.is_err() {
        drop(Object::take(conn)); // a stale connection: nothing has happened yet, and none of its kind is waited for twice
        return Err(StoreError::Retry);
    }
    let out = match queries::transact(Tx::new(&conn, act), operation).await {
        // a connection lost here leaves the outcome unknown: it is never run again by us, the caller's idempotency key settles it
        Ok(out) => in_time(Transaction::commit_transaction(&mut *conn)).await.map(|()| out).map_err(|e| match e.into() {
            StoreError::Retry => StoreError::Retry,
            e => StoreError::Unavailable(e.to_string()),
        }),
        Err(e @ StoreError::Unavailable(_)) => Err(e),
        Err(e) => {
            // the first error is the one to report
            return match in_time(Transaction::rollback_transaction(&mut *conn)).await {
                Ok(()) => Err(e),
                Err(_) => {
                    drop(Object::take(conn));
                    Err(e)
                }
            };
        }
    };
    if matches!(out, Err(StoreError::Unavailable(_))) {
        drop(Object::take(conn)); // whatever it was about to say belongs to nobody any more
    }
    out
}
