//! Each record's history: a view of the tenant's one log, as the feed is another.

use crate::{
    error::ApiError,
    page::{DEFAULT, MOST, link},
    permitted::Permitted,
    problem::Problem,
    wire::{Word, word},
};
use actix_web::{HttpRequest, HttpResponse, http::header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use trellis_domain::event::Actor;
use trellis_persistence::{
    disclosure::Sealed,
    event::{Entry, History, HistoryWindow},
    transaction::Needs,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Who did it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Actor")]
pub struct ActorView {
    /// `person`, `service_account` or `system` (Trellis itself, or its operator).
    #[schema(example = "person")]
    pub r#type: &'static str,
    /// Its id. Null for the system, and for a person who did it without their name.
    pub id: Option<Uuid>,
}
impl From<Actor> for ActorView {
    fn from(actor: Actor) -> Self {
        Self { r#type: actor.kind(), id: actor.id() }
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
    /// Values before and after, by field; null once they were erased, and for a move that names schools that are not yours.
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
        let Entry { number: _, id, mark: _, kind, occurred_at, actor, request_id, subject: _, subject_version, about: _, changed, values, told: _ } = entry;
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

/// A history that is given out as it was read.
pub async fn freely<N: Needs>(_: &Permitted<N>, page: History) -> Result<History, ApiError> {
    Ok(page)
}
/// A history whose reading is recorded first.
pub async fn recorded<N: Needs>(permitted: &Permitted<N>, page: Sealed<History>) -> Result<History, ApiError> {
    permitted.unseal(page).await
}

/// The operation that answers a record's history: `freely`, or `recorded` where reading it is a disclosure.
macro_rules! history_of {
    ($name:ident, $need:ident, $operation:ident, $id:ident, $tag:literal, $path:literal, $scope:literal) => {
        $crate::event::history_of!($name, $need, $operation, $id, $tag, $path, $scope, freely);
    };
    ($name:ident, $need:ident, $operation:ident, $id:ident, $tag:literal, $path:literal, $scope:literal, $given:ident) => {
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
            Ok($crate::event::history(&request, $crate::event::$given(&permitted, page).await?))
        }
    };
}
pub(crate) use history_of;
