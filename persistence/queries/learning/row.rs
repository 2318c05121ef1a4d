//! The row of a learning record, and whole records of rows.

use super::super::prelude::*;
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::HashMap;
use trellis_domain::{
    access::Audience,
    id::{LearningRecordId, ObjectiveId, PersonId, PriorityId, StandardId},
    learning::{LearningKind, LearningRecord},
    text::{Narrative, Slug, Title, Wire},
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = learning_records, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
pub(in super::super) struct LearningRow {
    pub(super) tenant_id: Uid,
    pub(super) id: Uid,
    pub(super) person_id: Uid,
    pub(super) employment_id: Uid,
    pub(super) organisation_id: Uid,
    pub(super) private_to: Option<Uid>,
    pub(super) title: String,
    pub(super) kind: String,
    pub(super) started_on: NaiveDate,
    pub(super) ended_on: NaiveDate,
    pub(super) minutes: i32,
    pub(super) provider: Option<String>,
    pub(super) reflection: Option<String>,
    pub(super) visibility: String,
    pub(super) for_appraiser: bool,
    pub(super) for_leaders: bool,
    pub(super) for_school: bool,
    pub(super) version: i64,
    pub(super) created_at: Moment,
    pub(super) updated_at: Moment,
    pub(super) source: Option<String>,
    pub(super) external_id: Option<String>,
    pub(super) managed: Option<Json>,
    pub(super) reflection_prompt: Option<String>,
}

impl LearningRow {
    pub(super) fn new(tenant_id: Uid, record: &LearningRecord) -> Self {
        let (private_to, visibility) = (optional(record.about().private_to), record.visibility());
        let LearningRecord {
            id,
            person_id,
            employment_id,
            organisation_id,
            title,
            kind,
            started_on,
            ended_on,
            minutes,
            provider,
            reflection,
            reflection_prompt,
            shared_with,
            objective_ids: _,
            standard_ids: _,
            priority_ids: _,
            external_ref,
            provenance,
            version,
            created_at,
            updated_at,
        } = record;
        Self {
            tenant_id,
            id: (*id).into(),
            person_id: (*person_id).into(),
            employment_id: (*employment_id).into(),
            organisation_id: (*organisation_id).into(),
            private_to,
            title: title.as_str().into(),
            kind: kind.as_str().into(),
            started_on: *started_on,
            ended_on: *ended_on,
            minutes: *minutes,
            provider: provider.as_ref().map(|p| p.as_str().into()),
            reflection: reflection.as_ref().map(|r| r.as_str().into()),
            visibility: visibility.as_str().into(),
            for_appraiser: shared_with.appraiser,
            for_leaders: shared_with.leaders,
            for_school: shared_with.school,
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            source: external_ref.as_ref().map(|r| r.source.as_str().into()),
            external_id: external_ref.as_ref().map(|r| r.id.as_str().into()),
            managed: crate::provenance::kept(provenance),
            reflection_prompt: reflection_prompt.as_ref().map(|p| p.as_str().into()),
        }
    }
    /// To whom it is shown, if these are the people who are named.
    pub(super) fn audience(&self, people: Vec<PersonId>) -> Audience {
        let shown = Audience { appraiser: self.for_appraiser, leaders: self.for_leaders, school: self.for_school, people };
        shown.of(self.person_id.to())
    }
    fn record(
        self,
        people: Vec<PersonId>,
        objective_ids: Vec<ObjectiveId>,
        standard_ids: Vec<StandardId>,
        priority_ids: Vec<PriorityId>,
    ) -> Result<LearningRecord> {
        let shared_with = self.audience(people);
        let Self {
            tenant_id: _,
            id,
            person_id,
            employment_id,
            organisation_id,
            private_to: _,
            title,
            kind,
            started_on,
            ended_on,
            minutes,
            provider,
            reflection,
            visibility: _,
            for_appraiser: _,
            for_leaders: _,
            for_school: _,
            version,
            created_at,
            updated_at,
            source,
            external_id,
            managed,
            reflection_prompt,
        } = self;
        Ok(LearningRecord {
            id: id.to(),
            person_id: person_id.to(),
            employment_id: employment_id.to(),
            organisation_id: organisation_id.to(),
            title: Title::parse(&title).map_err(corrupt)?,
            kind: LearningKind::parse(&kind).map_err(corrupt)?,
            started_on,
            ended_on,
            minutes,
            provider: provider.map(|p| Title::parse(&p)).transpose().map_err(corrupt)?,
            reflection: reflection.map(|r| Narrative::parse(&r)).transpose().map_err(corrupt)?,
            reflection_prompt: reflection_prompt.map(|p| Slug::parse(&p)).transpose().map_err(corrupt)?,
            shared_with,
            objective_ids,
            standard_ids,
            priority_ids,
            external_ref: super::super::external_ref::of_columns(source, external_id)?,
            provenance: crate::provenance::read(managed)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Whole records of rows: with their links, in a fixed number of statements.
pub(super) async fn whole(cx: &mut Cx<'_>, rows: Vec<LearningRow>) -> Result<Vec<LearningRecord>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let objectives = learning_record_objectives::table
        .filter(learning_record_objectives::tenant_id.eq(cx.tenant()))
        .order((learning_record_objectives::learning_record_id, learning_record_objectives::position))
        .select((learning_record_objectives::learning_record_id, learning_record_objectives::objective_id));
    let objectives: Vec<(Uid, Uid)> = page::of_these!(cx, objectives, learning_record_objectives::learning_record_id, &ids);
    let linked: Vec<Uid> = objectives.iter().map(|(_, objective)| *objective).collect();
    let drafts = super::super::objective::drafts_of_others(cx, &linked).await?;
    let standards = learning_record_standards::table
        .filter(learning_record_standards::tenant_id.eq(cx.tenant()))
        .order((learning_record_standards::learning_record_id, learning_record_standards::position))
        .select((learning_record_standards::learning_record_id, learning_record_standards::standard_id));
    let standards: Vec<(Uid, Uid)> = page::of_these!(cx, standards, learning_record_standards::learning_record_id, &ids);
    let mut priorities_of = super::super::priority_link::of_learning(cx, &ids).await?;
    let mut readers_of = readers(cx, &ids).await?;
    let mut objectives_of: HashMap<Uid, Vec<ObjectiveId>> = HashMap::new();
    for (record, objective) in objectives.into_iter().filter(|(_, objective)| !drafts.contains(objective)) {
        objectives_of.entry(record).or_default().push(objective.to());
    }
    let mut standards_of: HashMap<Uid, Vec<StandardId>> = HashMap::new();
    for (record, standard) in standards {
        standards_of.entry(record).or_default().push(standard.to());
    }
    rows.into_iter()
        .map(|row| {
            let (objectives, standards) = (objectives_of.remove(&row.id).unwrap_or_default(), standards_of.remove(&row.id).unwrap_or_default());
            let priorities = priorities_of.remove(&row.id).unwrap_or_default();
            let people = readers_of.remove(&row.id).unwrap_or_default();
            row.record(people, objectives, standards, priorities)
        })
        .collect()
}

pub(super) async fn row_of(cx: &mut Cx<'_>, id: LearningRecordId) -> Result<LearningRow> {
    Ok(learning_records::table.find((cx.tenant(), Uid::from(id))).select(LearningRow::as_select()).one(cx.conn()).await?)
}

/// The people whom owners name as readers of these records.
pub(super) async fn readers(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<HashMap<Uid, Vec<PersonId>>> {
    let ids = ids.to_vec();
    let rows = learning_record_readers::table
        .filter(learning_record_readers::tenant_id.eq(cx.tenant()))
        .select((learning_record_readers::learning_record_id, learning_record_readers::person_id));
    let rows: Vec<(Uid, Uid)> = page::of_these!(cx, rows, learning_record_readers::learning_record_id, &ids);
    let mut out: HashMap<Uid, Vec<PersonId>> = HashMap::new();
    for (record, person) in rows {
        out.entry(record).or_default().push(person.to());
    }
    Ok(out)
}
