//! Why the caller may, or may not, do something: each kind of record is judged by the functions that its operations call.

use super::prelude::*;
use crate::explain::{Explain, Explanation, On, Subject};
use trellis_domain::{
    access as rules,
    event::RecordType,
    rule::{Kind, RuleError},
};

impl Read<Here> for Explain {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Explanation> {
        let (refused, in_the_way) = match judge(cx, self).await {
            Ok(()) => (None, None),
            Err(StoreError::Rule(rule)) if rule.code.kind() != Kind::Forbidden => (None, Some(rule)),
            Err(refusal @ (StoreError::Rule(_) | StoreError::Missing | StoreError::Denied(_))) => (Some(refusal), None),
            Err(fault) => return Err(fault),
        };
        Ok(Explanation { caller: cx.caller.clone(), refused, in_the_way })
    }
}

async fn judge(cx: &mut Cx<'_>, asked: &Explain) -> Result<()> {
    if let Some(permission) = asked.permission {
        cx.reach = rules::reach(&cx.caller, permission).map_err(StoreError::Denied)?;
    }
    let Some(On { record, id, doing }) = &asked.on else { return Ok(()) };
    let id = Uid(*id);
    let can = match record {
        Subject::Statement => super::report::explain_statement(cx, id.to(), doing).await,
        Subject::LearningStatement => super::learning_statement::explain(cx, id.to(), doing).await,
        Subject::Certificate => super::enrolment::explain_certificate(cx, id.to(), doing).await,
        Subject::Merge => super::merging::explain(cx, id.to(), doing).await,
        Subject::Job => super::job::explain(cx, id.to(), doing).await,
        Subject::Sync => super::job::sent(cx, id.to()).await.map(|_| Can::new()),
        Subject::Collaboration => super::collaboration::explain(cx, id.to(), doing).await,
        Subject::Evidence => super::evidence::explain(cx, id.to(), doing).await,
        Subject::ObjectiveNote => super::objective::note::explain(cx, id.to(), doing).await,
        Subject::Record(of) => match of {
            RecordType::Organisation => super::organisation::explain(cx, id.to(), doing).await,
            RecordType::Person => super::person::explain(cx, id.to(), doing).await,
            RecordType::Employment => super::employment::explain(cx, id.to(), doing).await,
            RecordType::Relationship => super::relationship::explain(cx, id.to(), doing).await,
            RecordType::Role => super::role::explain(cx, id.to(), doing).await,
            RecordType::FrameworkVersion => super::framework::explain(cx, id.to(), doing).await,
            RecordType::RuleProfile => super::profile::explain(cx, id.to(), doing).await,
            RecordType::Calendar => super::calendar::explain(cx, id.to(), doing).await,
            RecordType::Cycle => super::cycle::explain(cx, id.to(), doing).await,
            RecordType::Appraisal => super::appraisal::explain(cx, id.to(), doing).await,
            RecordType::ReportDraft => super::report::explain_draft(cx, id.to(), doing).await,
            RecordType::AppraisalReport => super::report::explain(cx, id.to(), doing).await,
            RecordType::PayRecommendation => super::pay::explain(cx, id.to(), doing).await,
            RecordType::DevelopmentNeed => super::need::explain(cx, id.to(), doing).await,
            RecordType::AppraisalHold => super::hold::explain(cx, id.to(), doing).await,
            RecordType::ConversationTemplate => super::conversation_template::explain(cx, id.to(), doing).await,
            RecordType::Conversation => super::conversation::explain(cx, id.to(), doing).await,
            RecordType::ConversationNotes => super::conversation::explain_notes(cx, id.to(), doing).await,
            RecordType::AgreedAction => super::agreed_action::explain(cx, id.to(), doing).await,
            RecordType::Objective => super::objective::explain(cx, id.to(), doing).await,
            RecordType::LearningRecord => super::learning::explain(cx, id.to(), doing).await,
            RecordType::ImprovementPlan => super::improvement::explain(cx, id.to(), doing).await,
            RecordType::Priority => super::priority::explain(cx, id.to(), doing).await,
            RecordType::LearningActivity => super::activity::explain(cx, id.to(), doing).await,
            RecordType::LearningSession => super::session::explain(cx, id.to(), doing).await,
            RecordType::Enrolment => super::enrolment::explain(cx, id.to(), doing).await,
            RecordType::TrainingRequirement => super::training::requirement::explain(cx, id.to(), doing).await,
            RecordType::TrainingCompletion => super::training::completion::explain(cx, id.to(), doing).await,
            RecordType::TrainingExemption => super::training::exemption::explain(cx, id.to(), doing).await,
            RecordType::LearningRequest => super::request::explain(cx, id.to(), doing).await,
            RecordType::BudgetLine => super::budget::explain(cx, id.to(), doing).await,
            RecordType::Finding => super::finding::explain(cx, id.to(), doing).await,
            RecordType::CoachingPartnership => super::coaching::explain(cx, id.to(), doing).await,
            RecordType::ActionStep => super::action_step::explain(cx, id.to(), doing).await,
            RecordType::LearningVisit => super::visit::explain(cx, id.to(), doing).await,
            RecordType::SelfReview => super::self_review::explain(cx, id.to(), doing).await,
            RecordType::SharedSelfReview => super::self_review::explain_shared(cx, id.to(), doing).await,
            RecordType::Account => super::account::explain(cx, id.to(), doing).await,
            RecordType::ServiceAccount => super::service_account::explain(cx, id.to(), doing).await,
            RecordType::MatchSuggestion => super::matching::explain(cx, id.to(), doing).await,
            RecordType::Session => Err(StoreError::Missing),
        },
    }?;
    match doing {
        Doing::Read | Doing::ReadHistory => Ok(()),
        Doing::Act(action) => allowed(can, action),
    }
}

fn allowed(can: Can, action: &str) -> Result<()> {
    let found = can.into_iter().find(|(name, _)| *name == action);
    let (_, refusal): (_, Option<RuleError>) = found.ok_or_else(|| StoreError::Internal(format!("no record knows the action {action}")))?;
    refusal.map_or(Ok(()), |rule| Err(rule.into()))
}
