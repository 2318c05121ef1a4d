//! Erasing a person: when nothing needs their record any more, all that is known of them goes. What stays is an id, so that other people's
//! records, and the log, go on saying that somebody was there.

use crate::{
    id::PersonId,
    person::Person,
    role::not_for_yourself,
    rule::{Code, Faults, RuleError},
    text::Name,
    time::Period,
    words,
};
use chrono::NaiveDate;

words! {
    /// Why a person is erased. Words of a list, for a free text would say again what is erased.
    ErasureReason {
        /// The person asked for it (UK GDPR, article 17).
        Requested = "requested",
        /// The time for which the body keeps such records is over.
        RetentionOver = "retention_over",
        /// They should never have been recorded.
        RecordedInError = "recorded_in_error",
    }
}

/// What still hangs on a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Ties {
    /// When they were employed, are or will be.
    pub employments: Vec<Period>,
    /// When they held roles.
    pub roles: Vec<Period>,
    /// When they were to others a line manager, appraiser, coach, mentor or induction tutor.
    pub held: Vec<Period>,
    /// Their objectives that are not closed or withdrawn, in cycles that are under way.
    pub open_objectives: usize,
    /// Appraisals of theirs that are neither completed nor given up, in cycles that are under way.
    pub open_appraisals: usize,
    /// Such appraisals of others that they are to appraise.
    pub appraising: usize,
    /// Learning requests of theirs for which money is set aside.
    pub approved_requests: usize,
    /// Rows of bulk jobs that name them and are still to be done.
    pub waiting_rows: usize,
}

/// May the person be erased? Nobody erases themself, and nobody whose record is still at work.
///
/// # Errors
/// Every reason at once: `not_for_yourself`, `still_needed`.
pub fn may_erase(person: PersonId, ties: &Ties, today: NaiveDate, by: Option<PersonId>) -> Result<(), RuleError> {
    let mut faults = Faults::default();
    let mut needed = |needed: bool, why: &str| {
        if needed {
            faults.check::<()>(Err(RuleError::new(Code::StillNeeded, why)));
        }
    };
    let goes_on = |periods: &[Period]| periods.iter().any(|p| p.ends_on.is_none_or(|end| end >= today));
    needed(goes_on(&ties.employments), "an employment has not ended");
    needed(goes_on(&ties.roles), "a role has not ended");
    needed(goes_on(&ties.held), "they are somebody's line manager, appraiser, coach, mentor or induction tutor: hand over first");
    needed(ties.open_objectives > 0, "an objective of a cycle that is under way is neither closed nor withdrawn");
    needed(ties.open_appraisals > 0, "an appraisal of theirs in a cycle that is under way is neither completed, transferred nor abandoned");
    needed(ties.appraising > 0, "they appraise in an appraisal that is under way: assign other appraisers first");
    needed(ties.approved_requests > 0, "money is set aside for a learning request of theirs: book it, decline it or return it first");
    needed(ties.waiting_rows > 0, "a bulk job that is still at work names them");
    faults.check(not_for_yourself(person, by));
    faults.settle()
}

/// Was the right person meant? Whoever erases somebody says their family name; capitals do not matter.
///
/// # Errors
/// `not_confirmed`.
pub fn confirmed(person: &Person, family_name: &Name) -> Result<(), RuleError> {
    match person.family_name.as_str().trim().to_lowercase() == family_name.as_str().trim().to_lowercase() {
        true => Ok(()),
        false => Err(RuleError::at(Code::NotConfirmed, "/family_name", "is not the family name of this person")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn until(day: &str) -> Vec<Period> {
        vec![Period { starts_on: "2020-09-01".parse().unwrap_or_default(), ends_on: day.parse().ok() }]
    }

    #[test]
    fn nobody_is_erased_whose_record_is_still_at_work_and_every_reason_is_named() {
        let (somebody, today) = (PersonId(Uuid::from_u128(1)), "2026-10-05".parse().unwrap_or_default());
        let none = Ties::default;
        for (ties, by, reasons) in [
            (none(), None, 0),
            (none(), Some(2), 0),
            (none(), Some(1), 1),
            (Ties { employments: until("2026-10-04"), roles: until("2026-10-04"), held: until("2026-10-04"), ..none() }, None, 0),
            (Ties { employments: until("2026-10-05"), ..none() }, None, 1),
            (Ties { employments: until(""), ..none() }, None, 1),
            (Ties { roles: until("2027-08-31"), ..none() }, None, 1),
            (Ties { held: until(""), ..none() }, None, 1),
            (Ties { open_objectives: 1, ..none() }, None, 1),
            (Ties { open_appraisals: 1, ..none() }, None, 1),
            (Ties { appraising: 1, ..none() }, None, 1),
            (Ties { approved_requests: 1, ..none() }, None, 1),
            (Ties { waiting_rows: 2, ..none() }, None, 1),
            (
                Ties {
                    employments: until(""),
                    roles: until(""),
                    held: until(""),
                    open_objectives: 3,
                    open_appraisals: 1,
                    appraising: 1,
                    approved_requests: 1,
                    waiting_rows: 1,
                },
                Some(1),
                9,
            ),
        ] {
            let told = may_erase(somebody, &ties, today, by.map(|n| PersonId(Uuid::from_u128(n)))).err();
            assert_eq!(told.map_or(0, |e| e.faults.len().max(1)), reasons, "{ties:?}");
        }
    }
}
