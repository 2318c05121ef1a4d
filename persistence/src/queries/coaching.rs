//! Coaching partnerships: whoever is not one of the two finds nothing.

use super::prelude::*;
use crate::{
    coaching::{AcceptPartnership, EndPartnership, GetPartnership, ListPartnerships, PartnershipHistory, ProposePartnership, UpdatePartnership},
    event::History,
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    coaching::{CoachingKind, CoachingPartnership, PartnershipAction, PartnershipState, may_propose},
    event::EventKind,
    id::{CoachingPartnershipId, PersonId},
    rule::{Code, RuleError},
    text::{Reason, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = coaching_partnerships, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct PartnershipRow {
    tenant_id: Uid,
    id: Uid,
    kind: String,
    learner_id: Uid,
    coach_id: Uid,
    proposed_by: Uid,
    state: String,
    focus: String,
    cadence_weeks: Option<i32>,
    last_reason: Option<String>,
    started_on: Option<NaiveDate>,
    ended_on: Option<NaiveDate>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl PartnershipRow {
    fn new(tenant_id: Uid, record: &CoachingPartnership) -> Self {
        let CoachingPartnership {
            id,
            kind,
            learner_id,
            coach_id,
            proposed_by,
            state,
            focus,
            cadence_weeks,
            last_reason,
            started_on,
            ended_on,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            tenant_id,
            id: (*id).into(),
            kind: kind.as_str().into(),
            learner_id: (*learner_id).into(),
            coach_id: (*coach_id).into(),
            proposed_by: (*proposed_by).into(),
            state: state.as_str().into(),
            focus: focus.as_str().into(),
            cadence_weeks: *cadence_weeks,
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            started_on: *started_on,
            ended_on: *ended_on,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn partnership(self) -> Result<CoachingPartnership> {
        let Self {
            tenant_id: _,
            id,
            kind,
            learner_id,
            coach_id,
            proposed_by,
            state,
            focus,
            cadence_weeks,
            last_reason,
            started_on,
            ended_on,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(CoachingPartnership {
            id: id.to(),
            kind: CoachingKind::parse(&kind).map_err(corrupt)?,
            learner_id: learner_id.to(),
            coach_id: coach_id.to(),
            proposed_by: proposed_by.to(),
            state: PartnershipState::parse(&state).map_err(corrupt)?,
            focus: Reason::parse(&focus).map_err(corrupt)?,
            cadence_weeks,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            started_on,
            ended_on,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::row::stored!(coaching_partnerships, PartnershipRow, CoachingPartnership, replace);

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
            cadence_weeks,
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
        let after = before.patched(self.patch.clone(), tx.person()?)?;
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
