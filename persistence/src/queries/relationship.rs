//! Relationships: read by the two people and by who keeps the records.

use super::prelude::*;
use crate::{
    event::History,
    relationship::{CreateRelationship, EndRelationship, GetRelationship, ListRelationships, RelationshipHistory},
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access::{self as rules, Permission},
    event::EventKind,
    id::RelationshipId,
    relationship::{Relationship, RelationshipKind, acyclic, appoint, end},
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
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl RelationshipRow {
    fn new(tenant_id: Uid, relationship: &Relationship) -> Self {
        let Relationship { id, kind, person_id, holder_id, period, version, created_at, updated_at } = relationship;
        Self {
            tenant_id,
            id: (*id).into(),
            kind: kind.as_str().into(),
            person_id: (*person_id).into(),
            holder_id: (*holder_id).into(),
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn relationship(self) -> Result<Relationship> {
        let Self { tenant_id: _, id, kind, person_id, holder_id, starts_on, ends_on, version, created_at, updated_at } = self;
        Ok(Relationship {
            id: id.to(),
            kind: RelationshipKind::parse(&kind).map_err(corrupt)?,
            person_id: person_id.to(),
            holder_id: holder_id.to(),
            period: Period { starts_on, ends_on },
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

async fn seen(cx: &mut Cx<'_>, record: Relationship) -> Result<Seen<Relationship>> {
    let standing = access::standing_of(cx, record.person_id).await?;
    let may = rules::reach(&cx.caller, Permission::WritePeople).is_ok_and(|r| r.covers(&standing));
    Ok(Seen { record, can: vec![("end", rules::require(may, "HR and administrators of the person's school").err())] })
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
        let new = Relationship { id: tx.new_id(), kind, person_id, holder_id, period, version: 1, created_at: now, updated_at: now };
        let rows: Vec<RelationshipRow> = relationships::table
            .filter(relationships::tenant_id.eq(tx.tenant()))
            .filter(relationships::person_id.eq(Uid::from(person_id)))
            .select(RelationshipRow::as_select())
            .all(tx.conn())
            .await?;
        let of_the_person = rows.into_iter().map(RelationshipRow::relationship).collect::<Result<Vec<_>>>()?;
        appoint(&new, tx.caller.person(), &of_the_person)?;
        if kind == RelationshipKind::LineManager {
            let rows: Vec<RelationshipRow> = relationships::table
                .filter(relationships::tenant_id.eq(tx.tenant()))
                .filter(relationships::kind.eq(kind.as_str()))
                .filter(relationships::ends_on.is_null().or(relationships::ends_on.ge(period.starts_on)))
                .select(RelationshipRow::as_select())
                .all(tx.conn())
                .await?;
            acyclic(&new, &rows.into_iter().map(RelationshipRow::relationship).collect::<Result<Vec<_>>>()?)?;
        }
        diesel::insert_into(relationships::table).values(RelationshipRow::new(tx.tenant(), &new)).done(tx.conn()).await?;
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

impl Read<Here> for ListRelationships {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Relationship>> {
        let reach = super::person::records_reach(cx);
        let query = relationships::table.filter(relationships::tenant_id.eq(cx.tenant())).select(RelationshipRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::windowed!(query, self.window, relationships);
        if !reach.everywhere {
            let employed = employments::table
                .inner_join(
                    organisation_paths::table
                        .on(organisation_paths::tenant_id.eq(employments::tenant_id).and(organisation_paths::descendant_id.eq(employments::organisation_id))),
                )
                .filter(employments::tenant_id.eq(cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
                .select(employments::person_id);
            let me = uids(&reach.me.into_iter().collect::<Vec<_>>());
            query = query.filter(
                relationships::person_id.eq_any(uids(&reach.people)).or(relationships::holder_id.eq_any(me)).or(relationships::person_id.eq_any(employed)),
            );
        }
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
        let key = relationships::table.find((tx.tenant(), Uid::from(after.id))).filter(relationships::version.eq(before.version));
        if diesel::update(key).set(RelationshipRow::new(tx.tenant(), &after)).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
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

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: RelationshipId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => readable(cx, &record).await?,
        Doing::Act(_) => super::person::writable(cx, record.person_id).await?,
    }
    Ok(seen(cx, record).await?.can)
}
