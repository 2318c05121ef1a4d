//! A year's programme of professional learning: what is held, on INSET days, in twilight and else, and which INSET days have nothing yet.

use crate::{calendar::Calendar, time::in_britain, words};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use std::collections::BTreeMap;

words! {
    /// When in a school's year something is held.
    ProgrammeTime {
        /// On an INSET day: staff are trained and pupils stay at home.
        Inset = "inset",
        /// On a day on which pupils come, once their lessons are over.
        Twilight = "twilight",
        /// On a day on which pupils come, before their lessons are over.
        SchoolDay = "school_day",
        /// On any other day: at a weekend, in the holidays, while the school is closed.
        OtherDay = "other_day",
    }
}

/// What is held in one kind of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Held {
    /// How many sessions.
    pub sessions: u64,
    /// How long they take together, in minutes.
    pub minutes: i64,
}

/// The days of a school's year: from 1 September, or from the first day of term where that is before it, to the day before the next year begins likewise.
pub fn days(calendar: &Calendar, next: Option<&Calendar>, (this_september, next_september): (NaiveDate, NaiveDate)) -> (NaiveDate, NaiveDate) {
    let begins =
        |calendar: Option<&Calendar>, september: NaiveDate| calendar.and_then(|c| c.terms.first()).map_or(september, |term| term.starts_on.min(september));
    (begins(Some(calendar), this_september), begins(next, next_september) - Days::new(1))
}

/// When it is held, by the clock on the school's wall.
pub fn time_of(starts_at: DateTime<Utc>, lessons_end: NaiveTime, calendar: &Calendar) -> ProgrammeTime {
    let at = in_britain(starts_at);
    let day = at.date();
    match (calendar.inset_days.contains(&day), calendar.teaches(day)) {
        (true, _) => ProgrammeTime::Inset,
        (false, true) if at.time() >= lessons_end => ProgrammeTime::Twilight,
        (false, true) => ProgrammeTime::SchoolDay,
        (false, false) => ProgrammeTime::OtherDay,
    }
}

/// What the sessions of a year come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sums {
    /// By kind of time; every kind is there.
    pub by_time: BTreeMap<ProgrammeTime, Held>,
    /// By INSET day, in order; every one is there, also while nothing is planned for it.
    pub by_inset_day: BTreeMap<NaiveDate, Held>,
}

impl Sums {
    /// Of these sessions, each from when to when.
    pub fn of(sessions: impl Iterator<Item = (DateTime<Utc>, DateTime<Utc>)>, lessons_end: NaiveTime, calendar: &Calendar) -> Self {
        let mut sums = Self {
            by_time: ProgrammeTime::ALL.iter().map(|time| (*time, Held::default())).collect(),
            by_inset_day: calendar.inset_days.iter().map(|day| (*day, Held::default())).collect(),
        };
        let add = |held: &mut Held, minutes: i64| {
            held.sessions += 1;
            held.minutes += minutes;
        };
        for (starts_at, ends_at) in sessions {
            let minutes = (ends_at - starts_at).num_minutes();
            add(sums.by_time.entry(time_of(starts_at, lessons_end, calendar)).or_default(), minutes);
            if let Some(held) = sums.by_inset_day.get_mut(&in_britain(starts_at).date()) {
                add(held, minutes);
            }
        }
        sums
    }
    /// How many sessions they are.
    pub fn sessions(&self) -> u64 {
        self.by_time.values().map(|held| held.sessions).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::BankHolidays,
        calendar::Days as Term,
        id::{CalendarId, OrganisationId},
    };
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_default()
    }
    fn calendar(first: &str) -> Calendar {
        let term = |from: &str, to: &str| Term { starts_on: day(from), ends_on: day(to) };
        Calendar {
            id: CalendarId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            academic_year: 2026,
            number: 1,
            bank_holidays: BankHolidays::EnglandAndWales,
            terms: vec![term(first, "2026-12-18"), term("2027-01-04", "2027-07-21")],
            inset_days: vec![day("2026-09-02"), day("2027-01-04")],
            closures: vec![term("2026-11-11", "2026-11-11")],
            version: 1,
            created_at: at("2026-06-01T09:00:00Z"),
            updated_at: at("2026-06-01T09:00:00Z"),
        }
    }
    fn three() -> NaiveTime {
        NaiveTime::from_hms_opt(15, 0, 0).unwrap_or_default()
    }

    #[test]
    fn the_time_of_a_session_is_its_schools_by_the_clock_on_the_wall() {
        use ProgrammeTime::{Inset, OtherDay, SchoolDay, Twilight};
        for (starts_at, time) in [
            ("2026-09-02T08:00:00Z", Inset),
            ("2026-09-02T17:00:00Z", Inset),     // however late
            ("2026-09-03T13:59:00Z", SchoolDay), // 14.59 in summer time
            ("2026-09-03T14:00:00Z", Twilight),  // 15.00
            ("2026-11-03T14:00:00Z", SchoolDay), // the clocks went back
            ("2026-11-03T15:00:00Z", Twilight),
            ("2026-11-11T15:00:00Z", OtherDay),  // closed
            ("2026-11-14T10:00:00Z", OtherDay),  // a Saturday
            ("2026-12-21T10:00:00Z", OtherDay),  // between the terms
            ("2027-05-03T15:00:00Z", OtherDay),  // the early May bank holiday
            ("2027-09-10T15:00:00Z", OtherDay),  // after the last term
            ("2027-05-04T23:30:00Z", SchoolDay), // half past midnight of the day after
        ] {
            assert_eq!(time_of(at(starts_at), three(), &calendar("2026-09-02")), time, "{starts_at}");
        }
    }

    #[test]
    fn every_kind_of_time_and_every_inset_day_is_told_also_with_nothing_in_it() {
        let held = [
            ("2026-09-02T08:00:00Z", "2026-09-02T11:00:00Z"),
            ("2026-09-02T12:00:00Z", "2026-09-02T14:30:00Z"),
            ("2026-11-03T15:30:00Z", "2026-11-03T16:30:00Z"),
        ];
        let sums = Sums::of(held.iter().map(|(from, to)| (at(from), at(to))), three(), &calendar("2026-09-02"));
        let of = |sessions, minutes| Held { sessions, minutes };
        assert_eq!(sums.by_time.values().copied().collect::<Vec<_>>(), [of(2, 330), of(1, 60), of(0, 0), of(0, 0)]);
        assert_eq!(sums.by_inset_day.into_iter().collect::<Vec<_>>(), [(day("2026-09-02"), of(2, 330)), (day("2027-01-04"), of(0, 0))]);
    }

    #[test]
    fn a_year_ends_where_the_next_begins() {
        let septembers = (day("2026-09-01"), day("2027-09-01"));
        for (first, next, expected) in [
            ("2026-09-02", None, ("2026-09-01", "2027-08-31")),
            ("2026-09-02", Some("2027-09-06"), ("2026-09-01", "2027-08-31")),
            ("2026-08-17", None, ("2026-08-17", "2027-08-31")),
            ("2026-08-17", Some("2027-08-23"), ("2026-08-17", "2027-08-22")),
            ("2026-09-02", Some("2027-08-16"), ("2026-09-01", "2027-08-15")),
        ] {
            let found = days(&calendar(first), next.map(calendar).as_ref(), septembers);
            assert_eq!(found, (day(expected.0), day(expected.1)), "{first} {next:?}");
        }
    }
}
