//! To whom the owner of a record shows it.

use super::{Caller, Reach, Standing};
use crate::id::PersonId;
use serde::Serialize;

/// To whom the owner of a record shows it. Nobody of another tenant is ever among them, and none of them gets it from somebody else.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Audience {
    /// Whoever appraises its owner, on the day of the reading.
    pub appraiser: bool,
    /// Whoever leads learning where it stands: whose role has the permission there. Machines of the school are theirs.
    pub leaders: bool,
    /// Everybody who works at its school on the day of the reading.
    pub school: bool,
    /// These people, while they work at a school or for the trust.
    pub people: Vec<PersonId>,
}

impl Audience {
    /// The owner's appraiser, and who leads learning: what sharing means if nothing else is said.
    pub fn usual() -> Self {
        Self { appraiser: true, leaders: true, ..Self::default() }
    }
    /// What is shown to the school is shown to the appraiser and to who leads learning there; nobody is named twice, and the owner not at all.
    #[must_use]
    pub fn of(self, owner: PersonId) -> Self {
        let Self { appraiser, leaders, school, mut people } = self;
        people.retain(|p| *p != owner);
        people.sort_unstable();
        people.dedup();
        Self { appraiser: appraiser || school, leaders: leaders || school, school, people }
    }
    /// Is it shown to nobody?
    pub fn nobody(&self) -> bool {
        *self == Self::default()
    }
    /// Is everybody to whom the other shows it among those to whom this does?
    pub fn includes(&self, other: &Self) -> bool {
        (self.appraiser || !other.appraiser)
            && (self.leaders || !other.leaders)
            && (self.school || !other.school)
            && other.people.iter().all(|p| self.people.contains(p))
    }
}

/// May this caller read a record that stands so, and is shown to these? `reach` is that of the permission to read such records. The path begins with the
/// record's own school. A list filters by the same: `shown!` in `queries/learning/mod.rs`.
pub fn shown(caller: &Caller, reach: &Reach, record: &Standing, to: &Audience) -> bool {
    let Some(owner) = record.owner else { return false };
    let leads = reach.everywhere || record.path.iter().any(|at| reach.organisations.contains(at));
    let works_at = caller.employed_at();
    let me = caller.person();
    me == Some(owner)
        || (to.leaders && leads)
        || (to.appraiser && caller.appraises(owner))
        || (to.school && record.path.first().is_some_and(|at| works_at.contains(at)))
        || (!works_at.is_empty() && me.is_some_and(|me| to.people.contains(&me)))
}
