//! Who manages, appraises or coaches whom, from a file, and handed over when somebody leaves.

use crate::{
    id::{OrganisationId, PersonId},
    person::Trn,
    published::{self, Cells, Headings},
    relationship::{Relationship, RelationshipKind, end},
    rule::{Code, Faults, RuleError},
    text::{ExternalRef, Reference, StaffCode, Wire},
    time::Period,
};
use chrono::NaiveDate;

/// Most rows of one request.
pub const MOST_ROWS: usize = 5000;

/// How a row names a school.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SchoolName {
    /// By its id.
    Id(OrganisationId),
    /// By its URN.
    Urn(String),
}
/// How a row names a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PersonName {
    /// By their id.
    Id(PersonId),
    /// As another system calls them: `source:id`.
    Reference(ExternalRef),
    /// By their teacher reference number.
    Trn(Trn),
    /// By their staff code at a school; if nobody there has it and it looks like one, by their teacher reference number.
    Code(SchoolName, StaffCode),
}

/// What one row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What the holder is.
    pub kind: RelationshipKind,
    /// Of whom.
    pub person: PersonName,
    /// Who is.
    pub holder: PersonName,
    /// When.
    pub period: Period,
    /// Does it end the earlier relationship of the kind? What the whole request says, if the row says nothing.
    pub replace: Option<bool>,
}
/// One row of a file, readable or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file where it starts; the heading row is on line 1.
    pub line: u64,
    /// What it says, or every fault of it at once.
    pub result: Result<Said, RuleError>,
}

const HEADINGS: Headings<'static> = Headings { needed: &["person", "holder", "starts_on"], optional: &["kind", "ends_on", "school", "replace"], others: false };

/// Reads a file of relationships. Headings in any order: `person`, `holder`, `starts_on`, and where wanted `kind`, `ends_on`, `school`, `replace`.
///
/// # Errors
/// `unreadable_file`, naming every missing and every unknown heading; `too_many_rows`.
pub fn read(bytes: &[u8]) -> Result<Vec<Row>, RuleError> {
    let rows = published::read(bytes, &HEADINGS, |line, cells, damage| Row { line, result: damage.and_then(|()| said(cells)) })?;
    if rows.len() > MOST_ROWS {
        return Err(RuleError::new(Code::TooManyRows, format!("{} rows; at most {MOST_ROWS} are taken at once: send the file in parts", rows.len())));
    }
    Ok(rows)
}

fn said(cells: &Cells<'_>) -> Result<Said, RuleError> {
    let mut faults = Faults::default();
    let kind = faults.check(cells.read("kind", |t| if t.is_empty() { Ok(RelationshipKind::LineManager) } else { RelationshipKind::parse(t) }));
    let school = faults.check(cells.read("school", school)).flatten();
    let person = faults.check(cells.read("person", |t| person(t, school.as_ref())));
    let holder = faults.check(cells.read("holder", |t| self::person(t, school.as_ref())));
    let starts_on = faults.check(cells.read("starts_on", |t| date(t).and_then(|d| d.ok_or_else(date_form))));
    let ends_on = faults.check(cells.read("ends_on", date));
    let replace = faults.check(cells.read("replace", yes_or_no)).flatten();
    let period = match (starts_on, ends_on) {
        (Some(starts_on), Some(ends_on)) => faults.check(Period::new(starts_on, ends_on)),
        _ => None,
    };
    faults.settle()?;
    match (kind, person, holder, period) {
        (Some(kind), Some(person), Some(holder), Some(period)) => Ok(Said { kind, person, holder, period, replace }),
        _ => Err(RuleError::new(Code::UnreadableFile, "the row cannot be read")),
    }
}

fn school(text: &str) -> Result<Option<SchoolName>, RuleError> {
    if text.is_empty() {
        return Ok(None);
    }
    if let Ok(id) = OrganisationId::parse(text) {
        return Ok(Some(SchoolName::Id(id)));
    }
    let urn = (5..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if urn {
        Ok(Some(SchoolName::Urn(text.into())))
    } else {
        Err(RuleError::new(Code::InvalidValue, "a school is named by its URN (5 or 6 digits) or by its id"))
    }
}

fn person(text: &str, school: Option<&SchoolName>) -> Result<PersonName, RuleError> {
    let form = || {
        let message = "a person is named by id, by an external reference (source:id), by a teacher reference number, or by a staff code with the school's URN or id under `school`";
        RuleError::new(Code::InvalidValue, message)
    };
    if let Ok(id) = PersonId::parse(text) {
        return Ok(PersonName::Id(id));
    }
    if let Some((source, id)) = text.split_once(':') {
        let part = |text: &str| Reference::parse(text).map_err(|_| form());
        return Ok(PersonName::Reference(ExternalRef { source: part(source)?, id: part(id)? }));
    }
    match school {
        Some(school) => StaffCode::parse(text).map(|code| PersonName::Code(school.clone(), code)).map_err(|_| form()),
        None if text.chars().any(char::is_alphabetic) => Err(form()),
        None => Trn::from_import(text).map(PersonName::Trn).map_err(|_| form()),
    }
}

fn date_form() -> RuleError {
    RuleError::new(Code::InvalidValue, "a day is 2026-09-01 or 01/09/2026")
}
/// Days as the contract writes them, or as spreadsheets in Britain do.
fn date(text: &str) -> Result<Option<NaiveDate>, RuleError> {
    if text.is_empty() {
        return Ok(None);
    }
    let shaped = |at: [usize; 2], by: u8| text.len() == 10 && text.bytes().enumerate().all(|(i, b)| if at.contains(&i) { b == by } else { b.is_ascii_digit() });
    let format = if shaped([4, 7], b'-') {
        "%Y-%m-%d"
    } else if shaped([2, 5], b'/') {
        "%d/%m/%Y"
    } else {
        return Err(date_form());
    };
    NaiveDate::parse_from_str(text, format).map(Some).map_err(|_| date_form())
}
fn yes_or_no(text: &str) -> Result<Option<bool>, RuleError> {
    match text.to_ascii_lowercase().as_str() {
        "" => Ok(None),
        "true" | "yes" | "1" => Ok(Some(true)),
        "false" | "no" | "0" => Ok(Some(false)),
        _ => Err(RuleError::new(Code::InvalidValue, "true or false is expected, or nothing")),
    }
}

/// Is there one of this kind at a time, by a file's word? Coaches and mentors may be several.
pub const fn one_at_a_time(kind: RelationshipKind) -> bool {
    matches!(kind, RelationshipKind::LineManager | RelationshipKind::Appraiser | RelationshipKind::InductionTutor)
}

/// What a row does to what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It is so already.
    Nothing(Relationship),
    /// The relationship is given its last day.
    End(Relationship),
    /// A new one begins, and these end the day before.
    Begin(Vec<Relationship>),
}

/// What a new relationship does to those of the person: it is there already, ends, or begins, and then ends the earlier ones if it replaces.
///
/// # Errors
/// `already_ended`; `overlapping_relationship` where another stands on the same days and is not replaced.
pub fn place(new: &Relationship, of_the_person: &[Relationship], replace: bool) -> Result<Step, RuleError> {
    let same = |r: &&Relationship| r.kind == new.kind && r.person_id == new.person_id && r.holder_id == new.holder_id;
    if let Some(known) = of_the_person.iter().filter(same).find(|r| r.period.starts_on == new.period.starts_on) {
        return match (known.period.ends_on, new.period.ends_on) {
            (known_end, new_end) if known_end == new_end => Ok(Step::Nothing(known.clone())),
            (_, Some(last)) => end(known, last).map(Step::End).map_err(|e| e.of("/ends_on")),
            (_, None) => Err(RuleError::at(Code::AlreadyEnded, "/ends_on", "this relationship was ended; a new one begins on another day")),
        };
    }
    let mut ended = Vec::new();
    let others = of_the_person.iter().filter(|r| r.kind == new.kind && r.person_id == new.person_id && r.period.overlaps(&new.period));
    for other in others.filter(|r| r.holder_id == new.holder_id || one_at_a_time(new.kind)) {
        let eve = new.period.starts_on.pred_opt().filter(|eve| *eve >= other.period.starts_on);
        match eve {
            Some(eve) if replace && other.holder_id != new.holder_id => {
                ended.push(Relationship { period: Period { ends_on: Some(eve), ..other.period }, ..other.clone() })
            }
            _ if other.holder_id == new.holder_id => {
                return Err(RuleError::at(Code::OverlappingRelationship, "/starts_on", "these two already have this relationship on some of these days"));
            }
            Some(_) => {
                let message = format!("there is another one on some of these days, since {}; `replace` ends it on the day before", other.period.starts_on);
                return Err(RuleError::at(Code::OverlappingRelationship, "/starts_on", message));
            }
            None => {
                let message = format!("there is another one on some of these days that begins no earlier, on {}; end it first", other.period.starts_on);
                return Err(RuleError::at(Code::OverlappingRelationship, "/starts_on", message));
            }
        }
    }
    Ok(Step::Begin(ended))
}

/// What becomes of a relationship that is handed over: it ends the day before, and the successor's goes on as long as it would have. How often the
/// two meet is theirs to say anew.
///
/// # Errors
/// `already_ended` if it begins on that day or later.
pub fn handed_over(old: &Relationship, to: PersonId, on: NaiveDate) -> Result<(Relationship, Relationship), RuleError> {
    let eve = on.pred_opt().filter(|eve| *eve >= old.period.starts_on);
    let eve =
        eve.ok_or_else(|| RuleError::at(Code::PeriodBackwards, "/on", format!("this relationship begins only on {}; end it by itself", old.period.starts_on)))?;
    let ended = Relationship { period: Period { ends_on: Some(eve), ..old.period }, ..old.clone() };
    Ok((ended, Relationship { holder_id: to, period: Period { starts_on: on, ends_on: old.period.ends_on }, cadence: None, ..old.clone() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RelationshipId;
    use chrono::DateTime;
    use uuid::Uuid;

    fn first(text: &str) -> Result<Said, RuleError> {
        read(text.as_bytes()).and_then(|mut rows| rows.remove(0).result)
    }

    #[test]
    fn people_are_named_in_four_ways() {
        let id = "01938a5e-7c00-7000-8000-000000000001";
        for (cell, school, expected) in [
            (id, "", Some("id")),
            ("bromcom:10023", "", Some("reference")),
            ("12/34567", "", Some("trn")),
            ("12345", "", Some("trn")),
            ("ABC", "", None),
            ("", "", None),
            ("ABC", "100000", Some("code")),
            ("1234567", id, Some("code")),
            ("ABC", "no school", None),
        ] {
            let found = first(&format!("person,holder,starts_on,school\n{cell},{id},2026-09-01,{school}\n"));
            let kind = found.ok().map(|s| match s.person {
                PersonName::Id(_) => "id",
                PersonName::Reference(_) => "reference",
                PersonName::Trn(_) => "trn",
                PersonName::Code(..) => "code",
            });
            assert_eq!(kind, expected, "{cell} {school}");
        }
    }

    #[test]
    fn every_fault_of_a_row_is_named_and_every_fault_of_the_headings() {
        let faults = |e: Option<RuleError>| e.map_or_else(Vec::new, |e| e.faults.into_iter().map(|f| f.pointer).collect());
        let row = first("kind,person,holder,starts_on,ends_on,replace\nboss,,x,1.9.2026,soon,maybe\n").err();
        assert_eq!(faults(row), ["/kind", "/person", "/holder", "/starts_on", "/ends_on", "/replace"]);
        assert_eq!(faults(first("person,holder,starts_on,ends_on\na:1,a:2,2026-09-01,2026-08-31\n").err()), ["/ends_on"]);
        assert_eq!(faults(read(b"kind,holdr\n").err()), ["/person", "/holder", "/starts_on", "column 2"]);
        assert!(read(b"").is_err());
        let many = format!("person,holder,starts_on\n{}", "a:1,a:2,2026-09-01\n".repeat(MOST_ROWS + 1));
        assert_eq!(read(many.as_bytes()).err().map(|e| e.code), Some(Code::TooManyRows));
    }

    #[test]
    fn a_file_of_a_spreadsheet_is_read_in_its_encoding() {
        let windows: &[u8] = b"person;";
        assert!(read(windows).is_err());
        for bytes in
            [&b"\xef\xbb\xbfperson,holder,starts_on\r\nmis:Zo\xc3\xab,mis:2,01/09/2026\r\n"[..], b"person,holder,starts_on\nmis:Zo\xeb,mis:2,2026-09-01\n"]
        {
            let said = read(bytes).ok().and_then(|mut rows| rows.remove(0).result.ok());
            let name = said.map(|s| (s.period.starts_on.to_string(), s.person));
            let zoe = ExternalRef {
                source: Reference::parse("mis").unwrap_or_else(|e| unreachable!("{e}")),
                id: Reference::parse("Zoë").unwrap_or_else(|e| unreachable!("{e}")),
            };
            assert_eq!(name, Some(("2026-09-01".into(), PersonName::Reference(zoe))));
        }
    }

    fn tie(n: u128, kind: RelationshipKind, holder: u128, starts: &str, ends: &str) -> Relationship {
        Relationship {
            id: RelationshipId(Uuid::from_u128(n)),
            kind,
            person_id: PersonId(Uuid::from_u128(1)),
            holder_id: PersonId(Uuid::from_u128(holder)),
            period: Period { starts_on: starts.parse().unwrap_or_default(), ends_on: ends.parse().ok() },
            cadence: None,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_row_begins_ends_or_replaces() {
        use RelationshipKind::{LineManager, Mentor};
        let held = [tie(1, LineManager, 2, "2025-09-01", ""), tie(2, Mentor, 2, "2025-09-01", "2026-08-31")];
        for (new, replace, expected) in [
            (tie(9, LineManager, 2, "2025-09-01", ""), false, Ok("nothing")),
            (tie(9, LineManager, 2, "2025-09-01", "2026-08-31"), false, Ok("end")),
            (tie(9, LineManager, 3, "2026-09-01", ""), false, Err(Code::OverlappingRelationship)),
            (tie(9, LineManager, 3, "2026-09-01", ""), true, Ok("begin 1")),
            (tie(9, LineManager, 3, "2025-09-01", ""), true, Err(Code::OverlappingRelationship)),
            (tie(9, LineManager, 2, "2026-09-01", ""), true, Err(Code::OverlappingRelationship)),
            (tie(9, LineManager, 3, "2024-09-01", "2025-08-31"), false, Ok("begin 0")),
            (tie(9, Mentor, 3, "2026-01-01", ""), false, Ok("begin 0")),
            (tie(9, Mentor, 2, "2025-09-01", ""), false, Err(Code::AlreadyEnded)),
            (tie(9, Mentor, 2, "2025-09-01", "2026-12-31"), false, Err(Code::AlreadyEnded)),
        ] {
            let found = place(&new, &held, replace).map(|step| match step {
                Step::Nothing(_) => "nothing".to_owned(),
                Step::End(_) => "end".to_owned(),
                Step::Begin(ended) => format!("begin {}", ended.len()),
            });
            assert_eq!(found.map_err(|e| e.code), expected.map(str::to_owned), "{new:?}");
        }
    }

    #[test]
    fn a_handover_leaves_no_day_out_and_doubles_none() {
        let to = PersonId(Uuid::from_u128(3));
        let day: NaiveDate = "2026-11-02".parse().unwrap_or_default();
        let old = tie(1, RelationshipKind::Appraiser, 2, "2025-09-01", "2027-08-31");
        let over = handed_over(&old, to, day).map(|(ended, begun)| (ended.period.ends_on, begun.period.starts_on, begun.period.ends_on, begun.holder_id));
        assert_eq!(over, Ok((day.pred_opt(), day, old.period.ends_on, to)));
        assert!(handed_over(&tie(1, RelationshipKind::Appraiser, 2, "2026-11-02", ""), to, day).is_err());
    }
}
