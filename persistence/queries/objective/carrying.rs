//! Objectives that go on as others.

use super::{super::prelude::*, ObjectiveRow, authorship, cycle_of, ill_timed, load_for_write, party, save, seen};
use crate::objective::CarryOverObjective;
use chrono::NaiveDate;
use trellis_domain::{
    cycle::Cycle,
    event::EventKind,
    id::CriterionId,
    objective::{Objective, carrying::Onward},
    rule::{Code, RuleError},
    time::micros,
};

/// Objectives that ended and go on as others.
macro_rules! ended {
    ($cx:expr) => {
        objective_successions::table.filter(objective_successions::tenant_id.eq($cx.tenant())).select(objective_successions::objective_id)
    };
}
pub(super) use ended;

/// Into which cycle it goes, if into any: a later one of the same school.
async fn later_cycle(tx: &mut Tx<'_>, before: &Objective, to: Option<trellis_domain::id::CycleId>, due_on: Option<NaiveDate>) -> Result<()> {
    let Some(to) = to else { return Ok(()) };
    let from: Option<Cycle> = match before.cycle_id {
        Some(from) => Some(super::super::cycle::load(tx, from).await?),
        None => None,
    };
    let to = cycle_of(tx, to, before.organisation_id).await?;
    to.carries_on(from.as_ref())?;
    Ok(ill_timed(tx, &to, before.employment_id, due_on).await?.map_or(Ok(()), Err)?)
}

impl Write<Here> for CarryOverObjective {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Objective>> {
        let before = load_for_write(tx, self.id).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        let onward = Onward { id: tx.new_id(), cycle_id: self.cycle_id, due_on: self.due_on, reason: self.reason.clone() };
        let by = party(tx, &before);
        let (ends, goes_on) = before.carried_over(onward, by, micros(tx.act.now), &mut || tx.new_id::<CriterionId>())?;
        let employment = super::super::employment::load(tx, before.employment_id).await?;
        if !employment.period.contains(tx.act.today()) {
            return Err(RuleError::new(Code::OutsideEmployment, "the employment has ended: close the objective, or withdraw it").into());
        }
        later_cycle(tx, &before, self.cycle_id, self.due_on).await?;
        diesel::insert_into(objectives::table).values(ObjectiveRow::new(tx.tenant(), &goes_on)).done(tx.conn()).await?;
        // what was linked stays linked, whatever became of a plan or a framework since
        super::put_parts(tx, std::slice::from_ref(&goes_on)).await?;
        authorship::hand_on(tx, &before, &goes_on).await?;
        let link = (
            objective_successions::tenant_id.eq(tx.tenant()),
            objective_successions::objective_id.eq(Uid::from(before.id)),
            objective_successions::successor_id.eq(Uid::from(goes_on.id)),
        );
        diesel::insert_into(objective_successions::table).values(link).done(tx.conn()).await?;
        save(tx, EventKind::ObjectiveCarriedOver, before, ends).await?;
        // nobody saw it before: its event carries all of it
        tx.event(EventKind::ObjectiveProposed, None, &goes_on, goes_on.about());
        seen(tx, goes_on).await
    }
}
