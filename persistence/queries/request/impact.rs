//! What comes of requests: plans, checkpoints, and what may be said of all of them together. None of their words are in the log.

use super::{super::prelude::*, circumstances, known, one_shown, party, replace};
use crate::{
    learning_statement::Recorded,
    request::{GetRequestImpact, ImpactSummary, PlanImpact, RecordCheckpoint, RequestImpact, SummariseImpact, TopicImpact},
    transaction::Versioned,
};
use chrono::{NaiveDate, NaiveTime};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    conversation::agenda::CheckpointDue,
    event::{Changes, EventKind},
    id::{LearningRequestId, PersonId},
    impact::{Case, Checkpoint, CheckpointOutcome, Conclusion, ImpactLevel, ImpactPlan, Look, OffsetUnit, Summaries, Summary, Topic, looks, summarise},
    request::{LearningRequest, RequestAction, RequestState},
    text::{Narrative, Reason, Title, Wire},
    time::{academic_year, academic_year_days, micros},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = impact_plans, check_for_backend(Sqlite, Pg))]
struct PlanRow {
    tenant_id: Uid,
    learning_request_id: Uid,
    reaction: String,
    learning: String,
    organisational_support: String,
    use_in_practice: String,
    pupil_outcomes: String,
}
impl PlanRow {
    fn new(tenant_id: Uid, request: LearningRequestId, plan: &ImpactPlan) -> Self {
        let ImpactPlan { reaction, learning, organisational_support, use_in_practice, pupil_outcomes } = plan;
        let text = |t: &Reason| t.as_str().to_owned();
        Self {
            tenant_id,
            learning_request_id: request.into(),
            reaction: text(reaction),
            learning: text(learning),
            organisational_support: text(organisational_support),
            use_in_practice: text(use_in_practice),
            pupil_outcomes: text(pupil_outcomes),
        }
    }
    fn plan(self) -> Result<ImpactPlan> {
        let Self { tenant_id: _, learning_request_id: _, reaction, learning, organisational_support, use_in_practice, pupil_outcomes } = self;
        let text = |t: String| Reason::parse(&t).map_err(corrupt);
        Ok(ImpactPlan {
            reaction: text(reaction)?,
            learning: text(learning)?,
            organisational_support: text(organisational_support)?,
            use_in_practice: text(use_in_practice)?,
            pupil_outcomes: text(pupil_outcomes)?,
        })
    }
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = impact_checkpoints, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct CheckpointRow {
    tenant_id: Uid,
    id: Uid,
    learning_request_id: Uid,
    position: i32,
    level: String,
    after: i32,
    unit: String,
    outcome: Option<String>,
    narrative: Option<String>,
    evidence: Option<String>,
    recorded_at: Option<Moment>,
}
impl CheckpointRow {
    fn new(tenant_id: Uid, request: LearningRequestId, position: i32, checkpoint: &Checkpoint) -> Self {
        let Checkpoint { id, look: Look { level, after, unit }, outcome, narrative, evidence, recorded_at } = checkpoint;
        Self {
            tenant_id,
            id: (*id).into(),
            learning_request_id: request.into(),
            position,
            level: level.as_str().into(),
            after: *after,
            unit: unit.as_str().into(),
            outcome: outcome.map(|o| o.as_str().into()),
            narrative: narrative.as_ref().map(|n| n.as_str().into()),
            evidence: evidence.as_ref().map(|e| e.as_str().into()),
            recorded_at: recorded_at.map(Moment::from),
        }
    }
    fn checkpoint(self) -> Result<Checkpoint> {
        let Self { tenant_id: _, id, learning_request_id: _, position: _, level, after, unit, outcome, narrative, evidence, recorded_at } = self;
        let look = Look { level: ImpactLevel::parse(&level).map_err(corrupt)?, after, unit: OffsetUnit::parse(&unit).map_err(corrupt)? };
        Ok(Checkpoint {
            id: id.to(),
            look,
            outcome: outcome.map(|o| CheckpointOutcome::parse(&o)).transpose().map_err(corrupt)?,
            narrative: narrative.map(|n| Narrative::parse(&n)).transpose().map_err(corrupt)?,
            evidence: evidence.map(|e| Reason::parse(&e)).transpose().map_err(corrupt)?,
            recorded_at: recorded_at.map(|at| at.0),
        })
    }
}

/// Is there a plan, and of how many of its checkpoints is nothing recorded?
pub(super) async fn standing(cx: &mut Cx<'_>, id: LearningRequestId) -> Result<(bool, usize)> {
    let plans: i64 = impact_plans::table.find((cx.tenant(), Uid::from(id))).count().one(cx.conn()).await?;
    let open: i64 = impact_checkpoints::table
        .filter(impact_checkpoints::tenant_id.eq(cx.tenant()))
        .filter(impact_checkpoints::learning_request_id.eq(Uid::from(id)))
        .filter(impact_checkpoints::outcome.is_null())
        .count()
        .one(cx.conn())
        .await?;
    Ok((plans > 0, usize::try_from(open).unwrap_or(0)))
}

/// Which of these requests have a plan, and the checkpoints of each of which nothing is recorded: in two statements.
pub(super) async fn standings(cx: &mut Cx<'_>, ids: Vec<Uid>) -> Result<(HashSet<Uid>, HashMap<Uid, Vec<Checkpoint>>)> {
    let plans = impact_plans::table.filter(impact_plans::tenant_id.eq(cx.tenant())).select(impact_plans::learning_request_id);
    let plans: Vec<Uid> = page::of_these!(cx, plans, impact_plans::learning_request_id, ids);
    let open = impact_checkpoints::table
        .filter(impact_checkpoints::tenant_id.eq(cx.tenant()))
        .filter(impact_checkpoints::outcome.is_null())
        .order((impact_checkpoints::learning_request_id, impact_checkpoints::position))
        .select(CheckpointRow::as_select());
    let rows: Vec<CheckpointRow> = page::of_these!(cx, open, impact_checkpoints::learning_request_id, ids);
    let mut open: HashMap<Uid, Vec<Checkpoint>> = HashMap::new();
    for row in rows {
        open.entry(row.learning_request_id).or_default().push(row.checkpoint()?);
    }
    Ok((plans.into_iter().collect(), open))
}

async fn plan_of(cx: &mut Cx<'_>, id: LearningRequestId) -> Result<Option<ImpactPlan>> {
    let row: Option<PlanRow> = impact_plans::table.find((cx.tenant(), Uid::from(id))).select(PlanRow::as_select()).one(cx.conn()).await.optional()?;
    row.map(PlanRow::plan).transpose()
}
async fn checkpoints_of(cx: &mut Cx<'_>, id: LearningRequestId) -> Result<Vec<(i32, Checkpoint)>> {
    let rows: Vec<CheckpointRow> = impact_checkpoints::table
        .filter(impact_checkpoints::tenant_id.eq(cx.tenant()))
        .filter(impact_checkpoints::learning_request_id.eq(Uid::from(id)))
        .order(impact_checkpoints::position)
        .select(CheckpointRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(|row| Ok((row.position, row.checkpoint()?))).collect()
}

async fn seen(cx: &mut Cx<'_>, request: LearningRequest) -> Result<RequestImpact> {
    let plan = plan_of(cx, request.id).await?;
    let checkpoints = checkpoints_of(cx, request.id).await?.into_iter().map(|(_, c)| c).collect();
    let confided = request.confides_in(cx.caller.person());
    let visible = one_shown(cx, request).await?;
    Ok(RequestImpact { request: visible.request, plan, checkpoints, in_full: visible.in_full, confided })
}

/// What checkpoints of a person showed, recorded on one of these days, as far as the caller may read of it. What was written is for whom its owner confides in.
pub(in super::super) async fn recorded_by(cx: &mut Cx<'_>, person: PersonId, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<Recorded>> {
    let midnight = |day: NaiveDate| Moment(day.and_time(NaiveTime::MIN).and_utc());
    let rows: Vec<CheckpointRow> = impact_checkpoints::table
        .inner_join(
            learning_requests::table
                .on(learning_requests::tenant_id.eq(impact_checkpoints::tenant_id).and(learning_requests::id.eq(impact_checkpoints::learning_request_id))),
        )
        .filter(impact_checkpoints::tenant_id.eq(cx.tenant()))
        .filter(learning_requests::person_id.eq(Uid::from(person)))
        .filter(impact_checkpoints::outcome.is_not_null())
        .filter(impact_checkpoints::recorded_at.ge(midnight(from)))
        .filter(impact_checkpoints::recorded_at.lt(midnight(to)))
        .order((impact_checkpoints::recorded_at, impact_checkpoints::id))
        .limit(1_000)
        .select(CheckpointRow::as_select())
        .all(cx.conn())
        .await?;
    let ids: Vec<Uid> = rows.iter().map(|row| row.learning_request_id).collect();
    let of: HashMap<LearningRequestId, LearningRequest> = super::visible(cx, &ids).await?.into_iter().map(|v| (v.request.id, v.request)).collect();
    let mut recorded = Vec::with_capacity(rows.len());
    for row in rows {
        let Some(request) = of.get(&row.learning_request_id.to()) else { continue };
        let Checkpoint { look, outcome, narrative, recorded_at, .. } = row.checkpoint()?;
        let (Some(outcome), Some(at)) = (outcome, recorded_at) else { continue };
        let narrative = narrative.filter(|_| request.confides_in(cx.caller.person()));
        recorded.push(Recorded { title: request.ask.title.clone(), level: look.level, outcome, narrative, on: at.date_naive() });
    }
    Ok(recorded)
}

/// Checkpoints of a person's learning of which nothing is recorded and whose day has come by this one, of requests that the caller may read.
pub(in super::super) async fn due_of(cx: &mut Cx<'_>, person: PersonId, by: NaiveDate) -> Result<Vec<CheckpointDue>> {
    let looked_at: Vec<&str> = RequestAction::RecordCheckpoint.from().iter().map(|s| s.as_str()).collect();
    let query = impact_checkpoints::table
        .inner_join(
            learning_requests::table
                .on(learning_requests::tenant_id.eq(impact_checkpoints::tenant_id).and(learning_requests::id.eq(impact_checkpoints::learning_request_id))),
        )
        .filter(impact_checkpoints::tenant_id.eq(cx.tenant()))
        .filter(learning_requests::person_id.eq(Uid::from(person)))
        .filter(learning_requests::state.eq_any(looked_at))
        .filter(impact_checkpoints::outcome.is_null())
        .order((impact_checkpoints::learning_request_id, impact_checkpoints::position))
        .limit(200)
        .select((learning_requests::title, learning_requests::state, learning_requests::ends_on, CheckpointRow::as_select()))
        .into_boxed::<Dialect>();
    let rows: Vec<(String, String, NaiveDate, CheckpointRow)> = page::within_reach!(query, cx, learning_requests).all(cx.conn()).await?;
    let due = rows.into_iter().map(|(title, state, ends_on, row)| {
        let request_id = row.learning_request_id.to();
        let due_on = row.checkpoint()?.look.due_on(ends_on);
        Ok(CheckpointDue { request_id, title: Title::parse(&title).map_err(corrupt)?, state: RequestState::parse(&state).map_err(corrupt)?, due_on })
    });
    Ok(due.collect::<Result<Vec<_>>>()?.into_iter().filter(|c| c.due_on <= by).collect())
}

impl Read<Here> for GetRequestImpact {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<RequestImpact> {
        let request = known(cx, self.id).await?;
        seen(cx, request).await
    }
}

/// The request for a write on what comes of it.
async fn written(tx: &mut Tx<'_>, id: LearningRequestId, expected: Option<i64>, action: RequestAction) -> Result<LearningRequest> {
    let request = known(tx, id).await?;
    super::super::event::expect(tx, &request, expected).await?;
    let by = party(tx, &request).await?;
    let so = circumstances(tx, &request, request.budget_line_id).await?;
    request.can(action, by, so)?;
    Ok(request)
}

/// The request takes its next version, and the log says that this part of it changed, not how: the words are between its owner and few others.
async fn noted(tx: &mut Tx<'_>, kind: EventKind, part: &str, before: LearningRequest) -> Result<RequestImpact> {
    let mut after = before.clone();
    after.touch(before.version + 1, micros(tx.act.now));
    replace(tx, before.version, &after).await?;
    tx.happened(kind, after.id.0, after.version, Changes { fields: vec![part.into()], values: json!({}) }, after.about());
    seen(tx, after).await
}

impl Write<Here> for PlanImpact {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<RequestImpact> {
        let before = written(tx, self.id, self.expected, RequestAction::PlanImpact).await?;
        looks(&self.looks)?;
        let (tenant, id) = (tx.tenant(), Uid::from(self.id));
        let was: Vec<Look> = checkpoints_of(tx, self.id).await?.into_iter().map(|(_, c)| c.look).collect();
        if plan_of(tx, self.id).await?.as_ref() == Some(&self.plan) && was == self.looks {
            return seen(tx, before).await;
        }
        diesel::delete(impact_plans::table.find((tenant, id))).done(tx.conn()).await?;
        let old = impact_checkpoints::table.filter(impact_checkpoints::tenant_id.eq(tenant)).filter(impact_checkpoints::learning_request_id.eq(id));
        diesel::delete(old).done(tx.conn()).await?;
        diesel::insert_into(impact_plans::table).values(PlanRow::new(tenant, self.id, &self.plan)).done(tx.conn()).await?;
        let mut rows = Vec::new();
        for (look, position) in self.looks.iter().zip(0..) {
            let checkpoint = Checkpoint { id: tx.new_id(), look: *look, outcome: None, narrative: None, evidence: None, recorded_at: None };
            rows.push(CheckpointRow::new(tenant, self.id, position, &checkpoint));
        }
        diesel::insert_into(impact_checkpoints::table).values(rows).done(tx.conn()).await?;
        noted(tx, EventKind::LearningRequestImpactPlanned, "impact_plan", before).await
    }
}

impl Write<Here> for RecordCheckpoint {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<RequestImpact> {
        let Self { id, checkpoint_id, outcome, narrative, evidence, expected } = self.clone();
        // whoever says the same at the same moment is told who was first
        access::guard(tx, id).await?;
        let before = written(tx, id, expected, RequestAction::RecordCheckpoint).await?;
        let found = checkpoints_of(tx, id).await?.into_iter().find(|(_, c)| c.id == checkpoint_id);
        let (position, was) = found.ok_or(StoreError::Missing)?;
        let is = was.recorded(outcome, narrative, evidence, (before.ask.ends_on, tx.act.today()), micros(tx.act.now))?;
        if is == (Checkpoint { recorded_at: is.recorded_at, ..was }) {
            return seen(tx, before).await;
        }
        let row = CheckpointRow::new(tx.tenant(), id, position, &is);
        diesel::update(impact_checkpoints::table.find((tx.tenant(), Uid::from(checkpoint_id)))).set(row).done(tx.conn()).await?;
        noted(tx, EventKind::LearningRequestCheckpointRecorded, "checkpoints", before).await
    }
}

type CaseRow = (Uid, Uid, Uid, Option<Uid>, Option<String>, String, Option<i32>, i32, Option<String>);

impl Read<Here> for SummariseImpact {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<ImpactSummary> {
        access::within(cx, Some(self.organisation_id), None, None).await?;
        let year = self.academic_year.unwrap_or_else(|| academic_year(cx.act.today()));
        let (from, before) = academic_year_days(year)?;
        let (tenant, at) = (cx.tenant(), Uid::from(self.organisation_id));
        let beneath = || {
            organisation_paths::table
                .filter(organisation_paths::tenant_id.eq(tenant))
                .filter(organisation_paths::ancestor_id.eq(at))
                .select(organisation_paths::descendant_id)
        };
        let counted = || {
            learning_requests::spent_pence
                .is_not_null()
                .and(learning_requests::starts_on.ge(from))
                .and(learning_requests::starts_on.lt(before))
                .and(learning_requests::organisation_id.eq_any(beneath()))
        };
        let rows: Vec<CaseRow> = learning_requests::table
            .filter(learning_requests::tenant_id.eq(tenant))
            .filter(counted())
            .select((
                learning_requests::id,
                learning_requests::person_id,
                learning_requests::organisation_id,
                learning_requests::activity_id,
                learning_requests::provider,
                learning_requests::state,
                learning_requests::spent_pence,
                learning_requests::cover_minutes,
                learning_requests::conclusion,
            ))
            .all(cx.conn())
            .await?;
        let looked: Vec<(Uid, String, Option<String>)> = impact_checkpoints::table
            .inner_join(
                learning_requests::table
                    .on(learning_requests::tenant_id.eq(impact_checkpoints::tenant_id).and(learning_requests::id.eq(impact_checkpoints::learning_request_id))),
            )
            .filter(impact_checkpoints::tenant_id.eq(tenant))
            .filter(counted())
            .select((impact_checkpoints::learning_request_id, impact_checkpoints::level, impact_checkpoints::outcome))
            .all(cx.conn())
            .await?;
        let mut checkpoints: HashMap<Uid, Vec<(ImpactLevel, Option<CheckpointOutcome>)>> = HashMap::new();
        for (request, level, outcome) in looked {
            let outcome = outcome.map(|o| CheckpointOutcome::parse(&o)).transpose().map_err(corrupt)?;
            checkpoints.entry(request).or_default().push((ImpactLevel::parse(&level).map_err(corrupt)?, outcome));
        }
        let activities: Vec<(Uid, String, Option<String>, Option<String>)> = learning_activities::table
            .filter(learning_activities::tenant_id.eq(tenant))
            .filter(learning_activities::id.eq_any(rows.iter().filter_map(|r| r.3).collect::<Vec<_>>()))
            .select((learning_activities::id, learning_activities::title, learning_activities::provider, learning_activities::conclusion))
            .all(cx.conn())
            .await?;
        let catalogue: HashMap<Uid, _> = activities.into_iter().map(|(id, title, provider, conclusion)| (id, (title, provider, conclusion))).collect();
        let named = |provider: Option<&String>| provider.map(|p| Title::parse(p)).transpose().map_err(corrupt);
        let mut cases = Vec::with_capacity(rows.len());
        for (id, person, school, activity, provider, state, spent, cover, conclusion) in rows {
            let (topic, provider) = match activity {
                Some(activity) => (Topic::Activity(activity.to()), named(catalogue.get(&activity).and_then(|(_, provider, _)| provider.as_ref()))?),
                None => {
                    let provider = named(provider.as_ref())?;
                    (Topic::Provider(provider.clone()), provider)
                }
            };
            cases.push(Case {
                person: person.to(),
                at: school.to(),
                topic,
                provider,
                spent: spent.unwrap_or(0).unsigned_abs().into(),
                // who did not go needed nobody to stand in
                cover: if state == "withdrawn" { 0 } else { cover.unsigned_abs().into() },
                checkpoints: checkpoints.remove(&id).unwrap_or_default(),
                conclusion: conclusion.map(|c| Conclusion::parse(&c)).transpose().map_err(corrupt)?,
            });
        }
        let known = |topic: Topic, summary: Summary| -> Result<TopicImpact> {
            let of = match &topic {
                Topic::Activity(id) => catalogue.get(&Uid::from(*id)),
                Topic::Provider(_) => None,
            };
            let title = of.map(|(title, ..)| Title::parse(title)).transpose().map_err(corrupt)?;
            let conclusion = of.and_then(|(.., conclusion)| conclusion.as_ref()).map(|c| Conclusion::parse(c)).transpose().map_err(corrupt)?;
            Ok(TopicImpact { topic, title, conclusion, summary })
        };
        let parent: Option<Uid> = organisations::table.find((tenant, at)).select(organisations::parent_id).one(cx.conn()).await?;
        let Summaries { topics, topics_left_out, providers, providers_left_out } = summarise(&cases, parent.is_none());
        let topics = topics.into_iter().map(|(topic, summary)| known(topic, summary)).collect::<Result<_>>()?;
        Ok(ImpactSummary { academic_year: year, topics, left_out: topics_left_out, providers, providers_left_out })
    }
}
