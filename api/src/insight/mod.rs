//! Figures of schools and trusts: how far appraisals are, what comes of priorities, how much learning there is, and who has it.

mod back;
mod fair_access;
mod mechanisms;
mod overview;
mod share;
mod sight;
mod spending;

use crate::{
    routes::Routes,
    wire::{Word, word},
};
use serde::{Deserialize, Serialize};
use trellis_domain::insight::Split;
use trellis_persistence::insight::Place;
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

/// Which year, and where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct YearParams {
    /// The academic year, by the calendar year in which it starts: 2026 is 2026/27.
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    academic_year: i32,
    /// Only this organisation and those beneath it.
    organisation_id: Option<word::OrganisationId>,
}

/// Registers the operations of this folder.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(overview::get_appraisal_overview)
        .service(overview::get_appraiser_overview)
        .service(overview::list_appraisal_progress)
        .service(sight::get_priority_line_of_sight)
        .service(back::get_learning_record_line_of_sight)
        .service(back::get_objective_line_of_sight)
        .service(back::get_learning_request_line_of_sight)
        .service(back::get_enrolment_line_of_sight)
        .service(back::get_agreed_action_line_of_sight)
        .service(back::get_finding_line_of_sight)
        .service(back::get_development_need_line_of_sight)
        .service(back::get_learning_visit_line_of_sight)
        .service(back::get_training_completion_line_of_sight)
        .service(mechanisms::get_learning_mechanisms)
        .service(share::get_learning_share)
        .service(fair_access::get_fair_access)
        .service(spending::get_learning_spending);
}
