use super::*;
use crate::role::RoleName as R;
use uuid::Uuid;

fn org(n: u128) -> OrganisationId {
    OrganisationId(Uuid::from_u128(n))
}
fn human(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}
const TRUST: u128 = 1;
const SCHOOL: u128 = 2;
const OTHER: u128 = 3;

fn caller(roles: &[(RoleName, u128)], appraises: &[u128]) -> Caller {
    Caller::Person {
        account: AccountId(Uuid::nil()),
        person: human(10),
        roles: roles.iter().map(|(role, at)| Held { role: *role, organisation: org(*at), root: *at == TRUST }).collect(),
        employed_at: vec![org(SCHOOL)],
        appraises: appraises.iter().map(|n| human(*n)).collect(),
        manages: appraises.iter().map(|n| human(*n + 10)).collect(),
        advises: Vec::new(),
    }
}
fn record(school: u128, owner: u128, private_to: Option<u128>) -> Standing {
    Standing { path: vec![org(school), org(TRUST)], owner: Some(human(owner)), private_to: private_to.map(human), ..Standing::default() }
}

/// One row a rule: who, what they ask for, of which record, and whether it is covered.
#[test]
fn the_table_of_who_sees_what() {
    use Permission::*;
    let nobody: &[(RoleName, u128)] = &[];
    for (roles, appraises, permission, of, expected) in [
        (nobody, &[][..], ReadObjectives, record(SCHOOL, 10, None), true),
        (nobody, &[], ReadObjectives, record(SCHOOL, 11, None), false),
        (nobody, &[11], ReadObjectives, record(OTHER, 11, None), true),
        (nobody, &[11], WriteObjectives, record(SCHOOL, 11, None), true),
        (nobody, &[11], ReadObjectives, record(SCHOOL, 11, Some(11)), false),
        (nobody, &[11], ReadLearning, record(SCHOOL, 11, None), true),
        (nobody, &[11], ReadLearning, record(SCHOOL, 11, Some(11)), false),
        (nobody, &[11], WriteLearning, record(SCHOOL, 11, None), false),
        (nobody, &[], ReadReports, record(SCHOOL, 10, None), true),
        (nobody, &[], ReadReports, record(SCHOOL, 11, None), false),
        (&[(R::LearningLead, SCHOOL)], &[], ReadReports, record(SCHOOL, 11, None), false),
        (&[(R::SchoolAdmin, SCHOOL)], &[], ReadReports, record(SCHOOL, 11, None), false),
        (&[(R::TrustLeader, TRUST)], &[], ReadReports, record(SCHOOL, 11, None), false),
        (nobody, &[], ReadPay, record(SCHOOL, 10, None), true),
        (nobody, &[], ReadPay, record(SCHOOL, 11, None), false),
        (&[(R::Headteacher, SCHOOL)], &[], ReadPay, record(SCHOOL, 11, None), true),
        (&[(R::Headteacher, SCHOOL)], &[], ReadPay, record(OTHER, 11, None), false),
        (&[(R::Hr, TRUST)], &[], WritePay, record(OTHER, 11, None), true),
        (&[(R::LearningLead, SCHOOL)], &[], ReadPay, record(SCHOOL, 11, None), false),
        (&[(R::SchoolAdmin, SCHOOL)], &[], ReadPay, record(SCHOOL, 11, None), false),
        (&[(R::TrustLeader, TRUST)], &[], ReadPay, record(SCHOOL, 11, None), false),
        (&[(R::TrustAdmin, TRUST)], &[], ReadPay, record(SCHOOL, 11, None), false),
        (&[(R::Governor, SCHOOL)], &[], ReadPay, record(SCHOOL, 11, None), false),
        (&[(R::LearningLead, SCHOOL)], &[], ReadNeeds, record(SCHOOL, 11, None), true),
        (&[(R::SchoolAdmin, SCHOOL)], &[], ReadNeeds, record(SCHOOL, 11, None), false),
        (&[(R::TrustLeader, TRUST)], &[], ReadNeeds, record(SCHOOL, 11, None), false),
        (&[(R::TrustLeader, TRUST)], &[], ReadNeedSummaries, record(SCHOOL, 11, None), true),
        (nobody, &[11], ReadNeeds, record(OTHER, 11, None), true),
        (nobody, &[11], ReadNeedSummaries, record(SCHOOL, 11, None), false),
        (nobody, &[11], ReadEnrolments, record(SCHOOL, 11, None), false),
        (nobody, &[11], ReadEnrolments, record(OTHER, 21, None), true),
        (nobody, &[11], WriteEnrolments, record(OTHER, 21, None), true),
        (nobody, &[11], ReadObjectives, record(SCHOOL, 21, None), false),
        (&[(R::LearningLead, SCHOOL)], &[], WriteEnrolments, record(SCHOOL, 11, None), true),
        (&[(R::LearningLead, SCHOOL)], &[], WriteEnrolments, record(OTHER, 11, None), false),
        (nobody, &[], ReadPeople, record(SCHOOL, 11, None), true),
        (nobody, &[], ReadPeople, record(OTHER, 11, None), false),
        (&[(R::Headteacher, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, None), true),
        (&[(R::Headteacher, SCHOOL)], &[], ReadObjectives, record(OTHER, 11, None), false),
        (&[(R::Headteacher, SCHOOL)], &[], WriteObjectives, record(SCHOOL, 11, None), false),
        (&[(R::Headteacher, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, Some(11)), false),
        (&[(R::Hr, TRUST)], &[], ReadObjectives, record(OTHER, 11, None), true),
        (&[(R::SchoolAdmin, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
        (&[(R::SchoolAdmin, SCHOOL)], &[], ReadLearning, record(SCHOOL, 11, None), false),
        (&[(R::SchoolAdmin, SCHOOL)], &[], WritePeople, record(SCHOOL, 11, None), true),
        (&[(R::LearningLead, SCHOOL)], &[], ReadLearning, record(SCHOOL, 11, None), true),
        (&[(R::LearningLead, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
        (&[(R::TrustLeader, TRUST)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
        (&[(R::Governor, SCHOOL)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
        (&[(R::TrustAdmin, TRUST)], &[], ReadObjectives, record(SCHOOL, 11, None), false),
        (&[(R::AppraisalDelegate, SCHOOL)], &[], AssignAppraisals, record(SCHOOL, 11, None), true),
        (&[(R::AppraisalDelegate, SCHOOL)], &[], AssignAppraisals, record(OTHER, 11, None), false),
        (&[(R::Headteacher, SCHOOL)], &[], AssignAppraisals, record(SCHOOL, 11, None), true),
        (nobody, &[11], AssignAppraisals, record(SCHOOL, 11, None), false),
    ] {
        let covered = reach(&caller(roles, appraises), permission).is_ok_and(|r| r.covers(&of));
        assert_eq!(covered, expected, "{roles:?} {appraises:?} {permission} {of:?}");
    }
}

/// What an adviser asks for, of which post of whom, and whether it is covered.
#[test]
fn an_adviser_reads_what_hangs_on_the_post_of_the_headteacher() {
    use Permission::*;
    let post = |n: u128| EmploymentId(Uuid::from_u128(n));
    let mut adviser = caller(&[], &[]);
    if let Caller::Person { advises, .. } = &mut adviser {
        advises.push(Advised { headteacher: human(11), employment: post(1) });
    }
    let of = |owner: u128, employment: u128| Standing { employment: Some(post(employment)), ..record(OTHER, owner, None) };
    for permission in Permission::ALL.iter().copied() {
        let reach = reach(&adviser, permission).unwrap_or_default();
        let reads = matches!(permission, ReadAppraisals | ReadObjectives);
        let all = permission.of_all();
        assert_eq!(reach.covers(&of(11, 1)), all || reads || permission == ReadPeople, "{permission}, the post");
        assert_eq!(reach.covers(&of(11, 2)), all || permission == ReadPeople, "{permission}, another post of theirs");
        assert_eq!(reach.covers(&of(12, 3)), all, "{permission}, somebody else");
        assert!(!reach.covers(&Standing { private_to: Some(human(11)), ..of(11, 1) }), "{permission}, a private draft");
    }
    let name = |by: &Caller| reach(by, ReadPeople).is_ok_and(|r| r.covers(&of(11, 2)));
    assert!(name(&adviser) && !name(&adviser.not_as_colleague()), "the name, and not the record");
    assert_ne!(adviser.holdings(&[]), caller(&[], &[]).holdings(&[]));
    assert!(adviser.advises(post(1)) && !adviser.advises(post(2)));
}

/// Who asks, and whether they work at the school, at another, or nowhere; to whom it is shown; and whether they read it.
#[test]
fn what_is_shown_is_read_by_those_it_is_shown_to_and_by_nobody_else() {
    let nobody = Audience::default();
    let appraiser = Audience { appraiser: true, ..Audience::default() };
    let leaders = Audience { leaders: true, ..Audience::default() };
    let school = Audience { school: true, ..Audience::default() }.of(human(11));
    let named = Audience { people: vec![human(10)], ..Audience::default() };
    let of = Standing { path: vec![org(SCHOOL), org(TRUST)], owner: Some(human(11)), ..Standing::default() };
    let who = |roles: &[(RoleName, u128)], appraises: &[u128], at: Option<u128>| match caller(roles, appraises) {
        Caller::Person { account, person, roles, appraises, manages, .. } => {
            Caller::Person { account, person, roles, employed_at: at.map(org).into_iter().collect(), appraises, manages, advises: Vec::new() }
        }
        other => other,
    };
    let machine =
        Caller::Service { id: ServiceAccountId(Uuid::nil()), scopes: vec![Permission::ReadLearning], withheld: vec![], organisations: Some(vec![org(SCHOOL)]) };
    // to nobody, the appraiser, the leaders, the school, one who is named
    for (by, reads) in [
        (who(&[], &[], Some(SCHOOL)), [false, false, false, true, true]),
        (who(&[], &[], Some(OTHER)), [false, false, false, false, true]),
        (who(&[], &[], None), [false, false, false, false, false]),
        (who(&[], &[11], Some(OTHER)), [false, true, false, true, true]),
        (who(&[], &[12], Some(OTHER)), [false, false, false, false, true]),
        (who(&[(R::LearningLead, SCHOOL)], &[], None), [false, false, true, true, false]),
        (who(&[(R::Headteacher, OTHER)], &[], Some(OTHER)), [false, false, false, false, true]),
        (who(&[(R::Hr, TRUST)], &[], None), [false, false, true, true, false]),
        (who(&[(R::SchoolAdmin, SCHOOL)], &[], Some(SCHOOL)), [false, false, false, true, true]),
        (who(&[(R::TrustLeader, TRUST)], &[], Some(OTHER)), [false, false, false, false, true]),
        (machine, [false, false, true, true, false]),
        (Caller::Nobody, [false; 5]),
    ] {
        let reach = reach(&by, Permission::ReadLearning).unwrap_or_default();
        let found = [&nobody, &appraiser, &leaders, &school, &named].map(|to| shown(&by, &reach, &of, to));
        assert_eq!(found, reads, "{by:?}");
    }
    let own = Standing { owner: Some(human(10)), ..of };
    let me = who(&[], &[], None);
    assert!(shown(&me, &reach(&me, Permission::ReadLearning).unwrap_or_default(), &own, &nobody), "its owner, wherever they are");
}

#[test]
fn the_school_takes_in_appraiser_and_leaders_and_nobody_is_named_twice() {
    let all = Audience { school: true, people: vec![human(3), human(1), human(3), human(2)], ..Audience::default() }.of(human(2));
    assert_eq!(all, Audience { appraiser: true, leaders: true, school: true, people: vec![human(1), human(3)] });
    assert!(all.includes(&Audience::usual()) && !Audience::usual().includes(&all) && all.includes(&all));
    assert!(!all.includes(&Audience { people: vec![human(9)], ..Audience::default() }));
    assert!(Audience { people: vec![human(2)], ..Audience::default() }.of(human(2)).nobody());
}

#[test]
fn what_needs_a_role_is_denied_without_one_and_says_which_would_do() {
    let denied = reach(&caller(&[], &[]), Permission::WritePeople);
    assert_eq!(denied, Err(Denied::Role { required: Permission::WritePeople, roles: &[R::Hr, R::SchoolAdmin, R::TrustAdmin] }));
}

#[test]
fn a_token_with_fewer_scopes_than_its_account_says_that_another_would_do() {
    let machine = Caller::Service {
        id: ServiceAccountId(Uuid::nil()),
        scopes: vec![Permission::ReadPeople],
        withheld: vec![Permission::ReadCycles],
        organisations: None,
    };
    for (permission, expected) in [(Permission::ReadCycles, true), (Permission::ReadChanges, false)] {
        let denied = reach(&machine, permission);
        assert_eq!(denied, Err(Denied::Scope { required: permission, held: vec![Permission::ReadPeople], withheld: expected }));
    }
}

#[test]
fn holdings_are_the_same_in_any_order_and_differ_by_every_fact() {
    let one = caller(&[(RoleName::Hr, SCHOOL), (RoleName::LearningViewer, OTHER)], &[7, 8]);
    assert_eq!(one.holdings(&[]), caller(&[(RoleName::LearningViewer, OTHER), (RoleName::Hr, SCHOOL)], &[8, 7]).holdings(&[]));
    for other in [
        caller(&[(RoleName::Hr, SCHOOL)], &[7, 8]),
        caller(&[(RoleName::Hr, SCHOOL), (RoleName::LearningViewer, SCHOOL)], &[7, 8]),
        caller(&[(RoleName::Hr, SCHOOL), (RoleName::LearningViewer, OTHER)], &[7]),
        Caller::Nobody,
    ] {
        assert_ne!(one.holdings(&[]), other.holdings(&[]), "{other:?}");
    }
    let appraisal = |n: u128| AppraisalId(Uuid::from_u128(n));
    assert_eq!(one.holdings(&[appraisal(1), appraisal(2)]), one.holdings(&[appraisal(2), appraisal(1)]));
    assert_ne!(one.holdings(&[appraisal(1)]), one.holdings(&[]), "a term that ended");
    assert_ne!(one.holdings(&[appraisal(1)]), one.holdings(&[appraisal(2)]), "a term of another appraisal");
}
#[test]
fn a_machine_has_its_scopes_at_its_schools_and_no_more() {
    let key = |scopes: &[Permission], at: Option<u128>| Caller::Service {
        id: ServiceAccountId(Uuid::nil()),
        scopes: scopes.to_vec(),
        withheld: vec![],
        organisations: at.map(|n| vec![org(n)]),
    };
    for permission in Permission::ALL {
        let granted = reach(&key(&[*permission], None), *permission).is_ok();
        assert_eq!(granted, permission.for_service_accounts(), "{permission}");
        assert!(reach(&key(&[], None), *permission).is_err(), "{permission}");
    }
    let reads = reach(&key(&[Permission::ReadLearning], Some(SCHOOL)), Permission::ReadLearning);
    for (of, expected) in [(record(SCHOOL, 11, None), true), (record(OTHER, 11, None), false), (record(SCHOOL, 11, Some(11)), false)] {
        assert_eq!(reads.as_ref().is_ok_and(|r| r.covers(&of)), expected, "{of:?}");
    }
}

/// A delegate says who appraises and has nothing else by it: of every other permission no more than any other role brings, and of a colleague's records nothing.
#[test]
fn a_delegate_has_nothing_but_the_assigning() {
    use Permission as P;
    let of_any_role = [P::ReadOrganisations, P::ReadFrameworks, P::ReadCycles, P::ReadTemplates, P::ReadPlans, P::ReadActivities, P::ReadRequirements];
    let with = |permission: &Permission| permission.roles().contains(&R::AppraisalDelegate);
    let found: Vec<Permission> = Permission::ALL.iter().copied().filter(with).filter(|p| !of_any_role.contains(p)).collect();
    assert_eq!(found, [P::AssignAppraisals]);
    let (delegate, staff) = (caller(&[(R::AppraisalDelegate, SCHOOL)], &[]), caller(&[], &[]));
    for permission in Permission::ALL.iter().filter(|p| **p != P::AssignAppraisals) {
        let covers = |by: &Caller| reach(by, *permission).is_ok_and(|r| r.covers(&record(SCHOOL, 11, None)));
        assert!(covers(&staff) || !covers(&delegate) || of_any_role.contains(permission), "{permission}");
    }
}

/// One row a rule: who, at the trust or the school, which role, where, and whether they give it.
#[test]
fn a_headteacher_delegates_and_gives_no_other_role() {
    let delegate = R::AppraisalDelegate;
    for (by, role, at, gives) in [
        ((R::Headteacher, SCHOOL), delegate, SCHOOL, true),
        ((R::Headteacher, SCHOOL), delegate, OTHER, false),
        ((R::Headteacher, SCHOOL), R::Governor, SCHOOL, false),
        ((R::Hr, SCHOOL), delegate, SCHOOL, true),
        ((R::Hr, TRUST), delegate, OTHER, true),
        ((R::Hr, TRUST), R::Hr, OTHER, false),
        ((R::TrustAdmin, TRUST), delegate, OTHER, true),
        ((R::TrustAdmin, TRUST), R::Headteacher, OTHER, true),
        ((R::TrustAdmin, SCHOOL), R::Headteacher, OTHER, false),
        ((delegate, SCHOOL), delegate, SCHOOL, false),
        ((R::SchoolAdmin, SCHOOL), delegate, SCHOOL, false),
        ((R::TrustLeader, TRUST), delegate, SCHOOL, false),
    ] {
        let found = giving(&caller(&[by], &[]), role).covers(&Standing { path: vec![org(at), org(TRUST)], ..Standing::default() });
        assert_eq!(found, gives, "{by:?} {role} at {at}");
    }
    let anywhere = Standing { path: vec![org(SCHOOL)], ..Standing::default() };
    for role in R::ALL {
        assert!(role.given_by().iter().all(|by| Permission::WriteRoles.roles().contains(by)), "{role}");
        assert!(giving(&Caller::Operator, *role).covers(&anywhere) && !giving(&Caller::Nobody, *role).covers(&anywhere));
    }
    assert!(Permission::WriteRoles.roles().iter().all(|by| R::ALL.iter().any(|role| role.given_by().contains(by))), "nobody has it in vain");
}
