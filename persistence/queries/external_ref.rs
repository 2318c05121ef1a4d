//! What other systems call our records.

use super::prelude::*;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    event::RecordType,
    id::PersonId,
    person::Person,
    rule::{Code, Faults, RuleError},
    text::{ExternalRef, Reference},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = external_refs, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct RefRow {
    tenant_id: Uid,
    record_type: String,
    source: String,
    external_id: String,
    organisation_id: Option<Uid>,
    person_id: Option<Uid>,
}

impl RefRow {
    fn reference(self) -> Result<(Uid, ExternalRef)> {
        let owner = self.organisation_id.or(self.person_id).ok_or_else(|| corrupt("an external reference of nothing"))?;
        let parse = |text: String| Reference::try_from(text).map_err(corrupt);
        Ok((owner, ExternalRef { source: parse(self.source)?, id: parse(self.external_id)? }))
    }
}

/// What a record is called, that keeps it in two columns of its own.
pub(super) fn of_columns(source: Option<String>, id: Option<String>) -> Result<Option<ExternalRef>> {
    let parse = |text: String| Reference::try_from(text).map_err(corrupt);
    source.zip(id).map(|(source, id)| Ok(ExternalRef { source: parse(source)?, id: parse(id)? })).transpose()
}

/// The same of many records.
pub(super) fn of_rows(rows: Vec<(Uid, Option<String>, Option<String>)>) -> Result<HashMap<Uid, ExternalRef>> {
    rows.into_iter().filter_map(|(id, source, external)| of_columns(source, external).transpose().map(|r| Ok((id, r?)))).collect()
}

/// What the providers call these records of such a table, where they sent them.
macro_rules! called_so {
    ($cx:expr, $table:ident, $ids:expr) => {{
        let mut rows: Vec<(Uid, Option<String>, Option<String>)> = Vec::new();
        if !$ids.is_empty() {
            rows = $table::table
                .filter($table::tenant_id.eq($cx.tenant()))
                .filter($table::id.eq_any(&$ids))
                .filter($table::source.is_not_null())
                .select(($table::id, $table::source, $table::external_id))
                .all($cx.conn())
                .await?;
        }
        super::external_ref::of_rows(rows)?
    }};
}
pub(super) use called_so;

/// The external references of these records.
pub(super) async fn of(cx: &mut Cx<'_>, record_type: RecordType, owners: &[Uid]) -> Result<HashMap<Uid, Vec<ExternalRef>>> {
    if owners.is_empty() {
        return Ok(HashMap::new());
    }
    let query = external_refs::table
        .filter(external_refs::tenant_id.eq(cx.tenant()))
        .order((external_refs::source, external_refs::external_id))
        .into_boxed::<Dialect>();
    let owners: Vec<Option<Uid>> = owners.iter().map(|o| Some(*o)).collect();
    let query = match record_type {
        RecordType::Organisation => query.filter(external_refs::organisation_id.eq_any(owners)),
        _ => query.filter(external_refs::person_id.eq_any(owners)),
    };
    let rows: Vec<RefRow> = query.select(RefRow::as_select()).all(cx.conn()).await?;
    let mut out: HashMap<Uid, Vec<ExternalRef>> = HashMap::new();
    for row in rows {
        let (owner, reference) = row.reference()?;
        out.entry(owner).or_default().push(reference);
    }
    out.values_mut().for_each(|own| own.sort()); // whatever order the database has for text
    Ok(out)
}

/// Gives a record exactly these external references.
pub(super) async fn replace(tx: &mut Tx<'_>, record_type: RecordType, owner: Uid, before: &[ExternalRef], after: &[ExternalRef]) -> Result<()> {
    if before == after {
        return Ok(());
    }
    let mine = external_refs::table.filter(external_refs::tenant_id.eq(tx.tenant())).filter(external_refs::record_type.eq(record_type.as_str()));
    match record_type {
        RecordType::Organisation => diesel::delete(mine.filter(external_refs::organisation_id.eq(owner))).done(tx.conn()).await?,
        _ => diesel::delete(mine.filter(external_refs::person_id.eq(owner))).done(tx.conn()).await?,
    };
    insert(tx, record_type, &after.iter().map(|r| (owner, r)).collect::<Vec<_>>()).await
}

/// Stores external references that records did not have.
pub(super) async fn insert(tx: &mut Tx<'_>, record_type: RecordType, new: &[(Uid, &ExternalRef)]) -> Result<()> {
    for part in new.chunks(500) {
        let rows: Vec<RefRow> = part
            .iter()
            .map(|(owner, r)| {
                let (organisation_id, person_id) = match record_type {
                    RecordType::Organisation => (Some(*owner), None),
                    _ => (None, Some(*owner)),
                };
                RefRow {
                    tenant_id: tx.tenant(),
                    record_type: record_type.as_str().into(),
                    source: r.source.as_str().into(),
                    external_id: r.id.as_str().into(),
                    organisation_id,
                    person_id,
                }
            })
            .collect();
        diesel::insert_into(external_refs::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

/// The records of this kind that other systems call so.
pub(super) async fn find_all(cx: &mut Cx<'_>, record_type: RecordType, wanted: &[&ExternalRef]) -> Result<HashMap<ExternalRef, Uid>> {
    let mut out = HashMap::new();
    let sources: std::collections::BTreeSet<&str> = wanted.iter().map(|r| r.source.as_str()).collect();
    for source in sources {
        let ids: Vec<&str> = wanted.iter().filter(|r| r.source.as_str() == source).map(|r| r.id.as_str()).collect();
        for part in ids.chunks(10_000) {
            let rows: Vec<RefRow> = external_refs::table
                .filter(external_refs::tenant_id.eq(cx.tenant()))
                .filter(external_refs::record_type.eq(record_type.as_str()))
                .filter(external_refs::source.eq(source))
                .filter(external_refs::external_id.eq_any(part))
                .select(RefRow::as_select())
                .all(cx.conn())
                .await?;
            for row in rows {
                let (owner, reference) = row.reference()?;
                out.insert(reference, owner);
            }
        }
    }
    Ok(out)
}

/// Every external reference is free, or this record's own, and none stands twice.
pub(super) async fn check(cx: &mut Cx<'_>, record_type: RecordType, owner: Uid, references: &[ExternalRef]) -> Result<()> {
    let mut faults = Faults::default();
    for (i, reference) in references.iter().enumerate() {
        let taken = find(cx, record_type, reference).await?.is_some_and(|id| id != owner);
        if taken || references[..i].contains(reference) {
            faults.check::<()>(Err(RuleError::at(Code::Duplicate, &format!("/external_refs/{i}"), "this external reference is taken")));
        }
    }
    Ok(faults.settle()?)
}

/// The record of this kind that another system calls so.
pub(super) async fn find(cx: &mut Cx<'_>, record_type: RecordType, reference: &ExternalRef) -> Result<Option<Uid>> {
    let row: Option<RefRow> = external_refs::table
        .find((cx.tenant(), record_type.as_str(), reference.source.as_str(), reference.id.as_str()))
        .select(RefRow::as_select())
        .one(cx.conn())
        .await
        .optional()?;
    Ok(row.and_then(|r| r.organisation_id.or(r.person_id)))
}

/// All external references of the one become the other's.
pub(super) async fn give(tx: &mut Tx<'_>, from: PersonId, to: PersonId) -> Result<()> {
    let own = external_refs::table.filter(external_refs::tenant_id.eq(tx.tenant())).filter(external_refs::person_id.eq(Uid::from(from)));
    diesel::update(own).set(external_refs::person_id.eq(Uid::from(to))).done(tx.conn()).await?;
    Ok(())
}
/// Takes these external references from whoever has them.
pub(super) async fn give_back(tx: &mut Tx<'_>, of: &Person) -> Result<()> {
    for reference in &of.external_refs {
        let key = (tx.tenant(), RecordType::Person.as_str(), reference.source.as_str(), reference.id.as_str());
        diesel::delete(external_refs::table.find(key)).done(tx.conn()).await?;
    }
    Ok(())
}
