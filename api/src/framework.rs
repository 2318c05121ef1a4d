//! Frameworks of professional standards.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    framework::{FrameworkVersion, NewStandard, Standard},
    id::FrameworkVersionId,
};
use trellis_persistence::{
    Seen,
    framework::{CreateFrameworkVersion, FrameworkVersionHistory, GetFrameworkVersion, ListFrameworkVersions, PublishFrameworkVersion},
    transaction::needs::{ReadFrameworks, WriteFrameworks},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a framework version.
    FrameworkVersionActions, FrameworkVersionCan = "FrameworkVersionCan", &["publish"];
}

/// One standard.
#[derive(Serialize, ToSchema)]
#[schema(title = "Standard")]
pub struct StandardView {
    /// Its id.
    pub id: word::StandardId,
    /// The standard that it is part of.
    pub parent_id: Option<word::StandardId>,
    /// Its code, as the framework prints it.
    pub code: word::StandardCode,
    /// What it says.
    pub title: word::Title,
    /// More about it.
    pub description: Option<word::Narrative>,
}
/// One version of a framework, with its standards: parents before children.
#[derive(Serialize, ToSchema)]
#[schema(title = "FrameworkVersionRecord")]
pub struct FrameworkVersionView {
    /// Its id.
    pub id: word::FrameworkVersionId,
    /// Which framework it is a version of.
    pub framework_id: word::FrameworkId,
    /// The framework's short name, the same in every version.
    pub key: word::Slug,
    /// The framework's name.
    pub name: word::Title,
    /// Which version.
    pub label: word::Title,
    /// Draft or published; a published version never changes.
    pub state: word::VersionState,
    /// Whose words these are and under which licence.
    pub attribution: Option<word::Narrative>,
    /// The standards, in order, parents before children.
    pub standards: Vec<StandardView>,
    /// Version of the record; the ETag in quotation marks.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<FrameworkVersion> for FrameworkVersionView {
    fn from(version: FrameworkVersion) -> Self {
        let FrameworkVersion { id, framework_id, key, name, label, state, attribution, standards, version, created_at, updated_at } = version;
        let standards = standards.into_iter().map(|Standard { id, parent_id, code, title, description }| StandardView {
            id: Word(id),
            parent_id: parent_id.map(Word),
            code: Word(code),
            title: Word(title),
            description: description.map(Word),
        });
        Self {
            id: Word(id),
            framework_id: Word(framework_id),
            key: Word(key),
            name: Word(name),
            label: Word(label),
            state: Word(state),
            attribution: attribution.map(Word),
            standards: standards.collect(),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A framework version, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "FrameworkVersion")]
pub struct FrameworkVersionDetail {
    #[serde(flatten)]
    record: FrameworkVersionView,
    /// What can be done with it.
    can: FrameworkVersionCan,
}
impl From<Seen<FrameworkVersion>> for FrameworkVersionDetail {
    fn from(Seen { record, can }: Seen<FrameworkVersion>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A standard to add, with those beneath it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "NewStandard")]
pub struct NewStandardBody {
    /// Its code; unique in the version.
    code: word::StandardCode,
    /// What it says.
    title: word::Title,
    /// More about it.
    #[serde(default)]
    description: Option<word::Narrative>,
    /// Those that are part of it.
    #[serde(default)]
    #[schema(max_items = 50)]
    parts: Vec<NewStandardPart>,
}
/// A standard that is part of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStandardPart {
    /// Its code; unique in the version.
    code: word::StandardCode,
    /// What it says.
    title: word::Title,
    /// More about it.
    #[serde(default)]
    description: Option<word::Narrative>,
}
/// A new version of a framework, and the framework if it is the first.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFrameworkVersion {
    /// The framework's short name.
    key: word::Slug,
    /// The framework's name.
    name: word::Title,
    /// Which version.
    label: word::Title,
    /// Whose words these are and under which licence.
    #[serde(default)]
    attribution: Option<word::Narrative>,
    /// The standards.
    #[schema(min_items = 1, max_items = 200)]
    standards: Vec<NewStandardBody>,
}

/// Filters of the list of framework versions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FrameworkVersionFilters {
    /// Only versions of this framework.
    key: Option<word::Slug>,
    /// Only drafts, or only published ones.
    state: Option<word::VersionState>,
}

/// List frameworks
///
/// Every version of every framework, with its standards. Each tenant begins with the Teachers' Standards, the Headteachers' Standards, the Standard for Teachers'
/// Professional Development and the mechanisms of effective professional development.
#[utoipa::path(tag = "Frameworks", params(PageParams, FrameworkVersionFilters), responses((status = 200, description = "A page of framework versions", body = List<FrameworkVersionView>)), security(("bearer" = ["frameworks:read"])))]
#[get("/v1/framework-versions")]
pub async fn list_framework_versions(permitted: Permitted<ReadFrameworks>, listing: Listing<FrameworkVersionFilters>) -> Result<HttpResponse, ApiError> {
    let FrameworkVersionFilters { key, state } = &listing.filters;
    let page = permitted.read(ListFrameworkVersions { key: key.clone().map(|k| k.0), state: state.as_ref().map(|s| s.0), window: listing.window }).await?;
    Ok(listing.answer(page, FrameworkVersionView::from))
}

/// Add a framework version
///
/// As a draft; for administrators of the whole trust.
#[utoipa::path(tag = "Frameworks", request_body = NewFrameworkVersion, responses((status = 201, description = "Added", body = FrameworkVersionDetail)), security(("bearer" = ["frameworks:write"])))]
#[post("/v1/framework-versions")]
pub async fn create_framework_version(
    permitted: Permitted<WriteFrameworks>,
    _none: Params<NoParams>,
    body: Body<NewFrameworkVersion>,
) -> Result<HttpResponse, ApiError> {
    let NewFrameworkVersion { key, name, label, attribution, standards } = body.0;
    let part = |p: NewStandardPart| NewStandard { code: p.code.0, title: p.title.0, description: p.description.map(|d| d.0), children: Vec::new() };
    let standards = standards.into_iter().map(|s| NewStandard {
        code: s.code.0,
        title: s.title.0,
        description: s.description.map(|d| d.0),
        children: s.parts.into_iter().map(part).collect(),
    });
    let operation = CreateFrameworkVersion { key: key.0, name: name.0, label: label.0, attribution: attribution.map(|a| a.0), standards: standards.collect() };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/framework-versions/{}", seen.record.id), &FrameworkVersionDetail::from(seen.clone()))
        })
        .await
}

/// Read a framework version
///
/// With all its standards.
#[utoipa::path(tag = "Frameworks", responses((status = 200, description = "The framework version", body = FrameworkVersionDetail)), security(("bearer" = ["frameworks:read"])))]
#[get("/v1/framework-versions/{id}")]
pub async fn get_framework_version(
    permitted: Permitted<ReadFrameworks>,
    _none: Params<NoParams>,
    id: Id<FrameworkVersionId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetFrameworkVersion { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, FrameworkVersionDetail::from))
}

/// Publish a framework version
///
/// From then on it never changes, and records can be linked to its standards.
#[utoipa::path(tag = "Frameworks", responses((status = 200, description = "Published", body = FrameworkVersionDetail)), security(("bearer" = ["frameworks:write"])))]
#[post("/v1/framework-versions/{id}/publish")]
pub async fn publish_framework_version(
    permitted: Permitted<WriteFrameworks>,
    _none: Params<NoParams>,
    id: Id<FrameworkVersionId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    let operation = PublishFrameworkVersion { id: id.0, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &FrameworkVersionDetail::from(seen.clone()))).await
}

crate::event::history_of!(
    framework_version_history,
    ReadFrameworks,
    FrameworkVersionHistory,
    FrameworkVersionId,
    "Frameworks",
    "/v1/framework-versions/{id}/history",
    "frameworks:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_framework_versions)
        .service(create_framework_version)
        .service(get_framework_version)
        .service(publish_framework_version)
        .service(framework_version_history);
}
