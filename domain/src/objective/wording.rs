//! The words of an objective: what both parties write and agree on, and what is laid over them.

use super::ObjectiveKind;
use crate::{
    id::{CriterionId, PriorityId, StandardId},
    rule::{Code, RuleError},
    text::{Narrative, Reason, Title},
};
use chrono::NaiveDate;
use serde::Serialize;

/// A growth inquiry's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inquiry {
    /// What do I want to find out?
    pub question: Narrative,
    /// What do I do now?
    pub current_practice: Option<Narrative>,
    /// What did I change?
    pub change_tried: Option<Narrative>,
    /// What did I see?
    pub evidence: Option<Narrative>,
    /// What did I learn?
    pub finding: Option<Narrative>,
}

/// Changes of an inquiry's words; an absent stage stays as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InquiryPatch {
    /// The question.
    pub question: Option<Narrative>,
    /// What one does now.
    pub current_practice: Option<Option<Narrative>>,
    /// What one changed.
    pub change_tried: Option<Option<Narrative>>,
    /// What one saw.
    pub evidence: Option<Option<Narrative>>,
    /// What one learned.
    pub finding: Option<Option<Narrative>>,
}

impl InquiryPatch {
    /// Laid over the inquiry as it is, if there is one.
    ///
    /// # Errors
    /// `inquiry_needs_question`, where none is written and none was.
    fn over(self, before: Option<&Inquiry>) -> Result<Inquiry, RuleError> {
        let Self { question, current_practice, change_tried, evidence, finding } = self;
        let none = || RuleError::at(Code::InquiryNeedsQuestion, "/inquiry/question", "a growth inquiry begins with a question");
        let stage = |new: Option<Option<Narrative>>, old: fn(&Inquiry) -> &Option<Narrative>| new.unwrap_or_else(|| before.and_then(|b| old(b).clone()));
        Ok(Inquiry {
            question: question.or_else(|| before.map(|b| b.question.clone())).ok_or_else(none)?,
            current_practice: stage(current_practice, |b| &b.current_practice),
            change_tried: stage(change_tried, |b| &b.change_tried),
            evidence: stage(evidence, |b| &b.evidence),
            finding: stage(finding, |b| &b.finding),
        })
    }
}
impl From<Inquiry> for InquiryPatch {
    fn from(Inquiry { question, current_practice, change_tried, evidence, finding }: Inquiry) -> Self {
        Self {
            question: Some(question),
            current_practice: Some(current_practice),
            change_tried: Some(change_tried),
            evidence: Some(evidence),
            finding: Some(finding),
        }
    }
}

/// How one will know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Criterion {
    /// Its id.
    pub id: CriterionId,
    /// What will be seen.
    pub text: Reason,
}

/// The words of an objective: what both parties write and agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Words {
    /// What kind.
    pub kind: ObjectiveKind,
    /// In one line.
    pub title: Title,
    /// In full.
    pub description: Option<Narrative>,
    /// The inquiry, if it is one.
    pub inquiry: Option<Inquiry>,
    /// How evidence will be had from daily practice.
    pub evidence_plan: Option<Narrative>,
    /// What support is needed.
    pub support_needed: Option<Narrative>,
    /// What learning is needed.
    pub learning_needed: Option<Narrative>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// How one will know.
    pub success_criteria: Vec<Criterion>,
    /// Standards it speaks to.
    pub standard_ids: Vec<StandardId>,
    /// Priorities of improvement plans that it serves.
    pub priority_ids: Vec<PriorityId>,
}

/// Changes of the words; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct WordsPatch {
    /// What kind.
    pub kind: Option<ObjectiveKind>,
    /// In one line.
    pub title: Option<Title>,
    /// In full.
    pub description: Option<Option<Narrative>>,
    /// The inquiry, stage by stage.
    pub inquiry: Option<Option<InquiryPatch>>,
    /// Evidence.
    pub evidence_plan: Option<Option<Narrative>>,
    /// Support.
    pub support_needed: Option<Option<Narrative>>,
    /// Learning.
    pub learning_needed: Option<Option<Narrative>>,
    /// By when.
    pub due_on: Option<Option<NaiveDate>>,
    /// All of the success criteria; one whose text stays keeps its id.
    pub success_criteria: Option<Vec<Reason>>,
    /// All of the standards.
    pub standard_ids: Option<Vec<StandardId>>,
    /// All of the priorities.
    pub priority_ids: Option<Vec<PriorityId>>,
}

impl Words {
    /// A growth inquiry has a question; nothing else has one.
    ///
    /// # Errors
    /// `inquiry_needs_question`.
    pub fn check(&self) -> Result<(), RuleError> {
        let inquiry = self.kind == ObjectiveKind::GrowthInquiry;
        let question = self.inquiry.as_ref().is_some_and(|i| !i.question.is_blank());
        match (inquiry, self.inquiry.is_some(), question) {
            (true, _, false) => Err(RuleError::at(Code::InquiryNeedsQuestion, "/inquiry/question", "a growth inquiry begins with a question")),
            (false, true, _) => Err(RuleError::at(Code::InquiryNeedsQuestion, "/inquiry", "only a growth inquiry has an inquiry")),
            _ => Ok(()),
        }
    }
    /// The words with a patch laid over them.
    ///
    /// # Errors
    /// As [`Words::check`].
    pub fn patched(&self, patch: WordsPatch, new_id: &mut dyn FnMut() -> CriterionId) -> Result<Self, RuleError> {
        let WordsPatch {
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
        } = patch;
        let inquiry = match inquiry {
            None => self.inquiry.clone(),
            Some(None) => None,
            Some(Some(stages)) => Some(stages.over(self.inquiry.as_ref())?),
        };
        let new = Self {
            kind: kind.unwrap_or(self.kind),
            title: title.unwrap_or_else(|| self.title.clone()),
            description: description.unwrap_or_else(|| self.description.clone()),
            inquiry,
            evidence_plan: evidence_plan.unwrap_or_else(|| self.evidence_plan.clone()),
            support_needed: support_needed.unwrap_or_else(|| self.support_needed.clone()),
            learning_needed: learning_needed.unwrap_or_else(|| self.learning_needed.clone()),
            due_on: due_on.unwrap_or(self.due_on),
            success_criteria: success_criteria.map_or_else(|| self.success_criteria.clone(), |texts| criteria(texts, &self.success_criteria, new_id)),
            standard_ids: standard_ids.unwrap_or_else(|| self.standard_ids.clone()),
            priority_ids: priority_ids.unwrap_or_else(|| self.priority_ids.clone()),
        };
        new.check().map(|()| new)
    }
}

/// Success criteria in their order; one whose text was there before keeps its id.
pub fn criteria(texts: Vec<Reason>, before: &[Criterion], new_id: &mut dyn FnMut() -> CriterionId) -> Vec<Criterion> {
    let mut old: Vec<&Criterion> = before.iter().collect();
    let mut keep = |text: &Reason| old.iter().position(|c| c.text == *text).map(|i| old.remove(i).id);
    texts.into_iter().map(|text| Criterion { id: keep(&text).unwrap_or_else(&mut *new_id), text }).collect()
}
