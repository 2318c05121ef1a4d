//! A growth inquiry's own stages: from a question, through what is done now and what was changed, to evidence and a finding. Where it stands
//! is read from what is written. Giving it up is no failure: what was learned by it is kept, and can be shared like any finding.

use crate::{
    id::PersonId,
    objective::{Inquiry, Objective, ObjectiveKind, ObjectiveState as S},
    rule::{Code, RuleError},
    words,
};

words! {
    /// Where a growth inquiry stands.
    InquiryStage {
        /// There is a question.
        Question = "question",
        /// It is written down what one does now.
        CurrentPractice = "current_practice",
        /// Something else was tried.
        ChangeTried = "change_tried",
        /// It was seen what came of it.
        Evidence = "evidence",
        /// It is written down what was found.
        Finding = "finding",
        /// The finding is published to colleagues. Told to its owner alone: others find what was published among the findings.
        Shared = "shared",
        /// It was given up, and what was learned by it is kept.
        Abandoned = "abandoned",
    }
    /// What can be done with a growth inquiry, beside what can be done with any objective.
    InquiryAction {
        /// Give it up, with what was learned.
        Abandon = "abandon_inquiry",
        /// Publish a finding of it to one's school or trust.
        PublishFinding = "publish_finding",
    }
}

use InquiryAction as A;

impl InquiryAction {
    /// The states of the objective in which it can be done.
    pub const fn while_in(self) -> &'static [S] {
        match self {
            A::Abandon => &[S::Agreed, S::SetWithDissent, S::Active, S::Paused],
            A::PublishFinding => S::ALL,
        }
    }
    /// The stages of the inquiry at which it can be done. What was given up, and then shared, is not given up again.
    pub const fn from(self) -> &'static [InquiryStage] {
        use InquiryStage as I;
        match self {
            A::Abandon => &[I::Question, I::CurrentPractice, I::ChangeTried, I::Evidence, I::Finding, I::Shared],
            A::PublishFinding => &[I::Finding, I::Abandoned],
        }
    }
}

/// What is known of an inquiry beside the objective's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Known {
    /// Was it given up, with what was learned?
    pub abandoned: bool,
    /// Is a finding of it published now?
    pub shared: bool,
}

/// Where it stands: the last stage of which something is written.
pub fn stage(inquiry: &Inquiry, known: Known) -> InquiryStage {
    let written = |text: &Option<crate::text::Narrative>| text.as_ref().is_some_and(|t| !t.is_blank());
    if known.shared {
        InquiryStage::Shared
    } else if known.abandoned {
        InquiryStage::Abandoned
    } else if written(&inquiry.finding) {
        InquiryStage::Finding
    } else if written(&inquiry.evidence) {
        InquiryStage::Evidence
    } else if written(&inquiry.change_tried) {
        InquiryStage::ChangeTried
    } else if written(&inquiry.current_practice) {
        InquiryStage::CurrentPractice
    } else {
        InquiryStage::Question
    }
}

/// Can this person do this with the objective's inquiry now? It is its owner's own: nobody else gives it up or publishes of it.
///
/// # Errors
/// `not_permitted`, `not_an_inquiry`, `wrong_state`, `not_ready`, `duplicate`.
pub fn can(objective: &Objective, known: Known, action: InquiryAction, by: Option<PersonId>) -> Result<(), RuleError> {
    if by != Some(objective.person_id) {
        return Err(RuleError::new(Code::NotPermitted, "only whose inquiry it is decides about it"));
    }
    let inquiry = objective.words.inquiry.as_ref().filter(|_| objective.words.kind == ObjectiveKind::GrowthInquiry);
    let Some(inquiry) = inquiry else {
        return Err(RuleError::new(Code::NotAnInquiry, "only a growth inquiry has a finding"));
    };
    let early = !action.from().contains(&stage(inquiry, known));
    match action {
        A::Abandon if known.abandoned => Err(RuleError::new(Code::WrongState, "it is given up already")),
        A::Abandon if !action.while_in().contains(&objective.state) => Err(RuleError::new(
            Code::WrongState,
            format!("the objective is {}; an inquiry is given up while it is agreed, set, active or paused", objective.state),
        )),
        A::PublishFinding if known.shared => Err(RuleError::new(Code::Duplicate, "a finding of this inquiry is published already: withdraw it first")),
        A::PublishFinding if early => Err(RuleError::new(Code::NotReady, "write down what you found first, or give the inquiry up with what you learned")),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        id::{EmploymentId, ObjectiveId, OrganisationId},
        objective::{ObjectiveOrigin, ObjectiveState, Words},
        text::{Narrative, Title},
    };
    use chrono::DateTime;
    use uuid::Uuid;

    const OWNER: PersonId = PersonId(Uuid::from_u128(1));

    fn text<T: TryFrom<String>>(t: &str) -> T {
        T::try_from(t.to_owned()).unwrap_or_else(|_| unreachable!("{t}"))
    }
    fn inquiry(filled: usize) -> Inquiry {
        let part = |n: usize| (filled > n).then(|| text::<Narrative>("so"));
        Inquiry { question: text("What if?"), current_practice: part(0), change_tried: part(1), evidence: part(2), finding: part(3) }
    }
    fn objective(state: ObjectiveState, kind: ObjectiveKind, filled: usize) -> Objective {
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
                kind,
                title: text::<Title>("Questioning"),
                description: None,
                inquiry: (kind == ObjectiveKind::GrowthInquiry).then(|| inquiry(filled)),
                evidence_plan: None,
                support_needed: None,
                learning_needed: None,
                due_on: None,
                success_criteria: vec![],
                standard_ids: vec![],
                priority_ids: vec![],
            },
            proposed_by: None,
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

    #[test]
    fn the_stage_is_the_last_of_which_something_is_written() {
        let none = Known::default();
        for (filled, known, expected) in [
            (0, none, InquiryStage::Question),
            (1, none, InquiryStage::CurrentPractice),
            (2, none, InquiryStage::ChangeTried),
            (3, none, InquiryStage::Evidence),
            (4, none, InquiryStage::Finding),
            (2, Known { abandoned: true, ..none }, InquiryStage::Abandoned),
            (4, Known { shared: true, ..none }, InquiryStage::Shared),
            (2, Known { shared: true, abandoned: true }, InquiryStage::Shared),
        ] {
            assert_eq!(stage(&inquiry(filled), known), expected, "{filled} {known:?}");
        }
        let blank = Inquiry { finding: Some(text("  ")), ..inquiry(3) };
        assert_eq!(stage(&blank, none), InquiryStage::Evidence, "blank is not written");
    }

    /// Every state, action and caller, with and without a finding, given up or not, shared or not.
    #[test]
    fn the_machine_takes_exactly_these_steps() {
        for state in ObjectiveState::ALL {
            for action in A::ALL {
                for (abandoned, shared, filled, own) in (0..16).map(|n| (n & 1 > 0, n & 2 > 0, if n & 4 > 0 { 4 } else { 3 }, n & 8 > 0)) {
                    let by = if own { Some(OWNER) } else { Some(PersonId(Uuid::from_u128(2))) };
                    let found = can(&objective(*state, ObjectiveKind::GrowthInquiry, filled), Known { abandoned, shared }, *action, by).err().map(|e| e.code);
                    let going = matches!(state, S::Agreed | S::SetWithDissent | S::Active | S::Paused);
                    let expected = match action {
                        _ if !own => Some(Code::NotPermitted),
                        A::Abandon => (abandoned || !going).then_some(Code::WrongState),
                        A::PublishFinding if shared => Some(Code::Duplicate),
                        A::PublishFinding => (!abandoned && filled < 4).then_some(Code::NotReady),
                    };
                    assert_eq!(found, expected, "{state} {action} {abandoned} {shared} {filled} {own}");
                    let other = can(&objective(*state, ObjectiveKind::Practice, 4), Known { abandoned, shared }, *action, by).err().map(|e| e.code);
                    assert_eq!(other, Some(if own { Code::NotAnInquiry } else { Code::NotPermitted }));
                }
            }
        }
        assert!(can(&objective(S::Active, ObjectiveKind::GrowthInquiry, 4), Known::default(), A::Abandon, None).is_err(), "a machine is nobody's owner");
    }
}
