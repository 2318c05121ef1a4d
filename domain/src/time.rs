//! Days, instants and periods. A day has no time zone; an instant is UTC, to the microsecond, as both databases keep it.

use crate::rule::{Code, RuleError};
use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, SubsecRound, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// Where the time comes from. Passed in, so that a test can hold it still and the demo can move it.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> DateTime<Utc>;
}

/// To the microsecond.
pub fn micros(at: DateTime<Utc>) -> DateTime<Utc> {
    at.trunc_subsecs(6)
}

/// What the clock on a school's wall shows: Greenwich mean time, an hour more from 01:00 of the last Sunday of March to 01:00 of the last Sunday of
/// October (Summer Time Act 1972, section 1, as amended by SI 2002/262).
pub fn in_britain(at: DateTime<Utc>) -> NaiveDateTime {
    let last_sunday = |month| {
        let last = NaiveDate::from_ymd_opt(at.year(), month, 31)?;
        let sunday = last - TimeDelta::days(last.weekday().num_days_from_sunday().into());
        sunday.and_hms_opt(1, 0, 0)
    };
    let here = at.naive_utc();
    let summer = last_sunday(3).zip(last_sunday(10)).is_some_and(|(from, to)| from <= here && here < to);
    if summer { here + TimeDelta::hours(1) } else { here }
}

/// When a day begins by that clock, which is never put forward or back at midnight.
pub fn midnight_in_britain(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN).and_utc();
    midnight - (in_britain(midnight) - midnight.naive_utc())
}

/// From a first day to an optional last day, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, inclusive; none while it goes on.
    pub ends_on: Option<NaiveDate>,
}

impl Period {
    /// A period that ends no earlier than it starts.
    ///
    /// # Errors
    /// `period_backwards`.
    pub fn new(starts_on: NaiveDate, ends_on: Option<NaiveDate>) -> Result<Self, RuleError> {
        match ends_on {
            Some(end) if end < starts_on => Err(RuleError::at(Code::PeriodBackwards, "/ends_on", "ends before it starts")),
            _ => Ok(Self { starts_on, ends_on }),
        }
    }
    /// Is this day within it?
    pub fn contains(&self, day: NaiveDate) -> bool {
        self.starts_on <= day && self.ends_on.is_none_or(|end| day <= end)
    }
    /// Do they share a day?
    pub fn overlaps(&self, other: &Period) -> bool {
        self.ends_on.is_none_or(|end| other.starts_on <= end) && other.ends_on.is_none_or(|end| self.starts_on <= end)
    }
    /// The days they share, if any.
    pub fn intersection(&self, other: &Period) -> Option<Period> {
        let ends_on = match (self.ends_on, other.ends_on) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.overlaps(other).then_some(Period { starts_on: self.starts_on.max(other.starts_on), ends_on })
    }
}

/// The academic year of a day, 1 September to 31 August, by the calendar year in which it starts: `2026` is 2026/27.
pub fn academic_year(day: NaiveDate) -> i32 {
    if day.month() >= 9 { day.year() } else { day.year() - 1 }
}

/// The first day of an academic year, and the first of the next.
///
/// # Errors
/// `invalid_value`, for a year that no calendar has.
pub fn academic_year_days(year: i32) -> Result<(NaiveDate, NaiveDate), RuleError> {
    let first = |year: Option<i32>| year.and_then(|year| NaiveDate::from_ymd_opt(year, 9, 1));
    let days = first(Some(year)).zip(first(year.checked_add(1)));
    days.ok_or_else(|| RuleError::at(Code::InvalidValue, "/academic_year", "no such year"))
}

/// How a school says it: `2026/27`.
pub fn academic_year_label(year: i32) -> String {
    format!("{year}/{:02}", (year + 1).rem_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn period(a: &str, b: &str) -> Period {
        Period { starts_on: day(a), ends_on: (!b.is_empty()).then(|| day(b)) }
    }

    #[test]
    fn periods_share_their_last_day() {
        for (a, b, overlap) in [
            (period("2026-09-01", "2027-08-31"), period("2027-08-31", ""), true),
            (period("2026-09-01", "2027-08-31"), period("2027-09-01", ""), false),
            (period("2026-09-01", ""), period("2020-01-01", "2026-09-01"), true),
            (period("2026-09-01", ""), period("2020-01-01", "2026-08-31"), false),
            (period("2026-09-01", ""), period("2030-01-01", ""), true),
        ] {
            assert_eq!((a.overlaps(&b), b.overlaps(&a)), (overlap, overlap), "{a:?} {b:?}");
            assert_eq!(a.intersection(&b).is_some(), overlap);
        }
        assert!(Period::new(day("2026-09-02"), Some(day("2026-09-01"))).is_err());
        assert!(Period::new(day("2026-09-01"), Some(day("2026-09-01"))).is_ok());
    }

    #[test]
    fn clocks_change_at_one_in_the_morning_of_the_last_sundays_of_march_and_october() {
        for (at, shows) in [
            ("2026-03-29T00:59:59Z", "2026-03-29T00:59:59"),
            ("2026-03-29T01:00:00Z", "2026-03-29T02:00:00"),
            ("2026-10-25T00:59:59Z", "2026-10-25T01:59:59"),
            ("2026-10-25T01:00:00Z", "2026-10-25T01:00:00"),
            ("2024-03-31T01:00:00Z", "2024-03-31T02:00:00"), // the month ends on a Sunday
            ("2021-10-31T01:00:00Z", "2021-10-31T01:00:00"),
            ("2026-06-30T23:30:00Z", "2026-07-01T00:30:00"),
        ] {
            let at: DateTime<Utc> = at.parse().unwrap_or_default();
            assert_eq!(Ok(in_britain(at)), shows.parse(), "{at}");
        }
        let mut day = day("2026-01-01");
        for _ in 0..800 {
            assert_eq!(in_britain(midnight_in_britain(day)), day.and_time(NaiveTime::MIN));
            day += TimeDelta::days(1);
        }
    }

    #[test]
    fn the_academic_year_turns_on_the_first_of_september() {
        assert_eq!((academic_year(day("2026-08-31")), academic_year(day("2026-09-01"))), (2025, 2026));
        assert_eq!((academic_year_label(2026), academic_year_label(2099)), ("2026/27".into(), "2099/00".into()));
    }
}
