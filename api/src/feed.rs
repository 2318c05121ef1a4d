//! The change feed: a page of it, with or without waiting for what comes, and as a stream that does not end.

use crate::{change::Change, error::ApiError, extract::Params, page::link, permitted::Permitted, problem::Problem, routes::Routes, waiting::Seat, wire::word};
use actix_web::{HttpRequest, HttpResponse, get, http::header, rt::time::Instant, web::Bytes};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{NaiveDate, TimeDelta};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use std::{convert::Infallible, fmt::Write as _, time::Duration};
use trellis_domain::{event::RecordType, text::Wire};
use trellis_persistence::{
    StoreError,
    bell::Listener,
    event::{After, Changes, Feed, Mark},
    transaction::needs::ReadChanges,
};
use utoipa::{IntoParams, ToSchema};

/// Entries of a page of the feed, if none are asked for; and most.
const FEED: i64 = 1000;
/// Entries that a stream reads at once.
const STREAMED: i64 = 100;
/// How long a stream is silent before it says that it is still there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The header with which a browser goes on.
const LAST_EVENT_ID: &str = "last-event-id";

/// Changes, in the order in which they were committed.
#[derive(Serialize, ToSchema)]
#[schema(title = "Feed")]
pub struct FeedPage {
    /// The changes.
    pub items: Vec<Change>,
    /// Where to go on, now if `has_more`, else later: it is never null, and is worth keeping.
    pub next_cursor: String,
    /// Is there more already?
    pub has_more: bool,
}

/// Which changes are followed, and from where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FollowParams {
    /// The cursor to go on from; `head` for only what comes from now on; from the beginning of the log without it.
    #[param(max_length = 100)]
    after: Option<String>,
    /// Only these kinds of record, separated by commas: `person,employment`.
    #[param(
        max_length = 1000,
        pattern = "^(organisation|person|employment|relationship|role|framework_version|rule_profile|calendar|cycle|appraisal|appraisal_report|pay_recommendation|development_need|appraisal_hold|conversation_template|conversation|conversation_notes|agreed_action|objective|learning_record|improvement_plan|priority|learning_activity|learning_session|enrolment|training_requirement|training_completion|training_exemption|learning_request|budget_line|finding|account|session|service_account|match_suggestion)(,(organisation|person|employment|relationship|role|framework_version|rule_profile|calendar|cycle|appraisal|appraisal_report|pay_recommendation|development_need|appraisal_hold|conversation_template|conversation|conversation_notes|agreed_action|objective|learning_record|improvement_plan|priority|learning_activity|learning_session|enrolment|training_requirement|training_completion|training_exemption|learning_request|budget_line|finding|account|session|service_account|match_suggestion))*$",
        example = "person,employment"
    )]
    types: Option<String>,
    /// Only what happened at this organisation or beneath it, and to the people who are live there.
    organisation_id: Option<word::OrganisationId>,
    /// `record` adds to each change its record as it is now.
    #[param(pattern = "^record$", example = "record")]
    include: Option<String>,
}
/// How much of the feed, and how long to wait for it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FeedParams {
    /// How many; 1,000 if not given, and never more.
    #[param(minimum = 1, maximum = 2147483647, example = 1000)]
    limit: Option<i64>,
    /// Seconds to wait for a change if there is none yet; 0 if not given. The answer comes with the first change, or empty.
    #[param(minimum = 0, maximum = 30, example = 20)]
    wait: Option<u64>,
}

/// Days for which a cursor is good.
const CURSOR_DAYS: i64 = 400;

/// A place in the feed: the change's number, the mark of its link, and the day on which the place was given.
pub fn place(number: i64, mark: Mark, given_on: NaiveDate) -> String {
    let mark: String = mark.iter().map(|b| format!("{b:02x}")).collect();
    BASE64.encode(format!("log.{number}.{mark}.{given_on}"))
}
/// The place that a cursor names, and when it was given, if it is one.
pub fn read_place(cursor: &str) -> Option<(After, NaiveDate)> {
    let text = String::from_utf8(BASE64.decode(cursor).ok()?).ok()?;
    let (number, rest) = text.strip_prefix("log.")?.split_once('.')?;
    let (mark, given_on) = rest.split_once('.')?;
    let mut bytes = Mark::default();
    for (i, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(mark.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some((After::Change(number.parse().ok().filter(|n| *n >= 0)?, bytes), given_on.parse().ok()?))
}
fn read_after(after: Option<&str>, today: NaiveDate) -> Result<After, ApiError> {
    match after {
        None => Ok(After::Beginning),
        Some("head") => Ok(After::Head),
        Some(cursor) => match read_place(cursor) {
            None => Err(ApiError::new(Problem::InvalidCursor, "this is no cursor of the change feed")),
            Some((_, given_on)) if today - given_on > TimeDelta::days(CURSOR_DAYS) => Err(StoreError::CursorExpired.into()),
            Some((after, _)) => Ok(after),
        },
    }
}
fn record_types(types: &str) -> Result<Vec<RecordType>, ApiError> {
    let known: Vec<&str> = RecordType::ALL.iter().map(|t| t.as_str()).collect();
    let unknown = |_| ApiError::new(Problem::InvalidParameter, format!("types are separated by commas, each one of: {}", known.join(", ")));
    types.split(',').map(|t| RecordType::parse(t.trim()).map_err(unknown)).collect()
}
impl FollowParams {
    fn changes(&self, limit: i64, today: NaiveDate) -> Result<Changes, ApiError> {
        Ok(Changes {
            after: read_after(self.after.as_deref(), today)?,
            types: self.types.as_deref().map(record_types).transpose()?,
            organisation_id: self.organisation_id.as_ref().map(|o| o.0),
            with_records: self.include.is_some(),
            limit,
        })
    }
}

/// Somebody who follows the feed and waits for it.
struct Reader {
    permitted: Permitted<ReadChanges>,
    changes: Changes,
    bell: Listener,
}
impl Reader {
    /// Listens before the first look, so that nothing falls between the two.
    fn new(permitted: Permitted<ReadChanges>, changes: Changes) -> Self {
        Self { bell: permitted.listen(), permitted, changes }
    }
    /// What there is now; the next look goes on after it. The caller is judged anew each time.
    async fn look(&mut self) -> Result<Feed, ApiError> {
        let feed = self.permitted.read(self.changes.clone()).await?;
        self.changes.after = After::Change(feed.next, feed.mark);
        Ok(feed)
    }
    /// The same, later.
    async fn look_again(&mut self) -> Result<Feed, ApiError> {
        self.permitted.renew()?;
        self.look().await
    }
    /// The first page that is not empty, or the last look when the time is over.
    async fn first(&mut self, wait: Duration) -> Result<Feed, ApiError> {
        let over = Instant::now() + wait;
        let mut feed = self.look().await?;
        if !feed.entries.is_empty() || feed.more || wait.is_zero() {
            return Ok(feed);
        }
        let mut seat = self.permitted.seat()?;
        while feed.entries.is_empty() && Instant::now() < over && seat.wait(&mut self.bell, over).await {
            feed = self.look_again().await?;
        }
        Ok(feed)
    }
}

/// Follow what changes
///
/// The tenant's one log, in the order in which changes were committed, as far as the credential's scopes and schools reach. Go on from `next_cursor`, for ever: no
/// change is missed and none is told twice, whatever happens meanwhile, and no clock is needed. With `wait` the answer waits for the next change.
#[utoipa::path(tag = "Changes", params(FollowParams, FeedParams), responses((status = 200, description = "Changes after the cursor", body = FeedPage)), security(("bearer" = ["changes:read"])))]
#[get("/v1/changes")]
pub async fn list_changes(
    permitted: Permitted<ReadChanges>,
    request: HttpRequest,
    follow: Params<FollowParams>,
    params: Params<FeedParams>,
) -> Result<HttpResponse, ApiError> {
    let FeedParams { limit, wait } = params.0;
    let changes = follow.0.changes(limit.unwrap_or(FEED).min(FEED), permitted.act().today())?;
    let mut reader = Reader::new(permitted, changes);
    let feed = reader.first(Duration::from_secs(wait.unwrap_or_default())).await?;
    let today = reader.permitted.act().today();
    let next_cursor = place(feed.next, feed.mark, today);
    let mut response = HttpResponse::Ok();
    if feed.more {
        response.insert_header((header::LINK, link(&request, "after", &next_cursor)));
    }
    Ok(response.json(FeedPage { items: feed.entries.into_iter().map(|entry| Change::new(entry, today)).collect(), next_cursor, has_more: feed.more }))
}

/// A stream of the feed, between two of its parts.
struct Streaming {
    reader: Reader,
    seat: Seat,
    request_id: String,
    /// What was looked at and not yet told.
    looked: Option<Feed>,
    opened: bool,
    over: bool,
    heartbeat: Instant,
}

impl Streaming {
    fn id(&self) -> String {
        match self.reader.changes.after {
            After::Change(number, mark) => place(number, mark, self.reader.permitted.act().today()),
            After::Beginning | After::Head => String::new(),
        }
    }
    /// Says that it is still there, and how far it has looked: an id without data moves a browser's place on.
    fn silence(&mut self) -> String {
        self.heartbeat = Instant::now() + HEARTBEAT;
        format!(": still here\nid: {}\n\n", self.id())
    }
    fn tell(&mut self, feed: Feed) -> String {
        self.heartbeat = Instant::now() + HEARTBEAT;
        let mut out = String::new();
        let today = self.reader.permitted.act().today();
        for change in feed.entries.into_iter().map(|entry| Change::new(entry, today)) {
            match serde_json::to_string(&change) {
                Ok(data) => drop(write!(out, "id: {}\nevent: {}\ndata: {data}\n\n", change.cursor, change.r#type)),
                Err(e) => log::error!("a change cannot be written: {e}"),
            }
        }
        out
    }
    /// The next part of the answer; none when it is over.
    async fn next(mut self) -> Option<(Result<Bytes, Infallible>, Self)> {
        let text = loop {
            if self.over {
                return None;
            }
            let looked = match self.looked.take() {
                Some(feed) => Ok(feed),
                None => self.reader.look_again().await,
            };
            match looked {
                Ok(feed) if !feed.entries.is_empty() => break self.tell(feed),
                Ok(feed) if feed.more => continue,
                Ok(_) if !self.opened => break self.silence(),
                Ok(_) => {}
                Err(problem) => {
                    self.over = true;
                    problem.note(&self.request_id);
                    break format!("event: error\ndata: {}\n\n", problem.body(&self.request_id));
                }
            }
            if !self.seat.wait(&mut self.reader.bell, self.heartbeat).await {
                return None;
            }
            if Instant::now() >= self.heartbeat {
                break self.silence();
            }
        };
        let opening = if self.opened { "" } else { "retry: 2000\n\n" };
        self.opened = true;
        Some((Ok(Bytes::from(format!("{opening}{text}"))), self))
    }
}

/// Stream what changes
///
/// The same feed as server-sent events, which come as they are committed and do not end: `id` is the cursor, `event` the type, and `data` the change as
/// `GET /v1/changes` has it. Go on with `Last-Event-ID`, which wins over `after`. A comment every 15 seconds says that it is still there. When the credential
/// is no longer good the stream ends within seconds with an `event: error` whose `data` is the problem. When the server stops it just ends: connect again.
#[utoipa::path(tag = "Changes", params(FollowParams, ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that arrived", max_length = 100)), responses((status = 200, description = "Events, without an end", body = String, content_type = "text/event-stream")), security(("bearer" = ["changes:read"])))]
#[get("/v1/changes/stream")]
pub async fn stream_changes(permitted: Permitted<ReadChanges>, request: HttpRequest, follow: Params<FollowParams>) -> Result<HttpResponse, ApiError> {
    let mut changes = follow.0.changes(STREAMED, permitted.act().today())?;
    if let Some(last) = request.headers().get(LAST_EVENT_ID).filter(|last| !last.is_empty()) {
        changes.after = read_after(Some(last.to_str().unwrap_or_default()), permitted.act().today())?;
    }
    let request_id = permitted.act().request_id.clone();
    let mut reader = Reader::new(permitted, changes);
    // whatever is refused is refused before it begins
    let looked = Some(reader.look().await?);
    let seat = reader.permitted.seat()?;
    let streaming = Streaming { reader, seat, request_id, looked, opened: false, over: false, heartbeat: Instant::now() + HEARTBEAT };
    let mut response = HttpResponse::Ok();
    // no proxy keeps it back
    response.content_type("text/event-stream").insert_header((header::CACHE_CONTROL, "no-store")).insert_header(("x-accel-buffering", "no"));
    Ok(response.streaming(stream::unfold(streaming, Streaming::next)))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_changes).service(stream_changes);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_of_the_filter_are_those_that_the_feed_tells_of() {
        use utoipa::IntoParams;
        let params = serde_json::to_value(FollowParams::into_params(|| None)).unwrap_or_default();
        let types = params.as_array().into_iter().flatten().find(|p| p["name"] == "types").cloned().unwrap_or_default();
        let pattern = types["schema"]["pattern"].as_str().unwrap_or_default();
        let named: Vec<&str> = pattern.trim_start_matches("^(").split(')').next().unwrap_or_default().split('|').collect();
        let told: Vec<&str> = RecordType::ALL.iter().filter(|t| t.followed()).map(|t| t.as_str()).collect();
        assert_eq!(named, told);
        assert_eq!(pattern, format!("^({0})(,({0}))*$", told.join("|")));
        let most = types["schema"]["maxLength"].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
        assert!(told.join(",").len() <= most, "all of them fit");
    }
}
