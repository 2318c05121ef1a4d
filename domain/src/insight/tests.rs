use super::*;
use crate::{
    appraisal::{AppraisalState, Deadline, DeadlineKind},
    id::OrganisationId,
    objective::{ObjectiveKind, ObjectiveOrigin},
};
use chrono::NaiveDate;
use uuid::Uuid;

fn school(n: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(n))
}
fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(1000 + n))
}
fn agreed(at: u128, who: u128) -> AgreedObjectives {
    AgreedObjectives {
        organisation: school(at),
        person: person(who),
        kind: ObjectiveKind::Practice,
        origin: ObjectiveOrigin::Appraiser,
        needs_learning: false,
        has_learning: false,
        proposed_by_owner: false,
        revised_by_owner: false,
        count: 1,
    }
}

#[test]
fn what_a_learning_thread_is_and_who_shaped_it() {
    let plain = agreed(1, 1);
    assert!(!plain.learning_thread() && !plain.own());
    for one in [
        AgreedObjectives { kind: ObjectiveKind::GrowthInquiry, ..plain },
        AgreedObjectives { needs_learning: true, ..plain },
        AgreedObjectives { has_learning: true, ..plain },
    ] {
        assert!(one.learning_thread() && !one.own(), "{one:?}");
    }
    for one in [
        AgreedObjectives { origin: ObjectiveOrigin::Own, ..plain },
        AgreedObjectives { proposed_by_owner: true, ..plain },
        AgreedObjectives { revised_by_owner: true, ..plain },
    ] {
        assert!(one.own() && !one.learning_thread(), "{one:?}");
    }
}

#[test]
fn the_share_of_a_school_is_of_five_people_or_withheld() {
    // 12 people: 7 with a thread, 5 of which their own, 5 without
    let mut found: Vec<AgreedObjectives> = (0..5).map(|n| AgreedObjectives { has_learning: true, origin: ObjectiveOrigin::Own, ..agreed(1, n) }).collect();
    found.extend((5..10).map(|n| AgreedObjectives { needs_learning: true, ..agreed(1, n) }));
    found.extend((10..15).map(|n| agreed(1, n)));
    // and one person with six objectives elsewhere: six objectives, but nobody else
    found.extend((0..6).map(|_| agreed(2, 99)));
    let (rows, all) = learning_share(&[school(1), school(2)], &found, &[], &[]);
    // the second is one person, so the first is withheld with it, or their total would tell
    assert_eq!((rows[1].agreed, rows[0].agreed, all.agreed), (None, None, Some(21)));
    let (rows, all) = learning_share(&[school(1)], &found, &[], &[]);
    assert_eq!(
        rows[0],
        Share { agreed: Some(15), thread: Split { so: Some(10), not: Some(5) }, own: Split { so: Some(5), not: Some(5) }, actions: NONE, conversations: NONE }
    );
    assert_eq!((all.thread.so, percent(rows[0].thread.so, rows[0].agreed)), (Some(10), Some(67)));
}

const NONE: Threads = Threads { all: Some(0), thread: Split { so: Some(0), not: Some(0) } };

#[test]
fn what_was_agreed_and_held_is_split_by_its_thread_and_of_five_people_or_withheld() {
    let spoken = |at, who, thread| Spoken { organisation: school(at), person: person(who), thread, count: 2 };
    // six people whose actions carry a thread, five whose do not; and three people elsewhere
    let mut actions: Vec<Spoken> = (0..6).map(|n| spoken(1, n, true)).chain((6..11).map(|n| spoken(1, n, false))).collect();
    let (rows, all) = learning_share(&[school(1)], &[], &actions, &[]);
    assert_eq!(rows[0].actions, Threads { all: Some(22), thread: Split { so: Some(12), not: Some(10) } });
    assert_eq!((all.actions, all.conversations, all.agreed), (rows[0].actions, NONE, Some(0)));
    actions.extend((20..23).map(|n| spoken(2, n, true)));
    let (rows, all) = learning_share(&[school(1), school(2)], &[], &[], &actions);
    assert_eq!(
        (rows[0].conversations.all, rows[1].conversations.all, all.conversations.all),
        (None, None, Some(28)),
        "six records of three people, and no subtracting"
    );
    // two people without a thread among many: neither half is told
    let few: Vec<Spoken> = (0..9).map(|n| spoken(1, n, n > 1)).collect();
    let (rows, _) = learning_share(&[school(1)], &[], &few, &[]);
    assert_eq!(rows[0].actions, Threads { all: Some(18), thread: Split { so: None, not: None } });
}

#[test]
fn evidence_is_a_level_of_what_is_shown() {
    use EvidenceLevel as E;
    for (records, reflected, findings, expected) in [
        (None, None, None, E::NotSeen),
        (Some(20), Some(5), None, E::Recorded),
        (Some(20), None, None, E::Recorded),
        (Some(20), Some(10), None, E::Reflected),
        (Some(20), Some(5), Some(5), E::Found),
    ] {
        assert_eq!(evidence(records, reflected, findings), expected, "{records:?} {reflected:?} {findings:?}");
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}
fn due(kind: DeadlineKind, on: &str) -> Deadline {
    Deadline {
        kind,
        due_on: day(on),
        rule_profile: crate::text::Wire::parse("england_maintained_2012").unwrap_or_else(|e| panic!("{e:?}")),
        rule_profile_version: 1,
        basis: None,
        calendar_ids: vec![],
        reason: None,
    }
}

#[test]
fn outstanding_is_what_the_state_and_the_day_say() {
    use AppraisalState as S;
    use Outstanding as O;
    let deadlines = [due(DeadlineKind::Objectives, "2026-10-31"), due(DeadlineKind::Review, "2027-07-01"), due(DeadlineKind::Report, "2027-10-31")];
    for (state, appraised, has, today, expected) in [
        (S::Created, false, false, "2026-10-01", vec![O::Appraiser, O::Planning, O::Objectives]),
        (S::Planning, true, true, "2026-10-31", vec![]),
        (S::Planning, true, true, "2026-11-01", vec![O::Overdue]),
        (S::InProgress, true, true, "2026-11-01", vec![]),
        (S::InProgress, true, true, "2027-07-02", vec![O::Overdue]),
        (S::SelfReview, true, true, "2027-07-02", vec![]),
        (S::AssessmentDraft, true, true, "2027-11-01", vec![O::Overdue]),
        (S::Suspended, false, false, "2027-11-01", vec![]),
        (S::Abandoned, false, false, "2027-11-01", vec![]),
        (S::ReportIssued, false, false, "2027-11-01", vec![]),
        (S::Completed, false, false, "2027-11-01", vec![]),
    ] {
        assert_eq!(outstanding(state, &deadlines, appraised, has, day(today)), expected, "{state} {today}");
    }
}

#[test]
fn progress_is_exact_where_the_caller_reads_names_and_tells_of_nobody_elsewhere() {
    let some = |at, state, count| CountedAppraisals { organisation: school(at), state, deadlines: vec![], appraised: true, has_objectives: true, count };
    let found = [
        some(1, AppraisalState::Planning, 2),
        some(1, AppraisalState::InProgress, 9),
        some(2, AppraisalState::Planning, 3),
        some(2, AppraisalState::InProgress, 8),
    ];
    let today = NaiveDate::default();
    let of = |p: &Progress, s| p.states.iter().find(|(state, _)| *state == s).and_then(|(_, n)| *n);
    let (rows, all) = progress(&[school(1), school(2)], &[true, false], &found, today);
    assert_eq!((of(&rows[0], AppraisalState::Planning), of(&rows[0], AppraisalState::InProgress)), (Some(2), Some(9)));
    assert_eq!((rows[1].appraisals, of(&rows[1], AppraisalState::Planning)), (Some(11), None));
    assert_eq!((all.appraisals, of(&all, AppraisalState::Planning)), (Some(22), None), "five in all, less the two that are read, would be three");
}

#[test]
fn who_is_overdue_is_withheld_where_it_would_tell_of_those_who_stand_in_a_state() {
    let deadlines = vec![due(DeadlineKind::Objectives, "1969-10-31")];
    let some = |state, count| CountedAppraisals { organisation: school(1), state, deadlines: deadlines.clone(), appraised: true, has_objectives: true, count };
    let overdue = |found: &[CountedAppraisals]| {
        let (_, all) = progress(&[school(1)], &[false], found, NaiveDate::default());
        all.outstanding.iter().find(|(o, _)| *o == Outstanding::Overdue).and_then(|(_, n)| *n)
    };
    // planning is ten: fourteen overdue would say that four stand at the beginning, and 68 less all these that one is suspended
    let few = [some(AppraisalState::Created, 4), some(AppraisalState::Planning, 10), some(AppraisalState::InProgress, 53), some(AppraisalState::Suspended, 1)];
    assert_eq!(overdue(&few), None);
    assert_eq!(overdue(&[some(AppraisalState::Created, 6), some(AppraisalState::Planning, 10), some(AppraisalState::InProgress, 53)]), Some(16));
}

#[test]
fn whose_planning_is_outstanding_is_withheld_with_those_who_stand_at_the_beginning() {
    let some = |state, count| CountedAppraisals { organisation: school(1), state, deadlines: vec![], appraised: true, has_objectives: true, count };
    let found = [some(AppraisalState::Created, 6), some(AppraisalState::Planning, 2), some(AppraisalState::InProgress, 31)];
    let (rows, all) = progress(&[school(1)], &[false], &found, NaiveDate::default());
    for p in rows.iter().chain([&all]) {
        let created = p.states.iter().find(|(s, _)| *s == AppraisalState::Created).and_then(|(_, n)| *n);
        let outstanding = p.outstanding.iter().find(|(o, _)| *o == Outstanding::Planning).and_then(|(_, n)| *n);
        assert_eq!((p.appraisals, created, outstanding), (Some(39), None, None), "39 less 31 less 6 would be two");
    }
}

#[test]
fn what_serves_a_priority_and_not_the_one_adopted_from_it_is_withheld_if_it_is_of_few() {
    let of = |n: u128, adopted| ServingObjectives { organisation: school(1), person: person(n), has_learning: true, has_finding: false, adopted, count: 1 };
    let learning = |people_adopted, people_apart| ServingLearning {
        organisation: school(1),
        records: 16,
        people: 10,
        reflected: 16,
        people_reflected: 10,
        people_not_reflected: 0,
        from_sessions: 0,
        people_from_sessions: 0,
        people_from_elsewhere: 10,
        minutes: 1565,
        people_adopted,
        people_apart,
    };
    let shown = |apart: u128, adopted: u128| {
        let objectives: Vec<_> = (0..apart).map(|n| of(n, false)).chain((10..10 + adopted).map(|n| of(n, true))).collect();
        let sight = line_of_sight(&[school(1)], &[true], &objectives, &[learning(adopted as u64, apart as u64)], &[]).0.remove(0);
        (sight.objectives, sight.records, sight.minutes)
    };
    assert_eq!(shown(1, 9), (None, None, None), "nine of ten are told of the adopted priority: the tenth would be the difference");
    assert_eq!(shown(5, 5), (Some(10), Some(16), Some(1565)));
    assert_eq!(shown(0, 10), (Some(10), Some(16), Some(1565)), "all of it is told of the adopted one as well");
    assert_eq!(shown(10, 0), (Some(10), Some(16), Some(1565)), "nothing was adopted here");
}

#[test]
fn groups_of_few_are_withheld_with_all_that_is_theirs() {
    let post = |n: u128, group: &str, minutes| Post {
        person: person(n),
        group: group.into(),
        minutes,
        placed: 1,
        waiting: 0,
        spent_pence: 0,
        approved: 0,
        declined: 0,
        waited_days: 0,
    };
    let mut posts: Vec<Post> = (0..10).map(|n| post(n, "full_time", 60)).collect();
    posts.extend((10..16).map(|n| post(n, "part_time", 30)));
    let (rows, all) = fair_access(&posts);
    assert_eq!(
        (rows[0].1.people, rows[0].1.learners, rows[0].1.minutes, rows[0].1.placed, rows[0].1.waiting),
        (Some(10), Some(10), Some(600), Some(10), Some(0))
    );
    assert_eq!(rows[1].1.minutes, Some(180));
    assert_eq!((all.people, all.minutes, all.waiting), (Some(16), Some(780), Some(0)));
    posts.truncate(13);
    let (rows, all) = fair_access(&posts);
    assert!(rows.iter().all(|(_, a)| a.people.is_none() && a.minutes.is_none() && a.placed.is_none()), "{rows:?}");
    assert_eq!(all.people, Some(13));
}

#[test]
fn what_requests_came_to_is_told_of_five_people_or_not_at_all() {
    let post = |n: u128, group: &str, spent_pence, approved, declined, waited_days| Post {
        person: person(n),
        group: group.into(),
        minutes: 60,
        placed: 0,
        waiting: 0,
        spent_pence,
        approved,
        declined,
        waited_days,
    };
    let mut posts: Vec<Post> = (0..12).map(|n| post(n, "full_time", if n < 6 { 10_000 } else { 0 }, u64::from(n < 6), u64::from(n >= 6), 4)).collect();
    posts.extend((20..30).map(|n| post(n, "part_time", 5_000, 1, 0, 9)));
    let (rows, all) = fair_access(&posts);
    let figures = |a: &Access| (a.spent_pence, a.decided, a.approved.so, a.approved.not, a.waited_days);
    assert_eq!(figures(&rows[0].1), (Some(60_000), Some(12), Some(6), Some(6), Some(48)));
    assert_eq!(figures(&rows[1].1), (Some(50_000), Some(10), Some(10), Some(0), Some(90)));
    assert_eq!(figures(&all), (Some(110_000), Some(22), Some(16), Some(6), Some(138)));
    // ten thousand pounds of two people are two people's, and so is how long they waited; and the other group goes with them
    let few: Vec<Post> = (0..10)
        .map(|n| post(n, "full_time", 100, 1, 0, 1))
        .chain((20..30).map(|n| if n < 22 { post(n, "part_time", 500_000, 1, 0, 30) } else { post(n, "part_time", 0, 0, 0, 0) }))
        .collect();
    let (rows, all) = fair_access(&few);
    for (group, access) in &rows {
        assert_eq!((access.people, figures(access)), (Some(10), (None, None, None, None, None)), "{group}");
    }
    assert_eq!((all.spent_pence, all.decided, all.waited_days), (Some(1_001_000), Some(12), Some(70)));
}

#[test]
fn money_of_one_or_two_people_is_never_told() {
    let ask =
        |at: u128, n: u128, impact, spent_pence| ServingRequests { organisation: school(at), person: person(n), adopted: false, impact, count: 1, spent_pence };
    let mut found: Vec<ServingRequests> = (0..5).map(|n| ask(1, n, Some(true), 10_000)).chain((5..10).map(|n| ask(1, n, Some(false), 20_000))).collect();
    let (rows, all) = money(&[school(1), school(2)], &found);
    let whole = Money { requests: Some(10), impact: Split { so: Some(5), not: Some(5) }, spent_pence: Some(150_000) };
    assert_eq!((rows[0], all), (whole, whole));
    assert_eq!((rows[1].requests, rows[1].spent_pence), (Some(0), Some(0)));
    // two at another school: their money is withheld, and as the total is told, so is the first school's
    found.extend((30..32).map(|n| ask(2, n, None, 90_000)));
    let (rows, all) = money(&[school(1), school(2)], &found);
    assert_eq!((rows[0].spent_pence, rows[1].spent_pence, all.spent_pence), (None, None, Some(330_000)));
    // ten ask, and only two of them cost anything
    let few: Vec<ServingRequests> = (0..10).map(|n| ask(1, n, None, if n < 2 { 50_000 } else { 0 })).collect();
    let (rows, all) = money(&[school(1)], &few);
    assert_eq!((rows[0].requests, rows[0].spent_pence, all.spent_pence), (Some(10), None, None));
}

#[test]
fn spending_without_a_priority_is_told_of_five_people_or_not_at_all() {
    let spent = |at: u128, n: u128, serves, spent_pence| Spending { organisation: school(at), person: person(n), serves, followed_up: serves, spent_pence };
    let found: Vec<Spending> = (0..6).map(|n| spent(1, n, true, 1_000)).chain((6..12).map(|n| spent(1, n, false, 500))).collect();
    let (rows, all) = spending(&[school(1)], &found);
    assert_eq!(
        rows[0],
        Spent {
            spent_pence: Some(9_000),
            with_priority: Split { so: Some(6_000), not: Some(3_000) },
            followed_up: Split { so: Some(6_000), not: Some(3_000) }
        }
    );
    assert_eq!(all, rows[0]);
    let few: Vec<Spending> = found.into_iter().take(8).collect();
    let (rows, _) = spending(&[school(1)], &few);
    assert_eq!((rows[0].spent_pence, rows[0].with_priority), (Some(7_000), Split { so: None, not: None }), "seven thousand less six would be two people's");
    let (rows, all) = spending(&[school(1)], &few[..2]);
    assert_eq!((rows[0].spent_pence, all.spent_pence), (None, None));
}
