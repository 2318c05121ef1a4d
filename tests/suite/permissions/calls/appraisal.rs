//! The appraisal year: standards, calendars, cycles, appraisals, reports, needs and holds.

use super::*;

const WRITTEN: Record = Record::Appraisal("written");
const PUBLISHED: Record = Record::Cycle("published");

pub(super) const FRAMEWORKS: &[Call] = &[
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
];

pub(super) const CALENDARS: &[Call] = &[
    call("list_calendars", Record::Calendar, "organisation_id=<organisation>&limit=200", "", "owner"),
    call("get_calendar", Record::Calendar, "", "", "owner"),
    call("calendar_history", Record::Calendar, "", "", "owner"),
    call("get_due_day", Record::Organisation, "from=2026-10-05&days=10&basis=working", "", "owner"),
    call("create_calendar", Record::None, "", CALENDAR, "headteacher"),
];

pub(super) const CYCLES: &[Call] = &[
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
];

pub(super) const APPRAISALS: &[Call] = &[
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
];

pub(super) const REPORTS: &[Call] = &[
    call("get_report_draft", WRITTEN, "", "", "appraiser"),
    call("update_report_draft", WRITTEN, "", r#"{"summary": "<word> <n>"}"#, "appraiser"),
    call("issue_report", WRITTEN, "", r#"{"draft_version": 1}"#, "appraiser"),
    call("comment_on_report", ISSUED, "", r#"{"comment": "<word> <n>"}"#, "owner"),
    call("appeal_against_report", Record::Appraisal("appealable"), "", r#"{"grounds": "<word> <n>"}"#, "owner"),
    call("decide_appeal", Record::Appraisal("appealed"), "", r#"{"outcome": "upheld", "decision": "<word> <n>"}"#, "hr"),
    call("amend_report", ISSUED, "", r#"{"reason": "<word> <n>", "changes": {"summary": "<word> <n>"}}"#, "appraiser"),
    call("get_statement", ISSUED, "", "", "owner"),
    call("list_appraisal_reports", Record::Report, "person_id=<person>&limit=200", "", "owner"),
    call("get_appraisal_report", Record::Report, "", "", "owner"),
    call("appraisal_report_history", Record::Report, "", "", "owner"),
    call("list_disclosures", Record::None, "", "", "owner"),
];

pub(super) const PAY: &[Call] = &[
    call("list_pay_recommendations", Record::Pay, "person_id=<person>&limit=200", "", "owner"),
    call("get_pay_recommendation", Record::Pay, "", "", "owner"),
    call("pay_recommendation_history", Record::Pay, "", "", "owner"),
    call("recommend_pay", Record::Appraisal("on pay"), "", r#"{"outcome": "progress", "reasons": "<word> <n>"}"#, "appraiser"),
    call("update_pay_recommendation", Record::Pay, "", r#"{"reasons": "<word> <n>"}"#, "appraiser"),
    call("withdraw_pay_recommendation", Record::Pay, "", "", "appraiser"),
    call("decide_pay_recommendation", Record::Pay, "", r#"{"verdict": "accepted", "decision": "<word> <n>"}"#, "hr"),
];

pub(super) const NEEDS: &[Call] = &[
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
];

pub(super) const HOLDS: &[Call] = &[
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
];
