//! Enrolments: who has a place at a session, who waits for one and in which order, and who came.

use crate::{
    activity::{LearningActivity, LearningSession},
    employment::Employment,
    event::{About, EventKind},
    id::{EmploymentId, EnrolmentId, LearningRecordId, LearningSessionId, OrganisationId, PersonId},
    rule::{Code, RuleError},
    words,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use std::collections::HashMap;

words! {
    /// Where an enrolment stands.
    EnrolmentState {
        /// They have a place.
        Enrolled = "enrolled",
        /// They wait for one.
        Waiting = "waiting",
        /// They gave it up.
        Withdrawn = "withdrawn",
        /// They came.
        Attended = "attended",
        /// They did not come.
        Absent = "absent",
    }
    /// What can be done with an enrolment.
    EnrolmentAction {
        /// Give up the place, or the wait for one.
        Withdraw = "withdraw",
        /// Say whether they came.
        RecordAttendance = "record_attendance",
    }
}

use EnrolmentAction as A;
use EnrolmentState as S;

impl EnrolmentState {
    /// Does it take one of the session's places?
    pub const fn takes_a_place(self) -> bool {
        matches!(self, Self::Enrolled | Self::Attended | Self::Absent)
    }
}

/// Somebody's enrolment at a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// At which session.
    pub session_id: LearningSessionId,
    /// Whose.
    pub person_id: PersonId,
    /// In which employment.
    pub employment_id: EmploymentId,
    /// The school of that employment.
    pub organisation_id: OrganisationId,
    /// Where it stands.
    pub state: EnrolmentState,
    /// Since when they queue: places are given in this order.
    pub queued_at: DateTime<Utc>,
    /// Who enrolled them.
    pub enrolled_by: Option<PersonId>,
    /// The learning record that came of it; it is its owner's.
    #[serde(skip)]
    pub learning_record_id: Option<LearningRecordId>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// Who acts, seen from the enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Organiser {
    /// Are they the person, their line manager, or a leader of their school?
    pub enrols: bool,
    /// Do they lead what the session is of?
    pub leads: bool,
}

/// A place if one is free, else the end of the queue.
pub fn place(places: i32, taken: i64) -> EnrolmentState {
    if taken < i64::from(places) { S::Enrolled } else { S::Waiting }
}

/// How many places are free.
pub fn free(places: i32, taken: i64) -> usize {
    usize::try_from(i64::from(places) - taken).unwrap_or(0)
}

/// Of what, when and where a session is: that decides who belongs at it.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The session.
    pub session: LearningSession,
    /// What it is of.
    pub activity: LearningActivity,
    /// The organisation that offers it, and all above it.
    pub path: Vec<OrganisationId>,
}

impl Setting {
    /// Is this an employment at the organisation that offers the session, beneath it or above it, on the session's day? `path` is where the employment is, and
    /// all above that.
    pub fn is_where(&self, employment: &Employment, path: &[OrganisationId]) -> bool {
        let there = path.contains(&self.session.organisation_id) || self.path.contains(&employment.organisation_id);
        there && employment.period.contains(self.session.starts_at.date_naive())
    }
    /// The first of somebody's employments in which the session is for them; none if they have left by its day, or it is for other colleagues.
    pub fn among<'e>(&self, theirs: &'e [Employment], paths: &HashMap<OrganisationId, Vec<OrganisationId>>) -> Option<&'e Employment> {
        let is_where = |e: &&Employment| paths.get(&e.organisation_id).is_some_and(|path| self.is_where(e, path));
        theirs.iter().filter(is_where).find(|e| self.activity.is_for(e.staff_category))
    }
}

/// When somebody is enrolled, and by whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct When {
    /// Now.
    pub now: DateTime<Utc>,
    /// By those who lead what the session is of? They enrol whoever came without being enrolled.
    pub leads: bool,
}

/// May somebody of this category be enrolled, who is at these sessions already?
///
/// # Errors
/// `wrong_state`, `outside_audience`, `overlapping_session`.
pub fn enrollable(
    activity: &LearningActivity,
    session: &LearningSession,
    category: crate::employment::StaffCategory,
    at: &[LearningSession],
    When { now, leads }: When,
) -> Result<(), RuleError> {
    session.can(crate::activity::SessionAction::Enrol)?;
    if !leads && now >= session.ends_at {
        return Err(RuleError::new(Code::WrongState, "the session is over"));
    }
    if !activity.is_for(category) {
        return Err(RuleError::new(Code::OutsideAudience, "the activity is for other colleagues"));
    }
    if at.iter().any(|other| other.id != session.id && other.overlaps(session.starts_at, session.ends_at)) {
        return Err(RuleError::new(Code::OverlappingSession, "they have a place, or wait for one, at another session at that time"));
    }
    Ok(())
}

impl EnrolmentAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [EnrolmentState] {
        match self {
            A::Withdraw => &[S::Enrolled, S::Waiting],
            A::RecordAttendance => &[S::Enrolled, S::Attended, S::Absent],
        }
    }
}

impl Enrolment {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
    /// With a place, in this employment: whoever moved to another school of the trust while they waited has it there.
    #[must_use]
    pub fn promoted(&self, to: &Employment) -> Self {
        Self { state: S::Enrolled, employment_id: to.id, organisation_id: to.organisation_id, ..self.clone() }
    }
    /// Can this party do this now? Who came is said by those who lead, once the session has begun.
    ///
    /// # Errors
    /// `not_permitted`, `wrong_state`, `not_ready`.
    pub fn can(&self, action: EnrolmentAction, by: Organiser, session: &LearningSession, now: DateTime<Utc>) -> Result<(), RuleError> {
        let who = match action {
            A::Withdraw if !by.enrols && !by.leads => Err("the person, their line manager, and those who lead learning there"),
            A::RecordAttendance if !by.leads => Err("those who lead what the session is of"),
            _ => Ok(()),
        };
        who.map_err(|who| RuleError::new(Code::NotPermitted, format!("only {who} may do this")))?;
        session.can(crate::activity::SessionAction::Enrol)?;
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the enrolment is {}; this needs {}", self.state, from.join(" or "))));
        }
        match action {
            A::RecordAttendance if now < session.starts_at => Err(RuleError::new(Code::NotReady, "who came is said once the session has begun")),
            _ => Ok(()),
        }
    }
    /// What the log says of this state.
    pub const fn event(state: EnrolmentState) -> EventKind {
        match state {
            S::Enrolled => EventKind::EnrolmentPromoted,
            S::Waiting => EventKind::EnrolmentCreated,
            S::Withdrawn => EventKind::EnrolmentWithdrawn,
            S::Attended => EventKind::EnrolmentAttended,
            S::Absent => EventKind::EnrolmentAbsent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        activity::{ActivityState, SessionState},
        employment::StaffCategory,
        id::LearningActivityId,
        learning::LearningKind,
        text::{Title, Wire},
        time::Period,
    };
    use uuid::Uuid;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-10-05T{text}:00Z").parse().unwrap_or_default()
    }
    fn session(id: u128, starts: &str, ends: &str, state: SessionState) -> LearningSession {
        LearningSession {
            id: LearningSessionId(Uuid::from_u128(id)),
            activity_id: LearningActivityId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            starts_at: at(starts),
            ends_at: at(ends),
            place: None,
            places: 2,
            state,
            last_reason: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    fn enrolment(state: EnrolmentState) -> Enrolment {
        Enrolment {
            id: EnrolmentId(Uuid::nil()),
            session_id: LearningSessionId(Uuid::from_u128(1)),
            person_id: PersonId(Uuid::nil()),
            employment_id: EmploymentId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            state,
            queued_at: DateTime::UNIX_EPOCH,
            enrolled_by: None,
            learning_record_id: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    fn activity() -> LearningActivity {
        LearningActivity {
            id: LearningActivityId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            title: Title::parse("Questioning").unwrap_or_else(|e| unreachable!("{e}")),
            description: None,
            kind: LearningKind::Course,
            provider: None,
            cost_pence: 0,
            minutes: 60,
            audience: vec![StaffCategory::Teacher],
            standard_ids: vec![],
            state: ActivityState::Offered,
            conclusion: None,
            conclusion_note: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn every_action_in_every_state_before_and_after_by_everybody() {
        let open = session(1, "15:00", "16:00", SessionState::Scheduled);
        for state in S::ALL {
            for action in A::ALL {
                for (enrols, leads) in [(false, false), (true, false), (false, true)] {
                    for now in ["14:00", "15:30"] {
                        let found = enrolment(*state).can(*action, Organiser { enrols, leads }, &open, at(now)).err().map(|e| e.code);
                        let who = match action {
                            A::Withdraw => enrols || leads,
                            A::RecordAttendance => leads,
                        };
                        let there = match action {
                            A::Withdraw => matches!(state, S::Enrolled | S::Waiting),
                            A::RecordAttendance => matches!(state, S::Enrolled | S::Attended | S::Absent),
                        };
                        let early = *action == A::RecordAttendance && now == "14:00";
                        let expected = match (who, there, early) {
                            (false, ..) => Some(Code::NotPermitted),
                            (true, false, _) => Some(Code::WrongState),
                            (true, true, true) => Some(Code::NotReady),
                            (true, true, false) => None,
                        };
                        assert_eq!(found, expected, "{action} of one that is {state} at {now}, {enrols} {leads}");
                    }
                }
            }
        }
        let off = session(1, "15:00", "16:00", SessionState::Cancelled);
        let leads = Organiser { enrols: false, leads: true };
        assert!(A::ALL.iter().all(|a| enrolment(S::Enrolled).can(*a, leads, &off, at("15:30")).is_err()));
    }

    #[test]
    fn places_go_in_order_and_never_beyond_what_there_is() {
        for (places, taken, state) in [(2, 0, S::Enrolled), (2, 1, S::Enrolled), (2, 2, S::Waiting), (0, 0, S::Waiting), (2, 3, S::Waiting)] {
            assert_eq!(place(places, taken), state, "{places} {taken}");
        }
        for (places, taken, expected) in [(2, 2, 0), (2, 1, 1), (5, 1, 4), (2, 3, 0), (3, 0, 3)] {
            assert_eq!(free(places, taken), expected, "{places} {taken}");
        }
    }

    #[test]
    fn a_place_is_for_whoever_works_there_on_the_day_and_for_whom_it_is() {
        use StaffCategory::{Support, Teacher};
        let at = |n: u128| OrganisationId(Uuid::from_u128(n));
        let employment = |n: u128, school: u128, staff_category, ends_on: Option<&str>| Employment {
            id: EmploymentId(Uuid::from_u128(n)),
            person_id: PersonId(Uuid::nil()),
            organisation_id: at(school),
            job_title: Title::parse("Teacher").unwrap_or_else(|e| unreachable!("{e}")),
            staff_category,
            staff_code: None,
            fte_percent: 100,
            period: Period { starts_on: "2020-09-01".parse().unwrap_or_default(), ends_on: ends_on.and_then(|day| day.parse().ok()) },
            missing_since: None,
            missing_from: None,
            ended_from: None,
            kept: Vec::new(),
            provenance: crate::provenance::Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        // a trust (1) with two schools (2, 3); the school 2 offers it on 5 October 2026
        let session = LearningSession { organisation_id: at(2), ..session(1, "15:00", "16:00", SessionState::Scheduled) };
        let setting = Setting { session, activity: activity(), path: vec![at(2), at(1)] };
        let paths: HashMap<OrganisationId, Vec<OrganisationId>> =
            [(1, vec![1]), (2, vec![2, 1]), (3, vec![3, 1])].map(|(of, path)| (at(of), path.into_iter().map(at).collect())).into_iter().collect();
        for (theirs, expected) in [
            (vec![], None),
            (vec![employment(1, 2, Teacher, None)], Some(1)),
            (vec![employment(1, 2, Teacher, Some("2026-10-05"))], Some(1)),
            (vec![employment(1, 2, Teacher, Some("2026-10-04"))], None),
            (vec![employment(1, 2, Support, None)], None),
            (vec![employment(1, 3, Teacher, None)], None),
            (vec![employment(1, 1, Teacher, None)], Some(1)),
            (vec![employment(1, 2, Teacher, Some("2026-10-04")), employment(2, 3, Teacher, None), employment(3, 1, Teacher, None)], Some(3)),
        ] {
            assert_eq!(setting.among(&theirs, &paths).map(|e| e.id.0.as_u128()), expected, "{theirs:?}");
        }
        let moved = enrolment(S::Waiting).promoted(&employment(7, 1, Teacher, None));
        assert_eq!((moved.state, moved.employment_id.0.as_u128(), moved.organisation_id), (S::Enrolled, 7, at(1)));
    }

    #[test]
    fn somebody_is_enrolled_where_they_belong_and_can_be() {
        let activity = activity();
        let (open, off) = (session(1, "15:00", "16:00", SessionState::Scheduled), session(1, "15:00", "16:00", SessionState::Cancelled));
        let (same, beside) = (session(2, "15:30", "17:00", SessionState::Scheduled), session(2, "16:00", "17:00", SessionState::Scheduled));
        let when = |now: &str, leads: bool| When { now: at(now), leads };
        for (session, category, others, by, code) in [
            (&open, StaffCategory::Teacher, vec![], when("14:00", false), None),
            (&open, StaffCategory::Teacher, vec![open.clone(), beside], when("14:00", false), None),
            (&open, StaffCategory::Support, vec![], when("14:00", false), Some(Code::OutsideAudience)),
            (&open, StaffCategory::Teacher, vec![same], when("14:00", false), Some(Code::OverlappingSession)),
            (&off, StaffCategory::Teacher, vec![], when("14:00", false), Some(Code::WrongState)),
            (&open, StaffCategory::Teacher, vec![], when("16:00", false), Some(Code::WrongState)),
            (&open, StaffCategory::Teacher, vec![], when("16:00", true), None),
        ] {
            assert_eq!(enrollable(&activity, session, category, &others, by).err().map(|e| e.code), code, "{category} {by:?}");
        }
    }
}
