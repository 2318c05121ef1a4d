use super::*;
use crate::budget::{Threshold, postings};
use RequestAction as A;
use uuid::Uuid;

const OWNER: PersonId = PersonId(Uuid::from_u128(1));
const MANAGER: PersonId = PersonId(Uuid::from_u128(2));
const APPROVER: PersonId = PersonId(Uuid::from_u128(3));
const TODAY: &str = "2026-10-05";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}
fn request(state: RequestState) -> LearningRequest {
    let spent = matches!(state, S::Booked | S::Attended | S::Evaluated | S::ImpactReviewed | S::Closed);
    LearningRequest {
        id: LearningRequestId(Uuid::nil()),
        person_id: OWNER,
        employment_id: EmploymentId(Uuid::nil()),
        organisation_id: OrganisationId(Uuid::nil()),
        state,
        ask: Ask {
            title: Title::try_from("A course".to_owned()).unwrap_or_else(|_| unreachable!()),
            why: None,
            needs: None,
            activity_id: None,
            session_id: None,
            provider: None,
            // so that planning is still, and attending already, a matter of the state alone
            starts_on: if spent { day(TODAY) } else { day("2026-11-05") },
            ends_on: day("2026-11-06"),
            cost_pence: 500,
            cover_minutes: 60,
            objective_ids: vec![],
            standard_ids: vec![],
            priority_ids: vec![],
        },
        budget_line_id: Some(BudgetLineId(Uuid::nil())),
        spent_pence: spent.then_some(500),
        submitted_at: (state != S::Draft).then_some(DateTime::UNIX_EPOCH),
        agreed_by: Some(MANAGER),
        approved_by: Some(APPROVER),
        evaluation: None,
        conclusion: None,
        conclusion_note: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}
fn owner() -> Party {
    Party { person: Some(OWNER), ..Party::default() }
}
fn manager() -> Party {
    Party { person: Some(MANAGER), manages: true, ..Party::default() }
}
fn approver() -> Party {
    Party { person: Some(APPROVER), approves: true, ..Party::default() }
}
fn so() -> Circumstances {
    Circumstances { today: day(TODAY), planned: true, remaining: Some(500), ..Circumstances::default() }
}
fn code(result: Result<(), RuleError>) -> Option<Code> {
    result.err().map(|e| e.code)
}
/// Who may do it, wherever it can be done.
fn doer(action: RequestAction) -> Party {
    match action {
        A::ManagerAgree | A::ManagerDecline => manager(),
        A::Approve | A::Decline | A::Return | A::RecordCost => approver(),
        _ => owner(),
    }
}

#[test]
fn every_action_in_every_state() {
    for state in RequestState::ALL {
        for action in RequestAction::ALL {
            let mut of = request(*state);
            if *action == A::Attend {
                of.ask.starts_on = day(TODAY);
            }
            if *action == A::PlanImpact {
                of.ask.starts_on = day("2026-11-05");
            }
            let spent_or_not = *action == A::RecordCost && of.spent_pence.is_none();
            let expected = action.from().contains(state) && !spent_or_not;
            let can = of.can(*action, doer(*action), so());
            assert_eq!(can.is_ok(), expected, "{action} of {state}: {can:?}");
            if !expected {
                assert_eq!(code(can), Some(Code::WrongState), "{action} of {state}");
                continue;
            }
            let stepped = of.step(*action, doer(*action), so(), Brought::default(), DateTime::UNIX_EPOCH).map(|r| r.state);
            assert_eq!(stepped.ok(), Some(action.to().unwrap_or(*state)), "{action} of {state}");
        }
    }
}

#[test]
fn the_life_of_a_request_goes_through_every_state_and_ends() {
    let way = [A::Submit, A::ManagerAgree, A::Approve, A::Book, A::Attend, A::Evaluate, A::ReviewImpact, A::Close];
    let mut at = request(S::Draft);
    at.ask.starts_on = day(TODAY);
    for action in way {
        at = at.step(action, doer(action), so(), Brought::default(), DateTime::UNIX_EPOCH).unwrap_or_else(|e| unreachable!("{action}: {e}"));
    }
    assert_eq!(at.state, S::Closed);
    for end in [S::Closed, S::Withdrawn] {
        let mut of = request(end);
        of.spent_pence = None;
        let goes_on = RequestAction::ALL.iter().filter(|a| **a != A::Comment).find(|a| of.can(**a, doer(**a), so()).is_ok());
        assert_eq!(goes_on, None, "{end}");
    }
}

#[test]
fn nobody_decides_their_own_whatever_else_they_are() {
    let everything = Party { person: Some(OWNER), manages: true, unmanaged: true, approves: true };
    for state in RequestState::ALL {
        for action in [A::ManagerAgree, A::ManagerDecline, A::Approve, A::Decline, A::Return, A::RecordCost] {
            assert_eq!(code(request(*state).can(action, everything, so())), Some(Code::NotForYourself), "{action} of {state}");
        }
    }
    let mut merged = request(S::ManagerAgreed);
    merged.agreed_by = Some(OWNER);
    assert_eq!(code(merged.can(A::Approve, approver(), so())), Some(Code::NotForYourself), "their manager turned out to be themself");
    let mut merged = request(S::Approved);
    merged.approved_by = Some(OWNER);
    assert_eq!(code(merged.can(A::Book, approver(), so())), Some(Code::NotForYourself), "so did their approver");
    // nor do they book for more than was approved
    let more = Brought { actual_cost_pence: Some(501), ..Brought::default() };
    let booked = request(S::Approved).step(A::Book, everything, so(), more.clone(), DateTime::UNIX_EPOCH);
    assert_eq!(booked.err().map(|e| e.code), Some(Code::NotPermitted));
    assert!(request(S::Approved).step(A::Book, approver(), so(), more, DateTime::UNIX_EPOCH).is_ok());
}

#[test]
fn who_may_do_what() {
    let nobody = Party { person: Some(PersonId(Uuid::from_u128(9))), ..Party::default() };
    let machine = Party::default();
    for action in RequestAction::ALL {
        let state = action.from()[0];
        let refused = |by: Party| code(request(state).can(*action, by, so())) == Some(Code::NotPermitted);
        assert_eq!(refused(nobody), *action != A::Comment, "{action}");
        assert!(refused(machine), "{action} by a machine");
        let owners = matches!(action, A::Update | A::PlanImpact | A::Submit | A::Evaluate | A::RecordCheckpoint | A::ReviewImpact | A::Withdraw);
        assert_eq!(refused(approver()), owners || action.decision() == Some(DecisionStep::Manager), "{action}");
        let managers = action.decision() == Some(DecisionStep::Manager) || *action == A::Comment;
        assert_eq!(refused(manager()), !managers, "{action}");
    }
    let alone = Party { unmanaged: true, ..approver() };
    assert!(request(S::Submitted).can(A::ManagerAgree, alone, so()).is_ok(), "who has neither manager nor appraiser is not left waiting");
    assert!(request(S::Submitted).can(A::ManagerAgree, Party { unmanaged: true, ..nobody }, so()).is_err());
}

#[test]
fn what_must_come_before() {
    let threshold = Threshold { pence: Some(499), minutes: None };
    let of = |state| request(state);
    for (action, state, so, expected) in [
        (A::Approve, S::ManagerAgreed, Circumstances { planned: false, threshold, ..so() }, Some(Code::NotReady)),
        (A::Approve, S::ManagerAgreed, Circumstances { planned: true, threshold, ..so() }, None),
        (A::Approve, S::ManagerAgreed, Circumstances { planned: false, threshold: Threshold { pence: Some(500), minutes: Some(60) }, ..so() }, None),
        (A::Approve, S::ManagerAgreed, Circumstances { remaining: Some(499), ..so() }, Some(Code::BudgetExceeded)),
        (A::Approve, S::ManagerAgreed, Circumstances { remaining: None, ..so() }, None),
        (A::Submit, S::Draft, Circumstances { today: day("2026-11-06"), ..so() }, Some(Code::ImpossibleDates)),
        (A::PlanImpact, S::Submitted, Circumstances { today: day("2026-11-05"), ..so() }, Some(Code::WrongState)),
        (A::Attend, S::Booked, Circumstances { today: day("2026-10-04"), ..so() }, Some(Code::NotReady)),
        (A::RecordCheckpoint, S::Attended, Circumstances { planned: false, ..so() }, Some(Code::NotReady)),
        (A::ReviewImpact, S::Evaluated, Circumstances { open_checkpoints: 1, ..so() }, Some(Code::NotReady)),
    ] {
        assert_eq!(code(of(state).can(action, doer(action), so)), expected, "{action} of {state} when {so:?}");
    }
    let mut unpaid = request(S::ManagerAgreed);
    unpaid.budget_line_id = None;
    let approved = unpaid.step(A::Approve, approver(), so(), Brought::default(), DateTime::UNIX_EPOCH);
    assert_eq!(approved.err().map(|e| e.code), Some(Code::BudgetLineNeeded));
    unpaid.ask.cost_pence = 0;
    assert!(unpaid.step(A::Approve, approver(), so(), Brought::default(), DateTime::UNIX_EPOCH).is_ok(), "what costs nothing needs no line");
}

/// Whatever happens in whatever order, what a request holds of its line is what its state says, and entries lead there.
#[test]
fn money_follows_the_state() {
    for (action, state, held) in [
        (A::Approve, S::ManagerAgreed, (500, 0)),
        (A::Decline, S::Approved, (0, 0)),
        (A::Return, S::Approved, (0, 0)),
        (A::Withdraw, S::Approved, (0, 0)),
        (A::Book, S::Approved, (0, 500)),
        (A::Withdraw, S::Booked, (0, 500)),
    ] {
        let before = request(state);
        let after = before.step(action, doer(action), so(), Brought::default(), DateTime::UNIX_EPOCH).unwrap_or_else(|e| unreachable!("{e}"));
        let standing = after.standing();
        assert_eq!((standing.committed, standing.spent), held, "{action} of {state}");
        let moved: i32 = postings(before.standing(), standing).iter().map(|(_, amount)| amount).sum();
        assert!(moved > 0 || before.standing() == standing, "{action}");
    }
    let corrected = Brought { actual_cost_pence: Some(450), ..Brought::default() };
    let less = request(S::Booked).step(A::RecordCost, approver(), so(), corrected, DateTime::UNIX_EPOCH).map(|r| r.standing().spent);
    assert_eq!(less.ok(), Some(450));
}

#[test]
fn a_draft_is_its_authors_until_it_is_submitted() {
    assert_eq!(request(S::Draft).about().private_to, Some(OWNER));
    assert_eq!(request(S::Returned).about().private_to, None);
    let unseen = request(S::Draft).step(A::Withdraw, owner(), so(), Brought::default(), DateTime::UNIX_EPOCH).map(|r| r.about().private_to);
    assert_eq!(unseen.ok(), Some(Some(OWNER)));
}

#[test]
fn what_the_owner_writes_afterwards_is_for_those_whose_word_stands() {
    let mut of = request(S::Evaluated);
    for (reader, expected) in [(Some(OWNER), true), (Some(MANAGER), true), (Some(APPROVER), true), (Some(PersonId(Uuid::from_u128(9))), false), (None, false)] {
        assert_eq!(of.confides_in(reader), expected, "{reader:?}");
    }
    (of.agreed_by, of.approved_by) = (None, None);
    assert!(!of.confides_in(Some(APPROVER)) && !of.confides_in(None));
}

#[test]
fn all_that_is_wrong_with_the_dates_is_said_at_once() {
    let mut of = request(S::Draft).ask;
    (of.ends_on, of.session_id) = (day("2026-11-04"), Some(LearningSessionId(Uuid::nil())));
    assert_eq!(of.check().err().map(|e| e.faults.len()), Some(2));
}
