//! How far appraisals are: figures for those who lead and govern, names for those who may read the appraisals.

use super::{super::prelude::*, counted, covered, kept, places, st};
use crate::{
    column::sql::{Document, Guid, Instant},
    insight::{AppraisalOverview, AppraisalOverviewByAppraiser, AppraiserProgress, Figures, ListAppraisalProgress, OutstandingAppraisal, Place},
};
use diesel::{QueryableByName, sql_query};
use std::collections::{HashMap, HashSet, hash_map::Entry};
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    appraisal::{Appraisal, AppraisalState, Deadline},
    event::EventKind,
    id::{CycleId, OrganisationId, PersonId},
    insight::{CountedAppraisal, Has, Progress, outstanding, progress, progress_by_appraiser},
    text::Wire,
};

/// One row for each appraisal, with whose it is: who works at two schools is one person. SQLite numbers what is bound in the order in which it is first named.
const APPRAISALS: &str = "
SELECT a.id, a.organisation_id, a.person_id, a.state, a.deadlines,
  EXISTS (SELECT 1 FROM appraisal_appraisers x WHERE x.tenant_id = a.tenant_id AND x.appraisal_id = a.id
    AND x.starts_on <= $1 AND (x.until_on IS NULL OR x.until_on > $1)) AS appraised,
  EXISTS (SELECT 1 FROM objectives o WHERE o.tenant_id = a.tenant_id AND o.employment_id = a.employment_id AND o.cycle_id = a.cycle_id
    AND o.private_to IS NULL AND o.state <> 'withdrawn') AS has_objectives,
  EXISTS (SELECT 1 FROM conversations c WHERE c.tenant_id = a.tenant_id AND c.appraisal_id = a.id AND c.held_at >= $2) AS has_met
FROM appraisals a WHERE a.tenant_id = $3 AND a.cycle_id = $4 AND a.state NOT IN ('transferred', 'abandoned')";

#[derive(QueryableByName)]
struct CountedRow {
    #[diesel(sql_type = Guid)]
    id: Uid,
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = st::Text)]
    state: String,
    #[diesel(sql_type = Document)]
    deadlines: Json,
    #[diesel(sql_type = st::Bool)]
    appraised: bool,
    #[diesel(sql_type = st::Bool)]
    has_objectives: bool,
    #[diesel(sql_type = st::Bool)]
    has_met: bool,
}

/// When the stage opened in which the cycle is: its planning, its year's work or its review. Before the first, never.
async fn stage_opened(cx: &mut Cx<'_>, cycle: CycleId) -> Result<Option<Moment>> {
    let opens = [EventKind::CyclePlanningOpened, EventKind::CycleMonitoringStarted, EventKind::CycleReviewOpened];
    let opened: Option<Moment> = events::table
        .filter(events::tenant_id.eq(cx.tenant()))
        .filter(events::subject_id.eq(Uid::from(cycle)))
        .filter(events::kind.eq_any(opens.map(|kind| kind.as_str())))
        .order(events::number.desc())
        .limit(1)
        .select(events::occurred_at)
        .one(cx.conn())
        .await
        .optional()?;
    Ok(opened)
}

/// The appraisals of a cycle as the figures count them, each with its id: in two statements.
async fn found(cx: &mut Cx<'_>, cycle: CycleId) -> Result<Vec<(Uid, CountedAppraisal)>> {
    let (today, opened) = (cx.act.today(), stage_opened(cx, cycle).await?);
    let since = opened.unwrap_or(Moment::from(cx.act.now));
    let query = sql_query(APPRAISALS).bind::<st::Date, _>(today).bind::<Instant, _>(since).bind::<Guid, _>(cx.tenant()).bind::<Guid, _>(Uid::from(cycle));
    let rows: Vec<CountedRow> = query.all(cx.conn()).await?;
    // most have the deadlines of their school
    let mut deadlines: HashMap<String, Vec<Deadline>> = HashMap::new();
    let mut count = |row: CountedRow| {
        let state = AppraisalState::parse(&row.state).map_err(corrupt)?;
        let due = match deadlines.entry(row.deadlines.0) {
            Entry::Occupied(read) => read.into_mut(),
            Entry::Vacant(new) => {
                let read = serde_json::from_str(new.key()).map_err(corrupt)?;
                new.insert(read)
            }
        };
        let has = Has { appraiser: row.appraised, objectives: row.has_objectives, meeting: row.has_met || opened.is_none() };
        let outstanding = outstanding(state, due, has, today);
        Ok((row.id, CountedAppraisal { organisation: row.organisation_id.to(), person: row.person_id.to(), state, outstanding }))
    };
    rows.into_iter().map(&mut count).collect()
}

impl Read<Here> for AppraisalOverview {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Figures<Progress>> {
        let places = places(cx).await?;
        // by a role, not because one is appraised there
        let names = rules::reach(&cx.caller, Permission::ReadAppraisals).unwrap_or_default();
        let names = covered(cx, &names).await?;
        let found: Vec<CountedAppraisal> = found(cx, self.cycle_id).await?.into_iter().map(|(_, counted)| counted).collect();
        let places = counted(places, found.iter().map(|f| f.organisation));
        let ids: Vec<_> = places.iter().map(|p| p.id).collect();
        let open: Vec<bool> = ids.iter().map(|at| names.as_ref().is_none_or(|n| n.contains(at))).collect();
        let (rows, all) = progress(&ids, &open, &found);
        kept(cx, places, rows, all, self.organisation_id).await
    }
}

impl Read<Here> for AppraisalOverviewByAppraiser {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<AppraiserProgress>> {
        let reach = rules::reach(&cx.caller, Permission::ReadAppraisals).unwrap_or_default();
        let (places, read) = (places(cx).await?, covered(cx, &reach).await?);
        let asked = match self.organisation_id {
            Some(at) => covered(cx, &Reach { organisations: vec![at], ..Reach::default() }).await?,
            None => None,
        };
        // by a role, not because one is appraised there: at these schools the caller reads every appraisal by name
        let within = |at: &OrganisationId| read.as_ref().is_none_or(|r| r.contains(at)) && asked.as_ref().is_none_or(|a| a.contains(at));
        let counted: Vec<_> = found(cx, self.cycle_id).await?.into_iter().filter(|(_, c)| within(&c.organisation)).collect();
        let today = cx.act.today();
        let terms = appraisal_appraisers::table
            .inner_join(
                appraisals::table.on(appraisals::tenant_id.eq(appraisal_appraisers::tenant_id).and(appraisals::id.eq(appraisal_appraisers::appraisal_id))),
            )
            .filter(appraisal_appraisers::tenant_id.eq(cx.tenant()))
            .filter(appraisals::cycle_id.eq(Uid::from(self.cycle_id)))
            .select((appraisal_appraisers::appraisal_id, appraisal_appraisers::person_id));
        let terms: Vec<(Uid, Uid)> = access::appraising!(terms, today).all(cx.conn()).await?;
        let mut appraised: HashMap<Uid, Vec<PersonId>> = HashMap::new();
        for (appraisal, person) in terms {
            appraised.entry(appraisal).or_default().push(person.to());
        }
        let found: Vec<_> = counted.into_iter().map(|(id, c)| (c, appraised.remove(&id).unwrap_or_default())).collect();
        let rows = progress_by_appraiser(&found);
        let people: Vec<PersonId> = rows.iter().filter_map(|((_, person), _)| *person).collect();
        let names = match super::super::person::names_are_told(cx) {
            Ok(()) => super::super::person::names(cx, uids(&people)).await?,
            Err(_) => HashMap::new(),
        };
        let places: HashMap<OrganisationId, Place> = places.into_iter().map(|place| (place.id, place)).collect();
        let row = |((at, person), progress): ((OrganisationId, Option<PersonId>), Progress)| {
            let appraiser = person.map(|id| (id, names.get(&id.into()).cloned()));
            Some(AppraiserProgress { organisation: places.get(&at)?.clone(), appraiser, progress })
        };
        let mut rows: Vec<AppraiserProgress> = rows.into_iter().filter_map(row).collect();
        rows.sort_by(|a, b| {
            let key = |r: &AppraiserProgress| (r.organisation.name.clone(), r.organisation.id, r.appraiser.clone().map(|(id, name)| (name, id)));
            key(a).cmp(&key(b))
        });
        Ok(rows)
    }
}

/// Those of these appraisals of which a conversation was held since then.
async fn having_met(cx: &mut Cx<'_>, of: &[Appraisal], since: Moment) -> Result<HashSet<Uid>> {
    let ids: Vec<Uid> = of.iter().map(|a| a.id.into()).collect();
    let met: Vec<Option<Uid>> = conversations::table
        .filter(conversations::tenant_id.eq(cx.tenant()))
        .filter(conversations::appraisal_id.eq_any(ids))
        .filter(conversations::held_at.ge(since))
        .select(conversations::appraisal_id)
        .distinct()
        .all(cx.conn())
        .await?;
    Ok(met.into_iter().flatten().collect())
}

/// Employments and cycles in which there are objectives, besides private drafts.
async fn with_objectives(cx: &mut Cx<'_>, of: &[Appraisal]) -> Result<HashSet<(Uid, Option<Uid>)>> {
    let employments: Vec<Uid> = of.iter().map(|a| a.employment_id.into()).collect();
    let rows: Vec<(Uid, Option<Uid>)> = objectives::table
        .filter(objectives::tenant_id.eq(cx.tenant()))
        .filter(objectives::employment_id.eq_any(employments))
        .filter(objectives::private_to.is_null())
        .filter(objectives::state.ne("withdrawn"))
        .select((objectives::employment_id, objectives::cycle_id))
        .distinct()
        .all(cx.conn())
        .await?;
    Ok(rows.into_iter().collect())
}

impl Read<Here> for ListAppraisalProgress {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<OutstandingAppraisal>> {
        let Page { items, next } = super::super::appraisal::page_of_cycle(cx, self).await?;
        let today = cx.act.today();
        let appraisers = |a: &Appraisal| a.appraisers.iter().filter(|t| t.on(today)).map(|t| t.person_id).collect::<Vec<_>>();
        let people: Vec<PersonId> = items.iter().flat_map(|a| appraisers(a).into_iter().chain([a.person_id])).collect();
        let names = match super::super::person::names_are_told(cx) {
            Ok(()) => super::super::person::names(cx, uids(&people)).await?,
            Err(_) => std::collections::HashMap::new(),
        };
        let name = |id: PersonId| names.get(&id.into()).cloned();
        let set = with_objectives(cx, &items).await?;
        let opened = stage_opened(cx, self.cycle_id).await?;
        let met = match opened {
            Some(since) => having_met(cx, &items, since).await?,
            None => HashSet::new(),
        };
        let row = |a: Appraisal| {
            let appraise = appraisers(&a);
            let objectives = set.contains(&(a.employment_id.into(), Some(a.cycle_id.into())));
            let has = Has { appraiser: !appraise.is_empty(), objectives, meeting: opened.is_none() || met.contains(&a.id.into()) };
            OutstandingAppraisal {
                id: a.id,
                person_id: a.person_id,
                person_name: name(a.person_id),
                organisation_id: a.organisation_id,
                state: a.state,
                outstanding: outstanding(a.state, &a.deadlines, has, today),
                appraisers: appraise.into_iter().map(|id| (id, name(id))).collect(),
            }
        };
        Ok(Page { items: items.into_iter().map(row).collect(), next })
    }
}
