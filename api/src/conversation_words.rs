//! The words of conversations: what each side wrote, one's own notes, and what was locked.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfNoneMatch, MustMatch, NoParams, Params},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, word},
};
use actix_web::{HttpResponse, get, patch};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    conversation::{Answer, ConversationNotes, Locked, LockedAction, Notes},
    id::ConversationId,
};
use trellis_persistence::{
    Seen,
    conversation::{GetMyNotes, UpdateMyNotes},
    transaction::needs::{ReadConversations, WriteConversations},
};
use utoipa::ToSchema;

actions! {
    /// What can be done with one's own notes.
    NotesActions, NotesCan = "ConversationNotesCan", &["update"];
}

/// An answer, with the question as it was asked.
#[derive(Serialize, ToSchema)]
#[schema(title = "Answer")]
pub struct AnswerView {
    /// The question's key.
    question: word::Slug,
    /// Which revision of it was answered.
    revision: i32,
    /// Its words, which stay with the answer whatever becomes of the question.
    asked: word::Reason,
    /// What was answered.
    text: word::Narrative,
}
impl From<Answer> for AnswerView {
    fn from(Answer { question, revision, asked, text }: Answer) -> Self {
        Self { question: Word(question), revision, asked: Word(asked), text: Word(text) }
    }
}
/// What one side wrote, and has shown.
#[derive(Serialize, ToSchema)]
pub struct NotesShown {
    /// To the template's questions.
    answers: Vec<AnswerView>,
    /// Beside them.
    text: Option<word::Narrative>,
}
impl From<Notes> for NotesShown {
    fn from(Notes { answers, text }: Notes) -> Self {
        Self { answers: answers.into_iter().map(Into::into).collect(), text: text.map(Word) }
    }
}

/// One's own notes of a conversation: nobody else's to read.
#[derive(Serialize, ToSchema)]
#[schema(title = "ConversationNotes")]
pub struct MyNotes {
    /// Of which conversation.
    conversation_id: word::ConversationId,
    /// Of which side.
    side: word::Side,
    /// Who writes them, and alone reads them.
    author_id: word::PersonId,
    /// To the template's questions.
    answers: Vec<AnswerView>,
    /// Beside them.
    text: Option<word::Narrative>,
    /// Version; the ETag in quotation marks. It is another than the conversation's: writing for oneself disturbs nobody.
    version: i64,
    /// Since when there are any.
    created_at: DateTime<Utc>,
    /// When they last changed.
    updated_at: DateTime<Utc>,
    /// What can be done with them.
    can: NotesCan,
}
impl From<Seen<ConversationNotes>> for MyNotes {
    fn from(Seen { record, can }: Seen<ConversationNotes>) -> Self {
        let ConversationNotes { id: _, conversation_id, side, author_id, organisation_id: _, notes, version, created_at, updated_at } = record;
        let NotesShown { answers, text } = notes.into();
        Self {
            conversation_id: Word(conversation_id),
            side: Word(side),
            author_id: Word(author_id),
            answers,
            text,
            version,
            created_at,
            updated_at,
            can: Can::new(can),
        }
    }
}

/// An answer to a question of the template.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnswer {
    /// The question's key.
    #[schema(example = "learned-since")]
    question: word::Slug,
    /// What is answered.
    text: word::Narrative,
}
/// Changes to one's own notes: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotesChanges {
    /// All the answers.
    #[serde(default)]
    #[schema(value_type = Vec<NewAnswer>, max_items = 400)]
    answers: Option<Vec<NewAnswer>>,
    /// What stands beside them.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    text: Patch<word::Narrative>,
}

/// Read one's own notes
///
/// Of either side, its own only, and of each member of a panel their own: to anybody else, whatever their role, there are none.
#[utoipa::path(tag = "Conversations", responses((status = 200, description = "The notes", body = MyNotes)), security(("bearer" = ["conversations:read"])))]
#[get("/v1/conversations/{id}/my-notes")]
pub async fn get_my_notes(
    permitted: Permitted<ReadConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetMyNotes { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, MyNotes::from))
}

/// Write one's own notes
///
/// As often as one likes: a draft that saves itself sends the ETag of what it last saved. A merge-patch (RFC 7396). The log says to the author that they wrote, and never what.
#[utoipa::path(tag = "Conversations", request_body = NotesChanges, responses((status = 200, description = "As they are now", body = MyNotes)), security(("bearer" = ["conversations:write"])))]
#[patch("/v1/conversations/{id}/my-notes")]
pub async fn update_my_notes(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
    expected: MustMatch,
    body: Body<NotesChanges>,
) -> Result<HttpResponse, ApiError> {
    let NotesChanges { answers, text } = body.0;
    let answers = answers.map(|all| all.into_iter().map(|NewAnswer { question, text }| (question.0, text.0)).collect());
    let operation = UpdateMyNotes { id: id.0, answers, text: text.value(), expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &MyNotes::from(seen.clone()))).await
}

/// What was agreed, as it stood when the conversation was locked.
#[derive(Serialize, ToSchema)]
#[schema(title = "LockedAction")]
pub struct LockedActionView {
    /// What.
    title: word::Reason,
    /// Which of the two does it.
    by: word::Side,
    /// By when.
    due_on: Option<NaiveDate>,
    /// Where it stood.
    state: word::AgreedActionState,
}
/// What is locked: the words of both as they stood, and what was agreed.
#[derive(Serialize, ToSchema)]
#[schema(title = "LockedConversation")]
pub struct LockedView {
    /// What it was for.
    kind: word::ConversationKind,
    /// When it was held.
    held_at: Option<DateTime<Utc>>,
    /// What was said.
    summary: Option<word::Narrative>,
    /// What the appraisee wrote.
    appraisee_notes: Option<NotesShown>,
    /// What the partner wrote.
    partner_notes: Option<NotesShown>,
    /// The appraisee's response.
    response: Option<word::Narrative>,
    /// Why there is none.
    reason: Option<word::Reason>,
    /// What was agreed in it.
    actions: Vec<LockedActionView>,
}
impl From<Locked> for LockedView {
    fn from(locked: Locked) -> Self {
        let Locked { kind, held_at, summary, appraisee_notes, partner_notes, response, reason, actions } = locked;
        let action = |LockedAction { title, by, due_on, state }| LockedActionView { title: Word(title), by: Word(by), due_on, state: Word(state) };
        Self {
            kind: Word(kind),
            held_at,
            summary: summary.map(Word),
            appraisee_notes: appraisee_notes.map(Into::into),
            partner_notes: partner_notes.map(Into::into),
            response: response.map(Word),
            reason: reason.map(Word),
            actions: actions.into_iter().map(action).collect(),
        }
    }
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_my_notes).service(update_my_notes);
}
