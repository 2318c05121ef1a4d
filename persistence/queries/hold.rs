//! Holds on appraisals: HR and the headteacher of the school read and set them; to everybody else there are none.

use super::prelude::*;
use crate::{
    disclosure::Sealed,
    event::History,
    hold::{CreateHold, EndHold, GetHold, HoldHistory, ListHolds},
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access::{self as rules, Permission},
    disclosure::{self, Reading},
    event::{EventKind, RecordType},
    hold::{self, Hold},
    id::{EmploymentId, HoldId, OrganisationId, PersonId},
    profile::HoldReason,
    role::not_for_yourself,
    rule::{Code, RuleError},
    text::Wire,
    time::{Period, micros},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = appraisal_holds, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct HoldRow {
    tenant_id: Uid,
    id: Uid,
    employment_id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    reason: String,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl HoldRow {
    fn new(tenant_id: Uid, hold: &Hold) -> Self {
        let Hold { id, employment_id, person_id, organisation_id, reason, period, version, created_at, updated_at } = hold;
        Self {
            tenant_id,
            id: (*id).into(),
            employment_id: (*employment_id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            reason: reason.as_str().into(),
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn hold(self) -> Result<Hold> {
        let Self { tenant_id: _, id, employment_id, person_id, organisation_id, reason, starts_on, ends_on, version, created_at, updated_at } = self;
        Ok(Hold {
            id: id.to(),
            employment_id: employment_id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            reason: HoldReason::parse(&reason).map_err(corrupt)?,
            period: Period { starts_on, ends_on },
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Who sets a hold.
const WHO: &str = "HR and the headteacher of the school";

async fn load(cx: &mut Cx<'_>, id: HoldId) -> Result<Hold> {
    let row: HoldRow = appraisal_holds::table.find((cx.tenant(), Uid::from(id))).select(HoldRow::as_select()).one(cx.conn()).await?;
    access::within(cx, Some(row.organisation_id.to()), None, None).await?;
    row.hold()
}

/// The readings that giving out these holds to the caller would be: one for each that is not their own.
async fn readings(cx: &mut Cx<'_>, holds: &[Hold]) -> Result<Vec<Reading>> {
    let mut schools: Vec<OrganisationId> = holds.iter().map(|h| h.organisation_id).collect();
    schools.sort_unstable();
    schools.dedup();
    let parties = super::appraisal::parties_at(cx, &schools).await?;
    let of = |hold: &Hold| disclosure::reading(hold.person_id, RecordType::AppraisalHold, hold.id.0, *parties.get(&hold.organisation_id)?);
    Ok(holds.iter().filter_map(of).collect())
}

async fn seen(cx: &mut Cx<'_>, record: Hold) -> Result<Seen<Hold>> {
    let may = access::may(cx, Permission::WriteSupport, Some(record.organisation_id), None).await?;
    let refused = rules::require(may, WHO).and_then(|()| not_for_yourself(record.person_id, cx.caller.person())).err();
    Ok(Seen { record, can: vec![("end", refused)] })
}

pub(super) async fn of_employment(cx: &mut Cx<'_>, id: EmploymentId) -> Result<Vec<Hold>> {
    of_employments(cx, &[id.into()]).await
}

/// Whose these are today: a merge of two people moves holds.
pub(super) async fn whose(cx: &mut Cx<'_>, ids: &[HoldId]) -> Result<Vec<(HoldId, PersonId)>> {
    let rows: Vec<(Uid, Uid)> = appraisal_holds::table
        .filter(appraisal_holds::tenant_id.eq(cx.tenant()))
        .filter(appraisal_holds::id.eq_any(uids(ids)))
        .order(appraisal_holds::id)
        .select((appraisal_holds::id, appraisal_holds::person_id))
        .all(cx.conn())
        .await?;
    Ok(rows.into_iter().map(|(id, person)| (id.to(), person.to())).collect())
}

/// Of these employments.
pub(super) async fn of_employments(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Hold>> {
    let rows: Vec<HoldRow> = appraisal_holds::table
        .filter(appraisal_holds::tenant_id.eq(cx.tenant()))
        .filter(appraisal_holds::employment_id.eq_any(ids.to_vec()))
        .select(HoldRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(HoldRow::hold).collect()
}

/// Sets a hold that may be set.
pub(super) async fn put(tx: &mut Tx<'_>, new: &Hold) -> Result<()> {
    let row = HoldRow::new(tx.tenant(), new);
    diesel::insert_into(appraisal_holds::table).values(row).done(tx.conn()).await?;
    tx.event(EventKind::AppraisalHoldCreated, None, new, new.about());
    Ok(())
}

impl Write<Here> for CreateHold {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Hold>> {
        let unknown = || RuleError::at(Code::UnknownReference, "/employment_id", "no such employment at your schools");
        let employment = match super::employment::load(tx, self.employment_id).await {
            Err(StoreError::Missing) => return Err(unknown().into()),
            other => other?,
        };
        match access::within(tx, Some(employment.organisation_id), None, None).await {
            Err(StoreError::Missing) => return Err(unknown().into()),
            other => other?,
        }
        access::guard(tx, employment.id).await?;
        let now = micros(tx.act.now);
        let new = Hold {
            id: tx.new_id(),
            employment_id: employment.id,
            person_id: employment.person_id,
            organisation_id: employment.organisation_id,
            reason: self.reason,
            period: self.period,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        let others = of_employment(tx, employment.id).await?;
        hold::set(&new, tx.caller.person(), &others)?;
        put(tx, &new).await?;
        seen(tx, new).await
    }
}

impl Read<Here> for GetHold {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Sealed<Seen<Hold>>>> {
        let record = load(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        let readings = readings(cx, std::slice::from_ref(&record)).await?;
        Ok(Fetched::Found(sealed(seen(cx, record).await?, readings)))
    }
}

impl Read<Here> for ListHolds {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<Page<Hold>>> {
        let query = appraisal_holds::table.filter(appraisal_holds::tenant_id.eq(cx.tenant())).select(HoldRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::within_reach!(page::windowed!(query, self.window, appraisal_holds), cx, appraisal_holds);
        if let Some(person) = self.person_id {
            query = query.filter(appraisal_holds::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(appraisal_holds::organisation_id.eq_any(page::beneath!(cx, at)));
        }
        if let Some(employment) = self.employment_id {
            query = query.filter(appraisal_holds::employment_id.eq(Uid::from(employment)));
        }
        if let Some(reason) = self.reason {
            query = query.filter(appraisal_holds::reason.eq(reason.as_str()));
        }
        if let Some(day) = self.current_on {
            query = access::current!(query, appraisal_holds, day);
        }
        let rows: Vec<HoldRow> = query.all(cx.conn()).await?;
        let items = rows.into_iter().map(HoldRow::hold).collect::<Result<Vec<_>>>()?;
        let page = Page::cut(items, self.window.limit, |h| h.id.0);
        let readings = readings(cx, &page.items).await?;
        Ok(sealed(page, readings))
    }
}

/// Saves a hold that was given its last day.
pub(super) async fn close(tx: &mut Tx<'_>, before: Hold, after: Hold) -> Result<Hold> {
    let Some(after) = tx.next(&before, after) else { return Ok(before) };
    let key = appraisal_holds::table.find((tx.tenant(), Uid::from(after.id))).filter(appraisal_holds::version.eq(before.version));
    if diesel::update(key).set(HoldRow::new(tx.tenant(), &after)).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    tx.event(EventKind::AppraisalHoldEnded, Some(&before), &after, after.about());
    Ok(after)
}

impl Write<Here> for EndHold {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Hold>> {
        let before = load(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let after = hold::end(&before, self.ends_on, tx.caller.person())?;
        // who ends a hold reads it, whether or not that changes anything
        let readings = readings(tx, std::slice::from_ref(&before)).await?;
        super::disclosure::record(tx, &readings).await?;
        let after = close(tx, before, after).await?;
        seen(tx, after).await
    }
}

/// The hold that suspended an appraisal ends with the suspension, if it has not ended yet: yesterday, or on its first day.
pub(super) async fn lift(tx: &mut Tx<'_>, id: HoldId) -> Result<()> {
    let row: HoldRow = appraisal_holds::table.find((tx.tenant(), Uid::from(id))).select(HoldRow::as_select()).one(tx.conn()).await?;
    let before = row.hold()?;
    let last = tx.act.today().pred_opt().unwrap_or_default().max(before.period.starts_on);
    if before.period.ends_on.is_none_or(|end| end > last) {
        let after = hold::end(&before, last, tx.caller.person())?;
        close(tx, before, after).await?;
    }
    Ok(())
}

impl Read<Here> for HoldHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Sealed<History>> {
        let record = load(cx, self.id).await?;
        let readings = readings(cx, &[record]).await?;
        Ok(sealed(super::event::history(cx, self.id.into(), self.window).await?, readings))
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: HoldId, _: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    Ok(seen(cx, record).await?.can)
}
