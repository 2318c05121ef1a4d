//! How far appraisals are: figures for those who lead and govern, names for those who may read the appraisals.

use super::{super::prelude::*, counted, covered, kept, places, st};
use crate::{
    column::sql::{Document, Guid},
    insight::{AppraisalOverview, Figures, ListAppraisalProgress, OutstandingAppraisal},
};
use diesel::{QueryableByName, sql_query};
use std::collections::{HashMap, HashSet, hash_map::Entry};
use trellis_domain::{
    access::{self as rules, Permission},
    appraisal::{Appraisal, AppraisalState, Deadline},
    id::PersonId,
    insight::{CountedAppraisal, Progress, outstanding, progress},
    text::Wire,
};

/// One row for each appraisal, with whose it is: who works at two schools is one person. SQLite numbers what is bound in the order in which it is first named.
const APPRAISALS: &str = "
SELECT a.organisation_id, a.person_id, a.state, a.deadlines,
  EXISTS (SELECT 1 FROM appraisal_appraisers x WHERE x.tenant_id = a.tenant_id AND x.appraisal_id = a.id
    AND x.starts_on <= $1 AND (x.until_on IS NULL OR x.until_on > $1)) AS appraised,
  EXISTS (SELECT 1 FROM objectives o WHERE o.tenant_id = a.tenant_id AND o.employment_id = a.employment_id AND o.cycle_id = a.cycle_id
    AND o.private_to IS NULL AND o.state <> 'withdrawn') AS has_objectives
FROM appraisals a WHERE a.tenant_id = $2 AND a.cycle_id = $3 AND a.state NOT IN ('transferred', 'abandoned')";

#[derive(QueryableByName)]
struct CountedRow {
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
}

impl Read<Here> for AppraisalOverview {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Figures<Progress>> {
        let places = places(cx).await?;
        // by a role, not because one is appraised there
        let names = rules::reach(&cx.caller, Permission::ReadAppraisals).unwrap_or_default();
        let names = covered(cx, &names).await?;
        let today = cx.act.today();
        let query = sql_query(APPRAISALS).bind::<st::Date, _>(today).bind::<Guid, _>(cx.tenant()).bind::<Guid, _>(Uid::from(self.cycle_id));
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
            Ok(CountedAppraisal {
                organisation: row.organisation_id.to(),
                person: row.person_id.to(),
                state,
                outstanding: outstanding(state, due, row.appraised, row.has_objectives, today),
            })
        };
        let found: Vec<CountedAppraisal> = rows.into_iter().map(&mut count).collect::<Result<_>>()?;
        let places = counted(places, found.iter().map(|f| f.organisation));
        let ids: Vec<_> = places.iter().map(|p| p.id).collect();
        let open: Vec<bool> = ids.iter().map(|at| names.as_ref().is_none_or(|n| n.contains(at))).collect();
        let (rows, all) = progress(&ids, &open, &found);
        kept(cx, places, rows, all, self.organisation_id).await
    }
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
        let row = |a: Appraisal| {
            let appraise = appraisers(&a);
            let has_objectives = set.contains(&(a.employment_id.into(), Some(a.cycle_id.into())));
            OutstandingAppraisal {
                id: a.id,
                person_id: a.person_id,
                person_name: name(a.person_id),
                organisation_id: a.organisation_id,
                state: a.state,
                outstanding: outstanding(a.state, &a.deadlines, !appraise.is_empty(), has_objectives, today),
                appraisers: appraise.into_iter().map(|id| (id, name(id))).collect(),
            }
        };
        Ok(Page { items: items.into_iter().map(row).collect(), next })
    }
}
