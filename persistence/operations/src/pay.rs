//! Recommendations on pay.

use crate::{
    disclosure::Sealed,
    transaction::{Fetched, Page, Seen, Window, commands, queries},
};
use trellis_domain::{
    id::{AppraisalId, OrganisationId, PayRecommendationId, PersonId},
    pay::{PayOutcome, PayPatch, PayRecommendation, PayState, PayVerdict},
    text::Narrative,
};

/// Recommends something on pay.
#[derive(Debug)]
pub struct RecommendPay {
    /// Of which appraisal.
    pub id: AppraisalId,
    /// What.
    pub outcome: PayOutcome,
    /// Why.
    pub reasons: Narrative,
    /// Only if the appraisal is still this version.
    pub expected: Option<i64>,
}
/// One recommendation.
#[derive(Debug)]
pub struct GetPayRecommendation {
    /// Which.
    pub id: PayRecommendationId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Recommendations, by these filters.
#[derive(Debug)]
pub struct ListPayRecommendations {
    /// Of this appraisal.
    pub appraisal_id: Option<AppraisalId>,
    /// On the pay of this person.
    pub person_id: Option<PersonId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// That stand here.
    pub state: Option<PayState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes what is recommended.
#[derive(Debug)]
pub struct UpdatePayRecommendation {
    /// Which.
    pub id: PayRecommendationId,
    /// What changes.
    pub patch: PayPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Takes it back.
#[derive(Debug)]
pub struct WithdrawPayRecommendation {
    /// Which.
    pub id: PayRecommendationId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Decides it.
#[derive(Debug)]
pub struct DecidePayRecommendation {
    /// Which.
    pub id: PayRecommendationId,
    /// How.
    pub verdict: PayVerdict,
    /// Why, and what follows.
    pub words: Narrative,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one recommendation.
#[derive(Debug)]
pub struct PayRecommendationHistory {
    /// Which.
    pub id: PayRecommendationId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetPayRecommendation: ReadPay => Fetched<Sealed<Seen<PayRecommendation>>>;
    ListPayRecommendations: ReadPay => Sealed<Page<PayRecommendation>>;
    PayRecommendationHistory: ReadPay => Sealed<crate::event::History>;
}
commands! {
    RecommendPay: WritePay => Seen<PayRecommendation>;
    UpdatePayRecommendation: WritePay => Seen<PayRecommendation>;
    WithdrawPayRecommendation: WritePay => Seen<PayRecommendation>;
    DecidePayRecommendation: WritePay => Seen<PayRecommendation>;
}
