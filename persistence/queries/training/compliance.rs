//! Where people stand: the facts of a page are loaded in a fixed number of statements, whoever and however many they are, and the domain says what follows.

use super::super::prelude::*;
use super::requirement;
use crate::training::{ComplianceCounts, CompliancePage, ComplianceRow, ComplianceSummary, ListCompliance, Portion, SummariseCompliance};
use chrono::{NaiveDate, NaiveTime};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    employment::StaffCategory,
    id::{OrganisationId, PersonId},
    role::RoleName,
    suppression::{self, Figure},
    text::{Title, Wire},
    time::Period,
    training::{
        TrainingRequirement,
        status::{Facts, TrainingStanding, TrainingStatus, Work},
    },
};
use uuid::Uuid;

/// People who are looked through for one page of those who stand somewhere. A page may have fewer entries than asked for, and still not be the last.
const LOOKED_THROUGH: usize = 1_000;

/// Whom it is about: people whom the caller may know of, employed that day where something is required.
struct Scope {
    day: NaiveDate,
    organisation: Option<OrganisationId>,
    person: Option<PersonId>,
    /// These people alone, where they were found already.
    these: Option<Vec<Uid>>,
    /// Organisations where something is required, and which are asked about.
    places: Vec<Uid>,
    /// Those of them whose people the caller may know of.
    covered: Vec<Uid>,
}

impl Scope {
    /// Organisations are so few that they are looked up first: those that the caller leads, or where whom they know of works, and none beside. Then each person is
    /// found by where they work or by who they are, and nobody is looked at in vain.
    async fn of(
        cx: &mut Cx<'_>,
        day: NaiveDate,
        organisation: Option<OrganisationId>,
        person: Option<PersonId>,
        required: &[TrainingRequirement],
    ) -> Result<Self> {
        let requiring: BTreeSet<Uid> = required.iter().map(|r| r.organisation_id.into()).collect();
        let reach = cx.reach.clone();
        let (ours, at) = (uids(&reach.organisations), organisation.map(Uid::from));
        let tops: Vec<Uid> = match at {
            Some(at) => vec![at],
            None if reach.everywhere => requiring.iter().copied().collect(),
            None => ours.clone(),
        };
        let mut near: Vec<Uid> = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq(cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(tops))
            .select(organisation_paths::descendant_id)
            .all(cx.conn())
            .await?;
        if at.is_none() && !reach.everywhere {
            let work: Vec<Uid> = employments::table
                .filter(employments::tenant_id.eq(cx.tenant()))
                .filter(employments::person_id.eq_any(uids(&reach.people)))
                .select(employments::organisation_id)
                .all(cx.conn())
                .await?;
            near.extend(work);
        }
        near.sort_unstable();
        near.dedup();
        let rows: Vec<(Uid, Uid)> = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq(cx.tenant()))
            .filter(organisation_paths::descendant_id.eq_any(near))
            .select((organisation_paths::descendant_id, organisation_paths::ancestor_id))
            .all(cx.conn())
            .await?;
        let mut beneath: BTreeMap<Uid, BTreeSet<Uid>> = BTreeMap::new();
        for (of, ancestor) in rows {
            beneath.entry(of).or_default().insert(ancestor);
        }
        beneath.retain(|_, above| !above.is_disjoint(&requiring) && at.is_none_or(|at| above.contains(&at)));
        let known = |above: &BTreeSet<Uid>| reach.everywhere || ours.iter().any(|o| above.contains(o));
        let covered = beneath.iter().filter(|(_, above)| known(above)).map(|(of, _)| *of).collect();
        Ok(Self { day, organisation, person, these: None, places: beneath.into_keys().collect(), covered })
    }
}

/// Employments of the day of a scope, wherever they are.
macro_rules! employed {
    ($cx:expr, $scope:expr) => {{
        let (scope, tenant) = (&$scope, $cx.tenant());
        let query = employments::table
            .filter(employments::tenant_id.eq(tenant))
            .filter(employments::live.ge(access::reads_the_living($cx)))
            .select(employments::person_id)
            .into_boxed::<Dialect>();
        let query = access::current!(query, employments, scope.day);
        match scope.person {
            Some(person) => query.filter(employments::person_id.eq(Uid::from(person))),
            None => query,
        }
    }};
}
/// The people of a scope.
macro_rules! whom {
    ($cx:expr, $scope:expr) => {{
        let scope = &$scope;
        let (at, by_name) = (employments::organisation_id.eq_any(scope.covered.clone()), uids(&$cx.reach.people));
        let query = employed!($cx, scope);
        if by_name.is_empty() {
            query.filter(at)
        } else {
            let named = employments::person_id.eq_any(by_name).and(employments::organisation_id.eq_any(scope.places.clone()));
            if scope.covered.is_empty() { query.filter(named) } else { query.filter(at.or(named)) }
        }
    }};
}
/// Keeps rows to those of the people of a scope.
macro_rules! theirs {
    ($query:expr, $person:expr, $cx:expr, $scope:expr) => {{
        let query = $query.into_boxed::<Dialect>();
        match &$scope.these {
            Some(these) => query.filter($person.eq_any(these.clone())),
            None => query.filter($person.eq_any(whom!($cx, $scope))),
        }
    }};
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = employments, check_for_backend(Sqlite, Pg))]
struct WorkRow {
    id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    job_title: String,
    staff_category: String,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
}

/// Everything that is known of one person.
#[derive(Default)]
struct Known {
    work: Vec<(Uid, Work)>,
    roles: Vec<(Uid, RoleName, Period)>,
    done: HashMap<Uid, Vec<NaiveDate>>,
    exempt: HashMap<Uid, Vec<Period>>,
}

/// Everything that is known of these people, and what lies above the organisations that it names.
struct Everything {
    people: BTreeMap<Uid, Known>,
    above: HashMap<Uid, BTreeSet<Uid>>,
}

/// What the log tells of these people's employments that changed after the day, newest first: what they were then is what they are now without it. Of today
/// nothing is asked.
async fn changed_since(cx: &mut Cx<'_>, scope: &Scope) -> Result<HashMap<Uid, Vec<Value>>> {
    let mut changes: HashMap<Uid, Vec<Value>> = HashMap::new();
    let Some(after) = scope.day.succ_opt().filter(|after| *after <= cx.act.today()) else { return Ok(changes) };
    let theirs = theirs!(employments::table.filter(employments::tenant_id.eq(cx.tenant())).select(employments::id), employments::person_id, cx, scope);
    let said = event_payloads::tenant_id.eq(events::tenant_id).and(event_payloads::number.eq(events::number));
    let rows: Vec<(Uid, String)> = events::table
        .inner_join(event_payloads::table.on(said))
        .filter(events::tenant_id.eq(cx.tenant()))
        .filter(events::subject_id.eq_any(theirs))
        .filter(events::occurred_at.ge(Moment(after.and_time(NaiveTime::MIN).and_utc())))
        .filter(events::changed.like("%staff_category%").or(events::changed.like("%job_title%")))
        .order(events::number.desc())
        .select((events::subject_id, event_payloads::body))
        .all(cx.conn())
        .await?;
    for (employment, values) in rows {
        changes.entry(employment).or_default().push(serde_json::from_str(&values).map_err(corrupt)?);
    }
    Ok(changes)
}

async fn everything(cx: &mut Cx<'_>, scope: &Scope, requirements: &[TrainingRequirement]) -> Result<Everything> {
    let mut people: BTreeMap<Uid, Known> = BTreeMap::new();
    let mut named: BTreeSet<Uid> = requirements.iter().map(|r| r.organisation_id.into()).collect();
    let work = employments::table.filter(employments::tenant_id.eq(cx.tenant())).order((employments::person_id, employments::id)).select(WorkRow::as_select());
    let rows: Vec<WorkRow> = theirs!(work, employments::person_id, cx, scope).all(cx.conn()).await?;
    let mut since = changed_since(cx, scope).await?;
    for WorkRow { id, person_id, organisation_id, job_title, staff_category, starts_on, ends_on } in rows {
        let now = Work {
            period: Period { starts_on, ends_on },
            staff_category: StaffCategory::parse(&staff_category).map_err(corrupt)?,
            job_title: Title::parse(&job_title).map_err(corrupt)?,
        };
        let work = since.remove(&id).unwrap_or_default().iter().fold(now, Work::before);
        named.insert(organisation_id);
        people.entry(person_id).or_default().work.push((organisation_id, work));
    }
    let by_role = |r: &TrainingRequirement| !r.audience.include.roles.is_empty() || !r.audience.exclude.roles.is_empty();
    if requirements.iter().any(by_role) {
        let held = roles::table.filter(roles::tenant_id.eq(cx.tenant())).select((
            roles::person_id,
            roles::organisation_id,
            roles::role,
            roles::starts_on,
            roles::ends_on,
        ));
        let rows: Vec<(Uid, Uid, String, NaiveDate, Option<NaiveDate>)> = theirs!(held, roles::person_id, cx, scope).all(cx.conn()).await?;
        for (person, at, role, starts_on, ends_on) in rows {
            named.insert(at);
            let role = RoleName::parse(&role).map_err(corrupt)?;
            people.entry(person).or_default().roles.push((at, role, Period { starts_on, ends_on }));
        }
    }
    let asked: Vec<Uid> = requirements.iter().map(|r| r.id.into()).collect();
    let done = training_completions::table
        .filter(training_completions::tenant_id.eq(cx.tenant()))
        .filter(training_completions::requirement_id.eq_any(asked.clone()))
        .filter(training_completions::completed_on.le(scope.day))
        .filter(training_completions::void_reason.is_null())
        .select((training_completions::person_id, training_completions::requirement_id, training_completions::completed_on));
    let rows: Vec<(Uid, Uid, NaiveDate)> = theirs!(done, training_completions::person_id, cx, scope).all(cx.conn()).await?;
    for (person, of, day) in rows {
        people.entry(person).or_default().done.entry(of).or_default().push(day);
    }
    let exempt = training_exemptions::table
        .filter(training_exemptions::tenant_id.eq(cx.tenant()))
        .filter(training_exemptions::requirement_id.eq_any(asked))
        .filter(training_exemptions::starts_on.le(scope.day))
        .filter(training_exemptions::ends_on.ge(scope.day))
        .select((training_exemptions::person_id, training_exemptions::requirement_id, training_exemptions::starts_on, training_exemptions::ends_on));
    let rows: Vec<(Uid, Uid, NaiveDate, NaiveDate)> = theirs!(exempt, training_exemptions::person_id, cx, scope).all(cx.conn()).await?;
    for (person, of, starts_on, ends_on) in rows {
        people.entry(person).or_default().exempt.entry(of).or_default().push(Period { starts_on, ends_on: Some(ends_on) });
    }
    let rows: Vec<(Uid, Uid)> = organisation_paths::table
        .filter(organisation_paths::tenant_id.eq(cx.tenant()))
        .filter(organisation_paths::descendant_id.eq_any(named))
        .select((organisation_paths::descendant_id, organisation_paths::ancestor_id))
        .all(cx.conn())
        .await?;
    let mut above: HashMap<Uid, BTreeSet<Uid>> = HashMap::new();
    for (of, ancestor) in rows {
        above.entry(of).or_default().insert(ancestor);
    }
    Ok(Everything { people, above })
}

impl Everything {
    fn beneath(&self, organisation: Uid, ancestor: Uid) -> bool {
        self.above.get(&organisation).is_some_and(|above| above.contains(&ancestor))
    }
    /// The employment of that day by which the caller knows of it that something is required of somebody.
    fn asked_at(&self, person: Uid, known: &Known, of: &TrainingRequirement, scope: &Scope, reach: &Reach) -> Option<Uid> {
        let everything = reach.everywhere || reach.people.contains(&person.to());
        let covered = |at: Uid| everything || reach.organisations.iter().any(|o| self.beneath(at, (*o).into()));
        let within = |at: Uid| scope.organisation.is_none_or(|o| self.beneath(at, o.into()));
        let mut then = known.work.iter().filter(|(_, work)| work.period.contains(scope.day)).map(|(at, _)| *at);
        then.find(|at| self.beneath(*at, of.organisation_id.into()) && covered(*at) && within(*at))
    }
    fn facts(&self, known: &Known, of: &TrainingRequirement) -> Facts {
        let (id, requiring) = (Uid::from(of.id), Uid::from(of.organisation_id));
        let near = |at: Uid| self.beneath(at, requiring) || self.beneath(requiring, at);
        Facts {
            work: known.work.iter().filter(|(at, _)| self.beneath(*at, requiring)).map(|(_, work)| work.clone()).collect(),
            roles: known.roles.iter().filter(|(at, ..)| near(*at)).map(|(_, role, period)| (*role, *period)).collect(),
            done: known.done.get(&id).cloned().unwrap_or_default(),
            exempt: known.exempt.get(&id).cloned().unwrap_or_default(),
        }
    }
}

/// Requirements that are asked on that day.
async fn asked_on(cx: &mut Cx<'_>, day: NaiveDate, only: Option<trellis_domain::id::TrainingRequirementId>) -> Result<Vec<TrainingRequirement>> {
    let mut all = requirement::published(cx, only).await?;
    all.retain(|r| r.applies_from.is_some_and(|from| from <= day) && r.retired_on.is_none_or(|retired| day < retired));
    Ok(all)
}

/// So many people of a scope, in their order, from this one on. Where most of the tenant is asked about, they are met in that order; to find the people of one school so,
/// a database would walk past everybody else.
async fn people(cx: &mut Cx<'_>, scope: &Scope, from: Option<Uid>, most: usize) -> Result<Vec<Uid>> {
    let tenant = cx.tenant();
    let organisations: i64 = organisations::table.filter(organisations::tenant_id.eq(tenant)).count().one(cx.conn()).await?;
    if scope.covered.len() * 2 >= usize::try_from(organisations).map_err(corrupt)? {
        let mut query = whom!(cx, scope);
        if let Some(from) = from {
            query = query.filter(employments::person_id.ge(from));
        }
        return Ok(query.distinct().order(employments::person_id).limit(i64::try_from(most).map_err(corrupt)?).all(cx.conn()).await?);
    }
    let at: Vec<Uid> = employed!(cx, scope).filter(employments::organisation_id.eq_any(scope.covered.clone())).all(cx.conn()).await?;
    let named = employed!(cx, scope).filter(employments::person_id.eq_any(uids(&cx.reach.people)));
    let named: Vec<Uid> = named.filter(employments::organisation_id.eq_any(scope.places.clone())).all(cx.conn()).await?;
    let all: BTreeSet<Uid> = at.into_iter().chain(named).collect();
    Ok(all.into_iter().filter(|person| from.is_none_or(|from| *person >= from)).take(most).collect())
}

/// Names of these people, to those who read people.
async fn names(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<HashMap<Uid, String>> {
    if rules::reach(&cx.caller, Permission::ReadPeople).is_err() { Ok(HashMap::new()) } else { super::super::person::names(cx, ids.to_vec()).await }
}

/// Where this person stands today with all that is required of them, and by their employment at which organisation.
pub(in super::super) async fn standings_of(cx: &mut Cx<'_>, person: PersonId) -> Result<Vec<(TrainingRequirement, OrganisationId, TrainingStanding)>> {
    let day = cx.act.today();
    let requirements = asked_on(cx, day, None).await?;
    let reach = Reach { people: vec![person], me: Some(person), ..Reach::default() };
    let before = std::mem::replace(&mut cx.reach, reach.clone());
    let found = match Scope::of(cx, day, None, Some(person), &requirements).await {
        Ok(scope) => everything(cx, &scope, &requirements).await.map(|all| (scope, all)),
        Err(e) => Err(e),
    };
    cx.reach = before;
    let (scope, all) = found?;
    let Some(known) = all.people.get(&Uid::from(person)) else { return Ok(Vec::new()) };
    let standings = requirements.into_iter().filter_map(|of| {
        let at = all.asked_at(Uid::from(person), known, &of, &scope, &reach)?;
        let standing = all.facts(known, &of).standing(&of, day)?;
        Some((of, at.to(), standing))
    });
    Ok(standings.collect())
}

impl Read<Here> for ListCompliance {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<CompliancePage> {
        let day = self.as_of.unwrap_or_else(|| cx.act.today());
        let requirements = asked_on(cx, day, self.requirement_id).await?;
        let mut scope = Scope::of(cx, day, self.organisation_id, self.person_id, &requirements).await?;
        // everybody has an entry for each requirement of theirs; only where those are looked for who stand somewhere, there may be many who have none
        let (most, limit) = match self.portion {
            Portion::People(people) => (people, usize::MAX),
            Portion::Entries(entries) if self.status.is_some() => (LOOKED_THROUGH, entries),
            Portion::Entries(entries) => (entries, entries),
        };
        // and the one from whom it goes on, with whom it may be done
        let mut ids = people(cx, &scope, self.after.map(|(person, _)| Uid(person)), most + 2).await?;
        let more = ids.len() > most + 1;
        ids.truncate(most + 1);
        let Some(last) = ids.last().copied() else {
            return Ok(CompliancePage { as_of: day, items: Vec::new(), next: None });
        };
        let names = names(cx, &ids).await?;
        scope.these = Some(ids);
        let all = everything(cx, &scope, &requirements).await?;
        let reach = cx.reach.clone();
        let mut items = Vec::new();
        let mut next = more.then_some((last.0, Uuid::max()));
        'page: for (person, known) in &all.people {
            for of in requirements.iter().filter(|r| self.after.is_none_or(|after| (person.0, r.id.0) > after)) {
                let Some(at) = all.asked_at(*person, known, of, &scope, &reach) else { continue };
                let Some(standing) = all.facts(known, of).standing(of, day) else { continue };
                if self.status.is_some_and(|status| status != standing.status) {
                    continue;
                }
                if items.len() == limit {
                    next = items.last().map(|r: &ComplianceRow| (r.person_id.0, r.requirement_id.0));
                    break 'page;
                }
                items.push(ComplianceRow {
                    person_id: person.to(),
                    person_name: names.get(person).cloned(),
                    organisation_id: at.to(),
                    requirement_id: of.id,
                    requirement_title: of.title.clone(),
                    standing,
                });
            }
        }
        Ok(CompliancePage { as_of: day, items, next })
    }
}

impl Read<Here> for SummariseCompliance {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<ComplianceSummary> {
        let today = cx.act.today();
        let day = self.as_of.unwrap_or(today);
        // one day less another tells of single people: other days than today are counted where one reads people by name
        if day != today {
            let by_name = rules::reach(&cx.caller, Permission::ReadCompliance).unwrap_or_default();
            rules::require(by_name.everywhere || !by_name.organisations.is_empty(), "whoever reads by name who did a training, for another day than today,")?;
            cx.reach = Reach { people: Vec::new(), ..by_name };
        }
        let requirements = asked_on(cx, day, self.requirement_id).await?;
        let scope = Scope::of(cx, day, self.organisation_id, None, &requirements).await?;
        let all = everything(cx, &scope, &requirements).await?;
        let reach = cx.reach.clone();
        let within = |at: Uid| self.organisation_id.is_none_or(|o| all.beneath(at, o.into()));
        // who works at two places is counted at the same one, whichever of them is asked about
        let anywhere = Scope { organisation: None, ..scope };
        let mut counts: BTreeMap<(Uid, usize), Vec<u64>> = BTreeMap::new();
        for (person, known) in &all.people {
            for (i, of) in requirements.iter().enumerate() {
                let Some(at) = all.asked_at(*person, known, of, &anywhere, &reach).filter(|at| within(*at)) else { continue };
                let Some(standing) = all.facts(known, of).standing(of, day) else { continue };
                let row = counts.entry((at, i)).or_insert_with(|| vec![0_u64; TrainingStatus::ALL.len()]);
                for (count, _) in row.iter_mut().zip(TrainingStatus::ALL).filter(|(_, status)| **status == standing.status) {
                    *count += 1;
                }
            }
        }
        let items = counts.into_iter().filter_map(|((at, i), row)| {
            // everybody stands in one way with one requirement, at one organisation: their numbers add up
            let told = suppression::list(&row.iter().map(|people| Figure::apart(*people)).collect::<Vec<_>>(), &[]);
            // of so few that their number is not told it would be told where all of them stand, if only by nought
            let by_status = if told.total.is_some() { told.cells } else { vec![None; row.len()] };
            requirements.get(i).map(|of| ComplianceCounts {
                organisation_id: at.to(),
                requirement_id: of.id,
                requirement_title: of.title.clone(),
                people: told.total,
                by_status,
            })
        });
        Ok(ComplianceSummary { as_of: day, items: items.collect() })
    }
}
