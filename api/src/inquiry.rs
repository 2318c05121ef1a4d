//! Growth inquiries: where one stands, and giving it up with what was learned.

use crate::{
    error::ApiError,
    extract::{Body, Id, MustMatch, NoParams, Params},
    finding::FindingView,
    objective::ObjectiveDetail,
    page::List,
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::id::ObjectiveId;
use trellis_persistence::{
    finding::SimilarFindings,
    inquiry::{AbandonInquiry, GetInquiryStage, Standing},
    transaction::needs::{ReadObjectives, WriteObjectives},
};
use utoipa::ToSchema;

/// Where a growth inquiry stands.
#[derive(Serialize, ToSchema)]
pub struct InquiryStanding {
    /// The objective.
    objective_id: word::ObjectiveId,
    /// The last stage of which something is written; null if the objective is no inquiry. `shared` is told to its owner alone.
    stage: Option<word::InquiryStage>,
    /// What was learned, if it was given up.
    learned: Option<word::Narrative>,
    /// When it was given up.
    abandoned_at: Option<DateTime<Utc>>,
}
impl From<Standing> for InquiryStanding {
    fn from(Standing { id, stage, learned }: Standing) -> Self {
        let (learned, abandoned_at) = learned.unzip();
        Self { objective_id: Word(id), stage: stage.map(Word), learned: learned.map(Word), abandoned_at }
    }
}

/// What was learned by an inquiry that is given up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InquiryLearned {
    /// In its owner's words; kept with the objective.
    learned: word::Narrative,
}

/// Read where an inquiry stands
///
/// From the question to the finding, by what is written; whether it was given up, with what was learned; to its owner also whether a finding of it is published.
#[utoipa::path(tag = "Inquiry commons", responses((status = 200, description = "Where it stands", body = InquiryStanding)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives/{id}/inquiry")]
pub async fn get_inquiry_stage(permitted: Permitted<ReadObjectives>, _none: Params<NoParams>, id: Id<ObjectiveId>) -> Result<HttpResponse, ApiError> {
    let standing = permitted.read(GetInquiryStage { id: id.0 }).await?;
    Ok(HttpResponse::Ok().json(InquiryStanding::from(standing)))
}

/// Give an inquiry up
///
/// With what was learned, which is as good a finding as any and can be published. The objective stays as it stands, to be talked through and closed.
#[utoipa::path(tag = "Inquiry commons", request_body = InquiryLearned, responses((status = 200, description = "The objective as it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/abandon-inquiry")]
pub async fn abandon_inquiry(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<InquiryLearned>,
) -> Result<HttpResponse, ApiError> {
    let operation = AbandonInquiry { id: id.0, learned: body.0.learned.0, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &ObjectiveDetail::from(seen.clone()))).await
}

/// Find findings like an inquiry
///
/// At most ten that were published to the caller and whose questions share words with this one's, the likest first. Questions that nobody published are compared with nothing, and nobody is told that one looked.
#[utoipa::path(tag = "Inquiry commons", responses((status = 200, description = "All of them, the likest first", body = List<FindingView>)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives/{id}/similar-findings")]
pub async fn list_similar_findings(permitted: Permitted<ReadObjectives>, _none: Params<NoParams>, id: Id<ObjectiveId>) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(SimilarFindings { id: id.0 }).await?;
    Ok(HttpResponse::Ok().json(List::whole(found.into_iter().map(FindingView::from).collect())))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_inquiry_stage).service(abandon_inquiry).service(list_similar_findings);
}
