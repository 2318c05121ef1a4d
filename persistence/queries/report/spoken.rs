//! What is on record of what was said to the appraisee: where a concern may have been raised before it stands in a report.

use super::super::prelude::*;
use trellis_domain::{
    appraisal::Appraisal,
    conversation::Lane,
    report::{Concern, Spoken},
};

/// The days on which something was said to the appraisee, if any concern asks for them: in a meeting of the appraisal, in one about support with the
/// caller, if they appraise them now, or in a note of somebody else on one of their objectives. What stands in the development lane is nobody's evidence, and
/// what another of a panel said about support is told to nobody by being counted.
pub(super) async fn spoken(cx: &mut Cx<'_>, of: &Appraisal, concerns: &[Concern]) -> Result<Vec<Spoken>> {
    if concerns.is_empty() {
        return Ok(Vec::new());
    }
    let today = cx.act.today();
    let me = cx.caller.person();
    let appraiser: Vec<Uid> = of.appraisers.iter().filter(|a| a.on(today) && Some(a.person_id) == me).map(|a| a.person_id.into()).collect();
    let of_support = conversations::lane.eq(Lane::Support.as_str()).and(conversations::partner_id.eq_any(appraiser));
    let meetings: Vec<(Moment, Option<Moment>)> = conversations::table
        .filter(conversations::tenant_id.eq(cx.tenant()))
        .filter(conversations::employment_id.eq(Uid::from(of.employment_id)))
        .filter(conversations::held_at.is_not_null())
        .filter(conversations::lane.eq(Lane::Appraisal.as_str()).or(of_support))
        .select((conversations::starts_at, conversations::held_at))
        .all(cx.conn())
        .await?;
    let notes: Vec<Moment> = objective_notes::table
        .inner_join(objectives::table.on(objectives::tenant_id.eq(objective_notes::tenant_id).and(objectives::id.eq(objective_notes::objective_id))))
        .filter(objective_notes::tenant_id.eq(cx.tenant()))
        .filter(objectives::employment_id.eq(Uid::from(of.employment_id)))
        .filter(objective_notes::author_id.ne(Uid::from(of.person_id)))
        .filter(objective_notes::withdrawn_at.is_null())
        .select(objective_notes::created_at)
        .all(cx.conn())
        .await?;
    // a meeting was on the day for which it was set, or on the day on which it was said to be held
    let held = meetings.into_iter().filter_map(|(set_for, held)| held.map(|held| (set_for.0.date_naive(), held.0.date_naive())));
    let held = held.flat_map(|(set_for, held)| [set_for.min(held), held].map(|on| Spoken { on, recorded_on: held }));
    let written = notes.into_iter().map(|at| at.0.date_naive()).map(|on| Spoken { on, recorded_on: on });
    Ok(held.chain(written).collect())
}
