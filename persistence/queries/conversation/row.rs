//! Rows of conversations and of notes.

use super::super::prelude::*;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    conversation::{Conversation, ConversationKind, ConversationNotes, ConversationState, Lane, Notes, Side},
    relationship::RelationshipKind,
    text::{Narrative, Reason, Title, Wire},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = conversations, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(crate) struct ConversationRow {
    tenant_id: Uid,
    pub(super) id: Uid,
    employment_id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    partner_id: Uid,
    partner_as: String,
    kind: String,
    lane: String,
    appraisal_id: Option<Uid>,
    template_id: Option<Uid>,
    starts_at: Moment,
    place: Option<String>,
    state: String,
    summary: Option<String>,
    appraisee_notes: Option<Json>,
    partner_notes: Option<Json>,
    response: Option<String>,
    held_at: Option<Moment>,
    last_reason: Option<String>,
    snapshots: i32,
    content_hash: Option<String>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

fn noted(notes: &Notes) -> Result<Json> {
    Ok(Json(serde_json::to_string(notes).map_err(corrupt)?))
}
fn notes(column: &Json) -> Result<Notes> {
    serde_json::from_str(&column.0).map_err(corrupt)
}
fn text<T: Wire>(column: Option<String>) -> Result<Option<T>> {
    column.map(|t| T::parse(&t)).transpose().map_err(corrupt)
}

impl ConversationRow {
    pub(super) fn new(tenant_id: Uid, conversation: &Conversation) -> Result<Self> {
        let Conversation {
            id,
            employment_id,
            person_id,
            organisation_id,
            partner_id,
            partner_as,
            kind,
            lane,
            appraisal_id,
            template_id,
            starts_at,
            place,
            state,
            summary,
            appraisee_notes,
            partner_notes,
            response,
            held_at,
            last_reason,
            snapshots,
            content_hash,
            version,
            created_at,
            updated_at,
        } = conversation;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            employment_id: (*employment_id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            partner_id: (*partner_id).into(),
            partner_as: partner_as.as_str().into(),
            kind: kind.as_str().into(),
            lane: lane.as_str().into(),
            appraisal_id: optional(*appraisal_id),
            template_id: optional(*template_id),
            starts_at: (*starts_at).into(),
            place: place.as_ref().map(|t| t.as_str().into()),
            state: state.as_str().into(),
            summary: summary.as_ref().map(|t| t.as_str().into()),
            appraisee_notes: appraisee_notes.as_ref().map(noted).transpose()?,
            partner_notes: partner_notes.as_ref().map(noted).transpose()?,
            response: response.as_ref().map(|t| t.as_str().into()),
            held_at: held_at.map(Moment::from),
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            snapshots: *snapshots,
            content_hash: content_hash.clone(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    pub(super) fn conversation(self) -> Result<Conversation> {
        let Self {
            tenant_id: _,
            id,
            employment_id,
            person_id,
            organisation_id,
            partner_id,
            partner_as,
            kind,
            lane,
            appraisal_id,
            template_id,
            starts_at,
            place,
            state,
            summary,
            appraisee_notes,
            partner_notes,
            response,
            held_at,
            last_reason,
            snapshots,
            content_hash,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(Conversation {
            id: id.to(),
            employment_id: employment_id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            partner_id: partner_id.to(),
            partner_as: RelationshipKind::parse(&partner_as).map_err(corrupt)?,
            kind: ConversationKind::parse(&kind).map_err(corrupt)?,
            lane: Lane::parse(&lane).map_err(corrupt)?,
            appraisal_id: appraisal_id.map(Uid::to),
            template_id: template_id.map(Uid::to),
            starts_at: starts_at.0,
            place: text::<Title>(place)?,
            state: ConversationState::parse(&state).map_err(corrupt)?,
            summary: text::<Narrative>(summary)?,
            appraisee_notes: appraisee_notes.as_ref().map(notes).transpose()?,
            partner_notes: partner_notes.as_ref().map(notes).transpose()?,
            response: text::<Narrative>(response)?,
            held_at: held_at.map(|at| at.0),
            last_reason: text::<Reason>(last_reason)?,
            snapshots,
            content_hash,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = conversation_notes, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct NotesRow {
    tenant_id: Uid,
    id: Uid,
    conversation_id: Uid,
    side: String,
    author_id: Uid,
    organisation_id: Uid,
    notes: Json,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl NotesRow {
    pub(super) fn new(tenant_id: Uid, record: &ConversationNotes) -> Result<Self> {
        let ConversationNotes { id, conversation_id, side, author_id, organisation_id, notes, version, created_at, updated_at } = record;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            conversation_id: (*conversation_id).into(),
            side: side.as_str().into(),
            author_id: (*author_id).into(),
            organisation_id: (*organisation_id).into(),
            notes: noted(notes)?,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    pub(super) fn record(self) -> Result<ConversationNotes> {
        let Self { tenant_id: _, id, conversation_id, side, author_id, organisation_id, notes: noted, version, created_at, updated_at } = self;
        Ok(ConversationNotes {
            id: id.to(),
            conversation_id: conversation_id.to(),
            side: Side::parse(&side).map_err(corrupt)?,
            author_id: author_id.to(),
            organisation_id: organisation_id.to(),
            notes: notes(&noted)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}
