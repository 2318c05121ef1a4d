//! Next year's cycle, drafted from this year's.

use crate::{
    cycle::CycleDetail,
    error::ApiError,
    extract::{Body, Id, IfMatch, NoParams, Params},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, post};
use serde::{Deserialize, Serialize};
use trellis_domain::id::CycleId;
use trellis_persistence::{
    cycle::{Newer, RollOverCycle, RolledOver},
    transaction::needs::WriteCycles,
};
use utoipa::ToSchema;

/// How next year's cycle is begun.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NextCycle {
    /// What it is called.
    name: word::Title,
}
/// A framework version of which there is a newer one.
#[derive(Serialize, ToSchema)]
pub struct NewerFramework {
    /// The version that the cycle names, as last year's did.
    pinned_id: word::FrameworkVersionId,
    /// The newest published one.
    newest_id: word::FrameworkVersionId,
}
/// What is newer than what the draft names. Nothing is taken up by itself: `PATCH /v1/cycles/{id}` chooses.
#[derive(Serialize, ToSchema)]
pub struct CycleChoices {
    /// The newest published version of the rule profile; null, if the draft names it.
    rule_profile_version: Option<i32>,
    /// Framework versions of which there are newer ones.
    framework_versions: Vec<NewerFramework>,
}
/// Next year's cycle, and what could be chosen for it.
#[derive(Serialize, ToSchema)]
#[schema(title = "NextCycleDraft")]
pub struct RolledOverView {
    #[serde(flatten)]
    cycle: CycleDetail,
    /// What is newer than what it names.
    choices: CycleChoices,
}
impl From<RolledOver> for RolledOverView {
    fn from(RolledOver { next, newer }: RolledOver) -> Self {
        let Newer { rule_profile_version, framework_versions } = newer;
        let choice = |(pinned, newest)| NewerFramework { pinned_id: Word(pinned), newest_id: Word(newest) };
        let choices = CycleChoices { rule_profile_version, framework_versions: framework_versions.into_iter().map(choice).collect() };
        Self { cycle: next.into(), choices }
    }
}

/// Roll a cycle over to the next year
///
/// Drafts next year's cycle from this one: every day a year later, the same population, the same versions of rules and standards, and beside them what is newer. It is a draft like any other, and is made once; if it is called off, it can be made again. Objectives go on when a party carries them over, `POST /v1/objectives/{id}/carry-over`, and never by themselves. For those who run the cycle.
#[utoipa::path(tag = "Cycles", request_body = NextCycle, responses((status = 201, description = "Drafted", body = RolledOverView)), security(("bearer" = ["cycles:write"])))]
#[post("/v1/cycles/{id}/roll-over")]
pub async fn roll_over_cycle(
    permitted: Permitted<WriteCycles>,
    _none: Params<NoParams>,
    id: Id<CycleId>,
    expected: IfMatch,
    body: Body<NextCycle>,
) -> Result<HttpResponse, ApiError> {
    let operation = RollOverCycle { id: id.0, name: body.0.name.0, expected: expected.0 };
    permitted
        .write(operation, |rolled| {
            let record = &rolled.next.record;
            respond::created(record.version, format!("/v1/cycles/{}", record.id), &RolledOverView::from(rolled.clone()))
        })
        .await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(roll_over_cycle);
}
