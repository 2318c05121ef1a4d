//! What is sent to require a training, to change a draft, to publish it or to issue an edition.

use crate::wire::{Patch, values, word};
use chrono::NaiveDate;
use serde::Deserialize;
use trellis_domain::training::{Audience, Group, MOST_DAYS, TrainingRequirementPatch, Validity};
use trellis_persistence::training::CreateTrainingRequirement;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ObjectBuilder, RefOr, Schema,
        schema::{SchemaType, Type},
    },
};

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
impl From<NewTrainingRequirement> for CreateTrainingRequirement {
    fn from(new: NewTrainingRequirement) -> Self {
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
        } = new;
        let details = TrainingRequirementPatch {
            description: Some(description.map(|d| d.0)),
            audience: audience.map(Into::into),
            scheduled_on: Some(scheduled_on),
            validity_months: Some(validity_months),
            warn_at_days: warn_at_days.map(days),
            activity_ids: Some(values(activity_ids)),
            ..TrainingRequirementPatch::default()
        };
        Self {
            organisation_id: organisation_id.0,
            title: title.0,
            authority: authority.0,
            trigger: trigger.0,
            due_within_days,
            validity: Validity { kind: validity.0, months: validity_months },
            details,
        }
    }
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
impl From<TrainingRequirementChanges> for TrainingRequirementPatch {
    fn from(changes: TrainingRequirementChanges) -> Self {
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
        } = changes;
        Self {
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
        }
    }
}
/// From when a requirement is asked.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequirementPublication {
    /// From this day; today, if nothing is said. Nobody is late for what was not asked yet.
    #[serde(default)]
    pub(super) applies_from: Option<NaiveDate>,
}
/// A new edition.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrainingEdition {
    /// From when it counts; today, if nothing is said. It can be a day to come.
    #[serde(default)]
    pub(super) issued_on: Option<NaiveDate>,
    /// Within how many days everybody is to do it again.
    #[schema(minimum = 0, maximum = 1095, example = 14)]
    pub(super) due_within_days: i32,
    /// What is new.
    #[serde(default)]
    pub(super) note: Option<word::Title>,
}
