//! Roles: what a person may do, at an organisation and everything beneath it, from a day to an optional last day.

use crate::{
    employment::Employment,
    id::{OrganisationId, PersonId, RoleId},
    organisation::OrganisationKind,
    rule::{Code, Faults, RuleError},
    time::Period,
    words,
};
use chrono::{DateTime, Months, NaiveDate, Utc};
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
        /// A senior colleague who says for the headteacher, for a time, who appraises whom at a school; sees nothing of what appraisals say.
        AppraisalDelegate = "appraisal_delegate",
    }
}

impl RoleName {
    /// The roles whose holders give and end it, at their organisation and beneath. Who appraises is the headteacher's and HR's to say, so it is theirs to
    /// delegate; every other role is given by administrators.
    pub const fn given_by(self) -> &'static [Self] {
        match self {
            Self::AppraisalDelegate => &[Self::Headteacher, Self::Hr, Self::TrustAdmin],
            Self::LearningLead
            | Self::LearningApprover
            | Self::LearningViewer
            | Self::Headteacher
            | Self::Hr
            | Self::SchoolAdmin
            | Self::TrustLeader
            | Self::TrustAdmin
            | Self::Governor
            | Self::ExternalAdviser => &[Self::TrustAdmin],
        }
    }
    /// Those people, as a refusal names them.
    pub const fn givers(self) -> &'static str {
        match self {
            Self::AppraisalDelegate => "the headteacher and HR of that school, and administrators of the trust,",
            _ => "administrators of that organisation, or of the trust,",
        }
    }
    /// Does a role held there count for somebody who works at these places today? A delegate is one of the school's staff, so theirs rests once they work
    /// there no more; other roles are held by people of the trust and by governors too.
    pub fn counts(self, at: OrganisationId, employed_at: &[OrganisationId]) -> bool {
        self != Self::AppraisalDelegate || employed_at.contains(&at)
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

/// Longest that a delegation lasts, in months; then somebody looks again.
const DELEGATED_MONTHS: u32 = 12;
/// Longest that an external adviser's access lasts, in months: the year of an appraisal, with the planning before it and the report after it.
const ADVISED_MONTHS: u32 = 24;

/// What else decides whether a role can be given.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// What kind of organisation it would be held at.
    pub at: OrganisationKind,
    /// The employments of whoever would hold it.
    pub employments: &'a [Employment],
}

/// May a role be given? Never to oneself, not twice for the same days, a delegation only as `delegated` has it, and to an external adviser for a time.
///
/// # Errors
/// `not_for_yourself`, `overlapping_role`; of a delegation or an adviser `contradictory_members`, and of a delegation `outside_employment`.
pub fn grant(new: &Role, by: Option<PersonId>, held: &[Role], ground: Ground<'_>) -> Result<(), RuleError> {
    not_for_yourself(new.person_id, by)?;
    match new.role {
        RoleName::AppraisalDelegate => delegated(new, ground)?,
        RoleName::ExternalAdviser if !for_a_time(&new.period, ADVISED_MONTHS) => {
            let why = "an external adviser advises for a time: name a last day, within two years of the first";
            return Err(RuleError::at(Code::ContradictoryMembers, "/ends_on", why));
        }
        _ => {}
    }
    let twice = held.iter().any(|r| r.id != new.id && r.role == new.role && r.organisation_id == new.organisation_id && r.period.overlaps(&new.period));
    if twice {
        return Err(RuleError::at(Code::OverlappingRole, "/starts_on", "this person already holds the role there on some of these days"));
    }
    Ok(())
}

/// Has it a last day, within so many months of the first?
fn for_a_time(period: &Period, months: u32) -> bool {
    let latest = period.starts_on.checked_add_months(Months::new(months));
    period.ends_on.is_some_and(|end| latest.is_none_or(|latest| end <= latest))
}

/// A delegation is made at a school, for a time, to somebody who works there from its first day to its last. Every fault is named.
fn delegated(new: &Role, ground: Ground<'_>) -> Result<(), RuleError> {
    let mut faults = Faults::default();
    let mut refuse = |wrong: bool, code: Code, pointer: &str, why: &str| {
        if wrong {
            faults.check::<()>(Err(RuleError::at(code, pointer, why)));
        }
    };
    let Period { starts_on, ends_on } = new.period;
    refuse(ground.at != OrganisationKind::School, Code::ContradictoryMembers, "/organisation_id", "who appraises is delegated at a school");
    refuse(
        !for_a_time(&new.period, DELEGATED_MONTHS),
        Code::ContradictoryMembers,
        "/ends_on",
        "it is delegated for a time: name a last day, within a year of the first",
    );
    let works = ground.employments.iter().any(|e| {
        let throughout = e.period.contains(starts_on) && ends_on.is_none_or(|end| e.period.contains(end));
        e.organisation_id == new.organisation_id && throughout
    });
    refuse(!works, Code::OutsideEmployment, "/organisation_id", "they do not work there from the first day to the last");
    faults.settle()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        employment::StaffCategory,
        provenance::Provenance,
        text::{Title, Wire},
    };
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap_or_default()
    }
    fn school(n: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(n))
    }
    fn role(role: RoleName, starts: &str, ends: &str) -> Role {
        Role {
            id: RoleId(Uuid::nil()),
            person_id: PersonId(Uuid::from_u128(10)),
            role,
            organisation_id: school(2),
            period: Period { starts_on: day(starts), ends_on: ends.parse().ok() },
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }
    fn works(at: u128, starts: &str, ends: &str) -> Employment {
        Employment {
            id: crate::id::EmploymentId(Uuid::nil()),
            person_id: PersonId(Uuid::from_u128(10)),
            organisation_id: school(at),
            job_title: Title::parse("Deputy Headteacher").unwrap_or_else(|e| unreachable!("{e}")),
            staff_category: StaffCategory::Leader,
            staff_code: None,
            fte_percent: 100,
            period: Period { starts_on: day(starts), ends_on: ends.parse().ok() },
            missing_since: None,
            missing_from: None,
            ended_from: None,
            kept: vec![],
            provenance: Provenance::default(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    /// Who appraises is delegated at a school, for a year at most, to somebody who works there: each row breaks some of it, and all of it is named.
    #[test]
    fn a_delegation_is_for_a_time_and_for_the_schools_own_staff() {
        use OrganisationKind::{Group, School, Trust};
        const ENDLESS: (&str, Code) = ("/ends_on", Code::ContradictoryMembers);
        const NO_SCHOOL: (&str, Code) = ("/organisation_id", Code::ContradictoryMembers);
        const ELSEWHERE: (&str, Code) = ("/organisation_id", Code::OutsideEmployment);
        let here = || vec![works(2, "2020-09-01", "")];
        for (from, to, at, employments, expected) in [
            ("2026-10-05", "2027-08-31", School, here(), vec![]),
            ("2026-10-05", "2026-10-05", School, here(), vec![]),
            ("2026-10-05", "2027-10-05", School, here(), vec![]),
            ("2026-10-05", "2027-10-06", School, here(), vec![ENDLESS]),
            ("2026-10-05", "", School, here(), vec![ENDLESS]),
            ("2026-10-05", "2027-08-31", Trust, here(), vec![NO_SCHOOL]),
            ("2026-10-05", "", Group, vec![], vec![NO_SCHOOL, ENDLESS, ELSEWHERE]),
            ("2026-10-05", "2027-08-31", School, vec![works(3, "2020-09-01", "")], vec![ELSEWHERE]),
            ("2026-10-05", "2027-08-31", School, vec![works(2, "2026-10-05", "2027-08-31")], vec![]),
            ("2026-10-05", "2027-08-31", School, vec![works(2, "2026-10-06", "")], vec![ELSEWHERE]),
            ("2026-10-05", "2027-08-31", School, vec![works(2, "2020-09-01", "2027-08-30")], vec![ELSEWHERE]),
            ("2026-10-05", "2027-08-31", School, vec![works(3, "2020-09-01", ""), works(2, "2020-09-01", "")], vec![]),
        ] {
            let ground = Ground { at, employments: &employments };
            let refused = grant(&role(RoleName::AppraisalDelegate, from, to), Some(PersonId(Uuid::from_u128(11))), &[], ground);
            let found: Vec<(String, String)> = refused.err().map(|e| e.faults.into_iter().map(|f| (f.pointer, f.code)).collect()).unwrap_or_default();
            let expected: Vec<(String, String)> = expected.iter().map(|(at, code)| ((*at).into(), code.as_str().into())).collect();
            assert_eq!(found, expected, "{from} {to} {at:?} {employments:?}");
        }
        let to_oneself = grant(
            &role(RoleName::AppraisalDelegate, "2026-10-05", "2027-08-31"),
            Some(PersonId(Uuid::from_u128(10))),
            &[],
            Ground { at: School, employments: &here() },
        );
        assert_eq!(to_oneself.err().map(|e| e.code), Some(Code::NotForYourself));
        assert!(grant(&role(RoleName::Governor, "2026-10-05", ""), None, &[], Ground { at: Trust, employments: &[] }).is_ok(), "a governor works nowhere");
    }

    /// Somebody from outside reads the most confidential appraisal of a school: never without a last day.
    #[test]
    fn an_external_adviser_advises_for_a_time() {
        for (from, to, taken) in [
            ("2026-10-05", "", false),
            ("2026-10-05", "2026-10-05", true),
            ("2026-10-05", "2027-12-31", true),
            ("2026-10-05", "2028-10-05", true),
            ("2026-10-05", "2028-10-06", false),
        ] {
            let given = grant(&role(RoleName::ExternalAdviser, from, to), None, &[], Ground { at: OrganisationKind::School, employments: &[] });
            let told = given.err().map(|e| (e.code, e.faults.into_iter().map(|f| f.pointer).collect::<Vec<_>>()));
            assert_eq!(told, (!taken).then(|| (Code::ContradictoryMembers, vec!["/ends_on".to_owned()])), "{from} {to}");
        }
    }

    #[test]
    fn a_delegation_rests_once_its_holder_works_there_no_more() {
        for (role, employed_at, counts) in [
            (RoleName::AppraisalDelegate, vec![school(3), school(2)], true),
            (RoleName::AppraisalDelegate, vec![school(3)], false),
            (RoleName::AppraisalDelegate, vec![], false),
            (RoleName::Governor, vec![], true),
            (RoleName::Headteacher, vec![school(3)], true),
        ] {
            assert_eq!(role.counts(school(2), &employed_at), counts, "{role} {employed_at:?}");
        }
    }
}
