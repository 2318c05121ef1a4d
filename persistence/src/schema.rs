//! The tables, kept by hand beside the migrations; a test migrates both databases and compares.
#![allow(missing_docs)]

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
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
    }
}

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
        version -> BigInt,
        created_at -> Instant,
        updated_at -> Instant,
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
    objective_priorities (tenant_id, objective_id, priority_id) {
        tenant_id -> Guid,
        objective_id -> Guid,
        priority_id -> Guid,
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

diesel::allow_tables_to_appear_in_same_query!(
    tenants,
    signing_keys,
    guards,
    organisations,
    organisation_paths,
    organisation_identifiers,
    organisation_links,
    people,
    external_refs,
    employments,
    staff_codes,
    roles,
    relationships,
    frameworks,
    framework_versions,
    standards,
    rule_profiles,
    calendars,
    cycles,
    cycle_framework_versions,
    cycle_successions,
    appraisal_holds,
    appraisals,
    report_drafts,
    appraisal_reports,
    report_comments,
    development_needs,
    disclosures,
    appraisal_appraisers,
    conversation_templates,
    conversations,
    conversation_notes,
    conversation_snapshots,
    agreed_actions,
    objectives,
    success_criteria,
    objective_standards,
    objective_revisions,
    bulk_objectives,
    objective_successions,
    objective_authorship,
    objective_notes,
    collaborations,
    learning_records,
    learning_record_objectives,
    learning_record_standards,
    accounts,
    calendar_links,
    sessions,
    used_refresh_tokens,
    service_accounts,
    service_account_organisations,
    service_account_keys,
    idempotency_keys,
    events,
    event_payloads,
    jobs,
    syncs,
    job_rows,
    job_results,
    merges,
    redirects,
    match_suggestions,
    event_places,
    improvement_plans,
    priorities,
    priority_actions,
    objective_priorities,
    learning_record_priorities,
    learning_activities,
    learning_activity_standards,
    learning_sessions,
    enrolments,
    coaching_partnerships,
    action_steps,
    learning_visits,
    abandoned_inquiries,
    findings,
    finding_terms,
    finding_reuses,
    budget_lines,
    learning_requests,
    learning_request_objectives,
    learning_request_standards,
    learning_request_priorities,
    learning_request_decisions,
    learning_request_comments,
    budget_entries,
    impact_plans,
    impact_checkpoints,
    training_requirements,
    training_requirement_activities,
    training_completions,
    training_exemptions,
);
