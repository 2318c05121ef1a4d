//! Where somebody stands with a requirement on a day: a pure function of the facts, which is stored nowhere.
//!
//! | status | on that day |
//! |---|---|
//! | `not_required` | they work there, and it is not for them, or it is not asked yet or any more |
//! | `exempt` | it is for them, and an exemption covers the day |
//! | `due_soon` | it is for them and not done, or not done since the edition of that day; the day by which it is due is yet to come |
//! | `due` | the same, and the day by which it is due has come or is past |
//! | `current` | it is done, and counts |
//! | `expiring` | it is done, and runs out within the days of the first warning |
//! | `expired` | it was done, has run out, and was not done again |
//!
//! Who does not work there on the day has no status. What somebody did before they came, or before they left and came back, counts like anything
//! else. How many hours they work makes no difference.

use super::{Group, RequirementState, TrainingRequirement, Trigger, after};
use crate::{
    employment::StaffCategory,
    role::RoleName,
    text::{Title, Wire},
    time::Period,
    words,
};
use chrono::{Days, NaiveDate};
use serde_json::Value;

words! {
    /// Where somebody stands with a requirement on a day.
    TrainingStatus {
        /// It is not asked of them.
        NotRequired = "not_required",
        /// It is to be done, and the day by which it is due has come or is past.
        Due = "due",
        /// It is to be done, and the day by which it is due is yet to come.
        DueSoon = "due_soon",
        /// It is done, and counts.
        Current = "current",
        /// It is done, and runs out within the days of the first warning.
        Expiring = "expiring",
        /// It was done, has run out, and was not done again.
        Expired = "expired",
        /// An exemption covers the day.
        Exempt = "exempt",
    }
}

use TrainingStatus as S;

/// An employment at the organisation that requires it, or beneath.
#[derive(Debug, Clone)]
pub struct Work {
    /// From when to when.
    pub period: Period,
    /// As what.
    pub staff_category: StaffCategory,
    /// What they are called.
    pub job_title: Title,
}

impl Work {
    /// As it was before this change, which the log tells of (`{"field": {"before": …, "after": …}}`). What a change says nothing of stays, and so does what it
    /// began with: an employment that was recorded later than it began was from its first day what it was recorded as.
    #[must_use]
    pub fn before(mut self, change: &Value) -> Self {
        let was = |field: &str| change.pointer(&format!("/{field}/before")).and_then(Value::as_str);
        if let Some(category) = was("staff_category").and_then(|word| StaffCategory::parse(word).ok()) {
            self.staff_category = category;
        }
        if let Some(title) = was("job_title").and_then(|text| Title::parse(text).ok()) {
            self.job_title = title;
        }
        self
    }
}

/// All that decides where one person stands with one requirement.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Their employments there, whenever they were.
    pub work: Vec<Work>,
    /// Roles that they hold or held there, beneath or above.
    pub roles: Vec<(RoleName, Period)>,
    /// Days on which they did it, without what was taken back.
    pub done: Vec<NaiveDate>,
    /// Exemptions.
    pub exempt: Vec<Period>,
}

/// Where somebody stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrainingStanding {
    /// In a word.
    pub status: TrainingStatus,
    /// By when it is to be done, or done again.
    pub due_on: Option<NaiveDate>,
    /// The last day on which what they did counts.
    pub valid_until: Option<NaiveDate>,
    /// So many days before it runs out they were last warned: the latest of the requirement's warnings that has come; none while none has, or once it has run out.
    pub warned_at_days: Option<i32>,
    /// When they last did it.
    pub completed_on: Option<NaiveDate>,
}

impl Facts {
    fn role_on(&self, day: NaiveDate, group: &Group) -> bool {
        self.roles.iter().any(|(role, period)| period.contains(day) && group.roles.contains(role))
    }
    /// Is it for them on that day, by one of the employments that they have then?
    fn is_for(&self, requirement: &TrainingRequirement, day: NaiveDate) -> bool {
        let (include, exclude) = (&requirement.audience.include, &requirement.audience.exclude);
        let in_group =
            |work: &Work, group: &Group| group.staff_categories.contains(&work.staff_category) || group.has_title(&work.job_title) || self.role_on(day, group);
        let mut then = self.work.iter().filter(|w| w.period.contains(day));
        then.any(|w| (include.is_empty() || in_group(w, include)) && !in_group(w, exclude))
    }
    /// The first day of the time that they have worked there without a break up to this day.
    fn since(&self, day: NaiveDate) -> Option<NaiveDate> {
        let mut since = self.work.iter().filter(|w| w.period.contains(day)).map(|w| w.period.starts_on).min()?;
        while let Some(earlier) =
            self.work.iter().map(|w| w.period).filter(|p| p.starts_on < since && p.ends_on.is_none_or(|end| after(end, 1) >= since)).map(|p| p.starts_on).min()
        {
            since = earlier;
        }
        Some(since)
    }
    /// The last day on which it counts, of all that they had done by then. What is done again before it runs out, within the days of the first warning,
    /// counts from the day on which it runs out; sooner than that it counts from the day on which it is done; neither ever takes away a day.
    fn valid_until(&self, requirement: &TrainingRequirement, day: NaiveDate) -> Option<NaiveDate> {
        let mut done: Vec<NaiveDate> = self.done.iter().copied().filter(|d| *d <= day).collect();
        done.sort_unstable();
        done.dedup();
        let mut until: Option<NaiveDate> = None;
        for done in done {
            let from = until.filter(|until| done <= *until && after(done, requirement.window()) >= *until).unwrap_or(done);
            // what runs out on the last day of an academic year is done again for the next one
            let from = if from == done { done } else { requirement.counted_from(from) };
            until = requirement.validity.until(from).max(until);
        }
        until
    }
    /// Where they stand on this day; nowhere if they do not work there then.
    pub fn standing(&self, requirement: &TrainingRequirement, day: NaiveDate) -> Option<TrainingStanding> {
        let since = self.since(day)?;
        let completed_on = self.done.iter().copied().filter(|d| *d <= day).max();
        let valid_until = completed_on.and_then(|_| self.valid_until(requirement, day));
        let warned = |status| valid_until.filter(|_| status == S::Expiring).and_then(|until| requirement.warned(until, day));
        let standing = |status, due_on| Some(TrainingStanding { status, due_on, valid_until, warned_at_days: warned(status), completed_on });

        let asked = requirement.state != RequirementState::Draft
            && requirement.applies_from.is_some_and(|from| from <= day)
            && requirement.retired_on.is_none_or(|retired| day < retired);
        let edition = requirement.edition(day);
        let waits_for_edition = requirement.trigger == Trigger::OnEdition && edition.is_none();
        if !asked || waits_for_edition || !self.is_for(requirement, day) {
            return standing(S::NotRequired, None);
        }
        if self.exempt.iter().any(|period| period.contains(day)) {
            return standing(S::Exempt, None);
        }
        let earliest = since.max(requirement.applies_from.unwrap_or(since));
        let again_by =
            edition.map(|e| if e.issued_on >= earliest { after(e.issued_on, e.due_within_days) } else { after(earliest, requirement.due_within_days) });
        let first_by = match (requirement.trigger, again_by) {
            (Trigger::OnEdition, Some(by)) => by,
            (Trigger::OnRole, _) => after(earliest.max(self.role_since(requirement, day).unwrap_or(earliest)), requirement.due_within_days),
            (Trigger::Scheduled, _) => after(earliest.max(requirement.scheduled_on.unwrap_or(earliest)), requirement.due_within_days),
            _ => after(earliest, requirement.due_within_days),
        };
        let to_do = |by: NaiveDate| standing(if day < by { S::DueSoon } else { S::Due }, Some(by));
        let Some(completed_on) = completed_on else { return to_do(first_by) };
        match (valid_until, edition, again_by) {
            // whoever comes with something that ran out has the time that everybody has
            (Some(until), ..) if until < day && day < first_by => standing(S::DueSoon, Some(first_by)),
            (Some(until), ..) if until < day => standing(S::Expired, Some(until.max(first_by))),
            (_, Some(edition), Some(by)) if completed_on < edition.issued_on => to_do(valid_until.map_or(by, |until| until.min(by))),
            (Some(until), ..) if after(day, requirement.window()) >= until => standing(S::Expiring, Some(until)),
            (until, ..) => standing(S::Current, until),
        }
    }
    /// The first day of the role for which it is required of them.
    fn role_since(&self, requirement: &TrainingRequirement, day: NaiveDate) -> Option<NaiveDate> {
        let theirs = self.roles.iter().filter(|(role, period)| period.contains(day) && requirement.audience.include.roles.contains(role));
        theirs.map(|(_, period)| period.starts_on).min()
    }
}

impl TrainingRequirement {
    /// The days on which somebody is warned whose training runs out on this one, earliest first, each with how many days are left.
    pub fn warnings(&self, until: NaiveDate) -> Vec<(NaiveDate, i32)> {
        let on = |days: i32| until.checked_sub_days(Days::new(u64::try_from(days).unwrap_or_default()));
        self.warn_at_days.iter().filter_map(|days| Some((on(*days)?, *days))).collect()
    }
    /// The days of which somebody is told who stands so: those on which they are warned, and the one on which it runs out, with 0 days left. From the first warning
    /// on that one is the day of a task.
    pub fn reminders(&self, standing: &TrainingStanding) -> Vec<(NaiveDate, i32)> {
        match (standing.status, standing.valid_until) {
            (S::Current, Some(until)) => self.warnings(until).into_iter().chain([(until, 0)]).collect(),
            (S::Expiring, Some(until)) => self.warnings(until),
            _ => Vec::new(),
        }
    }
    /// The latest of those warnings that has come.
    fn warned(&self, until: NaiveDate, day: NaiveDate) -> Option<i32> {
        self.warnings(until).into_iter().filter(|(on, _)| *on <= day).map(|(_, days)| days).min()
    }
    /// The day from which a renewal counts that was done before this one, on which the old one runs out.
    fn counted_from(&self, until: NaiveDate) -> NaiveDate {
        match self.validity.kind {
            super::ValidityKind::AcademicYear => after(until, 1),
            _ => until,
        }
    }
}
