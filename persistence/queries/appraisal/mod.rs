//! Appraisals: read by the appraisee, by those who appraise today, by the headteacher and HR of the school, and by nobody else. Whom they let say who appraises
//! reads the head of an appraisal, and the external adviser of a headteacher theirs: [`find`] knows of these, [`load`], by which everything that hangs on an
//! appraisal is read, does not.

mod facts;
mod intake;
mod moving;
mod row;

use super::prelude::*;
use crate::{
    appraisal::{
        AppraisalHistory, AssignAppraisers, GetAppraisal, LeaveAppraisal, ListAppraisals, MoveDeadline, ResumeAppraisal, StepAppraisal, SuspendAppraisal,
        VisibleAppraisal,
    },
    event::History,
    insight::ListAppraisalProgress,
};
use chrono::NaiveDate;
pub(super) use facts::{Around, parties_at, party, who_assign};
pub(super) use intake::part;
pub(super) use moving::{last_day, period, review_held, ruled, rules_of, with_cycle};
use row::{AppraisalRow, row_of, update, whole};
use serde_json::json;
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    appraisal::{Appraisal, AppraisalAction as A, AppraisalState, AppraiserTerm, Panel, appoint, hand_over, left, succession},
    cycle::CycleState,
    employment::StaffCategory,
    event::{EventKind, changes},
    hold::{self, Hold},
    id::{AppraisalId, PersonId},
    rule::{Code, Fault, Faults, RuleError},
    time::{Period, micros},
};

/// Where an appraisal is none that stands in the way of another: what [`AppraisalState::live`] says, in SQL.
pub(super) const GONE: [&str; 2] = [AppraisalState::Transferred.as_str(), AppraisalState::Abandoned.as_str()];
/// Where nothing more is to be done with an appraisal.
pub(super) const OVER: [&str; 3] = [AppraisalState::Completed.as_str(), AppraisalState::Transferred.as_str(), AppraisalState::Abandoned.as_str()];

/// Does the caller read all of it? By role or as the appraisee, or because they appraise it today.
async fn known(cx: &mut Cx<'_>, appraisal: &Appraisal) -> Result<bool> {
    let reads = rules::reach(&cx.caller, Permission::ReadAppraisals).unwrap_or_default();
    let today = cx.act.today();
    let appraises = cx.caller.person().is_some_and(|me| appraisal.appraised_by(me, today));
    Ok(appraises || access::covers(cx, &reads, Some(appraisal.organisation_id), Some(appraisal.person_id), None).await?)
}

/// Does it hang on the post of a headteacher whom the caller advises?
fn advised(reads: &Reach, appraisal: &Appraisal) -> bool {
    appraisal.staff_category == StaffCategory::Headteacher && reads.employments.contains(&appraisal.employment_id)
}

/// The record, if the caller may know of it, or at least of its head. What was answered to somebody who read all of it is not answered again to whoever reads
/// the head.
async fn find(cx: &mut Cx<'_>, id: AppraisalId) -> Result<VisibleAppraisal> {
    let row = row_of(cx, id).await?;
    let appraisal = whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
    let in_full = known(cx, &appraisal).await? || advised(&rules::reach(&cx.caller, Permission::ReadAppraisals).unwrap_or_default(), &appraisal);
    let assigns = rules::reach(&cx.caller, Permission::AssignAppraisals).unwrap_or_default();
    if in_full || (!cx.rehearsing && access::covers(cx, &assigns, Some(appraisal.organisation_id), None, None).await?) {
        return Ok(VisibleAppraisal { appraisal, in_full });
    }
    Err(StoreError::Missing)
}

/// The record, if the caller reads all of it and what hangs on it.
pub(super) async fn load(cx: &mut Cx<'_>, id: AppraisalId) -> Result<Appraisal> {
    let row = row_of(cx, id).await?;
    let appraisal = whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
    if known(cx, &appraisal).await? { Ok(appraisal) } else { Err(StoreError::Missing) }
}

async fn seen(cx: &mut Cx<'_>, record: VisibleAppraisal) -> Result<Seen<VisibleAppraisal>> {
    let around = Around::of(cx, &record.appraisal).await?;
    let (by, facts) = (around.party, around.facts(cx.act.today()));
    let can = A::ALL.iter().map(|action| (action.as_str(), record.appraisal.can(*action, by, facts).err())).collect();
    Ok(Seen { record, can })
}

async fn now(cx: &mut Cx<'_>, appraisal: Appraisal) -> Result<Seen<VisibleAppraisal>> {
    let in_full = known(cx, &appraisal).await?;
    seen(cx, VisibleAppraisal { appraisal, in_full }).await
}

pub(super) async fn save(tx: &mut Tx<'_>, kind: EventKind, before: Appraisal, after: Appraisal) -> Result<Seen<VisibleAppraisal>> {
    let Some(after) = tx.next(&before, after) else { return now(tx, before).await };
    update(tx, &before, &after).await?;
    // who appraises no more is not told again what they were
    let parted: Vec<PersonId> = before.appraisers.iter().filter(|a| a.until.is_none()).map(|a| a.person_id).filter(|p| !after.appointed(*p)).collect();
    if !parted.is_empty() {
        super::idempotency::forget(tx, [after.id.into()], super::idempotency::Told::People(&parted)).await?;
    }
    tx.event(kind, Some(&before), &after, after.about());
    now(tx, after).await
}

/// The same with a report that was corrected, which is news of the appraisal though it may not hold a word of it: who has not seen it says nothing of it.
pub(super) async fn save_with_report(tx: &mut Tx<'_>, kind: EventKind, before: Appraisal, mut after: Appraisal, number: i32) -> Result<Seen<VisibleAppraisal>> {
    let mut news = changes(Some(&before), &after);
    news.fields.push("report_number".into());
    news.values["report_number"] = json!({"before": number, "after": number + 1});
    (after.version, after.updated_at) = (before.version + 1, micros(tx.act.now));
    update(tx, &before, &after).await?;
    tx.happened(kind, after.id.0, after.version, news, after.about());
    now(tx, after).await
}

impl Read<Here> for GetAppraisal {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<VisibleAppraisal>>> {
        loop {
            let record = find(cx, self.id).await?;
            let version = record.appraisal.version;
            if self.unless == Some(version) {
                return Ok(Fetched::Unchanged(version));
            }
            let seen = seen(cx, record).await?;
            if page::unmoved!(cx, appraisals, self.id, version) {
                return Ok(Fetched::Found(seen));
            }
        }
    }
}

/// Appraisals that this person appraises today.
macro_rules! appraised_by {
    ($cx:expr, $person:expr) => {
        access::appraising!(
            appraisal_appraisers::table.filter(appraisal_appraisers::tenant_id.eq($cx.tenant())).filter(appraisal_appraisers::person_id.eq(Uid::from($person))),
            $cx.act.today()
        )
        .select(appraisal_appraisers::appraisal_id)
    };
}

/// Keeps appraisals to those that the caller may know of.
macro_rules! readable {
    ($query:expr, $cx:expr) => {{
        let (query, reach) = ($query, $cx.reach.clone());
        if reach.everywhere {
            query
        } else {
            let covered = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq($cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
                .select(organisation_paths::descendant_id);
            let within = appraisals::person_id.eq_any(uids(&reach.people)).or(appraisals::organisation_id.eq_any(covered));
            let advised = appraisals::employment_id
                .eq_any(uids(&reach.employments))
                .and(appraisals::staff_category.eq(trellis_domain::employment::StaffCategory::Headteacher.as_str()));
            match reach.me {
                // apart, so that nobody else's list asks for it
                Some(me) if !reach.employments.is_empty() => query.filter(within.or(appraisals::id.eq_any(appraised_by!($cx, me))).or(advised)),
                Some(me) => query.filter(within.or(appraisals::id.eq_any(appraised_by!($cx, me)))),
                None => query.filter(within),
            }
        }
    }};
}

/// Ids of the appraisals of which the caller reads what hangs on them, if they do not read all: a statement of its own, in which each way goes by its index. Of
/// the ways in one `OR` either database makes a walk through what hangs on every appraisal of the tenant.
macro_rules! ids_readable {
    ($cx:expr) => {{
        let reach = $cx.reach.clone();
        let of = || appraisals::table.filter(appraisals::tenant_id.eq($cx.tenant()));
        let me: Vec<Uid> = optional(reach.me).into_iter().collect();
        let covered = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
            .select(organisation_paths::descendant_id);
        let about = of().filter(appraisals::person_id.eq_any(uids(&reach.people))).select(appraisals::id);
        let within = of().filter(appraisals::organisation_id.eq_any(covered)).select(appraisals::id);
        let terms = appraisal_appraisers::table.filter(appraisal_appraisers::tenant_id.eq($cx.tenant())).filter(appraisal_appraisers::person_id.eq_any(me));
        let appraised = access::appraising!(terms, $cx.act.today()).select(appraisal_appraisers::appraisal_id);
        // none is sorted to be told from the others, so that each goes by its own index
        diesel::CombineDsl::union_all(diesel::CombineDsl::union_all(about, within), appraised)
    }};
}

pub(super) use {appraised_by, ids_readable};

/// Those of these appraisals that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Appraisal>> {
    let query = appraisals::table.filter(appraisals::tenant_id.eq(cx.tenant())).filter(appraisals::id.eq_any(ids.to_vec()));
    let rows: Vec<AppraisalRow> = readable!(query.select(AppraisalRow::as_select()).into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    whole(cx, rows).await
}

/// These appraisals, whoever asks.
pub(super) async fn of_ids(cx: &mut Cx<'_>, ids: Vec<Uid>) -> Result<Vec<Appraisal>> {
    let query = appraisals::table.filter(appraisals::tenant_id.eq(cx.tenant())).filter(appraisals::id.eq_any(ids));
    let rows: Vec<AppraisalRow> = query.select(AppraisalRow::as_select()).all(cx.conn()).await?;
    whole(cx, rows).await
}

/// Appraisals of a cycle that the caller may read, or that this person appraises among them; within these organisations.
pub(super) async fn page_of_cycle(cx: &mut Cx<'_>, of: &ListAppraisalProgress) -> Result<Page<Appraisal>> {
    let ListAppraisalProgress { cycle_id, organisation_id, appraiser_id, window } = *of;
    let query = appraisals::table.filter(appraisals::tenant_id.eq(cx.tenant())).filter(appraisals::cycle_id.eq(Uid::from(cycle_id)));
    let query = query.filter(appraisals::state.ne_all(GONE)).select(AppraisalRow::as_select()).into_boxed::<Dialect>();
    let mut query = readable!(page::windowed!(query, window, appraisals), cx);
    if let Some(at) = organisation_id {
        let beneath = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq(cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq(Uid::from(at)))
            .select(organisation_paths::descendant_id);
        query = query.filter(appraisals::organisation_id.eq_any(beneath));
    }
    if let Some(appraiser) = appraiser_id {
        query = query.filter(appraisals::id.eq_any(appraised_by!(cx, appraiser)));
    }
    let rows: Vec<AppraisalRow> = query.all(cx.conn()).await?;
    let page = Page::cut(rows, window.limit, |r| r.id.0);
    Ok(Page { items: whole(cx, page.items).await?, next: page.next })
}

/// Live appraisals of this person, those that they appraise today, and those where they say who appraises that nobody appraises, or whose report was
/// given.
pub(super) async fn in_hand(cx: &mut Cx<'_>, me: PersonId, assigns: &Reach) -> Result<Vec<Appraisal>> {
    let (tenant, today) = (cx.tenant(), cx.act.today());
    let live = || {
        appraisals::table
            .filter(appraisals::tenant_id.eq(tenant))
            .filter(appraisals::state.ne_all([AppraisalState::Transferred, AppraisalState::Abandoned, AppraisalState::Suspended].map(|s| s.as_str())))
            .select(AppraisalRow::as_select())
    };
    // each way apart, since each has an index of its own: of several at once SQLite reads the whole tenant
    let mut rows: Vec<AppraisalRow> = live().filter(appraisals::person_id.eq(Uid::from(me))).all(cx.conn()).await?;
    let appraised: Vec<AppraisalRow> = live().filter(appraisals::id.eq_any(appraised_by!(cx, me))).all(cx.conn()).await?;
    rows.extend(appraised);
    if !assigns.organisations.is_empty() {
        let covered = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq(tenant))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&assigns.organisations)))
            .select(organisation_paths::descendant_id);
        let terms =
            appraisal_appraisers::table.filter(appraisal_appraisers::tenant_id.eq(tenant)).filter(appraisal_appraisers::appraisal_id.eq(appraisals::id));
        let taken = access::appraising!(terms, today);
        let appealed = appraisals::appealed_on.is_not_null().and(appraisals::appeal_decided_on.is_null());
        let waiting = diesel::dsl::not(diesel::dsl::exists(taken)).or(appraisals::state.eq(AppraisalState::ReportIssued.as_str())).or(appealed);
        let theirs: Vec<AppraisalRow> = live().filter(appraisals::organisation_id.eq_any(covered)).filter(waiting).all(cx.conn()).await?;
        rows.extend(theirs);
    }
    rows.sort_unstable_by_key(|row| row.id);
    rows.dedup_by_key(|row| row.id);
    whole(cx, rows).await
}

impl Read<Here> for ListAppraisals {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<VisibleAppraisal>> {
        let query = appraisals::table.filter(appraisals::tenant_id.eq(cx.tenant())).select(AppraisalRow::as_select()).into_boxed::<Dialect>();
        let in_full = cx.reach.clone();
        cx.reach = with_heads(cx);
        let mut query = readable!(page::windowed!(query, self.window, appraisals), cx);
        cx.reach = in_full;
        if let Some(person) = self.person_id {
            query = query.filter(appraisals::person_id.eq(Uid::from(person)));
        }
        if let Some(employment) = self.employment_id {
            query = query.filter(appraisals::employment_id.eq(Uid::from(employment)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(appraisals::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(cycle) = self.cycle_id {
            query = query.filter(appraisals::cycle_id.eq(Uid::from(cycle)));
        }
        if let Some(appraiser) = self.appraiser_id {
            query = query.filter(appraisals::id.eq_any(appraised_by!(cx, appraiser)));
        }
        if let Some(state) = self.state {
            query = query.filter(appraisals::state.eq(state.as_str()));
        }
        let rows: Vec<AppraisalRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let items = whole(cx, page.items).await?;
        Ok(Page { items: shown(cx, items).await?, next: page.next })
    }
}

/// The caller's reach, with where they know of the heads of appraisals.
fn with_heads(cx: &Cx<'_>) -> Reach {
    let Reach { everywhere, mut organisations, people, employments, me } = cx.reach.clone();
    let assigns = rules::reach(&cx.caller, Permission::AssignAppraisals).unwrap_or_default();
    organisations.extend(assigns.organisations.into_iter().filter(|at| !cx.reach.organisations.contains(at)));
    Reach { everywhere: everywhere || assigns.everywhere, organisations, people, employments, me }
}

/// These, each as far as the caller reads it: the same as [`find`] says of one.
async fn shown(cx: &mut Cx<'_>, found: Vec<Appraisal>) -> Result<Vec<VisibleAppraisal>> {
    let (reads, today) = (cx.reach.clone(), cx.act.today());
    let all = reads.everywhere || reads == with_heads(cx);
    let covered: Vec<Uid> = match all || reads.organisations.is_empty() {
        true => Vec::new(),
        false => {
            let beneath = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq(cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&reads.organisations)))
                .select(organisation_paths::descendant_id);
            beneath.all(cx.conn()).await?
        }
    };
    let in_full = |a: &Appraisal| {
        let appraises = reads.me.is_some_and(|me| a.appraised_by(me, today));
        all || appraises || advised(&reads, a) || reads.people.contains(&a.person_id) || covered.contains(&a.organisation_id.into())
    };
    Ok(found.into_iter().map(|appraisal| VisibleAppraisal { in_full: in_full(&appraisal), appraisal }).collect())
}

/// The record for a write, with all that decides about it. Whoever knows of its head is told by [`Appraisal::can`] what they may do with it.
pub(super) async fn load_for_write(tx: &mut Tx<'_>, id: AppraisalId, expected: Option<i64>) -> Result<(Appraisal, Around)> {
    let before = find(tx, id).await?.appraisal;
    if !known(tx, &before).await? {
        // what changed since would tell of what they do not read: its history
        super::event::expect_bare(before.version, expected)?;
    }
    super::event::expect(tx, &before, expected).await?;
    let around = Around::of(tx, &before).await?;
    Ok((before, around))
}

impl Write<Here> for StepAppraisal {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        let (before, around) = load_for_write(tx, self.id, self.expected).await?;
        let after = before.step(self.action, around.party, around.facts(tx.act.today()))?;
        save(tx, self.action.event(), before, after).await
    }
}

impl Write<Here> for LeaveAppraisal {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        let (before, around) = load_for_write(tx, self.id, self.expected).await?;
        let after = before.leave(self.action, self.reason.clone(), around.party, around.facts(tx.act.today()))?;
        save(tx, self.action.event(), before, after).await
    }
}

impl Write<Here> for MoveDeadline {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        let (before, around) = load_for_write(tx, self.id, self.expected).await?;
        let after = before.move_deadline(self.kind, self.due_on, self.reason.clone(), around.party, around.facts(tx.act.today()))?;
        save(tx, A::MoveDeadline.event(), before, after).await
    }
}

impl Write<Here> for AssignAppraisers {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        let (before, around) = load_for_write(tx, self.id, self.expected).await?;
        before.can(A::AssignAppraisers, around.party, around.facts(tx.act.today()))?;
        let mut faults = Faults::default();
        for (i, person) in self.people.iter().enumerate() {
            match super::person::named(tx, *person, &format!("/appraiser_ids/{i}")).await {
                Err(StoreError::Rule(fault)) => drop(faults.check::<()>(Err(fault))),
                other => other?,
            }
        }
        faults.settle()?;
        // none of them becomes another of them meanwhile
        let mut all: Vec<Uid> = self.people.iter().chain([&before.person_id]).copied().map(Uid::from).collect();
        all.sort_unstable();
        all.dedup();
        access::guards(tx, &all).await?;
        let today = tx.act.today();
        let people = facts::candidates(tx, &before, &self.people, today).await?;
        let panel = Panel { people, adviser: self.external_adviser.clone() };
        appoint(&before, around.rules(), &panel, around.party, today)?;
        let changed = panel.adviser != before.external_adviser;
        let after = Appraisal {
            appraisers: hand_over(&before.appraisers, &self.people, tx.act.today()),
            adviser_consulted_on: before.adviser_consulted_on.filter(|_| !changed),
            external_adviser: panel.adviser,
            ..before.clone()
        };
        save(tx, A::AssignAppraisers.event(), before, after).await
    }
}

/// Appraisals that this person appraises from a day on, or still today if that day is over, as far as the caller may know of them. Completed ones too: as long as somebody
/// appraises, they read the report and the pay, and correct and recommend.
pub(super) async fn appraised_from(cx: &mut Cx<'_>, appraiser: PersonId, day: NaiveDate) -> Result<Vec<Appraisal>> {
    let day = day.max(cx.act.today());
    let theirs = appraisal_appraisers::table
        .filter(appraisal_appraisers::tenant_id.eq(cx.tenant()))
        .filter(appraisal_appraisers::person_id.eq(Uid::from(appraiser)))
        .filter(appraisal_appraisers::until_on.is_null().or(appraisal_appraisers::until_on.gt(day)))
        .select(appraisal_appraisers::appraisal_id);
    let mut rows: Vec<AppraisalRow> = appraisals::table
        .filter(appraisals::tenant_id.eq(cx.tenant()))
        .filter(appraisals::id.eq_any(theirs))
        .filter(appraisals::state.ne_all(GONE))
        .select(AppraisalRow::as_select())
        .all(cx.conn())
        .await?;
    rows.sort_unstable_by_key(|row| row.id);
    let assigns = rules::reach(&cx.caller, Permission::AssignAppraisals).unwrap_or_default();
    let mut out = Vec::new();
    for appraisal in whole(cx, rows).await? {
        if access::covers(cx, &assigns, Some(appraisal.organisation_id), None, None).await? || known(cx, &appraisal).await? {
            out.push(appraisal);
        }
    }
    Ok(out)
}

/// Does one of these two appraise the other, today or on a day to come?
pub(super) async fn one_of_the_other(cx: &mut Cx<'_>, one: PersonId, other: PersonId) -> Result<bool> {
    let both = [one, other].map(Uid::from);
    let theirs = appraisal_appraisers::table
        .filter(appraisal_appraisers::tenant_id.eq(cx.tenant()))
        .filter(appraisal_appraisers::person_id.eq_any(both))
        .filter(appraisal_appraisers::until_on.is_null().or(appraisal_appraisers::until_on.gt(cx.act.today())))
        .select(appraisal_appraisers::appraisal_id);
    let found: i64 = appraisals::table
        .filter(appraisals::tenant_id.eq(cx.tenant()))
        .filter(appraisals::person_id.eq_any(both))
        .filter(appraisals::id.eq_any(theirs))
        .filter(appraisals::state.ne_all(GONE))
        .count()
        .one(cx.conn())
        .await?;
    Ok(found > 0)
}

/// From a day on, today or later, somebody appraises in another's place, and the period goes on; who did what stays as it was. Nobody follows (and false is answered) where
/// nothing is left to be done: a completed appraisal of a cycle that is closed, or one that the successor could not appraise, is ended for the leaver alone, so that
/// past years' reports are opened to nobody.
pub(super) async fn succeed(tx: &mut Tx<'_>, before: Appraisal, leaver: PersonId, to: PersonId, day: NaiveDate) -> Result<bool> {
    let around = Around::of(tx, &before).await?;
    let today = tx.act.today();
    before.can(A::AssignAppraisers, around.party, around.facts(today))?;
    if leaver == to {
        return Ok(true);
    }
    let completed = before.state == AppraisalState::Completed;
    let followed = match completed && is_of_a_closed_cycle(tx, &before).await? {
        true => None,
        false => match following(tx, &before, &around, (leaver, to), day).await {
            Err(StoreError::Rule(_)) if completed => None,
            other => Some(other?),
        },
    };
    let follows = followed.is_some();
    let after = Appraisal { appraisers: followed.map_or_else(|| left(&before.appraisers, leaver, day, today), Ok)?, ..before.clone() };
    save(tx, A::AssignAppraisers.event(), before, after).await?;
    Ok(follows)
}

async fn is_of_a_closed_cycle(cx: &mut Cx<'_>, of: &Appraisal) -> Result<bool> {
    let state: String = cycles::table.find((cx.tenant(), Uid::from(of.cycle_id))).select(cycles::state).one(cx.conn()).await?;
    Ok([CycleState::Closed, CycleState::Archived].iter().any(|over| over.as_str() == state))
}

/// The terms once the successor follows: by the same rules as when appraisers are assigned, for all who appraise on each day that is judged.
async fn following(tx: &mut Tx<'_>, before: &Appraisal, around: &Around, (leaver, to): (PersonId, PersonId), day: NaiveDate) -> Result<Vec<AppraiserTerm>> {
    let Some(followed) = succession(&before.appraisers, (leaver, to), day, tx.act.today())? else { return Ok(before.appraisers.clone()) };
    // in the request there is one name to point at
    let at_the_successor = |e: RuleError| RuleError { faults: e.faults.into_iter().map(|f| Fault { pointer: "/to".into(), ..f }).collect(), ..e };
    for first in &followed.days {
        let people = facts::candidates(tx, before, &followed.on(*first), *first).await?;
        let panel = Panel { people, adviser: before.external_adviser.clone() };
        appoint(before, around.rules(), &panel, around.party, *first).map_err(at_the_successor)?;
    }
    Ok(followed.terms)
}

impl Write<Here> for SuspendAppraisal {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        let (before, around) = load_for_write(tx, self.id, self.expected).await?;
        access::guard(tx, before.employment_id).await?;
        let (now, today) = (micros(tx.act.now), tx.act.today());
        let holds = super::hold::of_employment(tx, before.employment_id).await?;
        // the same hold may stand already: then the appraisal rests under it
        let standing = holds.iter().find(|h| h.reason == self.reason && h.period.contains(today)).cloned();
        let new = Hold {
            id: tx.new_id(),
            employment_id: before.employment_id,
            person_id: before.person_id,
            organisation_id: before.organisation_id,
            reason: self.reason,
            period: Period { starts_on: today, ends_on: None },
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let under = standing.as_ref().map_or(new.id, |h| h.id);
        let after = before.suspend(under, around.party, around.facts(today))?;
        if standing.is_none() {
            hold::set(&new, tx.caller.person(), &holds)?;
            super::hold::put(tx, &new).await?;
        }
        save(tx, A::Suspend.event(), before, after).await
    }
}

impl Write<Here> for ResumeAppraisal {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisibleAppraisal>> {
        let (before, around) = load_for_write(tx, self.id, self.expected).await?;
        access::guard(tx, before.employment_id).await?;
        let after = before.resume(self.ends_on, around.party, around.facts(tx.act.today()))?;
        let clash: i64 = appraisals::table
            .filter(appraisals::tenant_id.eq(tx.tenant()))
            .filter(appraisals::employment_id.eq(Uid::from(after.employment_id)))
            .filter(appraisals::id.ne(Uid::from(after.id)))
            .filter(appraisals::state.ne_all(GONE))
            .filter(appraisals::starts_on.le(after.ends_on))
            .filter(appraisals::ends_on.ge(after.starts_on))
            .count()
            .one(tx.conn())
            .await?;
        if clash > 0 {
            return Err(RuleError::at(Code::OverlappingAppraisal, "/ends_on", "another appraisal of this employment covers some of the days").into());
        }
        if let Some(hold) = before.hold_id {
            super::hold::lift(tx, hold).await?;
        }
        save(tx, A::Resume.event(), before, after).await
    }
}

impl Read<Here> for AppraisalHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        load(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: AppraisalId, doing: &Doing) -> Result<Can> {
    let record = match doing {
        Doing::Read | Doing::Act(_) => find(cx, id).await?,
        Doing::ReadHistory => VisibleAppraisal { appraisal: load(cx, id).await?, in_full: true },
    };
    Ok(seen(cx, record).await?.can)
}
