//! Tables that people save from spreadsheets: read row by row, whatever the separator, the encoding and the habits of the program.

use crate::rule::{Code, RuleError};
use csv::{ReaderBuilder, StringRecord};
use encoding_rs::{Decoder, DecoderResult, UTF_8, WINDOWS_1252};
use std::io::{self, Cursor, Read};

/// Bytes as they come, as UTF-8 with one kind of line break.
struct Text<R> {
    from: R,
    decoder: Decoder,
    raw: Vec<u8>,
    out: Vec<u8>,
    at: usize,
    /// Has anything been read?
    begun: bool,
    /// Was the last character a carriage return, so that a line feed belongs to it?
    cr: bool,
    over: bool,
}

impl<R: Read> Text<R> {
    fn fill(&mut self) -> io::Result<()> {
        (self.at, self.raw) = (0, vec![0; 16 << 10]);
        self.out.clear();
        let read = self.from.read(&mut self.raw)?;
        self.over = read == 0;
        let first = !std::mem::replace(&mut self.begun, true);
        if first && (self.raw.starts_with(&[0xff, 0xfe]) || self.raw.starts_with(&[0xfe, 0xff])) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "UTF-16"));
        }
        let mut text = String::with_capacity(read * 3 + 16);
        let mut rest = &self.raw[..read];
        loop {
            let (result, used) = self.decoder.decode_to_string_without_replacement(rest, &mut text, self.over);
            rest = &rest[used..];
            match result {
                DecoderResult::InputEmpty => break,
                DecoderResult::OutputFull => text.reserve(16 << 10),
                DecoderResult::Malformed(..) => return Err(io::Error::new(io::ErrorKind::InvalidData, "not text of this encoding")),
            }
        }
        for b in text.bytes() {
            match b {
                b'\n' if self.cr => {}
                b'\r' => self.out.push(b'\n'),
                b => self.out.push(b),
            }
            self.cr = b == b'\r';
        }
        Ok(())
    }
}
impl<R: Read> Read for Text<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() && !self.over {
            self.fill()?;
        }
        let n = into.len().min(self.out.len() - self.at);
        into[..n].copy_from_slice(&self.out[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

/// A table being read.
pub struct Table<R: Read> {
    reader: csv::Reader<io::Chain<io::Chain<Cursor<Vec<u8>>, Text<R>>, &'static [u8]>>,
    /// What stands in the heading row, without the empty columns at its end.
    pub headings: Vec<String>,
    record: StringRecord,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The line of the file where it starts; the heading row is on line 1.
    pub line: u64,
    /// Its cells, cleaned of what spreadsheets put around them; or why it is none.
    pub cells: Result<Vec<String>, RuleError>,
}

/// Laid after the text, as a row of its own: a file that was cut inside a quoted field swallows it.
const END: &[u8] = b"\n\0";

fn unreadable(message: impl Into<String>) -> RuleError {
    RuleError::new(Code::UnreadableFile, message)
}

/// What a spreadsheet puts around a text so that it stays one: `="0012345"`, or an apostrophe before it.
pub(crate) fn bare(cell: &str) -> &str {
    let cell = cell.trim();
    let cell = cell.strip_prefix("=\"").and_then(|c| c.strip_suffix('"')).unwrap_or(cell);
    cell.strip_prefix('\'').unwrap_or(cell).trim()
}
fn cleaned(cell: &str) -> String {
    bare(cell).to_owned()
}

/// What stands between cells, told by the heading row: a comma, unless there are more semicolons or tabs.
pub(crate) fn delimiter(headings: &str) -> u8 {
    let count = |separator: u8| headings.bytes().filter(|b| *b == separator).count();
    [b';', b'\t', b','].into_iter().max_by_key(|s| count(*s)).unwrap_or(b',')
}

impl<R: Read> Table<R> {
    /// Starts to read: UTF-8, with or without its mark, unless `charset` says Windows-1252. Commas, semicolons or tabs.
    ///
    /// # Errors
    /// `unreadable_file`: an encoding that is not taken, an empty file, or one that ends inside its heading row.
    pub fn open(from: R, charset: Option<&str>) -> Result<Self, RuleError> {
        let decoder = match charset.map(str::to_ascii_lowercase).as_deref() {
            None | Some("utf-8" | "utf8" | "us-ascii") => UTF_8.new_decoder_with_bom_removal(),
            // a mark of UTF-8 at its beginning says what it is, whatever else is said
            Some("windows-1252" | "cp1252" | "iso-8859-1" | "latin1") => WINDOWS_1252.new_decoder(),
            Some(_) => return Err(unreadable("the file is taken in UTF-8, or in Windows-1252 if `charset` says so")),
        };
        let mut text = Text { from, decoder, raw: Vec::new(), out: Vec::new(), at: 0, begun: false, cr: false, over: false };
        // enough of the beginning to see the heading row, by which the separator is told
        let mut start = Vec::new();
        let mut part = [0; 4096];
        loop {
            let read = text.read(&mut part).map_err(|e| fault_of(&e))?;
            start.extend_from_slice(&part[..read]);
            if read == 0 || start.len() >= 64 << 10 || start.iter().skip_while(|b| **b == b'\n').any(|b| *b == b'\n') {
                break;
            }
        }
        let said = separator_said(&mut start);
        let first = start.split(|b| *b == b'\n').find(|line| !line.is_empty()).unwrap_or_default();
        let delimiter = said.unwrap_or_else(|| delimiter(&String::from_utf8_lossy(first)));
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(Cursor::new(start).chain(text).chain(END));
        let mut table = Self { reader, headings: Vec::new(), record: StringRecord::new() };
        match table.read()? {
            Some(Line { cells: Ok(mut cells), .. }) => {
                while cells.last().is_some_and(String::is_empty) {
                    cells.pop();
                }
                table.headings = cells;
                Ok(table)
            }
            Some(_) => Err(unreadable("the file ends inside its heading row")),
            None => Err(unreadable("the file is empty")),
        }
    }
    /// The next row; blank ones are passed over.
    ///
    /// # Errors
    /// `unreadable_file`, when the file as a whole cannot be read on: it is not of its encoding, or it ends inside a quoted field.
    pub fn read(&mut self) -> Result<Option<Line>, RuleError> {
        loop {
            let more = self.reader.read_record(&mut self.record).map_err(|e| match e.into_kind() {
                csv::ErrorKind::Io(e) => fault_of(&e),
                _ => unreadable("this is not a CSV file in UTF-8; name another encoding in `charset`"),
            })?;
            if !more || (self.record.len() == 1 && self.record.get(0) == Some("\0")) {
                return Ok(None);
            }
            let breaks = self.record.iter().map(|cell| cell.bytes().filter(|b| *b == b'\n').count() as u64).sum::<u64>();
            let line = self.reader.position().line().saturating_sub(breaks + 1);
            if self.record.iter().any(|cell| cell.ends_with('\0')) {
                return Err(unreadable(format!(
                    "the file ends inside a quoted field that begins on line {line} or after: it was cut, or a quotation mark is missing"
                )));
            }
            let mut cells: Vec<String> = self.record.iter().map(cleaned).collect();
            if cells.iter().all(String::is_empty) {
                continue;
            }
            let width = self.headings.len();
            if width == 0 {
                return Ok(Some(Line { line, cells: Ok(cells) }));
            }
            while cells.len() > width && cells.last().is_some_and(String::is_empty) {
                cells.pop();
            }
            let cells = match cells.len() == width {
                true => Ok(cells),
                false => {
                    Err(unreadable(format!("fields: {} in this row, {width} in the heading row; it was cut, or a quotation mark is missing", cells.len())))
                }
            };
            return Ok(Some(Line { line, cells }));
        }
    }
}

/// A first line by which Excel is told the separator: `sep=;`. It is taken out, and its line break stays, so that lines are counted as an editor does.
fn separator_said(start: &mut Vec<u8>) -> Option<u8> {
    let end = start.iter().position(|b| *b == b'\n')?;
    let line: Vec<u8> = start[..end].iter().copied().filter(|b| *b != b'"').collect();
    let (word, separator) = line.split_at_checked(4)?;
    let [separator] = separator else { return None };
    if !word.eq_ignore_ascii_case(b"sep=") || !separator.is_ascii() {
        return None;
    }
    start.drain(..end);
    Some(*separator)
}

fn fault_of(error: &io::Error) -> RuleError {
    match error.kind() {
        io::ErrorKind::Unsupported => unreadable("the file is in UTF-16; save it as CSV in UTF-8 and send that"),
        io::ErrorKind::InvalidData => unreadable("the file is not in UTF-8; if it is in Windows-1252, say so: `Content-Type: text/csv; charset=windows-1252`"),
        _ => unreadable("the file cannot be read"),
    }
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection).
pub fn safe(cell: &str) -> std::borrow::Cow<'_, str> {
    match cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        true => format!("'{cell}").into(),
        false => cell.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &[u8], charset: Option<&str>) -> Result<(Vec<String>, Vec<Line>), RuleError> {
        let mut table = Table::open(text, charset)?;
        let mut out = Vec::new();
        while let Some(line) = table.read()? {
            out.push(line);
        }
        Ok((table.headings, out))
    }
    fn cells(text: &[u8], charset: Option<&str>) -> Option<Vec<Vec<String>>> {
        rows(text, charset).ok().map(|(_, lines)| lines.into_iter().filter_map(|l| l.cells.ok()).collect())
    }

    #[test]
    fn the_habits_of_spreadsheets_are_understood() {
        let expected = Some(vec![vec!["0012345".to_owned(), "Zo\u{eb}".to_owned()]]);
        for (text, charset) in [
            ("trn,name\n0012345,Zo\u{eb}\n".as_bytes(), None),
            ("\u{feff}trn,name\r\n0012345,Zo\u{eb}".as_bytes(), None),
            ("trn;name\r\n0012345;Zo\u{eb}\r\n\r\n;\r\n".as_bytes(), None),
            ("trn\tname\t\t\n'0012345\tZo\u{eb}\t\t\t\n".as_bytes(), Some("UTF-8")),
            ("trn,name\n=\"0012345\",\" Zo\u{eb} \"\n".as_bytes(), None),
            ("trn,name\n\"=\"\"0012345\"\"\",Zo\u{eb}\n".as_bytes(), None),
            (b"trn,name\n0012345,Zo\xeb\n", Some("windows-1252")),
            ("\u{feff}trn,name\n0012345,Zo\u{eb}\n".as_bytes(), Some("windows-1252")),
            ("sep=;\r\ntrn;name\r\n0012345;Zo\u{eb}\r\n".as_bytes(), None),
            ("\"sep=|\"\ntrn|name\n0012345|Zo\u{eb}\n".as_bytes(), None),
        ] {
            assert_eq!(cells(text, charset), expected, "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn lines_are_those_that_an_editor_counts() {
        for text in ["a,b\n1,2\n\n\n3,\"4\n5\"\n6,7", "a,b\r\n1,2\r\n\r\n\r\n3,\"4\r\n5\"\r\n6,7\r\n", "a,b\r1,2\r\r\r3,\"4\r5\"\r6,7\r"] {
            let lines = rows(text.as_bytes(), None).map(|(_, l)| l.iter().map(|l| l.line).collect::<Vec<_>>());
            assert_eq!(lines, Ok(vec![2, 5, 7]), "{text:?}");
        }
    }

    #[test]
    fn a_file_that_was_cut_says_so() {
        for text in ["", "\n\n", "a,\"b", "a,b\n1,\"2\n3,4\n"] {
            assert_eq!(rows(text.as_bytes(), None).err().map(|e| e.code), Some(Code::UnreadableFile), "{text:?}");
        }
        let short = rows(b"a,b,c\n1,2,3\n4,5", None).map(|(_, l)| l.iter().map(|l| l.cells.is_ok()).collect::<Vec<_>>());
        assert_eq!(short, Ok(vec![true, false]));
        assert!(rows(b"a,b\n\xeb,1\n", None).is_err(), "no guessing of encodings");
        assert!(rows(b"\xff\xfea\0", None).is_err_and(|e| e.message.contains("UTF-16")));
        assert_eq!(rows(b"sep=;\na;b\n1;2\n", None).map(|(_, l)| l[0].line), Ok(3), "its line is counted");
    }

    #[test]
    fn what_goes_out_is_no_formula_and_comes_back_the_same() {
        for cell in ["=1+1", "+44 1", "-x", "@a", "plain", "0012345"] {
            assert!(!safe(cell).starts_with(['=', '+', '-', '@']));
            assert_eq!(cleaned(&safe(cell)), cell);
        }
    }
}
