//! Who gets what is offered: by phase, category and hours of work, never by what is protected.

use super::{Halves, Split, split, totals};
use crate::{
    id::PersonId,
    request::RequestState,
    suppression::{Figure, List, list},
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
        minutes: Figure,
        placed: Figure,
        waiting: Figure,
        spent: Figure,
        decisions: Halves,
        waited_days: Figure,
    }
    let mut groups: BTreeMap<&str, Group> = BTreeMap::new();
    for post in posts {
        let group = groups.entry(&post.group).or_default();
        group.people.insert(post.person);
        if post.minutes > 0 {
            group.learners.insert(post.person);
        }
        let figures = [
            (&mut group.minutes, post.minutes),
            (&mut group.placed, post.placed),
            (&mut group.waiting, post.waiting),
            (&mut group.spent, post.spent_pence),
            (&mut group.decisions.so, post.approved),
            (&mut group.decisions.not, post.declined),
        ];
        for (figure, n) in figures {
            if n > 0 {
                figure.add(n, post.person);
            }
        }
        // whoever was decided about waited, if for no day
        if post.approved + post.declined > 0 {
            group.waited_days.add(post.waited_days, post.person);
        }
    }
    // who has two posts may be in two groups: whoever is withheld in both is one person
    let beside = |told: Option<&List>, figure: &dyn Fn(&Group) -> Figure| -> List {
        let withheld = |i: usize| told.is_some_and(|told| told.cells[i].is_none());
        list(&groups.values().enumerate().map(|(i, g)| figure(g).withheld_if(withheld(i))).collect::<Vec<_>>(), &[])
    };
    let people = beside(None, &|g| Figure::counting(&g.people));
    let learners = beside(Some(&people), &|g| Figure::counting(&g.learners));
    let minutes = beside(Some(&learners), &|g| g.minutes.clone());
    let placed = beside(Some(&people), &|g| g.placed.clone());
    let waiting = beside(Some(&people), &|g| g.waiting.clone());
    let spent = beside(Some(&people), &|g| g.spent.clone());
    let decisions: Vec<Halves> = groups.values().map(|g| g.decisions.clone()).collect();
    let decided = totals(&decisions, &people.cells.iter().map(Option::is_none).collect::<Vec<_>>());
    let (approved, approved_all) = split(&decisions, &decided);
    // how long few waited is theirs, and what is left of a total that is shown would tell of it
    let waited = beside(Some(&decided), &|g| g.waited_days.clone());
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
    (rows.collect(), all)
}
