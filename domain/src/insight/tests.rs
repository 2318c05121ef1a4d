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
        set_by: crate::appraisal::DeadlineSource::Cycle,
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
    let meets = |meeting| Has { meeting, ..Has::ALL };
    assert_eq!(outstanding(S::InProgress, &deadlines, meets(false), day("2027-01-10")), [O::Meeting]);
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
        assert_eq!(outstanding(state, &deadlines, Has { appraiser: appraised, objectives: has, meeting: true }, day(today)), expected, "{state} {today}");
    }
}

/// Appraisals of so many people, from this one on.
fn appraisals(at: u128, state: AppraisalState, people: std::ops::Range<u128>, deadlines: &[Deadline]) -> Vec<CountedAppraisal> {
    let outstanding = outstanding(state, deadlines, Has::ALL, NaiveDate::default());
    people.map(|n| CountedAppraisal { organisation: school(at), person: person(n), state, outstanding: outstanding.clone() }).collect()
}

#[test]
fn progress_is_exact_where_the_caller_reads_names_and_tells_of_nobody_elsewhere() {
    let found = [
        appraisals(1, AppraisalState::Planning, 0..2, &[]),
        appraisals(1, AppraisalState::InProgress, 2..11, &[]),
        appraisals(2, AppraisalState::Planning, 20..23, &[]),
        appraisals(2, AppraisalState::InProgress, 23..31, &[]),
    ]
    .concat();
    let of = |p: &Progress, s| p.states.iter().find(|(state, _)| *state == s).and_then(|(_, n)| *n);
    let (rows, all) = progress(&[school(1), school(2)], &[true, false], &found);
    assert_eq!((of(&rows[0], AppraisalState::Planning), of(&rows[0], AppraisalState::InProgress)), (Some(2), Some(9)));
    assert_eq!((rows[1].appraisals, of(&rows[1], AppraisalState::Planning)), (Some(11), None));
    assert_eq!((all.appraisals, of(&all, AppraisalState::Planning)), (Some(22), None), "five in all, less the two that are read, would be three");
}

#[test]
fn who_is_overdue_is_withheld_where_it_would_tell_of_those_who_stand_in_a_state() {
    let deadlines = vec![due(DeadlineKind::Objectives, "1969-10-31")];
    let overdue = |found: &[(AppraisalState, u128)]| {
        let of = |(at, (state, people)): (usize, &(AppraisalState, u128))| appraisals(1, *state, 100 * at as u128..100 * at as u128 + people, &deadlines);
        let (_, all) = progress(&[school(1)], &[false], &found.iter().enumerate().flat_map(of).collect::<Vec<_>>());
        all.outstanding.iter().find(|(o, _)| *o == Outstanding::Overdue).and_then(|(_, n)| *n)
    };
    // planning is ten: fourteen overdue would say that four stand at the beginning, and 68 less all these that one is suspended
    use AppraisalState as S;
    assert_eq!(overdue(&[(S::Created, 4), (S::Planning, 10), (S::InProgress, 53), (S::Suspended, 1)]), None);
    assert_eq!(overdue(&[(S::Created, 6), (S::Planning, 10), (S::InProgress, 53)]), Some(16));
}

#[test]
fn whose_planning_is_outstanding_is_withheld_with_those_who_stand_at_the_beginning() {
    let found = [(AppraisalState::Created, 0..6), (AppraisalState::Planning, 6..8), (AppraisalState::InProgress, 8..39)];
    let found: Vec<CountedAppraisal> = found.into_iter().flat_map(|(state, people)| appraisals(1, state, people, &[])).collect();
    let (rows, all) = progress(&[school(1)], &[false], &found);
    for p in rows.iter().chain([&all]) {
        let created = p.states.iter().find(|(s, _)| *s == AppraisalState::Created).and_then(|(_, n)| *n);
        let outstanding = p.outstanding.iter().find(|(o, _)| *o == Outstanding::Planning).and_then(|(_, n)| *n);
        assert_eq!((p.appraisals, created, outstanding), (Some(39), None, None), "39 less 31 less 6 would be two");
    }
}

const LEARNED: ServingLearning = ServingLearning {
    organisation: OrganisationId(Uuid::nil()),
    person: PersonId(Uuid::nil()),
    reflected: false,
    from_session: false,
    adopted: false,
    records: 2,
    minutes: 60,
};
fn learned(at: u128, who: u128, of: ServingLearning) -> ServingLearning {
    ServingLearning { organisation: school(at), person: person(who), ..of }
}

#[test]
fn what_serves_a_priority_and_not_the_one_adopted_from_it_is_withheld_if_it_is_of_few() {
    let of = |n: u128, adopted| ServingObjectives { organisation: school(1), person: person(n), has_learning: true, has_finding: false, adopted, count: 1 };
    let learning = |n: u128, adopted| learned(1, n, ServingLearning { reflected: true, adopted, ..LEARNED });
    let shown = |apart: u128, adopted: u128| {
        let people = || (0..apart).map(|n| (n, false)).chain((10..10 + adopted).map(|n| (n, true)));
        let objectives: Vec<_> = people().map(|(n, adopted)| of(n, adopted)).collect();
        let learning: Vec<_> = people().map(|(n, adopted)| learning(n, adopted)).collect();
        let sight = line_of_sight(&[school(1)], &[true], &objectives, &learning, &[]).0.remove(0);
        (sight.objectives, sight.records, sight.minutes)
    };
    assert_eq!(shown(1, 9), (None, None, None), "nine of ten are told of the adopted priority: the tenth would be the difference");
    assert_eq!(shown(5, 5), (Some(10), Some(20), Some(600)));
    assert_eq!(shown(0, 10), (Some(10), Some(20), Some(600)), "all of it is told of the adopted one as well");
    assert_eq!(shown(10, 0), (Some(10), Some(20), Some(600)), "nothing was adopted here");
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

/// Two schools share four people, and a third has many of its own: what is withheld of the two is of those four, so the third's goes with it, or the
/// total would tell of them.
#[test]
fn who_is_at_two_schools_is_one_person() {
    let schools = [school(1), school(2), school(3)];
    let shared = |by: u128| (0..4).map(|n| (1, n)).chain((by..4 + by).map(|n| (2, n))).chain((20..40).map(|n| (3, n)));
    // none of the second school's people is another person, and then one of them is
    for (by, third) in [(0, false), (1, true)] {
        let people: Vec<(u128, u128)> = shared(by).collect();
        let told = |cells: [Option<u64>; 3], total: Option<u64>, what: &str| {
            assert_eq!((cells[0], cells[1], cells[2].is_some()), (None, None, third), "{what}, {by}: {cells:?}");
            assert!(total.is_some(), "{what}, {by}");
        };
        let (rows, all) = learning_share(&schools, &people.iter().map(|(at, n)| agreed(*at, *n)).collect::<Vec<_>>(), &[], &[]);
        told([0, 1, 2].map(|i| rows[i].agreed), all.agreed, "objectives");
        let spoken: Vec<Spoken> = people.iter().map(|(at, n)| Spoken { organisation: school(*at), person: person(*n), thread: true, count: 3 }).collect();
        let (rows, all) = learning_share(&schools, &[], &spoken, &[]);
        told([0, 1, 2].map(|i| rows[i].actions.all), all.actions.all, "actions");
        let spent = |(at, n): &(u128, u128)| Spending { organisation: school(*at), person: person(*n), serves: true, followed_up: true, spent_pence: 900 };
        let (rows, all) = spending(&schools, &people.iter().map(spent).collect::<Vec<_>>());
        told([0, 1, 2].map(|i| rows[i].spent_pence), all.spent_pence, "money");
        let learning: Vec<ServingLearning> = people.iter().map(|(at, n)| learned(*at, *n, LEARNED)).collect();
        let (rows, all) = line_of_sight(&schools, &[true; 3], &[], &learning, &[]);
        told([0, 1, 2].map(|i| rows[i].records), all.records, "learning");
        told([0, 1, 2].map(|i| rows[i].minutes), all.minutes, "minutes");
        let ask =
            |(at, n): &(u128, u128)| ServingRequests { organisation: school(*at), person: person(*n), adopted: false, impact: None, count: 2, spent_pence: 5 };
        let (rows, all) = money(&schools, &people.iter().map(ask).collect::<Vec<_>>());
        told([0, 1, 2].map(|i| rows[i].requests), all.requests, "requests");
        told([0, 1, 2].map(|i| rows[i].spent_pence), all.spent_pence, "what requests cost");
        let found: Vec<CountedAppraisal> = people.iter().flat_map(|(at, n)| appraisals(*at, AppraisalState::Planning, *n..n + 1, &[])).collect();
        let (rows, all) = progress(&schools, &[], &found);
        told([0, 1, 2].map(|i| rows[i].appraisals), all.appraisals, "appraisals");
        let post = |(group, n): &(u128, u128)| Post {
            person: person(*n),
            group: group.to_string(),
            minutes: 60,
            placed: 2,
            waiting: 2,
            spent_pence: 900,
            approved: 2,
            declined: 0,
            waited_days: 4,
        };
        let (rows, all) = fair_access(&people.iter().map(post).collect::<Vec<_>>());
        let figures: [(&str, fn(&Access) -> Option<u64>); 8] = [
            ("people", |a| a.people),
            ("learners", |a| a.learners),
            ("minutes", |a| a.minutes),
            ("placed", |a| a.placed),
            ("waiting", |a| a.waiting),
            ("spent", |a| a.spent_pence),
            ("decided", |a| a.decided),
            ("waited", |a| a.waited_days),
        ];
        for (what, figure) in figures {
            told([0, 1, 2].map(|i| figure(&rows[i].1)), figure(&all), what);
        }
    }
}
