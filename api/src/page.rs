//! Lists: their envelope, and cursors that belong to their filters.

use crate::{
    error::ApiError,
    extract::Params,
    feed::{place, read_place},
    permitted::Permitted,
    problem::Problem,
};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use std::future::{Ready, ready};
use trellis_persistence::{
    Page, Window,
    event::FeedHead,
    transaction::{Needs, needs::Under},
};
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

/// Lists that a snapshot is made of.
pub const SYNCED: [&str; 5] = ["organisations", "people", "employments", "relationships", "roles"];

/// Of a list that other systems keep a copy of.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SnapshotParams {
    /// `true` makes a snapshot of the list: its last page has `changes_cursor`, from which the change feed tells everything that changed
    /// since the first page was read, and nothing is missed between the two.
    snapshot: Option<bool>,
}

/// A list's filters, and where it goes on.
pub struct Listing<F> {
    /// The filters.
    pub filters: F,
    /// Where it goes on.
    pub window: Window,
    /// If it is a snapshot: the place in the feed at which its first page was read, which is none yet on the first page.
    snapshot: Option<Option<String>>,
    digest: String,
    request: HttpRequest,
}

/// The filters of a request as a digest: operation and parameters, without those that only say how much of it is answered at once.
fn filter_digest(request: &HttpRequest) -> String {
    let mut pairs: Vec<&str> =
        request.query_string().split('&').filter(|p| !p.is_empty() && !["cursor=", "limit=", "expand="].iter().any(|of_page| p.starts_with(of_page))).collect();
    pairs.sort_unstable();
    let digest = Sha256::digest(format!("{} {}", request.path(), pairs.join("&")));
    BASE64.encode(&digest[..9])
}

fn listing<F: DeserializeOwned>(request: &HttpRequest) -> Result<Listing<F>, ApiError> {
    let mut none = Payload::None;
    let Params(page) = Params::<PageParams>::from_request(request, &mut none).into_inner()?;
    let Params(filters) = Params::<F>::from_request(request, &mut none).into_inner()?;
    let digest = filter_digest(request);
    let Params(SnapshotParams { snapshot }) = Params::from_request(request, &mut none).into_inner()?;
    let (after, began) = page.cursor.as_deref().map(|cursor| read_cursor(cursor, &digest)).transpose()?.unzip();
    let limit = page.limit.unwrap_or(DEFAULT).min(MOST);
    let snapshot = snapshot.unwrap_or_default().then_some(began.flatten());
    Ok(Listing { filters, window: Window { after, limit }, snapshot, digest, request: request.clone() })
}

/// A list's cursor: its filters, the last id, and the place in the feed at which a snapshot began.
fn cursor(digest: &str, after: Uuid, began: Option<&str>) -> String {
    BASE64.encode(format!("{digest}.{after}{}", began.map_or_else(String::new, |place| format!(".{place}"))))
}
fn read_cursor(cursor: &str, digest: &str) -> Result<(Uuid, Option<String>), ApiError> {
    let invalid = || ApiError::new(Problem::InvalidCursor, "this is no cursor of ours");
    let bytes = BASE64.decode(cursor).map_err(|_| invalid())?;
    let text = String::from_utf8(bytes).map_err(|_| invalid())?;
    let (of, rest) = text.split_once('.').ok_or_else(invalid)?;
    let (after, began) = rest.split_once('.').map_or((rest, None), |(after, began)| (after, Some(began)));
    let after = Uuid::try_parse(after).map_err(|_| invalid())?;
    if began.is_some_and(|place| read_place(place).is_none()) {
        return Err(invalid());
    }
    if of != digest {
        return Err(ApiError::new(Problem::CursorFilterMismatch, "the cursor was given for other filters"));
    }
    Ok((after, began.map(str::to_owned)))
}

impl<F: DeserializeOwned> FromRequest for Listing<F> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(listing(request))
    }
}

/// A list of pairs, such as a person and something that is asked of them: its filters, and where it goes on.
pub struct Pairs<F> {
    /// The filters.
    pub filters: F,
    /// After this pair.
    pub after: Option<(Uuid, Uuid)>,
    /// At most so many.
    pub limit: usize,
    digest: String,
    request: HttpRequest,
}

fn pairs<F: DeserializeOwned>(request: &HttpRequest) -> Result<Pairs<F>, ApiError> {
    let mut none = Payload::None;
    let Params(page) = Params::<PageParams>::from_request(request, &mut none).into_inner()?;
    let Params(filters) = Params::<F>::from_request(request, &mut none).into_inner()?;
    let digest = filter_digest(request);
    let limit = usize::try_from(page.limit.unwrap_or(DEFAULT).min(MOST)).unwrap_or_default();
    let after = page.cursor.as_deref().map(|cursor| read_pair(cursor, &digest)).transpose()?;
    Ok(Pairs { filters, after, limit, digest, request: request.clone() })
}
fn read_pair(cursor: &str, digest: &str) -> Result<(Uuid, Uuid), ApiError> {
    let invalid = || ApiError::new(Problem::InvalidCursor, "this is no cursor of ours");
    let text = BASE64.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(invalid)?;
    let mut parts = text.splitn(3, '.');
    let (Some(of), Some(first), Some(second)) = (parts.next(), parts.next(), parts.next()) else { return Err(invalid()) };
    let pair = (Uuid::try_parse(first).map_err(|_| invalid())?, Uuid::try_parse(second).map_err(|_| invalid())?);
    if of != digest {
        return Err(ApiError::new(Problem::CursorFilterMismatch, "the cursor was given for other filters"));
    }
    Ok(pair)
}

impl<F: DeserializeOwned> FromRequest for Pairs<F> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(pairs(request))
    }
}
impl<F> Pairs<F> {
    /// The answer of a page.
    pub fn answer<V: Serialize>(&self, items: Vec<V>, next: Option<(Uuid, Uuid)>) -> HttpResponse {
        let next_cursor = next.map(|(first, second)| BASE64.encode(format!("{}.{first}.{second}", self.digest)));
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &next_cursor {
            response.insert_header((header::LINK, link(&self.request, "cursor", cursor)));
        }
        response.json(List { items, next_cursor })
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

/// One page of a list that other systems keep a copy of.
#[derive(Serialize, ToSchema)]
pub struct SyncedList<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Where the next page starts; null on the last one.
    pub next_cursor: Option<String>,
    /// On the last page of a snapshot, where to follow the change feed from; else null.
    pub changes_cursor: Option<String>,
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
        let next_cursor = page.next.map(|after| cursor(&self.digest, after, None));
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &next_cursor {
            response.insert_header((header::LINK, link(&self.request, "cursor", cursor)));
        }
        response.json(List { items: page.items.into_iter().map(view).collect(), next_cursor })
    }
}

impl<F> Listing<F> {
    /// Where the feed stood when a snapshot's first page was read. To be asked before the page itself: what happens between the two is told
    /// by both, and so missed by none.
    ///
    /// # Errors
    /// What the caller lacks.
    pub async fn began<N: Needs>(&self, permitted: &Permitted<N>) -> Result<Option<String>, ApiError> {
        match &self.snapshot {
            None => Ok(None),
            Some(Some(began)) => Ok(Some(began.clone())),
            Some(None) => permitted.read(FeedHead { need: Under::new() }).await.map(|(number, mark)| Some(place(number, mark, permitted.act().today()))),
        }
    }
    /// The answer of a page of a list that others keep a copy of.
    pub fn answer_synced<T, V: Serialize>(&self, page: Page<T>, began: Option<String>, view: impl Fn(T) -> V) -> HttpResponse {
        let next_cursor = page.next.map(|after| cursor(&self.digest, after, began.as_deref()));
        let mut response = HttpResponse::Ok();
        if let Some(cursor) = &next_cursor {
            response.insert_header((header::LINK, link(&self.request, "cursor", cursor)));
        }
        let changes_cursor = began.filter(|_| next_cursor.is_none());
        response.json(SyncedList { items: page.items.into_iter().map(view).collect(), next_cursor, changes_cursor })
    }
}

impl<T> List<T> {
    /// A list that is always whole.
    pub fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }
}
