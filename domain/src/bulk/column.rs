//! A table's columns: which fields of a row they are, so that a file and a body of JSON are read by the same rules.

use crate::{
    forbidden,
    id::PersonId,
    job::JobKind,
    nearest::nearest,
    rule::{Code, Fault, RuleError},
    text::Wire,
};
use chrono::NaiveDate;
use serde_json::{Map, Value, json};

/// The columns of a file of people, and the field of a row that each is. One employment a row.
pub const PEOPLE: &[(&str, &str)] = &[
    ("source", "/external_ref/source"),
    ("external_id", "/external_ref/id"),
    ("given_name", "/given_name"),
    ("family_name", "/family_name"),
    ("preferred_name", "/preferred_name"),
    ("email", "/email"),
    ("trn", "/trn"),
    ("urn", "/employments/0/organisation/urn"),
    ("organisation_id", "/employments/0/organisation/id"),
    ("organisation", "/employments/0/organisation/external_ref/id"),
    ("job_title", "/employments/0/job_title"),
    ("staff_category", "/employments/0/staff_category"),
    ("staff_code", "/employments/0/staff_code"),
    ("fte_percent", "/employments/0/fte_percent"),
    ("starts_on", "/employments/0/starts_on"),
    ("ends_on", "/employments/0/ends_on"),
    ("line_manager", ""),
    ("appraiser", ""),
];
/// The columns of a file of organisations.
pub const ORGANISATIONS: &[(&str, &str)] = &[
    ("source", "/external_ref/source"),
    ("external_id", "/external_ref/id"),
    ("kind", "/kind"),
    ("name", "/name"),
    ("parent_id", "/parent/id"),
    ("parent_urn", "/parent/urn"),
    ("parent", "/parent/external_ref/id"),
    ("phase", "/phase"),
    ("establishment_type", "/establishment_type"),
    ("group_type", "/group_type"),
    ("status", "/status"),
    ("opened_on", "/opened_on"),
    ("closed_on", "/closed_on"),
    ("urn", "/urn"),
    ("laestab", "/laestab"),
    ("ukprn", "/ukprn"),
];
/// The columns of a file of what people learned with outside providers.
pub const LEARNING: &[(&str, &str)] = &[
    ("source", "/external_ref/source"),
    ("external_id", "/external_ref/id"),
    ("person_id", "/person/id"),
    ("person_source", "/person/external_ref/source"),
    ("person_external_id", "/person/external_ref/id"),
    ("trn", "/person/trn"),
    ("staff_code", "/person/staff_code"),
    ("urn", "/organisation/urn"),
    ("organisation_id", "/organisation/id"),
    ("title", "/title"),
    ("kind", "/kind"),
    ("started_on", "/started_on"),
    ("ended_on", "/ended_on"),
    ("minutes", "/minutes"),
    ("provider", "/provider"),
];
/// The columns of a file of required training that people did with outside providers.
pub const COMPLETIONS: &[(&str, &str)] = &[
    ("source", "/external_ref/source"),
    ("external_id", "/external_ref/id"),
    ("person_id", "/person/id"),
    ("person_source", "/person/external_ref/source"),
    ("person_external_id", "/person/external_ref/id"),
    ("trn", "/person/trn"),
    ("staff_code", "/person/staff_code"),
    ("urn", "/organisation/urn"),
    ("organisation_id", "/organisation/id"),
    ("requirement_id", "/requirement_id"),
    ("completed_on", "/completed_on"),
    ("provider", "/provider"),
    ("certificate", "/certificate"),
];
/// The columns of a file of who manages, appraises, coaches, mentors or inducts whom.
pub const RELATIONSHIPS: &[(&str, &str)] = &[
    ("kind", "/kind"),
    ("person", "/person"),
    ("holder", "/holder"),
    ("starts_on", "/starts_on"),
    ("ends_on", "/ends_on"),
    ("school", "/school"),
    ("replace", "/replace"),
];
/// What a table of results says of each row after its cells.
pub const SAID: [&str; 5] = ["action", "id", "changed", "code", "reason"];
/// What it says before them.
pub const PLACE: [&str; 2] = ["index", "line"];
const TIES: [&str; 2] = ["line_manager", "appraiser"];

/// The columns of a file.
#[derive(Debug, Clone)]
pub struct Columns {
    kind: JobKind,
    /// For each column of the file, which of ours it is; none, of what a table of results said of a row.
    which: Vec<Option<usize>>,
    source: Option<String>,
}

fn known(kind: JobKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        JobKind::PeopleBulkUpsert => PEOPLE,
        JobKind::OrganisationsBulkUpsert => ORGANISATIONS,
        JobKind::AppraisalsCreation => &[],  // its rows are noted here, and nobody sends them
        JobKind::OrganisationsImport => &[], // the register's files have headings of their own
        JobKind::LearningRecordsBulkUpsert => LEARNING,
        JobKind::TrainingCompletionsBulkUpsert => COMPLETIONS,
        JobKind::RelationshipsImport => RELATIONSHIPS,
    }
}
/// The headings that a file must have.
const fn needed(kind: JobKind) -> &'static [&'static str] {
    match kind {
        JobKind::RelationshipsImport => &["person", "holder", "starts_on"],
        _ => &["source", "external_id"],
    }
}

/// A heading as it is compared: `Family Name` is `family_name`.
fn plain(heading: &str) -> String {
    heading.trim().to_lowercase().replace([' ', '-'], "_")
}

/// Which of our columns a heading is: `External ID` is `external_id`.
pub fn place_of(heading: &str) -> String {
    plain(heading)
}

/// What other systems call our columns.
const ALIASES: &[(&str, &str)] = &[
    ("forename", "given_name"),
    ("first_name", "given_name"),
    ("known_as", "preferred_name"),
    ("surname", "family_name"),
    ("last_name", "family_name"),
    ("e_mail", "email"),
    ("email_address", "email"),
    ("teacher_number", "trn"),
    ("id", "external_id"),
    ("staff_id", "external_id"),
    ("employee_id", "external_id"),
    ("payroll_number", "staff_code"),
    ("school", "organisation"),
    ("school_urn", "urn"),
    ("post", "job_title"),
    ("role", "job_title"),
    ("fte", "fte_percent"),
    ("start_date", "starts_on"),
    ("end_date", "ends_on"),
    ("leaving_date", "ends_on"),
    ("manager", "line_manager"),
    ("duration", "minutes"),
    ("course", "title"),
    ("course_title", "title"),
    ("started", "started_on"),
    ("start_date", "started_on"),
    ("completed", "completed_on"),
    ("completion_date", "completed_on"),
    ("requirement", "requirement_id"),
    ("certificate_number", "certificate"),
];
/// Which of our headings is meant by one that is not known.
fn meant(ours: &[(&'static str, &str)], heading: &str) -> Option<&'static str> {
    let ours = || ours.iter().map(|(known, _)| *known);
    let alias = ALIASES.iter().filter(|(other, _)| *other == heading).map(|(_, known)| *known).find(|known| ours().any(|k| k == *known));
    alias.or_else(|| nearest(heading, ours()))
}

impl Columns {
    /// From a heading row. `source` is the system of every row, where the file has no column for it.
    ///
    /// # Errors
    /// `forbidden_data`, naming every such column; `unreadable_file`, naming every heading that is missing, unknown or stands twice.
    pub fn of(kind: JobKind, headings: &[String], source: Option<&str>) -> Result<Self, RuleError> {
        let pointer = |heading: &str| format!("/{}", heading.chars().take(64).collect::<String>());
        // of a file that was sent without its heading row the first row of values stands here: only what is surely a name is repeated
        let column = |i: usize| format!("/column {}", i + 1);
        let refused: Vec<Fault> = headings
            .iter()
            .enumerate()
            .filter_map(|(i, h)| Some(forbidden::fault(if forbidden::only_names(h) { pointer(h) } else { column(i) }, forbidden::named(h)?)))
            .collect();
        if !refused.is_empty() {
            let message = "the file has columns that are never held; nothing of it was kept".into();
            return Err(RuleError { code: Code::ForbiddenData, message, faults: refused });
        }
        let (ours, mut faults, mut which) = (known(kind), Vec::new(), Vec::new());
        // a table of results, mended and sent again: what it said of its rows is no news
        let said_before = SAID.iter().all(|said| headings.iter().any(|h| plain(h) == *said));
        let mut fault = |pointer: String, message: String| faults.push(Fault { pointer, code: Code::UnreadableFile.as_str().into(), message });
        let mut strange = false;
        for (at, heading) in headings.iter().enumerate() {
            let name = plain(heading);
            match (ours.iter().position(|(known, _)| *known == name), meant(ours, &name)) {
                (Some(i), _) if which.contains(&Some(i)) => fault(pointer(heading), "this heading stands twice".into()),
                (Some(i), _) => which.push(Some(i)),
                (None, _) if said_before && SAID.iter().chain(&PLACE).any(|said| *said == name) => which.push(None),
                (None, Some(known)) => fault(pointer(heading), format!("is no heading of this file; did you mean {known}?")),
                (None, None) if name.is_empty() => fault(column(at), "has no heading; leave the column out".into()),
                (None, None) => {
                    let known = if strange { String::new() } else { format!("; known are {}", ours.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", ")) };
                    fault(column(at), format!("has a heading that is not known here{known}"));
                    strange = true;
                }
            }
        }
        let has = |name: &str| which.iter().flatten().any(|i| ours[*i].0 == name);
        let missing: Vec<&str> = needed(kind).iter().copied().filter(|n| !(has(n) || (*n == "source" && source.is_some()))).collect();
        missing.iter().for_each(|name| {
            let otherwise = if *name == "source" { ", and the parameter source, which would say it for every row" } else { "" };
            fault(pointer(name), format!("the heading {name} is missing{otherwise}"));
        });
        if faults.is_empty() {
            return Ok(Self { kind, which, source: source.map(str::to_owned) });
        }
        let message = faults.iter().map(|f| format!("{} {}", &f.pointer[1..], f.message)).collect::<Vec<_>>().join("; ");
        Err(RuleError { code: Code::UnreadableFile, message, faults })
    }
    /// The cells of a row, or of the heading row, without what a table of results said of it.
    pub fn own(&self, cells: Vec<String>) -> Vec<String> {
        let theirs = |i: usize| self.which.get(i).is_none_or(Option::is_some);
        cells.into_iter().enumerate().filter(|(i, _)| theirs(*i)).map(|(_, cell)| cell).collect()
    }
    /// A row of the file as a row of JSON. An empty cell says nothing: the field stays as it is.
    pub fn row(&self, cells: &[String]) -> Value {
        let mut row = json!({});
        let cell = |name: &str| {
            let at = self.which.iter().position(|i| i.is_some_and(|i| known(self.kind)[i].0 == name));
            at.and_then(|at| cells.get(at)).filter(|c| !c.is_empty())
        };
        let source = cell("source").cloned().or_else(|| self.source.clone());
        if let Some(source) = &source {
            put(&mut row, "/external_ref/source", json!(source));
        }
        for (i, text) in self.which.iter().zip(cells).filter(|(_, text)| !text.is_empty()) {
            let Some((name, pointer)) = i.map(|i| known(self.kind)[i]) else { continue };
            if pointer.is_empty() {
                continue;
            }
            put(&mut row, pointer, value(name, text));
            // an id is one of the same system, unless the file says of which
            if let Some(of) = pointer.strip_suffix("/external_ref/id")
                && row.pointer(&format!("{of}/external_ref/source")).is_none()
            {
                put(&mut row, &format!("{of}/external_ref/source"), json!(source));
            }
        }
        // of which system ids of people are says nothing of somebody who has none
        if row.pointer("/person/external_ref/id").is_none()
            && let Some(person) = row.pointer_mut("/person").and_then(Value::as_object_mut)
        {
            person.remove("external_ref");
        }
        let ties: Vec<Value> =
            TIES.into_iter().filter_map(|kind| Some(json!({"kind": kind, "holder": holder(cell(kind)?, source.as_deref(), &row)}))).collect();
        if !ties.is_empty() {
            row["relationships"] = json!(ties);
        }
        row
    }
}

/// Somebody named in a cell: `trn:1234567`, `code:AB1` at the school of the row, our id, or the same system's id.
fn holder(text: &str, source: Option<&str>, row: &Value) -> Value {
    if let Some(trn) = text.strip_prefix("trn:") {
        return json!({"trn": trn.trim()});
    }
    if let Some(code) = text.strip_prefix("code:") {
        return json!({"staff_code": code.trim(), "organisation": row.pointer("/employments/0/organisation").cloned().unwrap_or(Value::Null)});
    }
    match PersonId::parse(text) {
        Ok(_) => json!({"id": text}),
        Err(_) => json!({"external_ref": {"source": source, "id": text}}),
    }
}

/// A cell as the field takes it: days as they are written in England, words whatever their case.
fn value(name: &str, text: &str) -> Value {
    match name {
        "starts_on" | "ends_on" | "opened_on" | "closed_on" | "started_on" | "ended_on" | "completed_on" => json!(day(text)),
        "minutes" => text.trim().parse::<i64>().map_or_else(|_| json!(text), |n| json!(n)),
        "fte_percent" | "establishment_type" => text.trim_end_matches('%').trim().parse::<i64>().map_or_else(|_| json!(text), |n| json!(n)),
        "staff_category" | "kind" | "phase" | "status" | "group_type" => json!(plain(text)),
        _ => json!(text),
    }
}
fn day(text: &str) -> String {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let [day, month, year] = parts.as_slice() else { return text.into() };
    if year.len() != 4 || !(1..=2).contains(&day.len()) || !(1..=2).contains(&month.len()) || parts.concat().bytes().any(|b| !b.is_ascii_digit()) {
        return text.into();
    }
    let read = (year.parse(), month.parse(), day.parse());
    let (Ok(year), Ok(month), Ok(day)) = read else { return text.into() };
    NaiveDate::from_ymd_opt(year, month, day).map_or_else(|| text.into(), |d| d.to_string())
}

fn put(row: &mut Value, pointer: &str, value: Value) {
    let parts: Vec<&str> = pointer.trim_start_matches('/').split('/').collect();
    put_at(row, &parts, value);
}
fn put_at(at: &mut Value, parts: &[&str], value: Value) {
    match parts.split_first() {
        None => *at = value,
        Some((&"0", rest)) => {
            if !at.is_array() {
                *at = json!([{}]);
            }
            put_at(&mut at[0], rest, value);
        }
        Some((name, rest)) => {
            if !at.is_object() {
                *at = Value::Object(Map::new());
            }
            put_at(&mut at[*name], rest, value);
        }
    }
}

/// The heading that a pointer into a row means.
pub fn heading(kind: JobKind, pointer: &str, tie: impl Fn(usize) -> Option<String>) -> String {
    if let Some(rest) = pointer.strip_prefix("/relationships/") {
        let place = rest.split('/').next().and_then(|n| n.parse().ok()).unwrap_or_default();
        return tie(place).unwrap_or_else(|| "line_manager".into());
    }
    if pointer.is_empty() {
        return String::new();
    }
    let ours = known(kind);
    let exact = ours.iter().find(|(_, p)| *p == pointer);
    let nearest = exact.or_else(|| ours.iter().find(|(name, p)| !p.is_empty() && p.starts_with(pointer) && *name != "source"));
    nearest.map_or_else(|| pointer.trim_start_matches('/').to_owned(), |(name, _)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(headings: &[&str], source: Option<&str>) -> Result<Columns, RuleError> {
        Columns::of(JobKind::PeopleBulkUpsert, &headings.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>(), source)
    }
    fn row(headings: &[&str], cells: &[&str]) -> Option<Value> {
        columns(headings, Some("mis")).ok().map(|c| c.row(&cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>()))
    }

    #[test]
    fn a_row_of_a_file_is_a_row_of_json() {
        for (headings, cells, expected) in [
            (vec!["External ID", "given_name"], vec!["7", ""], json!({"external_ref": {"source": "mis", "id": "7"}})),
            (
                vec!["external_id", "urn", "starts_on", "FTE percent", "staff_category"],
                vec!["7", "100000", "1/9/2026", "60%", "Teacher"],
                json!({"external_ref": {"source": "mis", "id": "7"}, "employments": [{"organisation": {"urn": "100000"}, "starts_on": "2026-09-01", "fte_percent": 60, "staff_category": "teacher"}]}),
            ),
            (
                vec!["external_id", "organisation", "line_manager", "appraiser"],
                vec!["7", "S1", "8", "trn:12345"],
                json!({"external_ref": {"source": "mis", "id": "7"}, "employments": [{"organisation": {"external_ref": {"source": "mis", "id": "S1"}}}],
                    "relationships": [{"kind": "line_manager", "holder": {"external_ref": {"source": "mis", "id": "8"}}}, {"kind": "appraiser", "holder": {"trn": "12345"}}]}),
            ),
        ] {
            assert_eq!(row(&headings, &cells), Some(expected), "{headings:?}");
        }
    }

    #[test]
    fn headings_are_judged_all_at_once() {
        let told =
            columns(&["Given nmae", "email", "email"], None).map_err(|e| (e.code, e.faults.iter().map(|f| f.pointer.clone()).collect::<Vec<_>>(), e.message));
        let Err((code, pointers, message)) = told else { unreachable!("taken") };
        assert_eq!((code, pointers.as_slice()), (Code::UnreadableFile, ["/Given nmae", "/email", "/source", "/external_id"].map(str::to_owned).as_slice()));
        assert!(message.contains("did you mean given_name"), "{message}");
        let told = columns(&["external_id", "NI Number", "Ethnicity"], Some("mis")).map_err(|e| (e.code, e.faults.len()));
        assert_eq!(told.err(), Some((Code::ForbiddenData, 2)));
    }

    #[test]
    fn a_table_of_results_is_taken_again_without_what_it_said() {
        let headings = ["index", "line", "External ID", "given_name", "action", "id", "changed", "code", "reason"];
        let cells = ["4", "6", "7", "Ada", "failed", "", "", "invalid_value", "/given_name: is too long"];
        assert_eq!(row(&headings, &cells), Some(json!({"external_ref": {"source": "mis", "id": "7"}, "given_name": "Ada"})));
        let own = columns(&headings, Some("mis")).map(|c| c.own(cells.map(str::to_owned).to_vec()));
        assert_eq!(own, Ok(vec!["7".to_owned(), "Ada".to_owned()]));
        // one of these alone is no such table
        assert!(columns(&["external_id", "id"], Some("mis")).is_err());
    }

    #[test]
    fn only_what_is_like_a_heading_is_suggested() {
        for (heading, expected) in
            [("forename", Some("given_name")), ("staff_id", Some("external_id")), ("familyname", Some("family_name")), ("house_colour", None)]
        {
            assert_eq!(meant(PEOPLE, heading), expected, "{heading}");
        }
        assert_eq!(meant(ORGANISATIONS, "forename"), None);
    }

    #[test]
    fn of_a_file_without_its_headings_no_value_is_repeated() {
        let told = columns(&["mis", "1", "Ada", "Okoro", "AB123456C", "White British", "", "ada@school.example", "01/09/2026"], None);
        let Err(told) = told else { unreachable!("taken") };
        let said = format!("{} {:?}", told.message, told.faults);
        for value in ["Ada", "Okoro", "AB123456C", "White", "example", "2026"] {
            assert!(!said.contains(value), "{value}: {said}");
        }
        assert!(said.contains("column 5 has a heading that is not known here") && said.contains("column 7 has no heading"), "{said}");
        assert_eq!(said.matches("known are source").count(), 2, "once in the message, once in the faults: {said}");
        let told =
            columns(&["external_id", "Ethnicity", "Religion: Xylo"], Some("mis")).map_err(|e| e.faults.iter().map(|f| f.pointer.clone()).collect::<Vec<_>>());
        assert_eq!(told.err(), Some(vec!["/Ethnicity".to_owned(), "/column 3".to_owned()]));
    }

    #[test]
    fn a_fault_is_told_by_its_heading() {
        let tie = |i: usize| TIES.get(i).map(|t| (*t).to_owned());
        for (pointer, expected) in [
            ("/employments/0/ends_on", "ends_on"),
            ("/external_ref", "external_id"),
            ("/employments/0/organisation", "urn"),
            ("/relationships/1/holder", "appraiser"),
            ("/trn", "trn"),
            ("", ""),
        ] {
            assert_eq!(heading(JobKind::PeopleBulkUpsert, pointer, tie), expected);
        }
    }

    #[test]
    fn days_are_read_as_they_are_written_in_england() {
        for (text, expected) in
            [("01/09/2026", "2026-09-01"), ("1.9.2026", "2026-09-01"), ("2026-09-01", "2026-09-01"), ("31/02/2026", "31/02/2026"), ("soon", "soon")]
        {
            assert_eq!(day(text), expected);
        }
    }
}
