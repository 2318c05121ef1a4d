//! Tokens for machines: the client credentials grant (RFC 6749, 4.4), and the metadata by which a client library finds its way (RFC 8414).
//! What this file refuses, it refuses in the words of RFC 6749, 5.2, which client libraries know, and not as a problem.

use crate::{
    auth::{secret, token::LIFETIME},
    error::ApiError,
    extract::{NoParams, Params, media_type, read},
    permitted::Permitted,
    problem::Problem,
    routes::Routes,
    wire::{word, words},
};
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::{StatusCode, header},
    post, web,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde::Serialize;
use std::collections::BTreeMap;
use trellis_domain::{
    access::{Caller, Permission},
    id::{KeyId, ServiceAccountId},
    text::Wire,
};
use trellis_persistence::{
    me::{Myself, WhoAmI},
    transaction::needs::{Identified, Public},
};
use utoipa::ToSchema;

/// Most bytes of a request for a token.
const FORM_LIMIT: usize = 8 << 10;
const GRANT: &str = "client_credentials";
const FORM: &str = "application/x-www-form-urlencoded";

/// What a machine asks for a token with. Parameters that are not known are ignored (RFC 6749, 3.2).
#[derive(ToSchema)]
pub struct TokenRequest {
    /// Always `client_credentials`.
    #[schema(pattern = "^client_credentials$", max_length = 18, example = "client_credentials")]
    pub grant_type: String,
    /// Scopes, separated by spaces: some of those that the service account has. All of them, if nothing is said.
    #[schema(required = false, max_length = 1000, example = "people:read changes:read")]
    pub scope: Option<String>,
    /// The service account's id, unless the client authenticates by HTTP Basic.
    #[schema(required = false, max_length = 36, example = "01938a5e-7c00-7000-8000-000000000001")]
    pub client_id: Option<String>,
    /// One of the service account's live keys, unless the client authenticates by HTTP Basic.
    #[schema(required = false, max_length = 200, format = "password", example = "trellis_key_...")]
    pub client_secret: Option<String>,
}

/// A token for a machine (RFC 6749, 5.1).
#[derive(Serialize, ToSchema)]
pub struct ClientToken {
    /// For `Authorization: Bearer`; a JWT (RFC 9068) that lives ten minutes, and never longer than the key that it was given for.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds that it lives.
    pub expires_in: i64,
    /// The scopes that it has, separated by spaces. What the service account loses, the token loses with the next request.
    #[schema(example = "people:read changes:read")]
    pub scope: String,
}

/// Why there is no token (RFC 6749, 5.2).
#[derive(Serialize, ToSchema)]
#[schema(title = "OAuthError")]
pub struct OAuthError {
    /// `invalid_request`, `invalid_client`, `unsupported_grant_type` or `invalid_scope`.
    #[schema(example = "invalid_client")]
    pub error: &'static str,
    /// The same for a developer. Never repeats a value that was sent.
    pub error_description: String,
}

/// No token: by the rules of RFC 6749, or because the request never got so far.
enum Refused {
    Client(OAuthError),
    Problem(ApiError),
}
impl From<ApiError> for Refused {
    fn from(problem: ApiError) -> Self {
        Self::Problem(problem)
    }
}
fn refused(error: &'static str, why: impl Into<String>) -> Refused {
    Refused::Client(OAuthError { error, error_description: why.into() })
}
fn invalid_request(why: &str) -> Refused {
    refused("invalid_request", why)
}
fn invalid_client(why: &str) -> Refused {
    refused("invalid_client", why)
}

impl OAuthError {
    fn answer(&self) -> HttpResponse {
        let status = if self.error == "invalid_client" { StatusCode::UNAUTHORIZED } else { StatusCode::BAD_REQUEST };
        let mut response = HttpResponse::build(status);
        response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache"));
        if status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"trellis\", charset=\"UTF-8\""));
        }
        response.json(self)
    }
}

/// The parameters of a form: each once, and those without a value as if they were not there (RFC 6749, 3.2).
fn parameters(body: &[u8]) -> Result<BTreeMap<String, String>, Refused> {
    let text = std::str::from_utf8(body).map_err(|_| invalid_request("the body is a form in UTF-8"))?;
    let mut out = BTreeMap::new();
    for (name, value) in pairs(text).ok_or_else(|| invalid_request("the form cannot be read"))? {
        if out.insert(name, value).is_some() {
            return Err(invalid_request("a parameter stands twice"));
        }
    }
    out.retain(|_, value| !value.is_empty());
    Ok(out)
}
fn pairs(form: &str) -> Option<Vec<(String, String)>> {
    web::Query::from_query(form).ok().map(web::Query::into_inner)
}

/// The client's id and secret, sent in the one way or the other (RFC 6749, 2.3.1).
fn credentials(request: &HttpRequest, form: &BTreeMap<String, String>) -> Result<(String, String), Refused> {
    let (id, secret) = (form.get("client_id"), form.get("client_secret"));
    let Some(sent) = request.headers().get(header::AUTHORIZATION) else {
        return match (id, secret) {
            (Some(id), Some(secret)) => Ok((id.clone(), secret.clone())),
            _ => Err(invalid_client("send client_id and client_secret, by HTTP Basic or in the form")),
        };
    };
    let (basic_id, basic_secret) = basic(sent).ok_or_else(|| invalid_client("Authorization is Basic, with the client's id and secret"))?;
    if secret.is_some() || id.is_some_and(|id| *id != basic_id) {
        return Err(invalid_request("the client authenticates in one way: by HTTP Basic, or in the form"));
    }
    Ok((basic_id, basic_secret))
}
fn basic(header: &header::HeaderValue) -> Option<(String, String)> {
    let (scheme, encoded) = header.to_str().ok()?.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| BASE64.decode(encoded.trim()).ok())??;
    let text = String::from_utf8(decoded).ok()?;
    let (id, secret) = text.split_once(':')?;
    // both were encoded as in a form before they were joined, so they are read as a form of one field
    match pairs(&format!("{id}={secret}"))?.as_mut_slice() {
        [(id, secret)] => Some((std::mem::take(id), std::mem::take(secret))),
        _ => None,
    }
}

/// The scopes that are asked for, of those that are held; all that are held, if none are named.
fn granted(asked: Option<&String>, held: Vec<Permission>) -> Result<Vec<Permission>, Refused> {
    let held: Vec<Permission> = held.into_iter().filter(|scope| scope.for_service_accounts()).collect();
    let Some(asked) = asked else { return Ok(held) };
    let words: Vec<&str> = asked.split(' ').filter(|word| !word.is_empty()).collect();
    if words.iter().any(|word| !held.iter().any(|scope| scope.as_str() == *word)) {
        let held: Vec<&str> = held.iter().map(|scope| scope.as_str()).collect();
        return Err(refused("invalid_scope", format!("the service account has these scopes: {}", held.join(" "))));
    }
    Ok(held.into_iter().filter(|scope| words.contains(&scope.as_str())).collect())
}

/// A client that was found to be who it says.
struct Client {
    known: Permitted<Identified>,
    account: ServiceAccountId,
    key: KeyId,
    scopes: Vec<Permission>,
}

async fn authenticate(permitted: Permitted<Public>, id: &str, secret: &str) -> Result<Client, Refused> {
    let unknown = || invalid_client("there is no such client, or it has another secret");
    let account = ServiceAccountId::parse(id).map_err(|_| unknown())?;
    permitted.attempt(&format!("client {account}"))?;
    let (tenant, key, digest) = secret::read_key(secret).ok_or_else(unknown)?;
    let known = permitted.as_client(account, tenant, key, digest);
    match known.read(WhoAmI).await {
        Ok(Myself { caller: Caller::Service { scopes, .. }, .. }) => Ok(Client { known, account, key, scopes }),
        Ok(_) => Err(unknown()),
        Err(e) if e.problem == Problem::KeyUnknown => Err(unknown()),
        Err(e) if e.problem.status() == 401 => Err(invalid_client(e.detail())),
        Err(e) => Err(e.into()),
    }
}

async fn token(permitted: Permitted<Public>, request: &HttpRequest, payload: web::Payload) -> Result<HttpResponse, Refused> {
    if media_type(request) != FORM {
        return Err(invalid_request("the body is of the type application/x-www-form-urlencoded"));
    }
    let form = parameters(&read(request, payload.into_inner(), FORM_LIMIT).await?)?;
    if !request.query_string().is_empty() {
        return Err(invalid_request("parameters are sent in the body, never in the address"));
    }
    match form.get("grant_type").map(String::as_str) {
        None => return Err(invalid_request("grant_type is missing")),
        Some(GRANT) => {}
        Some(_) => return Err(refused("unsupported_grant_type", "grant_type is client_credentials")),
    }
    let (id, secret) = credentials(request, &form)?;
    let Client { known, account, key, scopes } = authenticate(permitted, &id, &secret).await?;
    let scopes = granted(form.get("scope"), scopes)?;
    let act = known.act();
    let access_token = known.shared().keyring.sign_client(act.tenant, account, key, &scopes, act.wall).map_err(|e| ApiError::internal(&e))?;
    let scope = scopes.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(" ");
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::PRAGMA, "no-cache")).json(ClientToken {
        access_token,
        token_type: "Bearer",
        expires_in: LIFETIME,
        scope,
    }))
}

/// Get a token for a machine
///
/// The client credentials grant (RFC 6749, 4.4). The client is a service account: `client_id` is its id, `client_secret` one of its live keys, sent by HTTP Basic or in the form. `scope` narrows the token. A revoked key, a disabled account and a scope that was taken away count from the next request on, whatever the token says. 400 and 401 are answered as RFC 6749, 5.2 says.
#[utoipa::path(
    tag = "Service accounts",
    request_body(content = TokenRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "A token", body = ClientToken),
        (status = 400, description = "The request is not one for a token", body = OAuthError),
        (status = 401, description = "The client is not who it says, or its key is over", body = OAuthError)
    ),
    security(())
)]
#[post("/oauth/token")]
pub async fn issue_token(permitted: Permitted<Public>, request: HttpRequest, payload: web::Payload) -> Result<HttpResponse, ApiError> {
    match token(permitted, &request, payload).await {
        Ok(answer) => Ok(answer),
        Err(Refused::Client(error)) => Ok(error.answer()),
        Err(Refused::Problem(problem)) => Err(problem),
    }
}

/// The server as a client library sees it (RFC 8414).
#[derive(Serialize, ToSchema)]
pub struct ServerMetadata {
    /// The address under which it issues tokens: their `iss`.
    #[schema(format = "uri", example = "https://trellis.trust.example")]
    issuer: String,
    /// Where tokens are asked for.
    #[schema(format = "uri")]
    token_endpoint: String,
    /// The keys that check its tokens.
    #[schema(format = "uri")]
    jwks_uri: String,
    /// What a token can be asked for with.
    scopes_supported: Vec<word::Permission>,
    /// Always `none`: no browser is sent anywhere. The RFC wants the member, and no empty lists.
    response_types_supported: [&'static str; 1],
    /// The one grant.
    grant_types_supported: [&'static str; 1],
    /// How a client can authenticate.
    token_endpoint_auth_methods_supported: [&'static str; 2],
    /// The docs.
    #[schema(format = "uri")]
    service_documentation: String,
}

/// Read how machines get tokens
///
/// Metadata of the authorisation server (RFC 8414), for client libraries.
#[utoipa::path(tag = "Service accounts", responses((status = 200, description = "The metadata", body = ServerMetadata)), security(()))]
#[get("/.well-known/oauth-authorization-server")]
pub async fn get_oauth_metadata(permitted: Permitted<Public>, _none: Params<NoParams>) -> HttpResponse {
    let issuer = permitted.shared().keyring.issuer();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(ServerMetadata {
        issuer: issuer.into(),
        token_endpoint: format!("{issuer}/oauth/token"),
        jwks_uri: format!("{issuer}/.well-known/jwks.json"),
        scopes_supported: words(Permission::ALL.iter().copied().filter(|scope| scope.for_service_accounts()).collect()),
        response_types_supported: ["none"],
        grant_types_supported: [GRANT],
        token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
        service_documentation: format!("{issuer}/docs"),
    })
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(issue_token).service(get_oauth_metadata);
}
