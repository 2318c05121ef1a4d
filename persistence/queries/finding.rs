//! The inquiry commons. Whose a finding is that was published without a name stands in one column, which no answer and no event is made of.

use super::prelude::*;
use crate::{
    event::History,
    finding::{FindingHistory, GetFinding, ListFindings, ListOwnFindings, PublishFinding, Receipt, ReuseFinding, SimilarFindings, WithdrawFinding},
};
use chrono::{NaiveDate, NaiveTime};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    event::{About, Changes, EventKind},
    finding::{ALIKE, Finding, FindingAction, FindingAudience, FindingState, SEARCHED, anonymous_among, telling, terms},
    id::{FindingId, OrganisationId, PersonId},
    inquiry::{self, InquiryAction},
    rule::{Code, Faults, RuleError},
    text::{Narrative, Title, Wire},
    time::micros,
};
use uuid::Uuid;

/// How many findings are suggested.
const SUGGESTED: i64 = 10;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = findings, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct FindingRow {
    tenant_id: Uid,
    id: Uid,
    owner_id: Option<Uid>,
    objective_id: Option<Uid>,
    author_id: Option<Uid>,
    organisation_id: Uid,
    state: String,
    title: String,
    question: String,
    change_tried: Option<String>,
    evidence: Option<String>,
    finding: String,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl FindingRow {
    fn new(tenant_id: Uid, record: &Finding) -> Self {
        let Finding {
            id,
            owner_id,
            objective_id,
            author_id,
            organisation_id,
            state,
            title,
            question,
            change_tried,
            evidence,
            finding,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            tenant_id,
            id: (*id).into(),
            owner_id: optional(*owner_id),
            objective_id: optional(*objective_id),
            author_id: optional(*author_id),
            organisation_id: (*organisation_id).into(),
            state: state.as_str().into(),
            title: title.as_str().into(),
            question: question.as_str().into(),
            change_tried: change_tried.as_ref().map(|t| t.as_str().into()),
            evidence: evidence.as_ref().map(|t| t.as_str().into()),
            finding: finding.as_str().into(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn finding(self) -> Result<Finding> {
        let Self {
            tenant_id: _,
            id,
            owner_id,
            objective_id,
            author_id,
            organisation_id,
            state,
            title,
            question,
            change_tried,
            evidence,
            finding,
            version,
            created_at,
            updated_at,
        } = self;
        let prose = |text: Option<String>| text.map(|t| Narrative::parse(&t)).transpose().map_err(corrupt);
        Ok(Finding {
            id: id.to(),
            owner_id: owner_id.map(Uid::to),
            objective_id: objective_id.map(Uid::to),
            author_id: author_id.map(Uid::to),
            organisation_id: organisation_id.to(),
            state: FindingState::parse(&state).map_err(corrupt)?,
            title: Title::parse(&title).map_err(corrupt)?,
            question: Narrative::parse(&question).map_err(corrupt)?,
            change_tried: prose(change_tried)?,
            evidence: prose(evidence)?,
            finding: Narrative::parse(&finding).map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

#[derive(Insertable)]
#[diesel(table_name = finding_terms, check_for_backend(Sqlite, Pg))]
struct TermRow {
    tenant_id: Uid,
    term: String,
    finding_id: Uid,
    in_question: bool,
}

super::row::stored!(findings, FindingRow, Finding, replace);

/// What the caller reads of the commons, whichever permission the operation asks for.
fn reads(cx: &Cx<'_>) -> Reach {
    rules::reach(&cx.caller, Permission::ReadFindings).unwrap_or_default()
}

/// Published to an organisation at which the caller is, or to one above it: a school's findings are for who is at that school, also where
/// somebody leads the whole trust. One's own are one's own. A machine that is bound to no school reads all that is published.
macro_rules! published_to {
    ($query:expr, $cx:expr, $reach:expr) => {{
        let (query, reach) = ($query, $reach);
        let published = || findings::state.eq(FindingState::Published.as_str());
        let above = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::descendant_id.eq_any(uids(&reach.organisations)))
            .select(organisation_paths::ancestor_id);
        match optional(reach.me) {
            Some(me) => {
                query.filter(published().and(findings::organisation_id.eq_any(above)).or(findings::owner_id.is_not_null().and(findings::owner_id.eq(me))))
            }
            None if reach.everywhere => query.filter(published()),
            None => query.filter(published().and(findings::organisation_id.eq_any(above))),
        }
    }};
}

async fn load(cx: &mut Cx<'_>, id: FindingId) -> Result<Finding> {
    let reach = reads(cx);
    let query = findings::table.filter(findings::tenant_id.eq(cx.tenant())).filter(findings::id.eq(Uid::from(id)));
    let query = query.select(FindingRow::as_select()).into_boxed::<Dialect>();
    let row: FindingRow = published_to!(query, cx, &reach).one(cx.conn()).await?;
    row.finding()
}

/// Did the caller say already that they use it?
async fn reused(cx: &mut Cx<'_>, id: FindingId) -> Result<bool> {
    let Some(me) = cx.caller.person() else { return Ok(false) };
    let before: i64 = finding_reuses::table
        .filter(finding_reuses::tenant_id.eq(cx.tenant()))
        .filter(finding_reuses::finding_id.eq(Uid::from(id)))
        .filter(finding_reuses::person_id.eq(Uid::from(me)))
        .count()
        .one(cx.conn())
        .await?;
    Ok(before > 0)
}

async fn seen(cx: &mut Cx<'_>, record: Finding) -> Result<Seen<Finding>> {
    let (by, reused) = (cx.caller.person(), reused(cx, record.id).await?);
    let can = FindingAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by, reused).err())).collect();
    Ok(Seen { record, can })
}

/// Is a finding of this inquiry published now?
macro_rules! is_shared {
    ($cx:expr, $objective:expr) => {
        diesel::dsl::exists(
            findings::table
                .filter(findings::tenant_id.eq($cx.tenant()))
                .filter(findings::objective_id.eq(Uid::from($objective)))
                .filter(findings::state.eq(trellis_domain::finding::FindingState::Published.as_str())),
        )
    };
}
pub(super) use is_shared;

/// Leaves the event of a finding: by whoever put their name to it, or by nobody.
fn told(tx: &mut Tx<'_>, kind: EventKind, before: Option<&Finding>, after: &Finding) {
    match after.author_id {
        Some(_) => tx.event(kind, before, after, after.about()),
        None => tx.unnamed(kind, before, after, after.about()),
    }
}

/// How many people work there today.
async fn people_at(cx: &mut Cx<'_>, at: OrganisationId) -> Result<i64> {
    let today = cx.act.today();
    let query = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::organisation_id.eq_any(page::beneath!(cx, at)))
        .select(diesel::dsl::count(employments::person_id).aggregate_distinct());
    Ok(access::current!(query, employments, today).one(cx.conn()).await?)
}

async fn put_terms(tx: &mut Tx<'_>, record: &Finding) -> Result<()> {
    let row = |(term, in_question)| TermRow { tenant_id: tx.tenant(), term, finding_id: record.id.into(), in_question };
    let rows: Vec<TermRow> = record.terms().into_iter().map(row).collect();
    for part in rows.chunks(500) {
        diesel::insert_into(finding_terms::table).values(part).done(tx.conn()).await?;
    }
    Ok(())
}

impl Write<Here> for PublishFinding {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Finding>> {
        let Self { objective_id, audience, named, title, question, change_tried, evidence, finding, expected } = self.clone();
        access::guard(tx, objective_id).await?;
        let objective = super::objective::load_for_write(tx, objective_id).await?;
        super::event::expect(tx, &objective, expected).await?;
        let known = super::inquiry::known(tx, &objective).await?;
        inquiry::can(&objective, known, InquiryAction::PublishFinding, tx.caller.person())?;
        let mut faults = Faults::default();
        for (text, pointer) in [(&question, "/question"), (&finding, "/finding")] {
            if text.is_blank() {
                faults.check::<()>(Err(RuleError::at(Code::ContradictoryMembers, pointer, "something is expected")));
            }
        }
        let organisation_id = match audience {
            FindingAudience::School => objective.organisation_id,
            FindingAudience::Trust => super::organisation::root(tx).await?,
        };
        if !named {
            faults.check(anonymous_among(people_at(tx, organisation_id).await?));
        }
        faults.settle()?;
        let (me, now) = (tx.person()?, micros(tx.act.now));
        let record = Finding {
            id: tx.new_id(),
            owner_id: Some(me),
            objective_id: Some(objective_id),
            author_id: named.then_some(me),
            organisation_id,
            state: FindingState::Published,
            title,
            question,
            change_tried,
            evidence,
            finding,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(findings::table).values(FindingRow::new(tx.tenant(), &record)).done(tx.conn()).await?;
        put_terms(tx, &record).await?;
        told(tx, EventKind::FindingPublished, None, &record);
        seen(tx, record).await
    }
}

impl Read<Here> for GetFinding {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Finding>>> {
        let record = load(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Those of these findings that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Finding>> {
    let reach = reads(cx);
    let query = findings::table.filter(findings::tenant_id.eq(cx.tenant())).filter(findings::id.eq_any(ids.to_vec()));
    let query = query.select(FindingRow::as_select()).into_boxed::<Dialect>();
    let rows: Vec<FindingRow> = published_to!(query, cx, &reach).all(cx.conn()).await?;
    rows.into_iter().map(FindingRow::finding).collect()
}

/// What a person published with their name on one of these days and has not taken back, as far as the caller may read it.
pub(super) async fn named(cx: &mut Cx<'_>, author: PersonId, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<Finding>> {
    let (reach, midnight) = (reads(cx), |day: NaiveDate| Moment(day.and_time(NaiveTime::MIN).and_utc()));
    let query = findings::table.filter(findings::tenant_id.eq(cx.tenant())).filter(findings::author_id.eq(Uid::from(author)));
    let query = query.filter(findings::state.eq(FindingState::Published.as_str()));
    let query = query.filter(findings::created_at.ge(midnight(from))).filter(findings::created_at.lt(midnight(to)));
    let query = query.order((findings::created_at, findings::id)).limit(1_000).select(FindingRow::as_select()).into_boxed::<Dialect>();
    let rows: Vec<FindingRow> = published_to!(query, cx, &reach).all(cx.conn()).await?;
    rows.into_iter().map(FindingRow::finding).collect()
}

impl Read<Here> for ListFindings {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Finding>> {
        let (reach, tenant) = (reads(cx), cx.tenant());
        let query = findings::table.filter(findings::tenant_id.eq(tenant)).select(FindingRow::as_select()).into_boxed::<Dialect>();
        let query = query.filter(findings::state.eq(FindingState::Published.as_str()));
        let mut query = published_to!(page::windowed!(query, self.window, findings), cx, &reach);
        if let Some(author) = self.author_id {
            query = query.filter(findings::author_id.eq(Uid::from(author)));
        }
        if let Some(wanted) = self.reused {
            let mine = finding_reuses::table.filter(finding_reuses::tenant_id.eq(tenant)).filter(finding_reuses::person_id.eq_any(optional(reach.me)));
            let mine = mine.select(finding_reuses::finding_id);
            query = if wanted { query.filter(findings::id.eq_any(mine)) } else { query.filter(findings::id.ne_all(mine)) };
        }
        if let Some(q) = &self.q {
            let words = terms(q);
            if words.is_empty() {
                return Ok(Page { items: Vec::new(), next: None });
            }
            for from in words.into_iter().take(SEARCHED) {
                let to = format!("{from}\u{10ffff}");
                let found = finding_terms::table.filter(finding_terms::tenant_id.eq(tenant)).filter(finding_terms::term.ge(from));
                query = query.filter(findings::id.eq_any(found.filter(finding_terms::term.lt(to)).select(finding_terms::finding_id)));
            }
        }
        let rows: Vec<FindingRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(FindingRow::finding).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for WithdrawFinding {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Finding>> {
        let before = load(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.withdrawn(tx.caller.person())?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        replace(tx, before.version, &after).await?;
        forget_terms(tx, &[after.id.into()]).await?;
        // nobody else hears it again; its owner does, whose publishing would otherwise be done anew when it is sent again
        let (own, _) = rules::own_account(&tx.caller)?;
        super::idempotency::forget(tx, [after.id.into()], super::idempotency::Told::Others(own)).await?;
        told(tx, EventKind::FindingWithdrawn, Some(&before), &after);
        seen(tx, after).await
    }
}

async fn forget_terms(tx: &mut Tx<'_>, ids: &[Uid]) -> Result<()> {
    let kept = finding_terms::table.filter(finding_terms::tenant_id.eq(tx.tenant())).filter(finding_terms::finding_id.eq_any(ids.to_vec()));
    diesel::delete(kept).done(tx.conn()).await?;
    Ok(())
}

impl Write<Here> for ReuseFinding {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Finding>> {
        let me = tx.person()?;
        access::guard(tx, me).await?;
        let record = load(tx, self.id).await?;
        super::event::expect(tx, &record, self.expected).await?;
        let before = reused(tx, self.id).await?;
        record.can(FindingAction::Reuse, Some(me), before)?;
        own(tx, me, self).await?;
        let row = (
            finding_reuses::tenant_id.eq(tx.tenant()),
            finding_reuses::id.eq(Uid(tx.act.ids.make(tx.act.now))),
            finding_reuses::finding_id.eq(Uid::from(self.id)),
            finding_reuses::person_id.eq(Uid::from(me)),
            finding_reuses::objective_id.eq(optional(self.objective_id)),
            finding_reuses::learning_record_id.eq(optional(self.learning_record_id)),
            finding_reuses::reused_at.eq(Moment(micros(tx.act.now))),
        );
        diesel::insert_into(finding_reuses::table).values(row).done(tx.conn()).await?;
        // who uses what is theirs alone to know
        let about = About { organisation: Some(record.organisation_id), person: Some(me), private_to: Some(me) };
        let changes = Changes { fields: Vec::new(), values: serde_json::json!({}) };
        tx.happened(FindingAction::Reuse.event(), record.id.0, record.version, changes, about);
        seen(tx, record).await
    }
}

/// What a finding is used for is one's own.
async fn own(cx: &mut Cx<'_>, me: PersonId, reuse: &ReuseFinding) -> Result<()> {
    let (tenant, me, mut faults) = (cx.tenant(), Uid::from(me), Faults::default());
    let mut unknown = |there: i64, pointer: &str, what: &str| {
        if there == 0 {
            faults.check::<()>(Err(RuleError::at(Code::UnknownReference, pointer, format!("no such {what} of yours"))));
        }
    };
    if let Some(id) = reuse.objective_id {
        let query = objectives::table.filter(objectives::tenant_id.eq(tenant)).filter(objectives::id.eq(Uid::from(id))).filter(objectives::person_id.eq(me));
        let mine = objectives::private_to.is_null().or(objectives::private_to.eq(me));
        unknown(query.filter(mine).count().one(cx.conn()).await?, "/objective_id", "objective");
    }
    if let Some(id) = reuse.learning_record_id {
        let query = learning_records::table.filter(learning_records::tenant_id.eq(tenant)).filter(learning_records::id.eq(Uid::from(id)));
        unknown(query.filter(learning_records::person_id.eq(me)).count().one(cx.conn()).await?, "/learning_record_id", "learning record");
    }
    Ok(faults.settle()?)
}

impl Read<Here> for ListOwnFindings {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Receipt>> {
        let Some(me) = cx.caller.person() else { return Ok(Page { items: Vec::new(), next: None }) };
        let root = super::organisation::root(cx).await?;
        let query = findings::table.filter(findings::tenant_id.eq(cx.tenant())).filter(findings::owner_id.eq(Uid::from(me)));
        let query = query.select(FindingRow::as_select()).into_boxed::<Dialect>();
        let rows: Vec<FindingRow> = page::windowed!(query, self.window, findings).all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let ids: Vec<Uid> = page.items.iter().map(|r| r.id).collect();
        let counts: Vec<(Uid, i64)> = finding_reuses::table
            .filter(finding_reuses::tenant_id.eq(cx.tenant()))
            .filter(finding_reuses::finding_id.eq_any(ids))
            .group_by(finding_reuses::finding_id)
            .select((finding_reuses::finding_id, diesel::dsl::count_star()))
            .all(cx.conn())
            .await?;
        let counts: HashMap<Uid, i64> = counts.into_iter().collect();
        let receipt = |row: FindingRow| {
            let finding = row.finding()?;
            let audience = if finding.organisation_id == root { FindingAudience::Trust } else { FindingAudience::School };
            Ok(Receipt { reused_by: counts.get(&finding.id.into()).copied().unwrap_or_default(), audience, finding })
        };
        Ok(Page { items: page.items.into_iter().map(receipt).collect::<Result<_>>()?, next: page.next })
    }
}

impl Read<Here> for SimilarFindings {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<Finding>> {
        let row = super::objective::visible_row(cx, self.id).await?;
        let objective = super::objective::whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
        let words = objective.words.inquiry.map(|i| telling(i.question.as_str())).unwrap_or_default();
        let (reach, tenant) = (reads(cx), cx.tenant());
        if words.is_empty() || reach == Reach::default() {
            return Ok(Vec::new());
        }
        let readable = findings::table.filter(findings::tenant_id.eq(tenant)).filter(findings::state.eq(FindingState::Published.as_str()));
        let readable = published_to!(readable.select(findings::id).into_boxed::<Dialect>(), cx, &reach);
        let mut others = finding_terms::table.filter(finding_terms::tenant_id.eq(tenant)).into_boxed::<Dialect>();
        others = others.filter(finding_terms::in_question).filter(finding_terms::term.eq_any(words)).filter(finding_terms::finding_id.eq_any(readable));
        if let Some(me) = cx.caller.person() {
            let own = findings::table.filter(findings::tenant_id.eq(tenant)).filter(findings::owner_id.eq(Uid::from(me))).select(findings::id);
            others = others.filter(finding_terms::finding_id.ne_all(own));
        }
        let hits: Vec<Uid> = others.select(finding_terms::finding_id).all(cx.conn()).await?;
        let mut counts: HashMap<Uid, i64> = HashMap::new();
        hits.into_iter().for_each(|id| *counts.entry(id).or_default() += 1);
        let mut likest: Vec<(i64, Uid)> = counts.into_iter().filter(|(_, n)| *n >= ALIKE).map(|(id, n)| (-n, id)).collect();
        likest.sort_unstable();
        likest.truncate(usize::try_from(SUGGESTED).unwrap_or_default());
        let ids: Vec<Uid> = likest.iter().map(|(_, id)| *id).collect();
        let mut found = visible(cx, &ids).await?;
        let place = |id: Uuid| likest.iter().position(|(_, of)| of.0 == id);
        found.sort_by_key(|f| place(f.id.0));
        Ok(found)
    }
}

impl Read<Here> for FindingHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        load(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: FindingId, _: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    Ok(seen(cx, record).await?.can)
}

/// What becomes of the findings of somebody who is erased. With their name they go. Without it the words stay and the tie to their owner is cut:
/// if they went at that moment, it would be known whose they were. Answers how many with a name went.
pub(super) async fn erase(tx: &mut Tx<'_>, people: &[Uid]) -> Result<usize> {
    let tenant = tx.tenant();
    let owners: Vec<Option<Uid>> = people.iter().copied().map(Some).collect();
    diesel::delete(finding_reuses::table.filter(finding_reuses::tenant_id.eq(tenant)).filter(finding_reuses::person_id.eq_any(people.to_vec())))
        .done(tx.conn())
        .await?;
    let own = || findings::table.filter(findings::tenant_id.eq(tenant)).filter(findings::owner_id.eq_any(owners.clone()));
    let unnamed = || own().filter(findings::author_id.is_null()).filter(findings::state.eq(FindingState::Published.as_str()));
    let no_one = None::<Uid>;
    diesel::update(unnamed()).set((findings::owner_id.eq(no_one), findings::objective_id.eq(no_one))).done(tx.conn()).await?;
    let rows: Vec<FindingRow> = own().select(FindingRow::as_select()).all(tx.conn()).await?;
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let named = rows.iter().filter(|r| r.author_id.is_some()).count();
    for row in rows {
        let before = row.finding()?;
        // whoever keeps a copy is told that it left; its words are in no event of this
        if before.state == FindingState::Published {
            let changes = Changes { fields: vec!["state".into()], values: serde_json::json!({}) };
            tx.happened(EventKind::FindingWithdrawn, before.id.0, before.version + 1, changes, before.about());
        }
    }
    forget_terms(tx, &ids).await?;
    diesel::delete(finding_reuses::table.filter(finding_reuses::tenant_id.eq(tenant)).filter(finding_reuses::finding_id.eq_any(ids.clone())))
        .done(tx.conn())
        .await?;
    diesel::delete(findings::table.filter(findings::tenant_id.eq(tenant)).filter(findings::id.eq_any(ids))).done(tx.conn()).await?;
    Ok(named)
}

/// Named findings of these people: what the log says of them goes with them.
pub(super) async fn named_of(cx: &mut Cx<'_>, people: &[Uid]) -> Result<Vec<Uid>> {
    let owners: Vec<Option<Uid>> = people.iter().copied().map(Some).collect();
    let gone = findings::author_id.is_not_null().or(findings::state.eq(FindingState::Withdrawn.as_str()));
    let own = findings::table.filter(findings::tenant_id.eq(cx.tenant())).filter(findings::owner_id.eq_any(owners)).filter(gone);
    Ok(own.select(findings::id).all(cx.conn()).await?)
}
