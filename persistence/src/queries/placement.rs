//! Where people are live: the organisations that their employments place them at today. It decides what a machine bound to schools may read,
//! so a change of it is an event of its own.

use super::prelude::*;
use crate::employment::LapseEmployments;
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use serde_json::json;
use std::collections::BTreeSet;
use trellis_domain::{
    employment::count,
    event::{About, Changes, EventKind, places},
    id::{EmploymentId, OrganisationId, PersonId},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = employments, check_for_backend(Sqlite, Pg))]
struct PlacingRow {
    id: Uid,
    organisation_id: Uid,
    ends_on: Option<NaiveDate>,
    version: i64,
    lapsed: bool,
    live: bool,
}

/// The organisations at which somebody is live.
pub(super) async fn live_at(cx: &mut Cx<'_>, person: PersonId) -> Result<BTreeSet<OrganisationId>> {
    let rows: Vec<Uid> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq(Uid::from(person)))
        .filter(employments::live.eq(true))
        .select(employments::organisation_id)
        .all(cx.conn())
        .await?;
    Ok(rows.into_iter().map(Uid::to).collect())
}

/// What follows from a change of somebody's employments: each is counted anew, and if the person is no longer live where they were, they
/// moved. Every write on employments ends here. `written` says what became of itself; of others that lapsed meanwhile it is said here.
pub(super) async fn settle(tx: &mut Tx<'_>, person: PersonId, was: &BTreeSet<OrganisationId>, written: Option<EmploymentId>) -> Result<()> {
    let rows: Vec<PlacingRow> = employments::table
        .filter(employments::tenant_id.eq(tx.tenant()))
        .filter(employments::person_id.eq(Uid::from(person)))
        .order(employments::id)
        .select(PlacingRow::as_select())
        .all(tx.conn())
        .await?;
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
        if now.lapsed && !row.lapsed && written != Some(row.id.to()) {
            let changes = Changes { fields: vec!["lapsed".into()], values: json!({"lapsed": {"before": false, "after": true}}) };
            let about = About { organisation: Some(row.organisation_id.to()), person: Some(person), private_to: None };
            tx.happened(EventKind::EmploymentLapsed, row.id.0, row.version, changes, about);
        }
    }
    if *was != is { moved(tx, person, was, &is).await } else { Ok(()) }
}

async fn moved(tx: &mut Tx<'_>, person: PersonId, was: &BTreeSet<OrganisationId>, is: &BTreeSet<OrganisationId>) -> Result<()> {
    let version: i64 = people::table.find((tx.tenant(), Uid::from(person))).select(people::version).one(tx.conn()).await?;
    let changes = Changes { fields: vec!["organisations".into()], values: json!({"organisations": {"before": was, "after": is}}) };
    // a first placing belongs to no school: whoever adds people could see this one before
    let organisation = was.first().and(is.first().or(was.first())).copied();
    tx.placed(EventKind::PersonMoved, person.0, version, changes, About { organisation, person: Some(person), private_to: None }, places(was, is));
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
            let was = live_at(tx, person.to()).await?;
            settle(tx, person.to(), &was, None).await?;
        }
        Ok(due.len())
    }
}
