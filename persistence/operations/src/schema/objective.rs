//! Objectives, and what is found out by them.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    objectives (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        employment_id -> Guid,
        person_id -> Guid,
        organisation_id -> Guid,
        cycle_id -> Nullable<Guid>,
        origin -> Text,
        author_id -> Guid,
        private_to -> Nullable<Guid>,
        state -> Text,
        kind -> Text,
        title -> Text,
        description -> Nullable<Text>,
        inquiry_question -> Nullable<Text>,
        inquiry_current_practice -> Nullable<Text>,
        inquiry_change_tried -> Nullable<Text>,
        inquiry_evidence -> Nullable<Text>,
        inquiry_finding -> Nullable<Text>,
        evidence_plan -> Nullable<Text>,
        support_needed -> Nullable<Text>,
        learning_needed -> Nullable<Text>,
        due_on -> Nullable<Date>,
        proposed_by -> Nullable<Guid>,
        agreed_by -> Nullable<Guid>,
        agreed_at -> Nullable<Instant>,
        dissent -> Nullable<Text>,
        last_reason -> Nullable<Text>,
        revision -> Integer,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    success_criteria (tenant_id, objective_id, id) {
        tenant_id -> Guid,
        objective_id -> Guid,
        id -> Guid,
        position -> Integer,
        text -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    objective_standards (tenant_id, objective_id, standard_id) {
        tenant_id -> Guid,
        objective_id -> Guid,
        standard_id -> Guid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    objective_revisions (tenant_id, objective_id, revision) {
        tenant_id -> Guid,
        objective_id -> Guid,
        revision -> Integer,
        words -> Document,
        reason -> Text,
        revised_by -> Guid,
        revised_at -> Instant,
        dissent -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    bulk_objectives (tenant_id, objective_id) {
        tenant_id -> Guid,
        objective_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    objective_successions (tenant_id, objective_id) {
        tenant_id -> Guid,
        objective_id -> Guid,
        successor_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    objective_authorship (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        objective_id -> Guid,
        field -> Text,
        written_by -> Guid,
        written_at -> Instant,
        proposed_by -> Nullable<Guid>,
        proposed_at -> Nullable<Instant>,
        accepted_by -> Nullable<Guid>,
        accepted_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    objective_notes (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        objective_id -> Guid,
        reply_to -> Nullable<Guid>,
        author_id -> Guid,
        text -> Nullable<Text>,
        created_at -> Instant,
        withdrawn_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    collaborations (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        objective_id -> Guid,
        owner_id -> Guid,
        organisation_id -> Guid,
        person_id -> Guid,
        state -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    abandoned_inquiries (tenant_id, objective_id) {
        tenant_id -> Guid,
        objective_id -> Guid,
        learned -> Text,
        abandoned_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    findings (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        owner_id -> Nullable<Guid>,
        objective_id -> Nullable<Guid>,
        author_id -> Nullable<Guid>,
        organisation_id -> Guid,
        state -> Text,
        title -> Text,
        question -> Text,
        change_tried -> Nullable<Text>,
        evidence -> Nullable<Text>,
        finding -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    finding_terms (tenant_id, term, finding_id) {
        tenant_id -> Guid,
        term -> Text,
        finding_id -> Guid,
        in_question -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    finding_reuses (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        finding_id -> Guid,
        person_id -> Guid,
        objective_id -> Nullable<Guid>,
        learning_record_id -> Nullable<Guid>,
        reused_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    objective_priorities (tenant_id, objective_id, priority_id) {
        tenant_id -> Guid,
        objective_id -> Guid,
        priority_id -> Guid,
        position -> Integer,
    }
}
