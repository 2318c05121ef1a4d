//! The line of sight: from a priority to what comes of it. The way back is in [`super::back`].

use super::{super::prelude::*, counted, figure, places, st};
use crate::{
    column::sql::Guid,
    insight::{Figures, PriorityInSight, PriorityLineOfSight, PrioritySight},
};
use diesel::{QueryableByName, sql_query};
use std::collections::HashSet;
use trellis_domain::{
    access::{self as rules, Permission},
    insight::{ServingLearning, ServingObjectives, ServingRequests, line_of_sight},
    priority::{Priority, PriorityState},
    text::Wire,
};

// `CROSS JOIN` keeps SQLite, which has no statistics, from reading the whole tenant: its tables are joined in the order in which they stand.
/// `$1` is the tenant, `$2` the priority: itself and whatever was adopted from it, at any remove.
macro_rules! adopted {
    ($rest:literal) => {
        concat!(
            "WITH RECURSIVE p(id) AS (
  SELECT id FROM priorities WHERE tenant_id = $1 AND id = $2
  UNION SELECT c.id FROM priorities c JOIN p ON c.adopted_from = p.id WHERE c.tenant_id = $1)",
            $rest
        )
    };
}
const PRIORITIES: &str = adopted!(
    "
SELECT x.id, x.organisation_id, x.title, x.state, x.adopted_from FROM priorities x
JOIN improvement_plans n ON n.tenant_id = x.tenant_id AND n.id = x.plan_id
WHERE x.tenant_id = $1 AND x.id IN (SELECT id FROM p) AND n.state <> 'draft' ORDER BY x.id"
);
/// Private drafts and what was withdrawn serve nothing yet, or no longer.
const OBJECTIVES: &str = adopted!(
    "
SELECT o.organisation_id, o.person_id,
  EXISTS (SELECT 1 FROM learning_record_objectives l WHERE l.tenant_id = o.tenant_id AND l.objective_id = o.id) AS has_learning,
  (o.inquiry_finding IS NOT NULL) AS has_finding, (s.adopted > 0) AS adopted, COUNT(*) AS n
FROM (SELECT op.objective_id AS id, MAX(CASE WHEN p.id <> $2 THEN 1 ELSE 0 END) AS adopted FROM p CROSS JOIN objective_priorities op
  WHERE op.tenant_id = $1 AND op.priority_id = p.id GROUP BY op.objective_id) s
CROSS JOIN objectives o
WHERE o.tenant_id = $1 AND o.id = s.id AND o.private_to IS NULL AND o.state <> 'withdrawn'
GROUP BY 1, 2, 3, 4, 5"
);
/// By person and kind: a few rows for everybody who learned for it, however much they did.
const LEARNING: &str = adopted!(
    ", s(id, adopted) AS (
  SELECT learning_record_id, CASE WHEN priority_id <> $2 THEN 1 ELSE 0 END
  FROM learning_record_priorities WHERE tenant_id = $1 AND priority_id IN (SELECT id FROM p)
  UNION
  SELECT lo.learning_record_id, CASE WHEN op.priority_id <> $2 THEN 1 ELSE 0 END FROM objective_priorities op
  CROSS JOIN objectives o CROSS JOIN learning_record_objectives lo
  WHERE op.tenant_id = $1 AND op.priority_id IN (SELECT id FROM p) AND o.tenant_id = $1 AND o.id = op.objective_id
    AND lo.tenant_id = $1 AND lo.objective_id = op.objective_id AND o.private_to IS NULL AND o.state <> 'withdrawn'),
l(id, adopted) AS (SELECT id, MAX(adopted) FROM s GROUP BY id)
SELECT r.organisation_id, r.person_id, (r.reflection IS NOT NULL) AS reflected, (e.id IS NOT NULL) AS from_session, (l.adopted > 0) AS adopted,
  COUNT(*) AS records, CAST(SUM(r.minutes) AS BIGINT) AS minutes
FROM l CROSS JOIN learning_records r
LEFT JOIN enrolments e ON e.tenant_id = $1 AND e.learning_record_id = r.id
WHERE r.tenant_id = $1 AND r.id = l.id
GROUP BY 1, 2, 3, 4, 5"
);

/// Requests that were submitted, and serve it by themselves or through an objective.
const REQUESTS: &str = adopted!(
    ", s(id, adopted) AS (
  SELECT learning_request_id, CASE WHEN priority_id <> $2 THEN 1 ELSE 0 END
  FROM learning_request_priorities WHERE tenant_id = $1 AND priority_id IN (SELECT id FROM p)
  UNION
  SELECT ro.learning_request_id, CASE WHEN op.priority_id <> $2 THEN 1 ELSE 0 END FROM objective_priorities op
  CROSS JOIN objectives o CROSS JOIN learning_request_objectives ro
  WHERE op.tenant_id = $1 AND op.priority_id IN (SELECT id FROM p) AND o.tenant_id = $1 AND o.id = op.objective_id
    AND ro.tenant_id = $1 AND ro.objective_id = op.objective_id AND o.private_to IS NULL AND o.state <> 'withdrawn'),
l(id, adopted) AS (SELECT id, MAX(adopted) FROM s GROUP BY id)
SELECT r.organisation_id, r.person_id, (l.adopted > 0) AS adopted,
  CASE WHEN r.state NOT IN ('attended', 'evaluated', 'impact_reviewed', 'closed') THEN NULL
    WHEN r.state IN ('impact_reviewed', 'closed')
      OR EXISTS (SELECT 1 FROM impact_checkpoints c WHERE c.tenant_id = r.tenant_id AND c.learning_request_id = r.id AND c.outcome IS NOT NULL) THEN 1
    ELSE 0 END AS impact,
  COUNT(*) AS n, CAST(COALESCE(SUM(r.spent_pence), 0) AS BIGINT) AS spent_pence
FROM l CROSS JOIN learning_requests r
WHERE r.tenant_id = $1 AND r.id = l.id AND r.private_to IS NULL AND r.state <> 'withdrawn'
GROUP BY 1, 2, 3, 4"
);

#[derive(QueryableByName)]
struct RequestsRow {
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = st::Bool)]
    adopted: bool,
    #[diesel(sql_type = st::Nullable<st::Integer>)]
    impact: Option<i32>,
    #[diesel(sql_type = st::BigInt)]
    n: i64,
    #[diesel(sql_type = st::BigInt)]
    spent_pence: i64,
}
#[derive(QueryableByName)]
pub(super) struct PriorityRow {
    #[diesel(sql_type = Guid)]
    id: Uid,
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = st::Text)]
    title: String,
    #[diesel(sql_type = st::Text)]
    state: String,
    #[diesel(sql_type = st::Nullable<Guid>)]
    adopted_from: Option<Uid>,
}
impl PriorityRow {
    pub(super) fn seen(self) -> Result<PriorityInSight> {
        let Self { id, organisation_id, title, state, adopted_from } = self;
        Ok(PriorityInSight {
            id: id.to(),
            organisation_id: organisation_id.to(),
            title,
            state: PriorityState::parse(&state).map_err(corrupt)?,
            adopted_from: adopted_from.map(Uid::to),
        })
    }
}
#[derive(QueryableByName)]
struct ObjectivesRow {
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = st::Bool)]
    has_learning: bool,
    #[diesel(sql_type = st::Bool)]
    has_finding: bool,
    #[diesel(sql_type = st::Bool)]
    adopted: bool,
    #[diesel(sql_type = st::BigInt)]
    n: i64,
}
#[derive(QueryableByName)]
struct LearningRow {
    #[diesel(sql_type = Guid)]
    organisation_id: Uid,
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = st::Bool)]
    reflected: bool,
    #[diesel(sql_type = st::Bool)]
    from_session: bool,
    #[diesel(sql_type = st::Bool)]
    adopted: bool,
    #[diesel(sql_type = st::BigInt)]
    records: i64,
    #[diesel(sql_type = st::BigInt)]
    minutes: i64,
}

/// Those of these priorities that the caller may know of: none of a draft, and none of an organisation beside theirs.
pub(super) async fn readable(cx: &mut Cx<'_>, found: Vec<PriorityInSight>) -> Result<Vec<PriorityInSight>> {
    let reads = rules::reach(&cx.caller, Permission::ReadPlans).unwrap_or_default();
    if reads.everywhere {
        return Ok(found);
    }
    let shared: Vec<Uid> = organisations::table
        .filter(organisations::tenant_id.eq(cx.tenant()))
        .filter(page::shared!(cx, organisations::id, reads))
        .select(organisations::id)
        .all(cx.conn())
        .await?;
    let shared: HashSet<Uid> = shared.into_iter().collect();
    Ok(found.into_iter().filter(|p| shared.contains(&Uid::from(p.organisation_id))).collect())
}

impl Read<Here> for PriorityLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<PrioritySight> {
        let Priority { id, organisation_id, title, state, adopted_from, .. } = super::super::priority::in_sight(cx, self.id).await?;
        let priority = PriorityInSight { id, organisation_id, title: title.as_str().into(), state, adopted_from };
        let (tenant, id) = (cx.tenant(), Uid::from(self.id));
        let rows: Vec<PriorityRow> = sql_query(PRIORITIES).bind::<Guid, _>(tenant).bind::<Guid, _>(id).all(cx.conn()).await?;
        let found = rows.into_iter().map(PriorityRow::seen).collect::<Result<Vec<_>>>()?;
        let adopted: Vec<PriorityInSight> = readable(cx, found).await?.into_iter().filter(|p| p.id != self.id).collect();
        let places = places(cx).await?;
        let rows: Vec<ObjectivesRow> = sql_query(OBJECTIVES).bind::<Guid, _>(tenant).bind::<Guid, _>(id).all(cx.conn()).await?;
        let objectives: Vec<ServingObjectives> = rows
            .into_iter()
            .map(|ObjectivesRow { organisation_id, person_id, has_learning, has_finding, adopted, n }| ServingObjectives {
                organisation: organisation_id.to(),
                person: person_id.to(),
                has_learning,
                has_finding,
                adopted,
                count: figure(n),
            })
            .collect();
        let rows: Vec<LearningRow> = sql_query(LEARNING).bind::<Guid, _>(tenant).bind::<Guid, _>(id).all(cx.conn()).await?;
        let learning: Vec<ServingLearning> = rows
            .into_iter()
            .map(|LearningRow { organisation_id, person_id, reflected, from_session, adopted, records, minutes }| ServingLearning {
                organisation: organisation_id.to(),
                person: person_id.to(),
                reflected,
                from_session,
                adopted,
                records: figure(records),
                minutes: figure(minutes),
            })
            .collect();
        let rows: Vec<RequestsRow> = sql_query(REQUESTS).bind::<Guid, _>(tenant).bind::<Guid, _>(id).all(cx.conn()).await?;
        let requests: Vec<ServingRequests> = rows
            .into_iter()
            .map(|RequestsRow { organisation_id, person_id, adopted, impact, n, spent_pence }| ServingRequests {
                organisation: organisation_id.to(),
                person: person_id.to(),
                adopted,
                impact: impact.map(|known| known > 0),
                count: figure(n),
                spent_pence: figure(spent_pence),
            })
            .collect();
        // only where the priority's organisation reaches: what is beside it has no part in it
        let beneath = super::covered(cx, &rules::Reach { organisations: vec![priority.organisation_id], ..rules::Reach::default() }).await?.unwrap_or_default();
        let places: Vec<_> = places.into_iter().filter(|p| beneath.contains(&p.id)).collect();
        let places = counted(
            places,
            objectives.iter().map(|o| o.organisation).chain(learning.iter().map(|l| l.organisation)).chain(requests.iter().map(|r| r.organisation)),
        );
        let ids: Vec<_> = places.iter().map(|p| p.id).collect();
        let stands: HashSet<_> = adopted.iter().map(|p| p.organisation_id).chain([priority.organisation_id]).collect();
        let here: Vec<bool> = ids.iter().map(|at| stands.contains(at)).collect();
        let (rows, all) = line_of_sight(&ids, &here, &objectives, &learning, &requests);
        Ok(PrioritySight { priority, adopted, figures: Figures { rows: places.into_iter().zip(rows).collect(), all: Some(all) } })
    }
}
