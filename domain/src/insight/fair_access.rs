//! Who gets what is offered: by phase, category and hours of work, never by what is protected.

use super::{Halves, Split, few, note, split, totals};
use crate::{
    id::PersonId,
    request::RequestState,
    suppression::{List, Of, list},
};
use std::collections::{BTreeMap, BTreeSet};

/// One post in an academic year, with what its holder learned and was enrolled for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Whose.
    pub person: PersonId,
    /// In which group of the partition at hand.
    pub group: String,
    /// Minutes of learning that are recorded.
    pub minutes: u64,
    /// Places at sessions.
    pub placed: u64,
    /// Sessions for which they wait.
    pub waiting: u64,
    /// Pence that were spent on what they asked for.
    pub spent_pence: u64,
    /// Learning requests of theirs that were approved.
    pub approved: u64,
    /// That were declined.
    pub declined: u64,
    /// Whole days that these waited to be decided, together.
    pub waited_days: u64,
}

/// Was a learning request in this state approved or declined? One that still waits, or was taken back, is neither.
pub fn decided(state: RequestState) -> Option<bool> {
    use RequestState as R;
    match state {
        R::Approved | R::Booked | R::Attended | R::Evaluated | R::ImpactReviewed | R::Closed => Some(true),
        R::ManagerDeclined | R::Declined => Some(false),
        R::Draft | R::Submitted | R::ManagerAgreed | R::Returned | R::Withdrawn => None,
    }
}

/// What a group had of what was offered, or all groups together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// How many people.
    pub people: Option<u64>,
    /// How many of them have learning recorded.
    pub learners: Option<u64>,
    /// Minutes of learning.
    pub minutes: Option<u64>,
    /// Places at sessions.
    pub placed: Option<u64>,
    /// Sessions waited for.
    pub waiting: Option<u64>,
    /// Pence spent on what they asked for.
    pub spent_pence: Option<u64>,
    /// Learning requests that were decided.
    pub decided: Option<u64>,
    /// Of those, approved and declined.
    pub approved: Split,
    /// Whole days that these waited to be decided, together.
    pub waited_days: Option<u64>,
}

/// What each group had, in the order of their names, and all together.
pub fn fair_access(posts: &[Post]) -> (Vec<(String, Access)>, Access) {
    #[derive(Default)]
    struct Group {
        people: BTreeSet<PersonId>,
        learners: BTreeSet<PersonId>,
        minutes: u64,
        placed: (u64, BTreeSet<PersonId>),
        waiting: (u64, BTreeSet<PersonId>),
        spent: (u64, BTreeSet<PersonId>),
        decisions: Halves,
        waited_days: u64,
    }
    let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
    for post in posts {
        let group = groups.entry(&post.group).or_default();
        group.people.insert(post.person);
        if post.minutes > 0 {
            group.learners.insert(post.person);
            group.minutes += post.minutes;
        }
        for ((sum, people), n) in [(&mut group.placed, post.placed), (&mut group.waiting, post.waiting), (&mut group.spent, post.spent_pence)] {
            if n > 0 {
                *sum += n;
                people.insert(post.person);
            }
        }
    }
    for post in posts {
        let Some(group) = groups.get_mut(post.group.as_str()) else { continue };
        for (so, n) in [(true, post.approved), (false, post.declined)] {
            if n > 0 {
                note(&mut group.decisions, so, post.person, n);
            }
        }
        group.waited_days += post.waited_days;
    }
    let of = |value: &dyn Fn(&Group) -> u64, of: &[Of]| list(&groups.values().map(value).collect::<Vec<_>>(), &[], of);
    let people = of(&|g| g.people.len() as u64, &[]);
    let beside = |told: &List, n: &dyn Fn(&Group) -> usize| -> Vec<Of> {
        groups.values().zip(&told.cells).map(|(g, told)| Of::these(n(g)).withheld_if(told.is_none())).collect()
    };
    let besides = |n: &dyn Fn(&Group) -> usize| beside(&people, n);
    let learners = of(&|g| g.learners.len() as u64, &besides(&|g| g.learners.len()));
    let minutes = of(&|g| g.minutes, &beside(&learners, &|g| g.learners.len()));
    let placed = of(&|g| g.placed.0, &besides(&|g| g.placed.1.len()));
    let waiting = of(&|g| g.waiting.0, &besides(&|g| g.waiting.1.len()));
    let spent = of(&|g| g.spent.0, &besides(&|g| g.spent.1.len()));
    let decisions: Vec<Halves> = groups.values().map(|g| g.decisions.clone()).collect();
    let decided = totals(&decisions, &people.cells.iter().map(Option::is_none).collect::<Vec<_>>());
    let (approved, approved_all) = split(&decisions, &decided);
    // how long few waited is theirs, and what is left of a total that is shown would tell of it
    let deciding = |g: &Group| g.decisions.people_so.union(&g.decisions.people_not).count();
    let waited = of(&|g| g.waited_days, &beside(&decided, &deciding));
    let access = |at: &dyn Fn(&List) -> Option<u64>, approved: Split| Access {
        people: at(&people),
        learners: at(&learners),
        minutes: at(&minutes),
        placed: at(&placed),
        waiting: at(&waiting),
        spent_pence: at(&spent),
        decided: at(&decided),
        approved,
        waited_days: at(&waited),
    };
    let rows = groups.keys().enumerate().map(|(i, name)| ((*name).to_owned(), access(&|l| l.cells[i], approved[i])));
    let mut all = access(&|l| l.total, approved_all);
    if all.learners.is_none() {
        all.minutes = None;
    }
    if all.decided.is_none() {
        all.waited_days = None;
    }
    let spenders: BTreeSet<PersonId> = groups.values().flat_map(|g| g.spent.1.iter().copied()).collect();
    if few(spenders.len()) {
        all.spent_pence = None;
    }
    (rows.collect(), all)
}
