//! Creating the appraisals of a cycle's population.

use crate::{
    error::ApiError,
    extract::{Id, IfMatch, NoBody, Params},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word, words},
};
use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use trellis_domain::{employment::Employment, id::CycleId};
use trellis_persistence::{
    appraisal::{CreateAppraisals, Intake, Taken},
    transaction::needs::WriteCycles,
};
use utoipa::{IntoParams, ToSchema};

trellis_domain::words! {
    /// What becomes of an employment of a cycle's population.
    IntakeOutcome {
        /// It has an appraisal now.
        Created = "created",
        /// It has one in this cycle already.
        Unchanged = "unchanged",
        /// It has none; `reason` says why.
        LeftOut = "left_out",
    }
}

/// What became of one employment.
#[derive(Serialize, ToSchema)]
pub struct IntakeRow {
    /// Which employment.
    employment_id: word::EmploymentId,
    /// Whose.
    person_id: word::PersonId,
    /// At which school.
    organisation_id: word::OrganisationId,
    /// What became of it.
    outcome: word::IntakeOutcome,
    /// Why it is left out. Whoever may not know of holds is told `excluded_by_rules` for a hold and for a short contract alike.
    reason: Option<word::Omission>,
    /// First day of the new appraisal's period.
    starts_on: Option<NaiveDate>,
    /// Its last day.
    ends_on: Option<NaiveDate>,
    /// Who appraises: the appraisers of the person today. None yet for a headteacher, whose panel is named by hand.
    appraiser_ids: Vec<word::PersonId>,
}
/// How many employments met which end.
#[derive(Serialize, ToSchema)]
pub struct IntakeCounts {
    /// Have an appraisal now.
    created: u64,
    /// Had one already.
    unchanged: u64,
    /// Are left out.
    left_out: u64,
}
/// What became of a cycle's population: every employment at its schools on some day of its period.
#[derive(Serialize, ToSchema)]
pub struct IntakeReport {
    /// Was it only asked what would happen?
    validate_only: bool,
    /// How many met which end.
    counts: IntakeCounts,
    /// One for each employment.
    results: Vec<IntakeRow>,
}
impl IntakeRow {
    fn new((employment, taken): (Employment, Taken)) -> Self {
        let (outcome, reason, period, appraisers) = match taken {
            Taken::Created(period, appraisers) => (IntakeOutcome::Created, None, Some(period), appraisers),
            Taken::Unchanged => (IntakeOutcome::Unchanged, None, None, Vec::new()),
            Taken::LeftOut(why) => (IntakeOutcome::LeftOut, Some(why), None, Vec::new()),
        };
        Self {
            employment_id: Word(employment.id),
            person_id: Word(employment.person_id),
            organisation_id: Word(employment.organisation_id),
            outcome: Word(outcome),
            reason: reason.map(Word),
            starts_on: period.map(|p| p.starts_on),
            ends_on: period.and_then(|p| p.ends_on),
            appraiser_ids: words(appraisers),
        }
    }
}
impl From<Intake> for IntakeReport {
    fn from(Intake { version: _, validate_only, rows }: Intake) -> Self {
        let results: Vec<IntakeRow> = rows.into_iter().map(IntakeRow::new).collect();
        let count = |outcome: IntakeOutcome| results.iter().map(|r| u64::from(r.outcome.0 == outcome)).sum();
        let counts =
            IntakeCounts { created: count(IntakeOutcome::Created), unchanged: count(IntakeOutcome::Unchanged), left_out: count(IntakeOutcome::LeftOut) };
        Self { validate_only, counts, results }
    }
}

/// How appraisals are created.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct IntakeParams {
    /// `true` answers what would happen, and stores nothing.
    validate_only: Option<bool>,
}
/// Create a cycle's appraisals
///
/// One for each employment of its population: of its staff categories, employed at its schools, for as long as the rule profile asks, not on hold, and without another live appraisal for the same days. Who starts later has a period of their own. Everybody who is left out is listed, with the reason. Again it creates only what is missing. All of them are created, or none. For those who run the cycle.
#[utoipa::path(tag = "Appraisals", params(IntakeParams), responses((status = 200, description = "What became of each employment", body = IntakeReport)), security(("bearer" = ["cycles:write"])))]
#[post("/v1/cycles/{id}/create-appraisals")]
pub async fn create_appraisals(
    permitted: Permitted<WriteCycles>,
    params: Params<IntakeParams>,
    id: Id<CycleId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    let operation = CreateAppraisals { cycle_id: id.0, validate_only: params.0.validate_only.unwrap_or_default(), expected: expected.0 };
    permitted.write(operation, |intake| respond::saved(intake.version, &IntakeReport::from(intake.clone()))).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(create_appraisals);
}
