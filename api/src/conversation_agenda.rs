//! What stands around a conversation: the agenda, composed when it is asked for, and the snapshots of what was locked.

use crate::{
    conversation_words::LockedView,
    error::ApiError,
    extract::{Id, NoParams, Params},
    page::List,
    permitted::Permitted,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use trellis_domain::{conversation::agenda::AgendaItem, id::ConversationId};
use trellis_persistence::{
    conversation::{Agenda, GetAgenda, ListSnapshots, Snapshot},
    transaction::needs::ReadConversations,
};
use utoipa::ToSchema;
use uuid::Uuid;

/// What was locked, once.
#[derive(Serialize, ToSchema)]
#[schema(title = "ConversationSnapshot")]
pub struct SnapshotView {
    /// Which: the first is 1.
    number: i32,
    /// What.
    content: LockedView,
    /// The SHA-256 of its text, in hexadecimal digits: what the log had from then on.
    content_hash: String,
    /// When.
    locked_at: DateTime<Utc>,
}
impl From<Snapshot> for SnapshotView {
    fn from(Snapshot { number, content, content_hash, locked_at }: Snapshot) -> Self {
        Self { number, content: content.into(), content_hash, locked_at }
    }
}

/// List what was locked
///
/// Every snapshot of a conversation: those before it was reopened are kept.
#[utoipa::path(tag = "Conversations", responses((status = 200, description = "All of them, oldest first", body = List<SnapshotView>)), security(("bearer" = ["conversations:read"])))]
#[get("/v1/conversations/{id}/snapshots")]
pub async fn list_conversation_snapshots(
    permitted: Permitted<ReadConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
) -> Result<HttpResponse, ApiError> {
    let snapshots = permitted.unseal(permitted.read(ListSnapshots { id: id.0 }).await?).await?;
    Ok(HttpResponse::Ok().json(List::whole(snapshots.into_iter().map(SnapshotView::from).collect())))
}

/// One item of an agenda: a line, and the record that it stands for.
#[derive(Serialize, ToSchema)]
#[schema(title = "AgendaItem")]
pub struct AgendaItemView {
    /// The part of the agenda; the parts come in this order: learning first.
    part: word::AgendaPart,
    /// What it is.
    kind: word::AgendaKind,
    /// The record's type, as the change feed names it.
    #[schema(example = "objective")]
    record_type: &'static str,
    /// The record's id.
    id: Uuid,
    /// The record's address.
    #[schema(example = "/v1/objectives/01938a5e-7c00-7000-8000-000000000001")]
    href: String,
    /// What it is called; null where the kind says it.
    title: Option<String>,
    /// Where the record stands, if it has a state.
    state: Option<&'static str>,
    /// By when.
    due_on: Option<NaiveDate>,
}
impl From<AgendaItem> for AgendaItemView {
    fn from(item: AgendaItem) -> Self {
        use trellis_domain::event::RecordType as T;
        let AgendaItem { part, kind, record_type, id, title, state, due_on } = item;
        let list = match record_type {
            T::LearningRecord => "learning-records",
            T::LearningRequest => "learning-requests",
            T::AgreedAction => "agreed-actions",
            T::Appraisal => "appraisals",
            _ => "objectives",
        };
        Self { part: Word(part), kind: Word(kind), record_type: record_type.as_str(), id, href: format!("/v1/{list}/{id}"), title, state, due_on }
    }
}
/// What is to be talked about.
#[derive(Serialize, ToSchema)]
#[schema(title = "Agenda")]
pub struct AgendaView {
    /// The conversation.
    conversation_id: word::ConversationId,
    /// Since when learning is new: when the two last met in this lane; null if never.
    since: Option<DateTime<Utc>>,
    /// In their order.
    items: Vec<AgendaItemView>,
}

/// Read a conversation's agenda
///
/// Composed at this moment of what there is, with learning first: open inquiries, what was shared since the two last met, and checkpoints of impact that are due by the day of the meeting; then what was agreed and is open; then, in the appraisal lane, objectives and what the rules ask for. What the reader may not see is not on it.
#[utoipa::path(tag = "Conversations", responses((status = 200, description = "The agenda", body = AgendaView)), security(("bearer" = ["conversations:read"])))]
#[get("/v1/conversations/{id}/agenda")]
pub async fn get_conversation_agenda(
    permitted: Permitted<ReadConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
) -> Result<HttpResponse, ApiError> {
    let Agenda { since, items } = permitted.unseal(permitted.read(GetAgenda { id: id.0 }).await?).await?;
    let items = items.into_iter().map(AgendaItemView::from).collect();
    Ok(HttpResponse::Ok().json(AgendaView { conversation_id: Word(id.0), since, items }))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_conversation_snapshots).service(get_conversation_agenda);
}
