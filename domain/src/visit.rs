//! Learning visits: somebody sits in somebody's lesson, for a purpose that is said beforehand, and writes down what they saw. There is no grade. A
//! visit stands in one lane: within a coaching partnership it is for development; an appraiser's observation is for appraisal, and its minutes
//! count against the limit of the rule profile.

use crate::{
    event::About,
    id::{CoachingPartnershipId, LearningRecordId, LearningVisitId, PersonId},
    rule::{Code, Faults, RuleError},
    text::{Narrative, Title},
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// What a visit is for: a record that speaks about a person is in exactly one lane, from the beginning.
    VisitLane {
        /// For the development of the visited: within a coaching partnership, and the two people's alone.
        Development = "development",
        /// An observation by the appraiser, which counts against the limit of the rule profile.
        Appraisal = "appraisal",
    }
    /// What can be done with a visit.
    VisitAction {
        /// Change its purpose or notes.
        Update = "update",
        /// Put a copy among one's own learning, for others to see.
        Share = "share",
    }
}

use VisitAction as A;

/// A visit to somebody's lesson.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LearningVisit {
    /// Its id.
    pub id: LearningVisitId,
    /// The partnership that it belongs to; none for an appraiser's observation.
    pub partnership_id: Option<CoachingPartnershipId>,
    /// Who was visited.
    pub visited_id: PersonId,
    /// Who visited, and writes.
    pub visitor_id: PersonId,
    /// What it is for.
    pub lane: VisitLane,
    /// The day.
    pub visited_on: NaiveDate,
    /// How long it took, in minutes.
    pub minutes: i32,
    /// What was looked for.
    pub purpose: Title,
    /// What was seen.
    pub notes: Option<Narrative>,
    /// The visited person's learning record that a copy was put into: the receipt of what they shared.
    #[serde(skip)]
    pub learning_record_id: Option<LearningRecordId>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a visit; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct VisitPatch {
    /// What was looked for.
    pub purpose: Option<Title>,
    /// What was seen.
    pub notes: Option<Option<Narrative>>,
}

impl LearningVisit {
    /// Whom it is about.
    pub fn about(&self) -> About {
        About { organisation: None, person: Some(self.visited_id), private_to: None }
    }
    /// Is this person one of the two?
    pub fn includes(&self, person: Option<PersonId>) -> bool {
        person.is_some_and(|p| p == self.visited_id || p == self.visitor_id)
    }
    /// Is it written after it happened, by somebody other than the visited?
    ///
    /// # Errors
    /// `impossible_dates`, `self_relationship`.
    pub fn check(&self, today: NaiveDate) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        if self.visited_on > today {
            faults.check::<()>(Err(RuleError::at(Code::ImpossibleDates, "/visited_on", "a visit is written down after it happened")));
        }
        if self.visited_id == self.visitor_id {
            faults.check::<()>(Err(RuleError::at(Code::SelfRelationship, "/visited_id", "nobody visits themself")));
        }
        faults.settle()
    }
    /// Can this person do this now? The visitor writes; the visited shares.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`.
    pub fn can(&self, action: VisitAction, by: Option<PersonId>) -> Result<(), RuleError> {
        match action {
            A::Update if by != Some(self.visitor_id) => Err(RuleError::new(Code::NotPermitted, "only who visited writes in it")),
            A::Share if by != Some(self.visited_id) => Err(RuleError::new(Code::NotPermitted, "only who was visited shares it")),
            A::Share if self.learning_record_id.is_some() => Err(RuleError::new(Code::WrongState, "a copy is among your learning already")),
            A::Update if self.learning_record_id.is_some() => Err(RuleError::new(Code::WrongState, "it was shared as it stands")),
            _ => Ok(()),
        }
    }
    /// With other words.
    ///
    /// # Errors
    /// As [`LearningVisit::can`].
    pub fn patched(&self, patch: VisitPatch, by: Option<PersonId>) -> Result<Self, RuleError> {
        self.can(A::Update, by)?;
        let VisitPatch { purpose, notes } = patch;
        Ok(Self { purpose: purpose.unwrap_or_else(|| self.purpose.clone()), notes: notes.unwrap_or_else(|| self.notes.clone()), ..self.clone() })
    }
}

/// May so many more minutes be observed, of so many, within the limit of the period? Only the appraisal lane counts.
///
/// # Errors
/// `observation_limit`, with the count.
pub fn within_limit(limit: Option<u16>, observed: i64, more: i32) -> Result<(), RuleError> {
    match limit {
        Some(limit) if observed + i64::from(more) > i64::from(limit) => {
            let why = format!("{observed} of {limit} minutes of observation are used in this period; {more} more would be too many");
            Err(RuleError::at(Code::ObservationLimit, "/minutes", why))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const VISITED: PersonId = PersonId(Uuid::from_u128(1));
    const VISITOR: PersonId = PersonId(Uuid::from_u128(2));

    fn visit(shared: bool, on: &str) -> LearningVisit {
        LearningVisit {
            id: LearningVisitId(Uuid::nil()),
            partnership_id: None,
            visited_id: VISITED,
            visitor_id: VISITOR,
            lane: VisitLane::Development,
            visited_on: on.parse().unwrap_or_default(),
            minutes: 30,
            purpose: Title::try_from("Wait time".to_owned()).unwrap_or_else(|e| unreachable!("{e}")),
            notes: None,
            learning_record_id: shared.then_some(LearningRecordId(Uuid::nil())),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn the_visitor_writes_and_the_visited_shares_once() {
        for shared in [false, true] {
            for action in A::ALL {
                for by in [Some(VISITED), Some(VISITOR), Some(PersonId(Uuid::from_u128(3))), None] {
                    let found = visit(shared, "2026-10-01").can(*action, by).err().map(|e| e.code);
                    let who = match action {
                        A::Update => VISITOR,
                        A::Share => VISITED,
                    };
                    let expected = if by != Some(who) { Some(Code::NotPermitted) } else { shared.then_some(Code::WrongState) };
                    assert_eq!(found, expected, "{action} {by:?} {shared}");
                }
            }
        }
    }

    #[test]
    fn a_visit_is_written_after_it_happened() {
        let today = "2026-10-05".parse().unwrap_or_default();
        for (on, ok) in [("2026-10-05", true), ("2026-10-06", false)] {
            assert_eq!(visit(false, on).check(today).is_ok(), ok, "{on}");
        }
        assert!(LearningVisit { visitor_id: VISITED, ..visit(false, "2026-10-01") }.check(today).is_err());
    }

    #[test]
    fn observation_ends_at_its_limit_and_the_refusal_says_how_much_is_used() {
        for (limit, observed, more, ok) in [
            (None, 10_000, 60, true),
            (Some(180), 0, 180, true),
            (Some(180), 0, 181, false),
            (Some(180), 150, 30, true),
            (Some(180), 150, 31, false),
            (Some(0), 0, 1, false),
        ] {
            let found = within_limit(limit, observed, more);
            assert_eq!(found.is_ok(), ok, "{limit:?} {observed} {more}");
            assert!(found.err().is_none_or(|e| e.message.contains(&observed.to_string()) && e.code == Code::ObservationLimit));
        }
    }
}
