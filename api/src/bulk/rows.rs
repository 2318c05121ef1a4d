//! The rows of a body, one after the other, whatever its size. A body is gone through twice: first to know that it is whole and asks for
//! nothing forbidden, then to keep its rows. So a body that was cut does nothing at all.

use super::spool::{Form, Upload};
use crate::{error::ApiError, extract::Strict, problem::Problem};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::io::BufReader;
use trellis_domain::{
    bulk::{Intake, column::Columns, completion, key_text, learning, organisation, person},
    forbidden,
    job::JobKind,
    nearest::unknown as not_known,
    rule::{Code, Fault, RuleError},
    sync::{HEAD, Said},
    table::Table,
};
use trellis_persistence::job::NewRow;

/// Most rows of one request.
pub const MOST_ROWS: i64 = 200_000;

/// A row as it stands in the body.
pub struct Sent {
    /// Its place, from 0.
    pub index: i64,
    /// The line where it starts, in a file.
    pub line: Option<u64>,
    /// What it says, as JSON; or why it is none.
    pub value: Result<Value, RuleError>,
    /// Its cells, in a file.
    pub cells: Vec<String>,
}

/// What is done with rows, wherever they are kept.
#[derive(Clone)]
pub struct Order {
    /// What is done with them.
    pub kind: JobKind,
    /// The system of every row, where a file has no column for it.
    pub source: Option<String>,
    /// Of a snapshot: its school, as it was named. An employment that says nothing else is there.
    pub school: Option<Value>,
}
impl Order {
    /// The rows of this body.
    pub fn of<'a>(&'a self, upload: &'a Upload) -> Asked<'a> {
        Asked { kind: self.kind, source: self.source.as_deref(), school: self.school.as_ref(), upload }
    }
}

/// Which rows, of what.
pub struct Asked<'a> {
    /// What is done with them.
    pub kind: JobKind,
    /// The system of every row, where a file has no column for it.
    pub source: Option<&'a str>,
    /// The school of a snapshot.
    pub school: Option<&'a Value>,
    /// The body.
    pub upload: &'a Upload,
}

/// What takes a row.
type Sink<'a> = &'a mut dyn FnMut(Sent) -> Result<(), ApiError>;

impl Asked<'_> {
    /// Goes through every row.
    ///
    /// # Errors
    /// What is wrong with the body as a whole, and whatever the sink says.
    pub fn each(&self, sink: Sink<'_>) -> Result<Vec<String>, ApiError> {
        self.through(&mut Map::new(), sink)
    }
    /// The same, taking what a snapshot says of itself besides.
    fn through(&self, head: &mut Map<String, Value>, sink: Sink<'_>) -> Result<Vec<String>, ApiError> {
        match &self.upload.form {
            Form::Json => self.json(head, sink).map(|()| Vec::new()),
            Form::Csv(charset) => {
                let mut table = Table::open(self.upload.reader()?, charset.as_deref()).map_err(nothing_done)?;
                let columns = Columns::of(self.kind, &table.headings, self.source)?;
                let mut index = 0;
                while let Some(line) = table.read().map_err(nothing_done)? {
                    let value = line.cells.as_ref().map(|cells| columns.row(cells)).map_err(Clone::clone);
                    sink(Sent { index, line: Some(line.line), value, cells: line.cells.unwrap_or_default() })?;
                    index += 1;
                }
                Ok(table.headings)
            }
        }
    }
    fn json(&self, head: &mut Map<String, Value>, sink: Sink<'_>) -> Result<(), ApiError> {
        let mut stopped = None;
        let mut unknown = Vec::new();
        let mut found = false;
        let mut from = serde_json::Deserializer::from_reader(BufReader::new(self.upload.reader()?));
        let known: &[&str] = if self.school.is_some() { &HEAD } else { &[] };
        let seed = Envelope { known, head, sink, stopped: &mut stopped, unknown: &mut unknown, found: &mut found };
        let read = seed.deserialize(&mut from).and_then(|()| from.end());
        if let Some(stopped) = stopped {
            return Err(stopped);
        }
        if let Err(e) = read {
            // serde's words may repeat what was sent; line and column never do
            let what =
                if e.to_string().contains("stands twice") { "a name stands twice in one object" } else { "this is not a JSON object with a list of rows" };
            return Err(ApiError::new(Problem::MalformedBody, format!("{what}: line {}, column {}; nothing was done", e.line(), e.column())));
        }
        let invalid = |pointer: String, message: &str| Fault { pointer, code: Code::InvalidValue.as_str().into(), message: message.into() };
        let short = |name: &str| forbidden::pointer("", name);
        let mut faults: Vec<Fault> = unknown
            .iter()
            .map(|name| match forbidden::named(name) {
                Some(what) => forbidden::fault(short(name), what),
                None => invalid(short(name), &not_known("is no field of this body", name, known.iter().copied().chain(["rows"]))),
            })
            .collect();
        if !found {
            faults.push(invalid("/rows".into(), "is missing"));
        }
        if faults.is_empty() { Ok(()) } else { Err(refused(faults)) }
    }
    /// Is the body whole, does it ask for nothing forbidden, and how many rows has it?
    ///
    /// # Errors
    /// What is wrong with it. Nothing has been done then.
    pub fn count(&self) -> Result<i64, ApiError> {
        self.survey(&mut Map::new(), &mut |_| ())
    }
    /// The same for a snapshot: what it says of itself, and whom each row names.
    ///
    /// # Errors
    /// What is wrong with it. Nothing has been done then.
    pub fn announced(&self, head: &mut Map<String, Value>) -> Result<(i64, Vec<Said>), ApiError> {
        let mut rows = Vec::new();
        let total = self.survey(head, &mut |value| rows.push(Said::by(&person::read(value, None).row)))?;
        Ok((total, rows))
    }
    fn survey(&self, head: &mut Map<String, Value>, each: &mut dyn FnMut(&Value)) -> Result<i64, ApiError> {
        let (mut total, mut faults) = (0, Vec::new());
        self.through(head, &mut |sent| {
            total += 1;
            if total > MOST_ROWS {
                return Err(RuleError::new(Code::TooManyRows, format!("at most {MOST_ROWS} rows are taken at once; nothing was done")).into());
            }
            if let Ok(value) = &sent.value {
                each(value);
            }
            if let Ok(value) = &sent.value
                && sent.line.is_none()
                && faults.len() < 100
            {
                faults.extend(forbidden::names(value).into_iter().map(|f| Fault { pointer: format!("/rows/{}{}", sent.index, f.pointer), ..f }));
            }
            Ok(())
        })?;
        if faults.is_empty() { Ok(total) } else { Err(refused(faults)) }
    }
    /// A row as it is kept until it is done: only what could be read of it.
    ///
    /// # Errors
    /// `internal`, if it cannot be written.
    pub fn kept(&self, sent: Sent) -> Result<NewRow, ApiError> {
        let Sent { index, line, mut value, .. } = sent;
        if let (Ok(value), Some(school)) = (&mut value, self.school) {
            stand_at(value, school);
        }
        let write = |key: Option<String>, input: serde_json::Result<String>| {
            input.map(|input| NewRow { index, key, input }).map_err(|e| ApiError::internal(&format!("a row cannot be kept: {e}")))
        };
        let damaged = |e: RuleError| vec![Fault { pointer: String::new(), code: e.code.as_str().into(), message: e.message }];
        match self.kind {
            JobKind::PeopleBulkUpsert => {
                let intake = value.map_or_else(|e| Intake { row: person::PersonRow::default(), faults: damaged(e), line }, |v| person::read(&v, line));
                write(intake.row.external_ref.as_ref().map(key_text), serde_json::to_string(&intake))
            }
            JobKind::LearningRecordsBulkUpsert => {
                let intake = value.map_or_else(|e| Intake { row: learning::LearningRow::default(), faults: damaged(e), line }, |v| learning::read(&v, line));
                write(intake.row.external_ref.as_ref().map(key_text), serde_json::to_string(&intake))
            }
            JobKind::TrainingCompletionsBulkUpsert => {
                let intake =
                    value.map_or_else(|e| Intake { row: completion::CompletionRow::default(), faults: damaged(e), line }, |v| completion::read(&v, line));
                write(intake.row.external_ref.as_ref().map(key_text), serde_json::to_string(&intake))
            }
            JobKind::OrganisationsBulkUpsert => {
                let intake =
                    value.map_or_else(|e| Intake { row: organisation::OrganisationRow::default(), faults: damaged(e), line }, |v| organisation::read(&v, line));
                write(intake.row.external_ref.as_ref().map(key_text), serde_json::to_string(&intake))
            }
            JobKind::AppraisalsCreation => Err(ApiError::internal(&"a population is noted, not sent")),
        }
    }
}

/// What names no organisation in a snapshot's row is at the snapshot's school: employments, and the staff codes of managers.
fn stand_at(row: &mut Value, school: &Value) {
    let mut of = |list: &str, each: &dyn Fn(&mut Value)| row.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().for_each(each);
    let stand = |entry: Option<&mut Map<String, Value>>| {
        if let Some(at) = entry.map(|entry| entry.entry("organisation").or_insert(Value::Null)).filter(|at| at.is_null()) {
            *at = school.clone();
        }
    };
    of("employments", &|entry| stand(entry.as_object_mut()));
    of("relationships", &|entry| stand(entry.get_mut("holder").and_then(Value::as_object_mut).filter(|holder| holder.contains_key("staff_code"))));
}

fn refused(faults: Vec<Fault>) -> ApiError {
    let forbidden = faults.iter().any(|f| f.code == Code::ForbiddenData.as_str());
    let problem = if forbidden { Problem::Rule(Code::ForbiddenData) } else { Problem::ValidationFailed };
    ApiError::new(problem, format!("{} faults; `errors` names each; nothing was done", faults.len())).faults(faults)
}
fn nothing_done(rule: RuleError) -> ApiError {
    let message = format!("{}; nothing was done", rule.message);
    RuleError { message, ..rule }.into()
}

/// `{"rows": [..]}`
struct Envelope<'a> {
    known: &'static [&'static str],
    head: &'a mut Map<String, Value>,
    sink: Sink<'a>,
    stopped: &'a mut Option<ApiError>,
    unknown: &'a mut Vec<String>,
    found: &'a mut bool,
}
impl<'de> DeserializeSeed<'de> for Envelope<'_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}
impl<'de> Visitor<'de> for Envelope<'_> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object with rows")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<String>()? {
            if self.known.contains(&name.as_str()) {
                let value = map.next_value_seed(Strict)?;
                if self.head.insert(name, value).is_some() {
                    return Err(A::Error::custom("a name stands twice in one object"));
                }
            } else if name != "rows" {
                self.unknown.push(name);
                map.next_value::<IgnoredAny>()?;
            } else if std::mem::replace(self.found, true) {
                return Err(A::Error::custom("a name stands twice in one object"));
            } else {
                map.next_value_seed(Rows { sink: &mut *self.sink, stopped: &mut *self.stopped })?;
            }
        }
        Ok(())
    }
}
struct Rows<'a> {
    sink: Sink<'a>,
    stopped: &'a mut Option<ApiError>,
}
impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}
impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list of rows")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0;
        while let Some(value) = seq.next_element_seed(Strict)? {
            if let Err(e) = (self.sink)(Sent { index, line: None, value: Ok(value), cells: Vec::new() }) {
                *self.stopped = Some(e);
                return Err(A::Error::custom("stopped"));
            }
            index += 1;
        }
        Ok(())
    }
}
