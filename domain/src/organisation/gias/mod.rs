//! The files that GIAS, the Department for Education's register of schools, publishes: establishments, and the links between them.
//!
//! A school fetches them from <https://www.get-information-schools.service.gov.uk/Downloads> and sends them as they are. Reading is pure:
//! bytes in, one result for each row out, so that one bad row never hides the others. What is wrong with the file as a whole is an error
//! of the whole.

use super::{Identifier, LinkKind, OrganisationStatus, Phase, Scheme};
use crate::{
    bulk::Intake,
    id::OrganisationId,
    published::{self, Cells, pointer},
    rule::{Code, Faults, RuleError},
    text::{ExternalRef, Reason, Reference, Title, Wire},
    time::Period,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// The public codes of types of establishment, with the words that GIAS prints for them.
pub const ESTABLISHMENT_TYPES: &[(i32, &str)] = &[
    (1, "Community school"),
    (2, "Voluntary aided school"),
    (3, "Voluntary controlled school"),
    (5, "Foundation school"),
    (6, "City technology college"),
    (7, "Community special school"),
    (8, "Non-maintained special school"),
    (10, "Other independent special school"),
    (11, "Other independent school"),
    (12, "Foundation special school"),
    (14, "Pupil referral unit"),
    (15, "Local authority nursery school"),
    (18, "Further education"),
    (24, "Secure units"),
    (25, "Offshore schools"),
    (26, "Service children's education"),
    (27, "Miscellaneous"),
    (28, "Academy sponsor led"),
    (29, "Higher education institutions"),
    (30, "Welsh establishment"),
    (31, "Sixth form centres"),
    (32, "Special post 16 institution"),
    (33, "Academy special sponsor led"),
    (34, "Academy converter"),
    (35, "Free schools"),
    (36, "Free schools special"),
    (37, "British schools overseas"),
    (38, "Free schools alternative provision"),
    (39, "Free schools 16 to 19"),
    (40, "University technical college"),
    (41, "Studio schools"),
    (42, "Academy alternative provision converter"),
    (43, "Academy alternative provision sponsor led"),
    (44, "Academy special converter"),
    (45, "Academy 16-19 converter"),
    (46, "Academy 16 to 19 sponsor led"),
    (49, "Online provider"),
    (56, "Institution funded by other government department"),
    (57, "Academy secure 16 to 19"),
];

/// One row of a file, readable or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<T> {
    /// The line of the file where it starts; the heading row is on line 1.
    pub line: u64,
    /// What stands under `URN`, for the report: at most 20 characters, not checked.
    pub urn: String,
    /// What the row says, or every fault of it at once. A fault's pointer is the heading, as in `/PhaseOfEducation (code)`, or empty where
    /// the row as a whole is damaged (code `unreadable_file`).
    pub result: Result<T, RuleError>,
}

/// A school, or another establishment, as the register knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Establishment {
    /// Its name, on one line.
    pub name: Title,
    /// Its URN first; then its LAESTAB if it has a local authority and a number there, and its UKPRN if it has one. Undated: the register
    /// does not say since when.
    pub identifiers: Vec<Identifier>,
    /// Phase of education, if known.
    pub phase: Option<Phase>,
    /// Type of establishment, if known: one of [`ESTABLISHMENT_TYPES`].
    pub establishment_type: Option<i32>,
    /// Open, closed or proposed.
    pub status: OrganisationStatus,
    /// When it opened, if known; the register has 1 January 1900 for some of the old ones.
    pub opened_on: Option<NaiveDate>,
    /// When it closed, or will close.
    pub closed_on: Option<NaiveDate>,
    /// The trust that it belongs to: group UID and name. A foundation trust is one too.
    pub trust: Option<(String, Title)>,
}

/// A published link from one establishment to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// URN of the establishment that has the link.
    pub urn: Identifier,
    /// URN of the other.
    pub linked_urn: Identifier,
    /// Name of the other, on one line.
    pub linked_name: Title,
    /// What the other is to this one.
    pub kind: LinkKind,
    /// The register's own words for it: `Predecessor - merged`.
    pub published_type: Reason,
    /// Since when, if known.
    pub established_on: Option<NaiveDate>,
}

/// What a row of either file says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Said {
    /// How a school is.
    School(Establishment),
    /// What it is to another.
    Link(Link),
}
/// A row of either file, as it waits to be taken in.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Waiting {
    /// What stands under `URN`, not checked.
    pub urn: String,
    /// Beneath which organisation a new school goes; the root if none is named.
    pub parent_id: Option<OrganisationId>,
    /// What it says, if it can be read.
    pub said: Option<Said>,
}
impl Waiting {
    /// By what the row is found among the others, if it is anything: the register's own name for the school.
    pub fn key(&self) -> Option<ExternalRef> {
        Some(ExternalRef { source: Reference::parse("gias").ok()?, id: Reference::parse(&self.urn).ok()? })
    }
}
impl<T> Row<T> {
    /// As it waits.
    pub fn waits(self, parent_id: Option<OrganisationId>, said: impl FnOnce(T) -> Said) -> Intake<Waiting> {
        let Self { line, urn, result } = self;
        let (said, faults) = match result {
            Ok(row) => (Some(said(row)), Vec::new()),
            Err(rule) => (None, rule.faults),
        };
        Intake { row: Waiting { urn, parent_id, said }, faults, line: Some(line), sent: Vec::new() }
    }
}

const URN: &str = "URN";
const LA: &str = "LA (code)";
const NUMBER: &str = "EstablishmentNumber";
const NAME: &str = "EstablishmentName";
const TYPE: &str = "TypeOfEstablishment (code)";
const STATUS: &str = "EstablishmentStatus (code)";
const OPENED: &str = "OpenDate";
const CLOSED: &str = "CloseDate";
const PHASE: &str = "PhaseOfEducation (code)";
const TRUST: &str = "Trusts (code)";
const TRUST_NAME: &str = "Trusts (name)";
const UKPRN: &str = "UKPRN";
const LINK_URN: &str = "LinkURN";
const LINK_NAME: &str = "LinkName";
const LINK_TYPE: &str = "LinkType";
const LINK_DATE: &str = "LinkEstablishedDate";

/// Reads the file of establishments (`edubasealldata`, or one of its extracts). Headings are found by name, in any order; other columns
/// are neither read nor kept.
///
/// # Errors
/// `unreadable_file` if the file is empty, is in no accepted encoding, or lacks headings: all of those are named.
pub fn read_establishments(bytes: &[u8]) -> Result<Vec<Row<Establishment>>, RuleError> {
    read(bytes, &[URN, LA, NUMBER, NAME, TYPE, STATUS, OPENED, CLOSED, PHASE, TRUST, TRUST_NAME, UKPRN], establishment)
}

/// Reads the file of links between establishments (`links_edubasealldata`, or an extract).
///
/// # Errors
/// As [`read_establishments`].
pub fn read_links(bytes: &[u8]) -> Result<Vec<Row<Link>>, RuleError> {
    read(bytes, &[URN, LINK_URN, LINK_NAME, LINK_TYPE, LINK_DATE], link)
}

fn establishment(cells: &Cells<'_>) -> Result<Establishment, RuleError> {
    let mut faults = Faults::default();
    let urn = faults.check(cells.read(URN, |t| Identifier::parse(Scheme::Urn, t)));
    let laestab = faults.check(laestab(cells)).flatten();
    let ukprn = faults.check(cells.read(UKPRN, |t| unless(t.is_empty(), || Identifier::parse(Scheme::Ukprn, t)))).flatten();
    let name = faults.check(cells.read(NAME, one_line));
    let phase = faults.check(cells.read(PHASE, |t| unless(not_known(t), || code(t, Phase::from_gias, "a phase of education is 0 to 7")))).flatten();
    let establishment_type =
        faults.check(cells.read(TYPE, |t| unless(not_known(t), || code(t, known_type, "not a type of establishment that GIAS publishes")))).flatten();
    let status = faults.check(cells.read(STATUS, |t| code(t, OrganisationStatus::from_gias, "a status of establishment is 1 to 4")));
    let opened_on = faults.check(cells.read(OPENED, date)).flatten();
    let closed_on = faults.check(cells.read(CLOSED, date)).flatten();
    if let Some(opened) = opened_on {
        faults.check(Period::new(opened, closed_on).map_err(|_| RuleError::at(Code::PeriodBackwards, &pointer(CLOSED), "closed before it opened")));
    }
    let trust = trust(cells, &mut faults);
    faults.settle()?;
    let (Some(urn), Some(name), Some(status)) = (urn, name, status) else { return Err(RuleError::new(Code::UnreadableFile, "the row cannot be read")) };
    let identifiers = [Some(urn), laestab, ukprn].into_iter().flatten().collect();
    Ok(Establishment { name, identifiers, phase, establishment_type, status, opened_on, closed_on, trust })
}

fn link(cells: &Cells<'_>) -> Result<Link, RuleError> {
    let mut faults = Faults::default();
    let urn = faults.check(cells.read(URN, |t| Identifier::parse(Scheme::Urn, t)));
    let linked_urn = faults.check(cells.read(LINK_URN, |t| Identifier::parse(Scheme::Urn, t)));
    let linked_name = faults.check(cells.read(LINK_NAME, one_line));
    let published_type = faults.check(cells.read(LINK_TYPE, one_line::<Reason>));
    let established_on = faults.check(cells.read(LINK_DATE, date)).flatten();
    faults.settle()?;
    let (Some(urn), Some(linked_urn), Some(linked_name), Some(published_type)) = (urn, linked_urn, linked_name, published_type) else {
        return Err(RuleError::new(Code::UnreadableFile, "the row cannot be read"));
    };
    let kind = match published_type.as_str() {
        t if t.starts_with("Predecessor") => LinkKind::Predecessor,
        t if t.starts_with("Successor") => LinkKind::Successor,
        _ => LinkKind::Other,
    };
    Ok(Link { urn, linked_urn, linked_name, kind, published_type, established_on })
}

/// Only the two parts together say anything: a school abroad has no local authority, a college may have no number.
fn laestab(cells: &Cells<'_>) -> Result<Option<Identifier>, RuleError> {
    let la = cells.text(LA);
    let noughts = |text: &str| text.bytes().all(|b| b == b'0');
    if noughts(la) || la == "999" {
        return Ok(None);
    }
    if la.len() != 3 || !digits(la) {
        return Err(RuleError::at(Code::InvalidValue, &pointer(LA), "a local authority's code has 3 digits, or is 0 where there is none"));
    }
    cells.read(NUMBER, |t| {
        let form = |_| RuleError::new(Code::InvalidValue, "an establishment number has 1 to 4 digits");
        unless(noughts(t), || Identifier::parse(Scheme::Laestab, &format!("{la}/{t}")).map_err(form))
    })
}

fn trust(cells: &Cells<'_>, faults: &mut Faults) -> Option<(String, Title)> {
    if cells.text(TRUST).is_empty() && cells.text(TRUST_NAME).is_empty() {
        return None;
    }
    let uid = faults.check(cells.read(TRUST, |t| Identifier::parse(Scheme::GroupUid, t)));
    let name = faults.check(cells.read(TRUST_NAME, one_line));
    uid.map(|uid| uid.value).zip(name)
}

/// Nothing where there is nothing to read, else what is read.
fn unless<T>(absent: bool, read: impl FnOnce() -> Result<T, RuleError>) -> Result<Option<T>, RuleError> {
    if absent { Ok(None) } else { read().map(Some) }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

/// The register writes 99 for what nobody recorded.
fn not_known(text: &str) -> bool {
    text.is_empty() || text == "99"
}

fn code<T>(text: &str, find: impl FnOnce(&str) -> Option<T>, form: &str) -> Result<T, RuleError> {
    digits(text).then(|| find(text)).flatten().ok_or_else(|| RuleError::new(Code::InvalidValue, form))
}

fn known_type(text: &str) -> Option<i32> {
    let number: i32 = text.parse().ok()?;
    ESTABLISHMENT_TYPES.iter().any(|(code, _)| *code == number).then_some(number)
}

/// A name is one line, even where it is published with line breaks or runs of spaces in it.
fn one_line<T: Wire>(text: &str) -> Result<T, RuleError> {
    T::parse(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn date(text: &str) -> Result<Option<NaiveDate>, RuleError> {
    let form = || RuleError::new(Code::InvalidValue, "a date is dd-mm-yyyy or dd/mm/yyyy, or empty");
    // chrono alone would also take `1-9-2024` and `01-09-+2024`.
    let shaped = |by: u8| text.len() == 10 && text.bytes().enumerate().all(|(i, b)| if matches!(i, 2 | 5) { b == by } else { b.is_ascii_digit() });
    let format = if shaped(b'/') { Some("%d/%m/%Y") } else { shaped(b'-').then_some("%d-%m-%Y") };
    unless(text.is_empty(), || format.and_then(|format| NaiveDate::parse_from_str(text, format).ok()).ok_or_else(form))
}

fn read<T>(bytes: &[u8], headings: &[&'static str], row: fn(&Cells<'_>) -> Result<T, RuleError>) -> Result<Vec<Row<T>>, RuleError> {
    published::read(bytes, headings, |line, cells, damage| {
        let urn = cells.text(URN).chars().filter(|c| !c.is_control()).take(20).collect();
        Row { line, urn, result: damage.and_then(|()| row(cells)) }
    })
}

#[cfg(test)]
mod tests;
