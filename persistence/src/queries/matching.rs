//! People who may be one and the same.

use super::prelude::*;
use trellis_domain::id::PersonId;

/// Files that somebody new may be somebody known. For now nobody reads it.
pub(super) async fn suggest_match(_tx: &mut Tx<'_>, _new_person: PersonId, _candidate: PersonId, _because: &str) -> Result<()> {
    Ok(())
}
