//! An appraisal as it is stored: its row, and who appraises in rows of their own.

use super::super::prelude::*;
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::{BTreeMap, HashMap};
use trellis_domain::{
    appraisal::{Appraisal, AppraisalState, AppraiserTerm},
    employment::StaffCategory,
    id::CycleId,
    text::{Reason, Title, Wire},
};
use uuid::Uuid;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = appraisals, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct AppraisalRow {
    tenant_id: Uid,
    pub(super) id: Uid,
    employment_id: Uid,
    pub(super) person_id: Uid,
    pub(super) organisation_id: Uid,
    cycle_id: Uid,
    staff_category: String,
    state: String,
    resumes_to: Option<String>,
    starts_on: NaiveDate,
    ends_on: NaiveDate,
    deadlines: Json,
    external_adviser: Option<String>,
    adviser_consulted_on: Option<NaiveDate>,
    standards_informed_on: Option<NaiveDate>,
    report_issued_on: Option<NaiveDate>,
    comment_due_on: Option<NaiveDate>,
    commented_on: Option<NaiveDate>,
    completed_on: Option<NaiveDate>,
    last_reason: Option<String>,
    hold_id: Option<Uid>,
    pub(super) version: i64,
    created_at: Moment,
    updated_at: Moment,
    appeal_due_on: Option<NaiveDate>,
    appealed_on: Option<NaiveDate>,
    appeal_decided_on: Option<NaiveDate>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = appraisal_appraisers, check_for_backend(Sqlite, Pg), treat_none_as_default_value = false)]
struct AppraiserRow {
    tenant_id: Uid,
    id: Uid,
    appraisal_id: Uid,
    person_id: Uid,
    position: i32,
    starts_on: NaiveDate,
    until_on: Option<NaiveDate>,
}

impl AppraisalRow {
    pub(super) fn new(tenant_id: Uid, appraisal: &Appraisal) -> Result<Self> {
        let Appraisal {
            id,
            employment_id,
            person_id,
            organisation_id,
            cycle_id,
            staff_category,
            state,
            resumes_to,
            starts_on,
            ends_on,
            deadlines,
            appraisers: _,
            external_adviser,
            adviser_consulted_on,
            standards_informed_on,
            report_issued_on,
            comment_due_on,
            commented_on,
            appeal_due_on,
            appealed_on,
            appeal_decided_on,
            completed_on,
            last_reason,
            hold_id,
            version,
            created_at,
            updated_at,
        } = appraisal;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            employment_id: (*employment_id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            cycle_id: (*cycle_id).into(),
            staff_category: staff_category.as_str().into(),
            state: state.as_str().into(),
            resumes_to: resumes_to.map(|s| s.as_str().into()),
            starts_on: *starts_on,
            ends_on: *ends_on,
            deadlines: Json(serde_json::to_string(deadlines).map_err(corrupt)?),
            external_adviser: external_adviser.as_ref().map(|a| a.as_str().into()),
            adviser_consulted_on: *adviser_consulted_on,
            standards_informed_on: *standards_informed_on,
            report_issued_on: *report_issued_on,
            comment_due_on: *comment_due_on,
            commented_on: *commented_on,
            appeal_due_on: *appeal_due_on,
            appealed_on: *appealed_on,
            appeal_decided_on: *appeal_decided_on,
            completed_on: *completed_on,
            last_reason: last_reason.as_ref().map(|r| r.as_str().into()),
            hold_id: optional(*hold_id),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    fn appraisal(self, appraisers: Vec<AppraiserTerm>) -> Result<Appraisal> {
        let Self {
            tenant_id: _,
            id,
            employment_id,
            person_id,
            organisation_id,
            cycle_id,
            staff_category,
            state,
            resumes_to,
            starts_on,
            ends_on,
            deadlines,
            external_adviser,
            adviser_consulted_on,
            standards_informed_on,
            report_issued_on,
            comment_due_on,
            commented_on,
            appeal_due_on,
            appealed_on,
            appeal_decided_on,
            completed_on,
            last_reason,
            hold_id,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(Appraisal {
            id: id.to(),
            employment_id: employment_id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            cycle_id: cycle_id.to(),
            staff_category: StaffCategory::parse(&staff_category).map_err(corrupt)?,
            state: AppraisalState::parse(&state).map_err(corrupt)?,
            resumes_to: resumes_to.map(|s| AppraisalState::parse(&s)).transpose().map_err(corrupt)?,
            starts_on,
            ends_on,
            deadlines: serde_json::from_str(&deadlines.0).map_err(corrupt)?,
            appraisers,
            external_adviser: external_adviser.map(|a| Title::parse(&a)).transpose().map_err(corrupt)?,
            adviser_consulted_on,
            standards_informed_on,
            report_issued_on,
            comment_due_on,
            commented_on,
            appeal_due_on,
            appealed_on,
            appeal_decided_on,
            completed_on,
            last_reason: last_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            hold_id: hold_id.map(Uid::to),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Whole records of rows: with those who appraise, in one statement whatever their number.
pub(super) async fn whole(cx: &mut Cx<'_>, rows: Vec<AppraisalRow>) -> Result<Vec<Appraisal>> {
    let mut terms: HashMap<Uid, Vec<AppraiserTerm>> = HashMap::new();
    // SQLite binds at most 32,766 values in one statement
    for part in rows.iter().map(|r| r.id).collect::<Vec<_>>().chunks(10_000) {
        let query = appraisal_appraisers::table
            .filter(appraisal_appraisers::tenant_id.eq(cx.tenant()))
            .order((appraisal_appraisers::appraisal_id, appraisal_appraisers::position))
            .select(AppraiserRow::as_select());
        let found: Vec<AppraiserRow> = page::of_these!(cx, query, appraisal_appraisers::appraisal_id, part.to_vec());
        for AppraiserRow { appraisal_id, person_id, starts_on, until_on, .. } in found {
            terms.entry(appraisal_id).or_default().push(AppraiserTerm { person_id: person_id.to(), from: starts_on, until: until_on });
        }
    }
    rows.into_iter()
        .map(|row| {
            let terms = terms.remove(&row.id).unwrap_or_default();
            row.appraisal(terms)
        })
        .collect()
}

/// Stores who appraises these, where nothing of it is stored yet.
async fn put_terms(tx: &mut Tx<'_>, of: &[Appraisal]) -> Result<()> {
    let mut rows = Vec::new();
    for appraisal in of {
        for (term, position) in appraisal.appraisers.iter().zip(0..) {
            rows.push(AppraiserRow {
                tenant_id: tx.tenant(),
                id: Uid(tx.act.ids.make(tx.act.now)),
                appraisal_id: appraisal.id.into(),
                person_id: term.person_id.into(),
                position,
                starts_on: term.from,
                until_on: term.until,
            });
        }
    }
    for part in rows.chunks(500) {
        diesel::insert_into(appraisal_appraisers::table).values(part).done(tx.conn()).await?;
    }
    Ok(())
}

/// Stores new ones.
pub(super) async fn insert(tx: &mut Tx<'_>, new: &[Appraisal]) -> Result<()> {
    let tenant = tx.tenant();
    for part in new.chunks(500) {
        let rows = part.iter().map(|a| AppraisalRow::new(tenant, a)).collect::<Result<Vec<_>>>()?;
        diesel::insert_into(appraisals::table).values(rows).done(tx.conn()).await?;
    }
    put_terms(tx, new).await
}

/// Saves one over the version that was read.
pub(super) async fn update(tx: &mut Tx<'_>, before: &Appraisal, after: &Appraisal) -> Result<()> {
    let key = appraisals::table.find((tx.tenant(), Uid::from(after.id))).filter(appraisals::version.eq(before.version));
    let row = AppraisalRow::new(tx.tenant(), after)?;
    if diesel::update(key).set(row).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    if before.appraisers != after.appraisers {
        let terms = appraisal_appraisers::table
            .filter(appraisal_appraisers::tenant_id.eq(tx.tenant()))
            .filter(appraisal_appraisers::appraisal_id.eq(Uid::from(after.id)));
        diesel::delete(terms).done(tx.conn()).await?;
        put_terms(tx, std::slice::from_ref(after)).await?;
    }
    Ok(())
}

/// The row of this id.
pub(super) async fn row_of(cx: &mut Cx<'_>, id: impl Into<Uuid>) -> Result<AppraisalRow> {
    Ok(appraisals::table.find((cx.tenant(), Uid(id.into()))).select(AppraisalRow::as_select()).one(cx.conn()).await?)
}

/// The appraisals of a cycle whose report is still to be given, live ones: of all of them at once.
pub(super) async fn awaiting_report(cx: &mut Cx<'_>, cycle: CycleId) -> Result<Vec<Appraisal>> {
    let over = [AppraisalState::ReportIssued, AppraisalState::Completed, AppraisalState::Transferred, AppraisalState::Abandoned].map(|s| s.as_str());
    let rows: Vec<AppraisalRow> = appraisals::table
        .filter(appraisals::tenant_id.eq(cx.tenant()))
        .filter(appraisals::cycle_id.eq(Uid::from(cycle)))
        .filter(appraisals::state.ne_all(over))
        .order(appraisals::id)
        .select(AppraisalRow::as_select())
        .all(cx.conn())
        .await?;
    whole(cx, rows).await
}

/// Saves the deadlines of many, each over the version that was read. Most have the same as others of their school, so it is a statement for each different
/// set of them, and not one for each appraisal.
pub(super) async fn update_deadlines(tx: &mut Tx<'_>, changed: &[(Appraisal, Appraisal)]) -> Result<()> {
    let mut alike: BTreeMap<(i64, String), Vec<Uid>> = BTreeMap::new();
    for (before, after) in changed {
        let deadlines = serde_json::to_string(&after.deadlines).map_err(corrupt)?;
        alike.entry((before.version, deadlines)).or_default().push(after.id.into());
    }
    for ((version, deadlines), ids) in alike {
        for part in ids.chunks(10_000) {
            let these = appraisals::table
                .filter(appraisals::tenant_id.eq(tx.tenant()))
                .filter(appraisals::id.eq_any(part.to_vec()))
                .filter(appraisals::version.eq(version));
            let now = Moment(trellis_domain::time::micros(tx.act.now));
            let set = (appraisals::deadlines.eq(Json(deadlines.clone())), appraisals::version.eq(version + 1), appraisals::updated_at.eq(now));
            if diesel::update(these).set(set).done(tx.conn()).await? != part.len() {
                return Err(StoreError::Retry);
            }
        }
    }
    Ok(())
}
