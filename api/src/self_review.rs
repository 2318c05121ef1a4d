//! Self-reviews: how somebody sees themself against a framework. Nobody else reads anything of one.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    shared_self_review::SharedSelfReviewDetail,
    wire::{Can, Patch, Word, actions, all, list, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::SelfReviewId,
    self_review::{SelfReview, SelfReviewAction, SelfReviewPatch, SelfReviewVersion, Statement},
};
use trellis_persistence::{
    Seen,
    idempotency::Stored,
    self_review::{
        CreateSelfReview, GetSelfReview, KeepSelfReview, ListSelfReviewVersions, ListSelfReviews, SelfReviewHistory, ShareSelfReview, UpdateSelfReview,
    },
    transaction::needs::{ReadSelfReviews, WriteSelfReviews},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a self-review.
    SelfReviewActions, SelfReviewCan = "SelfReviewCan", list::<SelfReviewAction>();
}

/// What somebody says of themself in one statement of the framework.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "SelfReviewStatement")]
pub struct StatementView {
    /// Which statement: a standard of the framework version.
    pub standard_id: word::StandardId,
    /// How they see themself, if they say so. It is no grade.
    #[serde(default)]
    pub view: Option<word::SelfAssessment>,
    /// In their own words, if they want to.
    #[serde(default)]
    pub words: Option<word::Narrative>,
}
impl From<Statement> for StatementView {
    fn from(Statement { standard_id, view, words }: Statement) -> Self {
        Self { standard_id: Word(standard_id), view: view.map(Word), words: words.map(Word) }
    }
}
impl From<StatementView> for Statement {
    fn from(StatementView { standard_id, view, words }: StatementView) -> Self {
        Self { standard_id: standard_id.0, view: view.map(|v| v.0), words: words.map(|w| w.0) }
    }
}

/// How somebody sees themself against a framework.
#[derive(Serialize, ToSchema)]
#[schema(title = "SelfReviewRecord")]
pub struct SelfReviewView {
    /// Its id.
    pub id: word::SelfReviewId,
    /// Whose.
    pub person_id: word::PersonId,
    /// In which employment.
    pub employment_id: word::EmploymentId,
    /// The school of that employment.
    pub organisation_id: word::OrganisationId,
    /// Against which framework version.
    pub framework_version_id: word::FrameworkVersionId,
    /// What its owner calls it.
    pub title: Option<word::Title>,
    /// What they say. Of a statement that is not there they say nothing, which means nothing.
    pub statements: Vec<StatementView>,
    /// How many versions of it are kept.
    pub kept: i32,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<SelfReview> for SelfReviewView {
    fn from(record: SelfReview) -> Self {
        let SelfReview { id, person_id, employment_id, organisation_id, framework_version_id, title, statements, kept, version, created_at, updated_at } =
            record;
        Self {
            id: Word(id),
            person_id: Word(person_id),
            employment_id: Word(employment_id),
            organisation_id: Word(organisation_id),
            framework_version_id: Word(framework_version_id),
            title: title.map(Word),
            statements: all(statements),
            kept,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A self-review, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "SelfReview")]
pub struct SelfReviewDetail {
    #[serde(flatten)]
    record: SelfReviewView,
    /// What can be done with it.
    can: SelfReviewCan,
}
impl From<Seen<SelfReview>> for SelfReviewDetail {
    fn from(Seen { record, can }: Seen<SelfReview>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<SelfReview>) -> Stored {
    respond::saved(seen.record.version, &SelfReviewDetail::from(seen.clone()))
}

/// A self-review as it stood when its owner kept it. It never changes.
#[derive(Serialize, ToSchema)]
#[schema(title = "SelfReviewVersion")]
pub struct SelfReviewVersionView {
    /// Its id.
    pub id: word::SelfReviewVersionId,
    /// Which one: 1 is the first.
    pub number: i32,
    /// What its owner called it.
    pub title: Option<word::Title>,
    /// What they said.
    pub statements: Vec<StatementView>,
    /// When they kept it.
    pub kept_at: DateTime<Utc>,
}
impl From<SelfReviewVersion> for SelfReviewVersionView {
    fn from(SelfReviewVersion { id, self_review_id: _, number, title, statements, kept_at }: SelfReviewVersion) -> Self {
        Self { id: Word(id), number, title: title.map(Word), statements: all(statements), kept_at }
    }
}

/// The beginning of a self-review.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSelfReview {
    /// In which of one's employments; the one that one has today, if none is named.
    #[serde(default)]
    employment_id: Option<word::EmploymentId>,
    /// Against which framework version: a published one.
    framework_version_id: word::FrameworkVersionId,
    /// What one calls it.
    #[serde(default)]
    title: Option<word::Title>,
    /// What one says, of as many statements as one likes. Where neither `view` nor `words` is sent, nothing is said.
    #[serde(default)]
    #[schema(max_items = 200)]
    statements: Vec<StatementView>,
}
/// Changes of a self-review. What is not sent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelfReviewChanges {
    /// What one calls it.
    #[serde(default)]
    #[schema(value_type = Option<word::Title>)]
    title: Patch<word::Title>,
    /// All that one says.
    #[serde(default)]
    #[schema(value_type = Vec<StatementView>, max_items = 200)]
    statements: Option<Vec<StatementView>>,
}
/// Who may read a version of it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SelfReviewSharing {
    /// Somebody who appraises, coaches or mentors one today, sees one through induction, or is in a coaching partnership with one.
    reader_id: word::PersonId,
}

/// Filters of the list of self-reviews.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SelfReviewFilters {
    /// Only those against this framework version.
    framework_version_id: Option<word::FrameworkVersionId>,
}

/// List self-reviews
///
/// One's own. Nobody sees those of others, whatever their role: what is shared stands among the shared self-reviews.
#[utoipa::path(tag = "Self-reviews", params(PageParams, SelfReviewFilters), responses((status = 200, description = "A page of self-reviews", body = List<SelfReviewView>)), security(("bearer" = ["self_reviews:read"])))]
#[get("/v1/self-reviews")]
pub async fn list_self_reviews(permitted: Permitted<ReadSelfReviews>, listing: Listing<SelfReviewFilters>) -> Result<HttpResponse, ApiError> {
    let SelfReviewFilters { framework_version_id } = &listing.filters;
    let operation = ListSelfReviews { framework_version_id: framework_version_id.as_ref().map(|f| f.0), window: listing.window };
    let page = permitted.read(operation).await?;
    Ok(listing.answer(page, SelfReviewView::from))
}

/// Begin a self-review
///
/// Against a published framework version: the teachers', the headteachers', or the trust's own. Every statement is optional, in words, with one of three words that are no grade, or both. It is one's own alone.
#[utoipa::path(tag = "Self-reviews", request_body = NewSelfReview, responses((status = 201, description = "The self-review", body = SelfReviewDetail)), security(("bearer" = ["self_reviews:write"])))]
#[post("/v1/self-reviews")]
pub async fn create_self_review(permitted: Permitted<WriteSelfReviews>, _none: Params<NoParams>, body: Body<NewSelfReview>) -> Result<HttpResponse, ApiError> {
    let NewSelfReview { employment_id, framework_version_id, title, statements } = body.0;
    let operation = CreateSelfReview {
        employment_id: employment_id.map(|e| e.0),
        framework_version_id: framework_version_id.0,
        title: title.map(|t| t.0),
        statements: all(statements),
    };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/self-reviews/{}", seen.record.id), &SelfReviewDetail::from(seen.clone())))
        .await
}

/// Read a self-review
///
/// By its owner, with what can be done with it.
#[utoipa::path(tag = "Self-reviews", responses((status = 200, description = "The self-review", body = SelfReviewDetail)), security(("bearer" = ["self_reviews:read"])))]
#[get("/v1/self-reviews/{id}")]
pub async fn get_self_review(
    permitted: Permitted<ReadSelfReviews>,
    _none: Params<NoParams>,
    id: Id<SelfReviewId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetSelfReview { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, SelfReviewDetail::from))
}

/// Change a self-review
///
/// A merge-patch (RFC 7396) by its owner. `statements` are sent whole.
#[utoipa::path(tag = "Self-reviews", request_body = SelfReviewChanges, responses((status = 200, description = "As it is now", body = SelfReviewDetail)), security(("bearer" = ["self_reviews:write"])))]
#[patch("/v1/self-reviews/{id}")]
pub async fn update_self_review(
    permitted: Permitted<WriteSelfReviews>,
    _none: Params<NoParams>,
    id: Id<SelfReviewId>,
    expected: IfMatch,
    body: Body<SelfReviewChanges>,
) -> Result<HttpResponse, ApiError> {
    let SelfReviewChanges { title, statements } = body.0;
    let patch = SelfReviewPatch { title: title.value(), statements: statements.map(all) };
    permitted.write(UpdateSelfReview { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Keep a version of a self-review
///
/// As it stands now, to look back at in other years. If nothing changed since the last one, that is the one.
#[utoipa::path(tag = "Self-reviews", responses((status = 200, description = "As it is now", body = SelfReviewDetail)), security(("bearer" = ["self_reviews:write"])))]
#[post("/v1/self-reviews/{id}/keep")]
pub async fn keep_self_review(
    permitted: Permitted<WriteSelfReviews>,
    _none: Params<NoParams>,
    id: Id<SelfReviewId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(KeepSelfReview { id: id.0, expected: expected.0 }, saved).await
}

/// Share a version of a self-review
///
/// As it stands now, with one person: who appraises, coaches or mentors its owner, sees them through induction, or is in a coaching partnership with them. What its owner writes afterwards is not in it. It can be withdrawn at any time.
#[utoipa::path(tag = "Self-reviews", request_body = SelfReviewSharing, responses((status = 201, description = "What is shared", body = SharedSelfReviewDetail)), security(("bearer" = ["self_reviews:write"])))]
#[post("/v1/self-reviews/{id}/share")]
pub async fn share_self_review(
    permitted: Permitted<WriteSelfReviews>,
    _none: Params<NoParams>,
    id: Id<SelfReviewId>,
    expected: IfMatch,
    body: Body<SelfReviewSharing>,
) -> Result<HttpResponse, ApiError> {
    let operation = ShareSelfReview { id: id.0, reader_id: body.0.reader_id.0, expected: expected.0 };
    permitted
        .write(operation, |seen| {
            let shared = &seen.record.shared;
            respond::created(shared.version, format!("/v1/shared-self-reviews/{}", shared.id), &SharedSelfReviewDetail::from(seen.clone()))
        })
        .await
}

/// List the kept versions of a self-review
///
/// For its owner: what they said of themself, and when.
#[utoipa::path(tag = "Self-reviews", params(PageParams), responses((status = 200, description = "A page of versions, the oldest first", body = List<SelfReviewVersionView>)), security(("bearer" = ["self_reviews:read"])))]
#[get("/v1/self-reviews/{id}/versions")]
pub async fn list_self_review_versions(
    permitted: Permitted<ReadSelfReviews>,
    id: Id<SelfReviewId>,
    listing: Listing<NoParams>,
) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListSelfReviewVersions { id: id.0, window: listing.window }).await?;
    Ok(listing.answer(page, SelfReviewVersionView::from))
}

crate::event::history_of!(
    self_review_history,
    ReadSelfReviews,
    SelfReviewHistory,
    SelfReviewId,
    "Self-reviews",
    "/v1/self-reviews/{id}/history",
    "self_reviews:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_self_reviews).service(create_self_review).service(get_self_review).service(update_self_review);
    config.service(keep_self_review).service(share_self_review).service(list_self_review_versions).service(self_review_history);
}
