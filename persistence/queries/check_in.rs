//! Check-ins: how two people keep to their rhythm is worked out from when they met, in a fixed number of statements, however many they are.

use super::{insight, prelude::*, relationship};
use crate::{
    check_in::{CheckIn, ListMyCheckIns, ReadCheckInHealth, SetCadence},
    column::sql::{Guid, Instant},
    insight::Figures,
};
use chrono::NaiveTime;
use diesel::{QueryableByName, sql_query, sql_types as st};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use trellis_domain::{
    calendar::Calendar,
    check_in::{CheckInFigures, CheckInStanding, Kept, Met, figures, is_check_in},
    conversation::ConversationKind,
    event::EventKind,
    id::{OrganisationId, PersonId},
    relationship::Relationship,
};

impl Write<Here> for SetCadence {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Relationship>> {
        let before = relationship::known(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.meeting_every(self.weeks, tx.caller.person(), tx.act.today())?;
        let Some(after) = tx.next(&before, after) else { return relationship::seen(tx, before).await };
        relationship::save(tx, &before, &after).await?;
        let about = super::person::about_person(tx, after.person_id).await?;
        tx.event(EventKind::RelationshipCadenceSet, Some(&before), &after, about);
        relationship::seen(tx, after).await
    }
}

/// When those with a rhythm last met, and will meet next: in whatever conversation about the work. SQLite counts
/// parameters as they come, so the day comes first.
const MET: &str = "
SELECT c.person_id, c.partner_id, MAX(c.held_at) AS last_held, MIN(CASE WHEN c.held_at IS NULL AND c.starts_at >= $1 THEN c.starts_at END) AS next_booked
FROM relationships r JOIN conversations c ON c.tenant_id = r.tenant_id AND c.person_id = r.person_id AND c.partner_id = r.holder_id
WHERE r.tenant_id = $2 AND r.cadence_weeks IS NOT NULL AND r.starts_on <= $3 AND (r.ends_on IS NULL OR r.ends_on >= $3)
  AND c.state <> 'cancelled' AND c.kind IN";
/// Of one person.
const MINE: &str = " AND (r.person_id = $4 OR r.holder_id = $4)";
const BY_PAIR: &str = " GROUP BY c.person_id, c.partner_id";

#[derive(QueryableByName)]
struct MetRow {
    #[diesel(sql_type = Guid)]
    person_id: Uid,
    #[diesel(sql_type = Guid)]
    partner_id: Uid,
    #[diesel(sql_type = st::Nullable<Instant>)]
    last_held: Option<Moment>,
    #[diesel(sql_type = st::Nullable<Instant>)]
    next_booked: Option<Moment>,
}

async fn met(cx: &mut Cx<'_>, of: Option<PersonId>) -> Result<HashMap<(Uid, Uid), Met>> {
    // words of a closed list, which stand in the statement as they are
    let kinds: Vec<String> = ConversationKind::ALL.iter().filter(|kind| is_check_in(**kind)).map(|kind| format!("'{kind}'")).collect();
    let met = format!("{MET} ({})", kinds.join(", "));
    let today = cx.act.today();
    let from = Moment(today.and_time(NaiveTime::MIN).and_utc());
    let rows: Vec<MetRow> = match of {
        None => sql_query(format!("{met}{BY_PAIR}")).bind::<Instant, _>(from).bind::<Guid, _>(cx.tenant()).bind::<st::Date, _>(today).all(cx.conn()).await?,
        Some(me) => {
            let query = sql_query(format!("{met}{MINE}{BY_PAIR}")).bind::<Instant, _>(from).bind::<Guid, _>(cx.tenant()).bind::<st::Date, _>(today);
            query.bind::<Guid, _>(Uid::from(me)).all(cx.conn()).await?
        }
    };
    let day = |at: Option<Moment>| at.map(|at| at.0.date_naive());
    Ok(rows.into_iter().map(|r| ((r.person_id, r.partner_id), Met { last_held_on: day(r.last_held), next_booked_on: day(r.next_booked) })).collect())
}

/// Relationships with a rhythm that are current, each with where it stands: at the organisation where the person works, by the employment that they have
/// had longest.
pub(super) async fn standings(cx: &mut Cx<'_>, of: Option<PersonId>) -> Result<Vec<(Relationship, Option<OrganisationId>, CheckInStanding)>> {
    let today = cx.act.today();
    let all = relationship::with_cadence(cx, of).await?;
    let met = met(cx, of).await?;
    let places: Vec<(Uid, Uid, Uid)> = {
        let theirs = relationship::with_a_rhythm!(cx, of).select(relationships::person_id);
        let posts = employments::table
            .filter(employments::tenant_id.eq(cx.tenant()))
            .filter(employments::person_id.eq_any(theirs))
            .order((employments::starts_on, employments::id))
            .select((employments::person_id, employments::id, employments::organisation_id));
        access::current!(posts, employments, today).all(cx.conn()).await?
    };
    let mut at: HashMap<Uid, OrganisationId> = HashMap::new();
    for (person, _, organisation) in places {
        at.entry(person).or_insert_with(|| organisation.to());
    }
    let organisations: BTreeSet<OrganisationId> = at.values().copied().collect();
    let calendars: BTreeMap<OrganisationId, Vec<Calendar>> = super::calendar::counting_at_each(cx, &organisations).await?;
    let standing = |r: Relationship| {
        let cadence = r.cadence?;
        let place = at.get(&Uid::from(r.person_id)).copied();
        let calendars = place.and_then(|p| calendars.get(&p)).map_or(&[][..], Vec::as_slice);
        let met = met.get(&(r.person_id.into(), r.holder_id.into())).copied().unwrap_or_default();
        let standing = cadence.standing(r.period.starts_on, met, calendars, today);
        Some((r, place, standing))
    };
    Ok(all.into_iter().filter_map(standing).collect())
}

impl Read<Here> for ListMyCheckIns {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<CheckIn>> {
        let me = cx.person()?;
        let other = |r: &Relationship| if r.person_id == me { r.holder_id } else { r.person_id };
        let all = standings(cx, Some(me)).await?;
        let after = all.into_iter().filter(|(r, ..)| self.window.after.is_none_or(|after| r.id.0 > after)).collect::<Vec<_>>();
        let Page { items, next } = Page::cut(after, self.window.limit, |(r, ..)| r.id.0);
        let names = super::person::names(cx, items.iter().map(|(r, ..)| other(r).into()).collect()).await?;
        let item = |(relationship, organisation_id, standing): (Relationship, Option<OrganisationId>, CheckInStanding)| {
            let other_id = other(&relationship);
            CheckIn { organisation_id, other_id, other_name: names.get(&Uid::from(other_id)).cloned(), standing, relationship }
        };
        Ok(Page { items: items.into_iter().map(item).collect(), next })
    }
}

impl Read<Here> for ReadCheckInHealth {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Figures<CheckInFigures>> {
        let places = insight::places(cx).await?;
        let found: Vec<Kept> = standings(cx, None)
            .await?
            .into_iter()
            .filter_map(|(r, at, standing)| Some(Kept { organisation: at?, person: r.person_id, holder: r.holder_id, health: standing.health }))
            .collect();
        let places = insight::counted(places, found.iter().map(|k| k.organisation));
        let (rows, all) = figures(&places.iter().map(|p| p.id).collect::<Vec<_>>(), &found);
        insight::kept(cx, places, rows, all, self.organisation_id).await
    }
}
