//! Who gets what is offered.

use super::{SplitFigures, cell};
use crate::{
    bulk::{Wish, table},
    chart::{Chart, Group, bar},
    error::ApiError,
    extract::Params,
    permitted::Permitted,
};
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    insight::{Access, percent},
    time::academic_year_label,
};
use trellis_persistence::{insight::ReadFairAccess, transaction::needs::ReadInsight};
use utoipa::{IntoParams, ToSchema};

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
    /// What was spent on learning that they asked for, in pence; null if withheld, as all of it by phase is where a school's would follow from it.
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
