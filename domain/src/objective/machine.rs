//! The machine: which step, by which party, from where. What is refused here is what `can` says.

use super::{Objective, ObjectiveAction, ObjectiveState, WordsPatch};
use crate::{
    event::EventKind,
    id::{CriterionId, PersonId},
    rule::{Code, RuleError},
    text::{Narrative, Reason},
};
use chrono::{DateTime, Utc};

use ObjectiveAction as A;
use ObjectiveState as S;

/// Who acts, seen from the objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// The person, if it is one.
    pub person: Option<PersonId>,
    /// Are they the appraiser of its owner, today?
    pub appraiser: bool,
}

impl ObjectiveAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [ObjectiveState] {
        match self {
            A::Update => &[S::Draft, S::Proposed],
            A::Propose => &[S::Draft],
            A::Agree | A::SetWithDissent => &[S::Proposed],
            A::Start => &[S::Agreed, S::SetWithDissent],
            A::Revise => &[S::Agreed, S::SetWithDissent, S::Active],
            A::Pause => &[S::Active],
            A::Resume => &[S::Paused],
            A::Review => &[S::Active],
            A::Close => &[S::Reviewed],
            A::CarryOver => &[S::Agreed, S::SetWithDissent, S::Active, S::Paused, S::Reviewed],
            A::Invite => &[S::Proposed, S::Agreed, S::SetWithDissent, S::Active, S::Paused],
            A::AddNote => &[S::Proposed, S::Agreed, S::SetWithDissent, S::Active, S::Paused, S::Reviewed],
            A::Withdraw => &[S::Draft, S::Proposed, S::Agreed, S::SetWithDissent, S::Active, S::Paused],
        }
    }
    /// The state it leads to; none if it stays.
    pub const fn to(self) -> Option<ObjectiveState> {
        match self {
            A::Update | A::Invite | A::AddNote => None,
            A::Propose | A::Revise => Some(S::Proposed),
            A::Agree => Some(S::Agreed),
            A::SetWithDissent => Some(S::SetWithDissent),
            A::Start | A::Resume => Some(S::Active),
            A::Pause => Some(S::Paused),
            A::Review => Some(S::Reviewed),
            A::Close => Some(S::Closed),
            A::CarryOver => Some(S::CarriedOver),
            A::Withdraw => Some(S::Withdrawn),
        }
    }
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update => EventKind::ObjectiveUpdated,
            A::Propose => EventKind::ObjectiveProposed,
            A::Agree => EventKind::ObjectiveAgreed,
            A::SetWithDissent => EventKind::ObjectiveSetWithDissent,
            A::Start => EventKind::ObjectiveStarted,
            A::Revise => EventKind::ObjectiveRevised,
            A::Pause => EventKind::ObjectivePaused,
            A::Resume => EventKind::ObjectiveResumed,
            A::Review => EventKind::ObjectiveReviewed,
            A::Close => EventKind::ObjectiveClosed,
            A::CarryOver => EventKind::ObjectiveCarriedOver,
            A::Invite => EventKind::ObjectiveCollaboratorInvited,
            A::AddNote => EventKind::ObjectiveNoteAdded,
            A::Withdraw => EventKind::ObjectiveWithdrawn,
        }
    }
}

impl Objective {
    /// Can this party do this now? Who first, then the state.
    ///
    /// # Errors
    /// `not_permitted`, `not_for_yourself`, `wrong_state`.
    pub fn can(&self, action: ObjectiveAction, by: Party) -> Result<(), RuleError> {
        let owner = by.person == Some(self.person_id);
        // a headteacher who proposed it to many, without appraising them, can take it back as long as nobody answered
        let takes_back = action == A::Withdraw && self.state == S::Proposed && by.person.is_some() && self.proposed_by == by.person;
        if !owner && !by.appraiser && !takes_back {
            return Err(RuleError::new(Code::NotPermitted, "only the appraisee and their appraiser write in an objective"));
        }
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the objective is {}; this needs {}", self.state, from.join(" or "))));
        }
        let proposer = self.proposed_by == by.person;
        // by sides, not by persons: a second appraiser cannot agree in the appraisee's place
        let own_side = owner == (self.proposed_by == Some(self.person_id));
        match action {
            A::SetWithDissent if by.appraiser && !own_side => {
                Err(RuleError::new(Code::NotPermitted, "these are the appraisee's own words: agree them, or propose others and set those"))
            }
            A::Agree if own_side => Err(RuleError::new(Code::NotForYourself, "who proposed it cannot agree it; the other party must")),
            A::SetWithDissent | A::Review if !by.appraiser => Err(RuleError::new(Code::NotPermitted, "only the appraiser may do this")),
            A::Invite if !owner => Err(RuleError::new(Code::NotPermitted, "only whose objective it is invites colleagues to it")),
            A::Update | A::Propose | A::Withdraw if self.state == S::Draft && by.person != Some(self.author_id) => {
                Err(RuleError::new(Code::NotPermitted, "a draft is its author's alone"))
            }
            A::Withdraw if self.state == S::Proposed && !proposer && !by.appraiser => {
                Err(RuleError::new(Code::NotPermitted, "only who proposed it, or the appraiser, may withdraw it"))
            }
            A::Withdraw if !matches!(self.state, S::Draft | S::Proposed) && !by.appraiser => {
                Err(RuleError::new(Code::NotPermitted, "once agreed, only the appraiser withdraws it"))
            }
            _ => Ok(()),
        }
    }

    /// Takes a step that needs nothing but the step itself, or a reason.
    ///
    /// # Errors
    /// As [`Objective::can`].
    pub fn step(&self, action: ObjectiveAction, by: Party, reason: Option<Reason>, now: DateTime<Utc>) -> Result<Self, RuleError> {
        self.can(action, by)?;
        let mut new = Self { state: action.to().unwrap_or(self.state), ..self.clone() };
        match action {
            A::Propose => new.proposed_by = by.person,
            A::Agree => (new.agreed_by, new.agreed_at) = (by.person, Some(now)),
            _ => {}
        }
        if reason.is_some() {
            new.last_reason = reason;
        }
        Ok(new)
    }

    /// New words. Whoever changes a proposal makes it theirs: the other party is asked.
    ///
    /// # Errors
    /// As [`Objective::can`] and [`Words::check`](super::Words::check).
    pub fn reworded(&self, patch: WordsPatch, by: Party, new_id: &mut dyn FnMut() -> CriterionId) -> Result<Self, RuleError> {
        self.can(A::Update, by)?;
        let words = self.words.patched(patch, new_id)?;
        let proposed_by = if self.state == S::Proposed && words != self.words { by.person } else { self.proposed_by };
        Ok(Self { words, proposed_by, ..self.clone() })
    }

    /// Set by the appraiser in spite of the appraisee's dissent, which is kept in their words.
    ///
    /// # Errors
    /// As [`Objective::can`].
    pub fn set_with_dissent(&self, by: Party, dissent: Narrative, now: DateTime<Utc>) -> Result<Self, RuleError> {
        let new = self.step(A::SetWithDissent, by, None, now)?;
        Ok(Self { dissent: Some(dissent), agreed_by: None, agreed_at: None, ..new })
    }

    /// Revised: new words and a reason; agreement is asked for again.
    ///
    /// # Errors
    /// As [`Objective::can`] and [`Words::check`](super::Words::check).
    pub fn revised(
        &self,
        patch: WordsPatch,
        reason: Reason,
        by: Party,
        now: DateTime<Utc>,
        new_id: &mut dyn FnMut() -> CriterionId,
    ) -> Result<Self, RuleError> {
        let new = self.step(A::Revise, by, Some(reason), now)?;
        let words = self.words.patched(patch, new_id)?;
        Ok(Self { words, proposed_by: by.person, agreed_by: None, agreed_at: None, dissent: None, revision: self.revision + 1, ..new })
    }
}
