//! Rows about what people learned with outside providers: judged one after the other against facts that are loaded once.

use super::{
    super::{learning, prelude::*},
    Doing, Row, clashed, facts, refused, undone,
};
use trellis_domain::{
    bulk::{
        Outcome, RowAction,
        learning::{Held, LearningRow, Plan, plan, whose},
    },
    job::JobKind,
    text::ExternalRef,
};

pub(super) async fn part(tx: &mut Tx<'_>, doing: &Doing, rows: &[Row<LearningRow>]) -> Result<Vec<Outcome>> {
    let sent = || rows.iter().map(|r| &r.intake.row);
    let (facts, _) = facts::learners(tx, doing, sent().map(|r| (r.external_ref.as_ref(), &r.person, r.organisation.as_ref()))).await?;
    let references: Vec<&ExternalRef> = sent().filter_map(|r| r.external_ref.as_ref()).collect();
    let records = learning::called(tx, &references).await?;
    let held = Held {
        records: records.into_iter().filter_map(|r| Some((r.external_ref.clone()?, r))).collect(),
        deleted: learning::deleted(tx, sent().filter_map(|r| Some((whose(r, &facts)?, r.external_ref.clone()?)))).await?,
    };
    let (maker, now) = (tx.act.ids.clone(), tx.act.now);
    let mut ids = move || maker.make(now);
    let (mut outcomes, mut plans) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let key = row.intake.row.external_ref.as_ref();
        match if doing.give_up { Err(clashed()) } else { plan(row.index, &row.intake, &facts, &held, &mut ids) } {
            Err(faults) => outcomes.push(refused(JobKind::LearningRecordsBulkUpsert, row, key, faults, &[])),
            Ok(plan) => {
                outcomes.push(taken(row, &plan, doing));
                plans.push(plan);
            }
        }
    }
    if doing.atomic && outcomes.iter().any(|o| o.action == RowAction::Failed) {
        return Ok(outcomes.into_iter().map(undone).collect());
    }
    if !doing.validate_only {
        for Plan { before, after, .. } in plans {
            if let Some(after) = after {
                learning::provided(tx, before, after).await?;
            }
        }
    }
    Ok(outcomes)
}

fn taken(row: &Row<LearningRow>, plan: &Plan, doing: &Doing) -> Outcome {
    let made = plan.before.is_none() && doing.validate_only;
    Outcome {
        external_ref: row.intake.row.external_ref.clone(),
        id: plan.after.as_ref().filter(|_| !made).map(|after| after.id.0),
        changed: plan.changed.clone(),
        overridden: plan.kept.overridden.clone(),
        managed_by_other: plan.kept.managed_by_other.clone(),
        // no differences: it is a record that the provider may not read
        ..Outcome::of(row.index, row.intake.line, plan.action)
    }
}
