//! Who the caller is today, and where a record stands: the facts that `domain::access` judges.

use super::prelude::*;
use crate::{error::Unauthenticated, known::AsOf, principal::Principal, transaction::Need};
use chrono::NaiveDate;
use diesel::Queryable;
use std::collections::{BTreeSet, HashMap};
use trellis_domain::{
    access::{self as rules, Advised, Caller, Held, Permission, Reach, Standing},
    employment::StaffCategory,
    id::{AccountId, KeyId, OrganisationId, PersonId},
    relationship::RelationshipKind,
    role::RoleName,
    text::Wire,
};

/// Lets the caller in, or says what they lack.
pub(super) async fn admit(cx: &mut Cx<'_>, need: Need) -> Result<()> {
    match need {
        Need::Nothing => {}
        Need::Operator => match cx.act.principal {
            Principal::Operator => cx.caller = Caller::Operator,
            _ => return Err(StoreError::Missing),
        },
        Need::Identity => cx.caller = recognise(cx).await?,
        Need::Permission(permission) => {
            cx.caller = recognise(cx).await?;
            cx.reach = rules::reach(&cx.caller, permission).map_err(StoreError::Denied)?;
        }
    }
    Ok(())
}

/// The caller as they were a moment ago, if nothing has happened in the tenant since; otherwise all that is known of them is loaded.
async fn recognise(cx: &mut Cx<'_>) -> Result<Caller> {
    let Some(known) = cx.known() else { return identify(cx).await };
    let (tenant, principal) = (cx.act.tenant, cx.act.principal.clone());
    // this first: what happens after it is newer than the facts are said to be, never older
    let authority: Option<Vec<u8>> = tenants::table.find(cx.tenant()).select(tenants::authority_hash).one(cx.conn()).await.optional()?;
    let Some(authority) = authority else { return identify(cx).await };
    let as_of = AsOf { authority, day: cx.act.today() };
    if let Some(caller) = known.recall(tenant, &principal, &as_of, cx.act.wall) {
        return Ok(caller);
    }
    let caller = identify(cx).await?;
    if let Some(expires_at) = cx.expires_at {
        known.remember(tenant, principal, as_of, expires_at, caller.clone());
    }
    Ok(caller)
}

/// The caller, with what they hold today: all of it, as an operation may ask by other permissions than its own what they may see.
async fn identify(cx: &mut Cx<'_>) -> Result<Caller> {
    match cx.act.principal.clone() {
        Principal::Operator => Ok(Caller::Operator),
        Principal::Nobody => Err(StoreError::Unauthenticated(Unauthenticated::SessionEnded)),
        Principal::Session { session, account } => {
            let row: Option<(Uid, Option<Moment>, Option<Moment>, Moment)> = sessions::table
                .inner_join(accounts::table.on(accounts::tenant_id.eq(sessions::tenant_id).and(accounts::id.eq(sessions::account_id))))
                .filter(sessions::tenant_id.eq(cx.tenant()))
                .filter(sessions::id.eq(Uid::from(session)))
                .filter(accounts::id.eq(Uid::from(account)))
                .select((accounts::person_id, accounts::disabled_at, sessions::revoked_at, sessions::expires_at))
                .one(cx.conn())
                .await
                .optional()?;
            let (person, disabled, revoked, expires) = row.ok_or(StoreError::Unauthenticated(Unauthenticated::SessionEnded))?;
            if disabled.is_some() {
                return Err(StoreError::Unauthenticated(Unauthenticated::AccountDisabled));
            }
            if revoked.is_some() || expires.0 <= cx.act.wall {
                return Err(StoreError::Unauthenticated(Unauthenticated::SessionEnded));
            }
            cx.expires_at = Some(expires.0);
            somebody(cx, account, person.to()).await
        }
        Principal::Key { key, digest, of, until: _ } => {
            let found = key_of(cx, key).await?;
            // the digest of 192 random bits: comparing it tells nothing that helps to find the bits
            let kept = found
                .filter(|f| f.digest == digest && of.is_none_or(|of| f.account == Uid::from(of)))
                .ok_or(StoreError::Unauthenticated(Unauthenticated::KeyUnknown))?;
            machine(cx, kept, None).await
        }
        Principal::Client { account, key, scopes, until: _ } => {
            let found = key_of(cx, key).await?;
            let kept = found.filter(|f| f.account == Uid::from(account)).ok_or(StoreError::Unauthenticated(Unauthenticated::KeyUnknown))?;
            machine(cx, kept, Some(&scopes)).await
        }
    }
}

/// A person who has this account, with what they hold today.
pub(super) async fn somebody(cx: &mut Cx<'_>, account: AccountId, person: PersonId) -> Result<Caller> {
    let held_today = roles_of(cx, person).await?;
    let employed_at = employers_of(cx, person).await?;
    Ok(Caller::Person {
        account,
        person,
        advises: advised_by(cx, person, &held_today).await?,
        roles: held_today.into_iter().filter(|held| held.role.counts(held.organisation, &employed_at)).collect(),
        employed_at,
        appraises: held(cx, person, RelationshipKind::Appraiser).await?,
        manages: held(cx, person, RelationshipKind::LineManager).await?,
    })
}

/// A key with what its service account may do.
#[derive(Queryable)]
struct KeptKey {
    digest: Vec<u8>,
    expires: Moment,
    revoked: Option<Moment>,
    account: Uid,
    disabled: Option<Moment>,
    scopes: Json,
    everywhere: bool,
}

async fn key_of(cx: &mut Cx<'_>, key: KeyId) -> Result<Option<KeptKey>> {
    let account = service_accounts::tenant_id.eq(service_account_keys::tenant_id).and(service_accounts::id.eq(service_account_keys::service_account_id));
    let query = service_account_keys::table
        .inner_join(service_accounts::table.on(account))
        .filter(service_account_keys::tenant_id.eq(cx.tenant()))
        .filter(service_account_keys::id.eq(Uid::from(key)))
        .select((
            service_account_keys::digest,
            service_account_keys::expires_at,
            service_account_keys::revoked_at,
            service_accounts::id,
            service_accounts::disabled_at,
            service_accounts::scopes,
            service_accounts::everywhere,
        ));
    Ok(query.one(cx.conn()).await.optional()?)
}

/// A machine whose key is good now, with the scopes of its account, or those of them that its token was asked for with.
async fn machine(cx: &mut Cx<'_>, key: KeptKey, asked: Option<&[Permission]>) -> Result<Caller> {
    let refuse = |why| Err(StoreError::Unauthenticated(why));
    if key.revoked.is_some() || key.disabled.is_some() {
        return refuse(Unauthenticated::KeyRevoked);
    }
    if key.expires.0 <= cx.act.wall {
        return refuse(Unauthenticated::KeyExpired);
    }
    cx.expires_at = Some(key.expires.0);
    cx.act.principal.found_good(key.expires.0);
    let held: Vec<Permission> = serde_json::from_str(&key.scopes.0).map_err(corrupt)?;
    let (scopes, withheld) = held.into_iter().partition(|scope| asked.is_none_or(|asked| asked.contains(scope)));
    let organisations = if key.everywhere { None } else { Some(super::service_account::organisations_of(cx, key.account).await?) };
    Ok(Caller::Service { id: key.account.to(), scopes, withheld, organisations })
}

/// Is a dated row current on this day?
macro_rules! current {
    ($query:expr, $table:ident, $today:expr) => {
        $query.filter($table::starts_on.le($today)).filter($table::ends_on.is_null().or($table::ends_on.ge($today)))
    };
}
/// Keeps terms of appraisers to those that run on a day: who has such a term appraises then.
macro_rules! appraising {
    ($terms:expr, $day:expr) => {
        $terms.filter(appraisal_appraisers::starts_on.le($day)).filter(appraisal_appraisers::until_on.is_null().or(appraisal_appraisers::until_on.gt($day)))
    };
}
pub(super) use {appraising, current};

async fn roles_of(cx: &mut Cx<'_>, person: PersonId) -> Result<Vec<Held>> {
    let today: NaiveDate = cx.act.today();
    let rows: Vec<(String, Uid, Option<Uid>)> = current!(
        roles::table
            .inner_join(organisations::table.on(organisations::tenant_id.eq(roles::tenant_id).and(organisations::id.eq(roles::organisation_id))))
            .filter(roles::tenant_id.eq(cx.tenant()))
            .filter(roles::person_id.eq(Uid::from(person)))
            .select((roles::role, roles::organisation_id, organisations::parent_id)),
        roles,
        today
    )
    .all(cx.conn())
    .await?;
    rows.into_iter()
        .map(|(role, at, parent)| Ok(Held { role: RoleName::parse(&role).map_err(corrupt)?, organisation: at.to(), root: parent.is_none() }))
        .collect()
}

/// Headteachers of the schools where the caller is external adviser today.
async fn advised_by(cx: &mut Cx<'_>, person: PersonId, held: &[Held]) -> Result<Vec<Advised>> {
    let advises: Vec<OrganisationId> = held.iter().filter(|held| held.role == RoleName::ExternalAdviser).map(|held| held.organisation).collect();
    if advises.is_empty() {
        return Ok(Vec::new());
    }
    let today = cx.act.today();
    let beneath = organisation_paths::table
        .filter(organisation_paths::tenant_id.eq(cx.tenant()))
        .filter(organisation_paths::ancestor_id.eq_any(uids(&advises)))
        .select(organisation_paths::descendant_id);
    let query = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::organisation_id.eq_any(beneath))
        .filter(employments::staff_category.eq(StaffCategory::Headteacher.as_str()))
        .filter(employments::person_id.ne(Uid::from(person)))
        .select((employments::person_id, employments::id));
    let rows: Vec<(Uid, Uid)> = current!(query, employments, today).all(cx.conn()).await?;
    Ok(rows.into_iter().map(|(headteacher, employment)| Advised { headteacher: headteacher.to(), employment: employment.to() }).collect())
}

async fn employers_of(cx: &mut Cx<'_>, person: PersonId) -> Result<Vec<OrganisationId>> {
    let today = cx.act.today();
    let query = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq(Uid::from(person)))
        .select(employments::organisation_id);
    let rows: Vec<Uid> = current!(query, employments, today).all(cx.conn()).await?;
    Ok(rows.into_iter().map(Uid::to).collect())
}

/// People to whom the caller is this today.
async fn held(cx: &mut Cx<'_>, person: PersonId, kind: RelationshipKind) -> Result<Vec<PersonId>> {
    let today = cx.act.today();
    let query = relationships::table
        .filter(relationships::tenant_id.eq(cx.tenant()))
        .filter(relationships::holder_id.eq(Uid::from(person)))
        .filter(relationships::kind.eq(kind.as_str()))
        .select(relationships::person_id);
    let rows: Vec<Uid> = current!(query, relationships, today).all(cx.conn()).await?;
    Ok(rows.into_iter().map(Uid::to).collect())
}

/// An organisation and everything above it.
pub(super) async fn path_of(cx: &mut Cx<'_>, organisation: OrganisationId) -> Result<Vec<OrganisationId>> {
    let rows: Vec<Uid> = organisation_paths::table
        .filter(organisation_paths::tenant_id.eq(cx.tenant()))
        .filter(organisation_paths::descendant_id.eq(Uid::from(organisation)))
        .order(organisation_paths::depth)
        .select(organisation_paths::ancestor_id)
        .all(cx.conn())
        .await?;
    Ok(rows.into_iter().map(Uid::to).collect())
}
/// The same of several, each by itself.
pub(super) async fn paths_of(cx: &mut Cx<'_>, organisations: impl Iterator<Item = OrganisationId>) -> Result<HashMap<OrganisationId, Vec<OrganisationId>>> {
    let wanted: BTreeSet<Uid> = organisations.map(Uid::from).collect();
    let rows: Vec<(Uid, Uid)> = organisation_paths::table
        .filter(organisation_paths::tenant_id.eq(cx.tenant()))
        .filter(organisation_paths::descendant_id.eq_any(wanted))
        .select((organisation_paths::descendant_id, organisation_paths::ancestor_id))
        .all(cx.conn())
        .await?;
    let mut paths: HashMap<OrganisationId, Vec<OrganisationId>> = HashMap::new();
    for (of, above) in rows {
        paths.entry(of.to()).or_default().push(above.to());
    }
    Ok(paths)
}

/// Does this reach cover a record about these? The path is loaded only where it decides.
pub(super) async fn covers(
    cx: &mut Cx<'_>,
    reach: &Reach,
    organisation: Option<OrganisationId>,
    owner: Option<PersonId>,
    private_to: Option<PersonId>,
) -> Result<bool> {
    stands_within(cx, reach, organisation, Standing { owner, private_to, ..Standing::default() }).await
}

/// The same of a record that stands so, wherever its organisation lies.
pub(super) async fn stands_within(cx: &mut Cx<'_>, reach: &Reach, organisation: Option<OrganisationId>, mut standing: Standing) -> Result<bool> {
    if let Some(organisation) = organisation
        && !reach.organisations.is_empty()
        && !reach.covers(&standing)
    {
        standing.path = path_of(cx, organisation).await?;
    }
    Ok(reach.covers(&standing))
}

/// Refuses what the caller's reach does not cover, exactly as if it did not exist.
pub(super) async fn within(cx: &mut Cx<'_>, organisation: Option<OrganisationId>, owner: Option<PersonId>, private_to: Option<PersonId>) -> Result<()> {
    let reach = cx.reach.clone();
    if covers(cx, &reach, organisation, owner, private_to).await? { Ok(()) } else { Err(StoreError::Missing) }
}

/// Is this organisation one of the reach's, beneath one of them, or above one? What a trust plans is everybody's beneath it.
pub(super) async fn shares(cx: &mut Cx<'_>, reach: &Reach, organisation: OrganisationId) -> Result<bool> {
    if reach.everywhere || reach.organisations.contains(&organisation) {
        return Ok(true);
    }
    let (it, ours) = (Uid::from(organisation), uids(&reach.organisations));
    let above = organisation_paths::ancestor_id.eq(it).and(organisation_paths::descendant_id.eq_any(ours.clone()));
    let beneath = organisation_paths::descendant_id.eq(it).and(organisation_paths::ancestor_id.eq_any(ours));
    let found: i64 = organisation_paths::table.filter(organisation_paths::tenant_id.eq(cx.tenant())).filter(above.or(beneath)).count().one(cx.conn()).await?;
    Ok(found > 0)
}

/// Does the caller read people only where they are live? A machine that is bound to schools is told when somebody leaves them, and then reads
/// that person no longer. People who keep records go on reading those of leavers.
pub(super) fn reads_the_living(cx: &Cx<'_>) -> bool {
    matches!(cx.caller, Caller::Service { .. })
}

/// Where a person stands for whoever writes: every organisation at which they are or were employed, and all above those. Somebody without
/// any employment is still being added, and stands wherever people are being added.
pub(super) async fn standing_of(cx: &mut Cx<'_>, person: PersonId) -> Result<Standing> {
    standing(cx, person, false).await
}

/// Where a person stands for whoever changes what is theirs, or says who appraises them: where they are live. Only somebody who is live nowhere
/// still stands where they were, so that a former employer decides nothing about them.
pub(super) async fn standing_now(cx: &mut Cx<'_>, person: PersonId) -> Result<Standing> {
    let live: i64 = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq(Uid::from(person)))
        .filter(employments::live.eq(true))
        .count()
        .one(cx.conn())
        .await?;
    standing(cx, person, live > 0).await
}

/// The same for whoever reads.
pub(super) async fn reading_of(cx: &mut Cx<'_>, person: PersonId) -> Result<Standing> {
    let living = reads_the_living(cx);
    standing(cx, person, living).await
}

async fn standing(cx: &mut Cx<'_>, person: PersonId, living: bool) -> Result<Standing> {
    let rows: Vec<Uid> = employments::table
        .inner_join(
            organisation_paths::table
                .on(organisation_paths::tenant_id.eq(employments::tenant_id).and(organisation_paths::descendant_id.eq(employments::organisation_id))),
        )
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq(Uid::from(person)))
        .filter(employments::live.ge(living)) // true is more than false: all of them, or those that are live
        .select(organisation_paths::ancestor_id)
        .distinct()
        .all(cx.conn())
        .await?;
    let mut path: Vec<OrganisationId> = rows.into_iter().map(Uid::to).collect();
    if path.is_empty()
        && let Ok(adding) = rules::reach(&cx.caller, Permission::WritePeople)
    {
        path = adding.organisations;
    }
    Ok(Standing { path, owner: Some(person), ..Standing::default() })
}

/// May the caller do this permission's work here, by a role or a relationship? Where the operation itself needs another permission.
pub(super) async fn may(cx: &mut Cx<'_>, permission: Permission, organisation: Option<OrganisationId>, owner: Option<PersonId>) -> Result<bool> {
    match rules::reach(&cx.caller.not_as_colleague(), permission) {
        Ok(reach) => covers(cx, &reach, organisation, owner, None).await,
        Err(_) => Ok(false),
    }
}

/// Refuses a write where the caller may only read, and hides what they may not even read.
pub(super) async fn writable(cx: &mut Cx<'_>, read: Permission, organisation: OrganisationId, owner: Option<PersonId>, who: &str) -> Result<()> {
    let reach = cx.reach.clone();
    if covers(cx, &reach, Some(organisation), None, None).await? {
        return Ok(());
    }
    if may(cx, read, Some(organisation), owner).await? { Ok(rules::require(false, who)?) } else { Err(StoreError::Missing) }
}

/// The same for many at once, always in the same order, so that two who wait never wait for each other.
pub(super) async fn guards(tx: &mut Tx<'_>, ordered: &[Uid]) -> Result<()> {
    let tenant = tx.tenant();
    for part in ordered.chunks(500) {
        let keys: Vec<_> = part.iter().map(|s| (guards::tenant_id.eq(tenant), guards::subject_id.eq(*s), guards::passed.eq(1))).collect();
        diesel::insert_into(guards::table)
            .values(keys)
            .on_conflict((guards::tenant_id, guards::subject_id))
            .do_update()
            .set(guards::passed.eq(guards::passed + 1))
            .done(tx.conn())
            .await?;
    }
    Ok(())
}

/// Waits until nobody else is changing what this guard stands for, to the end of the transaction.
pub(super) async fn guard(tx: &mut Tx<'_>, subject: impl Into<Uid>) -> Result<()> {
    let key = (guards::tenant_id.eq(tx.tenant()), guards::subject_id.eq(subject.into()), guards::passed.eq(1));
    diesel::insert_into(guards::table)
        .values(key)
        .on_conflict((guards::tenant_id, guards::subject_id))
        .do_update()
        .set(guards::passed.eq(guards::passed + 1))
        .done(tx.conn())
        .await?;
    Ok(())
}
