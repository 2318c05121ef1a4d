//! What appraisals and objectives ask.

use super::{super::prelude::*, AT_ONCE, beneath};
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    access::{self as rules, Caller, Permission},
    appraisal::{Appraisal, DeadlineKind},
    employment::StaffCategory,
    event::RecordType,
    id::{OrganisationId, PersonId},
    objective::ObjectiveState,
    task::{ObjectiveSeen, Part, Task, deadline, of_appraisal, of_objective, of_pay, of_report},
    text::Wire,
};

/// What appraisals and objectives ask of those whose they are, of those who appraise them, and of those who lead the school.
pub(super) async fn from_appraisals_and_objectives(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let assigns = rules::reach(&cx.caller, Permission::AssignAppraisals).unwrap_or_default();
    let writes = rules::reach(&cx.caller, Permission::WriteAppraisals).unwrap_or_default();
    let led = beneath(cx, &writes).await?;
    let assigned =
        if assigns.everywhere == writes.everywhere && assigns.organisations == writes.organisations { led.clone() } else { beneath(cx, &assigns).await? };
    let (mine, today) = (super::super::appraisal::in_hand(cx, me, &assigns).await?, cx.act.today());
    let delegated = |a: &&Appraisal| assigned.contains(&a.organisation_id) && !led.contains(&a.organisation_id);
    let delegations: Vec<&Appraisal> = mine.iter().filter(delegated).collect();
    let (mut assigning, mut heads) = (HashSet::new(), HashSet::new());
    if !delegations.is_empty() {
        assigning = super::super::appraisal::who_assign(cx, &delegations.iter().map(|a| a.person_id).collect::<Vec<_>>()).await?;
        heads = headteachers(cx, delegations.iter().map(|a| a.employment_id.into()).collect()).await?;
    }
    let theirs: Vec<PersonId> = match &cx.caller {
        Caller::Person { appraises, .. } => appraises.clone(),
        _ => Vec::new(),
    };
    type Row = (Uid, Uid, Option<Uid>, Uid, Uid, Uid, Option<Uid>, String, String, Option<NaiveDate>);
    let whose: Vec<PersonId> = theirs.iter().copied().chain([me]).collect();
    let waiting = objectives::state.eq_any(["draft", "proposed", "active"]);
    let query = objectives::table
        .filter(objectives::tenant_id.eq(cx.tenant()))
        .filter(objectives::state.ne("withdrawn"))
        .filter(objectives::private_to.is_null().or(objectives::private_to.eq(Uid::from(me))))
        .filter(objectives::person_id.eq_any(uids(&whose)))
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
        let settled_by = appraisal.and_then(|a| deadline(&a.deadlines, DeadlineKind::Objectives));
        if let Some(asked) = of_objective(seen, settled_by, today) {
            let whom: Option<PersonId> = (person != Uid::from(me)).then(|| person.to());
            out.push(Task::with(asked, RecordType::Objective, id.0, organisation.to()).called(title).about(whom));
        }
    }
    let judged: Vec<&Appraisal> = mine.iter().filter(|a| a.appeal_waits() && led.contains(&a.organisation_id)).collect();
    let written = super::super::report::written(cx, &judged).await?;
    for a in &mine {
        let own = a.person_id == me;
        let unappraised = !a.appraisers.iter().any(|t| t.on(today));
        let leads = !own && led.contains(&a.organisation_id);
        let headteacher = a.staff_category == StaffCategory::Headteacher || heads.contains(&a.employment_id.into());
        let for_the_head = !own && delegated(&a) && !headteacher && !assigning.contains(&a.person_id);
        let (appraises, wrote) = (a.appraised_by(me, today), written.contains(&a.id));
        let part = Part { own, appraises, assigns: (leads || for_the_head) && unappraised, completes: leads, wrote };
        let has_objectives = have.contains(&(a.employment_id.into(), Some(a.cycle_id.into())));
        let asked = of_appraisal(a.state, &a.deadlines, part, has_objectives, today).into_iter().chain(of_report(a, part, today));
        out.extend(asked.map(|asked| Task::with(asked, RecordType::Appraisal, a.id.0, a.organisation_id).about((!own).then_some(a.person_id))));
    }
    Ok(())
}

/// Recommendations on pay that wait for whoever decides them at the school. None of their words are in a task, and who reads them is recorded where they stand.
pub(super) async fn from_pay(cx: &mut Cx<'_>, me: PersonId, out: &mut Vec<Task>) -> Result<()> {
    let decides = rules::reach(&cx.caller, Permission::WritePay).unwrap_or_default();
    let led: Vec<OrganisationId> = beneath(cx, &decides).await?.into_iter().collect();
    for (of, by, facts) in super::super::pay::waiting(cx, me, &led, AT_ONCE).await? {
        let task = |asked| Task::with(asked, RecordType::PayRecommendation, of.id.0, of.organisation_id).about(of.person_id);
        out.extend(of_pay(&of, by, facts).map(task));
    }
    Ok(())
}

/// Those of these employments that are a headteacher's today.
async fn headteachers(cx: &mut Cx<'_>, of: Vec<Uid>) -> Result<HashSet<Uid>> {
    let query = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::id.eq_any(of))
        .filter(employments::staff_category.eq(StaffCategory::Headteacher.as_str()))
        .select(employments::id);
    let found: Vec<Uid> = query.all(cx.conn()).await?;
    Ok(found.into_iter().collect())
}
