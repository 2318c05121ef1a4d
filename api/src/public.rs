//! What anybody may read: the contract, the problem catalogue, the keys that check tokens, and whether the server is well.

use crate::{
    app::Shared,
    error::ApiError,
    extract::{NoParams, Params},
    page::List,
    permitted::Permitted,
    problem::{CatalogueEntry, Problem},
    routes::Routes,
};
use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use serde::Serialize;
use trellis_persistence::{tenant::SigningKeys, transaction::needs::Public};
use utoipa::ToSchema;

/// List the problem catalogue
///
/// Every code that an answer can carry, with its meaning and remedy.
#[utoipa::path(tag = "Problems", responses((status = 200, description = "All codes", body = List<CatalogueEntry>)), security(()))]
#[get("/problems.json")]
pub async fn list_problems(_permitted: Permitted<Public>, _none: Params<NoParams>) -> HttpResponse {
    HttpResponse::Ok().json(List::whole(Problem::all().map(Problem::entry).collect()))
}

/// Read a problem
///
/// The page behind a problem's `type`.
#[utoipa::path(tag = "Problems", params(("code" = String, Path, description = "The stable code", max_length = 64)), responses((status = 200, description = "Its meaning and remedy", body = CatalogueEntry)), security(()))]
#[get("/problems/{code}")]
pub async fn get_problem(_permitted: Permitted<Public>, request: HttpRequest, _none: Params<NoParams>) -> Result<HttpResponse, ApiError> {
    let code = request.match_info().get("code").unwrap_or_default();
    let problem = Problem::all().find(|p| p.code() == code).ok_or_else(ApiError::not_found)?;
    Ok(HttpResponse::Ok().json(problem.entry()))
}

/// The public keys that check access tokens (RFC 7517).
#[derive(Serialize, ToSchema)]
pub struct Jwks {
    /// The keys, newest first.
    #[schema(value_type = Vec<Object>)]
    keys: serde_json::Value,
}

/// Read the keys that check access tokens
///
/// A JSON Web Key Set (RFC 7517, RFC 8037).
#[utoipa::path(tag = "Sessions", responses((status = 200, description = "The public keys", body = Jwks)), security(()))]
#[get("/.well-known/jwks.json")]
pub async fn get_jwks(permitted: Permitted<Public>, _none: Params<NoParams>) -> HttpResponse {
    let keys = permitted.shared().keyring.jwks()["keys"].take();
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(Jwks { keys })
}

/// How the server is.
#[derive(Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`; anything else is a problem.
    #[schema(example = "ok")]
    status: &'static str,
    /// Which database it runs on.
    #[schema(example = "SQLite")]
    database: &'static str,
    /// The server's version.
    version: &'static str,
}

/// Read whether the server is well
///
/// It asks the database. For load balancers.
#[utoipa::path(tag = "Health", responses((status = 200, description = "It is", body = Health)), security(()))]
#[get("/health")]
pub async fn get_health(permitted: Permitted<Public>, _none: Params<NoParams>) -> Result<HttpResponse, ApiError> {
    permitted.read(SigningKeys).await?;
    Ok(HttpResponse::Ok().json(Health { status: "ok", database: permitted.shared().database, version: env!("CARGO_PKG_VERSION") }))
}

/// The contract as it is served.
pub async fn document(shared: web::Data<Shared>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json; charset=utf-8").body(shared.contract.text.clone())
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_problems).service(get_problem).service(get_jwks).service(get_health);
}
