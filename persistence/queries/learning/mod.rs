//! Learning records: private until their owner shares them.

mod provided;
mod row;
mod showing;

pub(super) use provided::{called, deleted, provided};

use super::prelude::*;
use crate::{
    event::History,
    learning::{GetLearningRecord, LearningRecordHistory, ListLearningRecords, ListReflectionPrompts, LogLearning, ReflectOnLearning, UpdateLearningRecord},
};
use chrono::NaiveDate;
use row::{LearningRow, readers, row_of, whole};
use trellis_domain::{
    access::{self as rules, Audience, Permission},
    activity::{LearningActivity, LearningSession},
    employment::Employment,
    enrolment::Enrolment,
    event::{EventKind, changes},
    id::{LearningRecordId, PersonId},
    learning::{LearningAction, LearningRecord, Visibility},
    provenance::Provenance,
    reflection::{self, ReflectionPrompt},
    rule::{Code, RuleError},
    time::micros,
};

/// The row, if this caller may know of it.
pub(super) async fn visible_row(cx: &mut Cx<'_>, id: LearningRecordId) -> Result<LearningRow> {
    let row = row_of(cx, id).await?;
    let reads = rules::reach(&cx.caller, Permission::ReadLearning).unwrap_or_default();
    let (at, owner) = (row.organisation_id.to(), Some(row.person_id.to()));
    let path = if row.for_leaders && !reads.organisations.is_empty() { access::path_of(cx, at).await? } else { vec![at] };
    let standing = rules::Standing { path, owner, ..rules::Standing::default() };
    if rules::shown(&cx.caller, &reads, &standing, &row.audience(Vec::new())) {
        return Ok(row);
    }
    let people = readers(cx, &[row.id]).await?.remove(&row.id).unwrap_or_default();
    if rules::shown(&cx.caller, &reads, &standing, &row.audience(people)) { Ok(row) } else { Err(StoreError::Missing) }
}

/// Keeps a list to what the caller may read: what is theirs, and what is shown to them, as `access::shown` says of one record.
macro_rules! shown {
    ($query:expr, $cx:expr) => {{
        let query = $query;
        let (tenant, works_at) = ($cx.tenant(), uids($cx.caller.employed_at()));
        let me: Vec<Uid> = $cx.reach.me.into_iter().map(Uid::from).collect();
        let named = learning_record_readers::table
            .filter(learning_record_readers::tenant_id.eq(tenant))
            .filter(learning_record_readers::person_id.eq_any(if works_at.is_empty() { Vec::new() } else { me.clone() }))
            .select(learning_record_readers::learning_record_id);
        let others = learning_records::person_id
            .eq_any(me)
            .or(learning_records::for_appraiser.eq(true).and(learning_records::person_id.eq_any(uids(&$cx.reach.people))))
            .or(learning_records::for_school.eq(true).and(learning_records::organisation_id.eq_any(works_at)))
            .or(learning_records::id.eq_any(named));
        if $cx.reach.everywhere {
            query.filter(others.or(learning_records::for_leaders.eq(true)))
        } else {
            let covered = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq(tenant))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&$cx.reach.organisations)))
                .select(organisation_paths::descendant_id);
            query.filter(others.or(learning_records::for_leaders.eq(true).and(learning_records::organisation_id.eq_any(covered))))
        }
    }};
}

/// The record, if the caller may know of it.
pub(super) async fn in_sight(cx: &mut Cx<'_>, id: LearningRecordId) -> Result<LearningRecord> {
    let row = visible_row(cx, id).await?;
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
    if before.map_or(!record.shared_with.people.is_empty(), |b| b.shared_with.people != record.shared_with.people) {
        // who stays keeps their row: an undone merge gives back what went over, and nothing that was said since
        let named = |of: &LearningRecord| of.shared_with.people.clone();
        let (old, new) = (before.map(named).unwrap_or_default(), named(record));
        let gone: Vec<PersonId> = old.iter().copied().filter(|p| !new.contains(p)).collect();
        let rows =
            learning_record_readers::table.filter(learning_record_readers::tenant_id.eq(tenant)).filter(learning_record_readers::learning_record_id.eq(id));
        diesel::delete(rows.filter(learning_record_readers::person_id.eq_any(uids(&gone)))).done(tx.conn()).await?;
        let mut rows = Vec::with_capacity(new.len());
        for person in new.iter().filter(|p| !old.contains(p)) {
            rows.push((
                learning_record_readers::tenant_id.eq(tenant),
                learning_record_readers::id.eq(Uid(tx.act.ids.make(tx.act.now))),
                learning_record_readers::learning_record_id.eq(id),
                learning_record_readers::person_id.eq(Uid::from(*person)),
            ));
        }
        if !rows.is_empty() {
            diesel::insert_into(learning_record_readers::table).values(rows).done(tx.conn()).await?;
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
    // what is being shared carries all of it: the events before are not for those who see it now. Those who saw it are told that it left their sight.
    let since = if kind == EventKind::LearningRecordShared { None } else { Some(&before) };
    if kind == EventKind::LearningRecordUnshared && before.shared_with.leaders {
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
            reflection_prompt: None,
            shared_with: Audience::default(),
            objective_ids,
            standard_ids,
            priority_ids,
            external_ref: None,
            provenance: Provenance::default(),
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
    let rows: Vec<LearningRow> = shown!(query, cx).all(cx.conn()).await?;
    whole(cx, rows).await
}

/// Learning that a person shared, or changed since they shared it, after this moment: newest first, as far as the caller may read it.
pub(super) async fn shared_since(cx: &mut Cx<'_>, person: trellis_domain::id::PersonId, since: Option<Moment>) -> Result<Vec<LearningRecord>> {
    let query = learning_records::table.filter(learning_records::tenant_id.eq(cx.tenant())).filter(learning_records::person_id.eq(Uid::from(person)));
    let query = query.filter(learning_records::visibility.eq(Visibility::Shared.as_str())).order(learning_records::id.desc()).limit(50);
    let mut query = shown!(query.select(LearningRow::as_select()).into_boxed::<Dialect>(), cx);
    if let Some(since) = since {
        query = query.filter(learning_records::updated_at.gt(since));
    }
    let rows: Vec<LearningRow> = query.all(cx.conn()).await?;
    whole(cx, rows).await
}

/// Learning that a statement holds at most.
const STATED: i64 = 1_000;

/// What a person learned that began on one of these days, earliest first, as far as the caller may read it; and whether there is more.
pub(super) async fn of_year(
    cx: &mut Cx<'_>,
    person: trellis_domain::id::PersonId,
    (from, to): (NaiveDate, NaiveDate),
    shared_only: bool,
) -> Result<(Vec<LearningRecord>, bool)> {
    let query = learning_records::table.filter(learning_records::tenant_id.eq(cx.tenant())).filter(learning_records::person_id.eq(Uid::from(person)));
    let query = query.filter(learning_records::started_on.ge(from)).filter(learning_records::started_on.lt(to));
    let query = query.order((learning_records::started_on, learning_records::id)).limit(STATED + 1);
    let query = query.select(LearningRow::as_select()).into_boxed::<Dialect>();
    let mut query = shown!(query, cx);
    if shared_only {
        query = query.filter(learning_records::visibility.eq(Visibility::Shared.as_str()));
    }
    let mut rows: Vec<LearningRow> = query.all(cx.conn()).await?;
    let more = rows.len() > usize::try_from(STATED).unwrap_or(usize::MAX);
    rows.truncate(usize::try_from(STATED).unwrap_or(usize::MAX));
    Ok((whole(cx, rows).await?, more))
}

impl Read<Here> for ListLearningRecords {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<LearningRecord>> {
        let query = learning_records::table.filter(learning_records::tenant_id.eq(cx.tenant())).select(LearningRow::as_select()).into_boxed::<Dialect>();
        let mut query = shown!(page::windowed!(query, self.window, learning_records), cx);
        if let Some(person) = self.person_id {
            query = query.filter(learning_records::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(learning_records::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(objective) = self.objective_id {
            // that there is somebody else's private draft is not told by what serves it either
            if !super::objective::drafts_of_others(cx, &[objective.into()]).await?.is_empty() {
                return Ok(Page { items: Vec::new(), next: None });
            }
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
        let before = in_sight(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        before.can(LearningAction::Update, tx.caller.person())?;
        let mut after = before.patched(self.patch.clone(), tx.act.today())?;
        after.provenance.changed_by_hand(&changes(Some(&before), &after).fields, micros(tx.act.now), tx.actor());
        save(tx, EventKind::LearningRecordUpdated, before, after).await
    }
}

impl Write<Here> for ReflectOnLearning {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningRecord>> {
        let before = in_sight(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.reflected(self.reflection.clone(), self.prompt.clone(), tx.caller.person())?;
        save(tx, EventKind::LearningRecordReflected, before, after).await
    }
}

impl Read<Here> for ListReflectionPrompts {
    async fn run(&self, _: &mut Cx<'_>) -> Result<Vec<ReflectionPrompt>> {
        Ok(reflection::prompts().into_iter().filter(|prompt| self.kind.is_none_or(|kind| prompt.suits(kind))).collect())
    }
}

impl Read<Here> for LearningRecordHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let row = visible_row(cx, self.id).await?;
        let found = super::event::history(cx, self.id.into(), self.window).await?;
        if cx.caller.person() == Some(row.person_id.to()) {
            return Ok(found);
        }
        // to others it begins with the sharing that stands: what was told to whom before is not for whoever reads it now
        let shown: Option<i64> = events::table
            .filter(events::tenant_id.eq(cx.tenant()))
            .filter(events::subject_id.eq(row.id))
            .filter(
                events::kind.eq_any([EventKind::LearningRecordShared, EventKind::LearningRecordUnshared, EventKind::LearningRecordCreated].map(|k| k.as_str())),
            )
            .order(events::number.desc())
            .select(events::number)
            .one(cx.conn())
            .await
            .optional()?;
        let (since, all) = (shown.unwrap_or_default(), found.entries.len());
        let mut entries: Vec<_> = found.entries.into_iter().filter(|e| e.number >= since).collect();
        for first in entries.iter_mut().filter(|e| e.number == since) {
            if let Some(before) = first.values.as_mut().and_then(|said| said.pointer_mut("/shared_with/before")) {
                *before = serde_json::Value::Null;
            }
        }
        let next = if entries.len() < all { None } else { found.next };
        Ok(History { entries, next })
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: LearningRecordId, doing: &Doing) -> Result<Can> {
    match doing {
        Doing::Read | Doing::ReadHistory => visible_row(cx, id).await.map(|_| Can::new()),
        Doing::Act(_) => {
            let record = in_sight(cx, id).await?;
            Ok(seen(cx, record).can)
        }
    }
}
