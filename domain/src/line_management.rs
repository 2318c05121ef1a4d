//! Who manages, appraises or coaches whom, from a file, and handed over when somebody leaves.

use crate::{
    bulk::{Intake, reading::Reading},
    id::{OrganisationId, PersonId, RelationshipId},
    person::Trn,
    relationship::{Relationship, RelationshipKind, end},
    rule::{Code, RuleError},
    text::{ExternalRef, Reference, StaffCode, Wire},
    time::Period,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// How a row names a school.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SchoolName {
    /// By its id.
    Id(OrganisationId),
    /// By its URN.
    Urn(String),
}
/// How a row names a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// What the holder is.
    pub kind: RelationshipKind,
    /// Of whom.
    pub person: PersonName,
    /// Who is.
    pub holder: PersonName,
    /// When.
    pub period: Period,
    /// Does it end the earlier relationship of the kind?
    pub replace: bool,
}

/// Between whom the relationship of a row is, once it is known who is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// What the holder is.
    pub kind: RelationshipKind,
    /// Of whom.
    pub person_id: PersonId,
    /// Who is.
    pub holder_id: PersonId,
    /// When.
    pub period: Period,
    /// Does it end the earlier relationship of the kind?
    pub replace: bool,
    /// Earlier relationships that it ended.
    pub ended: Vec<RelationshipId>,
}

/// By what the rows of a file about one person's relationships of a kind are found again.
pub fn tie_key(person: PersonId, kind: RelationshipKind) -> String {
    format!("{person}\u{1f}{kind}")
}

const FIELDS: [&str; 7] = ["kind", "person", "holder", "starts_on", "ends_on", "school", "replace"];

/// Reads a row: `person`, `holder` and `starts_on`, and where wanted `kind`, `ends_on`, `school` and `replace`. `replace` is what the request says of rows
/// that say nothing of it. What cannot be read is named, all of it at once.
pub fn row(value: &Value, line: Option<u64>, replace: bool) -> Intake<Option<Said>> {
    let mut r = Reading::default();
    let said = read(&mut r, value, replace);
    Intake { row: said.filter(|_| r.faults.is_empty()), faults: r.faults, line, sent: Vec::new() }
}

fn read(r: &mut Reading, value: &Value, replace: bool) -> Option<Said> {
    let of = r.object(value, "", &FIELDS)?;
    let kind = r.text::<RelationshipKind>(of, "kind");
    let kind = kind.value().copied().unwrap_or(RelationshipKind::LineManager);
    let at = r.read(of, "school", |v| school(text(v)?));
    let person = r.read(of, "person", |v| person(text(v)?, at.value()));
    let person = r.needed(of, "person", person);
    let holder = r.read(of, "holder", |v| self::person(text(v)?, at.value()));
    let holder = r.needed(of, "holder", holder);
    let starts_on = r.day(of, "starts_on");
    let starts_on = r.needed(of, "starts_on", starts_on);
    let ends_on = r.day(of, "ends_on");
    let replace = r.read(of, "replace", |v| yes_or_no(text(v)?)).value().copied().unwrap_or(replace);
    let period = match Period::new(starts_on?, ends_on.value().copied()) {
        Ok(period) => period,
        Err(rule) => {
            r.fault("/ends_on".into(), rule.code, rule.message);
            return None;
        }
    };
    Some(Said { kind, person: person?, holder: holder?, period, replace })
}

fn text(value: &Value) -> Result<&str, RuleError> {
    value.as_str().ok_or_else(|| RuleError::new(Code::InvalidValue, "text is expected"))
}

fn school(text: &str) -> Result<SchoolName, RuleError> {
    if let Ok(id) = OrganisationId::parse(text) {
        return Ok(SchoolName::Id(id));
    }
    let urn = (5..=6).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if urn { Ok(SchoolName::Urn(text.into())) } else { Err(RuleError::new(Code::InvalidValue, "a school is named by its URN (5 or 6 digits) or by its id")) }
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

fn yes_or_no(text: &str) -> Result<bool, RuleError> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "1" => Ok(true),
        "false" | "no" | "0" => Ok(false),
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
    use crate::{bulk::column::Columns, job::JobKind};
    use chrono::DateTime;
    use uuid::Uuid;

    /// A row of a file, read by way of its columns.
    fn taken(headings: &str, cells: &str) -> Intake<Option<Said>> {
        let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
        let columns = Columns::of(JobKind::RelationshipsImport, &list(headings), None).unwrap_or_else(|e| unreachable!("{e}"));
        row(&columns.row(&list(cells)), Some(2), false)
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
            let found = taken("person,holder,starts_on,school", &format!("{cell},{id},2026-09-01,{school}"));
            let kind = found.row.map(|s| match s.person {
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
        let faults = |i: Intake<Option<Said>>| i.faults.into_iter().map(|f| f.pointer).collect::<Vec<_>>();
        let all = taken("kind,person,holder,starts_on,ends_on,replace", "boss,,x,32/09/2026,soon,maybe");
        assert!(all.row.is_none());
        assert_eq!(faults(all), ["/kind", "/person", "/holder", "/starts_on", "/ends_on", "/replace"]);
        assert_eq!(faults(taken("person,holder,starts_on,ends_on", "a:1,a:2,2026-09-01,2026-08-31")), ["/ends_on"]);
        let headings = ["kind", "holdr"].map(str::to_owned);
        let told =
            Columns::of(JobKind::RelationshipsImport, &headings, None).map(|_| ()).map_err(|e| e.faults.into_iter().map(|f| f.pointer).collect::<Vec<_>>());
        assert_eq!(told, Err(vec!["/holdr".to_owned(), "/person".into(), "/holder".into(), "/starts_on".into()]));
    }

    #[test]
    fn what_a_row_does_not_say_the_request_says() {
        let headings = "Person,Holder,Starts on,Kind,Replace";
        for (cells, request, expected) in [
            ("a:1,a:2,1.9.2026,,", true, Some((RelationshipKind::LineManager, true))),
            ("a:1,a:2,01/09/2026,Induction tutor,No", true, Some((RelationshipKind::InductionTutor, false))),
            ("a:1,a:2,2026-09-01,appraiser,yes", false, Some((RelationshipKind::Appraiser, true))),
        ] {
            let list = |text: &str| text.split(',').map(str::to_owned).collect::<Vec<_>>();
            let columns = Columns::of(JobKind::RelationshipsImport, &list(headings), None).unwrap_or_else(|e| unreachable!("{e}"));
            let said = row(&columns.row(&list(cells)), None, request).row;
            assert_eq!(said.as_ref().map(|s| (s.kind, s.replace)), expected, "{cells}");
            assert_eq!(said.map(|s| s.period.starts_on.to_string()).as_deref(), Some("2026-09-01"));
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
