//! What a report says: the parts that are written, and the record of the year that they stand beside.

use crate::{
    id::{LearningRecordId, ObjectiveId, StandardId},
    learning::LearningKind,
    objective::{ObjectiveKind, ObjectiveState},
    rule::RuleError,
    text::{Narrative, Reason, StandardCode, Title},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// A standard that applied, and what is said of it. Without a note or a concern it was met: no standard is ever graded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardAssessed {
    /// Which.
    pub standard_id: StandardId,
    /// Its code.
    pub code: StandardCode,
    /// What it says.
    pub title: Title,
    /// What is said of it, if anything.
    pub note: Option<Narrative>,
}

/// An objective of the year, assessed in words or not assessed with the reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectiveAssessed {
    /// Which.
    pub objective_id: ObjectiveId,
    /// In one line.
    pub title: Title,
    /// What kind.
    pub kind: ObjectiveKind,
    /// Where it stood.
    pub state: ObjectiveState,
    /// What is said of it.
    pub assessment: Option<Narrative>,
    /// Why it is not assessed.
    pub not_assessed_because: Option<Reason>,
}

/// Learning of the period that its owner has shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LearningShown {
    /// Which.
    pub learning_record_id: LearningRecordId,
    /// What it was.
    pub title: Title,
    /// How.
    pub kind: LearningKind,
    /// Its last day.
    pub ended_on: NaiveDate,
    /// How long it took, in minutes.
    pub minutes: i32,
}

/// What will be done about a development need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedAction {
    /// What.
    pub action: Reason,
    /// By when.
    pub due_on: Option<NaiveDate>,
}

/// A development need, with the actions to meet it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NeedNamed {
    /// What is needed.
    pub need: Narrative,
    /// The standard that it speaks to.
    pub standard_id: Option<StandardId>,
    /// What will be done.
    pub actions: Vec<NeedAction>,
}

/// A concern. It surprises nobody: it names an earlier meeting, what was said there and the support that was offered; or both were told before the
/// report was issued. Either is believed only if it is on record: see [`Spoken`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concern {
    /// What it is.
    pub concern: Narrative,
    /// The standard that it is about.
    pub standard_id: Option<StandardId>,
    /// The day of the earlier meeting at which it was raised, or of the note that raised it.
    pub raised_on: Option<NaiveDate>,
    /// What was said there.
    pub said: Option<Narrative>,
    /// The support that was offered.
    pub support: Option<Narrative>,
    /// The day on which appraisee and appraiser were both told of it, if there was no such meeting.
    pub told_on: Option<NaiveDate>,
}

/// A day on which, as the records have it, something was said to the appraisee: a meeting of the appraisal that was held, a meeting about support with
/// the appraiser who asks, or somebody else's note on one of their objectives. They know of each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spoken {
    /// The day.
    pub on: NaiveDate,
    /// Since when it is on record: whoever notes a meeting only afterwards has surprised somebody until then.
    pub recorded_on: NaiveDate,
}

/// The year as the records have it: what the writing stands beside.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Ground {
    /// The standards of the cycle, in their order.
    pub standards: Vec<StandardAssessed>,
    /// The objectives that were agreed or set.
    pub objectives: Vec<ObjectiveAssessed>,
    /// Learning of the period that is shared.
    pub learning_records: Vec<LearningShown>,
}

/// All that an issued report says. It is kept as it was issued, and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// First day of the period.
    pub starts_on: NaiveDate,
    /// Last day of the period.
    pub ends_on: NaiveDate,
    /// The standards that applied.
    pub standards: Vec<StandardAssessed>,
    /// The objectives, each assessed or marked with a reason.
    pub objectives: Vec<ObjectiveAssessed>,
    /// Learning of the period that was shared.
    pub learning_records: Vec<LearningShown>,
    /// What is said of their learning.
    pub learning: Option<Narrative>,
    /// Why nothing is.
    pub no_learning_because: Option<Reason>,
    /// What they need to learn or be helped with, and what will be done.
    pub development_needs: Vec<NeedNamed>,
    /// Concerns, none of which surprises.
    pub concerns: Vec<Concern>,
    /// Does the report bear on pay? What is recommended stands elsewhere.
    pub pay_relevant: bool,
    /// Anything else.
    pub summary: Option<Narrative>,
}

impl Content {
    /// The content as it is kept, byte for byte, with its digest: SHA-256 in hexadecimal.
    ///
    /// # Errors
    /// None that can happen: every part can be written.
    pub fn sealed(&self) -> Result<(String, String), serde_json::Error> {
        let kept = serde_json::to_string(self)?;
        let digest = digest(&kept);
        Ok((kept, digest))
    }
    /// Reads what was kept, if it is still what was issued.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn opened(kept: &str, of: &str) -> Result<Self, String> {
        if digest(kept) != of {
            return Err("the content of an issued report is not what was issued".into());
        }
        serde_json::from_str(kept).map_err(|e| e.to_string())
    }
    /// The days that its concerns name: what was issued was found to surprise nobody.
    pub fn spoken(&self) -> impl Iterator<Item = Spoken> {
        self.concerns.iter().flat_map(|c| [c.raised_on, c.told_on]).flatten().map(|on| Spoken { on, recorded_on: on })
    }
    /// The year as the report has it.
    pub fn ground(&self) -> Ground {
        let bare = |s: &StandardAssessed| StandardAssessed { note: None, ..s.clone() };
        let unsaid = |o: &ObjectiveAssessed| ObjectiveAssessed { assessment: None, not_assessed_because: None, ..o.clone() };
        Ground {
            standards: self.standards.iter().map(bare).collect(),
            objectives: self.objectives.iter().map(unsaid).collect(),
            learning_records: self.learning_records.clone(),
        }
    }
}

fn digest(kept: &str) -> String {
    Sha256::digest(kept.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Is there anything in this text?
pub(super) fn says(text: Option<&Narrative>) -> bool {
    text.is_some_and(|t| !t.is_blank())
}

/// What is not there, at its place.
pub(super) fn lacks(out: &mut Vec<RuleError>, there: bool, pointer: &str, what: &str) {
    if !there {
        out.push(RuleError::at(crate::rule::Code::NotReady, pointer, what));
    }
}
