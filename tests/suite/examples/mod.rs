//! The examples of the contract are requests that were really made and answers that were really given. This story makes each of them again
//! and compares; `make contract` writes them anew.
//!
//! Ids and times in the file follow from the order of the calls: a call that is added or moved changes whatever comes after it.

mod cast;
mod catalogue;
mod growth;
mod insight;
mod learning;
mod machines;
mod pay;
mod people;
mod places;
mod report;
mod requests;
mod rules;
mod telling;
mod together;
mod training;
mod year;

use crate::support::*;
use cast::Cast;
use serde_json::{Map, Value};
use telling::Telling;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/examples.json");

#[test]
fn every_operation_has_an_example_that_really_happened() {
    // one story is one future, and this one is longer than the stack of a test's thread
    let told = std::thread::Builder::new().stack_size(32 << 20).spawn(|| World::run(Backend::Sqlite, async |w| held_against_the_file(w).await));
    told.unwrap().join().unwrap_or_else(|fault| std::panic::resume_unwind(fault));
}

async fn held_against_the_file(w: &World) {
    let told = story(w).await;
    let operations: Vec<&str> =
        document()["paths"].as_object().unwrap().values().flat_map(|i| i.as_object().unwrap().values()).filter_map(|o| o["operationId"].as_str()).collect();
    let missing: Vec<&&str> = operations.iter().filter(|id| !told.contains_key(**id) && !id.ends_with("_demo")).collect();
    assert!(missing.is_empty(), "without an example: {missing:?}");
    let told = format!("{}\n", serde_json::to_string_pretty(&Value::Object(told)).unwrap());
    if std::env::var_os("UPDATE_EXAMPLES").is_some() {
        std::fs::write(FILE, told).unwrap();
    } else {
        assert!(std::fs::read_to_string(FILE).unwrap_or_default() == told, "openapi/examples.json is stale: run `make contract`");
    }
}

/// The story. A chapter is told by who appears in it, and hands on what later ones go by.
async fn story(w: &World) -> Map<String, Value> {
    let cast = &Cast::gathered(w).await;
    let mut telling = Telling::of(w);
    let s = &mut telling;

    let school = Box::pin(places::organisations(s, cast)).await;
    Box::pin(places::many_at_once(s, cast, &school)).await;

    let (person, employment) = Box::pin(people::employed(s, cast, &school)).await;
    let successor = &Box::pin(people::managed(s, cast, &person)).await;
    Box::pin(people::added_twice(s, cast, &person)).await;
    Box::pin(people::erased(s, cast)).await;
    Box::pin(people::roles(s, cast, &person, &school)).await;

    let (version, standard) = Box::pin(rules::frameworks(s, cast)).await;
    Box::pin(rules::profiles(s, cast)).await;
    Box::pin(rules::calendars(s, cast, &school)).await;

    let panel = cast.panel(w).await;
    let cycle = Box::pin(year::cycle(s, cast, &version)).await;
    Box::pin(year::made(s, cast, &employment, &cycle)).await;
    let own = Box::pin(year::appraisals(s, cast, &cycle, &panel, successor)).await;
    Box::pin(year::draft_too_many(s, cast)).await;

    let leaders = cast.leaders(w).await;
    let (above, priority) = Box::pin(growth::improvement(s, cast, &leaders)).await;
    let inquiry = growth::inquiry(&cast.teacher, &cycle, &standard, &priority);
    let objective = Box::pin(growth::objective(s, cast, &inquiry)).await;
    Box::pin(growth::with_dissent(s, cast, &inquiry)).await;
    Box::pin(growth::notes(s, cast, &objective)).await;
    Box::pin(growth::collaborations(s, cast, &objective, successor)).await;
    Box::pin(growth::for_many(s, cast, &cycle)).await;
    Box::pin(year::started(s, cast, &own)).await;

    let record = Box::pin(learning::record(s, cast, &objective, &standard, &priority)).await;

    Box::pin(together::template(s, cast, &leaders.head)).await;
    let agreed = Box::pin(together::check_in(s, cast, &own, &objective)).await;
    Box::pin(together::agreed_actions(s, cast, &agreed)).await;
    Box::pin(together::brought_forward(s, cast, &own)).await;
    Box::pin(people::handed_over(s, cast, successor)).await;

    let coordinator = &cast.coordinator(w).await;
    let activity = Box::pin(catalogue::activity(s, cast, coordinator, &standard)).await;
    Box::pin(catalogue::attended(s, cast, coordinator, &activity, &objective)).await;
    Box::pin(catalogue::programme(s, cast, coordinator, &activity)).await;
    Box::pin(catalogue::retired(s, cast, coordinator, &activity)).await;
    Box::pin(training::required(s, cast, coordinator, &activity)).await;
    let colleagues = &cast.colleagues(w).await;
    Box::pin(learning::of_many(s, colleagues)).await;
    Box::pin(requests::learning_requests(s, cast, &leaders.head, colleagues, &objective)).await;
    Box::pin(growth::commons(s, cast, &objective)).await;

    Box::pin(together::coaching(s, cast)).await;
    Box::pin(together::self_review(s, cast)).await;
    Box::pin(insight::insight(s, cast, &leaders, &cycle, &above, &record)).await;

    Box::pin(year::ends(s, cast, &cycle, &own, &objective)).await;

    Box::pin(machines::accounts(s, cast, &person)).await;
    Box::pin(machines::service_accounts(s, cast, &person, &school)).await;
    Box::pin(machines::open(s)).await;
    telling.told
}
