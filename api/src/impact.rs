//! What comes of learning: plans and checkpoints of requests, and what may be said of all of them together.

use crate::{
    bulk::Wish,
    chart::{Chart, Group, bar},
    error::ApiError,
    extract::{Body, Id, IfMatch, NoParams, Params, segment},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::{CheckpointId, LearningRequestId, OrganisationId},
    impact::{Checkpoint, ImpactLevel, ImpactPlan, Known, Look, Summary, Topic},
    suppression::LEAST,
    text::Title,
    time::academic_year_label,
};
use trellis_persistence::{
    request::{GetRequestImpact, ImpactSummary, PlanImpact, RecordCheckpoint, RequestImpact, SummariseImpact, TopicImpact},
    transaction::needs::{ReadImpact, ReadRequests, WriteRequests},
};
use utoipa::{IntoParams, ToSchema};

/// How one will know what comes of learning, level by level.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImpactLevels {
    /// What one should think of it.
    reaction: word::Reason,
    /// What one should know or be able to do.
    learning: word::Reason,
    /// What the school has to do for it.
    organisational_support: word::Reason,
    /// What one should do differently.
    use_in_practice: word::Reason,
    /// What it should change for pupils.
    pupil_outcomes: word::Reason,
}
impl From<ImpactPlan> for ImpactLevels {
    fn from(plan: ImpactPlan) -> Self {
        let ImpactPlan { reaction, learning, organisational_support, use_in_practice, pupil_outcomes } = plan;
        Self {
            reaction: Word(reaction),
            learning: Word(learning),
            organisational_support: Word(organisational_support),
            use_in_practice: Word(use_in_practice),
            pupil_outcomes: Word(pupil_outcomes),
        }
    }
}
impl From<ImpactLevels> for ImpactPlan {
    fn from(levels: ImpactLevels) -> Self {
        let ImpactLevels { reaction, learning, organisational_support, use_in_practice, pupil_outcomes } = levels;
        Self {
            reaction: reaction.0,
            learning: learning.0,
            organisational_support: organisational_support.0,
            use_in_practice: use_in_practice.0,
            pupil_outcomes: pupil_outcomes.0,
        }
    }
}

/// A day on which somebody looks at what came of it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ImpactCheckpoint")]
pub struct CheckpointView {
    /// Its id.
    id: word::CheckpointId,
    /// At which level.
    level: word::ImpactLevel,
    /// How long after the learning ended.
    after: i32,
    /// In weeks or terms.
    unit: word::OffsetUnit,
    /// Its day: it moves with the last day of the learning.
    due_on: NaiveDate,
    /// Where it stands today.
    state: word::CheckpointState,
    /// What was seen, in the owner's words; absent, and named in `redacted`, but for the owner and those whose agreement and approval stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Narrative>)]
    narrative: Option<Option<word::Narrative>>,
    /// Where evidence is found; as the narrative.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Reason>)]
    evidence: Option<Option<word::Reason>>,
    /// When that was written down.
    recorded_at: Option<DateTime<Utc>>,
    /// Fields that this caller may not see.
    redacted: Vec<&'static str>,
}
/// What comes of a request.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningRequestImpact")]
pub struct RequestImpactView {
    /// Of which request.
    learning_request_id: word::LearningRequestId,
    /// Where that stands.
    state: word::RequestState,
    /// How one will know, level by level; absent, and named in `redacted`, for whoever only keeps costs and cover.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ImpactLevels>)]
    plan: Option<Option<ImpactLevels>>,
    /// The days on which somebody looks, in the order of the plan.
    checkpoints: Vec<CheckpointView>,
    /// What the owner thought of it; absent, and named in `redacted`, but for the owner and those whose agreement and approval stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Narrative>)]
    evaluation: Option<Option<word::Narrative>>,
    /// Whether the owner goes on with what they learned.
    conclusion: Option<word::Conclusion>,
    /// Why; as the evaluation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Narrative>)]
    conclusion_note: Option<Option<word::Narrative>>,
    /// Fields that this caller may not see.
    redacted: Vec<&'static str>,
    /// The request's version; its ETag in quotation marks.
    version: i64,
}

fn view(impact: RequestImpact, today: NaiveDate) -> RequestImpactView {
    let RequestImpact { request, plan, checkpoints, in_full, confided } = impact;
    let ends_on = request.ask.ends_on;
    let checkpoint = |c: Checkpoint| {
        let state = c.state(ends_on, today);
        let Checkpoint { id, look, outcome: _, narrative, evidence, recorded_at } = c;
        CheckpointView {
            id: Word(id),
            level: Word(look.level),
            after: look.after,
            unit: Word(look.unit),
            due_on: look.due_on(ends_on),
            state: Word(state),
            narrative: confided.then(|| narrative.map(Word)),
            evidence: confided.then(|| evidence.map(Word)),
            recorded_at,
            redacted: if confided { Vec::new() } else { vec!["narrative", "evidence"] },
        }
    };
    let mut redacted = Vec::new();
    if !in_full {
        redacted.push("plan");
    }
    if !confided {
        redacted.extend(["evaluation", "conclusion_note"]);
    }
    RequestImpactView {
        learning_request_id: Word(request.id),
        state: Word(request.state),
        plan: in_full.then(|| plan.map(Into::into)),
        checkpoints: checkpoints.into_iter().map(checkpoint).collect(),
        evaluation: confided.then(|| request.evaluation.map(Word)),
        conclusion: request.conclusion.map(Word),
        conclusion_note: confided.then(|| request.conclusion_note.map(Word)),
        redacted,
        version: request.version,
    }
}

/// A day on which one will look.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckpoint {
    /// At which level.
    level: word::ImpactLevel,
    /// How long after the learning ended.
    #[schema(minimum = 0, maximum = 104, example = 6)]
    after: i32,
    /// In weeks, or in terms of four months.
    unit: word::OffsetUnit,
}
/// How one will know what comes of learning, and when one looks.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewImpactPlan {
    /// Level by level.
    plan: ImpactLevels,
    /// When one looks, at what.
    #[schema(min_items = 1, max_items = 12)]
    checkpoints: Vec<NewCheckpoint>,
}
/// What a checkpoint showed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckpointRecord {
    /// Something was seen, nothing can be said yet, or nobody looks any more.
    outcome: word::CheckpointOutcome,
    /// In one's own words: what was seen, or why nobody looks any more.
    #[serde(default)]
    narrative: Option<word::Narrative>,
    /// Where evidence is found: a reference, not a copy.
    #[serde(default)]
    evidence: Option<word::Reason>,
}

/// Read what comes of a learning request
///
/// Its plan, its checkpoints and what its owner wrote afterwards. That something is due or recorded is seen by everybody who reads the request; what it says is for the owner and those whose agreement and approval stand.
#[utoipa::path(tag = "Requests", responses((status = 200, description = "What comes of it", body = RequestImpactView)), security(("bearer" = ["requests:read"])))]
#[get("/v1/learning-requests/{id}/impact")]
pub async fn get_learning_request_impact(
    permitted: Permitted<ReadRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
) -> Result<HttpResponse, ApiError> {
    let today = permitted.act().today();
    let impact = permitted.read(GetRequestImpact { id: id.0 }).await?;
    Ok(HttpResponse::Ok().json(view(impact, today)))
}

/// Plan the impact of a learning request
///
/// By its owner, before the learning begins. The plan that was there is replaced.
#[utoipa::path(tag = "Requests", request_body = NewImpactPlan, responses((status = 200, description = "As it is now", body = RequestImpactView)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/plan-impact")]
pub async fn plan_learning_request_impact(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    expected: IfMatch,
    body: Body<NewImpactPlan>,
) -> Result<HttpResponse, ApiError> {
    let NewImpactPlan { plan, checkpoints } = body.0;
    let look = |NewCheckpoint { level, after, unit }: NewCheckpoint| Look { level: level.0, after, unit: unit.0 };
    let operation = PlanImpact { id: id.0, plan: plan.into(), looks: checkpoints.into_iter().map(look).collect(), expected: expected.0 };
    let today = permitted.act().today();
    permitted.write(operation, move |impact| respond::saved(impact.request.version, &view(impact.clone(), today))).await
}

/// Record what a checkpoint showed
///
/// By its owner, once they were there, and from the checkpoint's day on; that nobody will look can be said earlier. What was recorded can be corrected, and evidence may come later; what is discontinued stays so.
#[utoipa::path(tag = "Requests", request_body = CheckpointRecord, responses((status = 200, description = "As it is now", body = RequestImpactView)), security(("bearer" = ["requests:write"])))]
#[post("/v1/learning-requests/{id}/checkpoints/{checkpoint_id}/record")]
pub async fn record_impact_checkpoint(
    permitted: Permitted<WriteRequests>,
    _none: Params<NoParams>,
    id: Id<LearningRequestId>,
    request: HttpRequest,
    expected: IfMatch,
    body: Body<CheckpointRecord>,
) -> Result<HttpResponse, ApiError> {
    let checkpoint_id: CheckpointId = segment(&request, "checkpoint_id")?;
    let CheckpointRecord { outcome, narrative, evidence } = body.0;
    let operation = RecordCheckpoint {
        id: id.0,
        checkpoint_id,
        outcome: outcome.0,
        narrative: narrative.map(|n| n.0),
        evidence: evidence.map(|e| e.0),
        expected: expected.0,
    };
    let today = permitted.act().today();
    permitted.write(operation, move |impact| respond::saved(impact.request.version, &view(impact.clone(), today))).await
}

/// Of which year.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImpactSummaryParams {
    /// The academic year in which the learning started, by the calendar year in which that begins; this one, if nothing is said.
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    academic_year: Option<i32>,
}
/// What is known at one level: of how many requests.
#[derive(Serialize, ToSchema)]
pub struct LevelKnown {
    /// At which level.
    level: word::ImpactLevel,
    /// Something was seen and written down.
    recorded: usize,
    /// Somebody looked, and it cannot be said yet.
    no_evidence_yet: usize,
    /// Nobody looks any more.
    discontinued: usize,
    /// Nobody has looked, or means to.
    unknown: usize,
}
/// Whether people go on with what they learned: how many requests.
#[derive(Serialize, ToSchema)]
pub struct Conclusions {
    /// As it is.
    r#continue: usize,
    /// In another way.
    adapt: usize,
    /// Not at all.
    stop: usize,
    /// It has not been said.
    open: usize,
}
/// What was spent on a topic, and what is known of what came of it.
#[derive(Serialize, ToSchema)]
pub struct TopicSummary {
    /// How many people.
    people: usize,
    /// How many requests.
    requests: usize,
    /// What was spent, in pence; null, if it was on fewer than five of the people, or if what was spent on so few could be reckoned from it. 0 is none.
    spent_pence: Option<u64>,
    /// Cover, in minutes; null as what was spent is.
    cover_minutes: Option<u64>,
    /// Of how many requests anything was recorded afterwards; null, if those, or the rest, are fewer than five, or if a school's could be reckoned from it.
    followed_up: Option<usize>,
    /// Level by level; a level of which any count is from one to four, or of which a school's could be reckoned from it, is left out.
    known: Vec<LevelKnown>,
    /// Whether people go on; null, if any count is from one to four, or if a school's could be reckoned from it.
    conclusions: Option<Conclusions>,
}
impl From<Summary> for TopicSummary {
    fn from(summary: Summary) -> Self {
        let Summary { people, requests, spent, cover, followed_up, known, conclusions } = summary;
        let level = |Known { level, recorded, no_evidence_yet, discontinued, unknown }: Known| LevelKnown {
            level: Word(level),
            recorded,
            no_evidence_yet,
            discontinued,
            unknown,
        };
        Self {
            people,
            requests,
            spent_pence: spent,
            cover_minutes: cover,
            followed_up,
            known: known.into_iter().map(level).collect(),
            conclusions: conclusions.map(|[r#continue, adapt, stop, open]| Conclusions { r#continue, adapt, stop, open }),
        }
    }
}
/// An activity, or a provider of what is in no catalogue.
#[derive(Serialize, ToSchema)]
pub struct ImpactTopic {
    /// The activity, if it is one of a catalogue.
    activity_id: Option<word::LearningActivityId>,
    /// What that is called.
    title: Option<word::Title>,
    /// Else who provides it, as people wrote it; null if nobody said.
    provider: Option<word::Title>,
    /// Whether to go on with the activity, as whoever keeps the catalogue concluded (`PATCH /v1/learning-activities/{id}`); null if nothing was concluded.
    conclusion: Option<word::Conclusion>,
    /// What is known.
    summary: TopicSummary,
}
/// A provider, of activities of the catalogue and of what is in none.
#[derive(Serialize, ToSchema)]
pub struct ImpactProvider {
    /// Who it is, as the catalogue and people wrote it; null for what nobody is said to provide.
    provider: Option<word::Title>,
    /// What is known.
    summary: TopicSummary,
}
/// What came of learning at an organisation and beneath it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ImpactSummary")]
pub struct ImpactSummaryView {
    /// The academic year in which the learning started.
    academic_year: i32,
    /// The same as schools say it.
    #[schema(example = "2026/27")]
    year: String,
    /// Fewer people than this are not told apart.
    few: u64,
    /// Activities of catalogues first, then what is in no catalogue, by who provides it. `providers` has all of both by provider: the two are not added.
    topics: Vec<ImpactTopic>,
    /// How many topics are left out, since fewer than five people would be told apart.
    left_out: usize,
    /// The same requests by provider, whether what was asked for is in a catalogue or not.
    providers: Vec<ImpactProvider>,
    /// How many providers are left out, since fewer than five people would be told apart.
    providers_left_out: usize,
}
impl From<ImpactSummary> for ImpactSummaryView {
    fn from(ImpactSummary { academic_year, topics, left_out, providers, providers_left_out }: ImpactSummary) -> Self {
        let view = |TopicImpact { topic, title, conclusion, summary }: TopicImpact| {
            let (activity_id, provider) = match topic {
                Topic::Activity(id) => (Some(Word(id)), None),
                Topic::Provider(provider) => (None, provider.map(Word)),
            };
            ImpactTopic { activity_id, title: title.map(Word), provider, conclusion: conclusion.map(Word), summary: summary.into() }
        };
        let by = |(provider, summary): (Option<Title>, Summary)| ImpactProvider { provider: provider.map(Word), summary: summary.into() };
        Self {
            academic_year,
            year: academic_year_label(academic_year),
            few: LEAST,
            topics: topics.into_iter().map(view).collect(),
            left_out,
            providers: providers.into_iter().map(by).collect(),
            providers_left_out,
        }
    }
}

impl From<ImpactSummaryView> for Chart {
    /// What is told of topics is added up, and nothing else: what is withheld of one is not in it.
    fn from(ImpactSummaryView { academic_year: _, year, few, topics, left_out, providers: _, providers_left_out: _ }: ImpactSummaryView) -> Self {
        let group = |level: &ImpactLevel| {
            let told: Vec<&LevelKnown> = topics.iter().flat_map(|t| &t.summary.known).filter(|known| known.level.0 == *level).collect();
            let sum = |of: fn(&LevelKnown) -> usize| (!told.is_empty()).then(|| told.iter().map(|known| of(known) as u64).sum::<u64>());
            Group {
                heading: level.as_str().replace('_', " "),
                bars: vec![
                    bar("Something was seen", sum(|k| k.recorded)),
                    bar("It cannot be said yet", sum(|k| k.no_evidence_yet)),
                    bar("Nobody looks any more", sum(|k| k.discontinued)),
                    bar("Nobody has looked", sum(|k| k.unknown)),
                ],
            }
        };
        Self {
            title: format!("What came of learning, {year}"),
            unit: "",
            note: format!("Requests. Topics and levels at which fewer than {few} would be told apart are not in it; topics left out: {left_out}."),
            groups: ImpactLevel::ALL.iter().map(group).collect(),
        }
    }
}

/// Read what came of learning
///
/// Of requests that were booked, by activity, and by provider of whatever was in a catalogue or in none: what was spent, how much cover, how many were followed up, what is known and what is not. Figures that would tell fewer than five people apart are left out, and what they could be reckoned from with them. `Accept: image/svg+xml` answers what is known at each level, of all topics together, as a chart.
#[utoipa::path(tag = "Requests", params(ImpactSummaryParams), responses((status = 200, description = "What came of it", content((ImpactSummaryView = "application/json"), (String = "image/svg+xml")))), security(("bearer" = ["impact:read"])))]
#[get("/v1/organisations/{id}/impact-summary")]
pub async fn get_impact_summary(
    permitted: Permitted<ReadImpact>,
    wish: Wish,
    id: Id<OrganisationId>,
    params: Params<ImpactSummaryParams>,
) -> Result<HttpResponse, ApiError> {
    let summary = permitted.read(SummariseImpact { organisation_id: id.0, academic_year: params.0.academic_year }).await?;
    let view = ImpactSummaryView::from(summary);
    if wish.chart { Chart::from(view).answer() } else { Ok(HttpResponse::Ok().json(view)) }
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_learning_request_impact).service(plan_learning_request_impact).service(record_impact_checkpoint).service(get_impact_summary);
}
