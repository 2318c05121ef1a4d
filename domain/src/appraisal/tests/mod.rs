//! The rules of appraisals, as tables.

mod appraisers;
mod deadlines;
mod machine;
mod population;

use super::*;
use crate::{
    profile::{Rules, shipped},
    rule::Code,
    text::Wire,
};
use uuid::Uuid;

use AppraisalAction as A;
use AppraisalState as S;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}
fn human(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}
const OWN: u128 = 10;
const APPRAISER: u128 = 11;

fn maintained() -> &'static Rules {
    &shipped()[0].rules
}
fn appraisal(state: AppraisalState, category: StaffCategory) -> Appraisal {
    Appraisal {
        id: AppraisalId(Uuid::nil()),
        employment_id: EmploymentId(Uuid::nil()),
        person_id: human(OWN),
        organisation_id: OrganisationId(Uuid::nil()),
        cycle_id: CycleId(Uuid::nil()),
        staff_category: category,
        state,
        resumes_to: (state == S::Suspended).then_some(S::Planning),
        starts_on: day("2026-09-01"),
        ends_on: day("2027-08-31"),
        deadlines: vec![],
        appraisers: vec![AppraiserTerm { person_id: human(APPRAISER), from: day("2026-09-01"), until: None }],
        external_adviser: Title::parse("Dr Ilse Brandt, Northmoor Advisers").ok(),
        adviser_consulted_on: None,
        standards_informed_on: Some(day("2026-09-10")),
        report_issued_on: None,
        comment_due_on: None,
        commented_on: None,
        appeal_due_on: None,
        appealed_on: None,
        appeal_decided_on: None,
        completed_on: None,
        last_reason: None,
        hold_id: None,
        version: 1,
        created_at: DateTime::UNIX_EPOCH,
        updated_at: DateTime::UNIX_EPOCH,
    }
}
fn facts(rules: &Rules) -> Facts<'_> {
    Facts {
        today: day("2026-10-05"),
        reviewing: true,
        leaves_on: None,
        category: StaffCategory::Teacher,
        assigns: false,
        proposed: 0,
        settled: 1,
        missing: &[],
        wrote: false,
        pay_relevant: true,
        pay_recommended: false,
        rules,
    }
}
fn party(person: u128, appraiser: bool, headteacher: bool, hr: bool) -> Party {
    Party { person: Some(human(person)), appraiser, headteacher, hr, delegate: false }
}
fn delegate(person: u128) -> Party {
    Party { person: Some(human(person)), delegate: true, ..Party::default() }
}
/// Somebody whose the step is.
fn whose(action: AppraisalAction) -> Party {
    match action {
        A::StartSelfReview | A::Comment | A::Appeal => party(OWN, false, false, false),
        A::DecideAppeal => party(20, false, true, true),
        _ => party(20, true, true, true),
    }
}
