//! Templates of conversations. What one answers as `document`, another takes as `document`: that is how a template is carried elsewhere.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    conversation_template::{ConversationTemplate, Document, Question, Section},
    id::ConversationTemplateId,
};
use trellis_persistence::{
    Seen,
    conversation_template::{
        ConversationTemplateHistory, CreateConversationTemplate, GetConversationTemplate, ListConversationTemplates, PublishConversationTemplate,
    },
    transaction::needs::{ReadTemplates, WriteTemplates},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a version of a template.
    TemplateActions, TemplateCan = "ConversationTemplateCan", &["publish"];
}

/// A question.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Question")]
pub struct QuestionView {
    /// Its stable name, the same in every version and wherever the template is carried to.
    #[schema(example = "learned-since")]
    key: word::Slug,
    /// What is asked.
    #[schema(value_type = word::Reason, example = "What have you learned since we last met, and what did you try?")]
    text: word::Reason,
    /// What helps to answer it.
    #[serde(default)]
    help: Option<word::Narrative>,
    /// Who is asked.
    answered_by: word::AnsweredBy,
}
/// Questions that belong together.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Section")]
pub struct SectionView {
    /// What they are about.
    title: word::Title,
    /// In their order.
    #[schema(max_items = 20)]
    questions: Vec<QuestionView>,
}
/// All of a template that can be carried elsewhere.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "TemplateDocument")]
pub struct DocumentView {
    /// The template's stable name, the same in every version.
    #[schema(example = "check-in")]
    key: word::Slug,
    /// Its name for people.
    name: word::Title,
    /// For which conversations.
    kind: word::ConversationKind,
    /// In their order.
    #[schema(max_items = 20)]
    sections: Vec<SectionView>,
}
impl From<Document> for DocumentView {
    fn from(Document { key, name, kind, sections }: Document) -> Self {
        let question =
            |Question { key, text, help, answered_by }| QuestionView { key: Word(key), text: Word(text), help: help.map(Word), answered_by: Word(answered_by) };
        let section = |Section { title, questions }| SectionView { title: Word(title), questions: questions.into_iter().map(question).collect() };
        Self { key: Word(key), name: Word(name), kind: Word(kind), sections: sections.into_iter().map(section).collect() }
    }
}
impl From<DocumentView> for Document {
    fn from(DocumentView { key, name, kind, sections }: DocumentView) -> Self {
        let question =
            |QuestionView { key, text, help, answered_by }| Question { key: key.0, text: text.0, help: help.map(|h| h.0), answered_by: answered_by.0 };
        let section = |SectionView { title, questions }| Section { title: title.0, questions: questions.into_iter().map(question).collect() };
        Self { key: key.0, name: name.0, kind: kind.0, sections: sections.into_iter().map(section).collect() }
    }
}
/// Which revision of a question a version asks.
#[derive(Serialize, ToSchema)]
pub struct QuestionRevision {
    /// The question.
    question: word::Slug,
    /// 1, and one more each time that it was worded anew.
    revision: i32,
}

/// A version of a template of conversations.
#[derive(Serialize, ToSchema)]
#[schema(title = "ConversationTemplateRecord")]
pub struct ConversationTemplateView {
    /// The id of this version.
    id: word::ConversationTemplateId,
    /// Whose: the trust's, a school's or a group's. It is for everybody beneath.
    organisation_id: word::OrganisationId,
    /// Which version of it there, from 1.
    number: i32,
    /// Draft or published. A published version never changes.
    state: word::VersionState,
    /// The version that it was made from, if any.
    based_on: Option<word::ConversationTemplateId>,
    /// What it asks: send it as it is to `POST /v1/conversation-templates` to carry it elsewhere.
    document: DocumentView,
    /// Which revision of each question it asks.
    revisions: Vec<QuestionRevision>,
    /// Version; the ETag in quotation marks.
    version: i64,
    /// When it was drafted.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}
impl From<ConversationTemplate> for ConversationTemplateView {
    fn from(template: ConversationTemplate) -> Self {
        let ConversationTemplate { id, organisation_id, number, state, based_on, document, revisions, version, created_at, updated_at } = template;
        Self {
            id: Word(id),
            organisation_id: Word(organisation_id),
            number,
            state: Word(state),
            based_on: based_on.map(Word),
            document: document.into(),
            revisions: revisions.into_iter().map(|(question, revision)| QuestionRevision { question: Word(question), revision }).collect(),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A version of a template, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "ConversationTemplate")]
pub struct ConversationTemplateDetail {
    #[serde(flatten)]
    record: ConversationTemplateView,
    /// What can be done with it.
    can: TemplateCan,
}
impl From<Seen<ConversationTemplate>> for ConversationTemplateDetail {
    fn from(Seen { record, can }: Seen<ConversationTemplate>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// A new version of a template, as a draft; the first makes the template.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConversationTemplate {
    /// Whose.
    organisation_id: word::OrganisationId,
    /// The published version that is made one's own, if any: a question whose words stay keeps its revision.
    #[serde(default)]
    based_on: Option<word::ConversationTemplateId>,
    /// What it asks.
    document: DocumentView,
}

/// Filters of the list of templates.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConversationTemplateFilters {
    /// Only this organisation's own.
    organisation_id: Option<word::OrganisationId>,
    /// Only the versions of this template.
    key: Option<word::Slug>,
    /// Only those for these conversations.
    kind: Option<word::ConversationKind>,
    /// Only drafts, or only published ones.
    state: Option<word::VersionState>,
}

/// List conversation templates
///
/// Every published version that is offered to one's schools, and drafts where one writes them.
#[utoipa::path(tag = "Conversations", params(PageParams, ConversationTemplateFilters), responses((status = 200, description = "A page of versions", body = List<ConversationTemplateView>)), security(("bearer" = ["templates:read"])))]
#[get("/v1/conversation-templates")]
pub async fn list_conversation_templates(permitted: Permitted<ReadTemplates>, listing: Listing<ConversationTemplateFilters>) -> Result<HttpResponse, ApiError> {
    let ConversationTemplateFilters { organisation_id, key, kind, state } = &listing.filters;
    let page = permitted
        .read(ListConversationTemplates {
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            key: key.as_ref().map(|k| k.0.clone()),
            kind: kind.as_ref().map(|k| k.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, ConversationTemplateView::from))
}

/// Draft a conversation template
///
/// A new version of a template of one's own, or the first, by importing the `document` of another. A school makes the trust's its own by naming it as `based_on`.
#[utoipa::path(tag = "Conversations", request_body = NewConversationTemplate, responses((status = 201, description = "Drafted", body = ConversationTemplateDetail)), security(("bearer" = ["templates:write"])))]
#[post("/v1/conversation-templates")]
pub async fn create_conversation_template(
    permitted: Permitted<WriteTemplates>,
    _none: Params<NoParams>,
    body: Body<NewConversationTemplate>,
) -> Result<HttpResponse, ApiError> {
    let NewConversationTemplate { organisation_id, based_on, document } = body.0;
    let operation = CreateConversationTemplate { organisation_id: organisation_id.0, based_on: based_on.map(|b| b.0), document: document.into() };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/conversation-templates/{}", seen.record.id), &ConversationTemplateDetail::from(seen.clone()))
        })
        .await
}

/// Read a conversation template
///
/// One version, with all of its questions; its `document` can be imported elsewhere.
#[utoipa::path(tag = "Conversations", responses((status = 200, description = "The version", body = ConversationTemplateDetail)), security(("bearer" = ["templates:read"])))]
#[get("/v1/conversation-templates/{id}")]
pub async fn get_conversation_template(
    permitted: Permitted<ReadTemplates>,
    _none: Params<NoParams>,
    id: Id<ConversationTemplateId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetConversationTemplate { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, ConversationTemplateDetail::from))
}

/// Publish a conversation template
///
/// From then on this version never changes, and conversations ask its questions. Those that were scheduled before go on asking what they asked.
#[utoipa::path(tag = "Conversations", responses((status = 200, description = "Published", body = ConversationTemplateDetail)), security(("bearer" = ["templates:write"])))]
#[post("/v1/conversation-templates/{id}/publish")]
pub async fn publish_conversation_template(
    permitted: Permitted<WriteTemplates>,
    _none: Params<NoParams>,
    id: Id<ConversationTemplateId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    let operation = PublishConversationTemplate { id: id.0, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &ConversationTemplateDetail::from(seen.clone()))).await
}

crate::event::history_of!(
    conversation_template_history,
    ReadTemplates,
    ConversationTemplateHistory,
    ConversationTemplateId,
    "Conversations",
    "/v1/conversation-templates/{id}/history",
    "templates:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_conversation_templates)
        .service(create_conversation_template)
        .service(get_conversation_template)
        .service(publish_conversation_template)
        .service(conversation_template_history);
}
