//! Holds on appraisals: the support lane, for HR and the headteacher alone.

use crate::{
    error::ApiError,
    event::{HistoryList, HistoryParams, history},
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, word},
};
use actix_web::{HttpRequest, HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{hold::Hold, id::HoldId, time::Period};
use trellis_persistence::{
    Fetched, Seen,
    hold::{CreateHold, EndHold, GetHold, HoldHistory, ListHolds},
    transaction::needs::{ReadSupport, WriteSupport},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a hold.
    HoldActions, HoldCan = "AppraisalHoldCan", &["end"];
}

/// Days on which no appraisal of an employment begins, or one rests, and why.
#[derive(Serialize, ToSchema)]
#[schema(title = "AppraisalHoldRecord")]
pub struct HoldView {
    /// Its id.
    pub id: word::HoldId,
    /// Of which employment.
    pub employment_id: word::EmploymentId,
    /// Whose.
    pub person_id: word::PersonId,
    /// At which school.
    pub organisation_id: word::OrganisationId,
    /// Why.
    pub reason: word::HoldReason,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, inclusive; null while it goes on.
    pub ends_on: Option<NaiveDate>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Hold> for HoldView {
    fn from(Hold { id, employment_id, person_id, organisation_id, reason, period, version, created_at, updated_at }: Hold) -> Self {
        Self {
            id: Word(id),
            employment_id: Word(employment_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            reason: Word(reason),
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A hold, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "AppraisalHold")]
pub struct HoldDetail {
    #[serde(flatten)]
    record: HoldView,
    /// What can be done with it.
    can: HoldCan,
}
impl From<Seen<Hold>> for HoldDetail {
    fn from(Seen { record, can }: Seen<Hold>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A hold to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppraisalHold {
    /// On the appraisal of which employment.
    employment_id: word::EmploymentId,
    /// Why.
    reason: word::HoldReason,
    /// First day.
    starts_on: NaiveDate,
    /// Last day, if it is known.
    #[serde(default)]
    ends_on: Option<NaiveDate>,
}
/// The last day of a hold.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldEnd {
    /// Last day, inclusive.
    ends_on: NaiveDate,
}

/// Filters of the list of holds.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HoldFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only of this employment.
    employment_id: Option<word::EmploymentId>,
    /// Only for this reason.
    reason: Option<word::HoldReason>,
    /// Only those that are current on this day.
    current_on: Option<NaiveDate>,
}

/// List holds on appraisals
///
/// Of the caller's schools. Only HR and the headteacher know of them; nothing that others see tells one reason from another. Each hold on the page is recorded as read, and the person concerned can see who read it: `GET /v1/me/disclosures`.
#[utoipa::path(tag = "Holds", params(PageParams, HoldFilters), responses((status = 200, description = "A page of holds", body = List<HoldView>)), security(("bearer" = ["support:read"])))]
#[get("/v1/appraisal-holds")]
pub async fn list_appraisal_holds(permitted: Permitted<ReadSupport>, listing: Listing<HoldFilters>) -> Result<HttpResponse, ApiError> {
    let HoldFilters { person_id, organisation_id, employment_id, reason, current_on } = &listing.filters;
    let list = ListHolds {
        person_id: person_id.as_ref().map(|p| p.0),
        organisation_id: organisation_id.as_ref().map(|o| o.0),
        employment_id: employment_id.as_ref().map(|e| e.0),
        reason: reason.as_ref().map(|r| r.0),
        current_on: *current_on,
        window: listing.window,
    };
    let page = permitted.unseal(permitted.read(list).await?).await?;
    Ok(listing.answer(page, HoldView::from))
}

/// Set a hold
///
/// No appraisal begins on these days where the rule profile names the reason. Nobody sets their own. An appraisal that is there goes on until it is suspended.
#[utoipa::path(tag = "Holds", request_body = NewAppraisalHold, responses((status = 201, description = "Set", body = HoldDetail)), security(("bearer" = ["support:write"])))]
#[post("/v1/appraisal-holds")]
pub async fn create_appraisal_hold(
    permitted: Permitted<WriteSupport>,
    _none: Params<NoParams>,
    body: Body<NewAppraisalHold>,
) -> Result<HttpResponse, ApiError> {
    let NewAppraisalHold { employment_id, reason, starts_on, ends_on } = body.0;
    let operation = CreateHold { employment_id: employment_id.0, reason: reason.0, period: Period::new(starts_on, ends_on)? };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/appraisal-holds/{}", seen.record.id), &HoldDetail::from(seen.clone())))
        .await
}

/// Read a hold
///
/// With what can be done with it. Whose hold it is can see who read it: `GET /v1/me/disclosures`.
#[utoipa::path(tag = "Holds", responses((status = 200, description = "The hold", body = HoldDetail)), security(("bearer" = ["support:read"])))]
#[get("/v1/appraisal-holds/{id}")]
pub async fn get_appraisal_hold(
    permitted: Permitted<ReadSupport>,
    _none: Params<NoParams>,
    id: Id<HoldId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = match permitted.read(GetHold { id: id.0, unless: unless.0 }).await? {
        Fetched::Unchanged(version) => Fetched::Unchanged(version),
        Fetched::Found(sealed) => Fetched::Found(permitted.unseal(sealed).await?),
    };
    Ok(respond::fetched(found, |s| s.record.version, HoldDetail::from))
}

/// End a hold
///
/// Gives it its last day. An appraisal that it suspended goes on when HR resumes it.
#[utoipa::path(tag = "Holds", request_body = HoldEnd, responses((status = 200, description = "As it is now", body = HoldDetail)), security(("bearer" = ["support:write"])))]
#[post("/v1/appraisal-holds/{id}/end")]
pub async fn end_appraisal_hold(
    permitted: Permitted<WriteSupport>,
    _none: Params<NoParams>,
    id: Id<HoldId>,
    expected: IfMatch,
    body: Body<HoldEnd>,
) -> Result<HttpResponse, ApiError> {
    let operation = EndHold { id: id.0, ends_on: body.0.ends_on, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &HoldDetail::from(seen.clone()))).await
}

/// Read a hold's history
///
/// Who did what and when, newest first, with values before and after. Whoever reads it has read the hold, and the person can see it.
#[utoipa::path(tag = "Holds", params(HistoryParams), responses((status = 200, description = "Events, newest first", body = HistoryList)), security(("bearer" = ["support:read"])))]
#[get("/v1/appraisal-holds/{id}/history")]
pub async fn appraisal_hold_history(
    permitted: Permitted<ReadSupport>,
    request: HttpRequest,
    id: Id<HoldId>,
    params: Params<HistoryParams>,
) -> Result<HttpResponse, ApiError> {
    let sealed = permitted.read(HoldHistory { id: id.0, window: params.0.window()? }).await?;
    Ok(history(&request, permitted.unseal(sealed).await?))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_appraisal_holds).service(create_appraisal_hold).service(get_appraisal_hold).service(end_appraisal_hold).service(appraisal_hold_history);
}
