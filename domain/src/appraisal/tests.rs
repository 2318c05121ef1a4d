//! The rules of appraisals, as tables.

use super::*;
use crate::{
    employment::Employment,
    hold::Hold,
    profile::{HoldReason, Rules, shipped},
    rule::{Code, RuleError},
    text::Wire,
};
use uuid::Uuid;

use AppraisalAction as A;
use AppraisalState as S;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}
fn human(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}
const OWN: u128 = 10;
const APPRAISER: u128 = 11;

fn maintained() -> &'static Rules {
    &shipped()[0].rules
}
fn appraisal(state: AppraisalState, category: StaffCategory) -> Appraisal {
    Appraisal {
        id: AppraisalId(Uuid::nil()),
        employment_id: EmploymentId(Uuid::nil()),
        person_id: human(OWN),
        organisation_id: OrganisationId(Uuid::nil()),
        cycle_id: CycleId(Uuid::nil()),
        staff_category: category,
        state,
        resumes_to: (state == S::Suspended).then_some(S::Planning),
        starts_on: day("2026-09-01"),
        ends_on: day("2027-08-31"),
        deadlines: vec![],
        appraisers: vec![AppraiserTerm { person_id: human(APPRAISER), from: day("2026-09-01"), until: None }],
        external_adviser: Title::parse("Dr Ilse Brandt, Northmoor Advisers").ok(),
        adviser_consulted_on: None,
        standards_informed_on: Some(day("2026-09-10")),
        report_issued_on: None,
        comment_due_on: None,
        commented_on: None,
        appeal_due_on: None,
        appealed_on: None,
        appeal_decided_on: None,
        completed_on: None,
        last_reason: None,
        hold_id: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}
fn facts(rules: &Rules) -> Facts<'_> {
    Facts {
        today: day("2026-10-05"),
        reviewing: true,
        leaves_on: None,
        category: StaffCategory::Teacher,
        assigns: false,
        proposed: 0,
        settled: 1,
        missing: &[],
        wrote: false,
        rules,
    }
}
fn party(person: u128, appraiser: bool, headteacher: bool, hr: bool) -> Party {
    Party { person: Some(human(person)), appraiser, headteacher, hr, delegate: false }
}
fn delegate(person: u128) -> Party {
    Party { person: Some(human(person)), delegate: true, ..Party::default() }
}
/// Somebody whose the step is.
fn whose(action: AppraisalAction) -> Party {
    match action {
        A::StartSelfReview | A::Comment | A::Appeal => party(OWN, false, false, false),
        A::DecideAppeal => party(20, false, true, true),
        _ => party(20, true, true, true),
    }
}

/// The record with an appeal that waits, where it is to be decided; and with time for one.
fn appealable(action: AppraisalAction, record: Appraisal) -> Appraisal {
    Appraisal { appeal_due_on: Some(day("2027-12-31")), appealed_on: (action == A::DecideAppeal).then(|| day("2026-10-01")), ..record }
}

/// Every state against every action: what is not written here is refused.
#[test]
fn the_machine_takes_exactly_these_steps() {
    let live = [S::Created, S::Planning, S::InProgress, S::SelfReview, S::AssessmentDraft];
    let mut steps = vec![
        (S::Created, A::StartPlanning, S::Planning),
        (S::Planning, A::InformStandards, S::Planning),
        (S::Planning, A::ConsultAdviser, S::Planning),
        (S::Planning, A::Start, S::InProgress),
        (S::InProgress, A::StartSelfReview, S::SelfReview),
        (S::InProgress, A::StartAssessment, S::AssessmentDraft),
        (S::SelfReview, A::StartAssessment, S::AssessmentDraft),
        (S::AssessmentDraft, A::IssueReport, S::ReportIssued),
        (S::ReportIssued, A::Comment, S::ReportIssued),
        (S::ReportIssued, A::Appeal, S::ReportIssued),
        (S::Completed, A::Appeal, S::Completed),
        (S::ReportIssued, A::DecideAppeal, S::ReportIssued),
        (S::Completed, A::DecideAppeal, S::Completed),
        (S::ReportIssued, A::Complete, S::Completed),
        (S::ReportIssued, A::AmendReport, S::ReportIssued),
        (S::Completed, A::AmendReport, S::ReportIssued),
        (S::ReportIssued, A::AssignAppraisers, S::ReportIssued),
        (S::Completed, A::AssignAppraisers, S::Completed),
        (S::Suspended, A::Resume, S::Suspended),
        (S::Suspended, A::Transfer, S::Transferred),
        (S::Suspended, A::Abandon, S::Abandoned),
    ];
    for state in live {
        steps.extend([(state, A::AssignAppraisers, state), (state, A::MoveDeadline, state), (state, A::Suspend, S::Suspended)]);
        steps.extend([(state, A::Transfer, S::Transferred), (state, A::Abandon, S::Abandoned)]);
    }
    for state in S::ALL {
        for action in A::ALL {
            let expected = steps.iter().find(|(from, a, _)| from == state && a == action).map(|(.., to)| *to);
            let found = appealable(*action, appraisal(*state, StaffCategory::Teacher)).step(*action, whose(*action), facts(maintained()));
            assert_eq!(found.as_ref().ok().map(|a| a.state), expected, "{state} {action}");
            if expected.is_none() {
                assert_eq!(found.err().map(|e| e.code), Some(Code::WrongState), "{state} {action}");
            }
        }
    }
    let rests = appraisal(S::Suspended, StaffCategory::Teacher);
    let resumed = rests.resume(Some(day("2027-12-31")), whose(A::Resume), facts(maintained()));
    assert_eq!(resumed.map(|a| (a.state, a.resumes_to, a.ends_on)), Ok((S::Planning, None, day("2027-12-31"))));
    let shorter = rests.resume(Some(day("2027-08-30")), whose(A::Resume), facts(maintained()));
    assert_eq!(shorter.err().map(|e| e.code), Some(Code::PeriodBackwards));
}

/// Every action against every kind of caller.
#[test]
fn each_step_is_somebodys_and_nobody_takes_anothers_or_their_own() {
    let (own, appraiser, head, hr) =
        (party(OWN, false, false, false), party(APPRAISER, true, false, false), party(12, false, true, false), party(13, false, false, true));
    let proud = Party { delegate: true, ..party(OWN, true, true, true) };
    for action in A::ALL {
        let may = |by| {
            let record = appealable(*action, appraisal(action.from()[0], StaffCategory::Teacher));
            record.can(*action, by, facts(maintained())).err().map(|e| e.code)
        };
        let (no, yes) = (Some(Code::NotPermitted), None);
        let expected = match action {
            A::StartPlanning | A::InformStandards | A::ConsultAdviser | A::Start | A::StartAssessment | A::IssueReport | A::AmendReport => [no, yes, no, no],
            A::StartSelfReview | A::Comment | A::Appeal => [yes, no, no, no],
            A::AssignAppraisers | A::MoveDeadline | A::Complete | A::DecideAppeal => [no, no, yes, yes],
            A::Suspend | A::Resume | A::Transfer | A::Abandon => [no, no, no, yes],
        };
        assert_eq!([may(own), may(appraiser), may(head), may(hr)], expected, "{action}");
        assert_eq!(may(delegate(14)), if *action == A::AssignAppraisers { yes } else { no }, "{action}");
        let for_oneself = match action {
            A::StartSelfReview | A::Comment | A::Appeal => None,
            A::DecideAppeal => no,
            _ => Some(Code::NotForYourself),
        };
        assert_eq!(may(proud), for_oneself, "{action}");
    }
}

/// Whom a delegate says the appraiser of, and what they are told otherwise: no way leads to one's own appraiser, and none to the headteacher's.
#[test]
fn a_delegate_assigns_for_colleagues_and_not_for_those_who_assign() {
    use StaffCategory::{Headteacher, Leader, Teacher};
    let both = |by: Party| Party { headteacher: true, ..by };
    for (by, was, is, assigns, expected) in [
        (delegate(14), Teacher, Teacher, false, None),
        (delegate(14), Leader, Leader, false, None),
        (delegate(14), Teacher, Teacher, true, Some(Code::NotPermitted)),
        (delegate(14), Headteacher, Headteacher, false, Some(Code::NotPermitted)),
        // an acting head, before and after
        (delegate(14), Leader, Headteacher, false, Some(Code::NotPermitted)),
        (delegate(14), Headteacher, Leader, false, Some(Code::NotPermitted)),
        (delegate(OWN), Teacher, Teacher, true, Some(Code::NotForYourself)),
        (delegate(OWN), Teacher, Teacher, false, Some(Code::NotForYourself)),
        (both(delegate(OWN)), Teacher, Teacher, true, Some(Code::NotForYourself)),
        (both(delegate(14)), Teacher, Teacher, true, None),
        (party(13, false, false, true), Headteacher, Headteacher, true, None),
    ] {
        let found = appraisal(S::Created, was).can(A::AssignAppraisers, by, Facts { category: is, assigns, ..facts(maintained()) });
        assert_eq!(found.err().map(|e| e.code), expected, "{by:?} {was} {is} {assigns}");
    }
    let late = appraisal(S::Suspended, Teacher).can(A::AssignAppraisers, delegate(14), facts(maintained()));
    assert_eq!(late.err().map(|e| e.code), Some(Code::WrongState));
}

/// Who takes an appraisal over reads it: nobody does that for themself by a delegation.
#[test]
fn a_delegate_does_not_make_themself_an_appraiser() {
    let manager = |n: u128| Candidate { person: human(n), appoints: true, leads: false, governs: false, staff: true };
    for (by, people, expected) in [
        (delegate(14), vec![manager(30)], None),
        (delegate(14), vec![manager(14)], Some(Code::NotForYourself)),
        (delegate(14), vec![manager(30), manager(14)], Some(Code::NotForYourself)),
        // whoever appraises already stays, and may have help
        (delegate(APPRAISER), vec![manager(APPRAISER), manager(30)], None),
        (Party { hr: true, ..delegate(14) }, vec![manager(14)], None),
        (party(12, false, true, false), vec![manager(12)], None),
        (delegate(14), vec![manager(OWN)], Some(Code::SelfAppraisal)),
    ] {
        let panel = Panel { people, adviser: None };
        let refused = appoint(&appraisal(S::Created, StaffCategory::Teacher), maintained(), &panel, by);
        assert_eq!(refused.err().map(|e| e.code), expected, "{by:?} {panel:?}");
    }
}

#[test]
fn the_years_work_begins_when_all_that_must_come_first_is_there() {
    let pointers = |a: &Appraisal, f: Facts<'_>| {
        let refused = a.can(A::Start, whose(A::Start), f).err();
        refused.map(|e| (e.code, e.faults.into_iter().map(|f| f.pointer).collect::<Vec<_>>()))
    };
    let teacher = appraisal(S::Planning, StaffCategory::Teacher);
    assert_eq!(pointers(&teacher, facts(maintained())), None);
    let bare = Appraisal { standards_informed_on: None, ..teacher.clone() };
    let waiting = Facts { proposed: 2, ..facts(maintained()) };
    assert_eq!(pointers(&bare, waiting), Some((Code::NotReady, vec!["/standards_informed_on".into(), "/objectives".into()])));
    let own_rules = Rules { minimum_objectives: Some(2), ..maintained().clone() };
    assert_eq!(pointers(&teacher, facts(&own_rules)), Some((Code::NotReady, vec!["/objectives".into()])));
    let head = appraisal(S::Planning, StaffCategory::Headteacher);
    assert_eq!(pointers(&head, facts(maintained())), Some((Code::NotReady, vec!["/adviser_consulted_on".into()])));
    assert_eq!(pointers(&Appraisal { adviser_consulted_on: Some(day("2026-10-01")), ..head.clone() }, facts(maintained())), None);
    assert_eq!(pointers(&head, facts(&shipped()[1].rules)), None, "an academy's policy asks for no adviser");
}

#[test]
fn the_review_begins_early_only_for_who_leaves_or_changes_their_role() {
    let early = Facts { reviewing: false, ..facts(maintained()) };
    for (f, ok) in [
        (early, false),
        (Facts { today: day("2027-08-30"), ..early }, false),
        (Facts { today: day("2027-08-31"), ..early }, true),
        (Facts { reviewing: true, ..early }, true),
        (Facts { leaves_on: Some(day("2027-08-31")), ..early }, true),
        (Facts { leaves_on: Some(day("2027-09-01")), ..early }, false),
        (Facts { category: StaffCategory::Leader, ..early }, true),
    ] {
        for action in [A::StartSelfReview, A::StartAssessment] {
            let found = appraisal(S::InProgress, StaffCategory::Teacher).can(action, whose(action), f);
            assert_eq!(found.is_ok(), ok, "{action} {f:?}");
        }
    }
}

#[test]
fn a_report_is_issued_whole_by_a_whole_panel() {
    let lacks = [RuleError::at(Code::NotReady, "/learning", "nothing is said"), RuleError::at(Code::NotReady, "/pay_relevant", "it is not said")];
    let pointers = |a: &Appraisal, f: Facts<'_>| {
        let refused = a.can(A::IssueReport, whose(A::IssueReport), f).err();
        refused.map_or_else(Vec::new, |e| e.faults.into_iter().map(|f| f.pointer).collect::<Vec<_>>())
    };
    let head = appraisal(S::AssessmentDraft, StaffCategory::Headteacher);
    let lacking = Facts { missing: &lacks, ..facts(maintained()) };
    assert_eq!(pointers(&head, lacking), ["/appraisers", "/learning", "/pay_relevant"]);
    let second = AppraiserTerm { person_id: human(12), from: day("2026-10-05"), until: None };
    let panel = Appraisal { appraisers: vec![head.appraisers[0], second], ..head.clone() };
    assert_eq!(pointers(&panel, facts(maintained())), [] as [&str; 0]);
    let one_left = AppraiserTerm { until: Some(day("2026-10-05")), ..second };
    assert_eq!(pointers(&Appraisal { appraisers: vec![head.appraisers[0], one_left], ..head }, facts(maintained())), ["/appraisers"]);
    assert_eq!(pointers(&appraisal(S::AssessmentDraft, StaffCategory::Teacher), facts(maintained())), [] as [&str; 0]);
}

fn until(comment: &str, appeal: &str) -> Windows {
    Windows { comment_due_on: day(comment), appeal_due_on: appeal.parse().ok() }
}

#[test]
fn the_appraisee_has_the_last_word_once_and_in_time_and_then_it_is_complete() {
    let on = |today: &str| Facts { today: day(today), ..facts(maintained()) };
    let own = whose(A::Comment);
    let issued =
        appraisal(S::AssessmentDraft, StaffCategory::Teacher).give_report(A::IssueReport, until("2027-07-23", ""), whose(A::IssueReport), on("2027-07-09"));
    let issued = issued.unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((issued.state, issued.report_issued_on, issued.comment_due_on), (S::ReportIssued, Some(day("2027-07-09")), Some(day("2027-07-23"))));
    let code = |a: &Appraisal, action, today: &str| a.can(action, whose(action), on(today)).err().map(|e| e.code);
    for (today, comment, complete) in
        [("2027-07-09", None, Some(Code::NotReady)), ("2027-07-23", None, Some(Code::NotReady)), ("2027-07-24", Some(Code::WindowClosed), None)]
    {
        assert_eq!((code(&issued, A::Comment, today), code(&issued, A::Complete, today)), (comment, complete), "{today}");
    }
    let commented = issued.step(A::Comment, own, on("2027-07-10")).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((commented.state, commented.commented_on), (S::ReportIssued, Some(day("2027-07-10"))));
    assert_eq!((code(&commented, A::Comment, "2027-07-11"), code(&commented, A::Complete, "2027-07-11")), (Some(Code::AlreadySaid), None));
    let done = commented.step(A::Complete, whose(A::Complete), on("2027-07-11")).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((done.state, done.completed_on), (S::Completed, Some(day("2027-07-11"))));
    // a teacher's appraiser goes on reading it; a headteacher's panel was appointed for this appraisal alone
    assert!(done.appraised_by(human(APPRAISER), day("2027-07-12")));
    let head = Appraisal { commented_on: Some(day("2027-07-10")), ..appraisal(S::ReportIssued, StaffCategory::Headteacher) };
    let over = head.step(A::Complete, whose(A::Complete), on("2027-07-11")).unwrap_or_else(|e| unreachable!("{e}"));
    assert!(head.appraised_by(human(APPRAISER), day("2027-07-11")) && !over.appraised_by(human(APPRAISER), day("2027-07-11")));
    for left in [A::Transfer, A::Abandon] {
        let head = appraisal(S::InProgress, StaffCategory::Headteacher);
        let left = head.step(left, whose(left), on("2027-03-01")).unwrap_or_else(|e| unreachable!("{e}"));
        assert!(head.appraised_by(human(APPRAISER), day("2027-03-01")) && !left.appraised_by(human(APPRAISER), day("2027-03-01")));
    }
    // on the paper of that day the panel stands nevertheless
    assert_eq!(over.appraisers_of_report(day("2027-07-11")).collect::<Vec<_>>(), [human(APPRAISER)]);
    let again = over.can(A::AmendReport, whose(A::AmendReport), on("2027-07-12")).err();
    assert_eq!(again.map(|e| e.code), Some(Code::NotReady));
    // a correction opens the window again, and what was complete is so no more
    let amended = done.give_report(A::AmendReport, until("2027-09-15", ""), whose(A::AmendReport), on("2027-09-01")).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((amended.state, amended.commented_on, amended.completed_on), (S::ReportIssued, None, None));
    assert_eq!(code(&amended, A::Comment, "2027-09-15"), None);
}

#[test]
fn who_appraises_has_authority_and_a_headteachers_panel_is_as_the_rules_have_it() {
    let nobody = Candidate { person: human(30), appoints: false, leads: false, governs: false, staff: false };
    let manager = Candidate { appoints: true, staff: true, ..nobody };
    let governor = |n: u128| Candidate { person: human(n), governs: true, ..nobody };
    let own = Candidate { person: human(OWN), ..manager };
    let adviser = Title::parse("Dr Ilse Brandt").ok();
    type Row<'a> = (StaffCategory, Vec<Candidate>, bool, &'a [(&'a str, Code)]);
    let rows: Vec<Row<'_>> = vec![
        (StaffCategory::Teacher, vec![manager], false, &[]),
        (StaffCategory::Teacher, vec![Candidate { leads: true, ..nobody }], false, &[]),
        (StaffCategory::Teacher, vec![nobody], false, &[("/appraiser_ids/0", Code::NoAuthority)]),
        (StaffCategory::Teacher, vec![governor(31)], false, &[("/appraiser_ids/0", Code::NoAuthority)]),
        (StaffCategory::Teacher, vec![own], false, &[("/appraiser_ids/0", Code::SelfAppraisal)]),
        (StaffCategory::Headteacher, vec![governor(31), governor(32)], true, &[]),
        (StaffCategory::Headteacher, vec![governor(31), governor(32), governor(33)], true, &[]),
        (StaffCategory::Headteacher, vec![governor(31), governor(32)], false, &[("/external_adviser", Code::PanelRules)]),
        (StaffCategory::Headteacher, vec![governor(31)], true, &[("/appraiser_ids", Code::PanelRules)]),
        (StaffCategory::Headteacher, vec![governor(31), governor(32), governor(33), governor(34)], true, &[("/appraiser_ids", Code::PanelRules)]),
        (StaffCategory::Headteacher, vec![governor(31), manager], true, &[("/appraiser_ids/1", Code::PanelRules)]),
        (StaffCategory::Headteacher, vec![own, nobody], true, &[("/appraiser_ids/0", Code::SelfAppraisal), ("/appraiser_ids/1", Code::NoAuthority)]),
    ];
    for (category, people, advised, expected) in rows {
        let panel = Panel { people, adviser: adviser.clone().filter(|_| advised) };
        let refused = appoint(&appraisal(S::Created, category), maintained(), &panel, party(13, false, false, true));
        let found: Vec<(String, String)> = refused.err().map(|e| e.faults.into_iter().map(|f| (f.pointer, f.code)).collect()).unwrap_or_default();
        let expected: Vec<(String, String)> = expected.iter().map(|(at, code)| ((*at).into(), code.as_str().into())).collect();
        assert_eq!(found, expected, "{category} {panel:?}");
    }
    let alone = Panel { people: vec![manager], adviser: None };
    let academy = appoint(&appraisal(S::Created, StaffCategory::Headteacher), &shipped()[1].rules, &alone, party(13, false, false, true));
    assert_eq!(academy, Ok(()));
}

#[test]
fn a_handover_ends_one_term_begins_another_and_rewrites_none() {
    let first = appraisal(S::Planning, StaffCategory::Teacher).appraisers;
    let later = hand_over(&first, &[human(12)], day("2027-01-04"));
    assert_eq!(later.iter().map(|t| (t.person_id, t.until)).collect::<Vec<_>>(), [(human(APPRAISER), Some(day("2027-01-04"))), (human(12), None)]);
    for (person, on, expected) in [(APPRAISER, "2027-01-03", true), (APPRAISER, "2027-01-04", false), (12, "2027-01-03", false), (12, "2027-01-04", true)] {
        assert_eq!(later.iter().any(|t| t.person_id == human(person) && t.on(day(on))), expected, "{person} {on}");
    }
    assert_eq!(hand_over(&later, &[human(12)], day("2027-02-01")), later, "the same people again change nothing");
    assert_eq!(hand_over(&later, &[human(APPRAISER)], day("2027-03-01")).len(), 3, "who comes back has another term");
}

/// A handover is arranged before the leaver goes, and may be arranged anew before it is there.
#[test]
fn who_takes_over_on_a_later_day_begins_then_unless_it_comes_otherwise() {
    let who = |terms: &[AppraiserTerm]| terms.iter().map(|t| (t.person_id, t.from, t.until)).collect::<Vec<_>>();
    let (start, change) = (day("2026-10-05"), day("2027-01-04"));
    let first = hand_over(&[], &[human(APPRAISER), human(13)], start);
    let arranged = hand_over(&first, &[human(12), human(13)], change);
    assert_eq!(who(&arranged), [(human(APPRAISER), start, Some(change)), (human(13), start, None), (human(12), change, None)]);
    for (to, on, expected) in [
        // somebody else after all, and at once
        (
            vec![human(14)],
            "2026-12-01",
            vec![(human(APPRAISER), start, Some("2026-12-01")), (human(13), start, Some("2026-12-01")), (human(14), day("2026-12-01"), None)],
        ),
        // who was to leave stays
        (vec![human(APPRAISER), human(13)], "2026-12-01", vec![(human(APPRAISER), start, None), (human(13), start, None)]),
        // who was to begin then begins now
        (
            vec![human(12)],
            "2026-12-01",
            vec![(human(APPRAISER), start, Some("2026-12-01")), (human(13), start, Some("2026-12-01")), (human(12), day("2026-12-01"), None)],
        ),
        (vec![human(12), human(13)], "2027-02-01", vec![(human(APPRAISER), start, Some("2027-01-04")), (human(13), start, None), (human(12), change, None)]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(|(who, from, until)| (who, from, until.map(day))).collect();
        assert_eq!(who(&hand_over(&arranged, &to, day(on))), expected, "{on}");
    }
}

/// A successor takes one person's place. What was arranged for the others of a panel, and what is over, stays as it was.
#[test]
fn who_follows_takes_the_leavers_days_and_nobody_elses() {
    const START: &str = "2026-10-05";
    type Terms<'a> = &'a [(u128, &'a str, &'a str)];
    let terms = |all: Terms<'_>| -> Vec<AppraiserTerm> {
        all.iter().map(|(who, from, until)| AppraiserTerm { person_id: human(*who), from: day(from), until: until.parse().ok() }).collect()
    };
    let today = day("2026-12-01");
    let two: Terms<'_> = &[(11, START, ""), (13, START, "")];
    // 11 hands over to 12 on 20 December
    let arranged: Terms<'_> = &[(11, START, "2026-12-20"), (13, START, ""), (12, "2026-12-20", "")];
    // who hands over to whom, on which day; the terms then, or none if nothing is handed over; and who appraises on the day that is judged
    type Row<'a> = (Terms<'a>, (u128, u128), &'a str, Terms<'a>, &'a str, &'a [u128]);
    let rows: &[Row<'_>] = &[
        (two, (11, 12), "2026-12-20", arranged, "2026-12-20", &[13, 12]),
        // who is on the panel already is on it once
        (two, (11, 13), "2026-12-20", &[(11, START, "2026-12-20"), (13, START, "")], "2026-12-20", &[13]),
        // nobody else's departure, nor their successor, is touched
        (
            arranged,
            (13, 14),
            "2026-12-01",
            &[(11, START, "2026-12-20"), (13, START, "2026-12-01"), (12, "2026-12-20", ""), (14, "2026-12-01", "")],
            "2026-12-01",
            &[11, 14],
        ),
        // who leaves earlier than was arranged is followed until then
        (
            arranged,
            (11, 14),
            "2026-12-10",
            &[(11, START, "2026-12-10"), (13, START, ""), (12, "2026-12-20", ""), (14, "2026-12-10", "2026-12-20")],
            "2026-12-10",
            &[13, 14],
        ),
        (
            arranged,
            (13, 12),
            "2026-12-10",
            &[(11, START, "2026-12-20"), (13, START, "2026-12-10"), (12, "2026-12-20", ""), (12, "2026-12-10", "2026-12-20")],
            "2026-12-10",
            &[11, 12],
        ),
        // who was to begin, and leaves before, never does
        (arranged, (12, 14), "2026-12-10", &[(11, START, "2026-12-20"), (13, START, ""), (14, "2026-12-20", "")], "2026-12-20", &[13, 14]),
        (arranged, (12, 14), "2026-12-20", &[(11, START, "2026-12-20"), (13, START, ""), (14, "2026-12-20", "")], "2026-12-20", &[13, 14]),
        // who took over today did appraise
        (&[(11, "2026-12-01", "")], (11, 12), "2026-12-01", &[(11, "2026-12-01", "2026-12-01"), (12, "2026-12-01", "")], "2026-12-01", &[12]),
        // it is so already, or was never theirs, or goes to themself
        (arranged, (11, 12), "2026-12-20", &[], "", &[]),
        (two, (12, 14), "2026-12-20", &[], "", &[]),
        (two, (11, 11), "2026-12-20", &[], "", &[]),
    ];
    for &(before, (leaver, successor), on, after, judged, panel) in rows {
        let found = succession(&terms(before), (human(leaver), human(successor)), day(on), today).unwrap_or_else(|e| unreachable!("{e}"));
        let expected = (!after.is_empty()).then(|| Succession { terms: terms(after), days: vec![day(judged)] });
        assert_eq!(found, expected, "{leaver} {successor} {on}");
        let people = found.map_or_else(Vec::new, |f| f.on(day(judged)));
        assert_eq!(people, panel.iter().map(|n| human(*n)).collect::<Vec<_>>(), "{leaver} {successor} {on}");
    }
    // whoever was to come back is followed each time
    let twice = terms(&[(11, START, "2026-12-20"), (12, "2026-12-20", "2027-02-01"), (11, "2027-02-01", "")]);
    let found = succession(&twice, (human(11), human(14)), day("2026-12-10"), today).ok().flatten();
    assert_eq!(found.map(|f| f.days), Some(vec![day("2026-12-10"), day("2027-02-01")]));
    // who appraised on a day that is over, as on that of a report, is not said anew
    let over = terms(&[(11, "2026-09-01", "2026-10-10"), (12, "2026-10-10", "")]);
    let refused = succession(&over, (human(12), human(14)), day("2026-11-30"), today).err();
    assert_eq!(refused.map(|e| (e.code, e.faults[0].pointer.clone())), Some((Code::PeriodBackwards, "/on".to_owned())));
}

#[test]
fn every_employment_is_taken_or_left_out_with_its_reason() {
    let (cycle, other) = (CycleId(Uuid::from_u128(1)), CycleId(Uuid::from_u128(2)));
    let period = |from: &str, to: &str| Period { starts_on: day(from), ends_on: to.parse().ok() };
    let rule = Rule { cycle, period: period("2026-09-01", "2027-08-31"), categories: &[StaffCategory::Teacher], rules: maintained(), today: day("2026-10-05") };
    let employed = |from: &str, to: &str, holds: &[(HoldReason, &str, &str)], others: &[(CycleId, &str, &str, bool)]| Employed {
        employment: Employment {
            id: EmploymentId(Uuid::nil()),
            person_id: human(OWN),
            organisation_id: OrganisationId(Uuid::nil()),
            job_title: Title::parse("Teacher").unwrap_or_else(|e| unreachable!("{e}")),
            staff_category: StaffCategory::Teacher,
            staff_code: None,
            fte_percent: 100,
            period: period(from, to),
            missing_since: None,
            missing_from: None,
            ended_from: None,
            kept: vec![],
            provenance: crate::provenance::Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        },
        holds: holds
            .iter()
            .map(|(reason, from, to)| Hold {
                id: HoldId(Uuid::nil()),
                employment_id: EmploymentId(Uuid::nil()),
                person_id: human(OWN),
                organisation_id: OrganisationId(Uuid::nil()),
                reason: *reason,
                period: period(from, to),
                version: 1,
                created_at: DateTime::UNIX_EPOCH,
                updated_at: DateTime::UNIX_EPOCH,
            })
            .collect(),
        others: others
            .iter()
            .map(|(cycle, from, to, live)| Other { id: AppraisalId(Uuid::nil()), cycle: *cycle, period: period(from, to), live: *live })
            .collect(),
    };
    use HoldReason::{Capability, FamilyLeave, Induction};
    let whole = Ok(Some(period("2026-09-01", "2027-08-31")));
    for (who, expected) in [
        (employed("2020-09-01", "", &[], &[]), whole),
        // a starter has their own period, and a leaver's ends with them
        (employed("2027-01-04", "", &[], &[]), Ok(Some(period("2027-01-04", "2027-08-31")))),
        (employed("2020-09-01", "2026-12-31", &[], &[]), Ok(Some(period("2026-09-01", "2026-12-31")))),
        (employed("2020-09-01", "2026-10-05", &[], &[]), Ok(Some(period("2026-09-01", "2026-10-05")))),
        (employed("2020-09-01", "2026-10-04", &[], &[]), Err(Omission::Left)),
        // one term is four months
        (employed("2026-09-01", "2026-12-30", &[], &[]), Err(Omission::TooShort)),
        (employed("2026-09-01", "2026-12-31", &[], &[]), Ok(Some(period("2026-09-01", "2026-12-31")))),
        (employed("2020-09-01", "", &[(Induction, "2026-09-01", "2027-07-31")], &[]), Err(Omission::InInduction)),
        (employed("2020-09-01", "", &[(Capability, "2026-10-05", "")], &[]), Err(Omission::InCapability)),
        (employed("2020-09-01", "", &[(Capability, "2026-01-01", "2026-10-04")], &[]), whole),
        (employed("2020-09-01", "", &[(FamilyLeave, "2026-09-01", "")], &[]), whole),
        (employed("2020-09-01", "", &[], &[(cycle, "2026-09-01", "2027-08-31", false)]), Ok(None)),
        (employed("2020-09-01", "", &[], &[(other, "2025-09-01", "2026-09-01", true)]), Err(Omission::Overlapping)),
        (employed("2020-09-01", "", &[], &[(other, "2025-09-01", "2026-08-31", true)]), whole),
        (employed("2020-09-01", "", &[], &[(other, "2025-09-01", "2026-09-01", false)]), whole),
    ] {
        assert_eq!(judge(rule, &who), expected, "{who:?}");
    }
    let support = Rule { categories: &[StaffCategory::Support], ..rule };
    assert_eq!(judge(support, &employed("2020-09-01", "", &[], &[])), Err(Omission::NotInCategory));
    let allows = Rules { excluded_while: vec![], ..maintained().clone() };
    assert_eq!(judge(Rule { rules: &allows, ..rule }, &employed("2020-09-01", "", &[(Induction, "2026-09-01", "")], &[])), whole);
    let rests = Rules { excluded_while: HoldReason::ALL.to_vec(), ..maintained().clone() };
    assert_eq!(judge(Rule { rules: &rests, ..rule }, &employed("2020-09-01", "", &[(FamilyLeave, "2026-09-01", "")], &[])), Err(Omission::OnHold));
    for of_support in [true, false] {
        let reasons = [Omission::TooShort, Omission::InInduction, Omission::InCapability, Omission::OnHold];
        let told: std::collections::HashSet<_> = reasons.map(|o| o.told(of_support)).into_iter().collect();
        assert_eq!(told.len(), if of_support { 4 } else { 1 });
        assert_eq!(Omission::Left.told(of_support), Omission::Left);
    }
}

#[test]
fn an_appeal_is_made_once_in_its_time_and_decided_by_who_does_not_appraise() {
    let on = |today: &str| Facts { today: day(today), ..facts(maintained()) };
    let draft = appraisal(S::AssessmentDraft, StaffCategory::Teacher);
    let given = |appeal: &str| draft.give_report(A::IssueReport, until("2027-07-23", appeal), whose(A::IssueReport), on("2027-07-09"));
    let code = |a: &Appraisal, action, today: &str| a.can(action, whose(action), on(today)).err().map(|e| e.code);
    let none = given("").unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(code(&none, A::Appeal, "2027-07-09"), Some(Code::WindowClosed), "the rules give none");
    let issued = given("2027-07-30").unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((code(&issued, A::Appeal, "2027-07-30"), code(&issued, A::Appeal, "2027-07-31")), (None, Some(Code::WindowClosed)));
    assert_eq!(code(&issued, A::DecideAppeal, "2027-07-12"), Some(Code::NotReady));
    // what is complete can be appealed against too, as long as there is time
    let commented = issued.step(A::Comment, whose(A::Comment), on("2027-07-10")).unwrap_or_else(|e| unreachable!("{e}"));
    let complete = commented.step(A::Complete, whose(A::Complete), on("2027-07-10")).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(code(&complete, A::Appeal, "2027-07-12"), None);
    let appealed = commented.step(A::Appeal, whose(A::Appeal), on("2027-07-12")).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((appealed.appealed_on, appealed.appeal_waits()), (Some(day("2027-07-12")), true));
    assert_eq!(code(&appealed, A::Appeal, "2027-07-12"), Some(Code::AlreadySaid));
    for waits in [A::Complete, A::AmendReport] {
        let refused = appealed.can(waits, whose(waits), on("2027-08-30")).err();
        assert_eq!(refused.map(|e| e.faults[0].pointer.clone()).as_deref(), Some("/appeal_decided_on"), "{waits}");
    }
    let appraises = Party { appraiser: true, ..whose(A::DecideAppeal) };
    assert_eq!(appealed.can(A::DecideAppeal, appraises, on("2027-07-13")).err().map(|e| e.code), Some(Code::NotPermitted));
    let wrote = Facts { wrote: true, ..on("2027-07-13") };
    assert_eq!(appealed.can(A::DecideAppeal, whose(A::DecideAppeal), wrote).err().map(|e| e.code), Some(Code::NotForYourself));
    assert_eq!(appealed.can(A::AssignAppraisers, whose(A::AssignAppraisers), wrote), Ok(()), "that alone");
    // whoever cannot decide it is not asked to
    use crate::task::{Part, TaskKind, of_report};
    let leads = Part { completes: true, ..Part::default() };
    for (part, asked) in
        [(leads, true), (Part { appraises: true, ..leads }, false), (Part { wrote: true, ..leads }, false), (Part { own: true, ..Part::default() }, false)]
    {
        let found = of_report(&appealed, part, day("2027-07-13")).map(|(kind, _)| kind);
        assert_eq!(found, asked.then_some(TaskKind::DecideAppeal), "{part:?}");
    }
    let decided = appealed.step(A::DecideAppeal, whose(A::DecideAppeal), on("2027-07-20")).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((decided.appeal_decided_on, decided.appeal_waits()), (Some(day("2027-07-20")), false));
    assert_eq!((code(&decided, A::DecideAppeal, "2027-07-21"), code(&decided, A::Complete, "2027-07-21")), (Some(Code::NotReady), None));
    let amended = decided.give_report(A::AmendReport, until("2027-09-15", "2027-09-15"), whose(A::AmendReport), on("2027-09-01"));
    let amended = amended.unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!((amended.appealed_on, code(&amended, A::Appeal, "2027-09-15")), (None, None), "the new version can be appealed against");
}

/// Whoever handed the appraisal over afterwards, on the same day too, wrote the report nevertheless.
#[test]
fn a_report_is_the_work_of_who_issued_it_and_of_who_appraised_that_day() {
    let term = |n: u128, from: &str, until: &str| AppraiserTerm { person_id: human(n), from: day(from), until: until.parse().ok() };
    let given = Appraisal {
        appraisers: vec![
            term(21, "2026-09-01", "2027-07-08"),
            term(22, "2026-09-01", "2027-07-09"),
            term(23, "2027-07-09", ""),
            term(24, "2027-07-10", "2027-09-01"),
            term(25, "2027-09-02", ""),
        ],
        ..appraisal(S::ReportIssued, StaffCategory::Teacher)
    };
    let (first, corrected) = ((human(20), day("2027-07-09")), (human(23), day("2027-09-01")));
    for (who, wrote_first, wrote_either) in
        [(20, true, true), (21, false, false), (22, true, true), (23, true, true), (24, false, true), (25, false, false), (OWN, false, false)]
    {
        assert_eq!((given.written_by(human(who), &[first]), given.written_by(human(who), &[first, corrected])), (wrote_first, wrote_either), "{who}");
    }
    assert!(!given.written_by(human(20), &[]));
}

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
