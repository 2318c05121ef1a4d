//! Tasks: a fixed number of statements for each source, whatever there is to do. A further source is one more function here, and one in the domain.

mod appraisal;
mod learning;
mod records;
mod talk;

use super::{
    person::{self, names},
    prelude::*,
};
use crate::task::{ListTasks, NamedTask};
use std::collections::HashSet;
use trellis_domain::{
    access::Reach,
    id::{OrganisationId, PersonId},
    task::Task,
};

/// Of what comes from many at once, so much is shown at a time; the rest comes when that is done.
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
    appraisal::from_appraisals_and_objectives(cx, me, &mut out).await?;
    appraisal::from_pay(cx, me, &mut out).await?;
    talk::from_conversations(cx, me, &mut out).await?;
    talk::from_check_ins(cx, me, &mut out).await?;
    talk::from_agreed_actions(cx, me, &mut out).await?;
    talk::from_invitations(cx, me, &mut out).await?;
    talk::from_coaching(cx, me, &mut out).await?;
    learning::from_requests(cx, me, &mut out).await?;
    learning::from_sessions(cx, &mut out).await?;
    learning::from_enrolments(cx, me, &mut out).await?;
    learning::from_learning(cx, me, &mut out).await?;
    learning::from_training(cx, me, &mut out).await?;
    learning::from_priorities(cx, me, &mut out).await?;
    records::from_matches(cx, &mut out).await?;
    records::from_snapshots(cx, &mut out).await?;
    out.sort_by_key(Task::place);
    Ok(out)
}

/// Tasks with the names of those whom they are about.
pub(super) async fn named(cx: &mut Cx<'_>, tasks: Vec<Task>) -> Result<Vec<NamedTask>> {
    let people: Vec<PersonId> = tasks.iter().filter_map(|t| t.person).collect();
    let names = names(cx, uids(&people)).await?;
    Ok(tasks.into_iter().map(|task| NamedTask { person_name: task.person.and_then(|p| names.get(&p.into()).cloned()), task }).collect())
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
