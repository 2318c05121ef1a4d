//! People.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    organisation::{ExternalRefView, reference_filter, references},
    page::{Listing, PageParams, SnapshotParams, SyncedList},
    permitted::Permitted,
    provenance::{ManagedFieldView, managed_fields},
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::PersonId,
    person::{Person, PersonPatch},
};
use trellis_persistence::{
    Seen,
    person::{CreatePerson, GetPerson, ListPeople, PersonHistory, UpdatePerson, VisiblePerson},
    transaction::needs::{ReadPeople, WritePeople},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a person's record.
    PersonActions, PersonCan = "PersonCan", &["update", "release_fields", "hand_over", "merge", "erase"];
}

/// A person. Colleagues see names and e-mail; the person, their appraiser and those who keep the records see the rest.
#[derive(Serialize, ToSchema)]
#[schema(title = "PersonRecord")]
pub struct PersonView {
    /// Theirs for good: a returner keeps it.
    pub id: word::PersonId,
    /// Given name.
    pub given_name: word::Name,
    /// Family name.
    pub family_name: word::Name,
    /// What they like to be called.
    pub preferred_name: Option<word::Name>,
    /// Work e-mail.
    pub email: Option<word::Email>,
    /// Teacher reference number; absent, and named in `redacted`, for colleagues.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<word::Trn>)]
    pub trn: Option<Option<word::Trn>>,
    /// What other systems call them; absent, and named in `redacted`, for colleagues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_refs: Option<Vec<ExternalRefView>>,
    /// Which fields other systems manage; absent, and named in `redacted`, for colleagues.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Vec<ManagedFieldView>>,
    /// Fields that are hidden from this caller.
    pub redacted: Vec<&'static str>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When they were added.
    pub created_at: DateTime<Utc>,
    /// When the record last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<VisiblePerson> for PersonView {
    fn from(VisiblePerson { person, in_full }: VisiblePerson) -> Self {
        let Person { id, given_name, family_name, preferred_name, email, trn, external_refs, provenance, version, created_at, updated_at } = person;
        Self {
            id: Word(id),
            given_name: Word(given_name),
            family_name: Word(family_name),
            preferred_name: preferred_name.map(Word),
            email: email.map(Word),
            trn: in_full.then(|| trn.map(Word)),
            external_refs: in_full.then(|| external_refs.into_iter().map(Into::into).collect()),
            provenance: in_full.then(|| managed_fields(&provenance)),
            redacted: if in_full { Vec::new() } else { vec!["trn", "external_refs", "provenance"] },
            version,
            created_at,
            updated_at,
        }
    }
}
/// A person, with what can be done with the record.
#[derive(Serialize, ToSchema)]
#[schema(title = "Person")]
pub struct PersonDetail {
    #[serde(flatten)]
    record: PersonView,
    /// What can be done with it.
    can: PersonCan,
}
impl From<Seen<VisiblePerson>> for PersonDetail {
    fn from(Seen { record, can }: Seen<VisiblePerson>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A new person. National Insurance and DBS numbers, ethnicity, disability and religion are never held.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// Given name.
    given_name: word::Name,
    /// Family name.
    family_name: word::Name,
    /// What they like to be called.
    #[serde(default)]
    preferred_name: Option<word::Name>,
    /// Work e-mail; kept in lower case.
    #[serde(default)]
    email: Option<word::Email>,
    /// Teacher reference number: exactly 7 digits, leading zeros kept. Unique in the tenant.
    #[serde(default)]
    trn: Option<word::Trn>,
    /// What other systems call them.
    #[serde(default)]
    #[schema(max_items = 20)]
    external_refs: Vec<ExternalRefView>,
}
/// Changes to a person: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PersonChanges {
    /// Given name.
    #[serde(default)]
    #[schema(value_type = word::Name)]
    given_name: Option<word::Name>,
    /// Family name.
    #[serde(default)]
    #[schema(value_type = word::Name)]
    family_name: Option<word::Name>,
    /// What they like to be called.
    #[serde(default)]
    #[schema(value_type = Option<word::Name>)]
    preferred_name: Patch<word::Name>,
    /// Work e-mail.
    #[serde(default)]
    #[schema(value_type = Option<word::Email>)]
    email: Patch<word::Email>,
    /// Teacher reference number.
    #[serde(default)]
    #[schema(value_type = Option<word::Trn>)]
    trn: Patch<word::Trn>,
    /// All of the external references.
    #[serde(default)]
    #[schema(value_type = Vec<ExternalRefView>, max_items = 20)]
    external_refs: Option<Vec<ExternalRefView>>,
}

/// Filters of the list of people.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PersonFilters {
    /// Only those employed, now or once, at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those with a name that begins so: the family name, the given name, or the name they like to be called. A second word goes on: `okafor a` and
    /// `ada ok` find Ada Okafor. Upper and lower case are the same.
    #[param(min_length = 1, max_length = 100, pattern = r"^[^\u0000-\u001f\u007f]*$")]
    q: Option<String>,
    /// Only those with this e-mail.
    email: Option<word::Email>,
    /// Only the one that another system calls so: the system, a colon, the id there.
    #[param(max_length = 201, pattern = r"^[^:\u0000-\u001f\u007f]{1,100}:[^\u0000-\u001f\u007f]{1,100}$", example = "bromcom:10023")]
    external_ref: Option<String>,
    /// Only those with a field that was changed here by hand though another system manages it (`true`), or only the others; of people whose records one keeps.
    overridden: Option<bool>,
}

/// List people
///
/// Colleagues at one's own schools, the people whose records one keeps, and oneself.
#[utoipa::path(tag = "People", params(PageParams, SnapshotParams, PersonFilters), responses((status = 200, description = "A page of people", body = SyncedList<PersonView>)), security(("bearer" = ["people:read"])))]
#[get("/v1/people")]
pub async fn list_people(permitted: Permitted<ReadPeople>, listing: Listing<PersonFilters>) -> Result<HttpResponse, ApiError> {
    let PersonFilters { organisation_id, q, email, external_ref, overridden } = &listing.filters;
    let began = listing.began(&permitted).await?;
    let page = permitted
        .read(ListPeople {
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            q: q.clone(),
            email: email.clone().map(|e| e.0),
            external_ref: reference_filter(external_ref.as_deref()),
            overridden: *overridden,
            window: listing.window,
        })
        .await?;
    Ok(listing.answer_synced(page, began, PersonView::from))
}

/// Add a person
///
/// Then give them an employment: until then only those who add people see them.
#[utoipa::path(tag = "People", request_body = NewPerson, responses((status = 201, description = "Added", body = PersonDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/people")]
pub async fn create_person(permitted: Permitted<WritePeople>, _none: Params<NoParams>, body: Body<NewPerson>) -> Result<HttpResponse, ApiError> {
    let NewPerson { given_name, family_name, preferred_name, email, trn, external_refs } = body.0;
    let operation = CreatePerson {
        given_name: given_name.0,
        family_name: family_name.0,
        preferred_name: preferred_name.map(|n| n.0),
        email: email.map(|e| e.0),
        trn: trn.map(|t| t.0),
        external_refs: references(external_refs),
    };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.person.version, format!("/v1/people/{}", seen.record.person.id), &PersonDetail::from(seen.clone()))
        })
        .await
}

/// Read a person
///
/// With what can be done with the record.
#[utoipa::path(tag = "People", responses((status = 200, description = "The person", body = PersonDetail)), security(("bearer" = ["people:read"])))]
#[get("/v1/people/{id}")]
pub async fn get_person(permitted: Permitted<ReadPeople>, _none: Params<NoParams>, id: Id<PersonId>, unless: IfNoneMatch) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetPerson { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.person.version, PersonDetail::from))
}

/// Change a person
///
/// A merge-patch (RFC 7396): what is absent stays, null empties. A change that changes nothing keeps the ETag and leaves no event.
#[utoipa::path(tag = "People", request_body = PersonChanges, responses((status = 200, description = "As it is now", body = PersonDetail)), security(("bearer" = ["people:write"])))]
#[patch("/v1/people/{id}")]
pub async fn update_person(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<PersonId>,
    expected: IfMatch,
    body: Body<PersonChanges>,
) -> Result<HttpResponse, ApiError> {
    let PersonChanges { given_name, family_name, preferred_name, email, trn, external_refs } = body.0;
    let patch = PersonPatch {
        given_name: given_name.map(|n| n.0),
        family_name: family_name.map(|n| n.0),
        preferred_name: preferred_name.value(),
        email: email.value(),
        trn: trn.value(),
        external_refs: external_refs.map(references),
    };
    permitted
        .write(UpdatePerson { id: id.0, patch, expected: expected.0 }, |seen| respond::saved(seen.record.person.version, &PersonDetail::from(seen.clone())))
        .await
}

crate::event::history_of!(person_history, ReadPeople, PersonHistory, PersonId, "People", "/v1/people/{id}/history", "people:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_people).service(create_person).service(get_person).service(update_person).service(person_history);
}
