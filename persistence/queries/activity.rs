//! The catalogue: what an organisation offers is everybody's beneath it.

use super::{improvement::ground, prelude::*};
use crate::{
    activity::{CreateLearningActivity, GetLearningActivity, LearningActivityHistory, ListLearningActivities, StepLearningActivity, UpdateLearningActivity},
    event::History,
};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    activity::{ActivityAction, ActivityState, LearningActivity},
    event::EventKind,
    id::{LearningActivityId, OrganisationId, StandardId},
    impact::Conclusion,
    improvement::leads,
    learning::LearningKind,
    text::{Narrative, Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = learning_activities, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct ActivityRow {
    tenant_id: Uid,
    id: Uid,
    organisation_id: Uid,
    title: String,
    description: Option<String>,
    kind: String,
    provider: Option<String>,
    cost_pence: i32,
    minutes: i32,
    audience: Json,
    state: String,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
    conclusion: Option<String>,
    conclusion_note: Option<String>,
}

impl ActivityRow {
    fn new(tenant_id: Uid, activity: &LearningActivity) -> Result<Self> {
        let LearningActivity {
            id,
            organisation_id,
            title,
            description,
            kind,
            provider,
            cost_pence,
            minutes,
            audience,
            standard_ids: _,
            state,
            conclusion,
            conclusion_note,
            version,
            created_at,
            updated_at,
        } = activity;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            organisation_id: (*organisation_id).into(),
            title: title.as_str().into(),
            description: description.as_ref().map(|d| d.as_str().into()),
            kind: kind.as_str().into(),
            provider: provider.as_ref().map(|p| p.as_str().into()),
            cost_pence: *cost_pence,
            minutes: *minutes,
            audience: Json(serde_json::to_string(audience).map_err(corrupt)?),
            state: state.as_str().into(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            conclusion: conclusion.map(|c| c.as_str().into()),
            conclusion_note: conclusion_note.as_ref().map(|n| n.as_str().into()),
        })
    }
    fn activity(self, standard_ids: Vec<StandardId>) -> Result<LearningActivity> {
        let Self {
            tenant_id: _,
            id,
            organisation_id,
            title,
            description,
            kind,
            provider,
            cost_pence,
            minutes,
            audience,
            state,
            version,
            created_at,
            updated_at,
            conclusion,
            conclusion_note,
        } = self;
        Ok(LearningActivity {
            id: id.to(),
            organisation_id: organisation_id.to(),
            title: Title::parse(&title).map_err(corrupt)?,
            description: description.map(|d| Narrative::parse(&d)).transpose().map_err(corrupt)?,
            kind: LearningKind::parse(&kind).map_err(corrupt)?,
            provider: provider.map(|p| Title::parse(&p)).transpose().map_err(corrupt)?,
            cost_pence,
            minutes,
            audience: serde_json::from_str(&audience.0).map_err(corrupt)?,
            standard_ids,
            state: ActivityState::parse(&state).map_err(corrupt)?,
            conclusion: conclusion.map(|c| Conclusion::parse(&c)).transpose().map_err(corrupt)?,
            conclusion_note: conclusion_note.map(|n| Narrative::parse(&n)).transpose().map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Who leads learning at an organisation.
pub(super) const WHO: &str = "the headteacher and learning lead of the organisation, and the trust leader for the trust,";

/// Whole records of rows: with their standards, in one statement whatever their number.
async fn whole(cx: &mut Cx<'_>, rows: Vec<ActivityRow>) -> Result<Vec<LearningActivity>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let standards = learning_activity_standards::table
        .filter(learning_activity_standards::tenant_id.eq(cx.tenant()))
        .order((learning_activity_standards::learning_activity_id, learning_activity_standards::position))
        .select((learning_activity_standards::learning_activity_id, learning_activity_standards::standard_id));
    let standards: Vec<(Uid, Uid)> = page::of_these!(cx, standards, learning_activity_standards::learning_activity_id, &ids);
    let mut standards_of: HashMap<Uid, Vec<StandardId>> = HashMap::new();
    for (activity, standard) in standards {
        standards_of.entry(activity).or_default().push(standard.to());
    }
    rows.into_iter()
        .map(|row| {
            let standards = standards_of.remove(&row.id).unwrap_or_default();
            row.activity(standards)
        })
        .collect()
}

pub(super) async fn load(cx: &mut Cx<'_>, id: LearningActivityId) -> Result<LearningActivity> {
    let row: ActivityRow = learning_activities::table.find((cx.tenant(), Uid::from(id))).select(ActivityRow::as_select()).one(cx.conn()).await?;
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

/// Does the caller lead learning there?
pub(super) async fn may_write(cx: &mut Cx<'_>, organisation: OrganisationId) -> Result<bool> {
    let ground = ground(cx, organisation).await?;
    Ok(leads(&cx.caller, Permission::WriteActivities, &ground))
}

/// Hides what is offered to others only. Who writes it knows of it.
pub(super) async fn readable(cx: &mut Cx<'_>, organisation: OrganisationId) -> Result<()> {
    let reads = rules::reach(&cx.caller, Permission::ReadActivities).unwrap_or_default();
    let known = access::shares(cx, &reads, organisation).await? || access::may(cx, Permission::WriteActivities, Some(organisation), None).await?;
    if known { Ok(()) } else { Err(StoreError::Missing) }
}

/// The same, and refuses what the caller may only read.
pub(super) async fn writable(cx: &mut Cx<'_>, organisation: OrganisationId) -> Result<()> {
    readable(cx, organisation).await?;
    Ok(rules::require(may_write(cx, organisation).await?, WHO)?)
}

async fn seen(cx: &mut Cx<'_>, record: LearningActivity) -> Result<Seen<LearningActivity>> {
    let may = may_write(cx, record.organisation_id).await?;
    let can = |action: &ActivityAction| rules::require(may, WHO).and_then(|()| record.can(*action)).err();
    let can = ActivityAction::ALL.iter().map(|action| (action.as_str(), can(action))).collect();
    Ok(Seen { record, can })
}

async fn put_standards(tx: &mut Tx<'_>, before: &[StandardId], activity: &LearningActivity) -> Result<()> {
    if before == activity.standard_ids {
        return Ok(());
    }
    super::framework::linkable(tx, &activity.standard_ids).await?;
    let (tenant, id) = (tx.tenant(), Uid::from(activity.id));
    let old = learning_activity_standards::table
        .filter(learning_activity_standards::tenant_id.eq(tenant))
        .filter(learning_activity_standards::learning_activity_id.eq(id));
    diesel::delete(old).done(tx.conn()).await?;
    let row = |(standard, position): (&StandardId, i32)| {
        (
            learning_activity_standards::tenant_id.eq(tenant),
            learning_activity_standards::learning_activity_id.eq(id),
            learning_activity_standards::standard_id.eq(Uid::from(*standard)),
            learning_activity_standards::position.eq(position),
        )
    };
    let rows: Vec<_> = activity.standard_ids.iter().zip(0..).map(row).collect();
    if !rows.is_empty() {
        diesel::insert_into(learning_activity_standards::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: LearningActivity, after: LearningActivity) -> Result<Seen<LearningActivity>> {
    let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
    let row = ActivityRow::new(tx.tenant(), &after)?;
    let key = learning_activities::table.find((tx.tenant(), Uid::from(after.id))).filter(learning_activities::version.eq(before.version));
    if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    put_standards(tx, &before.standard_ids, &after).await?;
    tx.event(kind, Some(&before), &after, after.about());
    seen(tx, after).await
}

impl Write<Here> for CreateLearningActivity {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningActivity>> {
        let Self { organisation_id, title, kind, minutes, details } = self.clone();
        super::organisation::kind_of(tx, organisation_id, "/organisation_id").await?;
        rules::require(may_write(tx, organisation_id).await?, WHO)?;
        let now = micros(tx.act.now);
        let blank = LearningActivity {
            id: tx.new_id(),
            organisation_id,
            title,
            description: None,
            kind,
            provider: None,
            cost_pence: 0,
            minutes,
            audience: Vec::new(),
            standard_ids: Vec::new(),
            state: ActivityState::Offered,
            conclusion: None,
            conclusion_note: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let activity = blank.patched(details)?;
        let row = ActivityRow::new(tx.tenant(), &activity)?;
        diesel::insert_into(learning_activities::table).values(row).done(tx.conn()).await?;
        put_standards(tx, &[], &activity).await?;
        tx.event(EventKind::LearningActivityCreated, None, &activity, activity.about());
        seen(tx, activity).await
    }
}

impl Read<Here> for GetLearningActivity {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<LearningActivity>>> {
        loop {
            let record = load(cx, self.id).await?;
            readable(cx, record.organisation_id).await?;
            let version = record.version;
            if self.unless == Some(version) {
                return Ok(Fetched::Unchanged(version));
            }
            if page::unmoved!(cx, learning_activities, self.id, version) {
                return Ok(Fetched::Found(seen(cx, record).await?));
            }
        }
    }
}

/// Keeps what is offered to what the caller may know of.
macro_rules! offered {
    ($query:expr, $cx:expr, $table:ident) => {{
        let (query, reads) = ($query, $cx.reach.clone());
        let writes = rules::reach(&$cx.caller.not_as_colleague(), Permission::WriteActivities).unwrap_or_default();
        let mine = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&writes.organisations)))
            .select(organisation_paths::descendant_id);
        match reads.everywhere || writes.everywhere {
            true => query,
            false => query.filter($table::organisation_id.eq_any(mine).or(page::shared!($cx, $table::organisation_id, reads))),
        }
    }};
}
pub(super) use offered;

/// Those of these activities that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<LearningActivity>> {
    let query = learning_activities::table.filter(learning_activities::tenant_id.eq(cx.tenant())).filter(learning_activities::id.eq_any(ids.to_vec()));
    let rows: Vec<ActivityRow> = offered!(query.select(ActivityRow::as_select()).into_boxed::<Dialect>(), cx, learning_activities).all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for ListLearningActivities {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<LearningActivity>> {
        let query = learning_activities::table.filter(learning_activities::tenant_id.eq(cx.tenant())).select(ActivityRow::as_select()).into_boxed::<Dialect>();
        let mut query = offered!(page::windowed!(query, self.window, learning_activities), cx, learning_activities);
        if let Some(at) = self.organisation_id {
            query = query.filter(learning_activities::organisation_id.eq(Uid::from(at)));
        }
        if let Some(kind) = self.kind {
            query = query.filter(learning_activities::kind.eq(kind.as_str()));
        }
        if let Some(state) = self.state {
            query = query.filter(learning_activities::state.eq(state.as_str()));
        }
        let rows: Vec<ActivityRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: whole(cx, page.items).await?, next: page.next })
    }
}

impl Write<Here> for UpdateLearningActivity {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningActivity>> {
        let before = load(tx, self.id).await?;
        writable(tx, before.organisation_id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.patched(self.patch.clone())?;
        save(tx, EventKind::LearningActivityUpdated, before, after).await
    }
}

impl Write<Here> for StepLearningActivity {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningActivity>> {
        let before = load(tx, self.id).await?;
        writable(tx, before.organisation_id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.step(self.action)?;
        save(tx, self.action.event(), before, after).await
    }
}

impl Read<Here> for LearningActivityHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let record = load(cx, self.id).await?;
        readable(cx, record.organisation_id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: LearningActivityId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => readable(cx, record.organisation_id).await?,
        Doing::Act(_) => writable(cx, record.organisation_id).await?,
    }
    Ok(seen(cx, record).await?.can)
}
