//! What the rows of a trial would have stored, kept until the trial is over: under each key by which a later row could find a record, its id;
//! under the id, the record.

use super::super::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::{BTreeMap, HashMap};
use trellis_domain::id::JobId;

/// The key of a record itself.
fn by_id(id: Uid) -> String {
    format!("id\u{1f}{}", id.0)
}

/// Which records have these keys.
pub(super) async fn found(cx: &mut Cx<'_>, job: JobId, keys: &[String]) -> Result<HashMap<String, Uid>> {
    let mut out = HashMap::new();
    for part in keys.chunks(500) {
        let rows: Vec<(String, Uid)> = job_foreseen::table
            .filter(job_foreseen::tenant_id.eq(cx.tenant()))
            .filter(job_foreseen::job_id.eq(Uid::from(job)))
            .filter(job_foreseen::key.eq_any(part))
            .select((job_foreseen::key, job_foreseen::record_id))
            .all(cx.conn())
            .await?;
        out.extend(rows);
    }
    Ok(out)
}

/// What is foreseen of these records.
pub(super) async fn of<R: DeserializeOwned>(cx: &mut Cx<'_>, job: JobId, ids: impl Iterator<Item = Uid>) -> Result<HashMap<Uid, R>> {
    let keys: Vec<String> = ids.map(by_id).collect();
    let mut out = HashMap::new();
    for part in keys.chunks(500) {
        let rows: Vec<(Uid, Option<Json>)> = job_foreseen::table
            .filter(job_foreseen::tenant_id.eq(cx.tenant()))
            .filter(job_foreseen::job_id.eq(Uid::from(job)))
            .filter(job_foreseen::key.eq_any(part))
            .select((job_foreseen::record_id, job_foreseen::record))
            .all(cx.conn())
            .await?;
        for (id, record) in rows {
            if let Some(record) = record {
                out.insert(id, serde_json::from_str(&record.0).map_err(corrupt)?);
            }
        }
    }
    Ok(out)
}

/// Keeps what is foreseen of these records, and the keys by which they are found.
pub(super) async fn keep<R: Serialize>(tx: &mut Tx<'_>, job: JobId, records: impl Iterator<Item = (Uid, R, Vec<String>)>) -> Result<()> {
    let (tenant, job) = (tx.tenant(), Uid::from(job));
    let mut all: BTreeMap<String, (Uid, Option<Json>)> = BTreeMap::new();
    for (id, record, keys) in records {
        all.extend(keys.into_iter().map(|key| (key, (id, None))));
        all.insert(by_id(id), (id, Some(Json(serde_json::to_string(&record).map_err(corrupt)?))));
    }
    let all: Vec<_> = all.into_iter().collect();
    for part in all.chunks(500) {
        let keys: Vec<&str> = part.iter().map(|(key, _)| key.as_str()).collect();
        let before = job_foreseen::table.filter(job_foreseen::tenant_id.eq(tenant)).filter(job_foreseen::job_id.eq(job));
        diesel::delete(before.filter(job_foreseen::key.eq_any(keys))).done(tx.conn()).await?;
        let rows: Vec<_> = part
            .iter()
            .map(|(key, (id, record))| {
                (
                    job_foreseen::tenant_id.eq(tenant),
                    job_foreseen::job_id.eq(job),
                    job_foreseen::key.eq(key.as_str()),
                    job_foreseen::record_id.eq(*id),
                    job_foreseen::record.eq(record.clone()),
                )
            })
            .collect();
        diesel::insert_into(job_foreseen::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}
