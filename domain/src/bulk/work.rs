//! The employments of a row.

use super::{
    Field, OrganisationKey,
    person::{EmploymentEntry, PersonRow},
    plan::{Change, Planning},
};
use crate::{
    employment::{Employment, EmploymentPatch, stand},
    event::changes,
    id::{EmploymentId, OrganisationId},
    provenance::{EmploymentField as Of, Provenance},
    rule::Code,
    sync::to_go_on,
    time::Period,
};

/// Plans every employment of a row.
pub(super) fn employments(p: &mut Planning<'_>, row: &PersonRow) {
    let mut spoken_of: Vec<(EmploymentId, usize)> = Vec::new();
    let back = p.facts.snapshot.as_ref().and_then(|(school, source)| to_go_on(&p.known.employments, *school, source)).cloned();
    let mut entries = row.employments.clone();
    if let Some(back) = back.as_ref().filter(|_| entries.is_empty()) {
        entries.push(EmploymentEntry { organisation: Some(OrganisationKey::Id(back.organisation_id)), ..EmploymentEntry::default() });
    }
    for (i, mut entry) in entries.into_iter().enumerate() {
        let at = format!("/employments/{i}");
        let Some(key) = &entry.organisation else { continue };
        let Some((school, place)) = p.facts.place(key) else {
            p.fault(&format!("{at}/organisation"), Code::UnknownReference, "no such organisation");
            continue;
        };
        let found = match which(&p.known.employments, school, &entry, p) {
            // without a first day it is the one that there is
            Ok(None) if entry.starts_on.is_none() => back.clone().filter(|e| e.organisation_id == school),
            Ok(found) => found,
            Err(n) => {
                p.fault(&format!("{at}/starts_on"), Code::AmbiguousEmployment, format!("{n} employments of this person at the school fit these days"));
                continue;
            }
        };
        if back.is_some() && found == back && entry.ends_on.is_absent() {
            entry.ends_on = Field::Empty;
        }
        let before = |id| p.earlier.iter().find(|earlier| earlier.employments.contains(&id)).map(|earlier| earlier.row);
        if let Some(earlier) = found.as_ref().and_then(|e| before(e.id)) {
            p.repeated(earlier);
            continue;
        }
        if let Some((_, first)) = spoken_of.iter().find(|(id, _)| found.as_ref().is_some_and(|e| e.id == *id)) {
            p.fault(&at, Code::RepeatedRow, format!("is about the same employment as /employments/{first}: they share days at one school"));
            continue;
        }
        let Some(after) = described(p, &at, school, &entry, found.as_ref()) else { continue };
        spoken_of.push((after.id, i));
        p.spoken_of.push(after.id);
        if found.as_ref().is_some_and(|before| changes(Some(before), &after).fields.is_empty()) {
            continue;
        }
        if !place.writes {
            p.fault(&format!("{at}/organisation"), Code::NotPermitted, "only HR and administrators of that school, or of the trust, may do this");
        }
        let stands = stand(&after, place.kind, &p.known.employments);
        p.check(&at, stands);
        if let Some(code) = &after.staff_code
            && p.facts.codes.get(&(school, code.clone())).is_some_and(|holder| *holder != p.known.person.id)
        {
            p.fault(&format!("{at}/staff_code"), Code::Duplicate, "another person has this staff code at the school");
        }
        p.differ(&format!("employments/{i}/"), "employments", found.as_ref(), &after);
        p.known.employments.retain(|e| e.id != after.id);
        p.known.employments.push(after.clone());
        p.changes.push(Change::Employment(found.map(Box::new), Box::new(after)));
    }
}

/// The employment that the entry is about: the one there that shares days with it, or begins on the same day.
///
/// # Errors
/// How many there are, if it could be more than one.
fn which(held: &[Employment], school: OrganisationId, entry: &EmploymentEntry, p: &Planning<'_>) -> Result<Option<Employment>, usize> {
    let period = Period { starts_on: entry.starts_on.unwrap_or(p.facts.today), ends_on: entry.ends_on.value().copied() };
    // dates the wrong way round are told later; until then they are about their first day
    let period = Period { ends_on: period.ends_on.map(|end| end.max(period.starts_on)), ..period };
    let there = || held.iter().filter(|e| e.organisation_id == school);
    if let Some(same) = there().find(|e| Some(e.period.starts_on) == entry.starts_on) {
        return Ok(Some(same.clone()));
    }
    let fits: Vec<&Employment> = there().filter(|e| e.period.overlaps(&period)).collect();
    match fits.as_slice() {
        [] => Ok(None),
        [one] => Ok(Some((*one).clone())),
        several => Err(several.len()),
    }
}

/// The employment as the entry describes it.
fn described(p: &mut Planning<'_>, at: &str, organisation_id: OrganisationId, entry: &EmploymentEntry, before: Option<&Employment>) -> Option<Employment> {
    let EmploymentEntry { organisation: _, job_title, staff_category, staff_code, fte_percent, starts_on, ends_on } = entry.clone();
    if let Some(before) = before {
        let (mut provenance, writer, at_field) = (before.provenance.clone(), p.writer, format!("{}/", &at[1..]));
        let (kept, at_field) = (&mut p.kept, at_field.as_str());
        let patch = EmploymentPatch {
            job_title: provenance.admit(Of::JobTitle, &before.job_title, job_title, writer, at_field, kept),
            staff_category: provenance.admit(Of::StaffCategory, &before.staff_category, staff_category, writer, at_field, kept),
            staff_code: provenance.admit(Of::StaffCode, &before.staff_code, staff_code.patch(), writer, at_field, kept),
            fte_percent: provenance.admit(Of::FtePercent, &before.fte_percent, fte_percent, writer, at_field, kept),
            starts_on: provenance.admit(Of::StartsOn, &before.period.starts_on, starts_on, writer, at_field, kept),
            ends_on: provenance.admit(Of::EndsOn, &before.period.ends_on, ends_on.patch(), writer, at_field, kept),
        };
        return match before.patched(patch).map(|after| Employment { provenance, ..after }) {
            Ok(after) if changes(Some(before), &after).fields.is_empty() => Some(after),
            Ok(after) => Some(Employment { version: before.version + 1, updated_at: p.facts.now, ..after }),
            Err(rule) => {
                p.check(at, Err(rule));
                None
            }
        };
    }
    let missing = [("job_title", job_title.is_none()), ("staff_category", staff_category.is_none()), ("starts_on", starts_on.is_none())];
    for (name, _) in missing.iter().filter(|(_, missing)| *missing) {
        p.fault(&format!("{at}/{name}"), Code::InvalidValue, "is missing: a new employment needs it");
    }
    let starts_on = starts_on?;
    let period = match Period::new(starts_on, ends_on.value().copied()) {
        Ok(period) => period,
        Err(rule) => {
            p.check(at, Err(rule));
            return None;
        }
    };
    let mut provenance = Provenance::default();
    let said = [
        (Of::JobTitle, true),
        (Of::StaffCategory, true),
        (Of::StaffCode, !staff_code.is_absent()),
        (Of::FtePercent, fte_percent.is_some()),
        (Of::StartsOn, true),
        (Of::EndsOn, !ends_on.is_absent()),
    ];
    said.iter().filter(|(_, said)| *said).for_each(|(field, _)| provenance.claim(*field, p.writer.source));
    let id = EmploymentId((p.ids)());
    Some(Employment {
        id,
        person_id: p.known.person.id,
        organisation_id,
        job_title: job_title?,
        staff_category: staff_category?,
        staff_code: staff_code.patch().flatten(),
        fte_percent: fte_percent.unwrap_or(100),
        period,
        missing_since: None,
        missing_from: None,
        ended_from: None,
        kept: Vec::new(),
        provenance,
        version: 1,
        created_at: p.facts.now,
        updated_at: p.facts.now,
    })
}
