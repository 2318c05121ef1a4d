//! Coaching: a partnership of two people who both want it, with a focus, a rhythm, rounds of three stages, and one action step at a time. It stands in
//! the development lane: nobody but the two reads anything of it.

mod round;
mod step;

pub use round::{CoachingRound, CoachingStage};
pub use step::{ActionStep, StepAction, StepOutcome, StepState, may_step};

use crate::{
    calendar::Calendar,
    check_in::{Cadence, CheckInStanding, Met},
    event::{About, EventKind},
    id::{CoachingPartnershipId, PersonId},
    rule::{Code, RuleError},
    text::Reason,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

words! {
    /// What kind of partnership it is.
    CoachingKind {
        /// A coach and whom they coach.
        Coaching = "coaching",
        /// A mentor and whom they mentor.
        Mentoring = "mentoring",
        /// Two colleagues, each as much as the other.
        Peer = "peer",
    }
    /// Where a partnership stands.
    PartnershipState {
        /// One asked, the other has not answered.
        Proposed = "proposed",
        /// Both want it.
        Active = "active",
        /// One of the two ended it, or said no.
        Ended = "ended",
    }
    /// What can be done with a partnership.
    PartnershipAction {
        /// Change its focus or rhythm.
        Update = "update",
        /// Say yes.
        Accept = "accept",
        /// End it, take the proposal back, or say no.
        End = "end",
        /// Agree on an action step.
        TakeStep = "take_step",
        /// Set a goal, and begin a new round with it.
        Identify = "identify",
        /// Go on to learn how it is done: with the first way, or with another that may serve better.
        Learn = "learn",
        /// Go on to do it in lessons, until the goal is met.
        Improve = "improve",
    }
}

use PartnershipAction as A;
use PartnershipState as S;

/// Two people who learn together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CoachingPartnership {
    /// Its id.
    pub id: CoachingPartnershipId,
    /// What kind.
    pub kind: CoachingKind,
    /// Whose development it is for.
    pub learner_id: PersonId,
    /// Who coaches, mentors or goes along.
    pub coach_id: PersonId,
    /// Which of the two asked.
    pub proposed_by: PersonId,
    /// Where it stands.
    pub state: PartnershipState,
    /// What it is about.
    pub focus: Reason,
    /// How often they meet; none, if they meet as it comes.
    pub cadence: Option<Cadence>,
    /// The round of coaching that they are in, since both wanted it.
    pub round: Option<CoachingRound>,
    /// Why it was ended.
    pub last_reason: Option<Reason>,
    /// The day on which both wanted it.
    pub started_on: Option<NaiveDate>,
    /// The day on which it was ended.
    pub ended_on: Option<NaiveDate>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was proposed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a partnership; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct PartnershipPatch {
    /// What it is about.
    pub focus: Option<Reason>,
    /// Weeks between two meetings.
    pub cadence_weeks: Option<Option<i32>>,
}

impl PartnershipAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [PartnershipState] {
        match self {
            A::Update | A::End => &[S::Proposed, S::Active],
            A::Accept => &[S::Proposed],
            A::TakeStep | A::Identify | A::Learn | A::Improve => &[S::Active],
        }
    }
    /// The stage to which it leads.
    pub const fn stage(self) -> Option<CoachingStage> {
        match self {
            A::Identify => Some(CoachingStage::Identify),
            A::Learn => Some(CoachingStage::Learn),
            A::Improve => Some(CoachingStage::Improve),
            A::Update | A::Accept | A::End | A::TakeStep => None,
        }
    }
}

/// Somebody proposes a partnership to somebody else, and is one of the two.
///
/// # Errors
/// `self_relationship`, `not_permitted`.
pub fn may_propose(learner: PersonId, coach: PersonId, by: PersonId) -> Result<(), RuleError> {
    if learner == coach {
        return Err(RuleError::at(Code::SelfRelationship, "/coach_id", "nobody is their own coach"));
    }
    if by != learner && by != coach {
        return Err(RuleError::new(Code::NotPermitted, "only one of the two proposes it"));
    }
    Ok(())
}

impl CoachingPartnership {
    /// Whom it is about: the learner. Only the two can come so far as to read an event of it.
    pub fn about(&self) -> About {
        About { organisation: None, person: Some(self.learner_id), private_to: None }
    }
    /// Is this person one of the two?
    pub fn includes(&self, person: Option<PersonId>) -> bool {
        person.is_some_and(|p| p == self.learner_id || p == self.coach_id)
    }
    /// The other of the two.
    pub fn other(&self, person: PersonId) -> PersonId {
        if person == self.learner_id { self.coach_id } else { self.learner_id }
    }
    /// Can this person do this now? Who first, then the state.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`, `not_for_yourself`.
    pub fn can(&self, action: PartnershipAction, by: Option<PersonId>) -> Result<(), RuleError> {
        if !self.includes(by) {
            return Err(RuleError::new(Code::NotPermitted, "a partnership is the two people's alone"));
        }
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the partnership is {}; this needs {}", self.state, from.join(" or "))));
        }
        if action == A::Accept && by == Some(self.proposed_by) {
            return Err(RuleError::new(Code::NotForYourself, "who proposed it cannot accept it; the other must"));
        }
        match (action.stage(), &self.round) {
            (Some(stage), Some(round)) => round.may_go_on(stage),
            _ => Ok(()),
        }
    }
    /// Gone on to this stage; and what the log says of it.
    ///
    /// # Errors
    /// As [`CoachingPartnership::can`].
    pub fn gone_on(&self, to: CoachingStage, by: Option<PersonId>, today: NaiveDate) -> Result<(Self, EventKind), RuleError> {
        self.can(to.action(), by)?;
        let round = self.round.map_or(CoachingRound::first(today), |round| round.gone_on(to, today));
        Ok((Self { round: Some(round), ..self.clone() }, EventKind::CoachingPartnershipWentOn))
    }
    /// How the two keep to their rhythm on this day; nothing, if they have none or do not meet.
    pub fn standing(&self, met: Met, calendars: &[Calendar], today: NaiveDate) -> Option<CheckInStanding> {
        let (cadence, began_on) = self.cadence.zip(self.started_on).filter(|_| self.state == S::Active)?;
        Some(cadence.standing(began_on, met, calendars, today))
    }
    /// Both want it.
    ///
    /// # Errors
    /// As [`CoachingPartnership::can`].
    pub fn accepted(&self, by: Option<PersonId>, today: NaiveDate) -> Result<Self, RuleError> {
        self.can(A::Accept, by)?;
        Ok(Self { state: S::Active, started_on: Some(today), round: Some(CoachingRound::first(today)), ..self.clone() })
    }
    /// Either ends it.
    ///
    /// # Errors
    /// As [`CoachingPartnership::can`].
    pub fn ended(&self, by: Option<PersonId>, reason: Option<Reason>, today: NaiveDate) -> Result<Self, RuleError> {
        self.can(A::End, by)?;
        Ok(Self { state: S::Ended, ended_on: Some(today), last_reason: reason, ..self.clone() })
    }
    /// With another focus or rhythm; the same rhythm again goes on counting. While it is proposed, whoever changes it makes it theirs: the other is asked.
    ///
    /// # Errors
    /// As [`CoachingPartnership::can`].
    pub fn patched(&self, patch: PartnershipPatch, by: PersonId, today: NaiveDate) -> Result<Self, RuleError> {
        self.can(A::Update, Some(by))?;
        let PartnershipPatch { focus, cadence_weeks } = patch;
        let cadence = cadence_weeks.map_or(self.cadence, |weeks| Cadence::set(self.cadence, weeks, today));
        let new = Self { focus: focus.unwrap_or_else(|| self.focus.clone()), cadence, ..self.clone() };
        let proposed_by = if self.state == S::Proposed && new != *self { by } else { self.proposed_by };
        Ok(Self { proposed_by, ..new })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const LEARNER: PersonId = PersonId(Uuid::from_u128(1));
    const COACH: PersonId = PersonId(Uuid::from_u128(2));
    const OTHER: PersonId = PersonId(Uuid::from_u128(3));

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn reason(t: &str) -> Reason {
        Reason::try_from(t.to_owned()).unwrap_or_else(|e| unreachable!("{e}"))
    }
    fn partnership(state: PartnershipState, proposed_by: PersonId) -> CoachingPartnership {
        CoachingPartnership {
            id: CoachingPartnershipId(Uuid::nil()),
            kind: CoachingKind::Coaching,
            learner_id: LEARNER,
            coach_id: COACH,
            proposed_by,
            state,
            focus: reason("Questioning"),
            cadence: Some(Cadence { weeks: 2, since: day("2026-09-07") }),
            round: (state != S::Proposed).then(|| CoachingRound::first(day("2026-09-14"))),
            last_reason: None,
            started_on: (state != S::Proposed).then(|| day("2026-09-14")),
            ended_on: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    /// Every action in every state by everybody, whichever of the two asked.
    #[test]
    fn both_must_want_it_and_either_ends_it() {
        for state in S::ALL {
            for proposer in [LEARNER, COACH] {
                for action in A::ALL {
                    for by in [Some(LEARNER), Some(COACH), Some(OTHER), None] {
                        let found = partnership(*state, proposer).can(*action, by).err().map(|e| e.code);
                        let live = *state != S::Ended;
                        let expected = match (by, action) {
                            (Some(OTHER) | None, _) => Some(Code::NotPermitted),
                            (_, A::Update | A::End) => (!live).then_some(Code::WrongState),
                            // a round begins with its goal, so it can only be learned next
                            (_, A::TakeStep | A::Learn) => (*state != S::Active).then_some(Code::WrongState),
                            (_, A::Identify | A::Improve) => Some(Code::WrongState),
                            (_, A::Accept) if *state != S::Proposed => Some(Code::WrongState),
                            (_, A::Accept) => (by == Some(proposer)).then_some(Code::NotForYourself),
                        };
                        assert_eq!(found, expected, "{action} of one that is {state}, asked by {proposer}, by {by:?}");
                    }
                }
            }
        }
        for (learner, coach, by, code) in [
            (LEARNER, COACH, LEARNER, None),
            (LEARNER, COACH, COACH, None),
            (LEARNER, COACH, OTHER, Some(Code::NotPermitted)),
            (LEARNER, LEARNER, LEARNER, Some(Code::SelfRelationship)),
        ] {
            assert_eq!(may_propose(learner, coach, by).err().map(|e| e.code), code);
        }
    }

    #[test]
    fn whoever_changes_a_proposal_makes_it_theirs() {
        let patch = || PartnershipPatch { focus: Some(reason("Waiting")), cadence_weeks: None };
        let changed = partnership(S::Proposed, LEARNER).patched(patch(), COACH, day("2026-10-05"));
        assert_eq!(changed.map(|p| p.proposed_by), Ok(COACH));
        let same = partnership(S::Proposed, LEARNER).patched(PartnershipPatch::default(), COACH, day("2026-10-05"));
        assert_eq!(same.map(|p| p.proposed_by), Ok(LEARNER));
        assert_eq!(partnership(S::Active, LEARNER).patched(patch(), COACH, day("2026-10-05")).map(|p| p.proposed_by), Ok(LEARNER));
    }

    /// Every stage to every other, by everybody: what is allowed is what goes on.
    #[test]
    fn a_round_goes_from_its_goal_over_learning_to_improving_and_back_where_that_helps() {
        use CoachingStage as C;
        for from in C::ALL {
            for to in C::ALL {
                for by in [Some(LEARNER), Some(COACH), Some(OTHER), None] {
                    let round = CoachingRound { number: 2, stage: *from, since: day("2026-09-14") };
                    let before = CoachingPartnership { round: Some(round), ..partnership(S::Active, LEARNER) };
                    let found = before.gone_on(*to, by, day("2026-10-05")).map(|(after, event)| (after.round, event)).map_err(|e| e.code);
                    let expected = match (from, to) {
                        _ if by != Some(LEARNER) && by != Some(COACH) => Err(Code::NotPermitted),
                        (C::Identify, C::Learn) | (C::Learn, C::Improve) | (C::Improve, C::Learn) => Ok(2),
                        (C::Learn | C::Improve, C::Identify) => Ok(3),
                        _ => Err(Code::WrongState),
                    };
                    let expected =
                        expected.map(|number| (Some(CoachingRound { number, stage: *to, since: day("2026-10-05") }), EventKind::CoachingPartnershipWentOn));
                    assert_eq!(found, expected, "from {from} to {to} by {by:?}");
                }
            }
        }
        for state in [S::Proposed, S::Ended] {
            for to in C::ALL {
                assert_eq!(
                    partnership(state, LEARNER).gone_on(*to, Some(LEARNER), day("2026-10-05")).err().map(|e| e.code),
                    Some(Code::WrongState),
                    "{state} {to}"
                );
            }
        }
        let begun = partnership(S::Proposed, LEARNER).accepted(Some(COACH), day("2026-10-05"));
        assert_eq!(begun.map(|p| p.round), Ok(Some(CoachingRound { number: 1, stage: C::Identify, since: day("2026-10-05") })));
        for action in A::ALL {
            assert_eq!(action.stage().map(CoachingStage::action), action.stage().map(|_| *action));
        }
    }

    #[test]
    fn the_two_are_on_track_due_or_late_while_they_meet_in_a_rhythm() {
        use crate::check_in::CheckInHealth as H;
        let on = |of: &CoachingPartnership, held: Option<&str>, today: &str| {
            let standing = of.standing(Met { last_held_on: held.map(day), next_booked_on: None }, &[], day(today));
            standing.map(|s| (s.health, s.due_on, s.overdue_days(day(today))))
        };
        let active = partnership(S::Active, LEARNER);
        for (held, today, expected) in [
            (None, "2026-09-20", (H::OnTrack, "2026-09-28", 0)),
            (None, "2026-09-28", (H::Due, "2026-09-28", 0)),
            (None, "2026-10-01", (H::Late, "2026-09-28", 3)),
            (Some("2026-09-25"), "2026-10-01", (H::OnTrack, "2026-10-09", 0)),
        ] {
            assert_eq!(on(&active, held, today), Some((expected.0, day(expected.1), expected.2)), "{held:?} {today}");
        }
        for none in [partnership(S::Proposed, LEARNER), partnership(S::Ended, LEARNER), CoachingPartnership { cadence: None, ..active.clone() }] {
            assert_eq!(on(&none, None, "2026-10-01"), None, "{none:?}");
        }
        // another rhythm counts from when it was set, and the same again changes nothing
        let rhythm = |weeks| PartnershipPatch { focus: None, cadence_weeks: Some(weeks) };
        let set = |weeks| active.patched(rhythm(weeks), COACH, day("2026-10-01")).map(|p| p.cadence);
        assert_eq!(set(Some(3)), Ok(Some(Cadence { weeks: 3, since: day("2026-10-01") })));
        assert_eq!((set(Some(2)), set(None)), (Ok(active.cadence), Ok(None)));
    }
}
