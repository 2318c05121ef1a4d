//! That somebody met a requirement, or need not: facts that are added and taken back, and never changed.

use crate::{
    event::About,
    id::{EnrolmentId, OrganisationId, PersonId, TrainingCompletionId, TrainingExemptionId, TrainingRequirementId},
    role::{ended, not_for_yourself},
    rule::{Code, Faults, RuleError},
    text::{ExternalRef, Reason, Reference, Title},
    time::Period,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

/// That somebody met a requirement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrainingCompletion {
    /// Its id.
    pub id: TrainingCompletionId,
    /// Which.
    pub requirement_id: TrainingRequirementId,
    /// Who.
    pub person_id: PersonId,
    /// The school that keeps the record.
    pub organisation_id: OrganisationId,
    /// When they had done it.
    pub completed_on: NaiveDate,
    /// With whom.
    pub provider: Option<Title>,
    /// What the certificate is called.
    pub certificate: Option<Reference>,
    /// What another system calls it.
    pub external_ref: Option<ExternalRef>,
    /// The enrolment at a session that they attended, if it comes of that.
    pub enrolment_id: Option<EnrolmentId>,
    /// Who recorded it; nobody if a machine did.
    pub recorded_by: Option<PersonId>,
    /// Why it does not count, if it was taken back.
    pub void_reason: Option<Reason>,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it was taken back, or else recorded.
    pub updated_at: DateTime<Utc>,
}

impl TrainingCompletion {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
    /// Does it say the same as this one?
    pub fn says_the_same(&self, other: &Self) -> bool {
        (self.requirement_id, self.person_id, self.completed_on) == (other.requirement_id, other.person_id, other.completed_on)
            && (&self.provider, &self.certificate, &self.external_ref) == (&other.provider, &other.certificate, &other.external_ref)
    }
    /// May it be recorded today? Nobody records their own, nothing is done tomorrow, and nothing twice on a day.
    ///
    /// # Errors
    /// `not_for_yourself`, `impossible_dates`, `duplicate`.
    pub fn recordable(&self, today: NaiveDate, theirs: &[Self]) -> Result<(), RuleError> {
        not_for_yourself(self.person_id, self.recorded_by)?;
        let mut faults = Faults::default();
        faults.check(super::sensible(self.completed_on, "/completed_on"));
        if self.completed_on > today {
            faults.check::<()>(Err(RuleError::at(Code::ImpossibleDates, "/completed_on", "it lies in the future: a training is recorded when it is done")));
        }
        if theirs.iter().any(|c| c.void_reason.is_none() && c.requirement_id == self.requirement_id && c.completed_on == self.completed_on) {
            faults.check::<()>(Err(RuleError::at(Code::Duplicate, "/completed_on", "it is recorded already that they did it on that day")));
        }
        faults.settle()
    }
    /// Can it be taken back by this person?
    ///
    /// # Errors
    /// `not_for_yourself`, `wrong_state`.
    pub fn voidable(&self, by: Option<PersonId>) -> Result<(), RuleError> {
        not_for_yourself(self.person_id, by)?;
        match &self.void_reason {
            None => Ok(()),
            Some(_) => Err(RuleError::new(Code::WrongState, "it was taken back already")),
        }
    }
}

/// That somebody need not meet a requirement for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TrainingExemption {
    /// Its id.
    pub id: TrainingExemptionId,
    /// Which.
    pub requirement_id: TrainingRequirementId,
    /// Who.
    pub person_id: PersonId,
    /// The school that gave it.
    pub organisation_id: OrganisationId,
    /// Why.
    pub reason: Reason,
    /// From when to when; it always has a last day.
    #[serde(flatten)]
    pub period: Period,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was given.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl TrainingExemption {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), person: Some(self.person_id), private_to: None }
    }
    /// May it be given? Never to oneself, and not twice for the same days.
    ///
    /// # Errors
    /// `not_for_yourself`, `impossible_dates`, `duplicate`.
    pub fn givable(&self, by: Option<PersonId>, theirs: &[Self]) -> Result<(), RuleError> {
        not_for_yourself(self.person_id, by)?;
        let mut faults = Faults::default();
        faults.check(super::sensible(self.period.starts_on, "/starts_on"));
        faults.check(self.period.ends_on.map_or(Ok(()), |end| super::sensible(end, "/ends_on")));
        if theirs.iter().any(|e| e.id != self.id && e.requirement_id == self.requirement_id && e.period.overlaps(&self.period)) {
            faults.check::<()>(Err(RuleError::at(Code::Duplicate, "/starts_on", "they are exempt already on some of these days")));
        }
        faults.settle()
    }
    /// Gives it an earlier last day.
    ///
    /// # Errors
    /// `not_for_yourself`, `period_backwards`, `already_ended`.
    pub fn end(&self, ends_on: NaiveDate, by: Option<PersonId>) -> Result<Self, RuleError> {
        not_for_yourself(self.person_id, by)?;
        ended(&self.period, ends_on).map(|period| Self { period, ..self.clone() })
    }
}
