//! Suggestions that two records are one person.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use chrono::NaiveDate;
use trellis_domain::{
    id::{MatchSuggestionId, OrganisationId},
    matching::{Agreement, MatchField, MatchState, MatchSuggestion},
    person::Person,
};

/// One of the two, as who may write both sees them.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The person.
    pub person: Person,
    /// Where they are or were employed.
    pub schools: Vec<(OrganisationId, String)>,
}
/// A suggestion with both people side by side.
#[derive(Debug, Clone)]
pub struct SideBySide {
    /// The suggestion.
    pub suggestion: MatchSuggestion,
    /// The newer; none once they were merged.
    pub person: Option<Candidate>,
    /// The older; none once they were merged into somebody else.
    pub candidate: Option<Candidate>,
    /// What agrees and what differs, while there are two.
    pub comparison: Vec<(MatchField, Agreement)>,
}

/// One suggestion.
#[derive(Debug)]
pub struct GetMatchSuggestion {
    /// Which.
    pub id: MatchSuggestionId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Suggestions; what was put off is left out until its day, unless asked for.
#[derive(Debug)]
pub struct ListMatchSuggestions {
    /// In this state; open ones if none is named.
    pub state: Option<MatchState>,
    /// Of people employed, now or once, at this organisation or beneath it.
    pub organisation_id: Option<OrganisationId>,
    /// Where the list goes on.
    pub window: Window,
}
/// They are one: merges the newer into the older.
#[derive(Debug)]
pub struct AcceptMatch {
    /// Which.
    pub id: MatchSuggestionId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// They are two: the pair is never suggested again.
#[derive(Debug)]
pub struct RejectMatch {
    /// Which.
    pub id: MatchSuggestionId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Not now.
#[derive(Debug)]
pub struct PostponeMatch {
    /// Which.
    pub id: MatchSuggestionId,
    /// Until which day; until somebody asks, if none.
    pub until: Option<NaiveDate>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}

queries! {
    GetMatchSuggestion: WritePeople => Fetched<Seen<SideBySide>>;
    ListMatchSuggestions: WritePeople => Page<SideBySide>;
}
commands! {
    AcceptMatch: WritePeople => Seen<SideBySide>;
    RejectMatch: WritePeople => Seen<SideBySide>;
    PostponeMatch: WritePeople => Seen<SideBySide>;
}
