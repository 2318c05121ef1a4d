//! Who the caller is.

use crate::transaction::queries;
use trellis_domain::{access::Caller, employment::Employment, person::Person};

/// Who the caller is, with what they hold today.
#[derive(Debug)]
pub struct WhoAmI;
/// The answer.
#[derive(Debug, Clone)]
pub struct Myself {
    /// Roles, relationships or scopes.
    pub caller: Caller,
    /// The person, if it is one.
    pub person: Option<Person>,
    /// Their employments.
    pub employments: Vec<Employment>,
    /// A service account's name.
    pub service_account: Option<String>,
}

queries! {
    WhoAmI: Identified => Myself;
}
