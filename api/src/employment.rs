//! Employments.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{Listing, PageParams, SnapshotParams, SyncedList},
    permitted::Permitted,
    provenance::{ManagedFieldView, managed_fields},
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, word, words},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    employment::{Employment, EmploymentPatch},
    id::EmploymentId,
    time::Period,
};
use trellis_persistence::{
    Seen,
    employment::{CreateEmployment, EmploymentHistory, GetEmployment, KeepEmployment, ListEmployments, UpdateEmployment},
    transaction::needs::{ReadPeople, WritePeople},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with an employment.
    EmploymentActions, EmploymentCan = "EmploymentCan", &["update", "keep", "release_fields"];
}

/// A person employed at a school from a day to an optional last day.
#[derive(Serialize, ToSchema)]
#[schema(title = "EmploymentRecord")]
pub struct EmploymentView {
    /// Its id.
    pub id: word::EmploymentId,
    /// Who is employed.
    pub person_id: word::PersonId,
    /// At which school, or by the trust centrally.
    pub organisation_id: word::OrganisationId,
    /// What they do there.
    pub job_title: word::Title,
    /// Which appraisal rules can apply.
    pub staff_category: word::StaffCategory,
    /// The school's own code for them.
    pub staff_code: Option<word::StaffCode>,
    /// Full-time equivalent in per cent: 60 is three days of five.
    pub fte_percent: i32,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day, inclusive; null while it goes on.
    pub ends_on: Option<NaiveDate>,
    /// The day of the snapshot that no longer named the person: somebody should look whether they left.
    pub missing_since: Option<NaiveDate>,
    /// The system whose snapshot that was.
    pub missing_from: Option<word::Reference>,
    /// The system whose snapshot gave it its last day because it no longer named the person. Named again by that system, the employment goes on.
    pub ended_from: Option<word::Reference>,
    /// Systems that no longer name the person, though somebody said that they are still here. They do not mark it until they have named them again.
    pub kept: Vec<word::Reference>,
    /// Which fields other systems manage.
    pub provenance: Vec<ManagedFieldView>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Employment> for EmploymentView {
    fn from(employment: Employment) -> Self {
        let Employment { id, person_id, organisation_id, job_title, staff_category, staff_code, fte_percent, period, .. } = employment;
        let Employment { missing_since, missing_from, ended_from, kept, provenance, version, created_at, updated_at, .. } = employment;
        Self {
            id: Word(id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            job_title: Word(job_title),
            staff_category: Word(staff_category),
            staff_code: staff_code.map(Word),
            fte_percent,
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            missing_since,
            missing_from: missing_from.map(Word),
            ended_from: ended_from.map(Word),
            kept: words(kept),
            provenance: managed_fields(&provenance),
            version,
            created_at,
            updated_at,
        }
    }
}
/// An employment, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Employment")]
pub struct EmploymentDetail {
    #[serde(flatten)]
    record: EmploymentView,
    /// What can be done with it.
    can: EmploymentCan,
}
impl From<Seen<Employment>> for EmploymentDetail {
    fn from(Seen { record, can }: Seen<Employment>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A new employment. One person has one at a time at one school; at several schools, as many as there are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEmployment {
    /// Who is employed.
    person_id: word::PersonId,
    /// At which school, or by the trust centrally.
    organisation_id: word::OrganisationId,
    /// What they do there.
    job_title: word::Title,
    /// Which appraisal rules can apply.
    staff_category: word::StaffCategory,
    /// The school's own code for them; nobody else's there.
    #[serde(default)]
    staff_code: Option<word::StaffCode>,
    /// Full-time equivalent in per cent; 100 if nothing is said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100)]
    fte_percent: Option<i32>,
    /// First day.
    starts_on: NaiveDate,
    /// Last day, inclusive.
    #[serde(default)]
    ends_on: Option<NaiveDate>,
}
/// Changes to an employment: what is absent stays as it is, null empties. A last day ends it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmploymentChanges {
    /// What they do there.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    job_title: Option<word::Title>,
    /// Which appraisal rules can apply.
    #[serde(default)]
    #[schema(value_type = word::StaffCategory)]
    staff_category: Option<word::StaffCategory>,
    /// The school's own code for them.
    #[serde(default)]
    #[schema(value_type = Option<word::StaffCode>)]
    staff_code: Patch<word::StaffCode>,
    /// Full-time equivalent in per cent.
    #[serde(default)]
    #[schema(value_type = i32, minimum = 1, maximum = 100)]
    fte_percent: Option<i32>,
    /// First day.
    #[serde(default)]
    #[schema(value_type = NaiveDate)]
    starts_on: Option<NaiveDate>,
    /// Last day, inclusive; null reopens.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    ends_on: Patch<NaiveDate>,
}

/// Filters of the list of employments.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EmploymentFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those current on this day.
    current_on: Option<NaiveDate>,
    /// Only those whose people a snapshot no longer named (`true`), or only the others.
    missing: Option<bool>,
    /// Only those with a field that was changed here by hand though another system manages it (`true`), or only the others.
    overridden: Option<bool>,
}

/// List employments
///
/// One's own, and those of the people whose records one keeps.
#[utoipa::path(tag = "Employments", params(PageParams, SnapshotParams, EmploymentFilters), responses((status = 200, description = "A page of employments", body = SyncedList<EmploymentView>)), security(("bearer" = ["people:read"])))]
#[get("/v1/employments")]
pub async fn list_employments(permitted: Permitted<ReadPeople>, listing: Listing<EmploymentFilters>) -> Result<HttpResponse, ApiError> {
    let EmploymentFilters { person_id, organisation_id, current_on, missing, overridden } = &listing.filters;
    let began = listing.began(&permitted).await?;
    let page = permitted
        .read(ListEmployments {
            person_id: person_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            current_on: *current_on,
            missing: *missing,
            overridden: *overridden,
            window: listing.window,
        })
        .await?;
    Ok(listing.answer_synced(page, began, EmploymentView::from))
}

/// Employ a person
///
/// Appraisals, objectives and learning records hang on the employment.
#[utoipa::path(tag = "Employments", request_body = NewEmployment, responses((status = 201, description = "Added", body = EmploymentDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/employments")]
pub async fn create_employment(permitted: Permitted<WritePeople>, _none: Params<NoParams>, body: Body<NewEmployment>) -> Result<HttpResponse, ApiError> {
    let NewEmployment { person_id, organisation_id, job_title, staff_category, staff_code, fte_percent, starts_on, ends_on } = body.0;
    let operation = CreateEmployment {
        person_id: person_id.0,
        organisation_id: organisation_id.0,
        job_title: job_title.0,
        staff_category: staff_category.0,
        staff_code: staff_code.map(|c| c.0),
        fte_percent: fte_percent.unwrap_or(100),
        period: Period::new(starts_on, ends_on)?,
    };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/employments/{}", seen.record.id), &EmploymentDetail::from(seen.clone())))
        .await
}

/// Read an employment
///
/// With what can be done with it.
#[utoipa::path(tag = "Employments", responses((status = 200, description = "The employment", body = EmploymentDetail)), security(("bearer" = ["people:read"])))]
#[get("/v1/employments/{id}")]
pub async fn get_employment(
    permitted: Permitted<ReadPeople>,
    _none: Params<NoParams>,
    id: Id<EmploymentId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetEmployment { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, EmploymentDetail::from))
}

/// Change or end an employment
///
/// A merge-patch (RFC 7396). Leavers are ended, never deleted; a returner gets a new employment and keeps their id.
#[utoipa::path(tag = "Employments", request_body = EmploymentChanges, responses((status = 200, description = "As it is now", body = EmploymentDetail)), security(("bearer" = ["people:write"])))]
#[patch("/v1/employments/{id}")]
pub async fn update_employment(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<EmploymentId>,
    expected: IfMatch,
    body: Body<EmploymentChanges>,
) -> Result<HttpResponse, ApiError> {
    let EmploymentChanges { job_title, staff_category, staff_code, fte_percent, starts_on, ends_on } = body.0;
    let patch = EmploymentPatch {
        job_title: job_title.map(|t| t.0),
        staff_category: staff_category.map(|c| c.0),
        staff_code: staff_code.value(),
        fte_percent,
        starts_on,
        ends_on: ends_on.into_option(),
    };
    permitted
        .write(UpdateEmployment { id: id.0, patch, expected: expected.0 }, |seen| respond::saved(seen.record.version, &EmploymentDetail::from(seen.clone())))
        .await
}

/// Say that somebody who is missing is still here
///
/// A snapshot no longer named them, and that is not because they left. The employment is missing no longer, and the same system does not mark it again until
/// it has named the person once. Whoever did leave gets a last day instead.
#[utoipa::path(tag = "Employments", responses((status = 200, description = "As it is now", body = EmploymentDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/employments/{id}/keep")]
pub async fn keep_employment(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<EmploymentId>,
    expected: IfMatch,
    _nothing: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(KeepEmployment { id: id.0, expected: expected.0 }, |seen| respond::saved(seen.record.version, &EmploymentDetail::from(seen.clone()))).await
}

crate::event::history_of!(employment_history, ReadPeople, EmploymentHistory, EmploymentId, "Employments", "/v1/employments/{id}/history", "people:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_employments)
        .service(create_employment)
        .service(get_employment)
        .service(update_employment)
        .service(keep_employment)
        .service(employment_history);
}
