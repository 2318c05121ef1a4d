//! Who wrote, proposed and accepted each field of an objective, as it stands.
//!
//! The log keeps all that ever was. This says it of the words that count now, field by field, so that nobody has to read a history to know
//! whose words they are bound by.

use super::{Objective, ObjectiveState, Words};
use crate::{id::PersonId, words};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

words! {
    /// A field of an objective's words.
    ObjectiveField {
        /// What kind.
        Kind = "kind",
        /// In one line.
        Title = "title",
        /// In full.
        Description = "description",
        /// The inquiry.
        Inquiry = "inquiry",
        /// How evidence will be had.
        EvidencePlan = "evidence_plan",
        /// What support is needed.
        SupportNeeded = "support_needed",
        /// What learning is needed.
        LearningNeeded = "learning_needed",
        /// By when.
        DueOn = "due_on",
        /// How one will know.
        SuccessCriteria = "success_criteria",
        /// Standards it speaks to.
        StandardIds = "standard_ids",
        /// Priorities that it serves.
        PriorityIds = "priority_ids",
    }
}

/// Whose hand it was, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hand {
    /// Who.
    pub by: PersonId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Whose words a field's are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldAuthorship {
    /// Which field.
    pub field: ObjectiveField,
    /// Who wrote it as it stands.
    pub written: Hand,
    /// Who put it to the other party.
    pub proposed: Option<Hand>,
    /// Who accepted it. Nobody, if it was set with dissent or waits for an answer.
    pub accepted: Option<Hand>,
}

fn values(words: &Words) -> Map<String, Value> {
    match serde_json::to_value(words) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}
fn empty(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Authorship of every field after a step: a field that changed is whoever's changed it, and has to be proposed and accepted anew; one that stays
/// keeps what was said of it. A field that never said anything has none.
pub fn authorship(known: &[FieldAuthorship], before: Option<&Objective>, after: &Objective, by: Hand) -> Vec<FieldAuthorship> {
    let (old, new) = (before.map(|b| values(&b.words)).unwrap_or_default(), values(&after.words));
    // the days on which a draft was written are its author's alone
    let comes_out = before.is_some_and(|b| b.about().private_to.is_some()) && after.about().private_to.is_none();
    let mut out = Vec::new();
    for field in ObjectiveField::ALL.iter().copied() {
        let was = old.get(field.as_str()).unwrap_or(&Value::Null);
        let is = new.get(field.as_str()).unwrap_or(&Value::Null);
        let changed = was != is && !(empty(was) && empty(is));
        let standing = known.iter().find(|k| k.field == field).copied().filter(|_| !changed);
        let fresh = FieldAuthorship { field, written: by, proposed: None, accepted: None };
        let mut entry = match standing {
            Some(entry) => entry,
            None if changed => fresh,
            None => continue,
        };
        if comes_out {
            entry.written.at = by.at;
        }
        if after.state == ObjectiveState::Proposed && entry.proposed.is_none() {
            entry.proposed = Some(Hand { by: after.proposed_by.unwrap_or(by.by), at: by.at });
        }
        if let (Some(who), Some(at), None) = (after.agreed_by, after.agreed_at, entry.accepted) {
            entry.accepted = Some(Hand { by: who, at });
        }
        out.push(entry);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            ObjectiveAction as A, WordsPatch,
            tests::{APPRAISER, OWNER, appraiser, objective, owner, text},
        },
        *,
    };
    use crate::id::CriterionId;
    use uuid::Uuid;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap_or_default()
    }
    fn hand(by: PersonId, seconds: i64) -> Hand {
        Hand { by, at: at(seconds) }
    }
    fn of(all: &[FieldAuthorship], field: ObjectiveField) -> FieldAuthorship {
        all.iter().find(|f| f.field == field).copied().unwrap_or_else(|| unreachable!("{field}"))
    }

    #[test]
    fn every_field_of_the_words_has_its_authorship() {
        let words = values(&objective(ObjectiveState::Draft).words);
        let mut named: Vec<&str> = ObjectiveField::ALL.iter().map(|f| f.as_str()).collect();
        let mut there: Vec<&str> = words.keys().map(String::as_str).collect();
        named.sort_unstable();
        there.sort_unstable();
        assert_eq!(named, there);
    }

    #[test]
    fn a_field_is_whoevers_wrote_it_last_and_is_accepted_by_the_other_party() {
        let mut id = || CriterionId(Uuid::nil());
        let draft = objective(ObjectiveState::Draft);
        let first = authorship(&[], None, &draft, hand(OWNER, 1));
        assert_eq!(first.iter().map(|f| f.field).collect::<Vec<_>>(), [ObjectiveField::Kind, ObjectiveField::Title]);
        let proposed = draft.step(A::Propose, owner(), None, at(2)).unwrap_or_else(|e| unreachable!("{e}"));
        let second = authorship(&first, Some(&draft), &proposed, hand(OWNER, 2));
        // when the draft was written is its author's alone
        assert_eq!(
            of(&second, ObjectiveField::Title),
            FieldAuthorship { field: ObjectiveField::Title, written: hand(OWNER, 2), proposed: Some(hand(OWNER, 2)), accepted: None }
        );
        let patch = WordsPatch { support_needed: Some(Some(text("An hour"))), ..WordsPatch::default() };
        let countered = proposed.reworded(patch, appraiser(), &mut id).unwrap_or_else(|e| unreachable!("{e}"));
        let third = authorship(&second, Some(&proposed), &countered, hand(APPRAISER, 3));
        assert_eq!(of(&third, ObjectiveField::Title), of(&second, ObjectiveField::Title));
        assert_eq!(of(&third, ObjectiveField::SupportNeeded).proposed, Some(hand(APPRAISER, 3)));
        let agreed = countered.step(A::Agree, owner(), None, at(4)).unwrap_or_else(|e| unreachable!("{e}"));
        let fourth = authorship(&third, Some(&countered), &agreed, hand(OWNER, 4));
        assert!(fourth.iter().all(|f| f.accepted == Some(hand(OWNER, 4))));
        // a revision asks for the changed field alone; the rest was accepted already
        let patch = WordsPatch { support_needed: Some(None), ..WordsPatch::default() };
        let revised = agreed.revised(patch, text("No hour"), owner(), at(5), &mut id).unwrap_or_else(|e| unreachable!("{e}"));
        let fifth = authorship(&fourth, Some(&agreed), &revised, hand(OWNER, 5));
        let emptied = FieldAuthorship { field: ObjectiveField::SupportNeeded, written: hand(OWNER, 5), proposed: Some(hand(OWNER, 5)), accepted: None };
        assert_eq!((of(&fifth, ObjectiveField::SupportNeeded), of(&fifth, ObjectiveField::Title).accepted), (emptied, Some(hand(OWNER, 4))));
    }

    #[test]
    fn what_was_set_with_dissent_nobody_accepted() {
        let theirs = Objective { proposed_by: Some(APPRAISER), ..objective(ObjectiveState::Proposed) };
        let known = authorship(&[], None, &theirs, hand(APPRAISER, 1));
        let set = theirs.set_with_dissent(appraiser(), text("No"), at(2)).unwrap_or_else(|e| unreachable!("{e}"));
        assert!(authorship(&known, Some(&theirs), &set, hand(APPRAISER, 2)).iter().all(|f| f.accepted.is_none() && f.written == hand(APPRAISER, 1)));
    }
}
