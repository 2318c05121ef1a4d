//! Templates of conversations: which questions are asked, of whom. What a trust offers is for every school beneath it; a school that wants it
//! otherwise bases its own on it. A published version never changes, and a question that is worded anew is another revision of itself.

use crate::{
    conversation::{ConversationKind, Side},
    event::About,
    framework::VersionState,
    id::{ConversationTemplateId, OrganisationId},
    rule::{Code, Faults, RuleError},
    text::{Narrative, Reason, Slug, Title},
    words,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

words! {
    /// Who is asked.
    AnsweredBy {
        /// The appraisee.
        Appraisee = "appraisee",
        /// The other: who appraises, manages, coaches or mentors them.
        Partner = "partner",
        /// Each for themself.
        Both = "both",
    }
}

impl AnsweredBy {
    /// Is this side asked?
    pub const fn asks(self, side: Side) -> bool {
        matches!((self, side), (Self::Both, _) | (Self::Appraisee, Side::Appraisee) | (Self::Partner, Side::Partner))
    }
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its stable name, the same in every version and wherever the template is carried to.
    pub key: Slug,
    /// What is asked.
    pub text: Reason,
    /// What helps to answer it.
    pub help: Option<Narrative>,
    /// Who is asked.
    pub answered_by: AnsweredBy,
}

/// Questions that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// What they are about.
    pub title: Title,
    /// In their order.
    pub questions: Vec<Question>,
}

/// All of a template that can be carried elsewhere: what is exported and imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The template's stable name, the same in every version.
    pub key: Slug,
    /// Its name for people.
    pub name: Title,
    /// For which conversations.
    pub kind: ConversationKind,
    /// In their order.
    pub sections: Vec<Section>,
}

impl Document {
    /// Its questions, in their order, with where each stands.
    pub fn questions(&self) -> impl Iterator<Item = (String, &Question)> {
        self.sections
            .iter()
            .enumerate()
            .flat_map(|(i, s)| s.questions.iter().enumerate().map(move |(j, q)| (format!("/document/sections/{i}/questions/{j}"), q)))
    }
    /// Keys differ.
    ///
    /// # Errors
    /// `repeated_code`, at each that was there before.
    pub fn check(&self) -> Result<(), RuleError> {
        let (mut faults, mut known) = (Faults::default(), Vec::new());
        for (pointer, question) in self.questions() {
            if known.contains(&&question.key) {
                faults.check::<()>(Err(RuleError::at(Code::RepeatedCode, &format!("{pointer}/key"), "another question of the template has this key")));
            }
            known.push(&question.key);
        }
        faults.settle()
    }
}

/// One version of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConversationTemplate {
    /// The id of this version.
    pub id: ConversationTemplateId,
    /// Whose: the trust's, a school's or a group's. It is for everybody beneath.
    pub organisation_id: OrganisationId,
    /// Which version of it there, from 1.
    pub number: i32,
    /// Draft or published.
    pub state: VersionState,
    /// The version that it was made from, if any.
    pub based_on: Option<ConversationTemplateId>,
    /// What it asks.
    pub document: Document,
    /// Which revision of each question it asks.
    pub revisions: BTreeMap<Slug, i32>,
    /// Version of the record, for its ETag.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// The revision of each question: as before where its words stay, one more where they changed, the first where it is new. What the version
/// before says counts, and then the one that this is made from.
pub fn revisions(document: &Document, before: &[&ConversationTemplate]) -> BTreeMap<Slug, i32> {
    let known = |key: &Slug| {
        before.iter().find_map(|t| {
            let (_, asked) = t.document.questions().find(|(_, q)| q.key == *key)?;
            Some((asked, *t.revisions.get(key)?))
        })
    };
    let revision = |q: &Question| match known(&q.key) {
        None => 1,
        Some((asked, n)) if asked.text == q.text && asked.answered_by == q.answered_by => n,
        Some((_, n)) => n + 1,
    };
    document.questions().map(|(_, q)| (q.key.clone(), revision(q))).collect()
}

impl ConversationTemplate {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), ..About::default() }
    }
    /// Publishes a draft.
    ///
    /// # Errors
    /// `published`: it never changes.
    pub fn publish(&self) -> Result<Self, RuleError> {
        match self.state {
            VersionState::Draft => Ok(Self { state: VersionState::Published, ..self.clone() }),
            VersionState::Published => Err(RuleError::new(Code::Published, "this version is published: make a new one")),
        }
    }
    /// Its questions, with the revision of each.
    pub fn asked(&self) -> Vec<(Question, i32)> {
        self.document.questions().map(|(_, q)| (q.clone(), self.revisions.get(&q.key).copied().unwrap_or(1))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Wire;
    use uuid::Uuid;

    fn word<T: Wire>(text: &str) -> T {
        T::parse(text).unwrap_or_else(|e| unreachable!("{e}"))
    }
    fn document(questions: &[(&str, &str)]) -> Document {
        let question = |(key, text): &(&str, &str)| Question { key: word(key), text: word(text), help: None, answered_by: AnsweredBy::Both };
        let sections = vec![Section { title: word("Learning"), questions: questions.iter().map(question).collect() }];
        Document { key: word("check-in"), name: word("Check-in"), kind: ConversationKind::CheckIn, sections }
    }
    fn template(document: Document, before: &[&ConversationTemplate]) -> ConversationTemplate {
        ConversationTemplate {
            id: ConversationTemplateId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            number: 1,
            state: VersionState::Draft,
            based_on: None,
            revisions: revisions(&document, before),
            document,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_question_that_is_worded_anew_is_another_revision_of_itself() {
        let first = template(document(&[("learned", "What did you learn?"), ("next", "What is next?")]), &[]);
        let second = template(document(&[("learned", "What have you found out?"), ("next", "What is next?"), ("new", "New?")]), &[&first]);
        let third = template(document(&[("learned", "What have you found out?")]), &[&second, &first]);
        let of = |t: &ConversationTemplate| t.asked().into_iter().map(|(q, n)| (q.key.as_str().to_owned(), n)).collect::<Vec<_>>();
        let pairs = |list: &[(&str, i32)]| list.iter().map(|(k, n)| ((*k).to_owned(), *n)).collect::<Vec<_>>();
        assert_eq!(of(&first), pairs(&[("learned", 1), ("next", 1)]));
        assert_eq!(of(&second), pairs(&[("learned", 2), ("next", 1), ("new", 1)]));
        assert_eq!(of(&third), pairs(&[("learned", 2)]));
    }

    #[test]
    fn keys_differ_and_what_is_published_stays() {
        let twice = document(&[("a", "a?"), ("b", "b?"), ("a", "c?")]);
        assert_eq!(twice.check().err().map(|e| e.faults[0].pointer.clone()), Some("/document/sections/0/questions/2/key".into()));
        let published = template(document(&[("a", "a?")]), &[]).publish().unwrap_or_else(|e| unreachable!("{e}"));
        assert_eq!(published.publish().map_err(|e| e.code), Err(Code::Published));
    }
}
