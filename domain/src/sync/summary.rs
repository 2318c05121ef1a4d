//! What a snapshot comes to: who joined, left and came back, how many, and how it stood to the threshold.

use super::{Forecast, Snapshot, Turn};
use crate::{id::PersonId, text::ExternalRef};
use serde::{Deserialize, Serialize};

/// Somebody in the summary of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Their id; none while it is only asked what would happen and they are new.
    pub id: Option<PersonId>,
    /// What the other system calls them.
    pub external_ref: Option<ExternalRef>,
}
/// Most people of one kind whom a summary names.
pub const NAMED: usize = 1000;

/// How many, and who.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Crowd {
    /// How many.
    pub count: usize,
    /// The first [`NAMED`] of them.
    pub people: Vec<Who>,
}
impl Crowd {
    /// One more.
    pub fn add(&mut self, who: Who) {
        self.count += 1;
        if self.people.len() < NAMED {
            self.people.push(who);
        }
    }
}

/// What a snapshot comes to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Summary {
    /// Their first employment at the school.
    pub joiners: Crowd,
    /// How many others changed.
    pub changes: usize,
    /// A row gave their employment there a last day.
    pub leavers: Crowd,
    /// They were there before, and are again.
    pub returners: Crowd,
    /// Employed there and known to the source, but named by no row.
    pub unseen: Crowd,
    /// How many are as they were.
    pub unchanged: usize,
    /// How many rows were not taken.
    pub failed: usize,
}

/// How a snapshot stands to the threshold beyond which it is asked about before it is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// Current employments at the school before it.
    pub current: usize,
    /// Those that it would give a last day.
    pub ended: usize,
    /// Those that it would newly mark as missing.
    pub missing: usize,
    /// Are they too many to be believed without asking?
    pub exceeded: bool,
}
impl From<&Forecast> for Threshold {
    fn from(forecast: &Forecast) -> Self {
        let Forecast { current, ended, missing } = forecast;
        Self { current: *current, ended: ended.len(), missing: missing.len(), exceeded: forecast.brakes() }
    }
}

/// A snapshot while its rows are being done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sync {
    /// The snapshot.
    pub snapshot: Snapshot,
    /// What it came to so far.
    pub summary: Summary,
    /// What was forecast of it.
    #[serde(default)]
    pub threshold: Option<Threshold>,
    /// People whom rows named that were not taken: they count as seen.
    pub tried: Vec<PersonId>,
    /// Did a row not even tell whom it is about?
    pub nameless: bool,
}
impl Sync {
    /// Before its first row.
    pub fn new(snapshot: Snapshot, forecast: &Forecast) -> Self {
        Self { snapshot, summary: Summary::default(), threshold: Some(forecast.into()), tried: Vec::new(), nameless: false }
    }
    /// A row was taken.
    pub fn took(&mut self, turn: Turn, who: Who) {
        match turn {
            Turn::Joiner => self.summary.joiners.add(who),
            Turn::Returner => self.summary.returners.add(who),
            Turn::Leaver => self.summary.leavers.add(who),
            Turn::Change => self.summary.changes += 1,
            Turn::Unchanged => self.summary.unchanged += 1,
        }
    }
    /// Forgets what other systems call these people.
    pub fn forget(&mut self, people: &[PersonId], refs: &[ExternalRef]) {
        let Summary { joiners, leavers, returners, unseen, .. } = &mut self.summary;
        for who in [joiners, leavers, returners, unseen].into_iter().flat_map(|crowd| &mut crowd.people) {
            if who.id.is_some_and(|id| people.contains(&id)) || who.external_ref.as_ref().is_some_and(|r| refs.contains(r)) {
                who.external_ref = None;
            }
        }
    }
    /// A row was not taken. Nobody is missing because their row has a fault.
    pub fn failed(&mut self, about: impl Iterator<Item = PersonId>, keyed: bool) {
        self.summary.failed += 1;
        self.nameless |= !keyed;
        self.tried.extend(about);
    }
}
