//! Erasing a person.

use crate::transaction::commands;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use trellis_domain::{erasure::ErasureReason, event::RecordType, id::PersonId, text::Name};

/// Erases all that is known of a person.
#[derive(Debug, Clone)]
pub struct ErasePerson {
    /// Whom.
    pub id: PersonId,
    /// Their family name, so that nobody is erased by mistake.
    pub family_name: Name,
    /// Why.
    pub reason: ErasureReason,
    /// Only if the record is still this version.
    pub expected: Option<i64>,
}
/// What an erasure did.
#[derive(Debug, Clone)]
pub struct Erased {
    /// Who was there.
    pub id: PersonId,
    /// Why they were erased.
    pub reason: ErasureReason,
    /// When.
    pub at: DateTime<Utc>,
    /// How many records of each kind went with them.
    pub records: BTreeMap<RecordType, usize>,
    /// The tombstone's version.
    pub version: i64,
}

commands! {
    ErasePerson: ErasePeople => Erased;
}

/// What becomes of each column that names a person, an employment, an account or an objective when the person is erased. A test holds the list
/// against the foreign keys of the schema, so that no new table is forgotten.
pub const LOOKED_AFTER: &[(&str, &str, Fate)] = &[
    ("external_refs", "person_id", Fate::Deleted),
    ("employments", "person_id", Fate::Deleted),
    ("staff_codes", "person_id", Fate::Deleted),
    ("roles", "person_id", Fate::Deleted),
    ("relationships", "person_id", Fate::Deleted),
    ("relationships", "holder_id", Fate::Tombstone),
    ("objectives", "person_id", Fate::Deleted),
    ("objectives", "employment_id", Fate::Deleted),
    ("objectives", "private_to", Fate::Deleted),
    ("objectives", "author_id", Fate::Tombstone),
    ("objectives", "proposed_by", Fate::Tombstone),
    ("objectives", "agreed_by", Fate::Tombstone),
    ("objective_revisions", "revised_by", Fate::Tombstone),
    ("objective_revisions", "objective_id", Fate::Deleted),
    ("bulk_objectives", "objective_id", Fate::Deleted),
    ("objective_successions", "objective_id", Fate::Deleted),
    ("objective_successions", "successor_id", Fate::Deleted),
    ("objective_authorship", "objective_id", Fate::Deleted),
    ("objective_authorship", "written_by", Fate::Tombstone),
    ("objective_authorship", "proposed_by", Fate::Tombstone),
    ("objective_authorship", "accepted_by", Fate::Tombstone),
    ("objective_notes", "objective_id", Fate::Deleted),
    ("objective_notes", "author_id", Fate::Tombstone),
    ("collaborations", "objective_id", Fate::Deleted),
    ("collaborations", "owner_id", Fate::Deleted),
    ("collaborations", "person_id", Fate::Deleted),
    ("objective_standards", "objective_id", Fate::Deleted),
    ("success_criteria", "objective_id", Fate::Deleted),
    ("learning_records", "person_id", Fate::Deleted),
    ("learning_records", "employment_id", Fate::Deleted),
    ("learning_records", "private_to", Fate::Deleted),
    ("learning_record_readers", "learning_record_id", Fate::Deleted),
    ("learning_record_readers", "person_id", Fate::Tombstone),
    ("learning_record_objectives", "learning_record_id", Fate::Deleted),
    ("learning_record_objectives", "objective_id", Fate::Deleted),
    ("learning_record_standards", "learning_record_id", Fate::Deleted),
    ("objective_priorities", "objective_id", Fate::Deleted),
    ("learning_record_priorities", "learning_record_id", Fate::Deleted),
    ("evidence", "learning_record_id", Fate::Deleted),
    ("priorities", "owner_id", Fate::Tombstone),
    ("priority_actions", "owner_id", Fate::Tombstone),
    ("enrolments", "person_id", Fate::Deleted),
    ("enrolments", "employment_id", Fate::Deleted),
    ("enrolments", "learning_record_id", Fate::Deleted),
    ("enrolments", "enrolled_by", Fate::Tombstone),
    ("training_completions", "person_id", Fate::Deleted),
    ("training_completions", "enrolment_id", Fate::Deleted),
    ("training_completions", "recorded_by", Fate::Tombstone),
    ("training_exemptions", "person_id", Fate::Deleted),
    ("conversations", "person_id", Fate::Deleted),
    ("conversations", "employment_id", Fate::Deleted),
    ("conversations", "appraisal_id", Fate::Deleted),
    ("conversations", "partner_id", Fate::Tombstone),
    ("conversation_notes", "conversation_id", Fate::Deleted),
    ("conversation_notes", "author_id", Fate::Deleted),
    ("conversation_snapshots", "conversation_id", Fate::Deleted),
    ("agreed_actions", "conversation_id", Fate::Deleted),
    ("agreed_actions", "employment_id", Fate::Deleted),
    ("agreed_actions", "person_id", Fate::Deleted),
    ("agreed_actions", "objective_id", Fate::Deleted),
    ("agreed_actions", "partner_id", Fate::Tombstone),
    ("agreed_actions", "owner_id", Fate::Tombstone),
    ("learning_requests", "person_id", Fate::Deleted),
    ("learning_requests", "employment_id", Fate::Deleted),
    ("learning_requests", "private_to", Fate::Deleted),
    ("learning_requests", "agreed_by", Fate::Tombstone),
    ("learning_requests", "approved_by", Fate::Tombstone),
    ("learning_request_objectives", "learning_request_id", Fate::Deleted),
    ("learning_request_objectives", "objective_id", Fate::Deleted),
    ("learning_request_standards", "learning_request_id", Fate::Deleted),
    ("learning_request_priorities", "learning_request_id", Fate::Deleted),
    ("learning_request_decisions", "learning_request_id", Fate::Deleted),
    ("learning_request_decisions", "decided_by", Fate::Tombstone),
    ("learning_request_comments", "learning_request_id", Fate::Deleted),
    ("learning_request_comments", "author_id", Fate::Tombstone),
    ("impact_plans", "learning_request_id", Fate::Deleted),
    ("impact_checkpoints", "learning_request_id", Fate::Deleted),
    // money stays spent: the entry forgets for what
    ("budget_entries", "learning_request_id", Fate::Emptied),
    ("budget_entries", "made_by", Fate::Tombstone),
    ("appraisals", "person_id", Fate::Deleted),
    ("appraisals", "employment_id", Fate::Deleted),
    ("appraisals", "hold_id", Fate::Deleted),
    ("appraisal_appraisers", "appraisal_id", Fate::Deleted),
    ("appraisal_appraisers", "person_id", Fate::Tombstone),
    ("appraisal_reports", "appraisal_id", Fate::Deleted),
    ("appraisal_reports", "issued_by", Fate::Tombstone),
    ("report_drafts", "appraisal_id", Fate::Deleted),
    ("report_comments", "report_id", Fate::Deleted),
    ("report_appeals", "report_id", Fate::Deleted),
    ("report_appeals", "decided_by", Fate::Tombstone),
    ("pay_recommendations", "appraisal_id", Fate::Deleted),
    ("pay_recommendations", "person_id", Fate::Deleted),
    ("pay_recommendations", "made_by", Fate::Tombstone),
    ("pay_recommendations", "decided_by", Fate::Tombstone),
    ("development_needs", "person_id", Fate::Deleted),
    ("development_needs", "employment_id", Fate::Deleted),
    ("development_needs", "report_id", Fate::Deleted),
    ("disclosures", "person_id", Fate::Deleted),
    ("disclosures", "reader_id", Fate::Tombstone),
    ("appraisal_holds", "person_id", Fate::Deleted),
    ("appraisal_holds", "employment_id", Fate::Deleted),
    ("abandoned_inquiries", "objective_id", Fate::Deleted),
    ("findings", "author_id", Fate::Deleted),
    ("findings", "owner_id", Fate::Cut),
    ("findings", "objective_id", Fate::Cut),
    ("finding_reuses", "person_id", Fate::Deleted),
    ("finding_reuses", "objective_id", Fate::Deleted),
    ("finding_reuses", "learning_record_id", Fate::Deleted),
    ("coaching_partnerships", "learner_id", Fate::Deleted),
    ("coaching_partnerships", "coach_id", Fate::Tombstone),
    ("coaching_partnerships", "proposed_by", Fate::Tombstone),
    ("action_steps", "learner_id", Fate::Deleted),
    ("learning_visits", "visited_id", Fate::Deleted),
    ("learning_visits", "visitor_id", Fate::Tombstone),
    ("learning_visits", "learning_record_id", Fate::Deleted),
    ("self_reviews", "person_id", Fate::Deleted),
    ("self_reviews", "employment_id", Fate::Deleted),
    ("self_review_versions", "self_review_id", Fate::Deleted),
    ("shared_self_reviews", "owner_id", Fate::Deleted),
    ("shared_self_reviews", "self_review_version_id", Fate::Deleted),
    ("shared_self_reviews", "reader_id", Fate::Tombstone),
    ("accounts", "person_id", Fate::Deleted),
    ("calendar_links", "account_id", Fate::Deleted),
    ("sessions", "account_id", Fate::Deleted),
    ("used_refresh_tokens", "session_id", Fate::Deleted),
    ("merges", "survivor_id", Fate::Deleted),
];

/// What becomes of a row that names somebody who is erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It goes with them.
    Deleted,
    /// It stays, and names nothing any more.
    Emptied,
    /// It stays, and names nobody any more: that it was theirs is known to nobody but them.
    Cut,
    /// It is somebody else's, and goes on naming an id of which nothing is known.
    Tombstone,
}
