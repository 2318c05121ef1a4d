//! Erasing a person.

use crate::{
    error::ApiError,
    extract::{Body, Id, IfMatch, NoParams, Params},
    merge::RecordCount,
    permitted::Permitted,
    respond,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, post};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use trellis_domain::id::PersonId;
use trellis_persistence::{
    erasure::{ErasePerson, Erased},
    transaction::needs::ErasePeople,
};
use utoipa::ToSchema;

/// Who is erased, and why.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewErasure {
    /// The person's family name as it is recorded, so that nobody is erased by mistake; capitals do not matter.
    family_name: word::Name,
    /// Why. Words of a list: a free text would say again what is erased.
    reason: word::ErasureReason,
}

/// What an erasure did.
#[derive(Serialize, ToSchema)]
pub struct Erasure {
    /// Who was there. The id is kept, and nothing besides.
    pub id: word::PersonId,
    /// Why they were erased.
    pub reason: word::ErasureReason,
    /// When.
    pub erased_at: DateTime<Utc>,
    /// What was deleted with them.
    pub deleted: Vec<RecordCount>,
}
impl From<&Erased> for Erasure {
    fn from(erased: &Erased) -> Self {
        let Erased { id, reason, at, records, version: _ } = erased;
        let count = |(record_type, count): (&trellis_domain::event::RecordType, &usize)| RecordCount { record_type: record_type.to_string(), count: *count };
        Self { id: Word(*id), reason: Word(*reason), erased_at: *at, deleted: records.iter().map(count).collect() }
    }
}

/// Erase a person
///
/// For good: names, e-mail, numbers and references, employments, roles, relationships, objectives, learning, the account and its log-ins, and what the log and
/// the results of bulk jobs say of them. Their id stays: other people's records go on naming it, it answers 404, and the feed has `person.erased` with what other
/// systems called them, so that these can erase them too. Refused, with everything that is in the way: an employment or a role that has not ended, people whom
/// they still manage or appraise, open objectives of a cycle that is under way, a bulk job that names them. It takes HR or an administrator of every school at
/// which they were ever employed, or of the trust; no machine, and nobody themself.
#[utoipa::path(tag = "People", request_body = NewErasure, responses((status = 200, description = "Erased", body = Erasure)), security(("bearer" = ["people:erase"])))]
#[post("/v1/people/{id}/erase")]
pub async fn erase_person(
    permitted: Permitted<ErasePeople>,
    _none: Params<NoParams>,
    id: Id<PersonId>,
    expected: IfMatch,
    body: Body<NewErasure>,
) -> Result<HttpResponse, ApiError> {
    let NewErasure { family_name, reason } = body.0;
    let operation = ErasePerson { id: id.0, family_name: family_name.0, reason: reason.0, expected: expected.0 };
    let answer = permitted.write(operation, |erased| respond::saved(erased.version, &Erasure::from(erased))).await?;
    permitted.discard_files().await;
    Ok(answer)
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(erase_person);
}
