//! Templates of conversations: what an organisation offers is everybody's beneath it, once it is published.

use super::{improvement::ground, prelude::*};
use crate::{
    conversation_template::{
        ConversationTemplateHistory, CreateConversationTemplate, GetConversationTemplate, ListConversationTemplates, PublishConversationTemplate,
    },
    event::History,
};
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access::{self as rules, Permission},
    conversation::ConversationKind,
    conversation_template::{ConversationTemplate, Question, revisions},
    event::EventKind,
    framework::VersionState,
    id::{ConversationTemplateId, OrganisationId},
    improvement::leads,
    rule::{Code, RuleError},
    text::Wire,
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = conversation_templates, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct TemplateRow {
    tenant_id: Uid,
    id: Uid,
    organisation_id: Uid,
    key: String,
    number: i32,
    state: String,
    based_on: Option<Uid>,
    kind: String,
    document: Json,
    revisions: Json,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl TemplateRow {
    fn new(tenant_id: Uid, template: &ConversationTemplate) -> Result<Self> {
        let ConversationTemplate { id, organisation_id, number, state, based_on, document, revisions, version, created_at, updated_at } = template;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            organisation_id: (*organisation_id).into(),
            key: document.key.as_str().into(),
            number: *number,
            state: state.as_str().into(),
            based_on: optional(*based_on),
            kind: document.kind.as_str().into(),
            document: Json(serde_json::to_string(document).map_err(corrupt)?),
            revisions: Json(serde_json::to_string(revisions).map_err(corrupt)?),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    fn template(self) -> Result<ConversationTemplate> {
        let Self { tenant_id: _, id, organisation_id, key: _, number, state, based_on, kind: _, document, revisions, version, created_at, updated_at } = self;
        Ok(ConversationTemplate {
            id: id.to(),
            organisation_id: organisation_id.to(),
            number,
            state: VersionState::parse(&state).map_err(corrupt)?,
            based_on: based_on.map(Uid::to),
            document: serde_json::from_str(&document.0).map_err(corrupt)?,
            revisions: serde_json::from_str(&revisions.0).map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

const WHO: &str = "the headteacher and learning lead of the organisation, and the trust leader for the trust,";

async fn row_of(cx: &mut Cx<'_>, id: ConversationTemplateId) -> Result<ConversationTemplate> {
    let row: TemplateRow = conversation_templates::table.find((cx.tenant(), Uid::from(id))).select(TemplateRow::as_select()).one(cx.conn()).await?;
    row.template()
}

async fn may_write(cx: &mut Cx<'_>, organisation: OrganisationId) -> Result<bool> {
    let ground = ground(cx, organisation).await?;
    Ok(leads(&cx.caller, Permission::WriteTemplates, &ground))
}

/// The version, if the caller may know of it: who writes templates there, and, of published ones, everybody whom they are for.
async fn load(cx: &mut Cx<'_>, id: ConversationTemplateId) -> Result<ConversationTemplate> {
    let record = row_of(cx, id).await?;
    let reads = rules::reach(&cx.caller, Permission::ReadTemplates).unwrap_or_default();
    let offered = record.state == VersionState::Published && access::shares(cx, &reads, record.organisation_id).await?;
    if offered || access::may(cx, Permission::WriteTemplates, Some(record.organisation_id), None).await? { Ok(record) } else { Err(StoreError::Missing) }
}

async fn seen(cx: &mut Cx<'_>, record: ConversationTemplate) -> Result<Seen<ConversationTemplate>> {
    let may = may_write(cx, record.organisation_id).await?;
    let publish = rules::require(may, WHO).and_then(|()| record.publish().map(drop)).err();
    Ok(Seen { record, can: vec![("publish", publish)] })
}

/// The questions that a conversation asks.
pub(super) async fn asked(cx: &mut Cx<'_>, id: Option<ConversationTemplateId>) -> Result<Vec<(Question, i32)>> {
    match id {
        None => Ok(Vec::new()),
        Some(id) => Ok(row_of(cx, id).await?.asked()),
    }
}

/// The template version of a new conversation: the one that is named, if it is offered to that school for this; else the newest of the nearest
/// organisation that offers one, so that a school's own comes before the trust's.
pub(super) async fn for_conversation(
    tx: &mut Tx<'_>,
    named: Option<ConversationTemplateId>,
    kind: ConversationKind,
    school: OrganisationId,
) -> Result<Option<ConversationTemplateId>> {
    let path: Vec<Uid> = uids(&access::path_of(tx, school).await?);
    let offered: Vec<(Uid, Uid)> = conversation_templates::table
        .filter(conversation_templates::tenant_id.eq(tx.tenant()))
        .filter(conversation_templates::organisation_id.eq_any(path.clone()))
        .filter(conversation_templates::state.eq(VersionState::Published.as_str()))
        .filter(conversation_templates::kind.eq(kind.as_str()))
        .order(conversation_templates::id.desc())
        .select((conversation_templates::id, conversation_templates::organisation_id))
        .all(tx.conn())
        .await?;
    let unknown = || RuleError::at(Code::UnknownReference, "/template_id", "no such published template for conversations of this kind at that school");
    match named.map(Uid::from) {
        Some(named) if offered.iter().any(|(id, _)| *id == named) => Ok(Some(named.to())),
        Some(_) => Err(unknown().into()),
        None => {
            let distance = |at: &Uid| path.iter().position(|p| p == at).unwrap_or(usize::MAX);
            Ok(offered.iter().min_by_key(|(_, at)| distance(at)).map(|(id, _)| id.to()))
        }
    }
}

impl Write<Here> for CreateConversationTemplate {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ConversationTemplate>> {
        let Self { organisation_id, based_on, document } = self.clone();
        super::organisation::kind_of(tx, organisation_id, "/organisation_id").await?;
        rules::require(may_write(tx, organisation_id).await?, WHO)?;
        document.check()?;
        let unknown = || RuleError::at(Code::UnknownReference, "/based_on", "no such published template");
        let base = match based_on {
            None => None,
            Some(id) => match load(tx, id).await {
                Ok(found) if found.state == VersionState::Published => Some(found),
                Ok(_) | Err(StoreError::Missing) => return Err(unknown().into()),
                Err(fault) => return Err(fault),
            },
        };
        access::guard(tx, organisation_id).await?;
        let last: Option<TemplateRow> = conversation_templates::table
            .filter(conversation_templates::tenant_id.eq(tx.tenant()))
            .filter(conversation_templates::organisation_id.eq(Uid::from(organisation_id)))
            .filter(conversation_templates::key.eq(document.key.as_str()))
            .order(conversation_templates::number.desc())
            .select(TemplateRow::as_select())
            .one(tx.conn())
            .await
            .optional()?;
        let last = last.map(TemplateRow::template).transpose()?;
        let before: Vec<&ConversationTemplate> = last.iter().chain(&base).collect();
        let now = micros(tx.act.now);
        let template = ConversationTemplate {
            id: tx.new_id(),
            organisation_id,
            number: last.as_ref().map_or(0, |t| t.number) + 1,
            state: VersionState::Draft,
            based_on,
            revisions: revisions(&document, &before),
            document,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let row = TemplateRow::new(tx.tenant(), &template)?;
        diesel::insert_into(conversation_templates::table).values(row).done(tx.conn()).await?;
        tx.event(EventKind::ConversationTemplateCreated, None, &template, template.about());
        seen(tx, template).await
    }
}

impl Write<Here> for PublishConversationTemplate {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<ConversationTemplate>> {
        let before = load(tx, self.id).await?;
        rules::require(may_write(tx, before.organisation_id).await?, WHO)?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.publish()?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        let row = TemplateRow::new(tx.tenant(), &after)?;
        let key = conversation_templates::table.find((tx.tenant(), Uid::from(after.id))).filter(conversation_templates::version.eq(before.version));
        if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        tx.event(EventKind::ConversationTemplatePublished, Some(&before), &after, after.about());
        seen(tx, after).await
    }
}

impl Read<Here> for GetConversationTemplate {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<ConversationTemplate>>> {
        let record = load(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Keeps templates to those that the caller may know of: drafts where they write, and what is offered to them.
macro_rules! offered {
    ($query:expr, $cx:expr) => {{
        let (query, reads) = ($query, $cx.reach.clone());
        let writes = rules::reach(&$cx.caller.not_as_colleague(), Permission::WriteTemplates).unwrap_or_default();
        let mine = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&writes.organisations)))
            .select(organisation_paths::descendant_id);
        let published = conversation_templates::state.eq(VersionState::Published.as_str());
        let own = conversation_templates::organisation_id.eq_any(mine);
        match (writes.everywhere, reads.everywhere) {
            (true, _) => query,
            (false, true) => query.filter(own.or(published)),
            (false, false) => query.filter(own.or(published.and(page::shared!($cx, conversation_templates::organisation_id, reads)))),
        }
    }};
}

/// Those of these versions that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<ConversationTemplate>> {
    let query = conversation_templates::table.filter(conversation_templates::tenant_id.eq(cx.tenant())).filter(conversation_templates::id.eq_any(ids.to_vec()));
    let rows: Vec<TemplateRow> = offered!(query.select(TemplateRow::as_select()).into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    rows.into_iter().map(TemplateRow::template).collect()
}

impl Read<Here> for ListConversationTemplates {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<ConversationTemplate>> {
        let query =
            conversation_templates::table.filter(conversation_templates::tenant_id.eq(cx.tenant())).select(TemplateRow::as_select()).into_boxed::<Dialect>();
        let mut query = offered!(page::windowed!(query, self.window, conversation_templates), cx);
        if let Some(at) = self.organisation_id {
            query = query.filter(conversation_templates::organisation_id.eq(Uid::from(at)));
        }
        if let Some(key) = &self.key {
            query = query.filter(conversation_templates::key.eq(key.as_str()));
        }
        if let Some(kind) = self.kind {
            query = query.filter(conversation_templates::kind.eq(kind.as_str()));
        }
        if let Some(state) = self.state {
            query = query.filter(conversation_templates::state.eq(state.as_str()));
        }
        let rows: Vec<TemplateRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let items = page.items.into_iter().map(TemplateRow::template).collect::<Result<Vec<_>>>()?;
        Ok(Page { items, next: page.next })
    }
}

impl Read<Here> for ConversationTemplateHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        load(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: ConversationTemplateId, _: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    Ok(seen(cx, record).await?.can)
}
