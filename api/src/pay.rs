//! Recommendations on pay: a record of their own, in a lane of their own, where the rules of the cycle have them.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfNoneMatch, MustMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, list, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::{AppraisalId, PayRecommendationId},
    pay::{PayAction, PayDecision, PayPatch, PayRecommendation},
};
use trellis_persistence::{
    Fetched, Seen,
    idempotency::Stored,
    pay::{
        DecidePayRecommendation, GetPayRecommendation, ListPayRecommendations, PayRecommendationHistory, RecommendPay, UpdatePayRecommendation,
        WithdrawPayRecommendation,
    },
    transaction::needs::{ReadPay, WritePay},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a recommendation on pay.
    PayActions, PayCan = "PayRecommendationCan", list::<PayAction>();
}

/// What is recommended on somebody's pay at the end of an appraisal, and what was decided.
#[derive(Serialize, ToSchema)]
#[schema(title = "PayRecommendationRecord")]
pub struct PayRecommendationView {
    /// Its id.
    id: word::PayRecommendationId,
    /// Of which appraisal.
    appraisal_id: word::AppraisalId,
    /// Whose pay it is: the appraisee's.
    person_id: word::PersonId,
    /// The school.
    organisation_id: word::OrganisationId,
    /// Where it stands.
    state: word::PayState,
    /// What is recommended.
    outcome: word::PayOutcome,
    /// Why.
    reasons: word::Narrative,
    /// Who made it.
    made_by: word::PersonId,
    /// What was decided; null until it is.
    verdict: Option<word::PayVerdict>,
    /// Why, and what follows; null until it is decided.
    decision: Option<word::Narrative>,
    /// Who decided; null until then.
    decided_by: Option<word::PersonId>,
    /// When it was decided; null until then.
    decided_at: Option<DateTime<Utc>>,
    /// Version; the ETag in quotation marks.
    version: i64,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}
impl From<PayRecommendation> for PayRecommendationView {
    fn from(record: PayRecommendation) -> Self {
        let PayRecommendation { id, appraisal_id, person_id, organisation_id, state, outcome, reasons, made_by, decision, version, created_at, updated_at } =
            record;
        let (verdict, decision, decided_by, decided_at) = match decision {
            Some(PayDecision { verdict, words, decided_by, decided_at }) => (Some(Word(verdict)), Some(Word(words)), Some(Word(decided_by)), Some(decided_at)),
            None => (None, None, None, None),
        };
        Self {
            id: Word(id),
            appraisal_id: Word(appraisal_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            state: Word(state),
            outcome: Word(outcome),
            reasons: Word(reasons),
            made_by: Word(made_by),
            verdict,
            decision,
            decided_by,
            decided_at,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A recommendation on pay, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "PayRecommendation")]
pub struct PayRecommendationDetail {
    #[serde(flatten)]
    record: PayRecommendationView,
    /// What can be done with it.
    can: PayCan,
}
impl From<Seen<PayRecommendation>> for PayRecommendationDetail {
    fn from(Seen { record, can }: Seen<PayRecommendation>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// What is recommended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPayRecommendation {
    /// What.
    outcome: word::PayOutcome,
    /// Why, in words. Points and sums are the pay policy's.
    reasons: word::Narrative,
}
/// What is recommended otherwise. What is not sent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayRecommendationPatch {
    /// What.
    #[serde(default)]
    #[schema(value_type = word::PayOutcome)]
    outcome: Option<word::PayOutcome>,
    /// Why.
    #[serde(default)]
    #[schema(value_type = word::Narrative)]
    reasons: Option<word::Narrative>,
}
/// What is decided on a recommendation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "PayDecision")]
pub struct PayDecisionInput {
    /// Is it accepted?
    verdict: word::PayVerdict,
    /// Why, and what follows. It stands for good.
    decision: word::Narrative,
}

/// Filters of the list of recommendations on pay.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PayRecommendationFilters {
    /// Only those of this appraisal.
    appraisal_id: Option<word::AppraisalId>,
    /// Only those on this person's pay.
    person_id: Option<word::PersonId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that stand here.
    state: Option<word::PayState>,
}

/// List recommendations on pay
///
/// On one's own pay, on that of whom one appraises today, and for headteachers and HR those of their schools. Nobody else knows of any. Each on the page that is not on one's own pay is recorded as read before it is answered, and the person concerned can see who read it: `GET /v1/me/disclosures`.
#[utoipa::path(tag = "Pay", params(PageParams, PayRecommendationFilters), responses((status = 200, description = "A page of recommendations", body = List<PayRecommendationView>)), security(("bearer" = ["pay:read"])))]
#[get("/v1/pay-recommendations")]
pub async fn list_pay_recommendations(permitted: Permitted<ReadPay>, listing: Listing<PayRecommendationFilters>) -> Result<HttpResponse, ApiError> {
    let PayRecommendationFilters { appraisal_id, person_id, organisation_id, state } = &listing.filters;
    let asked = ListPayRecommendations {
        appraisal_id: appraisal_id.as_ref().map(|a| a.0),
        person_id: person_id.as_ref().map(|p| p.0),
        organisation_id: organisation_id.as_ref().map(|o| o.0),
        state: state.as_ref().map(|s| s.0),
        window: listing.window,
    };
    let page = permitted.unseal(permitted.read(asked).await?).await?;
    Ok(listing.answer(page, PayRecommendationView::from))
}

/// Recommend something on pay
///
/// Where the rule profile of the cycle has it (`pay_recommendation`), the report as it stands bears on pay (`pay_relevant`), and none waits to be decided or was accepted: else `not_ready`. Of the report and of earlier recommendations it says the same whatever stands in them. One stands at a time; when it is withdrawn or not accepted another can be made. `If-Match` is the appraisal's ETag, which stays as it is: what is recommended is a record of its own, and neither the appraisal nor its report says anything of it. By who appraises.
#[utoipa::path(tag = "Pay", request_body = NewPayRecommendation, responses((status = 201, description = "Recommended", body = PayRecommendationDetail)), security(("bearer" = ["pay:write"])))]
#[post("/v1/appraisals/{id}/recommend-pay")]
pub async fn recommend_pay(
    permitted: Permitted<WritePay>,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
    expected: MustMatch,
    body: Body<NewPayRecommendation>,
) -> Result<HttpResponse, ApiError> {
    let NewPayRecommendation { outcome, reasons } = body.0;
    let operation = RecommendPay { id: id.0, outcome: outcome.0, reasons: reasons.0, expected: expected.0 };
    let made = |seen: &Seen<PayRecommendation>| {
        respond::created(seen.record.version, format!("/v1/pay-recommendations/{}", seen.record.id), &PayRecommendationDetail::from(seen.clone()))
    };
    permitted.write(operation, made).await
}

/// Read a recommendation on pay
///
/// With what can be done with it. Whoever reads one that is not on their own pay is recorded before they are answered, and the person concerned can see it: `GET /v1/me/disclosures`.
#[utoipa::path(tag = "Pay", responses((status = 200, description = "The recommendation", body = PayRecommendationDetail)), security(("bearer" = ["pay:read"])))]
#[get("/v1/pay-recommendations/{id}")]
pub async fn get_pay_recommendation(
    permitted: Permitted<ReadPay>,
    _none: Params<NoParams>,
    id: Id<PayRecommendationId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = match permitted.read(GetPayRecommendation { id: id.0, unless: unless.0 }).await? {
        Fetched::Unchanged(version) => Fetched::Unchanged(version),
        Fetched::Found(sealed) => Fetched::Found(permitted.unseal(sealed).await?),
    };
    Ok(respond::fetched(found, |s| s.record.version, PayRecommendationDetail::from))
}

fn saved(seen: &Seen<PayRecommendation>) -> Stored {
    respond::saved(seen.record.version, &PayRecommendationDetail::from(seen.clone()))
}

/// Change a recommendation on pay
///
/// While it waits to be decided. By who appraises.
#[utoipa::path(tag = "Pay", request_body = PayRecommendationPatch, responses((status = 200, description = "As it is now", body = PayRecommendationDetail)), security(("bearer" = ["pay:write"])))]
#[patch("/v1/pay-recommendations/{id}")]
pub async fn update_pay_recommendation(
    permitted: Permitted<WritePay>,
    _none: Params<NoParams>,
    id: Id<PayRecommendationId>,
    expected: MustMatch,
    body: Body<PayRecommendationPatch>,
) -> Result<HttpResponse, ApiError> {
    let PayRecommendationPatch { outcome, reasons } = body.0;
    let patch = PayPatch { outcome: outcome.map(|o| o.0), reasons: reasons.map(|r| r.0) };
    permitted.write(UpdatePayRecommendation { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Take a recommendation on pay back
///
/// While it waits to be decided. It stays readable to those who could read it, and another can be made. By who appraises.
#[utoipa::path(tag = "Pay", responses((status = 200, description = "Withdrawn", body = PayRecommendationDetail)), security(("bearer" = ["pay:write"])))]
#[post("/v1/pay-recommendations/{id}/withdraw")]
pub async fn withdraw_pay_recommendation(
    permitted: Permitted<WritePay>,
    _none: Params<NoParams>,
    id: Id<PayRecommendationId>,
    expected: MustMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(WithdrawPayRecommendation { id: id.0, expected: expected.0 }, saved).await
}

/// Decide a recommendation on pay
///
/// Accepted or not, in words, once. `not_ready` while an appeal against the report waits, and once a correction says that the report does not bear on pay. By the headteacher and HR of the school, if it is not on their own pay, and they do not appraise: and neither made it, nor appraised since it was made, nor wrote the report (`not_for_yourself`).
#[utoipa::path(tag = "Pay", request_body = PayDecisionInput, responses((status = 200, description = "Decided", body = PayRecommendationDetail)), security(("bearer" = ["pay:write"])))]
#[post("/v1/pay-recommendations/{id}/decide")]
pub async fn decide_pay_recommendation(
    permitted: Permitted<WritePay>,
    _none: Params<NoParams>,
    id: Id<PayRecommendationId>,
    expected: MustMatch,
    body: Body<PayDecisionInput>,
) -> Result<HttpResponse, ApiError> {
    let PayDecisionInput { verdict, decision } = body.0;
    permitted.write(DecidePayRecommendation { id: id.0, verdict: verdict.0, words: decision.0, expected: expected.0 }, saved).await
}

crate::event::history_of!(
    pay_recommendation_history,
    ReadPay,
    PayRecommendationHistory,
    PayRecommendationId,
    "Pay",
    "/v1/pay-recommendations/{id}/history",
    "pay:read",
    recorded
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_pay_recommendations).service(recommend_pay).service(get_pay_recommendation).service(update_pay_recommendation);
    config.service(withdraw_pay_recommendation).service(decide_pay_recommendation).service(pay_recommendation_history);
}
