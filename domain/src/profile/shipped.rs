//! The rule profiles that Trellis ships: files, read strictly.

use super::{Labels, Nation, ProfileKey, ProfileState, RuleName, RuleProfile, Rules};
use crate::{id::RuleProfileId, text::Title};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::sync::LazyLock;

/// A file: what is not its own to say is added when it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: RuleProfileId,
    key: ProfileKey,
    version: i32,
    nation: Nation,
    name: Title,
    legal_basis: Title,
    statutory: Vec<RuleName>,
    labels: Labels,
    rules: Rules,
}

/// When the shipped profiles were made, as records: the same everywhere.
pub const SHIPPED_AT: DateTime<Utc> = DateTime::UNIX_EPOCH;

const FILES: &[&str] = &[
    include_str!("england_maintained_2012.json"),
    include_str!("england_academy_policy.json"),
    include_str!("support_staff_policy.json"),
    include_str!("wales_2011.json"),
    include_str!("scotland_prd.json"),
];

fn read(file: &str) -> Result<RuleProfile, serde_json::Error> {
    let File { id, key, version, nation, name, legal_basis, statutory, labels, rules } = serde_json::from_str(file)?;
    let state = ProfileState::Published;
    let (created_at, updated_at) = (SHIPPED_AT, SHIPPED_AT);
    Ok(RuleProfile { id, key, number: version, state, based_on: None, nation, name, legal_basis, statutory, labels, rules, version: 1, created_at, updated_at })
}

/// The profiles that Trellis ships.
pub fn shipped() -> &'static [RuleProfile] {
    // The files are part of the program and a test reads each of them, so there is no error to answer.
    static READ: LazyLock<Vec<RuleProfile>> = LazyLock::new(|| FILES.iter().filter_map(|file| read(file).ok()).collect());
    &READ
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_and_its_rules_fit_together() {
        for file in FILES {
            let profile = read(file);
            assert!(profile.as_ref().is_ok_and(|p| p.rules.check().is_ok()), "{:?} {file}", profile.err());
        }
        let ids: std::collections::HashSet<_> = shipped().iter().map(|p| (p.id, p.key.clone())).collect();
        assert_eq!(ids.len(), FILES.len());
    }

    #[test]
    fn a_field_that_nobody_knows_is_an_error_wherever_it_stands() {
        for (from, to) in
            [("\"key\"", "\"rating\": 1, \"key\""), ("\"days\": 10", "\"days\": 10, \"or\": 5"), ("\"keep_years\"", "\"grade\": true, \"keep_years\"")]
        {
            let file = FILES[3].replacen(from, to, 1);
            assert_ne!(file, FILES[3]);
            assert!(read(&file).is_err(), "{to}");
        }
        assert!(read(&FILES[0].replacen("\"keep_years\"", "\"keep\"", 1)).is_err());
    }

    #[test]
    fn pay_is_off_but_where_a_profile_says_otherwise() {
        let on: Vec<&str> = shipped().iter().filter(|p| p.rules.pay_recommendation).map(|p| p.key.as_str()).collect();
        assert_eq!(on, ["england_maintained_2012"]);
        // a version that was written before there was such a rule
        let before = FILES[0].replacen("    \"pay_recommendation\": true,\n", "", 1);
        assert_ne!(before, FILES[0]);
        assert!(read(&before).is_ok_and(|p| !p.rules.pay_recommendation));
    }
}
