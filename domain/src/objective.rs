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

use crate::{
    event::{About, EventKind},
    id::{CriterionId, CycleId, EmploymentId, ObjectiveId, OrganisationId, PersonId, PriorityId, StandardId},
    rule::{Code, RuleError},
    text::{Narrative, Reason, Title},
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
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

use ObjectiveAction as A;
use ObjectiveState as S;

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
    /// The inquiry.
    pub inquiry: Option<Option<Inquiry>>,
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
        let question = self.inquiry.as_ref().is_some_and(|i| !i.question.as_str().trim().is_empty());
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
        let new = Self {
            kind: kind.unwrap_or(self.kind),
            title: title.unwrap_or_else(|| self.title.clone()),
            description: description.unwrap_or_else(|| self.description.clone()),
            inquiry: inquiry.unwrap_or_else(|| self.inquiry.clone()),
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

/// Who acts, seen from the objective.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// The person, if it is one.
    pub person: Option<PersonId>,
    /// Are they the appraiser of its owner, today?
    pub appraiser: bool,
}

impl ObjectiveAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [ObjectiveState] {
        match self {
            A::Update => &[S::Draft, S::Proposed],
            A::Propose => &[S::Draft],
            A::Agree | A::SetWithDissent => &[S::Proposed],
            A::Start => &[S::Agreed, S::SetWithDissent],
            A::Revise => &[S::Agreed, S::SetWithDissent, S::Active],
            A::Pause => &[S::Active],
            A::Resume => &[S::Paused],
            A::Review => &[S::Active],
            A::Close => &[S::Reviewed],
            A::CarryOver => &[S::Agreed, S::SetWithDissent, S::Active, S::Paused, S::Reviewed],
            A::Invite => &[S::Proposed, S::Agreed, S::SetWithDissent, S::Active, S::Paused],
            A::AddNote => &[S::Proposed, S::Agreed, S::SetWithDissent, S::Active, S::Paused, S::Reviewed],
            A::Withdraw => &[S::Draft, S::Proposed, S::Agreed, S::SetWithDissent, S::Active, S::Paused],
        }
    }
    /// The state it leads to; none if it stays.
    pub const fn to(self) -> Option<ObjectiveState> {
        match self {
            A::Update | A::Invite | A::AddNote => None,
            A::Propose | A::Revise => Some(S::Proposed),
            A::Agree => Some(S::Agreed),
            A::SetWithDissent => Some(S::SetWithDissent),
            A::Start | A::Resume => Some(S::Active),
            A::Pause => Some(S::Paused),
            A::Review => Some(S::Reviewed),
            A::Close => Some(S::Closed),
            A::CarryOver => Some(S::CarriedOver),
            A::Withdraw => Some(S::Withdrawn),
        }
    }
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update => EventKind::ObjectiveUpdated,
            A::Propose => EventKind::ObjectiveProposed,
            A::Agree => EventKind::ObjectiveAgreed,
            A::SetWithDissent => EventKind::ObjectiveSetWithDissent,
            A::Start => EventKind::ObjectiveStarted,
            A::Revise => EventKind::ObjectiveRevised,
            A::Pause => EventKind::ObjectivePaused,
            A::Resume => EventKind::ObjectiveResumed,
            A::Review => EventKind::ObjectiveReviewed,
            A::Close => EventKind::ObjectiveClosed,
            A::CarryOver => EventKind::ObjectiveCarriedOver,
            A::Invite => EventKind::ObjectiveCollaboratorInvited,
            A::AddNote => EventKind::ObjectiveNoteAdded,
            A::Withdraw => EventKind::ObjectiveWithdrawn,
        }
    }
}

impl Objective {
    /// Whom and where it is about. A draft is its author's alone, and stays so when it is withdrawn before anybody else saw it.
    pub fn about(&self) -> About {
        let unseen = self.state == S::Draft || (self.state == S::Withdrawn && self.proposed_by.is_none());
        let private_to = unseen.then_some(self.author_id);
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to }
    }

    /// Can this party do this now? Who first, then the state.
    ///
    /// # Errors
    /// `not_permitted`, `not_for_yourself`, `wrong_state`.
    pub fn can(&self, action: ObjectiveAction, by: Party) -> Result<(), RuleError> {
        let owner = by.person == Some(self.person_id);
        // a headteacher who proposed it to many, without appraising them, can take it back as long as nobody answered
        let takes_back = action == A::Withdraw && self.state == S::Proposed && by.person.is_some() && self.proposed_by == by.person;
        if !owner && !by.appraiser && !takes_back {
            return Err(RuleError::new(Code::NotPermitted, "only the appraisee and their appraiser write in an objective"));
        }
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the objective is {}; this needs {}", self.state, from.join(" or "))));
        }
        let proposer = self.proposed_by == by.person;
        // by sides, not by persons: a second appraiser cannot agree in the appraisee's place
        let own_side = owner == (self.proposed_by == Some(self.person_id));
        match action {
            A::SetWithDissent if by.appraiser && !own_side => {
                Err(RuleError::new(Code::NotPermitted, "these are the appraisee's own words: agree them, or propose others and set those"))
            }
            A::Agree if own_side => Err(RuleError::new(Code::NotForYourself, "who proposed it cannot agree it; the other party must")),
            A::SetWithDissent | A::Review if !by.appraiser => Err(RuleError::new(Code::NotPermitted, "only the appraiser may do this")),
            A::Invite if !owner => Err(RuleError::new(Code::NotPermitted, "only whose objective it is invites colleagues to it")),
            A::Update | A::Propose | A::Withdraw if self.state == S::Draft && by.person != Some(self.author_id) => {
                Err(RuleError::new(Code::NotPermitted, "a draft is its author's alone"))
            }
            A::Withdraw if self.state == S::Proposed && !proposer && !by.appraiser => {
                Err(RuleError::new(Code::NotPermitted, "only who proposed it, or the appraiser, may withdraw it"))
            }
            A::Withdraw if !matches!(self.state, S::Draft | S::Proposed) && !by.appraiser => {
                Err(RuleError::new(Code::NotPermitted, "once agreed, only the appraiser withdraws it"))
            }
            _ => Ok(()),
        }
    }

    /// Takes a step that needs nothing but the step itself, or a reason.
    ///
    /// # Errors
    /// As [`Objective::can`].
    pub fn step(&self, action: ObjectiveAction, by: Party, reason: Option<Reason>, now: DateTime<Utc>) -> Result<Self, RuleError> {
        self.can(action, by)?;
        let mut new = Self { state: action.to().unwrap_or(self.state), ..self.clone() };
        match action {
            A::Propose => new.proposed_by = by.person,
            A::Agree => (new.agreed_by, new.agreed_at) = (by.person, Some(now)),
            _ => {}
        }
        if reason.is_some() {
            new.last_reason = reason;
        }
        Ok(new)
    }

    /// New words. Whoever changes a proposal makes it theirs: the other party is asked.
    ///
    /// # Errors
    /// As [`Objective::can`] and [`Words::check`].
    pub fn reworded(&self, patch: WordsPatch, by: Party, new_id: &mut dyn FnMut() -> CriterionId) -> Result<Self, RuleError> {
        self.can(A::Update, by)?;
        let words = self.words.patched(patch, new_id)?;
        let proposed_by = if self.state == S::Proposed && words != self.words { by.person } else { self.proposed_by };
        Ok(Self { words, proposed_by, ..self.clone() })
    }

    /// Set by the appraiser in spite of the appraisee's dissent, which is kept in their words.
    ///
    /// # Errors
    /// As [`Objective::can`].
    pub fn set_with_dissent(&self, by: Party, dissent: Narrative, now: DateTime<Utc>) -> Result<Self, RuleError> {
        let new = self.step(A::SetWithDissent, by, None, now)?;
        Ok(Self { dissent: Some(dissent), agreed_by: None, agreed_at: None, ..new })
    }

    /// Revised: new words and a reason; agreement is asked for again.
    ///
    /// # Errors
    /// As [`Objective::can`] and [`Words::check`].
    pub fn revised(
        &self,
        patch: WordsPatch,
        reason: Reason,
        by: Party,
        now: DateTime<Utc>,
        new_id: &mut dyn FnMut() -> CriterionId,
    ) -> Result<Self, RuleError> {
        let new = self.step(A::Revise, by, Some(reason), now)?;
        let words = self.words.patched(patch, new_id)?;
        Ok(Self { words, proposed_by: by.person, agreed_by: None, agreed_at: None, dissent: None, revision: self.revision + 1, ..new })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    pub(super) const OWNER: PersonId = PersonId(Uuid::from_u128(1));
    pub(super) const APPRAISER: PersonId = PersonId(Uuid::from_u128(2));

    pub(super) fn text<T: TryFrom<String>>(t: &str) -> T {
        T::try_from(t.to_owned()).unwrap_or_else(|_| unreachable!("{t}"))
    }
    pub(super) fn objective(state: ObjectiveState) -> Objective {
        Objective {
            id: ObjectiveId(Uuid::nil()),
            employment_id: EmploymentId(Uuid::nil()),
            person_id: OWNER,
            organisation_id: OrganisationId(Uuid::nil()),
            cycle_id: None,
            carried_over_from: None,
            carried_over_to: None,
            origin: ObjectiveOrigin::Own,
            author_id: OWNER,
            state,
            words: Words {
                kind: ObjectiveKind::Practice,
                title: text("Questioning"),
                description: None,
                inquiry: None,
                evidence_plan: None,
                support_needed: None,
                learning_needed: None,
                due_on: None,
                success_criteria: vec![],
                standard_ids: vec![],
                priority_ids: vec![],
            },
            proposed_by: (state != S::Draft).then_some(OWNER),
            agreed_by: None,
            agreed_at: None,
            dissent: None,
            last_reason: None,
            revision: 1,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    pub(super) fn owner() -> Party {
        Party { person: Some(OWNER), appraiser: false }
    }
    pub(super) fn appraiser() -> Party {
        Party { person: Some(APPRAISER), appraiser: true }
    }
    pub(super) fn stranger() -> Party {
        Party { person: Some(PersonId(Uuid::from_u128(3))), appraiser: false }
    }

    /// Every state against every action and both parties, of an objective that its owner drafted and proposed. What is not written here is refused.
    #[test]
    fn the_machine_takes_exactly_these_steps() {
        // o: the owner may; a: the appraiser may; b: both
        let steps = [
            (S::Draft, A::Update, 'o', S::Draft),
            (S::Draft, A::Propose, 'o', S::Proposed),
            (S::Draft, A::Withdraw, 'o', S::Withdrawn),
            (S::Proposed, A::Update, 'b', S::Proposed),
            (S::Proposed, A::Agree, 'a', S::Agreed),
            (S::Proposed, A::Withdraw, 'b', S::Withdrawn),
            (S::Proposed, A::Invite, 'o', S::Proposed),
            (S::Proposed, A::AddNote, 'b', S::Proposed),
            (S::Agreed, A::CarryOver, 'b', S::CarriedOver),
            (S::Agreed, A::Invite, 'o', S::Agreed),
            (S::Agreed, A::AddNote, 'b', S::Agreed),
            (S::SetWithDissent, A::CarryOver, 'b', S::CarriedOver),
            (S::SetWithDissent, A::Invite, 'o', S::SetWithDissent),
            (S::SetWithDissent, A::AddNote, 'b', S::SetWithDissent),
            (S::Active, A::CarryOver, 'b', S::CarriedOver),
            (S::Active, A::Invite, 'o', S::Active),
            (S::Active, A::AddNote, 'b', S::Active),
            (S::Paused, A::CarryOver, 'b', S::CarriedOver),
            (S::Paused, A::Invite, 'o', S::Paused),
            (S::Paused, A::AddNote, 'b', S::Paused),
            (S::Reviewed, A::CarryOver, 'b', S::CarriedOver),
            (S::Reviewed, A::AddNote, 'b', S::Reviewed),
            (S::Agreed, A::Start, 'b', S::Active),
            (S::Agreed, A::Revise, 'b', S::Proposed),
            (S::Agreed, A::Withdraw, 'a', S::Withdrawn),
            (S::SetWithDissent, A::Start, 'b', S::Active),
            (S::SetWithDissent, A::Revise, 'b', S::Proposed),
            (S::SetWithDissent, A::Withdraw, 'a', S::Withdrawn),
            (S::Active, A::Revise, 'b', S::Proposed),
            (S::Active, A::Pause, 'b', S::Paused),
            (S::Active, A::Review, 'a', S::Reviewed),
            (S::Active, A::Withdraw, 'a', S::Withdrawn),
            (S::Paused, A::Resume, 'b', S::Active),
            (S::Paused, A::Withdraw, 'a', S::Withdrawn),
            (S::Reviewed, A::Close, 'b', S::Closed),
        ];
        for state in S::ALL {
            for action in A::ALL {
                let row = steps.iter().find(|(from, a, ..)| from == state && a == action);
                for (party, who) in [(owner(), 'o'), (appraiser(), 'a'), (stranger(), 's')] {
                    let expected = row.filter(|(_, _, may, _)| (*may == 'b' || *may == who) && who != 's').map(|(.., to)| *to);
                    let got = objective(*state).step(*action, party, None, DateTime::UNIX_EPOCH).ok().map(|o| o.state);
                    assert_eq!(got, expected, "{state} {action} {who}");
                }
            }
        }
    }

    #[test]
    fn whoever_changes_a_proposal_makes_it_theirs() {
        let mut id = || CriterionId(Uuid::nil());
        let patch = WordsPatch { title: Some(text("Better questioning")), ..WordsPatch::default() };
        let countered = objective(S::Proposed).reworded(patch, appraiser(), &mut id).unwrap_or_else(|e| unreachable!("{e}"));
        assert_eq!(countered.proposed_by, Some(APPRAISER));
        assert_eq!(countered.can(A::Agree, appraiser()).err().map(|e| e.code), Some(Code::NotForYourself));
        assert!(countered.can(A::Agree, owner()).is_ok());
        let same = objective(S::Proposed).reworded(WordsPatch::default(), appraiser(), &mut id).ok().and_then(|o| o.proposed_by);
        assert_eq!(same, Some(OWNER));
    }

    #[test]
    fn a_revision_asks_for_agreement_again_and_keeps_its_reason() {
        let agreed = Objective { agreed_by: Some(APPRAISER), agreed_at: Some(DateTime::UNIX_EPOCH), dissent: Some(text("no")), ..objective(S::Agreed) };
        let revised = agreed.revised(WordsPatch::default(), text("new timetable"), owner(), DateTime::UNIX_EPOCH, &mut || CriterionId(Uuid::nil()));
        let got = revised.map(|o| (o.state, o.revision, o.agreed_by, o.dissent, o.last_reason.map(String::from)));
        assert_eq!(got, Ok((S::Proposed, 2, None, None, Some("new timetable".into()))));
    }

    #[test]
    fn only_a_growth_inquiry_has_a_question_and_it_must_have_one() {
        let inquiry = |q: &str| Some(Inquiry { question: text(q), current_practice: None, change_tried: None, evidence: None, finding: None });
        for (kind, inquiry, ok) in [
            (ObjectiveKind::GrowthInquiry, inquiry("What if?"), true),
            (ObjectiveKind::GrowthInquiry, inquiry("  "), false),
            (ObjectiveKind::GrowthInquiry, None, false),
            (ObjectiveKind::Practice, inquiry("What if?"), false),
            (ObjectiveKind::Practice, None, true),
        ] {
            assert_eq!(Words { kind, inquiry, ..objective(S::Draft).words }.check().is_ok(), ok, "{kind}");
        }
    }

    #[test]
    fn what_the_appraiser_proposed_only_the_appraisee_agrees_and_only_the_appraiser_sets() {
        let theirs = Objective { proposed_by: Some(APPRAISER), ..objective(S::Proposed) };
        let second = Party { person: Some(PersonId(Uuid::from_u128(9))), appraiser: true };
        for (action, by, ok) in [
            (A::Agree, owner(), true),
            (A::Agree, appraiser(), false),
            (A::Agree, second, false),
            (A::SetWithDissent, owner(), false),
            (A::SetWithDissent, appraiser(), true),
            (A::SetWithDissent, second, true),
        ] {
            assert_eq!(theirs.can(action, by).is_ok(), ok, "{action} {by:?}");
        }
    }

    #[test]
    fn who_proposed_it_takes_it_back_and_does_nothing_else_with_it() {
        let head = PersonId(Uuid::from_u128(7));
        let by = Party { person: Some(head), appraiser: false };
        for state in S::ALL {
            let theirs = Objective { origin: ObjectiveOrigin::Bulk, proposed_by: Some(head), ..objective(*state) };
            for action in A::ALL {
                assert_eq!(theirs.can(*action, by).is_ok(), (*state, *action) == (S::Proposed, A::Withdraw), "{state} {action}");
            }
        }
    }

    #[test]
    fn a_draft_that_is_withdrawn_stays_its_authors_alone() {
        let withdrawn = |from| objective(from).step(A::Withdraw, owner(), None, DateTime::UNIX_EPOCH).map(|o| o.about().private_to);
        assert_eq!((withdrawn(S::Draft), withdrawn(S::Proposed)), (Ok(Some(OWNER)), Ok(None)));
    }

    #[test]
    fn a_criterion_whose_text_stays_keeps_its_id() {
        let mut next = 10;
        let mut id = || {
            next += 1;
            CriterionId(Uuid::from_u128(next))
        };
        let first = criteria(vec![text("a"), text("b")], &[], &mut id);
        let second = criteria(vec![text("b"), text("c"), text("b")], &first, &mut id);
        assert_eq!(second[0].id, first[1].id);
        assert!(second[2].id != second[0].id && second[1].id != first[0].id);
    }
}
