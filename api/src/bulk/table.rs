//! Results as a table that a spreadsheet opens, and takes for no formula.

use super::rows::Asked;
use crate::error::ApiError;
use actix_web::HttpResponse;
use std::fmt::Write as _;
use trellis_domain::{
    appraisal::Considered,
    bulk::{Outcome, RowAction},
    forbidden::national_insurance,
    job::JobKind,
    table::safe,
};

/// The headings of a table of what became of a cycle's population.
const CONSIDERED: [&str; 10] = ["index", "employment_id", "person_id", "organisation_id", "action", "id", "reason", "starts_on", "ends_on", "appraiser_ids"];
/// What is said of each row.
const SAID: [&str; 5] = ["action", "id", "changed", "code", "reason"];
/// The headings of a table of results without the rows as they were sent.
const BARE: [&str; 4] = ["index", "line", "source", "external_id"];

/// Writes one row.
pub fn line(out: &mut String, cells: impl IntoIterator<Item = String>) {
    for (i, cell) in cells.into_iter().enumerate() {
        let cell = safe(&cell);
        let separator = if i == 0 { "" } else { "," };
        let written = match cell.contains(['"', ',', ';', '\n', '\r', '\t']) {
            true => write!(out, "{separator}\"{}\"", cell.replace('"', "\"\"")),
            false => write!(out, "{separator}{cell}"),
        };
        debug_assert!(written.is_ok(), "text can be written to text");
    }
    out.push_str("\r\n");
}

/// A table as an answer.
pub fn answer(headings: &[&str], rows: impl Iterator<Item = Vec<String>>) -> HttpResponse {
    let mut out = String::new();
    line(&mut out, headings.iter().map(|h| (*h).to_owned()));
    rows.for_each(|row| line(&mut out, row));
    HttpResponse::Ok().content_type("text/csv; charset=utf-8").body(out)
}

fn said(outcome: &Outcome) -> Vec<String> {
    let mut changed = outcome.changed.clone();
    changed.extend(outcome.overridden.iter().map(|field| format!("{field} (kept as set here)")));
    changed.extend(outcome.managed_by_other.iter().map(|field| format!("{field} (kept as another source has it)")));
    let problem = outcome.problem.as_ref();
    vec![
        outcome.action.to_string(),
        outcome.id.filter(|_| outcome.action != RowAction::Failed).map_or_else(String::new, |id| id.to_string()),
        changed.join(" "),
        problem.map_or_else(String::new, |p| p.code.clone()),
        problem.map_or_else(String::new, |p| p.errors.iter().map(|f| format!("{}: {}", f.pointer, f.message)).collect::<Vec<_>>().join("; ")),
    ]
}

fn key(outcome: &Outcome) -> Vec<String> {
    let (source, id) = outcome.external_ref.as_ref().map_or_else(Default::default, |r| (r.source.as_str().to_owned(), r.id.as_str().to_owned()));
    vec![outcome.index.to_string(), outcome.line.map_or_else(String::new, |n| n.to_string()), source, id]
}

/// What became of an employment of a cycle's population.
fn employment(outcome: &Outcome, considered: &Considered) -> Vec<String> {
    fn or_nothing(value: Option<impl ToString>) -> String {
        value.map_or_else(String::new, |v| v.to_string())
    }
    let period = considered.period;
    vec![
        outcome.index.to_string(),
        considered.employment_id.to_string(),
        considered.person_id.to_string(),
        considered.organisation_id.to_string(),
        outcome.action.to_string(),
        or_nothing(outcome.id),
        or_nothing(considered.omission),
        or_nothing(period.map(|p| p.starts_on)),
        or_nothing(period.and_then(|p| p.ends_on)),
        considered.appraisers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
    ]
}

/// The heading row of results without the rows as they were sent.
pub fn bare_heading(kind: JobKind) -> String {
    let mut out = String::new();
    let headings: Vec<&str> = match kind {
        JobKind::PeopleBulkUpsert | JobKind::OrganisationsBulkUpsert | JobKind::LearningRecordsBulkUpsert | JobKind::TrainingCompletionsBulkUpsert => {
            BARE.iter().chain(&SAID).copied().collect()
        }
        JobKind::AppraisalsCreation => CONSIDERED.to_vec(),
    };
    line(&mut out, headings.into_iter().map(str::to_owned));
    out
}
/// Results without the rows as they were sent: those are dropped when they are done.
pub fn bare(results: &[Outcome]) -> String {
    let mut out = String::new();
    for outcome in results {
        match &outcome.considered {
            Some(considered) => line(&mut out, employment(outcome, considered)),
            None => line(&mut out, key(outcome).into_iter().chain(said(outcome))),
        }
    }
    out
}

/// What stands in place of a cell that is never held: it is refused, and not repeated.
const NEVER_HELD: &str = "(never held)";

/// A cell as it was sent.
fn sent_cell(cell: String) -> String {
    if national_insurance(&cell) { NEVER_HELD.into() } else { cell }
}

/// The rows as they were sent, and what became of each. Of JSON, their keys.
///
/// # Errors
/// When the body cannot be read again.
pub fn of_rows(asked: &Asked<'_>, results: &[Outcome]) -> Result<String, ApiError> {
    let mut next = results.iter();
    let mut body = String::new();
    let headings = asked.each(&mut |sent| {
        if let Some(outcome) = next.next() {
            let own = if sent.line.is_some() { sent.cells.into_iter().map(sent_cell).collect() } else { key(outcome) };
            line(&mut body, own.into_iter().chain(said(outcome)));
        }
        Ok(())
    })?;
    let mut out = String::new();
    match headings.is_empty() {
        true => out.push_str(&bare_heading(asked.kind)),
        false => line(&mut out, headings.into_iter().chain(SAID.map(str::to_owned))),
    }
    out.push_str(&body);
    Ok(out)
}
