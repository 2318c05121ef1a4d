//! Budgets for learning: lines, and a ledger of which everything else is the sum.

use super::prelude::*;
use crate::{
    budget::{BudgetLineHistory, CreateBudgetLine, GetBudgetLine, ListBudgetBalances, ListBudgetEntries, ListBudgetLines, UpdateBudgetLine},
    event::History,
};
use diesel::{dsl::sum, pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::Permission,
    budget::{Balance, BudgetEntry, BudgetEntryKind, BudgetLine, BudgetLineAction, Standing, Threshold, fits, needed, postings},
    event::EventKind,
    id::{BudgetLineId, LearningRequestId, OrganisationId},
    text::{Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = budget_lines, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct LineRow {
    tenant_id: Uid,
    id: Uid,
    organisation_id: Uid,
    academic_year: i32,
    title: String,
    allocated_pence: i64,
    plan_above_pence: Option<i32>,
    plan_above_minutes: Option<i32>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl LineRow {
    fn new(tenant_id: Uid, line: &BudgetLine) -> Self {
        let BudgetLine { id, organisation_id, academic_year, title, allocated_pence, plan_above_pence, plan_above_minutes, version, created_at, updated_at } =
            line;
        Self {
            tenant_id,
            id: (*id).into(),
            organisation_id: (*organisation_id).into(),
            academic_year: *academic_year,
            title: title.as_str().into(),
            allocated_pence: *allocated_pence,
            plan_above_pence: *plan_above_pence,
            plan_above_minutes: *plan_above_minutes,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn line(self) -> Result<BudgetLine> {
        let Self {
            tenant_id: _,
            id,
            organisation_id,
            academic_year,
            title,
            allocated_pence,
            plan_above_pence,
            plan_above_minutes,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(BudgetLine {
            id: id.to(),
            organisation_id: organisation_id.to(),
            academic_year,
            title: Title::parse(&title).map_err(corrupt)?,
            allocated_pence,
            plan_above_pence,
            plan_above_minutes,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::row::stored!(budget_lines, LineRow, BudgetLine, replace);

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = budget_entries, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct EntryRow {
    tenant_id: Uid,
    id: Uid,
    budget_line_id: Uid,
    learning_request_id: Option<Uid>,
    kind: String,
    amount_pence: i32,
    made_by: Option<Uid>,
    made_at: Moment,
}
impl EntryRow {
    fn entry(self) -> Result<BudgetEntry> {
        let Self { tenant_id: _, id, budget_line_id, learning_request_id, kind, amount_pence, made_by, made_at } = self;
        Ok(BudgetEntry {
            id: id.to(),
            budget_line_id: budget_line_id.to(),
            request_id: learning_request_id.map(Uid::to),
            kind: BudgetEntryKind::parse(&kind).map_err(corrupt)?,
            amount_pence,
            made_by: made_by.map(Uid::to),
            made_at: made_at.0,
        })
    }
}

/// Who writes budgets.
const WHO: &str = "the headteacher of the school, and the trust leader,";

pub(super) async fn load(cx: &mut Cx<'_>, id: BudgetLineId) -> Result<BudgetLine> {
    let row: LineRow = budget_lines::table.find((cx.tenant(), Uid::from(id))).select(LineRow::as_select()).one(cx.conn()).await?;
    row.line()
}

/// The line, if it is of an organisation that the caller's permission covers.
async fn known(cx: &mut Cx<'_>, id: BudgetLineId) -> Result<BudgetLine> {
    let line = load(cx, id).await?;
    access::within(cx, Some(line.organisation_id), None, None).await?;
    Ok(line)
}

/// What the ledgers of these lines come to, in one statement whatever their number.
async fn balances(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<HashMap<Uid, Balance>> {
    let rows: Vec<(Uid, String, Option<i64>)> = budget_entries::table
        .filter(budget_entries::tenant_id.eq(cx.tenant()))
        .filter(budget_entries::budget_line_id.eq_any(ids.to_vec()))
        .group_by((budget_entries::budget_line_id, budget_entries::kind))
        .select((budget_entries::budget_line_id, budget_entries::kind, sum(budget_entries::amount_pence)))
        .all(cx.conn())
        .await?;
    let mut out: HashMap<Uid, Balance> = HashMap::new();
    for (line, kind, sum) in rows {
        let kind = BudgetEntryKind::parse(&kind).map_err(corrupt)?;
        let balance = out.entry(line).or_default();
        *balance = balance.with(kind, sum.unwrap_or(0));
    }
    Ok(out)
}
pub(super) async fn balance(cx: &mut Cx<'_>, id: BudgetLineId) -> Result<Balance> {
    let found = balances(cx, &[id.into()]).await?;
    Ok(found.get(&Uid::from(id)).copied().unwrap_or_default())
}

/// Above what a request of a school needs an impact plan: the strictest of all lines that could pay.
pub(super) async fn strictest(cx: &mut Cx<'_>, path: &[OrganisationId], academic_year: i32) -> Result<Threshold> {
    let rows: Vec<(Option<i32>, Option<i32>)> = budget_lines::table
        .filter(budget_lines::tenant_id.eq(cx.tenant()))
        .filter(budget_lines::organisation_id.eq_any(uids(path)))
        .filter(budget_lines::academic_year.eq(academic_year))
        .select((budget_lines::plan_above_pence, budget_lines::plan_above_minutes))
        .all(cx.conn())
        .await?;
    Ok(rows.into_iter().map(|(pence, minutes)| Threshold { pence, minutes }).fold(Threshold::default(), Threshold::stricter))
}

/// Refuses what the line cannot pay. Whoever asks has the line's guard, so that nobody else takes of it meanwhile.
pub(super) async fn affordable(tx: &mut Tx<'_>, before: Standing, after: Standing) -> Result<()> {
    let more = needed(before, after);
    let Some(id) = after.line.filter(|_| more > 0) else { return Ok(()) };
    let line = load(tx, id).await?;
    let remaining = balance(tx, id).await?.remaining(line.allocated_pence);
    Ok(fits(more, remaining)?)
}

/// Writes into the ledger what moved.
pub(super) async fn post(tx: &mut Tx<'_>, request: LearningRequestId, before: Standing, after: Standing) -> Result<()> {
    let (tenant, made_at, made_by) = (tx.tenant(), Moment(micros(tx.act.now)), optional(tx.caller.person()));
    let Some(line) = after.line.or(before.line) else { return Ok(()) };
    let mut rows = Vec::new();
    for (kind, amount_pence) in postings(before, after) {
        let id = tx.new_id::<trellis_domain::id::BudgetEntryId>().into();
        let learning_request_id = Some(request.into());
        rows.push(EntryRow {
            tenant_id: tenant,
            id,
            budget_line_id: line.into(),
            learning_request_id,
            kind: kind.as_str().into(),
            amount_pence,
            made_by,
            made_at,
        });
    }
    if !rows.is_empty() {
        diesel::insert_into(budget_entries::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

async fn seen(cx: &mut Cx<'_>, record: BudgetLine) -> Result<Seen<BudgetLine>> {
    let may = access::may(cx, Permission::WriteBudgets, Some(record.organisation_id), None).await?;
    let refusal = trellis_domain::access::require(may, WHO).err();
    Ok(Seen { record, can: vec![(BudgetLineAction::Update.as_str(), refusal)] })
}

impl Write<Here> for CreateBudgetLine {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<BudgetLine>> {
        let Self { organisation_id, academic_year, title, allocated_pence, details } = self.clone();
        super::organisation::kind_of(tx, organisation_id, "/organisation_id").await?;
        let may = access::may(tx, Permission::WriteBudgets, Some(organisation_id), None).await?;
        trellis_domain::access::require(may, WHO)?;
        let now = micros(tx.act.now);
        let bare = BudgetLine {
            id: tx.new_id(),
            organisation_id,
            academic_year,
            title,
            allocated_pence,
            plan_above_pence: None,
            plan_above_minutes: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let line = bare.patched(details, Balance::default())?;
        diesel::insert_into(budget_lines::table).values(LineRow::new(tx.tenant(), &line)).done(tx.conn()).await?;
        tx.event(EventKind::BudgetLineCreated, None, &line, line.about());
        seen(tx, line).await
    }
}

impl Read<Here> for GetBudgetLine {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<BudgetLine>>> {
        let record = known(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Keeps lines to those of the organisations that the caller's permission covers.
macro_rules! covered {
    ($query:expr, $cx:expr) => {{
        let query = $query;
        let beneath = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&$cx.reach.organisations)))
            .select(organisation_paths::descendant_id);
        if $cx.reach.everywhere { query } else { query.filter(budget_lines::organisation_id.eq_any(beneath)) }
    }};
}

/// Those of these lines that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<BudgetLine>> {
    let query = budget_lines::table.filter(budget_lines::tenant_id.eq(cx.tenant())).filter(budget_lines::id.eq_any(ids.to_vec()));
    let rows: Vec<LineRow> = covered!(query.select(LineRow::as_select()).into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    rows.into_iter().map(LineRow::line).collect()
}

async fn list(cx: &mut Cx<'_>, asked: &ListBudgetLines) -> Result<Page<BudgetLine>> {
    let query = budget_lines::table.filter(budget_lines::tenant_id.eq(cx.tenant())).select(LineRow::as_select()).into_boxed::<Dialect>();
    let mut query = covered!(page::windowed!(query, asked.window, budget_lines), cx);
    if let Some(at) = asked.organisation_id {
        query = query.filter(budget_lines::organisation_id.eq(Uid::from(at)));
    }
    if let Some(year) = asked.academic_year {
        query = query.filter(budget_lines::academic_year.eq(year));
    }
    let rows: Vec<LineRow> = query.all(cx.conn()).await?;
    let page = Page::cut(rows, asked.window.limit, |r| r.id.0);
    Ok(Page { items: page.items.into_iter().map(LineRow::line).collect::<Result<_>>()?, next: page.next })
}

impl Read<Here> for ListBudgetLines {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<BudgetLine>> {
        list(cx, self).await
    }
}

impl Read<Here> for ListBudgetBalances {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<(BudgetLine, Balance)>> {
        let Page { items, next } = list(cx, &self.0).await?;
        let ids: Vec<Uid> = items.iter().map(|line| line.id.into()).collect();
        let of = balances(cx, &ids).await?;
        let with = |line: BudgetLine| {
            let balance = of.get(&Uid::from(line.id)).copied().unwrap_or_default();
            (line, balance)
        };
        Ok(Page { items: items.into_iter().map(with).collect(), next })
    }
}

impl Write<Here> for UpdateBudgetLine {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<BudgetLine>> {
        let found = load(tx, self.id).await?;
        access::writable(tx, Permission::ReadBudgets, found.organisation_id, None, WHO).await?;
        // nobody takes of it while it is changed
        access::guard(tx, self.id).await?;
        let before = load(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let balance = balance(tx, self.id).await?;
        let after = before.patched(self.patch.clone(), balance)?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        replace(tx, before.version, &after).await?;
        tx.event(EventKind::BudgetLineUpdated, Some(&before), &after, after.about());
        seen(tx, after).await
    }
}

impl Read<Here> for ListBudgetEntries {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<BudgetEntry>> {
        known(cx, self.id).await?;
        let of_line = budget_entries::table
            .filter(budget_entries::tenant_id.eq(cx.tenant()))
            .filter(budget_entries::budget_line_id.eq(Uid::from(self.id)))
            .select(EntryRow::as_select())
            .into_boxed::<Dialect>();
        let rows: Vec<EntryRow> = page::windowed!(of_line, self.window, budget_entries).all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(EntryRow::entry).collect::<Result<_>>()?, next: page.next })
    }
}

impl Read<Here> for BudgetLineHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        known(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: BudgetLineId, doing: &Doing) -> Result<Can> {
    match doing {
        Doing::Read | Doing::ReadHistory => known(cx, id).await.map(|_| Can::new()),
        Doing::Act(_) => {
            let line = load(cx, id).await?;
            access::writable(cx, Permission::ReadBudgets, line.organisation_id, None, WHO).await?;
            Ok(seen(cx, line).await?.can)
        }
    }
}
