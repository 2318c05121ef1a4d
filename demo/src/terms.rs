//! The trust's calendar for the year: by it days are counted, and its programme says what is held on INSET days and in twilight.

use super::{
    places::{Places, Site},
    scene::{Scene, Span, date},
};
use chrono::{Datelike, Days as Later, NaiveDate, Weekday};
use trellis_domain::calendar::{BankHolidays, Days};
use trellis_persistence::{StoreError, calendar::CreateCalendar};

/// This year's terms.
pub(super) async fn set(scene: &Scene<'_>, places: &Places, part: f64) -> Result<(), StoreError> {
    let year = scene.calendar.year;
    let days = |from: (u32, u32), to: (u32, u32)| {
        let on = |(month, day): (u32, u32)| date(year + i32::from(month < 9), month, day);
        Days { starts_on: weekday(on(from)), ends_on: on(to) }
    };
    let terms =
        vec![days((9, 2), (10, 23)), days((11, 2), (12, 18)), days((1, 4), (2, 12)), days((2, 22), (3, 26)), days((4, 12), (5, 28)), days((6, 7), (7, 21))];
    let inset_days = [0, 1, 2, 5].iter().filter_map(|n: &usize| terms.get(*n)).map(|term| term.starts_on).collect();
    let (organisation_id, bank_holidays) = (places.at(Site::Trust), BankHolidays::EnglandAndWales);
    let new = CreateCalendar { organisation_id, academic_year: year, bank_holidays, terms, inset_days, closures: Vec::new() };
    scene.db.write(scene.operator(scene.calendar.moment(Span::Present, part)), new).await?;
    Ok(())
}

/// This day, or the Monday after it.
fn weekday(day: NaiveDate) -> NaiveDate {
    match day.weekday() {
        Weekday::Sat => day + Later::new(2),
        Weekday::Sun => day + Later::new(1),
        _ => day,
    }
}
