//! How much of what was agreed and held carries learning, and how much of it its owner shaped.

use super::{Halves, Split, split, totals};
use crate::{
    id::{OrganisationId, PersonId},
    objective::{ObjectiveKind, ObjectiveOrigin},
    suppression::List,
};

/// One person's agreed objectives that are alike, as the store counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AgreedObjectives {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Whose.
    pub person: PersonId,
    /// What kind.
    pub kind: ObjectiveKind,
    /// Who began them.
    pub origin: ObjectiveOrigin,
    /// Do they say what learning is needed?
    pub needs_learning: bool,
    /// Is a learning record linked?
    pub has_learning: bool,
    /// Are the words that were agreed their owner's proposal?
    pub proposed_by_owner: bool,
    /// Did their owner revise them?
    pub revised_by_owner: bool,
    /// How many.
    pub count: u64,
}

impl AgreedObjectives {
    /// Does learning run through it: an inquiry, a need for learning that is written down, or a record of learning?
    pub fn learning_thread(&self) -> bool {
        self.kind == ObjectiveKind::GrowthInquiry || self.needs_learning || self.has_learning
    }
    /// Did its owner write it, propose the words that were agreed, or revise them?
    pub fn own(&self) -> bool {
        self.origin == ObjectiveOrigin::Own || self.proposed_by_owner || self.revised_by_owner
    }
}

/// Agreed actions, or conversations, of one person that are alike, as the store counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Whom they are about.
    pub person: PersonId,
    /// Does learning run through them?
    pub thread: bool,
    /// How many.
    pub count: u64,
}

/// How many there are, and through how many of them learning runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threads {
    /// How many.
    pub all: Option<u64>,
    /// Of those, with and without a learning thread.
    pub thread: Split,
}

/// The learning share of one organisation, or of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// Agreed objectives.
    pub agreed: Option<u64>,
    /// Of those, with and without a learning thread.
    pub thread: Split,
    /// Of those with one, shaped by their owner, and not.
    pub own: Split,
    /// Agreed actions.
    pub actions: Threads,
    /// Check-ins that were held.
    pub conversations: Threads,
}

/// The learning share of each of these organisations, in their order, and of all together. Objectives, actions and conversations are three tables that are
/// never added up, so none tells of another.
pub fn learning_share(organisations: &[OrganisationId], found: &[AgreedObjectives], actions: &[Spoken], conversations: &[Spoken]) -> (Vec<Share>, Share) {
    let (objective_threads, own): (Vec<Halves>, Vec<Halves>) = organisations
        .iter()
        .map(|at| {
            let (mut thread, mut own) = (Halves::default(), Halves::default());
            for o in found.iter().filter(|o| o.organisation == *at) {
                thread.note(o.learning_thread(), o.person, o.count);
                if o.learning_thread() {
                    own.note(o.own(), o.person, o.count);
                }
            }
            (thread, own)
        })
        .unzip();
    let totals = totals(&objective_threads, &[]);
    let (thread, thread_all) = split(&objective_threads, &totals);
    // what has a thread is the total of what is shaped by its owner and what is not
    let with = List { cells: thread.iter().map(|t| t.so).collect(), total: thread_all.so };
    let (own, own_all) = split(&own, &with);
    let ((actions, actions_all), (conversations, conversations_all)) = (threads(organisations, actions), threads(organisations, conversations));
    let row = |i: usize| Share { agreed: totals.cells[i], thread: thread[i], own: own[i], actions: actions[i], conversations: conversations[i] };
    let all = Share { agreed: totals.total, thread: thread_all, own: own_all, actions: actions_all, conversations: conversations_all };
    ((0..organisations.len()).map(row).collect(), all)
}

/// How many there are at each organisation and at all, and through how many of them learning runs.
fn threads(organisations: &[OrganisationId], found: &[Spoken]) -> (Vec<Threads>, Threads) {
    let halves = organisations.iter().map(|at| {
        let mut halves = Halves::default();
        found.iter().filter(|s| s.organisation == *at).for_each(|s| halves.note(s.thread, s.person, s.count));
        halves
    });
    let halves: Vec<Halves> = halves.collect();
    let totals = totals(&halves, &[]);
    let (thread, thread_all) = split(&halves, &totals);
    (totals.cells.iter().zip(thread).map(|(all, thread)| Threads { all: *all, thread }).collect(), Threads { all: totals.total, thread: thread_all })
}
