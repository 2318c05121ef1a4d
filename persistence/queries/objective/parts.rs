//! Success criteria, standards and priorities: read and stored with their objective.

use super::{
    super::prelude::*,
    bulk,
    row::{CriterionRow, ObjectiveRow, Parts},
};
use diesel::{
    CombineDsl, IntoSql,
    sql_types::{self, Integer, Nullable},
};
use std::collections::HashMap;
use trellis_domain::{
    objective::{Criterion, Objective, Words},
    text::{Reason, Wire},
};

/// Which part of an objective a row of [`parts_of`] is.
const CRITERION: i32 = 0;
const STANDARD: i32 = 1;
const PRIORITY: i32 = 2;
const IN_BULK: i32 = 3;
const SUCCESSOR: i32 = 4;

/// All parts of objectives in one statement: whose it is, which, at which place, the record that it is or leads to, and its words.
macro_rules! parts_of {
    ($cx:expr, $these:ident) => {{
        let tenant = $cx.tenant();
        let nothing = || None::<String>.into_sql::<Nullable<sql_types::Text>>();
        let which = |part: i32| part.into_sql::<Integer>();
        let first = || 0.into_sql::<Integer>();
        let criteria = success_criteria::table.filter(success_criteria::tenant_id.eq(tenant)).filter($these!(success_criteria::objective_id)).select((
            success_criteria::objective_id,
            which(CRITERION),
            success_criteria::position,
            success_criteria::id,
            success_criteria::text.nullable(),
        ));
        let standards = objective_standards::table
            .filter(objective_standards::tenant_id.eq(tenant))
            .filter($these!(objective_standards::objective_id))
            .select((objective_standards::objective_id, which(STANDARD), objective_standards::position, objective_standards::standard_id, nothing()));
        let priorities = objective_priorities::table
            .filter(objective_priorities::tenant_id.eq(tenant))
            .filter($these!(objective_priorities::objective_id))
            .select((objective_priorities::objective_id, which(PRIORITY), objective_priorities::position, objective_priorities::priority_id, nothing()));
        let in_bulk = bulk_objectives::table.filter(bulk_objectives::tenant_id.eq(tenant)).filter($these!(bulk_objectives::objective_id)).select((
            bulk_objectives::objective_id,
            which(IN_BULK),
            first(),
            bulk_objectives::objective_id,
            nothing(),
        ));
        // of both: what goes on, and what it goes on as
        let successors = objective_successions::table
            .filter(objective_successions::tenant_id.eq(tenant))
            .filter($these!(objective_successions::objective_id).or($these!(objective_successions::successor_id)))
            .select((objective_successions::objective_id, which(SUCCESSOR), first(), objective_successions::successor_id, nothing()));
        criteria.union_all(standards).union_all(priorities).union_all(in_bulk).union_all(successors).all($cx.conn()).await?
    }};
}

/// Whole records of rows: with criteria, standards, priorities and where they come from and go, in one statement more, whatever their number.
pub(in super::super) async fn whole(cx: &mut Cx<'_>, rows: Vec<ObjectiveRow>) -> Result<Vec<Objective>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let mut found: Vec<(Uid, i32, i32, Uid, Option<String>)> = match ids.as_slice() {
        [] => return Ok(Vec::new()),
        // a list bound to `IN` is a statement that is prepared anew each time
        [one] => {
            macro_rules! this {
                ($column:expr) => {
                    $column.eq(*one)
                };
            }
            parts_of!(cx, this)
        }
        many => {
            macro_rules! these {
                ($column:expr) => {
                    $column.eq_any(many.to_vec())
                };
            }
            parts_of!(cx, these)
        }
    };
    found.sort_unstable_by_key(|(_, _, position, ..)| *position);
    let mut parts: HashMap<Uid, Parts> = HashMap::new();
    for (objective, part, _, other, text) in found {
        let of = parts.entry(objective).or_default();
        match part {
            CRITERION => of.success_criteria.push(Criterion { id: other.to(), text: Reason::parse(&text.unwrap_or_default()).map_err(corrupt)? }),
            STANDARD => of.standard_ids.push(other.to()),
            PRIORITY => of.priority_ids.push(other.to()),
            IN_BULK => of.in_bulk = true,
            SUCCESSOR => {
                of.carried_over_to = Some(other.to());
                parts.entry(other).or_default().carried_over_from = Some(objective.to());
            }
            _ => return Err(corrupt("a part of an objective that is none")),
        }
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
