//! Exemptions: given for a time by the headteacher or HR, with the reason.

use super::super::prelude::*;
use super::{asked, may, of_known, recorded_at};
use crate::{
    event::History,
    training::{EndTrainingExemption, ExemptFromTraining, GetTrainingExemption, ListTrainingExemptions, TrainingExemptionHistory},
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access::{self as rules, Permission},
    event::EventKind,
    id::{PersonId, TrainingExemptionId},
    role::not_for_yourself,
    text::{Reason, Wire},
    time::{Period, micros},
    training::completion::TrainingExemption,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = training_exemptions, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct ExemptionRow {
    tenant_id: Uid,
    id: Uid,
    requirement_id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    reason: String,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl ExemptionRow {
    fn new(tenant_id: Uid, exemption: &TrainingExemption) -> Result<Self> {
        let TrainingExemption { id, requirement_id, person_id, organisation_id, reason, period, version, created_at, updated_at } = exemption;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            requirement_id: (*requirement_id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            reason: reason.as_str().into(),
            starts_on: period.starts_on,
            ends_on: period.ends_on.ok_or_else(|| corrupt("an exemption without a last day"))?,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    fn exemption(self) -> Result<TrainingExemption> {
        let Self { tenant_id: _, id, requirement_id, person_id, organisation_id, reason, starts_on, ends_on, version, created_at, updated_at } = self;
        Ok(TrainingExemption {
            id: id.to(),
            requirement_id: requirement_id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            reason: Reason::parse(&reason).map_err(corrupt)?,
            period: Period { starts_on, ends_on: Some(ends_on) },
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Who exempts.
const WHO: &str = "the headteacher and HR of the school";

async fn row_of(cx: &mut Cx<'_>, id: TrainingExemptionId) -> Result<TrainingExemption> {
    let row: ExemptionRow = training_exemptions::table.find((cx.tenant(), Uid::from(id))).select(ExemptionRow::as_select()).one(cx.conn()).await?;
    row.exemption()
}
/// The exemption, if the caller may read it.
async fn known(cx: &mut Cx<'_>, id: TrainingExemptionId) -> Result<TrainingExemption> {
    let found = row_of(cx, id).await?;
    match may(cx, Permission::ReadTraining, found.organisation_id, found.person_id).await? {
        true => Ok(found),
        false => Err(StoreError::Missing),
    }
}
async fn seen(cx: &mut Cx<'_>, record: TrainingExemption) -> Result<Seen<TrainingExemption>> {
    let may = may(cx, Permission::WriteExemptions, record.organisation_id, record.person_id).await?;
    let end = rules::require(may, WHO).and_then(|()| not_for_yourself(record.person_id, cx.caller.person())).err();
    Ok(Seen { record, can: vec![("end", end)] })
}
async fn of_person(cx: &mut Cx<'_>, person: PersonId) -> Result<Vec<TrainingExemption>> {
    let rows: Vec<ExemptionRow> = training_exemptions::table
        .filter(training_exemptions::tenant_id.eq(cx.tenant()))
        .filter(training_exemptions::person_id.eq(Uid::from(person)))
        .select(ExemptionRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(ExemptionRow::exemption).collect()
}

impl Write<Here> for ExemptFromTraining {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<TrainingExemption>> {
        let of = asked(tx, self.requirement_id).await?;
        let employment = recorded_at(tx, self.person_id, &of, self.period.starts_on).await?;
        access::guard(tx, self.person_id).await?;
        let now = micros(tx.act.now);
        let new = TrainingExemption {
            id: tx.new_id(),
            requirement_id: of.id,
            person_id: self.person_id,
            organisation_id: employment.organisation_id,
            reason: self.reason.clone(),
            period: self.period,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        new.givable(tx.caller.person(), &of_person(tx, self.person_id).await?)?;
        diesel::insert_into(training_exemptions::table).values(ExemptionRow::new(tx.tenant(), &new)?).done(tx.conn()).await?;
        tx.event(EventKind::TrainingExemptionCreated, None, &new, new.about());
        seen(tx, new).await
    }
}

impl Read<Here> for GetTrainingExemption {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<TrainingExemption>>> {
        let record = known(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Those of these exemptions that the caller may read.
pub(in super::super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<TrainingExemption>> {
    let query = training_exemptions::table.filter(training_exemptions::tenant_id.eq(cx.tenant())).filter(training_exemptions::id.eq_any(ids.to_vec()));
    let query = query.select(ExemptionRow::as_select()).into_boxed::<Dialect>();
    let rows: Vec<ExemptionRow> = of_known!(query, cx, training_exemptions).all(cx.conn()).await?;
    rows.into_iter().map(ExemptionRow::exemption).collect()
}

impl Read<Here> for ListTrainingExemptions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<TrainingExemption>> {
        let query = training_exemptions::table.filter(training_exemptions::tenant_id.eq(cx.tenant()));
        let query = query.select(ExemptionRow::as_select()).into_boxed::<Dialect>();
        let mut query = of_known!(page::windowed!(query, self.window, training_exemptions), cx, training_exemptions);
        if let Some(of) = self.requirement_id {
            query = query.filter(training_exemptions::requirement_id.eq(Uid::from(of)));
        }
        if let Some(person) = self.person_id {
            query = query.filter(training_exemptions::person_id.eq(Uid::from(person)));
        }
        if let Some(day) = self.current_on {
            query = query.filter(training_exemptions::starts_on.le(day)).filter(training_exemptions::ends_on.ge(day));
        }
        let rows: Vec<ExemptionRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(ExemptionRow::exemption).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for EndTrainingExemption {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<TrainingExemption>> {
        let found = known(tx, self.id).await?;
        let reach = tx.reach.clone();
        rules::require(super::covers(tx, &reach, found.organisation_id, found.person_id).await?, WHO)?;
        access::guard(tx, found.person_id).await?;
        let before = row_of(tx, self.id).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        let after = before.end(self.ends_on, tx.caller.person())?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        let key = training_exemptions::table.find((tx.tenant(), Uid::from(after.id))).filter(training_exemptions::version.eq(before.version));
        if diesel::update(key).set(ExemptionRow::new(tx.tenant(), &after)?).done(tx.conn()).await? == 0 {
            return Err(StoreError::Retry);
        }
        tx.event(EventKind::TrainingExemptionEnded, Some(&before), &after, after.about());
        seen(tx, after).await
    }
}

impl Read<Here> for TrainingExemptionHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        known(cx, self.id).await?;
        super::super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(in super::super) async fn explain(cx: &mut Cx<'_>, id: TrainingExemptionId, _: &Doing) -> Result<Can> {
    let record = known(cx, id).await?;
    Ok(seen(cx, record).await?.can)
}
