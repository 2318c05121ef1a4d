//! Cycles.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    cycle::{Cycle, CycleAction, CyclePatch, CycleState, DueDates},
    id::{CycleId, FrameworkVersionId, OrganisationId},
    text::{Reason, Title},
};

/// A new draft.
#[derive(Debug, Clone)]
pub struct CreateCycle {
    /// Whose.
    pub organisation_id: OrganisationId,
    /// Its name.
    pub name: Title,
    /// What is known already.
    pub details: CyclePatch,
}
/// One cycle.
#[derive(Debug)]
pub struct GetCycle {
    /// Which.
    pub id: CycleId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Cycles, by these filters.
#[derive(Debug)]
pub struct ListCycles {
    /// Of this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// In this state.
    pub state: Option<CycleState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes a draft.
#[derive(Debug)]
pub struct UpdateCycle {
    /// Which.
    pub id: CycleId,
    /// What.
    pub patch: CyclePatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Moves due dates after publishing, with a reason.
#[derive(Debug)]
pub struct MoveCycleDueDates {
    /// Which.
    pub id: CycleId,
    /// To when.
    pub due: DueDates,
    /// Why.
    pub reason: Reason,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Takes a step of the cycle's life.
#[derive(Debug)]
pub struct StepCycle {
    /// Which.
    pub id: CycleId,
    /// Which step.
    pub action: CycleAction,
    /// Why, where a reason is asked for.
    pub reason: Option<Reason>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Drafts next year's cycle from this one.
#[derive(Debug)]
pub struct RollOverCycle {
    /// From which.
    pub id: CycleId,
    /// What next year's is called.
    pub name: Title,
    /// Only if this one is still this version.
    pub expected: Option<i64>,
}
/// Newer versions than those that a cycle names: for whoever sets it up to choose, or to leave.
#[derive(Debug, Clone, Default)]
pub struct Newer {
    /// The newest published version of its rule profile.
    pub rule_profile_version: Option<i32>,
    /// Of each framework version that there is a newer one of: which, and the newest published one.
    pub framework_versions: Vec<(FrameworkVersionId, FrameworkVersionId)>,
}
/// Next year's cycle, and what could be chosen for it.
#[derive(Debug, Clone)]
pub struct RolledOver {
    /// The draft.
    pub next: Seen<Cycle>,
    /// The choices.
    pub newer: Newer,
}
/// The events of one cycle.
#[derive(Debug)]
pub struct CycleHistory {
    /// Which cycle.
    pub id: CycleId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetCycle: ReadCycles => Fetched<Seen<Cycle>>;
    ListCycles: ReadCycles => Page<Cycle>;
    CycleHistory: ReadCycles => crate::event::History;
}
commands! {
    CreateCycle: WriteCycles => Seen<Cycle>;
    UpdateCycle: WriteCycles => Seen<Cycle>;
    MoveCycleDueDates: WriteCycles => Seen<Cycle>;
    StepCycle: WriteCycles => Seen<Cycle>;
    RollOverCycle: WriteCycles => RolledOver;
}
