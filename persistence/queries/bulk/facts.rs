//! Everything that rows about people are judged by, in a fixed number of statements whatever their number; only the ways upwards of line
//! management take one for each level.

use super::{
    super::{employment, external_ref, organisation, person, prelude::*, relationship, role},
    Doing, Row, been, foreseen, keys,
};
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    access::{self as rules, Caller, Permission, Reach, Standing},
    bulk::{
        OrganisationKey, PersonKey,
        facts::{Earlier, Facts, Known, Place},
        foreseen::{Foreseen, by_code, by_reference, by_trn as key_of_trn},
        key_text,
        learner::LearnerKey,
        person::PersonRow,
    },
    event::RecordType,
    id::{OrganisationId, PersonId},
    organisation::OrganisationKind,
    person::Trn,
    relationship::{Relationship, RelationshipKind},
    role::RoleName,
    sync::Snapshot,
    text::{ExternalRef, StaffCode, Wire},
    time::micros,
};

/// Levels of line management above somebody.
const LEVELS: usize = 40;

/// What rows name, collected.
#[derive(Default)]
struct Wanted<'r> {
    refs: Vec<&'r ExternalRef>,
    keys: Vec<String>,
    trns: Vec<&'r Trn>,
    codes: Vec<&'r StaffCode>,
    people: Vec<PersonId>,
    places: Vec<&'r OrganisationKey>,
    /// Who can be the subject of a row, by their references and TRNs.
    own_refs: HashSet<&'r ExternalRef>,
    own_trns: HashSet<&'r Trn>,
    roles: bool,
    manages: bool,
    ties: bool,
}

impl<'r> Wanted<'r> {
    /// Whom rows of outside providers are about.
    fn learners(of: impl Iterator<Item = (Option<&'r ExternalRef>, &'r LearnerKey, Option<&'r OrganisationKey>)>) -> Self {
        let mut out = Self::default();
        for (key, LearnerKey { id, external_ref, trn, staff_code }, at) in of {
            out.keys.extend(key.map(key_text));
            out.people.extend(id);
            out.refs.extend(external_ref);
            out.trns.extend(trn);
            out.codes.extend(staff_code);
            out.places.extend(at);
        }
        out
    }
    fn of(rows: &'r [Row<PersonRow>]) -> Self {
        let mut out = Self::default();
        for row in rows.iter().map(|r| &r.intake.row) {
            let own = || row.external_ref.iter().chain(&row.external_refs);
            out.refs.extend(own());
            out.own_refs.extend(own());
            out.keys.extend(row.external_ref.iter().map(key_text));
            out.trns.extend(row.trn.value());
            out.own_trns.extend(row.trn.value());
            out.codes.extend(row.employments.iter().filter_map(|e| e.staff_code.value()));
            out.places.extend(row.employments.iter().filter_map(|e| e.organisation.as_ref()));
            out.places.extend(row.roles.iter().filter_map(|r| r.organisation.as_ref()));
            out.roles |= !row.roles.is_empty();
            out.ties |= !row.relationships.is_empty();
            out.manages |= row.relationships.iter().any(|r| r.kind == Some(RelationshipKind::LineManager));
            for holder in row.relationships.iter().filter_map(|r| r.holder.as_ref()) {
                match holder {
                    PersonKey::Id(id) => out.people.push(*id),
                    PersonKey::Ref(reference) => {
                        out.refs.push(reference);
                        out.keys.push(key_text(reference));
                    }
                    PersonKey::Trn(trn) => out.trns.push(trn),
                    PersonKey::StaffCode(code, at) => {
                        out.codes.push(code);
                        out.places.push(at);
                    }
                }
            }
        }
        out
    }
}

fn begun(tx: &Tx<'_>, doing: &Doing) -> Facts {
    Facts {
        today: tx.act.today(),
        now: micros(tx.act.now),
        by: tx.caller.person(),
        validate_only: doing.validate_only,
        take_over: doing.take_over,
        last: doing.last,
        ..Facts::default()
    }
}

/// Whom rows of outside providers are about: the people about whom the caller writes, with their employments there. Their guards are passed.
/// Answers also all organisations of these employments, with everything above them.
pub(super) async fn learners<'r>(
    tx: &mut Tx<'_>,
    doing: &Doing,
    rows: impl Iterator<Item = (Option<&'r ExternalRef>, &'r LearnerKey, Option<&'r OrganisationKey>)>,
) -> Result<(Facts, HashMap<OrganisationId, Vec<OrganisationId>>)> {
    let wanted = Wanted::learners(rows);
    let mut facts = begun(tx, doing);
    let found = external_ref::find_all(tx, RecordType::Person, &wanted.refs).await?;
    facts.refs = found.into_iter().map(|(r, id)| (r, id.to())).collect();
    facts.trns = by_trn(tx, &wanted.trns).await?;
    places(tx, &mut facts, &wanted).await?;
    codes(tx, &mut facts, &wanted).await?;
    (facts.keys, facts.coming) = keys(tx, doing.job, &wanted.keys).await?;
    let people: HashSet<PersonId> = facts.refs.values().chain(facts.trns.values()).chain(facts.codes.values()).chain(&wanted.people).copied().collect();
    let mut people: Vec<Uid> = people.into_iter().map(Uid::from).collect();
    people.sort_unstable();
    if !doing.validate_only {
        access::guards(tx, &people).await?;
    }
    let records = person::all(tx, &people).await?;
    let employments = employment::of_people(tx, &people).await?;
    let paths = access::paths_of(tx, employments.iter().map(|e| e.organisation_id)).await?;
    let reach = tx.reach.clone();
    let ours = |at: OrganisationId| reach.everywhere || paths.get(&at).is_some_and(|path| path.iter().any(|o| reach.organisations.contains(o)));
    for person in records {
        let mut known = Known::new(person);
        known.employments = employments.iter().filter(|e| e.person_id == known.person.id).cloned().collect();
        // of somebody who works elsewhere now a former employer says nothing any more
        let decides = known.live_at(facts.today).any(ours);
        known.decides = decides;
        known.employments.retain(|e| ours(e.organisation_id));
        facts.people.insert(known.person.id, known);
    }
    Ok((facts, paths))
}

pub(super) async fn load(tx: &mut Tx<'_>, doing: &Doing, rows: &[Row<PersonRow>], snapshot: Option<&Snapshot>) -> Result<Facts> {
    let wanted = Wanted::of(rows);
    let mut facts = begun(tx, doing);
    facts.snapshot = snapshot.map(|s| (s.organisation_id, s.source.clone()));
    facts.grants = rules::reach(&tx.caller, Permission::WriteRoles).is_ok();
    // every line-management link of the tenant can be part of a circle
    if wanted.manages && !doing.validate_only {
        let tenant = tx.tenant();
        access::guard(tx, tenant).await?;
    }
    let found = external_ref::find_all(tx, RecordType::Person, &wanted.refs).await?;
    facts.refs = found.into_iter().map(|(r, id)| (r, id.to())).collect();
    facts.trns = by_trn(tx, &wanted.trns).await?;
    places(tx, &mut facts, &wanted).await?;
    codes(tx, &mut facts, &wanted).await?;
    (facts.keys, facts.coming) = keys(tx, doing.job, &wanted.keys).await?;
    if doing.validate_only {
        foresee(tx, &mut facts, doing, &wanted).await?;
    }

    let mut subjects: HashSet<PersonId> = wanted.own_refs.iter().filter_map(|r| facts.refs.get(*r)).copied().collect();
    subjects.extend(wanted.own_trns.iter().filter_map(|t| facts.trns.get(*t)));
    subjects.extend(facts.codes.values());
    let mut ordered: Vec<Uid> = subjects.iter().map(|id| Uid::from(*id)).collect();
    ordered.sort_unstable();
    if !doing.validate_only {
        access::guards(tx, &ordered).await?;
    }
    for (id, row, subject) in been(tx, doing.job, &ordered).await? {
        let employments = subject.map(|s| s.employments).unwrap_or_default();
        facts.been.entry(PersonId(id)).or_default().push(Earlier { row, employments });
    }
    let mut people = subjects;
    people.extend(facts.refs.values());
    people.extend(facts.trns.values());
    people.extend(&wanted.people);
    let people: Vec<Uid> = people.into_iter().map(Uid::from).collect();
    known(tx, &mut facts, doing, &people, &wanted).await?;
    if wanted.manages {
        facts.management = management(tx, doing, &people).await?;
    }
    Ok(facts)
}

/// Whom the rows name among those whom earlier rows of the same trial would have stored.
async fn foresee(tx: &mut Tx<'_>, facts: &mut Facts, doing: &Doing, wanted: &Wanted<'_>) -> Result<()> {
    let mut keys: Vec<String> = wanted.refs.iter().map(|r| by_reference(r)).chain(wanted.trns.iter().map(|t| key_of_trn(t))).collect();
    keys.extend(facts.places.keys().flat_map(|at| wanted.codes.iter().map(|code| by_code(*at, code))));
    let found = foreseen::found(tx, doing.job, &keys).await?;
    // numbers that earlier rows took from somebody are free
    let holders: HashSet<Uid> = facts.trns.values().chain(facts.codes.values()).map(|id| Uid::from(*id)).collect();
    let all: HashMap<Uid, Foreseen> = foreseen::of(tx, doing.job, holders.into_iter()).await?;
    facts.trns.retain(|trn, id| all.get(&Uid::from(*id)).and_then(|f| f.person.as_ref()).is_none_or(|p| p.trn.as_ref() == Some(trn)));
    facts.codes.retain(|(at, code), id| {
        let mut there = all.get(&Uid::from(*id)).into_iter().flat_map(|f| &f.employments).filter(|e| e.organisation_id == *at).peekable();
        there.peek().is_none() || there.any(|e| e.staff_code.as_ref() == Some(code))
    });
    let at = |key: String| found.get(&key).map(|id| id.to::<PersonId>());
    facts.refs.extend(wanted.refs.iter().filter_map(|r| Some(((*r).clone(), at(by_reference(r))?))));
    facts.trns.extend(wanted.trns.iter().filter_map(|t| Some(((*t).clone(), at(key_of_trn(t))?))));
    let places: Vec<OrganisationId> = facts.places.keys().copied().collect();
    for place in places {
        facts.codes.extend(wanted.codes.iter().filter_map(|code| Some(((place, (*code).clone()), at(by_code(place, code))?))));
    }
    Ok(())
}

async fn by_trn(cx: &mut Cx<'_>, wanted: &[&Trn]) -> Result<HashMap<Trn, PersonId>> {
    let texts: Vec<&str> = wanted.iter().map(|t| t.as_str()).collect();
    if texts.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Option<String>, Uid)> =
        people::table.filter(people::tenant_id.eq(cx.tenant())).filter(people::trn.eq_any(texts)).select((people::trn, people::id)).all(cx.conn()).await?;
    rows.into_iter().filter_map(|(trn, id)| trn.map(|trn| Ok((Trn::parse(&trn).map_err(corrupt)?, id.to())))).collect()
}

/// The organisations that rows name, and what the caller may do there.
async fn places(tx: &mut Tx<'_>, facts: &mut Facts, wanted: &Wanted<'_>) -> Result<()> {
    let (mut ids, mut refs, mut urns): (Vec<Uid>, Vec<&ExternalRef>, Vec<&str>) = (Vec::new(), Vec::new(), Vec::new());
    for key in &wanted.places {
        match key {
            OrganisationKey::Id(id) => ids.push((*id).into()),
            OrganisationKey::Ref(reference) => refs.push(reference),
            OrganisationKey::Urn(urn) => urns.push(urn),
        }
    }
    let found = external_ref::find_all(tx, RecordType::Organisation, &refs).await?;
    facts.place_refs = found.into_iter().map(|(r, id)| (r, id.to())).collect();
    facts.urns = organisation::by_urn(tx, &urns).await?.into_iter().map(|(urn, id)| (urn, id.to())).collect();
    ids.extend(facts.place_refs.values().chain(facts.urns.values()).map(|id| Uid::from(*id)));
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(());
    }
    let kinds: Vec<(Uid, String)> = organisations::table
        .filter(organisations::tenant_id.eq(tx.tenant()))
        .filter(organisations::id.eq_any(&ids))
        .select((organisations::id, organisations::kind))
        .all(tx.conn())
        .await?;
    let paths = access::paths_of(tx, ids.iter().copied().map(Uid::to)).await?;
    let own = match &tx.caller {
        Caller::Service { organisations, .. } => organisations.clone(),
        _ => None,
    };
    let gives: Vec<(RoleName, Reach)> = RoleName::ALL.iter().map(|role| (*role, rules::giving(&tx.caller, *role))).collect();
    for (id, kind) in kinds {
        let path = paths.get(&id.to()).cloned().unwrap_or_default();
        let named = own.as_ref().is_none_or(|own| path.iter().any(|o| own.contains(o)));
        let standing = Standing { path, ..Standing::default() };
        let place = Place {
            kind: OrganisationKind::parse(&kind).map_err(corrupt)?,
            named,
            writes: tx.reach.covers(&standing),
            grants: gives.iter().filter(|(_, at)| at.covers(&standing)).map(|(role, _)| *role).collect(),
        };
        facts.places.insert(id.to(), place);
    }
    Ok(())
}

async fn codes(cx: &mut Cx<'_>, facts: &mut Facts, wanted: &Wanted<'_>) -> Result<()> {
    if wanted.codes.is_empty() || facts.places.is_empty() {
        return Ok(());
    }
    let at: Vec<Uid> = facts.places.keys().map(|id| Uid::from(*id)).collect();
    let codes: Vec<&str> = wanted.codes.iter().map(|c| c.as_str()).collect();
    let rows: Vec<(Uid, String, Uid)> = staff_codes::table
        .filter(staff_codes::tenant_id.eq(cx.tenant()))
        .filter(staff_codes::organisation_id.eq_any(at))
        .filter(staff_codes::staff_code.eq_any(codes))
        .select((staff_codes::organisation_id, staff_codes::staff_code, staff_codes::person_id))
        .all(cx.conn())
        .await?;
    for (at, code, person) in rows {
        let code = StaffCode::parse(&code).map_err(corrupt)?;
        facts.held_codes.insert((at.to(), code.clone(), person.to()));
        facts.codes.insert((at.to(), code), person.to());
    }
    Ok(())
}

/// The people, with all that rows can speak of, and how much of them is the caller's to know and to write.
async fn known(tx: &mut Tx<'_>, facts: &mut Facts, doing: &Doing, ids: &[Uid], wanted: &Wanted<'_>) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let records = person::all(tx, ids).await?;
    let employments = employment::of_people(tx, ids).await?;
    let relationships = if wanted.ties { relationship::of_people(tx, ids).await? } else { Vec::new() };
    let roles = if wanted.roles { role::of_people(tx, ids).await? } else { Vec::new() };
    let (writes, reads) = (tx.reach.clone(), rules::reach(&tx.caller, Permission::ReadPeople).unwrap_or_else(|_| tx.reach.clone()));
    for person in records {
        let known = Known { reads: false, writes: false, decides: false, in_full: false, ..Known::new(person) };
        facts.people.insert(known.person.id, known);
    }
    for employment in employments {
        facts.people.entry(employment.person_id).and_modify(|k| k.employments.push(employment));
    }
    for relationship in relationships {
        facts.people.entry(relationship.person_id).and_modify(|k| k.relationships.push(relationship));
    }
    for role in roles {
        facts.people.entry(role.person_id).and_modify(|k| k.roles.push(role));
    }
    if doing.validate_only {
        let all: HashMap<Uid, Foreseen> = foreseen::of(tx, doing.job, ids.iter().copied()).await?;
        facts.foreseen = all.into_iter().map(|(id, foreseen)| (id.to(), foreseen)).collect();
    }
    for (id, foreseen) in &facts.foreseen {
        if let Some(person) = foreseen.person.as_ref().filter(|_| foreseen.new) {
            facts.adds.insert(*id);
            facts.people.insert(*id, Known { reads: false, writes: false, decides: false, in_full: false, ..Known::new(person.clone()) });
        }
        facts.people.entry(*id).and_modify(|known| foreseen.lay_over(known));
    }
    let at: HashSet<OrganisationId> = facts.people.values().flat_map(|known| &known.employments).map(|e| e.organisation_id).collect();
    let paths = if tx.reach.everywhere || at.is_empty() { HashMap::new() } else { access::paths_of(tx, at.into_iter()).await? };
    let (records, living, today) = (person::records_reach(tx), access::reads_the_living(tx), tx.act.today());
    for known in facts.people.values_mut() {
        let stands = |at: &mut dyn Iterator<Item = OrganisationId>| {
            let mut path: Vec<OrganisationId> = at.filter_map(|at| paths.get(&at)).flatten().copied().collect();
            // somebody without any employment is still being added, and stands wherever people are being added
            if known.employments.is_empty() {
                path.clone_from(&writes.organisations);
            }
            Standing { path, owner: Some(known.person.id), ..Standing::default() }
        };
        let ever = stands(&mut known.employments.iter().map(|e| e.organisation_id));
        let now = stands(&mut known.live_at(today));
        let full = records.covers(if living { &now } else { &ever });
        (known.writes, known.reads) = (writes.covers(&ever), writes.covers(&ever) || reads.covers(&ever));
        (known.decides, known.in_full) = (writes.covers(&now), full);
    }
    Ok(())
}

/// What those of these people are called whom the caller may see; in a trial also those whom its earlier rows would add, or call otherwise.
pub(super) async fn names(tx: &mut Tx<'_>, doing: &Doing, people: HashSet<PersonId>) -> Result<HashMap<PersonId, String>> {
    if !doing.validate_only {
        return relationship::names(tx, people).await;
    }
    let all: HashMap<Uid, Foreseen> = foreseen::of(tx, doing.job, people.iter().map(|id| Uid::from(*id))).await?;
    let mut names = relationship::names(tx, people).await?;
    for person in all.into_values().filter_map(|foreseen| foreseen.person) {
        names.insert(person.id, format!("{} {}", person.given_name.as_str(), person.family_name.as_str()));
    }
    Ok(names)
}

/// Line management on every way upwards from these people.
async fn management(cx: &mut Cx<'_>, doing: &Doing, from: &[Uid]) -> Result<Vec<Relationship>> {
    let mut been: HashSet<Uid> = from.iter().copied().collect();
    let (mut level, mut out) = (from.to_vec(), Vec::new());
    for _ in 0..LEVELS {
        if level.is_empty() {
            break;
        }
        let mut above = relationship::of_people(cx, &level).await?;
        if doing.validate_only {
            let all: HashMap<Uid, Foreseen> = foreseen::of(cx, doing.job, level.iter().copied()).await?;
            let new: Vec<Relationship> = all.into_values().flat_map(|f| f.relationships).collect();
            above.retain(|r| !new.iter().any(|n| n.id == r.id));
            above.extend(new);
        }
        let above: Vec<Relationship> = above.into_iter().filter(|r| r.kind == RelationshipKind::LineManager).collect();
        level = above.iter().map(|r| Uid::from(r.holder_id)).filter(|id| been.insert(*id)).collect();
        out.extend(above);
    }
    Ok(out)
}
