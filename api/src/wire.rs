//! Domain values in the contract: their schema is made from their own shape, so that what the contract promises and what parsing accepts
//! are one fact.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use serde_json::{Value, json};
use std::{borrow::Cow, marker::PhantomData};
use trellis_domain::{
    rule::RuleError,
    text::{LINE, PROSE, Shape, Wire},
};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, Object, ObjectBuilder, RefOr, Schema, SchemaFormat,
        extensions::ExtensionsBuilder,
        schema::{SchemaType, Type},
    },
};

/// A domain value as it travels: an id, a bounded text or one of a closed list of words.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word<T>(pub T);

impl<T: Wire> Serialize for Word<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.text())
    }
}
impl<'de, T: Wire> Deserialize<'de> for Word<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        T::parse(&text).map(Word).map_err(|e: RuleError| D::Error::custom(e.message))
    }
}
impl<T> From<T> for Word<T> {
    fn from(value: T) -> Self {
        Word(value)
    }
}

/// Domain values as they travel, each under its own name: `word::Title` is `Word<Title>`. The contract's names come from these.
pub mod word {
    macro_rules! words {
        ($path:path as $name:ident) => {
            #[doc = concat!("`", stringify!($name), "` as it travels.")]
            pub type $name = super::Word<$path>;
        };
    }
    words!(trellis_domain::id::AccountId as AccountId);
    words!(crate::me::CallerKind as CallerKind);
    words!(trellis_domain::id::AppraisalId as AppraisalId);
    words!(trellis_domain::appraisal::AppraisalState as AppraisalState);
    words!(trellis_domain::appraisal::DeadlineKind as DeadlineKind);
    words!(trellis_domain::appraisal::DeadlineSource as DeadlineSource);
    words!(trellis_domain::report::AppealOutcome as AppealOutcome);
    words!(trellis_domain::id::ReportId as ReportId);
    words!(trellis_domain::id::PayRecommendationId as PayRecommendationId);
    words!(trellis_domain::pay::PayOutcome as PayOutcome);
    words!(trellis_domain::pay::PayState as PayState);
    words!(trellis_domain::pay::PayVerdict as PayVerdict);
    words!(trellis_domain::id::NeedId as NeedId);
    words!(trellis_domain::need::NeedState as NeedState);
    words!(trellis_domain::id::DisclosureId as DisclosureId);
    words!(trellis_domain::disclosure::Capacity as Capacity);
    words!(trellis_domain::id::HoldId as HoldId);
    words!(trellis_domain::appraisal::Omission as Omission);
    words!(trellis_domain::activity::ActivityState as ActivityState);
    words!(trellis_domain::id::AgreedActionId as AgreedActionId);
    words!(trellis_domain::agreed_action::AgreedActionState as AgreedActionState);
    words!(trellis_domain::conversation::agenda::AgendaKind as AgendaKind);
    words!(trellis_domain::conversation::agenda::AgendaPart as AgendaPart);
    words!(trellis_domain::conversation_template::AnsweredBy as AnsweredBy);
    words!(trellis_domain::id::ConversationId as ConversationId);
    words!(trellis_domain::check_in::CheckInHealth as CheckInHealth);
    words!(trellis_domain::check_in::CountedWeeks as CountedWeeks);
    words!(trellis_domain::conversation::ConversationKind as ConversationKind);
    words!(trellis_domain::conversation::ConversationState as ConversationState);
    words!(trellis_domain::id::ConversationTemplateId as ConversationTemplateId);
    words!(trellis_domain::conversation::Lane as Lane);
    words!(trellis_domain::conversation::Side as Side);
    words!(trellis_domain::id::FindingId as FindingId);
    words!(trellis_domain::id::CoachingPartnershipId as CoachingPartnershipId);
    words!(trellis_domain::id::ActionStepId as ActionStepId);
    words!(trellis_domain::id::LearningVisitId as LearningVisitId);
    words!(trellis_domain::finding::FindingAudience as FindingAudience);
    words!(trellis_domain::finding::FindingState as FindingState);
    words!(trellis_domain::inquiry::InquiryStage as InquiryStage);
    words!(trellis_domain::coaching::CoachingKind as CoachingKind);
    words!(trellis_domain::coaching::PartnershipState as PartnershipState);
    words!(trellis_domain::coaching::CoachingStage as CoachingStage);
    words!(trellis_domain::coaching::StepState as StepState);
    words!(trellis_domain::coaching::StepOutcome as StepOutcome);
    words!(trellis_domain::visit::VisitLane as VisitLane);
    words!(trellis_domain::id::SelfReviewId as SelfReviewId);
    words!(trellis_domain::id::SelfReviewVersionId as SelfReviewVersionId);
    words!(trellis_domain::id::SharedSelfReviewId as SharedSelfReviewId);
    words!(trellis_domain::self_review::SelfAssessment as SelfAssessment);
    words!(trellis_domain::need::NeedSource as NeedSource);
    words!(trellis_domain::id::CalendarLinkId as CalendarLinkId);
    words!(trellis_domain::id::CollaborationId as CollaborationId);
    words!(trellis_domain::objective::collaboration::CollaborationState as CollaborationState);
    words!(trellis_domain::id::CriterionId as CriterionId);
    words!(trellis_domain::id::CycleId as CycleId);
    words!(trellis_domain::cycle::CycleState as CycleState);
    words!(trellis_domain::text::Email as Email);
    words!(trellis_domain::training::Authority as Authority);
    words!(trellis_domain::training::RequirementState as RequirementState);
    words!(trellis_domain::id::TrainingCompletionId as TrainingCompletionId);
    words!(trellis_domain::id::TrainingExemptionId as TrainingExemptionId);
    words!(trellis_domain::id::TrainingRequirementId as TrainingRequirementId);
    words!(trellis_domain::training::status::TrainingStatus as TrainingStatus);
    words!(trellis_domain::training::Trigger as Trigger);
    words!(trellis_domain::training::ValidityKind as ValidityKind);
    words!(trellis_domain::id::EmploymentId as EmploymentId);
    words!(trellis_domain::provenance::EmploymentField as EmploymentField);
    words!(trellis_domain::erasure::ErasureReason as ErasureReason);
    words!(trellis_domain::id::EnrolmentId as EnrolmentId);
    words!(trellis_domain::enrolment::EnrolmentState as EnrolmentState);
    words!(trellis_domain::budget::BudgetEntryKind as BudgetEntryKind);
    words!(trellis_domain::id::BudgetEntryId as BudgetEntryId);
    words!(trellis_domain::id::BudgetLineId as BudgetLineId);
    words!(trellis_domain::id::CheckpointId as CheckpointId);
    words!(trellis_domain::impact::CheckpointOutcome as CheckpointOutcome);
    words!(trellis_domain::impact::CheckpointState as CheckpointState);
    words!(trellis_domain::impact::Conclusion as Conclusion);
    words!(trellis_domain::impact::ImpactLevel as ImpactLevel);
    words!(trellis_domain::impact::OffsetUnit as OffsetUnit);
    words!(trellis_domain::request::DecisionStep as DecisionStep);
    words!(trellis_domain::id::LearningRequestId as LearningRequestId);
    words!(trellis_domain::id::RequestCommentId as RequestCommentId);
    words!(trellis_domain::id::RequestDecisionId as RequestDecisionId);
    words!(trellis_domain::request::RequestState as RequestState);
    words!(trellis_domain::request::Verdict as Verdict);
    words!(trellis_domain::id::EvidenceId as EvidenceId);
    words!(trellis_domain::evidence::EvidenceKind as EvidenceKind);
    words!(trellis_domain::text::FileName as FileName);
    words!(trellis_domain::evidence::MediaType as MediaType);
    words!(trellis_domain::text::WebAddress as WebAddress);
    words!(trellis_domain::text::Whereabouts as Whereabouts);
    words!(trellis_domain::id::EventId as EventId);
    words!(trellis_domain::event::EventKind as EventKind);
    words!(trellis_domain::insight::EvidenceLevel as EvidenceLevel);
    words!(trellis_domain::id::FrameworkId as FrameworkId);
    words!(trellis_domain::id::FrameworkVersionId as FrameworkVersionId);
    words!(crate::organisation::GiasFile as GiasFile);
    words!(trellis_domain::organisation::GroupType as GroupType);
    words!(trellis_domain::id::ImprovementPlanId as ImprovementPlanId);
    words!(trellis_domain::id::JobId as JobId);
    words!(trellis_domain::job::JobKind as JobKind);
    words!(trellis_domain::job::JobState as JobState);
    words!(trellis_domain::id::KeyId as KeyId);
    words!(trellis_domain::learning::LearningKind as LearningKind);
    words!(trellis_domain::id::LearningActivityId as LearningActivityId);
    words!(trellis_domain::id::LearningRecordId as LearningRecordId);
    words!(trellis_domain::id::LearningSessionId as LearningSessionId);
    words!(trellis_domain::organisation::LinkKind as LinkKind);
    words!(trellis_domain::id::MatchSuggestionId as MatchSuggestionId);
    words!(trellis_domain::id::MergeId as MergeId);
    words!(trellis_domain::matching::Agreement as Agreement);
    words!(trellis_domain::matching::MatchReason as MatchReason);
    words!(trellis_domain::matching::MatchState as MatchState);
    words!(trellis_domain::text::Name as Name);
    words!(trellis_domain::text::Narrative as Narrative);
    words!(trellis_domain::profile::Nation as Nation);
    words!(trellis_domain::id::ObjectiveId as ObjectiveId);
    words!(trellis_domain::objective::authorship::ObjectiveField as ObjectiveField);
    words!(trellis_domain::id::ObjectiveNoteId as ObjectiveNoteId);
    words!(trellis_domain::objective::ObjectiveKind as ObjectiveKind);
    words!(trellis_domain::objective::ObjectiveOrigin as ObjectiveOrigin);
    words!(trellis_domain::objective::ObjectiveState as ObjectiveState);
    words!(trellis_domain::id::OrganisationId as OrganisationId);
    words!(trellis_domain::provenance::OrganisationField as OrganisationField);
    words!(trellis_domain::organisation::OrganisationKind as OrganisationKind);
    words!(trellis_domain::organisation::OrganisationStatus as OrganisationStatus);
    words!(trellis_domain::access::Permission as Permission);
    words!(trellis_domain::insight::Orphan as Orphan);
    words!(trellis_domain::insight::Outstanding as Outstanding);
    words!(trellis_domain::id::PersonId as PersonId);
    words!(trellis_domain::provenance::PersonField as PersonField);
    words!(trellis_domain::organisation::Phase as Phase);
    words!(trellis_domain::calendar::BankHolidays as BankHolidays);
    words!(trellis_domain::id::CalendarId as CalendarId);
    words!(trellis_domain::profile::DayBasis as DayBasis);
    words!(trellis_domain::programme::ProgrammeTime as ProgrammeTime);
    words!(trellis_domain::profile::HoldReason as HoldReason);
    words!(trellis_domain::improvement::PlanState as PlanState);
    words!(trellis_domain::id::PriorityActionId as PriorityActionId);
    words!(trellis_domain::id::PriorityId as PriorityId);
    words!(trellis_domain::priority::PriorityState as PriorityState);
    words!(trellis_domain::profile::ProfileKey as ProfileKey);
    words!(trellis_domain::profile::ProfileState as ProfileState);
    words!(trellis_domain::profile::RuleName as RuleName);
    words!(trellis_domain::id::RuleProfileId as RuleProfileId);
    words!(trellis_domain::text::Reason as Reason);
    words!(trellis_domain::event::RecordType as RecordType);
    words!(trellis_domain::text::Reference as Reference);
    words!(trellis_domain::id::RelationshipId as RelationshipId);
    words!(trellis_domain::reflection::PromptAbout as PromptAbout);
    words!(trellis_domain::relationship::RelationshipKind as RelationshipKind);
    words!(trellis_domain::id::RoleId as RoleId);
    words!(trellis_domain::role::RoleName as RoleName);
    words!(trellis_domain::bulk::RowAction as RowAction);
    words!(trellis_domain::organisation::Scheme as Scheme);
    words!(trellis_domain::id::ServiceAccountId as ServiceAccountId);
    words!(trellis_domain::id::SessionId as SessionId);
    words!(trellis_domain::activity::SessionState as SessionState);
    words!(trellis_domain::text::Slug as Slug);
    words!(trellis_domain::employment::StaffCategory as StaffCategory);
    words!(trellis_domain::text::StaffCode as StaffCode);
    words!(trellis_domain::text::StandardCode as StandardCode);
    words!(trellis_domain::id::StandardId as StandardId);
    words!(trellis_domain::task::TaskKind as TaskKind);
    words!(trellis_domain::id::TenantId as TenantId);
    words!(trellis_domain::text::Title as Title);
    words!(trellis_domain::person::Trn as Trn);
    words!(trellis_domain::framework::VersionState as VersionState);
    words!(trellis_domain::sync::Unseen as Unseen);
    words!(trellis_domain::learning::Visibility as Visibility);
    words!(trellis_domain::learning::LearningAudience as LearningAudience);
}

/// Every value of a list as it travels.
pub fn words<T>(values: Vec<T>) -> Vec<Word<T>> {
    values.into_iter().map(Word).collect()
}
/// Every value of a list as the domain knows it.
pub fn values<T>(words: Vec<Word<T>>) -> Vec<T> {
    words.into_iter().map(|w| w.0).collect()
}

/// Every one of a list, as the other side knows it.
pub fn all<A: Into<B>, B>(of: Vec<A>) -> Vec<B> {
    of.into_iter().map(Into::into).collect()
}

/// What it means; of a closed list, with what each of its words means: where readers of the docs and of generated clients look.
fn meaning<T: Wire>() -> String {
    let words = list::<T>().iter().zip(T::MEANINGS).map(|(word, meaning)| format!("\n- `{word}`: {}", meaning.trim()));
    let words: String = words.collect();
    format!("{}{}{words}", T::MEANING.trim(), if words.is_empty() { "" } else { "\n" })
}

impl<T: Wire> PartialSchema for Word<T> {
    fn schema() -> RefOr<Schema> {
        let text = || ObjectBuilder::new().schema_type(SchemaType::Type(Type::String));
        let mut object: Object = match T::SHAPE {
            Shape::Id => text()
                .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
                .min_length(Some(36))
                .max_length(Some(36))
                .examples([json!("01938a5e-7c00-7000-8000-000000000001")])
                .build(),
            Shape::Line { min, max } => text().min_length(Some(min)).max_length(Some(max)).pattern(Some(LINE)).build(),
            Shape::Prose { max } => text().max_length(Some(max)).pattern(Some(PROSE)).build(),
            Shape::Code { pattern, max, example } => text().max_length(Some(max)).pattern(Some(pattern)).examples([json!(example)]).build(),
            Shape::OneOf(words) => {
                let meanings: Value = words.iter().zip(T::MEANINGS).map(|(word, meaning)| (word.to_string(), json!(meaning.trim()))).collect();
                let extensions = ExtensionsBuilder::new().add("x-enum-descriptions", meanings).build();
                text().enum_values(Some(words.to_vec())).extensions(Some(extensions)).build()
            }
        };
        object.description = Some(meaning::<T>());
        RefOr::T(Schema::Object(object))
    }
}
impl<T: Wire> ToSchema for Word<T> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(T::NAME)
    }
}

/// A field of a merge-patch (RFC 7396): absent, null, or a value. `#[serde(default)]` makes the absent one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Patch<T> {
    /// Not sent: stays as it is.
    #[default]
    Absent,
    /// Sent as null: is emptied.
    Null,
    /// Sent: is replaced.
    Value(T),
}
impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::<T>::deserialize(deserializer)?.map_or(Patch::Null, Patch::Value))
    }
}
impl<T> Patch<T> {
    /// As the domain's patches say it: absent, emptied or replaced.
    pub fn into_option(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }
}
impl<T> Patch<Word<T>> {
    /// The same, without the wrapping.
    pub fn value(self) -> Option<Option<T>> {
        self.into_option().map(|v| v.map(|w| w.0))
    }
}

/// What can be done with a record: by action, whether it is allowed now to this caller, and if not, why.
#[derive(Debug, Clone)]
pub struct Can<A> {
    entries: Vec<(&'static str, Option<RuleError>)>,
    actions: PhantomData<A>,
}
impl<A> Can<A> {
    /// From the domain's answers.
    pub fn new(entries: Vec<(&'static str, Option<RuleError>)>) -> Self {
        Self { entries, actions: PhantomData }
    }
}

/// Whether an action is allowed.
#[derive(Serialize, ToSchema)]
pub struct Allowed {
    /// May this caller do it now?
    pub allowed: bool,
    /// The rule in the way, if it is not allowed; the same code that the call would answer.
    pub code: Option<String>,
    /// The same for a person.
    pub reason: Option<String>,
}

impl<A> Serialize for Can<A> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.entries.iter().map(|(action, refusal)| {
            let allowed = Allowed {
                allowed: refusal.is_none(),
                code: refusal.as_ref().map(|r| r.code.as_str().into()),
                reason: refusal.as_ref().map(|r| r.message.clone()),
            };
            (action, allowed)
        }))
    }
}

/// The actions of a kind of record, for the schema of its `can`.
pub trait Actions {
    /// The schema's name.
    const NAME: &'static str;
    /// The actions.
    const ACTIONS: &'static [&'static str];
}

impl<A: Actions> PartialSchema for Can<A> {
    fn schema() -> RefOr<Schema> {
        let mut object = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Object));
        for action in A::ACTIONS {
            object = object.property(*action, utoipa::openapi::Ref::from_schema_name("Allowed")).required(*action);
        }
        let object = object
            .description(Some("What this caller can do with the record now, and why the rest cannot be done. The same rule answers here and refuses there."));
        RefOr::T(Schema::Object(object.build()))
    }
}
impl<A: Actions> ToSchema for Can<A> {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed(A::NAME)
    }
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((Allowed::name().into_owned(), Allowed::schema()));
    }
}

/// Declares the actions of a kind of record.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident, $alias:ident = $schema:literal, $list:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub enum $name {}
        #[doc = concat!("The `can` of a record: `", $schema, "`.")]
        pub type $alias = $crate::wire::Can<$name>;
        impl $crate::wire::Actions for $name {
            const NAME: &'static str = $schema;
            const ACTIONS: &'static [&'static str] = $list;
        }
    )*};
}
pub(crate) use actions;

/// The words of a closed list, as a constant.
pub const fn list<T: Wire>() -> &'static [&'static str] {
    match T::SHAPE {
        Shape::OneOf(words) => words,
        _ => &[],
    }
}
