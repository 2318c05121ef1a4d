//! Jobs: rows that are taken in, done in parts by whoever holds the lease, and answered for afterwards.

use crate::{
    disclosure::Sealed,
    transaction::{
        Page, Window, commands,
        needs::{AsValue, ProvideLearning, Under, WriteCycles, WriteOrganisations, WritePeople, WriteTraining},
        queries, under,
    },
};
use chrono::{DateTime, Utc};
use trellis_domain::{
    bulk::{Outcome, RowAction},
    id::{CycleId, JobId, TenantId},
    job::{JobKind, JobState},
    sync::Sync,
};
use uuid::Uuid;

/// A job as its owner sees it.
#[derive(Debug, Clone)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What it does.
    pub kind: JobKind,
    /// How far it is.
    pub state: JobState,
    /// Are all of its rows here?
    pub ready: bool,
    /// Who asked: `account` or `service_account`, and its id.
    pub caller: (String, Uuid),
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
    /// Added.
    pub created: i64,
    /// Changed.
    pub updated: i64,
    /// Left as they were.
    pub unchanged: i64,
    /// Not taken.
    pub failed: i64,
    /// Left out by a rule.
    pub left_out: i64,
    /// The cycle whose appraisals it creates.
    pub cycle_id: Option<CycleId>,
    /// The snapshot that its rows are, and what it came to so far.
    pub sync: Option<Sync>,
    /// Why the job as a whole could not go on: a stable code, and words.
    pub problem: Option<(String, String)>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When work on it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
}

/// How a job's rows are taken.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mode {
    /// Is it only asked what would happen?
    pub validate_only: bool,
    /// All rows or none?
    pub atomic: bool,
    /// Do they take over what other sources manage?
    pub take_over: bool,
}
/// Opens a job, to which rows are then added. Asked for under the permission that its work needs.
#[derive(Debug)]
pub struct CreateJob<N> {
    /// What it does.
    pub kind: JobKind,
    /// How its rows are taken.
    pub mode: Mode,
    /// The permission.
    pub need: Under<N>,
}
under!(Writes for CreateJob { kind, mode } => Job);

/// A row as it is kept until it is done.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// Its place, from 0.
    pub index: i64,
    /// Its key.
    pub key: Option<String>,
    /// What could be read of it, as JSON.
    pub input: String,
}
/// Adds rows to one's own job that does not have all of them yet. The same rows again do no harm.
#[derive(Debug)]
pub struct AddRows {
    /// Which job.
    pub id: JobId,
    /// The rows.
    pub rows: Vec<NewRow>,
}
/// Says that a job has all of its rows.
#[derive(Debug)]
pub struct SubmitJob {
    /// Which job.
    pub id: JobId,
    /// How many rows there are.
    pub total: i64,
    /// The headings of the file in which they came; none, if they came otherwise.
    pub headings: Vec<String>,
}
/// One's own job.
#[derive(Debug)]
pub struct GetJob {
    /// Which.
    pub id: JobId,
}
/// The headings of the file in which the rows of one's own job came; none, if they came otherwise.
#[derive(Debug)]
pub struct JobHeadings {
    /// Which.
    pub id: JobId,
}
/// One's own jobs, oldest first.
#[derive(Debug)]
pub struct ListJobs {
    /// In this state.
    pub state: Option<JobState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Calls a job off, between two parts.
#[derive(Debug)]
pub struct CancelJob {
    /// Which.
    pub id: JobId,
}
/// The results of a job's rows, in the order of the rows. Who was left out for a hold is told to whoever reads holds, and that is a reading of the hold.
#[derive(Debug)]
pub struct JobResults {
    /// Which job.
    pub id: JobId,
    /// Only rows that met one of these ends.
    pub actions: Option<Vec<RowAction>>,
    /// After the row of this place.
    pub after: i64,
    /// At most so many.
    pub limit: i64,
}

/// A job that nobody works on, in whichever tenant.
#[derive(Debug)]
pub struct NextJob;
/// Takes the lease of a job.
#[derive(Debug)]
pub struct ClaimJob {
    /// Which.
    pub id: JobId,
    /// Who takes it.
    pub by: Uuid,
}
/// A job whose lease one holds, and on whose behalf it is done.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// What it does.
    pub kind: JobKind,
    /// All rows or none?
    pub atomic: bool,
    /// By what the one who asked is known.
    pub principal: crate::principal::Principal,
    /// In which request they asked.
    pub request_id: String,
}
/// Does the next rows of a job, as a whole, with their results.
#[derive(Debug)]
pub struct RunPart<N> {
    /// Which job.
    pub id: JobId,
    /// Who holds its lease.
    pub by: Uuid,
    /// At most so many rows.
    pub rows: i64,
    /// Refuse the row instead of doing it: it was tried alone, and clashed with somebody else's write.
    pub give_up: bool,
    /// The permission that the work needs.
    pub need: Under<N>,
}
under!(Writes for RunPart { id, by, rows, give_up } => Part);
impl RunPart<AsValue> {
    /// The next rows, under the permission that work of this kind needs.
    pub fn of(kind: JobKind, id: JobId, by: Uuid, rows: i64, give_up: bool) -> Self {
        let need = match kind {
            JobKind::PeopleBulkUpsert | JobKind::RelationshipsImport => Under::<WritePeople>::new().into_value(),
            JobKind::OrganisationsBulkUpsert | JobKind::OrganisationsImport => Under::<WriteOrganisations>::new().into_value(),
            JobKind::AppraisalsCreation => Under::<WriteCycles>::new().into_value(),
            JobKind::LearningRecordsBulkUpsert => Under::<ProvideLearning>::new().into_value(),
            JobKind::TrainingCompletionsBulkUpsert => Under::<WriteTraining>::new().into_value(),
        };
        Self { id, by, rows, give_up, need }
    }
}
/// How far a job is after a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// There may be more rows.
    More,
    /// It ended.
    Over,
    /// The lease is somebody else's, or the job was called off.
    Lost,
}
/// Gives a job's lease back.
#[derive(Debug)]
pub struct ReleaseJob {
    /// Which.
    pub id: JobId,
    /// Who held it.
    pub by: Uuid,
}
/// Ends a job that cannot go on.
#[derive(Debug)]
pub struct FailJob {
    /// Which.
    pub id: JobId,
    /// Who holds its lease.
    pub by: Uuid,
    /// Why: a stable code.
    pub code: String,
    /// Why, for a person.
    pub detail: String,
}
/// Drops rows of a job that ended before they were done, some at a time.
#[derive(Debug)]
pub struct DropRows {
    /// Which job.
    pub id: JobId,
}
/// Forgets what is old: jobs that never got all of their rows, after a day; ended ones with their results, after [`KEPT_DAYS`].
#[derive(Debug)]
pub struct ForgetJobs;

/// Jobs of one caller that wait or are at work: nobody lets the others wait behind all that they ever want.
pub const UNFINISHED_AT_ONCE: i64 = 50;
/// Days that results are kept.
pub const KEPT_DAYS: i64 = 30;
/// Seconds for which a lease is taken. Each part takes it anew.
pub const LEASE_SECONDS: i64 = 30;
/// Rows that are dropped at once.
pub const DROPPED_AT_ONCE: usize = 2000;

queries! {
    GetJob: Identified => Job;
    JobHeadings: Identified => Vec<String>;
    ListJobs: Identified => Page<Job>;
    JobResults: Identified => Sealed<Page<Outcome>>;
    NextJob: Operator => Option<(TenantId, JobId)>;
}
commands! {
    AddRows: Identified => ();
    SubmitJob: Identified => Job;
    CancelJob: Identified => Job;
    ClaimJob: Operator => Option<Claimed>;
    ReleaseJob: Operator => ();
    FailJob: Operator => ();
    DropRows: Operator => usize;
    ForgetJobs: Operator => usize;
}
