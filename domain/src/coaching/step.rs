//! Action steps: one thing at a time that the learner tries, until the two look back at it.

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
                step: Reason::try_from("Wait three seconds".to_owned()).unwrap_or_else(|e| unreachable!("{e}")),
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
