//! What is withheld in a table, as a graph: rows and columns are its nodes, and each withheld figure is an edge between its row and its column. The last
//! row and the last column hold the totals.

use super::{Figure, LEAST, Whom};
use std::collections::VecDeque;

/// Where a figure stands.
type At = (usize, usize);

/// A withheld figure that is told by those that are shown, by itself or together with others that are, with it, of fewer than five people; if there is one.
pub(super) fn told<W: Whom>(shown: &[Vec<bool>], figures: &[Vec<Figure<W>>]) -> Option<At> {
    let (height, width) = (shown.len() - 1, shown.first().map_or(0, Vec::len) - 1);
    let rows = (0..=height).map(|r| ((r, width), (0..width).map(|c| (r, c)).collect::<Vec<At>>()));
    let columns = (0..width).map(|c| ((height, c), (0..height).map(|r| (r, c)).collect()));
    // most often it is what is withheld beneath one total, which is seen at once
    let beneath = |((r, c), mut cells): (At, Vec<At>)| {
        cells.retain(|(r, c)| !shown[*r][*c]);
        cells.first().copied().filter(|_| shown[r][c] && Figure::told_together(cells.iter().map(|(r, c)| &figures[*r][*c])))
    };
    let withheld = Withheld::of(shown);
    rows.chain(columns).find_map(beneath).or_else(|| withheld.bridge()).or_else(|| withheld.few_together(figures))
}

/// The graph of what is withheld.
struct Withheld {
    edges: Vec<At>,
    /// The neighbours of each node: rows first, then columns; and by which edge.
    beside: Vec<Vec<(usize, usize)>>,
    height: usize,
    width: usize,
}

impl Withheld {
    fn of(shown: &[Vec<bool>]) -> Self {
        let (height, width) = (shown.len(), shown.first().map_or(0, Vec::len));
        let edges: Vec<At> = (0..height).flat_map(|r| (0..width).filter(move |c| !shown[r][*c]).map(move |c| (r, c))).collect();
        let mut beside = vec![Vec::new(); height + width];
        for (edge, (r, c)) in edges.iter().enumerate() {
            beside[*r].push((height + c, edge));
            beside[height + c].push((*r, edge));
        }
        Self { edges, beside, height, width }
    }

    /// An edge without which its row and column hang together no longer: its figure can be worked out by subtracting.
    fn bridge(&self) -> Option<At> {
        // Tarjan's, without recursion: a node is named by when it was found, and knows the earliest that it reaches back to
        let nodes = self.beside.len();
        let (mut found, mut low, mut at) = (vec![usize::MAX; nodes], vec![usize::MAX; nodes], 0);
        for start in 0..nodes {
            if found[start] != usize::MAX {
                continue;
            }
            let mut path = vec![(start, usize::MAX, 0)];
            (found[start], low[start], at) = (at, at, at + 1);
            while let Some((node, came_by, next)) = path.last().copied() {
                if let Some((other, edge)) = self.beside[node].get(next).copied() {
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
                            return Some(self.edges[came_by]);
                        }
                    }
                }
            }
        }
        None
    }

    /// A figure of few people that is told together with others, all of them of fewer than five people.
    fn few_together<W: Whom>(&self, figures: &[Vec<Figure<W>>]) -> Option<At> {
        let whose: Vec<&W> = self.edges.iter().map(|(r, c)| &figures[*r][*c].of).collect();
        let told = |edge: &usize| whose[*edge].count() < LEAST && self.parts(&mut vec![*edge], whose[*edge], &whose);
        (0..self.edges.len()).find(told).map(|edge| self.edges[edge])
    }

    /// From which node to which one an edge leads. Rows and columns add up to their totals, so a total counts against what it is the total of.
    fn ends(&self, edge: usize) -> (usize, usize) {
        let (r, c) = self.edges[edge];
        let column = self.height + c;
        if (r + 1 == self.height) == (c + 1 == self.width) { (r, column) } else { (column, r) }
    }

    /// Are these figures of so few people, perhaps with others, all that leads from some of the nodes to the rest, while nothing leads back? The equations
    /// of those nodes, added up, then tell what all of them come to. If there is a way around the first, one of the figures along it has to be among them:
    /// each is tried that leaves them fewer than five people, so it is never a long search.
    fn parts<W: Whom>(&self, those: &mut Vec<usize>, together: &W, whose: &[&W]) -> bool {
        let among = |edge: usize, those: &[usize]| those.contains(&edge) || together.holds(whose[edge]);
        let (from, to) = self.ends(those[0]);
        let mut by: Vec<Option<(usize, usize)>> = vec![None; self.beside.len()];
        by[from] = Some((from, those[0]));
        let mut reached = VecDeque::from([from]);
        while let Some(node) = reached.pop_front().filter(|_| by[to].is_none()) {
            for (other, edge) in self.beside[node].iter().copied() {
                if by[other].is_none() && (self.ends(edge).1 == node || !among(edge, those)) {
                    by[other] = Some((node, edge));
                    reached.push_back(other);
                }
            }
        }
        if by[to].is_none() {
            return true;
        }
        let around = std::iter::successors(by[to], |(node, _)| by[*node].filter(|_| *node != from));
        around.filter(|(node, edge)| self.ends(*edge).0 == *node).any(|(_, edge)| {
            let mut all = together.clone();
            all.join(whose[edge]);
            those.push(edge);
            let told = all.count() < LEAST && self.parts(those, &all, whose);
            those.pop();
            told
        })
    }
}
