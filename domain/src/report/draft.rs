//! A report that is being written: what was written so far, laid over the year as the records have it at the moment.

use super::content::{Concern, Content, Ground, NeedNamed, ObjectiveAssessed, Spoken, StandardAssessed, lacks, says};
use crate::{
    event::About,
    id::{AppraisalId, ObjectiveId, OrganisationId, PersonId, ReportDraftId, StandardId},
    rule::{Code, Faults, RuleError},
    text::{Narrative, Reason},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// What is said of a standard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardNote {
    /// Which.
    pub standard_id: StandardId,
    /// What is said.
    pub note: Narrative,
}

/// What is said of an objective.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Which.
    pub objective_id: ObjectiveId,
    /// What is said.
    pub assessment: Option<Narrative>,
    /// Why nothing is.
    pub not_assessed_because: Option<Reason>,
}

/// What was written so far.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Written {
    /// Was performance assessed against the standards? All of them are met unless a note or a concern says otherwise.
    pub standards_assessed: bool,
    /// What is said of single standards.
    pub standard_notes: Vec<StandardNote>,
    /// What is said of each objective.
    pub objectives: Vec<Assessment>,
    /// What is said of their learning.
    pub learning: Option<Narrative>,
    /// Why nothing is.
    pub no_learning_because: Option<Reason>,
    /// What they need, with actions.
    pub development_needs: Vec<NeedNamed>,
    /// Concerns.
    pub concerns: Vec<Concern>,
    /// Does the report bear on pay?
    pub pay_relevant: Option<bool>,
    /// Anything else.
    pub summary: Option<Narrative>,
}

/// Changes of what was written; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct WrittenPatch {
    /// Was performance assessed against the standards?
    pub standards_assessed: Option<bool>,
    /// All notes on standards.
    pub standard_notes: Option<Vec<StandardNote>>,
    /// All that is said of objectives.
    pub objectives: Option<Vec<Assessment>>,
    /// What is said of their learning.
    pub learning: Option<Option<Narrative>>,
    /// Why nothing is.
    pub no_learning_because: Option<Option<Reason>>,
    /// All needs.
    pub development_needs: Option<Vec<NeedNamed>>,
    /// All concerns.
    pub concerns: Option<Vec<Concern>>,
    /// Does the report bear on pay?
    pub pay_relevant: Option<Option<bool>>,
    /// Anything else.
    pub summary: Option<Option<Narrative>>,
}

impl Written {
    /// What was written, with a patch laid over it.
    #[must_use]
    pub fn patched(&self, patch: WrittenPatch) -> Self {
        let WrittenPatch { standards_assessed, standard_notes, objectives, learning, no_learning_because, development_needs, concerns, pay_relevant, summary } =
            patch;
        Self {
            standards_assessed: standards_assessed.unwrap_or(self.standards_assessed),
            standard_notes: standard_notes.unwrap_or_else(|| self.standard_notes.clone()),
            objectives: objectives.unwrap_or_else(|| self.objectives.clone()),
            learning: learning.unwrap_or_else(|| self.learning.clone()),
            no_learning_because: no_learning_because.unwrap_or_else(|| self.no_learning_because.clone()),
            development_needs: development_needs.unwrap_or_else(|| self.development_needs.clone()),
            concerns: concerns.unwrap_or_else(|| self.concerns.clone()),
            pay_relevant: pay_relevant.unwrap_or(self.pay_relevant),
            summary: summary.unwrap_or_else(|| self.summary.clone()),
        }
    }
    /// Is what it names of this appraisal, named once, and no day yet to come? Every fault is named.
    ///
    /// # Errors
    /// `unknown_reference`, `impossible_dates`.
    pub fn check(&self, ground: &Ground, today: NaiveDate) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        let mut refuse = |wrong: bool, code: Code, pointer: String, why: &str| {
            if wrong {
                faults.check::<()>(Err(RuleError::at(code, &pointer, why)));
            }
        };
        let known = |id: StandardId| ground.standards.iter().any(|s| s.standard_id == id);
        let no_standard = "no standard of the appraisal's cycle";
        for (i, note) in self.standard_notes.iter().enumerate() {
            let at = format!("/standard_notes/{i}/standard_id");
            refuse(!known(note.standard_id), Code::UnknownReference, at.clone(), no_standard);
            let twice = self.standard_notes[..i].iter().any(|n| n.standard_id == note.standard_id);
            refuse(twice, Code::UnknownReference, at, "was named before: one note a standard");
        }
        for (i, said) in self.objectives.iter().enumerate() {
            let at = format!("/objectives/{i}/objective_id");
            let there = ground.objectives.iter().any(|o| o.objective_id == said.objective_id);
            refuse(!there, Code::UnknownReference, at.clone(), "no objective of the appraisal that was agreed or set");
            let twice = self.objectives[..i].iter().any(|o| o.objective_id == said.objective_id);
            refuse(twice, Code::UnknownReference, at, "was named before: one assessment an objective");
        }
        for (i, need) in self.development_needs.iter().enumerate() {
            let at = format!("/development_needs/{i}/standard_id");
            refuse(need.standard_id.is_some_and(|id| !known(id)), Code::UnknownReference, at, no_standard);
        }
        for (i, concern) in self.concerns.iter().enumerate() {
            let at = |field: &str| format!("/concerns/{i}/{field}");
            refuse(concern.standard_id.is_some_and(|id| !known(id)), Code::UnknownReference, at("standard_id"), no_standard);
            for (field, day) in [("raised_on", concern.raised_on), ("told_on", concern.told_on)] {
                refuse(day.is_some_and(|day| day > today), Code::ImpossibleDates, at(field), "lies in the future");
            }
        }
        faults.settle()
    }
    /// Laid over the year as it stands.
    pub fn over(self, ground: Ground) -> Composed {
        let Self { standards_assessed, standard_notes, objectives, learning, no_learning_because, development_needs, concerns, pay_relevant, summary } = self;
        let Ground { standards, objectives: set, learning_records } = ground;
        let note = |s: StandardAssessed| {
            let note = standard_notes.iter().find(|n| n.standard_id == s.standard_id).map(|n| n.note.clone());
            StandardAssessed { note, ..s }
        };
        let said = |o: ObjectiveAssessed| match objectives.iter().find(|a| a.objective_id == o.objective_id).cloned() {
            Some(Assessment { objective_id: _, assessment, not_assessed_because }) => ObjectiveAssessed { assessment, not_assessed_because, ..o },
            None => o,
        };
        Composed {
            standards_assessed,
            standards: standards.into_iter().map(note).collect(),
            objectives: set.into_iter().map(said).collect(),
            learning_records,
            learning,
            no_learning_because,
            development_needs,
            concerns,
            pay_relevant,
            summary,
        }
    }
}

impl From<&Content> for Written {
    /// What was written in an issued report: where a correction begins.
    fn from(content: &Content) -> Self {
        let note = |s: &StandardAssessed| s.note.clone().map(|note| StandardNote { standard_id: s.standard_id, note });
        let said = |o: &ObjectiveAssessed| Assessment {
            objective_id: o.objective_id,
            assessment: o.assessment.clone(),
            not_assessed_because: o.not_assessed_because.clone(),
        };
        Self {
            standards_assessed: true,
            standard_notes: content.standards.iter().filter_map(note).collect(),
            objectives: content.objectives.iter().map(said).collect(),
            learning: content.learning.clone(),
            no_learning_because: content.no_learning_because.clone(),
            development_needs: content.development_needs.clone(),
            concerns: content.concerns.clone(),
            pay_relevant: Some(content.pay_relevant),
            summary: content.summary.clone(),
        }
    }
}

/// A report as it would be now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composed {
    /// Was performance assessed against the standards?
    pub standards_assessed: bool,
    /// The standards of the cycle, with what is said of them.
    pub standards: Vec<StandardAssessed>,
    /// The objectives that were agreed or set, with what is said of them.
    pub objectives: Vec<ObjectiveAssessed>,
    /// Learning of the period that is shared.
    pub learning_records: Vec<crate::report::LearningShown>,
    /// What is said of their learning.
    pub learning: Option<Narrative>,
    /// Why nothing is.
    pub no_learning_because: Option<Reason>,
    /// What they need, with actions.
    pub development_needs: Vec<NeedNamed>,
    /// Concerns.
    pub concerns: Vec<Concern>,
    /// Does the report bear on pay?
    pub pay_relevant: Option<bool>,
    /// Anything else.
    pub summary: Option<Narrative>,
}

impl Composed {
    /// All that it lacks to be issued, each at its place. What must be there: The Education (School Teachers' Appraisal) (England) Regulations 2012,
    /// regulation 7; that a concern surprises nobody, by what is on record of what was said to the appraisee: domain rule.
    pub fn missing(&self, today: NaiveDate, spoken: &[Spoken]) -> Vec<RuleError> {
        let mut out = Vec::new();
        lacks(&mut out, self.standards_assessed, "/standards_assessed", "performance was not assessed against the standards");
        for (i, objective) in self.objectives.iter().enumerate() {
            let (said, reason) = (says(objective.assessment.as_ref()), objective.not_assessed_because.is_some());
            let title = objective.title.as_str();
            lacks(&mut out, said || reason, &format!("/objectives/{i}/assessment"), &format!("neither assessed nor marked with a reason: {title}"));
            let both = format!("assessed, and marked as not assessed: {title}");
            lacks(&mut out, !(said && reason), &format!("/objectives/{i}/not_assessed_because"), &both);
        }
        let learning = says(self.learning.as_ref()) || self.no_learning_because.is_some();
        lacks(&mut out, learning, "/learning", "nothing is said of their learning, nor why not");
        lacks(&mut out, !self.development_needs.is_empty(), "/development_needs", "no development need is named");
        for (i, need) in self.development_needs.iter().enumerate() {
            lacks(&mut out, says(Some(&need.need)), &format!("/development_needs/{i}/need"), "nothing is said of what is needed");
            lacks(&mut out, !need.actions.is_empty(), &format!("/development_needs/{i}/actions"), "no action is named that will meet it");
        }
        for (i, concern) in self.concerns.iter().enumerate() {
            lacks(&mut out, says(Some(&concern.concern)), &format!("/concerns/{i}/concern"), "nothing is said of what the concern is");
            let on_record = |day: NaiveDate| spoken.iter().any(|s| s.on == day && s.recorded_on <= today);
            let none = "on that day no conversation was held with them, and nobody wrote a note on an objective of theirs";
            if let Some(day) = concern.told_on {
                let told = day <= today && on_record(day);
                if told || concern.raised_on.is_none() {
                    lacks(&mut out, told, &format!("/concerns/{i}/told_on"), &format!("{none}: tell them before it is issued"));
                    continue;
                }
            }
            let told = "or say in told_on when both were told";
            let unnamed = format!("names no earlier meeting at which it was raised; name it, {told}");
            let unheld = format!("{none}, as far as was on record before today; name the day on which it was raised, {told}");
            let (earlier, why) = match concern.raised_on {
                Some(day) if day < today => (spoken.iter().any(|s| s.on == day && s.recorded_on < today), unheld),
                _ => (false, unnamed),
            };
            lacks(&mut out, earlier, &format!("/concerns/{i}/raised_on"), &why);
            lacks(&mut out, says(concern.said.as_ref()), &format!("/concerns/{i}/said"), &format!("does not say what was said there; say it, {told}"));
            lacks(&mut out, says(concern.support.as_ref()), &format!("/concerns/{i}/support"), &format!("names no support that was offered; name it, {told}"));
        }
        lacks(&mut out, self.pay_relevant.is_some(), "/pay_relevant", "it is not said whether the report bears on pay");
        out
    }
    /// What is issued.
    ///
    /// # Errors
    /// `not_ready`, with all that is missing.
    pub fn content(self, (starts_on, ends_on): (NaiveDate, NaiveDate), today: NaiveDate, spoken: &[Spoken]) -> Result<Content, RuleError> {
        let mut faults = Faults::default();
        for lack in self.missing(today, spoken) {
            faults.check::<()>(Err(lack));
        }
        faults.settle()?;
        let Self {
            standards_assessed: _,
            standards,
            objectives,
            learning_records,
            learning,
            no_learning_because,
            development_needs,
            concerns,
            pay_relevant,
            summary,
        } = self;
        Ok(Content {
            starts_on,
            ends_on,
            standards,
            objectives,
            learning_records,
            learning,
            no_learning_because,
            development_needs,
            concerns,
            pay_relevant: pay_relevant.unwrap_or_default(),
            summary,
        })
    }
}

/// A report that is being written. It is known to those who appraise, and to nobody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReportDraft {
    /// Its id.
    pub id: ReportDraftId,
    /// Of which appraisal.
    pub appraisal_id: AppraisalId,
    /// Whose appraisal it is.
    pub person_id: PersonId,
    /// The school.
    pub organisation_id: OrganisationId,
    /// What was written so far.
    #[serde(flatten)]
    pub written: Written,
    /// Version, for its ETag; 0 before anything was written.
    pub version: i64,
    /// When writing began.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl ReportDraft {
    /// Whom and where it is about. It has no single author, so no feed tells of it, whoever follows.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
}
