//! Employment: a person employed at a school from a day to an optional last day. Appraisals and objectives hang on it.

use crate::{
    id::{EmploymentId, OrganisationId, PersonId},
    organisation::OrganisationKind,
    provenance::{EmploymentField, Provenance},
    rule::{Code, RuleError},
    text::{Reference, StaffCode, Title},
    time::Period,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// Which appraisal rules can apply to somebody.
    StaffCategory {
        /// A qualified or unqualified teacher.
        Teacher = "teacher",
        /// A member of the leadership group who is not the head.
        Leader = "leader",
        /// A headteacher, executive headteacher or principal.
        Headteacher = "headteacher",
        /// A teaching assistant, office, site or other colleague.
        Support = "support",
    }
}

/// An employment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Employment {
    /// Its id.
    pub id: EmploymentId,
    /// Who is employed.
    pub person_id: PersonId,
    /// At which school, or by the trust centrally.
    pub organisation_id: OrganisationId,
    /// What they do there.
    pub job_title: Title,
    /// Which appraisal rules can apply.
    pub staff_category: StaffCategory,
    /// The school's own code for them; nobody else's at that school.
    pub staff_code: Option<StaffCode>,
    /// Full-time equivalent in per cent: 60 is three days of five.
    pub fte_percent: i32,
    /// From when to when.
    #[serde(flatten)]
    pub period: Period,
    /// The day of the snapshot that no longer named the person.
    #[serde(default)]
    pub missing_since: Option<NaiveDate>,
    /// The system whose snapshot that was.
    #[serde(default)]
    pub missing_from: Option<Reference>,
    /// The system whose snapshot gave it its last day because it did not name the person: named again, the employment goes on.
    #[serde(default)]
    pub ended_from: Option<Reference>,
    /// Systems that no longer name the person, though they are still here: they do not mark it until they have named them once.
    #[serde(default)]
    pub kept: Vec<Reference>,
    /// Which fields other systems manage.
    #[serde(default)]
    pub provenance: Provenance<EmploymentField>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of an employment; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct EmploymentPatch {
    /// What they do there.
    pub job_title: Option<Title>,
    /// Which appraisal rules can apply.
    pub staff_category: Option<StaffCategory>,
    /// The school's own code.
    pub staff_code: Option<Option<StaffCode>>,
    /// Full-time equivalent in per cent.
    pub fte_percent: Option<i32>,
    /// First day.
    pub starts_on: Option<NaiveDate>,
    /// Last day.
    pub ends_on: Option<Option<NaiveDate>>,
}

impl Employment {
    /// The employment with a patch laid over it.
    ///
    /// # Errors
    /// `period_backwards`.
    pub fn patched(&self, patch: EmploymentPatch) -> Result<Self, RuleError> {
        let EmploymentPatch { job_title, staff_category, staff_code, fte_percent, starts_on, ends_on } = patch;
        // whoever gives it a last day has looked at it
        let looked_at = matches!(ends_on, Some(Some(_)));
        Ok(Self {
            missing_since: self.missing_since.filter(|_| !looked_at),
            missing_from: self.missing_from.clone().filter(|_| !looked_at),
            ended_from: self.ended_from.clone().filter(|_| ends_on.is_none()),
            job_title: job_title.unwrap_or_else(|| self.job_title.clone()),
            staff_category: staff_category.unwrap_or(self.staff_category),
            staff_code: staff_code.unwrap_or_else(|| self.staff_code.clone()),
            fte_percent: fte_percent.unwrap_or(self.fte_percent),
            period: Period::new(starts_on.unwrap_or(self.period.starts_on), ends_on.unwrap_or(self.period.ends_on))?,
            ..self.clone()
        })
    }
}

impl Employment {
    /// The person is still here, though a system no longer names them.
    ///
    /// # Errors
    /// `wrong_state`: it is not missing.
    pub fn keep(&self) -> Result<Self, RuleError> {
        let Some(source) = self.missing_from.clone().filter(|_| self.missing_since.is_some()) else {
            return Err(RuleError::new(Code::WrongState, "the employment is not missing: there is nothing to decide"));
        };
        let mut kept = self.kept.clone();
        kept.push(source);
        kept.sort();
        kept.dedup();
        Ok(Self { missing_since: None, missing_from: None, kept, ..self.clone() })
    }
}

/// May this employment stand beside the person's others? At one school, one at a time; at several schools, as many as there are.
///
/// # Errors
/// `not_an_employer`, `overlapping_employment`.
pub fn stand(new: &Employment, at: OrganisationKind, others: &[Employment]) -> Result<(), RuleError> {
    if at == OrganisationKind::Group {
        return Err(RuleError::at(Code::NotAnEmployer, "/organisation_id", "people are employed at a school or by the trust, not by a group"));
    }
    let clash = others.iter().any(|o| o.id != new.id && o.organisation_id == new.organisation_id && o.period.overlaps(&new.period));
    if clash {
        return Err(RuleError::at(Code::OverlappingEmployment, "/starts_on", "this person is already employed at the school on some of these days"));
    }
    Ok(())
}

/// How an employment counts on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Its last day has passed.
    pub lapsed: bool,
    /// It places the person: they are live at its organisation.
    pub live: bool,
}

/// How somebody's employments count on this day, by their last days. They are live wherever an employment has not lapsed, also one that has
/// yet to begin; somebody who left altogether stays live where they left last, so that their last school can finish its paperwork.
pub fn count(last_days: &[Option<NaiveDate>], today: NaiveDate) -> Vec<Counted> {
    let lapsed = |day: Option<NaiveDate>| day.is_some_and(|day| day < today);
    let gone = last_days.iter().all(|day| lapsed(*day));
    let last = last_days.iter().max().copied().flatten();
    last_days.iter().map(|day| Counted { lapsed: lapsed(*day), live: if gone { *day == last } else { !lapsed(*day) } }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn employment(n: u128, school: u128, starts: &str, ends: &str) -> Employment {
        let day = |t: &str| t.parse::<NaiveDate>().ok();
        Employment {
            id: EmploymentId(Uuid::from_u128(n)),
            person_id: PersonId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::from_u128(school)),
            job_title: Title::try_from("Teacher".to_owned()).unwrap_or_else(|e| unreachable!("{e}")),
            staff_category: StaffCategory::Teacher,
            staff_code: None,
            fte_percent: 100,
            period: Period { starts_on: day(starts).unwrap_or_default(), ends_on: day(ends) },
            missing_since: None,
            missing_from: None,
            ended_from: None,
            kept: Vec::new(),
            provenance: Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn one_employment_at_a_time_at_one_school() {
        let held = [employment(1, 1, "2020-09-01", "2024-08-31")];
        for (new, at, code) in [
            (employment(2, 1, "2024-09-01", ""), OrganisationKind::School, None),
            (employment(2, 1, "2024-08-31", ""), OrganisationKind::School, Some(Code::OverlappingEmployment)),
            (employment(2, 2, "2021-09-01", ""), OrganisationKind::School, None),
            (employment(2, 1, "2024-09-01", ""), OrganisationKind::Trust, None),
            (employment(2, 1, "2024-09-01", ""), OrganisationKind::Group, Some(Code::NotAnEmployer)),
            (employment(1, 1, "2020-09-01", ""), OrganisationKind::School, None),
        ] {
            assert_eq!(stand(&new, at, &held).err().map(|e| e.code), code, "{new:?}");
        }
    }

    #[test]
    fn a_person_is_live_where_they_work_or_where_they_left_last() {
        let day = |t: &str| t.parse::<NaiveDate>().ok();
        let today = day("2026-10-05").unwrap_or_default();
        for (ends, live) in [
            (vec![], vec![]),
            (vec![""], vec![true]),
            (vec!["2026-10-05"], vec![true]),
            (vec!["2026-10-04"], vec![true]),
            (vec!["2026-10-04", ""], vec![false, true]),
            (vec!["2026-10-04", "2027-08-31"], vec![false, true]),
            (vec!["2026-10-04", "2025-08-31"], vec![true, false]),
            (vec!["2026-08-31", "2026-08-31", "2020-08-31"], vec![true, true, false]),
        ] {
            let counted = count(&ends.iter().map(|t| day(t)).collect::<Vec<_>>(), today);
            assert_eq!(counted.iter().map(|c| c.live).collect::<Vec<_>>(), live, "{ends:?}");
            assert!(counted.iter().zip(&ends).all(|(c, t)| c.lapsed == day(t).is_some_and(|d| d < today)), "{ends:?}");
        }
    }
}
