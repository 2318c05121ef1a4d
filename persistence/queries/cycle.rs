//! Cycles: everybody knows of a published one; drafts are known to those who run cycles there.

use super::prelude::*;
use crate::{
    cycle::{CreateCycle, CycleHistory, GetCycle, ListCycles, MoveCycleDueDates, Newer, RollOverCycle, RolledOver, StepCycle, UpdateCycle},
    event::History,
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    cycle::{Cycle, CycleAction, CycleState, DueDates, OpenWork},
    event::{About, EventKind},
    id::{CycleId, FrameworkVersionId},
    profile::ProfileKey,
    text::{Reason, Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = cycles, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct CycleRow {
    tenant_id: Uid,
    id: Uid,
    organisation_id: Uid,
    name: String,
    state: String,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
    rule_profile: Option<String>,
    rule_profile_version: Option<i32>,
    objectives_due_on: Option<NaiveDate>,
    review_due_on: Option<NaiveDate>,
    report_due_on: Option<NaiveDate>,
    staff_categories: Json,
    last_reason: Option<String>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl CycleRow {
    fn new(tenant_id: Uid, cycle: &Cycle) -> Result<Self> {
        let Cycle {
            id,
            organisation_id,
            name,
            state,
            starts_on,
            ends_on,
            rule_profile,
            rule_profile_version,
            due,
            staff_categories,
            framework_version_ids: _,
            rolled_over_from: _,
            last_reason,
            version,
            created_at,
            updated_at,
        } = cycle;
        let DueDates { objectives_due_on, review_due_on, report_due_on } = due;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            organisation_id: (*organisation_id).into(),
            name: name.as_str().into(),
            state: state.as_str().into(),
            starts_on: *starts_on,
            ends_on: *ends_on,
            rule_profile: rule_profile.as_ref().map(|p| p.as_str().into()),
            rule_profile_version: *rule_profile_version,
            objectives_due_on: *objectives_due_on,
            review_due_on: *review_due_on,
            report_due_on: *report_due_on,
            staff_categories: Json(serde_json::to_string(staff_categories).map_err(corrupt)?),
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    fn cycle(self, framework_version_ids: Vec<FrameworkVersionId>, rolled_over_from: Option<CycleId>) -> Result<Cycle> {
        let Self {
            tenant_id: _,
            id,
            organisation_id,
            name,
            state,
            starts_on,
            ends_on,
            rule_profile,
            rule_profile_version,
            objectives_due_on,
            review_due_on,
            report_due_on,
            staff_categories,
            last_reason,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(Cycle {
            id: id.to(),
            organisation_id: organisation_id.to(),
            name: Title::parse(&name).map_err(corrupt)?,
            state: CycleState::parse(&state).map_err(corrupt)?,
            starts_on,
            ends_on,
            rule_profile: rule_profile.map(|p| ProfileKey::parse(&p)).transpose().map_err(corrupt)?,
            rule_profile_version,
            due: DueDates { objectives_due_on, review_due_on, report_due_on },
            staff_categories: serde_json::from_str(&staff_categories.0).map_err(corrupt)?,
            framework_version_ids,
            rolled_over_from,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

async fn whole(cx: &mut Cx<'_>, rows: Vec<CycleRow>) -> Result<Vec<Cycle>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let pinned: Vec<(Uid, Uid)> = cycle_framework_versions::table
        .filter(cycle_framework_versions::tenant_id.eq(cx.tenant()))
        .filter(cycle_framework_versions::cycle_id.eq_any(ids.clone()))
        .order((cycle_framework_versions::cycle_id, cycle_framework_versions::position))
        .select((cycle_framework_versions::cycle_id, cycle_framework_versions::framework_version_id))
        .all(cx.conn())
        .await?;
    let mut by_cycle: HashMap<Uid, Vec<FrameworkVersionId>> = HashMap::new();
    for (cycle, version) in pinned {
        by_cycle.entry(cycle).or_default().push(version.to());
    }
    let came_of: Vec<(Uid, Uid)> = cycle_successions::table
        .filter(cycle_successions::tenant_id.eq(cx.tenant()))
        .filter(cycle_successions::successor_id.eq_any(ids))
        .select((cycle_successions::successor_id, cycle_successions::cycle_id))
        .all(cx.conn())
        .await?;
    let came_of: HashMap<Uid, Uid> = came_of.into_iter().collect();
    rows.into_iter()
        .map(|row| {
            let versions = by_cycle.remove(&row.id).unwrap_or_default();
            let from = came_of.get(&row.id).map(|id| id.to());
            row.cycle(versions, from)
        })
        .collect()
}

pub(super) async fn load(cx: &mut Cx<'_>, id: CycleId) -> Result<Cycle> {
    let row: CycleRow = cycles::table.find((cx.tenant(), Uid::from(id))).select(CycleRow::as_select()).one(cx.conn()).await?;
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

/// Those who run cycles, by role or scope.
const WHO: &str = "the headteacher, HR and administrators of the organisation";

/// Drafts are known to those who run cycles there; the rest, as far as the caller reads cycles.
async fn readable(cx: &mut Cx<'_>, cycle: &Cycle) -> Result<()> {
    let reads = rules::reach(&cx.caller, Permission::ReadCycles).unwrap_or_default();
    let announced = cycle.state != CycleState::Draft;
    let known = (announced && access::covers(cx, &reads, Some(cycle.organisation_id), None, None).await?)
        || access::may(cx, Permission::WriteCycles, Some(cycle.organisation_id), None).await?;
    if known { Ok(()) } else { Err(StoreError::Missing) }
}

pub(super) async fn writable(cx: &mut Cx<'_>, cycle: &Cycle) -> Result<()> {
    readable(cx, cycle).await?;
    let may = access::may(cx, Permission::WriteCycles, Some(cycle.organisation_id), None).await?;
    Ok(rules::require(may, WHO)?)
}

/// What of the cycle's work is still open, and whether next year's was drafted: as far as the state makes it matter.
async fn open_work(cx: &mut Cx<'_>, cycle: &Cycle) -> Result<OpenWork> {
    let id = Uid::from(cycle.id);
    let mut open = OpenWork::default();
    if CycleAction::Close.from().contains(&cycle.state) {
        open.objectives = objectives::table
            .filter(objectives::tenant_id.eq(cx.tenant()))
            .filter(objectives::cycle_id.eq(id))
            .filter(objectives::state.ne_all(["closed", "withdrawn"]))
            // a draft is its author's alone: it is nobody's work yet, and nobody is told that there is one
            .filter(objectives::private_to.is_null())
            .count()
            .one(cx.conn())
            .await?;
        open.appraisals = appraisals::table
            .filter(appraisals::tenant_id.eq(cx.tenant()))
            .filter(appraisals::cycle_id.eq(id))
            .filter(appraisals::state.ne_all(super::appraisal::OVER))
            .count()
            .one(cx.conn())
            .await?;
    }
    if CycleAction::RollOver.from().contains(&cycle.state) {
        let next: i64 = cycle_successions::table
            .inner_join(cycles::table.on(cycles::tenant_id.eq(cycle_successions::tenant_id).and(cycles::id.eq(cycle_successions::successor_id))))
            .filter(cycle_successions::tenant_id.eq(cx.tenant()))
            .filter(cycle_successions::cycle_id.eq(id))
            .filter(cycles::state.ne("cancelled"))
            .count()
            .one(cx.conn())
            .await?;
        open.rolled_over = next > 0;
    }
    Ok(open)
}

async fn seen(cx: &mut Cx<'_>, record: Cycle) -> Result<Seen<Cycle>> {
    let may = access::may(cx, Permission::WriteCycles, Some(record.organisation_id), None).await?;
    let open = if may { open_work(cx, &record).await? } else { OpenWork::default() };
    let can = CycleAction::ALL.iter().map(|action| (action.as_str(), rules::require(may, WHO).and_then(|()| record.can(*action, open)).err())).collect();
    Ok(Seen { record, can })
}

fn about(cycle: &Cycle) -> About {
    About { organisation: Some(cycle.organisation_id), ..About::default() }
}

/// A cycle names a published version of a rule profile.
async fn ruled(tx: &mut Tx<'_>, cycle: &Cycle) -> Result<()> {
    if let (Some(key), Some(number)) = (&cycle.rule_profile, cycle.rule_profile_version) {
        super::profile::pinned(tx, key, number).await?;
    }
    Ok(())
}

async fn pin(tx: &mut Tx<'_>, before: &[FrameworkVersionId], cycle: &Cycle) -> Result<()> {
    if before == cycle.framework_version_ids {
        return Ok(());
    }
    super::framework::published(tx, &cycle.framework_version_ids).await?;
    let id = Uid::from(cycle.id);
    diesel::delete(
        cycle_framework_versions::table.filter(cycle_framework_versions::tenant_id.eq(tx.tenant())).filter(cycle_framework_versions::cycle_id.eq(id)),
    )
    .done(tx.conn())
    .await?;
    let tenant = tx.tenant();
    let rows: Vec<_> = cycle
        .framework_version_ids
        .iter()
        .zip(0..)
        .map(|(version, position)| {
            (
                cycle_framework_versions::tenant_id.eq(tenant),
                cycle_framework_versions::cycle_id.eq(id),
                cycle_framework_versions::framework_version_id.eq(Uid::from(*version)),
                cycle_framework_versions::position.eq(position),
            )
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(cycle_framework_versions::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: Cycle, after: Cycle) -> Result<Seen<Cycle>> {
    let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
    let row = CycleRow::new(tx.tenant(), &after)?;
    let key = cycles::table.find((tx.tenant(), Uid::from(after.id))).filter(cycles::version.eq(before.version));
    if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    pin(tx, &before.framework_version_ids, &after).await?;
    tx.event(kind, Some(&before), &after, about(&after));
    seen(tx, after).await
}

impl Write<Here> for CreateCycle {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Cycle>> {
        let Self { organisation_id, name, details } = self.clone();
        super::organisation::kind_of(tx, organisation_id, "/organisation_id").await?;
        let may = access::may(tx, Permission::WriteCycles, Some(organisation_id), None).await?;
        rules::require(may, WHO)?;
        let now = micros(tx.act.now);
        let blank = Cycle {
            id: tx.new_id(),
            organisation_id,
            name,
            state: CycleState::Draft,
            starts_on: None,
            ends_on: None,
            rule_profile: None,
            rule_profile_version: None,
            due: DueDates::default(),
            staff_categories: Vec::new(),
            framework_version_ids: Vec::new(),
            rolled_over_from: None,
            last_reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let cycle = blank.patched(details)?;
        ruled(tx, &cycle).await?;
        let row = CycleRow::new(tx.tenant(), &cycle)?;
        diesel::insert_into(cycles::table).values(row).done(tx.conn()).await?;
        pin(tx, &[], &cycle).await?;
        tx.event(EventKind::CycleCreated, None, &cycle, about(&cycle));
        seen(tx, cycle).await
    }
}

impl Read<Here> for GetCycle {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Cycle>>> {
        let record = load(cx, self.id).await?;
        readable(cx, &record).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Cycles of these organisations and all beneath them.
macro_rules! beneath {
    ($cx:expr, $reach:expr) => {
        organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&$reach.organisations)))
            .select(organisation_paths::descendant_id)
    };
}

/// Keeps cycles to those that the caller may read: drafts are for those who set cycles up.
macro_rules! readable {
    ($query:expr, $cx:expr) => {{
        let (query, reads) = ($query, $cx.reach.clone());
        let writes = rules::reach(&$cx.caller, Permission::WriteCycles).unwrap_or_default();
        let mine = beneath!($cx, writes);
        match (writes.everywhere, reads.everywhere) {
            (true, _) => query,
            (false, true) => query.filter(cycles::state.ne("draft").or(cycles::organisation_id.eq_any(mine))),
            (false, false) => {
                query.filter(cycles::organisation_id.eq_any(mine).or(cycles::state.ne("draft").and(cycles::organisation_id.eq_any(beneath!($cx, reads)))))
            }
        }
    }};
}

/// Those of these cycles that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Cycle>> {
    let query = cycles::table.filter(cycles::tenant_id.eq(cx.tenant())).filter(cycles::id.eq_any(ids.to_vec()));
    let rows: Vec<CycleRow> = readable!(query.select(CycleRow::as_select()).into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for ListCycles {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Cycle>> {
        let mut query =
            page::windowed!(cycles::table.filter(cycles::tenant_id.eq(cx.tenant())).select(CycleRow::as_select()).into_boxed::<Dialect>(), self.window, cycles);
        query = readable!(query, cx);
        if let Some(at) = self.organisation_id {
            query = query.filter(cycles::organisation_id.eq(Uid::from(at)));
        }
        if let Some(state) = self.state {
            query = query.filter(cycles::state.eq(state.as_str()));
        }
        let rows: Vec<CycleRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: whole(cx, page.items).await?, next: page.next })
    }
}

impl Write<Here> for UpdateCycle {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Cycle>> {
        let before = load(tx, self.id).await?;
        writable(tx, &before).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.patched(self.patch.clone())?;
        ruled(tx, &after).await?;
        save(tx, EventKind::CycleUpdated, before, after).await
    }
}

impl Write<Here> for MoveCycleDueDates {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Cycle>> {
        let before = load(tx, self.id).await?;
        writable(tx, &before).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.move_due_dates(self.due, self.reason.clone())?;
        super::appraisal::with_cycle(tx, &before, &after, &self.reason).await?;
        save(tx, EventKind::CycleUpdated, before, after).await
    }
}

impl Write<Here> for StepCycle {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Cycle>> {
        let before = load(tx, self.id).await?;
        writable(tx, &before).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let open = open_work(tx, &before).await?;
        let mut after = before.step(self.action, open)?;
        if self.reason.is_some() {
            after.last_reason.clone_from(&self.reason);
        }
        save(tx, self.action.event(), before, after).await
    }
}

/// What is newer than what a cycle names.
async fn newer(cx: &mut Cx<'_>, cycle: &Cycle) -> Result<Newer> {
    let newest = match &cycle.rule_profile {
        Some(key) => super::profile::newest(cx, key).await?,
        None => None,
    };
    let rule_profile_version = newest.filter(|newest| cycle.rule_profile_version.is_some_and(|pinned| pinned < *newest));
    Ok(Newer { rule_profile_version, framework_versions: super::framework::newer(cx, &cycle.framework_version_ids).await? })
}

impl Write<Here> for RollOverCycle {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<RolledOver> {
        let from = load(tx, self.id).await?;
        writable(tx, &from).await?;
        super::event::expect(tx, &from, self.expected).await?;
        // two who roll it over draft one
        access::guard(tx, self.id).await?;
        let open = open_work(tx, &from).await?;
        let next = from.rolled_over(tx.new_id(), self.name.clone(), open, micros(tx.act.now))?;
        let row = CycleRow::new(tx.tenant(), &next)?;
        diesel::insert_into(cycles::table).values(row).done(tx.conn()).await?;
        pin(tx, &[], &next).await?;
        let link = (
            cycle_successions::tenant_id.eq(tx.tenant()),
            cycle_successions::successor_id.eq(Uid::from(next.id)),
            cycle_successions::cycle_id.eq(Uid::from(from.id)),
        );
        diesel::insert_into(cycle_successions::table).values(link).done(tx.conn()).await?;
        tx.event(EventKind::CycleCreated, None, &next, about(&next));
        let newer = newer(tx, &next).await?;
        Ok(RolledOver { next: seen(tx, next).await?, newer })
    }
}

impl Read<Here> for CycleHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let record = load(cx, self.id).await?;
        readable(cx, &record).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: CycleId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => readable(cx, &record).await?,
        Doing::Act(_) => writable(cx, &record).await?,
    }
    Ok(seen(cx, record).await?.can)
}
