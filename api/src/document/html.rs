//! A document as one page of HTML that holds all it needs, made to be read and to be printed.

use super::{Block, Document, LANGUAGE};
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// Black on white, for paper as for a screen: nothing is told by colour alone.
const STYLE: &str = "\
:root{font:100%/1.5 Georgia,'Times New Roman',serif;color:#000;background:#fff}\
body{max-width:44rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.7rem;line-height:1.2;margin:0 0 1rem}\
h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:2px solid #000;break-after:avoid}\
h3{font-size:1rem;margin:1rem 0 .25rem;break-after:avoid}\
dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.2rem 1.2rem;margin:0}\
dt{font-weight:bold}dd{margin:0}\
p{margin:.25rem 0}\
p,dd,td,li{white-space:pre-line;overflow-wrap:anywhere}\
caption{text-align:left;font-weight:bold}\
table{border-collapse:collapse;width:100%;margin:.5rem 0}\
th,td{border:1px solid #000;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}\
article,tr,li{break-inside:avoid}\
footer{margin-top:2.5rem;border-top:1px solid #000;font-size:.85rem}\
@page{size:A4;margin:20mm}\
@media print{:root{font-size:10.5pt}body{max-width:none;margin:0;padding:0}}";

fn block(block: &Block, sections: &mut usize) -> Markup {
    match block {
        Block::Text(said) => html! { p { (said) } },
        Block::Facts(facts) => html! { dl { @for (name, value) in facts { dt { (name) } dd { (value) } } } },
        Block::List(items) => html! { ul { @for item in items { li { (item) } } } },
        Block::Table { caption, headings, rows } => html! {
            table {
                @if let Some(caption) = caption { caption { (caption) } }
                thead { tr { @for heading in headings { th scope="col" { (heading) } } } }
                tbody {
                    @for row in rows {
                        tr { @for (i, cell) in row.iter().enumerate() { @if i == 0 { th scope="row" { (cell) } } @else { td { (cell) } } } }
                    }
                }
            }
        },
        Block::Section { title, blocks: within } => {
            *sections += 1;
            let id = format!("section-{sections}");
            html! { section aria-labelledby=(id) { h2 id=(id) { (title) } (blocks(within, sections)) } }
        }
        Block::Entry { title, blocks: within } => html! { article { @if let Some(title) = title { h3 { (title) } } (blocks(within, sections)) } },
    }
}
fn blocks(all: &[Block], sections: &mut usize) -> Markup {
    html! { @for b in all { (block(b, sections)) } }
}

/// The page. Whatever people wrote is escaped by how it is put in.
pub(super) fn page(document: &Document) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(LANGUAGE) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (document.name()) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { h1 { (document.title) } (blocks(&document.blocks, &mut 0)) }
                @if !document.notes.is_empty() { footer { @for note in &document.notes { p { (note) } } } }
            }
        }
    }
}
