//! Learning requests: what somebody asks their school to let them learn, with its cost and cover. Their line manager or appraiser is asked first,
//! then whoever decides on learning; the money is set aside by the same act.
//!
//! `draft -> submitted -> manager_agreed | manager_declined -> approved | declined | returned -> booked -> attended -> evaluated ->
//! impact_reviewed -> closed`, and `withdrawn`. Decisions have reasons and can be changed: every one is kept.

mod machine;
#[cfg(test)]
mod tests;

pub use machine::{Circumstances, Party};

use crate::{
    access::{Caller, Reach},
    event::{About, EventKind},
    id::{
        BudgetLineId, EmploymentId, LearningActivityId, LearningRequestId, LearningSessionId, ObjectiveId, OrganisationId, PersonId, PriorityId,
        RequestDecisionId, StandardId,
    },
    impact::Conclusion,
    role::RoleName,
    rule::{Code, Faults, RuleError},
    text::{Narrative, Reason, Title},
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// Where a learning request stands.
    RequestState {
        /// Private to its author.
        Draft = "draft",
        /// Awaiting the line manager or appraiser.
        Submitted = "submitted",
        /// The line manager or appraiser agreed; awaiting whoever decides on learning.
        ManagerAgreed = "manager_agreed",
        /// The line manager or appraiser declined.
        ManagerDeclined = "manager_declined",
        /// Approved: its cost is set aside.
        Approved = "approved",
        /// Declined by whoever decides on learning.
        Declined = "declined",
        /// Given back to its author, to be changed and submitted again.
        Returned = "returned",
        /// Booked: its cost is spent.
        Booked = "booked",
        /// They were there.
        Attended = "attended",
        /// They said what they thought of it.
        Evaluated = "evaluated",
        /// They said what came of it.
        ImpactReviewed = "impact_reviewed",
        /// Over.
        Closed = "closed",
        /// Taken back by its author.
        Withdrawn = "withdrawn",
    }
    /// What can be done with a learning request.
    RequestAction {
        /// Change it.
        Update = "update",
        /// Say how one will know what comes of it, before it begins.
        PlanImpact = "plan_impact",
        /// Ask for it.
        Submit = "submit",
        /// Agree, as line manager or appraiser.
        ManagerAgree = "manager_agree",
        /// Decline, as line manager or appraiser.
        ManagerDecline = "manager_decline",
        /// Approve it, and set its cost aside.
        Approve = "approve",
        /// Decline it.
        Decline = "decline",
        /// Give it back to its author, to be changed.
        Return = "return",
        /// Say that it is booked.
        Book = "book",
        /// Correct what it cost.
        RecordCost = "record_cost",
        /// Say that one was there.
        Attend = "attend",
        /// Say what one thought of it.
        Evaluate = "evaluate",
        /// Record what a checkpoint showed.
        RecordCheckpoint = "record_checkpoint",
        /// Say what came of it, and whether to go on with it.
        ReviewImpact = "review_impact",
        /// Close it.
        Close = "close",
        /// Take it back.
        Withdraw = "withdraw",
        /// Comment on it.
        Comment = "comment",
    }
    /// Whose decision it was.
    DecisionStep {
        /// The author's own, to take it back.
        Author = "author",
        /// The line manager's or appraiser's.
        Manager = "manager",
        /// That of whoever decides on learning.
        Approver = "approver",
    }
    /// What can be decided of many requests at once.
    Verdict {
        /// Agree, as line manager or appraiser.
        ManagerAgree = "manager_agree",
        /// Decline, as line manager or appraiser.
        ManagerDecline = "manager_decline",
        /// Approve.
        Approve = "approve",
        /// Decline.
        Decline = "decline",
        /// Give back, to be changed.
        Return = "return",
    }
}

use RequestState as S;

impl From<Verdict> for RequestAction {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::ManagerAgree => Self::ManagerAgree,
            Verdict::ManagerDecline => Self::ManagerDecline,
            Verdict::Approve => Self::Approve,
            Verdict::Decline => Self::Decline,
            Verdict::Return => Self::Return,
        }
    }
}

impl Verdict {
    /// Must it be said why? Whoever hears no hears why.
    pub const fn needs_reason(self) -> bool {
        matches!(self, Self::ManagerDecline | Self::Decline | Self::Return)
    }
}

/// Most requests that are decided at once.
pub const MOST_AT_ONCE: usize = 100;

/// What is asked for, in its author's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// What it is.
    pub title: Title,
    /// What for: the author's words to those who decide.
    pub why: Option<Narrative>,
    /// What the author needs so that they can take part.
    pub needs: Option<Narrative>,
    /// The activity of the catalogue, if it is one.
    pub activity_id: Option<LearningActivityId>,
    /// The session of that activity.
    pub session_id: Option<LearningSessionId>,
    /// Who provides it.
    pub provider: Option<Title>,
    /// First day.
    pub starts_on: NaiveDate,
    /// Last day.
    pub ends_on: NaiveDate,
    /// What it is to cost, in pence.
    pub cost_pence: i32,
    /// How long colleagues have to stand in, in minutes.
    pub cover_minutes: i32,
    /// Objectives it serves.
    pub objective_ids: Vec<ObjectiveId>,
    /// Standards it speaks to.
    pub standard_ids: Vec<StandardId>,
    /// Priorities of improvement plans that it serves.
    pub priority_ids: Vec<PriorityId>,
}

/// Changes of what is asked for; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct AskPatch {
    /// What it is.
    pub title: Option<Title>,
    /// What for.
    pub why: Option<Option<Narrative>>,
    /// What the author needs.
    pub needs: Option<Option<Narrative>>,
    /// The activity.
    pub activity_id: Option<Option<LearningActivityId>>,
    /// The session.
    pub session_id: Option<Option<LearningSessionId>>,
    /// Who provides it.
    pub provider: Option<Option<Title>>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<NaiveDate>,
    /// What it is to cost, in pence.
    pub cost_pence: Option<i32>,
    /// Cover, in minutes.
    pub cover_minutes: Option<i32>,
    /// All the objectives.
    pub objective_ids: Option<Vec<ObjectiveId>>,
    /// All the standards.
    pub standard_ids: Option<Vec<StandardId>>,
    /// All the priorities.
    pub priority_ids: Option<Vec<PriorityId>>,
}

impl Ask {
    /// It ends no earlier than it starts, and a session is one of an activity.
    ///
    /// # Errors
    /// Every fault at once: `impossible_dates`, `invalid_value`.
    pub fn check(&self) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        if self.ends_on < self.starts_on {
            faults.check::<()>(Err(RuleError::at(Code::ImpossibleDates, "/ends_on", "ends before it starts")));
        }
        if self.session_id.is_some() && self.activity_id.is_none() {
            faults.check::<()>(Err(RuleError::at(Code::ContradictoryMembers, "/activity_id", "a session is one of an activity: name that too")));
        }
        faults.settle()
    }
    fn patched(&self, patch: AskPatch) -> Self {
        let AskPatch {
            title,
            why,
            needs,
            activity_id,
            session_id,
            provider,
            starts_on,
            ends_on,
            cost_pence,
            cover_minutes,
            objective_ids,
            standard_ids,
            priority_ids,
        } = patch;
        Self {
            title: title.unwrap_or_else(|| self.title.clone()),
            why: why.unwrap_or_else(|| self.why.clone()),
            needs: needs.unwrap_or_else(|| self.needs.clone()),
            activity_id: activity_id.unwrap_or(self.activity_id),
            session_id: session_id.unwrap_or(self.session_id),
            provider: provider.unwrap_or_else(|| self.provider.clone()),
            starts_on: starts_on.unwrap_or(self.starts_on),
            ends_on: ends_on.unwrap_or(self.ends_on),
            cost_pence: cost_pence.unwrap_or(self.cost_pence),
            cover_minutes: cover_minutes.unwrap_or(self.cover_minutes),
            objective_ids: objective_ids.unwrap_or_else(|| self.objective_ids.clone()),
            standard_ids: standard_ids.unwrap_or_else(|| self.standard_ids.clone()),
            priority_ids: priority_ids.unwrap_or_else(|| self.priority_ids.clone()),
        }
    }
}

/// A learning request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LearningRequest {
    /// Its id.
    pub id: LearningRequestId,
    /// Whose it is: nobody asks for somebody else.
    pub person_id: PersonId,
    /// The employment in which they ask.
    pub employment_id: EmploymentId,
    /// The school of that employment.
    pub organisation_id: OrganisationId,
    /// Where it stands.
    pub state: RequestState,
    /// What is asked for.
    #[serde(flatten)]
    pub ask: Ask,
    /// The budget line that pays for it.
    pub budget_line_id: Option<BudgetLineId>,
    /// What was spent on it, in pence; none before it is booked.
    pub spent_pence: Option<i32>,
    /// When it was last submitted; until then it is its author's alone.
    pub submitted_at: Option<DateTime<Utc>>,
    /// Whose agreement as line manager or appraiser stands.
    pub agreed_by: Option<PersonId>,
    /// Whose approval stands.
    pub approved_by: Option<PersonId>,
    /// What its owner thought of it: theirs, and in no log.
    #[serde(skip)]
    pub evaluation: Option<Narrative>,
    /// Whether to go on with it.
    pub conclusion: Option<Conclusion>,
    /// Why: its owner's, and in no log.
    #[serde(skip)]
    pub conclusion_note: Option<Narrative>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Fields that are the author's words to those who decide. Who only keeps costs and cover does not read them.
pub const WORDS: [&str; 3] = ["why", "needs", "objective_ids"];

/// A decision, as it is kept: a change of mind is another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestDecision {
    /// Its id.
    pub id: RequestDecisionId,
    /// Whose decision it was.
    pub step: DecisionStep,
    /// What the request became.
    pub decision: RequestState,
    /// Why.
    pub reason: Option<Reason>,
    /// Who.
    pub decided_by: PersonId,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// What a step brings with it.
#[derive(Debug, Clone, Default)]
pub struct Brought {
    /// The budget line that pays, when it is approved.
    pub budget_line_id: Option<BudgetLineId>,
    /// What it cost, when it is booked or its cost is corrected.
    pub actual_cost_pence: Option<i32>,
    /// What its owner thought of it.
    pub evaluation: Option<Narrative>,
    /// Whether to go on with it, and why.
    pub conclusion: Option<(Conclusion, Option<Narrative>)>,
}

/// Where a caller's role lets them read the words of requests. Owners, and who is their line manager or appraiser, read them anyway.
pub fn words_reach(caller: &Caller) -> Reach {
    let Caller::Person { roles, .. } = caller else {
        return Reach { everywhere: matches!(caller, Caller::Operator), ..Reach::default() };
    };
    let reading = || roles.iter().filter(|h| matches!(h.role, RoleName::Headteacher | RoleName::Hr | RoleName::LearningApprover));
    Reach { everywhere: reading().any(|h| h.root), organisations: reading().map(|h| h.organisation).collect(), ..Reach::default() }
}

impl LearningRequest {
    /// Whom and where it is about. A draft is its author's alone, and stays so when it is withdrawn before anybody else saw it.
    pub fn about(&self) -> About {
        let private_to = self.submitted_at.is_none().then_some(self.person_id);
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to }
    }
    /// Money that it holds of its budget line: set aside, or spent.
    pub fn standing(&self) -> crate::budget::Standing {
        let Some(line) = self.budget_line_id else { return crate::budget::Standing::default() };
        let committed = if self.state == S::Approved { self.ask.cost_pence } else { 0 };
        crate::budget::Standing { line: Some(line), committed, spent: self.spent_pence.unwrap_or(0) }
    }
    /// May this person read what its owner wrote after it: what they thought of it, and what its checkpoints showed? The owner, and those whose
    /// agreement and approval stand.
    pub fn confides_in(&self, reader: Option<PersonId>) -> bool {
        reader.is_some() && [Some(self.person_id), self.agreed_by, self.approved_by].contains(&reader)
    }
    /// What the log says of a step.
    pub const fn event(action: RequestAction) -> EventKind {
        use RequestAction as A;
        match action {
            A::Update => EventKind::LearningRequestUpdated,
            A::PlanImpact => EventKind::LearningRequestImpactPlanned,
            A::Submit => EventKind::LearningRequestSubmitted,
            A::ManagerAgree => EventKind::LearningRequestManagerAgreed,
            A::ManagerDecline => EventKind::LearningRequestManagerDeclined,
            A::Approve => EventKind::LearningRequestApproved,
            A::Decline => EventKind::LearningRequestDeclined,
            A::Return => EventKind::LearningRequestReturned,
            A::Book => EventKind::LearningRequestBooked,
            A::RecordCost => EventKind::LearningRequestCostRecorded,
            A::Attend => EventKind::LearningRequestAttended,
            A::Evaluate => EventKind::LearningRequestEvaluated,
            A::RecordCheckpoint => EventKind::LearningRequestCheckpointRecorded,
            A::ReviewImpact => EventKind::LearningRequestImpactReviewed,
            A::Close => EventKind::LearningRequestClosed,
            A::Withdraw => EventKind::LearningRequestWithdrawn,
            A::Comment => EventKind::LearningRequestCommented,
        }
    }
}
