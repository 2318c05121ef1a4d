//! The roles and relationships of a row.

use super::{
    facts::Named,
    person::{PersonRow, RelationshipEntry},
    plan::{Change, Planning},
};
use crate::{
    id::{PersonId, RelationshipId, RoleId},
    relationship::{self, Relationship, RelationshipKind, appoint, circle},
    role::{self, Ground, Role, grant},
    rule::Code,
    text::ExternalRef,
    time::Period,
};
use chrono::Days;

/// Plans every role of a row.
pub(super) fn roles(p: &mut Planning<'_>, row: &PersonRow) {
    for (i, entry) in row.roles.iter().enumerate() {
        let at = format!("/roles/{i}");
        if !p.facts.grants {
            p.fault(&at, Code::NotPermitted, "roles are given by people whose own role has roles:write; machines give none");
            continue;
        }
        let (Some(name), Some(key)) = (entry.role, &entry.organisation) else { continue };
        let Some((organisation_id, place)) = p.facts.place(key) else {
            p.fault(&format!("{at}/organisation"), Code::UnknownReference, "no such organisation");
            continue;
        };
        // before anything is said of the role: whether it is held is not theirs to hear
        if !place.grants.contains(&name) {
            p.fault(&format!("{at}/organisation"), Code::NotPermitted, format!("only {} may do this", name.givers()));
            continue;
        }
        let starts_on = entry.starts_on.unwrap_or(p.facts.today);
        let period = match Period::new(starts_on, entry.ends_on.value().copied()) {
            Ok(period) => period,
            Err(rule) => {
                p.check(&at, Err(rule));
                continue;
            }
        };
        let held =
            p.known.roles.iter().find(|r| {
                r.role == name && r.organisation_id == organisation_id && (r.period.overlaps(&period) || Some(r.period.starts_on) == entry.starts_on)
            });
        let (before, after) = match held.cloned() {
            Some(held) => {
                let Some(end) = period.ends_on.filter(|end| held.period.ends_on != Some(*end)) else { continue };
                if p.said_by_one_alone(&at) {
                    continue;
                }
                match role::end(&held, end) {
                    Ok(after) => (Some(held), Role { version: after.version + 1, updated_at: p.facts.now, ..after }),
                    Err(rule) => {
                        p.check(&at, Err(rule));
                        continue;
                    }
                }
            }
            None => {
                let id = RoleId((p.ids)());
                let (now, person_id) = (p.facts.now, p.known.person.id);
                let new = Role { id, person_id, role: name, organisation_id, period, version: 1, created_at: now, updated_at: now };
                let rule = grant(&new, p.facts.by, &p.known.roles, Ground { at: place.kind, employments: &p.known.employments });
                p.check(&at, rule);
                (None, new)
            }
        };
        p.differ(&format!("roles/{i}/"), "roles", before.as_ref(), &after);
        p.known.roles.retain(|r| r.id != after.id);
        p.known.roles.push(after.clone());
        p.changes.push(Change::Role(before, after));
    }
}

/// Plans every relationship of a row.
pub(super) fn relationships(p: &mut Planning<'_>, row: &PersonRow, key: &ExternalRef) {
    for (i, entry) in row.relationships.iter().enumerate() {
        let at = format!("/relationships/{i}");
        let (Some(kind), Some(whom)) = (entry.kind, &entry.holder) else { continue };
        let own = |reference: &ExternalRef| reference == key || row.external_refs.contains(reference);
        let named = match whom {
            super::PersonKey::Ref(reference) if own(reference) => Named::Person(p.known.person.id),
            super::PersonKey::Trn(trn) if row.trn.value() == Some(trn) => Named::Person(p.known.person.id),
            other => p.facts.holder(other),
        };
        match named {
            Named::Person(holder) => relationship(p, &at, i, kind, holder, entry),
            Named::Nobody => p.fault(&format!("{at}/holder"), Code::UnknownReference, "no such person"),
            Named::Coming => p.waits = true,
        }
    }
}

fn relationship(p: &mut Planning<'_>, at: &str, i: usize, kind: RelationshipKind, holder_id: PersonId, entry: &RelationshipEntry) {
    let starts_on = entry.starts_on.unwrap_or(p.facts.today);
    let period = match Period::new(starts_on, entry.ends_on.value().copied()) {
        Ok(period) => period,
        Err(rule) => {
            p.check(at, Err(rule));
            return;
        }
    };
    let of_kind = || p.known.relationships.iter().filter(|r| r.kind == kind);
    let held = of_kind().find(|r| r.holder_id == holder_id && (r.period.overlaps(&period) || Some(r.period.starts_on) == entry.starts_on)).cloned();
    if let Some(held) = held {
        let Some(end) = period.ends_on.filter(|end| held.period.ends_on != Some(*end)) else { return };
        finish(p, at, i, &held, end);
        return;
    }
    let (now, person_id) = (p.facts.now, p.known.person.id);
    // without a first day the row says who it is today: whoever was it until now is it no longer
    if entry.starts_on.is_none() && matches!(kind, RelationshipKind::LineManager | RelationshipKind::Appraiser) {
        let until_now: Vec<Relationship> = of_kind().filter(|r| r.period.contains(starts_on)).cloned().collect();
        let yesterday = starts_on.checked_sub_days(Days::new(1)).unwrap_or(starts_on);
        until_now.iter().for_each(|r| finish(p, at, i, r, yesterday.max(r.period.starts_on)));
    }
    let id = RelationshipId((p.ids)());
    let new = Relationship { id, kind, person_id, holder_id, period, cadence: None, version: 1, created_at: now, updated_at: now };
    let allowed = appoint(&new, p.facts.by, &p.known.relationships);
    if p.check(at, allowed) && kind == RelationshipKind::LineManager {
        let mut all: Vec<Relationship> = p.facts.management.iter().filter(|r| r.person_id != person_id).cloned().collect();
        all.extend(p.known.relationships.iter().cloned());
        let closed = circle(&new, &all).map_or(Ok(()), |closed| Err(closed.told(|person| p.facts.called(person))));
        p.check(at, closed);
    }
    put(p, i, None, new);
}

fn finish(p: &mut Planning<'_>, at: &str, i: usize, held: &Relationship, last: chrono::NaiveDate) {
    if p.said_by_one_alone(&format!("{at}/holder")) {
        return;
    }
    match relationship::end(held, last) {
        Ok(after) => put(p, i, Some(held.clone()), Relationship { version: held.version + 1, updated_at: p.facts.now, ..after }),
        Err(rule) => _ = p.check(at, Err(rule)),
    }
}
fn put(p: &mut Planning<'_>, i: usize, before: Option<Relationship>, after: Relationship) {
    p.differ(&format!("relationships/{i}/"), "relationships", before.as_ref(), &after);
    p.known.relationships.retain(|r| r.id != after.id);
    p.known.relationships.push(after.clone());
    p.changes.push(Change::Relationship(before, after));
}
