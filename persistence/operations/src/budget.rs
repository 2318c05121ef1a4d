//! Budgets for learning.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    budget::{Balance, BudgetEntry, BudgetLine, BudgetLinePatch},
    id::{BudgetLineId, OrganisationId},
    text::Title,
};

/// A new line.
#[derive(Debug, Clone)]
pub struct CreateBudgetLine {
    /// Whose money it is.
    pub organisation_id: OrganisationId,
    /// The academic year.
    pub academic_year: i32,
    /// What it is called.
    pub title: Title,
    /// How much there is, in pence.
    pub allocated_pence: i64,
    /// The rest of it.
    pub details: BudgetLinePatch,
}
/// One line.
#[derive(Debug)]
pub struct GetBudgetLine {
    /// Which.
    pub id: BudgetLineId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Lines, by these filters.
#[derive(Debug)]
pub struct ListBudgetLines {
    /// Of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Of this academic year.
    pub academic_year: Option<i32>,
    /// Where the list goes on.
    pub window: Window,
}
/// The same lines, each with what its ledger comes to.
#[derive(Debug)]
pub struct ListBudgetBalances(pub ListBudgetLines);
/// Changes a line.
#[derive(Debug)]
pub struct UpdateBudgetLine {
    /// Which.
    pub id: BudgetLineId,
    /// What.
    pub patch: BudgetLinePatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// What moved on a line, oldest first.
#[derive(Debug)]
pub struct ListBudgetEntries {
    /// On which.
    pub id: BudgetLineId,
    /// Where the list goes on.
    pub window: Window,
}
/// The events of one line.
#[derive(Debug)]
pub struct BudgetLineHistory {
    /// Which line.
    pub id: BudgetLineId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetBudgetLine: ReadBudgets => Fetched<Seen<BudgetLine>>;
    ListBudgetLines: ReadBudgets => Page<BudgetLine>;
    ListBudgetBalances: ReadBudgets => Page<(BudgetLine, Balance)>;
    ListBudgetEntries: ReadRequests => Page<BudgetEntry>;
    BudgetLineHistory: ReadBudgets => crate::event::History;
}
commands! {
    CreateBudgetLine: WriteBudgets => Seen<BudgetLine>;
    UpdateBudgetLine: WriteBudgets => Seen<BudgetLine>;
}
