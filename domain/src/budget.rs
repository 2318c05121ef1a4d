//! Budgets for learning: lines of a school or trust for an academic year, and a ledger that balances. Nothing is kept but what moved: what is set
//! aside, spent and left is the sum of the entries.

use crate::{
    event::About,
    id::{BudgetEntryId, BudgetLineId, LearningRequestId, OrganisationId, PersonId},
    rule::{Code, RuleError},
    text::Title,
    words,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

words! {
    /// What moved.
    BudgetEntryKind {
        /// Set aside when a request was approved.
        Commit = "commit",
        /// Set free again: declined, returned or withdrawn after it was approved, or booked and thereby spent.
        Release = "release",
        /// Spent.
        Spend = "spend",
        /// Spent less than was thought.
        Refund = "refund",
    }
}
words! {
    /// What can be done with a budget line.
    BudgetLineAction {
        /// Change it.
        Update = "update",
    }
}

/// A part of a year's money for learning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BudgetLine {
    /// Its id.
    pub id: BudgetLineId,
    /// Whose money it is: a school's, a group's, or the trust's.
    pub organisation_id: OrganisationId,
    /// The academic year, by the calendar year in which it starts.
    pub academic_year: i32,
    /// What it is called.
    pub title: Title,
    /// How much there is, in pence.
    pub allocated_pence: i64,
    /// A request that costs more needs an impact plan.
    pub plan_above_pence: Option<i32>,
    /// A request that takes more cover, in minutes, needs an impact plan.
    pub plan_above_minutes: Option<i32>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a line; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct BudgetLinePatch {
    /// What it is called.
    pub title: Option<Title>,
    /// How much there is.
    pub allocated_pence: Option<i64>,
    /// Above what cost a request needs an impact plan.
    pub plan_above_pence: Option<Option<i32>>,
    /// Above how much cover.
    pub plan_above_minutes: Option<Option<i32>>,
}

/// What moved, of which request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BudgetEntry {
    /// Its id.
    pub id: BudgetEntryId,
    /// Of which line.
    pub budget_line_id: BudgetLineId,
    /// For which request; none once its owner was erased.
    pub request_id: Option<LearningRequestId>,
    /// What.
    pub kind: BudgetEntryKind,
    /// How much, in pence.
    pub amount_pence: i32,
    /// By whose act.
    pub made_by: Option<PersonId>,
    /// When.
    pub made_at: DateTime<Utc>,
}

/// What the entries of a line come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Set aside, in pence.
    pub committed: i64,
    /// Spent, in pence.
    pub spent: i64,
}

impl Balance {
    /// The balance with the sum of one kind of entry taken in.
    #[must_use]
    pub fn with(self, kind: BudgetEntryKind, sum: i64) -> Self {
        let Self { committed, spent } = self;
        match kind {
            BudgetEntryKind::Commit => Self { committed: committed + sum, spent },
            BudgetEntryKind::Release => Self { committed: committed - sum, spent },
            BudgetEntryKind::Spend => Self { committed, spent: spent + sum },
            BudgetEntryKind::Refund => Self { committed, spent: spent - sum },
        }
    }
    /// What is left of an allocation.
    pub fn remaining(self, allocated: i64) -> i64 {
        allocated - self.committed - self.spent
    }
}

/// What a request holds of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Which line.
    pub line: Option<BudgetLineId>,
    /// Set aside.
    pub committed: i32,
    /// Spent.
    pub spent: i32,
}

/// The entries that lead from what a request held to what it holds.
pub fn postings(before: Standing, after: Standing) -> Vec<(BudgetEntryKind, i32)> {
    let moved = |was: i32, is: i32, more, less| match is - was {
        0 => None,
        by @ 1.. => Some((more, by)),
        by => Some((less, -by)),
    };
    let committed = moved(before.committed, after.committed, BudgetEntryKind::Commit, BudgetEntryKind::Release);
    let spent = moved(before.spent, after.spent, BudgetEntryKind::Spend, BudgetEntryKind::Refund);
    committed.into_iter().chain(spent).collect()
}

/// How much more of the line a request holds than before; less than nothing, if it gives back.
pub fn needed(before: Standing, after: Standing) -> i64 {
    let held = |s: Standing| i64::from(s.committed) + i64::from(s.spent);
    held(after) - held(before)
}

/// Pence as people read them.
pub fn pounds(pence: i64) -> String {
    let sign = if pence < 0 { "-" } else { "" };
    format!("{sign}£{}.{:02}", pence.abs() / 100, pence.abs() % 100)
}

/// Does what is needed fit into what remains? What gives back always does.
///
/// # Errors
/// `budget_exceeded`, with what remains.
pub fn fits(needed: i64, remaining: i64) -> Result<(), RuleError> {
    if needed <= 0 || needed <= remaining {
        return Ok(());
    }
    let message = format!("it needs {} and {} remains of the budget line", pounds(needed), pounds(remaining));
    Err(RuleError::at(Code::BudgetExceeded, "/budget_line_id", message))
}

/// Above what a request needs an impact plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Threshold {
    /// More pence than this.
    pub pence: Option<i32>,
    /// More minutes of cover than this.
    pub minutes: Option<i32>,
}

impl Threshold {
    /// The stricter of two, in each of them.
    #[must_use]
    pub fn stricter(self, other: Self) -> Self {
        let lower = |a: Option<i32>, b: Option<i32>| a.into_iter().chain(b).min();
        Self { pence: lower(self.pence, other.pence), minutes: lower(self.minutes, other.minutes) }
    }
    /// Is a request of this cost and cover above it?
    pub fn passed_by(self, cost_pence: i32, cover_minutes: i32) -> bool {
        self.pence.is_some_and(|most| cost_pence > most) || self.minutes.is_some_and(|most| cover_minutes > most)
    }
}

impl BudgetLine {
    /// Where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), ..About::default() }
    }
    /// Its threshold.
    pub fn threshold(&self) -> Threshold {
        Threshold { pence: self.plan_above_pence, minutes: self.plan_above_minutes }
    }
    /// The line with a patch laid over it: never with less than what is set aside and spent.
    ///
    /// # Errors
    /// `budget_exceeded`.
    pub fn patched(&self, patch: BudgetLinePatch, balance: Balance) -> Result<Self, RuleError> {
        let BudgetLinePatch { title, allocated_pence, plan_above_pence, plan_above_minutes } = patch;
        let new = Self {
            title: title.unwrap_or_else(|| self.title.clone()),
            allocated_pence: allocated_pence.unwrap_or(self.allocated_pence),
            plan_above_pence: plan_above_pence.unwrap_or(self.plan_above_pence),
            plan_above_minutes: plan_above_minutes.unwrap_or(self.plan_above_minutes),
            ..self.clone()
        };
        let bound = balance.committed + balance.spent;
        if new.allocated_pence < self.allocated_pence && new.allocated_pence < bound {
            return Err(RuleError::at(Code::BudgetExceeded, "/allocated_pence", format!("{} is set aside or spent already", pounds(bound))));
        }
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const LINE: BudgetLineId = BudgetLineId(Uuid::nil());

    fn holds(committed: i32, spent: i32) -> Standing {
        Standing { line: Some(LINE), committed, spent }
    }
    fn line(allocated_pence: i64) -> BudgetLine {
        BudgetLine {
            id: LINE,
            organisation_id: OrganisationId(Uuid::nil()),
            academic_year: 2026,
            title: Title::try_from("Courses".to_owned()).unwrap_or_else(|_| unreachable!()),
            allocated_pence,
            plan_above_pence: None,
            plan_above_minutes: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn entries_lead_from_what_was_held_to_what_is() {
        use BudgetEntryKind as K;
        for (before, after, entries) in [
            (holds(0, 0), holds(0, 0), vec![]),
            (holds(0, 0), holds(500, 0), vec![(K::Commit, 500)]),
            (holds(500, 0), holds(0, 0), vec![(K::Release, 500)]),
            (holds(500, 0), holds(0, 450), vec![(K::Release, 500), (K::Spend, 450)]),
            (holds(0, 450), holds(0, 470), vec![(K::Spend, 20)]),
            (holds(0, 470), holds(0, 0), vec![(K::Refund, 470)]),
        ] {
            let made = postings(before, after);
            assert_eq!(made, entries);
            let start = Balance { committed: before.committed.into(), spent: before.spent.into() };
            let end = made.into_iter().fold(start, |sum, (kind, amount)| sum.with(kind, amount.into()));
            assert_eq!(end, Balance { committed: after.committed.into(), spent: after.spent.into() });
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_with_what_remains() {
        for (needed, remaining, ok) in [(100, 100, true), (101, 100, false), (0, -5, true), (-5, -5, true), (1, 0, false)] {
            assert_eq!(fits(needed, remaining).is_ok(), ok, "{needed} of {remaining}");
        }
        let told = fits(12_345, 99).err().map(|e| e.message);
        assert_eq!(told.as_deref(), Some("it needs £123.45 and £0.99 remains of the budget line"));
    }

    #[test]
    fn a_line_is_never_cut_below_what_is_set_aside_and_spent() {
        let (balance, cut) = (Balance { committed: 300, spent: 200 }, |to| BudgetLinePatch { allocated_pence: Some(to), ..BudgetLinePatch::default() });
        for (had, to, ok) in [(1000, 500, true), (1000, 499, false), (1000, 2000, true), (400, 450, true), (400, 399, false)] {
            assert_eq!(line(had).patched(cut(to), balance).is_ok(), ok, "{had} to {to}");
        }
    }

    #[test]
    fn the_stricter_threshold_counts_and_more_than_it_is_above() {
        let all = Threshold { pence: Some(500), minutes: None }.stricter(Threshold { pence: Some(900), minutes: Some(60) });
        assert_eq!(all, Threshold { pence: Some(500), minutes: Some(60) });
        for (cost, cover, above) in [(500, 60, false), (501, 0, true), (0, 61, true)] {
            assert_eq!(all.passed_by(cost, cover), above);
        }
        assert!(!Threshold::default().passed_by(i32::MAX, i32::MAX));
    }
}
