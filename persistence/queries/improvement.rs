//! Improvement plans: a published one is known to everybody it is for; drafts, to those who write plans there or above.

use super::prelude::*;
use crate::{
    event::History,
    improvement::{CreateImprovementPlan, GetImprovementPlan, ImprovementPlanHistory, ListImprovementPlans, StepImprovementPlan, UpdateImprovementPlan},
};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    event::EventKind,
    id::{ImprovementPlanId, OrganisationId},
    improvement::{Ground, ImprovementPlan, PlanAction, PlanState, leads},
    text::{Narrative, Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = improvement_plans, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct PlanRow {
    tenant_id: Uid,
    id: Uid,
    organisation_id: Uid,
    title: String,
    summary: Option<String>,
    first_year: i32,
    last_year: i32,
    state: String,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl PlanRow {
    fn new(tenant_id: Uid, plan: &ImprovementPlan) -> Self {
        let ImprovementPlan { id, organisation_id, title, summary, first_year, last_year, state, version, created_at, updated_at } = plan;
        Self {
            tenant_id,
            id: (*id).into(),
            organisation_id: (*organisation_id).into(),
            title: title.as_str().into(),
            summary: summary.as_ref().map(|s| s.as_str().into()),
            first_year: *first_year,
            last_year: *last_year,
            state: state.as_str().into(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn plan(self) -> Result<ImprovementPlan> {
        let Self { tenant_id: _, id, organisation_id, title, summary, first_year, last_year, state, version, created_at, updated_at } = self;
        Ok(ImprovementPlan {
            id: id.to(),
            organisation_id: organisation_id.to(),
            title: Title::parse(&title).map_err(corrupt)?,
            summary: summary.map(|s| Narrative::parse(&s)).transpose().map_err(corrupt)?,
            first_year,
            last_year,
            state: PlanState::parse(&state).map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::row::stored!(improvement_plans, PlanRow, ImprovementPlan, replace);

/// Who writes plans.
pub(super) const WHO: &str = "the headteacher and learning lead of the organisation, and the trust leader for the trust,";

pub(super) async fn load(cx: &mut Cx<'_>, id: ImprovementPlanId) -> Result<ImprovementPlan> {
    let row: PlanRow = improvement_plans::table.find((cx.tenant(), Uid::from(id))).select(PlanRow::as_select()).one(cx.conn()).await?;
    row.plan()
}

/// Where what this organisation plans or offers stands.
pub(super) async fn ground(cx: &mut Cx<'_>, organisation: OrganisationId) -> Result<Ground> {
    let path = access::path_of(cx, organisation).await?;
    let schools: i64 = organisations::table
        .filter(organisations::tenant_id.eq(cx.tenant()))
        .filter(organisations::id.eq_any(uids(&path)))
        .filter(organisations::kind.eq("school"))
        .count()
        .one(cx.conn())
        .await?;
    Ok(Ground { path, of_a_school: schools > 0 })
}

/// The same for many, in one statement.
pub(super) async fn ground_of(cx: &mut Cx<'_>, organisations: &[Uid]) -> Result<HashMap<Uid, Ground>> {
    if organisations.is_empty() {
        return Ok(HashMap::new());
    }
    let above = organisations::tenant_id.eq(organisation_paths::tenant_id).and(organisations::id.eq(organisation_paths::ancestor_id));
    let rows: Vec<(Uid, Uid, String)> = organisation_paths::table
        .inner_join(organisations::table.on(above))
        .filter(organisation_paths::tenant_id.eq(cx.tenant()))
        .filter(organisation_paths::descendant_id.eq_any(organisations.to_vec()))
        .order((organisation_paths::descendant_id, organisation_paths::depth))
        .select((organisation_paths::descendant_id, organisation_paths::ancestor_id, organisations::kind))
        .all(cx.conn())
        .await?;
    let mut out: HashMap<Uid, Ground> = HashMap::new();
    for (organisation, above, kind) in rows {
        let ground = out.entry(organisation).or_insert_with(|| Ground { path: Vec::new(), of_a_school: false });
        ground.path.push(above.to());
        ground.of_a_school |= kind == "school";
    }
    Ok(out)
}

/// May the caller write plans there?
pub(super) async fn may_write(cx: &mut Cx<'_>, organisation: OrganisationId) -> Result<bool> {
    let ground = ground(cx, organisation).await?;
    Ok(leads(&cx.caller, Permission::WritePlans, &ground))
}

/// Hides what the caller may not know of.
pub(super) async fn readable(cx: &mut Cx<'_>, organisation: OrganisationId, state: PlanState) -> Result<()> {
    let reads = rules::reach(&cx.caller, Permission::ReadPlans).unwrap_or_default();
    let known = (state != PlanState::Draft && access::shares(cx, &reads, organisation).await?)
        || access::may(cx, Permission::WritePlans, Some(organisation), None).await?;
    if known { Ok(()) } else { Err(StoreError::Missing) }
}

/// Hides what the caller may not know of, and refuses what they may only read.
pub(super) async fn writable(cx: &mut Cx<'_>, organisation: OrganisationId, state: PlanState) -> Result<()> {
    readable(cx, organisation, state).await?;
    Ok(rules::require(may_write(cx, organisation).await?, WHO)?)
}

async fn priorities_of(cx: &mut Cx<'_>, id: ImprovementPlanId) -> Result<i64> {
    let of_plan = priorities::table.filter(priorities::tenant_id.eq(cx.tenant())).filter(priorities::plan_id.eq(Uid::from(id)));
    Ok(of_plan.count().one(cx.conn()).await?)
}

async fn seen(cx: &mut Cx<'_>, record: ImprovementPlan) -> Result<Seen<ImprovementPlan>> {
    let may = may_write(cx, record.organisation_id).await?;
    let priorities = if record.state == PlanState::Draft { priorities_of(cx, record.id).await? } else { 0 };
    let can = |action: &PlanAction| rules::require(may, WHO).and_then(|()| record.can(*action, priorities)).err();
    let can = PlanAction::ALL.iter().map(|action| (action.as_str(), can(action))).collect();
    Ok(Seen { record, can })
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: ImprovementPlan, after: ImprovementPlan) -> Result<Seen<ImprovementPlan>> {
    let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
    replace(tx, before.version, &after).await?;
    tx.event(kind, Some(&before), &after, after.about());
    seen(tx, after).await
}

impl Write<Here> for CreateImprovementPlan {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ImprovementPlan>> {
        let Self { organisation_id, title, summary, first_year, last_year } = self.clone();
        super::organisation::kind_of(tx, organisation_id, "/organisation_id").await?;
        rules::require(may_write(tx, organisation_id).await?, WHO)?;
        let now = micros(tx.act.now);
        let plan = ImprovementPlan {
            id: tx.new_id(),
            organisation_id,
            title,
            summary,
            first_year,
            last_year,
            state: PlanState::Draft,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        plan.check()?;
        diesel::insert_into(improvement_plans::table).values(PlanRow::new(tx.tenant(), &plan)).done(tx.conn()).await?;
        tx.event(EventKind::ImprovementPlanCreated, None, &plan, plan.about());
        seen(tx, plan).await
    }
}

impl Read<Here> for GetImprovementPlan {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<ImprovementPlan>>> {
        let record = load(cx, self.id).await?;
        readable(cx, record.organisation_id, record.state).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Keeps plans, or what is of a plan, to those that the caller may read: drafts are for those who write plans there or above.
macro_rules! readable_plans {
    ($query:expr, $cx:expr, $table:ident) => {{
        let (query, reads) = ($query, $cx.reach.clone());
        let writes = rules::reach(&$cx.caller, Permission::WritePlans).unwrap_or_default();
        let mine = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&writes.organisations)))
            .select(organisation_paths::descendant_id);
        let announced = improvement_plans::state.ne("draft");
        match (writes.everywhere, reads.everywhere) {
            (true, _) => query,
            (false, true) => query.filter(announced.or($table::organisation_id.eq_any(mine))),
            (false, false) => query.filter($table::organisation_id.eq_any(mine).or(announced.and(page::shared!($cx, $table::organisation_id, reads)))),
        }
    }};
}
pub(super) use readable_plans;

/// Those of these plans that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<ImprovementPlan>> {
    let query = improvement_plans::table.filter(improvement_plans::tenant_id.eq(cx.tenant())).filter(improvement_plans::id.eq_any(ids.to_vec()));
    let rows: Vec<PlanRow> = readable_plans!(query.select(PlanRow::as_select()).into_boxed::<Dialect>(), cx, improvement_plans).all(cx.conn()).await?;
    rows.into_iter().map(PlanRow::plan).collect()
}

impl Read<Here> for ListImprovementPlans {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<ImprovementPlan>> {
        let query = improvement_plans::table.filter(improvement_plans::tenant_id.eq(cx.tenant())).select(PlanRow::as_select()).into_boxed::<Dialect>();
        let mut query = readable_plans!(page::windowed!(query, self.window, improvement_plans), cx, improvement_plans);
        if let Some(at) = self.organisation_id {
            query = query.filter(improvement_plans::organisation_id.eq(Uid::from(at)));
        }
        if let Some(state) = self.state {
            query = query.filter(improvement_plans::state.eq(state.as_str()));
        }
        if let Some(year) = self.year {
            query = query.filter(improvement_plans::first_year.le(year)).filter(improvement_plans::last_year.ge(year));
        }
        let rows: Vec<PlanRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(PlanRow::plan).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for UpdateImprovementPlan {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ImprovementPlan>> {
        let before = load(tx, self.id).await?;
        writable(tx, before.organisation_id, before.state).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.patched(self.patch.clone())?;
        save(tx, EventKind::ImprovementPlanUpdated, before, after).await
    }
}

impl Write<Here> for StepImprovementPlan {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ImprovementPlan>> {
        let before = load(tx, self.id).await?;
        writable(tx, before.organisation_id, before.state).await?;
        // nothing of it changes while it is put away
        access::guard(tx, self.id).await?;
        let before = load(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let priorities = priorities_of(tx, self.id).await?;
        let after = before.step(self.action, priorities)?;
        save(tx, self.action.event(), before, after).await
    }
}

impl Read<Here> for ImprovementPlanHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let record = load(cx, self.id).await?;
        readable(cx, record.organisation_id, record.state).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: ImprovementPlanId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => readable(cx, record.organisation_id, record.state).await?,
        Doing::Act(_) => writable(cx, record.organisation_id, record.state).await?,
    }
    Ok(seen(cx, record).await?.can)
}
