//! Scheduling: by the appraisee, or by who appraises, manages, coaches or mentors them on the day.

use super::super::prelude::*;
use super::{
    holds, in_time,
    row::{ConversationRow, NotesRow},
    seen,
};
use crate::conversation::{ConversationNow, ScheduleConversation};
use trellis_domain::{
    appraisal::Appraisal,
    conversation::{Conversation, ConversationNotes, ConversationState, Lane, Notes, Side, has_place, lane, stands_as},
    event::EventKind,
    id::{AppraisalId, EmploymentId, PersonId},
    rule::{Code, RuleError},
    time::micros,
};

/// The appraisal, if it is of this employment and the caller knows of it.
async fn appraisal(tx: &mut Tx<'_>, id: AppraisalId, employment: EmploymentId) -> Result<Appraisal> {
    let unknown = || -> StoreError { RuleError::at(Code::UnknownReference, "/appraisal_id", "no such appraisal of this employment").into() };
    match super::super::appraisal::load(tx, id).await {
        Ok(found) if found.employment_id == employment => Ok(found),
        Ok(_) | Err(StoreError::Missing) => Err(unknown()),
        Err(fault) => Err(fault),
    }
}

/// What the partner is to the person, that some lane asks for.
fn any(holds: &[trellis_domain::relationship::RelationshipKind]) -> bool {
    Lane::ALL.iter().any(|lane| stands_as(*lane, holds).is_ok())
}

impl Write<Here> for ScheduleConversation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ConversationNow>> {
        let me = tx.person()?;
        let Self { employment_id, partner_id, kind, appraisal_id, template_id, starts_at, place } = self.clone();
        let day = starts_at.date_naive();
        let unknown = || RuleError::at(Code::UnknownReference, "/employment_id", "no such employment of yours, or of somebody whose partner you are");
        let employment = match super::super::employment::load(tx, employment_id).await {
            Err(StoreError::Missing) => return Err(unknown().into()),
            other => other?,
        };
        let own = employment.person_id == me;
        let of = match appraisal_id {
            // to whom the employment is nothing, an appraisal of another tells nothing of it either
            Some(id) => Some(appraisal(tx, id, employment_id).await.map_err(|fault| match fault {
                StoreError::Rule(_) if !own => unknown().into(),
                other => other,
            })?),
            None => None,
        };
        let holds = holds(tx, (employment.person_id, partner_id), appraisal_id, day).await?;
        if !own && (partner_id != me || !any(&holds)) {
            return Err(unknown().into());
        }
        if !employment.period.contains(day) {
            return Err(RuleError::at(Code::OutsideEmployment, "/starts_at", "the person is not employed there on that day").into());
        }
        let lane = lane(kind, appraisal_id.is_some())?;
        let partner_as = stands_as(lane, &holds)?;
        let by = if own { Side::Appraisee } else { Side::Partner };
        if let Some(of) = of {
            has_place(kind, day, &of.period())?;
        }
        in_time(tx, kind, appraisal_id, by, day).await?;
        let template_id = super::super::conversation_template::for_conversation(tx, template_id, kind, employment.organisation_id).await?;
        let at = micros(tx.act.now);
        let conversation = Conversation {
            id: tx.new_id(),
            employment_id,
            person_id: employment.person_id,
            organisation_id: employment.organisation_id,
            partner_id,
            partner_as,
            kind,
            lane,
            appraisal_id,
            template_id,
            starts_at: micros(starts_at),
            place,
            state: ConversationState::Scheduled,
            summary: None,
            appraisee_notes: None,
            partner_notes: None,
            response: None,
            held_at: None,
            last_reason: None,
            snapshots: 0,
            content_hash: None,
            version: 1,
            created_at: at,
            updated_at: at,
        };
        let row = ConversationRow::new(tx.tenant(), &conversation)?;
        diesel::insert_into(conversations::table).values(row).done(tx.conn()).await?;
        let blank = |side, author_id: PersonId, id| ConversationNotes {
            id,
            conversation_id: conversation.id,
            side,
            author_id,
            organisation_id: conversation.organisation_id,
            notes: Notes::default(),
            version: 1,
            created_at: at,
            updated_at: at,
        };
        let sheets = [blank(Side::Appraisee, conversation.person_id, tx.new_id()), blank(Side::Partner, partner_id, tx.new_id())];
        let rows = sheets.iter().map(|n| NotesRow::new(tx.tenant(), n)).collect::<Result<Vec<_>>>()?;
        diesel::insert_into(conversation_notes::table).values(rows).done(tx.conn()).await?;
        tx.event(EventKind::ConversationScheduled, None, &conversation, conversation.about());
        seen(tx, conversation).await
    }
}
