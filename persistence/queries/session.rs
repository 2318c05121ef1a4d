//! Sessions of the catalogue's activities.

use super::{
    activity::{self, WHO},
    enrolment,
    prelude::*,
};
use crate::{
    activity::{
        CancelLearningSession, CreateLearningSession, GetLearningSession, GetSessionPlaces, LearningSessionHistory, ListLearningSessions, Places,
        UpdateLearningSession,
    },
    event::History,
};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access::{self as rules, Permission},
    activity::{ActivityAction, LearningSession, SessionAction, SessionState},
    event::EventKind,
    id::LearningSessionId,
    rule::{Code, RuleError},
    text::{Reason, Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = learning_sessions, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct SessionRow {
    tenant_id: Uid,
    id: Uid,
    activity_id: Uid,
    organisation_id: Uid,
    starts_at: Moment,
    ends_at: Moment,
    place: Option<String>,
    places: i32,
    state: String,
    last_reason: Option<String>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl SessionRow {
    fn new(tenant_id: Uid, session: &LearningSession) -> Self {
        let LearningSession { id, activity_id, organisation_id, starts_at, ends_at, place, places, state, last_reason, version, created_at, updated_at } =
            session;
        Self {
            tenant_id,
            id: (*id).into(),
            activity_id: (*activity_id).into(),
            organisation_id: (*organisation_id).into(),
            starts_at: (*starts_at).into(),
            ends_at: (*ends_at).into(),
            place: place.as_ref().map(|p| p.as_str().into()),
            places: *places,
            state: state.as_str().into(),
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    pub(super) fn session(self) -> Result<LearningSession> {
        let Self { tenant_id: _, id, activity_id, organisation_id, starts_at, ends_at, place, places, state, last_reason, version, created_at, updated_at } =
            self;
        Ok(LearningSession {
            id: id.to(),
            activity_id: activity_id.to(),
            organisation_id: organisation_id.to(),
            starts_at: starts_at.0,
            ends_at: ends_at.0,
            place: place.map(|p| Title::parse(&p)).transpose().map_err(corrupt)?,
            places,
            state: SessionState::parse(&state).map_err(corrupt)?,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::row::stored!(learning_sessions, SessionRow, LearningSession, replace);

/// The session, if the caller may know of it.
pub(super) async fn known(cx: &mut Cx<'_>, id: LearningSessionId) -> Result<LearningSession> {
    let session = load(cx, id).await?;
    activity::readable(cx, session.organisation_id).await?;
    Ok(session)
}
pub(super) async fn load(cx: &mut Cx<'_>, id: LearningSessionId) -> Result<LearningSession> {
    let row: SessionRow = learning_sessions::table.find((cx.tenant(), Uid::from(id))).select(SessionRow::as_select()).one(cx.conn()).await?;
    row.session()
}

async fn seen(cx: &mut Cx<'_>, record: LearningSession) -> Result<Seen<LearningSession>> {
    let may = activity::may_write(cx, record.organisation_id).await?;
    let enrols = rules::reach(&cx.caller, Permission::WriteEnrolments).is_ok();
    let can = |action: &SessionAction| {
        let may = if *action == SessionAction::Enrol { enrols } else { may };
        rules::require(may, WHO).and_then(|()| record.can(*action)).err()
    };
    let can = SessionAction::ALL.iter().map(|action| (action.as_str(), can(action))).collect();
    Ok(Seen { record, can })
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: LearningSession, after: LearningSession) -> Result<Seen<LearningSession>> {
    let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
    replace(tx, before.version, &after).await?;
    tx.event(kind, Some(&before), &after, after.about());
    if after.state == SessionState::Scheduled {
        enrolment::promote(tx, &after).await?;
    }
    seen(tx, after).await
}

impl Write<Here> for CreateLearningSession {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningSession>> {
        let Self { activity_id, starts_at, ends_at, place, places } = self.clone();
        let unknown = || StoreError::from(RuleError::at(Code::UnknownReference, "/activity_id", "no such activity"));
        let hidden = |e| if matches!(e, StoreError::Missing) { unknown() } else { e };
        let of = activity::load(tx, activity_id).await.map_err(hidden)?;
        activity::writable(tx, of.organisation_id).await.map_err(hidden)?;
        of.can(ActivityAction::Schedule)?;
        let now = micros(tx.act.now);
        let session = LearningSession {
            id: tx.new_id(),
            activity_id,
            organisation_id: of.organisation_id,
            starts_at: micros(starts_at),
            ends_at: micros(ends_at),
            place,
            places,
            state: SessionState::Scheduled,
            last_reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        session.check()?;
        diesel::insert_into(learning_sessions::table).values(SessionRow::new(tx.tenant(), &session)).done(tx.conn()).await?;
        tx.event(EventKind::LearningSessionCreated, None, &session, session.about());
        seen(tx, session).await
    }
}

impl Read<Here> for GetLearningSession {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<LearningSession>>> {
        let record = known(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

impl Read<Here> for GetSessionPlaces {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Places> {
        let session = known(cx, self.id).await?;
        let (taken, waiting) = (enrolment::taken(cx, self.id).await?, enrolment::waiting(cx, self.id).await?);
        // where its people are beside it, also at other schools, is no concern of whoever only reads what is offered
        let may_move = activity::may_write(cx, session.organisation_id).await?;
        let overlapping = match session.state {
            _ if !may_move => None,
            SessionState::Scheduled => {
                let people = enrolment::people_of(cx, session.id).await?;
                Some(enrolment::booked_twice(cx, &people, &session).await?)
            }
            SessionState::Cancelled => Some(0),
        };
        Ok(Places { places: session.places, taken, waiting, overlapping })
    }
}

/// Those of these sessions that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<LearningSession>> {
    let query = learning_sessions::table.filter(learning_sessions::tenant_id.eq(cx.tenant())).filter(learning_sessions::id.eq_any(ids.to_vec()));
    let query = query.select(SessionRow::as_select()).into_boxed::<Dialect>();
    let rows: Vec<SessionRow> = activity::offered!(query, cx, learning_sessions).all(cx.conn()).await?;
    rows.into_iter().map(SessionRow::session).collect()
}

impl Read<Here> for ListLearningSessions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<LearningSession>> {
        let query = learning_sessions::table.filter(learning_sessions::tenant_id.eq(cx.tenant())).select(SessionRow::as_select()).into_boxed::<Dialect>();
        let mut query = activity::offered!(page::windowed!(query, self.window, learning_sessions), cx, learning_sessions);
        if let Some(of) = self.activity_id {
            query = query.filter(learning_sessions::activity_id.eq(Uid::from(of)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(learning_sessions::organisation_id.eq(Uid::from(at)));
        }
        if let Some(state) = self.state {
            query = query.filter(learning_sessions::state.eq(state.as_str()));
        }
        if let Some(from) = self.from {
            query = query.filter(learning_sessions::starts_at.ge(Moment::from(from)));
        }
        let rows: Vec<SessionRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(SessionRow::session).collect::<Result<_>>()?, next: page.next })
    }
}

/// The session for a write that concerns its places: nobody else gives or takes one meanwhile.
async fn written(tx: &mut Tx<'_>, id: LearningSessionId) -> Result<LearningSession> {
    let session = known(tx, id).await?;
    activity::writable(tx, session.organisation_id).await?;
    access::guard(tx, id).await?;
    load(tx, id).await
}

impl Write<Here> for UpdateLearningSession {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningSession>> {
        let before = written(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let taken = enrolment::taken(tx, self.id).await?;
        let after = before.patched(self.patch.clone(), taken)?;
        if (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at) {
            let people = enrolment::people_of(tx, self.id).await?;
            // nobody enrols them elsewhere meanwhile
            access::guards(tx, &people).await?;
            LearningSession::movable(enrolment::booked_twice(tx, &people, &after).await?, self.allow_overlaps)?;
        }
        save(tx, EventKind::LearningSessionUpdated, before, after).await
    }
}

impl Write<Here> for CancelLearningSession {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningSession>> {
        let before = written(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.cancelled(self.reason.clone())?;
        save(tx, EventKind::LearningSessionCancelled, before, after).await
    }
}

impl Read<Here> for LearningSessionHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        known(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: LearningSessionId, doing: &Doing) -> Result<Can> {
    let record = known(cx, id).await?;
    if matches!(doing, Doing::Act(action) if action != "enrol") {
        activity::writable(cx, record.organisation_id).await?;
    }
    Ok(seen(cx, record).await?.can)
}
