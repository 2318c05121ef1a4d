//! Questions that help to reflect: short, open, and nobody has to answer one. They are shipped as data. What a question asks never changes under its key, since
//! reflections name the one that they answer: other words have another key.

use crate::{
    learning::LearningKind,
    rule::{Code, RuleError},
    text::{Slug, Title},
    words,
};
use serde::Deserialize;

words! {
    /// What a prompt asks about.
    PromptAbout {
        /// What one did.
        Practice = "practice",
        /// What came of it.
        Effect = "effect",
        /// How one knows.
        Evidence = "evidence",
        /// What one thinks of it.
        Thinking = "thinking",
        /// What one does next.
        Next = "next",
    }
}

/// A question that helps to reflect.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReflectionPrompt {
    /// Its short name, for good.
    pub key: Slug,
    /// What it asks.
    pub question: Title,
    /// About what.
    pub about: PromptAbout,
    /// For which kinds of learning; for every kind, if none is named.
    pub kinds: Vec<LearningKind>,
}

impl ReflectionPrompt {
    /// Does it suit learning of this kind?
    pub fn suits(&self, kind: LearningKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }
}

/// The questions that Trellis ships.
pub fn prompts() -> Vec<ReflectionPrompt> {
    // The file is part of the program and a test reads it, so there is no error to answer.
    serde_json::from_str(include_str!("../seed/reflection-prompts.json")).unwrap_or_default()
}

/// There is such a question.
///
/// # Errors
/// `unknown_reference`.
pub fn known(key: &Slug) -> Result<(), RuleError> {
    match prompts().iter().any(|prompt| prompt.key == *key) {
        true => Ok(()),
        false => Err(RuleError::at(Code::UnknownReference, "/prompt", "no such prompt: `GET /v1/reflection-prompts` has them")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_file_is_of_the_form_that_its_types_ask_for() {
        let read: Result<Vec<ReflectionPrompt>, _> = serde_json::from_str(include_str!("../seed/reflection-prompts.json"));
        assert_eq!(read.map_err(|e| e.to_string()), Ok(prompts()));
    }

    #[test]
    fn every_kind_of_learning_has_open_questions_about_everything() {
        let all = prompts();
        assert_eq!(all.iter().map(|p| p.key.as_str()).collect::<BTreeSet<_>>().len(), all.len());
        for prompt in &all {
            let asks = prompt.question.as_str();
            assert!(asks.ends_with('?') && asks.len() <= 100, "{asks}");
            assert!(!["Did ", "Do ", "Is ", "Was ", "Have "].iter().any(|closed| asks.starts_with(closed)), "yes or no is no reflection: {asks}");
        }
        for kind in LearningKind::ALL {
            let about: BTreeSet<_> = all.iter().filter(|p| p.suits(*kind)).map(|p| p.about).collect();
            assert_eq!(about.len(), PromptAbout::ALL.len(), "{kind}");
        }
    }

    #[test]
    fn what_a_key_asks_stays_as_it_was_shipped() {
        // a reflection names it: whoever wants other words makes another key
        let of = |key: &str| prompts().into_iter().find(|p| p.key.as_str() == key).map(|p| p.question.as_str().to_owned());
        assert_eq!(of("what-i-tried").as_deref(), Some("What did you try, and with whom?"));
        assert_eq!(of("what-changed").as_deref(), Some("What is different now, and for whom?"));
        assert_eq!(of("what-next").as_deref(), Some("What will you do next, and what will you leave out to make room for it?"));
    }
}
