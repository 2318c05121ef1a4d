//! Roles: what a person may do, at an organisation and everything beneath it, from a day to an optional last day.

use crate::{
    id::{OrganisationId, PersonId, RoleId},
    rule::{Code, RuleError},
    time::Period,
    words,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

words! {
    /// The roles that can be given. Being staff comes of an employment; being an appraiser or line manager, of a relationship.
    RoleName {
        /// Professional-learning lead: sees needs and learning, never assessments.
        LearningLead = "learning_lead",
        /// Decides learning requests.
        LearningApprover = "learning_approver",
        /// Cover or finance: sees learning requests and comments.
        LearningViewer = "learning_viewer",
        /// Leads a school.
        Headteacher = "headteacher",
        /// Human resources.
        Hr = "hr",
        /// People, set-up and imports; sees structure and counts, not appraisal content.
        SchoolAdmin = "school_admin",
        /// Leads the trust: aggregates for all schools, content only where another role says so.
        TrustLeader = "trust_leader",
        /// Sets up the tenant: organisations, roles, accounts, keys.
        TrustAdmin = "trust_admin",
        /// Anonymised aggregates only.
        Governor = "governor",
        /// The external adviser of the headteacher's appraisal.
        ExternalAdviser = "external_adviser",
    }
}

/// A role held by a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Who holds it.
    pub person_id: PersonId,
    /// Which.
    pub role: RoleName,
    /// Where.
    pub organisation_id: OrganisationId,
    /// When.
    #[serde(flatten)]
    pub period: Period,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// May a role be given? Never to oneself, and not twice for the same days.
///
/// # Errors
/// `not_for_yourself`, `overlapping_role`.
pub fn grant(new: &Role, by: Option<PersonId>, held: &[Role]) -> Result<(), RuleError> {
    not_for_yourself(new.person_id, by)?;
    let twice = held.iter().any(|r| r.id != new.id && r.role == new.role && r.organisation_id == new.organisation_id && r.period.overlaps(&new.period));
    if twice {
        return Err(RuleError::at(Code::OverlappingRole, "/starts_on", "this person already holds the role there on some of these days"));
    }
    Ok(())
}

/// Gives a role its last day.
///
/// # Errors
/// `period_backwards`, `already_ended`.
pub fn end(role: &Role, ends_on: NaiveDate) -> Result<Role, RuleError> {
    ended(&role.period, ends_on).map(|period| Role { period, ..role.clone() })
}

/// A period given its last day: an open one, or one brought forward; the past is not rewritten into the future.
///
/// # Errors
/// `period_backwards`, `already_ended`.
pub fn ended(period: &Period, ends_on: NaiveDate) -> Result<Period, RuleError> {
    if period.ends_on.is_some_and(|end| end < ends_on) {
        return Err(RuleError::at(Code::AlreadyEnded, "/ends_on", "it ended before that day already"));
    }
    Period::new(period.starts_on, Some(ends_on))
}

/// Nobody appoints themself.
///
/// # Errors
/// `not_for_yourself`.
pub fn not_for_yourself(person: PersonId, by: Option<PersonId>) -> Result<(), RuleError> {
    if by == Some(person) {
        return Err(RuleError::new(Code::NotForYourself, "this cannot be done for yourself; a colleague must do it"));
    }
    Ok(())
}
