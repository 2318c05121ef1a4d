//! Revisions: what was agreed changes with a reason, and the old words are kept.

use super::{
    super::prelude::*,
    in_time, load_for_write, moved_out, party,
    row::{column, prose},
    save, visible_row,
};
use crate::objective::{ListRevisions, ReviseObjective, Revision};
use trellis_domain::{
    event::EventKind,
    id::PersonId,
    objective::Objective,
    text::{Reason, Wire},
    time::micros,
};

impl Write<Here> for ReviseObjective {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Objective>> {
        let before = load_for_write(tx, self.id).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        let now = micros(tx.act.now);
        let day = moved_out(tx, &before, &self.patch).await?.map(|day| day.of("/changes/due_on"));
        let after = in_time(before.revised(self.patch.clone(), self.reason.clone(), party(tx, &before), now, &mut || tx.new_id()), day)?;
        let kept = (
            objective_revisions::tenant_id.eq(tx.tenant()),
            objective_revisions::objective_id.eq(Uid::from(before.id)),
            objective_revisions::revision.eq(before.revision),
            objective_revisions::words.eq(Json(serde_json::to_string(&before.words).map_err(corrupt)?)),
            objective_revisions::reason.eq(self.reason.as_str()),
            objective_revisions::revised_by.eq(Uid::from(tx.person()?)),
            objective_revisions::revised_at.eq(Moment(now)),
            objective_revisions::dissent.eq(column(before.dissent.as_ref())),
        );
        diesel::insert_into(objective_revisions::table).values(kept).done(tx.conn()).await?;
        save(tx, EventKind::ObjectiveRevised, before, after).await
    }
}

impl Read<Here> for ListRevisions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<Revision>> {
        visible_row(cx, self.id).await?;
        let rows: Vec<(i32, Json, String, Uid, Moment, Option<String>)> = objective_revisions::table
            .filter(objective_revisions::tenant_id.eq(cx.tenant()))
            .filter(objective_revisions::objective_id.eq(Uid::from(self.id)))
            .order(objective_revisions::revision)
            .select((
                objective_revisions::revision,
                objective_revisions::words,
                objective_revisions::reason,
                objective_revisions::revised_by,
                objective_revisions::revised_at,
                objective_revisions::dissent,
            ))
            .all(cx.conn())
            .await?;
        rows.into_iter()
            .map(|(revision, words, reason, by, at, dissent)| {
                let words = serde_json::from_str(&words.0).map_err(corrupt)?;
                let reason = Reason::parse(&reason).map_err(corrupt)?;
                Ok(Revision { revision, words, dissent: prose(dissent)?, reason, revised_by: by.to(), revised_at: at.0 })
            })
            .collect()
    }
}

/// Revisions that the one made become the other's; answers which.
pub(in super::super) async fn give_revisions(tx: &mut Tx<'_>, from: PersonId, to: PersonId) -> Result<Vec<(uuid::Uuid, i32)>> {
    let tenant = tx.tenant();
    let own = || objective_revisions::table.filter(objective_revisions::tenant_id.eq(tenant)).filter(objective_revisions::revised_by.eq(Uid::from(from)));
    let made: Vec<(Uid, i32)> = own().select((objective_revisions::objective_id, objective_revisions::revision)).all(tx.conn()).await?;
    diesel::update(own()).set(objective_revisions::revised_by.eq(Uid::from(to))).done(tx.conn()).await?;
    Ok(made.into_iter().map(|(objective, revision)| (objective.0, revision)).collect())
}
/// Revisions go back to who made them.
pub(in super::super) async fn give_revisions_back(tx: &mut Tx<'_>, to: PersonId, made: &[(uuid::Uuid, i32)]) -> Result<()> {
    for (objective, revision) in made {
        let key = objective_revisions::table.find((tx.tenant(), Uid(*objective), revision));
        diesel::update(key).set(objective_revisions::revised_by.eq(Uid::from(to))).done(tx.conn()).await?;
    }
    Ok(())
}
