//! Standards, rules and calendars.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    frameworks (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        key -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    framework_versions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        framework_id -> Guid,
        name -> Text,
        label -> Text,
        state -> Text,
        attribution -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    standards (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        framework_version_id -> Guid,
        parent_id -> Nullable<Guid>,
        code -> Text,
        title -> Text,
        description -> Nullable<Text>,
        position -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    rule_profiles (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        key -> Text,
        number -> Integer,
        state -> Text,
        based_on -> Nullable<Guid>,
        document -> Document,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    calendars (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        organisation_id -> Guid,
        academic_year -> Integer,
        number -> Integer,
        document -> Document,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}
