//! Merging: two records turn out to be one person. One gives up their identity to the other, who keeps everything of both; what clashes is
//! folded into one or refused, and the whole can be undone. Authorship is history: what the log says is never rewritten.

use crate::{
    employment::Employment,
    id::{MergeId, OrganisationId, PersonId},
    person::Person,
    provenance::PersonField,
    relationship::{Circle, Relationship, RelationshipKind, circle},
    role::{Role, RoleName, not_for_yourself},
    rule::{Code, Faults, RuleError},
    text::Reason,
    time::Period,
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::Serialize;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Days within which a merge can be undone: as long as the log is kept.
pub const UNDO_DAYS: i64 = 400;

/// One person given up to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Merge {
    /// Its id.
    pub id: MergeId,
    /// Who gave up their identity.
    pub person_id: PersonId,
    /// Who keeps everything of both.
    pub into: PersonId,
    /// Why, in the words of whoever did it.
    pub reason: Option<Reason>,
    /// How many records went over of each kind that whoever merges people may know of.
    pub moved: BTreeMap<String, usize>,
    /// How many were folded into one that the survivor had already, or fell away because they joined the two.
    pub folded: BTreeMap<String, usize>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was done.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Merge {
    /// Is it still within the time in which it can be undone?
    ///
    /// # Errors
    /// `wrong_state` if it is undone already, `merge_stands` if it is too long ago.
    pub fn undoable(&self, now: DateTime<Utc>) -> Result<(), RuleError> {
        if self.undone_at.is_some() {
            return Err(RuleError::new(Code::WrongState, "this merge is undone already"));
        }
        if now - self.created_at > TimeDelta::days(UNDO_DAYS) {
            return Err(RuleError::new(Code::MergeStands, format!("it was done more than {UNDO_DAYS} days ago")));
        }
        Ok(())
    }
}

/// May the one be given up to the other? Never oneself: whoever merges themself with another would take over the other's records.
///
/// # Errors
/// Every fault at once: `same_person`, `not_for_yourself`, `different_trn`.
pub fn may_merge(giver: &Person, keeper: &Person, by: Option<PersonId>) -> Result<(), RuleError> {
    if giver.id == keeper.id {
        return Err(RuleError::at(Code::SamePerson, "/into", "a person is merged into another person"));
    }
    let mut faults = Faults::default();
    faults.check(not_for_yourself(giver.id, by).and_then(|()| not_for_yourself(keeper.id, by)));
    if giver.trn.is_some() && keeper.trn.is_some() && giver.trn != keeper.trn {
        faults.check::<()>(Err(RuleError::at(
            Code::DifferentTrn,
            "/into",
            "both have a teacher reference number and they differ, so they are two people; if one is wrong, correct it first",
        )));
    }
    faults.settle()
}

/// What the survivor's own record becomes: their words stay, and what they lacked comes from the other.
pub fn completed(keeper: &Person, giver: &Person) -> Person {
    let mut external_refs: Vec<_> = keeper.external_refs.iter().chain(&giver.external_refs).cloned().collect();
    external_refs.sort();
    let mut provenance = keeper.provenance.clone();
    for (field, lacked) in
        [(PersonField::PreferredName, keeper.preferred_name.is_none()), (PersonField::Email, keeper.email.is_none()), (PersonField::Trn, keeper.trn.is_none())]
    {
        if lacked {
            provenance.inherit(field, &giver.provenance);
        }
    }
    Person {
        provenance,
        preferred_name: keeper.preferred_name.clone().or_else(|| giver.preferred_name.clone()),
        email: keeper.email.clone().or_else(|| giver.email.clone()),
        trn: keeper.trn.clone().or_else(|| giver.trn.clone()),
        external_refs,
        ..keeper.clone()
    }
}

/// A record with days, and what must not stand twice on one of them: an employment at a school, a role at an organisation, a relationship.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dated<I, K> {
    /// Its id.
    pub id: I,
    /// What must not stand twice.
    pub key: K,
    /// When.
    pub period: Period,
}

/// What becomes of the records of two people who are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folding<I> {
    /// Folded away, and into which.
    pub folded: Vec<(I, I)>,
    /// Periods that grew.
    pub grown: Vec<(I, Period)>,
}

/// Folds what the one brings into what the other has wherever both stand on the same days. The survivor's record stays, over the days of all.
pub fn fold<I: Copy + Eq, K: Eq>(own: Vec<Dated<I, K>>, coming: Vec<Dated<I, K>>) -> Folding<I> {
    let before: Vec<(I, Period)> = own.iter().chain(&coming).map(|d| (d.id, d.period)).collect();
    let (mut standing, mut folded) = (own, Vec::<(I, I)>::new());
    for mut new in coming {
        let mut into: Option<I> = None;
        // what grew may now meet what it did not meet before
        while let Some(i) = standing.iter().position(|s| s.key == new.key && s.period.overlaps(&new.period)) {
            let met = standing.remove(i);
            let period = together(&met.period, &new.period);
            // the first that was met stays; everything else goes into it
            let (stays, goes) = if into.is_some() { (new, met) } else { (met, new) };
            folded.iter_mut().filter(|(_, to)| *to == goes.id).for_each(|(_, to)| *to = stays.id);
            folded.push((goes.id, stays.id));
            into = Some(stays.id);
            new = Dated { period, ..stays };
        }
        standing.push(new);
    }
    let was = |id: I| before.iter().find(|(b, _)| *b == id).map(|(_, period)| *period);
    let grown = standing.iter().filter(|s| was(s.id) != Some(s.period)).map(|s| (s.id, s.period)).collect();
    Folding { folded, grown }
}

/// A record that can be folded into an equal one.
pub trait Foldable: Clone {
    /// What must not stand twice on one day.
    type Key: Eq;
    /// Its id.
    fn uuid(&self) -> Uuid;
    /// What must not stand twice on one day.
    fn key(&self) -> Self::Key;
    /// When.
    fn period(&self) -> Period;
    /// The same over other days.
    #[must_use]
    fn over(self, period: Period) -> Self;
    /// As it stands: id, key and days.
    fn dated(&self) -> Dated<Uuid, Self::Key> {
        Dated { id: self.uuid(), key: self.key(), period: self.period() }
    }
}
macro_rules! foldable {
    ($($record:ty: $key:ty = $of:expr;)*) => {$(
        impl Foldable for $record {
            type Key = $key;
            fn uuid(&self) -> Uuid {
                self.id.0
            }
            fn key(&self) -> $key {
                let of: fn(&$record) -> $key = $of;
                of(self)
            }
            fn period(&self) -> Period {
                self.period
            }
            fn over(self, period: Period) -> Self {
                Self { period, ..self }
            }
        }
    )*};
}
foldable! {
    Employment: OrganisationId = |e| e.organisation_id;
    Role: (RoleName, OrganisationId) = |r| (r.role, r.organisation_id);
    Relationship: (RelationshipKind, PersonId, PersonId) = |r| (r.kind, r.person_id, r.holder_id);
}

/// All days of two periods that share some.
fn together(a: &Period, b: &Period) -> Period {
    Period { starts_on: a.starts_on.min(b.starts_on), ends_on: a.ends_on.zip(b.ends_on).map(|(a, b)| a.max(b)) }
}

/// A relationship once the one person is the other; none if it joined the two.
pub fn renamed(relationship: &Relationship, giver: PersonId, keeper: PersonId) -> Option<Relationship> {
    let name = |p: PersonId| if p == giver { keeper } else { p };
    let out = Relationship { person_id: name(relationship.person_id), holder_id: name(relationship.holder_id), ..relationship.clone() };
    (out.person_id != out.holder_id).then_some(out)
}

/// The circle that line management would have once the two are one.
pub fn circle_of_both(giver: PersonId, keeper: PersonId, line_management: &[Relationship]) -> Option<Circle> {
    let after: Vec<Relationship> =
        line_management.iter().filter(|r| r.kind == RelationshipKind::LineManager).filter_map(|r| renamed(r, giver, keeper)).collect();
    after.iter().filter(|r| r.person_id == keeper).find_map(|r| circle(r, &after))
}

/// Where the merge hands on a role that somebody did not have: whoever merges must be able to give it. A role goes to the survivor, and to the
/// account that comes with the merge go the survivor's own.
pub fn handed_on(giver: &[Role], keeper: &[Role], account_moves: bool, today: NaiveDate) -> Vec<(RoleName, OrganisationId)> {
    let news = |from: &[Role], to: &[Role]| -> Vec<(RoleName, OrganisationId)> {
        let live = from.iter().filter(|r| r.period.ends_on.is_none_or(|end| end >= today));
        live.filter(|r| {
            let held = |h: &&Role| h.role == r.role && h.organisation_id == r.organisation_id;
            !to.iter().filter(held).any(|h| h.period.starts_on <= r.period.starts_on.max(today) && together(&h.period, &r.period).ends_on == h.period.ends_on)
        })
        .map(|r| (r.role, r.organisation_id))
        .collect()
    };
    let mut out = news(giver, keeper);
    if account_moves {
        out.extend(news(keeper, giver));
    }
    out.sort_unstable();
    out.dedup();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{id::RoleId, person::Trn, text::Name};

    fn days(starts: &str, ends: &str) -> Period {
        Period { starts_on: starts.parse().unwrap_or_default(), ends_on: ends.parse().ok() }
    }
    fn dated(id: u32, key: u32, starts: &str, ends: &str) -> Dated<u32, u32> {
        Dated { id, key, period: days(starts, ends) }
    }

    #[test]
    fn what_stands_on_the_same_days_is_folded_into_the_survivors_own() {
        for (own, coming, folded, grown) in [
            (vec![], vec![dated(9, 1, "2020-01-01", "")], vec![], vec![]),
            (vec![dated(1, 1, "2020-01-01", "")], vec![dated(9, 2, "2020-01-01", "")], vec![], vec![]),
            (vec![dated(1, 1, "2020-01-01", "2020-12-31")], vec![dated(9, 1, "2021-01-01", "")], vec![], vec![]),
            (vec![dated(1, 1, "2020-01-01", "")], vec![dated(9, 1, "2021-01-01", "")], vec![(9, 1)], vec![]),
            (vec![dated(1, 1, "2021-01-01", "2022-01-01")], vec![dated(9, 1, "2020-01-01", "")], vec![(9, 1)], vec![(1, days("2020-01-01", ""))]),
            // one that bridges two of the survivor's own makes the three one
            (
                vec![dated(1, 1, "2020-01-01", "2020-12-31"), dated(2, 1, "2022-01-01", "2022-12-31")],
                vec![dated(9, 1, "2020-06-01", "2022-06-01")],
                vec![(9, 1), (2, 1)],
                vec![(1, days("2020-01-01", "2022-12-31"))],
            ),
            // two of the one meet one of the other
            (
                vec![dated(1, 1, "2020-06-01", "2022-06-01")],
                vec![dated(8, 1, "2020-01-01", "2020-12-31"), dated(9, 1, "2022-01-01", "2022-12-31")],
                vec![(8, 1), (9, 1)],
                vec![(1, days("2020-01-01", "2022-12-31"))],
            ),
        ] {
            assert_eq!(fold(own.clone(), coming.clone()), Folding { folded, grown }, "{own:?} {coming:?}");
        }
    }

    /// Whatever the periods, nothing stands twice afterwards, no day is lost and none is added.
    #[test]
    fn folding_keeps_exactly_the_days_of_both() {
        let day = |n: u32| NaiveDate::from_num_days_from_ce_opt(737_000 + i32::try_from(n).unwrap_or(0)).unwrap_or_default();
        let mut seed = 7_u32;
        let mut random = |most: u32| {
            seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12_345);
            (seed >> 16) % most
        };
        for _ in 0..2000 {
            let mut side = |first: u32| {
                let mut at = random(5);
                (0..random(4))
                    .map(|i| {
                        let starts = at;
                        let ends = starts + random(6);
                        at = ends + 1 + random(4);
                        Dated { id: first + i, key: 0, period: Period { starts_on: day(starts), ends_on: Some(day(ends)) } }
                    })
                    .collect::<Vec<_>>()
            };
            let (own, coming) = (side(0), side(100));
            let all: Vec<_> = own.iter().chain(&coming).cloned().collect();
            let Folding { folded, grown } = fold(own, coming);
            let after: Vec<Period> = all
                .iter()
                .filter(|d| !folded.iter().any(|(gone, _)| *gone == d.id))
                .map(|d| grown.iter().find(|(id, _)| *id == d.id).map_or(d.period, |(_, p)| *p))
                .collect();
            assert!(folded.iter().all(|(_, into)| !folded.iter().any(|(gone, _)| gone == into)), "folded into what is gone: {all:?}");
            for n in 0..60 {
                let before = all.iter().any(|d| d.period.contains(day(n)));
                let now = after.iter().filter(|p| p.contains(day(n))).count();
                assert_eq!(now, usize::from(before), "day {n}: {all:?}");
            }
        }
    }

    fn human(n: u128, trn: Option<&str>) -> Person {
        let name = |t: &str| Name::try_from(t.to_owned()).unwrap_or_else(|e| unreachable!("{e}"));
        Person {
            id: PersonId(Uuid::from_u128(n)),
            given_name: name("Ada"),
            family_name: name("Okoro"),
            preferred_name: None,
            email: None,
            trn: trn.and_then(|t| Trn::try_from(t.to_owned()).ok()),
            external_refs: Vec::new(),
            provenance: crate::provenance::Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn who_can_be_one_person() {
        let code = |a: &Person, b: &Person, by: Option<u128>| may_merge(a, b, by.map(|n| PersonId(Uuid::from_u128(n)))).err().map(|e| e.code);
        for (a, b, by, expected) in [
            (human(1, None), human(2, None), None, None),
            (human(1, None), human(1, None), None, Some(Code::SamePerson)),
            (human(1, Some("1234567")), human(2, None), None, None),
            (human(1, Some("1234567")), human(2, Some("7654321")), None, Some(Code::DifferentTrn)),
            (human(1, None), human(2, None), Some(1), Some(Code::NotForYourself)),
            (human(1, None), human(2, None), Some(2), Some(Code::NotForYourself)),
            (human(1, None), human(2, None), Some(3), None),
        ] {
            assert_eq!(code(&a, &b, by), expected);
        }
        let both = may_merge(&human(1, Some("1234567")), &human(2, Some("7654321")), Some(PersonId(Uuid::from_u128(1))));
        assert_eq!(both.err().map(|e| e.faults.len()), Some(2));
    }

    #[test]
    fn a_role_that_would_be_news_to_somebody_is_handed_on() {
        let today: NaiveDate = "2026-10-05".parse().unwrap_or_default();
        let hr = |starts: &str, ends: &str| Role {
            id: RoleId(Uuid::nil()),
            person_id: PersonId(Uuid::nil()),
            role: RoleName::Hr,
            organisation_id: OrganisationId(Uuid::from_u128(1)),
            period: days(starts, ends),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        for (giver, keeper, account_moves, handed) in [
            (vec![], vec![hr("2020-01-01", "")], false, 0),
            (vec![], vec![hr("2020-01-01", "")], true, 1),
            (vec![hr("2020-01-01", "")], vec![], false, 1),
            (vec![hr("2020-01-01", "2026-10-04")], vec![], false, 0),
            (vec![hr("2020-01-01", "2026-10-05")], vec![], false, 1),
            (vec![hr("2020-01-01", "2027-01-01")], vec![hr("2022-01-01", "")], false, 0),
            (vec![hr("2020-01-01", "")], vec![hr("2022-01-01", "2027-01-01")], false, 1),
            (vec![hr("2020-01-01", "")], vec![hr("2027-01-01", "")], false, 1),
        ] {
            assert_eq!(handed_on(&giver, &keeper, account_moves, today).len(), handed, "{giver:?} {keeper:?}");
        }
    }
}
