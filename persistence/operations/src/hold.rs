//! Holds on appraisals.

use crate::{
    disclosure::Sealed,
    transaction::{Fetched, Page, Seen, Window, commands, queries},
};
use chrono::NaiveDate;
use trellis_domain::{
    hold::Hold,
    id::{EmploymentId, HoldId, OrganisationId, PersonId},
    profile::HoldReason,
    time::Period,
};

/// Sets a hold.
#[derive(Debug, Clone)]
pub struct CreateHold {
    /// On the appraisal of which employment.
    pub employment_id: EmploymentId,
    /// Why.
    pub reason: HoldReason,
    /// From when to when.
    pub period: Period,
}
/// One hold.
#[derive(Debug)]
pub struct GetHold {
    /// Which.
    pub id: HoldId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Holds, by these filters.
#[derive(Debug)]
pub struct ListHolds {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// Of this employment.
    pub employment_id: Option<EmploymentId>,
    /// For this reason.
    pub reason: Option<HoldReason>,
    /// Current on this day.
    pub current_on: Option<NaiveDate>,
    /// Where the list goes on.
    pub window: Window,
}
/// Gives a hold its last day.
#[derive(Debug)]
pub struct EndHold {
    /// Which.
    pub id: HoldId,
    /// The last day.
    pub ends_on: NaiveDate,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one hold.
#[derive(Debug)]
pub struct HoldHistory {
    /// Which hold.
    pub id: HoldId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetHold: ReadSupport => Fetched<Sealed<Seen<Hold>>>;
    ListHolds: ReadSupport => Sealed<Page<Hold>>;
    HoldHistory: ReadSupport => Sealed<crate::event::History>;
}
commands! {
    CreateHold: WriteSupport => Seen<Hold>;
    EndHold: WriteSupport => Seen<Hold>;
}
