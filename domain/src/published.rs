//! Files of rows as registers publish them and offices keep them, read as they are: bytes in, one result for each row out, so that one bad
//! row never hides the others. Tables that people write themselves are read by [`crate::table`], with the habits of their spreadsheets.

use crate::{
    rule::{Code, Faults, RuleError},
    table::{bare, delimiter},
};
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::WINDOWS_1252;
use std::{borrow::Cow, io::Read};

/// Where a fault under a heading points.
pub fn pointer(heading: &str) -> String {
    format!("/{heading}")
}

/// A row's cells, by heading.
pub struct Cells<'a> {
    columns: &'a [(&'static str, usize)],
    record: &'a StringRecord,
}

impl Cells<'_> {
    /// What stands under a heading, without what spreadsheets put around it; nothing if the file has no such column.
    pub fn text(&self, heading: &str) -> &str {
        self.columns.iter().find(|(name, _)| *name == heading).and_then(|(_, i)| self.record.get(*i)).map(bare).unwrap_or_default()
    }
    /// What stands under a heading, read by a rule; a fault points at the heading.
    ///
    /// # Errors
    /// As the rule says.
    pub fn read<T>(&self, heading: &str, rule: impl FnOnce(&str) -> Result<T, RuleError>) -> Result<T, RuleError> {
        rule(self.text(heading)).map_err(|e| e.of(&pointer(heading)))
    }
}

/// Laid after the text, as a row of its own. A file that was cut inside a quoted field swallows it, which the csv crate, taking the rest of
/// the file for the field, would not tell.
const END: &[u8] = b"\n\0";

/// Reads a file row by row: its line (the heading row is on line 1), its cells, and whether the row as a whole is damaged. Windows-1252 and
/// UTF-8, with or without a byte order mark; commas, or what a spreadsheet that saved it put in their place.
///
/// # Errors
/// `unreadable_file` if the file is empty, is in no accepted encoding, or lacks headings: all of those are named.
pub fn read<T>(bytes: &[u8], headings: &[&'static str], mut row: impl FnMut(u64, &Cells<'_>, Result<(), RuleError>) -> T) -> Result<Vec<T>, RuleError> {
    let text = decode(bytes)?;
    let first = text.lines().find(|line| !line.is_empty()).unwrap_or_default();
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(first)).from_reader(text.as_bytes().chain(END));
    let mut record = StringRecord::new();
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    // The next row's line, and whether the file ends inside it.
    let mut next = |record: &mut StringRecord| -> Result<Option<(u64, bool)>, RuleError> {
        let more = reader.read_record(record).map_err(|e| RuleError::new(Code::UnreadableFile, format!("not a CSV file: {e}")))?;
        let past_the_text = reader.position().byte() > text.len() as u64 + 1;
        let ended = !more || (past_the_text && record.len() == 1 && record.get(0) == Some("\0"));
        Ok((!ended).then(|| (lines.line_of(record.position().map_or(0, csv::Position::byte)), past_the_text)))
    };

    match next(&mut record)? {
        None => return Err(RuleError::new(Code::UnreadableFile, "the file is empty")),
        Some((_, true)) => return Err(RuleError::new(Code::UnreadableFile, "the file ends inside its heading row")),
        Some((_, false)) => {}
    }
    let (columns, width) = (find(headings, &record)?, record.len());

    let mut rows = Vec::new();
    while let Some((line, cut)) = next(&mut record)? {
        let cells = Cells { columns: &columns, record: &record };
        let damaged = |message: String| Err(RuleError::at(Code::UnreadableFile, "", message));
        let result = if cut {
            damaged("the file ends inside a quoted field of this row: it was cut, or a quotation mark is missing".into())
        } else if record.len() != width {
            damaged(format!("fields: {} in this row, {width} in the heading row; it was cut, or a quotation mark is missing", record.len()))
        } else {
            Ok(())
        };
        rows.push(row(line, &cells, result));
    }
    Ok(rows)
}

/// Where each heading stands; refuses, naming all of them, if some are missing or stand twice.
fn find(headings: &[&'static str], first: &StringRecord) -> Result<Vec<(&'static str, usize)>, RuleError> {
    let mut columns = Vec::with_capacity(first.len());
    let mut faults = Faults::default();
    for &heading in headings {
        let mut found = first.iter().enumerate().filter(|(_, name)| bare(name) == heading).map(|(i, _)| i);
        match (found.next(), found.next()) {
            (Some(i), None) => columns.push((heading, i)),
            (None, _) => _ = faults.check::<()>(Err(RuleError::at(Code::UnreadableFile, &pointer(heading), format!("the heading {heading} is missing")))),
            _ => _ = faults.check::<()>(Err(RuleError::at(Code::UnreadableFile, &pointer(heading), format!("the heading {heading} stands twice")))),
        }
    }
    let all = |e: RuleError| RuleError { message: e.faults.iter().map(|f| f.message.as_str()).collect::<Vec<_>>().join("; "), ..e };
    faults.settle().map(|()| columns).map_err(all)
}

/// Registers publish in Windows-1252, and spreadsheets save in it; they may also save in UTF-8.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, RuleError> {
    let unreadable = |message: &str| Err(RuleError::new(Code::UnreadableFile, message));
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return unreadable("the file is in UTF-16; send it as published, in Windows-1252, or in UTF-8");
    }
    if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return std::str::from_utf8(rest).map(Cow::Borrowed).or_else(|_| unreadable("the file says that it is in UTF-8, but is not, or it was cut"));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        // Good UTF-8, with words that need it, but for its last character: read as Windows-1252, every such word of the file would be wrong.
        Err(e) if e.error_len().is_none() && !bytes[..e.valid_up_to()].is_ascii() => unreadable("the file ends inside a character: it was cut"),
        Err(_) => Ok(WINDOWS_1252.decode_without_bom_handling(bytes).0),
    }
}

/// Counts lines as an editor does: the csv crate says where the row before ended, blank lines apart, and does not count a lone CR.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the first character at or after this place; the places asked for must rise.
    fn line_of(&mut self, byte: u64) -> u64 {
        let start = usize::try_from(byte).unwrap_or(usize::MAX);
        let start = start + self.text.iter().skip(start).take_while(|b| matches!(b, b'\r' | b'\n')).count();
        let mut before = b' ';
        for &b in self.text.get(self.at..start).unwrap_or_default() {
            self.line += u64::from(b == b'\r' || (b == b'\n' && before != b'\r'));
            before = b;
        }
        self.at = start;
        self.line
    }
}
