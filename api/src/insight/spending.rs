//! What was spent on learning, and with what to show for it.

use super::{FiguresOf, SplitFigures, YearParams, cell};
use crate::{
    bulk::{Wish, table},
    error::ApiError,
    extract::Params,
    permitted::Permitted,
};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use trellis_domain::insight::Spent;
use trellis_persistence::{
    insight::{Figures, ReadSpending},
    transaction::needs::ReadInsight,
};
use utoipa::ToSchema;

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

/// Read what was spent on learning
///
/// What was spent on learning that starts in the academic year, by school: on what serves a priority, by itself or through an objective, and on what serves none; on learning of which something is known that came of it, and of which nothing is. What was spent on one to four people is null, and so is what it could be worked out from. `Accept: text/csv` answers the rows as a table.
#[utoipa::path(tag = "Insight", params(YearParams), responses((status = 200, description = "What was spent", content((LearningSpendingView = "application/json"), (String = "text/csv")))), security(("bearer" = ["insight:read"])))]
#[get("/v1/learning-spending")]
pub async fn get_learning_spending(permitted: Permitted<ReadInsight>, wish: Wish, params: Params<YearParams>) -> Result<HttpResponse, ApiError> {
    let YearParams { academic_year, organisation_id } = params.0;
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
