use super::{
    Block, Document, entry,
    face::{Faces, Weight, paragraphs},
    fact, html,
    lay::{Laid, Role, all_said, lay},
    pdf, section, text,
};
use chrono::DateTime;

const NAMES: &str = "Łukasz Wiśniewski, Ó Briain, Šárka Dvořáková, Ñuñez, Tŷ Mawr, Ωραία Παπαδοπούλου, Юлия Щербакова, ქეთევან, Արամ, Đặng";

fn document(blocks: Vec<Block>) -> Document {
    Document {
        title: "Appraisal report".into(),
        about: "Amara Okoro <b>".into(),
        blocks,
        notes: vec!["No signature is needed.".into()],
        made_at: DateTime::UNIX_EPOCH,
    }
}
fn laid(document: &Document) -> Laid {
    lay(document, &Faces::new().unwrap()).unwrap()
}
/// Long words, long texts, empty sections, several pages, scripts, markup, and a row that is longer than a page.
fn everything() -> Document {
    let long = "She led a group on classroom talk; they met every second week, and each brought what a pupil had said. ".repeat(12);
    let several = [long.as_str(), "", NAMES, "A last line, by itself."].join("\n");
    let word = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(3);
    let row = |n: usize| vec![format!("TS{n} Set high expectations"), "<script>alert(1)</script>".into(), several.repeat(if n == 3 { 5 } else { n % 2 })];
    document(vec![
        Block::Facts(vec![fact("Appraisee", NAMES), fact("A name that is much too long to stand on the left alone, so that it is broken", "Curlew")]),
        section("Professional learning", (0..6).map(|_| text(&several)).collect()),
        section("Nothing", Vec::new()),
        section("Objectives", vec![entry(&word, vec![text(&word), Block::List(vec![several.clone(), "Visit Curlew, by 26 November 2027".into()])])]),
        section(
            "Standards",
            vec![Block::Table {
                caption: Some("What is said".into()),
                headings: ["Standard", "Note", "What is said of it"].map(Into::into).into(),
                rows: (0..6).map(row).collect(),
            }],
        ),
        section("Signs", vec![text("日本語 🎉 עברית, a\u{301} x\u{300}, \u{feff}\u{fffe} → ≤ ✓ \u{ad}soft\r\nnext")]),
    ])
}
/// Without white space and what cannot be seen: how a text is broken makes no difference.
fn bare(text: &str) -> String {
    paragraphs(text).concat().split_whitespace().collect()
}

#[test]
fn both_forms_say_all_of_it_and_nothing_else() {
    let document = everything();
    let Laid { sheets, nodes, .. } = laid(&document);
    let mut by_node = vec![String::new(); nodes.len()];
    for line in sheets.iter().flat_map(|s| &s.lines) {
        if let Some(node) = line.node {
            by_node[node].push_str(&bare(&line.text));
        }
    }
    let printed: Vec<&String> = by_node.iter().filter(|text| !text.is_empty() && *text != "•").collect();
    let mut expected: Vec<String> = std::iter::once(document.title.clone()).chain(all_said(&document)).map(|s| bare(&s)).filter(|s| !s.is_empty()).collect();
    expected.push(bare("A box stands for a character that this file's letters do not include. The page of HTML shows it."));
    assert_eq!(printed, expected.iter().collect::<Vec<_>>());
    let page = html::page(&document).into_string();
    for said in all_said(&document) {
        let escaped = said.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
        assert!(page.contains(&escaped), "{said}");
    }
    assert!(!page.contains("<script") && !page.contains("Okoro <b>"));
}

#[test]
fn nothing_stands_outside_the_page_or_over_something_else() {
    let faces = Faces::new().unwrap();
    for sheet in laid(&everything()).sheets {
        let mut boxes: Vec<(f32, f32, f32, f32)> = Vec::new();
        for line in &sheet.lines {
            let right = line.x + faces.of(line.style.weight).width(&line.text) * line.style.size;
            assert!(line.x >= 56.0 && right <= 539.5 && line.y > 40.0 && line.y < 800.0, "{line:?} to {right}");
            if !line.text.trim().is_empty() {
                let this = (line.x, right, line.y - line.style.size * 0.7, line.y);
                assert!(boxes.iter().all(|b| this.0 >= b.1 || b.0 >= this.1 || this.2 >= b.3 || b.2 >= this.3), "{line:?}");
                boxes.push(this);
            }
        }
    }
}

#[test]
fn the_widest_name_of_a_fact_is_not_broken() {
    for name in ["Provided by", "Offered by", "What was said", "Both were told on", "External adviser", "Why it was corrected"] {
        let lines = laid(&document(vec![Block::Facts(vec![fact(name, "Tidewater")])])).sheets.remove(0).lines;
        assert!(lines.iter().any(|l| l.text == name), "{name}: {lines:?}");
    }
}

#[test]
fn every_page_says_what_it_is_and_no_heading_is_left_behind() {
    let document = everything();
    let Laid { sheets, nodes, outline } = laid(&document);
    assert!(sheets.len() > 4, "{}", sheets.len());
    let pages = sheets.len();
    for (at, sheet) in sheets.iter().enumerate() {
        let margins: Vec<&str> = sheet.lines.iter().filter(|l| l.node.is_none()).map(|l| l.text.as_str()).collect();
        assert!(margins.contains(&"Appraisal report: Amara Okoro <b>") && margins.contains(&format!("Page {} of {pages}", at + 1).as_str()), "{margins:?}");
        let said: Vec<_> = sheet.lines.iter().filter_map(|l| Some((l, l.node?))).collect();
        let last = said.iter().max_by(|(a, _), (b, _)| a.y.total_cmp(&b.y)).unwrap();
        assert!(at + 1 == pages || !matches!(nodes[last.1].role, Role::Heading(_)), "page {at} ends with a heading");
    }
    assert_eq!(outline.iter().map(|(title, ..)| title.as_str()).collect::<Vec<_>>(), ["Professional learning", "Nothing", "Objectives", "Standards", "Signs"]);
}

#[test]
fn names_of_all_europe_have_their_letters() {
    let faces = Faces::new().unwrap();
    assert!(faces.can_show(NAMES) && faces.can_show("“It’s – well – 50 % ≤ £20”… → ✓") && !faces.can_show("日本"));
    let missing = faces.of(Weight::Bold).glyphs("日□").iter().map(|g| g.glyph).collect::<Vec<_>>();
    assert_eq!(missing[0], missing[1]);
    assert!(faces.of(Weight::Bold).glyphs(NAMES).iter().all(|g| g.glyph != 0 && g.glyph != missing[0]));
    assert_eq!(paragraphs("S\u{30c}a\u{301}rka\r\n\u{feff}b\tc\n\n"), ["Šárka", "b c"]);
}

#[test]
fn a_paragraph_is_broken_between_words_and_a_word_only_where_it_must_be() {
    let faces = Faces::new().unwrap();
    let face = faces.of(Weight::Regular);
    let lines = face.lines("what was said about self-assessment, and by whom", 12.0);
    assert!(lines.len() > 1 && lines.concat() == "what was said about self-assessment, and by whom", "{lines:?}");
    assert!(lines.iter().all(|l| face.width(l) <= 12.0) && lines[..lines.len() - 1].iter().all(|l| l.ends_with([' ', '-'])), "{lines:?}");
    let broken = face.lines(&"x\u{300}".repeat(60), 10.0);
    assert!(broken.len() > 2 && broken.iter().all(|l| l.starts_with('x') && l.ends_with('\u{300}')), "{broken:?}");
    assert_eq!(face.lines("", 10.0), [""]);
}

#[test]
fn the_file_is_tagged_and_named_and_made_the_same_again() {
    let document = everything();
    let bytes = pdf::file(&document).unwrap();
    if let Ok(folder) = std::env::var("TRELLIS_KEEP_DOCUMENTS") {
        std::fs::write(format!("{folder}/everything.pdf"), &bytes).unwrap();
        std::fs::write(format!("{folder}/everything.html"), html::page(&document).into_string()).unwrap();
    }
    let file = String::from_utf8_lossy(&bytes);
    assert!(
        file.starts_with("%PDF-1.7") && file.contains("/StructTreeRoot") && file.contains("/Lang(en-GB)") && file.contains("pdfuaid:part"),
        "{}",
        &file[..200]
    );
    assert!(
        file.contains("<rdf:li xml:lang=\"en-GB\">Appraisal report: Amara Okoro &lt;b&gt;</rdf:li>")
            || file.contains("Appraisal report: Amara Okoro &lt;b&gt;")
    );
    assert!(!file.contains("/JavaScript") && !file.contains("/URI") && bytes.len() < 400_000, "{}", bytes.len());
    assert_eq!(bytes, pdf::file(&document).unwrap());
    // nor does it break on what is almost nothing
    let unseen = || section("\u{feff}", vec![text(""), Block::List(Vec::new()), Block::Facts(Vec::new()), entry("\u{200b}", Vec::new())]);
    pdf::file(&Document { title: "Statement".into(), about: String::new(), blocks: vec![unseen()], notes: Vec::new(), made_at: DateTime::UNIX_EPOCH }).unwrap();
}
