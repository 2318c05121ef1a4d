//! Typed identifiers: UUIDv7 strings made by the server, each good for one kind of record only.

use crate::{
    rule::{Code, RuleError},
    text::{Shape, Wire},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use uuid::Uuid;

/// Makes ids. Passed in, so that a test or the demo can make the same ids again.
pub trait IdMaker: Send + Sync {
    /// A new id, ordered by `at`.
    fn make(&self, at: DateTime<Utc>) -> Uuid;
}

/// What all typed ids have in common.
pub trait TypedId: Copy + Eq + From<Uuid> + Into<Uuid> + Send + Sync + 'static {}

macro_rules! ids {
    ($($(#[doc = $doc:literal])+ $name:ident = $wire:literal;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);
        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
        impl TypedId for $name {}
        impl Wire for $name {
            const NAME: &'static str = $wire;
            const MEANING: &'static str = concat!($($doc),+);
            const SHAPE: Shape = Shape::Id;
            fn parse(text: &str) -> Result<Self, RuleError> {
                Uuid::try_parse(text).map(Self).map_err(|_| RuleError::new(Code::InvalidValue, "not an id: a UUID is expected"))
            }
            fn text(&self) -> Cow<'_, str> {
                Cow::Owned(self.0.to_string())
            }
        }
    )*};
}

ids! {
    /// One customer body.
    TenantId = "TenantId";
    /// A trust, school or group.
    OrganisationId = "OrganisationId";
    /// A person.
    PersonId = "PersonId";
    /// A person's employment at a school.
    EmploymentId = "EmploymentId";
    /// A role held by a person at an organisation.
    RoleId = "RoleId";
    /// A dated relationship between two people.
    RelationshipId = "RelationshipId";
    /// One person given up to another.
    MergeId = "MergeId";
    /// A suggestion that two records are one person.
    MatchSuggestionId = "MatchSuggestionId";
    /// A framework of professional standards.
    FrameworkId = "FrameworkId";
    /// One version of a framework.
    FrameworkVersionId = "FrameworkVersionId";
    /// One standard of a framework version.
    StandardId = "StandardId";
    /// One version of a rule profile.
    RuleProfileId = "RuleProfileId";
    /// One version of a school's calendar.
    CalendarId = "CalendarId";
    /// An appraisal cycle.
    CycleId = "CycleId";
    /// An appraisal.
    AppraisalId = "AppraisalId";
    /// A hold on the appraisal of an employment.
    HoldId = "HoldId";
    /// A version of a template of conversations.
    ConversationTemplateId = "ConversationTemplateId";
    /// A conversation.
    ConversationId = "ConversationId";
    /// One side's own notes of a conversation.
    ConversationNotesId = "ConversationNotesId";
    /// Something that was agreed in a conversation.
    AgreedActionId = "AgreedActionId";
    /// An issued version of an appraisal report.
    ReportId = "ReportId";
    /// An appraisal report that is being written.
    ReportDraftId = "ReportDraftId";
    /// What is recommended on somebody's pay.
    PayRecommendationId = "PayRecommendationId";
    /// Something that a person needs to learn or to be helped with.
    NeedId = "NeedId";
    /// That somebody read a record about somebody else.
    DisclosureId = "DisclosureId";
    /// An objective.
    ObjectiveId = "ObjectiveId";
    /// A success criterion of an objective.
    CriterionId = "CriterionId";
    /// A note on an objective.
    ObjectiveNoteId = "ObjectiveNoteId";
    /// A colleague's part in somebody's objective.
    CollaborationId = "CollaborationId";
    /// An improvement plan.
    ImprovementPlanId = "ImprovementPlanId";
    /// A priority of an improvement plan.
    PriorityId = "PriorityId";
    /// An action of a priority.
    PriorityActionId = "PriorityActionId";
    /// An activity of the catalogue.
    LearningActivityId = "LearningActivityId";
    /// A session of an activity.
    LearningSessionId = "LearningSessionId";
    /// An enrolment at a session.
    EnrolmentId = "EnrolmentId";
    /// A training that is required.
    TrainingRequirementId = "TrainingRequirementId";
    /// That somebody met a training requirement.
    TrainingCompletionId = "TrainingCompletionId";
    /// That somebody need not meet a training requirement for a time.
    TrainingExemptionId = "TrainingExemptionId";
    /// A learning request.
    LearningRequestId = "LearningRequestId";
    /// A decision on a learning request.
    RequestDecisionId = "RequestDecisionId";
    /// A comment on a learning request.
    RequestCommentId = "RequestCommentId";
    /// A checkpoint of an impact plan.
    CheckpointId = "CheckpointId";
    /// A line of a budget for learning.
    BudgetLineId = "BudgetLineId";
    /// An entry in the ledger of a budget line.
    BudgetEntryId = "BudgetEntryId";
    /// A finding that was published.
    FindingId = "FindingId";
    /// A coaching partnership.
    CoachingPartnershipId = "CoachingPartnershipId";
    /// An action step of a coaching partnership.
    ActionStepId = "ActionStepId";
    /// A visit to somebody's lesson.
    LearningVisitId = "LearningVisitId";
    /// A piece of evidence of learning.
    EvidenceId = "EvidenceId";
    /// A self-review.
    SelfReviewId = "SelfReviewId";
    /// A version of a self-review that its owner kept.
    SelfReviewVersionId = "SelfReviewVersionId";
    /// A version of a self-review that somebody is let read.
    SharedSelfReviewId = "SharedSelfReviewId";
    /// A learning record.
    LearningRecordId = "LearningRecordId";
    /// A person's account, with which they log in.
    AccountId = "AccountId";
    /// A secret address of a calendar.
    CalendarLinkId = "CalendarLinkId";
    /// A log-in and all the tokens that came of it.
    SessionId = "SessionId";
    /// A machine's identity.
    ServiceAccountId = "ServiceAccountId";
    /// A service account's secret key (its public half: what names it).
    KeyId = "KeyId";
    /// An event of the log.
    EventId = "EventId";
    /// A job: work that takes longer than a request may.
    JobId = "JobId";
}
