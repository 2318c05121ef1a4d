//! Notes on an objective: what its parties say to one another about it between meetings. A note is its author's own words and is never changed; as
//! long as nobody answered it, its author can take it back, and then it is nowhere any more.

use super::Objective;
use crate::{
    id::{ObjectiveId, ObjectiveNoteId, PersonId},
    rule::{Code, RuleError},
    text::Narrative,
};
use chrono::{DateTime, Utc};

/// A note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectiveNote {
    /// Its id.
    pub id: ObjectiveNoteId,
    /// On which objective.
    pub objective_id: ObjectiveId,
    /// The note that it answers.
    pub reply_to: Option<ObjectiveNoteId>,
    /// Who wrote it.
    pub author_id: PersonId,
    /// What they wrote; nothing once it was taken back.
    pub text: Option<Narrative>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When its author took it back.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

impl ObjectiveNote {
    /// Can they take it back? What was answered stays, so that an answer never stands alone.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`.
    pub fn withdrawable(&self, by: Option<PersonId>, answered: bool) -> Result<(), RuleError> {
        if by != Some(self.author_id) {
            return Err(RuleError::new(Code::NotPermitted, "only its author takes a note back"));
        }
        if self.withdrawn_at.is_some() {
            return Err(RuleError::new(Code::WrongState, "the note was taken back already"));
        }
        if answered {
            return Err(RuleError::new(Code::WrongState, "the note was answered, and stays; write another"));
        }
        Ok(())
    }
    /// Takes it back.
    ///
    /// # Errors
    /// As [`ObjectiveNote::withdrawable`].
    pub fn withdrawn(&self, by: Option<PersonId>, answered: bool, now: DateTime<Utc>) -> Result<Self, RuleError> {
        self.withdrawable(by, answered)?;
        Ok(Self { text: None, withdrawn_at: Some(now), ..self.clone() })
    }
}

/// Can a note on this objective answer that one?
///
/// # Errors
/// `unknown_reference`, if it is no note of the objective that still says something.
pub fn answers(objective: &Objective, note: Option<&ObjectiveNote>) -> Result<(), RuleError> {
    match note {
        Some(note) if note.objective_id == objective.id && note.withdrawn_at.is_none() => Ok(()),
        _ => Err(RuleError::at(Code::UnknownReference, "/reply_to", "no such note on this objective")),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            ObjectiveState,
            tests::{APPRAISER, OWNER, objective, text},
        },
        *,
    };
    use uuid::Uuid;

    fn note() -> ObjectiveNote {
        ObjectiveNote {
            id: ObjectiveNoteId(Uuid::nil()),
            objective_id: ObjectiveId(Uuid::nil()),
            reply_to: None,
            author_id: OWNER,
            text: Some(text("Shall we move the visit?")),
            created_at: DateTime::UNIX_EPOCH,
            withdrawn_at: None,
        }
    }

    #[test]
    fn its_author_takes_it_back_once_and_only_while_nobody_answered() {
        let code = |note: &ObjectiveNote, by, answered| note.withdrawn(by, answered, DateTime::UNIX_EPOCH).err().map(|e| e.code);
        assert_eq!(code(&note(), Some(APPRAISER), false), Some(Code::NotPermitted));
        assert_eq!(code(&note(), None, false), Some(Code::NotPermitted));
        assert_eq!(code(&note(), Some(OWNER), true), Some(Code::WrongState));
        let gone = note().withdrawn(Some(OWNER), false, DateTime::UNIX_EPOCH).unwrap_or_else(|e| unreachable!("{e}"));
        assert_eq!((&gone.text, code(&gone, Some(OWNER), false)), (&None, Some(Code::WrongState)));
    }

    #[test]
    fn a_note_answers_one_of_the_same_objective_that_still_says_something() {
        let here = objective(ObjectiveState::Active);
        assert!(answers(&here, Some(&note())).is_ok());
        assert!(answers(&here, None).is_err());
        assert!(answers(&here, Some(&ObjectiveNote { objective_id: ObjectiveId(Uuid::from_u128(1)), ..note() })).is_err());
        assert!(answers(&here, Some(&ObjectiveNote { withdrawn_at: Some(DateTime::UNIX_EPOCH), ..note() })).is_err());
    }
}
