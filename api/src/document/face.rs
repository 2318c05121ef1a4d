//! The two faces that a PDF is set in, and how text becomes lines of them.

use skrifa::{
    FontRef, GlyphId, MetadataProvider,
    instance::{LocationRef, Size},
};
use std::{iter::once, ops::Range};
use unicode_linebreak::linebreaks;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Parts of Noto Sans, under the licence that stands beside them.
const REGULAR: &[u8] = include_bytes!("fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/NotoSans-Bold.ttf");
/// What stands for a character that the fonts do not have. Whoever copies the text or has it read aloud gets the character itself.
const MISSING: char = '\u{25a1}';

/// Which face.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Bold,
}

/// A glyph with what it stands for in its line.
pub(super) struct Placed {
    pub(super) glyph: u32,
    /// In ems.
    pub(super) advance: f32,
    pub(super) stands_for: Range<usize>,
}

/// A face.
pub(super) struct Face {
    pub(super) data: &'static [u8],
    font: FontRef<'static>,
    units: f32,
}
/// Both.
pub(super) struct Faces {
    regular: Face,
    bold: Face,
}

impl Face {
    fn new(data: &'static [u8]) -> Result<Self, skrifa::raw::ReadError> {
        let font = FontRef::new(data)?;
        let units = f32::from(font.metrics(Size::unscaled(), LocationRef::default()).units_per_em);
        Ok(Self { data, font, units })
    }
    fn glyph(&self, c: char) -> Option<GlyphId> {
        self.font.charmap().map(c)
    }
    /// The glyphs of a line.
    pub(super) fn glyphs(&self, line: &str) -> Vec<Placed> {
        let (map, metrics) = (self.font.charmap(), self.font.glyph_metrics(Size::unscaled(), LocationRef::default()));
        let placed = |(at, c): (usize, char)| {
            let glyph = map.map(c).or_else(|| map.map(MISSING)).unwrap_or_default();
            let advance = metrics.advance_width(glyph).unwrap_or_default() / self.units;
            Placed { glyph: glyph.to_u32(), advance, stands_for: at..at + c.len_utf8() }
        };
        line.char_indices().map(placed).collect()
    }
    /// How wide a line is, in ems; white space at its end does not count.
    pub(super) fn width(&self, line: &str) -> f32 {
        self.full_width(line.trim_end())
    }
    fn full_width(&self, line: &str) -> f32 {
        self.glyphs(line).iter().map(|g| g.advance).sum()
    }
    /// Lines of a paragraph, none wider than this many ems unless one character is. A word that is wider alone is broken where it must be.
    pub(super) fn lines(&self, paragraph: &str, measure: f32) -> Vec<String> {
        let (mut lines, mut line, mut filled) = (Vec::new(), String::new(), 0.0);
        for word in words(paragraph) {
            if filled + self.width(word) > measure {
                let mut pieces = self.pieces(word, measure).into_iter();
                lines.extend((!line.is_empty()).then(|| std::mem::take(&mut line)));
                line = pieces.next_back().unwrap_or_default();
                lines.extend(pieces);
                filled = self.full_width(&line);
            } else {
                line.push_str(word);
                filled += self.full_width(word);
            }
        }
        lines.push(line);
        lines
    }
    /// A word, broken if it is too wide. What belongs to a character stays with it.
    fn pieces(&self, word: &str, measure: f32) -> Vec<String> {
        let (mut pieces, mut piece, mut filled) = (Vec::new(), String::new(), 0.0);
        for c in word.chars() {
            let wide = self.width(c.encode_utf8(&mut [0; 4]));
            if filled + wide > measure && filled > 0.0 && !is_combining_mark(c) {
                pieces.push(std::mem::take(&mut piece));
                filled = 0.0;
            }
            filled += wide;
            piece.push(c);
        }
        pieces.push(piece);
        pieces
    }
}

impl Faces {
    /// # Errors
    /// When a font cannot be read: a fault of the program.
    pub(super) fn new() -> Result<Self, skrifa::raw::ReadError> {
        Ok(Self { regular: Face::new(REGULAR)?, bold: Face::new(BOLD)? })
    }
    pub(super) fn of(&self, weight: Weight) -> &Face {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
    /// Can all of this be shown?
    pub(super) fn can_show(&self, text: &str) -> bool {
        paragraphs(text).iter().all(|p| p.chars().all(|c| self.regular.glyph(c).is_some()))
    }
}

/// What nobody sees: joiners, marks of direction, where a word may be broken, and what is no character.
fn unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
        || (u32::from(c) & 0xfffe) == 0xfffe
        || c.is_control()
}

/// The paragraphs of a text, composed, so that an accent is where its letter is.
pub(super) fn paragraphs(text: &str) -> Vec<String> {
    let broken = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    let seen = |line: &str| line.nfc().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !unseen(*c)).collect::<String>();
    let mut out: Vec<String> = broken.split('\n').map(seen).collect();
    while out.last().is_some_and(|last| last.trim().is_empty()) && out.len() > 1 {
        out.pop();
    }
    out
}

/// What of a paragraph cannot be broken, each with the white space after it.
pub(super) fn words(paragraph: &str) -> impl Iterator<Item = &str> {
    let ends: Vec<usize> = linebreaks(paragraph).map(|(at, _)| at).collect();
    let starts: Vec<usize> = once(0).chain(ends.iter().copied()).collect();
    starts.into_iter().zip(ends).map(|(from, to)| &paragraph[from..to])
}
