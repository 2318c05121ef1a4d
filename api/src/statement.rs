//! The statement: an issued report as one page to read and to print. It holds all that it needs, and nothing in it runs.

use crate::{
    error::ApiError,
    extract::{Id, NoParams, Params},
    permitted::Permitted,
    respond::etag,
};
use actix_web::{HttpResponse, get, http::header};
use chrono::NaiveDate;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use trellis_domain::{
    id::{AppraisalId, StandardId},
    report::{Concern, Content, NeedNamed, ObjectiveAssessed, Report},
    text::Narrative,
};
use trellis_persistence::{
    report::{GetStatement, Statement},
    transaction::needs::ReadReports,
};
use utoipa_actix_web::service_config::ServiceConfig;

/// Black on white, for paper as for a screen: nothing is told by colour alone.
const STYLE: &str = "\
:root{font:100%/1.5 Georgia,'Times New Roman',serif;color:#000;background:#fff}\
body{max-width:44rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.7rem;line-height:1.2;margin:0 0 1rem}\
h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:2px solid #000;break-after:avoid}\
h3{font-size:1rem;margin:1rem 0 .25rem;break-after:avoid}\
dl{display:grid;grid-template-columns:max-content 1fr;gap:.2rem 1.2rem;margin:0}\
dt{font-weight:bold}dd{margin:0}\
p.words{white-space:pre-line;margin:.25rem 0}\
table{border-collapse:collapse;width:100%;margin:.5rem 0}\
th,td{border:1px solid #000;padding:.3rem .5rem;text-align:left;vertical-align:top}\
article,tr,li{break-inside:avoid}\
footer{margin-top:2.5rem;border-top:1px solid #000;font-size:.85rem}\
code{overflow-wrap:anywhere}\
@page{size:A4;margin:20mm}\
@media print{:root{font-size:10.5pt}body{max-width:none;margin:0;padding:0}}";

fn day(day: NaiveDate) -> String {
    day.format("%-d %B %Y").to_string()
}
fn words(text: &Narrative) -> Markup {
    html! { p.words { (text.as_str()) } }
}
fn time(minutes: i32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, m) => format!("{m} min"),
        (h, 0) => format!("{h} h"),
        (h, m) => format!("{h} h {m} min"),
    }
}
fn code(content: &Content, id: Option<StandardId>) -> Option<&str> {
    content.standards.iter().find(|s| Some(s.standard_id) == id).map(|s| s.code.as_str())
}

fn learning(content: &Content) -> Markup {
    html! {
        @if let Some(said) = &content.learning { (words(said)) }
        @if let Some(why) = &content.no_learning_because { p { "Nothing is said of learning: " (why.as_str()) } }
        @if !content.learning_records.is_empty() {
            table {
                caption { "Learning in the period, as they shared it" }
                thead { tr { th scope="col" { "What" } th scope="col" { "How" } th scope="col" { "Until" } th scope="col" { "Time" } } }
                tbody {
                    @for record in &content.learning_records {
                        tr { th scope="row" { (record.title.as_str()) } td { (record.kind.as_str().replace('_', " ")) } td { (day(record.ended_on)) } td { (time(record.minutes)) } }
                    }
                }
            }
        }
    }
}
fn objective(objective: &ObjectiveAssessed) -> Markup {
    html! {
        article {
            h3 { (objective.title.as_str()) }
            p { (objective.kind.as_str().replace('_', " ")) ", " (objective.state.as_str().replace('_', " ")) }
            @if let Some(said) = &objective.assessment { (words(said)) }
            @if let Some(why) = &objective.not_assessed_because { p { "Not assessed: " (why.as_str()) } }
        }
    }
}
fn standards(content: &Content) -> Markup {
    html! {
        p { "Performance was assessed against all of these. Each was met, unless a note or a concern says otherwise. No grades are given." }
        table {
            thead { tr { th scope="col" { "Standard" } th scope="col" { "What is said of it" } } }
            tbody {
                @for standard in &content.standards {
                    tr {
                        th scope="row" { (standard.code.as_str()) " " (standard.title.as_str()) }
                        td {
                            @match &standard.note {
                                Some(note) => (words(note)),
                                None if content.concerns.iter().any(|c| c.standard_id == Some(standard.standard_id)) => "See the concerns",
                                None => "Met",
                            }
                        }
                    }
                }
            }
        }
    }
}
fn need(content: &Content, need: &NeedNamed) -> Markup {
    html! {
        article {
            (words(&need.need))
            @if let Some(code) = code(content, need.standard_id) { p { "Standard " (code) } }
            ul {
                @for action in &need.actions {
                    li { (action.action.as_str()) @if let Some(due) = action.due_on { ", by " (day(due)) } }
                }
            }
        }
    }
}
fn concern(content: &Content, concern: &Concern) -> Markup {
    html! {
        article {
            (words(&concern.concern))
            @if let Some(code) = code(content, concern.standard_id) { p { "Standard " (code) } }
            dl {
                @if let Some(on) = concern.raised_on { dt { "Raised on" } dd { (day(on)) } }
                @if let Some(said) = &concern.said { dt { "What was said" } dd { (words(said)) } }
                @if let Some(support) = &concern.support { dt { "Support offered" } dd { (words(support)) } }
                @if let Some(on) = concern.told_on { dt { "Both were told on" } dd { (day(on)) } }
            }
        }
    }
}
fn section(id: &str, title: &str, body: Markup) -> Markup {
    html! { section aria-labelledby=(id) { h2 id=(id) { (title) } (body) } }
}

/// The page. Whatever people wrote is escaped by how it is put in.
fn page(statement: &Statement) -> Markup {
    let Statement { report, appraisee, job_title, school, appraisers, external_adviser, labels, legal_basis } = statement;
    let Report { content, number, content_hash, reason, issued_at, comment, commented_at, .. } = report;
    let issued = day(issued_at.date_naive());
    html! {
        (DOCTYPE)
        html lang="en-GB" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (labels.report.as_str()) ": " (appraisee) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { (labels.report.as_str()) }
                    dl {
                        dt { (labels.appraisee.as_str()) } dd { (appraisee) ", " (job_title.as_str()) }
                        dt { "School" } dd { (school.as_str()) }
                        dt { "Period" } dd { (day(content.starts_on)) " to " (day(content.ends_on)) }
                        dt { (labels.appraiser.as_str()) } dd { (appraisers.join(", ")) }
                        @if let Some(adviser) = external_adviser { dt { "External adviser" } dd { (adviser.as_str()) } }
                        dt { "Issued on" } dd { (issued) @if *number > 1 { ", version " (number) } }
                        @if let Some(why) = reason { dt { "Why it was corrected" } dd { (why.as_str()) } }
                    }
                    (section("learning", "Professional learning", learning(content)))
                    (section("objectives", "Objectives", html! {
                        @for o in &content.objectives { (objective(o)) }
                        @if content.objectives.is_empty() { p { "No objectives were agreed or set." } }
                    }))
                    (section("needs", "Development needs, and what will be done", html! { @for n in &content.development_needs { (need(content, n)) } }))
                    (section("standards", labels.standards.as_str(), standards(content)))
                    (section("concerns", "Concerns", html! {
                        @for c in &content.concerns { (concern(content, c)) }
                        @if content.concerns.is_empty() { p { "None." } }
                    }))
                    @if let Some(said) = &content.summary { (section("summary", "In sum", words(said))) }
                    (section("pay", "Pay", html! {
                        p { @if content.pay_relevant { "This report bears on pay. What is recommended is kept apart from it." } @else { "This report does not bear on pay." } }
                    }))
                    (section("comment", "The appraisee's comment", html! {
                        @match (comment, commented_at) {
                            (Some(said), Some(at)) => { (words(said)) p { "Made on " (day(at.date_naive())) } },
                            _ => p { "None was made." },
                        }
                    }))
                }
                footer {
                    p { (legal_basis.as_str()) ". No signature is needed." }
                    p { "Version " (number) ", issued on " (issued) ". SHA-256 of its content: " code { (content_hash) } }
                }
            }
        }
    }
}

/// Print a statement
///
/// The last issued version of an appraisal's report as one page of HTML that holds all it needs, made to be printed, or kept as PDF by any browser's printing. Whoever reads somebody else's is recorded before they are answered: `GET /v1/me/disclosures`.
#[utoipa::path(tag = "Reports", responses((status = 200, description = "The statement", body = String, content_type = "text/html")), security(("bearer" = ["reports:read"])))]
#[get("/v1/appraisals/{id}/statement")]
pub async fn get_statement(permitted: Permitted<ReadReports>, _none: Params<NoParams>, id: Id<AppraisalId>) -> Result<HttpResponse, ApiError> {
    let statement = permitted.unseal(permitted.read(GetStatement { id: id.0 }).await?).await?;
    Ok(HttpResponse::Ok()
        .insert_header((header::ETAG, etag(statement.report.version)))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .content_type("text/html; charset=utf-8")
        .body(page(&statement).into_string()))
}

/// Registers the operations of this file.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(get_statement);
}
