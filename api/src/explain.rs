//! Why the caller may, or may not, do something: the same rules that let the operation through, asked beforehand.

use crate::{
    contract::Operation,
    error::ApiError,
    extract::{Body, NoParams, Params},
    me::HeldRole,
    permitted::Permitted,
    routes::Routes,
    wire::{word, words},
};
use actix_web::{HttpResponse, http::Method, post};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    access::{Caller, Permission, own_account, reach},
    event::RecordType,
    rule::{Code, RuleError},
    text::Wire,
};
use trellis_persistence::{
    StoreError,
    explain::{Doing, Explain, Explanation, On, Subject},
    transaction::needs::Identified,
};
use utoipa::ToSchema;
use uuid::Uuid;

/// Addresses of single records, and what they are.
const RECORDS: &[(&str, Subject)] = &[
    ("/v1/organisations/{id}", Subject::Record(RecordType::Organisation)),
    // of a person, but not read by all who know of them: before the person themself
    ("/v1/people/{id}/learning-statement", Subject::LearningStatement),
    ("/v1/people/{id}", Subject::Record(RecordType::Person)),
    ("/v1/employments/{id}", Subject::Record(RecordType::Employment)),
    ("/v1/relationships/{id}", Subject::Record(RecordType::Relationship)),
    ("/v1/roles/{id}", Subject::Record(RecordType::Role)),
    ("/v1/framework-versions/{id}", Subject::Record(RecordType::FrameworkVersion)),
    ("/v1/rule-profiles/{id}", Subject::Record(RecordType::RuleProfile)),
    ("/v1/calendars/{id}", Subject::Record(RecordType::Calendar)),
    ("/v1/cycles/{id}", Subject::Record(RecordType::Cycle)),
    // of an appraisal, but not read by all who read it: before the appraisal itself
    ("/v1/appraisals/{id}/report-draft", Subject::Record(RecordType::ReportDraft)),
    ("/v1/appraisals/{id}/statement", Subject::Statement),
    ("/v1/appraisals/{id}", Subject::Record(RecordType::Appraisal)),
    ("/v1/appraisal-reports/{id}", Subject::Record(RecordType::AppraisalReport)),
    ("/v1/pay-recommendations/{id}", Subject::Record(RecordType::PayRecommendation)),
    ("/v1/development-needs/{id}", Subject::Record(RecordType::DevelopmentNeed)),
    ("/v1/appraisal-holds/{id}", Subject::Record(RecordType::AppraisalHold)),
    ("/v1/conversation-templates/{id}", Subject::Record(RecordType::ConversationTemplate)),
    // before the conversation itself, whose address begins like this one
    ("/v1/conversations/{id}/my-notes", Subject::Record(RecordType::ConversationNotes)),
    ("/v1/conversations/{id}", Subject::Record(RecordType::Conversation)),
    ("/v1/agreed-actions/{id}", Subject::Record(RecordType::AgreedAction)),
    ("/v1/objectives/{id}", Subject::Record(RecordType::Objective)),
    ("/v1/learning-records/{id}", Subject::Record(RecordType::LearningRecord)),
    ("/v1/evidence/{id}", Subject::Evidence),
    ("/v1/improvement-plans/{id}", Subject::Record(RecordType::ImprovementPlan)),
    ("/v1/priorities/{id}", Subject::Record(RecordType::Priority)),
    ("/v1/learning-activities/{id}", Subject::Record(RecordType::LearningActivity)),
    ("/v1/learning-sessions/{id}", Subject::Record(RecordType::LearningSession)),
    // only who came has one: before the enrolment itself
    ("/v1/enrolments/{id}/certificate", Subject::Certificate),
    ("/v1/enrolments/{id}", Subject::Record(RecordType::Enrolment)),
    ("/v1/training-requirements/{id}", Subject::Record(RecordType::TrainingRequirement)),
    ("/v1/training-completions/{id}", Subject::Record(RecordType::TrainingCompletion)),
    ("/v1/training-exemptions/{id}", Subject::Record(RecordType::TrainingExemption)),
    ("/v1/learning-requests/{id}", Subject::Record(RecordType::LearningRequest)),
    ("/v1/budget-lines/{id}", Subject::Record(RecordType::BudgetLine)),
    ("/v1/findings/{id}", Subject::Record(RecordType::Finding)),
    ("/v1/coaching-partnerships/{id}", Subject::Record(RecordType::CoachingPartnership)),
    ("/v1/action-steps/{id}", Subject::Record(RecordType::ActionStep)),
    ("/v1/learning-visits/{id}", Subject::Record(RecordType::LearningVisit)),
    ("/v1/self-reviews/{id}", Subject::Record(RecordType::SelfReview)),
    ("/v1/shared-self-reviews/{id}", Subject::Record(RecordType::SharedSelfReview)),
    ("/v1/accounts/{id}", Subject::Record(RecordType::Account)),
    ("/v1/service-accounts/{id}", Subject::Record(RecordType::ServiceAccount)),
    ("/v1/match-suggestions/{id}", Subject::Record(RecordType::MatchSuggestion)),
    ("/v1/merges/{id}", Subject::Merge),
    ("/v1/jobs/{id}", Subject::Job),
    ("/v1/syncs/{id}", Subject::Sync),
    ("/v1/collaborations/{id}", Subject::Collaboration),
    ("/v1/objective-notes/{id}", Subject::ObjectiveNote),
];
/// Actions whose address does not name them.
const NAMED_OTHERWISE: [(&str, &str); 9] = [
    ("actions", "add_action"),
    ("checkpoints/{checkpoint_id}/record", "record_checkpoint"),
    ("comments", "comment"),
    ("evidence", "add_evidence"),
    ("evidence-files", "add_evidence"),
    ("keys", "issue_key"),
    ("keys/{key_id}/revoke", "revoke_key"),
    ("notes", "add_note"),
    ("share-with", "share"),
];
/// What asks for no permission, but for being a person with an account: log-ins, tasks, a calendar of one's own, and who read what is one's own.
const PEOPLE_ONLY: [&str; 8] = [
    "change_password",
    "end_session",
    "list_my_check_ins",
    "list_my_tasks",
    "list_calendar_links",
    "create_calendar_link",
    "revoke_calendar_link",
    "list_disclosures",
];

/// What is asked about.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PermissionQuestion {
    /// The operation's name in the contract.
    #[schema(example = "update_person")]
    operation_id: String,
    /// The record, for an operation on one: the `{id}` of its address. Without it the answer is about the operation as such.
    #[serde(default)]
    #[schema(format = "uuid", min_length = 36, max_length = 36, pattern = "^[0-9a-fA-F-]{36}$", example = "01938a5e-7c00-7000-8000-000000000001")]
    record_id: Option<String>,
}

/// Why one may, or may not.
#[derive(Serialize, ToSchema)]
pub struct PermissionAnswer {
    /// The operation that was asked about.
    operation_id: String,
    /// Would the operation let this caller through? If not, it is refused with `code`. It says nothing about what the request's body names.
    allowed: bool,
    /// The problem's code. Beside `allowed: true` it is what else is in the way now: the record's state.
    code: Option<String>,
    /// The same for a person.
    reason: Option<String>,
    /// What to do about it.
    remedy: Option<String>,
    /// The permission that the operation asks for: a machine's scope. Empty, if it asks for none.
    required_scopes: Vec<word::Permission>,
    /// Roles that give a person the permission, at their organisation and beneath; some permissions come with no role, but with being the
    /// person whom the record is about, or their appraiser. Empty for a machine.
    required_roles: Vec<word::RoleName>,
    /// The permissions that the caller has, for some record at least; a machine's scopes.
    held_scopes: Vec<word::Permission>,
    /// Roles that the caller holds today.
    held_roles: Vec<HeldRole>,
}

/// The word under which a record's `can` has what an operation does, by the operation's method and what its address says after the record's.
pub(crate) fn action(method: &Method, rest: &str) -> String {
    match NAMED_OTHERWISE.iter().find(|(address, _)| *address == rest) {
        _ if method == Method::PATCH => "update".into(),
        Some((_, action)) => (*action).into(),
        None => rest.replace('-', "_"),
    }
}

/// What the operation would do with the record of this id.
fn on(method: &Method, pattern: &str, id: &str) -> Result<On, ApiError> {
    let none = || RuleError::at(Code::UnknownReference, "/record_id", "this operation is not about one record: leave it out");
    let named = RECORDS.iter().find_map(|(address, record)| Some((*record, pattern.strip_prefix(address)?.trim_start_matches('/'))));
    let (record, rest) = named.ok_or_else(none)?;
    let doing = match (method, rest) {
        (&Method::GET, "history") => Doing::ReadHistory,
        (&Method::GET, _) => Doing::Read,
        _ => Doing::Act(action(method, rest)),
    };
    // what is no id names nothing, and is explained like what does not exist
    Ok(On { record, id: Uuid::try_parse(id).unwrap_or_default(), doing })
}

fn answer(operation: &Operation, permission: Option<Permission>, explained: Explanation) -> PermissionAnswer {
    let Explanation { caller, refused, in_the_way } = explained;
    let people_only = if PEOPLE_ONLY.contains(&operation.id) { own_account(&caller).err() } else { None };
    let refused: Option<ApiError> = refused.or(people_only.map(StoreError::Rule)).map(Into::into);
    let allowed = refused.is_none();
    let told = refused.or(in_the_way.map(Into::into));
    let held_scopes = Permission::ALL.iter().copied().filter(|p| reach(&caller, *p).is_ok()).collect();
    let (held_roles, a_person) = match caller {
        Caller::Person { roles, .. } => (roles.into_iter().map(HeldRole::from).collect(), true),
        _ => (Vec::new(), false),
    };
    PermissionAnswer {
        operation_id: operation.id.into(),
        allowed,
        code: told.as_ref().map(|e| e.problem.code().into()),
        reason: told.as_ref().map(|e| e.detail().into()),
        remedy: told.as_ref().map(|e| e.problem.remedy().into()),
        required_scopes: words(permission.into_iter().collect()),
        required_roles: words(permission.filter(|_| a_person).map_or_else(Vec::new, |p| p.roles().to_vec())),
        held_scopes: words(held_scopes),
        held_roles,
    }
}

/// Ask why one may, or may not
///
/// Says whether an operation of the contract would let this caller through, on a record if one is named, and if not, why not and what would help. It follows the rules that the operation itself follows, at this moment. A record that one may not know of is explained exactly like one that does not exist.
#[utoipa::path(tag = "Me", request_body = PermissionQuestion, responses((status = 200, description = "The explanation", body = PermissionAnswer)), security(("bearer" = [])))]
#[post("/v1/me/permissions/explain")]
pub async fn explain_permission(permitted: Permitted<Identified>, _none: Params<NoParams>, body: Body<PermissionQuestion>) -> Result<HttpResponse, ApiError> {
    let PermissionQuestion { operation_id, record_id } = body.0;
    let contract = permitted.shared().contract;
    // the contract lists what can be asked about, so nothing else comes so far
    let (method, pattern, operation) = contract.named(&operation_id).ok_or_else(ApiError::not_found)?;
    let permission = Permission::parse(operation.permission).ok();
    let on = record_id.map(|id| on(method, pattern, &id)).transpose()?;
    let explained = permitted.read(Explain { permission, on }).await?;
    Ok(HttpResponse::Ok().json(answer(operation, permission, explained)))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(explain_permission);
}
