//! What comes from the register of schools: an import matches by URN, row by row; links say what a school was, or is, to another.

use super::{super::prelude::*, insert, kind_of, load, may_add_beneath, root, save, writable};
use crate::{
    job::{Job, Mode},
    organisation::{ImportAction, ImportGias, ImportResult, ListLinks, OpenImport, OrganisationLink},
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    event::{About, EventKind, changes},
    id::OrganisationId,
    job::JobKind,
    organisation::{LinkKind, Organisation, OrganisationKind, OrganisationPatch, gias, place},
    provenance::Provenance,
    rule::{Code, RuleError},
    text::Wire,
    time::micros,
};

#[derive(Queryable, Selectable, PartialEq)]
#[diesel(table_name = organisation_links, check_for_backend(Sqlite, Pg))]
struct LinkRow {
    kind: String,
    published_type: String,
    linked_urn: String,
    linked_name: String,
    established_on: Option<NaiveDate>,
}

impl Read<Here> for ListLinks {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<OrganisationLink>> {
        access::within(cx, Some(self.id), None, None).await?;
        kind_of(cx, self.id, "").await.map_err(|_| StoreError::Missing)?;
        let rows: Vec<LinkRow> = organisation_links::table
            .filter(organisation_links::tenant_id.eq(cx.tenant()))
            .filter(organisation_links::organisation_id.eq(Uid::from(self.id)))
            .order((organisation_links::linked_urn, organisation_links::published_type))
            .select(LinkRow::as_select())
            .all(cx.conn())
            .await?;
        let urns: Vec<&str> = rows.iter().map(|r| r.linked_urn.as_str()).collect();
        let known = by_urn(cx, &urns).await?;
        rows.into_iter()
            .map(|LinkRow { kind, published_type, linked_urn, linked_name, established_on }| {
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
pub(in super::super) async fn by_urn(cx: &mut Cx<'_>, urns: &[&str]) -> Result<HashMap<String, Uid>> {
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

/// Beneath which organisation new schools go: this one, or the root, if the caller may add schools there.
pub(in super::super) async fn parent_of_new(tx: &mut Tx<'_>, named: Option<OrganisationId>) -> Result<OrganisationId> {
    let parent = match named {
        Some(id) => id,
        None => root(tx).await?,
    };
    let parent_kind = kind_of(tx, parent, "parent_id").await?;
    may_add_beneath(tx, parent).await?;
    place(OrganisationKind::School, parent_kind)?;
    Ok(parent)
}

impl Write<Here> for OpenImport {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Job> {
        parent_of_new(tx, self.parent_id).await?;
        let mode = Mode { validate_only: self.validate_only, ..Mode::default() };
        super::super::job::open(tx, JobKind::OrganisationsImport, mode, super::super::job::Of::Rows).await
    }
}

impl Write<Here> for ImportGias {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<ImportResult>> {
        let parent = parent_of_new(tx, self.parent_id).await?;
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

pub(in super::super) type RowOutcome = (ImportAction, Option<OrganisationId>, Vec<String>);

fn row_result(links_file: bool, line: u64, urn: &str, result: Result<RowOutcome>) -> Result<ImportResult> {
    let (action, id, changed) = alone(result, |fault| (ImportAction::Failed(fault), None, Vec::new()))?;
    Ok(ImportResult { links_file, line, urn: urn.into(), action, id, changed })
}

/// Takes in a school: a new one at its place, a known one as the register has it.
pub(in super::super) async fn import_school(
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
/// Takes in what a school is to another.
pub(in super::super) async fn import_link(tx: &mut Tx<'_>, link: &gias::Link, known: &HashMap<String, Uid>, validate_only: bool) -> Result<RowOutcome> {
    let gias::Link { urn, linked_urn, linked_name, kind, published_type, established_on } = link;
    let Some(id) = known.get(&urn.value) else {
        return Err(RuleError::at(Code::UnknownReference, "/URN", UNKNOWN_URN).into());
    };
    match writable(tx, id.to()).await {
        Err(StoreError::Missing | StoreError::Rule(_)) => return Err(RuleError::at(Code::UnknownReference, "/URN", UNKNOWN_URN).into()),
        other => other?,
    }
    let row = LinkRow {
        kind: kind.as_str().into(),
        published_type: published_type.as_str().into(),
        linked_urn: linked_urn.value.clone(),
        linked_name: linked_name.as_str().into(),
        established_on: *established_on,
    };
    let kept: Option<LinkRow> = organisation_links::table
        .find((tx.tenant(), *id, &row.linked_urn, &row.published_type))
        .select(LinkRow::as_select())
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
    let values = (
        organisation_links::kind.eq(&row.kind),
        organisation_links::linked_name.eq(&row.linked_name),
        organisation_links::established_on.eq(row.established_on),
    );
    if kept.is_some() {
        diesel::update(organisation_links::table.find((tx.tenant(), *id, &row.linked_urn, &row.published_type))).set(values).done(tx.conn()).await?;
    } else {
        let key = (
            organisation_links::tenant_id.eq(tx.tenant()),
            organisation_links::organisation_id.eq(*id),
            organisation_links::linked_urn.eq(&row.linked_urn),
            organisation_links::published_type.eq(&row.published_type),
        );
        diesel::insert_into(organisation_links::table).values((key, values)).done(tx.conn()).await?;
    }
    let version: i64 = organisations::table.find((tx.tenant(), *id)).select(organisations::version).one(tx.conn()).await?;
    let what = serde_json::json!({
        "kind": row.kind, "published_type": row.published_type, "linked_urn": row.linked_urn, "linked_name": row.linked_name,
        "established_on": row.established_on,
    });
    let change = trellis_domain::event::Changes { fields: vec!["links".into()], values: serde_json::json!({"links": {"before": null, "after": what}}) };
    tx.happened(EventKind::OrganisationLinked, id.0, version, change, About { organisation: Some(id.to()), ..About::default() });
    Ok((action, Some(id.to()), vec!["links".into()]))
}
