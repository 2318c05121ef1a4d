//! The inquiry commons: findings that colleagues published, with their name or without it.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, MustMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, list, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    finding::{Finding, FindingAction},
    id::{FindingId, ObjectiveId},
};
use trellis_persistence::{
    Seen,
    finding::{FindingHistory, GetFinding, ListFindings, ListOwnFindings, PublishFinding, Receipt, ReuseFinding, WithdrawFinding},
    transaction::needs::{ReadFindings, WriteFindings},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a finding.
    FindingActions, FindingCan = "FindingCan", list::<FindingAction>();
}

/// What somebody found out, as they published it.
#[derive(Serialize, ToSchema)]
#[schema(title = "FindingRecord")]
pub struct FindingView {
    /// Its id.
    pub id: word::FindingId,
    /// Who put their name to it; null if it was published without a name, also to its owner.
    pub author_id: Option<word::PersonId>,
    /// Whose staff it is published to: a school, or the trust.
    pub organisation_id: word::OrganisationId,
    /// Where it stands. Withdrawn, it is its owner's alone.
    pub state: word::FindingState,
    /// In one line.
    pub title: word::Title,
    /// What was asked.
    pub question: word::Narrative,
    /// What was changed.
    pub change_tried: Option<word::Narrative>,
    /// What was seen.
    pub evidence: Option<word::Narrative>,
    /// What was learned.
    pub finding: word::Narrative,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was published.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Finding> for FindingView {
    fn from(record: Finding) -> Self {
        // whose it is, and of which inquiry, is for its owner's receipt
        let Finding {
            id,
            owner_id: _,
            objective_id: _,
            author_id,
            organisation_id,
            state,
            title,
            question,
            change_tried,
            evidence,
            finding,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            id: Word(id),
            author_id: author_id.map(Word),
            organisation_id: Word(organisation_id),
            state: Word(state),
            title: Word(title),
            question: Word(question),
            change_tried: change_tried.map(Word),
            evidence: evidence.map(Word),
            finding: Word(finding),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A finding, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Finding")]
pub struct FindingDetail {
    #[serde(flatten)]
    record: FindingView,
    /// What can be done with it.
    can: FindingCan,
}
impl From<Seen<Finding>> for FindingDetail {
    fn from(Seen { record, can }: Seen<Finding>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<Finding>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &FindingDetail::from(seen.clone()))
}

/// A finding to be published: these words, and nothing else of the inquiry.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFinding {
    /// To whoever works at one's school, or in the trust.
    publish_to: word::FindingAudience,
    /// With one's name? Without it nobody is told whose it is, in no answer, history or change; fewer than five readers would know all the same, and are refused.
    named: bool,
    /// In one line.
    title: word::Title,
    /// What was asked.
    question: word::Narrative,
    /// What was changed.
    #[serde(default)]
    change_tried: Option<word::Narrative>,
    /// What was seen.
    #[serde(default)]
    evidence: Option<word::Narrative>,
    /// What was learned.
    finding: word::Narrative,
}
/// What a finding is used for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReuse {
    /// One's own objective.
    #[serde(default)]
    objective_id: Option<word::ObjectiveId>,
    /// One's own learning record.
    #[serde(default)]
    learning_record_id: Option<word::LearningRecordId>,
}

/// The receipt of what one published: what, of which inquiry, to whom, when, and how many use it.
#[derive(Serialize, ToSchema)]
pub struct FindingReceipt {
    /// The finding.
    finding: FindingView,
    /// Of which inquiry.
    objective_id: Option<word::ObjectiveId>,
    /// To whom.
    published_to: word::FindingAudience,
    /// With one's name?
    named: bool,
    /// When.
    published_at: DateTime<Utc>,
    /// When it was taken back; null while it is published.
    withdrawn_at: Option<DateTime<Utc>>,
    /// How many people said that they use it.
    reused_by: i64,
}
impl From<Receipt> for FindingReceipt {
    fn from(receipt: Receipt) -> Self {
        let withdrawn_at = receipt.withdrawn_at();
        let Receipt { finding, audience, reused_by } = receipt;
        Self {
            objective_id: finding.objective_id.map(Word),
            published_to: Word(audience),
            named: finding.author_id.is_some(),
            published_at: finding.created_at,
            withdrawn_at,
            reused_by,
            finding: finding.into(),
        }
    }
}

/// Filters of the list of findings.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FindingFilters {
    /// Words of its title, question, change, evidence or finding, or their beginnings; all of them must be there. Capitals and accents do not matter. Of more than eight words the first eight of the alphabet count.
    #[param(min_length = 1, max_length = 200, pattern = r"^[^\u0000-\u001f\u007f]*$", example = "retrieval vocab")]
    q: Option<String>,
    /// Only those with this person's name.
    author_id: Option<word::PersonId>,
    /// Only those that one said one uses, or only the others.
    reused: Option<bool>,
}

/// List findings
///
/// What was published to whoever works where one works: one's school, and the trust. A school's findings are not for those who lead the trust.
#[utoipa::path(tag = "Inquiry commons", params(PageParams, FindingFilters), responses((status = 200, description = "A page of findings", body = List<FindingView>)), security(("bearer" = ["findings:read"])))]
#[get("/v1/findings")]
pub async fn list_findings(permitted: Permitted<ReadFindings>, listing: Listing<FindingFilters>) -> Result<HttpResponse, ApiError> {
    let FindingFilters { q, author_id, reused } = &listing.filters;
    let page = permitted.read(ListFindings { q: q.clone(), author_id: author_id.as_ref().map(|p| p.0), reused: *reused, window: listing.window }).await?;
    Ok(listing.answer(page, FindingView::from))
}

/// Publish a finding
///
/// Of one's own inquiry, once it has a finding or was given up with what was learned. Only the words that are sent are published. One finding of an inquiry is published at a time.
#[utoipa::path(tag = "Inquiry commons", request_body = NewFinding, responses((status = 201, description = "Published", body = FindingDetail)), security(("bearer" = ["findings:write"])))]
#[post("/v1/objectives/{id}/publish-finding")]
pub async fn publish_finding(
    permitted: Permitted<WriteFindings>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<NewFinding>,
) -> Result<HttpResponse, ApiError> {
    let NewFinding { publish_to, named, title, question, change_tried, evidence, finding } = body.0;
    let operation = PublishFinding {
        objective_id: id.0,
        audience: publish_to.0,
        named,
        title: title.0,
        question: question.0,
        change_tried: change_tried.map(|t| t.0),
        evidence: evidence.map(|t| t.0),
        finding: finding.0,
        expected: expected.0,
    };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/findings/{}", seen.record.id), &FindingDetail::from(seen.clone())))
        .await
}

/// Read a finding
///
/// With what can be done with it.
#[utoipa::path(tag = "Inquiry commons", responses((status = 200, description = "The finding", body = FindingDetail)), security(("bearer" = ["findings:read"])))]
#[get("/v1/findings/{id}")]
pub async fn get_finding(
    permitted: Permitted<ReadFindings>,
    _none: Params<NoParams>,
    id: Id<FindingId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetFinding { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, FindingDetail::from))
}

/// Say that one uses a finding
///
/// For an objective or a learning record of one's own, if one says so. Its owner sees how many use it, and nobody sees who. Once for each finding.
#[utoipa::path(tag = "Inquiry commons", request_body = NewReuse, responses((status = 200, description = "The finding", body = FindingDetail)), security(("bearer" = ["findings:write"])))]
#[post("/v1/findings/{id}/reuse")]
pub async fn reuse_finding(
    permitted: Permitted<WriteFindings>,
    _none: Params<NoParams>,
    id: Id<FindingId>,
    expected: IfMatch,
    body: Body<NewReuse>,
) -> Result<HttpResponse, ApiError> {
    let NewReuse { objective_id, learning_record_id } = body.0;
    let operation =
        ReuseFinding { id: id.0, objective_id: objective_id.map(|o| o.0), learning_record_id: learning_record_id.map(|l| l.0), expected: expected.0 };
    permitted.write(operation, saved).await
}

/// Withdraw a finding
///
/// By its owner, at any time. From the next request on nobody else sees or finds it; those who follow changes are told that it left their scope.
#[utoipa::path(tag = "Inquiry commons", responses((status = 200, description = "As it is now", body = FindingDetail)), security(("bearer" = ["findings:write"])))]
#[post("/v1/findings/{id}/withdraw")]
pub async fn withdraw_finding(
    permitted: Permitted<WriteFindings>,
    _none: Params<NoParams>,
    id: Id<FindingId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(WithdrawFinding { id: id.0, expected: expected.0 }, saved).await
}

/// List what one published
///
/// The receipts: what was published, of which inquiry, to whom, with or without one's name, when it was taken back, and how many use it. For its owner alone.
#[utoipa::path(tag = "Inquiry commons", params(PageParams), responses((status = 200, description = "A page of receipts", body = List<FindingReceipt>)), security(("bearer" = ["findings:read"])))]
#[get("/v1/me/findings")]
pub async fn list_own_findings(permitted: Permitted<ReadFindings>, listing: Listing<NoFilters>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListOwnFindings { window: listing.window }).await?;
    Ok(listing.answer(page, FindingReceipt::from))
}
/// A list without filters.
#[derive(Deserialize)]
pub struct NoFilters {}

crate::event::history_of!(finding_history, ReadFindings, FindingHistory, FindingId, "Inquiry commons", "/v1/findings/{id}/history", "findings:read");

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_findings)
        .service(publish_finding)
        .service(get_finding)
        .service(reuse_finding)
        .service(withdraw_finding)
        .service(list_own_findings)
        .service(finding_history);
}
