//! The kinds of record that the log speaks of.

use crate::{access::Permission, words};

words! {
    /// The kinds of record that the log speaks of.
    RecordType {
        /// A trust, school or group.
        Organisation = "organisation",
        /// A person.
        Person = "person",
        /// An employment.
        Employment = "employment",
        /// A relationship between two people.
        Relationship = "relationship",
        /// A role held.
        Role = "role",
        /// A framework version.
        FrameworkVersion = "framework_version",
        /// A version of a rule profile.
        RuleProfile = "rule_profile",
        /// A version of a school's calendar.
        Calendar = "calendar",
        /// An appraisal cycle.
        Cycle = "cycle",
        /// An appraisal.
        Appraisal = "appraisal",
        /// An appraisal report that is being written.
        ReportDraft = "report_draft",
        /// An issued version of an appraisal report.
        AppraisalReport = "appraisal_report",
        /// A recommendation on somebody's pay.
        PayRecommendation = "pay_recommendation",
        /// A development need.
        DevelopmentNeed = "development_need",
        /// A hold on the appraisal of an employment.
        AppraisalHold = "appraisal_hold",
        /// A version of a template of conversations.
        ConversationTemplate = "conversation_template",
        /// A conversation.
        Conversation = "conversation",
        /// One side's own notes of a conversation.
        ConversationNotes = "conversation_notes",
        /// Something that was agreed in a conversation.
        AgreedAction = "agreed_action",
        /// An objective.
        Objective = "objective",
        /// A learning record.
        LearningRecord = "learning_record",
        /// An improvement plan.
        ImprovementPlan = "improvement_plan",
        /// A priority of an improvement plan.
        Priority = "priority",
        /// An activity of the catalogue.
        LearningActivity = "learning_activity",
        /// A session of an activity.
        LearningSession = "learning_session",
        /// An enrolment at a session.
        Enrolment = "enrolment",
        /// A training that is required.
        TrainingRequirement = "training_requirement",
        /// That somebody met a training requirement.
        TrainingCompletion = "training_completion",
        /// That somebody need not meet a training requirement for a time.
        TrainingExemption = "training_exemption",
        /// A learning request.
        LearningRequest = "learning_request",
        /// A line of a budget for learning.
        BudgetLine = "budget_line",
        /// A finding that was published.
        Finding = "finding",
        /// A coaching partnership.
        CoachingPartnership = "coaching_partnership",
        /// An action step of a coaching partnership.
        ActionStep = "action_step",
        /// A visit to somebody's lesson.
        LearningVisit = "learning_visit",
        /// A self-review.
        SelfReview = "self_review",
        /// A version of a self-review that somebody is let read.
        SharedSelfReview = "shared_self_review",
        /// A person's account.
        Account = "account",
        /// A log-in.
        Session = "session",
        /// A machine's identity.
        ServiceAccount = "service_account",
        /// A suggestion that two records are one person.
        MatchSuggestion = "match_suggestion",
    }
}

impl RecordType {
    /// Can a change of such a record change what somebody may do?
    pub const fn bears_authority(self) -> bool {
        match self {
            Self::Organisation | Self::Person | Self::Employment | Self::Relationship | Self::Role | Self::Account | Self::Session | Self::ServiceAccount => {
                true
            }
            Self::FrameworkVersion
            | Self::RuleProfile
            | Self::Calendar
            | Self::Cycle
            | Self::Appraisal
            | Self::ReportDraft
            | Self::AppraisalReport
            | Self::PayRecommendation
            | Self::DevelopmentNeed
            | Self::AppraisalHold
            | Self::ConversationTemplate
            | Self::Conversation
            | Self::ConversationNotes
            | Self::AgreedAction
            | Self::Objective
            | Self::LearningRecord
            | Self::ImprovementPlan
            | Self::Priority
            | Self::LearningActivity
            | Self::LearningSession
            | Self::Enrolment
            | Self::TrainingRequirement
            | Self::TrainingCompletion
            | Self::TrainingExemption
            | Self::LearningRequest
            | Self::BudgetLine
            | Self::Finding
            | Self::CoachingPartnership
            | Self::ActionStep
            | Self::LearningVisit
            | Self::SelfReview
            | Self::SharedSelfReview
            | Self::MatchSuggestion => false,
        }
    }
    /// The permission under which such records, and what the log says of them, are read. None: no feed tells of them.
    pub const fn read_permission(self) -> Option<Permission> {
        Some(match self {
            // it is private to several people at once, and which they are changes with who appraises
            Self::ReportDraft => return None,
            Self::Organisation => Permission::ReadOrganisations,
            Self::Person | Self::Employment | Self::Relationship => Permission::ReadPeople,
            Self::Role => Permission::ReadRoles,
            Self::FrameworkVersion | Self::RuleProfile => Permission::ReadFrameworks,
            Self::Cycle | Self::Calendar => Permission::ReadCycles,
            Self::Appraisal => Permission::ReadAppraisals,
            Self::AppraisalReport => Permission::ReadReports,
            Self::PayRecommendation => Permission::ReadPay,
            Self::DevelopmentNeed => Permission::ReadNeeds,
            Self::AppraisalHold => Permission::ReadSupport,
            Self::ConversationTemplate => Permission::ReadTemplates,
            Self::Conversation | Self::ConversationNotes | Self::AgreedAction => Permission::ReadConversations,
            Self::Objective => Permission::ReadObjectives,
            Self::LearningRecord => Permission::ReadLearning,
            Self::ImprovementPlan | Self::Priority => Permission::ReadPlans,
            Self::LearningActivity | Self::LearningSession => Permission::ReadActivities,
            Self::Enrolment => Permission::ReadEnrolments,
            Self::TrainingRequirement => Permission::ReadRequirements,
            Self::TrainingCompletion | Self::TrainingExemption => Permission::ReadTraining,
            Self::LearningRequest => Permission::ReadRequests,
            Self::BudgetLine => Permission::ReadBudgets,
            Self::Finding => Permission::ReadFindings,
            Self::CoachingPartnership | Self::ActionStep | Self::LearningVisit => Permission::ReadCoaching,
            Self::SelfReview | Self::SharedSelfReview => Permission::ReadSelfReviews,
            Self::Account | Self::Session | Self::ServiceAccount => Permission::ReadAccounts,
            Self::MatchSuggestion => Permission::WritePeople,
        })
    }
    /// Does the change feed ever tell of such records: is there a role or a machine that may read them?
    pub fn followed(self) -> bool {
        self.read_permission().is_some_and(|permission| !permission.roles().is_empty() || permission.for_service_accounts())
    }
}
