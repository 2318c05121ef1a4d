//! Figures about few people are not shown, and cannot be worked out from those that are.
//!
//! A figure from one to four is withheld, and so is one that is of one to four people; none is none, and tells of nobody. As many others are
//! withheld as it takes, the smallest first, until no withheld figure follows from those that are shown, nor any sum of withheld figures that
//! is of fewer than five people together: five different people, however often each of them stands in the table (`whom`).
//!
//! Cells and totals of a [`grid`] are the edges of a graph whose nodes are its rows and columns: what is withheld can be worked out by subtracting
//! exactly when its edge is a bridge (Gusfield, A graph theoretic approach to statistical data security, 1988), and the sum of several exactly
//! when their edges part the graph and all lead the same way (`graph`).
//!
//! A figure that is shown in one answer must not be withheld in another of the same people: whoever filters a table first makes all of it,
//! then shows a part.

mod graph;
#[cfg(test)]
mod tests;
mod whom;

pub use whom::{Apart, Figure, People, Sides, Whom};

/// Fewer people than this are not counted aloud.
pub const LEAST: u64 = 5;

/// Is this one to four?
fn few(count: u64) -> bool {
    (1..LEAST).contains(&count)
}

/// A number of people that stands alone: told, unless they are one to four.
pub fn count(people: u64) -> Option<u64> {
    (!few(people)).then_some(people)
}

/// The figures of a breakdown whose total is known, all or none: one that is withheld could be reckoned from the others.
pub fn all_or_none<W: Whom, const N: usize>(figures: [Figure<W>; N]) -> Option<[u64; N]> {
    (!figures.iter().any(Figure::few)).then(|| figures.map(|f| f.value))
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

/// Figures that add up to a total. What is `open` the caller may read name by name, and it is never withheld.
///
/// If the last that could protect another is open, the total is withheld.
pub fn list<W: Whom>(figures: &[Figure<W>], open: &[bool]) -> List {
    let is_open = |i: usize| open.get(i).copied().unwrap_or_default();
    let mut shown: Vec<bool> = figures.iter().enumerate().map(|(i, f)| is_open(i) || !f.few()).collect();
    let mut total_shown = !closed(figures.iter(), open).few();
    let told = |shown: &[bool]| {
        let hidden = || figures.iter().zip(shown).filter_map(|(f, shown)| (!shown).then_some(f));
        hidden().count() == 1 || Figure::told_together(hidden())
    };
    while total_shown && told(&shown) {
        // nothing that is there can hide behind what is not
        let next = (0..figures.len()).filter(|i| shown[*i] && !is_open(*i) && figures[*i].value > 0).min_by_key(|i| figures[*i].value);
        match next {
            Some(i) => shown[i] = false,
            None => total_shown = false,
        }
    }
    let total = total_shown.then(|| figures.iter().map(|f| f.value).sum());
    List { cells: figures.iter().zip(shown).map(|(f, s)| s.then_some(f.value)).collect(), total }
}

/// What those add up to that are not open: what a total tells of besides what is read by name anyway, and nobody else can hide behind that.
fn closed<'f, W: Whom + 'f>(figures: impl Iterator<Item = &'f Figure<W>>, open: &[bool]) -> Figure<W> {
    let open = open.iter().copied().chain(std::iter::repeat(false));
    Figure::together(figures.zip(open).filter_map(|(figure, open)| (!open).then_some(figure)))
}

/// The cells of rows whose totals are a [`list`], each row split into the same columns. A row whose total is withheld shows nothing.
pub fn grid<W: Whom>(rows: &[Vec<Figure<W>>], open: &[bool], totals: &List) -> Grid {
    let (height, width) = (rows.len(), rows.first().map_or(0, Vec::len));
    // `open` is of rows: the totals of columns are not
    let is_open = |r: usize| r < height && open.get(r).copied().unwrap_or_default();
    // the last row holds the totals of columns, the last column those of rows
    let columns: Vec<Figure<W>> = (0..width).map(|c| closed(rows.iter().map(|r| &r[c]), open)).collect();
    let with_total = |row: &[Figure<W>]| [row, &[Figure::together(row)]].concat();
    let figures: Vec<Vec<Figure<W>>> = rows.iter().chain([&columns]).map(|row| with_total(row)).collect();
    let mut shown = vec![vec![true; width + 1]; height + 1];
    for (r, row) in shown.iter_mut().enumerate() {
        let total = if r < height { totals.cells[r] } else { totals.total };
        for (cell, figure) in row[..width].iter_mut().zip(&figures[r]) {
            *cell = is_open(r) || (total.is_some() && !figure.few());
        }
        row[width] = total.is_some();
    }
    while let Some((r, c)) = graph::told(&shown, &figures) {
        let mut beside: Vec<(usize, usize)> = (0..width).map(|k| (r, k)).chain((0..=height).map(|k| (k, c))).collect();
        // nor behind a row in which there is nothing
        let empty = |r: usize| figures[r].iter().all(|f| f.value == 0);
        beside.retain(|(i, k)| *k < width && shown[*i][*k] && !is_open(*i) && !empty(*i));
        // what stands in a row that withholds something already costs least
        let whole = |r: usize| shown[r][..width].iter().all(|shown| *shown);
        let value = |i: usize, k: usize| figures[i][k].value;
        match beside.into_iter().min_by_key(|(i, k)| (value(*i, *k) == 0, whole(*i), *i == height, value(*i, *k))) {
            Some((i, k)) => shown[i][k] = false,
            None => {
                // nothing is left beside it: nothing of the table is shown but what is open
                for (i, row) in shown.iter_mut().enumerate() {
                    row[..width].fill(is_open(i));
                }
                break;
            }
        }
    }
    let sum = |c: usize| rows.iter().map(|r| r[c].value).sum();
    let columns = (0..width).map(|c| shown[height][c].then(|| sum(c))).collect();
    let cells = rows.iter().zip(&shown).map(|(row, shown)| row.iter().zip(shown).map(|(f, s)| s.then_some(f.value)).collect()).collect();
    Grid { cells, columns }
}
