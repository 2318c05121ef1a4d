//! The tables, kept by hand beside the migrations; a test migrates both databases and compares.
#![allow(missing_docs)]

mod account;
mod appraisal;
mod conversation;
mod framework;
mod learning;
mod log;
mod objective;
mod organisation;
mod person;
mod request;

pub use account::*;
pub use appraisal::*;
pub use conversation::*;
pub use framework::*;
pub use learning::*;
pub use log::*;
pub use objective::*;
pub use organisation::*;
pub use person::*;
pub use request::*;

/// Which tables appear in one query: each with those after it. Were all let appear with all, the compiler would compare ten thousand pairs of them with each
/// other, which takes it longer than everything else in this crate.
macro_rules! together {
    ($($table:ident: $($other:ident),+;)*) => {$($(
        diesel::allow_tables_to_appear_in_same_query!($table, $other);
    )+)*};
}
together! {
    organisations: organisation_paths, organisation_identifiers, employments, roles;
    organisation_paths: people, employments, roles, relationships, calendars, cycles, appraisal_holds, appraisals, appraisal_reports,
        pay_recommendations, development_needs, conversation_templates, conversations, agreed_actions, objectives, collaborations, learning_records,
        accounts, events, jobs, merges, match_suggestions, event_places, improvement_plans, priorities, learning_activities, learning_sessions,
        enrolments, findings, budget_lines, learning_requests, impact_checkpoints, training_requirements, training_completions, training_exemptions;
    people: employments, merges, match_suggestions;
    employments: relationships, accounts, events, merges, match_suggestions, training_completions, training_exemptions;
    relationships: learning_requests;
    frameworks: framework_versions;
    framework_versions: standards;
    standards: cycle_framework_versions;
    cycles: cycle_successions, appraisals, objectives;
    appraisals: appraisal_reports, report_appeals, report_comments, pay_recommendations, appraisal_appraisers, objectives;
    appraisal_reports: report_appeals, report_comments, development_needs, appraisal_appraisers;
    report_appeals: report_comments;
    pay_recommendations: appraisal_appraisers;
    appraisal_appraisers: conversations, agreed_actions;
    conversations: agreed_actions;
    objectives: bulk_objectives, objective_successions, objective_notes, collaborations, objective_priorities;
    learning_records: learning_record_readers, learning_record_objectives, evidence, learning_record_priorities, enrolments;
    accounts: calendar_links, sessions, idempotency_keys;
    service_accounts: service_account_keys;
    events: event_payloads, event_places;
    improvement_plans: priorities, priority_actions;
    priorities: priority_actions;
    learning_activities: learning_sessions, enrolments;
    learning_sessions: enrolments;
    coaching_partnerships: action_steps;
    self_reviews: self_review_versions;
    findings: finding_terms, finding_reuses;
    learning_requests: learning_request_priorities, impact_checkpoints;
    training_requirements: training_requirement_activities;
}
