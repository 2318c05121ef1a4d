//! How far appraisals are: figures for whoever leads, names for whoever may read them.

use super::{FiguresOf, cell};
use crate::{
    bulk::{Wish, table},
    error::ApiError,
    extract::Params,
    page::{List, Listing, PageParams},
    permitted::Permitted,
    wire::{Word, word, words},
};
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    appraisal::AppraisalState,
    insight::{Outstanding, Progress},
};
use trellis_persistence::{
    Window,
    insight::{AppraisalOverview, AppraisalOverviewByAppraiser, AppraiserProgress, Figures, ListAppraisalProgress, OutstandingAppraisal},
    transaction::needs::{ReadAppraisalOverview, ReadAppraisals},
};
use utoipa::{IntoParams, ToSchema};

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
        let rows = rows.into_iter().map(|(place, p)| (vec![place.id.to_string(), place.name], p));
        return Ok(as_table(&["organisation_id", "organisation"], rows.collect()));
    }
    let rows = rows.into_iter().map(|(place, p)| OverviewRow { organisation: place.into(), figures: p.into() }).collect();
    Ok(HttpResponse::Ok().json(AppraisalOverviewView { rows, all: all.map(Into::into) }))
}
/// Figures as a table, each row beneath what they are of.
fn as_table(of: &[&'static str], rows: Vec<(Vec<String>, Progress)>) -> HttpResponse {
    let states = AppraisalState::ALL.iter().filter(|state| state.live()).map(|state| state.as_str());
    let lacks = Outstanding::ALL.iter().map(|what| outstanding_heading(*what));
    let headings: Vec<&str> = of.iter().copied().chain(["appraisals"]).chain(states).chain(lacks).collect();
    let row = |(of, p): (Vec<String>, Progress)| {
        let counts = p.states.into_iter().map(|(_, n)| n).chain(p.outstanding.into_iter().map(|(_, n)| n));
        of.into_iter().chain([cell(p.appraisals)]).chain(counts.map(cell)).collect()
    };
    table::answer(&headings, rows.into_iter().map(row))
}

/// How far the appraisals of one appraiser at one school are.
#[derive(Serialize, ToSchema)]
pub struct AppraiserOverviewRow {
    /// At which school.
    organisation: FiguresOf,
    /// Who appraises today; null for the appraisals that nobody appraises.
    appraiser: Option<AppraiserName>,
    /// How far they are.
    figures: ProgressFigures,
}
/// How far the appraisals of a cycle are, by who appraises.
#[derive(Serialize, ToSchema)]
pub struct AppraiserOverviewView {
    /// By school, and there by appraiser. An appraisal with several appraisers counts with each.
    rows: Vec<AppraiserOverviewRow>,
}

/// Read how far appraisals are, by appraiser
///
/// The appraisals of a cycle at the schools whose appraisals one reads by name, as headteacher or HR: where they stand and what is outstanding, by who appraises today. Schools where one has neither role have no rows: whoever only appraises or is appraised gets none. Transferred and abandoned ones are not counted. No figure is withheld. `Accept: text/csv` answers them as a table.
#[utoipa::path(tag = "Insight", params(OverviewParams), responses((status = 200, description = "The overview", content((AppraiserOverviewView = "application/json"), (String = "text/csv")))), security(("bearer" = ["appraisals:read"])))]
#[get("/v1/appraiser-overview")]
pub async fn get_appraiser_overview(permitted: Permitted<ReadAppraisals>, wish: Wish, params: Params<OverviewParams>) -> Result<HttpResponse, ApiError> {
    let OverviewParams { cycle_id, organisation_id } = params.0;
    let rows = permitted.read(AppraisalOverviewByAppraiser { cycle_id: cycle_id.0, organisation_id: organisation_id.map(|o| o.0) }).await?;
    if wish.table {
        let row = |AppraiserProgress { organisation, appraiser, progress }| {
            let (id, name) = appraiser.map_or_else(Default::default, |(id, name)| (id.to_string(), name.unwrap_or_default()));
            (vec![organisation.id.to_string(), organisation.name, id, name], progress)
        };
        return Ok(as_table(&["organisation_id", "organisation", "appraiser_id", "appraiser"], rows.into_iter().map(row).collect()));
    }
    let row = |AppraiserProgress { organisation, appraiser, progress }| AppraiserOverviewRow {
        organisation: organisation.into(),
        appraiser: appraiser.map(|(id, name)| AppraiserName { person_id: Word(id), name }),
        figures: progress.into(),
    };
    Ok(HttpResponse::Ok().json(AppraiserOverviewView { rows: rows.into_iter().map(row).collect() }))
}
fn outstanding_heading(what: Outstanding) -> &'static str {
    match what {
        Outstanding::Appraiser => "without_appraiser",
        Outstanding::Planning => "without_planning",
        Outstanding::Objectives => "without_objectives",
        Outstanding::Meeting => "without_meeting",
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
