//! Learning requests, budgets, and what came of them.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    budget_lines (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        organisation_id -> Guid,
        academic_year -> Integer,
        title -> Text,
        allocated_pence -> BigInt,
        plan_above_pence -> Nullable<Integer>,
        plan_above_minutes -> Nullable<Integer>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_requests (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        employment_id -> Guid,
        organisation_id -> Guid,
        private_to -> Nullable<Guid>,
        state -> Text,
        title -> Text,
        why -> Nullable<Text>,
        needs -> Nullable<Text>,
        activity_id -> Nullable<Guid>,
        session_id -> Nullable<Guid>,
        provider -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Date,
        cost_pence -> Integer,
        cover_minutes -> Integer,
        budget_line_id -> Nullable<Guid>,
        spent_pence -> Nullable<Integer>,
        submitted_at -> Nullable<Instant>,
        agreed_by -> Nullable<Guid>,
        approved_by -> Nullable<Guid>,
        evaluation -> Nullable<Text>,
        conclusion -> Nullable<Text>,
        conclusion_note -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_request_objectives (tenant_id, learning_request_id, objective_id) {
        tenant_id -> Guid,
        learning_request_id -> Guid,
        objective_id -> Guid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_request_standards (tenant_id, learning_request_id, standard_id) {
        tenant_id -> Guid,
        learning_request_id -> Guid,
        standard_id -> Guid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_request_priorities (tenant_id, learning_request_id, priority_id) {
        tenant_id -> Guid,
        learning_request_id -> Guid,
        priority_id -> Guid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_request_decisions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        learning_request_id -> Guid,
        step -> Text,
        decision -> Text,
        reason -> Nullable<Text>,
        decided_by -> Guid,
        decided_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_request_comments (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        learning_request_id -> Guid,
        author_id -> Guid,
        text -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    budget_entries (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        budget_line_id -> Guid,
        learning_request_id -> Nullable<Guid>,
        kind -> Text,
        amount_pence -> Integer,
        made_by -> Nullable<Guid>,
        made_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    impact_plans (tenant_id, learning_request_id) {
        tenant_id -> Guid,
        learning_request_id -> Guid,
        reaction -> Text,
        learning -> Text,
        organisational_support -> Text,
        use_in_practice -> Text,
        pupil_outcomes -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    impact_checkpoints (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        learning_request_id -> Guid,
        position -> Integer,
        level -> Text,
        after -> Integer,
        unit -> Text,
        outcome -> Nullable<Text>,
        narrative -> Nullable<Text>,
        evidence -> Nullable<Text>,
        recorded_at -> Nullable<Instant>,
    }
}
