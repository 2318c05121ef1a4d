//! People, and who sees how much of them.

use super::prelude::*;
use crate::{
    event::History,
    person::{CreatePerson, GetPerson, ListPeople, NamePeople, PersonHistory, UpdatePerson, VisiblePerson},
    provenance,
};
use diesel::{dsl::not, pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    event::{About, EventKind, RecordType, changes},
    id::{OrganisationId, PersonId},
    matching::email_key,
    person::{Person, Trn},
    provenance::Provenance,
    role::not_for_yourself,
    rule::{Code, RuleError},
    text::{Email, Name, Wire},
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = people, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct PersonRow {
    tenant_id: Uid,
    id: Uid,
    given_name: String,
    family_name: String,
    preferred_name: Option<String>,
    email: Option<String>,
    trn: Option<String>,
    search: String,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
    email_key: Option<String>,
    managed: Option<Json>,
    overridden: bool,
    search_given: String,
    search_preferred: Option<String>,
}

/// What a search compares: two names in lower case, the one first with which somebody may begin.
fn search_key(first: &Name, then: &Name) -> String {
    format!("{} {}", first.as_str(), then.as_str()).to_lowercase()
}

impl PersonRow {
    fn new(tenant_id: Uid, person: &Person) -> Self {
        let Person { id, given_name, family_name, preferred_name, email, trn, external_refs: _, provenance, version, created_at, updated_at } = person;
        Self {
            tenant_id,
            id: (*id).into(),
            given_name: given_name.as_str().into(),
            family_name: family_name.as_str().into(),
            preferred_name: preferred_name.as_ref().map(|n| n.as_str().into()),
            email: email.as_ref().map(|e| e.as_str().into()),
            trn: trn.as_ref().map(|t| t.as_str().into()),
            search: search_key(family_name, given_name),
            search_given: search_key(given_name, family_name),
            search_preferred: preferred_name.as_ref().map(|name| search_key(name, family_name)),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
            email_key: email.as_ref().map(email_key),
            managed: provenance::kept(provenance),
            overridden: provenance.overridden(),
        }
    }
    fn person(self) -> Result<Person> {
        let Self { tenant_id: _, id, given_name, family_name, preferred_name, email, trn, search: _, version, created_at, updated_at, .. } = self;
        Ok(Person {
            id: id.to(),
            given_name: Name::parse(&given_name).map_err(corrupt)?,
            family_name: Name::parse(&family_name).map_err(corrupt)?,
            preferred_name: preferred_name.map(|n| Name::parse(&n)).transpose().map_err(corrupt)?,
            email: email.map(|e| Email::parse(&e)).transpose().map_err(corrupt)?,
            trn: trn.map(|t| Trn::parse(&t)).transpose().map_err(corrupt)?,
            external_refs: Vec::new(),
            provenance: provenance::read(self.managed)?,
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

async fn whole(cx: &mut Cx<'_>, rows: Vec<PersonRow>) -> Result<Vec<Person>> {
    let ids: Vec<Uid> = rows.iter().map(|r| r.id).collect();
    let mut refs = super::external_ref::of(cx, RecordType::Person, &ids).await?;
    rows.into_iter()
        .map(|row| {
            let id = row.id;
            Ok(Person { external_refs: refs.remove(&id).unwrap_or_default(), ..row.person()? })
        })
        .collect()
}

pub(super) async fn load(cx: &mut Cx<'_>, id: PersonId) -> Result<Person> {
    let row: PersonRow = people::table.find((cx.tenant(), Uid::from(id))).select(PersonRow::as_select()).one(cx.conn()).await?;
    whole(cx, vec![row]).await?.pop().ok_or(StoreError::Missing)
}

/// The person with this teacher reference number.
pub(super) async fn by_trn(cx: &mut Cx<'_>, trn: &Trn) -> Result<Option<PersonId>> {
    let found: Option<Uid> =
        people::table.filter(people::tenant_id.eq(cx.tenant())).filter(people::trn.eq(trn.as_str())).select(people::id).one(cx.conn()).await.optional()?;
    Ok(found.map(Uid::to))
}

/// These people, by their id; who is none is left out.
pub(super) async fn several(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<HashMap<PersonId, Person>> {
    let query = people::table.filter(people::tenant_id.eq(cx.tenant())).filter(people::id.eq_any(ids.to_vec())).select(PersonRow::as_select());
    let rows: Vec<PersonRow> = query.all(cx.conn()).await?;
    Ok(whole(cx, rows).await?.into_iter().map(|p| (p.id, p)).collect())
}

/// What these people are called, in one statement; who was erased is called nothing.
pub(super) async fn names(cx: &mut Cx<'_>, mut ids: Vec<Uid>) -> Result<HashMap<Uid, String>> {
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<(Uid, String, Option<String>, String)> = people::table
        .filter(people::tenant_id.eq(cx.tenant()))
        .filter(people::id.eq_any(ids))
        .filter(people::erased_at.is_null())
        .select((people::id, people::given_name, people::preferred_name, people::family_name))
        .all(cx.conn())
        .await?;
    Ok(rows.into_iter().map(|(id, given, preferred, family)| (id, format!("{} {family}", preferred.unwrap_or(given)))).collect())
}

/// Refuses what is made of a name, to whom people's names are not told: a machine without `people:read`.
pub(super) fn names_are_told(cx: &Cx<'_>) -> Result<()> {
    let told = rules::reach(&cx.caller, Permission::ReadPeople).is_ok();
    Ok(rules::require(told, "whoever holds people:read")?)
}

/// The caller's reach over people's records, as against seeing a colleague's name.
pub(super) fn records_reach(cx: &Cx<'_>) -> Reach {
    rules::reach(&cx.caller.not_as_colleague(), Permission::ReadPeople).unwrap_or_default()
}

/// Refuses a person whom this reach does not cover, exactly as if they did not exist.
pub(super) async fn person_within(cx: &mut Cx<'_>, reach: &Reach, id: PersonId) -> Result<()> {
    within(cx, reach, id, false).await
}

/// The same for a write: it can address leavers and returners, also where the caller no longer reads them.
async fn person_within_to_write(cx: &mut Cx<'_>, reach: &Reach, id: PersonId) -> Result<()> {
    within(cx, reach, id, true).await
}

async fn within(cx: &mut Cx<'_>, reach: &Reach, id: PersonId, to_write: bool) -> Result<()> {
    let there = people::table.filter(people::tenant_id.eq(cx.tenant())).filter(people::id.eq(Uid::from(id))).filter(people::erased_at.is_null());
    let exists: i64 = there.count().one(cx.conn()).await?;
    if exists == 1 && (reach.everywhere || reach.people.contains(&id)) {
        return Ok(());
    }
    let standing = if to_write { access::standing_of(cx, id).await? } else { access::reading_of(cx, id).await? };
    if exists == 1 && reach.covers(&standing) { Ok(()) } else { Err(StoreError::Missing) }
}

/// A person who is to be employed: one whose record the caller keeps, or may write; a colleague of another school is none of theirs to employ.
pub(super) async fn hired(cx: &mut Cx<'_>, id: PersonId, pointer: &str) -> Result<()> {
    let reads = records_reach(cx);
    let found = match person_within(cx, &reads, id).await {
        Err(StoreError::Missing) => {
            let writes = rules::reach(&cx.caller, Permission::WritePeople).unwrap_or_default();
            person_within_to_write(cx, &writes, id).await
        }
        other => other,
    };
    found.map_err(|e| match e {
        StoreError::Missing => RuleError::at(Code::UnknownReference, pointer, "no such person").into(),
        other => other,
    })
}
/// A person named in a body: one whom the caller may read or write, or a reference to nothing.
pub(super) async fn named(cx: &mut Cx<'_>, id: PersonId, pointer: &str) -> Result<()> {
    let reads = rules::reach(&cx.caller, Permission::ReadPeople).unwrap_or_else(|_| cx.reach.clone());
    let found = match person_within(cx, &reads, id).await {
        Err(StoreError::Missing) => match rules::reach(&cx.caller, Permission::WritePeople) {
            Ok(writes) => person_within_to_write(cx, &writes, id).await,
            Err(_) => Err(StoreError::Missing),
        },
        other => other,
    };
    match found {
        Err(StoreError::Missing) => Err(RuleError::at(Code::UnknownReference, pointer, "no such person").into()),
        other => other,
    }
}

/// The school that an event about a person belongs to: where they work now, or last worked.
pub(super) async fn about_person(cx: &mut Cx<'_>, id: PersonId) -> Result<About> {
    let school: Option<Uid> = employments::table
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq(Uid::from(id)))
        .order((employments::starts_on.desc(), employments::id))
        .select(employments::organisation_id)
        .limit(1)
        .one(cx.conn())
        .await
        .optional()?;
    Ok(About { organisation: school.map(Uid::to), person: Some(id), private_to: None })
}

pub(super) async fn seen(cx: &mut Cx<'_>, person: Person) -> Result<Seen<VisiblePerson>> {
    let id = person.id;
    let (records, writes) = (records_reach(cx), rules::reach(&cx.caller, Permission::WritePeople).ok());
    let (standing, reading) = (access::standing_now(cx, id).await?, access::reading_of(cx, id).await?);
    let refusal = rules::require(writes.is_some_and(|r| r.covers(&standing)), "HR and administrators of the person's school").err();
    let erase = super::erasure::refusal(cx, &person).await?;
    Ok(Seen {
        record: VisiblePerson { in_full: records.covers(&reading), person },
        can: vec![
            ("update", refusal.clone()),
            ("release_fields", refusal.clone()),
            ("hand_over", refusal.clone()),
            ("merge", refusal.or_else(|| not_for_yourself(id, cx.caller.person()).err())),
            ("erase", erase),
        ],
    })
}

async fn unique_trn(cx: &mut Cx<'_>, person: &Person) -> Result<()> {
    let Some(trn) = &person.trn else { return Ok(()) };
    let taken: i64 = people::table
        .filter(people::tenant_id.eq(cx.tenant()))
        .filter(people::trn.eq(trn.as_str()))
        .filter(people::id.ne(Uid::from(person.id)))
        .count()
        .one(cx.conn())
        .await?;
    if taken > 0 {
        return Err(RuleError::at(Code::Duplicate, "/trn", "another person has this teacher reference number").into());
    }
    Ok(())
}

/// Stores new people, with what other systems call them.
pub(super) async fn insert(tx: &mut Tx<'_>, new: &[Person]) -> Result<()> {
    let tenant = tx.tenant();
    for part in new.chunks(500) {
        let rows: Vec<PersonRow> = part.iter().map(|p| PersonRow::new(tenant, p)).collect();
        diesel::insert_into(people::table).values(rows).done(tx.conn()).await?;
    }
    let refs: Vec<_> = new.iter().flat_map(|p| p.external_refs.iter().map(|r| (Uid::from(p.id), r))).collect();
    super::external_ref::insert(tx, RecordType::Person, &refs).await
}

/// Stores a changed person.
pub(super) async fn save(tx: &mut Tx<'_>, before: &Person, after: &Person) -> Result<()> {
    let key = people::table.find((tx.tenant(), Uid::from(after.id))).filter(people::version.eq(before.version));
    if diesel::update(key).set(PersonRow::new(tx.tenant(), after)).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    super::external_ref::replace(tx, RecordType::Person, after.id.into(), &before.external_refs, &after.external_refs).await
}

/// These people.
pub(super) async fn all(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<Person>> {
    let rows: Vec<PersonRow> = people::table
        .filter(people::tenant_id.eq(cx.tenant()))
        .filter(people::id.eq_any(ids))
        .filter(people::erased_at.is_null())
        .select(PersonRow::as_select())
        .all(cx.conn())
        .await?;
    whole(cx, rows).await
}

impl Write<Here> for CreatePerson {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisiblePerson>> {
        let Self { given_name, family_name, preferred_name, email, trn, external_refs } = self.clone();
        let now = micros(tx.act.now);
        let mut external_refs = external_refs;
        external_refs.sort();
        let (id, provenance) = (tx.new_id(), Provenance::default());
        let person =
            Person { id, given_name, family_name, preferred_name, email, trn, external_refs, provenance, version: 1, created_at: now, updated_at: now };
        unique_trn(tx, &person).await?;
        super::external_ref::check(tx, RecordType::Person, person.id.into(), &person.external_refs).await?;
        insert(tx, std::slice::from_ref(&person)).await?;
        tx.event(EventKind::PersonCreated, None, &person, About { person: Some(person.id), ..About::default() });
        super::matching::suggest_by_email(tx, &person).await?;
        seen(tx, person).await
    }
}

impl Read<Here> for GetPerson {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<VisiblePerson>>> {
        let reach = cx.reach.clone();
        person_within(cx, &reach, self.id).await?;
        let person = load(cx, self.id).await?;
        if self.unless == Some(person.version) {
            return Ok(Fetched::Unchanged(person.version));
        }
        Ok(Fetched::Found(seen(cx, person).await?))
    }
}

/// People employed, now or once, at these organisations or beneath them; only those who are live there, if wanted.
macro_rules! employed_at {
    ($cx:expr, $organisations:expr, $living:expr) => {
        employments::table
            .filter(employments::tenant_id.eq($cx.tenant()))
            // a list, not a join: of a join SQLite begins with everybody's employments
            .filter(
                employments::organisation_id.eq_any(
                    organisation_paths::table
                        .filter(organisation_paths::tenant_id.eq($cx.tenant()))
                        .filter(organisation_paths::ancestor_id.eq_any(uids($organisations)))
                        .select(organisation_paths::descendant_id),
                ),
            )
            .filter(employments::live.ge($living))
            .select(employments::person_id)
    };
}
pub(super) use employed_at;

/// Keeps people to those whom the caller may read.
macro_rules! readable {
    ($query:expr, $cx:expr) => {{
        let (query, reach, living) = ($query, $cx.reach.clone(), access::reads_the_living($cx));
        if reach.everywhere {
            query
        } else {
            let (mine, employed) = (uids(&reach.people), employed_at!($cx, &reach.organisations, living));
            let adding = rules::reach(&$cx.caller, Permission::WritePeople).is_ok();
            let unplaced = people::id.ne_all(employments::table.filter(employments::tenant_id.eq($cx.tenant())).select(employments::person_id));
            match adding {
                true => query.filter(people::id.eq_any(mine).or(people::id.eq_any(employed)).or(unplaced)),
                false => query.filter(people::id.eq_any(mine).or(people::id.eq_any(employed))),
            }
        }
    }};
}

/// Those of these people whom the caller may read.
pub(super) async fn visible(cx: &mut Cx<'_>, ids: &[Uid]) -> Result<Vec<VisiblePerson>> {
    let query = people::table.filter(people::tenant_id.eq(cx.tenant())).filter(people::erased_at.is_null()).filter(people::id.eq_any(ids.to_vec()));
    let query = query.select(PersonRow::as_select());
    let rows: Vec<PersonRow> = readable!(query.into_boxed::<Dialect>(), cx).all(cx.conn()).await?;
    shown(cx, rows).await
}

/// These people, each as the caller may see them.
async fn shown(cx: &mut Cx<'_>, rows: Vec<PersonRow>) -> Result<Vec<VisiblePerson>> {
    let in_full = in_full(cx, rows.iter().map(|r| r.id.to()).collect()).await?;
    let people = whole(cx, rows).await?;
    Ok(people.into_iter().map(|person| VisiblePerson { in_full: in_full.contains(&person.id), person }).collect())
}

/// Is this column somebody who was not erased?
macro_rules! there {
    ($cx:expr, $person:expr) => {
        diesel::dsl::exists(
            people::table.filter(people::tenant_id.eq($cx.tenant())).filter(people::id.eq($person)).filter(people::erased_at.is_null()).select(people::id),
        )
    };
}
/// Is it somebody who is employed where the caller writes, or who is still being added?
macro_rules! placed {
    ($cx:expr, $person:expr) => {{
        let here = super::person::employed_at!($cx, &$cx.reach.organisations, access::reads_the_living($cx)).filter(employments::person_id.eq($person));
        let anywhere = employments::table.filter(employments::tenant_id.eq($cx.tenant())).filter(employments::person_id.eq($person)).select(employments::id);
        diesel::dsl::exists(here).or(diesel::dsl::not(diesel::dsl::exists(anywhere)))
    }};
}
/// Keeps rows to those of which these columns are all people whose records the caller keeps. Each row's people are looked up, since rows are few and people many.
macro_rules! written {
    ($query:expr, $cx:expr, $($person:expr),+) => {{
        let mut query = $query;
        $(
            query = query.filter(super::person::there!($cx, $person));
            if !$cx.reach.everywhere {
                query = query.filter(super::person::placed!($cx, $person));
            }
        )+
        query
    }};
}
pub(super) use {placed, there, written};

impl Read<Here> for NamePeople {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Vec<(PersonId, String)>> {
        let mut named: Vec<(PersonId, String)> = names(cx, uids(&self.ids)).await?.into_iter().map(|(id, name)| (id.to(), name)).collect();
        named.sort_unstable();
        Ok(named)
    }
}

impl Read<Here> for ListPeople {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<VisiblePerson>> {
        if self.overridden.is_some() || self.external_ref.is_some() {
            cx.reach = records_reach(cx); // colleagues see names, and not where they come from
        }
        let mut query = page::windowed!(
            people::table.filter(people::tenant_id.eq(cx.tenant())).filter(people::erased_at.is_null()).select(PersonRow::as_select()).into_boxed::<Dialect>(),
            self.window,
            people
        );
        query = readable!(query, cx);
        if let Some(at) = self.organisation_id {
            let reach = cx.reach.clone();
            if !access::shares(cx, &reach, at).await? {
                // who else works there is not theirs to know
                query = query.filter(people::id.eq_any(uids(&records_reach(cx).people)));
            }
            query = query.filter(people::id.eq_any(employed_at!(cx, &[at], false)));
        }
        if let Some(q) = &self.q {
            // a range, not LIKE: a bound LIKE cannot use the index
            let from = q.trim().to_lowercase();
            let to = format!("{from}\u{10ffff}");
            let by_family = people::search.ge(from.clone()).and(people::search.lt(to.clone()));
            let by_given = people::search_given.ge(from.clone()).and(people::search_given.lt(to.clone()));
            let by_preferred = people::search_preferred.ge(from).and(people::search_preferred.lt(to)).assume_not_null();
            query = query.filter(by_family.or(by_given).or(by_preferred));
        }
        query = match self.overridden {
            Some(true) => query.filter(people::overridden),
            Some(false) => query.filter(not(people::overridden)),
            None => query,
        };
        if let Some(email) = &self.email {
            query = query.filter(people::email.eq(email.as_str()));
        }
        if let Some(reference) = &self.external_ref {
            let found = super::external_ref::find(cx, RecordType::Person, reference).await?;
            query = query.filter(people::id.eq_any(found));
        }
        let rows: Vec<PersonRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        Ok(Page { items: shown(cx, page.items).await?, next: page.next })
    }
}

/// Whose records, of these people's, the caller keeps or owns.
async fn in_full(cx: &mut Cx<'_>, ids: Vec<PersonId>) -> Result<HashSet<PersonId>> {
    let reach = records_reach(cx);
    if reach.everywhere {
        return Ok(ids.into_iter().collect());
    }
    let living = access::reads_the_living(cx);
    let kept: Vec<Uid> = employed_at!(cx, &reach.organisations, living).filter(employments::person_id.eq_any(uids(&ids))).distinct().all(cx.conn()).await?;
    let mut out: HashSet<PersonId> = kept.into_iter().map(Uid::to).chain(reach.people.iter().copied()).collect();
    if rules::reach(&cx.caller, Permission::WritePeople).is_ok() {
        let placed: Vec<Uid> = employments::table
            .filter(employments::tenant_id.eq(cx.tenant()))
            .filter(employments::person_id.eq_any(uids(&ids)))
            .select(employments::person_id)
            .distinct()
            .all(cx.conn())
            .await?;
        out.extend(ids.into_iter().filter(|id| !placed.contains(&Uid::from(*id))));
    }
    Ok(out)
}

impl Write<Here> for UpdatePerson {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<VisiblePerson>> {
        writable(tx, self.id).await?;
        let before = load(tx, self.id).await?;
        super::event::expect(tx, &before, self.expected).await?;
        let mut after = before.patched(self.patch.clone());
        after.external_refs.sort();
        after.provenance.changed_by_hand(&changes(Some(&before), &after).fields, micros(tx.act.now), tx.actor());
        let Some(after) = tx.next(&before, after) else { return seen(tx, before).await };
        unique_trn(tx, &after).await?;
        super::external_ref::check(tx, RecordType::Person, after.id.into(), &after.external_refs).await?;
        save(tx, &before, &after).await?;
        let about = about_person(tx, after.id).await?;
        tx.event(EventKind::PersonUpdated, Some(&before), &after, about);
        seen(tx, after).await
    }
}

/// May the caller write this person's record? A record that they may only read is refused; one that they may not know of is missing.
pub(super) async fn writable(cx: &mut Cx<'_>, id: PersonId) -> Result<()> {
    let (writes, reads) = (cx.reach.clone(), rules::reach(&cx.caller, Permission::ReadPeople).unwrap_or_default());
    match person_within_to_write(cx, &writes, id).await {
        Err(StoreError::Missing) => {}
        Ok(()) if writes.everywhere || writes.covers(&access::standing_now(cx, id).await?) => return Ok(()),
        // a former employer addresses them, and decides nothing any more
        Ok(()) => return Ok(rules::require(false, "HR and administrators of the school at which the person is now")?),
        other => return other,
    }
    person_within(cx, &reads, id).await?;
    Ok(rules::require(false, "HR and administrators of the person's school")?)
}

/// May the caller write at this organisation?
pub(super) async fn writable_at(tx: &mut Tx<'_>, organisation: OrganisationId) -> Result<()> {
    let reach = tx.reach.clone();
    let may = access::covers(tx, &reach, Some(organisation), None, None).await?;
    Ok(rules::require(may, "HR and administrators of that school, or of the trust,")?)
}

impl Read<Here> for PersonHistory {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<History> {
        let reach = records_reach(cx);
        match person_within(cx, &reach, self.id).await {
            Err(StoreError::Missing) => super::erasure::tombstone(cx, self.id).await?,
            other => other?,
        }
        super::event::history(cx, self.id.into(), self.window).await
    }
}

super::row::stored!(people, PersonRow, Person);

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: PersonId, doing: &Doing) -> Result<Can> {
    let reach = if *doing == Doing::ReadHistory { records_reach(cx) } else { cx.reach.clone() };
    match doing {
        Doing::Read | Doing::ReadHistory => person_within(cx, &reach, id).await?,
        Doing::Act(_) => writable(cx, id).await?,
    }
    let person = load(cx, id).await?;
    Ok(seen(cx, person).await?.can)
}
