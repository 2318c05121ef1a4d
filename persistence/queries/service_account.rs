//! Service accounts: made and read by administrators of the whole tenant.

use super::prelude::*;
use crate::{
    event::History,
    service_account::{
        CreateServiceAccount, DisableServiceAccount, FindKeysThatEnd, GetServiceAccount, IssueKey, ListServiceAccounts, NoteUses, RevokeKey,
        ServiceAccountHistory, UpdateServiceAccount, WarnOfKeysThatEnd,
    },
};
use chrono::TimeDelta;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    event::{About, Changes, EventKind},
    id::{KeyId, OrganisationId, ServiceAccountId, TenantId},
    rule::{Code, RuleError},
    service_account::{Key, ServiceAccount, WARN_DAYS, due_warning, grantable},
    text::{Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = service_accounts, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct ServiceAccountRow {
    tenant_id: Uid,
    id: Uid,
    name: String,
    scopes: Json,
    everywhere: bool,
    disabled_at: Option<Moment>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = service_account_keys, check_for_backend(Sqlite, Pg))]
struct KeyRow {
    service_account_id: Uid,
    id: Uid,
    created_at: Moment,
    expires_at: Moment,
    revoked_at: Option<Moment>,
    last_used_at: Option<Moment>,
}
impl KeyRow {
    fn key(self) -> (Uid, Key) {
        let Self { service_account_id, id, created_at, expires_at, revoked_at, last_used_at } = self;
        let key = Key {
            id: id.to(),
            created_at: created_at.0,
            expires_at: expires_at.0,
            revoked_at: revoked_at.map(|at| at.0),
            last_used_at: last_used_at.map(|at| at.0),
        };
        (service_account_id, key)
    }
}

impl ServiceAccountRow {
    fn new(tenant_id: Uid, account: &ServiceAccount) -> Result<Self> {
        let ServiceAccount { id, name, scopes, organisation_ids, disabled_at, keys: _, version, created_at, updated_at } = account;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            name: name.as_str().into(),
            scopes: Json(serde_json::to_string(scopes).map_err(corrupt)?),
            everywhere: organisation_ids.is_none(),
            disabled_at: disabled_at.map(Moment),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    fn account(self, organisations: Vec<OrganisationId>, keys: Vec<Key>) -> Result<ServiceAccount> {
        let Self { tenant_id: _, id, name, scopes, everywhere, disabled_at, version, created_at, updated_at } = self;
        Ok(ServiceAccount {
            id: id.to(),
            name: Title::parse(&name).map_err(corrupt)?,
            scopes: serde_json::from_str(&scopes.0).map_err(corrupt)?,
            organisation_ids: (!everywhere).then_some(organisations),
            disabled_at: disabled_at.map(|at| at.0),
            keys,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

async fn whole(cx: &mut Cx<'_>, rows: Vec<ServiceAccountRow>) -> Result<Vec<ServiceAccount>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let places: Vec<(Uid, Uid)> = service_account_organisations::table
        .filter(service_account_organisations::tenant_id.eq(cx.tenant()))
        .filter(service_account_organisations::service_account_id.eq_any(&ids))
        .order((service_account_organisations::service_account_id, service_account_organisations::organisation_id))
        .select((service_account_organisations::service_account_id, service_account_organisations::organisation_id))
        .all(cx.conn())
        .await?;
    let keys: Vec<KeyRow> = service_account_keys::table
        .filter(service_account_keys::tenant_id.eq(cx.tenant()))
        .filter(service_account_keys::service_account_id.eq_any(&ids))
        .order((service_account_keys::service_account_id, service_account_keys::id))
        .select(KeyRow::as_select())
        .all(cx.conn())
        .await?;
    let mut places_of: HashMap<Uid, Vec<OrganisationId>> = HashMap::new();
    for (account, place) in places {
        places_of.entry(account).or_default().push(place.to());
    }
    let mut keys_of: HashMap<Uid, Vec<Key>> = HashMap::new();
    for (account, key) in keys.into_iter().map(KeyRow::key) {
        keys_of.entry(account).or_default().push(key);
    }
    rows.into_iter()
        .map(|row| {
            let (places, keys) = (places_of.remove(&row.id).unwrap_or_default(), keys_of.remove(&row.id).unwrap_or_default());
            row.account(places, keys)
        })
        .collect()
}

/// Where a service account may act.
pub(super) async fn organisations_of(cx: &mut Cx<'_>, id: Uid) -> Result<Vec<OrganisationId>> {
    let rows: Vec<Uid> = service_account_organisations::table
        .filter(service_account_organisations::tenant_id.eq(cx.tenant()))
        .filter(service_account_organisations::service_account_id.eq(id))
        .select(service_account_organisations::organisation_id)
        .all(cx.conn())
        .await?;
    Ok(rows.into_iter().map(Uid::to).collect())
}

/// They reach across the whole tenant, so only those who administer all of it know of them.
fn known(cx: &Cx<'_>) -> Result<()> {
    if cx.reach.everywhere { Ok(()) } else { Err(StoreError::Missing) }
}

async fn load(cx: &mut Cx<'_>, id: ServiceAccountId) -> Result<ServiceAccount> {
    known(cx)?;
    let row: ServiceAccountRow = service_accounts::table.find((cx.tenant(), Uid::from(id))).select(ServiceAccountRow::as_select()).one(cx.conn()).await?;
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

fn seen(cx: &Cx<'_>, record: ServiceAccount) -> Seen<ServiceAccount> {
    let may = rules::reach(&cx.caller, Permission::WriteAccounts).is_ok_and(|r| r.everywhere);
    let who = || rules::require(may, "administrators of the whole trust");
    let live = |action: &str| match record.disabled_at {
        Some(_) => Err(RuleError::new(Code::WrongState, format!("the service account is disabled; {action} is no longer possible"))),
        None => Ok(()),
    };
    let can = vec![
        ("update", who().and_then(|()| live("changing it")).err()),
        ("issue_key", who().and_then(|()| record.can_issue(cx.act.wall)).err()),
        ("revoke_key", who().err()),
        ("disable", who().and_then(|()| live("disabling it")).err()),
    ];
    Seen { record, can }
}

async fn put_places(tx: &mut Tx<'_>, before: Option<&ServiceAccount>, account: &ServiceAccount) -> Result<()> {
    if before.is_some_and(|b| b.organisation_ids == account.organisation_ids) {
        return Ok(());
    }
    let (tenant, id) = (tx.tenant(), Uid::from(account.id));
    let mine = service_account_organisations::table
        .filter(service_account_organisations::tenant_id.eq(tenant))
        .filter(service_account_organisations::service_account_id.eq(id));
    diesel::delete(mine).done(tx.conn()).await?;
    let places = account.organisation_ids.clone().unwrap_or_default();
    for (i, place) in places.iter().enumerate() {
        super::organisation::kind_of(tx, *place, &format!("/organisation_ids/{i}")).await?;
    }
    let rows: Vec<_> = places
        .iter()
        .map(|place| {
            (
                service_account_organisations::tenant_id.eq(tenant),
                service_account_organisations::service_account_id.eq(id),
                service_account_organisations::organisation_id.eq(Uid::from(*place)),
            )
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(service_account_organisations::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: ServiceAccount, after: ServiceAccount) -> Result<Seen<ServiceAccount>> {
    let Some(after) = tx.next(&before, after) else { return Ok(seen(tx, before)) };
    let row = ServiceAccountRow::new(tx.tenant(), &after)?;
    let key = service_accounts::table.find((tx.tenant(), Uid::from(after.id))).filter(service_accounts::version.eq(before.version));
    if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    put_places(tx, Some(&before), &after).await?;
    tx.event(kind, Some(&before), &after, About::default());
    Ok(seen(tx, after))
}

impl Write<Here> for CreateServiceAccount {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ServiceAccount>> {
        let everywhere = tx.reach.everywhere;
        rules::require(everywhere, "administrators of the whole trust")?;
        grantable(&self.scopes)?;
        let Self { name, scopes, organisation_ids } = self.clone();
        let now = micros(tx.act.now);
        let account = ServiceAccount {
            id: tx.new_id(),
            name,
            scopes,
            organisation_ids,
            disabled_at: None,
            keys: Vec::new(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let row = ServiceAccountRow::new(tx.tenant(), &account)?;
        diesel::insert_into(service_accounts::table).values(row).done(tx.conn()).await?;
        put_places(tx, None, &account).await?;
        tx.event(EventKind::ServiceAccountCreated, None, &account, About::default());
        Ok(seen(tx, account))
    }
}

impl Read<Here> for GetServiceAccount {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<ServiceAccount>>> {
        let record = load(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record)))
    }
}

/// Those of these service accounts that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<ServiceAccount>> {
    if !cx.reach.everywhere {
        return Ok(Vec::new());
    }
    let query = service_accounts::table.filter(service_accounts::tenant_id.eq(cx.tenant())).filter(service_accounts::id.eq_any(ids.to_vec()));
    let rows: Vec<ServiceAccountRow> = query.select(ServiceAccountRow::as_select()).all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for ListServiceAccounts {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<ServiceAccount>> {
        if !cx.reach.everywhere {
            return Ok(Page { items: Vec::new(), next: None });
        }
        let query = service_accounts::table.filter(service_accounts::tenant_id.eq(cx.tenant())).select(ServiceAccountRow::as_select()).into_boxed::<Dialect>();
        let rows: Vec<ServiceAccountRow> = page::windowed!(query, self.window, service_accounts).all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: whole(cx, page.items).await?, next: page.next })
    }
}

fn live(account: &ServiceAccount) -> std::result::Result<(), RuleError> {
    match account.disabled_at {
        Some(_) => Err(RuleError::new(Code::WrongState, "the service account is disabled")),
        None => Ok(()),
    }
}

impl Write<Here> for UpdateServiceAccount {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ServiceAccount>> {
        let before = load(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        live(&before)?;
        let after = ServiceAccount {
            name: self.name.clone().unwrap_or_else(|| before.name.clone()),
            scopes: self.scopes.clone().unwrap_or_else(|| before.scopes.clone()),
            organisation_ids: self.organisation_ids.clone().unwrap_or_else(|| before.organisation_ids.clone()),
            ..before.clone()
        };
        grantable(&after.scopes)?;
        save(tx, EventKind::ServiceAccountUpdated, before, after).await
    }
}

impl Write<Here> for DisableServiceAccount {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ServiceAccount>> {
        let before = load(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        live(&before)?;
        let after = ServiceAccount { disabled_at: Some(micros(tx.act.now)), ..before.clone() };
        save(tx, EventKind::ServiceAccountDisabled, before, after).await
    }
}

impl Write<Here> for IssueKey {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ServiceAccount>> {
        access::guard(tx, self.id).await?;
        let before = load(tx, self.id).await?;
        before.can_issue(tx.act.wall)?;
        let key = Key { id: self.key, created_at: micros(tx.act.wall), expires_at: micros(self.expires_at), revoked_at: None, last_used_at: None };
        let row = (
            service_account_keys::tenant_id.eq(tx.tenant()),
            service_account_keys::id.eq(Uid::from(key.id)),
            service_account_keys::service_account_id.eq(Uid::from(self.id)),
            service_account_keys::digest.eq(&self.digest),
            service_account_keys::created_at.eq(Moment(key.created_at)),
            service_account_keys::expires_at.eq(Moment(key.expires_at)),
        );
        diesel::insert_into(service_account_keys::table).values(row).done(tx.conn()).await?;
        let keys = before.keys.iter().cloned().chain([key]).collect();
        let after = ServiceAccount { keys, ..before.clone() };
        save(tx, EventKind::ServiceAccountKeyIssued, before, after).await
    }
}

impl Write<Here> for RevokeKey {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ServiceAccount>> {
        let before = load(tx, self.id).await?;
        let now = micros(tx.act.wall);
        let mut after = before.clone();
        let key = after.keys.iter_mut().find(|k| k.id == self.key).ok_or(StoreError::Missing)?;
        if key.revoked_at.is_none() {
            key.revoked_at = Some(now);
            diesel::update(service_account_keys::table.find((tx.tenant(), Uid::from(self.key))))
                .set(service_account_keys::revoked_at.eq(Some(Moment(now))))
                .done(tx.conn())
                .await?;
        }
        save(tx, EventKind::ServiceAccountKeyRevoked, before, after).await
    }
}

impl Read<Here> for ServiceAccountHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        load(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: ServiceAccountId, _: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    Ok(seen(cx, record).can)
}

impl Write<Here> for NoteUses {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        for (key, at) in &self.uses {
            let an_hour_before = Some(Moment(*at - TimeDelta::hours(1)));
            let old = service_account_keys::last_used_at.is_null().or(service_account_keys::last_used_at.le(an_hour_before));
            diesel::update(service_account_keys::table.find((tx.tenant(), Uid::from(*key))).filter(old))
                .set(service_account_keys::last_used_at.eq(Some(Moment(*at))))
                .done(tx.conn())
                .await?;
        }
        Ok(())
    }
}

/// Keys that are neither revoked nor over, and end within the longest time that is warned of.
macro_rules! ending {
    ($cx:expr) => {
        service_account_keys::table
            .filter(service_account_keys::expires_at.gt(Moment($cx.act.wall)))
            .filter(service_account_keys::expires_at.le(Moment($cx.act.wall + TimeDelta::days(WARN_DAYS[0]))))
            .filter(service_account_keys::revoked_at.is_null())
    };
}

impl Read<Here> for FindKeysThatEnd {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<TenantId>> {
        let rows: Vec<Uid> = ending!(cx).select(service_account_keys::tenant_id).distinct().all(cx.conn()).await?;
        Ok(rows.into_iter().map(Uid::to).collect())
    }
}

impl Write<Here> for WarnOfKeysThatEnd {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize> {
        let account = service_accounts::tenant_id.eq(service_account_keys::tenant_id).and(service_accounts::id.eq(service_account_keys::service_account_id));
        let rows: Vec<(Uid, Moment, Moment, Option<i32>, Uid, i64)> = ending!(tx)
            .inner_join(service_accounts::table.on(account))
            .filter(service_account_keys::tenant_id.eq(tx.tenant()))
            .filter(service_accounts::disabled_at.is_null())
            .order(service_account_keys::id)
            .select((
                service_account_keys::id,
                service_account_keys::created_at,
                service_account_keys::expires_at,
                service_account_keys::warned_days,
                service_accounts::id,
                service_accounts::version,
            ))
            .all(tx.conn())
            .await?;
        let mut left = 0;
        for (key, created, expires, warned, account, version) in rows {
            let Some(days) = due_warning(created.0, expires.0, tx.act.wall, warned.map(i64::from)) else { continue };
            let mark = i32::try_from(days).map_err(corrupt)?;
            // another server may keep house at this moment: whoever sets the mark leaves the event
            let unsaid = service_account_keys::warned_days.is_null().or(service_account_keys::warned_days.gt(mark));
            let marked = diesel::update(service_account_keys::table.find((tx.tenant(), key)).filter(unsaid))
                .set(service_account_keys::warned_days.eq(Some(mark)))
                .done(tx.conn())
                .await?;
            if marked == 0 {
                continue;
            }
            let told = serde_json::json!({"key": {"before": null, "after": {"id": key.to::<KeyId>(), "expires_at": expires.0, "days": days}}});
            let nothing_changed = Changes { fields: Vec::new(), values: told };
            tx.happened(EventKind::ServiceAccountKeyExpiring, account.0, version, nothing_changed, About::default());
            left += 1;
        }
        Ok(left)
    }
}
