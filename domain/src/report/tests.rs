//! What a report must hold, as tables.

use super::*;
use crate::{
    appraisal::DeadlineSource,
    id::{LearningRecordId, ObjectiveId, StandardId},
    learning::LearningKind,
    objective::{ObjectiveKind, ObjectiveState},
    profile::shipped,
    rule::Code,
    text::{StandardCode, Title, Wire},
};
use chrono::Days;
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}
fn words<T: Wire>(text: &str) -> T {
    T::parse(text).unwrap_or_else(|e| unreachable!("{e}"))
}
fn standard(n: u128) -> StandardId {
    StandardId(Uuid::from_u128(n))
}
fn objective(n: u128) -> ObjectiveId {
    ObjectiveId(Uuid::from_u128(n))
}
const TODAY: &str = "2027-07-09";

fn ground() -> Ground {
    let set = |n| ObjectiveAssessed {
        objective_id: objective(n),
        title: words("Questioning"),
        kind: ObjectiveKind::Practice,
        state: ObjectiveState::Reviewed,
        assessment: None,
        not_assessed_because: None,
    };
    Ground {
        standards: vec![StandardAssessed { standard_id: standard(1), code: words::<StandardCode>("TS1"), title: words::<Title>("Expectations"), note: None }],
        objectives: vec![set(1), set(2)],
        learning_records: vec![LearningShown {
            learning_record_id: LearningRecordId(Uuid::nil()),
            title: words("Dialogic teaching"),
            kind: LearningKind::Course,
            ended_on: day("2027-03-01"),
            minutes: 90,
        }],
    }
}
fn need(actions: &[&str]) -> NeedNamed {
    let actions = actions.iter().map(|a| NeedAction { action: words(a), due_on: None }).collect();
    NeedNamed { need: words("Subject vocabulary"), standard_id: Some(standard(1)), actions }
}
fn concern() -> Concern {
    Concern { concern: words("Marking is late"), standard_id: None, raised_on: None, said: None, support: None, told_on: None }
}
fn whole() -> Written {
    Written {
        standards_assessed: true,
        standard_notes: vec![StandardNote { standard_id: standard(1), note: words("Every lesson") }],
        objectives: vec![
            Assessment { objective_id: objective(1), assessment: Some(words("Pupils answer in sentences")), not_assessed_because: None },
            Assessment { objective_id: objective(2), assessment: None, not_assessed_because: Some(words("Taken over in May")) },
        ],
        learning: Some(words("Led a group on talk")),
        no_learning_because: None,
        development_needs: vec![need(&["Visit Curlew"])],
        concerns: vec![],
        pay_relevant: Some(false),
        summary: None,
    }
}
/// A meeting the day before, one of today, and one of last week that was noted only today.
fn spoken() -> [Spoken; 3] {
    [("2027-07-08", "2027-07-08"), (TODAY, TODAY), ("2027-07-02", TODAY)].map(|(on, recorded)| Spoken { on: day(on), recorded_on: day(recorded) })
}
fn lacking(written: Written) -> Vec<String> {
    let refused = written.over(ground()).content((day("2026-09-01"), day("2027-08-31")), day(TODAY), &spoken()).err();
    refused.map_or_else(Vec::new, |e| {
        assert_eq!(e.code, Code::NotReady);
        e.faults.into_iter().map(|f| f.pointer).collect()
    })
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    assert_eq!(
        lacking(Written { concerns: vec![concern()], ..Written::default() }),
        [
            "/standards_assessed",
            "/objectives/0/assessment",
            "/objectives/1/assessment",
            "/learning",
            "/development_needs",
            "/concerns/0/raised_on",
            "/concerns/0/said",
            "/concerns/0/support",
            "/pay_relevant"
        ]
    );
    assert_eq!(lacking(whole()), [] as [&str; 0]);
}

#[test]
fn each_part_is_there_or_named() {
    let said = |i: usize, of: Assessment| {
        let mut out = whole();
        out.objectives[i] = of;
        out
    };
    let both = Assessment { objective_id: objective(1), assessment: Some(words("Well")), not_assessed_because: Some(words("Not seen")) };
    let blank = Assessment { objective_id: objective(1), assessment: Some(words("  \n")), not_assessed_because: None };
    let raised = Concern { raised_on: Some(day("2027-07-08")), said: Some(words("It was said")), support: Some(words("A free period")), ..concern() };
    let with = |c: Concern| Written { concerns: vec![c], ..whole() };
    for (written, expected) in [
        (said(0, both), &["/objectives/0/not_assessed_because"][..]),
        (said(0, blank), &["/objectives/0/assessment"]),
        (Written { learning: None, no_learning_because: Some(words("On leave all year")), ..whole() }, &[]),
        (Written { learning: Some(words(" ")), ..whole() }, &["/learning"]),
        (Written { development_needs: vec![need(&[])], ..whole() }, &["/development_needs/0/actions"]),
        (Written { development_needs: vec![NeedNamed { need: words(""), ..need(&["a"]) }], ..whole() }, &["/development_needs/0/need"]),
        (Written { pay_relevant: Some(true), ..whole() }, &[]),
        (with(raised.clone()), &[]),
        // the meeting was before the day of issue, and support was offered at it
        (with(Concern { raised_on: Some(day(TODAY)), ..raised.clone() }), &["/concerns/0/raised_on"]),
        (with(Concern { support: Some(words(" ")), ..raised.clone() }), &["/concerns/0/support"]),
        (with(Concern { said: None, ..raised.clone() }), &["/concerns/0/said"]),
        (with(Concern { told_on: Some(day(TODAY)), ..concern() }), &[]),
        // either is believed only if it is on record, and an earlier meeting only if it was so before today
        (with(Concern { raised_on: Some(day("2027-07-07")), ..raised.clone() }), &["/concerns/0/raised_on"]),
        (with(Concern { raised_on: Some(day("2027-07-02")), ..raised.clone() }), &["/concerns/0/raised_on"]),
        (with(Concern { told_on: Some(day("2027-07-02")), ..concern() }), &[]),
        (with(Concern { told_on: Some(day("2027-07-07")), ..concern() }), &["/concerns/0/told_on"]),
        (with(Concern { told_on: Some(day("2027-07-07")), ..raised.clone() }), &[]),
        (with(Concern { told_on: Some(day("2027-07-07")), raised_on: Some(day("2027-07-07")), ..raised.clone() }), &["/concerns/0/raised_on"]),
        (with(Concern { concern: words(""), told_on: Some(day(TODAY)), ..concern() }), &["/concerns/0/concern"]),
    ] {
        assert_eq!(lacking(written.clone()), expected, "{written:?}");
    }
}

#[test]
fn what_is_named_is_of_the_appraisal_and_every_fault_is_told() {
    let said = |n| Assessment { objective_id: objective(n), assessment: None, not_assessed_because: None };
    let note = |n| StandardNote { standard_id: standard(n), note: words("n") };
    let wrong = Written {
        standard_notes: vec![note(1), note(1), note(9)],
        objectives: vec![said(1), said(1), said(9)],
        development_needs: vec![NeedNamed { standard_id: Some(standard(9)), ..need(&[]) }],
        concerns: vec![Concern { standard_id: Some(standard(9)), raised_on: Some(day("2027-07-10")), told_on: Some(day("2027-07-10")), ..concern() }],
        ..Written::default()
    };
    let found: Vec<(String, String)> =
        wrong.check(&ground(), day(TODAY)).err().map(|e| e.faults.into_iter().map(|f| (f.pointer, f.code)).collect()).unwrap_or_default();
    let (unknown, early) = (Code::UnknownReference.as_str(), Code::ImpossibleDates.as_str());
    let expected = [
        ("/standard_notes/1/standard_id", unknown),
        ("/standard_notes/2/standard_id", unknown),
        ("/objectives/1/objective_id", unknown),
        ("/objectives/2/objective_id", unknown),
        ("/development_needs/0/standard_id", unknown),
        ("/concerns/0/standard_id", unknown),
        ("/concerns/0/raised_on", early),
        ("/concerns/0/told_on", early),
    ];
    assert_eq!(found.iter().map(|(at, code)| (at.as_str(), code.as_str())).collect::<Vec<_>>(), expected);
    assert_eq!(whole().check(&ground(), day(TODAY)), Ok(()));
}

#[test]
fn what_was_issued_is_what_is_read_and_a_correction_begins_with_it() {
    let content = whole().over(ground()).content((day("2026-09-01"), day("2027-08-31")), day(TODAY), &[]);
    let content = content.unwrap_or_else(|e| unreachable!("{e}"));
    let (kept, hash) = content.sealed().unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(Content::opened(&kept, &hash).as_ref(), Ok(&content));
    assert!(Content::opened(&kept.replace("Every lesson", "No lesson"), &hash).is_err());
    let again = Written::from(&content).over(content.ground()).content((content.starts_on, content.ends_on), day(TODAY), &[]);
    assert_eq!(again.as_ref(), Ok(&content));
}

#[test]
fn a_comment_can_be_made_for_as_long_as_the_rules_have_it_and_never_shorter() {
    let profile = |key: &str| shipped().iter().find(|p| p.key.as_str() == key).unwrap_or_else(|| unreachable!("{key}"));
    let open = |key: &str| windows(day("2027-07-09"), profile(key), BankHolidays::EnglandAndWales, &[]);
    let due = |key: &str| open(key).comment.due_on.to_string();
    assert_eq!(due("england_maintained_2012"), "2027-07-23", "no rule: two weeks");
    let wales = profile("wales_2011").rules.comment_within.map_or(0, |span| u64::from(span.days));
    assert!(wales > 0);
    let roughly = day("2027-07-09").checked_add_days(Days::new(wales * 2)).unwrap_or_default();
    assert_eq!(due("wales_2011"), roughly.to_string(), "school days that no calendar covers");
    let appeal = |key: &str| open(key).appeal.map(|a| a.due_on);
    assert_eq!((appeal("wales_2011"), appeal("england_maintained_2012")), (Some(roughly), None));
    // each says which rules made it, and which days were counted
    let comment = open("wales_2011").comment;
    assert_eq!((comment.rule_profile.as_str(), comment.rule_profile_version, comment.set_by), ("wales_2011", 1, DeadlineSource::Rule));
    assert_eq!((comment.basis, comment.calendar_ids), (Some(DayBasis::Calendar), vec![]), "twice as many of all days");
}
