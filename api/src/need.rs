//! Development needs: the register that learning is planned from.

use crate::{
    cycle::WithReason,
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    report::NeedActionView,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, all, list, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::NeedId,
    need::{DevelopmentNeed, NeedOrigin, NeedPatch, NeedSource, NeedStep},
};
use trellis_persistence::{
    Seen,
    idempotency::Stored,
    need::{CreateNeed, EndNeed, GetNeed, ListNeeds, NeedCount, NeedHistory, SummariseNeeds, UpdateNeed},
    transaction::needs::{ReadNeedSummaries, ReadNeeds, WriteNeeds},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

actions! {
    /// What can be done with a development need.
    NeedActions, NeedCan = "DevelopmentNeedCan", list::<NeedStep>();
}

/// Something that somebody needs to learn or to be helped with, and the actions to meet it.
#[derive(Serialize, ToSchema)]
#[schema(title = "DevelopmentNeedRecord")]
pub struct NeedView {
    /// Its id.
    pub id: word::NeedId,
    /// Whose.
    pub person_id: word::PersonId,
    /// In which employment.
    pub employment_id: word::EmploymentId,
    /// The school of that employment.
    pub organisation_id: word::OrganisationId,
    /// What is needed.
    pub need: word::Narrative,
    /// What will be done about it.
    pub actions: Vec<NeedActionView>,
    /// The standard that it speaks to.
    pub standard_id: Option<word::StandardId>,
    /// Where it came from. That an appraisal named it is told to nobody.
    pub source: word::NeedSource,
    /// The record of its owner's that it was made of, if it was; absent, and named in `redacted`, for everybody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Uuid>)]
    pub source_id: Option<Option<Uuid>>,
    /// Where it stands.
    pub state: word::NeedState,
    /// Why it was taken back.
    pub last_reason: Option<word::Reason>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was named.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Fields that this caller may not see.
    pub redacted: Vec<&'static str>,
}
/// A development need, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "DevelopmentNeed")]
pub struct NeedDetail {
    #[serde(flatten)]
    record: NeedView,
    /// What can be done with it.
    can: NeedCan,
}
impl From<DevelopmentNeed> for NeedView {
    fn from(need: DevelopmentNeed) -> Self {
        let DevelopmentNeed {
            id,
            person_id,
            employment_id,
            organisation_id,
            need,
            actions,
            standard_id,
            source,
            source_id,
            state,
            last_reason,
            report_id: _,
            version,
            created_at,
            updated_at,
        } = need;
        // what is made of a record has its id, and only its owner is told it
        let hidden = source != NeedSource::Stated && source_id.is_none();
        Self {
            id: Word(id),
            person_id: Word(person_id),
            employment_id: Word(employment_id),
            organisation_id: Word(organisation_id),
            need: Word(need),
            actions: all(actions),
            standard_id: standard_id.map(Word),
            source: Word(source),
            source_id: (!hidden).then_some(source_id),
            state: Word(state),
            last_reason: last_reason.map(Word),
            version,
            created_at,
            updated_at,
            redacted: if hidden { vec!["source_id"] } else { Vec::new() },
        }
    }
}
impl From<Seen<DevelopmentNeed>> for NeedDetail {
    fn from(Seen { record, can }: Seen<DevelopmentNeed>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<DevelopmentNeed>) -> Stored {
    respond::saved(seen.record.version, &NeedDetail::from(seen.clone()))
}

/// What somebody needs, in their own words.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewNeed {
    /// In which of one's employments; the one that one has today, if none is named.
    #[serde(default)]
    employment_id: Option<word::EmploymentId>,
    /// What one needs.
    need: word::Narrative,
    /// What will be done about it.
    #[serde(default)]
    #[schema(max_items = 10)]
    actions: Vec<NeedActionView>,
    /// The standard that it speaks to; of a self-review, the one of whose statement it is made.
    #[serde(default)]
    standard_id: Option<word::StandardId>,
    /// The self-review of one's own that it is made of. What was written there stays there.
    #[serde(default)]
    self_review_id: Option<word::SelfReviewId>,
    /// The objective of one's own that it is made of, for the learning that it needs.
    #[serde(default)]
    objective_id: Option<word::ObjectiveId>,
    /// The learning request of one's own that it is made of.
    #[serde(default)]
    learning_request_id: Option<word::LearningRequestId>,
}
/// Changes of a development need. What is not sent stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NeedPatchBody {
    /// What one needs.
    #[serde(default)]
    #[schema(value_type = word::Narrative)]
    need: Option<word::Narrative>,
    /// All that will be done about it.
    #[serde(default)]
    #[schema(value_type = Vec<NeedActionView>, max_items = 10)]
    actions: Option<Vec<NeedActionView>>,
    /// The standard that it speaks to.
    #[serde(default)]
    #[schema(value_type = Option<word::StandardId>)]
    standard_id: Patch<word::StandardId>,
}
/// How many people have an open need, at a school and of a standard.
#[derive(Serialize, ToSchema)]
#[schema(title = "NeedCount")]
pub struct NeedCountView {
    /// At which school.
    organisation_id: word::OrganisationId,
    /// Of which standard; null for needs that speak to none.
    standard_id: Option<word::StandardId>,
    /// Its code.
    code: Option<word::StandardCode>,
    /// What it says.
    title: Option<word::Title>,
    /// How many people; null for fewer than five, who are not told.
    people: Option<u64>,
}
/// The needs of many people, as numbers.
#[derive(Serialize, ToSchema)]
#[schema(title = "NeedSummary")]
pub struct NeedSummaryView {
    /// One entry for each school and standard of which there is an open need.
    counts: Vec<NeedCountView>,
}
impl From<NeedCount> for NeedCountView {
    fn from(NeedCount { organisation_id, standard, people }: NeedCount) -> Self {
        let (standard_id, code, title) = match standard {
            Some((id, code, title)) => (Some(Word(id)), Some(Word(code)), Some(Word(title))),
            None => (None, None, None),
        };
        Self { organisation_id: Word(organisation_id), standard_id, code, title, people }
    }
}

/// Filters of the list of development needs.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NeedFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those at this organisation and beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that speak to this standard.
    standard_id: Option<word::StandardId>,
    /// Only those that stand here.
    state: Option<word::NeedState>,
    /// Only those that came from here.
    source: Option<word::NeedSource>,
}
/// What a summary is about.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct NeedSummaryFilters {
    /// Only this organisation and what is beneath it.
    organisation_id: Option<word::OrganisationId>,
}

/// List development needs
///
/// One's own, those of whom one appraises, and for the headteacher, HR and learning lead those of their schools. Those that an issued report names are among them, and nothing else of it is.
#[utoipa::path(tag = "Needs", params(PageParams, NeedFilters), responses((status = 200, description = "A page of needs", body = List<NeedView>)), security(("bearer" = ["needs:read"])))]
#[get("/v1/development-needs")]
pub async fn list_development_needs(permitted: Permitted<ReadNeeds>, listing: Listing<NeedFilters>) -> Result<HttpResponse, ApiError> {
    let NeedFilters { person_id, organisation_id, standard_id, state, source } = &listing.filters;
    let page = permitted
        .read(ListNeeds {
            person_id: person_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            standard_id: standard_id.as_ref().map(|s| s.0),
            state: state.as_ref().map(|s| s.0),
            source: source.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, NeedView::from))
}

/// Summarise development needs
///
/// How many people have an open need, by school and standard. A number under five is not told. For the learning lead, the headteacher, HR, trust leaders and governors.
#[utoipa::path(tag = "Needs", params(NeedSummaryFilters), responses((status = 200, description = "The numbers", body = NeedSummaryView)), security(("bearer" = ["needs:summary"])))]
#[get("/v1/development-needs/summary")]
pub async fn summarise_development_needs(permitted: Permitted<ReadNeedSummaries>, filters: Params<NeedSummaryFilters>) -> Result<HttpResponse, ApiError> {
    let counts = permitted.read(SummariseNeeds { organisation_id: filters.0.organisation_id.map(|o| o.0) }).await?;
    Ok(HttpResponse::Ok().json(NeedSummaryView { counts: all(counts) }))
}

/// Say what one needs
///
/// In one's own words, of a self-review, an objective or a request of one's own if it comes from one: the register says which kind, and only its owner which one. One's appraiser, and the headteacher, HR and learning lead of the school read it.
#[utoipa::path(tag = "Needs", request_body = NewNeed, responses((status = 201, description = "The need", body = NeedDetail)), security(("bearer" = ["needs:write"])))]
#[post("/v1/development-needs")]
pub async fn create_development_need(permitted: Permitted<WriteNeeds>, _none: Params<NoParams>, body: Body<NewNeed>) -> Result<HttpResponse, ApiError> {
    let NewNeed { employment_id, need, actions, standard_id, self_review_id, objective_id, learning_request_id } = body.0;
    let origin = NeedOrigin::of(self_review_id.map(|r| r.0), objective_id.map(|o| o.0), learning_request_id.map(|r| r.0))?;
    let operation =
        CreateNeed { employment_id: employment_id.map(|e| e.0), need: need.0, actions: all(actions), standard_id: standard_id.map(|s| s.0), origin };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/development-needs/{}", seen.record.id), &NeedDetail::from(seen.clone())))
        .await
}

/// Read a development need
///
/// With what can be done with it.
#[utoipa::path(tag = "Needs", responses((status = 200, description = "The need", body = NeedDetail)), security(("bearer" = ["needs:read"])))]
#[get("/v1/development-needs/{id}")]
pub async fn get_development_need(
    permitted: Permitted<ReadNeeds>,
    _none: Params<NoParams>,
    id: Id<NeedId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetNeed { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, NeedDetail::from))
}

/// Change a development need
///
/// By the person whose words they are. What an issued report names stays in its words.
#[utoipa::path(tag = "Needs", request_body = NeedPatchBody, responses((status = 200, description = "As it is now", body = NeedDetail)), security(("bearer" = ["needs:write"])))]
#[patch("/v1/development-needs/{id}")]
pub async fn update_development_need(
    permitted: Permitted<WriteNeeds>,
    _none: Params<NoParams>,
    id: Id<NeedId>,
    expected: IfMatch,
    body: Body<NeedPatchBody>,
) -> Result<HttpResponse, ApiError> {
    let NeedPatchBody { need, actions, standard_id } = body.0;
    let patch = NeedPatch { need: need.map(|n| n.0), actions: actions.map(all), standard_id: standard_id.value() };
    permitted.write(UpdateNeed { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Say that a development need is met
///
/// By the person, or who appraises them.
#[utoipa::path(tag = "Needs", responses((status = 200, description = "As it is now", body = NeedDetail)), security(("bearer" = ["needs:write"])))]
#[post("/v1/development-needs/{id}/meet")]
pub async fn meet_development_need(
    permitted: Permitted<WriteNeeds>,
    _none: Params<NoParams>,
    id: Id<NeedId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(EndNeed { id: id.0, step: NeedStep::Meet, reason: None, expected: expected.0 }, saved).await
}

/// Take a development need back
///
/// By whoever named it: the person, or who appraises them if a report did.
#[utoipa::path(tag = "Needs", request_body = WithReason, responses((status = 200, description = "As it is now", body = NeedDetail)), security(("bearer" = ["needs:write"])))]
#[post("/v1/development-needs/{id}/withdraw")]
pub async fn withdraw_development_need(
    permitted: Permitted<WriteNeeds>,
    _none: Params<NoParams>,
    id: Id<NeedId>,
    expected: IfMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(EndNeed { id: id.0, step: NeedStep::Withdraw, reason: Some(body.0.reason.0), expected: expected.0 }, saved).await
}

crate::event::history_of!(development_need_history, ReadNeeds, NeedHistory, NeedId, "Needs", "/v1/development-needs/{id}/history", "needs:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_development_needs).service(summarise_development_needs).service(create_development_need).service(get_development_need);
    config.service(update_development_need).service(meet_development_need).service(withdraw_development_need).service(development_need_history);
}
