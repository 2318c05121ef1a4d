//! Self-reviews, the versions that are kept of them, and those that are shared.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    id::{EmploymentId, FrameworkVersionId, PersonId, SelfReviewId, SharedSelfReviewId},
    self_review::{SelfReview, SelfReviewPatch, SelfReviewVersion, SharedSelfReview, Statement},
    text::Title,
};

/// Begins a self-review.
#[derive(Debug, Clone)]
pub struct CreateSelfReview {
    /// In which of one's employments; the one that one has, if none is named.
    pub employment_id: Option<EmploymentId>,
    /// Against which framework version.
    pub framework_version_id: FrameworkVersionId,
    /// What one calls it.
    pub title: Option<Title>,
    /// What one says.
    pub statements: Vec<Statement>,
}
/// One self-review of one's own.
#[derive(Debug)]
pub struct GetSelfReview {
    /// Which.
    pub id: SelfReviewId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// One's own self-reviews.
#[derive(Debug)]
pub struct ListSelfReviews {
    /// Against this framework version.
    pub framework_version_id: Option<FrameworkVersionId>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes what it says.
#[derive(Debug)]
pub struct UpdateSelfReview {
    /// Which.
    pub id: SelfReviewId,
    /// The changes.
    pub patch: SelfReviewPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Keeps a version as it stands.
#[derive(Debug)]
pub struct KeepSelfReview {
    /// Of which.
    pub id: SelfReviewId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Lets somebody read a version as it stands now.
#[derive(Debug)]
pub struct ShareSelfReview {
    /// Of which.
    pub id: SelfReviewId,
    /// Whom.
    pub reader_id: PersonId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The versions that are kept of a self-review of one's own.
#[derive(Debug)]
pub struct ListSelfReviewVersions {
    /// Of which.
    pub id: SelfReviewId,
    /// Where the list goes on.
    pub window: Window,
}
/// The events of a self-review of one's own.
#[derive(Debug)]
pub struct SelfReviewHistory {
    /// Which.
    pub id: SelfReviewId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}
/// One shared self-review, for its owner or its reader.
#[derive(Debug)]
pub struct GetSharedSelfReview {
    /// Which.
    pub id: SharedSelfReviewId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Self-reviews that the caller shared, or that are shared with the caller.
#[derive(Debug)]
pub struct ListSharedSelfReviews {
    /// Of this person.
    pub owner_id: Option<PersonId>,
    /// With this person.
    pub reader_id: Option<PersonId>,
    /// Where the list goes on.
    pub window: Window,
}
/// Takes back what was shared.
#[derive(Debug)]
pub struct WithdrawSharedSelfReview {
    /// Which.
    pub id: SharedSelfReviewId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of a shared self-review.
#[derive(Debug)]
pub struct SharedSelfReviewHistory {
    /// Which.
    pub id: SharedSelfReviewId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

/// What was shared, as it is read.
#[derive(Debug, Clone)]
pub struct SharedVersion {
    /// That it is shared, and with whom.
    pub shared: SharedSelfReview,
    /// Against which framework version it was written.
    pub framework_version_id: FrameworkVersionId,
    /// What it says.
    pub said: SelfReviewVersion,
}

queries! {
    GetSelfReview: ReadSelfReviews => Fetched<Seen<SelfReview>>;
    ListSelfReviews: ReadSelfReviews => Page<SelfReview>;
    ListSelfReviewVersions: ReadSelfReviews => Page<SelfReviewVersion>;
    SelfReviewHistory: ReadSelfReviews => crate::event::History;
    GetSharedSelfReview: ReadSelfReviews => Fetched<Seen<SharedVersion>>;
    ListSharedSelfReviews: ReadSelfReviews => Page<SharedVersion>;
    SharedSelfReviewHistory: ReadSelfReviews => crate::event::History;
}
commands! {
    CreateSelfReview: WriteSelfReviews => Seen<SelfReview>;
    UpdateSelfReview: WriteSelfReviews => Seen<SelfReview>;
    KeepSelfReview: WriteSelfReviews => Seen<SelfReview>;
    ShareSelfReview: WriteSelfReviews => Seen<SharedVersion>;
    WithdrawSharedSelfReview: WriteSelfReviews => Seen<SharedVersion>;
}
