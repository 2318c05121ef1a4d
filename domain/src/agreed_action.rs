//! What two people agreed in a conversation: what, who and by when. It hangs on the employment, so that what is unfinished comes up again in
//! the next conversation of its lane, without being written twice.

use crate::{
    conversation::{Lane, Side},
    event::{About, EventKind},
    id::{AgreedActionId, ConversationId, EmploymentId, ObjectiveId, OrganisationId, PersonId},
    rule::{Code, RuleError},
    text::Reason,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// Where an agreed action stands.
    AgreedActionState {
        /// To be done.
        Open = "open",
        /// Done.
        Done = "done",
        /// Given up, for a reason.
        Dropped = "dropped",
    }
    /// What can be done with an agreed action.
    AgreedActionStep {
        /// Change its words, its owner or its day.
        Update = "update",
        /// Say that it is done.
        Finish = "finish",
        /// Give it up, with the reason.
        Drop = "drop",
        /// Take it up again.
        Reopen = "reopen",
    }
}

use AgreedActionState as S;
use AgreedActionStep as A;

impl AgreedActionStep {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [AgreedActionState] {
        match self {
            A::Update | A::Finish | A::Drop => &[S::Open],
            A::Reopen => &[S::Done, S::Dropped],
        }
    }
    /// The state it leads to; none if it stays.
    pub const fn to(self) -> Option<AgreedActionState> {
        match self {
            A::Update => None,
            A::Finish => Some(S::Done),
            A::Drop => Some(S::Dropped),
            A::Reopen => Some(S::Open),
        }
    }
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update => EventKind::AgreedActionUpdated,
            A::Finish => EventKind::AgreedActionFinished,
            A::Drop => EventKind::AgreedActionDropped,
            A::Reopen => EventKind::AgreedActionReopened,
        }
    }
}

/// Something that was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AgreedAction {
    /// Its id.
    pub id: AgreedActionId,
    /// The conversation in which it was agreed.
    pub conversation_id: ConversationId,
    /// The employment that it hangs on.
    pub employment_id: EmploymentId,
    /// Whose employment that is.
    pub person_id: PersonId,
    /// The school of that employment.
    pub organisation_id: OrganisationId,
    /// The other of the two who agreed.
    pub partner_id: PersonId,
    /// The conversation's lane.
    pub lane: Lane,
    /// What.
    pub title: Reason,
    /// Who: one of the two.
    pub owner_id: PersonId,
    /// The objective that it is for, if any.
    pub objective_id: Option<ObjectiveId>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Where it stands.
    pub state: AgreedActionState,
    /// Why it was given up.
    pub last_reason: Option<Reason>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was agreed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of an agreed action; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct AgreedActionPatch {
    /// What.
    pub title: Option<Reason>,
    /// Who.
    pub owner_id: Option<PersonId>,
    /// The objective that it is for.
    pub objective_id: Option<Option<ObjectiveId>>,
    /// By when.
    pub due_on: Option<Option<NaiveDate>>,
}

/// Who acts, seen from what was agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ActionParty {
    /// The person, if it is one.
    pub person: Option<PersonId>,
    /// Do they appraise whose employment it hangs on? Then they carry on what was agreed in the appraisal lane before them.
    pub appraises: bool,
}

impl AgreedAction {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
    /// Which of the two does it.
    pub fn by(&self) -> Side {
        if self.owner_id == self.person_id { Side::Appraisee } else { Side::Partner }
    }
    /// One of the two does it.
    ///
    /// # Errors
    /// `unknown_reference`.
    pub fn check(&self) -> Result<(), RuleError> {
        match [self.person_id, self.partner_id].contains(&self.owner_id) {
            true => Ok(()),
            false => Err(RuleError::at(Code::UnknownReference, "/owner_id", "one of the two people of the conversation does it")),
        }
    }
    /// Does this party write in it at all? It is asked before anybody is told what happened to it meanwhile: that is part of what it says.
    ///
    /// # Errors
    /// `not_permitted`.
    pub fn written_by(&self, by: ActionParty) -> Result<(), RuleError> {
        let of_two = by.person.is_some_and(|p| [self.person_id, self.partner_id].contains(&p));
        match of_two || (by.appraises && self.lane.read_by_appraisers()) {
            true => Ok(()),
            false => Err(RuleError::new(Code::NotPermitted, "only the two people who agreed it, and who appraises, may do this")),
        }
    }
    /// Can this party do this now?
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`.
    pub fn can(&self, step: AgreedActionStep, by: ActionParty) -> Result<(), RuleError> {
        self.written_by(by)?;
        if !step.from().contains(&self.state) {
            let from: Vec<&str> = step.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("it is {}; this needs {}", self.state, from.join(" or "))));
        }
        Ok(())
    }
    /// Takes the step.
    ///
    /// # Errors
    /// As [`AgreedAction::can`].
    pub fn step(&self, step: AgreedActionStep, reason: Option<Reason>, by: ActionParty) -> Result<Self, RuleError> {
        self.can(step, by)?;
        Ok(Self { state: step.to().unwrap_or(self.state), last_reason: reason.or_else(|| self.last_reason.clone()), ..self.clone() })
    }
    /// It, with a patch laid over it.
    ///
    /// # Errors
    /// As [`AgreedAction::can`] and [`AgreedAction::check`].
    pub fn patched(&self, patch: AgreedActionPatch, by: ActionParty) -> Result<Self, RuleError> {
        self.can(A::Update, by)?;
        let AgreedActionPatch { title, owner_id, objective_id, due_on } = patch;
        let new = Self {
            title: title.unwrap_or_else(|| self.title.clone()),
            owner_id: owner_id.unwrap_or(self.owner_id),
            objective_id: objective_id.unwrap_or(self.objective_id),
            due_on: due_on.unwrap_or(self.due_on),
            ..self.clone()
        };
        new.check().map(|()| new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Wire;
    use uuid::Uuid;

    fn person(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }
    fn action(state: AgreedActionState, lane: Lane) -> AgreedAction {
        AgreedAction {
            id: AgreedActionId(Uuid::nil()),
            conversation_id: ConversationId(Uuid::nil()),
            employment_id: EmploymentId(Uuid::nil()),
            person_id: person(1),
            organisation_id: OrganisationId(Uuid::nil()),
            partner_id: person(2),
            lane,
            title: Reason::parse("Visit Ms Grant's lesson").unwrap_or_else(|e| unreachable!("{e}")),
            owner_id: person(1),
            objective_id: None,
            due_on: None,
            state,
            last_reason: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn every_step_from_every_state() {
        let by = ActionParty { person: Some(person(2)), appraises: false };
        for state in S::ALL {
            for step in A::ALL {
                let expected = match (state, step) {
                    (S::Open, A::Update) | (S::Done | S::Dropped, A::Reopen) => Some(S::Open),
                    (S::Open, A::Finish) => Some(S::Done),
                    (S::Open, A::Drop) => Some(S::Dropped),
                    _ => None,
                };
                let got = action(*state, Lane::Development).step(*step, None, by).ok().map(|a| a.state);
                assert_eq!(got, expected, "{step} of one that is {state}");
            }
        }
    }

    #[test]
    fn a_new_appraiser_carries_on_what_was_agreed_in_their_lane_only() {
        let third = ActionParty { person: Some(person(3)), appraises: true };
        for (lane, ok) in [(Lane::Appraisal, true), (Lane::Development, false), (Lane::Support, false)] {
            assert_eq!(action(S::Open, lane).can(A::Finish, third).is_ok(), ok, "{lane}");
        }
        let nobody = ActionParty { person: None, appraises: false };
        assert!(action(S::Open, Lane::Appraisal).can(A::Finish, nobody).is_err());
    }

    #[test]
    fn one_of_the_two_does_it() {
        let by = ActionParty { person: Some(person(1)), appraises: false };
        for (owner, ok) in [(1, true), (2, true), (3, false)] {
            let patch = AgreedActionPatch { owner_id: Some(person(owner)), ..AgreedActionPatch::default() };
            assert_eq!(action(S::Open, Lane::Appraisal).patched(patch, by).is_ok(), ok, "{owner}");
        }
    }
}
