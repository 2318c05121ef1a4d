//! How two who coach keep to the rhythm that they set themselves: known to the two alone.

use crate::{
    error::ApiError,
    extract::NoParams,
    page::{List, Listing, PageParams},
    permitted::Permitted,
    relationship::CadenceView,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use serde::Serialize;
use trellis_domain::check_in::{CheckInStanding, Met};
use trellis_persistence::{
    coaching::{CoachingRhythm, ListMyCoachingRhythms},
    transaction::needs::Identified,
};
use utoipa::ToSchema;

/// How the caller and somebody else keep to their rhythm of coaching. It is worked out for today, and known to the two alone.
#[derive(Serialize, ToSchema)]
#[schema(title = "CoachingRhythm")]
pub struct CoachingRhythmView {
    /// Which partnership.
    partnership_id: word::CoachingPartnershipId,
    /// What kind.
    kind: word::CoachingKind,
    /// Whose development it is for.
    learner_id: word::PersonId,
    /// Who coaches, mentors or goes along.
    coach_id: word::PersonId,
    /// Who the other of the two is.
    other_id: word::PersonId,
    /// What the other of the two is called; null, if they were erased.
    other_name: Option<String>,
    /// How often they mean to meet. A partnership without it is not listed here.
    #[schema(value_type = CadenceView)]
    cadence: Option<CadenceView>,
    /// Which weeks are counted: those in which the learner's school is open, or every week where no calendar covers them.
    counted: word::CountedWeeks,
    /// How they keep to it.
    health: word::CheckInHealth,
    /// Since when it is so.
    since: NaiveDate,
    /// By when they meet next, if they keep to it.
    due_on: NaiveDate,
    /// How many days ago that was; 0, if it is yet to come.
    #[schema(minimum = 0)]
    overdue_days: i64,
    /// When they last met: in a coaching conversation, on a visit, or when they agreed on an action step; null if they have not yet.
    last_held_on: Option<NaiveDate>,
    /// When they meet next, if a coaching conversation is booked; else null.
    next_booked_on: Option<NaiveDate>,
}
impl From<CoachingRhythm> for CoachingRhythmView {
    fn from(CoachingRhythm { partnership, other_id, other_name, standing, overdue_days }: CoachingRhythm) -> Self {
        let CheckInStanding { health, since, due_on, counted, met: Met { last_held_on, next_booked_on } } = standing;
        Self {
            partnership_id: Word(partnership.id),
            kind: Word(partnership.kind),
            learner_id: Word(partnership.learner_id),
            coach_id: Word(partnership.coach_id),
            other_id: Word(other_id),
            other_name,
            cadence: partnership.cadence.map(Into::into),
            counted: Word(counted),
            health: Word(health),
            since,
            due_on,
            overdue_days,
            last_held_on,
            next_booked_on,
        }
    }
}

/// List one's own rhythms of coaching
///
/// Everybody with whom one meets for coaching every few weeks, on either side: whether it is on track, due or late and since when, when the two last met and will meet next. Only people have any, and nobody else reads them, nor is any figure made of them.
#[utoipa::path(tag = "Me", params(PageParams), responses((status = 200, description = "A page of rhythms", body = List<CoachingRhythmView>)), security(("bearer" = [])))]
#[get("/v1/me/coaching-rhythms")]
pub async fn list_my_coaching_rhythms(permitted: Permitted<Identified>, listing: Listing<NoParams>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListMyCoachingRhythms { window: listing.window }).await?;
    Ok(listing.answer(page, CoachingRhythmView::from))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_my_coaching_rhythms);
}
