//! Calendars: everybody reads them; those who run cycles at an organisation write its own.

use super::prelude::*;
use crate::{
    calendar::{CalendarHistory, CountDays, CreateCalendar, GetCalendar, ListCalendars},
    event::History,
};
use chrono::NaiveDate;
use diesel::{dsl::max, pg::Pg, prelude::*, sqlite::Sqlite};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use trellis_domain::{
    access::{self as rules, Permission},
    calendar::{BankHolidays, Calendar, Days, Due, due},
    event::{About, EventKind},
    id::{CalendarId, OrganisationId},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = calendars, check_for_backend(Sqlite, Pg))]
struct CalendarRow {
    tenant_id: Uid,
    id: Uid,
    organisation_id: Uid,
    academic_year: i32,
    number: i32,
    document: Json,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

/// The days of a version.
#[derive(Serialize, Deserialize)]
struct Document {
    bank_holidays: BankHolidays,
    terms: Vec<Days>,
    inset_days: Vec<NaiveDate>,
    closures: Vec<Days>,
}

impl CalendarRow {
    fn new(tenant_id: Uid, calendar: &Calendar) -> Result<Self> {
        let Calendar { id, organisation_id, academic_year, number, bank_holidays, terms, inset_days, closures, version, created_at, updated_at } =
            calendar.clone();
        let document = Document { bank_holidays, terms, inset_days, closures };
        Ok(Self {
            tenant_id,
            id: id.into(),
            organisation_id: organisation_id.into(),
            academic_year,
            number,
            document: Json(serde_json::to_string(&document).map_err(corrupt)?),
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        })
    }
    fn calendar(self) -> Result<Calendar> {
        let Self { tenant_id: _, id, organisation_id, academic_year, number, document, version, created_at, updated_at } = self;
        let Document { bank_holidays, terms, inset_days, closures } = serde_json::from_str(&document.0).map_err(corrupt)?;
        Ok(Calendar {
            id: id.to(),
            organisation_id: organisation_id.to(),
            academic_year,
            number,
            bank_holidays,
            terms,
            inset_days,
            closures,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Who writes a calendar.
const WHO: &str = "the headteacher, HR and administrators of the organisation";

async fn load(cx: &mut Cx<'_>, id: CalendarId) -> Result<Calendar> {
    let row: CalendarRow = calendars::table.find((cx.tenant(), Uid::from(id))).select(CalendarRow::as_select()).one(cx.conn()).await?;
    access::within(cx, Some(row.organisation_id.to()), None, None).await?;
    row.calendar()
}

/// The calendars that count at an organisation: of each academic year the nearest, and of that the last version.
pub(super) async fn counting_at(cx: &mut Cx<'_>, organisation: OrganisationId) -> Result<Vec<Calendar>> {
    let path = access::path_of(cx, organisation).await?;
    let rows: Vec<CalendarRow> = calendars::table
        .filter(calendars::tenant_id.eq(cx.tenant()))
        .filter(calendars::organisation_id.eq_any(uids(&path)))
        .order((calendars::academic_year, calendars::number.desc()))
        .select(CalendarRow::as_select())
        .all(cx.conn())
        .await?;
    let calendars = rows.into_iter().map(CalendarRow::calendar).collect::<Result<Vec<_>>>()?;
    Ok(nearest(&path, calendars.iter()))
}

/// Of each academic year the calendar nearest on the way up, and of one organisation's the last version: these come in the order of their years, and of
/// their versions from the last.
fn nearest<'c>(path: &[OrganisationId], calendars: impl Iterator<Item = &'c Calendar>) -> Vec<Calendar> {
    let near = |at: &Calendar| path.iter().position(|o| *o == at.organisation_id);
    let mut out: Vec<Calendar> = Vec::new();
    for calendar in calendars.filter(|c| near(c).is_some()) {
        match out.iter_mut().find(|c| c.academic_year == calendar.academic_year) {
            Some(kept) if near(calendar) < near(kept) => *kept = calendar.clone(),
            Some(_) => {}
            None => out.push(calendar.clone()),
        }
    }
    out
}

/// The same for each of these organisations, in two statements.
pub(super) async fn counting_at_each(cx: &mut Cx<'_>, organisations: &BTreeSet<OrganisationId>) -> Result<BTreeMap<OrganisationId, Vec<Calendar>>> {
    if organisations.is_empty() {
        return Ok(BTreeMap::new());
    }
    let at: Vec<OrganisationId> = organisations.iter().copied().collect();
    let rows: Vec<(Uid, Uid)> = organisation_paths::table
        .filter(organisation_paths::tenant_id.eq(cx.tenant()))
        .filter(organisation_paths::descendant_id.eq_any(uids(&at)))
        .order(organisation_paths::depth)
        .select((organisation_paths::descendant_id, organisation_paths::ancestor_id))
        .all(cx.conn())
        .await?;
    let mut paths: BTreeMap<OrganisationId, Vec<OrganisationId>> = BTreeMap::new();
    for (of, above) in rows {
        paths.entry(of.to()).or_default().push(above.to());
    }
    let above: BTreeSet<OrganisationId> = paths.values().flatten().copied().collect();
    let rows: Vec<CalendarRow> = calendars::table
        .filter(calendars::tenant_id.eq(cx.tenant()))
        .filter(calendars::organisation_id.eq_any(uids(&above.into_iter().collect::<Vec<_>>())))
        .order((calendars::academic_year, calendars::number.desc()))
        .select(CalendarRow::as_select())
        .all(cx.conn())
        .await?;
    let all = rows.into_iter().map(CalendarRow::calendar).collect::<Result<Vec<_>>>()?;
    Ok(paths.into_iter().map(|(of, path)| (of, nearest(&path, all.iter()))).collect())
}

impl Write<Here> for CreateCalendar {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Calendar> {
        let Self { organisation_id, academic_year, bank_holidays, terms, inset_days, closures } = self.clone();
        super::organisation::kind_of(tx, organisation_id, "/organisation_id").await?;
        let may = access::may(tx, Permission::WriteCycles, Some(organisation_id), None).await?;
        rules::require(may, WHO)?;
        access::guard(tx, organisation_id).await?;
        let last: Option<i32> = calendars::table
            .filter(calendars::tenant_id.eq(tx.tenant()))
            .filter(calendars::organisation_id.eq(Uid::from(organisation_id)))
            .filter(calendars::academic_year.eq(academic_year))
            .select(max(calendars::number))
            .one(tx.conn())
            .await?;
        let now = micros(tx.act.now);
        let number = last.unwrap_or(0) + 1;
        let (created_at, updated_at) = (now, now);
        let id = tx.new_id();
        let calendar = Calendar { id, organisation_id, academic_year, number, bank_holidays, terms, inset_days, closures, version: 1, created_at, updated_at };
        calendar.check()?;
        let row = CalendarRow::new(tx.tenant(), &calendar)?;
        diesel::insert_into(calendars::table).values(row).done(tx.conn()).await?;
        tx.event(EventKind::CalendarCreated, None, &calendar, About { organisation: Some(organisation_id), ..About::default() });
        Ok(calendar)
    }
}

impl Read<Here> for GetCalendar {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Calendar>> {
        let record = load(cx, self.id).await?;
        Ok(if self.unless == Some(record.version) { Fetched::Unchanged(record.version) } else { Fetched::Found(record) })
    }
}

/// Keeps calendars to those of organisations that the caller reads.
macro_rules! readable {
    ($query:expr, $cx:expr) => {{
        let (query, reach) = ($query, $cx.reach.clone());
        if reach.everywhere {
            query
        } else {
            let beneath = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq($cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
                .select(organisation_paths::descendant_id);
            query.filter(calendars::organisation_id.eq_any(beneath))
        }
    }};
}

/// Those of these calendars that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Calendar>> {
    let query = calendars::table.filter(calendars::tenant_id.eq(cx.tenant())).filter(calendars::id.eq_any(ids.to_vec()));
    let rows: Vec<CalendarRow> = readable!(query.select(CalendarRow::as_select()).into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    rows.into_iter().map(CalendarRow::calendar).collect()
}

impl Read<Here> for ListCalendars {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Calendar>> {
        let query = calendars::table.filter(calendars::tenant_id.eq(cx.tenant())).select(CalendarRow::as_select()).into_boxed::<Dialect>();
        let mut query = readable!(page::windowed!(query, self.window, calendars), cx);
        if let Some(at) = self.organisation_id {
            query = query.filter(calendars::organisation_id.eq(Uid::from(at)));
        }
        if let Some(year) = self.academic_year {
            query = query.filter(calendars::academic_year.eq(year));
        }
        let rows: Vec<CalendarRow> = query.all(cx.conn()).await?;
        let items = rows.into_iter().map(CalendarRow::calendar).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(items, self.window.limit, |c| c.id.0))
    }
}

impl Read<Here> for CalendarHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        load(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

impl Read<Here> for CountDays {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Due> {
        super::organisation::load(cx, self.organisation_id).await?;
        access::within(cx, Some(self.organisation_id), None, None).await?;
        let calendars = counting_at(cx, self.organisation_id).await?;
        Ok(due(self.from, self.span, holidays_of(&calendars), &calendars)?)
    }
}

/// The bank holidays of a place: those of its latest calendar, and of England where there is none.
pub(super) fn holidays_of(calendars: &[Calendar]) -> BankHolidays {
    calendars.last().map_or(BankHolidays::EnglandAndWales, |c| c.bank_holidays)
}

/// What `explain` judges by: the same as the operations above. Nothing is ever done with a calendar but reading it.
pub(super) async fn explain(cx: &mut Cx<'_>, id: CalendarId, _: &Doing) -> Result<Can> {
    load(cx, id).await.map(|_| Vec::new())
}
