//! Bank holidays, as shipped data: published a few years ahead, and no further.

use crate::words;
use chrono::{Datelike, NaiveDate};
use serde::Deserialize;
use std::{collections::HashSet, sync::LazyLock};

words! {
    /// Whose bank holidays.
    BankHolidays {
        /// England and Wales.
        EnglandAndWales = "england_and_wales",
        /// Scotland.
        Scotland = "scotland",
    }
}

/// The shipped file.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct File {
    /// Where the dates are published.
    #[serde(rename = "source")]
    _source: String,
    first_year: i32,
    last_year: i32,
    england_and_wales: HashSet<NaiveDate>,
    scotland: HashSet<NaiveDate>,
}

// The file is part of the program and a test reads it, so there is no error to answer.
static READ: LazyLock<File> = LazyLock::new(|| serde_json::from_str(include_str!("bank_holidays.json")).unwrap_or_default());

impl BankHolidays {
    /// Does a bank holiday, or the day in its stead, fall on this day? Nothing, if the list does not reach so far.
    pub fn falls_on(self, day: NaiveDate) -> Option<bool> {
        let days = match self {
            Self::EnglandAndWales => &READ.england_and_wales,
            Self::Scotland => &READ.scotland,
        };
        (READ.first_year..=READ.last_year).contains(&day.year()).then(|| days.contains(&day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Weekday;

    #[test]
    fn every_year_has_its_bank_holidays_and_none_is_at_a_weekend() {
        assert_eq!((READ.first_year, READ.last_year), (2024, 2028));
        for (days, a_year) in [(&READ.england_and_wales, 8), (&READ.scotland, 9)] {
            for year in 2024..=2028 {
                assert_eq!(days.iter().filter(|d| d.year() == year).count(), a_year, "{year}");
            }
            assert!(days.iter().all(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun)));
        }
        let christmas = |year| NaiveDate::from_ymd_opt(year, 12, 25).unwrap_or_default();
        assert_eq!(BankHolidays::Scotland.falls_on(christmas(2028)), Some(true));
        assert_eq!(BankHolidays::EnglandAndWales.falls_on(christmas(2029)), None);
    }
}
