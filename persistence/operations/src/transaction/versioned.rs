//! Records with an id and a version.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

/// A record with an id and a version.
pub trait Versioned: Serialize {
    /// Its id.
    fn uuid(&self) -> Uuid;
    /// Its version.
    fn version(&self) -> i64;
    /// Gives it a version and the time of its change.
    fn touch(&mut self, version: i64, now: DateTime<Utc>);
}

macro_rules! versioned {
    ($($record:ty),* $(,)?) => {$(
        impl Versioned for $record {
            fn uuid(&self) -> Uuid {
                self.id.into()
            }
            fn version(&self) -> i64 {
                self.version
            }
            fn touch(&mut self, version: i64, now: DateTime<Utc>) {
                self.version = version;
                self.updated_at = now;
            }
        }
    )*};
}
versioned!(
    trellis_domain::organisation::Organisation,
    trellis_domain::person::Person,
    trellis_domain::employment::Employment,
    trellis_domain::relationship::Relationship,
    trellis_domain::role::Role,
    trellis_domain::framework::FrameworkVersion,
    trellis_domain::profile::RuleProfile,
    trellis_domain::calendar::Calendar,
    trellis_domain::cycle::Cycle,
    trellis_domain::appraisal::Appraisal,
    trellis_domain::report::ReportDraft,
    trellis_domain::report::Report,
    trellis_domain::pay::PayRecommendation,
    trellis_domain::need::DevelopmentNeed,
    trellis_domain::hold::Hold,
    trellis_domain::conversation_template::ConversationTemplate,
    trellis_domain::conversation::Conversation,
    trellis_domain::conversation::ConversationNotes,
    trellis_domain::agreed_action::AgreedAction,
    trellis_domain::objective::Objective,
    trellis_domain::objective::collaboration::Collaboration,
    trellis_domain::learning::LearningRecord,
    trellis_domain::improvement::ImprovementPlan,
    trellis_domain::priority::Priority,
    trellis_domain::activity::LearningActivity,
    trellis_domain::activity::LearningSession,
    trellis_domain::enrolment::Enrolment,
    trellis_domain::training::TrainingRequirement,
    trellis_domain::training::completion::TrainingCompletion,
    trellis_domain::training::completion::TrainingExemption,
    trellis_domain::request::LearningRequest,
    trellis_domain::budget::BudgetLine,
    trellis_domain::finding::Finding,
    trellis_domain::coaching::CoachingPartnership,
    trellis_domain::coaching::ActionStep,
    trellis_domain::visit::LearningVisit,
    trellis_domain::self_review::SelfReview,
    trellis_domain::self_review::SharedSelfReview,
    trellis_domain::account::Account,
    trellis_domain::service_account::ServiceAccount,
    trellis_domain::merging::Merge,
    trellis_domain::matching::MatchSuggestion,
);
