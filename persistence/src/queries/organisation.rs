//! Organisations, their place in the tree, identifiers and links.

use super::prelude::*;
use crate::{
    event::History,
    organisation::{
        CreateOrganisation, GetOrganisation, ImportAction, ImportGias, ImportResult, ListLinks, ListOrganisations, NameOrganisations, OrganisationHistory,
        OrganisationLink, UpdateOrganisation,
    },
    provenance,
};
use chrono::NaiveDate;
use diesel::{dsl::not, pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{Caller, Permission},
    event::{About, EventKind, RecordType, changes},
    id::OrganisationId,
    organisation::{GroupType, Identifier, LinkKind, Organisation, OrganisationKind, OrganisationPatch, OrganisationStatus, Phase, Scheme, gias, place},
    provenance::Provenance,
    rule::{Code, RuleError},
    text::{Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct OrganisationRow {
    tenant_id: Uid,
    id: Uid,
    kind: String,
    parent_id: Option<Uid>,
    name: String,
    phase: Option<String>,
    establishment_type: Option<i32>,
    group_type: Option<String>,
    status: String,
    opened_on: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
    managed: Option<Json>,
    overridden: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = organisation_identifiers, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct IdentifierRow {
    tenant_id: Uid,
    organisation_id: Uid,
    scheme: String,
    value: String,
    starts_on: Option<NaiveDate>,
    ends_on: Option<NaiveDate>,
}

impl OrganisationRow {
    fn new(tenant_id: Uid, organisation: &Organisation) -> Self {
        let Organisation {
            id,
            kind,
            parent_id,
            name,
            phase,
            establishment_type,
            group_type,
            status,
            opened_on,
            closed_on,
            identifiers: _,
            external_refs: _,
            provenance,
            version,
            created_at,
            updated_at,
        } = organisation;
        Self {
            tenant_id,
            id: (*id).into(),
            kind: kind.as_str().into(),
            parent_id: optional(*parent_id),
            name: name.as_str().into(),
            phase: phase.map(|p| p.as_str().into()),
            establishment_type: *establishment_type,
            group_type: group_type.map(|t| t.as_str().into()),
            status: status.as_str().into(),
            opened_on: *opened_on,
            closed_on: *closed_on,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            managed: provenance::kept(provenance),
            overridden: provenance.overridden(),
        }
    }
    fn organisation(self) -> Result<Organisation> {
        let Self {
            tenant_id: _,
            id,
            kind,
            parent_id,
            name,
            phase,
            establishment_type,
            group_type,
            status,
            opened_on,
            closed_on,
            version,
            created_at,
            updated_at,
            managed,
            overridden: _,
        } = self;
        Ok(Organisation {
            id: id.to(),
            kind: OrganisationKind::parse(&kind).map_err(corrupt)?,
            parent_id: parent_id.map(Uid::to),
            name: Title::parse(&name).map_err(corrupt)?,
            phase: phase.map(|p| Phase::parse(&p)).transpose().map_err(corrupt)?,
            establishment_type,
            group_type: group_type.map(|t| GroupType::parse(&t)).transpose().map_err(corrupt)?,
            status: OrganisationStatus::parse(&status).map_err(corrupt)?,
            opened_on,
            closed_on,
            identifiers: Vec::new(),
            external_refs: Vec::new(),
            provenance: provenance::read(managed)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Whole records of rows: with identifiers and external references, in two statements whatever their number.
async fn whole(cx: &mut Cx<'_>, rows: Vec<OrganisationRow>) -> Result<Vec<Organisation>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let identifiers: Vec<IdentifierRow> = organisation_identifiers::table
        .filter(organisation_identifiers::tenant_id.eq(cx.tenant()))
        .filter(organisation_identifiers::organisation_id.eq_any(&ids))
        .order((organisation_identifiers::scheme, organisation_identifiers::value))
        .select(IdentifierRow::as_select())
        .all(cx.conn())
        .await?;
    let mut by_id: HashMap<Uid, Vec<Identifier>> = HashMap::new();
    for row in identifiers {
        let IdentifierRow { tenant_id: _, organisation_id, scheme, value, starts_on, ends_on } = row;
        let scheme = Scheme::parse(&scheme).map_err(corrupt)?;
        by_id.entry(organisation_id).or_default().push(Identifier { scheme, value, starts_on, ends_on });
    }
    let mut refs = super::external_ref::of(cx, RecordType::Organisation, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let id = row.id;
            let organisation = row.organisation()?;
            if let Some(own) = by_id.get_mut(&id) {
                own.sort(); // the domain's order, which is not that of the schemes' names
            }
            Ok(Organisation { identifiers: by_id.remove(&id).unwrap_or_default(), external_refs: refs.remove(&id).unwrap_or_default(), ..organisation })
        })
        .collect()
}

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

/// An identifier that is one organisation's alone is no other's.
pub(super) async fn unique_identifiers(cx: &mut Cx<'_>, organisation: &Organisation) -> Result<()> {
    for (i, identifier) in organisation.identifiers.iter().enumerate().filter(|(_, id)| id.scheme.unique()) {
        let taken: Option<Uid> = organisation_identifiers::table
            .filter(organisation_identifiers::tenant_id.eq(cx.tenant()))
            .filter(organisation_identifiers::scheme.eq(identifier.scheme.as_str()))
            .filter(organisation_identifiers::value.eq(&identifier.value))
            .filter(organisation_identifiers::organisation_id.ne(Uid::from(organisation.id)))
            .select(organisation_identifiers::organisation_id)
            .one(cx.conn())
            .await
            .optional()?;
        if taken.is_some() {
            return Err(RuleError::at(Code::Duplicate, &format!("/identifiers/{i}"), format!("another organisation has this {}", identifier.scheme)).into());
        }
    }
    Ok(())
}

async fn put_identifiers(tx: &mut Tx<'_>, organisation: &Organisation) -> Result<()> {
    unique_identifiers(tx, organisation).await?;
    let mine = organisation_identifiers::table
        .filter(organisation_identifiers::tenant_id.eq(tx.tenant()))
        .filter(organisation_identifiers::organisation_id.eq(Uid::from(organisation.id)));
    diesel::delete(mine).done(tx.conn()).await?;
    let rows: Vec<IdentifierRow> = organisation
        .identifiers
        .iter()
        .map(|Identifier { scheme, value, starts_on, ends_on }| IdentifierRow {
            tenant_id: tx.tenant(),
            organisation_id: organisation.id.into(),
            scheme: scheme.as_str().into(),
            value: value.clone(),
            starts_on: *starts_on,
            ends_on: *ends_on,
        })
        .collect();
    if !rows.is_empty() {
        diesel::insert_into(organisation_identifiers::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

async fn put_references(tx: &mut Tx<'_>, before: &[trellis_domain::text::ExternalRef], organisation: &Organisation) -> Result<()> {
    super::external_ref::check(tx, RecordType::Organisation, organisation.id.into(), &organisation.external_refs).await?;
    super::external_ref::replace(tx, RecordType::Organisation, organisation.id.into(), before, &organisation.external_refs).await
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

impl Write<Here> for CreateOrganisation {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Organisation>> {
        let Self { parent_id, kind, name, phase, establishment_type, group_type, status, opened_on, closed_on, identifiers, external_refs } = self.clone();
        let parent = kind_of(tx, parent_id, "/parent_id").await?;
        place(kind, parent)?;
        let reach = tx.reach.clone();
        if !access::covers(tx, &reach, Some(parent_id), None, None).await? {
            return Err(RuleError::new(Code::NotPermitted, "only administrators of the organisation above, or of the trust, add to it").into());
        }
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

type LinkRow = (String, String, String, String, Option<NaiveDate>);

impl Read<Here> for ListLinks {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<OrganisationLink>> {
        access::within(cx, Some(self.id), None, None).await?;
        kind_of(cx, self.id, "").await.map_err(|_| StoreError::Missing)?;
        let rows: Vec<LinkRow> = organisation_links::table
            .filter(organisation_links::tenant_id.eq(cx.tenant()))
            .filter(organisation_links::organisation_id.eq(Uid::from(self.id)))
            .order((organisation_links::linked_urn, organisation_links::published_type))
            .select((
                organisation_links::kind,
                organisation_links::published_type,
                organisation_links::linked_urn,
                organisation_links::linked_name,
                organisation_links::established_on,
            ))
            .all(cx.conn())
            .await?;
        let urns: Vec<&str> = rows.iter().map(|r| r.2.as_str()).collect();
        let known = by_urn(cx, &urns).await?;
        rows.into_iter()
            .map(|(kind, published_type, linked_urn, linked_name, established_on)| {
                let linked_organisation_id = known.get(&linked_urn).map(|id| id.to());
                Ok(OrganisationLink {
                    kind: LinkKind::parse(&kind).map_err(corrupt)?,
                    published_type,
                    linked_urn,
                    linked_name,
                    linked_organisation_id,
                    established_on,
                })
            })
            .collect()
    }
}

/// The organisations that have, or had, these URNs.
pub(super) async fn by_urn(cx: &mut Cx<'_>, urns: &[&str]) -> Result<HashMap<String, Uid>> {
    let mut known = HashMap::new();
    // SQLite binds at most 32,766 values in one statement, and the whole register has more schools
    for part in urns.chunks(10_000) {
        let rows: Vec<(String, Uid)> = organisation_identifiers::table
            .filter(organisation_identifiers::tenant_id.eq(cx.tenant()))
            .filter(organisation_identifiers::scheme.eq("urn"))
            .filter(organisation_identifiers::value.eq_any(part))
            .select((organisation_identifiers::value, organisation_identifiers::organisation_id))
            .all(cx.conn())
            .await?;
        known.extend(rows);
    }
    Ok(known)
}

impl Write<Here> for ImportGias {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<ImportResult>> {
        let parent = match self.parent_id {
            Some(id) => id,
            None => root(tx).await?,
        };
        let parent_kind = kind_of(tx, parent, "parent_id").await?;
        let reach = tx.reach.clone();
        if !access::covers(tx, &reach, Some(parent), None, None).await? {
            return Err(RuleError::new(Code::NotPermitted, "only administrators of the organisation above, or of the trust, add to it").into());
        }
        place(OrganisationKind::School, parent_kind)?;
        let mut urns: Vec<&str> = self.establishments.iter().map(|r| r.urn.as_str()).collect();
        urns.extend(self.links.iter().map(|r| r.urn.as_str()));
        let mut known = by_urn(tx, &urns).await?;
        let mut out = Vec::with_capacity(self.establishments.len() + self.links.len());
        let mut been = HashMap::new();
        for row in &self.establishments {
            let first = *been.entry(row.urn.as_str()).or_insert(row.line);
            let result = match &row.result {
                Ok(_) if first != row.line => Err(RuleError::at(Code::Duplicate, "/URN", format!("line {first} has this URN already")).into()),
                Ok(school) => import_school(tx, school, &row.urn, parent, &mut known, self.validate_only).await,
                Err(fault) => Err(fault.clone().into()),
            };
            out.push(row_result(false, row.line, &row.urn, result)?);
        }
        for row in &self.links {
            let result = match &row.result {
                Ok(link) => import_link(tx, link, &known, self.validate_only).await,
                Err(fault) => Err(fault.clone().into()),
            };
            out.push(row_result(true, row.line, &row.urn, result)?);
        }
        Ok(out)
    }
}

type RowOutcome = (ImportAction, Option<OrganisationId>, Vec<String>);

/// A row that breaks a rule fails alone; anything else ends the import.
fn row_result(links_file: bool, line: u64, urn: &str, result: Result<RowOutcome>) -> Result<ImportResult> {
    let (action, id, changed) = match result {
        Ok(outcome) => outcome,
        Err(StoreError::Rule(fault)) => (ImportAction::Failed(fault), None, Vec::new()),
        Err(e) => return Err(e),
    };
    Ok(ImportResult { links_file, line, urn: urn.into(), action, id, changed })
}

async fn import_school(
    tx: &mut Tx<'_>,
    school: &gias::Establishment,
    urn: &str,
    parent: OrganisationId,
    known: &mut HashMap<String, Uid>,
    validate_only: bool,
) -> Result<RowOutcome> {
    let gias::Establishment { name, identifiers, phase, establishment_type, status, opened_on, closed_on, trust: _ } = school.clone();
    let Some(id) = known.get(urn) else {
        let now = micros(tx.act.now);
        let mut identifiers = identifiers;
        identifiers.sort();
        let new = Organisation {
            id: tx.new_id(),
            kind: OrganisationKind::School,
            parent_id: Some(parent),
            name,
            phase,
            establishment_type,
            group_type: None,
            status,
            opened_on,
            closed_on,
            identifiers,
            external_refs: Vec::new(),
            provenance: Provenance::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let changed = changes(None, &new).fields;
        known.insert(urn.to_owned(), new.id.into());
        if !validate_only {
            insert(tx, &new).await?;
        }
        return Ok((ImportAction::Created, (!validate_only).then_some(new.id), changed));
    };
    let id = id.to();
    let before = load(tx, id).await?;
    writable(tx, id).await?;
    // identifiers that the register does not know, and the days of those it does, stay as they are
    let mut merged = before.identifiers.clone();
    for new in identifiers {
        if !merged.iter().any(|old| (old.scheme, &old.value) == (new.scheme, &new.value)) {
            merged.push(new);
        }
    }
    merged.sort();
    let patch = OrganisationPatch {
        name: Some(name),
        phase: Some(phase),
        establishment_type: Some(establishment_type),
        status: Some(status),
        opened_on: Some(opened_on),
        closed_on: Some(closed_on),
        identifiers: Some(merged),
        group_type: None,
        external_refs: None,
    };
    let after = before.patched(patch)?;
    let changed = changes(Some(&before), &after).fields;
    if changed.is_empty() {
        return Ok((ImportAction::Unchanged, Some(id), changed));
    }
    if !validate_only {
        save(tx, &before, after).await?;
    }
    Ok((ImportAction::Updated, Some(id), changed))
}

/// The same of a school that there is not and of one that the caller may not write.
const UNKNOWN_URN: &str = "no school that you may write has this URN; import the school first";
async fn import_link(tx: &mut Tx<'_>, link: &gias::Link, known: &HashMap<String, Uid>, validate_only: bool) -> Result<RowOutcome> {
    let gias::Link { urn, linked_urn, linked_name, kind, published_type, established_on } = link;
    let Some(id) = known.get(&urn.value) else {
        return Err(RuleError::at(Code::UnknownReference, "/URN", UNKNOWN_URN).into());
    };
    match writable(tx, id.to()).await {
        Err(StoreError::Missing | StoreError::Rule(_)) => return Err(RuleError::at(Code::UnknownReference, "/URN", UNKNOWN_URN).into()),
        other => other?,
    }
    let row: LinkRow = (kind.as_str().into(), published_type.as_str().into(), linked_urn.value.clone(), linked_name.as_str().into(), *established_on);
    let kept: Option<LinkRow> = organisation_links::table
        .find((tx.tenant(), *id, &row.2, &row.1))
        .select((
            organisation_links::kind,
            organisation_links::published_type,
            organisation_links::linked_urn,
            organisation_links::linked_name,
            organisation_links::established_on,
        ))
        .one(tx.conn())
        .await
        .optional()?;
    let action = match &kept {
        Some(kept) if *kept == row => return Ok((ImportAction::Unchanged, Some(id.to()), Vec::new())),
        Some(_) => ImportAction::Updated,
        None => ImportAction::Created,
    };
    if validate_only {
        return Ok((action, Some(id.to()), vec!["links".into()]));
    }
    let values = (organisation_links::kind.eq(&row.0), organisation_links::linked_name.eq(&row.3), organisation_links::established_on.eq(row.4));
    if kept.is_some() {
        diesel::update(organisation_links::table.find((tx.tenant(), *id, &row.2, &row.1))).set(values).done(tx.conn()).await?;
    } else {
        let key = (
            organisation_links::tenant_id.eq(tx.tenant()),
            organisation_links::organisation_id.eq(*id),
            organisation_links::linked_urn.eq(&row.2),
            organisation_links::published_type.eq(&row.1),
        );
        diesel::insert_into(organisation_links::table).values((key, values)).done(tx.conn()).await?;
    }
    let version: i64 = organisations::table.find((tx.tenant(), *id)).select(organisations::version).one(tx.conn()).await?;
    let what = serde_json::json!({"kind": row.0, "published_type": row.1, "linked_urn": row.2, "linked_name": row.3, "established_on": row.4});
    let change = trellis_domain::event::Changes { fields: vec!["links".into()], values: serde_json::json!({"links": {"before": null, "after": what}}) };
    tx.happened(EventKind::OrganisationLinked, id.0, version, change, About { organisation: Some(id.to()), ..About::default() });
    Ok((action, Some(id.to()), vec!["links".into()]))
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
