//! Priorities that objectives and learning serve.

use super::prelude::*;
use std::collections::HashMap;
use trellis_domain::{
    access::Reach,
    id::{OrganisationId, PriorityId},
    rule::{Code, Faults, RuleError},
};

/// Priorities that somebody of this organisation can link to: of published plans that are for them. What was linked before stays.
pub(super) async fn linkable(cx: &mut Cx<'_>, organisation: OrganisationId, before: &[PriorityId], ids: &[PriorityId]) -> Result<()> {
    let new: Vec<PriorityId> = ids.iter().copied().filter(|id| !before.contains(id)).collect();
    if new.is_empty() {
        return Ok(());
    }
    let here = Reach { organisations: vec![organisation], ..Reach::default() };
    let found: Vec<Uid> = priorities::table
        .inner_join(improvement_plans::table.on(improvement_plans::tenant_id.eq(priorities::tenant_id).and(improvement_plans::id.eq(priorities::plan_id))))
        .filter(priorities::tenant_id.eq(cx.tenant()))
        .filter(priorities::id.eq_any(uids(&new)))
        .filter(improvement_plans::state.eq("published"))
        .filter(page::shared!(cx, priorities::organisation_id, here))
        .select(priorities::id)
        .all(cx.conn())
        .await?;
    let mut faults = Faults::default();
    for (i, id) in ids.iter().enumerate() {
        if new.contains(id) && !found.contains(&Uid::from(*id)) {
            faults.check::<()>(Err(RuleError::at(Code::UnknownReference, &format!("/priority_ids/{i}"), "no such priority of a published plan")));
        }
    }
    Ok(faults.settle()?)
}

/// A function that reads the priorities of records of one kind.
macro_rules! linked {
    ($of:ident, $table:ident, $record:ident) => {
        /// The priorities of these records, in one statement whatever their number.
        pub(super) async fn $of(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<HashMap<Uid, Vec<PriorityId>>> {
            let linked = $table::table.filter($table::tenant_id.eq(cx.tenant())).order(($table::$record, $table::position));
            let linked = linked.select(($table::$record, $table::priority_id));
            let linked: Vec<(Uid, Uid)> = page::of_these!(cx, linked, $table::$record, ids);
            let mut out: HashMap<Uid, Vec<PriorityId>> = HashMap::new();
            for (record, priority) in linked {
                out.entry(record).or_default().push(priority.to());
            }
            Ok(out)
        }
    };
}
linked!(of_requests, learning_request_priorities, learning_request_id);
linked!(of_learning, learning_record_priorities, learning_record_id);

/// A function that saves the priorities of a record of one kind.
macro_rules! links {
    ($put:ident, $table:ident, $record:ident) => {
        /// Saves the priorities of a record of somebody of this organisation.
        pub(super) async fn $put(tx: &mut Tx<'_>, id: Uid, at: OrganisationId, before: Option<&[PriorityId]>, ids: &[PriorityId]) -> Result<()> {
            if before.unwrap_or_default() == ids {
                return Ok(());
            }
            linkable(tx, at, before.unwrap_or_default(), ids).await?;
            let tenant = tx.tenant();
            diesel::delete($table::table.filter($table::tenant_id.eq(tenant)).filter($table::$record.eq(id))).done(tx.conn()).await?;
            let row = |(priority, position): (&PriorityId, i32)| {
                ($table::tenant_id.eq(tenant), $table::$record.eq(id), $table::priority_id.eq(Uid::from(*priority)), $table::position.eq(position))
            };
            let rows: Vec<_> = ids.iter().zip(0..).map(row).collect();
            if !rows.is_empty() {
                diesel::insert_into($table::table).values(rows).done(tx.conn()).await?;
            }
            Ok(())
        }
    };
}
links!(put_objective, objective_priorities, objective_id);
links!(put_request, learning_request_priorities, learning_request_id);
links!(put_learning, learning_record_priorities, learning_record_id);
