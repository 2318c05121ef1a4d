//! What learning requests ask of their owner, and of those who decide; what comes of learning; training that is required; and sessions at the same time.

use super::{Asked, Day, TaskKind, horizon};
use crate::{
    activity::LearningSession,
    impact::Checkpoint,
    request::{Circumstances, LearningRequest, Party, RequestAction as A, RequestState as S},
    training::status::{TrainingStanding, TrainingStatus},
};
use chrono::NaiveDate;

/// What a request asks of this party now: its owner goes on with it, and others answer before the learning begins.
pub fn of_request(of: &LearningRequest, by: Party, so: Circumstances) -> Option<Asked> {
    let own = by.person == Some(of.person_id);
    let begins = Some(of.ask.starts_on);
    let (kind, actions, due): (TaskKind, &[A], Option<NaiveDate>) = match of.state {
        S::Returned if own => (TaskKind::ReviseRequest, &[A::Update], begins),
        S::Approved if own => (TaskKind::BookLearning, &[A::Book], begins),
        S::Booked if own && of.ask.ends_on <= so.today => (TaskKind::ConfirmAttendance, &[A::Attend], Some(of.ask.ends_on)),
        S::Attended if own => (TaskKind::EvaluateLearning, &[A::Evaluate], None),
        S::Evaluated if own => (TaskKind::ReviewImpact, &[A::ReviewImpact], None),
        S::Submitted if !own => (TaskKind::AnswerRequest, &[A::ManagerAgree, A::ManagerDecline], begins),
        // whether there is money for it is said when it is approved; it can be declined or given back whatever is lacking
        S::ManagerAgreed if !own => (TaskKind::DecideRequest, &[A::Decline, A::Return], begins),
        _ => return None,
    };
    actions.iter().any(|action| of.can(*action, by, so).is_ok()).then(|| (kind, due.map(Day::from)))
}

/// A checkpoint of which nothing is recorded asks its request's owner to look, on its day.
pub fn of_checkpoint(of: &Checkpoint, request: &LearningRequest, by: Party, so: Circumstances) -> Option<Asked> {
    let due = of.look.due_on(request.ask.ends_on);
    let may = of.outcome.is_none() && request.can(A::RecordCheckpoint, by, so).is_ok();
    (may && due <= horizon(so.today)).then(|| (TaskKind::RecordCheckpoint, Some(due.into())))
}

/// What is required asks whoever has not done it, or not since it ran out; and whoever must do it again soon.
pub fn of_training(standing: &TrainingStanding, today: NaiveDate) -> Option<Asked> {
    use TrainingStatus as T;
    let due = standing.due_on.or(standing.valid_until);
    let asked = match standing.status {
        T::Due | T::Expired | T::Expiring => true,
        T::DueSoon => due.is_none_or(|day| day <= horizon(today)),
        T::NotRequired | T::Current | T::Exempt => false,
    };
    asked.then(|| (TaskKind::DoTraining, due.map(Day::from)))
}

/// Sessions at which somebody has a place, or waits for one, ask them to choose between those at the same time, before the first of the two.
pub fn of_sessions(of: &LearningSession, theirs: &[&LearningSession]) -> Option<Asked> {
    let clashing = theirs.iter().filter(|other| other.id != of.id && other.overlaps(of.starts_at, of.ends_at));
    clashing.map(|other| other.starts_at.min(of.starts_at)).min().map(|at| (TaskKind::ChooseSession, Some(at.date_naive().into())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        activity::SessionState,
        id::{LearningActivityId, LearningSessionId, OrganisationId},
    };
    use chrono::DateTime;
    use uuid::Uuid;

    #[test]
    fn sessions_at_the_same_time_are_to_be_chosen_between() {
        let session = |id: u128, starts: &str, ends: &str| LearningSession {
            id: LearningSessionId(Uuid::from_u128(id)),
            activity_id: LearningActivityId(Uuid::nil()),
            organisation_id: OrganisationId(Uuid::nil()),
            starts_at: starts.parse().unwrap_or_default(),
            ends_at: ends.parse().unwrap_or_default(),
            place: None,
            places: 2,
            state: SessionState::Scheduled,
            last_reason: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        let all = [
            session(1, "2026-10-12T15:00:00Z", "2026-10-14T16:00:00Z"),
            session(2, "2026-10-13T15:00:00Z", "2026-10-13T16:00:00Z"),
            session(3, "2026-10-13T16:00:00Z", "2026-10-13T17:00:00Z"),
            session(4, "2026-10-20T15:00:00Z", "2026-10-20T16:00:00Z"),
        ];
        let theirs: Vec<&LearningSession> = all.iter().collect();
        let asked: Vec<Option<String>> = all.iter().map(|of| of_sessions(of, &theirs).and_then(|(_, day)| Some(day?.on.to_string()))).collect();
        let first = Some("2026-10-12".to_owned());
        assert_eq!(asked, [first.clone(), first.clone(), first, None], "beside one another is not at the same time");
        assert_eq!(of_sessions(&all[0], &[&all[0]]), None);
    }

    #[test]
    fn training_is_asked_for_when_it_is_due_or_runs_out() {
        use TrainingStatus as T;
        let day = |text: &str| text.parse::<NaiveDate>().unwrap_or_default();
        let today = day("2026-10-05");
        for status in T::ALL {
            for (due, soon) in [("2026-10-20", true), ("2027-03-01", false)] {
                let standing = TrainingStanding { status: *status, due_on: Some(day(due)), valid_until: None, warned_at_days: None, completed_on: None };
                let expected = match status {
                    T::Due | T::Expired | T::Expiring => true,
                    T::DueSoon => soon,
                    T::NotRequired | T::Current | T::Exempt => false,
                };
                let asked = of_training(&standing, today);
                assert_eq!(asked.is_some(), expected, "{status} {due}");
                assert!(asked.is_none_or(|(_, on)| on == Some(day(due).into())));
            }
        }
    }
}
