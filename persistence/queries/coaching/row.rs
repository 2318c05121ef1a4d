//! The row of a coaching partnership.

use super::super::prelude::*;
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    check_in::Cadence,
    coaching::{CoachingKind, CoachingPartnership, CoachingRound, CoachingStage, PartnershipState},
    text::{Reason, Wire},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = coaching_partnerships, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct PartnershipRow {
    tenant_id: Uid,
    pub(super) id: Uid,
    kind: String,
    learner_id: Uid,
    coach_id: Uid,
    proposed_by: Uid,
    state: String,
    focus: String,
    cadence_weeks: Option<i32>,
    cadence_since: Option<NaiveDate>,
    round: Option<i32>,
    stage: Option<String>,
    stage_since: Option<NaiveDate>,
    last_reason: Option<String>,
    started_on: Option<NaiveDate>,
    ended_on: Option<NaiveDate>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl PartnershipRow {
    pub(super) fn new(tenant_id: Uid, record: &CoachingPartnership) -> Self {
        let CoachingPartnership {
            id,
            kind,
            learner_id,
            coach_id,
            proposed_by,
            state,
            focus,
            cadence,
            round,
            last_reason,
            started_on,
            ended_on,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            tenant_id,
            id: (*id).into(),
            kind: kind.as_str().into(),
            learner_id: (*learner_id).into(),
            coach_id: (*coach_id).into(),
            proposed_by: (*proposed_by).into(),
            state: state.as_str().into(),
            focus: focus.as_str().into(),
            cadence_weeks: cadence.map(|c| c.weeks),
            cadence_since: cadence.map(|c| c.since),
            round: round.map(|r| r.number),
            stage: round.map(|r| r.stage.as_str().into()),
            stage_since: round.map(|r| r.since),
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            started_on: *started_on,
            ended_on: *ended_on,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    pub(super) fn partnership(self) -> Result<CoachingPartnership> {
        let Self {
            tenant_id: _,
            id,
            kind,
            learner_id,
            coach_id,
            proposed_by,
            state,
            focus,
            cadence_weeks,
            cadence_since,
            round,
            stage,
            stage_since,
            last_reason,
            started_on,
            ended_on,
            version,
            created_at,
            updated_at,
        } = self;
        let stage = stage.map(|s| CoachingStage::parse(&s)).transpose().map_err(corrupt)?;
        let round = round.zip(stage).zip(stage_since).map(|((number, stage), since)| CoachingRound { number, stage, since });
        Ok(CoachingPartnership {
            id: id.to(),
            kind: CoachingKind::parse(&kind).map_err(corrupt)?,
            learner_id: learner_id.to(),
            coach_id: coach_id.to(),
            proposed_by: proposed_by.to(),
            state: PartnershipState::parse(&state).map_err(corrupt)?,
            focus: Reason::parse(&focus).map_err(corrupt)?,
            cadence: cadence_weeks.zip(cadence_since).map(|(weeks, since)| Cadence { weeks, since }),
            round,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            started_on,
            ended_on,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::super::row::stored!(coaching_partnerships, PartnershipRow, CoachingPartnership, replace);
