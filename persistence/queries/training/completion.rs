//! Completions: recorded, taken back with a reason, and never changed.

use super::super::prelude::*;
use super::{asked, covers, may, of_known, recorded_at, requirement};
use crate::{
    event::History,
    training::{GetTrainingCompletion, ListTrainingCompletions, RecordTraining, RecordedTraining, TrainingCompletionHistory, VoidTrainingCompletion},
};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::BTreeSet;
use trellis_domain::{
    access::{self as rules, Permission},
    activity::LearningSession,
    enrolment::{Enrolment, EnrolmentState},
    event::EventKind,
    id::{PersonId, TrainingCompletionId},
    rule::{Code, RuleError},
    text::{ExternalRef, Reason, Reference, Title, Wire},
    time::micros,
    training::completion::TrainingCompletion,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = training_completions, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct CompletionRow {
    tenant_id: Uid,
    id: Uid,
    requirement_id: Uid,
    person_id: Uid,
    organisation_id: Uid,
    completed_on: NaiveDate,
    provider: Option<String>,
    certificate: Option<String>,
    source: Option<String>,
    external_id: Option<String>,
    enrolment_id: Option<Uid>,
    recorded_by: Option<Uid>,
    void_reason: Option<String>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl CompletionRow {
    fn new(tenant_id: Uid, completion: &TrainingCompletion) -> Self {
        let TrainingCompletion {
            id,
            requirement_id,
            person_id,
            organisation_id,
            completed_on,
            provider,
            certificate,
            external_ref,
            enrolment_id,
            recorded_by,
            void_reason,
            version,
            created_at,
            updated_at,
        } = completion;
        Self {
            tenant_id,
            id: (*id).into(),
            requirement_id: (*requirement_id).into(),
            person_id: (*person_id).into(),
            organisation_id: (*organisation_id).into(),
            completed_on: *completed_on,
            provider: provider.as_ref().map(|p| p.as_str().into()),
            certificate: certificate.as_ref().map(|c| c.as_str().into()),
            source: external_ref.as_ref().map(|r| r.source.as_str().into()),
            external_id: external_ref.as_ref().map(|r| r.id.as_str().into()),
            enrolment_id: optional(*enrolment_id),
            recorded_by: optional(*recorded_by),
            void_reason: void_reason.as_ref().map(|r| r.as_str().into()),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        }
    }
    fn completion(self) -> Result<TrainingCompletion> {
        let Self {
            tenant_id: _,
            id,
            requirement_id,
            person_id,
            organisation_id,
            completed_on,
            provider,
            certificate,
            source,
            external_id,
            enrolment_id,
            recorded_by,
            void_reason,
            version,
            created_at,
            updated_at,
        } = self;
        let external_ref = super::super::external_ref::of_columns(source, external_id)?;
        Ok(TrainingCompletion {
            id: id.to(),
            requirement_id: requirement_id.to(),
            person_id: person_id.to(),
            organisation_id: organisation_id.to(),
            completed_on,
            provider: provider.map(|p| Title::parse(&p)).transpose().map_err(corrupt)?,
            certificate: certificate.map(|c| Reference::parse(&c)).transpose().map_err(corrupt)?,
            external_ref,
            enrolment_id: enrolment_id.map(Uid::to),
            recorded_by: recorded_by.map(Uid::to),
            void_reason: void_reason.map(|r| Reason::parse(&r)).transpose().map_err(corrupt)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// Who records training.
const WHO: &str = "the headteacher, HR, the learning lead and the administrators of the school";

async fn row_of(cx: &mut Cx<'_>, id: TrainingCompletionId) -> Result<TrainingCompletion> {
    let row: CompletionRow = training_completions::table.find((cx.tenant(), Uid::from(id))).select(CompletionRow::as_select()).one(cx.conn()).await?;
    row.completion()
}
/// The completion, if the caller may read it.
pub(in super::super) async fn known(cx: &mut Cx<'_>, id: TrainingCompletionId) -> Result<TrainingCompletion> {
    let found = row_of(cx, id).await?;
    match may(cx, Permission::ReadTraining, found.organisation_id, found.person_id).await? {
        true => Ok(found),
        false => Err(StoreError::Missing),
    }
}
async fn refusal(cx: &mut Cx<'_>, record: &TrainingCompletion) -> Result<Option<RuleError>> {
    let may = may(cx, Permission::WriteTraining, record.organisation_id, record.person_id).await?;
    Ok(rules::require(may, WHO).and_then(|()| record.voidable(cx.caller.person())).err())
}
async fn seen(cx: &mut Cx<'_>, record: TrainingCompletion) -> Result<Seen<TrainingCompletion>> {
    let void = refusal(cx, &record).await?;
    Ok(Seen { record, can: vec![("void", void)] })
}

async fn of_person(cx: &mut Cx<'_>, person: PersonId) -> Result<Vec<TrainingCompletion>> {
    let rows: Vec<CompletionRow> = training_completions::table
        .filter(training_completions::tenant_id.eq(cx.tenant()))
        .filter(training_completions::person_id.eq(Uid::from(person)))
        .select(CompletionRow::as_select())
        .all(cx.conn())
        .await?;
    rows.into_iter().map(CompletionRow::completion).collect()
}

/// What another system calls so, unless it was taken back.
async fn called(cx: &mut Cx<'_>, reference: &ExternalRef) -> Result<Option<TrainingCompletion>> {
    let row: Option<CompletionRow> = training_completions::table
        .filter(training_completions::tenant_id.eq(cx.tenant()))
        .filter(training_completions::source.eq(reference.source.as_str()))
        .filter(training_completions::external_id.eq(reference.id.as_str()))
        .filter(training_completions::void_reason.is_null())
        .select(CompletionRow::as_select())
        .one(cx.conn())
        .await
        .optional()?;
    row.map(CompletionRow::completion).transpose()
}

/// Every completion of these people, and every other that providers sent under these names; also those that were taken back.
pub(in super::super) async fn all_about(cx: &mut Cx<'_>, people: &[Uid], references: &[&ExternalRef]) -> Result<Vec<TrainingCompletion>> {
    let sources: BTreeSet<&str> = references.iter().map(|r| r.source.as_str()).collect();
    let mut rows: Vec<CompletionRow> = training_completions::table
        .filter(training_completions::tenant_id.eq(cx.tenant()))
        .filter(training_completions::person_id.eq_any(people.to_vec()))
        .select(CompletionRow::as_select())
        .all(cx.conn())
        .await?;
    // ordered here: asked to, SQLite walks everybody's to have them in order
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(row.id));
    for source in sources {
        let ids: Vec<&str> = references.iter().filter(|r| r.source.as_str() == source).map(|r| r.id.as_str()).collect();
        let found: Vec<CompletionRow> = training_completions::table
            .filter(training_completions::tenant_id.eq(cx.tenant()))
            .filter(training_completions::source.eq(source))
            .filter(training_completions::external_id.eq_any(ids))
            .filter(training_completions::person_id.ne_all(people.to_vec()))
            .filter(training_completions::void_reason.is_null())
            .select(CompletionRow::as_select())
            .all(cx.conn())
            .await?;
        rows.extend(found);
    }
    rows.into_iter().map(CompletionRow::completion).collect()
}

/// What a provider says of somebody's training: recorded, and what it corrects taken back before.
pub(in super::super) async fn provided(tx: &mut Tx<'_>, corrects: Option<TrainingCompletion>, new: &TrainingCompletion) -> Result<()> {
    if let Some(before) = corrects {
        let reason = Reason::parse("The provider sent something else under the same reference").map_err(corrupt)?;
        void(tx, before, reason).await?;
    }
    put(tx, new).await
}

async fn put(tx: &mut Tx<'_>, new: &TrainingCompletion) -> Result<()> {
    diesel::insert_into(training_completions::table).values(CompletionRow::new(tx.tenant(), new)).done(tx.conn()).await?;
    tx.event(EventKind::TrainingCompletionCreated, None, new, new.about());
    Ok(())
}
async fn void(tx: &mut Tx<'_>, before: TrainingCompletion, reason: Reason) -> Result<TrainingCompletion> {
    let after = TrainingCompletion { void_reason: Some(reason), ..before.clone() };
    let Some(after) = tx.next(&before, after) else { return Ok(before) };
    let key = training_completions::table.find((tx.tenant(), Uid::from(after.id))).filter(training_completions::version.eq(before.version));
    if diesel::update(key).set(CompletionRow::new(tx.tenant(), &after)).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    tx.event(EventKind::TrainingCompletionVoided, Some(&before), &after, after.about());
    Ok(after)
}

impl Write<Here> for RecordTraining {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<RecordedTraining> {
        let of = asked(tx, self.requirement_id).await?;
        let employment = recorded_at(tx, self.person_id, &of, self.completed_on).await?;
        access::guard(tx, self.person_id).await?;
        let now = micros(tx.act.now);
        let new = TrainingCompletion {
            id: tx.new_id(),
            requirement_id: of.id,
            person_id: self.person_id,
            organisation_id: employment.organisation_id,
            completed_on: self.completed_on,
            provider: self.provider.clone(),
            certificate: self.certificate.clone(),
            external_ref: self.external_ref.clone(),
            enrolment_id: None,
            recorded_by: tx.caller.person(),
            void_reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        if let Some(reference) = &self.external_ref
            && let Some(there) = called(tx, reference).await?
        {
            if there.says_the_same(&new) {
                return Ok(RecordedTraining { seen: seen(tx, there).await?, new: false });
            }
            let what = "a completion that says something else is called so; take it back first, if it is wrong";
            return Err(RuleError::at(Code::Duplicate, "/external_ref", what).into());
        }
        new.recordable(tx.act.today(), &of_person(tx, self.person_id).await?)?;
        put(tx, &new).await?;
        Ok(RecordedTraining { seen: seen(tx, new).await?, new: true })
    }
}

/// What follows from saying whether somebody came to a session: they met what its activity meets, unless they say it of themself; or they did not, after all.
pub(in super::super) async fn attended(tx: &mut Tx<'_>, enrolment: &Enrolment, session: &LearningSession) -> Result<()> {
    access::guard(tx, enrolment.person_id).await?;
    let theirs = of_person(tx, enrolment.person_id).await?;
    let of_this = |c: &TrainingCompletion| c.enrolment_id == Some(enrolment.id) && c.void_reason.is_none();
    if enrolment.state != EnrolmentState::Attended {
        let reason = Reason::parse("They did not come to the session after all").map_err(corrupt)?;
        for before in theirs.into_iter().filter(of_this) {
            void(tx, before, reason.clone()).await?;
        }
        return Ok(());
    }
    let path = access::path_of(tx, enrolment.organisation_id).await?;
    let (now, day) = (micros(tx.act.now), session.starts_at.date_naive());
    for of in requirement::met_by(tx, session.activity_id).await?.into_iter().filter(|r| path.contains(&r.organisation_id)) {
        let new = TrainingCompletion {
            id: tx.new_id(),
            requirement_id: of.id,
            person_id: enrolment.person_id,
            organisation_id: enrolment.organisation_id,
            completed_on: day,
            provider: None,
            certificate: None,
            external_ref: None,
            enrolment_id: Some(enrolment.id),
            recorded_by: tx.caller.person(),
            void_reason: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        if new.recordable(tx.act.today(), &theirs).is_ok() {
            put(tx, &new).await?;
        }
    }
    Ok(())
}

impl Read<Here> for GetTrainingCompletion {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<TrainingCompletion>>> {
        let record = known(cx, self.id).await?;
        if self.unless == Some(record.version) {
            return Ok(Fetched::Unchanged(record.version));
        }
        Ok(Fetched::Found(seen(cx, record).await?))
    }
}

/// Those of these completions that the caller may read.
pub(in super::super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<TrainingCompletion>> {
    let query = training_completions::table.filter(training_completions::tenant_id.eq(cx.tenant())).filter(training_completions::id.eq_any(ids.to_vec()));
    let query = query.select(CompletionRow::as_select()).into_boxed::<Dialect>();
    let rows: Vec<CompletionRow> = of_known!(query, cx, training_completions).all(cx.conn()).await?;
    rows.into_iter().map(CompletionRow::completion).collect()
}

impl Read<Here> for ListTrainingCompletions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<TrainingCompletion>> {
        let query = training_completions::table.filter(training_completions::tenant_id.eq(cx.tenant()));
        let query = query.select(CompletionRow::as_select()).into_boxed::<Dialect>();
        let mut query = of_known!(page::windowed!(query, self.window, training_completions), cx, training_completions);
        if let Some(of) = self.requirement_id {
            query = query.filter(training_completions::requirement_id.eq(Uid::from(of)));
        }
        if let Some(person) = self.person_id {
            query = query.filter(training_completions::person_id.eq(Uid::from(person)));
        }
        if let Some(at) = self.organisation_id {
            query = query.filter(training_completions::organisation_id.eq(Uid::from(at)));
        }
        if !self.void {
            query = query.filter(training_completions::void_reason.is_null());
        }
        let rows: Vec<CompletionRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: page.items.into_iter().map(CompletionRow::completion).collect::<Result<_>>()?, next: page.next })
    }
}

impl Write<Here> for VoidTrainingCompletion {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<TrainingCompletion>> {
        let found = known(tx, self.id).await?;
        let reach = tx.reach.clone();
        rules::require(covers(tx, &reach, found.organisation_id, found.person_id).await?, WHO)?;
        access::guard(tx, found.person_id).await?;
        let before = row_of(tx, self.id).await?;
        super::super::event::expect(tx, &before, self.expected).await?;
        before.voidable(tx.caller.person())?;
        let after = void(tx, before, self.reason.clone()).await?;
        seen(tx, after).await
    }
}

impl Read<Here> for TrainingCompletionHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        known(cx, self.id).await?;
        super::super::event::history(cx, self.id.into(), self.window).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(in super::super) async fn explain(cx: &mut Cx<'_>, id: TrainingCompletionId, _: &Doing) -> Result<Can> {
    let record = known(cx, id).await?;
    Ok(seen(cx, record).await?.can)
}
