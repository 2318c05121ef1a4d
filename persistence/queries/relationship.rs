//! Relationships: read by the two people and by who keeps the records.

use super::prelude::*;
use crate::{
    event::History,
    relationship::{CreateRelationship, EndRelationship, GetRelationship, ListRelationships, RelationshipHistory},
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    check_in::Cadence,
    event::{About, EventKind},
    id::{PersonId, RelationshipId},
    relationship::{Circle, Relationship, RelationshipKind, appoint, circle, end},
    rule::RuleError,
    text::Wire,
    time::{Period, micros},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = relationships, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct RelationshipRow {
    tenant_id: Uid,
    id: Uid,
    kind: String,
    person_id: Uid,
    holder_id: Uid,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    cadence_weeks: Option<i32>,
    cadence_since: Option<NaiveDate>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl RelationshipRow {
    fn new(tenant_id: Uid, relationship: &Relationship) -> Self {
        let Relationship { id, kind, person_id, holder_id, period, cadence, version, created_at, updated_at } = relationship;
        Self {
            tenant_id,
            id: (*id).into(),
            kind: kind.as_str().into(),
            person_id: (*person_id).into(),
            holder_id: (*holder_id).into(),
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            cadence_weeks: cadence.map(|c| c.weeks),
            cadence_since: cadence.map(|c| c.since),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn relationship(self) -> Result<Relationship> {
        let Self { tenant_id: _, id, kind, person_id, holder_id, starts_on, ends_on, cadence_weeks, cadence_since, version, created_at, updated_at } = self;
        Ok(Relationship {
            id: id.to(),
            kind: RelationshipKind::parse(&kind).map_err(corrupt)?,
            person_id: person_id.to(),
            holder_id: holder_id.to(),
            period: Period { starts_on, ends_on },
            cadence: cadence_weeks.zip(cadence_since).map(|(weeks, since)| Cadence { weeks, since }),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

async fn load(cx: &mut Cx<'_>, id: RelationshipId) -> Result<Relationship> {
    let row: RelationshipRow = relationships::table.find((cx.tenant(), Uid::from(id))).select(RelationshipRow::as_select()).one(cx.conn()).await?;
    row.relationship()
}

/// The two people know of it, and who keeps the records.
async fn readable(cx: &mut Cx<'_>, relationship: &Relationship) -> Result<()> {
    if cx.caller.person() == Some(relationship.holder_id) {
        return Ok(());
    }
    let reach = super::person::records_reach(cx);
    super::person::person_within(cx, &reach, relationship.person_id).await
}

pub(super) async fn seen(cx: &mut Cx<'_>, record: Relationship) -> Result<Seen<Relationship>> {
    let standing = access::standing_now(cx, record.person_id).await?;
    let may = rules::reach(&cx.caller, Permission::WritePeople).is_ok_and(|r| r.covers(&standing));
    let end = rules::require(may, "HR and administrators of the person's school").err();
    let set_cadence = record.can_set_cadence(cx.caller.person(), cx.act.today()).err();
    Ok(Seen { record, can: vec![("end", end), ("set_cadence", set_cadence)] })
}

/// Stores new ones.
pub(super) async fn insert(tx: &mut Tx<'_>, new: &[Relationship]) -> Result<()> {
    let tenant = tx.tenant();
    for part in new.chunks(500) {
        let rows: Vec<RelationshipRow> = part.iter().map(|r| RelationshipRow::new(tenant, r)).collect();
        diesel::insert_into(relationships::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

/// Stores one that was given its last day.
pub(super) async fn save(tx: &mut Tx<'_>, before: &Relationship, after: &Relationship) -> Result<()> {
    let key = relationships::table.find((tx.tenant(), Uid::from(after.id))).filter(relationships::version.eq(before.version));
    if diesel::update(key).set(RelationshipRow::new(tx.tenant(), after)).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    Ok(())
}

/// All of these people.
pub(super) async fn of_people(cx: &mut Cx<'_>, people: &[Uid]) -> Result<Vec<Relationship>> {
    let mut rows: Vec<RelationshipRow> = relationships::table
        .filter(relationships::tenant_id.eq(cx.tenant()))
        .filter(relationships::person_id.eq_any(people))
        .select(RelationshipRow::as_select())
        .all(cx.conn())
        .await?;
    // ordered here: asked to, SQLite walks everybody's to have them in order
    rows.sort_unstable_by_key(|row| row.id);
    rows.into_iter().map(RelationshipRow::relationship).collect()
}

impl Write<Here> for CreateRelationship {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Relationship>> {
        let Self { kind, person_id, holder_id, period } = self.clone();
        super::person::named(tx, person_id, "/person_id").await?;
        super::person::named(tx, holder_id, "/holder_id").await?;
        super::person::writable(tx, person_id).await?;
        // every line-management link of the tenant can be part of a circle, so they are made one at a time
        let guarded = if kind == RelationshipKind::LineManager { tx.tenant() } else { person_id.into() };
        access::guard(tx, guarded).await?;
        let now = micros(tx.act.now);
        let new = Relationship { id: tx.new_id(), kind, person_id, holder_id, period, cadence: None, version: 1, created_at: now, updated_at: now };
        let rows: Vec<RelationshipRow> = relationships::table
            .filter(relationships::tenant_id.eq(tx.tenant()))
            .filter(relationships::person_id.eq(Uid::from(person_id)))
            .select(RelationshipRow::as_select())
            .all(tx.conn())
            .await?;
        let of_the_person = rows.into_iter().map(RelationshipRow::relationship).collect::<Result<Vec<_>>>()?;
        appoint(&new, tx.caller.person(), &of_the_person)?;
        if kind == RelationshipKind::LineManager
            && let Some(closed) = circle(&new, &line_management(tx, Some(period.starts_on)).await?)
        {
            return Err(told(tx, &closed).await?.into());
        }
        insert(tx, std::slice::from_ref(&new)).await?;
        let about = super::person::about_person(tx, person_id).await?;
        tx.event(EventKind::RelationshipCreated, None, &new, about);
        seen(tx, new).await
    }
}

impl Read<Here> for GetRelationship {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Relationship>>> {
        let record = load(cx, self.id).await?;
        readable(cx, &record).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Keeps relationships to those that the caller may read.
macro_rules! readable {
    ($query:expr, $cx:expr) => {{
        let (query, reach, living) = ($query, super::person::records_reach($cx), access::reads_the_living($cx));
        if reach.everywhere {
            query
        } else {
            let employed = super::person::employed_at!($cx, &reach.organisations, living);
            let me = uids(&reach.me.into_iter().collect::<Vec<_>>());
            query.filter(
                relationships::person_id.eq_any(uids(&reach.people)).or(relationships::holder_id.eq_any(me)).or(relationships::person_id.eq_any(employed)),
            )
        }
    }};
}

/// Those of these relationships that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Relationship>> {
    let query = relationships::table.filter(relationships::tenant_id.eq(cx.tenant())).filter(relationships::id.eq_any(ids.to_vec()));
    let rows: Vec<RelationshipRow> = readable!(query.select(RelationshipRow::as_select()).into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    rows.into_iter().map(RelationshipRow::relationship).collect()
}

impl Read<Here> for ListRelationships {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Relationship>> {
        let query = relationships::table.filter(relationships::tenant_id.eq(cx.tenant())).select(RelationshipRow::as_select()).into_boxed::<Dialect>();
        let mut query = readable!(page::windowed!(query, self.window, relationships), cx);
        if let Some(person) = self.person_id {
            query = query.filter(relationships::person_id.eq(Uid::from(person)));
        }
        if let Some(holder) = self.holder_id {
            query = query.filter(relationships::holder_id.eq(Uid::from(holder)));
        }
        if let Some(kind) = self.kind {
            query = query.filter(relationships::kind.eq(kind.as_str()));
        }
        if let Some(day) = self.current_on {
            query = access::current!(query, relationships, day);
        }
        let rows: Vec<RelationshipRow> = query.all(cx.conn()).await?;
        let items = rows.into_iter().map(RelationshipRow::relationship).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(items, self.window.limit, |r| r.id.0))
    }
}

impl Write<Here> for EndRelationship {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Relationship>> {
        let before = load(tx, self.id).await?;
        super::person::writable(tx, before.person_id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = end(&before, self.ends_on)?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        save(tx, &before, &after).await?;
        let about = super::person::about_person(tx, after.person_id).await?;
        tx.event(EventKind::RelationshipEnded, Some(&before), &after, about);
        seen(tx, after).await
    }
}

impl Read<Here> for RelationshipHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let record = load(cx, self.id).await?;
        readable(cx, &record).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

super::row::stored!(relationships, RelationshipRow, Relationship);

/// All relationships of these people, on either side.
pub(super) async fn around(cx: &mut Cx<'_>, people: &[PersonId]) -> Result<Vec<Relationship>> {
    let mut rows: Vec<RelationshipRow> = Vec::new();
    // SQLite binds at most 32,766 values in one statement
    for part in uids(people).chunks(10_000) {
        let query = relationships::table
            .filter(relationships::tenant_id.eq(cx.tenant()))
            .filter(relationships::person_id.eq_any(part).or(relationships::holder_id.eq_any(part)))
            .select(RelationshipRow::as_select());
        let found: Vec<RelationshipRow> = query.all(cx.conn()).await?;
        rows.extend(found);
    }
    rows.sort_by_key(|r| r.id);
    rows.dedup_by_key(|r| r.id);
    rows.into_iter().map(RelationshipRow::relationship).collect()
}
/// The tenant's line management, on and after a day, or ever.
pub(super) async fn line_management(cx: &mut Cx<'_>, since: Option<NaiveDate>) -> Result<Vec<Relationship>> {
    let mut query = relationships::table
        .filter(relationships::tenant_id.eq(cx.tenant()))
        .filter(relationships::kind.eq(RelationshipKind::LineManager.as_str()))
        .select(RelationshipRow::as_select())
        .into_boxed::<Dialect>();
    if let Some(day) = since {
        query = query.filter(relationships::ends_on.is_null().or(relationships::ends_on.ge(day)));
    }
    let rows: Vec<RelationshipRow> = query.all(cx.conn()).await?;
    rows.into_iter().map(RelationshipRow::relationship).collect()
}
/// What those of these people are called whom the caller may see.
pub(super) async fn names(cx: &mut Cx<'_>, people: impl IntoIterator<Item = PersonId>) -> Result<HashMap<PersonId, String>> {
    let reach = rules::reach(&cx.caller, Permission::ReadPeople).unwrap_or_else(|_| cx.reach.clone());
    let mut names: HashMap<PersonId, String> = HashMap::new();
    for person in people {
        match super::person::person_within(cx, &reach, person).await {
            Ok(()) => {
                let person = super::person::load(cx, person).await?;
                names.insert(person.id, format!("{} {}", person.given_name.as_str(), person.family_name.as_str()));
            }
            Err(StoreError::Missing) => {}
            Err(e) => return Err(e),
        }
    }
    Ok(names)
}
/// The refusal of a circle, with everybody called by their name whom the caller may see.
pub(super) async fn told(cx: &mut Cx<'_>, circle: &Circle) -> Result<RuleError> {
    told_of_rows(cx, circle, |_, _| None).await
}
/// The same of a file, with the line that says of somebody who manages them, where one does.
pub(super) async fn told_of_rows(cx: &mut Cx<'_>, circle: &Circle, line: impl Fn(PersonId, PersonId) -> Option<u64>) -> Result<RuleError> {
    let names = names(cx, circle.way.iter().copied()).await?;
    Ok(circle.told_of_rows(|p| names.get(&p).cloned().unwrap_or_else(|| "a colleague elsewhere".into()), line))
}
/// The relationship as it is stored.
pub(super) async fn stored(cx: &mut Cx<'_>, id: RelationshipId) -> Result<Relationship> {
    load(cx, id).await
}
/// Whom and where its events are about.
pub(super) async fn about_record(cx: &mut Cx<'_>, relationship: &Relationship) -> Result<About> {
    super::person::about_person(cx, relationship.person_id).await
}
/// The relationship, if the caller may know of it.
pub(super) async fn known(cx: &mut Cx<'_>, id: RelationshipId) -> Result<Relationship> {
    let relationship = load(cx, id).await?;
    readable(cx, &relationship).await?;
    Ok(relationship)
}
/// Refuses a relationship that the caller may not know of.
pub(super) async fn knowable(cx: &mut Cx<'_>, id: RelationshipId) -> Result<()> {
    known(cx, id).await.map(drop)
}

/// Current relationships whose two have a rhythm: everybody's, or one person's on either side.
macro_rules! with_a_rhythm {
    ($cx:expr, $of:expr) => {{
        let (of, today): (Option<PersonId>, _) = ($of, $cx.act.today());
        let query = relationships::table.filter(relationships::tenant_id.eq($cx.tenant())).filter(relationships::cadence_weeks.is_not_null());
        let query = access::current!(query.into_boxed::<Dialect>(), relationships, today);
        match of {
            Some(me) => query.filter(relationships::person_id.eq(Uid::from(me)).or(relationships::holder_id.eq(Uid::from(me)))),
            None => query,
        }
    }};
}
pub(super) use with_a_rhythm;

/// Those relationships, in the order of their ids.
pub(super) async fn with_cadence(cx: &mut Cx<'_>, of: Option<PersonId>) -> Result<Vec<Relationship>> {
    let query = with_a_rhythm!(cx, of).order(relationships::id).select(RelationshipRow::as_select());
    let rows: Vec<RelationshipRow> = query.all(cx.conn()).await?;
    rows.into_iter().map(RelationshipRow::relationship).collect()
}
/// A relationship that was folded, or fell away, stands for itself again.
pub(super) async fn again(tx: &mut Tx<'_>, folded: Relationship) -> Result<Relationship> {
    let again = Relationship { version: folded.version + 2, updated_at: micros(tx.act.now), ..folded };
    insert(tx, std::slice::from_ref(&again)).await?;
    Ok(again)
}
/// The relationship without what it took from the folded one.
pub(super) fn as_before(now: &Relationship, before: &Relationship) -> Relationship {
    Relationship { period: before.period, ..now.clone() }
}
/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: RelationshipId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => readable(cx, &record).await?,
        Doing::Act(action) if action == "set_cadence" => readable(cx, &record).await?,
        Doing::Act(_) => super::person::writable(cx, record.person_id).await?,
    }
    Ok(seen(cx, record).await?.can)
}
