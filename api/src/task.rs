//! Tasks: what is one's own to do, in order of date. From what, `domain::task` says.

use crate::{
    bulk::{Wish, table},
    error::ApiError,
    extract::NoParams,
    page::{List, Listing, PageParams},
    permitted::Permitted,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use serde::Serialize;
use trellis_domain::{
    event::RecordType,
    task::{Day, DayRule, Task, TaskKind},
};
use trellis_persistence::{
    Window,
    task::{ListTasks, NamedTask},
    transaction::needs::Identified,
};
use utoipa::ToSchema;
use uuid::Uuid;

/// The rule profile by which a day was set.
#[derive(Serialize, ToSchema)]
pub struct TaskRule {
    /// The rule profile.
    rule_profile: word::ProfileKey,
    /// Which version of it.
    rule_profile_version: i32,
    /// Which days were counted; null where somebody named the day, or the rule's own count is not kept with it.
    basis: Option<word::DayBasis>,
}
impl From<DayRule> for TaskRule {
    fn from(DayRule { profile, version, basis }: DayRule) -> Self {
        Self { rule_profile: Word(profile), rule_profile_version: version, basis: basis.map(Word) }
    }
}

/// Something that is one's own to do. It is not stored: it is there as long as what it asks for is not done.
#[derive(Serialize, ToSchema)]
#[schema(title = "Task")]
pub struct TaskView {
    /// What there is to do.
    pub kind: word::TaskKind,
    /// With what kind of record.
    pub record_type: word::RecordType,
    /// Which record.
    pub record_id: Uuid,
    /// Where the record is read. Its `can` says what is done with it; a check-in is booked as a conversation, and training is done at a session or recorded by the school.
    pub href: String,
    /// What the record is called, if it has a title.
    pub title: Option<String>,
    /// Whom it is about; null if it is about oneself, or about nobody.
    pub person_id: Option<word::PersonId>,
    /// What they are called; null if `person_id` is, or if they were erased.
    pub person_name: Option<String>,
    /// At which organisation; null for what is between two people alone.
    pub organisation_id: Option<word::OrganisationId>,
    /// By when, if a day was set.
    pub due_on: Option<NaiveDate>,
    /// The rule that set the day; null if no rule did.
    pub rule: Option<TaskRule>,
    /// Has the day passed?
    pub overdue: bool,
}

/// Where a record of this kind is read.
fn href(record_type: RecordType, id: Uuid) -> String {
    let list = match record_type {
        RecordType::Person => "people".into(),
        RecordType::Priority => "priorities".into(),
        RecordType::LearningActivity => "learning-activities".into(),
        other => format!("{}s", other.as_str().replace('_', "-")),
    };
    format!("/v1/{list}/{id}")
}

/// Where a task is read and done: an invitation by its own address, as whoever is invited does not read the objective yet.
fn place(task: &Task) -> String {
    match task.kind {
        TaskKind::AnswerInvitation => format!("/v1/collaborations/{}", task.part_id),
        _ => href(task.record_type, task.record_id),
    }
}

fn view(NamedTask { task, person_name }: NamedTask, today: NaiveDate) -> TaskView {
    let (overdue, href) = (task.overdue(today), place(&task));
    let Task { kind, record_type, record_id, part_id: _, title, person, organisation, due } = task;
    let (due_on, rule) = due.map(|Day { on, rule }| (on, rule)).unzip();
    TaskView {
        kind: Word(kind),
        record_type: Word(record_type),
        record_id,
        href,
        title,
        person_id: person.map(Word),
        person_name,
        organisation_id: organisation.map(Word),
        due_on,
        rule: rule.flatten().map(Into::into),
        overdue,
    }
}

const HEADINGS: [&str; 12] = [
    "kind",
    "due_on",
    "overdue",
    "title",
    "person_id",
    "person_name",
    "organisation_id",
    "record_type",
    "record_id",
    "href",
    "rule_profile",
    "rule_profile_version",
];

/// List one's own tasks
///
/// What is one's own to do now, in order of date; what has no day comes last. It comes from every record that waits for somebody: appraisals, their reports and what is recommended on pay, objectives, conversations and what was agreed in them, invitations, check-ins, coaching, learning requests and their checkpoints, sessions, learning, required training, priorities, snapshots and suggestions. It is derived whenever it is asked for, so what is done is gone. Only people have tasks. `Accept: text/csv` answers all of them as one table.
#[utoipa::path(tag = "Me", params(PageParams), responses((status = 200, description = "A page of tasks", content((List<TaskView> = "application/json"), (String = "text/csv")))), security(("bearer" = [])))]
#[get("/v1/me/tasks")]
pub async fn list_my_tasks(permitted: Permitted<Identified>, wish: Wish, listing: Listing<NoParams>) -> Result<HttpResponse, ApiError> {
    let today = permitted.act().today();
    if wish.table {
        let all = permitted.read(ListTasks { window: Window { after: None, limit: i64::MAX } }).await?;
        let rows = all.items.into_iter().map(|t| {
            let t = view(t, today);
            let text = |v: Option<String>| v.unwrap_or_default();
            vec![
                t.kind.0.to_string(),
                text(t.due_on.map(|d| d.to_string())),
                t.overdue.to_string(),
                text(t.title),
                text(t.person_id.map(|p| p.0.to_string())),
                text(t.person_name),
                text(t.organisation_id.map(|o| o.0.to_string())),
                t.record_type.0.to_string(),
                t.record_id.to_string(),
                t.href,
                text(t.rule.as_ref().map(|r| r.rule_profile.0.as_str().to_owned())),
                text(t.rule.map(|r| r.rule_profile_version.to_string())),
            ]
        });
        return Ok(table::answer(&HEADINGS, rows));
    }
    let page = permitted.read(ListTasks { window: listing.window }).await?;
    Ok(listing.answer(page, |t| view(t, today)))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_my_tasks);
}
