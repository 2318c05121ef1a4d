//! Coaching: a partnership of two people who both want it, with a focus and a rhythm, and one action step at a time. It stands in the development
//! lane: nobody but the two reads anything of it.

use crate::{
    event::About,
    id::{ActionStepId, CoachingPartnershipId, PersonId},
    rule::{Code, RuleError},
    text::{Narrative, Reason},
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// What kind of partnership it is.
    CoachingKind {
        /// A coach and whom they coach.
        Coaching = "coaching",
        /// A mentor and whom they mentor.
        Mentoring = "mentoring",
        /// Two colleagues, each as much as the other.
        Peer = "peer",
    }
    /// Where a partnership stands.
    PartnershipState {
        /// One asked, the other has not answered.
        Proposed = "proposed",
        /// Both want it.
        Active = "active",
        /// One of the two ended it, or said no.
        Ended = "ended",
    }
    /// What can be done with a partnership.
    PartnershipAction {
        /// Change its focus or rhythm.
        Update = "update",
        /// Say yes.
        Accept = "accept",
        /// End it, take the proposal back, or say no.
        End = "end",
        /// Agree on an action step.
        TakeStep = "take_step",
    }
    /// What became of an action step.
    StepState {
        /// It is being tried.
        Open = "open",
        /// It was done and goes on.
        Kept = "kept",
        /// It was changed into something that fits better.
        Adapted = "adapted",
        /// It was given up.
        Dropped = "dropped",
    }
    /// What can be said of an action step that was tried.
    StepOutcome {
        /// It was done and goes on.
        Kept = "kept",
        /// It was changed into something that fits better.
        Adapted = "adapted",
        /// It was given up.
        Dropped = "dropped",
    }
    /// What can be done with an action step.
    StepAction {
        /// Say what became of it.
        Settle = "settle",
    }
}

use PartnershipAction as A;
use PartnershipState as S;

/// Two people who learn together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoachingPartnership {
    /// Its id.
    pub id: CoachingPartnershipId,
    /// What kind.
    pub kind: CoachingKind,
    /// Whose development it is for.
    pub learner_id: PersonId,
    /// Who coaches, mentors or goes along.
    pub coach_id: PersonId,
    /// Which of the two asked.
    pub proposed_by: PersonId,
    /// Where it stands.
    pub state: PartnershipState,
    /// What it is about.
    pub focus: Reason,
    /// Weeks between two meetings; none, if they meet as it comes.
    pub cadence_weeks: Option<i32>,
    /// Why it was ended.
    pub last_reason: Option<Reason>,
    /// The day on which both wanted it.
    pub started_on: Option<NaiveDate>,
    /// The day on which it was ended.
    pub ended_on: Option<NaiveDate>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a partnership; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PartnershipPatch {
    /// What it is about.
    pub focus: Option<Reason>,
    /// Weeks between two meetings.
    pub cadence_weeks: Option<Option<i32>>,
}

impl PartnershipAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [PartnershipState] {
        match self {
            A::Update | A::End => &[S::Proposed, S::Active],
            A::Accept => &[S::Proposed],
            A::TakeStep => &[S::Active],
        }
    }
}

/// Somebody proposes a partnership to somebody else, and is one of the two.
///
/// # Errors
/// `self_relationship`, `not_permitted`.
pub fn may_propose(learner: PersonId, coach: PersonId, by: PersonId) -> Result<(), RuleError> {
    if learner == coach {
        return Err(RuleError::at(Code::SelfRelationship, "/coach_id", "nobody is their own coach"));
    }
    if by != learner && by != coach {
        return Err(RuleError::new(Code::NotPermitted, "only one of the two proposes it"));
    }
    Ok(())
}

impl CoachingPartnership {
    /// Whom it is about: the learner. Only the two can come so far as to read an event of it.
    pub fn about(&self) -> About {
        About { organisation: None, person: Some(self.learner_id), private_to: None }
    }
    /// Is this person one of the two?
    pub fn includes(&self, person: Option<PersonId>) -> bool {
        person.is_some_and(|p| p == self.learner_id || p == self.coach_id)
    }
    /// The other of the two.
    pub fn other(&self, person: PersonId) -> PersonId {
        if person == self.learner_id { self.coach_id } else { self.learner_id }
    }
    /// Can this person do this now? Who first, then the state.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`, `not_for_yourself`.
    pub fn can(&self, action: PartnershipAction, by: Option<PersonId>) -> Result<(), RuleError> {
        if !self.includes(by) {
            return Err(RuleError::new(Code::NotPermitted, "a partnership is the two people's alone"));
        }
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the partnership is {}; this needs {}", self.state, from.join(" or "))));
        }
        match action {
            A::Accept if by == Some(self.proposed_by) => Err(RuleError::new(Code::NotForYourself, "who proposed it cannot accept it; the other must")),
            _ => Ok(()),
        }
    }
    /// Both want it.
    ///
    /// # Errors
    /// As [`CoachingPartnership::can`].
    pub fn accepted(&self, by: Option<PersonId>, today: NaiveDate) -> Result<Self, RuleError> {
        self.can(A::Accept, by)?;
        Ok(Self { state: S::Active, started_on: Some(today), ..self.clone() })
    }
    /// Either ends it.
    ///
    /// # Errors
    /// As [`CoachingPartnership::can`].
    pub fn ended(&self, by: Option<PersonId>, reason: Option<Reason>, today: NaiveDate) -> Result<Self, RuleError> {
        self.can(A::End, by)?;
        Ok(Self { state: S::Ended, ended_on: Some(today), last_reason: reason, ..self.clone() })
    }
    /// With another focus or rhythm. While it is proposed, whoever changes it makes it theirs: the other is asked.
    ///
    /// # Errors
    /// As [`CoachingPartnership::can`].
    pub fn patched(&self, patch: PartnershipPatch, by: PersonId) -> Result<Self, RuleError> {
        self.can(A::Update, Some(by))?;
        let PartnershipPatch { focus, cadence_weeks } = patch;
        let new = Self { focus: focus.unwrap_or_else(|| self.focus.clone()), cadence_weeks: cadence_weeks.unwrap_or(self.cadence_weeks), ..self.clone() };
        let proposed_by = if self.state == S::Proposed && new != *self { by } else { self.proposed_by };
        Ok(Self { proposed_by, ..new })
    }
}

/// One thing that the learner tries until the two look back at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActionStep {
    /// Its id.
    pub id: ActionStepId,
    /// Of which partnership.
    pub partnership_id: CoachingPartnershipId,
    /// Who tries it.
    pub learner_id: PersonId,
    /// What is tried.
    pub step: Reason,
    /// When the two look back at it.
    pub check_back_on: NaiveDate,
    /// What became of it.
    pub state: StepState,
    /// What the learner says of it.
    pub note: Option<Narrative>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was agreed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// One step at a time, and a day on which to look back at it that is still to come.
///
/// # Errors
/// `step_open`, `period_backwards`.
pub fn may_step(open: bool, check_back_on: NaiveDate, today: NaiveDate) -> Result<(), RuleError> {
    if open {
        return Err(RuleError::new(Code::StepOpen, "a step is being tried: say what became of it first"));
    }
    if check_back_on < today {
        return Err(RuleError::at(Code::PeriodBackwards, "/check_back_on", "lies in the past"));
    }
    Ok(())
}

impl ActionStep {
    /// Whom it is about.
    pub fn about(&self) -> About {
        About { organisation: None, person: Some(self.learner_id), private_to: None }
    }
    /// Can this person do this now? What became of a step is said by whoever tried it.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`.
    pub fn can(&self, _: StepAction, by: Option<PersonId>) -> Result<(), RuleError> {
        if by != Some(self.learner_id) {
            return Err(RuleError::new(Code::NotPermitted, "what became of a step is said by whoever tried it"));
        }
        match self.state {
            StepState::Open => Ok(()),
            settled => Err(RuleError::new(Code::WrongState, format!("the step is {settled}"))),
        }
    }
    /// What became of it.
    ///
    /// # Errors
    /// As [`ActionStep::can`].
    pub fn settled(&self, outcome: StepOutcome, note: Option<Narrative>, by: Option<PersonId>) -> Result<Self, RuleError> {
        self.can(StepAction::Settle, by)?;
        let state = match outcome {
            StepOutcome::Kept => StepState::Kept,
            StepOutcome::Adapted => StepState::Adapted,
            StepOutcome::Dropped => StepState::Dropped,
        };
        Ok(Self { state, note, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const LEARNER: PersonId = PersonId(Uuid::from_u128(1));
    const COACH: PersonId = PersonId(Uuid::from_u128(2));
    const OTHER: PersonId = PersonId(Uuid::from_u128(3));

    fn reason(t: &str) -> Reason {
        Reason::try_from(t.to_owned()).unwrap_or_else(|e| unreachable!("{e}"))
    }
    fn partnership(state: PartnershipState, proposed_by: PersonId) -> CoachingPartnership {
        CoachingPartnership {
            id: CoachingPartnershipId(Uuid::nil()),
            kind: CoachingKind::Coaching,
            learner_id: LEARNER,
            coach_id: COACH,
            proposed_by,
            state,
            focus: reason("Questioning"),
            cadence_weeks: Some(2),
            last_reason: None,
            started_on: None,
            ended_on: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    /// Every action in every state by everybody, whichever of the two asked.
    #[test]
    fn both_must_want_it_and_either_ends_it() {
        for state in S::ALL {
            for proposer in [LEARNER, COACH] {
                for action in A::ALL {
                    for by in [Some(LEARNER), Some(COACH), Some(OTHER), None] {
                        let found = partnership(*state, proposer).can(*action, by).err().map(|e| e.code);
                        let live = *state != S::Ended;
                        let expected = match (by, action) {
                            (Some(OTHER) | None, _) => Some(Code::NotPermitted),
                            (_, A::Update | A::End) => (!live).then_some(Code::WrongState),
                            (_, A::TakeStep) => (*state != S::Active).then_some(Code::WrongState),
                            (_, A::Accept) if *state != S::Proposed => Some(Code::WrongState),
                            (_, A::Accept) => (by == Some(proposer)).then_some(Code::NotForYourself),
                        };
                        assert_eq!(found, expected, "{action} of one that is {state}, asked by {proposer}, by {by:?}");
                    }
                }
            }
        }
        for (learner, coach, by, code) in [
            (LEARNER, COACH, LEARNER, None),
            (LEARNER, COACH, COACH, None),
            (LEARNER, COACH, OTHER, Some(Code::NotPermitted)),
            (LEARNER, LEARNER, LEARNER, Some(Code::SelfRelationship)),
        ] {
            assert_eq!(may_propose(learner, coach, by).err().map(|e| e.code), code);
        }
    }

    #[test]
    fn whoever_changes_a_proposal_makes_it_theirs() {
        let patch = || PartnershipPatch { focus: Some(reason("Waiting")), cadence_weeks: None };
        let changed = partnership(S::Proposed, LEARNER).patched(patch(), COACH);
        assert_eq!(changed.map(|p| p.proposed_by), Ok(COACH));
        let same = partnership(S::Proposed, LEARNER).patched(PartnershipPatch::default(), COACH);
        assert_eq!(same.map(|p| p.proposed_by), Ok(LEARNER));
        assert_eq!(partnership(S::Active, LEARNER).patched(patch(), COACH).map(|p| p.proposed_by), Ok(LEARNER));
    }

    #[test]
    fn one_step_at_a_time_and_its_learner_says_what_became_of_it() {
        let today: NaiveDate = "2026-10-05".parse().unwrap_or_default();
        for (open, on, code) in [
            (false, "2026-10-05", None),
            (false, "2026-10-19", None),
            (false, "2026-10-04", Some(Code::PeriodBackwards)),
            (true, "2026-10-19", Some(Code::StepOpen)),
        ] {
            assert_eq!(may_step(open, on.parse().unwrap_or_default(), today).err().map(|e| e.code), code, "{open} {on}");
        }
        for state in StepState::ALL {
            let step = ActionStep {
                id: ActionStepId(Uuid::nil()),
                partnership_id: CoachingPartnershipId(Uuid::nil()),
                learner_id: LEARNER,
                step: reason("Wait three seconds"),
                check_back_on: today,
                state: *state,
                note: None,
                version: 1,
                created_at: DateTime::UNIX_EPOCH,
                updated_at: DateTime::UNIX_EPOCH,
            };
            for (outcome, to) in [(StepOutcome::Kept, StepState::Kept), (StepOutcome::Adapted, StepState::Adapted), (StepOutcome::Dropped, StepState::Dropped)]
            {
                for by in [Some(LEARNER), Some(COACH), None] {
                    let found = step.settled(outcome, None, by).map(|s| s.state).map_err(|e| e.code);
                    let expected = match (by, state) {
                        (Some(LEARNER), StepState::Open) => Ok(to),
                        (Some(LEARNER), _) => Err(Code::WrongState),
                        _ => Err(Code::NotPermitted),
                    };
                    assert_eq!(found, expected, "{outcome} of one that is {state} by {by:?}");
                }
            }
        }
    }
}
