//! Rule profiles: the appraisal rules of a nation and a kind of school, as data with versions. Each cycle pins one version.
//!
//! The profiles that Trellis ships are files beside this one, read strictly: a field that nobody knows is an error, so that another nation is
//! another file and no branch in the code. A trust makes its own from any of them; what the law asks for it may tighten, never loosen.

mod law;
mod shipped;

pub use law::keeps_the_law;
pub use shipped::{SHIPPED_AT, shipped};

use crate::{
    id::RuleProfileId,
    rule::{Code, Faults, RuleError},
    text::{Shape, Title},
    texts, words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

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
    /// Why no appraisal begins, or one rests: a dated status of an employment, in the support lane.
    HoldReason {
        /// Statutory induction of an early career teacher, which has its own assessment.
        Induction = "induction",
        /// A formal capability procedure.
        Capability = "capability",
        /// Long-term absence.
        LongTermAbsence = "long_term_absence",
        /// Work elsewhere for a time.
        Secondment = "secondment",
        /// Maternity, paternity, adoption or shared parental leave.
        FamilyLeave = "family_leave",
    }
    /// Which days count when days are counted.
    DayBasis {
        /// Every day.
        Calendar = "calendar",
        /// Monday to Friday, without bank holidays.
        Working = "working",
        /// Days with a session for pupils (Education Act 1996, section 579): in term, and no INSET day, closure or bank holiday.
        School = "school",
    }
    /// Rules that a law can fix for every profile that is based on it.
    RuleName {
        /// How long somebody must be employed before appraisal applies.
        MinimumEmploymentMonths = "minimum_employment_months",
        /// During what no appraisal begins.
        ExcludedWhile = "excluded_while",
        /// Who appraises a headteacher.
        HeadteacherPanel = "headteacher_panel",
        /// Whether there is a review in mid-year.
        MidYearReviewRequired = "mid_year_review_required",
        /// How early a review is announced.
        ReviewNotice = "review_notice",
        /// How soon after the review the report is given.
        ReportWithin = "report_within",
        /// How long the appraisee may comment.
        CommentWithin = "comment_within",
        /// How long the appraisee may appeal.
        AppealWithin = "appeal_within",
    }
    /// Where a version of a rule profile stands.
    ProfileState {
        /// Being written; no cycle can pin it.
        Draft = "draft",
        /// In force; it never changes.
        Published = "published",
    }
}

/// What a headteacher's appraisal panel must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeadteacherPanel {
    /// At least so many people.
    pub min: u8,
    /// At most so many; none, if nothing limits it.
    pub max: Option<u8>,
    /// Are members of the school's staff kept off it?
    pub staff_excluded: bool,
    /// Must an external adviser be consulted?
    pub external_adviser_required: bool,
}

/// So many days, and which days count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// How many.
    pub days: u16,
    /// Which days count.
    pub basis: DayBasis,
}

/// A day of every year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearDay {
    /// Month, 1 to 12.
    pub month: u8,
    /// Day of the month.
    pub day: u8,
}

/// The rules themselves. What is null no rule limits: no statute requires a grade, a mid-year review or a number of objectives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Months of employment before appraisal applies; one term is 4.
    pub minimum_employment_months: u8,
    /// During what no appraisal begins.
    pub excluded_while: Vec<HoldReason>,
    /// How long a period lasts by default, in months.
    pub period_months: u8,
    /// At least so many objectives.
    pub minimum_objectives: Option<u8>,
    /// At most so many.
    pub maximum_objectives: Option<u8>,
    /// How long somebody who starts within a period has for their objectives.
    pub starter_objectives_within: Option<Span>,
    /// Who appraises a headteacher, where that is ruled.
    pub headteacher_panel: Option<HeadteacherPanel>,
    /// Is a review in mid-year required?
    pub mid_year_review_required: bool,
    /// At most so many minutes of observation in a period.
    pub observation_minutes_limit: Option<u16>,
    /// The day by which a teacher's report is due, by convention.
    pub report_due: Option<YearDay>,
    /// The day by which a headteacher's report is due, by convention.
    pub headteacher_report_due: Option<YearDay>,
    /// How early a review is announced, at least.
    pub review_notice: Option<Span>,
    /// How soon after the review the report is given, at most.
    pub report_within: Option<Span>,
    /// How long the appraisee may comment, at least.
    pub comment_within: Option<Span>,
    /// How long the appraisee may appeal, at least.
    pub appeal_within: Option<Span>,
    /// Does who appraises recommend something on pay where a report bears on it? Off, unless it is said; also in versions that were written before there was
    /// such a rule. In England's maintained schools an appraisal includes it where relevant (SI 2012/115, regulation 7(6)(c)).
    #[serde(default)]
    pub pay_recommendation: bool,
    /// For how many years records are kept after a period.
    pub keep_years: u8,
}

/// What a nation calls things; shown to people, while the API keeps England's words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labels {
    /// An appraisal.
    pub appraisal: Title,
    /// Who appraises.
    pub appraiser: Title,
    /// Who is appraised.
    pub appraisee: Title,
    /// An objective.
    pub objective: Title,
    /// The review at the end.
    pub review: Title,
    /// The report.
    pub report: Title,
    /// The standards.
    pub standards: Title,
}

/// One version of a rule profile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleProfile {
    /// The id of this version.
    pub id: RuleProfileId,
    /// The profile's stable name, the same in every version.
    pub key: ProfileKey,
    /// Which version of it, from 1.
    pub number: i32,
    /// Where it stands.
    pub state: ProfileState,
    /// The version that it was made from; none if Trellis ships it.
    pub based_on: Option<RuleProfileId>,
    /// Whose rules.
    pub nation: Nation,
    /// Its name for people.
    pub name: Title,
    /// What it rests on.
    pub legal_basis: Title,
    /// Rules that the law fixes: whoever makes a profile from this one may tighten them, not loosen.
    pub statutory: Vec<RuleName>,
    /// What people call things.
    pub labels: Labels,
    /// The rules.
    pub rules: Rules,
    /// Version of the record, for its ETag.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl RuleProfile {
    /// The nation of a profile at whose beginning this one stands: another than its own only where no law fixes rules of it, for that law is of its nation.
    ///
    /// # Errors
    /// `legal_minimum`, at `/nation`.
    pub fn nation_of(&self, asked: Option<Nation>) -> Result<Nation, RuleError> {
        match asked {
            Some(other) if other != self.nation && !self.statutory.is_empty() => {
                let why = format!("it is made from a profile that the law of {} fixes: make it from one that rests on no law", self.nation);
                Err(RuleError::at(Code::LegalMinimum, "/nation", why))
            }
            other => Ok(other.unwrap_or(self.nation)),
        }
    }
    /// Publishes a draft.
    ///
    /// # Errors
    /// `published`: it never changes.
    pub fn publish(&self) -> Result<Self, RuleError> {
        match self.state {
            ProfileState::Draft => Ok(Self { state: ProfileState::Published, ..self.clone() }),
            ProfileState::Published => Err(RuleError::new(Code::Published, "this version is published: make a new one")),
        }
    }
}

impl Rules {
    /// Do the rules fit together?
    ///
    /// # Errors
    /// `contradictory_rules`, each fault at its place beneath `/rules`.
    pub fn check(&self) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        let mut refuse = |wrong: bool, pointer: &str, why: &str| {
            if wrong {
                faults.check::<()>(Err(RuleError::at(Code::ContradictoryRules, pointer, why)));
            }
        };
        let crossed = self.minimum_objectives.zip(self.maximum_objectives).is_some_and(|(min, max)| min > max);
        refuse(crossed, "/rules/maximum_objectives", "is less than minimum_objectives");
        refuse(self.headteacher_panel.is_some_and(|p| p.max.is_some_and(|max| p.min > max)), "/rules/headteacher_panel/max", "is less than min");
        for (day, pointer) in [(self.report_due, "/rules/report_due/day"), (self.headteacher_report_due, "/rules/headteacher_report_due/day")] {
            // 2001 had no 29 February: a day of every year
            let there = day.is_none_or(|d| NaiveDate::from_ymd_opt(2001, d.month.into(), d.day.into()).is_some());
            refuse(!there, pointer, "no such day in every year");
        }
        faults.settle()
    }
}
