//! Merging two people into one, and undoing it.

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
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::{
    id::{MergeId, PersonId},
    merging::Merge,
};
use trellis_persistence::{
    Seen,
    merge::{GetMerge, ListMerges, MergePeople, UndoMerge},
    transaction::needs::WritePeople,
};
use utoipa::{IntoParams, ToSchema};

actions! {
    /// What can be done with a merge.
    MergeActions, MergeCan = "MergeCan", &["undo"];
}

/// How many records of one kind.
#[derive(Serialize, ToSchema)]
pub struct RecordCount {
    /// The kind of record: `employment`, `role`, `relationship`, `objective`, `learning_record`, `priority`, `enrolment`, `account`.
    pub record_type: String,
    /// How many.
    #[schema(minimum = 1)]
    pub count: usize,
}
fn counts(of: std::collections::BTreeMap<String, usize>) -> Vec<RecordCount> {
    of.into_iter().map(|(record_type, count)| RecordCount { record_type, count }).collect()
}

/// One person given up to another.
#[derive(Serialize, ToSchema)]
#[schema(title = "MergeRecord")]
pub struct MergeView {
    /// Its id.
    pub id: word::MergeId,
    /// Who gave up their identity. Their address answers 308 with the survivor's.
    pub person_id: word::PersonId,
    /// The survivor: who keeps everything of both.
    pub into: word::PersonId,
    /// Why.
    pub reason: Option<word::Reason>,
    /// What went over to the survivor of employments, roles, relationships and accounts. All else went over too, and is not counted: that somebody has a record of some kinds is nobody's business.
    pub moved: Vec<RecordCount>,
    /// What was folded into an equal record of the survivor's, or fell away because it joined the two.
    pub folded: Vec<RecordCount>,
    /// When it was undone.
    pub undone_at: Option<DateTime<Utc>>,
    /// Version; the ETag in quotation marks.
    pub version: i64,
    /// When it was done.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}
impl From<Merge> for MergeView {
    fn from(Merge { id, person_id, into, reason, moved, folded, undone_at, version, created_at, updated_at }: Merge) -> Self {
        Self {
            id: Word(id),
            person_id: Word(person_id),
            into: Word(into),
            reason: reason.map(Word),
            moved: counts(moved),
            folded: counts(folded),
            undone_at,
            version,
            created_at,
            updated_at,
        }
    }
}
/// A merge, with what can be done with it.
#[derive(Serialize, ToSchema)]
#[schema(title = "Merge")]
pub struct MergeDetail {
    #[serde(flatten)]
    record: MergeView,
    /// What can be done with it: what stands in the way of undoing it is named here too.
    can: MergeCan,
}
impl From<Seen<Merge>> for MergeDetail {
    fn from(Seen { record, can }: Seen<Merge>) -> Self {
        Self { record: record.into(), can: Can::new(can) }
    }
}

/// Into whom somebody is merged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeInto {
    /// The survivor, who keeps everything of both.
    into: word::PersonId,
    /// Why.
    #[serde(default)]
    reason: Option<word::Reason>,
}

/// Filters of the list of merges.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MergeFilters {
    /// Only those of this person, on either side.
    person_id: Option<word::PersonId>,
}

/// Merge a person into another
///
/// Two records turn out to be one person: this one gives up its identity, and the other keeps everything of both: employments, roles, relationships, objectives,
/// learning, staff codes, external references and the account. What both have for the same days (an employment at one school, a role, a relationship) is folded into
/// the survivor's over the days of both; what the survivor's own record lacks is taken over. If both have an account, the survivor's stays, the other is disabled and
/// its log-ins end. Refused, with everything that is in the way: two different teacher reference numbers, line management that would go round in a circle, and that one
/// of the two appraises the other, until somebody else does. Nobody merges themself, and nobody hands on a role by a merge that they could not give. From then on the
/// old address answers 308 with the survivor's, for whoever may know of them. A merge can be undone for 400 days.
#[utoipa::path(tag = "Merging", request_body = MergeInto, responses((status = 201, description = "Merged", body = MergeDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/people/{id}/merge")]
pub async fn merge_person(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<PersonId>,
    expected: IfMatch,
    body: Body<MergeInto>,
) -> Result<HttpResponse, ApiError> {
    let MergeInto { into, reason } = body.0;
    let operation = MergePeople { person_id: id.0, into: into.0, reason: reason.map(|r| r.0), expected: expected.0 };
    permitted.write(operation, |seen| respond::created(seen.record.version, format!("/v1/merges/{}", seen.record.id), &MergeDetail::from(seen.clone()))).await
}

/// List merges
///
/// Of the people whom one may write, undone ones included.
#[utoipa::path(tag = "Merging", params(PageParams, MergeFilters), responses((status = 200, description = "A page of merges", body = List<MergeView>)), security(("bearer" = ["people:write"])))]
#[get("/v1/merges")]
pub async fn list_merges(permitted: Permitted<WritePeople>, listing: Listing<MergeFilters>) -> Result<HttpResponse, ApiError> {
    let MergeFilters { person_id } = &listing.filters;
    let page = permitted.read(ListMerges { person_id: person_id.as_ref().map(|p| p.0), window: listing.window }).await?;
    Ok(listing.answer(page, MergeView::from))
}

/// Read a merge
///
/// With whether it can still be undone, and if not, why.
#[utoipa::path(tag = "Merging", responses((status = 200, description = "The merge", body = MergeDetail)), security(("bearer" = ["people:write"])))]
#[get("/v1/merges/{id}")]
pub async fn get_merge(permitted: Permitted<WritePeople>, _none: Params<NoParams>, id: Id<MergeId>, unless: IfNoneMatch) -> Result<HttpResponse, ApiError> {
    let found = permitted.read(GetMerge { id: id.0, unless: unless.0 }).await?;
    Ok(respond::fetched(found, |s| s.record.version, MergeDetail::from))
}

/// Undo a merge
///
/// Both people are again who they were, with what was theirs; what was changed in between stays changed. What somebody wrote since on an employment or a record
/// that would go back, a number or code that somebody else has by now, a later merge: whatever is in the way is named at once, and nothing happens.
#[utoipa::path(tag = "Merging", responses((status = 200, description = "As it is now", body = MergeDetail)), security(("bearer" = ["people:write"])))]
#[post("/v1/merges/{id}/undo")]
pub async fn undo_merge(
    permitted: Permitted<WritePeople>,
    _none: Params<NoParams>,
    id: Id<MergeId>,
    expected: IfMatch,
    _nothing: NoBody,
) -> Result<HttpResponse, ApiError> {
    let operation = UndoMerge { id: id.0, expected: expected.0 };
    permitted.write(operation, |seen| respond::saved(seen.record.version, &MergeDetail::from(seen.clone()))).await
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(merge_person).service(list_merges).service(get_merge).service(undo_merge);
}
