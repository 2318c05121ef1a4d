//! Who read what about oneself.

use crate::{
    error::ApiError,
    extract::NoParams,
    page::{List, Listing, PageParams},
    permitted::Permitted,
    routes::Routes,
    wire::{Word, word},
};
use actix_web::{HttpResponse, get};
use chrono::{DateTime, Utc};
use serde::Serialize;
use trellis_domain::disclosure::Disclosure;
use trellis_persistence::{disclosure::ListDisclosures, transaction::needs::Identified};
use utoipa::ToSchema;
use uuid::Uuid;

/// That somebody read a record about the caller.
#[derive(Serialize, ToSchema)]
#[schema(title = "Disclosure")]
pub struct DisclosureView {
    /// Its id.
    id: word::DisclosureId,
    /// What kind of record was read: `appraisal_report`, `appraisal_hold`, `pay_recommendation`, `conversation` or `agreed_action`. Ignore kinds that you do not know: more are added within v1.
    #[schema(example = "appraisal_report")]
    record_type: String,
    /// Which.
    record_id: Uuid,
    /// Who read it.
    reader_id: word::PersonId,
    /// Their name; null if they were erased since.
    reader_name: Option<String>,
    /// In which capacity.
    capacity: word::Capacity,
    /// When.
    read_at: DateTime<Utc>,
}
impl From<Disclosure> for DisclosureView {
    fn from(Disclosure { id, record_type, record, reader, reader_name, capacity, read_at }: Disclosure) -> Self {
        Self {
            id: Word(id),
            record_type: record_type.as_str().into(),
            record_id: record,
            reader_id: Word(reader),
            reader_name,
            capacity: Word(capacity),
            read_at,
        }
    }
}

/// List who read one's records
///
/// Every reading of one's appraisal reports, of holds on one's appraisals, and of what was said and agreed in the support lane, by somebody else, newest first: who, when and in which capacity. Nobody else can see it.
#[utoipa::path(tag = "Me", params(PageParams), responses((status = 200, description = "A page of readings", body = List<DisclosureView>)), security(("bearer" = [])))]
#[get("/v1/me/disclosures")]
pub async fn list_disclosures(permitted: Permitted<Identified>, listing: Listing<NoParams>) -> Result<HttpResponse, ApiError> {
    let page = permitted.read(ListDisclosures { window: listing.window }).await?;
    Ok(listing.answer(page, DisclosureView::from))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(list_disclosures);
}
