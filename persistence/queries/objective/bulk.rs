//! One objective, proposed to many people in one transaction: each is judged for themself, and those who have it already keep it.

use super::{
    super::{cycle, employment::EmploymentRow, framework, prelude::*, priority_link},
    ObjectiveRow, authorship, first_words, in_time, put_parts,
};
use crate::objective::{Group, Outcome, ProposeObjectives, ProposedTo};
use std::collections::{BTreeMap, HashMap, btree_map::Entry};
use trellis_domain::{
    access::{Caller, Reach, Standing},
    cycle::{Cycle, CycleState},
    employment::Employment,
    event::EventKind,
    id::{CriterionId, CycleId, EmploymentId, ObjectiveId, OrganisationId, PersonId},
    objective::{
        Criterion, Objective, ObjectiveOrigin, ObjectiveState, Words,
        bulk::{AT_ONCE, Proposer, may_propose, nobody_of_theirs},
    },
    role::RoleName,
    rule::{Code, RuleError},
    time::micros,
};

/// What is known of the school of somebody to whom it is proposed.
struct School {
    /// Does the caller lead it?
    leads: bool,
    /// What is wrong with the words or the cycle there.
    refused: Option<RuleError>,
}

/// Where the caller is headteacher.
fn led(caller: &Caller) -> Reach {
    let organisations = match caller {
        Caller::Person { roles, .. } => roles.iter().filter(|h| h.role == RoleName::Headteacher).map(|h| h.organisation).collect(),
        _ => Vec::new(),
    };
    Reach { organisations, ..Reach::default() }
}

/// The employments that are meant, in their order, and those of them that there are.
async fn meant(cx: &mut Cx<'_>, to: &Group) -> Result<(Vec<EmploymentId>, HashMap<EmploymentId, Employment>)> {
    let (tenant, today) = (cx.tenant(), cx.act.today());
    let table = employments::table.filter(employments::tenant_id.eq(tenant));
    let rows: Vec<EmploymentRow> = match to {
        Group::Employments(ids) => table.filter(employments::id.eq_any(uids(ids))).select(EmploymentRow::as_select()).all(cx.conn()).await?,
        Group::Organisation(at, categories) => {
            let appraised: Vec<PersonId> = match &cx.caller {
                Caller::Person { appraises, .. } => appraises.clone(),
                _ => Vec::new(),
            };
            let beneath = move |of: Vec<Uid>| {
                organisation_paths::table
                    .filter(organisation_paths::tenant_id.eq(tenant))
                    .filter(organisation_paths::ancestor_id.eq_any(of))
                    .select(organisation_paths::descendant_id)
            };
            let theirs = employments::person_id.eq_any(uids(&appraised)).or(employments::organisation_id.eq_any(beneath(uids(&led(&cx.caller).organisations))));
            let me = cx.person()?;
            let mut query = access::current!(table, employments, today)
                .filter(employments::organisation_id.eq_any(beneath(vec![Uid::from(*at)])))
                .filter(employments::person_id.ne(Uid::from(me)))
                .filter(theirs)
                .order(employments::id)
                .limit(i64::try_from(AT_ONCE).map_err(corrupt)? + 1)
                .select(EmploymentRow::as_select())
                .into_boxed::<Dialect>();
            if !categories.is_empty() {
                query = query.filter(employments::staff_category.eq_any(categories.iter().map(|c| c.as_str()).collect::<Vec<_>>()));
            }
            query.all(cx.conn()).await?
        }
    };
    let found = rows.into_iter().map(EmploymentRow::employment).collect::<Result<Vec<_>>>()?;
    let order = match to {
        Group::Employments(ids) => ids.clone(),
        Group::Organisation(..) => found.iter().map(|e| e.id).collect(),
    };
    if order.len() > AT_ONCE {
        return Err(RuleError::at(
            Code::TooManyRows,
            "/organisation_id",
            format!("at most {AT_ONCE} people at once: name a part of the organisation, or staff categories"),
        )
        .into());
    }
    Ok((order, found.into_iter().map(|e| (e.id, e)).collect()))
}

/// Keeps that an objective was proposed to many at once.
pub(super) async fn note(tx: &mut Tx<'_>, new: &[Objective]) -> Result<()> {
    let tenant = tx.tenant();
    let ids: Vec<Uid> = new.iter().filter(|o| o.origin == ObjectiveOrigin::Bulk).map(|o| o.id.into()).collect();
    for part in ids.chunks(500) {
        let rows: Vec<_> = part.iter().map(|id| (bulk_objectives::tenant_id.eq(tenant), bulk_objectives::objective_id.eq(*id))).collect();
        diesel::insert_into(bulk_objectives::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

/// Who of them has it already, from an earlier call: of this title in this cycle, and not over.
async fn standing(cx: &mut Cx<'_>, of: &ProposeObjectives, ids: &[EmploymentId]) -> Result<HashMap<EmploymentId, ObjectiveId>> {
    let query = objectives::table
        .filter(objectives::tenant_id.eq(cx.tenant()))
        .filter(objectives::employment_id.eq_any(uids(ids)))
        .filter(objectives::id.eq_any(bulk_objectives::table.filter(bulk_objectives::tenant_id.eq(cx.tenant())).select(bulk_objectives::objective_id)))
        .filter(objectives::title.eq(of.title.as_str()))
        .filter(objectives::state.ne_all(["closed", "withdrawn"]))
        .select((objectives::employment_id, objectives::id))
        .into_boxed::<Dialect>();
    let query = match of.cycle_id {
        Some(cycle) => query.filter(objectives::cycle_id.eq(Uid::from(cycle))),
        None => query.filter(objectives::cycle_id.is_null()),
    };
    let rows: Vec<(Uid, Uid)> = query.all(cx.conn()).await?;
    Ok(rows.into_iter().map(|(employment, objective)| (employment.to(), objective.to())).collect())
}

/// What is known of a school, asked once for each.
async fn school(cx: &mut Cx<'_>, at: OrganisationId, cycle: Option<&Cycle>, words: &Words) -> Result<School> {
    let path = access::path_of(cx, at).await?;
    let covered = cycle.is_none_or(|c| path.contains(&c.organisation_id));
    let refused = if covered { None } else { Some(RuleError::at(Code::UnknownReference, "/cycle_id", "no such cycle of this school")) };
    let leads = led(&cx.caller).covers(&Standing { path, ..Standing::default() });
    let refused = match refused {
        Some(refused) => Some(refused),
        None => match priority_link::linkable(cx, at, &[], &words.priority_ids).await {
            Ok(()) => None,
            Err(StoreError::Rule(rule)) => Some(rule),
            Err(fault) => return Err(fault),
        },
    };
    Ok(School { leads, refused })
}

/// The cycle, if it was announced and takes objectives.
async fn announced(cx: &mut Cx<'_>, id: Option<CycleId>) -> Result<Option<Cycle>> {
    let Some(id) = id else { return Ok(None) };
    let unknown = || RuleError::at(Code::UnknownReference, "/cycle_id", "no such cycle of this school");
    let cycle = match cycle::load(cx, id).await {
        Err(StoreError::Missing) => return Err(unknown().into()),
        other => other?,
    };
    if cycle.state == CycleState::Draft {
        return Err(unknown().into());
    }
    cycle.takes_objectives()?;
    Ok(Some(cycle))
}

/// One person's objective: theirs from the beginning, and proposed to them.
fn objective(tx: &Tx<'_>, of: &ProposeObjectives, words: &Words, employment: &Employment, author: PersonId) -> Objective {
    let now = micros(tx.act.now);
    let success_criteria = words.success_criteria.iter().map(|c| Criterion { id: tx.new_id::<CriterionId>(), text: c.text.clone() }).collect();
    Objective {
        id: tx.new_id(),
        employment_id: employment.id,
        person_id: employment.person_id,
        organisation_id: employment.organisation_id,
        cycle_id: of.cycle_id,
        carried_over_from: None,
        carried_over_to: None,
        origin: ObjectiveOrigin::Bulk,
        author_id: author,
        state: ObjectiveState::Proposed,
        words: Words { success_criteria, ..words.clone() },
        proposed_by: Some(author),
        agreed_by: None,
        agreed_at: None,
        dissent: None,
        last_reason: None,
        revision: 1,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

impl Write<Here> for ProposeObjectives {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<ProposedTo>> {
        let author = tx.person()?;
        let of_cycle = announced(tx, self.cycle_id).await?;
        // a day for many is one of the cycle's, whoever of them has an appraisal that goes on for longer
        let day = of_cycle.as_ref().and_then(|cycle| cycle.has_due(self.words.due_on.flatten(), None).err());
        let words = in_time(first_words(tx, self.kind, self.title.clone(), self.inquiry.clone(), self.words.clone()), day)?;
        framework::linkable(tx, &words.standard_ids).await?;
        // two who send the same call propose it once
        access::guard(tx, author).await?;
        let (order, found) = meant(tx, &self.to).await?;
        let standing = standing(tx, self, &order).await?;
        let mut schools: BTreeMap<OrganisationId, School> = BTreeMap::new();
        let (mut out, mut new) = (Vec::with_capacity(order.len()), Vec::new());
        for id in order {
            let Some(employment) = found.get(&id) else {
                out.push(ProposedTo { employment_id: id, person_id: None, outcome: Outcome::Refused(nobody_of_theirs()) });
                continue;
            };
            let at = employment.organisation_id;
            let there = match schools.entry(at) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(unknown) => unknown.insert(school(tx, at, of_cycle.as_ref(), &words).await?),
            };
            let by = Proposer {
                own: employment.person_id == author,
                appraises: tx.caller.appraises(employment.person_id),
                leads: there.leads,
                current: employment.period.contains(tx.act.today()),
            };
            let known = by.own || by.appraises || by.leads;
            let outcome = match (may_propose(by), standing.get(&id), &there.refused) {
                (Err(refused), ..) => Outcome::Refused(refused),
                (Ok(()), Some(has), _) => Outcome::Unchanged(*has),
                (Ok(()), None, Some(refused)) => Outcome::Refused(refused.clone()),
                (Ok(()), None, None) => {
                    let objective = objective(tx, self, &words, employment, author);
                    let id = objective.id;
                    new.push(objective);
                    Outcome::Proposed(id)
                }
            };
            out.push(ProposedTo { employment_id: id, person_id: known.then_some(employment.person_id), outcome });
        }
        let tenant = tx.tenant();
        for part in new.chunks(200) {
            let rows: Vec<ObjectiveRow> = part.iter().map(|o| ObjectiveRow::new(tenant, o)).collect();
            diesel::insert_into(objectives::table).values(rows).done(tx.conn()).await?;
        }
        put_parts(tx, &new).await?;
        authorship::begin(tx, &new).await?;
        for objective in &new {
            tx.event(EventKind::ObjectiveProposed, None, objective, objective.about());
        }
        Ok(out)
    }
}
