//! Shared self-reviews: a kept version, for one reader, until it is withdrawn or the reader stands beside its owner no longer.

use super::super::prelude::*;
use super::{VersionRow, keep, own};
use crate::{
    event::History,
    self_review::{GetSharedSelfReview, ListSharedSelfReviews, ShareSelfReview, SharedSelfReviewHistory, SharedVersion, WithdrawSharedSelfReview},
};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    coaching::PartnershipState,
    event::EventKind,
    id::{FrameworkVersionId, PersonId, SharedSelfReviewId},
    relationship::RelationshipKind,
    rule::{Code, RuleError},
    self_review::{SelfReviewAction, SelfReviewVersion, SharedReviewAction, SharedSelfReview, companion, may_share},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = shared_self_reviews, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct SharedRow {
    tenant_id: Uid,
    id: Uid,
    owner_id: Uid,
    reader_id: Uid,
    self_review_version_id: Uid,
    withdrawn_at: Option<Moment>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl SharedRow {
    fn new(tenant_id: Uid, record: &SharedSelfReview) -> Self {
        let SharedSelfReview { id, owner_id, reader_id, version_id, withdrawn_at, version, created_at, updated_at } = record;
        Self {
            tenant_id,
            id: (*id).into(),
            owner_id: (*owner_id).into(),
            reader_id: (*reader_id).into(),
            self_review_version_id: (*version_id).into(),
            withdrawn_at: withdrawn_at.map(Moment),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn shared(self) -> SharedSelfReview {
        let Self { tenant_id: _, id, owner_id, reader_id, self_review_version_id, withdrawn_at, version, created_at, updated_at } = self;
        SharedSelfReview {
            id: id.to(),
            owner_id: owner_id.to(),
            reader_id: reader_id.to(),
            version_id: self_review_version_id.to(),
            withdrawn_at: withdrawn_at.map(|at| at.0),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        }
    }
}

super::super::row::stored!(shared_self_reviews, SharedRow, SharedSelfReview, replace);

/// People beside whom this person stands today, so that they can be shown what those people wrote of themselves: whom they appraise, coach or mentor, or see
/// through induction, and with whom they are in a coaching partnership.
async fn beside(cx: &mut Cx<'_>, reader: PersonId) -> Result<Vec<Uid>> {
    let (tenant, me, today) = (cx.tenant(), Uid::from(reader), cx.act.today());
    let kinds: Vec<&str> = RelationshipKind::ALL.iter().filter(|k| companion(**k)).map(|k| k.as_str()).collect();
    let query = relationships::table
        .filter(relationships::tenant_id.eq(tenant))
        .filter(relationships::holder_id.eq(me))
        .filter(relationships::kind.eq_any(kinds))
        .select(relationships::person_id);
    let mut found: Vec<Uid> = access::current!(query, relationships, today).all(cx.conn()).await?;
    let pairs: Vec<(Uid, Uid)> = coaching_partnerships::table
        .filter(coaching_partnerships::tenant_id.eq(tenant))
        .filter(coaching_partnerships::state.eq(PartnershipState::Active.as_str()))
        .filter(coaching_partnerships::learner_id.eq(me).or(coaching_partnerships::coach_id.eq(me)))
        .select((coaching_partnerships::learner_id, coaching_partnerships::coach_id))
        .all(cx.conn())
        .await?;
    found.extend(pairs.into_iter().map(|(learner, coach)| if learner == me { coach } else { learner }));
    Ok(found)
}

/// What is shared, with what it says: in one statement, however many they are.
async fn whole(cx: &mut Cx<'_>, shared: Vec<SharedSelfReview>) -> Result<Vec<SharedVersion>> {
    let ids: Vec<Uid> = shared.iter().map(|s| s.version_id.into()).collect();
    let of = self_reviews::tenant_id.eq(self_review_versions::tenant_id).and(self_reviews::id.eq(self_review_versions::self_review_id));
    let rows: Vec<(VersionRow, Uid)> = self_review_versions::table
        .inner_join(self_reviews::table.on(of))
        .filter(self_review_versions::tenant_id.eq(cx.tenant()))
        .filter(self_review_versions::id.eq_any(ids))
        .select((VersionRow::as_select(), self_reviews::framework_version_id))
        .all(cx.conn())
        .await?;
    let mut said: HashMap<Uid, (SelfReviewVersion, FrameworkVersionId)> = HashMap::new();
    for (row, framework) in rows {
        said.insert(row.id, (row.version()?, framework.to()));
    }
    let one = |shared: SharedSelfReview| {
        let (said, framework_version_id) =
            said.get(&Uid::from(shared.version_id)).cloned().ok_or_else(|| corrupt("a shared self-review without its version"))?;
        Ok::<_, StoreError>(SharedVersion { shared, framework_version_id, said })
    };
    shared.into_iter().map(one).collect()
}

/// The record, if the caller is its owner, or may read it today.
async fn known(cx: &mut Cx<'_>, id: SharedSelfReviewId) -> Result<SharedSelfReview> {
    let row: SharedRow = shared_self_reviews::table.find((cx.tenant(), Uid::from(id))).select(SharedRow::as_select()).one(cx.conn()).await?;
    let found = row.shared();
    let me = cx.person()?;
    let beside = beside(cx, me).await?.contains(&found.owner_id.into());
    if found.read_by(Some(me), beside) { Ok(found) } else { Err(StoreError::Missing) }
}

async fn seen(cx: &mut Cx<'_>, record: SharedSelfReview) -> Result<Seen<SharedVersion>> {
    let by = cx.caller.person();
    let can = SharedReviewAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by).err())).collect();
    let record = whole(cx, vec![record]).await?.pop().ok_or(StoreError::Missing)?;
    Ok(Seen { record, can })
}

impl Write<Here> for ShareSelfReview {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<SharedVersion>> {
        access::guard(tx, self.id).await?;
        let before = own(tx, self.id).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        before.can(SelfReviewAction::Share, tx.caller.person())?;
        let owner = before.person_id;
        let beside = beside(tx, self.reader_id).await?.contains(&owner.into());
        may_share(owner, self.reader_id, beside)?;
        let (_, kept) = keep(tx, before).await?;
        let again: i64 = shared_self_reviews::table
            .filter(shared_self_reviews::tenant_id.eq(tx.tenant()))
            .filter(shared_self_reviews::self_review_version_id.eq(Uid::from(kept.id)))
            .filter(shared_self_reviews::reader_id.eq(Uid::from(self.reader_id)))
            .filter(shared_self_reviews::withdrawn_at.is_null())
            .count()
            .one(tx.conn())
            .await?;
        if again > 0 {
            return Err(RuleError::at(Code::Duplicate, "/reader_id", "they read this version already").into());
        }
        let now = micros(tx.act.now);
        let record = SharedSelfReview {
            id: tx.new_id(),
            owner_id: owner,
            reader_id: self.reader_id,
            version_id: kept.id,
            withdrawn_at: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        diesel::insert_into(shared_self_reviews::table).values(SharedRow::new(tx.tenant(), &record)).done(tx.conn()).await?;
        tx.event(EventKind::SharedSelfReviewCreated, None, &record, record.about());
        seen(tx, record).await
    }
}

impl Read<Here> for GetSharedSelfReview {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<SharedVersion>>> {
        let record = known(cx, self.id).await?;
        Ok(if self.unless == Some(record.version) { Fetched::Unchanged(record.version) } else { Fetched::Found(seen(cx, record).await?) })
    }
}

impl Read<Here> for ListSharedSelfReviews {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<SharedVersion>> {
        let me = cx.person()?;
        let beside = beside(cx, me).await?;
        let me = Uid::from(me);
        let query = shared_self_reviews::table.filter(shared_self_reviews::tenant_id.eq(cx.tenant())).select(SharedRow::as_select()).into_boxed::<Dialect>();
        // as `SharedSelfReview::read_by` says
        let to_me = shared_self_reviews::reader_id.eq(me).and(shared_self_reviews::withdrawn_at.is_null()).and(shared_self_reviews::owner_id.eq_any(beside));
        let mut query = page::windowed!(query, self.window, shared_self_reviews).filter(shared_self_reviews::owner_id.eq(me).or(to_me));
        if let Some(owner) = self.owner_id {
            query = query.filter(shared_self_reviews::owner_id.eq(Uid::from(owner)));
        }
        if let Some(reader) = self.reader_id {
            query = query.filter(shared_self_reviews::reader_id.eq(Uid::from(reader)));
        }
        let rows: Vec<SharedRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: whole(cx, page.items.into_iter().map(SharedRow::shared).collect()).await?, next: page.next })
    }
}

impl Write<Here> for WithdrawSharedSelfReview {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<SharedVersion>> {
        let before = known(tx, self.id).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        let after = before.withdrawn(tx.caller.person(), micros(tx.act.now))?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        replace(tx, before.version, &after).await?;
        tx.event(EventKind::SharedSelfReviewWithdrawn, Some(&before), &after, after.about());
        seen(tx, after).await
    }
}

impl Read<Here> for SharedSelfReviewHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        known(cx, self.id).await?;
        super::super::event::history(cx, self.id.into(), self.window).await
    }
}

/// The versions of these self-reviews, and what is shared of them.
pub(in super::super) async fn told_of(cx: &mut Cx<'_>, reviews: &[Uid]) -> Result<(Vec<Uid>, Vec<Uid>)> {
    let versions: Vec<Uid> = self_review_versions::table
        .filter(self_review_versions::tenant_id.eq(cx.tenant()))
        .filter(self_review_versions::self_review_id.eq_any(reviews.to_vec()))
        .select(self_review_versions::id)
        .all(cx.conn())
        .await?;
    let shared: Vec<Uid> = shared_self_reviews::table
        .filter(shared_self_reviews::tenant_id.eq(cx.tenant()))
        .filter(shared_self_reviews::self_review_version_id.eq_any(versions.clone()))
        .select(shared_self_reviews::id)
        .all(cx.conn())
        .await?;
    Ok((versions, shared))
}

/// What `explain` judges by: the same as the operations above.
pub(in super::super) async fn explain(cx: &mut Cx<'_>, id: SharedSelfReviewId, _: &Doing) -> Result<Can> {
    let record = known(cx, id).await?;
    Ok(seen(cx, record).await?.can)
}
