//! The statement of a person's learning in an academic year, to keep, to show and to look back on.

use crate::{
    document::{Block, Document, DocumentForm, day, entry, fact, section, text, time, word},
    error::ApiError,
    extract::{Id, Params},
    permitted::Permitted,
    routes::Routes,
};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use trellis_domain::{
    id::PersonId,
    learning::{LearningKind, LearningRecord, Visibility},
    text::Title,
    time::academic_year_label,
};
use trellis_persistence::{
    learning_statement::{Attended, GetLearningStatement, LearningStatement, Recorded},
    training::ComplianceRow,
    transaction::needs::ReadLearning,
};
use utoipa::IntoParams;

/// What stands where there is something that the reader may not read.
const NOT_YOURS: &str = "This part is not yours to read.";

fn minutes<'a>(of: impl Iterator<Item = &'a LearningRecord>) -> i64 {
    of.map(|record| i64::from(record.minutes)).sum()
}
fn titled(title: &Title, provider: Option<&Title>) -> String {
    provider.map_or_else(|| title.as_str().to_owned(), |by| format!("{}, with {}", title.as_str(), by.as_str()))
}

/// Hours by kind, and all of them.
fn hours(records: &[LearningRecord]) -> Vec<Block> {
    let of = |kind: &LearningKind| {
        let these: Vec<&LearningRecord> = records.iter().filter(|record| record.kind == *kind).collect();
        let row = || vec![word(kind.as_str()), these.len().to_string(), time(minutes(these.iter().copied()))];
        (!these.is_empty()).then(row)
    };
    let all = vec!["All".into(), records.len().to_string(), time(minutes(records.iter()))];
    let table = Block::Table {
        caption: None,
        headings: ["How", "Records", "Time"].map(Into::into).into(),
        rows: LearningKind::ALL.iter().filter_map(of).chain([all]).collect(),
    };
    if records.is_empty() { vec![text("No learning is recorded.")] } else { vec![table] }
}
fn learned(record: &LearningRecord) -> Block {
    let days = if record.started_on == record.ended_on { day(record.started_on) } else { format!("{} to {}", day(record.started_on), day(record.ended_on)) };
    let private = if record.visibility() == Visibility::Private { ". Private: nobody else reads it here" } else { "" };
    let what = text(format!("{}, {days}, {}{private}.", word(record.kind.as_str()), time(record.minutes.into())));
    let reflection = record.reflection.as_ref().map(|said| text(said.as_str()));
    entry(titled(&record.title, record.provider.as_ref()), [what].into_iter().chain(reflection).collect())
}
fn sessions(all: &[Attended]) -> Vec<Block> {
    let item = |a: &Attended| format!("{}, on {}, {}", titled(&a.title, a.provider.as_ref()), day(a.on), time(a.minutes.into()));
    if all.is_empty() { vec![text("None.")] } else { vec![Block::List(all.iter().map(item).collect())] }
}
fn training(all: &[ComplianceRow]) -> Block {
    let on = |day_of: Option<chrono::NaiveDate>| day_of.map_or_else(|| "\u{2013}".into(), day);
    let row = |r: &ComplianceRow| {
        let standing = &r.standing;
        vec![r.requirement_title.as_str().to_owned(), word(standing.status.as_str()), on(standing.completed_on), on(standing.due_on)]
    };
    Block::Table { caption: None, headings: ["Required", "Stands", "Last done", "Due"].map(Into::into).into(), rows: all.iter().map(row).collect() }
}
fn checkpoint(of: &Recorded) -> Block {
    let what = text(format!("{}: {}, recorded on {}.", word(of.level.as_str()), word(of.outcome.as_str()), day(of.on)));
    entry(of.title.as_str(), [what].into_iter().chain(of.narrative.as_ref().map(|said| text(said.as_str()))).collect())
}

/// The document, as it is at this moment.
fn document(statement: LearningStatement, shared_only: bool, now: DateTime<Utc>) -> Document {
    let LearningStatement { name, posts, academic_year, own, records, more, sessions: came, training: required, checkpoints, findings } = statement;
    let year = academic_year_label(academic_year);
    let posts: Vec<String> = posts.iter().map(|(title, school)| format!("{}, {}", title.as_str(), school.as_str())).collect();
    let whose = match (own, shared_only) {
        (true, false) => "Everything that they recorded, also what is private.",
        (true, true) | (false, _) => "What they share.",
    };
    let facts = vec![fact("Name", &name), fact("Academic year", &year), fact("Worked as", posts.join("\n")), fact("Learning shown", whose)];
    let part = |part: Option<Vec<Block>>| part.unwrap_or_else(|| vec![text(NOT_YOURS)]);
    let or_none = |blocks: Vec<Block>| if blocks.is_empty() { vec![text("None.")] } else { blocks };
    let mut learning: Vec<Block> = records.iter().map(learned).collect();
    if more {
        learning.push(text("There is more than a statement holds."));
    }
    let required = required.map(|(on, all)| match all.is_empty() {
        true => vec![text(format!("Nothing is required of them on {}.", day(on)))],
        false => vec![text(format!("As it was on {}.", day(on))), training(&all)],
    });
    let blocks = vec![
        Block::Facts(facts),
        section("Time", hours(&records)),
        section("What was learned", or_none(learning)),
        section("Sessions attended", part(came.map(|all| sessions(&all)))),
        section("What came of it", part(checkpoints.map(|all| or_none(all.iter().map(checkpoint).collect())))),
        section("Findings shared with colleagues", {
            let finding = |f: &trellis_domain::finding::Finding| entry(f.title.as_str(), vec![text(f.finding.as_str())]);
            part(findings.map(|all| or_none(all.iter().map(finding).collect())))
        }),
        section("Required training", part(required)),
    ];
    Document {
        title: format!("Learning in {year}"),
        about: name,
        blocks,
        notes: vec![format!("Made on {}. Learning belongs to whoever learned it; it is no part of an assessment.", day(now.date_naive()))],
        made_at: now,
    }
}

/// Which year, and how much of it.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LearningStatementParams {
    /// The academic year, by the calendar year in which it starts: 2026 is 2026/27.
    #[param(minimum = 2000, maximum = 2100, example = 2026)]
    academic_year: i32,
    /// Of one's own learning, only what one shares: to give to somebody.
    shared_only: Option<bool>,
}

/// Print a learning statement
///
/// A person's learning in an academic year: hours, what they learned and made of it, sessions they came to, what checkpoints showed, findings they published with their name, and where they stand with required training. Its owner reads all of it; whoever else may read of their learning reads what is shared, and each other part as its own list would show it to them. A page of HTML, or with `Accept: application/pdf` a tagged PDF that says the same.
#[utoipa::path(tag = "Learning", params(LearningStatementParams), responses((status = 200, description = "The statement", content((String = "text/html"), (String = "application/pdf")))), security(("bearer" = ["learning:read"])))]
#[get("/v1/people/{id}/learning-statement")]
pub async fn get_learning_statement(
    permitted: Permitted<ReadLearning>,
    form: DocumentForm,
    id: Id<PersonId>,
    params: Params<LearningStatementParams>,
) -> Result<HttpResponse, ApiError> {
    let LearningStatementParams { academic_year, shared_only } = params.0;
    let shared_only = shared_only.unwrap_or_default();
    let found = permitted.read(GetLearningStatement { person_id: id.0, academic_year, shared_only }).await?;
    document(found, shared_only, permitted.act().now).answer(form, None).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_learning_statement);
}
