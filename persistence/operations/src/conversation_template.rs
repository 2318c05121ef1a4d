//! Templates of conversations.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    conversation::ConversationKind,
    conversation_template::{ConversationTemplate, Document},
    framework::VersionState,
    id::{ConversationTemplateId, OrganisationId},
    text::Slug,
};

/// A new version of a template, as a draft; the first makes the template.
#[derive(Debug, Clone)]
pub struct CreateConversationTemplate {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// The version that it is made from: of another organisation, whose template is made one's own.
    pub based_on: Option<ConversationTemplateId>,
    /// What it asks.
    pub document: Document,
}
/// Publishes a draft version.
#[derive(Debug)]
pub struct PublishConversationTemplate {
    /// Which.
    pub id: ConversationTemplateId,
    /// Only if it is still this version of the record.
    pub expected: Option<i64>,
}
/// One version of a template.
#[derive(Debug)]
pub struct GetConversationTemplate {
    /// Which.
    pub id: ConversationTemplateId,
    /// The version of the record that the caller has.
    pub unless: Option<i64>,
}
/// Versions of templates, by these filters.
#[derive(Debug)]
pub struct ListConversationTemplates {
    /// Of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Of this template.
    pub key: Option<Slug>,
    /// For these conversations.
    pub kind: Option<ConversationKind>,
    /// In this state.
    pub state: Option<VersionState>,
    /// Where the list goes on.
    pub window: Window,
}
/// The events of one version.
#[derive(Debug)]
pub struct ConversationTemplateHistory {
    /// Which version.
    pub id: ConversationTemplateId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetConversationTemplate: ReadTemplates => Fetched<Seen<ConversationTemplate>>;
    ListConversationTemplates: ReadTemplates => Page<ConversationTemplate>;
    ConversationTemplateHistory: ReadTemplates => crate::event::History;
}
commands! {
    CreateConversationTemplate: WriteTemplates => Seen<ConversationTemplate>;
    PublishConversationTemplate: WriteTemplates => Seen<ConversationTemplate>;
}
