//! The change feed, and each record's history: two views of the tenant's one log.

use crate::{
    error::ApiError,
    extract::Params,
    organisation::ExternalRefView,
    page::{DEFAULT, MOST, link},
    permitted::Permitted,
    problem::Problem,
    wire::{Word, word},
};
use actix_web::{HttpRequest, HttpResponse, get, http::header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use trellis_domain::{
    event::{Actor, EventKind, RecordType},
    text::Wire,
};
use trellis_persistence::{
    event::{After, Changes, Entry, History, HistoryWindow, Mark},
    transaction::needs::ReadChanges,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// Entries of a page of the feed, if none are asked for; and most.
const FEED: i64 = 1000;

/// Who did it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Actor")]
pub struct ActorView {
    /// `person`, `service_account` or `system` (Trellis itself, or its operator).
    #[schema(example = "person")]
    pub r#type: &'static str,
    /// Its id.
    pub id: Option<Uuid>,
}
impl From<Actor> for ActorView {
    fn from(actor: Actor) -> Self {
        Self { r#type: actor.kind(), id: actor.id() }
    }
}

/// One change.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// The cursor after this change: following from here misses nothing.
    pub cursor: String,
    /// What happened: the record's type, a dot, and what was done. `left_scope` means that the record is still there, but no longer yours to
    /// see. Ignore types that you do not know: more are added within v1.
    #[schema(example = "person.updated")]
    pub r#type: String,
    /// The record's id.
    pub id: Uuid,
    /// What other systems call the record.
    pub external_refs: Vec<ExternalRefView>,
    /// The school, trust or group that it belongs to.
    pub organisation_id: Option<word::OrganisationId>,
    /// Names of the fields that changed.
    pub changed: Vec<String>,
    /// The record's ETag after this change.
    pub etag: String,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who.
    pub actor: ActorView,
}

/// Changes, in the order in which they were committed.
#[derive(Serialize, ToSchema)]
pub struct Feed {
    /// The changes.
    pub items: Vec<Change>,
    /// Where to go on, now if `has_more`, else later: it is never null, and is worth keeping.
    pub next_cursor: String,
    /// Is there more already?
    pub has_more: bool,
}

/// Where the feed goes on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedParams {
    /// The cursor to go on from; `head` for only what comes from now on; from the beginning of the log without it.
    #[param(max_length = 100)]
    after: Option<String>,
    /// Only these kinds of record, separated by commas: `person,employment`.
    #[param(
        max_length = 300,
        pattern = "^(organisation|person|employment|relationship|role|framework_version|cycle|objective|learning_record|account|session|service_account|match_suggestion)(,(organisation|person|employment|relationship|role|framework_version|cycle|objective|learning_record|account|session|service_account|match_suggestion))*$",
        example = "person,employment"
    )]
    types: Option<String>,
    /// How many; 1,000 if not given, and never more.
    #[param(minimum = 1, maximum = 2147483647, example = 1000)]
    limit: Option<i64>,
}

/// A place in the feed: the change's number and the mark of its link.
fn place(number: i64, mark: Mark) -> String {
    let mark: String = mark.iter().map(|b| format!("{b:02x}")).collect();
    BASE64.encode(format!("log.{number}.{mark}"))
}
fn read_place(cursor: &str) -> Option<After> {
    let text = String::from_utf8(BASE64.decode(cursor).ok()?).ok()?;
    let (number, mark) = text.strip_prefix("log.")?.split_once('.')?;
    let mut bytes = Mark::default();
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(mark.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(After::Change(number.parse().ok().filter(|n| *n >= 0)?, bytes))
}
fn read_after(after: Option<&str>) -> Result<After, ApiError> {
    match after {
        None => Ok(After::Beginning),
        Some("head") => Ok(After::Head),
        Some(cursor) => read_place(cursor).ok_or_else(|| ApiError::new(Problem::InvalidCursor, "this is no cursor of the change feed")),
    }
}
/// A place in a record's history.
fn cursor(number: i64) -> String {
    BASE64.encode(format!("history.{number}"))
}
fn read_cursor(cursor: &str) -> Result<i64, ApiError> {
    let number = BASE64.decode(cursor).ok().and_then(|b| String::from_utf8(b).ok()).and_then(|t| t.strip_prefix("history.").and_then(|n| n.parse().ok()));
    number.ok_or_else(|| ApiError::new(Problem::InvalidCursor, "this is no cursor of a history"))
}

fn record_types(types: &str) -> Result<Vec<RecordType>, ApiError> {
    let known: Vec<&str> = RecordType::ALL.iter().map(|t| t.as_str()).collect();
    let unknown = |_| ApiError::new(Problem::InvalidParameter, format!("types are separated by commas, each one of: {}", known.join(", ")));
    types.split(',').map(|t| RecordType::parse(t.trim()).map_err(unknown)).collect()
}

impl From<Entry> for Change {
    fn from(entry: Entry) -> Self {
        let Entry { number, id: _, mark, kind, occurred_at, actor, request_id: _, subject, subject_version, about, changed, values: _, external_refs } = entry;
        let r#type = match kind {
            EventKind::LearningRecordUnshared => "learning_record.left_scope".into(),
            kind => kind.as_str().into(),
        };
        Self {
            cursor: place(number, mark),
            r#type,
            id: subject,
            external_refs: external_refs.into_iter().map(Into::into).collect(),
            organisation_id: about.organisation.map(Word),
            changed,
            etag: crate::respond::etag(subject_version),
            occurred_at,
            actor: actor.into(),
        }
    }
}

/// Follow what changes
///
/// The tenant's one log, in the order in which changes were committed, as far as the credential's scopes and schools reach. Go on from `next_cursor`, for ever: no
/// change is missed and none is told twice, whatever happens meanwhile, and no clock is needed.
#[utoipa::path(tag = "Changes", params(FeedParams), responses((status = 200, description = "Changes after the cursor", body = Feed)), security(("bearer" = ["changes:read"])))]
#[get("/v1/changes")]
pub async fn list_changes(permitted: Permitted<ReadChanges>, request: HttpRequest, params: Params<FeedParams>) -> Result<HttpResponse, ApiError> {
    let FeedParams { after, types, limit } = params.0;
    let after = read_after(after.as_deref())?;
    let types = types.as_deref().map(record_types).transpose()?;
    let feed = permitted.read(Changes { after, types, limit: limit.unwrap_or(FEED).min(FEED) }).await?;
    let next_cursor = place(feed.next, feed.mark);
    let mut response = HttpResponse::Ok();
    if feed.more {
        response.insert_header((header::LINK, link(&request, "after", &next_cursor)));
    }
    Ok(response.json(Feed { items: feed.entries.into_iter().map(Change::from).collect(), next_cursor, has_more: feed.more }))
}

/// A field's value before and after.
#[derive(Serialize, ToSchema)]
pub struct BeforeAfter {
    /// Before; null if there was none.
    #[schema(value_type = Value)]
    pub before: serde_json::Value,
    /// After; null if there is none.
    #[schema(value_type = Value)]
    pub after: serde_json::Value,
}

/// One event of a record's history.
#[derive(Serialize, ToSchema)]
pub struct HistoryEntry {
    /// The event's id.
    pub id: word::EventId,
    /// What happened.
    pub r#type: word::EventKind,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who did it.
    pub actor: ActorView,
    /// In which request.
    pub request_id: String,
    /// The record's version afterwards.
    pub version: i64,
    /// Names of the fields that changed.
    pub changed: Vec<String>,
    /// Values before and after, by field; null once they were erased.
    pub values: Option<BTreeMap<String, BeforeAfter>>,
}
/// A record's history, newest first.
#[derive(Serialize, ToSchema)]
pub struct HistoryList {
    /// The events.
    pub items: Vec<HistoryEntry>,
    /// Where older ones start; null on the last page.
    pub next_cursor: Option<String>,
}

/// Where a history goes on.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryParams {
    /// The `next_cursor` of the page before.
    #[param(max_length = 100)]
    pub cursor: Option<String>,
    /// How many; 50 if not given, and never more than 200.
    #[param(minimum = 1, maximum = 2147483647)]
    pub limit: Option<i64>,
}
impl HistoryParams {
    /// As the store knows it.
    ///
    /// # Errors
    /// `invalid_cursor`.
    pub fn window(&self) -> Result<HistoryWindow, ApiError> {
        let before = self.cursor.as_deref().map(read_cursor).transpose()?;
        Ok(HistoryWindow { before, limit: self.limit.unwrap_or(DEFAULT).min(MOST) })
    }
}

fn before_after(values: serde_json::Value) -> BTreeMap<String, BeforeAfter> {
    let serde_json::Value::Object(fields) = values else { return BTreeMap::new() };
    let pair = |mut v: serde_json::Value| BeforeAfter { before: v["before"].take(), after: v["after"].take() };
    fields.into_iter().map(|(name, v)| (name, pair(v))).collect()
}

/// The answer of a page of history.
pub fn history(request: &HttpRequest, page: History) -> HttpResponse {
    let next_cursor = page.next.map(cursor);
    let items = page.entries.into_iter().map(|entry| {
        let Entry { number: _, id, mark: _, kind, occurred_at, actor, request_id, subject: _, subject_version, about: _, changed, values, external_refs: _ } =
            entry;
        HistoryEntry {
            id: Word(id),
            r#type: Word(kind),
            occurred_at,
            actor: actor.into(),
            request_id,
            version: subject_version,
            changed,
            values: values.map(before_after),
        }
    });
    let list = HistoryList { items: items.collect(), next_cursor };
    let mut response = HttpResponse::Ok();
    if let Some(cursor) = &list.next_cursor {
        response.insert_header((header::LINK, link(request, "cursor", cursor)));
    }
    response.json(list)
}

/// The operation that answers a record's history.
macro_rules! history_of {
    ($name:ident, $need:ident, $operation:ident, $id:ident, $tag:literal, $path:literal, $scope:literal) => {
        /// Read a record's history
        ///
        /// Who did what and when, newest first, with values before and after, for whoever may read the record. What happened to a private draft stays its author's.
        #[utoipa::path(tag = $tag, params($crate::event::HistoryParams), responses((status = 200, description = "Events, newest first", body = $crate::event::HistoryList)), security(("bearer" = [$scope])))]
        #[get($path)]
        pub async fn $name(
            permitted: $crate::permitted::Permitted<$need>,
            request: actix_web::HttpRequest,
            id: $crate::extract::Id<$id>,
            params: $crate::extract::Params<$crate::event::HistoryParams>,
        ) -> Result<actix_web::HttpResponse, $crate::error::ApiError> {
            let page = permitted.read($operation { id: id.0, window: params.0.window()? }).await?;
            Ok($crate::event::history(&request, page))
        }
    };
}
pub(crate) use history_of;

/// Registers the operations of this file.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_changes);
}
