//! Rows about people: planned one after the other against facts that are loaded once, then saved together.

use super::{Doing, Row, facts, foreseen, refused, undone};

use super::super::{employment, matching, person, placement, prelude::*, relationship, role, staff_code};
use std::collections::{BTreeSet, HashSet};
use trellis_domain::{
    bulk::{
        Outcome, RowAction, Subject,
        facts::Facts,
        person::PersonRow,
        plan::{Change, Plan, Verdict, plan},
    },
    event::{About, EventKind},
    id::{OrganisationId, PersonId},
    job::JobKind,
    person::Person,
    rule::{Code, Fault},
    sync::{Sync, Who, turn},
    text::StaffCode,
};
use uuid::Uuid;

/// What became of rows, and which of them wait for others.
pub(super) async fn part(tx: &mut Tx<'_>, doing: &Doing, rows: &[Row<PersonRow>], mut sync: Option<&mut Sync>) -> Result<(Vec<Outcome>, Vec<i64>)> {
    let mut facts = facts::load(tx, doing, rows, sync.as_deref().map(|s| &s.snapshot)).await?;
    let (maker, now) = (tx.act.ids.clone(), tx.act.now);
    let mut ids = move || maker.make(now);
    let (mut outcomes, mut plans) = (Vec::with_capacity(rows.len()), Vec::new());
    let mut waiting: Vec<&Row<PersonRow>> = rows.iter().collect();
    // somebody's manager may come later among the same rows
    loop {
        let before = waiting.len();
        let mut still = Vec::new();
        for row in waiting {
            let mut verdict = judge(row, doing, &facts, &mut ids);
            if facts.names.is_empty() && closes_a_circle(&verdict) {
                // who is on it is told by name, and only then asked for
                let on_the_ways: HashSet<PersonId> = facts.management.iter().flat_map(|r| [r.person_id, r.holder_id]).collect();
                facts.names = facts::names(tx, doing, on_the_ways).await?;
                verdict = judge(row, doing, &facts, &mut ids);
            }
            match verdict {
                Verdict::Wait => still.push(row),
                Verdict::Refuse(faults) => {
                    let key = row.intake.row.external_ref.as_ref();
                    key.iter().for_each(|key| facts.gone(key));
                    if let Some(sync) = sync.as_deref_mut() {
                        sync.failed(tried(&facts, &row.intake.row), key.is_some());
                    }
                    let ties: Vec<_> = row.intake.row.relationships.iter().map(|r| r.kind).collect();
                    outcomes.push(refused(JobKind::PeopleBulkUpsert, row, key, faults, &ties));
                }
                Verdict::Take(plan) => {
                    if let Some(sync) = sync.as_deref_mut() {
                        let before = facts.people.get(&plan.id).map(|k| k.employments.as_slice()).unwrap_or_default();
                        let turn = turn(sync.snapshot.organisation_id, before, &plan.changes, plan.action);
                        let made = doing.validate_only && (plan.action == RowAction::Created || facts.adds.contains(&plan.id));
                        sync.took(turn, Who { id: (!made).then_some(plan.id), external_ref: row.intake.row.external_ref.clone() });
                    }
                    row.intake.row.external_ref.iter().for_each(|key| facts.apply(row.index, key, &plan));
                    outcomes.push(taken(row, &plan, doing, &facts));
                    plans.push(*plan);
                }
            }
        }
        waiting = still;
        if waiting.is_empty() || waiting.len() == before {
            if doing.atomic && !waiting.is_empty() && !facts.last {
                facts.last = true; // nothing will come later
                continue;
            }
            break;
        }
    }
    outcomes.sort_by_key(|o| o.index);
    if doing.atomic && outcomes.iter().any(|o| o.action == RowAction::Failed) {
        return Ok((outcomes.into_iter().map(undone).collect(), Vec::new()));
    }
    match doing.validate_only {
        true => foresee(tx, doing, &facts, &plans).await?,
        false => save(tx, &facts, plans).await?,
    }
    Ok((outcomes, waiting.iter().map(|r| r.index).collect()))
}

fn closes_a_circle(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Refuse(faults) if faults.iter().any(|f| f.code == Code::LineManagementCycle.as_str()))
}

/// Whom a row names that was not taken: by its references, its TRN or a staff code.
fn tried<'a>(facts: &'a Facts, row: &'a PersonRow) -> impl Iterator<Item = PersonId> + 'a {
    let refs = row.external_ref.iter().chain(&row.external_refs).filter_map(|r| facts.refs.get(r));
    let by_code = row.employments.iter().filter_map(|e| {
        let (at, _) = facts.place(e.organisation.as_ref()?)?;
        facts.codes.get(&(at, e.staff_code.value()?.clone()))
    });
    refs.chain(row.trn.value().and_then(|trn| facts.trns.get(trn))).chain(by_code).copied()
}

fn judge(row: &Row<PersonRow>, doing: &Doing, facts: &Facts, ids: &mut dyn FnMut() -> Uuid) -> Verdict {
    match doing.give_up {
        true => Verdict::Refuse(vec![Fault::new("", Code::Duplicate, "another record took one of these values at the same moment; send the row again")]),
        false => plan(row.index, &row.intake, facts, ids),
    }
}

/// Keeps what the rows of a trial would have stored for its later rows.
async fn foresee(tx: &mut Tx<'_>, doing: &Doing, facts: &Facts, plans: &[Plan]) -> Result<()> {
    let ids: BTreeSet<PersonId> = plans.iter().filter(|p| !p.changes.is_empty()).map(|p| p.id).collect();
    let all = ids.iter().filter_map(|id| facts.foreseen.get(id).map(|foreseen| (Uid::from(*id), foreseen, foreseen.keys())));
    foreseen::keep(tx, doing.job, all).await
}

fn taken(row: &Row<PersonRow>, plan: &Plan, doing: &Doing, facts: &Facts) -> Outcome {
    let made = doing.validate_only && facts.adds.contains(&plan.id);
    Outcome {
        external_ref: row.intake.row.external_ref.clone(),
        id: (!made).then_some(plan.id.0),
        changed: plan.changed.clone(),
        overridden: plan.kept.overridden.clone(),
        managed_by_other: plan.kept.managed_by_other.clone(),
        differences: if doing.validate_only { plan.differences.clone() } else { Vec::new() },
        subject: Some(Subject { id: plan.id.0, employments: plan.employments.clone() }),
        ..Outcome::of(row.index, row.intake.line, plan.action)
    }
}

/// The school that an event about a person belongs to: where they work now, or last worked.
fn about(facts: &Facts, id: PersonId) -> About {
    let employments = facts.people.get(&id).map(|k| k.employments.as_slice()).unwrap_or_default();
    let last = employments.iter().max_by_key(|e| (e.period.starts_on, std::cmp::Reverse(e.id)));
    About { organisation: last.map(|e| e.organisation_id), person: Some(id), private_to: None }
}

/// Saves everything that the rows change: changed records one by one, new ones together.
async fn save(tx: &mut Tx<'_>, facts: &Facts, plans: Vec<Plan>) -> Result<()> {
    let (mut people, mut employments, mut roles, mut relationships) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut codes: Vec<(OrganisationId, StaffCode, PersonId)> = Vec::new();
    let (mut addressed, mut employed) = (BTreeSet::new(), BTreeSet::new());
    let placed = plans.iter().filter(|p| p.changes.iter().any(|c| matches!(c, Change::Employment(..)))).map(|p| p.id).collect::<Vec<_>>();
    let was = placement::live_at(tx, &placed).await?;
    let mut written = Vec::new();
    for Plan { id, changes, .. } in plans {
        for change in changes {
            match change {
                Change::Person(None, after) => {
                    tx.event(EventKind::PersonCreated, None, &*after, About { person: Some(id), ..About::default() });
                    addressed.insert(id);
                    people.push(*after);
                }
                Change::Person(Some(before), after) => {
                    match people.iter_mut().find(|new: &&mut Person| new.id == id) {
                        Some(new) => new.clone_from(&after), // by another row about the same person
                        None => person::save(tx, &before, &after).await?,
                    }
                    tx.event(EventKind::PersonUpdated, Some(&*before), &*after, about(facts, id));
                }
                Change::Employment(None, after) => {
                    written.push(after.id);
                    employed.insert((id, after.organisation_id));
                    employment::announce(tx, None, &after);
                    employments.push(*after);
                }
                Change::Employment(Some(before), after) => {
                    written.push(after.id);
                    staff_code::claim(tx, Some(&before), &after).await?;
                    employment::save(tx, &before, &after).await?;
                    employment::announce(tx, Some(&before), &after);
                }
                Change::Role(before, after) => {
                    let kind = if before.is_some() { EventKind::RoleEnded } else { EventKind::RoleGranted };
                    tx.event(kind, before.as_ref(), &after, role::about(&after));
                    match before {
                        Some(before) => role::save(tx, &before, &after).await?,
                        None => roles.push(after),
                    }
                }
                Change::Relationship(before, after) => {
                    let kind = if before.is_some() { EventKind::RelationshipEnded } else { EventKind::RelationshipCreated };
                    tx.event(kind, before.as_ref(), &after, about(facts, id));
                    match before {
                        Some(before) => relationship::save(tx, &before, &after).await?,
                        None => relationships.push(after),
                    }
                }
            }
        }
    }
    person::insert(tx, &people).await?;
    employment::insert(tx, &employments).await?;
    let wanted: Vec<_> = employments.iter().filter_map(|e| e.staff_code.clone().map(|code| (e.organisation_id, code, e.person_id))).collect();
    for claim in wanted {
        if !codes.contains(&claim) && !facts.held_codes.contains(&claim) {
            codes.push(claim);
        }
    }
    staff_code::claim_new(tx, &codes).await?;
    placement::settle(tx, &was, &written).await?;
    role::insert(tx, &roles).await?;
    relationship::insert(tx, &relationships).await?;
    matching::suggest_by_emails(tx, &addressed).await?;
    matching::suggest_by_names(tx, &employed).await
}
