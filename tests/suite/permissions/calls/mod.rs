//! Every operation of the contract, with the record that it is tried on.

mod appraisal;
mod conversation;
mod learning;
mod objective;
mod people;

use super::record::Record;
use trellis_domain::event::RecordType;

/// How an operation is called.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    pub operation: &'static str,
    /// On which record; its id is `{id}`.
    pub record: Record,
    /// Query and body; `<name>` stands for something of the scene.
    pub query: &'static str,
    pub body: &'static str,
    /// A caller who may.
    pub by: &'static str,
}

const fn call(operation: &'static str, record: Record, query: &'static str, body: &'static str, by: &'static str) -> Call {
    Call { operation, record, query, body, by }
}

pub(super) const REASON: &str = r#"{"reason": "<word> <n>"}"#;
pub(super) const BEGUN: Record = Record::Appraisal("created");
pub(super) const ISSUED: Record = Record::Appraisal("issued");
pub(super) const PROFILE: &str = r#"{"key": "own_<n>", "name": "<word>", "legal_basis": "<word>", "based_on": "01990000-0000-7000-8000-000000000002", "rules": {
    "minimum_employment_months": 4, "excluded_while": ["induction"], "period_months": 12, "mid_year_review_required": true, "keep_years": 6,
    "review_notice": {"days": 10, "basis": "working"}, "report_due": {"month": 10, "day": 31},
    "headteacher_panel": {"min": 2, "max": 3, "staff_excluded": true, "external_adviser_required": true}}}"#;
pub(super) const TEMPLATE: &str = r#"{"organisation_id": "<organisation>", "document": {"key": "own-<n>", "name": "<word>", "kind": "mid_cycle", "sections": [
    {"title": "<word>", "questions": [{"key": "learned", "text": "<word>?", "help": "<word>", "answered_by": "both"}]}]}}"#;
pub(super) const CALENDAR: &str = r#"{"organisation_id": "<organisation>", "academic_year": 2026, "bank_holidays": "england_and_wales",
    "terms": [{"starts_on": "2026-09-02", "ends_on": "2026-10-23"}], "inset_days": ["2026-09-02"], "closures": [{"starts_on": "2026-10-01", "ends_on": "2026-10-01"}]}"#;

/// Every operation of the contract. Each group has a world of its own.
pub const CALLS: &[(&str, &[Call])] = &[
    ("public and one's own", people::PUBLIC_AND_ONES_OWN),
    ("organisations", people::ORGANISATIONS),
    ("people and employments", people::PEOPLE_AND_EMPLOYMENTS),
    ("relationships and roles", people::RELATIONSHIPS_AND_ROLES),
    ("merging and handing over", people::MERGING_AND_HANDING_OVER),
    ("frameworks", appraisal::FRAMEWORKS),
    ("calendars", appraisal::CALENDARS),
    ("cycles", appraisal::CYCLES),
    ("appraisals", appraisal::APPRAISALS),
    ("reports", appraisal::REPORTS),
    ("pay", appraisal::PAY),
    ("needs", appraisal::NEEDS),
    ("insight", learning::INSIGHT),
    ("holds", appraisal::HOLDS),
    ("conversations", conversation::CONVERSATIONS),
    ("objectives", objective::OBJECTIVES),
    ("learning", learning::LEARNING),
    ("improvement", learning::IMPROVEMENT),
    ("catalogue", learning::CATALOGUE),
    ("inquiry commons", objective::INQUIRY_COMMONS),
    ("coaching", conversation::COACHING),
    ("self-reviews", conversation::SELF_REVIEWS),
    ("learning requests", learning::LEARNING_REQUESTS),
    ("budgets", learning::BUDGETS),
    ("training", learning::TRAINING),
    ("accounts and machines", people::ACCOUNTS_AND_MACHINES),
];
