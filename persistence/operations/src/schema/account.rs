//! Accounts, log-ins, and machines.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    accounts (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        email -> Text,
        password_hash -> Text,
        disabled_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    calendar_links (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        account_id -> Guid,
        name -> Text,
        digest -> Binary,
        created_at -> Instant,
        revoked_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    sessions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        account_id -> Guid,
        created_at -> Instant,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
        refresh_secret -> Binary,
        refresh_digest -> Binary,
        refreshed_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    used_refresh_tokens (tenant_id, session_id, digest) {
        tenant_id -> Guid,
        session_id -> Guid,
        digest -> Binary,
        used_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    service_accounts (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        name -> Text,
        scopes -> Document,
        everywhere -> Bool,
        disabled_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    service_account_organisations (tenant_id, service_account_id, organisation_id) {
        tenant_id -> Guid,
        service_account_id -> Guid,
        organisation_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    service_account_keys (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        service_account_id -> Guid,
        digest -> Binary,
        created_at -> Instant,
        expires_at -> Instant,
        revoked_at -> Nullable<Instant>,
        last_used_at -> Nullable<Instant>,
        warned_days -> Nullable<Integer>,
    }
}
