//! The days of an appraisal, and deadlines that move with something else: with the days of the cycle, or because the review was held.

use super::{
    super::{calendar, cycle, prelude::*, profile},
    GONE,
    row::{awaiting_report, row_of, update, update_deadlines, whole},
};
use chrono::NaiveDate;
use diesel::dsl::max;
use trellis_domain::{
    appraisal::{Appraisal, deadlines},
    calendar::Calendar,
    cycle::Cycle,
    event::EventKind,
    id::{AppraisalId, CycleId, EmploymentId},
    profile::RuleProfile,
    text::Reason,
    time::Period,
};

/// The rules that a cycle with appraisals pins.
pub(in super::super) async fn rules_of(cx: &mut Cx<'_>, id: CycleId) -> Result<(Cycle, RuleProfile)> {
    let cycle = cycle::load(cx, id).await?;
    let pinned = cycle.rule_profile.as_ref().zip(cycle.rule_profile_version);
    let (key, number) = pinned.ok_or_else(|| corrupt("a cycle with appraisals names no rule profile"))?;
    let profile = profile::pinned(cx, key, number).await?;
    Ok((cycle, profile))
}

/// Moves the deadlines of a cycle's appraisals to where the cycle's days were moved, each with its event. What somebody set by hand stays.
pub(in super::super) async fn with_cycle(tx: &mut Tx<'_>, before: &Cycle, after: &Cycle, reason: &Reason) -> Result<()> {
    let found = awaiting_report(tx, after.id).await?;
    if before.due == after.due || found.is_empty() {
        return Ok(());
    }
    let (_, profile) = rules_of(tx, after.id).await?;
    let starts_on = after.starts_on.ok_or_else(|| corrupt("a published cycle without its period"))?;
    let schools = found.iter().map(|a| a.organisation_id).collect();
    let calendars = calendar::counting_at_each(tx, &schools).await?;
    let mut changed = Vec::new();
    for appraisal in found {
        let there = calendars.get(&appraisal.organisation_id).map_or(&[][..], Vec::as_slice);
        let fresh = deadlines(&after.due, &profile, starts_on, appraisal.period(), calendar::holidays_of(there), there);
        let moved = appraisal.moved_with_cycle(&before.due, &after.due, &fresh, reason);
        if let Some(moved) = tx.next(&appraisal, moved) {
            changed.push((appraisal, moved));
        }
    }
    update_deadlines(tx, &changed).await?;
    for (before, after) in &changed {
        tx.event(EventKind::AppraisalDeadlineMoved, Some(before), after, after.about());
    }
    Ok(())
}

/// An appraisal, whoever asks, with the rules of its cycle and the calendars that count at its school.
pub(in super::super) async fn ruled(cx: &mut Cx<'_>, id: AppraisalId) -> Result<(Appraisal, RuleProfile, Vec<Calendar>)> {
    let row = row_of(cx, id).await?;
    let appraisal = whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
    let (_, profile) = rules_of(cx, appraisal.cycle_id).await?;
    let calendars = calendar::counting_at(cx, appraisal.organisation_id).await?;
    Ok((appraisal, profile, calendars))
}

/// The days of an appraisal, whoever asks.
pub(in super::super) async fn period(cx: &mut Cx<'_>, id: AppraisalId) -> Result<Period> {
    let row = appraisals::table.find((cx.tenant(), Uid::from(id))).select((appraisals::starts_on, appraisals::ends_on));
    let (starts_on, ends_on): (NaiveDate, NaiveDate) = row.one(cx.conn()).await?;
    Ok(Period { starts_on, ends_on: Some(ends_on) })
}

/// The last day of what somebody was appraised on in this employment in this cycle, if there is an appraisal: one that was suspended can go on after the cycle's.
pub(in super::super) async fn last_day(cx: &mut Cx<'_>, of: EmploymentId, cycle: CycleId) -> Result<Option<NaiveDate>> {
    let theirs = appraisals::table
        .filter(appraisals::tenant_id.eq(cx.tenant()))
        .filter(appraisals::employment_id.eq(Uid::from(of)))
        .filter(appraisals::cycle_id.eq(Uid::from(cycle)))
        .filter(appraisals::state.ne_all(GONE));
    Ok(theirs.select(max(appraisals::ends_on)).one(cx.conn()).await?)
}

/// The review of an appraisal was held on this day: the rules may say by when its report is given.
pub(in super::super) async fn review_held(tx: &mut Tx<'_>, id: AppraisalId, on: NaiveDate) -> Result<()> {
    let (before, profile, calendars) = ruled(tx, id).await?;
    let after = before.review_held(on, &profile, calendar::holidays_of(&calendars), &calendars);
    let Some(after) = tx.next(&before, after) else { return Ok(()) };
    update(tx, &before, &after).await?;
    tx.event(EventKind::AppraisalDeadlineSet, Some(&before), &after, after.about());
    Ok(())
}
