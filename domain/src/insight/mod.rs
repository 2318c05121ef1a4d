//! What a school or a trust can see of its learning, as figures: never names, and never fewer than five people.
//!
//! The definitions stand in `docs/insight.md`. What is counted comes from the store as plain facts; which of them is what, and which
//! figures are shown, is decided here.

mod fair_access;
mod progress;
mod share;
mod sight;
mod spending;
#[cfg(test)]
mod tests;

pub use {
    fair_access::{Access, Post, decided, fair_access},
    progress::{CountedAppraisals, Progress, outstanding, progress},
    share::{AgreedObjectives, Share, Spoken, Threads, learning_share},
    sight::{Money, ServingLearning, ServingObjectives, ServingRequests, Sight, evidence, line_of_sight, money},
    spending::{Spending, Spent, spending},
};

use crate::{
    id::PersonId,
    suppression::{self, Grid, List, Of, grid, list},
    words,
};
use std::collections::BTreeSet;

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

/// A partition of figures by organisation: how many in all, and how many of those are so, and are not.
#[derive(Debug, Clone, Default)]
struct Halves {
    so: u64,
    not: u64,
    people_so: BTreeSet<PersonId>,
    people_not: BTreeSet<PersonId>,
}

/// A figure split in two, as far as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Split {
    /// How many are so.
    pub so: Option<u64>,
    /// How many are not.
    pub not: Option<u64>,
}

fn few(people: usize) -> bool {
    suppression::few(people as u64)
}

/// Splits of rows beneath totals of their own, and the split of all rows.
fn split(rows: &[Halves], totals: &List) -> (Vec<Split>, Split) {
    let values: Vec<Vec<u64>> = rows.iter().map(|r| vec![r.so, r.not]).collect();
    let of: Vec<Vec<Of>> = rows.iter().map(|r| vec![Of::these(r.people_so.len()), Of::these(r.people_not.len())]).collect();
    let Grid { cells, columns } = grid(&values, &[], totals, &of);
    let pair = |cells: &[Option<u64>]| Split { so: cells.first().copied().flatten(), not: cells.get(1).copied().flatten() };
    (cells.iter().map(|c| pair(c)).collect(), pair(&columns))
}

fn note(halves: &mut Halves, so: bool, person: PersonId, count: u64) {
    let (sum, people) = if so { (&mut halves.so, &mut halves.people_so) } else { (&mut halves.not, &mut halves.people_not) };
    *sum += count;
    people.insert(person);
}
fn totals(rows: &[Halves], withheld: &[bool]) -> List {
    let sums: Vec<u64> = rows.iter().map(|r| r.so + r.not).collect();
    let besides = withheld.iter().copied().chain(std::iter::repeat(false));
    let of: Vec<Of> = rows.iter().zip(besides).map(|(r, withheld)| Of::these(r.people_so.union(&r.people_not).count()).withheld_if(withheld)).collect();
    list(&sums, &[], &of)
}
