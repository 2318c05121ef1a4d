//! Objectives.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    employment::StaffCategory,
    id::{CycleId, EmploymentId, ObjectiveId, ObjectiveNoteId, OrganisationId, PersonId, PriorityId},
    objective::{Inquiry, Objective, ObjectiveAction, ObjectiveKind, ObjectiveState, WordsPatch, authorship::FieldAuthorship, note::ObjectiveNote},
    rule::RuleError,
    text::{Narrative, Reason, Title},
};

/// A new draft: of one's own, or by the appraiser for somebody.
#[derive(Debug, Clone)]
pub struct CreateObjective {
    /// The employment it hangs on.
    pub employment_id: EmploymentId,
    /// The cycle, if any.
    pub cycle_id: Option<CycleId>,
    /// What kind.
    pub kind: ObjectiveKind,
    /// In one line.
    pub title: Title,
    /// The inquiry, if it is one.
    pub inquiry: Option<Inquiry>,
    /// The rest of its words.
    pub words: WordsPatch,
}
/// To whom an objective is proposed at once.
#[derive(Debug, Clone)]
pub enum Group {
    /// To these employments.
    Employments(Vec<EmploymentId>),
    /// To everybody whom one appraises or leads and who is employed at this organisation or beneath it, of these staff categories, or of any.
    Organisation(OrganisationId, Vec<StaffCategory>),
}
/// Proposes one objective to many people: each has their own.
#[derive(Debug, Clone)]
pub struct ProposeObjectives {
    /// To whom.
    pub to: Group,
    /// The cycle, if any.
    pub cycle_id: Option<CycleId>,
    /// What kind.
    pub kind: ObjectiveKind,
    /// In one line.
    pub title: Title,
    /// The inquiry, if it is one.
    pub inquiry: Option<Inquiry>,
    /// The rest of its words.
    pub words: WordsPatch,
}
/// What became of it for one of them.
#[derive(Debug, Clone)]
pub struct ProposedTo {
    /// In which employment.
    pub employment_id: EmploymentId,
    /// Whose, if the caller may know.
    pub person_id: Option<PersonId>,
    /// What became of it.
    pub outcome: Outcome,
}
/// What became of an objective that was proposed to somebody among many.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It was proposed to them.
    Proposed(ObjectiveId),
    /// They have it already, from an earlier call, and it is not over.
    Unchanged(ObjectiveId),
    /// It was not.
    Refused(RuleError),
}
/// Lets an objective go on as another one.
#[derive(Debug)]
pub struct CarryOverObjective {
    /// Which.
    pub id: ObjectiveId,
    /// Into which cycle; none if it goes on outside any.
    pub cycle_id: Option<CycleId>,
    /// By when, now.
    pub due_on: Option<chrono::NaiveDate>,
    /// Why.
    pub reason: Reason,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Who wrote, proposed and accepted each field of an objective.
#[derive(Debug)]
pub struct ListAuthorship {
    /// Of which objective.
    pub id: ObjectiveId,
}
/// The notes on an objective.
#[derive(Debug)]
pub struct ListNotes {
    /// On which objective.
    pub id: ObjectiveId,
    /// Where the list goes on.
    pub window: Window,
}
/// Writes a note.
#[derive(Debug)]
pub struct AddNote {
    /// On which objective.
    pub id: ObjectiveId,
    /// The note that it answers.
    pub reply_to: Option<ObjectiveNoteId>,
    /// What it says.
    pub text: Narrative,
}
/// Takes a note back.
#[derive(Debug)]
pub struct WithdrawNote {
    /// Which.
    pub id: ObjectiveNoteId,
}
/// One objective.
#[derive(Debug)]
pub struct GetObjective {
    /// Which.
    pub id: ObjectiveId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Objectives, by these filters.
#[derive(Debug)]
pub struct ListObjectives {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// On this employment.
    pub employment_id: Option<EmploymentId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// Of this cycle.
    pub cycle_id: Option<CycleId>,
    /// Linked to this priority.
    pub priority_id: Option<PriorityId>,
    /// In this state.
    pub state: Option<ObjectiveState>,
    /// Of this kind.
    pub kind: Option<ObjectiveKind>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes the words of a draft or of a proposal.
#[derive(Debug)]
pub struct UpdateObjective {
    /// Which.
    pub id: ObjectiveId,
    /// What.
    pub patch: WordsPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Takes a step of the objective's life.
#[derive(Debug)]
pub struct StepObjective {
    /// Which.
    pub id: ObjectiveId,
    /// Which step.
    pub action: ObjectiveAction,
    /// Why, where a reason is asked for.
    pub reason: Option<Reason>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Sets an objective in spite of the appraisee's dissent, which is kept.
#[derive(Debug)]
pub struct SetObjectiveWithDissent {
    /// Which.
    pub id: ObjectiveId,
    /// The dissent.
    pub dissent: Narrative,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Changes what was agreed, with a reason; agreement is asked for again.
#[derive(Debug)]
pub struct ReviseObjective {
    /// Which.
    pub id: ObjectiveId,
    /// What.
    pub patch: WordsPatch,
    /// Why.
    pub reason: Reason,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// What an objective said before each revision.
#[derive(Debug)]
pub struct ListRevisions {
    /// Of which objective.
    pub id: ObjectiveId,
}
/// What an objective said before a revision.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Which: the first words are revision 1.
    pub revision: i32,
    /// The words.
    pub words: serde_json::Value,
    /// The appraisee's dissent, if they were set in spite of it.
    pub dissent: Option<Narrative>,
    /// Why they were changed.
    pub reason: Reason,
    /// By whom.
    pub revised_by: PersonId,
    /// When.
    pub revised_at: chrono::DateTime<chrono::Utc>,
}
/// The events of one objective.
#[derive(Debug)]
pub struct ObjectiveHistory {
    /// Which objective.
    pub id: ObjectiveId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    ListAuthorship: ReadObjectives => Vec<FieldAuthorship>;
    ListNotes: ReadObjectives => Page<ObjectiveNote>;
    GetObjective: ReadObjectives => Fetched<Seen<Objective>>;
    ListObjectives: ReadObjectives => Page<Objective>;
    ListRevisions: ReadObjectives => Vec<Revision>;
    ObjectiveHistory: ReadObjectives => crate::event::History;
}
commands! {
    CreateObjective: WriteObjectives => Seen<Objective>;
    ProposeObjectives: WriteObjectives => Vec<ProposedTo>;
    CarryOverObjective: WriteObjectives => Seen<Objective>;
    AddNote: WriteObjectives => ObjectiveNote;
    WithdrawNote: WriteObjectives => ObjectiveNote;
    UpdateObjective: WriteObjectives => Seen<Objective>;
    StepObjective: WriteObjectives => Seen<Objective>;
    SetObjectiveWithDissent: WriteObjectives => Seen<Objective>;
    ReviseObjective: WriteObjectives => Seen<Objective>;
}
