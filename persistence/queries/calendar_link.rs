//! Calendar links: made and revoked by their owner alone, and good only while their account is.

use super::{prelude::*, session, task};
use crate::calendar_link::{CalendarDays, CalendarLink, CreateCalendarLink, Days, ListCalendarLinks, Meeting, Reminder, RevokeCalendarLink};
use chrono::TimeDelta;
use diesel::Queryable;
use trellis_domain::{
    access as rules,
    enrolment::EnrolmentState,
    event::{About, Changes, EventKind},
    id::{AccountId, CalendarLinkId, OrganisationId, PersonId},
    rule::{Code, RuleError},
    text::{Title, Wire},
    time::micros,
    training::{TrainingRequirement, status::TrainingStanding},
};

/// How many links somebody has at a time.
const MOST: i64 = 10;
/// For how long a session that is over stays in the calendar.
const PAST: TimeDelta = TimeDelta::days(90);

#[derive(Queryable)]
struct LinkRow {
    id: Uid,
    name: String,
    created_at: Moment,
    revoked_at: Option<Moment>,
}
impl LinkRow {
    fn link(self) -> Result<CalendarLink> {
        let Self { id, name, created_at, revoked_at } = self;
        Ok(CalendarLink { id: id.to(), name: Title::parse(&name).map_err(corrupt)?, created_at: created_at.0, revoked_at: revoked_at.map(|at| at.0) })
    }
}
macro_rules! links {
    ($cx:expr, $account:expr) => {
        calendar_links::table.filter(calendar_links::tenant_id.eq($cx.tenant())).filter(calendar_links::account_id.eq(Uid::from($account))).select((
            calendar_links::id,
            calendar_links::name,
            calendar_links::created_at,
            calendar_links::revoked_at,
        ))
    };
}

/// The log tells that it happened, and nothing by which the link could be used. Nothing of the account itself changes.
async fn happened(tx: &mut Tx<'_>, kind: EventKind, account: AccountId, person: PersonId, link: CalendarLinkId) -> Result<()> {
    let version: i64 = accounts::table.find((tx.tenant(), Uid::from(account))).select(accounts::version).one(tx.conn()).await?;
    let told = serde_json::json!({"calendar_link": {"before": null, "after": {"id": link}}});
    let changes = Changes { fields: vec!["calendar_link".into()], values: told };
    tx.happened(kind, account.0, version, changes, About { person: Some(person), ..About::default() });
    Ok(())
}

/// Every link of an account ends, with whatever else is ended of it.
pub(super) async fn revoke_all(tx: &mut Tx<'_>, account: AccountId) -> Result<()> {
    let live = calendar_links::table
        .filter(calendar_links::tenant_id.eq(tx.tenant()))
        .filter(calendar_links::account_id.eq(Uid::from(account)))
        .filter(calendar_links::revoked_at.is_null());
    diesel::update(live).set(calendar_links::revoked_at.eq(Some(Moment::from(tx.act.wall)))).done(tx.conn()).await?;
    Ok(())
}

impl Write<Here> for CreateCalendarLink {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<CalendarLink> {
        let (account, person) = rules::own_account(&tx.caller)?;
        access::guard(tx, account).await?;
        let live: i64 = calendar_links::table
            .filter(calendar_links::tenant_id.eq(tx.tenant()))
            .filter(calendar_links::account_id.eq(Uid::from(account)))
            .filter(calendar_links::revoked_at.is_null())
            .count()
            .one(tx.conn())
            .await?;
        if live >= MOST {
            return Err(RuleError::new(Code::WrongState, format!("{MOST} links are live; revoke one that is no longer used")).into());
        }
        let link = CalendarLink { id: self.id, name: self.name.clone(), created_at: micros(tx.act.wall), revoked_at: None };
        let row = (
            calendar_links::tenant_id.eq(tx.tenant()),
            calendar_links::id.eq(Uid::from(link.id)),
            calendar_links::account_id.eq(Uid::from(account)),
            calendar_links::name.eq(link.name.as_str()),
            calendar_links::digest.eq(&self.digest),
            calendar_links::created_at.eq(Moment(link.created_at)),
        );
        diesel::insert_into(calendar_links::table).values(row).done(tx.conn()).await?;
        happened(tx, EventKind::AccountCalendarLinkCreated, account, person, link.id).await?;
        Ok(link)
    }
}

impl Read<Here> for ListCalendarLinks {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<CalendarLink>> {
        let (account, _) = rules::own_account(&cx.caller)?;
        let query = links!(cx, account).into_boxed::<Dialect>();
        let rows: Vec<LinkRow> = page::windowed!(query, self.window, calendar_links).all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(LinkRow::link).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for RevokeCalendarLink {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<CalendarLink> {
        let (account, person) = rules::own_account(&tx.caller)?;
        access::guard(tx, account).await?;
        let row: LinkRow = links!(tx, account).filter(calendar_links::id.eq(Uid::from(self.id))).one(tx.conn()).await?;
        let link = row.link()?;
        if link.revoked_at.is_some() {
            return Ok(link);
        }
        let now = micros(tx.act.wall);
        let key = calendar_links::table.find((tx.tenant(), Uid::from(self.id)));
        diesel::update(key).set(calendar_links::revoked_at.eq(Some(Moment(now)))).done(tx.conn()).await?;
        happened(tx, EventKind::AccountCalendarLinkRevoked, account, person, link.id).await?;
        Ok(CalendarLink { revoked_at: Some(now), ..link })
    }
}

/// Conversations that were not called off, of late and to come.
async fn meetings(cx: &mut Cx<'_>, me: Uid) -> Result<Vec<Meeting>> {
    let rows: Vec<(Uid, Uid, Uid, Moment, Option<String>)> = conversations::table
        .filter(conversations::tenant_id.eq(cx.tenant()))
        .filter(conversations::person_id.eq(me).or(conversations::partner_id.eq(me)))
        .filter(conversations::state.ne("cancelled"))
        .filter(conversations::starts_at.gt(Moment::from(cx.act.now - PAST)))
        .order((conversations::starts_at, conversations::id))
        .select((conversations::id, conversations::person_id, conversations::partner_id, conversations::starts_at, conversations::place))
        .all(cx.conn())
        .await?;
    let other = |person: Uid, partner: Uid| if person == me { partner } else { person };
    let names = super::person::names(cx, rows.iter().map(|r| other(r.1, r.2)).collect()).await?;
    let meeting = |(id, person, partner, starts_at, place): (Uid, Uid, Uid, Moment, Option<String>)| Meeting {
        id: id.to(),
        starts_at: starts_at.0,
        place,
        with: names.get(&other(person, partner)).cloned(),
    };
    Ok(rows.into_iter().map(meeting).collect())
}

/// Warnings of what the owner has done and must do again, of late and to come.
async fn reminders(cx: &mut Cx<'_>, me: PersonId) -> Result<Vec<Reminder>> {
    let since = (cx.act.now - PAST).date_naive();
    let standings = super::training::standings_of(cx, me).await?;
    let of = |(of, _, standing): &(TrainingRequirement, OrganisationId, TrainingStanding)| {
        let told = of.reminders(standing).into_iter().filter(|(on, _)| *on >= since);
        told.map(|(on, days)| Reminder { id: of.id, title: of.title.clone(), on, days }).collect::<Vec<_>>()
    };
    Ok(standings.iter().flat_map(of).collect())
}

impl Read<Here> for CalendarDays {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Days> {
        let account = accounts::tenant_id.eq(calendar_links::tenant_id).and(accounts::id.eq(calendar_links::account_id));
        let row: Option<(Uid, Uid, Vec<u8>)> = calendar_links::table
            .inner_join(accounts::table.on(account))
            .filter(calendar_links::tenant_id.eq(cx.tenant()))
            .filter(calendar_links::id.eq(Uid::from(self.id)))
            .filter(calendar_links::revoked_at.is_null())
            .filter(accounts::disabled_at.is_null())
            .select((accounts::id, accounts::person_id, calendar_links::digest))
            .one(cx.conn())
            .await
            .optional()?;
        // the digest of 192 random bits: comparing it tells nothing that helps to find the bits
        let (account, person, _) = row.filter(|(.., digest)| *digest == self.digest).ok_or(StoreError::Missing)?;
        cx.caller = access::somebody(cx, account.to(), person.to()).await?;
        let tasks = task::tasks(cx).await?.into_iter().filter(|t| t.due.is_some()).collect();
        let tasks = task::named(cx, tasks).await?;
        let session = learning_sessions::tenant_id.eq(enrolments::tenant_id).and(learning_sessions::id.eq(enrolments::session_id));
        let activity = learning_activities::tenant_id.eq(learning_sessions::tenant_id).and(learning_activities::id.eq(learning_sessions::activity_id));
        let rows: Vec<(session::SessionRow, String)> = enrolments::table
            .inner_join(learning_sessions::table.on(session).inner_join(learning_activities::table.on(activity)))
            .filter(enrolments::tenant_id.eq(cx.tenant()))
            .filter(enrolments::person_id.eq(person))
            .filter(enrolments::state.eq_any([EnrolmentState::Enrolled, EnrolmentState::Attended].map(|s| s.as_str())))
            .filter(learning_sessions::state.eq("scheduled"))
            .filter(learning_sessions::ends_at.gt(Moment::from(cx.act.now - PAST)))
            .order((learning_sessions::starts_at, learning_sessions::id))
            .select((session::SessionRow::as_select(), learning_activities::title))
            .all(cx.conn())
            .await?;
        let sessions = rows.into_iter().map(|(row, title)| Ok((row.session()?, title))).collect::<Result<_>>()?;
        let meetings = meetings(cx, person).await?;
        let reminders = reminders(cx, person.to()).await?;
        Ok(Days { tasks, sessions, meetings, reminders })
    }
}
