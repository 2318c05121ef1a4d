//! The log: appending, and the views that are read from it.

use super::prelude::*;
use crate::column::sql::Guid;
use crate::{
    error::Stale,
    event::{Break, Entry, History, HistoryWindow, LogHead, Mark, Told, VerifyLog},
    transaction::Versioned,
};
use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    sql_types::{BigInt, Binary, Nullable},
    sqlite::Sqlite,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use trellis_domain::{
    event::{About, Actor, EventKind, FIRST, Hashed, payload_digest, places},
    id::OrganisationId,
    text::Wire,
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = events, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
pub(super) struct EventRow {
    tenant_id: Uid,
    pub(super) number: i64,
    id: Uid,
    occurred_at: Moment,
    actor_kind: String,
    actor_id: Option<Uid>,
    request_id: String,
    kind: String,
    record_type: String,
    subject_id: Uid,
    subject_version: i64,
    organisation_id: Option<Uid>,
    person_id: Option<Uid>,
    private_to: Option<Uid>,
    changed: String,
    payload_digest: Vec<u8>,
    pub(super) hash: Vec<u8>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = event_payloads, check_for_backend(Sqlite, Pg))]
struct PayloadRow {
    tenant_id: Uid,
    number: i64,
    salt: Vec<u8>,
    body: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = event_places, check_for_backend(Sqlite, Pg))]
struct PlaceRow {
    tenant_id: Uid,
    number: i64,
    organisation_id: Uid,
    was_live: bool,
    is_live: bool,
}

impl EventRow {
    fn kind(&self) -> Result<EventKind> {
        EventKind::parse(&self.kind).map_err(|_| corrupt("an event of a kind that is not known"))
    }
    fn actor(&self) -> Result<Actor> {
        Actor::from_parts(&self.actor_kind, self.actor_id.map(|id| id.0)).ok_or_else(|| corrupt("an event without an actor"))
    }
    fn about(&self) -> About {
        About { organisation: self.organisation_id.map(Uid::to), person: self.person_id.map(Uid::to), private_to: self.private_to.map(Uid::to) }
    }
    fn hashed(&self) -> Result<Hashed<'_>> {
        Ok(Hashed {
            tenant: self.tenant_id.to(),
            number: self.number,
            id: self.id.to(),
            occurred_at: self.occurred_at.0,
            actor: self.actor()?,
            request_id: &self.request_id,
            kind: &self.kind,
            subject: self.subject_id.0,
            subject_version: self.subject_version,
            about: self.about(),
            changed: &self.changed,
            payload_digest: &self.payload_digest,
        })
    }
    pub(super) fn entry(self, values: Option<String>) -> Result<Entry> {
        Ok(Entry {
            number: self.number,
            id: self.id.to(),
            mark: mark(&self.hash),
            kind: self.kind()?,
            occurred_at: self.occurred_at.0,
            actor: self.actor()?,
            request_id: self.request_id.clone(),
            subject: self.subject_id.0,
            subject_version: self.subject_version,
            about: self.about(),
            changed: serde_json::from_str(&self.changed).map_err(corrupt)?,
            values: values.map(|v| serde_json::from_str(&v)).transpose().map_err(corrupt)?,
            told: Told::default(),
        })
    }
}

/// The last statements of every write: the tenant's row stays locked until the commit, so numbers appear in commit order and a reader
/// polling past the last number it saw misses nothing.
pub(super) async fn append(tx: &mut Tx<'_>) -> Result<()> {
    let new = std::mem::take(&mut tx.events);
    if new.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant();
    let count = i64::try_from(new.len()).map_err(corrupt)?;
    let (before, mut previous): (i64, Vec<u8>) = LastEvent { tenant }.one(tx.conn()).await?;
    let mut authority = None;
    let (mut rows, mut payloads, mut places) = (Vec::with_capacity(new.len()), Vec::with_capacity(new.len()), Vec::new());
    for (event, number) in new.into_iter().zip(before + 1..) {
        let body = event.changes.values.to_string();
        places.extend(event.places.iter().map(|p| PlaceRow {
            tenant_id: tenant,
            number,
            organisation_id: p.organisation.into(),
            was_live: p.was,
            is_live: p.is,
        }));
        let mut row = EventRow {
            tenant_id: tenant,
            number,
            id: event.id.into(),
            occurred_at: event.occurred_at.into(),
            actor_kind: event.actor.kind().into(),
            actor_id: event.actor.id().map(Uid),
            request_id: event.request_id,
            kind: event.kind.as_str().into(),
            record_type: event.kind.record_type().as_str().into(),
            subject_id: Uid(event.subject),
            subject_version: event.subject_version,
            organisation_id: optional(event.about.organisation),
            person_id: optional(event.about.person),
            private_to: optional(event.about.private_to),
            changed: serde_json::to_string(&event.changes.fields).map_err(corrupt)?,
            payload_digest: payload_digest(&event.salt, &body).to_vec(),
            hash: Vec::new(),
        };
        row.hash = row.hashed()?.link(&previous).to_vec();
        previous.clone_from(&row.hash);
        if event.kind.record_type().bears_authority() {
            authority = Some(row.hash.clone());
        }
        payloads.push(PayloadRow { tenant_id: tenant, number, salt: event.salt.to_vec(), body });
        rows.push(row);
    }
    insert_all!(tx, events::table, rows);
    insert_all!(tx, event_payloads::table, payloads);
    insert_all!(tx, event_places::table, places);
    LinkHead { tenant, number: before + count, hash: previous, authority }.done(tx.conn()).await?;
    Ok(())
}

/// The number and the hash of a tenant's last event, which nobody else can follow before this transaction ends. Written by hand, as [`LinkHead`] is: diesel prepares its own
/// updates anew each time, and these two are in every write. It changes nothing yet: `RETURNING` costs SQLite a table of its own, and PostgreSQL another version of the row.
#[derive(QueryId)]
struct LastEvent {
    tenant: Uid,
}
impl Query for LastEvent {
    type SqlType = (BigInt, Binary);
}
impl<C> RunQueryDsl<C> for LastEvent {}
impl QueryFragment<Dialect> for LastEvent {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        out.push_sql("SELECT last_event, last_hash FROM tenants WHERE id = ");
        out.push_bind_param::<Guid, _>(&self.tenant)?;
        out.push_sql(<Here as crate::transaction::Backend>::LOCK);
        Ok(())
    }
}
/// Notes the number and the hash of a tenant's last event, and the hash of the last one by which somebody's authority may have changed.
#[derive(QueryId)]
struct LinkHead {
    tenant: Uid,
    number: i64,
    hash: Vec<u8>,
    authority: Option<Vec<u8>>,
}
impl<C> RunQueryDsl<C> for LinkHead {}
impl QueryFragment<Dialect> for LinkHead {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Dialect>) -> QueryResult<()> {
        out.push_sql("UPDATE tenants SET last_event = ");
        out.push_bind_param::<BigInt, _>(&self.number)?;
        out.push_sql(", last_hash = ");
        out.push_bind_param::<Binary, _>(&self.hash)?;
        out.push_sql(", authority_hash = coalesce(");
        out.push_bind_param::<Nullable<Binary>, _>(&self.authority)?;
        out.push_sql(", authority_hash) WHERE id = ");
        out.push_bind_param::<Guid, _>(&self.tenant)?;
        Ok(())
    }
}

/// Refuses a write on a record that is no longer as the caller saw it, and says what happened since.
pub(super) async fn expect<R: Versioned>(tx: &mut Tx<'_>, record: &R, expected: Option<i64>) -> Result<()> {
    match expected {
        Some(expected) if expected != record.version() => {}
        _ => return Ok(()),
    }
    let expected = expected.unwrap_or_default();
    let since: Vec<EventRow> = page::without_private!(
        events::table
            .filter(events::tenant_id.eq(tx.tenant()))
            .filter(events::subject_id.eq(Uid(record.uuid())))
            .filter(events::subject_version.gt(expected))
            .order(events::number.desc())
            .limit(50)
            .select(EventRow::as_select())
            .into_boxed::<Dialect>(),
        tx,
        events
    )
    .all(tx.conn())
    .await?;
    Err(stale(record.version(), &since)?)
}

/// The same for whoever is told nothing of what happened since: of what they do not read, or read only where it is recorded.
pub(super) fn expect_bare(version: i64, expected: Option<i64>) -> Result<()> {
    match expected {
        Some(expected) if expected != version => Err(StoreError::Stale(Box::new(Stale { version, changed_by: None, changed_at: None, changed: Vec::new() }))),
        _ => Ok(()),
    }
}

/// The same as [`expect`] of a document that is two records, whose versions are added: as many of their last events came since as its version went on.
pub(super) async fn stale_of_two(tx: &mut Tx<'_>, records: [Uuid; 2], version: i64, expected: i64) -> Result<StoreError> {
    let since: Vec<EventRow> = page::without_private!(
        events::table
            .filter(events::tenant_id.eq(tx.tenant()))
            .filter(events::subject_id.eq_any(records.map(Uid)))
            .order(events::number.desc())
            .limit((version - expected).clamp(0, 50))
            .select(EventRow::as_select())
            .into_boxed::<Dialect>(),
        tx,
        events
    )
    .all(tx.conn())
    .await?;
    stale(version, &since)
}

/// Who changed what meanwhile, by the events since, newest first.
fn stale(version: i64, since: &[EventRow]) -> Result<StoreError> {
    let mut changed: Vec<String> = Vec::new();
    for row in since.iter().rev() {
        let fields: Vec<String> = serde_json::from_str(&row.changed).map_err(corrupt)?;
        changed.extend(fields.into_iter().filter(|f| !changed.contains(f)).collect::<Vec<_>>());
    }
    let last = since.first();
    Ok(StoreError::Stale(Box::new(Stale {
        version,
        changed_by: last.map(|row| (row.actor_kind.clone(), row.actor_id.map(|id| id.0))),
        changed_at: last.map(|row| row.occurred_at.0),
        changed,
    })))
}

/// The first bytes of a link.
pub(super) fn mark(link: &[u8]) -> Mark {
    let mut out = Mark::default();
    out.iter_mut().zip(link).for_each(|(to, from)| *to = *from);
    out
}

/// One record's history, newest first; values are shown to whoever may read the record, and drafts' only to their author.
///
/// Of a survivor it is the history of everything that went into them, and their own drafts are those of everybody whom they were.
pub(super) async fn history(cx: &mut Cx<'_>, subject: Uid, window: HistoryWindow) -> Result<History> {
    let subjects = super::redirect::with_merged(cx, subject).await?;
    let mut query = events::table
        .left_join(event_payloads::table.on(event_payloads::tenant_id.eq(events::tenant_id).and(event_payloads::number.eq(events::number))))
        .filter(events::tenant_id.eq(cx.tenant()))
        .order(events::number.desc())
        .limit(window.limit + 1)
        .select((EventRow::as_select(), event_payloads::body.nullable()))
        .into_boxed::<Dialect>();
    query = match subjects.as_slice() {
        [one] => query.filter(events::subject_id.eq(*one)),
        many => query.filter(events::subject_id.eq_any(many.to_vec())),
    };
    if let Some(before) = window.before {
        query = query.filter(events::number.lt(before));
    }
    query = match optional(cx.reach.me) {
        Some(me) => {
            let own = super::redirect::with_merged(cx, me).await?;
            match own.as_slice() {
                [me] => query.filter(events::private_to.is_null().or(events::private_to.eq(*me))),
                _ => query.filter(events::private_to.is_null().or(events::private_to.eq_any(own.into_iter().map(Some)))),
            }
        }
        None => query.filter(events::private_to.is_null()),
    };
    let mut rows: Vec<(EventRow, Option<String>)> = query.all(cx.conn()).await?;
    let limit = usize::try_from(window.limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(|(row, _)| row.number) } else { None };
    let mut entries = rows.into_iter().map(|(row, values)| row.entry(values)).collect::<Result<Vec<_>>>()?;
    // a move names all schools of a person; but for that person, whoever keeps one school's records is not told of the others
    for entry in entries.iter_mut().filter(|e| e.kind == EventKind::PersonMoved && !cx.reach.everywhere && optional(cx.reach.me) != Some(subject)) {
        entry.values = None;
    }
    without_drafts(cx, &mut entries).await?;
    Ok(History { entries, next })
}

/// The objectives that an entry says were linked, before and after.
fn linked(entry: &mut Entry) -> impl Iterator<Item = &mut Vec<Value>> {
    let sides = entry.values.as_mut().and_then(|values| values.get_mut("objective_ids")?.as_object_mut());
    sides.into_iter().flat_map(|sides| sides.values_mut()).filter_map(Value::as_array_mut)
}

/// Nobody is told by the history of what was linked to it that there is somebody else's private draft.
async fn without_drafts(cx: &mut Cx<'_>, entries: &mut [Entry]) -> Result<()> {
    let id = |value: &Value| value.as_str().and_then(|text| Uuid::parse_str(text).ok()).map(Uid);
    let named: Vec<Uid> = entries.iter_mut().flat_map(linked).flat_map(|ids| ids.iter().filter_map(id).collect::<Vec<_>>()).collect();
    let drafts = super::objective::drafts_of_others(cx, &named).await?;
    for ids in entries.iter_mut().flat_map(linked) {
        ids.retain(|value| id(value).is_none_or(|id| !drafts.contains(&id)));
    }
    Ok(())
}

/// Events that are checked at once.
const CHECKED_AT_ONCE: i64 = 1000;

/// An event with the salt and the body of its values, unless they were erased.
type Linked = (EventRow, Option<Vec<u8>>, Option<String>);

async fn linked_after(cx: &mut Cx<'_>, number: i64, head: i64, limit: i64) -> Result<Vec<Linked>> {
    Ok(events::table
        .left_join(event_payloads::table.on(event_payloads::tenant_id.eq(events::tenant_id).and(event_payloads::number.eq(events::number))))
        .filter(events::tenant_id.eq(cx.tenant()))
        .filter(events::number.gt(number))
        .filter(events::number.le(head))
        .order(events::number)
        .limit(limit)
        .select((EventRow::as_select(), event_payloads::salt.nullable(), event_payloads::body.nullable()))
        .all(cx.conn())
        .await?)
}

/// At which organisations a person was live before an event, and is after it.
type Placed = BTreeSet<(OrganisationId, bool, bool)>;

/// Where the people of these events were and are live, by number.
async fn placed_after(cx: &mut Cx<'_>, number: i64, last: i64) -> Result<BTreeMap<i64, Placed>> {
    let rows: Vec<PlaceRow> = event_places::table
        .filter(event_places::tenant_id.eq(cx.tenant()))
        .filter(event_places::number.gt(number))
        .filter(event_places::number.le(last))
        .select(PlaceRow::as_select())
        .all(cx.conn())
        .await?;
    let mut out = BTreeMap::<_, Placed>::new();
    for row in rows {
        out.entry(row.number).or_default().insert((row.organisation_id.to(), row.was_live, row.is_live));
    }
    Ok(out)
}

/// Where the person of an event was and is live by its values, which the link covers. When somebody is merged or erased their values do not say it.
fn placed(row: &EventRow, body: &str) -> Result<Option<Placed>> {
    #[derive(Deserialize)]
    struct Moved {
        organisations: Sides,
    }
    #[derive(Deserialize)]
    struct Sides {
        before: BTreeSet<OrganisationId>,
        after: BTreeSet<OrganisationId>,
    }
    match row.kind()? {
        EventKind::PersonMoved => {
            let Sides { before, after } = serde_json::from_str::<Moved>(body).map_err(corrupt)?.organisations;
            Ok(Some(places(&before, &after).into_iter().map(|p| (p.organisation, p.was, p.is)).collect()))
        }
        EventKind::PersonMerged | EventKind::PersonErased => Ok(None),
        _ => Ok(Some(Placed::new())),
    }
}

/// What is wrong with an event: with itself, with its link to the one before, or with what is kept beside it.
fn fault((row, salt, body): &Linked, kept: &Placed, previous: &[u8]) -> Result<Option<&'static str>> {
    if row.hashed()?.link(previous) != *row.hash {
        return Ok(Some("the event, or the link to the one before it, was changed"));
    }
    if let (Some(salt), Some(body)) = (salt, body)
        && payload_digest(salt, body) != *row.payload_digest
    {
        return Ok(Some("its values were changed"));
    }
    // what kind of record it is about follows from what happened, which the link covers
    if row.kind()?.record_type().as_str() != row.record_type {
        return Ok(Some("the type of its record was changed"));
    }
    let told = body.as_ref().map(|body| placed(row, body)).transpose()?.flatten();
    Ok(told.is_some_and(|told| told != *kept).then_some("where its person was or is was changed"))
}

/// The break at the event with this number.
async fn broken(cx: &mut Cx<'_>, number: i64, why: &str) -> Result<std::result::Result<LogHead, Break>> {
    let found: QueryResult<Uid> = events::table.find((cx.tenant(), number)).select(events::id).one(cx.conn()).await;
    Ok(Err(Break { number, event: found.ok().map(Uid::to), why: why.into() }))
}

impl Read<Here> for VerifyLog {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<std::result::Result<LogHead, Break>> {
        let (head, head_hash): (i64, Vec<u8>) = tenants::table.find(cx.tenant()).select((tenants::last_event, tenants::last_hash)).one(cx.conn()).await?;
        let (mut number, mut previous, mut erased, mut at_once) = (0, FIRST.to_vec(), 0, CHECKED_AT_ONCE);
        loop {
            let rows = match linked_after(cx, number, head, at_once).await {
                Ok(rows) => rows,
                // one of them cannot be read: which it is is found out one by one
                Err(StoreError::Corrupt(why)) if at_once == 1 => return broken(cx, number + 1, &format!("it cannot be read: {why}")).await,
                Err(StoreError::Corrupt(_)) => {
                    at_once = 1;
                    continue;
                }
                Err(e) => return Err(e),
            };
            let Some((last, ..)) = rows.last() else { break };
            let mut places = placed_after(cx, number, last.number).await?;
            for linked in rows {
                if linked.0.number != number + 1 {
                    return broken(cx, number + 1, "an event is missing").await;
                }
                match fault(&linked, &places.remove(&(number + 1)).unwrap_or_default(), &previous) {
                    Ok(None) => {}
                    Ok(Some(why)) => return broken(cx, number + 1, why).await,
                    Err(StoreError::Corrupt(why)) => return broken(cx, number + 1, &format!("it cannot be read: {why}")).await,
                    Err(e) => return Err(e),
                }
                let (row, salt, _) = linked;
                erased += i64::from(salt.is_none());
                (number, previous) = (row.number, row.hash);
            }
        }
        if number != head || previous != head_hash {
            return broken(cx, number + 1, "the log ends before its head").await;
        }
        Ok(Ok(LogHead { number, hash: previous, erased }))
    }
}
