//! Organisations, people, what they are to one another, and who logs in.

use super::*;

const MACHINE: Record = Record::ServiceAccount;
const SNAPSHOT: &str = "organisation_id=<organisation>&source=mis<n>&taken_at=2026-10-05T01:00:00Z";
const PEOPLE: &str = "source,external_id,given_name,family_name\nmis,p<n>,Ada,Person\n";
const PLACES: &str = "source,external_id,kind,name\nmis,o<n>,group,Group <n>\n";
const TIES: &str = "kind,person,holder,starts_on,ends_on\ncoach,<person>,<holder>,<day>,<day>\n";
const LINKS: &str = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n999999,999998,,Successor,\n";

pub(super) const PUBLIC_AND_ONES_OWN: &[Call] = &[
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
    call("list_my_check_ins", Record::None, "", "", "owner"),
    call("list_my_coaching_rhythms", Record::None, "", "", "owner"),
    call("list_calendar_links", Record::None, "", "", "owner"),
    call("create_calendar_link", Record::None, "", r#"{"name": "<word> <n>"}"#, "owner"),
    call("revoke_calendar_link", Record::CalendarLink, "", "", "owner"),
    call("get_calendar_feed", Record::CalendarLink, "", "", "anonymous"),
    call("explain_permission", Record::None, "", r#"{"operation_id": "update_person", "record_id": "<person>"}"#, "owner"),
    call("list_changes", Record::None, "", "", "trust_admin"),
    call("stream_changes", Record::None, "", "", "trust_admin"),
    call("change_password", Record::None, "", r#"{"current_password": "not the password", "new_password": "a new password"}"#, "owner"),
    call("end_session", Record::None, "", "", "owner"),
];

pub(super) const ORGANISATIONS: &[Call] = &[
    call("list_organisations", Record::Organisation, "parent_id=<root>&limit=200", "", "owner"),
    call("get_organisation", Record::Organisation, "", "", "owner"),
    call("organisation_history", Record::Organisation, "", "", "owner"),
    call("list_organisation_links", Record::Organisation, "", "", "owner"),
    call("create_organisation", Record::None, "", r#"{"parent_id": "<organisation>", "kind": "group", "name": "<word> <n>"}"#, "trust_admin"),
    call("update_organisation", Record::Organisation, "", r#"{"name": "<word> school <n>"}"#, "school_admin"),
    call("release_organisation_fields", Record::Overridden(RecordType::Organisation), "", r#"{"fields": ["name"]}"#, "school_admin"),
    call("import_organisations", Record::None, "file=links&parent_id=<organisation>", LINKS, "trust_admin"),
];

pub(super) const PEOPLE_AND_EMPLOYMENTS: &[Call] = &[
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
];

pub(super) const RELATIONSHIPS_AND_ROLES: &[Call] = &[
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
    call("set_cadence", Record::Relationship, "", r#"{"weeks": 4}"#, "owner"),
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
    call(
        "grant_role",
        Record::Delegation,
        "",
        r#"{"person_id": "<holder>", "role": "appraisal_delegate", "organisation_id": "<organisation>", "starts_on": "2026-10-05", "ends_on": "2027-08-31"}"#,
        "headteacher",
    ),
    call("end_role", Record::Role, "", r#"{"ends_on": "2026-10-04"}"#, "trust_admin"),
    call("end_role", Record::Delegation, "", r#"{"ends_on": "2026-09-15"}"#, "headteacher"),
];

pub(super) const MERGING_AND_HANDING_OVER: &[Call] = &[
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
];

pub(super) const ACCOUNTS_AND_MACHINES: &[Call] = &[
    call("list_accounts", Record::Account(true), "person_id=<holder>", "", "trust_admin"),
    call("get_account", Record::Account(true), "", "", "trust_admin"),
    call("account_history", Record::Account(true), "", "", "trust_admin"),
    call("create_account", Record::None, "", r#"{"person_id": "<holder>", "email": "made<n>@school.example", "password": "a long password"}"#, "trust_admin"),
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
];
