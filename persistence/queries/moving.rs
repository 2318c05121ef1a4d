//! Pointing records at another person, or at another employment of theirs, with one event for each record.

use super::prelude::*;
use crate::{
    each_column,
    merge::{Column, Move},
};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use trellis_domain::{
    event::{About, Changes, EventKind, RecordType},
    time::micros,
};
use uuid::Uuid;

macro_rules! statements {
    ($($name:ident = $table:ident.$column:ident, $type:expr;)*) => {
        /// Points a column elsewhere, in all records or only in these; answers in which.
        async fn point(tx: &mut Tx<'_>, column: Column, from: Uid, to: Uid, only: Option<&[Uid]>) -> Result<Vec<Uid>> {
            match column {$(
                Column::$name => {
                    let rows = $table::table.filter($table::tenant_id.eq(tx.tenant())).filter($table::$column.eq(from));
                    let set = $table::$column.eq(to);
                    Ok(match only {
                        None => diesel::update(rows).set(set).returning($table::id).all(tx.conn()).await?,
                        Some(ids) => diesel::update(rows.filter($table::id.eq_any(ids.to_vec()))).set(set).returning($table::id).all(tx.conn()).await?,
                    })
                }
            )*}
        }
        /// Do these records still point there? What can be gone since, or point nowhere, then belongs to nobody else.
        pub(super) async fn still(cx: &mut Cx<'_>, made: &Move) -> Result<bool> {
            let ids: Vec<Uid> = made.ids.iter().copied().map(Uid).collect();
            let (there, elsewhere): (i64, i64) = match made.column {$(
                Column::$name => {
                    let rows = || $table::table.filter($table::tenant_id.eq(cx.tenant())).filter($table::id.eq_any(ids.clone()));
                    let there = rows().filter($table::$column.eq(Uid(made.to)));
                    let elsewhere = rows().filter($table::$column.ne(Uid(made.to)));
                    (there.count().one(cx.conn()).await?, elsewhere.count().one(cx.conn()).await?)
                }
            )*};
            let all = usize::try_from(there).is_ok_and(|n| n == made.ids.len());
            Ok(all || (made.column.can_be_gone() && elsewhere == 0))
        }
    };
}
each_column!(statements);

/// What was moved so far, by record.
#[derive(Default)]
pub(super) struct Moving {
    pub moves: Vec<Move>,
    changed: BTreeMap<(RecordType, Uid), Map<String, Value>>,
}

impl Moving {
    /// Points a column elsewhere wherever it points here.
    pub(super) async fn go(&mut self, tx: &mut Tx<'_>, column: Column, from: Uuid, to: Uuid) -> Result<()> {
        let mut ids = point(tx, column, Uid(from), Uid(to), None).await?;
        ids.sort_unstable();
        if !ids.is_empty() {
            self.note(column, from, to, &ids);
            self.moves.push(Move { column, from, to, ids: ids.into_iter().map(|id| id.0).collect() });
        }
        Ok(())
    }
    /// Points a column back, in these records.
    pub(super) async fn back(&mut self, tx: &mut Tx<'_>, made: &Move) -> Result<()> {
        let ids: Vec<Uid> = made.ids.iter().copied().map(Uid).collect();
        let ids = point(tx, made.column, Uid(made.to), Uid(made.from), Some(&ids)).await?;
        self.note(made.column, made.to, made.from, &ids);
        Ok(())
    }
    fn note(&mut self, column: Column, from: Uuid, to: Uuid, ids: &[Uid]) {
        let Some(record_type) = column.record_type() else { return };
        for id in ids {
            let fields = self.changed.entry((record_type, *id)).or_default();
            // who alone sees a draft is no field of it
            if column.field() != "private_to" {
                fields.insert(column.field().into(), json!({"before": from, "after": to}));
            }
        }
    }
    /// Gives every record its next version, and leaves its event.
    pub(super) async fn told(&mut self, tx: &mut Tx<'_>) -> Result<()> {
        for record_type in RecordType::ALL {
            let ids: Vec<Uid> = self.changed.keys().filter(|(t, _)| t == record_type).map(|(_, id)| *id).collect();
            if ids.is_empty() {
                continue;
            }
            let mut touched = touch(tx, *record_type, ids).await?;
            touched.sort_by_key(|(id, ..)| *id);
            for (id, version, about) in touched {
                let values = self.changed.remove(&(*record_type, id)).unwrap_or_default();
                let change = Changes { fields: values.keys().cloned().collect(), values: Value::Object(values) };
                tx.happened(updated(*record_type), id.0, version, change, about);
            }
        }
        Ok(())
    }
}

fn updated(record_type: RecordType) -> EventKind {
    match record_type {
        RecordType::Employment => EventKind::EmploymentUpdated,
        RecordType::Role => EventKind::RoleUpdated,
        RecordType::Relationship => EventKind::RelationshipUpdated,
        RecordType::Appraisal => EventKind::AppraisalUpdated,
        RecordType::PayRecommendation => EventKind::PayRecommendationChanged,
        RecordType::DevelopmentNeed => EventKind::DevelopmentNeedUpdated,
        RecordType::AppraisalHold => EventKind::AppraisalHoldUpdated,
        RecordType::Conversation => EventKind::ConversationUpdated,
        RecordType::AgreedAction => EventKind::AgreedActionUpdated,
        RecordType::Objective => EventKind::ObjectiveUpdated,
        RecordType::LearningRecord => EventKind::LearningRecordUpdated,
        RecordType::LearningRequest => EventKind::LearningRequestUpdated,
        RecordType::Priority => EventKind::PriorityUpdated,
        RecordType::Enrolment => EventKind::EnrolmentUpdated,
        RecordType::TrainingCompletion => EventKind::TrainingCompletionUpdated,
        RecordType::TrainingExemption => EventKind::TrainingExemptionUpdated,
        RecordType::CoachingPartnership => EventKind::CoachingPartnershipUpdated,
        RecordType::ActionStep => EventKind::ActionStepUpdated,
        RecordType::LearningVisit => EventKind::LearningVisitUpdated,
        RecordType::SelfReview => EventKind::SelfReviewUpdated,
        RecordType::SharedSelfReview => EventKind::SharedSelfReviewUpdated,
        RecordType::Finding => EventKind::FindingUpdated,
        RecordType::Account => EventKind::AccountUpdated,
        _ => EventKind::PersonUpdated,
    }
}

/// Gives these records their next version; answers id, version and whom the record is about.
async fn touch(tx: &mut Tx<'_>, record_type: RecordType, ids: Vec<Uid>) -> Result<Vec<(Uid, i64, About)>> {
    macro_rules! touched {
        ($table:ident, $($column:ident),*) => {
            diesel::update($table::table.filter($table::tenant_id.eq(tx.tenant())).filter($table::id.eq_any(ids)))
                .set(($table::version.eq($table::version + 1), $table::updated_at.eq(Moment(micros(tx.act.now)))))
                .returning(($table::id, $table::version, $($table::$column),*))
                .all(tx.conn())
                .await?
        };
    }
    let about = |organisation: Uid, person: Uid, private_to: Option<Uid>| About {
        organisation: Some(organisation.to()),
        person: Some(person.to()),
        private_to: private_to.map(Uid::to),
    };
    let about_one = |person: Uid| About { person: Some(person.to()), ..About::default() };
    let of_people: Vec<(Uid, i64, Uid)> = match record_type {
        RecordType::Employment => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(employments, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::Role => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(roles, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::Appraisal => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(appraisals, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::PayRecommendation => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(pay_recommendations, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::DevelopmentNeed => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(development_needs, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::AppraisalHold => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(appraisal_holds, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::Conversation => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(conversations, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::AgreedAction => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(agreed_actions, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::Objective => {
            let rows: Vec<(Uid, i64, Uid, Uid, Option<Uid>)> = touched!(objectives, organisation_id, person_id, private_to);
            return Ok(rows.into_iter().map(|(id, version, at, of, private)| (id, version, about(at, of, private))).collect());
        }
        RecordType::LearningRecord => {
            let rows: Vec<(Uid, i64, Uid, Uid, Option<Uid>)> = touched!(learning_records, organisation_id, person_id, private_to);
            return Ok(rows.into_iter().map(|(id, version, at, of, private)| (id, version, about(at, of, private))).collect());
        }
        RecordType::LearningRequest => {
            let rows: Vec<(Uid, i64, Uid, Uid, Option<Uid>)> = touched!(learning_requests, organisation_id, person_id, private_to);
            return Ok(rows.into_iter().map(|(id, version, at, of, private)| (id, version, about(at, of, private))).collect());
        }
        RecordType::Enrolment => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(enrolments, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::TrainingCompletion => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(training_completions, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::TrainingExemption => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(training_exemptions, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, None))).collect());
        }
        RecordType::Priority => {
            let rows: Vec<(Uid, i64, Uid)> = touched!(priorities, organisation_id);
            let of = |at: Uid| About { organisation: Some(at.to()), ..About::default() };
            return Ok(rows.into_iter().map(|(id, version, at)| (id, version, of(at))).collect());
        }
        RecordType::CoachingPartnership => {
            let rows: Vec<(Uid, i64, Uid)> = touched!(coaching_partnerships, learner_id);
            return Ok(rows.into_iter().map(|(id, version, of)| (id, version, about_one(of))).collect());
        }
        RecordType::ActionStep => {
            let rows: Vec<(Uid, i64, Uid)> = touched!(action_steps, learner_id);
            return Ok(rows.into_iter().map(|(id, version, of)| (id, version, about_one(of))).collect());
        }
        RecordType::LearningVisit => {
            let rows: Vec<(Uid, i64, Uid)> = touched!(learning_visits, visited_id);
            return Ok(rows.into_iter().map(|(id, version, of)| (id, version, about_one(of))).collect());
        }
        RecordType::SelfReview => {
            let rows: Vec<(Uid, i64, Uid, Uid)> = touched!(self_reviews, organisation_id, person_id);
            return Ok(rows.into_iter().map(|(id, version, at, of)| (id, version, about(at, of, Some(of)))).collect());
        }
        RecordType::SharedSelfReview => {
            let rows: Vec<(Uid, i64, Uid)> = touched!(shared_self_reviews, owner_id);
            return Ok(rows.into_iter().map(|(id, version, of)| (id, version, about_one(of))).collect());
        }
        RecordType::Finding => {
            let rows: Vec<(Uid, i64, Uid, Option<Uid>)> = touched!(findings, organisation_id, author_id);
            let of = |at: Uid, author: Option<Uid>| About { organisation: Some(at.to()), person: author.map(Uid::to), private_to: None };
            return Ok(rows.into_iter().map(|(id, version, at, author)| (id, version, of(at, author))).collect());
        }
        RecordType::Relationship => touched!(relationships, person_id),
        RecordType::Account => touched!(accounts, person_id),
        other => return Err(corrupt(format!("no record of the type {other} is ever moved"))),
    };
    let mut out = Vec::with_capacity(of_people.len());
    for (id, version, person) in of_people {
        out.push((id, version, super::person::about_person(tx, person.to()).await?));
    }
    Ok(out)
}
