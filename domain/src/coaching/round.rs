//! Rounds of coaching. A round is about one goal, and has three stages: the goal is found, a way to it is learned, and it is done in lessons until the goal
//! is met. These are the stages of the impact cycle (J. Knight, *The Impact Cycle*, 2018). Nobody is late with a stage: it says what the two are about.

use super::PartnershipAction;
use crate::{
    rule::{Code, RuleError},
    words,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

words! {
    /// What the two are about in a round of coaching.
    CoachingStage {
        /// They look at how lessons are now, and set a goal.
        Identify = "identify",
        /// The learner learns a way to it: explained, modelled, rehearsed.
        Learn = "learn",
        /// The learner does it in lessons, and the two adapt it until the goal is met.
        Improve = "improve",
    }
}

use CoachingStage as S;

/// A round of coaching, about one goal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoachingRound {
    /// Which of the partnership; the first is 1.
    pub number: i32,
    /// What the two are about.
    pub stage: CoachingStage,
    /// Since when.
    pub since: NaiveDate,
}

impl CoachingStage {
    /// What leads to it.
    pub const fn action(self) -> PartnershipAction {
        match self {
            S::Identify => PartnershipAction::Identify,
            S::Learn => PartnershipAction::Learn,
            S::Improve => PartnershipAction::Improve,
        }
    }
    /// The stages from which it is gone on to. A way that does not serve is changed for another; another goal is another round.
    pub const fn from(self) -> &'static [CoachingStage] {
        match self {
            S::Identify => &[S::Learn, S::Improve],
            S::Learn => &[S::Identify, S::Improve],
            S::Improve => &[S::Learn],
        }
    }
}

impl CoachingRound {
    /// The first of a partnership, which begins with its goal.
    pub const fn first(today: NaiveDate) -> Self {
        Self { number: 1, stage: S::Identify, since: today }
    }
    /// Can the two go on to this stage?
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn may_go_on(self, to: CoachingStage) -> Result<(), RuleError> {
        if to.from().contains(&self.stage) {
            return Ok(());
        }
        let from: Vec<&str> = to.from().iter().map(|s| s.as_str()).collect();
        Err(RuleError::new(Code::WrongState, format!("the round is at {}; this needs {}", self.stage, from.join(" or "))))
    }
    /// At this stage from today. Another goal is another round.
    #[must_use]
    pub fn gone_on(self, to: CoachingStage, today: NaiveDate) -> Self {
        let number = if to == S::Identify { self.number.saturating_add(1) } else { self.number };
        Self { number, stage: to, since: today }
    }
}
