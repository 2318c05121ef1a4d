//! Figures of schools and trusts: how far appraisals are, what comes of priorities, how much learning there is, and who has it.

use crate::{
    bulk::{Wish, table},
    chart::{Chart, Group, bar},
    error::ApiError,
    extract::{Id, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    routes::Routes,
    wire::{Word, word, words},
};
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::{LearningRecordId, PriorityId},
    insight::{Access, Outstanding, Progress, Share, Sight, Spent, Split, Threads, percent},
    time::academic_year_label,
};
use trellis_persistence::{
    Window,
    insight::{
        AppraisalOverview, Figures, LearningLineOfSight, LearningSight, ListAppraisalProgress, ObjectiveInSight, OutstandingAppraisal, Place, PriorityInSight,
        PriorityLineOfSight, PrioritySight, ReadFairAccess, ReadLearningShare, ReadSpending,
    },
    transaction::needs::{ReadAppraisalOverview, ReadAppraisals, ReadInsight, ReadLearning},
};
use utoipa::{IntoParams, ToSchema};

/// An organisation that figures are of.
#[derive(Serialize, ToSchema)]
pub struct FiguresOf {
    /// Its id.
    id: word::OrganisationId,
    /// What it is.
    kind: word::OrganisationKind,
    /// What it is called.
    name: String,
}
impl From<Place> for FiguresOf {
    fn from(Place { id, kind, name, phase: _ }: Place) -> Self {
        Self { id: Word(id), kind: Word(kind), name }
    }
}

/// A figure as a table shows it: empty where it is withheld.
pub fn cell(figure: Option<u64>) -> String {
    figure.map_or_else(String::new, |n| n.to_string())
}

/// How many appraisals stand so.
#[derive(Serialize, ToSchema)]
pub struct StateCount {
    /// Where they stand.
    state: word::AppraisalState,
    /// How many; null if withheld.
    count: Option<u64>,
}
/// In how many appraisals this is outstanding.
#[derive(Serialize, ToSchema)]
pub struct OutstandingCount {
    /// What.
    outstanding: word::Outstanding,
    /// How many; null if withheld.
    count: Option<u64>,
}
/// How far appraisals are.
#[derive(Serialize, ToSchema)]
pub struct ProgressFigures {
    /// How many there are; null if withheld.
    appraisals: Option<u64>,
    /// By where they stand.
    states: Vec<StateCount>,
    /// By what is outstanding; one appraisal can lack several things.
    outstanding: Vec<OutstandingCount>,
}
impl From<Progress> for ProgressFigures {
    fn from(Progress { appraisals, states, outstanding }: Progress) -> Self {
        Self {
            appraisals,
            states: states.into_iter().map(|(state, count)| StateCount { state: Word(state), count }).collect(),
            outstanding: outstanding.into_iter().map(|(outstanding, count)| OutstandingCount { outstanding: Word(outstanding), count }).collect(),
        }
    }
}
/// How far the appraisals of one organisation are.
#[derive(Serialize, ToSchema)]
pub struct OverviewRow {
    /// Of which organisation.
    organisation: FiguresOf,
    /// How far they are.
    figures: ProgressFigures,
}
/// How far the appraisals of a cycle are.
#[derive(Serialize, ToSchema)]
pub struct AppraisalOverviewView {
    /// By organisation.
    rows: Vec<OverviewRow>,
    /// Of all together; null when one organisation was asked for.
    all: Option<ProgressFigures>,
}
/// Which appraisals are counted.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OverviewParams {
    /// Of this cycle.
    cycle_id: word::CycleId,
    /// Only this organisation and those beneath it.
    organisation_id: Option<word::OrganisationId>,
}

/// Read how far appraisals are
///
/// The appraisals of a cycle, by organisation: where they stand, and what is outstanding. Whoever may read a school's appraisals by name sees its figures as they are; elsewhere a figure under five is null, and so are others from which it could be worked out. `Accept: text/csv` answers the rows as a table.
#[utoipa::path(tag = "Insight", params(OverviewParams), responses((status = 200, description = "The overview", content((AppraisalOverviewView = "application/json"), (String = "text/csv")))), security(("bearer" = ["appraisals:overview"])))]
#[get("/v1/appraisal-overview")]
pub async fn get_appraisal_overview(permitted: Permitted<ReadAppraisalOverview>, wish: Wish, params: Params<OverviewParams>) -> Result<HttpResponse, ApiError> {
    let OverviewParams { cycle_id, organisation_id } = params.0;
    let Figures { rows, all } = permitted.read(AppraisalOverview { cycle_id: cycle_id.0, organisation_id: organisation_id.map(|o| o.0) }).await?;
    if wish.table {
        let Some(first) = rows.first().map(|(_, p)| p).or(all.as_ref()) else { return Ok(table::answer(&[], std::iter::empty())) };
        let states = first.states.iter().map(|(state, _)| state.as_str());
        let lacks = first.outstanding.iter().map(|(what, _)| outstanding_heading(*what));
        let headings: Vec<&str> = ["organisation_id", "organisation", "appraisals"].into_iter().chain(states).chain(lacks).collect();
        let rows = rows.iter().map(|(place, p)| {
            let counts = p.states.iter().map(|(_, n)| *n).chain(p.outstanding.iter().map(|(_, n)| *n));
            [place.id.to_string(), place.name.clone(), cell(p.appraisals)].into_iter().chain(counts.map(cell)).collect()
        });
        return Ok(table::answer(&headings, rows));
    }
    let rows = rows.into_iter().map(|(place, p)| OverviewRow { organisation: place.into(), figures: p.into() }).collect();
    Ok(HttpResponse::Ok().json(AppraisalOverviewView { rows, all: all.map(Into::into) }))
}
fn outstanding_heading(what: Outstanding) -> &'static str {
    match what {
        Outstanding::Appraiser => "without_appraiser",
        Outstanding::Planning => "without_planning",
        Outstanding::Objectives => "without_objectives",
        Outstanding::Overdue => "overdue",
    }
}

/// Somebody who appraises.
#[derive(Serialize, ToSchema)]
pub struct AppraiserName {
    /// Who.
    person_id: word::PersonId,
    /// What they are called; null, if they were erased.
    name: Option<String>,
}
/// An appraisal with what is outstanding in it.
#[derive(Serialize, ToSchema)]
pub struct AppraisalProgressView {
    /// The appraisal.
    id: word::AppraisalId,
    /// Whose it is.
    person_id: word::PersonId,
    /// What they are called; null, if they were erased.
    person_name: Option<String>,
    /// At which school.
    organisation_id: word::OrganisationId,
    /// Where it stands.
    state: word::AppraisalState,
    /// Who appraises today.
    appraisers: Vec<AppraiserName>,
    /// What is outstanding.
    outstanding: Vec<word::Outstanding>,
}
impl From<OutstandingAppraisal> for AppraisalProgressView {
    fn from(a: OutstandingAppraisal) -> Self {
        let OutstandingAppraisal { id, person_id, person_name, organisation_id, state, appraisers, outstanding } = a;
        Self {
            id: Word(id),
            person_id: Word(person_id),
            person_name,
            organisation_id: Word(organisation_id),
            state: Word(state),
            appraisers: appraisers.into_iter().map(|(id, name)| AppraiserName { person_id: Word(id), name }).collect(),
            outstanding: words(outstanding),
        }
    }
}
/// Which appraisals are listed.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProgressFilters {
    /// Of this cycle.
    cycle_id: word::CycleId,
    /// Only this organisation and those beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that this person appraises today.
    appraiser_id: Option<word::PersonId>,
}

/// List appraisals with what is outstanding
///
/// The appraisals of a cycle that one may read, by name: where each stands, who appraises, and what is outstanding. `Accept: text/csv` answers all of them as one table.
#[utoipa::path(tag = "Insight", params(PageParams, ProgressFilters), responses((status = 200, description = "A page of appraisals", content((List<AppraisalProgressView> = "application/json"), (String = "text/csv")))), security(("bearer" = ["appraisals:read"])))]
#[get("/v1/appraisal-progress")]
pub async fn list_appraisal_progress(permitted: Permitted<ReadAppraisals>, wish: Wish, listing: Listing<ProgressFilters>) -> Result<HttpResponse, ApiError> {
    let ProgressFilters { cycle_id, organisation_id, appraiser_id } = &listing.filters;
    let (cycle_id, organisation_id, appraiser_id) = (cycle_id.0, organisation_id.as_ref().map(|o| o.0), appraiser_id.as_ref().map(|p| p.0));
    let page = |window| ListAppraisalProgress { cycle_id, organisation_id, appraiser_id, window };
    if wish.table {
        let (mut rows, mut after) = (Vec::new(), None);
        loop {
            let part = permitted.read(page(Window { after, limit: 500 })).await?;
            rows.extend(part.items.into_iter().map(|a| {
                let names: Vec<String> = a.appraisers.into_iter().filter_map(|(_, name)| name).collect();
                let lacks: Vec<&str> = a.outstanding.iter().map(|o| o.as_str()).collect();
                let ids = [a.organisation_id.to_string(), a.id.to_string(), a.person_id.to_string()];
                ids.into_iter().chain([a.person_name.unwrap_or_default(), a.state.to_string(), names.join("; "), lacks.join(" ")]).collect()
            }));
            after = part.next;
            if after.is_none() {
                break;
            }
        }
        let headings = ["organisation_id", "appraisal_id", "person_id", "person_name", "state", "appraisers", "outstanding"];
        return Ok(table::answer(&headings, rows.into_iter()));
    }
    Ok(listing.answer(permitted.read(page(listing.window)).await?, AppraisalProgressView::from))
}

/// A figure split in two.
#[derive(Serialize, ToSchema)]
pub struct SplitFigures {
    /// How many are so; null if withheld.
    yes: Option<u64>,
    /// How many are not; null if withheld.
    no: Option<u64>,
}
impl From<Split> for SplitFigures {
    fn from(Split { so, not }: Split) -> Self {
        Self { yes: so, no: not }
    }
}
/// A priority in the line of sight.
#[derive(Serialize, ToSchema)]
pub struct PriorityInSightView {
    /// Which.
    id: word::PriorityId,
    /// Of which organisation's plan.
    organisation_id: word::OrganisationId,
    /// What it is called.
    title: String,
    /// Where it stands.
    state: word::PriorityState,
    /// The priority that it was adopted from.
    adopted_from: Option<word::PriorityId>,
}
impl From<PriorityInSight> for PriorityInSightView {
    fn from(PriorityInSight { id, organisation_id, title, state, adopted_from }: PriorityInSight) -> Self {
        Self { id: Word(id), organisation_id: Word(organisation_id), title, state: Word(state), adopted_from: adopted_from.map(Word) }
    }
}
/// What comes of a priority.
#[derive(Serialize, ToSchema)]
pub struct SightFigures {
    /// Objectives that serve it; null if withheld.
    objectives: Option<u64>,
    /// Of those, with a learning record.
    with_learning: SplitFigures,
    /// Of those, inquiries with a finding.
    with_finding: SplitFigures,
    /// Learning records that serve it, by themselves or through an objective; null if withheld.
    learning_records: Option<u64>,
    /// Of those, reflected upon.
    followed_up: SplitFigures,
    /// Of those, from sessions of the catalogue.
    from_sessions: SplitFigures,
    /// How long that learning took, in minutes; null if withheld.
    minutes: Option<u64>,
    /// Learning requests that serve it, without drafts and what was withdrawn; null if withheld.
    learning_requests: Option<u64>,
    /// Of those whose learning is over: is anything known of what came of it?
    requests_with_impact: SplitFigures,
    /// What was spent on them, in pence; null if withheld.
    spent_pence: Option<u64>,
    /// How strong what is recorded is as evidence.
    evidence: word::EvidenceLevel,
    /// What hangs loose.
    orphans: Vec<word::Orphan>,
}
impl From<Sight> for SightFigures {
    fn from(sight: Sight) -> Self {
        let Sight { objectives, with_learning, with_finding, records, followed_up, from_sessions, minutes, money, evidence, orphans } = sight;
        Self {
            objectives,
            with_learning: with_learning.into(),
            with_finding: with_finding.into(),
            learning_records: records,
            followed_up: followed_up.into(),
            from_sessions: from_sessions.into(),
            minutes,
            learning_requests: money.requests,
            requests_with_impact: money.impact.into(),
            spent_pence: money.spent_pence,
            evidence: Word(evidence),
            orphans: words(orphans),
        }
    }
}
/// What comes of a priority at one organisation.
#[derive(Serialize, ToSchema)]
pub struct SightRow {
    /// Of which organisation.
    organisation: FiguresOf,
    /// What comes of it there.
    figures: SightFigures,
}
/// The line of sight of a priority.
#[derive(Serialize, ToSchema)]
pub struct PriorityLineOfSightView {
    /// The priority.
    priority: PriorityInSightView,
    /// Those that were adopted from it, at any remove, as far as one may know of them.
    adopted: Vec<PriorityInSightView>,
    /// By organisation.
    rows: Vec<SightRow>,
    /// At all of them together.
    all: SightFigures,
    /// Where the objectives are listed that one may read.
    objectives_href: String,
    /// Where the learning is listed that one may read.
    learning_records_href: String,
}

/// Read the line of sight of a priority
///
/// From a priority, through those adopted from it, to objectives, learning and evidence, by organisation: what there is, what hangs loose, and how strong what is recorded is. Figures only: one under five is null, and so are others from which it could be worked out. What may be read by name is in the lists that are named.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = PriorityLineOfSightView)), security(("bearer" = ["insight:read"])))]
#[get("/v1/priorities/{id}/line-of-sight")]
pub async fn get_priority_line_of_sight(permitted: Permitted<ReadInsight>, _none: Params<NoParams>, id: Id<PriorityId>) -> Result<HttpResponse, ApiError> {
    let PrioritySight { priority, adopted, figures } = permitted.read(PriorityLineOfSight { id: id.0 }).await?;
    let all = figures.all.ok_or_else(|| ApiError::internal(&"a line of sight without its end"))?;
    Ok(HttpResponse::Ok().json(PriorityLineOfSightView {
        objectives_href: format!("/v1/objectives?priority_id={}", priority.id),
        learning_records_href: format!("/v1/learning-records?priority_id={}", priority.id),
        priority: priority.into(),
        adopted: adopted.into_iter().map(Into::into).collect(),
        rows: figures.rows.into_iter().map(|(place, sight)| SightRow { organisation: place.into(), figures: sight.into() }).collect(),
        all: all.into(),
    }))
}

/// An objective in the line of sight.
#[derive(Serialize, ToSchema)]
pub struct ObjectiveInSightView {
    /// Which.
    id: word::ObjectiveId,
    /// What it is called.
    title: String,
    /// Where it stands.
    state: word::ObjectiveState,
}
/// What a learning record serves.
#[derive(Serialize, ToSchema)]
pub struct LearningLineOfSightView {
    /// Objectives that it serves and that one may read.
    objectives: Vec<ObjectiveInSightView>,
    /// How many others there are.
    other_objectives: i64,
    /// Priorities that it serves, by itself or through an objective, and those that they were adopted from.
    priorities: Vec<PriorityInSightView>,
    /// The session that it came of.
    session_id: Option<word::LearningSessionId>,
    /// Was it reflected upon?
    followed_up: bool,
}
impl From<LearningSight> for LearningLineOfSightView {
    fn from(LearningSight { objectives, other_objectives, priorities, session_id, followed_up }: LearningSight) -> Self {
        let objective = |ObjectiveInSight { id, title, state }| ObjectiveInSightView { id: Word(id), title, state: Word(state) };
        Self {
            objectives: objectives.into_iter().map(objective).collect(),
            other_objectives,
            priorities: priorities.into_iter().map(Into::into).collect(),
            session_id: session_id.map(Word),
            followed_up,
        }
    }
}

/// Read the line of sight of a learning record
///
/// The way back: from what was learned to the objectives that it serves, to priorities, and to the trust's priorities that those were adopted from.
#[utoipa::path(tag = "Insight", responses((status = 200, description = "The line of sight", body = LearningLineOfSightView)), security(("bearer" = ["learning:read"])))]
#[get("/v1/learning-records/{id}/line-of-sight")]
pub async fn get_learning_line_of_sight(
    permitted: Permitted<ReadLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(LearningLineOfSightView::from(permitted.read(LearningLineOfSight { id: id.0 }).await?)))
}

/// How many there are, and through how many of them learning runs.
#[derive(Serialize, ToSchema)]
pub struct ThreadFigures {
    /// How many; null if withheld.
    all: Option<u64>,
    /// Of those, with a learning thread.
    learning_thread: SplitFigures,
    /// The same in whole per cent, where both figures are shown.
    learning_share_percent: Option<u64>,
}
impl From<Threads> for ThreadFigures {
    fn from(Threads { all, thread }: Threads) -> Self {
        Self { all, learning_share_percent: percent(thread.so, all), learning_thread: thread.into() }
    }
}

/// The learning share of an organisation, or of all.
#[derive(Serialize, ToSchema)]
pub struct ShareFigures {
    /// Objectives that were agreed in the year; null if withheld.
    agreed: Option<u64>,
    /// Of those, with a learning thread.
    learning_thread: SplitFigures,
    /// The same in whole per cent, where both figures are shown.
    learning_share_percent: Option<u64>,
    /// Of those with one, written or materially shaped by their owner.
    own: SplitFigures,
    /// The same in whole per cent, where both figures are shown.
    autonomy_percent: Option<u64>,
    /// Actions that were agreed in the year's conversations.
    agreed_actions: ThreadFigures,
    /// Conversations that were held in the year.
    check_ins: ThreadFigures,
}
impl From<Share> for ShareFigures {
    fn from(Share { agreed, thread, own, actions, check_ins }: Share) -> Self {
        Self {
            agreed,
            learning_share_percent: percent(thread.so, agreed),
            autonomy_percent: percent(own.so, thread.so),
            learning_thread: thread.into(),
            own: own.into(),
            agreed_actions: actions.into(),
            check_ins: check_ins.into(),
        }
    }
}
/// The learning share of one organisation.
#[derive(Serialize, ToSchema)]
pub struct ShareRow {
    /// Of which organisation.
    organisation: FiguresOf,
    /// Its figures.
    figures: ShareFigures,
}
/// The learning share of an academic year.
#[derive(Serialize, ToSchema)]
pub struct LearningShareView {
    /// The academic year, by the calendar year in which it starts.
    academic_year: i32,
    /// By organisation.
    rows: Vec<ShareRow>,
    /// Of all together; null when one organisation was asked for.
    all: Option<ShareFigures>,
}
/// Which year, and where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ShareParams {
    /// The academic year, by the calendar year in which it starts: 2026 is 2026/27.
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    academic_year: i32,
    /// Only this organisation and those beneath it.
    organisation_id: Option<word::OrganisationId>,
}

/// Read the learning share
///
/// Of the objectives that were agreed in a year, how many carry a learning thread (an inquiry, a need for learning that is written down, or a record of learning), and how many of those their owners wrote or shaped. Beside them, the actions that were agreed and the conversations that were held, and how many of each carry one; the support lane is not counted. A figure under five is null, and so are others from which it could be worked out. `Accept: text/csv` answers the rows as a table, `image/svg+xml` the per cent as a chart.
#[utoipa::path(tag = "Insight", params(ShareParams), responses((status = 200, description = "The learning share", content((LearningShareView = "application/json"), (String = "text/csv"), (String = "image/svg+xml")))), security(("bearer" = ["insight:read"])))]
#[get("/v1/learning-share")]
pub async fn get_learning_share(permitted: Permitted<ReadInsight>, wish: Wish, params: Params<ShareParams>) -> Result<HttpResponse, ApiError> {
    let ShareParams { academic_year, organisation_id } = params.0;
    let Figures { rows, all } = permitted.read(ReadLearningShare { academic_year, organisation_id: organisation_id.map(|o| o.0) }).await?;
    let rows = rows.into_iter().map(|(place, share)| ShareRow { organisation: place.into(), figures: share.into() });
    if wish.table {
        let headings = [
            "organisation_id",
            "organisation",
            "agreed",
            "learning_thread",
            "learning_share_percent",
            "own",
            "autonomy_percent",
            "agreed_actions",
            "agreed_actions_learning_thread",
            "agreed_actions_learning_share_percent",
            "check_ins",
            "check_ins_learning_thread",
            "check_ins_learning_share_percent",
        ];
        let rows = rows.map(|ShareRow { organisation, figures: f }| {
            let objectives = [f.agreed, f.learning_thread.yes, f.learning_share_percent, f.own.yes, f.autonomy_percent];
            let spoken = [f.agreed_actions, f.check_ins].map(|t| [t.all, t.learning_thread.yes, t.learning_share_percent]);
            let figures = objectives.into_iter().chain(spoken.into_iter().flatten()).map(cell);
            [organisation.id.0.to_string(), organisation.name].into_iter().chain(figures).collect()
        });
        return Ok(table::answer(&headings, rows));
    }
    let view = LearningShareView { academic_year, rows: rows.collect(), all: all.map(Into::into) };
    if wish.chart { Chart::from(view).answer() } else { Ok(HttpResponse::Ok().json(view)) }
}

impl From<LearningShareView> for Chart {
    fn from(LearningShareView { academic_year, rows, all }: LearningShareView) -> Self {
        let group = |heading: &str, figure: fn(&ShareFigures) -> Option<u64>| Group {
            heading: heading.into(),
            bars: rows.iter().map(|r| bar(&r.organisation.name, figure(&r.figures))).chain(all.iter().map(|a| bar("All together", figure(a)))).collect(),
        };
        Self {
            title: format!("Learning share, {}", academic_year_label(academic_year)),
            unit: " %",
            note: "What is withheld is of fewer than five, would tell of them, or is of none.".into(),
            groups: vec![
                group("Agreed objectives with a learning thread", |f| f.learning_share_percent),
                group("Of those, shaped by their owner", |f| f.autonomy_percent),
            ],
        }
    }
}

/// What a group had of what was offered.
#[derive(Serialize, ToSchema)]
pub struct AccessFigures {
    /// How many people; null if withheld.
    people: Option<u64>,
    /// How many of them have learning recorded; null if withheld.
    learners: Option<u64>,
    /// How long that learning took, in minutes; null if withheld.
    minutes: Option<u64>,
    /// The same for each of the people, in whole minutes.
    minutes_each: Option<u64>,
    /// Places that they had at sessions; null if withheld.
    placed: Option<u64>,
    /// Sessions for which they wait; null if withheld.
    waiting: Option<u64>,
    /// What was spent on learning that they asked for, in pence; null if withheld.
    spent_pence: Option<u64>,
    /// The same for each of the people, in whole pence.
    spent_pence_each: Option<u64>,
    /// Learning requests that were decided; null if withheld.
    requests_decided: Option<u64>,
    /// Of those, approved, and not.
    requests_approved: SplitFigures,
    /// The same in whole per cent, where both figures are shown.
    approval_percent: Option<u64>,
    /// Whole days that a decided request waited, from being submitted to the decision that stands, on average; null if withheld.
    days_waited_each: Option<u64>,
}
impl From<Access> for AccessFigures {
    fn from(Access { people, learners, minutes, placed, waiting, spent_pence, decided, approved, waited_days }: Access) -> Self {
        let each = |of: Option<u64>, sum: Option<u64>| of.zip(sum).and_then(|(of, sum)| sum.checked_div(of));
        Self {
            minutes_each: each(people, minutes),
            spent_pence_each: each(people, spent_pence),
            days_waited_each: each(decided, waited_days),
            approval_percent: percent(approved.so, decided),
            requests_approved: approved.into(),
            requests_decided: decided,
            people,
            learners,
            minutes,
            placed,
            waiting,
            spent_pence,
        }
    }
}
/// One group of people.
#[derive(Serialize, ToSchema)]
pub struct AccessRow {
    /// The group: a phase, a staff category, `full_time` or `part_time`.
    group: String,
    /// What it had.
    figures: AccessFigures,
}
/// How learning and places were shared out.
#[derive(Serialize, ToSchema)]
pub struct FairAccessView {
    /// The academic year, by the calendar year in which it starts.
    academic_year: i32,
    /// By the phase of the school.
    by_phase: Vec<AccessRow>,
    /// By staff category.
    by_staff_category: Vec<AccessRow>,
    /// By full time and part time.
    by_working_time: Vec<AccessRow>,
    /// Of all.
    all: AccessFigures,
}
impl From<FairAccessView> for Chart {
    fn from(FairAccessView { academic_year, by_phase, by_staff_category, by_working_time, all }: FairAccessView) -> Self {
        // whole hours: a chart is no more exact than an eye
        let hours = |f: &AccessFigures| f.minutes_each.map(|minutes| (minutes + 30) / 60);
        let group = |heading: &str, rows: &[AccessRow]| Group {
            heading: heading.into(),
            bars: rows.iter().map(|r| bar(r.group.replace('_', " "), hours(&r.figures))).collect(),
        };
        Self {
            title: format!("Hours of learning for each person, {}", academic_year_label(academic_year)),
            unit: " h",
            note: "What is withheld is of fewer than five people, or would tell of them.".into(),
            groups: vec![
                group("By staff category", &by_staff_category),
                group("By full time and part time", &by_working_time),
                group("By the phase of the school", &by_phase),
                Group { heading: "Everybody".into(), bars: vec![bar("All together", hours(&all))] },
            ],
        }
    }
}

/// Which year.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FairAccessParams {
    /// The academic year, by the calendar year in which it starts: 2026 is 2026/27.
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    academic_year: i32,
}

/// Read how learning was shared out
///
/// Learning, places at sessions and waiting, money, and what became of requests and how long that took, by phase, staff category and full time or part time, of everybody who was employed in the year where one may see figures. A group of fewer than five is null, and so are others from which it could be worked out. No protected characteristic is held, so none is counted by. `Accept: text/csv` answers the rows as a table, `image/svg+xml` the hours for each person as a chart.
#[utoipa::path(tag = "Insight", params(FairAccessParams), responses((status = 200, description = "How it was shared out", content((FairAccessView = "application/json"), (String = "text/csv"), (String = "image/svg+xml")))), security(("bearer" = ["insight:read"])))]
#[get("/v1/fair-access")]
pub async fn get_fair_access(permitted: Permitted<ReadInsight>, wish: Wish, params: Params<FairAccessParams>) -> Result<HttpResponse, ApiError> {
    let FairAccessParams { academic_year } = params.0;
    let found = permitted.read(ReadFairAccess { academic_year }).await?;
    let rows = |groups: Vec<(String, Access)>| groups.into_iter().map(|(group, access)| AccessRow { group, figures: access.into() }).collect::<Vec<_>>();
    let view = FairAccessView {
        academic_year,
        by_phase: rows(found.by_phase),
        by_staff_category: rows(found.by_staff_category),
        by_working_time: rows(found.by_working_time),
        all: found.all.into(),
    };
    if wish.chart {
        return Chart::from(view).answer();
    }
    if wish.table {
        let all = [AccessRow { group: String::new(), figures: view.all }];
        let parts = [("phase", view.by_phase), ("staff_category", view.by_staff_category), ("working_time", view.by_working_time), ("all", Vec::from(all))];
        let rows = parts.into_iter().flat_map(|(by, rows)| {
            rows.into_iter().map(move |AccessRow { group, figures: f }| {
                let requests = [f.requests_decided, f.requests_approved.yes, f.approval_percent, f.days_waited_each];
                let figures =
                    [f.people, f.learners, f.minutes, f.minutes_each, f.placed, f.waiting, f.spent_pence, f.spent_pence_each].into_iter().chain(requests);
                [by.to_owned(), group].into_iter().chain(figures.map(cell)).collect()
            })
        });
        let headings = ["by", "group", "people", "learners", "minutes", "minutes_each", "placed", "waiting", "spent_pence", "spent_pence_each"];
        let requests = ["requests_decided", "requests_approved", "approval_percent", "days_waited_each"];
        return Ok(table::answer(&[headings.as_slice(), &requests].concat(), rows));
    }
    Ok(HttpResponse::Ok().json(view))
}

/// What was spent on learning.
#[derive(Serialize, ToSchema)]
pub struct SpendingFigures {
    /// In all, in pence; null if withheld.
    spent_pence: Option<u64>,
    /// Of that, on learning that serves a priority, by itself or through an objective, and on learning that serves none.
    with_priority: SplitFigures,
    /// Of that, on learning of which something is known that came of it, and on learning of which nothing is.
    followed_up: SplitFigures,
}
impl From<Spent> for SpendingFigures {
    fn from(Spent { spent_pence, with_priority, followed_up }: Spent) -> Self {
        Self { spent_pence, with_priority: with_priority.into(), followed_up: followed_up.into() }
    }
}
/// What one organisation spent.
#[derive(Serialize, ToSchema)]
pub struct SpendingRow {
    /// Which.
    organisation: FiguresOf,
    /// What it spent.
    figures: SpendingFigures,
}
/// What was spent on learning in an academic year.
#[derive(Serialize, ToSchema)]
pub struct LearningSpendingView {
    /// The academic year, by the calendar year in which it starts.
    academic_year: i32,
    /// By organisation.
    rows: Vec<SpendingRow>,
    /// Of all together; null when one organisation was asked for.
    all: Option<SpendingFigures>,
}

/// Read what learning was paid for without a priority
///
/// What was spent on learning that starts in the academic year, by school: on what serves a priority, by itself or through an objective, and on what serves none; on learning of which something is known that came of it, and of which nothing is. What was spent on one to four people is null, and so is what it could be worked out from. `Accept: text/csv` answers the rows as a table.
#[utoipa::path(tag = "Insight", params(ShareParams), responses((status = 200, description = "What was spent", content((LearningSpendingView = "application/json"), (String = "text/csv")))), security(("bearer" = ["insight:read"])))]
#[get("/v1/learning-spending")]
pub async fn get_learning_spending(permitted: Permitted<ReadInsight>, wish: Wish, params: Params<ShareParams>) -> Result<HttpResponse, ApiError> {
    let ShareParams { academic_year, organisation_id } = params.0;
    let Figures { rows, all } = permitted.read(ReadSpending { academic_year, organisation_id: organisation_id.map(|o| o.0) }).await?;
    let rows = rows.into_iter().map(|(place, spent)| SpendingRow { organisation: place.into(), figures: spent.into() });
    if wish.table {
        let headings = ["organisation_id", "organisation", "spent_pence", "with_priority", "without_priority", "followed_up", "not_followed_up"];
        let rows = rows.map(|SpendingRow { organisation, figures: f }| {
            let figures = [f.spent_pence, f.with_priority.yes, f.with_priority.no, f.followed_up.yes, f.followed_up.no];
            [organisation.id.0.to_string(), organisation.name].into_iter().chain(figures.map(cell)).collect()
        });
        return Ok(table::answer(&headings, rows));
    }
    Ok(HttpResponse::Ok().json(LearningSpendingView { academic_year, rows: rows.collect(), all: all.map(Into::into) }))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(get_appraisal_overview)
        .service(list_appraisal_progress)
        .service(get_priority_line_of_sight)
        .service(get_learning_line_of_sight)
        .service(get_learning_share)
        .service(get_fair_access)
        .service(get_learning_spending);
}
