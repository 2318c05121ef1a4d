//! Evidence of learning. Bytes of files are kept elsewhere, by whoever runs these operations; what may lie there and is nobody's is known here.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    evidence::{Evidence, EvidenceContent},
    id::{EvidenceId, LearningRecordId, ServiceAccountId},
    text::Title,
};

/// The evidence of a learning record.
#[derive(Debug)]
pub struct ListEvidence {
    /// Of which record.
    pub id: LearningRecordId,
    /// Where the list goes on.
    pub window: Window,
}
/// Adds a piece of evidence to a learning record.
#[derive(Debug, Clone)]
pub struct AddEvidence {
    /// Its id: a file lies under it.
    pub id: EvidenceId,
    /// To which record.
    pub learning_record_id: LearningRecordId,
    /// What it is called.
    pub title: Title,
    /// What it is. The bytes of a file are in the store by now.
    pub content: EvidenceContent,
}
/// Says, before its bytes go to the store, that a file will lie there: until its evidence is added it is nobody's, and is removed after an hour.
#[derive(Debug)]
pub struct ExpectFile {
    /// Under which id.
    pub id: EvidenceId,
    /// For which record.
    pub learning_record_id: LearningRecordId,
}
/// One piece of evidence.
#[derive(Debug)]
pub struct GetEvidence {
    /// Which.
    pub id: EvidenceId,
    /// The version that the caller has. It has only one.
    pub unless: Option<i64>,
}
/// A piece of evidence whose file the caller may read.
#[derive(Debug)]
pub struct LinkEvidence {
    /// Which.
    pub id: EvidenceId,
}
/// The evidence, and for whom a link to its file is made.
#[derive(Debug)]
pub struct Linked {
    /// The evidence.
    pub evidence: Evidence,
    /// The machine that asks, if it is one.
    pub machine: Option<ServiceAccountId>,
}
/// Removes a piece of evidence, for good.
#[derive(Debug)]
pub struct RemoveEvidence {
    /// Which.
    pub id: EvidenceId,
}
/// Files of the tenant that are nobody's and are to be removed now: a hundred at most.
#[derive(Debug)]
pub struct StrayFiles;
/// Forgets files that were removed from the store.
#[derive(Debug)]
pub struct ForgetStrays {
    /// Which.
    pub ids: Vec<EvidenceId>,
}

queries! {
    ListEvidence: ReadLearning => Page<Evidence>;
    GetEvidence: ReadLearning => Fetched<Seen<Evidence>>;
    LinkEvidence: ReadLearning => Linked;
    StrayFiles: Operator => Vec<EvidenceId>;
}
commands! {
    AddEvidence: WriteLearning => Seen<Evidence>;
    ExpectFile: WriteLearning => ();
    RemoveEvidence: WriteLearning => ();
    ForgetStrays: Operator => ();
}
