//! Conversations.

use crate::{
    disclosure::Sealed,
    transaction::{Fetched, Page, Seen, Window, commands, queries},
};
use chrono::{DateTime, Utc};
use trellis_domain::{
    conversation::{Conversation, ConversationAction, ConversationKind, ConversationNotes, ConversationPatch, ConversationState, Locked, agenda::AgendaItem},
    id::{AppraisalId, ConversationId, ConversationTemplateId, EmploymentId, OrganisationId, PersonId},
    text::{Narrative, Reason, Slug, Title},
};

/// A conversation, as it is at the time of reading.
#[derive(Debug, Clone)]
pub struct ConversationNow {
    /// The record.
    pub record: Conversation,
    /// Has its hour passed without its being held?
    pub late: bool,
}
/// Sets a day for two people.
#[derive(Debug, Clone)]
pub struct ScheduleConversation {
    /// The employment of whom it is about.
    pub employment_id: EmploymentId,
    /// The other.
    pub partner_id: PersonId,
    /// What it is for.
    pub kind: ConversationKind,
    /// The appraisal that it belongs to.
    pub appraisal_id: Option<AppraisalId>,
    /// The template version; the nearest published one for this kind, if none is named.
    pub template_id: Option<ConversationTemplateId>,
    /// When.
    pub starts_at: DateTime<Utc>,
    /// Where.
    pub place: Option<Title>,
}
/// One conversation.
#[derive(Debug)]
pub struct GetConversation {
    /// Which.
    pub id: ConversationId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Conversations, by these filters.
#[derive(Debug)]
pub struct ListConversations {
    /// About this person.
    pub person_id: Option<PersonId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// With this partner.
    pub partner_id: Option<PersonId>,
    /// On this employment.
    pub employment_id: Option<EmploymentId>,
    /// Of this appraisal.
    pub appraisal_id: Option<AppraisalId>,
    /// For this.
    pub kind: Option<ConversationKind>,
    /// In this state.
    pub state: Option<ConversationState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Moves it, or writes what was said.
#[derive(Debug)]
pub struct UpdateConversation {
    /// Which.
    pub id: ConversationId,
    /// What.
    pub patch: ConversationPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Takes a step of the conversation's life: preparing, showing one's notes, holding, reopening or calling off.
#[derive(Debug)]
pub struct StepConversation {
    /// Which.
    pub id: ConversationId,
    /// Which step.
    pub action: ConversationAction,
    /// Why, where a reason is asked for.
    pub reason: Option<Reason>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The appraisee's response.
#[derive(Debug)]
pub struct RespondToConversation {
    /// Which.
    pub id: ConversationId,
    /// The response.
    pub response: Narrative,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Locks it.
#[derive(Debug)]
pub struct CompleteConversation {
    /// Which.
    pub id: ConversationId,
    /// Why there is no response, if there is none.
    pub reason: Option<Reason>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The caller's own notes of a conversation.
#[derive(Debug)]
pub struct GetMyNotes {
    /// Of which conversation.
    pub id: ConversationId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Writes the caller's own notes.
#[derive(Debug)]
pub struct UpdateMyNotes {
    /// Of which conversation.
    pub id: ConversationId,
    /// All the answers, by question, if they change.
    pub answers: Option<Vec<(Slug, Narrative)>>,
    /// What stands beside them.
    pub text: Option<Option<Narrative>>,
    /// Only if they are still this version.
    pub expected: Option<i64>,
}
/// What is to be talked about.
#[derive(Debug)]
pub struct GetAgenda {
    /// Of which conversation.
    pub id: ConversationId,
}
/// An agenda, as its reader may see it.
#[derive(Debug, Clone)]
pub struct Agenda {
    /// Since when learning is new: when the two last met in this lane.
    pub since: Option<DateTime<Utc>>,
    /// The items, in their order.
    pub items: Vec<AgendaItem>,
}
/// What was locked, each time.
#[derive(Debug)]
pub struct ListSnapshots {
    /// Of which conversation.
    pub id: ConversationId,
}
/// What was locked, once.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Which: the first is 1.
    pub number: i32,
    /// What.
    pub content: Locked,
    /// The SHA-256 of its text, as the log has it.
    pub content_hash: String,
    /// When.
    pub locked_at: DateTime<Utc>,
}
/// The events of one conversation.
#[derive(Debug)]
pub struct ConversationHistory {
    /// Which conversation.
    pub id: ConversationId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetConversation: ReadConversations => Fetched<Sealed<Seen<ConversationNow>>>;
    ListConversations: ReadConversations => Sealed<Page<ConversationNow>>;
    GetMyNotes: ReadConversations => Fetched<Seen<ConversationNotes>>;
    GetAgenda: ReadConversations => Sealed<Agenda>;
    ListSnapshots: ReadConversations => Sealed<Vec<Snapshot>>;
    ConversationHistory: ReadConversations => Sealed<crate::event::History>;
}
commands! {
    ScheduleConversation: WriteConversations => Seen<ConversationNow>;
    UpdateConversation: WriteConversations => Seen<ConversationNow>;
    StepConversation: WriteConversations => Seen<ConversationNow>;
    RespondToConversation: WriteConversations => Seen<ConversationNow>;
    CompleteConversation: WriteConversations => Seen<ConversationNow>;
    UpdateMyNotes: WriteConversations => Seen<ConversationNotes>;
}
