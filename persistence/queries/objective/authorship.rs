//! Who wrote, proposed and accepted each field: kept with every write, in the words of the domain.

use super::{super::prelude::*, visible_row};
use crate::objective::ListAuthorship;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    id::ObjectiveId,
    objective::{
        Objective, Words,
        authorship::{FieldAuthorship, Hand, ObjectiveField, authorship},
    },
    text::Wire,
    time::micros,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = objective_authorship, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct Row {
    tenant_id: Uid,
    id: Uid,
    objective_id: Uid,
    field: String,
    written_by: Uid,
    written_at: Moment,
    proposed_by: Option<Uid>,
    proposed_at: Option<Moment>,
    accepted_by: Option<Uid>,
    accepted_at: Option<Moment>,
}

fn hand(by: Uid, at: Moment) -> Hand {
    Hand { by: by.to(), at: at.0 }
}

impl Row {
    fn new(cx: &Cx<'_>, of: ObjectiveId, entry: &FieldAuthorship) -> Self {
        let FieldAuthorship { field, written, proposed, accepted } = entry;
        let by = |hand: &Option<Hand>| hand.map(|h| Uid::from(h.by));
        let at = |hand: &Option<Hand>| hand.map(|h| Moment::from(h.at));
        Self {
            tenant_id: cx.tenant(),
            id: Uid(cx.act.ids.make(cx.act.now)),
            objective_id: of.into(),
            field: field.as_str().into(),
            written_by: written.by.into(),
            written_at: written.at.into(),
            proposed_by: by(proposed),
            proposed_at: at(proposed),
            accepted_by: by(accepted),
            accepted_at: at(accepted),
        }
    }
    fn entry(self) -> Result<FieldAuthorship> {
        Ok(FieldAuthorship {
            field: ObjectiveField::parse(&self.field).map_err(corrupt)?,
            written: hand(self.written_by, self.written_at),
            proposed: self.proposed_by.zip(self.proposed_at).map(|(by, at)| hand(by, at)),
            accepted: self.accepted_by.zip(self.accepted_at).map(|(by, at)| hand(by, at)),
        })
    }
}

async fn known(cx: &mut Cx<'_>, id: ObjectiveId) -> Result<Vec<FieldAuthorship>> {
    let rows: Vec<Row> = objective_authorship::table
        .filter(objective_authorship::tenant_id.eq(cx.tenant()))
        .filter(objective_authorship::objective_id.eq(Uid::from(id)))
        .select(Row::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(Row::entry).collect()
}

fn writer(cx: &Cx<'_>) -> Result<Hand> {
    Ok(Hand { by: cx.person()?, at: micros(cx.act.now) })
}

/// Keeps authorship after a write: only what changed is stored anew.
pub(super) async fn keep(tx: &mut Tx<'_>, before: Option<&Objective>, after: &Objective) -> Result<()> {
    let stood = if before.is_some() { known(tx, after.id).await? } else { Vec::new() };
    let stands = authorship(&stood, before, after, writer(tx)?);
    let changed: Vec<&FieldAuthorship> = stands.iter().filter(|entry| !stood.contains(entry)).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let fields: Vec<&str> = changed.iter().map(|entry| entry.field.as_str()).collect();
    if !stood.is_empty() {
        let old = objective_authorship::table
            .filter(objective_authorship::tenant_id.eq(tx.tenant()))
            .filter(objective_authorship::objective_id.eq(Uid::from(after.id)))
            .filter(objective_authorship::field.eq_any(fields));
        diesel::delete(old).done(tx.conn()).await?;
    }
    let rows: Vec<Row> = changed.into_iter().map(|entry| Row::new(tx, after.id, entry)).collect();
    put(tx, &rows).await
}

/// The same for many new objectives.
pub(super) async fn begin(tx: &mut Tx<'_>, new: &[Objective]) -> Result<()> {
    let by = writer(tx)?;
    let rows: Vec<Row> = new.iter().flat_map(|of| authorship(&[], None, of, by).iter().map(|entry| Row::new(tx, of.id, entry)).collect::<Vec<_>>()).collect();
    put(tx, &rows).await
}

/// The words of one objective that go on in another are still whoever's wrote them.
pub(super) async fn hand_on(tx: &mut Tx<'_>, from: &Objective, to: &Objective) -> Result<()> {
    let unaccepted = |entry: FieldAuthorship| FieldAuthorship { proposed: None, accepted: None, ..entry };
    let stood: Vec<FieldAuthorship> = known(tx, from.id).await?.into_iter().map(unaccepted).collect();
    // the criteria are the same words under new ids
    let same = Objective { words: Words { success_criteria: to.words.success_criteria.clone(), ..from.words.clone() }, ..from.clone() };
    let stands = authorship(&stood, Some(&same), to, writer(tx)?);
    let rows: Vec<Row> = stands.iter().map(|entry| Row::new(tx, to.id, entry)).collect();
    put(tx, &rows).await
}

async fn put(tx: &mut Tx<'_>, rows: &[Row]) -> Result<()> {
    insert_all!(tx, objective_authorship::table, *rows);
    Ok(())
}

impl Read<Here> for ListAuthorship {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<FieldAuthorship>> {
        visible_row(cx, self.id).await?;
        let mut all = known(cx, self.id).await?;
        all.sort_by_key(|entry| entry.field);
        Ok(all)
    }
}
