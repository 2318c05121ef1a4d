//! Learning records. Private until their owner shares them.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    organisation::ExternalRefView,
    page::{List, Listing, PageParams},
    permitted::Permitted,
    provenance::{ManagedFieldView, managed_fields},
    respond,
    routes::Routes,
    wire::{Can, Patch, Word, actions, list, values, word, words},
};
use actix_web::{HttpResponse, get, patch, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    access::Audience,
    id::LearningRecordId,
    learning::{LearningAction, LearningAudience, LearningRecord, LearningRecordPatch},
    rule::{Code, RuleError},
};
use trellis_persistence::{
    Seen,
    learning::{
        DeleteLearningRecord, GetLearningRecord, LearningRecordHistory, ListLearningRecords, LogLearning, ReflectOnLearning, ShowLearning, UpdateLearningRecord,
    },
    transaction::needs::{ReadLearning, WriteLearning},
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a learning record.
    LearningRecordActions, LearningRecordCan = "LearningRecordCan", list::<LearningAction>();
}

/// What a person learned.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningRecordRecord")]
pub struct LearningRecordView {
    /// Its id.
    pub id: word::LearningRecordId,
    /// Whose it is.
    pub person_id: word::PersonId,
    /// The employment in which they learned it.
    pub employment_id: word::EmploymentId,
    /// The school of that employment.
    pub organisation_id: word::OrganisationId,
    /// What it was.
    pub title: word::Title,
    /// How.
    pub kind: word::LearningKind,
    /// First day.
    pub started_on: NaiveDate,
    /// Last day.
    pub ended_on: NaiveDate,
    /// How long it took, in minutes.
    pub minutes: i32,
    /// Who provided it.
    pub provider: Option<word::Title>,
    /// What its owner makes of it.
    pub reflection: Option<word::Narrative>,
    /// The question that this answers, by the key of its prompt; null if none.
    pub reflection_prompt: Option<word::Slug>,
    /// Who may see it: its owner alone, or also their appraiser and the headteacher, HR and learning lead of their school.
    pub visibility: word::Visibility,
    /// To whom its owner shows it; whoever reads it sees who else does.
    pub shared_with: SharedWithView,
    /// Objectives it serves.
    pub objective_ids: Vec<word::ObjectiveId>,
    /// Standards, and mechanisms of effective professional development, that it speaks to.
    pub standard_ids: Vec<word::StandardId>,
    /// Priorities of improvement plans that it serves.
    pub priority_ids: Vec<word::PriorityId>,
    /// What the outside provider calls it that sent it; null if nobody did.
    pub external_ref: Option<ExternalRefView>,
    /// Fields that the provider manages, and which of them its owner changed: those stay.
    pub provenance: Vec<ManagedFieldView>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was logged.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<LearningRecord> for LearningRecordView {
    fn from(record: LearningRecord) -> Self {
        let visibility = record.visibility();
        let LearningRecord {
            id,
            person_id,
            employment_id,
            organisation_id,
            title,
            kind,
            started_on,
            ended_on,
            minutes,
            provider,
            reflection,
            reflection_prompt,
            shared_with,
            objective_ids,
            standard_ids,
            priority_ids,
            external_ref,
            provenance,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            id: Word(id),
            person_id: Word(person_id),
            employment_id: Word(employment_id),
            organisation_id: Word(organisation_id),
            title: Word(title),
            kind: Word(kind),
            started_on,
            ended_on,
            minutes,
            provider: provider.map(Word),
            reflection: reflection.map(Word),
            reflection_prompt: reflection_prompt.map(Word),
            visibility: Word(visibility),
            shared_with: shared_with.into(),
            objective_ids: words(objective_ids),
            standard_ids: words(standard_ids),
            priority_ids: words(priority_ids),
            external_ref: external_ref.map(Into::into),
            provenance: managed_fields(&provenance),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A learning record, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningRecord")]
pub struct LearningRecordDetail {
    #[serde(flatten)]
    record: LearningRecordView,
    /// What can be done with it.
    can: LearningRecordCan,
}
impl From<Seen<LearningRecord>> for LearningRecordDetail {
    fn from(Seen { record, can }: Seen<LearningRecord>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}
fn saved(seen: &Seen<LearningRecord>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.version, &LearningRecordDetail::from(seen.clone()))
}

/// To whom a learning record is shown.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "LearningSharedWith")]
pub struct SharedWithView {
    /// Kinds of people: those who are so on the day of the reading. The school takes in the other two.
    #[serde(default)]
    #[schema(max_items = 3)]
    audiences: Vec<word::LearningAudience>,
    /// People by name, while they work at a school or for the trust.
    #[serde(default)]
    #[schema(max_items = 30)]
    person_ids: Vec<word::PersonId>,
}
impl From<Audience> for SharedWithView {
    fn from(Audience { appraiser, leaders, school, people }: Audience) -> Self {
        let named = [(LearningAudience::Appraiser, appraiser), (LearningAudience::Leaders, leaders), (LearningAudience::School, school)];
        Self { audiences: named.into_iter().filter(|(_, shown)| *shown).map(|(audience, _)| Word(audience)).collect(), person_ids: words(people) }
    }
}
impl From<SharedWithView> for Audience {
    fn from(SharedWithView { audiences, person_ids }: SharedWithView) -> Self {
        let named = |audience| audiences.iter().any(|a| a.0 == audience);
        Self {
            appraiser: named(LearningAudience::Appraiser),
            leaders: named(LearningAudience::Leaders),
            school: named(LearningAudience::School),
            people: values(person_ids),
        }
    }
}

/// Learning of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLearningRecord {
    /// The employment in which it was learned; may be left out while there is just one.
    #[serde(default)]
    employment_id: Option<word::EmploymentId>,
    /// What it was.
    title: word::Title,
    /// How.
    kind: word::LearningKind,
    /// First day.
    started_on: NaiveDate,
    /// Last day; the first, if nothing is said.
    #[serde(default)]
    ended_on: Option<NaiveDate>,
    /// How long it took, in minutes; at most 1,000 hours, and 24 hours for each of its days.
    #[schema(minimum = 0, maximum = 60_000, example = 90)]
    minutes: i32,
    /// Who provided it.
    #[serde(default)]
    provider: Option<word::Title>,
    /// What one makes of it.
    #[serde(default)]
    reflection: Option<word::Narrative>,
    /// One's own objectives that it serves.
    #[serde(default)]
    #[schema(max_items = 30)]
    objective_ids: Vec<word::ObjectiveId>,
    /// Standards and mechanisms that it speaks to, of published versions.
    #[serde(default)]
    #[schema(max_items = 30)]
    standard_ids: Vec<word::StandardId>,
    /// Priorities of published improvement plans that it serves.
    #[serde(default)]
    #[schema(max_items = 30)]
    priority_ids: Vec<word::PriorityId>,
}
/// Changes to a learning record: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LearningRecordChanges {
    /// What it was.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// How.
    #[serde(default)]
    #[schema(value_type = word::LearningKind)]
    kind: Option<word::LearningKind>,
    /// First day.
    #[serde(default)]
    #[schema(value_type = NaiveDate)]
    started_on: Option<NaiveDate>,
    /// Last day.
    #[serde(default)]
    #[schema(value_type = NaiveDate)]
    ended_on: Option<NaiveDate>,
    /// How long it took, in minutes; at most 1,000 hours, and 24 hours for each of its days (`impossible_hours`).
    #[serde(default)]
    #[schema(value_type = i32, minimum = 0, maximum = 60_000)]
    minutes: Option<i32>,
    /// Who provided it.
    #[serde(default)]
    #[schema(value_type = Option<word::Title>)]
    provider: Patch<word::Title>,
    /// What one makes of it.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    reflection: Patch<word::Narrative>,
    /// All the objectives that it serves.
    #[serde(default)]
    #[schema(value_type = Vec<word::ObjectiveId>, max_items = 30)]
    objective_ids: Option<Vec<word::ObjectiveId>>,
    /// All the standards that it speaks to.
    #[serde(default)]
    #[schema(value_type = Vec<word::StandardId>, max_items = 30)]
    standard_ids: Option<Vec<word::StandardId>>,
    /// All the priorities that it serves.
    #[serde(default)]
    #[schema(value_type = Vec<word::PriorityId>, max_items = 30)]
    priority_ids: Option<Vec<word::PriorityId>>,
}
/// A reflection.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReflection {
    /// What one makes of it.
    reflection: word::Narrative,
    /// The question that this answers, by the key of its prompt; none has to be answered.
    #[serde(default)]
    prompt: Option<word::Slug>,
}

/// Filters of the list of learning records.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LearningRecordFilters {
    /// Only this person's.
    person_id: Option<word::PersonId>,
    /// Only those at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// Only those that serve this objective.
    objective_id: Option<word::ObjectiveId>,
    /// Only those that serve this priority.
    priority_id: Option<word::PriorityId>,
    /// Only this kind.
    kind: Option<word::LearningKind>,
    /// Only private, or only shared ones.
    visibility: Option<word::Visibility>,
}

/// List learning records
///
/// One's own; of others, what they share: with their appraiser, the headteacher, HR and learning lead of their school, everybody who works there, or with one by name.
#[utoipa::path(tag = "Learning", params(PageParams, LearningRecordFilters), responses((status = 200, description = "A page of learning records", body = List<LearningRecordView>)), security(("bearer" = ["learning:read"])))]
#[get("/v1/learning-records")]
pub async fn list_learning_records(permitted: Permitted<ReadLearning>, listing: Listing<LearningRecordFilters>) -> Result<HttpResponse, ApiError> {
    let LearningRecordFilters { person_id, organisation_id, objective_id, priority_id, kind, visibility } = &listing.filters;
    let page = permitted
        .read(ListLearningRecords {
            person_id: person_id.as_ref().map(|p| p.0),
            organisation_id: organisation_id.as_ref().map(|o| o.0),
            objective_id: objective_id.as_ref().map(|o| o.0),
            priority_id: priority_id.as_ref().map(|p| p.0),
            kind: kind.as_ref().map(|k| k.0),
            visibility: visibility.as_ref().map(|v| v.0),
            window: listing.window,
        })
        .await?;
    Ok(listing.answer(page, LearningRecordView::from))
}

/// Log learning
///
/// Of one's own. It is private until its owner shares it.
#[utoipa::path(tag = "Learning", request_body = NewLearningRecord, responses((status = 201, description = "Logged", body = LearningRecordDetail)), security(("bearer" = ["learning:write"])))]
#[post("/v1/learning-records")]
pub async fn log_learning(permitted: Permitted<WriteLearning>, _none: Params<NoParams>, body: Body<NewLearningRecord>) -> Result<HttpResponse, ApiError> {
    let NewLearningRecord { employment_id, title, kind, started_on, ended_on, minutes, provider, reflection, objective_ids, standard_ids, priority_ids } =
        body.0;
    let operation = LogLearning {
        employment_id: employment_id.map(|e| e.0),
        title: title.0,
        kind: kind.0,
        started_on,
        ended_on: ended_on.unwrap_or(started_on),
        minutes,
        provider: provider.map(|p| p.0),
        reflection: reflection.map(|r| r.0),
        objective_ids: values(objective_ids),
        standard_ids: values(standard_ids),
        priority_ids: values(priority_ids),
    };
    permitted
        .write(operation, |seen| {
            respond::created(seen.record.version, format!("/v1/learning-records/{}", seen.record.id), &LearningRecordDetail::from(seen.clone()))
        })
        .await
}

/// Read a learning record
///
/// With what can be done with it.
#[utoipa::path(tag = "Learning", responses((status = 200, description = "The learning record", body = LearningRecordDetail)), security(("bearer" = ["learning:read"])))]
#[get("/v1/learning-records/{id}")]
pub async fn get_learning_record(
    permitted: Permitted<ReadLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetLearningRecord { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, LearningRecordDetail::from))
}

/// Change a learning record
///
/// A merge-patch (RFC 7396) by its owner.
#[utoipa::path(tag = "Learning", request_body = LearningRecordChanges, responses((status = 200, description = "As it is now", body = LearningRecordDetail)), security(("bearer" = ["learning:write"])))]
#[patch("/v1/learning-records/{id}")]
pub async fn update_learning_record(
    permitted: Permitted<WriteLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
    expected: IfMatch,
    body: Body<LearningRecordChanges>,
) -> Result<HttpResponse, ApiError> {
    let LearningRecordChanges { title, kind, started_on, ended_on, minutes, provider, reflection, objective_ids, standard_ids, priority_ids } = body.0;
    let patch = LearningRecordPatch {
        title: title.map(|t| t.0),
        kind: kind.map(|k| k.0),
        started_on,
        ended_on,
        minutes,
        provider: provider.value(),
        reflection: reflection.value(),
        objective_ids: objective_ids.map(values),
        standard_ids: standard_ids.map(values),
        priority_ids: priority_ids.map(values),
    };
    permitted.write(UpdateLearningRecord { id: id.0, patch, expected: expected.0 }, saved).await
}

/// Reflect on learning
///
/// In one's own words; an earlier reflection is kept in the history. `prompt` names the question that it answers, if it answers one of `GET /v1/reflection-prompts`.
#[utoipa::path(tag = "Learning", request_body = NewReflection, responses((status = 200, description = "As it is now", body = LearningRecordDetail)), security(("bearer" = ["learning:write"])))]
#[post("/v1/learning-records/{id}/reflect")]
pub async fn reflect_on_learning(
    permitted: Permitted<WriteLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
    expected: IfMatch,
    body: Body<NewReflection>,
) -> Result<HttpResponse, ApiError> {
    let NewReflection { reflection, prompt } = body.0;
    permitted.write(ReflectOnLearning { id: id.0, reflection: reflection.0, prompt: prompt.map(|p| p.0), expected: expected.0 }, saved).await
}

/// Share a learning record
///
/// With one's appraiser, and the headteacher, HR and learning lead of one's school, and nobody else. For others there is `share-with`.
#[utoipa::path(tag = "Learning", responses((status = 200, description = "As it is now", body = LearningRecordDetail)), security(("bearer" = ["learning:write"])))]
#[post("/v1/learning-records/{id}/share")]
pub async fn share_learning(
    permitted: Permitted<WriteLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(ShowLearning { id: id.0, to: Audience::usual(), expected: expected.0 }, saved).await
}

/// Share a learning record with whom one likes
///
/// With one's appraiser, the leaders of learning, one's school, people by name, or several of them; and with nobody else any more, from the next request on. People named are those of whom one may know, and who work in the trust today. What is shown neither to the leaders nor to the school is in no feed and no report.
#[utoipa::path(tag = "Learning", request_body = SharedWithView, responses((status = 200, description = "As it is now", body = LearningRecordDetail)), security(("bearer" = ["learning:write"])))]
#[post("/v1/learning-records/{id}/share-with")]
pub async fn share_learning_with(
    permitted: Permitted<WriteLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
    expected: IfMatch,
    body: Body<SharedWithView>,
) -> Result<HttpResponse, ApiError> {
    let to = Audience::from(body.0);
    if to.nobody() {
        return Err(RuleError::at(Code::ContradictoryMembers, "/audiences", "say with whom; to make it private again, unshare it").into());
    }
    permitted.write(ShowLearning { id: id.0, to, expected: expected.0 }, saved).await
}

/// Make a learning record private again
///
/// From the next request on nobody else sees it; those who follow changes are told that it left their scope.
#[utoipa::path(tag = "Learning", responses((status = 200, description = "As it is now", body = LearningRecordDetail)), security(("bearer" = ["learning:write"])))]
#[post("/v1/learning-records/{id}/unshare")]
pub async fn unshare_learning(
    permitted: Permitted<WriteLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(ShowLearning { id: id.0, to: Audience::default(), expected: expected.0 }, saved).await
}

/// Delete what an outside provider sent
///
/// By its owner, for good: it is theirs, and they never asked for it. It does not come back when the provider sends it again. What one logged oneself, or came to,
/// is corrected or made private instead. The bytes of its evidence's files are removed too.
#[utoipa::path(tag = "Learning", responses((status = 204, description = "It is there no longer")), security(("bearer" = ["learning:write"])))]
#[post("/v1/learning-records/{id}/delete")]
pub async fn delete_learning_record(
    permitted: Permitted<WriteLearning>,
    _none: Params<NoParams>,
    id: Id<LearningRecordId>,
    expected: IfMatch,
    _body: NoBody,
) -> Result<HttpResponse, ApiError> {
    let answer = permitted.write(DeleteLearningRecord { id: id.0, expected: expected.0 }, |version| respond::gone(*version)).await?;
    permitted.discard_files().await;
    Ok(answer)
}

crate::event::history_of!(
    learning_record_history,
    ReadLearning,
    LearningRecordHistory,
    LearningRecordId,
    "Learning",
    "/v1/learning-records/{id}/history",
    "learning:read"
);

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_learning_records)
        .service(log_learning)
        .service(get_learning_record)
        .service(update_learning_record)
        .service(reflect_on_learning)
        .service(share_learning)
        .service(share_learning_with)
        .service(unshare_learning)
        .service(delete_learning_record)
        .service(learning_record_history);
}
