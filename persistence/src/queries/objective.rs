//! Objectives: load, ask the domain, save with the version, leave the event.

mod authorship;
mod bulk;
mod carrying;
pub(super) mod note;

use super::prelude::*;
use crate::{
    event::History,
    objective::{
        CreateObjective, GetObjective, ListObjectives, ListRevisions, ObjectiveHistory, ReviseObjective, Revision, SetObjectiveWithDissent, StepObjective,
        UpdateObjective,
    },
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    event::EventKind,
    id::{CriterionId, ObjectiveId, PersonId, PriorityId, StandardId},
    inquiry::{self, InquiryAction},
    objective::{Criterion, Inquiry, Objective, ObjectiveAction, ObjectiveKind, ObjectiveOrigin, ObjectiveState, Party, Words, WordsPatch},
    rule::{Code, RuleError},
    text::{Narrative, Reason, Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = objectives, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct ObjectiveRow {
    tenant_id: Uid,
    id: Uid,
    employment_id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    cycle_id: Option<Uid>,
    origin: String,
    author_id: Uid,
    private_to: Option<Uid>,
    state: String,
    kind: String,
    title: String,
    description: Option<String>,
    inquiry_question: Option<String>,
    inquiry_current_practice: Option<String>,
    inquiry_change_tried: Option<String>,
    inquiry_evidence: Option<String>,
    inquiry_finding: Option<String>,
    evidence_plan: Option<String>,
    support_needed: Option<String>,
    learning_needed: Option<String>,
    due_on: Option<NaiveDate>,
    proposed_by: Option<Uid>,
    agreed_by: Option<Uid>,
    agreed_at: Option<Moment>,
    dissent: Option<String>,
    last_reason: Option<String>,
    revision: i32,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

/// How a state is stored. What is carried over is closed here, and has a successor: whatever asks for what is still open is right without
/// knowing more.
fn stored(state: ObjectiveState) -> &'static str {
    match state {
        ObjectiveState::CarriedOver => ObjectiveState::Closed.as_str(),
        state => state.as_str(),
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = success_criteria, check_for_backend(Sqlite, Pg))]
struct CriterionRow {
    tenant_id: Uid,
    objective_id: Uid,
    id: Uid,
    position: i32,
    text: String,
}

fn prose(text: Option<String>) -> Result<Option<Narrative>> {
    text.map(|t| Narrative::parse(&t)).transpose().map_err(corrupt)
}
fn column(text: Option<&Narrative>) -> Option<String> {
    text.map(|t| t.as_str().to_owned())
}

impl ObjectiveRow {
    fn new(tenant_id: Uid, objective: &Objective) -> Self {
        let private_to = optional(objective.about().private_to);
        let Objective {
            id,
            employment_id,
            person_id,
            organisation_id,
            cycle_id,
            carried_over_from: _,
            carried_over_to: _,
            origin,
            author_id,
            state,
            words,
            proposed_by,
            agreed_by,
            agreed_at,
            dissent,
            last_reason,
            revision,
            version,
            created_at,
            updated_at,
        } = objective;
        let Words {
            kind,
            title,
            description,
            inquiry,
            evidence_plan,
            support_needed,
            learning_needed,
            due_on,
            success_criteria: _,
            standard_ids: _,
            priority_ids: _,
        } = words;
        let inquiry = inquiry.as_ref();
        let origin = if *origin == ObjectiveOrigin::Bulk { ObjectiveOrigin::Appraiser } else { *origin };
        Self {
            tenant_id,
            id: (*id).into(),
            employment_id: (*employment_id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            cycle_id: optional(*cycle_id),
            origin: origin.as_str().into(),
            author_id: (*author_id).into(),
            private_to,
            state: stored(*state).into(),
            kind: kind.as_str().into(),
            title: title.as_str().into(),
            description: column(description.as_ref()),
            inquiry_question: column(inquiry.map(|i| &i.question)),
            inquiry_current_practice: column(inquiry.and_then(|i| i.current_practice.as_ref())),
            inquiry_change_tried: column(inquiry.and_then(|i| i.change_tried.as_ref())),
            inquiry_evidence: column(inquiry.and_then(|i| i.evidence.as_ref())),
            inquiry_finding: column(inquiry.and_then(|i| i.finding.as_ref())),
            evidence_plan: column(evidence_plan.as_ref()),
            support_needed: column(support_needed.as_ref()),
            learning_needed: column(learning_needed.as_ref()),
            due_on: *due_on,
            proposed_by: optional(*proposed_by),
            agreed_by: optional(*agreed_by),
            agreed_at: agreed_at.map(Moment::from),
            dissent: column(dissent.as_ref()),
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            revision: *revision,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn objective(self, parts: Parts) -> Result<Objective> {
        let Parts { success_criteria, standard_ids, priority_ids, carried_over_from, carried_over_to, in_bulk } = parts;
        let Self {
            tenant_id: _,
            id,
            employment_id,
            person_id,
            organisation_id,
            cycle_id,
            origin,
            author_id,
            private_to: _,
            state,
            kind,
            title,
            description,
            inquiry_question,
            inquiry_current_practice,
            inquiry_change_tried,
            inquiry_evidence,
            inquiry_finding,
            evidence_plan,
            support_needed,
            learning_needed,
            due_on,
            proposed_by,
            agreed_by,
            agreed_at,
            dissent,
            last_reason,
            revision,
            version,
            created_at,
            updated_at,
        } = self;
        let inquiry = match prose(inquiry_question)? {
            None => None,
            Some(question) => Some(Inquiry {
                question,
                current_practice: prose(inquiry_current_practice)?,
                change_tried: prose(inquiry_change_tried)?,
                evidence: prose(inquiry_evidence)?,
                finding: prose(inquiry_finding)?,
            }),
        };
        Ok(Objective {
            id: id.to(),
            employment_id: employment_id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            cycle_id: cycle_id.map(Uid::to),
            carried_over_from,
            carried_over_to,
            origin: if in_bulk { ObjectiveOrigin::Bulk } else { ObjectiveOrigin::parse(&origin).map_err(corrupt)? },
            author_id: author_id.to(),
            state: if carried_over_to.is_some() { ObjectiveState::CarriedOver } else { ObjectiveState::parse(&state).map_err(corrupt)? },
            words: Words {
                kind: ObjectiveKind::parse(&kind).map_err(corrupt)?,
                title: Title::parse(&title).map_err(corrupt)?,
                description: prose(description)?,
                inquiry,
                evidence_plan: prose(evidence_plan)?,
                support_needed: prose(support_needed)?,
                learning_needed: prose(learning_needed)?,
                due_on,
                success_criteria,
                standard_ids,
                priority_ids,
            },
            proposed_by: proposed_by.map(Uid::to),
            agreed_by: agreed_by.map(Uid::to),
            agreed_at: agreed_at.map(|at| at.0),
            dissent: prose(dissent)?,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            revision,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// What of an objective stands in other tables.
#[derive(Default)]
struct Parts {
    success_criteria: Vec<Criterion>,
    standard_ids: Vec<StandardId>,
    priority_ids: Vec<PriorityId>,
    carried_over_from: Option<ObjectiveId>,
    carried_over_to: Option<ObjectiveId>,
    in_bulk: bool,
}

/// Whole records of rows: with criteria, standards, priorities and where they come from and go, in five statements whatever their number.
pub(super) async fn whole(cx: &mut Cx<'_>, rows: Vec<ObjectiveRow>) -> Result<Vec<Objective>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let criteria = success_criteria::table
        .filter(success_criteria::tenant_id.eq(cx.tenant()))
        .order((success_criteria::objective_id, success_criteria::position))
        .select(CriterionRow::as_select());
    let criteria: Vec<CriterionRow> = page::of_these!(cx, criteria, success_criteria::objective_id, &ids);
    let standards = objective_standards::table
        .filter(objective_standards::tenant_id.eq(cx.tenant()))
        .order((objective_standards::objective_id, objective_standards::position))
        .select((objective_standards::objective_id, objective_standards::standard_id));
    let standards: Vec<(Uid, Uid)> = page::of_these!(cx, standards, objective_standards::objective_id, &ids);
    let mut parts: HashMap<Uid, Parts> = HashMap::new();
    for (objective, priorities) in super::priority_link::of_objectives(cx, &ids).await? {
        parts.entry(objective).or_default().priority_ids = priorities;
    }
    for CriterionRow { tenant_id: _, objective_id, id, position: _, text } in criteria {
        let text = Reason::parse(&text).map_err(corrupt)?;
        parts.entry(objective_id).or_default().success_criteria.push(Criterion { id: id.to(), text });
    }
    for (objective, standard) in standards {
        parts.entry(objective).or_default().standard_ids.push(standard.to());
    }
    for objective in bulk::among(cx, &ids).await? {
        parts.entry(objective).or_default().in_bulk = true;
    }
    for (from, to) in carrying::around(cx, &ids).await? {
        parts.entry(from).or_default().carried_over_to = Some(to.to());
        parts.entry(to).or_default().carried_over_from = Some(from.to());
    }
    rows.into_iter()
        .map(|row| {
            let parts = parts.remove(&row.id).unwrap_or_default();
            row.objective(parts)
        })
        .collect()
}

async fn row_of(cx: &mut Cx<'_>, id: ObjectiveId) -> Result<ObjectiveRow> {
    Ok(objectives::table.find((cx.tenant(), Uid::from(id))).select(ObjectiveRow::as_select()).one(cx.conn()).await?)
}

/// The row, if this caller may know of it.
pub(super) async fn visible_row(cx: &mut Cx<'_>, id: ObjectiveId) -> Result<ObjectiveRow> {
    let row = row_of(cx, id).await?;
    access::within(cx, Some(row.organisation_id.to()), Some(row.person_id.to()), row.private_to.map(Uid::to)).await?;
    Ok(row)
}

/// The record for a write: whoever may read it but not write in it is refused by the domain, with the reason.
pub(super) async fn load_for_write(cx: &mut Cx<'_>, id: ObjectiveId) -> Result<Objective> {
    let row = row_of(cx, id).await?;
    let reads = rules::reach(&cx.caller, Permission::ReadObjectives).unwrap_or_default();
    if !access::covers(cx, &reads, Some(row.organisation_id.to()), Some(row.person_id.to()), row.private_to.map(Uid::to)).await? {
        return Err(StoreError::Missing);
    }
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

pub(super) fn party(cx: &Cx<'_>, objective: &Objective) -> Party {
    Party { person: cx.caller.person(), appraiser: cx.caller.appraises(objective.person_id) }
}

pub(super) async fn seen(cx: &mut Cx<'_>, record: Objective) -> Result<Seen<Objective>> {
    let by = party(cx, &record);
    let known = super::inquiry::known(cx, &record).await?;
    let own = ObjectiveAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by).err()));
    let of_inquiry = InquiryAction::ALL.iter().map(|action| (action.as_str(), inquiry::can(&record, known, *action, by.person).err()));
    let can = own.chain(of_inquiry).collect();
    Ok(Seen { record, can })
}

/// Stores the parts of new objectives, without asking what they may be linked to.
async fn put_parts(tx: &mut Tx<'_>, new: &[Objective]) -> Result<()> {
    let tenant = tx.tenant();
    let (mut criteria, mut standards, mut priorities) = (Vec::new(), Vec::new(), Vec::new());
    for objective in new {
        let (id, words) = (Uid::from(objective.id), &objective.words);
        criteria.extend(words.success_criteria.iter().zip(0..).map(|(c, position)| CriterionRow {
            tenant_id: tenant,
            objective_id: id,
            id: c.id.into(),
            position,
            text: c.text.as_str().into(),
        }));
        standards.extend(words.standard_ids.iter().zip(0..).map(|(standard, position)| (id, Uid::from(*standard), position)));
        priorities.extend(words.priority_ids.iter().zip(0..).map(|(priority, position)| (id, Uid::from(*priority), position)));
    }
    let mut criteria = criteria.into_iter().peekable();
    while criteria.peek().is_some() {
        let part: Vec<CriterionRow> = criteria.by_ref().take(500).collect();
        diesel::insert_into(success_criteria::table).values(part).done(tx.conn()).await?;
    }
    macro_rules! links {
        ($table:ident, $column:ident, $links:expr) => {
            for part in $links.chunks(500) {
                let row = |(id, linked, position): &(Uid, Uid, i32)| {
                    ($table::tenant_id.eq(tenant), $table::objective_id.eq(*id), $table::$column.eq(*linked), $table::position.eq(*position))
                };
                let rows: Vec<_> = part.iter().map(row).collect();
                diesel::insert_into($table::table).values(rows).done(tx.conn()).await?;
            }
        };
    }
    links!(objective_standards, standard_id, standards);
    links!(objective_priorities, priority_id, priorities);
    bulk::note(tx, new).await
}

async fn put_children(tx: &mut Tx<'_>, before: Option<&Words>, objective: &Objective) -> Result<()> {
    let (tenant, id) = (tx.tenant(), Uid::from(objective.id));
    let words = &objective.words;
    if before.is_none_or(|b| b.success_criteria != words.success_criteria) {
        if before.is_some() {
            diesel::delete(success_criteria::table.filter(success_criteria::tenant_id.eq(tenant)).filter(success_criteria::objective_id.eq(id)))
                .done(tx.conn())
                .await?;
        }
        let rows: Vec<CriterionRow> = words
            .success_criteria
            .iter()
            .zip(0..)
            .map(|(c, position)| CriterionRow { tenant_id: tenant, objective_id: id, id: c.id.into(), position, text: c.text.as_str().into() })
            .collect();
        if !rows.is_empty() {
            diesel::insert_into(success_criteria::table).values(rows).done(tx.conn()).await?;
        }
    }
    if before.is_none_or(|b| b.standard_ids != words.standard_ids) {
        super::framework::linkable(tx, &words.standard_ids).await?;
        if before.is_some() {
            diesel::delete(objective_standards::table.filter(objective_standards::tenant_id.eq(tenant)).filter(objective_standards::objective_id.eq(id)))
                .done(tx.conn())
                .await?;
        }
        let rows: Vec<_> = words
            .standard_ids
            .iter()
            .zip(0..)
            .map(|(standard, position)| {
                (
                    objective_standards::tenant_id.eq(tenant),
                    objective_standards::objective_id.eq(id),
                    objective_standards::standard_id.eq(Uid::from(*standard)),
                    objective_standards::position.eq(position),
                )
            })
            .collect();
        if !rows.is_empty() {
            diesel::insert_into(objective_standards::table).values(rows).done(tx.conn()).await?;
        }
    }
    super::priority_link::put_objective(tx, id, objective.organisation_id, before.map(|b| b.priority_ids.as_slice()), &words.priority_ids).await
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
fn first_words(cx: &Cx<'_>, kind: ObjectiveKind, title: Title, inquiry: Option<Inquiry>, words: WordsPatch) -> Result<Words> {
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
    Ok(blank.patched(words, &mut || cx.new_id::<CriterionId>())?)
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
        if let Some(cycle_id) = cycle_id {
            within_cycle(tx, cycle_id, employment.organisation_id).await?;
        }
        let words = first_words(tx, kind, title, inquiry, words)?;
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
async fn within_cycle(tx: &mut Tx<'_>, id: trellis_domain::id::CycleId, school: trellis_domain::id::OrganisationId) -> Result<()> {
    Ok(cycle_of(tx, id, school).await?.takes_objectives()?)
}

/// The cycle, if it covers the school and was announced.
async fn cycle_of(cx: &mut Cx<'_>, id: trellis_domain::id::CycleId, school: trellis_domain::id::OrganisationId) -> Result<trellis_domain::cycle::Cycle> {
    let unknown = || RuleError::at(Code::UnknownReference, "/cycle_id", "no such cycle of this school");
    let cycle = match super::cycle::load(cx, id).await {
        Err(StoreError::Missing) => return Err(unknown().into()),
        other => other?,
    };
    let covered = access::path_of(cx, school).await?.contains(&cycle.organisation_id);
    if !covered || cycle.state == trellis_domain::cycle::CycleState::Draft {
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

/// Those of these objectives that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Objective>> {
    let query = objectives::table.filter(objectives::tenant_id.eq(cx.tenant())).filter(objectives::id.eq_any(ids.to_vec()));
    let query = query.select(ObjectiveRow::as_select()).into_boxed::<Dialect>();
    let query = page::without_private!(page::within_reach!(query, cx, objectives), cx, objectives);
    let rows: Vec<ObjectiveRow> = query.all(cx.conn()).await?;
    whole(cx, rows).await
}

/// Objectives of an employment, as far as the caller may read them.
pub(super) async fn of_employment(cx: &mut Cx<'_>, employment: trellis_domain::id::EmploymentId) -> Result<Vec<Objective>> {
    let query = objectives::table.filter(objectives::tenant_id.eq(cx.tenant())).filter(objectives::employment_id.eq(Uid::from(employment)));
    let query = query.filter(objectives::state.ne_all(["draft", "reviewed", "closed", "withdrawn"])).order(objectives::id).limit(100);
    let query = query.select(ObjectiveRow::as_select()).into_boxed::<Dialect>();
    let query = page::without_private!(page::within_reach!(query, cx, objectives), cx, objectives);
    let rows: Vec<ObjectiveRow> = query.all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for ListObjectives {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Objective>> {
        let query = objectives::table.filter(objectives::tenant_id.eq(cx.tenant())).select(ObjectiveRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::without_private!(page::within_reach!(page::windowed!(query, self.window, objectives), cx, objectives), cx, objectives);
        if let Some(person) = self.person_id {
            query = query.filter(objectives::person_id.eq(Uid::from(person)));
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
        let after = before.reworded(self.patch.clone(), party(tx, &before), &mut || tx.new_id())?;
        save(tx, EventKind::ObjectiveUpdated, before, after).await
    }
}

impl Write<Here> for StepObjective {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Objective>> {
        let before = load_for_write(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.step(self.action, party(tx, &before), self.reason.clone(), micros(tx.act.now))?;
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

impl Write<Here> for ReviseObjective {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Objective>> {
        let before = load_for_write(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let now = micros(tx.act.now);
        let after = before.revised(self.patch.clone(), self.reason.clone(), party(tx, &before), now, &mut || tx.new_id())?;
        let kept = (
            objective_revisions::tenant_id.eq(tx.tenant()),
            objective_revisions::objective_id.eq(Uid::from(before.id)),
            objective_revisions::revision.eq(before.revision),
            objective_revisions::words.eq(Json(serde_json::to_string(&before.words).map_err(corrupt)?)),
            objective_revisions::reason.eq(self.reason.as_str()),
            objective_revisions::revised_by.eq(Uid::from(tx.person()?)),
            objective_revisions::revised_at.eq(Moment(now)),
        );
        diesel::insert_into(objective_revisions::table).values(kept).done(tx.conn()).await?;
        save(tx, EventKind::ObjectiveRevised, before, after).await
    }
}

impl Read<Here> for ListRevisions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<Revision>> {
        visible_row(cx, self.id).await?;
        let rows: Vec<(i32, Json, String, Uid, Moment)> = objective_revisions::table
            .filter(objective_revisions::tenant_id.eq(cx.tenant()))
            .filter(objective_revisions::objective_id.eq(Uid::from(self.id)))
            .order(objective_revisions::revision)
            .select((
                objective_revisions::revision,
                objective_revisions::words,
                objective_revisions::reason,
                objective_revisions::revised_by,
                objective_revisions::revised_at,
            ))
            .all(cx.conn())
            .await?;
        rows.into_iter()
            .map(|(revision, words, reason, by, at)| {
                let words = serde_json::from_str(&words.0).map_err(corrupt)?;
                Ok(Revision { revision, words, reason: Reason::parse(&reason).map_err(corrupt)?, revised_by: by.to(), revised_at: at.0 })
            })
            .collect()
    }
}

impl Read<Here> for ObjectiveHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        visible_row(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
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

/// Revisions that the one made become the other's; answers which.
pub(super) async fn give_revisions(tx: &mut Tx<'_>, from: PersonId, to: PersonId) -> Result<Vec<(uuid::Uuid, i32)>> {
    let tenant = tx.tenant();
    let own = || objective_revisions::table.filter(objective_revisions::tenant_id.eq(tenant)).filter(objective_revisions::revised_by.eq(Uid::from(from)));
    let made: Vec<(Uid, i32)> = own().select((objective_revisions::objective_id, objective_revisions::revision)).all(tx.conn()).await?;
    diesel::update(own()).set(objective_revisions::revised_by.eq(Uid::from(to))).done(tx.conn()).await?;
    Ok(made.into_iter().map(|(objective, revision)| (objective.0, revision)).collect())
}
/// Revisions go back to who made them.
pub(super) async fn give_revisions_back(tx: &mut Tx<'_>, to: PersonId, made: &[(uuid::Uuid, i32)]) -> Result<()> {
    for (objective, revision) in made {
        let key = objective_revisions::table.find((tx.tenant(), Uid(*objective), revision));
        diesel::update(key).set(objective_revisions::revised_by.eq(Uid::from(to))).done(tx.conn()).await?;
    }
    Ok(())
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
