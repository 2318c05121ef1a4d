//! Snapshots of a school's staff, as another system has them.

use crate::{job::Job, transaction::operations};
use trellis_domain::{
    id::OrganisationId,
    sync::{Forecast, Head, Said},
    text::Reference,
};

/// Opens the job of a snapshot, to which its rows are then added; or refuses it before anything is done.
#[derive(Debug)]
pub struct CreateSync {
    /// What it says of itself.
    pub head: Head,
    /// Whom its rows name, and whose employment they end.
    pub rows: Vec<Said>,
    /// Digest of the token by which the caller says that so many are meant.
    pub confirmed: Option<String>,
}
/// Remembers what a token confirms: good for [`CONFIRM_HOURS`], and only the newest of a school and source.
#[derive(Debug)]
pub struct AskToConfirm {
    /// What was refused.
    pub braked: Braked,
    /// Digest of the token.
    pub digest: String,
}
/// A snapshot that would end or miss too many to be believed without asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Braked {
    /// Of which school.
    pub organisation_id: OrganisationId,
    /// Whose.
    pub source: Reference,
    /// How many, and which.
    pub forecast: Forecast,
}

/// Hours for which a token confirms.
pub const CONFIRM_HOURS: i64 = 24;
/// Minutes within which the rows of a snapshot arrive; after that another one may take its place.
pub const ARRIVAL_MINUTES: i64 = 10;

operations! {
    CreateSync: WritePeople => Job;
    AskToConfirm: WritePeople => ();
}
