//! Success criteria, standards and priorities: read and stored with their objective.

use super::{
    super::prelude::*,
    bulk, carrying,
    row::{CriterionRow, ObjectiveRow, Parts},
};
use std::collections::HashMap;
use trellis_domain::{
    objective::{Criterion, Objective, ObjectiveOrigin, Words},
    text::{Reason, Wire},
};

/// Whole records of rows: with criteria, standards, priorities and where they come from and go, in six statements at most, whatever their number.
pub(in super::super) async fn whole(cx: &mut Cx<'_>, rows: Vec<ObjectiveRow>) -> Result<Vec<Objective>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let criteria = success_criteria::table
        .filter(success_criteria::tenant_id.eq(cx.tenant()))
        .order((success_criteria::objective_id, success_criteria::position))
        .select(CriterionRow::as_select());
    let criteria: Vec<CriterionRow> = page::of_these!(cx, criteria, success_criteria::objective_id, &ids);
    let standards = objective_standards::table
        .filter(objective_standards::tenant_id.eq(cx.tenant()))
        .order((objective_standards::objective_id, objective_standards::position))
        .select((objective_standards::objective_id, objective_standards::standard_id));
    let standards: Vec<(Uid, Uid)> = page::of_these!(cx, standards, objective_standards::objective_id, &ids);
    let mut parts: HashMap<Uid, Parts> = HashMap::new();
    for (objective, priorities) in super::super::priority_link::of_objectives(cx, &ids).await? {
        parts.entry(objective).or_default().priority_ids = priorities;
    }
    for CriterionRow { tenant_id: _, objective_id, id, position: _, text } in criteria {
        let text = Reason::parse(&text).map_err(corrupt)?;
        parts.entry(objective_id).or_default().success_criteria.push(Criterion { id: id.to(), text });
    }
    for (objective, standard) in standards {
        parts.entry(objective).or_default().standard_ids.push(standard.to());
    }
    // nobody proposes to many what is their own
    let proposed: Vec<Uid> = rows.iter().filter(|r| r.origin == ObjectiveOrigin::Appraiser.as_str()).map(|r| r.id).collect();
    for objective in bulk::among(cx, &proposed).await? {
        parts.entry(objective).or_default().in_bulk = true;
    }
    for (from, to) in carrying::around(cx, &ids).await? {
        parts.entry(from).or_default().carried_over_to = Some(to.to());
        parts.entry(to).or_default().carried_over_from = Some(from.to());
    }
    rows.into_iter()
        .map(|row| {
            let parts = parts.remove(&row.id).unwrap_or_default();
            row.objective(parts)
        })
        .collect()
}

/// Stores the parts of new objectives, without asking what they may be linked to.
pub(super) async fn put_parts(tx: &mut Tx<'_>, new: &[Objective]) -> Result<()> {
    let tenant = tx.tenant();
    let (mut criteria, mut standards, mut priorities) = (Vec::new(), Vec::new(), Vec::new());
    for objective in new {
        let (id, words) = (Uid::from(objective.id), &objective.words);
        criteria.extend(words.success_criteria.iter().zip(0..).map(|(c, position)| CriterionRow {
            tenant_id: tenant,
            objective_id: id,
            id: c.id.into(),
            position,
            text: c.text.as_str().into(),
        }));
        standards.extend(words.standard_ids.iter().zip(0..).map(|(standard, position)| (id, Uid::from(*standard), position)));
        priorities.extend(words.priority_ids.iter().zip(0..).map(|(priority, position)| (id, Uid::from(*priority), position)));
    }
    insert_all!(tx, success_criteria::table, criteria);
    macro_rules! links {
        ($table:ident, $column:ident, $links:expr) => {
            for part in $links.chunks(500) {
                let row = |(id, linked, position): &(Uid, Uid, i32)| {
                    ($table::tenant_id.eq(tenant), $table::objective_id.eq(*id), $table::$column.eq(*linked), $table::position.eq(*position))
                };
                let rows: Vec<_> = part.iter().map(row).collect();
                diesel::insert_into($table::table).values(rows).done(tx.conn()).await?;
            }
        };
    }
    links!(objective_standards, standard_id, standards);
    links!(objective_priorities, priority_id, priorities);
    bulk::note(tx, new).await
}

pub(super) async fn put_children(tx: &mut Tx<'_>, before: Option<&Words>, objective: &Objective) -> Result<()> {
    let (tenant, id) = (tx.tenant(), Uid::from(objective.id));
    let words = &objective.words;
    if before.is_none_or(|b| b.success_criteria != words.success_criteria) {
        if before.is_some() {
            diesel::delete(success_criteria::table.filter(success_criteria::tenant_id.eq(tenant)).filter(success_criteria::objective_id.eq(id)))
                .done(tx.conn())
                .await?;
        }
        let rows: Vec<CriterionRow> = words
            .success_criteria
            .iter()
            .zip(0..)
            .map(|(c, position)| CriterionRow { tenant_id: tenant, objective_id: id, id: c.id.into(), position, text: c.text.as_str().into() })
            .collect();
        insert_all!(tx, success_criteria::table, rows);
    }
    if before.is_none_or(|b| b.standard_ids != words.standard_ids) {
        super::super::framework::linkable(tx, &words.standard_ids).await?;
        if before.is_some() {
            diesel::delete(objective_standards::table.filter(objective_standards::tenant_id.eq(tenant)).filter(objective_standards::objective_id.eq(id)))
                .done(tx.conn())
                .await?;
        }
        let rows: Vec<_> = words
            .standard_ids
            .iter()
            .zip(0..)
            .map(|(standard, position)| {
                (
                    objective_standards::tenant_id.eq(tenant),
                    objective_standards::objective_id.eq(id),
                    objective_standards::standard_id.eq(Uid::from(*standard)),
                    objective_standards::position.eq(position),
                )
            })
            .collect();
        if !rows.is_empty() {
            diesel::insert_into(objective_standards::table).values(rows).done(tx.conn()).await?;
        }
    }
    super::super::priority_link::put_objective(tx, id, objective.organisation_id, before.map(|b| b.priority_ids.as_slice()), &words.priority_ids).await
}
