//! Snapshots: these are all the current staff of one school, as another system has them.

use crate::{
    bulk::{
        Asking, blocking,
        rows::Order,
        sent::{OrganisationKey, PersonUpsertRow},
        spool::{Form, Upload},
        view::{BulkResult, counts},
    },
    error::ApiError,
    extract::{Id, NoParams, Params},
    job::{JobProblem, JobView, Requester},
    organisation::{ExternalRefView, ImportCounts},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    problem::Problem,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, post};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::sync::Arc;
use trellis_domain::{
    id::JobId,
    job::JobKind,
    rule::{Code, Fault},
    sync::{self, Crowd, Summary, Sync, Threshold, Who},
    text::Wire,
};
use trellis_persistence::{
    Page,
    job::Job,
    sync::{Announced, AskToConfirm, CreateSync, GetSync, ListSyncs},
    transaction::needs::WritePeople,
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// These are all the current staff of a school.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)] // read as it arrives, by `trellis_domain::sync`; this is its description
pub struct NewSync {
    /// The school, or the trust for those whom it employs centrally.
    organisation: OrganisationKey,
    /// The system whose snapshot it is: only people whom it knows can be missing from it.
    source: word::Reference,
    /// When the snapshot was taken. One that is older than the last is refused.
    #[schema(example = "2026-10-05T02:00:00Z")]
    taken_at: DateTime<Utc>,
    /// What becomes of those whom no row names: `review`, if nothing is said.
    #[serde(default)]
    #[schema(value_type = word::Unseen)]
    unseen: Option<word::Unseen>,
    /// With `unseen: end`: their last day; the day before `taken_at`, if nothing is said.
    #[serde(default)]
    #[schema(value_type = NaiveDate)]
    ends_on: Option<NaiveDate>,
    /// The `confirmation_token` of a refusal: so many are meant.
    #[serde(default)]
    #[schema(value_type = String, max_length = 100)]
    confirm: Option<String>,
    /// Only say what would happen. Nothing is stored.
    #[serde(default)]
    #[schema(value_type = bool)]
    validate_only: Option<bool>,
    /// The source takes over the fields that other sources manage. What was changed here by hand stays.
    #[serde(default)]
    #[schema(value_type = bool)]
    take_over: Option<bool>,
    /// The rows; at most 64 MiB of them. An employment without `organisation` is at the snapshot's school.
    #[schema(min_items = 1, max_items = 200_000)]
    rows: Vec<PersonUpsertRow>,
}

/// What a snapshot says of itself, where its body does not: a table cannot, and a JSON body's members say the same if they say it too.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SyncParams {
    /// The school, by its id.
    organisation_id: Option<word::OrganisationId>,
    /// The school, by its URN.
    #[param(max_length = 6, pattern = "^[0-9]{5,6}$")]
    organisation_urn: Option<String>,
    /// The school, as another system calls it: `source:id`.
    #[param(max_length = 201)]
    organisation_ref: Option<String>,
    /// The system whose snapshot it is.
    source: Option<word::Reference>,
    /// When the snapshot was taken.
    taken_at: Option<DateTime<Utc>>,
    /// What becomes of those whom no row names.
    unseen: Option<word::Unseen>,
    /// Their last day.
    ends_on: Option<NaiveDate>,
    /// The `confirmation_token` of a refusal.
    #[param(max_length = 100)]
    confirm: Option<String>,
    /// Only say what would happen.
    validate_only: Option<bool>,
    /// The source takes over the fields that other sources manage.
    take_over: Option<bool>,
}
impl SyncParams {
    /// As the members of a body would say it.
    fn members(self) -> Map<String, Value> {
        let Self { organisation_id, organisation_urn, organisation_ref, source, taken_at, unseen, ends_on, confirm, validate_only, take_over } = self;
        let mut organisation = Map::new();
        let mut name = |name: &str, value: Option<Value>| value.map(|value| organisation.insert(name.into(), value));
        name("id", organisation_id.map(|id| json!(id.0.text())));
        name("urn", organisation_urn.map(Value::String));
        name("external_ref", organisation_ref.map(|r| r.split_once(':').map_or(Value::Null, |(source, id)| json!({"source": source, "id": id}))));
        let mut out = Map::new();
        let mut say = |name: &str, value: Option<Value>| value.map(|value| out.insert(name.into(), value));
        say("organisation", (!organisation.is_empty()).then_some(Value::Object(organisation)));
        say("source", source.map(|s| json!(s.0.text())));
        say("taken_at", taken_at.map(|t| json!(t)));
        say("unseen", unseen.map(|u| json!(u.0.text())));
        say("ends_on", ends_on.map(|d| json!(d)));
        say("confirm", confirm.map(Value::String));
        say("validate_only", validate_only.map(Value::Bool));
        say("take_over", take_over.map(Value::Bool));
        out
    }
}

/// What was done with each row, and what the snapshot came to.
#[derive(Serialize, ToSchema)]
pub struct SyncReport {
    /// The job as which it was done; `/v1/jobs/{id}` shows it again.
    pub job_id: word::JobId,
    /// Was it only a trial?
    pub validate_only: bool,
    /// How many rows were added, changed, left and refused.
    pub counts: ImportCounts,
    /// What the snapshot came to.
    pub sync: SyncSummary,
    /// One result a row.
    pub results: Vec<BulkResult>,
}
/// What a snapshot came to: so far, while its job is at work.
#[derive(Serialize, ToSchema)]
#[schema(title = "Sync")]
pub struct SyncSummary {
    /// The school.
    pub organisation_id: word::OrganisationId,
    /// The system whose snapshot it is.
    pub source: word::Reference,
    /// When it was taken.
    pub taken_at: DateTime<Utc>,
    /// What becomes of those whom no row names.
    pub on_unseen: word::Unseen,
    /// How it stood to the threshold before anything was done: beyond it, it is refused until it is confirmed. A trial is not refused.
    pub threshold: Option<SyncThreshold>,
    /// Employed there for the first time.
    pub joiners: SyncPeople,
    /// How many others changed.
    pub changes: usize,
    /// Their employment there was given a last day by a row.
    pub leavers: SyncPeople,
    /// All of their employments there had ended; they have a new one, or the one that a snapshot had ended goes on. They are who they were.
    pub returners: SyncPeople,
    /// Employed there and known to the source, but named by no row. Known when all rows are done.
    pub unseen: SyncPeople,
    /// How many are as they were.
    pub unchanged: usize,
    /// How many rows were not taken. Whom they name counts as seen.
    pub failed: usize,
}
/// How many of a school's employments a snapshot would end or newly mark as missing.
#[derive(Serialize, ToSchema)]
pub struct SyncThreshold {
    /// Current employments there before it.
    pub current: usize,
    /// Those that it would give a last day.
    pub ended: usize,
    /// Those that it would newly mark as missing.
    pub missing: usize,
    /// Are they more than one in ten, and at least two? Then `confirm` is asked for.
    pub exceeded: bool,
}
impl From<Threshold> for SyncThreshold {
    fn from(Threshold { current, ended, missing, exceeded }: Threshold) -> Self {
        Self { current, ended, missing, exceeded }
    }
}
/// How many, and who.
#[derive(Serialize, ToSchema)]
pub struct SyncPeople {
    /// How many.
    pub count: usize,
    /// The first 1,000 of them.
    #[schema(max_items = 1000)]
    pub people: Vec<SyncPerson>,
}
/// Somebody of a snapshot.
#[derive(Serialize, ToSchema)]
pub struct SyncPerson {
    /// Their id; null in a trial, if they are new.
    pub id: Option<Uuid>,
    /// What the other system calls them.
    pub external_ref: Option<ExternalRefView>,
}
impl From<Crowd> for SyncPeople {
    fn from(Crowd { count, people }: Crowd) -> Self {
        let person = |Who { id, external_ref }: Who| SyncPerson { id: id.map(|id| id.0), external_ref: external_ref.map(Into::into) };
        Self { count, people: people.into_iter().map(person).collect() }
    }
}
impl From<Sync> for SyncSummary {
    fn from(Sync { snapshot, summary, threshold, .. }: Sync) -> Self {
        let Summary { joiners, changes, leavers, returners, unseen, unchanged, failed } = summary;
        Self {
            organisation_id: Word(snapshot.organisation_id),
            source: Word(snapshot.source),
            taken_at: snapshot.taken_at,
            threshold: threshold.map(Into::into),
            on_unseen: Word(snapshot.unseen),
            joiners: joiners.into(),
            changes,
            leavers: leavers.into(),
            returners: returners.into(),
            unseen: unseen.into(),
            unchanged,
            failed,
        }
    }
}

/// What the body says of the snapshot, and what the parameters say besides.
fn together(mut said: Map<String, Value>, asked: Map<String, Value>) -> Result<Map<String, Value>, ApiError> {
    let mut faults = Vec::new();
    for (name, value) in asked {
        match said.get(&name) {
            Some(other) if *other != value => {
                let message = format!("the parameters say another {name} than the body");
                faults.push(Fault { pointer: format!("/{name}"), code: Code::SnapshotContradicted.as_str().into(), message });
            }
            Some(_) => {}
            None => drop(said.insert(name, value)),
        }
    }
    if faults.is_empty() { Ok(said) } else { Err(refused(faults)) }
}
/// Faults of form, or, if there are none, of sense.
fn refused(faults: Vec<Fault>) -> ApiError {
    let sense = faults.iter().all(|f| f.code == Code::SnapshotContradicted.as_str());
    let problem = if sense { Problem::Rule(Code::SnapshotContradicted) } else { Problem::ValidationFailed };
    ApiError::new(problem, "the snapshot cannot be taken; `errors` names each fault; nothing was done").faults(faults)
}
fn digest(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

/// Send all the current staff of a school
///
/// The rows are those of `bulk_upsert_people`, and are done and answered like them; the parameters say what the members of a body say, for files and for scripts. Beyond that the
/// snapshot tells who is no longer there: people employed at the school whom `source` knows and no row names. `review` marks their employment as missing, for
/// somebody to look at (`GET /v1/employments?missing=true`); `end` gives it a last day. Who is named again is found again, and an employment that a snapshot had ended so goes on, if nobody has set its last day since. Nothing is done if more than one in
/// ten of the school's current employments, and at least two, would be ended or newly missing: `sync_threshold_exceeded` counts them and has a
/// `confirmation_token`. A snapshot older than the last is refused, the same one again changes nothing, and of two at once one is refused.
#[utoipa::path(tag = "Bulk", params(SyncParams), request_body(content((NewSync = "application/json"), (String = "text/csv")), description = "All the current staff of a school, as JSON or as a table"), responses((status = 207, description = "One result a row, and what the snapshot came to", content((SyncReport = "application/json"), (String = "text/csv"))), (status = 202, description = "It is a job now", body = JobView)), security(("bearer" = ["people:write"])))]
#[post("/v1/syncs")]
pub async fn create_sync(asking: Asking<WritePeople>, params: Params<SyncParams>, upload: Upload) -> Result<HttpResponse, ApiError> {
    let table = upload.form != Form::Json;
    let asked = params.0.members();
    let source = asked.get("source").and_then(Value::as_str).map(str::to_owned);
    let upload = Arc::new(upload);
    let (total, members, rows) = {
        let (upload, order) = (upload.clone(), Order { kind: JobKind::PeopleBulkUpsert, source, school: Some(Value::Null), replace: false, register: None });
        blocking(move || {
            let mut head = Map::new();
            let (total, rows) = order.of(&upload).announced(&mut head)?;
            Ok((total, together(head, asked)?, rows))
        })
        .await?
    };
    let school = members.get("organisation").cloned();
    let head = sync::read(&Value::Object(members), asking.work.act().now).map_err(|faults| {
        refused(faults.into_iter().map(|f| if table { Fault { pointer: f.pointer.trim_start_matches('/').into(), ..f } } else { f }).collect())
    })?;
    let order = Order { kind: JobKind::PeopleBulkUpsert, source: Some(head.source.text().into_owned()), school, replace: false, register: None };
    let confirmed = head.confirm.as_deref().map(digest);
    let announced = Arc::new(Announced { head, rows });
    let told = confirmed.is_some();
    match asking.take(CreateSync { announced: announced.clone(), confirmed }, &order, upload, total).await {
        Err(e) if e.problem == Problem::Rule(Code::SyncThresholdExceeded) => {
            let token = BASE64.encode(rand::random::<[u8; 32]>());
            asking.work.perform(AskToConfirm { announced, digest: digest(&token) }).await?;
            let stale = told.then(|| format!("{}; the `confirm` that was sent is not for exactly this, or is older than 24 hours", e.detail()));
            Err(stale.map_or_else(|| e.clone(), |detail| e.clone().detailed(detail)).with("confirmation_token", json!(token)))
        }
        other => other,
    }
}

/// A snapshot that was sent, and what it came to.
#[derive(Serialize, ToSchema)]
#[schema(title = "SentSync")]
pub struct SentSync {
    /// Its id: that of the job as which it was done, which only its sender reads.
    pub id: word::JobId,
    /// The school.
    pub organisation_id: word::OrganisationId,
    /// The system whose snapshot it is.
    pub source: word::Reference,
    /// When the snapshot was taken.
    pub taken_at: DateTime<Utc>,
    /// Who sent it.
    pub sent_by: Requester,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How far it is.
    pub state: word::JobState,
    /// Was it only a trial?
    pub validate_only: bool,
    /// How many rows it has.
    pub total: i64,
    /// How many rows were added, changed, left and refused so far.
    pub counts: ImportCounts,
    /// What becomes of those whom no row names.
    pub on_unseen: word::Unseen,
    /// How it stood to the threshold before anything was done.
    pub threshold: Option<SyncThreshold>,
    /// How many were employed there for the first time.
    pub joiners: usize,
    /// How many employments were given a last day by a row.
    pub leavers: usize,
    /// How many came back.
    pub returners: usize,
    /// How many were employed there and known to the source, but named by no row.
    pub unseen: usize,
    /// Why it could not go on, if it failed.
    pub problem: Option<JobProblem>,
}
impl SentSync {
    fn of(job: Job) -> Option<Self> {
        let counts = counts(&job);
        let Job { id, state, caller, validate_only, total, sync, problem, created_at, ended_at, .. } = job;
        let Sync { snapshot, summary, threshold, .. } = sync?;
        Some(Self {
            id: Word(id),
            organisation_id: Word(snapshot.organisation_id),
            source: Word(snapshot.source),
            taken_at: snapshot.taken_at,
            sent_by: Requester { r#type: caller.0, id: caller.1 },
            sent_at: created_at,
            ended_at,
            state: Word(state),
            validate_only,
            total,
            counts,
            on_unseen: Word(snapshot.unseen),
            threshold: threshold.map(Into::into),
            joiners: summary.joiners.count,
            leavers: summary.leavers.count,
            returners: summary.returners.count,
            unseen: summary.unseen.count,
            problem: problem.map(|(code, detail)| JobProblem { code, detail }),
        })
    }
}

/// Filters of the list of snapshots.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SyncFilters {
    /// Only those of this school.
    organisation_id: Option<word::OrganisationId>,
    /// Only those in this state.
    state: Option<word::JobState>,
}

/// List the snapshots that were sent
///
/// Of the schools whose people you keep, by whomever they were sent, oldest first: which system sent what, when, and what it came to. One is forgotten 30 days after it
/// ended. Whom it named is told to its sender alone, as results of the job.
#[utoipa::path(tag = "Bulk", params(PageParams, SyncFilters), responses((status = 200, description = "A page of snapshots", body = List<SentSync>)), security(("bearer" = ["people:write"])))]
#[get("/v1/syncs")]
pub async fn list_syncs(permitted: Permitted<WritePeople>, listing: Listing<SyncFilters>) -> Result<HttpResponse, ApiError> {
    let SyncFilters { organisation_id, state } = &listing.filters;
    let wanted = ListSyncs { organisation_id: organisation_id.as_ref().map(|id| id.0), state: state.as_ref().map(|s| s.0), window: listing.window };
    let Page { items, next } = permitted.read(wanted).await?;
    Ok(listing.answer(Page { items: items.into_iter().filter_map(SentSync::of).collect(), next }, |sent| sent))
}

/// Read a snapshot that was sent
///
/// Of a school whose people you keep, by whomever it was sent.
#[utoipa::path(tag = "Bulk", responses((status = 200, description = "The snapshot", body = SentSync)), security(("bearer" = ["people:write"])))]
#[get("/v1/syncs/{id}")]
pub async fn get_sync(permitted: Permitted<WritePeople>, _none: Params<NoParams>, id: Id<JobId>) -> Result<HttpResponse, ApiError> {
    let sent = SentSync::of(permitted.read(GetSync { id: id.0 }).await?).ok_or_else(ApiError::not_found)?;
    Ok(HttpResponse::Ok().json(sent))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(create_sync).service(list_syncs).service(get_sync);
}
