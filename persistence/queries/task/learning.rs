//! What learning asks: of those who learn, of those who decide on it, and of those who lead it.

use super::{
    super::{enrolment, improvement::ground_of, prelude::*, request, training},
    AT_ONCE, beneath,
};
use chrono::NaiveDate;
use trellis_domain::{
    access::{self as rules, Permission},
    enrolment::EnrolmentState,
    event::RecordType,
    id::PersonId,
    improvement::leads,
    task::{Day, REFLECT_WITHIN, Task, TaskKind, of_checkpoint, of_request, of_sessions, of_training},
};

/// Learning requests that wait for their owner, for a line manager or appraiser, or for who approves learning; and checkpoints whose day comes.
pub(super) async fn from_requests(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let approves = rules::reach(&cx.caller.not_as_colleague(), Permission::ApproveRequests).unwrap_or_default();
    let covered = beneath(cx, &approves).await?;
    for request::Waiting { request: of, by, so, checkpoints } in request::waiting(cx, me, &covered, AT_ONCE).await? {
        let whom = (of.person_id != me).then_some(of.person_id);
        let task = |asked| Task::with(asked, RecordType::LearningRequest, of.id.0, of.organisation_id).called(of.ask.title.as_str()).about(whom);
        out.extend(of_request(&of, by, so).map(task));
        out.extend(checkpoints.iter().filter_map(|c| Some(Task { part_id: c.id.0, ..task(of_checkpoint(c, &of, by, so)?) })));
    }
    Ok(())
}

/// Training that is required of one, and is due or runs out.
pub(super) async fn from_training(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let today = cx.act.today();
    for (of, at, standing) in training::standings_of(cx, me).await? {
        let task = |asked| Task::with(asked, RecordType::TrainingRequirement, of.id.0, at).called(of.title.as_str());
        out.extend(of_training(&standing, today).map(task));
    }
    Ok(())
}

/// Sessions that are over, of which it was not said who came: for those who lead what they are of.
pub(super) async fn from_sessions(cx: &mut Cx<'_>, out: &mut Vec<Task>) -> Result<()> {
    let Ok(reach) = rules::reach(&cx.caller, Permission::WriteActivities) else { return Ok(()) };
    let covered = beneath(cx, &reach).await?;
    let unsaid = enrolments::table
        .filter(enrolments::tenant_id.eq(cx.tenant()))
        .filter(enrolments::state.eq(EnrolmentState::Enrolled.as_str()))
        .select(enrolments::session_id);
    let activity = learning_activities::tenant_id.eq(learning_sessions::tenant_id).and(learning_activities::id.eq(learning_sessions::activity_id));
    let query = learning_sessions::table
        .inner_join(learning_activities::table.on(activity))
        .filter(learning_sessions::tenant_id.eq(cx.tenant()))
        .filter(learning_sessions::state.eq("scheduled"))
        .filter(learning_sessions::ends_at.lt(Moment::from(cx.act.now)))
        .filter(learning_sessions::organisation_id.eq_any(covered.into_iter().map(Uid::from).collect::<Vec<_>>()))
        .filter(learning_sessions::id.eq_any(unsaid))
        .order(learning_sessions::id)
        .limit(AT_ONCE)
        .select((learning_sessions::id, learning_sessions::organisation_id, learning_sessions::ends_at, learning_activities::title));
    let rows: Vec<(Uid, Uid, Moment, String)> = query.all(cx.conn()).await?;
    let grounds = ground_of(cx, &rows.iter().map(|r| r.1).collect::<Vec<_>>()).await?;
    for (id, organisation, ended, title) in rows {
        if grounds.get(&organisation).is_some_and(|ground| leads(&cx.caller, Permission::WriteActivities, ground)) {
            let asked = (TaskKind::RecordAttendance, Some(ended.0.date_naive().into()));
            out.push(Task::with(asked, RecordType::LearningSession, id.0, organisation.to()).called(title));
        }
    }
    Ok(())
}

/// Sessions at the same time at which one has a place, or waits for one.
pub(super) async fn from_enrolments(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let ahead = enrolment::ahead_of(cx, me).await?;
    let sessions: Vec<_> = ahead.iter().map(|(_, session, _)| session).collect();
    for (enrolment, session, title) in &ahead {
        let task = |asked| Task::with(asked, RecordType::Enrolment, enrolment.id.0, enrolment.organisation_id).called(title.as_str());
        out.extend(of_sessions(session, &sessions).map(task));
    }
    Ok(())
}

/// What one learned at sessions of late, and has not reflected upon.
pub(super) async fn from_learning(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let record = learning_records::tenant_id.eq(enrolments::tenant_id).and(enrolments::learning_record_id.eq(learning_records::id.nullable()));
    let query = enrolments::table
        .inner_join(learning_records::table.on(record))
        .filter(enrolments::tenant_id.eq(cx.tenant()))
        .filter(enrolments::person_id.eq(Uid::from(me)))
        .filter(learning_records::person_id.eq(Uid::from(me)))
        .filter(learning_records::reflection.is_null())
        .filter(learning_records::ended_on.ge(cx.act.today() - REFLECT_WITHIN))
        .select((learning_records::id, learning_records::organisation_id, learning_records::title));
    let rows: Vec<(Uid, Uid, String)> = query.all(cx.conn()).await?;
    out.extend(rows.into_iter().map(|(id, organisation, title)| {
        let asked = (TaskKind::ReflectOnLearning, None);
        Task::with(asked, RecordType::LearningRecord, id.0, organisation.to()).called(title)
    }));
    Ok(())
}

/// Actions that one took on for a priority.
pub(super) async fn from_priorities(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let of = priorities::tenant_id.eq(priority_actions::tenant_id).and(priorities::id.eq(priority_actions::priority_id));
    let plan = improvement_plans::tenant_id.eq(priorities::tenant_id).and(improvement_plans::id.eq(priorities::plan_id));
    let query = priority_actions::table
        .inner_join(priorities::table.on(of).inner_join(improvement_plans::table.on(plan)))
        .filter(priority_actions::tenant_id.eq(cx.tenant()))
        .filter(priority_actions::owner_id.eq(Uid::from(me)))
        .filter(priority_actions::done_on.is_null())
        .filter(priorities::state.eq("active"))
        .filter(improvement_plans::state.eq("published"))
        .order(priority_actions::id)
        .select((priorities::id, priority_actions::id, priorities::organisation_id, priority_actions::title, priority_actions::due_on));
    let rows: Vec<(Uid, Uid, Uid, String, Option<NaiveDate>)> = query.all(cx.conn()).await?;
    out.extend(rows.into_iter().map(|(id, action, organisation, title, due_on)| {
        let asked = (TaskKind::DoPriorityAction, due_on.map(Day::from));
        Task { part_id: action.0, ..Task::with(asked, RecordType::Priority, id.0, organisation.to()).called(title) }
    }));
    Ok(())
}
