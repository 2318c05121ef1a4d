//! A calendar as programs read it (RFC 5545): days on which something is due, and hours at which something is held. Only what such a feed needs.

use chrono::{DateTime, NaiveDate, Utc};
use std::fmt::Write as _;

/// When it is.
pub enum When {
    /// A whole day.
    Day(NaiveDate),
    /// From one moment to another.
    Hours(DateTime<Utc>, DateTime<Utc>),
    /// From this moment on; nobody said until when.
    From(DateTime<Utc>),
}
/// One entry.
pub struct Entry {
    /// What makes it the same entry the next time.
    pub uid: String,
    /// When.
    pub when: When,
    /// What.
    pub summary: String,
    /// Where.
    pub location: Option<String>,
}

/// Text as a value (RFC 5545, 3.3.11): what would end it, or begin another, is escaped; other control characters have no place in it.
fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for c in value.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line, folded so that none is longer than 75 octets (3.1).
fn line(out: &mut String, name: &str, value: &str) {
    let mut left = 75;
    for c in name.chars().chain([':']).chain(value.chars()) {
        if c.len_utf8() > left {
            out.push_str("\r\n ");
            left = 74;
        }
        out.push(c);
        left -= c.len_utf8();
    }
    out.push_str("\r\n");
}

/// The calendar of these entries, as it is at this moment.
pub fn calendar(name: &str, entries: &[Entry], now: DateTime<Utc>) -> String {
    let moment = |at: DateTime<Utc>| at.format("%Y%m%dT%H%M%SZ").to_string();
    let mut out = String::new();
    for (name, value) in [("BEGIN", "VCALENDAR"), ("VERSION", "2.0"), ("PRODID", "-//Trellis//Trellis//EN"), ("CALSCALE", "GREGORIAN")] {
        line(&mut out, name, value);
    }
    line(&mut out, "X-WR-CALNAME", &text(name));
    for Entry { uid, when, summary, location } in entries {
        line(&mut out, "BEGIN", "VEVENT");
        line(&mut out, "UID", &text(uid));
        line(&mut out, "DTSTAMP", &moment(now));
        match when {
            When::Day(day) => {
                line(&mut out, "DTSTART;VALUE=DATE", &day.format("%Y%m%d").to_string());
                line(&mut out, "TRANSP", "TRANSPARENT");
            }
            When::Hours(from, to) => {
                line(&mut out, "DTSTART", &moment(*from));
                line(&mut out, "DTEND", &moment(*to));
            }
            When::From(from) => line(&mut out, "DTSTART", &moment(*from)),
        }
        line(&mut out, "SUMMARY", &text(summary));
        if let Some(location) = location {
            line(&mut out, "LOCATION", &text(location));
        }
        line(&mut out, "END", "VEVENT");
    }
    line(&mut out, "END", "VCALENDAR");
    out
}

/// A word of a closed list, as a person says it.
pub fn said(word: &str) -> String {
    let mut out = String::new();
    let mut letters = word.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    let written = write!(out, "{}{}", first.collect::<String>(), letters.as_str().replace('_', " "));
    debug_assert!(written.is_ok(), "text can be written to text");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_longer_than_75_octets_and_no_text_begins_another() {
        let now: DateTime<Utc> = "2026-10-05T09:00:00Z".parse().unwrap_or_default();
        let summary = format!("Words; and, more\\\nBEGIN:VEVENT\r{}", "é".repeat(100));
        let entry = Entry { uid: "a@trellis".into(), when: When::Hours(now, now), summary: summary.clone(), location: Some("Hall".into()) };
        let day = Entry { uid: "b@trellis".into(), when: When::Day(now.date_naive()), summary: "Due".into(), location: None };
        let made = calendar("Ada, Person", &[entry, day], now);
        assert!(made.split("\r\n").all(|l| l.len() <= 75 && !l.contains(['\r', '\n'])), "{made}");
        assert_eq!(made.matches("\r\nBEGIN:VEVENT\r\n").count(), 2);
        assert!(made.replace("\r\n ", "").contains(&format!("SUMMARY:Words\\; and\\, more\\\\\\nBEGIN:VEVENT{}\r\n", "é".repeat(100))));
        assert!(made.contains("DTSTART:20261005T090000Z") && made.contains("DTSTART;VALUE=DATE:20261005"));
        assert!(made.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && made.ends_with("END:VCALENDAR\r\n"));
        assert_eq!(said("agree_objective"), "Agree objective");
    }
}
