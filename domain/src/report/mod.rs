//! Appraisal reports: what an appraisal ends with. Written by those who appraise, known to nobody else until it is issued, and then fixed for good:
//! a correction is another version with a reason.

mod content;
mod draft;

pub use content::{Concern, Content, Ground, LearningShown, NeedAction, NeedNamed, ObjectiveAssessed, Spoken, StandardAssessed};
pub use draft::{Assessment, Composed, ReportDraft, StandardNote, Written, WrittenPatch};

use crate::{
    appraisal::{DeadlineKind, Windows, by_rule},
    calendar::{BankHolidays, Calendar, Doubt, reckoned},
    event::About,
    id::{AppraisalId, OrganisationId, PersonId, ReportId},
    profile::{DayBasis, RuleProfile, Rules, Span},
    text::{Narrative, Reason},
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// What became of an appeal.
    AppealOutcome {
        /// The appraisee is right: the report is to be corrected, or the appraisal looked at anew, as the decision says.
        Upheld = "upheld",
        /// The report stands.
        Dismissed = "dismissed",
    }
}

/// An appeal against a version of a report. It stands beside the version for good, and so does what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Appeal {
    /// Why the appraisee appeals. Like the report's own words, the log does not keep it.
    #[serde(skip)]
    pub grounds: Narrative,
    /// When they did.
    pub appealed_at: DateTime<Utc>,
    /// What was decided, once it was.
    pub decided: Option<AppealDecided>,
}
/// What was decided on an appeal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppealDecided {
    /// What became of it.
    pub outcome: AppealOutcome,
    /// Why, and what follows. The log does not keep it.
    #[serde(skip)]
    pub decision: Narrative,
    /// Who decided.
    pub decided_by: PersonId,
    /// When.
    pub decided_at: DateTime<Utc>,
}

/// An issued version of a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its id.
    pub id: ReportId,
    /// Of which appraisal.
    pub appraisal_id: AppraisalId,
    /// Whose appraisal it is.
    pub person_id: PersonId,
    /// The school.
    pub organisation_id: OrganisationId,
    /// Which version, from 1.
    pub number: i32,
    /// What it says. The log keeps its digest alone: what was said is read from the report, so that every reading is known.
    #[serde(skip)]
    pub content: Content,
    /// SHA-256 of the content as it is kept.
    pub content_hash: String,
    /// Why it was corrected, if it is not the first.
    pub reason: Option<Reason>,
    /// Who issued it.
    pub issued_by: PersonId,
    /// When.
    pub issued_at: DateTime<Utc>,
    /// What the appraisee says of it.
    #[serde(skip)]
    pub comment: Option<Narrative>,
    /// When they said it.
    pub commented_at: Option<DateTime<Utc>>,
    /// What the appraisee has against it, if they appealed.
    pub appeal: Option<Appeal>,
    /// Version of the record, for its ETag: a comment, an appeal and its decision make it one more each.
    pub version: i64,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Report {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
}

/// How long a comment may be made where the rules name no window: nobody is cut off by a report that is completed at once.
pub const COMMENT_WINDOW: Span = Span { days: 14, basis: DayBasis::Calendar };

/// Until when the appraisee may comment on a report that is issued on this day, and appeal against it where the rules give an appeal. Where no calendar
/// covers the days that would be counted, twice as many calendar days: no window is shorter than the rules have it.
pub fn windows(issued_on: NaiveDate, profile: &RuleProfile, bank_holidays: BankHolidays, calendars: &[Calendar]) -> Windows {
    let last = |kind, span| by_rule(kind, reckoned(issued_on, span, Doubt::Later, bank_holidays, calendars), profile);
    let Rules { comment_within, appeal_within, .. } = &profile.rules;
    Windows {
        comment: last(DeadlineKind::Comment, comment_within.unwrap_or(COMMENT_WINDOW)),
        appeal: appeal_within.map(|span| last(DeadlineKind::Appeal, span)),
    }
}

#[cfg(test)]
mod tests;
