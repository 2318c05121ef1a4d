//! One side's own notes: whoever else asks is answered as if there were none.

use super::super::prelude::*;
use super::{load, party, row::NotesRow};
use crate::conversation::{GetMyNotes, UpdateMyNotes};
use serde_json::json;
use trellis_domain::{
    conversation::{Conversation, ConversationAction as A, ConversationNotes, Notes, Side, answered},
    event::{Changes, changes},
    id::ConversationId,
};

/// The notes of one side.
pub(super) async fn of(cx: &mut Cx<'_>, conversation: &Conversation, side: Side) -> Result<ConversationNotes> {
    let row: NotesRow = conversation_notes::table
        .filter(conversation_notes::tenant_id.eq(cx.tenant()))
        .filter(conversation_notes::conversation_id.eq(Uid::from(conversation.id)))
        .filter(conversation_notes::side.eq(side.as_str()))
        .select(NotesRow::as_select())
        .one(cx.conn())
        .await?;
    row.record()
}

/// The conversation and the caller's side of it.
async fn mine(cx: &mut Cx<'_>, id: ConversationId) -> Result<(Conversation, Side)> {
    let conversation = load(cx, id).await?;
    let side = conversation.side(cx.caller.person()).ok_or(StoreError::Missing)?;
    Ok((conversation, side))
}

async fn seen(cx: &mut Cx<'_>, conversation: &Conversation, record: ConversationNotes) -> Result<Seen<ConversationNotes>> {
    let by = party(cx, conversation).await?;
    Ok(Seen { record, can: vec![("update", conversation.can(A::WriteNotes, by).err())] })
}

impl Read<Here> for GetMyNotes {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<ConversationNotes>>> {
        let (conversation, side) = mine(cx, self.id).await?;
        let record = of(cx, &conversation, side).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, &conversation, record).await?))
    }
}

impl Write<Here> for UpdateMyNotes {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ConversationNotes>> {
        let (conversation, side) = mine(tx, self.id).await?;
        let before = of(tx, &conversation, side).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        let by = party(tx, &conversation).await?;
        conversation.can(A::WriteNotes, by)?;
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
        if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
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
    let (conversation, side) = mine(cx, id).await?;
    let record = of(cx, &conversation, side).await?;
    Ok(seen(cx, &conversation, record).await?.can)
}
