//! What is left of an objective goes on as another one: by choice of a party, with the reason, and the other party agrees anew.

use super::{Criterion, Objective, ObjectiveAction, ObjectiveState, Party, Words};
use crate::{
    id::{CriterionId, CycleId, ObjectiveId},
    rule::RuleError,
    text::Reason,
};
use chrono::{DateTime, NaiveDate, Utc};

/// The objective that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Onward {
    /// Its id.
    pub id: ObjectiveId,
    /// Its cycle, if any.
    pub cycle_id: Option<CycleId>,
    /// By when, now.
    pub due_on: Option<NaiveDate>,
    /// Why it goes on.
    pub reason: Reason,
}

impl Objective {
    /// The objective that ends here, and the one that goes on in its words, proposed by whoever carries it over.
    ///
    /// # Errors
    /// As [`Objective::can`].
    pub fn carried_over(&self, onward: Onward, by: Party, now: DateTime<Utc>, new_id: &mut dyn FnMut() -> CriterionId) -> Result<(Self, Self), RuleError> {
        let Onward { id, cycle_id, due_on, reason } = onward;
        let ends = self.step(ObjectiveAction::CarryOver, by, Some(reason), now)?;
        let success_criteria = self.words.success_criteria.iter().map(|c| Criterion { id: new_id(), text: c.text.clone() }).collect();
        let goes_on = Self {
            id,
            cycle_id,
            carried_over_from: Some(self.id),
            carried_over_to: None,
            state: ObjectiveState::Proposed,
            words: Words { due_on, success_criteria, ..self.words.clone() },
            proposed_by: by.person,
            agreed_by: None,
            agreed_at: None,
            dissent: None,
            last_reason: None,
            revision: 1,
            version: 1,
            created_at: now,
            updated_at: now,
            ..self.clone()
        };
        Ok((Self { carried_over_to: Some(id), ..ends }, goes_on))
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            ObjectiveState as S,
            tests::{APPRAISER, OWNER, appraiser, objective, stranger, text},
        },
        *,
    };
    use uuid::Uuid;

    fn onward() -> Onward {
        Onward { id: ObjectiveId(Uuid::from_u128(5)), cycle_id: None, due_on: None, reason: text("Half of it is done") }
    }

    #[test]
    fn the_words_go_on_and_the_agreement_does_not() {
        let old = Objective { agreed_by: Some(APPRAISER), agreed_at: Some(DateTime::UNIX_EPOCH), revision: 3, ..objective(S::Active) };
        let carried = old.carried_over(onward(), appraiser(), DateTime::UNIX_EPOCH, &mut || CriterionId(Uuid::nil()));
        let (ends, next) = carried.unwrap_or_else(|e| unreachable!("{e}"));
        assert_eq!((ends.state, ends.carried_over_to, ends.agreed_by, &ends.words), (S::CarriedOver, Some(next.id), Some(APPRAISER), &old.words));
        assert_eq!((next.state, next.carried_over_from, next.agreed_by, next.revision), (S::Proposed, Some(old.id), None, 1));
        assert_eq!((next.proposed_by, next.person_id, &next.words.title), (Some(APPRAISER), OWNER, &old.words.title));
        // who carried it over does not agree to it; the other party does
        assert!(next.can(ObjectiveAction::Agree, appraiser()).is_err());
    }

    #[test]
    fn nobody_else_carries_it_over() {
        let refused = objective(S::Active).carried_over(onward(), stranger(), DateTime::UNIX_EPOCH, &mut || CriterionId(Uuid::nil()));
        assert_eq!(refused.err().map(|e| e.code), Some(crate::rule::Code::NotPermitted));
    }
}
