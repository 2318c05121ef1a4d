//! Improvement plans and their priorities.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    id::{ImprovementPlanId, OrganisationId, PersonId, PriorityId},
    improvement::{ImprovementPlan, ImprovementPlanPatch, PlanAction, PlanState},
    priority::{Priority, PriorityPatch, PriorityState, PriorityStep},
    text::{Narrative, Reason, Title},
};

/// A new draft.
#[derive(Debug, Clone)]
pub struct CreateImprovementPlan {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// What it is called.
    pub title: Title,
    /// What it is about.
    pub summary: Option<Narrative>,
    /// The first academic year.
    pub first_year: i32,
    /// The last academic year.
    pub last_year: i32,
}
/// One improvement plan.
#[derive(Debug)]
pub struct GetImprovementPlan {
    /// Which.
    pub id: ImprovementPlanId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Improvement plans, by these filters.
#[derive(Debug)]
pub struct ListImprovementPlans {
    /// Of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// In this state.
    pub state: Option<PlanState>,
    /// Of which this academic year is one.
    pub year: Option<i32>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes a plan.
#[derive(Debug)]
pub struct UpdateImprovementPlan {
    /// Which.
    pub id: ImprovementPlanId,
    /// What.
    pub patch: ImprovementPlanPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Publishes a plan, or puts it away.
#[derive(Debug)]
pub struct StepImprovementPlan {
    /// Which.
    pub id: ImprovementPlanId,
    /// Which step.
    pub action: PlanAction,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one plan.
#[derive(Debug)]
pub struct ImprovementPlanHistory {
    /// Which plan.
    pub id: ImprovementPlanId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}
/// Adds a priority to a plan.
#[derive(Debug, Clone)]
pub struct CreatePriority {
    /// To which plan.
    pub plan_id: ImprovementPlanId,
    /// In one line.
    pub title: Title,
    /// The rest of it.
    pub details: PriorityPatch,
}
/// Takes a priority of an organisation above into a plan of one's own.
#[derive(Debug, Clone)]
pub struct AdoptPriority {
    /// Which.
    pub id: PriorityId,
    /// Into which plan.
    pub plan_id: ImprovementPlanId,
    /// Who sees to it there.
    pub owner_id: Option<PersonId>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// One priority.
#[derive(Debug)]
pub struct GetPriority {
    /// Which.
    pub id: PriorityId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Priorities, by these filters.
#[derive(Debug)]
pub struct ListPriorities {
    /// Of this plan.
    pub plan_id: Option<ImprovementPlanId>,
    /// Of plans of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Of this owner.
    pub owner_id: Option<PersonId>,
    /// Adopted from this one.
    pub adopted_from: Option<PriorityId>,
    /// In this state.
    pub state: Option<PriorityState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes a priority or its actions.
#[derive(Debug)]
pub struct UpdatePriority {
    /// Which.
    pub id: PriorityId,
    /// What.
    pub patch: PriorityPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Takes a step with a priority.
#[derive(Debug)]
pub struct StepPriority {
    /// Which.
    pub id: PriorityId,
    /// Which step.
    pub step: PriorityStep,
    /// Why, where a reason is asked for.
    pub reason: Option<Reason>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one priority.
#[derive(Debug)]
pub struct PriorityHistory {
    /// Which priority.
    pub id: PriorityId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetImprovementPlan: ReadPlans => Fetched<Seen<ImprovementPlan>>;
    ListImprovementPlans: ReadPlans => Page<ImprovementPlan>;
    ImprovementPlanHistory: ReadPlans => crate::event::History;
    GetPriority: ReadPlans => Fetched<Seen<Priority>>;
    ListPriorities: ReadPlans => Page<Priority>;
    PriorityHistory: ReadPlans => crate::event::History;
}
commands! {
    CreateImprovementPlan: WritePlans => Seen<ImprovementPlan>;
    UpdateImprovementPlan: WritePlans => Seen<ImprovementPlan>;
    StepImprovementPlan: WritePlans => Seen<ImprovementPlan>;
    CreatePriority: WritePlans => Seen<Priority>;
    AdoptPriority: WritePlans => Seen<Priority>;
    UpdatePriority: WritePlans => Seen<Priority>;
    StepPriority: WritePlans => Seen<Priority>;
}
