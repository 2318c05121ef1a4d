//! Jobs: how far work is that takes longer than a request may, and what became of its rows.

use crate::{
    bulk::{
        Wish, table,
        view::{BulkResult, JobCounts, job_counts},
    },
    error::ApiError,
    extract::{Id, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    problem::Problem,
    respond,
    routes::Routes,
    sync::SyncSummary,
    wire::{Can, Word, actions, word},
};
use actix_web::{HttpResponse, get, post, web::Bytes};
use chrono::{DateTime, Utc};
use futures_util::stream;
use serde::{Deserialize, Serialize};
use trellis_domain::{
    bulk::RowAction,
    id::JobId,
    rule::{Code, RuleError},
    text::Wire,
};
use trellis_persistence::{
    Page,
    job::{CancelJob, GetJob, Job, JobHeadings, JobResults, ListJobs},
    transaction::needs::Identified,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

actions! {
    /// What can be done with a job.
    JobActions, JobCan = "JobCan", &["cancel"];
}

/// Work on many rows. It is done in parts, each as a whole, and goes on after a restart.
#[derive(Serialize, ToSchema)]
#[schema(title = "Job")]
pub struct JobView {
    /// Its id.
    pub id: word::JobId,
    /// What it does.
    pub kind: word::JobKind,
    /// How far it is.
    pub state: word::JobState,
    /// Who asked for it. Each part is judged by what they may do then.
    pub requested_by: Requester,
    /// Is it only asked what would happen?
    pub validate_only: bool,
    /// All rows or none?
    pub atomic: bool,
    /// Do the rows take over what other sources manage?
    pub take_over: bool,
    /// How many rows.
    pub total: i64,
    /// How many have their result.
    pub done: i64,
    /// How many rows met which end.
    pub counts: JobCounts,
    /// The cycle whose appraisals it creates, if it does.
    pub cycle_id: Option<word::CycleId>,
    /// What the snapshot came to so far, if its rows are one.
    pub sync: Option<SyncSummary>,
    /// Why it could not go on, if it failed.
    pub problem: Option<JobProblem>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When work on it began; null if it has not.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended, however it did; null until then.
    pub ended_at: Option<DateTime<Utc>>,
    /// What can be done with it.
    pub can: JobCan,
}
/// Who asked for a job.
#[derive(Serialize, ToSchema)]
pub struct Requester {
    /// `account` or `service_account`.
    pub r#type: String,
    /// Its id.
    pub id: Uuid,
}
/// Why a job could not go on.
#[derive(Serialize, ToSchema)]
pub struct JobProblem {
    /// The stable code, as `/problems.json` explains it.
    pub code: String,
    /// What is wrong.
    pub detail: String,
}
impl From<Job> for JobView {
    fn from(job: Job) -> Self {
        let counts = job_counts(&job);
        let (created_at, started_at, ended_at) = (job.created_at, job.started_at, job.ended_at);
        let Job { id, kind, state, ready: _, caller, validate_only, atomic, take_over, total, done, sync, problem, cycle_id, .. } = job;
        let refusal =
            state.ended().then(|| RuleError::new(Code::WrongState, format!("the job is {state}: only one that is queued or running can be cancelled")));
        Self {
            id: Word(id),
            kind: Word(kind),
            state: Word(state),
            requested_by: Requester { r#type: caller.0, id: caller.1 },
            validate_only,
            atomic,
            take_over,
            total,
            done,
            counts,
            cycle_id: cycle_id.map(Word),
            sync: sync.map(Into::into),
            problem: problem.map(|(code, detail)| JobProblem { code, detail }),
            created_at,
            started_at,
            ended_at,
            can: Can::new(vec![("cancel", refusal)]),
        }
    }
}

/// Filters of the list of jobs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JobFilters {
    /// Only those in this state.
    state: Option<word::JobState>,
}

/// List jobs
///
/// One's own, oldest first. A job is forgotten 30 days after it ended.
#[utoipa::path(tag = "Jobs", params(PageParams, JobFilters), responses((status = 200, description = "A page of jobs", body = List<JobView>)), security(("bearer" = [])))]
#[get("/v1/jobs")]
pub async fn list_jobs(permitted: Permitted<Identified>, listing: Listing<JobFilters>) -> Result<HttpResponse, ApiError> {
    let state = listing.filters.state.as_ref().map(|s| s.0);
    let page = permitted.read(ListJobs { state, window: listing.window }).await?;
    Ok(listing.answer(page, JobView::from))
}

/// Read a job
///
/// How far it is. Only who asked for it sees it.
#[utoipa::path(tag = "Jobs", responses((status = 200, description = "The job", body = JobView)), security(("bearer" = [])))]
#[get("/v1/jobs/{id}")]
pub async fn get_job(permitted: Permitted<Identified>, _none: Params<NoParams>, id: Id<JobId>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(JobView::from(permitted.read(GetJob { id: id.0 }).await?)))
}

/// Cancel a job
///
/// Between two parts: rows that have a result are done and stay so, the others are dropped.
#[utoipa::path(tag = "Jobs", responses((status = 200, description = "As it is now", body = JobView)), security(("bearer" = [])))]
#[post("/v1/jobs/{id}/cancel")]
pub async fn cancel_job(permitted: Permitted<Identified>, _none: Params<NoParams>, id: Id<JobId>, _nothing: NoBody) -> Result<HttpResponse, ApiError> {
    let answer = permitted.write(CancelJob { id: id.0 }, |job| respond::plain(200, &JobView::from(job.clone()))).await?;
    crate::runner::drop_rows(&permitted, id.0).await?;
    Ok(answer)
}

/// Filters of a job's results.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ResultFilters {
    /// Only rows that met one of these ends, separated by commas: `failed`, `created,updated`.
    #[param(max_length = 60, pattern = "^(created|updated|unchanged|left_out|failed)(,(created|updated|unchanged|left_out|failed))*$", example = "failed")]
    action: Option<String>,
}
impl ResultFilters {
    fn actions(&self) -> Result<Option<Vec<RowAction>>, ApiError> {
        let unknown = |e: RuleError| ApiError::new(Problem::InvalidParameter, e.message);
        self.action.as_deref().map(|list| list.split(',').map(|word| RowAction::parse(word).map_err(unknown)).collect()).transpose()
    }
}

/// List the results of a job
///
/// One for each row that is done, in the order in which the rows were sent; `action=failed` keeps to those that were not taken. `Accept: text/csv` answers all
/// of them as one table. Where the rows came in a file, it has the file's columns, and those that were not taken stand in it as they were sent: with `action=failed` it
/// can be mended and sent again as it is, since what it says of each row is passed over. They are kept as long as the results; what providers sent of learning is not. Of a job that creates a cycle's appraisals each result names an employment, and why it was left out; whoever reads there that somebody
/// is on hold has read the hold, and the person can see it.
#[utoipa::path(tag = "Jobs", params(PageParams, ResultFilters), responses((status = 200, description = "A page of results", content((List<BulkResult> = "application/json"), (String = "text/csv")))), security(("bearer" = [])))]
#[get("/v1/jobs/{id}/results")]
pub async fn list_job_results(permitted: Permitted<Identified>, id: Id<JobId>, wish: Wish, listing: Listing<ResultFilters>) -> Result<HttpResponse, ApiError> {
    let (id, actions) = (id.0, listing.filters.actions()?);
    if wish.table {
        let (kind, headings) = (permitted.read(GetJob { id }).await?.kind, permitted.read(JobHeadings { id }).await?);
        return Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").streaming(stream::unfold(
            Some((permitted, actions, headings, None)),
            move |state| async move {
                let (permitted, actions, headings, after) = state?;
                let Some(after) = after else {
                    return Some((Ok(Bytes::from(table::kept_heading(kind, &headings))), Some((permitted, actions, headings, Some(-1)))));
                };
                let read = async || permitted.unseal(permitted.read(JobResults { id, actions: actions.clone(), after, limit: 500 }).await?).await;
                match read().await {
                    Ok(Page { items, .. }) => {
                        let last = items.last()?.index;
                        Some((Ok(Bytes::from(table::kept(&items, &headings))), Some((permitted, actions, headings, Some(last)))))
                    }
                    Err(e) => Some((Err(std::io::Error::other(e.to_string())), None)),
                }
            },
        )));
    }
    // a cursor names a row by its place
    let after = listing.window.after.and_then(|a| i64::try_from(a.as_u128()).ok()).unwrap_or(-1);
    let page = permitted.unseal(permitted.read(JobResults { id, actions, after, limit: listing.window.limit }).await?).await?;
    Ok(listing.answer(page, BulkResult::from))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_jobs).service(get_job).service(cancel_job).service(list_job_results);
}
