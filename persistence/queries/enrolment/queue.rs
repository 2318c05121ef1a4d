//! Places, and the queue for them.

use super::{
    super::{employment, prelude::*, session::SessionRow},
    row::EnrolmentRow,
    save, setting,
};
use std::collections::HashMap;
use trellis_domain::{
    activity::{LearningSession, SessionState},
    employment::Employment,
    enrolment::{Enrolment, EnrolmentState, free},
    event::EventKind,
    id::{LearningSessionId, PersonId},
};

/// Who has a place that they have not yet come to, or waits for one.
pub(super) const BOOKED: [&str; 2] = [EnrolmentState::Enrolled.as_str(), EnrolmentState::Waiting.as_str()];

async fn count(cx: &mut Cx<'_>, id: LearningSessionId, states: Vec<&'static str>) -> Result<i64> {
    let of_session = enrolments::table.filter(enrolments::tenant_id.eq(cx.tenant())).filter(enrolments::session_id.eq(Uid::from(id)));
    Ok(of_session.filter(enrolments::state.eq_any(states)).count().one(cx.conn()).await?)
}
/// How many have a place.
pub(in super::super) async fn taken(cx: &mut Cx<'_>, id: LearningSessionId) -> Result<i64> {
    let states = EnrolmentState::ALL.iter().filter(|s| s.takes_a_place()).map(|s| s.as_str());
    count(cx, id, states.collect()).await
}
/// How many wait for one.
pub(in super::super) async fn waiting(cx: &mut Cx<'_>, id: LearningSessionId) -> Result<i64> {
    count(cx, id, vec![EnrolmentState::Waiting.as_str()]).await
}

/// Who has a place or waits for one, in the order of their ids.
pub(in super::super) async fn people_of(cx: &mut Cx<'_>, id: LearningSessionId) -> Result<Vec<Uid>> {
    let of_session = enrolments::table.filter(enrolments::tenant_id.eq(cx.tenant())).filter(enrolments::session_id.eq(Uid::from(id)));
    let mut people: Vec<Uid> = of_session.filter(enrolments::state.eq_any(BOOKED)).select(enrolments::person_id).all(cx.conn()).await?;
    people.sort_unstable();
    people.dedup();
    Ok(people)
}
/// How many of these have a place, or wait for one, at another session at the time of this one.
pub(in super::super) async fn booked_twice(cx: &mut Cx<'_>, people: &[Uid], of: &LearningSession) -> Result<usize> {
    if people.is_empty() {
        return Ok(0);
    }
    let session = learning_sessions::tenant_id.eq(enrolments::tenant_id).and(learning_sessions::id.eq(enrolments::session_id));
    let found: Vec<Uid> = enrolments::table
        .inner_join(learning_sessions::table.on(session))
        .filter(enrolments::tenant_id.eq(cx.tenant()))
        .filter(enrolments::person_id.eq_any(people))
        .filter(enrolments::session_id.ne(Uid::from(of.id)))
        .filter(enrolments::state.eq_any(BOOKED))
        .filter(learning_sessions::state.eq(SessionState::Scheduled.as_str()))
        .filter(learning_sessions::starts_at.lt(Moment::from(of.ends_at)))
        .filter(learning_sessions::ends_at.gt(Moment::from(of.starts_at)))
        .select(enrolments::person_id)
        .distinct()
        .all(cx.conn())
        .await?;
    Ok(found.len())
}
/// What somebody has a place at or waits for, and has not begun: the enrolment, the session, and what it is of.
pub(in super::super) async fn ahead_of(cx: &mut Cx<'_>, me: PersonId) -> Result<Vec<(Enrolment, LearningSession, String)>> {
    let session = learning_sessions::tenant_id.eq(enrolments::tenant_id).and(learning_sessions::id.eq(enrolments::session_id));
    let activity = learning_activities::tenant_id.eq(learning_sessions::tenant_id).and(learning_activities::id.eq(learning_sessions::activity_id));
    let rows: Vec<(EnrolmentRow, SessionRow, String)> = enrolments::table
        .inner_join(learning_sessions::table.on(session).inner_join(learning_activities::table.on(activity)))
        .filter(enrolments::tenant_id.eq(cx.tenant()))
        .filter(enrolments::person_id.eq(Uid::from(me)))
        .filter(enrolments::state.eq_any(BOOKED))
        .filter(learning_sessions::state.eq(SessionState::Scheduled.as_str()))
        .filter(learning_sessions::starts_at.gt(Moment::from(cx.act.now)))
        .select((EnrolmentRow::as_select(), SessionRow::as_select(), learning_activities::title))
        .all(cx.conn())
        .await?;
    rows.into_iter().map(|(enrolment, session, title)| Ok((enrolment.enrolment()?, session.session()?, title))).collect()
}

/// Free places go to those who wait, in their order. Whoever has left by the day of the session, or whom it is not for any more, is passed over: they wait on,
/// and are next again if they come back. Whoever calls this has the session's guard.
pub(in super::super) async fn promote(tx: &mut Tx<'_>, of: &LearningSession) -> Result<()> {
    if tx.act.now >= of.ends_at {
        return Ok(());
    }
    let places = free(of.places, taken(tx, of.id).await?);
    if places == 0 {
        return Ok(());
    }
    let rows: Vec<EnrolmentRow> = enrolments::table
        .filter(enrolments::tenant_id.eq(tx.tenant()))
        .filter(enrolments::session_id.eq(Uid::from(of.id)))
        .filter(enrolments::state.eq(EnrolmentState::Waiting.as_str()))
        .order((enrolments::queued_at, enrolments::id))
        .select(EnrolmentRow::as_select())
        .all(tx.conn())
        .await?;
    let waiting = rows.into_iter().map(EnrolmentRow::enrolment).collect::<Result<Vec<_>>>()?;
    let setting = setting(tx, of.clone()).await?;
    let people: Vec<Uid> = waiting.iter().map(|w| w.person_id.into()).collect();
    let mut employed: HashMap<PersonId, Vec<Employment>> = HashMap::new();
    for employment in employment::of_people(tx, &people).await? {
        employed.entry(employment.person_id).or_default().push(employment);
    }
    let paths = access::paths_of(tx, employed.values().flatten().map(|e| e.organisation_id)).await?;
    let placed = waiting.iter().filter_map(|before| {
        let theirs = employed.get(&before.person_id).map_or(&[][..], Vec::as_slice);
        Some((before, before.promoted(setting.among(theirs, &paths)?)))
    });
    for (before, after) in placed.take(places).collect::<Vec<_>>() {
        save(tx, EventKind::EnrolmentPromoted, before, after).await?;
    }
    Ok(())
}
