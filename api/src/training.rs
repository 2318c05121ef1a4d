//! Training that is required: of whom, by when, and for how long it counts.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    wire::{Can, Patch, Word, actions, list, values, word, words},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::TrainingRequirementId,
    training::{Audience, Edition, Group, MOST_DAYS, RequirementAction, TrainingRequirement, TrainingRequirementPatch, Validity},
};
use trellis_persistence::{
    Seen,
    training::{
        CreateTrainingRequirement, GetTrainingRequirement, ListTrainingRequirements, RequirementStep, StepTrainingRequirement, TrainingRequirementHistory,
    },
    transaction::needs::{ReadRequirements, WriteRequirements},
};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema,
        schema::{SchemaType, Type},
    },
};
use utoipa_actix_web::service_config::ServiceConfig;

actions! {
    /// What can be done with a requirement.
    TrainingRequirementActions, TrainingRequirementCan = "TrainingRequirementCan", list::<RequirementAction>();
}

/// Some of the staff. Nobody, if nothing is named.
#[derive(Serialize, ToSchema)]
#[schema(title = "StaffGroup")]
pub struct StaffGroupView {
    /// By what they are.
    pub staff_categories: Vec<word::StaffCategory>,
    /// By a role that they hold at the organisation, above it or beneath it.
    pub roles: Vec<word::RoleName>,
    /// By what they are called, whatever the case of the letters.
    pub job_titles: Vec<word::Title>,
}
impl From<Group> for StaffGroupView {
    fn from(Group { staff_categories, roles, job_titles }: Group) -> Self {
        Self { staff_categories: words(staff_categories), roles: words(roles), job_titles: words(job_titles) }
    }
}
/// For whom a training is required.
#[derive(Serialize, ToSchema)]
#[schema(title = "TrainingAudience")]
pub struct TrainingAudienceView {
    /// These; all staff, if nobody is named.
    pub include: StaffGroupView,
    /// But not these.
    pub exclude: StaffGroupView,
}
/// A new edition of what is to be known.
#[derive(Serialize, ToSchema)]
pub struct TrainingEditionView {
    /// Its number; the first is 1.
    pub number: i32,
    /// From when it counts.
    pub issued_on: NaiveDate,
    /// Within how many days it is to be done again.
    pub due_within_days: i32,
    /// What is new.
    pub note: Option<word::Title>,
}
impl From<Edition> for TrainingEditionView {
    fn from(Edition { number, issued_on, due_within_days, note }: Edition) -> Self {
        Self { number, issued_on, due_within_days, note: note.map(Word) }
    }
}

/// A training that is required.
#[derive(Serialize, ToSchema)]
#[schema(title = "TrainingRequirementRecord")]
pub struct TrainingRequirementView {
    /// Its id.
    pub id: word::TrainingRequirementId,
    /// Who requires it: of everybody there and beneath.
    pub organisation_id: word::OrganisationId,
    /// What it is called.
    pub title: word::Title,
    /// What is to be done.
    pub description: Option<word::Narrative>,
    /// By what it is required.
    pub authority: word::Authority,
    /// For whom.
    pub audience: TrainingAudienceView,
    /// What starts the time in which it is to be done.
    pub trigger: word::Trigger,
    /// The day, if it is one of the calendar.
    pub scheduled_on: Option<NaiveDate>,
    /// Within how many days it is to be done.
    pub due_within_days: i32,
    /// By what it is counted for how long it counts.
    pub validity: word::ValidityKind,
    /// How many months, if by those.
    pub validity_months: Option<i32>,
    /// How many days before it runs out somebody is warned; the first is the earliest.
    pub warn_at_days: Vec<i32>,
    /// Activities of the catalogue: who attends one of their sessions has done it.
    pub activity_ids: Vec<word::LearningActivityId>,
    /// Its editions, oldest first.
    pub editions: Vec<TrainingEditionView>,
    /// Where it stands.
    pub state: word::RequirementState,
    /// From when it is asked; null while it is a draft.
    pub applies_from: Option<NaiveDate>,
    /// From when it is not asked any more.
    pub retired_on: Option<NaiveDate>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<TrainingRequirement> for TrainingRequirementView {
    fn from(requirement: TrainingRequirement) -> Self {
        let TrainingRequirement {
            id,
            organisation_id,
            title,
            description,
            authority,
            audience: Audience { include, exclude },
            trigger,
            scheduled_on,
            due_within_days,
            validity: Validity { kind, months },
            warn_at_days,
            activity_ids,
            editions,
            state,
            applies_from,
            retired_on,
            version,
            created_at,
            updated_at,
        } = requirement;
        Self {
            id: Word(id),
            organisation_id: Word(organisation_id),
            title: Word(title),
            description: description.map(Word),
            authority: Word(authority),
            audience: TrainingAudienceView { include: include.into(), exclude: exclude.into() },
            trigger: Word(trigger),
            scheduled_on,
            due_within_days,
            validity: Word(kind),
            validity_months: months,
            warn_at_days,
            activity_ids: words(activity_ids),
            editions: editions.into_iter().map(Into::into).collect(),
            state: Word(state),
            applies_from,
            retired_on,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A requirement, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "TrainingRequirement")]
pub struct TrainingRequirementDetail {
    #[serde(flatten)]
    record: TrainingRequirementView,
    /// What can be done with it.
    can: TrainingRequirementCan,
}
impl From<Seen<TrainingRequirement>> for TrainingRequirementDetail {
    fn from(Seen { record, can }: Seen<TrainingRequirement>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<TrainingRequirement>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &TrainingRequirementDetail::from(seen.clone()))
}

/// Some of the staff.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
#[schema(title = "StaffGroupInput")]
pub struct StaffGroup {
    /// By what they are.
    #[serde(default)]
    #[schema(max_items = 4)]
    staff_categories: Vec<word::StaffCategory>,
    /// By a role that they hold at the organisation, above it or beneath it.
    #[serde(default)]
    #[schema(max_items = 10)]
    roles: Vec<word::RoleName>,
    /// By what they are called, whatever the case of the letters.
    #[serde(default)]
    #[schema(max_items = 30)]
    job_titles: Vec<word::Title>,
}
impl From<StaffGroup> for Group {
    fn from(StaffGroup { staff_categories, roles, job_titles }: StaffGroup) -> Self {
        Self { staff_categories: values(staff_categories), roles: values(roles), job_titles: values(job_titles) }
    }
}
/// For whom a training is required.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "TrainingAudienceInput")]
pub struct TrainingAudience {
    /// These; all staff, if nobody is named.
    #[serde(default)]
    include: Option<StaffGroup>,
    /// But not these.
    #[serde(default)]
    exclude: Option<StaffGroup>,
}
impl From<TrainingAudience> for Audience {
    fn from(TrainingAudience { include, exclude }: TrainingAudience) -> Self {
        Self { include: include.unwrap_or_default().into(), exclude: exclude.unwrap_or_default().into() }
    }
}

/// A training to require.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrainingRequirement {
    /// Who requires it: the trust, a school or a group.
    organisation_id: word::OrganisationId,
    /// What it is called.
    title: word::Title,
    /// What is to be done.
    #[serde(default)]
    description: Option<word::Narrative>,
    /// By what it is required.
    authority: word::Authority,
    /// For whom; for all staff, if nothing is said.
    #[serde(default)]
    audience: Option<TrainingAudience>,
    /// What starts the time in which it is to be done.
    trigger: word::Trigger,
    /// The day, if it is one of the calendar.
    #[serde(default)]
    scheduled_on: Option<NaiveDate>,
    /// Within how many days it is to be done.
    #[schema(minimum = 0, maximum = 1095, example = 30)]
    due_within_days: i32,
    /// By what it is counted for how long it counts.
    validity: word::ValidityKind,
    /// How many months, if by those.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 240, example = 36)]
    validity_months: Option<i32>,
    /// How many days before it runs out somebody is warned; 90, 30 and 7, if nothing is said.
    #[serde(default)]
    #[schema(max_items = 5, example = json!([90, 30, 7]))]
    warn_at_days: Option<Vec<WarnDays>>,
    /// Activities of the catalogue: who attends one of their sessions has done it.
    #[serde(default)]
    #[schema(max_items = 30)]
    activity_ids: Vec<word::LearningActivityId>,
}
/// Days before something runs out.
#[derive(Deserialize)]
pub struct WarnDays(i32);
impl PartialSchema for WarnDays {
    fn schema() -> RefOr<Schema> {
        let days = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Integer)).minimum(Some(1)).maximum(Some(MOST_DAYS));
        RefOr::T(Schema::Object(days.description(Some("Days before something runs out.")).build()))
    }
}
impl ToSchema for WarnDays {}
fn days(list: Vec<WarnDays>) -> Vec<i32> {
    list.into_iter().map(|WarnDays(days)| days).collect()
}

/// Changes to a requirement: what is absent stays as it is, null empties. A day, or a number of months, goes with the trigger or the validity to which it belongs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingRequirementChanges {
    /// What it is called.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// What is to be done.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    description: Patch<word::Narrative>,
    /// By what it is required.
    #[serde(default)]
    #[schema(value_type = word::Authority)]
    authority: Option<word::Authority>,
    /// For whom.
    #[serde(default)]
    #[schema(value_type = TrainingAudience)]
    audience: Option<TrainingAudience>,
    /// What starts the time in which it is to be done.
    #[serde(default)]
    #[schema(value_type = word::Trigger)]
    trigger: Option<word::Trigger>,
    /// The day, if it is one of the calendar.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    scheduled_on: Patch<NaiveDate>,
    /// Within how many days it is to be done.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 1095)]
    due_within_days: Option<i32>,
    /// By what it is counted for how long it counts.
    #[serde(default)]
    #[schema(value_type = word::ValidityKind)]
    validity: Option<word::ValidityKind>,
    /// How many months, if by those.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 0, maximum = 240)]
    validity_months: Patch<i32>,
    /// How many days before it runs out somebody is warned.
    #[serde(default)]
    #[schema(value_type = Vec<WarnDays>, max_items = 5)]
    warn_at_days: Option<Vec<WarnDays>>,
    /// All the activities with which it is done.
    #[serde(default)]
    #[schema(value_type = Vec<word::LearningActivityId>, max_items = 30)]
    activity_ids: Option<Vec<word::LearningActivityId>>,
}
/// From when a requirement is asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementPublication {
    /// From this day; today, if nothing is said. Nobody is late for what was not asked yet.
    #[serde(default)]
    applies_from: Option<NaiveDate>,
}
/// A new edition.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrainingEdition {
    /// From when it counts; today, if nothing is said. It can be a day to come.
    #[serde(default)]
    issued_on: Option<NaiveDate>,
    /// Within how many days everybody is to do it again.
    #[schema(minimum = 0, maximum = 1095, example = 14)]
    due_within_days: i32,
    /// What is new.
    #[serde(default)]
    note: Option<word::Title>,
}

/// Filters of the list of requirements.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrainingRequirementFilters {
    /// Only what this organisation requires.
    organisation_id: Option<word::OrganisationId>,
    /// Only by this authority.
    authority: Option<word::Authority>,
    /// Only those in this state.
    state: Option<word::RequirementState>,
}

/// List training requirements
///
/// What one's own organisations require, those above and those beneath. Drafts are seen by those who write them.
#[utoipa::path(tag = "Training", params(PageParams, TrainingRequirementFilters), responses((status = 200, description = "A page of requirements", body = List<TrainingRequirementView>)), security(("bearer" = ["training_requirements:read"])))]
#[get("/v1/training-requirements")]
pub async fn list_training_requirements(
    permitted: Permitted<ReadRequirements>,
    listing: Listing<TrainingRequirementFilters>,
) -> Result<HttpResponse, ApiError> {
    let TrainingRequirementFilters { organisation_id, authority, state } = &listing.filters;
    let page = permitted
        .read(ListTrainingRequirements {
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            authority: authority.as_ref().map(|a| a.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, TrainingRequirementView::from))
}

/// Draft a training requirement
///
/// For the headteacher, HR and the learning lead of the organisation; for the trust, its trust leader and HR. It asks nothing of anybody until it is published. One
/// that would make itself due for ever is refused: it must count for longer than the first warning comes before its end, and than people have to do it.
#[utoipa::path(tag = "Training", request_body = NewTrainingRequirement, responses((status = 201, description = "Drafted", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[post("/v1/training-requirements")]
pub async fn create_training_requirement(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    body: Body<NewTrainingRequirement>,
) -> Result<HttpResponse, ApiError> {
    let NewTrainingRequirement {
        organisation_id,
        title,
        description,
        authority,
        audience,
        trigger,
        scheduled_on,
        due_within_days,
        validity,
        validity_months,
        warn_at_days,
        activity_ids,
    } = body.0;
    let details = TrainingRequirementPatch {
        description: Some(description.map(|d| d.0)),
        audience: audience.map(Into::into),
        scheduled_on: Some(scheduled_on),
        validity_months: Some(validity_months),
        warn_at_days: warn_at_days.map(days),
        activity_ids: Some(values(activity_ids)),
        ..TrainingRequirementPatch::default()
    };
    let operation = CreateTrainingRequirement {
        organisation_id: organisation_id.0,
        title: title.0,
        authority: authority.0,
        trigger: trigger.0,
        due_within_days,
        validity: Validity { kind: validity.0, months: validity_months },
        details,
    };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/training-requirements/{}", seen.record.id), &TrainingRequirementDetail::from(seen.clone()))
        })
        .await
}

/// Read a training requirement
///
/// With what can be done with it.
#[utoipa::path(tag = "Training", responses((status = 200, description = "The requirement", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:read"])))]
#[get("/v1/training-requirements/{id}")]
pub async fn get_training_requirement(
    permitted: Permitted<ReadRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetTrainingRequirement { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, TrainingRequirementDetail::from))
}

/// Change a training requirement
///
/// A merge-patch (RFC 7396), while it is a draft. What is published is asked of people and does not change; a new edition makes them due again.
#[utoipa::path(tag = "Training", request_body = TrainingRequirementChanges, responses((status = 200, description = "As it is now", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[patch("/v1/training-requirements/{id}")]
pub async fn update_training_requirement(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    expected: IfMatch,
    body: Body<TrainingRequirementChanges>,
) -> Result<HttpResponse, ApiError> {
    let TrainingRequirementChanges {
        title,
        description,
        authority,
        audience,
        trigger,
        scheduled_on,
        due_within_days,
        validity,
        validity_months,
        warn_at_days,
        activity_ids,
    } = body.0;
    let patch = TrainingRequirementPatch {
        title: title.map(|t| t.0),
        description: description.value(),
        authority: authority.map(|a| a.0),
        audience: audience.map(Into::into),
        trigger: trigger.map(|t| t.0),
        scheduled_on: scheduled_on.into_option(),
        due_within_days,
        validity_kind: validity.map(|v| v.0),
        validity_months: validity_months.into_option(),
        warn_at_days: warn_at_days.map(days),
        activity_ids: activity_ids.map(values),
    };
    permitted.write(StepTrainingRequirement { id: id.0, step: RequirementStep::Update(Box::new(patch)), expected: expected.0 }, saved).await
}

/// Publish a training requirement
///
/// From then on it is asked of everybody for whom it is. One that is due by editions needs its first edition before.
#[utoipa::path(tag = "Training", request_body = RequirementPublication, responses((status = 200, description = "As it is now", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[post("/v1/training-requirements/{id}/publish")]
pub async fn publish_training_requirement(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    expected: IfMatch,
    body: Body<RequirementPublication>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepTrainingRequirement { id: id.0, step: RequirementStep::Publish(body.0.applies_from), expected: expected.0 }, saved).await
}

/// Issue a new edition of a training
///
/// Whoever did it before that day is due again, within so many days of it. What they did before counts until then.
#[utoipa::path(tag = "Training", request_body = NewTrainingEdition, responses((status = 200, description = "As it is now", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[post("/v1/training-requirements/{id}/issue-edition")]
pub async fn issue_training_edition(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    expected: IfMatch,
    body: Body<NewTrainingEdition>,
) -> Result<HttpResponse, ApiError> {
    let NewTrainingEdition { issued_on, due_within_days, note } = body.0;
    let step = RequirementStep::IssueEdition { issued_on, due_within_days, note: note.map(|n| n.0) };
    permitted.write(StepTrainingRequirement { id: id.0, step, expected: expected.0 }, saved).await
}

/// Retire a training requirement
///
/// From today it is asked of nobody. What was recorded of it is kept, and where people stood before can still be asked.
#[utoipa::path(tag = "Training", responses((status = 200, description = "As it is now", body = TrainingRequirementDetail)), security(("bearer" = ["training_requirements:write"])))]
#[post("/v1/training-requirements/{id}/retire")]
pub async fn retire_training_requirement(
    permitted: Permitted<WriteRequirements>,
    _none: Params<NoParams>,
    id: Id<TrainingRequirementId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepTrainingRequirement { id: id.0, step: RequirementStep::Retire, expected: expected.0 }, saved).await
}

crate::event::history_of!(
    training_requirement_history,
    ReadRequirements,
    TrainingRequirementHistory,
    TrainingRequirementId,
    "Training",
    "/v1/training-requirements/{id}/history",
    "training_requirements:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(list_training_requirements)
        .service(create_training_requirement)
        .service(get_training_requirement)
        .service(update_training_requirement)
        .service(publish_training_requirement)
        .service(issue_training_edition)
        .service(retire_training_requirement)
        .service(training_requirement_history);
}
