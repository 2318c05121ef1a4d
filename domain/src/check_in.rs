//! Check-ins: two people who work together mean to meet again and again, in a rhythm that either of them sets. Whether they keep to it is worked out for
//! any day from when they met and when they will, and stored nowhere: it helps the two to find time, and nobody is graded by it.

use crate::{
    calendar::{Calendar, weeks_after},
    conversation::ConversationKind,
    id::{OrganisationId, PersonId},
    relationship::{Relationship, RelationshipKind},
    rule::{Code, RuleError},
    suppression::{Figure, Grid, Sides, grid, list},
    words,
};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

words! {
    /// How two people keep to the rhythm that they set.
    CheckInHealth {
        /// They met, or will, in time.
        OnTrack = "on_track",
        /// It is time to meet.
        Due = "due",
        /// The day by which they meant to meet has passed.
        Late = "late",
    }
    /// Which weeks are counted.
    CountedWeeks {
        /// Weeks in which the school is open, by its calendar.
        School = "school",
        /// Every week: no calendar covers them.
        Calendar = "calendar",
    }
}

/// How often two people mean to meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cadence {
    /// Weeks between two check-ins.
    pub weeks: i32,
    /// Since when they mean to.
    pub since: NaiveDate,
}

/// When two people met last, and will meet next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Met {
    /// The day on which they last held one.
    pub last_held_on: Option<NaiveDate>,
    /// The day of the next one that is booked.
    pub next_booked_on: Option<NaiveDate>,
}

/// How they keep to it on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CheckInStanding {
    /// In a word.
    pub health: CheckInHealth,
    /// Since when it is so.
    pub since: NaiveDate,
    /// By when they meet next, if they keep to it.
    pub due_on: NaiveDate,
    /// Which weeks were counted.
    pub counted: CountedWeeks,
    /// When they met, and will meet.
    pub met: Met,
}

/// Is a conversation of this kind one in which two people talk about the work? Coaching has a rhythm of its own, and how somebody is, or comes back, is
/// asked when there is cause.
pub const fn is_check_in(kind: ConversationKind) -> bool {
    use ConversationKind as K;
    match kind {
        K::Planning | K::CheckIn | K::MidCycle | K::AnnualReview => true,
        K::Coaching | K::Wellbeing | K::ReturnToWork => false,
    }
}

/// Do those who stand so to one another have a rhythm of check-ins?
pub const fn has_rhythm(kind: RelationshipKind) -> bool {
    matches!(kind, RelationshipKind::LineManager | RelationshipKind::Appraiser)
}

impl Cadence {
    /// Another rhythm, from today; or none. The same rhythm again goes on counting from when it was set.
    pub fn set(held: Option<Self>, weeks: Option<i32>, today: NaiveDate) -> Option<Self> {
        match held {
            Some(held) if weeks == Some(held.weeks) => Some(held),
            _ => weeks.map(|weeks| Self { weeks, since: today }),
        }
    }
    /// How they keep to it on this day, if their relationship began on that one. A week of holidays is no week in which to meet.
    pub fn standing(self, began_on: NaiveDate, met: Met, calendars: &[Calendar], today: NaiveDate) -> CheckInStanding {
        use CheckInHealth as H;
        let from = [Some(self.since), Some(began_on), met.last_held_on].into_iter().flatten().max().unwrap_or(self.since);
        let (due_on, by_school) = weeks_after(from, self.weeks, calendars);
        let ahead = due_on.checked_sub_days(Days::new(self.notice())).unwrap_or(due_on).max(from);
        let booked = met.next_booked_on.is_some_and(|on| on <= due_on);
        let (health, since) = match today {
            _ if booked => (H::OnTrack, from),
            day if day > due_on => (H::Late, due_on.succ_opt().unwrap_or(due_on)),
            day if day >= ahead => (H::Due, ahead),
            _ => (H::OnTrack, from),
        };
        let counted = if by_school { CountedWeeks::School } else { CountedWeeks::Calendar };
        CheckInStanding { health, since, due_on, counted, met }
    }
    /// So many days before it is late they are told that it is time: a week, or half of the time between two, if that is less.
    fn notice(self) -> u64 {
        u64::try_from(self.weeks).unwrap_or(1).saturating_mul(7).div_euclid(2).min(7)
    }
}

impl CheckInStanding {
    /// Is there a check-in to book? While one is booked, however late it is, there is nothing to do but to hold it.
    pub fn asks(&self) -> bool {
        self.health != CheckInHealth::OnTrack && self.met.next_booked_on.is_none()
    }
    /// How many days they are late.
    pub fn overdue_days(&self, today: NaiveDate) -> i64 {
        (today - self.due_on).num_days().max(0)
    }
}

impl Relationship {
    /// May this person say how often the two meet? Either of them may, while they work together, and nobody else.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`.
    pub fn can_set_cadence(&self, by: Option<PersonId>, today: NaiveDate) -> Result<(), RuleError> {
        if by.is_none_or(|p| p != self.person_id && p != self.holder_id) {
            return Err(RuleError::new(Code::NotPermitted, "how often two people meet is said by one of the two"));
        }
        if !has_rhythm(self.kind) {
            return Err(RuleError::new(Code::WrongState, format!("a rhythm of check-ins is for line managers and appraisers, not for a {}", self.kind)));
        }
        if !self.period.contains(today) {
            return Err(RuleError::new(Code::WrongState, "the two do not stand so to one another today"));
        }
        Ok(())
    }
    /// With another rhythm, from today; or with none. The same rhythm again goes on counting from when it was set.
    ///
    /// # Errors
    /// As [`Relationship::can_set_cadence`].
    pub fn meeting_every(&self, weeks: Option<i32>, by: Option<PersonId>, today: NaiveDate) -> Result<Self, RuleError> {
        self.can_set_cadence(by, today)?;
        Ok(Self { cadence: Cadence::set(self.cadence, weeks, today), ..self.clone() })
    }
}

/// Two people with a rhythm, as a figure counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Who is managed or appraised.
    pub person: PersonId,
    /// Who manages or appraises.
    pub holder: PersonId,
    /// How they keep to it.
    pub health: CheckInHealth,
}

/// How many keep to their rhythm at one organisation, or at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInFigures {
    /// How many have a rhythm.
    pub relationships: Option<u64>,
    /// By how they keep to it.
    pub health: Vec<(CheckInHealth, Option<u64>)>,
}

/// Figures of each of these organisations, and of all together. Whatever is of fewer than five people on either side is withheld: a figure of one
/// manager's team would grade the manager.
pub fn figures(organisations: &[OrganisationId], found: &[Kept]) -> (Vec<CheckInFigures>, CheckInFigures) {
    let pairs = |at: &OrganisationId, health: &CheckInHealth| {
        Figure::pairs(found.iter().filter(|k| k.organisation == *at && k.health == *health).map(|k| [k.person, k.holder]))
    };
    let rows: Vec<Vec<Figure<Sides>>> = organisations.iter().map(|at| CheckInHealth::ALL.iter().map(|health| pairs(at, health)).collect()).collect();
    let totals = list(&rows.iter().map(Figure::together).collect::<Vec<_>>(), &[]);
    let Grid { cells, columns } = grid(&rows, &[], &totals);
    let row = |relationships, shown: &[Option<u64>]| CheckInFigures {
        relationships,
        health: CheckInHealth::ALL.iter().copied().zip(shown.iter().copied()).collect(),
    };
    let all = match organisations.is_empty() {
        true => row(Some(0), &vec![Some(0); CheckInHealth::ALL.len()]),
        false => row(totals.total, &columns),
    };
    (cells.iter().zip(&totals.cells).map(|(shown, total)| row(*total, shown)).collect(), all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        calendar::{BankHolidays, Days as Term},
        id::{CalendarId, RelationshipId},
        time::Period,
    };
    use chrono::DateTime;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }
    fn autumn() -> Calendar {
        let term = |from: &str, to: &str| Term { starts_on: day(from), ends_on: day(to) };
        Calendar {
            id: CalendarId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            academic_year: 2026,
            number: 1,
            bank_holidays: BankHolidays::EnglandAndWales,
            terms: vec![term("2026-09-01", "2026-10-23"), term("2026-11-02", "2026-12-18"), term("2027-01-04", "2027-07-21")],
            inset_days: Vec::new(),
            closures: Vec::new(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn it_is_on_track_then_due_then_late_and_a_booking_in_time_is_on_track() {
        use CheckInHealth as H;
        let every = |weeks, held: Option<&str>, booked: Option<&str>, today: &str| {
            let met = Met { last_held_on: held.map(day), next_booked_on: booked.map(day) };
            let standing = Cadence { weeks, since: day("2026-09-07") }.standing(day("2026-09-01"), met, &[], day(today));
            (standing.health, standing.since, standing.due_on)
        };
        for (weeks, held, booked, today, expected) in [
            (4, None, None, "2026-09-27", (H::OnTrack, "2026-09-07", "2026-10-05")),
            (4, None, None, "2026-09-28", (H::Due, "2026-09-28", "2026-10-05")),
            (4, None, None, "2026-10-05", (H::Due, "2026-09-28", "2026-10-05")),
            (4, None, None, "2026-10-06", (H::Late, "2026-10-06", "2026-10-05")),
            (4, None, Some("2026-10-05"), "2026-10-01", (H::OnTrack, "2026-09-07", "2026-10-05")),
            (4, None, Some("2026-10-09"), "2026-10-01", (H::Due, "2026-09-28", "2026-10-05")),
            (4, Some("2026-09-21"), None, "2026-10-06", (H::OnTrack, "2026-09-21", "2026-10-19")),
            (4, Some("2026-07-01"), None, "2026-09-20", (H::OnTrack, "2026-09-07", "2026-10-05")),
            (1, None, None, "2026-09-10", (H::OnTrack, "2026-09-07", "2026-09-14")),
            (1, None, None, "2026-09-11", (H::Due, "2026-09-11", "2026-09-14")),
        ] {
            assert_eq!(every(weeks, held, booked, today), (expected.0, day(expected.1), day(expected.2)), "{weeks} {held:?} {booked:?} {today}");
        }
    }

    #[test]
    fn a_week_of_holidays_is_no_week_in_which_to_meet() {
        let standing =
            |calendars: &[Calendar]| Cadence { weeks: 2, since: day("2026-10-16") }.standing(day("2026-09-01"), Met::default(), calendars, day("2026-10-17"));
        let (by_school, by_calendar) = (standing(&[autumn()]), standing(&[]));
        assert_eq!((by_school.due_on, by_school.counted), (day("2026-11-06"), CountedWeeks::School), "half-term lies between");
        assert_eq!((by_calendar.due_on, by_calendar.counted), (day("2026-10-30"), CountedWeeks::Calendar));
    }

    #[test]
    fn either_of_the_two_sets_it_while_they_work_together() {
        let relationship = |kind| Relationship {
            id: RelationshipId(Uuid::nil()),
            kind,
            person_id: person(1),
            holder_id: person(2),
            period: Period { starts_on: day("2026-09-01"), ends_on: Some(day("2026-12-31")) },
            cadence: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        for kind in RelationshipKind::ALL {
            for (by, of_two) in [(Some(person(1)), true), (Some(person(2)), true), (Some(person(3)), false), (None, false)] {
                for (today, current) in [("2026-08-31", false), ("2026-10-05", true), ("2027-01-01", false)] {
                    let set = relationship(*kind).meeting_every(Some(4), by, day(today));
                    let expected = match (of_two, matches!(kind, RelationshipKind::LineManager | RelationshipKind::Appraiser) && current) {
                        (false, _) => Err(Code::NotPermitted),
                        (true, false) => Err(Code::WrongState),
                        (true, true) => Ok(Some(Cadence { weeks: 4, since: day(today) })),
                    };
                    assert_eq!(set.map(|r| r.cadence).map_err(|e| e.code), expected, "{kind} {by:?} {today}");
                }
            }
        }
        let set = relationship(RelationshipKind::Appraiser).meeting_every(Some(4), Some(person(1)), day("2026-10-05"));
        let again = set.clone().and_then(|r| r.meeting_every(Some(4), Some(person(2)), day("2026-10-20")));
        assert_eq!(again, set, "the same again changes nothing");
        assert_eq!(set.and_then(|r| r.meeting_every(None, Some(person(2)), day("2026-10-20"))).map(|r| r.cadence), Ok(None));
    }

    #[test]
    fn a_figure_of_one_managers_team_is_of_one_person() {
        use CheckInHealth as H;
        let at = |n: u128| OrganisationId(Uuid::from_u128(n));
        let kept = |school, n, holder, health| Kept { organisation: at(school), person: person(n), holder: person(holder), health };
        // ten pairs of ten managers here, six of whom are late; twelve of one manager elsewhere
        let mut found: Vec<Kept> = (0..10).map(|n| kept(1, n, 100 + n, if n < 5 { H::Late } else { H::OnTrack })).collect();
        let (rows, all) = figures(&[at(1)], &found);
        assert_eq!(rows[0].relationships, Some(10));
        assert_eq!(rows[0].health, [(H::OnTrack, Some(5)), (H::Due, Some(0)), (H::Late, Some(5))]);
        assert_eq!(all.health, rows[0].health);
        found.extend((20..32).map(|n| kept(2, n, 200, H::Late)));
        let (rows, all) = figures(&[at(1), at(2)], &found);
        assert_eq!((rows[0].relationships, rows[1].relationships, all.relationships), (None, None, Some(22)), "nor by subtracting");
        assert!(rows.iter().all(|r| r.health.iter().all(|(_, n)| n.is_none_or(|n| n == 0))), "{rows:?}");
        // within a school: one manager's team is late, and everybody else on track
        let one: Vec<Kept> = (0..20).map(|n| if n < 10 { kept(1, n, 100 + n, H::OnTrack) } else { kept(1, n, 300, H::Late) }).collect();
        let (rows, _) = figures(&[at(1)], &one);
        assert_eq!((rows[0].relationships, rows[0].health[0].1, rows[0].health[2].1), (Some(20), None, None));
    }

    #[test]
    fn who_is_at_two_schools_is_one_person_on_either_side() {
        use CheckInHealth as H;
        let at = |n: u128| OrganisationId(Uuid::from_u128(n));
        let kept = |school, n: u128, holder: u128| Kept { organisation: at(school), person: person(n), holder: person(holder), health: H::Late };
        let told = |here: fn(u128) -> [u128; 2]| {
            let elsewhere = (20..40).map(|n| kept(3, n, 100 + n));
            let two = (0..4).flat_map(|n| [kept(1, n, 100 + n), kept(2, here(n)[0], here(n)[1])]);
            let rows = figures(&[at(1), at(2), at(3)], &two.chain(elsewhere).collect::<Vec<_>>()).0;
            rows.iter().map(|r| r.relationships).collect::<Vec<_>>()
        };
        assert_eq!(told(|n| [10 + n, 110 + n]), [None, None, Some(20)], "eight pairs of eight and eight");
        assert_eq!(told(|n| [n, 110 + n]), [None, None, None], "the same four meet others");
        assert_eq!(told(|n| [10 + n, 100 + n]), [None, None, None], "the same four hold them");
    }
}
