//! Organisations as rows, with their identifiers and external references.

use super::super::prelude::*;
use crate::provenance;
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    event::RecordType,
    organisation::{GroupType, Identifier, Organisation, OrganisationKind, OrganisationStatus, Phase, Scheme},
    rule::{Code, RuleError},
    text::{Title, Wire},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = organisations, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct OrganisationRow {
    tenant_id: Uid,
    pub(super) id: Uid,
    kind: String,
    parent_id: Option<Uid>,
    name: String,
    phase: Option<String>,
    establishment_type: Option<i32>,
    group_type: Option<String>,
    status: String,
    opened_on: Option<NaiveDate>,
    closed_on: Option<NaiveDate>,
    pub(super) version: i64,
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
    pub(super) fn new(tenant_id: Uid, organisation: &Organisation) -> Self {
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
pub(super) async fn whole(cx: &mut Cx<'_>, rows: Vec<OrganisationRow>) -> Result<Vec<Organisation>> {
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
    let mut refs = super::super::external_ref::of(cx, RecordType::Organisation, &ids).await?;
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

/// An identifier that is one organisation's alone is no other's.
pub(in super::super) async fn unique_identifiers(cx: &mut Cx<'_>, organisation: &Organisation) -> Result<()> {
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

pub(super) async fn put_identifiers(tx: &mut Tx<'_>, organisation: &Organisation) -> Result<()> {
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

pub(super) async fn put_references(tx: &mut Tx<'_>, before: &[trellis_domain::text::ExternalRef], organisation: &Organisation) -> Result<()> {
    super::super::external_ref::check(tx, RecordType::Organisation, organisation.id.into(), &organisation.external_refs).await?;
    super::super::external_ref::replace(tx, RecordType::Organisation, organisation.id.into(), before, &organisation.external_refs).await
}
