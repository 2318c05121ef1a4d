//! Development needs.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use trellis_domain::{
    id::{EmploymentId, NeedId, OrganisationId, PersonId, StandardId},
    need::{DevelopmentNeed, NeedOrigin, NeedPatch, NeedSource, NeedState, NeedStep},
    report::NeedAction,
    text::{Narrative, Reason, StandardCode, Title},
};

/// Somebody says what they need.
#[derive(Debug, Clone)]
pub struct CreateNeed {
    /// In which of their employments; the one that they have, if none is named.
    pub employment_id: Option<EmploymentId>,
    /// What they need.
    pub need: Narrative,
    /// What will be done about it.
    pub actions: Vec<NeedAction>,
    /// The standard that it speaks to.
    pub standard_id: Option<StandardId>,
    /// The record of theirs that they make it of.
    pub origin: Option<NeedOrigin>,
}
/// One need.
#[derive(Debug)]
pub struct GetNeed {
    /// Which.
    pub id: NeedId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Needs, by these filters.
#[derive(Debug)]
pub struct ListNeeds {
    /// Of this person.
    pub person_id: Option<PersonId>,
    /// At this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// That speak to this standard.
    pub standard_id: Option<StandardId>,
    /// That stand here.
    pub state: Option<NeedState>,
    /// That came from here.
    pub source: Option<NeedSource>,
    /// Where the list goes on.
    pub window: Window,
}
/// Changes its words.
#[derive(Debug)]
pub struct UpdateNeed {
    /// Which.
    pub id: NeedId,
    /// The changes.
    pub patch: NeedPatch,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Says that it is met, or takes it back.
#[derive(Debug)]
pub struct EndNeed {
    /// Which.
    pub id: NeedId,
    /// Which of the two.
    pub step: NeedStep,
    /// Why it is taken back.
    pub reason: Option<Reason>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// The events of one need.
#[derive(Debug)]
pub struct NeedHistory {
    /// Which need.
    pub id: NeedId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}
/// How many people have which open need.
#[derive(Debug)]
pub struct SummariseNeeds {
    /// At this organisation and beneath it.
    pub organisation_id: Option<OrganisationId>,
}
/// One number of a summary.
#[derive(Debug, Clone)]
pub struct NeedCount {
    /// At which school.
    pub organisation_id: OrganisationId,
    /// Of which standard, with code and title; none for needs that speak to none.
    pub standard: Option<(StandardId, StandardCode, Title)>,
    /// How many people; none, if they are too few to be told.
    pub people: Option<u64>,
}

queries! {
    GetNeed: ReadNeeds => Fetched<Seen<DevelopmentNeed>>;
    ListNeeds: ReadNeeds => Page<DevelopmentNeed>;
    NeedHistory: ReadNeeds => crate::event::History;
    SummariseNeeds: ReadNeedSummaries => Vec<NeedCount>, LONG = true;
}
commands! {
    CreateNeed: WriteNeeds => Seen<DevelopmentNeed>;
    UpdateNeed: WriteNeeds => Seen<DevelopmentNeed>;
    EndNeed: WriteNeeds => Seen<DevelopmentNeed>;
}
