//! Coaching partnerships: two people who both want it. Nobody else reads anything of them.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    relationship::CadenceView,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, list, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    coaching::{CoachingPartnership, CoachingRound, CoachingStage, PartnershipAction, PartnershipPatch},
    id::CoachingPartnershipId,
};
use trellis_persistence::{
    Seen,
    coaching::{AcceptPartnership, EndPartnership, GetPartnership, GoOnCoaching, ListPartnerships, PartnershipHistory, ProposePartnership, UpdatePartnership},
    transaction::needs::{ReadCoaching, WriteCoaching},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a coaching partnership.
    PartnershipActions, PartnershipCan = "CoachingPartnershipCan", list::<PartnershipAction>();
}

/// A round of coaching, about one goal: it is found (`identify`), a way to it is learned (`learn`), and it is done in lessons until the goal is met (`improve`).
#[derive(Serialize, ToSchema)]
#[schema(title = "CoachingRound")]
pub struct CoachingRoundView {
    /// Which of the partnership; the first is 1.
    #[schema(minimum = 1)]
    pub number: i32,
    /// What the two are about.
    pub stage: word::CoachingStage,
    /// Since when.
    pub since: NaiveDate,
}
impl From<CoachingRound> for CoachingRoundView {
    fn from(CoachingRound { number, stage, since }: CoachingRound) -> Self {
        Self { number, stage: Word(stage), since }
    }
}

/// Two people who learn together.
#[derive(Serialize, ToSchema)]
#[schema(title = "CoachingPartnershipRecord")]
pub struct CoachingPartnershipView {
    /// Its id.
    pub id: word::CoachingPartnershipId,
    /// What kind.
    pub kind: word::CoachingKind,
    /// Whose development it is for.
    pub learner_id: word::PersonId,
    /// Who coaches, mentors or goes along.
    pub coach_id: word::PersonId,
    /// Which of the two asked; the other can accept.
    pub proposed_by: word::PersonId,
    /// Where it stands.
    pub state: word::PartnershipState,
    /// What it is about.
    pub focus: word::Reason,
    /// How often the two meet; null if they meet as it comes. How they keep to it: `GET /v1/me/coaching-rhythms`.
    pub cadence: Option<CadenceView>,
    /// The round of coaching that they are in; null until both wanted it.
    pub round: Option<CoachingRoundView>,
    /// Why it was ended, if that was said.
    pub last_reason: Option<word::Reason>,
    /// The day on which both wanted it; null until then.
    pub started_on: Option<NaiveDate>,
    /// The day on which it was ended; null until then.
    pub ended_on: Option<NaiveDate>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<CoachingPartnership> for CoachingPartnershipView {
    fn from(record: CoachingPartnership) -> Self {
        let CoachingPartnership {
            id,
            kind,
            learner_id,
            coach_id,
            proposed_by,
            state,
            focus,
            cadence,
            round,
            last_reason,
            started_on,
            ended_on,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            id: Word(id),
            kind: Word(kind),
            learner_id: Word(learner_id),
            coach_id: Word(coach_id),
            proposed_by: Word(proposed_by),
            state: Word(state),
            focus: Word(focus),
            cadence: cadence.map(Into::into),
            round: round.map(Into::into),
            last_reason: last_reason.map(Word),
            started_on,
            ended_on,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A coaching partnership, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "CoachingPartnership")]
pub struct CoachingPartnershipDetail {
    #[serde(flatten)]
    record: CoachingPartnershipView,
    /// What can be done with it.
    can: PartnershipCan,
}
impl From<Seen<CoachingPartnership>> for CoachingPartnershipDetail {
    fn from(Seen { record, can }: Seen<CoachingPartnership>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<CoachingPartnership>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &CoachingPartnershipDetail::from(seen.clone()))
}

/// A proposal to somebody. One of the two is the caller.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCoachingPartnership {
    /// What kind.
    kind: word::CoachingKind,
    /// Whose development it is for.
    learner_id: word::PersonId,
    /// Who coaches, mentors or goes along.
    coach_id: word::PersonId,
    /// What it is about.
    focus: word::Reason,
    /// Weeks between two meetings; null, or left out, if they meet as it comes.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 52, example = 2)]
    cadence_weeks: Option<i32>,
}
/// Changes to a partnership: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CoachingPartnershipChanges {
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = word::Reason)]
    focus: Option<word::Reason>,
    /// Weeks between two meetings; null if they meet as it comes.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 52)]
    cadence_weeks: Patch<i32>,
}
/// The end of a partnership.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PartnershipEnd {
    /// Why, if one says so; for the other of the two.
    #[serde(default)]
    reason: Option<word::Reason>,
}

/// Filters of the list of coaching partnerships.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PartnershipFilters {
    /// Only those that stand here.
    state: Option<word::PartnershipState>,
    /// Only this kind.
    kind: Option<word::CoachingKind>,
}

/// List coaching partnerships
///
/// One's own, on either side. Nobody else sees them, whatever their role.
#[utoipa::path(tag = "Coaching", params(PageParams, PartnershipFilters), responses((status = 200, description = "A page of partnerships", body = List<CoachingPartnershipView>)), security(("bearer" = ["coaching:read"])))]
#[get("/v1/coaching-partnerships")]
pub async fn list_coaching_partnerships(permitted: Permitted<ReadCoaching>, listing: Listing<PartnershipFilters>) -> Result<HttpResponse, ApiError> {
    let PartnershipFilters { state, kind } = &listing.filters;
    let operation = ListPartnerships { state: state.as_ref().map(|s| s.0), kind: kind.as_ref().map(|k| k.0), window: listing.window };
    let page = permitted.read(operation).await?;
    Ok(listing.answer(page, CoachingPartnershipView::from))
}

/// Propose a coaching partnership
///
/// To a colleague, as who learns or as who coaches. It begins when the other accepts.
#[utoipa::path(tag = "Coaching", request_body = NewCoachingPartnership, responses((status = 201, description = "Proposed", body = CoachingPartnershipDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/coaching-partnerships")]
pub async fn propose_coaching_partnership(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    body: Body<NewCoachingPartnership>,
) -> Result<HttpResponse, ApiError> {
    let NewCoachingPartnership { kind, learner_id, coach_id, focus, cadence_weeks } = body.0;
    let operation = ProposePartnership { kind: kind.0, learner_id: learner_id.0, coach_id: coach_id.0, focus: focus.0, cadence_weeks };
    permitted
        .write(operation, |seen| {
            let location = format!("/v1/coaching-partnerships/{}", seen.record.id);
            respond::created(seen.record.version, location, &CoachingPartnershipDetail::from(seen.clone()))
        })
        .await
}

/// Read a coaching partnership
///
/// With what can be done with it.
#[utoipa::path(tag = "Coaching", responses((status = 200, description = "The partnership", body = CoachingPartnershipDetail)), security(("bearer" = ["coaching:read"])))]
#[get("/v1/coaching-partnerships/{id}")]
pub async fn get_coaching_partnership(
    permitted: Permitted<ReadCoaching>,
    _none: Params<NoParams>,
    id: Id<CoachingPartnershipId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetPartnership { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, CoachingPartnershipDetail::from))
}

/// Change a coaching partnership
///
/// A merge-patch (RFC 7396) by either of the two. Another rhythm counts from today. While it is proposed, whoever changes it makes it theirs: the other is asked.
#[utoipa::path(tag = "Coaching", request_body = CoachingPartnershipChanges, responses((status = 200, description = "As it is now", body = CoachingPartnershipDetail)), security(("bearer" = ["coaching:write"])))]
#[patch("/v1/coaching-partnerships/{id}")]
pub async fn update_coaching_partnership(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    id: Id<CoachingPartnershipId>,
    expected: IfMatch,
    body: Body<CoachingPartnershipChanges>,
) -> Result<HttpResponse, ApiError> {
    let CoachingPartnershipChanges { focus, cadence_weeks } = body.0;
    let patch = PartnershipPatch { focus: focus.map(|f| f.0), cadence_weeks: cadence_weeks.into_option() };
    permitted.write(UpdatePartnership { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Accept a coaching partnership
///
/// By the one who was asked.
#[utoipa::path(tag = "Coaching", responses((status = 200, description = "As it is now", body = CoachingPartnershipDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/coaching-partnerships/{id}/accept")]
pub async fn accept_coaching_partnership(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    id: Id<CoachingPartnershipId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(AcceptPartnership { id: id.0, expected: expected.0 }, saved).await
}

async fn go_on(permitted: Permitted<WriteCoaching>, id: CoachingPartnershipId, to: CoachingStage, expected: IfMatch) -> Result<HttpResponse, ApiError> {
    permitted.write(GoOnCoaching { id, to, expected: expected.0 }, saved).await
}

/// Begin another round of coaching
///
/// By either of the two, once the round is at `learn` or `improve`: the next one begins with `identify`, and its number is one more. The first began when both wanted it. The goal itself is not kept here: `focus` or an action step says it.
#[utoipa::path(tag = "Coaching", responses((status = 200, description = "As it is now", body = CoachingPartnershipDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/coaching-partnerships/{id}/identify")]
pub async fn identify_coaching_goal(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    id: Id<CoachingPartnershipId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    go_on(permitted, id.0, CoachingStage::Identify, expected).await
}

/// Go on to learning in coaching
///
/// By either of the two, from `identify`, once there is a goal; or back from `improve`, when another way may serve better. The round stays the same. Else `wrong_state`.
#[utoipa::path(tag = "Coaching", responses((status = 200, description = "As it is now", body = CoachingPartnershipDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/coaching-partnerships/{id}/learn")]
pub async fn learn_in_coaching(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    id: Id<CoachingPartnershipId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    go_on(permitted, id.0, CoachingStage::Learn, expected).await
}

/// Go on to improving in coaching
///
/// By either of the two, from `learn`: what was learned is done in lessons, and adapted until the goal is met.
#[utoipa::path(tag = "Coaching", responses((status = 200, description = "As it is now", body = CoachingPartnershipDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/coaching-partnerships/{id}/improve")]
pub async fn improve_in_coaching(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    id: Id<CoachingPartnershipId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    go_on(permitted, id.0, CoachingStage::Improve, expected).await
}

/// End a coaching partnership
///
/// By either of the two, at any time: a proposal is taken back or declined by it.
#[utoipa::path(tag = "Coaching", request_body = PartnershipEnd, responses((status = 200, description = "As it is now", body = CoachingPartnershipDetail)), security(("bearer" = ["coaching:write"])))]
#[post("/v1/coaching-partnerships/{id}/end")]
pub async fn end_coaching_partnership(
    permitted: Permitted<WriteCoaching>,
    _none: Params<NoParams>,
    id: Id<CoachingPartnershipId>,
    expected: IfMatch,
    body: Body<PartnershipEnd>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(EndPartnership { id: id.0, reason: body.0.reason.map(|r| r.0), expected: expected.0 }, saved).await
}

crate::event::history_of!(
    coaching_partnership_history,
    ReadCoaching,
    PartnershipHistory,
    CoachingPartnershipId,
    "Coaching",
    "/v1/coaching-partnerships/{id}/history",
    "coaching:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_coaching_partnerships)
        .service(propose_coaching_partnership)
        .service(get_coaching_partnership)
        .service(update_coaching_partnership)
        .service(accept_coaching_partnership)
        .service(identify_coaching_goal)
        .service(learn_in_coaching)
        .service(improve_in_coaching)
        .service(end_coaching_partnership)
        .service(coaching_partnership_history);
}
