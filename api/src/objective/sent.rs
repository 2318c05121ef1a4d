//! What is sent to draft an objective, to change its words, to set it with dissent or to revise it.

use super::InquiryView;
use crate::wire::{Patch, values, word};
use chrono::NaiveDate;
use serde::Deserialize;
use trellis_domain::objective::{InquiryPatch, WordsPatch};
use trellis_persistence::objective::CreateObjective;
use utoipa::ToSchema;

/// A new draft. The appraisee writes first, or the appraiser for them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObjective {
    /// The employment it hangs on: one's own, or one's appraisee's.
    employment_id: word::EmploymentId,
    /// The cycle it belongs to, while that takes objectives; none for a goal outside any cycle.
    #[serde(default)]
    cycle_id: Option<word::CycleId>,
    /// What kind.
    kind: word::ObjectiveKind,
    /// In one line.
    title: word::Title,
    /// In full.
    #[serde(default)]
    description: Option<word::Narrative>,
    /// The inquiry: for a growth inquiry, and only for one.
    #[serde(default)]
    inquiry: Option<InquiryView>,
    /// How evidence will be had from daily practice.
    #[serde(default)]
    evidence_plan: Option<word::Narrative>,
    /// What support is needed.
    #[serde(default)]
    support_needed: Option<word::Narrative>,
    /// What learning is needed.
    #[serde(default)]
    learning_needed: Option<word::Narrative>,
    /// By when. In a cycle, on one of its days.
    #[serde(default)]
    due_on: Option<NaiveDate>,
    /// How one will know.
    #[serde(default)]
    #[schema(max_items = 20)]
    success_criteria: Vec<word::Reason>,
    /// Standards it speaks to, of published versions.
    #[serde(default)]
    #[schema(max_items = 30)]
    standard_ids: Vec<word::StandardId>,
    /// Priorities of published improvement plans that it serves.
    #[serde(default)]
    #[schema(max_items = 30)]
    priority_ids: Vec<word::PriorityId>,
}
impl From<NewObjective> for CreateObjective {
    fn from(new: NewObjective) -> Self {
        let NewObjective {
            employment_id,
            cycle_id,
            kind,
            title,
            description,
            inquiry,
            evidence_plan,
            support_needed,
            learning_needed,
            due_on,
            success_criteria,
            standard_ids,
            priority_ids,
        } = new;
        let words = WordsPatch {
            description: Some(description.map(|t| t.0)),
            evidence_plan: Some(evidence_plan.map(|t| t.0)),
            support_needed: Some(support_needed.map(|t| t.0)),
            learning_needed: Some(learning_needed.map(|t| t.0)),
            due_on: Some(due_on),
            success_criteria: Some(values(success_criteria)),
            standard_ids: Some(values(standard_ids)),
            priority_ids: Some(values(priority_ids)),
            ..WordsPatch::default()
        };
        Self { employment_id: employment_id.0, cycle_id: cycle_id.map(|c| c.0), kind: kind.0, title: title.0, inquiry: inquiry.map(Into::into), words }
    }
}
/// Changes to an inquiry: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InquiryChanges {
    /// What do I want to find out?
    #[serde(default)]
    #[schema(value_type = word::Narrative)]
    question: Option<word::Narrative>,
    /// What do I do now?
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    current_practice: Patch<word::Narrative>,
    /// What did I change?
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    change_tried: Patch<word::Narrative>,
    /// What did I see?
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    evidence: Patch<word::Narrative>,
    /// What did I learn?
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    finding: Patch<word::Narrative>,
}
impl From<InquiryChanges> for InquiryPatch {
    fn from(InquiryChanges { question, current_practice, change_tried, evidence, finding }: InquiryChanges) -> Self {
        Self {
            question: question.map(|q| q.0),
            current_practice: current_practice.value(),
            change_tried: change_tried.value(),
            evidence: evidence.value(),
            finding: finding.value(),
        }
    }
}
/// Changes to the words of an objective: what is absent stays as it is, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectiveChanges {
    /// What kind.
    #[serde(default)]
    #[schema(value_type = word::ObjectiveKind)]
    kind: Option<word::ObjectiveKind>,
    /// In one line.
    #[serde(default)]
    #[schema(value_type = word::Title)]
    title: Option<word::Title>,
    /// In full.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    description: Patch<word::Narrative>,
    /// The inquiry, stage by stage: a stage that is absent stays as it is written.
    #[serde(default)]
    #[schema(value_type = Option<InquiryChanges>)]
    inquiry: Patch<InquiryChanges>,
    /// How evidence will be had.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    evidence_plan: Patch<word::Narrative>,
    /// What support is needed.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    support_needed: Patch<word::Narrative>,
    /// What learning is needed.
    #[serde(default)]
    #[schema(value_type = Option<word::Narrative>)]
    learning_needed: Patch<word::Narrative>,
    /// By when. In a cycle, on one of its days.
    #[serde(default)]
    #[schema(value_type = Option<NaiveDate>)]
    due_on: Patch<NaiveDate>,
    /// All of the success criteria; one whose text stays keeps its id.
    #[serde(default)]
    #[schema(value_type = Vec<word::Reason>, max_items = 20)]
    success_criteria: Option<Vec<word::Reason>>,
    /// All of the standards.
    #[serde(default)]
    #[schema(value_type = Vec<word::StandardId>, max_items = 30)]
    standard_ids: Option<Vec<word::StandardId>>,
    /// All of the priorities.
    #[serde(default)]
    #[schema(value_type = Vec<word::PriorityId>, max_items = 30)]
    priority_ids: Option<Vec<word::PriorityId>>,
}
impl From<ObjectiveChanges> for WordsPatch {
    fn from(changes: ObjectiveChanges) -> Self {
        let ObjectiveChanges {
            kind,
            title,
            description,
            inquiry,
            evidence_plan,
            support_needed,
            learning_needed,
            due_on,
            success_criteria,
            standard_ids,
            priority_ids,
        } = changes;
        Self {
            kind: kind.map(|k| k.0),
            title: title.map(|t| t.0),
            description: description.value(),
            inquiry: inquiry.into_option().map(|i| i.map(Into::into)),
            evidence_plan: evidence_plan.value(),
            support_needed: support_needed.value(),
            learning_needed: learning_needed.value(),
            due_on: due_on.into_option(),
            success_criteria: success_criteria.map(values),
            standard_ids: standard_ids.map(values),
            priority_ids: priority_ids.map(values),
        }
    }
}
/// The appraisee's dissent.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dissent {
    /// In the appraisee's words; kept with the objective.
    #[schema(value_type = word::Narrative)]
    pub(super) dissent: word::Narrative,
}
/// A revision of what was agreed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRevision {
    /// Why it is revised; kept with the old words.
    pub(super) reason: word::Reason,
    /// What changes.
    pub(super) changes: ObjectiveChanges,
}
