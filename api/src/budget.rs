//! Budgets for learning: lines, what moved on them, and what is left.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, list, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    budget::{Balance, BudgetEntry, BudgetLine, BudgetLineAction, BudgetLinePatch},
    id::BudgetLineId,
    time::academic_year_label,
};
use trellis_persistence::{
    Seen,
    budget::{BudgetLineHistory, CreateBudgetLine, GetBudgetLine, ListBudgetBalances, ListBudgetEntries, ListBudgetLines, UpdateBudgetLine},
    transaction::needs::{ReadBudgets, ReadRequests, WriteBudgets},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a budget line.
    BudgetLineActions, BudgetLineCan = "BudgetLineCan", list::<BudgetLineAction>();
}

/// A part of a year's money for learning.
#[derive(Serialize, ToSchema)]
#[schema(title = "BudgetLineRecord")]
pub struct BudgetLineView {
    /// Its id.
    pub id: word::BudgetLineId,
    /// Whose money it is: a school's, a group's, or the trust's.
    pub organisation_id: word::OrganisationId,
    /// The academic year, by the calendar year in which it starts: 2026 is 2026/27.
    pub academic_year: i32,
    /// The same as schools say it.
    #[schema(example = "2026/27")]
    pub year: String,
    /// What it is called.
    pub title: word::Title,
    /// How much there is, in pence.
    pub allocated_pence: i64,
    /// A request that costs more, in pence, needs an impact plan, whichever line of its school or above is to pay.
    pub plan_above_pence: Option<i32>,
    /// A request that takes more cover, in minutes, needs an impact plan, whichever line of its school or above is to pay.
    pub plan_above_minutes: Option<i32>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<BudgetLine> for BudgetLineView {
    fn from(line: BudgetLine) -> Self {
        let BudgetLine { id, organisation_id, academic_year, title, allocated_pence, plan_above_pence, plan_above_minutes, version, created_at, updated_at } =
            line;
        Self {
            id: Word(id),
            organisation_id: Word(organisation_id),
            academic_year,
            year: academic_year_label(academic_year),
            title: Word(title),
            allocated_pence,
            plan_above_pence,
            plan_above_minutes,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A budget line, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "BudgetLine")]
pub struct BudgetLineDetail {
    #[serde(flatten)]
    record: BudgetLineView,
    /// What can be done with it.
    can: BudgetLineCan,
}
impl From<Seen<BudgetLine>> for BudgetLineDetail {
    fn from(Seen { record, can }: Seen<BudgetLine>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
/// A budget line, and what its ledger comes to.
#[derive(Serialize, ToSchema)]
#[schema(title = "BudgetBalance")]
pub struct BudgetBalanceView {
    /// The line.
    line: BudgetLineView,
    /// Set aside for what is approved, in pence.
    committed_pence: i64,
    /// Spent, in pence.
    spent_pence: i64,
    /// Left, in pence.
    remaining_pence: i64,
}
impl From<(BudgetLine, Balance)> for BudgetBalanceView {
    fn from((line, balance): (BudgetLine, Balance)) -> Self {
        let remaining_pence = balance.remaining(line.allocated_pence);
        Self { line: line.into(), committed_pence: balance.committed, spent_pence: balance.spent, remaining_pence }
    }
}
/// What moved on a line.
#[derive(Serialize, ToSchema)]
#[schema(title = "BudgetEntry")]
pub struct BudgetEntryView {
    /// Its id.
    id: word::BudgetEntryId,
    /// For which request; null once its owner was erased.
    learning_request_id: Option<word::LearningRequestId>,
    /// What.
    kind: word::BudgetEntryKind,
    /// How much, in pence.
    amount_pence: i32,
    /// By whose act.
    made_by: Option<word::PersonId>,
    /// When.
    made_at: DateTime<Utc>,
}
impl From<BudgetEntry> for BudgetEntryView {
    fn from(entry: BudgetEntry) -> Self {
        let BudgetEntry { id, budget_line_id: _, request_id, kind, amount_pence, made_by, made_at } = entry;
        Self { id: Word(id), learning_request_id: request_id.map(Word), kind: Word(kind), amount_pence, made_by: made_by.map(Word), made_at }
    }
}

/// A new budget line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBudgetLine {
    /// Whose money it is: a school's, a group's, or the trust's.
    organisation_id: word::OrganisationId,
    /// The academic year, by the calendar year in which it starts.
    #[schema(minimum = 2000, maximum = 2100, example = 2026)]
    academic_year: i32,
    /// What it is called.
    title: word::Title,
    /// How much there is, in pence.
    #[schema(minimum = 0, maximum = 2_000_000_000, example = 500_000)]
    allocated_pence: i64,
    /// A request that costs more, in pence, needs an impact plan, whichever line of its school or above is to pay; none does for this line, if nothing is said.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000_000, example = 20_000)]
    plan_above_pence: Option<i32>,
    /// A request that takes more cover, in minutes, needs an impact plan, whichever line of its school or above is to pay; none does for this line, if nothing is said.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 60_000, example = 720)]
    plan_above_minutes: Option<i32>,
}
/// Changes to a budget line: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BudgetLineChanges {
    /// What it is called.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// How much there is, in pence: never less than what is set aside and spent.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 0, maximum = 2_000_000_000)]
    allocated_pence: Option<i64>,
    /// Above what cost a request needs an impact plan.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 100_000_000)]
    plan_above_pence: Patch<i32>,
    /// Above how much cover a request needs an impact plan.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 60_000)]
    plan_above_minutes: Patch<i32>,
}

/// Filters of the list of budget lines.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BudgetLineFilters {
    /// Only those of this organisation.
    organisation_id: Option<word::OrganisationId>,
    /// Only those of this academic year, by the calendar year in which it starts.
    #[param(minimum = 2000, maximum = 2100)]
    academic_year: Option<i32>,
}
fn asked(listing: &Listing<BudgetLineFilters>) -> ListBudgetLines {
    let BudgetLineFilters { organisation_id, academic_year } = &listing.filters;
    ListBudgetLines { organisation_id: organisation_id.as_ref().map(|o| o.0), academic_year: *academic_year, window: listing.window }
}

/// List budget lines
///
/// Of the schools for which one leads, approves, keeps costs, or is HR.
#[utoipa::path(tag = "Budgets", params(PageParams, BudgetLineFilters), responses((status = 200, description = "A page of budget lines", body = List<BudgetLineView>)), security(("bearer" = ["budgets:read"])))]
#[get("/v1/budget-lines")]
pub async fn list_budget_lines(permitted: Permitted<ReadBudgets>, listing: Listing<BudgetLineFilters>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(asked(&listing)).await?;
    Ok(listing.answer(page, BudgetLineView::from))
}

/// List what is left of budget lines
///
/// What is set aside, spent and left, by school and line: the sum of each line's entries.
#[utoipa::path(tag = "Budgets", params(PageParams, BudgetLineFilters), responses((status = 200, description = "A page of budget lines with what their ledgers come to", body = List<BudgetBalanceView>)), security(("bearer" = ["budgets:read"])))]
#[get("/v1/budget-balances")]
pub async fn list_budget_balances(permitted: Permitted<ReadBudgets>, listing: Listing<BudgetLineFilters>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListBudgetBalances(asked(&listing))).await?;
    Ok(listing.answer(page, BudgetBalanceView::from))
}

/// Add a budget line
///
/// By the headteacher for the school, and the trust leader for the trust and its schools.
#[utoipa::path(tag = "Budgets", request_body = NewBudgetLine, responses((status = 201, description = "Added", body = BudgetLineDetail)), security(("bearer" = ["budgets:write"])))]
#[post("/v1/budget-lines")]
pub async fn create_budget_line(permitted: Permitted<WriteBudgets>, _none: Params<NoParams>, body: Body<NewBudgetLine>) -> Result<HttpResponse, ApiError> {
    let NewBudgetLine { organisation_id, academic_year, title, allocated_pence, plan_above_pence, plan_above_minutes } = body.0;
    let details = BudgetLinePatch { plan_above_pence: Some(plan_above_pence), plan_above_minutes: Some(plan_above_minutes), ..BudgetLinePatch::default() };
    let operation = CreateBudgetLine { organisation_id: organisation_id.0, academic_year, title: title.0, allocated_pence, details };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/budget-lines/{}", seen.record.id), &BudgetLineDetail::from(seen.clone())))
        .await
}

/// Read a budget line
///
/// With what can be done with it.
#[utoipa::path(tag = "Budgets", responses((status = 200, description = "The budget line", body = BudgetLineDetail)), security(("bearer" = ["budgets:read"])))]
#[get("/v1/budget-lines/{id}")]
pub async fn get_budget_line(
    permitted: Permitted<ReadBudgets>,
    _none: Params<NoParams>,
    id: Id<BudgetLineId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetBudgetLine { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, BudgetLineDetail::from))
}

/// Change a budget line
///
/// It is never cut below what is set aside and spent already.
#[utoipa::path(tag = "Budgets", request_body = BudgetLineChanges, responses((status = 200, description = "As it is now", body = BudgetLineDetail)), security(("bearer" = ["budgets:write"])))]
#[patch("/v1/budget-lines/{id}")]
pub async fn update_budget_line(
    permitted: Permitted<WriteBudgets>,
    _none: Params<NoParams>,
    id: Id<BudgetLineId>,
    expected: IfMatch,
    body: Body<BudgetLineChanges>,
) -> Result<HttpResponse, ApiError> {
    let BudgetLineChanges { title, allocated_pence, plan_above_pence, plan_above_minutes } = body.0;
    let patch = BudgetLinePatch {
        title: title.map(|t| t.0),
        allocated_pence,
        plan_above_pence: plan_above_pence.into_option(),
        plan_above_minutes: plan_above_minutes.into_option(),
    };
    let saved = |seen: &Seen<BudgetLine>| respond::saved(seen.record.version, &BudgetLineDetail::from(seen.clone()));
    permitted.write(UpdateBudgetLine { id: id.0, patch, expected: expected.0 }, saved).await
}

/// List what moved on a budget line
///
/// Every amount that was set aside, set free, spent or refunded, oldest first, for whoever may read the requests of the organisation whose line it is.
#[utoipa::path(tag = "Budgets", params(PageParams), responses((status = 200, description = "A page of entries", body = List<BudgetEntryView>)), security(("bearer" = ["requests:read"])))]
#[get("/v1/budget-lines/{id}/entries")]
pub async fn list_budget_entries(permitted: Permitted<ReadRequests>, listing: Listing<NoParams>, id: Id<BudgetLineId>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListBudgetEntries { id: id.0, window: listing.window }).await?;
    Ok(listing.answer(page, BudgetEntryView::from))
}

crate::event::history_of!(budget_line_history, ReadBudgets, BudgetLineHistory, BudgetLineId, "Budgets", "/v1/budget-lines/{id}/history", "budgets:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_budget_lines)
        .service(list_budget_balances)
        .service(create_budget_line)
        .service(get_budget_line)
        .service(update_budget_line)
        .service(list_budget_entries)
        .service(budget_line_history);
}
