//! Cycles.

use crate::transaction::{Fetched, Page, Seen, Window, operations};
use trellis_domain::{
    cycle::{Cycle, CycleAction, CyclePatch, CycleState, DueDates},
    id::{CycleId, OrganisationId},
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
/// The events of one cycle.
#[derive(Debug)]
pub struct CycleHistory {
    /// Which cycle.
    pub id: CycleId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

operations! {
    CreateCycle: WriteCycles => Seen<Cycle>;
    GetCycle: ReadCycles => Fetched<Seen<Cycle>>;
    ListCycles: ReadCycles => Page<Cycle>;
    UpdateCycle: WriteCycles => Seen<Cycle>;
    MoveCycleDueDates: WriteCycles => Seen<Cycle>;
    StepCycle: WriteCycles => Seen<Cycle>;
    CycleHistory: ReadCycles => crate::event::History;
}
