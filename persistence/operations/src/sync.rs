//! Snapshots of a school's staff, as another system has them.

use crate::{
    job::Job,
    transaction::{Page, Window, commands, queries},
};
use std::sync::Arc;
use trellis_domain::{
    id::{JobId, OrganisationId},
    job::JobState,
    sync::{Head, Said},
};

/// A snapshot, as it is announced before its rows are kept.
#[derive(Debug)]
pub struct Announced {
    /// What it says of itself.
    pub head: Head,
    /// Whom its rows name, and whose employment they end.
    pub rows: Vec<Said>,
}
/// Opens the job of a snapshot, to which its rows are then added; or refuses it before anything is done.
#[derive(Debug)]
pub struct CreateSync {
    /// The snapshot.
    pub announced: Arc<Announced>,
    /// Digest of the token by which the caller says that so many are meant.
    pub confirmed: Option<String>,
}
/// Remembers what a token confirms: good for [`CONFIRM_HOURS`], until another question is asked of the same school and source.
#[derive(Debug)]
pub struct AskToConfirm {
    /// The snapshot that was refused.
    pub announced: Arc<Announced>,
    /// Digest of the token.
    pub digest: String,
}

/// Snapshots that were sent of the caller's schools, by whomever, oldest first.
#[derive(Debug)]
pub struct ListSyncs {
    /// Of this school.
    pub organisation_id: Option<OrganisationId>,
    /// Whose job is in this state.
    pub state: Option<JobState>,
    /// Where the list goes on.
    pub window: Window,
}
/// A snapshot that was sent of one of the caller's schools.
#[derive(Debug)]
pub struct GetSync {
    /// Its job.
    pub id: JobId,
}

/// Hours for which a token confirms.
pub const CONFIRM_HOURS: i64 = 24;
/// Minutes within which the rows of a snapshot arrive; after that another one may take its place.
pub const ARRIVAL_MINUTES: i64 = 10;

queries! {
    ListSyncs: WritePeople => Page<Job>;
    GetSync: WritePeople => Job;
}
commands! {
    CreateSync: WritePeople => Job;
    AskToConfirm: WritePeople => ();
}
