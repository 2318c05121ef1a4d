//! Disclosures: written beside the log, read by whom they are about.

use super::prelude::*;
use crate::{
    disclosure::{ListDisclosures, Receipt, RecordReadings, receipt},
    transaction::needs::AsValue,
};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access as rules,
    disclosure::{Capacity, Disclosure, Reading},
    event::RecordType,
    text::Wire,
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = disclosures, check_for_backend(Sqlite, Pg))]
struct DisclosureRow {
    tenant_id: Uid,
    id: Uid,
    person_id: Uid,
    record_type: String,
    record_id: Uid,
    reader_id: Uid,
    capacity: String,
    read_at: Moment,
}

/// Records readings with whatever else the transaction does.
pub(super) async fn record(tx: &mut Tx<'_>, readings: &[Reading]) -> Result<()> {
    let row = |Reading { subject, record_type, record, reader, capacity }: &Reading| DisclosureRow {
        tenant_id: tx.tenant(),
        id: Uid(tx.act.ids.make(tx.act.now)),
        person_id: (*subject).into(),
        record_type: record_type.as_str().into(),
        record_id: Uid(*record),
        reader_id: (*reader).into(),
        capacity: capacity.as_str().into(),
        read_at: tx.act.now.into(),
    };
    let rows: Vec<DisclosureRow> = readings.iter().map(row).collect();
    for part in rows.chunks(500) {
        diesel::insert_into(disclosures::table).values(part).done(tx.conn()).await?;
    }
    Ok(())
}

impl Write<Here> for RecordReadings<AsValue> {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Receipt> {
        record(tx, &self.readings).await?;
        Ok(receipt(self.readings.clone()))
    }
}

impl Read<Here> for ListDisclosures {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Disclosure>> {
        let (_, me) = rules::own_account(&cx.caller)?;
        let mut query = disclosures::table
            .filter(disclosures::tenant_id.eq(cx.tenant()))
            .filter(disclosures::person_id.eq(Uid::from(me)))
            .order(disclosures::id.desc())
            .limit(self.window.limit + 1)
            .select(DisclosureRow::as_select())
            .into_boxed::<Dialect>();
        if let Some(after) = self.window.after {
            query = query.filter(disclosures::id.lt(Uid(after)));
        }
        let rows: Vec<DisclosureRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let names = super::person::names(cx, page.items.iter().map(|r| r.reader_id).collect()).await?;
        let told = |row: DisclosureRow| {
            Ok::<_, StoreError>(Disclosure {
                id: row.id.to(),
                record_type: RecordType::parse(&row.record_type).map_err(corrupt)?,
                record: row.record_id.0,
                reader: row.reader_id.to(),
                reader_name: names.get(&row.reader_id).cloned(),
                capacity: Capacity::parse(&row.capacity).map_err(corrupt)?,
                read_at: row.read_at.0,
            })
        };
        Ok(Page { items: page.items.into_iter().map(told).collect::<Result<_>>()?, next: page.next })
    }
}
