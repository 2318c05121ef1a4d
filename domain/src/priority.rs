//! Priorities of improvement plans: why, how one will know, who owns it, and the actions that are taken.
//!
//! A school adopts a priority of the trust into its own plan, where it makes it its own: the words are copied and may be changed, the link
//! stays.

use crate::{
    event::{About, EventKind},
    id::{ImprovementPlanId, OrganisationId, PersonId, PriorityActionId, PriorityId},
    improvement::PlanState,
    rule::{Code, Faults, RuleError},
    text::{Narrative, Reason, Title},
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// Where a priority stands.
    PriorityState {
        /// It is being worked on.
        Active = "active",
        /// What it was for has been reached.
        Achieved = "achieved",
        /// It was given up, for a reason that can be read.
        Stopped = "stopped",
    }
    /// What can be done with a priority.
    PriorityStep {
        /// Change its words or its actions.
        Update = "update",
        /// Say that it was achieved.
        Achieve = "achieve",
        /// Give it up, with the reason.
        Stop = "stop",
        /// Take it up again, with the reason.
        Reopen = "reopen",
    }
}

use PriorityState as S;
use PriorityStep as A;

impl PriorityStep {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [PriorityState] {
        match self {
            A::Update | A::Achieve | A::Stop => &[S::Active],
            A::Reopen => &[S::Achieved, S::Stopped],
        }
    }
    /// The state it leads to; none if it stays.
    pub const fn to(self) -> Option<PriorityState> {
        match self {
            A::Update => None,
            A::Achieve => Some(S::Achieved),
            A::Stop => Some(S::Stopped),
            A::Reopen => Some(S::Active),
        }
    }
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update => EventKind::PriorityUpdated,
            A::Achieve => EventKind::PriorityAchieved,
            A::Stop => EventKind::PriorityStopped,
            A::Reopen => EventKind::PriorityReopened,
        }
    }
}

/// Something that is done for a priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PriorityAction {
    /// Its id.
    pub id: PriorityActionId,
    /// What is done.
    pub title: Reason,
    /// Who sees to it.
    pub owner_id: Option<PersonId>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
}

/// An action as it is said: one whose title was there before keeps its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SaidAction {
    /// What is done.
    pub title: Reason,
    /// Who sees to it.
    pub owner_id: Option<PersonId>,
    /// By when.
    pub due_on: Option<NaiveDate>,
    /// When it was done.
    pub done_on: Option<NaiveDate>,
}

/// A priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Priority {
    /// Its id.
    pub id: PriorityId,
    /// The plan that it belongs to.
    pub plan_id: ImprovementPlanId,
    /// Whose plan that is.
    pub organisation_id: OrganisationId,
    /// In one line.
    pub title: Title,
    /// Why it is one.
    pub why: Option<Narrative>,
    /// How one will know.
    pub success_measures: Vec<Reason>,
    /// Who sees to it.
    pub owner_id: Option<PersonId>,
    /// The priority above that it was adopted from.
    pub adopted_from: Option<PriorityId>,
    /// What is done for it.
    pub actions: Vec<PriorityAction>,
    /// Where it stands.
    pub state: PriorityState,
    /// Why it was last stopped or taken up again.
    pub last_reason: Option<Reason>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a priority; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PriorityPatch {
    /// In one line.
    pub title: Option<Title>,
    /// Why it is one.
    pub why: Option<Option<Narrative>>,
    /// How one will know.
    pub success_measures: Option<Vec<Reason>>,
    /// Who sees to it.
    pub owner_id: Option<Option<PersonId>>,
    /// All that is done for it.
    pub actions: Option<Vec<SaidAction>>,
}

/// Actions in their order; one whose title was there before keeps its id.
pub fn actions(said: Vec<SaidAction>, before: &[PriorityAction], new_id: &mut dyn FnMut() -> PriorityActionId) -> Vec<PriorityAction> {
    let mut old: Vec<&PriorityAction> = before.iter().collect();
    let mut keep = |title: &Reason| old.iter().position(|a| a.title == *title).map(|i| old.remove(i).id);
    said.into_iter()
        .map(|SaidAction { title, owner_id, due_on, done_on }| {
            let id = keep(&title).unwrap_or_else(&mut *new_id);
            PriorityAction { id, title, owner_id, due_on, done_on }
        })
        .collect()
}

impl Priority {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), ..About::default() }
    }
    /// Everybody who owns it or one of its actions, and where that is said.
    pub fn owners(&self) -> Vec<(String, PersonId)> {
        let of_actions = self.actions.iter().enumerate().filter_map(|(i, a)| a.owner_id.map(|owner| (format!("/actions/{i}/owner_id"), owner)));
        self.owner_id.map(|owner| ("/owner_id".into(), owner)).into_iter().chain(of_actions).collect()
    }
    /// What was done was done by today.
    ///
    /// # Errors
    /// `impossible_dates`, for each action.
    pub fn check(&self, today: NaiveDate) -> Result<(), RuleError> {
        let mut faults = Faults::default();
        for (i, action) in self.actions.iter().enumerate() {
            if action.done_on.is_some_and(|day| day > today) {
                faults.check::<()>(Err(RuleError::at(Code::ImpossibleDates, &format!("/actions/{i}/done_on"), "what was done was done by today")));
            }
        }
        faults.settle()
    }
    /// Can this be done now? In a plan that was put away nothing changes.
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn can(&self, step: PriorityStep, plan: PlanState) -> Result<(), RuleError> {
        if plan == PlanState::Archived {
            return Err(RuleError::new(Code::WrongState, "its plan is archived"));
        }
        if !step.from().contains(&self.state) {
            let from: Vec<&str> = step.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the priority is {}; this needs {}", self.state, from.join(" or "))));
        }
        Ok(())
    }
    /// Takes the step.
    ///
    /// # Errors
    /// As [`Priority::can`].
    pub fn step(&self, step: PriorityStep, plan: PlanState, reason: Option<Reason>) -> Result<Self, RuleError> {
        self.can(step, plan)?;
        Ok(Self { state: step.to().unwrap_or(self.state), last_reason: reason.or_else(|| self.last_reason.clone()), ..self.clone() })
    }
    /// The priority with a patch laid over it.
    ///
    /// # Errors
    /// `wrong_state`, or as [`Priority::check`].
    pub fn patched(&self, patch: PriorityPatch, plan: PlanState, today: NaiveDate, new_id: &mut dyn FnMut() -> PriorityActionId) -> Result<Self, RuleError> {
        self.can(A::Update, plan)?;
        let PriorityPatch { title, why, success_measures, owner_id, actions: said } = patch;
        let new = Self {
            title: title.unwrap_or_else(|| self.title.clone()),
            why: why.unwrap_or_else(|| self.why.clone()),
            success_measures: success_measures.unwrap_or_else(|| self.success_measures.clone()),
            owner_id: owner_id.unwrap_or(self.owner_id),
            actions: said.map_or_else(|| self.actions.clone(), |said| actions(said, &self.actions, new_id)),
            ..self.clone()
        };
        new.check(today).map(|()| new)
    }
}

/// May this priority be adopted into that plan? It must be everybody's to read, and stand above.
///
/// # Errors
/// `not_adoptable`.
pub fn adoptable(from: &Priority, its_plan: PlanState, above: &[OrganisationId]) -> Result<(), RuleError> {
    let refuse = |why: &str| Err(RuleError::new(Code::NotAdoptable, why));
    if its_plan != PlanState::Published {
        return refuse("its plan is not published");
    }
    if from.state != S::Active {
        return refuse("the priority is not being worked on");
    }
    if !above.contains(&from.organisation_id) {
        return refuse("a plan adopts priorities of the organisations above its own");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Wire;
    use uuid::Uuid;

    fn word<T: Wire>(text: &str) -> T {
        T::parse(text).unwrap_or_else(|e| unreachable!("{e}"))
    }
    fn priority(state: PriorityState) -> Priority {
        Priority {
            id: PriorityId(Uuid::nil()),
            plan_id: ImprovementPlanId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::from_u128(1)),
            title: word("Vocabulary"),
            why: None,
            success_measures: vec![],
            owner_id: None,
            adopted_from: None,
            actions: vec![],
            state,
            last_reason: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    fn said(title: &str, done: Option<&str>) -> SaidAction {
        SaidAction { title: word(title), owner_id: None, due_on: None, done_on: done.and_then(|d| d.parse().ok()) }
    }

    #[test]
    fn every_step_from_every_state() {
        for state in S::ALL {
            for step in A::ALL {
                let to = priority(*state).step(*step, PlanState::Published, None).map(|p| p.state);
                let expected = match (state, step) {
                    (S::Active, A::Update) => Some(S::Active),
                    (S::Active, A::Achieve) => Some(S::Achieved),
                    (S::Active, A::Stop) => Some(S::Stopped),
                    (S::Achieved | S::Stopped, A::Reopen) => Some(S::Active),
                    _ => None,
                };
                assert_eq!(to.ok(), expected, "{step} of a priority that is {state}");
                assert!(priority(*state).can(*step, PlanState::Archived).is_err(), "{step} in an archived plan");
            }
        }
    }

    #[test]
    fn actions_keep_their_ids_by_their_titles_and_are_not_done_tomorrow() {
        let today = "2026-10-05".parse().unwrap_or_default();
        let mut n = 0;
        let mut new_id = || {
            n += 1;
            PriorityActionId(Uuid::from_u128(n))
        };
        let patch = |list: Vec<SaidAction>| PriorityPatch { actions: Some(list), ..PriorityPatch::default() };
        let first = priority(S::Active).patched(patch(vec![said("a", None), said("b", None)]), PlanState::Draft, today, &mut new_id);
        let first = first.unwrap_or_else(|e| unreachable!("{e}"));
        let next = first.patched(patch(vec![said("b", Some("2026-10-05")), said("c", None)]), PlanState::Draft, today, &mut new_id);
        let ids: Vec<u128> = next.unwrap_or_else(|e| unreachable!("{e}")).actions.iter().map(|a| a.id.0.as_u128()).collect();
        assert_eq!(ids, [2, 3]);
        let late = first.patched(patch(vec![said("a", Some("2026-10-06")), said("b", Some("2026-10-07"))]), PlanState::Draft, today, &mut new_id);
        assert_eq!(late.err().map(|e| e.faults.len()), Some(2));
    }

    #[test]
    fn a_priority_is_adopted_from_above_while_it_is_worked_on() {
        let above = [OrganisationId(Uuid::from_u128(1))];
        for (state, plan, above, ok) in [
            (S::Active, PlanState::Published, &above[..], true),
            (S::Active, PlanState::Published, &[], false),
            (S::Active, PlanState::Draft, &above, false),
            (S::Active, PlanState::Archived, &above, false),
            (S::Stopped, PlanState::Published, &above, false),
            (S::Achieved, PlanState::Published, &above, false),
        ] {
            assert_eq!(adoptable(&priority(state), plan, above).is_ok(), ok, "{state} {plan}");
        }
    }
}
