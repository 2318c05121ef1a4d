//! The statement: an issued report as a document to read, to print and to keep.

use crate::{
    document::{Block, Document, DocumentForm, day, entry, fact, section, text, time, word},
    error::ApiError,
    extract::{Id, NoParams, Params},
    permitted::Permitted,
    routes::Routes,
};
use actix_web::{HttpResponse, get};
use trellis_domain::{
    id::{AppraisalId, StandardId},
    report::{Appeal, Concern, Content, LearningShown, NeedNamed, ObjectiveAssessed, Report},
};
use trellis_persistence::{
    report::{GetStatement, Statement},
    transaction::needs::ReadReports,
};

fn standard(content: &Content, id: Option<StandardId>) -> Option<Block> {
    content.standards.iter().find(|s| Some(s.standard_id) == id).map(|s| text(format!("Standard {}", s.code.as_str())))
}

fn learning(content: &Content) -> Vec<Block> {
    let row = |record: &LearningShown| vec![record.title.as_str().to_owned(), word(record.kind.as_str()), day(record.ended_on), time(record.minutes.into())];
    let table = Block::Table {
        caption: Some("Learning in the period, as they shared it".into()),
        headings: ["What", "How", "Until", "Time"].map(Into::into).into(),
        rows: content.learning_records.iter().map(row).collect(),
    };
    let said = content.learning.as_ref().map(|said| text(said.as_str()));
    let none = content.no_learning_because.as_ref().map(|why| text(format!("Nothing is said of learning: {}", why.as_str())));
    said.into_iter().chain(none).chain((!content.learning_records.is_empty()).then_some(table)).collect()
}
fn objective(objective: &ObjectiveAssessed) -> Block {
    let said = objective.assessment.as_ref().map(|said| text(said.as_str()));
    let none = objective.not_assessed_because.as_ref().map(|why| text(format!("Not assessed: {}", why.as_str())));
    let what = text(format!("{}, {}", word(objective.kind.as_str()), word(objective.state.as_str())));
    entry(objective.title.as_str(), [what].into_iter().chain(said).chain(none).collect())
}
fn standards(content: &Content) -> Vec<Block> {
    let rows = content.standards.iter().map(|standard| {
        let concern = content.concerns.iter().any(|c| c.standard_id == Some(standard.standard_id));
        let said = match &standard.note {
            Some(note) => note.as_str(),
            None if concern => "See the concerns",
            None => "Met",
        };
        vec![format!("{} {}", standard.code.as_str(), standard.title.as_str()), said.into()]
    });
    let table = Block::Table { caption: None, headings: ["Standard", "What is said of it"].map(Into::into).into(), rows: rows.collect() };
    let all = "Performance was assessed against all of these. Each was met, unless a note or a concern says otherwise. No grades are given.";
    vec![text(all), table]
}
fn need(content: &Content, need: &NeedNamed) -> Block {
    let actions = need.actions.iter().map(|action| match action.due_on {
        Some(due) => format!("{}, by {}", action.action.as_str(), day(due)),
        None => action.action.as_str().to_owned(),
    });
    let blocks = [text(need.need.as_str())].into_iter().chain(standard(content, need.standard_id)).chain([Block::List(actions.collect())]);
    Block::Entry { title: None, blocks: blocks.collect() }
}
fn concern(content: &Content, concern: &Concern) -> Block {
    let facts = [
        concern.raised_on.map(|on| fact("Raised on", day(on))),
        concern.said.as_ref().map(|said| fact("What was said", said.as_str())),
        concern.support.as_ref().map(|support| fact("Support offered", support.as_str())),
        concern.told_on.map(|on| fact("Both were told on", day(on))),
    ];
    let facts = Block::Facts(facts.into_iter().flatten().collect());
    Block::Entry { title: None, blocks: [text(concern.concern.as_str())].into_iter().chain(standard(content, concern.standard_id)).chain([facts]).collect() }
}

/// An appeal, and what was decided.
fn appealed(appeal: &Appeal) -> Vec<Block> {
    let made = [text(appeal.grounds.as_str()), text(format!("Made on {}", day(appeal.appealed_at.date_naive())))];
    let decided = match &appeal.decided {
        Some(decided) => {
            let outcome = format!("{} on {}", word(decided.outcome.as_str()), day(decided.decided_at.date_naive()));
            vec![text(outcome), text(decided.decision.as_str())]
        }
        None => vec![text("It is not decided yet.")],
    };
    made.into_iter().chain(decided).collect()
}

/// What these are, or that there are none.
fn each<T>(all: &[T], block: impl Fn(&T) -> Block, none: Option<&str>) -> Vec<Block> {
    if all.is_empty() { none.map(text).into_iter().collect() } else { all.iter().map(block).collect() }
}

impl From<Statement> for Document {
    fn from(statement: Statement) -> Self {
        let Statement { report, appraisee, job_title, school, appraisers, external_adviser, labels, legal_basis } = statement;
        let Report { content, number, content_hash, reason, issued_at, comment, commented_at, appeal, .. } = report;
        let issued = day(issued_at.date_naive());
        let version = if number > 1 { format!(", version {number}") } else { String::new() };
        let facts = [
            Some(fact(labels.appraisee.as_str(), format!("{appraisee}, {}", job_title.as_str()))),
            Some(fact("School", school.as_str())),
            Some(fact("Period", format!("{} to {}", day(content.starts_on), day(content.ends_on)))),
            Some(fact(labels.appraiser.as_str(), appraisers.join(", "))),
            external_adviser.map(|adviser| fact("External adviser", adviser.as_str())),
            Some(fact("Issued on", format!("{issued}{version}"))),
            reason.map(|why| fact("Why it was corrected", why.as_str())),
        ];
        let pay = match content.pay_relevant {
            true => "This report bears on pay. What is recommended is kept apart from it.",
            false => "This report does not bear on pay.",
        };
        let comment = match (comment, commented_at) {
            (Some(said), Some(at)) => vec![text(said.as_str()), text(format!("Made on {}", day(at.date_naive())))],
            _ => vec![text("None was made.")],
        };
        let blocks = [
            Some(Block::Facts(facts.into_iter().flatten().collect())),
            Some(section("Professional learning", learning(&content))),
            Some(section("Objectives", each(&content.objectives, objective, Some("No objectives were agreed or set.")))),
            Some(section("Development needs, and what will be done", each(&content.development_needs, |n| need(&content, n), None))),
            Some(section(labels.standards.as_str(), standards(&content))),
            Some(section("Concerns", each(&content.concerns, |c| concern(&content, c), Some("None.")))),
            content.summary.as_ref().map(|said| section("In sum", vec![text(said.as_str())])),
            Some(section("Pay", vec![text(pay)])),
            Some(section("The appraisee's comment", comment)),
            appeal.as_ref().map(|appeal| section("Appeal", appealed(appeal))),
        ];
        Self {
            title: labels.report.as_str().into(),
            about: appraisee,
            blocks: blocks.into_iter().flatten().collect(),
            notes: vec![
                format!("{}. No signature is needed.", legal_basis.as_str()),
                format!("Version {number}, issued on {issued}. SHA-256 of its content: {content_hash}"),
            ],
            made_at: issued_at,
        }
    }
}

/// Print a statement
///
/// The last issued version of an appraisal's report, to read, to print and to keep: a page of HTML that holds all it needs, or with `Accept: application/pdf` a tagged PDF that says the same. Whoever reads somebody else's is recorded before they are answered: `GET /v1/me/disclosures`.
#[utoipa::path(tag = "Reports", responses((status = 200, description = "The statement", content((String = "text/html"), (String = "application/pdf")))), security(("bearer" = ["reports:read"])))]
#[get("/v1/appraisals/{id}/statement")]
pub async fn get_statement(
    permitted: Permitted<ReadReports>,
    form: DocumentForm,
    _none: Params<NoParams>,
    id: Id<AppraisalId>,
) -> Result<HttpResponse, ApiError> {
    let statement = permitted.unseal(permitted.read(GetStatement { id: id.0 }).await?).await?;
    let version = statement.report.version;
    Document::from(statement).answer(form, Some(version)).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_statement);
}
