//! Figures about few people are not shown, and cannot be worked out from those that are.
//!
//! A figure from one to four is withheld, and so is one that is of one to four people; none is none, and tells of nobody. As many others are
//! withheld as it takes, until no withheld cell follows from the totals. Cells and totals of a [`grid`] are the edges of a graph whose nodes are its rows and columns: what is withheld in a row or column that is added up can be
//! worked out by subtracting exactly when its edge is a bridge (Gusfield, A graph theoretic approach to statistical data security, 1988).
//! So cells are withheld, the smallest first, until no bridge is left, and until those that are withheld beneath one total come to five
//! people together.
//!
//! A figure that is shown in one answer must not be withheld in another of the same people: whoever filters a table first makes all of it,
//! then shows a part.

/// Fewer people than this are not counted aloud.
pub const LEAST: u64 = 5;

/// Is this one to four?
pub fn few(count: u64) -> bool {
    (1..LEAST).contains(&count)
}

/// A number of people that stands alone: told, unless they are one to four.
pub fn count(people: u64) -> Option<u64> {
    (!few(people)).then_some(people)
}

/// The counts of a breakdown whose total is known, all or none: one that is withheld could be reckoned from the others.
pub fn all_or_none<const N: usize>(counts: [usize; N]) -> Option<[usize; N]> {
    (!counts.iter().any(|n| few(*n as u64))).then_some(counts)
}

/// One row of figures with its total: those that are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// Each figure, or none where it is withheld.
    pub cells: Vec<Option<u64>>,
    /// Their total.
    pub total: Option<u64>,
}

/// Rows of figures with the totals of rows and columns: those that are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// Each figure, or none where it is withheld.
    pub cells: Vec<Vec<Option<u64>>>,
    /// The totals of columns.
    pub columns: Vec<Option<u64>>,
}

/// Of whom a figure is that does not count people itself: objectives, minutes, pence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Of {
    /// How many people.
    pub people: u64,
    /// Is it withheld whoever they are, because another figure of them is?
    pub withheld: bool,
}
impl Of {
    /// Of so many people.
    pub fn these(people: usize) -> Self {
        Self { people: people as u64, withheld: false }
    }
    /// The same, and withheld if another figure of them is.
    #[must_use]
    pub fn withheld_if(self, withheld: bool) -> Self {
        Self { withheld: self.withheld || withheld, ..self }
    }
    fn few(self) -> bool {
        self.withheld || few(self.people)
    }
}

/// Figures that add up to a total. What is `open` the caller may read name by name, and it is never withheld.
///
/// `of` says of whom each is; without it they count people. If the last that could protect another is open, the total is withheld.
pub fn list(values: &[u64], open: &[bool], of: &[Of]) -> List {
    let is_open = |i: usize| open.get(i).copied().unwrap_or_default();
    let of = |i: usize| of.get(i).copied().unwrap_or(Of { people: values[i], withheld: false });
    let mut shown: Vec<bool> = values.iter().enumerate().map(|(i, v)| is_open(i) || !(few(*v) || of(i).few())).collect();
    let hidden = |shown: &[bool]| (0..shown.len()).filter(|i| !shown[*i]).fold((0, 0), |(n, people), i| (n + 1, people + of(i).people));
    let (total, people): (u64, u64) = (values.iter().sum(), (0..values.len()).map(|i| of(i).people).sum());
    let mut total_shown = !(few(total) || few(people)) || (0..values.len()).all(is_open);
    while total_shown && matches!(hidden(&shown), (1, _) | (2.., 0..LEAST)) {
        // nothing that is there can hide behind what is not
        let next = (0..values.len()).filter(|i| shown[*i] && !is_open(*i) && values[*i] > 0).min_by_key(|i| values[*i]);
        match next {
            Some(i) => shown[i] = false,
            None => total_shown = false,
        }
    }
    List { cells: values.iter().zip(shown).map(|(v, s)| s.then_some(*v)).collect(), total: total_shown.then_some(total) }
}

/// The cells of rows whose totals are a [`list`], each row split into the same columns. A row whose total is withheld shows nothing.
///
/// `of` says of whom each cell is; without it they count people.
pub fn grid(values: &[Vec<u64>], open: &[bool], totals: &List, of: &[Vec<Of>]) -> Grid {
    let (rows, columns) = (values.len(), values.first().map_or(0, Vec::len));
    let column = |c: usize| values.iter().map(|r| r[c]).sum::<u64>();
    let is_open = |r: usize| open.get(r).copied().unwrap_or_default();
    let all_open = (0..rows).all(is_open);
    // the last row holds the totals of columns, the last column those of rows
    let value = |r: usize, c: usize| if r < rows { values[r][c] } else { column(c) };
    let within = |r: usize, c: usize| of.get(r).and_then(|of| of.get(c)).copied().unwrap_or(Of { people: values[r][c], withheld: false });
    let of = |r: usize, c: usize| {
        if r < rows { within(r, c) } else { Of { people: (0..rows).map(|r| within(r, c).people).sum(), withheld: false } }
    };
    let mut shown = vec![vec![true; columns + 1]; rows + 1];
    for (r, row) in shown.iter_mut().enumerate() {
        let total = if r < rows { totals.cells[r] } else { totals.total };
        for (c, cell) in row.iter_mut().enumerate().take(columns) {
            let withheld = few(value(r, c)) || of(r, c).few();
            let free = if r < rows { is_open(r) } else { all_open };
            *cell = free || (total.is_some() && !withheld);
        }
        row[columns] = total.is_some();
    }
    while let Some((r, c)) = told(&shown, &|r, c| of(r, c).people) {
        let mut beside: Vec<(usize, usize)> = (0..columns).map(|k| (r, k)).chain((0..=rows).map(|k| (k, c))).collect();
        // nor behind a row in which there is nothing
        let empty = |r: usize| (0..columns).all(|c| value(r, c) == 0);
        beside.retain(|(i, k)| *k < columns && shown[*i][*k] && (*i == rows || !is_open(*i)) && !empty(*i));
        // what stands in a row that withholds something already costs least
        let whole = |r: usize| (0..columns).all(|c| shown[r][c]);
        match beside.into_iter().min_by_key(|(i, k)| (value(*i, *k) == 0, whole(*i), *i == rows, value(*i, *k))) {
            Some((i, k)) => shown[i][k] = false,
            None => {
                // nothing is left beside it: nothing of the table is shown but what is open
                for (i, row) in shown.iter_mut().enumerate() {
                    row.iter_mut().take(columns).for_each(|cell| *cell = i < rows && is_open(i));
                }
                break;
            }
        }
    }
    let cells = (0..rows).map(|r| (0..columns).map(|c| shown[r][c].then_some(values[r][c])).collect()).collect();
    Grid { cells, columns: (0..columns).map(|c| shown[rows][c].then(|| column(c))).collect() }
}

/// A withheld cell that is told by the others, if there is one: of its row or column, or of none that is added up.
fn told(shown: &[Vec<bool>], people: &impl Fn(usize, usize) -> u64) -> Option<(usize, usize)> {
    let (height, width) = (shown.len(), shown.first().map_or(0, Vec::len));
    // what is withheld beneath one total comes to five people
    for (r, row) in shown.iter().enumerate() {
        let hidden: Vec<usize> = (0..width).filter(|c| !row[*c]).collect();
        let within = hidden.iter().all(|c| c + 1 < width);
        if let Some(first) = hidden.first().filter(|_| within && hidden.iter().map(|c| people(r, *c)).sum::<u64>() < LEAST) {
            return Some((r, *first));
        }
    }
    for c in 0..width.saturating_sub(1) {
        let hidden: Vec<usize> = shown.iter().enumerate().filter(|(_, row)| !row[c]).map(|(r, _)| r).collect();
        let within = hidden.iter().all(|r| r + 1 < height);
        if let Some(first) = hidden.first().filter(|_| within && hidden.iter().map(|r| people(*r, c)).sum::<u64>() < LEAST) {
            return Some((*first, c));
        }
    }
    bridge(shown)
}

/// A withheld cell without which its row and column hang together no longer.
fn bridge(shown: &[Vec<bool>]) -> Option<(usize, usize)> {
    let (height, width) = (shown.len(), shown.first().map_or(0, Vec::len));
    let edges: Vec<(usize, usize)> = (0..height).flat_map(|r| (0..width).filter(move |c| !shown[r][*c]).map(move |c| (r, c))).collect();
    let mut beside: Vec<Vec<(usize, usize)>> = vec![Vec::new(); height + width];
    for (edge, (r, c)) in edges.iter().enumerate() {
        beside[*r].push((height + c, edge));
        beside[height + c].push((*r, edge));
    }
    // Tarjan's, without recursion: a node is named by when it was found, and knows the earliest that it reaches back to
    let (mut found, mut low, mut at) = (vec![usize::MAX; height + width], vec![usize::MAX; height + width], 0);
    for start in 0..height + width {
        if found[start] != usize::MAX {
            continue;
        }
        let mut path = vec![(start, usize::MAX, 0)];
        (found[start], low[start], at) = (at, at, at + 1);
        while let Some((node, came_by, next)) = path.last().copied() {
            if let Some((other, edge)) = beside[node].get(next).copied() {
                if let Some(top) = path.last_mut() {
                    top.2 += 1;
                }
                if edge == came_by {
                    continue;
                }
                if found[other] == usize::MAX {
                    (found[other], low[other], at) = (at, at, at + 1);
                    path.push((other, edge, 0));
                } else {
                    low[node] = low[node].min(found[other]);
                }
            } else {
                path.pop();
                if let Some((parent, ..)) = path.last().copied() {
                    low[parent] = low[parent].min(low[node]);
                    if low[node] > found[parent] {
                        return Some(edges[came_by]);
                    }
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_minus_the_others_tells_nothing() {
        let closed = |values: &[u64]| list(values, &[], &[]);
        assert_eq!(closed(&[10, 7]), List { cells: vec![Some(10), Some(7)], total: Some(17) });
        assert_eq!(closed(&[10, 7, 3]), List { cells: vec![Some(10), None, None], total: Some(20) }, "the smallest of the others goes with it");
        assert_eq!(closed(&[10, 4, 3]), List { cells: vec![Some(10), None, None], total: Some(17) });
        assert_eq!(closed(&[10, 1, 3]), List { cells: vec![None, None, None], total: Some(14) }, "two who come to four are told together");
        assert_eq!(closed(&[10, 0]), List { cells: vec![Some(10), Some(0)], total: Some(10) }, "none is none");
        assert_eq!(closed(&[3, 1]), List { cells: vec![None, None], total: None });
        assert_eq!(list(&[9, 6], &[], &[9, 1].map(Of::these)), List { cells: vec![None, None], total: Some(15) }, "six records of one person are one person");
        let pence = |people: &[usize]| list(&[20_000, 11_100, 60_000], &[], &people.iter().map(|n| Of::these(*n)).collect::<Vec<_>>());
        assert_eq!(pence(&[1, 1, 5]), List { cells: vec![None, None, None], total: Some(91_100) }, "what two cost is told of nobody else's");
        assert_eq!(pence(&[2, 3, 5]), List { cells: vec![None, None, Some(60_000)], total: Some(91_100) });
        assert_eq!(pence(&[1, 1, 1]), List { cells: vec![None, None, None], total: None }, "nor what three did together");
    }

    #[test]
    fn the_total_of_a_column_is_of_as_many_people_as_its_cells() {
        let totals = list(&[60_000, 60_000], &[], &[5, 6].map(Of::these));
        let of = vec![vec![Of::these(2), Of::these(3)], vec![Of::these(1), Of::these(5)]];
        let found = grid(&[vec![24_000, 36_000], vec![10_000, 50_000]], &[], &totals, &of);
        assert_eq!(found.columns[0], None, "three people: {found:?}");
    }

    #[test]
    fn what_the_caller_reads_by_name_hides_nobody_else() {
        assert_eq!(list(&[2, 9, 8], &[true, false, false], &[]), List { cells: vec![Some(2), Some(9), Some(8)], total: Some(19) });
        assert_eq!(
            list(&[2, 3, 8], &[true, false, true], &[]),
            List { cells: vec![Some(2), None, Some(8)], total: None },
            "only the total could tell of the three"
        );
        assert_eq!(list(&[2, 1], &[true, true], &[]), List { cells: vec![Some(2), Some(1)], total: Some(3) });
    }

    /// Is this unknown fixed by the equations? By elimination, in the field of a large prime.
    fn determined(equations: &[Vec<i64>], unknowns: usize) -> Vec<bool> {
        const P: i64 = 1_000_003;
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
        let (mut rank, mut pivots) = (0, Vec::new());
        for c in 0..unknowns {
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
            pivots.push(c);
            rank += 1;
        }
        let alone = |row: &[i64]| row.iter().filter(|x| **x != 0).count() == 1;
        (0..unknowns).map(|u| pivots.iter().position(|p| *p == u).is_some_and(|r| alone(&rows[r]))).collect()
    }

    /// A thousand tables of all kinds: whoever solves the equations that the shown totals give finds no withheld figure.
    #[test]
    fn no_withheld_figure_of_a_table_can_be_worked_out() {
        let mut seed = 7_u64;
        let mut random = |below: u64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        };
        let (mut withheld, mut visible) = (0, 0);
        for round in 0..1000 {
            let (rows, columns) = (1 + random(6) as usize, 2 + random(4) as usize);
            let most = [4, 9, 30][round % 3];
            let values: Vec<Vec<u64>> = (0..rows).map(|_| (0..columns).map(|_| random(most)).collect()).collect();
            let open: Vec<bool> = (0..rows).map(|_| random(5) == 0).collect();
            let sums: Vec<u64> = values.iter().map(|r| r.iter().sum()).collect();
            let totals = list(&sums, &open, &[]);
            let grid = grid(&values, &open, &totals, &[]);
            // every cell and margin that is withheld is an unknown, every row and column an equation
            let mut names = std::collections::BTreeMap::new();
            let mut hidden = |r: usize, c: usize| {
                let n = names.len();
                *names.entry((r, c)).or_insert(n)
            };
            let is_hidden = |r: usize, c: usize| match (r < rows, c < columns) {
                (true, true) => grid.cells[r][c].is_none(),
                (true, false) => totals.cells[r].is_none(),
                (false, true) => grid.columns[c].is_none(),
                (false, false) => totals.total.is_none(),
            };
            let mut lines: Vec<Vec<(usize, i64)>> = Vec::new();
            for r in 0..=rows {
                lines.push((0..=columns).filter(|c| is_hidden(r, *c)).map(|c| (hidden(r, c), if c == columns { -1 } else { 1 })).collect());
            }
            for c in 0..=columns {
                lines.push((0..=rows).filter(|r| is_hidden(*r, c)).map(|r| (hidden(r, c), if r == rows { -1 } else { 1 })).collect());
            }
            let equations: Vec<Vec<i64>> = lines
                .into_iter()
                .map(|line| {
                    let mut row = vec![0; names.len()];
                    line.into_iter().for_each(|(at, sign)| row[at] = sign);
                    row
                })
                .collect();
            let known = determined(&equations, names.len());
            assert!(known.iter().all(|k| !k), "{values:?} {open:?} {totals:?} {grid:?}");
            for (open, cell) in open.iter().zip(&grid.cells).flat_map(|(open, cells)| cells.iter().map(move |cell| (*open, cell))) {
                match cell {
                    Some(n) => {
                        assert!(open || !few(*n), "{values:?}");
                        visible += 1;
                    }
                    None => {
                        assert!(!open, "{values:?}");
                        withheld += 1;
                    }
                }
            }
        }
        assert!(withheld > 1000 && visible > 1000, "{withheld} {visible}");
    }
}
