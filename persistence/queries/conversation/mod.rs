//! Conversations: read by the two people, and, as their lane allows, by who appraises the person and by the headteacher and HR of the school.
//! One rule, [`Lane::readable`], is asked for single records; lists and the feed keep to its two halves in SQL.

mod agenda;
mod notes;
mod reading;
mod row;
mod schedule;

use super::{appraisal, prelude::*};
use crate::{
    conversation::{
        CompleteConversation, ConversationHistory, ConversationNow, GetConversation, ListConversations, ListSnapshots, RespondToConversation, Snapshot,
        StepConversation, UpdateConversation,
    },
    disclosure::Sealed,
    event::History,
};
use chrono::{Days, NaiveDate, NaiveTime};
pub(super) use notes::explain_notes;
pub(super) use reading::{Said, appraises_in, may_read, readable, readings};
use row::ConversationRow;
use trellis_domain::{
    conversation::{Conversation, ConversationAction as A, ConversationKind, LockedAction, Party, Side, announced, has_place, stands_as},
    event::EventKind,
    id::{AppraisalId, ConversationId, PersonId},
    relationship::RelationshipKind,
    text::Wire,
    time::micros,
};

/// The conversation, if the caller may know of it.
pub(super) async fn load(cx: &mut Cx<'_>, id: ConversationId) -> Result<Conversation> {
    let row: ConversationRow = conversations::table.find((cx.tenant(), Uid::from(id))).select(ConversationRow::as_select()).one(cx.conn()).await?;
    let record = row.conversation()?;
    let may = may_read(cx, record.lane, record.organisation_id, (record.person_id, record.partner_id), record.id).await?;
    if may { Ok(record) } else { Err(StoreError::Missing) }
}

/// What one person is to another on a day; who appraises in the appraisal is their appraiser.
async fn holds(cx: &mut Cx<'_>, (person, holder): (PersonId, PersonId), appraisal: Option<AppraisalId>, day: NaiveDate) -> Result<Vec<RelationshipKind>> {
    let between = relationships::table
        .filter(relationships::tenant_id.eq(cx.tenant()))
        .filter(relationships::person_id.eq(Uid::from(person)))
        .filter(relationships::holder_id.eq(Uid::from(holder)))
        .select(relationships::kind);
    let kinds: Vec<String> = access::current!(between, relationships, day).all(cx.conn()).await?;
    let mut out = kinds.iter().map(|k| RelationshipKind::parse(k).map_err(corrupt)).collect::<Result<Vec<_>>>()?;
    if let Some(appraisal) = appraisal {
        let terms = appraisal_appraisers::table
            .filter(appraisal_appraisers::tenant_id.eq(cx.tenant()))
            .filter(appraisal_appraisers::appraisal_id.eq(Uid::from(appraisal)))
            .filter(appraisal_appraisers::person_id.eq(Uid::from(holder)));
        let terms: i64 = access::appraising!(terms, day).count().one(cx.conn()).await?;
        if terms > 0 {
            out.push(RelationshipKind::Appraiser);
        }
    }
    Ok(out)
}

async fn party(cx: &mut Cx<'_>, of: &Conversation) -> Result<Party> {
    let person = cx.caller.person();
    let today = cx.act.today();
    let related = match of.side(person) {
        Some(Side::Partner) => stands_as(of.lane, &holds(cx, (of.person_id, of.partner_id), of.appraisal_id, today).await?).is_ok(),
        _ => false,
    };
    let panel = match (of.side(person), of.appraisal_id, person) {
        (None, Some(appraisal), Some(me)) => on_panel(cx, appraisal, me).await?,
        _ => false,
    };
    Ok(Party { person, related, panel })
}

/// Is this person one of several who appraise today in this appraisal?
async fn on_panel(cx: &mut Cx<'_>, appraisal: AppraisalId, me: PersonId) -> Result<bool> {
    let today = cx.act.today();
    let terms = appraisal_appraisers::table
        .filter(appraisal_appraisers::tenant_id.eq(cx.tenant()))
        .filter(appraisal_appraisers::appraisal_id.eq(Uid::from(appraisal)))
        .select(appraisal_appraisers::person_id);
    let panel: Vec<Uid> = access::appraising!(terms, today).all(cx.conn()).await?;
    let me = Uid::from(me);
    Ok(panel.contains(&me) && panel.iter().any(|other| *other != me))
}

/// Conversations of one of the two that begin by this day and are not over, with who acts: in three statements, however many there are.
pub(super) async fn in_hand(cx: &mut Cx<'_>, me: PersonId, until: NaiveDate) -> Result<Vec<(Conversation, Party)>> {
    let (mine, today) = (Uid::from(me), cx.act.today());
    let rows: Vec<ConversationRow> = conversations::table
        .filter(conversations::tenant_id.eq(cx.tenant()))
        .filter(conversations::person_id.eq(mine).or(conversations::partner_id.eq(mine)))
        .filter(conversations::state.ne_all(["completed", "cancelled"]))
        .filter(conversations::starts_at.lt(Moment::from((until + Days::new(1)).and_time(NaiveTime::MIN).and_utc())))
        .order(conversations::id)
        .select(ConversationRow::as_select())
        .all(cx.conn())
        .await?;
    let held = relationships::table
        .filter(relationships::tenant_id.eq(cx.tenant()))
        .filter(relationships::holder_id.eq(mine))
        .select((relationships::person_id, relationships::kind));
    let held: Vec<(Uid, String)> = access::current!(held, relationships, today).all(cx.conn()).await?;
    let terms: Vec<Uid> = appraisal::appraised_by!(cx, me).all(cx.conn()).await?;
    let party = |of: &Conversation| {
        let kinds = held.iter().filter(|(person, _)| *person == Uid::from(of.person_id)).map(|(_, k)| RelationshipKind::parse(k).map_err(corrupt));
        let mut kinds = kinds.collect::<Result<Vec<_>>>()?;
        kinds.extend(of.appraisal_id.filter(|id| terms.contains(&Uid::from(*id))).map(|_| RelationshipKind::Appraiser));
        Ok(Party { person: Some(me), related: of.partner_id == me && stands_as(of.lane, &kinds).is_ok(), panel: false })
    };
    rows.into_iter().map(|row| row.conversation().and_then(|of| party(&of).map(|by| (of, by)))).collect()
}

fn now(cx: &Cx<'_>, record: Conversation) -> ConversationNow {
    let late = record.late(cx.act.now);
    ConversationNow { record, late }
}

async fn seen(cx: &mut Cx<'_>, record: Conversation) -> Result<Seen<ConversationNow>> {
    let by = party(cx, &record).await?;
    let can = A::ALL.iter().map(|action| (action.as_str(), record.can(*action, by).err())).collect();
    Ok(Seen { record: now(cx, record), can })
}

/// The conversation, if the caller may note in it now what was agreed.
pub(super) async fn for_agreeing(tx: &mut Tx<'_>, id: ConversationId) -> Result<Conversation> {
    let found = load(tx, id).await?;
    let by = party(tx, &found).await?;
    found.can(A::AddAction, by)?;
    Ok(found)
}

/// The record for a write, with who acts. Whoever may only read it is not told who changed what: no reading of it was recorded.
async fn load_for_write(tx: &mut Tx<'_>, id: ConversationId, expected: Option<i64>) -> Result<(Conversation, Party)> {
    let before = load(tx, id).await?;
    let by = party(tx, &before).await?;
    before.written_by(by)?;
    super::event::expect(tx, &before, expected).await?;
    Ok((before, by))
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: Conversation, after: Conversation) -> Result<Seen<ConversationNow>> {
    let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
    let row = ConversationRow::new(tx.tenant(), &after)?;
    let key = conversations::table.find((tx.tenant(), Uid::from(after.id))).filter(conversations::version.eq(before.version));
    if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    tx.event(kind, Some(&before), &after, after.about());
    seen(tx, after).await
}

impl Read<Here> for GetConversation {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Sealed<Seen<ConversationNow>>>> {
        let record = load(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        let readings = readings(cx, [Said::from(&record)]).await?;
        Ok(Fetched::Found(sealed(seen(cx, record).await?, readings)))
    }
}

/// Those of these conversations that the caller may read where no reading is recorded.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<ConversationNow>> {
    let query = conversations::table.filter(conversations::tenant_id.eq(cx.tenant())).filter(conversations::id.eq_any(ids.to_vec()));
    let query = query.select(ConversationRow::as_select()).into_boxed::<Dialect>();
    let rows: Vec<ConversationRow> = readable!(query, cx, cx.reach.clone(), conversations).all(cx.conn()).await?;
    let found = rows.into_iter().map(ConversationRow::conversation).collect::<Result<Vec<_>>>()?;
    Ok(found.into_iter().filter(|c| Said::from(c).freely_to(cx.caller.person())).map(|c| now(cx, c)).collect())
}

impl Read<Here> for ListConversations {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<Page<ConversationNow>>> {
        let query = conversations::table.filter(conversations::tenant_id.eq(cx.tenant())).select(ConversationRow::as_select()).into_boxed::<Dialect>();
        let mut query = readable!(page::windowed!(query, self.window, conversations), cx, cx.reach.clone(), conversations);
        if let Some(person) = self.person_id {
            query = query.filter(conversations::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(conversations::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(partner) = self.partner_id {
            query = query.filter(conversations::partner_id.eq(Uid::from(partner)));
        }
        if let Some(employment) = self.employment_id {
            query = query.filter(conversations::employment_id.eq(Uid::from(employment)));
        }
        if let Some(appraisal) = self.appraisal_id {
            query = query.filter(conversations::appraisal_id.eq(Uid::from(appraisal)));
        }
        if let Some(kind) = self.kind {
            query = query.filter(conversations::kind.eq(kind.as_str()));
        }
        if let Some(state) = self.state {
            query = query.filter(conversations::state.eq(state.as_str()));
        }
        let rows: Vec<ConversationRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let items = page.items.into_iter().map(|row| row.conversation().map(|c| now(cx, c))).collect::<Result<Vec<_>>>()?;
        let readings = readings(cx, items.iter().map(|c| Said::from(&c.record))).await?;
        Ok(sealed(Page { items, next: page.next }, readings))
    }
}

/// Is a review announced as early as the rules of its appraisal have it, if this side sets this day for it today?
async fn in_time(tx: &mut Tx<'_>, kind: ConversationKind, of: Option<AppraisalId>, by: Side, day: NaiveDate) -> Result<()> {
    let (ConversationKind::AnnualReview, Some(of), Side::Partner) = (kind, of, by) else { return Ok(()) };
    let (_, profile, calendars) = appraisal::ruled(tx, of).await?;
    let counted = (super::calendar::holidays_of(&calendars), calendars.as_slice());
    Ok(announced(kind, Some(by), day, tx.act.today(), &profile.rules, counted)?)
}

impl Write<Here> for UpdateConversation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ConversationNow>> {
        let (before, by) = load_for_write(tx, self.id, self.expected).await?;
        let after = before.patched(self.patch.clone(), by)?;
        let day = after.starts_at.date_naive();
        if day != before.starts_at.date_naive() {
            if let Some(of) = before.appraisal_id {
                has_place(before.kind, day, &appraisal::period(tx, of).await?)?;
            }
            if let Some(side) = before.side(by.person) {
                in_time(tx, before.kind, before.appraisal_id, side, day).await?;
            }
        }
        save(tx, A::Update.event(), before, after).await
    }
}

impl Write<Here> for StepConversation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ConversationNow>> {
        let (before, by) = load_for_write(tx, self.id, self.expected).await?;
        before.can(self.action, by)?;
        let after = match (self.action, before.acts_as(by).zip(by.person)) {
            // one's own notes become words of the conversation by an act of one's own, and by no other
            (A::Share | A::RequestResponse, Some((side, me))) => {
                let own = notes::of(tx, &before, side, me).await?;
                before.show(self.action, own.notes, by)?
            }
            (action, _) => before.step(action, self.reason.clone(), by, micros(tx.act.now))?,
        };
        if let (A::Hold, ConversationKind::AnnualReview, Some(of)) = (self.action, before.kind, before.appraisal_id) {
            appraisal::review_held(tx, of, tx.act.today()).await?;
        }
        save(tx, self.action.event(), before, after).await
    }
}

impl Write<Here> for RespondToConversation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ConversationNow>> {
        let (before, by) = load_for_write(tx, self.id, self.expected).await?;
        let after = before.respond(self.response.clone(), by)?;
        save(tx, A::Respond.event(), before, after).await
    }
}

impl Write<Here> for CompleteConversation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ConversationNow>> {
        // nothing is agreed in it while it is being locked
        access::guard(tx, self.id).await?;
        let (before, by) = load_for_write(tx, self.id, self.expected).await?;
        before.can(A::Complete, by)?;
        let agreed = super::agreed_action::of_conversation(tx, self.id).await?;
        let agreed = agreed.into_iter().map(|a| LockedAction { by: a.by(), title: a.title, due_on: a.due_on, state: a.state }).collect();
        let (after, content) = before.complete(self.reason.clone(), agreed, by)?;
        let locked = (
            conversation_snapshots::tenant_id.eq(tx.tenant()),
            conversation_snapshots::conversation_id.eq(Uid::from(after.id)),
            conversation_snapshots::number.eq(after.snapshots),
            conversation_snapshots::content.eq(content),
            conversation_snapshots::content_hash.eq(after.content_hash.clone().unwrap_or_default()),
            conversation_snapshots::locked_at.eq(Moment(micros(tx.act.now))),
        );
        diesel::insert_into(conversation_snapshots::table).values(locked).done(tx.conn()).await?;
        save(tx, A::Complete.event(), before, after).await
    }
}

impl Read<Here> for ListSnapshots {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<Vec<Snapshot>>> {
        let of = load(cx, self.id).await?;
        let readings = readings(cx, [Said::from(&of)]).await?;
        let rows: Vec<(i32, String, String, Moment)> = conversation_snapshots::table
            .filter(conversation_snapshots::tenant_id.eq(cx.tenant()))
            .filter(conversation_snapshots::conversation_id.eq(Uid::from(self.id)))
            .order(conversation_snapshots::number)
            .select((conversation_snapshots::number, conversation_snapshots::content, conversation_snapshots::content_hash, conversation_snapshots::locked_at))
            .all(cx.conn())
            .await?;
        let locked = rows.into_iter().map(|(number, content, content_hash, locked_at)| {
            Ok(Snapshot { number, content: serde_json::from_str(&content).map_err(corrupt)?, content_hash, locked_at: locked_at.0 })
        });
        Ok(sealed(locked.collect::<Result<_>>()?, readings))
    }
}

impl Read<Here> for ConversationHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<History>> {
        let of = load(cx, self.id).await?;
        let readings = readings(cx, [Said::from(&of)]).await?;
        Ok(sealed(super::event::history(cx, self.id.into(), self.window).await?, readings))
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: ConversationId, _: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    Ok(seen(cx, record).await?.can)
}
