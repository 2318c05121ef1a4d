//! The frameworks that Trellis ships, as data: a school starts with them and adds its own beside them.
//!
//! They hold the headings that people speak of, not the statutory text beneath: a conversation starts from "meets unless evidence
//! otherwise", and nobody grades statement by statement.

use crate::text::{Narrative, Reference, Slug, StandardCode, Title};
use serde::Deserialize;

/// A published framework, ready to be added to a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedFramework {
    /// Its short name, the same in every version: `teachers-standards`.
    pub key: Slug,
    /// What schools call it.
    pub name: Title,
    /// Which version: the year of its publication.
    pub version: Title,
    /// Whose words these are, to be shown with them.
    pub attribution: Narrative,
    /// Under what licence: an SPDX identifier, or `labels only` where the text itself is not free to copy.
    pub licence: Reference,
    /// The page on which its publisher has it.
    pub source: Title,
    /// Its standards, in the published order.
    pub standards: Vec<SeedStandard>,
}

/// One standard of a published framework.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeedStandard {
    /// Its code, unique in the framework: `TS1`.
    pub code: StandardCode,
    /// Its heading.
    pub title: Title,
    /// Those beneath it, in order.
    #[serde(default)]
    pub children: Vec<SeedStandard>,
}

/// The key of the framework that holds the mechanisms of effective professional development, in each of its versions.
pub const MECHANISMS: &str = "effective-professional-development-mechanisms";

/// The frameworks that every tenant starts with: the Teachers' Standards (2011), the Headteachers' Standards (2020), the Standard for
/// Teachers' Professional Development (2016), and the mechanisms of effective professional development (EEF, 2021).
pub fn frameworks() -> Vec<SeedFramework> {
    // The file is part of the program and a test reads it, so there is no error to answer.
    serde_json::from_str(include_str!("../../seed/frameworks.json")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn codes(standards: &[SeedStandard]) -> Vec<&str> {
        standards.iter().flat_map(|s| std::iter::once(s.code.as_str()).chain(codes(&s.children))).collect()
    }

    #[test]
    fn the_file_is_of_the_form_that_its_types_ask_for() {
        let read: Result<Vec<SeedFramework>, _> = serde_json::from_str(include_str!("../../seed/frameworks.json"));
        assert_eq!(read.map_err(|e| e.to_string()), Ok(frameworks()));
    }

    #[test]
    fn four_frameworks_are_shipped_with_their_standards_in_order() {
        let frameworks = frameworks();
        let found: Vec<_> = frameworks.iter().map(|f| (f.key.as_str(), f.version.as_str(), codes(&f.standards).join(" "))).collect();
        assert_eq!(
            found,
            [
                ("teachers-standards", "2011", "TS1 TS2 TS3 TS4 TS5 TS6 TS7 TS8 TSP2".to_owned()),
                ("headteachers-standards", "2020", "HTE HT1 HT2 HT3 HT4 HT5 HT6 HT7 HT8 HT9 HT10".to_owned()),
                ("standard-for-teachers-professional-development", "2016", "PD1 PD2 PD3 PD4 PD5".to_owned()),
                (
                    "effective-professional-development-mechanisms",
                    "2021",
                    "BUILD M1 M2 MOTIVATE M3 M4 M5 DEVELOP M6 M7 M8 M9 M10 EMBED M11 M12 M13 M14".to_owned()
                ),
            ]
        );
    }

    #[test]
    fn codes_are_unique_within_a_framework_and_keys_among_them() {
        let frameworks = frameworks();
        let keys: HashSet<_> = frameworks.iter().map(|f| &f.key).collect();
        assert_eq!(keys.len(), frameworks.len());
        for framework in &frameworks {
            let codes = codes(&framework.standards);
            assert_eq!(codes.iter().collect::<HashSet<_>>().len(), codes.len(), "{}", framework.key.as_str());
        }
    }

    #[test]
    fn the_mechanisms_lie_beneath_their_four_purposes() {
        let frameworks = frameworks();
        let purposes: Vec<_> = frameworks.iter().flat_map(|f| &f.standards).filter(|s| !s.children.is_empty()).collect();
        let found: Vec<_> = purposes.iter().map(|s| (s.title.as_str(), s.children.len())).collect();
        assert_eq!(found, [("Build knowledge", 2), ("Motivate", 3), ("Develop techniques", 5), ("Embed", 4)]);
    }

    #[test]
    fn every_framework_says_whose_words_it_holds() {
        for f in frameworks() {
            let (licence, publisher, page) = match f.key.as_str() {
                "effective-professional-development-mechanisms" => {
                    ("labels only", "Education Endowment Foundation", "https://educationendowmentfoundation.org.uk/")
                }
                _ => ("OGL-UK-3.0", "Open Government Licence v3.0", "https://www.gov.uk/government/publications/"),
            };
            assert_eq!(f.licence.as_str(), licence, "{}", f.key.as_str());
            assert!(f.attribution.as_str().contains(publisher) && f.source.as_str().starts_with(page), "{}", f.key.as_str());
        }
    }
}
