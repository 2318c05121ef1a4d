//! Who one is.

use crate::{
    employment::EmploymentView,
    error::ApiError,
    extract::{NoParams, Params},
    page,
    permitted::Permitted,
    routes::Routes,
    wire::{Word, word, words},
};
use actix_web::{HttpResponse, get};
use serde::Serialize;
use trellis_domain::{
    access::{Caller, Held, Permission, reach},
    text::Wire,
};
use trellis_persistence::{me::WhoAmI, transaction::needs::Identified};
use utoipa::ToSchema;

trellis_domain::words! {
    /// A person who logged in, or a machine with a key.
    CallerKind {
        /// A person.
        Person = "person",
        /// A machine.
        ServiceAccount = "service_account",
    }
}

/// A role that one holds today.
#[derive(Serialize, ToSchema)]
pub struct HeldRole {
    /// Which.
    role: word::RoleName,
    /// Where; it counts for everything beneath.
    organisation_id: word::OrganisationId,
}
impl From<Held> for HeldRole {
    fn from(held: Held) -> Self {
        Self { role: Word(held.role), organisation_id: Word(held.organisation) }
    }
}
/// What a request may hold.
#[derive(Serialize, ToSchema)]
pub struct Limits {
    /// Most bytes of a JSON body.
    json_body_bytes: usize,
    /// Most bytes of an imported file.
    file_bytes: usize,
    /// Most entries of a page.
    page_entries: i64,
}
/// Who one is, and what one holds today.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// A person or a machine.
    kind: word::CallerKind,
    /// One's tenant.
    tenant_id: word::TenantId,
    /// One's id: the person's, or the service account's.
    id: uuid::Uuid,
    /// One's name.
    name: String,
    /// Given name, for a person.
    given_name: Option<word::Name>,
    /// Roles that one holds today.
    roles: Vec<HeldRole>,
    /// People whose appraiser one is today.
    appraises: Vec<word::PersonId>,
    /// Headteachers whose external adviser one is today.
    advises: Vec<word::PersonId>,
    /// One's employments, past ones too.
    employments: Vec<EmploymentView>,
    /// The permissions that one has, for some record at least; a service account's scopes.
    scopes: Vec<word::Permission>,
    /// Where a service account may act; null is everywhere.
    organisation_ids: Option<Vec<word::OrganisationId>>,
    /// What a request may hold.
    limits: Limits,
}

/// Read who one is
///
/// Roles, relationships and scopes as they hold today.
#[utoipa::path(tag = "Me", responses((status = 200, description = "Who one is", body = Me)), security(("bearer" = [])))]
#[get("/v1/me")]
pub async fn get_me(permitted: Permitted<Identified>, _none: Params<NoParams>) -> Result<HttpResponse, ApiError> {
    let me = permitted.read(WhoAmI).await?;
    let scopes = Permission::ALL.iter().copied().filter(|p| reach(&me.caller, *p).is_ok()).collect();
    let (kind, id, roles, appraises, advises, organisation_ids) = match me.caller {
        Caller::Person { person, roles, appraises, advises, .. } => {
            let mut advised: Vec<_> = advises.into_iter().map(|a| a.headteacher).collect();
            advised.sort_unstable();
            advised.dedup();
            (CallerKind::Person, person.0, roles.into_iter().map(HeldRole::from).collect(), words(appraises), words(advised), None)
        }
        Caller::Service { id, organisations, .. } => (CallerKind::ServiceAccount, id.0, Vec::new(), Vec::new(), Vec::new(), organisations.map(words)),
        Caller::Operator | Caller::Nobody => return Err(ApiError::not_found()),
    };
    let person = me.person.as_ref();
    let full = person.map(|p| format!("{} {}", p.preferred_name.as_ref().unwrap_or(&p.given_name).text(), p.family_name.text()));
    Ok(HttpResponse::Ok().json(Me {
        kind: Word(kind),
        tenant_id: Word(permitted.act().tenant),
        id,
        name: full.or(me.service_account).unwrap_or_default(),
        given_name: person.map(|p| Word(p.given_name.clone())),
        roles,
        appraises,
        advises,
        employments: me.employments.into_iter().map(Into::into).collect(),
        scopes: words(scopes),
        organisation_ids,
        limits: Limits { json_body_bytes: crate::extract::BODY_LIMIT, file_bytes: crate::extract::FILE_LIMIT, page_entries: page::MOST },
    }))
}

/// Registers the operations of this file.
pub fn routes(config: &mut Routes<'_>) {
    config.service(get_me);
}
