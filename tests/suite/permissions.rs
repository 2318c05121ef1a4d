//! Who may do what: every operation of the served contract, tried by every kind of caller, on records of their own school, of another school
//! of their trust, of another tenant, and on none. The outcome is held against `permissions.txt`, which people read and review.
//!
//! After an intended change: `UPDATE_PERMISSIONS=1 tests/tools/postgres cargo test -p trellis-tests --test suite permissions::`, then read the
//! difference. A record that an allowed write changed is made anew before the next caller, so that each finds the same.

use crate::support::*;
use actix_web::http::Method;
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::atomic::{AtomicU64, Ordering},
};
use trellis_domain::{access::Permission, employment::StaffCategory, event::RecordType, id::TenantId, role::RoleName, text::Wire};
use trellis_persistence::event::{After, Changes, VerifyLog};
use uuid::Uuid;

/// The record that an operation is tried on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// None, or what the scene has anyway.
    None,
    Organisation,
    Person,
    Employment,
    /// An organisation, a person or an employment that a system manages, with a field that was changed by hand.
    Overridden(RecordType),
    /// The employment, missing from a snapshot.
    Missing,
    Relationship,
    Role,
    /// A framework version, published or not.
    Framework(bool),
    /// A version of a rule profile, published or not.
    Profile(bool),
    /// A version of the school's calendar.
    Calendar,
    /// A cycle in this state.
    Cycle(&'static str),
    /// An appraisal of the owner in this state.
    Appraisal(&'static str),
    /// An issued report of the owner.
    Report,
    /// A development need of the owner: their own, or one that a report names.
    Need(bool),
    /// A hold on the owner's appraisal.
    Hold,
    /// A version of a template of conversations of the school, published or not.
    Template(bool),
    /// A conversation of the owner with the appraiser: a coaching one in this state, or one of another lane.
    Conversation(&'static str),
    /// Something that was agreed in a conversation of this lane, open or done.
    Agreed(&'static str),
    /// An objective in this state.
    Objective(&'static str),
    /// A note of the owner on an objective of theirs.
    Note,
    /// The holder's part in an objective of the owner, in this state; the appraiser's, if it says so.
    Collaboration(&'static str),
    /// A learning record, shared or not.
    Learning(bool),
    /// An improvement plan of the school in this state, with a priority.
    Plan(&'static str),
    /// A priority of a published plan of the school, in this state.
    Priority(&'static str),
    /// A priority of a published plan of the trust, and a plan of the school.
    Adoptable,
    /// An activity of the school's catalogue, offered or not.
    Activity(bool),
    /// A session of an activity of the school.
    Session,
    /// The owner's enrolment at a session of the school; at one that is over, or at one to come.
    Enrolment(&'static str),
    /// A training requirement of the school in this state.
    Requirement(&'static str),
    /// That the owner did a training that the school requires.
    Completion,
    /// That the owner is exempt from a training that the school requires.
    Exemption,
    /// A learning request of the owner in this state.
    Request(&'static str),
    /// A budget line of the school for this year.
    BudgetLine,
    /// An agreed growth inquiry of the owner, with a finding.
    Inquiry,
    /// A finding of the owner: published to their school with their name, or to the trust without it.
    Finding(bool),
    /// A coaching partnership of the owner with their appraiser, in this state; the appraiser proposed it.
    Partnership(&'static str),
    /// An action step of such a partnership.
    Step,
    /// A visit of the appraiser to the owner, within such a partnership.
    Visit,
    /// An account, enabled or not.
    Account(bool),
    ServiceAccount,
    /// A link to the owner's calendar.
    CalendarLink,
    /// A job that somebody of HR asked for.
    Job,
    /// A snapshot of the school that somebody of HR sent.
    Sync,
    /// Somebody new, employed at the school.
    Newcomer,
    /// Somebody who was employed there until yesterday.
    Leaver,
    /// Somebody who is the owner's mentor.
    Mentor,
    /// A merge of two newcomers.
    Merge,
    /// A suggestion that two newcomers are one.
    Match,
}

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

const REASON: &str = r#"{"reason": "<word> <n>"}"#;
const AGREED: Record = Record::Objective("agreed");
const BEGUN: Record = Record::Appraisal("created");
const WRITTEN: Record = Record::Appraisal("written");
const ISSUED: Record = Record::Appraisal("issued");
const SHARED: Record = Record::Learning(true);
const PRIVATE: Record = Record::Learning(false);
const ASKED: Record = Record::Requirement("published");
const ASKED_FOR: Record = Record::Request("submitted");
const IMPACT: &str = r#"{"plan": {"reaction": "<word> <n>", "learning": "<word>", "organisational_support": "<word>", "use_in_practice": "<word>", "pupil_outcomes": "<word>"},
    "checkpoints": [{"level": "use_in_practice", "after": 6, "unit": "weeks"}]}"#;
const NAMED: Record = Record::Finding(true);
const UNNAMED: Record = Record::Finding(false);
const ACTIVE: Record = Record::Partnership("active");
const MACHINE: Record = Record::ServiceAccount;
const PUBLISHED: Record = Record::Cycle("published");
const SNAPSHOT: &str = "organisation_id=<organisation>&source=mis<n>&taken_at=2026-10-05T01:00:00Z";
const PEOPLE: &str = "source,external_id,given_name,family_name\nmis,p<n>,Ada,Person\n";
const PLACES: &str = "source,external_id,kind,name\nmis,o<n>,group,Group <n>\n";
const TIES: &str = "kind,person,holder,starts_on,ends_on\ncoach,<person>,<holder>,<day>,<day>\n";
const PROFILE: &str = r#"{"key": "own_<n>", "name": "<word>", "legal_basis": "<word>", "based_on": "01990000-0000-7000-8000-000000000002", "rules": {
    "minimum_employment_months": 4, "excluded_while": ["induction"], "period_months": 12, "mid_year_review_required": true, "keep_years": 6,
    "review_notice": {"days": 10, "basis": "working"}, "report_due": {"month": 10, "day": 31},
    "headteacher_panel": {"min": 2, "max": 3, "staff_excluded": true, "external_adviser_required": true}}}"#;
const TEMPLATE: &str = r#"{"organisation_id": "<organisation>", "document": {"key": "own-<n>", "name": "<word>", "kind": "mid_cycle", "sections": [
    {"title": "<word>", "questions": [{"key": "learned", "text": "<word>?", "help": "<word>", "answered_by": "both"}]}]}}"#;
const CALENDAR: &str = r#"{"organisation_id": "<organisation>", "academic_year": 2026, "bank_holidays": "england_and_wales",
    "terms": [{"starts_on": "2026-09-02", "ends_on": "2026-10-23"}], "inset_days": ["2026-09-02"], "closures": [{"starts_on": "2026-10-01", "ends_on": "2026-10-01"}]}"#;
const LINKS: &str = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n999999,999998,,Successor,\n";

/// Every operation of the contract. Each group has a world of its own.
pub const CALLS: &[(&str, &[Call])] = &[
    (
        "public and one's own",
        &[
            call("get_jwks", Record::None, "", "", "anonymous"),
            call("get_oauth_metadata", Record::None, "", "", "anonymous"),
            call("issue_token", Record::None, "", "grant_type=client_credentials&client_id=<person>&client_secret=none", "anonymous"),
            call("get_health", Record::None, "", "", "anonymous"),
            call("list_problems", Record::None, "", "", "anonymous"),
            call("get_problem", Record::None, "", "", "anonymous"),
            call("get_demo", Record::None, "", "", "anonymous"),
            call("reset_demo", Record::None, "", "", "anonymous"),
            call("start_session", Record::None, "", r#"{"tenant": "nowhere", "email": "nobody<n>@school.example", "password": "not a password"}"#, "anonymous"),
            call("refresh_session", Record::None, "", r#"{"refresh_token": "not a token"}"#, "anonymous"),
            call("get_me", Record::None, "", "", "owner"),
            call("list_my_tasks", Record::None, "", "", "owner"),
            call("list_calendar_links", Record::None, "", "", "owner"),
            call("create_calendar_link", Record::None, "", r#"{"name": "<word> <n>"}"#, "owner"),
            call("revoke_calendar_link", Record::CalendarLink, "", "", "owner"),
            call("get_calendar_feed", Record::CalendarLink, "", "", "anonymous"),
            call("explain_permission", Record::None, "", r#"{"operation_id": "update_person", "record_id": "<person>"}"#, "owner"),
            call("list_changes", Record::None, "", "", "trust_admin"),
            call("stream_changes", Record::None, "", "", "trust_admin"),
            call("change_password", Record::None, "", r#"{"current_password": "not the password", "new_password": "a new password"}"#, "owner"),
            call("end_session", Record::None, "", "", "owner"),
        ],
    ),
    (
        "organisations",
        &[
            call("list_organisations", Record::Organisation, "parent_id=<root>&limit=200", "", "owner"),
            call("get_organisation", Record::Organisation, "", "", "owner"),
            call("organisation_history", Record::Organisation, "", "", "owner"),
            call("list_organisation_links", Record::Organisation, "", "", "owner"),
            call("create_organisation", Record::None, "", r#"{"parent_id": "<organisation>", "kind": "group", "name": "<word> <n>"}"#, "trust_admin"),
            call("update_organisation", Record::Organisation, "", r#"{"name": "<word> school <n>"}"#, "school_admin"),
            call("release_organisation_fields", Record::Overridden(RecordType::Organisation), "", r#"{"fields": ["name"]}"#, "school_admin"),
            call("import_organisations", Record::None, "file=links&parent_id=<organisation>", LINKS, "trust_admin"),
        ],
    ),
    (
        "people and employments",
        &[
            call("list_people", Record::Person, "email=<email>", "", "owner"),
            call("get_person", Record::Person, "", "", "owner"),
            call("person_history", Record::Person, "", "", "owner"),
            call("create_person", Record::None, "", r#"{"given_name": "<word>", "family_name": "Person"}"#, "hr"),
            call("update_person", Record::Person, "", r#"{"preferred_name": "<word> <n>"}"#, "hr"),
            call("release_person_fields", Record::Overridden(RecordType::Person), "", r#"{"fields": ["family_name"]}"#, "hr"),
            call("list_employments", Record::Employment, "person_id=<person>", "", "owner"),
            call("get_employment", Record::Employment, "", "", "owner"),
            call("employment_history", Record::Employment, "", "", "owner"),
            call(
                "create_employment",
                Record::None,
                "",
                r#"{"person_id": "<person>", "organisation_id": "<organisation>", "job_title": "<word>", "staff_category": "teacher", "starts_on": "<day>", "ends_on": "<day>"}"#,
                "hr",
            ),
            call("update_employment", Record::Employment, "", r#"{"job_title": "<word> <n>"}"#, "hr"),
            call("release_employment_fields", Record::Overridden(RecordType::Employment), "", r#"{"fields": ["job_title"]}"#, "hr"),
            call("keep_employment", Record::Missing, "", "", "hr"),
            call("create_sync", Record::None, SNAPSHOT, PEOPLE, "hr"),
            call("list_syncs", Record::Sync, "limit=200", "", "hr"),
            call("get_sync", Record::Sync, "", "", "hr"),
            call("bulk_upsert_people", Record::None, "", PEOPLE, "hr"),
            call("bulk_upsert_organisations", Record::None, "", PLACES, "trust_admin"),
            call("list_jobs", Record::Job, "limit=200", "", "owner"),
            call("get_job", Record::Job, "", "", "owner"),
            call("list_job_results", Record::Job, "", "", "owner"),
            call("cancel_job", Record::Job, "", "", "owner"),
        ],
    ),
    (
        "relationships and roles",
        &[
            call("list_relationships", Record::Relationship, "person_id=<person>&limit=200", "", "owner"),
            call("get_relationship", Record::Relationship, "", "", "owner"),
            call("relationship_history", Record::Relationship, "", "", "owner"),
            call(
                "create_relationship",
                Record::None,
                "",
                r#"{"kind": "coach", "person_id": "<person>", "holder_id": "<holder>", "starts_on": "<day>", "ends_on": "<day>"}"#,
                "hr",
            ),
            call("end_relationship", Record::Relationship, "", r#"{"ends_on": "2026-10-04"}"#, "hr"),
            call("list_roles", Record::Role, "person_id=<holder>", "", "headteacher"),
            call("get_role", Record::Role, "", "", "headteacher"),
            call("role_history", Record::Role, "", "", "headteacher"),
            call(
                "grant_role",
                Record::None,
                "",
                r#"{"person_id": "<holder>", "role": "governor", "organisation_id": "<organisation>", "starts_on": "<day>", "ends_on": "<day>"}"#,
                "trust_admin",
            ),
            call("end_role", Record::Role, "", r#"{"ends_on": "2026-10-04"}"#, "trust_admin"),
        ],
    ),
    (
        "merging and handing over",
        &[
            call("merge_person", Record::Newcomer, "", r#"{"into": "<person>", "reason": "<word>"}"#, "hr"),
            call("erase_person", Record::Leaver, "", r#"{"family_name": "<family>", "reason": "requested"}"#, "hr"),
            call("list_merges", Record::Merge, "person_id=<survivor>", "", "hr"),
            call("get_merge", Record::Merge, "", "", "hr"),
            call("undo_merge", Record::Merge, "", "", "hr"),
            call("list_match_suggestions", Record::Match, "organisation_id=<organisation>&limit=200", "", "hr"),
            call("get_match_suggestion", Record::Match, "", "", "hr"),
            call("accept_match_suggestion", Record::Match, "", "", "hr"),
            call("reject_match_suggestion", Record::Match, "", "", "hr"),
            call("postpone_match_suggestion", Record::Match, "", r#"{"until": "2027-01-04"}"#, "hr"),
            call("import_relationships", Record::None, "", TIES, "hr"),
            call("hand_over", Record::Mentor, "", r#"{"to": "<appraiser>", "on": "2026-10-19", "kinds": ["mentor"]}"#, "hr"),
        ],
    ),
    (
        "frameworks",
        &[
            call("list_rule_profiles", Record::Profile(false), "key=<key>", "", "owner"),
            call("get_rule_profile", Record::Profile(false), "", "", "owner"),
            call("get_rule_profile", Record::Profile(true), "", "", "owner"),
            call("rule_profile_history", Record::Profile(true), "", "", "owner"),
            call("create_rule_profile", Record::None, "", PROFILE, "trust_admin"),
            call("publish_rule_profile", Record::Profile(false), "", "", "trust_admin"),
            call("list_framework_versions", Record::Framework(false), "key=<slug>", "", "trust_admin"),
            call("get_framework_version", Record::Framework(false), "", "", "trust_admin"),
            call("get_framework_version", Record::Framework(true), "", "", "owner"),
            call("framework_version_history", Record::Framework(false), "", "", "trust_admin"),
            call("framework_version_history", Record::Framework(true), "", "", "owner"),
            call(
                "create_framework_version",
                Record::None,
                "",
                r#"{"key": "own-<n>", "name": "<word>", "label": "<n>", "standards": [{"code": "S1", "title": "<word>", "parts": [{"code": "S1a", "title": "<word>"}]}]}"#,
                "trust_admin",
            ),
            call("publish_framework_version", Record::Framework(false), "", "", "trust_admin"),
        ],
    ),
    (
        "calendars",
        &[
            call("list_calendars", Record::Calendar, "organisation_id=<organisation>&limit=200", "", "owner"),
            call("get_calendar", Record::Calendar, "", "", "owner"),
            call("calendar_history", Record::Calendar, "", "", "owner"),
            call("get_due_day", Record::Organisation, "from=2026-10-05&days=10&basis=working", "", "owner"),
            call("create_calendar", Record::None, "", CALENDAR, "headteacher"),
        ],
    ),
    (
        "cycles",
        &[
            call("list_cycles", Record::Cycle("draft"), "organisation_id=<organisation>&limit=200", "", "hr"),
            call("list_cycles", PUBLISHED, "organisation_id=<organisation>&limit=200", "", "owner"),
            call("get_cycle", Record::Cycle("draft"), "", "", "hr"),
            call("get_cycle", PUBLISHED, "", "", "owner"),
            call("cycle_history", Record::Cycle("draft"), "", "", "hr"),
            call("cycle_history", PUBLISHED, "", "", "owner"),
            call("create_cycle", Record::None, "", r#"{"organisation_id": "<organisation>", "name": "<word> <n>"}"#, "hr"),
            call("update_cycle", Record::Cycle("draft"), "", r#"{"name": "<word> <n>"}"#, "hr"),
            call("publish_cycle", Record::Cycle("draft"), "", "", "hr"),
            call("cancel_cycle", PUBLISHED, "", REASON, "hr"),
            call("move_cycle_due_dates", PUBLISHED, "", r#"{"report_due_on": "2027-08-31", "reason": "<word>"}"#, "hr"),
            call("open_cycle_planning", PUBLISHED, "", "", "hr"),
            call("start_cycle_monitoring", Record::Cycle("planning_open"), "", "", "hr"),
            call("open_cycle_review", Record::Cycle("monitoring"), "", "", "hr"),
            call("start_cycle_closing", Record::Cycle("review_open"), "", "", "hr"),
            call("close_cycle", Record::Cycle("closing"), "", "", "hr"),
            call("archive_cycle", Record::Cycle("closed"), "", "", "hr"),
            call("roll_over_cycle", PUBLISHED, "", r#"{"name": "<word> <n>"}"#, "hr"),
        ],
    ),
    (
        "appraisals",
        &[
            call("list_appraisals", BEGUN, "cycle_id=<cycle>&limit=200", "", "owner"),
            call("get_appraisal", BEGUN, "", "", "owner"),
            call("appraisal_history", BEGUN, "", "", "owner"),
            call("create_appraisals", Record::Cycle("planning_open"), "", "", "hr"),
            call("assign_appraisers", BEGUN, "", r#"{"appraiser_ids": ["<appraiser>"], "external_adviser": "<word> <n>"}"#, "hr"),
            call("move_appraisal_deadline", BEGUN, "", r#"{"kind": "review", "due_on": "2199-01-01", "reason": "<word>"}"#, "headteacher"),
            call("start_appraisal_planning", BEGUN, "", "", "appraiser"),
            call("inform_appraisal_standards", Record::Appraisal("planning"), "", "", "appraiser"),
            call("consult_appraisal_adviser", Record::Appraisal("planning"), "", "", "appraiser"),
            call("start_appraisal", Record::Appraisal("informed"), "", "", "appraiser"),
            call("start_appraisal_self_review", Record::Appraisal("in review"), "", "", "owner"),
            call("start_appraisal_assessment", Record::Appraisal("in review"), "", "", "appraiser"),
            call("complete_appraisal", Record::Appraisal("commented"), "", "", "headteacher"),
            call("suspend_appraisal", BEGUN, "", r#"{"reason": "family_leave"}"#, "hr"),
            call("resume_appraisal", Record::Appraisal("suspended"), "", "{}", "hr"),
            call("transfer_appraisal", BEGUN, "", REASON, "hr"),
            call("abandon_appraisal", BEGUN, "", REASON, "hr"),
        ],
    ),
    (
        "reports",
        &[
            call("get_report_draft", WRITTEN, "", "", "appraiser"),
            call("update_report_draft", WRITTEN, "", r#"{"summary": "<word> <n>"}"#, "appraiser"),
            call("issue_report", WRITTEN, "", r#"{"draft_version": 1}"#, "appraiser"),
            call("comment_on_report", ISSUED, "", r#"{"comment": "<word> <n>"}"#, "owner"),
            call("amend_report", ISSUED, "", r#"{"reason": "<word> <n>", "changes": {"summary": "<word> <n>"}}"#, "appraiser"),
            call("get_statement", ISSUED, "", "", "owner"),
            call("list_appraisal_reports", Record::Report, "person_id=<person>&limit=200", "", "owner"),
            call("get_appraisal_report", Record::Report, "", "", "owner"),
            call("appraisal_report_history", Record::Report, "", "", "owner"),
            call("list_disclosures", Record::None, "", "", "owner"),
        ],
    ),
    (
        "needs",
        &[
            call("list_development_needs", Record::Need(false), "person_id=<person>&limit=200", "", "owner"),
            call("list_development_needs", Record::Need(true), "person_id=<person>&limit=200", "", "owner"),
            call("get_development_need", Record::Need(false), "", "", "owner"),
            call("get_development_need", Record::Need(true), "", "", "owner"),
            call("development_need_history", Record::Need(true), "", "", "owner"),
            call("summarise_development_needs", Record::Need(false), "organisation_id=<organisation>", "", "learning_lead"),
            call("create_development_need", Record::None, "", r#"{"need": "<word>", "actions": [{"action": "<word>"}]}"#, "owner"),
            call("update_development_need", Record::Need(false), "", r#"{"need": "<word> <n>"}"#, "owner"),
            call("meet_development_need", Record::Need(false), "", "", "owner"),
            call("meet_development_need", Record::Need(true), "", "", "appraiser"),
            call("withdraw_development_need", Record::Need(false), "", REASON, "owner"),
            call("withdraw_development_need", Record::Need(true), "", REASON, "appraiser"),
        ],
    ),
    (
        "insight",
        &[
            call("get_appraisal_overview", BEGUN, "cycle_id=<cycle>&organisation_id=<organisation>", "", "governor"),
            call("list_appraisal_progress", BEGUN, "cycle_id=<cycle>&limit=200", "", "owner"),
            call("get_priority_line_of_sight", Record::Priority("active"), "", "", "governor"),
            call("get_learning_line_of_sight", PRIVATE, "", "", "owner"),
            call("get_learning_line_of_sight", SHARED, "", "", "owner"),
            call("get_learning_share", Record::None, "academic_year=2026&organisation_id=<organisation>", "", "governor"),
            call("get_fair_access", Record::None, "academic_year=2026", "", "governor"),
        ],
    ),
    (
        "holds",
        &[
            call("list_appraisal_holds", Record::Hold, "employment_id=<employment>&limit=200", "", "hr"),
            call("get_appraisal_hold", Record::Hold, "", "", "hr"),
            call("appraisal_hold_history", Record::Hold, "", "", "hr"),
            call(
                "create_appraisal_hold",
                Record::None,
                "",
                r#"{"employment_id": "<employment>", "reason": "capability", "starts_on": "<day>", "ends_on": "<day>"}"#,
                "hr",
            ),
            call("end_appraisal_hold", Record::Hold, "", r#"{"ends_on": "<first>"}"#, "hr"),
        ],
    ),
    (
        "conversations",
        &[
            call("list_conversation_templates", Record::Template(true), "organisation_id=<organisation>&limit=200", "", "owner"),
            call("list_conversation_templates", Record::Template(false), "organisation_id=<organisation>&limit=200", "", "headteacher"),
            call("get_conversation_template", Record::Template(true), "", "", "owner"),
            call("get_conversation_template", Record::Template(false), "", "", "headteacher"),
            call("conversation_template_history", Record::Template(true), "", "", "owner"),
            call("conversation_template_history", Record::Template(false), "", "", "headteacher"),
            call("create_conversation_template", Record::None, "", TEMPLATE, "headteacher"),
            call("publish_conversation_template", Record::Template(false), "", "", "headteacher"),
            call("list_conversations", Record::Conversation("appraisal"), "person_id=<person>&limit=200", "", "owner"),
            call("list_conversations", Record::Conversation("development"), "person_id=<person>&limit=200", "", "owner"),
            call("list_conversations", Record::Conversation("support"), "person_id=<person>&limit=200", "", "owner"),
            call("get_conversation", Record::Conversation("appraisal"), "", "", "owner"),
            call("get_conversation", Record::Conversation("development"), "", "", "owner"),
            call("get_conversation", Record::Conversation("support"), "", "", "owner"),
            call("conversation_history", Record::Conversation("appraisal"), "", "", "owner"),
            call("conversation_history", Record::Conversation("development"), "", "", "owner"),
            call("get_conversation_agenda", Record::Conversation("appraisal"), "", "", "owner"),
            call("get_conversation_agenda", Record::Conversation("development"), "", "", "owner"),
            call("list_conversation_snapshots", Record::Conversation("appraisal"), "", "", "owner"),
            call("list_conversation_snapshots", Record::Conversation("completed"), "", "", "owner"),
            call("get_my_notes", Record::Conversation("appraisal"), "", "", "owner"),
            call("get_my_notes", Record::Conversation("preparing"), "", "", "owner"),
            call(
                "schedule_conversation",
                Record::None,
                "",
                r#"{"employment_id": "<employment>", "partner_id": "<appraiser>", "kind": "coaching", "starts_at": "2026-10-12T15:30:00Z", "place": "<word>"}"#,
                "owner",
            ),
            call("update_conversation", Record::Conversation("appraisal"), "", r#"{"summary": "<word> <n>"}"#, "appraiser"),
            call("update_conversation", Record::Conversation("development"), "", r#"{"place": "<word> <n>"}"#, "owner"),
            call("update_my_notes", Record::Conversation("appraisal"), "", r#"{"text": "<word> <n>"}"#, "appraiser"),
            call("update_my_notes", Record::Conversation("preparing"), "", r#"{"text": "<word> <n>"}"#, "owner"),
            call("prepare_conversation", Record::Conversation("appraisal"), "", "", "owner"),
            call("share_conversation", Record::Conversation("preparing"), "", "", "owner"),
            call("hold_conversation", Record::Conversation("preparing"), "", "", "appraiser"),
            call("request_conversation_response", Record::Conversation("held"), "", "", "appraiser"),
            call("respond_to_conversation", Record::Conversation("awaiting_response"), "", r#"{"response": "<word>"}"#, "owner"),
            call("complete_conversation", Record::Conversation("awaiting_response"), "", REASON, "appraiser"),
            call("reopen_conversation", Record::Conversation("completed"), "", REASON, "owner"),
            call("cancel_conversation", Record::Conversation("development"), "", REASON, "owner"),
            call(
                "add_agreed_action",
                Record::Conversation("appraisal"),
                "",
                r#"{"title": "<word> <n>", "owner_id": "<person>", "due_on": "2026-11-27"}"#,
                "owner",
            ),
            call("add_agreed_action", Record::Conversation("held"), "", r#"{"title": "<word> <n>", "owner_id": "<appraiser>"}"#, "appraiser"),
            call("list_agreed_actions", Record::Agreed("appraisal"), "person_id=<person>&limit=200", "", "owner"),
            call("list_agreed_actions", Record::Agreed("development"), "person_id=<person>&limit=200", "", "owner"),
            call("get_agreed_action", Record::Agreed("appraisal"), "", "", "owner"),
            call("get_agreed_action", Record::Agreed("development"), "", "", "owner"),
            call("agreed_action_history", Record::Agreed("appraisal"), "", "", "owner"),
            call("agreed_action_history", Record::Agreed("development"), "", "", "owner"),
            call("update_agreed_action", Record::Agreed("appraisal"), "", r#"{"title": "<word> <n>"}"#, "appraiser"),
            call("update_agreed_action", Record::Agreed("development"), "", r#"{"due_on": "2026-12-01"}"#, "owner"),
            call("finish_agreed_action", Record::Agreed("development"), "", "", "owner"),
            call("drop_agreed_action", Record::Agreed("development"), "", REASON, "appraiser"),
            call("reopen_agreed_action", Record::Agreed("done"), "", "", "owner"),
        ],
    ),
    (
        "objectives",
        &[
            call("list_objectives", Record::Objective("draft"), "person_id=<person>&limit=200", "", "owner"),
            call("list_objectives", AGREED, "person_id=<person>&limit=200", "", "owner"),
            call("get_objective", Record::Objective("draft"), "", "", "owner"),
            call("get_objective", Record::Objective("proposed"), "", "", "owner"),
            call("get_objective", AGREED, "", "", "owner"),
            call("objective_history", Record::Objective("draft"), "", "", "owner"),
            call("objective_history", AGREED, "", "", "owner"),
            call("list_objective_revisions", Record::Objective("draft"), "", "", "owner"),
            call("list_objective_revisions", AGREED, "", "", "owner"),
            call(
                "create_objective",
                Record::None,
                "",
                r#"{"employment_id": "<employment>", "kind": "growth_inquiry", "title": "<word>", "inquiry": {"question": "<word>?"}}"#,
                "owner",
            ),
            call("update_objective", Record::Objective("draft"), "", r#"{"title": "<word> <n>"}"#, "owner"),
            call("update_objective", Record::Objective("proposed"), "", r#"{"title": "<word> <n>", "inquiry": {"question": "<word>?"}}"#, "owner"),
            call("propose_objective", Record::Objective("draft"), "", "", "owner"),
            call("agree_objective", Record::Objective("proposed"), "", "", "appraiser"),
            call("set_objective_with_dissent", Record::Objective("proposed"), "", r#"{"dissent": "<word>"}"#, "owner"),
            call("set_objective_with_dissent", Record::Objective("proposed by the appraiser"), "", r#"{"dissent": "<word>"}"#, "appraiser"),
            call("start_objective", AGREED, "", "", "owner"),
            call("revise_objective", AGREED, "", r#"{"reason": "<word>", "changes": {"title": "<word> <n>"}}"#, "owner"),
            call("pause_objective", Record::Objective("active"), "", REASON, "appraiser"),
            call("resume_objective", Record::Objective("paused"), "", "", "appraiser"),
            call("review_objective", Record::Objective("active"), "", "", "appraiser"),
            call("close_objective", Record::Objective("reviewed"), "", "", "appraiser"),
            call("carry_over_objective", Record::Objective("active"), "", r#"{"reason": "<word>", "due_on": "2027-12-01"}"#, "owner"),
            call("list_objective_authorship", AGREED, "", "", "owner"),
            call("list_objective_authorship", Record::Objective("draft"), "", "", "owner"),
            call(
                "bulk_propose_objectives",
                Record::None,
                "",
                r#"{"employment_ids": ["<employment>"], "kind": "practice", "title": "<word> <n>"}"#,
                "appraiser",
            ),
            call("list_objective_notes", Record::Objective("noted"), "", "", "owner"),
            call("list_objective_notes", Record::Objective("draft"), "", "", "owner"),
            call("add_objective_note", AGREED, "", r#"{"text": "<word>"}"#, "appraiser"),
            call("withdraw_objective_note", Record::Note, "", "", "owner"),
            call("invite_collaborator", AGREED, "", r#"{"objective_id": "<id>", "person_id": "<colleague>"}"#, "owner"),
            call("list_collaborations", Record::Collaboration("accepted"), "objective_id=<objective>", "", "owner"),
            call("get_collaboration", Record::Collaboration("invited"), "", "", "staff"),
            call("get_collaboration", Record::Collaboration("accepted"), "", "", "staff"),
            call("accept_collaboration", Record::Collaboration("invited"), "", "", "staff"),
            call("decline_collaboration", Record::Collaboration("invited"), "", "", "staff"),
            call("leave_collaboration", Record::Collaboration("accepted"), "", "", "staff"),
            call("end_collaboration", Record::Collaboration("accepted"), "", "", "owner"),
            // a colleague who takes part reads what both work on, and by no other path anything of the objective
            call("get_objective", Record::Collaboration("objective"), "", "", "owner"),
            call("list_objective_notes", Record::Collaboration("objective"), "", "", "owner"),
            call("objective_history", Record::Collaboration("objective"), "", "", "owner"),
            call("withdraw_objective", Record::Objective("draft"), "", REASON, "owner"),
            call("withdraw_objective", AGREED, "", REASON, "appraiser"),
        ],
    ),
    (
        "learning",
        &[
            call("list_learning_records", PRIVATE, "person_id=<person>&limit=200", "", "owner"),
            call("list_learning_records", SHARED, "person_id=<person>&limit=200", "", "owner"),
            call("get_learning_record", PRIVATE, "", "", "owner"),
            call("get_learning_record", SHARED, "", "", "owner"),
            call("learning_record_history", PRIVATE, "", "", "owner"),
            call("learning_record_history", SHARED, "", "", "owner"),
            call(
                "log_learning",
                Record::None,
                "",
                r#"{"employment_id": "<employment>", "title": "<word>", "kind": "reading", "started_on": "2026-09-10", "minutes": 30}"#,
                "owner",
            ),
            call("update_learning_record", PRIVATE, "", r#"{"title": "<word> <n>"}"#, "owner"),
            call("update_learning_record", SHARED, "", r#"{"title": "<word> <n>"}"#, "owner"),
            call("reflect_on_learning", PRIVATE, "", r#"{"reflection": "<word> <n>"}"#, "owner"),
            call("reflect_on_learning", SHARED, "", r#"{"reflection": "<word> <n>"}"#, "owner"),
            call("share_learning", PRIVATE, "", "", "owner"),
            call("unshare_learning", SHARED, "", "", "owner"),
        ],
    ),
    (
        "improvement",
        &[
            call("list_improvement_plans", Record::Plan("draft"), "organisation_id=<organisation>&limit=200", "", "headteacher"),
            call("list_improvement_plans", Record::Plan("published"), "organisation_id=<organisation>&limit=200", "", "owner"),
            call("get_improvement_plan", Record::Plan("draft"), "", "", "headteacher"),
            call("get_improvement_plan", Record::Plan("published"), "", "", "owner"),
            call("improvement_plan_history", Record::Plan("draft"), "", "", "headteacher"),
            call("improvement_plan_history", Record::Plan("published"), "", "", "owner"),
            call(
                "create_improvement_plan",
                Record::None,
                "",
                r#"{"organisation_id": "<organisation>", "title": "<word> <n>", "first_year": 2026}"#,
                "headteacher",
            ),
            call("update_improvement_plan", Record::Plan("published"), "", r#"{"title": "<word> <n>"}"#, "headteacher"),
            call("publish_improvement_plan", Record::Plan("draft"), "", "", "headteacher"),
            call("archive_improvement_plan", Record::Plan("published"), "", "", "headteacher"),
            call("list_priorities", Record::Priority("active"), "organisation_id=<organisation>&limit=200", "", "owner"),
            call("get_priority", Record::Priority("active"), "", "", "owner"),
            call("priority_history", Record::Priority("active"), "", "", "owner"),
            call(
                "create_priority",
                Record::Plan("draft"),
                "",
                r#"{"plan_id": "<id>", "title": "<word>", "success_measures": ["<word>"], "owner_id": "<person>", "actions": [{"title": "<word>"}]}"#,
                "learning_lead",
            ),
            call("update_priority", Record::Priority("active"), "", r#"{"title": "<word> <n>", "actions": [{"title": "<word>"}]}"#, "headteacher"),
            call("adopt_priority", Record::Adoptable, "", r#"{"plan_id": "<plan>"}"#, "headteacher"),
            call("achieve_priority", Record::Priority("active"), "", "", "headteacher"),
            call("stop_priority", Record::Priority("active"), "", REASON, "headteacher"),
            call("reopen_priority", Record::Priority("achieved"), "", REASON, "headteacher"),
        ],
    ),
    (
        "catalogue",
        &[
            call("list_learning_activities", Record::Activity(true), "organisation_id=<organisation>&limit=200", "", "owner"),
            call("get_learning_activity", Record::Activity(true), "", "", "owner"),
            call("learning_activity_history", Record::Activity(true), "", "", "owner"),
            call(
                "create_learning_activity",
                Record::None,
                "",
                r#"{"organisation_id": "<organisation>", "title": "<word> <n>", "kind": "course", "minutes": 60}"#,
                "learning_lead",
            ),
            call("update_learning_activity", Record::Activity(true), "", r#"{"title": "<word> <n>"}"#, "learning_lead"),
            call("retire_learning_activity", Record::Activity(true), "", "", "learning_lead"),
            call("restore_learning_activity", Record::Activity(false), "", "", "learning_lead"),
            call("list_learning_sessions", Record::Session, "organisation_id=<organisation>&limit=200", "", "owner"),
            call("get_learning_session", Record::Session, "", "", "owner"),
            call("get_session_places", Record::Session, "", "", "owner"),
            call("learning_session_history", Record::Session, "", "", "owner"),
            call(
                "create_learning_session",
                Record::Activity(true),
                "",
                r#"{"activity_id": "<id>", "starts_at": "2026-10-12T15:00:00Z", "ends_at": "2026-10-12T16:00:00Z", "places": 5}"#,
                "learning_lead",
            ),
            call("update_learning_session", Record::Session, "", r#"{"place": "<word> <n>"}"#, "learning_lead"),
            call("cancel_learning_session", Record::Session, "", REASON, "learning_lead"),
            call("list_enrolments", Record::Enrolment("to come"), "session_id=<session>&limit=200", "", "owner"),
            call("get_enrolment", Record::Enrolment("to come"), "", "", "owner"),
            call("enrolment_history", Record::Enrolment("to come"), "", "", "owner"),
            call("create_enrolment", Record::Session, "", r#"{"session_id": "<id>", "person_id": "<person>"}"#, "owner"),
            call("enrol_many", Record::Session, "", r#"{"person_ids": ["<person>"]}"#, "owner"),
            call("withdraw_enrolment", Record::Enrolment("to come"), "", "", "owner"),
            call("record_attendance", Record::Enrolment("over"), "", r#"{"attended": true}"#, "learning_lead"),
        ],
    ),
    (
        "inquiry commons",
        &[
            call("get_inquiry_stage", Record::Inquiry, "", "", "owner"),
            call("abandon_inquiry", Record::Inquiry, "", r#"{"learned": "<word>"}"#, "owner"),
            call("list_similar_findings", Record::Inquiry, "", "", "owner"),
            call(
                "publish_finding",
                Record::Inquiry,
                "",
                r#"{"publish_to": "school", "named": true, "title": "<word>", "question": "<word>?", "change_tried": "<word>", "evidence": "<word>", "finding": "<word>"}"#,
                "owner",
            ),
            call("list_findings", NAMED, "q=<word>&limit=200", "", "owner"),
            call("list_findings", UNNAMED, "q=<word>&limit=200", "", "owner"),
            call("get_finding", NAMED, "", "", "owner"),
            call("get_finding", UNNAMED, "", "", "owner"),
            call("finding_history", NAMED, "", "", "owner"),
            call("finding_history", UNNAMED, "", "", "owner"),
            call("list_own_findings", UNNAMED, "limit=200", "", "owner"),
            call("reuse_finding", NAMED, "", "{}", "staff"),
            call("reuse_finding", UNNAMED, "", "{}", "staff"),
            call("withdraw_finding", NAMED, "", "", "owner"),
            call("withdraw_finding", UNNAMED, "", "", "owner"),
        ],
    ),
    (
        "coaching",
        &[
            call("list_coaching_partnerships", ACTIVE, "limit=200", "", "owner"),
            call("get_coaching_partnership", ACTIVE, "", "", "owner"),
            call("coaching_partnership_history", ACTIVE, "", "", "owner"),
            call(
                "propose_coaching_partnership",
                Record::None,
                "",
                r#"{"kind": "peer", "learner_id": "<person>", "coach_id": "<holder>", "focus": "<word>", "cadence_weeks": 2}"#,
                "owner",
            ),
            call("update_coaching_partnership", ACTIVE, "", r#"{"focus": "<word> <n>", "cadence_weeks": 3}"#, "owner"),
            call("accept_coaching_partnership", Record::Partnership("proposed"), "", "", "owner"),
            call("end_coaching_partnership", ACTIVE, "", REASON, "owner"),
            call("list_action_steps", Record::Step, "limit=200", "", "owner"),
            call("get_action_step", Record::Step, "", "", "owner"),
            call("action_step_history", Record::Step, "", "", "owner"),
            call("create_action_step", ACTIVE, "", r#"{"partnership_id": "<id>", "step": "<word>", "check_back_on": "2026-10-19"}"#, "appraiser"),
            call("settle_action_step", Record::Step, "", r#"{"outcome": "kept", "note": "<word>"}"#, "owner"),
            call("list_learning_visits", Record::Visit, "limit=200", "", "owner"),
            call("get_learning_visit", Record::Visit, "", "", "owner"),
            call("learning_visit_history", Record::Visit, "", "", "owner"),
            call(
                "create_learning_visit",
                ACTIVE,
                "",
                r#"{"partnership_id": "<id>", "visited_on": "2026-10-01", "minutes": 30, "purpose": "<word>", "notes": "<word>"}"#,
                "appraiser",
            ),
            call("update_learning_visit", Record::Visit, "", r#"{"notes": "<word> <n>"}"#, "appraiser"),
            call("share_learning_visit", Record::Visit, "", r#"{"employment_id": "<employment>"}"#, "owner"),
        ],
    ),
    (
        "learning requests",
        &[
            call("list_learning_requests", Record::Request("draft"), "person_id=<person>&limit=200", "", "owner"),
            call("list_learning_requests", ASKED_FOR, "person_id=<person>&limit=200", "", "owner"),
            call("get_learning_request", Record::Request("draft"), "", "", "owner"),
            call("get_learning_request", ASKED_FOR, "", "", "owner"),
            call("learning_request_history", Record::Request("draft"), "", "", "owner"),
            call("learning_request_history", ASKED_FOR, "", "", "owner"),
            call(
                "create_learning_request",
                Record::None,
                "",
                r#"{"employment_id": "<employment>", "title": "<word>", "starts_on": "2026-11-05", "cost_pence": 5000}"#,
                "owner",
            ),
            call("update_learning_request", Record::Request("draft"), "", r#"{"title": "<word> <n>"}"#, "owner"),
            call("plan_learning_request_impact", ASKED_FOR, "", IMPACT, "owner"),
            call("submit_learning_request", Record::Request("draft"), "", "", "owner"),
            call("manager_agree_learning_request", ASKED_FOR, "", "{}", "appraiser"),
            call("manager_decline_learning_request", ASKED_FOR, "", REASON, "appraiser"),
            call("approve_learning_request", Record::Request("manager_agreed"), "", r#"{"budget_line_id": "<line>"}"#, "learning_approver"),
            call("decline_learning_request", Record::Request("manager_agreed"), "", REASON, "learning_approver"),
            call("return_learning_request", Record::Request("approved"), "", REASON, "learning_approver"),
            call("decide_learning_requests", ASKED_FOR, "", r#"{"items": [{"id": "<id>", "decision": "manager_agree"}]}"#, "appraiser"),
            call(
                "decide_learning_requests",
                Record::Request("manager_agreed"),
                "",
                r#"{"items": [{"id": "<id>", "decision": "approve", "budget_line_id": "<line>"}]}"#,
                "learning_approver",
            ),
            call("book_learning_request", Record::Request("approved"), "", "{}", "owner"),
            call("record_learning_request_cost", Record::Request("booked"), "", r#"{"actual_cost_pence": 4000}"#, "learning_approver"),
            call("attend_learning_request", Record::Request("booked"), "", "", "owner"),
            call("evaluate_learning_request", Record::Request("attended"), "", r#"{"evaluation": "<word>"}"#, "owner"),
            call("review_learning_request_impact", Record::Request("evaluated"), "", r#"{"conclusion": "adapt", "note": "<word>"}"#, "owner"),
            call("close_learning_request", Record::Request("impact_reviewed"), "", "", "owner"),
            call("withdraw_learning_request", Record::Request("draft"), "", REASON, "owner"),
            call("withdraw_learning_request", ASKED_FOR, "", REASON, "owner"),
            call("list_learning_request_decisions", Record::Request("manager_agreed"), "", "", "owner"),
            call("list_learning_request_comments", ASKED_FOR, "", "", "owner"),
            call("comment_on_learning_request", ASKED_FOR, "", r#"{"text": "<word>"}"#, "owner"),
            call("get_learning_request_impact", Record::Request("draft"), "", "", "owner"),
            call("get_learning_request_impact", Record::Request("attended"), "", "", "owner"),
            call("record_impact_checkpoint", Record::Request("attended"), "", r#"{"outcome": "no_evidence_yet"}"#, "owner"),
            call("get_impact_summary", Record::Organisation, "", "", "headteacher"),
        ],
    ),
    (
        "budgets",
        &[
            call("list_budget_lines", Record::BudgetLine, "organisation_id=<organisation>&limit=200", "", "headteacher"),
            call("list_budget_balances", Record::BudgetLine, "organisation_id=<organisation>&limit=200", "", "headteacher"),
            call("get_budget_line", Record::BudgetLine, "", "", "headteacher"),
            call("budget_line_history", Record::BudgetLine, "", "", "headteacher"),
            call("list_budget_entries", Record::BudgetLine, "", "", "headteacher"),
            call(
                "create_budget_line",
                Record::None,
                "",
                r#"{"organisation_id": "<organisation>", "academic_year": 2026, "title": "<word> <n>", "allocated_pence": 100000}"#,
                "headteacher",
            ),
            call("update_budget_line", Record::BudgetLine, "", r#"{"title": "<word> <n>"}"#, "headteacher"),
        ],
    ),
    (
        "training",
        &[
            call("list_training_requirements", ASKED, "organisation_id=<organisation>&limit=200", "", "owner"),
            call("get_training_requirement", ASKED, "", "", "owner"),
            call("get_training_requirement", Record::Requirement("draft"), "", "", "learning_lead"),
            call("training_requirement_history", ASKED, "", "", "owner"),
            call(
                "create_training_requirement",
                Record::None,
                "",
                r#"{"organisation_id": "<organisation>", "title": "<word>", "authority": "local", "trigger": "on_start", "due_within_days": 30, "validity": "none"}"#,
                "learning_lead",
            ),
            call("update_training_requirement", Record::Requirement("draft"), "", r#"{"title": "<word> <n>"}"#, "learning_lead"),
            call("publish_training_requirement", Record::Requirement("draft"), "", "{}", "learning_lead"),
            call("issue_training_edition", ASKED, "", r#"{"due_within_days": 14}"#, "learning_lead"),
            call("retire_training_requirement", ASKED, "", "", "learning_lead"),
            call("list_training_completions", Record::Completion, "requirement_id=<requirement>&limit=200", "", "owner"),
            call("get_training_completion", Record::Completion, "", "", "owner"),
            call("training_completion_history", Record::Completion, "", "", "owner"),
            call(
                "create_training_completion",
                ASKED,
                "",
                r#"{"requirement_id": "<id>", "person_id": "<person>", "completed_on": "2026-09-10", "provider": "<word>"}"#,
                "hr",
            ),
            call("void_training_completion", Record::Completion, "", REASON, "hr"),
            call("list_training_exemptions", Record::Exemption, "requirement_id=<requirement>&limit=200", "", "owner"),
            call("get_training_exemption", Record::Exemption, "", "", "owner"),
            call("training_exemption_history", Record::Exemption, "", "", "owner"),
            call(
                "create_training_exemption",
                ASKED,
                "",
                r#"{"requirement_id": "<id>", "person_id": "<person>", "reason": "<word>", "starts_on": "2026-09-01", "ends_on": "2026-12-31"}"#,
                "hr",
            ),
            call("end_training_exemption", Record::Exemption, "", r#"{"ends_on": "2026-10-31"}"#, "hr"),
            call("list_training_compliance", ASKED, "requirement_id=<id>&person_id=<person>", "", "owner"),
            call("summarise_training_compliance", ASKED, "requirement_id=<id>", "", "governor"),
        ],
    ),
    (
        "accounts and machines",
        &[
            call("list_accounts", Record::Account(true), "person_id=<holder>", "", "trust_admin"),
            call("get_account", Record::Account(true), "", "", "trust_admin"),
            call("account_history", Record::Account(true), "", "", "trust_admin"),
            call(
                "create_account",
                Record::None,
                "",
                r#"{"person_id": "<holder>", "email": "made<n>@school.example", "password": "a long password"}"#,
                "trust_admin",
            ),
            call("disable_account", Record::Account(true), "", "", "trust_admin"),
            call("enable_account", Record::Account(false), "", "", "trust_admin"),
            call("reset_password", Record::Account(true), "", r#"{"password": "a kettle on two bicycles"}"#, "trust_admin"),
            call("list_service_accounts", MACHINE, "limit=200", "", "trust_admin"),
            call("get_service_account", MACHINE, "", "", "trust_admin"),
            call("service_account_history", MACHINE, "", "", "trust_admin"),
            call("create_service_account", Record::None, "", r#"{"name": "<word> <n>", "scopes": ["people:read"]}"#, "trust_admin"),
            call(
                "create_service_account",
                Record::None,
                "",
                r#"{"name": "<word> <n>", "scopes": ["people:read"], "organisation_ids": ["<organisation>"]}"#,
                "trust_admin",
            ),
            call("update_service_account", MACHINE, "", r#"{"name": "<word> <n>"}"#, "trust_admin"),
            call("issue_key", MACHINE, "", r#"{"days": 30}"#, "trust_admin"),
            call("revoke_key", MACHINE, "", "", "trust_admin"),
            call("disable_service_account", MACHINE, "", "", "trust_admin"),
        ],
    ),
];

/// An operation's method, path and security, from the contract.
pub fn of_contract(operation: &str) -> (Method, &'static str, &'static Value) {
    let paths = document()["paths"].as_object().unwrap();
    let mut all = paths.iter().flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(method, o)| (method, path, o)));
    let (method, path, found) = all.find(|(_, _, o)| o["operationId"] == operation).unwrap_or_else(|| panic!("{operation} is not in the contract"));
    (method.to_uppercase().parse().unwrap(), path, found)
}
fn needed(operation: &Value) -> Option<&str> {
    operation.pointer("/security/0/bearer/0").and_then(Value::as_str)
}
pub fn secured(operation: &Value) -> bool {
    operation.pointer("/security/0/bearer").is_some()
}

/// The first of some days from that year on which nobody else was given.
fn day_of_its_own(year: i32, days: i64) -> NaiveDate {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap() + TimeDelta::days(days * NUMBER.fetch_add(1, Ordering::Relaxed).cast_signed())
}

/// What `<names>` stand for.
pub type Names = BTreeMap<&'static str, String>;

/// The template with the names filled in. `<n>` is a number, and `<day>` a day, of this request alone.
pub fn filled(template: &str, names: &Names) -> String {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let n = NUMBER.fetch_add(1, Ordering::Relaxed);
    let day = NaiveDate::from_ymd_opt(1960, 1, 1).unwrap() + TimeDelta::days((n % 20_000).cast_signed());
    let out = template.replace("<n>", &n.to_string()).replace("<day>", &day.to_string());
    names.iter().fold(out, |out, (name, value)| out.replace(&format!("<{name}>"), value).replace(&format!("{{{name}}}"), value))
}

/// Names of the same form that stand for nothing.
pub fn of_nothing(names: &Names) -> Names {
    names
        .iter()
        .map(|(name, value)| {
            let nothing = match *name {
                "word" | "code" | "first" => value.clone(),
                "email" => "nobody@school.example".into(),
                "slug" | "key" => "nothing".into(),
                _ => Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | name.bytes().fold(0, |n, b| n << 5 ^ u128::from(b)) & 0xffff_ffff_ffff)
                    .to_string(),
            };
            (*name, nothing)
        })
        .collect()
}

/// A school's records: a teacher whose they are, with an appraiser, and an administrator who makes them.
pub struct Scene {
    pub trust: Trust,
    pub organisation: String,
    pub owner: Someone,
    pub appraiser: Someone,
    pub admin: Someone,
    pub hr: Someone,
    /// Approves learning, and has the money for it.
    purse: Someone,
    /// Works on the owner's objectives with them.
    pub colleague: Someone,
    /// Stands in every text.
    pub word: String,
    profile: (String, i64),
    framework: String,
}

impl Scene {
    pub async fn new(w: &World, trust: &Trust, at: trellis_domain::id::OrganisationId, word: &str) -> Self {
        let admin = trust.someone(w).at(at).with(RoleName::TrustAdmin, trust.root).with(RoleName::LearningLead, trust.root).made().await;
        let appraiser = trust.someone(w).at(at).made().await;
        let hr = trust.someone(w).with(RoleName::Hr, trust.root).made().await;
        let purse = trust.someone(w).with(RoleName::LearningApprover, trust.root).with(RoleName::TrustLeader, trust.root).made().await;
        // the only leader, so that a cycle of leaders is theirs alone
        let owner = trust.someone(w).named(word, word).at(at).employed_as(StaffCategory::Leader).appraised_by(&appraiser).made().await;
        let colleague = trust.someone(w).at(at).made().await;
        let profiles = w.get("/v1/rule-profiles").by(&admin).send().await.expect(200);
        let profile = (profiles.items()[0]["key"].as_str().unwrap().to_owned(), profiles.items()[0]["number"].as_i64().unwrap());
        let organisation = at.to_string();
        let mut scene =
            Self { trust: trust.clone(), organisation, owner, appraiser, admin, hr, purse, colleague, word: word.into(), profile, framework: String::new() };
        let mut names = scene.names(w, Record::Framework(true)).await;
        scene.framework = names.remove("id").unwrap();
        scene
    }
    async fn made(&self, w: &World, who: &Someone, path: &str, body: &str) -> Reply {
        let names = Names::from([("word", self.word.clone())]);
        w.post(path).by(who).json(serde_json::from_str(&filled(body, &names)).unwrap()).send().await.expect(201)
    }
    /// An objective of the owner in this state.
    async fn objective_id(&self, w: &World, state: &'static str) -> String {
        Box::pin(self.names(w, Record::Objective(state))).await.remove("id").unwrap()
    }
    /// A record as another system sends it.
    async fn upserted(&self, w: &World, list: &str, row: Value) -> String {
        let reply = w.post(format!("/v1/{list}/bulk-upsert")).by(&self.admin).json(json!({"rows": [row]})).send().await.expect(207);
        reply.body["results"][0]["id"].as_str().unwrap_or_else(|| panic!("not taken: {}", reply.text)).to_owned()
    }
    async fn by_hand(&self, w: &World, path: &str, changes: Value) {
        w.patch(path).by(&self.admin).if_match("*").json(changes).send().await.expect(200);
    }
    async fn step(&self, w: &World, who: &Someone, path: &str, step: &str, body: Option<Value>) {
        let asking = w.post(format!("{path}/{step}")).by(who).if_match("*");
        match body {
            Some(body) => asking.json(body),
            None => asking,
        }
        .send()
        .await
        .expect(200);
    }
    /// Somebody employed at the school, with their e-mail.
    async fn newcomer(&self, w: &World, email: &str) -> (String, String) {
        let new = format!(r#"{{"given_name": "{}", "family_name": "Holder<n>", "email": "{email}"}}"#, self.word);
        let made = self.made(w, &self.admin, "/v1/people", &new).await;
        let job = json!({"person_id": made.id(), "organisation_id": self.organisation, "job_title": self.word, "staff_category": "teacher", "starts_on": "2020-09-01"});
        self.made(w, &self.admin, "/v1/employments", &job.to_string()).await;
        (made.id(), made.body["email"].as_str().unwrap().to_owned())
    }
    async fn activity(&self, w: &World) -> String {
        let new = json!({"organisation_id": self.organisation, "title": self.word, "description": self.word, "kind": "course", "minutes": 60});
        self.made(w, &self.admin, "/v1/learning-activities", &new.to_string()).await.id()
    }
    /// A session on this day, in a second of its own: nobody is at two of them at once.
    async fn session(&self, w: &World, day: &str) -> String {
        static SECOND: AtomicU64 = AtomicU64::new(0);
        let n = SECOND.fetch_add(1, Ordering::Relaxed) % 86_000;
        let at = |n: u64| format!("{day}T{:02}:{:02}:{:02}Z", n / 3600, n / 60 % 60, n % 60);
        let (starts, ends) = (at(n), at(n + 1));
        let new = json!({"activity_id": self.activity(w).await, "starts_at": starts, "ends_at": ends, "place": self.word, "places": 500});
        self.made(w, &self.admin, "/v1/learning-sessions", &new.to_string()).await.id()
    }
    /// An agreed growth inquiry of the owner, with a finding.
    async fn inquiry(&self, w: &World) -> String {
        let of = json!({"question": self.word, "finding": self.word});
        let new = json!({"employment_id": self.owner.employment.unwrap().to_string(), "kind": "growth_inquiry", "title": self.word, "inquiry": of});
        let made = self.made(w, &self.owner, "/v1/objectives", &new.to_string()).await.id();
        let path = format!("/v1/objectives/{made}");
        self.step(w, &self.owner, &path, "propose", None).await;
        self.step(w, &self.appraiser, &path, "agree", None).await;
        made
    }
    async fn finding(&self, w: &World, named: bool) -> String {
        let path = format!("/v1/objectives/{}/publish-finding", self.inquiry(w).await);
        let to = if named { "school" } else { "trust" };
        let new = json!({"publish_to": to, "named": named, "title": self.word, "question": self.word, "finding": self.word});
        loop {
            let made = w.post(&path).by(&self.owner).if_match("*").json(new.clone()).send().await;
            if made.body["code"] != "too_few_to_be_anonymous" {
                return made.expect(201).id();
            }
            self.newcomer(w, &format!("{}.more<n>@school.example", self.word)).await;
        }
    }
    /// A partnership of the owner with their appraiser; one that there was is ended first.
    async fn partnership(&self, w: &World, state: &str) -> String {
        for live in ["proposed", "active"] {
            let list = w.get(format!("/v1/coaching-partnerships?kind=coaching&state={live}")).by(&self.owner).send().await.expect(200);
            for one in list.items() {
                let path = format!("/v1/coaching-partnerships/{}", one["id"].as_str().unwrap());
                self.step(w, &self.owner, &path, "end", Some(json!({}))).await;
            }
        }
        let (learner, coach) = (self.owner.person.to_string(), self.appraiser.person.to_string());
        let new = json!({"kind": "coaching", "learner_id": learner, "coach_id": coach, "focus": self.word, "cadence_weeks": 2});
        let made = self.made(w, &self.appraiser, "/v1/coaching-partnerships", &new.to_string()).await.id();
        if state == "active" {
            self.step(w, &self.owner, &format!("/v1/coaching-partnerships/{made}"), "accept", None).await;
        }
        made
    }
    /// A training that the school requires.
    async fn requirement(&self, w: &World, state: &str) -> String {
        let new = json!({
            "organisation_id": self.organisation, "title": self.word, "description": self.word, "authority": "local", "trigger": "on_start",
            "due_within_days": 30, "validity": "months", "validity_months": 36, "audience": {"exclude": {"job_titles": [self.word]}},
        });
        let made = self.made(w, &self.admin, "/v1/training-requirements", &new.to_string()).await.id();
        if state == "published" {
            self.step(w, &self.admin, &format!("/v1/training-requirements/{made}"), "publish", Some(json!({"applies_from": "2020-09-01"}))).await;
        }
        made
    }
    /// An improvement plan of this organisation, and its priority.
    async fn plan(&self, w: &World, at: &str, state: &str) -> (String, String) {
        let new = json!({"organisation_id": at, "title": self.word, "first_year": 2026});
        let plan = self.made(w, &self.admin, "/v1/improvement-plans", &new.to_string()).await.id();
        let new = json!({"plan_id": plan, "title": self.word, "why": self.word, "actions": [{"title": self.word}]});
        let priority = self.made(w, &self.admin, "/v1/priorities", &new.to_string()).await.id();
        if state == "published" {
            self.step(w, &self.admin, &format!("/v1/improvement-plans/{plan}"), "publish", None).await;
        }
        (plan, priority)
    }
    async fn budget_line(&self, w: &World) -> String {
        let new = json!({"organisation_id": self.organisation, "academic_year": 2026, "title": self.word, "allocated_pence": 1_000_000});
        self.made(w, &self.purse, "/v1/budget-lines", &new.to_string()).await.id()
    }
    /// A learning request of the owner with an impact plan, and a line that can pay for it.
    async fn request(&self, w: &World, state: &str) -> (String, String) {
        use trellis_domain::impact::{ImpactLevel, ImpactPlan, Look, OffsetUnit};
        let line = self.budget_line(w).await;
        let begun = matches!(state, "booked" | "attended" | "evaluated" | "impact_reviewed");
        let new = json!({"employment_id": self.owner.employment.unwrap().to_string(), "title": self.word, "why": self.word, "needs": self.word, "provider": self.word,
            "starts_on": if begun { "2026-10-05" } else { "2026-11-05" }, "cost_pence": 5000, "cover_minutes": 60});
        let made = self.made(w, &self.owner, "/v1/learning-requests", &new.to_string()).await.id();
        // what has begun was planned a week ago
        let word = || trellis_domain::text::Reason::parse(&self.word).unwrap();
        let plan = ImpactPlan { reaction: word(), learning: word(), organisational_support: word(), use_in_practice: word(), pupil_outcomes: word() };
        let looks = vec![Look { level: ImpactLevel::UseInPractice, after: 6, unit: OffsetUnit::Weeks }];
        let id = trellis_domain::id::LearningRequestId(made.parse().unwrap());
        let principal = trellis_persistence::Principal::Session { session: self.owner.session, account: self.owner.account };
        let act = trellis_persistence::Act { principal, now: w.now() - TimeDelta::days(7), ..w.operator(self.trust.id) };
        let planning = trellis_persistence::request::PlanImpact { id, plan, looks, expected: None };
        let planned = w.db.write(act.clone(), planning).await.unwrap();
        let path = format!("/v1/learning-requests/{made}");
        let (owner, appraiser, purse) = (&self.owner, &self.appraiser, &self.purse);
        let steps: [(&str, &str, &Someone, Option<Value>); 7] = [
            ("submitted", "submit", owner, None),
            ("manager_agreed", "manager-agree", appraiser, Some(json!({"reason": self.word}))),
            ("approved", "approve", purse, Some(json!({"budget_line_id": line, "reason": self.word}))),
            ("booked", "book", owner, Some(json!({}))),
            ("attended", "attend", owner, None),
            ("evaluated", "evaluate", owner, Some(json!({"evaluation": self.word}))),
            ("impact_reviewed", "review-impact", owner, Some(json!({"conclusion": "adapt", "note": self.word}))),
        ];
        let reach = if state == "draft" { 0 } else { 1 + steps.iter().position(|(s, ..)| *s == state).unwrap_or_else(|| panic!("no way to {state}")) };
        for (reached, step, who, body) in &steps[..reach] {
            self.step(w, who, &path, step, body.clone()).await;
            if *reached == "submitted" {
                let said = json!({"text": self.word});
                w.post(format!("{path}/comments")).by(owner).json(said).send().await.expect(201);
            }
            if *reached == "attended" && state != "attended" {
                let record = json!({"outcome": "recorded", "narrative": self.word, "evidence": self.word});
                let at = format!("{path}/checkpoints/{}/record", planned.checkpoints[0].id);
                w.post(at).by(owner).if_match("*").json(record).send().await.expect(200);
            }
        }
        (made, line)
    }
    /// A conversation of the owner with the appraiser.
    async fn conversation(&self, w: &World, state: &str) -> String {
        let (kind, appraisal) = match state {
            "appraisal" => ("annual_review", Some(Box::pin(self.names(w, Record::Appraisal("created"))).await["id"].clone())),
            "support" => ("return_to_work", None),
            _ => ("coaching", None),
        };
        let mut new = json!({"employment_id": self.owner.employment.unwrap().to_string(), "partner_id": self.appraiser.person.to_string(), "kind": kind,
            "starts_at": "2026-10-12T15:30:00Z", "place": self.word});
        if let Some(appraisal) = appraisal {
            new["appraisal_id"] = json!(appraisal);
        }
        let made = self.made(w, &self.owner, "/v1/conversations", &new.to_string()).await.id();
        let (owner, appraiser) = (&self.owner, &self.appraiser);
        let why = || Some(json!({"reason": self.word}));
        let all = [("prepare", owner, None), ("hold", appraiser, None), ("request-response", appraiser, None), ("complete", appraiser, why())];
        let far = ["preparing", "held", "awaiting_response", "completed"].iter().position(|s| *s == state).map_or(0, |n| n + 1);
        for (step, who, body) in all.into_iter().take(far) {
            self.step(w, who, &format!("/v1/conversations/{made}"), step, body).await;
            if step == "prepare" {
                let notes = json!({"text": self.word});
                w.patch(format!("/v1/conversations/{made}/my-notes")).by(owner).if_match("*").json(notes).send().await.expect(200);
            }
        }
        made
    }
    /// Makes the record anew, and answers what the names stand for.
    pub async fn names(&self, w: &World, record: Record) -> Names {
        let id = |r: trellis_domain::id::PersonId| r.to_string();
        let holder = match record {
            Record::None
            | Record::Relationship
            | Record::Role
            | Record::Account(_)
            | Record::Newcomer
            | Record::Leaver
            | Record::Mentor
            | Record::Merge
            | Record::Match => self.newcomer(w, &format!("{}.holder<n>@school.example", self.word)).await.0,
            _ => id(self.owner.person),
        };
        let mut names = Names::from([
            ("organisation", self.organisation.clone()),
            ("root", self.trust.root.to_string()),
            ("person", id(self.owner.person)),
            ("employment", self.owner.employment.unwrap().to_string()),
            ("email", self.owner.email.clone()),
            ("word", self.word.clone()),
            ("code", "not_found".into()),
            ("holder", holder.clone()),
            ("appraiser", id(self.appraiser.person)),
            ("colleague", id(self.colleague.person)),
        ]);
        let admin = &self.admin;
        let made = match record {
            Record::None => String::new(),
            Record::Organisation => self.organisation.clone(),
            Record::Person => id(self.owner.person),
            Record::Employment => names["employment"].clone(),
            Record::Overridden(RecordType::Organisation) => {
                let row = json!({"external_ref": {"source": "mis", "id": filled("local<n>", &names)}, "kind": "group", "name": self.word, "parent": {"id": self.organisation}});
                let made = self.upserted(w, "organisations", row).await;
                self.by_hand(w, &format!("/v1/organisations/{made}"), json!({"name": "By hand"})).await;
                made
            }
            Record::Overridden(of) => {
                let post = json!({"organisation": {"id": self.organisation}, "job_title": self.word, "staff_category": "teacher", "starts_on": "2020-09-01"});
                let key = json!({"source": "mis", "id": filled("local<n>", &names)});
                let row = json!({"external_ref": key, "given_name": self.word, "family_name": "Local", "employments": [post]});
                let person = self.upserted(w, "people", row).await;
                if of == RecordType::Person {
                    self.by_hand(w, &format!("/v1/people/{person}"), json!({"family_name": "By hand"})).await;
                    person
                } else {
                    let list = w.get(format!("/v1/employments?person_id={person}")).by(admin).send().await.expect(200);
                    let employment = list.items()[0]["id"].as_str().unwrap().to_owned();
                    self.by_hand(w, &format!("/v1/employments/{employment}"), json!({"job_title": "By hand"})).await;
                    employment
                }
            }
            Record::Missing => {
                let system = filled("lost<n>", &names);
                let known = json!({"external_refs": [{"source": system, "id": "1"}]});
                w.patch(format!("/v1/people/{}", names["person"])).by(admin).if_match("*").json(known).send().await.expect(200);
                let row = json!({"external_ref": {"source": system, "id": "2"}, "given_name": self.word, "family_name": "Found"});
                let snapshot = json!({"organisation": {"id": self.organisation}, "source": system, "taken_at": "2026-10-05T01:00:00Z", "rows": [row]});
                w.post("/v1/syncs").by(admin).json(snapshot).send().await.expect(207);
                names["employment"].clone()
            }
            Record::Relationship => {
                let new = json!({"kind": "mentor", "person_id": names["person"], "holder_id": holder, "starts_on": "2026-09-01"});
                self.made(w, admin, "/v1/relationships", &new.to_string()).await.id()
            }
            Record::Role => {
                let new = json!({"person_id": holder, "role": "governor", "organisation_id": self.organisation, "starts_on": "2026-09-01"});
                self.made(w, admin, "/v1/roles", &new.to_string()).await.id()
            }
            Record::Framework(published) => {
                let new =
                    r#"{"key": "own-<n>", "name": "<word>", "label": "<word>", "attribution": "<word>", "standards": [{"code": "S1", "title": "<word>"}]}"#;
                let draft = self.made(w, admin, "/v1/framework-versions", new).await;
                if published {
                    self.step(w, admin, &format!("/v1/framework-versions/{}", draft.id()), "publish", None).await;
                }
                names.insert("slug", draft.body["key"].as_str().unwrap().into());
                draft.id()
            }
            Record::Profile(published) => {
                let draft = self.made(w, admin, "/v1/rule-profiles", PROFILE).await;
                if published {
                    self.step(w, admin, &format!("/v1/rule-profiles/{}", draft.id()), "publish", None).await;
                }
                names.insert("key", draft.body["key"].as_str().unwrap().into());
                draft.id()
            }
            Record::Calendar => {
                let new = CALENDAR.replace("<organisation>", &self.organisation);
                self.made(w, admin, "/v1/calendars", &new).await.id()
            }
            Record::Cycle(state) => {
                let new = json!({
                    "organisation_id": self.organisation, "name": self.word, "starts_on": "2026-09-01", "ends_on": "2027-08-31",
                    "rule_profile": self.profile.0, "rule_profile_version": self.profile.1, "staff_categories": ["teacher"],
                    "objectives_due_on": "2026-10-31", "review_due_on": "2027-07-01", "report_due_on": "2027-07-31", "framework_version_ids": [self.framework],
                });
                let made = self.made(w, admin, "/v1/cycles", &new.to_string()).await.id();
                let path = format!("/v1/cycles/{made}");
                let steps = [
                    ("draft", ""),
                    ("published", "publish"),
                    ("planning_open", "open-planning"),
                    ("monitoring", "start-monitoring"),
                    ("review_open", "open-review"),
                    ("closing", "start-closing"),
                    ("closed", "close"),
                ];
                let reach = steps.iter().position(|(s, _)| *s == state).unwrap();
                for (_, step) in &steps[1..=reach] {
                    self.step(w, admin, &path, step, None).await;
                }
                made
            }
            Record::Hold => {
                let first = day_of_its_own(1970, 3);
                let new = json!({"employment_id": names["employment"], "reason": "secondment", "starts_on": first, "ends_on": first + TimeDelta::days(1)});
                names.insert("first", first.to_string());
                self.made(w, &self.hr, "/v1/appraisal-holds", &new.to_string()).await.id()
            }
            Record::Report | Record::Need(true) => {
                let appraisal = Box::pin(self.names(w, ISSUED)).await["id"].clone();
                let found = w.get(format!("/v1/appraisal-reports?appraisal_id={appraisal}")).by(&self.owner).send().await.expect(200);
                let report = found.items()[0]["id"].as_str().unwrap().to_owned();
                match record {
                    Record::Report => report,
                    // a need does not say which report names it: the newest is of the newest
                    _ => {
                        let needs = w.get(format!("/v1/development-needs?person_id={}&limit=200", names["person"])).by(&self.owner).send().await.expect(200);
                        needs.items().last().unwrap()["id"].as_str().unwrap().to_owned()
                    }
                }
            }
            Record::Need(false) => {
                let new = json!({"need": self.word, "actions": [{"action": self.word}]});
                self.made(w, &self.owner, "/v1/development-needs", &new.to_string()).await.id()
            }
            Record::Appraisal(state) => {
                // days that no other appraisal of the owner covers
                let (starts, ends) = (day_of_its_own(2030, 3), "ends_on");
                let mut cycle = json!({
                    "organisation_id": self.organisation, "name": self.word, "starts_on": starts, "rule_profile": self.profile.0,
                    "rule_profile_version": self.profile.1, "staff_categories": ["leader"], "framework_version_ids": [self.framework],
                });
                for day in [ends, "objectives_due_on", "review_due_on", "report_due_on"] {
                    cycle[day] = json!(starts + TimeDelta::days(1));
                }
                let cycle = self.made(w, admin, "/v1/cycles", &cycle.to_string()).await.id();
                let path = format!("/v1/cycles/{cycle}");
                self.step(w, admin, &path, "publish", None).await;
                self.step(w, admin, &path, "create-appraisals", None).await;
                if matches!(state, "in review" | "written" | "issued" | "commented") {
                    for step in ["open-planning", "start-monitoring", "open-review"] {
                        self.step(w, admin, &path, step, None).await;
                    }
                }
                let found = w.get(format!("/v1/appraisals?cycle_id={cycle}")).by(&self.owner).send().await.expect(200);
                let made = found.items()[0]["id"].as_str().unwrap().to_owned();
                names.insert("cycle", cycle);
                let path = format!("/v1/appraisals/{made}");
                let panel = json!({"appraiser_ids": [names["appraiser"]], "external_adviser": self.word});
                let (hr, appraiser) = (&self.hr, &self.appraiser);
                let steps: &[(&str, &Someone, Option<Value>)] = match state {
                    "created" => &[],
                    "suspended" => &[("suspend", hr, Some(json!({"reason": "family_leave"})))],
                    "planning" => &[("assign-appraisers", hr, Some(panel)), ("start-planning", appraiser, None)],
                    "informed" => &[("start-planning", appraiser, None), ("inform-standards", appraiser, None)],
                    "in review" | "written" | "issued" | "commented" => {
                        &[("start-planning", appraiser, None), ("inform-standards", appraiser, None), ("start", appraiser, None)]
                    }
                    other => panic!("no way to {other}"),
                };
                for (step, who, body) in steps {
                    self.step(w, who, &path, step, body.clone()).await;
                }
                if matches!(state, "written" | "issued" | "commented") {
                    self.step(w, appraiser, &path, "start-assessment", None).await;
                    let whole = json!({
                        "standards_assessed": true, "learning": self.word, "pay_relevant": false, "summary": self.word,
                        "development_needs": [{"need": self.word, "actions": [{"action": self.word}]}],
                    });
                    w.patch(format!("{path}/report-draft")).by(appraiser).if_match("*").json(whole).send().await.expect(200);
                }
                if matches!(state, "issued" | "commented") {
                    self.step(w, appraiser, &path, "issue-report", Some(json!({"draft_version": 1}))).await;
                }
                if state == "commented" {
                    self.step(w, &self.owner, &path, "comment", Some(json!({"comment": self.word}))).await;
                }
                made
            }
            Record::Template(published) => {
                let new = TEMPLATE.replace("<organisation>", &self.organisation);
                let made = self.made(w, admin, "/v1/conversation-templates", &new).await.id();
                if published {
                    self.step(w, admin, &format!("/v1/conversation-templates/{made}"), "publish", None).await;
                }
                made
            }
            Record::Conversation(state) => self.conversation(w, state).await,
            Record::Agreed(state) => {
                let of = self.conversation(w, if state == "done" { "development" } else { state }).await;
                let new = json!({"title": self.word, "owner_id": names["person"], "due_on": "2026-11-27"});
                let made = self.made(w, &self.owner, &format!("/v1/conversations/{of}/actions"), &new.to_string()).await.id();
                if state == "done" {
                    self.step(w, &self.owner, &format!("/v1/agreed-actions/{made}"), "finish", None).await;
                }
                made
            }
            Record::Objective(state) => {
                let new = json!({"employment_id": names["employment"], "kind": "growth_inquiry", "title": self.word, "inquiry": {"question": self.word}});
                let (owner, appraiser) = (&self.owner, &self.appraiser);
                let author = if state == "proposed by the appraiser" { appraiser } else { owner };
                let made = self.made(w, author, "/v1/objectives", &new.to_string()).await.id();
                let path = format!("/v1/objectives/{made}");
                let steps: &[(&str, &Someone)] = match state {
                    "draft" => &[],
                    "proposed" => &[("propose", owner)],
                    "proposed by the appraiser" => &[("propose", appraiser)],
                    "agreed" | "noted" => &[("propose", owner), ("agree", appraiser)],
                    "active" => &[("propose", owner), ("agree", appraiser), ("start", appraiser)],
                    "paused" => &[("propose", owner), ("agree", appraiser), ("start", appraiser), ("pause", appraiser)],
                    "reviewed" => &[("propose", owner), ("agree", appraiser), ("start", appraiser), ("review", appraiser)],
                    other => panic!("no way to {other}"),
                };
                for (step, who) in steps {
                    let body = (*step == "pause").then(|| json!({"reason": self.word}));
                    self.step(w, who, &path, step, body).await;
                }
                if state == "noted" {
                    self.made(w, owner, &format!("{path}/notes"), r#"{"text": "<word>"}"#).await;
                }
                made
            }
            Record::Note => {
                let objective = self.objective_id(w, "agreed").await;
                self.made(w, &self.owner, &format!("/v1/objectives/{objective}/notes"), r#"{"text": "<word>"}"#).await.id()
            }
            Record::Collaboration(state) => {
                let objective = self.objective_id(w, "noted").await;
                let new = json!({"objective_id": objective, "person_id": names["colleague"]});
                let made = self.made(w, &self.owner, "/v1/collaborations", &new.to_string()).await.id();
                if state != "invited" {
                    self.step(w, &self.colleague, &format!("/v1/collaborations/{made}"), "accept", None).await;
                }
                names.insert("objective", objective.clone());
                if state == "objective" { objective } else { made }
            }
            Record::Learning(shared) => {
                let new = r#"{"title": "<word>", "kind": "reading", "started_on": "2026-09-10", "minutes": 30, "reflection": "<word>", "provider": "<word>"}"#;
                let made = self.made(w, &self.owner, "/v1/learning-records", new).await.id();
                if shared {
                    self.step(w, &self.owner, &format!("/v1/learning-records/{made}"), "share", None).await;
                }
                made
            }
            Record::Plan(state) => self.plan(w, &self.organisation, state).await.0,
            Record::Priority(state) => {
                let (_, made) = self.plan(w, &self.organisation, "published").await;
                if state == "achieved" {
                    self.step(w, admin, &format!("/v1/priorities/{made}"), "achieve", None).await;
                }
                made
            }
            Record::Adoptable => {
                names.insert("plan", self.plan(w, &self.organisation, "draft").await.0);
                self.plan(w, &self.trust.root.to_string(), "published").await.1
            }
            Record::Activity(offered) => {
                let made = self.activity(w).await;
                if !offered {
                    self.step(w, admin, &format!("/v1/learning-activities/{made}"), "retire", None).await;
                }
                made
            }
            Record::Session => self.session(w, "2026-10-12").await,
            Record::Enrolment(when) => {
                let session = self.session(w, if when == "over" { "2026-10-02" } else { "2026-10-12" }).await;
                let new = json!({"session_id": session, "person_id": names["person"]});
                names.insert("session", session);
                self.made(w, admin, "/v1/enrolments", &new.to_string()).await.id()
            }
            Record::Requirement(state) => self.requirement(w, state).await,
            Record::Completion => {
                let of = self.requirement(w, "published").await;
                let new = json!({
                    "requirement_id": of, "person_id": names["person"], "completed_on": "2026-09-10", "provider": self.word, "certificate": self.word,
                });
                names.insert("requirement", of);
                self.made(w, admin, "/v1/training-completions", &new.to_string()).await.id()
            }
            Record::Exemption => {
                let of = self.requirement(w, "published").await;
                let new = json!({
                    "requirement_id": of, "person_id": names["person"], "reason": self.word, "starts_on": "2026-09-01", "ends_on": "2026-12-31",
                });
                names.insert("requirement", of);
                self.made(w, &self.hr, "/v1/training-exemptions", &new.to_string()).await.id()
            }
            Record::Request(state) => {
                let (request, line) = self.request(w, state).await;
                names.insert("line", line);
                let impact = w.get(format!("/v1/learning-requests/{request}/impact")).by(&self.owner).send().await.expect(200);
                names.insert("checkpoint_id", impact.body["checkpoints"][0]["id"].as_str().unwrap().to_owned());
                request
            }
            Record::BudgetLine => self.budget_line(w).await,
            Record::Inquiry => self.inquiry(w).await,
            Record::Finding(named) => self.finding(w, named).await,
            Record::Partnership(state) => self.partnership(w, state).await,
            Record::Step => {
                let new = json!({"partnership_id": self.partnership(w, "active").await, "step": self.word, "check_back_on": "2026-10-19"});
                self.made(w, &self.appraiser, "/v1/action-steps", &new.to_string()).await.id()
            }
            Record::Visit => {
                let of = self.partnership(w, "active").await;
                let new = json!({"partnership_id": of, "visited_on": "2026-10-01", "minutes": 30, "purpose": self.word, "notes": self.word});
                self.made(w, &self.appraiser, "/v1/learning-visits", &new.to_string()).await.id()
            }
            Record::Account(enabled) => {
                // no password is hashed: the suite would do nothing else
                let email = trellis_domain::text::Email::parse(&format!("{}@school.example", w.shared.ids.make(w.now()).simple())).unwrap();
                let person_id = trellis_domain::id::PersonId(holder.parse().unwrap());
                let new = trellis_persistence::account::CreateAccount { person_id, email, password_hash: "none".into() };
                let made = w.does(self.trust.id, new).await.record.id.to_string();
                if !enabled {
                    self.step(w, admin, &format!("/v1/accounts/{made}"), "disable", None).await;
                }
                made
            }
            Record::Job => {
                trellis_api::runner::drain(&w.db, &w.shared).await.unwrap(); // nobody has any number of them waiting
                let row = json!({"external_ref": {"source": "mis", "id": filled("<n>", &names)}, "given_name": self.word, "family_name": "Job"});
                let asking = w.post("/v1/people/bulk-upsert").by(admin).header("prefer", "respond-async");
                asking.json(json!({"rows": [row]})).send().await.expect(202).id()
            }
            Record::Sync => {
                let of = filled("organisation_id=<organisation>&source=sent<n>&taken_at=2026-10-05T01:00:00Z&validate_only=true", &names);
                let row = filled("source,external_id,given_name,family_name\nmis,s<n>,Ada,Sent\n", &names);
                let sent = w.post(format!("/v1/syncs?{of}")).by(admin).raw("text/csv", row.as_bytes()).send().await.expect(207);
                sent.body["job_id"].as_str().unwrap().to_owned()
            }
            Record::ServiceAccount => {
                let at = vec![trellis_domain::id::OrganisationId(self.organisation.parse().unwrap())];
                let (machine, key, _) = w.key(&self.trust, &[Permission::ReadPeople], Some(at)).await;
                names.insert("key_id", key.to_string());
                machine.to_string()
            }
            Record::CalendarLink => {
                let id = trellis_domain::id::CalendarLinkId(w.shared.ids.make(w.now()));
                let (token, digest) = trellis_api::auth::secret::new_calendar(self.trust.id, id);
                let new = trellis_persistence::calendar_link::CreateCalendarLink { id, name: title(&self.word), digest };
                let principal = trellis_persistence::Principal::Session { session: self.owner.session, account: self.owner.account };
                w.db.write(trellis_persistence::Act { principal, ..w.operator(self.trust.id) }, new).await.unwrap();
                names.insert("token", token);
                names.insert("link_id", id.to_string());
                id.to_string()
            }
            Record::Newcomer => holder,
            Record::Leaver => {
                let employments = w.get(format!("/v1/employments?person_id={holder}")).by(admin).send().await.expect(200);
                let at = format!("/v1/employments/{}", employments.items()[0]["id"].as_str().unwrap());
                w.patch(at).by(admin).json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
                let person = w.get(format!("/v1/people/{holder}")).by(admin).send().await.expect(200);
                names.insert("family", person.body["family_name"].as_str().unwrap().to_owned());
                holder
            }
            Record::Mentor => {
                let new = json!({"kind": "mentor", "person_id": names["person"], "holder_id": holder, "starts_on": "2026-09-01"});
                self.made(w, admin, "/v1/relationships", &new.to_string()).await;
                holder
            }
            Record::Merge => {
                let (survivor, _) = self.newcomer(w, &format!("{}.survivor<n>@school.example", self.word)).await;
                let merge = self.made(w, admin, &format!("/v1/people/{holder}/merge"), &json!({"into": survivor, "reason": self.word}).to_string()).await.id();
                names.insert("survivor", survivor);
                merge
            }
            Record::Match => {
                let email = w.get(format!("/v1/people/{holder}")).by(admin).send().await.expect(200).body["email"].as_str().unwrap().to_owned();
                let (newer, _) = self.newcomer(w, &email).await;
                let open = w.get("/v1/match-suggestions?limit=200").by(admin).send().await.expect(200);
                open.items().iter().find(|s| s["person"]["id"] == newer).unwrap()["id"].as_str().unwrap().to_owned()
            }
        };
        names.insert("id", made);
        names
    }
}

/// Who calls: a name, and a bearer credential.
pub type Callers = Vec<(String, Option<String>)>;

/// Everybody of a trust, seen from the records of its school.
pub async fn everybody(w: &World, scene: &Scene) -> Callers {
    let trust = &scene.trust;
    let school = trust.school;
    let spare = trust.someone(w).at(school).made().await;
    let other_appraiser = trust.someone(w).at(school).made().await;
    w.appoint(trust, trellis_domain::relationship::RelationshipKind::Appraiser, spare.person, other_appraiser.person).await;
    let line_manager = trust.someone(w).at(school).made().await;
    w.appoint(trust, trellis_domain::relationship::RelationshipKind::LineManager, scene.owner.person, line_manager.person).await;
    let staff = scene.colleague.clone();

    let mut out: Callers = vec![("anonymous".into(), None), ("garbage".into(), Some("garbage".into()))];
    let long_ago = w.now() - TimeDelta::days(1);
    let expired = w.shared.keyring.sign(trust.id, staff.session, staff.account, staff.person, long_ago).unwrap();
    out.push(("expired".into(), Some(expired)));
    let disabled = trust.someone(w).at(school).with(RoleName::Hr, school).made().await;
    w.post(format!("/v1/accounts/{}/disable", disabled.account)).by(&scene.admin).if_match("*").send().await.expect(200);
    out.push(("disabled".into(), Some(disabled.token)));
    let ended = trust.someone(w).at(school).with(RoleName::Hr, school).made().await;
    w.delete("/v1/sessions/current").by(&ended).send().await.expect(204);
    out.push(("logged_out".into(), Some(ended.token)));

    for (name, who) in
        [("owner", &scene.owner), ("appraiser", &scene.appraiser), ("other_appraiser", &other_appraiser), ("line_manager", &line_manager), ("staff", &staff)]
    {
        out.push((name.into(), Some(who.token.clone())));
    }
    let demoted = trust.someone(w).at(school).with(RoleName::Hr, school).made().await;
    w.get("/v1/people").by(&demoted).send().await.expect(200);
    let roles = w.get(format!("/v1/roles?person_id={}", demoted.person)).by(&scene.admin).send().await.expect(200);
    let role = roles.items()[0]["id"].as_str().unwrap();
    w.post(format!("/v1/roles/{role}/end")).by(&scene.admin).if_match("*").json(json!({"ends_on": "2026-10-04"})).send().await.expect(200);
    out.push(("demoted".into(), Some(demoted.token)));

    for role in RoleName::ALL {
        let at = if matches!(role, RoleName::TrustLeader | RoleName::TrustAdmin) { trust.root } else { school };
        let mut who = trust.someone(w).with(*role, at);
        if !matches!(role, RoleName::Governor | RoleName::ExternalAdviser | RoleName::TrustLeader | RoleName::TrustAdmin) {
            who = who.at(school);
        }
        out.push((role.as_str().into(), Some(who.made().await.token)));
    }
    let machines: Vec<Permission> = Permission::ALL.iter().copied().filter(|p| p.for_service_accounts()).collect();
    for scope in &machines {
        out.push((scope.as_str().into(), Some(w.key(trust, &[*scope], None).await.2)));
    }
    out.push(("school_machine".into(), Some(w.key(trust, &machines, Some(vec![school])).await.2)));
    out
}

/// Who cannot be told who they are.
pub const UNKNOWN: &[&str] = &["anonymous", "garbage", "expired", "disabled", "logged_out"];

/// Where the contract says that an operation takes a form.
pub const FORM: &str = "/requestBody/content/application~1x-www-form-urlencoded";

/// Sends a call.
pub async fn tried(w: &World, call: &Call, names: &Names, credential: Option<&str>) -> Reply {
    let (method, path, operation) = of_contract(call.operation);
    let mut uri = filled(path, names);
    if !call.query.is_empty() {
        let _ = write!(uri, "?{}", filled(call.query, names));
    }
    let read = method == Method::GET;
    let mut asking = w.ask(method, uri);
    if let Some(credential) = credential {
        asking = asking.bearer(credential);
    }
    if !read && operation["parameters"].as_array().into_iter().flatten().any(|p| p["name"] == "If-Match") {
        asking = asking.if_match("*");
    }
    if operation.pointer("/requestBody/content/text~1csv").is_some() {
        asking = asking.raw("text/csv", filled(call.body, names).as_bytes());
    } else if operation.pointer(FORM).is_some() {
        asking = asking.form(&filled(call.body, names));
    } else if !call.body.is_empty() {
        asking = asking.json(serde_json::from_str(&filled(call.body, names)).unwrap());
    }
    asking.send().await
}

/// Number of the last event.
pub async fn last_event(w: &World, tenant: TenantId) -> i64 {
    w.db.read(w.operator(tenant), Changes::after(After::Head, 1)).await.unwrap().next
}

/// The same answer, whatever ids were asked with.
fn unnamed(reply: &Reply, names: &Names) -> Reply {
    let mut out = reply.clone();
    for (name, value) in names.iter().filter(|(_, v)| v.len() > 8) {
        let hide = |text: &str| text.replace(value, name);
        out.text = hide(&out.text);
        out.headers = out.headers.iter().map(|(k, v)| (k.clone(), hide(v))).collect();
    }
    out.body = serde_json::from_str(&out.text).unwrap_or(Value::Null);
    out
}

fn outcome(reply: &Reply, call: &Call, names: &Names) -> String {
    let list = reply.status == 200 && reply.body.get("items").is_some() && call.operation.starts_with("list_") && call.record != Record::None;
    let (_, path, _) = of_contract(call.operation);
    match reply.status {
        200 if list && !path.contains('{') => if reply.text.contains(&names["id"]) { "sees" } else { "empty" }.into(),
        207 if call.operation.starts_with("decide_") && reply.body["failed"] == 1 => {
            format!("207 {}", reply.body["results"][0]["problem"]["code"].as_str().unwrap())
        }
        207 if reply.body["results"][0]["action"] == "failed" => format!("207 {}", reply.body["results"][0]["problem"]["code"].as_str().unwrap()),
        200..=299 => "ok".into(),
        401 | 404 => reply.status.to_string(),
        403 => match reply.body["code"].as_str().unwrap() {
            "insufficient_scope" | "role_required" => "403".into(),
            code => format!("403 {code}"),
        },
        status => format!("{status} {}", reply.body["code"].as_str().unwrap_or_default()),
    }
}

/// One line: who, by outcome.
fn line(place: &str, outcomes: &[(String, String)]) -> String {
    let mut by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (who, outcome) in outcomes {
        by.entry(outcome).or_default().push(who);
    }
    let rank = |o: &str| match o {
        "sees" | "ok" => 0,
        _ if !o.starts_with("403") && !o.starts_with("404") && o != "empty" => 1,
        _ => 2,
    };
    let mut groups: Vec<_> = by.into_iter().collect();
    groups.sort_by_key(|(o, _)| (rank(o), *o));
    let most = groups.iter().filter(|(o, _)| rank(o) == 2).max_by_key(|(_, who)| who.len()).map(|(o, _)| *o);
    if groups.len() == 1 {
        return format!("    {place}: everybody {}\n", groups[0].0);
    }
    let mut out = format!("    {place}:\n");
    for (outcome, who) in groups.iter().filter(|(o, _)| Some(*o) != most) {
        let _ = writeln!(out, "        {outcome}: {}", who.join(" "));
    }
    if let Some(most) = most {
        let _ = writeln!(out, "        {most}: all others");
    }
    out
}

/// Tries a group's operations in a world of its own.
async fn matrix(w: &World, title: &str, calls: &[Call]) -> String {
    let trust = w.trust("beacon").await;
    let school = Scene::new(w, &trust, trust.school, "practice").await;
    let other_school = Scene::new(w, &trust, trust.other_school, "practice").await;
    let elsewhere = w.trust("harbour").await;
    let foreign = Scene::new(w, &elsewhere, elsewhere.school, "practice").await;
    let callers = everybody(w, &school).await;
    let mut out = format!("\n# {title}\n");
    for call in calls {
        let (method, path, operation) = of_contract(call.operation);
        let about = match call.record {
            Record::Framework(published) | Record::Profile(published) | Record::Template(published) => if published { ", published" } else { ", draft" }.into(),
            Record::Cycle(state)
            | Record::Objective(state)
            | Record::Appraisal(state)
            | Record::Conversation(state)
            | Record::Agreed(state)
            | Record::Collaboration(state)
            | Record::Partnership(state)
            | Record::Requirement(state)
            | Record::Request(state)
            | Record::Plan(state)
            | Record::Priority(state) => format!(", {state}"),
            Record::Enrolment(when) => format!(", {when}"),
            Record::Finding(named) => if named { ", to the school, named" } else { ", to the trust, unnamed" }.into(),
            Record::Activity(offered) => if offered { "" } else { ", retired" }.into(),
            Record::Need(named) => if named { ", named by a report" } else { ", own" }.into(),
            Record::Learning(shared) => if shared { ", shared" } else { ", private" }.into(),
            _ => String::new(),
        };
        let _ = writeln!(
            out,
            "\n{}{about}  ({method} {path}, {})",
            call.operation,
            needed(operation).unwrap_or(if secured(operation) { "logged in" } else { "open" })
        );
        let somewhere = path.contains("id}")
            || format!("{}{}", call.query, call.body).contains("<organisation>")
            || [
                "<person>",
                "<holder>",
                "<employment>",
                "<root>",
                "<email>",
                "<slug>",
                "<key>",
                "<cycle>",
                "<id>",
                "<session>",
                "<requirement>",
                "<line>",
                "<objective>",
            ]
            .iter()
            .any(|n| call.query.contains(n) || call.body.contains(n));
        let write = method != Method::GET;
        for (place, scene) in [("own school", &school), ("other school", &other_school)] {
            if !somewhere && place == "other school" && call.record == Record::None {
                continue;
            }
            let place = if somewhere || call.record != Record::None { place } else { "anywhere" };
            let mut names = scene.names(w, call.record).await;
            let mut before = last_event(w, trust.id).await;
            let mut outcomes = Vec::new();
            for (who, credential) in &callers {
                let reply = tried(w, call, &names, credential.as_deref()).await;
                let context = format!("{} in the {place} by {who}: {}", call.operation, reply.text);
                if secured(operation) && UNKNOWN.contains(&who.as_str()) {
                    assert_eq!(reply.status, 401, "{context}");
                }
                if reply.status >= 400 && matches!(reply.body["code"].as_str(), Some("insufficient_scope" | "role_required")) {
                    assert_eq!(reply.body["required_scopes"], json!([needed(operation)]), "{context}");
                }
                let after = last_event(w, trust.id).await;
                if !write || reply.status >= 400 {
                    assert_eq!(before, after, "a refused write, or a read, left an event: {context}");
                }
                if !secured(operation) || !UNKNOWN.contains(&who.as_str()) {
                    outcomes.push((who.clone(), outcome(&reply, call, &names)));
                }
                if write && reply.status < 300 && (call.record != Record::None || call.body.contains("<holder>")) {
                    names = scene.names(w, call.record).await;
                }
                before = last_event(w, trust.id).await;
            }
            out += &line(place, &outcomes);
        }
        if !somewhere {
            continue;
        }
        let there = foreign.names(w, call.record).await;
        let nowhere = of_nothing(&there);
        let (before, before_there) = (last_event(w, trust.id).await, last_event(w, elsewhere.id).await);
        let mut outcomes = Vec::new();
        for (who, credential) in &callers {
            let theirs = tried(w, call, &there, credential.as_deref()).await;
            let nothing = tried(w, call, &nowhere, credential.as_deref()).await;
            assert_eq!(theirs.status, nothing.status, "{} by {who}: {} but {}", call.operation, theirs.text, nothing.text);
            alike(&unnamed(&theirs, &there), &unnamed(&nothing, &nowhere));
            if !secured(operation) || !UNKNOWN.contains(&who.as_str()) {
                outcomes.push((who.clone(), outcome(&theirs, call, &there)));
            }
            if write {
                let judged = ["import_", "decide_", "explain_permission", "bulk_propose_objectives"];
                let judged_row_by_row = judged.iter().any(|judged| call.operation.starts_with(judged));
                assert!(theirs.status >= 400 || judged_row_by_row, "{} took another tenant's ids from {who}", call.operation);
            }
        }
        assert_eq!((before, before_there), (last_event(w, trust.id).await, last_event(w, elsewhere.id).await), "{} left an event elsewhere", call.operation);
        out += &line("other tenant, and nothing", &outcomes);
    }
    for tenant in [trust.id, elsewhere.id] {
        let head = w.db.read(w.operator(tenant), VerifyLog).await.unwrap().unwrap();
        assert_eq!(head.number, last_event(w, tenant).await);
    }
    out
}

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/suite/permissions.txt");
const HEAD: &str = "Who may do what. Written by the suite (see permissions.rs), read by people.

Every secured operation answers 401 to the anonymous, to garbage, to an expired token, to a disabled account and to whoever logged out; they
are not listed. Roles are held at the own school, trust_leader and trust_admin at the trust. `demoted` had the role hr until yesterday.
Names with a colon are service accounts' keys with that one scope in the whole trust; school_machine has every scope, at the own school only.
`sees`: the list shows the record; `empty`: it answers, without the record. 409 and 422 got past the permission.
";

fn held_against_the_file(backend: Backend) {
    let parts: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = CALLS
            .iter()
            .map(|(title, calls)| {
                scope.spawn(move || {
                    let mut out = String::new();
                    World::run(backend, async |w| out = matrix(w, title, calls).await);
                    out
                })
            })
            .collect();
        running.into_iter().map(|r| r.join().unwrap_or_else(|fault| std::panic::resume_unwind(fault))).collect()
    });
    let found = format!("{HEAD}{}", parts.concat());
    if std::env::var_os("UPDATE_PERMISSIONS").is_some() && backend == Backend::Sqlite {
        std::fs::write(FILE, &found).unwrap();
    }
    let expected = std::fs::read_to_string(FILE).unwrap_or_default();
    let (mut at, mut differences) = (String::new(), Vec::new());
    for (n, (a, b)) in expected.lines().zip(found.lines()).enumerate() {
        if !a.starts_with(' ') {
            at = a.into();
        }
        if a != b && differences.len() < 20 {
            differences.push(format!("line {}, {at}\n  - {a}\n  + {b}", n + 1));
        }
    }
    assert!(expected == found, "permissions.txt says otherwise:\n{}", differences.join("\n"));
}

mod everybody_may_do_what_the_file_says {
    use super::*;
    #[test]
    fn sqlite() {
        held_against_the_file(Backend::Sqlite);
    }
    #[test]
    fn postgres() {
        held_against_the_file(Backend::Postgres);
    }
}

#[test]
fn every_operation_of_the_contract_has_a_row() {
    let paths = document()["paths"].as_object().unwrap();
    let operations: BTreeSet<&str> = paths.values().flat_map(|item| item.as_object().unwrap().values()).filter_map(|o| o["operationId"].as_str()).collect();
    let rows: BTreeSet<&str> = CALLS.iter().flat_map(|(_, calls)| calls.iter().map(|c| c.operation)).collect();
    assert_eq!(operations, rows);
}
