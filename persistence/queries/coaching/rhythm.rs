//! How two who coach keep to their rhythm: worked out from when they met, for the two alone, in a fixed number of statements.

use super::{super::prelude::*, row::PartnershipRow};
use crate::coaching::{CoachingRhythm, ListMyCoachingRhythms};
use chrono::{NaiveDate, NaiveTime};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use trellis_domain::{
    check_in::{CheckInStanding, Met},
    coaching::{CoachingPartnership, PartnershipState},
    conversation::ConversationKind,
    id::{CoachingPartnershipId, OrganisationId, PersonId},
};

/// When the two of each of these partnerships last met, and will meet next. They met when they talked in a coaching conversation, whichever of them it was
/// about, when the one visited the other, and when they agreed on what is tried next.
async fn met(cx: &mut Cx<'_>, me: PersonId, of: &[CoachingPartnership]) -> Result<HashMap<CoachingPartnershipId, Met>> {
    let tenant = cx.tenant();
    let (mine, ids) = (Uid::from(me), of.iter().map(|p| Uid::from(p.id)).collect::<Vec<_>>());
    let others: Vec<Uid> = of.iter().map(|p| p.other(me).into()).collect();
    let with = |a: Uid, b: Uid| if a == mine { b } else { a };
    let talks: Vec<(Uid, Uid, Moment, Option<Moment>)> = conversations::table
        .filter(conversations::tenant_id.eq(tenant))
        .filter(conversations::kind.eq(ConversationKind::Coaching.as_str()))
        .filter(conversations::state.ne("cancelled"))
        .filter(
            (conversations::person_id.eq(mine).and(conversations::partner_id.eq_any(others.clone())))
                .or(conversations::partner_id.eq(mine).and(conversations::person_id.eq_any(others))),
        )
        .select((conversations::person_id, conversations::partner_id, conversations::starts_at, conversations::held_at))
        .all(cx.conn())
        .await?;
    let visits: Vec<(Option<Uid>, NaiveDate)> = learning_visits::table
        .filter(learning_visits::tenant_id.eq(tenant))
        .filter(learning_visits::partnership_id.eq_any(ids.clone()))
        .select((learning_visits::partnership_id, learning_visits::visited_on))
        .all(cx.conn())
        .await?;
    let steps: Vec<(Uid, Moment)> = action_steps::table
        .filter(action_steps::tenant_id.eq(tenant))
        .filter(action_steps::partnership_id.eq_any(ids))
        .select((action_steps::partnership_id, action_steps::created_at))
        .all(cx.conn())
        .await?;
    let today = cx.act.today();
    let from = today.and_time(NaiveTime::MIN).and_utc();
    let met = |p: &CoachingPartnership| {
        let (id, other) = (Uid::from(p.id), Uid::from(p.other(me)));
        let theirs: Vec<_> = talks.iter().filter(|(a, b, ..)| with(*a, *b) == other).collect();
        let talked = theirs.iter().filter_map(|(.., held)| held.map(|at| at.0.date_naive()));
        let visited = visits.iter().filter(|(of, _)| *of == Some(id)).map(|(_, on)| *on);
        let agreed = steps.iter().filter(|(of, _)| *of == id).map(|(_, at)| at.0.date_naive());
        let booked = theirs.iter().filter(|(.., at, held)| held.is_none() && at.0 >= from).map(|(.., at, _)| at.0.date_naive());
        (p.id, Met { last_held_on: talked.chain(visited).chain(agreed).max(), next_booked_on: booked.min() })
    };
    Ok(of.iter().map(met).collect())
}

/// Partnerships of this person that meet in a rhythm, in the order of their ids, each with how the two keep to it: by the calendar of the school at which the
/// learner has worked longest.
pub(in super::super) async fn standings(cx: &mut Cx<'_>, me: PersonId) -> Result<Vec<(CoachingPartnership, CheckInStanding)>> {
    let (mine, today) = (Uid::from(me), cx.act.today());
    let rows: Vec<PartnershipRow> = coaching_partnerships::table
        .filter(coaching_partnerships::tenant_id.eq(cx.tenant()))
        .filter(coaching_partnerships::learner_id.eq(mine).or(coaching_partnerships::coach_id.eq(mine)))
        .filter(coaching_partnerships::state.eq(PartnershipState::Active.as_str()))
        .filter(coaching_partnerships::cadence_weeks.is_not_null())
        .order(coaching_partnerships::id)
        .select(PartnershipRow::as_select())
        .all(cx.conn())
        .await?;
    let all = rows.into_iter().map(PartnershipRow::partnership).collect::<Result<Vec<_>>>()?;
    let met = met(cx, me, &all).await?;
    let learners: Vec<Uid> = all.iter().map(|p| p.learner_id.into()).collect();
    let posts = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq_any(learners))
        .order((employments::starts_on, employments::id))
        .select((employments::person_id, employments::organisation_id));
    let posts: Vec<(Uid, Uid)> = access::current!(posts, employments, today).all(cx.conn()).await?;
    let mut at: BTreeMap<PersonId, OrganisationId> = BTreeMap::new();
    for (person, organisation) in posts {
        at.entry(person.to()).or_insert_with(|| organisation.to());
    }
    let calendars = super::super::calendar::counting_at_each(cx, &at.values().copied().collect::<BTreeSet<_>>()).await?;
    let standing = |p: CoachingPartnership| {
        let calendars = at.get(&p.learner_id).and_then(|place| calendars.get(place)).map_or(&[][..], Vec::as_slice);
        let standing = p.standing(met.get(&p.id).copied().unwrap_or_default(), calendars, today)?;
        Some((p, standing))
    };
    Ok(all.into_iter().filter_map(standing).collect())
}

impl Read<Here> for ListMyCoachingRhythms {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<CoachingRhythm>> {
        let (me, today) = (cx.person()?, cx.act.today());
        let mut all = standings(cx, me).await?;
        all.retain(|(p, _)| self.window.after.is_none_or(|after| p.id.0 > after));
        let Page { items, next } = Page::cut(all, self.window.limit, |(p, _)| p.id.0);
        let names = super::super::person::names(cx, items.iter().map(|(p, _)| p.other(me).into()).collect()).await?;
        let item = |(partnership, standing): (CoachingPartnership, CheckInStanding)| {
            let other_id = partnership.other(me);
            CoachingRhythm { other_id, other_name: names.get(&Uid::from(other_id)).cloned(), overdue_days: standing.overdue_days(today), standing, partnership }
        };
        Ok(Page { items: items.into_iter().map(item).collect(), next })
    }
}
