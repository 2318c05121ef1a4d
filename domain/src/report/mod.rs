//! Appraisal reports: what an appraisal ends with. Written by those who appraise, known to nobody else until it is issued, and then fixed for good:
//! a correction is another version with a reason.

mod content;
mod draft;

pub use content::{Concern, Content, Ground, LearningShown, NeedAction, NeedNamed, ObjectiveAssessed, Spoken, StandardAssessed};
pub use draft::{Assessment, Composed, ReportDraft, StandardNote, Written, WrittenPatch};

use crate::{
    calendar::{BankHolidays, Calendar, due},
    event::About,
    id::{AppraisalId, OrganisationId, PersonId, ReportId},
    profile::{DayBasis, Rules, Span},
    text::{Narrative, Reason},
};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;

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
    /// Version of the record, for its ETag: a comment makes it 2.
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

/// The last day on which the appraisee may comment on a report that is issued on this day. Where no calendar covers the days that would be counted,
/// twice as many calendar days: the window is never shorter than the rules have it.
pub fn comment_due(issued_on: NaiveDate, rules: &Rules, bank_holidays: BankHolidays, calendars: &[Calendar]) -> NaiveDate {
    let span = rules.comment_within.unwrap_or(COMMENT_WINDOW);
    let roughly = || issued_on.checked_add_days(Days::new(u64::from(span.days) * 2)).unwrap_or(issued_on);
    due(issued_on, span, bank_holidays, calendars).map_or_else(|_| roughly(), |due| due.on)
}

#[cfg(test)]
mod tests;
