//! Who does jobs: part after part under a lease, each part a transaction of its own, judged by what the one who asked may do at that moment.

use crate::{
    app::{Shared, operators_act},
    error::ApiError,
    permitted::Permitted,
};
use actix_web::{rt, web};
use chrono::{DateTime, Utc};
use std::{sync::Arc, time::Duration};
use trellis_domain::{
    id::{JobId, TenantId},
    time::micros,
};
use trellis_persistence::{
    Act, Database, Result, Source, StoreError,
    job::{ClaimJob, Claimed, DropRows, FailJob, NextJob, Part, ReleaseJob, RunPart},
    transaction::needs::Identified,
};
use uuid::Uuid;

/// Rows of a part: few enough that nobody waits long behind it.
const ROWS: i64 = 50;
/// How often somebody else's write may be in the way before a job is left for later.
const PATIENCE: u32 = 8;
/// How long the runner sleeps when there is nothing to do and nobody rings.
const SLEEP: Duration = Duration::from_secs(1);

/// A job in hand.
struct Hand<'a> {
    db: &'a Database,
    shared: &'a Shared,
    tenant: TenantId,
    id: JobId,
    by: Uuid,
    /// The time of the request that waits for it.
    now: Option<DateTime<Utc>>,
}

/// Does a job to its end, or until it is somebody else's. `now` is the time of the request that waits for it.
pub async fn run(db: web::Data<Database>, shared: Arc<Shared>, tenant: TenantId, id: JobId, now: Option<DateTime<Utc>>) {
    if let Err(e) = do_job(&db, &shared, tenant, id, now).await {
        log::warn!("job {id} is left for later: {e}");
    }
}

async fn do_job(db: &Database, shared: &Shared, tenant: TenantId, id: JobId, now: Option<DateTime<Utc>>) -> Result<()> {
    let by = shared.ids.make(shared.clock.now());
    let hand = Hand { db, shared, tenant, id, by, now };
    let Some(claimed) = db.write(hand.operator(), ClaimJob { id, by }).await? else { return Ok(()) };
    let done = hand.parts(&claimed).await;
    if done.is_err() {
        db.write(hand.operator(), ReleaseJob { id, by }).await?;
    }
    done?;
    while db.write(hand.operator(), DropRows { id }).await? > 0 {}
    Ok(())
}

impl Hand<'_> {
    fn operator(&self) -> Act {
        operators_act(self.tenant, &*self.shared.clock, self.shared.ids.clone(), "jobs")
    }
    async fn part(&self, claimed: &Claimed, rows: i64, give_up: bool) -> Result<Part> {
        let wall = micros(self.shared.clock.now());
        let act = Act {
            tenant: self.tenant,
            principal: claimed.principal.clone(),
            now: self.now.unwrap_or(wall),
            wall,
            request_id: claimed.request_id.clone(),
            ids: self.shared.ids.clone(),
        };
        self.db.write(act, RunPart::of(claimed.kind, self.id, self.by, rows, give_up)).await
    }
    /// Part after part. Where a part clashes with somebody else's write, its rows are done again, then one by one; a row that clashes alone is refused.
    async fn parts(&self, claimed: &Claimed) -> Result<()> {
        let (mut clashes, mut single, mut busy) = (0, 0, 0);
        loop {
            let alone = single > 0;
            match self.part(claimed, if alone { 1 } else { ROWS }, clashes > 2).await {
                Ok(Part::More) => {
                    single = (single - 1).max(0);
                    (clashes, busy) = (0, 0);
                }
                Ok(Part::Over | Part::Lost) => return Ok(()),
                Err(StoreError::Duplicate(_) | StoreError::Reference(_)) => {
                    clashes += 1;
                    if clashes > 1 && !alone && !claimed.atomic {
                        single = ROWS;
                    }
                    if clashes > 4 {
                        return self.fail("busy", "its rows clash with others that are being written").await;
                    }
                }
                Err(e @ (StoreError::Busy | StoreError::Retry)) => {
                    busy += 1;
                    if busy > PATIENCE {
                        return Err(e);
                    }
                    rt::time::sleep(Duration::from_millis(5 << busy)).await;
                }
                Err(e @ StoreError::Unavailable(_)) => return Err(e),
                Err(e) => {
                    let told = ApiError::from(e);
                    told.note(&claimed.request_id);
                    return self.fail(told.problem.code(), told.problem.meaning().trim()).await;
                }
            }
        }
    }
    async fn fail(&self, code: &str, detail: &str) -> Result<()> {
        self.db.write(self.operator(), FailJob { id: self.id, by: self.by, code: code.into(), detail: detail.into() }).await
    }
}

/// Drops what a job that was called off has not done.
///
/// # Errors
/// As the database says.
pub async fn drop_rows(of: &Permitted<Identified>, id: JobId) -> std::result::Result<(), ApiError> {
    while of.as_operator(DropRows { id }).await? > 0 {}
    Ok(())
}

/// Does every job that nobody works on.
///
/// # Errors
/// As the database says.
pub async fn drain(db: &Database, shared: &Shared) -> Result<()> {
    let nil = || operators_act(TenantId(Uuid::nil()), &*shared.clock, shared.ids.clone(), "jobs");
    while let Some((tenant, id)) = db.read(nil(), NextJob).await? {
        do_job(db, shared, tenant, id, None).await?;
    }
    Ok(())
}

/// Does jobs for as long as the server serves.
pub async fn serve(shared: Arc<Shared>, source: Source) {
    let Ok(db) = source.connect() else { return };
    loop {
        if let Err(e) = drain(&db, &shared).await {
            log::warn!("a job is left for later: {e}");
        }
        // somebody rings, or a server that died leaves its lease
        let _ = rt::time::timeout(SLEEP, shared.jobs.notified()).await;
    }
}
