//! Calendar links: secret addresses at which a calendar program reads somebody's own days.

use crate::{
    auth::secret,
    error::ApiError,
    extract::{Body, NoBody, NoParams, Params, segment},
    ics::{Entry, When, calendar, said},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpRequest, HttpResponse, get, http::header::CACHE_CONTROL, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::id::CalendarLinkId;
use trellis_persistence::{
    calendar_link::{CalendarDays, CalendarLink, CreateCalendarLink, Days, ListCalendarLinks, RevokeCalendarLink},
    transaction::needs::{Identified, Public},
};
use utoipa::ToSchema;

/// A link, without its secret.
#[derive(Serialize, ToSchema)]
#[schema(title = "CalendarLink")]
pub struct CalendarLinkView {
    /// Its id.
    pub id: word::CalendarLinkId,
    /// Where it is used, in one's own words.
    pub name: word::Title,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}
impl From<CalendarLink> for CalendarLinkView {
    fn from(CalendarLink { id, name, created_at, revoked_at }: CalendarLink) -> Self {
        Self { id: Word(id), name: Word(name), created_at, revoked_at }
    }
}
/// A link to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCalendarLink {
    /// Where it is used, in one's own words: the telephone, the calendar at home.
    name: word::Title,
}
/// A link that was made. Its address is shown here, once.
#[derive(Serialize, ToSchema)]
pub struct MadeCalendarLink {
    /// The link.
    #[serde(flatten)]
    link: CalendarLinkView,
    /// The address that a calendar program subscribes to. Whoever has it reads one's days, without logging in. It is kept hashed and never shown again: null in an answer that is replayed.
    url: Option<String>,
}

/// List one's calendar links
///
/// Without their secrets, revoked ones too.
#[utoipa::path(tag = "Me", params(PageParams), responses((status = 200, description = "A page of links", body = List<CalendarLinkView>)), security(("bearer" = [])))]
#[get("/v1/me/calendar-links")]
pub async fn list_calendar_links(permitted: Permitted<Identified>, listing: Listing<NoParams>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListCalendarLinks { window: listing.window }).await?;
    Ok(listing.answer(page, CalendarLinkView::from))
}

/// Make a calendar link
///
/// A secret address (iCalendar, RFC 5545) with one's own sessions and conversations, what one has to do by when, and each warning that a required training runs out. It is good until it is revoked, and as long as one's account is; ten may be live at a time.
#[utoipa::path(tag = "Me", request_body = NewCalendarLink, responses((status = 201, description = "Made", body = MadeCalendarLink)), security(("bearer" = [])))]
#[post("/v1/me/calendar-links")]
pub async fn create_calendar_link(permitted: Permitted<Identified>, _none: Params<NoParams>, body: Body<NewCalendarLink>) -> Result<HttpResponse, ApiError> {
    let act = permitted.act();
    let id = CalendarLinkId(act.ids.make(act.wall));
    let (token, digest) = secret::new_calendar(act.tenant, id);
    let answer = permitted
        .once(CreateCalendarLink { id, name: body.0.name.0, digest }, move |link| {
            respond::plain(201, &MadeCalendarLink { link: link.clone().into(), url: None })
        })
        .await?;
    if answer.replayed {
        return Ok(respond::stored(&answer.stored, true));
    }
    let mut shown: serde_json::Value = serde_json::from_str(&answer.stored.body).map_err(|e| ApiError::internal(&e))?;
    shown["url"] = format!("{}/v1/calendar/{token}.ics", permitted.shared().keyring.issuer()).into();
    Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(shown))
}

/// Revoke a calendar link
///
/// Its address answers nothing from the next request on. One that is revoked stays so.
#[utoipa::path(tag = "Me", responses((status = 200, description = "As it is now", body = CalendarLinkView)), security(("bearer" = [])))]
#[post("/v1/me/calendar-links/{link_id}/revoke")]
pub async fn revoke_calendar_link(
    permitted: Permitted<Identified>,
    request: HttpRequest,
    _none: Params<NoParams>,
    _nothing: NoBody,
) -> Result<HttpResponse, ApiError> {
    let id = segment(&request, "link_id")?;
    permitted.write(RevokeCalendarLink { id }, |link| respond::plain(200, &CalendarLinkView::from(link.clone()))).await
}

/// What a calendar shows: titles and names that the owner may see, and nothing of what stands in the records.
fn entries(days: Days) -> Vec<Entry> {
    let tasks = days.tasks.into_iter().filter_map(|t| {
        let about = [t.task.title, t.person_name].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let what = said(t.task.kind.as_str());
        Some(Entry {
            uid: format!("{}-{}@trellis", t.task.kind, t.task.part_id),
            when: When::Day(t.task.due?.on),
            summary: if about.is_empty() { what } else { format!("{what}: {about}") },
            location: None,
        })
    });
    let sessions = days.sessions.into_iter().map(|(session, title)| Entry {
        uid: format!("session-{}@trellis", session.id),
        when: When::Hours(session.starts_at, session.ends_at),
        summary: title,
        location: session.place.map(|p| p.as_str().to_owned()),
    });
    let meetings = days.meetings.into_iter().map(|m| Entry {
        uid: format!("conversation-{}@trellis", m.id),
        when: When::From(m.starts_at),
        summary: m.with.map_or_else(|| "Conversation".into(), |name| format!("Conversation with {name}")),
        location: m.place,
    });
    let reminders = days.reminders.into_iter().map(|r| Entry {
        uid: format!("training-{}-{}@trellis", r.id, r.days),
        when: When::Day(r.on),
        summary: match r.days {
            0 => format!("{} runs out", r.title.as_str()),
            1 => format!("{} runs out tomorrow", r.title.as_str()),
            days => format!("{} runs out in {days} days", r.title.as_str()),
        },
        location: None,
    });
    sessions.chain(meetings).chain(tasks).chain(reminders).collect()
}

/// Follow a calendar by its link
///
/// The address that a calendar program subscribes to: who has it needs no other credential. A link that was revoked, or whose owner's account is disabled, answers like one that never was.
#[utoipa::path(tag = "Me", params(("token" = String, Path, description = "The secret of the link", max_length = 200)), responses((status = 200, description = "The owner's days", body = String, content_type = "text/calendar")), security(()))]
#[get("/v1/calendar/{token}.ics")]
pub async fn get_calendar_feed(permitted: Permitted<Public>, request: HttpRequest, _none: Params<NoParams>) -> Result<HttpResponse, ApiError> {
    let token = request.match_info().get("token").unwrap_or_default();
    let (tenant, id, digest) = secret::read_calendar(token).ok_or_else(ApiError::not_found)?;
    let permitted = permitted.in_tenant(tenant);
    let days = permitted.read(CalendarDays { id, digest }).await?;
    let body = calendar("Trellis", &entries(days), permitted.act().now);
    Ok(HttpResponse::Ok().content_type("text/calendar; charset=utf-8").insert_header((CACHE_CONTROL, "private, no-store")).body(body))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_calendar_links).service(create_calendar_link).service(revoke_calendar_link).service(get_calendar_feed);
}
