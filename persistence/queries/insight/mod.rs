//! Figures: whatever is counted is counted for every organisation within the caller's reach, in one statement; the domain says what of it is
//! shown. Only then is an answer kept to one organisation, so that the same figure is never shown in one answer and withheld in another.

mod appraisals;
mod back;
mod mechanisms;
mod sight;
mod year;

use super::prelude::*;
use crate::insight::{Figures, Place};
use diesel::sql_types as st;
use std::collections::HashSet;
use trellis_domain::{access::Reach, id::OrganisationId, organisation::OrganisationKind, text::Wire};

/// Which organisations a reach covers by themselves or by what is above them; none means all.
async fn covered(cx: &mut Cx<'_>, reach: &Reach) -> Result<Option<HashSet<OrganisationId>>> {
    if reach.everywhere {
        return Ok(None);
    }
    let rows: Vec<Uid> = organisation_paths::table
        .filter(organisation_paths::tenant_id.eq(cx.tenant()))
        .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
        .select(organisation_paths::descendant_id)
        .all(cx.conn())
        .await?;
    Ok(Some(rows.into_iter().map(Uid::to).collect()))
}

/// Organisations within the caller's reach, by name.
pub(super) async fn places(cx: &mut Cx<'_>) -> Result<Vec<Place>> {
    let mut query = organisations::table
        .filter(organisations::tenant_id.eq(cx.tenant()))
        .order((organisations::name, organisations::id))
        .select((organisations::id, organisations::kind, organisations::name, organisations::phase))
        .into_boxed::<Dialect>();
    if !cx.reach.everywhere {
        let covered = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq(cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&cx.reach.organisations)))
            .select(organisation_paths::descendant_id);
        query = query.filter(organisations::id.eq_any(covered));
    }
    let rows: Vec<(Uid, String, String, Option<String>)> = query.all(cx.conn()).await?;
    let place = |(id, kind, name, phase): (Uid, String, String, Option<String>)| {
        Ok(Place { id: id.to(), kind: OrganisationKind::parse(&kind).map_err(corrupt)?, name, phase })
    };
    rows.into_iter().map(place).collect()
}

/// Those that have a row of figures: schools, and whatever else has something to count.
pub(super) fn counted(places: Vec<Place>, found: impl Iterator<Item = OrganisationId>) -> Vec<Place> {
    let found: HashSet<OrganisationId> = found.collect();
    places.into_iter().filter(|p| p.kind == OrganisationKind::School || found.contains(&p.id)).collect()
}

/// The figures, kept to one organisation and those beneath it if one is named. Then nothing is said of all: their total is another's.
pub(super) async fn kept<T>(cx: &mut Cx<'_>, places: Vec<Place>, rows: Vec<T>, all: T, to: Option<OrganisationId>) -> Result<Figures<T>> {
    let rows = places.into_iter().zip(rows);
    let Some(to) = to else { return Ok(Figures { rows: rows.collect(), all: Some(all) }) };
    let beneath = covered(cx, &Reach { organisations: vec![to], ..Reach::default() }).await?.unwrap_or_default();
    Ok(Figures { rows: rows.filter(|(p, _)| beneath.contains(&p.id)).collect(), all: None })
}

/// A query of the whole tenant, and the same of one part of its tree: there rows are found by where they are, and nothing beside it is read.
struct Query {
    whole: &'static str,
    part: &'static str,
}
impl Query {
    /// The one that reads no more than the caller's figures are of; and the part, to be bound last.
    async fn of(&self, cx: &mut Cx<'_>) -> Result<(&'static str, Option<Uid>)> {
        let (false, [one]) = (cx.reach.everywhere, cx.reach.organisations.as_slice()) else { return Ok((self.whole, None)) };
        let one = Uid::from(*one);
        let above: Option<Uid> = organisations::table.find((cx.tenant(), one)).select(organisations::parent_id).one(cx.conn()).await?;
        Ok(if above.is_some() { (self.part, Some(one)) } else { (self.whole, None) })
    }
}
/// Makes both of one source, which has a hole before its table, one after its days and one at the end of its conditions; its table is `$alias`, its tenant `$tenant`, and
/// `$place` is the number of the last parameter. `CROSS JOIN` keeps SQLite from beginning elsewhere, and `= TRUE` from going through everybody's year by its days.
macro_rules! query {
    ($source:ident, $alias:literal, $tenant:literal, $place:literal) => {
        super::Query {
            whole: $source!("", "", ""),
            part: $source!(
                "organisation_paths w CROSS JOIN ",
                " = TRUE",
                concat!(" AND w.tenant_id = ", $tenant, " AND w.ancestor_id = ", $place, " AND ", $alias, ".organisation_id = w.descendant_id")
            ),
        }
    };
}
/// Finds the rows of such a query: after the arrow it is told what is bound to it, under the name before the arrow; the part is bound last.
macro_rules! rows {
    ($query:expr, $cx:expr, $sql:ident => $bound:expr) => {{
        let ($sql, part) = $query.of($cx).await?;
        let $sql = diesel::sql_query($sql);
        let bound = $bound;
        match part {
            Some(part) => bound.bind::<Guid, _>(part).all($cx.conn()).await?,
            None => bound.all($cx.conn()).await?,
        }
    }};
}
use {query, rows};

fn figure(count: i64) -> u64 {
    count.unsigned_abs()
}
