//! Shared self-reviews: a version of somebody's self-review, for one reader.

use crate::{
    error::ApiError,
    extract::{Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    self_review::SelfReviewVersionView,
    wire::{Can, Word, actions, list, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::SharedSelfReviewId,
    self_review::{SharedReviewAction, SharedSelfReview},
};
use trellis_persistence::{
    Seen,
    self_review::{GetSharedSelfReview, ListSharedSelfReviews, SharedSelfReviewHistory, SharedVersion, WithdrawSharedSelfReview},
    transaction::needs::{ReadSelfReviews, WriteSelfReviews},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a shared self-review.
    SharedSelfReviewActions, SharedSelfReviewCan = "SharedSelfReviewCan", list::<SharedReviewAction>();
}

/// A version of a self-review that its owner lets somebody read.
#[derive(Serialize, ToSchema)]
#[schema(title = "SharedSelfReviewRecord")]
pub struct SharedSelfReviewView {
    /// Its id.
    pub id: word::SharedSelfReviewId,
    /// Whose self-review.
    pub owner_id: word::PersonId,
    /// Who may read it, while they appraise, coach or mentor its owner, see them through induction, or are in a coaching partnership with them.
    pub reader_id: word::PersonId,
    /// Against which framework version it was written.
    pub framework_version_id: word::FrameworkVersionId,
    /// What it says. It never changes.
    pub said: SelfReviewVersionView,
    /// When it was taken back; its reader finds it no longer.
    pub withdrawn_at: Option<DateTime<Utc>>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was shared.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<SharedVersion> for SharedSelfReviewView {
    fn from(SharedVersion { shared, framework_version_id, said }: SharedVersion) -> Self {
        let SharedSelfReview { id, owner_id, reader_id, version_id: _, withdrawn_at, version, created_at, updated_at } = shared;
        Self {
            id: Word(id),
            owner_id: Word(owner_id),
            reader_id: Word(reader_id),
            framework_version_id: Word(framework_version_id),
            said: said.into(),
            withdrawn_at,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A shared self-review, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "SharedSelfReview")]
pub struct SharedSelfReviewDetail {
    #[serde(flatten)]
    record: SharedSelfReviewView,
    /// What can be done with it.
    can: SharedSelfReviewCan,
}
impl From<Seen<SharedVersion>> for SharedSelfReviewDetail {
    fn from(Seen { record, can }: Seen<SharedVersion>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// Filters of the list of shared self-reviews.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SharedSelfReviewFilters {
    /// Only this person's.
    owner_id: Option<word::PersonId>,
    /// Only those that are shared with this person.
    reader_id: Option<word::PersonId>,
}

/// List shared self-reviews
///
/// Those that one shared, withdrawn ones among them; and those that are shared with one, while one appraises, coaches or mentors their owner, sees them through induction, or is in a coaching partnership with them.
#[utoipa::path(tag = "Self-reviews", params(PageParams, SharedSelfReviewFilters), responses((status = 200, description = "A page of shared self-reviews", body = List<SharedSelfReviewView>)), security(("bearer" = ["self_reviews:read"])))]
#[get("/v1/shared-self-reviews")]
pub async fn list_shared_self_reviews(permitted: Permitted<ReadSelfReviews>, listing: Listing<SharedSelfReviewFilters>) -> Result<HttpResponse, ApiError> {
    let SharedSelfReviewFilters { owner_id, reader_id } = &listing.filters;
    let operation = ListSharedSelfReviews { owner_id: owner_id.as_ref().map(|p| p.0), reader_id: reader_id.as_ref().map(|p| p.0), window: listing.window };
    let page = permitted.read(operation).await?;
    Ok(listing.answer(page, SharedSelfReviewView::from))
}

/// Read a shared self-review
///
/// By its owner, or by its reader until it is withdrawn.
#[utoipa::path(tag = "Self-reviews", responses((status = 200, description = "What is shared", body = SharedSelfReviewDetail)), security(("bearer" = ["self_reviews:read"])))]
#[get("/v1/shared-self-reviews/{id}")]
pub async fn get_shared_self_review(
    permitted: Permitted<ReadSelfReviews>,
    _none: Params<NoParams>,
    id: Id<SharedSelfReviewId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetSharedSelfReview { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.shared.version, SharedSelfReviewDetail::from))
}

/// Withdraw a shared self-review
///
/// By its owner. From the next request on its reader finds nothing.
#[utoipa::path(tag = "Self-reviews", responses((status = 200, description = "As it is now", body = SharedSelfReviewDetail)), security(("bearer" = ["self_reviews:write"])))]
#[post("/v1/shared-self-reviews/{id}/withdraw")]
pub async fn withdraw_shared_self_review(
    permitted: Permitted<WriteSelfReviews>,
    _none: Params<NoParams>,
    id: Id<SharedSelfReviewId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted
        .write(WithdrawSharedSelfReview { id: id.0, expected: expected.0 }, |seen| {
            respond::saved(seen.record.shared.version, &SharedSelfReviewDetail::from(seen.clone()))
        })
        .await
}

crate::event::history_of!(
    shared_self_review_history,
    ReadSelfReviews,
    SharedSelfReviewHistory,
    SharedSelfReviewId,
    "Self-reviews",
    "/v1/shared-self-reviews/{id}/history",
    "self_reviews:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_shared_self_reviews).service(get_shared_self_review).service(withdraw_shared_self_review).service(shared_self_review_history);
}
