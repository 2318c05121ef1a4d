//! What conversations, check-ins, agreed actions and coaching ask of the two people, and invitations of whom they were sent to.

use super::{Asked, Day, TaskKind, horizon};
use crate::{
    agreed_action::{ActionParty, AgreedAction, AgreedActionStep},
    check_in::CheckInStanding,
    coaching::{ActionStep, CoachingPartnership, PartnershipAction, StepAction},
    conversation::{Conversation, ConversationAction as A, ConversationState as S, Party, Side},
    id::PersonId,
    objective::{
        ObjectiveState,
        collaboration::{Collaboration, CollaborationAction},
    },
};
use chrono::{DateTime, NaiveDate, Utc};

/// What a conversation asks of this party now. Before its hour the appraisee prepares; at its hour it is held; then each has the next word in turn.
pub fn of_conversation(of: &Conversation, by: Party, now: DateTime<Utc>) -> Option<Asked> {
    let side = of.side(by.person)?;
    let day = of.starts_at.date_naive();
    let near = day <= horizon(now.date_naive());
    let (kind, action, due) = match (of.state, side) {
        (S::Scheduled | S::Preparing | S::Shared, _) if of.starts_at <= now => (TaskKind::HoldConversation, A::Hold, Some(day)),
        (S::Scheduled, Side::Appraisee) if near => (TaskKind::PrepareConversation, A::Prepare, Some(day)),
        (S::Preparing, Side::Appraisee) if near => (TaskKind::SharePreparation, A::Share, Some(day)),
        (S::Held | S::Reopened, Side::Partner) => (TaskKind::RequestResponse, A::RequestResponse, None),
        (S::AwaitingResponse, Side::Appraisee) if of.response.is_none() => (TaskKind::RespondToConversation, A::Respond, None),
        (S::AwaitingResponse, _) if of.response.is_some() => (TaskKind::CompleteConversation, A::Complete, None),
        _ => return None,
    };
    of.can(action, by).is_ok().then(|| (kind, due.map(Day::from)))
}

/// A rhythm asks both for a check-in when it is time for one and none is booked.
pub fn of_check_in(of: &CheckInStanding) -> Option<Asked> {
    of.asks().then(|| (TaskKind::BookCheckIn, Some(of.due_on.into())))
}

/// What was agreed asks of who took it on, from a while before its day; from the beginning, if no day was set.
pub fn of_agreed_action(of: &AgreedAction, me: PersonId, today: NaiveDate) -> Option<Asked> {
    let mine = of.owner_id == me && of.can(AgreedActionStep::Finish, ActionParty { person: Some(me), appraises: false }).is_ok();
    let near = of.due_on.is_none_or(|day| day <= horizon(today));
    (mine && near).then(|| (TaskKind::DoAgreedAction, of.due_on.map(Day::from)))
}

/// An invitation to work on an objective asks for an answer.
pub fn of_invitation(of: &Collaboration, objective: ObjectiveState, me: PersonId) -> Option<Asked> {
    of.can(CollaborationAction::Accept, Some(me), objective).is_ok().then_some((TaskKind::AnswerInvitation, None))
}

/// A coaching partnership that one of the two proposed asks the other for an answer.
pub fn of_partnership(of: &CoachingPartnership, me: PersonId) -> Option<Asked> {
    of.can(PartnershipAction::Accept, Some(me)).is_ok().then_some((TaskKind::AnswerPartnership, None))
}

/// A rhythm of coaching asks both for a meeting when it is time for one and none is booked.
pub fn of_coaching(of: &CheckInStanding) -> Option<Asked> {
    of.asks().then(|| (TaskKind::ArrangeCoaching, Some(of.due_on.into())))
}

/// An action step asks whoever tries it to look back, on its day.
pub fn of_step(of: &ActionStep, me: PersonId, today: NaiveDate) -> Option<Asked> {
    let near = of.check_back_on <= horizon(today);
    (near && of.can(StepAction::Settle, Some(me)).is_ok()).then(|| (TaskKind::SettleStep, Some(of.check_back_on.into())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        conversation::{ConversationKind, Lane},
        id::{ConversationId, EmploymentId, OrganisationId},
        relationship::RelationshipKind,
        text::{Narrative, Wire},
    };
    use chrono::TimeDelta;
    use uuid::Uuid;

    const APPRAISEE: PersonId = PersonId(Uuid::from_u128(1));
    const PARTNER: PersonId = PersonId(Uuid::from_u128(2));
    const OTHER: PersonId = PersonId(Uuid::from_u128(3));

    fn conversation(state: S, starts_at: DateTime<Utc>, responded: bool) -> Conversation {
        Conversation {
            id: ConversationId(Uuid::nil()),
            employment_id: EmploymentId(Uuid::nil()),
            person_id: APPRAISEE,
            organisation_id: OrganisationId(Uuid::nil()),
            partner_id: PARTNER,
            partner_as: RelationshipKind::LineManager,
            kind: ConversationKind::CheckIn,
            lane: Lane::Development,
            appraisal_id: None,
            template_id: None,
            starts_at,
            place: None,
            state,
            summary: None,
            appraisee_notes: None,
            partner_notes: None,
            response: responded.then(|| Narrative::parse("Yes").unwrap_or_else(|e| unreachable!("{e}"))),
            held_at: None,
            last_reason: None,
            snapshots: 0,
            content_hash: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    /// Every state, before, at and long before its hour, with and without a response, for everybody: what is asked, and never what is refused.
    #[test]
    fn a_conversation_asks_each_side_in_turn_and_nobody_for_what_they_may_not_do() {
        use TaskKind as T;
        let now: DateTime<Utc> = "2026-10-05T09:00:00Z".parse().unwrap_or_default();
        for state in S::ALL {
            for (starts_at, past, near) in [(now, true, true), (now + TimeDelta::days(2), false, true), (now + TimeDelta::days(60), false, false)] {
                for responded in [false, true] {
                    let of = conversation(*state, starts_at, responded);
                    for (person, related) in [(APPRAISEE, false), (PARTNER, true), (PARTNER, false), (OTHER, true)] {
                        let by = Party { person: Some(person), related, panel: false };
                        let (own, other) = (person == APPRAISEE, person == PARTNER && related);
                        let expected = match state {
                            S::Scheduled | S::Preparing | S::Shared if past => (own || other).then_some(T::HoldConversation),
                            S::Scheduled => (own && near).then_some(T::PrepareConversation),
                            S::Preparing => (own && near).then_some(T::SharePreparation),
                            S::Held | S::Reopened => other.then_some(T::RequestResponse),
                            S::AwaitingResponse if responded => (own || other).then_some(T::CompleteConversation),
                            S::AwaitingResponse => own.then_some(T::RespondToConversation),
                            _ => None,
                        };
                        assert_eq!(of_conversation(&of, by, now).map(|(kind, _)| kind), expected, "{state} {starts_at} {responded} {person}");
                    }
                }
            }
        }
    }
}
