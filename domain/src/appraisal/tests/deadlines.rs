//! Days: those that were worked, and those by which something is due.

use super::*;

#[test]
fn the_report_of_who_leaves_is_of_the_days_they_worked() {
    let a = appraisal(S::AssessmentDraft, StaffCategory::Teacher);
    for (from, to, worked) in [
        ("2020-09-01", "", ("2026-09-01", "2027-08-31")),
        ("2020-09-01", "2026-12-31", ("2026-09-01", "2026-12-31")),
        ("2020-09-01", "2027-12-31", ("2026-09-01", "2027-08-31")),
        ("2027-01-04", "2027-04-01", ("2027-01-04", "2027-04-01")),
        // no day in common: somebody corrected the employment since
        ("2028-09-01", "", ("2026-09-01", "2027-08-31")),
    ] {
        let employed = Period { starts_on: day(from), ends_on: to.parse().ok() };
        assert_eq!(a.days_worked(&employed), (day(worked.0), day(worked.1)), "{from} {to}");
    }
}

#[test]
fn deadlines_move_with_the_cycle_and_the_review_but_not_where_somebody_set_them() {
    use crate::{calendar::BankHolidays, cycle::DueDates};
    let (wales, england) = (&shipped()[3], &shipped()[0]);
    let reason = Reason::parse("Half-term fell early").unwrap_or_else(|e| unreachable!("{e}"));
    let before = DueDates { objectives_due_on: Some(day("2026-10-31")), review_due_on: Some(day("2027-07-09")), report_due_on: Some(day("2027-10-31")) };
    let after = DueDates { objectives_due_on: Some(day("2026-11-13")), report_due_on: Some(day("2027-11-30")), ..before };
    let period = |a: &Appraisal| a.period();
    let fresh = |a: &Appraisal, days: &DueDates| deadlines(days, wales, day("2026-09-01"), period(a), BankHolidays::EnglandAndWales, &[]);
    let bare = appraisal(S::InProgress, StaffCategory::Teacher);
    let new = Appraisal { deadlines: fresh(&bare, &before), ..bare };
    let told = |a: &Appraisal| a.deadlines.iter().map(|d| (d.due_on.to_string(), d.set_by, d.reason.is_some())).collect::<Vec<_>>();
    let said = |on: &str, by, reason| (on.to_owned(), by, reason);
    use DeadlineSource::{Cycle, Person, Rule};
    let moved = new.moved_with_cycle(&before, &after, &fresh(&new, &after), &reason);
    assert_eq!(told(&moved), [said("2026-11-13", Cycle, true), said("2027-07-09", Cycle, false), said("2027-11-30", Cycle, true)]);
    let by_hand = new.move_deadline(DeadlineKind::Objectives, day("2026-12-01"), reason.clone(), whose(A::MoveDeadline), facts(maintained()));
    let by_hand = by_hand.unwrap_or_else(|e| unreachable!("{e}"));
    let moved = by_hand.moved_with_cycle(&before, &after, &fresh(&by_hand, &after), &reason);
    assert_eq!(told(&moved)[0], said("2026-12-01", Person, true));
    for over in [S::ReportIssued, S::Completed, S::Transferred, S::Abandoned] {
        let over = Appraisal { state: over, ..new.clone() };
        assert_eq!(over.moved_with_cycle(&before, &after, &fresh(&over, &after), &reason), over);
    }
    // ten school days; where no calendar covers them ten calendar days, so that it is never later
    let held = new.review_held(day("2027-07-05"), wales, BankHolidays::EnglandAndWales, &[]);
    assert_eq!(told(&held)[2], said("2027-07-15", Rule, false));
    assert_eq!((held.deadlines[2].basis, held.deadlines[2].rule_profile.as_str()), (Some(DayBasis::Calendar), "wales_2011"));
    assert_eq!(told(&held.moved_with_cycle(&before, &after, &fresh(&held, &after), &reason))[2], said("2027-07-15", Rule, false));
    assert_eq!(new.review_held(day("2027-07-05"), england, BankHolidays::EnglandAndWales, &[]), new, "no rule says how soon");
    let early = new.move_deadline(DeadlineKind::Comment, day("2027-12-01"), reason.clone(), whose(A::MoveDeadline), facts(maintained()));
    assert_eq!(early.err().map(|e| e.code), Some(Code::WrongState), "it begins when the report is given");
    let named = new.move_deadline(DeadlineKind::Report, day("2027-09-30"), reason, whose(A::MoveDeadline), facts(maintained()));
    let named = named.unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(named.review_held(day("2027-07-05"), wales, BankHolidays::EnglandAndWales, &[]), named);
}

#[test]
fn a_deadline_says_which_rule_made_it() {
    use crate::{calendar::BankHolidays, cycle::DueDates};
    let academy = &shipped()[1];
    let days = DueDates { objectives_due_on: Some(day("2026-10-31")), review_due_on: Some(day("2027-07-09")), report_due_on: Some(day("2027-10-31")) };
    let given = |from: &str, to: &str| {
        let period = Period { starts_on: day(from), ends_on: to.parse().ok() };
        deadlines(&days, academy, day("2026-09-01"), period, BankHolidays::EnglandAndWales, &[])
    };
    let on = |all: &[Deadline]| all.iter().map(|d| d.due_on.to_string()).collect::<Vec<_>>();
    assert_eq!(on(&given("2026-09-01", "2027-08-31")), ["2026-10-31", "2027-07-09", "2027-10-31"]);
    // twenty working days from 4 January
    let starter = given("2027-01-04", "2027-08-31");
    assert_eq!(on(&starter), ["2027-02-01", "2027-07-09", "2027-10-31"]);
    assert_eq!((starter[0].basis, starter[0].rule_profile.as_str(), starter[0].rule_profile_version), (Some(DayBasis::Working), "england_academy_policy", 1));
    assert_eq!((starter[1].basis, starter[0].set_by, starter[1].set_by), (None, DeadlineSource::Rule, DeadlineSource::Cycle));
    assert_eq!(on(&given("2026-09-07", "2027-08-31"))[0], "2026-10-31", "never less than everybody else");
    assert_eq!(on(&given("2026-09-01", "2026-12-31"))[1], "2026-12-31", "before they leave");
}
