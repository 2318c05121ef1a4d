//! Roles: given by the trust's administrators, and that of a delegate by whom it delegates; never to oneself.

use super::prelude::*;
use crate::{
    event::History,
    role::{EndRole, GetRole, GrantRole, ListRoles, RoleHistory},
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access::{self as rules, Permission},
    event::{About, EventKind},
    id::{OrganisationId, PersonId, RoleId},
    role::{Ground, Role, RoleName, end, grant},
    text::Wire,
    time::{Period, micros},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = roles, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct RoleRow {
    tenant_id: Uid,
    id: Uid,
    person_id: Uid,
    role: String,
    organisation_id: Uid,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl RoleRow {
    fn new(tenant_id: Uid, held: &Role) -> Self {
        let Role { id, person_id, role, organisation_id, period, version, created_at, updated_at } = held;
        Self {
            tenant_id,
            id: (*id).into(),
            person_id: (*person_id).into(),
            role: role.as_str().into(),
            organisation_id: (*organisation_id).into(),
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn role(self) -> Result<Role> {
        let Self { tenant_id: _, id, person_id, role, organisation_id, starts_on, ends_on, version, created_at, updated_at } = self;
        Ok(Role {
            id: id.to(),
            person_id: person_id.to(),
            role: RoleName::parse(&role).map_err(corrupt)?,
            organisation_id: organisation_id.to(),
            period: Period { starts_on, ends_on },
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

async fn load(cx: &mut Cx<'_>, id: RoleId) -> Result<Role> {
    let row: RoleRow = roles::table.find((cx.tenant(), Uid::from(id))).select(RoleRow::as_select()).one(cx.conn()).await?;
    row.role()
}

pub(super) fn about(role: &Role) -> About {
    About { organisation: Some(role.organisation_id), person: Some(role.person_id), private_to: None }
}

async fn seen(cx: &mut Cx<'_>, record: Role) -> Result<Seen<Role>> {
    let end = rules::require(gives(cx, record.role, record.organisation_id).await?, record.role.givers()).err();
    Ok(Seen { record, can: vec![("end", end)] })
}

/// Does the caller give and end this role there?
async fn gives(cx: &mut Cx<'_>, role: RoleName, at: OrganisationId) -> Result<bool> {
    let reach = rules::giving(&cx.caller, role);
    access::covers(cx, &reach, Some(at), None, None).await
}

/// Stores new ones.
pub(super) async fn insert(tx: &mut Tx<'_>, new: &[Role]) -> Result<()> {
    let tenant = tx.tenant();
    for part in new.chunks(500) {
        let rows: Vec<RoleRow> = part.iter().map(|r| RoleRow::new(tenant, r)).collect();
        diesel::insert_into(roles::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

/// Stores one that was given its last day.
pub(super) async fn save(tx: &mut Tx<'_>, before: &Role, after: &Role) -> Result<()> {
    let key = roles::table.find((tx.tenant(), Uid::from(after.id))).filter(roles::version.eq(before.version));
    if diesel::update(key).set(RoleRow::new(tx.tenant(), after)).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    Ok(())
}

/// All of these people.
pub(super) async fn of_people(cx: &mut Cx<'_>, people: &[Uid]) -> Result<Vec<Role>> {
    let mut rows: Vec<RoleRow> =
        roles::table.filter(roles::tenant_id.eq(cx.tenant())).filter(roles::person_id.eq_any(people)).select(RoleRow::as_select()).all(cx.conn()).await?;
    // ordered here: asked to, SQLite walks everybody's to have them in order
    rows.sort_unstable_by_key(|row| row.id);
    rows.into_iter().map(RoleRow::role).collect()
}

async fn writable(cx: &mut Cx<'_>, role: &Role) -> Result<()> {
    if gives(cx, role.role, role.organisation_id).await? {
        return Ok(());
    }
    let known = access::may(cx, Permission::ReadRoles, Some(role.organisation_id), Some(role.person_id)).await?;
    if known { Ok(rules::require(false, role.role.givers())?) } else { Err(StoreError::Missing) }
}

impl Write<Here> for GrantRole {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Role>> {
        let Self { person_id, role, organisation_id, period } = self.clone();
        let at = super::organisation::kind_of(tx, organisation_id, "/organisation_id").await?;
        super::person::named(tx, person_id, "/person_id").await?;
        rules::require(gives(tx, role, organisation_id).await?, role.givers())?;
        access::guard(tx, person_id).await?;
        let rows: Vec<RoleRow> = roles::table
            .filter(roles::tenant_id.eq(tx.tenant()))
            .filter(roles::person_id.eq(Uid::from(person_id)))
            .select(RoleRow::as_select())
            .all(tx.conn())
            .await?;
        let held = rows.into_iter().map(RoleRow::role).collect::<Result<Vec<_>>>()?;
        let now = micros(tx.act.now);
        let new = Role { id: tx.new_id(), person_id, role, organisation_id, period, version: 1, created_at: now, updated_at: now };
        let employments = super::employment::of_person(tx, person_id).await?;
        grant(&new, tx.caller.person(), &held, Ground { at, employments: &employments })?;
        insert(tx, std::slice::from_ref(&new)).await?;
        tx.event(EventKind::RoleGranted, None, &new, about(&new));
        seen(tx, new).await
    }
}

impl Read<Here> for GetRole {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Role>>> {
        let record = load(cx, self.id).await?;
        access::within(cx, Some(record.organisation_id), Some(record.person_id), None).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Those of these roles that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Role>> {
    let query = roles::table.filter(roles::tenant_id.eq(cx.tenant())).filter(roles::id.eq_any(ids.to_vec()));
    let query = page::within_reach!(query.select(RoleRow::as_select()).into_boxed::<Dialect>(), cx, roles);
    let rows: Vec<RoleRow> = query.all(cx.conn()).await?;
    rows.into_iter().map(RoleRow::role).collect()
}

impl Read<Here> for ListRoles {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Role>> {
        let query = roles::table.filter(roles::tenant_id.eq(cx.tenant())).select(RoleRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::within_reach!(page::windowed!(query, self.window, roles), cx, roles);
        if let Some(person) = self.person_id {
            query = query.filter(roles::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(roles::organisation_id.eq(Uid::from(at)));
        }
        if let Some(role) = self.role {
            query = query.filter(roles::role.eq(role.as_str()));
        }
        if let Some(day) = self.current_on {
            query = access::current!(query, roles, day);
        }
        let rows: Vec<RoleRow> = query.all(cx.conn()).await?;
        let items = rows.into_iter().map(RoleRow::role).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(items, self.window.limit, |r| r.id.0))
    }
}

impl Write<Here> for EndRole {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Role>> {
        let before = load(tx, self.id).await?;
        writable(tx, &before).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = end(&before, self.ends_on)?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        save(tx, &before, &after).await?;
        tx.event(EventKind::RoleEnded, Some(&before), &after, about(&after));
        seen(tx, after).await
    }
}

impl Read<Here> for RoleHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let record = load(cx, self.id).await?;
        access::within(cx, Some(record.organisation_id), Some(record.person_id), None).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

super::row::stored!(roles, RoleRow, Role);

/// All the roles of a person.
pub(super) async fn of_person(cx: &mut Cx<'_>, person: PersonId) -> Result<Vec<Role>> {
    let rows: Vec<RoleRow> = roles::table
        .filter(roles::tenant_id.eq(cx.tenant()))
        .filter(roles::person_id.eq(Uid::from(person)))
        .order(roles::id)
        .select(RoleRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(RoleRow::role).collect()
}
/// The role as it is stored.
pub(super) async fn stored(cx: &mut Cx<'_>, id: RoleId) -> Result<Role> {
    load(cx, id).await
}
/// Whom and where its events are about.
pub(super) async fn about_record(_: &mut Cx<'_>, role: &Role) -> Result<About> {
    Ok(about(role))
}
/// Refuses a role that the caller may not know of.
pub(super) async fn knowable(cx: &mut Cx<'_>, reach: &trellis_domain::access::Reach, id: RoleId) -> Result<()> {
    let role = load(cx, id).await?;
    if access::covers(cx, reach, Some(role.organisation_id), Some(role.person_id), None).await? { Ok(()) } else { Err(StoreError::Missing) }
}
/// A role that was folded stands for itself again.
pub(super) async fn again(tx: &mut Tx<'_>, folded: Role) -> Result<Role> {
    let again = Role { version: folded.version + 2, updated_at: micros(tx.act.now), ..folded };
    insert(tx, std::slice::from_ref(&again)).await?;
    Ok(again)
}
/// The role without what it took from the folded one.
pub(super) fn as_before(now: &Role, before: &Role) -> Role {
    Role { period: before.period, ..now.clone() }
}
/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: RoleId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => access::within(cx, Some(record.organisation_id), Some(record.person_id), None).await?,
        Doing::Act(_) => writable(cx, &record).await?,
    }
    Ok(seen(cx, record).await?.can)
}
