//! Whose appraisal a cycle creates: every employment of its schools is taken or left out, with the reason.

use crate::{
    employment::{Employment, StaffCategory},
    hold::Hold,
    id::{AppraisalId, CycleId, EmploymentId, HoldId, OrganisationId, PersonId},
    profile::{HoldReason, Rules},
    time::Period,
    words,
};
use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

words! {
    /// Why an employment is left out.
    Omission {
        /// Its staff category is not of the cycle's population.
        NotInCategory = "not_in_category",
        /// It ended before today.
        Left = "left",
        /// Another live appraisal of the employment covers some of the days.
        Overlapping = "overlapping",
        /// It does not last as long as the rules ask.
        TooShort = "too_short",
        /// The appraisee is in statutory induction, which has its own assessment.
        InInduction = "in_induction",
        /// A formal capability procedure is under way.
        InCapability = "in_capability",
        /// It is on hold for another reason that the rules name.
        OnHold = "on_hold",
        /// It is no longer there: it was joined with another, or its person was erased.
        Gone = "gone",
        /// The rules leave it out: what HR and the headteacher are told as `too_short`, `in_induction`, `in_capability` or `on_hold`.
        ExcludedByRules = "excluded_by_rules",
    }
}

impl Omission {
    /// What may be said of it to somebody from whom the support lane is closed: nothing by which a hold can be told from a
    /// short contract, or from another appraisal for the same days: an open contract is never too short.
    #[must_use]
    pub const fn told(self, of_support: bool) -> Self {
        match self {
            Self::TooShort | Self::InInduction | Self::InCapability | Self::OnHold | Self::Overlapping if !of_support => Self::ExcludedByRules,
            other => other,
        }
    }
    /// Is it for a hold?
    pub const fn by_hold(self) -> bool {
        matches!(self, Self::InInduction | Self::InCapability | Self::OnHold)
    }
}

impl From<HoldReason> for Omission {
    fn from(reason: HoldReason) -> Self {
        match reason {
            HoldReason::Induction => Self::InInduction,
            HoldReason::Capability => Self::InCapability,
            HoldReason::LongTermAbsence | HoldReason::Secondment | HoldReason::FamilyLeave => Self::OnHold,
        }
    }
}

/// An employment of a cycle's population, and what was found of it, as it is kept and told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// Which.
    pub employment_id: EmploymentId,
    /// Whose.
    pub person_id: PersonId,
    /// At which school.
    pub organisation_id: OrganisationId,
    /// Why it is left out.
    pub omission: Option<Omission>,
    /// The hold for which it is left out: whoever is told of it has read that hold.
    pub hold_id: Option<HoldId>,
    /// The period of its new appraisal.
    pub period: Option<Period>,
    /// Who appraises.
    pub appraisers: Vec<PersonId>,
}

impl Considered {
    /// What may be said of it to this reader: [`Omission::told`].
    #[must_use]
    pub fn told(self, of_support: bool) -> Self {
        Self { omission: self.omission.map(|why| why.told(of_support)), hold_id: self.hold_id.filter(|_| of_support), ..self }
    }
}

/// A cycle's population rule on a day.
#[derive(Debug, Clone, Copy)]
pub struct Rule<'a> {
    /// The cycle.
    pub cycle: CycleId,
    /// Its period.
    pub period: Period,
    /// Whose appraisal it is.
    pub categories: &'a [StaffCategory],
    /// The rules of its profile.
    pub rules: &'a Rules,
    /// The day.
    pub today: NaiveDate,
}

/// Another appraisal of an employment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Other {
    /// Which.
    pub id: AppraisalId,
    /// In which cycle.
    pub cycle: CycleId,
    /// Its period.
    pub period: Period,
    /// Is it live?
    pub live: bool,
}

/// An employment with what decides about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Employed {
    /// The employment.
    pub employment: Employment,
    /// Its holds.
    pub holds: Vec<Hold>,
    /// Its appraisals.
    pub others: Vec<Other>,
}

/// The period of the employment's appraisal in the cycle: nothing, if it has one there already.
///
/// Who starts later has a period of their own, and who is known to leave has one that ends with them.
///
/// # Errors
/// Why it is left out.
pub fn judge(rule: Rule<'_>, employed: &Employed) -> Result<Option<Period>, Omission> {
    let employment = &employed.employment;
    if employed.others.iter().any(|o| o.cycle == rule.cycle) {
        return Ok(None);
    }
    if !rule.categories.contains(&employment.staff_category) {
        return Err(Omission::NotInCategory);
    }
    let Some(period) = employment.period.intersection(&rule.period).filter(|_| employment.period.ends_on.is_none_or(|end| end >= rule.today)) else {
        return Err(Omission::Left);
    };
    if employed.others.iter().any(|o| o.live && o.period.overlaps(&period)) {
        return Err(Omission::Overlapping);
    }
    if let Some(end) = employment.period.ends_on
        && spans_less(employment.period.starts_on, end, rule.rules.minimum_employment_months)
    {
        return Err(Omission::TooShort);
    }
    holding(rule, employed).map_or(Ok(Some(period)), |hold| Err(hold.reason.into()))
}

/// The hold for which the rules leave an employment out. What is over when its appraisal would be created is over.
pub fn holding<'a>(rule: Rule<'_>, employed: &'a Employed) -> Option<&'a Hold> {
    let from = employed.employment.period.intersection(&rule.period)?.starts_on.max(rule.today);
    employed.holds.iter().find(|h| rule.rules.excluded_while.contains(&h.reason) && h.period.contains(from))
}

/// Do these days, both inclusive, last less than so many months?
fn spans_less(from: NaiveDate, to: NaiveDate, months: u8) -> bool {
    let enough = from.checked_add_months(Months::new(months.into())).and_then(|day| day.checked_sub_days(Days::new(1)));
    enough.is_some_and(|day| to < day)
}
