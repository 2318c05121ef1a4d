//! Objectives: load, ask the domain, save with the version, leave the event.

mod authorship;
mod bulk;
mod carrying;
pub(super) mod note;
mod parts;
mod revision;
mod row;

pub(super) use parts::whole;
pub(super) use revision::{give_revisions, give_revisions_back};
pub(super) use row::ObjectiveRow;

use parts::{put_children, put_parts};
use row::stored;

use super::prelude::*;
use crate::{
    event::History,
    objective::{CreateObjective, GetObjective, ListObjectives, ObjectiveHistory, SetObjectiveWithDissent, StepObjective, UpdateObjective},
};
use chrono::NaiveDate;
use std::collections::HashSet;
use trellis_domain::{
    access::{self as rules, Permission, Reach, Standing},
    cycle::{Cycle, CycleState},
    employment::StaffCategory,
    event::EventKind,
    id::{CriterionId, EmploymentId, ObjectiveId, PersonId},
    inquiry::{self, InquiryAction},
    objective::{Inquiry, Objective, ObjectiveAction, ObjectiveKind, ObjectiveOrigin, ObjectiveState, Party, Words, WordsPatch},
    rule::{Code, Kind, RuleError},
    text::Title,
    time::micros,
};

async fn row_of(cx: &mut Cx<'_>, id: ObjectiveId) -> Result<ObjectiveRow> {
    Ok(objectives::table.find((cx.tenant(), Uid::from(id))).select(ObjectiveRow::as_select()).one(cx.conn()).await?)
}

/// Objectives in the appraisals of headteachers.
macro_rules! of_headteachers {
    ($cx:expr) => {
        diesel::dsl::exists(
            appraisals::table
                .filter(appraisals::tenant_id.eq($cx.tenant()))
                .filter(appraisals::employment_id.eq(objectives::employment_id))
                .filter(appraisals::cycle_id.nullable().eq(objectives::cycle_id))
                .filter(appraisals::staff_category.eq(StaffCategory::Headteacher.as_str())),
        )
    };
}

/// Does this reach cover it? Who advises a headteacher reads what stands in their appraisals as one: what they set themselves beside it is theirs.
async fn covered(cx: &mut Cx<'_>, reach: &Reach, row: &ObjectiveRow) -> Result<bool> {
    let advised = reach.employments.contains(&row.employment_id.to()) && {
        let this = objectives::table.find((cx.tenant(), row.id));
        this.filter(of_headteachers!(cx)).count().one::<i64>(cx.conn()).await? > 0
    };
    let (owner, employment, private_to) = (Some(row.person_id.to()), advised.then(|| row.employment_id.to()), row.private_to.map(Uid::to));
    access::stands_within(cx, reach, Some(row.organisation_id.to()), Standing { owner, employment, private_to, ..Standing::default() }).await
}

/// What this reach opens to whoever advises a headteacher: the objectives in their appraisals as one. Drafts are their author's alone.
pub(super) async fn advised(cx: &mut Cx<'_>, reach: &Reach) -> Result<Vec<Uid>> {
    if reach.employments.is_empty() {
        return Ok(Vec::new());
    }
    let query = objectives::table
        .filter(objectives::tenant_id.eq(cx.tenant()))
        .filter(objectives::employment_id.eq_any(uids(&reach.employments)))
        .filter(objectives::private_to.is_null())
        .filter(of_headteachers!(cx));
    Ok(query.select(objectives::id).all(cx.conn()).await?)
}

/// The row, if this caller may know of it.
pub(super) async fn visible_row(cx: &mut Cx<'_>, id: ObjectiveId) -> Result<ObjectiveRow> {
    let (row, reach) = (row_of(cx, id).await?, cx.reach.clone());
    if covered(cx, &reach, &row).await? { Ok(row) } else { Err(StoreError::Missing) }
}

/// The record for a write: whoever may read it but not write in it is refused by the domain, with the reason.
pub(super) async fn load_for_write(cx: &mut Cx<'_>, id: ObjectiveId) -> Result<Objective> {
    let row = row_of(cx, id).await?;
    let reads = rules::reach(&cx.caller, Permission::ReadObjectives).unwrap_or_default();
    if !covered(cx, &reads, &row).await? {
        return Err(StoreError::Missing);
    }
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

/// Who asks to write in it: not somebody who advises its owner, whatever they once wrote there.
fn writer(cx: &Cx<'_>, objective: &Objective) -> Option<PersonId> {
    cx.caller.person().filter(|_| cx.caller.appraises(objective.person_id) || !cx.caller.advises(objective.employment_id))
}

pub(super) fn party(cx: &Cx<'_>, objective: &Objective) -> Party {
    Party { person: writer(cx, objective), appraiser: cx.caller.appraises(objective.person_id) }
}

pub(super) async fn seen(cx: &mut Cx<'_>, record: Objective) -> Result<Seen<Objective>> {
    let by = party(cx, &record);
    let known = super::inquiry::known(cx, &record).await?;
    let late = too_late(cx, &record).await?;
    let in_time = |action: ObjectiveAction| if action == ObjectiveAction::Propose { late.clone() } else { None };
    let own = ObjectiveAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by).err().or_else(|| in_time(*action))));
    let of_inquiry = InquiryAction::ALL.iter().map(|action| (action.as_str(), inquiry::can(&record, known, *action, by.person).err()));
    let can = own.chain(of_inquiry).collect();
    Ok(Seen { record, can })
}

/// Why a draft is no longer put to the other party: its cycle was closed over it.
async fn too_late(cx: &mut Cx<'_>, draft: &Objective) -> Result<Option<RuleError>> {
    let (ObjectiveState::Draft, Some(cycle)) = (draft.state, draft.cycle_id) else { return Ok(None) };
    let cycle = super::cycle::load(cx, cycle).await?;
    Ok(cycle.takes_proposals().err())
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: Objective, after: Objective) -> Result<Seen<Objective>> {
    let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
    let key = objectives::table.find((tx.tenant(), Uid::from(after.id))).filter(objectives::version.eq(before.version));
    if diesel::update(key).set(ObjectiveRow::new(tx.tenant(), &after)).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    put_children(tx, Some(&before.words), &after).await?;
    authorship::keep(tx, Some(&before), &after).await?;
    // when a draft becomes everybody's, its event carries all of it: those before are its author's alone
    let since = if before.about().private_to.is_some() && after.about().private_to.is_none() { None } else { Some(&before) };
    tx.event(kind, since, &after, after.about());
    seen(tx, after).await
}

/// Leaves an event of something that happened to an objective beside its words, and gives it its next version.
pub(super) async fn noted(tx: &mut Tx<'_>, kind: EventKind, before: &Objective, changes: trellis_domain::event::Changes) -> Result<Objective> {
    let after = Objective { version: before.version + 1, updated_at: micros(tx.act.now), ..before.clone() };
    let key = objectives::table.find((tx.tenant(), Uid::from(after.id))).filter(objectives::version.eq(before.version));
    if diesel::update(key).set(ObjectiveRow::new(tx.tenant(), &after)).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    tx.happened(kind, after.id.0, after.version, changes, after.about());
    Ok(after)
}

/// The first words of an objective.
fn first_words(cx: &Cx<'_>, kind: ObjectiveKind, title: Title, inquiry: Option<Inquiry>, words: WordsPatch) -> std::result::Result<Words, RuleError> {
    let blank = Words {
        kind,
        title,
        description: None,
        inquiry,
        evidence_plan: None,
        support_needed: None,
        learning_needed: None,
        due_on: None,
        success_criteria: Vec::new(),
        standard_ids: Vec::new(),
        priority_ids: Vec::new(),
    };
    blank.patched(words, &mut || cx.new_id::<CriterionId>())
}

/// What is wrong with the day by which it is due, if it is of a cycle: one whose appraisal in it goes on for longer has until then.
async fn ill_timed(cx: &mut Cx<'_>, cycle: &Cycle, of: EmploymentId, due_on: Option<NaiveDate>) -> Result<Option<RuleError>> {
    if cycle.has_due(due_on, None).is_ok() {
        return Ok(None);
    }
    let longer = super::appraisal::last_day(cx, of, cycle.id).await?;
    Ok(cycle.has_due(due_on, longer).err())
}

/// The same of a change; a day that stays is nobody's fault now.
async fn moved_out(cx: &mut Cx<'_>, before: &Objective, patch: &WordsPatch) -> Result<Option<RuleError>> {
    let (Some(cycle), Some(due_on)) = (before.cycle_id, patch.due_on.filter(|day| *day != before.words.due_on)) else { return Ok(None) };
    let cycle = super::cycle::load(cx, cycle).await?;
    ill_timed(cx, &cycle, before.employment_id, due_on).await
}

/// What was made of what was sent, unless it or its day is at fault: both are named. That it may not be done at all is said alone.
fn in_time<T>(made: std::result::Result<T, RuleError>, day: Option<RuleError>) -> std::result::Result<T, RuleError> {
    match (made, day) {
        (made, None) => made,
        (Ok(_), Some(day)) => Err(day),
        (Err(rule), Some(day)) => Err(if rule.code.kind() == Kind::Invalid { rule.and(day) } else { rule }),
    }
}

impl Write<Here> for CreateObjective {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Objective>> {
        let author = tx.person()?;
        let Self { employment_id, cycle_id, kind, title, inquiry, words } = self.clone();
        let unknown = || RuleError::at(Code::UnknownReference, "/employment_id", "no such employment of yours, or of somebody you appraise");
        let employment = match super::employment::load(tx, employment_id).await {
            Err(StoreError::Missing) => return Err(unknown().into()),
            other => other?,
        };
        let own = employment.person_id == author;
        if !own && !tx.caller.appraises(employment.person_id) {
            return Err(unknown().into());
        }
        if !employment.period.contains(tx.act.today()) {
            return Err(RuleError::at(Code::OutsideEmployment, "/employment_id", "this employment is not current").into());
        }
        let due_on = words.due_on.flatten();
        let day = match cycle_id {
            Some(cycle_id) => {
                let cycle = within_cycle(tx, cycle_id, employment.organisation_id).await?;
                ill_timed(tx, &cycle, employment_id, due_on).await?
            }
            None => None,
        };
        let words = in_time(first_words(tx, kind, title, inquiry, words), day)?;
        let now = micros(tx.act.now);
        let objective = Objective {
            id: tx.new_id(),
            employment_id,
            person_id: employment.person_id,
            organisation_id: employment.organisation_id,
            cycle_id,
            carried_over_from: None,
            carried_over_to: None,
            origin: if own { ObjectiveOrigin::Own } else { ObjectiveOrigin::Appraiser },
            author_id: author,
            state: ObjectiveState::Draft,
            words,
            proposed_by: None,
            agreed_by: None,
            agreed_at: None,
            dissent: None,
            last_reason: None,
            revision: 1,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(objectives::table).values(ObjectiveRow::new(tx.tenant(), &objective)).done(tx.conn()).await?;
        put_children(tx, None, &objective).await?;
        authorship::keep(tx, None, &objective).await?;
        tx.event(EventKind::ObjectiveCreated, None, &objective, objective.about());
        seen(tx, objective).await
    }
}

/// Objectives are set in a cycle that covers the school, while it takes them.
async fn within_cycle(tx: &mut Tx<'_>, id: trellis_domain::id::CycleId, school: trellis_domain::id::OrganisationId) -> Result<Cycle> {
    let cycle = cycle_of(tx, id, school).await?;
    cycle.takes_objectives()?;
    Ok(cycle)
}

/// The cycle, if it covers the school and was announced.
async fn cycle_of(cx: &mut Cx<'_>, id: trellis_domain::id::CycleId, school: trellis_domain::id::OrganisationId) -> Result<Cycle> {
    let unknown = || RuleError::at(Code::UnknownReference, "/cycle_id", "no such cycle of this school");
    let cycle = match super::cycle::load(cx, id).await {
        Err(StoreError::Missing) => return Err(unknown().into()),
        other => other?,
    };
    let covered = access::path_of(cx, school).await?.contains(&cycle.organisation_id);
    if !covered || cycle.state == CycleState::Draft {
        return Err(unknown().into());
    }
    Ok(cycle)
}

impl Read<Here> for GetObjective {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Objective>>> {
        loop {
            let row = visible_row(cx, self.id).await?;
            let version = row.version;
            if self.unless == Some(version) {
                return Ok(Fetched::Unchanged(version));
            }
            let record = whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
            if page::unmoved!(cx, objectives, self.id, version) {
                return Ok(Fetched::Found(seen(cx, record).await?));
            }
        }
    }
}

/// These objectives, whoever asks.
pub(super) async fn of_ids(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Objective>> {
    let query = objectives::table.filter(objectives::tenant_id.eq(cx.tenant())).filter(objectives::id.eq_any(ids.to_vec()));
    let rows: Vec<ObjectiveRow> = query.select(ObjectiveRow::as_select()).all(cx.conn()).await?;
    whole(cx, rows).await
}

/// Keeps objectives to those that [`covered`] says the caller may know of.
macro_rules! readable {
    ($query:expr, $cx:expr) => {{
        let reach = &$cx.reach;
        if reach.everywhere || reach.employments.is_empty() {
            page::within_reach!($query, $cx, objectives)
        } else {
            let beneath = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq($cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
                .select(organisation_paths::descendant_id);
            let advised = objectives::employment_id.eq_any(uids(&reach.employments)).and(of_headteachers!($cx));
            $query.filter(objectives::person_id.eq_any(uids(&reach.people)).or(objectives::organisation_id.eq_any(beneath)).or(advised))
        }
    }};
}

/// Those of these objectives that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Objective>> {
    let query = objectives::table.filter(objectives::tenant_id.eq(cx.tenant())).filter(objectives::id.eq_any(ids.to_vec()));
    let query = query.select(ObjectiveRow::as_select()).into_boxed::<Dialect>();
    let query = page::without_private!(readable!(query, cx), cx, objectives);
    let rows: Vec<ObjectiveRow> = query.all(cx.conn()).await?;
    whole(cx, rows).await
}

/// Objectives of an employment, as far as the caller may read them.
pub(super) async fn of_employment(cx: &mut Cx<'_>, employment: trellis_domain::id::EmploymentId) -> Result<Vec<Objective>> {
    let query = objectives::table.filter(objectives::tenant_id.eq(cx.tenant())).filter(objectives::employment_id.eq(Uid::from(employment)));
    let query = query.filter(objectives::state.ne_all(["draft", "reviewed", "closed", "withdrawn"])).order(objectives::id).limit(100);
    let query = query.select(ObjectiveRow::as_select()).into_boxed::<Dialect>();
    let query = page::without_private!(readable!(query, cx), cx, objectives);
    let rows: Vec<ObjectiveRow> = query.all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for ListObjectives {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Objective>> {
        let query = objectives::table.filter(objectives::tenant_id.eq(cx.tenant())).select(ObjectiveRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::without_private!(readable!(page::windowed!(query, self.window, objectives), cx), cx, objectives);
        if let Some(person) = self.person_id {
            query = query.filter(objectives::person_id.eq(Uid::from(person)));
        }
        if let Some(employment) = self.employment_id {
            query = query.filter(objectives::employment_id.eq(Uid::from(employment)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(objectives::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(cycle) = self.cycle_id {
            query = query.filter(objectives::cycle_id.eq(Uid::from(cycle)));
        }
        if let Some(priority) = self.priority_id {
            let linked = objective_priorities::table
                .filter(objective_priorities::tenant_id.eq(cx.tenant()))
                .filter(objective_priorities::priority_id.eq(Uid::from(priority)))
                .select(objective_priorities::objective_id);
            query = query.filter(objectives::id.eq_any(linked));
        }
        if let Some(state) = self.state {
            query = query.filter(objectives::state.eq(stored(state)));
            let goes_on = objectives::id.eq_any(carrying::ended!(cx));
            query = match state {
                ObjectiveState::CarriedOver => query.filter(goes_on),
                ObjectiveState::Closed => query.filter(diesel::dsl::not(goes_on)),
                _ => query,
            };
        }
        if let Some(kind) = self.kind {
            query = query.filter(objectives::kind.eq(kind.as_str()));
        }
        let rows: Vec<ObjectiveRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: whole(cx, page.items).await?, next: page.next })
    }
}

impl Write<Here> for UpdateObjective {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Objective>> {
        let before = load_for_write(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let day = moved_out(tx, &before, &self.patch).await?;
        let after = in_time(before.reworded(self.patch.clone(), party(tx, &before), &mut || tx.new_id()), day)?;
        save(tx, EventKind::ObjectiveUpdated, before, after).await
    }
}

impl Write<Here> for StepObjective {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Objective>> {
        let before = load_for_write(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.step(self.action, party(tx, &before), self.reason.clone(), micros(tx.act.now))?;
        if self.action == ObjectiveAction::Propose
            && let Some(late) = too_late(tx, &before).await?
        {
            return Err(late.into());
        }
        save(tx, self.action.event(), before, after).await
    }
}

impl Write<Here> for SetObjectiveWithDissent {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Objective>> {
        let before = load_for_write(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.set_with_dissent(party(tx, &before), self.dissent.clone(), micros(tx.act.now))?;
        save(tx, EventKind::ObjectiveSetWithDissent, before, after).await
    }
}

impl Read<Here> for ObjectiveHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        visible_row(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// Those of these objectives that are somebody else's private drafts: to the caller they are not there.
pub(super) async fn drafts_of_others(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<HashSet<Uid>> {
    let ids = ids.to_vec();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let me = cx.caller.person().map(Uid::from);
    let drafts = objectives::table
        .filter(objectives::tenant_id.eq(cx.tenant()))
        .filter(objectives::private_to.is_not_null())
        .select((objectives::id, objectives::private_to));
    let drafts: Vec<(Uid, Option<Uid>)> = page::of_these!(cx, drafts, objectives::id, &ids);
    Ok(drafts.into_iter().filter(|(_, to)| *to != me).map(|(id, _)| id).collect())
}

/// Objectives that a learning record can be linked to: its owner's own, as far as they may see them.
pub(super) async fn own(cx: &mut Cx<'_>, owner: trellis_domain::id::PersonId, ids: &[ObjectiveId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let query = objectives::table
        .filter(objectives::tenant_id.eq(cx.tenant()))
        .filter(objectives::person_id.eq(Uid::from(owner)))
        .filter(objectives::id.eq_any(uids(ids)))
        .filter(objectives::private_to.is_null().or(objectives::private_to.eq(Uid::from(owner))))
        .select(objectives::id);
    let found: Vec<Uid> = query.all(cx.conn()).await?;
    let mut faults = trellis_domain::rule::Faults::default();
    for (i, id) in ids.iter().enumerate() {
        if !found.contains(&Uid::from(*id)) {
            faults.check::<()>(Err(RuleError::at(Code::UnknownReference, &format!("/objective_ids/{i}"), "no such objective of yours")));
        }
    }
    Ok(faults.settle()?)
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: ObjectiveId, doing: &Doing) -> Result<Can> {
    match doing {
        Doing::Read | Doing::ReadHistory => visible_row(cx, id).await.map(|_| Can::new()),
        Doing::Act(_) => {
            let record = load_for_write(cx, id).await?;
            Ok(seen(cx, record).await?.can)
        }
    }
}
