//! Self-reviews: whoever is not the owner finds nothing.

mod sharing;

pub(super) use sharing::{explain as explain_shared, told_of};

use super::prelude::*;
use crate::{
    event::History,
    self_review::{CreateSelfReview, GetSelfReview, KeepSelfReview, ListSelfReviewVersions, ListSelfReviews, SelfReviewHistory, UpdateSelfReview},
};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    event::EventKind,
    id::{SelfReviewId, StandardId},
    rule::{Code, RuleError},
    self_review::{SelfReview, SelfReviewAction, SelfReviewVersion, Statement},
    text::{Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = self_reviews, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct ReviewRow {
    tenant_id: Uid,
    id: Uid,
    person_id: Uid,
    employment_id: Uid,
    organisation_id: Uid,
    framework_version_id: Uid,
    title: Option<String>,
    statements: Json,
    kept: i32,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = self_review_versions, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct VersionRow {
    tenant_id: Uid,
    id: Uid,
    self_review_id: Uid,
    number: i32,
    title: Option<String>,
    statements: Json,
    kept_at: Moment,
}

fn told(statements: &[Statement]) -> Json {
    Json(serde_json::to_value(statements).unwrap_or_default().to_string())
}
fn heard(statements: &Json) -> Result<Vec<Statement>> {
    serde_json::from_str(&statements.0).map_err(corrupt)
}
fn called(title: Option<String>) -> Result<Option<Title>> {
    title.map(|t| Title::parse(&t)).transpose().map_err(corrupt)
}

impl ReviewRow {
    fn new(tenant_id: Uid, record: &SelfReview) -> Self {
        let SelfReview { id, person_id, employment_id, organisation_id, framework_version_id, title, statements, kept, version, created_at, updated_at } =
            record;
        Self {
            tenant_id,
            id: (*id).into(),
            person_id: (*person_id).into(),
            employment_id: (*employment_id).into(),
            organisation_id: (*organisation_id).into(),
            framework_version_id: (*framework_version_id).into(),
            title: title.as_ref().map(|t| t.as_str().into()),
            statements: told(statements),
            kept: *kept,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn review(self) -> Result<SelfReview> {
        let Self {
            tenant_id: _,
            id,
            person_id,
            employment_id,
            organisation_id,
            framework_version_id,
            title,
            statements,
            kept,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(SelfReview {
            id: id.to(),
            person_id: person_id.to(),
            employment_id: employment_id.to(),
            organisation_id: organisation_id.to(),
            framework_version_id: framework_version_id.to(),
            title: called(title)?,
            statements: heard(&statements)?,
            kept,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

impl VersionRow {
    fn new(tenant_id: Uid, kept: &SelfReviewVersion) -> Self {
        let SelfReviewVersion { id, self_review_id, number, title, statements, kept_at } = kept;
        Self {
            tenant_id,
            id: (*id).into(),
            self_review_id: (*self_review_id).into(),
            number: *number,
            title: title.as_ref().map(|t| t.as_str().into()),
            statements: told(statements),
            kept_at: (*kept_at).into(),
        }
    }
    fn version(self) -> Result<SelfReviewVersion> {
        let Self { tenant_id: _, id, self_review_id, number, title, statements, kept_at } = self;
        Ok(SelfReviewVersion {
            id: id.to(),
            self_review_id: self_review_id.to(),
            number,
            title: called(title)?,
            statements: heard(&statements)?,
            kept_at: kept_at.0,
        })
    }
}

super::row::stored!(self_reviews, ReviewRow, SelfReview, replace);

/// The self-review, if it is the caller's own.
async fn own(cx: &mut Cx<'_>, id: SelfReviewId) -> Result<SelfReview> {
    let row: ReviewRow = self_reviews::table.find((cx.tenant(), Uid::from(id))).select(ReviewRow::as_select()).one(cx.conn()).await?;
    let found = row.review()?;
    if Some(found.person_id) == cx.caller.person() { Ok(found) } else { Err(StoreError::Missing) }
}

fn seen(cx: &Cx<'_>, record: SelfReview) -> Seen<SelfReview> {
    let by = cx.caller.person();
    let can = SelfReviewAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by).err())).collect();
    Seen { record, can }
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: SelfReview, after: SelfReview) -> Result<SelfReview> {
    let Some(after) = tx.next(&before, after) else { return Ok(before) };
    replace(tx, before.version, &after).await?;
    tx.event(kind, Some(&before), &after, after.about());
    Ok(after)
}

/// The framework version that a self-review names: a published one.
async fn framework(tx: &mut Tx<'_>, record: &SelfReview) -> Result<trellis_domain::framework::FrameworkVersion> {
    super::framework::published(tx, &[record.framework_version_id]).await.map_err(|e| match e {
        StoreError::Rule(rule) => rule.of("/framework_version_id").into(),
        other => other,
    })?;
    super::framework::load(tx, record.framework_version_id).await
}

/// Keeps a version of it as it stands; if that is kept already, it is that one.
async fn keep(tx: &mut Tx<'_>, before: SelfReview) -> Result<(SelfReview, SelfReviewVersion)> {
    let last: Option<VersionRow> = self_review_versions::table
        .filter(self_review_versions::tenant_id.eq(tx.tenant()))
        .filter(self_review_versions::self_review_id.eq(Uid::from(before.id)))
        .order(self_review_versions::number.desc())
        .select(VersionRow::as_select())
        .one(tx.conn())
        .await
        .optional()?;
    if let Some(last) = last.map(VersionRow::version).transpose()?
        && before.is(&last)
    {
        return Ok((before, last));
    }
    let (after, kept) = before.kept(tx.new_id(), micros(tx.act.now));
    diesel::insert_into(self_review_versions::table).values(VersionRow::new(tx.tenant(), &kept)).done(tx.conn()).await?;
    let after = save(tx, EventKind::SelfReviewKept, before, after).await?;
    Ok((after, kept))
}

impl Write<Here> for CreateSelfReview {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<SelfReview>> {
        let Self { employment_id, framework_version_id, title, statements } = self.clone();
        let employment = super::learning::employment_of(tx, employment_id).await?;
        let now = micros(tx.act.now);
        let new = SelfReview {
            id: tx.new_id(),
            person_id: employment.person_id,
            employment_id: employment.id,
            organisation_id: employment.organisation_id,
            framework_version_id,
            title,
            statements,
            kept: 0,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let framework = framework(tx, &new).await?;
        let new = new.checked(&framework)?;
        diesel::insert_into(self_reviews::table).values(ReviewRow::new(tx.tenant(), &new)).done(tx.conn()).await?;
        tx.event(EventKind::SelfReviewCreated, None, &new, new.about());
        Ok(seen(tx, new))
    }
}

impl Read<Here> for GetSelfReview {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<SelfReview>>> {
        let record = own(cx, self.id).await?;
        Ok(if self.unless == Some(record.version) { Fetched::Unchanged(record.version) } else { Fetched::Found(seen(cx, record)) })
    }
}

impl Read<Here> for ListSelfReviews {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<SelfReview>> {
        let me = Uid::from(cx.person()?);
        let query = self_reviews::table.filter(self_reviews::tenant_id.eq(cx.tenant())).filter(self_reviews::person_id.eq(me));
        let mut query = page::windowed!(query.select(ReviewRow::as_select()).into_boxed::<Dialect>(), self.window, self_reviews);
        if let Some(of) = self.framework_version_id {
            query = query.filter(self_reviews::framework_version_id.eq(Uid::from(of)));
        }
        let rows: Vec<ReviewRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(ReviewRow::review).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for UpdateSelfReview {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<SelfReview>> {
        let before = own(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        before.can(SelfReviewAction::Update, tx.caller.person())?;
        let framework = super::framework::load(tx, before.framework_version_id).await?;
        let after = before.patched(self.patch.clone()).checked(&framework)?;
        let after = save(tx, EventKind::SelfReviewUpdated, before, after).await?;
        Ok(seen(tx, after))
    }
}

impl Write<Here> for KeepSelfReview {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<SelfReview>> {
        access::guard(tx, self.id).await?;
        let before = own(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        before.can(SelfReviewAction::Keep, tx.caller.person())?;
        let (after, _) = keep(tx, before).await?;
        Ok(seen(tx, after))
    }
}

impl Read<Here> for ListSelfReviewVersions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<SelfReviewVersion>> {
        let of = own(cx, self.id).await?;
        let query = self_review_versions::table
            .filter(self_review_versions::tenant_id.eq(cx.tenant()))
            .filter(self_review_versions::self_review_id.eq(Uid::from(of.id)))
            .select(VersionRow::as_select())
            .into_boxed::<Dialect>();
        let rows: Vec<VersionRow> = page::windowed!(query, self.window, self_review_versions).all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(VersionRow::version).collect::<Result<_>>()?, next: page.next })
    }
}

impl Read<Here> for SelfReviewHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        own(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// May a need be made of this statement of a self-review? If it is one of the caller's own, and says something.
pub(super) async fn names(tx: &mut Tx<'_>, id: SelfReviewId, standard: Option<StandardId>) -> Result<()> {
    let of = match own(tx, id).await {
        Err(StoreError::Missing) => return Err(RuleError::at(Code::UnknownReference, "/self_review_id", "no such self-review of yours").into()),
        other => other?,
    };
    match standard {
        None => Err(RuleError::at(Code::ContradictoryMembers, "/standard_id", "name the standard whose statement it is").into()),
        Some(s) if of.statements.iter().any(|said| said.standard_id == s) => Ok(()),
        Some(_) => Err(RuleError::at(Code::UnknownReference, "/standard_id", "your self-review says nothing of this standard").into()),
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: SelfReviewId, _: &Doing) -> Result<Can> {
    let record = own(cx, id).await?;
    Ok(seen(cx, record).can)
}
