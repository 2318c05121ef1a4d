//! Where on which page everything stands. Besides, the tree of what each line is part of: it is what is read aloud.

use super::{
    Block, Document,
    face::{Faces, Weight, paragraphs, words},
};
use skrifa::raw::ReadError;

/// A4, in points.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
const MARGIN: f32 = 56.7;
const TOP: f32 = MARGIN + 14.0;
const BOTTOM: f32 = PAGE.1 - MARGIN - 14.0;
const RIGHT: f32 = PAGE.0 - MARGIN;
/// Between the words of a cell and its border.
const PADDING: f32 = 4.0;
/// How much of a line stands above the foot of its letters.
const ASCENT: f32 = 0.95;

/// How a line is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    pub(super) weight: Weight,
    pub(super) size: f32,
    leading: f32,
}
const BODY: Style = Style { weight: Weight::Regular, size: 10.0, leading: 14.0 };
const NAME: Style = Style { weight: Weight::Bold, size: 10.0, leading: 14.0 };
const TITLE: Style = Style { weight: Weight::Bold, size: 18.0, leading: 24.0 };
const SECTION: Style = Style { weight: Weight::Bold, size: 13.0, leading: 18.0 };
const SMALL: Style = Style { weight: Weight::Regular, size: 8.5, leading: 12.0 };

/// What a line, or a group of them, is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Heading(u16),
    Paragraph,
    Section,
    Article,
    List { bulleted: bool },
    Item,
    Label,
    Body,
    Table,
    Caption,
    Head,
    Rows,
    Row,
    ColumnHeading,
    RowHeading,
    Cell,
}
/// A node of the tree of what is said. It holds other nodes, or lines.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) role: Role,
    /// What a heading says.
    pub(super) heading: Option<String>,
    pub(super) within: Option<usize>,
}
/// A line where it stands. What is part of no node is there for the eye alone.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) text: String,
    pub(super) style: Style,
    pub(super) node: Option<usize>,
}
/// A rule from one point to another.
pub(super) struct Rule {
    pub(super) from: (f32, f32),
    pub(super) to: (f32, f32),
}
/// A page.
#[derive(Default)]
pub(super) struct Sheet {
    pub(super) lines: Vec<Line>,
    pub(super) rules: Vec<Rule>,
}
/// A document on its pages.
pub(super) struct Laid {
    pub(super) sheets: Vec<Sheet>,
    pub(super) nodes: Vec<Node>,
    /// The sections: their headings, with the page and how far down it they begin.
    pub(super) outline: Vec<(String, usize, f32)>,
}

struct Laying<'f> {
    faces: &'f Faces,
    laid: Laid,
    y: f32,
}

/// A cell's lines, and what they are part of.
type Filled = (Vec<String>, Option<usize>);

impl Laying<'_> {
    fn sheet(&mut self) -> &mut Sheet {
        if self.laid.sheets.is_empty() {
            self.laid.sheets.push(Sheet::default());
        }
        let last = self.laid.sheets.len() - 1;
        &mut self.laid.sheets[last]
    }
    fn turn(&mut self) {
        self.laid.sheets.push(Sheet::default());
        self.y = TOP;
    }
    /// Goes on to the next page if so much does not fit on this one.
    fn room(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > TOP {
            self.turn();
        }
    }
    fn gap(&mut self, height: f32) {
        if self.y > TOP {
            self.y += height;
        }
    }
    fn node(&mut self, role: Role, within: Option<usize>) -> usize {
        self.laid.nodes.push(Node { role, heading: None, within });
        self.laid.nodes.len() - 1
    }
    fn put(&mut self, x: f32, text: String, style: Style, node: Option<usize>) {
        let y = self.y + style.size * ASCENT;
        self.sheet().lines.push(Line { x, y, text, style, node });
    }
    fn rule(&mut self, from: (f32, f32), to: (f32, f32)) {
        self.sheet().rules.push(Rule { from, to });
    }
    fn lines(&self, text: &str, style: Style, width: f32) -> Vec<String> {
        let face = self.faces.of(style.weight);
        paragraphs(text).iter().flat_map(|p| face.lines(p, width / style.size)).collect()
    }
    fn width(&self, text: &str, style: Style) -> f32 {
        self.faces.of(style.weight).width(text) * style.size
    }
    /// Lines beneath one another. Neither the first nor the last stands alone on its page.
    fn paragraph(&mut self, text: &str, style: Style, x: f32, node: usize) {
        let lines = self.lines(text, style, RIGHT - x);
        let count = lines.len();
        for (i, line) in lines.into_iter().enumerate() {
            let pair = count > 1 && (i == 0 || i + 2 == count);
            self.room(if pair { 2.0 } else { 1.0 } * style.leading);
            self.put(x, line, style, Some(node));
            self.y += style.leading;
        }
    }
    /// A heading, with so much room that something of what it is over follows on the same page.
    fn heading(&mut self, text: &str, level: u16, style: Style, x: f32, within: Option<usize>) {
        let node = self.node(Role::Heading(level), within);
        self.laid.nodes[node].heading = Some(text.to_owned());
        let lines = self.lines(text, style, RIGHT - x);
        self.room(lines.len() as f32 * style.leading + 3.0 * BODY.leading);
        if level == 2 {
            let at = (text.to_owned(), self.laid.sheets.len().max(1) - 1, self.y);
            self.laid.outline.push(at);
        }
        for line in lines {
            self.put(x, line, style, Some(node));
            self.y += style.leading;
        }
    }
    fn block(&mut self, block: &Block, x: f32, level: u16, within: Option<usize>) {
        match block {
            Block::Text(said) => {
                let node = self.node(Role::Paragraph, within);
                self.paragraph(said, BODY, x, node);
                self.gap(3.0);
            }
            Block::Facts(facts) => self.facts(facts, x, within),
            Block::List(items) => {
                let list = self.node(Role::List { bulleted: true }, within);
                for item in items {
                    let of = self.node(Role::Item, Some(list));
                    let (label, body) = (self.node(Role::Label, Some(of)), self.node(Role::Body, Some(of)));
                    self.room(BODY.leading);
                    self.put(x + 4.0, "\u{2022} ".into(), BODY, Some(label));
                    self.paragraph(item, BODY, x + 16.0, body);
                }
                self.gap(3.0);
            }
            Block::Table { caption, headings, rows } => {
                let table = self.node(Role::Table, within);
                if let Some(caption) = caption {
                    let node = self.node(Role::Caption, Some(table));
                    self.room(4.0 * BODY.leading);
                    self.paragraph(caption, NAME, x, node);
                }
                self.table(table, headings, rows, x);
                self.gap(8.0);
            }
            Block::Section { title, blocks } => {
                let of = self.node(Role::Section, within);
                self.gap(14.0);
                self.heading(title, level, SECTION, x, Some(of));
                let y = self.y;
                self.rule((x, y), (RIGHT, y));
                self.y += 5.0;
                blocks.iter().for_each(|b| self.block(b, x, level + 1, Some(of)));
            }
            Block::Entry { title, blocks } => {
                let of = self.node(Role::Article, within);
                self.gap(5.0);
                if let Some(title) = title {
                    self.heading(title, level, NAME, x, Some(of));
                }
                blocks.iter().for_each(|b| self.block(b, x, level + 1, Some(of)));
            }
        }
    }
    /// Names on the left, as wide as the widest, and what is known on the right.
    fn facts(&mut self, facts: &[(String, String)], x: f32, within: Option<usize>) {
        let list = self.node(Role::List { bulleted: false }, within);
        let widest = facts.iter().map(|(name, _)| self.width(name, NAME)).fold(0.0, f32::max);
        // a point more, so that the widest is not broken for a rounding
        let left = (widest + 1.0).min((RIGHT - x) / 3.0);
        for (name, value) in facts {
            let of = self.node(Role::Item, Some(list));
            let (label, body) = (self.node(Role::Label, Some(of)), self.node(Role::Body, Some(of)));
            let names = self.lines(name, NAME, left);
            self.room(names.len().max(1) as f32 * NAME.leading);
            let (sheet, top) = (self.laid.sheets.len(), self.y);
            for line in names {
                self.put(x, line, NAME, Some(label));
                self.y += NAME.leading;
            }
            let beneath = std::mem::replace(&mut self.y, top);
            self.paragraph(value, BODY, x + left + 12.0, body);
            if self.laid.sheets.len() == sheet {
                self.y = self.y.max(beneath);
            }
        }
        self.gap(3.0);
    }
    /// How wide columns are: as wide as what is in them, if all of it fits; else what is wide gives way to what is narrow, but no word is broken for that as long as it can be helped.
    fn columns(&self, headings: &[String], rows: &[Vec<String>], available: f32) -> Vec<f32> {
        let both = |text: &str, style: Style| {
            let paragraphs = paragraphs(text);
            let whole = paragraphs.iter().map(|p| self.width(p, style)).fold(0.0, f32::max);
            let word = paragraphs.iter().flat_map(|p| words(p)).map(|w| self.width(w, style)).fold(0.0, f32::max);
            (word, whole)
        };
        let pad = 2.0 * PADDING + 1.0;
        let each = |c: usize| {
            let cells = rows.iter().filter_map(|row| row.get(c)).map(|cell| both(cell, if c == 0 { NAME } else { BODY }));
            let all = cells.chain(headings.get(c).map(|h| both(h, NAME)));
            let (word, whole) = all.fold((0.0f32, 0.0f32), |(w, l), (word, whole)| (w.max(word), l.max(whole)));
            (word.min(available / headings.len() as f32 - pad) + pad, whole + pad)
        };
        let wanted: Vec<(f32, f32)> = (0..headings.len()).map(each).collect();
        let (least, most) = wanted.iter().fold((0.0, 0.0), |(l, m), (least, most)| (l + least, m + most));
        let share = if most <= available { 1.0 } else { (available - least).max(0.0) / (most - least) };
        let widths: Vec<f32> = wanted.iter().map(|(least, most)| least + (most - least) * share).collect();
        let rest = (available - widths.iter().sum::<f32>()).max(0.0) / widths.len().max(1) as f32;
        widths.into_iter().map(|w| w + rest).collect()
    }
    fn table(&mut self, table: usize, headings: &[String], rows: &[Vec<String>], x: f32) {
        let widths = self.columns(headings, rows, RIGHT - x);
        let fill = |of: &mut Self, cells: &[String], role: &dyn Fn(usize) -> Role, bold: &dyn Fn(usize) -> bool, row: usize| -> Vec<Filled> {
            let filled = |(c, (cell, width)): (usize, (&String, &f32))| {
                let style = if bold(c) { NAME } else { BODY };
                let node = of.node(role(c), Some(row));
                (of.lines(cell, style, width - 2.0 * PADDING), Some(node))
            };
            cells.iter().zip(&widths).enumerate().map(filled).collect()
        };
        let head = self.node(Role::Head, Some(table));
        let row = self.node(Role::Row, Some(head));
        let first = fill(self, headings, &|_| Role::ColumnHeading, &|_| true, row);
        // on the pages that follow the headings stand again, for the eye alone
        let again: Vec<Filled> = first.iter().map(|(lines, _)| (lines.clone(), None)).collect();
        let height = |cells: &[Filled]| cells.iter().map(|(lines, _)| lines.len()).max().unwrap_or_default() as f32 * BODY.leading + 2.0 * PADDING;
        self.room(height(&first) + 2.0 * BODY.leading + 2.0 * PADDING);
        self.row(first, &widths, x, &|_| true, &[]);
        let body = self.node(Role::Rows, Some(table));
        for cells in rows {
            let row = self.node(Role::Row, Some(body));
            let role = |c| if c == 0 { Role::RowHeading } else { Role::Cell };
            let filled = fill(self, cells, &role, &|c| c == 0, row);
            let tall = height(&filled);
            // a row that fits on a page is not torn
            if self.y + tall > BOTTOM && tall + height(&again) < BOTTOM - TOP {
                self.turn();
                self.row(again.clone(), &widths, x, &|_| true, &[]);
            }
            self.row(filled, &widths, x, &|c| c == 0, &again);
        }
    }
    /// One row with its borders, torn where a page ends, beneath `again` on the next.
    fn row(&mut self, cells: Vec<Filled>, widths: &[f32], x: f32, bold: &dyn Fn(usize) -> bool, again: &[Filled]) {
        let tall = cells.iter().map(|(lines, _)| lines.len()).max().unwrap_or_default();
        let (mut top, mut at) = (self.y, 0);
        self.y += PADDING;
        loop {
            let fits = (((BOTTOM - PADDING - self.y) / BODY.leading).floor().max(1.0) as usize).min(tall - at);
            let start = self.y;
            let mut left = x;
            for (c, ((lines, node), width)) in cells.iter().zip(widths).enumerate() {
                self.y = start;
                for line in lines.iter().skip(at).take(fits) {
                    self.put(left + PADDING, line.clone(), if bold(c) { NAME } else { BODY }, *node);
                    self.y += BODY.leading;
                }
                left += width;
            }
            self.y = start + fits as f32 * BODY.leading + PADDING;
            let bottom = self.y;
            self.rule((x, top), (left, top));
            self.rule((x, bottom), (left, bottom));
            let mut side = x;
            for width in std::iter::once(&0.0).chain(widths) {
                side += width;
                self.rule((side, top), (side, bottom));
            }
            at += fits;
            if at >= tall {
                break;
            }
            self.turn();
            if !again.is_empty() {
                self.row(again.to_vec(), widths, x, &|_| true, &[]);
            }
            top = self.y;
            self.y += PADDING;
        }
    }
    /// What stands at the head and at the foot of each page.
    fn margins(&mut self, name: &str) {
        let head = self.lines(name, SMALL, RIGHT - MARGIN - 20.0).into_iter().next().unwrap_or_default();
        let pages = self.laid.sheets.len();
        for at in 0..pages {
            let number = format!("Page {} of {pages}", at + 1);
            let x = RIGHT - self.width(&number, SMALL);
            let sheet = &mut self.laid.sheets[at];
            sheet.lines.push(Line { x: MARGIN, y: MARGIN - 8.0, text: head.clone(), style: SMALL, node: None });
            sheet.rules.push(Rule { from: (MARGIN, MARGIN - 3.0), to: (RIGHT, MARGIN - 3.0) });
            sheet.lines.push(Line { x, y: PAGE.1 - MARGIN + 8.0, text: number, style: SMALL, node: None });
        }
    }
}

/// All that a document says, as it is written.
fn said(block: &Block, out: &mut Vec<String>) {
    match block {
        Block::Text(text) => out.push(text.clone()),
        Block::Facts(facts) => facts.iter().for_each(|(name, value)| out.extend([name.clone(), value.clone()])),
        Block::List(items) => out.extend(items.iter().cloned()),
        Block::Table { caption, headings, rows } => out.extend(caption.iter().chain(headings).chain(rows.iter().flatten()).cloned()),
        Block::Section { title, blocks } => {
            out.push(title.clone());
            blocks.iter().for_each(|b| said(b, out));
        }
        Block::Entry { title, blocks } => {
            out.extend(title.clone());
            blocks.iter().for_each(|b| said(b, out));
        }
    }
}
/// Everything that is said in a document, in order, besides its title.
pub(super) fn all_said(document: &Document) -> Vec<String> {
    let mut out = Vec::new();
    document.blocks.iter().for_each(|b| said(b, &mut out));
    out.extend(document.notes.iter().cloned());
    out
}

/// Lays a document out on pages.
///
/// # Errors
/// When a font cannot be read: a fault of the program.
pub(super) fn lay(document: &Document, faces: &Faces) -> Result<Laid, ReadError> {
    let laid = Laid { sheets: vec![Sheet::default()], nodes: Vec::new(), outline: Vec::new() };
    let mut laying = Laying { faces, laid, y: TOP };
    laying.heading(&document.title, 1, TITLE, MARGIN, None);
    laying.gap(6.0);
    document.blocks.iter().for_each(|b| laying.block(b, MARGIN, 2, None));
    let mut notes = document.notes.clone();
    if !all_said(document).iter().all(|said| faces.can_show(said)) {
        notes.push("A box stands for a character that this file's letters do not include. The page of HTML shows it.".into());
    }
    if !notes.is_empty() {
        laying.gap(16.0);
        laying.room(3.0 * SMALL.leading);
        let y = laying.y;
        laying.rule((MARGIN, y), (RIGHT, y));
        laying.y += 4.0;
        for note in &notes {
            let node = laying.node(Role::Paragraph, None);
            laying.paragraph(note, SMALL, MARGIN, node);
        }
    }
    laying.margins(&document.name());
    Ok(laying.laid)
}
