//! The way back along the line of sight: from a record to the objectives that it is for, to the priorities that these and it serve, and to those that the
//! priorities were adopted from. Each asks first for the record by the rule of that record, and shows of the rest what its own list would.

use super::{
    super::{
        agreed_action,
        conversation::{Said, readings},
        enrolment, finding, learning, need, objective,
        prelude::*,
        request,
        training::completion,
        visit,
    },
    sight::{PriorityRow, readable},
    st,
};
use crate::{
    column::sql::Guid,
    disclosure::Sealed,
    insight::{
        AgreedActionLineOfSight, EnrolmentLineOfSight, FindingLineOfSight, LearningLineOfSight, LearningSight, LearningVisitLineOfSight, NeedLineOfSight,
        ObjectiveInSight, ObjectiveLineOfSight, PriorityInSight, RequestLineOfSight, TrainingCompletionLineOfSight, WayBack,
    },
    request::VisibleRequest,
};
use diesel::{QueryableByName, sql_query};
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    enrolment::Enrolment,
    id::{LearningRecordId, LearningRequestId, ObjectiveId, PriorityId},
    need::NeedSource,
    objective::{Objective, ObjectiveState},
    request::RequestState,
};
use uuid::Uuid;

/// `$1` is the tenant, `$2` a learning record, `$3` a request, `$4` an objective: what they and their objectives serve, and what that was adopted from, each with
/// whether the record or the request names it itself. Which of it the caller is led to is decided by the objectives that they may read.
const SERVED: &str = "WITH RECURSIVE named(id) AS (
  SELECT priority_id FROM learning_record_priorities WHERE tenant_id = $1 AND learning_record_id = $2
  UNION SELECT priority_id FROM learning_request_priorities WHERE tenant_id = $1 AND learning_request_id = $3),
s(id) AS (
  SELECT id FROM objectives WHERE tenant_id = $1 AND id = $4
  UNION SELECT objective_id FROM learning_record_objectives WHERE tenant_id = $1 AND learning_record_id = $2
  UNION SELECT objective_id FROM learning_request_objectives WHERE tenant_id = $1 AND learning_request_id = $3),
p(id) AS (
  SELECT id FROM named
  UNION SELECT op.priority_id FROM s CROSS JOIN objective_priorities op WHERE op.tenant_id = $1 AND op.objective_id = s.id
  UNION SELECT c.adopted_from FROM priorities c JOIN p ON c.id = p.id WHERE c.tenant_id = $1 AND c.adopted_from IS NOT NULL)
SELECT x.id, x.organisation_id, x.title, x.state, x.adopted_from, (x.id IN (SELECT id FROM named)) AS named, (n.state = 'draft') AS in_draft FROM priorities x
JOIN improvement_plans n ON n.tenant_id = x.tenant_id AND n.id = x.plan_id
WHERE x.tenant_id = $1 AND x.id IN (SELECT id FROM p) ORDER BY x.id";

#[derive(QueryableByName)]
struct ServedRow {
    #[diesel(embed)]
    of: PriorityRow,
    /// Does the record or the request name it itself?
    #[diesel(sql_type = st::Bool)]
    named: bool,
    /// Is its plan a draft? It leads on, and is not shown.
    #[diesel(sql_type = st::Bool)]
    in_draft: bool,
}

/// Where a way back begins.
#[derive(Default)]
struct Start {
    objective: Option<ObjectiveId>,
    record: Option<LearningRecordId>,
    request: Option<LearningRequestId>,
    /// May the caller read what the request is for? Whoever only keeps costs and cover sees the priorities that it names itself.
    in_full: bool,
}

impl Start {
    fn request(of: &VisibleRequest) -> Self {
        Self { request: Some(of.request.id), in_full: of.in_full, ..Self::default() }
    }
    /// Priorities on the way that the caller may know of: those that the record names, those of the objectives that the caller may read, and what these were adopted
    /// from. Where somebody may not read an objective, they are not told what it is for either; and what was withdrawn serves nothing any longer.
    async fn priorities(&self, cx: &mut Cx<'_>, read: &[Objective]) -> Result<Vec<PriorityInSight>> {
        let nothing = Uid(Uuid::nil());
        let uid = |id: Option<Uid>| id.unwrap_or(nothing);
        let rows: Vec<ServedRow> = sql_query(SERVED)
            .bind::<Guid, _>(cx.tenant())
            .bind::<Guid, _>(uid(optional(self.record)))
            .bind::<Guid, _>(uid(optional(self.request)))
            .bind::<Guid, _>(uid(optional(self.objective)))
            .all(cx.conn())
            .await?;
        let serving = read.iter().filter(|o| o.state != ObjectiveState::Withdrawn);
        let mut served: HashSet<PriorityId> = serving.flat_map(|o| o.words.priority_ids.iter().copied()).collect();
        let mut found = Vec::new();
        for ServedRow { of, named, in_draft } in rows {
            let priority = of.seen()?;
            if named {
                served.insert(priority.id);
            }
            found.push((priority, in_draft));
        }
        let above: HashMap<PriorityId, PriorityId> = found.iter().filter_map(|(p, _)| Some((p.id, p.adopted_from?))).collect();
        let mut next: Vec<PriorityId> = served.iter().copied().collect();
        while let Some(id) = next.pop() {
            next.extend(above.get(&id).copied().filter(|from| served.insert(*from)));
        }
        let found = found.into_iter().filter(|(p, in_draft)| !*in_draft && served.contains(&p.id)).map(|(p, _)| p).collect();
        let priorities = readable(cx, found).await?;
        let known: HashSet<PriorityId> = priorities.iter().map(|p| p.id).collect();
        // what one may not know of is not named as the source of what one may
        Ok(priorities.into_iter().map(|p| PriorityInSight { adopted_from: p.adopted_from.filter(|a| known.contains(a)), ..p }).collect())
    }
    /// Objectives on the way that the caller may read, by the rule of their own list, and how many others there are. A private draft is not even counted.
    async fn objectives(&self, cx: &mut Cx<'_>) -> Result<(Vec<Objective>, i64)> {
        let (tenant, mut ids) = (cx.tenant(), Vec::new());
        ids.extend(self.objective.map(Uid::from));
        if let Some(record) = self.record {
            let of = learning_record_objectives::table
                .filter(learning_record_objectives::tenant_id.eq(tenant))
                .filter(learning_record_objectives::learning_record_id.eq(Uid::from(record)))
                .select(learning_record_objectives::objective_id);
            let of: Vec<Uid> = of.all(cx.conn()).await?;
            ids.extend(of);
        }
        if let Some(request) = self.request.filter(|_| self.in_full) {
            let of = learning_request_objectives::table
                .filter(learning_request_objectives::tenant_id.eq(tenant))
                .filter(learning_request_objectives::learning_request_id.eq(Uid::from(request)))
                .select(learning_request_objectives::objective_id);
            let of: Vec<Uid> = of.all(cx.conn()).await?;
            ids.extend(of);
        }
        let drafts = objective::drafts_of_others(cx, &ids).await?;
        ids.retain(|id| !drafts.contains(id));
        ids.sort_unstable();
        ids.dedup();
        let before = under(cx, Permission::ReadObjectives);
        let found = objective::visible(cx, &ids).await;
        cx.reach = before;
        let mut found = found?;
        found.sort_unstable_by_key(|o| o.id);
        let others = i64::try_from(ids.len().saturating_sub(found.len())).unwrap_or_default();
        Ok((found, others))
    }
    async fn back(&self, cx: &mut Cx<'_>) -> Result<WayBack> {
        let (read, other_objectives) = self.objectives(cx).await?;
        let priorities = self.priorities(cx, &read).await?;
        Ok(WayBack { objectives: read.into_iter().map(in_sight).collect(), other_objectives, priorities })
    }
}

fn in_sight(of: Objective) -> ObjectiveInSight {
    ObjectiveInSight { id: of.id, title: of.words.title.as_str().into(), state: of.state }
}

/// From here on it is read what the caller may read under another permission than the operation's: what was before is given back.
fn under(cx: &mut Cx<'_>, permission: Permission) -> Reach {
    let reads = rules::reach(&cx.caller, permission).unwrap_or_default();
    std::mem::replace(&mut cx.reach, reads)
}

impl Read<Here> for LearningLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<LearningSight> {
        let record = learning::in_sight(cx, self.id).await?;
        let way = Start { record: Some(self.id), ..Start::default() }.back(cx).await?;
        let session: Option<Uid> = enrolments::table
            .filter(enrolments::tenant_id.eq(cx.tenant()))
            .filter(enrolments::learning_record_id.eq(Some(Uid::from(self.id))))
            .select(enrolments::session_id)
            .one(cx.conn())
            .await
            .optional()?;
        Ok(LearningSight { way, session_id: session.map(Uid::to), followed_up: record.reflection.is_some() })
    }
}
impl Read<Here> for ObjectiveLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<WayBack> {
        objective::visible_row(cx, self.id).await?;
        Start { objective: Some(self.id), ..Start::default() }.back(cx).await
    }
}
impl Read<Here> for RequestLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<WayBack> {
        let of = request::visible(cx, &[self.id.into()]).await?.pop().ok_or(StoreError::Missing)?;
        Start::request(&of).back(cx).await
    }
}
impl Read<Here> for AgreedActionLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<WayBack>> {
        let action = agreed_action::load(cx, self.id).await?;
        // what it was agreed for is part of what was said
        let readings = readings(cx, [Said::from(&action)]).await?;
        let way = Start { objective: action.objective_id, ..Start::default() }.back(cx).await?;
        Ok(sealed(way, readings))
    }
}
/// The learning record, if the caller may read it.
async fn readable_record(cx: &mut Cx<'_>, id: Option<LearningRecordId>) -> Result<Option<LearningRecordId>> {
    let Some(id) = id else { return Ok(None) };
    match learning::visible_row(cx, id).await {
        Err(StoreError::Missing) => Ok(None),
        other => other.map(|_| Some(id)),
    }
}
/// From the first of these requests that the caller may read; from nowhere, if there is none.
async fn from_request(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Start> {
    let before = under(cx, Permission::ReadRequests);
    let of = request::visible(cx, ids).await;
    cx.reach = before;
    Ok(of?.pop().as_ref().map(Start::request).unwrap_or_default())
}
/// From an enrolment: by the learning that came of it, and by what they asked for so that they could be there.
async fn from_enrolment(cx: &mut Cx<'_>, of: Enrolment) -> Result<Start> {
    let Enrolment { person_id, session_id, learning_record_id, .. } = of;
    let record = readable_record(cx, learning_record_id).await?;
    let asked: Vec<Uid> = learning_requests::table
        .filter(learning_requests::tenant_id.eq(cx.tenant()))
        .filter(learning_requests::person_id.eq(Uid::from(person_id)))
        .filter(learning_requests::session_id.eq(Some(Uid::from(session_id))))
        .filter(learning_requests::state.ne(RequestState::Withdrawn.as_str()))
        .order(learning_requests::id.desc())
        .limit(1)
        .select(learning_requests::id)
        .all(cx.conn())
        .await?;
    Ok(Start { record, ..from_request(cx, &asked).await? })
}

impl Read<Here> for EnrolmentLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<WayBack> {
        let of = enrolment::visible(cx, &[self.id.into()]).await?.pop().ok_or(StoreError::Missing)?;
        from_enrolment(cx, of).await?.back(cx).await
    }
}
impl Read<Here> for FindingLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<WayBack> {
        let of = finding::visible(cx, &[self.id.into()]).await?.pop().ok_or(StoreError::Missing)?;
        // whose it is would follow from what it is for
        let own = of.owner_id.is_some() && of.owner_id == cx.caller.person();
        let objective = of.objective_id.filter(|_| own || of.author_id.is_some());
        Start { objective, ..Start::default() }.back(cx).await
    }
}
impl Read<Here> for NeedLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<WayBack> {
        let of = need::in_sight(cx, self.id).await?;
        let start = match (of.source, of.source_id) {
            (NeedSource::Objective, Some(id)) => Start { objective: Some(ObjectiveId(id)), ..Start::default() },
            (NeedSource::LearningRequest, Some(id)) => from_request(cx, &[Uid(id)]).await?,
            _ => Start::default(),
        };
        start.back(cx).await
    }
}
impl Read<Here> for LearningVisitLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<WayBack> {
        let of = visit::own(cx, self.id).await?;
        // where the copy stands is the visited person's alone to know
        let copy = of.learning_record_id.filter(|_| cx.caller.person() == Some(of.visited_id));
        let record = readable_record(cx, copy).await?;
        Start { record, ..Start::default() }.back(cx).await
    }
}
impl Read<Here> for TrainingCompletionLineOfSight {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<WayBack> {
        let done = completion::known(cx, self.id).await?;
        let came: Vec<Uid> = done.enrolment_id.into_iter().map(Uid::from).collect();
        let before = under(cx, Permission::ReadEnrolments);
        let of = enrolment::visible(cx, &came).await;
        cx.reach = before;
        let start = match of?.pop() {
            Some(of) => from_enrolment(cx, of).await?,
            None => Start::default(),
        };
        start.back(cx).await
    }
}
