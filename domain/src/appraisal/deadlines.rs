//! The deadlines that an appraisal is created with.

use super::{Deadline, DeadlineKind};
use crate::{
    calendar::{BankHolidays, Calendar, due},
    cycle::DueDates,
    profile::RuleProfile,
    time::Period,
};
use chrono::NaiveDate;

/// What is due when, for an appraisal of this period in a cycle that starts on this day.
///
/// Whoever starts later has as long for objectives as the rules give, counted from their first day, and never less than everybody else; a review
/// is held before the appraisee leaves. Where no calendar covers the days, the cycle's own day stands.
pub fn deadlines(
    days: &DueDates,
    profile: &RuleProfile,
    cycle_starts_on: NaiveDate,
    period: Period,
    bank_holidays: BankHolidays,
    calendars: &[Calendar],
) -> Vec<Deadline> {
    let deadline = |kind, due_on: NaiveDate| Deadline {
        kind,
        due_on,
        rule_profile: profile.key.clone(),
        rule_profile_version: profile.number,
        basis: None,
        calendar_ids: Vec::new(),
        reason: None,
    };
    let mut out = Vec::new();
    if let Some(everybodys) = days.objectives_due_on {
        let late = profile.rules.starter_objectives_within.filter(|_| period.starts_on > cycle_starts_on);
        let counted = late.and_then(|span| due(period.starts_on, span, bank_holidays, calendars).ok().map(|due| (span, due)));
        out.push(match counted {
            Some((span, due)) if due.on > everybodys => {
                Deadline { basis: Some(span.basis), calendar_ids: due.calendars, ..deadline(DeadlineKind::Objectives, due.on) }
            }
            _ => deadline(DeadlineKind::Objectives, everybodys.max(period.starts_on)),
        });
    }
    if let Some(day) = days.review_due_on {
        out.push(deadline(DeadlineKind::Review, period.ends_on.map_or(day, |end| day.min(end)).max(period.starts_on)));
    }
    if let Some(day) = days.report_due_on {
        out.push(deadline(DeadlineKind::Report, day));
    }
    out
}
