//! Coaching partnerships: whoever is not one of the two finds nothing.

mod rhythm;
mod row;

pub(super) use rhythm::standings;

use super::prelude::*;
use crate::{
    coaching::{AcceptPartnership, EndPartnership, GetPartnership, GoOnCoaching, ListPartnerships, PartnershipHistory, ProposePartnership, UpdatePartnership},
    event::History,
};
use row::{PartnershipRow, replace};
use trellis_domain::{
    check_in::Cadence,
    coaching::{CoachingKind, CoachingPartnership, PartnershipAction, PartnershipState, may_propose},
    event::EventKind,
    id::{CoachingPartnershipId, PersonId},
    rule::{Code, RuleError},
    time::micros,
};

/// The partnership, if the caller is one of the two.
pub(super) async fn own(cx: &mut Cx<'_>, id: CoachingPartnershipId) -> Result<CoachingPartnership> {
    let row: PartnershipRow = coaching_partnerships::table.find((cx.tenant(), Uid::from(id))).select(PartnershipRow::as_select()).one(cx.conn()).await?;
    let found = row.partnership()?;
    if found.includes(cx.caller.person()) { Ok(found) } else { Err(StoreError::Missing) }
}

/// The partnership that a body names.
pub(super) async fn named(cx: &mut Cx<'_>, id: CoachingPartnershipId) -> Result<CoachingPartnership> {
    match own(cx, id).await {
        Err(StoreError::Missing) => Err(RuleError::at(Code::UnknownReference, "/partnership_id", "no such partnership of yours").into()),
        other => other,
    }
}

fn seen(cx: &Cx<'_>, record: CoachingPartnership) -> Seen<CoachingPartnership> {
    let by = cx.caller.person();
    let can = PartnershipAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by).err())).collect();
    Seen { record, can }
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: CoachingPartnership, after: CoachingPartnership) -> Result<Seen<CoachingPartnership>> {
    let Some(after) = tx.next(&before, after) else { return Ok(seen(tx, before)) };
    replace(tx, before.version, &after).await?;
    tx.event(kind, Some(&before), &after, after.about());
    Ok(seen(tx, after))
}

/// Partnerships that somebody proposed to this person, and that wait for their answer.
pub(super) async fn proposed_to(cx: &mut Cx<'_>, me: PersonId) -> Result<Vec<CoachingPartnership>> {
    let mine = Uid::from(me);
    let rows: Vec<PartnershipRow> = coaching_partnerships::table
        .filter(coaching_partnerships::tenant_id.eq(cx.tenant()))
        .filter(coaching_partnerships::learner_id.eq(mine).or(coaching_partnerships::coach_id.eq(mine)))
        .filter(coaching_partnerships::state.eq(PartnershipState::Proposed.as_str()))
        .filter(coaching_partnerships::proposed_by.ne(mine))
        .order(coaching_partnerships::id)
        .select(PartnershipRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(PartnershipRow::partnership).collect()
}

/// Is such a partnership of the two proposed or under way?
async fn live(cx: &mut Cx<'_>, kind: CoachingKind, learner: PersonId, coach: PersonId) -> Result<bool> {
    let ended = PartnershipState::Ended.as_str();
    let count: i64 = coaching_partnerships::table
        .filter(coaching_partnerships::tenant_id.eq(cx.tenant()))
        .filter(coaching_partnerships::learner_id.eq(Uid::from(learner)))
        .filter(coaching_partnerships::coach_id.eq(Uid::from(coach)))
        .filter(coaching_partnerships::kind.eq(kind.as_str()))
        .filter(coaching_partnerships::state.ne(ended))
        .count()
        .one(cx.conn())
        .await?;
    Ok(count > 0)
}

impl Write<Here> for ProposePartnership {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<CoachingPartnership>> {
        let Self { kind, learner_id, coach_id, focus, cadence_weeks } = self.clone();
        let me = tx.person()?;
        may_propose(learner_id, coach_id, me)?;
        if learner_id == me {
            super::person::named(tx, coach_id, "/coach_id").await?;
        } else {
            super::person::named(tx, learner_id, "/learner_id").await?;
        }
        access::guard(tx, learner_id.min(coach_id)).await?;
        access::guard(tx, learner_id.max(coach_id)).await?;
        if live(tx, kind, learner_id, coach_id).await? {
            return Err(RuleError::new(Code::Duplicate, "you have such a partnership already, or one is proposed").into());
        }
        let now = micros(tx.act.now);
        let record = CoachingPartnership {
            id: tx.new_id(),
            kind,
            learner_id,
            coach_id,
            proposed_by: me,
            state: PartnershipState::Proposed,
            focus,
            cadence: Cadence::set(None, cadence_weeks, tx.act.today()),
            round: None,
            last_reason: None,
            started_on: None,
            ended_on: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(coaching_partnerships::table).values(PartnershipRow::new(tx.tenant(), &record)).done(tx.conn()).await?;
        tx.event(EventKind::CoachingPartnershipCreated, None, &record, record.about());
        Ok(seen(tx, record))
    }
}

impl Read<Here> for GetPartnership {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<CoachingPartnership>>> {
        let record = own(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record)))
    }
}

impl Read<Here> for ListPartnerships {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<CoachingPartnership>> {
        let me = Uid::from(cx.person()?);
        let query = coaching_partnerships::table.filter(coaching_partnerships::tenant_id.eq(cx.tenant())).select(PartnershipRow::as_select());
        let mine = coaching_partnerships::learner_id.eq(me).or(coaching_partnerships::coach_id.eq(me));
        let mut query = page::windowed!(query.into_boxed::<Dialect>(), self.window, coaching_partnerships).filter(mine);
        if let Some(state) = self.state {
            query = query.filter(coaching_partnerships::state.eq(state.as_str()));
        }
        if let Some(kind) = self.kind {
            query = query.filter(coaching_partnerships::kind.eq(kind.as_str()));
        }
        let rows: Vec<PartnershipRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(PartnershipRow::partnership).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for UpdatePartnership {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<CoachingPartnership>> {
        let before = own(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.patched(self.patch.clone(), tx.person()?, tx.act.today())?;
        save(tx, EventKind::CoachingPartnershipUpdated, before, after).await
    }
}

impl Write<Here> for AcceptPartnership {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<CoachingPartnership>> {
        let before = own(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.accepted(tx.caller.person(), tx.act.today())?;
        save(tx, EventKind::CoachingPartnershipAccepted, before, after).await
    }
}

impl Write<Here> for GoOnCoaching {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<CoachingPartnership>> {
        let before = own(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let (after, kind) = before.gone_on(self.to, tx.caller.person(), tx.act.today())?;
        save(tx, kind, before, after).await
    }
}

impl Write<Here> for EndPartnership {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<CoachingPartnership>> {
        let before = own(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.ended(tx.caller.person(), self.reason.clone(), tx.act.today())?;
        save(tx, EventKind::CoachingPartnershipEnded, before, after).await
    }
}

impl Read<Here> for PartnershipHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        own(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: CoachingPartnershipId, _: &Doing) -> Result<Can> {
    let record = own(cx, id).await?;
    Ok(seen(cx, record).can)
}

/// A coach who is erased coaches nobody any more: what the learner tried and was told stays the learner's.
pub(super) async fn end_of(tx: &mut Tx<'_>, coaches: &[Uid]) -> Result<()> {
    let rows: Vec<PartnershipRow> = coaching_partnerships::table
        .filter(coaching_partnerships::tenant_id.eq(tx.tenant()))
        .filter(coaching_partnerships::coach_id.eq_any(coaches.to_vec()))
        .filter(coaching_partnerships::state.ne(PartnershipState::Ended.as_str()))
        .select(PartnershipRow::as_select())
        .all(tx.conn())
        .await?;
    for row in rows {
        let before = row.partnership()?;
        let after = before.ended(Some(before.coach_id), None, tx.act.today())?;
        save(tx, EventKind::CoachingPartnershipEnded, before, after).await?;
    }
    Ok(())
}
