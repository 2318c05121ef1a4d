//! Jobs: kept, leased, ended, forgotten. What their parts do is in `bulk`.

use super::prelude::*;
use crate::{
    disclosure::Sealed,
    job::{
        AddRows, CancelJob, ClaimJob, Claimed, CreateJob, DROPPED_AT_ONCE, DropRows, FailJob, ForgetJobs, GetJob, Job, JobHeadings, JobResults, KEPT_DAYS,
        LEASE_SECONDS, ListJobs, Mode, NextJob, ReleaseJob, SubmitJob, UNFINISHED_AT_ONCE,
    },
    principal::{GoodUntil, Principal},
    sync::{ARRIVAL_MINUTES, GetSync, ListSyncs},
    transaction::needs::AsValue,
};
use chrono::{NaiveDate, TimeDelta};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    access::{Caller, Permission},
    bulk::Outcome,
    disclosure::{Reading, reading},
    event::RecordType,
    id::{AccountId, CycleId, HoldId, JobId, KeyId, ServiceAccountId, SessionId, TenantId},
    job::{JobKind, JobState},
    rule::{Code, RuleError},
    sync::Sync,
    text::Wire,
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = jobs, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
pub(super) struct JobRow {
    tenant_id: Uid,
    pub(super) id: Uid,
    pub(super) kind: String,
    state: String,
    pub(super) ready: bool,
    caller_kind: String,
    caller_id: Uid,
    principal: Json,
    request_id: String,
    pub(super) validate_only: bool,
    pub(super) atomic: bool,
    total: i64,
    pub(super) done: i64,
    created: i64,
    updated: i64,
    unchanged: i64,
    failed: i64,
    pub(super) pass: i32,
    pub(super) pass_done: i64,
    problem_code: Option<String>,
    problem_detail: Option<String>,
    claimed_by: Option<Uid>,
    claimed_until: Option<Moment>,
    created_at: Moment,
    started_at: Option<Moment>,
    ended_at: Option<Moment>,
    sync: Option<Json>,
    pub(super) take_over: bool,
    organisation_id: Option<Uid>,
    pub(super) cycle_id: Option<Uid>,
    pub(super) judged_on: Option<NaiveDate>,
    left_out: i64,
}

/// By what the one who asked is known, as it is kept. Of a key only the digest.
#[derive(Serialize, Deserialize)]
enum Kept {
    Session { session: Uuid, account: Uuid },
    Key { key: Uuid, digest: Vec<u8>, of: Option<Uuid> },
    Client { account: Uuid, key: Uuid, scopes: Vec<String> },
}
impl Kept {
    fn of(principal: &Principal) -> Result<Self> {
        match principal {
            Principal::Session { session, account } => Ok(Self::Session { session: session.0, account: account.0 }),
            Principal::Key { key, digest, of, until: _ } => Ok(Self::Key { key: key.0, digest: digest.clone(), of: of.map(|id| id.0) }),
            Principal::Client { account, key, scopes, until: _ } => {
                Ok(Self::Client { account: account.0, key: key.0, scopes: scopes.iter().map(|s| s.as_str().into()).collect() })
            }
            Principal::Operator | Principal::Nobody => Err(StoreError::Internal("nobody asked for this job".into())),
        }
    }
    fn principal(self) -> Result<Principal> {
        let until = GoodUntil::default();
        Ok(match self {
            Self::Session { session, account } => Principal::Session { session: SessionId(session), account: AccountId(account) },
            Self::Key { key, digest, of } => Principal::Key { key: KeyId(key), digest, of: of.map(ServiceAccountId), until },
            Self::Client { account, key, scopes } => {
                let scopes = scopes.iter().map(|s| Permission::parse(s).map_err(corrupt)).collect::<Result<_>>()?;
                Principal::Client { account: ServiceAccountId(account), key: KeyId(key), scopes, until }
            }
        })
    }
}

impl JobRow {
    pub(super) fn kind(&self) -> Result<JobKind> {
        JobKind::parse(&self.kind).map_err(corrupt)
    }
    /// The snapshot that its rows are.
    pub(super) fn sync(&self) -> Result<Option<Sync>> {
        self.sync.as_ref().map(|sync| serde_json::from_str(&sync.0).map_err(corrupt)).transpose()
    }
    pub(super) fn job(self) -> Result<Job> {
        Ok(Job {
            sync: self.sync()?,
            id: self.id.to(),
            kind: self.kind()?,
            state: JobState::parse(&self.state).map_err(corrupt)?,
            ready: self.ready,
            caller: (self.caller_kind, self.caller_id.0),
            validate_only: self.validate_only,
            atomic: self.atomic,
            take_over: self.take_over,
            total: self.total,
            done: self.done,
            created: self.created,
            updated: self.updated,
            unchanged: self.unchanged,
            failed: self.failed,
            left_out: self.left_out,
            cycle_id: self.cycle_id.map(Uid::to),
            problem: self.problem_code.zip(self.problem_detail),
            created_at: self.created_at.0,
            started_at: self.started_at.map(|m| m.0),
            ended_at: self.ended_at.map(|m| m.0),
        })
    }
}

/// Whose jobs the caller may know of: their own.
fn owner(cx: &Cx<'_>) -> Result<(&'static str, Uid)> {
    match &cx.caller {
        Caller::Person { account, .. } => Ok(("account", (*account).into())),
        Caller::Service { id, .. } => Ok(("service_account", (*id).into())),
        Caller::Operator | Caller::Nobody => Err(StoreError::Missing),
    }
}

/// What sending such rows needs.
fn permission(kind: JobKind) -> Permission {
    match kind {
        JobKind::PeopleBulkUpsert => Permission::WritePeople,
        JobKind::OrganisationsBulkUpsert | JobKind::OrganisationsImport => Permission::WriteOrganisations,
        JobKind::AppraisalsCreation => Permission::WriteCycles,
        JobKind::LearningRecordsBulkUpsert => Permission::ProvideLearning,
        JobKind::TrainingCompletionsBulkUpsert => Permission::WriteTraining,
        JobKind::RelationshipsImport => Permission::WritePeople,
    }
}
pub(super) async fn own(cx: &mut Cx<'_>, id: JobId) -> Result<JobRow> {
    let (_, caller) = owner(cx)?;
    Ok(jobs::table.find((cx.tenant(), Uid::from(id))).filter(jobs::caller_id.eq(caller)).select(JobRow::as_select()).one(cx.conn()).await?)
}

/// What a job is about, where that is more than its rows.
pub(super) enum Of<'a> {
    /// Its rows.
    Rows,
    /// The snapshot that its rows are.
    Snapshot(&'a Sync),
    /// A cycle's population, judged by this day.
    Population(CycleId, NaiveDate),
}

/// Opens a job.
pub(super) async fn open(tx: &mut Tx<'_>, kind: JobKind, mode: Mode, of: Of<'_>) -> Result<Job> {
    let (sync, population) = match of {
        Of::Rows => (None, None),
        Of::Snapshot(sync) => (Some(sync), None),
        Of::Population(cycle, day) => (None, Some((cycle, day))),
    };
    let (caller_kind, caller_id) = owner(tx)?;
    let arriving = Moment(tx.act.wall - TimeDelta::minutes(ARRIVAL_MINUTES)); // whose rows broke off is forgotten later, and counts no longer
    let unfinished: i64 = jobs::table
        .filter(jobs::tenant_id.eq(tx.tenant()))
        .filter(jobs::caller_id.eq(caller_id))
        .filter(jobs::state.eq_any(["queued", "running"]))
        .filter(jobs::ready.eq(true).or(jobs::created_at.gt(arriving)))
        .count()
        .one(tx.conn())
        .await?;
    if unfinished >= UNFINISHED_AT_ONCE {
        return Err(RuleError::new(Code::TooManyJobs, format!("{unfinished} of your jobs are waiting or at work; {UNFINISHED_AT_ONCE} may be")).into());
    }
    let Mode { validate_only, atomic, take_over } = mode;
    let row = JobRow {
        tenant_id: tx.tenant(),
        id: tx.new_id::<JobId>().into(),
        kind: kind.as_str().into(),
        state: JobState::Queued.as_str().into(),
        ready: false,
        caller_kind: caller_kind.into(),
        caller_id,
        principal: Json(serde_json::to_string(&Kept::of(&tx.act.principal)?).map_err(corrupt)?),
        request_id: tx.act.request_id.clone(),
        validate_only,
        atomic,
        total: 0,
        done: 0,
        created: 0,
        updated: 0,
        unchanged: 0,
        failed: 0,
        pass: 0,
        pass_done: 0,
        problem_code: None,
        problem_detail: None,
        claimed_by: None,
        claimed_until: None,
        created_at: tx.act.wall.into(),
        started_at: None,
        ended_at: None,
        sync: sync.map(|sync| serde_json::to_string(sync).map(Json)).transpose().map_err(corrupt)?,
        take_over,
        organisation_id: optional(sync.map(|sync| sync.snapshot.organisation_id)),
        cycle_id: optional(population.map(|(cycle, _)| cycle)),
        judged_on: population.map(|(_, day)| day),
        left_out: 0,
    };
    diesel::insert_into(jobs::table).values(&row).done(tx.conn()).await?;
    row.job()
}

impl Write<Here> for CreateJob<AsValue> {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Job> {
        open(tx, self.kind, self.mode, Of::Rows).await
    }
}

impl Write<Here> for AddRows {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if own(tx, self.id).await?.ready {
            return Ok(());
        }
        let tenant = tx.tenant();
        // whoever sends the same request at the same time waits here: neither the rows nor, once they are being done, what is left of them come twice
        let open = jobs::table.find((tenant, Uid::from(self.id))).filter(jobs::ready.eq(false));
        if diesel::update(open).set(jobs::ready.eq(false)).done(tx.conn()).await? == 0 {
            return Ok(());
        }
        for part in self.rows.chunks(500) {
            let indices: Vec<i64> = part.iter().map(|r| r.index).collect();
            // two who send the same request fill the same job
            let there: Vec<i64> = job_rows::table
                .filter(job_rows::tenant_id.eq(tenant))
                .filter(job_rows::job_id.eq(Uid::from(self.id)))
                .filter(job_rows::row_index.eq_any(&indices))
                .select(job_rows::row_index)
                .all(tx.conn())
                .await?;
            let rows: Vec<_> = part
                .iter()
                .filter(|r| !there.contains(&r.index))
                .map(|r| {
                    (
                        job_rows::tenant_id.eq(tenant),
                        job_rows::job_id.eq(Uid::from(self.id)),
                        job_rows::row_index.eq(r.index),
                        job_rows::pass.eq(0),
                        job_rows::key.eq(r.key.clone()),
                        job_rows::input.eq(Json(r.input.clone())),
                    )
                })
                .collect();
            if !rows.is_empty() {
                diesel::insert_into(job_rows::table).values(rows).done(tx.conn()).await?;
            }
        }
        Ok(())
    }
}

impl Write<Here> for SubmitJob {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Job> {
        let row = own(tx, self.id).await?;
        if !row.ready {
            let open = jobs::table.find((tx.tenant(), Uid::from(self.id))).filter(jobs::ready.eq(false));
            // of several who send the same request one is first
            let first = diesel::update(open).set((jobs::ready.eq(true), jobs::total.eq(self.total))).done(tx.conn()).await? > 0;
            if first && !self.headings.is_empty() {
                let headings = Json(serde_json::to_string(&self.headings).map_err(corrupt)?);
                let row = (job_headings::tenant_id.eq(tx.tenant()), job_headings::job_id.eq(Uid::from(self.id)), job_headings::headings.eq(headings));
                diesel::insert_into(job_headings::table).values(row).done(tx.conn()).await?;
            }
        }
        own(tx, self.id).await?.job()
    }
}

impl Read<Here> for GetJob {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Job> {
        own(cx, self.id).await?.job()
    }
}

impl Read<Here> for JobHeadings {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<String>> {
        own(cx, self.id).await?;
        let kept = job_headings::table.find((cx.tenant(), Uid::from(self.id))).select(job_headings::headings);
        let kept: Option<Json> = kept.one(cx.conn()).await.optional()?;
        kept.map_or_else(|| Ok(Vec::new()), |kept| serde_json::from_str(&kept.0).map_err(corrupt))
    }
}

impl Read<Here> for ListJobs {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Job>> {
        let (_, caller) = owner(cx)?;
        let query = jobs::table.filter(jobs::tenant_id.eq(cx.tenant())).filter(jobs::caller_id.eq(caller)).select(JobRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::windowed!(query, self.window, jobs);
        if let Some(state) = self.state {
            query = query.filter(jobs::state.eq(state.as_str()));
        }
        let rows: Vec<JobRow> = query.all(cx.conn()).await?;
        let items = rows.into_iter().map(JobRow::job).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(items, self.window.limit, |j| j.id.0))
    }
}

impl Read<Here> for ListSyncs {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Job>> {
        let sent = jobs::table.filter(jobs::tenant_id.eq(cx.tenant())).filter(jobs::organisation_id.is_not_null()).select(JobRow::as_select());
        let mut query = page::windowed!(sent.into_boxed::<Dialect>(), self.window, jobs);
        if !cx.reach.everywhere {
            let covered = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq(cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&cx.reach.organisations)))
                .select(organisation_paths::descendant_id.nullable());
            query = query.filter(jobs::organisation_id.eq_any(covered));
        }
        if let Some(school) = self.organisation_id {
            query = query.filter(jobs::organisation_id.eq(Uid::from(school)));
        }
        if let Some(state) = self.state {
            query = query.filter(jobs::state.eq(state.as_str()));
        }
        let rows: Vec<JobRow> = query.all(cx.conn()).await?;
        let items = rows.into_iter().map(JobRow::job).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(items, self.window.limit, |j| j.id.0))
    }
}

/// A snapshot that was sent, to whoever keeps the people of its school.
pub(super) async fn sent(cx: &mut Cx<'_>, id: JobId) -> Result<Job> {
    let row: JobRow = jobs::table.find((cx.tenant(), Uid::from(id))).select(JobRow::as_select()).one(cx.conn()).await?;
    let school = row.organisation_id.ok_or(StoreError::Missing)?.to();
    access::within(cx, Some(school), None, None).await?;
    row.job()
}

impl Read<Here> for GetSync {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Job> {
        sent(cx, self.id).await
    }
}

impl Write<Here> for CancelJob {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Job> {
        own(tx, self.id).await?;
        let ended = (jobs::state.eq(JobState::Cancelled.as_str()), jobs::ended_at.eq(Some(Moment::from(tx.act.wall))));
        let open = jobs::table.find((tx.tenant(), Uid::from(self.id))).filter(jobs::state.eq_any(["queued", "running"]));
        let done = diesel::update(open).set(ended).done(tx.conn()).await?;
        let job = own(tx, self.id).await?.job()?;
        if done == 0 && job.state != JobState::Cancelled {
            return Err(RuleError::new(Code::WrongState, format!("the job is {}: only one that is queued or running can be cancelled", job.state)).into());
        }
        Ok(job)
    }
}

/// What of these results may be told to the caller: who was left out for a hold, to whoever reads holds at the cycle's organisation. That reads the hold.
async fn told(cx: &mut Cx<'_>, cycle: Option<Uid>, results: Page<Outcome>) -> Result<Sealed<Page<Outcome>>> {
    let Some(cycle) = cycle else { return Ok(sealed(results, None)) };
    let at = super::cycle::load(cx, cycle.to()).await?.organisation_id;
    let of_support = access::may(cx, Permission::ReadSupport, Some(at), None).await?;
    let party = super::appraisal::parties_at(cx, &[at]).await?.remove(&at).ok_or(StoreError::Missing)?;
    let tell = |outcome: Outcome| Outcome { considered: outcome.considered.map(|c| c.told(of_support)), ..outcome };
    let results = Page { items: results.items.into_iter().map(tell).collect::<Vec<_>>(), next: results.next };
    let told: Vec<HoldId> = results.items.iter().filter_map(|o| o.considered.as_ref()?.hold_id).collect();
    let whose = super::hold::whose(cx, &told).await?;
    let readings: Vec<Reading> = whose.into_iter().filter_map(|(hold, subject)| reading(subject, RecordType::AppraisalHold, hold.0, party)).collect();
    Ok(sealed(results, readings))
}

impl Read<Here> for JobResults {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<Page<Outcome>>> {
        let job = own(cx, self.id).await?;
        let kind = job.kind()?;
        trellis_domain::access::reach(&cx.caller, permission(kind)).map_err(StoreError::Denied)?; // results say what records hold: who may no longer write such records reads them no longer
        let mut query = job_results::table
            .filter(job_results::tenant_id.eq(cx.tenant()))
            .filter(job_results::job_id.eq(Uid::from(self.id)))
            .filter(job_results::row_index.gt(self.after))
            .order(job_results::row_index)
            .limit(self.limit + 1)
            .select(job_results::result)
            .into_boxed::<Dialect>();
        if let Some(actions) = &self.actions {
            query = query.filter(job_results::action.eq_any(actions.iter().map(|a| a.as_str()).collect::<Vec<_>>()));
        }
        let rows: Vec<Json> = query.all(cx.conn()).await?;
        let results = rows.iter().map(|r| serde_json::from_str(&r.0).map_err(corrupt)).collect::<Result<Vec<Outcome>>>()?;
        // a cursor names a row by its place; the row beyond the page is not told
        let page = Page::cut(results, self.limit, |o| Uuid::from_u128(u128::try_from(o.index).unwrap_or_default()));
        told(cx, job.cycle_id, page).await
    }
}

impl Read<Here> for NextJob {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Option<(TenantId, JobId)>> {
        let next: Option<(Uid, Uid)> = jobs::table
            .filter(jobs::state.eq_any(["queued", "running"]))
            .filter(jobs::ready.eq(true))
            .filter(jobs::claimed_until.is_null().or(jobs::claimed_until.lt(Moment::from(cx.act.wall))))
            .order(jobs::created_at)
            .select((jobs::tenant_id, jobs::id))
            .one(cx.conn())
            .await
            .optional()?;
        Ok(next.map(|(tenant, id)| (tenant.to(), id.to())))
    }
}

impl Write<Here> for ClaimJob {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Option<Claimed>> {
        let now = tx.act.wall;
        let free = jobs::table
            .find((tx.tenant(), Uid::from(self.id)))
            .filter(jobs::state.eq_any(["queued", "running"]))
            .filter(jobs::ready.eq(true))
            .filter(jobs::claimed_until.is_null().or(jobs::claimed_until.lt(Moment::from(now))));
        let taken = (
            jobs::state.eq(JobState::Running.as_str()),
            jobs::claimed_by.eq(Some(Uid(self.by))),
            jobs::claimed_until.eq(Some(Moment::from(now + TimeDelta::seconds(LEASE_SECONDS)))),
        );
        if diesel::update(free).set(taken).done(tx.conn()).await? == 0 {
            return Ok(None);
        }
        let (tenant, id) = (tx.tenant(), Uid::from(self.id));
        let begun = jobs::table.find((tenant, id)).filter(jobs::started_at.is_null());
        diesel::update(begun).set(jobs::started_at.eq(Some(Moment::from(now)))).done(tx.conn()).await?;
        let row: JobRow = jobs::table.find((tenant, id)).select(JobRow::as_select()).one(tx.conn()).await?;
        let kept: Kept = serde_json::from_str(&row.principal.0).map_err(corrupt)?;
        Ok(Some(Claimed { kind: row.kind()?, atomic: row.atomic, principal: kept.principal()?, request_id: row.request_id }))
    }
}

/// Takes the lease anew, and with it the job's row to the end of the transaction; nothing, if it is somebody else's or the job was called off.
pub(super) async fn hold(tx: &mut Tx<'_>, id: JobId, by: Uuid) -> Result<Option<JobRow>> {
    let until = Moment::from(tx.act.wall + TimeDelta::seconds(LEASE_SECONDS));
    let mine = jobs::table.find((tx.tenant(), Uid::from(id))).filter(jobs::claimed_by.eq(Some(Uid(by)))).filter(jobs::state.eq(JobState::Running.as_str()));
    if diesel::update(mine).set(jobs::claimed_until.eq(Some(until))).done(tx.conn()).await? == 0 {
        return Ok(None);
    }
    Ok(Some(jobs::table.find((tx.tenant(), Uid::from(id))).select(JobRow::as_select()).one(tx.conn()).await?))
}

/// Ends a job. Whoever holds its lease gives it back.
pub(super) async fn end(tx: &mut Tx<'_>, id: JobId, state: JobState) -> Result<()> {
    let ended = (jobs::state.eq(state.as_str()), jobs::ended_at.eq(Some(Moment::from(tx.act.wall))), jobs::claimed_until.eq(None::<Moment>));
    diesel::update(jobs::table.find((tx.tenant(), Uid::from(id)))).set(ended).done(tx.conn()).await?;
    Ok(())
}

impl Write<Here> for ReleaseJob {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        let mine = jobs::table.find((tx.tenant(), Uid::from(self.id))).filter(jobs::claimed_by.eq(Some(Uid(self.by))));
        diesel::update(mine).set(jobs::claimed_until.eq(None::<Moment>)).done(tx.conn()).await?;
        Ok(())
    }
}

impl Write<Here> for FailJob {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<()> {
        if hold(tx, self.id, self.by).await?.is_none() {
            return Ok(());
        }
        let why = (jobs::problem_code.eq(Some(&self.code)), jobs::problem_detail.eq(Some(&self.detail)));
        diesel::update(jobs::table.find((tx.tenant(), Uid::from(self.id)))).set(why).done(tx.conn()).await?;
        end(tx, self.id, JobState::Failed).await
    }
}

impl Write<Here> for DropRows {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize> {
        let state: String = jobs::table.find((tx.tenant(), Uid::from(self.id))).select(jobs::state).one(tx.conn()).await?;
        if !JobState::parse(&state).map_err(corrupt)?.ended() {
            return Ok(0);
        }
        let (tenant, id) = (tx.tenant(), Uid::from(self.id));
        let left = || job_rows::table.filter(job_rows::tenant_id.eq(tenant)).filter(job_rows::job_id.eq(id));
        let limit = i64::try_from(DROPPED_AT_ONCE).map_err(corrupt)?;
        let last: Option<i64> = left().order(job_rows::row_index).select(job_rows::row_index).limit(limit).all(tx.conn()).await?.pop();
        if let Some(last) = last {
            return Ok(diesel::delete(left().filter(job_rows::row_index.le(last))).done(tx.conn()).await?);
        }
        let foreseen = || job_foreseen::table.filter(job_foreseen::tenant_id.eq(tenant)).filter(job_foreseen::job_id.eq(id));
        let last: Option<String> = foreseen().order(job_foreseen::key).select(job_foreseen::key).limit(limit).all(tx.conn()).await?.pop();
        let Some(last) = last else { return Ok(0) };
        Ok(diesel::delete(foreseen().filter(job_foreseen::key.le(last))).done(tx.conn()).await?)
    }
}

impl Write<Here> for ForgetJobs {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize> {
        let (old, abandoned) = (Moment(tx.act.wall - TimeDelta::days(KEPT_DAYS)), Moment(tx.act.wall - TimeDelta::days(1)));
        // not many at once: each takes its rows and results with it
        let gone: Vec<(Uid, Uid)> = jobs::table
            .filter(jobs::ended_at.lt(Some(old)).or(jobs::ready.eq(false).and(jobs::created_at.lt(abandoned))))
            .order(jobs::created_at)
            .select((jobs::tenant_id, jobs::id))
            .limit(20)
            .all(tx.conn())
            .await?;
        for (tenant, id) in &gone {
            diesel::delete(job_rows::table.filter(job_rows::tenant_id.eq(tenant)).filter(job_rows::job_id.eq(id))).done(tx.conn()).await?;
            diesel::delete(job_results::table.filter(job_results::tenant_id.eq(tenant)).filter(job_results::job_id.eq(id))).done(tx.conn()).await?;
            diesel::delete(job_foreseen::table.filter(job_foreseen::tenant_id.eq(tenant)).filter(job_foreseen::job_id.eq(id))).done(tx.conn()).await?;
            diesel::delete(job_headings::table.find((tenant, id))).done(tx.conn()).await?;
            diesel::delete(jobs::table.find((tenant, id))).done(tx.conn()).await?;
        }
        Ok(gone.len())
    }
}

/// What `explain` judges by: the same as the operations above. One's own jobs can always be called off.
pub(super) async fn explain(cx: &mut Cx<'_>, id: JobId, _: &Doing) -> Result<Can> {
    own(cx, id).await.map(|_| vec![("cancel", None)])
}
