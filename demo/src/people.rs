//! The demo's people: hired in two waves, those who were there when the trust began with Trellis and this year's new starters.

use super::{
    names::{NAMES, plain, preferred},
    places::{Places, Site, reference},
    posts::{OTHERS, POSTS, Post},
    scene::{Scene, Span, date, say},
};
use chrono::NaiveDate;
use std::collections::HashMap;
use trellis_domain::{
    employment::StaffCategory,
    id::{AccountId, EmploymentId, OrganisationId, PersonId},
    person::Trn,
    text::Email,
    time::Period,
};
use trellis_persistence::{Principal, StoreError, account::CreateAccount, employment::CreateEmployment, person::CreatePerson};

/// Somebody of the story.
pub(super) struct Member {
    /// How the story calls them.
    pub key: &'static str,
    /// Their post, if they are employed.
    pub post: Option<&'static Post>,
    /// Who they are.
    pub person: PersonId,
    /// Their name.
    pub name: String,
    /// What they log in with.
    pub email: Email,
    /// The employment that goes with the post.
    pub employment: Option<EmploymentId>,
    /// Their account.
    pub account: Option<AccountId>,
    /// As whom they act, once they have logged in.
    pub principal: Option<Principal>,
}

/// Everybody of the story.
#[derive(Default)]
pub(super) struct Crew {
    /// In the order in which they came.
    pub members: Vec<Member>,
    by_key: HashMap<&'static str, usize>,
}

impl Crew {
    fn place_of(&self, key: &str) -> Result<usize, StoreError> {
        self.by_key.get(key).copied().ok_or_else(|| StoreError::Internal(format!("nobody of the demo is called {key}")))
    }
    /// Whom the story calls so.
    pub(super) fn get(&self, key: &str) -> Result<&Member, StoreError> {
        self.place_of(key).map(|i| &self.members[i])
    }
    /// The same, to change.
    pub(super) fn get_mut(&mut self, key: &str) -> Result<&mut Member, StoreError> {
        self.place_of(key).map(|i| &mut self.members[i])
    }
    /// As whom somebody acts.
    pub(super) fn principal(&self, key: &str) -> Result<Principal, StoreError> {
        self.get(key)?.principal.clone().ok_or_else(|| StoreError::Internal(format!("{key} has not logged in")))
    }
    /// As whom a person acts, if they have logged in.
    pub(super) fn principal_of(&self, person: PersonId) -> Option<Principal> {
        self.members.iter().find(|m| m.person == person)?.principal.clone()
    }
    /// Their employment.
    pub(super) fn employment(&self, key: &str) -> Result<EmploymentId, StoreError> {
        self.get(key)?.employment.ok_or_else(|| StoreError::Internal(format!("{key} is not employed")))
    }
    /// The key of whoever manages and appraises them today.
    pub(super) fn appraiser_of(&self, key: &str) -> Result<&'static str, StoreError> {
        Ok(self.get(key)?.post.map_or("", |p| if p.under.is_empty() { "g-chair" } else { p.under }))
    }
}

/// Who, where, the job, its extent in per cent, from the September of so many years ago, to the August of so many.
type Beside = (&'static str, Site, &'static str, i32, i32, Option<i32>);

/// Employments beside the one of the post: of a returner, of somebody who changed schools, and of one person employed at two schools.
const BESIDE: [Beside; 3] = [
    ("c-y2", Site::Curlew, "Year 2 Teacher", 100, 9, Some(5)),
    ("e-dht", Site::Curlew, "Year 6 Teacher", 100, 8, Some(3)),
    ("s-mfl-2", Site::Curlew, "Primary Languages Teacher", 40, 2, None),
];
/// Left before the trust began with Trellis: the record came with the import.
const LONG_GONE: &str = "z-4";

/// Which people come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wave {
    /// Those who were there when the trust began with Trellis.
    Founders,
    /// This year's.
    Starters,
}

/// Adds people with their employments and accounts, over three parts of a span that begin at `from` and take `each`.
pub(super) async fn hire(scene: &Scene<'_>, places: &Places, crew: &mut Crew, wave: Wave, span: Span, from: f64, each: f64) -> Result<(), StoreError> {
    let part = |n: f64| (from + each * n, from + each * (n + 1.0));
    let everybody = POSTS.iter().map(|p| (p.key, Some(p))).chain(OTHERS.iter().map(|key| (*key, None))).zip(NAMES).enumerate();
    let comes = |post: Option<&Post>| (wave == Wave::Starters) == post.is_some_and(|p| p.since == 0);
    let (mut new, mut people) = (Vec::new(), Vec::new());
    for (i, ((key, post), (given, family))) in everybody.filter(|(_, ((_, post), _))| comes(*post)) {
        let email: Email = say(&format!("{}.{}@tidewater.example", plain(given), plain(family)))?;
        let qualified = post.is_some_and(|p| p.category != StaffCategory::Support && p.site != Site::Trust);
        // any seven digits, all different, some with leading zeros
        let trn = if qualified { Some(say::<Trn>(&format!("{:07}", (i * 73_939 + 12_345) % 10_000_000))?) } else { None };
        let external_refs = if post.is_some() { vec![reference(&format!("P{:04}", i + 1))?] } else { Vec::new() };
        let preferred_name = preferred(given).map(say).transpose()?;
        new.push((key, post, i, format!("{given} {family}"), email.clone()));
        let person = CreatePerson { given_name: say(given)?, family_name: say(family)?, preferred_name, email: Some(email), trn, external_refs };
        people.push((Principal::Operator, person));
    }
    let people = scene.over(span, part(0.0), people).await?;
    let first = crew.members.len();
    let mut contracts = Vec::new();
    for ((key, post, i, name, email), seen) in new.into_iter().zip(people) {
        let person = seen.record.person.id;
        crew.by_key.insert(key, crew.members.len());
        crew.members.push(Member { key, post, person, name, email, employment: None, account: None, principal: None });
        contracts.extend(contracts_of(scene, places, person, key, post, i)?);
    }
    let signed = scene.over(span, part(1.0), contracts).await?;
    for employment in signed.into_iter().map(|s| s.record) {
        let current = employment.period.ends_on.is_none();
        let theirs = crew.members.iter_mut().find(|m| m.person == employment.person_id && (current || m.key == LONG_GONE));
        if let Some(member) = theirs.filter(|m| m.employment.is_none()) {
            member.employment = Some(employment.id);
        }
    }
    let has_one = |m: &&mut Member| m.key != LONG_GONE;
    let mut members: Vec<&mut Member> = crew.members[first..].iter_mut().filter(has_one).collect();
    let password_hash = &scene.stage.password_hash;
    let open = |m: &&mut Member| (Principal::Operator, CreateAccount { person_id: m.person, email: m.email.clone(), password_hash: password_hash.clone() });
    let accounts = members.iter().map(open).collect();
    for (member, account) in members.iter_mut().zip(scene.over(span, part(2.0), accounts).await?) {
        member.account = Some(account.record.id);
    }
    Ok(())
}

type Contracts = Vec<(Principal, CreateEmployment)>;

/// The employments of somebody: that of the post first.
fn contracts_of(scene: &Scene<'_>, places: &Places, person_id: PersonId, key: &str, post: Option<&Post>, i: usize) -> Result<Contracts, StoreError> {
    let Some(post) = post else { return Ok(Vec::new()) };
    let since = |years_ago: i32| scene.calendar.september(years_ago);
    let august = |years_ago: i32| date(scene.calendar.year - years_ago, 8, 31);
    let contract = |site: Site, title: &str, fte_percent: i32, starts_on: NaiveDate, ends_on: Option<NaiveDate>| {
        let organisation_id: OrganisationId = places.at(site);
        let staff_code = Some(say(&format!("{}-{:03}", site.letters(), i + 1))?);
        let (job_title, period) = (say(title)?, Period::new(starts_on, ends_on)?);
        let contract = CreateEmployment { person_id, organisation_id, job_title, staff_category: post.category, staff_code, fte_percent, period };
        Ok::<_, StoreError>((Principal::Operator, contract))
    };
    let ends_on = (key == LONG_GONE).then(|| august(2));
    let mut out = vec![contract(post.site, post.title, post.fte, since(post.since), ends_on)?];
    for (_, site, title, fte, from, to) in BESIDE.iter().filter(|(who, ..)| *who == key) {
        let beside = contract(*site, title, *fte, since(*from), to.map(august))?;
        out.push((beside.0, CreateEmployment { staff_category: StaffCategory::Teacher, ..beside.1 }));
    }
    Ok(out)
}
