//! The rows of a body, one after the other, whatever its size. A body is gone through twice: first to know that it is whole and asks for
//! nothing forbidden, then to keep its rows. So a body that was cut does nothing at all.

use super::spool::{Form, Upload};
use crate::{
    error::ApiError,
    extract::{FILE_LIMIT, Strict},
    organisation::GiasFile,
    problem::Problem,
};
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::io::{BufReader, Read as _};
use trellis_domain::{
    bulk::{Intake, column::Columns, completion, key_text, learning, organisation, person},
    forbidden,
    id::OrganisationId,
    job::JobKind,
    line_management,
    nearest::unknown as not_known,
    organisation::gias::{self, Waiting},
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
    /// Its cells, in a file, without what is never held: that is refused, and not repeated.
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
    /// Of relationships: does a row that says nothing of it end the earlier one of its kind?
    pub replace: bool,
    /// Of the register of schools: which of its files it is, and beneath which organisation new schools go.
    pub register: Option<(GiasFile, Option<OrganisationId>)>,
}
impl Order {
    /// The rows of this body.
    pub fn of<'a>(&'a self, upload: &'a Upload) -> Asked<'a> {
        Asked { kind: self.kind, source: self.source.as_deref(), school: self.school.as_ref(), replace: self.replace, register: self.register, upload }
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
    /// Does a relationship end the earlier one of its kind, unless its row says otherwise?
    pub replace: bool,
    /// Which file of the register of schools.
    pub register: Option<(GiasFile, Option<OrganisationId>)>,
    /// The body.
    pub upload: &'a Upload,
}

/// What takes a row.
type Sink<'a> = &'a mut dyn FnMut(Sent) -> Result<(), ApiError>;

impl Asked<'_> {
    /// Goes through every row; answers the headings of a file.
    ///
    /// # Errors
    /// What is wrong with the body as a whole, and whatever the sink says.
    pub fn each(&self, sink: Sink<'_>) -> Result<Vec<String>, ApiError> {
        self.through(&mut Map::new(), sink)
    }
    /// The same, taking what a snapshot says of itself besides.
    fn through(&self, head: &mut Map<String, Value>, sink: Sink<'_>) -> Result<Vec<String>, ApiError> {
        if let Some((file, parent_id)) = self.register {
            return self.register(file, parent_id, sink).map(|()| Vec::new());
        }
        match &self.upload.form {
            Form::Json => self.json(head, sink).map(|()| Vec::new()),
            Form::Csv(charset) => {
                let mut table = Table::open(self.upload.reader()?, charset.as_deref()).map_err(nothing_done)?;
                let columns = Columns::of(self.kind, &table.headings, self.source)?;
                let mut index = 0;
                while let Some(line) = table.read().map_err(nothing_done)? {
                    let value = line.cells.as_ref().map(|cells| columns.row(cells)).map_err(Clone::clone);
                    let cells = columns.own(line.cells.unwrap_or_default()).into_iter().map(told_again).collect();
                    sink(Sent { index, line: Some(line.line), value, cells })?;
                    index += 1;
                }
                Ok(columns.own(table.headings))
            }
        }
    }
    /// The register's files are read whole, in the encoding that they are published in.
    fn register(&self, file: GiasFile, parent_id: Option<OrganisationId>, sink: Sink<'_>) -> Result<(), ApiError> {
        let mut bytes = Vec::new();
        let most = u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX);
        self.upload.reader()?.take(most + 1).read_to_end(&mut bytes).map_err(|e| ApiError::internal(&e))?;
        if bytes.len() > FILE_LIMIT {
            return Err(ApiError::new(Problem::BodyTooLarge, format!("at most {FILE_LIMIT} bytes are taken here")));
        }
        let waiting: Vec<Intake<Waiting>> = match file {
            GiasFile::Establishments => gias::read_establishments(&bytes)?.into_iter().map(|r| r.waits(parent_id, gias::Said::School)).collect(),
            GiasFile::Links => gias::read_links(&bytes)?.into_iter().map(|r| r.waits(parent_id, gias::Said::Link)).collect(),
        };
        drop(bytes);
        for (intake, index) in waiting.into_iter().zip(0..) {
            let value = serde_json::to_value(&intake).map_err(|e| ApiError::internal(&e))?;
            sink(Sent { index, line: intake.line, value: Ok(value), cells: Vec::new() })?;
        }
        Ok(())
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
        let Sent { index, line, mut value, cells } = sent;
        // what providers send of somebody's learning is that person's: it is not kept to be told again
        let sent = if self.kind == JobKind::LearningRecordsBulkUpsert { Vec::new() } else { cells };
        if let (Ok(value), Some(school)) = (&mut value, self.school) {
            stand_at(value, school);
        }
        let write = |key: Option<String>, input: serde_json::Result<String>| {
            input.map(|input| NewRow { index, key, input }).map_err(|e| ApiError::internal(&format!("a row cannot be kept: {e}")))
        };
        match self.kind {
            JobKind::PeopleBulkUpsert => {
                let intake = value.map_or_else(|e| unread(e, line), |v| person::read(&v, line));
                let intake = Intake { sent, ..intake };
                write(intake.row.external_ref.as_ref().map(key_text), serde_json::to_string(&intake))
            }
            JobKind::LearningRecordsBulkUpsert => {
                let intake = value.map_or_else(|e| unread(e, line), |v| learning::read(&v, line));
                write(intake.row.external_ref.as_ref().map(key_text), serde_json::to_string(&intake))
            }
            JobKind::TrainingCompletionsBulkUpsert => {
                let intake = value.map_or_else(|e| unread(e, line), |v| completion::read(&v, line));
                let intake = Intake { sent, ..intake };
                write(intake.row.external_ref.as_ref().map(key_text), serde_json::to_string(&intake))
            }
            JobKind::OrganisationsBulkUpsert => {
                let intake = value.map_or_else(|e| unread(e, line), |v| organisation::read(&v, line));
                let intake = Intake { sent, ..intake };
                write(intake.row.external_ref.as_ref().map(key_text), serde_json::to_string(&intake))
            }
            JobKind::RelationshipsImport => {
                let intake = value.map_or_else(|e| unread(e, line), |v| line_management::row(&v, line, self.replace));
                write(None, serde_json::to_string(&Intake { sent, ..intake }))
            }
            JobKind::OrganisationsImport => {
                let value = value.map_err(|e| ApiError::internal(&e.message))?;
                let waiting: Intake<Waiting> = serde_json::from_value(value).map_err(|e| ApiError::internal(&e))?;
                write(waiting.row.key().as_ref().map(key_text), serde_json::to_string(&waiting))
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

/// A row of which nothing could be read.
fn unread<R: Default>(rule: RuleError, line: Option<u64>) -> Intake<R> {
    Intake { row: R::default(), faults: vec![Fault { pointer: String::new(), code: rule.code.as_str().into(), message: rule.message }], line, sent: Vec::new() }
}

/// A cell of a file as it may be told again: empty where what is never held stood in it.
fn told_again(cell: String) -> String {
    if forbidden::national_insurance(&cell) { String::new() } else { cell }
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
