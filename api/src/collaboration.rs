//! Collaborations: colleagues who work on somebody's objective with them, by consent, for as long as both wish.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    objective::{CriterionView, InquiryView},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, list, word, words},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::CollaborationId,
    objective::{
        Objective, Words,
        collaboration::{Collaboration, CollaborationAction},
    },
};
use trellis_persistence::{
    Seen,
    collaboration::{GetCollaboration, InviteCollaborator, ListCollaborations, Shown, StepCollaboration},
    transaction::needs::{ReadObjectives, WriteObjectives},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a collaboration.
    CollaborationActions, CollaborationCan = "CollaborationCan", list::<CollaborationAction>();
}

/// What colleagues work on together: the objective's aim, not what its parties agreed about support, nor what either said of the other.
#[derive(Serialize, ToSchema)]
pub struct SharedObjective {
    /// Where it stands.
    state: word::ObjectiveState,
    /// In full.
    description: Option<word::Narrative>,
    /// The inquiry, if it is one.
    inquiry: Option<InquiryView>,
    /// How evidence will be had from daily practice.
    evidence_plan: Option<word::Narrative>,
    /// By when.
    due_on: Option<NaiveDate>,
    /// How one will know.
    success_criteria: Vec<CriterionView>,
    /// Standards it speaks to.
    standard_ids: Vec<word::StandardId>,
    /// Priorities of improvement plans that it serves.
    priority_ids: Vec<word::PriorityId>,
}
/// A colleague's part in somebody's objective.
#[derive(Serialize, ToSchema)]
#[schema(title = "CollaborationRecord")]
pub struct CollaborationView {
    /// Its id.
    id: word::CollaborationId,
    /// In which objective.
    objective_id: word::ObjectiveId,
    /// Whose objective.
    owner_id: word::PersonId,
    /// Who takes part.
    person_id: word::PersonId,
    /// Where it stands.
    state: word::CollaborationState,
    /// What kind of objective it is.
    kind: word::ObjectiveKind,
    /// The objective in one line.
    title: word::Title,
    /// What both work on: for its owner, and for who takes part as long as they do. Others who may read the objective read it by its own address.
    shared: Option<SharedObjective>,
    /// Version, of the collaboration and of what it shows; the ETag in quotation marks.
    version: i64,
    /// When they were invited.
    created_at: DateTime<Utc>,
    /// When the collaboration last changed.
    updated_at: DateTime<Utc>,
}
impl From<Shown> for CollaborationView {
    fn from(shown: Shown) -> Self {
        let version = shown.version();
        let Shown { collaboration, objective, whole } = shown;
        let Collaboration { id, objective_id, owner_id, organisation_id: _, person_id, state, version: _, created_at, updated_at } = collaboration;
        let Objective { state: stands, words: said, .. } = objective;
        let Words { kind, title, description, inquiry, evidence_plan, due_on, success_criteria, standard_ids, priority_ids, .. } = said;
        let shared = whole.then(|| SharedObjective {
            state: Word(stands),
            description: description.map(Word),
            inquiry: inquiry.map(Into::into),
            evidence_plan: evidence_plan.map(Word),
            due_on,
            success_criteria: success_criteria.into_iter().map(|c| CriterionView { id: Word(c.id), text: Word(c.text) }).collect(),
            standard_ids: words(standard_ids),
            priority_ids: words(priority_ids),
        });
        Self {
            id: Word(id),
            objective_id: Word(objective_id),
            owner_id: Word(owner_id),
            person_id: Word(person_id),
            state: Word(state),
            kind: Word(kind),
            title: Word(title),
            shared,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A collaboration, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Collaboration")]
pub struct CollaborationDetail {
    #[serde(flatten)]
    record: CollaborationView,
    /// What can be done with it.
    can: CollaborationCan,
}
impl From<Seen<Shown>> for CollaborationDetail {
    fn from(Seen { record, can }: Seen<Shown>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// An invitation.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCollaboration {
    /// To which objective of one's own.
    objective_id: word::ObjectiveId,
    /// Whom: a colleague whom one knows of.
    person_id: word::PersonId,
}

/// Filters of the list of collaborations.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CollaborationFilters {
    /// Only in this objective.
    objective_id: Option<word::ObjectiveId>,
    /// Only of this person.
    person_id: Option<word::PersonId>,
    /// Only those that stand here.
    state: Option<word::CollaborationState>,
}

/// List collaborations
///
/// Those in which one takes part or was asked to, those in one's own objectives, and those in objectives that one may read.
#[utoipa::path(tag = "Objectives", params(PageParams, CollaborationFilters), responses((status = 200, description = "A page of collaborations", body = List<CollaborationView>)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/collaborations")]
pub async fn list_collaborations(permitted: Permitted<ReadObjectives>, listing: Listing<CollaborationFilters>) -> Result<HttpResponse, ApiError> {
    let CollaborationFilters { objective_id, person_id, state } = &listing.filters;
    let page = permitted
        .read(ListCollaborations {
            objective_id: objective_id.as_ref().map(|o| o.0),
            person_id: person_id.as_ref().map(|p| p.0),
            state: state.as_ref().map(|s| s.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, CollaborationView::from))
}

/// Invite a colleague to an objective
///
/// By whose it is. They see its title, and the rest only if they accept; never anything else that is its owner's. The owner alone decides about the objective.
#[utoipa::path(tag = "Objectives", request_body = NewCollaboration, responses((status = 201, description = "Invited", body = CollaborationDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/collaborations")]
pub async fn invite_collaborator(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    body: Body<NewCollaboration>,
) -> Result<HttpResponse, ApiError> {
    let NewCollaboration { objective_id, person_id } = body.0;
    let operation = InviteCollaborator { objective_id: objective_id.0, person_id: person_id.0 };
    permitted
        .write(operation, |seen| {
            let location = format!("/v1/collaborations/{}", seen.record.collaboration.id);
            respond::created(seen.record.version(), location, &CollaborationDetail::from(seen.clone()))
        })
        .await
}

/// Read a collaboration
///
/// With what both work on, for who takes part.
#[utoipa::path(tag = "Objectives", responses((status = 200, description = "The collaboration", body = CollaborationDetail)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/collaborations/{id}")]
pub async fn get_collaboration(
    permitted: Permitted<ReadObjectives>,
    _none: Params<NoParams>,
    id: Id<CollaborationId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetCollaboration { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version(), CollaborationDetail::from))
}

/// The steps of a collaboration.
macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $name:ident, $path:literal, $action:ident;)*) => {
        $(
            $(#[doc = $doc])+
            #[utoipa::path(tag = "Objectives", responses((status = 200, description = "As it is now", body = CollaborationDetail)), security(("bearer" = ["objectives:write"])))]
            #[post($path)]
            pub async fn $name(permitted: Permitted<WriteObjectives>, _none: Params<NoParams>, id: Id<CollaborationId>, expected: IfMatch, _body: NoBody) -> Result<HttpResponse, ApiError> {
                let operation = StepCollaboration { id: id.0, action: CollaborationAction::$action, expected: expected.0 };
                permitted.write(operation, |seen| respond::saved(seen.record.version(), &CollaborationDetail::from(seen.clone()))).await
            }
        )*
        fn steps(config: &mut Routes<'_>) {
            $(config.service($name);)*
        }
    };
}
steps! {
    /// Accept an invitation
    ///
    /// From now on one sees what both work on.
    accept_collaboration, "/v1/collaborations/{id}/accept", Accept;
    /// Decline an invitation
    ///
    /// Nobody has to say why.
    decline_collaboration, "/v1/collaborations/{id}/decline", Decline;
    /// Leave a collaboration
    ///
    /// At any time. From then on one sees no more than its title.
    leave_collaboration, "/v1/collaborations/{id}/leave", Leave;
    /// End a collaboration
    ///
    /// By whose objective it is.
    end_collaboration, "/v1/collaborations/{id}/end", End;
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_collaborations).service(invite_collaborator).service(get_collaboration);
    steps(config);
}
