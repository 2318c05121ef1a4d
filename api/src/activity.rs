//! The catalogue: what trusts and schools offer to learn.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, list, values, word, words},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    activity::{ActivityAction, LearningActivity, LearningActivityPatch},
    id::LearningActivityId,
};
use trellis_persistence::{
    Seen,
    activity::{CreateLearningActivity, GetLearningActivity, LearningActivityHistory, ListLearningActivities, StepLearningActivity, UpdateLearningActivity},
    transaction::needs::{ReadActivities, WriteActivities},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with an activity.
    LearningActivityActions, LearningActivityCan = "LearningActivityCan", list::<ActivityAction>();
}

/// Something that can be learned: a course, a workshop, a programme.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningActivityRecord")]
pub struct LearningActivityView {
    /// Its id.
    pub id: word::LearningActivityId,
    /// Who offers it: the trust to all of its schools, or one school to its own staff.
    pub organisation_id: word::OrganisationId,
    /// What it is called.
    pub title: word::Title,
    /// What it is about.
    pub description: Option<word::Narrative>,
    /// How it is learned.
    pub kind: word::LearningKind,
    /// Who provides it.
    pub provider: Option<word::Title>,
    /// What a place costs, in pence.
    pub cost_pence: i32,
    /// How long it takes, in minutes.
    pub minutes: i32,
    /// For whom; for everybody if none is named.
    pub audience: Vec<word::StaffCategory>,
    /// Standards, and mechanisms of effective professional development, that it speaks to.
    pub standard_ids: Vec<word::StandardId>,
    /// Where it stands.
    pub state: word::ActivityState,
    /// Whether to go on with it, as whoever keeps the catalogue concluded of what came of it; null if nothing was concluded.
    pub conclusion: Option<word::Conclusion>,
    /// Why; null if that was not said.
    pub conclusion_note: Option<word::Narrative>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<LearningActivity> for LearningActivityView {
    fn from(activity: LearningActivity) -> Self {
        let LearningActivity {
            id,
            organisation_id,
            title,
            description,
            kind,
            provider,
            cost_pence,
            minutes,
            audience,
            standard_ids,
            state,
            conclusion,
            conclusion_note,
            version,
            created_at,
            updated_at,
        } = activity;
        Self {
            id: Word(id),
            organisation_id: Word(organisation_id),
            title: Word(title),
            description: description.map(Word),
            kind: Word(kind),
            provider: provider.map(Word),
            cost_pence,
            minutes,
            audience: words(audience),
            standard_ids: words(standard_ids),
            state: Word(state),
            conclusion: conclusion.map(Word),
            conclusion_note: conclusion_note.map(Word),
            version,
            created_at,
            updated_at,
        }
    }
}
/// An activity, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningActivity")]
pub struct LearningActivityDetail {
    #[serde(flatten)]
    record: LearningActivityView,
    /// What can be done with it.
    can: LearningActivityCan,
}
impl From<Seen<LearningActivity>> for LearningActivityDetail {
    fn from(Seen { record, can }: Seen<LearningActivity>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<LearningActivity>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &LearningActivityDetail::from(seen.clone()))
}

/// Something new to learn.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLearningActivity {
    /// Who offers it: the trust, or a school to its own staff.
    organisation_id: word::OrganisationId,
    /// What it is called.
    title: word::Title,
    /// What it is about.
    #[serde(default)]
    description: Option<word::Narrative>,
    /// How it is learned.
    kind: word::LearningKind,
    /// Who provides it.
    #[serde(default)]
    provider: Option<word::Title>,
    /// What a place costs, in pence; nothing, if nothing is said.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000_000, example = 4500)]
    cost_pence: Option<i32>,
    /// How long it takes, in minutes; at most 1,000 hours.
    #[schema(minimum = 0, maximum = 60_000, example = 90)]
    minutes: i32,
    /// For whom; for everybody if none is named.
    #[serde(default)]
    #[schema(max_items = 4)]
    audience: Vec<word::StaffCategory>,
    /// Standards and mechanisms that it speaks to, of published versions.
    #[serde(default)]
    #[schema(max_items = 30)]
    standard_ids: Vec<word::StandardId>,
}
/// Changes to an activity: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearningActivityChanges {
    /// What it is called.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    description: Patch<word::Narrative>,
    /// How it is learned.
    #[serde(default)]
    #[schema(value_type = word::LearningKind)]
    kind: Option<word::LearningKind>,
    /// Who provides it.
    #[serde(default)]
    #[schema(value_type = Option<word::Title>)]
    provider: Patch<word::Title>,
    /// What a place costs, in pence.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 100_000_000)]
    cost_pence: Option<i32>,
    /// How long it takes, in minutes.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 60_000)]
    minutes: Option<i32>,
    /// For whom.
    #[serde(default)]
    #[schema(value_type = Vec<word::StaffCategory>, max_items = 4)]
    audience: Option<Vec<word::StaffCategory>>,
    /// All the standards that it speaks to.
    #[serde(default)]
    #[schema(value_type = Vec<word::StandardId>, max_items = 30)]
    standard_ids: Option<Vec<word::StandardId>>,
    /// Whether to go on with it, now that one has seen what came of it: nothing concludes it but a person.
    #[serde(default)]
    #[schema(value_type = Option<word::Conclusion>)]
    conclusion: Patch<word::Conclusion>,
    /// Why. Another conclusion without a note empties it; a note without a conclusion is `contradictory_members`.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    conclusion_note: Patch<word::Narrative>,
}

/// Filters of the catalogue.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LearningActivityFilters {
    /// Only what this organisation offers.
    organisation_id: Option<word::OrganisationId>,
    /// Only this kind.
    kind: Option<word::LearningKind>,
    /// Only what is offered, or only what is retired.
    state: Option<word::ActivityState>,
}

/// List the catalogue
///
/// What one's own organisations offer, those above and those beneath.
#[utoipa::path(tag = "Catalogue", params(PageParams, LearningActivityFilters), responses((status = 200, description = "A page of the catalogue", body = List<LearningActivityView>)), security(("bearer" = ["activities:read"])))]
#[get("/v1/learning-activities")]
pub async fn list_learning_activities(permitted: Permitted<ReadActivities>, listing: Listing<LearningActivityFilters>) -> Result<HttpResponse, ApiError> {
    let LearningActivityFilters { organisation_id, kind, state } = &listing.filters;
    let page = permitted
        .read(ListLearningActivities {
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            kind: kind.as_ref().map(|k| k.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, LearningActivityView::from))
}

/// Offer something to learn
///
/// For the headteacher and the learning lead of the organisation; for the trust, its trust leader.
#[utoipa::path(tag = "Catalogue", request_body = NewLearningActivity, responses((status = 201, description = "Added", body = LearningActivityDetail)), security(("bearer" = ["activities:write"])))]
#[post("/v1/learning-activities")]
pub async fn create_learning_activity(
    permitted: Permitted<WriteActivities>,
    _none: Params<NoParams>,
    body: Body<NewLearningActivity>,
) -> Result<HttpResponse, ApiError> {
    let NewLearningActivity { organisation_id, title, description, kind, provider, cost_pence, minutes, audience, standard_ids } = body.0;
    let details = LearningActivityPatch {
        description: Some(description.map(|d| d.0)),
        provider: Some(provider.map(|p| p.0)),
        cost_pence,
        audience: Some(values(audience)),
        standard_ids: Some(values(standard_ids)),
        ..LearningActivityPatch::default()
    };
    let operation = CreateLearningActivity { organisation_id: organisation_id.0, title: title.0, kind: kind.0, minutes, details };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/learning-activities/{}", seen.record.id), &LearningActivityDetail::from(seen.clone()))
        })
        .await
}

/// Read an activity
///
/// With what can be done with it. Its sessions: `GET /v1/learning-sessions?activity_id=`.
#[utoipa::path(tag = "Catalogue", responses((status = 200, description = "The activity", body = LearningActivityDetail)), security(("bearer" = ["activities:read"])))]
#[get("/v1/learning-activities/{id}")]
pub async fn get_learning_activity(
    permitted: Permitted<ReadActivities>,
    _none: Params<NoParams>,
    id: Id<LearningActivityId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetLearningActivity { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, LearningActivityDetail::from))
}

/// Change an activity
///
/// A merge-patch (RFC 7396), while it is offered. `conclusion` says whether to go on with it, once it is known what came of it (`GET /v1/organisations/{id}/impact-summary`).
#[utoipa::path(tag = "Catalogue", request_body = LearningActivityChanges, responses((status = 200, description = "As it is now", body = LearningActivityDetail)), security(("bearer" = ["activities:write"])))]
#[patch("/v1/learning-activities/{id}")]
pub async fn update_learning_activity(
    permitted: Permitted<WriteActivities>,
    _none: Params<NoParams>,
    id: Id<LearningActivityId>,
    expected: IfMatch,
    body: Body<LearningActivityChanges>,
) -> Result<HttpResponse, ApiError> {
    let LearningActivityChanges { title, description, kind, provider, cost_pence, minutes, audience, standard_ids, conclusion, conclusion_note } = body.0;
    let patch = LearningActivityPatch {
        title: title.map(|t| t.0),
        description: description.value(),
        kind: kind.map(|k| k.0),
        provider: provider.value(),
        cost_pence,
        minutes,
        audience: audience.map(values),
        standard_ids: standard_ids.map(values),
        conclusion: conclusion.value(),
        conclusion_note: conclusion_note.value(),
    };
    permitted.write(UpdateLearningActivity { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Retire an activity
///
/// It is kept, with its sessions and who came to them; no new session is scheduled of it.
#[utoipa::path(tag = "Catalogue", responses((status = 200, description = "As it is now", body = LearningActivityDetail)), security(("bearer" = ["activities:write"])))]
#[post("/v1/learning-activities/{id}/retire")]
pub async fn retire_learning_activity(
    permitted: Permitted<WriteActivities>,
    _none: Params<NoParams>,
    id: Id<LearningActivityId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepLearningActivity { id: id.0, action: ActivityAction::Retire, expected: expected.0 }, saved).await
}

/// Offer an activity again
///
/// After it was retired.
#[utoipa::path(tag = "Catalogue", responses((status = 200, description = "As it is now", body = LearningActivityDetail)), security(("bearer" = ["activities:write"])))]
#[post("/v1/learning-activities/{id}/restore")]
pub async fn restore_learning_activity(
    permitted: Permitted<WriteActivities>,
    _none: Params<NoParams>,
    id: Id<LearningActivityId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepLearningActivity { id: id.0, action: ActivityAction::Restore, expected: expected.0 }, saved).await
}

crate::event::history_of!(
    learning_activity_history,
    ReadActivities,
    LearningActivityHistory,
    LearningActivityId,
    "Catalogue",
    "/v1/learning-activities/{id}/history",
    "activities:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_learning_activities)
        .service(create_learning_activity)
        .service(get_learning_activity)
        .service(update_learning_activity)
        .service(retire_learning_activity)
        .service(restore_learning_activity)
        .service(learning_activity_history);
}
