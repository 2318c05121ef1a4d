//! The machine: which step, by whom, from where, and what must come first. What is refused here is what `can` says.

use super::{Appraisal, AppraisalAction, AppraisalState, Deadline, DeadlineKind, DeadlineSource, hand_over};
use crate::{
    employment::StaffCategory,
    id::{HoldId, PersonId},
    profile::Rules,
    rule::{Code, Faults, RuleError},
    text::Reason,
};
use chrono::NaiveDate;
use std::collections::BTreeSet;

use AppraisalAction as A;
use AppraisalState as S;

/// Who acts, seen from the appraisal, on the day of the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Party {
    /// The person, if it is one.
    pub person: Option<PersonId>,
    /// Do they appraise it?
    pub appraiser: bool,
    /// Are they the headteacher of the school?
    pub headteacher: bool,
    /// Are they of HR, for the school?
    pub hr: bool,
    /// Does somebody of those let them say who appraises at the school?
    pub delegate: bool,
}

impl Party {
    /// Do they say who appraises only because it was delegated to them?
    pub const fn delegated(self) -> bool {
        self.delegate && !self.headteacher && !self.hr
    }
}

/// What else decides.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The day of the act.
    pub today: NaiveDate,
    /// Are reviews being held in the cycle?
    pub reviewing: bool,
    /// The last day of the employment, if it has one.
    pub leaves_on: Option<NaiveDate>,
    /// What the appraisee is now.
    pub category: StaffCategory,
    /// Does the appraisee say themself who appraises, as a headteacher, of HR or as a delegate, here or elsewhere? Asked where a delegate asks.
    pub assigns: bool,
    /// Objectives that wait for the other party's answer.
    pub proposed: i64,
    /// Objectives that are agreed or set, or further.
    pub settled: i64,
    /// What the report still lacks, if it is being written and whoever asks writes it.
    pub missing: &'a [RuleError],
    /// Did whoever asks write the report ([`Appraisal::written_by`])? Known where an appeal against it waits and they could decide it.
    pub wrote: bool,
    /// Does the report, as it stands, bear on pay? Known where the rules have a recommendation and whoever asks appraises.
    pub pay_relevant: bool,
    /// Is there a recommendation on pay that waits to be decided, or was accepted? Known likewise.
    pub pay_recommended: bool,
    /// The rules of the cycle.
    pub rules: &'a Rules,
}

impl AppraisalAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [AppraisalState] {
        match self {
            A::AssignAppraisers => {
                &[S::Created, S::Planning, S::InProgress, S::SelfReview, S::AssessmentDraft, S::ReportIssued, S::Completed] // a correction is written by somebody
            }
            A::IssueReport => &[S::AssessmentDraft],
            A::Comment | A::Complete => &[S::ReportIssued],
            A::AmendReport | A::Appeal | A::DecideAppeal | A::RecommendPay => &[S::ReportIssued, S::Completed],
            A::MoveDeadline | A::Suspend => &[S::Created, S::Planning, S::InProgress, S::SelfReview, S::AssessmentDraft],
            A::StartPlanning => &[S::Created],
            A::InformStandards | A::ConsultAdviser | A::Start => &[S::Planning],
            A::StartSelfReview => &[S::InProgress],
            A::StartAssessment => &[S::InProgress, S::SelfReview],
            A::Resume => &[S::Suspended],
            A::Transfer | A::Abandon => &[S::Created, S::Planning, S::InProgress, S::SelfReview, S::AssessmentDraft, S::Suspended],
        }
    }
    /// The state it leads to; none if it stays, or goes back to where it was.
    pub const fn to(self) -> Option<AppraisalState> {
        match self {
            A::AssignAppraisers
            | A::InformStandards
            | A::ConsultAdviser
            | A::Comment
            | A::Appeal
            | A::DecideAppeal
            | A::RecommendPay
            | A::MoveDeadline
            | A::Resume => None,
            A::StartPlanning => Some(S::Planning),
            A::Start => Some(S::InProgress),
            A::StartSelfReview => Some(S::SelfReview),
            A::StartAssessment => Some(S::AssessmentDraft),
            A::IssueReport | A::AmendReport => Some(S::ReportIssued),
            A::Complete => Some(S::Completed),
            A::Suspend => Some(S::Suspended),
            A::Transfer => Some(S::Transferred),
            A::Abandon => Some(S::Abandoned),
        }
    }
    /// Is it this party's to do? If not, whose it is.
    fn whose(self, own: bool, by: Party) -> Result<(), &'static str> {
        let (ok, who) = match self {
            A::StartPlanning | A::InformStandards | A::ConsultAdviser | A::Start | A::StartAssessment | A::IssueReport | A::AmendReport | A::RecommendPay => {
                (by.appraiser, "who appraises")
            }
            A::StartSelfReview | A::Comment | A::Appeal => (own, "the appraisee"),
            A::DecideAppeal => ((by.headteacher || by.hr) && !by.appraiser, "the headteacher and HR of the school, unless they appraise it,"),
            A::AssignAppraisers => (by.headteacher || by.hr || by.delegate, "the headteacher and HR of the school, and whom they delegate it to,"),
            A::MoveDeadline | A::Complete => (by.headteacher || by.hr, "the headteacher and HR of the school"),
            A::Suspend | A::Resume | A::Transfer | A::Abandon => (by.hr, "HR of the school"),
        };
        if ok { Ok(()) } else { Err(who) }
    }
}

/// Until when the appraisee may speak of a report that was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Windows {
    /// The last day for a comment, with the rule and the calendars that it was counted by.
    pub comment: Deadline,
    /// The last day for an appeal, where the rules give one.
    pub appeal: Option<Deadline>,
}

const APPEAL_WAITS: &str = "an appeal against the report waits to be decided";

/// What objectives without an answer are told as.
fn waiting(proposed: i64) -> String {
    match proposed {
        1 => "an objective waits to be agreed, or set with dissent".into(),
        many => format!("{many} objectives wait to be agreed, or set with dissent"),
    }
}

impl Appraisal {
    /// Can this party do this now? Who first, then the state, then what must come first.
    ///
    /// # Errors
    /// `not_permitted`, `not_for_yourself`, also for who wrote the report and would decide the appeal against it, `wrong_state`, or `not_ready` with all that is
    /// missing. A delegate says who appraises a colleague, and never who
    /// appraises themself, the headteacher (whose panel is the governing body's) or another who says who appraises.
    pub fn can(&self, action: AppraisalAction, by: Party, facts: Facts<'_>) -> Result<(), RuleError> {
        let own = by.person == Some(self.person_id);
        action.whose(own, by).map_err(|who| RuleError::new(Code::NotPermitted, format!("only {who} may do this")))?;
        if own && !matches!(action, A::StartSelfReview | A::Comment | A::Appeal) {
            return Err(RuleError::new(Code::NotForYourself, "nobody does this for their own appraisal; a colleague must"));
        }
        if action == A::DecideAppeal && facts.wrote {
            // or one could hand the appraisal over and judge one's own words on the same day
            let why = "nobody decides an appeal against a report that they wrote; another of the headteacher and HR does";
            return Err(RuleError::new(Code::NotForYourself, why));
        }
        let heads = self.staff_category == StaffCategory::Headteacher || facts.category == StaffCategory::Headteacher;
        if action == A::AssignAppraisers && by.delegated() && (heads || facts.assigns) {
            // or one could choose one's own appraiser by the hand of whom one delegates to
            let why = "a delegate does not say who appraises the headteacher, or anybody else who says who appraises: HR does, and the headteacher for others";
            return Err(RuleError::new(Code::NotPermitted, why));
        }
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the appraisal is {}; this needs {}", self.state, from.join(" or "))));
        }
        self.in_time(action, facts.today)?;
        self.ready(action, facts)
    }

    /// A comment is made once, within its window; and so is an appeal, where the rules give one.
    fn in_time(&self, action: AppraisalAction, today: NaiveDate) -> Result<(), RuleError> {
        let (said, what, last) = match action {
            A::Comment => (self.commented_on, "a comment on", self.comment_due_on),
            A::Appeal => (self.appealed_on, "an appeal against", self.appeal_due_on),
            _ => return Ok(()),
        };
        if said.is_some() {
            return Err(RuleError::new(Code::AlreadySaid, format!("there is {what} this version of the report; it stands")));
        }
        match last {
            Some(last) if today > last => Err(RuleError::new(Code::WindowClosed, format!("{what} the report could be made until {last}"))),
            None if action == A::Appeal => Err(RuleError::new(Code::WindowClosed, "the rules of the cycle give no appeal against a report")),
            _ => Ok(()),
        }
    }

    fn ready(&self, action: AppraisalAction, facts: Facts<'_>) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        let mut need = |there: bool, pointer: &str, what: &str| {
            if !there {
                faults.check::<()>(Err(RuleError::at(Code::NotReady, pointer, what)));
            }
        };
        let advised = self.staff_category == StaffCategory::Headteacher && facts.rules.headteacher_panel.is_some_and(|p| p.external_adviser_required);
        match action {
            A::ConsultAdviser => need(self.external_adviser.is_some(), "/external_adviser", "no external adviser is recorded"),
            A::Start => {
                need(self.standards_informed_on.is_some(), "/standards_informed_on", "the appraisee was not yet told which standards apply");
                need(!advised || self.adviser_consulted_on.is_some(), "/adviser_consulted_on", "the external adviser was not yet consulted");
                need(facts.proposed == 0, "/objectives", &waiting(facts.proposed));
                let least = i64::from(facts.rules.minimum_objectives.unwrap_or(0));
                need(facts.settled >= least, "/objectives", &format!("the rules ask for {least} objectives; {} are agreed or set", facts.settled));
            }
            A::StartSelfReview | A::StartAssessment => {
                let leaves = facts.leaves_on.is_some_and(|day| day <= self.ends_on);
                let in_time = facts.reviewing || facts.today >= self.ends_on || leaves || facts.category != self.staff_category;
                need(in_time, "/ends_on", "the period has not ended and no reviews are held yet; earlier only for somebody who leaves or changes their role");
            }
            A::IssueReport | A::AmendReport => {
                let least = facts.rules.headteacher_panel.filter(|_| self.staff_category == StaffCategory::Headteacher).map_or(1, |p| p.min.into());
                // people, not terms: two of a panel may have turned out to be one
                let panel: BTreeSet<PersonId> = self.appraisers.iter().filter(|a| a.on(facts.today)).map(|a| a.person_id).collect();
                need(panel.len() >= least, "/appraisers", &format!("a headteacher's report is issued by a panel of at least {least}"));
                need(!self.appeal_waits(), "/appeal_decided_on", APPEAL_WAITS);
                if action == A::IssueReport {
                    for lack in facts.missing {
                        faults.check::<()>(Err(lack.clone()));
                    }
                }
            }
            A::Complete => {
                let said = self.commented_on.is_some();
                let over = self.comment_due_on.is_none_or(|last| facts.today > last);
                let until = self.comment_due_on.map_or_else(String::new, |last| format!(" until {last}"));
                need(said || over, "/commented_on", &format!("the appraisee may comment{until}"));
                need(!self.appeal_waits(), "/appeal_decided_on", APPEAL_WAITS);
            }
            A::DecideAppeal => need(self.appeal_waits(), "/appealed_on", "there is no appeal that waits to be decided"),
            A::RecommendPay if !facts.rules.pay_recommendation => need(false, "/cycle_id", "the rules of the cycle have no recommendation on pay"),
            A::RecommendPay => {
                // what stands in either is read where the reading is recorded: which of the two it is, is not said by the way
                let why = "it takes a report that bears on pay, as it stands, and no recommendation on pay that waits to be decided or was accepted";
                need(facts.pay_relevant && !facts.pay_recommended, "/pay_relevant", why);
            }
            _ => {}
        }
        faults.settle()
    }

    /// Takes a step that needs nothing but the step itself. A headteacher's panel is appointed for one appraisal: when that is complete, or left, it reads
    /// no more, and a correction needs a panel that is appointed again.
    ///
    /// # Errors
    /// As [`Appraisal::can`].
    pub fn step(&self, action: AppraisalAction, by: Party, facts: Facts<'_>) -> Result<Self, RuleError> {
        self.can(action, by, facts)?;
        let mut new = Self { state: action.to().unwrap_or(self.state), ..self.clone() };
        match action {
            A::InformStandards => new.standards_informed_on = self.standards_informed_on.or(Some(facts.today)),
            A::ConsultAdviser => new.adviser_consulted_on = self.adviser_consulted_on.or(Some(facts.today)),
            A::Comment => new.commented_on = Some(facts.today),
            A::Appeal => new.appealed_on = Some(facts.today),
            A::DecideAppeal => new.appeal_decided_on = Some(facts.today),
            A::Complete => new.completed_on = Some(facts.today),
            _ => {}
        }
        if matches!(action, A::Complete | A::Transfer | A::Abandon) && self.staff_category == StaffCategory::Headteacher {
            new.appraisers = hand_over(&self.appraisers, &[], facts.today);
        }
        Ok(new)
    }

    /// The report, or a new version of it, is given: the appraisee may comment on it, and appeal against it, until these days.
    ///
    /// # Errors
    /// As [`Appraisal::can`].
    pub fn give_report(&self, action: AppraisalAction, windows: Windows, by: Party, facts: Facts<'_>) -> Result<Self, RuleError> {
        let new = self.step(action, by, facts)?;
        let Windows { comment, appeal } = windows;
        let (commented_on, appealed_on, appeal_decided_on, completed_on) = (None, None, None, None);
        let (report_issued_on, comment_due_on, appeal_due_on) = (Some(facts.today), Some(comment.due_on), appeal.as_ref().map(|a| a.due_on));
        // a correction opens them anew
        let others = self.deadlines.iter().filter(|d| !matches!(d.kind, DeadlineKind::Comment | DeadlineKind::Appeal)).cloned();
        let deadlines = others.chain([comment]).chain(appeal).collect();
        Ok(Self { deadlines, report_issued_on, comment_due_on, commented_on, appeal_due_on, appealed_on, appeal_decided_on, completed_on, ..new })
    }

    /// Transfers or abandons it, with the reason.
    ///
    /// # Errors
    /// As [`Appraisal::can`].
    pub fn leave(&self, action: AppraisalAction, reason: Reason, by: Party, facts: Facts<'_>) -> Result<Self, RuleError> {
        let new = self.step(action, by, facts)?;
        Ok(Self { last_reason: Some(reason), resumes_to: None, ..new })
    }

    /// Lets it rest under a hold.
    ///
    /// # Errors
    /// As [`Appraisal::can`].
    pub fn suspend(&self, hold: HoldId, by: Party, facts: Facts<'_>) -> Result<Self, RuleError> {
        let new = self.step(A::Suspend, by, facts)?;
        Ok(Self { resumes_to: Some(self.state), hold_id: Some(hold), ..new })
    }

    /// Lets it go on where it stood, for longer if so wished.
    ///
    /// # Errors
    /// As [`Appraisal::can`]; `period_backwards`, if the period would end earlier than before.
    pub fn resume(&self, ends_on: Option<NaiveDate>, by: Party, facts: Facts<'_>) -> Result<Self, RuleError> {
        let new = self.step(A::Resume, by, facts)?;
        if ends_on.is_some_and(|day| day < self.ends_on) {
            return Err(RuleError::at(Code::PeriodBackwards, "/ends_on", "the period is extended or stays; it is not cut short"));
        }
        Ok(Self { state: self.resumes_to.unwrap_or(S::Created), resumes_to: None, hold_id: None, ends_on: ends_on.unwrap_or(self.ends_on), ..new })
    }

    /// Moves a deadline, with the reason. From then on neither the cycle nor a rule moves it.
    ///
    /// # Errors
    /// As [`Appraisal::can`]; `period_backwards`, if it would fall due before the period; `wrong_state`, if there is no such deadline: those of a comment and an
    /// appeal begin when the report is given, and move no more.
    pub fn move_deadline(&self, kind: DeadlineKind, due_on: NaiveDate, reason: Reason, by: Party, facts: Facts<'_>) -> Result<Self, RuleError> {
        let new = self.step(A::MoveDeadline, by, facts)?;
        if !self.deadlines.iter().any(|d| d.kind == kind) {
            return Err(RuleError::at(Code::WrongState, "/kind", "there is no such deadline to move"));
        }
        if due_on < self.starts_on {
            return Err(RuleError::at(Code::PeriodBackwards, "/due_on", "falls due before the period begins"));
        }
        let moved = |d: Deadline| match d.kind == kind {
            true => Deadline { due_on, set_by: DeadlineSource::Person, basis: None, calendar_ids: Vec::new(), reason: Some(reason.clone()), ..d },
            false => d,
        };
        Ok(Self { deadlines: self.deadlines.iter().cloned().map(moved).collect(), ..new })
    }
}
