//! Documents that are read and printed. Each is described once; the page of HTML and the PDF are made from that description, so that they cannot
//! say different things. Whatever people wrote is text: nothing in it is ever markup.

mod face;
mod html;
mod lay;
mod pdf;
#[cfg(test)]
mod tests;

use crate::{error::ApiError, respond::etag};
use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    dev::Payload,
    http::header::{self, Accept, Header},
    web,
};
use chrono::{DateTime, NaiveDate, Utc};
use std::future::{Ready, ready};

/// The language that documents are written in: what people wrote in another is read as if it were this one.
const LANGUAGE: &str = "en-GB";

/// A document.
#[derive(Debug, Clone)]
pub struct Document {
    /// What it is.
    pub title: String,
    /// Whose, or of what: with the title it names the document, in its metadata and at the head of each page.
    pub about: String,
    /// What it says.
    pub blocks: Vec<Block>,
    /// What is said beneath it.
    pub notes: Vec<String>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
}

/// A part of a document.
#[derive(Debug, Clone)]
pub enum Block {
    /// A paragraph, or several on lines of their own.
    Text(String),
    /// What is known, each under its name.
    Facts(Vec<(String, String)>),
    /// Things beneath one another.
    List(Vec<String>),
    /// Rows beneath headings. The first cell of a row says what the row is of.
    Table {
        /// What it shows.
        caption: Option<String>,
        /// The headings, one a column.
        headings: Vec<String>,
        /// The rows, each with as many cells.
        rows: Vec<Vec<String>>,
    },
    /// A section.
    Section {
        /// Its heading.
        title: String,
        /// What it says.
        blocks: Vec<Block>,
    },
    /// One of several alike in a section.
    Entry {
        /// Its heading, if it has one.
        title: Option<String>,
        /// What it says.
        blocks: Vec<Block>,
    },
}

/// A section of a document.
pub fn section(title: impl Into<String>, blocks: Vec<Block>) -> Block {
    Block::Section { title: title.into(), blocks }
}
/// One of several alike.
pub fn entry(title: impl Into<String>, blocks: Vec<Block>) -> Block {
    Block::Entry { title: Some(title.into()), blocks }
}
/// A paragraph.
pub fn text(text: impl Into<String>) -> Block {
    Block::Text(text.into())
}
/// Something known under its name.
pub fn fact(name: impl Into<String>, value: impl Into<String>) -> (String, String) {
    (name.into(), value.into())
}
/// A day, as it is written in a document.
pub fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
/// Minutes, as they are written in a document.
pub fn time(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}
/// A word of a closed list, as it is written in a document.
pub fn word(word: &str) -> String {
    word.replace('_', " ")
}

/// In which form a document is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentForm {
    /// A page of HTML: also for whoever says nothing of it.
    Html,
    /// PDF.
    Pdf,
}
impl FromRequest for DocumentForm {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;
    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // what is preferred comes first
        let wanted = Accept::parse(request).map(|accept| accept.ranked()).unwrap_or_default();
        let pdf = wanted.iter().find_map(|media| match media.essence_str() {
            "application/pdf" => Some(true),
            "text/html" | "text/*" | "*/*" => Some(false),
            _ => None,
        });
        ready(Ok(if pdf == Some(true) { Self::Pdf } else { Self::Html }))
    }
}

impl Document {
    /// What it is, and whose.
    fn name(&self) -> String {
        format!("{}: {}", self.title, self.about)
    }
    /// The answer with it, and with the version of the record that it shows, if it is of one. It is kept by nobody on the way, and what it holds cannot run or fetch anything.
    ///
    /// # Errors
    /// When the PDF cannot be made: a fault of the program.
    pub async fn answer(self, form: DocumentForm, version: Option<i64>) -> Result<HttpResponse, ApiError> {
        let mut answer = HttpResponse::Ok();
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(version) = version {
            answer.insert_header((header::ETAG, etag(version)));
        }
        match form {
            DocumentForm::Html => Ok(answer
                .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"))
                .content_type("text/html; charset=utf-8")
                .body(html::page(&self).into_string())),
            DocumentForm::Pdf => {
                // whoever is answered by the same worker does not wait for it
                let made = web::block(move || pdf::file(&self)).await.map_err(|e| ApiError::internal(&e))?;
                Ok(answer
                    .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"))
                    .insert_header((header::CONTENT_DISPOSITION, "inline; filename=\"document.pdf\""))
                    .content_type("application/pdf")
                    .body(made.map_err(|e| ApiError::internal(&e))?))
            }
        }
    }
}
