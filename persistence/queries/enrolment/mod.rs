//! Enrolments: places are given in the order in which people queue, by one transaction at a time for each session.

mod queue;
mod row;

pub(super) use queue::{ahead_of, booked_twice, people_of, promote, taken, waiting};

use super::{activity, prelude::*, session};
use crate::{
    activity::{Certificate, Enrol, EnrolMany, Enrolled, EnrolmentHistory, GetCertificate, GetEnrolment, ListEnrolments, RecordAttendance, WithdrawEnrolment},
    event::History,
    learning_statement::Attended,
};
use chrono::{NaiveDate, NaiveTime};
use queue::BOOKED;
use row::{EnrolmentRow, replace};
use trellis_domain::{
    access::{self as rules, Permission},
    activity::LearningSession,
    employment::Employment,
    enrolment::{Enrolment, EnrolmentAction, EnrolmentState, Organiser, Setting, When, enrollable, place},
    event::EventKind,
    id::{EnrolmentId, PersonId},
    rule::{Code, RuleError},
    text::{Title, Wire},
    time::micros,
};

/// All that decides who belongs at a session.
async fn setting(cx: &mut Cx<'_>, session: LearningSession) -> Result<Setting> {
    let activity = activity::load(cx, session.activity_id).await?;
    let path = access::path_of(cx, session.organisation_id).await?;
    Ok(Setting { session, activity, path })
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: &Enrolment, after: Enrolment) -> Result<Enrolment> {
    let Some(after) = tx.next(before, after) else { return Ok(before.clone()) };
    replace(tx, before.version, &after).await?;
    tx.event(kind, Some(before), &after, after.about());
    Ok(after)
}

/// What everybody is judged by who is enrolled at a session.
struct Desk {
    setting: Setting,
    leads: bool,
}

impl Desk {
    /// Opens it: nobody else gives or takes a place of the session, or enrols these people elsewhere, until the transaction ends.
    async fn open(tx: &mut Tx<'_>, session: LearningSession, people: &[PersonId]) -> Result<Self> {
        access::guard(tx, session.id).await?;
        let mut ordered: Vec<Uid> = uids(people);
        ordered.sort_unstable();
        ordered.dedup();
        access::guards(tx, &ordered).await?;
        let session = session::load(tx, session.id).await?;
        let leads = activity::may_write(tx, session.organisation_id).await?;
        Ok(Self { setting: setting(tx, session).await?, leads })
    }
    /// The employment in which somebody is enrolled: one that the session is for, current on its day.
    async fn employment(&self, tx: &mut Tx<'_>, person: PersonId) -> Result<Employment> {
        let unknown = || RuleError::at(Code::UnknownReference, "/person_id", "nobody whom you can enrol");
        let (reach, mut known) = (tx.reach.clone(), Vec::new());
        for employment in super::employment::of_person(tx, person).await? {
            if access::covers(tx, &reach, Some(employment.organisation_id), Some(person), None).await? {
                known.push(employment);
            }
        }
        if known.is_empty() {
            return Err(unknown().into());
        }
        let paths = access::paths_of(tx, known.iter().map(|e| e.organisation_id)).await?;
        let there = known.into_iter().find(|e| paths.get(&e.organisation_id).is_some_and(|path| self.setting.is_where(e, path)));
        let elsewhere = || RuleError::at(Code::OutsideEmployment, "/person_id", "they are not employed there on the day of the session");
        Ok(there.ok_or_else(elsewhere)?)
    }
    async fn enrol(&self, tx: &mut Tx<'_>, person: PersonId) -> Result<Enrolment> {
        let employment = self.employment(tx, person).await?;
        let Setting { session: of, activity, .. } = &self.setting;
        let tenant = tx.tenant();
        let mine = || enrolments::table.filter(enrolments::tenant_id.eq(tenant)).filter(enrolments::person_id.eq(Uid::from(person)));
        let before: Option<EnrolmentRow> = mine()
            .filter(enrolments::session_id.eq(Uid::from(of.id)))
            .order(enrolments::state.eq(EnrolmentState::Withdrawn.as_str()))
            .select(EnrolmentRow::as_select())
            .one(tx.conn())
            .await
            .optional()?;
        let before = before.map(EnrolmentRow::enrolment).transpose()?;
        if before.as_ref().is_some_and(|b| b.state != EnrolmentState::Withdrawn) {
            return Err(RuleError::new(Code::Duplicate, "they are enrolled at this session already, or wait for a place").into());
        }
        let others: Vec<session::SessionRow> = mine()
            .inner_join(
                learning_sessions::table.on(learning_sessions::tenant_id.eq(enrolments::tenant_id).and(learning_sessions::id.eq(enrolments::session_id))),
            )
            .filter(enrolments::state.eq_any(BOOKED))
            .filter(learning_sessions::state.eq("scheduled"))
            .filter(learning_sessions::starts_at.lt(Moment::from(of.ends_at)))
            .filter(learning_sessions::ends_at.gt(Moment::from(of.starts_at)))
            .select(session::SessionRow::as_select())
            .all(tx.conn())
            .await?;
        let others = others.into_iter().map(session::SessionRow::session).collect::<Result<Vec<_>>>()?;
        let now = micros(tx.act.now);
        enrollable(activity, of, employment.staff_category, &others, When { now, leads: self.leads })?;
        let state = place(of.places, taken(tx, of.id).await?);
        let fresh = Enrolment {
            id: tx.new_id(),
            session_id: of.id,
            person_id: person,
            employment_id: employment.id,
            organisation_id: employment.organisation_id,
            state,
            queued_at: now,
            enrolled_by: tx.caller.person(),
            learning_record_id: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        if let Some(before) = before {
            let Enrolment { id, learning_record_id, version, created_at, .. } = before.clone();
            let again = Enrolment { id, learning_record_id, version, created_at, ..fresh };
            return save(tx, EventKind::EnrolmentCreated, &before, again).await;
        }
        diesel::insert_into(enrolments::table).values(EnrolmentRow::new(tx.tenant(), &fresh)).done(tx.conn()).await?;
        tx.event(EventKind::EnrolmentCreated, None, &fresh, fresh.about());
        Ok(fresh)
    }
}

async fn organiser(cx: &mut Cx<'_>, enrolment: &Enrolment, of: &LearningSession) -> Result<Organiser> {
    let writes = rules::reach(&cx.caller, Permission::WriteEnrolments).unwrap_or_default();
    let enrols = access::covers(cx, &writes, Some(enrolment.organisation_id), Some(enrolment.person_id), None).await?;
    Ok(Organiser { enrols, leads: activity::may_write(cx, of.organisation_id).await? })
}

async fn seen(cx: &mut Cx<'_>, record: Enrolment) -> Result<Seen<Enrolment>> {
    let of = session::load(cx, record.session_id).await?;
    let (by, now) = (organiser(cx, &record, &of).await?, cx.act.now);
    let can = EnrolmentAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by, &of, now).err())).collect();
    Ok(Seen { record, can })
}

async fn row_of(cx: &mut Cx<'_>, id: EnrolmentId) -> Result<Enrolment> {
    let row: EnrolmentRow = enrolments::table.find((cx.tenant(), Uid::from(id))).select(EnrolmentRow::as_select()).one(cx.conn()).await?;
    row.enrolment()
}
/// The enrolment, if the caller may know of it.
async fn known(cx: &mut Cx<'_>, id: EnrolmentId) -> Result<Enrolment> {
    let found = row_of(cx, id).await?;
    let reads = rules::reach(&cx.caller, Permission::ReadEnrolments).unwrap_or_default();
    let writes = rules::reach(&cx.caller, Permission::WriteEnrolments).unwrap_or_default();
    for reach in [reads, writes] {
        if access::covers(cx, &reach, Some(found.organisation_id), Some(found.person_id), None).await? {
            return Ok(found);
        }
    }
    Err(StoreError::Missing)
}

impl Write<Here> for Enrol {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Enrolment>> {
        let person = match self.person_id {
            Some(person) => person,
            None => tx.person()?,
        };
        let unknown = || RuleError::at(Code::UnknownReference, "/session_id", "no such session");
        let of = match session::known(tx, self.session_id).await {
            Err(StoreError::Missing) => return Err(unknown().into()),
            other => other?,
        };
        let made = Desk::open(tx, of, &[person]).await?.enrol(tx, person).await?;
        seen(tx, made).await
    }
}

impl Write<Here> for EnrolMany {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<Enrolled>> {
        let of = session::known(tx, self.session_id).await?;
        let desk = Desk::open(tx, of, &self.people).await?;
        let mut out = Vec::with_capacity(self.people.len());
        for person in &self.people {
            match desk.enrol(tx, *person).await {
                Ok(made) => out.push((*person, Ok(made))),
                Err(StoreError::Rule(rule)) => out.push((*person, Err(rule))),
                Err(fault) => return Err(fault),
            }
        }
        Ok(out)
    }
}

impl Read<Here> for GetEnrolment {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Enrolment>>> {
        let record = row_of(cx, self.id).await?;
        access::within(cx, Some(record.organisation_id), Some(record.person_id), None).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Those of these enrolments that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Enrolment>> {
    let query = enrolments::table.filter(enrolments::tenant_id.eq(cx.tenant())).filter(enrolments::id.eq_any(ids.to_vec()));
    let query = query.select(EnrolmentRow::as_select()).into_boxed::<Dialect>();
    let rows: Vec<EnrolmentRow> = page::within_reach!(query, cx, enrolments).all(cx.conn()).await?;
    rows.into_iter().map(EnrolmentRow::enrolment).collect()
}

impl Read<Here> for GetCertificate {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Certificate> {
        let enrolment = certified(cx, self.id).await?;
        let session = session::load(cx, enrolment.session_id).await?;
        let activity = activity::load(cx, session.activity_id).await?;
        let person = Uid::from(enrolment.person_id);
        let name = super::person::names(cx, vec![person]).await?.remove(&person).ok_or(StoreError::Missing)?;
        let school = super::organisation::load(cx, enrolment.organisation_id).await?.name;
        let offered_by = super::organisation::load(cx, session.organisation_id).await?.name;
        Ok(Certificate { enrolment, name, school, activity, offered_by, session })
    }
}

/// The enrolment, if the caller may read it and whoever it is of came: else there is no certificate.
async fn certified(cx: &mut Cx<'_>, id: EnrolmentId) -> Result<Enrolment> {
    let record = row_of(cx, id).await?;
    access::within(cx, Some(record.organisation_id), Some(record.person_id), None).await?;
    super::person::names_are_told(cx)?;
    if record.state == EnrolmentState::Attended { Ok(record) } else { Err(StoreError::Missing) }
}

/// Sessions that a person came to and that began on one of these days, as far as the caller may read of it.
pub(super) async fn attended_by(cx: &mut Cx<'_>, person: PersonId, (from, to): (NaiveDate, NaiveDate)) -> Result<Vec<Attended>> {
    let midnight = |day: NaiveDate| Moment(day.and_time(NaiveTime::MIN).and_utc());
    let query = enrolments::table
        .inner_join(learning_sessions::table.on(learning_sessions::tenant_id.eq(enrolments::tenant_id).and(learning_sessions::id.eq(enrolments::session_id))))
        .inner_join(
            learning_activities::table
                .on(learning_activities::tenant_id.eq(learning_sessions::tenant_id).and(learning_activities::id.eq(learning_sessions::activity_id))),
        )
        .filter(enrolments::tenant_id.eq(cx.tenant()))
        .filter(enrolments::person_id.eq(Uid::from(person)))
        .filter(enrolments::state.eq(EnrolmentState::Attended.as_str()))
        .filter(learning_sessions::starts_at.ge(midnight(from)))
        .filter(learning_sessions::starts_at.lt(midnight(to)))
        .order((learning_sessions::starts_at, enrolments::id))
        .limit(1_000)
        .select((learning_activities::title, learning_activities::provider, learning_activities::minutes, session::SessionRow::as_select()))
        .into_boxed::<Dialect>();
    let rows: Vec<(String, Option<String>, i32, session::SessionRow)> = page::within_reach!(query, cx, enrolments).all(cx.conn()).await?;
    let attended = |(title, provider, takes, row): (String, Option<String>, i32, session::SessionRow)| {
        let parse = |text: String| Title::parse(&text).map_err(corrupt);
        let of = row.session()?;
        Ok(Attended { title: parse(title)?, provider: provider.map(parse).transpose()?, minutes: of.counted_minutes(takes), on: of.starts_at.date_naive() })
    };
    rows.into_iter().map(attended).collect()
}

impl Read<Here> for ListEnrolments {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Enrolment>> {
        let query = enrolments::table.filter(enrolments::tenant_id.eq(cx.tenant())).select(EnrolmentRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::within_reach!(page::windowed!(query, self.window, enrolments), cx, enrolments);
        if let Some(of) = self.session_id {
            query = query.filter(enrolments::session_id.eq(Uid::from(of)));
        }
        if let Some(person) = self.person_id {
            query = query.filter(enrolments::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(enrolments::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(state) = self.state {
            query = query.filter(enrolments::state.eq(state.as_str()));
        }
        let rows: Vec<EnrolmentRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(EnrolmentRow::enrolment).collect::<Result<_>>()?, next: page.next })
    }
}

/// The enrolment for a write, with its session, of which nobody else gives or takes a place meanwhile; and who acts.
async fn written(tx: &mut Tx<'_>, id: EnrolmentId, expected: Option<i64>) -> Result<(Enrolment, LearningSession, Organiser)> {
    let found = known(tx, id).await?;
    access::guard(tx, found.session_id).await?;
    let before = row_of(tx, id).await?;
    super::event::expect(tx, &before, expected).await?;
    let of = session::load(tx, before.session_id).await?;
    let by = organiser(tx, &before, &of).await?;
    Ok((before, of, by))
}

impl Write<Here> for WithdrawEnrolment {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Enrolment>> {
        let (before, of, by) = written(tx, self.id, self.expected).await?;
        before.can(EnrolmentAction::Withdraw, by, &of, tx.act.now)?;
        let after = Enrolment { state: EnrolmentState::Withdrawn, ..before.clone() };
        let after = save(tx, EventKind::EnrolmentWithdrawn, &before, after).await?;
        promote(tx, &of).await?;
        seen(tx, after).await
    }
}

impl Write<Here> for RecordAttendance {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Enrolment>> {
        let (before, of, by) = written(tx, self.id, self.expected).await?;
        before.can(EnrolmentAction::RecordAttendance, by, &of, tx.act.now)?;
        let state = if self.attended { EnrolmentState::Attended } else { EnrolmentState::Absent };
        let mut after = Enrolment { state, ..before.clone() };
        if self.attended && before.learning_record_id.is_none() {
            let activity = activity::load(tx, of.activity_id).await?;
            after.learning_record_id = Some(super::learning::attended(tx, &before, &activity, &of).await?);
        }
        let after = save(tx, Enrolment::event(state), &before, after).await?;
        super::training::completion::attended(tx, &after, &of).await?;
        seen(tx, after).await
    }
}

impl Read<Here> for EnrolmentHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let record = row_of(cx, self.id).await?;
        access::within(cx, Some(record.organisation_id), Some(record.person_id), None).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: EnrolmentId, doing: &Doing) -> Result<Can> {
    match doing {
        Doing::Read | Doing::ReadHistory => {
            let record = row_of(cx, id).await?;
            access::within(cx, Some(record.organisation_id), Some(record.person_id), None).await?;
            Ok(Can::new())
        }
        Doing::Act(_) => {
            let record = known(cx, id).await?;
            Ok(seen(cx, record).await?.can)
        }
    }
}
/// The same for a certificate, which its enrolment names.
pub(super) async fn explain_certificate(cx: &mut Cx<'_>, id: EnrolmentId, _: &Doing) -> Result<Can> {
    certified(cx, id).await.map(|_| Can::new())
}
