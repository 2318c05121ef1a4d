//! Whom a row of a file names that was not taken: by its columns, so that an erasure takes out of it who was erased, and leaves what it says of others.

use super::{Outcome, column::place_of};
use crate::{
    id::PersonId,
    job::JobKind,
    person::{Person, Trn},
    text::ExternalRef,
};
use std::collections::BTreeSet;
use uuid::Uuid;

/// A staff code, and all by which a row can name the school at which it is somebody's, in small letters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CodeAt {
    /// The code.
    pub code: String,
    /// The school's id, its URNs, and what other systems call it.
    pub school: BTreeSet<String>,
}

/// By what a row of a file can name somebody.
#[derive(Debug, Clone, Default)]
pub struct Naming {
    /// They, and whoever was merged into them.
    people: BTreeSet<PersonId>,
    /// What they are called and their family name, in small letters.
    names: Vec<(String, String)>,
    trns: Vec<Trn>,
    references: Vec<ExternalRef>,
    /// In small letters.
    emails: BTreeSet<String>,
    codes: Vec<CodeAt>,
}

/// A row that was not taken, under its headings.
struct Row<'a> {
    kind: JobKind,
    columns: &'a [String],
    outcome: &'a Outcome,
}

impl Row<'_> {
    fn column(&self, at: usize) -> &str {
        self.columns.get(at).map_or("", String::as_str)
    }
    /// What stands under this heading, in small letters, if anything does.
    fn cell(&self, column: &str) -> Option<String> {
        let at = self.columns.iter().position(|known| known == column)?;
        self.outcome.sent.get(at).map(|cell| cell.trim().to_lowercase()).filter(|cell| !cell.is_empty())
    }
    /// Of which system the row's ids are, where it is known.
    fn source(&self) -> Option<String> {
        self.cell("source").or_else(|| self.outcome.external_ref.as_ref().map(|r| r.source.as_str().to_lowercase()))
    }
    /// Is it at this school, or at none that it names?
    fn at(&self, school: &BTreeSet<String>) -> bool {
        let named: Vec<String> = ["urn", "organisation_id", "organisation", "school"].into_iter().filter_map(|column| self.cell(column)).collect();
        named.is_empty() || named.iter().any(|name| school.contains(name))
    }
}

/// Does what stands in this column say whom the row is about? What is under no known heading may.
fn identifies(column: &str) -> bool {
    let known = ["external_id", "person_id", "person_external_id", "person", "email", "trn", "staff_code", "given_name", "preferred_name", "family_name", ""];
    known.contains(&column)
}

/// Does this name stand in the text, as a word of its own? Both in small letters.
fn stands_in(text: &str, name: &str) -> bool {
    let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    let alone = |(at, found): (usize, &str)| edge(text[..at].chars().next_back()) && edge(text[at + found.len()..].chars().next());
    !name.is_empty() && text.match_indices(name).any(alone)
}

impl Naming {
    /// Of somebody who has or had these ids and was known so; `emails` are those with which they logged in.
    pub fn of(people: impl IntoIterator<Item = PersonId>, known: &[Person], emails: impl IntoIterator<Item = String>, codes: Vec<CodeAt>) -> Self {
        let called = |person: &Person| {
            let family = person.family_name.as_str().to_lowercase();
            let names = [Some(&person.given_name), person.preferred_name.as_ref()];
            names.into_iter().flatten().map(|name| (name.as_str().to_lowercase(), family.clone())).collect::<Vec<_>>()
        };
        let written = known.iter().filter_map(|person| person.email.as_ref()).map(|email| email.as_str().to_owned());
        Self {
            people: people.into_iter().collect(),
            names: known.iter().flat_map(called).collect(),
            trns: known.iter().filter_map(|person| person.trn.clone()).collect(),
            references: known.iter().flat_map(|person| person.external_refs.iter().cloned()).collect(),
            emails: written.chain(emails).map(|email| email.to_lowercase()).collect(),
            codes,
        }
    }
    /// Are they called by what they are called and their family name in this text?
    fn told(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.names.iter().any(|(called, family)| stands_in(&text, called) && stands_in(&text, family))
    }
    fn is_trn(&self, cell: &str) -> bool {
        Trn::from_import(cell).is_ok_and(|trn| self.trns.contains(&trn))
    }
    fn is_reference(&self, id: &str, source: Option<&str>) -> bool {
        let of = |r: &ExternalRef| r.id.as_str().to_lowercase() == id && source.is_none_or(|source| r.source.as_str().to_lowercase() == source);
        self.references.iter().any(of)
    }
    fn is_code(&self, code: &str, row: &Row<'_>) -> bool {
        self.codes.iter().any(|known| known.code.to_lowercase() == code && row.at(&known.school))
    }
    /// Is this cell theirs, wherever it stands: our id, an address, a reference with its source, or a whole teacher reference number?
    fn plainly(&self, cell: &str) -> bool {
        self.emails.contains(cell)
            || Uuid::try_parse(cell).is_ok_and(|id| self.people.contains(&PersonId(id)))
            || cell.split_once(':').is_some_and(|(source, id)| self.is_reference(id, Some(source)))
            || self.trns.iter().any(|trn| trn.as_str() == cell)
    }
    /// Does what stands in this place of the row name them? A bare code or id is somebody's only under its heading: elsewhere `12` is a number.
    fn is(&self, row: &Row<'_>, at: usize, cell: &str) -> bool {
        let cell = cell.trim().to_lowercase();
        if cell.is_empty() {
            return false;
        }
        let bare = || match row.column(at) {
            "trn" => self.is_trn(&cell),
            "staff_code" => self.is_code(&cell, row),
            "external_id" => row.kind == JobKind::PeopleBulkUpsert && self.is_reference(&cell, row.source().as_deref()),
            "person_external_id" => self.is_reference(&cell, row.cell("person_source").or_else(|| row.source()).as_deref()),
            "line_manager" | "appraiser" => match cell.split_once(':') {
                Some(("trn", trn)) => self.is_trn(trn),
                Some(("code", code)) => self.is_code(code.trim(), row),
                _ => self.is_reference(&cell, row.source().as_deref()),
            },
            "person" | "holder" => match row.cell("school") {
                Some(_) => self.is_code(&cell, row),
                None => self.is_trn(&cell),
            },
            _ => false,
        };
        self.plainly(&cell) || bare()
    }
    /// The row without them, and none if it does not name them: a row that is about them loses all that was sent, a row about somebody else only the cells in
    /// which they stand. `headings` are those of the file.
    pub fn without(&self, kind: JobKind, headings: &[String], outcome: &Outcome) -> Option<Outcome> {
        let columns: Vec<String> = headings.iter().map(|heading| place_of(heading)).collect();
        let row = Row { kind, columns: &columns, outcome };
        let theirs: Vec<usize> = outcome.sent.iter().enumerate().filter(|(at, cell)| self.is(&row, *at, cell) || self.told(cell)).map(|(at, _)| at).collect();
        let called: Vec<String> = match columns.is_empty() {
            true => outcome.sent.clone(),
            false => ["given_name", "preferred_name", "family_name"].into_iter().filter_map(|column| row.cell(column)).collect(),
        };
        let about = self.told(&called.join(" ")) || theirs.iter().any(|at| identifies(row.column(*at)));
        let named = outcome.problem.as_ref().is_some_and(|problem| self.told(&problem.detail));
        if !about && theirs.is_empty() && !named {
            return None;
        }
        let mut clean = outcome.clone();
        if about {
            clean.sent.clear();
        }
        clean.sent.iter_mut().enumerate().filter(|(at, _)| theirs.contains(at)).for_each(|(_, cell)| cell.clear());
        if let Some(problem) = clean.problem.as_mut().filter(|_| named) {
            "the words named somebody who was erased".clone_into(&mut problem.detail);
            problem.errors.iter_mut().for_each(|fault| problem.detail.clone_into(&mut fault.message));
        }
        Some(clean)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        bulk::{Problem, RowAction},
        rule::{Code, Fault},
        text::{Name, Wire},
    };
    use chrono::DateTime;

    fn words<T: Wire>(text: &str) -> T {
        T::parse(text).unwrap_or_else(|e| unreachable!("{e}"))
    }
    fn reference(source: &str, id: &str) -> ExternalRef {
        ExternalRef { source: words(source), id: words(id) }
    }
    const OWN: Uuid = Uuid::from_u128(10);
    const URN: &str = "145001";

    fn naming() -> Naming {
        let known = Person {
            id: PersonId(OWN),
            given_name: words::<Name>("Zephyrine"),
            family_name: words::<Name>("Ng"),
            preferred_name: Some(words::<Name>("Zed")),
            email: Some(words("zephyrine@school.example")),
            trn: Some(words("0012345")),
            external_refs: vec![reference("mis", "12")],
            provenance: crate::provenance::Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        };
        let code = CodeAt { code: "12".into(), school: [URN.to_owned()].into() };
        Naming::of([PersonId(OWN)], &[known], ["Gave.Way@school.example".to_owned()], vec![code])
    }
    fn row(cells: &[&str], said: &str) -> Outcome {
        let problem = Problem::of(vec![Fault::new("/trn", Code::InvalidValue, said)]);
        Outcome { sent: cells.iter().map(|c| (*c).to_owned()).collect(), problem: Some(problem), ..Outcome::of(0, Some(2), RowAction::Failed) }
    }
    /// What is left of the cells; none if nothing was taken out.
    fn left(kind: JobKind, headings: &[&str], cells: &[&str]) -> Option<Vec<String>> {
        let headings: Vec<String> = headings.iter().map(|h| (*h).to_owned()).collect();
        naming().without(kind, &headings, &row(cells, "is wrong")).map(|outcome| outcome.sent)
    }

    #[test]
    fn a_row_about_them_is_emptied_and_of_a_row_about_others_only_what_names_them_goes() {
        use JobKind::{PeopleBulkUpsert as P, RelationshipsImport as R, TrainingCompletionsBulkUpsert as T};
        let people = ["Source", "External ID", "given_name", "family_name", "email", "trn", "urn", "staff_code", "fte_percent", "line_manager"];
        let gone = || Some(Vec::new());
        let still = |cells: &[&str]| Some(cells.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>());
        let cases: &[(JobKind, &[&str], &[&str], Option<Vec<String>>)] = &[
            // whom the row is about
            (P, &people, &["mis", "12", "Ann", "Other", "", "", "", "", "50", ""], gone()),
            (P, &people, &["mis", "99", "ZEPHYRINE", "NG", "", "", "", "", "50", ""], gone()),
            (P, &["external_id", "preferred_name", "family_name"], &["99", "Zed", "Ng"], gone()),
            (P, &people, &["mis", "99", "Ann", "Other", "Gave.Way@School.example", "", "", "", "50", ""], gone()),
            (P, &people, &["mis", "99", "Ann", "Other", "", "12345", "", "", "50", ""], gone()),
            (P, &people, &["mis", "99", "Ann", "Other", "", "", URN, "12", "50", ""], gone()),
            (P, &["external_id", "given_name"], &["12", "Ann"], gone()), // of which system is not known
            // others who share a number with them
            (P, &people, &["payroll", "12", "Ann", "Other", "", "", "", "", "12", ""], None),
            (P, &people, &["mis", "99", "Ann", "Other", "", "", "145002", "12", "12", ""], None),
            (P, &people, &["mis", "99", "Ann", "Ngata", "", "", "", "", "12345", ""], None),
            (T, &["external_id", "person_external_id", "person_source", "certificate"], &["12", "12", "payroll", "12"], None),
            (T, &["external_id", "person_external_id", "person_source", "certificate"], &["7", "12", "mis", "C"], gone()),
            // others whom they manage
            (P, &["source", "external_id", "fte_percent", "line_manager"], &["mis", "99", "12", "12"], still(&["mis", "99", "12", ""])),
            (P, &["source", "external_id", "line_manager"], &["mis", "99", "trn:12345"], still(&["mis", "99", ""])),
            (P, &["source", "external_id", "urn", "line_manager"], &["mis", "99", "145002", "code:12"], None),
            (R, &["person", "holder", "school"], &["99", "12", URN], still(&["99", "", URN])),
            (R, &["person", "holder", "school"], &["12", "99", URN], gone()),
            (R, &["person", "holder", "starts_on"], &["mis:12", "mis:99", "1/9/2026"], gone()),
            (R, &["person", "holder", "starts_on"], &["payroll:12", "mis:99", "1/9/2026"], None),
            // of no heading at all the plain words are taken, and no bare number
            (T, &[], &["12", "99"], None),
            (T, &[], &["Ng", "Zed"], gone()),
        ];
        for (kind, headings, cells, expected) in cases {
            assert_eq!(left(*kind, headings, cells), *expected, "{headings:?} {cells:?}");
        }
        let own = OWN.to_string();
        assert_eq!(left(T, &["person_id", "provider"], &[&own, "St John"]), gone());
        assert_eq!(left(R, &["person", "holder"], &["7654321", &own]), still(&["7654321", ""]));
    }

    #[test]
    fn words_that_name_them_are_not_told_any_more_and_others_are() {
        for (said, named) in [
            ("Zephyrine Ng manages herself", true),
            ("the circle is: Zed Ng, Ann Other", true),
            ("Ann Ngata manages Zedekiah Ng", false),
            ("12 is no URN", false),
        ] {
            let found = naming().without(JobKind::RelationshipsImport, &["person".to_owned()], &row(&["99"], said));
            assert_eq!(found.is_some(), named, "{said}");
            if let Some(clean) = found {
                let problem = clean.problem.unwrap_or_else(|| unreachable!("{said}"));
                let told = "the words named somebody who was erased";
                assert_eq!((problem.detail.as_str(), problem.errors[0].message.as_str(), clean.sent), (told, told, vec!["99".to_owned()]));
            }
        }
    }
}
