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
    collections::HashMap,
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
use trellis_domain::{
    access::Permission,
    employment::StaffCategory,
    id::{AccountId, EmploymentId, IdMaker, KeyId, OrganisationId, PersonId, ServiceAccountId, SessionId, TenantId},
    organisation::{OrganisationKind, OrganisationStatus},
    relationship::RelationshipKind,
    role::RoleName,
    text::{Email, Name, Slug, Title, Wire},
    time::{Clock, Period},
};
use trellis_persistence::{
    Act, Command, Database, Principal, Settings, Source,
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
        Source::open(&format!("sqlite:{}", path.display()), &Settings::default()).unwrap().close();
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
        Source::open(&format!("{}/{name}", postgres_server()), &Settings::default()).unwrap().close();
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
        let source = Source::open(&url, &Settings::default()).unwrap();
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

/// A trust with two schools, and whoever is made in it.
#[derive(Clone)]
pub struct Trust {
    pub id: TenantId,
    pub root: OrganisationId,
    pub school: OrganisationId,
    pub other_school: OrganisationId,
}

/// Somebody, with a credential.
#[derive(Debug, Clone)]
pub struct Someone {
    pub person: PersonId,
    pub account: AccountId,
    pub session: SessionId,
    pub employment: Option<EmploymentId>,
    pub email: String,
    pub token: String,
}

/// `w.trust("beacon").await`, then `trust.someone(&w).at(trust.school).with(RoleName::Hr, trust.root).appraised_by(&a).made().await`.
pub struct Making<'w> {
    w: &'w World,
    tenant: TenantId,
    name: (String, String),
    at: Option<OrganisationId>,
    category: StaffCategory,
    roles: Vec<(RoleName, OrganisationId)>,
    appraiser: Option<PersonId>,
}

pub fn title(text: &str) -> Title {
    Title::parse(text).unwrap()
}

impl World {
    pub async fn trust(&self, slug: &str) -> Trust {
        let id = TenantId(self.shared.ids.make(self.now()));
        let root = self.does(id, CreateTenant { slug: Slug::parse(slug).unwrap(), name: title(&format!("{slug} trust")), root: OrganisationKind::Trust }).await;
        let school = self.organisation(id, root, OrganisationKind::School, &format!("{slug} school")).await;
        let other_school = self.organisation(id, root, OrganisationKind::School, &format!("{slug} other school")).await;
        Trust { id, root, school, other_school }
    }
    pub async fn organisation(&self, tenant: TenantId, parent_id: OrganisationId, kind: OrganisationKind, name: &str) -> OrganisationId {
        let new = CreateOrganisation {
            parent_id,
            kind,
            name: title(name),
            phase: None,
            establishment_type: None,
            group_type: None,
            status: OrganisationStatus::Open,
            opened_on: None,
            closed_on: None,
            identifiers: vec![],
            external_refs: vec![],
        };
        self.does(tenant, new).await.record.id
    }
    /// A service account's key.
    pub async fn key(&self, trust: &Trust, scopes: &[Permission], at: Option<Vec<OrganisationId>>) -> (ServiceAccountId, KeyId, String) {
        let new = CreateServiceAccount { name: title("a machine"), scopes: scopes.to_vec(), organisation_ids: at };
        let id = self.does(trust.id, new).await.record.id;
        let key = KeyId(self.shared.ids.make(self.now()));
        let (shown, digest) = trellis_api::auth::secret::new_key(trust.id, key);
        self.does(trust.id, IssueKey { id, key, digest, expires_at: self.now() + TimeDelta::days(30) }).await;
        (id, key, shown)
    }
    /// Makes somebody another's appraiser, or line manager, from the beginning of the year.
    pub async fn appoint(&self, trust: &Trust, kind: RelationshipKind, person_id: PersonId, holder_id: PersonId) {
        let period = Period { starts_on: "2026-09-01".parse().unwrap(), ends_on: None };
        self.does(trust.id, CreateRelationship { kind, person_id, holder_id, period }).await;
    }
}

impl Trust {
    pub fn someone<'w>(&self, w: &'w World) -> Making<'w> {
        let n = w.people.fetch_add(1, Ordering::Relaxed);
        Making { w, tenant: self.id, name: ("Ada".into(), format!("Person{n}")), at: None, category: StaffCategory::Teacher, roles: vec![], appraiser: None }
    }
}

impl Making<'_> {
    pub fn named(mut self, given: &str, family: &str) -> Self {
        self.name = (given.into(), family.into());
        self
    }
    pub fn at(mut self, school: OrganisationId) -> Self {
        self.at = Some(school);
        self
    }
    pub fn employed_as(mut self, category: StaffCategory) -> Self {
        self.category = category;
        self
    }
    pub fn with(mut self, role: RoleName, at: OrganisationId) -> Self {
        self.roles.push((role, at));
        self
    }
    pub fn appraised_by(mut self, appraiser: &Someone) -> Self {
        self.appraiser = Some(appraiser.person);
        self
    }
    pub async fn made(self) -> Someone {
        let Making { w, tenant, name: (given, family), at, category, roles, appraiser } = self;
        let n = w.people.fetch_add(1, Ordering::Relaxed);
        let email = Email::parse(&format!("p{n}@school.example")).unwrap();
        let new = CreatePerson {
            given_name: Name::parse(&given).unwrap(),
            family_name: Name::parse(&family).unwrap(),
            preferred_name: None,
            email: Some(email.clone()),
            trn: None,
            external_refs: vec![],
        };
        let person = w.does(tenant, new).await.record.person.id;
        let period = Period { starts_on: "2020-09-01".parse().unwrap(), ends_on: None };
        let mut employment = None;
        if let Some(organisation_id) = at {
            let new = CreateEmployment {
                person_id: person,
                organisation_id,
                job_title: title("Teacher"),
                staff_category: category,
                staff_code: None,
                fte_percent: 100,
                period,
            };
            employment = Some(w.does(tenant, new).await.record.id);
        }
        for (role, organisation_id) in roles {
            w.does(tenant, GrantRole { person_id: person, role, organisation_id, period }).await;
        }
        if let Some(holder_id) = appraiser {
            w.does(tenant, CreateRelationship { kind: RelationshipKind::Appraiser, person_id: person, holder_id, period }).await;
        }
        // no password is hashed: the suite would do nothing else
        let password_hash = "none".to_owned();
        let account = w.does(tenant, CreateAccount { person_id: person, email: email.clone(), password_hash: password_hash.clone() }).await.record.id;
        let session = SessionId(w.shared.ids.make(w.now()));
        w.does(tenant, StartSession { account, password_hash, refresh_secret: vec![0], refresh_digest: vec![0], session, days: 365 }).await;
        let mut out = Someone { person, account, session, employment, email: email.as_str().into(), token: String::new() };
        out.token = w.token(tenant, &out);
        out
    }
}

impl World {
    /// Creates a cycle's appraisals (`?validate_only=true` may follow its address): the job, when it is done.
    pub async fn create_appraisals(&self, cycle: &str, by: &Someone) -> Reply {
        let (cycle, query) = cycle.split_once('?').unwrap_or((cycle, ""));
        let query = if query.is_empty() { String::new() } else { format!("?{query}") };
        let made = self.post(format!("{cycle}/create-appraisals{query}")).by(by).send().await.expect(202);
        trellis_api::runner::drain(&self.db, &self.shared).await.unwrap();
        let done = self.get(&made.headers["location"]).by(by).send().await.expect(200);
        assert_eq!(done.body["state"], "completed", "{}", done.text);
        done
    }
    /// A fresh access token of somebody's log-in.
    pub fn token(&self, tenant: TenantId, of: &Someone) -> String {
        self.shared.keyring.sign(tenant, of.session, of.account, of.person, self.now()).unwrap()
    }
}

/// A request being put together.
pub struct Asking<'w> {
    w: &'w World,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<(String, Vec<u8>)>,
    sent: Option<Value>,
    checked: bool,
}
/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Value,
    pub text: String,
    /// The body as it came, if it is no text.
    pub bytes: Vec<u8>,
}

impl World {
    pub fn ask(&self, method: Method, path: impl Into<String>) -> Asking<'_> {
        Asking { w: self, method, path: path.into(), headers: vec![], body: None, sent: None, checked: true }
    }
    pub fn get(&self, path: impl Into<String>) -> Asking<'_> {
        self.ask(Method::GET, path)
    }
    pub fn post(&self, path: impl Into<String>) -> Asking<'_> {
        self.ask(Method::POST, path)
    }
    pub fn patch(&self, path: impl Into<String>) -> Asking<'_> {
        self.ask(Method::PATCH, path)
    }
    pub fn delete(&self, path: impl Into<String>) -> Asking<'_> {
        self.ask(Method::DELETE, path)
    }
}

impl Asking<'_> {
    /// With somebody's access token.
    pub fn by(self, who: &Someone) -> Self {
        let token = who.token.clone();
        self.bearer(&token)
    }
    /// With any bearer credential.
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }
    pub fn json(mut self, body: Value) -> Self {
        self.body = Some(("application/json".into(), body.to_string().into_bytes()));
        self.sent = Some(body);
        self
    }
    /// A form (RFC 6749, appendix B).
    pub fn form(self, form: &str) -> Self {
        self.raw("application/x-www-form-urlencoded", form.as_bytes())
    }
    pub fn raw(mut self, media: &str, body: &[u8]) -> Self {
        self.body = Some((media.into(), body.to_vec()));
        self
    }
    async fn call(&mut self) -> ServiceResponse {
        let mut request = test::TestRequest::with_uri(&self.path).method(self.method.clone());
        for (name, value) in &self.headers {
            request = request.insert_header((name.as_str(), value.as_str()));
        }
        if let Some((media, bytes)) = self.body.take() {
            request = request.insert_header(("content-type", media)).set_payload(bytes);
        }
        (self.w.call)(request.to_request()).await
    }
    /// Opens a stream.
    pub async fn open(mut self) -> Open {
        let answer = self.call().await;
        assert_eq!(answer.status().as_u16(), 200);
        assert_eq!(answer.headers().get("content-type").unwrap(), "text/event-stream");
        Open { body: Box::pin(answer.into_body()) }
    }
    /// Sends it; the answer is held against the contract. Of a stream it is the first part, and then the caller goes.
    pub async fn send(mut self) -> Reply {
        let answer = self.call().await;
        let Asking { method, path, sent, checked, .. } = self;
        let (status, headers) = (answer.status(), headers_of(answer.headers()));
        let streams = headers.get("content-type").is_some_and(|media| media == "text/event-stream");
        let bytes = match streams {
            true => Open { body: Box::pin(answer.into_body()) }.part().await.unwrap_or_default().into_bytes(),
            false => test::read_body(answer).await.to_vec(),
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let read_as_text = |media: &String| !media.contains("json");
        let table = headers.get("content-type").is_some_and(read_as_text);
        let body = if streams || table { json!(text) } else { serde_json::from_str(&text).unwrap_or(Value::Null) };
        let reply = Reply { status: status.as_u16(), headers, body, text, bytes };
        reached(&reply);
        if checked {
            hold_against_contract(&method, &path, sent.as_ref(), &reply);
        }
        reply
    }
}

/// A stream that was opened, until it is dropped.
pub struct Open {
    body: Pin<Box<BoxBody>>,
}
impl Open {
    pub fn of(answer: ServiceResponse) -> Self {
        Self { body: Box::pin(answer.into_body()) }
    }
    /// The next part that is sent, or none at the end.
    pub async fn part(&mut self) -> Option<String> {
        let part = std::future::poll_fn(|cx| self.body.as_mut().poll_next(cx)).await?;
        Some(String::from_utf8(part.unwrap().to_vec()).unwrap())
    }
    /// The next events: name and data. Comments are passed over.
    pub async fn events(&mut self) -> Option<Vec<(String, Value)>> {
        loop {
            let part = self.part().await?;
            let field = |block: &str, name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(str::to_owned);
            let events: Vec<_> = part
                .split("\n\n")
                .filter_map(|block| {
                    let (name, data) = (field(block, "event: ")?, serde_json::from_str::<Value>(&field(block, "data: ")?).unwrap());
                    assert!(name == "error" || (field(block, "id: ").as_deref() == data["cursor"].as_str() && data["type"] == name.as_str()), "{block}");
                    Some((name, data))
                })
                .collect();
            if !events.is_empty() {
                return Some(events);
            }
        }
    }
}

fn headers_of(headers: &HeaderMap) -> HashMap<String, String> {
    headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned())).collect()
}

impl Reply {
    #[track_caller]
    pub fn expect(self, status: u16) -> Reply {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }
    /// It is a problem of this code, and says so in every place.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Reply {
        assert_eq!((self.status, self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
        self
    }
    pub fn etag(&self) -> String {
        self.headers.get("etag").cloned().unwrap_or_default()
    }
    pub fn id(&self) -> String {
        self.body["id"].as_str().unwrap_or_default().to_owned()
    }
    pub fn items(&self) -> &[Value] {
        self.body["items"].as_array().map_or(&[], Vec::as_slice)
    }
    /// The pointers of a problem's faults.
    pub fn pointers(&self) -> Vec<&str> {
        self.body["errors"].as_array().into_iter().flatten().filter_map(|e| e["pointer"].as_str()).collect()
    }
    pub fn can(&self, action: &str) -> bool {
        self.body["can"][action]["allowed"].as_bool().unwrap_or_else(|| panic!("no {action} in {}", self.text))
    }
}

/// Codes that the suite met are noted in files, for `reached.rs`, which runs after the suite.
fn reached(reply: &Reply) {
    if reply.status >= 300
        && let Some(code) = reply.body["code"].as_str()
    {
        note(code);
    }
    for fault in reply.body["errors"].as_array().into_iter().flatten() {
        if let Some(code) = fault["code"].as_str() {
            note(code);
        }
    }
}
pub fn note(code: &str) {
    let folder = scratch().join("reached");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(code), b"").unwrap();
}

pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(trellis_api::openapi::document)
}

/// The operation of the contract that an address belongs to, with its template.
pub fn operation(method: &Method, path: &str) -> Option<(&'static str, &'static Value)> {
    let path = path.split('?').next().unwrap_or_default();
    let fits = |template: &str| {
        let (a, b): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
        a.len() == b.len() && a.iter().zip(&b).all(|(t, s)| t == s || t.starts_with('{'))
    };
    let paths = document()["paths"].as_object().unwrap();
    let mut found: Vec<_> = paths.iter().filter(|(template, item)| fits(template) && item.get(method.as_str().to_lowercase()).is_some()).collect();
    found.sort_by_key(|(template, _)| template.matches('{').count());
    found.first().map(|(template, item)| (template.as_str(), &item[method.as_str().to_lowercase()]))
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(reference) => document().pointer(reference.trim_start_matches('#')).unwrap_or_else(|| panic!("{reference} resolves to nothing")),
        None => value,
    }
}

/// A validator of a schema of the contract; made once for each.
pub fn validator(schema: &Value) -> Arc<Validator> {
    static MADE: OnceLock<Mutex<HashMap<String, Arc<Validator>>>> = OnceLock::new();
    let key = schema.to_string();
    let mut made = MADE.get_or_init(Mutex::default).lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    made.entry(key)
        .or_insert_with(|| {
            let whole = json!({"allOf": [schema], "components": document()["components"]});
            Arc::new(jsonschema::draft202012::options().should_validate_formats(true).build(&whole).unwrap())
        })
        .clone()
}

/// Every answer of the suite: its status is documented, its media type and body are as promised, and so was what was sent, if it was taken.
fn hold_against_contract(method: &Method, path: &str, sent: Option<&Value>, reply: &Reply) {
    assert!(reply.headers.contains_key("request-id"), "no Request-Id: {method} {path}");
    if method == Method::HEAD {
        return assert!(reply.text.is_empty(), "HEAD {path} has a body: {}", reply.text); // that the rest is GET's is a test of its own
    }
    // a client that asks for a token is refused in the words of RFC 6749, and as the contract says
    let oauth = path.starts_with("/oauth/token") && !reply.headers.contains_key("error-code");
    if reply.status >= 400 && oauth {
        assert!(matches!(reply.status, 400 | 401) && reply.body["error"].is_string(), "{}", reply.text);
    } else if reply.status >= 305 {
        assert_eq!(reply.headers.get("content-type").map(String::as_str), Some("application/problem+json"), "{method} {path}: {}", reply.text);
        assert_eq!(reply.headers.get("error-code").map(String::as_str), reply.body["code"].as_str());
        assert_eq!(reply.body["status"].as_u64(), Some(reply.status.into()));
        assert_eq!(reply.body["request_id"].as_str(), reply.headers.get("request-id").map(String::as_str));
        assert_ne!(reply.status, 500, "{method} {path}: {}", reply.text);
    }
    let Some((template, operation)) = operation(method, path) else {
        assert!(
            matches!(reply.status, 404 | 405) || method == Method::OPTIONS || !path.starts_with("/v1/"),
            "{method} {path} is in no contract and answered {}",
            reply.status
        );
        return;
    };
    let name = format!("{method} {template} -> {}", reply.status);
    let response = operation["responses"].get(reply.status.to_string()).unwrap_or_else(|| panic!("{name} is not documented: {}", reply.text));
    let response = resolve(response);
    for (header, spec) in response["headers"].as_object().into_iter().flatten() {
        if resolve(spec)["required"] == true {
            assert!(reply.headers.contains_key(&header.to_lowercase()), "{name} lacks {header}");
        }
    }
    match response["content"].as_object() {
        None => assert!(reply.text.is_empty(), "{name} has a body that is not documented: {}", reply.text),
        Some(content) => {
            let media = reply.headers.get("content-type").map_or("", |m| m.split(';').next().unwrap_or_default());
            let schema = &content.get(media).unwrap_or_else(|| panic!("{name} answered {media}"))["schema"];
            let check = validator(schema);
            let faults: Vec<String> = check.iter_errors(&reply.body).map(|e| format!("{} {e}", e.instance_path())).collect();
            assert!(faults.is_empty(), "{name} breaks the contract: {faults:?}\n{}", reply.text);
        }
    }
    if let (Some(sent), Some(schema), 200..=299) = (sent, operation.pointer("/requestBody/content/application~1json/schema"), reply.status) {
        let check = validator(schema);
        let faults: Vec<String> = check.iter_errors(sent).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{name} took what the contract does not describe: {faults:?}");
    }
}

/// Two answers that must not be told apart, but for the request's id.
#[track_caller]
pub fn alike(a: &Reply, b: &Reply) {
    let bare = |r: &Reply| {
        let mut body = r.body.clone();
        body["request_id"] = Value::Null;
        // a job has an id of its own, and its results say by which key each row was sent
        if body.get("job_id").is_some() {
            body["job_id"] = Value::Null;
            body["results"].as_array_mut().into_iter().flatten().for_each(|row| row["external_ref"] = Value::Null);
        }
        let mut headers = r.headers.clone();
        for own in ["request-id", "date", "content-length"] {
            headers.remove(own);
        }
        (r.status, body, headers)
    };
    assert_eq!(bare(a), bare(b));
}
