use super::*;
use crate::id::PersonId;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

fn person(n: u64) -> PersonId {
    PersonId(Uuid::from_u128(n.into()))
}
/// Figures that count people, each of whom is in one of them.
fn apart(people: &[u64]) -> Vec<Figure<Apart>> {
    people.iter().map(|n| Figure::apart(*n)).collect()
}
/// A figure of so many pence, and of these people.
fn pence(value: u64, people: impl IntoIterator<Item = u64>) -> Figure {
    let mut figure: Figure = people.into_iter().map(|n| (0, person(n))).collect();
    figure.value = value;
    figure
}

#[test]
fn a_total_minus_the_others_tells_nothing() {
    let closed = |values: &[u64]| list(&apart(values), &[]);
    assert_eq!(closed(&[10, 7]), List { cells: vec![Some(10), Some(7)], total: Some(17) });
    assert_eq!(closed(&[10, 7, 3]), List { cells: vec![Some(10), None, None], total: Some(20) }, "the smallest of the others goes with it");
    assert_eq!(closed(&[10, 4, 3]), List { cells: vec![Some(10), None, None], total: Some(17) });
    assert_eq!(closed(&[10, 1, 3]), List { cells: vec![None, None, None], total: Some(14) }, "two who come to four are told together");
    assert_eq!(closed(&[10, 0]), List { cells: vec![Some(10), Some(0)], total: Some(10) }, "none is none");
    assert_eq!(closed(&[3, 1]), List { cells: vec![None, None], total: None });
    assert_eq!(list(&[pence(9, 0..9), pence(6, 9..10)], &[]), List { cells: vec![None, None], total: Some(15) }, "six records of one person are one person");
    let spent = |[a, b, c]: [u64; 3]| list(&[pence(20_000, 0..a), pence(11_100, 10..10 + b), pence(60_000, 20..20 + c)], &[]);
    assert_eq!(spent([1, 1, 5]), List { cells: vec![None, None, None], total: Some(91_100) }, "what two cost is told of nobody else's");
    assert_eq!(spent([2, 3, 5]), List { cells: vec![None, None, Some(60_000)], total: Some(91_100) });
    assert_eq!(spent([1, 1, 1]), List { cells: vec![None, None, None], total: None }, "nor what three did together");
}

#[test]
fn somebody_who_is_in_two_figures_is_one_person() {
    let of = |figures: &[Figure]| list(figures, &[]);
    // three and three are six people, or five, or four
    for (second, cells) in [(3..6, [None, None, Some(10)]), (2..5, [None, None, Some(10)]), (1..4, [None, None, None]), (0..3, [None, None, None])] {
        let people = second.end;
        assert_eq!(of(&[pence(3, 0..3), pence(3, second), pence(10, 20..30)]), List { cells: cells.to_vec(), total: Some(16) }, "{people} people");
    }
    assert_eq!(of(&[pence(4, 0..4), pence(4, 0..4)]).total, None, "eight posts of the same four are four people's");
    assert_eq!(of(&[pence(4, 0..4), pence(4, 1..5)]).total, Some(8));
    assert_eq!(list(&apart(&[4, 4]), &[]).total, Some(8), "those who are counted once each are eight");
    // and so beneath the total of a row, and of a column, and for that total itself
    let table = |rows: &[Vec<Figure>]| grid(rows, &[], &list(&rows.iter().map(Figure::together).collect::<Vec<_>>(), &[]));
    let many = |n: u64| pence(100 + n, 10 * n..10 * n + 10);
    for (second, hidden) in [(3..6, 2), (1..4, 3)] {
        let few = |by: u64| vec![pence(3, by..by + 3), pence(3, by + second.start..by + second.end), many(by + 2)];
        let found = table(&[few(0), few(100), vec![many(6), many(7), many(8)]]);
        assert_eq!(found.cells[0].iter().filter(|c| c.is_none()).count(), hidden, "{second:?} {found:?}");
        let found = table(&(0..3).map(|r| vec![few(0)[r].clone(), few(100)[r].clone(), many(6 + r as u64)]).collect::<Vec<_>>());
        assert_eq!(found.cells.iter().filter(|r| r[0].is_none()).count(), hidden, "{second:?} {found:?}");
    }
    let same = || vec![pence(7, 0..4), many(1), many(2)];
    assert_eq!(table(&[same(), same()]).columns[0], None, "fourteen of the same four");
}

#[test]
fn the_total_of_a_column_is_of_as_many_people_as_its_cells() {
    let rows = vec![vec![pence(24_000, 0..2), pence(36_000, 2..5)], vec![pence(10_000, 10..11), pence(50_000, 11..16)]];
    let totals = list(&rows.iter().map(Figure::together).collect::<Vec<_>>(), &[]);
    let found = grid(&rows, &[], &totals);
    assert_eq!((totals.total, found.columns[0]), (Some(120_000), None), "three people: {found:?}");
}

#[test]
fn pairs_are_of_as_many_people_as_the_side_on_which_they_are_fewer() {
    let team = |people: std::ops::Range<u64>, holder: u64| Figure::pairs(people.map(|n| [person(n), person(100 + holder)]));
    let each = |people: std::ops::Range<u64>| Figure::pairs(people.map(|n| [person(n), person(100 + n)]));
    assert_eq!(list(&[each(0..6), each(6..12)], &[]).cells, [Some(6), Some(6)]);
    assert_eq!(list(&[team(0..6, 1), team(6..12, 2)], &[]), List { cells: vec![None, None], total: None }, "two teams of six are of two who lead them");
    assert_eq!(list(&[team(0..6, 1), each(6..12), each(20..40)], &[]).cells, [None, None, Some(20)]);
}

#[test]
fn five_of_many_people_are_as_good_as_all_of_them() {
    for parts in [vec![0..3, 0..0], vec![0..3, 2..4], vec![0..3, 2..5], vec![0..9, 3..4], vec![0..1, 0..2, 0..3, 0..4], vec![3..4, 1000..2000], vec![]] {
        let all: BTreeSet<u64> = parts.iter().cloned().flatten().collect();
        let together = Figure::together(&parts.iter().map(|people| pence(1, people.clone())).collect::<Vec<_>>());
        assert_eq!(together.of.count(), LEAST.min(all.len() as u64), "{parts:?}");
    }
}

#[test]
fn a_breakdown_is_told_if_none_of_its_figures_is_of_few() {
    for (all, told) in [([0, 0], true), ([5, 5], true), ([0, 9], true), ([4, 9], false), ([9, 1], false)] {
        assert_eq!(all_or_none(all.map(Figure::apart)), told.then_some(all), "{all:?}");
    }
    assert_eq!(all_or_none([pence(6, 0..1), pence(9, 1..10)]), None, "six requests of one person are one person's");
}

#[test]
fn what_the_caller_reads_by_name_hides_nobody_else() {
    let of = |people: &[u64], open: &[bool]| list(&apart(people), open);
    assert_eq!(of(&[2, 9, 8], &[true, false, false]), List { cells: vec![Some(2), Some(9), Some(8)], total: Some(19) });
    assert_eq!(of(&[2, 3, 8], &[true, false, true]), List { cells: vec![Some(2), None, Some(8)], total: None }, "only the total could tell of the three");
    assert_eq!(of(&[2, 1], &[true, true]), List { cells: vec![Some(2), Some(1)], total: Some(3) });
}

const P: i64 = 1_000_003;

/// Equations, solved as far as they go: by elimination, in the field of a large prime. Each is led by an unknown that is in no other.
fn solved(equations: &[Vec<i64>], unknowns: usize) -> Vec<(usize, Vec<i64>)> {
    let power = |mut b: i64, mut e: i64| {
        let mut out = 1;
        while e > 0 {
            if e & 1 == 1 {
                out = out * b % P;
            }
            b = b * b % P;
            e >>= 1;
        }
        out
    };
    let mut rows: Vec<Vec<i64>> = equations.iter().map(|r| r.iter().map(|x| x.rem_euclid(P)).collect()).collect();
    let mut leads = Vec::new();
    for c in 0..unknowns {
        let rank = leads.len();
        let Some(p) = (rank..rows.len()).find(|r| rows[*r][c] != 0) else { continue };
        rows.swap(rank, p);
        let inverse = power(rows[rank][c], P - 2);
        rows[rank].iter_mut().for_each(|x| *x = *x * inverse % P);
        let lead = rows[rank].clone();
        for (r, row) in rows.iter_mut().enumerate() {
            if r != rank && row[c] != 0 {
                let factor = row[c];
                row.iter_mut().zip(&lead).for_each(|(x, l)| *x = (*x - factor * l).rem_euclid(P));
            }
        }
        leads.push(c);
    }
    leads.into_iter().zip(rows).collect()
}
/// Is the sum of these unknowns fixed by the equations?
fn follows(solved: &[(usize, Vec<i64>)], sum: &[bool]) -> bool {
    let mut left: Vec<i64> = sum.iter().map(|s| i64::from(*s)).collect();
    for (lead, row) in solved {
        let factor = left[*lead];
        left.iter_mut().zip(row).for_each(|(x, r)| *x = (*x - factor * r).rem_euclid(P));
    }
    left.iter().all(|x| *x == 0)
}

/// A table of what people did, how often each: whoever is in one cell may be in others.
type Did = BTreeMap<PersonId, u64>;

struct Random(u64);
impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
    fn table(&mut self, mut whom: impl FnMut(&mut Self) -> u64, most: u64, often: u64) -> (Vec<Vec<Did>>, Vec<bool>) {
        let (height, width) = (1 + self.below(5), 2 + self.below(3));
        let mut did = |random: &mut Self| (0..random.below(most)).map(|_| (person(whom(random)), 1 + random.below(often))).collect();
        let cells = (0..height).map(|_| (0..width).map(|_| did(self)).collect()).collect();
        (cells, (0..height).map(|_| self.below(5) == 0).collect())
    }
}

/// Whoever solves the equations that the shown figures give finds no withheld figure, and no sum of withheld figures that is of fewer than five people.
/// How many cells are withheld, how many are visible, and how many sums follow.
fn nothing_of_few_follows<W: Whom>(cells: &[Vec<Did>], open: &[bool], figure: impl Fn(&Did) -> Figure<W>) -> [usize; 3] {
    let (height, width) = (cells.len(), cells[0].len());
    let rows: Vec<Vec<Figure<W>>> = cells.iter().map(|row| row.iter().map(&figure).collect()).collect();
    let totals = list(&rows.iter().map(Figure::together).collect::<Vec<_>>(), open);
    let grid = grid(&rows, open, &totals);
    let people = |(r, c): (usize, usize)| -> BTreeSet<PersonId> {
        let columns = |row: &Vec<Did>| if c < width { vec![row[c].clone()] } else { row.clone() };
        // whoever is read by name anyway is told of by no total
        let rows = |i: &usize| if r < height { *i == r } else { !open[*i] };
        (0..height).filter(rows).map(|i| &cells[i]).flat_map(columns).flat_map(Did::into_keys).collect()
    };
    let shown = |r: usize, c: usize| match (r < height, c < width) {
        (true, true) => grid.cells[r][c],
        (true, false) => totals.cells[r],
        (false, true) => grid.columns[c],
        (false, false) => totals.total,
    };
    // every cell and total that is withheld is an unknown, every row and column an equation
    let unknown: Vec<(usize, usize)> = (0..=height).flat_map(|r| (0..=width).map(move |c| (r, c))).filter(|(r, c)| shown(*r, *c).is_none()).collect();
    let row = |of: usize| {
        unknown
            .iter()
            .map(|(r, c)| {
                if *r != of {
                    0
                } else if *c == width {
                    -1
                } else {
                    1
                }
            })
            .collect::<Vec<i64>>()
    };
    let column = |of: usize| {
        unknown
            .iter()
            .map(|(r, c)| {
                if *c != of {
                    0
                } else if *r == height {
                    -1
                } else {
                    1
                }
            })
            .collect()
    };
    let equations: Vec<Vec<i64>> = (0..=height).map(row).chain((0..=width).map(column)).collect();
    let solved = solved(&equations, unknown.len());
    let told = || format!("of {cells:?}, of which {open:?} are open, is told {totals:?} {grid:?}");
    let mut sums = 0;
    // of many unknowns, one by one; of ten at most, all that they could add up to
    let all = if unknown.len() > 10 { (0..unknown.len()).map(|i| 1 << i).collect() } else { (1..1_u64 << unknown.len()).collect::<Vec<_>>() };
    for set in all {
        let sum: Vec<bool> = (0..unknown.len()).map(|i| set >> i & 1 == 1).collect();
        if follows(&solved, &sum) {
            let of: Vec<(usize, usize)> = unknown.iter().zip(&sum).filter_map(|(at, among)| among.then_some(*at)).collect();
            let whom: BTreeSet<PersonId> = of.iter().flat_map(|at| people(*at)).collect();
            assert!(of.len() > 1 && whom.len() >= 5, "{of:?}, of {} people, follows: {}", whom.len(), told());
            sums += 1;
        }
    }
    let mut visible = 0;
    for (r, c) in (0..height).flat_map(|r| (0..width).map(move |c| (r, c))) {
        match shown(r, c) {
            Some(n) => assert!(open[r] || n == 0 || people((r, c)).len() >= 5, "{r} {c}: {}", told()),
            None => assert!(!open[r], "{r} {c}: {}", told()),
        }
        visible += usize::from(shown(r, c).is_some());
    }
    [height * width - visible, visible, sums]
}

/// Tables of all kinds: with people who are each in one cell, and with people who are in many.
#[test]
fn nothing_that_is_withheld_can_be_worked_out_of_fewer_than_five_people() {
    let (mut random, mut found) = (Random(7), [[0; 3]; 2]);
    let add = |to: &mut [usize; 3], more: [usize; 3]| to.iter_mut().zip(more).for_each(|(to, more)| *to += more);
    for round in 0..1000 {
        let mut next = 0;
        let everybody_once = |_: &mut Random| {
            next += 1;
            next
        };
        let (cells, open) = random.table(everybody_once, [4, 9, 30][round % 3], 1);
        add(&mut found[0], nothing_of_few_follows(&cells, &open, |did| Figure::apart(did.len() as u64)));
        let few_people = [6, 12, 40][round / 3 % 3];
        let (cells, open) = random.table(|random| random.below(few_people), [3, 6, 14][round % 3], 3);
        add(&mut found[1], nothing_of_few_follows(&cells, &open, |did| did.iter().map(|(person, n)| (*n, *person)).collect()));
    }
    assert!(found.iter().flatten().all(|n| *n > 1000), "{found:?}");
}

/// Two of the first row and two of the second are in no row and in no column together. But what is withheld of the two rows, less the first column, is
/// those four.
#[test]
fn what_rows_and_columns_tell_together_is_of_five_people() {
    let told = |second: u64| {
        let rows = [apart(&[9, 0, 2]), apart(&[7, second, 10])];
        let totals = list(&rows.iter().map(Figure::together).collect::<Vec<_>>(), &[]);
        let grid = grid(&rows, &[], &totals);
        assert_eq!((&totals.cells, &grid.columns), (&vec![Some(11), Some(17 + second)], &vec![Some(16), None, None]));
        grid.cells
    };
    assert_eq!(told(3), [[None, Some(0), None], [None, None, Some(10)]], "11 and 20, less 10 and 16, are five");
    assert_eq!(told(2), [[None, Some(0), None], [None, None, None]], "11 and 19, less 10 and 16, would be four");
}
