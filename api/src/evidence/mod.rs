//! Evidence of learning: a reference to what exists already, a link, or a file. It follows its learning record in everything.

pub mod file;
pub mod store;

use crate::{
    error::ApiError,
    extract::{Body, Id, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, list, word},
};
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE},
    post,
};
use chrono::{DateTime, Utc};
use file::FileBody;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use store::Place;
use trellis_domain::{
    evidence::{Evidence, EvidenceAction, EvidenceContent, EvidenceFile, MediaType, judge, label},
    id::{EvidenceId, LearningRecordId},
    rule::{Code, RuleError},
    text::{Title, Wire},
};
use trellis_persistence::{
    Fetched, Seen,
    evidence::{AddEvidence, ExpectFile, ForgetStrays, GetEvidence, LinkEvidence, ListEvidence, RemoveEvidence},
    transaction::needs::{Public, ReadLearning, WriteLearning},
};
use utoipa::{IntoParams, ToSchema};

/// Evidence never changes, so it has one version.
const VERSION: i64 = 1;
/// What need not be written otherwise in the name of a file (RFC 8187, 3.2.1).
const PLAIN: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

actions! {
    /// What can be done with a piece of evidence.
    EvidenceActions, EvidenceCan = "EvidenceCan", list::<EvidenceAction>();
}

/// What is known of a file.
#[derive(Serialize, ToSchema)]
#[schema(title = "EvidenceFile")]
pub struct EvidenceFileView {
    /// What its content is.
    media_type: word::MediaType,
    /// What it is called when it is saved.
    name: word::FileName,
    /// Bytes.
    #[schema(minimum = 1, maximum = 5_242_880)]
    size: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$", example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    sha256: String,
}
impl From<EvidenceFile> for EvidenceFileView {
    fn from(EvidenceFile { media_type, name, size, sha256 }: EvidenceFile) -> Self {
        let sha256 = sha256.iter().map(|b| format!("{b:02x}")).collect();
        Self { media_type: Word(media_type), name: Word(name), size, sha256 }
    }
}
/// What shows that somebody learned something.
#[derive(Serialize, ToSchema)]
#[schema(title = "EvidenceRecord")]
pub struct EvidenceView {
    /// Its id.
    pub id: word::EvidenceId,
    /// Of which learning record. The owner of the record added it, and whoever may read the record may read it.
    pub learning_record_id: word::LearningRecordId,
    /// What it is.
    pub kind: word::EvidenceKind,
    /// What it is called.
    pub title: word::Title,
    /// Of a reference: where it is found.
    pub reference: Option<word::Whereabouts>,
    /// Of a link: its address.
    pub url: Option<word::WebAddress>,
    /// Of a file: what is known of it. `GET /v1/evidence/{id}/link` leads to its bytes.
    pub file: Option<EvidenceFileView>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
}
impl From<Evidence> for EvidenceView {
    fn from(Evidence { id, learning_record_id, title, content, created_at }: Evidence) -> Self {
        let kind = Word(content.kind());
        let (reference, url, file) = match content {
            EvidenceContent::Reference(place) => (Some(Word(place)), None, None),
            EvidenceContent::Link(address) => (None, Some(Word(address)), None),
            EvidenceContent::File(file) => (None, None, Some(file.into())),
        };
        Self { id: Word(id), learning_record_id: Word(learning_record_id), kind, title: Word(title), reference, url, file, created_at }
    }
}
/// A piece of evidence, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Evidence")]
pub struct EvidenceDetail {
    #[serde(flatten)]
    evidence: EvidenceView,
    /// What can be done with it.
    can: EvidenceCan,
}
impl From<Seen<Evidence>> for EvidenceDetail {
    fn from(Seen { record, can }: Seen<Evidence>) -> Self {
        Self { evidence: record.into(), can: Can::new(can) }
    }
}
fn added(seen: &Seen<Evidence>) -> trellis_persistence::idempotency::Stored {
    respond::created(VERSION, format!("/v1/evidence/{}", seen.record.id), &EvidenceDetail::from(seen.clone()))
}

/// A reference or a link: `reference` or `url`, one of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvidence {
    /// What it is called.
    title: word::Title,
    /// Where something is found that exists already: a folder, a book, a display.
    #[serde(default)]
    reference: Option<word::Whereabouts>,
    /// The address of a page.
    #[serde(default)]
    url: Option<word::WebAddress>,
}
/// How a file is called.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadParams {
    /// What the evidence is called; the file's name, if nothing is said.
    title: Option<word::Title>,
    /// What the file is called. It is cleaned, and a label only; what it ends in must fit the content.
    file_name: Option<word::FileName>,
}
/// A link to a file, good for a few minutes.
#[derive(Serialize, ToSchema)]
#[schema(title = "EvidenceLink")]
pub struct EvidenceLinkView {
    /// The address. Whoever has it reads the file, as long as the one for whom it was made may read it and is logged in.
    #[schema(format = "uri", example = "https://trellis.example/v1/evidence-files/...")]
    url: String,
    /// When it ends.
    expires_at: DateTime<Utc>,
}

/// List the evidence of a learning record
///
/// Oldest first, for whoever may read the record.
#[utoipa::path(tag = "Learning", params(PageParams), responses((status = 200, description = "A page of evidence", body = List<EvidenceView>)), security(("bearer" = ["learning:read"])))]
#[get("/v1/learning-records/{id}/evidence")]
pub async fn list_evidence(permitted: Permitted<ReadLearning>, id: Id<LearningRecordId>, listing: Listing<NoParams>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListEvidence { id: id.0, window: listing.window }).await?;
    Ok(listing.answer(page, EvidenceView::from))
}

/// Add evidence to a learning record
///
/// By its owner: where something is found that exists already, or the address of a page. No evidence is ever needed for anything; at most 30 pieces of it go with a record.
#[utoipa::path(tag = "Learning", request_body = NewEvidence, responses((status = 201, description = "Added", body = EvidenceDetail)), security(("bearer" = ["learning:write"])))]
#[post("/v1/learning-records/{id}/evidence")]
pub async fn add_evidence(
    permitted: Permitted<WriteLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
    body: Body<NewEvidence>,
) -> Result<HttpResponse, ApiError> {
    let NewEvidence { title, reference, url } = body.0;
    let content = EvidenceContent::referred(reference.map(|r| r.0), url.map(|u| u.0))?;
    let act = permitted.act();
    let operation = AddEvidence { id: EvidenceId(act.ids.make(act.now)), learning_record_id: id.0, title: title.0, content };
    permitted.write(operation, added).await
}

/// Add a file as evidence to a learning record
///
/// By its owner: the body is the file as it is, with its media type, and at most 5 MiB (5,242,880 bytes). PDF, pictures (PNG, JPEG, WebP, GIF), plain text, CSV, and documents, tables and slides of Office (DOCX, XLSX, PPTX) and OpenDocument (ODT, ODS, ODP) are taken, and judged by their content: what is said of a file, by media type or name, must fit it. `application/octet-stream` leaves it to the content. HTML, SVG, archives and whatever carries macros are refused. All files of one person are at most 250 MiB. `title` and `file_name` are part of the address, which a proxy may log: leave them out where they would say too much.
#[utoipa::path(tag = "Learning", params(UploadParams), request_body(content = String, content_type = "application/octet-stream", description = "The file"), responses((status = 201, description = "Added", body = EvidenceDetail)), security(("bearer" = ["learning:write"])))]
#[post("/v1/learning-records/{id}/evidence-files")]
pub async fn upload_evidence(
    permitted: Permitted<WriteLearning>,
    params: Params<UploadParams>,
    id: Id<LearningRecordId>,
    body: FileBody,
) -> Result<HttpResponse, ApiError> {
    let UploadParams { title, file_name } = params.0;
    let file_name = file_name.map(|n| n.0);
    let media_type = judge(body.said, file_name.as_ref(), &body.bytes)?;
    let name = label(file_name.as_ref(), media_type)?;
    let title = match title {
        Some(title) => title.0,
        None => Title::parse(name.as_str())?,
    };
    let (act, store) = (permitted.act(), &permitted.shared().evidence);
    let (place, size) = (Place { tenant: act.tenant, id: EvidenceId(act.ids.make(act.now)) }, body.bytes.len() as u64);
    let sha256 = Sha256::digest(&body.bytes).into();
    permitted.perform(ExpectFile { id: place.id, learning_record_id: id.0 }).await?;
    file::keep(store, place, body.bytes.clone()).await?;
    let content = EvidenceContent::File(EvidenceFile { media_type, name, size, sha256 });
    let answer = permitted.once(AddEvidence { id: place.id, learning_record_id: id.0, title, content }, added).await;
    // where it is not known whether it was added, the bytes are left to the sweep
    let not_added = match &answer {
        Ok(answer) => answer.replayed,
        Err(e) => e.problem.status() < 500,
    };
    if not_added && file::discard(store, place).await {
        permitted.as_operator(ForgetStrays { ids: vec![place.id] }).await?;
    }
    answer.map(|answer| respond::stored(&answer.stored, answer.replayed))
}

/// Read a piece of evidence
///
/// With what can be done with it. It never changes.
#[utoipa::path(tag = "Learning", responses((status = 200, description = "The evidence", body = EvidenceDetail)), security(("bearer" = ["learning:read"])))]
#[get("/v1/evidence/{id}")]
pub async fn get_evidence(
    permitted: Permitted<ReadLearning>,
    _none: Params<NoParams>,
    id: Id<EvidenceId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetEvidence { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |_| VERSION, EvidenceDetail::from))
}

/// Get a link to a file
///
/// An address that is good for five minutes and needs no other credential, so that a browser can follow it. It stands for whoever asks: it ends at once when they log out, when they may no longer read the learning record, and when the evidence is removed.
#[utoipa::path(tag = "Learning", responses((status = 200, description = "The link", body = EvidenceLinkView)), security(("bearer" = ["learning:read"])))]
#[get("/v1/evidence/{id}/link")]
pub async fn get_evidence_link(permitted: Permitted<ReadLearning>, _none: Params<NoParams>, id: Id<EvidenceId>) -> Result<HttpResponse, ApiError> {
    let linked = permitted.read(LinkEvidence { id: id.0 }).await?;
    if !matches!(linked.evidence.content, EvidenceContent::File(_)) {
        return Err(RuleError::new(Code::WrongState, "only a file has such a link").into());
    }
    let (token, expires_at) = permitted.link(&linked)?;
    let url = format!("{}/v1/evidence-files/{token}", permitted.shared().keyring.issuer());
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(EvidenceLinkView { url, expires_at }))
}

/// Read a file
///
/// By a link, without any other credential. A link that ended, whose maker may no longer read the file, or that never was, answers the same. The file is to be saved, not shown: `Content-Disposition` says so, and browsers are told to run nothing of it.
#[utoipa::path(tag = "Learning", params(("token" = String, Path, description = "What the link ends in", max_length = 2000)), responses((status = 200, description = "The file", body = String, content_type = "application/octet-stream")), security(()))]
#[get("/v1/evidence-files/{token}")]
pub async fn get_evidence_file(permitted: Permitted<Public>, request: HttpRequest, _none: Params<NoParams>) -> Result<HttpResponse, ApiError> {
    let (permitted, id) = permitted.by_link(request.match_info().get("token").unwrap_or_default())?;
    let found = permitted.read(GetEvidence { id, unless: None }).await.map_err(|e| match e.problem.status() {
        401 | 403 => ApiError::not_found(),
        _ => e,
    })?;
    let Fetched::Found(Seen { record: Evidence { content: EvidenceContent::File(file), .. }, .. }) = found else { return Err(ApiError::not_found()) };
    let EvidenceFile { media_type, name, size, sha256: _ } = file;
    let parts = file::parts(&permitted.shared().evidence, Place { tenant: permitted.act().tenant, id }, size).await?;
    let saved = format!("attachment; filename*=UTF-8''{}", utf8_percent_encode(name.as_str(), &PLAIN));
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type.as_str()))
        .insert_header((CONTENT_DISPOSITION, saved))
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((CACHE_CONTROL, "private, no-store"))
        .body(parts))
}

/// Remove a piece of evidence
///
/// By the owner of the learning record, for good: the bytes of a file are removed too.
#[utoipa::path(tag = "Learning", responses((status = 204, description = "It is gone")), security(("bearer" = ["learning:write"])))]
#[post("/v1/evidence/{id}/remove")]
pub async fn remove_evidence(
    permitted: Permitted<WriteLearning>,
    _none: Params<NoParams>,
    id: Id<EvidenceId>,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    let answer = permitted.write(RemoveEvidence { id: id.0 }, |()| respond::nothing()).await?;
    permitted.discard_files().await;
    Ok(answer)
}

/// In which types files are sent and answered, in the contract: one entry for each, for utoipa knows only one.
pub fn describe_files(document: &mut serde_json::Value) {
    let entry = |media: &str| (media.to_owned(), serde_json::json!({"schema": {"type": "string", "format": "binary", "contentMediaType": media}}));
    let taken = || MediaType::ALL.iter().map(|m| entry(m.as_str()));
    let at = |path: &str| format!("/paths/{}", path.replace('/', "~1"));
    if let Some(body) = document.pointer_mut(&format!("{}/post/requestBody", at("/v1/learning-records/{id}/evidence-files"))) {
        body["content"] = std::iter::once(entry(file::UNSAID)).chain(taken()).collect::<serde_json::Map<_, _>>().into();
    }
    if let Some(answer) = document.pointer_mut(&format!("{}/get/responses/200", at("/v1/evidence-files/{token}"))) {
        answer["content"] = taken().collect::<serde_json::Map<_, _>>().into();
    }
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_evidence)
        .service(add_evidence)
        .service(upload_evidence)
        .service(get_evidence)
        .service(get_evidence_link)
        .service(get_evidence_file)
        .service(remove_evidence);
}
