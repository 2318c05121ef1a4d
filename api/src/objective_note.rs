//! Notes on objectives.

use crate::{
    error::ApiError,
    extract::{Body, Id, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::{ObjectiveId, ObjectiveNoteId},
    objective::note::ObjectiveNote,
};
use trellis_persistence::{
    objective::{AddNote, ListNotes, WithdrawNote},
    transaction::needs::{ReadObjectives, WriteObjectives},
};
use utoipa::ToSchema;

/// A note on an objective.
#[derive(Serialize, ToSchema)]
#[schema(title = "ObjectiveNote")]
pub struct NoteView {
    /// Its id.
    id: word::ObjectiveNoteId,
    /// On which objective.
    objective_id: word::ObjectiveId,
    /// The note that it answers.
    reply_to: Option<word::ObjectiveNoteId>,
    /// Who wrote it.
    author_id: word::PersonId,
    /// What they wrote, which never changes; null, once they took it back.
    text: Option<word::Narrative>,
    /// When it was written.
    created_at: DateTime<Utc>,
    /// When its author took it back.
    withdrawn_at: Option<DateTime<Utc>>,
}
impl From<ObjectiveNote> for NoteView {
    fn from(ObjectiveNote { id, objective_id, reply_to, author_id, text, created_at, withdrawn_at }: ObjectiveNote) -> Self {
        Self {
            id: Word(id),
            objective_id: Word(objective_id),
            reply_to: reply_to.map(Word),
            author_id: Word(author_id),
            text: text.map(Word),
            created_at,
            withdrawn_at,
        }
    }
}
/// A note to write.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObjectiveNote {
    /// What to say.
    text: word::Narrative,
    /// The note that it answers.
    #[serde(default)]
    reply_to: Option<word::ObjectiveNoteId>,
}

/// List the notes on an objective
///
/// What its parties say to one another about it between meetings, oldest first, for whoever may read the objective.
#[utoipa::path(tag = "Objectives", params(PageParams), responses((status = 200, description = "A page of notes", body = List<NoteView>)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives/{id}/notes")]
pub async fn list_objective_notes(permitted: Permitted<ReadObjectives>, id: Id<ObjectiveId>, listing: Listing<NoParams>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListNotes { id: id.0, window: listing.window }).await?;
    Ok(listing.answer(page, NoteView::from))
}

/// Write a note on an objective
///
/// By the appraisee or the appraiser, once it was proposed and until it is over; to answer another note, name it. A note is its author's own words: nobody changes it, and the log tells of it without saying what it says.
#[utoipa::path(tag = "Objectives", request_body = NewObjectiveNote, responses((status = 201, description = "Written", body = NoteView)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/notes")]
pub async fn add_objective_note(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    body: Body<NewObjectiveNote>,
) -> Result<HttpResponse, ApiError> {
    let NewObjectiveNote { text, reply_to } = body.0;
    let operation = AddNote { id: id.0, reply_to: reply_to.map(|n| n.0), text: text.0 };
    // a note is never changed, so it has one version
    permitted.write(operation, |note| respond::created(1, format!("/v1/objectives/{}/notes", note.objective_id), &NoteView::from(note.clone()))).await
}

/// Take a note back
///
/// By its author, as long as nobody answered it. Its words are gone for good; that there was one, whose and when, stays.
#[utoipa::path(tag = "Objectives", responses((status = 200, description = "As it is now", body = NoteView)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objective-notes/{id}/withdraw")]
pub async fn withdraw_objective_note(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveNoteId>,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(WithdrawNote { id: id.0 }, |note| respond::plain(200, &NoteView::from(note.clone()))).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_objective_notes).service(add_objective_note).service(withdraw_objective_note);
}
