//! What was agreed: read as the conversation's lane allows, by the two and by who carries it on.

use super::{
    conversation::{self, Said, may_read, readable, readings},
    prelude::*,
};
use crate::{
    agreed_action::{AddAgreedAction, AgreedActionHistory, GetAgreedAction, ListAgreedActions, StepAgreedAction, UpdateAgreedAction},
    disclosure::Sealed,
    event::History,
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access::{self as rules, Permission},
    agreed_action::{ActionParty, AgreedAction, AgreedActionState, AgreedActionStep},
    conversation::{Conversation, Lane},
    event::EventKind,
    id::{AgreedActionId, ConversationId, PersonId},
    rule::{Code, RuleError},
    text::{Reason, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = agreed_actions, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct AgreedActionRow {
    tenant_id: Uid,
    id: Uid,
    conversation_id: Uid,
    employment_id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    partner_id: Uid,
    lane: String,
    title: String,
    owner_id: Uid,
    objective_id: Option<Uid>,
    due_on: Option<NaiveDate>,
    state: String,
    last_reason: Option<String>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl AgreedActionRow {
    fn new(tenant_id: Uid, action: &AgreedAction) -> Self {
        let AgreedAction {
            id,
            conversation_id,
            employment_id,
            person_id,
            organisation_id,
            partner_id,
            lane,
            title,
            owner_id,
            objective_id,
            due_on,
            state,
            last_reason,
            version,
            created_at,
            updated_at,
        } = action;
        Self {
            tenant_id,
            id: (*id).into(),
            conversation_id: (*conversation_id).into(),
            employment_id: (*employment_id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            partner_id: (*partner_id).into(),
            lane: lane.as_str().into(),
            title: title.as_str().into(),
            owner_id: (*owner_id).into(),
            objective_id: optional(*objective_id),
            due_on: *due_on,
            state: state.as_str().into(),
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn action(self) -> Result<AgreedAction> {
        let Self {
            tenant_id: _,
            id,
            conversation_id,
            employment_id,
            person_id,
            organisation_id,
            partner_id,
            lane,
            title,
            owner_id,
            objective_id,
            due_on,
            state,
            last_reason,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(AgreedAction {
            id: id.to(),
            conversation_id: conversation_id.to(),
            employment_id: employment_id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            partner_id: partner_id.to(),
            lane: Lane::parse(&lane).map_err(corrupt)?,
            title: Reason::parse(&title).map_err(corrupt)?,
            owner_id: owner_id.to(),
            objective_id: objective_id.map(Uid::to),
            due_on,
            state: AgreedActionState::parse(&state).map_err(corrupt)?,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::row::stored!(agreed_actions, AgreedActionRow, AgreedAction, replace);

/// The action, if the caller may know of it.
pub(super) async fn load(cx: &mut Cx<'_>, id: AgreedActionId) -> Result<AgreedAction> {
    let row: AgreedActionRow = agreed_actions::table.find((cx.tenant(), Uid::from(id))).select(AgreedActionRow::as_select()).one(cx.conn()).await?;
    let record = row.action()?;
    let may = may_read(cx, record.lane, record.organisation_id, (record.person_id, record.partner_id), record.conversation_id).await?;
    if may { Ok(record) } else { Err(StoreError::Missing) }
}

/// All that was agreed in a conversation.
pub(super) async fn of_conversation(cx: &mut Cx<'_>, id: ConversationId) -> Result<Vec<AgreedAction>> {
    let rows: Vec<AgreedActionRow> = agreed_actions::table
        .filter(agreed_actions::tenant_id.eq(cx.tenant()))
        .filter(agreed_actions::conversation_id.eq(Uid::from(id)))
        .order(agreed_actions::id)
        .select(AgreedActionRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(AgreedActionRow::action).collect()
}

/// What is open on the employment, in the lane of this conversation, as far as the caller may read it.
pub(super) async fn open_of(cx: &mut Cx<'_>, of: &Conversation) -> Result<Vec<AgreedAction>> {
    let query = agreed_actions::table
        .filter(agreed_actions::tenant_id.eq(cx.tenant()))
        .filter(agreed_actions::employment_id.eq(Uid::from(of.employment_id)))
        .filter(agreed_actions::lane.eq(of.lane.as_str()))
        .filter(agreed_actions::state.eq(AgreedActionState::Open.as_str()))
        .order(agreed_actions::id)
        .limit(200)
        .select(AgreedActionRow::as_select())
        .into_boxed::<Dialect>();
    let rows: Vec<AgreedActionRow> = readable!(query, cx, cx.reach.clone(), agreed_actions).all(cx.conn()).await?;
    rows.into_iter().map(AgreedActionRow::action).collect()
}

/// What this person took on and has not done, if it is to be done by this day or by none.
pub(super) async fn owned_by(cx: &mut Cx<'_>, me: PersonId, until: NaiveDate) -> Result<Vec<AgreedAction>> {
    let rows: Vec<AgreedActionRow> = agreed_actions::table
        .filter(agreed_actions::tenant_id.eq(cx.tenant()))
        .filter(agreed_actions::owner_id.eq(Uid::from(me)))
        .filter(agreed_actions::state.eq(AgreedActionState::Open.as_str()))
        .filter(agreed_actions::due_on.is_null().or(agreed_actions::due_on.le(until)))
        .order(agreed_actions::id)
        .select(AgreedActionRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(AgreedActionRow::action).collect()
}

async fn party(cx: &mut Cx<'_>, action: &AgreedAction) -> Result<ActionParty> {
    let person = cx.caller.person();
    let of_two = person.is_some_and(|p| [action.person_id, action.partner_id].contains(&p));
    let appraises = cx.caller.appraises(action.person_id)
        || (!of_two && action.lane.read_by_appraisers() && conversation::appraises_in(cx, action.conversation_id).await?);
    Ok(ActionParty { person, appraises })
}

/// The record for a write, with who acts. Whoever may only read it is not told who changed what: no reading of it was recorded.
async fn load_for_write(tx: &mut Tx<'_>, id: AgreedActionId, expected: Option<i64>) -> Result<(AgreedAction, ActionParty)> {
    let before = load(tx, id).await?;
    let by = party(tx, &before).await?;
    before.written_by(by)?;
    super::event::expect(tx, &before, expected).await?;
    Ok((before, by))
}

async fn seen(cx: &mut Cx<'_>, record: AgreedAction) -> Result<Seen<AgreedAction>> {
    let by = party(cx, &record).await?;
    let can = AgreedActionStep::ALL.iter().map(|step| (step.as_str(), record.can(*step, by).err())).collect();
    Ok(Seen { record, can })
}

/// The objective that it is for is one of the person whose employment it hangs on, and one that whoever names it may read. A private draft is nobody
/// else's to know of, so nothing is agreed for one.
async fn served(cx: &mut Cx<'_>, action: &AgreedAction) -> Result<()> {
    let Some(id) = action.objective_id else { return Ok(()) };
    let own = super::objective::of_ids(cx, &[id.into()]).await?.pop().filter(|o| o.person_id == action.person_id && o.about().private_to.is_none());
    let reads = rules::reach(&cx.caller, Permission::ReadObjectives).unwrap_or_default();
    let known = match &own {
        Some(o) => access::covers(cx, &reads, Some(o.organisation_id), Some(o.person_id), None).await?,
        None => false,
    };
    if known { Ok(()) } else { Err(RuleError::at(Code::UnknownReference, "/objective_id", "no such objective of theirs that you may read").into()) }
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: AgreedAction, after: AgreedAction) -> Result<Seen<AgreedAction>> {
    let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
    replace(tx, before.version, &after).await?;
    tx.event(kind, Some(&before), &after, after.about());
    seen(tx, after).await
}

impl Write<Here> for AddAgreedAction {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<AgreedAction>> {
        access::guard(tx, self.id).await?;
        let of = conversation::for_agreeing(tx, self.id).await?;
        let now = micros(tx.act.now);
        let action = AgreedAction {
            id: tx.new_id(),
            conversation_id: of.id,
            employment_id: of.employment_id,
            person_id: of.person_id,
            organisation_id: of.organisation_id,
            partner_id: of.partner_id,
            lane: of.lane,
            title: self.title.clone(),
            owner_id: self.owner_id,
            objective_id: self.objective_id,
            due_on: self.due_on,
            state: AgreedActionState::Open,
            last_reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        action.check()?;
        served(tx, &action).await?;
        diesel::insert_into(agreed_actions::table).values(AgreedActionRow::new(tx.tenant(), &action)).done(tx.conn()).await?;
        tx.event(EventKind::AgreedActionCreated, None, &action, action.about());
        seen(tx, action).await
    }
}

impl Read<Here> for GetAgreedAction {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Sealed<Seen<AgreedAction>>>> {
        let record = load(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        let readings = readings(cx, [Said::from(&record)]).await?;
        Ok(Fetched::Found(sealed(seen(cx, record).await?, readings)))
    }
}

/// Those of these actions that the caller may read where no reading is recorded.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<AgreedAction>> {
    let query = agreed_actions::table.filter(agreed_actions::tenant_id.eq(cx.tenant())).filter(agreed_actions::id.eq_any(ids.to_vec()));
    let query = query.select(AgreedActionRow::as_select()).into_boxed::<Dialect>();
    let rows: Vec<AgreedActionRow> = readable!(query, cx, cx.reach.clone(), agreed_actions).all(cx.conn()).await?;
    let actions = rows.into_iter().map(AgreedActionRow::action).collect::<Result<Vec<_>>>()?;
    Ok(actions.into_iter().filter(|a| Said::from(a).freely_to(cx.caller.person())).collect())
}

impl Read<Here> for ListAgreedActions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<Page<AgreedAction>>> {
        let query = agreed_actions::table.filter(agreed_actions::tenant_id.eq(cx.tenant())).select(AgreedActionRow::as_select()).into_boxed::<Dialect>();
        let mut query = readable!(page::windowed!(query, self.window, agreed_actions), cx, cx.reach.clone(), agreed_actions);
        if let Some(person) = self.person_id {
            query = query.filter(agreed_actions::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(agreed_actions::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(employment) = self.employment_id {
            query = query.filter(agreed_actions::employment_id.eq(Uid::from(employment)));
        }
        if let Some(conversation) = self.conversation_id {
            query = query.filter(agreed_actions::conversation_id.eq(Uid::from(conversation)));
        }
        if let Some(owner) = self.owner_id {
            query = query.filter(agreed_actions::owner_id.eq(Uid::from(owner)));
        }
        if let Some(state) = self.state {
            query = query.filter(agreed_actions::state.eq(state.as_str()));
        }
        let rows: Vec<AgreedActionRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let items = page.items.into_iter().map(AgreedActionRow::action).collect::<Result<Vec<_>>>()?;
        let readings = readings(cx, items.iter().map(Said::from)).await?;
        Ok(sealed(Page { items, next: page.next }, readings))
    }
}

impl Write<Here> for UpdateAgreedAction {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<AgreedAction>> {
        let (before, by) = load_for_write(tx, self.id, self.expected).await?;
        let after = before.patched(self.patch.clone(), by)?;
        if after.objective_id != before.objective_id {
            served(tx, &after).await?;
        }
        save(tx, AgreedActionStep::Update.event(), before, after).await
    }
}

impl Write<Here> for StepAgreedAction {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<AgreedAction>> {
        let (before, by) = load_for_write(tx, self.id, self.expected).await?;
        let after = before.step(self.step, self.reason.clone(), by)?;
        save(tx, self.step.event(), before, after).await
    }
}

impl Read<Here> for AgreedActionHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<History>> {
        let of = load(cx, self.id).await?;
        let readings = readings(cx, [Said::from(&of)]).await?;
        Ok(sealed(super::event::history(cx, self.id.into(), self.window).await?, readings))
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: AgreedActionId, _: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    Ok(seen(cx, record).await?.can)
}
