//! School calendars, and the counting of days by them.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfNoneMatch, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word, words},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    calendar::{Calendar, Days},
    id::{CalendarId, OrganisationId},
    profile::Span,
};
use trellis_persistence::{
    calendar::{CalendarHistory, CountDays, CreateCalendar, GetCalendar, ListCalendars},
    transaction::needs::{ReadCycles, WriteCycles},
};
use utoipa::{IntoParams, ToSchema};

/// From a first to a last day, both inclusive.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Days")]
pub struct DaysView {
    /// First day.
    starts_on: NaiveDate,
    /// Last day.
    ends_on: NaiveDate,
}
impl From<Days> for DaysView {
    fn from(Days { starts_on, ends_on }: Days) -> Self {
        Self { starts_on, ends_on }
    }
}
impl From<DaysView> for Days {
    fn from(DaysView { starts_on, ends_on }: DaysView) -> Self {
        Self { starts_on, ends_on }
    }
}

/// One version of the calendar of an academic year.
#[derive(Serialize, ToSchema)]
#[schema(title = "Calendar")]
pub struct CalendarView {
    /// The id of this version.
    pub id: word::CalendarId,
    /// Whose: a school's own, or the default of everything beneath.
    pub organisation_id: word::OrganisationId,
    /// Of which academic year, by the calendar year in which it starts: 2026 is 2026/27.
    pub academic_year: i32,
    /// Which version for that organisation and year, from 1; the last one counts.
    pub number: i32,
    /// Whose bank holidays.
    pub bank_holidays: word::BankHolidays,
    /// Terms or half-terms, in their order: days between them are holidays.
    pub terms: Vec<DaysView>,
    /// Days in term on which staff are trained and pupils stay at home.
    pub inset_days: Vec<NaiveDate>,
    /// Days in term on which the school is closed.
    pub closures: Vec<DaysView>,
    /// Version of the record; the ETag in quotation marks.
    pub version: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The same: it never changes.
    pub updated_at: DateTime<Utc>,
}
impl From<Calendar> for CalendarView {
    fn from(calendar: Calendar) -> Self {
        let Calendar { id, organisation_id, academic_year, number, bank_holidays, terms, inset_days, closures, version, created_at, updated_at } = calendar;
        Self {
            id: Word(id),
            organisation_id: Word(organisation_id),
            academic_year,
            number,
            bank_holidays: Word(bank_holidays),
            terms: terms.into_iter().map(Into::into).collect(),
            inset_days,
            closures: closures.into_iter().map(Into::into).collect(),
            version,
            created_at,
            updated_at,
        }
    }
}

/// A new version of a calendar, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCalendar {
    /// Whose: a school's own, or the default of everything beneath.
    organisation_id: word::OrganisationId,
    /// Of which academic year, by the calendar year in which it starts.
    #[schema(minimum = 2000, maximum = 2100)]
    academic_year: i32,
    /// Whose bank holidays.
    bank_holidays: word::BankHolidays,
    /// Terms or half-terms, in their order.
    #[schema(min_items = 1, max_items = 12)]
    terms: Vec<DaysView>,
    /// Days in term on which staff are trained and pupils stay at home.
    #[serde(default)]
    #[schema(max_items = 20)]
    inset_days: Vec<NaiveDate>,
    /// Days in term on which the school is closed.
    #[serde(default)]
    #[schema(max_items = 60)]
    closures: Vec<DaysView>,
}

/// Filters of the list of calendars.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CalendarFilters {
    /// Only this organisation's.
    organisation_id: Option<word::OrganisationId>,
    /// Only of this academic year, by the calendar year in which it starts.
    #[param(minimum = 2000, maximum = 2100)]
    academic_year: Option<i32>,
}

/// What is counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Count {
    /// The day from which it is counted; it is not counted itself.
    from: NaiveDate,
    /// How many days.
    #[param(minimum = 0, maximum = 366)]
    days: u16,
    /// Which days count.
    basis: word::DayBasis,
}

/// A day that was counted.
#[derive(Serialize, ToSchema)]
#[schema(title = "DueDay")]
pub struct DueDayView {
    /// The day.
    due_on: NaiveDate,
    /// Which days were counted.
    basis: word::DayBasis,
    /// The versions of calendars that were asked; empty where only weekdays and bank holidays count.
    calendar_ids: Vec<word::CalendarId>,
}

/// List calendars
///
/// Every version, oldest first. Of an organisation and academic year the one with the highest `number` counts.
#[utoipa::path(tag = "Calendars", params(PageParams, CalendarFilters), responses((status = 200, description = "A page of calendars", body = List<CalendarView>)), security(("bearer" = ["cycles:read"])))]
#[get("/v1/calendars")]
pub async fn list_calendars(permitted: Permitted<ReadCycles>, listing: Listing<CalendarFilters>) -> Result<HttpResponse, ApiError> {
    let CalendarFilters { organisation_id, academic_year } = &listing.filters;
    let operation = ListCalendars { organisation_id: organisation_id.as_ref().map(|o| o.0), academic_year: *academic_year, window: listing.window };
    let page = permitted.read(operation).await?;
    Ok(listing.answer(page, CalendarView::from))
}

/// Write a calendar
///
/// A whole version, which counts from now on for a school, or for every school beneath a trust that has none of its own. No deadline that was given moves with it. For the headteacher, HR and administrators of the organisation.
#[utoipa::path(tag = "Calendars", request_body = NewCalendar, responses((status = 201, description = "Written", body = CalendarView)), security(("bearer" = ["cycles:write"])))]
#[post("/v1/calendars")]
pub async fn create_calendar(permitted: Permitted<WriteCycles>, _none: Params<NoParams>, body: Body<NewCalendar>) -> Result<HttpResponse, ApiError> {
    let NewCalendar { organisation_id, academic_year, bank_holidays, terms, inset_days, closures } = body.0;
    let days = |all: Vec<DaysView>| all.into_iter().map(Into::into).collect();
    let operation = CreateCalendar {
        organisation_id: organisation_id.0,
        academic_year,
        bank_holidays: bank_holidays.0,
        terms: days(terms),
        inset_days,
        closures: days(closures),
    };
    permitted
        .write(operation, |calendar| respond::created(calendar.version, format!("/v1/calendars/{}", calendar.id), &CalendarView::from(calendar.clone())))
        .await
}

/// Read a calendar
///
/// One version; it never changes.
#[utoipa::path(tag = "Calendars", responses((status = 200, description = "The calendar", body = CalendarView)), security(("bearer" = ["cycles:read"])))]
#[get("/v1/calendars/{id}")]
pub async fn get_calendar(
    permitted: Permitted<ReadCycles>,
    _none: Params<NoParams>,
    id: Id<CalendarId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetCalendar { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |c| c.version, CalendarView::from))
}

/// Count days at an organisation
///
/// The day that lies so many days after another: calendar days, working days (Monday to Friday without bank holidays), or school days by the calendars that count there now. The day from which it is counted is not counted itself.
#[utoipa::path(tag = "Calendars", params(Count), responses((status = 200, description = "The day", body = DueDayView)), security(("bearer" = ["cycles:read"])))]
#[get("/v1/organisations/{id}/due-day")]
pub async fn get_due_day(permitted: Permitted<ReadCycles>, id: Id<OrganisationId>, count: Params<Count>) -> Result<HttpResponse, ApiError> {
    let Count { from, days, basis } = count.0;
    let due = permitted.read(CountDays { organisation_id: id.0, from, span: Span { days, basis: basis.0 } }).await?;
    Ok(HttpResponse::Ok().json(DueDayView { due_on: due.on, basis, calendar_ids: words(due.calendars) }))
}

crate::event::history_of!(calendar_history, ReadCycles, CalendarHistory, CalendarId, "Calendars", "/v1/calendars/{id}/history", "cycles:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_calendars).service(create_calendar).service(get_calendar).service(get_due_day).service(calendar_history);
}
