//! Objectives as the contract shows them, with what they said before a revision.

use crate::wire::{Can, Word, actions, list, word, words};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    inquiry::InquiryAction,
    objective::{Inquiry, Objective, ObjectiveAction, Words},
};
use trellis_persistence::{Seen, objective::Revision};
use utoipa::ToSchema;

actions! {
    /// What can be done with an objective.
    ObjectiveActions, ObjectiveCan = "ObjectiveCan", &BOTH;
}
/// What can be done with an objective, and with the inquiry that it may be.
const BOTH: [&str; ObjectiveAction::ALL.len() + InquiryAction::ALL.len()] = {
    let (own, of_inquiry) = (list::<ObjectiveAction>(), list::<InquiryAction>());
    let mut out = [""; ObjectiveAction::ALL.len() + InquiryAction::ALL.len()];
    let mut n = 0;
    while n < out.len() {
        out[n] = if n < own.len() { own[n] } else { of_inquiry[n - own.len()] };
        n += 1;
    }
    out
};

/// A growth inquiry's own words.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Inquiry")]
pub struct InquiryView {
    /// What do I want to find out?
    #[schema(value_type = word::Narrative, example = "Does retrieval practice at the start of lessons help my Year 9 set remember vocabulary?")]
    pub question: word::Narrative,
    /// What do I do now?
    #[serde(default)]
    pub current_practice: Option<word::Narrative>,
    /// What did I change?
    #[serde(default)]
    pub change_tried: Option<word::Narrative>,
    /// What did I see?
    #[serde(default)]
    pub evidence: Option<word::Narrative>,
    /// What did I learn?
    #[serde(default)]
    pub finding: Option<word::Narrative>,
}
impl From<Inquiry> for InquiryView {
    fn from(Inquiry { question, current_practice, change_tried, evidence, finding }: Inquiry) -> Self {
        Self {
            question: Word(question),
            current_practice: current_practice.map(Word),
            change_tried: change_tried.map(Word),
            evidence: evidence.map(Word),
            finding: finding.map(Word),
        }
    }
}
impl From<InquiryView> for Inquiry {
    fn from(InquiryView { question, current_practice, change_tried, evidence, finding }: InquiryView) -> Self {
        Self {
            question: question.0,
            current_practice: current_practice.map(|t| t.0),
            change_tried: change_tried.map(|t| t.0),
            evidence: evidence.map(|t| t.0),
            finding: finding.map(|t| t.0),
        }
    }
}
/// How one will know.
#[derive(Serialize, ToSchema)]
#[schema(title = "SuccessCriterion")]
pub struct CriterionView {
    /// Its id.
    pub id: word::CriterionId,
    /// What will be seen.
    pub text: word::Reason,
}

/// What a person sets out to achieve or to find out.
#[derive(Serialize, ToSchema)]
#[schema(title = "ObjectiveRecord")]
pub struct ObjectiveView {
    /// Its id.
    pub id: word::ObjectiveId,
    /// The employment it hangs on.
    pub employment_id: word::EmploymentId,
    /// Whose it is: the appraisee.
    pub person_id: word::PersonId,
    /// The school of that employment.
    pub organisation_id: word::OrganisationId,
    /// The cycle it belongs to, if any.
    pub cycle_id: Option<word::CycleId>,
    /// The objective that goes on in this one.
    pub carried_over_from: Option<word::ObjectiveId>,
    /// The objective in which it goes on.
    pub carried_over_to: Option<word::ObjectiveId>,
    /// Who began it.
    pub origin: word::ObjectiveOrigin,
    /// Who wrote the first draft.
    pub author_id: word::PersonId,
    /// Where it stands. A draft is its author's alone.
    pub state: word::ObjectiveState,
    /// What kind.
    pub kind: word::ObjectiveKind,
    /// In one line.
    pub title: word::Title,
    /// In full.
    pub description: Option<word::Narrative>,
    /// The inquiry, if it is one.
    pub inquiry: Option<InquiryView>,
    /// How evidence will be had from daily practice.
    pub evidence_plan: Option<word::Narrative>,
    /// What support is needed.
    pub support_needed: Option<word::Narrative>,
    /// What learning is needed.
    pub learning_needed: Option<word::Narrative>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// How one will know.
    pub success_criteria: Vec<CriterionView>,
    /// Standards it speaks to.
    pub standard_ids: Vec<word::StandardId>,
    /// Priorities of improvement plans that it serves.
    pub priority_ids: Vec<word::PriorityId>,
    /// Who proposed the words as they stand; the other party can agree.
    pub proposed_by: Option<word::PersonId>,
    /// Who agreed.
    pub agreed_by: Option<word::PersonId>,
    /// When.
    pub agreed_at: Option<DateTime<Utc>>,
    /// The appraisee's dissent, if it was set in spite of it.
    pub dissent: Option<word::Narrative>,
    /// Why it was last revised, paused, carried over or withdrawn.
    pub last_reason: Option<word::Reason>,
    /// 1, and one more for each revision.
    pub revision: i32,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Objective> for ObjectiveView {
    fn from(objective: Objective) -> Self {
        let Objective {
            id,
            employment_id,
            person_id,
            organisation_id,
            cycle_id,
            carried_over_from,
            carried_over_to,
            origin,
            author_id,
            state,
            words: said,
            proposed_by,
            agreed_by,
            agreed_at,
            dissent,
            last_reason,
            revision,
            version,
            created_at,
            updated_at,
        } = objective;
        let Words { kind, title, description, inquiry, evidence_plan, support_needed, learning_needed, due_on, success_criteria, standard_ids, priority_ids } =
            said;
        Self {
            id: Word(id),
            employment_id: Word(employment_id),
            person_id: Word(person_id),
            organisation_id: Word(organisation_id),
            cycle_id: cycle_id.map(Word),
            carried_over_from: carried_over_from.map(Word),
            carried_over_to: carried_over_to.map(Word),
            origin: Word(origin),
            author_id: Word(author_id),
            state: Word(state),
            kind: Word(kind),
            title: Word(title),
            description: description.map(Word),
            inquiry: inquiry.map(Into::into),
            evidence_plan: evidence_plan.map(Word),
            support_needed: support_needed.map(Word),
            learning_needed: learning_needed.map(Word),
            due_on,
            success_criteria: success_criteria.into_iter().map(|c| CriterionView { id: Word(c.id), text: Word(c.text) }).collect(),
            standard_ids: words(standard_ids),
            priority_ids: words(priority_ids),
            proposed_by: proposed_by.map(Word),
            agreed_by: agreed_by.map(Word),
            agreed_at,
            dissent: dissent.map(Word),
            last_reason: last_reason.map(Word),
            revision,
            version,
            created_at,
            updated_at,
        }
    }
}
/// An objective, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Objective")]
pub struct ObjectiveDetail {
    #[serde(flatten)]
    record: ObjectiveView,
    /// What can be done with it.
    can: ObjectiveCan,
}
impl From<Seen<Objective>> for ObjectiveDetail {
    fn from(Seen { record, can }: Seen<Objective>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// What an objective said before a revision.
#[derive(Serialize, ToSchema)]
#[schema(title = "ObjectiveRevision")]
pub struct RevisionView {
    /// Which: the first words are revision 1.
    revision: i32,
    /// The words as they stood.
    #[schema(value_type = Object)]
    words: serde_json::Value,
    /// The appraisee's dissent, if these words were set in spite of it.
    dissent: Option<word::Narrative>,
    /// Why they were changed.
    reason: word::Reason,
    /// By whom.
    revised_by: word::PersonId,
    /// When.
    revised_at: DateTime<Utc>,
}
impl From<Revision> for RevisionView {
    fn from(Revision { revision, words, dissent, reason, revised_by, revised_at }: Revision) -> Self {
        Self { revision, words, dissent: dissent.map(Word), reason: Word(reason), revised_by: Word(revised_by), revised_at }
    }
}
