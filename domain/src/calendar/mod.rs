//! School calendars: terms, INSET days and closures of an academic year, and the counting of days by them.
//!
//! A calendar is written as a whole version that never changes; another version takes its place for what is counted from then on, and no
//! deadline that was given moves with it.

mod bank_holidays;

pub use bank_holidays::BankHolidays;

use crate::{
    id::{CalendarId, OrganisationId},
    profile::{DayBasis, Span},
    rule::{Code, Faults, RuleError},
};
use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use serde::{Deserialize, Serialize};

/// From a first to a last day, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Days {
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
}

impl Days {
    fn contains(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && day <= self.ends_on
    }
}

/// One version of the calendar of an academic year, of a school or of everything beneath a trust.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Calendar {
    /// The id of this version.
    pub id: CalendarId,
    /// Whose: a school's own, or the default of everything beneath.
    pub organisation_id: OrganisationId,
    /// Of which academic year, by the calendar year in which it starts.
    pub academic_year: i32,
    /// Which version for that organisation and year, from 1; the last one counts.
    pub number: i32,
    /// Whose bank holidays.
    pub bank_holidays: BankHolidays,
    /// Terms or half-terms, in their order: days between them are holidays.
    pub terms: Vec<Days>,
    /// Days in term on which staff are trained and pupils stay at home.
    pub inset_days: Vec<NaiveDate>,
    /// Days in term on which the school is closed.
    pub closures: Vec<Days>,
    /// Version of the record, for its ETag: always 1.
    pub version: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The same: it never changes.
    pub updated_at: DateTime<Utc>,
}

impl Calendar {
    /// Do its days fit together? Terms follow one another within the academic year (from 1 August, where a nation's terms begin then), and INSET
    /// days and closures lie in term.
    ///
    /// # Errors
    /// `contradictory_calendar`, every fault at its place.
    pub fn check(&self) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        let mut refuse = |wrong: bool, pointer: String, why: &str| {
            if wrong {
                faults.check::<()>(Err(RuleError::at(Code::ContradictoryCalendar, &pointer, why)));
            }
        };
        let within = |day: NaiveDate| {
            let (year, month) = (day.year() - self.academic_year, day.month());
            (year == 0 && month >= 8) || (year == 1 && month <= 8)
        };
        for (i, term) in self.terms.iter().enumerate() {
            refuse(term.ends_on < term.starts_on, format!("/terms/{i}/ends_on"), "ends before it starts");
            refuse(!within(term.starts_on), format!("/terms/{i}/starts_on"), "lies outside the academic year");
            refuse(!within(term.ends_on), format!("/terms/{i}/ends_on"), "lies outside the academic year");
            let after = i.checked_sub(1).and_then(|before| self.terms.get(before)).is_none_or(|before| before.ends_on < term.starts_on);
            refuse(!after, format!("/terms/{i}/starts_on"), "starts before the term before it has ended");
        }
        let in_term = |day: NaiveDate| self.terms.iter().any(|t| t.contains(day));
        for (i, day) in self.inset_days.iter().enumerate() {
            refuse(!in_term(*day), format!("/inset_days/{i}"), "lies in no term");
        }
        for (i, closure) in self.closures.iter().enumerate() {
            refuse(closure.ends_on < closure.starts_on, format!("/closures/{i}/ends_on"), "ends before it starts");
            refuse(!in_term(closure.starts_on), format!("/closures/{i}/starts_on"), "lies in no term");
        }
        faults.settle()
    }

    fn spans(&self, day: NaiveDate) -> bool {
        self.terms.first().zip(self.terms.last()).is_some_and(|(first, last)| first.starts_on <= day && day <= last.ends_on)
    }
    fn before(&self, day: NaiveDate) -> bool {
        self.terms.last().is_some_and(|last| last.ends_on < day)
    }
    fn after(&self, day: NaiveDate) -> bool {
        self.terms.first().is_some_and(|first| day < first.starts_on)
    }
    /// Do pupils come on this day? A day so far away that its bank holidays are not published is taken to be none.
    pub fn teaches(&self, day: NaiveDate) -> bool {
        weekday(day) && self.in_session(day) && self.bank_holidays.falls_on(day) != Some(true)
    }
    /// Is there a session for pupils on this day of the week?
    fn in_session(&self, day: NaiveDate) -> bool {
        self.terms.iter().any(|t| t.contains(day)) && !self.inset_days.contains(&day) && !self.closures.iter().any(|c| c.contains(day))
    }
}

/// A day that was counted, and by which calendars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The day.
    pub on: NaiveDate,
    /// The calendars that were asked, in their order; none where only weekdays and bank holidays count.
    pub calendars: Vec<CalendarId>,
}

/// Most days that are looked at: a span of 366 school days takes about two years.
const FAR: usize = 1500;

/// The day that lies this span after another. That other day itself is not counted, as notice is reckoned: ten school days from a Monday in
/// term end on the Monday two weeks later. A span of no days ends where it starts.
///
/// # Errors
/// `calendar_missing`: days would be counted that no calendar, or no list of bank holidays, covers.
pub fn due(from: NaiveDate, span: Span, bank_holidays: BankHolidays, calendars: &[Calendar]) -> Result<Due, RuleError> {
    let (mut left, mut asked, mut on) = (span.days, Vec::new(), from);
    for day in from.iter_days().skip(1).take(FAR) {
        if left == 0 {
            break;
        }
        on = day;
        if counts(day, span.basis, bank_holidays, calendars, &mut asked)? {
            left -= 1;
        }
    }
    if left == 0 { Ok(Due { on, calendars: asked }) } else { Err(missing(on)) }
}

/// On which side of what the rules have it a day may lie where no calendar covers the days that would be counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Later: what is given to somebody is never shorter than the rules have it. Twice as many calendar days are counted.
    Later,
    /// Sooner: what is asked of somebody is never later than the rules have it. As many calendar days are counted.
    Sooner,
}

/// The day that lies this span after another, whether or not it can be counted by calendars; and which days were counted.
pub fn reckoned(from: NaiveDate, span: Span, doubt: Doubt, bank_holidays: BankHolidays, calendars: &[Calendar]) -> (Due, DayBasis) {
    let days = u64::from(span.days) * if doubt == Doubt::Later { 2 } else { 1 };
    let roughly = || Due { on: from.checked_add_days(chrono::Days::new(days)).unwrap_or(from), calendars: Vec::new() };
    due(from, span, bank_holidays, calendars).map_or_else(|_| (roughly(), DayBasis::Calendar), |due| (due, span.basis))
}

/// The day that lies so many weeks after another, and whether all of them were told by calendars. A week in which the school is open on no day is not
/// counted; where no calendar reaches, every week is.
pub fn weeks_after(from: NaiveDate, weeks: i32, calendars: &[Calendar]) -> (NaiveDate, bool) {
    let holidays = calendars.last().map_or(BankHolidays::EnglandAndWales, |c| c.bank_holidays);
    let open = |day: NaiveDate| counts(day, DayBasis::School, holidays, calendars, &mut Vec::new()).ok();
    let (mut left, mut told, mut week) = (weeks, !calendars.is_empty(), from);
    for _ in 0..FAR / 7 {
        if left <= 0 {
            break;
        }
        let days: Vec<Option<bool>> = week.iter_days().skip(1).take(7).map(open).collect();
        told &= days.iter().any(Option::is_some);
        left -= i32::from(!days.iter().all(|d| *d == Some(false)));
        week = week.checked_add_days(chrono::Days::new(7)).unwrap_or(week);
    }
    (week, told)
}

/// No calendar says what this day is.
pub fn missing(day: NaiveDate) -> RuleError {
    let year = crate::time::academic_year_label(crate::time::academic_year(day));
    RuleError::new(Code::CalendarMissing, format!("days of {year} would be counted that no calendar covers"))
}

fn weekday(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn counts(day: NaiveDate, basis: DayBasis, bank_holidays: BankHolidays, calendars: &[Calendar], asked: &mut Vec<CalendarId>) -> Result<bool, RuleError> {
    match basis {
        DayBasis::Calendar => Ok(true),
        DayBasis::Working => Ok(weekday(day) && !bank_holidays.falls_on(day).ok_or_else(|| missing(day))?),
        DayBasis::School => {
            let open = match calendars.iter().find(|c| c.spans(day)) {
                Some(calendar) => {
                    if !asked.contains(&calendar.id) {
                        asked.push(calendar.id);
                    }
                    calendar.in_session(day)
                }
                // the holidays between two academic years, if both are known
                None if calendars.iter().any(|a| a.before(day) && calendars.iter().any(|b| b.academic_year == a.academic_year + 1 && b.after(day))) => false,
                None => return Err(missing(day)),
            };
            Ok(open && weekday(day) && !bank_holidays.falls_on(day).ok_or_else(|| missing(day))?)
        }
    }
}

#[cfg(test)]
mod tests;
