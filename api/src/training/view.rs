//! Requirements as the contract shows them.

use crate::wire::{Can, Word, actions, list, word, words};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use trellis_domain::training::{Audience, Edition, Group, RequirementAction, TrainingRequirement, Validity};
use trellis_persistence::Seen;
use utoipa::ToSchema;

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
