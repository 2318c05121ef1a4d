//! What was agreed in conversations: what, who and by when.

use crate::{
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
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    agreed_action::{AgreedAction, AgreedActionPatch, AgreedActionStep},
    id::{AgreedActionId, ConversationId},
    text::Reason,
};
use trellis_persistence::{
    Fetched, Seen,
    agreed_action::{AddAgreedAction, AgreedActionHistory, GetAgreedAction, ListAgreedActions, StepAgreedAction, UpdateAgreedAction},
    transaction::needs::{ReadConversations, WriteConversations},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with an agreed action.
    AgreedActionSteps, AgreedActionCan = "AgreedActionCan", list::<AgreedActionStep>();
}

/// Something that two people agreed.
#[derive(Serialize, ToSchema)]
#[schema(title = "AgreedActionRecord")]
pub struct AgreedActionView {
    /// Its id.
    pub id: word::AgreedActionId,
    /// The conversation in which it was agreed.
    pub conversation_id: word::ConversationId,
    /// The employment that it hangs on: while it is open it comes up in every later conversation of its lane.
    pub employment_id: word::EmploymentId,
    /// Whose employment that is.
    pub person_id: word::PersonId,
    /// The school of that employment.
    pub organisation_id: word::OrganisationId,
    /// The other of the two who agreed.
    pub partner_id: word::PersonId,
    /// The conversation's lane: it decides who reads it.
    pub lane: word::Lane,
    /// What.
    pub title: word::Reason,
    /// Who: one of the two.
    pub owner_id: word::PersonId,
    /// The objective that it is for, if any.
    pub objective_id: Option<word::ObjectiveId>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Where it stands.
    pub state: word::AgreedActionState,
    /// Why it was given up.
    pub last_reason: Option<word::Reason>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was agreed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<AgreedAction> for AgreedActionView {
    fn from(action: AgreedAction) -> Self {
        let AgreedAction {
            id,
            conversation_id,
            employment_id,
            person_id,
            organisation_id,
            partner_id,
            lane,
            title,
            owner_id,
            objective_id,
            due_on,
            state,
            last_reason,
            version,
            created_at,
            updated_at,
        } = action;
        Self {
            id: Word(id),
            conversation_id: Word(conversation_id),
            employment_id: Word(employment_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            partner_id: Word(partner_id),
            lane: Word(lane),
            title: Word(title),
            owner_id: Word(owner_id),
            objective_id: objective_id.map(Word),
            due_on,
            state: Word(state),
            last_reason: last_reason.map(Word),
            version,
            created_at,
            updated_at,
        }
    }
}
/// An agreed action, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "AgreedAction")]
pub struct AgreedActionDetail {
    #[serde(flatten)]
    record: AgreedActionView,
    /// What can be done with it.
    can: AgreedActionCan,
}
impl From<Seen<AgreedAction>> for AgreedActionDetail {
    fn from(Seen { record, can }: Seen<AgreedAction>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<AgreedAction>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &AgreedActionDetail::from(seen.clone()))
}

/// Something that was agreed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgreedAction {
    /// What.
    title: word::Reason,
    /// Who: one of the two people of the conversation.
    owner_id: word::PersonId,
    /// The objective that it is for: one of the person whom the conversation is about, that one may read.
    #[serde(default)]
    objective_id: Option<word::ObjectiveId>,
    /// By when.
    #[serde(default)]
    due_on: Option<NaiveDate>,
}
/// Changes to what was agreed: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgreedActionChanges {
    /// What.
    #[serde(default)]
    #[schema(value_type = word::Reason)]
    title: Option<word::Reason>,
    /// Who.
    #[serde(default)]
    #[schema(value_type = word::PersonId)]
    owner_id: Option<word::PersonId>,
    /// The objective that it is for.
    #[serde(default)]
    #[schema(value_type = Option<word::ObjectiveId>)]
    objective_id: Patch<word::ObjectiveId>,
    /// By when.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    due_on: Patch<NaiveDate>,
}

/// Filters of the list of agreed actions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgreedActionFilters {
    /// Only those on this person's employments.
    person_id: Option<word::PersonId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those on this employment.
    employment_id: Option<word::EmploymentId>,
    /// Only those agreed in this conversation.
    conversation_id: Option<word::ConversationId>,
    /// Only those that this person does.
    owner_id: Option<word::PersonId>,
    /// Only those that stand here.
    state: Option<word::AgreedActionState>,
}

/// List agreed actions
///
/// Those of one's own conversations; in the appraisal lane also of whom one appraises, and, there and in the support lane, those of the schools of headteachers and HR. Each of the support lane on the page is recorded as read, unless it is about the caller.
#[utoipa::path(tag = "Conversations", params(PageParams, AgreedActionFilters), responses((status = 200, description = "A page of agreed actions", body = List<AgreedActionView>)), security(("bearer" = ["conversations:read"])))]
#[get("/v1/agreed-actions")]
pub async fn list_agreed_actions(permitted: Permitted<ReadConversations>, listing: Listing<AgreedActionFilters>) -> Result<HttpResponse, ApiError> {
    let AgreedActionFilters { person_id, organisation_id, employment_id, conversation_id, owner_id, state } = &listing.filters;
    let sealed = permitted
        .read(ListAgreedActions {
            person_id: person_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            employment_id: employment_id.as_ref().map(|e| e.0),
            conversation_id: conversation_id.as_ref().map(|c| c.0),
            owner_id: owner_id.as_ref().map(|p| p.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(permitted.unseal(sealed).await?, AgreedActionView::from))
}

/// Note what was agreed
///
/// By either of the two, until the conversation is locked. What is unfinished comes up again in the next conversation of the same lane; it is not written twice.
#[utoipa::path(tag = "Conversations", request_body = NewAgreedAction, responses((status = 201, description = "Noted", body = AgreedActionDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/conversations/{id}/actions")]
pub async fn add_agreed_action(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<ConversationId>,
    body: Body<NewAgreedAction>,
) -> Result<HttpResponse, ApiError> {
    let NewAgreedAction { title, owner_id, objective_id, due_on } = body.0;
    let operation = AddAgreedAction { id: id.0, title: title.0, owner_id: owner_id.0, objective_id: objective_id.map(|o| o.0), due_on };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/agreed-actions/{}", seen.record.id), &AgreedActionDetail::from(seen.clone()))
        })
        .await
}

/// Read an agreed action
///
/// With what can be done with it.
#[utoipa::path(tag = "Conversations", responses((status = 200, description = "The agreed action", body = AgreedActionDetail)), security(("bearer" = ["conversations:read"])))]
#[get("/v1/agreed-actions/{id}")]
pub async fn get_agreed_action(
    permitted: Permitted<ReadConversations>,
    _none: Params<NoParams>,
    id: Id<AgreedActionId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = match permitted.read(GetAgreedAction { id: id.0, unless: unless.0 }).await? {
        Fetched::Unchanged(version) => Fetched::Unchanged(version),
        Fetched::Found(sealed) => Fetched::Found(permitted.unseal(sealed).await?),
    };
    Ok(respond::fetched(found, |s| s.record.version, AgreedActionDetail::from))
}

/// Change an agreed action
///
/// Its words, who does it, by when and for which objective, while it is open. A merge-patch (RFC 7396).
#[utoipa::path(tag = "Conversations", request_body = AgreedActionChanges, responses((status = 200, description = "As it is now", body = AgreedActionDetail)), security(("bearer" = ["conversations:write"])))]
#[patch("/v1/agreed-actions/{id}")]
pub async fn update_agreed_action(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<AgreedActionId>,
    expected: MustMatch,
    body: Body<AgreedActionChanges>,
) -> Result<HttpResponse, ApiError> {
    let AgreedActionChanges { title, owner_id, objective_id, due_on } = body.0;
    let patch = AgreedActionPatch {
        title: title.map(|t| t.0),
        owner_id: owner_id.map(|o| o.0),
        objective_id: objective_id.into_option().map(|o| o.map(|o| o.0)),
        due_on: due_on.into_option(),
    };
    permitted.write(UpdateAgreedAction { id: id.0, patch, expected: expected.0 }, saved).await
}

async fn step(
    permitted: &Permitted<WriteConversations>,
    id: AgreedActionId,
    step: AgreedActionStep,
    reason: Option<Reason>,
    expected: MustMatch,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepAgreedAction { id, step, reason, expected: expected.0 }, saved).await
}

/// Finish an agreed action
///
/// It is done.
#[utoipa::path(tag = "Conversations", responses((status = 200, description = "As it is now", body = AgreedActionDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/agreed-actions/{id}/finish")]
pub async fn finish_agreed_action(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<AgreedActionId>,
    expected: MustMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    step(&permitted, id.0, AgreedActionStep::Finish, None, expected).await
}

/// Drop an agreed action
///
/// It is given up, with the reason.
#[utoipa::path(tag = "Conversations", request_body = WithReason, responses((status = 200, description = "As it is now", body = AgreedActionDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/agreed-actions/{id}/drop")]
pub async fn drop_agreed_action(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<AgreedActionId>,
    expected: MustMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    step(&permitted, id.0, AgreedActionStep::Drop, Some(body.0.reason.0), expected).await
}

/// Reopen an agreed action
///
/// It is taken up again.
#[utoipa::path(tag = "Conversations", responses((status = 200, description = "As it is now", body = AgreedActionDetail)), security(("bearer" = ["conversations:write"])))]
#[post("/v1/agreed-actions/{id}/reopen")]
pub async fn reopen_agreed_action(
    permitted: Permitted<WriteConversations>,
    _none: Params<NoParams>,
    id: Id<AgreedActionId>,
    expected: MustMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    step(&permitted, id.0, AgreedActionStep::Reopen, None, expected).await
}

crate::event::history_of!(
    agreed_action_history,
    ReadConversations,
    AgreedActionHistory,
    AgreedActionId,
    "Conversations",
    "/v1/agreed-actions/{id}/history",
    "conversations:read",
    recorded
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_agreed_actions)
        .service(add_agreed_action)
        .service(get_agreed_action)
        .service(update_agreed_action)
        .service(finish_agreed_action)
        .service(drop_agreed_action)
        .service(reopen_agreed_action)
        .service(agreed_action_history);
}
