//! The machine: which step, by which side, from where. What is refused here is what `can` says.

use super::{Conversation, ConversationAction, ConversationPatch, ConversationState, Locked, LockedAction, Notes, Side};
use crate::{
    id::PersonId,
    rule::{Code, RuleError},
    text::{Narrative, Reason},
};
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use ConversationAction as A;
use ConversationState as S;

/// Who acts, seen from the conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// The person, if it is one.
    pub person: Option<PersonId>,
    /// Is the partner still to the appraisee, today, what such a conversation asks for? After a handover they go on reading what they took
    /// part in, and write no more.
    pub related: bool,
    /// Do they sit today on the panel that appraises in the conversation's appraisal? All of a panel stand on the partner's side, whoever of them sets the
    /// day.
    pub panel: bool,
}

impl ConversationAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [ConversationState] {
        match self {
            A::Prepare => &[S::Scheduled],
            A::Update | A::WriteNotes => &[S::Scheduled, S::Preparing, S::Shared, S::Held, S::Reopened],
            A::Share => &[S::Preparing, S::Shared, S::Held, S::Reopened],
            A::Hold | A::Cancel => &[S::Scheduled, S::Preparing, S::Shared],
            A::AddAction => &[S::Scheduled, S::Preparing, S::Shared, S::Held, S::AwaitingResponse, S::Reopened],
            A::RequestResponse => &[S::Held, S::Reopened],
            A::Respond | A::Complete => &[S::AwaitingResponse],
            A::Reopen => &[S::Completed],
        }
    }
    /// The state it leads to; none if it stays.
    pub const fn to(self, from: ConversationState) -> Option<ConversationState> {
        match self {
            A::Update | A::WriteNotes | A::AddAction | A::Respond => None,
            A::Prepare => Some(S::Preparing),
            A::Share if matches!(from, S::Preparing) => Some(S::Shared),
            A::Share => None,
            A::Hold => Some(S::Held),
            A::RequestResponse => Some(S::AwaitingResponse),
            A::Complete => Some(S::Completed),
            A::Reopen => Some(S::Reopened),
            A::Cancel => Some(S::Cancelled),
        }
    }
    /// The side that alone does it; none if either may.
    pub const fn side(self) -> Option<Side> {
        match self {
            A::Prepare | A::Share | A::Respond => Some(Side::Appraisee),
            A::RequestResponse => Some(Side::Partner),
            A::Update | A::WriteNotes | A::Hold | A::AddAction | A::Complete | A::Reopen | A::Cancel => None,
        }
    }
}

impl Conversation {
    /// On which side somebody acts.
    pub fn acts_as(&self, by: Party) -> Option<Side> {
        self.side(by.person).or(by.panel.then_some(Side::Partner))
    }
    /// Does this party write in it at all? It is asked before anybody is told what happened to it meanwhile: that is part of what it says.
    ///
    /// # Errors
    /// `not_permitted`.
    pub fn written_by(&self, by: Party) -> Result<(), RuleError> {
        let refuse = |why: &str| Err(RuleError::new(Code::NotPermitted, why));
        match self.acts_as(by) {
            None => refuse("only the two people of the conversation, and the panel of its appraisal, may do this"),
            Some(Side::Partner) if !by.related && !by.panel => refuse("the partner is no longer to the person what such a conversation asks for"),
            Some(_) => Ok(()),
        }
    }
    /// Can this party do this now? Who first, then the state.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`.
    pub fn can(&self, action: ConversationAction, by: Party) -> Result<(), RuleError> {
        self.written_by(by)?;
        let side = self.acts_as(by);
        let refuse = |why: &str| Err(RuleError::new(Code::NotPermitted, why));
        match (side, action.side()) {
            (Some(Side::Partner), Some(Side::Appraisee)) => return refuse("only the appraisee may do this"),
            (Some(Side::Appraisee), Some(Side::Partner)) => return refuse("only the partner may do this"),
            _ => {}
        }
        // the appraisee says that they prepare; the partner's notes are nobody's state
        let unprepared = action == A::WriteNotes && side == Some(Side::Appraisee) && self.state == S::Scheduled;
        if !action.from().contains(&self.state) || unprepared {
            let from: Vec<&str> = action.from().iter().filter(|s| !unprepared || **s != S::Scheduled).map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the conversation is {}; this needs {}", self.state, from.join(" or "))));
        }
        Ok(())
    }

    fn stepped(&self, action: ConversationAction, by: Party) -> Result<Self, RuleError> {
        self.can(action, by)?;
        Ok(Self { state: action.to(self.state).unwrap_or(self.state), ..self.clone() })
    }

    /// Takes a step that needs nothing but a reason, where one is asked for.
    ///
    /// # Errors
    /// As [`Conversation::can`].
    pub fn step(&self, action: ConversationAction, reason: Option<Reason>, by: Party, now: DateTime<Utc>) -> Result<Self, RuleError> {
        let new = self.stepped(action, by)?;
        let held_at = if action == A::Hold { Some(now) } else { self.held_at };
        Ok(Self { held_at, last_reason: reason.or_else(|| self.last_reason.clone()), ..new })
    }

    /// Shows the other what one wrote: the appraisee by sharing, the partner by asking for a response.
    ///
    /// # Errors
    /// As [`Conversation::can`].
    pub fn show(&self, action: ConversationAction, notes: Notes, by: Party) -> Result<Self, RuleError> {
        let new = self.stepped(action, by)?;
        Ok(match self.side(by.person) {
            Some(Side::Appraisee) => Self { appraisee_notes: Some(notes), ..new },
            _ => Self { partner_notes: Some(notes), ..new },
        })
    }

    /// Moves it, or writes what was said. The hour of what was held does not move.
    ///
    /// # Errors
    /// As [`Conversation::can`].
    pub fn patched(&self, patch: ConversationPatch, by: Party) -> Result<Self, RuleError> {
        let new = self.stepped(A::Update, by)?;
        let ConversationPatch { starts_at, place, summary } = patch;
        if starts_at.is_some_and(|at| at != self.starts_at) && !A::Hold.from().contains(&self.state) {
            return Err(RuleError::at(Code::WrongState, "/starts_at", "it was held: its hour no longer moves"));
        }
        Ok(Self {
            starts_at: starts_at.unwrap_or(self.starts_at),
            place: place.unwrap_or_else(|| self.place.clone()),
            summary: summary.unwrap_or_else(|| self.summary.clone()),
            ..new
        })
    }

    /// The appraisee's response.
    ///
    /// # Errors
    /// As [`Conversation::can`].
    pub fn respond(&self, response: Narrative, by: Party) -> Result<Self, RuleError> {
        Ok(Self { response: Some(response), ..self.stepped(A::Respond, by)? })
    }

    /// Locks it: the conversation, and the text whose hash it carries from then on.
    ///
    /// # Errors
    /// As [`Conversation::can`]; `not_ready` without a response and without a reason for there being none.
    pub fn complete(&self, reason: Option<Reason>, actions: Vec<LockedAction>, by: Party) -> Result<(Self, String), RuleError> {
        let new = self.stepped(A::Complete, by)?;
        if self.response.is_none() && reason.is_none() {
            return Err(RuleError::at(Code::NotReady, "/reason", "there is no response: say why it is completed without one"));
        }
        let locked = Locked {
            kind: self.kind,
            held_at: self.held_at,
            summary: self.summary.clone(),
            appraisee_notes: self.appraisee_notes.clone(),
            partner_notes: self.partner_notes.clone(),
            response: self.response.clone(),
            reason: reason.clone(),
            actions,
        };
        let content = serde_json::to_string(&locked).map_err(|e| RuleError::new(Code::InvalidValue, e.to_string()))?;
        let hash: String = Sha256::digest(content.as_bytes()).iter().map(|b| format!("{b:02x}")).collect();
        let last_reason = reason.or_else(|| self.last_reason.clone());
        Ok((Self { snapshots: self.snapshots + 1, content_hash: Some(hash), last_reason, ..new }, content))
    }
}
