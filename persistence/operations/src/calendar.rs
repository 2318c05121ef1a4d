//! School calendars.

use crate::transaction::{Fetched, Page, Window, commands, queries};
use chrono::NaiveDate;
use trellis_domain::{
    calendar::{BankHolidays, Calendar, Days, Due},
    id::{CalendarId, OrganisationId},
    profile::Span,
};

/// A new version of a calendar.
#[derive(Debug, Clone)]
pub struct CreateCalendar {
    /// Whose: a school's own, or the default of everything beneath.
    pub organisation_id: OrganisationId,
    /// Of which academic year, by the calendar year in which it starts.
    pub academic_year: i32,
    /// Whose bank holidays.
    pub bank_holidays: BankHolidays,
    /// Terms or half-terms, in their order.
    pub terms: Vec<Days>,
    /// INSET days.
    pub inset_days: Vec<NaiveDate>,
    /// Closures.
    pub closures: Vec<Days>,
}
/// One version.
#[derive(Debug)]
pub struct GetCalendar {
    /// Which.
    pub id: CalendarId,
    /// The version of the record that the caller has.
    pub unless: Option<i64>,
}
/// Versions of calendars, by these filters.
#[derive(Debug)]
pub struct ListCalendars {
    /// Of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Of this academic year.
    pub academic_year: Option<i32>,
    /// Where the list goes on.
    pub window: Window,
}
/// The events of one version.
#[derive(Debug)]
pub struct CalendarHistory {
    /// Which version.
    pub id: CalendarId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}
/// Counts days at an organisation, by the calendars that count there now.
#[derive(Debug)]
pub struct CountDays {
    /// Where.
    pub organisation_id: OrganisationId,
    /// From the day after this one.
    pub from: NaiveDate,
    /// How many, and which.
    pub span: Span,
}

queries! {
    GetCalendar: ReadCycles => Fetched<Calendar>;
    ListCalendars: ReadCycles => Page<Calendar>;
    CalendarHistory: ReadCycles => crate::event::History;
    CountDays: ReadCycles => Due;
}
commands! {
    CreateCalendar: WriteCycles => Calendar;
}
