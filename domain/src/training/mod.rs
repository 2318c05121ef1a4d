//! Training that is required: safeguarding, first aid, fire safety. Who must do it, by when, for how long it counts, and when it begins again.
//!
//! Where somebody stands with a requirement is never stored: [`status`] works it out for any day, from the facts.

pub mod completion;
pub mod status;
#[cfg(test)]
mod tests;

use crate::{
    employment::StaffCategory,
    event::{About, EventKind},
    id::{LearningActivityId, OrganisationId, TrainingRequirementId},
    role::RoleName,
    rule::{Code, Faults, RuleError},
    text::{Narrative, Title},
    words,
};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// By what a training is required.
    Authority {
        /// The law.
        Statutory = "statutory",
        /// Guidance to which a school must have regard, or that it follows.
        Guidance = "guidance",
        /// The trust's or the school's own policy.
        Local = "local",
    }
    /// What starts the time in which it is to be done.
    Trigger {
        /// Somebody's first day at the trust or school that requires it.
        OnStart = "on_start",
        /// The first day of a role for which it is required.
        OnRole = "on_role",
        /// A day of the calendar.
        Scheduled = "scheduled",
        /// A new edition of what is to be known.
        OnEdition = "on_edition",
    }
    /// For how long it counts once it is done.
    ValidityKind {
        /// So many months, to the same day of the month: from 29 February to 28 February where there is none.
        Months = "months",
        /// To 31 August, the end of the academic year.
        AcademicYear = "academic_year",
        /// For good, until there is a new edition.
        None = "none",
    }
    /// Where a requirement stands.
    RequirementState {
        /// It is being written, and asks nothing of anybody.
        Draft = "draft",
        /// It is asked of everybody for whom it is.
        Published = "published",
        /// It is asked of nobody any more.
        Retired = "retired",
    }
    /// What can be done with a requirement.
    RequirementAction {
        /// Change it, while it is a draft.
        Update = "update",
        /// Ask it of everybody for whom it is.
        Publish = "publish",
        /// Make a new edition: everybody is due again.
        IssueEdition = "issue_edition",
        /// Ask it of nobody any more.
        Retire = "retire",
    }
}

use RequirementAction as A;
use RequirementState as S;

/// Days before it runs out on which somebody is warned, if nothing else is said.
pub const WARN_AT_DAYS: [i32; 3] = [90, 30, 7];
/// Most days within which it is to be done, and most days of a warning.
pub const MOST_DAYS: i32 = 1095;
/// Most months that it counts.
pub const MOST_MONTHS: i32 = 240;

/// Some of the staff: by what they are, what they are called, or which role they hold. Nobody, if nothing is named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Group {
    /// Staff categories.
    pub staff_categories: Vec<StaffCategory>,
    /// Roles held at the organisation, above it or beneath it.
    pub roles: Vec<RoleName>,
    /// Job titles, whatever the case of their letters.
    pub job_titles: Vec<Title>,
}

impl Group {
    /// Is nobody named?
    pub fn is_empty(&self) -> bool {
        let Self { staff_categories, roles, job_titles } = self;
        staff_categories.is_empty() && roles.is_empty() && job_titles.is_empty()
    }
    fn has_title(&self, title: &Title) -> bool {
        self.job_titles.iter().any(|t| t.as_str().to_lowercase() == title.as_str().to_lowercase())
    }
    fn shares(&self, other: &Self) -> bool {
        self.staff_categories.iter().any(|c| other.staff_categories.contains(c))
            || self.roles.iter().any(|r| other.roles.contains(r))
            || self.job_titles.iter().any(|t| other.has_title(t))
    }
}

/// For whom it is: those who are included, all staff if nobody is named, without those who are excluded.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Audience {
    /// Who.
    pub include: Group,
    /// But not these.
    pub exclude: Group,
}

/// For how long it counts once it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validity {
    /// By what it is counted.
    pub kind: ValidityKind,
    /// How many months, if by those.
    pub months: Option<i32>,
}

impl Validity {
    /// The last day on which something counts that was done on this day; none if it counts for good.
    pub fn until(self, day: NaiveDate) -> Option<NaiveDate> {
        match self.kind {
            ValidityKind::None => None,
            ValidityKind::AcademicYear => NaiveDate::from_ymd_opt(crate::time::academic_year(day).saturating_add(1), 8, 31).or(Some(NaiveDate::MAX)),
            ValidityKind::Months => {
                let months = u32::try_from(self.months.unwrap_or_default()).unwrap_or_default();
                Some(day.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX))
            }
        }
    }
    /// No round of it is shorter than this many days.
    fn shortest(self) -> Option<i32> {
        match self.kind {
            ValidityKind::None => None,
            ValidityKind::AcademicYear => Some(365),
            ValidityKind::Months => self.months.map(|m| m.saturating_mul(365) / 12),
        }
    }
}

/// A day so many days later; the last day there is, if there is none.
pub(crate) fn after(day: NaiveDate, days: i32) -> NaiveDate {
    day.checked_add_days(Days::new(u64::try_from(days).unwrap_or_default())).unwrap_or(NaiveDate::MAX)
}

/// A new edition of what is to be known: whoever did it before is due again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Its number; the first is 1.
    pub number: i32,
    /// From when it counts.
    pub issued_on: NaiveDate,
    /// Within how many days it is to be done again.
    pub due_within_days: i32,
    /// What is new.
    pub note: Option<Title>,
}

/// A training that is required.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrainingRequirement {
    /// Its id.
    pub id: TrainingRequirementId,
    /// Who requires it: of everybody there and beneath.
    pub organisation_id: OrganisationId,
    /// What it is called.
    pub title: Title,
    /// What is to be done.
    pub description: Option<Narrative>,
    /// By what it is required.
    pub authority: Authority,
    /// For whom.
    pub audience: Audience,
    /// What starts the time in which it is to be done.
    pub trigger: Trigger,
    /// The day, if it is one of the calendar.
    pub scheduled_on: Option<NaiveDate>,
    /// Within how many days it is to be done.
    pub due_within_days: i32,
    /// For how long it counts.
    pub validity: Validity,
    /// How many days before it runs out somebody is warned; the first is the earliest.
    pub warn_at_days: Vec<i32>,
    /// Activities of the catalogue: who attends one of their sessions has done it.
    pub activity_ids: Vec<LearningActivityId>,
    /// Its editions, oldest first.
    pub editions: Vec<Edition>,
    /// Where it stands.
    pub state: RequirementState,
    /// From when it is asked: nobody is late for what was not asked yet.
    pub applies_from: Option<NaiveDate>,
    /// From when it is not asked any more.
    pub retired_on: Option<NaiveDate>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a requirement; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct TrainingRequirementPatch {
    /// What it is called.
    pub title: Option<Title>,
    /// What is to be done.
    pub description: Option<Option<Narrative>>,
    /// By what it is required.
    pub authority: Option<Authority>,
    /// For whom.
    pub audience: Option<Audience>,
    /// What starts the time in which it is to be done.
    pub trigger: Option<Trigger>,
    /// The day, if it is one of the calendar.
    pub scheduled_on: Option<Option<NaiveDate>>,
    /// Within how many days it is to be done.
    pub due_within_days: Option<i32>,
    /// By what it is counted for how long it counts.
    pub validity_kind: Option<ValidityKind>,
    /// How many months, if by those.
    pub validity_months: Option<Option<i32>>,
    /// How many days before it runs out somebody is warned.
    pub warn_at_days: Option<Vec<i32>>,
    /// Activities of the catalogue with which it is done.
    pub activity_ids: Option<Vec<LearningActivityId>>,
}

impl RequirementAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [RequirementState] {
        match self {
            A::Update | A::Publish => &[S::Draft],
            A::IssueEdition => &[S::Draft, S::Published],
            A::Retire => &[S::Draft, S::Published],
        }
    }
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update => EventKind::TrainingRequirementUpdated,
            A::Publish => EventKind::TrainingRequirementPublished,
            A::IssueEdition => EventKind::TrainingRequirementEditionIssued,
            A::Retire => EventKind::TrainingRequirementRetired,
        }
    }
}

impl TrainingRequirement {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), ..About::default() }
    }
    /// How long before it runs out somebody is warned for the first time; from then on a renewal counts from the day on which the old one runs out.
    pub fn window(&self) -> i32 {
        self.warn_at_days.iter().copied().max().unwrap_or_default()
    }
    /// The edition of a day.
    pub fn edition(&self, day: NaiveDate) -> Option<&Edition> {
        self.editions.iter().rev().find(|e| e.issued_on <= day)
    }
    /// Can this be done now?
    ///
    /// # Errors
    /// `wrong_state`, `not_ready`.
    pub fn can(&self, action: RequirementAction) -> Result<(), RuleError> {
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the requirement is {}; this needs {}", self.state, from.join(" or "))));
        }
        if action == A::Publish && self.trigger == Trigger::OnEdition && self.editions.is_empty() {
            return Err(RuleError::at(Code::NotReady, "/editions", "it is due when an edition is issued, and has none yet"));
        }
        Ok(())
    }
    /// The requirement with a patch laid over it.
    ///
    /// # Errors
    /// `wrong_state`, and what [`TrainingRequirement::sound`] finds.
    pub fn patched(&self, patch: TrainingRequirementPatch) -> Result<Self, RuleError> {
        self.can(A::Update)?;
        let TrainingRequirementPatch {
            title,
            description,
            authority,
            audience,
            trigger,
            scheduled_on,
            due_within_days,
            validity_kind,
            validity_months,
            warn_at_days,
            activity_ids,
        } = patch;
        let trigger = trigger.unwrap_or(self.trigger);
        let kind = validity_kind.unwrap_or(self.validity.kind);
        let mut warn_at_days = warn_at_days.unwrap_or_else(|| self.warn_at_days.clone());
        warn_at_days.sort_unstable_by(|a, b| b.cmp(a));
        warn_at_days.dedup();
        let mut activity_ids = activity_ids.unwrap_or_else(|| self.activity_ids.clone());
        activity_ids.sort_unstable();
        activity_ids.dedup();
        let patched = Self {
            title: title.unwrap_or_else(|| self.title.clone()),
            description: description.unwrap_or_else(|| self.description.clone()),
            authority: authority.unwrap_or(self.authority),
            audience: audience.unwrap_or_else(|| self.audience.clone()),
            trigger,
            // what belonged to the trigger or the validity before goes with it
            scheduled_on: scheduled_on.unwrap_or(self.scheduled_on.filter(|_| trigger == Trigger::Scheduled)),
            due_within_days: due_within_days.unwrap_or(self.due_within_days),
            validity: Validity { kind, months: validity_months.unwrap_or(self.validity.months.filter(|_| kind == ValidityKind::Months)) },
            warn_at_days,
            activity_ids,
            ..self.clone()
        };
        patched.sound().map(|()| patched)
    }
    /// Do its parts fit together, and can somebody who has done it ever be done with it?
    ///
    /// # Errors
    /// `contradictory_requirement`, `endless_requirement`: every fault.
    pub fn sound(&self) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        let mut contradicts = |holds: bool, pointer: &str, what: &str| {
            faults.check(if holds { Ok(()) } else { Err(RuleError::at(Code::ContradictoryRequirement, pointer, what)) });
        };
        let scheduled = self.trigger == Trigger::Scheduled;
        contradicts(scheduled == self.scheduled_on.is_some(), "/scheduled_on", "a day belongs to what is scheduled, and to nothing else");
        let by_role = self.trigger != Trigger::OnRole || !self.audience.include.roles.is_empty();
        contradicts(by_role, "/audience/include/roles", "what is due when a role begins is for those who hold one: name the roles");
        let both = self.audience.include.shares(&self.audience.exclude);
        contradicts(!both, "/audience/exclude", "the same people are included and excluded");
        let by_months = self.validity.kind == ValidityKind::Months;
        contradicts(by_months == self.validity.months.is_some(), "/validity_months", "months belong to a validity of months, and to nothing else");
        let mut ends = |holds: bool, pointer: &str, what: &str| {
            faults.check(if holds { Ok(()) } else { Err(RuleError::at(Code::EndlessRequirement, pointer, what)) });
        };
        if let Some(shortest) = self.validity.shortest() {
            ends(shortest > 0, "/validity_months", "it would have run out when it is done");
            let what = "it would be time to do it again from the day on which it is done: the first warning comes no sooner than it counts";
            ends(shortest == 0 || self.window() < shortest, "/warn_at_days", what);
            let what = "it would have run out sooner than it need be done: it is due within more days than it counts";
            ends(shortest == 0 || self.due_within_days < shortest, "/due_within_days", what);
        }
        faults.settle()
    }
    /// Asks it of everybody for whom it is, from this day.
    ///
    /// # Errors
    /// `wrong_state`, `not_ready`, `impossible_dates`.
    pub fn publish(&self, from: NaiveDate) -> Result<Self, RuleError> {
        self.can(A::Publish)?;
        sensible(from, "/applies_from")?;
        Ok(Self { state: S::Published, applies_from: Some(from), ..self.clone() })
    }
    /// Makes a new edition, later than the last.
    ///
    /// # Errors
    /// `wrong_state`, `impossible_dates`, `endless_requirement`.
    pub fn issue(&self, issued_on: NaiveDate, due_within_days: i32, note: Option<Title>) -> Result<Self, RuleError> {
        self.can(A::IssueEdition)?;
        let mut faults = Faults::default();
        faults.check(sensible(issued_on, "/issued_on"));
        if self.editions.last().is_some_and(|last| issued_on <= last.issued_on) {
            faults.check::<()>(Err(RuleError::at(Code::ImpossibleDates, "/issued_on", "it must be later than the edition before it")));
        }
        if self.validity.shortest().is_some_and(|shortest| due_within_days >= shortest) {
            let what = "it would have run out sooner than it need be done again";
            faults.check::<()>(Err(RuleError::at(Code::EndlessRequirement, "/due_within_days", what)));
        }
        faults.settle()?;
        let number = i32::try_from(self.editions.len()).unwrap_or(i32::MAX).saturating_add(1);
        let mut editions = self.editions.clone();
        editions.push(Edition { number, issued_on, due_within_days, note });
        Ok(Self { editions, ..self.clone() })
    }
    /// Asks it of nobody any more, from this day.
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn retire(&self, from: NaiveDate) -> Result<Self, RuleError> {
        self.can(A::Retire)?;
        Ok(Self { state: S::Retired, retired_on: Some(from), ..self.clone() })
    }
}

/// A day that somebody can have meant: not before 1950, nor after 2150.
///
/// # Errors
/// `impossible_dates`.
pub fn sensible(day: NaiveDate, pointer: &str) -> Result<(), RuleError> {
    match (1950..=2150).contains(&day.year()) {
        true => Ok(()),
        false => Err(RuleError::at(Code::ImpossibleDates, pointer, "a day between 1950 and 2150 is expected")),
    }
}
