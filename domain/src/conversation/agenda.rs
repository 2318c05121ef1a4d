//! The agenda of a conversation, composed of what there is: learning first, then what was agreed, then objectives, then what the rules ask.

use super::Lane;
use crate::{
    agreed_action::{AgreedAction, AgreedActionState},
    appraisal::{Appraisal, DeadlineKind},
    event::RecordType,
    id::LearningRequestId,
    learning::LearningRecord,
    objective::{Objective, ObjectiveKind, ObjectiveState},
    request::RequestState,
    text::Title,
    words,
};
use chrono::NaiveDate;
use uuid::Uuid;

words! {
    /// A part of the agenda; the parts come in this order.
    AgendaPart {
        /// What somebody finds out and has learned.
        Learning = "learning",
        /// What was agreed and is still open.
        Actions = "actions",
        /// What they set out to achieve.
        Objectives = "objectives",
        /// What the rules ask for.
        Required = "required",
    }
    /// What an item of the agenda is.
    AgendaKind {
        /// A growth inquiry that is open.
        Inquiry = "inquiry",
        /// Learning that was shared, or changed, since the two last met.
        Learning = "learning",
        /// What came of learning is to be looked at by the day of the meeting.
        ImpactCheckpoint = "impact_checkpoint",
        /// Something that was agreed and is open.
        AgreedAction = "agreed_action",
        /// An objective.
        Objective = "objective",
        /// The appraisee has not yet been told which standards apply.
        InformStandards = "inform_standards",
        /// Objectives are due.
        ObjectivesDue = "objectives_due",
        /// The review is due.
        ReviewDue = "review_due",
        /// The report is due.
        ReportDue = "report_due",
    }
}

/// One item: a line, and the record that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgendaItem {
    /// In which part.
    pub part: AgendaPart,
    /// What it is.
    pub kind: AgendaKind,
    /// The record's type.
    pub record_type: RecordType,
    /// The record's id.
    pub id: Uuid,
    /// What it is called; none where the kind says it.
    pub title: Option<String>,
    /// Where the record stands.
    pub state: Option<&'static str>,
    /// By when.
    pub due_on: Option<NaiveDate>,
}

/// A checkpoint of which nothing is recorded, and whose day has come by the day of the meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointDue {
    /// The request whose learning is looked at.
    pub request_id: LearningRequestId,
    /// What was asked for.
    pub title: Title,
    /// Where the request stands.
    pub state: RequestState,
    /// The checkpoint's day.
    pub due_on: NaiveDate,
}

/// What there is, as far as the reader may see it.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Objectives of the employment.
    pub objectives: Vec<Objective>,
    /// Learning shared, or changed, since the two last met: newest first.
    pub learning: Vec<LearningRecord>,
    /// Checkpoints that are due by the day of the meeting.
    pub checkpoints: Vec<CheckpointDue>,
    /// What was agreed in this lane.
    pub actions: Vec<AgreedAction>,
    /// The appraisal that the conversation belongs to.
    pub appraisal: Option<Appraisal>,
}

const fn open(state: ObjectiveState) -> bool {
    use ObjectiveState as S;
    matches!(state, S::Proposed | S::Agreed | S::SetWithDissent | S::Active | S::Paused)
}

/// The agenda. Of another lane nothing stands in it: what is appraised is no matter of a coaching conversation, and a return to work is about
/// what was agreed for it.
pub fn compose(lane: Lane, facts: Facts) -> Vec<AgendaItem> {
    let Facts { objectives, learning, mut checkpoints, mut actions, appraisal } = facts;
    let mut out = Vec::new();
    let objective = |part, kind, o: &Objective| AgendaItem {
        part,
        kind,
        record_type: RecordType::Objective,
        id: o.id.0,
        title: Some(o.words.title.as_str().into()),
        state: Some(o.state.as_str()),
        due_on: o.words.due_on,
    };
    let (inquiries, others): (Vec<&Objective>, Vec<&Objective>) =
        objectives.iter().filter(|o| open(o.state)).partition(|o| o.words.kind == ObjectiveKind::GrowthInquiry);
    if lane != Lane::Support {
        out.extend(inquiries.into_iter().map(|o| objective(AgendaPart::Learning, AgendaKind::Inquiry, o)));
        out.extend(learning.iter().map(|l| AgendaItem {
            part: AgendaPart::Learning,
            kind: AgendaKind::Learning,
            record_type: RecordType::LearningRecord,
            id: l.id.0,
            title: Some(l.title.as_str().into()),
            state: None,
            due_on: None,
        }));
        checkpoints.sort_by_key(|c| c.due_on);
        out.extend(checkpoints.iter().map(|c| AgendaItem {
            part: AgendaPart::Learning,
            kind: AgendaKind::ImpactCheckpoint,
            record_type: RecordType::LearningRequest,
            id: c.request_id.0,
            title: Some(c.title.as_str().into()),
            state: Some(c.state.as_str()),
            due_on: Some(c.due_on),
        }));
    }
    actions.retain(|a| a.lane == lane && a.state == AgreedActionState::Open);
    actions.sort_by_key(|a| (a.due_on.is_none(), a.due_on, a.id));
    out.extend(actions.iter().map(|a| AgendaItem {
        part: AgendaPart::Actions,
        kind: AgendaKind::AgreedAction,
        record_type: RecordType::AgreedAction,
        id: a.id.0,
        title: Some(a.title.as_str().into()),
        state: Some(a.state.as_str()),
        due_on: a.due_on,
    }));
    if lane == Lane::Appraisal {
        out.extend(others.into_iter().map(|o| objective(AgendaPart::Objectives, AgendaKind::Objective, o)));
        out.extend(appraisal.iter().flat_map(required));
    }
    out
}

/// What the rules ask for, in the order of its days.
fn required(appraisal: &Appraisal) -> Vec<AgendaItem> {
    let item = |kind, due_on| AgendaItem {
        part: AgendaPart::Required,
        kind,
        record_type: RecordType::Appraisal,
        id: appraisal.id.0,
        title: None,
        state: Some(appraisal.state.as_str()),
        due_on,
    };
    let mut out: Vec<AgendaItem> = appraisal
        .deadlines
        .iter()
        .filter_map(|d| {
            let kind = match d.kind {
                DeadlineKind::Objectives => AgendaKind::ObjectivesDue,
                DeadlineKind::Review => AgendaKind::ReviewDue,
                DeadlineKind::Report => AgendaKind::ReportDue,
                // what the appraisee may say of a report is theirs to say, and no matter for a meeting
                DeadlineKind::Comment | DeadlineKind::Appeal => return None,
            };
            Some(item(kind, Some(d.due_on)))
        })
        .collect();
    out.sort_by_key(|i| i.due_on);
    if appraisal.standards_informed_on.is_none() {
        out.insert(0, item(AgendaKind::InformStandards, None));
    }
    out
}
