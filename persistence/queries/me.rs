//! Who the caller is.

use super::prelude::*;
use crate::me::{Myself, WhoAmI};
use trellis_domain::access::Caller;

impl Read<Here> for WhoAmI {
    async fn run(&self, cx: &mut Cx<'_>) -> Result<Myself> {
        let caller = cx.caller.clone();
        let (mut person, mut employments, mut service_account) = (None, Vec::new(), None);
        match &caller {
            Caller::Person { person: id, .. } => {
                person = Some(super::person::load(cx, *id).await?);
                employments = super::employment::of_person(cx, *id).await?;
            }
            Caller::Service { id, .. } => {
                service_account = Some(service_accounts::table.find((cx.tenant(), Uid::from(*id))).select(service_accounts::name).one(cx.conn()).await?);
            }
            Caller::Operator | Caller::Nobody => {}
        }
        Ok(Myself { caller, person, employments, service_account })
    }
}
