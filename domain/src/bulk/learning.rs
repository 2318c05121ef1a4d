//! A row about something that a person learned with an outside provider. It becomes the person's own record, and private: the provider says what it
//! was, when, how long and with whom; what the person makes of it, what it serves and who sees it is theirs.

use super::{
    Field, Intake, OrganisationKey, RowAction,
    facts::Facts,
    key_text,
    learner::{LearnerKey, employed, learner, organisation},
    reading::Reading,
};
use crate::{
    access::Audience,
    event::changes,
    id::{LearningRecordId, PersonId},
    learning::{LearningKind, LearningRecord, LearningRecordPatch, MOST_MINUTES},
    provenance::{Kept, LearningField as Of, Provenance, Writer},
    rule::{Code, Fault, RuleError},
    text::{ExternalRef, Title},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use uuid::Uuid;

/// What a row says of somebody's learning.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LearningRow {
    /// The row's key: what the provider calls it.
    pub external_ref: Option<ExternalRef>,
    /// Whose it is.
    pub person: LearnerKey,
    /// The school in whose employment they learned it.
    pub organisation: Option<OrganisationKey>,
    /// What it was.
    pub title: Option<Title>,
    /// How.
    pub kind: Option<LearningKind>,
    /// First day.
    pub started_on: Option<NaiveDate>,
    /// Last day; of something new the first, if nothing is said.
    pub ended_on: Option<NaiveDate>,
    /// How long, in minutes.
    pub minutes: Option<i32>,
    /// Who provided it.
    pub provider: Field<Title>,
}

const FIELDS: [&str; 9] = ["external_ref", "person", "organisation", "title", "kind", "started_on", "ended_on", "minutes", "provider"];

/// Reads a row.
pub fn read(value: &Value, line: Option<u64>) -> Intake<LearningRow> {
    let mut r = Reading::default();
    let Some(of) = r.object(value, "", &FIELDS) else { return Intake { row: LearningRow::default(), faults: r.faults, line, sent: Vec::new() } };
    if !of.has("external_ref") {
        r.fault("/external_ref".into(), Code::InvalidValue, "is missing");
    }
    let external_ref = r.reference_of(of, "external_ref");
    let person = r.learner(of);
    let organisation = if of.has("organisation") { r.organisation(of, "organisation") } else { None };
    let title = r.text(of, "title");
    let title = r.firm(of, "title", title);
    let kind = r.text(of, "kind");
    let kind = r.firm(of, "kind", kind);
    let started_on = r.day(of, "started_on");
    let started_on = r.firm(of, "started_on", started_on);
    let ended_on = r.day(of, "ended_on");
    let ended_on = r.firm(of, "ended_on", ended_on);
    let minutes = r.number(of, "minutes", 0..=MOST_MINUTES);
    let minutes = r.firm(of, "minutes", minutes);
    let provider = r.text(of, "provider");
    let row = LearningRow { external_ref, person, organisation, title, kind, started_on, ended_on, minutes, provider };
    Intake { row, faults: r.faults, line, sent: Vec::new() }
}

/// By what is known again what somebody deleted: a digest of whose it was and what the provider calls it, which names neither.
pub fn digest(tenant: Uuid, owner: PersonId, reference: &ExternalRef) -> Vec<u8> {
    Sha256::new().chain_update(tenant.as_bytes()).chain_update(owner.0.as_bytes()).chain_update(key_text(reference)).finalize().to_vec()
}

/// Whose learning a row is about, if it is clear.
pub fn whose(row: &LearningRow, facts: &Facts) -> Option<PersonId> {
    let at = organisation(facts, row.organisation.as_ref()).ok()?;
    learner(facts, &row.person, at).ok().map(|known| known.person.id)
}

/// What is there of rows about learning.
#[derive(Debug, Default)]
pub struct Held {
    /// Records by what the provider calls them.
    pub records: HashMap<ExternalRef, LearningRecord>,
    /// Records that their owners deleted: whose they were, and what the provider calls them.
    pub deleted: HashSet<(PersonId, ExternalRef)>,
}

/// What is done with a row.
#[derive(Debug)]
pub struct Plan {
    /// The record as it was, if there was one.
    pub before: Option<LearningRecord>,
    /// The record as it becomes; none, if its owner deleted it.
    pub after: Option<LearningRecord>,
    /// What is done.
    pub action: RowAction,
    /// Names of what changes.
    pub changed: Vec<String>,
    /// What is kept as its owner, or another provider, has it.
    pub kept: Kept,
}

/// What a row comes to.
///
/// # Errors
/// Every fault of the row.
pub fn plan(index: i64, intake: &Intake<LearningRow>, facts: &Facts, held: &Held, ids: &mut dyn FnMut() -> Uuid) -> Result<Plan, Vec<Fault>> {
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
    if known.is_some_and(|k| held.deleted.contains(&(k.person.id, key.clone()))) && faults.is_empty() {
        return Ok(Plan { before: None, after: None, action: RowAction::Unchanged, changed: Vec::new(), kept: Kept::default() });
    }
    let before = held.records.get(key);
    if before.is_some_and(|before| known.is_some_and(|k| k.person.id != before.person_id)) {
        faults.push(Fault::new("/external_ref", Code::Duplicate, "the learning of another person is called so"));
        return Err(faults);
    }
    if before.is_none() {
        let missing =
            [("/title", row.title.is_none()), ("/kind", row.kind.is_none()), ("/started_on", row.started_on.is_none()), ("/minutes", row.minutes.is_none())];
        for (pointer, missing) in missing {
            if missing && !faults.iter().any(|f| f.pointer == pointer) {
                faults.push(Fault::new(pointer, Code::InvalidValue, "is missing: something new needs it"));
            }
        }
    }
    let started_on = row.started_on.or(before.map(|b| b.started_on));
    let (Some(known), Some(started_on)) = (known, started_on) else { return Err(faults) };
    // who reads what is shared follows the school where it stands: that is settled when it is taken in, and no provider's to change
    let stands = match before {
        Some(before) if at.is_some_and(|at| at != before.organisation_id) => {
            faults.push(Fault::new("/organisation", Code::WrongState, "it stands at another school already, and stays there"));
            None
        }
        Some(before) => Some((before.employment_id, before.organisation_id)),
        None => employed(known, started_on, at).map(|e| (e.id, e.organisation_id)).map_err(|f| faults.push(f)).ok(),
    };
    let enough = row.title.is_some() && row.kind.is_some() && row.minutes.is_some();
    if before.is_none() && !enough {
        return Err(faults);
    }
    let (mut kept, writer) = (Kept::default(), Writer { source: &key.source, take_over: false, unread: true });
    let after = match before {
        Some(before) => described(before, row, writer, &mut kept, facts.today),
        None => new(row, key, ids(), facts),
    };
    let after = match after {
        Ok(after) => after,
        Err(rule) => {
            faults.extend(if rule.faults.is_empty() { vec![Fault::new("", rule.code, &rule.message)] } else { rule.faults });
            return Err(faults);
        }
    };
    let Some((employment_id, organisation_id)) = stands.filter(|_| faults.is_empty()) else { return Err(faults) };
    let after = LearningRecord { person_id: known.person.id, employment_id, organisation_id, ..after };
    let found = changes(before, &after);
    let told = |field: &&String| Of::ALL.iter().any(|of| of.as_str() == field.as_str());
    let changed: Vec<String> = found.fields.iter().filter(told).filter(|f| !found.values[*f]["after"].is_null() || before.is_some()).cloned().collect();
    let action = match (before, found.fields.is_empty()) {
        (None, _) => RowAction::Created,
        (Some(_), true) => RowAction::Unchanged,
        (Some(_), false) => RowAction::Updated,
    };
    Ok(Plan { before: before.cloned(), after: Some(after), action, changed, kept })
}

/// The record as its provider describes it: what its owner changed stays.
fn described(before: &LearningRecord, row: &LearningRow, writer: Writer<'_>, kept: &mut Kept, today: NaiveDate) -> Result<LearningRecord, RuleError> {
    let mut provenance = before.provenance.clone();
    // when it was and how long it took stand together: where one is the owner's, a row with another would find out what that is
    let kept_by_owner = [Of::StartedOn, Of::EndedOn, Of::Minutes].into_iter().any(|of| provenance.is_overridden(of));
    let said = [(Of::StartedOn, row.started_on.is_some()), (Of::EndedOn, row.ended_on.is_some()), (Of::Minutes, row.minutes.is_some())];
    kept.overridden.extend(said.into_iter().filter(|(_, said)| kept_by_owner && *said).map(|(of, _)| of.as_str().to_owned()));
    let (started_on, ended_on, minutes) = if kept_by_owner { (None, None, None) } else { (row.started_on, row.ended_on, row.minutes) };
    let patch = LearningRecordPatch {
        title: provenance.admit(Of::Title, &before.title, row.title.clone(), writer, "", kept),
        kind: provenance.admit(Of::Kind, &before.kind, row.kind, writer, "", kept),
        started_on: provenance.admit(Of::StartedOn, &before.started_on, started_on, writer, "", kept),
        ended_on: provenance.admit(Of::EndedOn, &before.ended_on, ended_on, writer, "", kept),
        minutes: provenance.admit(Of::Minutes, &before.minutes, minutes, writer, "", kept),
        provider: provenance.admit(Of::Provider, &before.provider, row.provider.clone().patch(), writer, "", kept),
        ..LearningRecordPatch::default()
    };
    Ok(LearningRecord { provenance, ..before.patched(patch, today)? })
}

/// Something new.
fn new(row: &LearningRow, key: &ExternalRef, id: Uuid, facts: &Facts) -> Result<LearningRecord, RuleError> {
    let LearningRow { title, kind, started_on, ended_on, minutes, provider, .. } = row.clone();
    let (Some(title), Some(kind), Some(started_on), Some(minutes)) = (title, kind, started_on, minutes) else {
        return Err(RuleError::new(Code::InvalidValue, "something new needs a title, a kind, a first day and minutes"));
    };
    let mut provenance = Provenance::default();
    let said = [(Of::EndedOn, ended_on.is_some()), (Of::Provider, !provider.is_absent())];
    let always = [Of::Title, Of::Kind, Of::StartedOn, Of::Minutes].map(|of| (of, true));
    always.into_iter().chain(said).filter(|(_, said)| *said).for_each(|(of, _)| provenance.claim(of, &key.source));
    let record = LearningRecord {
        id: LearningRecordId(id),
        person_id: PersonId(Uuid::nil()),
        employment_id: crate::id::EmploymentId(Uuid::nil()),
        organisation_id: crate::id::OrganisationId(Uuid::nil()),
        title,
        kind,
        started_on,
        ended_on: ended_on.unwrap_or(started_on),
        minutes,
        provider: provider.patch().flatten(),
        reflection: None,
        reflection_prompt: None,
        shared_with: Audience::default(),
        objective_ids: Vec::new(),
        standard_ids: Vec::new(),
        priority_ids: Vec::new(),
        external_ref: Some(key.clone()),
        provenance,
        version: 1,
        created_at: facts.now,
        updated_at: facts.now,
    };
    record.check(facts.today).map(|()| record)
}
