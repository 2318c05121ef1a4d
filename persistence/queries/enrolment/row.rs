//! The row of an enrolment.

use super::super::prelude::*;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    enrolment::{Enrolment, EnrolmentState},
    text::Wire,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = enrolments, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct EnrolmentRow {
    tenant_id: Uid,
    pub(super) id: Uid,
    session_id: Uid,
    person_id: Uid,
    employment_id: Uid,
    organisation_id: Uid,
    state: String,
    queued_at: Moment,
    enrolled_by: Option<Uid>,
    learning_record_id: Option<Uid>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl EnrolmentRow {
    pub(super) fn new(tenant_id: Uid, enrolment: &Enrolment) -> Self {
        let Enrolment {
            id,
            session_id,
            person_id,
            employment_id,
            organisation_id,
            state,
            queued_at,
            enrolled_by,
            learning_record_id,
            version,
            created_at,
            updated_at,
        } = enrolment;
        Self {
            tenant_id,
            id: (*id).into(),
            session_id: (*session_id).into(),
            person_id: (*person_id).into(),
            employment_id: (*employment_id).into(),
            organisation_id: (*organisation_id).into(),
            state: state.as_str().into(),
            queued_at: (*queued_at).into(),
            enrolled_by: optional(*enrolled_by),
            learning_record_id: optional(*learning_record_id),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    pub(super) fn enrolment(self) -> Result<Enrolment> {
        let Self {
            tenant_id: _,
            id,
            session_id,
            person_id,
            employment_id,
            organisation_id,
            state,
            queued_at,
            enrolled_by,
            learning_record_id,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(Enrolment {
            id: id.to(),
            session_id: session_id.to(),
            person_id: person_id.to(),
            employment_id: employment_id.to(),
            organisation_id: organisation_id.to(),
            state: EnrolmentState::parse(&state).map_err(corrupt)?,
            queued_at: queued_at.0,
            enrolled_by: enrolled_by.map(Uid::to),
            learning_record_id: learning_record_id.map(Uid::to),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::super::row::stored!(enrolments, EnrolmentRow, Enrolment, replace);
