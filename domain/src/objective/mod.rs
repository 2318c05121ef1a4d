//! Objectives: what a person sets out to achieve or to find out. The appraisee writes first; a draft is private to its author; either
//! party can propose, only the other can agree.
//!
//! `draft -> proposed -> agreed | set_with_dissent -> active -> reviewed -> closed`, with `paused`, `withdrawn`, `carried_over` (it goes on as
//! another objective, by choice of a party), and revision, which keeps the old words and the reason and asks for agreement again.

pub mod authorship;
pub mod bulk;
pub mod carrying;
pub mod collaboration;
pub mod note;

mod machine;
mod wording;

pub use machine::Party;
pub use wording::{Criterion, Inquiry, InquiryPatch, Words, WordsPatch, criteria};

use crate::{
    event::About,
    id::{CycleId, EmploymentId, ObjectiveId, OrganisationId, PersonId},
    text::{Narrative, Reason},
    words,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

words! {
    /// What kind of objective it is.
    ObjectiveKind {
        /// A question about one's own practice, a change tried, evidence and a finding.
        GrowthInquiry = "growth_inquiry",
        /// Getting better at something one does.
        Practice = "practice",
        /// A project of leadership.
        LeadershipProject = "leadership_project",
        /// Something the school needs done.
        Operational = "operational",
        /// Something a regulation asks for.
        Statutory = "statutory",
    }
    /// Who began it.
    ObjectiveOrigin {
        /// The appraisee.
        Own = "self",
        /// The appraiser.
        Appraiser = "appraiser",
        /// The appraiser or the headteacher, who proposed it to many people at once.
        Bulk = "bulk",
    }
    /// Where an objective stands.
    ObjectiveState {
        /// Private to its author.
        Draft = "draft",
        /// Awaiting the other party.
        Proposed = "proposed",
        /// Both agreed.
        Agreed = "agreed",
        /// Set by the appraiser; the appraisee's dissent is kept.
        SetWithDissent = "set_with_dissent",
        /// Being worked on.
        Active = "active",
        /// Resting.
        Paused = "paused",
        /// Talked through at the end.
        Reviewed = "reviewed",
        /// Over.
        Closed = "closed",
        /// It goes on as another objective.
        CarriedOver = "carried_over",
        /// Taken back.
        Withdrawn = "withdrawn",
    }
    /// What can be done with an objective.
    ObjectiveAction {
        /// Change its words.
        Update = "update",
        /// Put it to the other party.
        Propose = "propose",
        /// Agree to what the other party proposed.
        Agree = "agree",
        /// Set it in spite of the appraisee's dissent, which is kept.
        SetWithDissent = "set_with_dissent",
        /// Begin work.
        Start = "start",
        /// Change what was agreed, with a reason; asks for agreement again.
        Revise = "revise",
        /// Rest, with a reason.
        Pause = "pause",
        /// Go on.
        Resume = "resume",
        /// Record that it was talked through.
        Review = "review",
        /// Close it.
        Close = "close",
        /// Let it go on as another objective, in a later cycle or outside any.
        CarryOver = "carry_over",
        /// Invite a colleague to work on it together.
        Invite = "invite",
        /// Write a note on it.
        AddNote = "add_note",
        /// Take it back, with a reason.
        Withdraw = "withdraw",
    }
}

use ObjectiveState as S;

/// An objective.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Objective {
    /// Its id.
    pub id: ObjectiveId,
    /// The employment it hangs on.
    pub employment_id: EmploymentId,
    /// Whose it is: the appraisee.
    pub person_id: PersonId,
    /// The school of that employment.
    pub organisation_id: OrganisationId,
    /// The cycle it belongs to, if any.
    pub cycle_id: Option<CycleId>,
    /// The objective that goes on in this one.
    pub carried_over_from: Option<ObjectiveId>,
    /// The objective in which it goes on.
    pub carried_over_to: Option<ObjectiveId>,
    /// Who began it.
    pub origin: ObjectiveOrigin,
    /// Who wrote the first draft.
    pub author_id: PersonId,
    /// Where it stands.
    pub state: ObjectiveState,
    /// What both write and agree on.
    #[serde(flatten)]
    pub words: Words,
    /// Who proposed the words as they stand.
    pub proposed_by: Option<PersonId>,
    /// Who agreed to them.
    pub agreed_by: Option<PersonId>,
    /// When.
    pub agreed_at: Option<DateTime<Utc>>,
    /// The appraisee's dissent, if it was set in spite of it.
    pub dissent: Option<Narrative>,
    /// Why it was last revised, paused, carried over or withdrawn.
    pub last_reason: Option<Reason>,
    /// How often it was revised.
    pub revision: i32,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Objective {
    /// Whom and where it is about. A draft is its author's alone, and stays so when it is withdrawn before anybody else saw it.
    pub fn about(&self) -> About {
        let unseen = self.state == S::Draft || (self.state == S::Withdrawn && self.proposed_by.is_none());
        let private_to = unseen.then_some(self.author_id);
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to }
    }
}

#[cfg(test)]
mod tests;
