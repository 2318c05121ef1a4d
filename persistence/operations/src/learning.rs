//! Learning records.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    access::Audience,
    id::{EmploymentId, LearningRecordId, ObjectiveId, OrganisationId, PersonId, PriorityId, StandardId},
    learning::{LearningKind, LearningRecord, LearningRecordPatch, Visibility},
    reflection::ReflectionPrompt,
    text::{Narrative, Slug, Title},
};

/// Logs learning of one's own.
#[derive(Debug, Clone)]
pub struct LogLearning {
    /// The employment in which it was learned; the caller's current one if there is just one.
    pub employment_id: Option<EmploymentId>,
    /// What it was.
    pub title: Title,
    /// How.
    pub kind: LearningKind,
    /// First day.
    pub started_on: chrono::NaiveDate,
    /// Last day.
    pub ended_on: chrono::NaiveDate,
    /// How long, in minutes.
    pub minutes: i32,
    /// Who provided it.
    pub provider: Option<Title>,
    /// What its owner makes of it.
    pub reflection: Option<Narrative>,
    /// Objectives it serves.
    pub objective_ids: Vec<ObjectiveId>,
    /// Standards it speaks to.
    pub standard_ids: Vec<StandardId>,
    /// Priorities it serves.
    pub priority_ids: Vec<PriorityId>,
}
/// One learning record.
#[derive(Debug)]
pub struct GetLearningRecord {
    /// Which.
    pub id: LearningRecordId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Learning records, by these filters.
#[derive(Debug)]
pub struct ListLearningRecords {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// Linked to this objective.
    pub objective_id: Option<ObjectiveId>,
    /// Linked to this priority.
    pub priority_id: Option<PriorityId>,
    /// Of this kind.
    pub kind: Option<LearningKind>,
    /// Private or shared.
    pub visibility: Option<Visibility>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes a learning record.
#[derive(Debug)]
pub struct UpdateLearningRecord {
    /// Which.
    pub id: LearningRecordId,
    /// What.
    pub patch: LearningRecordPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Adds a reflection.
#[derive(Debug)]
pub struct ReflectOnLearning {
    /// On which.
    pub id: LearningRecordId,
    /// What its owner makes of it.
    pub reflection: Narrative,
    /// The question that this answers.
    pub prompt: Option<Slug>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The questions that help to reflect.
#[derive(Debug)]
pub struct ListReflectionPrompts {
    /// Only those that suit this kind of learning.
    pub kind: Option<LearningKind>,
}
/// Shows a learning record to these and to nobody else, or makes it private again.
#[derive(Debug)]
pub struct ShowLearning {
    /// Which.
    pub id: LearningRecordId,
    /// To whom; to nobody, to make it private.
    pub to: Audience,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Deletes what an outside provider sent: for good, and it does not come back when it is sent again.
#[derive(Debug)]
pub struct DeleteLearningRecord {
    /// Which.
    pub id: LearningRecordId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one learning record.
#[derive(Debug)]
pub struct LearningRecordHistory {
    /// Which record.
    pub id: LearningRecordId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetLearningRecord: ReadLearning => Fetched<Seen<LearningRecord>>;
    ListLearningRecords: ReadLearning => Page<LearningRecord>;
    ListReflectionPrompts: ReadLearning => Vec<ReflectionPrompt>;
    LearningRecordHistory: ReadLearning => crate::event::History;
}
commands! {
    LogLearning: WriteLearning => Seen<LearningRecord>;
    UpdateLearningRecord: WriteLearning => Seen<LearningRecord>;
    ReflectOnLearning: WriteLearning => Seen<LearningRecord>;
    ShowLearning: WriteLearning => Seen<LearningRecord>;
    DeleteLearningRecord: WriteLearning => i64;
}
