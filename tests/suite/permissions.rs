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
    /// A hold on the owner's appraisal.
    Hold,
    /// An objective in this state.
    Objective(&'static str),
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
    /// An account, enabled or not.
    Account(bool),
    ServiceAccount,
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
const SHARED: Record = Record::Learning(true);
const PRIVATE: Record = Record::Learning(false);
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
            call("suspend_appraisal", BEGUN, "", r#"{"reason": "family_leave"}"#, "hr"),
            call("resume_appraisal", Record::Appraisal("suspended"), "", "{}", "hr"),
            call("transfer_appraisal", BEGUN, "", REASON, "hr"),
            call("abandon_appraisal", BEGUN, "", REASON, "hr"),
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
        // the only leader, so that a cycle of leaders is theirs alone
        let owner = trust.someone(w).named(word, word).at(at).employed_as(StaffCategory::Leader).appraised_by(&appraiser).made().await;
        let profiles = w.get("/v1/rule-profiles").by(&admin).send().await.expect(200);
        let profile = (profiles.items()[0]["key"].as_str().unwrap().to_owned(), profiles.items()[0]["number"].as_i64().unwrap());
        let organisation = at.to_string();
        let mut scene = Self { trust: trust.clone(), organisation, owner, appraiser, admin, hr, word: word.into(), profile, framework: String::new() };
        let mut names = scene.names(w, Record::Framework(true)).await;
        scene.framework = names.remove("id").unwrap();
        scene
    }
    async fn made(&self, w: &World, who: &Someone, path: &str, body: &str) -> Reply {
        let names = Names::from([("word", self.word.clone())]);
        w.post(path).by(who).json(serde_json::from_str(&filled(body, &names)).unwrap()).send().await.expect(201)
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
                if state == "in review" {
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
                    "in review" => &[("start-planning", appraiser, None), ("inform-standards", appraiser, None), ("start", appraiser, None)],
                    other => panic!("no way to {other}"),
                };
                for (step, who, body) in steps {
                    self.step(w, who, &path, step, body.clone()).await;
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
                    "agreed" => &[("propose", owner), ("agree", appraiser)],
                    "active" => &[("propose", owner), ("agree", appraiser), ("start", appraiser)],
                    "paused" => &[("propose", owner), ("agree", appraiser), ("start", appraiser), ("pause", appraiser)],
                    "reviewed" => &[("propose", owner), ("agree", appraiser), ("start", appraiser), ("review", appraiser)],
                    other => panic!("no way to {other}"),
                };
                for (step, who) in steps {
                    let body = (*step == "pause").then(|| json!({"reason": self.word}));
                    self.step(w, who, &path, step, body).await;
                }
                made
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
    let staff = trust.someone(w).at(school).made().await;

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
            Record::Framework(published) | Record::Profile(published) => if published { ", published" } else { ", draft" }.into(),
            Record::Cycle(state) | Record::Objective(state) | Record::Appraisal(state) | Record::Plan(state) | Record::Priority(state) => format!(", {state}"),
            Record::Enrolment(when) => format!(", {when}"),
            Record::Activity(offered) => if offered { "" } else { ", retired" }.into(),
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
            || ["<person>", "<holder>", "<employment>", "<root>", "<email>", "<slug>", "<key>", "<cycle>", "<id>", "<session>"]
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
                let judged_row_by_row = call.operation.starts_with("import_") || call.operation == "explain_permission";
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
