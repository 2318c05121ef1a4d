//! Tenants, and the tree of organisations.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    tenants (id) {
        id -> Guid,
        slug -> Text,
        name -> Text,
        last_event -> BigInt,
        last_hash -> Binary,
        authority_hash -> Binary,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    signing_keys (id) {
        id -> Guid,
        private_key -> Binary,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    guards (tenant_id, subject_id) {
        tenant_id -> Guid,
        subject_id -> Guid,
        passed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    organisations (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        kind -> Text,
        parent_id -> Nullable<Guid>,
        name -> Text,
        phase -> Nullable<Text>,
        establishment_type -> Nullable<Integer>,
        group_type -> Nullable<Text>,
        status -> Text,
        opened_on -> Nullable<Date>,
        closed_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        managed -> Nullable<Document>,
        overridden -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    organisation_paths (tenant_id, descendant_id, ancestor_id) {
        tenant_id -> Guid,
        descendant_id -> Guid,
        ancestor_id -> Guid,
        depth -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    organisation_identifiers (tenant_id, organisation_id, scheme, value) {
        tenant_id -> Guid,
        organisation_id -> Guid,
        scheme -> Text,
        value -> Text,
        starts_on -> Nullable<Date>,
        ends_on -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    organisation_links (tenant_id, organisation_id, linked_urn, published_type) {
        tenant_id -> Guid,
        organisation_id -> Guid,
        linked_urn -> Text,
        published_type -> Text,
        kind -> Text,
        linked_name -> Text,
        established_on -> Nullable<Date>,
    }
}
