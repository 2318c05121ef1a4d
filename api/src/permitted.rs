//! The only way to the database. A handler receives `Permitted<N>`; the type `N` is the need, and only operations of that need can be run
//! with it. A handler without one has nothing to work with.

use crate::{
    app::Shared,
    auth::{secret, token::Bearer},
    error::ApiError,
    extract::BodyDigest,
    problem::Problem,
    request::{ActorId, Context},
    uses::Presented,
    waiting::Seat,
};
use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse,
    dev::Payload,
    http::{Method, header},
    web,
};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::{
    collections::HashSet,
    future::{Ready, ready},
    marker::PhantomData,
    sync::{Arc, Mutex},
};
use trellis_domain::{
    id::{EvidenceId, KeyId, ServiceAccountId, TenantId},
    time::micros,
};
use trellis_persistence::{
    Act, Command, Database, GoodUntil, Principal, Query, StoreError,
    bell::Listener,
    disclosure::{RecordReadings, Sealed},
    evidence::Linked,
    idempotency::{Answer, Key, Stored},
    me::WhoAmI,
    merge::FindMerged,
    transaction::{
        Need, Needs, Operation,
        needs::{Identified, Operator, Public, ReadLearning, Under},
    },
};
use uuid::Uuid;

/// Header under which a write can be sent again.
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";
/// Says that an answer was kept from an earlier request.
pub const REPLAYED: &str = "idempotency-replayed";

/// A caller who asked for operations of this need, and the database they are run on.
pub struct Permitted<N> {
    act: Act,
    db: web::Data<Database>,
    shared: web::Data<Shared>,
    request: HttpRequest,
    need: PhantomData<N>,
}

/// Idempotency keys that are being worked on at this moment.
#[derive(Default, Clone)]
pub struct InFlight(Arc<Mutex<HashSet<String>>>);
/// One of them; it is free again when this is dropped.
struct Held {
    all: InFlight,
    key: String,
}
impl InFlight {
    fn hold(&self, key: String) -> Result<Held, ApiError> {
        let free = self.0.lock().is_ok_and(|mut all| all.insert(key.clone()));
        match free {
            true => Ok(Held { all: self.clone(), key }),
            false => Err(ApiError::new(Problem::IdempotencyKeyInUse, "a request with this key is running").header(header::RETRY_AFTER, "1")),
        }
    }
}
impl Drop for Held {
    fn drop(&mut self) {
        if let Ok(mut all) = self.all.0.lock() {
            all.remove(&self.key);
        }
    }
}

const BEARER: &str = "the header is `Authorization: Bearer`, a space, and the token or key as it is, without quotation marks";
/// Where people put a credential who are used to other services.
fn elsewhere(request: &HttpRequest) -> Option<&'static str> {
    let header = ["x-api-key", "api-key", "x-auth-token"].into_iter().find(|name| request.headers().contains_key(*name));
    let names = || request.query_string().split('&').filter_map(|pair| pair.split('=').next());
    header.or_else(|| ["access_token", "api_key", "token"].into_iter().find(|name| names().any(|sent| sent == *name)))
}

fn principal(request: &HttpRequest, shared: &Shared, context: &Context) -> Result<(TenantId, Principal), ApiError> {
    let refuse = |problem| Err(ApiError::unauthenticated(problem));
    let Some(header) = request.headers().get(header::AUTHORIZATION) else {
        let error = ApiError::unauthenticated(Problem::AuthenticationRequired);
        return Err(match elsewhere(request) {
            Some(place) => error.detailed(format!("a credential in {place} is not read; {BEARER}")),
            None => error,
        });
    };
    let credential = header.to_str().ok().and_then(|h| h.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, c)| c.trim());
    let Some(credential) = credential else { return Err(ApiError::unauthenticated(Problem::TokenMalformed).detailed(BEARER)) };
    if credential.starts_with(secret::KEY_PREFIX) {
        let Some((tenant, key, digest)) = secret::read_key(credential) else { return refuse(Problem::TokenMalformed) };
        request.extensions_mut().insert(ActorId(key.to_string()));
        return Ok((tenant, Principal::Key { key, digest, of: None, until: presented(request, tenant, key) }));
    }
    match shared.keyring.verify(credential, context.wall) {
        Ok(Bearer::Session { tenant, session, account }) => {
            request.extensions_mut().insert(ActorId(account.to_string()));
            Ok((tenant, Principal::Session { session, account }))
        }
        Ok(Bearer::Client { tenant, account, key, scopes }) => {
            request.extensions_mut().insert(ActorId(account.to_string()));
            Ok((tenant, Principal::Client { account, key, scopes, until: presented(request, tenant, key) }))
        }
        Err(problem) => refuse(problem),
    }
}

/// Notes on the request that it presents this key. Whether it is good is found out by the store.
fn presented(request: &HttpRequest, tenant: TenantId, key: KeyId) -> GoodUntil {
    let until = GoodUntil::default();
    request.extensions_mut().insert(Presented { tenant, key, until: until.clone() });
    until
}

fn permit<N: Needs>(request: &HttpRequest) -> Result<Permitted<N>, ApiError> {
    let (Some(shared), Some(db)) = (request.app_data::<web::Data<Shared>>().cloned(), request.app_data::<web::Data<Database>>().cloned()) else {
        return Err(ApiError::internal(&"the server was put together without its database"));
    };
    let Some(context) = request.extensions().get::<Context>().cloned() else { return Err(ApiError::internal(&"a request without its context")) };
    let (tenant, principal) = match N::NEED {
        Need::Nothing => (TenantId(Uuid::nil()), Principal::Nobody),
        Need::Permission(_) | Need::Identity => principal(request, &shared, &context)?,
        Need::Operator => return Err(ApiError::not_found()),
    };
    let act = Act { tenant, principal, now: context.now, wall: context.wall, request_id: context.request_id, ids: shared.ids.clone() };
    Ok(Permitted { act, db, shared, request: request.clone(), need: PhantomData })
}

/// By what a caller is told from others where something is shared out.
fn who(principal: &Principal) -> String {
    match principal {
        Principal::Session { account, .. } => account.to_string(),
        Principal::Key { key, .. } => key.to_string(),
        Principal::Client { account, .. } => account.to_string(),
        Principal::Operator | Principal::Nobody => String::new(),
    }
}

/// Judges whoever sends a large body, before more of it is taken than anybody may send.
///
/// # Errors
/// When there is no credential, or it is not good.
pub(crate) async fn admitted(request: &HttpRequest) -> Result<String, ApiError> {
    let permitted = permit::<Identified>(request)?;
    permitted.read(WhoAmI).await?;
    Ok(who(&permitted.act.principal))
}

/// Reads what is put beside an answer that was given: it is judged by a permission of its own.
///
/// # Errors
/// As the operation says.
pub(crate) async fn also<R: Query>(request: &HttpRequest, operation: R) -> Result<R::Output, ApiError> {
    permit::<R::Needs>(request)?.read(operation).await
}

/// What is read or corrected is the same of the record that is there now. An act is not: merging, ending or handing over was meant for another.
fn follows(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::PATCH)
}

impl<N: Needs> FromRequest for Permitted<N> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(permit(request))
    }
}

impl<N: Needs> Permitted<N> {
    /// Reads.
    ///
    /// # Errors
    /// As the operation says.
    pub async fn read<R: Query + Operation<Needs = N>>(&self, operation: R) -> Result<R::Output, ApiError> {
        match self.db.read(self.act.clone(), operation).await {
            Err(StoreError::Missing) => Err(self.gone().await),
            other => Ok(other?),
        }
    }
    /// Gives out what may be read once the reading is recorded: the answer waits until it is, and is none if it cannot be.
    ///
    /// # Errors
    /// When the reading cannot be recorded.
    pub async fn unseal<T>(&self, sealed: Sealed<T>) -> Result<T, ApiError> {
        let receipt = match sealed.readings() {
            [] => None,
            readings => Some(self.perform(RecordReadings::<N> { readings: readings.to_vec(), need: Under::new() }).await?),
        };
        Ok(sealed.open(receipt)?)
    }
    /// The answer where there is nothing: the way to what it was merged into, if it was and the caller may know of that.
    async fn gone(&self) -> ApiError {
        let own = self.request.match_info().get("id").filter(|_| matches!(N::NEED, Need::Permission(_)) && follows(self.request.method()));
        let Some(id) = own.and_then(|id| Uuid::try_parse(id).ok()) else { return ApiError::not_found() };
        match self.db.read(self.act.clone(), FindMerged { id }).await {
            Ok(Some(now)) => {
                let own = own.unwrap_or_default();
                let way = self.request.uri().to_string().replacen(own, &now.to_string(), 1);
                ApiError::new(Problem::Merged, "the record was merged into another one").header(header::LOCATION, way)
            }
            Ok(None) | Err(StoreError::Missing | StoreError::Unauthenticated(_) | StoreError::Denied(_)) => ApiError::not_found(),
            Err(e) => e.into(),
        }
    }
    /// Counts one more attempt at a password or secret of this account, made from where the request came.
    ///
    /// # Errors
    /// `too_many_requests`, with the time to wait.
    pub fn attempt(&self, account: &str) -> Result<(), ApiError> {
        let from = self.request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
        self.shared.attempts.note(&from, account)
    }
    /// Begins to listen for what is committed in the caller's tenant.
    pub fn listen(&self) -> Listener {
        self.db.listen(self.act.tenant)
    }
    /// Takes a seat among those who wait.
    ///
    /// # Errors
    /// `busy`, when all are taken.
    pub fn seat(&self) -> Result<Seat, ApiError> {
        self.shared.waiting.seat(&who(&self.act.principal))
    }
    /// The same caller a while later: their credential is judged anew, by the clock as it is now.
    ///
    /// # Errors
    /// When the credential is no longer good.
    pub fn renew(&mut self) -> Result<(), ApiError> {
        let wall = micros(self.shared.clock.now());
        let now = self.act.now + (wall - self.act.wall);
        let context = Context { request_id: self.act.request_id.clone(), now, wall };
        (self.act.tenant, self.act.principal) = principal(&self.request, &self.shared, &context)?;
        (self.act.now, self.act.wall) = (now, wall);
        Ok(())
    }
    /// Writes, and answers what `render` makes of the outcome. With an `Idempotency-Key` the answer is kept with the effect, and sent again.
    ///
    /// # Errors
    /// As the operation says.
    pub async fn write<W>(&self, operation: W, render: impl Fn(&W::Output) -> Stored + Send + 'static) -> Result<HttpResponse, ApiError>
    where
        W: Command + Operation<Needs = N>,
    {
        let answer = self.once(operation, render).await?;
        Ok(crate::respond::stored(&answer.stored, answer.replayed))
    }
    /// Writes once under the request's idempotency key, if it has one.
    ///
    /// # Errors
    /// As the operation says.
    pub async fn once<W>(&self, operation: W, render: impl Fn(&W::Output) -> Stored + Send + 'static) -> Result<Answer, ApiError>
    where
        W: Command + Operation<Needs = N>,
    {
        let key = self.idempotency_key()?;
        let held = match &key {
            Some(key) => Some(self.shared.in_flight.hold(format!("{:?} {} {}", self.act.principal, key.operation, key.key))?),
            None => None,
        };
        let answer = self.db.write_once(self.act.clone(), operation, key, Box::new(render)).await;
        drop(held);
        match answer {
            Err(StoreError::Missing) => Err(self.gone().await),
            other => Ok(other?),
        }
    }
    /// Writes, for what has no answer of its own to keep.
    ///
    /// # Errors
    /// As the operation says.
    pub async fn perform<W: Command + Operation<Needs = N>>(&self, operation: W) -> Result<W::Output, ApiError> {
        Ok(self.db.write(self.act.clone(), operation).await?)
    }
    /// Tidies up after this caller's own work.
    ///
    /// # Errors
    /// As the operation says.
    pub(crate) async fn as_operator<W: Command + Operation<Needs = Operator>>(&self, operation: W) -> Result<W::Output, ApiError> {
        let act = Act { principal: Principal::Operator, ..self.act.clone() };
        Ok(self.db.write(act, operation).await?)
    }
    /// Removes the bytes of files that this caller's work left to nobody. The hourly tidying does what could not be done now.
    pub(crate) async fn discard_files(&self) {
        let act = Act { principal: Principal::Operator, ..self.act.clone() };
        if let Err(e) = crate::evidence::file::sweep(&self.shared.evidence, &self.db, act).await {
            log::warn!("files that are nobody's could not be removed; it is tried again: {e}");
        }
    }
    /// The act: when, in which tenant, in which request.
    pub fn act(&self) -> &Act {
        &self.act
    }
    /// What all requests share.
    pub fn shared(&self) -> &Shared {
        &self.shared
    }
    fn idempotency_key(&self) -> Result<Option<Key>, ApiError> {
        let Some(key) = self.request.headers().get(IDEMPOTENCY_KEY) else { return Ok(None) };
        let form = || ApiError::new(Problem::InvalidHeader, "Idempotency-Key is 1 to 255 visible ASCII characters");
        let key = key.to_str().map_err(|_| form())?;
        if !(1..=255).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(form());
        }
        let pattern = self.request.match_pattern().unwrap_or_default();
        let operation = self.shared.contract.operation(self.request.method(), &pattern).map_or("", |o| o.id);
        let mut digest = Sha256::new();
        digest.update(self.request.uri().to_string());
        if let Some(BodyDigest(body)) = self.request.extensions().get::<BodyDigest>() {
            digest.update([0]);
            digest.update(body);
        }
        Ok(Some(Key { key: key.into(), operation: operation.into(), request_digest: digest.finalize().to_vec() }))
    }
}

impl Permitted<ReadLearning> {
    /// A link to the file of this evidence, which stands for the caller: it is good as long as they are let in with what they came with.
    ///
    /// # Errors
    /// When there is no key to sign with.
    pub fn link(&self, Linked { evidence, machine }: &Linked) -> Result<(String, DateTime<Utc>), ApiError> {
        let tenant = self.act.tenant;
        let bearer = match (&self.act.principal, machine) {
            (Principal::Session { session, account }, _) => Bearer::Session { tenant, session: *session, account: *account },
            (Principal::Key { key, .. } | Principal::Client { key, .. }, Some(account)) => {
                Bearer::Client { tenant, account: *account, key: *key, scopes: Vec::new() }
            }
            _ => return Err(ApiError::internal(&"a link for nobody")),
        };
        self.shared.keyring.sign_link(evidence.id, &bearer, self.act.wall).map_err(|e| ApiError::internal(&e))
    }
}

impl Permitted<Public> {
    /// Whoever made a link to a file, to read learning, and which file.
    ///
    /// # Errors
    /// `not_found`, when it is no link, or its time is over.
    pub fn by_link(self, link: &str) -> Result<(Permitted<ReadLearning>, EvidenceId), ApiError> {
        let Self { mut act, db, shared, request, need: _ } = self;
        let (evidence, bearer) = shared.keyring.verify_link(link, act.wall).ok_or_else(ApiError::not_found)?;
        (act.tenant, act.principal) = match bearer {
            Bearer::Session { tenant, session, account } => (tenant, Principal::Session { session, account }),
            Bearer::Client { tenant, account, key, scopes } => (tenant, Principal::Client { account, key, scopes, until: GoodUntil::default() }),
        };
        Ok((Permitted { act, db, shared, request, need: PhantomData }, evidence))
    }
    /// The database itself, with which the demo makes itself anew.
    pub(crate) fn database(&self) -> &Database {
        &self.db
    }
    /// The same, in a tenant that was found by its name or in a token.
    #[must_use]
    pub fn in_tenant(mut self, tenant: TenantId) -> Self {
        self.act.tenant = tenant;
        self
    }
    /// A machine that says who it is, and sent a key elsewhere than as a bearer credential. The store judges both with every operation.
    #[must_use]
    pub fn as_client(self, account: ServiceAccountId, tenant: TenantId, key: KeyId, digest: Vec<u8>) -> Permitted<Identified> {
        let Self { mut act, db, shared, request, need: _ } = self;
        act.tenant = tenant;
        act.principal = Principal::Key { key, digest, of: Some(account), until: presented(&request, tenant, key) };
        Permitted { act, db, shared, request, need: PhantomData }
    }
}
