//! Development needs: what somebody needs to learn or to be helped with, and the actions to meet it. An issued report names them, or the person
//! does; who leads learning reads them, and not the report.

use crate::{
    event::{About, EventKind},
    id::{EmploymentId, LearningRequestId, NeedId, ObjectiveId, OrganisationId, PersonId, ReportId, SelfReviewId, StandardId},
    report::{NeedAction as Action, NeedNamed},
    rule::{Code, RuleError},
    text::{Narrative, Reason},
    words,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

words! {
    /// Where a development need stands.
    NeedState {
        /// There is something to do about it.
        Open = "open",
        /// It was met.
        Met = "met",
        /// It was taken back.
        Withdrawn = "withdrawn",
    }
    /// Where a development need came from. That an appraisal named it is told to nobody.
    NeedSource {
        /// It was said as such: by the person, or at the end of an appraisal. Which of the two is not told.
        Stated = "stated",
        /// Its owner made it of a statement of their self-review.
        SelfReview = "self_review",
        /// Its owner made it of the learning that an objective of theirs needs.
        Objective = "objective",
        /// Its owner made it of a learning request of theirs.
        LearningRequest = "learning_request",
    }
    /// What can be done with a development need.
    NeedStep {
        /// Change its words.
        Update = "update",
        /// Say that it is met.
        Meet = "meet",
        /// Take it back, with a reason.
        Withdraw = "withdraw",
    }
}

use NeedStep as N;

/// A development need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DevelopmentNeed {
    /// Its id.
    pub id: NeedId,
    /// Whose.
    pub person_id: PersonId,
    /// In which employment.
    pub employment_id: EmploymentId,
    /// The school of that employment.
    pub organisation_id: OrganisationId,
    /// What is needed.
    pub need: Narrative,
    /// What will be done about it.
    pub actions: Vec<Action>,
    /// The standard that it speaks to.
    pub standard_id: Option<StandardId>,
    /// Where it came from.
    pub source: NeedSource,
    /// The record of its owner's that it came from. Theirs alone to know, so it is in no event.
    #[serde(skip)]
    pub source_id: Option<Uuid>,
    /// Where it stands.
    pub state: NeedState,
    /// Why it was taken back.
    pub last_reason: Option<Reason>,
    /// The report that names it, if one does. It is in no event and no view: who reads needs learns nothing of assessments.
    #[serde(skip)]
    pub report_id: Option<ReportId>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was named.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a development need; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct NeedPatch {
    /// What is needed.
    pub need: Option<Narrative>,
    /// All that will be done about it.
    pub actions: Option<Vec<Action>>,
    /// The standard that it speaks to.
    pub standard_id: Option<Option<StandardId>>,
}

/// The record of its owner's that a need is made of, by their own act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NeedOrigin {
    /// A statement of their self-review: the one of the need's standard.
    SelfReview(SelfReviewId),
    /// The learning that an objective needs.
    Objective(ObjectiveId),
    /// What they asked to be let learn.
    LearningRequest(LearningRequestId),
}

impl NeedOrigin {
    /// The one that is named, if any is.
    ///
    /// # Errors
    /// `contradictory_members`, if several are.
    pub fn of(
        self_review: Option<SelfReviewId>,
        objective: Option<ObjectiveId>,
        learning_request: Option<LearningRequestId>,
    ) -> Result<Option<Self>, RuleError> {
        let named = [
            ("/self_review_id", self_review.map(Self::SelfReview)),
            ("/objective_id", objective.map(Self::Objective)),
            ("/learning_request_id", learning_request.map(Self::LearningRequest)),
        ];
        let mut named = named.into_iter().filter_map(|(at, origin)| Some((at, origin?)));
        let first = named.next();
        match named.next() {
            Some((at, _)) => Err(RuleError::at(Code::ContradictoryMembers, at, "a need comes from one record")),
            None => Ok(first.map(|(_, origin)| origin)),
        }
    }
    /// What the register says of it, and the record's id.
    pub fn source(self) -> (NeedSource, Uuid) {
        match self {
            Self::SelfReview(id) => (NeedSource::SelfReview, id.0),
            Self::Objective(id) => (NeedSource::Objective, id.0),
            Self::LearningRequest(id) => (NeedSource::LearningRequest, id.0),
        }
    }
}

/// Who acts, seen from the need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Party {
    /// The person, if it is one.
    pub person: Option<PersonId>,
    /// Do they appraise its owner, today?
    pub appraiser: bool,
}

impl NeedStep {
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            N::Update => EventKind::DevelopmentNeedUpdated,
            N::Meet => EventKind::DevelopmentNeedMet,
            N::Withdraw => EventKind::DevelopmentNeedWithdrawn,
        }
    }
}

impl DevelopmentNeed {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
    /// Can this party do this now? The person's own words are theirs; what a report names is fixed with it, and taken back by who appraises.
    ///
    /// # Errors
    /// `not_permitted`, `published`, `wrong_state`.
    pub fn can(&self, step: NeedStep, by: Party) -> Result<(), RuleError> {
        let own = by.person == Some(self.person_id);
        let only = |who: &str| Err(RuleError::new(Code::NotPermitted, format!("only {who} may do this")));
        match (step, self.report_id.is_some()) {
            _ if !own && !by.appraiser => return only("the person and who appraises them"),
            (N::Update | N::Withdraw, false) if !own => return only("the person, who named it"),
            (N::Update, true) => return Err(RuleError::new(Code::Published, "it was issued in these words; they change with a new version")),
            (N::Withdraw, true) if own => return only("who appraises"),
            _ => {}
        }
        match self.state {
            NeedState::Open => Ok(()),
            other => Err(RuleError::new(Code::WrongState, format!("it is {other} already"))),
        }
    }
    /// The need with a patch laid over it.
    ///
    /// # Errors
    /// As [`DevelopmentNeed::can`].
    pub fn patched(&self, patch: NeedPatch, by: Party) -> Result<Self, RuleError> {
        self.can(N::Update, by)?;
        let NeedPatch { need, actions, standard_id } = patch;
        Ok(Self {
            need: need.unwrap_or_else(|| self.need.clone()),
            actions: actions.unwrap_or_else(|| self.actions.clone()),
            standard_id: standard_id.unwrap_or(self.standard_id),
            ..self.clone()
        })
    }
    /// Says that it is met, or takes it back.
    ///
    /// # Errors
    /// As [`DevelopmentNeed::can`].
    pub fn ended(&self, step: NeedStep, reason: Option<Reason>, by: Party) -> Result<Self, RuleError> {
        self.can(step, by)?;
        let state = if step == N::Meet { NeedState::Met } else { NeedState::Withdrawn };
        Ok(Self { state, last_reason: reason, ..self.clone() })
    }
    /// Is it what the report names there?
    pub fn is(&self, named: &NeedNamed) -> bool {
        let NeedNamed { need, standard_id, actions } = named;
        self.need == *need && self.standard_id == *standard_id && self.actions == *actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Wire;

    fn human(n: u128) -> PersonId {
        PersonId(Uuid::from_u128(n))
    }
    fn need(state: NeedState, named_by_a_report: bool) -> DevelopmentNeed {
        DevelopmentNeed {
            id: NeedId(Uuid::nil()),
            person_id: human(1),
            employment_id: EmploymentId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            need: Narrative::parse("Questioning that reaches everybody").unwrap_or_else(|e| unreachable!("{e}")),
            actions: vec![],
            standard_id: None,
            source: NeedSource::Stated,
            source_id: None,
            state,
            last_reason: None,
            report_id: named_by_a_report.then_some(ReportId(Uuid::nil())),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    /// Every state, step and party, of either origin.
    #[test]
    fn the_machine_takes_exactly_these_steps() {
        let own = Party { person: Some(human(1)), appraiser: false };
        let appraiser = Party { person: Some(human(2)), appraiser: true };
        let lead = Party { person: Some(human(3)), appraiser: false };
        for (step, named, by, refused) in [
            (N::Update, false, own, None),
            (N::Update, false, appraiser, Some(Code::NotPermitted)),
            (N::Update, true, own, Some(Code::Published)),
            (N::Update, true, appraiser, Some(Code::Published)),
            (N::Meet, false, own, None),
            (N::Meet, false, appraiser, None),
            (N::Meet, true, own, None),
            (N::Meet, true, appraiser, None),
            (N::Withdraw, false, own, None),
            (N::Withdraw, false, appraiser, Some(Code::NotPermitted)),
            (N::Withdraw, true, own, Some(Code::NotPermitted)),
            (N::Withdraw, true, appraiser, None),
        ] {
            assert_eq!(need(NeedState::Open, named).can(step, by).err().map(|e| e.code), refused, "{step} {named} {by:?}");
            for over in [NeedState::Met, NeedState::Withdrawn] {
                assert_eq!(need(over, named).can(step, by).err().map(|e| e.code), refused.or(Some(Code::WrongState)), "{step} {over}");
            }
            // to whoever only reads, both look alike
            let told = need(NeedState::Open, named).can(step, lead).err();
            assert_eq!(told, need(NeedState::Open, !named).can(step, lead).err());
            assert_eq!(told.map(|e| e.code), Some(Code::NotPermitted));
        }
        assert_eq!(need(NeedState::Open, true).ended(N::Meet, None, own).map(|n| n.state), Ok(NeedState::Met));
        let text = serde_json::to_string(&need(NeedState::Open, true)).unwrap_or_default();
        assert!(!text.contains("report") && !text.contains("source_id"), "{text}");
    }

    #[test]
    fn a_need_comes_from_one_record_and_a_report_is_none_that_is_told() {
        let nil = Uuid::nil();
        let (review, objective, request) = (Some(SelfReviewId(nil)), Some(ObjectiveId(nil)), Some(LearningRequestId(nil)));
        for (found, expected) in [
            (NeedOrigin::of(None, None, None), Ok(None)),
            (NeedOrigin::of(review, None, None), Ok(Some(NeedSource::SelfReview))),
            (NeedOrigin::of(None, objective, None), Ok(Some(NeedSource::Objective))),
            (NeedOrigin::of(None, None, request), Ok(Some(NeedSource::LearningRequest))),
            (NeedOrigin::of(review, None, request), Err(Code::ContradictoryMembers)),
            (NeedOrigin::of(review, objective, request), Err(Code::ContradictoryMembers)),
        ] {
            assert_eq!(found.map(|o| o.map(|o| o.source().0)).map_err(|e| e.code), expected);
        }
        assert!(NeedSource::ALL.iter().all(|s| !s.as_str().contains("report") && !s.as_str().contains("appraisal")));
    }
}
