//! Cycles, appraisals, reports, and the needs that they name.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    cycles (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        organisation_id -> Guid,
        name -> Text,
        state -> Text,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
        rule_profile -> Nullable<Text>,
        rule_profile_version -> Nullable<Integer>,
        objectives_due_on -> Nullable<Date>,
        review_due_on -> Nullable<Date>,
        report_due_on -> Nullable<Date>,
        staff_categories -> Document,
        last_reason -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    cycle_framework_versions (tenant_id, cycle_id, framework_version_id) {
        tenant_id -> Guid,
        cycle_id -> Guid,
        framework_version_id -> Guid,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    cycle_successions (tenant_id, successor_id) {
        tenant_id -> Guid,
        successor_id -> Guid,
        cycle_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    appraisal_holds (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        employment_id -> Guid,
        person_id -> Guid,
        organisation_id -> Guid,
        reason -> Text,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    appraisals (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        employment_id -> Guid,
        person_id -> Guid,
        organisation_id -> Guid,
        cycle_id -> Guid,
        staff_category -> Text,
        state -> Text,
        resumes_to -> Nullable<Text>,
        starts_on -> Date,
        ends_on -> Date,
        deadlines -> Document,
        external_adviser -> Nullable<Text>,
        adviser_consulted_on -> Nullable<Date>,
        standards_informed_on -> Nullable<Date>,
        report_issued_on -> Nullable<Date>,
        comment_due_on -> Nullable<Date>,
        commented_on -> Nullable<Date>,
        completed_on -> Nullable<Date>,
        last_reason -> Nullable<Text>,
        hold_id -> Nullable<Guid>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        appeal_due_on -> Nullable<Date>,
        appealed_on -> Nullable<Date>,
        appeal_decided_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    report_drafts (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        appraisal_id -> Guid,
        written -> Document,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    appraisal_reports (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        appraisal_id -> Guid,
        number -> Integer,
        content -> Text,
        content_hash -> Text,
        reason -> Nullable<Text>,
        issued_by -> Guid,
        issued_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    report_comments (tenant_id, report_id) {
        tenant_id -> Guid,
        report_id -> Guid,
        comment -> Text,
        commented_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    report_appeals (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        report_id -> Guid,
        grounds -> Text,
        appealed_at -> Instant,
        outcome -> Nullable<Text>,
        decision -> Nullable<Text>,
        decided_by -> Nullable<Guid>,
        decided_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    pay_recommendations (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        appraisal_id -> Guid,
        person_id -> Guid,
        organisation_id -> Guid,
        state -> Text,
        outcome -> Text,
        reasons -> Text,
        made_by -> Guid,
        verdict -> Nullable<Text>,
        decision -> Nullable<Text>,
        decided_by -> Nullable<Guid>,
        decided_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    development_needs (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        employment_id -> Guid,
        organisation_id -> Guid,
        need -> Text,
        actions -> Document,
        standard_id -> Nullable<Guid>,
        state -> Text,
        last_reason -> Nullable<Text>,
        report_id -> Nullable<Guid>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        source -> Text,
        source_id -> Nullable<Guid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    disclosures (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        record_type -> Text,
        record_id -> Guid,
        reader_id -> Guid,
        capacity -> Text,
        read_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    appraisal_appraisers (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        appraisal_id -> Guid,
        person_id -> Guid,
        position -> Integer,
        starts_on -> Date,
        until_on -> Nullable<Date>,
    }
}
