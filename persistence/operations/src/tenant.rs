//! Tenants: customer bodies, each behind its own wall, each with its own log.

use crate::transaction::{commands, queries};
use trellis_domain::{
    id::{OrganisationId, TenantId},
    organisation::OrganisationKind,
    text::{Slug, Title},
};

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// The short name with which its people log in.
    pub slug: Slug,
    /// Its name.
    pub name: Title,
}

/// Makes a tenant with its root organisation and the seed frameworks. The act names the new tenant's id.
#[derive(Debug)]
pub struct CreateTenant {
    /// Short name.
    pub slug: Slug,
    /// Name.
    pub name: Title,
    /// What the root is: a trust, or a single school.
    pub root: OrganisationKind,
}
/// The tenant of this short name.
#[derive(Debug)]
pub struct FindTenant {
    /// Short name.
    pub slug: String,
}
/// Every tenant.
#[derive(Debug)]
pub struct ListTenants;
/// The tenant's root organisation.
#[derive(Debug)]
pub struct RootOrganisation;
/// The key pairs that sign access tokens, newest first: id and private key.
#[derive(Debug)]
pub struct SigningKeys;
/// Adds a key pair, unless one newer than a rotation's age is there.
#[derive(Debug)]
pub struct AddSigningKey {
    /// The 32 bytes of an Ed25519 private key (RFC 8032).
    pub private_key: Vec<u8>,
    /// Days after which a new one is wanted.
    pub rotate_after_days: i64,
    /// Days after which nothing that an old one signed can still be valid.
    pub forget_after_days: i64,
}
/// Deletes every row but the signing keys: for the demo, whose database is its own.
#[derive(Debug)]
pub struct WipeDemo;
/// A key pair that signs access tokens.
#[derive(Debug, Clone)]
pub struct SigningKey {
    /// Its id, the token's `kid`.
    pub id: uuid::Uuid,
    /// The 32 bytes of an Ed25519 private key (RFC 8032).
    pub private_key: Vec<u8>,
    /// When it was made.
    pub created_at: chrono::DateTime<chrono::Utc>,
}

queries! {
    FindTenant: Public => Option<Tenant>;
    ListTenants: Operator => Vec<Tenant>;
    RootOrganisation: Operator => OrganisationId;
    SigningKeys: Public => Vec<SigningKey>;
}
commands! {
    CreateTenant: Operator => OrganisationId;
    AddSigningKey: Operator => ();
    WipeDemo: Operator => ();
}
