//! Every step: from where, by whom, when.

use super::*;
use crate::rule::RuleError;

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
        (S::ReportIssued, A::RecommendPay, S::ReportIssued),
        (S::Completed, A::RecommendPay, S::Completed),
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
            A::StartPlanning | A::InformStandards | A::ConsultAdviser | A::Start | A::StartAssessment | A::IssueReport | A::AmendReport | A::RecommendPay => {
                [no, yes, no, no]
            }
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
        let refused = appoint(&appraisal(S::Created, StaffCategory::Teacher), maintained(), &panel, by, day("2026-10-05"));
        assert_eq!(refused.err().map(|e| e.code), expected, "{by:?} {panel:?}");
    }
    // nor do they begin before the day that was arranged for them
    let begins = AppraiserTerm { person_id: human(14), from: day("2027-01-04"), until: None };
    let arranged = Appraisal { appraisers: vec![begins], ..appraisal(S::Created, StaffCategory::Teacher) };
    for (today, expected) in [("2026-10-05", Some(Code::NotForYourself)), ("2027-01-03", Some(Code::NotForYourself)), ("2027-01-04", None)] {
        let panel = Panel { people: vec![manager(14)], adviser: None };
        let refused = appoint(&arranged, maintained(), &panel, delegate(14), day(today));
        assert_eq!(refused.err().map(|e| e.code), expected, "{today}");
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
    let same = AppraiserTerm { person_id: human(APPRAISER), ..second };
    let one_twice = Appraisal { appraisers: vec![head.appraisers[0], same], ..head.clone() };
    assert_eq!(pointers(&one_twice, facts(maintained())), ["/appraisers"], "one person who was two before is one");
    let one_left = AppraiserTerm { until: Some(day("2026-10-05")), ..second };
    assert_eq!(pointers(&Appraisal { appraisers: vec![head.appraisers[0], one_left], ..head }, facts(maintained())), ["/appraisers"]);
    assert_eq!(pointers(&appraisal(S::AssessmentDraft, StaffCategory::Teacher), facts(maintained())), [] as [&str; 0]);
}

fn until(comment: &str, appeal: &str) -> Windows {
    let last = |kind, on| Deadline {
        kind,
        due_on: on,
        rule_profile: shipped()[0].key.clone(),
        rule_profile_version: 1,
        set_by: DeadlineSource::Rule,
        basis: None,
        calendar_ids: Vec::new(),
        reason: None,
    };
    Windows { comment: last(DeadlineKind::Comment, day(comment)), appeal: appeal.parse().ok().map(|on| last(DeadlineKind::Appeal, on)) }
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
    let windows: Vec<_> = amended.deadlines.iter().filter(|d| matches!(d.kind, DeadlineKind::Comment | DeadlineKind::Appeal)).map(|d| d.due_on).collect();
    assert_eq!(windows, [day("2027-09-15")], "those of the version before are over");
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

/// Off, but where the rules have it; only of a report that bears on pay; and not twice: which of the two it is, is not said.
#[test]
fn pay_is_recommended_where_the_rules_have_it_and_the_report_bears_on_it() {
    let refused = |rules: &Rules, pay_relevant, pay_recommended| {
        let facts = Facts { pay_relevant, pay_recommended, ..facts(rules) };
        let found = appraisal(S::ReportIssued, StaffCategory::Teacher).can(A::RecommendPay, whose(A::RecommendPay), facts).err();
        found.map(|e| (e.code, e.faults.into_iter().map(|f| (f.pointer, f.message)).collect::<Vec<_>>()))
    };
    let pointers = |found: Option<(Code, Vec<(String, String)>)>| found.map(|(code, said)| (code, said.into_iter().map(|(at, _)| at).collect::<Vec<_>>()));
    let waits = |of: &[&str]| Some((Code::NotReady, of.iter().map(|p| (*p).to_owned()).collect::<Vec<_>>()));
    let off = Rules { pay_recommendation: false, ..maintained().clone() };
    assert_eq!(refused(maintained(), true, false), None);
    let of_no_pay = refused(maintained(), false, false);
    assert_eq!(pointers(of_no_pay.clone()), waits(&["/pay_relevant"]));
    for (relevant, recommended) in [(true, true), (false, true)] {
        assert_eq!(refused(maintained(), relevant, recommended), of_no_pay, "what is sealed is not told by the way");
    }
    for (relevant, recommended) in [(true, false), (false, false), (true, true)] {
        assert_eq!(pointers(refused(&off, relevant, recommended)), waits(&["/cycle_id"]), "nothing else is said where it is off");
    }
}
