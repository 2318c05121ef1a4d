//! Check-ins: how often two people who work together mean to meet, and how they keep to it.

use crate::{
    bulk::{Wish, table},
    error::ApiError,
    extract::{Body, Id, IfMatch, NoParams, Params},
    insight::{FiguresOf, cell},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    relationship::{CadenceView, RelationshipDetail},
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use trellis_domain::{
    check_in::{CheckInFigures, CheckInStanding, Met},
    id::RelationshipId,
};
use trellis_persistence::{
    check_in::{CheckIn, ListMyCheckIns, ReadCheckInHealth, SetCadence},
    insight::Figures,
    transaction::needs::{Identified, ReadInsight, WriteConversations},
};
use utoipa::{IntoParams, ToSchema};

/// How often two people meet.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCadence {
    /// Weeks between two meetings; null, if they meet as it comes.
    #[schema(required, minimum = 1, maximum = 52)]
    weeks: Option<i32>,
}

/// Say how often the two meet
///
/// By either of the two, while one is the other's line manager or appraiser. It counts from today. Weeks in which the school is closed are not counted, if its calendar is known. The same rhythm again changes nothing.
#[utoipa::path(tag = "Relationships", request_body = NewCadence, responses((status = 200, description = "As it is now", body = RelationshipDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/relationships/{id}/set-cadence")]
pub async fn set_cadence(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<RelationshipId>,
    expected: IfMatch,
    body: Body<NewCadence>,
) -> Result<HttpResponse, ApiError> {
    let operation = SetCadence { id: id.0, weeks: body.0.weeks, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &RelationshipDetail::from(seen.clone()))).await
}

/// How the caller and somebody else keep to their rhythm. It is worked out for today, and known to the two alone.
#[derive(Serialize, ToSchema)]
#[schema(title = "CheckIn")]
pub struct CheckInView {
    /// What they are to one another.
    relationship_id: word::RelationshipId,
    /// What the holder is.
    kind: word::RelationshipKind,
    /// Who is managed or appraised.
    person_id: word::PersonId,
    /// Who manages or appraises.
    holder_id: word::PersonId,
    /// Who the other of the two is.
    other_id: word::PersonId,
    /// What the other of the two is called; null, if they were erased.
    other_name: Option<String>,
    /// How often they mean to meet. Those who said nothing of it are not listed here.
    #[schema(value_type = CadenceView)]
    cadence: Option<CadenceView>,
    /// Which weeks are counted: those in which the school is open, or every week where no calendar covers them.
    counted: word::CountedWeeks,
    /// How they keep to it.
    health: word::CheckInHealth,
    /// Since when it is so.
    since: NaiveDate,
    /// By when they meet next, if they keep to it.
    due_on: NaiveDate,
    /// When they last met: in a check-in, or at the beginning, middle or end of an appraisal; null if they have not yet.
    last_held_on: Option<NaiveDate>,
    /// When they meet next, if that is booked; else null.
    next_booked_on: Option<NaiveDate>,
}
impl From<CheckIn> for CheckInView {
    fn from(CheckIn { relationship, organisation_id: _, other_id, other_name, standing }: CheckIn) -> Self {
        let CheckInStanding { health, since, due_on, counted, met: Met { last_held_on, next_booked_on } } = standing;
        Self {
            relationship_id: Word(relationship.id),
            kind: Word(relationship.kind),
            person_id: Word(relationship.person_id),
            holder_id: Word(relationship.holder_id),
            other_id: Word(other_id),
            other_name,
            cadence: relationship.cadence.map(Into::into),
            counted: Word(counted),
            health: Word(health),
            since,
            due_on,
            last_held_on,
            next_booked_on,
        }
    }
}

/// List one's own check-ins
///
/// Everybody with whom one has a rhythm, on either side: whether it is on track, due or late and since when, when the two last met and will meet next. Only people have any, and nobody else reads them.
#[utoipa::path(tag = "Me", params(PageParams), responses((status = 200, description = "A page of check-ins", body = List<CheckInView>)), security(("bearer" = [])))]
#[get("/v1/me/check-ins")]
pub async fn list_my_check_ins(permitted: Permitted<Identified>, listing: Listing<NoParams>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListMyCheckIns { window: listing.window }).await?;
    Ok(listing.answer(page, CheckInView::from))
}

/// How many stand so.
#[derive(Serialize, ToSchema)]
pub struct CheckInHealthCount {
    /// How they keep to their rhythm.
    health: word::CheckInHealth,
    /// How many; null if withheld.
    count: Option<u64>,
}
/// How many keep to their rhythm.
#[derive(Serialize, ToSchema)]
pub struct CheckInHealthFigures {
    /// How many have a rhythm; null if withheld.
    relationships: Option<u64>,
    /// By how they keep to it.
    health: Vec<CheckInHealthCount>,
}
impl From<CheckInFigures> for CheckInHealthFigures {
    fn from(CheckInFigures { relationships, health }: CheckInFigures) -> Self {
        Self { relationships, health: health.into_iter().map(|(health, count)| CheckInHealthCount { health: Word(health), count }).collect() }
    }
}
/// How many keep to their rhythm at one organisation.
#[derive(Serialize, ToSchema)]
pub struct CheckInHealthRow {
    /// Of which organisation.
    organisation: FiguresOf,
    /// Its figures.
    figures: CheckInHealthFigures,
}
/// How check-ins are kept.
#[derive(Serialize, ToSchema)]
#[schema(title = "CheckInHealthSummary")]
pub struct CheckInHealthView {
    /// By organisation.
    rows: Vec<CheckInHealthRow>,
    /// Of all together; null when one organisation was asked for.
    all: Option<CheckInHealthFigures>,
}
/// Where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CheckInHealthParams {
    /// Only this organisation and those beneath it.
    organisation_id: Option<word::OrganisationId>,
}

/// Read how check-ins are kept
///
/// How many of those who work together and set themselves a rhythm are on track, due or late today, by organisation. A figure of fewer than five people on either side is null, so that no manager is graded by it, and so are others from which it could be worked out. `Accept: text/csv` answers the rows as a table.
#[utoipa::path(tag = "Insight", params(CheckInHealthParams), responses((status = 200, description = "The figures", content((CheckInHealthView = "application/json"), (String = "text/csv")))), security(("bearer" = ["insight:read"])))]
#[get("/v1/check-in-health")]
pub async fn get_check_in_health(permitted: Permitted<ReadInsight>, wish: Wish, params: Params<CheckInHealthParams>) -> Result<HttpResponse, ApiError> {
    let Figures { rows, all } = permitted.read(ReadCheckInHealth { organisation_id: params.0.organisation_id.map(|o| o.0) }).await?;
    if wish.table {
        let rows = rows.into_iter().map(|(place, f)| {
            let figures = std::iter::once(f.relationships).chain(f.health.into_iter().map(|(_, n)| n)).map(cell);
            [place.id.to_string(), place.name].into_iter().chain(figures).collect()
        });
        return Ok(table::answer(&["organisation_id", "organisation", "relationships", "on_track", "due", "late"], rows));
    }
    let rows = rows.into_iter().map(|(place, f)| CheckInHealthRow { organisation: place.into(), figures: f.into() }).collect();
    Ok(HttpResponse::Ok().json(CheckInHealthView { rows, all: all.map(Into::into) }))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(set_cadence).service(list_my_check_ins).service(get_check_in_health);
}
