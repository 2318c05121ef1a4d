//! Days, instants and periods. A day has no time zone; an instant is UTC, to the microsecond, as both databases keep it.

use crate::rule::{Code, RuleError};
use chrono::{DateTime, Datelike, NaiveDate, SubsecRound, Utc};
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
    fn the_academic_year_turns_on_the_first_of_september() {
        assert_eq!((academic_year(day("2026-08-31")), academic_year(day("2026-09-01"))), (2025, 2026));
        assert_eq!((academic_year_label(2026), academic_year_label(2099)), ("2026/27".into(), "2099/00".into()));
    }
}
