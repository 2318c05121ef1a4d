//! Suggestions that two records are one person.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, IfNoneMatch, NoBody, NoParams, Params},
    page::{List, Listing, PageParams},
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Can, Word, actions, word},
};
use actix_web::{HttpResponse, get, post};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::MatchSuggestionId,
    matching::{MatchField, MatchSuggestion},
    person::Person,
};
use trellis_persistence::{
    Seen,
    matching::{AcceptMatch, Candidate, GetMatchSuggestion, ListMatchSuggestions, PostponeMatch, RejectMatch, SideBySide},
    transaction::needs::WritePeople,
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a suggestion.
    MatchActions, MatchCan = "MatchCan", &["accept", "reject", "later"];
}

/// A school at which somebody is or was employed.
#[derive(Serialize, ToSchema)]
#[schema(title = "MatchSchool")]
pub struct SchoolView {
    /// Its id.
    pub id: word::OrganisationId,
    /// Its name.
    pub name: String,
}
/// One of the two people.
#[derive(Serialize, ToSchema)]
#[schema(title = "MatchPerson")]
pub struct CandidateView {
    /// Their id.
    pub id: word::PersonId,
    /// Given name.
    pub given_name: word::Name,
    /// Family name.
    pub family_name: word::Name,
    /// What they like to be called.
    pub preferred_name: Option<word::Name>,
    /// Work e-mail.
    pub email: Option<word::Email>,
    /// Is there a teacher reference number?
    pub has_trn: bool,
    /// Where they are or were employed.
    pub schools: Vec<SchoolView>,
    /// When the record was added.
    pub created_at: DateTime<Utc>,
}
impl From<Candidate> for CandidateView {
    fn from(Candidate { person, schools }: Candidate) -> Self {
        let Person { id, given_name, family_name, preferred_name, email, trn, created_at, .. } = person;
        Self {
            id: Word(id),
            given_name: Word(given_name),
            family_name: Word(family_name),
            preferred_name: preferred_name.map(Word),
            email: email.map(Word),
            has_trn: trn.is_some(),
            schools: schools.into_iter().map(|(id, name)| SchoolView { id: Word(id), name }).collect(),
            created_at,
        }
    }
}
/// How the two compare, field by field.
#[derive(Serialize, ToSchema)]
#[schema(title = "MatchComparison")]
pub struct ComparisonView {
    /// Given name, or what they like to be called.
    pub given_name: word::Agreement,
    /// Family name.
    pub family_name: word::Agreement,
    /// Work e-mail.
    pub email: word::Agreement,
    /// Teacher reference number. If they differ, the two cannot be merged.
    pub trn: word::Agreement,
    /// Schools: one in common is enough.
    pub schools: word::Agreement,
}

/// A suggestion: two records may be one person.
#[derive(Serialize, ToSchema)]
#[schema(title = "MatchSuggestionRecord")]
pub struct MatchView {
    /// Its id.
    pub id: word::MatchSuggestionId,
    /// What was decided.
    pub state: word::MatchState,
    /// Why it was suggested.
    pub because: Vec<word::MatchReason>,
    /// If put off until a day: which.
    pub later_until: Option<NaiveDate>,
    /// The merge that came of it.
    pub merge_id: Option<word::MergeId>,
    /// The newer record; null once it was merged.
    pub person: Option<CandidateView>,
    /// The older record, into which the newer is merged; null if it was merged into yet another.
    pub candidate: Option<CandidateView>,
    /// What agrees and what differs; null once there are no two to compare.
    pub comparison: Option<ComparisonView>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was suggested.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<SideBySide> for MatchView {
    fn from(SideBySide { suggestion, person, candidate, comparison }: SideBySide) -> Self {
        let MatchSuggestion { id, person_id: _, candidate_id: _, because, state, later_until, merge_id, version, created_at, updated_at } = suggestion;
        let of = |field: MatchField| comparison.iter().find(|(f, _)| *f == field).map(|(_, agreement)| Word(*agreement));
        let compared = || {
            Some(ComparisonView {
                given_name: of(MatchField::GivenName)?,
                family_name: of(MatchField::FamilyName)?,
                email: of(MatchField::Email)?,
                trn: of(MatchField::Trn)?,
                schools: of(MatchField::Schools)?,
            })
        };
        Self {
            id: Word(id),
            state: Word(state),
            because: because.into_iter().map(Word).collect(),
            later_until,
            merge_id: merge_id.map(Word),
            comparison: compared(),
            person: person.map(Into::into),
            candidate: candidate.map(Into::into),
            version,
            created_at,
            updated_at,
        }
    }
}
/// A suggestion, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "MatchSuggestion")]
pub struct MatchDetail {
    #[serde(flatten)]
    record: MatchView,
    /// What can be done with it.
    can: MatchCan,
}
impl From<Seen<SideBySide>> for MatchDetail {
    fn from(Seen { record, can }: Seen<SideBySide>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// Filters of the list of suggestions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MatchFilters {
    /// Only those in this state; without it, those that are open, with those put off whose day has come.
    state: Option<word::MatchState>,
    /// Only those of people who are or were employed at this organisation or beneath it.
    organisation_id: Option<word::OrganisationId>,
}
/// Not now.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotNow {
    /// On which day it comes back; without it, it waits until somebody asks for `state=later`.
    #[serde(default)]
    until: Option<NaiveDate>,
}

/// List match suggestions
///
/// Records that may be one person, side by side, for whoever may write both. What was put off is left out until its day.
#[utoipa::path(tag = "Merging", params(PageParams, MatchFilters), responses((status = 200, description = "A page of suggestions", body = List<MatchView>)), security(("bearer" = ["people:write"])))]
#[get("/v1/match-suggestions")]
pub async fn list_match_suggestions(permitted: Permitted<WritePeople>, listing: Listing<MatchFilters>) -> Result<HttpResponse, ApiError> {
    let MatchFilters { state, organisation_id } = &listing.filters;
    let operation = ListMatchSuggestions { state: state.as_ref().map(|s| s.0), organisation_id: organisation_id.as_ref().map(|o| o.0), window: listing.window };
    Ok(listing.answer(permitted.read(operation).await?, MatchView::from))
}

/// Read a match suggestion
///
/// Both people side by side, with what agrees and what differs.
#[utoipa::path(tag = "Merging", responses((status = 200, description = "The suggestion", body = MatchDetail)), security(("bearer" = ["people:write"])))]
#[get("/v1/match-suggestions/{id}")]
pub async fn get_match_suggestion(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<MatchSuggestionId>,
    unless: IfNoneMatch,
) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetMatchSuggestion { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.suggestion.version, MatchDetail::from))
}

fn decided(seen: &Seen<SideBySide>) -> trellis_persistence::idempotency::Stored {
    respond::saved(seen.record.suggestion.version, &MatchDetail::from(seen.clone()))
}

/// Accept a match suggestion
///
/// They are one person: merges the newer record into the older, with all that `POST /v1/people/{id}/merge` refuses.
#[utoipa::path(tag = "Merging", responses((status = 200, description = "As it is now", body = MatchDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/match-suggestions/{id}/accept")]
pub async fn accept_match_suggestion(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<MatchSuggestionId>,
    expected: IfMatch,
    _nothing: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(AcceptMatch { id: id.0, expected: expected.0 }, decided).await
}

/// Reject a match suggestion
///
/// They are two people: this pair is never suggested again, whatever is imported.
#[utoipa::path(tag = "Merging", responses((status = 200, description = "As it is now", body = MatchDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/match-suggestions/{id}/reject")]
pub async fn reject_match_suggestion(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<MatchSuggestionId>,
    expected: IfMatch,
    _nothing: NoBody,
) -> Result<HttpResponse, ApiError> {
    permitted.write(RejectMatch { id: id.0, expected: expected.0 }, decided).await
}

/// Put off a match suggestion
///
/// Not now: it leaves the list until a day, or until somebody asks for what was put off.
#[utoipa::path(tag = "Merging", request_body = NotNow, responses((status = 200, description = "As it is now", body = MatchDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/match-suggestions/{id}/later")]
pub async fn postpone_match_suggestion(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<MatchSuggestionId>,
    expected: IfMatch,
    body: Body<NotNow>,
) -> Result<HttpResponse, ApiError> {
    permitted.write(PostponeMatch { id: id.0, until: body.0.until, expected: expected.0 }, decided).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config
        .service(list_match_suggestions)
        .service(get_match_suggestion)
        .service(accept_match_suggestion)
        .service(reject_match_suggestion)
        .service(postpone_match_suggestion);
}
