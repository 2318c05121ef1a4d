//! Rows about schools and groups: there are few of them, so each is looked up, judged and saved by itself, by the functions of single writes.

use super::{
    super::{external_ref, organisation, prelude::*},
    Doing, Row, been, foreseen, keys, refused, undone,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    bulk::{
        Difference, OrganisationKey, Outcome, RowAction, Subject,
        foreseen::by_reference,
        key_text,
        organisation::{OrganisationRow, pointer},
    },
    event::{RecordType, changes},
    id::OrganisationId,
    job::JobKind,
    organisation::{Organisation, OrganisationKind, Scheme, place},
    provenance::{Kept, Writer},
    rule::{Code, Fault, RuleError},
    text::ExternalRef,
    time::micros,
};

/// What a row comes to.
struct Planned {
    before: Option<Organisation>,
    after: Organisation,
    kept: Kept,
}
enum Verdict {
    Take(Box<Planned>),
    Wait,
    Refuse(Vec<Fault>),
}

/// What earlier rows of the request were.
struct Seen {
    first: HashMap<String, i64>,
    coming: HashSet<String>,
    been: HashMap<OrganisationId, i64>,
    /// What earlier rows add or change that is not saved: in a trial, and where all or none are.
    foreseen: HashMap<String, Foreseen>,
}

/// An organisation that a row adds or changes.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Foreseen {
    id: OrganisationId,
    kind: OrganisationKind,
    /// Does the row add it?
    new: bool,
}

fn by_identifier(scheme: Scheme, value: &str) -> String {
    format!("{scheme}\u{1f}{value}")
}
/// The keys by which an organisation is found, or that nobody else may have.
fn keys_of(of: &Organisation) -> Vec<String> {
    let identifiers = of.identifiers.iter().filter(|i| i.scheme.unique()).map(|i| by_identifier(i.scheme, &i.value));
    of.external_refs.iter().map(by_reference).chain(identifiers).collect()
}
/// The keys by which rows name organisations.
fn named(row: &OrganisationRow) -> Vec<String> {
    let parent = match &row.parent {
        Some(OrganisationKey::Ref(reference)) => Some(by_reference(reference)),
        Some(OrganisationKey::Urn(urn)) => Some(by_identifier(Scheme::Urn, urn)),
        Some(OrganisationKey::Id(_)) | None => None,
    };
    let own = row.external_ref.iter().chain(&row.external_refs).map(by_reference);
    own.chain(row.identifiers().map(|i| by_identifier(i.scheme, &i.value))).chain(parent).collect()
}
impl Seen {
    fn by_ref(&self, reference: &ExternalRef) -> Option<Foreseen> {
        self.foreseen.get(&by_reference(reference)).copied()
    }
    fn by_urn(&self, urn: &str) -> Option<Foreseen> {
        self.foreseen.get(&by_identifier(Scheme::Urn, urn)).copied()
    }
    /// A value that an earlier row takes for another organisation.
    fn taken(&self, of: &Organisation) -> Vec<Fault> {
        let other = |key: String| self.foreseen.get(&key).is_some_and(|f| f.id != of.id);
        let unique = of.identifiers.iter().enumerate().filter(|(_, i)| i.scheme.unique() && other(by_identifier(i.scheme, &i.value)));
        let identifiers =
            unique.map(|(i, id)| Fault::new(pointer(&format!("/identifiers/{i}")), Code::Duplicate, format!("another organisation has this {}", id.scheme)));
        let refs = of.external_refs.iter().enumerate().filter(|(_, r)| other(by_reference(r)));
        identifiers
            .take(1)
            .chain(refs.map(|(i, _)| Fault::new(pointer(&format!("/external_refs/{i}")), Code::Duplicate, "this external reference is taken")))
            .collect()
    }
}

pub(super) async fn part(tx: &mut Tx<'_>, doing: &Doing, rows: &[Row<OrganisationRow>]) -> Result<(Vec<Outcome>, Vec<i64>)> {
    let mut wanted: Vec<String> = rows.iter().filter_map(|r| r.intake.row.external_ref.as_ref().map(key_text)).collect();
    wanted.extend(rows.iter().filter_map(|r| match &r.intake.row.parent {
        Some(OrganisationKey::Ref(reference)) => Some(key_text(reference)),
        _ => None,
    }));
    let (first, coming) = keys(tx, doing.job, &wanted).await?;
    let mut seen = Seen { first, coming, been: HashMap::new(), foreseen: HashMap::new() };
    if doing.validate_only {
        let named: Vec<String> = rows.iter().flat_map(|r| named(&r.intake.row)).collect();
        let found = foreseen::found(tx, doing.job, &named).await?;
        let records: HashMap<Uid, Foreseen> = foreseen::of(tx, doing.job, found.values().copied()).await?;
        seen.foreseen = found.into_iter().filter_map(|(key, id)| Some((key, *records.get(&id)?))).collect();
    }
    let mut kept = Vec::new();
    let (mut outcomes, mut waiting, mut plans) = (Vec::with_capacity(rows.len()), Vec::new(), Vec::new());
    for row in rows {
        let key = row.intake.row.external_ref.as_ref();
        match judge(tx, doing, row, &seen).await? {
            Verdict::Wait => waiting.push(row.index),
            Verdict::Refuse(faults) => {
                key.iter().for_each(|key| _ = seen.coming.remove(&key_text(key)));
                outcomes.push(refused(JobKind::OrganisationsBulkUpsert, row, key, faults, &[]));
            }
            Verdict::Take(planned) => {
                seen.been.insert(planned.after.id, row.index);
                key.iter().for_each(|key| _ = seen.coming.remove(&key_text(key)));
                if doing.validate_only || doing.atomic {
                    let (after, keys) = (&planned.after, keys_of(&planned.after));
                    let foreseen = Foreseen { id: after.id, kind: after.kind, new: planned.before.is_none() };
                    seen.foreseen.extend(keys.iter().map(|key| (key.clone(), foreseen)));
                    kept.push((Uid::from(after.id), foreseen, keys));
                }
                outcomes.push(taken(row, &planned, doing, &seen));
                match doing.atomic {
                    true => plans.push(*planned), // none is saved before all were judged
                    false if doing.validate_only => {}
                    false => save(tx, *planned).await?,
                }
            }
        }
    }
    if doing.atomic {
        if !waiting.is_empty() && !doing.last {
            return Box::pin(part(tx, &Doing { last: true, ..*doing }, rows)).await;
        }
        if outcomes.iter().any(|o| o.action == RowAction::Failed) {
            return Ok((outcomes.into_iter().map(undone).collect(), Vec::new()));
        }
        for planned in plans.into_iter().filter(|_| !doing.validate_only) {
            save(tx, planned).await?;
        }
    }
    if doing.validate_only {
        foreseen::keep(tx, doing.job, kept.into_iter()).await?;
    }
    Ok((outcomes, waiting))
}

async fn save(tx: &mut Tx<'_>, Planned { before, after, .. }: Planned) -> Result<()> {
    match before {
        None => organisation::insert(tx, &after).await,
        Some(before) => organisation::save(tx, &before, after).await.map(|_| ()),
    }
}

fn taken(row: &Row<OrganisationRow>, planned: &Planned, doing: &Doing, seen: &Seen) -> Outcome {
    let Planned { before, after, kept } = planned;
    let found = changes(before.as_ref(), after);
    let action = match (before, found.fields.is_empty()) {
        (None, _) => RowAction::Created,
        (Some(_), true) => RowAction::Unchanged,
        (Some(_), false) => RowAction::Updated,
    };
    let told = |field: &String| !(before.is_none() && found.values[field]["after"].is_null());
    let changed: Vec<String> = found.fields.iter().filter(|f| told(f)).cloned().collect();
    // what is only to be added has no id that means anything
    let beneath_new = after.parent_id.is_some_and(|at| seen.foreseen.values().any(|f| f.new && f.id == at));
    let difference = |field: &String| {
        let after = if field == "parent_id" && beneath_new { serde_json::Value::Null } else { found.values[field]["after"].clone() };
        Difference { field: field.clone(), before: found.values[field]["before"].clone(), after }
    };
    Outcome {
        external_ref: row.intake.row.external_ref.clone(),
        id: (before.is_some() || !doing.validate_only).then_some(after.id.0),
        differences: if doing.validate_only { changed.iter().map(difference).collect() } else { Vec::new() },
        changed,
        overridden: kept.overridden.clone(),
        managed_by_other: kept.managed_by_other.clone(),
        subject: Some(Subject { id: after.id.0, employments: Vec::new() }),
        ..Outcome::of(row.index, row.intake.line, action)
    }
}

/// Takes note of a rule that was not kept; anything else ends the part.
fn check<T>(faults: &mut Vec<Fault>, at: Option<&str>, result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(StoreError::Rule(RuleError { code, message, faults: found })) => {
            match (at, found.is_empty()) {
                (None, false) => faults.extend(found.into_iter().map(|f| Fault { pointer: pointer(&f.pointer), ..f })),
                (at, _) => faults.push(Fault::new(at.unwrap_or_default(), code, message)),
            }
            Ok(None)
        }
        Err(StoreError::Missing) => {
            faults.push(Fault::new("/external_ref", Code::Duplicate, "this reference, or the URN, belongs to an organisation that is not yours to see"));
            Ok(None)
        }
        Err(e) => Err(e),
    }
}

async fn judge(tx: &mut Tx<'_>, doing: &Doing, row: &Row<OrganisationRow>, seen: &Seen) -> Result<Verdict> {
    let mut faults = row.intake.faults.clone();
    let sent = &row.intake.row;
    let Some(key) = &sent.external_ref else { return Ok(Verdict::Refuse(faults)) };
    if doing.give_up {
        faults.push(Fault::new("", Code::Duplicate, "another record took one of these values at the same moment; send the row again"));
    }
    if let Some(first) = seen.first.get(&key_text(key)).filter(|first| **first < row.index) {
        faults.push(Fault::new("/external_ref", Code::RepeatedRow, format!("row {first} has this external reference already")));
        return Ok(Verdict::Refuse(faults));
    }
    // found by its reference, then by its URN
    let by_ref = match seen.by_ref(key) {
        Some(foreseen) => Some(foreseen.id.into()),
        None => external_ref::find(tx, RecordType::Organisation, key).await?,
    };
    let by_urn = match &sent.urn {
        Some(urn) => match seen.by_urn(urn) {
            Some(foreseen) => Some(foreseen.id.into()),
            None => organisation::by_urn(tx, &[urn]).await?.remove(urn),
        },
        None => None,
    };
    if let (Some(a), Some(b)) = (by_ref, by_urn)
        && a != b
    {
        let called = |id: Uid, row: Option<i64>| row.map_or_else(|| id.0.to_string(), |row| format!("the organisation of row {row}"));
        let (a, b) = (called(a, earlier(tx, doing, seen, a).await?), called(b, earlier(tx, doing, seen, b).await?));
        faults.push(Fault::new("/urn", Code::AmbiguousMatch, format!("the reference belongs to {a}, but the URN to {b}")));
        return Ok(Verdict::Refuse(faults));
    }
    let planned = match by_ref.or(by_urn) {
        Some(id) => known(tx, doing, row, seen, id, &mut faults).await?,
        None => match new(tx, doing, row, seen, &mut faults).await? {
            New::Planned(planned) => planned.map(|p| *p),
            New::Waits => return Ok(if faults.is_empty() { Verdict::Wait } else { Verdict::Refuse(faults) }),
        },
    };
    if let Some(Planned { before, after, .. }) = &planned {
        faults.extend(seen.taken(after));
        if before.as_ref().is_none_or(|b| b.identifiers != after.identifiers) {
            let taken = organisation::unique_identifiers(tx, after).await;
            check(&mut faults, None, taken)?;
        }
        if before.as_ref().is_none_or(|b| b.external_refs != after.external_refs) {
            let taken = external_ref::check(tx, RecordType::Organisation, after.id.into(), &after.external_refs).await;
            check(&mut faults, None, taken)?;
        }
    }
    Ok(match planned {
        Some(planned) if faults.is_empty() => Verdict::Take(Box::new(planned)),
        _ => Verdict::Refuse(faults),
    })
}

/// The earlier row of the request that was about this organisation.
async fn earlier(tx: &mut Tx<'_>, doing: &Doing, seen: &Seen, id: Uid) -> Result<Option<i64>> {
    Ok(been(tx, doing.job, &[id]).await?.first().map(|(_, index, _)| *index).or_else(|| seen.been.get(&id.to()).copied()))
}

/// A row about an organisation that there is.
async fn known(tx: &mut Tx<'_>, doing: &Doing, row: &Row<OrganisationRow>, seen: &Seen, id: Uid, faults: &mut Vec<Fault>) -> Result<Option<Planned>> {
    let sent = &row.intake.row;
    if let Some(first) = earlier(tx, doing, seen, id).await? {
        faults.push(Fault::new("", Code::RepeatedRow, format!("row {first} is about this organisation already")));
        return Ok(None);
    }
    let may = organisation::writable(tx, id.to()).await;
    if check(faults, Some(""), may)?.is_none() {
        return Ok(None);
    }
    let before = organisation::load(tx, id.to()).await?;
    if sent.kind.is_some_and(|kind| kind != before.kind) {
        faults.push(Fault::new("/kind", Code::MisplacedOrganisation, format!("it is a {}, and stays one", before.kind)));
    }
    if let Some(parent) = &sent.parent
        && let Some((parent, _)) = parent_of(tx, parent, seen, faults).await?
        && Some(parent) != before.parent_id
    {
        faults.push(Fault::new("/parent", Code::MisplacedOrganisation, "it lies beneath another organisation, and is not moved by a row"));
    }
    let mut kept = Kept::default();
    let after = described(doing, sent, &before, &mut kept);
    Ok(check(faults, None, after)?.map(|after| Planned { before: Some(before), after, kept }))
}

enum New {
    Planned(Option<Box<Planned>>),
    Waits,
}

/// A row about an organisation that there is not.
async fn new(tx: &mut Tx<'_>, doing: &Doing, row: &Row<OrganisationRow>, seen: &Seen, faults: &mut Vec<Fault>) -> Result<New> {
    let sent = &row.intake.row;
    if let Some(OrganisationKey::Ref(reference)) = &sent.parent
        && external_ref::find(tx, RecordType::Organisation, reference).await?.is_none()
        && seen.coming.contains(&key_text(reference))
        && seen.by_ref(reference).is_none()
        && !doing.last
    {
        return Ok(New::Waits);
    }
    let parent = match &sent.parent {
        Some(parent) => parent_of(tx, parent, seen, faults).await?,
        None => {
            let root = organisation::root(tx).await?;
            Some((root, organisation::kind_of(tx, root, "/parent").await.unwrap_or(OrganisationKind::Trust)))
        }
    };
    for (name, missing) in [("/kind", sent.kind.is_none()), ("/name", sent.name.is_none())] {
        if missing && !faults.iter().any(|f| f.pointer == name) {
            faults.push(Fault::new(name, Code::InvalidValue, "is missing: a new organisation needs it"));
        }
    }
    let (Some((parent_id, parent_kind)), Some(kind), Some(name)) = (parent, sent.kind, sent.name.clone()) else { return Ok(New::Planned(None)) };
    check(faults, None, place(kind, parent_kind).map_err(StoreError::from))?;
    let reach = tx.reach.clone();
    let beneath_new = seen.foreseen.values().any(|f| f.new && f.id == parent_id);
    if !beneath_new && !access::covers(tx, &reach, Some(parent_id), None, None).await? {
        faults.push(Fault::new("/parent", Code::NotPermitted, "only administrators of the organisation above, or of the trust, add to it"));
    }
    let blank = Organisation::named(tx.new_id(), Some(parent_id), kind, name, micros(tx.act.now));
    let mut kept = Kept::default();
    let after = described(doing, sent, &blank, &mut kept);
    Ok(New::Planned(check(faults, None, after)?.map(|after| Box::new(Planned { before: None, after, kept }))))
}

/// The organisation as the row's source describes it.
fn described(doing: &Doing, sent: &OrganisationRow, before: &Organisation, kept: &mut Kept) -> Result<Organisation> {
    let Some(key) = &sent.external_ref else { return Ok(before.clone()) };
    Ok(sent.described(before, Writer { source: &key.source, take_over: doing.take_over, unread: false }, kept)?)
}

/// The organisation that a row names as the one above.
async fn parent_of(tx: &mut Tx<'_>, key: &OrganisationKey, seen: &Seen, faults: &mut Vec<Fault>) -> Result<Option<(OrganisationId, OrganisationKind)>> {
    let foreseen = match key {
        OrganisationKey::Id(_) => None,
        OrganisationKey::Ref(reference) => seen.by_ref(reference),
        OrganisationKey::Urn(urn) => seen.by_urn(urn),
    };
    if let Some(Foreseen { id, kind, .. }) = foreseen.filter(|f| f.new) {
        return Ok(Some((id, kind)));
    }
    let id = match key {
        OrganisationKey::Id(id) => Some(Uid::from(*id)),
        OrganisationKey::Ref(reference) => match foreseen {
            Some(foreseen) => Some(foreseen.id.into()),
            None => external_ref::find(tx, RecordType::Organisation, reference).await?,
        },
        OrganisationKey::Urn(urn) => match foreseen {
            Some(foreseen) => Some(foreseen.id.into()),
            None => organisation::by_urn(tx, &[urn]).await?.remove(urn),
        },
    };
    let Some(id) = id else {
        faults.push(Fault::new("/parent", Code::UnknownReference, "no such organisation"));
        return Ok(None);
    };
    let kind = organisation::kind_of(tx, id.to(), "/parent").await;
    Ok(check(faults, None, kind)?.map(|kind| (id.to(), kind)))
}
