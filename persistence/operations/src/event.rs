//! Reading the log.

use crate::{
    person::VisiblePerson,
    transaction::{needs::Under, queries, under},
};
use chrono::{DateTime, Utc};
use trellis_domain::{
    account::Account,
    activity::{LearningActivity, LearningSession},
    cycle::Cycle,
    employment::Employment,
    enrolment::Enrolment,
    event::{About, Actor, Crossing, EventKind, RecordType},
    framework::FrameworkVersion,
    id::{EventId, OrganisationId, PersonId},
    improvement::ImprovementPlan,
    learning::LearningRecord,
    objective::Objective,
    organisation::Organisation,
    priority::Priority,
    relationship::Relationship,
    role::Role,
    service_account::ServiceAccount,
    text::ExternalRef,
};
use uuid::Uuid;

/// One event, as it is read.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its number in the tenant's log.
    pub number: i64,
    /// Its id.
    pub id: EventId,
    /// The first bytes of its link.
    pub mark: Mark,
    /// What happened.
    pub kind: EventKind,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// In which request.
    pub request_id: String,
    /// To which record.
    pub subject: Uuid,
    /// The record's version afterwards.
    pub subject_version: i64,
    /// Whom and where it is about.
    pub about: About,
    /// Fields that changed.
    pub changed: Vec<String>,
    /// Their values before and after; none in the feed, none once erased.
    pub values: Option<serde_json::Value>,
    /// What the feed adds to it; nothing in a history.
    pub told: Told,
}
/// What the feed adds to an event for the one who follows it.
#[derive(Debug, Clone, Default)]
pub struct Told {
    /// What a move is to them.
    pub crossing: Option<Crossing>,
    /// It left their sight: they are told no more than that.
    pub left: bool,
    /// What other systems call the record.
    pub external_refs: Vec<ExternalRef>,
    /// What other systems call the person it is about, if the record is not that person's own.
    pub person_refs: Vec<ExternalRef>,
    /// The person whose record took this one over.
    pub merged_into: Option<PersonId>,
    /// The record as it is now, if it was asked for, is still there and is theirs to read.
    pub record: Option<Record>,
}
/// A record of any kind, as lists give it.
#[derive(Debug, Clone)]
#[allow(missing_docs, clippy::large_enum_variant)] // each is what its type says, and lives as long as an answer is written
pub enum Record {
    Organisation(Organisation),
    Person(VisiblePerson),
    Employment(Employment),
    Relationship(Relationship),
    Role(Role),
    FrameworkVersion(FrameworkVersion),
    RuleProfile(trellis_domain::profile::RuleProfile),
    Calendar(trellis_domain::calendar::Calendar),
    Cycle(Cycle),
    Appraisal(trellis_domain::appraisal::Appraisal),
    AppraisalReport(crate::report::Summary),
    DevelopmentNeed(trellis_domain::need::DevelopmentNeed),
    ConversationTemplate(trellis_domain::conversation_template::ConversationTemplate),
    Conversation(crate::conversation::ConversationNow),
    AgreedAction(trellis_domain::agreed_action::AgreedAction),
    Objective(Objective),
    LearningRecord(LearningRecord),
    ImprovementPlan(ImprovementPlan),
    Priority(Priority),
    LearningActivity(LearningActivity),
    LearningSession(LearningSession),
    Enrolment(Enrolment),
    /// A training that is required.
    TrainingRequirement(trellis_domain::training::TrainingRequirement),
    /// That somebody met a training requirement.
    TrainingCompletion(trellis_domain::training::completion::TrainingCompletion),
    /// That somebody need not meet a training requirement for a time.
    TrainingExemption(trellis_domain::training::completion::TrainingExemption),
    LearningRequest(crate::request::VisibleRequest),
    BudgetLine(trellis_domain::budget::BudgetLine),
    Finding(trellis_domain::finding::Finding),
    Account(Account),
    ServiceAccount(ServiceAccount),
}

/// The change feed: what happened after a number, in order, as far as the caller may follow it.
#[derive(Debug, Clone)]
pub struct Changes {
    /// After which change.
    pub after: After,
    /// Only these record types.
    pub types: Option<Vec<RecordType>>,
    /// Only what happened at this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// With each record as it is now.
    pub with_records: bool,
    /// At most so many.
    pub limit: i64,
}
impl Changes {
    /// All of them after this one, without their records.
    pub fn after(after: After, limit: i64) -> Self {
        Self { after, types: None, organisation_id: None, with_records: false, limit }
    }
}
/// The log's head as a place in the feed, for a snapshot that the feed goes on from. It tells nothing but how much has happened, so whoever
/// may read a list may have it.
#[derive(Debug)]
pub struct FeedHead<N> {
    /// The permission by which the list is read.
    pub need: Under<N>,
}
under!(Reads for FeedHead {} => (i64, Mark));
/// Where a reader of the feed stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Before the first change.
    Beginning,
    /// At the log's head: only what comes.
    Head,
    /// After the change of this number and with this link: in a log that was restored from a backup and grew anew, another change has it.
    Change(i64, Mark),
}
/// The first bytes of a change's link in the log.
pub type Mark = [u8; 6];
/// A page of the feed.
#[derive(Debug, Clone)]
pub struct Feed {
    /// The events.
    pub entries: Vec<Entry>,
    /// The number to go on from.
    pub next: i64,
    /// The mark of that change.
    pub mark: Mark,
    /// Is there more already?
    pub more: bool,
}

/// Which part of a record's history.
#[derive(Debug, Clone, Copy)]
pub struct HistoryWindow {
    /// Before this number; from the newest if none.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: i64,
}
/// A page of one record's history, newest first.
#[derive(Debug, Clone)]
pub struct History {
    /// The events.
    pub entries: Vec<Entry>,
    /// The number before which older ones stand.
    pub next: Option<i64>,
}

/// Checks every link of the tenant's log.
#[derive(Debug)]
pub struct VerifyLog;
/// The end of a log that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogHead {
    /// How many events it has.
    pub number: i64,
    /// The last link.
    pub hash: Vec<u8>,
    /// Events whose values were erased.
    pub erased: i64,
}
/// The first place at which a log does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Break {
    /// The number of the event.
    pub number: i64,
    /// Which event has it; none if it is missing, or its id cannot be read.
    pub event: Option<EventId>,
    /// What is wrong with it.
    pub why: String,
}

queries! {
    Changes: ReadChanges => Feed;
    VerifyLog: Operator => Result<LogHead, Break>;
}
