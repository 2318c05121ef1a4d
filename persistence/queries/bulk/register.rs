//! Rows of the register of schools: each a school as it is there, or what it is to another.

use super::{
    super::{
        organisation::{by_urn, import_link, import_school, parent_of_new},
        prelude::*,
    },
    Doing, Row, clashed, keys,
};
use crate::organisation::ImportAction;
use trellis_domain::{
    bulk::{Outcome, Problem, RowAction, key_text},
    organisation::gias::{Said, Waiting},
    rule::{Code, RuleError},
};

pub(super) async fn part(tx: &mut Tx<'_>, doing: &Doing, rows: &[Row<Waiting>]) -> Result<Vec<Outcome>> {
    let urns: Vec<&str> = rows.iter().map(|r| r.intake.row.urn.as_str()).collect();
    let mut known = by_urn(tx, &urns).await?;
    let wanted: Vec<String> = rows.iter().filter_map(|r| r.intake.row.key()).map(|key| key_text(&key)).collect();
    let (first, _) = keys(tx, doing.job, &wanted).await?;
    // all rows of a file go beneath one
    let parent = parent_of_new(tx, rows.first().and_then(|r| r.intake.row.parent_id)).await?;
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        let Waiting { urn, said, .. } = &row.intake.row;
        let key = row.intake.row.key();
        let repeated = key.as_ref().and_then(|key| first.get(&key_text(key))).is_some_and(|first| *first < row.index);
        let result = match said {
            _ if doing.give_up => Ok((ImportAction::Failed(RuleError { faults: clashed(), ..RuleError::new(Code::Duplicate, "") }), None, Vec::new())),
            None => Ok((ImportAction::Failed(RuleError { faults: row.intake.faults.clone(), ..RuleError::new(Code::UnreadableFile, "") }), None, Vec::new())),
            Some(Said::School(_)) if repeated => Err(RuleError::at(Code::Duplicate, "/URN", "an earlier row of the file has this URN already").into()),
            Some(Said::School(school)) => import_school(tx, school, urn, parent, &mut known, doing.validate_only).await,
            Some(Said::Link(link)) => import_link(tx, link, &known, doing.validate_only).await,
        };
        let (action, id, changed) = alone(result, |rule| (ImportAction::Failed(rule), None, Vec::new()))?;
        let (action, problem) = match action {
            ImportAction::Created => (RowAction::Created, None),
            ImportAction::Updated => (RowAction::Updated, None),
            ImportAction::Unchanged => (RowAction::Unchanged, None),
            ImportAction::Failed(RuleError { code, message, faults }) => {
                let told = if faults.is_empty() { Problem { code: code.as_str().into(), detail: message, errors: faults } } else { Problem::of(faults) };
                (RowAction::Failed, Some(told))
            }
        };
        let outcome = Outcome::of(row.index, row.intake.line, action);
        outcomes.push(Outcome { external_ref: key, id: id.map(|id| id.0), changed, problem, ..outcome });
    }
    Ok(outcomes)
}
