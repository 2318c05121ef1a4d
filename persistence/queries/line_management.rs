//! Relationships as they stand while many change at once, each judged as if the ones before it were there; and handed over.

use super::prelude::*;
use crate::{
    line_management::{AppraisalHandedOver, HandOver, HandedOver, HandedOverAll},
    organisation::ImportAction,
};
use std::collections::{BTreeSet, HashMap};
use trellis_domain::{
    event::EventKind,
    id::{PersonId, RelationshipId},
    line_management::handed_over,
    relationship::{Relationship, RelationshipKind, appoint, circle_among},
    rule::{Code, Faults, RuleError},
    time::micros,
};

/// The relationships of the people who are spoken of, and of everybody who manages them, with what was done so far.
#[derive(Default)]
pub(super) struct Standing {
    of: HashMap<PersonId, Vec<Relationship>>,
}
impl Standing {
    /// Those of these people and of everybody above them.
    pub(super) async fn load(cx: &mut Cx<'_>, people: BTreeSet<PersonId>) -> Result<Self> {
        let mut standing = Self::default();
        let mut level: Vec<Uid> = people.into_iter().map(Uid::from).collect();
        while !level.is_empty() {
            level.iter().for_each(|person| _ = standing.of.entry(person.to()).or_default());
            // SQLite binds at most 32,766 values in one statement
            for part in level.chunks(10_000) {
                for tie in super::relationship::of_people(cx, part).await? {
                    standing.of.entry(tie.person_id).or_default().push(tie);
                }
            }
            let ties = level.iter().flat_map(|person| standing.of(person.to()));
            let above: BTreeSet<PersonId> = ties.filter(|r| r.kind == RelationshipKind::LineManager).map(|r| r.holder_id).collect();
            level = above.into_iter().filter(|person| !standing.of.contains_key(person)).map(Uid::from).collect();
        }
        Ok(standing)
    }
    /// Everybody of whom it is known how they stand.
    pub(super) fn people(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.of.keys().copied()
    }
    pub(super) fn of(&self, person: PersonId) -> &[Relationship] {
        self.of.get(&person).map_or(&[], Vec::as_slice)
    }
    pub(super) fn put(&mut self, tie: &Relationship) {
        let list = self.of.entry(tie.person_id).or_default();
        list.retain(|r| r.id != tie.id);
        list.push(tie.clone());
    }
}

/// Judges a new relationship with those that it ends as if they had ended. `line` is what a file says of who manages whom.
pub(super) async fn judge(
    tx: &mut Tx<'_>,
    standing: &Standing,
    new: &Relationship,
    ending: &[Relationship],
    line: impl Fn(PersonId, PersonId) -> Option<u64>,
) -> Result<()> {
    let now = |r: &Relationship| ending.iter().find(|e| e.id == r.id).unwrap_or(r).clone();
    let own: Vec<Relationship> = standing.of(new.person_id).iter().map(now).collect();
    appoint(new, tx.caller.person(), &own).map_err(|e| e.of("/holder"))?;
    // what ends is the person's own, and a circle is closed where it comes back to them
    if new.kind == RelationshipKind::LineManager
        && let Some(closed) = circle_among(new, |person| standing.of(person))
    {
        return Err(super::relationship::told_of_rows(tx, &closed, line).await?.of("/holder").into());
    }
    Ok(())
}

pub(super) async fn begin(tx: &mut Tx<'_>, new: &Relationship) -> Result<()> {
    super::relationship::insert(tx, std::slice::from_ref(new)).await?;
    let about = super::person::about_person(tx, new.person_id).await?;
    tx.event(EventKind::RelationshipCreated, None, new, about);
    Ok(())
}
pub(super) async fn finish(tx: &mut Tx<'_>, before: &Relationship, after: &Relationship) -> Result<()> {
    super::relationship::replace(tx, before.version, after).await?;
    let about = super::person::about_person(tx, after.person_id).await?;
    tx.event(EventKind::RelationshipEnded, Some(before), after, about);
    Ok(())
}

/// May the caller write this person's relationships? Somebody whom they may not know of is nobody.
pub(super) async fn writable(tx: &mut Tx<'_>, person: PersonId) -> Result<()> {
    match super::person::writable(tx, person).await {
        Err(StoreError::Missing) => Err(RuleError::at(Code::UnknownReference, "/person", "no such person").into()),
        Err(StoreError::Rule(rule)) => Err(rule.of("/person").into()),
        other => other,
    }
}

impl Write<Here> for HandOver {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<HandedOverAll> {
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
        let mut people: BTreeSet<PersonId> = held.iter().map(|r| r.person_id).collect();
        for person in &people {
            access::guard(tx, *person).await?;
        }
        people.extend(self.to.iter().chain(self.to_each.iter().map(|(_, to)| to)));
        let mut standing = Standing::load(tx, people).await?;
        let mut relationships = Vec::new();
        for old in held {
            let Some(to) = self.successor(old.person_id) else { continue };
            // whom the caller may not know of is not spoken of
            if matches!(super::person::named(tx, old.person_id, "").await, Err(StoreError::Rule(_))) {
                continue;
            }
            let result = one_over(tx, &mut standing, &old, to, self.on).await.map(|begun| (ImportAction::Updated, Some(begun)));
            let (action, begun) = alone(result, |fault| (ImportAction::Failed(fault), None))?;
            relationships.push(HandedOver { person_id: old.person_id, kind: old.kind, to, ended: old.id, begun, action });
        }
        // who appraises from that day on was noted above, and gives the authority
        let mut appraisals = Vec::new();
        if self.appraisals {
            for appraisal in super::appraisal::appraised_from(tx, self.person_id, self.on).await? {
                let Some(to) = self.successor(appraisal.person_id) else { continue };
                let (id, person_id) = (appraisal.id, appraisal.person_id);
                let result =
                    super::appraisal::succeed(tx, appraisal, self.person_id, to, self.on).await.map(|follows| follows.then_some(ImportAction::Updated));
                if let Some(action) = alone(result, |fault| Some(ImportAction::Failed(fault)))? {
                    appraisals.push(AppraisalHandedOver { id, person_id, to, action });
                }
            }
        }
        Ok(HandedOverAll { relationships, appraisals })
    }
}

async fn one_over(tx: &mut Tx<'_>, standing: &mut Standing, old: &Relationship, to: PersonId, on: chrono::NaiveDate) -> Result<RelationshipId> {
    writable(tx, old.person_id).await?;
    let (ended, new) = handed_over(old, to, on)?;
    let now = micros(tx.act.now);
    let new = Relationship { id: tx.new_id(), version: 1, created_at: now, updated_at: now, ..new };
    judge(tx, standing, &new, std::slice::from_ref(&ended), |_, _| None).await?;
    if let Some(ended) = tx.next(old, ended) {
        finish(tx, old, &ended).await?;
        standing.put(&ended);
    }
    begin(tx, &new).await?;
    standing.put(&new);
    Ok(new.id)
}
