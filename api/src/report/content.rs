//! What a report says, part by part: the same in a draft and when it is issued.

use crate::wire::{Word, all, word};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use trellis_domain::report::{Concern, Content, LearningShown, NeedAction, NeedNamed, ObjectiveAssessed, StandardAssessed};
use utoipa::ToSchema;

/// A standard that applied, and what is said of it. Without a note or a concern it was met: no standard is graded.
#[derive(Serialize, ToSchema)]
#[schema(title = "StandardAssessed")]
pub struct StandardAssessedView {
    /// Which.
    standard_id: word::StandardId,
    /// Its code.
    code: word::StandardCode,
    /// What it says.
    title: word::Title,
    /// What is said of it, if anything.
    note: Option<word::Narrative>,
}
/// An objective of the year, assessed in words or marked with the reason why not.
#[derive(Serialize, ToSchema)]
#[schema(title = "ObjectiveAssessed")]
pub struct ObjectiveAssessedView {
    /// Which.
    objective_id: word::ObjectiveId,
    /// In one line.
    title: word::Title,
    /// What kind.
    kind: word::ObjectiveKind,
    /// Where it stands, or stood when the report was issued.
    state: word::ObjectiveState,
    /// What is said of it.
    assessment: Option<word::Narrative>,
    /// Why it is not assessed.
    not_assessed_because: Option<word::Reason>,
}
/// Learning of the period that its owner has shared.
#[derive(Serialize, ToSchema)]
#[schema(title = "LearningShown")]
pub struct LearningShownView {
    /// Which.
    learning_record_id: word::LearningRecordId,
    /// What it was.
    title: word::Title,
    /// How.
    kind: word::LearningKind,
    /// Its last day.
    ended_on: NaiveDate,
    /// How long it took, in minutes.
    minutes: i32,
}
/// What will be done about a development need.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "NeedAction")]
pub struct NeedActionView {
    /// What.
    action: word::Reason,
    /// By when.
    #[serde(default)]
    due_on: Option<NaiveDate>,
}
/// A development need, with the actions to meet it.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "NeedNamed")]
pub struct NeedNamedView {
    /// What is needed.
    need: word::Narrative,
    /// The standard that it speaks to.
    #[serde(default)]
    standard_id: Option<word::StandardId>,
    /// What will be done: at least one action, before the report is issued.
    #[schema(max_items = 10)]
    actions: Vec<NeedActionView>,
}
/// A concern. It surprises nobody: it names an earlier meeting, what was said there and the support that was offered; or both were told before the
/// report was issued.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(title = "Concern")]
pub struct ConcernView {
    /// What it is.
    concern: word::Narrative,
    /// The standard that it is about.
    #[serde(default)]
    standard_id: Option<word::StandardId>,
    /// The day of the earlier meeting at which it was raised, or of a note on an objective that raised it. It counts if it was on record before the day of
    /// issue: a conversation of the appraisal that was held, one of the support lane with the appraiser who writes or issues this, or somebody else's note.
    #[serde(default)]
    raised_on: Option<NaiveDate>,
    /// What was said there.
    #[serde(default)]
    said: Option<word::Narrative>,
    /// The support that was offered.
    #[serde(default)]
    support: Option<word::Narrative>,
    /// The day on which appraisee and appraiser were both told of it, if there was no such meeting. It counts if a conversation was held or a note was written
    /// on that day.
    #[serde(default)]
    told_on: Option<NaiveDate>,
}
/// What an issued report says. It never changes.
#[derive(Serialize, ToSchema)]
#[schema(title = "ReportContent")]
pub struct ContentView {
    /// First day of the period.
    starts_on: NaiveDate,
    /// Last day of the period.
    ends_on: NaiveDate,
    /// The standards that applied; each was met unless a note or a concern says otherwise.
    standards: Vec<StandardAssessedView>,
    /// The objectives, each assessed or marked with the reason why not.
    objectives: Vec<ObjectiveAssessedView>,
    /// Learning of the period that was shared.
    learning_records: Vec<LearningShownView>,
    /// What is said of their learning; null if nothing is.
    learning: Option<word::Narrative>,
    /// Why nothing is said of it; null unless that is said.
    no_learning_because: Option<word::Reason>,
    /// Development needs, with the actions to meet them.
    development_needs: Vec<NeedNamedView>,
    /// Concerns.
    concerns: Vec<ConcernView>,
    /// Does the report bear on pay?
    pay_relevant: bool,
    /// Anything else; null if there is nothing.
    summary: Option<word::Narrative>,
}

impl From<StandardAssessed> for StandardAssessedView {
    fn from(StandardAssessed { standard_id, code, title, note }: StandardAssessed) -> Self {
        Self { standard_id: Word(standard_id), code: Word(code), title: Word(title), note: note.map(Word) }
    }
}
impl From<ObjectiveAssessed> for ObjectiveAssessedView {
    fn from(ObjectiveAssessed { objective_id, title, kind, state, assessment, not_assessed_because }: ObjectiveAssessed) -> Self {
        Self {
            objective_id: Word(objective_id),
            title: Word(title),
            kind: Word(kind),
            state: Word(state),
            assessment: assessment.map(Word),
            not_assessed_because: not_assessed_because.map(Word),
        }
    }
}
impl From<LearningShown> for LearningShownView {
    fn from(LearningShown { learning_record_id, title, kind, ended_on, minutes }: LearningShown) -> Self {
        Self { learning_record_id: Word(learning_record_id), title: Word(title), kind: Word(kind), ended_on, minutes }
    }
}
impl From<NeedAction> for NeedActionView {
    fn from(NeedAction { action, due_on }: NeedAction) -> Self {
        Self { action: Word(action), due_on }
    }
}
impl From<NeedActionView> for NeedAction {
    fn from(NeedActionView { action, due_on }: NeedActionView) -> Self {
        Self { action: action.0, due_on }
    }
}
impl From<NeedNamed> for NeedNamedView {
    fn from(NeedNamed { need, standard_id, actions }: NeedNamed) -> Self {
        Self { need: Word(need), standard_id: standard_id.map(Word), actions: all(actions) }
    }
}
impl From<NeedNamedView> for NeedNamed {
    fn from(NeedNamedView { need, standard_id, actions }: NeedNamedView) -> Self {
        Self { need: need.0, standard_id: standard_id.map(|s| s.0), actions: all(actions) }
    }
}
impl From<Concern> for ConcernView {
    fn from(Concern { concern, standard_id, raised_on, said, support, told_on }: Concern) -> Self {
        let (said, support) = (said.map(Word), support.map(Word));
        Self { concern: Word(concern), standard_id: standard_id.map(Word), raised_on, said, support, told_on }
    }
}
impl From<ConcernView> for Concern {
    fn from(ConcernView { concern, standard_id, raised_on, said, support, told_on }: ConcernView) -> Self {
        let (said, support) = (said.map(|s| s.0), support.map(|s| s.0));
        Self { concern: concern.0, standard_id: standard_id.map(|s| s.0), raised_on, said, support, told_on }
    }
}
impl From<Content> for ContentView {
    fn from(content: Content) -> Self {
        let Content {
            starts_on,
            ends_on,
            standards,
            objectives,
            learning_records,
            learning,
            no_learning_because,
            development_needs,
            concerns,
            pay_relevant,
            summary,
        } = content;
        Self {
            starts_on,
            ends_on,
            standards: all(standards),
            objectives: all(objectives),
            learning_records: all(learning_records),
            learning: learning.map(Word),
            no_learning_because: no_learning_because.map(Word),
            development_needs: all(development_needs),
            concerns: all(concerns),
            pay_relevant,
            summary: summary.map(Word),
        }
    }
}
