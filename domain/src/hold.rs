//! Holds: the days on which no appraisal of an employment begins, or one rests, and why. They stand in the support lane: HR and the
//! headteacher know of them, and nothing that others see tells one reason from another.

use crate::{
    event::About,
    id::{EmploymentId, HoldId, OrganisationId, PersonId},
    profile::HoldReason,
    role::{ended, not_for_yourself},
    rule::{Code, RuleError},
    time::Period,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// A hold on the appraisal of an employment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Hold {
    /// Its id.
    pub id: HoldId,
    /// Of which employment.
    pub employment_id: EmploymentId,
    /// Whose.
    pub person_id: PersonId,
    /// At which school.
    pub organisation_id: OrganisationId,
    /// Why.
    pub reason: HoldReason,
    /// From when to when.
    #[serde(flatten)]
    pub period: Period,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was set.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Hold {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
}

/// May this hold be set? Never for oneself, and not twice for the same reason and days.
///
/// # Errors
/// `not_for_yourself`, `overlapping_hold`.
pub fn set(new: &Hold, by: Option<PersonId>, of_the_employment: &[Hold]) -> Result<(), RuleError> {
    not_for_yourself(new.person_id, by)?;
    let twice = of_the_employment.iter().any(|h| h.id != new.id && h.reason == new.reason && h.period.overlaps(&new.period));
    if twice {
        return Err(RuleError::at(Code::OverlappingHold, "/starts_on", "there is such a hold on some of these days"));
    }
    Ok(())
}

/// Gives a hold its last day.
///
/// # Errors
/// `not_for_yourself`, `period_backwards`, `already_ended`.
pub fn end(hold: &Hold, ends_on: NaiveDate, by: Option<PersonId>) -> Result<Hold, RuleError> {
    not_for_yourself(hold.person_id, by)?;
    ended(&hold.period, ends_on).map(|period| Hold { period, ..hold.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn hold(n: u128, reason: HoldReason, from: &str, to: Option<&str>) -> Hold {
        Hold {
            id: HoldId(Uuid::from_u128(n)),
            employment_id: EmploymentId(Uuid::nil()),
            person_id: PersonId(Uuid::from_u128(10)),
            organisation_id: OrganisationId(Uuid::nil()),
            reason,
            period: Period { starts_on: from.parse().unwrap_or_default(), ends_on: to.and_then(|t| t.parse().ok()) },
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn one_reason_holds_once_on_a_day_and_nobody_holds_their_own() {
        use HoldReason::{FamilyLeave, Induction};
        let there = [hold(1, Induction, "2026-09-01", Some("2027-07-31"))];
        let me = Some(PersonId(Uuid::from_u128(10)));
        let code = |new: &Hold, by| set(new, by, &there).err().map(|e| e.code);
        assert_eq!(code(&hold(2, Induction, "2027-07-31", None), None), Some(Code::OverlappingHold));
        assert_eq!(code(&hold(2, Induction, "2027-08-01", None), None), None);
        assert_eq!(code(&hold(2, FamilyLeave, "2027-01-01", None), None), None);
        assert_eq!(code(&hold(2, FamilyLeave, "2027-01-01", None), me), Some(Code::NotForYourself));
        let day = |t: &str| t.parse::<NaiveDate>().unwrap_or_default();
        assert_eq!(end(&there[0], day("2027-09-01"), None).err().map(|e| e.code), Some(Code::AlreadyEnded));
        assert_eq!(end(&there[0], day("2027-01-01"), me).err().map(|e| e.code), Some(Code::NotForYourself));
        assert_eq!(end(&there[0], day("2027-01-01"), None).map(|h| h.period.ends_on), Ok(Some(day("2027-01-01"))));
    }
}
