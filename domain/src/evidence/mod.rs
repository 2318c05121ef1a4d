//! Evidence of learning: what shows it. Better a reference to what exists already than a copy; a file where nothing else will do. Evidence has no
//! privacy of its own: whoever may read the learning record that it belongs to may read it, and only its owner adds and removes it.

mod content;

pub use content::{MediaType, judge, label};

use crate::id::PersonId;
use crate::{
    id::{EvidenceId, LearningRecordId},
    learning::{LearningAction, LearningRecord},
    rule::{Code, RuleError},
    text::{FileName, Title, WebAddress, Whereabouts},
    words,
};
use chrono::{DateTime, Utc};

words! {
    /// What a piece of evidence is.
    EvidenceKind {
        /// Where something is found that exists already: a folder, a book, a display.
        Reference = "reference",
        /// The address of a page.
        Link = "link",
        /// A file that is kept.
        File = "file",
    }
    /// What can be done with a piece of evidence.
    EvidenceAction {
        /// Remove it, for good.
        Remove = "remove",
    }
}

/// Most bytes of a file: 5 MiB, a scanned plan or a photograph of a display, not a film.
pub const FILE_LIMIT: usize = 5 << 20;
/// How many pieces of evidence a learning record has at most: evidence is chosen, not collected.
pub const MOST_OF_A_RECORD: usize = 30;
/// How many bytes of files somebody has at most: 250 MiB, fifty of the largest.
pub const MOST_BYTES: u64 = 250 << 20;

/// A piece of evidence. It never changes: what is wrong is removed, and added anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Its id.
    pub id: EvidenceId,
    /// Of which learning record. Its owner added it.
    pub learning_record_id: LearningRecordId,
    /// What it is called.
    pub title: Title,
    /// What it is.
    pub content: EvidenceContent,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}
/// What a piece of evidence is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EvidenceContent {
    /// Something that exists already, and where.
    Reference(Whereabouts),
    /// A page.
    Link(WebAddress),
    /// A file.
    File(EvidenceFile),
}
/// What is known of a file that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceFile {
    /// What its content is.
    pub media_type: MediaType,
    /// What it is called when it is saved. A label: nothing is found by it.
    pub name: FileName,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: [u8; 32],
}

impl EvidenceContent {
    /// Its kind.
    pub const fn kind(&self) -> EvidenceKind {
        match self {
            Self::Reference(_) => EvidenceKind::Reference,
            Self::Link(_) => EvidenceKind::Link,
            Self::File(_) => EvidenceKind::File,
        }
    }
    /// What is referred to, by a text or by an address: one of the two.
    ///
    /// # Errors
    /// `contradictory_members`.
    pub fn referred(reference: Option<Whereabouts>, url: Option<WebAddress>) -> Result<Self, RuleError> {
        match (reference, url) {
            (Some(place), None) => Ok(Self::Reference(place)),
            (None, Some(address)) => Ok(Self::Link(address)),
            (Some(_), Some(_)) => Err(RuleError::at(Code::ContradictoryMembers, "/url", "evidence is a reference or a link: send one of the two")),
            (None, None) => Err(RuleError::at(Code::ContradictoryMembers, "/reference", "say where it is found, in `reference` or as a link in `url`")),
        }
    }
    /// Bytes that are kept of it.
    pub const fn bytes(&self) -> u64 {
        match self {
            Self::File(file) => file.size,
            Self::Reference(_) | Self::Link(_) => 0,
        }
    }
}

/// Is there room for one more, of so many bytes? `kept` is how many pieces the record has, and how many bytes of files its owner has.
///
/// # Errors
/// `evidence_full`, with the bound.
pub fn room((of_record, bytes): (usize, u64), adding: u64) -> Result<(), RuleError> {
    if of_record >= MOST_OF_A_RECORD {
        return Err(RuleError::new(Code::EvidenceFull, format!("a learning record has at most {MOST_OF_A_RECORD} pieces of evidence")));
    }
    if adding > 0 && bytes.saturating_add(adding) > MOST_BYTES {
        let left = MOST_BYTES.saturating_sub(bytes) >> 10;
        let message = format!("the files of one person have at most {} MiB together, and {left} KiB are left", MOST_BYTES >> 20);
        return Err(RuleError::new(Code::EvidenceFull, message));
    }
    Ok(())
}

impl EvidenceAction {
    /// Whoever adds evidence to a record removes it from there.
    ///
    /// # Errors
    /// `not_permitted`.
    pub fn on(self, record: &LearningRecord, by: Option<PersonId>) -> Result<(), RuleError> {
        match self {
            Self::Remove => record.can(LearningAction::AddEvidence, by),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_chosen_and_not_collected() {
        const MIB: u64 = 1 << 20;
        for (kept, adding, fits) in [
            ((0, 0), 0, true),
            ((29, 0), 0, true),
            ((30, 0), 0, false),
            ((0, 245 * MIB), 5 * MIB, true),
            ((0, 245 * MIB + 1), 5 * MIB, false),
            ((0, 251 * MIB), 0, true),
            ((0, 251 * MIB), 1, false),
        ] {
            assert_eq!(room(kept, adding).is_ok(), fits, "{kept:?} {adding}");
        }
        let told = room((0, 249 * MIB), 2 * MIB).err().map(|e| e.message).unwrap_or_default();
        assert!(told.contains("250 MiB") && told.contains("1024 KiB"), "{told}");
    }
}
