//! A world for each test: its own database, a clock that stands still, people to be, and a client that holds every request and answer against
//! the contract.

use actix_web::{
    body::{BoxBody, MessageBody},
    dev::ServiceResponse,
    http::{Method, header::HeaderMap},
    test,
};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use jsonschema::Validator;
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    future::Future,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};
use trellis_api::{
    app::{self, Setup, Shared},
    evidence::store::Store,
};
use trellis_databases::{self as databases, Settings};
use trellis_domain::{
    access::Permission,
    employment::StaffCategory,
    id::{AccountId, EmploymentId, IdMaker, KeyId, OrganisationId, PersonId, ServiceAccountId, SessionId, TenantId},
    organisation::OrganisationKind,
    relationship::RelationshipKind,
    role::RoleName,
    text::{Email, Name, Slug, Title, Wire},
    time::{Clock, Period},
};
use trellis_persistence::{
    Act, Command, Database, Principal, Source,
    account::{CreateAccount, StartSession},
    employment::CreateEmployment,
    organisation::CreateOrganisation,
    person::CreatePerson,
    relationship::CreateRelationship,
    role::GrantRole,
    service_account::{CreateServiceAccount, IssueKey},
    tenant::CreateTenant,
};
use uuid::Uuid;

mod asking;
mod held;
mod people;

pub use {asking::*, held::*, people::*};

/// Monday 5 October 2026, in the fifth week of the academic year.
pub const NOW: &str = "2026-10-05T09:00:00Z";

/// Which database a test runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// A test on both databases: `on_both! { async fn a_sentence(w: World) { .. } }`.
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($w:ident: World) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;
            #[allow(unused_imports)]
            use $crate::support::*;
            async fn story($w: &$crate::support::World) $body
            $(#[$meta])*
            #[test]
            fn sqlite() {
                $crate::support::World::run($crate::support::Backend::Sqlite, async |w| story(w).await);
            }
            $(#[$meta])*
            #[test]
            fn postgres() {
                $crate::support::World::run($crate::support::Backend::Postgres, async |w| story(w).await);
            }
        }
    )*};
}

/// A clock that stands still until it is moved.
pub struct FrozenClock(Mutex<DateTime<Utc>>);
impl Clock for FrozenClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}
/// Ids that are the same in every run: the instant, then a number.
pub struct CountingIds(AtomicU64);
impl IdMaker for CountingIds {
    fn make(&self, at: DateTime<Utc>) -> Uuid {
        let n = self.0.fetch_add(1, Ordering::Relaxed);
        let mut bytes = [0; 10];
        bytes[2..].copy_from_slice(&n.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(at.timestamp_millis().try_into().unwrap(), &bytes).into_uuid()
    }
}

type Call = Box<dyn Fn(actix_http::Request) -> Pin<Box<dyn Future<Output = ServiceResponse>>>>;

/// Everything of one test.
pub struct World {
    pub backend: Backend,
    pub source: Source,
    pub db: Database,
    pub shared: Arc<Shared>,
    pub clock: Arc<FrozenClock>,
    /// The file, on SQLite; the URL, on PostgreSQL.
    pub place: String,
    /// How many people were made in it.
    people: AtomicU64,
    call: Call,
}

static NUMBER: AtomicU64 = AtomicU64::new(0);

fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).to_path_buf()
}

/// An SQLite file of its own, copied from one that was migrated once.
fn sqlite_file() -> String {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let path = scratch().join(format!("template-{}.db", std::process::id()));
        databases::open(&format!("sqlite:{}", path.display()), &Settings::default()).unwrap().close();
        path
    });
    let path = scratch().join(format!("t-{}-{}.db", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
    std::fs::copy(template, &path).unwrap();
    path.display().to_string()
}

/// The server that `tests/tools/postgres` started.
pub fn postgres_server() -> String {
    std::env::var("TRELLIS_TEST_POSTGRES").expect("run the suite through `make test`, or `tests/tools/postgres cargo test`: it needs a PostgreSQL")
}
pub fn postgres_admin(sql: &str) {
    let url = format!("{}/postgres", postgres_server());
    let mut c = <AsyncConnectionWrapper<AsyncPgConnection> as diesel::Connection>::establish(&url).unwrap();
    SimpleConnection::batch_execute(&mut c, sql).unwrap();
}
/// A database of its own, from a template that was migrated once.
fn postgres_database() -> String {
    static TEMPLATE: OnceLock<String> = OnceLock::new();
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let template = TEMPLATE.get_or_init(|| {
        let name = format!("template_{}", std::process::id());
        postgres_admin(&format!("CREATE DATABASE {name}"));
        databases::open(&format!("{}/{name}", postgres_server()), &Settings::default()).unwrap().close();
        name
    });
    let name = format!("t_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    postgres_admin(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
    format!("{}/{name}", postgres_server())
}

impl World {
    /// Runs a test in a world of its own.
    pub fn run(backend: Backend, story: impl AsyncFnOnce(&World)) {
        Self::run_with(backend, false, story);
    }
    /// The same, with the demo's data if asked.
    pub fn run_with(backend: Backend, demo: bool, story: impl AsyncFnOnce(&World)) {
        Self::run_on(backend, demo, None, story);
    }
    /// The same, with files of evidence in this store; in a folder of its own, if none is named.
    pub fn run_on(backend: Backend, demo: bool, files: Option<Store>, story: impl AsyncFnOnce(&World)) {
        let place = match backend {
            Backend::Sqlite => sqlite_file(),
            Backend::Postgres => postgres_database(),
        };
        let url = if backend == Backend::Sqlite { format!("sqlite:{place}") } else { place.clone() };
        let source = databases::open(&url, &Settings::default()).unwrap();
        let folder = scratch().join(format!("files-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed)));
        let files = files.unwrap_or_else(|| Store::disk(folder.clone()).unwrap());
        let closing = source.clone();
        actix_web::rt::System::new().block_on(async move {
            let clock = Arc::new(FrozenClock(Mutex::new(NOW.parse().unwrap())));
            let ids = Arc::new(CountingIds(AtomicU64::new(1)));
            let setup = Setup {
                clock: clock.clone(),
                ids,
                origins: vec!["https://staff.school.example".into()],
                public_url: "https://trellis.example".into(),
                evidence: files.clone(),
                demo,
            };
            let shared = Shared::new(&source, setup).await.unwrap();
            let service = std::rc::Rc::new(test::init_service(app::app(shared.clone(), source.connect().unwrap())).await);
            let call: Call = Box::new(move |request| {
                let service = service.clone();
                Box::pin(async move { test::call_service(&*service, request).await })
            });
            let world = World { backend, db: source.connect().unwrap(), source, shared, clock, place: place.clone(), people: AtomicU64::new(0), call };
            story(&world).await;
        });
        closing.close();
        let _ = std::fs::remove_dir_all(&folder);
        if backend == Backend::Sqlite {
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{suffix}", url.trim_start_matches("sqlite:")));
            }
        }
    }
    /// Where the database is, as another server would be told.
    pub fn url(&self) -> String {
        if self.backend == Backend::Sqlite { format!("sqlite:{}", self.place) } else { self.place.clone() }
    }
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }
    /// Moves the clock on.
    pub fn later(&self, by: TimeDelta) {
        *self.clock.0.lock().unwrap() += by;
    }
    /// An act of the operator.
    pub fn operator(&self, tenant: TenantId) -> Act {
        Act { tenant, principal: Principal::Operator, now: self.now(), wall: self.now(), request_id: "suite".into(), ids: self.shared.ids.clone() }
    }
    /// Does something as the operator.
    pub async fn does<W: Command>(&self, tenant: TenantId, operation: W) -> W::Output {
        self.db.write(self.operator(tenant), operation).await.unwrap()
    }
}
