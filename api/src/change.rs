//! One change, as the feed tells it.

use crate::{
    account::AccountView,
    activity::LearningActivityView,
    agreed_action::AgreedActionView,
    appraisal::AppraisalView,
    budget::BudgetLineView,
    calendar::CalendarView,
    conversation::ConversationView,
    conversation_template::ConversationTemplateView,
    cycle::CycleView,
    employment::EmploymentView,
    enrolment::EnrolmentView,
    event::ActorView,
    feed::place,
    finding::FindingView,
    framework::FrameworkVersionView,
    improvement::ImprovementPlanView,
    learning::LearningRecordView,
    learning_request::LearningRequestView,
    learning_session::LearningSessionView,
    need::NeedView,
    objective::ObjectiveView,
    organisation::{ExternalRefView, OrganisationView},
    person::PersonView,
    priority::PriorityView,
    profile::RuleProfileView,
    relationship::RelationshipView,
    report::ReportSummaryView,
    respond::etag,
    role::RoleView,
    service_account::ServiceAccountView,
    training::TrainingRequirementView,
    training_completion::{TrainingCompletionView, TrainingExemptionView},
    wire::{Word, word},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use trellis_domain::{
    event::{Crossing, EventKind, RecordType},
    text::ExternalRef,
};
use trellis_persistence::{
    appraisal::VisibleAppraisal,
    event::{Entry, Record, Told},
};
use utoipa::ToSchema;
use uuid::Uuid;

/// One change.
#[derive(Serialize, ToSchema)]
pub struct Change {
    /// The cursor after this change: following from here misses nothing.
    pub cursor: String,
    /// What happened: the kind of record, a dot, and what was done. `entered_scope`: the record came into your sight; read it. `left_scope`:
    /// it is still there, but no longer yours to see; forget it. Ignore types that you do not know: more are added within v1.
    #[schema(example = "person.updated")]
    pub r#type: String,
    /// The record's id.
    pub id: Uuid,
    /// What other systems call the record; for a person who was merged or erased, what they called that person.
    pub external_refs: Vec<ExternalRefView>,
    /// The person it is about, where the record is somebody's employment, role, relationship, objective, learning record, enrolment or account.
    pub person: Option<PersonHandle>,
    /// The school, trust or group that it belongs to; null if that is a person's other school, and not one of yours.
    pub organisation_id: Option<word::OrganisationId>,
    /// For `person.merged`: the person whose record took this one over.
    pub merged_into: Option<word::PersonId>,
    /// Names of the fields that changed.
    pub changed: Vec<String>,
    /// The record's ETag after this change; null if it left your sight.
    pub etag: Option<String>,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who; null if it left your sight.
    pub actor: Option<ActorView>,
    /// With `include=record`: the record as it is now, as its list shows it to you. Null if it is gone or not yours to see, and without
    /// `include`.
    pub record: Option<ChangedRecord>,
}

/// A person, by their ids.
#[derive(Serialize, ToSchema)]
pub struct PersonHandle {
    /// Theirs.
    pub id: word::PersonId,
    /// What other systems call them.
    pub external_refs: Vec<ExternalRefView>,
}

/// A record as it is now: its type says what the value is.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
#[allow(missing_docs, clippy::large_enum_variant)] // each is what its type says, and lives as long as the answer is written
pub enum ChangedRecord {
    Organisation(OrganisationView),
    Person(PersonView),
    Employment(EmploymentView),
    Relationship(RelationshipView),
    Role(RoleView),
    FrameworkVersion(FrameworkVersionView),
    RuleProfile(RuleProfileView),
    Calendar(CalendarView),
    Cycle(CycleView),
    Appraisal(AppraisalView),
    AppraisalReport(ReportSummaryView),
    DevelopmentNeed(NeedView),
    ConversationTemplate(ConversationTemplateView),
    Conversation(ConversationView),
    AgreedAction(AgreedActionView),
    Objective(ObjectiveView),
    LearningRecord(LearningRecordView),
    ImprovementPlan(ImprovementPlanView),
    Priority(PriorityView),
    LearningActivity(LearningActivityView),
    LearningSession(LearningSessionView),
    Enrolment(EnrolmentView),
    TrainingRequirement(TrainingRequirementView),
    TrainingCompletion(TrainingCompletionView),
    TrainingExemption(TrainingExemptionView),
    LearningRequest(LearningRequestView),
    BudgetLine(BudgetLineView),
    Finding(FindingView),
    Account(AccountView),
    ServiceAccount(ServiceAccountView),
}
impl From<Record> for ChangedRecord {
    fn from(record: Record) -> Self {
        match record {
            Record::Organisation(r) => Self::Organisation(r.into()),
            Record::Person(r) => Self::Person(r.into()),
            Record::Employment(r) => Self::Employment(r.into()),
            Record::Relationship(r) => Self::Relationship(r.into()),
            Record::Role(r) => Self::Role(r.into()),
            Record::FrameworkVersion(r) => Self::FrameworkVersion(r.into()),
            Record::RuleProfile(r) => Self::RuleProfile(r.into()),
            Record::Calendar(r) => Self::Calendar(r.into()),
            Record::Cycle(r) => Self::Cycle(r.into()),
            // no feed tells of an appraisal to whoever reads its head alone
            Record::Appraisal(appraisal) => Self::Appraisal(VisibleAppraisal { appraisal, in_full: true }.into()),
            Record::AppraisalReport(r) => Self::AppraisalReport(r.into()),
            Record::DevelopmentNeed(r) => Self::DevelopmentNeed(r.into()),
            Record::ConversationTemplate(r) => Self::ConversationTemplate(r.into()),
            Record::Conversation(r) => Self::Conversation(r.into()),
            Record::AgreedAction(r) => Self::AgreedAction(r.into()),
            Record::Objective(r) => Self::Objective(r.into()),
            Record::LearningRecord(r) => Self::LearningRecord(r.into()),
            Record::ImprovementPlan(r) => Self::ImprovementPlan(r.into()),
            Record::Priority(r) => Self::Priority(r.into()),
            Record::LearningActivity(r) => Self::LearningActivity(r.into()),
            Record::LearningSession(r) => Self::LearningSession(r.into()),
            Record::Enrolment(r) => Self::Enrolment(r.into()),
            Record::TrainingRequirement(r) => Self::TrainingRequirement(r.into()),
            Record::TrainingCompletion(r) => Self::TrainingCompletion(r.into()),
            Record::TrainingExemption(r) => Self::TrainingExemption(r.into()),
            Record::LearningRequest(r) => Self::LearningRequest(r.into()),
            Record::BudgetLine(r) => Self::BudgetLine(r.into()),
            Record::Finding(r) => Self::Finding(r.into()),
            Record::Account(r) => Self::Account(r.into()),
            Record::ServiceAccount(r) => Self::ServiceAccount(r.into()),
        }
    }
}

fn named(kind: EventKind, told: &Told) -> String {
    match (told.left, told.crossing) {
        (true, _) => format!("{}.left_scope", kind.record_type().as_str()),
        (_, Some(Crossing::Entered)) => format!("{}.entered_scope", kind.record_type().as_str()),
        _ => kind.as_str().into(),
    }
}
fn views(refs: Vec<ExternalRef>) -> Vec<ExternalRefView> {
    refs.into_iter().map(Into::into).collect()
}

impl Change {
    /// The change as it is told on this day.
    pub fn new(entry: Entry, today: NaiveDate) -> Self {
        let Entry { number, id: _, mark, kind, occurred_at, actor, request_id: _, subject, subject_version, about, changed, values: _, told } = entry;
        let r#type = named(kind, &told);
        let Told { crossing: _, left, external_refs, person_refs, merged_into, record } = told;
        let (cursor, external_refs) = (place(number, mark, today), views(external_refs));
        if left {
            let (person, organisation_id, merged_into, changed, etag, actor, record) = (None, None, None, Vec::new(), None, None, None);
            return Self { cursor, r#type, id: subject, external_refs, person, organisation_id, merged_into, changed, etag, occurred_at, actor, record };
        }
        let about_another = kind.record_type() != RecordType::Person;
        Self {
            cursor,
            r#type,
            id: subject,
            external_refs,
            person: about.person.filter(|_| about_another).map(|id| PersonHandle { id: Word(id), external_refs: views(person_refs) }),
            organisation_id: about.organisation.map(Word),
            merged_into: merged_into.map(Word),
            changed,
            etag: Some(etag(subject_version)),
            occurred_at,
            actor: Some(actor.into()),
            record: record.map(Into::into),
        }
    }
}
