//! Where people stand with the training that is required of them, on any day: one by one, and in numbers too large to point at anybody.

use crate::{
    bulk::{Wish, table},
    error::ApiError,
    extract::Params,
    page::{List, PageParams, Pairs},
    permitted::Permitted,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get, web::Bytes};
use chrono::NaiveDate;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use trellis_domain::training::status::{TrainingStanding, TrainingStatus};
use trellis_persistence::{
    training::{ComplianceCounts, CompliancePage, ComplianceRow, ListCompliance, Portion, SummariseCompliance},
    transaction::needs::{ReadCompliance, ReadComplianceSummary},
};
use utoipa::{IntoParams, ToSchema};

/// Where one person stands with one training on a day.
#[derive(Serialize, ToSchema)]
pub struct TrainingCompliance {
    /// On which day.
    pub as_of: NaiveDate,
    /// Who.
    pub person_id: word::PersonId,
    /// Their name; null to a machine that does not read people.
    pub person_name: Option<String>,
    /// Where they are employed that day, for which it is asked.
    pub organisation_id: word::OrganisationId,
    /// Which training.
    pub requirement_id: word::TrainingRequirementId,
    /// What it is called.
    pub requirement_title: word::Title,
    /// Where they stand.
    pub status: word::TrainingStatus,
    /// By when it is to be done, or done again; null if it need not be.
    pub due_on: Option<NaiveDate>,
    /// The last day on which what they did counts; null if they did not do it, or it counts for good.
    pub valid_until: Option<NaiveDate>,
    /// Of the requirement's warnings (`warn_at_days`), the latest that has come; null before the first, and once it has run out.
    pub warned_at_days: Option<i32>,
    /// When they last did it.
    pub completed_on: Option<NaiveDate>,
}
impl TrainingCompliance {
    fn new(as_of: NaiveDate, row: ComplianceRow) -> Self {
        let ComplianceRow { person_id, person_name, organisation_id, requirement_id, requirement_title, standing } = row;
        let TrainingStanding { status, due_on, valid_until, warned_at_days, completed_on } = standing;
        Self {
            as_of,
            person_id: Word(person_id),
            person_name,
            organisation_id: Word(organisation_id),
            requirement_id: Word(requirement_id),
            requirement_title: Word(requirement_title),
            status: Word(status),
            due_on,
            valid_until,
            warned_at_days,
            completed_on,
        }
    }
    fn cells(&self) -> [String; 11] {
        let day = |d: Option<NaiveDate>| d.map_or_else(String::new, |d| d.to_string());
        [
            self.as_of.to_string(),
            self.person_id.0.to_string(),
            self.person_name.clone().unwrap_or_default(),
            self.organisation_id.0.to_string(),
            self.requirement_id.0.to_string(),
            self.requirement_title.0.as_str().to_owned(),
            self.status.0.to_string(),
            day(self.due_on),
            day(self.valid_until),
            day(self.completed_on),
            self.warned_at_days.map_or_else(String::new, |days| days.to_string()),
        ]
    }
}
const HEADINGS: [&str; 11] = [
    "as_of",
    "person_id",
    "person_name",
    "organisation_id",
    "requirement_id",
    "requirement_title",
    "status",
    "due_on",
    "valid_until",
    "completed_on",
    "warned_at_days",
];

/// How many of a school's people stand where with one training on a day. A number of one to four is null, and so is one from which that could be worked out.
#[derive(Serialize, ToSchema)]
pub struct TrainingComplianceCounts {
    /// On which day.
    pub as_of: NaiveDate,
    /// Which school.
    pub organisation_id: word::OrganisationId,
    /// Which training.
    pub requirement_id: word::TrainingRequirementId,
    /// What it is called.
    pub requirement_title: word::Title,
    /// People employed there that day; null if they are fewer than five, and then everything is.
    pub people: Option<u64>,
    /// Of whom it is not asked.
    pub not_required: Option<u64>,
    /// To do, and the day by which it is due has come or is past.
    pub due: Option<u64>,
    /// To do, and the day by which it is due is yet to come.
    pub due_soon: Option<u64>,
    /// Done, and counts.
    pub current: Option<u64>,
    /// Done, and runs out within the days of the first warning.
    pub expiring: Option<u64>,
    /// Done, and run out.
    pub expired: Option<u64>,
    /// Exempt that day.
    pub exempt: Option<u64>,
}
impl TrainingComplianceCounts {
    fn new(as_of: NaiveDate, counts: ComplianceCounts) -> Self {
        let ComplianceCounts { organisation_id, requirement_id, requirement_title, people, by_status } = counts;
        let of = |status: TrainingStatus| {
            let place = TrainingStatus::ALL.iter().position(|s| *s == status);
            place.and_then(|i| by_status.get(i).copied().flatten())
        };
        Self {
            as_of,
            organisation_id: Word(organisation_id),
            requirement_id: Word(requirement_id),
            requirement_title: Word(requirement_title),
            people,
            not_required: of(TrainingStatus::NotRequired),
            due: of(TrainingStatus::Due),
            due_soon: of(TrainingStatus::DueSoon),
            current: of(TrainingStatus::Current),
            expiring: of(TrainingStatus::Expiring),
            expired: of(TrainingStatus::Expired),
            exempt: of(TrainingStatus::Exempt),
        }
    }
    fn cells(&self) -> Vec<String> {
        let counts = [self.people, self.not_required, self.due, self.due_soon, self.current, self.expiring, self.expired, self.exempt];
        let names =
            [self.as_of.to_string(), self.organisation_id.0.to_string(), self.requirement_id.0.to_string(), self.requirement_title.0.as_str().to_owned()];
        names.into_iter().chain(counts.into_iter().map(|n| n.map_or_else(String::new, |n| n.to_string()))).collect()
    }
}
const SUMMARY_HEADINGS: [&str; 12] = [
    "as_of",
    "organisation_id",
    "requirement_id",
    "requirement_title",
    "people",
    "not_required",
    "due",
    "due_soon",
    "current",
    "expiring",
    "expired",
    "exempt",
];

/// Filters of where people stand.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComplianceFilters {
    /// Only people employed at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// On this day, past or to come, as far as it is known today; today, if nothing is said.
    as_of: Option<NaiveDate>,
    /// Only with this training.
    requirement_id: Option<word::TrainingRequirementId>,
    /// Only those who stand so.
    status: Option<word::TrainingStatus>,
    /// Only this person.
    person_id: Option<word::PersonId>,
}
/// Filters of how many stand where.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComplianceSummaryFilters {
    /// Only people employed at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
    /// On this day, past or to come, as far as it is known today; today, if nothing is said.
    as_of: Option<NaiveDate>,
    /// Only with this training.
    requirement_id: Option<word::TrainingRequirementId>,
}

/// People of a part of a table.
const PART: usize = 250;

fn headed(headings: &[&str]) -> String {
    let mut out = String::new();
    table::line(&mut out, headings.iter().map(|h| (*h).to_owned()));
    out
}
fn rows(page: CompliancePage) -> String {
    let mut out = String::new();
    for row in page.items {
        table::line(&mut out, TrainingCompliance::new(page.as_of, row).cells());
    }
    out
}

/// List where people stand with required training
///
/// One's own standing, that of the people one manages, and that of everybody employed at one's schools: one entry for each person and training, by person. It is worked out from
/// what is known today, for any day; who is not employed on that day has no entry. `status` is given for a person by the first that holds: `not_required`, `exempt`; `due_soon`
/// or `due` if it was not done, or not since the newest edition; `current`, `expiring`, `expired`. With `status=` a page may have fewer entries than asked for and not be
/// the last: go on while there is a `next_cursor`. `Accept: text/csv` answers all of them as one table.
#[utoipa::path(tag = "Training", params(PageParams, ComplianceFilters), responses((status = 200, description = "A page of where people stand", content((List<TrainingCompliance> = "application/json"), (String = "text/csv")))), security(("bearer" = ["compliance:read"])))]
#[get("/v1/training-compliance")]
pub async fn list_training_compliance(permitted: Permitted<ReadCompliance>, wish: Wish, listing: Pairs<ComplianceFilters>) -> Result<HttpResponse, ApiError> {
    let ComplianceFilters { organisation_id, as_of, requirement_id, status, person_id } = &listing.filters;
    let asked = ListCompliance {
        organisation_id: organisation_id.as_ref().map(|o| o.0),
        as_of: *as_of,
        requirement_id: requirement_id.as_ref().map(|r| r.0),
        status: status.as_ref().map(|s| s.0),
        person_id: person_id.as_ref().map(|p| p.0),
        after: listing.after,
        portion: if wish.table { Portion::People(PART) } else { Portion::Entries(listing.limit) },
    };
    let page = permitted.read(asked.clone()).await?;
    if !wish.table {
        let (as_of, next) = (page.as_of, page.next);
        return Ok(listing.answer(page.items.into_iter().map(|row| TrainingCompliance::new(as_of, row)).collect(), next));
    }
    // the whole table is of one day, however long it takes
    let asked = ListCompliance { as_of: Some(page.as_of), ..asked };
    let next = page.next;
    let first = headed(&HEADINGS) + &rows(page);
    let parts = stream::unfold((permitted, asked, Some(Ok(first)), next), |(permitted, asked, ready, next)| async move {
        if let Some(part) = ready {
            return Some((part.map(Bytes::from), (permitted, asked, None, next)));
        }
        let after = next?;
        match permitted.read(ListCompliance { after: Some(after), ..asked.clone() }).await {
            Ok(page) => {
                let next = page.next;
                Some((Ok(Bytes::from(rows(page))), (permitted, asked, None, next)))
            }
            Err(e) => Some((Err(std::io::Error::other(e.to_string())), (permitted, asked, None, None))),
        }
    });
    Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").streaming(parts))
}

/// Count where people stand with required training
///
/// By school and training, for those who see no more than numbers as well: trust leaders and governors. A count of one to four is null, as is the next larger one if the small
/// one could be worked out from the sum. Another day than today (`as_of`) is for those who read it by name: days compared tell of single people. `Accept: text/csv` answers a table.
#[utoipa::path(tag = "Training", params(ComplianceSummaryFilters), responses((status = 200, description = "How many stand where", content((List<TrainingComplianceCounts> = "application/json"), (String = "text/csv")))), security(("bearer" = ["compliance_summary:read"])))]
#[get("/v1/training-compliance/summary")]
pub async fn summarise_training_compliance(
    permitted: Permitted<ReadComplianceSummary>,
    wish: Wish,
    filters: Params<ComplianceSummaryFilters>,
) -> Result<HttpResponse, ApiError> {
    let ComplianceSummaryFilters { organisation_id, as_of, requirement_id } = filters.0;
    let summary =
        permitted.read(SummariseCompliance { organisation_id: organisation_id.map(|o| o.0), as_of, requirement_id: requirement_id.map(|r| r.0) }).await?;
    let items: Vec<TrainingComplianceCounts> = summary.items.into_iter().map(|c| TrainingComplianceCounts::new(summary.as_of, c)).collect();
    if wish.table {
        let mut out = headed(&SUMMARY_HEADINGS);
        items.iter().for_each(|counts| table::line(&mut out, counts.cells()));
        return Ok(HttpResponse::Ok().content_type("text/csv; charset=utf-8").body(out));
    }
    Ok(HttpResponse::Ok().json(List::whole(items)))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(summarise_training_compliance).service(list_training_compliance);
}
