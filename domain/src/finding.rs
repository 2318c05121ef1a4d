//! Published findings: the inquiry commons. A finding is a copy of the words that its owner chose to publish to their school or the trust,
//! with their name or without it, and can be withdrawn at will. Nothing else of the inquiry crosses over.

use crate::{
    event::{About, EventKind},
    id::{FindingId, ObjectiveId, OrganisationId, PersonId},
    rule::{Code, RuleError},
    text::{Narrative, Title},
    words,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::BTreeSet;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

words! {
    /// To whom a finding is published.
    FindingAudience {
        /// To whoever works at the school in which it was found.
        School = "school",
        /// To whoever works in the trust.
        Trust = "trust",
    }
    /// Where a published finding stands.
    FindingState {
        /// Its audience reads it.
        Published = "published",
        /// Its owner took it back: nobody else sees it any more.
        Withdrawn = "withdrawn",
    }
    /// What can be done with a published finding.
    FindingAction {
        /// Say that one uses it oneself.
        Reuse = "reuse",
        /// Take it back.
        Withdraw = "withdraw",
    }
}

use FindingAction as A;
use FindingState as S;

/// Fewest people of an audience in which somebody can be unnamed: with fewer everybody would know who it is.
pub const ANONYMOUS_AMONG: i64 = 5;
/// Shortest word that is found.
const SHORTEST: usize = 2;
/// Most letters of a word that are kept.
const LONGEST: usize = 40;
/// Most words of a search that are looked for.
pub const SEARCHED: usize = 8;
/// Shortest word by which two questions are alike: shorter ones stand in every question.
const TELLING: usize = 4;
/// Words that stand in every question.
const EVERYWHERE: [&str; 24] = [
    "about", "after", "before", "class", "could", "does", "every", "from", "have", "help", "into", "lesson", "lessons", "more", "pupil", "pupils", "that",
    "their", "they", "this", "what", "when", "will", "with",
];
/// Words that two questions must have in common to be alike.
pub const ALIKE: i64 = 2;

/// A finding that its owner published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// Whose it is. In no event and no answer; none once they were erased.
    #[serde(skip)]
    pub owner_id: Option<PersonId>,
    /// The inquiry that it came of. In no event and no answer but its owner's receipt.
    #[serde(skip)]
    pub objective_id: Option<ObjectiveId>,
    /// Who put their name to it; none if it was published without a name.
    pub author_id: Option<PersonId>,
    /// Whose staff it is published to: the school, or the trust.
    pub organisation_id: OrganisationId,
    /// Where it stands.
    pub state: FindingState,
    /// In one line.
    pub title: Title,
    /// What was asked.
    pub question: Narrative,
    /// What was changed.
    pub change_tried: Option<Narrative>,
    /// What was seen.
    pub evidence: Option<Narrative>,
    /// What was learned.
    pub finding: Narrative,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Finding {
    /// Whom and where it is about. Without a name it is about nobody.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: self.author_id, private_to: None }
    }
    /// Is it this person's?
    pub fn is_of(&self, person: Option<PersonId>) -> bool {
        person.is_some() && person == self.owner_id
    }
    /// Can this person do this now, who said already that they use it, or did not?
    ///
    /// # Errors
    /// `not_permitted`, `not_for_yourself`, `wrong_state`, `duplicate`.
    pub fn can(&self, action: FindingAction, by: Option<PersonId>, reused: bool) -> Result<(), RuleError> {
        match action {
            A::Withdraw if !self.is_of(by) => Err(RuleError::new(Code::NotPermitted, "only its owner takes a finding back")),
            A::Reuse if by.is_none() => Err(RuleError::new(Code::NotPermitted, "only a person uses a finding")),
            A::Reuse if self.is_of(by) => Err(RuleError::new(Code::NotForYourself, "this finding is your own: others say that they use it")),
            _ if self.state == S::Withdrawn => Err(RuleError::new(Code::WrongState, "it is withdrawn")),
            A::Reuse if reused => Err(RuleError::new(Code::Duplicate, "you said so already")),
            _ => Ok(()),
        }
    }
    /// Taken back.
    ///
    /// # Errors
    /// As [`Finding::can`].
    pub fn withdrawn(&self, by: Option<PersonId>) -> Result<Self, RuleError> {
        self.can(A::Withdraw, by, false)?;
        Ok(Self { state: S::Withdrawn, ..self.clone() })
    }
    /// Words by which it is found, each with whether it stands in the question.
    pub fn terms(&self) -> Vec<(String, bool)> {
        let question = terms(self.question.as_str());
        let texts = [Some(self.title.as_str()), self.change_tried.as_ref().map(Narrative::as_str), self.evidence.as_ref().map(Narrative::as_str)];
        let mut all: BTreeSet<String> = texts.into_iter().flatten().chain([self.finding.as_str()]).flat_map(terms).collect();
        all.extend(question.iter().cloned());
        all.into_iter().map(|term| (term.clone(), question.contains(&term))).collect()
    }
}

impl FindingAction {
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Reuse => EventKind::FindingReused,
            A::Withdraw => EventKind::FindingWithdrawn,
        }
    }
}

/// May a finding be published without a name among so many people? With fewer than five everybody would know whose it is.
///
/// # Errors
/// `too_few_to_be_anonymous`.
pub fn anonymous_among(people: i64) -> Result<(), RuleError> {
    if people >= ANONYMOUS_AMONG {
        return Ok(());
    }
    let why = format!("fewer than {ANONYMOUS_AMONG} people work there: they would know whose it is");
    Err(RuleError::at(Code::TooFewToBeAnonymous, "/named", why))
}

/// The words of a text as they are searched: in small letters, without accents and apostrophes, at least two letters long. Both databases
/// keep these, so that a search finds the same on both.
pub fn terms(text: &str) -> BTreeSet<String> {
    let folded: String = text.to_lowercase().nfkd().filter(|c| !is_combining_mark(*c) && !matches!(c, '\'' | '\u{2019}')).collect();
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() >= SHORTEST);
    words.map(|word| word.chars().take(LONGEST).collect()).collect()
}

/// The words of a question by which it is like another.
pub fn telling(question: &str) -> Vec<String> {
    terms(question).into_iter().filter(|t| t.chars().count() >= TELLING && !EVERYWHERE.contains(&t.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const OWNER: PersonId = PersonId(Uuid::from_u128(1));

    fn text<T: TryFrom<String>>(t: &str) -> T {
        T::try_from(t.to_owned()).unwrap_or_else(|_| unreachable!("{t}"))
    }
    fn finding(state: FindingState, named: bool) -> Finding {
        Finding {
            id: FindingId(Uuid::nil()),
            owner_id: Some(OWNER),
            objective_id: Some(ObjectiveId(Uuid::from_u128(7))),
            author_id: named.then_some(OWNER),
            organisation_id: OrganisationId(Uuid::nil()),
            state,
            title: text("Cold calling"),
            question: text("Does waiting help?"),
            change_tried: None,
            evidence: Some(text("Five hands, then twenty.")),
            finding: text("Wait."),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn every_action_in_every_state_by_everybody() {
        for state in S::ALL {
            for action in A::ALL {
                let callers = [("owner", Some(OWNER)), ("colleague", Some(PersonId(Uuid::from_u128(2)))), ("machine", None)];
                for (who, by, reused) in callers.into_iter().flat_map(|(who, by)| [(who, by, false), (who, by, true)]) {
                    let found = finding(*state, true).can(*action, by, reused).err().map(|e| e.code);
                    let expected = match (action, who, state) {
                        (A::Withdraw, "colleague" | "machine", _) | (A::Reuse, "machine", _) => Some(Code::NotPermitted),
                        (A::Reuse, "owner", _) => Some(Code::NotForYourself),
                        (_, _, S::Withdrawn) => Some(Code::WrongState),
                        (A::Reuse, _, S::Published) if reused => Some(Code::Duplicate),
                        (_, _, S::Published) => None,
                    };
                    assert_eq!(found, expected, "{action} of one that is {state} by {who}");
                }
            }
        }
        // whose nobody is any more is not a machine's
        let cut = Finding { owner_id: None, ..finding(S::Published, false) };
        assert!(!cut.is_of(None) && cut.can(A::Withdraw, None, false).is_err());
    }

    #[test]
    fn without_a_name_nothing_that_is_written_down_names_anybody() {
        let unnamed = finding(S::Published, false);
        let written = serde_json::to_string(&unnamed).unwrap_or_default();
        assert!(!written.contains(&OWNER.to_string()) && !written.contains("owner") && !written.contains("objective"), "{written}");
        assert_eq!(unnamed.about().person, None);
        for (people, may) in [(0, false), (4, false), (5, true), (500, true)] {
            assert_eq!(anonymous_among(people).is_ok(), may, "{people}");
        }
    }

    #[test]
    fn words_are_found_however_they_are_written() {
        for (a, b) in [("Café", "cafe"), ("Ŵyn a dŵr", "wyn dwr a"), ("teacher\u{2019}s", "teachers"), ("TEACHER'S", "teachers"), ("ﬁnd", "find"), ("a b", "")]
        {
            assert_eq!(terms(a), terms(b), "{a} {b}");
        }
        assert_eq!(terms("Year 11, Year 9: cold-calling!").into_iter().collect::<Vec<_>>(), ["11", "calling", "cold", "year"]);
        assert_eq!(terms(&"x".repeat(90)).into_iter().next().map(|t| t.len()), Some(LONGEST));
        assert_eq!(telling("Does retrieval help pupils with vocabulary?"), ["retrieval", "vocabulary"]);
        let kept = finding(S::Published, true).terms();
        assert!(kept.contains(&("waiting".into(), true)) && kept.contains(&("cold".into(), false)) && kept.contains(&("hands".into(), false)));
    }
}
