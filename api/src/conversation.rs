//! Conversations: what the two people do with them, step by step. Their words, and what each notes for themself, stand in
//! [`crate::conversation_words`]; what is to be talked about, and what was locked, in [`crate::conversation_agenda`].

use crate::{
    conversation_words::NotesShown,
    cycle::WithReason,
    error::ApiError,
    extract::{Body, Id, IfNoneMatch, MustMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, list, word},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    conversation::{Conversation, ConversationAction, ConversationPatch},
    id::ConversationId,
    text::Reason,
};
use trellis_persistence::{
    Fetched, Seen,
    conversation::{
        CompleteConversation, ConversationHistory, ConversationNow, GetConversation, ListConversations, RespondToConversation, ScheduleConversation,
        StepConversation, UpdateConversation,
    },
    transaction::needs::{ReadConversations, WriteConversations},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a conversation.
    ConversationActions, ConversationCan = "ConversationCan", list::<ConversationAction>();
}

/// A meeting of two people about the work and the growth of one of them.
#[derive(Serialize, ToSchema)]
#[schema(title = "ConversationRecord")]
pub struct ConversationView {
    /// Its id.
    id: word::ConversationId,
    /// The employment that it hangs on.
    employment_id: word::EmploymentId,
    /// Whom it is about: the appraisee.
    person_id: word::PersonId,
    /// The school of that employment.
    organisation_id: word::OrganisationId,
    /// The other.
    partner_id: word::PersonId,
    /// As what they take part.
    partner_as: word::RelationshipKind,
    /// What it is for.
    kind: word::ConversationKind,
    /// Its lane, for good: it decides who reads it.
    lane: word::Lane,
    /// The appraisal that it belongs to, if any.
    appraisal_id: Option<word::AppraisalId>,
    /// The template version whose questions it asks, if any.
    template_id: Option<word::ConversationTemplateId>,
    /// When the two meet.
    starts_at: DateTime<Utc>,
    /// Where.
    place: Option<word::Title>,
    /// Where it stands.
    state: word::ConversationState,
    /// Has its hour passed without its being held? Derived from the time, so it changes without a new ETag.
    late: bool,
    /// What was said; both write it.
    summary: Option<word::Narrative>,
    /// What the appraisee has shown; null until they share it.
    appraisee_notes: Option<NotesShown>,
    /// What the partner has shown; null until they ask for a response.
    partner_notes: Option<NotesShown>,
    /// The appraisee's response.
    response: Option<word::Narrative>,
    /// When it was held.
    held_at: Option<DateTime<Utc>>,
    /// Why it was called off, completed without a response or opened again.
    last_reason: Option<word::Reason>,
    /// How often it was locked.
    snapshots: i32,
    /// The SHA-256 of what was locked last, in hexadecimal digits; the log has it too.
    content_hash: Option<String>,
    /// Version; the ETag in quotation marks.
    version: i64,
    /// When it was scheduled.
    created_at: DateTime<Utc>,
    /// When it last changed.
    updated_at: DateTime<Utc>,
}
impl From<ConversationNow> for ConversationView {
    fn from(ConversationNow { record, late }: ConversationNow) -> Self {
        let Conversation {
            id,
            employment_id,
            person_id,
            organisation_id,
            partner_id,
            partner_as,
            kind,
            lane,
            appraisal_id,
            template_id,
            starts_at,
            place,
            state,
            summary,
            appraisee_notes,
            partner_notes,
            response,
            held_at,
            last_reason,
            snapshots,
            content_hash,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            id: Word(id),
            employment_id: Word(employment_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            partner_id: Word(partner_id),
            partner_as: Word(partner_as),
            kind: Word(kind),
            lane: Word(lane),
            appraisal_id: appraisal_id.map(Word),
            template_id: template_id.map(Word),
            starts_at,
            place: place.map(Word),
            state: Word(state),
            late,
            summary: summary.map(Word),
            appraisee_notes: appraisee_notes.map(Into::into),
            partner_notes: partner_notes.map(Into::into),
            response: response.map(Word),
            held_at,
            last_reason: last_reason.map(Word),
            snapshots,
            content_hash,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A conversation, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Conversation")]
pub struct ConversationDetail {
    #[serde(flatten)]
    record: ConversationView,
    /// What can be done with it.
    can: ConversationCan,
}
impl From<Seen<ConversationNow>> for ConversationDetail {
    fn from(Seen { record, can }: Seen<ConversationNow>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<ConversationNow>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.record.version, &ConversationDetail::from(seen.clone()))
}

/// A new conversation: one's own, or with somebody whose partner one is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewConversation {
    /// The employment of whom it is about.
    employment_id: word::EmploymentId,
    /// The other: who appraises, manages, coaches or mentors them on that day.
    partner_id: word::PersonId,
    /// What it is for. With the appraisal it decides the lane.
    kind: word::ConversationKind,
    /// The appraisal that it belongs to: for planning, mid-cycle and annual review, and for a check-in of the appraisal.
    #[serde(default)]
    appraisal_id: Option<word::AppraisalId>,
    /// The published template version; if none is named, the newest for this kind of the nearest organisation that offers one.
    #[serde(default)]
    template_id: Option<word::ConversationTemplateId>,
    /// When the two meet.
    #[schema(example = "2026-11-05T15:30:00Z")]
    starts_at: DateTime<Utc>,
    /// Where.
    #[serde(default)]
    place: Option<word::Title>,
}
/// Changes to a conversation: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConversationChanges {
    /// When the two meet, until it is held.
    #[serde(default)]
    #[schema(value_type = DateTime<Utc>)]
    starts_at: Option<DateTime<Utc>>,
    /// Where.
    #[serde(default)]
    #[schema(value_type = Option<word::Title>)]
    place: Patch<word::Title>,
    /// What was said. Both write it, so send the ETag of what you saw.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    summary: Patch<word::Narrative>,
}
/// The appraisee's response.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewResponse {
    /// In their words.
    #[schema(value_type = word::Narrative)]
    response: word::Narrative,
}
/// How a conversation is completed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Completion {
    /// Why there is no response, if there is none.
    #[serde(default)]
    reason: Option<word::Reason>,
}

/// Filters of the list of conversations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ConversationFilters {
    /// Only those about this person.
    person_id: Option<word::PersonId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those with this partner.
    partner_id: Option<word::PersonId>,
    /// Only those on this employment.
    employment_id: Option<word::EmploymentId>,
    /// Only those of this appraisal.
    appraisal_id: Option<word::AppraisalId>,
    /// Only those for this.
    kind: Option<word::ConversationKind>,
    /// Only those that stand here.
    state: Option<word::ConversationState>,
}

/// List conversations
///
/// One's own. In the appraisal lane also those of whom one appraises; there and in the support lane, for headteachers and HR, those of their schools. What stands in the development lane is for the two people alone. Each of the support lane on the page is recorded as read, unless it is about the caller.
#[utoipa::path(tag = "Conversations", params(PageParams, ConversationFilters), responses((status = 200, description = "A page of conversations", body = List<ConversationView>)), security(("bearer" = ["conversations:read"])))]
#[get("/v1/conversations")]
pub async fn list_conversations(permitted: Permitted<ReadConversations>, listing: Listing<ConversationFilters>) -> Result<HttpResponse, ApiError> {
    let ConversationFilters { person_id, organisation_id, partner_id, employment_id, appraisal_id, kind, state } = &listing.filters;
    let sealed = permitted
        .read(ListConversations {
            person_id: person_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            partner_id: partner_id.as_ref().map(|p| p.0),
            employment_id: employment_id.as_ref().map(|e| e.0),
            appraisal_id: appraisal_id.as_ref().map(|a| a.0),
            kind: kind.as_ref().map(|k| k.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(permitted.unseal(sealed).await?, ConversationView::from))
}

/// Schedule a conversation
///
/// By either of the two. The kind and the appraisal decide its lane, for good. A planning conversation is by the last day of its appraisal's period, an annual review from its first day on, a mid-cycle conversation within it: else `outside_period`. A day for an annual review that the partner sets is announced as early as the rule profile's `review_notice` has it: else `short_notice`, which names the earliest day. The appraisee may set a nearer one.
#[utoipa::path(tag = "Conversations", request_body = NewConversation, responses((status = 201, description = "Scheduled", body = ConversationDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/conversations")]
pub async fn schedule_conversation(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    body: Body<NewConversation>,
) -> Result<HttpResponse, ApiError> {
    let NewConversation { employment_id, partner_id, kind, appraisal_id, template_id, starts_at, place } = body.0;
    let operation = ScheduleConversation {
        employment_id: employment_id.0,
        partner_id: partner_id.0,
        kind: kind.0,
        appraisal_id: appraisal_id.map(|a| a.0),
        template_id: template_id.map(|t| t.0),
        starts_at,
        place: place.map(|p| p.0),
    };
    permitted
        .write(operation, |seen| {
            let Conversation { id, version, .. } = &seen.record.record;
            respond::created(*version, format!("/v1/conversations/{id}"), &ConversationDetail::from(seen.clone()))
        })
        .await
}

/// Read a conversation
///
/// With what can be done with it: the same conversation answers appraisee and partner differently. In the support lane each reading by somebody else is recorded, and the person sees it: `GET /v1/me/disclosures`.
#[utoipa::path(tag = "Conversations", responses((status = 200, description = "The conversation", body = ConversationDetail)), security(("bearer" = ["conversations:read"])))]
#[get("/v1/conversations/{id}")]
pub async fn get_conversation(
    permitted: Permitted<ReadConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = match permitted.read(GetConversation { id: id.0, unless: unless.0 }).await? {
        Fetched::Unchanged(version) => Fetched::Unchanged(version),
        Fetched::Found(sealed) => Fetched::Found(permitted.unseal(sealed).await?),
    };
    Ok(respond::fetched(found, |s| s.record.record.version, ConversationDetail::from))
}

/// Change a conversation
///
/// Moves it until it is held, and writes what was said, until it is locked. A merge-patch (RFC 7396). Two people write this document: whoever saw an older version is told who changed what, and loses no word. Another day is within the appraisal's period as when it was scheduled: else `outside_period`. A day for an annual review that the partner sets is announced as early as `review_notice` has it: else `short_notice`.
#[utoipa::path(tag = "Conversations", request_body = ConversationChanges, responses((status = 200, description = "As it is now", body = ConversationDetail)), security(("bearer" = ["conversations:write"])))]
#[patch("/v1/conversations/{id}")]
pub async fn update_conversation(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
    expected: MustMatch,
    body: Body<ConversationChanges>,
) -> Result<HttpResponse, ApiError> {
    let ConversationChanges { starts_at, place, summary } = body.0;
    let patch = ConversationPatch { starts_at, place: place.value(), summary: summary.value() };
    permitted.write(UpdateConversation { id: id.0, patch, expected: expected.0 }, saved).await
}

async fn step(
    permitted: &Permitted<WriteConversations>,
    id: ConversationId,
    action: ConversationAction,
    reason: Option<Reason>,
    expected: MustMatch,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepConversation { id, action, reason, expected: expected.0 }, saved).await
}

/// The steps of a conversation that need nothing but the step itself.
macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $name:ident, $path:literal, $action:ident;)*) => {
        $(
            $(#[doc = $doc])+
            #[utoipa::path(tag = "Conversations", responses((status = 200, description = "As it is now", body = ConversationDetail)), security(("bearer" = ["conversations:write"])))]
            #[post($path)]
            pub async fn $name(permitted: Permitted<WriteConversations>, _none: Params<NoParams>, id: Id<ConversationId>, expected: MustMatch, _body: NoBody) -> Result<HttpResponse, ApiError> {
                step(&permitted, id.0, ConversationAction::$action, None, expected).await
            }
        )*
        fn steps(config: &mut Routes<'_>) {
            $(config.service($name);)*
        }
    };
}
steps! {
    /// Prepare for a conversation
    ///
    /// The appraisee begins. What they write in `my-notes` is theirs alone until they share it.
    prepare_conversation, "/v1/conversations/{id}/prepare", Prepare;
    /// Share what one prepared
    ///
    /// Copies the appraisee's own notes into the conversation, where its readers see them. Again whenever they wrote more, until it is locked.
    share_conversation, "/v1/conversations/{id}/share", Share;
    /// Say that a conversation was held
    ///
    /// By either of the two. What the appraisee has not shared stays theirs.
    hold_conversation, "/v1/conversations/{id}/hold", Hold;
    /// Ask for a response
    ///
    /// Copies the partner's own notes into the conversation. From then on nobody changes a word, and the appraisee may respond.
    request_conversation_response, "/v1/conversations/{id}/request-response", RequestResponse;
}

/// Respond to a conversation
///
/// In the appraisee's own words; until it is locked they may be replaced. Nobody has to respond.
#[utoipa::path(tag = "Conversations", request_body = NewResponse, responses((status = 200, description = "As it is now", body = ConversationDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/conversations/{id}/respond")]
pub async fn respond_to_conversation(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
    expected: MustMatch,
    body: Body<NewResponse>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(RespondToConversation { id: id.0, response: body.0.response.0, expected: expected.0 }, saved).await
}

/// Complete a conversation
///
/// Locks it: a snapshot of both sides' words and of what was agreed, whose hash the log has. Without a response a reason is asked for.
#[utoipa::path(tag = "Conversations", request_body = Completion, responses((status = 200, description = "As it is now", body = ConversationDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/conversations/{id}/complete")]
pub async fn complete_conversation(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
    expected: MustMatch,
    body: Body<Completion>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(CompleteConversation { id: id.0, reason: body.0.reason.map(|r| r.0), expected: expected.0 }, saved).await
}

/// Reopen a conversation
///
/// With a reason. What was locked is kept; completing it again locks the next.
#[utoipa::path(tag = "Conversations", request_body = WithReason, responses((status = 200, description = "As it is now", body = ConversationDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/conversations/{id}/reopen")]
pub async fn reopen_conversation(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
    expected: MustMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    step(&permitted, id.0, ConversationAction::Reopen, Some(body.0.reason.0), expected).await
}

/// Call a conversation off
///
/// With a reason, until it is held.
#[utoipa::path(tag = "Conversations", request_body = WithReason, responses((status = 200, description = "As it is now", body = ConversationDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/conversations/{id}/cancel")]
pub async fn cancel_conversation(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
    expected: MustMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    step(&permitted, id.0, ConversationAction::Cancel, Some(body.0.reason.0), expected).await
}

crate::event::history_of!(
    conversation_history,
    ReadConversations,
    ConversationHistory,
    ConversationId,
    "Conversations",
    "/v1/conversations/{id}/history",
    "conversations:read",
    recorded
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_conversations).service(schedule_conversation).service(get_conversation).service(update_conversation);
    steps(config);
    config
        .service(respond_to_conversation)
        .service(complete_conversation)
        .service(reopen_conversation)
        .service(cancel_conversation)
        .service(conversation_history);
}
