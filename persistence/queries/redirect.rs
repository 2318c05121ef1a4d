//! Where records went that were given up to another, or folded into an equal one.

use super::prelude::*;
use crate::merge::FindMerged;
use trellis_domain::{
    access::{self as rules, Permission},
    event::RecordType,
    id::{EmploymentId, MergeId, PersonId, RelationshipId, RoleId},
    text::Wire,
};
use uuid::Uuid;

/// From this record to that one.
pub(super) struct Redirect {
    pub record_type: RecordType,
    pub old: Uuid,
    pub new: Uuid,
}

pub(super) async fn insert(tx: &mut Tx<'_>, merge: MergeId, all: &[Redirect]) -> Result<()> {
    let rows: Vec<_> = all
        .iter()
        .map(|r| {
            (
                redirects::tenant_id.eq(tx.tenant()),
                redirects::old_id.eq(Uid(r.old)),
                redirects::record_type.eq(r.record_type.as_str()),
                redirects::new_id.eq(Uid(r.new)),
                redirects::merge_id.eq(Uid::from(merge)),
            )
        })
        .collect();
    for row in rows {
        diesel::insert_into(redirects::table).values(row).done(tx.conn()).await?;
    }
    Ok(())
}

pub(super) async fn remove(tx: &mut Tx<'_>, merge: MergeId) -> Result<()> {
    let of = redirects::table.filter(redirects::tenant_id.eq(tx.tenant())).filter(redirects::merge_id.eq(Uid::from(merge)));
    diesel::delete(of).done(tx.conn()).await?;
    Ok(())
}

/// A record, and all that went into it, merge by merge.
pub(super) async fn with_merged(cx: &mut Cx<'_>, id: Uid) -> Result<Vec<Uid>> {
    let (mut all, mut last) = (vec![id], vec![id]);
    while !last.is_empty() {
        let query = redirects::table.filter(redirects::tenant_id.eq(cx.tenant())).select(redirects::old_id);
        last = page::of_these!(cx, query, redirects::new_id, last);
        all.extend(&last);
    }
    Ok(all)
}

/// Where a record stands now, if it went somewhere.
async fn now(cx: &mut Cx<'_>, id: Uid) -> Result<Option<(RecordType, Uid)>> {
    let (mut at, mut found) = (id, None);
    loop {
        let next: Option<(String, Uid)> =
            redirects::table.find((cx.tenant(), at)).select((redirects::record_type, redirects::new_id)).one(cx.conn()).await.optional()?;
        let Some((record_type, new)) = next else { return Ok(found) };
        at = new;
        found = Some((RecordType::parse(&record_type).map_err(corrupt)?, new));
    }
}

impl Read<Here> for FindMerged {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Option<Uuid>> {
        let Some((record_type, at)) = now(cx, Uid(self.id)).await? else { return Ok(None) };
        let permission = match record_type {
            RecordType::Role => Permission::ReadRoles,
            RecordType::Account => Permission::ReadAccounts,
            _ => Permission::ReadPeople,
        };
        let Ok(reach) = rules::reach(&cx.caller, permission) else { return Ok(None) };
        let visible = match record_type {
            RecordType::Person => super::person::person_within(cx, &reach, at.to::<PersonId>()).await,
            RecordType::Employment => super::employment::knowable(cx, at.to::<EmploymentId>()).await,
            RecordType::Relationship => super::relationship::knowable(cx, at.to::<RelationshipId>()).await,
            RecordType::Role => super::role::knowable(cx, &reach, at.to::<RoleId>()).await,
            RecordType::Account => super::account::knowable(cx, at.to()).await,
            _ => Err(StoreError::Missing),
        };
        match visible {
            Ok(()) => Ok(Some(at.0)),
            Err(StoreError::Missing) => Ok(None),
            Err(e) => Err(e),
        }
    }
}
