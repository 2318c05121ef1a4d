//! Enrolments at sessions: by oneself, by one's line manager, or by those who lead learning; one by one or many at once.

use crate::{
    error::{ApiError, RowProblem},
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, list, values, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    enrolment::{Enrolment, EnrolmentAction, EnrolmentState},
    id::{EnrolmentId, LearningSessionId},
};
use trellis_persistence::{
    Seen,
    activity::{Enrol, EnrolMany, Enrolled, EnrolmentHistory, GetEnrolment, ListEnrolments, RecordAttendance, WithdrawEnrolment},
    transaction::needs::{ReadEnrolments, WriteEnrolments},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with an enrolment.
    EnrolmentActions, EnrolmentCan = "EnrolmentCan", list::<EnrolmentAction>();
}

/// Somebody's enrolment at a session.
#[derive(Serialize, ToSchema)]
#[schema(title = "EnrolmentRecord")]
pub struct EnrolmentView {
    /// Its id.
    pub id: word::EnrolmentId,
    /// At which session.
    pub session_id: word::LearningSessionId,
    /// Whose.
    pub person_id: word::PersonId,
    /// In which employment.
    pub employment_id: word::EmploymentId,
    /// The school of that employment.
    pub organisation_id: word::OrganisationId,
    /// Where it stands.
    pub state: word::EnrolmentState,
    /// Since when they queue: places are given in this order.
    pub queued_at: DateTime<Utc>,
    /// Who enrolled them; null if a machine did.
    pub enrolled_by: Option<word::PersonId>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Enrolment> for EnrolmentView {
    fn from(enrolment: Enrolment) -> Self {
        // what the person learned is theirs: they find it among their learning records
        let Enrolment {
            id,
            session_id,
            person_id,
            employment_id,
            organisation_id,
            state,
            queued_at,
            enrolled_by,
            learning_record_id: _,
            version,
            created_at,
            updated_at,
        } = enrolment;
        Self {
            id: Word(id),
            session_id: Word(session_id),
            person_id: Word(person_id),
            employment_id: Word(employment_id),
            organisation_id: Word(organisation_id),
            state: Word(state),
            queued_at,
            enrolled_by: enrolled_by.map(Word),
            version,
            created_at,
            updated_at,
        }
    }
}
/// An enrolment, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Enrolment")]
pub struct EnrolmentDetail {
    #[serde(flatten)]
    record: EnrolmentView,
    /// What can be done with it.
    can: EnrolmentCan,
}
impl From<Seen<Enrolment>> for EnrolmentDetail {
    fn from(Seen { record, can }: Seen<Enrolment>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<Enrolment>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &EnrolmentDetail::from(seen.clone()))
}

/// A new enrolment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolment {
    /// At which session.
    session_id: word::LearningSessionId,
    /// Whom: somebody whom one manages, or of one's school; oneself, if nobody is named.
    #[serde(default)]
    person_id: Option<word::PersonId>,
}
/// Many enrolments.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolments {
    /// Whom. Places are given in this order.
    #[schema(min_items = 1, max_items = 200)]
    person_ids: Vec<word::PersonId>,
}
/// Whether somebody came.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Attendance {
    /// Did they come?
    attended: bool,
}
/// What became of one of many.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentResult {
    /// Their place among those who were sent, from 0.
    index: usize,
    /// Whose.
    person_id: word::PersonId,
    /// The enrolment, if it was made.
    enrolment: Option<EnrolmentView>,
    /// Why it was not.
    problem: Option<RowProblem>,
}
/// What became of many.
#[derive(Serialize, ToSchema)]
pub struct EnrolmentReport {
    /// How many have a place now.
    enrolled: usize,
    /// How many wait for one.
    waiting: usize,
    /// How many were refused.
    failed: usize,
    /// One result a person, in the order in which they were sent.
    results: Vec<EnrolmentResult>,
}

fn report(all: &[Enrolled]) -> EnrolmentReport {
    let count = |state| all.iter().filter(|(_, r)| r.as_ref().is_ok_and(|e| e.state == state)).count();
    EnrolmentReport {
        enrolled: count(EnrolmentState::Enrolled),
        waiting: count(EnrolmentState::Waiting),
        failed: all.iter().filter(|(_, r)| r.is_err()).count(),
        results: all
            .iter()
            .enumerate()
            .map(|(index, (person, result))| EnrolmentResult {
                index,
                person_id: Word(*person),
                enrolment: result.as_ref().ok().cloned().map(Into::into),
                problem: result.as_ref().err().cloned().map(Into::into),
            })
            .collect(),
    }
}

/// Filters of the list of enrolments.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EnrolmentFilters {
    /// Only those at this session.
    session_id: Option<word::LearningSessionId>,
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that stand here.
    state: Option<word::EnrolmentState>,
}

/// List enrolments
///
/// One's own, those of whom one manages, and for the headteacher, HR and learning lead those of their schools.
#[utoipa::path(tag = "Catalogue", params(PageParams, EnrolmentFilters), responses((status = 200, description = "A page of enrolments", body = List<EnrolmentView>)), security(("bearer" = ["enrolments:read"])))]
#[get("/v1/enrolments")]
pub async fn list_enrolments(permitted: Permitted<ReadEnrolments>, listing: Listing<EnrolmentFilters>) -> Result<HttpResponse, ApiError> {
    let EnrolmentFilters { session_id, person_id, organisation_id, state } = &listing.filters;
    let page = permitted
        .read(ListEnrolments {
            session_id: session_id.as_ref().map(|s| s.0),
            person_id: person_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, EnrolmentView::from))
}

/// Enrol somebody
///
/// Oneself, whom one manages, or somebody of the school where one leads learning. If no place is free they wait for one, in order. Who is at another session at that time, or not employed there on the day, is refused.
#[utoipa::path(tag = "Catalogue", request_body = NewEnrolment, responses((status = 201, description = "Enrolled, or waiting", body = EnrolmentDetail)), security(("bearer" = ["enrolments:write"])))]
#[post("/v1/enrolments")]
pub async fn create_enrolment(permitted: Permitted<WriteEnrolments>, _none: Params<NoParams>, body: Body<NewEnrolment>) -> Result<HttpResponse, ApiError> {
    let NewEnrolment { session_id, person_id } = body.0;
    let operation = Enrol { session_id: session_id.0, person_id: person_id.map(|p| p.0) };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/enrolments/{}", seen.record.id), &EnrolmentDetail::from(seen.clone())))
        .await
}

/// Enrol many people
///
/// At most 200. Each is judged for themself, and told why if they were refused; the rest are enrolled.
#[utoipa::path(tag = "Catalogue", request_body = NewEnrolments, responses((status = 207, description = "One result a person, in order", body = EnrolmentReport)), security(("bearer" = ["enrolments:write"])))]
#[post("/v1/learning-sessions/{id}/enrol")]
pub async fn enrol_many(
    permitted: Permitted<WriteEnrolments>,
    _none: Params<NoParams>,
    id: Id<LearningSessionId>,
    body: Body<NewEnrolments>,
) -> Result<HttpResponse, ApiError> {
    let operation = EnrolMany { session_id: id.0, people: values(body.0.person_ids) };
    permitted.write(operation, |all| respond::plain(207, &report(all))).await
}

/// Read an enrolment
///
/// With what can be done with it.
#[utoipa::path(tag = "Catalogue", responses((status = 200, description = "The enrolment", body = EnrolmentDetail)), security(("bearer" = ["enrolments:read"])))]
#[get("/v1/enrolments/{id}")]
pub async fn get_enrolment(
    permitted: Permitted<ReadEnrolments>,
    _none: Params<NoParams>,
    id: Id<EnrolmentId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetEnrolment { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, EnrolmentDetail::from))
}

/// Withdraw an enrolment
///
/// The place goes to the next who waits, in the same moment. Who withdrew can be enrolled again, at the end of the queue.
#[utoipa::path(tag = "Catalogue", responses((status = 200, description = "As it is now", body = EnrolmentDetail)), security(("bearer" = ["enrolments:write"])))]
#[post("/v1/enrolments/{id}/withdraw")]
pub async fn withdraw_enrolment(
    permitted: Permitted<WriteEnrolments>,
    _none: Params<NoParams>,
    id: Id<EnrolmentId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(WithdrawEnrolment { id: id.0, expected: expected.0 }, saved).await
}

/// Say whether somebody came
///
/// By those who lead what the session is of, once it has begun. Who came finds it among their learning records: theirs, private until they share it, and their own to reflect on. It can be corrected; a learning record that was made stays its owner's.
#[utoipa::path(tag = "Catalogue", request_body = Attendance, responses((status = 200, description = "As it is now", body = EnrolmentDetail)), security(("bearer" = ["enrolments:write"])))]
#[post("/v1/enrolments/{id}/record-attendance")]
pub async fn record_attendance(
    permitted: Permitted<WriteEnrolments>,
    _none: Params<NoParams>,
    id: Id<EnrolmentId>,
    expected: IfMatch,
    body: Body<Attendance>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(RecordAttendance { id: id.0, attended: body.0.attended, expected: expected.0 }, saved).await
}

crate::event::history_of!(enrolment_history, ReadEnrolments, EnrolmentHistory, EnrolmentId, "Catalogue", "/v1/enrolments/{id}/history", "enrolments:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_enrolments)
        .service(create_enrolment)
        .service(enrol_many)
        .service(get_enrolment)
        .service(withdraw_enrolment)
        .service(record_attendance)
        .service(enrolment_history);
}
