//! What two people ask of one another: conversations, what was agreed in them, invitations and coaching. None of the words of either is in a task.

use super::super::{action_step, agreed_action, check_in, coaching, collaboration, conversation, prelude::*};
use trellis_domain::{
    conversation::Side,
    event::RecordType,
    id::PersonId,
    task::{Task, horizon, of_agreed_action, of_check_in, of_coaching, of_conversation, of_invitation, of_partnership, of_step},
};

/// Conversations that wait for one of the two.
pub(super) async fn from_conversations(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let now = cx.act.now;
    for (of, by) in conversation::in_hand(cx, me, horizon(cx.act.today())).await? {
        let other = if of.side(Some(me)) == Some(Side::Appraisee) { of.partner_id } else { of.person_id };
        let task = |asked| Task::with(asked, RecordType::Conversation, of.id.0, of.organisation_id).about(other);
        out.extend(of_conversation(&of, by, now).map(task));
    }
    Ok(())
}

/// Check-ins that are due or late, and not booked: with whom one manages or appraises, or is managed or appraised by.
pub(super) async fn from_check_ins(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    for (of, at, standing) in check_in::standings(cx, Some(me)).await? {
        let other = if me == of.person_id { of.holder_id } else { of.person_id };
        // who works nowhere today meets nobody; and where the other works besides is not what the two have in common
        let task = |asked| at.map(|_| Task::between(asked, RecordType::Relationship, of.id.0).about(other));
        out.extend(of_check_in(&standing).and_then(task));
    }
    Ok(())
}

/// What one took on in conversations, and has not done.
pub(super) async fn from_agreed_actions(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let today = cx.act.today();
    for of in agreed_action::owned_by(cx, me, horizon(today)).await? {
        let other = if me == of.person_id { of.partner_id } else { of.person_id };
        let task = |asked| Task::with(asked, RecordType::AgreedAction, of.id.0, of.organisation_id).about(other);
        out.extend(of_agreed_action(&of, me, today).map(task));
    }
    Ok(())
}

/// Invitations to work on a colleague's objective. They show its title to whom they were sent.
pub(super) async fn from_invitations(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    for (of, title, state) in collaboration::invitations(cx, me).await? {
        let task = |asked| Task {
            part_id: of.id.0,
            ..Task::with(asked, RecordType::Objective, of.objective_id.0, of.organisation_id).called(title).about(of.owner_id)
        };
        out.extend(of_invitation(&of, state, me).map(task));
    }
    Ok(())
}

/// Partnerships that wait for an answer, or for a meeting that is due; and action steps whose day comes.
pub(super) async fn from_coaching(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let today = cx.act.today();
    for of in coaching::proposed_to(cx, me).await? {
        let task = |asked| Task::between(asked, RecordType::CoachingPartnership, of.id.0).about(of.other(me));
        out.extend(of_partnership(&of, me).map(task));
    }
    for (of, standing) in coaching::standings(cx, me).await? {
        let task = |asked| Task::between(asked, RecordType::CoachingPartnership, of.id.0).about(of.other(me));
        out.extend(of_coaching(&standing).map(task));
    }
    for of in action_step::tried_by(cx, me, horizon(today)).await? {
        out.extend(of_step(&of, me, today).map(|asked| Task::between(asked, RecordType::ActionStep, of.id.0)));
    }
    Ok(())
}
