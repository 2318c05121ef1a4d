//! Text and words with a shape: what parsing accepts and what the contract promises come from the same constants.

use crate::rule::{Code, RuleError};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// What a value looks like in JSON.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// A UUID.
    Id,
    /// One line of text: no control characters, something other than white space; lengths in characters.
    Line {
        /// At least so many characters.
        min: usize,
        /// At most so many characters.
        max: usize,
    },
    /// Text of several lines: tabs and line breaks are welcome, other control characters are not; lengths in characters.
    Prose {
        /// At most so many characters.
        max: usize,
    },
    /// A code of a fixed form.
    Code {
        /// Regular expression, anchored.
        pattern: &'static str,
        /// At most so many characters.
        max: usize,
        /// One that is accepted.
        example: &'static str,
    },
    /// One of a closed list of words.
    OneOf(&'static [&'static str]),
}

/// The pattern of [`Shape::Line`].
pub const LINE: &str = r"^[^\u0000-\u001f\u007f]*[^\s\u0000-\u001f\u007f][^\u0000-\u001f\u007f]*$";
/// The pattern of [`Shape::Prose`].
pub const PROSE: &str = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$";

/// A value that travels as a JSON string of a known shape.
pub trait Wire: Sized {
    /// The schema's name in the contract.
    const NAME: &'static str;
    /// What it means in a school.
    const MEANING: &'static str;
    /// What each word of a closed list means.
    const MEANINGS: &'static [&'static str] = &[];
    /// Its shape.
    const SHAPE: Shape;
    /// Reads it.
    ///
    /// # Errors
    /// `invalid_value`, with what would be accepted; the value itself is not repeated.
    fn parse(text: &str) -> Result<Self, RuleError>;
    /// Writes it.
    fn text(&self) -> Cow<'_, str>;
}

fn control(c: char) -> bool {
    c < ' ' || c == '\u{7f}'
}

/// One line of text within bounds.
///
/// # Errors
/// `invalid_value`.
pub fn line(text: &str, min: usize, max: usize) -> Result<(), RuleError> {
    let length = text.chars().count();
    if length < min.max(1) || length > max || text.chars().any(control) || text.trim().is_empty() {
        return Err(RuleError::new(Code::InvalidValue, format!("one line of {} to {max} characters is expected", min.max(1))));
    }
    Ok(())
}

/// Several lines of text within bounds.
///
/// # Errors
/// `invalid_value`.
pub fn prose(text: &str, max: usize) -> Result<(), RuleError> {
    // no character takes less than a byte
    let long = text.len() > max && text.chars().count() > max;
    if long || text.chars().any(|c| control(c) && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(RuleError::new(Code::InvalidValue, format!("text of at most {max} characters, without control characters, is expected")));
    }
    Ok(())
}

/// A text newtype that can only hold what its rule accepts.
#[macro_export]
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident = $shape:expr, $rule:expr;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);
        impl $name {
            /// As text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl TryFrom<String> for $name {
            type Error = $crate::rule::RuleError;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                <Self as $crate::text::Wire>::parse(&text)
            }
        }
        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }
        impl $crate::text::Wire for $name {
            const NAME: &'static str = stringify!($name);
            const MEANING: &'static str = concat!($($doc),+);
            const SHAPE: $crate::text::Shape = $shape;
            fn parse(text: &str) -> Result<Self, $crate::rule::RuleError> {
                let rule: fn(&str) -> Result<String, $crate::rule::RuleError> = $rule;
                rule(text).map(Self)
            }
            fn text(&self) -> std::borrow::Cow<'_, str> {
                std::borrow::Cow::Borrowed(&self.0)
            }
        }
    )*};
}

/// A closed list of words, the same in code, API, database and docs.
#[macro_export]
macro_rules! words {
    ($($(#[doc = $doc:literal])+ $name:ident { $($(#[doc = $vdoc:literal])+ $variant:ident = $word:literal),* $(,)? })*) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[doc = $vdoc])+ #[serde(rename = $word)] $variant,)*
        }
        impl $name {
            /// Every word of the list.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl $crate::text::Wire for $name {
            const NAME: &'static str = stringify!($name);
            const MEANING: &'static str = concat!($($doc),+);
            const SHAPE: $crate::text::Shape = $crate::text::Shape::OneOf(&[$($word),*]);
            const MEANINGS: &'static [&'static str] = &[$(concat!($($vdoc),+)),*];
            fn parse(text: &str) -> Result<Self, $crate::rule::RuleError> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err($crate::rule::RuleError::new($crate::rule::Code::InvalidValue, concat!("one of these words is expected:" $(, " ", $word)*))),
                }
            }
            fn text(&self) -> std::borrow::Cow<'_, str> {
                std::borrow::Cow::Borrowed(self.as_str())
            }
        }
    )*};
}

texts! {
    /// What a record is called: one line of at most 200 characters.
    Title = Shape::Line { min: 1, max: 200 }, |t| named(t, 200);
    /// What people write to one another: at most 10,000 characters.
    Narrative = Shape::Prose { max: 10_000 }, |t| prose(t, 10_000).map(|()| t.to_owned());
    /// Why something was done: one line of at most 500 characters.
    Reason = Shape::Line { min: 1, max: 500 }, |t| line(t, 1, 500).map(|()| t.to_owned());
    /// Where something is found that exists already: one line of at most 500 characters.
    Whereabouts = Shape::Line { min: 1, max: 500 }, |t| named(t, 500);
    /// What a file is called: one line of at most 255 characters.
    FileName = Shape::Line { min: 1, max: 255 }, |t| named(t, 255);
    /// The name of a person, part of it: one line of at most 100 characters.
    Name = Shape::Line { min: 1, max: 100 }, |t| named(t, 100);
    /// Where a record of another system came from, and its id there: one line of at most 100 characters.
    Reference = Shape::Line { min: 1, max: 100 }, |t| named(t, 100);
    /// A staff or payroll code: one line of at most 50 characters, unique at a school.
    StaffCode = Shape::Line { min: 1, max: 50 }, |t| named(t, 50);
    /// A short name for machines and web addresses: lower-case letters, digits and hyphens.
    Slug = Shape::Code { pattern: "^[a-z0-9][a-z0-9-]{0,62}$", max: 63, example: "beacon-hill" }, |t| {
        let ok = t.len() <= 63 && !t.starts_with('-') && !t.is_empty() && t.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if ok { Ok(t.to_owned()) } else { Err(RuleError::new(Code::InvalidValue, "lower-case letters, digits and hyphens are expected, at most 63")) }
    };
    /// The code of a standard, as its framework prints it: `TS1`, `HT6`.
    StandardCode = Shape::Code { pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,19}$", max: 20, example: "TS2" }, |t| {
        let ok = t.len() <= 20 && t.starts_with(|c: char| c.is_ascii_alphanumeric()) && t.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'));
        if ok { Ok(t.to_owned()) } else { Err(RuleError::new(Code::InvalidValue, "letters, digits, dots and hyphens are expected, at most 20")) }
    };
    /// An e-mail address; kept in lower case.
    Email = Shape::Code { pattern: r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}$", max: 254, example: "amina.okoro@beaconhill.example" }, email;
    /// The address of a page (http or https), as a browser shows it: without a user's name and password.
    WebAddress = Shape::Code { pattern: "^https?://[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?([/?#][!-~]*)?$", max: 2000, example: "https://drive.school.example/plans/7" }, web_address;
}

impl Narrative {
    /// Is nothing said in it?
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }
}

impl From<&Reference> for Name {
    /// What fits a reference fits a name.
    fn from(reference: &Reference) -> Self {
        Self(reference.0.clone())
    }
}

/// One line that names something, and is no number that is never held.
fn named(text: &str, max: usize) -> Result<String, RuleError> {
    line(text, 1, max)?;
    crate::forbidden::refuse(text).map(|()| text.to_owned())
}

fn web_address(text: &str) -> Result<String, RuleError> {
    let fault = || RuleError::new(Code::InvalidValue, "the address of a page is expected, such as https://drive.school.example/plans/7");
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or_else(fault)?;
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
    let host_ok = (1..=253).contains(&host.len()) && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'-');
    let port_ok = (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
    if text.len() > 2000 || !host_ok || !port_ok || !path.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(fault());
    }
    Ok(text.to_owned())
}

fn email(text: &str) -> Result<String, RuleError> {
    let fault = || RuleError::new(Code::InvalidValue, "an e-mail address is expected");
    let (local, domain) = text.split_once('@').ok_or_else(fault)?;
    let labels: Vec<&str> = domain.split('.').collect();
    let label_ok = |l: &&str| !l.is_empty() && l.len() <= 63 && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    let local_ok = !local.is_empty() && local.len() <= 64 && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"._%+'-".contains(&b));
    if text.len() > 254 || !local_ok || !(2..=5).contains(&labels.len()) || !labels.iter().all(label_ok) {
        return Err(fault());
    }
    Ok(text.to_ascii_lowercase())
}

/// What a record is called in another system; unique within the tenant and the kind of record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ExternalRef {
    /// Which system.
    pub source: Reference,
    /// Its id there.
    pub id: Reference,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_refused_for_what_no_field_should_hold() {
        for (text, ok) in
            [("a", true), ("", false), ("  ", false), ("a\nb", false), ("a\0b", false), ("é".repeat(200).as_str(), true), ("é".repeat(201).as_str(), false)]
        {
            assert_eq!(Title::parse(text).is_ok(), ok, "{text:?}");
        }
        for (text, ok) in [("", true), ("two\nlines\tand a tab", true), ("nul\0", false), ("\u{1b}[31m", false)] {
            assert_eq!(Narrative::parse(text).is_ok(), ok, "{text:?}");
        }
    }

    #[test]
    fn a_page_has_an_address_and_nothing_that_a_browser_would_run() {
        for (text, ok) in [
            ("https://a.example", true),
            ("http://a.example:8080/x?y#z", true),
            ("https://a.example?q=1", true),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("https://", false),
            ("https://user:secret@a.example/", false),
            ("https://a.example/with space", false),
            ("https://a.example:/", false),
            ("HTTPS://a.example", false),
        ] {
            assert_eq!(WebAddress::parse(text).is_ok(), ok, "{text}");
        }
    }

    #[test]
    fn an_email_is_kept_in_lower_case_and_needs_a_domain() {
        assert_eq!(Email::parse("A.B@School.Example").map(|e| e.as_str().to_owned()), Ok("a.b@school.example".into()));
        for text in ["", "a", "a@", "@b.c", "a@b", "a b@c.d", "a@b..c", "é@b.c"] {
            assert!(Email::parse(text).is_err(), "{text}");
        }
    }
}
