//! Rule profiles: shipped ones are data of the program, a tenant's own are rows. Everybody reads them; administrators of the whole tenant
//! write them.

use super::{framework::writable, prelude::*};
use crate::{
    event::History,
    profile::{CreateRuleProfile, GetRuleProfile, ListRuleProfiles, PublishRuleProfile, RuleProfileHistory},
};
use diesel::{dsl::max, pg::Pg, prelude::*, sqlite::Sqlite};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    event::{About, EventKind},
    id::RuleProfileId,
    profile::{Labels, Nation, ProfileKey, ProfileState, RuleName, RuleProfile, Rules, keeps_the_law, shipped},
    rule::{Code, RuleError},
    text::{Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = rule_profiles, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct ProfileRow {
    tenant_id: Uid,
    id: Uid,
    key: String,
    number: i32,
    state: String,
    based_on: Option<Uid>,
    document: Json,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

/// What of a version never changes once it is written.
#[derive(Serialize, Deserialize)]
struct Document {
    nation: Nation,
    name: Title,
    legal_basis: Title,
    statutory: Vec<RuleName>,
    labels: Labels,
    rules: Rules,
}

impl ProfileRow {
    fn new(tenant_id: Uid, profile: &RuleProfile) -> Result<Self> {
        let RuleProfile { id, key, number, state, based_on, nation, name, legal_basis, statutory, labels, rules, version, created_at, updated_at } =
            profile.clone();
        let document = Document { nation, name, legal_basis, statutory, labels, rules };
        Ok(Self {
            tenant_id,
            id: id.into(),
            key: key.as_str().into(),
            number,
            state: state.as_str().into(),
            based_on: optional(based_on),
            document: Json(serde_json::to_string(&document).map_err(corrupt)?),
            version,
            created_at: created_at.into(),
            updated_at: updated_at.into(),
        })
    }
    fn profile(self) -> Result<RuleProfile> {
        let Self { tenant_id: _, id, key, number, state, based_on, document, version, created_at, updated_at } = self;
        let Document { nation, name, legal_basis, statutory, labels, rules } = serde_json::from_str(&document.0).map_err(corrupt)?;
        Ok(RuleProfile {
            id: id.to(),
            key: ProfileKey::parse(&key).map_err(corrupt)?,
            number,
            state: ProfileState::parse(&state).map_err(corrupt)?,
            based_on: based_on.map(Uid::to),
            nation,
            name,
            legal_basis,
            statutory,
            labels,
            rules,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

async fn load(cx: &mut Cx<'_>, id: RuleProfileId) -> Result<RuleProfile> {
    if let Some(ours) = shipped().iter().find(|p| p.id == id) {
        return Ok(ours.clone());
    }
    let row: ProfileRow = rule_profiles::table.find((cx.tenant(), Uid::from(id))).select(ProfileRow::as_select()).one(cx.conn()).await?;
    row.profile()
}

/// The published version of this name and number.
pub(super) async fn pinned(cx: &mut Cx<'_>, key: &ProfileKey, number: i32) -> Result<RuleProfile> {
    if let Some(ours) = shipped().iter().find(|p| p.key == *key && p.number == number) {
        return Ok(ours.clone());
    }
    let row: Option<ProfileRow> = rule_profiles::table
        .filter(rule_profiles::tenant_id.eq(cx.tenant()))
        .filter(rule_profiles::key.eq(key.as_str()))
        .filter(rule_profiles::number.eq(number))
        .filter(rule_profiles::state.eq(ProfileState::Published.as_str()))
        .select(ProfileRow::as_select())
        .one(cx.conn())
        .await
        .optional()?;
    let unknown = || RuleError::at(Code::UnknownProfile, "/rule_profile", "no such published version of a rule profile");
    row.ok_or_else(unknown)?.profile()
}

/// The number of the newest published version of this name.
pub(super) async fn newest(cx: &mut Cx<'_>, key: &ProfileKey) -> Result<Option<i32>> {
    let ours = shipped().iter().filter(|p| p.key == *key).map(|p| p.number).max();
    let own: Option<i32> = rule_profiles::table
        .filter(rule_profiles::tenant_id.eq(cx.tenant()))
        .filter(rule_profiles::key.eq(key.as_str()))
        .filter(rule_profiles::state.eq(ProfileState::Published.as_str()))
        .select(max(rule_profiles::number))
        .one(cx.conn())
        .await?;
    Ok(ours.max(own))
}

fn seen(cx: &Cx<'_>, record: RuleProfile) -> Seen<RuleProfile> {
    let publish = writable(cx).and_then(|()| record.publish().map(drop)).err();
    Seen { record, can: vec![("publish", publish)] }
}

/// The published version that another is made from, and the shipped one at the beginning of the line, whose law holds for both.
async fn base(tx: &mut Tx<'_>, id: RuleProfileId) -> Result<(RuleProfile, RuleProfile)> {
    let unknown = || RuleError::at(Code::UnknownReference, "/based_on", "no such published version of a rule profile");
    let base = match load(tx, id).await {
        Err(StoreError::Missing) => return Err(unknown().into()),
        other => other?,
    };
    if base.state != ProfileState::Published {
        return Err(unknown().into());
    }
    let mut root = base.clone();
    while let Some(earlier) = root.based_on {
        root = load(tx, earlier).await?;
    }
    Ok((base, root))
}

impl Write<Here> for CreateRuleProfile {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<RuleProfile>> {
        writable(tx)?;
        let Self { key, name, legal_basis, based_on, nation, labels, rules } = self.clone();
        if shipped().iter().any(|p| p.key == key) {
            return Err(RuleError::at(Code::Duplicate, "/key", "Trellis ships a profile of this name").into());
        }
        let (base, root) = base(tx, based_on).await?;
        rules.check()?;
        keeps_the_law(&root.statutory, &root.rules, &rules)?;
        let nation = root.nation_of(nation)?;
        let guarded = tx.tenant();
        access::guard(tx, guarded).await?;
        let last: Option<i32> = rule_profiles::table
            .filter(rule_profiles::tenant_id.eq(tx.tenant()))
            .filter(rule_profiles::key.eq(key.as_str()))
            .select(max(rule_profiles::number))
            .one(tx.conn())
            .await?;
        let now = micros(tx.act.now);
        let profile = RuleProfile {
            id: tx.new_id(),
            key,
            number: last.unwrap_or(0) + 1,
            state: ProfileState::Draft,
            based_on: Some(based_on),
            nation,
            name,
            legal_basis,
            statutory: root.statutory,
            labels: labels.unwrap_or(base.labels),
            rules,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let row = ProfileRow::new(tx.tenant(), &profile)?;
        diesel::insert_into(rule_profiles::table).values(row).done(tx.conn()).await?;
        tx.event(EventKind::RuleProfileCreated, None, &profile, About::default());
        Ok(seen(tx, profile))
    }
}

impl Write<Here> for PublishRuleProfile {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<RuleProfile>> {
        let before = load(tx, self.id).await?;
        writable(tx)?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.publish()?;
        let Some(after) = tx.next(&before, after) else { return Ok(seen(tx, before)) };
        let key = rule_profiles::table.find((tx.tenant(), Uid::from(after.id))).filter(rule_profiles::version.eq(before.version));
        let row = ProfileRow::new(tx.tenant(), &after)?;
        if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        tx.event(EventKind::RuleProfilePublished, Some(&before), &after, About::default());
        Ok(seen(tx, after))
    }
}

impl Read<Here> for GetRuleProfile {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<RuleProfile>>> {
        let record = load(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record)))
    }
}

/// Those of these versions that there are: they are everybody's.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<RuleProfile>> {
    let query = rule_profiles::table.filter(rule_profiles::tenant_id.eq(cx.tenant())).filter(rule_profiles::id.eq_any(ids.to_vec()));
    let rows: Vec<ProfileRow> = query.select(ProfileRow::as_select()).all(cx.conn()).await?;
    rows.into_iter().map(ProfileRow::profile).collect()
}

impl Read<Here> for ListRuleProfiles {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<RuleProfile>> {
        let query = rule_profiles::table.filter(rule_profiles::tenant_id.eq(cx.tenant())).select(ProfileRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::windowed!(query, self.window, rule_profiles);
        if let Some(key) = &self.key {
            query = query.filter(rule_profiles::key.eq(key.as_str()));
        }
        let rows: Vec<ProfileRow> = query.all(cx.conn()).await?;
        let ours = shipped().iter().filter(|p| self.key.as_ref().is_none_or(|key| p.key == *key));
        // shipped ids are older than any that is made here
        let mut items: Vec<RuleProfile> = ours.filter(|p| self.window.after.is_none_or(|after| p.id.0 > after)).cloned().collect();
        for row in rows {
            items.push(row.profile()?);
        }
        Ok(Page::cut(items, self.window.limit, |p| p.id.0))
    }
}

impl Read<Here> for RuleProfileHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        load(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: RuleProfileId, _: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    Ok(seen(cx, record).can)
}
