//! Objectives. Two people write them, so every write says which version it saw.

use crate::{
    cycle::WithReason,
    error::ApiError,
    extract::{Body, Id, IfNoneMatch, MustMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    wire::{Can, Patch, Word, actions, list, values, word, words},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::ObjectiveId,
    inquiry::InquiryAction,
    objective::{Inquiry, Objective, ObjectiveAction, Words, WordsPatch},
    text::Reason,
};
use trellis_persistence::{
    Seen,
    objective::{
        CreateObjective, GetObjective, ListObjectives, ListRevisions, ObjectiveHistory, ReviseObjective, Revision, SetObjectiveWithDissent, StepObjective,
        UpdateObjective,
    },
    transaction::needs::{ReadObjectives, WriteObjectives},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

actions! {
    /// What can be done with an objective.
    ObjectiveActions, ObjectiveCan = "ObjectiveCan", &BOTH;
}
/// What can be done with an objective, and with the inquiry that it may be.
const BOTH: [&str; ObjectiveAction::ALL.len() + InquiryAction::ALL.len()] = {
    let (own, of_inquiry) = (list::<ObjectiveAction>(), list::<InquiryAction>());
    let mut out = [""; ObjectiveAction::ALL.len() + InquiryAction::ALL.len()];
    let mut n = 0;
    while n < out.len() {
        out[n] = if n < own.len() { own[n] } else { of_inquiry[n - own.len()] };
        n += 1;
    }
    out
};

/// A growth inquiry's own words.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Inquiry")]
pub struct InquiryView {
    /// What do I want to find out?
    #[schema(value_type = word::Narrative, example = "Does retrieval practice at the start of lessons help my Year 9 set remember vocabulary?")]
    pub question: word::Narrative,
    /// What do I do now?
    #[serde(default)]
    pub current_practice: Option<word::Narrative>,
    /// What did I change?
    #[serde(default)]
    pub change_tried: Option<word::Narrative>,
    /// What did I see?
    #[serde(default)]
    pub evidence: Option<word::Narrative>,
    /// What did I learn?
    #[serde(default)]
    pub finding: Option<word::Narrative>,
}
impl From<Inquiry> for InquiryView {
    fn from(Inquiry { question, current_practice, change_tried, evidence, finding }: Inquiry) -> Self {
        Self {
            question: Word(question),
            current_practice: current_practice.map(Word),
            change_tried: change_tried.map(Word),
            evidence: evidence.map(Word),
            finding: finding.map(Word),
        }
    }
}
impl From<InquiryView> for Inquiry {
    fn from(InquiryView { question, current_practice, change_tried, evidence, finding }: InquiryView) -> Self {
        Self {
            question: question.0,
            current_practice: current_practice.map(|t| t.0),
            change_tried: change_tried.map(|t| t.0),
            evidence: evidence.map(|t| t.0),
            finding: finding.map(|t| t.0),
        }
    }
}
/// How one will know.
#[derive(Serialize, ToSchema)]
#[schema(title = "SuccessCriterion")]
pub struct CriterionView {
    /// Its id.
    pub id: word::CriterionId,
    /// What will be seen.
    pub text: word::Reason,
}

/// What a person sets out to achieve or to find out.
#[derive(Serialize, ToSchema)]
#[schema(title = "ObjectiveRecord")]
pub struct ObjectiveView {
    /// Its id.
    pub id: word::ObjectiveId,
    /// The employment it hangs on.
    pub employment_id: word::EmploymentId,
    /// Whose it is: the appraisee.
    pub person_id: word::PersonId,
    /// The school of that employment.
    pub organisation_id: word::OrganisationId,
    /// The cycle it belongs to, if any.
    pub cycle_id: Option<word::CycleId>,
    /// The objective that goes on in this one.
    pub carried_over_from: Option<word::ObjectiveId>,
    /// The objective in which it goes on.
    pub carried_over_to: Option<word::ObjectiveId>,
    /// Who began it.
    pub origin: word::ObjectiveOrigin,
    /// Who wrote the first draft.
    pub author_id: word::PersonId,
    /// Where it stands. A draft is its author's alone.
    pub state: word::ObjectiveState,
    /// What kind.
    pub kind: word::ObjectiveKind,
    /// In one line.
    pub title: word::Title,
    /// In full.
    pub description: Option<word::Narrative>,
    /// The inquiry, if it is one.
    pub inquiry: Option<InquiryView>,
    /// How evidence will be had from daily practice.
    pub evidence_plan: Option<word::Narrative>,
    /// What support is needed.
    pub support_needed: Option<word::Narrative>,
    /// What learning is needed.
    pub learning_needed: Option<word::Narrative>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// How one will know.
    pub success_criteria: Vec<CriterionView>,
    /// Standards it speaks to.
    pub standard_ids: Vec<word::StandardId>,
    /// Priorities of improvement plans that it serves.
    pub priority_ids: Vec<word::PriorityId>,
    /// Who proposed the words as they stand; the other party can agree.
    pub proposed_by: Option<word::PersonId>,
    /// Who agreed.
    pub agreed_by: Option<word::PersonId>,
    /// When.
    pub agreed_at: Option<DateTime<Utc>>,
    /// The appraisee's dissent, if it was set in spite of it.
    pub dissent: Option<word::Narrative>,
    /// Why it was last revised, paused, carried over or withdrawn.
    pub last_reason: Option<word::Reason>,
    /// 1, and one more for each revision.
    pub revision: i32,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Objective> for ObjectiveView {
    fn from(objective: Objective) -> Self {
        let Objective {
            id,
            employment_id,
            person_id,
            organisation_id,
            cycle_id,
            carried_over_from,
            carried_over_to,
            origin,
            author_id,
            state,
            words: said,
            proposed_by,
            agreed_by,
            agreed_at,
            dissent,
            last_reason,
            revision,
            version,
            created_at,
            updated_at,
        } = objective;
        let Words { kind, title, description, inquiry, evidence_plan, support_needed, learning_needed, due_on, success_criteria, standard_ids, priority_ids } =
            said;
        Self {
            id: Word(id),
            employment_id: Word(employment_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            cycle_id: cycle_id.map(Word),
            carried_over_from: carried_over_from.map(Word),
            carried_over_to: carried_over_to.map(Word),
            origin: Word(origin),
            author_id: Word(author_id),
            state: Word(state),
            kind: Word(kind),
            title: Word(title),
            description: description.map(Word),
            inquiry: inquiry.map(Into::into),
            evidence_plan: evidence_plan.map(Word),
            support_needed: support_needed.map(Word),
            learning_needed: learning_needed.map(Word),
            due_on,
            success_criteria: success_criteria.into_iter().map(|c| CriterionView { id: Word(c.id), text: Word(c.text) }).collect(),
            standard_ids: words(standard_ids),
            priority_ids: words(priority_ids),
            proposed_by: proposed_by.map(Word),
            agreed_by: agreed_by.map(Word),
            agreed_at,
            dissent: dissent.map(Word),
            last_reason: last_reason.map(Word),
            revision,
            version,
            created_at,
            updated_at,
        }
    }
}
/// An objective, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Objective")]
pub struct ObjectiveDetail {
    #[serde(flatten)]
    record: ObjectiveView,
    /// What can be done with it.
    can: ObjectiveCan,
}
impl From<Seen<Objective>> for ObjectiveDetail {
    fn from(Seen { record, can }: Seen<Objective>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<Objective>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &ObjectiveDetail::from(seen.clone()))
}

/// A new draft. The appraisee writes first, or the appraiser for them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObjective {
    /// The employment it hangs on: one's own, or one's appraisee's.
    employment_id: word::EmploymentId,
    /// The cycle it belongs to, while that takes objectives; none for a goal outside any cycle.
    #[serde(default)]
    cycle_id: Option<word::CycleId>,
    /// What kind.
    kind: word::ObjectiveKind,
    /// In one line.
    title: word::Title,
    /// In full.
    #[serde(default)]
    description: Option<word::Narrative>,
    /// The inquiry: for a growth inquiry, and only for one.
    #[serde(default)]
    inquiry: Option<InquiryView>,
    /// How evidence will be had from daily practice.
    #[serde(default)]
    evidence_plan: Option<word::Narrative>,
    /// What support is needed.
    #[serde(default)]
    support_needed: Option<word::Narrative>,
    /// What learning is needed.
    #[serde(default)]
    learning_needed: Option<word::Narrative>,
    /// By when.
    #[serde(default)]
    due_on: Option<NaiveDate>,
    /// How one will know.
    #[serde(default)]
    #[schema(max_items = 20)]
    success_criteria: Vec<word::Reason>,
    /// Standards it speaks to, of published versions.
    #[serde(default)]
    #[schema(max_items = 30)]
    standard_ids: Vec<word::StandardId>,
    /// Priorities of published improvement plans that it serves.
    #[serde(default)]
    #[schema(max_items = 30)]
    priority_ids: Vec<word::PriorityId>,
}
/// Changes to the words of an objective: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectiveChanges {
    /// What kind.
    #[serde(default)]
    #[schema(value_type = word::ObjectiveKind)]
    kind: Option<word::ObjectiveKind>,
    /// In one line.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// In full.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    description: Patch<word::Narrative>,
    /// The whole inquiry.
    #[serde(default)]
    #[schema(value_type = Option<InquiryView>)]
    inquiry: Patch<InquiryView>,
    /// How evidence will be had.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    evidence_plan: Patch<word::Narrative>,
    /// What support is needed.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    support_needed: Patch<word::Narrative>,
    /// What learning is needed.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    learning_needed: Patch<word::Narrative>,
    /// By when.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    due_on: Patch<NaiveDate>,
    /// All of the success criteria; one whose text stays keeps its id.
    #[serde(default)]
    #[schema(value_type = Vec<word::Reason>, max_items = 20)]
    success_criteria: Option<Vec<word::Reason>>,
    /// All of the standards.
    #[serde(default)]
    #[schema(value_type = Vec<word::StandardId>, max_items = 30)]
    standard_ids: Option<Vec<word::StandardId>>,
    /// All of the priorities.
    #[serde(default)]
    #[schema(value_type = Vec<word::PriorityId>, max_items = 30)]
    priority_ids: Option<Vec<word::PriorityId>>,
}
impl From<ObjectiveChanges> for WordsPatch {
    fn from(changes: ObjectiveChanges) -> Self {
        let ObjectiveChanges {
            kind,
            title,
            description,
            inquiry,
            evidence_plan,
            support_needed,
            learning_needed,
            due_on,
            success_criteria,
            standard_ids,
            priority_ids,
        } = changes;
        Self {
            kind: kind.map(|k| k.0),
            title: title.map(|t| t.0),
            description: description.value(),
            inquiry: inquiry.into_option().map(|i| i.map(Into::into)),
            evidence_plan: evidence_plan.value(),
            support_needed: support_needed.value(),
            learning_needed: learning_needed.value(),
            due_on: due_on.into_option(),
            success_criteria: success_criteria.map(values),
            standard_ids: standard_ids.map(values),
            priority_ids: priority_ids.map(values),
        }
    }
}
/// The appraisee's dissent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dissent {
    /// In the appraisee's words; kept with the objective.
    #[schema(value_type = word::Narrative)]
    dissent: word::Narrative,
}
/// A revision of what was agreed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRevision {
    /// Why it is revised; kept with the old words.
    reason: word::Reason,
    /// What changes.
    changes: ObjectiveChanges,
}

/// Filters of the list of objectives.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ObjectiveFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those on this employment.
    employment_id: Option<word::EmploymentId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those of this cycle.
    cycle_id: Option<word::CycleId>,
    /// Only those that serve this priority.
    priority_id: Option<word::PriorityId>,
    /// Only those that stand here.
    state: Option<word::ObjectiveState>,
    /// Only this kind.
    kind: Option<word::ObjectiveKind>,
}

/// List objectives
///
/// One's own, those of whom one appraises, and for headteachers and HR those of their schools. Drafts are their author's alone.
#[utoipa::path(tag = "Objectives", params(PageParams, ObjectiveFilters), responses((status = 200, description = "A page of objectives", body = List<ObjectiveView>)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives")]
pub async fn list_objectives(permitted: Permitted<ReadObjectives>, listing: Listing<ObjectiveFilters>) -> Result<HttpResponse, ApiError> {
    let ObjectiveFilters { person_id, employment_id, organisation_id, cycle_id, priority_id, state, kind } = &listing.filters;
    let page = permitted
        .read(ListObjectives {
            person_id: person_id.as_ref().map(|p| p.0),
            employment_id: employment_id.as_ref().map(|e| e.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            cycle_id: cycle_id.as_ref().map(|c| c.0),
            priority_id: priority_id.as_ref().map(|p| p.0),
            state: state.as_ref().map(|s| s.0),
            kind: kind.as_ref().map(|k| k.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, ObjectiveView::from))
}

/// Draft an objective
///
/// The draft is its author's alone until it is proposed.
#[utoipa::path(tag = "Objectives", request_body = NewObjective, responses((status = 201, description = "Drafted", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives")]
pub async fn create_objective(permitted: Permitted<WriteObjectives>, _none: Params<NoParams>, body: Body<NewObjective>) -> Result<HttpResponse, ApiError> {
    let NewObjective {
        employment_id,
        cycle_id,
        kind,
        title,
        description,
        inquiry,
        evidence_plan,
        support_needed,
        learning_needed,
        due_on,
        success_criteria,
        standard_ids,
        priority_ids,
    } = body.0;
    let words = WordsPatch {
        description: Some(description.map(|t| t.0)),
        evidence_plan: Some(evidence_plan.map(|t| t.0)),
        support_needed: Some(support_needed.map(|t| t.0)),
        learning_needed: Some(learning_needed.map(|t| t.0)),
        due_on: Some(due_on),
        success_criteria: Some(values(success_criteria)),
        standard_ids: Some(values(standard_ids)),
        priority_ids: Some(values(priority_ids)),
        ..WordsPatch::default()
    };
    let operation = CreateObjective {
        employment_id: employment_id.0,
        cycle_id: cycle_id.map(|c| c.0),
        kind: kind.0,
        title: title.0,
        inquiry: inquiry.map(Into::into),
        words,
    };
    permitted
        .write(operation, |seen| respond::created(seen.record.version, format!("/v1/objectives/{}", seen.record.id), &ObjectiveDetail::from(seen.clone())))
        .await
}

/// Read an objective
///
/// With what can be done with it: the same objective answers teacher and appraiser differently.
#[utoipa::path(tag = "Objectives", responses((status = 200, description = "The objective", body = ObjectiveDetail)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives/{id}")]
pub async fn get_objective(
    permitted: Permitted<ReadObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetObjective { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, ObjectiveDetail::from))
}

/// Change the words of an objective
///
/// A merge-patch (RFC 7396) of a draft or a proposal. Whoever changes a proposal makes it theirs: the other party is asked. What is agreed is revised instead.
#[utoipa::path(tag = "Objectives", request_body = ObjectiveChanges, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[patch("/v1/objectives/{id}")]
pub async fn update_objective(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<ObjectiveChanges>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(UpdateObjective { id: id.0, patch: body.0.into(), expected: expected.0 }, saved).await
}

/// The steps of an objective that need nothing but the step itself.
macro_rules! steps {
    ($($(#[doc = $doc:literal])+ $name:ident, $path:literal, $action:ident;)*) => {
        $(
            $(#[doc = $doc])+
            #[utoipa::path(tag = "Objectives", responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
            #[post($path)]
            pub async fn $name(permitted: Permitted<WriteObjectives>, _none: Params<NoParams>, id: Id<ObjectiveId>, expected: MustMatch, _body: NoBody) -> Result<HttpResponse, ApiError> {
                step(&permitted, id.0, ObjectiveAction::$action, None, expected).await
            }
        )*
        fn steps(config: &mut ServiceConfig<'_>) {
            $(config.service($name);)*
        }
    };
}
async fn step(
    permitted: &Permitted<WriteObjectives>,
    id: ObjectiveId,
    action: ObjectiveAction,
    reason: Option<Reason>,
    expected: MustMatch,
) -> Result<HttpResponse, ApiError> {
    permitted.write(StepObjective { id, action, reason, expected: expected.0 }, saved).await
}
steps! {
    /// Propose an objective
    ///
    /// Puts one's draft to the other party.
    propose_objective, "/v1/objectives/{id}/propose", Propose;
    /// Agree an objective
    ///
    /// To what the other party proposed; nobody agrees their own proposal.
    agree_objective, "/v1/objectives/{id}/agree", Agree;
    /// Start work on an objective
    ///
    /// Once it is agreed, or set.
    start_objective, "/v1/objectives/{id}/start", Start;
    /// Resume an objective
    ///
    /// Goes on after a pause.
    resume_objective, "/v1/objectives/{id}/resume", Resume;
    /// Review an objective
    ///
    /// The appraiser records that it was talked through.
    review_objective, "/v1/objectives/{id}/review", Review;
    /// Close an objective
    ///
    /// After its review.
    close_objective, "/v1/objectives/{id}/close", Close;
}

/// Pause an objective
///
/// With a reason; part-time work and absence move due dates, never an assessment.
#[utoipa::path(tag = "Objectives", request_body = WithReason, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/pause")]
pub async fn pause_objective(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    step(&permitted, id.0, ObjectiveAction::Pause, Some(body.0.reason.0), expected).await
}

/// Withdraw an objective
///
/// With a reason. A proposal by who proposed it; once agreed, by the appraiser.
#[utoipa::path(tag = "Objectives", request_body = WithReason, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/withdraw")]
pub async fn withdraw_objective(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<WithReason>,
) -> Result<HttpResponse, ApiError> {
    step(&permitted, id.0, ObjectiveAction::Withdraw, Some(body.0.reason.0), expected).await
}

/// Set an objective with dissent
///
/// The appraiser sets what could not be agreed; the appraisee's dissent is kept in their words.
#[utoipa::path(tag = "Objectives", request_body = Dissent, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/set-with-dissent")]
pub async fn set_objective_with_dissent(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<Dissent>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(SetObjectiveWithDissent { id: id.0, dissent: body.0.dissent.0, expected: expected.0 }, saved).await
}

/// Revise an objective
///
/// Changes what was agreed, with a reason. The old words are kept, and agreement is asked for again.
#[utoipa::path(tag = "Objectives", request_body = NewRevision, responses((status = 200, description = "As it is now", body = ObjectiveDetail)), security(("bearer" = ["objectives:write"])))]
#[post("/v1/objectives/{id}/revise")]
pub async fn revise_objective(
    permitted: Permitted<WriteObjectives>,
    _none: Params<NoParams>,
    id: Id<ObjectiveId>,
    expected: MustMatch,
    body: Body<NewRevision>,
) -> Result<HttpResponse, ApiError> {
    let NewRevision { reason, changes } = body.0;
    permitted.write(ReviseObjective { id: id.0, patch: changes.into(), reason: reason.0, expected: expected.0 }, saved).await
}

/// What an objective said before a revision.
#[derive(Serialize, ToSchema)]
#[schema(title = "ObjectiveRevision")]
pub struct RevisionView {
    /// Which: the first words are revision 1.
    revision: i32,
    /// The words as they stood.
    #[schema(value_type = Object)]
    words: serde_json::Value,
    /// Why they were changed.
    reason: word::Reason,
    /// By whom.
    revised_by: word::PersonId,
    /// When.
    revised_at: DateTime<Utc>,
}
impl From<Revision> for RevisionView {
    fn from(Revision { revision, words, reason, revised_by, revised_at }: Revision) -> Self {
        Self { revision, words, reason: Word(reason), revised_by: Word(revised_by), revised_at }
    }
}

/// List an objective's revisions
///
/// What it said before, and why that changed.
#[utoipa::path(tag = "Objectives", responses((status = 200, description = "All of them, oldest first", body = List<RevisionView>)), security(("bearer" = ["objectives:read"])))]
#[get("/v1/objectives/{id}/revisions")]
pub async fn list_objective_revisions(permitted: Permitted<ReadObjectives>, _none: Params<NoParams>, id: Id<ObjectiveId>) -> Result<HttpResponse, ApiError> {
    let revisions = permitted.read(ListRevisions { id: id.0 }).await?;
    Ok(HttpResponse::Ok().json(List::whole(revisions.into_iter().map(RevisionView::from).collect())))
}

crate::event::history_of!(objective_history, ReadObjectives, ObjectiveHistory, ObjectiveId, "Objectives", "/v1/objectives/{id}/history", "objectives:read");

/// Registers the operations of this file.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(list_objectives).service(create_objective).service(get_objective).service(update_objective);
    steps(config);
    config
        .service(pause_objective)
        .service(withdraw_objective)
        .service(set_objective_with_dissent)
        .service(revise_objective)
        .service(list_objective_revisions)
        .service(objective_history);
}
