//! The rules of objectives, as tables.

use super::*;
use crate::{id::CriterionId, rule::Code};
use uuid::Uuid;

use ObjectiveAction as A;

pub(super) const OWNER: PersonId = PersonId(Uuid::from_u128(1));
pub(super) const APPRAISER: PersonId = PersonId(Uuid::from_u128(2));

pub(super) fn text<T: TryFrom<String>>(t: &str) -> T {
    T::try_from(t.to_owned()).unwrap_or_else(|_| unreachable!("{t}"))
}
pub(super) fn objective(state: ObjectiveState) -> Objective {
    Objective {
        id: ObjectiveId(Uuid::nil()),
        employment_id: EmploymentId(Uuid::nil()),
        person_id: OWNER,
        organisation_id: OrganisationId(Uuid::nil()),
        cycle_id: None,
        carried_over_from: None,
        carried_over_to: None,
        origin: ObjectiveOrigin::Own,
        author_id: OWNER,
        state,
        words: Words {
            kind: ObjectiveKind::Practice,
            title: text("Questioning"),
            description: None,
            inquiry: None,
            evidence_plan: None,
            support_needed: None,
            learning_needed: None,
            due_on: None,
            success_criteria: vec![],
            standard_ids: vec![],
            priority_ids: vec![],
        },
        proposed_by: (state != S::Draft).then_some(OWNER),
        agreed_by: None,
        agreed_at: None,
        dissent: None,
        last_reason: None,
        revision: 1,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}
pub(super) fn owner() -> Party {
    Party { person: Some(OWNER), appraiser: false }
}
pub(super) fn appraiser() -> Party {
    Party { person: Some(APPRAISER), appraiser: true }
}
pub(super) fn stranger() -> Party {
    Party { person: Some(PersonId(Uuid::from_u128(3))), appraiser: false }
}

/// Every state against every action and both parties, of an objective that its owner drafted and proposed. What is not written here is refused.
#[test]
fn the_machine_takes_exactly_these_steps() {
    // o: the owner may; a: the appraiser may; b: both
    let steps = [
        (S::Draft, A::Update, 'o', S::Draft),
        (S::Draft, A::Propose, 'o', S::Proposed),
        (S::Draft, A::Withdraw, 'o', S::Withdrawn),
        (S::Proposed, A::Update, 'b', S::Proposed),
        (S::Proposed, A::Agree, 'a', S::Agreed),
        (S::Proposed, A::Withdraw, 'b', S::Withdrawn),
        (S::Proposed, A::Invite, 'o', S::Proposed),
        (S::Proposed, A::AddNote, 'b', S::Proposed),
        (S::Agreed, A::CarryOver, 'b', S::CarriedOver),
        (S::Agreed, A::Invite, 'o', S::Agreed),
        (S::Agreed, A::AddNote, 'b', S::Agreed),
        (S::SetWithDissent, A::CarryOver, 'b', S::CarriedOver),
        (S::SetWithDissent, A::Invite, 'o', S::SetWithDissent),
        (S::SetWithDissent, A::AddNote, 'b', S::SetWithDissent),
        (S::Active, A::CarryOver, 'b', S::CarriedOver),
        (S::Active, A::Invite, 'o', S::Active),
        (S::Active, A::AddNote, 'b', S::Active),
        (S::Paused, A::CarryOver, 'b', S::CarriedOver),
        (S::Paused, A::Invite, 'o', S::Paused),
        (S::Paused, A::AddNote, 'b', S::Paused),
        (S::Reviewed, A::CarryOver, 'b', S::CarriedOver),
        (S::Reviewed, A::AddNote, 'b', S::Reviewed),
        (S::Agreed, A::Start, 'b', S::Active),
        (S::Agreed, A::Revise, 'b', S::Proposed),
        (S::Agreed, A::Withdraw, 'a', S::Withdrawn),
        (S::SetWithDissent, A::Start, 'b', S::Active),
        (S::SetWithDissent, A::Revise, 'b', S::Proposed),
        (S::SetWithDissent, A::Withdraw, 'a', S::Withdrawn),
        (S::Active, A::Revise, 'b', S::Proposed),
        (S::Active, A::Pause, 'b', S::Paused),
        (S::Active, A::Review, 'a', S::Reviewed),
        (S::Active, A::Withdraw, 'a', S::Withdrawn),
        (S::Paused, A::Resume, 'b', S::Active),
        (S::Paused, A::Withdraw, 'a', S::Withdrawn),
        (S::Reviewed, A::Close, 'b', S::Closed),
    ];
    for state in S::ALL {
        for action in A::ALL {
            let row = steps.iter().find(|(from, a, ..)| from == state && a == action);
            for (party, who) in [(owner(), 'o'), (appraiser(), 'a'), (stranger(), 's')] {
                let expected = row.filter(|(_, _, may, _)| (*may == 'b' || *may == who) && who != 's').map(|(.., to)| *to);
                let got = objective(*state).step(*action, party, None, DateTime::UNIX_EPOCH).ok().map(|o| o.state);
                assert_eq!(got, expected, "{state} {action} {who}");
            }
        }
    }
}

#[test]
fn whoever_changes_a_proposal_makes_it_theirs() {
    let mut id = || CriterionId(Uuid::nil());
    let patch = WordsPatch { title: Some(text("Better questioning")), ..WordsPatch::default() };
    let countered = objective(S::Proposed).reworded(patch, appraiser(), &mut id).unwrap_or_else(|e| unreachable!("{e}"));
    assert_eq!(countered.proposed_by, Some(APPRAISER));
    assert_eq!(countered.can(A::Agree, appraiser()).err().map(|e| e.code), Some(Code::NotForYourself));
    assert!(countered.can(A::Agree, owner()).is_ok());
    let same = objective(S::Proposed).reworded(WordsPatch::default(), appraiser(), &mut id).ok().and_then(|o| o.proposed_by);
    assert_eq!(same, Some(OWNER));
}

#[test]
fn a_revision_asks_for_agreement_again_and_keeps_its_reason() {
    let agreed = Objective { agreed_by: Some(APPRAISER), agreed_at: Some(DateTime::UNIX_EPOCH), dissent: Some(text("no")), ..objective(S::Agreed) };
    let revised = agreed.revised(WordsPatch::default(), text("new timetable"), owner(), DateTime::UNIX_EPOCH, &mut || CriterionId(Uuid::nil()));
    let got = revised.map(|o| (o.state, o.revision, o.agreed_by, o.dissent, o.last_reason.map(String::from)));
    assert_eq!(got, Ok((S::Proposed, 2, None, None, Some("new timetable".into()))));
}

#[test]
fn a_new_question_forgets_no_stage_of_the_inquiry() {
    let prose = |t: &str| Some(text::<Narrative>(t));
    let inquiry = Inquiry { question: text("What if?"), current_practice: prose("I wait"), change_tried: prose("I waited"), evidence: None, finding: None };
    let active = objective(S::Active);
    let active = Objective { words: Words { kind: ObjectiveKind::GrowthInquiry, inquiry: Some(inquiry.clone()), ..active.words }, ..active };
    let revised = |patch: InquiryPatch| {
        let patch = WordsPatch { inquiry: Some(Some(patch)), ..WordsPatch::default() };
        let new = active.revised(patch, text("seen"), owner(), DateTime::UNIX_EPOCH, &mut || CriterionId(Uuid::nil()));
        new.map(|o| o.words.inquiry)
    };
    let asked = Inquiry { question: text("What then?"), ..inquiry.clone() };
    assert_eq!(revised(InquiryPatch { question: Some(text("What then?")), ..InquiryPatch::default() }), Ok(Some(asked)));
    let seen = Inquiry { evidence: prose("Six books"), change_tried: None, ..inquiry.clone() };
    let patch = InquiryPatch { evidence: Some(prose("Six books")), change_tried: Some(None), ..InquiryPatch::default() };
    assert_eq!(revised(patch), Ok(Some(seen)));
    assert_eq!(revised(inquiry.clone().into()), Ok(Some(inquiry)));
    // where there was none, a stage alone is no inquiry
    let plain = Words { inquiry: None, ..active.words.clone() };
    let stage = WordsPatch { inquiry: Some(Some(InquiryPatch { evidence: Some(prose("Six")), ..InquiryPatch::default() })), ..WordsPatch::default() };
    assert_eq!(plain.patched(stage, &mut || CriterionId(Uuid::nil())).map_err(|e| e.code), Err(Code::InquiryNeedsQuestion));
}

#[test]
fn only_a_growth_inquiry_has_a_question_and_it_must_have_one() {
    let inquiry = |q: &str| Some(Inquiry { question: text(q), current_practice: None, change_tried: None, evidence: None, finding: None });
    for (kind, inquiry, ok) in [
        (ObjectiveKind::GrowthInquiry, inquiry("What if?"), true),
        (ObjectiveKind::GrowthInquiry, inquiry("  "), false),
        (ObjectiveKind::GrowthInquiry, None, false),
        (ObjectiveKind::Practice, inquiry("What if?"), false),
        (ObjectiveKind::Practice, None, true),
    ] {
        assert_eq!(Words { kind, inquiry, ..objective(S::Draft).words }.check().is_ok(), ok, "{kind}");
    }
}

#[test]
fn what_the_appraiser_proposed_only_the_appraisee_agrees_and_only_the_appraiser_sets() {
    let theirs = Objective { proposed_by: Some(APPRAISER), ..objective(S::Proposed) };
    let second = Party { person: Some(PersonId(Uuid::from_u128(9))), appraiser: true };
    for (action, by, ok) in [
        (A::Agree, owner(), true),
        (A::Agree, appraiser(), false),
        (A::Agree, second, false),
        (A::SetWithDissent, owner(), false),
        (A::SetWithDissent, appraiser(), true),
        (A::SetWithDissent, second, true),
    ] {
        assert_eq!(theirs.can(action, by).is_ok(), ok, "{action} {by:?}");
    }
}

#[test]
fn who_proposed_it_takes_it_back_and_does_nothing_else_with_it() {
    let head = PersonId(Uuid::from_u128(7));
    let by = Party { person: Some(head), appraiser: false };
    for state in S::ALL {
        let theirs = Objective { origin: ObjectiveOrigin::Bulk, proposed_by: Some(head), ..objective(*state) };
        for action in A::ALL {
            assert_eq!(theirs.can(*action, by).is_ok(), (*state, *action) == (S::Proposed, A::Withdraw), "{state} {action}");
        }
    }
}

#[test]
fn a_draft_that_is_withdrawn_stays_its_authors_alone() {
    let withdrawn = |from| objective(from).step(A::Withdraw, owner(), None, DateTime::UNIX_EPOCH).map(|o| o.about().private_to);
    assert_eq!((withdrawn(S::Draft), withdrawn(S::Proposed)), (Ok(Some(OWNER)), Ok(None)));
}

#[test]
fn a_criterion_whose_text_stays_keeps_its_id() {
    let mut next = 10;
    let mut id = || {
        next += 1;
        CriterionId(Uuid::from_u128(next))
    };
    let first = criteria(vec![text("a"), text("b")], &[], &mut id);
    let second = criteria(vec![text("b"), text("c"), text("b")], &first, &mut id);
    assert_eq!(second[0].id, first[1].id);
    assert!(second[2].id != second[0].id && second[1].id != first[0].id);
}
