//! Learning: plans, the catalogue, records, and required training.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_records (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        employment_id -> Guid,
        organisation_id -> Guid,
        private_to -> Nullable<Guid>,
        title -> Text,
        kind -> Text,
        started_on -> Date,
        ended_on -> Date,
        minutes -> Integer,
        provider -> Nullable<Text>,
        reflection -> Nullable<Text>,
        visibility -> Text,
        for_appraiser -> Bool,
        for_leaders -> Bool,
        for_school -> Bool,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        source -> Nullable<Text>,
        external_id -> Nullable<Text>,
        managed -> Nullable<Document>,
        reflection_prompt -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    deleted_learning (tenant_id, digest) {
        tenant_id -> Guid,
        digest -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_record_readers (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        learning_record_id -> Guid,
        person_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_record_objectives (tenant_id, learning_record_id, objective_id) {
        tenant_id -> Guid,
        learning_record_id -> Guid,
        objective_id -> Guid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_record_standards (tenant_id, learning_record_id, standard_id) {
        tenant_id -> Guid,
        learning_record_id -> Guid,
        standard_id -> Guid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_record_priorities (tenant_id, learning_record_id, priority_id) {
        tenant_id -> Guid,
        learning_record_id -> Guid,
        priority_id -> Guid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    evidence (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        learning_record_id -> Guid,
        kind -> Text,
        title -> Text,
        reference -> Nullable<Text>,
        url -> Nullable<Text>,
        media_type -> Nullable<Text>,
        file_name -> Nullable<Text>,
        size -> Nullable<BigInt>,
        sha256 -> Nullable<Binary>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    stray_files (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        due_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    improvement_plans (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        organisation_id -> Guid,
        title -> Text,
        summary -> Nullable<Text>,
        first_year -> Integer,
        last_year -> Integer,
        state -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    priorities (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        plan_id -> Guid,
        organisation_id -> Guid,
        title -> Text,
        why -> Nullable<Text>,
        success_measures -> Document,
        owner_id -> Nullable<Guid>,
        adopted_from -> Nullable<Guid>,
        state -> Text,
        last_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    priority_actions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        priority_id -> Guid,
        position -> Integer,
        title -> Text,
        owner_id -> Nullable<Guid>,
        due_on -> Nullable<Date>,
        done_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_activities (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        organisation_id -> Guid,
        title -> Text,
        description -> Nullable<Text>,
        kind -> Text,
        provider -> Nullable<Text>,
        cost_pence -> Integer,
        minutes -> Integer,
        audience -> Document,
        state -> Text,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        conclusion -> Nullable<Text>,
        conclusion_note -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_activity_standards (tenant_id, learning_activity_id, standard_id) {
        tenant_id -> Guid,
        learning_activity_id -> Guid,
        standard_id -> Guid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_sessions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        activity_id -> Guid,
        organisation_id -> Guid,
        starts_at -> Instant,
        ends_at -> Instant,
        place -> Nullable<Text>,
        places -> Integer,
        state -> Text,
        last_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    enrolments (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        session_id -> Guid,
        person_id -> Guid,
        employment_id -> Guid,
        organisation_id -> Guid,
        state -> Text,
        queued_at -> Instant,
        enrolled_by -> Nullable<Guid>,
        learning_record_id -> Nullable<Guid>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    training_requirements (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        organisation_id -> Guid,
        title -> Text,
        description -> Nullable<Text>,
        authority -> Text,
        audience -> Document,
        trigger_kind -> Text,
        scheduled_on -> Nullable<Date>,
        due_within_days -> Integer,
        validity_kind -> Text,
        validity_months -> Nullable<Integer>,
        warn_at_days -> Document,
        editions -> Document,
        state -> Text,
        applies_from -> Nullable<Date>,
        retired_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    training_requirement_activities (tenant_id, training_requirement_id, learning_activity_id) {
        tenant_id -> Guid,
        training_requirement_id -> Guid,
        learning_activity_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    training_completions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        requirement_id -> Guid,
        person_id -> Guid,
        organisation_id -> Guid,
        completed_on -> Date,
        provider -> Nullable<Text>,
        certificate -> Nullable<Text>,
        source -> Nullable<Text>,
        external_id -> Nullable<Text>,
        enrolment_id -> Nullable<Guid>,
        recorded_by -> Nullable<Guid>,
        void_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    training_exemptions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        requirement_id -> Guid,
        person_id -> Guid,
        organisation_id -> Guid,
        reason -> Text,
        starts_on -> Date,
        ends_on -> Date,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    self_reviews (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        employment_id -> Guid,
        organisation_id -> Guid,
        framework_version_id -> Guid,
        title -> Nullable<Text>,
        statements -> Document,
        kept -> Integer,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    self_review_versions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        self_review_id -> Guid,
        number -> Integer,
        title -> Nullable<Text>,
        statements -> Document,
        kept_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    shared_self_reviews (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        owner_id -> Guid,
        reader_id -> Guid,
        self_review_version_id -> Guid,
        withdrawn_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}
