//! Tasks: one statement for each source, whatever there is to do. A further source is one more function here.

use super::{improvement::ground_of, person::names, prelude::*};
use crate::task::{ListTasks, NamedTask};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    appraisal::{Appraisal, DeadlineKind},
    event::RecordType,
    id::{OrganisationId, PersonId},
    improvement::leads,
    objective::ObjectiveState,
    task::{ObjectiveSeen, Part, REFLECT_WITHIN, Task, TaskKind, due, of_appraisal, of_objective},
    text::Wire,
};

/// Of what comes from an import, so much is shown at a time; the rest comes when that is done.
const AT_ONCE: i64 = 500;

impl Read<Here> for ListTasks {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<NamedTask>> {
        let mut all = tasks(cx).await?;
        if let Some(after) = self.window.after {
            all.retain(|t| t.place() > after);
        }
        let page = Page::cut(all, self.window.limit, Task::place);
        Ok(Page { items: named(cx, page.items).await?, next: page.next })
    }
}

/// Everything that is the caller's to do, in order of date.
pub(super) async fn tasks(cx: &mut Cx<'_>) -> Result<Vec<Task>> {
    let me = cx.person()?;
    let mut out = Vec::new();
    from_appraisals_and_objectives(cx, me, &mut out).await?;
    from_matches(cx, &mut out).await?;
    from_snapshots(cx, &mut out).await?;
    from_sessions(cx, &mut out).await?;
    from_learning(cx, me, &mut out).await?;
    from_priorities(cx, me, &mut out).await?;
    out.sort_by_key(Task::place);
    Ok(out)
}

/// Tasks with the names of those whom they are about.
pub(super) async fn named(cx: &mut Cx<'_>, tasks: Vec<Task>) -> Result<Vec<NamedTask>> {
    let people: Vec<PersonId> = tasks.iter().filter_map(|t| t.person).collect();
    let names = names(cx, uids(&people)).await?;
    Ok(tasks.into_iter().map(|task| NamedTask { person_name: task.person.and_then(|p| names.get(&p.into()).cloned()), task }).collect())
}

async fn from_appraisals_and_objectives(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let assigns = rules::reach(&cx.caller, Permission::WriteAppraisals).unwrap_or_default();
    let covered = beneath(cx, &assigns).await?;
    let (mine, today) = (super::appraisal::in_hand(cx, me, &assigns).await?, cx.act.today());
    let theirs: Vec<PersonId> = match &cx.caller {
        trellis_domain::access::Caller::Person { appraises, .. } => appraises.clone(),
        _ => Vec::new(),
    };
    type Row = (Uid, Uid, Option<Uid>, Uid, Uid, Uid, Option<Uid>, String, String, Option<NaiveDate>);
    let waiting = objectives::person_id.eq_any(uids(&theirs)).and(objectives::state.eq_any(["draft", "proposed", "active"]));
    let query = objectives::table
        .filter(objectives::tenant_id.eq(cx.tenant()))
        .filter(objectives::state.ne("withdrawn"))
        .filter(objectives::private_to.is_null().or(objectives::private_to.eq(Uid::from(me))))
        .filter(objectives::person_id.eq(Uid::from(me)).or(waiting))
        .select((
            objectives::id,
            objectives::employment_id,
            objectives::cycle_id,
            objectives::organisation_id,
            objectives::person_id,
            objectives::author_id,
            objectives::proposed_by,
            objectives::state,
            objectives::title,
            objectives::due_on,
        ));
    let rows: Vec<Row> = query.all(cx.conn()).await?;
    let of_cycle: HashMap<(Uid, Uid), &Appraisal> = mine.iter().map(|a| ((a.employment_id.into(), a.cycle_id.into()), a)).collect();
    let have: HashSet<(Uid, Option<Uid>)> = rows.iter().map(|r| (r.1, r.2)).collect();
    for (id, employment, cycle, organisation, person, author, proposed_by, state, title, due_on) in rows {
        let appraisal = cycle.and_then(|cycle| of_cycle.get(&(employment, cycle)));
        let seen = ObjectiveSeen {
            state: ObjectiveState::parse(&state).map_err(corrupt)?,
            own: person == Uid::from(me),
            author: author == Uid::from(me),
            proposed_by_owner: proposed_by == Some(person),
            due_on,
        };
        if let Some((kind, due_on)) = of_objective(seen, appraisal.and_then(|a| due(&a.deadlines, DeadlineKind::Objectives)), today) {
            let whom = (person != Uid::from(me)).then(|| person.to());
            out.push(Task {
                kind,
                record_type: RecordType::Objective,
                record_id: id.0,
                part_id: id.0,
                title: Some(title),
                person: whom,
                organisation: organisation.to(),
                due_on,
            });
        }
    }
    for a in &mine {
        let own = a.person_id == me;
        let unappraised = !a.appraisers.iter().any(|t| t.on(today));
        let part = Part { own, appraises: a.appraised_by(me, today), assigns: !own && unappraised && covered.contains(&a.organisation_id) };
        let has_objectives = have.contains(&(a.employment_id.into(), Some(a.cycle_id.into())));
        for (kind, due_on) in of_appraisal(a.state, &a.deadlines, part, has_objectives, today) {
            let whom = (!own).then_some(a.person_id);
            let (record_type, record_id, organisation) = (RecordType::Appraisal, a.id.0, a.organisation_id);
            out.push(Task { kind, record_type, record_id, part_id: record_id, title: None, person: whom, organisation, due_on });
        }
    }
    Ok(())
}

/// Organisations of a reach and all beneath them.
async fn beneath(cx: &mut Cx<'_>, reach: &Reach) -> Result<HashSet<OrganisationId>> {
    if reach.organisations.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<Uid> = organisation_paths::table
        .filter(organisation_paths::tenant_id.eq(cx.tenant()))
        .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
        .select(organisation_paths::descendant_id)
        .all(cx.conn())
        .await?;
    Ok(rows.into_iter().map(Uid::to).collect())
}

/// Two records that may be one person: for whoever may write both.
async fn from_matches(cx: &mut Cx<'_>, out: &mut Vec<Task>) -> Result<()> {
    let Ok(reach) = rules::reach(&cx.caller, Permission::WritePeople) else { return Ok(()) };
    let before = std::mem::replace(&mut cx.reach, reach.clone());
    let due = match_suggestions::state.eq("later").and(match_suggestions::later_until.le(cx.act.today()));
    let query = match_suggestions::table
        .filter(match_suggestions::tenant_id.eq(cx.tenant()))
        .filter(match_suggestions::state.eq("open").or(due))
        .filter(match_suggestions::person_id.eq_any(super::person::written!(cx)))
        .filter(match_suggestions::candidate_id.eq_any(super::person::written!(cx)))
        .order(match_suggestions::id)
        .limit(AT_ONCE)
        .select((match_suggestions::id, match_suggestions::person_id, match_suggestions::later_until));
    let rows: Vec<(Uid, Uid, Option<NaiveDate>)> = query.all(cx.conn()).await?;
    cx.reach = before;
    let Some(at) = reach.organisations.first().copied() else { return Ok(()) };
    out.extend(rows.into_iter().map(|(id, person, due_on)| Task {
        kind: TaskKind::DecideMatch,
        record_type: RecordType::MatchSuggestion,
        record_id: id.0,
        part_id: id.0,
        title: None,
        person: Some(person.to()),
        organisation: at,
        due_on,
    }));
    Ok(())
}

/// People whom a snapshot no longer named.
async fn from_snapshots(cx: &mut Cx<'_>, out: &mut Vec<Task>) -> Result<()> {
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
    out.extend(rows.into_iter().map(|(id, person, organisation, since)| Task {
        kind: TaskKind::ReviewMissing,
        record_type: RecordType::Employment,
        record_id: id.0,
        part_id: id.0,
        title: None,
        person: Some(person.to()),
        organisation: organisation.to(),
        due_on: since,
    }));
    Ok(())
}

/// Sessions that are over, of which it was not said who came: for those who lead what they are of.
async fn from_sessions(cx: &mut Cx<'_>, out: &mut Vec<Task>) -> Result<()> {
    let Ok(reach) = rules::reach(&cx.caller, Permission::WriteActivities) else { return Ok(()) };
    let covered = beneath(cx, &reach).await?;
    let unsaid = enrolments::table.filter(enrolments::tenant_id.eq(cx.tenant())).filter(enrolments::state.eq("enrolled")).select(enrolments::session_id);
    let activity = learning_activities::tenant_id.eq(learning_sessions::tenant_id).and(learning_activities::id.eq(learning_sessions::activity_id));
    let query = learning_sessions::table
        .inner_join(learning_activities::table.on(activity))
        .filter(learning_sessions::tenant_id.eq(cx.tenant()))
        .filter(learning_sessions::state.eq("scheduled"))
        .filter(learning_sessions::ends_at.lt(Moment::from(cx.act.now)))
        .filter(learning_sessions::organisation_id.eq_any(covered.into_iter().map(Uid::from).collect::<Vec<_>>()))
        .filter(learning_sessions::id.eq_any(unsaid))
        .order(learning_sessions::id)
        .limit(AT_ONCE)
        .select((learning_sessions::id, learning_sessions::organisation_id, learning_sessions::ends_at, learning_activities::title));
    let rows: Vec<(Uid, Uid, Moment, String)> = query.all(cx.conn()).await?;
    let grounds = ground_of(cx, &rows.iter().map(|r| r.1).collect::<Vec<_>>()).await?;
    for (id, organisation, ended, title) in rows {
        if grounds.get(&organisation).is_some_and(|ground| leads(&cx.caller, Permission::WriteActivities, ground)) {
            out.push(Task {
                kind: TaskKind::RecordAttendance,
                record_type: RecordType::LearningSession,
                record_id: id.0,
                part_id: id.0,
                title: Some(title),
                person: None,
                organisation: organisation.to(),
                due_on: Some(ended.0.date_naive()),
            });
        }
    }
    Ok(())
}

/// What one learned at sessions of late, and has not reflected upon.
async fn from_learning(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let record = learning_records::tenant_id.eq(enrolments::tenant_id).and(enrolments::learning_record_id.eq(learning_records::id.nullable()));
    let query = enrolments::table
        .inner_join(learning_records::table.on(record))
        .filter(enrolments::tenant_id.eq(cx.tenant()))
        .filter(enrolments::person_id.eq(Uid::from(me)))
        .filter(learning_records::person_id.eq(Uid::from(me)))
        .filter(learning_records::reflection.is_null())
        .filter(learning_records::ended_on.ge(cx.act.today() - REFLECT_WITHIN))
        .select((learning_records::id, learning_records::organisation_id, learning_records::title));
    let rows: Vec<(Uid, Uid, String)> = query.all(cx.conn()).await?;
    out.extend(rows.into_iter().map(|(id, organisation, title)| Task {
        kind: TaskKind::ReflectOnLearning,
        record_type: RecordType::LearningRecord,
        record_id: id.0,
        part_id: id.0,
        title: Some(title),
        person: None,
        organisation: organisation.to(),
        due_on: None,
    }));
    Ok(())
}

/// Actions that one took on for a priority.
async fn from_priorities(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let of = priorities::tenant_id.eq(priority_actions::tenant_id).and(priorities::id.eq(priority_actions::priority_id));
    let plan = improvement_plans::tenant_id.eq(priorities::tenant_id).and(improvement_plans::id.eq(priorities::plan_id));
    let query = priority_actions::table
        .inner_join(priorities::table.on(of).inner_join(improvement_plans::table.on(plan)))
        .filter(priority_actions::tenant_id.eq(cx.tenant()))
        .filter(priority_actions::owner_id.eq(Uid::from(me)))
        .filter(priority_actions::done_on.is_null())
        .filter(priorities::state.eq("active"))
        .filter(improvement_plans::state.eq("published"))
        .order(priority_actions::id)
        .select((priorities::id, priority_actions::id, priorities::organisation_id, priority_actions::title, priority_actions::due_on));
    let rows: Vec<(Uid, Uid, Uid, String, Option<NaiveDate>)> = query.all(cx.conn()).await?;
    out.extend(rows.into_iter().map(|(id, action, organisation, title, due_on)| Task {
        kind: TaskKind::DoPriorityAction,
        record_type: RecordType::Priority,
        record_id: id.0,
        part_id: action.0,
        title: Some(title),
        person: None,
        organisation: organisation.to(),
        due_on,
    }));
    Ok(())
}
