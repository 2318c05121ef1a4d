//! Calendar links: secret addresses at which a calendar program reads its owner's own days.

use crate::{
    task::NamedTask,
    transaction::{Page, Window, commands, queries},
};
use chrono::{DateTime, NaiveDate, Utc};
use trellis_domain::{
    activity::LearningSession,
    id::{CalendarLinkId, ConversationId, TrainingRequirementId},
    text::Title,
};

/// A link, without its secret.
#[derive(Debug, Clone)]
pub struct CalendarLink {
    /// Its id.
    pub id: CalendarLinkId,
    /// Where it is used, in its owner's words.
    pub name: Title,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}
/// Makes a link to the caller's own calendar.
#[derive(Debug)]
pub struct CreateCalendarLink {
    /// Its id: part of the secret.
    pub id: CalendarLinkId,
    /// Where it is used.
    pub name: Title,
    /// Digest of the secret.
    pub digest: Vec<u8>,
}
/// The caller's links.
#[derive(Debug)]
pub struct ListCalendarLinks {
    /// Where the list goes on.
    pub window: Window,
}
/// Revokes one of the caller's links, for good.
#[derive(Debug)]
pub struct RevokeCalendarLink {
    /// Which.
    pub id: CalendarLinkId,
}
/// A conversation, as a calendar shows it: who is met, when and where, and not what it is for.
#[derive(Debug)]
pub struct Meeting {
    /// Which conversation.
    pub id: ConversationId,
    /// When the two meet.
    pub starts_at: DateTime<Utc>,
    /// Where.
    pub place: Option<String>,
    /// What the other is called.
    pub with: Option<String>,
}
/// That a training runs out, as a calendar shows it.
#[derive(Debug)]
pub struct Reminder {
    /// Which training.
    pub id: TrainingRequirementId,
    /// What it is called.
    pub title: Title,
    /// On which day they are told.
    pub on: NaiveDate,
    /// How many days are left then.
    pub days: i32,
}
/// What a calendar program is given.
#[derive(Debug)]
pub struct Days {
    /// What the owner has to do.
    pub tasks: Vec<NamedTask>,
    /// Sessions at which they have a place, with the titles of what they are of.
    pub sessions: Vec<(LearningSession, String)>,
    /// Conversations in which they are one of the two.
    pub meetings: Vec<Meeting>,
    /// Trainings that they have done and that run out: each warning, and the day itself.
    pub reminders: Vec<Reminder>,
}
/// The days of whoever made this link: nothing, unless the link and the account behind it are good at this moment.
#[derive(Debug)]
pub struct CalendarDays {
    /// Which link.
    pub id: CalendarLinkId,
    /// Digest of the secret that was shown.
    pub digest: Vec<u8>,
}

queries! {
    ListCalendarLinks: Identified => Page<CalendarLink>;
    CalendarDays: Public => Days;
}
commands! {
    CreateCalendarLink: Identified => CalendarLink;
    RevokeCalendarLink: Identified => CalendarLink;
}
