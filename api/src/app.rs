//! The server put together: what all requests share, the operations, and what answers when none of them does.

use crate::{
    admission::Admission,
    auth::{password::Passwords, token::Keyring},
    contract::Contract,
    demo,
    error::{ApiError, allow},
    evidence::store::Store,
    expand, openapi,
    permitted::InFlight,
    problem::Problem,
    request,
    routes::{Routes, Served},
    share::Shares,
    uses::{KEY_EXPIRES_AT, Uses},
    waiting::Waiting,
};
use actix_cors::Cors;
use actix_web::{
    App, Error, HttpRequest, HttpResponse,
    body::BoxBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::from_fn,
    web,
};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};
use std::{
    num::NonZeroU32,
    sync::{Arc, OnceLock},
};
use trellis_domain::{id::IdMaker, id::TenantId, time::Clock};
use trellis_persistence::{
    Act, Database, Principal, Source, StoreError,
    account::ForgetSessions,
    employment::LapseEmployments,
    idempotency::ForgetAnswers,
    job::ForgetJobs,
    service_account::{FindKeysThatEnd, NoteUses, WarnOfKeysThatEnd},
    tenant::{AddSigningKey, ListTenants, SigningKeys},
};
use utoipa_swagger_ui::{Config, SwaggerUi};
use uuid::Uuid;

/// Attempts on one account a minute from one address.
const ATTEMPTS: u32 = 20;
/// Attempts on one account a minute from everywhere: more than one address can make, so that nobody locks somebody else out alone.
const ATTEMPTS_OF_ALL: u32 = 200;
/// Large bodies that lie on the disk at once, and how many of one caller's.
const SPOOLED: usize = 16;
const SPOOLED_EACH: usize = 4;
/// Days after which new access tokens are signed with a new key.
const ROTATE_DAYS: i64 = 30;
/// Days after which a key is forgotten: all that it signed has long expired.
const FORGET_DAYS: i64 = 32;

/// People of whom it is noted in one transaction that an employment is over.
const LAPSE_AT_ONCE: i64 = 100;

/// Attempts at passwords and clients' secrets, counted by account.
pub struct Attempts {
    here: DefaultKeyedRateLimiter<(String, String)>,
    of_all: DefaultKeyedRateLimiter<String>,
}
impl Default for Attempts {
    fn default() -> Self {
        let a_minute = |n| Quota::per_minute(NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN));
        Self { here: RateLimiter::keyed(a_minute(ATTEMPTS)), of_all: RateLimiter::keyed(a_minute(ATTEMPTS_OF_ALL)) }
    }
}
impl Attempts {
    /// Counts one more from this address. What is refused to an address does not count against the account.
    ///
    /// # Errors
    /// `too_many_requests`, with the time to wait.
    pub fn note(&self, from: &str, account: &str) -> Result<(), ApiError> {
        let here = self.here.check_key(&(from.to_owned(), account.to_owned()));
        here.and_then(|()| self.of_all.check_key(&account.to_owned())).map_err(|until| {
            let wait = until.wait_time_from(governor::clock::DefaultClock::default().now()).as_secs() + 1;
            ApiError::new(Problem::TooManyRequests, "too many attempts on this account").header(header::RETRY_AFTER, wait.to_string())
        })
    }
    /// Forgets accounts that were left alone for long.
    pub fn tidy(&self) {
        self.here.retain_recent();
        self.of_all.retain_recent();
    }
}

/// What all requests share.
pub struct Shared {
    /// Which database it runs on.
    pub database: &'static str,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub ids: Arc<dyn IdMaker>,
    /// Keys of access tokens.
    pub keyring: Keyring,
    /// Hashes passwords in turn.
    pub passwords: Passwords,
    /// Counts attempts at passwords and clients' secrets.
    pub attempts: Attempts,
    /// When machines' keys were last used.
    pub uses: Uses,
    /// Idempotency keys that are being worked on.
    pub in_flight: InFlight,
    /// Requests that are being answered.
    pub admission: Admission,
    /// Readers who wait for what comes.
    pub waiting: Waiting,
    /// Large bodies that lie on the disk, and files that are being taken in.
    pub spooled: Shares,
    /// Where files of evidence are kept.
    pub evidence: Store,
    /// The contract.
    pub contract: &'static Contract,
    /// Web origins that may call from a browser.
    pub origins: Vec<String>,
    /// Rung when a job was submitted.
    pub jobs: tokio::sync::Notify,
    /// The demo, if this is one.
    pub demo: Option<demo::Demo>,
}

/// The contract, read once.
fn contract() -> Result<&'static Contract, StoreError> {
    static CONTRACT: OnceLock<Result<Contract, String>> = OnceLock::new();
    let read = CONTRACT.get_or_init(|| Contract::of(openapi::text()).map_err(|e| format!("the contract cannot be read: {e}")));
    read.as_ref().map_err(|e| StoreError::Internal(e.clone()))
}

/// How a server is put together.
pub struct Setup {
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where ids come from.
    pub ids: Arc<dyn IdMaker>,
    /// Web origins that may call from a browser.
    pub origins: Vec<String>,
    /// The address under which the world knows the server, without a slash at its end: it issues machines' tokens under that name.
    pub public_url: String,
    /// Where files of evidence are kept.
    pub evidence: Store,
    /// Is it the demo?
    pub demo: bool,
}

/// An act of the server itself.
pub fn operators_act(tenant: TenantId, clock: &dyn Clock, ids: Arc<dyn IdMaker>, request_id: &str) -> Act {
    let now = trellis_domain::time::micros(clock.now());
    Act { tenant, principal: Principal::Operator, now, wall: now, request_id: request_id.into(), ids }
}

impl Shared {
    /// What all requests share, on this database; the demo's data are made if it is one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn new(source: &Source, setup: Setup) -> Result<Arc<Self>, StoreError> {
        let Setup { clock, ids, origins, public_url, evidence, demo } = setup;
        let db = source.connect()?;
        let demo = if demo { Some(demo::Demo::build(&db, &evidence, &*clock, ids.clone()).await?) } else { None };
        let shared = Self {
            database: source.kind(),
            clock,
            ids,
            keyring: Keyring::new(public_url),
            passwords: Passwords::default(),
            attempts: Attempts::default(),
            uses: Uses::default(),
            in_flight: InFlight::default(),
            admission: Admission::default(),
            waiting: Waiting::default(),
            spooled: Shares::new(SPOOLED, SPOOLED_EACH),
            evidence,
            contract: contract()?,
            origins,
            jobs: tokio::sync::Notify::new(),
            demo,
        };
        shared.rotate(&db).await?;
        Ok(Arc::new(shared))
    }
    /// Adds a signing key when the newest is old, and takes on what is kept: a sibling may have added one.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn rotate(&self, db: &Database) -> Result<(), StoreError> {
        let act = operators_act(TenantId(Uuid::nil()), &*self.clock, self.ids.clone(), "rotation");
        let add = AddSigningKey { private_key: crate::auth::token::new_private_key(), rotate_after_days: ROTATE_DAYS, forget_after_days: FORGET_DAYS };
        db.write(act.clone(), add).await?;
        let kept = db.read(act, SigningKeys).await?;
        self.keyring.replace(&kept);
        Ok(())
    }
    /// Notes when machines' keys were last used: every hour, and when the server stops.
    ///
    /// # Errors
    /// When the database cannot be written; what was not noted then is noted with the key's next use.
    pub async fn note_uses(&self, db: &Database) -> Result<(), StoreError> {
        for (tenant, uses) in self.uses.take() {
            db.write(operators_act(tenant, &*self.clock, self.ids.clone(), "tidying"), NoteUses { uses }).await?;
        }
        Ok(())
    }
    /// Leaves an event in every tenant for each of its keys whose end is near.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn warn_of_keys_that_end(&self, db: &Database) -> Result<(), StoreError> {
        let act = |tenant| operators_act(tenant, &*self.clock, self.ids.clone(), "tidying");
        for tenant in db.read(act(TenantId(Uuid::nil())), FindKeysThatEnd).await? {
            db.write(act(tenant), WarnOfKeysThatEnd).await?;
        }
        Ok(())
    }
    /// What is done every hour: signing keys are rotated, old answers and log-ins forgotten, machines' keys looked after, it is noted whose employment
    /// is over, and files that are nobody's are removed.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn tidy(&self, db: &Database) -> Result<(), StoreError> {
        self.rotate(db).await?;
        let act = operators_act(TenantId(Uuid::nil()), &*self.clock, self.ids.clone(), "tidying");
        db.write(act.clone(), ForgetAnswers).await?;
        db.write(act.clone(), ForgetSessions).await?;
        while db.write(act.clone(), ForgetJobs).await? > 0 {}
        self.note_uses(db).await?;
        self.warn_of_keys_that_end(db).await?;
        self.attempts.tidy();
        for tenant in db.read(act, ListTenants).await? {
            let act = operators_act(tenant.id, &*self.clock, self.ids.clone(), "tidying");
            while db.write(act.clone(), LapseEmployments { people: LAPSE_AT_ONCE }).await? > 0 {}
            crate::evidence::file::sweep(&self.evidence, db, act).await?;
        }
        Ok(())
    }
}

/// Every operation of the contract. Routes are tried in this order: what is asked most comes first.
pub fn operations(config: &mut Routes<'_>) {
    crate::objective::routes(config);
    crate::objective_bulk::routes(config);
    crate::objective_onward::routes(config);
    crate::objective_note::routes(config);
    crate::collaboration::routes(config);
    crate::appraisal::routes(config);
    crate::report::routes(config);
    crate::pay::routes(config);
    crate::statement::routes(config);
    crate::need::routes(config);
    crate::intake::routes(config);
    crate::learning::routes(config);
    crate::evidence::routes(config);
    crate::learning_statement::routes(config);
    crate::reflection::routes(config);
    crate::me::routes(config);
    crate::task::routes(config);
    crate::calendar_link::routes(config);
    crate::check_in::routes(config);
    crate::coaching_rhythm::routes(config);
    crate::disclosure::routes(config);
    crate::account::routes(config);
    crate::organisation::routes(config);
    crate::person::routes(config);
    crate::provenance::routes(config);
    crate::erasure::routes(config);
    crate::merge::routes(config);
    crate::matching::routes(config);
    crate::employment::routes(config);
    crate::line_management::routes(config);
    crate::relationship::routes(config);
    crate::role::routes(config);
    crate::roll_over::routes(config);
    crate::framework::routes(config);
    crate::profile::routes(config);
    crate::calendar::routes(config);
    crate::hold::routes(config);
    crate::cycle::routes(config);
    crate::conversation_template::routes(config);
    crate::conversation::routes(config);
    crate::conversation_agenda::routes(config);
    crate::conversation_words::routes(config);
    crate::agreed_action::routes(config);
    crate::improvement::routes(config);
    crate::priority::routes(config);
    crate::insight::routes(config);
    crate::activity::routes(config);
    crate::learning_session::routes(config);
    crate::programme::routes(config);
    crate::enrolment::routes(config);
    crate::certificate::routes(config);
    crate::training::routes(config);
    crate::training_completion::routes(config);
    crate::compliance::routes(config);
    crate::request_verdict::routes(config);
    crate::request_decision::routes(config);
    crate::request_talk::routes(config);
    crate::impact::routes(config);
    crate::learning_request::routes(config);
    crate::budget::routes(config);
    crate::inquiry::routes(config);
    crate::finding::routes(config);
    crate::coaching::routes(config);
    crate::action_step::routes(config);
    crate::learning_visit::routes(config);
    crate::self_review::routes(config);
    crate::shared_self_review::routes(config);
    crate::feed::routes(config);
    crate::service_account::routes(config);
    crate::bulk::routes(config);
    crate::sync::routes(config);
    crate::job::routes(config);
    crate::oauth::routes(config);
    crate::explain::routes(config);
    demo::routes(config);
    crate::public::routes(config);
}

/// No operation has this route: the address is unknown, or takes other methods.
async fn no_operation(request: HttpRequest, shared: web::Data<Shared>) -> Result<HttpResponse, ApiError> {
    let methods = shared.contract.methods(request.path());
    if methods.is_empty() {
        let detail = match shared.contract.like(request.path()) {
            Some(pattern) => format!("no operation has this address; did you mean {pattern}?"),
            None => "no operation has this address; /docs has them all".into(),
        };
        return Err(ApiError::new(Problem::UnknownAddress, detail));
    }
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((header::ALLOW, allow(&methods))).finish());
    }
    Err(ApiError::method_not_allowed(&methods))
}

fn cors(origins: &[String]) -> Cors {
    let exposed = ["etag", "link", "location", "retry-after", "request-id", "error-code", "idempotency-replayed", "content-disposition", KEY_EXPIRES_AT];
    let accepted = ["authorization", "content-type", "if-match", "if-none-match", "idempotency-key", "request-id", "demo-now", "last-event-id", "prefer"];
    let base = Cors::default().allowed_methods(["GET", "HEAD", "POST", "PATCH", "DELETE"]).allowed_headers(accepted).expose_headers(exposed).max_age(3600);
    origins.iter().fold(base, |cors, origin| cors.allowed_origin(origin))
}

/// The application of one worker.
pub fn app(
    shared: Arc<Shared>,
    db: Database,
) -> App<impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>> {
    let cors = cors(&shared.origins);
    App::new()
        .app_data(web::Data::from(shared))
        .app_data(web::Data::new(db))
        .configure(|config| Served::of(operations).register(config))
        .route("/openapi.json", web::get().to(crate::public::document))
        .route("/", web::get().to(|| async { HttpResponse::SeeOther().insert_header((header::LOCATION, "/docs/")).finish() }))
        .route("/docs", web::get().to(|| async { HttpResponse::SeeOther().insert_header((header::LOCATION, "/docs/")).finish() }))
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json").validator_url("none")))
        .default_service(web::to(no_operation))
        .wrap(from_fn(expand::around))
        .wrap(cors)
        .wrap(from_fn(request::around))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_locks_somebody_else_out_from_one_address() {
        let attempts = Attempts::default();
        let made = |from: &str, n: u32| (0..n).filter(|_| attempts.note(from, "beacon a@school.example").is_ok()).count();
        assert_eq!(made("192.0.2.1", 100), 20);
        assert_eq!(made("192.0.2.2", 1), 1, "another address tries on");
        assert_eq!((0..20).map(|n| made(&format!("198.51.100.{n}"), 20)).sum::<usize>(), 179, "an account is guessed at 200 times a minute at most");
    }
}
