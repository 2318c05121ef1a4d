//! What is held at a school in a year: on INSET days, in twilight and else.

use crate::{
    activity::LearningActivityView,
    error::ApiError,
    extract::{Id, Params},
    learning_session::LearningSessionView,
    permitted::Permitted,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::OrganisationId,
    programme::Held,
    rule::{Code, RuleError},
};
use trellis_persistence::{
    programme::{GetProgramme, Programme, ProgrammeSession},
    transaction::needs::ReadActivities,
};
use utoipa::{IntoParams, ToSchema};

/// Which year's programme.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProgrammeParams {
    /// The academic year, by the calendar year in which it starts: 2026 is 2026/27.
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    academic_year: i32,
    /// When lessons are over there, by the clock on the wall; what starts then or later on a school day is twilight. 15:00 if it is not said.
    #[param(min_length = 5, max_length = 5, pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$", example = "15:15")]
    lessons_end: Option<String>,
}

/// How much is held.
#[derive(Serialize, ToSchema)]
pub struct HeldFigures {
    /// How many sessions.
    sessions: u64,
    /// How long they take together, in minutes.
    minutes: i64,
}
impl From<Held> for HeldFigures {
    fn from(Held { sessions, minutes }: Held) -> Self {
        Self { sessions, minutes }
    }
}
/// How much is held in one kind of time.
#[derive(Serialize, ToSchema)]
pub struct HeldInTime {
    /// When in a school's year.
    time: word::ProgrammeTime,
    #[serde(flatten)]
    held: HeldFigures,
}
/// An INSET day, and how much is held on it.
#[derive(Serialize, ToSchema)]
pub struct InsetDay {
    /// The day.
    on: NaiveDate,
    #[serde(flatten)]
    held: HeldFigures,
}
/// A session of a programme, with the activity that it is of.
#[derive(Serialize, ToSchema)]
pub struct SessionInProgramme {
    /// When in the school's year it is.
    time: word::ProgrammeTime,
    /// The session.
    session: LearningSessionView,
    /// Of what.
    activity: LearningActivityView,
}
impl From<ProgrammeSession> for SessionInProgramme {
    fn from(ProgrammeSession { session, activity, time }: ProgrammeSession) -> Self {
        Self { time: Word(time), session: session.into(), activity: activity.into() }
    }
}
/// A year's programme of professional learning at an organisation.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningProgramme")]
pub struct LearningProgramme {
    /// Where.
    organisation_id: word::OrganisationId,
    /// Of which academic year, by the calendar year in which it starts.
    academic_year: i32,
    /// By which version of a calendar it is told what is INSET, twilight or else.
    calendar_id: word::CalendarId,
    /// The year's first day.
    starts_on: NaiveDate,
    /// The year's last day.
    ends_on: NaiveDate,
    /// How much is held, by kind of time; every kind is there.
    by_time: Vec<HeldInTime>,
    /// Every INSET day of the year, in order, also where nothing is held on it.
    inset_days: Vec<InsetDay>,
    /// The sessions, in order of when they start: at most 1,000. Those that were called off are not among them.
    sessions: Vec<SessionInProgramme>,
    /// Are there more sessions than these? The figures are of all; `GET /v1/learning-sessions` pages through them.
    more: bool,
}

/// Read a year's programme
///
/// What is held for the staff of an organisation in a school's year: what it offers itself, and what is offered by those above it; on INSET days, in
/// twilight and else, by the calendar that counts there. A year without a calendar is refused, since nobody could tell which.
#[utoipa::path(tag = "Catalogue", params(ProgrammeParams), responses((status = 200, description = "The programme", body = LearningProgramme)), security(("bearer" = ["activities:read"])))]
#[get("/v1/organisations/{id}/programme")]
pub async fn get_programme(permitted: Permitted<ReadActivities>, id: Id<OrganisationId>, params: Params<ProgrammeParams>) -> Result<HttpResponse, ApiError> {
    let ProgrammeParams { academic_year, lessons_end } = params.0;
    let lessons_end = NaiveTime::parse_from_str(lessons_end.as_deref().unwrap_or("15:00"), "%H:%M")
        .map_err(|_| RuleError::at(Code::InvalidValue, "/lessons_end", "a time of day as 15:15"))?;
    let Programme { calendar_id, starts_on, ends_on, sums, sessions, more } =
        permitted.read(GetProgramme { organisation_id: id.0, academic_year, lessons_end }).await?;
    Ok(HttpResponse::Ok().json(LearningProgramme {
        organisation_id: Word(id.0),
        academic_year,
        calendar_id: Word(calendar_id),
        starts_on,
        ends_on,
        by_time: sums.by_time.into_iter().map(|(time, held)| HeldInTime { time: Word(time), held: held.into() }).collect(),
        inset_days: sums.by_inset_day.into_iter().map(|(on, held)| InsetDay { on, held: held.into() }).collect(),
        sessions: sessions.into_iter().map(Into::into).collect(),
        more,
    }))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_programme);
}
