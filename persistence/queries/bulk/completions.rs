//! Rows about required training that people did with outside providers: judged one after the other against facts that are loaded once.

use super::{
    super::{
        prelude::*,
        training::{completion, requirement},
    },
    Doing, Row, clashed, facts, refused, undone,
};
use trellis_domain::{
    bulk::{
        Outcome, RowAction,
        completion::{CompletionRow, Held, Plan, plan},
    },
    job::JobKind,
    text::ExternalRef,
};

pub(super) async fn part(tx: &mut Tx<'_>, doing: &Doing, rows: &[Row<CompletionRow>]) -> Result<Vec<Outcome>> {
    let sent = || rows.iter().map(|r| &r.intake.row);
    let (facts, paths) = facts::learners(tx, doing, sent().map(|r| (r.external_ref.as_ref(), &r.person, r.organisation.as_ref()))).await?;
    let references: Vec<&ExternalRef> = sent().filter_map(|r| r.external_ref.as_ref()).collect();
    let named: Vec<Uid> = sent().filter_map(|r| r.requirement_id).map(Uid::from).collect();
    let people: Vec<Uid> = facts.people.keys().map(|id| Uid::from(*id)).collect();
    let mut held = Held {
        requirements: requirement::reached(tx, &named).await?.into_iter().map(|r| (r.id, r)).collect(),
        completions: completion::all_about(tx, &people, &references).await?,
        paths,
    };
    let (maker, now) = (tx.act.ids.clone(), tx.act.now);
    let mut ids = move || maker.make(now);
    let (mut outcomes, mut plans) = (Vec::with_capacity(rows.len()), Vec::new());
    for row in rows {
        let key = row.intake.row.external_ref.as_ref();
        match if doing.give_up { Err(clashed()) } else { plan(row.index, &row.intake, &facts, &held, &mut ids) } {
            Err(faults) => outcomes.push(refused(JobKind::TrainingCompletionsBulkUpsert, row, key, faults, &[])),
            Ok(plan) => {
                held.apply(&plan);
                outcomes.push(taken(row, &plan, doing));
                plans.push(plan);
            }
        }
    }
    if doing.atomic && outcomes.iter().any(|o| o.action == RowAction::Failed) {
        return Ok(outcomes.into_iter().map(undone).collect());
    }
    if !doing.validate_only {
        for Plan { new, corrects, .. } in plans {
            if let Some(new) = new {
                completion::provided(tx, corrects.map(|(before, _)| before), &new).await?;
            }
        }
    }
    Ok(outcomes)
}

fn taken(row: &Row<CompletionRow>, plan: &Plan, doing: &Doing) -> Outcome {
    let made = plan.new.is_some() && doing.validate_only;
    Outcome {
        external_ref: row.intake.row.external_ref.clone(),
        id: (!made).then_some(plan.id.0),
        changed: plan.corrects.as_ref().map(|(_, fields)| fields.clone()).unwrap_or_default(),
        ..Outcome::of(row.index, row.intake.line, plan.action)
    }
}
