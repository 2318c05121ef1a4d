//! Organisations, their place in the tree, identifiers and links.

mod gias;
mod row;

pub(super) use {
    gias::{by_urn, import_link, import_school, parent_of_new},
    row::unique_identifiers,
};

use super::prelude::*;
use crate::{
    event::History,
    organisation::{CreateOrganisation, GetOrganisation, ListOrganisations, NameOrganisations, OrganisationHistory, UpdateOrganisation},
};
use diesel::dsl::not;
use row::{OrganisationRow, put_identifiers, put_references, whole};
use trellis_domain::{
    access::{Caller, Permission},
    event::{About, EventKind, RecordType, changes},
    id::OrganisationId,
    organisation::{Organisation, OrganisationKind, place},
    provenance::Provenance,
    rule::{Code, RuleError},
    text::Wire,
    time::micros,
};

pub(super) async fn load(cx: &mut Cx<'_>, id: OrganisationId) -> Result<Organisation> {
    let row: OrganisationRow = organisations::table.find((cx.tenant(), Uid::from(id))).select(OrganisationRow::as_select()).one(cx.conn()).await?;
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

/// What kind of organisation it is, if it can be named by this caller: a reference to anything else is one to nothing. A machine with its own
/// schools knows of no other.
pub(super) async fn kind_of(cx: &mut Cx<'_>, id: OrganisationId, pointer: &str) -> Result<OrganisationKind> {
    let unknown = || RuleError::at(Code::UnknownReference, pointer, "no such organisation");
    let kind: Option<String> = organisations::table.find((cx.tenant(), Uid::from(id))).select(organisations::kind).one(cx.conn()).await.optional()?;
    let kind = kind.ok_or_else(unknown)?;
    if let Caller::Service { organisations: Some(own), .. } = cx.caller.clone() {
        let path = access::path_of(cx, id).await?;
        if !path.iter().any(|o| own.contains(o)) {
            return Err(unknown().into());
        }
    }
    OrganisationKind::parse(&kind).map_err(corrupt)
}

pub(super) async fn root(cx: &mut Cx<'_>) -> Result<OrganisationId> {
    let id: Uid = organisations::table
        .filter(organisations::tenant_id.eq(cx.tenant()))
        .filter(organisations::parent_id.is_null())
        .select(organisations::id)
        .one(cx.conn())
        .await?;
    Ok(id.to())
}

fn about(organisation: &Organisation) -> About {
    About { organisation: Some(organisation.id), ..About::default() }
}

/// Adds an organisation at its place in the tree.
pub(super) async fn insert(tx: &mut Tx<'_>, organisation: &Organisation) -> Result<()> {
    let row = OrganisationRow::new(tx.tenant(), organisation);
    diesel::insert_into(organisations::table).values(row).done(tx.conn()).await?;
    let mut above = vec![organisation.id];
    if let Some(parent) = organisation.parent_id {
        above.extend(access::path_of(tx, parent).await?);
    }
    let tenant = tx.tenant();
    let path: Vec<_> = above
        .iter()
        .zip(0..)
        .map(|(ancestor, depth)| {
            (
                organisation_paths::tenant_id.eq(tenant),
                organisation_paths::descendant_id.eq(Uid::from(organisation.id)),
                organisation_paths::ancestor_id.eq(Uid::from(*ancestor)),
                organisation_paths::depth.eq(depth),
            )
        })
        .collect();
    diesel::insert_into(organisation_paths::table).values(path).done(tx.conn()).await?;
    put_identifiers(tx, organisation).await?;
    put_references(tx, &[], organisation).await?;
    tx.event(EventKind::OrganisationCreated, None, organisation, about(organisation));
    Ok(())
}

/// Saves a changed organisation; nothing happens if nothing changed.
pub(super) async fn save(tx: &mut Tx<'_>, before: &Organisation, after: Organisation) -> Result<Option<Organisation>> {
    let Some(after) = tx.next(before, after) else { return Ok(None) };
    let row = OrganisationRow::new(tx.tenant(), &after);
    let key = organisations::table.find((tx.tenant(), Uid::from(after.id))).filter(organisations::version.eq(before.version));
    if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    if before.identifiers != after.identifiers {
        put_identifiers(tx, &after).await?;
    }
    put_references(tx, &before.external_refs, &after).await?;
    tx.event(EventKind::OrganisationUpdated, Some(before), &after, about(&after));
    Ok(Some(after))
}

pub(super) async fn seen(cx: &mut Cx<'_>, record: Organisation) -> Result<Seen<Organisation>> {
    let may = access::may(cx, Permission::WriteOrganisations, Some(record.id), None).await?;
    let refusal = trellis_domain::access::require(may, "the school's or the trust's administrators").err();
    Ok(Seen { record, can: vec![("update", refusal.clone()), ("add_beneath", refusal.clone()), ("release_fields", refusal)] })
}

/// Whoever adds an organisation administers the one above it.
async fn may_add_beneath(tx: &mut Tx<'_>, parent: OrganisationId) -> Result<()> {
    let reach = tx.reach.clone();
    if !access::covers(tx, &reach, Some(parent), None, None).await? {
        return Err(RuleError::new(Code::NotPermitted, "only administrators of the organisation above, or of the trust, add to it").into());
    }
    Ok(())
}

impl Write<Here> for CreateOrganisation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Organisation>> {
        let Self { parent_id, kind, name, phase, establishment_type, group_type, status, opened_on, closed_on, identifiers, external_refs } = self.clone();
        let parent = kind_of(tx, parent_id, "/parent_id").await?;
        place(kind, parent)?;
        may_add_beneath(tx, parent_id).await?;
        let now = micros(tx.act.now);
        let (mut identifiers, mut external_refs) = (identifiers, external_refs);
        identifiers.sort();
        external_refs.sort();
        let organisation = Organisation {
            id: tx.new_id(),
            kind,
            parent_id: Some(parent_id),
            name,
            phase,
            establishment_type,
            group_type,
            status,
            opened_on,
            closed_on,
            identifiers,
            external_refs,
            provenance: Provenance::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        organisation.check()?;
        insert(tx, &organisation).await?;
        seen(tx, organisation).await
    }
}

impl Read<Here> for GetOrganisation {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Organisation>>> {
        access::within(cx, Some(self.id), None, None).await?;
        let row: OrganisationRow = organisations::table.find((cx.tenant(), Uid::from(self.id))).select(OrganisationRow::as_select()).one(cx.conn()).await?;
        if self.unless == Some(row.version) {
            return Ok(Fetched::Unchanged(row.version));
        }
        let record = whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)?;
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Keeps organisations to those that the caller may read.
macro_rules! readable {
    ($query:expr, $cx:expr) => {{
        let query = $query;
        if $cx.reach.everywhere {
            query
        } else {
            let covered = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq($cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&$cx.reach.organisations)))
                .select(organisation_paths::descendant_id);
            query.filter(organisations::id.eq_any(covered))
        }
    }};
}

/// Those of these organisations that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Organisation>> {
    let query = organisations::table.filter(organisations::tenant_id.eq(cx.tenant())).filter(organisations::id.eq_any(ids.to_vec()));
    let rows: Vec<OrganisationRow> = readable!(query.select(OrganisationRow::as_select()).into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for NameOrganisations {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<(OrganisationId, String)>> {
        let query = organisations::table.filter(organisations::tenant_id.eq(cx.tenant())).filter(organisations::id.eq_any(uids(&self.ids)));
        let rows: Vec<(Uid, String)> = query.order(organisations::id).select((organisations::id, organisations::name)).all(cx.conn()).await?;
        Ok(rows.into_iter().map(|(id, name)| (id.to(), name)).collect())
    }
}

impl Read<Here> for ListOrganisations {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Organisation>> {
        let mut query = page::windowed!(
            organisations::table.filter(organisations::tenant_id.eq(cx.tenant())).select(OrganisationRow::as_select()).into_boxed::<Dialect>(),
            self.window,
            organisations
        );
        query = readable!(query, cx);
        if let Some(kind) = self.kind {
            query = query.filter(organisations::kind.eq(kind.as_str()));
        }
        if let Some(parent) = self.parent_id {
            query = query.filter(organisations::parent_id.eq(Uid::from(parent)));
        }
        query = match self.overridden {
            Some(true) => query.filter(organisations::overridden),
            Some(false) => query.filter(not(organisations::overridden)),
            None => query,
        };
        if let Some((scheme, value)) = &self.identifier {
            let known = organisation_identifiers::table
                .filter(organisation_identifiers::tenant_id.eq(cx.tenant()))
                .filter(organisation_identifiers::scheme.eq(scheme.as_str()))
                .filter(organisation_identifiers::value.eq(value))
                .select(organisation_identifiers::organisation_id);
            query = query.filter(organisations::id.eq_any(known));
        }
        if let Some(reference) = &self.external_ref {
            let found = super::external_ref::find(cx, RecordType::Organisation, reference).await?;
            query = query.filter(organisations::id.eq_any(found));
        }
        let rows: Vec<OrganisationRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: whole(cx, page.items).await?, next: page.next })
    }
}

impl Write<Here> for UpdateOrganisation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Organisation>> {
        let before = load(tx, self.id).await?;
        writable(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let mut after = before.patched(self.patch.clone())?;
        after.identifiers.sort();
        after.external_refs.sort();
        after.provenance.changed_by_hand(&changes(Some(&before), &after).fields, micros(tx.act.now), tx.actor());
        let after = save(tx, &before, after).await?.unwrap_or(before);
        seen(tx, after).await
    }
}

pub(super) async fn writable(cx: &mut Cx<'_>, id: OrganisationId) -> Result<()> {
    access::writable(cx, Permission::ReadOrganisations, id, None, "administrators of this organisation, or of the trust,").await
}

impl Read<Here> for OrganisationHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        access::within(cx, Some(self.id), None, None).await?;
        kind_of(cx, self.id, "").await.map_err(|_| StoreError::Missing)?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: OrganisationId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => access::within(cx, Some(id), None, None).await?,
        Doing::Act(_) => writable(cx, id).await?,
    }
    Ok(seen(cx, record).await?.can)
}
