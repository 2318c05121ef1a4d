//! Employments.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    employment::{Employment, EmploymentPatch, StaffCategory},
    id::{EmploymentId, OrganisationId, PersonId},
    text::{StaffCode, Title},
    time::Period,
};

/// A new employment.
#[derive(Debug, Clone)]
pub struct CreateEmployment {
    /// Who is employed.
    pub person_id: PersonId,
    /// At which school.
    pub organisation_id: OrganisationId,
    /// What they do there.
    pub job_title: Title,
    /// Which appraisal rules can apply.
    pub staff_category: StaffCategory,
    /// The school's own code.
    pub staff_code: Option<StaffCode>,
    /// Full-time equivalent, in per cent.
    pub fte_percent: i32,
    /// From when to when.
    pub period: Period,
}
/// One employment.
#[derive(Debug)]
pub struct GetEmployment {
    /// Which.
    pub id: EmploymentId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Employments, by these filters.
#[derive(Debug)]
pub struct ListEmployments {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// Current on this day.
    pub current_on: Option<chrono::NaiveDate>,
    /// Whose people a snapshot no longer named, or the others.
    pub missing: Option<bool>,
    /// With a local override, or without one.
    pub overridden: Option<bool>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes an employment; giving it a last day ends it.
#[derive(Debug)]
pub struct UpdateEmployment {
    /// Which.
    pub id: EmploymentId,
    /// What.
    pub patch: EmploymentPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Says that somebody who is missing is still employed.
#[derive(Debug)]
pub struct KeepEmployment {
    /// Which.
    pub id: EmploymentId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one employment.
#[derive(Debug)]
pub struct EmploymentHistory {
    /// Which employment.
    pub id: EmploymentId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

/// Takes note of employments whose last day has passed: a part of the hourly upkeep of one tenant.
#[derive(Debug)]
pub struct LapseEmployments {
    /// At most so many people at once, so that no writer waits long.
    pub people: i64,
}

queries! {
    GetEmployment: ReadPeople => Fetched<Seen<Employment>>;
    ListEmployments: ReadPeople => Page<Employment>;
    EmploymentHistory: ReadPeople => crate::event::History;
}
commands! {
    CreateEmployment: WritePeople => Seen<Employment>;
    UpdateEmployment: WritePeople => Seen<Employment>;
    KeepEmployment: WritePeople => Seen<Employment>;
    LapseEmployments: Operator => usize;
}
