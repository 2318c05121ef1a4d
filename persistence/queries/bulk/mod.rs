//! Parts of bulk jobs: the next rows are read, planned by the domain, saved together, and their results stored, in one transaction.

mod completions;
mod facts;
mod foreseen;
mod learning;
mod organisations;
mod people;
mod register;
mod relationships;

use super::{job, prelude::*};
use crate::{
    job::{Part, RunPart},
    transaction::needs::AsValue,
};
use serde::de::DeserializeOwned;
use trellis_domain::{
    bulk::{ATOMIC_ROWS, Intake, Outcome, RowAction, Subject, column},
    id::JobId,
    job::{JobKind, JobState},
    relationship::RelationshipKind,
    rule::{Code, Fault},
    sync::Sync,
    text::ExternalRef,
};
use uuid::Uuid;

/// Passes in which rows may wait for others.
const PASSES: i32 = 20;

/// What the rows of a part are done with.
pub(super) struct Doing {
    job: JobId,
    validate_only: bool,
    /// All rows or none?
    atomic: bool,
    /// Do the rows take over what other sources manage?
    take_over: bool,
    /// Will waiting longer help nobody?
    last: bool,
    /// The row was tried alone, and clashed with another write.
    give_up: bool,
}

/// A row of a part.
pub(super) struct Row<R> {
    index: i64,
    intake: Intake<R>,
}

fn read<R: DeserializeOwned>(rows: &[(i64, i32, Json)]) -> Result<Vec<Row<R>>> {
    rows.iter().map(|(index, _, input)| Ok(Row { index: *index, intake: serde_json::from_str(&input.0).map_err(corrupt)? })).collect()
}

/// A row that is not taken. The pointers of a file's faults are its headings.
fn refused<R>(kind: JobKind, row: &Row<R>, key: Option<&ExternalRef>, faults: Vec<Fault>, ties: &[Option<RelationshipKind>]) -> Outcome {
    let tie = |i: usize| ties.get(i).copied().flatten().map(|kind| kind.as_str().to_owned());
    Outcome::failed(row.index, key, &row.intake, faults, |pointer| column::heading(kind, pointer, tie))
}

/// Another write took one of a row's values at the same moment.
fn clashed() -> Vec<Fault> {
    vec![Fault::new("", Code::Duplicate, "another record took one of these values at the same moment; send the row again")]
}

/// Another row of the same request failed.
fn undone(outcome: Outcome) -> Outcome {
    if outcome.action == RowAction::Failed {
        return outcome;
    }
    let pointer = if outcome.line.is_some() { String::new() } else { format!("/rows/{}", outcome.index) };
    let fault = Fault::new(&pointer, Code::NotApplied, "nothing was stored: another row of this request failed");
    let problem = trellis_domain::bulk::Problem::of(vec![fault]);
    let (changed, overridden, managed_by_other, differences) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    Outcome { id: None, action: RowAction::Failed, changed, overridden, managed_by_other, differences, problem: Some(problem), subject: None, ..outcome }
}

impl Write<Here> for RunPart<AsValue> {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Part> {
        let Self { id, by, rows: most, give_up, need: _ } = *self;
        let Some(job) = job::hold(tx, id, by).await? else { return Ok(Part::Lost) };
        let limit = if job.atomic { i64::try_from(ATOMIC_ROWS).map_err(corrupt)? } else { most };
        let rows: Vec<(i64, i32, Json)> = job_rows::table
            .filter(job_rows::tenant_id.eq(tx.tenant()))
            .filter(job_rows::job_id.eq(Uid::from(id)))
            .order((job_rows::pass, job_rows::row_index))
            .limit(limit)
            .select((job_rows::row_index, job_rows::pass, job_rows::input))
            .all(tx.conn())
            .await?;
        let mut sync = job.sync()?;
        let Some(pass) = rows.first().map(|(_, pass, _)| *pass) else { return complete(tx, &job, sync).await };
        // rows that a pass left waiting belong to the next
        let whole = rows.len() < usize::try_from(limit).unwrap_or(usize::MAX);
        let rows: Vec<_> = rows.into_iter().filter(|(_, p, _)| *p == pass).collect();
        let key = jobs::table.find((tx.tenant(), Uid::from(id)));
        let stuck = pass > job.pass && job.done == job.pass_done;
        if pass > job.pass {
            diesel::update(key).set((jobs::pass.eq(pass), jobs::pass_done.eq(job.done))).done(tx.conn()).await?;
        }
        let last = stuck || pass >= PASSES || (job.atomic && pass > 0);
        let doing = Doing { job: id, validate_only: job.validate_only, atomic: job.atomic, take_over: job.take_over, last, give_up };
        let (outcomes, waiting) = match job.kind()? {
            JobKind::PeopleBulkUpsert => people::part(tx, &doing, &read(&rows)?, sync.as_mut()).await?,
            JobKind::OrganisationsBulkUpsert => organisations::part(tx, &doing, &read(&rows)?).await?,
            JobKind::AppraisalsCreation => (super::appraisal::part(tx, &job, &rows, give_up).await?, Vec::new()),
            JobKind::LearningRecordsBulkUpsert => (learning::part(tx, &doing, &read(&rows)?).await?, Vec::new()),
            JobKind::OrganisationsImport => (register::part(tx, &doing, &read(&rows)?).await?, Vec::new()),
            JobKind::RelationshipsImport => (relationships::part(tx, &doing, &read(&rows)?).await?, Vec::new()),
            JobKind::TrainingCompletionsBulkUpsert => (completions::part(tx, &doing, &read(&rows)?).await?, Vec::new()),
        };
        let over = whole && waiting.is_empty();
        keep(tx, id, &outcomes, &waiting).await?;
        if over && rows.len() == outcomes.len() && !left(tx, id).await? {
            return complete(tx, &job, sync).await;
        }
        if let Some(sync) = &sync {
            super::sync::note(tx, job.id, sync).await?;
        }
        Ok(Part::More)
    }
}

/// All rows are done. Of a snapshot it is only now known whom it does not name.
async fn complete(tx: &mut Tx<'_>, job: &job::JobRow, sync: Option<Sync>) -> Result<Part> {
    if let Some(sync) = sync {
        super::sync::finish(tx, job.id, job.validate_only, sync).await?;
    }
    job::end(tx, job.id.to(), JobState::Completed).await?;
    Ok(Part::Over)
}

async fn left(tx: &mut Tx<'_>, id: JobId) -> Result<bool> {
    let any: Option<i64> = job_rows::table
        .filter(job_rows::tenant_id.eq(tx.tenant()))
        .filter(job_rows::job_id.eq(Uid::from(id)))
        .select(job_rows::row_index)
        .one(tx.conn())
        .await
        .optional()?;
    Ok(any.is_some())
}

/// Stores results, drops what they were made of, and counts.
async fn keep(tx: &mut Tx<'_>, id: JobId, outcomes: &[Outcome], waiting: &[i64]) -> Result<()> {
    let (tenant, job) = (tx.tenant(), Uid::from(id));
    for part in outcomes.chunks(500) {
        let mut rows = Vec::with_capacity(part.len());
        for o in part {
            rows.push((
                job_results::tenant_id.eq(tenant),
                job_results::job_id.eq(job),
                job_results::row_index.eq(o.index),
                job_results::key.eq(o.key()),
                job_results::record_id.eq(o.about().map(Uid)),
                job_results::action.eq(o.action.as_str()),
                job_results::result.eq(Json(serde_json::to_string(o).map_err(corrupt)?)),
            ));
        }
        diesel::insert_into(job_results::table).values(rows).done(tx.conn()).await?;
        let done: Vec<i64> = part.iter().map(|o| o.index).collect();
        let mine = job_rows::table.filter(job_rows::tenant_id.eq(tenant)).filter(job_rows::job_id.eq(job));
        diesel::delete(mine.filter(job_rows::row_index.eq_any(done))).done(tx.conn()).await?;
    }
    if !waiting.is_empty() {
        let mine = job_rows::table.filter(job_rows::tenant_id.eq(tenant)).filter(job_rows::job_id.eq(job));
        diesel::update(mine.filter(job_rows::row_index.eq_any(waiting))).set(job_rows::pass.eq(job_rows::pass + 1)).done(tx.conn()).await?;
    }
    let count = |action| i64::try_from(outcomes.iter().filter(|o| o.action == action).count()).unwrap_or_default();
    let done = i64::try_from(outcomes.len()).map_err(corrupt)?;
    diesel::update(jobs::table.find((tenant, job)))
        .set((
            jobs::done.eq(jobs::done + done),
            jobs::created.eq(jobs::created + count(RowAction::Created)),
            jobs::updated.eq(jobs::updated + count(RowAction::Updated)),
            jobs::unchanged.eq(jobs::unchanged + count(RowAction::Unchanged)),
            jobs::failed.eq(jobs::failed + count(RowAction::Failed)),
            jobs::left_out.eq(jobs::left_out + count(RowAction::LeftOut)),
        ))
        .done(tx.conn())
        .await?;
    Ok(())
}

/// Which rows of the job have, or had, these keys first; and which of these keys are still to come.
async fn keys(cx: &mut Cx<'_>, job: JobId, wanted: &[String]) -> Result<(std::collections::HashMap<String, i64>, std::collections::HashSet<String>)> {
    let job = Uid::from(job);
    let mut first = std::collections::HashMap::new();
    let pending: Vec<(Option<String>, i64)> = job_rows::table
        .filter(job_rows::tenant_id.eq(cx.tenant()))
        .filter(job_rows::job_id.eq(job))
        .filter(job_rows::key.eq_any(wanted))
        .select((job_rows::key, job_rows::row_index))
        .all(cx.conn())
        .await?;
    let coming = pending.iter().filter_map(|(key, _)| key.clone()).collect();
    let done: Vec<(Option<String>, i64)> = job_results::table
        .filter(job_results::tenant_id.eq(cx.tenant()))
        .filter(job_results::job_id.eq(job))
        .filter(job_results::key.eq_any(wanted))
        .select((job_results::key, job_results::row_index))
        .all(cx.conn())
        .await?;
    for (key, index) in pending.into_iter().chain(done) {
        if let Some(key) = key {
            let least = first.entry(key).or_insert(index);
            *least = index.min(*least);
        }
    }
    Ok((first, coming))
}

/// Which rows of the job were about these records, and what else they were about, in the order in which they were sent.
async fn been(cx: &mut Cx<'_>, job: JobId, records: &[Uid]) -> Result<Vec<(Uuid, i64, Option<Subject>)>> {
    let mut rows: Vec<(Option<Uid>, i64, Json)> = job_results::table
        .filter(job_results::tenant_id.eq(cx.tenant()))
        .filter(job_results::job_id.eq(Uid::from(job)))
        .filter(job_results::record_id.eq_any(records.iter().copied().map(Some).collect::<Vec<_>>()))
        .select((job_results::record_id, job_results::row_index, job_results::result))
        .all(cx.conn())
        .await?;
    rows.sort_unstable_by_key(|(_, index, _)| *index);
    let read = |(id, index, result): (Option<Uid>, i64, Json)| {
        let outcome: Outcome = serde_json::from_str(&result.0).map_err(corrupt)?;
        Ok(id.map(|id| (id.0, index, outcome.subject)))
    };
    rows.into_iter().filter_map(|row| read(row).transpose()).collect()
}
