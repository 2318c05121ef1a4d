//! The deadlines that an appraisal is created with, and what moves them.

use super::{Appraisal, AppraisalState as S, Deadline, DeadlineKind, DeadlineSource};
use crate::{
    calendar::{BankHolidays, Calendar, Doubt, Due, due, reckoned},
    cycle::DueDates,
    profile::{DayBasis, RuleProfile},
    text::Reason,
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
    let mut out = Vec::new();
    if let Some(everybodys) = days.objectives_due_on {
        let late = profile.rules.starter_objectives_within.filter(|_| period.starts_on > cycle_starts_on);
        let counted = late.and_then(|span| due(period.starts_on, span, bank_holidays, calendars).ok().map(|due| (span, due)));
        let kind = DeadlineKind::Objectives;
        out.push(match counted {
            Some((span, due)) if due.on > everybodys => by_rule(kind, (due, span.basis), profile),
            _ => of_cycle(kind, everybodys.max(period.starts_on), profile),
        });
    }
    if let Some(day) = days.review_due_on {
        out.push(of_cycle(DeadlineKind::Review, period.ends_on.map_or(day, |end| day.min(end)).max(period.starts_on), profile));
    }
    if let Some(day) = days.report_due_on {
        out.push(of_cycle(DeadlineKind::Report, day, profile));
    }
    out
}

/// One that a rule of this profile set, by counting this span.
pub fn by_rule(kind: DeadlineKind, (due, basis): (Due, DayBasis), profile: &RuleProfile) -> Deadline {
    Deadline { set_by: DeadlineSource::Rule, basis: Some(basis), calendar_ids: due.calendars, ..of_cycle(kind, due.on, profile) }
}

/// One that the cycle sets.
fn of_cycle(kind: DeadlineKind, due_on: NaiveDate, profile: &RuleProfile) -> Deadline {
    let (rule_profile, rule_profile_version) = (profile.key.clone(), profile.number);
    Deadline { kind, due_on, rule_profile, rule_profile_version, set_by: DeadlineSource::Cycle, basis: None, calendar_ids: Vec::new(), reason: None }
}

impl DueDates {
    fn of(&self, kind: DeadlineKind) -> Option<NaiveDate> {
        match kind {
            DeadlineKind::Objectives => self.objectives_due_on,
            DeadlineKind::Review => self.review_due_on,
            DeadlineKind::Report => self.report_due_on,
            DeadlineKind::Comment | DeadlineKind::Appeal => None,
        }
    }
}

impl Appraisal {
    /// Is its report still to be given? Only then a deadline says anything; while it rests, too.
    fn awaits_report(&self) -> bool {
        matches!(self.state, S::Created | S::Planning | S::InProgress | S::SelfReview | S::AssessmentDraft | S::Suspended)
    }

    /// With its deadlines where the cycle's days were moved to, with their reason. `fresh` are those that it would be created with now. What somebody moved by
    /// hand stays, and so does the report's day that was counted from the review.
    #[must_use]
    pub fn moved_with_cycle(&self, before: &DueDates, after: &DueDates, fresh: &[Deadline], reason: &Reason) -> Self {
        if !self.awaits_report() {
            return self.clone();
        }
        let stays = |d: &Deadline| {
            let counted_from_review = d.kind == DeadlineKind::Report && d.set_by == DeadlineSource::Rule;
            before.of(d.kind) == after.of(d.kind) || d.set_by == DeadlineSource::Person || counted_from_review
        };
        let moved = |d: &Deadline| match fresh.iter().find(|f| f.kind == d.kind) {
            Some(f) if !stays(d) && f.due_on != d.due_on => Deadline { reason: Some(reason.clone()), ..f.clone() },
            _ => d.clone(),
        };
        Self { deadlines: self.deadlines.iter().map(moved).collect(), ..self.clone() }
    }

    /// The review was held on this day: where the rules say how soon the report is given after it, its day is counted from there. Where no calendar covers the
    /// days, as many calendar days are: it is never later than the rules have it. A day that somebody set by hand stays.
    #[must_use]
    pub fn review_held(&self, on: NaiveDate, profile: &RuleProfile, bank_holidays: BankHolidays, calendars: &[Calendar]) -> Self {
        let by_hand = self.deadlines.iter().any(|d| d.kind == DeadlineKind::Report && d.set_by == DeadlineSource::Person);
        let Some(span) = profile.rules.report_within.filter(|_| self.awaits_report() && !by_hand) else { return self.clone() };
        let report = by_rule(DeadlineKind::Report, reckoned(on, span, Doubt::Sooner, bank_holidays, calendars), profile);
        let others = self.deadlines.iter().filter(|d| d.kind != DeadlineKind::Report).cloned();
        Self { deadlines: others.chain([report]).collect(), ..self.clone() }
    }
}
