//! What decides about an appraisal: who asks, the cycle and its rules, the employment, the objectives.

use super::super::prelude::*;
use chrono::NaiveDate;
use std::collections::{HashMap, HashSet};
use trellis_domain::{
    access::{Caller, Permission},
    appraisal::{Appraisal, AppraisalAction, Candidate, Facts, Party},
    cycle::CycleState,
    employment::Employment,
    id::{OrganisationId, PersonId},
    profile::{RuleProfile, Rules},
    role::RoleName,
    rule::RuleError,
};

/// All of it.
pub(in super::super) struct Around {
    pub(in super::super) party: Party,
    reviewing: bool,
    employment: Employment,
    /// Does the appraisee say who appraises? Known where a delegate asks.
    assigns: bool,
    profile: RuleProfile,
    proposed: i64,
    settled: i64,
    missing: Vec<RuleError>,
    /// Did the caller write the report? Known where an appeal against it waits and they could decide it.
    wrote: bool,
    /// Does the report bear on pay, and is something recommended? Known where the rules have a recommendation and the caller appraises.
    pay: (bool, bool),
}

/// Does the caller hold this role there, or above?
fn holds(caller: &Caller, role: RoleName, path: &[OrganisationId]) -> bool {
    matches!(caller, Caller::Person { roles, .. } if roles.iter().any(|h| h.role == role && path.contains(&h.organisation)))
}

/// How the caller stands today to what belongs to each of these organisations, by their roles alone.
pub(in super::super) async fn parties_at(cx: &mut Cx<'_>, at: &[OrganisationId]) -> Result<HashMap<OrganisationId, Party>> {
    let paths = access::paths_of(cx, at.iter().copied()).await?;
    let party = |path: &[OrganisationId]| Party {
        person: cx.caller.person(),
        appraiser: false,
        headteacher: holds(&cx.caller, RoleName::Headteacher, path),
        hr: holds(&cx.caller, RoleName::Hr, path),
        delegate: holds(&cx.caller, RoleName::AppraisalDelegate, path),
    };
    Ok(paths.iter().map(|(at, path)| (*at, party(path))).collect())
}

/// How the caller stands to an appraisal today.
pub(in super::super) async fn party(cx: &mut Cx<'_>, appraisal: &Appraisal) -> Result<Party> {
    let by_role = parties_at(cx, &[appraisal.organisation_id]).await?.remove(&appraisal.organisation_id).ok_or(StoreError::Missing)?;
    let today = cx.act.today();
    Ok(Party { appraiser: by_role.person.is_some_and(|me| appraisal.appraised_by(me, today)), ..by_role })
}

/// Those of these people who today say somewhere who appraises, or who says it.
pub(in super::super) async fn who_assign(cx: &mut Cx<'_>, people: &[PersonId]) -> Result<HashSet<PersonId>> {
    let assigning: Vec<&str> = Permission::AssignAppraisals.roles().iter().chain(RoleName::AppraisalDelegate.given_by()).map(|role| role.as_str()).collect();
    let query = roles::table
        .filter(roles::tenant_id.eq(cx.tenant()))
        .filter(roles::person_id.eq_any(uids(people)))
        .filter(roles::role.eq_any(assigning))
        .select(roles::person_id);
    let found: Vec<Uid> = access::current!(query, roles, cx.act.today()).all(cx.conn()).await?;
    Ok(found.into_iter().map(Uid::to).collect())
}

impl Around {
    pub(super) async fn of(cx: &mut Cx<'_>, appraisal: &Appraisal) -> Result<Self> {
        let party = party(cx, appraisal).await?;
        let (cycle, profile) = super::rules_of(cx, appraisal.cycle_id).await?;
        let employment = super::super::employment::load(cx, appraisal.employment_id).await?;
        let assigns = party.delegated() && !who_assign(cx, &[appraisal.person_id]).await?.is_empty();
        let judges = appraisal.appeal_waits() && (party.headteacher || party.hr);
        let wrote = judges && !super::super::report::written(cx, &[appraisal]).await?.is_empty();
        let recommends = party.appraiser && profile.rules.pay_recommendation && AppraisalAction::RecommendPay.from().contains(&appraisal.state);
        let pay = match recommends {
            true => (super::super::report::bears_on_pay(cx, appraisal).await?, super::super::pay::stands(cx, appraisal.id).await?),
            false => (false, false),
        };
        let states: Vec<(String, i64)> = objectives::table
            .filter(objectives::tenant_id.eq(cx.tenant()))
            .filter(objectives::employment_id.eq(Uid::from(appraisal.employment_id)))
            .filter(objectives::cycle_id.eq(Uid::from(appraisal.cycle_id)))
            .group_by(objectives::state)
            .select((objectives::state, diesel::dsl::count_star()))
            .all(cx.conn())
            .await?;
        let count = |of: &dyn Fn(&str) -> bool| states.iter().filter(|(state, _)| of(state)).map(|(_, n)| n).sum();
        Ok(Self {
            party,
            reviewing: matches!(cycle.state, CycleState::ReviewOpen | CycleState::Closing),
            employment,
            assigns,
            profile,
            proposed: count(&|state| state == "proposed"),
            // a draft is its author's alone: whether there is one decides nothing and tells nobody anything
            settled: count(&|state| !matches!(state, "draft" | "proposed" | "withdrawn")),
            missing: super::super::report::lacking(cx, appraisal, party).await?,
            wrote,
            pay,
        })
    }
    pub(in super::super) fn facts(&self, today: NaiveDate) -> Facts<'_> {
        Facts {
            today,
            reviewing: self.reviewing,
            leaves_on: self.employment.period.ends_on,
            category: self.employment.staff_category,
            assigns: self.assigns,
            proposed: self.proposed,
            settled: self.settled,
            missing: &self.missing,
            wrote: self.wrote,
            pay_relevant: self.pay.0,
            pay_recommended: self.pay.1,
            rules: &self.profile.rules,
        }
    }
    /// The employment that the appraisal hangs on.
    pub(in super::super) fn employment(&self) -> &Employment {
        &self.employment
    }
    /// The rules that the appraisal's cycle pins.
    pub(in super::super) fn profile(&self) -> &RuleProfile {
        &self.profile
    }
    pub(in super::super) fn rules(&self) -> &Rules {
        &self.profile.rules
    }
}

/// How these people stand to the appraisee on a day.
pub(super) async fn candidates(cx: &mut Cx<'_>, appraisal: &Appraisal, people: &[PersonId], day: NaiveDate) -> Result<Vec<Candidate>> {
    let (tenant, ids) = (cx.tenant(), uids(people));
    let path = access::path_of(cx, appraisal.organisation_id).await?;
    let tied = relationships::table
        .filter(relationships::tenant_id.eq(tenant))
        .filter(relationships::person_id.eq(Uid::from(appraisal.person_id)))
        .filter(relationships::holder_id.eq_any(ids.clone()))
        .filter(relationships::kind.eq_any(["appraiser", "line_manager"]))
        .select(relationships::holder_id);
    let tied: Vec<Uid> = access::current!(tied, relationships, day).all(cx.conn()).await?;
    let roles = roles::table
        .filter(roles::tenant_id.eq(tenant))
        .filter(roles::person_id.eq_any(ids.clone()))
        .filter(roles::organisation_id.eq_any(uids(&path)))
        .filter(roles::role.eq_any(["headteacher", "governor"]))
        .select((roles::person_id, roles::role));
    let roles: Vec<(Uid, String)> = access::current!(roles, roles, day).all(cx.conn()).await?;
    let staff = employments::table
        .filter(employments::tenant_id.eq(tenant))
        .filter(employments::person_id.eq_any(ids))
        .filter(employments::organisation_id.eq(Uid::from(appraisal.organisation_id)))
        .select(employments::person_id);
    let staff: Vec<Uid> = access::current!(staff, employments, day).all(cx.conn()).await?;
    let (tied, staff): (HashSet<Uid>, HashSet<Uid>) = (tied.into_iter().collect(), staff.into_iter().collect());
    let role = |person: PersonId, name: &str| roles.iter().any(|(of, role)| *of == Uid::from(person) && role == name);
    Ok(people
        .iter()
        .map(|person| Candidate {
            person: *person,
            appoints: tied.contains(&Uid::from(*person)),
            leads: role(*person, "headteacher"),
            governs: role(*person, "governor"),
            staff: staff.contains(&Uid::from(*person)),
        })
        .collect())
}
