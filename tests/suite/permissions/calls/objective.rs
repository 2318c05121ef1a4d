//! Objectives, and the findings that come of them.

use super::*;

const AGREED: Record = Record::Objective("agreed");
const NAMED: Record = Record::Finding(true);
const UNNAMED: Record = Record::Finding(false);

pub(super) const OBJECTIVES: &[Call] = &[
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
    call("bulk_propose_objectives", Record::None, "", r#"{"employment_ids": ["<employment>"], "kind": "practice", "title": "<word> <n>"}"#, "appraiser"),
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
];

pub(super) const INQUIRY_COMMONS: &[Call] = &[
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
];
