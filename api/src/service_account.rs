//! Service accounts: machines' identities, with scopes, schools and expiring keys.

use crate::{
    auth::secret,
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params, segment},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, values, word, words},
};
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::{KeyId, ServiceAccountId},
    service_account::{KEY_DAYS_MAX, Key, ServiceAccount},
};
use trellis_persistence::{
    Seen,
    service_account::{
        CreateServiceAccount, DisableServiceAccount, GetServiceAccount, IssueKey, ListServiceAccounts, RevokeKey, ServiceAccountHistory, UpdateServiceAccount,
    },
    transaction::needs::{ReadAccounts, WriteAccounts},
};
use utoipa::ToSchema;

actions! {
    /// What can be done with a service account.
    ServiceAccountActions, ServiceAccountCan = "ServiceAccountCan", &["update", "issue_key", "revoke_key", "disable"];
}

/// A key, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(title = "ServiceAccountKey")]
pub struct KeyView {
    /// Its id.
    pub id: word::KeyId,
    /// When it was issued.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, or a token that was given for it. Noted about once an hour, so it can be an hour or two behind; it changes
    /// neither version nor ETag.
    pub last_used_at: Option<DateTime<Utc>>,
}
impl From<Key> for KeyView {
    fn from(Key { id, created_at, expires_at, revoked_at, last_used_at }: Key) -> Self {
        Self { id: Word(id), created_at, expires_at, revoked_at, last_used_at }
    }
}
/// A machine's identity.
#[derive(Serialize, ToSchema)]
#[schema(title = "ServiceAccountRecord")]
pub struct ServiceAccountView {
    /// Its id.
    pub id: word::ServiceAccountId,
    /// What it is for.
    pub name: word::Title,
    /// What it may ask for.
    pub scopes: Vec<word::Permission>,
    /// Where, with everything beneath; null is everywhere.
    pub organisation_ids: Option<Vec<word::OrganisationId>>,
    /// Since when it is disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Its keys.
    pub keys: Vec<KeyView>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<ServiceAccount> for ServiceAccountView {
    fn from(account: ServiceAccount) -> Self {
        let ServiceAccount { id, name, scopes, organisation_ids, disabled_at, keys, version, created_at, updated_at } = account;
        Self {
            id: Word(id),
            name: Word(name),
            scopes: words(scopes),
            organisation_ids: organisation_ids.map(words),
            disabled_at,
            keys: keys.into_iter().map(Into::into).collect(),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A service account, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ServiceAccount")]
pub struct ServiceAccountDetail {
    #[serde(flatten)]
    record: ServiceAccountView,
    /// What can be done with it.
    can: ServiceAccountCan,
}
impl From<Seen<ServiceAccount>> for ServiceAccountDetail {
    fn from(Seen { record, can }: Seen<ServiceAccount>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<ServiceAccount>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &ServiceAccountDetail::from(seen.clone()))
}

/// A service account to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewServiceAccount {
    /// What it is for.
    name: word::Title,
    /// What it may ask for. What people write about themselves, and accounts, are not given to machines.
    #[schema(min_items = 1, max_items = 30)]
    scopes: Vec<word::Permission>,
    /// Where, with everything beneath; everywhere, if nothing is said.
    #[serde(default)]
    #[schema(min_items = 1, max_items = 500)]
    organisation_ids: Option<Vec<word::OrganisationId>>,
}
/// Changes to a service account: what is absent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceAccountChanges {
    /// What it is for.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    name: Option<word::Title>,
    /// All that it may ask for; counts from its next request on.
    #[serde(default)]
    #[schema(value_type = Vec<word::Permission>, min_items = 1, max_items = 30)]
    scopes: Option<Vec<word::Permission>>,
    /// All the places where; null is everywhere.
    #[serde(default)]
    #[schema(value_type = Option<Vec<word::OrganisationId>>, min_items = 1, max_items = 500)]
    organisation_ids: Patch<Vec<word::OrganisationId>>,
}
/// A key to issue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// How many days it lives: at most 400.
    #[schema(minimum = 1, maximum = 400, example = 365)]
    days: i64,
}
const _: () = assert!(KEY_DAYS_MAX == 400);
/// A key that was issued. Its secret is shown here, once.
#[derive(Serialize, ToSchema)]
pub struct IssuedKey {
    /// The secret: send it as `Authorization: Bearer`. It is kept hashed and never shown again: null in an answer that is replayed.
    pub key: Option<String>,
    /// The key's id.
    pub id: word::KeyId,
    /// The service account's id: `client_id` for `POST /oauth/token`, with the key as `client_secret`.
    pub client_id: word::ServiceAccountId,
    /// When it ends. From 30 days before on, answers to its holder say so in `Key-Expires-At`.
    pub expires_at: DateTime<Utc>,
}

/// List service accounts
///
/// For administrators of the whole trust.
#[utoipa::path(tag = "Service accounts", params(PageParams), responses((status = 200, description = "A page of service accounts", body = List<ServiceAccountView>)), security(("bearer" = ["accounts:read"])))]
#[get("/v1/service-accounts")]
pub async fn list_service_accounts(permitted: Permitted<ReadAccounts>, listing: Listing<NoParams>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListServiceAccounts { window: listing.window }).await?;
    Ok(listing.answer(page, ServiceAccountView::from))
}

/// Make a service account
///
/// It survives whoever made it. Then issue it a key.
#[utoipa::path(tag = "Service accounts", request_body = NewServiceAccount, responses((status = 201, description = "Made", body = ServiceAccountDetail)), security(("bearer" = ["accounts:write"])))]
#[post("/v1/service-accounts")]
pub async fn create_service_account(
    permitted: Permitted<WriteAccounts>,
    _none: Params<NoParams>,
    body: Body<NewServiceAccount>,
) -> Result<HttpResponse, ApiError> {
    let NewServiceAccount { name, scopes, organisation_ids } = body.0;
    let operation = CreateServiceAccount { name: name.0, scopes: values(scopes), organisation_ids: organisation_ids.map(values) };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/service-accounts/{}", seen.record.id), &ServiceAccountDetail::from(seen.clone()))
        })
        .await
}

/// Read a service account
///
/// With its keys, without their secrets.
#[utoipa::path(tag = "Service accounts", responses((status = 200, description = "The service account", body = ServiceAccountDetail)), security(("bearer" = ["accounts:read"])))]
#[get("/v1/service-accounts/{id}")]
pub async fn get_service_account(
    permitted: Permitted<ReadAccounts>,
    _none: Params<NoParams>,
    id: Id<ServiceAccountId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetServiceAccount { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, ServiceAccountDetail::from))
}

/// Change a service account
///
/// Its name, scopes and places; they count from its next request on.
#[utoipa::path(tag = "Service accounts", request_body = ServiceAccountChanges, responses((status = 200, description = "As it is now", body = ServiceAccountDetail)), security(("bearer" = ["accounts:write"])))]
#[patch("/v1/service-accounts/{id}")]
pub async fn update_service_account(
    permitted: Permitted<WriteAccounts>,
    _none: Params<NoParams>,
    id: Id<ServiceAccountId>,
    expected: IfMatch,
    body: Body<ServiceAccountChanges>,
) -> Result<HttpResponse, ApiError> {
    let ServiceAccountChanges { name, scopes, organisation_ids } = body.0;
    let operation = UpdateServiceAccount {
        id: id.0,
        name: name.map(|n| n.0),
        scopes: scopes.map(values),
        organisation_ids: organisation_ids.into_option().map(|at| at.map(values)),
        expected: expected.0,
    };
    permitted.write(operation, saved).await
}

/// Disable a service account
///
/// For good: none of its keys is accepted again.
#[utoipa::path(tag = "Service accounts", responses((status = 200, description = "As it is now", body = ServiceAccountDetail)), security(("bearer" = ["accounts:write"])))]
#[post("/v1/service-accounts/{id}/disable")]
pub async fn disable_service_account(
    permitted: Permitted<WriteAccounts>,
    _none: Params<NoParams>,
    id: Id<ServiceAccountId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(DisableServiceAccount { id: id.0, expected: expected.0 }, saved).await
}

/// Issue a key
///
/// Its secret is shown once. It is a bearer credential, and the account's secret for `POST /oauth/token`. Two may be live at a time, so that one can be rotated without a gap; a third is refused until one is revoked. A replay under an idempotency key answers without the secret.
#[utoipa::path(tag = "Service accounts", request_body = NewKey, responses((status = 201, description = "Issued", body = IssuedKey)), security(("bearer" = ["accounts:write"])))]
#[post("/v1/service-accounts/{id}/keys")]
pub async fn issue_key(
    permitted: Permitted<WriteAccounts>,
    _none: Params<NoParams>,
    id: Id<ServiceAccountId>,
    body: Body<NewKey>,
) -> Result<HttpResponse, ApiError> {
    let act = permitted.act();
    let key = KeyId(act.ids.make(act.wall));
    let (shown, digest) = secret::new_key(act.tenant, key);
    let expires_at = act.wall + TimeDelta::days(body.0.days);
    let client_id = id.0;
    let issued = move |key_shown| IssuedKey { key: key_shown, id: Word(key), client_id: Word(client_id), expires_at };
    let answer = permitted.once(IssueKey { id: client_id, key, digest, expires_at }, move |_| respond::plain(201, &issued(None))).await?;
    if answer.replayed {
        return Ok(respond::stored(&answer.stored, true));
    }
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(issued(Some(shown))))
}

/// Revoke a key
///
/// It is refused from the next request on.
#[utoipa::path(tag = "Service accounts", responses((status = 200, description = "As it is now", body = ServiceAccountDetail)), security(("bearer" = ["accounts:write"])))]
#[post("/v1/service-accounts/{id}/keys/{key_id}/revoke")]
pub async fn revoke_key(
    permitted: Permitted<WriteAccounts>,
    request: HttpRequest,
    _none: Params<NoParams>,
    id: Id<ServiceAccountId>,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    let key = segment(&request, "key_id")?;
    permitted.write(RevokeKey { id: id.0, key }, saved).await
}

crate::event::history_of!(
    service_account_history,
    ReadAccounts,
    ServiceAccountHistory,
    ServiceAccountId,
    "Service accounts",
    "/v1/service-accounts/{id}/history",
    "accounts:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_service_accounts)
        .service(create_service_account)
        .service(get_service_account)
        .service(update_service_account)
        .service(disable_service_account)
        .service(issue_key)
        .service(revoke_key)
        .service(service_account_history);
}
