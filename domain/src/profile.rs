//! Rule profiles: the appraisal rules of a nation and a kind of school, as data with versions. Each cycle names one.

use crate::{
    rule::{Code, RuleError},
    text::Shape,
    texts, words,
};
use serde::Serialize;

texts! {
    /// The stable name of a rule profile: lower-case letters, digits and underscores.
    ProfileKey = Shape::Code { pattern: "^[a-z][a-z0-9_]{0,62}$", max: 63, example: "england_maintained_2012" }, |t| {
        let ok = t.len() <= 63 && t.starts_with(|c: char| c.is_ascii_lowercase()) && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if ok { Ok(t.to_owned()) } else { Err(RuleError::new(Code::InvalidValue, "lower-case letters, digits and underscores are expected, at most 63")) }
    };
}

words! {
    /// Nations whose rules differ.
    Nation {
        /// England.
        England = "england",
        /// Wales.
        Wales = "wales",
        /// Scotland.
        Scotland = "scotland",
        /// Northern Ireland.
        NorthernIreland = "northern_ireland",
    }
}

/// What a headteacher's appraisal panel must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeadteacherPanel {
    /// At least so many governors.
    pub min: u8,
    /// At most so many.
    pub max: u8,
    /// May a member of staff sit on it?
    pub staff_excluded: bool,
    /// Must an external adviser be consulted?
    pub external_adviser_required: bool,
}

/// One version of a rule profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleProfile {
    /// Its stable name.
    pub key: &'static str,
    /// Which version of it.
    pub version: i32,
    /// Whose rules.
    pub nation: Nation,
    /// Its name for people.
    pub name: &'static str,
    /// What it rests on.
    pub legal_basis: &'static str,
    /// Months of employment before appraisal applies; one term is 4.
    pub minimum_employment_months: u8,
    /// How long a period lasts by default, in months.
    pub default_period_months: u8,
    /// Day and month by which a teacher's report is due, by convention.
    pub report_due: Option<(u8, u8)>,
    /// Day and month by which a headteacher's report is due, by convention.
    pub headteacher_report_due: Option<(u8, u8)>,
    /// The headteacher's panel, where one is required.
    pub headteacher_panel: Option<HeadteacherPanel>,
    /// Is a review in mid-year required?
    pub mid_year_review_required: bool,
}

const PANEL: HeadteacherPanel = HeadteacherPanel { min: 2, max: 3, staff_excluded: true, external_adviser_required: true };

/// The profiles that Trellis ships. No statute requires a grade, a mid-year review or a number of objectives.
pub const SHIPPED: &[RuleProfile] = &[
    RuleProfile {
        key: "england_maintained_2012",
        version: 1,
        nation: Nation::England,
        name: "Maintained schools, England",
        legal_basis: "The Education (School Teachers' Appraisal) (England) Regulations 2012",
        minimum_employment_months: 4,
        default_period_months: 12,
        report_due: Some((31, 10)),
        headteacher_report_due: Some((31, 12)),
        headteacher_panel: Some(PANEL),
        mid_year_review_required: false,
    },
    RuleProfile {
        key: "england_academy_policy",
        version: 1,
        nation: Nation::England,
        name: "Academies, England: the trust's own policy",
        legal_basis: "The trust's appraisal policy",
        minimum_employment_months: 4,
        default_period_months: 12,
        report_due: Some((31, 10)),
        headteacher_report_due: Some((31, 12)),
        headteacher_panel: None,
        mid_year_review_required: false,
    },
    RuleProfile {
        key: "support_staff_policy",
        version: 1,
        nation: Nation::England,
        name: "Support staff: the employer's own policy",
        legal_basis: "The employer's policy; support staff have no statutory appraisal",
        minimum_employment_months: 4,
        default_period_months: 12,
        report_due: None,
        headteacher_report_due: None,
        headteacher_panel: None,
        mid_year_review_required: false,
    },
];

/// The profile of this name and version, if it is shipped.
pub fn find(key: &str, version: i32) -> Option<&'static RuleProfile> {
    SHIPPED.iter().find(|p| p.key == key && p.version == version)
}
