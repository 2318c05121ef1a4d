//! What a school or a trust can see of its learning, as figures: never names, and never fewer than five people.
//!
//! The definitions stand in `docs/insight.md`. What is counted comes from the store as plain facts; which of them is what, and which
//! figures are shown, is decided here.

mod fair_access;
mod mechanisms;
mod progress;
mod share;
mod sight;
mod spending;
#[cfg(test)]
mod tests;

pub use {
    fair_access::{Access, Post, decided, fair_access},
    mechanisms::{LearningBy, Practised, mechanisms},
    progress::{CountedAppraisal, Has, Progress, outstanding, progress, progress_by_appraiser},
    share::{AgreedObjectives, Share, Spoken, Threads, learning_share},
    sight::{Money, ServingLearning, ServingObjectives, ServingRequests, Sight, evidence, line_of_sight, money},
    spending::{Spending, Spent, spending},
};

use crate::{
    id::PersonId,
    suppression::{Figure, Grid, List, grid, list},
    words,
};

words! {
    /// How strong what is recorded is as evidence: a level, since a number would be more exact than what it is made of.
    EvidenceLevel {
        /// Learning of fewer than five people, or none.
        NotSeen = "not_seen",
        /// Learning is recorded.
        Recorded = "recorded",
        /// Half of it, or more, was reflected upon.
        Reflected = "reflected",
        /// Inquiries came to a finding, five or more.
        Found = "found",
    }
    /// What hangs loose between a priority and what comes of it.
    Orphan {
        /// Fewer than five objectives serve it.
        FewObjectives = "few_objectives",
        /// Fewer than five learning records serve it.
        FewLearningRecords = "few_learning_records",
        /// Objectives that serve it have no learning.
        ObjectivesWithoutLearning = "objectives_without_learning",
        /// Learning for it was not followed up.
        LearningWithoutFollowUp = "learning_without_follow_up",
        /// Learning that was asked for and is over has shown nothing yet of what came of it.
        RequestsWithoutImpact = "requests_without_impact",
        /// A school beneath has not adopted it.
        NotAdopted = "not_adopted",
    }
    /// What is outstanding in an appraisal.
    Outstanding {
        /// Nobody appraises.
        Appraiser = "appraiser",
        /// Planning has not begun.
        Planning = "planning",
        /// There are no objectives yet, besides private drafts.
        Objectives = "objectives",
        /// No conversation of it was held since planning, monitoring or review, whichever came last, opened in its cycle; never before the first.
        Meeting = "meeting",
        /// A deadline has passed.
        Overdue = "overdue",
    }
}

/// Whole per cent, where both figures are shown.
pub fn percent(part: Option<u64>, of: Option<u64>) -> Option<u64> {
    match (part, of) {
        (Some(part), Some(of)) if of > 0 => Some((part * 100 + of / 2) / of),
        _ => None,
    }
}

/// How many are so, and how many are not, at one organisation or in one group.
#[derive(Debug, Clone, Default)]
struct Halves {
    so: Figure,
    not: Figure,
}
impl Halves {
    /// With so many of this person.
    fn note(&mut self, so: bool, person: PersonId, count: u64) {
        if so { &mut self.so } else { &mut self.not }.add(count, person);
    }
    fn both(&self) -> Figure {
        Figure::together([&self.so, &self.not])
    }
}

/// A figure split in two, as far as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// How many are so.
    pub so: Option<u64>,
    /// How many are not.
    pub not: Option<u64>,
}
impl Split {
    /// As they stand in the first two columns of a table; of a table without rows there are none.
    fn of(cells: &[Option<u64>]) -> Self {
        let at = |i: usize| cells.get(i).map_or(Some(0), |cell| *cell);
        Self { so: at(0), not: at(1) }
    }
}

/// Splits of rows beneath totals of their own, and the split of all rows.
fn split(rows: &[Halves], totals: &List) -> (Vec<Split>, Split) {
    let rows: Vec<Vec<Figure>> = rows.iter().map(|r| vec![r.so.clone(), r.not.clone()]).collect();
    let Grid { cells, columns } = grid(&rows, &[], totals);
    (cells.iter().map(|c| Split::of(c)).collect(), Split::of(&columns))
}

/// The totals of such rows. One is withheld whoever they are if another figure of them is.
fn totals(rows: &[Halves], withheld: &[bool]) -> List {
    let besides = withheld.iter().copied().chain(std::iter::repeat(false));
    list(&rows.iter().zip(besides).map(|(r, withheld)| r.both().withheld_if(withheld)).collect::<Vec<_>>(), &[])
}
