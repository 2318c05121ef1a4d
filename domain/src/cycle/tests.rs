//! The rules of cycles, as tables.

use super::*;
use uuid::Uuid;

fn ready(state: CycleState) -> Cycle {
    let day = |t: &str| t.parse::<NaiveDate>().ok();
    Cycle {
        id: CycleId(Uuid::nil()),
        organisation_id: OrganisationId(Uuid::nil()),
        name: Title::try_from("2026/27".to_owned()).unwrap_or_else(|e| unreachable!("{e}")),
        state,
        starts_on: day("2026-09-01"),
        ends_on: day("2027-08-31"),
        rule_profile: ProfileKey::try_from("england_maintained_2012".to_owned()).ok(),
        rule_profile_version: Some(1),
        due: DueDates { objectives_due_on: day("2026-10-31"), review_due_on: day("2027-07-20"), report_due_on: day("2027-10-31") },
        staff_categories: vec![StaffCategory::Teacher],
        framework_version_ids: vec![FrameworkVersionId(Uuid::nil())],
        rolled_over_from: None,
        last_reason: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}

/// Every state against every action: what is not written here is refused.
#[test]
fn the_machine_takes_exactly_these_steps() {
    let steps = [
        (S::Draft, A::Update, S::Draft),
        (S::Draft, A::Publish, S::Published),
        (S::Draft, A::Cancel, S::Cancelled),
        (S::Published, A::MoveDueDates, S::Published),
        (S::Published, A::CreateAppraisals, S::Published),
        (S::PlanningOpen, A::CreateAppraisals, S::PlanningOpen),
        (S::Monitoring, A::CreateAppraisals, S::Monitoring),
        (S::Published, A::OpenPlanning, S::PlanningOpen),
        (S::Published, A::Cancel, S::Cancelled),
        (S::PlanningOpen, A::MoveDueDates, S::PlanningOpen),
        (S::PlanningOpen, A::StartMonitoring, S::Monitoring),
        (S::Monitoring, A::MoveDueDates, S::Monitoring),
        (S::Monitoring, A::OpenReview, S::ReviewOpen),
        (S::ReviewOpen, A::MoveDueDates, S::ReviewOpen),
        (S::ReviewOpen, A::StartClosing, S::Closing),
        (S::Closing, A::MoveDueDates, S::Closing),
        (S::Closing, A::Close, S::Closed),
        (S::Closed, A::Archive, S::Archived),
        (S::Published, A::RollOver, S::Published),
        (S::PlanningOpen, A::RollOver, S::PlanningOpen),
        (S::Monitoring, A::RollOver, S::Monitoring),
        (S::ReviewOpen, A::RollOver, S::ReviewOpen),
        (S::Closing, A::RollOver, S::Closing),
        (S::Closed, A::RollOver, S::Closed),
        (S::Archived, A::RollOver, S::Archived),
    ];
    for state in S::ALL {
        for action in A::ALL {
            let expected = steps.iter().find(|(from, a, _)| from == state && a == action).map(|(_, _, to)| *to);
            assert_eq!(ready(*state).step(*action, OpenWork::default()).ok().map(|c| c.state), expected, "{state} {action}");
        }
    }
}

#[test]
fn publishing_names_everything_that_is_missing() {
    let bare = Cycle {
        starts_on: None,
        ends_on: None,
        rule_profile: None,
        rule_profile_version: None,
        due: DueDates::default(),
        staff_categories: vec![],
        framework_version_ids: vec![],
        ..ready(S::Draft)
    };
    let faults = bare.can(A::Publish, OpenWork::default()).err().map(|e| (e.code, e.faults.len()));
    assert_eq!(faults, Some((Code::NotReady, 8)));
}

#[test]
fn closing_names_all_that_it_waits_for() {
    let blocked = |objectives, appraisals| {
        let refused = ready(S::Closing).can(A::Close, OpenWork { objectives, appraisals, rolled_over: false }).err();
        refused.map(|e| (e.code, e.faults.into_iter().map(|f| f.pointer).collect::<Vec<_>>()))
    };
    let not_ready = |pointers: &[&str]| Some((Code::NotReady, pointers.iter().map(|p| (*p).to_owned()).collect()));
    assert_eq!(blocked(3, 0), not_ready(&["/objectives"]));
    assert_eq!(blocked(0, 2), not_ready(&["/appraisals"]));
    assert_eq!(blocked(3, 2), not_ready(&["/objectives", "/appraisals"]));
    assert_eq!(blocked(0, 0), None);
}

#[test]
fn next_years_cycle_is_a_draft_a_year_later_and_is_made_once() {
    let (id, name) = (CycleId(Uuid::from_u128(9)), || Title::try_from("2027/28".to_owned()).unwrap_or_else(|e| unreachable!("{e}")));
    let leap = Cycle { last_reason: crate::text::Reason::try_from("moved".to_owned()).ok(), ..ready(S::Closed) };
    let leap = Cycle { starts_on: "2028-02-29".parse().ok(), ends_on: "2029-02-28".parse().ok(), ..leap };
    let next = leap.rolled_over(id, name(), OpenWork::default(), DateTime::UNIX_EPOCH).unwrap_or_else(|e| unreachable!("{e}"));
    let day = |t: &str| t.parse::<NaiveDate>().ok();
    assert_eq!((next.state, next.starts_on, next.ends_on), (S::Draft, day("2029-02-28"), day("2030-02-28")));
    assert_eq!(next.due, DueDates { objectives_due_on: day("2027-10-31"), review_due_on: day("2028-07-20"), report_due_on: day("2028-10-31") });
    assert_eq!((next.rolled_over_from, next.last_reason.is_none(), next.version), (Some(leap.id), true, 1));
    assert_eq!((&next.rule_profile, next.rule_profile_version, &next.staff_categories), (&leap.rule_profile, Some(1), &leap.staff_categories));
    let twice = leap.rolled_over(id, name(), OpenWork { rolled_over: true, ..OpenWork::default() }, DateTime::UNIX_EPOCH);
    assert_eq!(twice.err().map(|e| e.code), Some(Code::WrongState));
}

#[test]
fn objectives_are_carried_into_a_later_cycle_that_was_announced() {
    let from = ready(S::Closing);
    for state in S::ALL {
        let later = Cycle { id: CycleId(Uuid::from_u128(9)), starts_on: "2027-09-01".parse().ok(), ..ready(*state) };
        let announced = matches!(state, S::Published | S::PlanningOpen | S::Monitoring);
        assert_eq!(later.carries_on(Some(&from)).is_ok(), announced, "{state}");
        assert_eq!(later.carries_on(None).is_ok(), announced, "{state}");
    }
    let refused = [ready(S::Monitoring), Cycle { id: CycleId(Uuid::from_u128(9)), ..ready(S::Monitoring) }];
    assert!(refused.iter().all(|to| to.carries_on(Some(&from)).err().map(|e| e.code) == Some(Code::PeriodBackwards)));
}

#[test]
fn an_objective_is_due_on_a_day_of_its_cycle() {
    let day = |t: &str| t.parse::<NaiveDate>().ok();
    let open = Cycle { starts_on: None, ends_on: None, ..ready(S::Draft) };
    let endless = Cycle { ends_on: None, ..ready(S::Draft) };
    for (cycle, due, longer, within) in [
        (ready(S::Monitoring), None, None, true),
        (ready(S::Monitoring), day("2026-08-31"), None, false),
        (ready(S::Monitoring), day("2026-09-01"), None, true),
        (ready(S::Monitoring), day("2027-08-31"), None, true),
        (ready(S::Monitoring), day("2027-09-01"), None, false),
        // whose appraisal was suspended has until its last day, and nobody has less than the cycle
        (ready(S::Monitoring), day("2027-09-01"), day("2027-12-17"), true),
        (ready(S::Monitoring), day("2027-12-18"), day("2027-12-17"), false),
        (ready(S::Monitoring), day("2027-08-31"), day("2027-04-30"), true),
        (ready(S::Monitoring), day("2026-08-31"), day("2027-12-17"), false),
        (open, day("2020-01-01"), None, true),
        (endless, day("2036-01-01"), None, true),
    ] {
        let found = cycle.has_due(due, longer).err().map(|e| (e.code, e.faults.into_iter().map(|f| f.pointer).collect::<Vec<_>>()));
        assert_eq!(found, (!within).then(|| (Code::OutsidePeriod, vec!["/due_on".to_owned()])), "{due:?} {longer:?}");
    }
}

#[test]
fn due_dates_follow_one_another() {
    let day = |t: &str| t.parse::<NaiveDate>().ok();
    let cycle = Cycle {
        due: DueDates { objectives_due_on: day("2026-08-31"), review_due_on: day("2026-08-30"), ..DueDates::default() },
        rule_profile: None,
        ..ready(S::Draft)
    };
    assert_eq!(cycle.check().err().map(|e| e.faults.len()), Some(2));
}
