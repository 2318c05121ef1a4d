//! Relationships from a file, and handed over: many at once, each judged as if the ones before it were there.

use super::prelude::*;
use crate::{
    line_management::{HandOver, HandedOver, ImportRelationships, RowResult},
    organisation::ImportAction,
};
use std::collections::{BTreeSet, HashMap};
use trellis_domain::{
    event::{EventKind, RecordType},
    id::{OrganisationId, PersonId, RelationshipId},
    line_management::{PersonName, Said, SchoolName, Step, handed_over, place},
    person::Trn,
    relationship::{Relationship, RelationshipKind, appoint, circle},
    rule::{Code, Faults, RuleError},
    text::Wire,
    time::micros,
};

/// Relationships as they stand, with what was done so far.
struct Standing {
    of: HashMap<PersonId, Vec<Relationship>>,
    line_management: Vec<Relationship>,
}
impl Standing {
    async fn load(cx: &mut Cx<'_>, people: &[PersonId]) -> Result<Self> {
        let mut of: HashMap<PersonId, Vec<Relationship>> = HashMap::new();
        for tie in super::relationship::around(cx, people).await? {
            of.entry(tie.person_id).or_default().push(tie);
        }
        Ok(Self { of, line_management: super::relationship::line_management(cx, None).await? })
    }
    fn of(&self, person: PersonId) -> &[Relationship] {
        self.of.get(&person).map_or(&[], Vec::as_slice)
    }
    fn put(&mut self, tie: &Relationship) {
        let mut lists = vec![self.of.entry(tie.person_id).or_default()];
        if tie.kind == RelationshipKind::LineManager {
            lists.push(&mut self.line_management);
        }
        for list in lists {
            list.retain(|r| r.id != tie.id);
            list.push(tie.clone());
        }
    }
}

/// Judges a new relationship with those that it ends as if they had ended.
async fn judge(tx: &mut Tx<'_>, standing: &Standing, new: &Relationship, ending: &[Relationship]) -> Result<()> {
    let now = |r: &Relationship| ending.iter().find(|e| e.id == r.id).unwrap_or(r).clone();
    let own: Vec<Relationship> = standing.of(new.person_id).iter().map(now).collect();
    appoint(new, tx.caller.person(), &own).map_err(|e| e.of("/holder"))?;
    if new.kind == RelationshipKind::LineManager {
        let all: Vec<Relationship> = standing.line_management.iter().map(now).collect();
        if let Some(closed) = circle(new, &all) {
            return Err(super::relationship::told(tx, &closed).await?.of("/holder").into());
        }
    }
    Ok(())
}

async fn begin(tx: &mut Tx<'_>, new: &Relationship) -> Result<()> {
    super::relationship::insert(tx, std::slice::from_ref(new)).await?;
    let about = super::person::about_person(tx, new.person_id).await?;
    tx.event(EventKind::RelationshipCreated, None, new, about);
    Ok(())
}
async fn finish(tx: &mut Tx<'_>, before: &Relationship, after: &Relationship) -> Result<()> {
    super::relationship::replace(tx, before.version, after).await?;
    let about = super::person::about_person(tx, after.person_id).await?;
    tx.event(EventKind::RelationshipEnded, Some(before), after, about);
    Ok(())
}

/// Who is named by what, as far as the caller may know.
#[derive(Default)]
struct Names {
    people: HashMap<PersonName, std::result::Result<PersonId, RuleError>>,
    schools: HashMap<SchoolName, Option<OrganisationId>>,
}

fn unknown(message: &str) -> RuleError {
    RuleError::at(Code::UnknownReference, "", message)
}

impl Names {
    async fn of(&mut self, tx: &mut Tx<'_>, name: &PersonName) -> Result<std::result::Result<PersonId, RuleError>> {
        if let Some(known) = self.people.get(name) {
            return Ok(known.clone());
        }
        let found = match self.found(tx, name).await? {
            None => Err(unknown("no such person")),
            Some(id) => match super::person::named(tx, id, "").await {
                Ok(()) => Ok(id),
                Err(StoreError::Rule(rule)) => Err(rule),
                Err(e) => return Err(e),
            },
        };
        self.people.insert(name.clone(), found.clone());
        Ok(found)
    }
    async fn found(&mut self, tx: &mut Tx<'_>, name: &PersonName) -> Result<Option<PersonId>> {
        Ok(match name {
            PersonName::Id(id) => Some(*id),
            PersonName::Reference(reference) => super::external_ref::find(tx, RecordType::Person, reference).await?.map(Uid::to),
            PersonName::Trn(trn) => super::person::by_trn(tx, trn).await?,
            PersonName::Code(school, code) => {
                let by_code = match self.school(tx, school).await? {
                    Some(at) => super::staff_code::owner(tx, at.into(), code.as_str()).await?.map(Uid::to),
                    None => return Ok(None),
                };
                match (by_code, Trn::parse(code.as_str())) {
                    (None, Ok(trn)) => super::person::by_trn(tx, &trn).await?,
                    (found, _) => found,
                }
            }
        })
    }
    async fn school(&mut self, tx: &mut Tx<'_>, name: &SchoolName) -> Result<Option<OrganisationId>> {
        if let Some(known) = self.schools.get(name) {
            return Ok(*known);
        }
        let found = match name {
            SchoolName::Id(id) => Some(*id),
            SchoolName::Urn(urn) => super::organisation::by_urn(tx, &[urn.as_str()]).await?.get(urn).map(|id| id.to()),
        };
        self.schools.insert(name.clone(), found);
        Ok(found)
    }
}

type Outcome = (ImportAction, Option<RelationshipId>, Vec<RelationshipId>);

/// A row that breaks a rule fails alone; anything else ends the whole.
fn alone<T>(result: Result<T>, failed: impl FnOnce(RuleError) -> T) -> Result<T> {
    match result {
        Err(StoreError::Rule(rule)) => Ok(failed(rule)),
        other => other,
    }
}

/// May the caller write this person's relationships? Somebody whom they may not know of is nobody.
async fn writable(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    match super::person::writable(tx, person).await {
        Err(StoreError::Missing) => Err(unknown("no such person").of("/person").into()),
        Err(StoreError::Rule(rule)) => Err(rule.of("/person").into()),
        other => other,
    }
}

impl Write<Here> for ImportRelationships {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<RowResult>> {
        access::guard(tx, tx.tenant()).await?;
        let mut names = Names::default();
        // who is meant, before anything is judged
        let mut meant = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            meant.push(match &row.result {
                Err(fault) => Err(fault.clone()),
                Ok(said) => {
                    let (person, holder) = (names.of(tx, &said.person).await?, names.of(tx, &said.holder).await?);
                    let mut faults = Faults::default();
                    let both = (faults.check(person.map_err(|e| e.of("/person"))), faults.check(holder.map_err(|e| e.of("/holder"))));
                    faults.settle().and(both.0.zip(both.1).ok_or_else(|| unknown("no such person"))).map(|both| (said, both))
                }
            });
        }
        let people: BTreeSet<PersonId> = meant.iter().flatten().map(|(_, (person, _))| *person).collect();
        for person in &people {
            access::guard(tx, *person).await?;
        }
        let mut standing = Standing::load(tx, &people.into_iter().collect::<Vec<_>>()).await?;
        let mut been: HashMap<(PersonId, RelationshipKind), Vec<(u64, Relationship)>> = HashMap::new();
        let mut out = Vec::with_capacity(meant.len());
        for (row, meant) in self.rows.iter().zip(meant) {
            let result = match meant {
                Err(fault) => Err(fault.into()),
                Ok((said, both)) => one(self, tx, row.line, said, both, &mut standing, &mut been).await,
            };
            let (action, id, ended) = alone(result, |fault| (ImportAction::Failed(fault), None, Vec::new()))?;
            out.push(RowResult { line: row.line, id, ended, action });
        }
        Ok(out)
    }
}

/// What one row does, judged as if those before it were there.
async fn one(
    import: &ImportRelationships,
    tx: &mut Tx<'_>,
    line: u64,
    said: &Said,
    (person_id, holder_id): (PersonId, PersonId),
    standing: &mut Standing,
    been: &mut HashMap<(PersonId, RelationshipKind), Vec<(u64, Relationship)>>,
) -> Result<Outcome> {
    writable(tx, person_id).await?;
    let now = micros(tx.act.now);
    let Said { kind, period, replace, .. } = said;
    let new = Relationship { id: tx.new_id(), kind: *kind, person_id, holder_id, period: *period, cadence: None, version: 1, created_at: now, updated_at: now };
    let before = been.entry((person_id, *kind)).or_default();
    let clash = before.iter().find(|(_, other)| {
        let same = other.holder_id == new.holder_id && other.period == new.period;
        let alone = other.holder_id == new.holder_id || trellis_domain::line_management::one_at_a_time(*kind);
        !same && alone && other.period.overlaps(&new.period)
    });
    if let Some((other, _)) = clash {
        return Err(RuleError::at(Code::Duplicate, "/starts_on", format!("line {other} says otherwise about some of these days")).into());
    }
    before.push((line, new.clone()));
    let step = place(&new, standing.of(person_id), replace.unwrap_or(import.replace))?;
    match step {
        Step::Nothing(known) => Ok((ImportAction::Unchanged, Some(known.id), Vec::new())),
        Step::End(after) => {
            let id = after.id;
            ends(import, tx, standing, after).await?;
            Ok((ImportAction::Updated, Some(id), Vec::new()))
        }
        Step::Begin(ending) => {
            judge(tx, standing, &new, &ending).await?;
            let ended = ending.iter().map(|r| r.id).collect();
            for after in ending {
                ends(import, tx, standing, after).await?;
            }
            if !import.validate_only {
                begin(tx, &new).await?;
            }
            standing.put(&new);
            Ok((ImportAction::Created, (!import.validate_only).then_some(new.id), ended))
        }
    }
}
/// Gives a relationship its last day.
async fn ends(import: &ImportRelationships, tx: &mut Tx<'_>, standing: &mut Standing, after: Relationship) -> Result<()> {
    let before = standing.of(after.person_id).iter().find(|r| r.id == after.id).cloned().ok_or_else(|| corrupt("a relationship that ends is missing"))?;
    let Some(after) = tx.next(&before, after) else { return Ok(()) };
    if !import.validate_only {
        finish(tx, &before, &after).await?;
    }
    standing.put(&after);
    Ok(())
}

impl Write<Here> for HandOver {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Vec<HandedOver>> {
        super::person::writable(tx, self.person_id).await?;
        let mut faults = Faults::default();
        let successors = self.to.iter().map(|to| ("/to".to_owned(), *to)).chain(
            self.to_each.iter().enumerate().flat_map(|(i, (person, to))| [(format!("/to_each/{i}/person_id"), *person), (format!("/to_each/{i}/to"), *to)]),
        );
        for (pointer, person) in successors {
            match super::person::named(tx, person, &pointer).await {
                Err(StoreError::Rule(rule)) => _ = faults.check::<()>(Err(rule)),
                other => other?,
            }
        }
        faults.settle()?;
        access::guard(tx, tx.tenant()).await?;
        let held = super::relationship::around(tx, &[self.person_id]).await?;
        let held: Vec<Relationship> = held
            .into_iter()
            .filter(|r| r.holder_id == self.person_id && self.kinds.contains(&r.kind) && r.period.ends_on.is_none_or(|end| end >= self.on))
            .collect();
        let people: BTreeSet<PersonId> = held.iter().map(|r| r.person_id).collect();
        for person in &people {
            access::guard(tx, *person).await?;
        }
        let mut standing = Standing::load(tx, &people.into_iter().collect::<Vec<_>>()).await?;
        let mut out = Vec::new();
        for old in held {
            let Some(to) = self.to_each.iter().find(|(person, _)| *person == old.person_id).map(|(_, to)| *to).or(self.to) else { continue };
            // whom the caller may not know of is not spoken of
            if matches!(super::person::named(tx, old.person_id, "").await, Err(StoreError::Rule(_))) {
                continue;
            }
            let result = one_over(tx, &mut standing, &old, to, self.on).await.map(|begun| (ImportAction::Updated, Some(begun)));
            let (action, begun) = alone(result, |fault| (ImportAction::Failed(fault), None))?;
            out.push(HandedOver { person_id: old.person_id, kind: old.kind, to, ended: old.id, begun, action });
        }
        Ok(out)
    }
}

async fn one_over(tx: &mut Tx<'_>, standing: &mut Standing, old: &Relationship, to: PersonId, on: chrono::NaiveDate) -> Result<RelationshipId> {
    writable(tx, old.person_id).await?;
    let (ended, new) = handed_over(old, to, on)?;
    let now = micros(tx.act.now);
    let new = Relationship { id: tx.new_id(), version: 1, created_at: now, updated_at: now, ..new };
    judge(tx, standing, &new, std::slice::from_ref(&ended)).await?;
    if let Some(ended) = tx.next(old, ended) {
        finish(tx, old, &ended).await?;
        standing.put(&ended);
    }
    begin(tx, &new).await?;
    standing.put(&new);
    Ok(new.id)
}
