//! What was agreed in conversations.

use crate::{
    disclosure::Sealed,
    transaction::{Fetched, Page, Seen, Window, commands, queries},
};
use chrono::NaiveDate;
use trellis_domain::{
    agreed_action::{AgreedAction, AgreedActionPatch, AgreedActionState, AgreedActionStep},
    id::{AgreedActionId, ConversationId, EmploymentId, ObjectiveId, OrganisationId, PersonId},
    text::Reason,
};

/// Notes what was agreed in a conversation.
#[derive(Debug, Clone)]
pub struct AddAgreedAction {
    /// In which.
    pub id: ConversationId,
    /// What.
    pub title: Reason,
    /// Who.
    pub owner_id: PersonId,
    /// The objective that it is for.
    pub objective_id: Option<ObjectiveId>,
    /// By when.
    pub due_on: Option<NaiveDate>,
}
/// One agreed action.
#[derive(Debug)]
pub struct GetAgreedAction {
    /// Which.
    pub id: AgreedActionId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Agreed actions, by these filters.
#[derive(Debug)]
pub struct ListAgreedActions {
    /// On this person's employments.
    pub person_id: Option<PersonId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// On this employment.
    pub employment_id: Option<EmploymentId>,
    /// Agreed in this conversation.
    pub conversation_id: Option<ConversationId>,
    /// Done by this person.
    pub owner_id: Option<PersonId>,
    /// In this state.
    pub state: Option<AgreedActionState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes it.
#[derive(Debug)]
pub struct UpdateAgreedAction {
    /// Which.
    pub id: AgreedActionId,
    /// What.
    pub patch: AgreedActionPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Takes a step.
#[derive(Debug)]
pub struct StepAgreedAction {
    /// Which.
    pub id: AgreedActionId,
    /// Which step.
    pub step: AgreedActionStep,
    /// Why, where a reason is asked for.
    pub reason: Option<Reason>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one agreed action.
#[derive(Debug)]
pub struct AgreedActionHistory {
    /// Which.
    pub id: AgreedActionId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetAgreedAction: ReadConversations => Fetched<Sealed<Seen<AgreedAction>>>;
    ListAgreedActions: ReadConversations => Sealed<Page<AgreedAction>>;
    AgreedActionHistory: ReadConversations => Sealed<crate::event::History>;
}
commands! {
    AddAgreedAction: WriteConversations => Seen<AgreedAction>;
    UpdateAgreedAction: WriteConversations => Seen<AgreedAction>;
    StepAgreedAction: WriteConversations => Seen<AgreedAction>;
}
