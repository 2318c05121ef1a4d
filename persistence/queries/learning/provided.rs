//! What outside providers sent: found again by what they call it, taken in, and deleted by whose it is.

use super::{
    super::prelude::*,
    in_sight, log,
    row::{LearningRow, whole},
    save,
};
use crate::learning::DeleteLearningRecord;
use std::collections::{BTreeSet, HashSet};
use trellis_domain::{
    bulk::learning::digest,
    event::{Changes, EventKind},
    id::PersonId,
    learning::{LearningAction, LearningRecord},
    text::ExternalRef,
};

/// What providers sent under these names, whosoever it is.
pub(in super::super) async fn called(cx: &mut Cx<'_>, references: &[&ExternalRef]) -> Result<Vec<LearningRecord>> {
    let (mut rows, sources): (Vec<LearningRow>, BTreeSet<&str>) = (Vec::new(), references.iter().map(|r| r.source.as_str()).collect());
    for source in sources {
        let ids: Vec<&str> = references.iter().filter(|r| r.source.as_str() == source).map(|r| r.id.as_str()).collect();
        let found: Vec<LearningRow> = learning_records::table
            .filter(learning_records::tenant_id.eq(cx.tenant()))
            .filter(learning_records::source.eq(source))
            .filter(learning_records::external_id.eq_any(ids))
            .select(LearningRow::as_select())
            .all(cx.conn())
            .await?;
        rows.extend(found);
    }
    whole(cx, rows).await
}

/// Those of these that were deleted by whose they were.
pub(in super::super) async fn deleted(cx: &mut Cx<'_>, of: impl Iterator<Item = (PersonId, ExternalRef)>) -> Result<HashSet<(PersonId, ExternalRef)>> {
    let tenant = cx.act.tenant.0;
    let digests: Vec<((PersonId, ExternalRef), Vec<u8>)> = of.map(|of| (digest(tenant, of.0, &of.1), of)).map(|(digest, of)| (of, digest)).collect();
    let wanted: Vec<&[u8]> = digests.iter().map(|(_, digest)| digest.as_slice()).collect();
    let found: Vec<Vec<u8>> = deleted_learning::table
        .filter(deleted_learning::tenant_id.eq(cx.tenant()))
        .filter(deleted_learning::digest.eq_any(wanted))
        .select(deleted_learning::digest)
        .all(cx.conn())
        .await?;
    Ok(digests.into_iter().filter(|(_, digest)| found.contains(digest)).map(|(of, _)| of).collect())
}

/// Takes in what a provider sent: new, or over what was there. The owner's words and links are as they were.
pub(in super::super) async fn provided(tx: &mut Tx<'_>, before: Option<LearningRecord>, after: LearningRecord) -> Result<()> {
    match before {
        None => log(tx, &after).await,
        Some(before) => save(tx, EventKind::LearningRecordUpdated, before, after).await.map(|_| ()),
    }
}

impl Write<Here> for DeleteLearningRecord {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<i64> {
        let before = in_sight(tx, self.id).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        before.can(LearningAction::Delete, tx.caller.person())?;
        let (tenant, id) = (tx.tenant(), Uid::from(self.id));
        if let Some(reference) = &before.external_ref {
            let gone = (deleted_learning::tenant_id.eq(tenant), deleted_learning::digest.eq(digest(tx.act.tenant.0, before.person_id, reference)));
            diesel::insert_into(deleted_learning::table).values(gone).on_conflict_do_nothing().done(tx.conn()).await?;
        }
        macro_rules! unlink {
            ($($table:ident),*) => {$(
                let linked = $table::table.filter($table::tenant_id.eq(tenant)).filter($table::learning_record_id.eq(id));
                diesel::delete(linked).done(tx.conn()).await?;
            )*};
        }
        unlink!(learning_record_readers, learning_record_objectives, learning_record_standards, learning_record_priorities);
        super::super::evidence::discard_of(tx, &[id]).await?;
        let reused = finding_reuses::table.filter(finding_reuses::tenant_id.eq(tenant)).filter(finding_reuses::learning_record_id.eq(Some(id)));
        diesel::update(reused).set(finding_reuses::learning_record_id.eq(None::<Uid>)).done(tx.conn()).await?;
        let key = learning_records::table.find((tenant, id)).filter(learning_records::version.eq(before.version));
        if diesel::delete(key).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        // the log keeps that there was something, and loses what
        super::super::erasure::unsay_records(tx, &[id]).await?;
        super::super::idempotency::forget(tx, [id], super::super::idempotency::Told::Anybody).await?;
        let version = before.version + 1;
        tx.happened(EventKind::LearningRecordDeleted, self.id.0, version, Changes { fields: Vec::new(), values: serde_json::json!({}) }, before.about());
        Ok(version)
    }
}
