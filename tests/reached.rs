//! Runs after the suite: every code of the catalogue was reached by it, but for those that are named here with their reason.

use std::{collections::BTreeSet, path::Path};
use trellis_api::problem::Problem;

const NOT_REACHED: &[(&str, &str)] = &[
    ("internal", "a fault of ours: an answer that carries it fails the suite"),
    ("unavailable", "needs a database that is gone: tests/faults"),
    ("busy", "needs more load than a test makes: tests/faults"),
];

#[test]
fn every_code_of_the_catalogue_was_reached_by_the_suite() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("reached");
    let files = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}; run the suite first", folder.display()));
    let reached: BTreeSet<String> = files.map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    let excused = |code: &str| NOT_REACHED.iter().any(|(c, _)| *c == code);
    let missing: Vec<&str> = Problem::all().map(Problem::code).filter(|code| !reached.contains(*code) && !excused(code)).collect();
    assert!(missing.is_empty(), "no test reaches {missing:?}");
}
