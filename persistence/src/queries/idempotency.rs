//! Answers kept with their effects.

use super::prelude::*;
use crate::idempotency::{Answer, ForgetAnswers, KEPT_DAYS, Once, Stored};
use chrono::TimeDelta;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::access::Caller;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys, check_for_backend(Sqlite, Pg))]
struct AnswerRow {
    tenant_id: Uid,
    caller_id: Uid,
    operation: String,
    key: String,
    request_digest: Vec<u8>,
    status: i32,
    headers: Json,
    body: String,
    created_at: Moment,
}

impl<W: Write<Here>> Write<Here> for Once<W> {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let caller = match &tx.caller {
            Caller::Person { account, .. } => Some(Uid::from(*account)),
            Caller::Service { id, .. } => Some(Uid::from(*id)),
            Caller::Operator | Caller::Nobody => None,
        };
        let (Some(key), Some(caller_id)) = (&self.key, caller) else {
            return fresh(self, tx).await.map(|stored| Answer { stored, replayed: false });
        };
        let kept: Option<AnswerRow> = idempotency_keys::table
            .find((tx.tenant(), caller_id, &*key.operation, &*key.key))
            .select(AnswerRow::as_select())
            .one(tx.conn())
            .await
            .optional()?;
        if let Some(row) = kept {
            if row.request_digest != key.request_digest {
                return Err(StoreError::KeyReused);
            }
            let headers = serde_json::from_str(&row.headers.0).map_err(corrupt)?;
            let status = u16::try_from(row.status).map_err(corrupt)?;
            return Ok(Answer { stored: Stored { status, headers, body: row.body }, replayed: true });
        }
        let stored = fresh(self, tx).await?;
        let row = AnswerRow {
            tenant_id: tx.tenant(),
            caller_id,
            operation: key.operation.clone(),
            key: key.key.clone(),
            request_digest: key.request_digest.clone(),
            status: stored.status.into(),
            headers: Json(serde_json::to_string(&stored.headers).map_err(corrupt)?),
            body: stored.body.clone(),
            created_at: tx.act.wall.into(),
        };
        diesel::insert_into(idempotency_keys::table).values(row).done(tx.conn()).await?;
        Ok(Answer { stored, replayed: false })
    }
}

async fn fresh<W: Write<Here>>(once: &Once<W>, tx: &mut Tx<'_>) -> Result<Stored> {
    let output = once.operation.run(tx).await?;
    Ok((once.render)(&output))
}

impl Write<Here> for ForgetAnswers {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize> {
        let before = Moment(tx.act.wall - TimeDelta::days(KEPT_DAYS));
        Ok(diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(before))).done(tx.conn()).await?)
    }
}
