//! The log, kept answers, and jobs.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    idempotency_keys (tenant_id, caller_id, operation, key) {
        tenant_id -> Guid,
        caller_id -> Guid,
        operation -> Text,
        key -> Text,
        request_digest -> Binary,
        status -> Integer,
        headers -> Document,
        body -> Text,
        created_at -> Instant,
        holdings -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    events (tenant_id, number) {
        tenant_id -> Guid,
        number -> BigInt,
        id -> Guid,
        occurred_at -> Instant,
        actor_kind -> Text,
        actor_id -> Nullable<Guid>,
        request_id -> Text,
        kind -> Text,
        record_type -> Text,
        subject_id -> Guid,
        subject_version -> BigInt,
        organisation_id -> Nullable<Guid>,
        person_id -> Nullable<Guid>,
        private_to -> Nullable<Guid>,
        changed -> Text,
        payload_digest -> Binary,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    event_payloads (tenant_id, number) {
        tenant_id -> Guid,
        number -> BigInt,
        salt -> Binary,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    event_places (tenant_id, number, organisation_id) {
        tenant_id -> Guid,
        number -> BigInt,
        organisation_id -> Guid,
        was_live -> Bool,
        is_live -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;

    jobs (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        kind -> Text,
        state -> Text,
        ready -> Bool,
        caller_kind -> Text,
        caller_id -> Guid,
        principal -> Document,
        request_id -> Text,
        validate_only -> Bool,
        atomic -> Bool,
        total -> BigInt,
        done -> BigInt,
        created -> BigInt,
        updated -> BigInt,
        unchanged -> BigInt,
        failed -> BigInt,
        pass -> Integer,
        pass_done -> BigInt,
        problem_code -> Nullable<Text>,
        problem_detail -> Nullable<Text>,
        claimed_by -> Nullable<Guid>,
        claimed_until -> Nullable<Instant>,
        created_at -> Instant,
        started_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        sync -> Nullable<Document>,
        take_over -> Bool,
        organisation_id -> Nullable<Guid>,
        cycle_id -> Nullable<Guid>,
        judged_on -> Nullable<Date>,
        left_out -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;

    job_rows (tenant_id, job_id, row_index) {
        tenant_id -> Guid,
        job_id -> Guid,
        row_index -> BigInt,
        pass -> Integer,
        key -> Nullable<Text>,
        input -> Document,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;

    job_headings (tenant_id, job_id) {
        tenant_id -> Guid,
        job_id -> Guid,
        headings -> Document,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;

    job_results (tenant_id, job_id, row_index) {
        tenant_id -> Guid,
        job_id -> Guid,
        row_index -> BigInt,
        key -> Nullable<Text>,
        record_id -> Nullable<Guid>,
        action -> Text,
        result -> Document,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;

    job_foreseen (tenant_id, job_id, key) {
        tenant_id -> Guid,
        job_id -> Guid,
        key -> Text,
        record_id -> Guid,
        record -> Nullable<Document>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    syncs (tenant_id, organisation_id, source) {
        tenant_id -> Guid,
        organisation_id -> Guid,
        source -> Text,
        taken_at -> Nullable<Instant>,
        job_id -> Nullable<Guid>,
        confirm_digest -> Nullable<Text>,
        confirm_what -> Nullable<Document>,
        confirm_until -> Nullable<Instant>,
    }
}
