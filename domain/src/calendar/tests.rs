//! The counting of days, at its boundaries.

use super::*;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}
fn days(from: &str, to: &str) -> Days {
    Days { starts_on: day(from), ends_on: day(to) }
}

/// 2026/27: half-term in the last week of October, an INSET day on 2 November, a closure for snow on 8 and 9 December.
fn year() -> Calendar {
    Calendar {
        id: CalendarId(Uuid::from_u128(2026)),
        organisation_id: OrganisationId(Uuid::nil()),
        academic_year: 2026,
        number: 1,
        bank_holidays: BankHolidays::EnglandAndWales,
        terms: vec![days("2026-09-02", "2026-10-23"), days("2026-11-02", "2026-12-18"), days("2027-01-04", "2027-03-25"), days("2027-04-12", "2027-07-21")],
        inset_days: vec![day("2026-11-02")],
        closures: vec![days("2026-12-08", "2026-12-09")],
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}
fn next_year() -> Calendar {
    let terms = vec![days("2027-09-02", "2027-10-22")];
    Calendar { id: CalendarId(Uuid::from_u128(2027)), academic_year: 2027, terms, inset_days: vec![], closures: vec![], ..year() }
}

#[test]
fn days_are_counted_from_the_next_one_and_only_those_that_count() {
    use DayBasis::{Calendar as C, School as S, Working as W};
    for (from, n, basis, expected) in [
        ("2026-10-05", 0, S, "2026-10-05"),
        ("2026-10-05", 1, C, "2026-10-06"),
        ("2026-12-20", 12, C, "2027-01-01"),
        // over a weekend, over Christmas with the day in Boxing Day's stead, over a bank holiday in May
        ("2026-10-09", 1, W, "2026-10-12"),
        ("2026-12-24", 1, W, "2026-12-29"),
        ("2027-04-30", 1, W, "2027-05-04"),
        ("2027-12-24", 1, W, "2027-12-29"),
        // ten school days from a Monday in term are the Monday two weeks later
        ("2026-10-05", 10, S, "2026-10-19"),
        // over half-term and the INSET day after it
        ("2026-10-22", 1, S, "2026-10-23"),
        ("2026-10-23", 1, S, "2026-11-03"),
        ("2026-10-22", 2, S, "2026-11-03"),
        ("2026-10-27", 1, S, "2026-11-03"),
        // over the closure, over Christmas, over the bank holiday in term
        ("2026-12-07", 1, S, "2026-12-10"),
        ("2026-12-18", 1, S, "2027-01-04"),
        ("2027-04-30", 1, S, "2027-05-04"),
        // the last day of the year is still counted
        ("2027-07-20", 1, S, "2027-07-21"),
        // over the summer into the next year
        ("2027-07-21", 1, S, "2027-09-02"),
        ("2027-07-19", 4, S, "2027-09-03"),
    ] {
        let found = due(day(from), Span { days: n, basis }, BankHolidays::EnglandAndWales, &[year(), next_year()]);
        assert_eq!(found.map(|d| d.on), Ok(day(expected)), "{n} {basis} days from {from}");
    }
}

#[test]
fn the_calendars_that_were_asked_are_named() {
    let found = due(day("2027-07-19"), Span { days: 4, basis: DayBasis::School }, BankHolidays::EnglandAndWales, &[year(), next_year()]);
    assert_eq!(found.map(|d| d.calendars), Ok(vec![year().id, next_year().id]));
    let working = due(day("2027-07-19"), Span { days: 4, basis: DayBasis::Working }, BankHolidays::EnglandAndWales, &[year()]);
    assert_eq!(working.map(|d| d.calendars), Ok(vec![]));
}

#[test]
fn nothing_is_counted_where_no_calendar_reaches() {
    let code =
        |from: &str, n: u16, basis, calendars: &[Calendar]| due(day(from), Span { days: n, basis }, BankHolidays::Scotland, calendars).err().map(|e| e.code);
    let (school, missing) = (DayBasis::School, Some(Code::CalendarMissing));
    assert_eq!(code("2027-07-21", 1, school, &[year()]), missing, "the next year is not known");
    assert_eq!(code("2026-08-20", 1, school, &[year()]), missing, "the year before is not known");
    assert_eq!(code("2026-10-05", 1, school, &[]), missing);
    let later = Calendar { academic_year: 2028, terms: vec![days("2028-09-04", "2028-10-20")], ..next_year() };
    assert_eq!(code("2027-07-21", 1, school, &[year(), later]), missing, "a year between them is not known");
    assert_eq!(code("2028-12-29", 1, DayBasis::Working, &[]), missing, "bank holidays of 2029 are not shipped");
    assert_eq!(code("2028-12-29", 1, DayBasis::Calendar, &[]), None);
}

#[test]
fn a_calendar_whose_days_do_not_fit_names_all_of_them() {
    assert_eq!(year().check(), Ok(()));
    let wrong = Calendar {
        terms: vec![days("2026-07-31", "2026-10-23"), days("2026-10-23", "2026-12-18"), days("2027-01-04", "2027-01-03")],
        inset_days: vec![day("2026-12-19"), day("2026-09-02")],
        closures: vec![days("2026-10-01", "2026-09-30"), days("2027-08-02", "2027-08-03")],
        ..year()
    };
    let pointers: Vec<String> = wrong.check().err().map(|e| e.faults.into_iter().map(|f| f.pointer).collect()).unwrap_or_default();
    assert_eq!(pointers, ["/terms/0/starts_on", "/terms/1/starts_on", "/terms/2/ends_on", "/inset_days/0", "/closures/0/ends_on", "/closures/1/starts_on"]);
}
