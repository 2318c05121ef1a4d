//! Figures: whatever is counted is counted for every organisation within the caller's reach, in one statement; the domain says what of it is
//! shown. Only then is an answer kept to one organisation, so that the same figure is never shown in one answer and withheld in another.

mod appraisals;
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
    let reach = cx.reach.clone();
    let covered = covered(cx, &reach).await?;
    let rows: Vec<(Uid, String, String, Option<String>)> = organisations::table
        .filter(organisations::tenant_id.eq(cx.tenant()))
        .order((organisations::name, organisations::id))
        .select((organisations::id, organisations::kind, organisations::name, organisations::phase))
        .all(cx.conn())
        .await?;
    let place = |(id, kind, name, phase): (Uid, String, String, Option<String>)| {
        Ok(Place { id: id.to(), kind: OrganisationKind::parse(&kind).map_err(corrupt)?, name, phase })
    };
    let all: Vec<Place> = rows.into_iter().map(place).collect::<Result<_>>()?;
    Ok(all.into_iter().filter(|p| covered.as_ref().is_none_or(|c| c.contains(&p.id))).collect())
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

fn figure(count: i64) -> u64 {
    count.unsigned_abs()
}
