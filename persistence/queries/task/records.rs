//! What is asked of those who keep the records of people.

use super::{super::prelude::*, AT_ONCE};
use chrono::NaiveDate;
use trellis_domain::{
    access::{self as rules, Permission},
    event::RecordType,
    id::PersonId,
    task::{Day, Task, TaskKind},
};

/// Two records that may be one person: for whoever may write both.
pub(super) async fn from_matches(cx: &mut Cx<'_>, out: &mut Vec<Task>) -> Result<()> {
    let Ok(reach) = rules::reach(&cx.caller, Permission::WritePeople) else { return Ok(()) };
    let before = std::mem::replace(&mut cx.reach, reach.clone());
    let due = match_suggestions::state.eq("later").and(match_suggestions::later_until.le(cx.act.today()));
    let query = match_suggestions::table
        .filter(match_suggestions::tenant_id.eq(cx.tenant()))
        .filter(match_suggestions::state.eq("open").or(due))
        .order(match_suggestions::id)
        .limit(AT_ONCE)
        .select((match_suggestions::id, match_suggestions::person_id, match_suggestions::later_until))
        .into_boxed::<Dialect>();
    let query = super::person::written!(query, cx, match_suggestions::person_id, match_suggestions::candidate_id);
    let rows: Vec<(Uid, Uid, Option<NaiveDate>)> = query.all(cx.conn()).await?;
    cx.reach = before;
    let Some(at) = reach.organisations.first().copied() else { return Ok(()) };
    out.extend(rows.into_iter().map(|(id, person, due_on)| {
        let asked = (TaskKind::DecideMatch, due_on.map(Day::from));
        Task::with(asked, RecordType::MatchSuggestion, id.0, at).about(person.to::<PersonId>())
    }));
    Ok(())
}

/// People whom a snapshot no longer named.
pub(super) async fn from_snapshots(cx: &mut Cx<'_>, out: &mut Vec<Task>) -> Result<()> {
    let Ok(reach) = rules::reach(&cx.caller, Permission::WritePeople) else { return Ok(()) };
    let before = std::mem::replace(&mut cx.reach, reach);
    let query = employments::table.filter(employments::tenant_id.eq(cx.tenant())).filter(employments::missing_since.is_not_null());
    let query = query
        .order(employments::id)
        .limit(AT_ONCE)
        .select((employments::id, employments::person_id, employments::organisation_id, employments::missing_since))
        .into_boxed::<Dialect>();
    let rows: Vec<(Uid, Uid, Uid, Option<NaiveDate>)> = page::within_reach!(query, cx, employments).all(cx.conn()).await?;
    cx.reach = before;
    out.extend(rows.into_iter().map(|(id, person, organisation, since)| {
        let asked = (TaskKind::ReviewMissing, since.map(Day::from));
        Task::with(asked, RecordType::Employment, id.0, organisation.to()).about(person.to::<PersonId>())
    }));
    Ok(())
}
