//! Snapshots: judged before anything is done, and ended when all of their rows have been.

use super::{employment, external_ref, job, organisation, placement, prelude::*};
use crate::{
    job::{Job, Mode},
    sync::{ARRIVAL_MINUTES, Announced, AskToConfirm, CONFIRM_HOURS, CreateSync},
};
use chrono::TimeDelta;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    bulk::OrganisationKey,
    event::{EventKind, RecordType},
    id::{OrganisationId, PersonId},
    job::JobKind,
    organisation::OrganisationKind,
    person::Trn,
    rule::{Code, RuleError},
    sync::{Fate, Forecast, Post, Snapshot, Sync, Who, fate, follows},
    text::{Reference, Wire},
    time::micros,
};

/// What is remembered of the snapshots of a school by one source.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = syncs, primary_key(tenant_id, organisation_id, source), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct SyncRow {
    tenant_id: Uid,
    organisation_id: Uid,
    source: String,
    taken_at: Option<Moment>,
    job_id: Option<Uid>,
    confirm_digest: Option<String>,
    confirm_what: Option<Json>,
    confirm_until: Option<Moment>,
}

/// What is remembered; nothing yet, of the first.
async fn remembered(cx: &mut Cx<'_>, at: OrganisationId, source: &Reference) -> Result<SyncRow> {
    let key = (cx.tenant(), Uid::from(at), source.as_str());
    let row: Option<SyncRow> = syncs::table.find(key).select(SyncRow::as_select()).one(cx.conn()).await.optional()?;
    Ok(row.unwrap_or_else(|| SyncRow {
        tenant_id: key.0,
        organisation_id: key.1,
        source: source.as_str().into(),
        taken_at: None,
        job_id: None,
        confirm_digest: None,
        confirm_what: None,
        confirm_until: None,
    }))
}
async fn remember(tx: &mut Tx<'_>, row: &SyncRow) -> Result<()> {
    let key = (syncs::tenant_id, syncs::organisation_id, syncs::source);
    diesel::insert_into(syncs::table).values(row).on_conflict(key).do_update().set(row).done(tx.conn()).await?;
    Ok(())
}

async fn named(cx: &mut Cx<'_>, key: &OrganisationKey) -> Result<Option<OrganisationId>> {
    Ok(match key {
        OrganisationKey::Id(id) => Some(*id),
        OrganisationKey::Ref(reference) => external_ref::find_all(cx, RecordType::Organisation, &[reference]).await?.into_values().next().map(Uid::to),
        OrganisationKey::Urn(urn) => organisation::by_urn(cx, &[urn]).await?.into_values().next().map(Uid::to),
    })
}

/// The school of a snapshot, if the caller may write people there.
async fn school(tx: &mut Tx<'_>, key: &OrganisationKey) -> Result<OrganisationId> {
    let unknown = || RuleError::at(Code::UnknownReference, "/organisation", "no such organisation");
    let id = named(tx, key).await?.ok_or_else(unknown)?;
    let kind = organisation::kind_of(tx, id, "/organisation").await?;
    writes_at(tx, id).await?;
    match kind {
        OrganisationKind::Group => {
            Err(RuleError::at(Code::NotAnEmployer, "/organisation", "people are employed at a school or by the trust, not by a group").into())
        }
        _ => Ok(id),
    }
}
async fn writes_at(tx: &mut Tx<'_>, at: OrganisationId) -> Result<()> {
    let reach = tx.reach.clone();
    match access::covers(tx, &reach, Some(at), None, None).await? {
        true => Ok(()),
        false => Err(RuleError::new(Code::NotPermitted, "only HR and administrators of that school, or of the trust, may do this").into()),
    }
}

/// The school's employments that a snapshot can be about, with what their people are known by.
async fn posts(cx: &mut Cx<'_>, snapshot: &Snapshot) -> Result<Vec<Post>> {
    let employments = employment::of_school(cx, snapshot.organisation_id, snapshot.day()).await?;
    let mut of: Vec<Uid> = employments.iter().map(|e| Uid::from(e.person_id)).collect();
    of.sort_unstable();
    of.dedup();
    let (mut refs, mut trns) = (HashMap::new(), HashMap::new());
    for part in of.chunks(500) {
        refs.extend(external_ref::of(cx, RecordType::Person, part).await?);
        let rows: Vec<(Uid, Option<String>)> =
            people::table.filter(people::tenant_id.eq(cx.tenant())).filter(people::id.eq_any(part)).select((people::id, people::trn)).all(cx.conn()).await?;
        trns.extend(rows);
    }
    let post = |employment: trellis_domain::employment::Employment| {
        let person = Uid::from(employment.person_id);
        let trn = trns.get(&person).cloned().flatten().map(|trn| Trn::parse(&trn).map_err(corrupt)).transpose()?;
        Ok(Post { refs: refs.get(&person).cloned().unwrap_or_default(), trn, employment })
    };
    employments.into_iter().map(post).collect()
}

/// Is another snapshot of this school and source being worked on?
async fn running(cx: &mut Cx<'_>, row: &SyncRow) -> Result<bool> {
    let Some(id) = row.job_id else { return Ok(false) };
    let arriving = Moment(cx.act.wall - TimeDelta::minutes(ARRIVAL_MINUTES));
    let open: i64 = jobs::table
        .filter(jobs::tenant_id.eq(cx.tenant()))
        .filter(jobs::id.eq(id))
        .filter(jobs::state.eq_any(["queued", "running"]))
        .filter(jobs::ready.eq(true).or(jobs::created_at.gt(arriving)))
        .count()
        .one(cx.conn())
        .await?;
    Ok(open > 0)
}

/// What the snapshot would end or newly mark.
async fn forecast(cx: &mut Cx<'_>, announced: &Announced, snapshot: &Snapshot) -> Result<Forecast> {
    let (mut here, mut asked): (Vec<&OrganisationKey>, HashSet<&OrganisationKey>) = (Vec::new(), HashSet::new());
    for key in announced.rows.iter().flat_map(|r| &r.ends).filter_map(|(key, _)| key.as_ref()) {
        if asked.insert(key) && named(cx, key).await? == Some(snapshot.organisation_id) {
            here.push(key);
        }
    }
    Ok(Forecast::of(&posts(cx, snapshot).await?, &announced.rows, snapshot, |key| here.contains(&key)))
}

impl Write<Here> for CreateSync {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Job> {
        let head = &self.announced.head;
        let at = school(tx, &head.organisation).await?;
        let snapshot = Snapshot::of(head, at);
        let mode = Mode { validate_only: head.validate_only, atomic: false, take_over: head.take_over };
        if !head.validate_only {
            access::guard(tx, at).await?; // two at once come one after the other
        }
        let mut row = remembered(tx, at, &head.source).await?;
        follows(snapshot.taken_at, row.taken_at.map(|m| m.0))?;
        if head.validate_only {
            let forecast = forecast(tx, &self.announced, &snapshot).await?;
            return job::open(tx, JobKind::PeopleBulkUpsert, mode, job::Of::Snapshot(&Sync::new(snapshot, &forecast))).await;
        }
        if running(tx, &row).await? {
            return Err(RuleError::new(Code::SyncRunning, "a snapshot of this school and source is being worked on").into());
        }
        let forecast = forecast(tx, &self.announced, &snapshot).await?;
        if forecast.brakes() && !confirms(&row, self.confirmed.as_deref(), &forecast, tx)? {
            return Err(StoreError::Braked(Box::new(forecast)));
        }
        let job = job::open(tx, JobKind::PeopleBulkUpsert, mode, job::Of::Snapshot(&Sync::new(snapshot, &forecast))).await?;
        row.job_id = Some(job.id.into());
        remember(tx, &row).await?;
        Ok(job)
    }
}

/// Does the token that was sent confirm exactly this?
fn confirms(row: &SyncRow, digest: Option<&str>, forecast: &Forecast, cx: &Cx<'_>) -> Result<bool> {
    Ok(digest.is_some_and(|digest| tokens(row).any(|known| known == digest)) && asked_the_same(row, forecast, cx)?)
}
/// The digests of the tokens that were given for what was last asked.
fn tokens(row: &SyncRow) -> impl Iterator<Item = &str> {
    row.confirm_digest.as_deref().unwrap_or_default().split_whitespace()
}
/// Was it exactly this that was last asked, and not too long ago?
fn asked_the_same(row: &SyncRow, forecast: &Forecast, cx: &Cx<'_>) -> Result<bool> {
    let Some(what) = row.confirm_what.as_ref().filter(|_| row.confirm_until.is_some_and(|until| until.0 > cx.act.now)) else { return Ok(false) };
    let Forecast { ended, missing, .. } = serde_json::from_str(&what.0).map_err(corrupt)?;
    Ok(ended == forecast.ended && missing == forecast.missing)
}
/// So many refusals of the same snapshot have a token that is good: whoever retries by the clock does not take away the one that somebody was sent.
const TOKENS: usize = 8;

impl Write<Here> for AskToConfirm {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let head = &self.announced.head;
        let at = school(tx, &head.organisation).await?;
        access::guard(tx, at).await?;
        let forecast = forecast(tx, &self.announced, &Snapshot::of(head, at)).await?;
        let mut row = remembered(tx, at, &head.source).await?;
        let same = asked_the_same(&row, &forecast, tx)?;
        let mut known: Vec<&str> = std::iter::once(self.digest.as_str()).chain(tokens(&row).filter(|_| same)).collect();
        known.truncate(TOKENS);
        row.confirm_digest = Some(known.join(" "));
        row.confirm_what = Some(Json(serde_json::to_string(&forecast).map_err(corrupt)?));
        row.confirm_until = Some(micros(tx.act.now + TimeDelta::hours(CONFIRM_HOURS)).into());
        remember(tx, &row).await
    }
}

/// Keeps what a snapshot came to so far.
pub(super) async fn note(tx: &mut Tx<'_>, job: Uid, sync: &Sync) -> Result<()> {
    let sync = Json(serde_json::to_string(sync).map_err(corrupt)?);
    diesel::update(jobs::table.find((tx.tenant(), job))).set(jobs::sync.eq(Some(sync))).done(tx.conn()).await?;
    Ok(())
}

/// Everybody whom a row of the job was about.
async fn seen(cx: &mut Cx<'_>, job: Uid, sync: &Sync) -> Result<HashSet<PersonId>> {
    let ids: Vec<Option<Uid>> = job_results::table
        .filter(job_results::tenant_id.eq(cx.tenant()))
        .filter(job_results::job_id.eq(job))
        .filter(job_results::record_id.is_not_null())
        .select(job_results::record_id)
        .all(cx.conn())
        .await?;
    Ok(ids.into_iter().flatten().map(Uid::to).chain(sync.tried.iter().copied()).collect())
}

/// The last part of a snapshot's job: those whom no row named are marked or ended, those who were missing and are named are found.
pub(super) async fn finish(tx: &mut Tx<'_>, job: Uid, validate_only: bool, mut sync: Sync) -> Result<()> {
    let snapshot = sync.snapshot.clone();
    if !validate_only {
        writes_at(tx, snapshot.organisation_id).await?;
        access::guard(tx, snapshot.organisation_id).await?;
        let mut row = remembered(tx, snapshot.organisation_id, &snapshot.source).await?;
        follows(snapshot.taken_at, row.taken_at.map(|m| m.0))?;
        if row.job_id != Some(job) {
            return Err(RuleError::new(Code::SyncRunning, "another snapshot of this school and source took its place").into());
        }
        row.taken_at = Some(snapshot.taken_at.into());
        (row.confirm_digest, row.confirm_what, row.confirm_until) = (None, None, None);
        remember(tx, &row).await?;
    }
    let seen = seen(tx, job, &sync).await?;
    let posts = posts(tx, &snapshot).await?;
    for post in posts.iter().filter(|p| p.current(&snapshot) && !seen.contains(&p.employment.person_id)) {
        if let Some(name) = post.known_as(&snapshot) {
            sync.summary.unseen.add(Who { id: Some(post.employment.person_id), external_ref: Some(name.clone()) });
        }
    }
    note(tx, job, &sync).await?;
    if validate_only {
        return Ok(());
    }
    let fates = posts.iter().filter_map(|p| fate(p, seen.contains(&p.employment.person_id), &snapshot, sync.nameless).map(|fate| (&p.employment, fate)));
    let fates: Vec<_> = fates.collect();
    if fates.is_empty() {
        return Ok(());
    }
    let mut people: Vec<PersonId> = fates.iter().map(|(e, _)| e.person_id).collect();
    people.sort_unstable();
    people.dedup();
    let ordered: Vec<Uid> = people.iter().map(|id| Uid::from(*id)).collect();
    access::guards(tx, &ordered).await?;
    let was = placement::live_at(tx, &people).await?;
    let mut written = Vec::with_capacity(fates.len());
    for (before, fate) in fates {
        let (kind, after) = match fate {
            Fate::Found(after) => (Some(EventKind::EmploymentFound), after),
            Fate::Missing(after) => (Some(EventKind::EmploymentMissing), after),
            Fate::Ended(after) => (None, after),
        };
        let Some(after) = tx.next(before, after) else { continue };
        employment::save(tx, before, &after).await?;
        match kind {
            Some(kind) => tx.event(kind, Some(before), &after, employment::about(&after)),
            None => employment::announce(tx, Some(before), &after),
        }
        written.push(after.id);
    }
    placement::settle(tx, &was, &written).await
}
