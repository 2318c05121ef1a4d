//! The line of sight: from a priority to what comes of it. The way back is in [`super::back`].

use super::{FiguresOf, SplitFigures};
use crate::{
    error::ApiError,
    extract::{Id, NoParams, Params},
    permitted::Permitted,
    wire::{Word, word, words},
};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use trellis_domain::{id::PriorityId, insight::Sight};
use trellis_persistence::{
    insight::{PriorityInSight, PriorityLineOfSight, PrioritySight},
    transaction::needs::ReadInsight,
};
use utoipa::ToSchema;

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
    /// The priority that it was adopted from; null if it was adopted from none, or from one that one may not know of.
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
