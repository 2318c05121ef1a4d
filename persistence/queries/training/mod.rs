//! Training that is required: what is asked, what was done, who is exempt, and where people stand.

pub(super) mod completion;
mod compliance;
pub(super) mod exemption;
pub(super) mod requirement;

use super::prelude::*;
pub(super) use compliance::standings_of;
use trellis_domain::{
    access::{self as rules, Permission, Reach},
    employment::Employment,
    id::{OrganisationId, PersonId, TrainingRequirementId},
    rule::{Code, RuleError},
    training::{RequirementState, TrainingRequirement},
};

/// Keeps what is recorded of people to what the caller's reach covers: at the school that recorded it, and where the person is live now.
macro_rules! of_known {
    ($query:expr, $cx:expr, $table:ident) => {{
        let (query, reach) = ($query, $cx.reach.clone());
        let recorded = organisation_paths::table
            .filter(organisation_paths::tenant_id.eq($cx.tenant()))
            .filter(organisation_paths::ancestor_id.eq_any(uids(&reach.organisations)))
            .select(organisation_paths::descendant_id);
        let live = super::super::person::employed_at!($cx, &reach.organisations, true);
        match (reach.everywhere, reach.organisations.is_empty()) {
            (true, _) => query,
            (_, true) => query.filter($table::person_id.eq_any(uids(&reach.people))),
            _ => query.filter($table::person_id.eq_any(uids(&reach.people)).or($table::organisation_id.eq_any(recorded)).or($table::person_id.eq_any(live))),
        }
    }};
}
use of_known;

/// The same for one record.
async fn covers(cx: &mut Cx<'_>, reach: &Reach, organisation: OrganisationId, person: PersonId) -> Result<bool> {
    if access::covers(cx, reach, Some(organisation), Some(person), None).await? {
        return Ok(true);
    }
    let now = access::standing_now(cx, person).await?;
    Ok(reach.covers(&now))
}

/// Does this permission let the caller do something with what is recorded of somebody?
async fn may(cx: &mut Cx<'_>, permission: Permission, organisation: OrganisationId, person: PersonId) -> Result<bool> {
    match rules::reach(&cx.caller, permission) {
        Ok(reach) => covers(cx, &reach, organisation, person).await,
        Err(_) => Ok(false),
    }
}

/// The requirement that is named in a record of somebody, if the caller can know of it. It must be asked.
async fn asked(tx: &mut Tx<'_>, id: TrainingRequirementId) -> Result<TrainingRequirement> {
    let unknown = || RuleError::at(Code::UnknownReference, "/requirement_id", "no such training requirement");
    let found = match requirement::load(tx, id).await {
        Err(StoreError::Missing) => return Err(unknown().into()),
        other => other?,
    };
    let reach = tx.reach.clone();
    if found.state == RequirementState::Draft || !access::shares(tx, &reach, found.organisation_id).await? {
        return Err(unknown().into());
    }
    match found.state {
        RequirementState::Published => Ok(found),
        state => Err(RuleError::new(Code::WrongState, format!("the requirement is {state}; this needs published")).into()),
    }
}

/// The employment for which something is recorded of somebody: one of the caller's schools, at the organisation that requires it or beneath; current
/// on that day if there is one, or else the latest. Of somebody who works elsewhere now a former employer records nothing.
async fn recorded_at(tx: &mut Tx<'_>, person: PersonId, of: &TrainingRequirement, day: chrono::NaiveDate) -> Result<Employment> {
    let reach = tx.reach.clone();
    let now = access::standing_now(tx, person).await?;
    let mut theirs = if reach.covers(&now) { super::employment::of_person(tx, person).await? } else { Vec::new() };
    if theirs.is_empty() {
        return Err(RuleError::at(Code::UnknownReference, "/person_id", "nobody whose training you record").into());
    }
    theirs.sort_by_key(|e| (e.period.contains(day), e.period.starts_on));
    for employment in theirs.into_iter().rev() {
        let path = access::path_of(tx, employment.organisation_id).await?;
        let ours = reach.everywhere || path.iter().any(|o| reach.organisations.contains(o));
        if ours && path.contains(&of.organisation_id) {
            return Ok(employment);
        }
    }
    Err(RuleError::at(Code::OutsideEmployment, "/person_id", "they were never employed where this is required").into())
}
