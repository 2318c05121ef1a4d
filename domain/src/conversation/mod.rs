//! Conversations: two people who meet about the work and the growth of one of them.
//!
//! `scheduled -> preparing -> shared -> held -> awaiting_response -> completed -> reopened`, with `cancelled` before it is held. The appraisee
//! writes first, for themself alone, until they share; each side's words are kept as they wrote them. Whether it is late is derived.

pub mod agenda;
mod machine;

pub use machine::Party;

use crate::{
    agreed_action::AgreedActionState,
    calendar::{BankHolidays, Calendar, Doubt, reckoned},
    conversation_template::Question,
    event::{About, EventKind},
    id::{AppraisalId, ConversationId, ConversationNotesId, ConversationTemplateId, EmploymentId, OrganisationId, PersonId},
    profile::Rules,
    relationship::RelationshipKind,
    rule::{Code, Faults, RuleError},
    text::{Narrative, Reason, Slug, Title, Wire},
    time::Period,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// What a conversation is for.
    ConversationKind {
        /// Looking ahead at the beginning of the appraisal year.
        Planning = "planning",
        /// A short one in between.
        CheckIn = "check_in",
        /// The look at the year from its middle.
        MidCycle = "mid_cycle",
        /// The look back at its end.
        AnnualReview = "annual_review",
        /// Coaching.
        Coaching = "coaching",
        /// How somebody is.
        Wellbeing = "wellbeing",
        /// After an absence.
        ReturnToWork = "return_to_work",
    }
    /// The lane in which a conversation, and what was agreed in it, stands. It is fixed when the conversation is scheduled.
    Lane {
        /// Growth: for the two people alone.
        Development = "development",
        /// Appraisal: for the two, for who appraises now, and for the headteacher and HR of the school.
        Appraisal = "appraisal",
        /// Support: for the two, and for the headteacher and HR of the school.
        Support = "support",
    }
    /// Where a conversation stands.
    ConversationState {
        /// A day is set.
        Scheduled = "scheduled",
        /// The appraisee writes, for themself.
        Preparing = "preparing",
        /// The appraisee has shown what they wrote.
        Shared = "shared",
        /// The two have met.
        Held = "held",
        /// The partner has shown what they wrote; the appraisee may respond.
        AwaitingResponse = "awaiting_response",
        /// Locked.
        Completed = "completed",
        /// Open again, with a reason; what was locked is kept.
        Reopened = "reopened",
        /// Called off.
        Cancelled = "cancelled",
    }
    /// What can be done with a conversation.
    ConversationAction {
        /// Move it, or write what was said.
        Update = "update",
        /// Begin to prepare.
        Prepare = "prepare",
        /// Write notes for oneself.
        WriteNotes = "write_notes",
        /// Show the other what one prepared.
        Share = "share",
        /// Say that it was held.
        Hold = "hold",
        /// Note what was agreed.
        AddAction = "add_action",
        /// Show one's words, and ask for a response.
        RequestResponse = "request_response",
        /// Respond.
        Respond = "respond",
        /// Lock it.
        Complete = "complete",
        /// Open it again.
        Reopen = "reopen",
        /// Call it off.
        Cancel = "cancel",
    }
    /// The two sides of a conversation.
    Side {
        /// Whom it is about.
        Appraisee = "appraisee",
        /// The other: who appraises, manages, coaches or mentors them.
        Partner = "partner",
    }
}

use ConversationAction as A;

impl Lane {
    /// Do the headteacher and HR of the school read it?
    pub const fn read_by_role(self) -> bool {
        matches!(self, Self::Appraisal | Self::Support)
    }
    /// Does whoever appraises the person today read it, whoever held it?
    pub const fn read_by_appraisers(self) -> bool {
        matches!(self, Self::Appraisal)
    }
    /// Is it recorded, and told to the person, whenever somebody else reads what is in it? In the support lane: it says why somebody needs help.
    pub const fn readings_are_recorded(self) -> bool {
        matches!(self, Self::Support)
    }
    /// May somebody who stands so read what is in it?
    pub const fn readable(self, by: Reader) -> bool {
        by.took_part || (by.appraises && self.read_by_appraisers()) || (by.role && self.read_by_role())
    }
}

/// Who wants to read a conversation, or what was agreed in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reader {
    /// Are they one of the two?
    pub took_part: bool,
    /// Do they appraise the person today, by a relationship or in the appraisal that it belongs to?
    pub appraises: bool,
    /// Does a role let them read the conversations of that school?
    pub role: bool,
}

/// The lane of a conversation of this kind.
///
/// # Errors
/// `conversation_lane`: planning, mid-cycle and annual review belong to an appraisal; coaching, wellbeing and the return to work never do.
pub fn lane(kind: ConversationKind, of_appraisal: bool) -> Result<Lane, RuleError> {
    use ConversationKind as K;
    match (kind, of_appraisal) {
        (K::Planning | K::MidCycle | K::AnnualReview | K::CheckIn, true) => Ok(Lane::Appraisal),
        (K::CheckIn | K::Coaching | K::Wellbeing, false) => Ok(Lane::Development),
        (K::ReturnToWork, false) => Ok(Lane::Support),
        (K::Planning | K::MidCycle | K::AnnualReview, false) => {
            Err(RuleError::at(Code::ConversationLane, "/appraisal_id", "a conversation of this kind belongs to an appraisal: name it"))
        }
        (K::Coaching | K::Wellbeing | K::ReturnToWork, true) => {
            Err(RuleError::at(Code::ConversationLane, "/appraisal_id", "a conversation of this kind never belongs to an appraisal"))
        }
    }
}

/// Has a conversation of this kind, on this day, a place in the period of its appraisal? The look ahead comes before its last day and the look back after its first:
/// objectives are set before a year begins, and reviews are held after it has ended. The look from the middle is within. A check-in hangs on how two people work
/// together, and may be on any day.
///
/// # Errors
/// `outside_period`, at `/starts_at`.
pub fn has_place(kind: ConversationKind, day: NaiveDate, period: &Period) -> Result<(), RuleError> {
    use ConversationKind as K;
    let (early, late) = (day < period.starts_on, period.ends_on.is_some_and(|end| end < day));
    let refuse = |why: String| Err(RuleError::at(Code::OutsidePeriod, "/starts_at", why));
    let first = period.starts_on;
    let last = period.ends_on.map(|end| end.to_string()).unwrap_or_default();
    match kind {
        K::Planning if late => refuse(format!("the look ahead is held by the last day of the appraisal's period, {last}")),
        K::AnnualReview if early => refuse(format!("the look back is held from the first day of the appraisal's period on, {first}")),
        K::MidCycle if early || late => refuse(format!("the look from the middle is held within the appraisal's period, {first} to {last}")),
        _ => Ok(()),
    }
}

/// Is the review announced as early as the rules of its appraisal have it? The notice is the appraisee's: they may set a nearer day themself. Where no calendar
/// covers the days that would be counted, twice as many calendar days are: the notice is never shorter.
///
/// # Errors
/// `short_notice`, with the earliest day.
pub fn announced(kind: ConversationKind, by: Option<Side>, day: NaiveDate, today: NaiveDate, rules: &Rules, counted: Counted<'_>) -> Result<(), RuleError> {
    let notice = rules.review_notice.filter(|_| kind == ConversationKind::AnnualReview && by != Some(Side::Appraisee));
    let Some(span) = notice else { return Ok(()) };
    let (bank_holidays, calendars) = counted;
    let earliest = reckoned(today, span, Doubt::Later, bank_holidays, calendars).0.on;
    if day >= earliest {
        return Ok(());
    }
    let why = format!("the rules give {} {} days' notice of a review: {earliest} is the earliest day that is announced today", span.days, span.basis);
    Err(RuleError::at(Code::ShortNotice, "/starts_at", why))
}
/// Whose bank holidays, and the calendars of the school.
pub type Counted<'a> = (BankHolidays, &'a [Calendar]);

/// As what the partner takes part, by what they are to the person on that day.
///
/// # Errors
/// `not_in_relationship`.
pub fn stands_as(lane: Lane, holds: &[RelationshipKind]) -> Result<RelationshipKind, RuleError> {
    use RelationshipKind as R;
    let fit: &[RelationshipKind] = match lane {
        Lane::Development => &[R::Coach, R::Mentor, R::InductionTutor, R::LineManager, R::Appraiser],
        Lane::Appraisal => &[R::Appraiser, R::LineManager],
        Lane::Support => &[R::LineManager, R::Appraiser, R::InductionTutor],
    };
    let none = || RuleError::at(Code::NotInRelationship, "/partner_id", "on that day they are nothing to the person that such a conversation asks for");
    fit.iter().copied().find(|kind| holds.contains(kind)).ok_or_else(none)
}

/// An answer, with the question as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The question's key.
    pub question: Slug,
    /// Which revision of it was answered.
    pub revision: i32,
    /// Its words, which stay with the answer whatever becomes of the question.
    pub asked: Reason,
    /// What was answered.
    pub text: Narrative,
}

/// What one side wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Notes {
    /// To the template's questions.
    pub answers: Vec<Answer>,
    /// Beside them.
    pub text: Option<Narrative>,
}

/// One side's own notes: theirs alone. To show them is an act of theirs, which copies them into the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConversationNotes {
    /// Their id.
    pub id: ConversationNotesId,
    /// Of which conversation.
    pub conversation_id: ConversationId,
    /// Of which side.
    pub side: Side,
    /// Who writes them, and alone reads them.
    pub author_id: PersonId,
    /// The school of the conversation.
    pub organisation_id: OrganisationId,
    /// The notes.
    #[serde(flatten)]
    pub notes: Notes,
    /// Version, for the ETag.
    pub version: i64,
    /// Since when there are any.
    pub created_at: DateTime<Utc>,
    /// When they last changed.
    pub updated_at: DateTime<Utc>,
}

impl Notes {
    /// These with the other's words after their own; none, where both together are more than one sheet holds.
    fn with(&self, other: &Self) -> Option<Self> {
        let after = |own: &Narrative, more: &Narrative| match own == more || more.is_blank() {
            true => Some(own.clone()),
            false if own.is_blank() => Some(more.clone()),
            false => Narrative::parse(&format!("{}\n\n{}", own.as_str(), more.as_str())).ok(),
        };
        let text = match (&self.text, &other.text) {
            (Some(own), Some(more)) => Some(after(own, more)?),
            (own, more) => own.clone().or_else(|| more.clone()),
        };
        let mut answers = self.answers.clone();
        for more in &other.answers {
            match answers.iter_mut().find(|own| own.question == more.question) {
                Some(own) => own.text = after(&own.text, &more.text)?,
                None => answers.push(more.clone()),
            }
        }
        Some(Self { answers, text })
    }
}

impl ConversationNotes {
    /// One sheet of several, and those whose words are on it. Two people who turned out to be one can each have had their own, and no word of either is lost: the first
    /// has those of all that it holds, and the others stay as they are until it does. None, of no sheet.
    pub fn together(sheets: Vec<Self>) -> Option<(Self, Vec<Self>)> {
        let mut sheets = sheets.into_iter();
        let first = sheets.next()?;
        let (mut one, mut taken) = (first.clone(), vec![first]);
        for more in sheets {
            if let Some(notes) = one.notes.with(&more.notes) {
                let (version, updated_at) = (one.version + more.version, one.updated_at.max(more.updated_at));
                one = Self { notes, version, updated_at, ..one };
                taken.push(more);
            }
        }
        Some((one, taken))
    }
    /// Whom and where they are about: nobody but their author.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.author_id), private_to: Some(self.author_id) }
    }
}

/// Answers to questions of a template, each with the revision that was asked.
///
/// # Errors
/// `unknown_reference` at each answer to what this side is not asked, and at a second one to the same question.
pub fn answered(said: Vec<(Slug, Narrative)>, asked: &[(Question, i32)], side: Side) -> Result<Vec<Answer>, RuleError> {
    let (mut faults, mut out) = (Faults::default(), Vec::<Answer>::new());
    for (i, (key, text)) in said.into_iter().enumerate() {
        let refuse = |why: &str| Err(RuleError::at(Code::UnknownReference, &format!("/answers/{i}/question"), why));
        let found = asked.iter().find(|(q, _)| q.key == key && q.answered_by.asks(side));
        let answer = match found {
            None => refuse("the template of the conversation does not ask you this"),
            Some(_) if out.iter().any(|a| a.question == key) => refuse("it is answered twice"),
            Some((question, revision)) => Ok(Answer { question: key, revision: *revision, asked: question.text.clone(), text }),
        };
        out.extend(faults.check(answer));
    }
    faults.settle().map(|()| out)
}

/// A conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Conversation {
    /// Its id.
    pub id: ConversationId,
    /// The employment that it hangs on.
    pub employment_id: EmploymentId,
    /// Whom it is about: the appraisee.
    pub person_id: PersonId,
    /// The school of that employment.
    pub organisation_id: OrganisationId,
    /// The other.
    pub partner_id: PersonId,
    /// As what they take part.
    pub partner_as: RelationshipKind,
    /// What it is for.
    pub kind: ConversationKind,
    /// Its lane, for good.
    pub lane: Lane,
    /// The appraisal that it belongs to, if any.
    pub appraisal_id: Option<AppraisalId>,
    /// The template version whose questions it asks, if any.
    pub template_id: Option<ConversationTemplateId>,
    /// When the two meet.
    pub starts_at: DateTime<Utc>,
    /// Where.
    pub place: Option<Title>,
    /// Where it stands.
    pub state: ConversationState,
    /// What was said; both write it.
    pub summary: Option<Narrative>,
    /// What the appraisee has shown.
    pub appraisee_notes: Option<Notes>,
    /// What the partner has shown.
    pub partner_notes: Option<Notes>,
    /// The appraisee's response.
    pub response: Option<Narrative>,
    /// When it was held.
    pub held_at: Option<DateTime<Utc>>,
    /// Why it was called off, completed without a response or opened again.
    pub last_reason: Option<Reason>,
    /// How often it was locked.
    pub snapshots: i32,
    /// The SHA-256 of what was locked last, in hexadecimal digits.
    pub content_hash: Option<String>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was scheduled.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a conversation; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ConversationPatch {
    /// When the two meet.
    pub starts_at: Option<DateTime<Utc>>,
    /// Where.
    pub place: Option<Option<Title>>,
    /// What was said.
    pub summary: Option<Option<Narrative>>,
}

/// What is locked: the words of both as they stood, and what was agreed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Locked {
    /// What it was for.
    pub kind: ConversationKind,
    /// When it was held.
    pub held_at: Option<DateTime<Utc>>,
    /// What was said.
    pub summary: Option<Narrative>,
    /// What the appraisee wrote.
    pub appraisee_notes: Option<Notes>,
    /// What the partner wrote.
    pub partner_notes: Option<Notes>,
    /// The appraisee's response.
    pub response: Option<Narrative>,
    /// Why there is none.
    pub reason: Option<Reason>,
    /// What was agreed in it.
    pub actions: Vec<LockedAction>,
}

/// What was agreed, as it stood when the conversation was locked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockedAction {
    /// What.
    pub title: Reason,
    /// Which of the two does it.
    pub by: Side,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// Where it stood.
    pub state: AgreedActionState,
}

impl ConversationAction {
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update | A::AddAction => EventKind::ConversationUpdated,
            A::Prepare => EventKind::ConversationPrepared,
            A::WriteNotes => EventKind::ConversationNotesWritten,
            A::Share => EventKind::ConversationShared,
            A::Hold => EventKind::ConversationHeld,
            A::RequestResponse => EventKind::ConversationResponseRequested,
            A::Respond => EventKind::ConversationResponded,
            A::Complete => EventKind::ConversationCompleted,
            A::Reopen => EventKind::ConversationReopened,
            A::Cancel => EventKind::ConversationCancelled,
        }
    }
}

impl Conversation {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
    /// Which side somebody is on.
    pub fn side(&self, person: Option<PersonId>) -> Option<Side> {
        match person {
            Some(p) if p == self.person_id => Some(Side::Appraisee),
            Some(p) if p == self.partner_id => Some(Side::Partner),
            _ => None,
        }
    }
    /// Has its hour passed without its being held? Derived from the time, never stored.
    pub fn late(&self, now: DateTime<Utc>) -> bool {
        use ConversationState as S;
        matches!(self.state, S::Scheduled | S::Preparing | S::Shared) && self.starts_at < now
    }
}

#[cfg(test)]
mod tests;
