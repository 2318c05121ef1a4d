//! A document as a PDF that a screen reader can read: tagged, with a title, a language, an outline and text that can be copied (PDF/UA-1, ISO 14289-1).

use super::{
    Document, LANGUAGE,
    face::{Faces, Weight},
    lay::{Laid, Line, Node, PAGE, Role, Rule, lay},
};
use chrono::{DateTime, Datelike, Timelike, Utc};
use krilla::{
    Document as Pdf, SerializeSettings,
    configure::{Accessibility, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point},
    metadata::{self, Metadata},
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::Stroke,
    surface::Surface,
    tagging::{Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag, TagGroup, TagKind, TagTree},
    text::{Font, GlyphId, KrillaGlyph},
};
use std::num::NonZeroU16;

/// What went wrong while a PDF was made: a fault of the program.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("a font cannot be read: {0}")]
    Font(#[from] skrifa::raw::ReadError),
    #[error("the PDF cannot be written: {0}")]
    Writing(String),
}

struct Pens<'f> {
    faces: &'f Faces,
    regular: Font,
    bold: Font,
}
impl Pens<'_> {
    fn write(&self, surface: &mut Surface<'_>, line: &Line) {
        let Line { x, y, text, style, node: _ } = line;
        let glyph = |g: super::face::Placed| KrillaGlyph::new(GlyphId::new(g.glyph), g.advance, 0.0, 0.0, 0.0, g.stands_for, None);
        let glyphs: Vec<KrillaGlyph> = self.faces.of(style.weight).glyphs(text).into_iter().map(glyph).collect();
        let font = match style.weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        };
        surface.draw_glyphs(Point::from_xy(*x, *y), &glyphs, font.clone(), text, style.size, false);
    }
}

fn draw(surface: &mut Surface<'_>, rule: &Rule) {
    let mut path = PathBuilder::new();
    path.move_to(rule.from.0, rule.from.1);
    path.line_to(rule.to.0, rule.to.1);
    if let Some(path) = path.finish() {
        surface.set_fill(None);
        surface.set_stroke(Some(Stroke { width: 0.6, ..Stroke::default() }));
        surface.draw_path(&path);
        surface.set_stroke(None);
    }
}

fn tag(node: &Node) -> TagKind {
    match node.role {
        Role::Heading(level) => Tag::Hn(NonZeroU16::new(level).unwrap_or(NonZeroU16::MIN), node.heading.clone()).into(),
        Role::Paragraph => Tag::P.into(),
        Role::Section => Tag::Section.into(),
        Role::Article => Tag::Article.into(),
        Role::List { bulleted: true } => Tag::L(ListNumbering::Circle).into(),
        Role::List { bulleted: false } => Tag::L(ListNumbering::None).into(),
        Role::Item => Tag::LI.into(),
        Role::Label => Tag::Lbl.into(),
        Role::Body => Tag::LBody.into(),
        Role::Table => Tag::Table.into(),
        Role::Caption => Tag::Caption.into(),
        Role::Head => Tag::THead.into(),
        Role::Rows => Tag::TBody.into(),
        Role::Row => Tag::TR.into(),
        Role::ColumnHeading => Tag::TH(TableHeaderScope::Column).into(),
        Role::RowHeading => Tag::TH(TableHeaderScope::Row).into(),
        Role::Cell => Tag::TD.into(),
    }
}

/// The tree of tags: each node holds its lines and what is within it, in the order in which they came.
fn tree(nodes: &[Node], mut lines: Vec<Vec<Identifier>>) -> TagTree {
    let mut groups: Vec<TagGroup> = nodes.iter().map(|node| TagGroup::new(tag(node))).collect();
    let mut tree = TagTree::new();
    let mut roots = Vec::new();
    // whatever is within another came after it, so the last is complete first
    for (at, node) in nodes.iter().enumerate().rev() {
        let Some(mut group) = groups.pop() else { break };
        let mut children: Vec<krilla::tagging::Node> = std::mem::take(&mut lines[at]).into_iter().map(Into::into).collect();
        group.children.reverse();
        children.append(&mut group.children);
        group.children = children;
        match node.within.and_then(|within| groups.get_mut(within)) {
            Some(holder) => holder.push(group),
            None => roots.push(group),
        }
    }
    roots.into_iter().rev().for_each(|root| tree.push(root));
    tree
}

fn moment(at: DateTime<Utc>) -> metadata::DateTime {
    let small = |n: u32| u8::try_from(n).unwrap_or_default();
    metadata::DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(small(at.month()))
        .day(small(at.day()))
        .hour(small(at.hour()))
        .minute(small(at.minute()))
        .second(small(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

/// The file.
///
/// # Errors
/// A fault of the program.
pub(super) fn file(document: &Document) -> Result<Vec<u8>, Fault> {
    let faces = Faces::new()?;
    let Laid { sheets, nodes, outline } = lay(document, &faces)?;
    let wrong = |what: &dyn std::fmt::Debug| Fault::Writing(format!("{what:?}"));
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish().map_err(|e| wrong(&e))?;
    let mut pdf = Pdf::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let about = Metadata::new().title(document.name()).language(LANGUAGE.into()).creator("Trellis".into()).creation_date(moment(document.made_at));
    pdf.set_metadata(about);
    let font = |weight| Font::new(faces.of(weight).data.into(), 0).ok_or_else(|| Fault::Writing("a font is not taken".into()));
    let pens = Pens { faces: &faces, regular: font(Weight::Regular)?, bold: font(Weight::Bold)? };
    let mut lines: Vec<Vec<Identifier>> = nodes.iter().map(|_| Vec::new()).collect();
    for sheet in &sheets {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| Fault::Writing("a page without a size".into()))?;
        let mut page = pdf.start_page_with(settings);
        let mut surface = page.surface();
        for rule in &sheet.rules {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
            draw(&mut surface, rule);
            surface.end_tagged();
        }
        for line in &sheet.lines {
            match line.node {
                Some(node) => {
                    let id = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
                    pens.write(&mut surface, line);
                    surface.end_tagged();
                    lines[node].push(id);
                }
                None => {
                    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)));
                    pens.write(&mut surface, line);
                    surface.end_tagged();
                }
            }
        }
        surface.finish();
        page.finish();
    }
    pdf.set_tag_tree(tree(&nodes, lines));
    let mut contents = Outline::new();
    let title = (document.title.clone(), 0, 0.0);
    for (heading, page, y) in std::iter::once(title).chain(outline) {
        contents.push_child(OutlineNode::new(heading, XyzDestination::new(page, Point::from_xy(0.0, y))));
    }
    pdf.set_outline(contents);
    pdf.finish().map_err(|e| wrong(&e))
}
