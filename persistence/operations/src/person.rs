//! People.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    id::{OrganisationId, PersonId},
    person::{Person, PersonPatch, Trn},
    text::{Email, ExternalRef, Name},
};

/// A person as this caller may see them.
#[derive(Debug, Clone)]
pub struct VisiblePerson {
    /// The person.
    pub person: Person,
    /// A colleague sees names and e-mail; who keeps the records sees the rest too.
    pub in_full: bool,
}

/// A new person.
#[derive(Debug, Clone)]
pub struct CreatePerson {
    /// Given name.
    pub given_name: Name,
    /// Family name.
    pub family_name: Name,
    /// What they like to be called.
    pub preferred_name: Option<Name>,
    /// Work e-mail.
    pub email: Option<Email>,
    /// Teacher reference number.
    pub trn: Option<Trn>,
    /// What other systems call them.
    pub external_refs: Vec<ExternalRef>,
}
/// One person.
#[derive(Debug)]
pub struct GetPerson {
    /// Which.
    pub id: PersonId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// People, by these filters.
#[derive(Debug)]
pub struct ListPeople {
    /// Employed, now or once, at this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// Whose family or given name begins so.
    pub q: Option<String>,
    /// With this e-mail.
    pub email: Option<Email>,
    /// Called so by another system.
    pub external_ref: Option<ExternalRef>,
    /// With a local override, or without one; then only people whose records the caller keeps.
    pub overridden: Option<bool>,
    /// Where the list goes on.
    pub window: Window,
}
/// What people are called whom the caller was told of: those whom a record names that they may read.
#[derive(Debug)]
pub struct NamePeople {
    /// Which people.
    pub ids: Vec<PersonId>,
}
/// Changes a person.
#[derive(Debug)]
pub struct UpdatePerson {
    /// Which.
    pub id: PersonId,
    /// What.
    pub patch: PersonPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one person's record.
#[derive(Debug)]
pub struct PersonHistory {
    /// Which person.
    pub id: PersonId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

queries! {
    GetPerson: ReadPeople => Fetched<Seen<VisiblePerson>>;
    ListPeople: ReadPeople => Page<VisiblePerson>;
    NamePeople: ReadPeople => Vec<(PersonId, String)>;
    PersonHistory: ReadPeople => crate::event::History;
}
commands! {
    CreatePerson: WritePeople => Seen<VisiblePerson>;
    UpdatePerson: WritePeople => Seen<VisiblePerson>;
}
