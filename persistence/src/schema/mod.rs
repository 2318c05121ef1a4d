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

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    signing_keys,
    guards,
    organisations,
    organisation_paths,
    organisation_identifiers,
    organisation_links,
    people,
    external_refs,
    employments,
    staff_codes,
    roles,
    relationships,
    frameworks,
    framework_versions,
    standards,
    rule_profiles,
    calendars,
    cycles,
    cycle_framework_versions,
    cycle_successions,
    appraisal_holds,
    appraisals,
    report_drafts,
    appraisal_reports,
    report_appeals,
    report_comments,
    pay_recommendations,
    development_needs,
    disclosures,
    appraisal_appraisers,
    conversation_templates,
    conversations,
    conversation_notes,
    conversation_snapshots,
    agreed_actions,
    objectives,
    success_criteria,
    objective_standards,
    objective_revisions,
    bulk_objectives,
    objective_successions,
    objective_authorship,
    objective_notes,
    collaborations,
    learning_records,
    learning_record_readers,
    deleted_learning,
    learning_record_objectives,
    learning_record_standards,
    evidence,
    stray_files,
    accounts,
    calendar_links,
    sessions,
    used_refresh_tokens,
    service_accounts,
    service_account_organisations,
    service_account_keys,
    idempotency_keys,
    events,
    event_payloads,
    jobs,
    syncs,
    job_rows,
    job_headings,
    job_results,
    job_foreseen,
    merges,
    redirects,
    match_suggestions,
    event_places,
    improvement_plans,
    priorities,
    priority_actions,
    objective_priorities,
    learning_record_priorities,
    learning_activities,
    learning_activity_standards,
    learning_sessions,
    enrolments,
    coaching_partnerships,
    action_steps,
    learning_visits,
    self_reviews,
    self_review_versions,
    shared_self_reviews,
    abandoned_inquiries,
    findings,
    finding_terms,
    finding_reuses,
    budget_lines,
    learning_requests,
    learning_request_objectives,
    learning_request_standards,
    learning_request_priorities,
    learning_request_decisions,
    learning_request_comments,
    budget_entries,
    impact_plans,
    impact_checkpoints,
    training_requirements,
    training_requirement_activities,
    training_completions,
    training_exemptions,
);
