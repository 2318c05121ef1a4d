//! Improvement plans: what a trust, a school or a group sets out to improve, over one academic year or several.
//!
//! `draft -> published -> archived`. A plan holds [priorities](crate::priority); nothing of it is ever deleted.

use crate::{
    access::{Caller, Permission, reach},
    event::{About, EventKind},
    id::{ImprovementPlanId, OrganisationId},
    role::RoleName,
    rule::{Code, RuleError},
    text::{Narrative, Title},
    words,
};
use chrono::{DateTime, Utc};
use serde::Serialize;

words! {
    /// Where an improvement plan stands.
    PlanState {
        /// Being written; only those who write plans there, or above, see it.
        Draft = "draft",
        /// Everybody it is for reads it; objectives and learning link to its priorities.
        Published = "published",
        /// Put away: it is read, and no longer changes.
        Archived = "archived",
    }
    /// What can be done with an improvement plan.
    PlanAction {
        /// Change its title, summary or years.
        Update = "update",
        /// Add a priority, or adopt one.
        AddPriority = "add_priority",
        /// Publish it.
        Publish = "publish",
        /// Put it away.
        Archive = "archive",
    }
}

use PlanAction as A;
use PlanState as S;

impl PlanAction {
    /// The states in which it can be done.
    pub const fn from(self) -> &'static [PlanState] {
        match self {
            A::Update | A::AddPriority | A::Archive => &[S::Draft, S::Published],
            A::Publish => &[S::Draft],
        }
    }
    /// The state it leads to; none if it stays.
    pub const fn to(self) -> Option<PlanState> {
        match self {
            A::Update | A::AddPriority => None,
            A::Publish => Some(S::Published),
            A::Archive => Some(S::Archived),
        }
    }
    /// What the log says of it.
    pub const fn event(self) -> EventKind {
        match self {
            A::Update | A::AddPriority => EventKind::ImprovementPlanUpdated,
            A::Publish => EventKind::ImprovementPlanPublished,
            A::Archive => EventKind::ImprovementPlanArchived,
        }
    }
}

/// An improvement plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ImprovementPlan {
    /// Its id.
    pub id: ImprovementPlanId,
    /// Whose: the trust's, a school's or a group's. It is for everybody beneath.
    pub organisation_id: OrganisationId,
    /// What it is called.
    pub title: Title,
    /// What it is about.
    pub summary: Option<Narrative>,
    /// The first academic year, by the calendar year in which it starts: `2026` is 2026/27.
    pub first_year: i32,
    /// The last academic year.
    pub last_year: i32,
    /// Where it stands.
    pub state: PlanState,
    /// Version, for its ETag.
    pub version: i64,
    /// When it was drafted.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

/// What can be changed of a plan; an absent field stays as it is.
#[derive(Debug, Clone, Default)]
pub struct ImprovementPlanPatch {
    /// What it is called.
    pub title: Option<Title>,
    /// What it is about.
    pub summary: Option<Option<Narrative>>,
    /// The first academic year.
    pub first_year: Option<i32>,
    /// The last academic year.
    pub last_year: Option<i32>,
}

impl ImprovementPlan {
    /// Whom and where it is about.
    pub fn about(&self) -> About {
        About { organisation: Some(self.organisation_id), ..About::default() }
    }
    /// The last year is not before the first.
    ///
    /// # Errors
    /// `period_backwards`.
    pub fn check(&self) -> Result<(), RuleError> {
        match self.last_year < self.first_year {
            true => Err(RuleError::at(Code::PeriodBackwards, "/last_year", "ends before it starts")),
            false => Ok(()),
        }
    }
    /// Can this be done now? A plan is published with at least one priority.
    ///
    /// # Errors
    /// `wrong_state`, `not_ready`.
    pub fn can(&self, action: PlanAction, priorities: i64) -> Result<(), RuleError> {
        if !action.from().contains(&self.state) {
            let from: Vec<&str> = action.from().iter().map(|s| s.as_str()).collect();
            return Err(RuleError::new(Code::WrongState, format!("the plan is {}; this needs {}", self.state, from.join(" or "))));
        }
        match action {
            A::Publish if priorities == 0 => Err(RuleError::at(Code::NotReady, "/priorities", "the plan has no priority yet")),
            _ => Ok(()),
        }
    }
    /// Takes the step.
    ///
    /// # Errors
    /// As [`ImprovementPlan::can`].
    pub fn step(&self, action: PlanAction, priorities: i64) -> Result<Self, RuleError> {
        self.can(action, priorities)?;
        Ok(Self { state: action.to().unwrap_or(self.state), ..self.clone() })
    }
    /// The plan with a patch laid over it.
    ///
    /// # Errors
    /// `wrong_state`, or as [`ImprovementPlan::check`].
    pub fn patched(&self, patch: ImprovementPlanPatch) -> Result<Self, RuleError> {
        self.can(A::Update, 0)?;
        let ImprovementPlanPatch { title, summary, first_year, last_year } = patch;
        let new = Self {
            title: title.unwrap_or_else(|| self.title.clone()),
            summary: summary.unwrap_or_else(|| self.summary.clone()),
            first_year: first_year.unwrap_or(self.first_year),
            last_year: last_year.unwrap_or(self.last_year),
            ..self.clone()
        };
        new.check().map(|()| new)
    }
}

/// Where something stands that an organisation plans or offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ground {
    /// Its organisation and everything above, up to the root.
    pub path: Vec<OrganisationId>,
    /// Is that a school, or something beneath a school?
    pub of_a_school: bool,
}

/// May this caller write what is planned or offered there? A trust leader leads what is the trust's; what is a school's is that school's to
/// write, so that schools keep their freedom.
pub fn leads(caller: &Caller, permission: Permission, ground: &Ground) -> bool {
    let Ok(reach) = reach(caller, permission) else { return false };
    match caller {
        Caller::Person { roles, .. } => roles
            .iter()
            .filter(|h| permission.roles().contains(&h.role) && ground.path.contains(&h.organisation))
            .any(|h| h.role != RoleName::TrustLeader || !ground.of_a_school),
        _ => reach.everywhere || ground.path.iter().any(|o| reach.organisations.contains(o)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::Held,
        id::{AccountId, PersonId, ServiceAccountId},
        text::Wire,
    };
    use uuid::Uuid;

    fn org(n: u128) -> OrganisationId {
        OrganisationId(Uuid::from_u128(n))
    }
    fn plan(state: PlanState) -> ImprovementPlan {
        ImprovementPlan {
            id: ImprovementPlanId(Uuid::nil()),
            organisation_id: org(2),
            title: Title::parse("Reading for all").unwrap_or_else(|e| unreachable!("{e}")),
            summary: None,
            first_year: 2026,
            last_year: 2028,
            state,
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn every_step_from_every_state() {
        for state in S::ALL {
            for action in A::ALL {
                let to = plan(*state).step(*action, 1).map(|p| p.state);
                let expected = match (state, action) {
                    (S::Draft | S::Published, A::Update | A::AddPriority) => Some(*state),
                    (S::Draft, A::Publish) => Some(S::Published),
                    (S::Draft | S::Published, A::Archive) => Some(S::Archived),
                    _ => None,
                };
                assert_eq!(to.as_ref().ok(), expected.as_ref(), "{action} of a {state} plan");
                assert_eq!(to.is_err(), to.is_err_and(|e| e.code == Code::WrongState), "{action} of a {state} plan");
            }
        }
        assert_eq!(plan(S::Draft).can(A::Publish, 0).err().map(|e| e.code), Some(Code::NotReady));
    }

    #[test]
    fn a_plan_does_not_end_before_it_starts() {
        for (first, last, ok) in [(2026, 2026, true), (2026, 2030, true), (2026, 2025, false)] {
            let patch = ImprovementPlanPatch { first_year: Some(first), last_year: Some(last), ..ImprovementPlanPatch::default() };
            assert_eq!(plan(S::Draft).patched(patch).is_ok(), ok, "{first} {last}");
        }
    }

    #[test]
    fn who_writes_where() {
        use RoleName as R;
        let (trust, school, group) = (org(1), org(2), org(3));
        let of_trust = Ground { path: vec![trust], of_a_school: false };
        let of_school = Ground { path: vec![school, trust], of_a_school: true };
        let of_group = Ground { path: vec![group, school, trust], of_a_school: true };
        for (role, at, by_trust, by_school, by_group) in [
            (R::Headteacher, school, false, true, true),
            (R::LearningLead, school, false, true, true),
            (R::LearningLead, trust, true, true, true),
            (R::LearningLead, group, false, false, true),
            (R::TrustLeader, trust, true, false, false),
            (R::TrustAdmin, trust, false, false, false),
            (R::Hr, trust, false, false, false),
            (R::SchoolAdmin, school, false, false, false),
            (R::Governor, school, false, false, false),
        ] {
            let roles = vec![Held { role, organisation: at, root: at == trust }];
            let caller = Caller::Person {
                account: AccountId(Uuid::nil()),
                person: PersonId(Uuid::nil()),
                roles,
                employed_at: vec![school],
                appraises: vec![],
                manages: vec![],
                advises: vec![],
            };
            let found = [&of_trust, &of_school, &of_group].map(|g| leads(&caller, Permission::WritePlans, g));
            assert_eq!(found, [by_trust, by_school, by_group], "{role} at {at}");
        }
        let machine =
            Caller::Service { id: ServiceAccountId(Uuid::nil()), scopes: vec![Permission::WritePlans], withheld: vec![], organisations: Some(vec![school]) };
        assert_eq!([&of_trust, &of_school, &of_group].map(|g| leads(&machine, Permission::WritePlans, g)), [false, true, true]);
    }
}
