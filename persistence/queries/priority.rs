//! Priorities of improvement plans: read as their plan is, and written by those who write it.

use super::{improvement, prelude::*};
use crate::{
    event::History,
    improvement::{AdoptPriority, CreatePriority, GetPriority, ListPriorities, PriorityHistory, StepPriority, UpdatePriority},
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    event::EventKind,
    id::{OrganisationId, PersonId, PriorityId},
    improvement::{ImprovementPlan, PlanAction, PlanState},
    priority::{Priority, PriorityAction, PriorityPatch, PriorityState, PriorityStep, adoptable},
    rule::{Code, Faults, RuleError},
    text::{Narrative, Reason, Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = priorities, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct PriorityRow {
    tenant_id: Uid,
    id: Uid,
    plan_id: Uid,
    organisation_id: Uid,
    title: String,
    why: Option<String>,
    success_measures: Json,
    owner_id: Option<Uid>,
    adopted_from: Option<Uid>,
    state: String,
    last_reason: Option<String>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = priority_actions, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct ActionRow {
    tenant_id: Uid,
    id: Uid,
    priority_id: Uid,
    position: i32,
    title: String,
    owner_id: Option<Uid>,
    due_on: Option<NaiveDate>,
    done_on: Option<NaiveDate>,
}

impl PriorityRow {
    fn new(tenant_id: Uid, priority: &Priority) -> Result<Self> {
        let Priority {
            id,
            plan_id,
            organisation_id,
            title,
            why,
            success_measures,
            owner_id,
            adopted_from,
            actions: _,
            state,
            last_reason,
            version,
            created_at,
            updated_at,
        } = priority;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            plan_id: (*plan_id).into(),
            organisation_id: (*organisation_id).into(),
            title: title.as_str().into(),
            why: why.as_ref().map(|w| w.as_str().into()),
            success_measures: Json(serde_json::to_string(success_measures).map_err(corrupt)?),
            owner_id: optional(*owner_id),
            adopted_from: optional(*adopted_from),
            state: state.as_str().into(),
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    fn priority(self, actions: Vec<PriorityAction>) -> Result<Priority> {
        let Self {
            tenant_id: _,
            id,
            plan_id,
            organisation_id,
            title,
            why,
            success_measures,
            owner_id,
            adopted_from,
            state,
            last_reason,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(Priority {
            id: id.to(),
            plan_id: plan_id.to(),
            organisation_id: organisation_id.to(),
            title: Title::parse(&title).map_err(corrupt)?,
            why: why.map(|w| Narrative::parse(&w)).transpose().map_err(corrupt)?,
            success_measures: serde_json::from_str(&success_measures.0).map_err(corrupt)?,
            owner_id: owner_id.map(Uid::to),
            adopted_from: adopted_from.map(Uid::to),
            actions,
            state: PriorityState::parse(&state).map_err(corrupt)?,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Whole records of rows: with their actions, in one statement whatever their number.
async fn whole(cx: &mut Cx<'_>, rows: Vec<PriorityRow>) -> Result<Vec<Priority>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let actions = priority_actions::table
        .filter(priority_actions::tenant_id.eq(cx.tenant()))
        .order((priority_actions::priority_id, priority_actions::position))
        .select(ActionRow::as_select());
    let actions: Vec<ActionRow> = page::of_these!(cx, actions, priority_actions::priority_id, &ids);
    let mut actions_of: HashMap<Uid, Vec<PriorityAction>> = HashMap::new();
    for ActionRow { tenant_id: _, id, priority_id, position: _, title, owner_id, due_on, done_on } in actions {
        let title = Reason::parse(&title).map_err(corrupt)?;
        actions_of.entry(priority_id).or_default().push(PriorityAction { id: id.to(), title, owner_id: owner_id.map(Uid::to), due_on, done_on });
    }
    rows.into_iter()
        .map(|row| {
            let actions = actions_of.remove(&row.id).unwrap_or_default();
            row.priority(actions)
        })
        .collect()
}

/// A priority with its plan, if the caller may know of it.
async fn known(cx: &mut Cx<'_>, id: PriorityId) -> Result<(Priority, ImprovementPlan)> {
    let row: PriorityRow = priorities::table.find((cx.tenant(), Uid::from(id))).select(PriorityRow::as_select()).one(cx.conn()).await?;
    let plan = improvement::load(cx, row.plan_id.to()).await?;
    improvement::readable(cx, plan.organisation_id, plan.state).await?;
    let priority = whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
    Ok((priority, plan))
}
/// The priority, if the caller may know of it.
pub(super) async fn in_sight(cx: &mut Cx<'_>, id: PriorityId) -> Result<Priority> {
    Ok(known(cx, id).await?.0)
}
/// The same for a write.
async fn written(cx: &mut Cx<'_>, id: PriorityId) -> Result<(Priority, ImprovementPlan)> {
    let (priority, plan) = known(cx, id).await?;
    improvement::writable(cx, plan.organisation_id, plan.state).await?;
    Ok((priority, plan))
}
/// The same, and its plan is not put away meanwhile.
async fn changed(tx: &mut Tx<'_>, id: PriorityId) -> Result<(Priority, ImprovementPlan)> {
    let (_, plan) = written(tx, id).await?;
    access::guard(tx, plan.id).await?;
    known(tx, id).await
}

async fn seen(cx: &mut Cx<'_>, record: Priority, plan: PlanState) -> Result<Seen<Priority>> {
    let may = improvement::may_write(cx, record.organisation_id).await?;
    let writes = rules::reach(&cx.caller, Permission::WritePlans).is_ok();
    let can = |step: &PriorityStep| rules::require(may, improvement::WHO).and_then(|()| record.can(*step, plan)).err();
    let mut can: Vec<_> = PriorityStep::ALL.iter().map(|step| (step.as_str(), can(step))).collect();
    // into which plan, and whether one may write there, is said with the act
    let adopt = rules::require(writes, improvement::WHO).and_then(|()| adoptable(&record, plan, &[record.organisation_id]));
    can.push(("adopt", adopt.err()));
    Ok(Seen { record, can })
}

/// Owners work where the plan is for: at its organisation, beneath it or above it.
async fn owners(cx: &mut Cx<'_>, priority: &Priority, before: &[(String, PersonId)]) -> Result<()> {
    let named: Vec<(String, PersonId)> = priority.owners().into_iter().filter(|(_, p)| !before.iter().any(|(_, b)| b == p)).collect();
    if named.is_empty() {
        return Ok(());
    }
    let here = trellis_domain::access::Reach { organisations: vec![priority.organisation_id], ..Default::default() };
    let people: Vec<Uid> = named.iter().map(|(_, p)| Uid::from(*p)).collect();
    let found: Vec<Uid> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq_any(people))
        .filter(employments::live.eq(true))
        .filter(page::shared!(cx, employments::organisation_id, here))
        .select(employments::person_id)
        .all(cx.conn())
        .await?;
    let mut faults = Faults::default();
    for (at, _) in named.iter().filter(|(_, p)| !found.contains(&Uid::from(*p))) {
        faults.check::<()>(Err(RuleError::at(Code::UnknownReference, at, "nobody of this organisation")));
    }
    Ok(faults.settle()?)
}

async fn put_actions(tx: &mut Tx<'_>, priority: &Priority) -> Result<()> {
    let (tenant, id) = (tx.tenant(), Uid::from(priority.id));
    diesel::delete(priority_actions::table.filter(priority_actions::tenant_id.eq(tenant)).filter(priority_actions::priority_id.eq(id))).done(tx.conn()).await?;
    let row = |(a, position): (&PriorityAction, i32)| ActionRow {
        tenant_id: tenant,
        id: a.id.into(),
        priority_id: id,
        position,
        title: a.title.as_str().into(),
        owner_id: optional(a.owner_id),
        due_on: a.due_on,
        done_on: a.done_on,
    };
    let rows: Vec<ActionRow> = priority.actions.iter().zip(0..).map(row).collect();
    if !rows.is_empty() {
        diesel::insert_into(priority_actions::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

async fn add(tx: &mut Tx<'_>, kind: EventKind, priority: Priority, plan: PlanState) -> Result<Seen<Priority>> {
    owners(tx, &priority, &[]).await?;
    let row = PriorityRow::new(tx.tenant(), &priority)?;
    diesel::insert_into(priorities::table).values(row).done(tx.conn()).await?;
    put_actions(tx, &priority).await?;
    tx.event(kind, None, &priority, priority.about());
    seen(tx, priority, plan).await
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: Priority, after: Priority, plan: PlanState) -> Result<Seen<Priority>> {
    let Some(after) = tx.next(&before, after) else { return seen(tx, before, plan).await };
    owners(tx, &after, &before.owners()).await?;
    let row = PriorityRow::new(tx.tenant(), &after)?;
    let key = priorities::table.find((tx.tenant(), Uid::from(after.id))).filter(priorities::version.eq(before.version));
    if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    if before.actions != after.actions {
        put_actions(tx, &after).await?;
    }
    tx.event(kind, Some(&before), &after, after.about());
    seen(tx, after, plan).await
}

/// The plan that a new priority is for: one that the caller may write, and that still changes.
async fn plan_for(tx: &mut Tx<'_>, id: trellis_domain::id::ImprovementPlanId) -> Result<ImprovementPlan> {
    let unknown = || RuleError::at(Code::UnknownReference, "/plan_id", "no such improvement plan");
    let plan = match improvement::load(tx, id).await {
        Err(StoreError::Missing) => return Err(unknown().into()),
        other => other?,
    };
    match improvement::writable(tx, plan.organisation_id, plan.state).await {
        Err(StoreError::Missing) => return Err(unknown().into()),
        other => other?,
    }
    // it cannot be put away while something is being added to it
    access::guard(tx, plan.id).await?;
    let plan = improvement::load(tx, plan.id).await?;
    plan.can(PlanAction::AddPriority, 0)?;
    Ok(plan)
}

fn blank(tx: &Tx<'_>, plan: &ImprovementPlan, title: Title) -> Priority {
    let now = micros(tx.act.now);
    Priority {
        id: tx.new_id(),
        plan_id: plan.id,
        organisation_id: plan.organisation_id,
        title,
        why: None,
        success_measures: Vec::new(),
        owner_id: None,
        adopted_from: None,
        actions: Vec::new(),
        state: PriorityState::Active,
        last_reason: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

impl Write<Here> for CreatePriority {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Priority>> {
        let Self { plan_id, title, details } = self.clone();
        let plan = plan_for(tx, plan_id).await?;
        let priority = blank(tx, &plan, title).patched(details, plan.state, tx.act.today(), &mut || tx.new_id())?;
        add(tx, EventKind::PriorityCreated, priority, plan.state).await
    }
}

impl Write<Here> for AdoptPriority {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Priority>> {
        let (from, its_plan) = known(tx, self.id).await?;
        super::event::expect(tx, &from, self.expected).await?;
        let plan = plan_for(tx, self.plan_id).await?;
        let above = access::path_of(tx, plan.organisation_id).await?;
        let above: Vec<OrganisationId> = above.into_iter().filter(|o| *o != plan.organisation_id).collect();
        adoptable(&from, its_plan.state, &above)?;
        let details = PriorityPatch {
            why: Some(from.why.clone()),
            success_measures: Some(from.success_measures.clone()),
            owner_id: Some(self.owner_id),
            ..PriorityPatch::default()
        };
        let own = Priority { adopted_from: Some(from.id), ..blank(tx, &plan, from.title.clone()) };
        let own = own.patched(details, plan.state, tx.act.today(), &mut || tx.new_id())?;
        add(tx, EventKind::PriorityAdopted, own, plan.state).await
    }
}

impl Read<Here> for GetPriority {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Priority>>> {
        loop {
            let (record, plan) = known(cx, self.id).await?;
            let version = record.version;
            if self.unless == Some(version) {
                return Ok(Fetched::Unchanged(version));
            }
            if page::unmoved!(cx, priorities, self.id, version) {
                return Ok(Fetched::Found(seen(cx, record, plan.state).await?));
            }
        }
    }
}

/// Priorities with their plans.
macro_rules! with_plans {
    ($cx:expr) => {
        priorities::table
            .inner_join(improvement_plans::table.on(improvement_plans::tenant_id.eq(priorities::tenant_id).and(improvement_plans::id.eq(priorities::plan_id))))
            .filter(priorities::tenant_id.eq($cx.tenant()))
            .select(PriorityRow::as_select())
            .into_boxed::<Dialect>()
    };
}

/// Those of these priorities that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Priority>> {
    let query = with_plans!(cx).filter(priorities::id.eq_any(ids.to_vec()));
    let rows: Vec<PriorityRow> = improvement::readable_plans!(query, cx, priorities).all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for ListPriorities {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Priority>> {
        let mut query = improvement::readable_plans!(page::windowed!(with_plans!(cx), self.window, priorities), cx, priorities);
        if let Some(plan) = self.plan_id {
            query = query.filter(priorities::plan_id.eq(Uid::from(plan)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(priorities::organisation_id.eq(Uid::from(at)));
        }
        if let Some(owner) = self.owner_id {
            query = query.filter(priorities::owner_id.eq(Uid::from(owner)));
        }
        if let Some(from) = self.adopted_from {
            query = query.filter(priorities::adopted_from.eq(Uid::from(from)));
        }
        if let Some(state) = self.state {
            query = query.filter(priorities::state.eq(state.as_str()));
        }
        let rows: Vec<PriorityRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: whole(cx, page.items).await?, next: page.next })
    }
}

impl Write<Here> for UpdatePriority {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Priority>> {
        let (before, plan) = changed(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.patched(self.patch.clone(), plan.state, tx.act.today(), &mut || tx.new_id())?;
        save(tx, EventKind::PriorityUpdated, before, after, plan.state).await
    }
}

impl Write<Here> for StepPriority {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Priority>> {
        let (before, plan) = changed(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.step(self.step, plan.state, self.reason.clone())?;
        save(tx, self.step.event(), before, after, plan.state).await
    }
}

impl Read<Here> for PriorityHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        known(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: PriorityId, doing: &Doing) -> Result<Can> {
    let (record, plan) = match doing {
        Doing::Act(action) if action != "adopt" => written(cx, id).await?,
        _ => known(cx, id).await?,
    };
    Ok(seen(cx, record, plan.state).await?.can)
}
