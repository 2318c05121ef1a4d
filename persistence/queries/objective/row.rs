//! An objective as it is stored: its row, and what of it stands in other tables.

use super::super::prelude::*;
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    id::{ObjectiveId, PriorityId, StandardId},
    objective::{Criterion, Inquiry, Objective, ObjectiveKind, ObjectiveOrigin, ObjectiveState, Words},
    text::{Narrative, Reason, Title, Wire},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = objectives, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(in super::super) struct ObjectiveRow {
    pub(super) tenant_id: Uid,
    pub(super) id: Uid,
    pub(super) employment_id: Uid,
    pub(super) person_id: Uid,
    pub(super) organisation_id: Uid,
    pub(super) cycle_id: Option<Uid>,
    pub(super) origin: String,
    pub(super) author_id: Uid,
    pub(super) private_to: Option<Uid>,
    pub(super) state: String,
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) description: Option<String>,
    pub(super) inquiry_question: Option<String>,
    pub(super) inquiry_current_practice: Option<String>,
    pub(super) inquiry_change_tried: Option<String>,
    pub(super) inquiry_evidence: Option<String>,
    pub(super) inquiry_finding: Option<String>,
    pub(super) evidence_plan: Option<String>,
    pub(super) support_needed: Option<String>,
    pub(super) learning_needed: Option<String>,
    pub(super) due_on: Option<NaiveDate>,
    pub(super) proposed_by: Option<Uid>,
    pub(super) agreed_by: Option<Uid>,
    pub(super) agreed_at: Option<Moment>,
    pub(super) dissent: Option<String>,
    pub(super) last_reason: Option<String>,
    pub(super) revision: i32,
    pub(super) version: i64,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
}

/// How a state is stored. What is carried over is closed here, and has a successor: whatever asks for what is still open is right without
/// knowing more.
pub(super) fn stored(state: ObjectiveState) -> &'static str {
    match state {
        ObjectiveState::CarriedOver => ObjectiveState::Closed.as_str(),
        state => state.as_str(),
    }
}

#[derive(Insertable)]
#[diesel(table_name = success_criteria)]
pub(super) struct CriterionRow {
    pub(super) tenant_id: Uid,
    pub(super) objective_id: Uid,
    pub(super) id: Uid,
    pub(super) position: i32,
    pub(super) text: String,
}

pub(super) fn prose(text: Option<String>) -> Result<Option<Narrative>> {
    text.map(|t| Narrative::parse(&t)).transpose().map_err(corrupt)
}
pub(super) fn column(text: Option<&Narrative>) -> Option<String> {
    text.map(|t| t.as_str().to_owned())
}

impl ObjectiveRow {
    pub(super) fn new(tenant_id: Uid, objective: &Objective) -> Self {
        let private_to = optional(objective.about().private_to);
        let Objective {
            id,
            employment_id,
            person_id,
            organisation_id,
            cycle_id,
            carried_over_from: _,
            carried_over_to: _,
            origin,
            author_id,
            state,
            words,
            proposed_by,
            agreed_by,
            agreed_at,
            dissent,
            last_reason,
            revision,
            version,
            created_at,
            updated_at,
        } = objective;
        let Words {
            kind,
            title,
            description,
            inquiry,
            evidence_plan,
            support_needed,
            learning_needed,
            due_on,
            success_criteria: _,
            standard_ids: _,
            priority_ids: _,
        } = words;
        let inquiry = inquiry.as_ref();
        let origin = if *origin == ObjectiveOrigin::Bulk { ObjectiveOrigin::Appraiser } else { *origin };
        Self {
            tenant_id,
            id: (*id).into(),
            employment_id: (*employment_id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            cycle_id: optional(*cycle_id),
            origin: origin.as_str().into(),
            author_id: (*author_id).into(),
            private_to,
            state: stored(*state).into(),
            kind: kind.as_str().into(),
            title: title.as_str().into(),
            description: column(description.as_ref()),
            inquiry_question: column(inquiry.map(|i| &i.question)),
            inquiry_current_practice: column(inquiry.and_then(|i| i.current_practice.as_ref())),
            inquiry_change_tried: column(inquiry.and_then(|i| i.change_tried.as_ref())),
            inquiry_evidence: column(inquiry.and_then(|i| i.evidence.as_ref())),
            inquiry_finding: column(inquiry.and_then(|i| i.finding.as_ref())),
            evidence_plan: column(evidence_plan.as_ref()),
            support_needed: column(support_needed.as_ref()),
            learning_needed: column(learning_needed.as_ref()),
            due_on: *due_on,
            proposed_by: optional(*proposed_by),
            agreed_by: optional(*agreed_by),
            agreed_at: agreed_at.map(Moment::from),
            dissent: column(dissent.as_ref()),
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            revision: *revision,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    pub(super) fn objective(self, parts: Parts) -> Result<Objective> {
        let Parts { success_criteria, standard_ids, priority_ids, carried_over_from, carried_over_to, in_bulk } = parts;
        let Self {
            tenant_id: _,
            id,
            employment_id,
            person_id,
            organisation_id,
            cycle_id,
            origin,
            author_id,
            private_to: _,
            state,
            kind,
            title,
            description,
            inquiry_question,
            inquiry_current_practice,
            inquiry_change_tried,
            inquiry_evidence,
            inquiry_finding,
            evidence_plan,
            support_needed,
            learning_needed,
            due_on,
            proposed_by,
            agreed_by,
            agreed_at,
            dissent,
            last_reason,
            revision,
            version,
            created_at,
            updated_at,
        } = self;
        let inquiry = match prose(inquiry_question)? {
            None => None,
            Some(question) => Some(Inquiry {
                question,
                current_practice: prose(inquiry_current_practice)?,
                change_tried: prose(inquiry_change_tried)?,
                evidence: prose(inquiry_evidence)?,
                finding: prose(inquiry_finding)?,
            }),
        };
        Ok(Objective {
            id: id.to(),
            employment_id: employment_id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            cycle_id: cycle_id.map(Uid::to),
            carried_over_from,
            carried_over_to,
            origin: if in_bulk { ObjectiveOrigin::Bulk } else { ObjectiveOrigin::parse(&origin).map_err(corrupt)? },
            author_id: author_id.to(),
            state: if carried_over_to.is_some() { ObjectiveState::CarriedOver } else { ObjectiveState::parse(&state).map_err(corrupt)? },
            words: Words {
                kind: ObjectiveKind::parse(&kind).map_err(corrupt)?,
                title: Title::parse(&title).map_err(corrupt)?,
                description: prose(description)?,
                inquiry,
                evidence_plan: prose(evidence_plan)?,
                support_needed: prose(support_needed)?,
                learning_needed: prose(learning_needed)?,
                due_on,
                success_criteria,
                standard_ids,
                priority_ids,
            },
            proposed_by: proposed_by.map(Uid::to),
            agreed_by: agreed_by.map(Uid::to),
            agreed_at: agreed_at.map(|at| at.0),
            dissent: prose(dissent)?,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            revision,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// What of an objective stands in other tables.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) success_criteria: Vec<Criterion>,
    pub(super) standard_ids: Vec<StandardId>,
    pub(super) priority_ids: Vec<PriorityId>,
    pub(super) carried_over_from: Option<ObjectiveId>,
    pub(super) carried_over_to: Option<ObjectiveId>,
    pub(super) in_bulk: bool,
}
