//! Development needs: read by the person, by who appraises them, and by the headteacher, HR and the learning lead of the school.

use super::prelude::*;
use crate::{
    event::History,
    need::{CreateNeed, EndNeed, GetNeed, ListNeeds, NeedCount, NeedHistory, SummariseNeeds, UpdateNeed},
};
use diesel::{AggregateExpressionMethods, dsl::count, pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::{self as rules, Permission},
    appraisal::Appraisal,
    event::EventKind,
    id::{NeedId, ReportId, StandardId},
    need::{DevelopmentNeed, NeedOrigin, NeedSource, NeedState, NeedStep, Party},
    report::{NeedAction, NeedNamed},
    rule::{Code, RuleError},
    suppression,
    text::{Narrative, Reason, StandardCode, Title, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = development_needs, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct NeedRow {
    tenant_id: Uid,
    id: Uid,
    person_id: Uid,
    employment_id: Uid,
    organisation_id: Uid,
    need: String,
    actions: Json,
    standard_id: Option<Uid>,
    state: String,
    last_reason: Option<String>,
    report_id: Option<Uid>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
    source: String,
    source_id: Option<Uid>,
}

impl NeedRow {
    fn new(tenant_id: Uid, record: &DevelopmentNeed) -> Result<Self> {
        let DevelopmentNeed {
            id,
            person_id,
            employment_id,
            organisation_id,
            need,
            actions,
            standard_id,
            source,
            source_id,
            state,
            last_reason,
            report_id,
            version,
            created_at,
            updated_at,
        } = record;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            person_id: (*person_id).into(),
            employment_id: (*employment_id).into(),
            organisation_id: (*organisation_id).into(),
            need: need.as_str().into(),
            actions: Json(serde_json::to_string(actions).map_err(corrupt)?),
            standard_id: optional(*standard_id),
            state: state.as_str().into(),
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            report_id: optional(*report_id),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            source: source.as_str().into(),
            source_id: source_id.map(Uid),
        })
    }
    fn need(self) -> Result<DevelopmentNeed> {
        let Self {
            tenant_id: _,
            id,
            person_id,
            employment_id,
            organisation_id,
            need,
            actions,
            standard_id,
            source,
            source_id,
            state,
            last_reason,
            report_id,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(DevelopmentNeed {
            id: id.to(),
            person_id: person_id.to(),
            employment_id: employment_id.to(),
            organisation_id: organisation_id.to(),
            need: Narrative::parse(&need).map_err(corrupt)?,
            actions: serde_json::from_str::<Vec<NeedAction>>(&actions.0).map_err(corrupt)?,
            standard_id: standard_id.map(Uid::to),
            source: NeedSource::parse(&source).map_err(corrupt)?,
            source_id: source_id.map(|id| id.0),
            state: NeedState::parse(&state).map_err(corrupt)?,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            report_id: report_id.map(Uid::to),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

fn party(cx: &Cx<'_>, need: &DevelopmentNeed) -> Party {
    Party { person: cx.caller.person(), appraiser: cx.caller.appraises(need.person_id) }
}

/// What of it this caller may see: which record it was made of is its owner's alone to know.
fn shown(cx: &Cx<'_>, record: DevelopmentNeed) -> DevelopmentNeed {
    let source_id = record.source_id.filter(|_| cx.caller.person() == Some(record.person_id));
    DevelopmentNeed { source_id, ..record }
}

fn seen(cx: &Cx<'_>, record: DevelopmentNeed) -> Seen<DevelopmentNeed> {
    let record = shown(cx, record);
    let by = party(cx, &record);
    let can = NeedStep::ALL.iter().map(|step| (step.as_str(), record.can(*step, by).err())).collect();
    Seen { record, can }
}

async fn row_of(cx: &mut Cx<'_>, id: NeedId) -> Result<DevelopmentNeed> {
    let row: NeedRow = development_needs::table.find((cx.tenant(), Uid::from(id))).select(NeedRow::as_select()).one(cx.conn()).await?;
    row.need()
}

/// The need, if the caller may know of it.
async fn known(cx: &mut Cx<'_>, id: NeedId) -> Result<DevelopmentNeed> {
    let need = row_of(cx, id).await?;
    let reads = rules::reach(&cx.caller, Permission::ReadNeeds).unwrap_or_default();
    match access::covers(cx, &reads, Some(need.organisation_id), Some(need.person_id), None).await? {
        true => Ok(need),
        false => Err(StoreError::Missing),
    }
}

/// The need as this caller may see it, if they may know of it.
pub(super) async fn in_sight(cx: &mut Cx<'_>, id: NeedId) -> Result<DevelopmentNeed> {
    let need = known(cx, id).await?;
    Ok(shown(cx, need))
}

impl Read<Here> for GetNeed {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<DevelopmentNeed>>> {
        let record = known(cx, self.id).await?;
        Ok(if self.unless == Some(record.version) { Fetched::Unchanged(record.version) } else { Fetched::Found(seen(cx, record)) })
    }
}

/// Those of these needs that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<DevelopmentNeed>> {
    let query = development_needs::table.filter(development_needs::tenant_id.eq(cx.tenant())).filter(development_needs::id.eq_any(ids.to_vec()));
    let query = query.select(NeedRow::as_select()).into_boxed::<Dialect>();
    let rows: Vec<NeedRow> = page::within_reach!(query, cx, development_needs).all(cx.conn()).await?;
    rows.into_iter().map(|row| Ok(shown(cx, row.need()?))).collect()
}

impl Read<Here> for ListNeeds {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<DevelopmentNeed>> {
        let query = development_needs::table.filter(development_needs::tenant_id.eq(cx.tenant())).select(NeedRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::within_reach!(page::windowed!(query, self.window, development_needs), cx, development_needs);
        if let Some(person) = self.person_id {
            query = query.filter(development_needs::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(development_needs::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(standard) = self.standard_id {
            query = query.filter(development_needs::standard_id.eq(Uid::from(standard)));
        }
        if let Some(state) = self.state {
            query = query.filter(development_needs::state.eq(state.as_str()));
        }
        if let Some(source) = self.source {
            query = query.filter(development_needs::source.eq(source.as_str()));
        }
        let rows: Vec<NeedRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(|row| Ok(shown(cx, row.need()?))).collect::<Result<_>>()?, next: page.next })
    }
}

impl Read<Here> for SummariseNeeds {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<NeedCount>> {
        let reach = cx.reach.clone();
        let mut query = development_needs::table
            .filter(development_needs::tenant_id.eq(cx.tenant()))
            .filter(development_needs::state.eq("open"))
            .group_by((development_needs::organisation_id, development_needs::standard_id))
            .select((development_needs::organisation_id, development_needs::standard_id, count(development_needs::person_id).aggregate_distinct()))
            .into_boxed::<Dialect>();
        if !reach.everywhere {
            let covered = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq(cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
                .select(organisation_paths::descendant_id);
            query = query.filter(development_needs::organisation_id.eq_any(covered));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(development_needs::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        let mut rows: Vec<(Uid, Option<Uid>, i64)> = query.all(cx.conn()).await?;
        rows.sort_unstable();
        let mut named: Vec<Uid> = rows.iter().filter_map(|(_, standard, _)| *standard).collect();
        named.sort_unstable();
        named.dedup();
        let found: Vec<(Uid, String, String)> = standards::table
            .filter(standards::tenant_id.eq(cx.tenant()))
            .filter(standards::id.eq_any(named))
            .select((standards::id, standards::code, standards::title))
            .all(cx.conn())
            .await?;
        let mut called: HashMap<Uid, (StandardId, StandardCode, Title)> = HashMap::new();
        for (id, code, title) in found {
            called.insert(id, (id.to(), StandardCode::parse(&code).map_err(corrupt)?, Title::parse(&title).map_err(corrupt)?));
        }
        let counted = |(at, standard, people): (Uid, Option<Uid>, i64)| NeedCount {
            organisation_id: at.to(),
            standard: standard.and_then(|id| called.get(&id).cloned()),
            people: suppression::count(u64::try_from(people).unwrap_or_default()),
        };
        Ok(rows.into_iter().map(counted).collect())
    }
}

async fn put(tx: &mut Tx<'_>, new: &DevelopmentNeed) -> Result<()> {
    diesel::insert_into(development_needs::table).values(NeedRow::new(tx.tenant(), new)?).done(tx.conn()).await?;
    tx.event(EventKind::DevelopmentNeedCreated, None, new, new.about());
    Ok(())
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: DevelopmentNeed, after: DevelopmentNeed) -> Result<DevelopmentNeed> {
    let Some(after) = tx.next(&before, after) else { return Ok(before) };
    let key = development_needs::table.find((tx.tenant(), Uid::from(after.id))).filter(development_needs::version.eq(before.version));
    if diesel::update(key).set(NeedRow::new(tx.tenant(), &after)?).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    tx.event(kind, Some(&before), &after, after.about());
    Ok(after)
}

/// The standard that is named can be linked.
async fn linkable(tx: &mut Tx<'_>, standard: Option<StandardId>) -> Result<()> {
    let Some(standard) = standard else { return Ok(()) };
    super::framework::linkable(tx, &[standard]).await.map_err(|e| match e {
        StoreError::Rule(rule) => rule.of("/standard_id").into(),
        other => other,
    })
}

/// Is what the need is made of a record of the caller's own?
async fn from_their_own(tx: &mut Tx<'_>, origin: NeedOrigin, standard: Option<StandardId>) -> Result<()> {
    let me = tx.person()?;
    match origin {
        NeedOrigin::SelfReview(id) => super::self_review::names(tx, id, standard).await,
        NeedOrigin::Objective(id) => super::objective::own(tx, me, &[id]).await.map_err(|e| match e {
            StoreError::Rule(rule) => rule.of("/objective_id").into(),
            other => other,
        }),
        NeedOrigin::LearningRequest(id) => {
            let row = learning_requests::table.find((tx.tenant(), Uid::from(id))).filter(learning_requests::person_id.eq(Uid::from(me)));
            match row.count().one(tx.conn()).await? {
                0i64 => Err(RuleError::at(Code::UnknownReference, "/learning_request_id", "no such learning request of yours").into()),
                _ => Ok(()),
            }
        }
    }
}

impl Write<Here> for CreateNeed {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<DevelopmentNeed>> {
        let Self { employment_id, need, actions, standard_id, origin } = self.clone();
        let employment = super::learning::employment_of(tx, employment_id).await?;
        linkable(tx, standard_id).await?;
        let (source, source_id) = match origin {
            None => (NeedSource::Stated, None),
            Some(origin) => {
                from_their_own(tx, origin, standard_id).await?;
                let (source, id) = origin.source();
                (source, Some(id))
            }
        };
        let now = micros(tx.act.now);
        let new = DevelopmentNeed {
            id: tx.new_id(),
            person_id: employment.person_id,
            employment_id: employment.id,
            organisation_id: employment.organisation_id,
            need,
            actions,
            standard_id,
            source,
            source_id,
            state: NeedState::Open,
            last_reason: None,
            report_id: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        put(tx, &new).await?;
        Ok(seen(tx, new))
    }
}

impl Write<Here> for UpdateNeed {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<DevelopmentNeed>> {
        let before = known(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.patched(self.patch.clone(), party(tx, &before))?;
        linkable(tx, after.standard_id.filter(|_| after.standard_id != before.standard_id)).await?;
        let after = save(tx, NeedStep::Update.event(), before, after).await?;
        Ok(seen(tx, after))
    }
}

impl Write<Here> for EndNeed {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<DevelopmentNeed>> {
        let before = known(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.ended(self.step, self.reason.clone(), party(tx, &before))?;
        let after = save(tx, self.step.event(), before, after).await?;
        Ok(seen(tx, after))
    }
}

/// The needs that an issued report names join the register, and nothing else of it does. Of a version before it, those that are named no longer are taken back, and those
/// that are named again stay as they are.
pub(super) async fn named(tx: &mut Tx<'_>, of: &Appraisal, before: Option<ReportId>, report: ReportId, needs: &[NeedNamed]) -> Result<()> {
    let mut old: Vec<DevelopmentNeed> = match before {
        None => Vec::new(),
        Some(before) => {
            let query = development_needs::table
                .filter(development_needs::tenant_id.eq(tx.tenant()))
                .filter(development_needs::report_id.eq(Uid::from(before)))
                .order(development_needs::id)
                .select(NeedRow::as_select());
            let rows: Vec<NeedRow> = query.all(tx.conn()).await?;
            rows.into_iter().map(NeedRow::need).collect::<Result<_>>()?
        }
    };
    let now = micros(tx.act.now);
    for named in needs {
        if let Some(i) = old.iter().position(|n| n.is(named)) {
            let kept = old.remove(i);
            let row = development_needs::table.find((tx.tenant(), Uid::from(kept.id)));
            diesel::update(row).set(development_needs::report_id.eq(Some(Uid::from(report)))).done(tx.conn()).await?;
            continue;
        }
        let NeedNamed { need, standard_id, actions } = named.clone();
        let new = DevelopmentNeed {
            id: tx.new_id(),
            person_id: of.person_id,
            employment_id: of.employment_id,
            organisation_id: of.organisation_id,
            need,
            actions,
            standard_id,
            source: NeedSource::Stated,
            source_id: None,
            state: NeedState::Open,
            last_reason: None,
            report_id: Some(report),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        put(tx, &new).await?;
    }
    for gone in old.into_iter().filter(|n| n.state == NeedState::Open) {
        let after = DevelopmentNeed { state: NeedState::Withdrawn, ..gone.clone() };
        save(tx, EventKind::DevelopmentNeedWithdrawn, gone, after).await?;
    }
    Ok(())
}

impl Read<Here> for NeedHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        known(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: NeedId, _: &Doing) -> Result<Can> {
    let record = known(cx, id).await?;
    Ok(seen(cx, record).can)
}
