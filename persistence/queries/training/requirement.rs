//! Requirements: what a trust or a school requires is asked of everybody beneath it, and known to them.

use super::super::prelude::*;
use crate::{
    event::History,
    training::{
        CreateTrainingRequirement, GetTrainingRequirement, ListTrainingRequirements, RequirementStep, StepTrainingRequirement, TrainingRequirementHistory,
    },
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    event::EventKind,
    id::{LearningActivityId, OrganisationId, TrainingRequirementId},
    rule::{Code, RuleError},
    text::{Narrative, Title, Wire},
    time::micros,
    training::{
        Audience, Authority, RequirementAction, RequirementState, TrainingRequirement, TrainingRequirementPatch, Trigger, Validity, ValidityKind, WARN_AT_DAYS,
    },
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = training_requirements, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct RequirementRow {
    tenant_id: Uid,
    pub id: Uid,
    organisation_id: Uid,
    title: String,
    description: Option<String>,
    authority: String,
    audience: Json,
    trigger_kind: String,
    scheduled_on: Option<NaiveDate>,
    due_within_days: i32,
    validity_kind: String,
    validity_months: Option<i32>,
    warn_at_days: Json,
    editions: Json,
    state: String,
    applies_from: Option<NaiveDate>,
    retired_on: Option<NaiveDate>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl RequirementRow {
    fn new(tenant_id: Uid, requirement: &TrainingRequirement) -> Result<Self> {
        let TrainingRequirement {
            id,
            organisation_id,
            title,
            description,
            authority,
            audience,
            trigger,
            scheduled_on,
            due_within_days,
            validity: Validity { kind, months },
            warn_at_days,
            activity_ids: _,
            editions,
            state,
            applies_from,
            retired_on,
            version,
            created_at,
            updated_at,
        } = requirement;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            organisation_id: (*organisation_id).into(),
            title: title.as_str().into(),
            description: description.as_ref().map(|d| d.as_str().into()),
            authority: authority.as_str().into(),
            audience: Json(serde_json::to_string(audience).map_err(corrupt)?),
            trigger_kind: trigger.as_str().into(),
            scheduled_on: *scheduled_on,
            due_within_days: *due_within_days,
            validity_kind: kind.as_str().into(),
            validity_months: *months,
            warn_at_days: Json(serde_json::to_string(warn_at_days).map_err(corrupt)?),
            editions: Json(serde_json::to_string(editions).map_err(corrupt)?),
            state: state.as_str().into(),
            applies_from: *applies_from,
            retired_on: *retired_on,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    /// The requirement, with the activities that meet it.
    pub(super) fn requirement(self, activity_ids: Vec<LearningActivityId>) -> Result<TrainingRequirement> {
        let Self {
            tenant_id: _,
            id,
            organisation_id,
            title,
            description,
            authority,
            audience,
            trigger_kind,
            scheduled_on,
            due_within_days,
            validity_kind,
            validity_months,
            warn_at_days,
            editions,
            state,
            applies_from,
            retired_on,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(TrainingRequirement {
            id: id.to(),
            organisation_id: organisation_id.to(),
            title: Title::parse(&title).map_err(corrupt)?,
            description: description.map(|d| Narrative::parse(&d)).transpose().map_err(corrupt)?,
            authority: Authority::parse(&authority).map_err(corrupt)?,
            audience: serde_json::from_str::<Audience>(&audience.0).map_err(corrupt)?,
            trigger: Trigger::parse(&trigger_kind).map_err(corrupt)?,
            scheduled_on,
            due_within_days,
            validity: Validity { kind: ValidityKind::parse(&validity_kind).map_err(corrupt)?, months: validity_months },
            warn_at_days: serde_json::from_str(&warn_at_days.0).map_err(corrupt)?,
            activity_ids,
            editions: serde_json::from_str(&editions.0).map_err(corrupt)?,
            state: RequirementState::parse(&state).map_err(corrupt)?,
            applies_from,
            retired_on,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Who says what is required.
const WHO: &str = "the headteacher, HR and the learning lead of the organisation, and the trust leader,";

/// Whole records of rows: with the activities that meet them, in one statement whatever their number.
async fn whole(cx: &mut Cx<'_>, rows: Vec<RequirementRow>) -> Result<Vec<TrainingRequirement>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let activities = training_requirement_activities::table
        .filter(training_requirement_activities::tenant_id.eq(cx.tenant()))
        .order((training_requirement_activities::training_requirement_id, training_requirement_activities::learning_activity_id))
        .select((training_requirement_activities::training_requirement_id, training_requirement_activities::learning_activity_id));
    let activities: Vec<(Uid, Uid)> = page::of_these!(cx, activities, training_requirement_activities::training_requirement_id, &ids);
    let mut activities_of: HashMap<Uid, Vec<LearningActivityId>> = HashMap::new();
    for (requirement, activity) in activities {
        activities_of.entry(requirement).or_default().push(activity.to());
    }
    rows.into_iter()
        .map(|row| {
            let activities = activities_of.remove(&row.id).unwrap_or_default();
            row.requirement(activities)
        })
        .collect()
}

pub(super) async fn load(cx: &mut Cx<'_>, id: TrainingRequirementId) -> Result<TrainingRequirement> {
    let row: RequirementRow = training_requirements::table.find((cx.tenant(), Uid::from(id))).select(RequirementRow::as_select()).one(cx.conn()).await?;
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

/// Those of these requirements that are asked where the caller's reach lies, above or beneath it; drafts as well.
pub(in super::super) async fn reached(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<TrainingRequirement>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let reach = cx.reach.clone();
    let query = training_requirements::table.filter(training_requirements::tenant_id.eq(cx.tenant())).filter(training_requirements::id.eq_any(ids.to_vec()));
    let query = query.select(RequirementRow::as_select()).into_boxed::<Dialect>();
    let query = if reach.everywhere { query } else { query.filter(page::shared!(cx, training_requirements::organisation_id, reach)) };
    let rows: Vec<RequirementRow> = query.all(cx.conn()).await?;
    whole(cx, rows).await
}

async fn may_write(cx: &mut Cx<'_>, organisation: OrganisationId) -> Result<bool> {
    access::may(cx, Permission::WriteRequirements, Some(organisation), None).await
}

/// Hides what is asked of others only, and drafts from everybody but those who write them.
async fn readable(cx: &mut Cx<'_>, record: &TrainingRequirement) -> Result<()> {
    let reads = rules::reach(&cx.caller, Permission::ReadRequirements).unwrap_or_default();
    let asked = record.state != RequirementState::Draft;
    let known = (asked && access::shares(cx, &reads, record.organisation_id).await?) || may_write(cx, record.organisation_id).await?;
    if known { Ok(()) } else { Err(StoreError::Missing) }
}
async fn writable(cx: &mut Cx<'_>, record: &TrainingRequirement) -> Result<()> {
    readable(cx, record).await?;
    Ok(rules::require(may_write(cx, record.organisation_id).await?, WHO)?)
}

async fn seen(cx: &mut Cx<'_>, record: TrainingRequirement) -> Result<Seen<TrainingRequirement>> {
    let may = may_write(cx, record.organisation_id).await?;
    let can = |action: &RequirementAction| rules::require(may, WHO).and_then(|()| record.can(*action)).err();
    let can = RequirementAction::ALL.iter().map(|action| (action.as_str(), can(action))).collect();
    Ok(Seen { record, can })
}

/// Says which activities meet it: ones that the caller can read.
async fn put_activities(tx: &mut Tx<'_>, before: &[LearningActivityId], after: &TrainingRequirement) -> Result<()> {
    if before == after.activity_ids {
        return Ok(());
    }
    let added: Vec<Uid> = after.activity_ids.iter().filter(|id| !before.contains(id)).map(|id| Uid::from(*id)).collect();
    if !added.is_empty() {
        let reads = rules::reach(&tx.caller, Permission::ReadActivities).unwrap_or_default();
        let own = std::mem::replace(&mut tx.reach, reads);
        let known = super::super::activity::visible(tx, &added).await;
        tx.reach = own;
        if known?.len() < added.len() {
            return Err(RuleError::at(Code::UnknownReference, "/activity_ids", "no such activity in the catalogue").into());
        }
    }
    let (tenant, id) = (tx.tenant(), Uid::from(after.id));
    let old = training_requirement_activities::table
        .filter(training_requirement_activities::tenant_id.eq(tenant))
        .filter(training_requirement_activities::training_requirement_id.eq(id));
    diesel::delete(old).done(tx.conn()).await?;
    let row = |activity: &LearningActivityId| {
        (
            training_requirement_activities::tenant_id.eq(tenant),
            training_requirement_activities::training_requirement_id.eq(id),
            training_requirement_activities::learning_activity_id.eq(Uid::from(*activity)),
        )
    };
    let rows: Vec<_> = after.activity_ids.iter().map(row).collect();
    if !rows.is_empty() {
        diesel::insert_into(training_requirement_activities::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

impl Write<Here> for CreateTrainingRequirement {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<TrainingRequirement>> {
        let Self { organisation_id, title, authority, trigger, due_within_days, validity, details } = self.clone();
        super::super::organisation::kind_of(tx, organisation_id, "/organisation_id").await?;
        rules::require(may_write(tx, organisation_id).await?, WHO)?;
        let now = micros(tx.act.now);
        let blank = TrainingRequirement {
            id: tx.new_id(),
            organisation_id,
            title,
            description: None,
            authority,
            audience: Audience::default(),
            trigger,
            scheduled_on: None,
            due_within_days,
            validity,
            warn_at_days: WARN_AT_DAYS.to_vec(),
            activity_ids: Vec::new(),
            editions: Vec::new(),
            state: RequirementState::Draft,
            applies_from: None,
            retired_on: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let requirement = blank.patched(details)?;
        let row = RequirementRow::new(tx.tenant(), &requirement)?;
        diesel::insert_into(training_requirements::table).values(row).done(tx.conn()).await?;
        put_activities(tx, &[], &requirement).await?;
        tx.event(EventKind::TrainingRequirementCreated, None, &requirement, requirement.about());
        seen(tx, requirement).await
    }
}

impl Read<Here> for GetTrainingRequirement {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<TrainingRequirement>>> {
        loop {
            let record = load(cx, self.id).await?;
            readable(cx, &record).await?;
            let version = record.version;
            if self.unless == Some(version) {
                return Ok(Fetched::Unchanged(version));
            }
            if page::unmoved!(cx, training_requirements, self.id, version) {
                return Ok(Fetched::Found(seen(cx, record).await?));
            }
        }
    }
}

/// Keeps requirements to what the caller may know of.
macro_rules! known {
    ($query:expr, $cx:expr) => {{
        let (query, reads) = ($query, $cx.reach.clone());
        let writes = rules::reach(&$cx.caller, Permission::WriteRequirements).unwrap_or_default();
        let mine = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&writes.organisations)))
            .select(organisation_paths::descendant_id);
        let asked = training_requirements::state.ne(RequirementState::Draft.as_str());
        match (writes.everywhere, reads.everywhere) {
            (true, _) => query,
            (_, true) => query.filter(training_requirements::organisation_id.eq_any(mine).or(asked)),
            _ => query.filter(training_requirements::organisation_id.eq_any(mine).or(asked.and(page::shared!(
                $cx,
                training_requirements::organisation_id,
                reads
            )))),
        }
    }};
}

/// Those of these requirements that the caller may read.
pub(in super::super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<TrainingRequirement>> {
    let query = training_requirements::table.filter(training_requirements::tenant_id.eq(cx.tenant())).filter(training_requirements::id.eq_any(ids.to_vec()));
    let rows: Vec<RequirementRow> = known!(query.select(RequirementRow::as_select()).into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for ListTrainingRequirements {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<TrainingRequirement>> {
        let query = training_requirements::table.filter(training_requirements::tenant_id.eq(cx.tenant()));
        let query = query.select(RequirementRow::as_select()).into_boxed::<Dialect>();
        let mut query = known!(page::windowed!(query, self.window, training_requirements), cx);
        if let Some(at) = self.organisation_id {
            query = query.filter(training_requirements::organisation_id.eq(Uid::from(at)));
        }
        if let Some(authority) = self.authority {
            query = query.filter(training_requirements::authority.eq(authority.as_str()));
        }
        if let Some(state) = self.state {
            query = query.filter(training_requirements::state.eq(state.as_str()));
        }
        let rows: Vec<RequirementRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: whole(cx, page.items).await?, next: page.next })
    }
}

/// Every requirement that was ever published, or this one, without the activities that meet it.
pub(super) async fn published(cx: &mut Cx<'_>, only: Option<TrainingRequirementId>) -> Result<Vec<TrainingRequirement>> {
    let mut query = training_requirements::table
        .filter(training_requirements::tenant_id.eq(cx.tenant()))
        .filter(training_requirements::applies_from.is_not_null())
        .order(training_requirements::id)
        .select(RequirementRow::as_select())
        .into_boxed::<Dialect>();
    if let Some(only) = only {
        query = query.filter(training_requirements::id.eq(Uid::from(only)));
    }
    let rows: Vec<RequirementRow> = query.all(cx.conn()).await?;
    rows.into_iter().map(|row| row.requirement(Vec::new())).collect()
}

/// Requirements that are asked now and met by attending this activity.
pub(super) async fn met_by(cx: &mut Cx<'_>, activity: LearningActivityId) -> Result<Vec<TrainingRequirement>> {
    let links = training_requirement_activities::table
        .filter(training_requirement_activities::tenant_id.eq(cx.tenant()))
        .filter(training_requirement_activities::learning_activity_id.eq(Uid::from(activity)))
        .select(training_requirement_activities::training_requirement_id);
    let rows: Vec<RequirementRow> = training_requirements::table
        .filter(training_requirements::tenant_id.eq(cx.tenant()))
        .filter(training_requirements::id.eq_any(links))
        .filter(training_requirements::state.eq(RequirementState::Published.as_str()))
        .order(training_requirements::id)
        .select(RequirementRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(|row| row.requirement(Vec::new())).collect()
}

/// What a step makes of a requirement, and what the log says of it.
fn stepped(step: &RequirementStep, before: &TrainingRequirement, today: NaiveDate) -> std::result::Result<(EventKind, TrainingRequirement), RuleError> {
    Ok(match step {
        RequirementStep::Update(patch) => (RequirementAction::Update.event(), before.patched(TrainingRequirementPatch::clone(patch))?),
        RequirementStep::Publish(from) => (RequirementAction::Publish.event(), before.publish(from.unwrap_or(today))?),
        RequirementStep::IssueEdition { issued_on, due_within_days, note } => {
            (RequirementAction::IssueEdition.event(), before.issue(issued_on.unwrap_or(today), *due_within_days, note.clone())?)
        }
        RequirementStep::Retire => (RequirementAction::Retire.event(), before.retire(today)?),
    })
}

impl Write<Here> for StepTrainingRequirement {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<TrainingRequirement>> {
        let before = load(tx, self.id).await?;
        writable(tx, &before).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        let (kind, after) = stepped(&self.step, &before, tx.act.today())?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        let key = training_requirements::table.find((tx.tenant(), Uid::from(after.id))).filter(training_requirements::version.eq(before.version));
        if diesel::update(key).set(RequirementRow::new(tx.tenant(), &after)?).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        put_activities(tx, &before.activity_ids, &after).await?;
        tx.event(kind, Some(&before), &after, after.about());
        seen(tx, after).await
    }
}

impl Read<Here> for TrainingRequirementHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let record = load(cx, self.id).await?;
        readable(cx, &record).await?;
        super::super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(in super::super) async fn explain(cx: &mut Cx<'_>, id: TrainingRequirementId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => readable(cx, &record).await?,
        Doing::Act(_) => writable(cx, &record).await?,
    }
    Ok(seen(cx, record).await?.can)
}
