//! Creating the appraisals of a cycle's population.

use crate::{
    bulk::{Asking, accepted, answered},
    error::ApiError,
    extract::{Id, IfMatch, NoBody, Params},
    job::JobView,
    routes::Routes,
};
use actix_web::{HttpResponse, post};
use serde::Deserialize;
use trellis_domain::id::CycleId;
use trellis_persistence::{
    appraisal::{AddPopulation, CreateAppraisals},
    transaction::needs::WriteCycles,
};
use utoipa::IntoParams;

/// How appraisals are created.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IntakeParams {
    /// `true` only says what would happen, and stores no appraisal.
    validate_only: Option<bool>,
}
/// Create a cycle's appraisals
///
/// One for each employment of its population: of its staff categories, employed at its schools, for as long as the rule profile asks, not on hold, and without another live appraisal for the same days. Who starts later has a period of their own. It is a job whatever its size: follow it at `/v1/jobs/{id}`, and read what became of each employment, and why who was left out, at `/v1/jobs/{id}/results`. The answer waits a few seconds for a small one, unless `Prefer: respond-async` is sent, so it may say that the job is done. All are judged by the day of this request, some at a time; a job that is cancelled, or ends, leaves what was created, and again creates only what is missing. For those who run the cycle.
#[utoipa::path(tag = "Appraisals", params(IntakeParams), responses((status = 202, description = "The job that does it", body = JobView)), security(("bearer" = ["cycles:write"])))]
#[post("/v1/cycles/{id}/create-appraisals")]
pub async fn create_appraisals(
    asking: Asking<WriteCycles>,
    params: Params<IntakeParams>,
    id: Id<CycleId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    let creation = CreateAppraisals { cycle_id: id.0, validate_only: params.0.validate_only.unwrap_or_default(), expected: expected.0 };
    let (mut job, replayed) = asking.made(creation).await?;
    if !job.ready {
        let total = loop {
            let noted = asking.work.perform(AddPopulation { id: job.id }).await?;
            if noted.whole {
                break noted.total;
            }
        };
        job = asking.submitted(job.id, total, Vec::new()).await?;
    }
    Ok(answered(accepted(asking.begun(job).await?), replayed))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(create_appraisals);
}
