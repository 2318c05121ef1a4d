//! Charts of figures, as SVG: bars with their figures beside them, black on white, so that nothing is told by colour. For whoever cannot see
//! it the description says all of it. A chart has no figures of its own: it shows those of the answer that it stands for, withheld ones as withheld.

use crate::error::ApiError;
use actix_web::{HttpResponse, http::header};
use maud::html;
use plotters::{
    coord::Shift,
    prelude::{BLACK, DrawingArea, DrawingAreaErrorKind, IntoDrawingArea, PathElement, Rectangle, SVGBackend, ShapeStyle, Text, WHITE},
    style::{
        Color, IntoFont, IntoTextStyle,
        text_anchor::{HPos, Pos, VPos},
    },
};
use std::fmt::Write;

const WIDTH: i32 = 760;
const LEFT: i32 = 280;
const LONGEST: i32 = 340;
const BAR: i32 = 16;
const STEP: i32 = 26;
/// Letters of a name that are drawn; the description has all of it.
const NAMED: usize = 38;

/// A figure, or none where it is withheld.
#[derive(Debug, Clone)]
pub struct Bar {
    /// Of what.
    pub label: String,
    /// How much.
    pub figure: Option<u64>,
}
/// Bars that belong together, under a heading.
#[derive(Debug, Clone)]
pub struct Group {
    /// What they are of.
    pub heading: String,
    /// They.
    pub bars: Vec<Bar>,
}
/// A chart.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// In what figures are counted, after each of them: ` %`.
    pub unit: &'static str,
    /// What is to be known to read it.
    pub note: String,
    /// The bars.
    pub groups: Vec<Group>,
}

/// A bar.
pub fn bar(label: impl Into<String>, figure: Option<u64>) -> Bar {
    Bar { label: label.into(), figure }
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::io::Error>>;

fn write(area: &Area<'_>, said: &str, at: (i32, i32), size: i32, right: bool) -> Drawn {
    let h_pos = if right { HPos::Right } else { HPos::Left };
    let style = ("sans-serif", size).into_font().into_text_style(area).pos(Pos::new(h_pos, VPos::Center));
    area.draw(&Text::new(said.to_owned(), at, style))
}
fn short(label: &str) -> String {
    match label.char_indices().nth(NAMED) {
        Some((end, _)) => format!("{}\u{2026}", label[..end].trim_end()),
        None => label.to_owned(),
    }
}

impl Chart {
    fn figure(&self, figure: Option<u64>) -> String {
        figure.map_or_else(|| "withheld".into(), |n| format!("{n}{}", self.unit))
    }
    /// All that the chart shows, in words.
    fn description(&self) -> String {
        let mut said = self.note.clone();
        for Group { heading, bars } in &self.groups {
            let figures: Vec<String> = bars.iter().map(|b| format!("{} {}", b.label, self.figure(b.figure))).collect();
            let figures = if figures.is_empty() { "nothing to show".into() } else { figures.join("; ") };
            // writing to a string does not fail
            let _ = write!(said, " {heading}: {figures}.");
        }
        said.trim().to_owned()
    }
    fn height(&self) -> i32 {
        let rows: usize = self.groups.iter().map(|g| g.bars.len().max(1) + 1).sum();
        i32::try_from(rows).unwrap_or(i32::MAX / STEP / 2) * STEP + 92
    }
    fn draw(&self, area: &Area<'_>) -> Drawn {
        area.fill(&WHITE)?;
        write(area, &self.title, (16, 24), 18, false)?;
        let most = self.groups.iter().flat_map(|g| &g.bars).filter_map(|b| b.figure).max().unwrap_or_default().max(1);
        let mut y = 60;
        for Group { heading, bars } in &self.groups {
            write(area, heading, (16, y), 15, false)?;
            y += STEP;
            if bars.is_empty() {
                write(area, "Nothing to show", (LEFT + 6, y), 13, false)?;
                y += STEP;
            }
            let top = y - STEP / 2;
            for Bar { label, figure } in bars {
                write(area, &short(label), (LEFT - 8, y), 13, true)?;
                let long = figure.map_or(0, |n| i32::try_from(n.saturating_mul(LONGEST.unsigned_abs().into()) / most).unwrap_or(LONGEST));
                let (above, below) = (y - BAR / 2, y + BAR / 2);
                match figure {
                    Some(_) => area.draw(&Rectangle::new([(LEFT, above), (LEFT + long, below)], BLACK.filled()))?,
                    // a frame of no length that means anything
                    None => area.draw(&Rectangle::new([(LEFT, above), (LEFT + 24, below)], ShapeStyle::from(BLACK).stroke_width(1)))?,
                }
                let beside = if figure.is_some() { long } else { 24 };
                write(area, &self.figure(*figure), (LEFT + beside + 8, y), 13, false)?;
                y += STEP;
            }
            area.draw(&PathElement::new(vec![(LEFT, top), (LEFT, y - STEP / 2)], ShapeStyle::from(BLACK).stroke_width(1)))?;
        }
        write(area, &self.note, (16, y + 6), 12, false)?;
        area.present()
    }
    /// The chart.
    ///
    /// # Errors
    /// When it cannot be drawn: a fault of the program.
    fn svg(&self) -> Result<String, DrawingAreaErrorKind<std::io::Error>> {
        let mut drawn = String::new();
        let size = (WIDTH.unsigned_abs(), self.height().unsigned_abs());
        self.draw(&SVGBackend::with_string(&mut drawn, size).into_drawing_area())?;
        let (open, rest) = drawn.split_once('>').unwrap_or_default();
        let open = open.replacen("<svg", "<svg role=\"img\" aria-labelledby=\"title description\" lang=\"en-GB\"", 1);
        let named = html! { title id="title" { (self.title) } desc id="description" { (self.description()) } };
        Ok(format!("{open}>\n{}{rest}", named.into_string()))
    }
    /// The answer with it.
    ///
    /// # Errors
    /// When it cannot be drawn: a fault of the program.
    pub fn answer(&self) -> Result<HttpResponse, ApiError> {
        let drawn = self.svg().map_err(|e| ApiError::internal(&e))?;
        Ok(HttpResponse::Ok()
            .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"))
            .content_type("image/svg+xml")
            .body(drawn))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(groups: Vec<Group>) -> Chart {
        Chart { title: "Learning share, 2026/27".into(), unit: " %", note: "Of objectives that were agreed.".into(), groups }
    }
    fn kept(name: &str, chart: &Chart) -> String {
        let svg = chart.svg().unwrap();
        if let Ok(folder) = std::env::var("TRELLIS_KEEP_DOCUMENTS") {
            std::fs::write(format!("{folder}/{name}.svg"), &svg).unwrap();
        }
        svg
    }

    #[test]
    fn a_chart_says_in_words_all_that_it_shows() {
        let bars = vec![bar("Curlew <script>alert(1)</script> & Sons", Some(100)), bar("Sandpiper", None), bar("Plover", Some(0)), bar("Knot", Some(37))];
        let svg = kept("some", &chart(vec![Group { heading: "Schools".into(), bars }, Group { heading: "Trust".into(), bars: Vec::new() }]));
        let said = "Of objectives that were agreed. Schools: Curlew &lt;script&gt;alert(1)&lt;/script&gt; &amp; Sons 100 %; Sandpiper withheld; Plover 0 %; Knot 37 %. Trust: nothing to show.";
        assert!(svg.contains(&format!("<desc id=\"description\">{said}</desc>")), "{svg}");
        assert!(
            svg.starts_with("<svg role=\"img\" aria-labelledby=\"title description\"") && svg.contains("<title id=\"title\">Learning share, 2026/27</title>")
        );
        assert!(!svg.contains("<script") && svg.trim_end().ends_with("</svg>"));
        let widths: Vec<&str> =
            svg.lines().filter(|l| l.contains("<rect") && l.contains("height=\"16\"")).filter_map(|l| l.split("width=\"").nth(1)?.split('"').next()).collect();
        assert_eq!(widths, ["340", "24", "0", "125"], "as long as they are large; a frame for what is withheld");
        assert!(svg.lines().filter(|l| l.contains("fill=\"#")).all(|l| l.contains("#000000") || l.contains("#FFFFFF")), "black on white");
    }

    #[test]
    fn it_is_drawn_of_nothing_and_of_very_much() {
        assert!(kept("none", &chart(Vec::new())).contains("</svg>"));
        let many = (0..60).map(|n| bar(format!("A school whose name is much longer than what can be drawn of it, {n}"), Some(u64::MAX / 100 * n))).collect();
        let svg = kept("many", &chart(vec![Group { heading: "Schools".into(), bars: many }]));
        assert!(svg.contains("\u{2026}") && svg.contains("can be drawn of it, 59"));
    }
}
