//! Learning records: private until their owner shares them.

use super::prelude::*;
use crate::{
    event::History,
    learning::{GetLearningRecord, LearningRecordHistory, ListLearningRecords, LogLearning, ReflectOnLearning, ShowLearning, UpdateLearningRecord},
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    activity::{LearningActivity, LearningSession},
    employment::Employment,
    enrolment::Enrolment,
    event::EventKind,
    id::{LearningRecordId, ObjectiveId, PriorityId, StandardId},
    learning::{LearningAction, LearningKind, LearningRecord, LearningRecordPatch, Visibility},
    rule::{Code, RuleError},
    text::{Narrative, Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = learning_records, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct LearningRow {
    tenant_id: Uid,
    id: Uid,
    person_id: Uid,
    employment_id: Uid,
    organisation_id: Uid,
    private_to: Option<Uid>,
    title: String,
    kind: String,
    started_on: NaiveDate,
    ended_on: NaiveDate,
    minutes: i32,
    provider: Option<String>,
    reflection: Option<String>,
    visibility: String,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl LearningRow {
    fn new(tenant_id: Uid, record: &LearningRecord) -> Self {
        let private_to = optional(record.about().private_to);
        let LearningRecord {
            id,
            person_id,
            employment_id,
            organisation_id,
            title,
            kind,
            started_on,
            ended_on,
            minutes,
            provider,
            reflection,
            visibility,
            objective_ids: _,
            standard_ids: _,
            priority_ids: _,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            tenant_id,
            id: (*id).into(),
            person_id: (*person_id).into(),
            employment_id: (*employment_id).into(),
            organisation_id: (*organisation_id).into(),
            private_to,
            title: title.as_str().into(),
            kind: kind.as_str().into(),
            started_on: *started_on,
            ended_on: *ended_on,
            minutes: *minutes,
            provider: provider.as_ref().map(|p| p.as_str().into()),
            reflection: reflection.as_ref().map(|r| r.as_str().into()),
            visibility: visibility.as_str().into(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn record(self, objective_ids: Vec<ObjectiveId>, standard_ids: Vec<StandardId>, priority_ids: Vec<PriorityId>) -> Result<LearningRecord> {
        let Self {
            tenant_id: _,
            id,
            person_id,
            employment_id,
            organisation_id,
            private_to: _,
            title,
            kind,
            started_on,
            ended_on,
            minutes,
            provider,
            reflection,
            visibility,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(LearningRecord {
            id: id.to(),
            person_id: person_id.to(),
            employment_id: employment_id.to(),
            organisation_id: organisation_id.to(),
            title: Title::parse(&title).map_err(corrupt)?,
            kind: LearningKind::parse(&kind).map_err(corrupt)?,
            started_on,
            ended_on,
            minutes,
            provider: provider.map(|p| Title::parse(&p)).transpose().map_err(corrupt)?,
            reflection: reflection.map(|r| Narrative::parse(&r)).transpose().map_err(corrupt)?,
            visibility: Visibility::parse(&visibility).map_err(corrupt)?,
            objective_ids,
            standard_ids,
            priority_ids,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Whole records of rows: with their links, in a fixed number of statements.
async fn whole(cx: &mut Cx<'_>, rows: Vec<LearningRow>) -> Result<Vec<LearningRecord>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let objectives = learning_record_objectives::table
        .filter(learning_record_objectives::tenant_id.eq(cx.tenant()))
        .order((learning_record_objectives::learning_record_id, learning_record_objectives::position))
        .select((learning_record_objectives::learning_record_id, learning_record_objectives::objective_id));
    let objectives: Vec<(Uid, Uid)> = page::of_these!(cx, objectives, learning_record_objectives::learning_record_id, &ids);
    let linked: Vec<Uid> = objectives.iter().map(|(_, objective)| *objective).collect();
    let drafts = super::objective::drafts_of_others(cx, &linked).await?;
    let standards = learning_record_standards::table
        .filter(learning_record_standards::tenant_id.eq(cx.tenant()))
        .order((learning_record_standards::learning_record_id, learning_record_standards::position))
        .select((learning_record_standards::learning_record_id, learning_record_standards::standard_id));
    let standards: Vec<(Uid, Uid)> = page::of_these!(cx, standards, learning_record_standards::learning_record_id, &ids);
    let mut priorities_of = super::priority_link::of_learning(cx, &ids).await?;
    let mut objectives_of: HashMap<Uid, Vec<ObjectiveId>> = HashMap::new();
    for (record, objective) in objectives.into_iter().filter(|(_, objective)| !drafts.contains(objective)) {
        objectives_of.entry(record).or_default().push(objective.to());
    }
    let mut standards_of: HashMap<Uid, Vec<StandardId>> = HashMap::new();
    for (record, standard) in standards {
        standards_of.entry(record).or_default().push(standard.to());
    }
    rows.into_iter()
        .map(|row| {
            let (objectives, standards) = (objectives_of.remove(&row.id).unwrap_or_default(), standards_of.remove(&row.id).unwrap_or_default());
            let priorities = priorities_of.remove(&row.id).unwrap_or_default();
            row.record(objectives, standards, priorities)
        })
        .collect()
}

async fn row_of(cx: &mut Cx<'_>, id: LearningRecordId) -> Result<LearningRow> {
    Ok(learning_records::table.find((cx.tenant(), Uid::from(id))).select(LearningRow::as_select()).one(cx.conn()).await?)
}

/// The row, if this caller may know of it.
async fn visible_row(cx: &mut Cx<'_>, id: LearningRecordId) -> Result<LearningRow> {
    let row = row_of(cx, id).await?;
    access::within(cx, Some(row.organisation_id.to()), Some(row.person_id.to()), row.private_to.map(Uid::to)).await?;
    Ok(row)
}

/// The record, if the caller may know of it.
pub(super) async fn in_sight(cx: &mut Cx<'_>, id: LearningRecordId) -> Result<LearningRecord> {
    let row = visible_row(cx, id).await?;
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

async fn load_for_write(cx: &mut Cx<'_>, id: LearningRecordId) -> Result<LearningRecord> {
    let row = row_of(cx, id).await?;
    let person = cx.caller.person();
    let reads = rules::reach(&cx.caller, Permission::ReadLearning).unwrap_or_default();
    let known = person == Some(row.person_id.to())
        || access::covers(cx, &reads, Some(row.organisation_id.to()), Some(row.person_id.to()), row.private_to.map(Uid::to)).await?;
    if !known {
        return Err(StoreError::Missing);
    }
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

fn seen(cx: &Cx<'_>, record: LearningRecord) -> Seen<LearningRecord> {
    let by = cx.caller.person();
    let can = LearningAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by).err())).collect();
    Seen { record, can }
}

async fn put_links(tx: &mut Tx<'_>, before: Option<&LearningRecord>, record: &LearningRecord) -> Result<()> {
    let (tenant, id) = (tx.tenant(), Uid::from(record.id));
    if before.is_none_or(|b| b.objective_ids != record.objective_ids) {
        super::objective::own(tx, record.person_id, &record.objective_ids).await?;
        let old = learning_record_objectives::table
            .filter(learning_record_objectives::tenant_id.eq(tenant))
            .filter(learning_record_objectives::learning_record_id.eq(id));
        diesel::delete(old).done(tx.conn()).await?;
        let rows: Vec<_> = record
            .objective_ids
            .iter()
            .zip(0..)
            .map(|(objective, position)| {
                (
                    learning_record_objectives::tenant_id.eq(tenant),
                    learning_record_objectives::learning_record_id.eq(id),
                    learning_record_objectives::objective_id.eq(Uid::from(*objective)),
                    learning_record_objectives::position.eq(position),
                )
            })
            .collect();
        if !rows.is_empty() {
            diesel::insert_into(learning_record_objectives::table).values(rows).done(tx.conn()).await?;
        }
    }
    if before.is_none_or(|b| b.standard_ids != record.standard_ids) {
        super::framework::linkable(tx, &record.standard_ids).await?;
        let old = learning_record_standards::table
            .filter(learning_record_standards::tenant_id.eq(tenant))
            .filter(learning_record_standards::learning_record_id.eq(id));
        diesel::delete(old).done(tx.conn()).await?;
        let rows: Vec<_> = record
            .standard_ids
            .iter()
            .zip(0..)
            .map(|(standard, position)| {
                (
                    learning_record_standards::tenant_id.eq(tenant),
                    learning_record_standards::learning_record_id.eq(id),
                    learning_record_standards::standard_id.eq(Uid::from(*standard)),
                    learning_record_standards::position.eq(position),
                )
            })
            .collect();
        if !rows.is_empty() {
            diesel::insert_into(learning_record_standards::table).values(rows).done(tx.conn()).await?;
        }
    }
    super::priority_link::put_learning(tx, id, record.organisation_id, before.map(|b| b.priority_ids.as_slice()), &record.priority_ids).await
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: LearningRecord, after: LearningRecord) -> Result<Seen<LearningRecord>> {
    let Some(after) = tx.next(&before, after) else { return Ok(seen(tx, before)) };
    let key = learning_records::table.find((tx.tenant(), Uid::from(after.id))).filter(learning_records::version.eq(before.version));
    if diesel::update(key).set(LearningRow::new(tx.tenant(), &after)).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    put_links(tx, Some(&before), &after).await?;
    let mut about = after.about();
    // what is being shared carries all of it: the events before are its owner's alone. Those who saw it are told that it left their sight.
    let since = if before.about().private_to.is_some() && about.private_to.is_none() { None } else { Some(&before) };
    if kind == EventKind::LearningRecordUnshared {
        about.private_to = None;
    }
    tx.event(kind, since, &after, about);
    Ok(seen(tx, after))
}

/// The caller's employment that was meant: the one named, or the only one there is today.
pub(super) async fn employment_of(tx: &mut Tx<'_>, named: Option<trellis_domain::id::EmploymentId>) -> Result<Employment> {
    let (me, today) = (tx.person()?, tx.act.today());
    let mut mine = super::employment::of_person(tx, me).await?;
    match named {
        Some(id) => mine.retain(|e| e.id == id),
        None => mine.retain(|e| e.period.contains(today)),
    }
    match (mine.len(), mine.pop()) {
        (1, Some(employment)) => Ok(employment),
        (0, _) => Err(RuleError::at(Code::UnknownReference, "/employment_id", "no such employment of yours").into()),
        _ => Err(RuleError::at(Code::UnknownReference, "/employment_id", "you have several employments; say which").into()),
    }
}

impl Write<Here> for LogLearning {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningRecord>> {
        let Self { employment_id, title, kind, started_on, ended_on, minutes, provider, reflection, objective_ids, standard_ids, priority_ids } = self.clone();
        let person_id = tx.person()?;
        let employment = employment_of(tx, employment_id).await?;
        let now = micros(tx.act.now);
        let record = LearningRecord {
            id: tx.new_id(),
            person_id,
            employment_id: employment.id,
            organisation_id: employment.organisation_id,
            title,
            kind,
            started_on,
            ended_on,
            minutes,
            provider,
            reflection,
            visibility: Visibility::Private,
            objective_ids,
            standard_ids,
            priority_ids,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        log(tx, &record).await?;
        Ok(seen(tx, record))
    }
}

async fn log(tx: &mut Tx<'_>, record: &LearningRecord) -> Result<()> {
    record.check(tx.act.today())?;
    diesel::insert_into(learning_records::table).values(LearningRow::new(tx.tenant(), record)).done(tx.conn()).await?;
    put_links(tx, None, record).await?;
    tx.event(EventKind::LearningRecordCreated, None, record, record.about());
    Ok(())
}

/// Logs for somebody what they came to. It is theirs, and private until they share it.
pub(super) async fn attended(tx: &mut Tx<'_>, enrolment: &Enrolment, activity: &LearningActivity, of: &LearningSession) -> Result<LearningRecordId> {
    let record = trellis_domain::learning::attended(tx.new_id(), enrolment, activity, of, micros(tx.act.now));
    log(tx, &record).await?;
    Ok(record.id)
}

/// Puts a copy of what a visitor wrote among the learning of the visited, who shares it by that.
pub(super) async fn visited(
    tx: &mut Tx<'_>,
    visit: &trellis_domain::visit::LearningVisit,
    named: Option<trellis_domain::id::EmploymentId>,
) -> Result<LearningRecordId> {
    let employment = employment_of(tx, named).await?;
    let at = (employment.id, employment.organisation_id);
    let record = trellis_domain::learning::visited(tx.new_id(), visit, at, micros(tx.act.now));
    log(tx, &record).await?;
    Ok(record.id)
}

impl Read<Here> for GetLearningRecord {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<LearningRecord>>> {
        loop {
            let row = visible_row(cx, self.id).await?;
            let version = row.version;
            if self.unless == Some(version) {
                return Ok(Fetched::Unchanged(version));
            }
            let record = whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
            if page::unmoved!(cx, learning_records, self.id, version) {
                return Ok(Fetched::Found(seen(cx, record)));
            }
        }
    }
}

/// Those of these learning records that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<LearningRecord>> {
    let query = learning_records::table.filter(learning_records::tenant_id.eq(cx.tenant())).filter(learning_records::id.eq_any(ids.to_vec()));
    let query = query.select(LearningRow::as_select()).into_boxed::<Dialect>();
    let query = page::without_private!(page::within_reach!(query, cx, learning_records), cx, learning_records);
    let rows: Vec<LearningRow> = query.all(cx.conn()).await?;
    whole(cx, rows).await
}

/// Learning that a person shared, or changed since they shared it, after this moment: newest first, as far as the caller may read it.
pub(super) async fn shared_since(cx: &mut Cx<'_>, person: trellis_domain::id::PersonId, since: Option<Moment>) -> Result<Vec<LearningRecord>> {
    let query = learning_records::table.filter(learning_records::tenant_id.eq(cx.tenant())).filter(learning_records::person_id.eq(Uid::from(person)));
    let query = query.filter(learning_records::visibility.eq(Visibility::Shared.as_str())).order(learning_records::id.desc()).limit(50);
    let mut query = page::within_reach!(query.select(LearningRow::as_select()).into_boxed::<Dialect>(), cx, learning_records);
    if let Some(since) = since {
        query = query.filter(learning_records::updated_at.gt(since));
    }
    let rows: Vec<LearningRow> = query.all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for ListLearningRecords {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<LearningRecord>> {
        let query = learning_records::table.filter(learning_records::tenant_id.eq(cx.tenant())).select(LearningRow::as_select()).into_boxed::<Dialect>();
        let mut query =
            page::without_private!(page::within_reach!(page::windowed!(query, self.window, learning_records), cx, learning_records), cx, learning_records);
        if let Some(person) = self.person_id {
            query = query.filter(learning_records::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(learning_records::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(objective) = self.objective_id {
            let linked = learning_record_objectives::table
                .filter(learning_record_objectives::tenant_id.eq(cx.tenant()))
                .filter(learning_record_objectives::objective_id.eq(Uid::from(objective)))
                .select(learning_record_objectives::learning_record_id);
            query = query.filter(learning_records::id.eq_any(linked));
        }
        if let Some(priority) = self.priority_id {
            let linked = learning_record_priorities::table
                .filter(learning_record_priorities::tenant_id.eq(cx.tenant()))
                .filter(learning_record_priorities::priority_id.eq(Uid::from(priority)))
                .select(learning_record_priorities::learning_record_id);
            query = query.filter(learning_records::id.eq_any(linked));
        }
        if let Some(kind) = self.kind {
            query = query.filter(learning_records::kind.eq(kind.as_str()));
        }
        if let Some(visibility) = self.visibility {
            query = query.filter(learning_records::visibility.eq(visibility.as_str()));
        }
        let rows: Vec<LearningRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: whole(cx, page.items).await?, next: page.next })
    }
}

impl Write<Here> for UpdateLearningRecord {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningRecord>> {
        let before = load_for_write(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        before.can(LearningAction::Update, tx.caller.person())?;
        let after = before.patched(self.patch.clone(), tx.act.today())?;
        save(tx, EventKind::LearningRecordUpdated, before, after).await
    }
}

impl Write<Here> for ReflectOnLearning {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningRecord>> {
        let before = load_for_write(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        before.can(LearningAction::Reflect, tx.caller.person())?;
        let patch = LearningRecordPatch { reflection: Some(Some(self.reflection.clone())), ..LearningRecordPatch::default() };
        let after = before.patched(patch, tx.act.today())?;
        save(tx, EventKind::LearningRecordReflected, before, after).await
    }
}

impl Write<Here> for ShowLearning {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningRecord>> {
        let before = load_for_write(tx, self.id).await?;
        let action = match self.visibility {
            Visibility::Shared => LearningAction::Share,
            Visibility::Private => LearningAction::Unshare,
        };
        super::event::expect(tx, &before, self.expected).await?;
        before.can(action, tx.caller.person())?;
        let after = LearningRecord { visibility: self.visibility, ..before.clone() };
        save(tx, action.event(), before, after).await
    }
}

impl Read<Here> for LearningRecordHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        visible_row(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: LearningRecordId, doing: &Doing) -> Result<Can> {
    match doing {
        Doing::Read | Doing::ReadHistory => visible_row(cx, id).await.map(|_| Can::new()),
        Doing::Act(_) => {
            let record = load_for_write(cx, id).await?;
            Ok(seen(cx, record).can)
        }
    }
}
