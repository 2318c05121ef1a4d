//! The catalogue of learning, its sessions, and enrolments at them.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use chrono::{DateTime, Utc};
use trellis_domain::{
    activity::{ActivityAction, ActivityState, LearningActivity, LearningActivityPatch, LearningSession, LearningSessionPatch, SessionState},
    enrolment::{Enrolment, EnrolmentState},
    id::{EnrolmentId, LearningActivityId, LearningSessionId, OrganisationId, PersonId},
    learning::LearningKind,
    rule::RuleError,
    text::{Reason, Title},
};

/// Something new to learn.
#[derive(Debug, Clone)]
pub struct CreateLearningActivity {
    /// Who offers it.
    pub organisation_id: OrganisationId,
    /// What it is called.
    pub title: Title,
    /// How it is learned.
    pub kind: LearningKind,
    /// How long it takes, in minutes.
    pub minutes: i32,
    /// The rest of it.
    pub details: LearningActivityPatch,
}
/// One activity.
#[derive(Debug)]
pub struct GetLearningActivity {
    /// Which.
    pub id: LearningActivityId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Activities, by these filters.
#[derive(Debug)]
pub struct ListLearningActivities {
    /// Of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Of this kind.
    pub kind: Option<LearningKind>,
    /// In this state.
    pub state: Option<ActivityState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes an activity.
#[derive(Debug)]
pub struct UpdateLearningActivity {
    /// Which.
    pub id: LearningActivityId,
    /// What.
    pub patch: LearningActivityPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Retires an activity, or offers it again.
#[derive(Debug)]
pub struct StepLearningActivity {
    /// Which.
    pub id: LearningActivityId,
    /// Which step.
    pub action: ActivityAction,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one activity.
#[derive(Debug)]
pub struct LearningActivityHistory {
    /// Which activity.
    pub id: LearningActivityId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}
/// How many places of a session are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// How many there are.
    pub places: i32,
    /// How many people have one.
    pub taken: i64,
    /// How many wait for one.
    pub waiting: i64,
    /// How many of both are at another session at that time, for whoever may move it; nobody else is told.
    pub overlapping: Option<usize>,
}
/// How many places of a session are taken.
#[derive(Debug)]
pub struct GetSessionPlaces {
    /// Of which session.
    pub id: LearningSessionId,
}
/// Schedules a session.
#[derive(Debug, Clone)]
pub struct CreateLearningSession {
    /// Of which activity.
    pub activity_id: LearningActivityId,
    /// From when.
    pub starts_at: DateTime<Utc>,
    /// To when.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub place: Option<Title>,
    /// For how many.
    pub places: i32,
}
/// One session.
#[derive(Debug)]
pub struct GetLearningSession {
    /// Which.
    pub id: LearningSessionId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Sessions, by these filters.
#[derive(Debug)]
pub struct ListLearningSessions {
    /// Of this activity.
    pub activity_id: Option<LearningActivityId>,
    /// Of activities of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// In this state.
    pub state: Option<SessionState>,
    /// Starting then or later.
    pub from: Option<DateTime<Utc>>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes a session; more places go to those who wait.
#[derive(Debug)]
pub struct UpdateLearningSession {
    /// Which.
    pub id: LearningSessionId,
    /// What.
    pub patch: LearningSessionPatch,
    /// Also to a time at which some of its people are at another session.
    pub allow_overlaps: bool,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Calls a session off.
#[derive(Debug)]
pub struct CancelLearningSession {
    /// Which.
    pub id: LearningSessionId,
    /// Why.
    pub reason: Reason,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one session.
#[derive(Debug)]
pub struct LearningSessionHistory {
    /// Which session.
    pub id: LearningSessionId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}
/// Enrols somebody: oneself, whom one manages, or somebody of one's school.
#[derive(Debug, Clone)]
pub struct Enrol {
    /// At which session.
    pub session_id: LearningSessionId,
    /// Whom; the caller, if nobody is named.
    pub person_id: Option<PersonId>,
}
/// Enrols many people; each is judged for themself.
#[derive(Debug, Clone)]
pub struct EnrolMany {
    /// At which session.
    pub session_id: LearningSessionId,
    /// Whom.
    pub people: Vec<PersonId>,
}
/// What became of one of many.
pub type Enrolled = (PersonId, Result<Enrolment, RuleError>);

/// One enrolment.
#[derive(Debug)]
pub struct GetEnrolment {
    /// Which.
    pub id: EnrolmentId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Enrolments, by these filters.
#[derive(Debug)]
pub struct ListEnrolments {
    /// At this session.
    pub session_id: Option<LearningSessionId>,
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// In this state.
    pub state: Option<EnrolmentState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Gives up a place, or the wait for one; the next in the queue gets it.
#[derive(Debug)]
pub struct WithdrawEnrolment {
    /// Which.
    pub id: EnrolmentId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Says whether somebody came; if they did, it is in their learning record.
#[derive(Debug)]
pub struct RecordAttendance {
    /// Whose.
    pub id: EnrolmentId,
    /// Did they come?
    pub attended: bool,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one enrolment.
#[derive(Debug)]
pub struct EnrolmentHistory {
    /// Which enrolment.
    pub id: EnrolmentId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

/// The certificate of who came to a session.
#[derive(Debug)]
pub struct GetCertificate {
    /// Of which enrolment.
    pub id: EnrolmentId,
}
/// That somebody came to a session.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The enrolment.
    pub enrolment: Enrolment,
    /// Who came.
    pub name: String,
    /// Where they work.
    pub school: Title,
    /// What it was of.
    pub activity: LearningActivity,
    /// Who offers that.
    pub offered_by: Title,
    /// When and where.
    pub session: LearningSession,
}

queries! {
    GetCertificate: ReadEnrolments => Certificate;
    GetLearningActivity: ReadActivities => Fetched<Seen<LearningActivity>>;
    ListLearningActivities: ReadActivities => Page<LearningActivity>;
    LearningActivityHistory: ReadActivities => crate::event::History;
    GetLearningSession: ReadActivities => Fetched<Seen<LearningSession>>;
    GetSessionPlaces: ReadActivities => Places;
    ListLearningSessions: ReadActivities => Page<LearningSession>;
    LearningSessionHistory: ReadActivities => crate::event::History;
    GetEnrolment: ReadEnrolments => Fetched<Seen<Enrolment>>;
    ListEnrolments: ReadEnrolments => Page<Enrolment>;
    EnrolmentHistory: ReadEnrolments => crate::event::History;
}
commands! {
    CreateLearningActivity: WriteActivities => Seen<LearningActivity>;
    UpdateLearningActivity: WriteActivities => Seen<LearningActivity>;
    StepLearningActivity: WriteActivities => Seen<LearningActivity>;
    CreateLearningSession: WriteActivities => Seen<LearningSession>;
    UpdateLearningSession: WriteActivities => Seen<LearningSession>;
    CancelLearningSession: WriteActivities => Seen<LearningSession>;
    Enrol: WriteEnrolments => Seen<Enrolment>;
    EnrolMany: WriteEnrolments => Vec<Enrolled>;
    WithdrawEnrolment: WriteEnrolments => Seen<Enrolment>;
    RecordAttendance: WriteEnrolments => Seen<Enrolment>;
}
