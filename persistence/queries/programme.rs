//! A year's programme: the catalogue's sessions by the school's calendar.

use super::{activity, prelude::*, session::SessionRow};
use crate::programme::{GetProgramme, Programme, ProgrammeSession};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    activity::SessionState,
    calendar::missing,
    programme::{Sums, days, time_of},
    time::{academic_year_days, midnight_in_britain},
};

/// So many sessions are named; the sums are of all.
const NAMED: usize = 1000;

/// When a session is.
#[derive(Queryable, Selectable)]
#[diesel(table_name = learning_sessions, check_for_backend(Sqlite, Pg))]
struct Span {
    starts_at: Moment,
    ends_at: Moment,
}

impl Read<Here> for GetProgramme {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Programme> {
        let Self { organisation_id, academic_year, lessons_end } = *self;
        super::organisation::load(cx, organisation_id).await?;
        activity::readable(cx, organisation_id).await?;
        let septembers = academic_year_days(academic_year)?;
        let calendars = super::calendar::counting_at(cx, organisation_id).await?;
        let of_year = |year: i32| calendars.iter().find(|c| c.academic_year == year);
        let calendar = of_year(academic_year).ok_or_else(|| missing(septembers.0))?;
        let (starts_on, ends_on) = days(calendar, of_year(academic_year + 1), septembers);
        let (from, until) = (midnight_in_britain(starts_on), midnight_in_britain(ends_on + chrono::Days::new(1)));
        let path = access::path_of(cx, organisation_id).await?;
        macro_rules! held {
            ($row:ty) => {
                activity::offered!(
                    learning_sessions::table
                        .filter(learning_sessions::tenant_id.eq(cx.tenant()))
                        .filter(learning_sessions::organisation_id.eq_any(uids(&path)))
                        .filter(learning_sessions::state.eq(SessionState::Scheduled.as_str()))
                        .filter(learning_sessions::starts_at.ge(Moment::from(from)))
                        .filter(learning_sessions::starts_at.lt(Moment::from(until)))
                        .select(<$row>::as_select())
                        .into_boxed::<Dialect>(),
                    cx,
                    learning_sessions
                )
            };
        }
        let spans: Vec<Span> = held!(Span).all(cx.conn()).await?;
        let sums = Sums::of(spans.into_iter().map(|s| (s.starts_at.0, s.ends_at.0)), lessons_end, calendar);
        let more = sums.sessions() > NAMED as u64;
        let rows: Vec<SessionRow> = held!(SessionRow).order((learning_sessions::starts_at, learning_sessions::id)).limit(NAMED as i64).all(cx.conn()).await?;
        let held = rows.into_iter().map(SessionRow::session).collect::<Result<Vec<_>>>()?;
        let of: Vec<Uid> = held.iter().map(|s| s.activity_id.into()).collect();
        let activities: HashMap<_, _> = activity::visible(cx, &of).await?.into_iter().map(|a| (a.id, a)).collect();
        let sessions = held
            .into_iter()
            .filter_map(|session| {
                let activity = activities.get(&session.activity_id)?.clone();
                Some(ProgrammeSession { time: time_of(session.starts_at, lessons_end, calendar), session, activity })
            })
            .collect();
        Ok(Programme { calendar_id: calendar.id, starts_on, ends_on, sums, sessions, more })
    }
}
