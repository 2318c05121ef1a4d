//! How much learning each mechanism of effective professional development was at work in.

use super::{FiguresOf, YearParams, cell};
use crate::{
    bulk::{Wish, table},
    chart::{Chart, Group, bar},
    error::ApiError,
    extract::Params,
    permitted::Permitted,
};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use trellis_domain::{insight::Practised, time::academic_year_label};
use trellis_persistence::{
    insight::{Mechanism, Mechanisms, ReadMechanisms},
    transaction::needs::ReadInsight,
};
use utoipa::ToSchema;

/// Learning in which a mechanism was at work.
#[derive(Serialize, ToSchema)]
pub struct MechanismFigures {
    /// The mechanism's code in its framework.
    #[schema(example = "M8")]
    code: String,
    /// What the newest version of that calls it.
    #[schema(example = "Model")]
    title: String,
    /// How many people recorded such learning; null if withheld.
    people: Option<u64>,
    /// How long that learning took, in minutes; null if withheld. Learning in which several mechanisms were at work counts for each of them.
    minutes: Option<u64>,
}
/// The mechanisms at one organisation.
#[derive(Serialize, ToSchema)]
pub struct MechanismsRow {
    /// Of which organisation.
    organisation: FiguresOf,
    /// Each mechanism, in the order of its framework.
    mechanisms: Vec<MechanismFigures>,
}
/// The mechanisms that were at work in the learning of an academic year.
#[derive(Serialize, ToSchema)]
pub struct LearningMechanismsView {
    /// The academic year, by the calendar year in which it starts.
    academic_year: i32,
    /// By organisation.
    rows: Vec<MechanismsRow>,
    /// At all of them together; null when one organisation was asked for.
    all: Option<Vec<MechanismFigures>>,
}
impl From<(i32, Mechanisms)> for LearningMechanismsView {
    fn from((academic_year, Mechanisms { mechanisms, figures }): (i32, Mechanisms)) -> Self {
        let each = |figures: Vec<Practised>| -> Vec<MechanismFigures> {
            let one = |(Mechanism { code, title }, Practised { people, minutes }): (&Mechanism, Practised)| MechanismFigures {
                code: code.clone(),
                title: title.clone(),
                people,
                minutes,
            };
            mechanisms.iter().zip(figures).map(one).collect()
        };
        let rows = figures.rows.into_iter().map(|(place, figures)| MechanismsRow { organisation: place.into(), mechanisms: each(figures) }).collect();
        Self { academic_year, rows, all: figures.all.map(each) }
    }
}
impl From<LearningMechanismsView> for Chart {
    /// Of the organisation that was asked for, or of all together: a bar for each mechanism.
    fn from(LearningMechanismsView { academic_year, rows, all }: LearningMechanismsView) -> Self {
        // whole hours: a chart is no more exact than an eye
        let group = |heading: String, of: &[MechanismFigures]| Group {
            heading,
            bars: of.iter().map(|m| bar(&m.title, m.minutes.map(|minutes| (minutes + 30) / 60))).collect(),
        };
        let groups = match &all {
            Some(all) => vec![group("All together".into(), all)],
            None => rows.iter().map(|row| group(row.organisation.name.clone(), &row.mechanisms)).collect(),
        };
        Self {
            title: format!("Mechanisms at work in learning, {}", academic_year_label(academic_year)),
            unit: " h",
            note: "Learning with several counts for each. What is withheld is of fewer than five people, or would tell of them.".into(),
            groups,
        }
    }
}

/// Read the mechanisms that were at work in learning
///
/// Of the learning that was recorded in an academic year, how much each mechanism of effective professional development was at work in, as its learners or the catalogue say: how many people, and how long. Learning counts for each of its mechanisms, so these are not added up. What is of one to four people is null, and so is what it could be worked out from. `Accept: text/csv` answers a row for each organisation and mechanism, `image/svg+xml` the hours as a chart, of the organisation that is asked for or of all together.
#[utoipa::path(tag = "Insight", params(YearParams), responses((status = 200, description = "The mechanisms", content((LearningMechanismsView = "application/json"), (String = "text/csv"), (String = "image/svg+xml")))), security(("bearer" = ["insight:read"])))]
#[get("/v1/learning-mechanisms")]
pub async fn get_learning_mechanisms(permitted: Permitted<ReadInsight>, wish: Wish, params: Params<YearParams>) -> Result<HttpResponse, ApiError> {
    let YearParams { academic_year, organisation_id } = params.0;
    let found = permitted.read(ReadMechanisms { academic_year, organisation_id: organisation_id.map(|o| o.0) }).await?;
    let view = LearningMechanismsView::from((academic_year, found));
    if wish.chart {
        return Chart::from(view).answer();
    }
    if wish.table {
        let rows = view.rows.into_iter().flat_map(|MechanismsRow { organisation, mechanisms }| {
            let row = move |MechanismFigures { code, title, people, minutes }| {
                vec![organisation.id.0.to_string(), organisation.name.clone(), code, title, cell(people), cell(minutes)]
            };
            mechanisms.into_iter().map(row)
        });
        return Ok(table::answer(&["organisation_id", "organisation", "code", "mechanism", "people", "minutes"], rows));
    }
    Ok(HttpResponse::Ok().json(view))
}
