//! Service accounts and their keys.

use crate::transaction::{Fetched, Page, Seen, Window, commands, queries};
use chrono::{DateTime, Utc};
use trellis_domain::{
    access::Permission,
    id::{KeyId, OrganisationId, ServiceAccountId, TenantId},
    service_account::ServiceAccount,
    text::Title,
};

/// Makes a service account, without a key yet.
#[derive(Debug, Clone)]
pub struct CreateServiceAccount {
    /// What it is for.
    pub name: Title,
    /// What it may ask for.
    pub scopes: Vec<Permission>,
    /// Where; everywhere if none is named.
    pub organisation_ids: Option<Vec<OrganisationId>>,
}
/// One service account.
#[derive(Debug)]
pub struct GetServiceAccount {
    /// Which.
    pub id: ServiceAccountId,
    /// The version that the caller has.
    pub unless: Option<i64>,
}
/// Every service account.
#[derive(Debug)]
pub struct ListServiceAccounts {
    /// Where the list goes on.
    pub window: Window,
}
/// Changes what a service account is called and may do.
#[derive(Debug)]
pub struct UpdateServiceAccount {
    /// Which.
    pub id: ServiceAccountId,
    /// Its new name.
    pub name: Option<Title>,
    /// Its new scopes.
    pub scopes: Option<Vec<Permission>>,
    /// Its new schools.
    pub organisation_ids: Option<Option<Vec<OrganisationId>>>,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Disables a service account for good: none of its keys is accepted again.
#[derive(Debug)]
pub struct DisableServiceAccount {
    /// Which.
    pub id: ServiceAccountId,
    /// Only if it is still this version.
    pub expected: Option<i64>,
}
/// Issues a key.
#[derive(Debug)]
pub struct IssueKey {
    /// Of which service account.
    pub id: ServiceAccountId,
    /// The key's id: it is part of the secret.
    pub key: KeyId,
    /// Digest of the secret.
    pub digest: Vec<u8>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}
/// Revokes a key.
#[derive(Debug)]
pub struct RevokeKey {
    /// Of which service account.
    pub id: ServiceAccountId,
    /// Which key.
    pub key: KeyId,
}
/// The events of one service account.
#[derive(Debug)]
pub struct ServiceAccountHistory {
    /// Which service account.
    pub id: ServiceAccountId,
    /// Which part.
    pub window: crate::event::HistoryWindow,
}

/// The keys that were used, and when last. Notes it, at most once an hour for each; it is no change of the record.
#[derive(Debug)]
pub struct NoteUses {
    /// Each key once.
    pub uses: Vec<(KeyId, DateTime<Utc>)>,
}
/// Every tenant that has a live key which ends soon.
#[derive(Debug)]
pub struct FindKeysThatEnd;
/// Leaves `service_account.key_expiring` for the tenant's keys whose warning is due, once for each warning. How many it left.
#[derive(Debug)]
pub struct WarnOfKeysThatEnd;

queries! {
    FindKeysThatEnd: Operator => Vec<TenantId>;
    GetServiceAccount: ReadAccounts => Fetched<Seen<ServiceAccount>>;
    ListServiceAccounts: ReadAccounts => Page<ServiceAccount>;
    ServiceAccountHistory: ReadAccounts => crate::event::History;
}
commands! {
    NoteUses: Operator => ();
    WarnOfKeysThatEnd: Operator => usize;
    CreateServiceAccount: WriteAccounts => Seen<ServiceAccount>;
    UpdateServiceAccount: WriteAccounts => Seen<ServiceAccount>;
    DisableServiceAccount: WriteAccounts => Seen<ServiceAccount>;
    IssueKey: WriteAccounts => Seen<ServiceAccount>;
    RevokeKey: WriteAccounts => Seen<ServiceAccount>;
}
