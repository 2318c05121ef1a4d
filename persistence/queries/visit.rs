//! Visits to lessons: for the two alone, until the visited puts a copy among their learning.

use super::{coaching, prelude::*};
use crate::{
    coaching::{CreateLearningVisit, GetLearningVisit, LearningVisitHistory, ListLearningVisits, ShareLearningVisit, UpdateLearningVisit},
    event::History,
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    coaching::PartnershipState,
    event::EventKind,
    id::{LearningVisitId, PersonId},
    rule::{Code, RuleError},
    text::{Narrative, Title, Wire},
    time::micros,
    visit::{LearningVisit, VisitAction, VisitLane, within_limit},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = learning_visits, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct VisitRow {
    tenant_id: Uid,
    id: Uid,
    partnership_id: Option<Uid>,
    visited_id: Uid,
    visitor_id: Uid,
    lane: String,
    visited_on: NaiveDate,
    minutes: i32,
    purpose: String,
    notes: Option<String>,
    learning_record_id: Option<Uid>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl VisitRow {
    fn new(tenant_id: Uid, record: &LearningVisit) -> Self {
        let LearningVisit {
            id,
            partnership_id,
            visited_id,
            visitor_id,
            lane,
            visited_on,
            minutes,
            purpose,
            notes,
            learning_record_id,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            tenant_id,
            id: (*id).into(),
            partnership_id: optional(*partnership_id),
            visited_id: (*visited_id).into(),
            visitor_id: (*visitor_id).into(),
            lane: lane.as_str().into(),
            visited_on: *visited_on,
            minutes: *minutes,
            purpose: purpose.as_str().into(),
            notes: notes.as_ref().map(|n| n.as_str().into()),
            learning_record_id: optional(*learning_record_id),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn visit(self) -> Result<LearningVisit> {
        let Self {
            tenant_id: _,
            id,
            partnership_id,
            visited_id,
            visitor_id,
            lane,
            visited_on,
            minutes,
            purpose,
            notes,
            learning_record_id,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(LearningVisit {
            id: id.to(),
            partnership_id: partnership_id.map(Uid::to),
            visited_id: visited_id.to(),
            visitor_id: visitor_id.to(),
            lane: VisitLane::parse(&lane).map_err(corrupt)?,
            visited_on,
            minutes,
            purpose: Title::parse(&purpose).map_err(corrupt)?,
            notes: notes.map(|n| Narrative::parse(&n)).transpose().map_err(corrupt)?,
            learning_record_id: learning_record_id.map(Uid::to),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

super::row::stored!(learning_visits, VisitRow, LearningVisit, replace);

/// The visit, if the caller was one of the two.
pub(super) async fn own(cx: &mut Cx<'_>, id: LearningVisitId) -> Result<LearningVisit> {
    let row: VisitRow = learning_visits::table.find((cx.tenant(), Uid::from(id))).select(VisitRow::as_select()).one(cx.conn()).await?;
    let found = row.visit()?;
    if found.includes(cx.caller.person()) { Ok(found) } else { Err(StoreError::Missing) }
}

fn seen(cx: &Cx<'_>, record: LearningVisit) -> Seen<LearningVisit> {
    let by = cx.caller.person();
    let can = VisitAction::ALL.iter().map(|action| (action.as_str(), record.can(*action, by).err())).collect();
    Seen { record, can }
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: LearningVisit, after: LearningVisit) -> Result<Seen<LearningVisit>> {
    let Some(after) = tx.next(&before, after) else { return Ok(seen(tx, before)) };
    replace(tx, before.version, &after).await?;
    tx.event(kind, Some(&before), &after, after.about());
    Ok(seen(tx, after))
}

/// Whom a visit for development was to: the other of a partnership that is under way.
async fn partner(tx: &mut Tx<'_>, visit: &CreateLearningVisit, me: PersonId) -> Result<PersonId> {
    if visit.visited_id.is_some() {
        return Err(RuleError::at(Code::ContradictoryMembers, "/visited_id", "within a partnership it is the other of the two: leave it out").into());
    }
    let id =
        visit.partnership_id.ok_or_else(|| RuleError::at(Code::ContradictoryMembers, "/partnership_id", "a visit for development names its partnership"))?;
    let of = coaching::named(tx, id).await?;
    match of.state {
        PartnershipState::Active => Ok(of.other(me)),
        other => Err(RuleError::at(Code::WrongState, "/partnership_id", format!("the partnership is {other}")).into()),
    }
}

/// Whom an observation was of: somebody whom the caller appraises, within what the rules of the period allow.
async fn observed(tx: &mut Tx<'_>, visit: &CreateLearningVisit) -> Result<PersonId> {
    if visit.partnership_id.is_some() {
        return Err(RuleError::at(Code::ContradictoryMembers, "/partnership_id", "coaching is no appraisal: leave it out").into());
    }
    let unknown = || RuleError::at(Code::UnknownReference, "/visited_id", "nobody whom you appraise");
    let visited = visit.visited_id.filter(|p| tx.caller.appraises(*p)).ok_or_else(unknown)?;
    access::guard(tx, visited).await?;
    let periods: Vec<(NaiveDate, NaiveDate, Uid)> = appraisals::table
        .filter(appraisals::tenant_id.eq(tx.tenant()))
        .filter(appraisals::person_id.eq(Uid::from(visited)))
        .filter(appraisals::state.ne_all(super::appraisal::GONE))
        .filter(appraisals::starts_on.le(visit.visited_on))
        .filter(appraisals::ends_on.ge(visit.visited_on))
        .select((appraisals::starts_on, appraisals::ends_on, appraisals::cycle_id))
        .all(tx.conn())
        .await?;
    for (starts_on, ends_on, cycle) in periods {
        let cycle = super::cycle::load(tx, cycle.to()).await?;
        let Some((key, number)) = cycle.rule_profile.as_ref().zip(cycle.rule_profile_version) else { continue };
        let limit = super::profile::pinned(tx, key, number).await?.rules.observation_minutes_limit;
        let minutes: Vec<i32> = learning_visits::table
            .filter(learning_visits::tenant_id.eq(tx.tenant()))
            .filter(learning_visits::visited_id.eq(Uid::from(visited)))
            .filter(learning_visits::lane.eq(VisitLane::Appraisal.as_str()))
            .filter(learning_visits::visited_on.between(starts_on, ends_on))
            .select(learning_visits::minutes)
            .all(tx.conn())
            .await?;
        within_limit(limit, minutes.into_iter().map(i64::from).sum(), visit.minutes)?;
    }
    Ok(visited)
}

impl Write<Here> for CreateLearningVisit {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningVisit>> {
        let me = tx.person()?;
        let visited_id = match self.lane {
            VisitLane::Development => partner(tx, self, me).await?,
            VisitLane::Appraisal => observed(tx, self).await?,
        };
        let now = micros(tx.act.now);
        let record = LearningVisit {
            id: tx.new_id(),
            partnership_id: self.partnership_id,
            visited_id,
            visitor_id: me,
            lane: self.lane,
            visited_on: self.visited_on,
            minutes: self.minutes,
            purpose: self.purpose.clone(),
            notes: self.notes.clone(),
            learning_record_id: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        record.check(tx.act.today())?;
        diesel::insert_into(learning_visits::table).values(VisitRow::new(tx.tenant(), &record)).done(tx.conn()).await?;
        tx.event(EventKind::LearningVisitCreated, None, &record, record.about());
        Ok(seen(tx, record))
    }
}

impl Read<Here> for GetLearningVisit {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<LearningVisit>>> {
        let record = own(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record)))
    }
}

impl Read<Here> for ListLearningVisits {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<LearningVisit>> {
        let me = Uid::from(cx.person()?);
        let query = learning_visits::table.filter(learning_visits::tenant_id.eq(cx.tenant())).select(VisitRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::windowed!(query, self.window, learning_visits).filter(learning_visits::visited_id.eq(me).or(learning_visits::visitor_id.eq(me)));
        if let Some(of) = self.partnership_id {
            query = query.filter(learning_visits::partnership_id.eq(Uid::from(of)));
        }
        if let Some(lane) = self.lane {
            query = query.filter(learning_visits::lane.eq(lane.as_str()));
        }
        let rows: Vec<VisitRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(VisitRow::visit).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for UpdateLearningVisit {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningVisit>> {
        let before = own(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = before.patched(self.patch.clone(), tx.caller.person())?;
        save(tx, EventKind::LearningVisitUpdated, before, after).await
    }
}

impl Write<Here> for ShareLearningVisit {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<LearningVisit>> {
        let before = own(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        before.can(VisitAction::Share, tx.caller.person())?;
        let copy = super::learning::visited(tx, &before, self.employment_id).await?;
        let now = micros(tx.act.now);
        let after = LearningVisit { learning_record_id: Some(copy), version: before.version + 1, updated_at: now, ..before.clone() };
        replace(tx, before.version, &after).await?;
        // where the copy stands is the visited person's alone to say
        let changes = trellis_domain::event::Changes { fields: vec!["shared".into()], values: serde_json::json!({"shared": {"before": false, "after": true}}) };
        tx.happened(EventKind::LearningVisitShared, after.id.0, after.version, changes, after.about());
        Ok(seen(tx, after))
    }
}

impl Read<Here> for LearningVisitHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        own(cx, self.id).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: LearningVisitId, _: &Doing) -> Result<Can> {
    let record = own(cx, id).await?;
    Ok(seen(cx, record).can)
}
