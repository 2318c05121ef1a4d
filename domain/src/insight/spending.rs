//! What was spent on learning, with a priority and without, and with an effect that is known.

use super::{Halves, Split, split, totals};
use crate::id::{OrganisationId, PersonId};

/// What one person had spent on learning in a year, with or without a priority that it serves, as the store counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spending {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// On whom.
    pub person: PersonId,
    /// Does it serve a priority, by itself or through an objective?
    pub serves: bool,
    /// Is anything known of what came of it?
    pub followed_up: bool,
    /// How much, in pence.
    pub spent_pence: u64,
}

/// What an organisation spent on learning, or all of them, as far as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// In all, in pence.
    pub spent_pence: Option<u64>,
    /// With and without a priority that it serves.
    pub with_priority: Split,
    /// With and without anything that is known of what came of it.
    pub followed_up: Split,
}

/// What each of these organisations spent, and all together. What was spent on one to four people is never told.
pub fn spending(organisations: &[OrganisationId], found: &[Spending]) -> (Vec<Spent>, Spent) {
    let by = |so: fn(&Spending) -> bool| -> Vec<Halves> {
        let mut rows = vec![Halves::default(); organisations.len()];
        for one in found.iter().filter(|s| s.spent_pence > 0) {
            if let Some(at) = organisations.iter().position(|x| *x == one.organisation) {
                rows[at].note(so(one), one.person, one.spent_pence);
            }
        }
        rows
    };
    let (serving, followed) = (by(|s| s.serves), by(|s| s.followed_up));
    let totals = totals(&serving, &[]);
    let (with, with_all) = split(&serving, &totals);
    let (known, known_all) = split(&followed, &totals);
    let rows = (0..organisations.len()).map(|i| Spent { spent_pence: totals.cells[i], with_priority: with[i], followed_up: known[i] });
    (rows.collect(), Spent { spent_pence: totals.total, with_priority: with_all, followed_up: known_all })
}
