//! What can be done with a learning request, by whom, and what comes of it.

use super::{AskPatch, Brought, DecisionStep, LearningRequest, RequestAction, RequestState};
use crate::{
    budget::Threshold,
    id::PersonId,
    rule::{Code, RuleError},
};
use RequestAction as A;
use RequestState as S;
use chrono::{DateTime, NaiveDate, Utc};

/// Who acts, seen from the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Party {
    /// The person, if it is one.
    pub person: Option<PersonId>,
    /// Are they its owner's line manager or appraiser, today?
    pub manages: bool,
    /// Has its owner neither, today? Then whoever approves says the first word too.
    pub unmanaged: bool,
    /// Do they decide on learning at its school?
    pub approves: bool,
}

/// What a step depends on besides the request itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Circumstances {
    /// Today.
    pub today: NaiveDate,
    /// Is there an impact plan?
    pub planned: bool,
    /// Checkpoints of it of which nothing is recorded.
    pub open_checkpoints: usize,
    /// Above what a plan is needed.
    pub threshold: Threshold,
    /// What remains of the line that is to pay, if one is named already.
    pub remaining: Option<i64>,
}

impl RequestAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [RequestState] {
        match self {
            A::Update => &[S::Draft, S::Returned],
            A::PlanImpact => &[S::Draft, S::Submitted, S::ManagerAgreed, S::ManagerDeclined, S::Approved, S::Declined, S::Returned, S::Booked],
            A::Submit => &[S::Draft, S::Returned],
            A::ManagerAgree => &[S::Submitted, S::ManagerDeclined],
            A::ManagerDecline => &[S::Submitted, S::ManagerAgreed],
            A::Approve => &[S::ManagerAgreed, S::Declined],
            A::Decline => &[S::ManagerAgreed, S::Approved],
            A::Return => &[S::ManagerAgreed, S::Approved, S::Declined],
            A::Book => &[S::Approved],
            A::RecordCost => &[S::Booked, S::Attended, S::Evaluated, S::ImpactReviewed, S::Withdrawn],
            A::Attend => &[S::Booked],
            A::Evaluate => &[S::Attended],
            A::RecordCheckpoint => &[S::Attended, S::Evaluated, S::ImpactReviewed],
            A::ReviewImpact => &[S::Evaluated],
            A::Close => &[S::ImpactReviewed],
            A::Withdraw => &[S::Draft, S::Submitted, S::ManagerAgreed, S::ManagerDeclined, S::Approved, S::Declined, S::Returned, S::Booked],
            A::Comment => &[
                S::Submitted,
                S::ManagerAgreed,
                S::ManagerDeclined,
                S::Approved,
                S::Declined,
                S::Returned,
                S::Booked,
                S::Attended,
                S::Evaluated,
                S::ImpactReviewed,
                S::Closed,
            ],
        }
    }
    /// The state it leads to; none if it stays.
    pub const fn to(self) -> Option<RequestState> {
        match self {
            A::Update | A::PlanImpact | A::RecordCost | A::RecordCheckpoint | A::Comment => None,
            A::Submit => Some(S::Submitted),
            A::ManagerAgree => Some(S::ManagerAgreed),
            A::ManagerDecline => Some(S::ManagerDeclined),
            A::Approve => Some(S::Approved),
            A::Decline => Some(S::Declined),
            A::Return => Some(S::Returned),
            A::Book => Some(S::Booked),
            A::Attend => Some(S::Attended),
            A::Evaluate => Some(S::Evaluated),
            A::ReviewImpact => Some(S::ImpactReviewed),
            A::Close => Some(S::Closed),
            A::Withdraw => Some(S::Withdrawn),
        }
    }
    /// Whose decision it is, if it is one that is kept.
    pub const fn decision(self) -> Option<DecisionStep> {
        match self {
            A::ManagerAgree | A::ManagerDecline => Some(DecisionStep::Manager),
            A::Approve | A::Decline | A::Return => Some(DecisionStep::Approver),
            A::Withdraw => Some(DecisionStep::Author),
            _ => None,
        }
    }
    /// May this party do it at all? Nobody decides their own, whatever else they are.
    fn who(self, owner: bool, by: Party) -> Result<(), RuleError> {
        let refused = |who: &str| Err(RuleError::new(Code::NotPermitted, format!("only {who} may do this")));
        let own = || Err(RuleError::new(Code::NotForYourself, "nobody decides their own request; a colleague must"));
        match self {
            A::ManagerAgree | A::ManagerDecline | A::Approve | A::Decline | A::Return | A::RecordCost if owner => own(),
            A::Update | A::PlanImpact | A::Submit | A::Evaluate | A::RecordCheckpoint | A::ReviewImpact | A::Withdraw if !owner => refused("its owner"),
            A::ManagerAgree | A::ManagerDecline if !(by.manages || (by.unmanaged && by.approves)) => {
                refused("the owner's line manager or appraiser, or who approves learning if they have neither,")
            }
            A::Approve | A::Decline | A::Return | A::RecordCost if !by.approves => refused("who approves learning at the school"),
            A::Book | A::Attend | A::Close if !owner && !by.approves => refused("its owner, and who approves learning at the school,"),
            A::Comment if by.person.is_none() => refused("people"),
            _ => Ok(()),
        }
    }
}

impl LearningRequest {
    /// Can this party do this now? Who first, then the state, then what must come before.
    ///
    /// # Errors
    /// `not_permitted`, `not_for_yourself`, `wrong_state`, `not_ready`, `impossible_dates`, `budget_exceeded`.
    pub fn can(&self, action: RequestAction, by: Party, so: Circumstances) -> Result<(), RuleError> {
        action.who(by.person == Some(self.person_id), by)?;
        if !action.from().contains(&self.state) || (action == A::RecordCost && self.spent_pence.is_none()) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the request is {}; this needs {}", self.state, from.join(" or "))));
        }
        let not_ready = |pointer, why: &str| Err(RuleError::at(Code::NotReady, pointer, why));
        match action {
            A::Submit if self.ask.starts_on < so.today => {
                Err(RuleError::at(Code::ImpossibleDates, "/starts_on", "learning is asked for before it begins, and logged afterwards"))
            }
            A::PlanImpact if self.ask.starts_on <= so.today => {
                Err(RuleError::new(Code::WrongState, "the learning has begun: how one will know is said before"))
            }
            A::Approve if !so.planned && so.threshold.passed_by(self.ask.cost_pence, self.ask.cover_minutes) => {
                not_ready("/impact_plan", "it costs, or takes, so much that it needs an impact plan: its author writes it, `plan-impact`")
            }
            // two records turned out to be one person: their own word counts for nothing
            A::Approve if self.agreed_by == Some(self.person_id) => Err(RuleError::new(Code::NotForYourself, "its owner's own agreement is none: return it")),
            A::Book if self.approved_by == Some(self.person_id) => {
                Err(RuleError::new(Code::NotForYourself, "its owner's own approval is none: somebody else decides anew"))
            }
            A::Approve => so.remaining.map_or(Ok(()), |remaining| crate::budget::fits(self.ask.cost_pence.into(), remaining)),
            A::Attend if self.ask.starts_on > so.today => not_ready("/starts_on", "it has not begun"),
            A::RecordCheckpoint if !so.planned => not_ready("/impact_plan", "there is no impact plan"),
            A::ReviewImpact if so.open_checkpoints > 0 => not_ready(
                "/checkpoints",
                &format!("of {} checkpoints nothing is recorded; that there is no evidence yet can be recorded too", so.open_checkpoints),
            ),
            _ => Ok(()),
        }
    }

    /// Takes a step.
    ///
    /// # Errors
    /// As [`LearningRequest::can`]; `budget_line_needed` where money would move that no line pays; `not_permitted` where more would be spent than was
    /// approved, but by who approves.
    pub fn step(&self, action: RequestAction, by: Party, so: Circumstances, brought: Brought, now: DateTime<Utc>) -> Result<Self, RuleError> {
        self.can(action, by, so)?;
        let mut new = Self { state: action.to().unwrap_or(self.state), ..self.clone() };
        match action {
            A::Submit => (new.submitted_at, new.agreed_by, new.approved_by) = (Some(now), None, None),
            A::ManagerAgree => new.agreed_by = by.person,
            A::ManagerDecline => new.agreed_by = None,
            A::Approve => {
                new.approved_by = by.person;
                new.budget_line_id = brought.budget_line_id.or(self.budget_line_id);
            }
            A::Decline | A::Return => new.approved_by = None,
            A::Book | A::RecordCost => {
                let actual = brought.actual_cost_pence.unwrap_or(self.ask.cost_pence);
                let beyond = actual > self.ask.cost_pence;
                if beyond && (!by.approves || by.person == Some(self.person_id)) {
                    return Err(RuleError::new(Code::NotPermitted, "what costs more than was approved is booked by who approves learning at the school"));
                }
                new.spent_pence = Some(actual);
            }
            A::Evaluate => new.evaluation = brought.evaluation,
            A::ReviewImpact => {
                let (conclusion, note) = brought.conclusion.unzip();
                (new.conclusion, new.conclusion_note) = (conclusion, note.flatten());
            }
            _ => {}
        }
        let moves = (new.state == S::Approved && new.ask.cost_pence > 0) || new.spent_pence.unwrap_or(0) > 0;
        if moves && new.budget_line_id.is_none() {
            return Err(RuleError::at(Code::BudgetLineNeeded, "/budget_line_id", "it costs something: say which budget line pays"));
        }
        Ok(new)
    }

    /// What is asked for, changed.
    ///
    /// # Errors
    /// As [`LearningRequest::can`] and [`super::Ask::check`].
    pub fn patched(&self, patch: AskPatch, by: Party, so: Circumstances) -> Result<Self, RuleError> {
        self.can(A::Update, by, so)?;
        let ask = self.ask.patched(patch);
        ask.check()?;
        Ok(Self { ask, ..self.clone() })
    }
}
