//! Employments: who keeps the records reads them; colleagues see names, not contracts.

use super::prelude::*;
use crate::{
    employment::{CreateEmployment, EmploymentHistory, GetEmployment, KeepEmployment, ListEmployments, UpdateEmployment},
    event::History,
    provenance,
};
use chrono::NaiveDate;
use diesel::{dsl::not, pg::Pg, prelude::*, sqlite::Sqlite};
use trellis_domain::{
    access::{self as rules, Permission},
    employment::{Employment, StaffCategory, stand},
    event::{About, EventKind, changes},
    id::{EmploymentId, OrganisationId, PersonId},
    provenance::Provenance,
    text::{Reference, StaffCode, Title, Wire},
    time::{Period, micros},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = employments, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(super) struct EmploymentRow {
    tenant_id: Uid,
    id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    job_title: String,
    staff_category: String,
    staff_code: Option<String>,
    fte_percent: i32,
    starts_on: NaiveDate,
    ends_on: Option<NaiveDate>,
    missing_since: Option<NaiveDate>,
    missing_from: Option<String>,
    ended_from: Option<String>,
    kept: Option<Json>,
    managed: Option<Json>,
    overridden: bool,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl EmploymentRow {
    fn new(tenant_id: Uid, employment: &Employment) -> Self {
        let Employment { id, person_id, organisation_id, job_title, staff_category, staff_code, fte_percent, period, .. } = employment;
        let Employment { missing_since, missing_from, ended_from, kept, provenance, version, created_at, updated_at, .. } = employment;
        Self {
            tenant_id,
            id: (*id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            job_title: job_title.as_str().into(),
            staff_category: staff_category.as_str().into(),
            staff_code: staff_code.as_ref().map(|c| c.as_str().into()),
            fte_percent: *fte_percent,
            starts_on: period.starts_on,
            ends_on: period.ends_on,
            missing_since: *missing_since,
            missing_from: missing_from.as_ref().map(|s| s.as_str().into()),
            ended_from: ended_from.as_ref().map(|s| s.as_str().into()),
            kept: (!kept.is_empty()).then(|| Json(serde_json::json!(kept).to_string())),
            managed: provenance::kept(provenance),
            overridden: provenance.overridden(),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    pub(super) fn employment(self) -> Result<Employment> {
        let Self {
            tenant_id: _,
            id,
            person_id,
            organisation_id,
            job_title,
            staff_category,
            staff_code,
            fte_percent,
            starts_on,
            ends_on,
            missing_since,
            missing_from,
            ended_from,
            kept,
            managed,
            overridden: _,
            version,
            created_at,
            updated_at,
        } = self;
        Ok(Employment {
            id: id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            job_title: Title::parse(&job_title).map_err(corrupt)?,
            staff_category: StaffCategory::parse(&staff_category).map_err(corrupt)?,
            staff_code: staff_code.map(|c| StaffCode::parse(&c)).transpose().map_err(corrupt)?,
            fte_percent,
            period: Period { starts_on, ends_on },
            missing_since,
            missing_from: missing_from.map(|s| Reference::parse(&s)).transpose().map_err(corrupt)?,
            ended_from: ended_from.map(|s| Reference::parse(&s)).transpose().map_err(corrupt)?,
            kept: kept.map_or_else(|| Ok(Vec::new()), |k| serde_json::from_str(&k.0)).map_err(corrupt)?,
            provenance: provenance::read(managed)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

pub(super) async fn load(cx: &mut Cx<'_>, id: EmploymentId) -> Result<Employment> {
    let row: EmploymentRow = employments::table.find((cx.tenant(), Uid::from(id))).select(EmploymentRow::as_select()).one(cx.conn()).await?;
    row.employment()
}

/// All the employments of a person.
pub(super) async fn of_person(cx: &mut Cx<'_>, person: PersonId) -> Result<Vec<Employment>> {
    let rows: Vec<EmploymentRow> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq(Uid::from(person)))
        .order(employments::id)
        .select(EmploymentRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(EmploymentRow::employment).collect()
}

pub(super) fn about(employment: &Employment) -> About {
    About { organisation: Some(employment.organisation_id), person: Some(employment.person_id), private_to: None }
}

pub(super) async fn seen(cx: &mut Cx<'_>, record: Employment) -> Result<Seen<Employment>> {
    let may = access::may(cx, Permission::WritePeople, Some(record.organisation_id), None).await?;
    let refused = rules::require(may, "HR and administrators of the school").err();
    let keep = refused.clone().or_else(|| record.keep().err());
    Ok(Seen { record, can: vec![("update", refused.clone()), ("keep", keep), ("release_fields", refused)] })
}

/// Stores new employments.
pub(super) async fn insert(tx: &mut Tx<'_>, new: &[Employment]) -> Result<()> {
    let tenant = tx.tenant();
    for part in new.chunks(500) {
        let rows: Vec<EmploymentRow> = part.iter().map(|e| EmploymentRow::new(tenant, e)).collect();
        diesel::insert_into(employments::table).values(rows).done(tx.conn()).await?;
    }
    Ok(())
}

/// Stores a changed employment.
pub(super) async fn save(tx: &mut Tx<'_>, before: &Employment, after: &Employment) -> Result<()> {
    let key = employments::table.find((tx.tenant(), Uid::from(after.id))).filter(employments::version.eq(before.version));
    if diesel::update(key).set(EmploymentRow::new(tx.tenant(), after)).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    Ok(())
}

/// Leaves the event of a new or changed employment.
pub(super) fn announce(tx: &mut Tx<'_>, before: Option<&Employment>, after: &Employment) {
    let ended = before.is_some_and(|b| b.period.ends_on.is_none()) && after.period.ends_on.is_some();
    let kind = match before {
        None => EventKind::EmploymentCreated,
        Some(_) if ended => EventKind::EmploymentEnded,
        Some(_) => EventKind::EmploymentUpdated,
    };
    tx.event(kind, before, after, about(after));
}

/// All the employments of these people.
pub(super) async fn of_people(cx: &mut Cx<'_>, people: &[Uid]) -> Result<Vec<Employment>> {
    let mut rows: Vec<EmploymentRow> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq_any(people))
        .select(EmploymentRow::as_select())
        .all(cx.conn())
        .await?;
    // ordered here: asked to, SQLite walks everybody's to have them in order
    rows.sort_unstable_by_key(|row| row.id);
    rows.into_iter().map(EmploymentRow::employment).collect()
}

/// Stores an employment, with all that follows from it. The person's guard is held.
async fn put(tx: &mut Tx<'_>, before: Option<&Employment>, after: &Employment) -> Result<()> {
    super::staff_code::claim(tx, before, after).await?;
    let was = super::placement::live_at(tx, &[after.person_id]).await?;
    match before {
        None => insert(tx, std::slice::from_ref(after)).await?,
        Some(before) => save(tx, before, after).await?,
    }
    announce(tx, before, after);
    super::placement::settle(tx, &was, &[after.id]).await
}

impl Write<Here> for CreateEmployment {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Employment>> {
        let Self { person_id, organisation_id, job_title, staff_category, staff_code, fte_percent, period } = self.clone();
        let kind = super::organisation::kind_of(tx, organisation_id, "/organisation_id").await?;
        super::person::writable_at(tx, organisation_id).await?;
        super::person::hired(tx, person_id, "/person_id").await?;
        access::guard(tx, person_id).await?;
        let now = micros(tx.act.now);
        let new = Employment {
            id: tx.new_id(),
            person_id,
            organisation_id,
            job_title,
            staff_category,
            staff_code,
            fte_percent,
            period,
            missing_since: None,
            missing_from: None,
            ended_from: None,
            kept: Vec::new(),
            provenance: Provenance::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        stand(&new, kind, &of_person(tx, person_id).await?)?;
        put(tx, None, &new).await?;
        super::matching::suggest_by_names(tx, &[(person_id, organisation_id)].into()).await?;
        seen(tx, new).await
    }
}

/// Employments are read by who keeps the records, and by the person.
async fn readable(cx: &mut Cx<'_>, employment: &Employment) -> Result<()> {
    let reach = super::person::records_reach(cx);
    match access::covers(cx, &reach, Some(employment.organisation_id), Some(employment.person_id), None).await? {
        true => Ok(()),
        false => Err(StoreError::Missing),
    }
}

async fn writable(cx: &mut Cx<'_>, employment: &Employment) -> Result<()> {
    access::writable(cx, Permission::ReadPeople, employment.organisation_id, Some(employment.person_id), "HR and administrators of the school").await
}

impl Read<Here> for GetEmployment {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<Employment>>> {
        let record = load(cx, self.id).await?;
        readable(cx, &record).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Those of these employments that the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Employment>> {
    cx.reach = super::person::records_reach(cx);
    let query = employments::table.filter(employments::tenant_id.eq(cx.tenant())).filter(employments::id.eq_any(ids.to_vec()));
    let query = page::within_reach!(query.select(EmploymentRow::as_select()).into_boxed::<Dialect>(), cx, employments);
    let rows: Vec<EmploymentRow> = query.all(cx.conn()).await?;
    rows.into_iter().map(EmploymentRow::employment).collect()
}

impl Read<Here> for ListEmployments {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<Employment>> {
        cx.reach = super::person::records_reach(cx);
        let query = employments::table.filter(employments::tenant_id.eq(cx.tenant())).select(EmploymentRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::within_reach!(page::windowed!(query, self.window, employments), cx, employments);
        if let Some(person) = self.person_id {
            query = query.filter(employments::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            let beneath = organisation_paths::table
                .filter(organisation_paths::tenant_id.eq(cx.tenant()))
                .filter(organisation_paths::ancestor_id.eq(Uid::from(at)))
                .select(organisation_paths::descendant_id);
            query = query.filter(employments::organisation_id.eq_any(beneath));
        }
        if let Some(missing) = self.missing {
            query = match missing {
                true => query.filter(employments::missing_since.is_not_null()),
                false => query.filter(employments::missing_since.is_null()),
            };
        }
        query = match self.overridden {
            Some(true) => query.filter(employments::overridden),
            Some(false) => query.filter(not(employments::overridden)),
            None => query,
        };
        if let Some(day) = self.current_on {
            query = access::current!(query, employments, day);
        }
        let rows: Vec<EmploymentRow> = query.all(cx.conn()).await?;
        let items = rows.into_iter().map(EmploymentRow::employment).collect::<Result<Vec<_>>>()?;
        Ok(Page::cut(items, self.window.limit, |e| e.id.0))
    }
}

/// An employment that the caller may write, with its person's guard held.
pub(super) async fn to_write(tx: &mut Tx<'_>, id: EmploymentId, expected: Option<i64>) -> Result<Employment> {
    let person: Uid = employments::table.find((tx.tenant(), Uid::from(id))).select(employments::person_id).one(tx.conn()).await?;
    access::guard(tx, person).await?;
    let before = load(tx, id).await?;
    writable(tx, &before).await?;
    super::event::expect(tx, &before, expected).await?;
    Ok(before)
}

impl Write<Here> for UpdateEmployment {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Employment>> {
        let before = to_write(tx, self.id, self.expected).await?;
        let mut after = before.patched(self.patch.clone())?;
        after.provenance.changed_by_hand(&changes(Some(&before), &after).fields, micros(tx.act.now), tx.actor());
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        let kind = super::organisation::kind_of(tx, after.organisation_id, "").await?;
        stand(&after, kind, &of_person(tx, after.person_id).await?)?;
        put(tx, Some(&before), &after).await?;
        seen(tx, after).await
    }
}

impl Write<Here> for KeepEmployment {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<Employment>> {
        let before = to_write(tx, self.id, self.expected).await?;
        let after = before.keep()?;
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        save(tx, &before, &after).await?;
        tx.event(EventKind::EmploymentKept, Some(&before), &after, about(&after));
        seen(tx, after).await
    }
}

/// Every employment at this school itself, of this day or marked in some way by snapshots.
pub(super) async fn of_school(cx: &mut Cx<'_>, at: OrganisationId, day: NaiveDate) -> Result<Vec<Employment>> {
    let current = employments::starts_on.le(day).and(employments::ends_on.is_null().or(employments::ends_on.ge(day)));
    let rows: Vec<EmploymentRow> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::organisation_id.eq(Uid::from(at)))
        .filter(current.or(employments::missing_since.is_not_null()).or(employments::kept.is_not_null()))
        .order(employments::id)
        .select(EmploymentRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(EmploymentRow::employment).collect()
}

impl Read<Here> for EmploymentHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let record = load(cx, self.id).await?;
        readable(cx, &record).await?;
        super::event::history(cx, self.id.into(), self.window).await
    }
}

super::row::stored!(employments, EmploymentRow, Employment);

/// The employment as it is stored.
pub(super) async fn stored(cx: &mut Cx<'_>, id: EmploymentId) -> Result<Employment> {
    load(cx, id).await
}
/// Whom and where its events are about.
pub(super) async fn about_record(_: &mut Cx<'_>, employment: &Employment) -> Result<About> {
    Ok(about(employment))
}
/// Refuses an employment that the caller may not know of.
pub(super) async fn knowable(cx: &mut Cx<'_>, id: EmploymentId) -> Result<()> {
    let employment = load(cx, id).await?;
    readable(cx, &employment).await
}
/// An employment that was folded stands for itself again.
pub(super) async fn again(tx: &mut Tx<'_>, folded: Employment) -> Result<Employment> {
    let again = Employment { version: folded.version + 2, updated_at: micros(tx.act.now), ..folded };
    insert(tx, std::slice::from_ref(&again)).await?;
    Ok(again)
}
/// The employment without what it took from the folded one.
pub(super) fn as_before(now: &Employment, before: &Employment) -> Employment {
    Employment { period: before.period, staff_code: before.staff_code.clone(), ..now.clone() }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: EmploymentId, doing: &Doing) -> Result<Can> {
    let record = load(cx, id).await?;
    match doing {
        Doing::Read | Doing::ReadHistory => readable(cx, &record).await?,
        Doing::Act(_) => writable(cx, &record).await?,
    }
    Ok(seen(cx, record).await?.can)
}
