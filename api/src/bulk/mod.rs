//! Bulk upsert: many records of another system at once. Every request becomes a job; a small one is done before it is answered.

pub mod rows;
pub mod sent;
pub mod spool;
pub mod table;
pub mod view;

use crate::{
    app::Shared,
    error::ApiError,
    extract::Params,
    job::JobView,
    line_management::RelationshipImportReport,
    organisation::ImportReport,
    permitted::{Permitted, REPLAYED},
    problem::Problem,
    respond,
    routes::Routes,
    runner,
    sync::SyncReport,
    wire::Word,
};
use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, http::header, post, rt, web};
use rows::Order;
use sent::{LearningRecordsUpsert, OrganisationsUpsert, PeopleUpsert, TrainingCompletionsUpsert};
use spool::Upload;
use std::{
    future::{Ready, ready},
    sync::Arc,
    time::Duration,
};
use trellis_domain::{
    bulk::ATOMIC_ROWS,
    id::JobId,
    job::{JobKind, JobState},
    rule::{Code, RuleError},
    text::Wire,
};
use trellis_persistence::{
    Command, Database,
    job::{AddRows, CreateJob, GetJob, Job, JobResults, Mode, SubmitJob},
    transaction::{
        Needs, Operation,
        needs::{Identified, ProvideLearning, Under, WriteOrganisations, WritePeople, WriteTraining},
    },
};
use view::{BulkParams, BulkReport};

/// Most rows that are done before the request is answered.
const AT_ONCE: i64 = 5000;
/// How long a request waits for its rows to be done.
const WAIT: Duration = Duration::from_secs(8);
/// Rows that are kept in one transaction.
const KEPT_AT_ONCE: usize = 500;

/// How the caller wants to be answered.
pub struct Wish {
    /// At once, with the job (RFC 7240).
    pub at_once: bool,
    /// As a table.
    pub table: bool,
    /// As a chart.
    pub chart: bool,
}
impl FromRequest for Wish {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let says = |name: header::HeaderName, word: &str| {
            let mut values = request.headers().get_all(name).filter_map(|v| v.to_str().ok());
            values.any(|v| v.split(',').any(|part| part.split(';').next().is_some_and(|p| p.trim().eq_ignore_ascii_case(word))))
        };
        let (table, chart) = (says(header::ACCEPT, "text/csv"), says(header::ACCEPT, "image/svg+xml"));
        ready(Ok(Self { at_once: says(header::HeaderName::from_static("prefer"), "respond-async"), table, chart }))
    }
}

/// Who asks, and the way to the database for the job that is made.
pub struct Asking<N> {
    /// What is asked for.
    pub work: Permitted<N>,
    own: Permitted<Identified>,
    db: web::Data<Database>,
    shared: web::Data<Shared>,
    wish: Wish,
}
impl<N: Needs> FromRequest for Asking<N> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let asking = || {
            let data = (request.app_data::<web::Data<Database>>().cloned(), request.app_data::<web::Data<Shared>>().cloned());
            let (Some(db), Some(shared)) = data else { return Err(ApiError::internal(&"the server was put together without its database")) };
            Ok(Self {
                work: Permitted::from_request(request, &mut Payload::None).into_inner()?,
                own: Permitted::from_request(request, &mut Payload::None).into_inner()?,
                wish: Wish::from_request(request, &mut Payload::None).into_inner()?,
                db,
                shared,
            })
        };
        ready(asking())
    }
}

/// Add and change people in bulk
///
/// Each row is a person of another system, with employments, roles and relationships; `external_ref` is its key. A person is found by it, else by TRN, else by
/// a staff code at the same school; an e-mail, and a name at one school, only suggest. What a row does not name stays as it is. Rows that break a rule fail alone, with every reason; the
/// same rows again change nothing. What a row writes belongs to its source: what was changed here by hand since is kept, and named in `overridden`; what another
/// source manages, in `managed_by_other`, unless `take_over` is sent. A row may name a manager whose own row comes later. Up to 5,000 rows are done before the answer; more, or
/// `Prefer: respond-async`, answer 202 with a job. A file of CSV has one employment a row, so
/// somebody may have several rows, which say the same of the person; an empty cell leaves the field as it is. `Accept: text/csv` answers
/// with the rows as they were sent, and what became of each.
#[utoipa::path(tag = "Bulk", params(BulkParams), request_body(content((PeopleUpsert = "application/json"), (String = "text/csv")), description = "Rows of people, as JSON or as a table"), responses((status = 207, description = "One result a row, in the order in which they were sent", content((BulkReport = "application/json"), (String = "text/csv"))), (status = 202, description = "It is a job now", body = JobView)), security(("bearer" = ["people:write"])))]
#[post("/v1/people/bulk-upsert")]
pub async fn bulk_upsert_people(asking: Asking<WritePeople>, params: Params<BulkParams>, upload: Upload) -> Result<HttpResponse, ApiError> {
    asking.rows(JobKind::PeopleBulkUpsert, params.0, upload).await
}

/// Add and change schools and groups in bulk
///
/// Each row is a school or group of another system; `external_ref` is its key. One is found by it, else by its URN. What a row does not name stays as it is;
/// kind and place in the tree are never changed. Rows that break a rule fail alone, with every reason; the same rows again change nothing. Otherwise as with
/// people.
#[utoipa::path(tag = "Bulk", params(BulkParams), request_body(content((OrganisationsUpsert = "application/json"), (String = "text/csv")), description = "Rows of schools and groups, as JSON or as a table"), responses((status = 207, description = "One result a row, in the order in which they were sent", content((BulkReport = "application/json"), (String = "text/csv"))), (status = 202, description = "It is a job now", body = JobView)), security(("bearer" = ["organisations:write"])))]
#[post("/v1/organisations/bulk-upsert")]
pub async fn bulk_upsert_organisations(asking: Asking<WriteOrganisations>, params: Params<BulkParams>, upload: Upload) -> Result<HttpResponse, ApiError> {
    asking.rows(JobKind::OrganisationsBulkUpsert, params.0, upload).await
}

/// Send what people learned with an outside provider, in bulk
///
/// Each row is something that one person learned; `external_ref` is its key, of the provider's own making. The person is found by another system's reference,
/// else by TRN, else by the staff code at the row's organisation, among those who work where the caller may send learning; anybody else is unknown. It
/// becomes the person's own record, **private until they share it**: the provider writes title, kind, days, minutes and provider, and never reads it back. The
/// same rows again change nothing; what the provider changed is updated; what the person changed stays, and the row names it in `overridden`; what the person
/// deleted does not come back, and the row is `unchanged` without an id. Otherwise as with people: JSON or CSV, each row taken or refused alone, a job beyond 5,000 rows.
#[utoipa::path(tag = "Bulk", params(BulkParams), request_body(content((LearningRecordsUpsert = "application/json"), (String = "text/csv")), description = "Rows of learning, as JSON or as a table"), responses((status = 207, description = "One result a row, in the order in which they were sent", content((BulkReport = "application/json"), (String = "text/csv"))), (status = 202, description = "It is a job now", body = JobView)), security(("bearer" = ["learning:provide"])))]
#[post("/v1/learning-records/bulk-upsert")]
pub async fn bulk_upsert_learning_records(asking: Asking<ProvideLearning>, params: Params<BulkParams>, upload: Upload) -> Result<HttpResponse, ApiError> {
    asking.rows(JobKind::LearningRecordsBulkUpsert, params.0, upload).await
}

/// Send required training that people did with an outside provider, in bulk
///
/// Each row says that one person did one required training on a day; `external_ref` is its key. People are found as with learning. The same rows again change
/// nothing. A completion never changes: where a row says something else than before, the earlier one is taken back and the row is recorded anew, `updated` with
/// the new id. What the school took back does not come back by the same row. Otherwise as with learning.
#[utoipa::path(tag = "Bulk", params(BulkParams), request_body(content((TrainingCompletionsUpsert = "application/json"), (String = "text/csv")), description = "Rows of completions, as JSON or as a table"), responses((status = 207, description = "One result a row, in the order in which they were sent", content((BulkReport = "application/json"), (String = "text/csv"))), (status = 202, description = "It is a job now", body = JobView)), security(("bearer" = ["training:write"])))]
#[post("/v1/training-completions/bulk-upsert")]
pub async fn bulk_upsert_training_completions(asking: Asking<WriteTraining>, params: Params<BulkParams>, upload: Upload) -> Result<HttpResponse, ApiError> {
    asking.rows(JobKind::TrainingCompletionsBulkUpsert, params.0, upload).await
}

impl<N: Needs> Asking<N> {
    /// Takes rows that are nothing but rows.
    async fn rows(self, kind: JobKind, params: BulkParams, upload: Upload) -> Result<HttpResponse, ApiError> {
        let BulkParams { validate_only, atomic, take_over, source } = params;
        let (validate_only, atomic, take_over) = (validate_only.unwrap_or_default(), atomic.unwrap_or_default(), take_over.unwrap_or_default());
        let order = Order { kind, source: source.map(|s| s.0.text().into_owned()), school: None, replace: false, register: None };
        let creation = CreateJob { kind, mode: Mode { validate_only, atomic, take_over }, need: Under::new() };
        self.as_ordered(creation, order, atomic, upload).await
    }
    /// Takes the rows of a body, as they are ordered, into the job that this creation makes.
    ///
    /// # Errors
    /// What is wrong with the body as a whole. Nothing has been done then.
    pub async fn as_ordered<W>(self, creation: W, order: Order, atomic: bool, upload: Upload) -> Result<HttpResponse, ApiError>
    where
        W: Command + Operation<Needs = N, Output = Job>,
    {
        let upload = Arc::new(upload);
        let total = {
            let (upload, order) = (upload.clone(), order.clone());
            blocking(move || order.of(&upload).count()).await?
        };
        if atomic && usize::try_from(total).is_ok_and(|n| n > ATOMIC_ROWS) {
            return Err(RuleError::new(Code::TooManyRows, format!("{total} rows were sent; at most {ATOMIC_ROWS} are stored all or none")).into());
        }
        self.take(creation, &order, upload, total).await
    }
    /// Makes a job of the rows, does it if it is small, and answers.
    pub async fn take<W>(&self, creation: W, order: &Order, upload: Arc<Upload>, total: i64) -> Result<HttpResponse, ApiError>
    where
        W: Command + Operation<Needs = N, Output = Job>,
    {
        if total == 0 {
            return Err(ApiError::new(Problem::ValidationFailed, "at least one row is expected"));
        }
        let (mut job, replayed) = self.made(creation).await?;
        if !job.ready {
            let headings = self.fill(job.id, order.clone(), upload.clone()).await?;
            job = self.submitted(job.id, total, headings).await?;
        }
        job = self.begun(job).await?;
        let response = match job.state == JobState::Completed && total <= AT_ONCE && !self.wish.at_once {
            true => self.report(job, order.clone(), upload).await?,
            false => accepted(job),
        };
        Ok(answered(response, replayed))
    }
    /// The job that this creation makes: with an idempotency key the same request finds the one that it made, which is said too.
    ///
    /// # Errors
    /// As the creation says.
    pub async fn made<W>(&self, creation: W) -> Result<(Job, bool), ApiError>
    where
        W: Command + Operation<Needs = N, Output = Job>,
    {
        let answer = self.work.once(creation, |job| respond::plain(202, &Word(job.id))).await?;
        let id = serde_json::from_str::<Word<JobId>>(&answer.stored.body).map_err(|e| ApiError::internal(&e))?.0;
        Ok((self.own.read(GetJob { id }).await?, answer.replayed))
    }
    /// Says that a job has all of its rows, which came in a file with these headings, or in none.
    ///
    /// # Errors
    /// As the database says.
    pub async fn submitted(&self, id: JobId, total: i64, headings: Vec<String>) -> Result<Job, ApiError> {
        self.own.perform(SubmitJob { id, total, headings }).await
    }
    /// Begins to do a job, and waits a moment for it if it is small and the caller wants to: the job as it is then.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begun(&self, job: Job) -> Result<Job, ApiError> {
        if job.total > AT_ONCE || self.wish.at_once || job.state.ended() {
            self.shared.jobs.notify_one();
            return Ok(job);
        }
        let act = self.own.act().clone();
        let work = rt::spawn(runner::run(self.db.clone(), self.shared.clone().into_inner(), act.tenant, job.id, Some(act.now)));
        // the work goes on, whether or not anybody waits for it
        match rt::time::timeout(WAIT, work).await {
            Ok(_) => self.own.read(GetJob { id: job.id }).await,
            Err(_) => Ok(job),
        }
    }
    /// Keeps the rows, some at a time: they are read beside, and never all in memory. Answers the headings of a file whose rows are told again.
    async fn fill(&self, id: JobId, order: Order, upload: Arc<Upload>) -> Result<Vec<String>, ApiError> {
        let (send, mut receive) = tokio::sync::mpsc::channel(2);
        let reading = rt::task::spawn_blocking(move || {
            let asked = order.of(&upload);
            let mut part = Vec::with_capacity(KEPT_AT_ONCE);
            let gone = |_| ApiError::internal(&"nobody takes the rows");
            let headings = asked.each(&mut |sent| {
                part.push(asked.kept(sent)?);
                if part.len() == KEPT_AT_ONCE {
                    send.blocking_send(std::mem::take(&mut part)).map_err(gone)?;
                }
                Ok(())
            })?;
            send.blocking_send(part).map_err(gone)?;
            Ok(if asked.kind == JobKind::LearningRecordsBulkUpsert { Vec::new() } else { headings })
        });
        while let Some(rows) = receive.recv().await {
            if !rows.is_empty() {
                self.own.perform(AddRows { id, rows }).await?;
            }
        }
        reading.await.map_err(|e| ApiError::internal(&e))?
    }
    /// What became of each row.
    async fn report(&self, job: Job, order: Order, upload: Arc<Upload>) -> Result<HttpResponse, ApiError> {
        let results = self.own.unseal(self.own.read(JobResults { id: job.id, actions: None, after: -1, limit: AT_ONCE }).await?).await?.items;
        if self.wish.table {
            let text = blocking(move || table::of_rows(&order.of(&upload), &results)).await?;
            return Ok(HttpResponse::MultiStatus().content_type("text/csv; charset=utf-8").body(text));
        }
        match job.kind {
            JobKind::RelationshipsImport => return Ok(HttpResponse::MultiStatus().json(RelationshipImportReport::of(&job, results))),
            JobKind::OrganisationsImport => return Ok(HttpResponse::MultiStatus().json(ImportReport::of(&job, results))),
            _ => {}
        }
        let (job_id, counts, validate_only) = (Word(job.id), view::counts(&job), job.validate_only);
        let results = results.into_iter().map(Into::into).collect();
        let mut answer = HttpResponse::MultiStatus();
        Ok(match job.sync {
            Some(sync) => answer.json(SyncReport { job_id, validate_only, counts, sync: sync.into(), results }),
            None => answer.json(BulkReport { job_id, validate_only, counts, results }),
        })
    }
}

/// The answer to whoever asked for a job that is not done yet, or whose results are asked for by themselves.
pub fn accepted(job: Job) -> HttpResponse {
    HttpResponse::Accepted().insert_header((header::LOCATION, format!("/v1/jobs/{}", job.id))).json(JobView::from(job))
}
/// An answer that says whether it was kept from an earlier request.
pub fn answered(mut response: HttpResponse, replayed: bool) -> HttpResponse {
    if replayed {
        response.headers_mut().insert(header::HeaderName::from_static(REPLAYED), header::HeaderValue::from_static("true"));
    }
    response
}

/// Work on a body beside the threads that answer.
pub async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, ApiError> + Send + 'static) -> Result<T, ApiError> {
    rt::task::spawn_blocking(work).await.map_err(|e| ApiError::internal(&e))?
}

/// Registers the operations of this folder.
pub fn routes(config: &mut Routes<'_>) {
    config.service(bulk_upsert_people).service(bulk_upsert_organisations).service(bulk_upsert_learning_records).service(bulk_upsert_training_completions);
}
