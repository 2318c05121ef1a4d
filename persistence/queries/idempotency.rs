//! Answers kept with their effects.

use super::prelude::*;
use crate::idempotency::{Answer, ForgetAnswers, KEPT_DAYS, Key, Once, Stored};
use chrono::TimeDelta;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashSet;
use trellis_domain::{
    access::Caller,
    id::{AccountId, AppraisalId, PersonId},
    rule::Code,
};
use uuid::Uuid;

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
    holdings: Option<Vec<u8>>,
}

impl<W: Write<Here>> Write<Here> for Once<W> {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Answer> {
        let (Some(key), Some(caller)) = (&self.key, keeper(tx)) else { return Ok(Answer { stored: fresh(self, tx).await?, replayed: false }) };
        if let Some(Kept { stored, held_the_same }) = kept(tx, caller, key).await? {
            if !held_the_same {
                still_may(self, tx).await?;
            }
            return Ok(Answer { stored, replayed: true });
        }
        let stored = fresh(self, tx).await?;
        keep(tx, caller, key, &stored).await?;
        Ok(Answer { stored, replayed: false })
    }
}

/// Under whom an answer is kept.
fn keeper(tx: &Tx<'_>) -> Option<Uid> {
    match &tx.caller {
        Caller::Person { account, .. } => Some((*account).into()),
        Caller::Service { id, .. } => Some((*id).into()),
        Caller::Operator | Caller::Nobody => None,
    }
}

/// An answer that was kept.
struct Kept {
    stored: Stored,
    /// Is there nothing in it, or does the caller hold what they held then?
    held_the_same: bool,
}

async fn kept(tx: &mut Tx<'_>, caller: Uid, key: &Key) -> Result<Option<Kept>> {
    let row: Option<AnswerRow> =
        idempotency_keys::table.find((tx.tenant(), caller, &*key.operation, &*key.key)).select(AnswerRow::as_select()).one(tx.conn()).await.optional()?;
    let Some(row) = row else { return Ok(None) };
    if row.request_digest != key.request_digest {
        return Err(StoreError::KeyReused);
    }
    let held_the_same = row.body.is_empty() || row.holdings.as_ref() == Some(&holdings(tx).await?);
    let headers = serde_json::from_str(&row.headers.0).map_err(corrupt)?;
    let status = u16::try_from(row.status).map_err(corrupt)?;
    Ok(Some(Kept { stored: Stored { status, headers, body: row.body }, held_the_same }))
}

async fn keep(tx: &mut Tx<'_>, caller_id: Uid, key: &Key, stored: &Stored) -> Result<()> {
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
        holdings: Some(holdings(tx).await?),
    };
    diesel::insert_into(idempotency_keys::table).values(row).done(tx.conn()).await?;
    Ok(())
}

/// What the caller holds today. Terms of appraising are asked for here alone: they end on a day that was set long before, and no fact of the caller tells of it.
async fn holdings(tx: &mut Tx<'_>) -> Result<Vec<u8>> {
    let mut conducts: Vec<AppraisalId> = Vec::new();
    if let Some(me) = tx.caller.person() {
        let terms: Vec<Uid> = super::appraisal::appraised_by!(tx, me).all(tx.conn()).await?;
        conducts = terms.into_iter().map(Uid::to).collect();
    }
    Ok(tx.caller.holdings(&conducts))
}

async fn fresh<W: Write<Here>>(once: &Once<W>, tx: &mut Tx<'_>) -> Result<Stored> {
    let output = once.operation.run(tx).await?;
    Ok((once.render)(&output))
}

/// Is somebody who holds something else than they did still let through to what they did then? It is done once more and undone: whoever would now be refused for
/// who they are, or as if there were nothing, is refused. That it cannot be done twice is no refusal.
async fn still_may<W: Write<Here>>(once: &Once<W>, tx: &mut Tx<'_>) -> Result<()> {
    diesel::sql_query("SAVEPOINT rehearsal").done(tx.conn()).await?;
    tx.rehearsing = true;
    let outcome = once.operation.run(tx).await.map(drop);
    rehearsed(tx, outcome).await
}
async fn rehearsed(tx: &mut Tx<'_>, outcome: Result<()>) -> Result<()> {
    tx.rehearsing = false;
    tx.events.clear();
    let undone = match diesel::sql_query("ROLLBACK TO SAVEPOINT rehearsal").done(tx.conn()).await {
        Ok(_) => diesel::sql_query("RELEASE SAVEPOINT rehearsal").done(tx.conn()).await,
        lost => lost,
    };
    let refused = |code: &str| [Code::NotPermitted, Code::UnknownReference].iter().any(|refusal| refusal.as_str() == code);
    match outcome {
        Ok(()) | Err(StoreError::Stale(_) | StoreError::Duplicate(_) | StoreError::Reference(_) | StoreError::Braked(_)) => {}
        Err(StoreError::Rule(rule)) if !refused(rule.code.as_str()) && !rule.faults.iter().any(|fault| refused(&fault.code)) => {}
        Err(refusal) => return Err(refusal),
    }
    undone?;
    Ok(())
}

impl Write<Here> for ForgetAnswers {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<usize> {
        let before = Moment(tx.act.wall - TimeDelta::days(KEPT_DAYS));
        Ok(diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(before))).done(tx.conn()).await?)
    }
}

/// Answers that are looked through at once.
const LOOKED_THROUGH: i64 = 500;

/// Ids that a text names.
fn ids_in(text: &str) -> impl Iterator<Item = Uid> {
    // the first hyphen of an id is its ninth character, of thirty-six
    text.match_indices('-').filter_map(|(at, _)| Some(Uid(Uuid::try_parse(text.get(at.checked_sub(8)?..at + 28)?).ok()?)))
}

/// To whom answers were given.
pub(super) enum Told<'a> {
    Anybody,
    /// Anybody but this account.
    Others(AccountId),
    /// These people.
    People(&'a [PersonId]),
}

/// Forgets the answers that name one of these records: they are not given again. What is kept is looked through once, however many records there are:
/// while an operation runs, SQLite writes nothing else.
pub(super) async fn forget(tx: &mut Tx<'_>, records: impl IntoIterator<Item = Uid>, told: Told<'_>) -> Result<()> {
    let records: HashSet<Uid> = records.into_iter().collect();
    let mut after: Option<(Uid, String, String)> = None;
    loop {
        let mut page = idempotency_keys::table.filter(idempotency_keys::tenant_id.eq(tx.tenant())).into_boxed::<Dialect>();
        page = match told {
            Told::Anybody => page,
            Told::Others(account) => page.filter(idempotency_keys::caller_id.ne(Uid::from(account))),
            Told::People(people) => {
                let theirs = accounts::table.filter(accounts::tenant_id.eq(tx.tenant())).filter(accounts::person_id.eq_any(uids(people)));
                page.filter(idempotency_keys::caller_id.eq_any(theirs.select(accounts::id)))
            }
        };
        if let Some((caller, operation, key)) = after {
            let later = idempotency_keys::operation.gt(operation.clone()).or(idempotency_keys::operation.eq(operation).and(idempotency_keys::key.gt(key)));
            page = page.filter(idempotency_keys::caller_id.gt(caller).or(idempotency_keys::caller_id.eq(caller).and(later)));
        }
        let answers: Vec<(Uid, String, String, String)> = page
            .order((idempotency_keys::caller_id, idempotency_keys::operation, idempotency_keys::key))
            .limit(LOOKED_THROUGH)
            .select((idempotency_keys::caller_id, idempotency_keys::operation, idempotency_keys::key, idempotency_keys::body))
            .all(tx.conn())
            .await?;
        let Some((caller, operation, key, _)) = answers.last() else { return Ok(()) };
        after = Some((*caller, operation.clone(), key.clone()));
        for (caller, operation, key, body) in &answers {
            if ids_in(body).any(|id| records.contains(&id)) {
                diesel::delete(idempotency_keys::table.find((tx.tenant(), *caller, operation, key))).done(tx.conn()).await?;
            }
        }
    }
}
