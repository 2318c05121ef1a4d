//! Action steps: one at a time in each partnership, whoever agrees on it first.

use super::{coaching, prelude::*};
use crate::{
    coaching::{ActionStepHistory, CreateActionStep, GetActionStep, ListActionSteps, SettleActionStep},
    event::History,
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    coaching::{ActionStep, PartnershipAction, StepAction, StepState, may_step},
    event::EventKind,
    id::{ActionStepId, PersonId},
    text::{Narrative, Reason, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = action_steps, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct StepRow {
    tenant_id: Uid,
    id: Uid,
    partnership_id: Uid,
    learner_id: Uid,
    step: String,
    check_back_on: NaiveDate,
    state: String,
    note: Option<String>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl StepRow {
    fn new(tenant_id: Uid, record: &ActionStep) -> Self {
        let ActionStep { id, partnership_id, learner_id, step, check_back_on, state, note, version, created_at, updated_at } = record;
        Self {
            tenant_id,
            id: (*id).into(),
            partnership_id: (*partnership_id).into(),
            learner_id: (*learner_id).into(),
            step: step.as_str().into(),
            check_back_on: *check_back_on,
            state: state.as_str().into(),
            note: note.as_ref().map(|n| n.as_str().into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn step(self) -> Result<ActionStep> {
        let Self { tenant_id: _, id, partnership_id, learner_id, step, check_back_on, state, note, version, created_at, updated_at } = self;
        Ok(ActionStep {
            id: id.to(),
            partnership_id: partnership_id.to(),
            learner_id: learner_id.to(),
            step: Reason::parse(&step).map_err(corrupt)?,
            check_back_on,
            state: StepState::parse(&state).map_err(corrupt)?,
            note: note.map(|n| Narrative::parse(&n)).transpose().map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::row::stored!(action_steps, StepRow, ActionStep, replace);

/// The step, if the caller is one of the two of its partnership.
async fn own(cx: &mut Cx<'_>, id: ActionStepId) -> Result<ActionStep> {
    let row: StepRow = action_steps::table.find((cx.tenant(), Uid::from(id))).select(StepRow::as_select()).one(cx.conn()).await?;
    let found = row.step()?;
    coaching::own(cx, found.partnership_id).await?;
    Ok(found)
}

/// Action steps that this person tries, and looks back at by this day.
pub(super) async fn tried_by(cx: &mut Cx<'_>, me: PersonId, until: NaiveDate) -> Result<Vec<ActionStep>> {
    let rows: Vec<StepRow> = action_steps::table
        .filter(action_steps::tenant_id.eq(cx.tenant()))
        .filter(action_steps::learner_id.eq(Uid::from(me)))
        .filter(action_steps::state.eq(StepState::Open.as_str()))
        .filter(action_steps::check_back_on.le(until))
        .order(action_steps::id)
        .select(StepRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(StepRow::step).collect()
}

fn seen(cx: &Cx<'_>, record: ActionStep) -> Seen<ActionStep> {
    let by = cx.caller.person();
    let can = StepAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by).err())).collect();
    Seen { record, can }
}

impl Write<Here> for CreateActionStep {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ActionStep>> {
        coaching::named(tx, self.partnership_id).await?;
        access::guard(tx, self.partnership_id).await?;
        let of = coaching::named(tx, self.partnership_id).await?;
        of.can(PartnershipAction::TakeStep, tx.caller.person())?;
        let open: i64 = action_steps::table
            .filter(action_steps::tenant_id.eq(tx.tenant()))
            .filter(action_steps::partnership_id.eq(Uid::from(of.id)))
            .filter(action_steps::state.eq(StepState::Open.as_str()))
            .count()
            .one(tx.conn())
            .await?;
        may_step(open > 0, self.check_back_on, tx.act.today())?;
        let now = micros(tx.act.now);
        let record = ActionStep {
            id: tx.new_id(),
            partnership_id: of.id,
            learner_id: of.learner_id,
            step: self.step.clone(),
            check_back_on: self.check_back_on,
            state: StepState::Open,
            note: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(action_steps::table).values(StepRow::new(tx.tenant(), &record)).done(tx.conn()).await?;
        tx.event(EventKind::ActionStepCreated, None, &record, record.about());
        Ok(seen(tx, record))
    }
}

impl Read<Here> for GetActionStep {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<ActionStep>>> {
        let record = own(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record)))
    }
}

impl Read<Here> for ListActionSteps {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<ActionStep>> {
        let (me, tenant) = (Uid::from(cx.person()?), cx.tenant());
        let mine = coaching_partnerships::table
            .filter(coaching_partnerships::tenant_id.eq(tenant))
            .filter(coaching_partnerships::learner_id.eq(me).or(coaching_partnerships::coach_id.eq(me)))
            .select(coaching_partnerships::id);
        let query = action_steps::table.filter(action_steps::tenant_id.eq(tenant)).select(StepRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::windowed!(query, self.window, action_steps).filter(action_steps::partnership_id.eq_any(mine));
        if let Some(of) = self.partnership_id {
            query = query.filter(action_steps::partnership_id.eq(Uid::from(of)));
        }
        if let Some(state) = self.state {
            query = query.filter(action_steps::state.eq(state.as_str()));
        }
        let rows: Vec<StepRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(StepRow::step).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for SettleActionStep {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ActionStep>> {
        let before = own(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.settled(self.outcome, self.note.clone(), tx.caller.person())?;
        let Some(after) = tx.next(&before, after) else { return Ok(seen(tx, before)) };
        replace(tx, before.version, &after).await?;
        tx.event(EventKind::ActionStepSettled, Some(&before), &after, after.about());
        Ok(seen(tx, after))
    }
}

impl Read<Here> for ActionStepHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        own(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: ActionStepId, _: &Doing) -> Result<Can> {
    let record = own(cx, id).await?;
    Ok(seen(cx, record).can)
}
