//! How much learning each mechanism of effective professional development was at work in.

use crate::{
    id::{OrganisationId, PersonId},
    suppression::{Figure, People, list},
};
use std::collections::{BTreeMap, BTreeSet};

/// Learning of one person in which a mechanism was at work, as the store counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LearningBy {
    /// At which organisation.
    pub organisation: OrganisationId,
    /// Whose.
    pub person: PersonId,
    /// Which mechanism, by its place among all of them.
    pub mechanism: usize,
    /// How long it took, in minutes. Learning in which several were at work counts for each.
    pub minutes: u64,
}

/// Learning in which a mechanism was at work, as far as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Practised {
    /// How many people.
    pub people: Option<u64>,
    /// How long it took, in minutes.
    pub minutes: Option<u64>,
}

type Minutes = BTreeMap<PersonId, u64>;

/// Which of these would tell of few if another were taken from it. The same learning stands in several of them, so two that are the same but for that of a few
/// people are not both told: the smaller gives way.
fn betraying(mechanisms: &[Minutes]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..mechanisms.len()).collect();
    order.sort_by_key(|i| std::cmp::Reverse(mechanisms[*i].values().sum::<u64>()));
    let apart = |a: &Minutes, b: &Minutes| a.keys().chain(b.keys()).filter(|p| a.get(p) != b.get(p)).copied().collect::<People>();
    let (mut told, mut betrays) = (Vec::<usize>::new(), vec![false; mechanisms.len()]);
    for i in order {
        betrays[i] = told.iter().any(|other| apart(&mechanisms[i], &mechanisms[*other]).few());
        if !betrays[i] {
            told.push(i);
        }
    }
    betrays
}

/// How much learning each of so many mechanisms was at work in, at each of these organisations, and at all together.
pub fn mechanisms(organisations: &[OrganisationId], count: usize, found: &[LearningBy]) -> (Vec<Vec<Practised>>, Vec<Practised>) {
    let mut here = vec![vec![Minutes::new(); count]; organisations.len()];
    let mut everywhere = vec![Minutes::new(); count];
    for LearningBy { organisation, person, mechanism, minutes } in found.iter().copied().filter(|l| l.minutes > 0 && l.mechanism < count) {
        let Some(at) = organisations.iter().position(|x| *x == organisation) else { continue };
        *here[at][mechanism].entry(person).or_default() += minutes;
        *everywhere[mechanism].entry(person).or_default() += minutes;
    }
    let betrays: Vec<Vec<bool>> = here.iter().map(|at| betraying(at)).collect();
    let betrays_all = betraying(&everywhere);
    let (mut rows, mut all) = (vec![Vec::with_capacity(count); organisations.len()], Vec::with_capacity(count));
    for i in 0..count {
        let people = here.iter().zip(&betrays).map(|(at, betrays)| Figure::counting(&at[i].keys().copied().collect::<BTreeSet<_>>()).withheld_if(betrays[i]));
        let people = list(&people.collect::<Vec<_>>(), &[]);
        let minutes = here.iter().zip(&people.cells).map(|(at, told)| {
            let figure: Figure = at[i].iter().map(|(person, minutes)| (*minutes, *person)).collect();
            figure.withheld_if(told.is_none())
        });
        let minutes = list(&minutes.collect::<Vec<_>>(), &[]);
        for (at, row) in rows.iter_mut().enumerate() {
            row.push(Practised { people: people.cells[at], minutes: minutes.cells[at] });
        }
        let told = people.total.is_some() && !betrays_all[i];
        all.push(Practised { people: people.total.filter(|_| told), minutes: minutes.total.filter(|_| told) });
    }
    (rows, all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;
    use uuid::Uuid;

    fn school(n: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(n))
    }
    fn by(at: u128, mechanism: usize, people: Range<u128>) -> Vec<LearningBy> {
        people.map(|n| LearningBy { organisation: school(at), person: PersonId(Uuid::from_u128(1000 + n)), mechanism, minutes: 60 }).collect()
    }
    fn minutes(row: &[Practised]) -> Vec<Option<u64>> {
        row.iter().map(|m| m.minutes).collect()
    }

    #[test]
    fn learning_counts_for_each_mechanism_that_was_at_work_in_it() {
        let found = [by(1, 0, 0..8), by(1, 1, 0..8), by(1, 2, 0..3)].concat();
        let (rows, all) = mechanisms(&[school(1)], 4, &found);
        assert_eq!(minutes(&rows[0]), [Some(480), Some(480), None, Some(0)], "three people are few, and none is none");
        assert_eq!(rows[0].iter().map(|m| m.people).collect::<Vec<_>>(), [Some(8), Some(8), None, Some(0)]);
        assert_eq!(all, rows[0]);
    }

    #[test]
    fn one_mechanism_less_another_speaks_of_nobody() {
        // the second was at work wherever the first was, and in what one more person did
        let (rows, all) = mechanisms(&[school(1)], 2, &[by(1, 0, 0..8), by(1, 1, 0..9)].concat());
        assert_eq!((minutes(&rows[0]), minutes(&all)), (vec![None, Some(540)], vec![None, Some(540)]));
        // of five more it may be told
        let (rows, _) = mechanisms(&[school(1)], 2, &[by(1, 0, 0..8), by(1, 1, 0..13)].concat());
        assert_eq!(minutes(&rows[0]), [Some(480), Some(780)]);
    }

    #[test]
    fn all_less_one_school_speaks_of_nobody() {
        let (rows, all) = mechanisms(&[school(1), school(2)], 1, &[by(1, 0, 0..8), by(2, 0, 20..22)].concat());
        assert_eq!((minutes(&rows[0]), minutes(&rows[1]), minutes(&all)), (vec![None], vec![None], vec![Some(600)]));
    }
}
