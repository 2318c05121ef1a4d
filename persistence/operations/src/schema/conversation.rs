//! What two people say to one another, and what they agree.

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    conversation_templates (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        organisation_id -> Guid,
        key -> Text,
        number -> Integer,
        state -> Text,
        based_on -> Nullable<Guid>,
        kind -> Text,
        document -> Document,
        revisions -> Document,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    conversations (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        employment_id -> Guid,
        person_id -> Guid,
        organisation_id -> Guid,
        partner_id -> Guid,
        partner_as -> Text,
        kind -> Text,
        lane -> Text,
        appraisal_id -> Nullable<Guid>,
        template_id -> Nullable<Guid>,
        starts_at -> Instant,
        place -> Nullable<Text>,
        state -> Text,
        summary -> Nullable<Text>,
        appraisee_notes -> Nullable<Document>,
        partner_notes -> Nullable<Document>,
        response -> Nullable<Text>,
        held_at -> Nullable<Instant>,
        last_reason -> Nullable<Text>,
        snapshots -> Integer,
        content_hash -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    conversation_notes (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        conversation_id -> Guid,
        side -> Text,
        author_id -> Guid,
        organisation_id -> Guid,
        notes -> Document,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    conversation_snapshots (tenant_id, conversation_id, number) {
        tenant_id -> Guid,
        conversation_id -> Guid,
        number -> Integer,
        content -> Text,
        content_hash -> Text,
        locked_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    agreed_actions (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        conversation_id -> Guid,
        employment_id -> Guid,
        person_id -> Guid,
        organisation_id -> Guid,
        partner_id -> Guid,
        lane -> Text,
        title -> Text,
        owner_id -> Guid,
        objective_id -> Nullable<Guid>,
        due_on -> Nullable<Date>,
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
    coaching_partnerships (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        kind -> Text,
        learner_id -> Guid,
        coach_id -> Guid,
        proposed_by -> Guid,
        state -> Text,
        focus -> Text,
        cadence_weeks -> Nullable<Integer>,
        cadence_since -> Nullable<Date>,
        round -> Nullable<Integer>,
        stage -> Nullable<Text>,
        stage_since -> Nullable<Date>,
        last_reason -> Nullable<Text>,
        started_on -> Nullable<Date>,
        ended_on -> Nullable<Date>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    action_steps (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        partnership_id -> Guid,
        learner_id -> Guid,
        step -> Text,
        check_back_on -> Date,
        state -> Text,
        note -> Nullable<Text>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::column::sql::*;
    learning_visits (tenant_id, id) {
        tenant_id -> Guid,
        id -> Guid,
        partnership_id -> Nullable<Guid>,
        visited_id -> Guid,
        visitor_id -> Guid,
        lane -> Text,
        visited_on -> Date,
        minutes -> Integer,
        purpose -> Text,
        notes -> Nullable<Text>,
        learning_record_id -> Nullable<Guid>,
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}
