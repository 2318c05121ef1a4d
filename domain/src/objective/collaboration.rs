//! Colleagues who work on somebody's objective with them: invited by whose it is, and only if they say yes. They see what both work on, for as
//! long as they do, and nothing else that its owner has. The owner alone decides about the objective.

use super::{Objective, ObjectiveAction, ObjectiveState, Party};
use crate::{
    event::{About, EventKind},
    id::{CollaborationId, ObjectiveId, OrganisationId, PersonId},
    rule::{Code, RuleError},
    words,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

words! {
    /// Where a collaboration stands.
    CollaborationState {
        /// The colleague was asked.
        Invited = "invited",
        /// They said yes, and see the objective.
        Accepted = "accepted",
        /// They said no.
        Declined = "declined",
        /// They left.
        Left = "left",
        /// The owner ended it.
        Ended = "ended",
    }
    /// What can be done with a collaboration.
    CollaborationAction {
        /// Say yes.
        Accept = "accept",
        /// Say no.
        Decline = "decline",
        /// Leave.
        Leave = "leave",
        /// End it, as whose objective it is.
        End = "end",
    }
}

use CollaborationAction as A;
use CollaborationState as S;

impl CollaborationState {
    /// Does it stand, or may it yet?
    pub const fn live(self) -> bool {
        matches!(self, Self::Invited | Self::Accepted)
    }
}

/// A colleague's part in somebody's objective.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Collaboration {
    /// Its id.
    pub id: CollaborationId,
    /// In which objective.
    pub objective_id: ObjectiveId,
    /// Whose objective.
    pub owner_id: PersonId,
    /// The school of that objective.
    pub organisation_id: OrganisationId,
    /// Who takes part.
    pub person_id: PersonId,
    /// Where it stands.
    pub state: CollaborationState,
    /// Version, for its ETag.
    pub version: i64,
    /// When they were invited.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl CollaborationAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [CollaborationState] {
        match self {
            A::Accept | A::Decline => &[S::Invited],
            A::Leave => &[S::Accepted],
            A::End => &[S::Invited, S::Accepted],
        }
    }
    /// The state it leads to.
    pub const fn to(self) -> CollaborationState {
        match self {
            A::Accept => S::Accepted,
            A::Decline => S::Declined,
            A::Leave => S::Left,
            A::End => S::Ended,
        }
    }
    /// What the log says of it, on the objective.
    pub const fn event(self) -> EventKind {
        match self {
            A::Accept => EventKind::ObjectiveCollaborationAccepted,
            A::Decline => EventKind::ObjectiveCollaborationDeclined,
            A::Leave => EventKind::ObjectiveCollaborationLeft,
            A::End => EventKind::ObjectiveCollaborationEnded,
        }
    }
}

impl Collaboration {
    /// Whom and where it is about: the objective's owner.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.owner_id), private_to: None }
    }
    /// Does this person see the objective, which stands so, by it? What its owner withdrew they work on no more.
    pub fn shows(&self, to: Option<PersonId>, objective: ObjectiveState) -> bool {
        self.state == S::Accepted && to == Some(self.person_id) && objective != ObjectiveState::Withdrawn
    }
    /// Can they do this now, while the objective stands so? Who first, then the states.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`.
    pub fn can(&self, action: CollaborationAction, by: Option<PersonId>, objective: ObjectiveState) -> Result<(), RuleError> {
        let (whose, who) = match action {
            A::Accept | A::Decline | A::Leave => (self.person_id, "only who was invited answers for themself"),
            A::End => (self.owner_id, "only whose objective it is ends it; who takes part can leave"),
        };
        if by != Some(whose) {
            return Err(RuleError::new(Code::NotPermitted, who));
        }
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the collaboration is {}; this needs {}", self.state, from.join(" or "))));
        }
        if action == A::Accept && !ObjectiveAction::Invite.from().contains(&objective) {
            return Err(RuleError::new(Code::WrongState, format!("the objective is {objective}: nobody joins in any more")));
        }
        Ok(())
    }
    /// Takes the step.
    ///
    /// # Errors
    /// As [`Collaboration::can`].
    pub fn step(&self, action: CollaborationAction, by: Option<PersonId>, objective: ObjectiveState) -> Result<Self, RuleError> {
        self.can(action, by, objective)?;
        Ok(Self { state: action.to(), ..self.clone() })
    }
}

/// May this colleague be invited, beside those who were?
///
/// # Errors
/// As [`Objective::can`]; `duplicate`, if they take part already or were asked.
pub fn invitable(objective: &Objective, by: Party, person: PersonId, others: &[Collaboration]) -> Result<(), RuleError> {
    objective.can(ObjectiveAction::Invite, by)?;
    if person == objective.person_id {
        return Err(RuleError::at(Code::Duplicate, "/person_id", "it is their own objective"));
    }
    if others.iter().any(|o| o.person_id == person && o.state.live()) {
        return Err(RuleError::at(Code::Duplicate, "/person_id", "they take part in it already, or were asked to"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{
        super::tests::{APPRAISER, OWNER, appraiser, objective, owner},
        *,
    };
    use uuid::Uuid;

    const COLLEAGUE: PersonId = PersonId(Uuid::from_u128(4));

    fn collaboration(state: CollaborationState) -> Collaboration {
        Collaboration {
            id: CollaborationId(Uuid::nil()),
            objective_id: ObjectiveId(Uuid::nil()),
            owner_id: OWNER,
            organisation_id: OrganisationId(Uuid::nil()),
            person_id: COLLEAGUE,
            state,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    /// Every state against every action and everybody. What is not written here is refused.
    #[test]
    fn the_machine_takes_exactly_these_steps() {
        let steps = [
            (S::Invited, A::Accept, COLLEAGUE, S::Accepted),
            (S::Invited, A::Decline, COLLEAGUE, S::Declined),
            (S::Invited, A::End, OWNER, S::Ended),
            (S::Accepted, A::Leave, COLLEAGUE, S::Left),
            (S::Accepted, A::End, OWNER, S::Ended),
        ];
        for state in S::ALL {
            for action in A::ALL {
                for by in [Some(OWNER), Some(COLLEAGUE), Some(APPRAISER), None] {
                    let expected = steps.iter().find(|(from, a, who, _)| from == state && a == action && Some(*who) == by).map(|(.., to)| *to);
                    for objective in ObjectiveState::ALL {
                        let joins = *action != A::Accept || ObjectiveAction::Invite.from().contains(objective);
                        let to = collaboration(*state).step(*action, by, *objective).ok().map(|c| c.state);
                        assert_eq!(to, expected.filter(|_| joins), "{state} {action} {by:?} {objective}");
                    }
                }
            }
            for objective in ObjectiveState::ALL {
                let shows = |to| collaboration(*state).shows(to, *objective);
                assert_eq!(shows(Some(COLLEAGUE)), *state == S::Accepted && *objective != ObjectiveState::Withdrawn);
                assert!(!shows(Some(APPRAISER)) && !shows(None));
            }
        }
    }

    #[test]
    fn the_owner_invites_whoever_does_not_take_part_yet() {
        let active = objective(ObjectiveState::Active);
        let code = |by, person, others: &[Collaboration]| invitable(&active, by, person, others).err().map(|e| e.code);
        assert_eq!(code(owner(), COLLEAGUE, &[]), None);
        assert_eq!(code(appraiser(), COLLEAGUE, &[]), Some(Code::NotPermitted));
        assert_eq!(code(owner(), OWNER, &[]), Some(Code::Duplicate));
        for state in S::ALL {
            assert_eq!(code(owner(), COLLEAGUE, &[collaboration(*state)]), state.live().then_some(Code::Duplicate), "{state}");
        }
    }
}
