//! The way back along the line of sight: from any record to what it serves.

use super::sight::PriorityInSightView;
use crate::{
    error::ApiError,
    extract::{Id, NoParams, Params},
    permitted::Permitted,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use trellis_domain::id::{
    AgreedActionId, EnrolmentId, FindingId, LearningRecordId, LearningRequestId, LearningVisitId, NeedId, ObjectiveId, TrainingCompletionId,
};
use trellis_persistence::{
    insight::{
        AgreedActionLineOfSight, EnrolmentLineOfSight, FindingLineOfSight, LearningLineOfSight, LearningSight, LearningVisitLineOfSight, NeedLineOfSight,
        ObjectiveInSight, ObjectiveLineOfSight, RequestLineOfSight, TrainingCompletionLineOfSight, WayBack,
    },
    transaction::needs::{ReadCoaching, ReadConversations, ReadEnrolments, ReadFindings, ReadLearning, ReadNeeds, ReadObjectives, ReadRequests, ReadTraining},
};
use utoipa::ToSchema;

/// An objective in the line of sight.
#[derive(Serialize, ToSchema)]
pub struct ObjectiveInSightView {
    /// Which.
    id: word::ObjectiveId,
    /// What it is called.
    title: String,
    /// Where it stands.
    state: word::ObjectiveState,
}
/// What a record serves.
#[derive(Serialize, ToSchema)]
pub struct LineOfSightView {
    /// Objectives that it is for, or the one that it is, as far as one may read them.
    objectives: Vec<ObjectiveInSightView>,
    /// How many others there are.
    other_objectives: i64,
    /// Priorities that it serves, by itself or through an objective that one may read and that was not withdrawn, and those that they were adopted from.
    priorities: Vec<PriorityInSightView>,
}
impl From<WayBack> for LineOfSightView {
    fn from(WayBack { objectives, other_objectives, priorities }: WayBack) -> Self {
        let objective = |ObjectiveInSight { id, title, state }| ObjectiveInSightView { id: Word(id), title, state: Word(state) };
        Self { objectives: objectives.into_iter().map(objective).collect(), other_objectives, priorities: priorities.into_iter().map(Into::into).collect() }
    }
}
/// What a learning record serves.
#[derive(Serialize, ToSchema)]
pub struct LearningLineOfSightView {
    /// Objectives that it serves and that one may read.
    objectives: Vec<ObjectiveInSightView>,
    /// How many others there are.
    other_objectives: i64,
    /// Priorities that it serves, by itself or through an objective that one may read and that was not withdrawn, and those that they were adopted from.
    priorities: Vec<PriorityInSightView>,
    /// The session that it came of, when it was recorded that they came; null if it came of none.
    session_id: Option<word::LearningSessionId>,
    /// Was it reflected upon?
    followed_up: bool,
}
impl From<LearningSight> for LearningLineOfSightView {
    fn from(LearningSight { way, session_id, followed_up }: LearningSight) -> Self {
        let LineOfSightView { objectives, other_objectives, priorities } = way.into();
        Self { objectives, other_objectives, priorities, session_id: session_id.map(Word), followed_up }
    }
}
fn answer(way: WayBack) -> HttpResponse {
    HttpResponse::Ok().json(LineOfSightView::from(way))
}

/// Read the line of sight of a learning record
///
/// The way back: from what was learned to the objectives that it serves, to priorities, and to the trust's priorities that those were adopted from.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LearningLineOfSightView)), security(("bearer" = ["learning:read"])))]
#[get("/v1/learning-records/{id}/line-of-sight")]
pub async fn get_learning_record_line_of_sight(
    permitted: Permitted<ReadLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(LearningLineOfSightView::from(permitted.read(LearningLineOfSight { id: id.0 }).await?)))
}

/// Read the line of sight of an objective
///
/// The way back: from the objective to the priorities that it serves, and to the trust's priorities that those were adopted from.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LineOfSightView)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives/{id}/line-of-sight")]
pub async fn get_objective_line_of_sight(permitted: Permitted<ReadObjectives>, _none: Params<NoParams>, id: Id<ObjectiveId>) -> Result<HttpResponse, ApiError> {
    Ok(answer(permitted.read(ObjectiveLineOfSight { id: id.0 }).await?))
}

/// Read the line of sight of a learning request
///
/// The way back: from what is asked for to the objectives that it is for, to priorities, and to those that these were adopted from. Whoever only keeps costs and cover sees the priorities that it names, and nothing of its objectives.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LineOfSightView)), security(("bearer" = ["requests:read"])))]
#[get("/v1/learning-requests/{id}/line-of-sight")]
pub async fn get_learning_request_line_of_sight(
    permitted: Permitted<ReadRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
) -> Result<HttpResponse, ApiError> {
    Ok(answer(permitted.read(RequestLineOfSight { id: id.0 }).await?))
}

/// Read the line of sight of an enrolment
///
/// The way back: from a place at a session, by the learning record that came of it and by the request for it, as far as one may read those, to objectives and priorities.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LineOfSightView)), security(("bearer" = ["enrolments:read"])))]
#[get("/v1/enrolments/{id}/line-of-sight")]
pub async fn get_enrolment_line_of_sight(permitted: Permitted<ReadEnrolments>, _none: Params<NoParams>, id: Id<EnrolmentId>) -> Result<HttpResponse, ApiError> {
    Ok(answer(permitted.read(EnrolmentLineOfSight { id: id.0 }).await?))
}

/// Read the line of sight of an agreed action
///
/// The way back: from what was agreed in a conversation to the objective that it is for, to priorities, and to those that these were adopted from. In the support lane it is recorded as a reading of the agreed action, unless it is about the caller.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LineOfSightView)), security(("bearer" = ["conversations:read"])))]
#[get("/v1/agreed-actions/{id}/line-of-sight")]
pub async fn get_agreed_action_line_of_sight(
    permitted: Permitted<ReadConversations>,
    _none: Params<NoParams>,
    id: Id<AgreedActionId>,
) -> Result<HttpResponse, ApiError> {
    Ok(answer(permitted.unseal(permitted.read(AgreedActionLineOfSight { id: id.0 }).await?).await?))
}

/// Read the line of sight of a finding
///
/// The way back: from what was found to the inquiry that it came of, to priorities, and to those that these were adopted from. A finding without a name leads its owner alone: for others it serves nothing, as whose it is would follow.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LineOfSightView)), security(("bearer" = ["findings:read"])))]
#[get("/v1/findings/{id}/line-of-sight")]
pub async fn get_finding_line_of_sight(permitted: Permitted<ReadFindings>, _none: Params<NoParams>, id: Id<FindingId>) -> Result<HttpResponse, ApiError> {
    Ok(answer(permitted.read(FindingLineOfSight { id: id.0 }).await?))
}

/// Read the line of sight of a development need
///
/// The way back: from a need to the objective or the learning request that its owner made it of, and so to priorities. Which record that is, is its owner's alone to know: for others, and for a need that was made of no such record, nothing follows.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LineOfSightView)), security(("bearer" = ["needs:read"])))]
#[get("/v1/development-needs/{id}/line-of-sight")]
pub async fn get_development_need_line_of_sight(permitted: Permitted<ReadNeeds>, _none: Params<NoParams>, id: Id<NeedId>) -> Result<HttpResponse, ApiError> {
    Ok(answer(permitted.read(NeedLineOfSight { id: id.0 }).await?))
}

/// Read the line of sight of a learning visit
///
/// The way back: from a visit, by the copy that the visited person put among their learning, to objectives and priorities. Where that copy stands is theirs alone to know: for the visitor, and before anything was put there, nothing follows.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LineOfSightView)), security(("bearer" = ["coaching:read"])))]
#[get("/v1/learning-visits/{id}/line-of-sight")]
pub async fn get_learning_visit_line_of_sight(
    permitted: Permitted<ReadCoaching>,
    _none: Params<NoParams>,
    id: Id<LearningVisitId>,
) -> Result<HttpResponse, ApiError> {
    Ok(answer(permitted.read(LearningVisitLineOfSight { id: id.0 }).await?))
}

/// Read the line of sight of a training completion
///
/// The way back: from training that was done at a session, by that place at it, as far as one may read it, to objectives and priorities. What was recorded of training done elsewhere serves nothing.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LineOfSightView)), security(("bearer" = ["training:read"])))]
#[get("/v1/training-completions/{id}/line-of-sight")]
pub async fn get_training_completion_line_of_sight(
    permitted: Permitted<ReadTraining>,
    _none: Params<NoParams>,
    id: Id<TrainingCompletionId>,
) -> Result<HttpResponse, ApiError> {
    Ok(answer(permitted.read(TrainingCompletionLineOfSight { id: id.0 }).await?))
}
