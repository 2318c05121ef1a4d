//! Where people are live: the organisations that their employments place them at today. It decides what a machine bound to schools may read,
//! so a change of it is an event of its own.

use super::prelude::*;
use crate::employment::LapseEmployments;
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use trellis_domain::{
    employment::count,
    event::{About, Changes, EventKind, places},
    id::{EmploymentId, OrganisationId, PersonId},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = employments, check_for_backend(Sqlite, Pg))]
struct PlacingRow {
    id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    ends_on: Option<NaiveDate>,
    version: i64,
    lapsed: bool,
    live: bool,
}

/// The organisations at which people are live.
pub(super) type Places = BTreeMap<PersonId, BTreeSet<OrganisationId>>;

async fn placing(cx: &mut Cx<'_>, people: impl Iterator<Item = PersonId>) -> Result<Vec<PlacingRow>> {
    let people: Vec<Uid> = people.map(Uid::from).collect();
    Ok(employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq_any(people))
        .order((employments::person_id, employments::id))
        .select(PlacingRow::as_select())
        .all(cx.conn())
        .await?)
}

/// The organisations at which each of these people is live.
pub(super) async fn live_at(cx: &mut Cx<'_>, people: &[PersonId]) -> Result<Places> {
    let mut places: Places = people.iter().map(|person| (*person, BTreeSet::new())).collect();
    for row in placing(cx, people.iter().copied()).await?.into_iter().filter(|r| r.live) {
        places.entry(row.person_id.to()).or_default().insert(row.organisation_id.to());
    }
    Ok(places)
}

/// What follows from a change of these people's employments: each is counted anew, and who is no longer live where they were has moved.
/// Every write on employments ends here. Those `written` say what became of themselves; of others that lapsed meanwhile it is said here.
pub(super) async fn settle(tx: &mut Tx<'_>, was: &Places, written: &[EmploymentId]) -> Result<()> {
    let mut rows: BTreeMap<PersonId, Vec<PlacingRow>> = was.keys().map(|person| (*person, Vec::new())).collect();
    for row in placing(tx, was.keys().copied()).await? {
        rows.entry(row.person_id.to()).or_default().push(row);
    }
    let mut moves = Vec::new();
    for (person, rows) in rows {
        let last_days: Vec<_> = rows.iter().map(|r| r.ends_on).collect();
        let mut is = BTreeSet::new();
        for (row, now) in rows.into_iter().zip(count(&last_days, tx.act.today())) {
            if now.live {
                is.insert(row.organisation_id.to());
            }
            if (row.lapsed, row.live) != (now.lapsed, now.live) {
                diesel::update(employments::table.find((tx.tenant(), row.id)))
                    .set((employments::lapsed.eq(now.lapsed), employments::live.eq(now.live)))
                    .done(tx.conn())
                    .await?;
            }
            if now.lapsed && !row.lapsed && !written.contains(&row.id.to()) {
                let changes = Changes { fields: vec!["lapsed".into()], values: json!({"lapsed": {"before": false, "after": true}}) };
                let about = About { organisation: Some(row.organisation_id.to()), person: Some(person), private_to: None };
                tx.happened(EventKind::EmploymentLapsed, row.id.0, row.version, changes, about);
            }
        }
        if was.get(&person) != Some(&is) {
            moves.push((person, is));
        }
    }
    moved(tx, was, moves).await
}

async fn moved(tx: &mut Tx<'_>, was: &Places, moves: Vec<(PersonId, BTreeSet<OrganisationId>)>) -> Result<()> {
    if moves.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uid> = moves.iter().map(|(person, _)| Uid::from(*person)).collect();
    let versions: Vec<(Uid, i64)> =
        people::table.filter(people::tenant_id.eq(tx.tenant())).filter(people::id.eq_any(ids)).select((people::id, people::version)).all(tx.conn()).await?;
    let versions: BTreeMap<PersonId, i64> = versions.into_iter().map(|(id, version)| (id.to(), version)).collect();
    let nowhere = BTreeSet::new();
    for (person, is) in moves {
        let new = tx.made(person.0);
        let (was, version) = (was.get(&person).unwrap_or(&nowhere), versions.get(&person).copied().ok_or(StoreError::Missing)?);
        let changes = Changes { fields: vec!["organisations".into()], values: json!({"organisations": {"before": was, "after": is}}) };
        // a first placing of somebody who was added before belongs to no school: whoever adds people could see this one until now
        let organisation = was.first().or(is.first().filter(|_| new)).and(is.first().or(was.first())).copied();
        tx.placed(EventKind::PersonMoved, person.0, version, changes, About { organisation, person: Some(person), private_to: None }, places(was, &is));
    }
    Ok(())
}

impl Write<Here> for LapseEmployments {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize> {
        let today = tx.act.today();
        let due: Vec<Uid> = employments::table
            .filter(employments::tenant_id.eq(tx.tenant()))
            .filter(employments::lapsed.eq(false))
            .filter(employments::ends_on.lt(today))
            .order(employments::person_id)
            .select(employments::person_id)
            .distinct()
            .limit(self.people)
            .all(tx.conn())
            .await?;
        for person in &due {
            access::guard(tx, *person).await?;
            let was = live_at(tx, &[person.to()]).await?;
            settle(tx, &was, &[]).await?;
        }
        Ok(due.len())
    }
}
