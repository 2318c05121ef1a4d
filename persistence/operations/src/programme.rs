//! What is held at a school in a year.

use crate::transaction::queries;
use chrono::{NaiveDate, NaiveTime};
use trellis_domain::{
    activity::{LearningActivity, LearningSession},
    id::{CalendarId, OrganisationId},
    programme::{ProgrammeTime, Sums},
};

/// The year's programme of an organisation: what it offers itself, and what is offered above it.
#[derive(Debug)]
pub struct GetProgramme {
    /// Where.
    pub organisation_id: OrganisationId,
    /// Of which academic year, by the calendar year in which it starts.
    pub academic_year: i32,
    /// When lessons are over there.
    pub lessons_end: NaiveTime,
}
/// One session of it.
#[derive(Debug)]
pub struct ProgrammeSession {
    /// The session.
    pub session: LearningSession,
    /// Of what.
    pub activity: LearningActivity,
    /// When in the school's year it is.
    pub time: ProgrammeTime,
}
/// A year's programme.
#[derive(Debug)]
pub struct Programme {
    /// By which calendar.
    pub calendar_id: CalendarId,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// What it comes to, all of it.
    pub sums: Sums,
    /// The sessions that were not called off, in their order.
    pub sessions: Vec<ProgrammeSession>,
    /// Are there more than these?
    pub more: bool,
}

queries! {
    GetProgramme: ReadActivities => Programme;
}
