//! A row about required training that a person did with an outside provider. A completion is a fact: it is recorded, taken back, and never changed. So
//! what the provider corrects is taken back and recorded anew, and what the school took back the same row does not bring back.

use super::{
    Field, Intake, OrganisationKey, RowAction,
    facts::{Facts, Known},
    key_text,
    learner::{LearnerKey, learner, organisation},
    reading::Reading,
};
use crate::{
    employment::Employment,
    id::{OrganisationId, PersonId, TrainingCompletionId, TrainingRequirementId},
    rule::{Code, Fault},
    text::{ExternalRef, Reference, Title},
    training::{RequirementState, TrainingRequirement, completion::TrainingCompletion},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What a row says of a training that somebody did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CompletionRow {
    /// The row's key: what the provider calls it.
    pub external_ref: Option<ExternalRef>,
    /// Who did it.
    pub person: LearnerKey,
    /// The school that keeps the record.
    pub organisation: Option<OrganisationKey>,
    /// Which training.
    pub requirement_id: Option<TrainingRequirementId>,
    /// When they had done it.
    pub completed_on: Option<NaiveDate>,
    /// With whom.
    pub provider: Field<Title>,
    /// What the certificate is called.
    pub certificate: Field<Reference>,
}

const FIELDS: [&str; 7] = ["external_ref", "person", "organisation", "requirement_id", "completed_on", "provider", "certificate"];

/// Reads a row.
pub fn read(value: &Value, line: Option<u64>) -> Intake<CompletionRow> {
    let mut r = Reading::default();
    let Some(of) = r.object(value, "", &FIELDS) else { return Intake { row: CompletionRow::default(), faults: r.faults, line, sent: Vec::new() } };
    if !of.has("external_ref") {
        r.fault("/external_ref".into(), Code::InvalidValue, "is missing");
    }
    let external_ref = r.reference_of(of, "external_ref");
    let person = r.learner(of);
    let organisation = if of.has("organisation") { r.organisation(of, "organisation") } else { None };
    let requirement_id = r.text(of, "requirement_id");
    let requirement_id = r.needed(of, "requirement_id", requirement_id);
    let completed_on = r.day(of, "completed_on");
    let completed_on = r.needed(of, "completed_on", completed_on);
    let provider = r.text(of, "provider");
    let certificate = r.text(of, "certificate");
    let row = CompletionRow { external_ref, person, organisation, requirement_id, completed_on, provider, certificate };
    Intake { row, faults: r.faults, line, sent: Vec::new() }
}

/// What is there of rows about training.
#[derive(Debug, Default)]
pub struct Held {
    /// Requirements that the caller can know of, and those of them that are asked.
    pub requirements: HashMap<TrainingRequirementId, TrainingRequirement>,
    /// Every completion of the people of the rows, and every other that the rows name.
    pub completions: Vec<TrainingCompletion>,
    /// Organisations with everything above them.
    pub paths: HashMap<OrganisationId, Vec<OrganisationId>>,
}

impl Held {
    /// Takes note of what a row did, for the rows after it.
    pub fn apply(&mut self, plan: &Plan) {
        if let Some((before, _)) = &plan.corrects {
            self.completions.retain(|c| c.id != before.id);
        }
        self.completions.extend(plan.new.clone());
    }
}

/// What is done with a row.
#[derive(Debug)]
pub struct Plan {
    /// The completion that stands in the end.
    pub id: TrainingCompletionId,
    /// What is recorded.
    pub new: Option<TrainingCompletion>,
    /// What is taken back because the provider corrects it, and what of it.
    pub corrects: Option<(TrainingCompletion, Vec<String>)>,
    /// What is done.
    pub action: RowAction,
}

/// What a row comes to. `by` is who sends it, if it is a person: nobody records their own.
///
/// # Errors
/// Every fault of the row.
pub fn plan(index: i64, intake: &Intake<CompletionRow>, facts: &Facts, held: &Held, ids: &mut dyn FnMut() -> Uuid) -> Result<Plan, Vec<Fault>> {
    let Intake { row, faults, .. } = intake;
    let Some(key) = &row.external_ref else { return Err(faults.clone()) };
    let mut faults = faults.clone();
    if let Some(first) = facts.keys.get(&key_text(key)).filter(|first| **first < index) {
        faults.push(Fault::new("/external_ref", Code::RepeatedRow, format!("row {first} has this external reference already")));
        return Err(faults);
    }
    let at = organisation(facts, row.organisation.as_ref()).map_err(|f| faults.push(f)).ok().flatten();
    let named = row.person != LearnerKey::default();
    let known = if named { learner(facts, &row.person, at).map_err(|f| faults.push(f)).ok() } else { None };
    let requirement = row.requirement_id.and_then(|id| {
        let found = held.requirements.get(&id);
        match found.map(|r| r.state) {
            None | Some(RequirementState::Draft) => faults.push(Fault::new("/requirement_id", Code::UnknownReference, "no such training requirement")),
            Some(RequirementState::Retired) => faults.push(Fault::new("/requirement_id", Code::WrongState, "the requirement is retired; this needs published")),
            Some(RequirementState::Published) => return found,
        }
        None
    });
    let (Some(known), Some(requirement), Some(completed_on)) = (known, requirement, row.completed_on) else { return Err(faults) };
    let employment = match recorded_at(known, requirement, completed_on, at, held) {
        Some(employment) if faults.is_empty() => employment,
        Some(_) => return Err(faults),
        None => {
            faults.push(Fault::new("/person", Code::OutsideEmployment, "they were never employed where this is required, or not where you may say so"));
            return Err(faults);
        }
    };
    let called = || held.completions.iter().filter(|c| c.external_ref.as_ref() == Some(key));
    let there = called().find(|c| c.void_reason.is_none());
    if there.is_some_and(|c| c.person_id != known.person.id) {
        return Err(vec![Fault::new("/external_ref", Code::Duplicate, "a completion of another person is called so")]);
    }
    let new = TrainingCompletion {
        id: TrainingCompletionId(ids()),
        requirement_id: requirement.id,
        person_id: known.person.id,
        organisation_id: employment.organisation_id,
        completed_on,
        provider: row.provider.clone().patch().unwrap_or_else(|| there.and_then(|c| c.provider.clone())),
        certificate: row.certificate.clone().patch().unwrap_or_else(|| there.and_then(|c| c.certificate.clone())),
        external_ref: Some(key.clone()),
        enrolment_id: None,
        recorded_by: facts.by,
        void_reason: None,
        version: 1,
        created_at: facts.now,
        updated_at: facts.now,
    };
    let stays = |c: &TrainingCompletion| Plan { id: c.id, new: None, corrects: None, action: RowAction::Unchanged };
    // what the school took back stays so for a row that says it, and for one that says less of it
    let said = |c: &TrainingCompletion| {
        let provider = row.provider.clone().patch().unwrap_or_else(|| c.provider.clone());
        let certificate = row.certificate.clone().patch().unwrap_or_else(|| c.certificate.clone());
        c.says_the_same(&TrainingCompletion { provider, certificate, ..new.clone() })
    };
    if let Some(same) = there.into_iter().chain(called().filter(|_| there.is_none())).find(|c| said(c)) {
        return Ok(stays(same));
    }
    let theirs: Vec<TrainingCompletion> = of(held, known.person.id).filter(|c| there.is_none_or(|t| t.id != c.id)).cloned().collect();
    let allowed = new.recordable(facts.today, &theirs).and_then(|()| there.map_or(Ok(()), |t| t.voidable(facts.by)));
    if let Err(rule) = allowed {
        return Err(if rule.faults.is_empty() { vec![Fault::new("/person", rule.code, &rule.message)] } else { rule.faults });
    }
    let corrects = there.map(|t| (t.clone(), differing(t, &new)));
    let action = if corrects.is_some() { RowAction::Updated } else { RowAction::Created };
    Ok(Plan { id: new.id, new: Some(new), corrects, action })
}

fn of(held: &Held, person: PersonId) -> impl Iterator<Item = &TrainingCompletion> {
    held.completions.iter().filter(move |c| c.person_id == person)
}

/// What a correction says differently.
fn differing(before: &TrainingCompletion, after: &TrainingCompletion) -> Vec<String> {
    let all = [
        ("requirement_id", before.requirement_id != after.requirement_id),
        ("completed_on", before.completed_on != after.completed_on),
        ("provider", before.provider != after.provider),
        ("certificate", before.certificate != after.certificate),
    ];
    all.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect()
}

/// The employment for which it is recorded: at the organisation that requires it or beneath, current on that day if there is one, or else the latest.
fn recorded_at<'k>(known: &'k Known, requirement: &TrainingRequirement, day: NaiveDate, at: Option<OrganisationId>, held: &Held) -> Option<&'k Employment> {
    let required = |e: &&Employment| held.paths.get(&e.organisation_id).is_some_and(|path| path.contains(&requirement.organisation_id));
    let ours = known.employments.iter().filter(|e| at.is_none_or(|at| at == e.organisation_id));
    ours.filter(required).max_by_key(|e| (e.period.contains(day), e.period.starts_on))
}
