//! One side's own notes: whoever else asks is answered as if there were none.

use super::super::prelude::*;
use super::{load, party, row::NotesRow};
use crate::conversation::{GetMyNotes, UpdateMyNotes};
use serde_json::json;
use trellis_domain::{
    conversation::{Conversation, ConversationAction as A, ConversationNotes, Notes, Side, answered},
    event::{Changes, changes},
    id::{ConversationId, PersonId},
    time::micros,
};

/// What this person wrote for themself on their side, the first begun first: one sheet, but of two people who turned out to be one their two.
async fn sheets(cx: &mut Cx<'_>, conversation: &Conversation, side: Side, author: PersonId) -> Result<Vec<ConversationNotes>> {
    let rows: Vec<NotesRow> = conversation_notes::table
        .filter(conversation_notes::tenant_id.eq(cx.tenant()))
        .filter(conversation_notes::conversation_id.eq(Uid::from(conversation.id)))
        .filter(conversation_notes::side.eq(side.as_str()))
        .filter(conversation_notes::author_id.eq(Uid::from(author)))
        .order((conversation_notes::created_at, conversation_notes::id))
        .select(NotesRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(NotesRow::record).collect()
}

/// Their one sheet, with those that it is of; nothing yet, if they sit on the panel of its appraisal and have not begun.
async fn one_sheet(cx: &mut Cx<'_>, conversation: &Conversation, side: Side, author: PersonId) -> Result<(ConversationNotes, Vec<ConversationNotes>)> {
    let sheets = sheets(cx, conversation, side, author).await?;
    let now = micros(cx.act.now);
    Ok(ConversationNotes::together(sheets).unwrap_or_else(|| {
        let blank = ConversationNotes {
            id: cx.new_id(),
            conversation_id: conversation.id,
            side,
            author_id: author,
            organisation_id: conversation.organisation_id,
            notes: Notes::default(),
            version: 0,
            created_at: now,
            updated_at: now,
        };
        (blank, Vec::new())
    }))
}

/// What this person wrote for themself on their side.
pub(super) async fn of(cx: &mut Cx<'_>, conversation: &Conversation, side: Side, author: PersonId) -> Result<ConversationNotes> {
    Ok(one_sheet(cx, conversation, side, author).await?.0)
}

/// Stores the one sheet in place of those that it is of. It is neither of them: a merge that is undone would give somebody the other's words with their own.
async fn gather(tx: &mut Tx<'_>, one: ConversationNotes, of: &[ConversationNotes]) -> Result<ConversationNotes> {
    for sheet in of {
        let key = conversation_notes::table.find((tx.tenant(), Uid::from(sheet.id))).filter(conversation_notes::version.eq(sheet.version));
        if diesel::delete(key).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
    }
    let one = ConversationNotes { id: tx.new_id(), ..one };
    let row = NotesRow::new(tx.tenant(), &one)?;
    diesel::insert_into(conversation_notes::table).values(row).done(tx.conn()).await?;
    Ok(one)
}

/// The conversation, the caller and their side of it.
async fn mine(cx: &mut Cx<'_>, id: ConversationId) -> Result<(Conversation, Side, PersonId)> {
    let conversation = load(cx, id).await?;
    let by = party(cx, &conversation).await?;
    let (side, me) = conversation.acts_as(by).zip(by.person).ok_or(StoreError::Missing)?;
    Ok((conversation, side, me))
}

async fn seen(cx: &mut Cx<'_>, conversation: &Conversation, record: ConversationNotes) -> Result<Seen<ConversationNotes>> {
    let by = party(cx, conversation).await?;
    Ok(Seen { record, can: vec![("update", conversation.can(A::WriteNotes, by).err())] })
}

impl Read<Here> for GetMyNotes {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<ConversationNotes>>> {
        let (conversation, side, me) = mine(cx, self.id).await?;
        let record = of(cx, &conversation, side, me).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, &conversation, record).await?))
    }
}

impl Write<Here> for UpdateMyNotes {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ConversationNotes>> {
        let (conversation, side, me) = mine(tx, self.id).await?;
        if conversation.side(Some(me)).is_none() {
            // whoever sits on the panel begins once, from however many tabs
            access::guard(tx, self.id).await?;
        }
        let (before, own) = one_sheet(tx, &conversation, side, me).await?;
        // of two sheets the one version is named: a tab that says "whatever there is" has seen only its own
        let expected = if own.len() > 1 { self.expected.or(Some(0)) } else { self.expected };
        super::super::event::expect(tx, &before, expected).await?;
        let by = party(tx, &conversation).await?;
        conversation.can(A::WriteNotes, by)?;
        let before = if own.len() > 1 { gather(tx, before, &own).await? } else { before };
        let answers = match self.answers.clone() {
            None => before.notes.answers.clone(),
            Some(said) => {
                let asked = super::super::conversation_template::asked(tx, conversation.template_id).await?;
                answered(said, &asked, side)?
            }
        };
        let text = self.text.clone().unwrap_or_else(|| before.notes.text.clone());
        let after = ConversationNotes { notes: Notes { answers, text }, ..before.clone() };
        let Some(after) = tx.next(&before, after) else { return seen(tx, &conversation, before).await };
        let row = NotesRow::new(tx.tenant(), &after)?;
        let key = conversation_notes::table.find((tx.tenant(), Uid::from(after.id))).filter(conversation_notes::version.eq(before.version));
        if before.version == 0 {
            diesel::insert_into(conversation_notes::table).values(row).done(tx.conn()).await?;
        } else if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        // the log says that they wrote, to them alone; what they wrote for themself it never holds
        let fields = changes(Some(&before), &after).fields;
        tx.happened(A::WriteNotes.event(), after.id.0, after.version, Changes { fields, values: json!({}) }, after.about());
        seen(tx, &conversation, after).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(crate) async fn explain_notes(cx: &mut Cx<'_>, id: ConversationId, _: &Doing) -> Result<Can> {
    let (conversation, side, me) = mine(cx, id).await?;
    let record = of(cx, &conversation, side, me).await?;
    Ok(seen(cx, &conversation, record).await?.can)
}
