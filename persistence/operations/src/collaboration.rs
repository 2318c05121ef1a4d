//! Collaborations: colleagues who work on somebody's objective with them.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    id::{CollaborationId, ObjectiveId, PersonId},
    objective::{
        Objective,
        collaboration::{Collaboration, CollaborationAction, CollaborationState},
    },
};

/// A collaboration as its parties see it.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The collaboration.
    pub collaboration: Collaboration,
    /// The objective, for whom it shows it: an answer tells of it only what both work on.
    pub objective: Objective,
    /// Does the caller see it whole, by accepting or because it is theirs?
    pub whole: bool,
}
impl Shown {
    /// Of what is shown: it changes with the collaboration and with the objective, and neither ever has an earlier version.
    pub fn version(&self) -> i64 {
        self.collaboration.version + self.objective.version
    }
}
/// Asks a colleague.
#[derive(Debug)]
pub struct InviteCollaborator {
    /// To which objective of one's own.
    pub objective_id: ObjectiveId,
    /// Whom.
    pub person_id: PersonId,
}
/// One collaboration.
#[derive(Debug)]
pub struct GetCollaboration {
    /// Which.
    pub id: CollaborationId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Collaborations, by these filters: those in which one takes part, and those in objectives that one may read.
#[derive(Debug)]
pub struct ListCollaborations {
    /// In this objective.
    pub objective_id: Option<ObjectiveId>,
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// That stand here.
    pub state: Option<CollaborationState>,
    /// Where the list goes on.
    pub window: Window,
}
/// Accepts, declines, leaves or ends it.
#[derive(Debug)]
pub struct StepCollaboration {
    /// Which.
    pub id: CollaborationId,
    /// Which step.
    pub action: CollaborationAction,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}

queries! {
    GetCollaboration: ReadObjectives => Fetched<Seen<Shown>>;
    ListCollaborations: ReadObjectives => Page<Shown>;
}
commands! {
    InviteCollaborator: WriteObjectives => Seen<Shown>;
    StepCollaboration: WriteObjectives => Seen<Shown>;
}
