//! The catalogue: learning that a trust or a school offers, and the sessions at which it is held.

use crate::{
    employment::StaffCategory,
    event::{About, EventKind},
    id::{LearningActivityId, LearningSessionId, OrganisationId, StandardId},
    impact::Conclusion,
    learning::LearningKind,
    rule::{Code, RuleError},
    text::{Narrative, Reason, Title},
    words,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

words! {
    /// Where an activity of the catalogue stands.
    ActivityState {
        /// Sessions are held of it.
        Offered = "offered",
        /// It is kept for its history, and no new session is held of it.
        Retired = "retired",
    }
    /// What can be done with an activity.
    ActivityAction {
        /// Change it.
        Update = "update",
        /// Schedule a session of it.
        Schedule = "schedule",
        /// Retire it.
        Retire = "retire",
        /// Offer it again.
        Restore = "restore",
    }
    /// Where a session stands.
    SessionState {
        /// It is going to be held, is being held, or was held.
        Scheduled = "scheduled",
        /// It was called off, for a reason that can be read.
        Cancelled = "cancelled",
    }
    /// What can be done with a session.
    SessionAction {
        /// Change when and where it is, and how many places it has.
        Update = "update",
        /// Call it off.
        Cancel = "cancel",
        /// Enrol people.
        Enrol = "enrol",
    }
}

use ActivityState as S;

/// Something that can be learned: a course, a workshop, a programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LearningActivity {
    /// Its id.
    pub id: LearningActivityId,
    /// Who offers it: the trust to all of its schools, or one school to its own staff.
    pub organisation_id: OrganisationId,
    /// What it is called.
    pub title: Title,
    /// What it is about.
    pub description: Option<Narrative>,
    /// How it is learned.
    pub kind: LearningKind,
    /// Who provides it.
    pub provider: Option<Title>,
    /// What a place costs, in pence.
    pub cost_pence: i32,
    /// How long it takes, in minutes.
    pub minutes: i32,
    /// For whom; for everybody if none is named.
    pub audience: Vec<StaffCategory>,
    /// Standards and mechanisms of effective professional development that it speaks to.
    pub standard_ids: Vec<StandardId>,
    /// Where it stands.
    pub state: ActivityState,
    /// Whether to go on with it, as whoever keeps the catalogue concludes of what came of it. Nothing is reckoned: a person says so.
    pub conclusion: Option<Conclusion>,
    /// Why.
    pub conclusion_note: Option<Narrative>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of an activity; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct LearningActivityPatch {
    /// What it is called.
    pub title: Option<Title>,
    /// What it is about.
    pub description: Option<Option<Narrative>>,
    /// How it is learned.
    pub kind: Option<LearningKind>,
    /// Who provides it.
    pub provider: Option<Option<Title>>,
    /// What a place costs, in pence.
    pub cost_pence: Option<i32>,
    /// How long it takes, in minutes.
    pub minutes: Option<i32>,
    /// For whom.
    pub audience: Option<Vec<StaffCategory>>,
    /// All the standards that it speaks to.
    pub standard_ids: Option<Vec<StandardId>>,
    /// Whether to go on with it.
    pub conclusion: Option<Option<Conclusion>>,
    /// Why.
    pub conclusion_note: Option<Option<Narrative>>,
}

impl ActivityAction {
    /// The state in which it can be done.
    pub const fn from(self) -> ActivityState {
        match self {
            Self::Update | Self::Schedule | Self::Retire => S::Offered,
            Self::Restore => S::Retired,
        }
    }
    /// The state it leads to.
    pub const fn to(self) -> ActivityState {
        match self {
            Self::Update | Self::Schedule | Self::Restore => S::Offered,
            Self::Retire => S::Retired,
        }
    }
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            Self::Update | Self::Schedule => EventKind::LearningActivityUpdated,
            Self::Retire => EventKind::LearningActivityRetired,
            Self::Restore => EventKind::LearningActivityRestored,
        }
    }
}

impl LearningActivity {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), ..About::default() }
    }
    /// Can this be done now?
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn can(&self, action: ActivityAction) -> Result<(), RuleError> {
        match self.state == action.from() {
            true => Ok(()),
            false => Err(RuleError::new(Code::WrongState, format!("the activity is {}; this needs {}", self.state, action.from()))),
        }
    }
    /// Takes the step.
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn step(&self, action: ActivityAction) -> Result<Self, RuleError> {
        self.can(action).map(|()| Self { state: action.to(), ..self.clone() })
    }
    /// The activity with a patch laid over it. A note says why something was concluded, and goes with it.
    ///
    /// # Errors
    /// `wrong_state`; `contradictory_members` for a note of no conclusion.
    pub fn patched(&self, patch: LearningActivityPatch) -> Result<Self, RuleError> {
        self.can(ActivityAction::Update)?;
        let LearningActivityPatch { title, description, kind, provider, cost_pence, minutes, audience, standard_ids, conclusion, conclusion_note } = patch;
        let conclusion = conclusion.unwrap_or(self.conclusion);
        let why = conclusion_note.unwrap_or_else(|| self.conclusion_note.clone().filter(|_| conclusion == self.conclusion));
        if conclusion.is_none() && why.is_some() {
            return Err(RuleError::at(Code::ContradictoryMembers, "/conclusion_note", "says why, and nothing is concluded"));
        }
        Ok(Self {
            conclusion,
            conclusion_note: why,
            title: title.unwrap_or_else(|| self.title.clone()),
            description: description.unwrap_or_else(|| self.description.clone()),
            kind: kind.unwrap_or(self.kind),
            provider: provider.unwrap_or_else(|| self.provider.clone()),
            cost_pence: cost_pence.unwrap_or(self.cost_pence),
            minutes: minutes.unwrap_or(self.minutes),
            audience: audience.unwrap_or_else(|| self.audience.clone()),
            standard_ids: standard_ids.unwrap_or_else(|| self.standard_ids.clone()),
            ..self.clone()
        })
    }
    /// Is it for somebody of this category?
    pub fn is_for(&self, category: StaffCategory) -> bool {
        self.audience.is_empty() || self.audience.contains(&category)
    }
}

/// A time and a place at which an activity is held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LearningSession {
    /// Its id.
    pub id: LearningSessionId,
    /// Of which activity.
    pub activity_id: LearningActivityId,
    /// Who offers that.
    pub organisation_id: OrganisationId,
    /// From when.
    pub starts_at: DateTime<Utc>,
    /// To when.
    pub ends_at: DateTime<Utc>,
    /// Where.
    pub place: Option<Title>,
    /// For how many.
    pub places: i32,
    /// Where it stands.
    pub state: SessionState,
    /// Why it was called off.
    pub last_reason: Option<Reason>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was scheduled.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a session; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct LearningSessionPatch {
    /// From when.
    pub starts_at: Option<DateTime<Utc>>,
    /// To when.
    pub ends_at: Option<DateTime<Utc>>,
    /// Where.
    pub place: Option<Option<Title>>,
    /// For how many.
    pub places: Option<i32>,
}

impl LearningSession {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), ..About::default() }
    }
    /// It ends after it starts.
    ///
    /// # Errors
    /// `period_backwards`.
    pub fn check(&self) -> Result<(), RuleError> {
        match self.ends_at > self.starts_at {
            true => Ok(()),
            false => Err(RuleError::at(Code::PeriodBackwards, "/ends_at", "ends before it starts")),
        }
    }
    /// Can anything still be done with it?
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn can(&self, _action: SessionAction) -> Result<(), RuleError> {
        match self.state {
            SessionState::Scheduled => Ok(()),
            SessionState::Cancelled => Err(RuleError::new(Code::WrongState, "the session was called off")),
        }
    }
    /// Called off.
    ///
    /// # Errors
    /// `wrong_state`.
    pub fn cancelled(&self, reason: Reason) -> Result<Self, RuleError> {
        self.can(SessionAction::Cancel).map(|()| Self { state: SessionState::Cancelled, last_reason: Some(reason), ..self.clone() })
    }
    /// The session with a patch laid over it. It never has fewer places than people who have one.
    ///
    /// # Errors
    /// `wrong_state`, `period_backwards`, `places_taken`.
    pub fn patched(&self, patch: LearningSessionPatch, taken: i64) -> Result<Self, RuleError> {
        self.can(SessionAction::Update)?;
        let LearningSessionPatch { starts_at, ends_at, place, places } = patch;
        let new = Self {
            starts_at: starts_at.unwrap_or(self.starts_at),
            ends_at: ends_at.unwrap_or(self.ends_at),
            place: place.unwrap_or_else(|| self.place.clone()),
            places: places.unwrap_or(self.places),
            ..self.clone()
        };
        new.check()?;
        match i64::from(new.places) < taken {
            true => Err(RuleError::at(Code::PlacesTaken, "/places", format!("{taken} people have a place"))),
            false => Ok(new),
        }
    }
    /// How long somebody learned who came to it, in minutes: as long as its activity takes, and no longer than the session. An activity of twenty hours may have ten
    /// sessions, and what somebody prepared at home is theirs to add.
    pub fn counted_minutes(&self, takes: i32) -> i32 {
        i32::try_from((self.ends_at - self.starts_at).num_minutes()).map_or(takes, |lasted| takes.min(lasted))
    }
    /// Is it moved with so many of its people to a time at which they are at another session? Whoever moves it says so knowingly, and they choose.
    ///
    /// # Errors
    /// `overlapping_session`, without saying who or how many they are: they may be of other schools.
    pub fn movable(people: usize, knowingly: bool) -> Result<(), RuleError> {
        match people {
            0 => Ok(()),
            _ if knowingly => Ok(()),
            _ => {
                let what = "some of those who have a place, or wait for one, are at another session at that time; \
                            with `allow_overlaps` it is moved all the same, and they are asked to choose";
                Err(RuleError::at(Code::OverlappingSession, "/starts_at", what))
            }
        }
    }
    /// Are the two at the same time?
    pub fn overlaps(&self, starts_at: DateTime<Utc>, ends_at: DateTime<Utc>) -> bool {
        self.starts_at < ends_at && starts_at < self.ends_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Wire;
    use uuid::Uuid;

    fn activity(state: ActivityState, audience: Vec<StaffCategory>) -> LearningActivity {
        LearningActivity {
            id: LearningActivityId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            title: Title::parse("Questioning").unwrap_or_else(|e| unreachable!("{e}")),
            description: None,
            kind: LearningKind::Course,
            provider: None,
            cost_pence: 0,
            minutes: 60,
            audience,
            standard_ids: vec![],
            state,
            conclusion: None,
            conclusion_note: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap_or_default()
    }
    fn session(starts: &str, ends: &str, state: SessionState) -> LearningSession {
        LearningSession {
            id: LearningSessionId(Uuid::nil()),
            activity_id: LearningActivityId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            starts_at: at(starts),
            ends_at: at(ends),
            place: None,
            places: 3,
            state,
            last_reason: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_note_says_why_something_was_concluded_and_goes_with_it() {
        let note = |text: &str| Some(Narrative::parse(text).ok());
        let conclude =
            |of: &LearningActivity, conclusion, conclusion_note| of.patched(LearningActivityPatch { conclusion, conclusion_note, ..Default::default() });
        let blank = activity(S::Offered, vec![]);
        assert_eq!(conclude(&blank, None, note("Why")).err().map(|e| e.code), Some(Code::ContradictoryMembers));
        let adapted = conclude(&blank, Some(Some(Conclusion::Adapt)), note("Shorter")).unwrap_or_else(|e| unreachable!("{e}"));
        assert_eq!((adapted.conclusion, adapted.conclusion_note.as_ref().map(|n| n.as_str())), (Some(Conclusion::Adapt), Some("Shorter")));
        assert_eq!(conclude(&adapted, None, None).ok(), Some(adapted.clone()), "nothing is said of it");
        let stopped = conclude(&adapted, Some(Some(Conclusion::Stop)), None).ok();
        assert_eq!(stopped.map(|s| (s.conclusion, s.conclusion_note)), Some((Some(Conclusion::Stop), None)), "why it was adapted is not why it stops");
        assert_eq!(conclude(&adapted, Some(None), None).ok(), Some(blank));
    }

    #[test]
    fn every_step_from_every_state() {
        use ActivityAction as A;
        for state in S::ALL {
            for action in A::ALL {
                let expected = match (state, action) {
                    (S::Offered, A::Update | A::Schedule) | (S::Retired, A::Restore) => Some(S::Offered),
                    (S::Offered, A::Retire) => Some(S::Retired),
                    _ => None,
                };
                assert_eq!(activity(*state, vec![]).step(*action).ok().map(|a| a.state), expected, "{action} of one that is {state}");
            }
        }
        for action in SessionAction::ALL {
            assert!(session("2026-10-05T15:00:00Z", "2026-10-05T16:00:00Z", SessionState::Scheduled).can(*action).is_ok());
            assert!(session("2026-10-05T15:00:00Z", "2026-10-05T16:00:00Z", SessionState::Cancelled).can(*action).is_err());
        }
    }

    #[test]
    fn it_is_for_whom_it_names_and_for_everybody_if_it_names_none() {
        for (audience, category, expected) in [
            (vec![], StaffCategory::Support, true),
            (vec![StaffCategory::Teacher, StaffCategory::Leader], StaffCategory::Leader, true),
            (vec![StaffCategory::Teacher], StaffCategory::Support, false),
        ] {
            assert_eq!(activity(S::Offered, audience).is_for(category), expected, "{category}");
        }
    }

    #[test]
    fn people_are_booked_twice_only_knowingly() {
        for (people, knowingly, refused) in [(0, false, false), (0, true, false), (1, false, true), (3, false, true), (3, true, false)] {
            let found = LearningSession::movable(people, knowingly).err();
            assert_eq!(found.as_ref().map(|e| e.code), refused.then_some(Code::OverlappingSession), "{people} {knowingly}");
            assert!(found.is_none_or(|e| e.message.starts_with("some of those")), "{people}");
        }
    }

    #[test]
    fn who_came_learned_no_longer_than_the_session() {
        for (ends, minutes, counted) in
            [("2026-10-05T16:00:00Z", 60, 60), ("2026-10-05T16:00:00Z", 1_200, 60), ("2026-10-05T16:00:00Z", 45, 45), ("2026-10-09T15:00:00Z", 1_800, 1_800)]
        {
            assert_eq!(session("2026-10-05T15:00:00Z", ends, SessionState::Scheduled).counted_minutes(minutes), counted, "{ends} {minutes}");
        }
    }

    #[test]
    fn a_session_ends_after_it_starts_and_keeps_the_places_that_are_taken() {
        let open = session("2026-10-05T15:00:00Z", "2026-10-05T16:00:00Z", SessionState::Scheduled);
        let places = |places| LearningSessionPatch { places: Some(places), ..LearningSessionPatch::default() };
        for (new, taken, code) in [(2, 2, None), (2, 3, Some(Code::PlacesTaken)), (9, 3, None)] {
            assert_eq!(open.patched(places(new), taken).err().map(|e| e.code), code, "{new} {taken}");
        }
        let backwards = LearningSessionPatch { ends_at: Some(at("2026-10-05T15:00:00Z")), ..LearningSessionPatch::default() };
        assert_eq!(open.patched(backwards, 0).err().map(|e| e.code), Some(Code::PeriodBackwards));
        for (starts, ends, expected) in
            [("15:30", "17:00", true), ("14:00", "15:01", true), ("16:00", "17:00", false), ("14:00", "15:00", false), ("15:10", "15:20", true)]
        {
            let day = |time: &str| at(&format!("2026-10-05T{time}:00Z"));
            assert_eq!(open.overlaps(day(starts), day(ends)), expected, "{starts} {ends}");
        }
    }
}
