//! Roles.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    id::{OrganisationId, PersonId, RoleId},
    role::{Role, RoleName},
    time::Period,
};

/// Gives a role.
#[derive(Debug, Clone)]
pub struct GrantRole {
    /// To whom.
    pub person_id: PersonId,
    /// Which.
    pub role: RoleName,
    /// Where.
    pub organisation_id: OrganisationId,
    /// When.
    pub period: Period,
}
/// One role.
#[derive(Debug)]
pub struct GetRole {
    /// Which.
    pub id: RoleId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Roles, by these filters.
#[derive(Debug)]
pub struct ListRoles {
    /// Held by this person.
    pub person_id: Option<PersonId>,
    /// At this organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Of this name.
    pub role: Option<RoleName>,
    /// Current on this day.
    pub current_on: Option<chrono::NaiveDate>,
    /// Where the list goes on.
    pub window: Window,
}
/// Gives a role its last day.
#[derive(Debug)]
pub struct EndRole {
    /// Which.
    pub id: RoleId,
    /// Its last day.
    pub ends_on: chrono::NaiveDate,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one role.
#[derive(Debug)]
pub struct RoleHistory {
    /// Which role.
    pub id: RoleId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetRole: ReadRoles => Fetched<Seen<Role>>;
    ListRoles: ReadRoles => Page<Role>;
    RoleHistory: ReadRoles => crate::event::History;
}
commands! {
    GrantRole: WriteRoles => Seen<Role>;
    EndRole: WriteRoles => Seen<Role>;
}
