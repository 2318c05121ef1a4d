//! Suggestions that two records are one person. Only who may write both sees them.

use super::prelude::*;
use crate::matching::{AcceptMatch, Candidate, GetMatchSuggestion, ListMatchSuggestions, PostponeMatch, RejectMatch, SideBySide};
use chrono::NaiveDate;
use diesel::{pg::Pg, prelude::*, sqlite::Sqlite};
use std::collections::{BTreeSet, HashMap};
use trellis_domain::{
    access::Reach,
    event::{About, EventKind},
    id::{MatchSuggestionId, MergeId, OrganisationId, PersonId},
    matching::{MatchReason, MatchState, MatchSuggestion, compare, email_key, newer_and_older, same_name},
    merging::may_merge,
    person::Person,
    rule::RuleError,
    text::Wire,
    time::micros,
};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = match_suggestions, primary_key(tenant_id, id), check_for_backend(Sqlite, Pg), treat_none_as_default_value = false, treat_none_as_null = true)]
struct SuggestionRow {
    tenant_id: Uid,
    id: Uid,
    person_id: Uid,
    candidate_id: Uid,
    because: Json,
    state: String,
    later_until: Option<NaiveDate>,
    merge_id: Option<Uid>,
    version: i64,
    created_at: Moment,
    updated_at: Moment,
}

impl SuggestionRow {
    fn new(tenant_id: Uid, suggestion: &MatchSuggestion) -> Result<Self> {
        let MatchSuggestion { id, person_id, candidate_id, because, state, later_until, merge_id, version, created_at, updated_at } = suggestion;
        Ok(Self {
            tenant_id,
            id: (*id).into(),
            person_id: (*person_id).into(),
            candidate_id: (*candidate_id).into(),
            because: Json(serde_json::to_string(because).map_err(corrupt)?),
            state: state.as_str().into(),
            later_until: *later_until,
            merge_id: optional(*merge_id),
            version: *version,
            created_at: (*created_at).into(),
            updated_at: (*updated_at).into(),
        })
    }
    fn suggestion(self) -> Result<MatchSuggestion> {
        let Self { tenant_id: _, id, person_id, candidate_id, because, state, later_until, merge_id, version, created_at, updated_at } = self;
        Ok(MatchSuggestion {
            id: id.to(),
            person_id: person_id.to(),
            candidate_id: candidate_id.to(),
            because: serde_json::from_str(&because.0).map_err(corrupt)?,
            state: MatchState::parse(&state).map_err(corrupt)?,
            later_until,
            merge_id: merge_id.map(Uid::to),
            version,
            created_at: created_at.0,
            updated_at: updated_at.0,
        })
    }
}

/// A suggestion is told where both are known: at a school that they share, and otherwise only to those who keep the records of all.
async fn about(cx: &mut Cx<'_>, suggestion: &MatchSuggestion) -> Result<About> {
    let at: Vec<BTreeSet<OrganisationId>> = super::placement::live_at(cx, &[suggestion.person_id, suggestion.candidate_id]).await?.into_values().collect();
    let organisation = match at.as_slice() {
        [a, b] => a.intersection(b).next().copied(),
        _ => None,
    };
    Ok(About { organisation, ..About::default() })
}

async fn save(tx: &mut Tx<'_>, kind: EventKind, before: &MatchSuggestion, after: MatchSuggestion) -> Result<MatchSuggestion> {
    let Some(after) = tx.next(before, after) else { return Ok(before.clone()) };
    let key = match_suggestions::table.find((tx.tenant(), Uid::from(after.id))).filter(match_suggestions::version.eq(before.version));
    if diesel::update(key).set(SuggestionRow::new(tx.tenant(), &after)?).done(tx.conn()).await? == 0 {
        return Err(StoreError::Retry);
    }
    let about = about(tx, &after).await?;
    tx.event(kind, Some(before), &after, about);
    Ok(after)
}

/// Suggests that these two are one person. The same again changes nothing, a further reason is added, and a pair that was decided, also under
/// an id that one of them gave up since, is never suggested again.
pub(super) async fn suggest_match(tx: &mut Tx<'_>, person: PersonId, candidate: PersonId, because: MatchReason) -> Result<()> {
    if person == candidate {
        return Ok(());
    }
    let (newer, older) = newer_and_older(person, candidate);
    let (a, b) = (super::redirect::with_merged(tx, newer.into()).await?, super::redirect::with_merged(tx, older.into()).await?);
    let one_way = match_suggestions::person_id.eq_any(a.clone()).and(match_suggestions::candidate_id.eq_any(b.clone()));
    let other_way = match_suggestions::person_id.eq_any(b).and(match_suggestions::candidate_id.eq_any(a));
    let rows: Vec<SuggestionRow> = match_suggestions::table
        .filter(match_suggestions::tenant_id.eq(tx.tenant()))
        .filter(one_way.or(other_way))
        .select(SuggestionRow::as_select())
        .all(tx.conn())
        .await?;
    let known = rows.into_iter().map(SuggestionRow::suggestion).collect::<Result<Vec<_>>>()?;
    if known.iter().any(|s| s.undecided().is_err()) {
        return Ok(());
    }
    if let Some(before) = known.into_iter().find(|s| s.person_id == newer && s.candidate_id == older) {
        if !before.because.contains(&because) {
            let mut after = before.clone();
            after.because.push(because);
            save(tx, EventKind::MatchSuggestionUpdated, &before, after).await?;
        }
        return Ok(());
    }
    let now = micros(tx.act.now);
    let new = MatchSuggestion {
        id: tx.new_id(),
        person_id: newer,
        candidate_id: older,
        because: vec![because],
        state: MatchState::Open,
        later_until: None,
        merge_id: None,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    diesel::insert_into(match_suggestions::table).values(SuggestionRow::new(tx.tenant(), &new)?).done(tx.conn()).await?;
    let about = about(tx, &new).await?;
    tx.event(EventKind::MatchSuggestionCreated, None, &new, about);
    Ok(())
}

/// Most people to whom one record is suggested: the oldest of them.
const MOST: u8 = 5;

/// Suggests whoever has the same mailbox.
pub(super) async fn suggest_by_email(tx: &mut Tx<'_>, person: &Person) -> Result<()> {
    let Some(email) = &person.email else { return Ok(()) };
    let same: Vec<Uid> = people::table
        .filter(people::tenant_id.eq(tx.tenant()))
        .filter(people::email_key.eq(email_key(email)))
        .filter(people::id.ne(Uid::from(person.id)))
        .order(people::id)
        .limit(MOST.into())
        .select(people::id)
        .all(tx.conn())
        .await?;
    for candidate in same {
        suggest_match(tx, person.id, candidate.to(), MatchReason::SameEmail).await?;
    }
    Ok(())
}

/// Suggests whoever has the same mailbox as these new people: which of them have company is asked once for all.
pub(super) async fn suggest_by_emails(tx: &mut Tx<'_>, new: &BTreeSet<PersonId>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uid> = new.iter().map(|id| Uid::from(*id)).collect();
    let of: Vec<(Uid, Option<String>)> = people::table
        .filter(people::tenant_id.eq(tx.tenant()))
        .filter(people::id.eq_any(ids))
        .filter(people::email_key.is_not_null())
        .select((people::id, people::email_key))
        .all(tx.conn())
        .await?;
    if of.is_empty() {
        return Ok(());
    }
    let keys: BTreeSet<&str> = of.iter().filter_map(|(_, key)| key.as_deref()).collect();
    let shared: Vec<Option<String>> = people::table
        .filter(people::tenant_id.eq(tx.tenant()))
        .filter(people::email_key.eq_any(keys))
        .group_by(people::email_key)
        .having(diesel::dsl::count_star().gt(1))
        .select(people::email_key)
        .all(tx.conn())
        .await?;
    let ids: Vec<Uid> = of.iter().filter(|(_, key)| shared.contains(key)).map(|(id, _)| *id).collect();
    let people = super::person::several(tx, &ids).await?;
    for person in ids.iter().filter_map(|id| people.get(&id.to())) {
        suggest_by_email(tx, person).await?;
    }
    Ok(())
}

/// Between what the search texts of all lie who have this person's family name.
fn called(person: &Person) -> (String, String) {
    let family = person.family_name.as_str().to_lowercase();
    (format!("{family} "), format!("{family} \u{10ffff}"))
}

/// Family names that are looked for at once.
const NAMES_AT_ONCE: usize = 50;
/// Most people who are looked at for them: where so many are called alike, a name says little.
const LOOKED_AT: i64 = 5000;

/// Suggests whoever has the same name as these people and is or was employed at the same school.
pub(super) async fn suggest_by_names(tx: &mut Tx<'_>, employed: &BTreeSet<(PersonId, OrganisationId)>) -> Result<()> {
    if employed.is_empty() {
        return Ok(());
    }
    let ids: BTreeSet<Uid> = employed.iter().map(|(id, _)| Uid::from(*id)).collect();
    let schools: BTreeSet<Uid> = employed.iter().map(|(_, at)| Uid::from(*at)).collect();
    let own = super::person::several(tx, &ids.into_iter().collect::<Vec<_>>()).await?;
    let names: BTreeSet<(String, String)> = own.values().map(called).collect();
    let names: Vec<(String, String)> = names.into_iter().collect();
    let mut near: BTreeSet<Uid> = BTreeSet::new();
    for part in names.chunks(NAMES_AT_ONCE) {
        let mut query = people::table.select(people::id).into_boxed::<Dialect>();
        for (from, to) in part.iter().cloned() {
            query = query.or_filter(people::search.ge(from).and(people::search.lt(to)));
        }
        // of each who is called so, not of all who work there: those may be thousands
        let there = diesel::dsl::exists(
            employments::table
                .filter(employments::tenant_id.eq(tx.tenant()))
                .filter(employments::person_id.eq(people::id))
                .filter(employments::organisation_id.eq_any(schools.clone())),
        );
        let found: Vec<Uid> = query.filter(people::tenant_id.eq(tx.tenant())).filter(there).limit(LOOKED_AT).all(tx.conn()).await?;
        near.extend(found);
    }
    // each finds themself; where nobody else was found and no two are called alike there is nothing to compare
    if names.len() == own.len() && !near.iter().any(|id| !own.contains_key(&id.to())) {
        return Ok(());
    }
    let near: Vec<Uid> = near.into_iter().collect();
    let candidates = super::person::several(tx, &near).await?;
    let posts: Vec<(Uid, Uid)> = employments::table
        .filter(employments::tenant_id.eq(tx.tenant()))
        .filter(employments::person_id.eq_any(&near))
        .filter(employments::organisation_id.eq_any(schools))
        .select((employments::person_id, employments::organisation_id))
        .all(tx.conn())
        .await?;
    let posts: BTreeSet<(Uid, Uid)> = posts.into_iter().collect();
    for (id, school) in employed {
        let Some(person) = own.get(id) else { continue };
        let there = near.iter().filter(|other| other.to::<PersonId>() != *id && posts.contains(&(**other, Uid::from(*school))));
        let same = there.filter_map(|other| candidates.get(&other.to())).filter(|candidate| same_name(person, candidate));
        for candidate in same.take(MOST.into()) {
            suggest_match(tx, *id, candidate.id, MatchReason::SameNameAndSchool).await?;
        }
    }
    Ok(())
}

/// The two were merged: what was suggested of them is settled.
pub(super) async fn merged(tx: &mut Tx<'_>, giver: PersonId, keeper: PersonId, merge: MergeId) -> Result<()> {
    let (newer, older) = newer_and_older(giver, keeper);
    let row: Option<SuggestionRow> = match_suggestions::table
        .filter(match_suggestions::tenant_id.eq(tx.tenant()))
        .filter(match_suggestions::person_id.eq(Uid::from(newer)))
        .filter(match_suggestions::candidate_id.eq(Uid::from(older)))
        .select(SuggestionRow::as_select())
        .one(tx.conn())
        .await
        .optional()?;
    if let Some(before) = row.map(SuggestionRow::suggestion).transpose()? {
        let after = MatchSuggestion { state: MatchState::Accepted, later_until: None, merge_id: Some(merge), ..before.clone() };
        save(tx, EventKind::MatchSuggestionAccepted, &before, after).await?;
    }
    Ok(())
}
/// A merge was undone: they are two, and that is remembered.
pub(super) async fn unmerged(tx: &mut Tx<'_>, merge: MergeId) -> Result<()> {
    let row: Option<SuggestionRow> = match_suggestions::table
        .filter(match_suggestions::tenant_id.eq(tx.tenant()))
        .filter(match_suggestions::merge_id.eq(Uid::from(merge)))
        .select(SuggestionRow::as_select())
        .one(tx.conn())
        .await
        .optional()?;
    if let Some(before) = row.map(SuggestionRow::suggestion).transpose()? {
        let after = MatchSuggestion { state: MatchState::Rejected, ..before.clone() };
        save(tx, EventKind::MatchSuggestionRejected, &before, after).await?;
    }
    Ok(())
}

/// One of the two, if there is such a person still and the caller may write them.
async fn writable(cx: &mut Cx<'_>, reach: &Reach, id: PersonId) -> Result<Option<bool>> {
    match super::person::person_within(cx, reach, id).await {
        Ok(()) => Ok(Some(true)),
        Err(StoreError::Missing) => {
            let there: i64 = people::table.filter(people::tenant_id.eq(cx.tenant())).filter(people::id.eq(Uid::from(id))).count().one(cx.conn()).await?;
            Ok((there > 0).then_some(false))
        }
        Err(e) => Err(e),
    }
}

/// The suggestion, for who may write both; once they are one, for who may write that one.
async fn load(cx: &mut Cx<'_>, id: MatchSuggestionId) -> Result<MatchSuggestion> {
    let row: SuggestionRow = match_suggestions::table.find((cx.tenant(), Uid::from(id))).select(SuggestionRow::as_select()).one(cx.conn()).await?;
    let suggestion = row.suggestion()?;
    let reach = cx.reach.clone();
    let both = [writable(cx, &reach, suggestion.person_id).await?, writable(cx, &reach, suggestion.candidate_id).await?];
    let merged = suggestion.state == MatchState::Accepted;
    match both {
        [Some(true), Some(true)] => Ok(suggestion),
        [Some(true), None] | [None, Some(true)] if merged => Ok(suggestion),
        _ => Err(StoreError::Missing),
    }
}

/// Where these people work or worked, as far as the caller keeps records there: a second job elsewhere is not theirs to know.
async fn schools(cx: &mut Cx<'_>, people: &[Uid]) -> Result<HashMap<Uid, Vec<(OrganisationId, String)>>> {
    let mut query = employments::table
        .inner_join(organisations::table.on(organisations::tenant_id.eq(employments::tenant_id).and(organisations::id.eq(employments::organisation_id))))
        .filter(employments::tenant_id.eq(cx.tenant()))
        .filter(employments::person_id.eq_any(people.to_vec()))
        .select((employments::person_id, organisations::id, organisations::name))
        .distinct()
        .order((employments::person_id, organisations::id))
        .into_boxed::<Dialect>();
    if !cx.reach.everywhere {
        let covered = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq(cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&cx.reach.organisations)))
            .select(organisation_paths::descendant_id);
        query = query.filter(employments::organisation_id.eq_any(covered));
    }
    let rows: Vec<(Uid, Uid, String)> = query.all(cx.conn()).await?;
    let mut out: HashMap<Uid, Vec<(OrganisationId, String)>> = HashMap::new();
    for (person, school, name) in rows {
        out.entry(person).or_default().push((school.to(), name));
    }
    Ok(out)
}

/// The suggestions with both people of each, in three statements whatever their number.
async fn side_by_side(cx: &mut Cx<'_>, suggestions: Vec<MatchSuggestion>) -> Result<Vec<SideBySide>> {
    let ids: Vec<Uid> = suggestions.iter().flat_map(|s| [s.person_id.into(), s.candidate_id.into()]).collect();
    let people = super::person::several(cx, &ids).await?;
    let schools = schools(cx, &ids).await?;
    let one = |id: PersonId| {
        let person = people.get(&id)?.clone();
        Some(Candidate { person, schools: schools.get(&Uid::from(id)).cloned().unwrap_or_default() })
    };
    let places = |c: &Candidate| -> Vec<OrganisationId> { c.schools.iter().map(|(id, _)| *id).collect() };
    Ok(suggestions
        .into_iter()
        .map(|suggestion| {
            let (person, candidate) = (one(suggestion.person_id), one(suggestion.candidate_id));
            let comparison = match (&person, &candidate) {
                (Some(a), Some(b)) => compare(&a.person, &b.person, (&places(a), &places(b))),
                _ => Vec::new(),
            };
            SideBySide { suggestion, person, candidate, comparison }
        })
        .collect())
}

async fn seen(cx: &mut Cx<'_>, suggestion: MatchSuggestion) -> Result<Seen<SideBySide>> {
    let record = side_by_side(cx, vec![suggestion]).await?.pop().ok_or(StoreError::Missing)?;
    let undecided = record.suggestion.undecided().err();
    let accept = match (&undecided, &record.person, &record.candidate) {
        (Some(refusal), ..) => Some(refusal.clone()),
        (None, Some(a), Some(b)) => may_merge(&a.person, &b.person, cx.caller.person()).err(),
        _ => None,
    };
    Ok(Seen { record, can: vec![("accept", accept), ("reject", undecided.clone()), ("later", undecided)] })
}

impl Read<Here> for GetMatchSuggestion {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Fetched<Seen<SideBySide>>> {
        let suggestion = load(cx, self.id).await?;
        if self.unless == Some(suggestion.version) {
            return Ok(Fetched::Unchanged(suggestion.version));
        }
        Ok(Fetched::Found(seen(cx, suggestion).await?))
    }
}

impl Read<Here> for ListMatchSuggestions {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Page<SideBySide>> {
        let query = match_suggestions::table.filter(match_suggestions::tenant_id.eq(cx.tenant())).select(SuggestionRow::as_select()).into_boxed::<Dialect>();
        let mut query = page::windowed!(query, self.window, match_suggestions);
        let due = match_suggestions::state.eq(MatchState::Later.as_str()).and(match_suggestions::later_until.le(cx.act.today()));
        query = match self.state {
            None | Some(MatchState::Open) => query.filter(match_suggestions::state.eq(MatchState::Open.as_str()).or(due)),
            Some(MatchState::Later) => query
                .filter(match_suggestions::state.eq(MatchState::Later.as_str()))
                .filter(match_suggestions::later_until.is_null().or(match_suggestions::later_until.gt(cx.act.today()))),
            Some(state) => query.filter(match_suggestions::state.eq(state.as_str())),
        };
        let merged = self.state == Some(MatchState::Accepted);
        query = match (merged, cx.reach.everywhere) {
            (false, _) => super::person::written!(query, cx, match_suggestions::person_id, match_suggestions::candidate_id),
            // of the two only the survivor is left
            (true, true) => {
                query.filter(super::person::there!(cx, match_suggestions::person_id).or(super::person::there!(cx, match_suggestions::candidate_id)))
            }
            (true, false) => {
                let newer = super::person::there!(cx, match_suggestions::person_id).and(super::person::placed!(cx, match_suggestions::person_id));
                let older = super::person::there!(cx, match_suggestions::candidate_id).and(super::person::placed!(cx, match_suggestions::candidate_id));
                query.filter(newer.or(older))
            }
        };
        if let Some(at) = self.organisation_id {
            let there = || super::person::employed_at!(cx, &[at], false);
            query = query.filter(match_suggestions::person_id.eq_any(there()).or(match_suggestions::candidate_id.eq_any(there())));
        }
        let rows: Vec<SuggestionRow> = query.all(cx.conn()).await?;
        let page = Page::cut(rows, self.window.limit, |r| r.id.0);
        let suggestions = page.items.into_iter().map(SuggestionRow::suggestion).collect::<Result<Vec<_>>>()?;
        Ok(Page { items: side_by_side(cx, suggestions).await?, next: page.next })
    }
}

async fn load_for_write(tx: &mut Tx<'_>, id: MatchSuggestionId, expected: Option<i64>) -> Result<MatchSuggestion> {
    let suggestion = load(tx, id).await?;
    super::event::expect(tx, &suggestion, expected).await?;
    Ok(suggestion)
}

impl Write<Here> for AcceptMatch {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<SideBySide>> {
        let suggestion = load_for_write(tx, self.id, self.expected).await?;
        suggestion.undecided()?;
        super::merging::merge(tx, suggestion.person_id, suggestion.candidate_id, None, None).await?;
        let after = load(tx, self.id).await?;
        seen(tx, after).await
    }
}

async fn decide(tx: &mut Tx<'_>, kind: EventKind, before: MatchSuggestion, after: std::result::Result<MatchSuggestion, RuleError>) -> Result<Seen<SideBySide>> {
    let after = save(tx, kind, &before, after?).await?;
    seen(tx, after).await
}

impl Write<Here> for RejectMatch {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<SideBySide>> {
        let before = load_for_write(tx, self.id, self.expected).await?;
        let after = before.rejected();
        decide(tx, EventKind::MatchSuggestionRejected, before, after).await
    }
}

impl Write<Here> for PostponeMatch {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<Seen<SideBySide>> {
        let before = load_for_write(tx, self.id, self.expected).await?;
        let after = before.later(self.until, tx.act.today());
        decide(tx, EventKind::MatchSuggestionPostponed, before, after).await
    }
}

/// What `explain` judges by: the same as the operations above.
pub(super) async fn explain(cx: &mut Cx<'_>, id: MatchSuggestionId, _: &Doing) -> Result<Can> {
    let suggestion = load(cx, id).await?;
    Ok(seen(cx, suggestion).await?.can)
}
