//! Lists: their envelope, and cursors that belong to their filters.

use crate::{error::ApiError, extract::Params, problem::Problem};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::future::{Ready, ready};
use trellis_persistence::{Page, Window};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Entries of a page, if none are asked for.
pub const DEFAULT: i64 = 50;
/// Most entries of a page.
pub const MOST: i64 = 200;

/// Where a list goes on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// The `next_cursor` of the page before; it belongs to the same filters.
    #[param(max_length = 500)]
    pub cursor: Option<String>,
    /// How many entries; 50 if not given, and never more than 200.
    #[param(minimum = 1, maximum = 2147483647, example = 50)]
    pub limit: Option<i64>,
}

/// A list's filters, and where it goes on.
pub struct Listing<F> {
    /// The filters.
    pub filters: F,
    /// Where it goes on.
    pub window: Window,
    digest: String,
    request: HttpRequest,
}

/// The filters of a request as a digest: operation and parameters, without those of the page.
fn filter_digest(request: &HttpRequest) -> String {
    let mut pairs: Vec<&str> = request.query_string().split('&').filter(|p| !p.is_empty() && !p.starts_with("cursor=") && !p.starts_with("limit=")).collect();
    pairs.sort_unstable();
    let digest = Sha256::digest(format!("{} {}", request.path(), pairs.join("&")));
    BASE64.encode(&digest[..9])
}

fn listing<F: DeserializeOwned>(request: &HttpRequest) -> Result<Listing<F>, ApiError> {
    let mut none = Payload::None;
    let Params(page) = Params::<PageParams>::from_request(request, &mut none).into_inner()?;
    let Params(filters) = Params::<F>::from_request(request, &mut none).into_inner()?;
    let digest = filter_digest(request);
    let after = page.cursor.as_deref().map(|cursor| read_cursor(cursor, &digest)).transpose()?;
    let limit = page.limit.unwrap_or(DEFAULT).min(MOST);
    Ok(Listing { filters, window: Window { after, limit }, digest, request: request.clone() })
}

fn read_cursor(cursor: &str, digest: &str) -> Result<Uuid, ApiError> {
    let invalid = || ApiError::new(Problem::InvalidCursor, "this is no cursor of ours");
    let bytes = BASE64.decode(cursor).map_err(|_| invalid())?;
    let text = String::from_utf8(bytes).map_err(|_| invalid())?;
    let (of, after) = text.split_once('.').ok_or_else(invalid)?;
    let after = Uuid::try_parse(after).map_err(|_| invalid())?;
    if of != digest {
        return Err(ApiError::new(Problem::CursorFilterMismatch, "the cursor was given for other filters"));
    }
    Ok(after)
}

impl<F: DeserializeOwned> FromRequest for Listing<F> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(listing(request))
    }
}

/// One page of a list.
#[derive(Serialize, ToSchema)]
pub struct List<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
}

/// The address of the next page, for the `Link` header (RFC 8288).
pub fn link(request: &HttpRequest, name: &str, cursor: &str) -> String {
    let mut pairs: Vec<&str> = request.query_string().split('&').filter(|p| !p.is_empty() && p.split('=').next() != Some(name)).collect();
    let own = format!("{name}={cursor}");
    pairs.push(&own);
    format!("<{}?{}>; rel=\"next\"", request.path(), pairs.join("&"))
}

impl<F> Listing<F> {
    /// The answer of a page.
    pub fn answer<T, V: Serialize>(&self, page: Page<T>, view: impl Fn(T) -> V) -> HttpResponse {
        let next_cursor = page.next.map(|after| BASE64.encode(format!("{}.{after}", self.digest)));
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &next_cursor {
            response.insert_header((header::LINK, link(&self.request, "cursor", cursor)));
        }
        response.json(List { items: page.items.into_iter().map(view).collect(), next_cursor })
    }
}

impl<T> List<T> {
    /// A list that is always whole.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}
