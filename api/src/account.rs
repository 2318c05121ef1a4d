//! Accounts of people, and their log-ins.

use crate::{
    auth::{secret, token::LIFETIME},
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    problem::Problem,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, word},
};
use actix_web::{HttpResponse, delete, get, http::header, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    account::{Account, PASSWORD_MAX, PASSWORD_MIN, fit_password},
    id::{AccountId, SessionId},
};
use trellis_persistence::{
    Seen,
    account::{
        AccountHistory, ChangePassword, CreateAccount, EnableAccount, EndSession, FindLogin, ForgottenPassword, GetAccount, ListAccounts, OwnLogin,
        RefreshSecret, RefreshSession, Refreshed, ResetPassword, Session, StartSession,
    },
    tenant::FindTenant,
    transaction::needs::{Identified, Public, ReadAccounts, WriteAccounts},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with an account.
    AccountActions, AccountCan = "AccountCan", &["enable", "disable", "reset_password"];
}

/// Days that a log-in lives without being asked for the password.
const SESSION_DAYS: i64 = 30;
/// Seconds in which the same successor of a refresh token is given again.
const GRACE: i64 = 30;

/// With what a person logs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    /// The tenant's short name.
    tenant: word::Slug,
    /// E-mail.
    #[schema(min_length = 1, max_length = 254)]
    email: String,
    /// Password.
    #[schema(min_length = 1, max_length = 200, format = "password")]
    password: String,
}
/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshBody {
    /// As it was given.
    #[schema(min_length = 1, max_length = 200, format = "password")]
    refresh_token: String,
}
/// Tokens of a log-in.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// For `Authorization: Bearer`; a JWT that lives ten minutes.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds that the access token lives.
    pub expires_in: i64,
    /// Good once, for the next tokens: `POST /v1/sessions/refresh`. For 30 seconds it answers the same successor again, so that two tabs never log each other out.
    pub refresh_token: String,
    /// The log-in.
    pub session_id: word::SessionId,
    /// Who logged in.
    pub person_id: word::PersonId,
}

fn tokens(permitted: &Permitted<Public>, session: &Session, refresh_token: String) -> Result<Tokens, ApiError> {
    let act = permitted.act();
    let access_token =
        permitted.shared().keyring.sign(act.tenant, session.id, session.account, session.person, act.wall).map_err(|e| ApiError::internal(&e))?;
    Ok(Tokens { access_token, token_type: "Bearer", expires_in: LIFETIME, refresh_token, session_id: Word(session.id), person_id: Word(session.person) })
}

fn secret_answer(mut response: actix_web::HttpResponseBuilder, tokens: &Tokens) -> HttpResponse {
    response.insert_header((header::CACHE_CONTROL, "no-store")).json(tokens)
}

/// Log in
///
/// With tenant, e-mail and password. Wrong ones and unknown ones answer alike, and as slowly.
#[utoipa::path(tag = "Sessions", request_body = LoginBody, responses((status = 201, description = "Logged in", body = Tokens)), security(()))]
#[post("/v1/sessions")]
pub async fn start_session(permitted: Permitted<Public>, _none: Params<NoParams>, body: Body<LoginBody>) -> Result<HttpResponse, ApiError> {
    let LoginBody { tenant, email, password } = body.0;
    permitted.attempt(&format!("{} {}", tenant.0.as_str(), email.trim().to_lowercase()))?;
    let failed = || ApiError::unauthenticated(Problem::LoginFailed);
    let found = permitted.read(FindTenant { slug: tenant.0.as_str().into() }).await?;
    let known = found.is_some();
    let permitted = permitted.in_tenant(found.map_or(trellis_domain::id::TenantId(uuid::Uuid::nil()), |t| t.id));
    let login = permitted.read(FindLogin { email: email.trim().to_owned() }).await?.filter(|_| known);
    let right = permitted.shared().passwords.check(password, login.as_ref().map(|l| l.password_hash.clone())).await?;
    let Some(login) = login.filter(|_| right) else { return Err(failed()) };
    let act = permitted.act();
    let session = SessionId(act.ids.make(act.wall));
    let (refresh_token, refresh_digest) = secret::new_refresh(act.tenant, session);
    let started = permitted
        .perform(StartSession {
            account: login.account,
            password_hash: login.password_hash,
            refresh_secret: secret::new_refresh_secret(),
            refresh_digest,
            session,
            days: SESSION_DAYS,
        })
        .await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, "/v1/sessions/current"));
    Ok(secret_answer(response, &tokens(&permitted, &started, refresh_token)?))
}

/// Refresh a log-in
///
/// Exchanges the refresh token for new tokens. A refresh token used a second time, later than 30 seconds after its first use, gives a thief away: the log-in is revoked.
#[utoipa::path(tag = "Sessions", request_body = RefreshBody, responses((status = 200, description = "New tokens", body = Tokens)), security(()))]
#[post("/v1/sessions/refresh")]
pub async fn refresh_session(permitted: Permitted<Public>, _none: Params<NoParams>, body: Body<RefreshBody>) -> Result<HttpResponse, ApiError> {
    let Some(token) = secret::read_refresh(&body.0.refresh_token) else { return Err(ApiError::unauthenticated(Problem::TokenMalformed)) };
    let permitted = permitted.in_tenant(token.tenant);
    let Some(kept) = permitted.read(RefreshSecret { session: token.session }).await? else { return Err(ApiError::unauthenticated(Problem::SessionEnded)) };
    let (successor, successor_digest) = token.successor(&kept);
    let refreshed =
        permitted.perform(RefreshSession { session: token.session, digest: token.digest.clone(), successor: successor_digest, grace_seconds: GRACE }).await?;
    match refreshed {
        Refreshed::Goes(session) => Ok(secret_answer(HttpResponse::Ok(), &tokens(&permitted, &session, successor)?)),
        Refreshed::Revoked => Err(ApiError::unauthenticated(Problem::RefreshReused)),
    }
}

/// Log out
///
/// Ends the log-in of the access token at once, on every server.
#[utoipa::path(tag = "Sessions", responses((status = 204, description = "Logged out")), security(("bearer" = [])))]
#[delete("/v1/sessions/current")]
pub async fn end_session(permitted: Permitted<Identified>, _none: Params<NoParams>) -> Result<HttpResponse, ApiError> {
    permitted.perform(EndSession).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The one that holds now.
    #[schema(min_length = 1, max_length = 200, format = "password")]
    current_password: String,
    /// The new one: at least 12 characters.
    #[schema(min_length = 12, max_length = 200, format = "password")]
    new_password: String,
}
const _: () = assert!(PASSWORD_MIN == 12 && PASSWORD_MAX == 200);

/// Change one's password
///
/// Every other log-in of the account ends.
#[utoipa::path(tag = "Sessions", request_body = NewPassword, responses((status = 204, description = "Changed")), security(("bearer" = [])))]
#[post("/v1/me/password")]
pub async fn change_password(permitted: Permitted<Identified>, _none: Params<NoParams>, body: Body<NewPassword>) -> Result<HttpResponse, ApiError> {
    let NewPassword { current_password, new_password } = body.0;
    let login = permitted.read(OwnLogin).await?;
    fit_password(&new_password, &login.email).map_err(|e| e.of("/new_password"))?;
    permitted.attempt(&format!("password {}", login.account))?;
    if !permitted.shared().passwords.check(current_password, Some(login.password_hash)).await? {
        return Err(ApiError::unauthenticated(Problem::LoginFailed));
    }
    let password_hash = permitted.shared().passwords.hash(new_password).await?;
    permitted.write(ChangePassword { password_hash }, |()| respond::nothing()).await
}

/// A person's account.
#[derive(Serialize, ToSchema)]
#[schema(title = "AccountRecord")]
pub struct AccountView {
    /// Its id.
    pub id: word::AccountId,
    /// Whose.
    pub person_id: word::PersonId,
    /// What they log in with.
    pub email: word::Email,
    /// Since when it is disabled.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Account> for AccountView {
    fn from(Account { id, person_id, email, disabled_at, version, created_at, updated_at }: Account) -> Self {
        Self { id: Word(id), person_id: Word(person_id), email: Word(email), disabled_at, version, created_at, updated_at }
    }
}
/// An account, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Account")]
pub struct AccountDetail {
    #[serde(flatten)]
    record: AccountView,
    /// What can be done with it.
    can: AccountCan,
}
impl From<Seen<Account>> for AccountDetail {
    fn from(Seen { record, can }: Seen<Account>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<Account>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &AccountDetail::from(seen.clone()))
}

/// An account to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAccount {
    /// Whose.
    person_id: word::PersonId,
    /// What they log in with.
    email: word::Email,
    /// A first password: at least 12 characters.
    #[schema(min_length = 12, max_length = 200, format = "password")]
    password: String,
}

/// Filters of the list of accounts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AccountFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
}

/// List accounts
///
/// For administrators of the trust.
#[utoipa::path(tag = "Accounts", params(PageParams, AccountFilters), responses((status = 200, description = "A page of accounts", body = List<AccountView>)), security(("bearer" = ["accounts:read"])))]
#[get("/v1/accounts")]
pub async fn list_accounts(permitted: Permitted<ReadAccounts>, listing: Listing<AccountFilters>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListAccounts { person_id: listing.filters.person_id.as_ref().map(|p| p.0), window: listing.window }).await?;
    Ok(listing.answer(page, AccountView::from))
}

/// Open an account
///
/// For a person, with a first password.
#[utoipa::path(tag = "Accounts", request_body = NewAccount, responses((status = 201, description = "Opened", body = AccountDetail)), security(("bearer" = ["accounts:write"])))]
#[post("/v1/accounts")]
pub async fn create_account(permitted: Permitted<WriteAccounts>, _none: Params<NoParams>, body: Body<NewAccount>) -> Result<HttpResponse, ApiError> {
    let NewAccount { person_id, email, password } = body.0;
    fit_password(&password, &email.0)?;
    let password_hash = permitted.shared().passwords.hash(password).await?;
    let operation = CreateAccount { person_id: person_id.0, email: email.0, password_hash };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/accounts/{}", seen.record.id), &AccountDetail::from(seen.clone())))
        .await
}

/// Read an account
///
/// With what can be done with it.
#[utoipa::path(tag = "Accounts", responses((status = 200, description = "The account", body = AccountDetail)), security(("bearer" = ["accounts:read"])))]
#[get("/v1/accounts/{id}")]
pub async fn get_account(
    permitted: Permitted<ReadAccounts>,
    _none: Params<NoParams>,
    id: Id<AccountId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetAccount { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, AccountDetail::from))
}

/// Disable an account
///
/// Every log-in of it ends with its next request, and its calendar links are revoked for good. Nobody disables their own.
#[utoipa::path(tag = "Accounts", responses((status = 200, description = "As it is now", body = AccountDetail)), security(("bearer" = ["accounts:write"])))]
#[post("/v1/accounts/{id}/disable")]
pub async fn disable_account(
    permitted: Permitted<WriteAccounts>,
    _none: Params<NoParams>,
    id: Id<AccountId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(EnableAccount { id: id.0, enabled: false, expected: expected.0 }, saved).await
}

/// Enable an account
///
/// Its person can log in again.
#[utoipa::path(tag = "Accounts", responses((status = 200, description = "As it is now", body = AccountDetail)), security(("bearer" = ["accounts:write"])))]
#[post("/v1/accounts/{id}/enable")]
pub async fn enable_account(
    permitted: Permitted<WriteAccounts>,
    _none: Params<NoParams>,
    id: Id<AccountId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(EnableAccount { id: id.0, enabled: true, expected: expected.0 }, saved).await
}

/// Another password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordReset {
    /// The password to log in with from now on: at least 12 characters.
    #[schema(min_length = 12, max_length = 200, format = "password")]
    password: String,
}

/// Reset a forgotten password
///
/// Sets another one, to be told to its person, who then changes it (`POST /v1/me/password`). Every log-in of the account ends, and its calendar links are revoked for good. Nobody resets their own; an
/// administrator who is locked out asks another, or the server's operator (`trellis account password`).
#[utoipa::path(tag = "Accounts", request_body = PasswordReset, responses((status = 200, description = "As it is now", body = AccountDetail)), security(("bearer" = ["accounts:write"])))]
#[post("/v1/accounts/{id}/reset-password")]
pub async fn reset_password(
    permitted: Permitted<WriteAccounts>,
    _none: Params<NoParams>,
    id: Id<AccountId>,
    expected: IfMatch,
    body: Body<PasswordReset>,
) -> Result<HttpResponse, ApiError> {
    fit_password(&body.0.password, &permitted.read(ForgottenPassword { id: id.0 }).await?)?;
    let password_hash = permitted.shared().passwords.hash(body.0.password).await?;
    permitted.write(ResetPassword { id: id.0, password_hash, expected: expected.0 }, saved).await
}

crate::event::history_of!(account_history, ReadAccounts, AccountHistory, AccountId, "Accounts", "/v1/accounts/{id}/history", "accounts:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(start_session)
        .service(refresh_session)
        .service(end_session)
        .service(change_password)
        .service(list_accounts)
        .service(create_account)
        .service(get_account)
        .service(disable_account)
        .service(enable_account)
        .service(reset_password)
        .service(account_history);
}
