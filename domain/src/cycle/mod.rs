//! Appraisal cycles: one round of appraisal for a population, with its period and due dates.
//!
//! `draft -> published -> planning_open -> monitoring -> review_open -> closing -> closed -> archived`; `cancelled` from draft or
//! published. A client never has to know the machine: each cycle answers what can be done with it and why the rest cannot.

use crate::{
    event::EventKind,
    id::{CycleId, FrameworkVersionId, OrganisationId},
    profile::ProfileKey,
    rule::{Code, Faults, RuleError},
    text::Title,
    time::Period,
    words,
};
use chrono::{DateTime, Months, NaiveDate, Utc};
use serde::Serialize;

use crate::employment::StaffCategory;

words! {
    /// Where a cycle stands.
    CycleState {
        /// Being set up; only those who run cycles see it.
        Draft = "draft",
        /// Announced; only due dates move from now on.
        Published = "published",
        /// Objectives are being set.
        PlanningOpen = "planning_open",
        /// The year's work.
        Monitoring = "monitoring",
        /// Reviews are being held.
        ReviewOpen = "review_open",
        /// Being wound up.
        Closing = "closing",
        /// Over.
        Closed = "closed",
        /// Put away.
        Archived = "archived",
        /// Called off.
        Cancelled = "cancelled",
    }
    /// What can be done with a cycle.
    CycleAction {
        /// Change the draft.
        Update = "update",
        /// Move due dates, with a reason.
        MoveDueDates = "move_due_dates",
        /// Create the appraisals of its population.
        CreateAppraisals = "create_appraisals",
        /// Announce it.
        Publish = "publish",
        /// Open planning.
        OpenPlanning = "open_planning",
        /// Close planning, begin the year's work.
        StartMonitoring = "start_monitoring",
        /// Open the review.
        OpenReview = "open_review",
        /// Begin to wind up.
        StartClosing = "start_closing",
        /// Close it.
        Close = "close",
        /// Put it away.
        Archive = "archive",
        /// Call it off.
        Cancel = "cancel",
        /// Draft next year's from it.
        RollOver = "roll_over",
    }
}

use CycleAction as A;
use CycleState as S;

impl CycleAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [CycleState] {
        match self {
            A::Update | A::Publish => &[S::Draft],
            A::MoveDueDates => &[S::Published, S::PlanningOpen, S::Monitoring, S::ReviewOpen, S::Closing],
            A::CreateAppraisals => &[S::Published, S::PlanningOpen, S::Monitoring],
            A::OpenPlanning => &[S::Published],
            A::StartMonitoring => &[S::PlanningOpen],
            A::OpenReview => &[S::Monitoring],
            A::StartClosing => &[S::ReviewOpen],
            A::Close => &[S::Closing],
            A::Archive => &[S::Closed],
            A::Cancel => &[S::Draft, S::Published],
            A::RollOver => &[S::Published, S::PlanningOpen, S::Monitoring, S::ReviewOpen, S::Closing, S::Closed, S::Archived],
        }
    }
    /// The state it leads to; none if it leads to no other.
    pub const fn to(self) -> Option<CycleState> {
        match self {
            A::Update | A::MoveDueDates | A::CreateAppraisals | A::RollOver => None,
            A::Publish => Some(S::Published),
            A::OpenPlanning => Some(S::PlanningOpen),
            A::StartMonitoring => Some(S::Monitoring),
            A::OpenReview => Some(S::ReviewOpen),
            A::StartClosing => Some(S::Closing),
            A::Close => Some(S::Closed),
            A::Archive => Some(S::Archived),
            A::Cancel => Some(S::Cancelled),
        }
    }
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update | A::MoveDueDates | A::CreateAppraisals => EventKind::CycleUpdated,
            A::RollOver => EventKind::CycleCreated,
            A::Publish => EventKind::CyclePublished,
            A::OpenPlanning => EventKind::CyclePlanningOpened,
            A::StartMonitoring => EventKind::CycleMonitoringStarted,
            A::OpenReview => EventKind::CycleReviewOpened,
            A::StartClosing => EventKind::CycleClosingStarted,
            A::Close => EventKind::CycleClosed,
            A::Archive => EventKind::CycleArchived,
            A::Cancel => EventKind::CycleCancelled,
        }
    }
}

/// The days by which things are due. They move the work, never an assessment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
pub struct DueDates {
    /// Objectives are to be agreed or set.
    pub objectives_due_on: Option<NaiveDate>,
    /// Reviews are to be held.
    pub review_due_on: Option<NaiveDate>,
    /// Reports are to be given.
    pub report_due_on: Option<NaiveDate>,
}

/// An appraisal cycle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cycle {
    /// Its id.
    pub id: CycleId,
    /// Whose: the trust's, or one school's. It covers everything beneath.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub name: Title,
    /// Where it stands.
    pub state: CycleState,
    /// First day of the appraisal period.
    pub starts_on: Option<NaiveDate>,
    /// Last day of the appraisal period.
    pub ends_on: Option<NaiveDate>,
    /// Which rules apply.
    pub rule_profile: Option<ProfileKey>,
    /// Which version of them.
    pub rule_profile_version: Option<i32>,
    /// When what is due.
    #[serde(flatten)]
    pub due: DueDates,
    /// The population rule: whose appraisal this is.
    pub staff_categories: Vec<StaffCategory>,
    /// The standards that apply, pinned to their versions.
    pub framework_version_ids: Vec<FrameworkVersionId>,
    /// Last year's cycle, from which it was drafted.
    pub rolled_over_from: Option<CycleId>,
    /// Why due dates last moved, or why it was called off.
    pub last_reason: Option<crate::text::Reason>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a draft; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct CyclePatch {
    /// Its name.
    pub name: Option<Title>,
    /// First day.
    pub starts_on: Option<Option<NaiveDate>>,
    /// Last day.
    pub ends_on: Option<Option<NaiveDate>>,
    /// Which rules apply.
    pub rule_profile: Option<Option<ProfileKey>>,
    /// Which version of them.
    pub rule_profile_version: Option<Option<i32>>,
    /// Objectives due.
    pub objectives_due_on: Option<Option<NaiveDate>>,
    /// Review due.
    pub review_due_on: Option<Option<NaiveDate>>,
    /// Reports due.
    pub report_due_on: Option<Option<NaiveDate>>,
    /// The population rule.
    pub staff_categories: Option<Vec<StaffCategory>>,
    /// The standards that apply.
    pub framework_version_ids: Option<Vec<FrameworkVersionId>>,
}

/// What is known of a cycle's work when somebody wants to close it, or to go on with the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OpenWork {
    /// Objectives that are not closed, carried over or withdrawn.
    pub objectives: i64,
    /// Appraisals that are not completed, transferred or abandoned.
    pub appraisals: i64,
    /// Is next year's cycle drafted already?
    pub rolled_over: bool,
}

impl Cycle {
    /// Can this be done now, by the state and the guards? Everything in the way is named at once.
    ///
    /// # Errors
    /// `wrong_state`, or `not_ready` with all that blocks it.
    pub fn can(&self, action: CycleAction, open: OpenWork) -> Result<(), RuleError> {
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the cycle is {}; this needs {}", self.state, from.join(" or "))));
        }
        match action {
            A::Publish => self.publishable(),
            A::Close => Self::closable(open),
            A::RollOver if open.rolled_over => Err(RuleError::new(Code::WrongState, "next year's cycle was drafted from it already")),
            _ => Ok(()),
        }
    }

    /// All that blocks closing, at once.
    fn closable(open: OpenWork) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        for (count, pointer, what) in [
            (open.objectives, "/objectives", "objectives of the cycle are not closed, carried over or withdrawn"),
            (open.appraisals, "/appraisals", "appraisals of the cycle are not completed, transferred or abandoned"),
        ] {
            if count > 0 {
                faults.check::<()>(Err(RuleError::at(Code::NotReady, pointer, format!("{count} {what}"))));
            }
        }
        faults.settle()
    }

    /// Next year's cycle, as a draft: every day a year later, the population as it is, and the same versions of rules and standards until
    /// somebody chooses newer ones.
    ///
    /// # Errors
    /// As [`Cycle::can`].
    pub fn rolled_over(&self, id: CycleId, name: Title, open: OpenWork, now: DateTime<Utc>) -> Result<Self, RuleError> {
        self.can(A::RollOver, open)?;
        let later = |day: Option<NaiveDate>| day.and_then(|day| day.checked_add_months(Months::new(12)));
        let DueDates { objectives_due_on, review_due_on, report_due_on } = self.due;
        Ok(Self {
            id,
            name,
            state: S::Draft,
            starts_on: later(self.starts_on),
            ends_on: later(self.ends_on),
            due: DueDates { objectives_due_on: later(objectives_due_on), review_due_on: later(review_due_on), report_due_on: later(report_due_on) },
            rolled_over_from: Some(self.id),
            last_reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
            ..self.clone()
        })
    }

    /// Can an objective be carried over into it, from that cycle or from none?
    ///
    /// # Errors
    /// `wrong_state` unless it was announced and no review is held yet; `period_backwards`, if it is no later cycle.
    pub fn carries_on(&self, from: Option<&Self>) -> Result<(), RuleError> {
        if !matches!(self.state, S::Published | S::PlanningOpen | S::Monitoring) {
            let why = format!("the cycle is {}; objectives are carried into one that is published, planning_open or monitoring", self.state);
            return Err(RuleError::at(Code::WrongState, "/cycle_id", why));
        }
        if from.is_some_and(|from| from.id == self.id || self.starts_on <= from.starts_on) {
            return Err(RuleError::at(Code::PeriodBackwards, "/cycle_id", "an objective is carried over into a later cycle"));
        }
        Ok(())
    }

    /// Takes the step.
    ///
    /// # Errors
    /// As [`Cycle::can`].
    pub fn step(&self, action: CycleAction, open: OpenWork) -> Result<Self, RuleError> {
        self.can(action, open)?;
        Ok(Self { state: action.to().unwrap_or(self.state), ..self.clone() })
    }

    fn publishable(&self) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        let mut need = |present: bool, pointer: &str, what: &str| {
            if !present {
                faults.check::<()>(Err(RuleError::at(Code::NotReady, pointer, format!("{what} is missing"))));
            }
        };
        need(self.starts_on.is_some(), "/starts_on", "the first day of the period");
        need(self.ends_on.is_some(), "/ends_on", "the last day of the period");
        need(self.rule_profile.is_some() && self.rule_profile_version.is_some(), "/rule_profile", "a version of a rule profile");
        need(!self.framework_version_ids.is_empty(), "/framework_version_ids", "a framework version");
        need(self.due.objectives_due_on.is_some(), "/objectives_due_on", "the day objectives are due");
        need(self.due.review_due_on.is_some(), "/review_due_on", "the day reviews are due");
        need(self.due.report_due_on.is_some(), "/report_due_on", "the day reports are due");
        need(!self.staff_categories.is_empty(), "/staff_categories", "the population rule: at least one staff category");
        faults.settle()
    }

    /// What any cycle must keep, draft or not.
    ///
    /// # Errors
    /// All that is wrong, at once.
    pub fn check(&self) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        if let (Some(start), Some(end)) = (self.starts_on, self.ends_on) {
            let backwards = end <= start;
            faults.check(if backwards { Err(RuleError::at(Code::PeriodBackwards, "/ends_on", "the period must end after it starts")) } else { Ok(()) });
        }
        let due = [("/objectives_due_on", self.due.objectives_due_on), ("/review_due_on", self.due.review_due_on), ("/report_due_on", self.due.report_due_on)];
        let mut earliest = self.starts_on;
        for (pointer, day) in due {
            if let (Some(day), Some(before)) = (day, earliest) {
                let early = day < before;
                faults.check(if early {
                    Err(RuleError::at(Code::PeriodBackwards, pointer, "falls due before the period, or before what comes first"))
                } else {
                    Ok(())
                });
            }
            earliest = day.or(earliest);
        }
        faults.settle()
    }

    /// The draft with a patch laid over it.
    ///
    /// # Errors
    /// `wrong_state`, or as [`Cycle::check`].
    pub fn patched(&self, patch: CyclePatch) -> Result<Self, RuleError> {
        self.can(A::Update, OpenWork::default())?;
        let CyclePatch {
            name,
            starts_on,
            ends_on,
            rule_profile,
            rule_profile_version,
            objectives_due_on,
            review_due_on,
            report_due_on,
            staff_categories,
            framework_version_ids,
        } = patch;
        let new = Self {
            name: name.unwrap_or_else(|| self.name.clone()),
            starts_on: starts_on.unwrap_or(self.starts_on),
            ends_on: ends_on.unwrap_or(self.ends_on),
            rule_profile: rule_profile.unwrap_or_else(|| self.rule_profile.clone()),
            rule_profile_version: rule_profile_version.unwrap_or(self.rule_profile_version),
            due: DueDates {
                objectives_due_on: objectives_due_on.unwrap_or(self.due.objectives_due_on),
                review_due_on: review_due_on.unwrap_or(self.due.review_due_on),
                report_due_on: report_due_on.unwrap_or(self.due.report_due_on),
            },
            staff_categories: staff_categories.unwrap_or_else(|| self.staff_categories.clone()),
            framework_version_ids: framework_version_ids.unwrap_or_else(|| self.framework_version_ids.clone()),
            ..self.clone()
        };
        new.check().map(|()| new)
    }

    /// Due dates moved after publishing, with the reason.
    ///
    /// # Errors
    /// `wrong_state`, or as [`Cycle::check`].
    pub fn move_due_dates(&self, due: DueDates, reason: crate::text::Reason) -> Result<Self, RuleError> {
        self.can(A::MoveDueDates, OpenWork::default())?;
        let or = |new: Option<NaiveDate>, old: Option<NaiveDate>| new.or(old);
        let due = DueDates {
            objectives_due_on: or(due.objectives_due_on, self.due.objectives_due_on),
            review_due_on: or(due.review_due_on, self.due.review_due_on),
            report_due_on: or(due.report_due_on, self.due.report_due_on),
        };
        let new = Self { due, last_reason: Some(reason), ..self.clone() };
        new.check().map(|()| new)
    }

    /// Can objectives be set in it for work on this period?
    ///
    /// # Errors
    /// `wrong_state` unless planning is open or the year's work is on.
    pub fn takes_objectives(&self) -> Result<(), RuleError> {
        match self.state {
            S::PlanningOpen | S::Monitoring => Ok(()),
            state => {
                Err(RuleError::at(Code::WrongState, "/cycle_id", format!("the cycle is {state}; objectives are set while it is planning_open or monitoring")))
            }
        }
    }

    /// Can what was drafted in it still be put to somebody? A private draft stays behind when it is closed, since nobody else knows of it.
    ///
    /// # Errors
    /// `wrong_state` once it is closed or called off.
    pub fn takes_proposals(&self) -> Result<(), RuleError> {
        match self.state {
            S::Closed | S::Archived | S::Cancelled => {
                Err(RuleError::new(Code::WrongState, format!("the cycle is {}: withdraw the draft, or write it anew in the next cycle", self.state)))
            }
            _ => Ok(()),
        }
    }

    /// Is an objective of this cycle due on one of its days? Somebody's own appraisal in it can go on for longer, to `longer`, if it was suspended: then so can their
    /// objectives. By no law, but because what is due before the year begins, or after its report, is assessed in no report; a goal of another time stands outside any
    /// cycle.
    ///
    /// # Errors
    /// `outside_period`, at `/due_on`.
    pub fn has_due(&self, due_on: Option<NaiveDate>, longer: Option<NaiveDate>) -> Result<(), RuleError> {
        let (Some(due), Some(period)) = (due_on, self.period()) else { return Ok(()) };
        let period = Period { ends_on: period.ends_on.map(|end| longer.map_or(end, |longer| longer.max(end))), ..period };
        if period.contains(due) {
            return Ok(());
        }
        let until = period.ends_on.map(|end| format!(" to {end}")).unwrap_or_default();
        Err(RuleError::at(Code::OutsidePeriod, "/due_on", format!("an objective of this cycle is due within its days, {}{until}", period.starts_on)))
    }

    /// The appraisal period, once it is set.
    pub fn period(&self) -> Option<Period> {
        self.starts_on.map(|starts_on| Period { starts_on, ends_on: self.ends_on })
    }
}

#[cfg(test)]
mod tests;
