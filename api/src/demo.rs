//! The demo: one trust with three schools, every state of every machine, a login per role and a key per scope set, made afresh at start.

use crate::{
    app::operators_act,
    auth::{password, secret},
    error::ApiError,
    evidence::store::{Place, Store},
    extract::{NoBody, NoParams, Params},
    permitted::Permitted,
    problem::Problem,
    routes::Routes,
    wire::{Word, word, words},
};
use actix_web::{HttpResponse, get, post};
use serde::Serialize;
use std::sync::{Arc, Mutex};
use trellis_demo::{Guide, GuideKey, GuideLogin, Stage};
use trellis_domain::{
    id::{IdMaker, TenantId},
    text::Wire,
    time::{Clock, micros},
};
use trellis_persistence::{
    Database, StoreError,
    tenant::{ListTenants, WipeDemo},
    transaction::needs::Public,
};
use utoipa::ToSchema;

/// The password of everybody in the demo.
const PASSWORD: &str = "learning comes first";

/// The demo's guide, and what is needed to make it anew.
pub struct Demo {
    guide: Mutex<DemoGuide>,
    password_hash: String,
}

/// Somebody to log in as.
#[derive(Serialize, ToSchema, Clone)]
pub struct DemoLogin {
    /// What they are.
    #[schema(example = "teacher")]
    pub role: String,
    /// Their name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Password.
    pub password: String,
    /// Who they are.
    pub person_id: word::PersonId,
}
/// A key to try.
#[derive(Serialize, ToSchema, Clone)]
pub struct DemoKey {
    /// What it is for.
    pub name: String,
    /// What it may ask for.
    pub scopes: Vec<word::Permission>,
    /// Where; null is everywhere.
    pub organisation_ids: Option<Vec<word::OrganisationId>>,
    /// The service account: `client_id` for `POST /oauth/token`.
    pub client_id: word::ServiceAccountId,
    /// The secret: send it as `Authorization: Bearer`, or as `client_secret` to `POST /oauth/token`.
    pub key: String,
}
/// What there is to try.
#[derive(Serialize, ToSchema, Clone)]
#[schema(title = "Demo")]
pub struct DemoGuide {
    /// The tenant's short name, for logging in.
    pub tenant: word::Slug,
    /// Where the docs are.
    #[schema(example = "/docs")]
    pub docs: String,
    /// A login per role.
    pub logins: Vec<DemoLogin>,
    /// A key per set of scopes.
    pub keys: Vec<DemoKey>,
}
impl From<Guide> for DemoGuide {
    fn from(Guide { tenant: _, slug, logins, keys }: Guide) -> Self {
        let login = |GuideLogin { role, name, email, password, person_id }| DemoLogin {
            role: String::from(role),
            name,
            email,
            password: String::from(password),
            person_id: Word(person_id),
        };
        let key = |GuideKey { name, scopes, organisation_ids, client_id, key }| DemoKey {
            name,
            scopes: words(scopes),
            organisation_ids: organisation_ids.map(words),
            client_id: Word(client_id),
            key,
        };
        Self { tenant: Word(slug), docs: "/docs".into(), logins: logins.into_iter().map(login).collect(), keys: keys.into_iter().map(key).collect() }
    }
}

impl Demo {
    /// Wipes the database and fills it anew. A database that holds anybody but the demo is refused.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub async fn build(db: &Database, store: &Store, clock: &dyn Clock, ids: Arc<dyn IdMaker>) -> Result<Self, StoreError> {
        let password_hash = password::hash_now(PASSWORD).map_err(|e| StoreError::Internal(e.to_string()))?;
        let guide = fill(db, store, clock, ids, &password_hash).await?;
        Ok(Self { guide: Mutex::new(guide), password_hash })
    }
    /// What there is to try.
    pub fn guide(&self) -> Option<DemoGuide> {
        self.guide.lock().ok().map(|g| g.clone())
    }
}

async fn fill(db: &Database, store: &Store, clock: &dyn Clock, ids: Arc<dyn IdMaker>, password_hash: &str) -> Result<DemoGuide, StoreError> {
    let act = operators_act(TenantId(uuid::Uuid::nil()), clock, ids.clone(), "demo");
    let strangers: Vec<String> =
        db.read(act.clone(), ListTenants).await?.into_iter().map(|t| t.slug.text().into_owned()).filter(|slug| slug != trellis_demo::SLUG).collect();
    if !strangers.is_empty() {
        return Err(StoreError::Unavailable(format!("the demo wipes its database, and this one holds {}: give it another", strangers.join(", "))));
    }
    db.write(act, WipeDemo).await?;
    store.clear().map_err(|e| StoreError::Unavailable(format!("the demo's files: {e}")))?;
    let now = micros(clock.now());
    let keep = |tenant, id, bytes: &[u8]| store.put(Place { tenant, id }, bytes);
    let stage = Stage { ids, now, wall: now, password: PASSWORD, password_hash: password_hash.into(), keep: &keep };
    trellis_demo::tell(db, &stage, &|tenant, key| secret::new_key(tenant, key)).await.map(Into::into)
}

fn demo_only() -> ApiError {
    ApiError::new(Problem::DemoOnly, "this server is not the demo")
}

/// Read what there is to try
///
/// Logins, keys and where the docs are. Only in the demo.
#[utoipa::path(tag = "Demo", responses((status = 200, description = "Logins and keys", body = DemoGuide)), security(()))]
#[get("/v1/demo")]
pub async fn get_demo(permitted: Permitted<Public>, _none: Params<NoParams>) -> Result<HttpResponse, ApiError> {
    let guide = permitted.shared().demo.as_ref().and_then(Demo::guide).ok_or_else(demo_only)?;
    Ok(HttpResponse::Ok().json(guide))
}

/// Make the demo anew
///
/// Everything that was done in it is gone; logins stay, keys are new. Only in the demo.
#[utoipa::path(tag = "Demo", responses((status = 200, description = "The new logins and keys", body = DemoGuide)), security(()))]
#[post("/v1/demo/reset")]
pub async fn reset_demo(permitted: Permitted<Public>, _none: Params<NoParams>, _body: NoBody) -> Result<HttpResponse, ApiError> {
    let shared = permitted.shared();
    let demo = shared.demo.as_ref().ok_or_else(demo_only)?;
    let guide = fill(permitted.database(), &shared.evidence, &*shared.clock, shared.ids.clone(), &demo.password_hash).await?;
    if let Ok(mut kept) = demo.guide.lock() {
        *kept = guide.clone();
    }
    Ok(HttpResponse::Ok().json(guide))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_demo).service(reset_demo);
}

/// What is printed when the demo is ready.
pub fn welcome(guide: &DemoGuide, address: &str) -> String {
    use std::fmt::Write;
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    line(format!("\nTrellis demo on {address}    docs: {address}/docs    contract: {address}/openapi.json\n"));
    line(format!("Log in at POST /v1/sessions with tenant \"{}\" and password \"{PASSWORD}\":", guide.tenant.0.text()));
    for login in &guide.logins {
        line(format!("  {:<18} {:<28} {}", login.role, login.name, login.email));
    }
    line("\nKeys of service accounts (Authorization: Bearer ...):".into());
    for key in &guide.keys {
        line(format!("  {:<18} {}", key.name, key.key));
    }
    let email = guide.logins.iter().find(|l| l.role == "teacher").map_or("", |l| l.email.as_str());
    let key = guide.keys.iter().find(|k| k.organisation_ids.is_none()).map_or("", |k| k.key.as_str());
    line("\nThree commands to try:".into());
    line(format!("  curl -s {address}/v1/demo"));
    line(format!(
        "  curl -s {address}/v1/sessions -H 'content-type: application/json' -d '{{\"tenant\":\"{}\",\"email\":\"{email}\",\"password\":\"{PASSWORD}\"}}'",
        guide.tenant.0.text()
    ));
    line(format!("  curl -s '{address}/v1/changes?limit=5' -H 'authorization: Bearer {key}'\n"));
    out
}
