//! Collaborations. Who takes part reads of the objective what both work on, by this path alone; whoever may read the objective knows who takes part.

use super::prelude::*;
use crate::collaboration::{GetCollaboration, InviteCollaborator, ListCollaborations, Shown, StepCollaboration};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use serde_json::{Value, json};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    event::{Changes, EventKind},
    id::{CollaborationId, ObjectiveId, PersonId},
    objective::{
        Objective, ObjectiveAction, ObjectiveState,
        collaboration::{Collaboration, CollaborationAction, CollaborationState, invitable},
    },
    rule::{Code, RuleError},
    text::Wire,
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = collaborations, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct Row {
    tenant_id: Uid,
    id: Uid,
    objective_id: Uid,
    owner_id: Uid,
    organisation_id: Uid,
    person_id: Uid,
    state: String,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl Row {
    fn new(tenant_id: Uid, collaboration: &Collaboration) -> Self {
        let Collaboration { id, objective_id, owner_id, organisation_id, person_id, state, version, created_at, updated_at } = collaboration;
        Self {
            tenant_id,
            id: (*id).into(),
            objective_id: (*objective_id).into(),
            owner_id: (*owner_id).into(),
            organisation_id: (*organisation_id).into(),
            person_id: (*person_id).into(),
            state: state.as_str().into(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn collaboration(self) -> Result<Collaboration> {
        let Self { tenant_id: _, id, objective_id, owner_id, organisation_id, person_id, state, version, created_at, updated_at } = self;
        Ok(Collaboration {
            id: id.to(),
            objective_id: objective_id.to(),
            owner_id: owner_id.to(),
            organisation_id: organisation_id.to(),
            person_id: person_id.to(),
            state: CollaborationState::parse(&state).map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Those with their objectives, in a fixed number of statements.
async fn shown(cx: &mut Cx<'_>, all: Vec<Collaboration>) -> Result<Vec<Shown>> {
    let ids: Vec<Uid> = all.iter().map(|c| c.objective_id.into()).collect();
    let objectives: HashMap<ObjectiveId, Objective> = super::objective::of_ids(cx, &ids).await?.into_iter().map(|o| (o.id, o)).collect();
    let me = cx.caller.person();
    all.into_iter()
        .map(|collaboration| {
            let objective = objectives.get(&collaboration.objective_id).cloned().ok_or_else(|| corrupt("a collaboration in no objective"))?;
            let whole = collaboration.shows(me, objective.state) || me == Some(collaboration.owner_id);
            Ok(Shown { collaboration, objective, whole })
        })
        .collect()
}

/// The collaboration, if the caller takes part in it, or may read the objective.
async fn known(cx: &mut Cx<'_>, id: CollaborationId) -> Result<Collaboration> {
    let row: Row = collaborations::table.find((cx.tenant(), Uid::from(id))).select(Row::as_select()).one(cx.conn()).await?;
    let found = row.collaboration()?;
    let reads = rules::reach(&cx.caller, Permission::ReadObjectives).unwrap_or_default();
    let mine = cx.caller.person() == Some(found.person_id) && found.state.live();
    let known = mine
        || access::covers(cx, &reads, Some(found.organisation_id), Some(found.owner_id), None).await?
        || super::objective::advised(cx, &reads).await?.contains(&found.objective_id.into());
    if known { Ok(found) } else { Err(StoreError::Missing) }
}

/// Invitations of this person that they have not answered, with the titles of the objectives and how far these are.
pub(super) async fn invitations(cx: &mut Cx<'_>, me: PersonId) -> Result<Vec<(Collaboration, String, ObjectiveState)>> {
    let objective = objectives::tenant_id.eq(collaborations::tenant_id).and(objectives::id.eq(collaborations::objective_id));
    let rows: Vec<(Row, String, String)> = collaborations::table
        .inner_join(objectives::table.on(objective))
        .filter(collaborations::tenant_id.eq(cx.tenant()))
        .filter(collaborations::person_id.eq(Uid::from(me)))
        .filter(collaborations::state.eq(CollaborationState::Invited.as_str()))
        .order(collaborations::id)
        .select((Row::as_select(), objectives::title, objectives::state))
        .all(cx.conn())
        .await?;
    rows.into_iter().map(|(row, title, state)| Ok((row.collaboration()?, title, ObjectiveState::parse(&state).map_err(corrupt)?))).collect()
}

async fn seen(cx: &mut Cx<'_>, collaboration: Collaboration) -> Result<Seen<Shown>> {
    let record = shown(cx, vec![collaboration]).await?.pop().ok_or(StoreError::Missing)?;
    let can = |action: CollaborationAction| record.collaboration.can(action, cx.caller.person(), record.objective.state);
    let can = CollaborationAction::ALL.iter().map(|action| (action.as_str(), can(*action).err())).collect();
    Ok(Seen { record, can })
}

/// Tells of it on the objective, of which nothing else changed.
fn tell(tx: &mut Tx<'_>, kind: EventKind, objective: &Objective, before: Option<&Collaboration>, after: &Collaboration) {
    let said = |c: &Collaboration| json!({"person_id": c.person_id, "state": c.state});
    let values = json!({"collaborators": {"before": before.map_or(Value::Null, said), "after": said(after)}});
    let changes = Changes { fields: vec!["collaborators".into()], values };
    tx.happened(kind, objective.id.into(), objective.version, changes, after.about());
}

impl Write<Here> for InviteCollaborator {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Shown>> {
        let unknown = || RuleError::at(Code::UnknownReference, "/objective_id", "no such objective of yours");
        let objective = match super::objective::load_for_write(tx, self.objective_id).await {
            Err(StoreError::Missing) => return Err(unknown().into()),
            other => other?,
        };
        let by = super::objective::party(tx, &objective);
        objective.can(ObjectiveAction::Invite, by)?;
        super::person::named(tx, self.person_id, "/person_id").await?;
        access::guard(tx, objective.id).await?;
        let others: Vec<Row> = collaborations::table
            .filter(collaborations::tenant_id.eq(tx.tenant()))
            .filter(collaborations::objective_id.eq(Uid::from(objective.id)))
            .select(Row::as_select())
            .all(tx.conn())
            .await?;
        let others = others.into_iter().map(Row::collaboration).collect::<Result<Vec<_>>>()?;
        invitable(&objective, by, self.person_id, &others)?;
        let now = micros(tx.act.now);
        let new = Collaboration {
            id: tx.new_id(),
            objective_id: objective.id,
            owner_id: objective.person_id,
            organisation_id: objective.organisation_id,
            person_id: self.person_id,
            state: CollaborationState::Invited,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(collaborations::table).values(Row::new(tx.tenant(), &new)).done(tx.conn()).await?;
        tell(tx, ObjectiveAction::Invite.event(), &objective, None, &new);
        seen(tx, new).await
    }
}

impl Read<Here> for GetCollaboration {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Shown>>> {
        let record = known(cx, self.id).await?;
        let seen = seen(cx, record).await?;
        let version = seen.record.version();
        Ok(if self.unless == Some(version) { Fetched::Unchanged(version) } else { Fetched::Found(seen) })
    }
}

impl Read<Here> for ListCollaborations {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Shown>> {
        let query = collaborations::table.filter(collaborations::tenant_id.eq(cx.tenant())).select(Row::as_select()).into_boxed::<Dialect>();
        let mut query = page::windowed!(query, self.window, collaborations);
        let reach = cx.reach.clone();
        if !reach.everywhere {
            let covered = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq(cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
                .select(organisation_paths::descendant_id);
            let people: Vec<Uid> = uids(&reach.people);
            let advised: Vec<Uid> = super::objective::advised(cx, &reach).await?;
            let mine: Vec<Uid> = reach.me.into_iter().map(Uid::from).collect();
            let within = collaborations::owner_id.eq_any(people).or(collaborations::organisation_id.eq_any(covered));
            let open = [CollaborationState::Invited, CollaborationState::Accepted].map(|s| s.as_str());
            let within = within.or(collaborations::objective_id.eq_any(advised));
            query = query.filter(within.or(collaborations::person_id.eq_any(mine).and(collaborations::state.eq_any(open))));
        }
        if let Some(objective) = self.objective_id {
            query = query.filter(collaborations::objective_id.eq(Uid::from(objective)));
        }
        if let Some(person) = self.person_id {
            query = query.filter(collaborations::person_id.eq(Uid::from(person)));
        }
        if let Some(state) = self.state {
            query = query.filter(collaborations::state.eq(state.as_str()));
        }
        let rows: Vec<Row> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let all = page.items.into_iter().map(Row::collaboration).collect::<Result<Vec<_>>>()?;
        Ok(Page { items: shown(cx, all).await?, next: page.next })
    }
}

impl Write<Here> for StepCollaboration {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Shown>> {
        let before = known(tx, self.id).await?;
        let Shown { objective, .. } = seen(tx, before.clone()).await?.record;
        let version = before.version + objective.version;
        if let Some(expected) = self.expected.filter(|expected| *expected != version) {
            return Err(super::event::stale_of_two(tx, [before.id.0, objective.id.0], version, expected).await?);
        }
        let after = before.step(self.action, tx.caller.person(), objective.state)?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        let key = collaborations::table.find((tx.tenant(), Uid::from(after.id))).filter(collaborations::version.eq(before.version));
        if diesel::update(key).set(Row::new(tx.tenant(), &after)).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        if !after.state.live() {
            // who takes part no more is not told again what both worked on
            super::idempotency::forget(tx, [after.id.into()], super::idempotency::Told::People(&[after.person_id])).await?;
        }
        tell(tx, self.action.event(), &objective, Some(&before), &after);
        seen(tx, after).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: CollaborationId, _: &Doing) -> Result<Can> {
    let record = known(cx, id).await?;
    Ok(seen(cx, record).await?.can)
}
