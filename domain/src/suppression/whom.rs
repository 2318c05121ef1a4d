//! Whom figures are of. Figures that are withheld together are told together, so it matters how many people they are of together: somebody who is in two of
//! them is one person. Whoever knows the people hands them over, and a union is made of them; numbers are added up only of figures that are numbers of people.

use super::{LEAST, few};
use crate::id::PersonId;
use std::collections::BTreeSet;

/// Those whom a figure is of.
pub trait Whom: Clone + Default {
    /// With those of another figure, each counted once.
    fn join(&mut self, others: &Self);
    /// How many they are; of five and more it may say five.
    fn count(&self) -> u64;
    /// Are those of another figure, fewer than five, all among them?
    fn holds(&self, others: &Self) -> bool;
}

/// People, each once: all of them, or five. It is asked only whether they are fewer than five, alone or together with others, and for that no more
/// than five need be remembered of anybody's, however many they are.
#[derive(Debug, Clone, Default)]
pub struct People(Vec<PersonId>);

impl People {
    /// With this person.
    pub fn add(&mut self, person: PersonId) {
        if self.count() < LEAST && !self.0.contains(&person) {
            self.0.push(person);
        }
    }
    /// Are they one to four?
    pub fn few(&self) -> bool {
        few(self.count())
    }
    /// Is it nobody?
    pub fn nobody(&self) -> bool {
        self.0.is_empty()
    }
}
impl Whom for People {
    fn join(&mut self, others: &Self) {
        others.0.iter().for_each(|person| self.add(*person));
    }
    fn count(&self) -> u64 {
        self.0.len() as u64
    }
    fn holds(&self, others: &Self) -> bool {
        others.0.iter().all(|person| self.0.contains(person))
    }
}
impl FromIterator<PersonId> for People {
    fn from_iter<I: IntoIterator<Item = PersonId>>(people: I) -> Self {
        let mut out = Self::default();
        people.into_iter().for_each(|person| out.add(person));
        out
    }
}

/// The two sides of what stands between two people, each with people of its own: as many as there are on the side where they are fewer.
#[derive(Debug, Clone, Default)]
pub struct Sides([People; 2]);

impl Whom for Sides {
    fn join(&mut self, others: &Self) {
        self.0.iter_mut().zip(&others.0).for_each(|(side, other)| side.join(other));
    }
    fn count(&self) -> u64 {
        self.0.iter().map(People::count).min().unwrap_or_default()
    }
    fn holds(&self, others: &Self) -> bool {
        self.0.iter().zip(&others.0).all(|(side, other)| side.holds(other))
    }
}

/// So many people, none of whom is in another figure of the table: their numbers add up. There is no way to say it of a figure that counts anything else.
#[derive(Debug, Clone, Copy, Default)]
pub struct Apart(u64);

impl Whom for Apart {
    fn join(&mut self, others: &Self) {
        self.0 += others.0;
    }
    fn count(&self) -> u64 {
        self.0
    }
    fn holds(&self, others: &Self) -> bool {
        others.0 == 0
    }
}

/// A figure, and whom it is of.
#[derive(Debug, Clone, Default)]
pub struct Figure<W = People> {
    pub(super) value: u64,
    pub(super) of: W,
    withheld: bool,
}

impl Figure {
    /// With so many objectives, minutes or pence of this person.
    pub fn add(&mut self, value: u64, person: PersonId) {
        self.value += value;
        self.of.add(person);
    }
    /// How many these people are.
    pub fn counting(people: &BTreeSet<PersonId>) -> Self {
        Self { value: people.len() as u64, of: people.iter().copied().collect(), withheld: false }
    }
}
/// So many objectives, minutes or pence, each of one person.
impl FromIterator<(u64, PersonId)> for Figure {
    fn from_iter<I: IntoIterator<Item = (u64, PersonId)>>(parts: I) -> Self {
        let mut out = Self::default();
        parts.into_iter().for_each(|(value, person)| out.add(value, person));
        out
    }
}
impl Figure<Sides> {
    /// How many pairs these are, of one person on either side.
    pub fn pairs(pairs: impl IntoIterator<Item = [PersonId; 2]>) -> Self {
        let mut out = Self::default();
        for pair in pairs {
            out.value += 1;
            out.of.0.iter_mut().zip(pair).for_each(|(side, person)| side.add(person));
        }
        out
    }
}
impl Figure<Apart> {
    /// A number of people, each of whom is in this figure of the table and in no other.
    pub fn apart(people: u64) -> Self {
        Self { value: people, of: Apart(people), withheld: false }
    }
}
impl<W: Whom> Figure<W> {
    /// The same, and withheld whoever they are if another figure of them is.
    #[must_use]
    pub fn withheld_if(self, withheld: bool) -> Self {
        Self { withheld: self.withheld || withheld, ..self }
    }
    /// What these add up to.
    pub fn together<'f>(all: impl IntoIterator<Item = &'f Self>) -> Self
    where
        W: 'f,
    {
        all.into_iter().fold(Self::default(), |mut sum, one| {
            sum.value += one.value;
            sum.of.join(&one.of);
            sum
        })
    }
    /// Is it not to be shown, for its own sake?
    pub(super) fn few(&self) -> bool {
        self.withheld || few(self.value) || few(self.of.count())
    }
    /// Would it tell of fewer than five people if it were known what these, of which there are some, add up to?
    pub(super) fn told_together<'f>(all: impl IntoIterator<Item = &'f Self>) -> bool
    where
        W: 'f,
    {
        let mut all = all.into_iter().peekable();
        all.peek().is_some() && Self::together(all).of.count() < LEAST
    }
}
