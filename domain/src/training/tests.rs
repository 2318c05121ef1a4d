//! The rules of required training, as tables.

use super::{completion::*, status::*, *};
use crate::{
    id::{OrganisationId, PersonId, TrainingCompletionId, TrainingExemptionId},
    text::{Reason, Wire},
    time::Period,
};
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_else(|_| unreachable!("{text}"))
}
fn period(from: &str, to: &str) -> Period {
    Period { starts_on: day(from), ends_on: (!to.is_empty()).then(|| day(to)) }
}
fn title(text: &str) -> Title {
    Title::parse(text).unwrap_or_else(|e| unreachable!("{e}"))
}
fn months(n: i32) -> Validity {
    Validity { kind: ValidityKind::Months, months: Some(n) }
}
const YEARLY: Validity = Validity { kind: ValidityKind::AcademicYear, months: None };
const FOR_GOOD: Validity = Validity { kind: ValidityKind::None, months: None };

fn requirement(trigger: Trigger, validity: Validity) -> TrainingRequirement {
    TrainingRequirement {
        id: TrainingRequirementId(Uuid::nil()),
        organisation_id: OrganisationId(Uuid::nil()),
        title: title("Safeguarding"),
        description: None,
        authority: Authority::Statutory,
        audience: Audience::default(),
        trigger,
        scheduled_on: (trigger == Trigger::Scheduled).then(|| day("2026-09-02")),
        due_within_days: 30,
        validity,
        warn_at_days: WARN_AT_DAYS.to_vec(),
        activity_ids: vec![],
        editions: vec![],
        state: RequirementState::Published,
        applies_from: Some(day("2020-09-01")),
        retired_on: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}
fn teacher(from: &str, to: &str) -> Work {
    Work { period: period(from, to), staff_category: StaffCategory::Teacher, job_title: title("Teacher of art") }
}
fn facts(work: Vec<Work>, done: &[&str]) -> Facts {
    Facts { work, done: done.iter().map(|d| day(d)).collect(), ..Facts::default() }
}
#[test]
fn every_warning_is_told_of_in_its_turn() {
    let of = requirement(Trigger::OnStart, months(12));
    let done = facts(vec![teacher("2020-09-01", "")], &["2025-10-20"]);
    for (on, warned, told) in [
        ("2026-07-21", None, vec!["2026-07-22 90", "2026-09-20 30", "2026-10-13 7", "2026-10-20 0"]),
        ("2026-07-22", Some(90), vec!["2026-07-22 90", "2026-09-20 30", "2026-10-13 7"]),
        ("2026-09-19", Some(90), vec!["2026-07-22 90", "2026-09-20 30", "2026-10-13 7"]),
        ("2026-09-20", Some(30), vec!["2026-07-22 90", "2026-09-20 30", "2026-10-13 7"]),
        ("2026-10-12", Some(30), vec!["2026-07-22 90", "2026-09-20 30", "2026-10-13 7"]),
        ("2026-10-13", Some(7), vec!["2026-07-22 90", "2026-09-20 30", "2026-10-13 7"]),
        ("2026-10-20", Some(7), vec!["2026-07-22 90", "2026-09-20 30", "2026-10-13 7"]),
        ("2026-10-21", None, vec![]),
    ] {
        let standing = done.standing(&of, day(on)).unwrap_or_else(|| unreachable!("{on}"));
        let reminders: Vec<String> = of.reminders(&standing).into_iter().map(|(on, days)| format!("{on} {days}")).collect();
        assert_eq!((standing.warned_at_days, reminders), (warned, told.into_iter().map(str::to_owned).collect()), "{on}");
    }
    // what counts for good, or is not done, runs out on no day
    for (of, done) in [(requirement(Trigger::OnStart, FOR_GOOD), &["2025-10-20"][..]), (of, &[][..])] {
        let standing = facts(vec![teacher("2020-09-01", "")], done).standing(&of, day("2026-10-05"));
        assert_eq!(standing.map(|s| (s.warned_at_days, of.reminders(&s))), Some((None, vec![])));
    }
}

#[test]
fn an_employment_was_what_it_is_without_what_changed_since() {
    let change = |field: &str, before: serde_json::Value| serde_json::json!({field: {"before": before, "after": "whatever"}});
    let is = |work: &Work| (work.staff_category, work.job_title.as_str().to_owned());
    let now = || teacher("2020-09-01", "");
    // newest first: a teacher who was a leader for a time, and had come as support
    let changes = [change("staff_category", "leader".into()), change("staff_category", "support".into()), change("job_title", "Cover supervisor".into())];
    assert_eq!(is(&changes[..1].iter().fold(now(), Work::before)), (StaffCategory::Leader, "Teacher of art".into()));
    assert_eq!(is(&changes[..2].iter().fold(now(), Work::before)), (StaffCategory::Support, "Teacher of art".into()));
    assert_eq!(is(&changes.iter().fold(now(), Work::before)), (StaffCategory::Support, "Cover supervisor".into()));
    // recorded later than it began, it was from the beginning what it was recorded as
    for nothing in [change("staff_category", serde_json::Value::Null), change("fte_percent", 60.into()), serde_json::json!({})] {
        assert_eq!(is(&now().before(&nothing)), is(&now()), "{nothing}");
    }
}

/// Status, due, valid until.
fn told(facts: &Facts, requirement: &TrainingRequirement, on: &str) -> Option<(&'static str, String, String)> {
    let text = |d: Option<NaiveDate>| d.map_or_else(String::new, |d| d.to_string());
    facts.standing(requirement, day(on)).map(|s| (s.status.as_str(), text(s.due_on), text(s.valid_until)))
}
#[track_caller]
fn says(facts: &Facts, requirement: &TrainingRequirement, rows: &[(&str, &str, &str, &str)]) {
    for (on, status, due, until) in rows {
        assert_eq!(told(facts, requirement, on), Some((*status, (*due).to_owned(), (*until).to_owned())), "on {on}");
    }
}

#[test]
fn what_was_never_done_is_due_soon_and_then_due() {
    let start = facts(vec![teacher("2026-09-01", "")], &[]);
    says(
        &start,
        &requirement(Trigger::OnStart, months(36)),
        &[
            ("2026-09-01", "due_soon", "2026-10-01", ""),
            ("2026-09-30", "due_soon", "2026-10-01", ""),
            ("2026-10-01", "due", "2026-10-01", ""),
            ("2027-01-01", "due", "2026-10-01", ""),
        ],
    );
    assert_eq!(told(&start, &requirement(Trigger::OnStart, months(36)), "2026-08-31"), None, "who has not started has no status");
    // somebody who was there before it was asked has the same time as everybody
    let old = facts(vec![teacher("2001-09-01", "")], &[]);
    says(&old, &requirement(Trigger::OnStart, FOR_GOOD), &[("2020-08-31", "not_required", "", ""), ("2020-09-01", "due_soon", "2020-10-01", "")]);
    // a day of the calendar, and who starts after it
    says(&old, &requirement(Trigger::Scheduled, FOR_GOOD), &[("2026-09-01", "due_soon", "2026-10-02", "")]);
    says(&facts(vec![teacher("2026-11-02", "")], &[]), &requirement(Trigger::Scheduled, FOR_GOOD), &[("2026-11-02", "due_soon", "2026-12-02", "")]);
}

#[test]
fn it_counts_to_the_same_day_and_leap_days_to_the_last_of_february() {
    for (done, validity, until) in [
        ("2023-09-05", months(36), "2026-09-05"),
        ("2024-02-29", months(12), "2025-02-28"),
        ("2024-02-29", months(48), "2028-02-29"),
        ("2023-02-28", months(12), "2024-02-28"),
        ("2023-08-31", months(6), "2024-02-29"),
        ("2023-08-31", YEARLY, "2023-08-31"),
        ("2023-09-01", YEARLY, "2024-08-31"),
    ] {
        assert_eq!(validity.until(day(done)), Some(day(until)), "{done} {validity:?}");
    }
    assert_eq!(FOR_GOOD.until(day("2023-09-05")), None);
    let once = facts(vec![teacher("2020-09-01", "")], &["2023-09-05"]);
    says(
        &once,
        &requirement(Trigger::OnStart, months(36)),
        &[
            ("2023-09-04", "due", "2020-10-01", ""),
            ("2023-09-05", "current", "2026-09-05", "2026-09-05"),
            ("2026-06-06", "current", "2026-09-05", "2026-09-05"),
            ("2026-06-07", "expiring", "2026-09-05", "2026-09-05"),
            ("2026-09-05", "expiring", "2026-09-05", "2026-09-05"),
            ("2026-09-06", "expired", "2026-09-05", "2026-09-05"),
        ],
    );
    says(&once, &requirement(Trigger::OnStart, FOR_GOOD), &[("2099-01-01", "current", "", "")]);
}

#[test]
fn an_early_renewal_takes_away_no_day() {
    let three_years = requirement(Trigger::OnStart, months(36));
    for (again, until) in [
        ("2024-01-10", "2027-01-10"), // long before: from the day on which it is done
        ("2026-06-06", "2029-06-06"), // the last day before the first warning
        ("2026-06-07", "2029-09-05"), // within the warning: from the day on which it runs out
        ("2026-09-05", "2029-09-05"),
        ("2026-09-06", "2029-09-06"), // after it ran out: from the day on which it is done
    ] {
        let twice = facts(vec![teacher("2020-09-01", "")], &[again, "2023-09-05"]);
        assert_eq!(told(&twice, &three_years, "2026-09-10").map(|t| t.2), Some(until.to_owned()), "{again}");
    }
    // a renewal that would end sooner than what is there
    let short = requirement(Trigger::OnStart, YEARLY);
    for (again, until) in [("2026-07-01", "2027-08-31"), ("2026-06-01", "2026-08-31"), ("2026-06-02", "2027-08-31"), ("2026-09-01", "2027-08-31")] {
        let twice = facts(vec![teacher("2020-09-01", "")], &["2025-10-01", again]);
        assert_eq!(told(&twice, &short, "2026-09-02").map(|t| t.2), Some(until.to_owned()), "{again}");
    }
    // every order of the same days says the same, and one more never says less
    let all = ["2023-09-05", "2024-02-01", "2026-06-20", "2026-08-01"];
    let (a, b) = (facts(vec![teacher("2020-09-01", "")], &all), facts(vec![teacher("2020-09-01", "")], &[all[3], all[1], all[0], all[2]]));
    assert_eq!(told(&a, &three_years, "2026-09-10"), told(&b, &three_years, "2026-09-10"));
    let mut least = None;
    for n in 1..=all.len() {
        let until = facts(vec![teacher("2020-09-01", "")], &all[..n]).standing(&three_years, day("2026-09-10")).and_then(|s| s.valid_until);
        assert!(until >= least, "{n}");
        least = until;
    }
}

#[test]
fn a_new_edition_makes_everybody_due_again() {
    let mut yearly = requirement(Trigger::OnStart, months(36));
    yearly.editions = vec![Edition { number: 1, issued_on: day("2026-09-01"), due_within_days: 14, note: None }];
    let before = facts(vec![teacher("2020-09-01", "")], &["2025-09-10"]);
    says(
        &before,
        &yearly,
        &[
            ("2026-08-31", "current", "2028-09-10", "2028-09-10"),
            ("2026-09-01", "due_soon", "2026-09-15", "2028-09-10"),
            ("2026-09-15", "due", "2026-09-15", "2028-09-10"),
        ],
    );
    says(&facts(vec![teacher("2020-09-01", "")], &["2025-09-10", "2026-09-01"]), &yearly, &[("2026-09-15", "current", "2029-09-01", "2029-09-01")]);
    // what has run out has run out
    says(&facts(vec![teacher("2020-09-01", "")], &["2022-09-10"]), &yearly, &[("2026-09-02", "expired", "2025-09-10", "2025-09-10")]);
    // who starts after it has the time of those who start
    says(&facts(vec![teacher("2026-11-02", "")], &["2025-09-10"]), &yearly, &[("2026-11-02", "due_soon", "2026-12-02", "2028-09-10")]);
    // due by editions alone
    let mut editions = requirement(Trigger::OnEdition, FOR_GOOD);
    says(&before, &editions, &[("2026-09-02", "not_required", "", "")]);
    editions.editions.clone_from(&yearly.editions);
    let never = facts(vec![teacher("2020-09-01", "")], &[]);
    says(&never, &editions, &[("2026-08-31", "not_required", "", ""), ("2026-09-01", "due_soon", "2026-09-15", ""), ("2026-09-15", "due", "2026-09-15", "")]);
}

#[test]
fn a_leaver_has_no_status_and_a_returner_keeps_what_they_did() {
    let rule = requirement(Trigger::OnStart, months(36));
    let away = facts(vec![teacher("2020-09-01", "2024-08-31"), teacher("2026-09-01", "")], &["2023-09-05"]);
    says(&away, &rule, &[("2024-08-31", "current", "2026-09-05", "2026-09-05"), ("2026-09-01", "expiring", "2026-09-05", "2026-09-05")]);
    assert_eq!(told(&away, &rule, "2024-09-01"), None);
    assert_eq!(told(&away, &rule, "2026-08-31"), None);
    // what ran out while they were away is due with the time of those who start, and then it has expired
    let long = facts(vec![teacher("2020-09-01", "2024-08-31"), teacher("2026-11-02", "")], &["2023-09-05"]);
    says(&long, &rule, &[("2026-11-02", "due_soon", "2026-12-02", "2026-09-05"), ("2026-12-02", "expired", "2026-12-02", "2026-09-05")]);
    // a new contract the day after is no new start
    let renewed = facts(vec![teacher("2020-09-01", "2024-08-31"), teacher("2024-09-01", "")], &[]);
    says(&renewed, &rule, &[("2024-09-01", "due", "2020-10-01", "")]);
    // two employments at once are one time of work
    let both = facts(vec![teacher("2024-01-01", ""), teacher("2020-09-01", "2024-06-30")], &[]);
    says(&both, &rule, &[("2024-09-01", "due", "2020-10-01", "")]);
}

#[test]
fn it_is_for_whom_it_names_without_those_whom_it_leaves_out() {
    let mut rule = requirement(Trigger::OnStart, FOR_GOOD);
    let mut someone = facts(vec![teacher("2026-09-01", "")], &[]);
    let group = |categories: &[StaffCategory], roles: &[RoleName], titles: &[&str]| Group {
        staff_categories: categories.to_vec(),
        roles: roles.to_vec(),
        job_titles: titles.iter().map(|t| title(t)).collect(),
    };
    someone.roles = vec![(RoleName::Hr, period("2026-10-01", "2026-10-31"))];
    let none = || group(&[], &[], &[]);
    for (include, exclude, on, expected) in [
        (none(), none(), "2026-09-15", true),
        (group(&[StaffCategory::Teacher], &[], &[]), none(), "2026-09-15", true),
        (group(&[StaffCategory::Support], &[], &[]), none(), "2026-09-15", false),
        (group(&[], &[], &["TEACHER OF ART"]), none(), "2026-09-15", true),
        (group(&[], &[], &["Teacher"]), none(), "2026-09-15", false),
        (group(&[], &[RoleName::Hr], &[]), none(), "2026-09-15", false),
        (group(&[], &[RoleName::Hr], &[]), none(), "2026-10-15", true),
        (group(&[], &[RoleName::Hr], &[]), none(), "2026-11-01", false),
        (none(), group(&[StaffCategory::Teacher], &[], &[]), "2026-09-15", false),
        (none(), group(&[], &[RoleName::Hr], &[]), "2026-10-15", false),
        (none(), group(&[], &[RoleName::Hr], &[]), "2026-11-01", true),
    ] {
        rule.audience = Audience { include: include.clone(), exclude: exclude.clone() };
        let found = someone.standing(&rule, day(on)).map(|s| s.status != TrainingStatus::NotRequired);
        assert_eq!(found, Some(expected), "{include:?} {exclude:?} {on}");
    }
    // who has two posts is asked by the one that counts
    someone.work.push(Work { staff_category: StaffCategory::Support, ..teacher("2026-09-01", "") });
    rule.audience = Audience { include: Group::default(), exclude: group(&[StaffCategory::Support], &[], &[]) };
    assert_eq!(told(&someone, &rule, "2026-09-15").map(|t| t.0), Some("due_soon"));
    // the time runs from the day of the role
    let mut by_role = requirement(Trigger::OnRole, FOR_GOOD);
    by_role.audience.include = group(&[], &[RoleName::Hr], &[]);
    says(&someone, &by_role, &[("2026-10-15", "due_soon", "2026-10-31", ""), ("2026-10-31", "due", "2026-10-31", "")]);
    // exempt, and a draft, and what is not asked any more
    let mut rule = requirement(Trigger::OnStart, FOR_GOOD);
    someone.exempt = vec![period("2026-09-10", "2026-09-20")];
    says(
        &someone,
        &rule,
        &[
            ("2026-09-09", "due_soon", "2026-10-01", ""),
            ("2026-09-10", "exempt", "", ""),
            ("2026-09-20", "exempt", "", ""),
            ("2026-09-21", "due_soon", "2026-10-01", ""),
        ],
    );
    rule.retired_on = Some(day("2026-09-15"));
    says(&someone, &rule, &[("2026-09-14", "exempt", "", ""), ("2026-09-15", "not_required", "", "")]);
    rule.state = RequirementState::Draft;
    says(&someone, &rule, &[("2026-09-14", "not_required", "", "")]);
}

#[test]
fn no_day_is_too_far() {
    for validity in [months(MOST_MONTHS), YEARLY, FOR_GOOD] {
        let mut rule = requirement(Trigger::OnStart, validity);
        rule.editions = vec![Edition { number: 1, issued_on: NaiveDate::MIN, due_within_days: MOST_DAYS, note: None }];
        let work = Work { period: Period { starts_on: NaiveDate::MIN, ends_on: None }, ..teacher("2026-09-01", "") };
        let ever = Facts { work: vec![work], done: vec![NaiveDate::MIN, NaiveDate::MAX], ..Facts::default() };
        for on in [NaiveDate::MIN, day("2026-09-01"), NaiveDate::MAX] {
            assert!(ever.standing(&rule, on).is_some());
        }
    }
}

#[test]
fn a_requirement_that_makes_itself_due_for_ever_is_refused() {
    let faults = |change: &dyn Fn(&mut TrainingRequirement)| {
        let mut rule = requirement(Trigger::OnStart, months(12));
        change(&mut rule);
        let found = rule.sound().err();
        found.map_or_else(Vec::new, |e| e.faults.into_iter().map(|f| (f.code, f.pointer)).collect::<Vec<_>>())
    };
    let endless = |pointer: &str| ("endless_requirement".to_owned(), pointer.to_owned());
    let contradictory = |pointer: &str| ("contradictory_requirement".to_owned(), pointer.to_owned());
    assert_eq!(faults(&|_| ()), []);
    assert_eq!(faults(&|r| r.validity = months(0)), [endless("/validity_months")]);
    assert_eq!(faults(&|r| r.validity = months(3)), [], "91 days count longer than the first warning");
    assert_eq!(faults(&|r| r.validity = months(2)), [endless("/warn_at_days")]);
    assert_eq!(faults(&|r| r.validity = months(1)), [endless("/warn_at_days"), endless("/due_within_days")]);
    assert_eq!(faults(&|r| (r.validity, r.warn_at_days) = (months(1), vec![])), [endless("/due_within_days")]);
    assert_eq!(faults(&|r| r.due_within_days = 365), [endless("/due_within_days")]);
    assert_eq!(faults(&|r| (r.validity, r.warn_at_days) = (YEARLY, vec![365])), [endless("/warn_at_days")]);
    assert_eq!(faults(&|r| (r.validity, r.warn_at_days, r.due_within_days) = (FOR_GOOD, vec![MOST_DAYS], MOST_DAYS)), []);
    assert_eq!(faults(&|r| r.validity = Validity { kind: ValidityKind::Months, months: None }), [contradictory("/validity_months")]);
    assert_eq!(faults(&|r| r.validity = Validity { kind: ValidityKind::None, months: Some(1) }), [contradictory("/validity_months")]);
    assert_eq!(faults(&|r| r.trigger = Trigger::Scheduled), [contradictory("/scheduled_on")]);
    assert_eq!(faults(&|r| r.scheduled_on = Some(day("2026-09-01"))), [contradictory("/scheduled_on")]);
    assert_eq!(faults(&|r| r.trigger = Trigger::OnRole), [contradictory("/audience/include/roles")]);
    let all = |r: &mut TrainingRequirement| {
        let group = Group { staff_categories: vec![StaffCategory::Support], ..Group::default() };
        (r.audience, r.validity) = (Audience { include: group.clone(), exclude: group }, months(0));
    };
    assert_eq!(faults(&all), [contradictory("/audience/exclude"), endless("/validity_months")]);
    let issued =
        |from: &str, days: i32| requirement(Trigger::OnStart, months(12)).issue(day(from), days, None).and_then(|r| r.issue(day("2026-09-01"), 14, None));
    assert_eq!(issued("2026-08-31", 14).map(|r| r.editions.last().map(|e| e.number)), Ok(Some(2)));
    assert_eq!(issued("2026-09-01", 14).err().map(|e| e.code), Some(Code::ImpossibleDates));
    assert_eq!(issued("2026-08-31", 365).err().map(|e| e.code), Some(Code::EndlessRequirement));
}

#[test]
fn every_step_from_every_state() {
    for state in RequirementState::ALL {
        let rule = TrainingRequirement { state: *state, ..requirement(Trigger::OnStart, FOR_GOOD) };
        for action in RequirementAction::ALL {
            let expected = match action {
                RequirementAction::Update | RequirementAction::Publish => *state == RequirementState::Draft,
                RequirementAction::IssueEdition | RequirementAction::Retire => *state != RequirementState::Retired,
            };
            assert_eq!(rule.can(*action).is_ok(), expected, "{action} of one that is {state}");
        }
        assert_eq!(rule.publish(day("2026-09-01")).is_ok(), *state == RequirementState::Draft);
        assert_eq!(rule.retire(day("2026-09-01")).is_ok(), *state != RequirementState::Retired);
    }
    let draft = TrainingRequirement { state: RequirementState::Draft, ..requirement(Trigger::OnEdition, FOR_GOOD) };
    assert_eq!(draft.publish(day("2026-09-01")).err().map(|e| e.code), Some(Code::NotReady));
    let with = draft.issue(day("2026-09-01"), 14, None).and_then(|r| r.publish(day("2026-09-01")));
    assert!(with.is_ok());
    assert_eq!(requirement(Trigger::OnStart, FOR_GOOD).publish(day("0001-01-01")).err().map(|e| e.code), Some(Code::WrongState));
    let draft = TrainingRequirement { state: RequirementState::Draft, ..requirement(Trigger::OnStart, FOR_GOOD) };
    assert_eq!(draft.publish(day("0001-01-01")).err().map(|e| e.code), Some(Code::ImpossibleDates));
}

#[test]
fn facts_are_recorded_by_others_once_and_not_before_they_happen() {
    let person = |n: u128| PersonId(Uuid::from_u128(n));
    let done = |on: &str, by: u128| TrainingCompletion {
        id: TrainingCompletionId(Uuid::nil()),
        requirement_id: TrainingRequirementId(Uuid::nil()),
        person_id: person(1),
        organisation_id: OrganisationId(Uuid::nil()),
        completed_on: day(on),
        provider: None,
        certificate: None,
        external_ref: None,
        enrolment_id: None,
        recorded_by: Some(person(by)),
        void_reason: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    };
    let there = [done("2026-09-01", 2)];
    let code = |new: &TrainingCompletion, theirs: &[TrainingCompletion]| new.recordable(day("2026-10-05"), theirs).err().map(|e| e.code);
    for (on, by, expected) in [
        ("2026-10-05", 2, None),
        ("2026-10-06", 2, Some(Code::ImpossibleDates)),
        ("1949-12-31", 2, Some(Code::ImpossibleDates)),
        ("2026-09-01", 2, Some(Code::Duplicate)),
        ("2026-10-05", 1, Some(Code::NotForYourself)),
    ] {
        assert_eq!(code(&done(on, by), &there), expected, "{on} {by}");
    }
    let void = TrainingCompletion { void_reason: Reason::parse("Another's certificate").ok(), ..done("2026-09-01", 2) };
    assert_eq!(code(&done("2026-09-01", 2), std::slice::from_ref(&void)), None, "what was taken back can be recorded rightly");
    assert_eq!(void.voidable(Some(person(2))).err().map(|e| e.code), Some(Code::WrongState));
    assert_eq!(there[0].voidable(Some(person(1))).err().map(|e| e.code), Some(Code::NotForYourself));
    assert_eq!(there[0].voidable(None), Ok(()));
    assert!(there[0].says_the_same(&done("2026-09-01", 3)) && !there[0].says_the_same(&done("2026-09-02", 2)));

    let exempt = |n: u128, from: &str, to: &str| TrainingExemption {
        id: TrainingExemptionId(Uuid::from_u128(n)),
        requirement_id: TrainingRequirementId(Uuid::nil()),
        person_id: person(1),
        organisation_id: OrganisationId(Uuid::nil()),
        reason: Reason::parse("Family leave").unwrap_or_else(|e| unreachable!("{e}")),
        period: period(from, to),
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    };
    let given = [exempt(1, "2026-09-01", "2026-12-31")];
    let code = |new: &TrainingExemption, by: u128| new.givable(Some(person(by)), &given).err().map(|e| e.code);
    assert_eq!(code(&exempt(2, "2026-12-31", "2027-01-31"), 2), Some(Code::Duplicate));
    assert_eq!(code(&exempt(2, "2027-01-01", "2027-01-31"), 2), None);
    assert_eq!(code(&exempt(2, "2027-01-01", "2027-01-31"), 1), Some(Code::NotForYourself));
    assert_eq!(code(&exempt(2, "2027-01-01", "9999-01-31"), 2), Some(Code::ImpossibleDates));
    assert_eq!(given[0].end(day("2026-10-05"), Some(person(2))).map(|e| e.period.ends_on), Ok(Some(day("2026-10-05"))));
    assert_eq!(given[0].end(day("2027-10-05"), Some(person(2))).err().map(|e| e.code), Some(Code::AlreadyEnded));
}
