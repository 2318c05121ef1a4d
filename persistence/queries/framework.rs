//! Frameworks, their versions and standards.

use super::prelude::*;
use crate::{
    event::History,
    framework::{CreateFrameworkVersion, FrameworkVersionHistory, GetFrameworkVersion, ListFrameworkVersions, PublishFrameworkVersion},
};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    event::{About, EventKind},
    framework::{FrameworkVersion, Standard, VersionState, lay_out},
    id::{FrameworkVersionId, StandardId},
    rule::{Code, Faults, RuleError},
    text::{Narrative, Slug, StandardCode, Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = framework_versions, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct VersionRow {
    tenant_id: Uid,
    id: Uid,
    framework_id: Uid,
    name: String,
    label: String,
    state: String,
    attribution: Option<String>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = standards, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct StandardRow {
    tenant_id: Uid,
    id: Uid,
    framework_version_id: Uid,
    parent_id: Option<Uid>,
    code: String,
    title: String,
    description: Option<String>,
    position: i32,
}

impl VersionRow {
    fn new(tenant_id: Uid, version: &FrameworkVersion) -> Self {
        let FrameworkVersion { id, framework_id, key: _, name, label, state, attribution, standards: _, version, created_at, updated_at } = version;
        Self {
            tenant_id,
            id: (*id).into(),
            framework_id: (*framework_id).into(),
            name: name.as_str().into(),
            label: label.as_str().into(),
            state: state.as_str().into(),
            attribution: attribution.as_ref().map(|a| a.as_str().into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn version(self, key: &str, standards: Vec<Standard>) -> Result<FrameworkVersion> {
        let Self { tenant_id: _, id, framework_id, name, label, state, attribution, version, created_at, updated_at } = self;
        Ok(FrameworkVersion {
            id: id.to(),
            framework_id: framework_id.to(),
            key: Slug::parse(key).map_err(corrupt)?,
            name: Title::parse(&name).map_err(corrupt)?,
            label: Title::parse(&label).map_err(corrupt)?,
            state: VersionState::parse(&state).map_err(corrupt)?,
            attribution: attribution.map(|a| Narrative::parse(&a)).transpose().map_err(corrupt)?,
            standards,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}
impl StandardRow {
    fn standard(self) -> Result<(Uid, Standard)> {
        let Self { tenant_id: _, id, framework_version_id, parent_id, code, title, description, position: _ } = self;
        let standard = Standard {
            id: id.to(),
            parent_id: parent_id.map(Uid::to),
            code: StandardCode::parse(&code).map_err(corrupt)?,
            title: Title::parse(&title).map_err(corrupt)?,
            description: description.map(|d| Narrative::parse(&d)).transpose().map_err(corrupt)?,
        };
        Ok((framework_version_id, standard))
    }
}

async fn whole(cx: &mut Cx<'_>, rows: Vec<(VersionRow, String)>) -> Result<Vec<FrameworkVersion>> {
    let ids: Vec<Uid> = rows.iter().map(|(r, _)| r.id).collect();
    let found: Vec<StandardRow> = standards::table
        .filter(standards::tenant_id.eq(cx.tenant()))
        .filter(standards::framework_version_id.eq_any(ids))
        .order((standards::framework_version_id, standards::position))
        .select(StandardRow::as_select())
        .all(cx.conn())
        .await?;
    let mut by_version: HashMap<Uid, Vec<Standard>> = HashMap::new();
    for row in found {
        let (version, standard) = row.standard()?;
        by_version.entry(version).or_default().push(standard);
    }
    rows.into_iter()
        .map(|(row, key)| {
            let standards = by_version.remove(&row.id).unwrap_or_default();
            row.version(&key, standards)
        })
        .collect()
}

macro_rules! versions_with_key {
    ($cx:expr) => {
        framework_versions::table
            .inner_join(frameworks::table.on(frameworks::tenant_id.eq(framework_versions::tenant_id).and(frameworks::id.eq(framework_versions::framework_id))))
            .filter(framework_versions::tenant_id.eq($cx.tenant()))
            .select((VersionRow::as_select(), frameworks::key))
    };
}

pub(super) async fn load(cx: &mut Cx<'_>, id: FrameworkVersionId) -> Result<FrameworkVersion> {
    let row: (VersionRow, String) = versions_with_key!(cx).filter(framework_versions::id.eq(Uid::from(id))).one(cx.conn()).await?;
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

pub(super) async fn insert(tx: &mut Tx<'_>, version: &FrameworkVersion) -> Result<()> {
    let known: i64 = frameworks::table
        .filter(frameworks::tenant_id.eq(tx.tenant()))
        .filter(frameworks::id.eq(Uid::from(version.framework_id)))
        .count()
        .one(tx.conn())
        .await?;
    if known == 0 {
        let row = (frameworks::tenant_id.eq(tx.tenant()), frameworks::id.eq(Uid::from(version.framework_id)), frameworks::key.eq(version.key.as_str()));
        diesel::insert_into(frameworks::table).values(row).done(tx.conn()).await?;
    }
    diesel::insert_into(framework_versions::table).values(VersionRow::new(tx.tenant(), version)).done(tx.conn()).await?;
    let rows: Vec<StandardRow> = version
        .standards
        .iter()
        .zip(0..)
        .map(|(Standard { id, parent_id, code, title, description }, position)| StandardRow {
            tenant_id: tx.tenant(),
            id: (*id).into(),
            framework_version_id: version.id.into(),
            parent_id: optional(*parent_id),
            code: code.as_str().into(),
            title: title.as_str().into(),
            description: description.as_ref().map(|d| d.as_str().into()),
            position,
        })
        .collect();
    for part in rows.chunks(500) {
        diesel::insert_into(standards::table).values(part).done(tx.conn()).await?;
    }
    tx.event(EventKind::FrameworkVersionCreated, None, version, About::default());
    Ok(())
}

/// Frameworks and rule profiles are the whole tenant's: they are written from its root.
pub(super) fn writable(cx: &Cx<'_>) -> std::result::Result<(), RuleError> {
    let root = rules::reach(&cx.caller, Permission::WriteFrameworks).is_ok_and(|r| r.everywhere);
    rules::require(root, "administrators of the whole trust")
}

fn seen(cx: &Cx<'_>, record: FrameworkVersion) -> Seen<FrameworkVersion> {
    let publish = writable(cx).and_then(|()| record.publish().map(drop)).err();
    Seen { record, can: vec![("publish", publish)] }
}

impl Write<Here> for CreateFrameworkVersion {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<FrameworkVersion>> {
        writable(tx)?;
        let Self { key, name, label, attribution, standards } = self.clone();
        let framework: Option<Uid> = frameworks::table
            .filter(frameworks::tenant_id.eq(tx.tenant()))
            .filter(frameworks::key.eq(key.as_str()))
            .select(frameworks::id)
            .one(tx.conn())
            .await
            .optional()?;
        let framework_id = framework.map_or_else(|| tx.new_id(), Uid::to);
        let same: i64 = framework_versions::table
            .filter(framework_versions::tenant_id.eq(tx.tenant()))
            .filter(framework_versions::framework_id.eq(Uid::from(framework_id)))
            .filter(framework_versions::label.eq(label.as_str()))
            .count()
            .one(tx.conn())
            .await?;
        if same > 0 {
            return Err(RuleError::at(Code::Duplicate, "/label", "this framework has a version of this label already").into());
        }
        let now = micros(tx.act.now);
        let standards = lay_out(standards, &mut || tx.new_id::<StandardId>())?;
        let version = FrameworkVersion {
            id: tx.new_id(),
            framework_id,
            key,
            name,
            label,
            state: VersionState::Draft,
            attribution,
            standards,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        insert(tx, &version).await?;
        Ok(seen(tx, version))
    }
}

impl Write<Here> for PublishFrameworkVersion {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<FrameworkVersion>> {
        let before = load(tx, self.id).await?;
        writable(tx)?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.publish()?;
        let Some(after) = tx.next(&before, after) else { return Ok(seen(tx, before)) };
        let key = framework_versions::table.find((tx.tenant(), Uid::from(after.id))).filter(framework_versions::version.eq(before.version));
        if diesel::update(key).set(VersionRow::new(tx.tenant(), &after)).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        tx.event(EventKind::FrameworkVersionPublished, Some(&before), &after, About::default());
        Ok(seen(tx, after))
    }
}

impl Read<Here> for GetFrameworkVersion {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<FrameworkVersion>>> {
        let record = load(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record)))
    }
}

/// Those of these framework versions that there are: they are everybody's.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<FrameworkVersion>> {
    let rows: Vec<(VersionRow, String)> = versions_with_key!(cx).filter(framework_versions::id.eq_any(ids.to_vec())).all(cx.conn()).await?;
    whole(cx, rows).await
}

impl Read<Here> for ListFrameworkVersions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<FrameworkVersion>> {
        let mut query = page::windowed!(versions_with_key!(cx).into_boxed::<Dialect>(), self.window, framework_versions);
        if let Some(key) = &self.key {
            query = query.filter(frameworks::key.eq(key.as_str()));
        }
        if let Some(state) = self.state {
            query = query.filter(framework_versions::state.eq(state.as_str()));
        }
        let rows: Vec<(VersionRow, String)> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |(r, _)| r.id.0);
        Ok(Page { items: whole(cx, page.items).await?, next: page.next })
    }
}

impl Read<Here> for FrameworkVersionHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        load(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// Framework versions that a cycle can pin: published ones.
pub(super) async fn published(cx: &mut Cx<'_>, ids: &[FrameworkVersionId]) -> Result<()> {
    let rows: Vec<(Uid, String)> = framework_versions::table
        .filter(framework_versions::tenant_id.eq(cx.tenant()))
        .filter(framework_versions::id.eq_any(uids(ids)))
        .select((framework_versions::id, framework_versions::state))
        .all(cx.conn())
        .await?;
    let found: HashMap<Uid, String> = rows.into_iter().collect();
    each_published("/framework_version_ids", &uids(ids), &found)
}

/// Of each of these versions that there is a newer published one of: which, and the newest.
pub(super) async fn newer(cx: &mut Cx<'_>, ids: &[FrameworkVersionId]) -> Result<Vec<(FrameworkVersionId, FrameworkVersionId)>> {
    let of: Vec<(Uid, Uid)> = framework_versions::table
        .filter(framework_versions::tenant_id.eq(cx.tenant()))
        .filter(framework_versions::id.eq_any(uids(ids)))
        .select((framework_versions::id, framework_versions::framework_id))
        .all(cx.conn())
        .await?;
    let frameworks: Vec<Uid> = of.iter().map(|(_, framework)| *framework).collect();
    let published: Vec<(Uid, Uid)> = framework_versions::table
        .filter(framework_versions::tenant_id.eq(cx.tenant()))
        .filter(framework_versions::framework_id.eq_any(frameworks))
        .filter(framework_versions::state.eq(VersionState::Published.as_str()))
        .order(framework_versions::id)
        .select((framework_versions::framework_id, framework_versions::id))
        .all(cx.conn())
        .await?;
    // ids follow the order in which versions were written
    let newest: HashMap<Uid, Uid> = published.into_iter().collect();
    let newer = |id: &FrameworkVersionId| {
        let (pinned, framework) = of.iter().find(|(version, _)| *version == Uid::from(*id))?;
        newest.get(framework).filter(|newest| *newest > pinned).map(|newest| (*id, newest.to()))
    };
    Ok(ids.iter().filter_map(newer).collect())
}

/// Standards that a record can link: those of published versions.
pub(super) async fn linkable(cx: &mut Cx<'_>, ids: &[StandardId]) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let rows: Vec<(Uid, String)> = standards::table
        .inner_join(
            framework_versions::table
                .on(framework_versions::tenant_id.eq(standards::tenant_id).and(framework_versions::id.eq(standards::framework_version_id))),
        )
        .filter(standards::tenant_id.eq(cx.tenant()))
        .filter(standards::id.eq_any(uids(ids)))
        .select((standards::id, framework_versions::state))
        .all(cx.conn())
        .await?;
    let found: HashMap<Uid, String> = rows.into_iter().collect();
    each_published("/standard_ids", &uids(ids), &found)
}

fn each_published(pointer: &str, ids: &[Uid], found: &HashMap<Uid, String>) -> Result<()> {
    let mut faults = Faults::default();
    for (i, id) in ids.iter().enumerate() {
        let at = format!("{pointer}/{i}");
        match found.get(id).map(String::as_str) {
            Some("published") => {}
            Some(_) => drop(faults.check::<()>(Err(RuleError::at(Code::NotPublished, &at, "its framework version is still a draft")))),
            None => drop(faults.check::<()>(Err(RuleError::at(Code::UnknownReference, &at, "no such record")))),
        }
    }
    Ok(faults.settle()?)
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: FrameworkVersionId, _: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    Ok(seen(cx, record).can)
}
