//! Notes on objectives. The log tells that one was written or taken back, never what it says.

use super::{super::prelude::*, load_for_write, party, visible_row, writer};
use crate::objective::{AddNote, ListNotes, WithdrawNote};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use serde_json::json;
use trellis_domain::{
    event::{Changes, EventKind},
    id::ObjectiveNoteId,
    objective::{
        Objective, ObjectiveAction,
        note::{ObjectiveNote, answers},
    },
    text::{Narrative, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = objective_notes, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct Row {
    tenant_id: Uid,
    id: Uid,
    objective_id: Uid,
    reply_to: Option<Uid>,
    author_id: Uid,
    text: Option<String>,
    created_at: Moment,
    withdrawn_at: Option<Moment>,
}

impl Row {
    fn new(tenant_id: Uid, note: &ObjectiveNote) -> Self {
        let ObjectiveNote { id, objective_id, reply_to, author_id, text, created_at, withdrawn_at } = note;
        Self {
            tenant_id,
            id: (*id).into(),
            objective_id: (*objective_id).into(),
            reply_to: optional(*reply_to),
            author_id: (*author_id).into(),
            text: text.as_ref().map(|t| t.as_str().to_owned()),
            created_at: (*created_at).into(),
            withdrawn_at: withdrawn_at.map(Moment::from),
        }
    }
    fn note(self) -> Result<ObjectiveNote> {
        let Self { tenant_id: _, id, objective_id, reply_to, author_id, text, created_at, withdrawn_at } = self;
        Ok(ObjectiveNote {
            id: id.to(),
            objective_id: objective_id.to(),
            reply_to: reply_to.map(Uid::to),
            author_id: author_id.to(),
            text: text.map(|t| Narrative::parse(&t)).transpose().map_err(corrupt)?,
            created_at: created_at.0,
            withdrawn_at: withdrawn_at.map(|at| at.0),
        })
    }
}

async fn load(cx: &mut Cx<'_>, id: ObjectiveNoteId) -> Result<ObjectiveNote> {
    let row: Row = objective_notes::table.find((cx.tenant(), Uid::from(id))).select(Row::as_select()).one(cx.conn()).await?;
    row.note()
}
async fn answered(cx: &mut Cx<'_>, id: ObjectiveNoteId) -> Result<bool> {
    let replies: i64 = objective_notes::table
        .filter(objective_notes::tenant_id.eq(cx.tenant()))
        .filter(objective_notes::reply_to.eq(Some(Uid::from(id))))
        .filter(objective_notes::withdrawn_at.is_null())
        .count()
        .one(cx.conn())
        .await?;
    Ok(replies > 0)
}

/// Tells of a note on the objective, of which nothing else changed.
fn tell(tx: &mut Tx<'_>, kind: EventKind, objective: &Objective, note: ObjectiveNoteId) {
    let there = json!({"id": note});
    let (before, after) = if kind == EventKind::ObjectiveNoteAdded { (json!(null), there) } else { (there, json!(null)) };
    let changes = Changes { fields: vec!["notes".into()], values: json!({"notes": {"before": before, "after": after}}) };
    tx.happened(kind, objective.id.into(), objective.version, changes, objective.about());
}

impl Read<Here> for ListNotes {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<ObjectiveNote>> {
        visible_row(cx, self.id).await?;
        let query = objective_notes::table
            .filter(objective_notes::tenant_id.eq(cx.tenant()))
            .filter(objective_notes::objective_id.eq(Uid::from(self.id)))
            .select(Row::as_select())
            .into_boxed::<Dialect>();
        let rows: Vec<Row> = page::windowed!(query, self.window, objective_notes).all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(Row::note).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for AddNote {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<ObjectiveNote> {
        let objective = load_for_write(tx, self.id).await?;
        objective.can(ObjectiveAction::AddNote, party(tx, &objective))?;
        if let Some(to) = self.reply_to {
            // a note is not taken back while it is answered
            access::guard(tx, to).await?;
            let to = match load(tx, to).await {
                Err(StoreError::Missing) => None,
                other => Some(other?),
            };
            answers(&objective, to.as_ref())?;
        }
        let note = ObjectiveNote {
            id: tx.new_id(),
            objective_id: objective.id,
            reply_to: self.reply_to,
            author_id: tx.person()?,
            text: Some(self.text.clone()),
            created_at: micros(tx.act.now),
            withdrawn_at: None,
        };
        diesel::insert_into(objective_notes::table).values(Row::new(tx.tenant(), &note)).done(tx.conn()).await?;
        tell(tx, EventKind::ObjectiveNoteAdded, &objective, note.id);
        Ok(note)
    }
}

/// The note, if the caller may read the objective that it is on.
async fn known(cx: &mut Cx<'_>, id: ObjectiveNoteId) -> Result<(ObjectiveNote, Objective)> {
    let note = load(cx, id).await?;
    let objective = load_for_write(cx, note.objective_id).await?;
    Ok((note, objective))
}

impl Write<Here> for WithdrawNote {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<ObjectiveNote> {
        known(tx, self.id).await?;
        access::guard(tx, self.id).await?;
        let (before, objective) = known(tx, self.id).await?;
        let answered = answered(tx, self.id).await?;
        let after = before.withdrawn(writer(tx, &objective), answered, micros(tx.act.now))?;
        let gone = (objective_notes::text.eq(None::<String>), objective_notes::withdrawn_at.eq(after.withdrawn_at.map(Moment::from)));
        diesel::update(objective_notes::table.find((tx.tenant(), Uid::from(self.id)))).set(gone).done(tx.conn()).await?;
        tell(tx, EventKind::ObjectiveNoteWithdrawn, &objective, self.id);
        Ok(after)
    }
}

/// What `explain` judges by: the same as the operations above.
pub(in super::super) async fn explain(cx: &mut Cx<'_>, id: ObjectiveNoteId, _: &Doing) -> Result<Can> {
    let (note, objective) = known(cx, id).await?;
    let answered = answered(cx, id).await?;
    let refusal = note.withdrawable(writer(cx, &objective), answered).err();
    Ok(vec![("withdraw", refusal)])
}
