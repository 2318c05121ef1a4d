//! Results as a table that a spreadsheet opens, and takes for no formula.

use super::rows::Asked;
use crate::error::ApiError;
use actix_web::HttpResponse;
use std::fmt::Write as _;
use trellis_domain::{
    appraisal::Considered,
    bulk::{
        Outcome, RowAction,
        column::{PLACE, SAID, place_of},
    },
    job::JobKind,
    line_management::Imported,
    table::safe,
};

/// The headings of a table of what became of a cycle's population.
const CONSIDERED: [&str; 10] = ["index", "employment_id", "person_id", "organisation_id", "action", "id", "reason", "starts_on", "ends_on", "appraiser_ids"];
/// The key of a row that did not come in a file.
const KEY: [&str; 2] = ["source", "external_id"];

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

fn place(outcome: &Outcome) -> [String; 2] {
    [outcome.index.to_string(), outcome.line.map_or_else(String::new, |n| n.to_string())]
}
fn key(outcome: &Outcome) -> [String; 2] {
    outcome.external_ref.as_ref().map_or_else(Default::default, |r| [r.source.as_str().to_owned(), r.id.as_str().to_owned()])
}
/// A row's cells: as they were sent where it was not taken, else what it was about.
fn cells(outcome: &Outcome, headings: &[String]) -> Vec<String> {
    if !outcome.sent.is_empty() {
        return outcome.sent.clone();
    }
    let [source, external_id] = key(outcome);
    let tie = outcome.relationship.as_ref();
    let of_tie = |says: &dyn Fn(&Imported) -> String| tie.map_or_else(String::new, says);
    let told = |heading: &String| match place_of(heading).as_str() {
        "source" => source.clone(),
        "external_id" => external_id.clone(),
        "kind" => of_tie(&|t| t.kind.to_string()),
        "person" => of_tie(&|t| t.person_id.to_string()),
        "holder" => of_tie(&|t| t.holder_id.to_string()),
        "starts_on" => of_tie(&|t| t.period.starts_on.to_string()),
        "ends_on" => of_tie(&|t| t.period.ends_on.map_or_else(String::new, |end| end.to_string())),
        _ => String::new(),
    };
    headings.iter().map(told).collect()
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

/// The heading row of a job's results. `headings` are those of the file in which its rows came, if they did.
pub fn kept_heading(kind: JobKind, headings: &[String]) -> String {
    let mut out = String::new();
    let of_rows = || match headings.is_empty() {
        true => KEY.map(str::to_owned).to_vec(),
        false => headings.to_vec(),
    };
    let all = match kind {
        JobKind::AppraisalsCreation => CONSIDERED.map(str::to_owned).to_vec(),
        _ => PLACE.map(str::to_owned).into_iter().chain(of_rows()).chain(SAID.map(str::to_owned)).collect(),
    };
    line(&mut out, all);
    out
}
/// A job's results. Rows are dropped as they are done, and of a file those are kept that were not taken: they are told as they were sent, the others by what
/// they were about.
pub fn kept(results: &[Outcome], headings: &[String]) -> String {
    let mut out = String::new();
    for outcome in results {
        let of_row = || match headings.is_empty() {
            true => key(outcome).to_vec(),
            false => cells(outcome, headings),
        };
        match &outcome.considered {
            Some(considered) => line(&mut out, employment(outcome, considered)),
            None => line(&mut out, place(outcome).into_iter().chain(of_row()).chain(said(outcome))),
        }
    }
    out
}

/// The rows as they were sent, and what became of each. Of JSON, their keys.
///
/// # Errors
/// When the body cannot be read again.
pub fn of_rows(asked: &Asked<'_>, results: &[Outcome]) -> Result<String, ApiError> {
    let mut sent = Vec::with_capacity(results.len());
    let headings = asked.each(&mut |row| {
        sent.push(row.cells);
        Ok(())
    })?;
    if headings.is_empty() {
        return Ok(kept_heading(asked.kind, &[]) + &kept(results, &[]));
    }
    let mut out = String::new();
    line(&mut out, headings.iter().cloned().chain(SAID.map(str::to_owned)));
    for (mut cells, outcome) in sent.into_iter().zip(results) {
        cells.resize(headings.len(), String::new()); // of a row that was cut nothing is told but that it was
        line(&mut out, cells.into_iter().chain(said(outcome)));
    }
    Ok(out)
}
