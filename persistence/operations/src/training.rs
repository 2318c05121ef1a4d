//! Training that is required, who did it, who need not, and where people stand.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use chrono::NaiveDate;
use trellis_domain::{
    id::{OrganisationId, PersonId, TrainingCompletionId, TrainingExemptionId, TrainingRequirementId},
    text::{ExternalRef, Reason, Reference, Title},
    time::Period,
    training::{
        Authority, RequirementState, TrainingRequirement, TrainingRequirementPatch, Trigger, Validity,
        completion::{TrainingCompletion, TrainingExemption},
        status::{TrainingStanding, TrainingStatus},
    },
};
use uuid::Uuid;

/// Drafts a requirement.
#[derive(Debug, Clone)]
pub struct CreateTrainingRequirement {
    /// Who requires it.
    pub organisation_id: OrganisationId,
    /// What it is called.
    pub title: Title,
    /// By what it is required.
    pub authority: Authority,
    /// What starts the time in which it is to be done.
    pub trigger: Trigger,
    /// Within how many days it is to be done.
    pub due_within_days: i32,
    /// For how long it counts.
    pub validity: Validity,
    /// The rest of it.
    pub details: TrainingRequirementPatch,
}
/// One requirement.
#[derive(Debug)]
pub struct GetTrainingRequirement {
    /// Which.
    pub id: TrainingRequirementId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Requirements, by these filters.
#[derive(Debug)]
pub struct ListTrainingRequirements {
    /// Of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// By this authority.
    pub authority: Option<Authority>,
    /// In this state.
    pub state: Option<RequirementState>,
    /// Where the list goes on.
    pub window: Window,
}
/// What is done with a requirement.
#[derive(Debug, Clone)]
pub enum RequirementStep {
    /// Change it.
    Update(Box<TrainingRequirementPatch>),
    /// Ask it of everybody for whom it is, from this day, or else today.
    Publish(Option<NaiveDate>),
    /// Make a new edition.
    IssueEdition {
        /// From when it counts; today, if nothing is said.
        issued_on: Option<NaiveDate>,
        /// Within how many days it is to be done again.
        due_within_days: i32,
        /// What is new.
        note: Option<Title>,
    },
    /// Ask it of nobody any more.
    Retire,
}
/// Takes a step with a requirement.
#[derive(Debug)]
pub struct StepTrainingRequirement {
    /// Which.
    pub id: TrainingRequirementId,
    /// Which step.
    pub step: RequirementStep,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one requirement.
#[derive(Debug)]
pub struct TrainingRequirementHistory {
    /// Which requirement.
    pub id: TrainingRequirementId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

/// Records that somebody met a requirement.
#[derive(Debug, Clone)]
pub struct RecordTraining {
    /// Which.
    pub requirement_id: TrainingRequirementId,
    /// Who.
    pub person_id: PersonId,
    /// When they had done it.
    pub completed_on: NaiveDate,
    /// With whom.
    pub provider: Option<Title>,
    /// What the certificate is called.
    pub certificate: Option<Reference>,
    /// What another system calls it: sent again, it is what is there.
    pub external_ref: Option<ExternalRef>,
}
/// What came of recording.
#[derive(Debug, Clone)]
pub struct RecordedTraining {
    /// The completion.
    pub seen: Seen<TrainingCompletion>,
    /// Was it recorded now? Else it was there, and says the same.
    pub new: bool,
}
/// One completion.
#[derive(Debug)]
pub struct GetTrainingCompletion {
    /// Which.
    pub id: TrainingCompletionId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Completions, by these filters.
#[derive(Debug)]
pub struct ListTrainingCompletions {
    /// Of this requirement.
    pub requirement_id: Option<TrainingRequirementId>,
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// Kept by this school.
    pub organisation_id: Option<OrganisationId>,
    /// What was taken back as well?
    pub void: bool,
    /// Where the list goes on.
    pub window: Window,
}
/// Takes a completion back.
#[derive(Debug)]
pub struct VoidTrainingCompletion {
    /// Which.
    pub id: TrainingCompletionId,
    /// Why.
    pub reason: Reason,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one completion.
#[derive(Debug)]
pub struct TrainingCompletionHistory {
    /// Which completion.
    pub id: TrainingCompletionId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

/// Exempts somebody for a time.
#[derive(Debug, Clone)]
pub struct ExemptFromTraining {
    /// From which requirement.
    pub requirement_id: TrainingRequirementId,
    /// Whom.
    pub person_id: PersonId,
    /// Why.
    pub reason: Reason,
    /// From when to when.
    pub period: Period,
}
/// One exemption.
#[derive(Debug)]
pub struct GetTrainingExemption {
    /// Which.
    pub id: TrainingExemptionId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Exemptions, by these filters.
#[derive(Debug)]
pub struct ListTrainingExemptions {
    /// From this requirement.
    pub requirement_id: Option<TrainingRequirementId>,
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// Covering this day.
    pub current_on: Option<NaiveDate>,
    /// Where the list goes on.
    pub window: Window,
}
/// Gives an exemption an earlier last day.
#[derive(Debug)]
pub struct EndTrainingExemption {
    /// Which.
    pub id: TrainingExemptionId,
    /// The last day.
    pub ends_on: NaiveDate,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one exemption.
#[derive(Debug)]
pub struct TrainingExemptionHistory {
    /// Which exemption.
    pub id: TrainingExemptionId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

/// A place in the list of where people stand: a person, and a requirement of them.
pub type Pair = (Uuid, Uuid);
/// How much of the list of where people stand is asked for.
#[derive(Debug, Clone, Copy)]
pub enum Portion {
    /// At most so many entries.
    Entries(usize),
    /// The entries of so many people, all of them.
    People(usize),
}
/// Where people stand, by these filters.
#[derive(Debug, Clone)]
pub struct ListCompliance {
    /// Employed at this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// On this day; today, if none is named.
    pub as_of: Option<NaiveDate>,
    /// With this requirement.
    pub requirement_id: Option<TrainingRequirementId>,
    /// Who stands so.
    pub status: Option<TrainingStatus>,
    /// This person.
    pub person_id: Option<PersonId>,
    /// After this pair.
    pub after: Option<Pair>,
    /// How much.
    pub portion: Portion,
}
/// Where one person stands with one requirement.
#[derive(Debug, Clone)]
pub struct ComplianceRow {
    /// Who.
    pub person_id: PersonId,
    /// Their name, to those who read people.
    pub person_name: Option<String>,
    /// Where they are employed, for which it is asked.
    pub organisation_id: OrganisationId,
    /// What is required.
    pub requirement_id: TrainingRequirementId,
    /// What it is called.
    pub requirement_title: Title,
    /// Where they stand.
    pub standing: TrainingStanding,
}
/// A page of where people stand.
#[derive(Debug, Clone)]
pub struct CompliancePage {
    /// On which day.
    pub as_of: NaiveDate,
    /// Who stands where.
    pub items: Vec<ComplianceRow>,
    /// After which pair the next page starts, if there is one.
    pub next: Option<Pair>,
}
/// How many stand where.
#[derive(Debug, Clone)]
pub struct SummariseCompliance {
    /// Employed at this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// On this day; today, if none is named.
    pub as_of: Option<NaiveDate>,
    /// With this requirement.
    pub requirement_id: Option<TrainingRequirementId>,
}
/// How many of a school's people stand where with one requirement.
#[derive(Debug, Clone)]
pub struct ComplianceCounts {
    /// Which school.
    pub organisation_id: OrganisationId,
    /// What is required.
    pub requirement_id: TrainingRequirementId,
    /// What it is called.
    pub requirement_title: Title,
    /// How many people are employed there on that day; none if it is so few that it is not told.
    pub people: Option<u64>,
    /// By status, in the order of [`TrainingStatus::ALL`].
    pub by_status: Vec<Option<u64>>,
}
/// How many stand where, by school and requirement.
#[derive(Debug, Clone)]
pub struct ComplianceSummary {
    /// On which day.
    pub as_of: NaiveDate,
    /// Each school with each requirement.
    pub items: Vec<ComplianceCounts>,
}

queries! {
    GetTrainingRequirement: ReadRequirements => Fetched<Seen<TrainingRequirement>>;
    ListTrainingRequirements: ReadRequirements => Page<TrainingRequirement>;
    TrainingRequirementHistory: ReadRequirements => crate::event::History;
    GetTrainingCompletion: ReadTraining => Fetched<Seen<TrainingCompletion>>;
    ListTrainingCompletions: ReadTraining => Page<TrainingCompletion>;
    TrainingCompletionHistory: ReadTraining => crate::event::History;
    GetTrainingExemption: ReadTraining => Fetched<Seen<TrainingExemption>>;
    ListTrainingExemptions: ReadTraining => Page<TrainingExemption>;
    TrainingExemptionHistory: ReadTraining => crate::event::History;
    ListCompliance: ReadCompliance => CompliancePage, LONG = true;
    SummariseCompliance: ReadComplianceSummary => ComplianceSummary, LONG = true;
}
commands! {
    CreateTrainingRequirement: WriteRequirements => Seen<TrainingRequirement>;
    StepTrainingRequirement: WriteRequirements => Seen<TrainingRequirement>;
    RecordTraining: WriteTraining => RecordedTraining;
    VoidTrainingCompletion: WriteTraining => Seen<TrainingCompletion>;
    ExemptFromTraining: WriteExemptions => Seen<TrainingExemption>;
    EndTrainingExemption: WriteExemptions => Seen<TrainingExemption>;
}
