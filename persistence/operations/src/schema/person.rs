//! People, where they work, and what they are to one another.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    people (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        given_name -> Text,
        family_name -> Text,
        preferred_name -> Nullable<Text>,
        email -> Nullable<Text>,
        trn -> Nullable<Text>,
        search -> Text,
        managed -> Nullable<Document>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        email_key -> Nullable<Text>,
        overridden -> Bool,
        erased_at -> Nullable<Instant>,
        search_given -> Text,
        search_preferred -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    external_refs (tenant_id, record_type, source, external_id) {
        tenant_id -> Guid,
        record_type -> Text,
        source -> Text,
        external_id -> Text,
        organisation_id -> Nullable<Guid>,
        person_id -> Nullable<Guid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    employments (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        organisation_id -> Guid,
        job_title -> Text,
        staff_category -> Text,
        staff_code -> Nullable<Text>,
        fte_percent -> Integer,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        managed -> Nullable<Document>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
        lapsed -> Bool,
        live -> Bool,
        missing_since -> Nullable<Date>,
        missing_from -> Nullable<Text>,
        ended_from -> Nullable<Text>,
        kept -> Nullable<Document>,
        overridden -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    staff_codes (tenant_id, organisation_id, staff_code) {
        tenant_id -> Guid,
        organisation_id -> Guid,
        staff_code -> Text,
        person_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    roles (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        role -> Text,
        organisation_id -> Guid,
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
    relationships (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        kind -> Text,
        person_id -> Guid,
        holder_id -> Guid,
        starts_on -> Date,
        ends_on -> Nullable<Date>,
        cadence_weeks -> Nullable<Integer>,
        cadence_since -> Nullable<Date>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    merges (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        into_id -> Guid,
        survivor_id -> Guid,
        reason -> Nullable<Text>,
        state -> Document,
        undone_at -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    redirects (tenant_id, old_id) {
        tenant_id -> Guid,
        old_id -> Guid,
        record_type -> Text,
        new_id -> Guid,
        merge_id -> Guid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    match_suggestions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        person_id -> Guid,
        candidate_id -> Guid,
        because -> Document,
        state -> Text,
        later_until -> Nullable<Date>,
        merge_id -> Nullable<Guid>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}
