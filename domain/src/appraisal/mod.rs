//! Appraisals: one employment's appraisal in one cycle, with its period, its appraisers and its deadlines.
//!
//! `created -> planning -> in_progress -> self_review -> assessment_draft -> report_issued -> completed`, with `suspended`, and `transferred` and `abandoned` at whose end
//! nothing more is done. What was issued changes only by a new version of the report. Of one employment, two appraisals never cover the same day while both are live.

mod appraisers;
mod deadlines;
mod machine;
mod population;

pub use appraisers::{AppraiserTerm, Candidate, Panel, Succession, appoint, hand_over, left, succession};
pub use deadlines::{by_rule, deadlines};
pub use machine::{Facts, Party, Windows};
pub use population::{Considered, Employed, Omission, Other, Rule, holding, judge};

use crate::{
    event::{About, EventKind},
    id::{AppraisalId, CalendarId, CycleId, EmploymentId, HoldId, OrganisationId, PersonId},
    profile::{DayBasis, ProfileKey},
    text::{Reason, Title},
    time::Period,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::employment::StaffCategory;

words! {
    /// Where an appraisal stands.
    AppraisalState {
        /// It is there; planning has not begun.
        Created = "created",
        /// Standards are made known and objectives are set.
        Planning = "planning",
        /// The year's work.
        InProgress = "in_progress",
        /// The appraisee looks back, first.
        SelfReview = "self_review",
        /// The appraiser writes the assessment.
        AssessmentDraft = "assessment_draft",
        /// The report is given; the appraisee may comment.
        ReportIssued = "report_issued",
        /// The report is given and the time for a comment is over, or one was made.
        Completed = "completed",
        /// Resting; HR and the headteacher know why.
        Suspended = "suspended",
        /// Goes on elsewhere.
        Transferred = "transferred",
        /// Given up.
        Abandoned = "abandoned",
    }
    /// What can be done with an appraisal.
    AppraisalAction {
        /// Say who appraises.
        AssignAppraisers = "assign_appraisers",
        /// Begin planning.
        StartPlanning = "start_planning",
        /// Record that the appraisee was told which standards apply.
        InformStandards = "inform_standards",
        /// Record that the external adviser was consulted on the objectives.
        ConsultAdviser = "consult_adviser",
        /// Begin the year's work: objectives are set.
        Start = "start",
        /// Begin to look back.
        StartSelfReview = "start_self_review",
        /// Begin to write the assessment.
        StartAssessment = "start_assessment",
        /// Issue the report.
        IssueReport = "issue_report",
        /// Comment on the report.
        Comment = "comment",
        /// Appeal against the report.
        Appeal = "appeal",
        /// Decide an appeal.
        DecideAppeal = "decide_appeal",
        /// Recommend something on pay.
        RecommendPay = "recommend_pay",
        /// Complete it.
        Complete = "complete",
        /// Correct the report by a new version, with a reason.
        AmendReport = "amend_report",
        /// Move a deadline, with a reason.
        MoveDeadline = "move_deadline",
        /// Let it rest.
        Suspend = "suspend",
        /// Let it go on.
        Resume = "resume",
        /// It goes on elsewhere.
        Transfer = "transfer",
        /// Give it up.
        Abandon = "abandon",
    }
    /// Who or what set a deadline.
    DeadlineSource {
        /// The cycle's own day.
        Cycle = "cycle",
        /// A rule of the profile that counts days: from somebody's first day, or from the review.
        Rule = "rule",
        /// Somebody, with a reason. It stays where they set it, whatever the cycle or a rule says later.
        Person = "person",
    }
    /// What is due.
    DeadlineKind {
        /// Objectives are agreed or set.
        Objectives = "objectives",
        /// The review is held.
        Review = "review",
        /// The report is given.
        Report = "report",
        /// The last day for a comment on the report, once it is given.
        Comment = "comment",
        /// The last day for an appeal against it, where the rules give one.
        Appeal = "appeal",
    }
}

/// A day by which something is due, with the rule that made it. It does not move when a calendar or a profile changes. It moves when somebody moves it, or the
/// cycle's own day, with a reason; and when the review is held from which the rules count the report's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What is due.
    pub kind: DeadlineKind,
    /// By when.
    pub due_on: NaiveDate,
    /// The rule profile under which it was set.
    pub rule_profile: ProfileKey,
    /// Which version of it.
    pub rule_profile_version: i32,
    /// Who or what set it.
    pub set_by: DeadlineSource,
    /// Which days were counted; none where the cycle, or somebody with a reason, named the day.
    pub basis: Option<DayBasis>,
    /// The versions of calendars that were counted by.
    pub calendar_ids: Vec<CalendarId>,
    /// Why it was moved, if it was.
    pub reason: Option<Reason>,
}

/// An appraisal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Appraisal {
    /// Its id.
    pub id: AppraisalId,
    /// The employment that it hangs on.
    pub employment_id: EmploymentId,
    /// Whose it is: the appraisee.
    pub person_id: PersonId,
    /// The school of that employment.
    pub organisation_id: OrganisationId,
    /// In which cycle.
    pub cycle_id: CycleId,
    /// What the appraisee was when it was created: it decides who can appraise.
    pub staff_category: StaffCategory,
    /// Where it stands.
    pub state: AppraisalState,
    /// Where it stood before it was suspended.
    pub resumes_to: Option<AppraisalState>,
    /// First day of its period: the cycle's, or the appraisee's own if they started later.
    pub starts_on: NaiveDate,
    /// Last day of its period.
    pub ends_on: NaiveDate,
    /// What is due when.
    pub deadlines: Vec<Deadline>,
    /// Who appraises and appraised, in the order in which they came.
    pub appraisers: Vec<AppraiserTerm>,
    /// Who advises those who appraise a headteacher: a name, and where they are from.
    pub external_adviser: Option<Title>,
    /// When the adviser was consulted on the objectives.
    pub adviser_consulted_on: Option<NaiveDate>,
    /// When the appraisee was told which standards apply.
    pub standards_informed_on: Option<NaiveDate>,
    /// When the report was issued, as it stands.
    pub report_issued_on: Option<NaiveDate>,
    /// The last day on which the appraisee may comment on it.
    pub comment_due_on: Option<NaiveDate>,
    /// When they did.
    pub commented_on: Option<NaiveDate>,
    /// The last day on which the appraisee may appeal against it; none where the rules give no appeal.
    pub appeal_due_on: Option<NaiveDate>,
    /// When they did.
    pub appealed_on: Option<NaiveDate>,
    /// When the appeal was decided.
    pub appeal_decided_on: Option<NaiveDate>,
    /// When it was completed.
    pub completed_on: Option<NaiveDate>,
    /// Why it was transferred or abandoned.
    pub last_reason: Option<Reason>,
    /// The hold that suspended it. It stands in another lane: no event and no view of the appraisal tells of it.
    #[serde(skip)]
    pub hold_id: Option<HoldId>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl AppraisalState {
    /// Does it stand in the way of another appraisal of the same employment on the same days?
    pub const fn live(self) -> bool {
        !matches!(self, Self::Transferred | Self::Abandoned)
    }
}

impl AppraisalAction {
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            Self::AssignAppraisers => EventKind::AppraisalAppraisersAssigned,
            Self::StartPlanning => EventKind::AppraisalPlanningStarted,
            Self::InformStandards => EventKind::AppraisalStandardsInformed,
            Self::ConsultAdviser => EventKind::AppraisalAdviserConsulted,
            Self::Start => EventKind::AppraisalStarted,
            Self::StartSelfReview => EventKind::AppraisalSelfReviewStarted,
            Self::StartAssessment => EventKind::AppraisalAssessmentStarted,
            Self::IssueReport => EventKind::AppraisalReportIssued,
            Self::Comment => EventKind::AppraisalCommented,
            Self::Appeal => EventKind::AppraisalAppealed,
            Self::DecideAppeal => EventKind::AppraisalAppealDecided,
            // the appraisal stays as it is: a record of its own is made
            Self::RecommendPay => EventKind::PayRecommendationMade,
            Self::Complete => EventKind::AppraisalCompleted,
            Self::AmendReport => EventKind::AppraisalAmended,
            Self::MoveDeadline => EventKind::AppraisalDeadlineMoved,
            Self::Suspend => EventKind::AppraisalSuspended,
            Self::Resume => EventKind::AppraisalResumed,
            Self::Transfer => EventKind::AppraisalTransferred,
            Self::Abandon => EventKind::AppraisalAbandoned,
        }
    }
}

impl Appraisal {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
    /// Its period.
    pub fn period(&self) -> Period {
        Period { starts_on: self.starts_on, ends_on: Some(self.ends_on) }
    }
    /// The days that its report is of: those of its period on which the appraisee worked there. Somebody who leaves is assessed to their last day.
    pub fn days_worked(&self, employed: &Period) -> (NaiveDate, NaiveDate) {
        let worked = self.period().intersection(employed).unwrap_or_else(|| self.period());
        (worked.starts_on, worked.ends_on.unwrap_or(self.ends_on))
    }
    /// Is there an appeal that nobody has decided?
    pub fn appeal_waits(&self) -> bool {
        self.appealed_on.is_some() && self.appeal_decided_on.is_none()
    }
    /// Does this person appraise on this day?
    pub fn appraised_by(&self, person: PersonId, day: NaiveDate) -> bool {
        self.appraisers.iter().any(|a| a.person_id == person && a.on(day))
    }
    /// Is this person appointed, until somebody else is?
    pub fn appointed(&self, person: PersonId) -> bool {
        self.appraisers.iter().any(|a| a.person_id == person && a.until.is_none())
    }
    /// Did this person write the report, of which these versions were given: by whom, and on which day? It is the work of who issued any of them, and of
    /// whoever appraised on such a day, to whomever they handed over on it.
    pub fn written_by(&self, person: PersonId, versions: &[(PersonId, NaiveDate)]) -> bool {
        let appraised = |day: NaiveDate| self.appraisers.iter().any(|a| a.person_id == person && a.from <= day && a.until.is_none_or(|until| day <= until));
        versions.iter().any(|(issuer, day)| *issuer == person || appraised(*day))
    }
    /// Who appraised when a report was issued on this day. The terms of a headteacher's panel end with the appraisal, which can be complete on that same day.
    pub fn appraisers_of_report(&self, issued_on: NaiveDate) -> impl Iterator<Item = PersonId> {
        let completed = self.completed_on == Some(issued_on);
        self.appraisers.iter().filter(move |a| a.on(issued_on) || (completed && a.from <= issued_on && a.until == Some(issued_on))).map(|a| a.person_id)
    }
}

#[cfg(test)]
mod tests;
