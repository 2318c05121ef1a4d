//! What every part of the demo's story needs: the database, the calendar, and writes that share a commit.

use super::Stage;
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use futures_util::future::try_join_all;
use trellis_domain::{id::TenantId, text::Wire, time::academic_year};
use trellis_persistence::{Act, Command, Database, Principal, StoreError, Window};

/// Most writes that are in flight at once on SQLite, where they share commits.
const TOGETHER: usize = 256;
/// The whole of a short list.
pub(super) const ALL: Window = Window { after: None, limit: 200 };

/// Where the story is told.
pub(super) struct Scene<'a> {
    pub db: &'a Database,
    pub stage: &'a Stage<'a>,
    pub tenant: TenantId,
    pub calendar: Calendar,
}

impl Scene<'_> {
    /// An act of this caller at that moment.
    pub(super) fn act(&self, principal: Principal, now: DateTime<Utc>) -> Act {
        let Stage { ids, wall, .. } = self.stage;
        Act { tenant: self.tenant, principal, now, wall: *wall, request_id: "demo".into(), ids: ids.clone() }
    }
    /// An act of the operator at that moment.
    pub(super) fn operator(&self, now: DateTime<Utc>) -> Act {
        self.act(Principal::Operator, now)
    }
    /// Runs writes that do not need one another, in this order. On SQLite they share commits, and ids are drawn in the order of submission;
    /// PostgreSQL runs them one by one, so that ids are the same there.
    pub(super) async fn together<T, F: Future<Output = Result<T, StoreError>>>(&self, writes: impl IntoIterator<Item = F>) -> Result<Vec<T>, StoreError> {
        let at_once = if self.db.commits_together() { TOGETHER } else { 1 };
        let (mut writes, mut out) = (writes.into_iter(), Vec::new());
        loop {
            let some: Vec<F> = writes.by_ref().take(at_once).collect();
            if some.is_empty() {
                return Ok(out);
            }
            out.extend(try_join_all(some).await?);
        }
    }
    /// Runs operations of one kind that do not need one another, spread over a part of a span.
    pub(super) async fn over<W: Command>(&self, span: Span, part: (f64, f64), writes: Vec<(Principal, W)>) -> Result<Vec<W::Output>, StoreError> {
        let moments = self.calendar.moments(span, part, writes.len());
        self.together(writes.into_iter().zip(moments).map(|((who, what), now)| self.db.write(self.act(who, now), what))).await
    }
}

/// Text of a known shape.
pub(super) fn say<T: Wire>(text: &str) -> Result<T, StoreError> {
    Ok(T::parse(text)?)
}

/// A stretch of the story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Span {
    /// From the end of August of the year before this one, when the trust began with Trellis, to where [`Span::Present`] starts.
    Past,
    /// From the first of September, or ten weeks ago if that is earlier, to the last school day before today.
    Present,
}

/// The days of the story, from the day on which it is told: right in any month.
pub(super) struct Calendar {
    /// The day on which it is told.
    pub today: NaiveDate,
    /// Its academic year.
    pub year: i32,
    past: Vec<NaiveDate>,
    present: Vec<NaiveDate>,
}

impl Calendar {
    /// The story's days, seen from `now`.
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        let today = now.date_naive();
        let year = academic_year(today);
        let opens = date(year, 9, 1).min(today - Days::new(70));
        Self { today, year, past: school_days(date(year - 1, 8, 25), opens - Days::new(1)), present: school_days(opens, today - Days::new(1)) }
    }
    /// The first of September, this many academic years before this one.
    pub(super) fn september(&self, years_ago: i32) -> NaiveDate {
        date(self.year - years_ago, 9, 1)
    }
    /// Where the present opens.
    pub(super) fn opens(&self) -> NaiveDate {
        self.present.first().copied().unwrap_or(self.today)
    }
    /// The moment at this part, 0 to 1, of a span: on a school day, between a quarter to eight and a quarter to six.
    pub(super) fn moment(&self, span: Span, part: f64) -> DateTime<Utc> {
        let days = match span {
            Span::Past => &self.past,
            Span::Present => &self.present,
        };
        let place = part.clamp(0.0, 0.999_999) * f64::from(u32::try_from(days.len()).unwrap_or(1));
        let (index, seconds) = (place as usize, (place.fract() * 36_000.0) as i64);
        let day = days.get(index).or(days.last()).copied().unwrap_or(self.today);
        day.and_time(NaiveTime::MIN).and_utc() + TimeDelta::minutes(7 * 60 + 45) + TimeDelta::seconds(seconds)
    }
    /// So many moments, one after another, over a part of a span.
    pub(super) fn moments(&self, span: Span, (from, to): (f64, f64), count: usize) -> Vec<DateTime<Utc>> {
        let share = |i: usize| f64::from(u32::try_from(i).unwrap_or(0)) / f64::from(u32::try_from(count.max(1)).unwrap_or(1));
        (0..count).map(|i| self.moment(span, from + (to - from) * share(i))).collect()
    }
}

/// Monday to Friday, without the summer holidays and Christmas.
fn school_days(from: NaiveDate, to: NaiveDate) -> Vec<NaiveDate> {
    let holiday = |d: &NaiveDate| matches!((d.month(), d.day()), (7, 24..) | (8, ..25) | (12, 21..) | (1, ..3));
    from.iter_days().take_while(|d| *d <= to).filter(|d| !matches!(d.weekday(), Weekday::Sat | Weekday::Sun) && !holiday(d)).collect()
}

/// A day that is in the calendar.
pub(super) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}
/// The first day of the month that lies so many months from this day's.
pub(super) fn first_of_month(day: NaiveDate, months: i32) -> NaiveDate {
    let first = day.with_day(1).unwrap_or(day);
    let by = Months::new(months.unsigned_abs());
    if months < 0 { first - by } else { first + by }
}
/// The last day of the month that lies so many months from this day's.
pub(super) fn end_of_month(day: NaiveDate, months: i32) -> NaiveDate {
    first_of_month(day, months + 1) - Days::new(1)
}
