//! That somebody did a required training, or is exempt from it for a time.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoParams, Params},
    organisation::ExternalRefView,
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::{TrainingCompletionId, TrainingExemptionId},
    text::ExternalRef,
    time::Period,
    training::completion::{TrainingCompletion, TrainingExemption},
};
use trellis_persistence::{
    Seen,
    training::{
        EndTrainingExemption, ExemptFromTraining, GetTrainingCompletion, GetTrainingExemption, ListTrainingCompletions, ListTrainingExemptions, RecordTraining,
        TrainingCompletionHistory, TrainingExemptionHistory, VoidTrainingCompletion,
    },
    transaction::needs::{ReadTraining, WriteExemptions, WriteTraining},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a completion.
    TrainingCompletionActions, TrainingCompletionCan = "TrainingCompletionCan", &["void"];
    /// What can be done with an exemption.
    TrainingExemptionActions, TrainingExemptionCan = "TrainingExemptionCan", &["end"];
}

/// That somebody did a required training.
#[derive(Serialize, ToSchema)]
#[schema(title = "TrainingCompletionRecord")]
pub struct TrainingCompletionView {
    /// Its id.
    pub id: word::TrainingCompletionId,
    /// Which training.
    pub requirement_id: word::TrainingRequirementId,
    /// Who.
    pub person_id: word::PersonId,
    /// The school that keeps the record.
    pub organisation_id: word::OrganisationId,
    /// When they had done it.
    pub completed_on: NaiveDate,
    /// With whom.
    pub provider: Option<word::Title>,
    /// What the certificate is called.
    pub certificate: Option<word::Reference>,
    /// What another system calls it.
    pub external_ref: Option<ExternalRefView>,
    /// The enrolment at a session that they attended, if it comes of that.
    pub enrolment_id: Option<word::EnrolmentId>,
    /// Who recorded it; null if a machine did.
    pub recorded_by: Option<word::PersonId>,
    /// Why it does not count; null while it counts.
    pub void_reason: Option<word::Reason>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it was taken back, or else recorded.
    pub updated_at: DateTime<Utc>,
}
impl From<TrainingCompletion> for TrainingCompletionView {
    fn from(completion: TrainingCompletion) -> Self {
        let TrainingCompletion {
            id,
            requirement_id,
            person_id,
            organisation_id,
            completed_on,
            provider,
            certificate,
            external_ref,
            enrolment_id,
            recorded_by,
            void_reason,
            version,
            created_at,
            updated_at,
        } = completion;
        Self {
            id: Word(id),
            requirement_id: Word(requirement_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            completed_on,
            provider: provider.map(Word),
            certificate: certificate.map(Word),
            external_ref: external_ref.map(Into::into),
            enrolment_id: enrolment_id.map(Word),
            recorded_by: recorded_by.map(Word),
            void_reason: void_reason.map(Word),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A completion, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "TrainingCompletion")]
pub struct TrainingCompletionDetail {
    #[serde(flatten)]
    record: TrainingCompletionView,
    /// What can be done with it.
    can: TrainingCompletionCan,
}
impl From<Seen<TrainingCompletion>> for TrainingCompletionDetail {
    fn from(Seen { record, can }: Seen<TrainingCompletion>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// That somebody is exempt from a training for a time.
#[derive(Serialize, ToSchema)]
#[schema(title = "TrainingExemptionRecord")]
pub struct TrainingExemptionView {
    /// Its id.
    pub id: word::TrainingExemptionId,
    /// From which training.
    pub requirement_id: word::TrainingRequirementId,
    /// Who.
    pub person_id: word::PersonId,
    /// The school that gave it.
    pub organisation_id: word::OrganisationId,
    /// Why.
    pub reason: word::Reason,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<TrainingExemption> for TrainingExemptionView {
    fn from(exemption: TrainingExemption) -> Self {
        let TrainingExemption { id, requirement_id, person_id, organisation_id, reason, period, version, created_at, updated_at } = exemption;
        Self {
            id: Word(id),
            requirement_id: Word(requirement_id),
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
/// An exemption, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "TrainingExemption")]
pub struct TrainingExemptionDetail {
    #[serde(flatten)]
    record: TrainingExemptionView,
    /// What can be done with it.
    can: TrainingExemptionCan,
}
impl From<Seen<TrainingExemption>> for TrainingExemptionDetail {
    fn from(Seen { record, can }: Seen<TrainingExemption>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A training that somebody did.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrainingCompletion {
    /// Which training: one that is published.
    requirement_id: word::TrainingRequirementId,
    /// Who.
    person_id: word::PersonId,
    /// When they had done it; not in the future.
    completed_on: NaiveDate,
    /// With whom.
    #[serde(default)]
    provider: Option<word::Title>,
    /// What the certificate is called.
    #[serde(default)]
    certificate: Option<word::Reference>,
    /// What your system calls it: the same again is answered with what is there.
    #[serde(default)]
    external_ref: Option<ExternalRefView>,
}
/// Why a completion does not count.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingVoid {
    /// Why.
    reason: word::Reason,
}
/// An exemption to give.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTrainingExemption {
    /// From which training: one that is published.
    requirement_id: word::TrainingRequirementId,
    /// Whom.
    person_id: word::PersonId,
    /// Why; it is read by everybody who reads the person's training.
    reason: word::Reason,
    /// First day.
    starts_on: NaiveDate,
    /// Last day, inclusive.
    ends_on: NaiveDate,
}
/// The last day of an exemption.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrainingExemptionEnd {
    /// Last day, inclusive.
    ends_on: NaiveDate,
}

/// Filters of the list of completions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrainingCompletionFilters {
    /// Only of this training.
    requirement_id: Option<word::TrainingRequirementId>,
    /// Only of this person.
    person_id: Option<word::PersonId>,
    /// Only those that this school keeps.
    organisation_id: Option<word::OrganisationId>,
    /// `true` lists what was taken back as well.
    void: Option<bool>,
}
/// Filters of the list of exemptions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrainingExemptionFilters {
    /// Only from this training.
    requirement_id: Option<word::TrainingRequirementId>,
    /// Only of this person.
    person_id: Option<word::PersonId>,
    /// Only those that cover this day.
    current_on: Option<NaiveDate>,
}

/// List completed training
///
/// One's own, that of the people one manages, and that of one's schools: what they recorded, and what anybody recorded of those who work there now.
#[utoipa::path(tag = "Training", params(PageParams, TrainingCompletionFilters), responses((status = 200, description = "A page of completions", body = List<TrainingCompletionView>)), security(("bearer" = ["training:read"])))]
#[get("/v1/training-completions")]
pub async fn list_training_completions(permitted: Permitted<ReadTraining>, listing: Listing<TrainingCompletionFilters>) -> Result<HttpResponse, ApiError> {
    let TrainingCompletionFilters { requirement_id, person_id, organisation_id, void } = &listing.filters;
    let page = permitted
        .read(ListTrainingCompletions {
            requirement_id: requirement_id.as_ref().map(|r| r.0),
            person_id: person_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            void: void.unwrap_or_default(),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, TrainingCompletionView::from))
}

/// Record completed training
///
/// That somebody of one's school did it, wherever and whenever that was. Nobody records their own, and nothing before it is done. Sent again with the same `external_ref`
/// it is answered with what is there. A mistake is taken back, and then recorded rightly.
#[utoipa::path(tag = "Training", request_body = NewTrainingCompletion, responses((status = 200, description = "It was recorded before, under the same reference", body = TrainingCompletionDetail), (status = 201, description = "Recorded", body = TrainingCompletionDetail)), security(("bearer" = ["training:write"])))]
#[post("/v1/training-completions")]
pub async fn create_training_completion(
    permitted: Permitted<WriteTraining>,
    _none: Params<NoParams>,
    body: Body<NewTrainingCompletion>,
) -> Result<HttpResponse, ApiError> {
    let NewTrainingCompletion { requirement_id, person_id, completed_on, provider, certificate, external_ref } = body.0;
    let operation = RecordTraining {
        requirement_id: requirement_id.0,
        person_id: person_id.0,
        completed_on,
        provider: provider.map(|p| p.0),
        certificate: certificate.map(|c| c.0),
        external_ref: external_ref.map(|ExternalRefView { source, id }| ExternalRef { source: source.0, id: id.0 }),
    };
    permitted
        .write(operation, |recorded| {
            let (version, view) = (recorded.seen.record.version, TrainingCompletionDetail::from(recorded.seen.clone()));
            match recorded.new {
                true => respond::created(version, format!("/v1/training-completions/{}", recorded.seen.record.id), &view),
                false => respond::saved(version, &view),
            }
        })
        .await
}

/// Read a completion
///
/// With what can be done with it.
#[utoipa::path(tag = "Training", responses((status = 200, description = "The completion", body = TrainingCompletionDetail)), security(("bearer" = ["training:read"])))]
#[get("/v1/training-completions/{id}")]
pub async fn get_training_completion(
    permitted: Permitted<ReadTraining>,
    _none: Params<NoParams>,
    id: Id<TrainingCompletionId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetTrainingCompletion { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, TrainingCompletionDetail::from))
}

/// Take a completion back
///
/// With the reason. It stays to be read, and counts for nothing, on no day; its external reference is free again.
#[utoipa::path(tag = "Training", request_body = TrainingVoid, responses((status = 200, description = "As it is now", body = TrainingCompletionDetail)), security(("bearer" = ["training:write"])))]
#[post("/v1/training-completions/{id}/void")]
pub async fn void_training_completion(
    permitted: Permitted<WriteTraining>,
    _none: Params<NoParams>,
    id: Id<TrainingCompletionId>,
    expected: IfMatch,
    body: Body<TrainingVoid>,
) -> Result<HttpResponse, ApiError> {
    let operation = VoidTrainingCompletion { id: id.0, reason: body.0.reason.0, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &TrainingCompletionDetail::from(seen.clone()))).await
}

crate::event::history_of!(
    training_completion_history,
    ReadTraining,
    TrainingCompletionHistory,
    TrainingCompletionId,
    "Training",
    "/v1/training-completions/{id}/history",
    "training:read"
);

/// List exemptions from training
///
/// One's own, those of the people one manages, and those of one's schools.
#[utoipa::path(tag = "Training", params(PageParams, TrainingExemptionFilters), responses((status = 200, description = "A page of exemptions", body = List<TrainingExemptionView>)), security(("bearer" = ["training:read"])))]
#[get("/v1/training-exemptions")]
pub async fn list_training_exemptions(permitted: Permitted<ReadTraining>, listing: Listing<TrainingExemptionFilters>) -> Result<HttpResponse, ApiError> {
    let TrainingExemptionFilters { requirement_id, person_id, current_on } = &listing.filters;
    let page = permitted
        .read(ListTrainingExemptions {
            requirement_id: requirement_id.as_ref().map(|r| r.0),
            person_id: person_id.as_ref().map(|p| p.0),
            current_on: *current_on,
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, TrainingExemptionView::from))
}

/// Exempt somebody from training
///
/// For the headteacher and HR of the school; for a time, with the reason. Nobody exempts themself.
#[utoipa::path(tag = "Training", request_body = NewTrainingExemption, responses((status = 201, description = "Exempted", body = TrainingExemptionDetail)), security(("bearer" = ["training_exemptions:write"])))]
#[post("/v1/training-exemptions")]
pub async fn create_training_exemption(
    permitted: Permitted<WriteExemptions>,
    _none: Params<NoParams>,
    body: Body<NewTrainingExemption>,
) -> Result<HttpResponse, ApiError> {
    let NewTrainingExemption { requirement_id, person_id, reason, starts_on, ends_on } = body.0;
    let period = Period::new(starts_on, Some(ends_on))?;
    let operation = ExemptFromTraining { requirement_id: requirement_id.0, person_id: person_id.0, reason: reason.0, period };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/training-exemptions/{}", seen.record.id), &TrainingExemptionDetail::from(seen.clone()))
        })
        .await
}

/// Read an exemption
///
/// With what can be done with it.
#[utoipa::path(tag = "Training", responses((status = 200, description = "The exemption", body = TrainingExemptionDetail)), security(("bearer" = ["training:read"])))]
#[get("/v1/training-exemptions/{id}")]
pub async fn get_training_exemption(
    permitted: Permitted<ReadTraining>,
    _none: Params<NoParams>,
    id: Id<TrainingExemptionId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetTrainingExemption { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, TrainingExemptionDetail::from))
}

/// End an exemption
///
/// Gives it an earlier last day.
#[utoipa::path(tag = "Training", request_body = TrainingExemptionEnd, responses((status = 200, description = "As it is now", body = TrainingExemptionDetail)), security(("bearer" = ["training_exemptions:write"])))]
#[post("/v1/training-exemptions/{id}/end")]
pub async fn end_training_exemption(
    permitted: Permitted<WriteExemptions>,
    _none: Params<NoParams>,
    id: Id<TrainingExemptionId>,
    expected: IfMatch,
    body: Body<TrainingExemptionEnd>,
) -> Result<HttpResponse, ApiError> {
    let operation = EndTrainingExemption { id: id.0, ends_on: body.0.ends_on, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &TrainingExemptionDetail::from(seen.clone()))).await
}

crate::event::history_of!(
    training_exemption_history,
    ReadTraining,
    TrainingExemptionHistory,
    TrainingExemptionId,
    "Training",
    "/v1/training-exemptions/{id}/history",
    "training:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_training_completions)
        .service(create_training_completion)
        .service(get_training_completion)
        .service(void_training_completion)
        .service(training_completion_history)
        .service(list_training_exemptions)
        .service(create_training_exemption)
        .service(get_training_exemption)
        .service(end_training_exemption)
        .service(training_exemption_history);
}
