//! What is taken as a file, judged by its content: what somebody says that it is, or calls it, is only compared with that. What can carry scripts
//! or macros into a browser or an office program is refused.

use crate::{
    rule::{Code, RuleError},
    text::{FileName, Wire},
    words,
};
use std::io::{Cursor, Read};

words! {
    /// What a file of evidence is: its media type (RFC 6838). Documents, tables, slides and pictures; a recording is better linked to where it is kept.
    MediaType {
        /// A document that looks the same everywhere.
        Pdf = "application/pdf",
        /// A picture.
        Png = "image/png",
        /// A photograph.
        Jpeg = "image/jpeg",
        /// A picture.
        Webp = "image/webp",
        /// A picture, which may move.
        Gif = "image/gif",
        /// Plain text.
        Text = "text/plain",
        /// A table as text.
        Csv = "text/csv",
        /// A document of Word.
        Docx = "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        /// A workbook of Excel.
        Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        /// Slides of PowerPoint.
        Pptx = "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        /// An OpenDocument text.
        Odt = "application/vnd.oasis.opendocument.text",
        /// An OpenDocument spreadsheet.
        Ods = "application/vnd.oasis.opendocument.spreadsheet",
        /// An OpenDocument presentation.
        Odp = "application/vnd.oasis.opendocument.presentation",
    }
}

use MediaType as M;

impl MediaType {
    /// What the names of such files end in; the first is given to those that end in nothing known.
    pub const fn endings(self) -> &'static [&'static str] {
        match self {
            M::Pdf => &["pdf"],
            M::Png => &["png"],
            M::Jpeg => &["jpg", "jpeg", "jpe", "jfif"],
            M::Webp => &["webp"],
            M::Gif => &["gif"],
            M::Text => &["txt", "text", "md", "log"],
            M::Csv => &["csv"],
            M::Docx => &["docx"],
            M::Xlsx => &["xlsx"],
            M::Pptx => &["pptx"],
            M::Odt => &["odt"],
            M::Ods => &["ods"],
            M::Odp => &["odp"],
        }
    }
    /// Is it text, which nothing but its sender's word makes a table?
    const fn is_text(self) -> bool {
        matches!(self, M::Text | M::Csv)
    }
}

/// What an office file may say that it unpacks to. Nothing here unpacks it; whoever opens it does.
const MOST_UNPACKED: u128 = 256 << 20;

/// What a content is.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    Taken(MediaType),
    /// Text of any kind.
    Text,
    /// Something that is not taken: its media type.
    Other(&'static str),
    /// Of a type that is taken, but not like this.
    Refused(&'static str),
}

fn found(bytes: &[u8]) -> Found {
    if bytes.is_empty() {
        return Found::Refused("the file is empty");
    }
    if bytes.starts_with(b"PK") {
        return packed(bytes);
    }
    let kind = infer::get(bytes).map(|t| t.mime_type());
    if let Some(taken) = kind.and_then(|mime| [M::Pdf, M::Png, M::Jpeg, M::Webp, M::Gif].into_iter().find(|m| m.as_str() == mime)) {
        return Found::Taken(taken);
    }
    // signatures of two or three letters are also how words begin
    match is_text(bytes) {
        true if is_markup(bytes) => Found::Other("text/html, XML or SVG"),
        true => Found::Text,
        false => Found::Other(kind.unwrap_or("application/octet-stream")),
    }
}

/// No control characters but those that text is laid out with; in UTF-8, or in one of the encodings of a byte a letter that office programs write.
fn is_text(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| !matches!(b, 0..=8 | 11 | 14..=31 | 127))
}

/// Does it begin as a page, XML or SVG begins? Those carry scripts.
fn is_markup(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    text.trim_ascii_start().starts_with(b"<")
}

/// An office file is a ZIP archive: what is in it is read from its list of contents, and nothing is unpacked.
fn packed(bytes: &[u8]) -> Found {
    let Ok(mut archive) = zip::ZipArchive::new(Cursor::new(bytes)) else { return Found::Other("application/zip") };
    let named = opendocument(&mut archive);
    let names: Vec<String> = archive.file_names_raw().map(|n| String::from_utf8_lossy(n).to_ascii_lowercase()).collect();
    let has = |name: &str| names.iter().any(|n| n == name);
    let kind = match named {
        Some(kind) => kind,
        None if !has("[content_types].xml") => return Found::Other("application/zip"),
        None if has("word/document.xml") => M::Docx,
        None if has("xl/workbook.xml") => M::Xlsx,
        None if has("ppt/presentation.xml") => M::Pptx,
        None => return Found::Other("application/zip"),
    };
    if names.iter().any(|n| n.ends_with("vbaproject.bin") || n.starts_with("basic/") || n.starts_with("scripts/")) {
        return Found::Refused("the file carries macros");
    }
    if archive.decompressed_size().is_none_or(|size| size > MOST_UNPACKED) {
        return Found::Refused("the file would unpack to more than 256 MiB");
    }
    Found::Taken(kind)
}

/// The type that an OpenDocument file names in its first entry, which is kept as it is (OpenDocument 1.3, part 2, 3.3).
fn opendocument(archive: &mut zip::ZipArchive<Cursor<&[u8]>>) -> Option<MediaType> {
    let mut first = archive.by_index_raw(0).ok()?;
    if !first.name().is_ok_and(|name| name == "mimetype") || first.compression() != zip::CompressionMethod::Stored {
        return None;
    }
    let mut says = String::new();
    first.by_ref().take(100).read_to_string(&mut says).ok()?;
    [M::Odt, M::Ods, M::Odp].into_iter().find(|m| m.as_str() == says.trim())
}

/// What a file is, by its content. `said` is what its sender says that it is, and `name` what they call it: neither may say something else.
///
/// # Errors
/// `media_type_mismatch`, which names both; `file_not_taken`.
pub fn judge(said: Option<MediaType>, name: Option<&FileName>, bytes: &[u8]) -> Result<MediaType, RuleError> {
    let differs = |says: &str, is: &str| RuleError::new(Code::MediaTypeMismatch, format!("the file is said to be {says}, and its content is {is}"));
    let is = match (found(bytes), said) {
        (Found::Refused(why), _) => return Err(RuleError::new(Code::FileNotTaken, why)),
        (Found::Other(is), Some(said)) => return Err(differs(said.as_str(), is)),
        (Found::Other(is), None) => return Err(RuleError::new(Code::FileNotTaken, format!("its content is {is}, which is not taken"))),
        (Found::Text, Some(said)) if said.is_text() => said,
        (Found::Text, None) => ending(name).filter(|m| m.is_text()).unwrap_or(M::Text),
        (Found::Text, Some(said)) => return Err(differs(said.as_str(), M::Text.as_str())),
        (Found::Taken(is), Some(said)) if is != said => return Err(differs(said.as_str(), is.as_str())),
        (Found::Taken(is), _) => is,
    };
    match ending(name) {
        Some(called) if called != is => {
            let message = format!("the file is called like {}, and its content is {}", called.as_str(), is.as_str());
            Err(RuleError::at(Code::MediaTypeMismatch, "file_name", message))
        }
        _ => Ok(is),
    }
}

/// What the name of a file says that it is, if it ends in anything known.
fn ending(name: Option<&FileName>) -> Option<MediaType> {
    let (_, end) = name?.as_str().trim_end().rsplit_once('.')?;
    let end = end.to_ascii_lowercase();
    M::ALL.iter().copied().find(|m| m.endings().contains(&end.as_str()))
}

/// The name under which a file is saved: what it was called, without folders, without characters that file systems and terminals take for something
/// else, and with an ending that says what it is.
///
/// # Errors
/// `forbidden_data`, never for a name that was taken before.
pub fn label(name: Option<&FileName>, of: MediaType) -> Result<FileName, RuleError> {
    let called = name.map_or("", |n| n.as_str());
    let last = called.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: &char| {
        !c.is_control() && !"\"<>:|?*%;".contains(*c) && !matches!(*c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let clean: String = last.chars().filter(plain).take(120).collect();
    let clean = clean.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let clean = if clean.is_empty() { "evidence" } else { clean };
    let known = clean.rsplit_once('.').is_some_and(|(_, end)| of.endings().contains(&end.to_ascii_lowercase().as_str()));
    let ended = if known { clean.to_owned() } else { format!("{clean}.{}", of.endings()[0]) };
    FileName::parse(&ended)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PDF: &[u8] = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    /// A ZIP archive of entries that are kept as they are; the size that the list of contents tells may be another.
    fn archive(entries: &[(&str, &[u8], Option<u32>)]) -> Vec<u8> {
        let (mut out, mut list) = (Vec::new(), Vec::new());
        for (name, bytes, unpacked) in entries {
            let at = u32::try_from(out.len()).unwrap_or_default();
            let (length, named) = (u32::try_from(bytes.len()).unwrap_or_default(), u16::try_from(name.len()).unwrap_or_default());
            let method: u16 = if unpacked.is_some() { 8 } else { 0 };
            let mut common = Vec::new();
            for part in [20_u16, 0, method, 0, 0] {
                common.extend(part.to_le_bytes());
            }
            for part in [0_u32, length, unpacked.unwrap_or(length)] {
                common.extend(part.to_le_bytes());
            }
            common.extend(named.to_le_bytes());
            common.extend(0_u16.to_le_bytes());
            out.extend(b"PK\x03\x04");
            out.extend(&common);
            out.extend(name.as_bytes());
            out.extend(*bytes);
            list.extend(b"PK\x01\x02\x14\0");
            list.extend(&common);
            list.extend([0; 10]);
            list.extend(at.to_le_bytes());
            list.extend(name.as_bytes());
        }
        let (at, length) = (u32::try_from(out.len()).unwrap_or_default(), u32::try_from(list.len()).unwrap_or_default());
        let count = u16::try_from(entries.len()).unwrap_or_default();
        out.extend(list);
        out.extend(b"PK\x05\x06\0\0\0\0");
        out.extend(count.to_le_bytes());
        out.extend(count.to_le_bytes());
        out.extend(length.to_le_bytes());
        out.extend(at.to_le_bytes());
        out.extend([0, 0]);
        out
    }
    fn office(main: &str) -> Vec<u8> {
        archive(&[("[Content_Types].xml", b"<Types/>", None), (main, b"<document/>", None)])
    }

    #[test]
    fn a_file_is_what_its_content_is() {
        let odt = archive(&[("mimetype", b"application/vnd.oasis.opendocument.text", None), ("content.xml", b"<x/>", None)]);
        let with_macros = archive(&[("[Content_Types].xml", b"", None), ("word/document.xml", b"", None), ("word/vbaProject.bin", b"x", None)]);
        let scripted = archive(&[("mimetype", b"application/vnd.oasis.opendocument.text", None), ("Basic/Standard/Module1.xml", b"", None)]);
        let bomb = archive(&[("[Content_Types].xml", b"", None), ("word/document.xml", b"\x4b\x4c", Some(u32::MAX - 1))]);
        for (bytes, expected) in [
            (PDF, Found::Taken(M::Pdf)),
            (PNG, Found::Taken(M::Png)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Found::Taken(M::Jpeg)),
            (b"GIF89a\x01\0\x01\0", Found::Taken(M::Gif)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Found::Taken(M::Webp)),
            (b"BMW is no picture.\n", Found::Text),
            (b"pupil,before,after\r\n1,3,7\r\n", Found::Text),
            (b"caf\xe9 in Windows-1252", Found::Text),
            (b"\xef\xbb\xbf  <svg xmlns='http://www.w3.org/2000/svg'/>", Found::Other("text/html, XML or SVG")),
            (b"\n<!DOCTYPE html><script>alert(1)</script>", Found::Other("text/html, XML or SVG")),
            (b"MZ\x90\0\x03\0\0\0", Found::Other("application/vnd.microsoft.portable-executable")),
            (b"\0\x01\x02\x03 nothing known", Found::Other("application/octet-stream")),
            (b"", Found::Refused("the file is empty")),
            (b"PK\x03\x04 broken", Found::Other("application/zip")),
            (&office("word/document.xml"), Found::Taken(M::Docx)),
            (&office("xl/workbook.xml"), Found::Taken(M::Xlsx)),
            (&office("ppt/presentation.xml"), Found::Taken(M::Pptx)),
            (&office("setup.exe"), Found::Other("application/zip")),
            (&odt, Found::Taken(M::Odt)),
            (&with_macros, Found::Refused("the file carries macros")),
            (&scripted, Found::Refused("the file carries macros")),
            (&bomb, Found::Refused("the file would unpack to more than 256 MiB")),
        ] {
            assert_eq!(found(bytes), expected, "{}", String::from_utf8_lossy(&bytes[..bytes.len().min(40)]));
        }
    }

    #[test]
    fn a_file_that_says_it_is_something_else_is_told_both() {
        let named = |name: &str| FileName::parse(name).ok();
        let refused = |said, name: Option<FileName>, bytes: &[u8]| judge(said, name.as_ref(), bytes).err().map(|e| (e.code, e.message));
        let mismatch = |message: &str| Some((Code::MediaTypeMismatch, message.to_owned()));
        assert_eq!(refused(Some(M::Png), None, PDF), mismatch("the file is said to be image/png, and its content is application/pdf"));
        assert_eq!(refused(None, named("photo.PDF"), PNG), mismatch("the file is called like application/pdf, and its content is image/png"));
        assert_eq!(refused(Some(M::Pdf), None, b"plain words"), mismatch("the file is said to be application/pdf, and its content is text/plain"));
        assert_eq!(refused(Some(M::Text), None, b"<html>").map(|e| e.0), Some(Code::MediaTypeMismatch));
        assert_eq!(refused(None, None, b"\0\0\0").map(|e| e.0), Some(Code::FileNotTaken));
        for (said, name, bytes, is) in [
            (None, None, PDF, M::Pdf),
            (Some(M::Pdf), named("plan.pdf"), PDF, M::Pdf),
            (None, named("marks.csv"), b"a,b\n".as_slice(), M::Csv),
            (Some(M::Csv), None, b"a,b\n", M::Csv),
            (None, None, b"a,b\n", M::Text),
            (None, named("plan v1.2"), PDF, M::Pdf),
        ] {
            assert_eq!(judge(said, name.as_ref(), bytes), Ok(is));
        }
    }

    #[test]
    fn a_name_is_a_label_and_nothing_more() {
        for (name, of, saved) in [
            ("Plan.pdf", M::Pdf, "Plan.pdf"),
            ("../../etc/passwd", M::Text, "passwd.txt"),
            (r"C:\Users\ada\marks.csv", M::Csv, "marks.csv"),
            ("harmless\u{202e}fdp.exe", M::Pdf, "harmlessfdp.exe.pdf"),
            ("a\"; filename=\"b", M::Png, "a filename=b.png"),
            ("...", M::Jpeg, "evidence.jpg"),
            ("Jahresplan 2026 – Über\u{AD}blick.docx", M::Docx, "Jahresplan 2026 – Über\u{AD}blick.docx"),
        ] {
            let name = FileName::parse(name).ok();
            assert_eq!(label(name.as_ref(), of).map(|n| n.as_str().to_owned()), Ok(saved.to_owned()));
        }
        assert_eq!(label(None, M::Pdf).map(|n| n.as_str().to_owned()), Ok("evidence.pdf".to_owned()));
        let long = FileName::parse(&"é".repeat(255)).ok();
        assert!(label(long.as_ref(), M::Pdf).is_ok_and(|n| n.as_str().chars().count() <= 125));
    }
}
